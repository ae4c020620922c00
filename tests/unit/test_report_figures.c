/* Trial balance, balance sheet and income statement of a small company: figures that were worked out by hand. Each
 * report also passes the Python oracle, which adds up its rows and makes its hash again. */
#include "support/report_books.h"

static const char *const account_cells[] = {"account_code", "currency", "debit", "credit", "balance"};
static const char *const total_cells[] = {"currency", "debit", "credit"};
static const char *const type_cells[] = {"account_type", "currency", "debit", "credit"};
static const char *const subtotal_cells[] = {"level", "account_code", "currency", "debit", "credit", "balance"};
static const char *const line_cells[] = {"section", "line", "level", "account_code", "currency", "balance", "subtotal"};
static const char *const sheet_cells[] = {"currency", "assets", "liabilities", "equity", "difference"};
static const char *const result_cells[] = {"currency", "revenue", "expense", "net_result"};

/* Two fiscal years of the calendar, the first of them closed on its last day. */
static int books_setup(void **state)
{
    struct fixture *fixture = books_begin(state);
    (void)books_post(fixture, "CAPITAL", "2025-01-02", "1100", "3000", "10000");
    (void)books_post(fixture, "PURCHASE", "2025-02-01", "1500", "1100", "4000");
    (void)books_post(fixture, "SALE", "2025-06-30", "1100", "4100", "2500.50");
    (void)books_post(fixture, "RETURN", "2025-07-01", "4190", "1100", "100.50");
    (void)books_post(fixture, "RENT", "2025-12-31", "5100", "1100", "500.25");
    (void)books_post(fixture, "DEPRECIATION", "2025-12-31", "5200", "1590", "400");
    (void)books_post(fixture, "LOAN", "2026-01-01", "1100", "2000", "3000");
    (void)books_post(fixture, "SALE", "2026-01-31", "1100", "4100", "700");
    (void)books_post(fixture, "RENT", "2026-03-15", "5100", "1100", "40.10");
    (void)books_post(fixture, "CAPITAL", "2026-02-01", "1150", "3150", "55.55");
    return 0;
}

static void books_close_2025(struct fixture *fixture, struct ledger_posted *ret_sales)
{
    *ret_sales = books_post(fixture, "CLOSING", "2025-12-31", "4100", "3900", "2500.50");
    (void)books_post(fixture, "CLOSING", "2025-12-31", "3900", "4190", "100.50");
    (void)books_post(fixture, "CLOSING", "2025-12-31", "3900", "5100", "500.25");
    (void)books_post(fixture, "CLOSING", "2025-12-31", "3900", "5200", "400");
}

static void test_trial_balance_of_all(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_report_request request = books_request(LEDGER_REPORT_TRIAL_BALANCE, NULL, NULL);
    json_t *report = books_report(fixture, &request);
    static const char *const accounts[] = {
        "1100|EUR|11559.65|0.00|11559.65", "1150|USD|55.55|0.00|55.55",     "1500|EUR|4000.00|0.00|4000.00",
        "1590|EUR|0.00|400.00|-400.00",    "2000|EUR|0.00|3000.00|3000.00", "3000|EUR|0.00|10000.00|10000.00",
        "3150|USD|0.00|55.55|55.55",       "3900|EUR|0.00|0.00|0.00",       "4100|EUR|0.00|3200.50|3200.50",
        "4190|EUR|100.50|0.00|-100.50",    "5100|EUR|540.35|0.00|540.35",   "5200|EUR|400.00|0.00|400.00",
    };
    static const char *const totals[] = {"EUR|16600.50|16600.50", "USD|55.55|55.55"};
    static const char *const types[] = {
        "ASSET|EUR|15559.65|400.00",  "LIABILITY|EUR|0.00|3000.00", "EQUITY|EUR|0.00|10000.00",
        "REVENUE|EUR|100.50|3200.50", "EXPENSE|EUR|940.35|0.00",    "ASSET|USD|55.55|0.00",
        "EQUITY|USD|0.00|55.55",
    };
    static const char *const subtotals[] = {
        "1|1000|EUR|15559.65|400.00|15159.65", "2|1500|EUR|4000.00|400.00|3600.00", "1|4000|EUR|100.50|3200.50|3100.00",
        "1|5000|EUR|940.35|0.00|940.35",       "1|1000|USD|55.55|0.00|55.55",
    };
    assert_rows(report, "accounts", account_cells, accounts);
    assert_rows(report, "totals", total_cells, totals);
    assert_rows(report, "totals_by_type", type_cells, types);
    assert_rows(report, "subtotals", subtotal_cells, subtotals);
    assert_string_equal(books_cell(report, "account_count"), "12");
    assert_string_equal(books_cell(report, "is_balanced"), "true");
    assert_string_equal(books_cell(report, "report_name"), "Trial balance");
    assert_string_equal(books_cell(report, "generated_by"), "ana");
    assert_string_equal(books_cell(report, "generated_at"), "2026-03-15T12:00:00.000000Z");
    assert_null(json_object_get(json_object_get(report, "parameters"), "end_date"));
    json_decref(report);
}

