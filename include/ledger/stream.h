/* A stream of postings: many transactions posted in their order at the full speed of the database, for imports.
 *
 * What is added is gathered into batches. While the caller's thread reads on and prepares the next batch (judging it by
 * the rules, hashing it), a thread of the stream posts the one before: a batch is one durable commit, each item of it
 * stands for itself as with LEDGER_BATCH_EACH. The size of the batches follows from how long the ledger is locked for
 * one: about LEDGER_STREAM_LOCK_MS_MAX at most.
 *
 * A stream is one thread's. It takes up to four connections of the handle's pool, those that are to spare; one is
 * enough. */
#ifndef LEDGER_STREAM_H
#define LEDGER_STREAM_H

#include "ledger/transaction.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
    LEDGER_STREAM_LOCK_MS_MAX = 100,
    LEDGER_STREAM_ITEMS_MIN = 64,   /* of one batch */
    LEDGER_STREAM_ITEMS_MAX = 5120, /* of one batch */
};

struct ledger_stream;

/* Told for every batch in order, on the caller's thread, within ledger_stream_add or ledger_stream_finish. `first_item`
 * counts from 0 over the whole stream. The problems of refused items are in `call`, by item_index within the batch;
 * everything lives until the function returns. Another outcome than LEDGER_DONE ends the stream with it: what is on its
 * way then may still be posted, and is not told. */
typedef ledger_status ledger_stream_told(void *context, uint64_t first_item, const struct ledger_posted *posted,
                                         size_t count, const struct ledger_call *call);

/* Clear it, set `struct_size` to its size, then what differs. */
struct ledger_stream_options {
    size_t struct_size;
    size_t batch_items_max; /* 0: LEDGER_STREAM_ITEMS_MAX */
    ledger_stream_told *told;
    void *context;
};

/* What a stream has done so far. */
struct ledger_stream_figures {
    uint64_t items_count;
    uint64_t batches_count;
    int64_t posting_us;     /* of all batches: validating again where needed, writing, committing */
    int64_t posting_us_max; /* of one batch: no other writer waited longer for it */
};

/* Begins a stream for the call's actor. The call stays with the stream until it is freed, and is used for nothing else
 * meanwhile. LEDGER_USER_IS_MISSING, LEDGER_DATABASE_IS_BUSY where no connection is to be had, database outcomes. */
LEDGER_PUBLIC LEDGER_MUST_CHECK ledger_status ledger_stream_begin(struct ledger_call *call, struct ledger *ledger,
                                                                  const struct ledger_stream_options *options,
                                                                  struct ledger_stream **ret_stream);

/* Adds a posting, copied with its texts. LEDGER_DONE says nothing yet of whether it is refused: `told` does. Once a
 * batch could not be posted, that outcome is given here and from then on; nothing behind that batch is posted. Of the
 * batch itself `told` gets the items with that status; with LEDGER_OUTCOME_IS_UNKNOWN their ids. */
LEDGER_PUBLIC LEDGER_MUST_CHECK ledger_status ledger_stream_add(struct ledger_stream *stream,
                                                                const struct ledger_posting *posting);

/* Posts what is left and waits until everything is told. */
LEDGER_PUBLIC LEDGER_MUST_CHECK ledger_status ledger_stream_finish(struct ledger_stream *stream);

LEDGER_PUBLIC void ledger_stream_figures(struct ledger_stream *stream, struct ledger_stream_figures *ret_figures);

/* Frees it. What was added and not yet posted is dropped; a batch that is being posted is waited for. NULL is allowed.
 */
LEDGER_PUBLIC void ledger_stream_free(struct ledger_stream *stream);

#ifdef __cplusplus
}
#endif

#endif
