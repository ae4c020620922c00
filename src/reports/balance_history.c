/* Balance history: the balance of an account, alone or with those under it, behind each day, week, month, quarter or
 * year. It is read from the kept totals of days and months; what stands in a row are sums, however many entries there
 * are. Accounts of several currencies have a history for each.
 *
 * I1 A balance has the sign of the account's type, as a balance has everywhere. */
#include "engine/history.h"
#include "reports/chart.h"

enum {
    POINT_CURRENCY,
    POINT_FIRST_DAY,
    POINT_LAST_DAY,
    POINT_DEBIT,
    POINT_CREDIT,
    POINT_CHANGE,
    POINT_BALANCE,
    POINT_COLUMNS,
};

static const struct report_column point_columns[POINT_COLUMNS] = {
    [POINT_CURRENCY] = {"currency", "Currency", REPORT_COLUMN_CODE, true},
    [POINT_FIRST_DAY] = {"start_date", NULL, REPORT_COLUMN_CODE, true},
    [POINT_LAST_DAY] = {"end_date", "Up to", REPORT_COLUMN_CODE, false},
    [POINT_DEBIT] = {"debit", "Debits", REPORT_COLUMN_SIDE, false},
    [POINT_CREDIT] = {"credit", "Credits", REPORT_COLUMN_SIDE, false},
    [POINT_CHANGE] = {"change", "Change", REPORT_COLUMN_AMOUNT, false},
    [POINT_BALANCE] = {"balance", "Balance", REPORT_COLUMN_AMOUNT, false},
};

const struct report_graph balance_history_graph = {
    .series_column = POINT_CURRENCY, .day_column = POINT_LAST_DAY, .amount_column = POINT_BALANCE};

/* The accounts of one currency. */
struct series {
    struct ledger_text currency;
    struct history_accounts accounts;
};

struct balance_history {
    struct chart chart;
    size_t first; /* the account itself in the chart */
    size_t end;   /* behind the last of those under it that count */
    struct series *series;
    size_t series_count;
    struct history_extent extent; /* of all series */
    struct history_days days;
};

static ledger_status history_choose(struct ledger_call *call, const struct report *report,
                                    struct balance_history *history)
{
    struct ledger_text code = report->parameters.account_code;
    history->first = chart_find_code(&history->chart, code);
    if (history->first == history->chart.count) {
        return ledger_fail(call, LEDGER_ACCOUNT_NOT_FOUND, "account not found: %.*s%s", TEXT_ARGUMENTS(code),
                           report->log_position < store_head_log_size(&report->head) ? ", at that log position" : "");
    }
    history->end = report->parameters.with_children ? history->chart.ends[history->first] : history->first + 1;
    return LEDGER_DONE;
}

static ledger_status series_choose(struct ledger_call *call, const struct report *report,
                                   const struct balance_history *history, struct ledger_text currency,
                                   struct series *ret_series)
{
    int64_t *account_ids = NULL;
    size_t count = 0;
    LEDGER_ALLOCATE(call, account_ids, history->end - history->first);
    for (size_t i = history->first; i < history->end; i++) {
        if (text_equals(history->chart.accounts[i].currency, currency)) {
            account_ids[count++] = history->chart.accounts[i].account_id;
        }
    }
    *ret_series = (struct series){currency, {account_ids, count, report->log_position}};
    return LEDGER_DONE;
}

static void extent_join(struct history_extent *extent, const struct history_extent *other)
{
    if (other->has_entries) {
        bool is_first = !extent->has_entries || other->first_day < extent->first_day;
        bool is_last = !extent->has_entries || other->last_day > extent->last_day;
        extent->first_day = is_first ? other->first_day : extent->first_day;
        extent->last_day = is_last ? other->last_day : extent->last_day;
        extent->has_entries = true;
    }
}

/* The currencies that have entries up to the end; that of the account itself where none has. */
static ledger_status history_read_series(struct ledger_call *call, const struct report *report, int32_t to_day,
                                         struct balance_history *history)
{
    bool *is_counted = NULL;
    struct ledger_text *currencies = NULL;
    size_t count = 0;
    LEDGER_ALLOCATE(call, is_counted, history->chart.count);
    for (size_t i = history->first; i < history->end; i++) {
        is_counted[i] = true;
    }
    LEDGER_TRY(chart_list_currencies(call, &history->chart, is_counted, &currencies, &count));
    LEDGER_ALLOCATE(call, history->series, count);
    for (size_t c = 0; c < count; c++) {
        struct series *series = &history->series[history->series_count];
        struct history_extent extent;
        LEDGER_TRY(series_choose(call, report, history, currencies[c], series));
        LEDGER_TRY(history_find_extent(call, report->session, &report->head, &series->accounts, to_day, &extent));
        extent_join(&history->extent, &extent);
        history->series_count += extent.has_entries ? 1 : 0;
    }
    if (history->series_count == 0) {
        history->series_count = 1;
        return series_choose(call, report, history, history->chart.accounts[history->first].currency, history->series);
    }
    return LEDGER_DONE;
}

