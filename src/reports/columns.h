/* Values of several days side by side: which days they are, and the columns of tables that hold them.
 *
 * A slot is a day, or a span of days, that every row has one value for. Slots follow from the parameters and the fiscal
 * year of the ledger alone. Each is a column "balance_<name of the slot>"; a comparison has the slots "now" and "then",
 * and behind them the columns "balance_change" and "balance_change_percent".
 *
 * I1 Names of slots are the same whenever a report is made, and each stands once in it: they are keys of saved reports.
 */
#ifndef LEDGER_REPORTS_COLUMNS_H
#define LEDGER_REPORTS_COLUMNS_H

#include "reports/report.h"

enum { REPORT_SLOTS_MAX = LEDGER_REPORT_COLUMNS_MAX + 1 }; /* one more for the total of an income statement */

struct report_slot {
    const char *name;    /* "2026_01", "2026_q1", "2026", "fy2026", "now", "then", "total" */
    const char *heading; /* for people */
    int32_t start_day;   /* of a flow */
    int32_t end_day;
};

struct report_columns {
    struct report_slot slots[REPORT_SLOTS_MAX];
    size_t slots_count;
    bool is_flow;       /* a slot has what is dated from its start to its end; else all up to its end */
    bool is_comparison; /* two slots: now and then */
};

/* Plans what `parameters` ask for; its days are read already. `fiscal_year_start` is "MM-DD".
 * LEDGER_DATE_IS_INVALID for a comparison with days before 0001-01-01, LEDGER_INPUT_IS_TOO_LARGE for too many columns.
 */
LEDGER_MUST_CHECK ledger_status columns_plan(struct ledger_call *call, struct ledger_text fiscal_year_start,
                                             bool is_flow, const struct report_parameters *parameters,
                                             const struct report_columns **ret_columns);

/* For people: ", monthly", ", compared with 2025-12-31". */
void columns_describe(const struct report_parameters *parameters, struct text_builder *builder);

/* A table of `base` with the columns of the slots behind its own. It lives with the call. */
LEDGER_MUST_CHECK ledger_status columns_make_table(struct ledger_call *call, const struct report_columns *columns,
                                                   const struct report_table *base,
                                                   const struct report_table **ret_table);

/* The values of those columns, from a balance for each slot. */
void columns_set_values(const struct report_columns *columns, const int128 *balances, struct report_value *values);

/* A percentage in hundredths, as an amount: the change by the value it started from, whatever that one's sign, rounded
 * half away from zero. Absent where there is nothing to measure it by: from zero, or from one side of zero to the
 * other.
 */
struct report_value columns_percent(int128 now, int128 then);

/* The days of a slot, as cells: a start is absent where there is none. */
struct report_value columns_start_value(const struct report_columns *columns, size_t slot);
struct report_value columns_end_value(const struct report_columns *columns, size_t slot);

#endif
