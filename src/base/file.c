/* Whole files.
 *
 * I1 A file that is written is at every moment, a power cut included, the old one or the new one, never a part.
 * I2 Descriptors and temporary files never outlive the function that made them. */
#include "base/file.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text_builder.h"
#include "base/uuid.h"

enum {
    FILE_PIECE_BYTES = 64 * 1024, /* read at once where the size is not known before */
    FILE_NAME_ATTEMPTS = 16,
    FILE_REASON_SIZE = 128,
};

static bool file_is_standard(const char *path)
{
    return strcmp(path, "-") == 0;
}

static const char *file_reason(int error, char out[FILE_REASON_SIZE])
{
    return strerror_r(error, out, FILE_REASON_SIZE);
}

/* How much to ask for first: the size where it is known, and one byte more, so that the end is met without growing. */
static size_t file_first_piece(int descriptor, size_t bytes_max)
{
    struct stat status;
    if (fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0) {
        size_t size = (size_t)status.st_size;
        return size < bytes_max ? size + 1 : bytes_max + 1;
    }
    return FILE_PIECE_BYTES;
}

static int file_read_descriptor(struct text_builder *builder, int descriptor, size_t bytes_max)
{
    size_t piece_bytes = file_first_piece(descriptor, bytes_max);
    for (;;) {
        char *room = text_builder_reserve(builder, piece_bytes);
        if (room == NULL) {
            return ENOMEM;
        }
        ssize_t count = read(descriptor, room, piece_bytes);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return errno;
        }
        if (count == 0) {
            return 0;
        }
        builder->size += (size_t)count;
        if (builder->size > bytes_max) {
            return EFBIG;
        }
        piece_bytes = FILE_PIECE_BYTES;
    }
}

int file_read_bytes(struct arena *arena, const char *path, size_t bytes_max, struct ledger_text *ret_content)
{
    assert(bytes_max < SIZE_MAX);
    int descriptor = STDIN_FILENO;
    if (!file_is_standard(path)) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
        if (descriptor < 0) {
            return errno;
        }
    }
    struct arena_mark mark = arena_mark(arena);
    struct text_builder builder;
    text_builder_init(&builder, arena, 0);
    int error = file_read_descriptor(&builder, descriptor, bytes_max);
    if (!file_is_standard(path)) {
        (void)close(descriptor);
    }
    if (error == 0) {
        text_builder_add_char(&builder, '\0');
        error = builder.failed ? ENOMEM : 0;
    }
    if (error != 0) {
        arena_rewind(arena, mark);
        return error;
    }
    *ret_content = (struct ledger_text){builder.data, builder.size - 1};
    return 0;
}

ledger_status file_read(struct ledger_call *call, const char *path, size_t bytes_max, struct ledger_text *ret_content)
{
    const char *name = file_is_standard(path) ? "standard input" : path;
    int error = file_read_bytes(&call->arena, path, bytes_max, ret_content);
    char reason[FILE_REASON_SIZE];
    switch (error) {
    case 0:
        return LEDGER_DONE;
    case ENOMEM:
        return ledger_fail_out_of_memory(call);
    case EFBIG:
        return ledger_fail(call, LEDGER_INPUT_IS_TOO_LARGE, "%s is larger than the limit of %zu bytes", name,
                           bytes_max);
    default:
        return ledger_fail(call, LEDGER_FILE_IS_UNREADABLE, "%s cannot be read: %s", name, file_reason(error, reason));
    }
}

static int file_write_all(int descriptor, struct ledger_text content)
{
    size_t written = 0;
    while (written < content.size) {
        ssize_t count = write(descriptor, content.data + written, content.size - written);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count <= 0) {
            return count < 0 ? errno : EIO;
        }
        written += (size_t)count;
    }
    return 0;
}

/* For what cannot be replaced: pipes, terminals, devices. */
static int file_write_directly(const char *path, struct ledger_text content)
{
    int descriptor = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    if (descriptor < 0) {
        return errno;
    }
    int error = file_write_all(descriptor, content);
    if (close(descriptor) != 0 && error == 0) {
        error = errno;
    }
    return error;
}

