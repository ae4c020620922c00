/* General ledger: each account with its opening balance, its entries in the order of their days with the balance behind
 * each, and its closing balance. The entries come from sheet_lines.h, one by one.
 *
 * I1 Opening balance and lines come to what the kept totals say at the end; where they do not, the report says so. */
#include "reports/chart.h"
#include "reports/sheet_lines.h"

enum {
    LINE_KIND,
    LINE_ACCOUNT,
    LINE_CURRENCY,
    LINE_DAY,
    LINE_NUMBER,
    LINE_ENTRY,
    LINE_DESCRIPTION,
    LINE_MEMO,
    LINE_DEBIT,
    LINE_CREDIT,
    LINE_BALANCE,
    LINE_EVENT_TYPE,
    LINE_BUSINESS_KEY,
    LINE_COLUMNS,
};

static const struct report_column line_columns[LINE_COLUMNS] = {
    [LINE_KIND] = {"line", NULL, REPORT_COLUMN_CODE, true},
    [LINE_ACCOUNT] = {"account_code", "Account", REPORT_COLUMN_CODE, true},
    [LINE_CURRENCY] = {"currency", NULL, REPORT_COLUMN_CODE, false},
    [LINE_DAY] = {"transaction_day", "Day", REPORT_COLUMN_CODE, false},
    [LINE_NUMBER] = {"transaction_number", "Transaction", REPORT_COLUMN_CODE, true},
    [LINE_ENTRY] = {"entry_number", NULL, REPORT_COLUMN_CODE, true},
    [LINE_DESCRIPTION] = {"description", "Description", REPORT_COLUMN_CAPTION, false},
    [LINE_MEMO] = {"memo", "Memo", REPORT_COLUMN_TEXT, false},
    [LINE_DEBIT] = {"debit", "Debit", REPORT_COLUMN_SIDE, false},
    [LINE_CREDIT] = {"credit", "Credit", REPORT_COLUMN_SIDE, false},
    [LINE_BALANCE] = {"balance", "Balance", REPORT_COLUMN_AMOUNT, false},
    [LINE_EVENT_TYPE] = {"business_event_type", NULL, REPORT_COLUMN_CODE, false},
    [LINE_BUSINESS_KEY] = {"business_key", NULL, REPORT_COLUMN_CODE, false},
};

enum {
    ACCOUNT_CODE,
    ACCOUNT_NAME,
    ACCOUNT_TYPE,
    ACCOUNT_CURRENCY,
    ACCOUNT_OPENING,
    ACCOUNT_DEBIT,
    ACCOUNT_CREDIT,
    ACCOUNT_CLOSING,
    ACCOUNT_LINES,
    ACCOUNT_COLUMNS,
};

static const struct report_column account_columns[ACCOUNT_COLUMNS] = {
    [ACCOUNT_CODE] = {"account_code", "Account", REPORT_COLUMN_CODE, true},
    [ACCOUNT_NAME] = {"account_name", "Name", REPORT_COLUMN_CAPTION, false},
    [ACCOUNT_TYPE] = {"account_type", NULL, REPORT_COLUMN_CODE, false},
    [ACCOUNT_CURRENCY] = {"currency", "Currency", REPORT_COLUMN_CODE, false},
    [ACCOUNT_OPENING] = {"opening_balance", "Opening", REPORT_COLUMN_AMOUNT, false},
    [ACCOUNT_DEBIT] = {"debit", "Debit", REPORT_COLUMN_AMOUNT, false},
    [ACCOUNT_CREDIT] = {"credit", "Credit", REPORT_COLUMN_AMOUNT, false},
    [ACCOUNT_CLOSING] = {"closing_balance", "Closing", REPORT_COLUMN_AMOUNT, false},
    [ACCOUNT_LINES] = {"line_count", NULL, REPORT_COLUMN_CODE, false},
};

enum { TOTAL_CURRENCY, TOTAL_DEBIT, TOTAL_CREDIT, TOTAL_COLUMNS };

static const struct report_column total_columns[TOTAL_COLUMNS] = {
    [TOTAL_CURRENCY] = {"currency", "Currency", REPORT_COLUMN_CODE, true},
    [TOTAL_DEBIT] = {"debit", "Debit", REPORT_COLUMN_AMOUNT, false},
    [TOTAL_CREDIT] = {"credit", "Credit", REPORT_COLUMN_AMOUNT, false},
};

