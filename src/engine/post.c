/* Posting: a request is taken, and posted in a group. */
#include "base/text.h"
#include "engine/batch.h"
#include "engine/grouping.h"

enum { EARLY_ITEMS_MIN = 17 }; /* a smaller request is prepared by its leader as fast */

/* Prepares a request of many items before it comes into the line, so that others are posted meanwhile. Where that
 * cannot be, its leader does it. */
static void batch_prepare_aside(struct ledger *ledger, struct batch *batch)
{
    struct session *session = batch->count < EARLY_ITEMS_MIN ? NULL : pool_take_spare(batch->call, ledger);
    if (session == NULL || batch_prepare_early(session, batch, false) == LEDGER_DONE) {
        return;
    }
    ledger_call_drop_problems(batch->call, batch->problems_base);
    pool_give_back(ledger, session);
}

static ledger_status batch_post(struct ledger_call *call, struct ledger *ledger, const struct ledger_posting *postings,
                                size_t count, enum ledger_batch_mode mode, struct ledger_posted *ret_posted)
{
    call->refusal_is_recorded = false;
    if (count > LEDGER_BATCH_MAX) {
        return ledger_fail(call, LEDGER_INPUT_IS_TOO_LARGE, "the batch has %zu transactions, at most %d are taken",
                           count, LEDGER_BATCH_MAX);
    }
    if (count == 0) {
        return LEDGER_DONE;
    }
    struct batch batch = {.call = call, .postings = postings, .count = count, .mode = mode, .posted = ret_posted};
    LEDGER_TRY(write_unit_check_actor(call));
    LEDGER_TRY(batch_init(ledger, &batch));
    batch_prepare_aside(ledger, &batch);
    ledger_status status = grouping_post(ledger, &batch);
    if (batch.session != NULL) {
        pool_give_back(ledger, batch.session);
    }
    call->item_index = 0;
    return status;
}

ledger_status ledger_post_batch(struct ledger_call *call, struct ledger *ledger, const struct ledger_posting *postings,
                                size_t count, enum ledger_batch_mode mode, struct ledger_posted *ret_posted)
{
    LEDGER_TRY(batch_post(call, ledger, postings, count, mode, ret_posted));
    for (size_t i = 0; mode == LEDGER_BATCH_ALL && i < count; i++) {
        if (ret_posted[i].status != LEDGER_DONE) {
            return LEDGER_BATCH_IS_REFUSED;
        }
    }
    return LEDGER_DONE;
}

ledger_status ledger_post(struct ledger_call *call, struct ledger *ledger, const struct ledger_posting *posting,
                          struct ledger_posted *ret_posted)
{
    LEDGER_TRY(batch_post(call, ledger, posting, 1, LEDGER_BATCH_EACH, ret_posted));
    return ret_posted->status;
}
