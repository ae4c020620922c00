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

/* What was known at an earlier position: the posting days before the one in which it lies, which are over and so folded,
 * and the entries of that day up to it. The open totals, of the head's posting day, are none of it. */
struct totals_edge {
    bool is_now;      /* nothing was posted since: what is known now was known then */
    bool has_posting; /* before the position; if not, there is nothing */
    int32_t posting_day;
    int64_t from_log_index;
    int64_t before_log_index;
};

static ledger_status totals_edge_find(struct ledger_call *call, struct store *store, const struct store_head *head,
                                      int64_t log_position, struct totals_edge *ret_edge)
{
    struct totals_edge edge = {.is_now = log_position == store_head_log_size(head)};
    bool has_posting = false;
    int64_t last_index = 0;
    int64_t posting_date_us = 0;
    int64_t number = 0;
    if (!edge.is_now) {
        LEDGER_TRY(store_transaction_previous(call, store, STORE_POSITION_MAX, &has_posting, &last_index,
                                              &posting_date_us, &number));
        edge.is_now = !has_posting || last_index < log_position;
    }
    if (!edge.is_now) {
        LEDGER_TRY(store_transaction_previous(call, store, log_position, &edge.has_posting, &last_index,
                                              &posting_date_us, &number));
    }
    if (edge.has_posting) {
        struct store_posting_day first = {0, 0};
        edge.posting_day = time_to_utc_day(posting_date_us);
        LEDGER_TRY(store_posting_day_find(call, store, edge.posting_day, &has_posting, &first));
        if (!has_posting || first.posting_day != edge.posting_day) {
            return ledger_fail(call, LEDGER_DATABASE_IS_DAMAGED, "the first posting of day %d is not known: run verify",
                               edge.posting_day);
        }
        edge.from_log_index = first.first_log_index;
        edge.before_log_index = last_index + 1;
    }
    *ret_edge = edge;
    return LEDGER_DONE;
}

ledger_status totals_read(struct ledger_call *call, struct session *session, const struct store_head *head,
                          const struct totals_query *query, struct total_sink sink)
{
    struct store *store = &session->store;
    struct totals_edge edge;
    LEDGER_TRY(totals_edge_find(call, store, head, query->log_position, &edge));
    if (edge.is_now) {
        return totals_read_now(call, store, query, sink);
    }
    if (!edge.has_posting) {
        return LEDGER_DONE;
    }
    LEDGER_TRY(totals_read_folded(call, store, query, edge.posting_day, sink));
    return store_entry_total_sum(call, store, edge.from_log_index, edge.before_log_index, STORE_TOTALS_ALL_DAYS_MIN,
                                 query->to_day, query->account_id, sink);
}

/* The whole months of a range of days; none where `from_month` is not before `before_month`. */
struct totals_months {
    int32_t from_month;
    int32_t before_month;
};

static struct totals_months totals_whole_months(const struct totals_days_query *query)
{
    int32_t month = day_to_month(query->from_day);
    return (struct totals_months){
        .from_month = month_first_day(month) == query->from_day ? month : month + 1,
        .before_month = day_to_month(query->to_day + 1),
    };
}

/* What was posted before a day; `posting_end` INT32_MAX stands for all that is folded. */
static ledger_status totals_list_folded(struct ledger_call *call, struct store *store,
                                        const struct totals_days_query *query, int32_t posting_end,
                                        struct day_total_sink sink)
{
    struct totals_months months = totals_whole_months(query);
    if (!query->takes_months || months.from_month >= months.before_month) {
        return store_daily_total_list(call, store, query->from_day, query->to_day, INT32_MIN, posting_end,
                                      query->account_id, sink);
    }
    bool all_postings = posting_end == INT32_MAX;
    int32_t posting_month = all_postings ? INT32_MAX : day_to_month(posting_end);
    int32_t first_day = month_first_day(months.from_month);
    int32_t last_day = month_first_day(months.before_month) - 1;
    LEDGER_TRY(store_monthly_total_list(call, store, months.from_month, months.before_month, posting_month,
                                        query->account_id, sink));
    if (!all_postings && month_first_day(posting_month) < posting_end) {
        LEDGER_TRY(store_daily_total_list(call, store, first_day, last_day, month_first_day(posting_month), posting_end,
                                          query->account_id, sink));
    }
    if (query->from_day < first_day) {
        LEDGER_TRY(store_daily_total_list(call, store, query->from_day, first_day - 1, INT32_MIN, posting_end,
                                          query->account_id, sink));
    }
    if (last_day < query->to_day) {
        LEDGER_TRY(store_daily_total_list(call, store, last_day + 1, query->to_day, INT32_MIN, posting_end,
                                          query->account_id, sink));
    }
    return LEDGER_DONE;
}

ledger_status totals_list_days(struct ledger_call *call, struct session *session, const struct store_head *head,
                               const struct totals_days_query *query, struct day_total_sink sink)
{
    struct store *store = &session->store;
    struct totals_edge edge;
    LEDGER_TRY(totals_edge_find(call, store, head, query->log_position, &edge));
    if (edge.is_now) {
        LEDGER_TRY(totals_list_folded(call, store, query, INT32_MAX, sink));
        return store_open_total_list(call, store, query->from_day, query->to_day, query->account_id, sink);
    }
    if (!edge.has_posting) {
        return LEDGER_DONE;
    }
    LEDGER_TRY(totals_list_folded(call, store, query, edge.posting_day, sink));
    return store_entry_total_list(call, store, edge.from_log_index, edge.before_log_index, query->from_day,
                                  query->to_day, query->account_id, sink);
}