/* Dated up to a day alone, and only what has a balance: what is out of use stays with its balance. */
static void test_trial_balance_as_of_a_day(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_account account;
    assert_done(fixture->call,
                ledger_account_set_active(fixture->call, fixture->ledger, TEXT("1500"), false, &account));
    assert_done(fixture->call,
                ledger_account_set_active(fixture->call, fixture->ledger, TEXT("5200"), false, &account));
    struct ledger_report_request request = books_request(LEDGER_REPORT_TRIAL_BALANCE, NULL, "2025-06-30");
    request.non_zero_only = true;
    json_t *report = books_report(fixture, &request);
    static const char *const accounts[] = {
        "1100|EUR|8500.50|0.00|8500.50",
        "1500|EUR|4000.00|0.00|4000.00",
        "3000|EUR|0.00|10000.00|10000.00",
        "4100|EUR|0.00|2500.50|2500.50",
    };
    static const char *const totals[] = {"EUR|12500.50|12500.50"};
    static const char *const subtotals[] = {
        "1|1000|EUR|12500.50|0.00|12500.50",
        "2|1500|EUR|4000.00|0.00|4000.00",
        "1|4000|EUR|0.00|2500.50|2500.50",
    };
    assert_rows(report, "accounts", account_cells, accounts);
    assert_rows(report, "totals", total_cells, totals);
    assert_rows(report, "subtotals", subtotal_cells, subtotals);
    const json_t *parameters = json_object_get(report, "parameters");
    assert_string_equal(books_cell(parameters, "end_date"), "2025-06-30");
    assert_true(json_is_true(json_object_get(parameters, "non_zero_only")));
    json_decref(report);
    request.end_date = TEXT("2025-06-29");
    request.non_zero_only = false;
    report = books_report(fixture, &request);
    assert_int_equal(json_array_size(json_object_get(report, "accounts")), 12);
    assert_string_equal(books_cell(books_find(report, "accounts", "account_code", "4100", NULL, NULL), "credit"),
                        "0.00");
    json_decref(report);
}

static void test_balance_sheet_of_an_open_year(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_report_request request = books_request(LEDGER_REPORT_BALANCE_SHEET, NULL, NULL);
    json_t *report = books_report(fixture, &request);
    static const char *const lines[] = {
        "ASSET|SECTION|0||EUR||15159.65",
        "ASSET|ACCOUNT|1|1000|EUR||15159.65",
        "ASSET|ACCOUNT|2|1100|EUR|11559.65|",
        "ASSET|ACCOUNT|2|1500|EUR|4000.00|3600.00",
        "ASSET|ACCOUNT|3|1590|EUR|-400.00|",
        "LIABILITY|SECTION|0||EUR||3000.00",
        "LIABILITY|ACCOUNT|1|2000|EUR|3000.00|",
        "EQUITY|SECTION|0||EUR||12159.65",
        "EQUITY|ACCOUNT|1|3000|EUR|10000.00|",
        "EQUITY|EARNINGS_OF_EARLIER_YEARS|1||EUR|1499.75|",
        "EQUITY|EARNINGS_OF_FISCAL_YEAR|1||EUR|659.90|",
        "ASSET|SECTION|0||USD||55.55",
        "ASSET|ACCOUNT|1|1000|USD||55.55",
        "ASSET|ACCOUNT|2|1150|USD|55.55|",
        "LIABILITY|SECTION|0||USD||0.00",
        "EQUITY|SECTION|0||USD||55.55",
        "EQUITY|ACCOUNT|1|3150|USD|55.55|",
        "EQUITY|EARNINGS_OF_EARLIER_YEARS|1||USD|0.00|",
        "EQUITY|EARNINGS_OF_FISCAL_YEAR|1||USD|0.00|",
    };
    static const char *const totals[] = {"EUR|15159.65|3000.00|12159.65|0.00", "USD|55.55|0.00|55.55|0.00"};
    assert_rows(report, "totals", sheet_cells, totals);
    assert_string_equal(books_cell(report, "fiscal_year_start"), "2026-01-01");
    assert_string_equal(books_cell(json_object_get(report, "parameters"), "end_date"), "2026-03-15");
    assert_rows(report, "lines", line_cells, lines);
    json_decref(report);
}

