/* General ledger and audit trail: lines and their order, on both sides of the limits of days, positions and segments.
 */
#include "support/report_books.h"

#include <stdio.h>

#include "ledger/listing.h"

static const char *const line_cells[] = {"line",         "account_code", "transaction_day", "transaction_number",
                                         "entry_number", "debit",        "credit",          "balance"};
static const char *const account_cells[] = {"account_code", "opening_balance", "debit",
                                            "credit",       "closing_balance", "line_count"};
static const char *const total_cells[] = {"currency", "debit", "credit"};

/* Posted in an order that is not that of the days. */
static int books_setup(void **state)
{
    struct fixture *fixture = books_begin(state);
    (void)books_post(fixture, "SALE", "2026-02-10", "1100", "4100", "10");
    (void)books_post(fixture, "CAPITAL", "2026-01-01", "1100", "3000", "1000");
    (void)books_post(fixture, "PURCHASE", "2026-02-10", "1500", "1100", "400");
    (void)books_post(fixture, "SALE", "2026-01-31", "1100", "4100", "20.02");
    (void)books_post(fixture, "DEPRECIATION", "2026-03-01", "5200", "1590", "5");
    return 0;
}

static void test_general_ledger_of_all(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_report_request request = books_request(LEDGER_REPORT_GENERAL_LEDGER, NULL, NULL);
    json_t *report = books_report(fixture, &request);
    static const char *const lines[] = {
        "OPENING|1100||||||0.00",
        "ENTRY|1100|2026-01-01|20260315-000002|1|1000.00|0.00|1000.00",
        "ENTRY|1100|2026-01-31|20260315-000004|1|20.02|0.00|1020.02",
        "ENTRY|1100|2026-02-10|20260315-000001|1|10.00|0.00|1030.02",
        "ENTRY|1100|2026-02-10|20260315-000003|2|0.00|400.00|630.02",
        "CLOSING|1100||||1030.02|400.00|630.02",
        "OPENING|1500||||||0.00",
        "ENTRY|1500|2026-02-10|20260315-000003|1|400.00|0.00|400.00",
        "CLOSING|1500||||400.00|0.00|400.00",
        "OPENING|1590||||||0.00",
        "ENTRY|1590|2026-03-01|20260315-000005|2|0.00|5.00|-5.00",
        "CLOSING|1590||||0.00|5.00|-5.00",
        "OPENING|3000||||||0.00",
        "ENTRY|3000|2026-01-01|20260315-000002|2|0.00|1000.00|1000.00",
        "CLOSING|3000||||0.00|1000.00|1000.00",
        "OPENING|4100||||||0.00",
        "ENTRY|4100|2026-01-31|20260315-000004|2|0.00|20.02|20.02",
        "ENTRY|4100|2026-02-10|20260315-000001|2|0.00|10.00|30.02",
        "CLOSING|4100||||0.00|30.02|30.02",
        "OPENING|5200||||||0.00",
        "ENTRY|5200|2026-03-01|20260315-000005|1|5.00|0.00|5.00",
        "CLOSING|5200||||5.00|0.00|5.00",
    };
    static const char *const totals[] = {"EUR|1435.02|1435.02"};
    assert_rows(report, "lines", line_cells, lines);
    assert_rows(report, "totals", total_cells, totals);
    assert_string_equal(books_cell(report, "line_count"), "10");
    assert_string_equal(books_cell(report, "is_balanced"), "true");
    json_decref(report);
}