static const struct report_table lines_table = {"lines", NULL, line_columns, LINE_COLUMNS, false};
static const struct report_table accounts_table = {"accounts", "Accounts", account_columns, ACCOUNT_COLUMNS, false};
static const struct report_table totals_table = {"totals", "Totals", total_columns, TOTAL_COLUMNS, true};

/* What came of an account. */
struct sheet_sums {
    bool is_given;
    int128 opening;
    int128 debit;
    int128 credit;
    int128 closing;
    int64_t lines_count;
};

struct general_ledger {
    struct chart chart;
    size_t first; /* of the accounts asked for, in the order of the chart */
    size_t end;
    struct chart_totals before; /* up to the day before the first */
    struct chart_totals until;  /* up to the last day */
    struct sheet_lines *lines;
    struct sheet_sums *sums;
};

/* The account that is asked for with those under it, or all. */
static ledger_status sheet_choose(struct ledger_call *call, const struct report *report, struct general_ledger *sheet)
{
    struct ledger_text code = report->parameters.account_code;
    sheet->first = 0;
    sheet->end = sheet->chart.count;
    if (text_is_absent(code)) {
        return LEDGER_DONE;
    }
    sheet->first = chart_find_code(&sheet->chart, code);
    if (sheet->first == sheet->chart.count) {
        return ledger_fail(call, LEDGER_ACCOUNT_NOT_FOUND, "account not found: %.*s%s", TEXT_ARGUMENTS(code),
                           report->log_position < store_head_log_size(&report->head) ? ", at that log position" : "");
    }
    sheet->end = sheet->chart.ends[sheet->first];
    return LEDGER_DONE;
}

static ledger_status sheet_read_totals(struct ledger_call *call, const struct report *report,
                                       struct general_ledger *sheet)
{
    const struct report_parameters *parameters = &report->parameters;
    LEDGER_TRY(chart_totals_init(call, &sheet->chart, &sheet->before));
    LEDGER_TRY(chart_totals_init(call, &sheet->chart, &sheet->until));
    if (parameters->has_start_day) {
        LEDGER_TRY(chart_totals_add(call, report, &sheet->chart, parameters->start_day - 1, 1, &sheet->before));
    }
    return chart_totals_add(call, report, &sheet->chart, chart_last_day(parameters), 1, &sheet->until);
}

/* How many entries the accounts asked for have, whatever their day. */
static ledger_status sheet_count_visits(struct ledger_call *call, const struct report *report,
                                        const struct general_ledger *sheet, int64_t *ret_visits_count)
{
    const struct chart_totals *totals = &sheet->until;
    struct chart_totals all;
    if (report->parameters.has_end_day) {
        LEDGER_TRY(chart_totals_init(call, &sheet->chart, &all));
        LEDGER_TRY(chart_totals_add(call, report, &sheet->chart, STORE_TOTALS_ALL_DAYS_MAX, 1, &all));
        totals = &all;
    }
    *ret_visits_count = 0;
    for (size_t i = sheet->first; i < sheet->end; i++) {
        *ret_visits_count += totals->entry_counts[i];
    }
    return LEDGER_DONE;
}

static ledger_status sheet_read_lines(struct ledger_call *call, const struct report *report,
                                      struct general_ledger *sheet)
{
    struct sheet_wanted wanted = {.chart = &sheet->chart, .first = sheet->first, .end = sheet->end};
    LEDGER_TRY(sheet_count_visits(call, report, sheet, &wanted.visits_count));
    return sheet_lines_read(call, report, &wanted, &sheet->lines);
}

static ledger_status sheet_give_line(struct ledger_call *call, struct report *report,
                                     const struct ledger_account *account, const struct sheet_line *line,
                                     struct sheet_sums *sums)
{
    bool is_debit = line->entry_type == LEDGER_DEBIT;
    int128 debit = is_debit ? line->amount_minor : 0;
    int128 credit = is_debit ? 0 : line->amount_minor;
    char number[LEDGER_NUMBER_TEXT_SIZE];
    ledger_transaction_number(line->posting_date_us, line->number_in_day, number);
    sums->debit += debit;
    sums->credit += credit;
    sums->closing += chart_balance(account->account_type, debit - credit);
    sums->lines_count++;
    const struct report_value values[LINE_COLUMNS] = {
        [LINE_KIND] = report_text(TEXT("ENTRY")),
        [LINE_ACCOUNT] = report_text(account->account_code),
        [LINE_CURRENCY] = report_text(account->currency),
        [LINE_DAY] = report_day(line->transaction_day),
        [LINE_NUMBER] = report_text(ledger_text_of(number)),
        [LINE_ENTRY] = report_integer(line->entry_number),
        [LINE_DESCRIPTION] = report_text(line->description),
        [LINE_MEMO] = report_text(line->memo),
        [LINE_DEBIT] = report_amount(debit),
        [LINE_CREDIT] = report_amount(credit),
        [LINE_BALANCE] = report_amount(sums->closing),
        [LINE_EVENT_TYPE] = report_text(line->business_event_type),
        [LINE_BUSINESS_KEY] = report_text(line->business_key),
    };
    return report_row(call, report, &lines_table, &(struct report_row){.values = values});
}

