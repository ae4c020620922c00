/* How far an import has come, as the log knows it: the events IMPORT_PROGRESSED. */
#ifndef LEDGER_EXCHANGE_IMPORT_PROGRESS_H
#define LEDGER_EXCHANGE_IMPORT_PROGRESS_H

#include "base/sha256.h"
#include "engine/write_unit.h"

/* The facts of one event. */
struct import_progress {
    struct ledger_text import_id;
    uint64_t line;             /* the last that is done … */
    uint64_t bytes;            /* … the bytes up to its end … */
    struct sha256_hash digest; /* … and their SHA-256 */
    uint64_t posted;           /* of this batch, replayed ones too … */
    uint64_t rejected;         /* … and of all records since the batch before */
    bool is_complete;          /* the file ended there */
};

/* The last of that import at or after a position; false where there is none. Inside a unit of work. */
LEDGER_MUST_CHECK ledger_status import_progress_find(struct ledger_call *call, struct store *store,
                                                     struct ledger_text import_id, int64_t from_log_index,
                                                     bool *ret_found, struct import_progress *ret_progress,
                                                     int64_t *ret_log_index);

/* Appends one. */
LEDGER_MUST_CHECK ledger_status import_progress_add(struct ledger_call *call, struct write_unit *unit,
                                                    const struct import_progress *progress);

#endif