static void test_general_ledger_of_a_range(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_report_request request = books_request(LEDGER_REPORT_GENERAL_LEDGER, "2026-01-31", "2026-02-10");
    json_t *report = books_report(fixture, &request);
    static const char *const accounts[] = {
        "1100|1000.00|30.02|400.00|630.02|3",
        "1500|0.00|400.00|0.00|400.00|1",
        "3000|1000.00|0.00|0.00|1000.00|0",
        "4100|0.00|0.00|30.02|30.02|2",
    };
    assert_rows(report, "accounts", account_cells, accounts);
    json_decref(report);
    request = books_request(LEDGER_REPORT_GENERAL_LEDGER, "2026-02-01", "2026-02-09");
    report = books_report(fixture, &request);
    static const char *const still[] = {
        "1100|1020.02|0.00|0.00|1020.02|0",
        "3000|1000.00|0.00|0.00|1000.00|0",
        "4100|20.02|0.00|0.00|20.02|0",
    };
    assert_rows(report, "accounts", account_cells, still);
    json_decref(report);
}

/* An account and those under it; one without entries is shown where it is named; a header only by what is under it. */
static void test_general_ledger_of_an_account(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_report_request request = books_request(LEDGER_REPORT_GENERAL_LEDGER, NULL, NULL);
    request.account_code = TEXT("1500");
    json_t *report = books_report(fixture, &request);
    static const char *const tree[] = {"1500|0.00|400.00|0.00|400.00|1", "1590|0.00|0.00|5.00|-5.00|1"};
    assert_rows(report, "accounts", account_cells, tree);
    assert_string_equal(books_cell(json_object_get(report, "parameters"), "account_code"), "1500");
    json_decref(report);
    request.account_code = TEXT("4190");
    report = books_report(fixture, &request);
    static const char *const empty[] = {"4190|0.00|0.00|0.00|0.00|0"};
    static const char *const empty_lines[] = {"OPENING|4190||||||0.00", "CLOSING|4190||||0.00|0.00|0.00"};
    assert_rows(report, "accounts", account_cells, empty);
    assert_rows(report, "lines", line_cells, empty_lines);
    json_decref(report);
    request.account_code = TEXT("4000");
    report = books_report(fixture, &request);
    static const char *const under[] = {"4100|0.00|0.00|30.02|30.02|2"};
    assert_rows(report, "accounts", account_cells, under);
    json_decref(report);
}

static void test_general_ledger_texts(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_entry entries[] = {
        {.account_code = TEXT("1100"), .entry_type = LEDGER_DEBIT, .amount_minor = 100, .memo = TEXT("a \"memo\"\n")},
        {.account_code = TEXT("1100"), .entry_type = LEDGER_CREDIT, .amount_minor = 100},
    };
    struct ledger_posting posting = {.business_event_type = TEXT("MOVE"),
                                     .business_key = TEXT("K-1"),
                                     .description = TEXT("Überträge, 漢字"),
                                     .transaction_date = TEXT("2026-03-02"),
                                     .entries = entries,
                                     .entries_count = 2};
    struct ledger_posted posted;
    assert_done(fixture->call, ledger_post(fixture->call, fixture->ledger, &posting, &posted));
    struct ledger_report_request request = books_request(LEDGER_REPORT_GENERAL_LEDGER, "2026-03-02", NULL);
    request.account_code = TEXT("1100");
    json_t *report = books_report(fixture, &request);
    const json_t *line = books_find(report, "lines", "line", "ENTRY", "entry_number", "1");
    assert_string_equal(books_cell(line, "memo"), "a \"memo\"\n");
    assert_string_equal(books_cell(line, "description"), "Überträge, 漢字");
    assert_string_equal(books_cell(line, "business_event_type"), "MOVE");
    assert_string_equal(books_cell(line, "business_key"), "K-1");
    line = books_find(report, "lines", "line", "ENTRY", "entry_number", "2");
    assert_true(json_is_null(json_object_get(line, "memo")));
    json_decref(report);
    /* No text commands the terminal. */
    struct ledger_report_result result = books_make(fixture, &request, LEDGER_FORMAT_TABLE);
    assert_non_null(strstr(result.text.data, "a \"memo\"?"));
}

