/* Trial balance of several days side by side: a balance for each, by the type of the account as everywhere. The totals
 * of debits and credits, which have to be equal, stand below by column.
 *
 * I1 A header is left out, unless entries stand on it all the same. */
#include "reports/slots.h"

enum { ACCOUNT_CODE, ACCOUNT_NAME, ACCOUNT_TYPE, ACCOUNT_CURRENCY, ACCOUNT_COLUMNS };

static const struct report_column account_columns[ACCOUNT_COLUMNS] = {
    [ACCOUNT_CODE] = {"account_code", "Account", REPORT_COLUMN_CODE, true},
    [ACCOUNT_NAME] = {"account_name", "Name", REPORT_COLUMN_CAPTION, false},
    [ACCOUNT_TYPE] = {"account_type", "Type", REPORT_COLUMN_CODE, false},
    [ACCOUNT_CURRENCY] = {"currency", "Currency", REPORT_COLUMN_CODE, false},
};

enum { TOTAL_DEBIT = SLOT_TOTAL_AMOUNTS, TOTAL_CREDIT, TOTAL_COLUMNS };

static const struct report_column total_columns[TOTAL_COLUMNS] = {
    SLOT_TOTAL_COLUMNS(NULL, "As of"),
    [TOTAL_DEBIT] = {"debit", "Debit", REPORT_COLUMN_AMOUNT, false},
    [TOTAL_CREDIT] = {"credit", "Credit", REPORT_COLUMN_AMOUNT, false},
};

enum { TYPE_NAME, TYPE_CURRENCY, TYPE_COLUMNS };

static const struct report_column type_columns[TYPE_COLUMNS] = {
    [TYPE_NAME] = {"account_type", "Type", REPORT_COLUMN_CODE, true},
    [TYPE_CURRENCY] = {"currency", "Currency", REPORT_COLUMN_CODE, true},
};

enum { SUBTOTAL_LEVEL, SUBTOTAL_CODE, SUBTOTAL_NAME, SUBTOTAL_CURRENCY, SUBTOTAL_COLUMNS };

static const struct report_column subtotal_columns[SUBTOTAL_COLUMNS] = {
    [SUBTOTAL_LEVEL] = {"level", NULL, REPORT_COLUMN_CODE, false},
    [SUBTOTAL_CODE] = {"account_code", "Account", REPORT_COLUMN_CODE, true},
    [SUBTOTAL_NAME] = {"account_name", "Name", REPORT_COLUMN_TREE, false},
    [SUBTOTAL_CURRENCY] = {"currency", "Currency", REPORT_COLUMN_CODE, true},
};

static const struct report_table accounts_base = {"accounts", "Accounts", account_columns, ACCOUNT_COLUMNS, false};
static const struct report_table totals_table = {"totals", "Totals", total_columns, TOTAL_COLUMNS, false};
static const struct report_table types_base = {"totals_by_type", "Totals by type", type_columns, TYPE_COLUMNS, false};
static const struct report_table subtotals_base = {"subtotals", "Sub-totals along the chart of accounts",
                                                   subtotal_columns, SUBTOTAL_COLUMNS, false};

struct trial_columns {
    struct slots slots;
    bool *is_listed;
    struct ledger_text *currencies;
    size_t currencies_count;
};

static ledger_status trial_columns_read(struct ledger_call *call, struct report *report, struct trial_columns *trial)
{
    const struct slots_wants wants = {.leave_out = TEXT_ABSENT};
    LEDGER_TRY(slots_read(call, report, wants, &trial->slots));
    const struct chart *chart = &trial->slots.chart;
    const struct chart_totals *any = &trial->slots.any;
    LEDGER_ALLOCATE(call, trial->is_listed, chart->count);
    for (size_t i = 0; i < chart->count; i++) {
        bool is_header = chart->accounts[i].account_role == LEDGER_ROLE_HEADER && any->entry_counts[i] == 0;
        trial->is_listed[i] = !is_header && (!report->parameters.non_zero_only || any->nets[i] != 0);
    }
    return chart_list_currencies(call, chart, trial->is_listed, &trial->currencies, &trial->currencies_count);
}

