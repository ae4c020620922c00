/* A command of the shell that is given a text to read.
 *
 * I1 It never outlives the function: it is the head of a process group, which is killed where its time is over. */
#include "base/subprocess.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"
#include "base/time.h"

enum { SUBPROCESS_REASON_SIZE = 128, SUBPROCESS_POLL_MS = 10 };

/* Signals mean to it what they mean by default, whatever they mean to us. */
static int subprocess_set_signals(posix_spawnattr_t *attributes)
{
    sigset_t none;
    sigset_t all;
    (void)sigemptyset(&none);
    (void)sigfillset(&all);
    int error = posix_spawnattr_setsigmask(attributes, &none);
    error = error == 0 ? posix_spawnattr_setsigdefault(attributes, &all) : error;
    error = error == 0 ? posix_spawnattr_setpgroup(attributes, 0) : error;
    return error == 0 ? posix_spawnattr_setflags(attributes,
                                                 POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF)
                      : error;
}

/* 0 or an errno. */
static int subprocess_spawn(char *command, int input, pid_t *ret_pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    char shell[] = "/bin/sh";
    char option[] = "-c";
    char *arguments[] = {shell, option, command, NULL};
    int error = posix_spawn_file_actions_init(&actions);
    if (error != 0) {
        return error;
    }
    error = posix_spawnattr_init(&attributes);
    if (error == 0) {
        error = subprocess_set_signals(&attributes);
        error = error == 0 ? posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO) : error;
        error = error == 0 ? posix_spawn(ret_pid, shell, &actions, &attributes, arguments, environ) : error;
        (void)posix_spawnattr_destroy(&attributes);
    }
    (void)posix_spawn_file_actions_destroy(&actions);
    return error;
}

static int subprocess_left_ms(int64_t deadline_ms)
{
    int64_t left_ms = deadline_ms - monotonic_ms();
    return left_ms < 0 ? 0 : left_ms > INT32_MAX ? INT32_MAX : (int)left_ms;
}

/* Writes what it takes; one that does not read to the end is no error. SIGPIPE is ignored by every main program. */
static void subprocess_write(int output, struct ledger_text input, int64_t deadline_ms)
{
    for (size_t written = 0; written < input.size && subprocess_left_ms(deadline_ms) > 0;) {
        struct pollfd descriptor = {.fd = output, .events = POLLOUT};
        if (poll(&descriptor, 1, subprocess_left_ms(deadline_ms)) < 0 && errno != EINTR) {
            return;
        }
        ssize_t count = write(output, input.data + written, input.size - written);
        if (count < 0 && errno != EAGAIN && errno != EINTR) {
            return;
        }
        written += count > 0 ? (size_t)count : 0;
    }
}

/* I1. Whether it ended by itself; `ret_status` as waitpid gives it. */
static bool subprocess_wait(pid_t pid, int64_t deadline_ms, int *ret_status)
{
    pid_t ended = 0;
    while ((ended = waitpid(pid, ret_status, WNOHANG)) == 0 && subprocess_left_ms(deadline_ms) > 0) {
        (void)poll(NULL, 0, SUBPROCESS_POLL_MS);
    }
    if (ended != 0) {
        return true;
    }
    (void)kill(-pid, SIGKILL);
    (void)waitpid(pid, ret_status, 0);
    return false;
}

/* The two ends of what it reads: ours does not wait. 0 or an errno. */
static int subprocess_pipe(int ends[2])
{
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return errno;
    }
    return fcntl(ends[1], F_SETFL, O_NONBLOCK) == 0 ? 0 : errno;
}

ledger_status subprocess_feed(struct ledger_call *call, struct ledger_text command, struct ledger_text input,
                              uint32_t timeout_ms)
{
    char *copy = NULL;
    char reason[SUBPROCESS_REASON_SIZE];
    int ends[2] = {-1, -1};
    pid_t pid = 0;
    int status = 0;
    int64_t deadline_ms = monotonic_ms() + timeout_ms;
    LEDGER_ALLOCATE(call, copy, command.size + 1);
    memcpy(copy, command.data, command.size);
    int error = subprocess_pipe(ends);
    error = error == 0 ? subprocess_spawn(copy, ends[0], &pid) : error;
    if (ends[0] >= 0) {
        (void)close(ends[0]);
    }
    if (error == 0) {
        subprocess_write(ends[1], input, deadline_ms);
    }
    if (ends[1] >= 0) {
        (void)close(ends[1]);
    }
    if (error != 0) {
        return ledger_fail(call, LEDGER_FILE_IS_UNREADABLE, "the command \"%s\" cannot be run: %s", copy,
                           strerror_r(error, reason, sizeof reason));
    }
    if (!subprocess_wait(pid, deadline_ms, &status)) {
        return ledger_fail(call, LEDGER_FILE_IS_UNREADABLE,
                           "the command \"%s\" did not end within %u ms and was killed", copy, timeout_ms);
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
        return LEDGER_DONE;
    }
    return WIFEXITED(status) ? ledger_fail(call, LEDGER_FILE_IS_UNREADABLE,
                                           "the command \"%s\" ended with exit status %d", copy, WEXITSTATUS(status))
                             : ledger_fail(call, LEDGER_FILE_IS_UNREADABLE, "the command \"%s\" was ended by signal %d",
                                           copy, WTERMSIG(status));
}