static ledger_status sheet_give_opening(struct ledger_call *call, struct report *report,
                                        const struct ledger_account *account, const struct sheet_sums *sums)
{
    const struct report_value values[LINE_COLUMNS] = {
        [LINE_KIND] = report_text(TEXT("OPENING")),
        [LINE_ACCOUNT] = report_text(account->account_code),
        [LINE_CURRENCY] = report_text(account->currency),
        [LINE_BALANCE] = report_amount(sums->opening),
    };
    struct ledger_text caption;
    LEDGER_TRY(ledger_call_format(call, &caption, "%.*s (%.*s)", TEXT_ARGUMENTS(account->account_name),
                                  TEXT_ARGUMENTS(account->currency)));
    const struct report_row row = {.values = values, .kind = REPORT_ROW_TOTAL, .caption = caption.data};
    return report_row(call, report, &lines_table, &row);
}

static ledger_status sheet_give_closing(struct ledger_call *call, struct report *report,
                                        const struct ledger_account *account, const struct sheet_sums *sums)
{
    const struct report_value values[LINE_COLUMNS] = {
        [LINE_KIND] = report_text(TEXT("CLOSING")),       [LINE_ACCOUNT] = report_text(account->account_code),
        [LINE_CURRENCY] = report_text(account->currency), [LINE_DEBIT] = report_amount(sums->debit),
        [LINE_CREDIT] = report_amount(sums->credit),      [LINE_BALANCE] = report_amount(sums->closing),
    };
    const struct report_row row = {.values = values, .kind = REPORT_ROW_TOTAL, .caption = "Closing"};
    return report_row(call, report, &lines_table, &row);
}

/* I1. */
static ledger_status sheet_check(struct ledger_call *call, struct report *report, const struct general_ledger *sheet,
                                 size_t index)
{
    const struct ledger_account *account = &sheet->chart.accounts[index];
    int128 expected = chart_balance(account->account_type, sheet->until.nets[index]);
    if (sheet->sums[index].closing == expected) {
        return LEDGER_DONE;
    }
    report->is_balanced = false;
    return report_note(call, report,
                       "THE ENTRIES OF ACCOUNT %.*s DO NOT COME TO ITS BALANCE in the kept totals; run verify",
                       TEXT_ARGUMENTS(account->account_code));
}

static ledger_status sheet_give_account(struct ledger_call *call, struct report *report, struct general_ledger *sheet,
                                        size_t index)
{
    const struct ledger_account *account = &sheet->chart.accounts[index];
    struct sheet_sums *sums = &sheet->sums[index];
    sums->opening = chart_balance(account->account_type, sheet->before.nets[index]);
    sums->closing = sums->opening;
    bool is_named = text_equals(account->account_code, report->parameters.account_code) &&
                    account->account_role != LEDGER_ROLE_HEADER;
    sums->is_given = is_named || sheet_lines_has(sheet->lines, index) || sums->opening != 0;
    if (!sums->is_given) {
        return sheet_check(call, report, sheet, index);
    }
    LEDGER_TRY(sheet_give_opening(call, report, account, sums));
    for (;;) {
        const struct sheet_line *line = NULL;
        LEDGER_TRY(sheet_lines_next(call, sheet->lines, index, &line));
        if (line == NULL) {
            break;
        }
        LEDGER_TRY(sheet_give_line(call, report, account, line, sums));
    }
    LEDGER_TRY(sheet_give_closing(call, report, account, sums));
    return sheet_check(call, report, sheet, index);
}

static ledger_status sheet_give_lines(struct ledger_call *call, struct report *report, struct general_ledger *sheet)
{
    LEDGER_TRY(report_begin_table(call, report, &lines_table));
    for (size_t i = sheet->first; i < sheet->end; i++) {
        struct arena_mark mark = arena_mark(&call->arena);
        LEDGER_TRY(sheet_give_account(call, report, sheet, i));
        arena_rewind(&call->arena, mark);
    }
    return report_end_table(call, report, &lines_table);
}

