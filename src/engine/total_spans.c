/* Spans read one after the other: whole months of each from the totals of months, the days beside them from those of
 * days; then what is not folded. */
#include "engine/total_spans.h"

#include "engine/totals.h"

/* One reading. */
struct span_reading {
    struct store *store;
    const struct total_spans *spans;
    struct totals_moment moment;
    struct total_span_sink sink;
    size_t span; /* the one at hand */
};

size_t total_spans_find(const struct total_spans *spans, int32_t day)
{
    size_t low = 0;
    size_t high = spans->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (spans->days[middle] >= day) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

static ledger_status span_add(struct ledger_call *call, void *context, const struct ledger_balance *totals)
{
    const struct span_reading *reading = context;
    return reading->sink.add(call, reading->sink.context, reading->span, totals);
}

static ledger_status span_add_day(struct ledger_call *call, void *context, int32_t day,
                                  const struct ledger_balance *totals)
{
    const struct span_reading *reading = context;
    size_t span = total_spans_find(reading->spans, day);
    return span == reading->spans->count ? LEDGER_DONE : reading->sink.add(call, reading->sink.context, span, totals);
}

/* Days of transaction, both included, that were posted from a day on, before the end of the moment. */
static ledger_status span_read_days(struct ledger_call *call, struct span_reading *reading, int32_t from_day,
                                    int32_t to_day, int32_t from_posting_day)
{
    if (from_day > to_day || from_posting_day >= reading->moment.posting_end) {
        return LEDGER_DONE;
    }
    return store_daily_total_sum(call, reading->store, from_day, to_day, from_posting_day, reading->moment.posting_end,
                                 0, (struct total_sink){span_add, reading});
}

/* Months [from, before). Those of postings are whole before the month of the moment's end, whose days are read as days.
 */
static ledger_status span_read_months(struct ledger_call *call, struct span_reading *reading, int32_t from_month,
                                      int32_t before_month)
{
    struct total_sink sink = {span_add, reading};
    if (reading->moment.posting_end == INT32_MAX) {
        return store_monthly_total_sum(call, reading->store, from_month, before_month, INT32_MAX, 0, sink);
    }
    int32_t posting_month = day_to_month(reading->moment.posting_end);
    int32_t from_day = from_month == INT32_MIN ? INT32_MIN : month_first_day(from_month);
    LEDGER_TRY(store_monthly_total_sum(call, reading->store, from_month, before_month, posting_month, 0, sink));
    return span_read_days(call, reading, from_day, month_first_day(before_month) - 1, month_first_day(posting_month));
}

/* [from, to], from STORE_TOTALS_ALL_DAYS_MIN for the beginning. */
static ledger_status span_read_folded(struct ledger_call *call, struct span_reading *reading, int32_t from_day,
                                      int32_t to_day)
{
    bool has_begin = from_day != STORE_TOTALS_ALL_DAYS_MIN;
    int32_t from_month = has_begin ? day_to_month(from_day) : INT32_MIN;
    int32_t before_month = day_to_month(to_day + 1);
    if (has_begin && month_first_day(from_month) < from_day) {
        from_month++;
    }
    if (from_month >= before_month) {
        return span_read_days(call, reading, from_day, to_day, INT32_MIN);
    }
    LEDGER_TRY(span_read_months(call, reading, from_month, before_month));
    if (has_begin) {
        LEDGER_TRY(span_read_days(call, reading, from_day, month_first_day(from_month) - 1, INT32_MIN));
    }
    return span_read_days(call, reading, month_first_day(before_month), to_day, INT32_MIN);
}

ledger_status total_spans_read(struct ledger_call *call, struct session *session, const struct store_head *head,
                               const struct total_spans *spans, struct total_span_sink sink)
{
    struct span_reading reading = {.store = &session->store, .spans = spans, .sink = sink};
    LEDGER_TRY(totals_find_moment(call, session, head, spans->log_position, &reading.moment));
    bool is_now = reading.moment.posting_end == INT32_MAX;
    if (!is_now && reading.moment.before_log_index == 0) { /* before the first posting of all */
        return LEDGER_DONE;
    }
    for (reading.span = 0; reading.span < spans->count; reading.span++) {
        int32_t from_day = reading.span == 0 ? STORE_TOTALS_ALL_DAYS_MIN : spans->days[reading.span - 1] + 1;
        int32_t to_day = spans->days[reading.span];
        LEDGER_TRY(span_read_folded(call, &reading, from_day, to_day));
        if (is_now) {
            LEDGER_TRY(store_open_total_sum(call, reading.store, from_day, to_day, 0,
                                            (struct total_sink){span_add, &reading}));
        }
    }
    if (is_now || spans->count == 0) {
        return LEDGER_DONE;
    }
    return store_entry_day_total_sum(call, reading.store, reading.moment.from_log_index,
                                     reading.moment.before_log_index, spans->days[spans->count - 1],
                                     (struct day_total_sink){span_add_day, &reading});
}
