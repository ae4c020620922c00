/* Reports of several columns. The judge is the plain report: each column has what a report made for its days alone has.
 */
#include "support/report_books.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/time.h"
#include "reports/columns.h"

enum { KEY_SIZE = 256, POSITIONS_COUNT = 4, POSTINGS_PER_POSITION = 12 };

/* A ledger with postings of four posting days in two months, dated anywhere in three years, a closing among them. */
struct books {
    int64_t positions[POSITIONS_COUNT]; /* in the midst of a posting day each */
};

static uint32_t books_next(uint32_t *seed, uint32_t below)
{
    *seed = *seed * 1664525U + 1013904223U;
    return (*seed >> 8) % below;
}

static void books_post_any(struct fixture *fixture, uint32_t *seed)
{
    static const char *const pairs[][2] = {{"1100", "4100"}, {"5100", "1100"}, {"1500", "1100"}, {"5200", "1590"},
                                           {"1100", "2000"}, {"4190", "1100"}, {"1150", "3150"}, {"1100", "3000"}};
    char date[TIME_TEXT_SIZE];
    char amount[32];
    const char *const *pair = pairs[books_next(seed, 8)];
    (void)day_format(day_from_civil(2024, 1, 1) + (int32_t)books_next(seed, 1000), date);
    (void)snprintf(amount, sizeof amount, "%u.%02u", 1 + books_next(seed, 5000), books_next(seed, 100));
    (void)books_post(fixture, books_next(seed, 12) == 0 ? "CLOSING" : "SALE", date, pair[0], pair[1], amount);
}

static int64_t books_position(struct fixture *fixture)
{
    return fixture_integer(fixture, "SELECT log_size FROM integrity_head");
}

static void books_fill(struct fixture *fixture, const char *fiscal_year_start, struct books *books)
{
    struct ledger_settings settings = {.default_currency = TEXT("EUR"),
                                       .fiscal_year_start = ledger_text_of(fiscal_year_start)};
    uint32_t seed = 20260315;
    fixture_create(fixture, &settings);
    books_chart(fixture);
    for (size_t i = 0; i < POSITIONS_COUNT; i++) {
        for (size_t n = 0; n < POSTINGS_PER_POSITION; n++) {
            books_post_any(fixture, &seed);
        }
        books->positions[i] = books_position(fixture);
        books_post_any(fixture, &seed);
        ledger_call_reset(fixture->call);
        fixture->now_us += (i % 2 == 0 ? 1 : 30) * TIME_US_PER_DAY;
    }
    books->positions[0] = 3; /* before the first posting of all */
}

static struct ledger_report_request request_at(enum ledger_report_type type, const char *start_date,
                                               const char *end_date, int64_t log_position)
{
    struct ledger_report_request request = books_request(type, start_date, end_date);
    request.has_log_position = true;
    request.log_position = log_position;
    request.do_not_record = true;
    return request;
}

/* Without the oracle, which takes a process of its own. */
static json_t *report_load(struct fixture *fixture, const struct ledger_report_request *request)
{
    struct ledger_report_result result = books_make(fixture, request, LEDGER_FORMAT_JSON);
    json_t *report = json_loadb(result.text.data, result.text.size, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(report);
    return report;
}

/* The row of these keys, NULL where there is none. */
static const json_t *row_find(const json_t *report, const char *table, const char *const keys[], size_t keys_count,
                              const json_t *like)
{
    const json_t *rows = json_object_get(report, table);
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        size_t same = 0;
        while (same < keys_count && strcmp(books_cell(row, keys[same]), books_cell(like, keys[same])) == 0) {
            same++;
        }
        if (same == keys_count) {
            return row;
        }
    }
    return NULL;
}

static void assert_cell(const json_t *row, const char *column, const char *expected, const char *where)
{
    if (strcmp(books_cell(row, column), expected) != 0) {
        char *text = json_dumps(row, 0);
        fail_msg("%s: %s should be %s in %s", where, column, expected, text);
    }
}

/* What the plain report says of an account. */
static const char *plain_balance(const json_t *plain)
{
    const char *subtotal = plain == NULL ? "" : books_cell(plain, "subtotal");
    const char *balance = plain == NULL ? "0.00" : books_cell(plain, "balance");
    return subtotal[0] != '\0' ? subtotal : balance;
}

