/* Totals of slots: spans between all the days that any of them needs, added up to each day, and taken from each other.
 */
#include "reports/slots.h"

#include <stdlib.h>

#include "engine/total_spans.h"

static int slots_compare_days(const void *left, const void *right)
{
    int32_t left_day = *(const int32_t *)left;
    int32_t right_day = *(const int32_t *)right;
    return (left_day > right_day) - (left_day < right_day);
}

/* Every day that totals are wanted up to. */
static ledger_status slots_list_days(struct ledger_call *call, const struct report *report, bool fiscal_years,
                                     struct slots *slots)
{
    const struct report_columns *columns = slots->columns;
    int32_t *days = NULL;
    size_t count = 0;
    size_t kept = 0;
    LEDGER_ALLOCATE(call, days, 2 * columns->slots_count);
    for (size_t i = 0; i < columns->slots_count; i++) {
        const struct report_slot *slot = &columns->slots[i];
        days[count++] = slot->end_day;
        if (columns->is_flow) {
            days[count++] = slot->start_day - 1;
        } else if (fiscal_years) {
            days[count++] = report_fiscal_year_start(report->session->ledger, slot->end_day) - 1;
        }
    }
    qsort(days, count, sizeof *days, slots_compare_days);
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || days[i] != days[kept - 1]) {
            days[kept++] = days[i];
        }
    }
    slots->days = days;
    slots->days_count = kept;
    return LEDGER_DONE;
}

/* Takes transactions of one event type out of the spans that they are dated in. Each is read once. */
static ledger_status slots_leave_out(struct ledger_call *call, const struct report *report,
                                     struct ledger_text event_type, struct slots *slots)
{
    const struct total_spans spans = {.days = slots->days, .count = slots->days_count};
    struct store *store = &report->session->store;
    int64_t *log_indexes = NULL;
    size_t count = 0;
    LEDGER_TRY(store_transaction_list_by_event_type(call, store, event_type, report->log_position, slots->days[0] + 1,
                                                    slots->days[slots->days_count - 1], &log_indexes, &count));
    for (size_t i = 0; i < count; i++) {
        int32_t day = 0;
        LEDGER_TRY(store_transaction_day_get(call, store, log_indexes[i], &day));
        LEDGER_TRY(chart_totals_add_transaction(call, report, &slots->chart, log_indexes[i], -1,
                                                &slots->up_to[total_spans_find(&spans, day)]));
    }
    return LEDGER_DONE;
}

/* Spans become totals from the beginning on. */
static void slots_add_up(struct slots *slots)
{
    for (size_t day = 1; day < slots->days_count; day++) {
        for (size_t i = 0; i < slots->chart.count; i++) {
            slots->up_to[day].nets[i] += slots->up_to[day - 1].nets[i];
            slots->up_to[day].entry_counts[i] += slots->up_to[day - 1].entry_counts[i];
        }
    }
}

const struct chart_totals *slots_up_to(const struct slots *slots, int32_t day)
{
    const int32_t *found = bsearch(&day, slots->days, slots->days_count, sizeof day, slots_compare_days);
    assert(found != NULL);
    return &slots->up_to[found - slots->days];
}

static ledger_status slots_fill(struct ledger_call *call, struct slots *slots)
{
    const struct report_columns *columns = slots->columns;
    LEDGER_ALLOCATE(call, slots->totals, columns->slots_count);
    LEDGER_TRY(chart_totals_init(call, &slots->chart, &slots->any));
    for (size_t s = 0; s < columns->slots_count; s++) {
        const struct report_slot *slot = &columns->slots[s];
        const struct chart_totals *end = slots_up_to(slots, slot->end_day);
        const struct chart_totals *begin = columns->is_flow ? slots_up_to(slots, slot->start_day - 1) : NULL;
        LEDGER_TRY(chart_totals_init(call, &slots->chart, &slots->totals[s]));
        for (size_t i = 0; i < slots->chart.count; i++) {
            int128 net = end->nets[i] - (begin == NULL ? 0 : begin->nets[i]);
            int64_t entry_count = end->entry_counts[i] - (begin == NULL ? 0 : begin->entry_counts[i]);
            slots->totals[s].nets[i] = net;
            slots->totals[s].entry_counts[i] = entry_count;
            slots->any.nets[i] |= net != 0;
            slots->any.entry_counts[i] |= entry_count != 0;
        }
    }
    return LEDGER_DONE;
}

ledger_status slots_read(struct ledger_call *call, const struct report *report, struct slots_wants wants,
                         struct slots *ret_slots)
{
    struct slots slots = {.columns = report->parameters.columns};
    LEDGER_TRY(chart_read(call, report, &slots.chart));
    LEDGER_TRY(slots_list_days(call, report, wants.fiscal_years, &slots));
    LEDGER_TRY(chart_totals_read_spans(call, report, &slots.chart, slots.days, slots.days_count, &slots.up_to));
    if (!text_is_absent(wants.leave_out)) {
        LEDGER_TRY(slots_leave_out(call, report, wants.leave_out, &slots));
    }
    slots_add_up(&slots);
    LEDGER_TRY(slots_fill(call, &slots));
    *ret_slots = slots;
    return LEDGER_DONE;
}

static ledger_status slots_give_change(struct ledger_call *call, struct report *report,
                                       const struct report_table *table, struct ledger_text currency,
                                       const struct slot_sums *sums, bool in_percent)
{
    struct report_value values[SLOT_TOTAL_AMOUNTS + SLOT_AMOUNTS_MAX] = {
        [SLOT_TOTAL_NAME] = report_text(in_percent ? TEXT("change_percent") : TEXT("change")),
        [SLOT_TOTAL_CURRENCY] = report_text(currency),
    };
    for (size_t i = SLOT_TOTAL_AMOUNTS; i < table->columns_count; i++) {
        int128 now = sums[0].amounts[i - SLOT_TOTAL_AMOUNTS];
        int128 then = sums[1].amounts[i - SLOT_TOTAL_AMOUNTS];
        values[i] = in_percent ? columns_percent(now, then) : report_amount(now - then);
    }
    return report_row(call, report, table, &(struct report_row){.values = values, .kind = REPORT_ROW_TOTAL});
}

ledger_status slots_give_totals(struct ledger_call *call, struct report *report, const struct report_table *table,
                                const struct report_columns *columns, struct ledger_text currency,
                                const struct slot_sums *sums)
{
    assert(table->columns_count <= SLOT_TOTAL_AMOUNTS + SLOT_AMOUNTS_MAX);
    for (size_t s = 0; s < columns->slots_count; s++) {
        struct report_value values[SLOT_TOTAL_AMOUNTS + SLOT_AMOUNTS_MAX] = {
            [SLOT_TOTAL_NAME] = report_text(ledger_text_of(columns->slots[s].name)),
            [SLOT_TOTAL_START] = columns_start_value(columns, s),
            [SLOT_TOTAL_END] = columns_end_value(columns, s),
            [SLOT_TOTAL_CURRENCY] = report_text(currency),
        };
        for (size_t i = SLOT_TOTAL_AMOUNTS; i < table->columns_count; i++) {
            values[i] = report_amount(sums[s].amounts[i - SLOT_TOTAL_AMOUNTS]);
        }
        LEDGER_TRY(report_row(call, report, table, &(struct report_row){.values = values, .kind = REPORT_ROW_TOTAL}));
    }
    if (!columns->is_comparison) {
        return LEDGER_DONE;
    }
    LEDGER_TRY(slots_give_change(call, report, table, currency, sums, false));
    return slots_give_change(call, report, table, currency, sums, true);
}