/* Closed, what was earned in the year before stands in its account, and the totals stay. */
static void test_balance_sheet_of_a_closed_year(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_posted sales;
    books_close_2025(fixture, &sales);
    struct ledger_report_request request = books_request(LEDGER_REPORT_BALANCE_SHEET, NULL, "2026-03-14");
    json_t *report = books_report(fixture, &request);
    static const char *const totals[] = {"EUR|15199.75|3000.00|12199.75|0.00", "USD|55.55|0.00|55.55|0.00"};
    assert_rows(report, "totals", sheet_cells, totals);
    const char *const table = "lines";
    assert_string_equal(books_cell(books_find(report, table, "account_code", "3900", NULL, NULL), "balance"),
                        "1499.75");
    assert_string_equal(
        books_cell(books_find(report, table, "line", "EARNINGS_OF_EARLIER_YEARS", "currency", "EUR"), "balance"),
        "0.00");
    assert_string_equal(
        books_cell(books_find(report, table, "line", "EARNINGS_OF_FISCAL_YEAR", "currency", "EUR"), "balance"),
        "700.00");
    json_decref(report);
    /* The last day of the year itself: closed within it. */
    request.end_date = TEXT("2025-12-31");
    report = books_report(fixture, &request);
    assert_string_equal(books_cell(report, "fiscal_year_start"), "2025-01-01");
    assert_string_equal(
        books_cell(books_find(report, table, "line", "EARNINGS_OF_FISCAL_YEAR", "currency", "EUR"), "balance"), "0.00");
    assert_null(books_find(report, table, "currency", "USD", NULL, NULL));
    json_decref(report);
    /* The day before: nothing was closed. */
    request.end_date = TEXT("2025-12-30");
    report = books_report(fixture, &request);
    assert_string_equal(
        books_cell(books_find(report, table, "line", "EARNINGS_OF_FISCAL_YEAR", "currency", "EUR"), "balance"),
        "2400.00");
    assert_null(books_find(report, table, "account_code", "3900", NULL, NULL));
    json_decref(report);
}

/* With closings and the reversal of one, the statement of the year is what it was without them. */
static void test_income_statement_leaves_out_closings(void **state)
{
    struct fixture *fixture = *state;
    static const char *const lines[] = {
        "REVENUE|SECTION|0||EUR||2400.00",     "REVENUE|ACCOUNT|1|4000|EUR||2400.00",
        "REVENUE|ACCOUNT|2|4100|EUR|2500.50|", "REVENUE|ACCOUNT|2|4190|EUR|-100.50|",
        "EXPENSE|SECTION|0||EUR||900.25",      "EXPENSE|ACCOUNT|1|5000|EUR||900.25",
        "EXPENSE|ACCOUNT|2|5100|EUR|500.25|",  "EXPENSE|ACCOUNT|2|5200|EUR|400.00|",
    };
    static const char *const totals[] = {"EUR|2400.00|900.25|1499.75"};
    struct ledger_report_request request = books_request(LEDGER_REPORT_INCOME_STATEMENT, NULL, "2025-12-31");
    struct ledger_posted sales;
    struct ledger_posted reversal;
    for (int round = 0; round < 3; round++) {
        json_t *report = books_report(fixture, &request);
        assert_rows(report, "lines", line_cells, lines);
        assert_rows(report, "totals", result_cells, totals);
        assert_string_equal(books_cell(json_object_get(report, "parameters"), "start_date"), "2025-01-01");
        json_decref(report);
        if (round == 0) {
            books_close_2025(fixture, &sales);
        } else if (round == 1) {
            assert_done(fixture->call, fixture_reverse(fixture, sales.transaction_id, "closed too early", "2025-12-31",
                                                       NULL, &reversal));
        }
    }
}