static void check_lines(const json_t *report, const json_t *plain, const char *slot)
{
    static const char *const keys[] = {"line", "section", "account_code", "currency"};
    static const char *const itself[] = {"section", "account_code", "currency"};
    const json_t *lines = json_object_get(report, "lines");
    const json_t *plain_lines = json_object_get(plain, "lines");
    char column[KEY_SIZE];
    (void)snprintf(column, sizeof column, "balance_%s", slot);
    for (size_t i = 0; i < json_array_size(lines); i++) {
        const json_t *line = json_array_get(lines, i);
        if (strcmp(books_cell(line, "line"), "ITSELF") == 0) {
            const json_t *found = row_find(plain, "lines", itself, 3, line);
            const char *balance = found == NULL ? "" : books_cell(found, "balance");
            assert_cell(line, column, balance[0] == '\0' ? "0.00" : balance, slot);
        } else {
            assert_cell(line, column, plain_balance(row_find(plain, "lines", keys, 4, line)), slot);
        }
    }
    for (size_t i = 0; i < json_array_size(plain_lines); i++) { /* and nothing is left out */
        const json_t *line = json_array_get(plain_lines, i);
        bool is_of_no_currency = row_find(report, "lines", &keys[3], 1, line) == NULL;
        assert_true(row_find(report, "lines", keys, 4, line) != NULL ||
                    (is_of_no_currency && strcmp(plain_balance(line), "0.00") == 0));
    }
}

static void check_accounts(const json_t *report, const json_t *plain, const char *slot)
{
    static const char *const code[] = {"account_code"};
    static const char *const code_and_currency[] = {"account_code", "currency"};
    const json_t *accounts = json_object_get(report, "accounts");
    const json_t *subtotals = json_object_get(report, "subtotals");
    char column[KEY_SIZE];
    (void)snprintf(column, sizeof column, "balance_%s", slot);
    for (size_t i = 0; i < json_array_size(accounts); i++) {
        const json_t *account = json_array_get(accounts, i);
        const json_t *found = row_find(plain, "accounts", code, 1, account);
        assert_cell(account, column, found == NULL ? "0.00" : books_cell(found, "balance"), slot);
    }
    for (size_t i = 0; i < json_array_size(subtotals); i++) {
        const json_t *subtotal = json_array_get(subtotals, i);
        const json_t *found = row_find(plain, "subtotals", code_and_currency, 2, subtotal);
        assert_cell(subtotal, column, found == NULL ? "0.00" : books_cell(found, "balance"), slot);
    }
    assert_true(json_array_size(accounts) >= json_array_size(json_object_get(plain, "accounts")));
}

/* A row of the totals of a slot, against the plain report's of the currency. */
static void check_totals(const json_t *total, const json_t *plain)
{
    static const char *const currency[] = {"currency"};
    const json_t *found = row_find(plain, "totals", currency, 1, total);
    const char *name = NULL;
    const json_t *value = NULL;
    json_object_foreach((json_t *)total, name, value)
    {
        bool is_days = strcmp(name, "column") == 0 || strcmp(name, "start_date") == 0 || strcmp(name, "end_date") == 0;
        if (!is_days && strcmp(name, "currency") != 0) {
            assert_cell(total, name, found == NULL ? "0.00" : books_cell(found, name), books_cell(total, "column"));
        }
    }
}

/* Each slot of a report against the report for its days. Returns how many slots there are. */
static size_t check_slots(struct fixture *fixture, const struct ledger_report_request *request, const json_t *report)
{
    const json_t *totals = json_object_get(report, "totals");
    size_t count = 0;
    for (size_t i = 0; i < json_array_size(totals); i++) {
        const json_t *total = json_array_get(totals, i);
        const char *slot = books_cell(total, "column");
        if (strncmp(slot, "change", 6) == 0) {
            continue;
        }
        struct ledger_report_request alone = *request;
        alone.compare = LEDGER_COMPARE_NOTHING;
        alone.columns = LEDGER_COLUMNS_NONE;
        bool has_start = request->type == LEDGER_REPORT_INCOME_STATEMENT;
        alone.start_date = has_start ? ledger_text_of(books_cell(total, "start_date")) : TEXT_ABSENT;
        alone.end_date = ledger_text_of(books_cell(total, "end_date"));
        json_t *plain = report_load(fixture, &alone);
        if (request->type == LEDGER_REPORT_TRIAL_BALANCE) {
            check_accounts(report, plain, slot);
        } else {
            check_lines(report, plain, slot);
        }
        check_totals(total, plain);
        json_decref(plain);
        count++;
    }
    ledger_call_reset(fixture->call);
    return count;
}

