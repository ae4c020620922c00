/* The writers' lock: taken with a deadline, looked at often, signed for those who wait. */
#include "store/sqlite_lock.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    PAUSE_US_FIRST = 50,
    PAUSE_US_MAX = 2000, /* a waiter looks again at least this often */
    HOLDER_SIZE = 32,
};

void sqlite_lock_init(struct sqlite_lock *lock, const char *path)
{
    *lock = (struct sqlite_lock){.descriptor = -1, .path = path};
}

void sqlite_lock_done(struct sqlite_lock *lock)
{
    sqlite_lock_release(lock);
    if (lock->descriptor >= 0) {
        (void)close(lock->descriptor);
        lock->descriptor = -1;
    }
}

static bool lock_open(struct sqlite_lock *lock)
{
    if (lock->descriptor < 0) {
        lock->descriptor = open(lock->path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    }
    return lock->descriptor >= 0;
}

/* 0 when taken, else the reason. */
static int lock_attempt(struct sqlite_lock *lock)
{
    struct flock request = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (fcntl(lock->descriptor, F_OFD_SETLK, &request) == 0) {
        lock->is_held = true;
        return 0;
    }
    return errno;
}

/* Leaves word for those who wait in vain; it is no harm where that fails. */
static void lock_sign(const struct sqlite_lock *lock)
{
    char holder[HOLDER_SIZE];
    memset(holder, ' ', sizeof holder);
    int size = snprintf(holder, sizeof holder, "process %ld", (long)getpid());
    holder[size] = ' ';
    holder[sizeof holder - 1] = '\n';
    ssize_t written = pwrite(lock->descriptor, holder, sizeof holder, 0);
    (void)written;
}

static void lock_read_holder(const struct sqlite_lock *lock, char holder[HOLDER_SIZE + 1])
{
    ssize_t size = pread(lock->descriptor, holder, HOLDER_SIZE, 0);
    holder[size < 0 ? 0 : size] = '\0';
    holder[strcspn(holder, "\n")] = '\0';
    for (size_t end = strlen(holder); end > 0 && holder[end - 1] == ' '; end--) {
        holder[end - 1] = '\0';
    }
}

bool sqlite_lock_try(struct sqlite_lock *lock)
{
    assert(!lock->is_held);
    return lock_open(lock) && lock_attempt(lock) == 0;
}

ledger_status sqlite_lock_take(struct ledger_call *call, struct sqlite_lock *lock, int64_t deadline_ms)
{
    assert(!lock->is_held);
    if (!lock_open(lock)) {
        int reason = errno;
        bool is_full = reason == ENOSPC || reason == EDQUOT;
        return ledger_fail(call, is_full ? LEDGER_DATABASE_IS_FULL : LEDGER_DATABASE_IS_READ_ONLY,
                           "cannot open the writers' lock file %s: %s", lock->path, strerror(reason));
    }
    int64_t begin_ms = monotonic_ms();
    long pause_us = PAUSE_US_FIRST;
    for (;;) {
        int reason = lock_attempt(lock);
        if (reason == 0) {
            lock_sign(lock);
            return LEDGER_DONE;
        }
        if (reason != EAGAIN && reason != EACCES && reason != EINTR) {
            return ledger_fail(call, LEDGER_DATABASE_FAILED, "cannot lock %s: %s", lock->path, strerror(reason));
        }
        int64_t now_ms = monotonic_ms();
        if (now_ms >= deadline_ms) {
            char holder[HOLDER_SIZE + 1];
            lock_read_holder(lock, holder);
            return ledger_fail(
                call, LEDGER_DATABASE_IS_BUSY, "the database is busy: waited %lld ms for %s, which %s holds",
                (long long)(now_ms - begin_ms), lock->path, holder[0] == '\0' ? "another process" : holder);
        }
        struct timespec pause = {.tv_nsec = pause_us * 1000};
        (void)nanosleep(&pause, NULL);
        pause_us = pause_us * 2 > PAUSE_US_MAX ? PAUSE_US_MAX : pause_us * 2;
    }
}

void sqlite_lock_release(struct sqlite_lock *lock)
{
    if (lock->is_held) {
        struct flock request = {.l_type = F_UNLCK, .l_whence = SEEK_SET};
        (void)fcntl(lock->descriptor, F_OFD_SETLK, &request);
        lock->is_held = false;
    }
}