/* An account that was not there yet at an old position is not found there. */
static void test_general_ledger_needs_its_account(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_report_request request = books_request(LEDGER_REPORT_GENERAL_LEDGER, NULL, NULL);
    struct ledger_report_result result;
    request.account_code = TEXT("7777");
    assert_status(fixture->call,
                  ledger_report_make(fixture->call, fixture->ledger, &request, LEDGER_FORMAT_JSON, 0, false, &result),
                  LEDGER_ACCOUNT_NOT_FOUND);
    assert_message(fixture->call, "account not found: 7777");
    ledger_call_reset(fixture->call);
    request.account_code = TEXT("1100");
    request.has_log_position = true;
    request.log_position = 2; /* 1000 alone */
    assert_status(fixture->call,
                  ledger_report_make(fixture->call, fixture->ledger, &request, LEDGER_FORMAT_JSON, 0, false, &result),
                  LEDGER_ACCOUNT_NOT_FOUND);
    ledger_call_reset(fixture->call);
    request.log_position = 3;
    json_decref(books_report(fixture, &request));
}

enum { BATCH_COUNT = 1000, BATCHES_COUNT = 70 };

/* Fills more than one segment: six accounts, one of them with few entries, days that go back and forth. */
static void books_fill(struct fixture *fixture, int first_batch, int before_batch)
{
    static const char *const debits[] = {"1000", "1100", "5000"};
    static const char *const credits[] = {"4000", "2000", "3000", "1000"};
    static struct ledger_posting postings[BATCH_COUNT];
    static struct ledger_entry entries[BATCH_COUNT][2];
    static struct ledger_posted posted[BATCH_COUNT];
    static char dates[BATCH_COUNT][16];
    if (first_batch == 0) {
        fixture_account(fixture, "5100", LEDGER_EXPENSE, LEDGER_ROLE_NORMAL, "EUR");
    }
    for (int batch = first_batch; batch < before_batch; batch++) {
        for (int i = 0; i < BATCH_COUNT; i++) {
            int number = batch * BATCH_COUNT + i;
            (void)snprintf(dates[i], sizeof dates[i], "2026-%02d-%02d", 1 + number % 3, 1 + number * 5 % 14);
            for (int side = 0; side < 2; side++) {
                entries[i][side] = (struct ledger_entry){
                    .account_code = ledger_text_of(number % 499 == 7 && side == 0 ? "5100"
                                                   : side == 0                    ? debits[number % 3]
                                                                                  : credits[number % 4]),
                    .entry_type = side == 0 ? LEDGER_DEBIT : LEDGER_CREDIT,
                    .amount_minor = 1 + number % 977,
                };
            }
            postings[i] = (struct ledger_posting){.business_event_type = TEXT("SALE"),
                                                  .description = TEXT("One of many"),
                                                  .transaction_date = ledger_text_of(dates[i]),
                                                  .entries = entries[i],
                                                  .entries_count = 2};
        }
        assert_done(fixture->call,
                    ledger_post_batch(fixture->call, fixture->ledger, postings, BATCH_COUNT, LEDGER_BATCH_ALL, posted));
        ledger_call_reset(fixture->call);
        fixture->now_us += 20 * FIXTURE_MINUTE_US; /* across midnight after 36 batches */
    }
}

static struct ledger_report_result books_make_at(struct fixture *fixture, enum ledger_report_type type,
                                                 const char *account_code, const char *start_date, const char *end_date,
                                                 int64_t log_position)
{
    struct ledger_report_request request = books_request(type, start_date, end_date);
    request.account_code = ledger_text_of(account_code);
    request.has_log_position = true;
    request.log_position = log_position;
    request.do_not_record = true;
    return books_make(fixture, &request, LEDGER_FORMAT_JSON);
}