/* All that can be asked, at every position from one on; where that is the first, the oracle judges the last too. */
static void check_all(struct fixture *fixture, const struct books *books, size_t first_position)
{
    static const struct {
        enum ledger_report_comparison_days compare;
        enum ledger_report_columns columns;
        const char *start_date;
        const char *end_date;
    } cases[] = {
        {LEDGER_COMPARE_PREVIOUS_PERIOD, LEDGER_COLUMNS_NONE, "2025-01-01", "2025-06-30"},
        {LEDGER_COMPARE_PREVIOUS_YEAR, LEDGER_COLUMNS_NONE, "2025-02-10", "2026-02-28"},
        {LEDGER_COMPARE_NOTHING, LEDGER_COLUMNS_MONTHLY, "2025-03-15", "2026-01-20"},
        {LEDGER_COMPARE_NOTHING, LEDGER_COLUMNS_QUARTERLY, "2024-07-15", "2025-04-14"},
        {LEDGER_COMPARE_NOTHING, LEDGER_COLUMNS_YEARLY, "2024-07-15", "2026-07-14"},
    };
    size_t cases_count = sizeof cases / sizeof cases[0];
    for (size_t i = first_position * cases_count; i < POSITIONS_COUNT * cases_count; i++) {
        size_t c = i % cases_count;
        int64_t position = books->positions[i / cases_count];
        for (enum ledger_report_type type = LEDGER_REPORT_TRIAL_BALANCE; type <= LEDGER_REPORT_INCOME_STATEMENT;
             type++) {
            bool is_flow = type == LEDGER_REPORT_INCOME_STATEMENT;
            bool has_start = is_flow || cases[c].columns != LEDGER_COLUMNS_NONE;
            struct ledger_report_request request =
                request_at(type, has_start ? cases[c].start_date : NULL, cases[c].end_date, position);
            request.compare = cases[c].compare;
            request.columns = cases[c].columns;
            bool asks_oracle = first_position == 0 && position == books->positions[POSITIONS_COUNT - 1];
            json_t *report = asks_oracle ? books_report(fixture, &request) : report_load(fixture, &request);
            assert_true(check_slots(fixture, &request, report) > 0);
            json_decref(report);
        }
    }
}

static void test_columns_are_plain_reports(void **state)
{
    struct books books;
    books_fill(*state, "01-01", &books);
    check_all(*state, &books, 0);
    fixture_assert_valid(*state);
}

/* Quarters and years that begin within a month. */
static void test_columns_of_a_fiscal_year(void **state)
{
    struct books books;
    books_fill(*state, "07-15", &books);
    check_all(*state, &books, POSITIONS_COUNT - 2);
}

/* What a plan comes to: "now 2026-01-01/2026-03-31 then 2025-10-01/2025-12-31"; a start only of flows. */
static void plan_write(struct ledger_call *call, const char *fiscal_year_start, const char *words, char text[1024])
{
    struct report_parameters parameters = {.has_end_day = true};
    const struct report_columns *columns = NULL;
    char asked[24];
    char start[TIME_TEXT_SIZE];
    char end[TIME_TEXT_SIZE];
    assert_int_equal(sscanf(words, "%23s %15s %15s", asked, start, end), 3);
    bool is_flow = strcmp(start, "-") != 0;
    (void)ledger_report_compare_parse(ledger_text_of(asked), &parameters.compare);
    (void)ledger_report_columns_parse(ledger_text_of(asked), &parameters.interval);
    if (is_flow) {
        assert_done(call, day_parse(call, ledger_text_of(start), &parameters.start_day));
    }
    assert_done(call, day_parse(call, ledger_text_of(end), &parameters.end_day));
    assert_done(call, columns_plan(call, ledger_text_of(fiscal_year_start), is_flow, &parameters, &columns));
    size_t size = 0;
    for (size_t i = 0; i < columns->slots_count; i++) {
        (void)day_format(columns->slots[i].start_day, start);
        (void)day_format(columns->slots[i].end_day, end);
        size += (size_t)snprintf(text + size, 1024 - size, "%s%s %s%s%s", i == 0 ? "" : " ", columns->slots[i].name,
                                 is_flow ? start : "", is_flow ? "/" : "", end);
        assert_true(size < 1024);
    }
}