/* The sums, by slot, of accounts [first, end) in a currency, as balances of a type. `type` counts those accounts alone;
 * false where none of them is listed. */
static bool trial_columns_sum(const struct trial_columns *trial, size_t first, size_t end, struct ledger_text currency,
                              enum ledger_account_type type, int128 *balances)
{
    const struct chart *chart = &trial->slots.chart;
    bool has_account = false;
    memset(balances, 0, REPORT_SLOTS_MAX * sizeof *balances);
    for (size_t i = first; i < end; i++) {
        if (chart->accounts[i].account_type != type || !text_equals(chart->accounts[i].currency, currency)) {
            continue;
        }
        has_account = has_account || trial->is_listed[i];
        for (size_t s = 0; s < trial->slots.columns->slots_count; s++) {
            balances[s] += chart_balance(type, trial->slots.totals[s].nets[i]);
        }
    }
    return has_account;
}

static ledger_status trial_columns_give_accounts(struct ledger_call *call, struct report *report,
                                                 const struct trial_columns *trial, int64_t *ret_count)
{
    const struct report_columns *columns = trial->slots.columns;
    const struct report_table *table = NULL;
    int64_t count = 0;
    LEDGER_TRY(columns_make_table(call, columns, &accounts_base, &table));
    LEDGER_TRY(report_begin_table(call, report, table));
    for (size_t i = 0; i < trial->slots.chart.count; i++) {
        const struct ledger_account *account = &trial->slots.chart.accounts[i];
        int128 balances[REPORT_SLOTS_MAX];
        if (!trial->is_listed[i]) {
            continue;
        }
        (void)trial_columns_sum(trial, i, i + 1, account->currency, account->account_type, balances);
        struct report_value values[REPORT_COLUMNS_MAX] = {
            [ACCOUNT_CODE] = report_text(account->account_code),
            [ACCOUNT_NAME] = report_text(account->account_name),
            [ACCOUNT_TYPE] = report_text(ledger_text_of(ledger_account_type_name(account->account_type))),
            [ACCOUNT_CURRENCY] = report_text(account->currency),
        };
        columns_set_values(columns, balances, values + ACCOUNT_COLUMNS);
        LEDGER_TRY(report_row(call, report, table, &(struct report_row){.values = values}));
        count++;
    }
    *ret_count = count;
    return report_end_table(call, report, table);
}

/* What is in debit and in credit, of all accounts in a currency. */
static void trial_columns_sides(const struct trial_columns *trial, struct ledger_text currency, struct slot_sums *sums)
{
    const struct chart *chart = &trial->slots.chart;
    memset(sums, 0, REPORT_SLOTS_MAX * sizeof *sums);
    for (size_t i = 0; i < chart->count; i++) {
        bool is_counted = text_equals(chart->accounts[i].currency, currency);
        for (size_t s = 0; is_counted && s < trial->slots.columns->slots_count; s++) {
            int128 net = trial->slots.totals[s].nets[i];
            sums[s].amounts[net < 0] += net < 0 ? -net : net;
        }
    }
}

static ledger_status trial_columns_give_totals(struct ledger_call *call, struct report *report,
                                               const struct trial_columns *trial)
{
    const struct report_columns *columns = trial->slots.columns;
    struct slot_sums *sums = NULL;
    LEDGER_ALLOCATE(call, sums, REPORT_SLOTS_MAX);
    LEDGER_TRY(report_begin_table(call, report, &totals_table));
    for (size_t c = 0; c < trial->currencies_count; c++) {
        trial_columns_sides(trial, trial->currencies[c], sums);
        for (size_t s = 0; s < columns->slots_count; s++) {
            report->is_balanced = report->is_balanced && sums[s].amounts[0] == sums[s].amounts[1];
        }
        LEDGER_TRY(slots_give_totals(call, report, &totals_table, columns, trial->currencies[c], sums));
    }
    return report_end_table(call, report, &totals_table);
}

