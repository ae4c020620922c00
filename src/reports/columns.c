/* Slots planned from parameters, and the columns of tables made from them. */
#include "reports/columns.h"

#include "base/time.h"
#include "domain/interval.h"
#include "domain/period.h"

static const char *const compare_names[] = {"none", "previous-period", "previous-year"};
static const char *const interval_names[] = {"none", "monthly", "quarterly", "yearly"};

enum {
    COMPARE_COUNT = sizeof compare_names / sizeof compare_names[0],
    INTERVAL_COUNT = sizeof interval_names / sizeof interval_names[0],
};

const char *ledger_report_compare_name(enum ledger_report_comparison_days compare)
{
    return (size_t)compare < COMPARE_COUNT ? compare_names[compare] : NULL;
}

bool ledger_report_compare_parse(struct ledger_text text, enum ledger_report_comparison_days *ret_compare)
{
    for (size_t i = LEDGER_COMPARE_PREVIOUS_PERIOD; i < COMPARE_COUNT; i++) {
        if (text_equals_string(text, compare_names[i])) {
            *ret_compare = (enum ledger_report_comparison_days)i;
            return true;
        }
    }
    return false;
}

const char *ledger_report_columns_name(enum ledger_report_columns columns)
{
    return (size_t)columns < INTERVAL_COUNT ? interval_names[columns] : NULL;
}

bool ledger_report_columns_parse(struct ledger_text text, enum ledger_report_columns *ret_columns)
{
    for (size_t i = LEDGER_COLUMNS_MONTHLY; i < INTERVAL_COUNT; i++) {
        if (text_equals_string(text, interval_names[i])) {
            *ret_columns = (enum ledger_report_columns)i;
            return true;
        }
    }
    return false;
}

/* The same day of the month some months later; the last one of that month where it is shorter. */
static int32_t day_add_months(int32_t day, int32_t months)
{
    int32_t month = day_to_month(day);
    int32_t moved = month_first_day(month + months) + (day - month_first_day(month));
    int32_t month_end = month_first_day(month + months + 1) - 1;
    return moved < month_end ? moved : month_end;
}

static bool day_begins_a_month(int32_t day)
{
    return month_first_day(day_to_month(day)) == day;
}

static const enum ledger_interval intervals[INTERVAL_COUNT] = {
    [LEDGER_COLUMNS_MONTHLY] = LEDGER_INTERVAL_MONTH,
    [LEDGER_COLUMNS_QUARTERLY] = LEDGER_INTERVAL_QUARTER,
    [LEDGER_COLUMNS_YEARLY] = LEDGER_INTERVAL_YEAR,
};

/* The first day behind the interval that a day lies in. */
static int32_t interval_end(enum ledger_interval interval, struct ledger_text fiscal_year_start, int32_t day)
{
    return interval_next_day(interval, fiscal_year_start, interval_first_day(interval, fiscal_year_start, day));
}

/* The quarter of a fiscal year that a day lies in, from 1. */
static int32_t quarter_of(struct ledger_text fiscal_year_start, int32_t year_begin, int32_t day)
{
    int32_t quarter = 1;
    int32_t next = interval_end(LEDGER_INTERVAL_QUARTER, fiscal_year_start, year_begin);
    while (next <= day) {
        next = interval_end(LEDGER_INTERVAL_QUARTER, fiscal_year_start, next);
        quarter++;
    }
    return quarter;
}

/* I1. A fiscal year that is not the calendar's is called by the year in which it ends, as is usual, and said to be one.
 */
static ledger_status slot_name(struct ledger_call *call, enum ledger_report_columns interval,
                               struct ledger_text fiscal_year_start, struct report_slot *slot)
{
    struct civil_date date = day_to_civil(slot->start_day);
    int32_t year_begin = period_fiscal_year_start(fiscal_year_start, slot->start_day);
    bool is_calendar = text_equals_string(fiscal_year_start, "01-01");
    int32_t year = day_to_civil(year_begin).year + (is_calendar ? 0 : 1);
    int32_t quarter = quarter_of(fiscal_year_start, year_begin, slot->start_day);
    struct ledger_text name;
    struct ledger_text heading;
    if (interval == LEDGER_COLUMNS_MONTHLY) {
        LEDGER_TRY(ledger_call_format(call, &name, "%04d_%02d", date.year, date.month));
        LEDGER_TRY(ledger_call_format(call, &heading, "%04d-%02d", date.year, date.month));
    } else if (interval == LEDGER_COLUMNS_QUARTERLY) {
        LEDGER_TRY(ledger_call_format(call, &name, "%s%04d_q%d", is_calendar ? "" : "fy", year, quarter));
        LEDGER_TRY(ledger_call_format(call, &heading, "%s%04d Q%d", is_calendar ? "" : "FY", year, quarter));
    } else {
        LEDGER_TRY(ledger_call_format(call, &name, "%s%04d", is_calendar ? "" : "fy", year));
        LEDGER_TRY(ledger_call_format(call, &heading, "%s%04d", is_calendar ? "" : "FY", year));
    }
    slot->name = name.data;
    slot->heading = heading.data;
    return LEDGER_DONE;
}