static void test_days_of_columns(void **state)
{
    static const struct {
        const char *fiscal_year_start;
        const char *asked;
        const char *expected;
    } cases[] = {
        /* As of a day: what the fiscal year began with, on both sides of its first day. */
        {"01-01", "previous-period - 2026-03-31", "now 2026-03-31 then 2025-12-31"},
        {"01-01", "previous-period - 2026-12-31", "now 2026-12-31 then 2025-12-31"},
        {"01-01", "previous-period - 2027-01-01", "now 2027-01-01 then 2026-12-31"},
        {"07-15", "previous-period - 2026-07-14", "now 2026-07-14 then 2025-07-14"},
        {"07-15", "previous-period - 2026-07-15", "now 2026-07-15 then 2026-07-14"},
        /* Whole months. */
        {"01-01", "previous-period 2026-03-01 2026-03-31", "now 2026-03-01/2026-03-31 then 2026-02-01/2026-02-28"},
        {"01-01", "previous-period 2024-03-01 2024-03-31", "now 2024-03-01/2024-03-31 then 2024-02-01/2024-02-29"},
        {"01-01", "previous-period 2026-01-01 2026-03-31", "now 2026-01-01/2026-03-31 then 2025-10-01/2025-12-31"},
        {"01-01", "previous-period 2025-01-01 2026-12-31", "now 2025-01-01/2026-12-31 then 2023-01-01/2024-12-31"},
        /* Whole fiscal years that are no whole months. */
        {"07-15", "previous-period 2025-07-15 2026-07-14", "now 2025-07-15/2026-07-14 then 2024-07-15/2025-07-14"},
        {"07-15", "previous-period 2023-07-15 2025-07-14", "now 2023-07-15/2025-07-14 then 2021-07-15/2023-07-14"},
        {"02-28", "previous-period 2024-02-28 2025-02-27", "now 2024-02-28/2025-02-27 then 2023-02-28/2024-02-27"},
        /* Else as many days: one day less, and one more, than whole months. */
        {"01-01", "previous-period 2026-03-01 2026-03-30", "now 2026-03-01/2026-03-30 then 2026-01-30/2026-02-28"},
        {"01-01", "previous-period 2026-03-01 2026-04-01", "now 2026-03-01/2026-04-01 then 2026-01-28/2026-02-28"},
        {"01-01", "previous-period 2026-03-15 2026-03-15", "now 2026-03-15/2026-03-15 then 2026-03-14/2026-03-14"},
        /* The same days a year before; the last day of a month stays the last one of the report. */
        {"01-01", "previous-year - 2026-03-15", "now 2026-03-15 then 2025-03-15"},
        {"01-01", "previous-year - 2024-02-29", "now 2024-02-29 then 2023-02-28"},
        {"01-01", "previous-year - 2025-02-28", "now 2025-02-28 then 2024-02-29"},
        {"01-01", "previous-year - 2024-02-28", "now 2024-02-28 then 2023-02-28"},
        {"01-01", "previous-year - 2025-02-27", "now 2025-02-27 then 2024-02-27"},
        {"01-01", "previous-year 2025-02-28 2025-03-01", "now 2025-02-28/2025-03-01 then 2024-02-28/2024-03-01"},
        {"01-01", "previous-year 2024-02-29 2024-02-29", "now 2024-02-29/2024-02-29 then 2023-02-28/2023-02-28"},
        {"01-01", "previous-year 2025-02-01 2025-02-28", "now 2025-02-01/2025-02-28 then 2024-02-01/2024-02-29"},
        {"01-01", "previous-year 0002-01-01 0002-12-31", "now 0002-01-01/0002-12-31 then 0001-01-01/0001-12-31"},
        /* Intervals, cut at both ends. */
        {"01-01", "monthly 2026-01-31 2026-03-01",
         "2026_01 2026-01-31/2026-01-31 2026_02 2026-02-01/2026-02-28 2026_03 2026-03-01/2026-03-01 "
         "total 2026-01-31/2026-03-01"},
        {"01-01", "quarterly 2025-12-31 2026-06-30",
         "2025_q4 2025-12-31/2025-12-31 2026_q1 2026-01-01/2026-03-31 2026_q2 2026-04-01/2026-06-30 "
         "total 2025-12-31/2026-06-30"},
        {"04-01", "quarterly 2026-03-31 2026-04-01",
         "fy2026_q4 2026-03-31/2026-03-31 fy2027_q1 2026-04-01/2026-04-01 total 2026-03-31/2026-04-01"},
        {"11-30", "quarterly 2025-11-30 2026-11-29",
         "fy2026_q1 2025-11-30/2026-02-27 fy2026_q2 2026-02-28/2026-05-29 fy2026_q3 2026-05-30/2026-08-29 "
         "fy2026_q4 2026-08-30/2026-11-29 total 2025-11-30/2026-11-29"},
        {"01-01", "yearly 2024-06-01 2025-12-31",
         "2024 2024-06-01/2024-12-31 2025 2025-01-01/2025-12-31 total 2024-06-01/2025-12-31"},
        {"07-15", "yearly 2025-07-14 2026-07-15",
         "fy2025 2025-07-14/2025-07-14 fy2026 2025-07-15/2026-07-14 fy2027 2026-07-15/2026-07-15 "
         "total 2025-07-14/2026-07-15"},
        {"12-31", "yearly 9999-12-30 9999-12-31",
         "fy9999 9999-12-30/9999-12-30 fy10000 9999-12-31/9999-12-31 total 9999-12-30/9999-12-31"},
        {"01-01", "monthly 9999-12-31 9999-12-31", "9999_12 9999-12-31/9999-12-31 total 9999-12-31/9999-12-31"},
        {"07-01", "quarterly 0001-01-01 0001-01-01", "fy0001_q3 0001-01-01/0001-01-01 total 0001-01-01/0001-01-01"},
    };
    struct fixture *fixture = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[1024];
        plan_write(fixture->call, cases[i].fiscal_year_start, cases[i].asked, text);
        if (strcmp(text, cases[i].expected) != 0) {
            fail_msg("%s from %s: %s, expected %s", cases[i].asked, cases[i].fiscal_year_start, text,
                     cases[i].expected);
        }
    }
}

