/* Whole files: read up to a limit, written whole or not at all. */
#ifndef LEDGER_BASE_FILE_H
#define LEDGER_BASE_FILE_H

#include "base/call.h"

/* Reads the whole file, or standard input where `path` is "-", into the call's arena, terminated behind its end.
 * LEDGER_FILE_IS_UNREADABLE with the path and the system's reason, LEDGER_INPUT_IS_TOO_LARGE beyond `bytes_max`,
 * LEDGER_OUT_OF_MEMORY. */
LEDGER_MUST_CHECK ledger_status file_read(struct ledger_call *call, const char *path, size_t bytes_max,
                                          struct ledger_text *ret_content);

/* The same for callers with words of their own: 0, or the errno that says why not, among them EFBIG beyond `bytes_max`
 * and ENOMEM. A failure leaves nothing in the arena that the caller could see. */
LEDGER_MUST_CHECK int file_read_bytes(struct arena *arena, const char *path, size_t bytes_max,
                                      struct ledger_text *ret_content);

/* Replaces the file by `content`: written beside it, synced, renamed over it, the directory synced. Whatever fails
 * before the rename, the old file stays as it was and nothing else is left behind. The file keeps its permissions, a
 * symbolic link stays and its target is replaced; what is no regular file (a terminal, a pipe, /dev/null) is written to
 * directly, and "-" is standard output. LEDGER_FILE_IS_UNREADABLE, LEDGER_OUT_OF_MEMORY. */
LEDGER_MUST_CHECK ledger_status file_write(struct ledger_call *call, const char *path, struct ledger_text content);

/* A file that is written piece by piece and, like one of file_write, takes the old one's place at once or not at all.
 */
struct file_replacement {
    const char *path; /* as it was named; NULL: none is being written */
    int descriptor;
    char *target;    /* NULL where it is written directly */
    char *temporary; /* beside it */
};

/* `path` lives as long as the replacement. LEDGER_FILE_IS_UNREADABLE, LEDGER_OUT_OF_MEMORY, as of all of them. */
LEDGER_MUST_CHECK ledger_status file_replacement_begin(struct ledger_call *call, const char *path,
                                                       struct file_replacement *ret_replacement);
LEDGER_MUST_CHECK ledger_status file_replacement_write(struct ledger_call *call, struct file_replacement *replacement,
                                                       struct ledger_text piece);
/* Makes it durable and puts it in place. */
LEDGER_MUST_CHECK ledger_status file_replacement_finish(struct ledger_call *call, struct file_replacement *replacement);
/* Leaves the old file as it was; nothing to do after the finish. */
void file_replacement_abandon(struct file_replacement *replacement);

/* A name that was made is durable only once its directory is on disk: syncs the directory of `path`. 0 or an errno. */
LEDGER_MUST_CHECK int file_sync_directory(const char *path);

#endif
