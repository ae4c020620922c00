/* Posting under the lock: what a write unit does with drafts. */
#ifndef LEDGER_ENGINE_POST_UNIT_H
#define LEDGER_ENGINE_POST_UNIT_H

#include "engine/total_deltas.h"

/* In all of these `sums` is what the drafts that nothing speaks against come to, where that was gathered before the
 * lock, else NULL. */

/* Whether post_unit_check_totals has to add up the totals to know what they leave room for. */
bool post_unit_nears_limit(const struct write_unit *unit, struct draft *const *drafts, size_t count,
                           const struct total_sums *sums);

/* Refuses the drafts that would take a total of an account past its limit: a problem each in their own call, their
 * status set. Drafts with another status are left alone. To be called before post_unit_add. */
LEDGER_MUST_CHECK ledger_status post_unit_check_totals(struct ledger_call *call, struct write_unit *unit,
                                                       struct draft *const *drafts, size_t count,
                                                       const struct total_sums *sums);

/* Gives each draft its number, position and posting date, makes its record_hash and leaf, inserts all rows in bulk and
 * adds what they come to to the totals. The drafts are all good. */
LEDGER_MUST_CHECK ledger_status post_unit_add(struct ledger_call *call, struct write_unit *unit,
                                              struct draft *const *drafts, size_t count, const struct total_sums *sums);

/* The same for drafts that are placed already, with the places that they have in another database of the same ledger:
 * in their order, each behind the one before it. */
LEDGER_MUST_CHECK ledger_status post_unit_restore(struct ledger_call *call, struct write_unit *unit,
                                                  struct draft *const *drafts, size_t count);

/* Adds the problem of an idempotency key that stands for another request, or for one that cannot be compared any more.
 */
void post_unit_add_key_problem(struct ledger_call *call, struct ledger_text idempotency_key, bool is_redacted);

/* What the client is told of a posted record. */
void post_unit_describe(const struct ledger_transaction_record *record, bool is_replayed,
                        struct ledger_posted *ret_posted);

#endif