static void test_percentages(void **state)
{
    static const struct {
        int64_t now;
        int64_t then;
        const char *expected; /* "" for none */
    } cases[] = {
        {150, 100, "50.00"},
        {50, 100, "-50.00"},
        {0, 100, "-100.00"},
        {100, 100, "0.00"},
        {100, 0, ""},
        {0, 0, ""},
        {-100, 0, ""},
        {-1, 100, ""},
        {1, -100, ""},
        {-150, -100, "-50.00"},
        {-50, -100, "50.00"},
        {0, -100, "100.00"},
        {20001, 20000, "0.01"},
        {40001, 40000, "0.00"},
        {39999, 40000, "0.00"},
        {19999, 20000, "-0.01"},
        {4, 3, "33.33"},
        {5, 3, "66.67"},
        {2, 3, "-33.33"},
        {-4, -3, "-33.33"},
        {INT64_MAX, 1, "922337203685477580600.00"},
        {1, INT64_MAX, "-100.00"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char buffer[REPORT_VALUE_TEXT_SIZE];
        struct report_value value = columns_percent(cases[i].now, cases[i].then);
        struct ledger_text text = report_value_text(&value, buffer);
        if (!text_equals_string(text_is_absent(text) ? TEXT("") : text, cases[i].expected)) {
            fail_msg("%lld from %lld is %.*s, expected %s", (long long)cases[i].now, (long long)cases[i].then,
                     TEXT_ARGUMENTS(text), cases[i].expected);
        }
    }
    /* Totals of a report go beyond what an account holds. */
    int128 wide = (int128)INT64_MAX * INT32_MAX;
    assert_true(columns_percent(wide, 1).amount_minor == (wide - 1) * 10000);
    assert_true(columns_percent(wide, wide - 1).amount_minor == 0);
}

static void assert_refused(struct fixture *fixture, const struct ledger_report_request *request, ledger_status status,
                           const char *message)
{
    struct ledger_report_result result;
    assert_status(fixture->call,
                  ledger_report_make(fixture->call, fixture->ledger, request, LEDGER_FORMAT_JSON, 0, false, &result),
                  status);
    if (strstr(ledger_call_message(fixture->call), message) == NULL) {
        fail_msg("the message is %s", ledger_call_message(fixture->call));
    }
    ledger_call_reset(fixture->call);
}

/* On both sides of each limit. */
static void test_refusals(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_report_request request = books_request(LEDGER_REPORT_TRIAL_BALANCE, "2021-01-31", "2025-12-01");
    request.columns = LEDGER_COLUMNS_MONTHLY;
    json_t *report = books_report(fixture, &request);
    assert_int_equal(json_array_size(json_object_get(report, "totals")), 2 * LEDGER_REPORT_COLUMNS_MAX);
    json_decref(report);
    request.end_date = TEXT("2026-01-01");
    assert_refused(fixture, &request, LEDGER_INPUT_IS_TOO_LARGE,
                   "monthly columns from 2021-01-31 to 2026-01-01 are more than 60");
    request = books_request(LEDGER_REPORT_INCOME_STATEMENT, "1966-12-31", "2025-01-01");
    request.columns = LEDGER_COLUMNS_YEARLY;
    report = books_report(fixture, &request);
    assert_int_equal(json_array_size(json_object_get(report, "totals")), LEDGER_REPORT_COLUMNS_MAX + 1);
    json_decref(report);
    request.start_date = TEXT("1965-12-31");
    assert_refused(fixture, &request, LEDGER_INPUT_IS_TOO_LARGE, "yearly columns");
    request.columns = LEDGER_COLUMNS_YEARLY + 1;
    assert_refused(fixture, &request, LEDGER_USAGE_IS_WRONG, "interval of columns 4");
    request.columns = LEDGER_COLUMNS_YEARLY;
    request.compare = LEDGER_COMPARE_PREVIOUS_YEAR;
    assert_refused(fixture, &request, LEDGER_USAGE_IS_WRONG, "compare and columns do not go together");
    request = books_request(LEDGER_REPORT_BALANCE_SHEET, NULL, "2026-01-01");
    request.compare = LEDGER_COMPARE_PREVIOUS_YEAR + 1;
    assert_refused(fixture, &request, LEDGER_USAGE_IS_WRONG, "there is no comparison 3");
    request = books_request(LEDGER_REPORT_BALANCE_SHEET, "2026-01-01", NULL);
    request.compare = LEDGER_COMPARE_PREVIOUS_YEAR;
    assert_refused(fixture, &request, LEDGER_USAGE_IS_WRONG, "start_date has no meaning for the report balance-sheet");
    request = books_request(LEDGER_REPORT_GENERAL_LEDGER, NULL, NULL);
    request.compare = LEDGER_COMPARE_PREVIOUS_YEAR;
    assert_refused(fixture, &request, LEDGER_USAGE_IS_WRONG, "compare has no meaning for the report general-ledger");
    request = books_request(LEDGER_REPORT_AUDIT_TRAIL, NULL, NULL);
    request.columns = LEDGER_COLUMNS_MONTHLY;
    assert_refused(fixture, &request, LEDGER_USAGE_IS_WRONG, "columns has no meaning for the report audit-trail");
}

static void test_first_days(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_report_request request = books_request(LEDGER_REPORT_BALANCE_SHEET, NULL, "0002-01-01");
    request.compare = LEDGER_COMPARE_PREVIOUS_YEAR;
    json_decref(books_report(fixture, &request));
    request.end_date = TEXT("0001-12-31");
    assert_refused(fixture, &request, LEDGER_DATE_IS_INVALID, "the previous-year would begin before 0001-01-01");
    request.compare = LEDGER_COMPARE_PREVIOUS_PERIOD;
    assert_refused(fixture, &request, LEDGER_DATE_IS_INVALID, "the previous-period would begin before 0001-01-01");
    request.end_date = TEXT("0002-01-01");
    json_decref(books_report(fixture, &request));
    request.compare = LEDGER_COMPARE_NOTHING;
    request.columns = LEDGER_COLUMNS_YEARLY;
    request.end_date = TEXT("0001-01-01");
    json_decref(books_report(fixture, &request));
}

static int small_setup(void **state)
{
    struct fixture *fixture = books_begin(state);
    (void)books_post(fixture, "CAPITAL", "2025-12-31", "1100", "3000", "1000");
    (void)books_post(fixture, "PURCHASE", "2026-01-01", "1500", "1100", "400");
    (void)books_post(fixture, "SALE", "2026-01-31", "1100", "4100", "700");
    (void)books_post(fixture, "DEPRECIATION", "2026-02-01", "5200", "1590", "5");
    (void)books_post(fixture, "SALE", "2026-02-28", "1100", "4100", "350");
    (void)books_post(fixture, "CLOSING", "2026-02-28", "4100", "3900", "1050");
    return 0;
}

/* Worked out by hand. Without dates: from the fiscal year's first day to the ledger's today. */
static void test_figures(void **state)
{
    static const char *const line_cells[] = {
        "line", "account_code", "level", "balance_2026_01", "balance_2026_02", "balance_2026_03"};
    static const char *const lines[] = {
        "SECTION||0|1700.00|2045.00|2045.00",
        "ACCOUNT|1000|1|1700.00|2045.00|2045.00",
        "ACCOUNT|1100|2|1300.00|1650.00|1650.00",
        "ACCOUNT|1500|2|400.00|395.00|395.00",
        "ITSELF|1500|3|400.00|400.00|400.00",
        "ACCOUNT|1590|3|0.00|-5.00|-5.00",
        "SECTION||0|0.00|0.00|0.00",
        "SECTION||0|1700.00|2045.00|2045.00",
        "ACCOUNT|3000|1|1000.00|1000.00|1000.00",
        "ACCOUNT|3900|1|0.00|1050.00|1050.00",
        "EARNINGS_OF_EARLIER_YEARS||1|0.00|0.00|0.00",
        "EARNINGS_OF_FISCAL_YEAR||1|700.00|-5.00|-5.00",
    };
    static const char *const income_cells[] = {"line",         "account_code",   "balance_now",
                                               "balance_then", "balance_change", "balance_change_percent"};
    static const char *const income[] = {
        "SECTION||350.00|700.00|-350.00|-50.00",
        "ACCOUNT|4000|350.00|700.00|-350.00|-50.00",
        "ACCOUNT|4100|350.00|700.00|-350.00|-50.00",
        "SECTION||5.00|0.00|5.00|",
        "ACCOUNT|5000|5.00|0.00|5.00|",
        "ACCOUNT|5200|5.00|0.00|5.00|",
    };
    static const char *const result_cells[] = {"column", "start_date", "end_date", "revenue", "expense", "net_result"};
    static const char *const results[] = {"now|2026-02-01|2026-02-28|350.00|5.00|345.00",
                                          "then|2026-01-01|2026-01-31|700.00|0.00|700.00",
                                          "change|||-350.00|5.00|-355.00", "change_percent|||-50.00||-50.71"};
    struct fixture *fixture = *state;
    struct ledger_report_request request = books_request(LEDGER_REPORT_BALANCE_SHEET, NULL, NULL);
    request.columns = LEDGER_COLUMNS_MONTHLY;
    json_t *report = books_report(fixture, &request);
    assert_rows(report, "lines", line_cells, lines);
    const json_t *parameters = json_object_get(report, "parameters");
    assert_string_equal(books_cell(parameters, "columns"), "monthly");
    assert_string_equal(books_cell(parameters, "start_date"), "2026-01-01");
    assert_string_equal(books_cell(parameters, "end_date"), "2026-03-15");
    json_decref(report);
    request = books_request(LEDGER_REPORT_INCOME_STATEMENT, "2026-02-01", "2026-02-28");
    request.compare = LEDGER_COMPARE_PREVIOUS_PERIOD;
    report = books_report(fixture, &request);
    assert_rows(report, "lines", income_cells, income);
    assert_rows(report, "totals", result_cells, results);
    assert_string_equal(books_cell(json_object_get(report, "parameters"), "compare"), "previous-period");
    json_decref(report);
    request = books_request(LEDGER_REPORT_TRIAL_BALANCE, NULL, NULL);
    request.compare = LEDGER_COMPARE_PREVIOUS_YEAR;
    request.non_zero_only = true;
    report = books_report(fixture, &request);
    assert_string_equal(books_cell(json_object_get(report, "parameters"), "end_date"), "2026-03-15");
    /* 4100 had a balance between the two days alone. */
    assert_null(books_find(report, "accounts", "account_code", "4100", NULL, NULL));
    assert_string_equal(books_cell(report, "account_count"), "6");
    json_decref(report);
}

static void test_csv_and_table(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_report_request request = books_request(LEDGER_REPORT_TRIAL_BALANCE, "2025-12-31", "2026-02-28");
    request.columns = LEDGER_COLUMNS_MONTHLY;
    request.non_zero_only = true;
    struct ledger_report_result result = books_make(fixture, &request, LEDGER_FORMAT_CSV);
    static const char csv[] = "account_code,account_name,account_type,currency,balance_2025_12,balance_2026_01,"
                              "balance_2026_02\r\n1100,Cash,ASSET,EUR,1000.00,1300.00,1650.00\r\n";
    assert_memory_equal(result.text.data, csv, sizeof csv - 1);
    assert_non_null(strstr(result.text.data, "\r\n2026_01,,2026-01-31,EUR,1700.00,1700.00\r\n"));
    /* Too narrow for three columns: parts below each other, each with the names. */
    assert_done(fixture->call,
                ledger_report_make(fixture->call, fixture->ledger, &request, LEDGER_FORMAT_TABLE, 51, false, &result));
    static const char table[] = "Trial balance, from 2025-12-31 to 2026-02-28, monthly, accounts with a balance\n"
                                "\n"
                                "Accounts\n"
                                "Account Name       Type    Currency 2025-12 2026-01\n"
                                "1100    Cash       ASSET   EUR      1000.00 1300.00\n";
    if (strncmp(result.text.data, table, sizeof table - 1) != 0 ||
        strstr(result.text.data, "\n\nAccount Name       Type    Currency 2026-02\n"
                                 "1100    Cash       ASSET   EUR      1650.00\n") == NULL) {
        fail_msg("the table is:\n%s", result.text.data);
    }
    request = books_request(LEDGER_REPORT_INCOME_STATEMENT, "2026-02-01", "2026-02-28");
    request.compare = LEDGER_COMPARE_PREVIOUS_YEAR;
    result = books_make(fixture, &request, LEDGER_FORMAT_TABLE);
    static const char *const subtitle =
        "Income statement, from 2026-02-01 to 2026-02-28, compared with 2025-02-01 to 2025-02-28\n";
    assert_memory_equal(result.text.data, subtitle, strlen(subtitle));
}

/* Saved, a report is made again from its parameters; spoilt, it says where. */
static void test_verify_report(void **state)
{
    static const struct {
        const char *from;
        const char *to;
        const char *difference; /* "" for the same; NULL for no report of ours */
    } cases[] = {
        {"", "", ""},
        {"\"balance_2026_01\": \"1300.00\"", "\"balance_2026_01\": \"1300.01\"",
         "accounts[\"1100\"].balance_2026_01: \"1300.01\" in the file, \"1300.00\" in the ledger"},
        {"\"columns\":\"monthly\"", "\"columns\":\"quarterly\"", "balance_2026_q1"},
        {"\"columns\":\"monthly\"", "\"compare\":\"previous-year\"", "start_date has no meaning"},
        {"\"columns\":\"monthly\"", "\"columns\":\"weekly\"", NULL},
        {"\"columns\":\"monthly\"", "\"compare\":\"weekly\"", NULL},
        {"\"start_date\":\"2025", "\"start_date\":\"1925", "are more than 60"},
    };
    struct fixture *fixture = *state;
    struct ledger_report_request request = books_request(LEDGER_REPORT_TRIAL_BALANCE, "2025-12-31", "2026-02-28");
    request.columns = LEDGER_COLUMNS_MONTHLY;
    struct ledger_report_result result = books_make(fixture, &request, LEDGER_FORMAT_JSON);
    char *saved = strdup(result.text.data);
    assert_non_null(saved);
    (void)books_post(fixture, "SALE", "2026-01-15", "1100", "4100", "1");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *place = strstr(saved, cases[i].from);
        struct ledger_report_comparison comparison;
        struct ledger_text text;
        assert_non_null(place);
        assert_done(fixture->call, ledger_call_format(fixture->call, &text, "%.*s%s%s", (int)(place - saved), saved,
                                                      cases[i].to, place + strlen(cases[i].from)));
        ledger_status status = ledger_report_verify(fixture->call, fixture->ledger, text, &comparison);
        if (cases[i].difference == NULL) {
            assert_int_equal(status, LEDGER_INPUT_IS_MALFORMED);
            ledger_call_reset(fixture->call);
            continue;
        }
        assert_done(fixture->call, status);
        bool is_found = comparison.is_same;
        for (size_t d = 0; d < comparison.differences_count; d++) {
            is_found = is_found || strstr(comparison.differences[d].data, cases[i].difference) != NULL;
        }
        if (!is_found) {
            fail_msg("%s: the first difference is %s", cases[i].difference, comparison.differences[0].data);
        }
        assert_int_equal(comparison.is_same, cases[i].difference[0] == '\0');
        assert_int_equal(comparison.file_hash_is_right, cases[i].difference[0] == '\0');
        ledger_call_reset(fixture->call);
    }
    free(saved);
}

