/* The private key, read from its file or its command, and written to a file of its own. */
#include "integrity/signing_key.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"

enum {
    KEY_BYTES_MAX = 4096, /* of a file, of what a command prints */
    REASON_SIZE = 128,
};

extern char **environ;

static const char *key_reason(int error, char out[REASON_SIZE])
{
    return strerror_r(error, out, REASON_SIZE);
}

void signing_key_clear(struct note_signer *signer)
{
    explicit_bzero(signer->seed, sizeof signer->seed);
}

bool signing_key_has_source(const struct ledger_key_source *source)
{
    return !text_is_empty(source->file) || !text_is_empty(source->command);
}

/* Reads to the end, or until the buffer is full; 0 or an errno, ETIMEDOUT at the deadline. */
static int key_read_descriptor(int descriptor, int64_t deadline_ms, char buffer[KEY_BYTES_MAX], size_t *ret_size)
{
    size_t size = 0;
    while (size < KEY_BYTES_MAX) {
        int64_t left_ms = deadline_ms - monotonic_ms();
        struct pollfd readable = {.fd = descriptor, .events = POLLIN};
        int count = poll(&readable, 1, left_ms <= 0 ? 0 : (int)(left_ms > INT32_MAX ? INT32_MAX : left_ms));
        if (count == 0) {
            return ETIMEDOUT;
        }
        ssize_t got = count < 0 ? -1 : read(descriptor, buffer + size, KEY_BYTES_MAX - size);
        if (got < 0 && errno != EINTR) {
            return errno;
        }
        if (got == 0) {
            *ret_size = size;
            return 0;
        }
        size += got > 0 ? (size_t)got : 0;
    }
    return EFBIG;
}

/* I2, of the file that is open, so that none can be put in its place in between. */
static ledger_status key_check_file(struct ledger_call *call, int descriptor, const char *path)
{
    struct stat status;
    char reason[REASON_SIZE];
    if (fstat(descriptor, &status) != 0) {
        return ledger_fail(call, LEDGER_FILE_IS_UNREADABLE, "%s cannot be read: %s", path, key_reason(errno, reason));
    }
    if (!S_ISREG(status.st_mode)) {
        return ledger_fail(call, LEDGER_KEY_IS_INVALID, "%s is no file: a private key is read from a file of its own",
                           path);
    }
    if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        return ledger_fail(call, LEDGER_KEY_IS_INVALID,
                           "others than its owner may use %s, which holds a private key: chmod 600 it, and if "
                           "somebody may have read it, replace the key by key rotate",
                           path);
    }
    return LEDGER_DONE;
}

static ledger_status key_read_file(struct ledger_call *call, struct ledger_text file, char buffer[KEY_BYTES_MAX],
                                   size_t *ret_size)
{
    struct ledger_text path;
    char reason[REASON_SIZE];
    LEDGER_TRY(ledger_call_copy_text(call, file, &path));
    int descriptor = open(path.data, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (descriptor < 0) {
        return ledger_fail(call, LEDGER_FILE_IS_UNREADABLE, "the key file %s cannot be read: %s", path.data,
                           key_reason(errno, reason));
    }
    ledger_status status = key_check_file(call, descriptor, path.data);
    int error = status == LEDGER_DONE ? key_read_descriptor(descriptor, INT64_MAX, buffer, ret_size) : 0;
    (void)close(descriptor);
    if (error == EFBIG) {
        return ledger_fail(call, LEDGER_KEY_IS_INVALID, "%s is larger than a key can be", path.data);
    }
    return error == 0 ? status
                      : ledger_fail(call, LEDGER_FILE_IS_UNREADABLE, "the key file %s cannot be read: %s", path.data,
                                    key_reason(error, reason));
}

/* What starts the command: standard output into the pipe, nothing to read, nothing to say, a process group of its own,
 * so that all of it can be ended. */
static int command_spawn(const char *command, int output, pid_t *ret_pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    char shell[] = "/bin/sh";
    char option[] = "-c";
    char *copy = strdup(command);
    char *arguments[] = {shell, option, copy, NULL};
    int error = copy == NULL ? ENOMEM : posix_spawn_file_actions_init(&actions);
    if (error != 0) {
        free(copy);
        return error;
    }
    error = posix_spawnattr_init(&attributes);
    if (error == 0) {
        (void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
        (void)posix_spawnattr_setpgroup(&attributes, 0);
        error = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        error = error == 0 ? posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO) : error;
        error =
            error == 0 ? posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0) : error;
        error = error == 0 ? posix_spawn(ret_pid, shell, &actions, &attributes, arguments, environ) : error;
        (void)posix_spawnattr_destroy(&attributes);
    }
    (void)posix_spawn_file_actions_destroy(&actions);
    free(copy);
    return error;
}

