/* Trial balance: every account with its balance in the debit or the credit column, whatever its type. Both columns have
 * the same total in every currency.
 *
 * I1 A header is left out, unless entries stand on it all the same. */
#include "reports/chart.h"

enum {
    ACCOUNT_CODE,
    ACCOUNT_NAME,
    ACCOUNT_TYPE,
    ACCOUNT_CURRENCY,
    ACCOUNT_DEBIT,
    ACCOUNT_CREDIT,
    ACCOUNT_BALANCE,
    ACCOUNT_COLUMNS,
};

static const struct report_column account_columns[ACCOUNT_COLUMNS] = {
    [ACCOUNT_CODE] = {"account_code", "Account", REPORT_COLUMN_CODE, true},
    [ACCOUNT_NAME] = {"account_name", "Name", REPORT_COLUMN_CAPTION, false},
    [ACCOUNT_TYPE] = {"account_type", "Type", REPORT_COLUMN_CODE, false},
    [ACCOUNT_CURRENCY] = {"currency", "Currency", REPORT_COLUMN_CODE, false},
    [ACCOUNT_DEBIT] = {"debit", "Debit", REPORT_COLUMN_SIDE, false},
    [ACCOUNT_CREDIT] = {"credit", "Credit", REPORT_COLUMN_SIDE, false},
    [ACCOUNT_BALANCE] = {"balance", NULL, REPORT_COLUMN_AMOUNT, false},
};

enum { TOTAL_CURRENCY, TOTAL_DEBIT, TOTAL_CREDIT, TOTAL_COLUMNS };

static const struct report_column total_columns[TOTAL_COLUMNS] = {
    [TOTAL_CURRENCY] = {"currency", "Currency", REPORT_COLUMN_CODE, true},
    [TOTAL_DEBIT] = {"debit", "Debit", REPORT_COLUMN_AMOUNT, false},
    [TOTAL_CREDIT] = {"credit", "Credit", REPORT_COLUMN_AMOUNT, false},
};

enum { TYPE_NAME, TYPE_CURRENCY, TYPE_DEBIT, TYPE_CREDIT, TYPE_COLUMNS };

static const struct report_column type_columns[TYPE_COLUMNS] = {
    [TYPE_NAME] = {"account_type", "Type", REPORT_COLUMN_CODE, true},
    [TYPE_CURRENCY] = {"currency", "Currency", REPORT_COLUMN_CODE, true},
    [TYPE_DEBIT] = {"debit", "Debit", REPORT_COLUMN_SIDE, false},
    [TYPE_CREDIT] = {"credit", "Credit", REPORT_COLUMN_SIDE, false},
};

enum {
    SUBTOTAL_LEVEL,
    SUBTOTAL_CODE,
    SUBTOTAL_NAME,
    SUBTOTAL_CURRENCY,
    SUBTOTAL_DEBIT,
    SUBTOTAL_CREDIT,
    SUBTOTAL_BALANCE,
    SUBTOTAL_COLUMNS,
};

static const struct report_column subtotal_columns[SUBTOTAL_COLUMNS] = {
    [SUBTOTAL_LEVEL] = {"level", NULL, REPORT_COLUMN_CODE, false},
    [SUBTOTAL_CODE] = {"account_code", "Account", REPORT_COLUMN_CODE, true},
    [SUBTOTAL_NAME] = {"account_name", "Name", REPORT_COLUMN_TREE, false},
    [SUBTOTAL_CURRENCY] = {"currency", "Currency", REPORT_COLUMN_CODE, true},
    [SUBTOTAL_DEBIT] = {"debit", "Debit", REPORT_COLUMN_SIDE, false},
    [SUBTOTAL_CREDIT] = {"credit", "Credit", REPORT_COLUMN_SIDE, false},
    [SUBTOTAL_BALANCE] = {"balance", "Balance", REPORT_COLUMN_AMOUNT, false},
};

static const struct report_table accounts_table = {"accounts", "Accounts", account_columns, ACCOUNT_COLUMNS, false};
static const struct report_table totals_table = {"totals", "Totals", total_columns, TOTAL_COLUMNS, true};
static const struct report_table types_table = {"totals_by_type", "Totals by type", type_columns, TYPE_COLUMNS, false};
static const struct report_table subtotals_table = {"subtotals", "Sub-totals along the chart of accounts",
                                                    subtotal_columns, SUBTOTAL_COLUMNS, false};

