/* Looking up accounts inside a unit of work. */
#ifndef LEDGER_ENGINE_ACCOUNTS_H
#define LEDGER_ENGINE_ACCOUNTS_H

#include "engine/session.h"

/* The account of a code as a client writes it; it lives until the rules are next refreshed. LEDGER_ACCOUNT_NOT_FOUND,
 * LEDGER_ACCOUNT_CODE_IS_INVALID. */
LEDGER_MUST_CHECK ledger_status accounts_get(struct ledger_call *call, struct session *session,
                                             struct ledger_text account_code, const struct rules_account **ret_account);

#endif
