/* Freezing inside a write unit: what is refused while the ledger is frozen, and by which words.
 *
 * I1 Accounts, postings, reversals, periods, approvals and redactions change nothing while the head says that the
 *    ledger is frozen. Reading, reports, proofs, checkpoints, incidents and this go on.
 * I2 The mark in the head is what the last event LEDGER_FROZEN or LEDGER_UNFROZEN says, and each moves the rules. */
#ifndef LEDGER_ENGINE_FREEZE_H
#define LEDGER_ENGINE_FREEZE_H

#include "engine/write_unit.h"

/* I1: LEDGER_IS_FROZEN, with since when, by whom and why. */
LEDGER_MUST_CHECK ledger_status freeze_check(struct ledger_call *call, const struct write_unit *unit);

/* The same words for those who refuse many at once; absent where the ledger is not frozen. They live as long as the
 * session's rules. */
LEDGER_MUST_CHECK ledger_status freeze_describe(struct ledger_call *call, const struct write_unit *unit,
                                                struct ledger_text *ret_fault);

/* Freezes: appends LEDGER_FROZEN, by the call's actor, and marks the head. Nothing where it is frozen already. For
 * those who find that the ledger is not what it has to be, in the unit that says so. */
LEDGER_MUST_CHECK ledger_status freeze_add(struct ledger_call *call, struct write_unit *unit,
                                           struct ledger_text reason);

#endif