static ledger_status trial_columns_give_types(struct ledger_call *call, struct report *report,
                                              const struct trial_columns *trial)
{
    const struct report_table *table = NULL;
    LEDGER_TRY(columns_make_table(call, trial->slots.columns, &types_base, &table));
    LEDGER_TRY(report_begin_table(call, report, table));
    for (size_t c = 0; c < trial->currencies_count; c++) {
        for (enum ledger_account_type type = LEDGER_ASSET; type <= LEDGER_EXPENSE; type++) {
            int128 balances[REPORT_SLOTS_MAX];
            struct report_value values[REPORT_COLUMNS_MAX] = {
                [TYPE_NAME] = report_text(ledger_text_of(ledger_account_type_name(type))),
                [TYPE_CURRENCY] = report_text(trial->currencies[c]),
            };
            if (trial_columns_sum(trial, 0, trial->slots.chart.count, trial->currencies[c], type, balances)) {
                columns_set_values(trial->slots.columns, balances, values + TYPE_COLUMNS);
                LEDGER_TRY(report_row(call, report, table, &(struct report_row){.values = values}));
            }
        }
    }
    return report_end_table(call, report, table);
}

/* An account with all that is under it; nothing where none of that is listed in the currency. */
static ledger_status trial_columns_give_subtotal(struct ledger_call *call, struct report *report,
                                                 const struct report_table *table, const struct trial_columns *trial,
                                                 size_t index, struct ledger_text currency)
{
    const struct chart *chart = &trial->slots.chart;
    const struct ledger_account *account = &chart->accounts[index];
    int128 balances[REPORT_SLOTS_MAX];
    if (!trial_columns_sum(trial, index, chart->ends[index], currency, account->account_type, balances)) {
        return LEDGER_DONE;
    }
    struct report_value values[REPORT_COLUMNS_MAX] = {
        [SUBTOTAL_LEVEL] = report_integer((int64_t)chart->depths[index] + 1),
        [SUBTOTAL_CODE] = report_text(account->account_code),
        [SUBTOTAL_NAME] = report_text(account->account_name),
        [SUBTOTAL_CURRENCY] = report_text(currency),
    };
    columns_set_values(trial->slots.columns, balances, values + SUBTOTAL_COLUMNS);
    const struct report_row row = {.values = values, .depth = chart->depths[index]};
    return report_row(call, report, table, &row);
}

static ledger_status trial_columns_give_subtotals(struct ledger_call *call, struct report *report,
                                                  const struct trial_columns *trial)
{
    const struct report_table *table = NULL;
    LEDGER_TRY(columns_make_table(call, trial->slots.columns, &subtotals_base, &table));
    LEDGER_TRY(report_begin_table(call, report, table));
    for (size_t c = 0; c < trial->currencies_count; c++) {
        for (size_t i = 0; i < trial->slots.chart.count; i++) {
            if (trial->slots.chart.ends[i] > i + 1) {
                LEDGER_TRY(trial_columns_give_subtotal(call, report, table, trial, i, trial->currencies[c]));
            }
        }
    }
    return report_end_table(call, report, table);
}

ledger_status trial_balance_columns_make(struct ledger_call *call, struct report *report)
{
    struct trial_columns trial;
    int64_t count = 0;
    LEDGER_TRY(trial_columns_read(call, report, &trial));
    LEDGER_TRY(trial_columns_give_accounts(call, report, &trial, &count));
    LEDGER_TRY(trial_columns_give_totals(call, report, &trial));
    LEDGER_TRY(trial_columns_give_types(call, report, &trial));
    LEDGER_TRY(trial_columns_give_subtotals(call, report, &trial));
    if (!report->is_balanced) {
        LEDGER_TRY(report_note(call, report, "THE TRIAL BALANCE DOES NOT BALANCE: Debits != Credits; run verify"));
    }
    LEDGER_TRY(report_value(call, report, "account_count", report_integer(count)));
    return report_value(call, report, "is_balanced", report_boolean(report->is_balanced));
}
