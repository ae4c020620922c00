/* Balances of accounts: all that is posted, or as of a day, now or as known at an earlier position of the log. */
#ifndef LEDGER_BALANCE_H
#define LEDGER_BALANCE_H

#include "ledger/account.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { LEDGER_POSITION_HEAD = -1 };

/* Which balance. Clear it, set the position, then what is wanted. */
struct ledger_balance_query {
    bool has_as_of_day;   /* transaction_day up to and including … */
    int32_t as_of_day;    /* … this day, counted from 1970-01-01 */
    int64_t log_position; /* as known when the log had this size; LEDGER_POSITION_HEAD: now */
};

/* The totals of one account, in hundredths. */
struct ledger_balance {
    int64_t account_id;
    int64_t debit_total_minor;
    int64_t credit_total_minor;
    int64_t entry_count;
};

/* Debits − credits for ASSET and EXPENSE, credits − debits for the others. Any thread. */
LEDGER_PUBLIC int64_t ledger_balance_of(const struct ledger_balance *totals, enum ledger_account_type type);

/* The balance of one account. LEDGER_ACCOUNT_NOT_FOUND, LEDGER_LOG_POSITION_IS_INVALID, database outcomes. */
LEDGER_PUBLIC LEDGER_MUST_CHECK ledger_status ledger_balance_get(struct ledger_call *call, struct ledger *ledger,
                                                                 struct ledger_text account_code,
                                                                 const struct ledger_balance_query *query,
                                                                 struct ledger_account *ret_account,
                                                                 struct ledger_balance *ret_balance);

/* Reads a calendar day YYYY-MM-DD into days since 1970-01-01. LEDGER_DATE_IS_INVALID. */
LEDGER_PUBLIC LEDGER_MUST_CHECK ledger_status ledger_day_parse(struct ledger_call *call, struct ledger_text text,
                                                               int32_t *ret_day);

#ifdef __cplusplus
}
#endif

#endif
