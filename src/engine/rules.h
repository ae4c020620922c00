/* The rules that a posting is judged by, as of one rules_version: the accounts and the closed days. Kept in memory
 * until the version in the head moves.
 *
 * I1 Rules that could not be read whole have the version of none: what was judged by them is judged again. */
#ifndef LEDGER_ENGINE_RULES_H
#define LEDGER_ENGINE_RULES_H

#include "base/arena.h"
#include "domain/period.h"
#include "ledger/account.h"
#include "store/store.h"

enum { RULES_VERSION_NONE = 0 }; /* a ledger's begin at 1 */

struct rules_account {
    struct ledger_account account;
    unsigned currency_decimals;
    struct rules_account *next; /* of the same bucket */
};

struct rules {
    struct arena arena;
    bool is_loaded;
    int64_t rules_version;
    struct rules_account **accounts; /* by account_id ascending */
    size_t accounts_count;
    size_t accounts_capacity;
    struct rules_account **buckets; /* by account code */
    size_t buckets_count;           /* a power of two, at least twice the capacity */
    struct period_index periods;
    struct ledger_text freeze_fault; /* what is told while the ledger is frozen; absent until it is looked up */
};

void rules_init(struct rules *rules);
void rules_done(struct rules *rules);

/* Reads the rules again where their version is not `rules_version`. Inside a unit of work. */
LEDGER_MUST_CHECK ledger_status rules_refresh(struct ledger_call *call, struct rules *rules, struct store *store,
                                              int64_t rules_version);

/* Takes in a new account, or a new version of one, after the unit that made it was committed: spares reading all again
 * where nothing else moved the rules. */
void rules_put_account(struct rules *rules, const struct ledger_account *account, int64_t rules_version);

/* Takes in an account that is not there, for what is tried without writing, until rules_stop_pretending: then the rules
 * are read again when they are next needed. LEDGER_OUT_OF_MEMORY. */
LEDGER_MUST_CHECK ledger_status rules_pretend_account(struct ledger_call *call, struct rules *rules,
                                                      const struct ledger_account *account);
void rules_stop_pretending(struct rules *rules);

/* Keeps a copy of what is told while the ledger is frozen. LEDGER_OUT_OF_MEMORY. */
LEDGER_MUST_CHECK ledger_status rules_keep_freeze_fault(struct ledger_call *call, struct rules *rules,
                                                        struct ledger_text fault);

/* The account of a code in its normal form, NULL where there is none. */
const struct rules_account *rules_find_account(const struct rules *rules, struct ledger_text account_code);

/* The account of an id, NULL where there is none. */
const struct rules_account *rules_get_account(const struct rules *rules, int64_t account_id);

#endif
