/* Income statement of several spans side by side: revenue and expense of each, closings left out as in the plain one.
 */
#include "reports/statement.h"
#include "reports/statement_columns.h"

enum { TOTAL_REVENUE = SLOT_TOTAL_AMOUNTS, TOTAL_EXPENSE, TOTAL_NET, TOTAL_COLUMNS };

static const struct report_column total_columns[TOTAL_COLUMNS] = {
    SLOT_TOTAL_COLUMNS("From", "To"),
    [TOTAL_REVENUE] = {"revenue", "Revenue", REPORT_COLUMN_AMOUNT, false},
    [TOTAL_EXPENSE] = {"expense", "Expense", REPORT_COLUMN_AMOUNT, false},
    [TOTAL_NET] = {"net_result", "Net result", REPORT_COLUMN_AMOUNT, false},
};

static const struct report_table totals_table = {"totals", "Result", total_columns, TOTAL_COLUMNS, false};

static ledger_status income_give_currency(struct ledger_call *call, struct report *report,
                                          const struct report_table *lines, const struct slots *slots,
                                          struct ledger_text currency, struct slot_sums *ret_sums)
{
    const struct statement_columns_section sections[] = {
        {LEDGER_REVENUE, "Revenue", currency, NULL, 0},
        {LEDGER_EXPENSE, "Expense", currency, NULL, 0},
    };
    for (size_t i = 0; i < 2; i++) {
        int128 totals[REPORT_SLOTS_MAX];
        LEDGER_TRY(statement_columns_give_section(call, report, lines, slots, &sections[i], totals));
        for (size_t s = 0; s < slots->columns->slots_count; s++) {
            ret_sums[s].amounts[i] = totals[s];
            ret_sums[s].amounts[TOTAL_NET - SLOT_TOTAL_AMOUNTS] = ret_sums[s].amounts[0] - totals[s];
        }
    }
    return LEDGER_DONE;
}

ledger_status income_statement_columns_make(struct ledger_call *call, struct report *report)
{
    struct slots slots;
    const struct slots_wants wants = {.leave_out = TEXT("CLOSING")};
    const struct report_table *lines = NULL;
    struct ledger_text *currencies = NULL;
    size_t count = 0;
    struct slot_sums *sums = NULL; /* by currency and slot */
    LEDGER_TRY(slots_read(call, report, wants, &slots));
    LEDGER_TRY(statement_list_currencies(call, report, &slots.chart, &slots.any, LEDGER_REVENUE, &currencies, &count));
    LEDGER_ALLOCATE(call, sums, count * REPORT_SLOTS_MAX);
    LEDGER_TRY(statement_columns_make_table(call, slots.columns, &lines));
    LEDGER_TRY(report_begin_table(call, report, lines));
    for (size_t c = 0; c < count; c++) {
        LEDGER_TRY(income_give_currency(call, report, lines, &slots, currencies[c], &sums[c * REPORT_SLOTS_MAX]));
    }
    LEDGER_TRY(report_end_table(call, report, lines));
    LEDGER_TRY(report_begin_table(call, report, &totals_table));
    for (size_t c = 0; c < count; c++) {
        LEDGER_TRY(
            slots_give_totals(call, report, &totals_table, slots.columns, currencies[c], &sums[c * REPORT_SLOTS_MAX]));
    }
    return report_end_table(call, report, &totals_table);
}
