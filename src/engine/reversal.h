/* Reversal inside a write unit, shared by those who reverse at once and those who approve. */
#ifndef LEDGER_ENGINE_REVERSAL_H
#define LEDGER_ENGINE_REVERSAL_H

#include "engine/post_unit.h"

struct reversal_work {
    struct session *session;
    struct ledger_reversal request;
    int64_t now_us;
    struct ledger_transaction_record original;
    struct draft draft;
};

/* Reads the original, checks the request's texts and date, and makes the draft of the reversal. In a read unit of its
 * own. LEDGER_TRANSACTION_NOT_FOUND, LEDGER_TEXT_IS_INVALID, LEDGER_DATE_IS_INVALID. */
LEDGER_MUST_CHECK ledger_status reversal_prepare(struct ledger_call *call, struct reversal_work *work);

/* Looks for an earlier result of the same idempotency key. LEDGER_IDEMPOTENCY_KEY_IS_TAKEN. */
LEDGER_MUST_CHECK ledger_status reversal_find_replay(struct ledger_call *call, struct reversal_work *work,
                                                     bool *ret_is_replayed, struct ledger_posted *ret_posted);

/* The rules of reversal, a rule a line. */
LEDGER_MUST_CHECK ledger_status reversal_decide(struct ledger_call *call, struct write_unit *unit,
                                                struct reversal_work *work);

/* Whether the debits of any currency pass the threshold beyond which a second person approves. */
bool reversal_needs_approval(const struct reversal_work *work);

/* Posts the reversal. */
LEDGER_MUST_CHECK ledger_status reversal_post(struct ledger_call *call, struct write_unit *unit,
                                              struct reversal_work *work, struct ledger_posted *ret_posted);

/* What is told of a reversal whose outcome is unknown: its ids, by which it can be looked up. */
struct ledger_posted reversal_describe_unknown(const struct ledger_posted *posted);

/* Records a refusal with the original that it concerns, where that was found. */
LEDGER_MUST_CHECK ledger_status reversal_refuse(struct ledger_call *call, const struct reversal_work *work,
                                                ledger_status status, const char *action);

#endif
