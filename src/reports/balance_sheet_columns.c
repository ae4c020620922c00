/* Balance sheet of several days side by side. The earnings that no closing has moved stand in equity as in the plain
 * one, by the fiscal year of each column's own day. */
#include "domain/amount.h"
#include "reports/statement.h"
#include "reports/statement_columns.h"

enum {
    TOTAL_ASSETS = SLOT_TOTAL_AMOUNTS,
    TOTAL_LIABILITIES,
    TOTAL_EQUITY,
    TOTAL_BOTH,
    TOTAL_DIFFERENCE,
    TOTAL_COLUMNS,
};

static const struct report_column total_columns[TOTAL_COLUMNS] = {
    SLOT_TOTAL_COLUMNS(NULL, "As of"),
    [TOTAL_ASSETS] = {"assets", "Assets", REPORT_COLUMN_AMOUNT, false},
    [TOTAL_LIABILITIES] = {"liabilities", "Liabilities", REPORT_COLUMN_AMOUNT, false},
    [TOTAL_EQUITY] = {"equity", "Equity", REPORT_COLUMN_AMOUNT, false},
    [TOTAL_BOTH] = {"liabilities_and_equity", "Both", REPORT_COLUMN_AMOUNT, false},
    [TOTAL_DIFFERENCE] = {"difference", "Difference", REPORT_COLUMN_AMOUNT, false},
};

_Static_assert((int)TOTAL_COLUMNS == (int)SLOT_TOTAL_AMOUNTS + (int)SLOT_AMOUNTS_MAX, "the widest of all");

static const struct report_table totals_table = {"totals", "Totals", total_columns, TOTAL_COLUMNS, false};

enum { ASSETS, LIABILITIES, EQUITY, BOTH, DIFFERENCE };

static int128 earnings(const struct slots *slots, const struct chart_totals *totals, struct ledger_text currency)
{
    return statement_sum(&slots->chart, totals, LEDGER_REVENUE, currency) -
           statement_sum(&slots->chart, totals, LEDGER_EXPENSE, currency);
}

static ledger_status balance_sheet_give_currency(struct ledger_call *call, struct report *report,
                                                 const struct report_table *lines, const struct slots *slots,
                                                 struct ledger_text currency, struct slot_sums *ret_sums)
{
    const struct report_columns *columns = slots->columns;
    int128 earlier[REPORT_SLOTS_MAX];
    int128 running[REPORT_SLOTS_MAX];
    for (size_t s = 0; s < columns->slots_count; s++) {
        int32_t year_start = report_fiscal_year_start(report->session->ledger, columns->slots[s].end_day);
        earlier[s] = earnings(slots, slots_up_to(slots, year_start - 1), currency);
        running[s] = earnings(slots, &slots->totals[s], currency) - earlier[s];
    }
    const struct statement_columns_extra extras[] = {
        {"EARNINGS_OF_EARLIER_YEARS", "Earnings of earlier years", earlier},
        {"EARNINGS_OF_FISCAL_YEAR", "Earnings of the fiscal year", running},
    };
    const struct statement_columns_section sections[] = {
        [ASSETS] = {LEDGER_ASSET, "Assets", currency, NULL, 0},
        [LIABILITIES] = {LEDGER_LIABILITY, "Liabilities", currency, NULL, 0},
        [EQUITY] = {LEDGER_EQUITY, "Equity", currency, extras, 2},
    };
    for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++) {
        int128 totals[REPORT_SLOTS_MAX];
        LEDGER_TRY(statement_columns_give_section(call, report, lines, slots, &sections[i], totals));
        for (size_t s = 0; s < columns->slots_count; s++) {
            ret_sums[s].amounts[i] = totals[s];
        }
    }
    for (size_t s = 0; s < columns->slots_count; s++) {
        ret_sums[s].amounts[BOTH] = ret_sums[s].amounts[LIABILITIES] + ret_sums[s].amounts[EQUITY];
        ret_sums[s].amounts[DIFFERENCE] = ret_sums[s].amounts[ASSETS] - ret_sums[s].amounts[BOTH];
    }
    return LEDGER_DONE;
}

/* Says loudly where a currency does not balance. */
static ledger_status balance_sheet_check(struct ledger_call *call, struct report *report, struct ledger_text currency,
                                         const struct slot_sums *sums)
{
    const struct report_columns *columns = report->parameters.columns;
    for (size_t s = 0; s < columns->slots_count; s++) {
        if (sums[s].amounts[DIFFERENCE] != 0) {
            char text[AMOUNT_TEXT_SIZE];
            (void)amount_format(sums[s].amounts[DIFFERENCE], text);
            report->is_balanced = false;
            LEDGER_TRY(report_note(call, report,
                                   "THE BALANCE SHEET DOES NOT BALANCE: assets differ from liabilities and equity by "
                                   "%s %.*s in the column %s; run verify",
                                   text, TEXT_ARGUMENTS(currency), columns->slots[s].name));
        }
    }
    return LEDGER_DONE;
}

ledger_status balance_sheet_columns_make(struct ledger_call *call, struct report *report)
{
    struct slots slots;
    const struct slots_wants wants = {.fiscal_years = true, .leave_out = TEXT_ABSENT};
    const struct report_table *lines = NULL;
    struct ledger_text *currencies = NULL;
    size_t count = 0;
    struct slot_sums *sums = NULL; /* by currency and slot */
    int32_t fiscal_year_start = report_fiscal_year_start(report->session->ledger, report->parameters.end_day);
    LEDGER_TRY(slots_read(call, report, wants, &slots));
    LEDGER_TRY(statement_list_currencies(call, report, &slots.chart, &slots.any, LEDGER_ASSET, &currencies, &count));
    LEDGER_ALLOCATE(call, sums, count * REPORT_SLOTS_MAX);
    LEDGER_TRY(statement_columns_make_table(call, slots.columns, &lines));
    LEDGER_TRY(report_begin_table(call, report, lines));
    for (size_t c = 0; c < count; c++) {
        LEDGER_TRY(
            balance_sheet_give_currency(call, report, lines, &slots, currencies[c], &sums[c * REPORT_SLOTS_MAX]));
    }
    LEDGER_TRY(report_end_table(call, report, lines));
    LEDGER_TRY(report_begin_table(call, report, &totals_table));
    for (size_t c = 0; c < count; c++) {
        LEDGER_TRY(
            slots_give_totals(call, report, &totals_table, slots.columns, currencies[c], &sums[c * REPORT_SLOTS_MAX]));
        LEDGER_TRY(balance_sheet_check(call, report, currencies[c], &sums[c * REPORT_SLOTS_MAX]));
    }
    LEDGER_TRY(report_end_table(call, report, &totals_table));
    LEDGER_TRY(report_value(call, report, "fiscal_year_start", report_day(fiscal_year_start)));
    return report_value(call, report, "is_balanced", report_boolean(report->is_balanced));
}
