/* The verbatim import: a ledger made again, in another database, from its verbatim export.
 *
 * I1 Until the last line was checked there is no ledger: nobody can open what is there so far (engine/restore.h). An
 *    import that was interrupted is gone on with, or left for a new database.
 * I2 The log is the one of the file and nothing else: the import adds no event of its own. */
#ifndef LEDGER_EXCHANGE_IMPORT_VERBATIM_H
#define LEDGER_EXCHANGE_IMPORT_VERBATIM_H

#include "base/call.h"
#include "base/sha256.h"
#include "ledger/ledger.h"

struct import_verbatim_options {
    const char *path;                          /* "-": standard input */
    const struct ledger_open_options *opening; /* the database that is to hold the ledger */
    bool resumes;                              /* goes on with an interrupted import of the same file */
    bool only_checks;                          /* reads and judges the file, without a database */
    size_t batch_items_max;                    /* of one unit of work; 0: as many as are good */
    void (*progress)(void *context, uint64_t bytes, uint64_t bytes_total); /* may be NULL */
    void *context;
};

struct import_verbatim_result {
    struct ledger_text ledger_id; /* in the call's memory */
    int64_t log_size;
    char root_hash[2 * SHA256_SIZE + 1];
    int64_t transactions_count;
    int64_t entries_count;
    int64_t events_count;
    int64_t checkpoints_count;
    int64_t resumed_at; /* log position behind which it went on; 0: from the beginning */
};

/* LEDGER_INPUT_IS_MALFORMED with line, field, what stands there and what follows; LEDGER_EXISTS_ALREADY where the
 * database has a ledger; LEDGER_FILE_IS_UNREADABLE, LEDGER_INPUT_IS_TOO_LARGE, outcomes of opening and of writing. */
LEDGER_MUST_CHECK ledger_status import_verbatim(struct ledger_call *call, const struct import_verbatim_options *options,
                                                struct import_verbatim_result *ret_result);

#endif