static void test_income_statement_of_a_range(void **state)
{
    struct fixture *fixture = *state;
    static const char *const first[] = {"EUR|2500.50|0.00|2500.50"};
    static const char *const second[] = {"EUR|-100.50|0.00|-100.50"};
    static const char *const third[] = {"EUR|700.00|40.10|659.90"};
    static const char *const none[] = {"EUR|0.00|0.00|0.00"};
    struct ledger_report_request request = books_request(LEDGER_REPORT_INCOME_STATEMENT, "2025-06-30", "2025-06-30");
    json_t *report = books_report(fixture, &request);
    assert_rows(report, "totals", result_cells, first);
    json_decref(report);
    request = books_request(LEDGER_REPORT_INCOME_STATEMENT, "2025-07-01", "2025-12-30");
    report = books_report(fixture, &request);
    assert_rows(report, "totals", result_cells, second);
    json_decref(report);
    request = books_request(LEDGER_REPORT_INCOME_STATEMENT, NULL, NULL);
    report = books_report(fixture, &request);
    assert_rows(report, "totals", result_cells, third);
    json_decref(report);
    request = books_request(LEDGER_REPORT_INCOME_STATEMENT, "0001-01-01", "0001-01-01");
    report = books_report(fixture, &request);
    assert_rows(report, "totals", result_cells, none);
    json_decref(report);
}

/* A fiscal year from 1 July and a zone ahead of UTC: both decide to which year an instant belongs. */
static void test_fiscal_year_and_zone(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_settings settings = {.time_zone = TEXT("Africa/Luanda"), .fiscal_year_start = TEXT("07-01")};
    fixture_create(fixture, &settings);
    books_account(fixture, "1", "Cash", LEDGER_ASSET, LEDGER_ROLE_NORMAL, NULL, NULL);
    books_account(fixture, "4", "Sales", LEDGER_REVENUE, LEDGER_ROLE_NORMAL, NULL, NULL);
    (void)books_post(fixture, "SALE", "2025-06-30T22:59:59Z", "1", "4", "1"); /* 23:59:59 in Luanda */
    (void)books_post(fixture, "SALE", "2025-06-30T23:00:00Z", "1", "4", "20");
    fixture->now_us = FIXTURE_NOW_US + INT64_C(11) * 60 * FIXTURE_MINUTE_US; /* 23:00 of the 15th, the 16th there */
    struct ledger_report_request request = books_request(LEDGER_REPORT_BALANCE_SHEET, NULL, NULL);
    json_t *report = books_report(fixture, &request);
    static const char *const lines[] = {
        "ASSET|SECTION|0||AOA||21.00",
        "ASSET|ACCOUNT|1|1|AOA|21.00|",
        "LIABILITY|SECTION|0||AOA||0.00",
        "EQUITY|SECTION|0||AOA||21.00",
        "EQUITY|EARNINGS_OF_EARLIER_YEARS|1||AOA|1.00|",
        "EQUITY|EARNINGS_OF_FISCAL_YEAR|1||AOA|20.00|",
    };
    assert_rows(report, "lines", line_cells, lines);
    assert_string_equal(books_cell(report, "fiscal_year_start"), "2025-07-01");
    assert_string_equal(books_cell(json_object_get(report, "parameters"), "end_date"), "2026-03-16");
    assert_string_not_equal(books_cell(report, "time_zone_data_version"), "UTC");
    json_decref(report);
    request = books_request(LEDGER_REPORT_INCOME_STATEMENT, NULL, "2025-06-30");
    report = books_report(fixture, &request);
    static const char *const totals[] = {"AOA|1.00|0.00|1.00"};
    assert_rows(report, "totals", result_cells, totals);
    assert_string_equal(books_cell(json_object_get(report, "parameters"), "start_date"), "2024-07-01");
    json_decref(report);
    request = books_request(LEDGER_REPORT_INCOME_STATEMENT, NULL, "0001-06-30");
    report = books_report(fixture, &request);
    assert_string_equal(books_cell(json_object_get(report, "parameters"), "start_date"), "0001-01-01");
    json_decref(report);
}

