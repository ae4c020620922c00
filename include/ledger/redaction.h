/* Redaction: the free texts of a posted transaction erased for good, by two persons and an event of the log. */
#ifndef LEDGER_REDACTION_H
#define LEDGER_REDACTION_H

#include "ledger/transaction.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A transaction whose texts were erased. */
struct ledger_redacted {
    char transaction_id[LEDGER_ID_TEXT_SIZE];
    char transaction_number[LEDGER_NUMBER_TEXT_SIZE];
    char redacted_by[LEDGER_ID_TEXT_SIZE]; /* audit_id of the event, which the mark in the place of each text names */
};

/* Asks for the texts of a transaction (its description, memos and reason of reversal) to be erased, with the salt of
 * their hash and of its idempotency fingerprint: nothing is left to guess them from, and every other proof holds. Memos
 * that reversals of it repeat go with them, and so do all texts of those reversals. Amounts, dates, accounts, codes,
 * keys and names stay. It always waits for a second person, who approves it with ledger_approval_approve.
 *
 * `transaction` is an id or number. `reason` is required and stays in the log for good: it must not repeat what is to
 * be erased. `ret_request_id` is set with LEDGER_APPROVAL_IS_PENDING, which is the outcome when all went well; a
 * request that waits already is given again. LEDGER_TRANSACTION_NOT_FOUND, LEDGER_IS_REDACTED_ALREADY,
 * LEDGER_TEXT_IS_INVALID, LEDGER_IS_FROZEN, LEDGER_OUTCOME_IS_UNKNOWN (with the id), database outcomes. */
LEDGER_PUBLIC LEDGER_MUST_CHECK ledger_status ledger_redact(struct ledger_call *call, struct ledger *ledger,
                                                            struct ledger_text transaction, struct ledger_text reason,
                                                            char ret_request_id[LEDGER_ID_TEXT_SIZE]);

#ifdef __cplusplus
}
#endif

#endif
