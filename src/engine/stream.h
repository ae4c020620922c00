/* A stream from within: what belongs to each of its batches beside the postings. */
#ifndef LEDGER_ENGINE_STREAM_H
#define LEDGER_ENGINE_STREAM_H

#include "engine/write_unit.h"
#include "ledger/stream.h"

struct stream_hook {
    /* On the caller's thread, when a batch is complete and before it is prepared and sent: what it needs can be made
     * now. Another outcome than LEDGER_DONE, told by `call`, ends the stream, and the batch is not sent. May be NULL.
     */
    ledger_status (*sealed)(struct ledger_call *call, void *context, uint64_t first_item, size_t count);
    /* On the posting thread, in the batch's own unit of work, when it is known what came of each item: appends events
     * that are kept exactly if the batch is. It may be called again for the same batch, and refuses the batch by
     * another outcome than LEDGER_DONE. The batch is then posted with no other request. */
    ledger_status (*add_events)(struct ledger_call *call, struct write_unit *unit, void *context, uint64_t first_item,
                                const struct ledger_posted *posted, size_t count);
    void *context;
    bool wants_statuses_only; /* is told what came of each item, and whether it was replayed, not where it stands */
    bool is_atomic;           /* one batch of everything, at most LEDGER_BATCH_MAX: all of it or nothing */
    bool only_judges; /* nothing is posted: each item is told what the rules say of it, as far as that needs no lock */
};

/* Sends what has been added so far as a batch of its own. Outcomes as ledger_stream_add. */
LEDGER_MUST_CHECK ledger_status stream_send_now(struct ledger_stream *stream);

/* From now on nothing is posted any more (only_judges). */
void stream_only_judge(struct ledger_stream *stream);

/* With only_judges: an account that the items behind it may name as if it were there. Refusals as
 * ledger_account_create. */
LEDGER_MUST_CHECK ledger_status stream_pretend_account(struct ledger_stream *stream,
                                                       const struct ledger_account_request *request,
                                                       struct ledger_call *call);

/* Before anything is added. */
void stream_set_hook(struct ledger_stream *stream, const struct stream_hook *hook);

#endif