static void test_imbalance_is_said(void **state)
{
    struct fixture *fixture = *state;
    fixture_damage(fixture, "UPDATE open_total_rows SET debit_total = debit_total + 1 WHERE debit_total = 35000",
                   "UPDATE open_total_rows SET debit_total = debit_total + 0.01 WHERE debit_total = 350");
    struct ledger_report_request request = books_request(LEDGER_REPORT_BALANCE_SHEET, NULL, NULL);
    request.columns = LEDGER_COLUMNS_MONTHLY;
    struct ledger_report_result result = books_make(fixture, &request, LEDGER_FORMAT_TABLE);
    assert_false(result.is_balanced);
    assert_null(strstr(result.text.data, "in the column 2026_01"));
    assert_non_null(strstr(result.text.data, "assets differ from liabilities and equity by 0.01 EUR in the column "
                                             "2026_02; run verify"));
    json_decref(books_report(fixture, &request));
    request = books_request(LEDGER_REPORT_TRIAL_BALANCE, NULL, NULL);
    request.compare = LEDGER_COMPARE_PREVIOUS_PERIOD;
    result = books_make(fixture, &request, LEDGER_FORMAT_TABLE);
    assert_false(result.is_balanced);
    assert_non_null(strstr(result.text.data, "THE TRIAL BALANCE DOES NOT BALANCE: Debits != Credits"));
    json_decref(books_report(fixture, &request));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_columns_are_plain_reports, fixture_setup_empty, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_columns_of_a_fiscal_year, fixture_setup_empty, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_days_of_columns, fixture_setup_empty, fixture_teardown),
        cmocka_unit_test(test_percentages),
        cmocka_unit_test_setup_teardown(test_refusals, small_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_first_days, small_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_figures, small_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_csv_and_table, small_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_verify_report, small_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_imbalance_is_said, small_setup, fixture_teardown),
    };
    return cmocka_run_group_tests_name("report_columns", tests, NULL, NULL);
}
