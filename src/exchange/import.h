/* Importing: what a reader gives, posted by a stream, each record exactly once.
 *
 * With every batch an event IMPORT_PROGRESSED is kept in the batch's own unit of work: how far in the file it reaches
 * and the SHA-256 of the file up to there. So an import that was interrupted goes on exactly behind its last commit,
 * and a file that was changed meanwhile is found.
 *
 * I1 A record is posted once or rejected once, whatever happens between.
 * I2 Of one import there is one run at a time: under the ledger's lock each batch looks that none came between.
 * I3 Memory does not grow with the file.
 * I4 The accounts that stand in the file before the end of a batch are made, or refused, before the batch is sent. */
#ifndef LEDGER_EXCHANGE_IMPORT_H
#define LEDGER_EXCHANGE_IMPORT_H

#include "exchange/posting_reader.h"
#include "ledger/stream.h"

struct import_options {
    const char *source_name;      /* of the file, for messages and events */
    struct ledger_text import_id; /* by which it is known again; at most LEDGER_NAME_MAX characters */
    const char *rejects_path;     /* made where something is rejected; NULL: nothing is kept of it */
    size_t batch_items_max;       /* 0: as ledger_stream_options */
    bool resumes;                 /* goes on where the last run of this import_id ended */
    bool is_atomic;               /* all of it or nothing; at most LEDGER_BATCH_MAX transactions */
    bool only_tries;              /* posts nothing and records nothing: what the rules would say */
    bool creates_accounts;        /* that the file declares and the ledger does not have */
    void (*progress)(void *context, uint64_t bytes, uint64_t bytes_total, uint64_t records); /* may be NULL */
    void *context;
};

struct import_result {
    uint64_t lines;   /* of the file */
    uint64_t records; /* read in this run */
    uint64_t skipped; /* of them, done in an earlier run */
    uint64_t posted;
    uint64_t replayed; /* answered by their own idempotency keys */
    uint64_t rejected;
    uint64_t accounts_created;
    struct ledger_stream_figures figures;
    struct ledger_text first_rejection; /* why, in the call's memory; absent where there is none */
};

/* Imports everything that the reader gives. LEDGER_DONE also where records were rejected. LEDGER_IMPORT_EXISTS where an
 * import of that name was begun and is not to be resumed, or another run of it comes between;
 * LEDGER_INPUT_IS_MALFORMED where the file is not the one that is to be resumed; outcomes of reading, of the stream,
 * and of writing the rejects. */
LEDGER_MUST_CHECK ledger_status import_run(struct ledger_call *call, struct ledger *ledger,
                                           struct posting_reader *reader, const struct import_options *options,
                                           struct import_result *ret_result);

#endif