struct trial_balance {
    struct chart chart;
    struct chart_totals totals;
    bool *is_listed;
    struct ledger_text *currencies;
    size_t currencies_count;
};

/* The two columns of what is added up. */
struct sides {
    int128 debit;
    int128 credit;
};

static void sides_add(struct sides *sides, int128 net)
{
    sides->debit += net > 0 ? net : 0;
    sides->credit += net < 0 ? -net : 0;
}

static ledger_status trial_balance_read(struct ledger_call *call, struct report *report, struct trial_balance *balance)
{
    LEDGER_TRY(chart_read(call, report, &balance->chart));
    const struct chart *chart = &balance->chart;
    LEDGER_TRY(chart_totals_init(call, chart, &balance->totals));
    LEDGER_TRY(chart_totals_add(call, report, chart, chart_last_day(&report->parameters), 1, &balance->totals));
    LEDGER_ALLOCATE(call, balance->is_listed, chart->count);
    for (size_t i = 0; i < chart->count; i++) {
        bool is_header = chart->accounts[i].account_role == LEDGER_ROLE_HEADER && balance->totals.entry_counts[i] == 0;
        balance->is_listed[i] = !is_header && (!report->parameters.non_zero_only || balance->totals.nets[i] != 0);
    }
    return chart_list_currencies(call, chart, balance->is_listed, &balance->currencies, &balance->currencies_count);
}

static ledger_status trial_balance_give_accounts(struct ledger_call *call, struct report *report,
                                                 const struct trial_balance *balance, int64_t *ret_count)
{
    int64_t count = 0;
    LEDGER_TRY(report_begin_table(call, report, &accounts_table));
    for (size_t i = 0; i < balance->chart.count; i++) {
        const struct ledger_account *account = &balance->chart.accounts[i];
        struct sides sides = {0, 0};
        sides_add(&sides, balance->totals.nets[i]);
        const struct report_value values[ACCOUNT_COLUMNS] = {
            [ACCOUNT_CODE] = report_text(account->account_code),
            [ACCOUNT_NAME] = report_text(account->account_name),
            [ACCOUNT_TYPE] = report_text(ledger_text_of(ledger_account_type_name(account->account_type))),
            [ACCOUNT_CURRENCY] = report_text(account->currency),
            [ACCOUNT_DEBIT] = report_amount(sides.debit),
            [ACCOUNT_CREDIT] = report_amount(sides.credit),
            [ACCOUNT_BALANCE] = report_amount(chart_balance(account->account_type, balance->totals.nets[i])),
        };
        if (balance->is_listed[i]) {
            LEDGER_TRY(report_row(call, report, &accounts_table, &(struct report_row){.values = values}));
            count++;
        }
    }
    *ret_count = count;
    return report_end_table(call, report, &accounts_table);
}

static ledger_status trial_balance_give_totals(struct ledger_call *call, struct report *report,
                                               const struct trial_balance *balance)
{
    LEDGER_TRY(report_begin_table(call, report, &totals_table));
    for (size_t c = 0; c < balance->currencies_count; c++) {
        struct sides sides = {0, 0};
        for (size_t i = 0; i < balance->chart.count; i++) {
            if (text_equals(balance->chart.accounts[i].currency, balance->currencies[c])) {
                sides_add(&sides, balance->totals.nets[i]);
            }
        }
        report->is_balanced = report->is_balanced && sides.debit == sides.credit;
        const struct report_value values[TOTAL_COLUMNS] = {
            [TOTAL_CURRENCY] = report_text(balance->currencies[c]),
            [TOTAL_DEBIT] = report_amount(sides.debit),
            [TOTAL_CREDIT] = report_amount(sides.credit),
        };
        LEDGER_TRY(report_row(call, report, &totals_table,
                              &(struct report_row){.values = values, .kind = REPORT_ROW_TOTAL, .caption = "Total"}));
    }
    return report_end_table(call, report, &totals_table);
}

