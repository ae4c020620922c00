/* Totals put together from balances, months, days, the open day and, for an earlier position, one day's entries. */
#include "engine/totals.h"

ledger_status totals_position(struct ledger_call *call, const struct store_head *head, int64_t log_position,
                              int64_t *ret_log_position)
{
    int64_t log_size = store_head_log_size(head);
    if (log_position != LEDGER_POSITION_HEAD && (log_position < 0 || log_position > log_size)) {
        return ledger_fail(call, LEDGER_LOG_POSITION_IS_INVALID, "log position %lld is outside the log of %lld events",
                           (long long)log_position, (long long)log_size);
    }
    *ret_log_position = log_position == LEDGER_POSITION_HEAD ? log_size : log_position;
    return LEDGER_DONE;
}

/* Whole months of transaction before the month of to_day, and the days of that month; of posting, everything before a
 * day: whole months and the days of its month. `posting_end` INT32_MAX stands for all. */
static ledger_status totals_read_folded(struct ledger_call *call, struct store *store, const struct totals_query *query,
                                        int32_t posting_end, struct total_sink sink)
{
    bool all_days = query->to_day == STORE_TOTALS_ALL_DAYS_MAX;
    bool all_postings = posting_end == INT32_MAX;
    int32_t month = all_days ? INT32_MAX : day_to_month(query->to_day);
    int32_t posting_month = all_postings ? INT32_MAX : day_to_month(posting_end);
    int32_t posting_month_begin = all_postings ? INT32_MAX : month_first_day(posting_month);
    LEDGER_TRY(store_monthly_total_sum(call, store, INT32_MIN, month, posting_month, query->account_id, sink));
    if (!all_days) {
        LEDGER_TRY(store_daily_total_sum(call, store, month_first_day(month), query->to_day, INT32_MIN, posting_end,
                                         query->account_id, sink));
    }
    if (!all_postings && posting_month_begin < posting_end) {
        int32_t last_day = all_days ? INT32_MAX : month_first_day(month) - 1;
        LEDGER_TRY(store_daily_total_sum(call, store, INT32_MIN, last_day, posting_month_begin, posting_end,
                                         query->account_id, sink));
    }
    return LEDGER_DONE;
}

static ledger_status totals_read_now(struct ledger_call *call, struct store *store, const struct totals_query *query,
                                     struct total_sink sink)
{
    if (query->to_day == STORE_TOTALS_ALL_DAYS_MAX) {
        LEDGER_TRY(store_balance_sum(call, store, query->account_id, sink));
    } else {
        LEDGER_TRY(totals_read_folded(call, store, query, INT32_MAX, sink));
    }
    return store_open_total_sum(call, store, STORE_TOTALS_ALL_DAYS_MIN, query->to_day, query->account_id, sink);
}

/* The posting day in which the position lies is summed from its entries; the days before it are over, and so folded:
 * the open totals, of the head's posting day, are none of theirs. */
static ledger_status totals_read_then(struct ledger_call *call, struct store *store, const struct totals_query *query,
                                      struct total_sink sink)
{
    bool has_posting = false;
    int64_t last_index = 0;
    int64_t posting_date_us = 0;
    int64_t number = 0;
    LEDGER_TRY(store_transaction_previous(call, store, query->log_position, &has_posting, &last_index, &posting_date_us,
                                          &number));
    if (!has_posting) {
        return LEDGER_DONE;
    }
    int32_t posting_day = time_to_utc_day(posting_date_us);
    struct store_posting_day first = {0, 0};
    LEDGER_TRY(store_posting_day_find(call, store, posting_day, &has_posting, &first));
    if (!has_posting || first.posting_day != posting_day) {
        return ledger_fail(call, LEDGER_DATABASE_IS_DAMAGED, "the first posting of day %d is not known: run verify",
                           posting_day);
    }
    LEDGER_TRY(totals_read_folded(call, store, query, posting_day, sink));
    return store_entry_total_sum(call, store, first.first_log_index, last_index + 1, STORE_TOTALS_ALL_DAYS_MIN,
                                 query->to_day, query->account_id, sink);
}

ledger_status totals_read(struct ledger_call *call, struct session *session, const struct store_head *head,
                          const struct totals_query *query, struct total_sink sink)
{
    /* Nothing was posted since: what is known now was known then. */
    bool is_now = query->log_position == store_head_log_size(head);
    if (!is_now) {
        bool has_posting = false;
        int64_t last_index = 0;
        int64_t posting_date_us = 0;
        int64_t number = 0;
        LEDGER_TRY(store_transaction_previous(call, &session->store, STORE_POSITION_MAX, &has_posting, &last_index,
                                              &posting_date_us, &number));
        is_now = !has_posting || last_index < query->log_position;
    }
    return is_now ? totals_read_now(call, &session->store, query, sink)
                  : totals_read_then(call, &session->store, query, sink);
}