/* Waits for the command to end, and ends it where it does not: 0 where it ended well, else what to say. */
static const char *command_finish(pid_t pid, bool is_late, int64_t deadline_ms)
{
    int status = 0;
    pid_t ended = 0;
    while (!is_late && (ended = waitpid(pid, &status, WNOHANG)) == 0) {
        is_late = monotonic_ms() >= deadline_ms;
        (void)poll(NULL, 0, is_late ? 0 : 5);
    }
    if (ended == 0) {
        (void)kill(-pid, SIGKILL);
        (void)waitpid(pid, &status, 0);
        return "did not end in time";
    }
    if (ended < 0) {
        return NULL; /* somebody else in this program waits for all children */
    }
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? NULL : "failed: run it by hand to see why";
}

static ledger_status key_read_command(struct ledger_call *call, struct ledger_text command, char buffer[KEY_BYTES_MAX],
                                      size_t *ret_size)
{
    struct ledger_text copy;
    char reason[REASON_SIZE];
    int ends[2];
    pid_t pid = 0;
    int64_t deadline_ms = monotonic_ms() + call->timeout_ms;
    LEDGER_TRY(ledger_call_copy_text(call, command, &copy));
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return ledger_fail(call, LEDGER_FILE_IS_UNREADABLE, "the key command cannot be run: %s",
                           key_reason(errno, reason));
    }
    int error = command_spawn(copy.data, ends[1], &pid);
    (void)close(ends[1]);
    if (error != 0) {
        (void)close(ends[0]);
        return ledger_fail(call, LEDGER_FILE_IS_UNREADABLE, "the key command cannot be run: %s",
                           key_reason(error, reason));
    }
    error = key_read_descriptor(ends[0], deadline_ms, buffer, ret_size);
    (void)close(ends[0]);
    const char *fault = command_finish(pid, error != 0, deadline_ms);
    if (error == EFBIG) {
        return ledger_fail(call, LEDGER_KEY_IS_INVALID, "the key command printed more than a key can be");
    }
    if (fault != NULL || error != 0) {
        return ledger_fail(call, LEDGER_KEY_IS_INVALID, "the key command %s",
                           fault != NULL ? fault : key_reason(error, reason));
    }
    return LEDGER_DONE;
}

ledger_status signing_key_read(struct ledger_call *call, const struct ledger_key_source *source,
                               struct note_signer *ret_signer)
{
    char buffer[KEY_BYTES_MAX];
    size_t size = 0;
    bool is_file = !text_is_empty(source->file);
    if (!signing_key_has_source(source)) {
        return ledger_fail(call, LEDGER_CONFIGURATION_IS_INVALID,
                           "no key is named: set LEDGER_CHECKPOINT_KEY_FILE or LEDGER_CHECKPOINT_KEY_COMMAND");
    }
    ledger_status status = is_file ? key_read_file(call, source->file, buffer, &size)
                                   : key_read_command(call, source->command, buffer, &size);
    if (status == LEDGER_DONE) {
        status = note_signer_parse(call, (struct ledger_text){buffer, size}, ret_signer);
    }
    if (status == LEDGER_DONE) {
        /* Its name is a view of the buffer. */
        status = ledger_call_copy_text(call, ret_signer->verifier.name, &ret_signer->verifier.name);
    }
    explicit_bzero(buffer, sizeof buffer);
    return status;
}

static int key_write_new(const char *path, struct ledger_text text)
{
    int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
    if (descriptor < 0) {
        return errno;
    }
    int error = fchmod(descriptor, S_IRUSR | S_IWUSR) == 0 ? 0 : errno;
    for (size_t written = 0; error == 0 && written < text.size;) {
        ssize_t count = write(descriptor, text.data + written, text.size - written);
        error = count < 0 && errno != EINTR ? errno : 0;
        written += count > 0 ? (size_t)count : 0;
    }
    if (error == 0 && fsync(descriptor) != 0) {
        error = errno;
    }
    if (close(descriptor) != 0 && error == 0) {
        error = errno;
    }
    if (error != 0) {
        (void)unlink(path);
        return error;
    }
    return file_sync_directory(path);
}

ledger_status signing_key_write(struct ledger_call *call, const char *path, const struct note_signer *signer)
{
    struct ledger_text text;
    char line[KEY_BYTES_MAX];
    char reason[REASON_SIZE];
    LEDGER_TRY(note_signer_format(call, signer, &text));
    assert(text.size < sizeof line);
    memcpy(line, text.data, text.size);
    line[text.size] = '\n';
    int error = key_write_new(path, (struct ledger_text){line, text.size + 1});
    explicit_bzero(line, sizeof line);
    explicit_bzero((void *)(uintptr_t)text.data, text.size);
    if (error == EEXIST) {
        return ledger_fail(call, LEDGER_FILE_IS_UNREADABLE,
                           "%s exists already, and a key is never overwritten: name another file", path);
    }
    return error == 0 ? LEDGER_DONE
                      : ledger_fail(call, LEDGER_FILE_IS_UNREADABLE, "the key file %s cannot be written: %s", path,
                                    key_reason(error, reason));
}