/* Lines by SQL alone, against those of the report. */
static void books_assert_lines(struct fixture *fixture, const char *account_code, const char *start_date,
                               const char *end_date, int64_t log_position)
{
    char sql[1024];
    struct ledger_report_request request = books_request(LEDGER_REPORT_GENERAL_LEDGER, start_date, end_date);
    request.account_code = ledger_text_of(account_code);
    request.has_log_position = true;
    request.log_position = log_position;
    request.do_not_record = true;
    json_t *report = books_report(fixture, &request);
    const char *select = scratch_sql(
        "SELECT printf('%d|%d.%02d|%d.%02d', n, d / 100, d % 100, c / 100, c % 100) FROM (SELECT count(*) AS n, "
        "coalesce(sum((1 - e.entry_type) * e.amount_minor), 0) AS d, coalesce(sum(e.entry_type * e.amount_minor), 0) "
        "AS c FROM entry_rows e JOIN transaction_rows t ON t.log_index = e.entry_key >> 16 JOIN account_rows a ON "
        "a.account_id = e.account_id WHERE date(t.transaction_day * 86400, 'unixepoch')",
        "SELECT n || '|' || d || '|' || c FROM (SELECT count(*) AS n, coalesce(sum(if(e.entry_type = 'DEBIT', "
        "e.amount, "
        "0.00)), 0.00) AS d, coalesce(sum(if(e.entry_type = 'CREDIT', e.amount, 0.00)), 0.00) AS c FROM "
        "journal_entries e JOIN transactions t ON t.transaction_id = e.transaction_id JOIN chart_of_accounts a ON "
        "a.account_id = e.account_id WHERE t.transaction_day");
    (void)snprintf(sql, sizeof sql, "%s BETWEEN '%s' AND '%s' AND a.account_code = '%s' AND t.log_index < %lld) AS e",
                   select, start_date, end_date, account_code, (long long)log_position);
    const json_t *account = books_find(report, "accounts", "account_code", account_code, NULL, NULL);
    char found[200];
    (void)snprintf(found, sizeof found, "%s|%s|%s", books_cell(account, "line_count"), books_cell(account, "debit"),
                   books_cell(account, "credit"));
    assert_string_equal(found, fixture_text(fixture, sql));
    assert_string_equal(books_cell(report, "is_balanced"), "true");
    json_decref(report);
}

/* The entries of an account page by page, in an order: against SQL alone. */
static void books_assert_pages(struct fixture *fixture, const char *account_code, bool newest_first, size_t limit)
{
    struct ledger_listing listing = {.struct_size = sizeof listing,
                                     .account_code = ledger_text_of(account_code),
                                     .newest_first = newest_first,
                                     .limit = limit};
    struct ledger_entry_page page = {.has_more = true};
    char after[64];
    char sql[512];
    char found[128];
    int64_t count = 0;
    int64_t sum = 0;
    int64_t amount = 0;
    int64_t last = newest_first ? INT64_MAX : -1;
    while (page.has_more) {
        assert_done(fixture->call, ledger_entry_list(fixture->call, fixture->ledger, &listing, &page));
        for (size_t i = 0; i < page.entries_count; i++) {
            const struct ledger_entry_line *entry = &page.entries[i];
            int64_t key = entry->log_index << 16 | entry->entry_number;
            assert_true(newest_first ? key < last : key > last);
            last = key;
            sum += entry->log_index * 3 + entry->entry_number;
            amount += entry->amount_minor;
            count++;
        }
        assert_true(page.entries_count == limit || !page.has_more);
        (void)snprintf(after, sizeof after, "%.*s", TEXT_ARGUMENTS(page.next_after));
        listing.after = ledger_text_of(after);
        ledger_call_reset(fixture->call);
    }
    const char *select =
        scratch_sql("SELECT count(*) || '|' || sum((e.entry_key >> 16) * 3 + (e.entry_key & 65535)) || "
                    "'|' || sum(e.amount_minor) FROM entry_rows e JOIN account_rows a ON a.account_id = "
                    "e.account_id",
                    "SELECT concat(count(*), '|', sum(t.log_index * 3 + e.entry_number), '|', "
                    "CAST(sum(e.amount) * 100 AS SIGNED)) FROM journal_entries e JOIN transactions t ON "
                    "t.transaction_id = e.transaction_id JOIN chart_of_accounts a ON a.account_id = "
                    "e.account_id");
    (void)snprintf(sql, sizeof sql, "%s WHERE a.account_code = '%s'", select, account_code);
    (void)snprintf(found, sizeof found, "%lld|%lld|%lld", (long long)count, (long long)sum, (long long)amount);
    assert_string_equal(found, fixture_text(fixture, sql));
}

