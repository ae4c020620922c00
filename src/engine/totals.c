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

ledger_status totals_find_moment(struct ledger_call *call, struct session *session, const struct store_head *head,
                                 int64_t log_position, struct totals_moment *ret_moment)
{
    struct store *store = &session->store;
    struct totals_moment moment = {.posting_end = INT32_MAX};
    bool has_posting = false;
    int64_t last_index = 0;
    int64_t posting_date_us = 0;
    int64_t number = 0;
    /* Nothing was posted since: what is known now was known then. */
    bool is_now = log_position == store_head_log_size(head);
    if (!is_now) {
        LEDGER_TRY(store_transaction_previous(call, store, STORE_POSITION_MAX, &has_posting, &last_index,
                                              &posting_date_us, &number));
        is_now = !has_posting || last_index < log_position;
    }
    if (is_now) {
        *ret_moment = moment;
        return LEDGER_DONE;
    }
    LEDGER_TRY(
        store_transaction_previous(call, store, log_position, &has_posting, &last_index, &posting_date_us, &number));
    if (!has_posting) {
        *ret_moment = (struct totals_moment){.posting_end = INT32_MIN};
        return LEDGER_DONE;
    }
    /* The posting day in which the position lies is summed from its entries; the days before it are over, and so
     * folded: the open totals, of the head's posting day, are none of theirs. */
    struct store_posting_day first = {0, 0};
    moment.posting_end = time_to_utc_day(posting_date_us);
    LEDGER_TRY(store_posting_day_find(call, store, moment.posting_end, &has_posting, &first));
    if (!has_posting || first.posting_day != moment.posting_end) {
        return ledger_fail(call, LEDGER_DATABASE_IS_DAMAGED, "the first posting of day %d is not known: run verify",
                           moment.posting_end);
    }
    moment.from_log_index = first.first_log_index;
    moment.before_log_index = last_index + 1;
    *ret_moment = moment;
    return LEDGER_DONE;
}

ledger_status totals_read(struct ledger_call *call, struct session *session, const struct store_head *head,
                          const struct totals_query *query, struct total_sink sink)
{
    struct totals_moment moment;
    LEDGER_TRY(totals_find_moment(call, session, head, query->log_position, &moment));
    if (moment.posting_end == INT32_MAX) {
        return totals_read_now(call, &session->store, query, sink);
    }
    if (moment.before_log_index == 0) { /* before the first posting of all */
        return LEDGER_DONE;
    }
    LEDGER_TRY(totals_read_folded(call, &session->store, query, moment.posting_end, sink));
    return store_entry_total_sum(call, &session->store, moment.from_log_index, moment.before_log_index,
                                 STORE_TOTALS_ALL_DAYS_MIN, query->to_day, query->account_id, sink);
}
