/* Balance sheet: what is owned and owed on a day. Revenue and expense that no closing has moved yet stand in equity as
 * two computed lines: the earnings of the fiscal year that holds the day, and those of the years before it. Postings of
 * type CLOSING are counted like any other: they move earnings into their account, and the sums stay. */
#include "base/time.h"
#include "domain/amount.h"
#include "reports/statement.h"

enum {
    TOTAL_CURRENCY,
    TOTAL_ASSETS,
    TOTAL_LIABILITIES,
    TOTAL_EQUITY,
    TOTAL_BOTH,
    TOTAL_DIFFERENCE,
    TOTAL_COLUMNS,
};

static const struct report_column total_columns[TOTAL_COLUMNS] = {
    [TOTAL_CURRENCY] = {"currency", "Currency", REPORT_COLUMN_CODE, true},
    [TOTAL_ASSETS] = {"assets", "Assets", REPORT_COLUMN_AMOUNT, false},
    [TOTAL_LIABILITIES] = {"liabilities", "Liabilities", REPORT_COLUMN_AMOUNT, false},
    [TOTAL_EQUITY] = {"equity", "Equity", REPORT_COLUMN_AMOUNT, false},
    [TOTAL_BOTH] = {"liabilities_and_equity", "Both", REPORT_COLUMN_AMOUNT, false},
    [TOTAL_DIFFERENCE] = {"difference", "Difference", REPORT_COLUMN_AMOUNT, false},
};

static const struct report_table totals_table = {"totals", "Totals", total_columns, TOTAL_COLUMNS, false};

struct balance_sheet {
    struct chart chart;
    struct chart_totals totals; /* up to the day */
    struct chart_totals before; /* up to the day before the fiscal year */
    struct ledger_text *currencies;
    size_t currencies_count;
};

/* The sections of a currency, kept for the totals below all. */
struct balance_sums {
    int128 assets;
    int128 liabilities;
    int128 equity;
};

static ledger_status balance_sheet_read(struct ledger_call *call, struct report *report, int32_t fiscal_year_start,
                                        struct balance_sheet *sheet)
{
    LEDGER_TRY(chart_read(call, report, &sheet->chart));
    LEDGER_TRY(chart_totals_init(call, &sheet->chart, &sheet->totals));
    LEDGER_TRY(chart_totals_init(call, &sheet->chart, &sheet->before));
    LEDGER_TRY(chart_totals_add(call, report, &sheet->chart, report->parameters.end_day, 1, &sheet->totals));
    LEDGER_TRY(chart_totals_add(call, report, &sheet->chart, fiscal_year_start - 1, 1, &sheet->before));
    return statement_list_currencies(call, report, &sheet->chart, &sheet->totals, LEDGER_ASSET, &sheet->currencies,
                                     &sheet->currencies_count);
}

static int128 balance_sheet_earnings(const struct balance_sheet *sheet, const struct chart_totals *totals,
                                     struct ledger_text currency)
{
    return statement_sum(&sheet->chart, totals, LEDGER_REVENUE, currency) -
           statement_sum(&sheet->chart, totals, LEDGER_EXPENSE, currency);
}

static ledger_status balance_sheet_give_currency(struct ledger_call *call, struct report *report,
                                                 const struct balance_sheet *sheet, struct ledger_text currency,
                                                 struct balance_sums *ret_sums)
{
    int128 earlier = balance_sheet_earnings(sheet, &sheet->before, currency);
    int128 running = balance_sheet_earnings(sheet, &sheet->totals, currency) - earlier;
    const struct statement_extra extras[] = {
        {"EARNINGS_OF_EARLIER_YEARS", "Earnings of earlier years", earlier},
        {"EARNINGS_OF_FISCAL_YEAR", "Earnings of the fiscal year", running},
    };
    const struct statement_section assets = {LEDGER_ASSET, "Assets", currency, NULL, 0};
    const struct statement_section liabilities = {LEDGER_LIABILITY, "Liabilities", currency, NULL, 0};
    const struct statement_section equity = {LEDGER_EQUITY, "Equity", currency, extras, 2};
    const struct chart *chart = &sheet->chart;
    LEDGER_TRY(statement_give_section(call, report, chart, &sheet->totals, &assets, &ret_sums->assets));
    LEDGER_TRY(statement_give_section(call, report, chart, &sheet->totals, &liabilities, &ret_sums->liabilities));
    return statement_give_section(call, report, chart, &sheet->totals, &equity, &ret_sums->equity);
}

/* Says loudly where a currency does not balance. */
static ledger_status balance_sheet_give_total(struct ledger_call *call, struct report *report,
                                              struct ledger_text currency, const struct balance_sums *sums)
{
    int128 both = sums->liabilities + sums->equity;
    int128 difference = sums->assets - both;
    const struct report_value values[TOTAL_COLUMNS] = {
        [TOTAL_CURRENCY] = report_text(currency),
        [TOTAL_ASSETS] = report_amount(sums->assets),
        [TOTAL_LIABILITIES] = report_amount(sums->liabilities),
        [TOTAL_EQUITY] = report_amount(sums->equity),
        [TOTAL_BOTH] = report_amount(both),
        [TOTAL_DIFFERENCE] = report_amount(difference),
    };
    LEDGER_TRY(report_row(call, report, &totals_table,
                          &(struct report_row){.values = values, .kind = REPORT_ROW_TOTAL, .caption = NULL}));
    if (difference == 0) {
        return LEDGER_DONE;
    }
    char text[AMOUNT_TEXT_SIZE];
    (void)amount_format(difference, text);
    report->is_balanced = false;
    return report_note(call, report,
                       "THE BALANCE SHEET DOES NOT BALANCE: assets differ from liabilities and equity by %s %.*s; run "
                       "verify",
                       text, TEXT_ARGUMENTS(currency));
}

ledger_status balance_sheet_make(struct ledger_call *call, struct report *report)
{
    struct balance_sheet sheet;
    struct balance_sums *sums = NULL;
    int32_t fiscal_year_start = report_fiscal_year_start(report->session->ledger, report->parameters.end_day);
    LEDGER_TRY(balance_sheet_read(call, report, fiscal_year_start, &sheet));
    LEDGER_ALLOCATE(call, sums, sheet.currencies_count);
    LEDGER_TRY(report_begin_table(call, report, &statement_table));
    for (size_t c = 0; c < sheet.currencies_count; c++) {
        LEDGER_TRY(balance_sheet_give_currency(call, report, &sheet, sheet.currencies[c], &sums[c]));
    }
    LEDGER_TRY(report_end_table(call, report, &statement_table));
    LEDGER_TRY(report_begin_table(call, report, &totals_table));
    for (size_t c = 0; c < sheet.currencies_count; c++) {
        LEDGER_TRY(balance_sheet_give_total(call, report, sheet.currencies[c], &sums[c]));
    }
    LEDGER_TRY(report_end_table(call, report, &totals_table));
    LEDGER_TRY(report_value(call, report, "fiscal_year_start", report_day(fiscal_year_start)));
    return report_value(call, report, "is_balanced", report_boolean(report->is_balanced));
}