static void test_empty_ledger(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_settings settings = {.default_currency = TEXT("EUR")};
    fixture_create(fixture, &settings);
    static const char *const sections[] = {
        "ASSET|SECTION|0||EUR||0.00",
        "LIABILITY|SECTION|0||EUR||0.00",
        "EQUITY|SECTION|0||EUR||0.00",
        "EQUITY|EARNINGS_OF_EARLIER_YEARS|1||EUR|0.00|",
        "EQUITY|EARNINGS_OF_FISCAL_YEAR|1||EUR|0.00|",
    };
    static const char *const totals[] = {"EUR|0.00|0.00|0.00|0.00"};
    for (int type = LEDGER_REPORT_TRIAL_BALANCE; type <= LEDGER_REPORT_AUDIT_TRAIL; type++) {
        struct ledger_report_request request = books_request((enum ledger_report_type)type, NULL, NULL);
        json_t *report = books_report(fixture, &request);
        if (type == LEDGER_REPORT_BALANCE_SHEET) {
            assert_rows(report, "lines", line_cells, sections);
            assert_rows(report, "totals", sheet_cells, totals);
        } else if (type == LEDGER_REPORT_TRIAL_BALANCE) {
            assert_int_equal(json_array_size(json_object_get(report, "totals")), 0);
            assert_string_equal(books_cell(report, "account_count"), "0");
        }
        json_decref(report);
        assert_non_null(books_make(fixture, &request, LEDGER_FORMAT_TABLE).text.data);
        assert_non_null(books_make(fixture, &request, LEDGER_FORMAT_CSV).text.data);
        /* Before the first event of all. */
        request.has_log_position = true;
        json_decref(books_report(fixture, &request));
    }
}

/* Totals of reports go beyond what an account holds. */
static void test_totals_are_wide(void **state)
{
    struct fixture *fixture = *state;
    (void)fixture_post(fixture, NULL, "1000", "3000", "92233720368547758.07");
    (void)fixture_post(fixture, NULL, "1100", "2000", "92233720368547758.07");
    struct ledger_report_request request = books_request(LEDGER_REPORT_TRIAL_BALANCE, NULL, NULL);
    request.non_zero_only = true;
    json_t *report = books_report(fixture, &request);
    static const char *const totals[] = {"EUR|184467440737095516.14|184467440737095516.14"};
    assert_rows(report, "totals", total_cells, totals);
    json_decref(report);
    request = books_request(LEDGER_REPORT_BALANCE_SHEET, NULL, NULL);
    report = books_report(fixture, &request);
    static const char *const sheet[] = {"EUR|184467440737095516.14|92233720368547758.07|92233720368547758.07|0.00"};
    assert_rows(report, "totals", sheet_cells, sheet);
    json_decref(report);
}

/* A reversal nets its original out. */
static void test_reversal_nets_out(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_posted reversal;
    struct ledger_posted sale = fixture_post(fixture, NULL, "1000", "4000", "12.34");
    assert_done(fixture->call, fixture_reverse(fixture, sale.transaction_number, "wrong", NULL, NULL, &reversal));
    struct ledger_report_request request = books_request(LEDGER_REPORT_TRIAL_BALANCE, NULL, NULL);
    request.non_zero_only = true;
    json_t *report = books_report(fixture, &request);
    assert_int_equal(json_array_size(json_object_get(report, "accounts")), 0);
    json_decref(report);
}

