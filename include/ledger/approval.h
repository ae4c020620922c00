/* Approvals: reversals over the threshold, and redactions, wait for a second person. */
#ifndef LEDGER_APPROVAL_H
#define LEDGER_APPROVAL_H

#include "ledger/redaction.h"

#ifdef __cplusplus
extern "C" {
#endif

enum ledger_approval_state { LEDGER_APPROVAL_WAITING, LEDGER_APPROVAL_APPROVED, LEDGER_APPROVAL_DENIED };

enum ledger_approval_kind { LEDGER_APPROVAL_OF_REVERSAL, LEDGER_APPROVAL_OF_REDACTION };

/* A request as it stands. */
struct ledger_approval {
    char request_id[LEDGER_ID_TEXT_SIZE];
    enum ledger_approval_kind kind;
    enum ledger_approval_state state;
    uint8_t transaction_id[16];          /* what is to be reversed or redacted */
    struct ledger_text reason;           /* a mark where it was erased with the texts of a transaction */
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

/* What came of an approval. */
struct ledger_approved {
    enum ledger_approval_kind kind;
    struct ledger_posted posted;            /* the reversal; of a redaction only `status` */
    const struct ledger_redacted *redacted; /* of a redaction: whose texts were erased, in the call's memory */
    size_t redacted_count;
    bool traces_remain; /* of a redaction: somebody reads, so that the database's own log still has the texts; ask for
                         * the redaction again later */
};

/* Approves a request and does what it asks for in the same unit of work; every rule of it is checked again.
 * LEDGER_APPROVAL_NOT_FOUND, LEDGER_APPROVAL_IS_DECIDED, LEDGER_APPROVER_IS_THE_REQUESTER (the same user, or the same
 * principal where both are known), and the outcomes of ledger_reverse or ledger_redact; with LEDGER_OUTCOME_IS_UNKNOWN
 * the ids of a reversal. */
LEDGER_PUBLIC LEDGER_MUST_CHECK ledger_status ledger_approval_approve(struct ledger_call *call, struct ledger *ledger,
                                                                      struct ledger_text request_id,
                                                                      struct ledger_approved *ret_approved);

/* Denies a request. The requester may withdraw it so too. Outcomes as for approving, but for those of what is asked. */
LEDGER_PUBLIC LEDGER_MUST_CHECK ledger_status ledger_approval_deny(struct ledger_call *call, struct ledger *ledger,
                                                                   struct ledger_text request_id,
                                                                   struct ledger_text reason);

/* "PENDING", "APPROVED", "DENIED". Any thread. */
LEDGER_PUBLIC const char *ledger_approval_state_name(enum ledger_approval_state state);

/* "REVERSAL", "REDACTION". Any thread. */
LEDGER_PUBLIC const char *ledger_approval_kind_name(enum ledger_approval_kind kind);

#ifdef __cplusplus
}
#endif

#endif
