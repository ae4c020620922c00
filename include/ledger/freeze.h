/* Freezing: while a ledger is frozen nothing is posted and no rule of it changes, in whatever program; reading goes on.
 */
#ifndef LEDGER_FREEZE_H
#define LEDGER_FREEZE_H

#include "ledger/ledger.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Whether the ledger is frozen, and what its log says of the freezing. Where the log says nothing, although the ledger
 * is marked as frozen, the texts are absent and the numbers 0: somebody wrote the mark, and verify tells. */
struct ledger_freeze_state {
    bool is_frozen;
    int64_t log_index; /* of the event LEDGER_FROZEN */
    int64_t frozen_at_us;
    struct ledger_text frozen_by;
    struct ledger_text frozen_principal; /* absent where it was not known */
    struct ledger_text reason;
};

/* Freezes the ledger: what was not committed yet is refused from here on, with LEDGER_IS_FROZEN. `reason` stands in
 * every such refusal. LEDGER_FREEZE_STATE_IS_UNCHANGED, LEDGER_TEXT_IS_INVALID, LEDGER_USER_IS_MISSING, database
 * outcomes. */
LEDGER_PUBLIC LEDGER_MUST_CHECK ledger_status ledger_freeze(struct ledger_call *call, struct ledger *ledger,
                                                            struct ledger_text reason,
                                                            struct ledger_freeze_state *ret_state);

/* Lets postings in again. Not for the one who froze it: LEDGER_SECOND_PERSON_IS_NEEDED where the user is the same, or
 * the principal where both are known; where one is not, the event says that only claims were compared. The other
 * outcomes are those of freezing. `ret_state` tells of the freezing that ended. */
LEDGER_PUBLIC LEDGER_MUST_CHECK ledger_status ledger_unfreeze(struct ledger_call *call, struct ledger *ledger,
                                                              struct ledger_text reason,
                                                              struct ledger_freeze_state *ret_state);

/* The state now, in the call's memory. Database outcomes. */
LEDGER_PUBLIC LEDGER_MUST_CHECK ledger_status ledger_freeze_get(struct ledger_call *call, struct ledger *ledger,
                                                                struct ledger_freeze_state *ret_state);

#ifdef __cplusplus
}
#endif

#endif
