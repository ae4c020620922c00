/* What a report of several columns is made from: the chart of accounts, with totals for each slot. */
#ifndef LEDGER_REPORTS_SLOTS_H
#define LEDGER_REPORTS_SLOTS_H

#include "reports/chart.h"
#include "reports/columns.h"

struct slots {
    const struct report_columns *columns;
    struct chart chart;
    struct chart_totals *totals; /* one a slot */
    struct chart_totals any;     /* not 0 where that of any slot is not */
    int32_t *days;               /* ascending, each once: the days of `up_to` */
    size_t days_count;
    struct chart_totals *up_to; /* all that is dated up to and including a day */
};

/* What else is wanted of it. */
struct slots_wants {
    bool fiscal_years;            /* totals up to the day before the fiscal year of each slot's end */
    struct ledger_text leave_out; /* transactions of this event type; absent for none */
};

LEDGER_MUST_CHECK ledger_status slots_read(struct ledger_call *call, const struct report *report,
                                           struct slots_wants wants, struct slots *ret_slots);

/* All up to and including a day that was read: the end of a slot, the day before one, or before its fiscal year. */
const struct chart_totals *slots_up_to(const struct slots *slots, int32_t day);

/* What stands first in each row of totals by slot, before its amounts: the name of the slot, its days, the currency.
 * The start has no heading where slots have none. */
enum { SLOT_TOTAL_NAME, SLOT_TOTAL_START, SLOT_TOTAL_END, SLOT_TOTAL_CURRENCY, SLOT_TOTAL_AMOUNTS };
#define SLOT_TOTAL_COLUMNS(start_heading, end_heading)                                                                 \
    [SLOT_TOTAL_NAME] = {"column", "Column", REPORT_COLUMN_CODE, true},                                                \
    [SLOT_TOTAL_START] = {"start_date", start_heading, REPORT_COLUMN_CODE, false},                                     \
    [SLOT_TOTAL_END] = {"end_date", end_heading, REPORT_COLUMN_CODE, false},                                           \
    [SLOT_TOTAL_CURRENCY] = {"currency", "Currency", REPORT_COLUMN_CODE, true}

enum { SLOT_AMOUNTS_MAX = 5 };

/* What a slot comes to in a currency: as many as the table has columns from SLOT_TOTAL_AMOUNTS on. */
struct slot_sums {
    int128 amounts[SLOT_AMOUNTS_MAX];
};

/* Gives the totals of a currency: a row a slot, and of a comparison the change and its percentage. */
LEDGER_MUST_CHECK ledger_status slots_give_totals(struct ledger_call *call, struct report *report,
                                                  const struct report_table *table,
                                                  const struct report_columns *columns, struct ledger_text currency,
                                                  const struct slot_sums *sums);

#endif
