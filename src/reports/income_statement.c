/* Income statement: revenue and expense from a day to a day. Postings of type CLOSING, and their reversals, which keep
 * that type, are left out: they move the result, they do not make it. */
#include "reports/statement.h"

enum { TOTAL_CURRENCY, TOTAL_REVENUE, TOTAL_EXPENSE, TOTAL_NET, TOTAL_COLUMNS };

static const struct report_column total_columns[TOTAL_COLUMNS] = {
    [TOTAL_CURRENCY] = {"currency", "Currency", REPORT_COLUMN_CODE, true},
    [TOTAL_REVENUE] = {"revenue", "Revenue", REPORT_COLUMN_AMOUNT, false},
    [TOTAL_EXPENSE] = {"expense", "Expense", REPORT_COLUMN_AMOUNT, false},
    [TOTAL_NET] = {"net_result", "Net result", REPORT_COLUMN_AMOUNT, false},
};

static const struct report_table totals_table = {"totals", "Result", total_columns, TOTAL_COLUMNS, false};

struct income_sums {
    int128 revenue;
    int128 expense;
};

/* Takes away what the closings of the range have added. */
static ledger_status income_leave_out_closings(struct ledger_call *call, struct report *report,
                                               const struct chart *chart, struct chart_totals *totals)
{
    int64_t *log_indexes = NULL;
    size_t count = 0;
    const struct report_parameters *parameters = &report->parameters;
    LEDGER_TRY(store_transaction_list_by_event_type(call, &report->session->store, TEXT("CLOSING"),
                                                    report->log_position, parameters->start_day, parameters->end_day,
                                                    &log_indexes, &count));
    for (size_t i = 0; i < count; i++) {
        LEDGER_TRY(chart_totals_add_transaction(call, report, chart, log_indexes[i], -1, totals));
    }
    return LEDGER_DONE;
}

static ledger_status income_give_currency(struct ledger_call *call, struct report *report, const struct chart *chart,
                                          const struct chart_totals *totals, struct ledger_text currency,
                                          struct income_sums *ret_sums)
{
    const struct statement_section revenue = {LEDGER_REVENUE, "Revenue", currency, NULL, 0};
    const struct statement_section expense = {LEDGER_EXPENSE, "Expense", currency, NULL, 0};
    LEDGER_TRY(statement_give_section(call, report, chart, totals, &revenue, &ret_sums->revenue));
    return statement_give_section(call, report, chart, totals, &expense, &ret_sums->expense);
}

static ledger_status income_give_total(struct ledger_call *call, struct report *report, struct ledger_text currency,
                                       const struct income_sums *sums)
{
    const struct report_value values[TOTAL_COLUMNS] = {
        [TOTAL_CURRENCY] = report_text(currency),
        [TOTAL_REVENUE] = report_amount(sums->revenue),
        [TOTAL_EXPENSE] = report_amount(sums->expense),
        [TOTAL_NET] = report_amount(sums->revenue - sums->expense),
    };
    const struct report_row row = {.values = values, .kind = REPORT_ROW_TOTAL};
    return report_row(call, report, &totals_table, &row);
}

ledger_status income_statement_make(struct ledger_call *call, struct report *report)
{
    struct chart chart;
    struct chart_totals totals;
    struct ledger_text *currencies = NULL;
    size_t count = 0;
    struct income_sums *sums = NULL;
    LEDGER_TRY(chart_read(call, report, &chart));
    LEDGER_TRY(chart_totals_init(call, &chart, &totals));
    LEDGER_TRY(chart_totals_add(call, report, &chart, report->parameters.end_day, 1, &totals));
    LEDGER_TRY(chart_totals_add(call, report, &chart, report->parameters.start_day - 1, -1, &totals));
    LEDGER_TRY(income_leave_out_closings(call, report, &chart, &totals));
    LEDGER_TRY(statement_list_currencies(call, report, &chart, &totals, LEDGER_REVENUE, &currencies, &count));
    LEDGER_ALLOCATE(call, sums, count);
    LEDGER_TRY(report_begin_table(call, report, &statement_table));
    for (size_t c = 0; c < count; c++) {
        LEDGER_TRY(income_give_currency(call, report, &chart, &totals, currencies[c], &sums[c]));
    }
    LEDGER_TRY(report_end_table(call, report, &statement_table));
    LEDGER_TRY(report_begin_table(call, report, &totals_table));
    for (size_t c = 0; c < count; c++) {
        LEDGER_TRY(income_give_total(call, report, currencies[c], &sums[c]));
    }
    return report_end_table(call, report, &totals_table);
}
