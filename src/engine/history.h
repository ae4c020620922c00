/* The balance of accounts over time, from the kept totals of days and months.
 *
 * I1 The intervals of a history follow each other without a gap, and the last ends with the history.
 * I2 The balance behind an interval is that behind the one before, and what the interval adds. */
#ifndef LEDGER_ENGINE_HISTORY_H
#define LEDGER_ENGINE_HISTORY_H

#include "base/int128.h"
#include "engine/session.h"
#include "ledger/balance.h"

/* Accounts that are added up, as known at a position. */
struct history_accounts {
    const int64_t *account_ids;
    size_t count;
    int64_t log_position;
};

/* The first and the last day with entries. */
struct history_extent {
    bool has_entries;
    int32_t first_day;
    int32_t last_day;
};

/* Of one currency. */
struct history_sums {
    int128 debit_minor;
    int128 credit_minor;
    int128 net_minor; /* debits less credits of all up to the end of the interval */
};

/* The days of the intervals: the first of each, and the last of all. */
struct history_days {
    enum ledger_interval interval;
    bool is_of_months;
    int32_t *first_days;
    size_t count;
    int32_t last_day;
};

static inline int32_t history_last_day(const struct history_days *days, size_t index)
{
    return index + 1 < days->count ? days->first_days[index + 1] - 1 : days->last_day;
}

/* The days that any of the accounts has entries on, up to a day. Inside a read unit. */
LEDGER_MUST_CHECK ledger_status history_find_extent(struct ledger_call *call, struct session *session,
                                                    const struct store_head *head,
                                                    const struct history_accounts *accounts, int32_t to_day,
                                                    struct history_extent *ret_extent);

/* The last day up to which a history looks: that of the query, or of the calendar. */
int32_t history_query_end(const struct ledger_history_query *query);

/* The intervals of a query, of which `series_count` histories are made; none where there is neither a start nor an
 * entry. LEDGER_DATE_IS_INVALID, LEDGER_INPUT_IS_TOO_LARGE, LEDGER_USAGE_IS_WRONG. */
LEDGER_MUST_CHECK ledger_status history_plan(struct ledger_call *call, const struct ledger *ledger,
                                             const struct ledger_history_query *query,
                                             const struct history_extent *extent, size_t series_count,
                                             struct history_days *ret_days);

/* Reads the sums of the intervals into an array of one for each. Inside a read unit. */
LEDGER_MUST_CHECK ledger_status history_read(struct ledger_call *call, struct session *session,
                                             const struct store_head *head, const struct history_accounts *accounts,
                                             const struct history_days *days, struct history_sums *sums);

#endif
