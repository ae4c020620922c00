/* The sections of statements. A row stands for an account in one currency: a tree in several has it once for each. */
#include "reports/statement.h"

enum {
    LINE_KIND,
    LINE_SECTION,
    LINE_LEVEL,
    LINE_CODE,
    LINE_NAME,
    LINE_CURRENCY,
    LINE_BALANCE,
    LINE_SUBTOTAL,
    LINE_COLUMNS,
};

static const struct report_column line_columns[LINE_COLUMNS] = {
    [LINE_KIND] = {"line", NULL, REPORT_COLUMN_CODE, true},
    [LINE_SECTION] = {"section", NULL, REPORT_COLUMN_CODE, true},
    [LINE_LEVEL] = {"level", NULL, REPORT_COLUMN_CODE, false},
    [LINE_CODE] = {"account_code", "Account", REPORT_COLUMN_CODE, true},
    [LINE_NAME] = {"account_name", "Name", REPORT_COLUMN_TREE, false},
    [LINE_CURRENCY] = {"currency", "Currency", REPORT_COLUMN_CODE, true},
    [LINE_BALANCE] = {"balance", "Balance", REPORT_COLUMN_AMOUNT, false},
    [LINE_SUBTOTAL] = {"subtotal", "Subtotal", REPORT_COLUMN_AMOUNT, false},
};

const struct report_table statement_table = {"lines", NULL, line_columns, LINE_COLUMNS, false};

int128 statement_sum(const struct chart *chart, const struct chart_totals *totals, enum ledger_account_type type,
                     struct ledger_text currency)
{
    int128 net = 0;
    for (size_t i = 0; i < chart->count; i++) {
        bool is_counted = chart->accounts[i].account_type == type && text_equals(chart->accounts[i].currency, currency);
        net += is_counted ? totals->nets[i] : 0;
    }
    return chart_balance(type, net);
}

ledger_status statement_list_currencies(struct ledger_call *call, const struct report *report,
                                        const struct chart *chart, const struct chart_totals *totals,
                                        enum ledger_account_type first_type, struct ledger_text **ret_currencies,
                                        size_t *ret_count)
{
    bool *has_entries = NULL;
    LEDGER_ALLOCATE(call, has_entries, chart->count);
    for (size_t i = 0; i < chart->count; i++) {
        has_entries[i] =
            chart->accounts[i].account_type >= first_type && (totals->entry_counts[i] != 0 || totals->nets[i] != 0);
    }
    LEDGER_TRY(chart_list_currencies(call, chart, has_entries, ret_currencies, ret_count));
    if (*ret_count == 0) {
        (*ret_currencies)[0] = report->session->ledger->settings.default_currency;
        *ret_count = 1;
    }
    return LEDGER_DONE;
}

static ledger_status statement_give_account(struct ledger_call *call, struct report *report, const struct chart *chart,
                                            const struct chart_totals *totals, const struct statement_section *section,
                                            size_t index)
{
    const struct ledger_account *account = &chart->accounts[index];
    int128 net = 0;
    bool has_balance = false;
    for (size_t i = index; i < chart->ends[index]; i++) {
        if (text_equals(chart->accounts[i].currency, section->currency)) {
            net += totals->nets[i];
            has_balance = has_balance || totals->nets[i] != 0;
        }
    }
    if (!has_balance) {
        return LEDGER_DONE;
    }
    bool is_own = text_equals(account->currency, section->currency) &&
                  (account->account_role != LEDGER_ROLE_HEADER || totals->nets[index] != 0);
    bool has_children = chart->ends[index] > index + 1;
    const struct report_value values[LINE_COLUMNS] = {
        [LINE_KIND] = report_text(TEXT("ACCOUNT")),
        [LINE_SECTION] = report_text(ledger_text_of(ledger_account_type_name(section->type))),
        [LINE_LEVEL] = report_integer((int64_t)chart->depths[index] + 1),
        [LINE_CODE] = report_text(account->account_code),
        [LINE_NAME] = report_text(account->account_name),
        [LINE_CURRENCY] = report_text(section->currency),
        [LINE_BALANCE] = is_own ? report_amount(chart_balance(section->type, totals->nets[index])) : report_absent(),
        [LINE_SUBTOTAL] = has_children ? report_amount(chart_balance(section->type, net)) : report_absent(),
    };
    const struct report_row row = {.values = values, .depth = chart->depths[index] + 1};
    return report_row(call, report, &statement_table, &row);
}

static ledger_status statement_give_extra(struct ledger_call *call, struct report *report,
                                          const struct statement_section *section, const struct statement_extra *extra)
{
    const struct report_value values[LINE_COLUMNS] = {
        [LINE_KIND] = report_text(ledger_text_of(extra->line)),
        [LINE_SECTION] = report_text(ledger_text_of(ledger_account_type_name(section->type))),
        [LINE_LEVEL] = report_integer(1),
        [LINE_CURRENCY] = report_text(section->currency),
        [LINE_BALANCE] = report_amount(extra->balance),
    };
    const struct report_row row = {.values = values, .depth = 1, .caption = extra->caption};
    return report_row(call, report, &statement_table, &row);
}

ledger_status statement_give_section(struct ledger_call *call, struct report *report, const struct chart *chart,
                                     const struct chart_totals *totals, const struct statement_section *section,
                                     int128 *ret_total)
{
    int128 total = statement_sum(chart, totals, section->type, section->currency);
    for (size_t i = 0; i < section->extras_count; i++) {
        total += section->extras[i].balance;
    }
    const struct report_value values[LINE_COLUMNS] = {
        [LINE_KIND] = report_text(TEXT("SECTION")),
        [LINE_SECTION] = report_text(ledger_text_of(ledger_account_type_name(section->type))),
        [LINE_LEVEL] = report_integer(0),
        [LINE_CURRENCY] = report_text(section->currency),
        [LINE_SUBTOTAL] = report_amount(total),
    };
    const struct report_row row = {.values = values, .kind = REPORT_ROW_TOTAL, .caption = section->caption};
    LEDGER_TRY(report_row(call, report, &statement_table, &row));
    for (size_t i = 0; i < chart->count; i++) {
        if (chart->accounts[i].account_type == section->type) {
            LEDGER_TRY(statement_give_account(call, report, chart, totals, section, i));
        }
    }
    for (size_t i = 0; i < section->extras_count; i++) {
        LEDGER_TRY(statement_give_extra(call, report, section, &section->extras[i]));
    }
    *ret_total = total;
    return LEDGER_DONE;
}