/* The same lines whether they come from the scan of an open segment or from the lists of a sealed one. */
static void test_general_ledger_across_segments(void **state)
{
    static const int64_t positions[] = {5000, 30000, 60000};
    static const char *const codes[] = {"1000", "2000", "5000", "5100"};
    struct fixture *fixture = *state;
    char open_hashes[3][4][65];
    books_fill(fixture, 0, 65);
    assert_int_equal(fixture_integer(fixture, "SELECT count(*) FROM account_list_rows"), 0);
    for (size_t p = 0; p < 3; p++) {
        for (size_t c = 0; c < 4; c++) {
            struct ledger_report_result result = books_make_at(fixture, LEDGER_REPORT_GENERAL_LEDGER, codes[c],
                                                               "2026-01-05", "2026-03-03", positions[p]);
            memcpy(open_hashes[p][c], result.report_hash, sizeof result.report_hash);
        }
    }
    books_fill(fixture, 65, BATCHES_COUNT);
    assert_true(fixture_integer(fixture, "SELECT count(*) FROM account_list_rows") >= 6);
    for (size_t p = 0; p < 3; p++) {
        for (size_t c = 0; c < 4; c++) {
            struct ledger_report_result result = books_make_at(fixture, LEDGER_REPORT_GENERAL_LEDGER, codes[c],
                                                               "2026-01-05", "2026-03-03", positions[p]);
            assert_string_equal(result.report_hash, open_hashes[p][c]);
        }
    }
}

static void test_general_ledger_against_sql(void **state)
{
    struct fixture *fixture = *state;
    books_fill(fixture, 0, BATCHES_COUNT);
    int64_t size = fixture_integer(fixture, "SELECT log_size FROM integrity_head");
    books_assert_lines(fixture, "1000", "2026-01-01", "2026-12-31", size);
    books_assert_lines(fixture, "1000", "2026-02-03", "2026-02-03", size);
    books_assert_lines(fixture, "4000", "2026-01-14", "2026-02-01", 65535);
    books_assert_lines(fixture, "4000", "2026-01-14", "2026-02-01", 65536);
    books_assert_lines(fixture, "4000", "2026-01-14", "2026-02-01", 65537);
    books_assert_lines(fixture, "5000", "2026-01-01", "2026-12-31", 40000);
    /* One with few entries is found by its lists. */
    books_assert_lines(fixture, "5100", "2026-01-01", "2026-12-31", size);
    books_assert_lines(fixture, "5100", "2026-01-14", "2026-02-01", 65537);
    for (int newest_first = 0; newest_first < 2; newest_first++) {
        books_assert_pages(fixture, "5100", newest_first == 1, 7);
        if (scratch_backend() == SCRATCH_SQLITE) { /* a server is asked once for each of 17,500 entries */
            books_assert_pages(fixture, "2000", newest_first == 1, 4096);
        }
    }
    /* All accounts at once say the same as each alone. */
    struct ledger_report_request request = books_request(LEDGER_REPORT_GENERAL_LEDGER, "2026-03-10", "2026-03-12");
    json_t *all = books_report(fixture, &request);
    request.account_code = TEXT("2000");
    json_t *one = books_report(fixture, &request);
    const json_t *of_all = books_find(all, "accounts", "account_code", "2000", NULL, NULL);
    assert_true(json_equal(json_array_get(json_object_get(one, "accounts"), 0), of_all));
    json_decref(all);
    json_decref(one);
}

