/* The sections of statements with a balance for each slot. */
#include "reports/statement_columns.h"

#include "reports/statement.h"

enum { LINE_KIND, LINE_SECTION, LINE_LEVEL, LINE_CODE, LINE_NAME, LINE_CURRENCY, LINE_COLUMNS };

static const struct report_column line_columns[LINE_COLUMNS] = {
    [LINE_KIND] = {"line", NULL, REPORT_COLUMN_CODE, true},
    [LINE_SECTION] = {"section", NULL, REPORT_COLUMN_CODE, true},
    [LINE_LEVEL] = {"level", NULL, REPORT_COLUMN_CODE, false},
    [LINE_CODE] = {"account_code", "Account", REPORT_COLUMN_CODE, true},
    [LINE_NAME] = {"account_name", "Name", REPORT_COLUMN_TREE, false},
    [LINE_CURRENCY] = {"currency", "Currency", REPORT_COLUMN_CODE, true},
};

static const struct report_table lines_base = {"lines", NULL, line_columns, LINE_COLUMNS, false};

/* A line that is told by its kind, its account and its place in the tree. */
struct statement_line {
    const char *kind;
    const char *caption; /* where it has no account */
    const struct ledger_account *account;
    size_t level;
    enum report_row_kind row_kind;
};

ledger_status statement_columns_make_table(struct ledger_call *call, const struct report_columns *columns,
                                           const struct report_table **ret_table)
{
    return columns_make_table(call, columns, &lines_base, ret_table);
}

static ledger_status statement_give_line(struct ledger_call *call, struct report *report,
                                         const struct report_table *table,
                                         const struct statement_columns_section *section,
                                         const struct statement_line *line, const int128 *balances)
{
    const struct ledger_account *account = line->account;
    struct report_value values[REPORT_COLUMNS_MAX] = {
        [LINE_KIND] = report_text(ledger_text_of(line->kind)),
        [LINE_SECTION] = report_text(ledger_text_of(ledger_account_type_name(section->type))),
        [LINE_LEVEL] = report_integer((int64_t)line->level),
        [LINE_CODE] = report_text(account == NULL ? TEXT_ABSENT : account->account_code),
        [LINE_NAME] = report_text(account == NULL ? TEXT_ABSENT : account->account_name),
        [LINE_CURRENCY] = report_text(section->currency),
    };
    columns_set_values(report->parameters.columns, balances, values + LINE_COLUMNS);
    const struct report_row row = {
        .values = values, .kind = line->row_kind, .depth = line->level, .caption = line->caption};
    return report_row(call, report, table, &row);
}

/* The balances of accounts [first, end) in the section's currency; false where each of them is 0 in every slot. */
static bool statement_sum_slots(const struct slots *slots, const struct statement_columns_section *section,
                                size_t first, size_t end, int128 *balances)
{
    bool has_balance = false;
    memset(balances, 0, REPORT_SLOTS_MAX * sizeof *balances);
    for (size_t i = first; i < end; i++) {
        bool is_counted = slots->any.nets[i] != 0 && text_equals(slots->chart.accounts[i].currency, section->currency);
        has_balance = has_balance || is_counted;
        for (size_t s = 0; is_counted && s < slots->columns->slots_count; s++) {
            balances[s] += chart_balance(section->type, slots->totals[s].nets[i]);
        }
    }
    return has_balance;
}

static ledger_status statement_give_account(struct ledger_call *call, struct report *report,
                                            const struct report_table *table, const struct slots *slots,
                                            const struct statement_columns_section *section, size_t index)
{
    const struct chart *chart = &slots->chart;
    struct statement_line line = {
        .kind = "ACCOUNT", .account = &chart->accounts[index], .level = chart->depths[index] + 1};
    int128 balances[REPORT_SLOTS_MAX];
    if (!statement_sum_slots(slots, section, index, chart->ends[index], balances)) {
        return LEDGER_DONE;
    }
    LEDGER_TRY(statement_give_line(call, report, table, section, &line, balances));
    bool has_children = chart->ends[index] > index + 1;
    if (!has_children || !statement_sum_slots(slots, section, index, index + 1, balances)) {
        return LEDGER_DONE;
    }
    line.kind = "ITSELF";
    line.level++;
    return statement_give_line(call, report, table, section, &line, balances);
}

ledger_status statement_columns_give_section(struct ledger_call *call, struct report *report,
                                             const struct report_table *table, const struct slots *slots,
                                             const struct statement_columns_section *section, int128 *ret_totals)
{
    const struct chart *chart = &slots->chart;
    for (size_t s = 0; s < slots->columns->slots_count; s++) {
        ret_totals[s] = statement_sum(chart, &slots->totals[s], section->type, section->currency);
        for (size_t i = 0; i < section->extras_count; i++) {
            ret_totals[s] += section->extras[i].balances[s];
        }
    }
    const struct statement_line head = {.kind = "SECTION", .caption = section->caption, .row_kind = REPORT_ROW_TOTAL};
    LEDGER_TRY(statement_give_line(call, report, table, section, &head, ret_totals));
    for (size_t i = 0; i < chart->count; i++) {
        if (chart->accounts[i].account_type == section->type) {
            LEDGER_TRY(statement_give_account(call, report, table, slots, section, i));
        }
    }
    for (size_t i = 0; i < section->extras_count; i++) {
        const struct statement_line line = {
            .kind = section->extras[i].line, .caption = section->extras[i].caption, .level = 1};
        LEDGER_TRY(statement_give_line(call, report, table, section, &line, section->extras[i].balances));
    }
    return LEDGER_DONE;
}
