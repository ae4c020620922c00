/* Intervals of the calendar. */
#include "domain/interval.h"

#include <assert.h>

#include "base/text.h"
#include "base/time.h"
#include "domain/period.h"

enum { DAYS_OF_WEEK = 7, MONTHS_OF_QUARTER = 3, QUARTERS = 4, DAYS_OF_YEAR_MAX = 366 };

static int32_t week_first_day(int32_t day)
{
    int32_t since_monday = (day + 3) % DAYS_OF_WEEK; /* 1970-01-01 was a Thursday */
    return day - (since_monday < 0 ? since_monday + DAYS_OF_WEEK : since_monday);
}

/* The same day of the month some months later; the last one of that month where it is shorter. */
static int32_t add_months(int32_t day, int32_t months)
{
    int32_t month = day_to_month(day);
    int32_t moved = month_first_day(month + months) + (day - month_first_day(month));
    int32_t month_end = month_first_day(month + months + 1) - 1;
    return moved < month_end ? moved : month_end;
}

static int32_t quarter_first_day(struct ledger_text month_and_day, int32_t day)
{
    int32_t year_begin = period_fiscal_year_start(month_and_day, day);
    int32_t quarter = QUARTERS - 1;
    while (quarter > 0 && add_months(year_begin, quarter * MONTHS_OF_QUARTER) > day) {
        quarter--;
    }
    return add_months(year_begin, quarter * MONTHS_OF_QUARTER);
}

int32_t interval_first_day(enum ledger_interval interval, struct ledger_text month_and_day, int32_t day)
{
    switch (interval) {
    case LEDGER_INTERVAL_WEEK:
        return week_first_day(day);
    case LEDGER_INTERVAL_MONTH:
        return month_first_day(day_to_month(day));
    case LEDGER_INTERVAL_QUARTER:
        return quarter_first_day(month_and_day, day);
    case LEDGER_INTERVAL_YEAR:
        return period_fiscal_year_start(month_and_day, day);
    case LEDGER_INTERVAL_UNSET:
    case LEDGER_INTERVAL_DAY:
        break;
    }
    assert(interval == LEDGER_INTERVAL_DAY);
    return day;
}

int32_t interval_next_day(enum ledger_interval interval, struct ledger_text month_and_day, int32_t first_day)
{
    switch (interval) {
    case LEDGER_INTERVAL_WEEK:
        return first_day + DAYS_OF_WEEK;
    case LEDGER_INTERVAL_MONTH:
        return month_first_day(day_to_month(first_day) + 1);
    case LEDGER_INTERVAL_QUARTER: /* a quarter is more than 32 days and less than three months and 32 days long */
        return quarter_first_day(month_and_day, add_months(first_day, MONTHS_OF_QUARTER) + 3);
    case LEDGER_INTERVAL_YEAR:
        return period_fiscal_year_start(month_and_day, first_day + DAYS_OF_YEAR_MAX);
    case LEDGER_INTERVAL_UNSET:
    case LEDGER_INTERVAL_DAY:
        break;
    }
    assert(interval == LEDGER_INTERVAL_DAY);
    return first_day + 1;
}

bool interval_is_of_months(enum ledger_interval interval, struct ledger_text month_and_day)
{
    bool year_begins_a_month = month_and_day.data[3] == '0' && month_and_day.data[4] == '1';
    return interval == LEDGER_INTERVAL_MONTH ||
           ((interval == LEDGER_INTERVAL_QUARTER || interval == LEDGER_INTERVAL_YEAR) && year_begins_a_month);
}
