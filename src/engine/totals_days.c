/* One account's totals by day, put together from months, days, the open day and, for an earlier position, one day's
 * entries: what totals.c does for sums. */
#include "engine/totals.h"

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
    struct totals_moment moment;
    LEDGER_TRY(totals_find_moment(call, session, head, query->log_position, &moment));
    if (moment.posting_end == INT32_MAX) {
        LEDGER_TRY(totals_list_folded(call, store, query, INT32_MAX, sink));
        return store_open_total_list(call, store, query->from_day, query->to_day, query->account_id, sink);
    }
    if (moment.before_log_index == 0) { /* before the first posting of all */
        return LEDGER_DONE;
    }
    LEDGER_TRY(totals_list_folded(call, store, query, moment.posting_end, sink));
    return store_entry_total_list(call, store, moment.from_log_index, moment.before_log_index, query->from_day,
                                  query->to_day, query->account_id, sink);
}
