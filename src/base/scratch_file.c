/* Files without a name. */
#include "base/scratch_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Who names a directory means it: where it cannot be used that is told, and no other is taken. */
static const char *scratch_directory(void)
{
    static const char *const variables[] = {"SQLITE_TMPDIR", "TMPDIR"};
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
        const char *directory = getenv(variables[i]);
        if (directory != NULL && directory[0] != '\0') {
            return directory;
        }
    }
    struct stat status;
    bool has_var = stat("/var/tmp", &status) == 0 && S_ISDIR(status.st_mode) && access("/var/tmp", W_OK | X_OK) == 0;
    return has_var ? "/var/tmp" : "/tmp";
}

/* For file systems that know no files without a name: it has one for a moment. */
static int scratch_open_named(const char *directory)
{
    char path[PATH_MAX];
    int length = snprintf(path, sizeof path, "%s/ledger-XXXXXX", directory);
    if (length < 0 || (size_t)length >= sizeof path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    int descriptor = mkostemp(path, O_CLOEXEC); /* 0600 */
    if (descriptor >= 0) {
        (void)unlink(path);
    }
    return descriptor;
}

ledger_status scratch_file_make(struct ledger_call *call, struct scratch_file *file)
{
    if (file->directory != NULL) {
        return LEDGER_DONE;
    }
    const char *directory = scratch_directory();
    int descriptor = open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (descriptor < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL)) {
        descriptor = scratch_open_named(directory);
    }
    if (descriptor < 0) {
        return ledger_fail(call, LEDGER_FILE_IS_UNREADABLE,
                           "no temporary file can be made in %s: %s; TMPDIR names another directory", directory,
                           strerrordesc_np(errno));
    }
    *file = (struct scratch_file){.directory = directory, .descriptor = descriptor};
    return LEDGER_DONE;
}

int scratch_file_add(struct scratch_file *file, const void *data, size_t size)
{
    size_t written = 0;
    while (written < size) {
        ssize_t count =
            pwrite(file->descriptor, (const char *)data + written, size - written, (off_t)(file->size + written));
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count <= 0) {
            return count < 0 ? errno : EIO;
        }
        written += (size_t)count;
    }
    file->size += size;
    return 0;
}

int scratch_file_read(const struct scratch_file *file, uint64_t offset, void *data, size_t size)
{
    size_t read_size = 0;
    while (read_size < size) {
        ssize_t count =
            pread(file->descriptor, (char *)data + read_size, size - read_size, (off_t)(offset + read_size));
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count <= 0) {
            return count < 0 ? errno : EIO;
        }
        read_size += (size_t)count;
    }
    return 0;
}

ledger_status scratch_file_fail(struct ledger_call *call, const struct scratch_file *file, int error)
{
    return ledger_fail(call, LEDGER_FILE_IS_UNREADABLE,
                       "a temporary file in %s cannot be written or read: %s; TMPDIR names another directory",
                       file->directory, strerrordesc_np(error));
}

void scratch_file_done(struct scratch_file *file)
{
    if (file->directory != NULL) {
        (void)close(file->descriptor);
    }
    *file = SCRATCH_FILE_NONE;
}
