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

/* What a point of a history stands for. Weeks begin on Monday; quarters and years with the ledger's fiscal year. */
enum ledger_interval {
    LEDGER_INTERVAL_UNSET, /* a month */
    LEDGER_INTERVAL_DAY,
    LEDGER_INTERVAL_WEEK,
    LEDGER_INTERVAL_MONTH,
    LEDGER_INTERVAL_QUARTER,
    LEDGER_INTERVAL_YEAR,
};

enum { LEDGER_HISTORY_POINTS_MAX = 10000 }; /* of one history */

/* Which history. Clear it, set the position, then what is wanted. Days are counted from 1970-01-01. */
struct ledger_history_query {
    bool has_start_day; /* from this day, inside its interval; else from the account's first entry */
    int32_t start_day;
    bool
        has_end_day; /* up to and including this day; else to the account's last entry, or start_day if that is later */
    int32_t end_day;
    enum ledger_interval interval;
    int64_t log_position; /* as known when the log had this size; LEDGER_POSITION_HEAD: now */
};

/* An interval: whole, but for the first and the last, which are as long as they are asked for. In hundredths. */
struct ledger_history_point {
    int32_t first_day;
    int32_t last_day;
    int64_t debit_minor; /* of the interval */
    int64_t credit_minor;
    int64_t balance_minor; /* behind last_day, as ledger_balance_of has it */
};

/* The balance of one account over time, from the kept totals of days and months, whatever the number of entries. The
 * points live with the call, the first interval first; an account without entries has none where no start_day is given.
 * For an account with those under it see the report LEDGER_REPORT_BALANCE_HISTORY.
 * LEDGER_ACCOUNT_NOT_FOUND, LEDGER_DATE_IS_INVALID where it would end before it starts or leaves the calendar,
 * LEDGER_INPUT_IS_TOO_LARGE beyond LEDGER_HISTORY_POINTS_MAX with the interval that would do,
 * LEDGER_LOG_POSITION_IS_INVALID, LEDGER_USAGE_IS_WRONG for an unknown interval, database outcomes. */
LEDGER_PUBLIC LEDGER_MUST_CHECK ledger_status ledger_balance_history(struct ledger_call *call, struct ledger *ledger,
                                                                     struct ledger_text account_code,
                                                                     const struct ledger_history_query *query,
                                                                     struct ledger_account *ret_account,
                                                                     const struct ledger_history_point **ret_points,
                                                                     size_t *ret_points_count);

/* "day", "week", "month", "quarter", "year" and the reverse; of LEDGER_INTERVAL_UNSET "month". Any thread. */
LEDGER_PUBLIC const char *ledger_interval_name(enum ledger_interval interval);
LEDGER_PUBLIC bool ledger_interval_parse(struct ledger_text text, enum ledger_interval *ret_interval);

/* Reads a calendar day YYYY-MM-DD into days since 1970-01-01. LEDGER_DATE_IS_INVALID. */
LEDGER_PUBLIC LEDGER_MUST_CHECK ledger_status ledger_day_parse(struct ledger_call *call, struct ledger_text text,
                                                               int32_t *ret_day);

#ifdef __cplusplus
}
#endif

#endif
