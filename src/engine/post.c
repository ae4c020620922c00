/* Posting: a request is taken, and posted in a group. */
#include "base/text.h"
#include "engine/batch.h"
#include "engine/grouping.h"

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
    ledger_status status = grouping_post(ledger, &batch);
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
