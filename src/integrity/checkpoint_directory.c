/* The directory of checkpoints: names, reading, and files that come into being whole. */
#include "integrity/checkpoint_directory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "base/uuid.h"
#include "domain/signed_note.h"

enum {
    SIZE_DIGITS = 15,
    NUMBER_DIGITS_MAX = 18,
    REASON_SIZE = 128,
    NAME_SIZE = 64,
    FILE_MODE = S_IRUSR | S_IRGRP | S_IROTH,
};

static const char ending[] = ".checkpoint";

static const char *directory_reason(int error, char out[REASON_SIZE])
{
    return strerror_r(error, out, REASON_SIZE);
}

/* Reads digits, at least `digits_min`, without a superfluous 0 before those. */
static bool digits_parse(const char **text, size_t digits_min, int64_t *ret_number)
{
    size_t count = strspn(*text, "0123456789");
    if (count < digits_min || count > NUMBER_DIGITS_MAX || (count > digits_min && **text == '0')) {
        return false;
    }
    int64_t number = 0;
    for (size_t i = 0; i < count; i++) {
        number = number * 10 + ((*text)[i] - '0');
    }
    *text += count;
    *ret_number = number;
    return true;
}

bool checkpoint_file_parse(const char *name, int64_t *ret_epoch, int64_t *ret_log_size)
{
    int64_t epoch = 0;
    int64_t log_size = 0;
    if (!digits_parse(&name, 1, &epoch) || *name != '-') {
        return false;
    }
    name++;
    if (!digits_parse(&name, SIZE_DIGITS, &log_size) || strcmp(name, ending) != 0) {
        return false;
    }
    *ret_epoch = epoch;
    *ret_log_size = log_size;
    return true;
}

ledger_status checkpoint_file_path(struct ledger_call *call, struct ledger_text directory, int64_t epoch,
                                   int64_t log_size, struct ledger_text *ret_path)
{
    bool has_slash = directory.size > 0 && directory.data[directory.size - 1] == '/';
    return ledger_call_format(call, ret_path, "%.*s%s%" PRId64 "-%0*" PRId64 "%s", TEXT_ARGUMENTS(directory),
                              has_slash ? "" : "/", epoch, SIZE_DIGITS, log_size, ending);
}

static ledger_status directory_read(struct ledger_call *call, DIR *stream, const char *path,
                                    ledger_status (*each)(struct ledger_call *call, void *context, int64_t epoch,
                                                          int64_t log_size),
                                    void *context)
{
    char reason[REASON_SIZE];
    for (;;) {
        int64_t epoch = 0;
        int64_t log_size = 0;
        errno = 0;
        const struct dirent *entry = readdir(stream);
        if (entry == NULL) {
            return errno == 0 ? LEDGER_DONE
                              : ledger_fail(call, LEDGER_FILE_IS_UNREADABLE,
                                            "the directory of checkpoints %s cannot be read: %s", path,
                                            directory_reason(errno, reason));
        }
        if (checkpoint_file_parse(entry->d_name, &epoch, &log_size)) {
            LEDGER_TRY(each(call, context, epoch, log_size));
        }
    }
}

ledger_status checkpoint_directory_scan(struct ledger_call *call, struct ledger_text directory,
                                        ledger_status (*each)(struct ledger_call *call, void *context, int64_t epoch,
                                                              int64_t log_size),
                                        void *context)
{
    struct ledger_text path;
    char reason[REASON_SIZE];
    LEDGER_TRY(ledger_call_copy_text(call, directory, &path));
    DIR *stream = opendir(path.data);
    if (stream == NULL) {
        return ledger_fail(call, LEDGER_FILE_IS_UNREADABLE,
                           "the directory of checkpoints %s cannot be read: %s; it has to exist, on a disk that the "
                           "database is not on",
                           path.data, directory_reason(errno, reason));
    }
    ledger_status status = directory_read(call, stream, path.data, each, context);
    (void)closedir(stream);
    return status;
}

struct last_file {
    bool is_found;
    int64_t epoch;
    int64_t log_size;
};

static ledger_status last_file_take(struct ledger_call *call, void *context, int64_t epoch, int64_t log_size)
{
    (void)call;
    struct last_file *last = context;
    if (!last->is_found || epoch > last->epoch || (epoch == last->epoch && log_size > last->log_size)) {
        *last = (struct last_file){true, epoch, log_size};
    }
    return LEDGER_DONE;
}