static ledger_status columns_plan_intervals(struct ledger_call *call, struct ledger_text fiscal_year_start,
                                            const struct report_parameters *parameters, struct report_columns *columns)
{
    int32_t day = parameters->start_day;
    while (day <= parameters->end_day) {
        if (columns->slots_count == LEDGER_REPORT_COLUMNS_MAX) {
            char start[TIME_TEXT_SIZE];
            char end[TIME_TEXT_SIZE];
            (void)day_format(parameters->start_day, start);
            (void)day_format(parameters->end_day, end);
            return ledger_fail(call, LEDGER_INPUT_IS_TOO_LARGE,
                               "%s columns from %s to %s are more than %d: take longer intervals, or fewer days",
                               interval_names[parameters->interval], start, end, (int)LEDGER_REPORT_COLUMNS_MAX);
        }
        int32_t next = interval_end(intervals[parameters->interval], fiscal_year_start, day);
        struct report_slot *slot = &columns->slots[columns->slots_count++];
        slot->start_day = day;
        slot->end_day = next <= parameters->end_day ? next - 1 : parameters->end_day;
        LEDGER_TRY(slot_name(call, parameters->interval, fiscal_year_start, slot));
        day = next;
    }
    if (columns->is_flow) {
        columns->slots[columns->slots_count++] =
            (struct report_slot){"total", "Total", parameters->start_day, parameters->end_day};
    }
    return LEDGER_DONE;
}

/* The span that ends the day before another begins, and is as long. */
static void span_before(struct ledger_text fiscal_year_start, const struct report_slot *now, struct report_slot *then)
{
    int32_t behind = now->end_day + 1;
    bool is_of_years = period_fiscal_year_start(fiscal_year_start, now->start_day) == now->start_day &&
                       period_fiscal_year_start(fiscal_year_start, behind) == behind;
    bool is_of_months = day_begins_a_month(now->start_day) && day_begins_a_month(behind);
    then->end_day = now->start_day - 1;
    if (is_of_years || is_of_months) { /* years are months too, from the same day of one to the same day of another */
        int32_t months = day_to_month(behind) - day_to_month(now->start_day);
        then->start_day = day_add_months(now->start_day, -months);
    } else {
        then->start_day = now->start_day - (behind - now->start_day);
    }
}

/* The last day of a month stays one where a report ends on it; else the same day, and the 28th for 29 February. */
static int32_t day_of_year_before(int32_t day, bool is_end)
{
    bool stays_last = is_end && day_begins_a_month(day + 1);
    return stays_last ? month_first_day(day_to_month(day) + 1 - 12) - 1 : day_add_months(day, -12);
}

static ledger_status columns_plan_comparison(struct ledger_call *call, struct ledger_text fiscal_year_start,
                                             const struct report_parameters *parameters, struct report_columns *columns)
{
    int32_t end_day = parameters->end_day;
    struct report_slot now = {"now", "Now", columns->is_flow ? parameters->start_day : end_day, end_day};
    struct report_slot then = {"then", "Then", 0, 0};
    if (parameters->compare == LEDGER_COMPARE_PREVIOUS_YEAR) {
        then.start_day = day_of_year_before(now.start_day, !columns->is_flow);
        then.end_day = day_of_year_before(end_day, true);
    } else if (columns->is_flow) {
        span_before(fiscal_year_start, &now, &then);
    } else {
        then.end_day = period_fiscal_year_start(fiscal_year_start, end_day) - 1;
        then.start_day = then.end_day;
    }
    if (then.start_day < TIME_DAY_FIRST) {
        return ledger_fail(call, LEDGER_DATE_IS_INVALID, "the %s would begin before 0001-01-01",
                           compare_names[parameters->compare]);
    }
    if (!columns->is_flow) {
        char text[TIME_TEXT_SIZE];
        struct ledger_text heading;
        (void)day_format(now.end_day, text);
        LEDGER_TRY(ledger_call_format(call, &heading, "%s", text));
        now.heading = heading.data;
        (void)day_format(then.end_day, text);
        LEDGER_TRY(ledger_call_format(call, &heading, "%s", text));
        then.heading = heading.data;
    }
    columns->slots[0] = now;
    columns->slots[1] = then;
    columns->slots_count = 2;
    columns->is_comparison = true;
    return LEDGER_DONE;
}