/* A ledger whose totals were changed behind its back: said loudly in every form. */
static void test_imbalance_is_said(void **state)
{
    struct fixture *fixture = *state;
    (void)fixture_post(fixture, NULL, "1000", "3000", "100");
    fixture_damage(fixture, "UPDATE open_total_rows SET debit_total = debit_total + 1 WHERE debit_total > 0",
                   "UPDATE open_total_rows SET debit_total = debit_total + 0.01 WHERE debit_total > 0");
    struct ledger_report_request request = books_request(LEDGER_REPORT_BALANCE_SHEET, NULL, NULL);
    json_t *report = books_report(fixture, &request);
    static const char *const totals[] = {"EUR|100.01|0.00|100.00|0.01"};
    assert_rows(report, "totals", sheet_cells, totals);
    assert_string_equal(books_cell(report, "is_balanced"), "false");
    json_decref(report);
    struct ledger_report_result result = books_make(fixture, &request, LEDGER_FORMAT_TABLE);
    assert_false(result.is_balanced);
    assert_non_null(strstr(result.text.data, "THE BALANCE SHEET DOES NOT BALANCE: assets differ from liabilities and "
                                             "equity by 0.01 EUR"));
    request = books_request(LEDGER_REPORT_TRIAL_BALANCE, NULL, NULL);
    result = books_make(fixture, &request, LEDGER_FORMAT_TABLE);
    assert_false(result.is_balanced);
    assert_non_null(strstr(result.text.data, "THE TRIAL BALANCE DOES NOT BALANCE: Debits != Credits"));
    request = books_request(LEDGER_REPORT_GENERAL_LEDGER, NULL, NULL);
    result = books_make(fixture, &request, LEDGER_FORMAT_TABLE);
    assert_false(result.is_balanced);
    assert_non_null(strstr(result.text.data, "THE ENTRIES OF ACCOUNT 1000 DO NOT COME TO ITS BALANCE"));
}

static void test_table_fits_the_terminal(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_report_request request = books_request(LEDGER_REPORT_BALANCE_SHEET, NULL, NULL);
    struct ledger_report_result result;
    assert_done(fixture->call,
                ledger_report_make(fixture->call, fixture->ledger, &request, LEDGER_FORMAT_TABLE, 59, false, &result));
    static const char *const expected = "Balance sheet, as of 2026-03-15\n"
                                        "\n"
                                        "Account Name                     Currency  Balance Subtotal\n"
                                        "        Assets                   EUR               15159.65\n"
                                        "1000    └─Assets                 EUR               15159.65\n"
                                        "1100      ├─Cash                 EUR      11559.65\n"
                                        "1500      └─Machines             EUR       4000.00  3600.00\n"
                                        "1590        └─Depreciation of m… EUR       -400.00\n";
    assert_true(result.text.size > strlen(expected));
    if (memcmp(result.text.data, expected, strlen(expected)) != 0) {
        fail_msg("the table is:\n%s", result.text.data);
    }
    assert_null(strchr(result.text.data, '\033'));
    assert_done(fixture->call,
                ledger_report_make(fixture->call, fixture->ledger, &request, LEDGER_FORMAT_TABLE, 59, true, &result));
    assert_non_null(strchr(result.text.data, '\033'));
}

static void test_csv(void **state)
{
    struct fixture *fixture = *state;
    books_account(fixture, "6,\"x\"", "Quotes, \"and\" commas", LEDGER_EXPENSE, LEDGER_ROLE_NORMAL, NULL, "USD");
    (void)books_post(fixture, "RENT", NULL, "6,\"x\"", "1150", "55.55");
    struct ledger_report_request request = books_request(LEDGER_REPORT_TRIAL_BALANCE, NULL, NULL);
    request.non_zero_only = true;
    struct ledger_report_result result = books_make(fixture, &request, LEDGER_FORMAT_CSV);
    assert_non_null(strstr(result.text.data,
                           "\r\n\"6,\"\"x\"\"\",\"Quotes, \"\"and\"\" commas\",EXPENSE,USD,55.55,0.00,"
                           "55.55\r\n\r\ncurrency,debit,credit\r\nEUR,16600.50,16600.50\r\n"
                           "USD,55.55,55.55\r\n\r\naccount_type,currency,debit,credit\r\n"));
    static const char head[] = "account_code,account_name,account_type,currency,debit,credit,balance\r\n"
                               "1100,Cash,ASSET,EUR,11559.65,0.00,11559.65\r\n";
    assert_memory_equal(result.text.data, head, sizeof head - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_trial_balance_of_all, books_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_trial_balance_as_of_a_day, books_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_balance_sheet_of_an_open_year, books_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_balance_sheet_of_a_closed_year, books_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_income_statement_leaves_out_closings, books_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_income_statement_of_a_range, books_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_fiscal_year_and_zone, fixture_setup_empty, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_empty_ledger, fixture_setup_empty, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_totals_are_wide, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_reversal_nets_out, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_imbalance_is_said, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_table_fits_the_terminal, books_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_csv, books_setup, fixture_teardown),
    };
    return cmocka_run_group_tests_name("report_figures", tests, NULL, NULL);
}