ledger_status checkpoint_directory_find_last(struct ledger_call *call, struct ledger_text directory, bool *ret_found,
                                             struct checkpoint_file *ret_file)
{
    struct last_file last = {.is_found = false};
    LEDGER_TRY(checkpoint_directory_scan(call, directory, last_file_take, &last));
    *ret_found = last.is_found;
    if (!last.is_found) {
        return LEDGER_DONE;
    }
    ret_file->epoch = last.epoch;
    ret_file->log_size = last.log_size;
    return checkpoint_file_path(call, directory, last.epoch, last.log_size, &ret_file->path);
}

ledger_status checkpoint_file_read(struct ledger_call *call, struct ledger_text path, struct ledger_text *ret_note)
{
    return file_read(call, path.data, NOTE_BYTES_MAX, ret_note);
}

static int note_write(int descriptor, struct ledger_text note)
{
    int error = fchmod(descriptor, FILE_MODE) == 0 ? 0 : errno;
    for (size_t written = 0; error == 0 && written < note.size;) {
        ssize_t count = write(descriptor, note.data + written, note.size - written);
        error = count < 0 && errno != EINTR ? errno : 0;
        written += count > 0 ? (size_t)count : 0;
    }
    return error == 0 && fsync(descriptor) != 0 ? errno : error;
}

/* I1, I2: a file without a name until it is whole. */
static int note_write_unnamed(const char *directory, const char *path, struct ledger_text note)
{
    int descriptor = open(directory, O_TMPFILE | O_WRONLY | O_CLOEXEC, FILE_MODE);
    if (descriptor < 0) {
        return errno == EISDIR || errno == EINVAL ? EOPNOTSUPP : errno;
    }
    char self[NAME_SIZE];
    (void)snprintf(self, sizeof self, "/proc/self/fd/%d", descriptor);
    int error = note_write(descriptor, note);
    if (error == 0 && linkat(AT_FDCWD, self, AT_FDCWD, path, AT_SYMLINK_FOLLOW) != 0) {
        error = errno == ENOENT ? EOPNOTSUPP : errno;
    }
    (void)close(descriptor);
    return error;
}

/* Where the file system knows no such files: under another name first, which no scan takes for a checkpoint. */
static int note_write_named(struct ledger_call *call, const char *path, struct ledger_text note)
{
    uint64_t number = 0;
    struct ledger_text temporary;
    if (!random_bytes(&number, sizeof number)) {
        return EIO;
    }
    if (ledger_call_format(call, &temporary, "%s.%016" PRIx64 ".tmp", path, number) != LEDGER_DONE) {
        return ENOMEM;
    }
    int descriptor = open(temporary.data, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, FILE_MODE);
    if (descriptor < 0) {
        return errno;
    }
    int error = note_write(descriptor, note);
    if (close(descriptor) != 0 && error == 0) {
        error = errno;
    }
    if (error == 0 && link(temporary.data, path) != 0) {
        error = errno;
    }
    (void)unlink(temporary.data);
    return error;
}

ledger_status checkpoint_file_write(struct ledger_call *call, struct ledger_text path, struct ledger_text note,
                                    bool *ret_exists)
{
    const char *slash = strrchr(path.data, '/');
    struct ledger_text directory;
    char reason[REASON_SIZE];
    LEDGER_TRY(
        ledger_call_format(call, &directory, "%.*s.", slash == NULL ? 0 : (int)(slash - path.data) + 1, path.data));
    int error = note_write_unnamed(directory.data, path.data, note);
    if (error == EOPNOTSUPP) {
        error = note_write_named(call, path.data, note);
    }
    bool exists = error == EEXIST;
    if (error == 0 || exists) {
        error = file_sync_directory(path.data);
    }
    if (error != 0) {
        return ledger_fail(call, LEDGER_FILE_IS_UNREADABLE,
                           "the checkpoint %s cannot be written: %s; nothing was recorded, make it again once there "
                           "is a way",
                           path.data, directory_reason(error, reason));
    }
    *ret_exists = exists;
    return LEDGER_DONE;
}
