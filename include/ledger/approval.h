/* Approvals: reversals over the threshold wait for a second person. */
#ifndef LEDGER_APPROVAL_H
#define LEDGER_APPROVAL_H

#include "ledger/transaction.h"

#ifdef __cplusplus
extern "C" {
#endif

enum ledger_approval_state { LEDGER_APPROVAL_WAITING, LEDGER_APPROVAL_APPROVED, LEDGER_APPROVAL_DENIED };

/* A request as it stands. */
struct ledger_approval {
    char request_id[LEDGER_ID_TEXT_SIZE];
    enum ledger_approval_state state;
    uint8_t transaction_id[16]; /* the original that is to be reversed */
    struct ledger_text reason;
    struct ledger_text transaction_date; /* as the requester gave it; absent: the day of the approval */
    struct ledger_text idempotency_key;
    int64_t requested_at_us;
    struct ledger_text requested_by;
    struct ledger_text requested_principal;
    struct ledger_text source_system;
    int64_t decided_at_us; /* 0 while it waits */
    struct ledger_text decided_by;
    struct ledger_text decided_principal;
    struct ledger_text decision_reason;
    int64_t log_index; /* of the last change */
};

/* The requests, oldest first, in the call's memory; only those that wait, or all. */
LEDGER_PUBLIC LEDGER_MUST_CHECK ledger_status ledger_approval_list(struct ledger_call *call, struct ledger *ledger,
                                                                   bool only_waiting,
                                                                   const struct ledger_approval **ret_approvals,
                                                                   size_t *ret_approvals_count);

/* Approves a request and posts its reversal in the same unit of work; every rule of reversal is checked again.
 * LEDGER_APPROVAL_NOT_FOUND, LEDGER_APPROVAL_IS_DECIDED, LEDGER_APPROVER_IS_THE_REQUESTER (the same user, or the same
 * principal where both are known), and the outcomes of ledger_reverse. */
LEDGER_PUBLIC LEDGER_MUST_CHECK ledger_status ledger_approval_approve(struct ledger_call *call, struct ledger *ledger,
                                                                      struct ledger_text request_id,
                                                                      struct ledger_posted *ret_posted);

/* Denies a request. The requester may withdraw it so too. Outcomes as for approving, but for those of reversal. */
LEDGER_PUBLIC LEDGER_MUST_CHECK ledger_status ledger_approval_deny(struct ledger_call *call, struct ledger *ledger,
                                                                   struct ledger_text request_id,
                                                                   struct ledger_text reason);

/* "PENDING", "APPROVED", "DENIED". Any thread. */
LEDGER_PUBLIC const char *ledger_approval_state_name(enum ledger_approval_state state);

#ifdef __cplusplus
}
#endif

#endif