static ledger_status sheet_give_accounts(struct ledger_call *call, struct report *report,
                                         const struct general_ledger *sheet)
{
    LEDGER_TRY(report_begin_table(call, report, &accounts_table));
    for (size_t i = sheet->first; i < sheet->end; i++) {
        const struct ledger_account *account = &sheet->chart.accounts[i];
        const struct sheet_sums *sums = &sheet->sums[i];
        const struct report_value values[ACCOUNT_COLUMNS] = {
            [ACCOUNT_CODE] = report_text(account->account_code),
            [ACCOUNT_NAME] = report_text(account->account_name),
            [ACCOUNT_TYPE] = report_text(ledger_text_of(ledger_account_type_name(account->account_type))),
            [ACCOUNT_CURRENCY] = report_text(account->currency),
            [ACCOUNT_OPENING] = report_amount(sums->opening),
            [ACCOUNT_DEBIT] = report_amount(sums->debit),
            [ACCOUNT_CREDIT] = report_amount(sums->credit),
            [ACCOUNT_CLOSING] = report_amount(sums->closing),
            [ACCOUNT_LINES] = report_integer(sums->lines_count),
        };
        if (sums->is_given) {
            LEDGER_TRY(report_row(call, report, &accounts_table, &(struct report_row){.values = values}));
        }
    }
    return report_end_table(call, report, &accounts_table);
}

static ledger_status sheet_give_total(struct ledger_call *call, struct report *report,
                                      const struct general_ledger *sheet, struct ledger_text currency)
{
    int128 debit = 0;
    int128 credit = 0;
    for (size_t i = sheet->first; i < sheet->end; i++) {
        if (text_equals(sheet->chart.accounts[i].currency, currency)) {
            debit += sheet->sums[i].debit;
            credit += sheet->sums[i].credit;
        }
    }
    const struct report_value values[TOTAL_COLUMNS] = {
        [TOTAL_CURRENCY] = report_text(currency),
        [TOTAL_DEBIT] = report_amount(debit),
        [TOTAL_CREDIT] = report_amount(credit),
    };
    const struct report_row row = {.values = values, .kind = REPORT_ROW_TOTAL, .caption = "Total"};
    return report_row(call, report, &totals_table, &row);
}

static ledger_status sheet_give_totals(struct ledger_call *call, struct report *report,
                                       const struct general_ledger *sheet, int64_t *ret_lines_count)
{
    bool *is_given = NULL;
    struct ledger_text *currencies = NULL;
    size_t count = 0;
    int64_t lines_count = 0;
    LEDGER_ALLOCATE(call, is_given, sheet->chart.count);
    for (size_t i = 0; i < sheet->chart.count; i++) {
        is_given[i] = sheet->sums[i].is_given;
        lines_count += sheet->sums[i].lines_count;
    }
    LEDGER_TRY(chart_list_currencies(call, &sheet->chart, is_given, &currencies, &count));
    LEDGER_TRY(report_begin_table(call, report, &totals_table));
    for (size_t c = 0; c < count; c++) {
        LEDGER_TRY(sheet_give_total(call, report, sheet, currencies[c]));
    }
    *ret_lines_count = lines_count;
    return report_end_table(call, report, &totals_table);
}

static void sheet_done(struct general_ledger *sheet)
{
    sheet_lines_free(sheet->lines);
}

ledger_status general_ledger_make(struct ledger_call *call, struct report *report)
{
    __attribute__((cleanup(sheet_done))) struct general_ledger sheet = {.lines = NULL};
    int64_t lines_count = 0;
    LEDGER_TRY(chart_read(call, report, &sheet.chart));
    LEDGER_TRY(sheet_choose(call, report, &sheet));
    LEDGER_TRY(sheet_read_totals(call, report, &sheet));
    LEDGER_TRY(sheet_read_lines(call, report, &sheet));
    LEDGER_ALLOCATE(call, sheet.sums, sheet.chart.count);
    LEDGER_TRY(sheet_give_lines(call, report, &sheet));
    LEDGER_TRY(sheet_give_accounts(call, report, &sheet));
    LEDGER_TRY(sheet_give_totals(call, report, &sheet, &lines_count));
    LEDGER_TRY(report_value(call, report, "is_balanced", report_boolean(report->is_balanced)));
    return report_value(call, report, "line_count", report_integer(lines_count));
}
