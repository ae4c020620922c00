/* A library for LD_PRELOAD that lets the n-th allocation, or the n-th write to a file, of a program fail.
 *
 * Environment:
 *   LEDGER_FAULT_KIND    "allocation": malloc, calloc, realloc and their like give NULL;
 *                        "write": write, pwrite, ftruncate, fsync and fdatasync fail, but for those on the standard
 *                        streams; "sync": of those, fsync and fdatasync alone
 *   LEDGER_FAULT_AT      which of them, from 1; absent or 0: none, they are only counted
 *   LEDGER_FAULT_STAYS   set: all after it fail too
 *   LEDGER_FAULT_ERROR   "ENOSPC" or "EIO", what a write fails with; "short": it writes half and says so, which fails
 *                        nothing by itself, and what is no write fails with EIO
 *   LEDGER_FAULT_COUNT   a file that the count is written into at the end
 *
 * It speaks to the kernel directly, so that nothing of its own is counted. */
/* Each function by its own name, whatever the build chooses for the size of offsets. */
#undef _FILE_OFFSET_BITS
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define EXPORTED __attribute__((visibility("default")))

enum fault_kind { KIND_NONE, KIND_ALLOCATION, KIND_WRITE, KIND_SYNC };
enum fault_error { ERROR_EIO, ERROR_ENOSPC, ERROR_SHORT };

/* The allocator of the C library by the names that it keeps beside the usual ones. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *pointer, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static enum fault_kind fault_kind;
static enum fault_error fault_error;
static unsigned long fault_at;
static bool fault_stays;
static atomic_ulong fault_count;

__attribute__((constructor)) static void fault_begin(void)
{
    const char *kind = getenv("LEDGER_FAULT_KIND");
    const char *at = getenv("LEDGER_FAULT_AT");
    const char *error = getenv("LEDGER_FAULT_ERROR");
    fault_at = at == NULL ? 0 : strtoul(at, NULL, 10);
    fault_stays = getenv("LEDGER_FAULT_STAYS") != NULL;
    fault_error = error != NULL && strcmp(error, "ENOSPC") == 0  ? ERROR_ENOSPC
                  : error != NULL && strcmp(error, "short") == 0 ? ERROR_SHORT
                                                                 : ERROR_EIO;
    if (kind != NULL) {
        fault_kind = strcmp(kind, "allocation") == 0 ? KIND_ALLOCATION
                     : strcmp(kind, "write") == 0    ? KIND_WRITE
                     : strcmp(kind, "sync") == 0     ? KIND_SYNC
                                                     : KIND_NONE;
    }
}

__attribute__((destructor)) static void fault_end(void)
{
    const char *path = getenv("LEDGER_FAULT_COUNT");
    char text[32];
    if (path == NULL) {
        return;
    }
    long descriptor = syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    int size = snprintf(text, sizeof text, "%lu\n", atomic_load(&fault_count));
    if (descriptor >= 0) {
        (void)syscall(SYS_write, descriptor, text, size);
        (void)syscall(SYS_close, descriptor);
    }
}

/* Whether this one is to fail. */
static bool fault_is_due(enum fault_kind kind)
{
    bool counts = kind == fault_kind || (kind == KIND_SYNC && fault_kind == KIND_WRITE);
    if (!counts) {
        return false;
    }
    unsigned long number = atomic_fetch_add(&fault_count, 1) + 1;
    return number == fault_at || (fault_stays && fault_at != 0 && number > fault_at);
}

static void *fault_no_memory(void)
{
    errno = ENOMEM;
    return NULL;
}

EXPORTED void *malloc(size_t size)
{
    return fault_is_due(KIND_ALLOCATION) ? fault_no_memory() : __libc_malloc(size);
}

EXPORTED void *calloc(size_t count, size_t size)
{
    return fault_is_due(KIND_ALLOCATION) ? fault_no_memory() : __libc_calloc(count, size);
}

EXPORTED void *realloc(void *pointer, size_t size)
{
    return fault_is_due(KIND_ALLOCATION) ? fault_no_memory() : __libc_realloc(pointer, size);
}

EXPORTED void *reallocarray(void *pointer, size_t count, size_t size)
{
    size_t bytes;
    bool is_too_large = __builtin_mul_overflow(count, size, &bytes);
    return is_too_large || fault_is_due(KIND_ALLOCATION) ? fault_no_memory() : __libc_realloc(pointer, bytes);
}

EXPORTED void *aligned_alloc(size_t alignment, size_t size)
{
    return fault_is_due(KIND_ALLOCATION) ? fault_no_memory() : __libc_memalign(alignment, size);
}

EXPORTED int posix_memalign(void **ret_pointer, size_t alignment, size_t size)
{
    void *pointer = fault_is_due(KIND_ALLOCATION) ? NULL : __libc_memalign(alignment, size);
    if (pointer == NULL) {
        return ENOMEM;
    }
    *ret_pointer = pointer;
    return 0;
}

static int fault_fail(void)
{
    errno = fault_error == ERROR_ENOSPC ? ENOSPC : EIO;
    return -1;
}

/* How much a write that is due may write: half of it, or nothing and an error. */
static bool fault_is_short(size_t size)
{
    return fault_error == ERROR_SHORT && size > 1;
}

EXPORTED ssize_t write(int descriptor, const void *data, size_t size)
{
    if (descriptor > STDERR_FILENO && fault_is_due(KIND_WRITE)) {
        if (!fault_is_short(size)) {
            return fault_fail();
        }
        size /= 2;
    }
    return syscall(SYS_write, descriptor, data, size);
}

EXPORTED ssize_t pwrite(int descriptor, const void *data, size_t size, off_t offset)
{
    if (fault_is_due(KIND_WRITE)) {
        if (!fault_is_short(size)) {
            return fault_fail();
        }
        size /= 2;
    }
    return syscall(SYS_pwrite64, descriptor, data, size, offset);
}

EXPORTED ssize_t pwrite64(int descriptor, const void *data, size_t size, off_t offset)
{
    return pwrite(descriptor, data, size, offset);
}

EXPORTED int ftruncate(int descriptor, off_t size)
{
    return fault_is_due(KIND_WRITE) ? fault_fail() : (int)syscall(SYS_ftruncate, descriptor, size);
}

EXPORTED int ftruncate64(int descriptor, off_t size)
{
    return ftruncate(descriptor, size);
}

EXPORTED int fsync(int descriptor)
{
    return fault_is_due(KIND_SYNC) ? fault_fail() : (int)syscall(SYS_fsync, descriptor);
}

EXPORTED int fdatasync(int descriptor)
{
    return fault_is_due(KIND_SYNC) ? fault_fail() : (int)syscall(SYS_fdatasync, descriptor);
}