static void test_audit_trail(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_settings settings = {.time_zone = TEXT("Africa/Luanda")};
    static const char *const cells[] = {"log_index", "event_timestamp", "event_type", "severity",
                                        "outcome",   "user_id",         "action",     "description"};
    fixture_create(fixture, &settings);
    books_account(fixture, "1", "Cash", LEDGER_ASSET, LEDGER_ROLE_NORMAL, NULL, NULL);
    books_account(fixture, "4", "Sales", LEDGER_REVENUE, LEDGER_ROLE_NORMAL, NULL, NULL);
    fixture->now_us += INT64_C(11) * 60 * FIXTURE_MINUTE_US - 1; /* the last instant of the 15th in Luanda */
    struct ledger_posted sale = books_post(fixture, "SALE", NULL, "1", "4", "1");
    fixture->now_us += 1;
    struct ledger_posted reversal;
    assert_done(fixture->call, fixture_reverse(fixture, sale.transaction_id, "wrong", NULL, NULL, &reversal));
    struct ledger_report_request request = books_request(LEDGER_REPORT_AUDIT_TRAIL, NULL, "2026-03-15");
    request.do_not_record = true;
    json_t *report = books_report(fixture, &request);
    static const char *const first[] = {
        "0|2026-03-15T12:00:00.000000Z|LEDGER_CREATED|INFO|SUCCESS|ana|INIT|Ledger created",
        "1|2026-03-15T12:00:00.000000Z|ACCOUNT_CREATED|INFO|SUCCESS|ana|CREATE_ACCOUNT|Created account 1",
        "2|2026-03-15T12:00:00.000000Z|ACCOUNT_CREATED|INFO|SUCCESS|ana|CREATE_ACCOUNT|Created account 4",
        ("3|2026-03-15T22:59:59.999999Z|TRANSACTION_POSTED|INFO|SUCCESS|ana|POST|"
         "Posted transaction 20260315-000001"),
    };
    assert_rows(report, "events", cells, first);
    const json_t *posting = books_find(report, "events", "log_index", "3", NULL, NULL);
    assert_string_equal(books_cell(posting, "transaction_id"), sale.transaction_id);
    assert_string_equal(books_cell(posting, "principal"), "os:1000");
    json_decref(report);
    request = books_request(LEDGER_REPORT_AUDIT_TRAIL, "2026-03-16", "2026-03-16");
    report = books_report(fixture, &request);
    static const char *const second[] = {"4|2026-03-15T23:00:00.000000Z|TRANSACTION_REVERSED|INFO|SUCCESS|ana|REVERSE|"
                                         "Posted reversal 20260315-000002"};
    assert_rows(report, "events", cells, second);
    json_decref(report);
    request = books_request(LEDGER_REPORT_AUDIT_TRAIL, NULL, NULL);
    request.has_log_position = true;
    request.log_position = 4;
    report = books_report(fixture, &request);
    assert_rows(report, "events", cells, first);
    json_decref(report);
    request.log_position = 6;
    report = books_report(fixture, &request);
    const json_t *made = books_find(report, "events", "log_index", "5", NULL, NULL);
    assert_string_equal(books_cell(made, "event_type"), "REPORT_GENERATED");
    assert_string_equal(books_cell(made, "description"), "Generated report audit-trail");
    json_decref(report);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_general_ledger_of_all, books_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_general_ledger_of_a_range, books_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_general_ledger_of_an_account, books_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_general_ledger_texts, books_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_general_ledger_needs_its_account, books_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_general_ledger_across_segments, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_general_ledger_against_sql, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_audit_trail, fixture_setup_empty, fixture_teardown),
    };
    return cmocka_run_group_tests_name("report_ledger", tests, NULL, NULL);
}