/* Creates a file beside `path` under a name that was free; its name is put into `temporary`. */
static int file_create_temporary(const char *path, char *temporary, size_t temporary_size, int *ret_descriptor)
{
    for (int attempt = 0; attempt < FILE_NAME_ATTEMPTS; attempt++) {
        uint64_t number = 0;
        if (!random_bytes(&number, sizeof number)) {
            return EIO;
        }
        (void)snprintf(temporary, temporary_size, "%s.%016" PRIx64 ".tmp", path, number);
        int descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (descriptor >= 0) {
            *ret_descriptor = descriptor;
            return 0;
        }
        if (errno != EEXIST) {
            return errno;
        }
    }
    return EEXIST;
}

/* A file system that cannot sync a directory says EINVAL. */
int file_sync_directory(const char *path)
{
    char directory[PATH_MAX];
    const char *slash = strrchr(path, '/');
    size_t length = slash == NULL ? 0 : (size_t)(slash - path) + 1;
    if (length + 2 > sizeof directory) {
        return ENAMETOOLONG;
    }
    (void)snprintf(directory, sizeof directory, "%.*s.", (int)length, path);
    int descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) {
        return errno;
    }
    int error = fsync(descriptor) == 0 || errno == EINVAL ? 0 : errno;
    (void)close(descriptor);
    return error;
}

static int file_fill_temporary(int descriptor, const struct stat *old_status, struct ledger_text content)
{
    int error = 0;
    if (old_status != NULL && fchmod(descriptor, old_status->st_mode & 07777) != 0) {
        error = errno;
    }
    if (error == 0) {
        error = file_write_all(descriptor, content);
    }
    if (error == 0 && fsync(descriptor) != 0) {
        error = errno;
    }
    if (close(descriptor) != 0 && error == 0) {
        error = errno;
    }
    return error;
}

/* `old_status` is NULL where there is no file yet; `scratch` is as long as every name made here. */
static int file_replace(const char *path, const struct stat *old_status, struct ledger_text content, char *scratch,
                        size_t scratch_size)
{
    int descriptor = -1;
    int error = file_create_temporary(path, scratch, scratch_size, &descriptor);
    if (error != 0) {
        return error;
    }
    error = file_fill_temporary(descriptor, old_status, content);
    if (error == 0 && rename(scratch, path) != 0) {
        error = errno;
    }
    if (error != 0) {
        (void)unlink(scratch);
        return error;
    }
    return file_sync_directory(path);
}

/* The file behind a symbolic link, so that the link stays; `path` itself where it is none. Freed by the caller. */
static char *file_resolve(const char *path)
{
    struct stat status;
    if (lstat(path, &status) == 0 && S_ISLNK(status.st_mode)) {
        return realpath(path, NULL);
    }
    return strdup(path);
}

static int file_write_path(struct ledger_call *call, const char *path, struct ledger_text content)
{
    struct stat status;
    bool exists = stat(path, &status) == 0;
    if (exists && S_ISDIR(status.st_mode)) {
        return EISDIR;
    }
    if (exists && !S_ISREG(status.st_mode)) {
        return file_write_directly(path, content);
    }
    char *target = file_resolve(path);
    if (target == NULL) {
        return errno;
    }
    size_t scratch_size = strlen(target) + 32;
    char *scratch = arena_allocate(&call->arena, scratch_size);
    int error =
        scratch == NULL ? ENOMEM : file_replace(target, exists ? &status : NULL, content, scratch, scratch_size);
    free(target);
    return error;
}

ledger_status file_write(struct ledger_call *call, const char *path, struct ledger_text content)
{
    bool is_standard = file_is_standard(path);
    int error = is_standard ? file_write_all(STDOUT_FILENO, content) : file_write_path(call, path, content);
    if (error == 0) {
        return LEDGER_DONE;
    }
    if (error == ENOMEM) {
        return ledger_fail_out_of_memory(call);
    }
    char reason[FILE_REASON_SIZE];
    return ledger_fail(call, LEDGER_FILE_IS_UNREADABLE, "%s cannot be written: %s",
                       is_standard ? "standard output" : path, file_reason(error, reason));
}

