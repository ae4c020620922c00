/* Looking up accounts inside a unit of work. */
#ifndef LEDGER_ENGINE_ACCOUNTS_H
#define LEDGER_ENGINE_ACCOUNTS_H

#include "engine/session.h"

/* The account of a code as a client writes it; it lives until the rules are next refreshed. LEDGER_ACCOUNT_NOT_FOUND,
 * LEDGER_ACCOUNT_CODE_IS_INVALID. */
LEDGER_MUST_CHECK ledger_status accounts_get(struct ledger_call *call, struct session *session,
                                             struct ledger_text account_code, const struct rules_account **ret_account);

/* Copies the texts of an account into the call's memory, in place: they may be those of the rules, which are read
 * again.
 */
LEDGER_MUST_CHECK ledger_status accounts_keep(struct ledger_call *call, struct ledger_account *account);

/* Judges the creation of an account as ledger_account_create does, and takes it into the session's rules as if it were
 * there: for what is tried without writing. The rules are read again before anything else is judged by them
 * (rules_stop_pretending). The session has rules. */
LEDGER_MUST_CHECK ledger_status accounts_pretend(struct ledger_call *call, struct session *session,
                                                 const struct ledger_account_request *request);

#endif
