/* The order in which a chart of accounts is read. */
#ifndef LEDGER_ENGINE_ACCOUNT_TREE_H
#define LEDGER_ENGINE_ACCOUNT_TREE_H

#include "base/call.h"
#include "ledger/account.h"

/* A copy of `accounts` with each parent before its children and siblings by code, in the call's memory. Accounts whose
 * parents are missing or go round in a circle (a damaged chart) stand at the end. Reorders `accounts` by code. */
LEDGER_MUST_CHECK ledger_status account_tree_sort(struct ledger_call *call, struct ledger_account *accounts,
                                                  size_t count, struct ledger_account **ret_tree);

#endif
