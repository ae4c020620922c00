/* The directory of checkpoints outside the database: <epoch>-<log size, 15 digits>.checkpoint, a file each.
 *
 * I1 A file is there whole or not at all, and durable before anybody is told of it.
 * I2 A file is made once and never changed, renamed or removed: a second one of the same log size is not written. A
 *    directory that only takes new names (chattr +a) is enough. */
#ifndef LEDGER_INTEGRITY_CHECKPOINT_DIRECTORY_H
#define LEDGER_INTEGRITY_CHECKPOINT_DIRECTORY_H

#include "base/call.h"

/* One file, by its name. */
struct checkpoint_file {
    int64_t epoch;
    int64_t log_size;
    struct ledger_text path;
};

/* Whether the name is one of a checkpoint. */
bool checkpoint_file_parse(const char *name, int64_t *ret_epoch, int64_t *ret_log_size);

/* The path of a checkpoint's file, in the call's memory. */
LEDGER_MUST_CHECK ledger_status checkpoint_file_path(struct ledger_call *call, struct ledger_text directory,
                                                     int64_t epoch, int64_t log_size, struct ledger_text *ret_path);

/* Calls `each` for every checkpoint's file in no order. LEDGER_FILE_IS_UNREADABLE. */
LEDGER_MUST_CHECK ledger_status checkpoint_directory_scan(struct ledger_call *call, struct ledger_text directory,
                                                          ledger_status (*each)(struct ledger_call *call, void *context,
                                                                                int64_t epoch, int64_t log_size),
                                                          void *context);

/* The file of the longest log in the latest epoch; false where there is none. */
LEDGER_MUST_CHECK ledger_status checkpoint_directory_find_last(struct ledger_call *call, struct ledger_text directory,
                                                               bool *ret_found, struct checkpoint_file *ret_file);

/* The note in a file, in the call's memory. LEDGER_FILE_IS_UNREADABLE, LEDGER_INPUT_IS_TOO_LARGE. */
LEDGER_MUST_CHECK ledger_status checkpoint_file_read(struct ledger_call *call, struct ledger_text path,
                                                     struct ledger_text *ret_note);

/* Writes a new file; `ret_exists` where there is one of that name already, which stays as it is.
 * LEDGER_FILE_IS_UNREADABLE. */
LEDGER_MUST_CHECK ledger_status checkpoint_file_write(struct ledger_call *call, struct ledger_text path,
                                                      struct ledger_text note, bool *ret_exists);

#endif