static ledger_status file_fail(struct ledger_call *call, const char *path, int error)
{
    char reason[FILE_REASON_SIZE];
    if (error == ENOMEM) {
        return ledger_fail_out_of_memory(call);
    }
    return ledger_fail(call, LEDGER_FILE_IS_UNREADABLE, "%s cannot be written: %s",
                       file_is_standard(path) ? "standard output" : path, file_reason(error, reason));
}

/* The target is set already; the name beside it is the replacement's once there is a file of it. */
static int replacement_create(struct file_replacement *replacement, const struct stat *old_status)
{
    size_t size = strlen(replacement->target) + 32;
    char *temporary = malloc(size);
    if (temporary == NULL) {
        return ENOMEM;
    }
    int descriptor = -1;
    int error = file_create_temporary(replacement->target, temporary, size, &descriptor);
    if (error != 0) {
        free(temporary);
        return error;
    }
    replacement->descriptor = descriptor;
    replacement->temporary = temporary;
    return old_status != NULL && fchmod(replacement->descriptor, old_status->st_mode & 07777) != 0 ? errno : 0;
}

static int replacement_open(struct file_replacement *replacement)
{
    struct stat status;
    if (file_is_standard(replacement->path)) {
        replacement->descriptor = STDOUT_FILENO;
        return 0;
    }
    bool exists = stat(replacement->path, &status) == 0;
    if (exists && S_ISDIR(status.st_mode)) {
        return EISDIR;
    }
    if (exists && !S_ISREG(status.st_mode)) {
        replacement->descriptor = open(replacement->path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
        return replacement->descriptor < 0 ? errno : 0;
    }
    replacement->target = file_resolve(replacement->path);
    return replacement->target == NULL ? errno : replacement_create(replacement, exists ? &status : NULL);
}

ledger_status file_replacement_begin(struct ledger_call *call, const char *path,
                                     struct file_replacement *ret_replacement)
{
    struct file_replacement replacement = {.path = path, .descriptor = -1};
    int error = replacement_open(&replacement);
    if (error != 0) {
        file_replacement_abandon(&replacement);
        return file_fail(call, path, error);
    }
    *ret_replacement = replacement;
    return LEDGER_DONE;
}

ledger_status file_replacement_write(struct ledger_call *call, struct file_replacement *replacement,
                                     struct ledger_text piece)
{
    int error = file_write_all(replacement->descriptor, piece);
    return error == 0 ? LEDGER_DONE : file_fail(call, replacement->path, error);
}

static int replacement_close(struct file_replacement *replacement)
{
    int descriptor = replacement->descriptor;
    replacement->descriptor = -1;
    return descriptor < 0 || descriptor == STDOUT_FILENO || close(descriptor) == 0 ? 0 : errno;
}

static int replacement_put(struct file_replacement *replacement)
{
    if (replacement->target == NULL) {
        return replacement_close(replacement);
    }
    if (fsync(replacement->descriptor) != 0) {
        return errno;
    }
    int error = replacement_close(replacement);
    if (error == 0 && rename(replacement->temporary, replacement->target) != 0) {
        error = errno;
    }
    if (error != 0) {
        return error;
    }
    free(replacement->temporary);
    replacement->temporary = NULL; /* it has its name: nothing is to be taken away */
    return file_sync_directory(replacement->target);
}

ledger_status file_replacement_finish(struct ledger_call *call, struct file_replacement *replacement)
{
    const char *path = replacement->path;
    int error = replacement_put(replacement);
    file_replacement_abandon(replacement);
    return error == 0 ? LEDGER_DONE : file_fail(call, path, error);
}

void file_replacement_abandon(struct file_replacement *replacement)
{
    (void)replacement_close(replacement);
    if (replacement->temporary != NULL) {
        (void)unlink(replacement->temporary);
    }
    free(replacement->temporary);
    free(replacement->target);
    *replacement = (struct file_replacement){.path = NULL, .descriptor = -1};
}