static ledger_status trial_balance_give_type(struct ledger_call *call, struct report *report,
                                             const struct trial_balance *balance, enum ledger_account_type type,
                                             struct ledger_text currency)
{
    bool has_account = false;
    struct sides sides = {0, 0};
    for (size_t i = 0; i < balance->chart.count; i++) {
        const struct ledger_account *account = &balance->chart.accounts[i];
        if (account->account_type == type && text_equals(account->currency, currency)) {
            has_account = has_account || balance->is_listed[i];
            sides_add(&sides, balance->totals.nets[i]);
        }
    }
    const struct report_value values[TYPE_COLUMNS] = {
        [TYPE_NAME] = report_text(ledger_text_of(ledger_account_type_name(type))),
        [TYPE_CURRENCY] = report_text(currency),
        [TYPE_DEBIT] = report_amount(sides.debit),
        [TYPE_CREDIT] = report_amount(sides.credit),
    };
    return has_account ? report_row(call, report, &types_table, &(struct report_row){.values = values}) : LEDGER_DONE;
}

static ledger_status trial_balance_give_types(struct ledger_call *call, struct report *report,
                                              const struct trial_balance *balance)
{
    LEDGER_TRY(report_begin_table(call, report, &types_table));
    for (size_t c = 0; c < balance->currencies_count; c++) {
        for (enum ledger_account_type type = LEDGER_ASSET; type <= LEDGER_EXPENSE; type++) {
            LEDGER_TRY(trial_balance_give_type(call, report, balance, type, balance->currencies[c]));
        }
    }
    return report_end_table(call, report, &types_table);
}

/* An account with all that is under it; nothing where none of that is listed in the currency. */
static ledger_status trial_balance_give_subtotal(struct ledger_call *call, struct report *report,
                                                 const struct trial_balance *balance, size_t index,
                                                 struct ledger_text currency)
{
    const struct chart *chart = &balance->chart;
    const struct ledger_account *account = &chart->accounts[index];
    struct sides sides = {0, 0};
    bool has_account = false;
    for (size_t i = index; i < chart->ends[index]; i++) {
        if (text_equals(chart->accounts[i].currency, currency)) {
            sides_add(&sides, balance->totals.nets[i]);
            has_account = has_account || balance->is_listed[i];
        }
    }
    const struct report_value values[SUBTOTAL_COLUMNS] = {
        [SUBTOTAL_LEVEL] = report_integer((int64_t)chart->depths[index] + 1),
        [SUBTOTAL_CODE] = report_text(account->account_code),
        [SUBTOTAL_NAME] = report_text(account->account_name),
        [SUBTOTAL_CURRENCY] = report_text(currency),
        [SUBTOTAL_DEBIT] = report_amount(sides.debit),
        [SUBTOTAL_CREDIT] = report_amount(sides.credit),
        [SUBTOTAL_BALANCE] = report_amount(chart_balance(account->account_type, sides.debit - sides.credit)),
    };
    const struct report_row row = {.values = values, .depth = chart->depths[index]};
    return has_account ? report_row(call, report, &subtotals_table, &row) : LEDGER_DONE;
}

static ledger_status trial_balance_give_subtotals(struct ledger_call *call, struct report *report,
                                                  const struct trial_balance *balance)
{
    LEDGER_TRY(report_begin_table(call, report, &subtotals_table));
    for (size_t c = 0; c < balance->currencies_count; c++) {
        for (size_t i = 0; i < balance->chart.count; i++) {
            if (balance->chart.ends[i] > i + 1) {
                LEDGER_TRY(trial_balance_give_subtotal(call, report, balance, i, balance->currencies[c]));
            }
        }
    }
    return report_end_table(call, report, &subtotals_table);
}

ledger_status trial_balance_make(struct ledger_call *call, struct report *report)
{
    struct trial_balance balance;
    int64_t count = 0;
    LEDGER_TRY(trial_balance_read(call, report, &balance));
    LEDGER_TRY(trial_balance_give_accounts(call, report, &balance, &count));
    LEDGER_TRY(trial_balance_give_totals(call, report, &balance));
    LEDGER_TRY(trial_balance_give_types(call, report, &balance));
    LEDGER_TRY(trial_balance_give_subtotals(call, report, &balance));
    if (!report->is_balanced) {
        LEDGER_TRY(report_note(call, report, "THE TRIAL BALANCE DOES NOT BALANCE: Debits != Credits; run verify"));
    }
    LEDGER_TRY(report_value(call, report, "account_count", report_integer(count)));
    return report_value(call, report, "is_balanced", report_boolean(report->is_balanced));
}