ledger_status columns_plan(struct ledger_call *call, struct ledger_text fiscal_year_start, bool is_flow,
                           const struct report_parameters *parameters, const struct report_columns **ret_columns)
{
    struct report_columns *columns = NULL;
    LEDGER_ALLOCATE(call, columns, 1);
    columns->is_flow = is_flow;
    if (parameters->compare != LEDGER_COMPARE_NOTHING) {
        LEDGER_TRY(columns_plan_comparison(call, fiscal_year_start, parameters, columns));
    } else {
        LEDGER_TRY(columns_plan_intervals(call, fiscal_year_start, parameters, columns));
    }
    *ret_columns = columns;
    return LEDGER_DONE;
}

void columns_describe(const struct report_parameters *parameters, struct text_builder *builder)
{
    const struct report_columns *columns = parameters->columns;
    char start[TIME_TEXT_SIZE];
    char end[TIME_TEXT_SIZE];
    if (!columns->is_comparison) {
        text_builder_add_format(builder, ", %s", interval_names[parameters->interval]);
        return;
    }
    (void)day_format(columns->slots[1].start_day, start);
    (void)day_format(columns->slots[1].end_day, end);
    if (columns->is_flow) {
        text_builder_add_format(builder, ", compared with %s to %s", start, end);
    } else {
        text_builder_add_format(builder, ", compared with %s", end);
    }
}

static ledger_status columns_name(struct ledger_call *call, const char *name, const char *heading,
                                  struct report_column *ret_column)
{
    struct ledger_text text;
    LEDGER_TRY(ledger_call_format(call, &text, "balance_%s", name));
    *ret_column = (struct report_column){text.data, heading, REPORT_COLUMN_SERIES, false};
    return LEDGER_DONE;
}

ledger_status columns_make_table(struct ledger_call *call, const struct report_columns *columns,
                                 const struct report_table *base, const struct report_table **ret_table)
{
    struct report_table *table = NULL;
    struct report_column *made = NULL;
    size_t count = base->columns_count;
    LEDGER_ALLOCATE(call, table, 1);
    LEDGER_ALLOCATE(call, made, REPORT_COLUMNS_MAX);
    memcpy(made, base->columns, count * sizeof *made);
    for (size_t i = 0; i < columns->slots_count; i++) {
        LEDGER_TRY(columns_name(call, columns->slots[i].name, columns->slots[i].heading, &made[count++]));
    }
    if (columns->is_comparison) {
        LEDGER_TRY(columns_name(call, "change", "Change", &made[count++]));
        LEDGER_TRY(columns_name(call, "change_percent", "%", &made[count++]));
    }
    *table = *base;
    table->columns = made;
    table->columns_count = count;
    *ret_table = table;
    return LEDGER_DONE;
}

struct report_value columns_percent(int128 now, int128 then)
{
    bool crosses_zero = (now < 0 && then > 0) || (now > 0 && then < 0);
    if (then == 0 || crosses_zero) {
        return report_absent();
    }
    int128 change = now - then;
    int128 base = then < 0 ? -then : then;
    /* Totals of a report are below 2^96 in hundredths, so that this is far below 2^127. */
    int128 twice = (change < 0 ? -change : change) * 2 * 10000;
    int128 percent = (twice + base) / (2 * base);
    return report_amount(change < 0 ? -percent : percent);
}

void columns_set_values(const struct report_columns *columns, const int128 *balances, struct report_value *values)
{
    for (size_t i = 0; i < columns->slots_count; i++) {
        *values++ = report_amount(balances[i]);
    }
    if (columns->is_comparison) {
        *values++ = report_amount(balances[0] - balances[1]);
        *values = columns_percent(balances[0], balances[1]);
    }
}

struct report_value columns_start_value(const struct report_columns *columns, size_t slot)
{
    return columns->is_flow ? report_day(columns->slots[slot].start_day) : report_absent();
}

struct report_value columns_end_value(const struct report_columns *columns, size_t slot)
{
    return report_day(columns->slots[slot].end_day);
}