static ledger_status history_give_series(struct ledger_call *call, struct report *report,
                                         const struct balance_history *history, const struct series *series,
                                         const struct report_table *table)
{
    const struct history_days *days = &history->days;
    enum ledger_account_type type = history->chart.accounts[history->first].account_type;
    struct history_sums *sums = NULL;
    LEDGER_ALLOCATE(call, sums, days->count);
    LEDGER_TRY(history_read(call, report->session, &report->head, &series->accounts, days, sums));
    for (size_t i = 0; i < days->count; i++) {
        const struct report_value values[POINT_COLUMNS] = {
            [POINT_CURRENCY] = report_text(series->currency),
            [POINT_FIRST_DAY] = report_day(days->first_days[i]),
            [POINT_LAST_DAY] = report_day(history_last_day(days, i)),
            [POINT_DEBIT] = report_amount(sums[i].debit_minor),
            [POINT_CREDIT] = report_amount(sums[i].credit_minor),
            [POINT_CHANGE] = report_amount(chart_balance(type, sums[i].debit_minor - sums[i].credit_minor)),
            [POINT_BALANCE] = report_amount(chart_balance(type, sums[i].net_minor)),
        };
        LEDGER_TRY(report_row(call, report, table, &(struct report_row){.values = values}));
    }
    return LEDGER_DONE;
}

/* The table has the account for its title. */
static ledger_status history_make_table(struct ledger_call *call, const struct ledger_account *account,
                                        const struct report_table **ret_table)
{
    struct report_table *table = NULL;
    struct ledger_text title = TEXT_ABSENT;
    LEDGER_ALLOCATE(call, table, 1);
    LEDGER_TRY(ledger_call_format(call, &title, "%.*s %.*s (%s)", TEXT_ARGUMENTS(account->account_code),
                                  TEXT_ARGUMENTS(account->account_name),
                                  ledger_account_type_name(account->account_type)));
    *table = (struct report_table){"points", title.data, point_columns, POINT_COLUMNS, false};
    *ret_table = table;
    return LEDGER_DONE;
}

ledger_status balance_history_make(struct ledger_call *call, struct report *report)
{
    const struct report_parameters *parameters = &report->parameters;
    const struct ledger_history_query query = {
        .has_start_day = parameters->has_start_day,
        .start_day = parameters->start_day,
        .has_end_day = parameters->has_end_day,
        .end_day = parameters->end_day,
        .interval = parameters->history_interval,
    };
    struct balance_history history = {.series_count = 0};
    const struct report_table *table = NULL;
    LEDGER_TRY(chart_read(call, report, &history.chart));
    LEDGER_TRY(history_choose(call, report, &history));
    LEDGER_TRY(history_read_series(call, report, history_query_end(&query), &history));
    LEDGER_TRY(
        history_plan(call, report->session->ledger, &query, &history.extent, history.series_count, &history.days));
    const struct ledger_account *account = &history.chart.accounts[history.first];
    LEDGER_TRY(history_make_table(call, account, &table));
    LEDGER_TRY(report_begin_table(call, report, table));
    for (size_t i = 0; i < history.series_count; i++) {
        LEDGER_TRY(history_give_series(call, report, &history, &history.series[i], table));
    }
    LEDGER_TRY(report_end_table(call, report, table));
    if (account->account_role == LEDGER_ROLE_HEADER && !parameters->with_children) {
        LEDGER_TRY(report_note(call, report,
                               "%.*s is a header, which takes no entries: --with-children counts what is "
                               "under it.",
                               TEXT_ARGUMENTS(account->account_code)));
    }
    LEDGER_TRY(report_value(call, report, "account_name", report_text(account->account_name)));
    LEDGER_TRY(report_value(call, report, "account_type",
                            report_text(ledger_text_of(ledger_account_type_name(account->account_type)))));
    return report_value(call, report, "point_count",
                        report_integer((int64_t)(history.days.count * history.series_count)));
}
