/* Reports as evidence: the same at the same position whatever came later, recorded where that is possible, and a saved
 * one held against the ledger, good and spoilt in every way. */
#include "support/report_books.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/call.h"

enum { TYPES_COUNT = LEDGER_REPORT_AUDIT_TRAIL + 1 };

static int books_setup(void **state)
{
    struct fixture *fixture = books_begin(state);
    (void)books_post(fixture, "CAPITAL", "2025-11-02", "1100", "3000", "1000");
    (void)books_post(fixture, "SALE", "2026-01-31", "1100", "4100", "700");
    (void)books_post(fixture, "RENT", "2026-03-15", "5100", "1100", "40.10");
    (void)books_post(fixture, "CAPITAL", "2026-02-01", "1150", "3150", "55.55");
    return 0;
}

static struct ledger_report_request books_request_at(enum ledger_report_type type, int64_t log_position)
{
    bool has_start = type != LEDGER_REPORT_TRIAL_BALANCE && type != LEDGER_REPORT_BALANCE_SHEET;
    struct ledger_report_request request = books_request(type, has_start ? "2026-01-15" : NULL, "2026-03-31");
    request.has_log_position = true;
    request.log_position = log_position;
    request.do_not_record = true;
    return request;
}

enum { POSITIONS_MAX = 64 };

/* The log positions at which the reports were made, and their hashes then. */
struct history {
    size_t count;
    int64_t positions[POSITIONS_MAX];
    char hashes[POSITIONS_MAX][TYPES_COUNT][65];
};

static void history_add(struct fixture *fixture, struct history *history)
{
    int64_t size = fixture_integer(fixture, "SELECT log_size FROM integrity_head");
    assert_true(history->count < POSITIONS_MAX);
    history->positions[history->count] = size;
    for (int type = 0; type < TYPES_COUNT; type++) {
        struct ledger_report_request request = books_request_at((enum ledger_report_type)type, size);
        struct ledger_report_result result = books_make(fixture, &request, LEDGER_FORMAT_CSV);
        assert_int_equal(result.log_position, size);
        assert_false(result.recorded);
        memcpy(history->hashes[history->count][type], result.report_hash, sizeof result.report_hash);
    }
    history->count++;
    assert_int_equal(fixture_integer(fixture, "SELECT log_size FROM integrity_head"), size);
}

static void history_check(struct fixture *fixture, const struct history *history)
{
    for (size_t i = 0; i < history->count; i++) {
        for (int type = 0; type < TYPES_COUNT; type++) {
            struct ledger_report_request request =
                books_request_at((enum ledger_report_type)type, history->positions[i]);
            struct ledger_report_result result = books_make(fixture, &request, LEDGER_FORMAT_JSON);
            if (strcmp(result.report_hash, history->hashes[i][type]) != 0) {
                fail_msg("the %s at position %lld is another now", ledger_report_type_name(request.type),
                         (long long)history->positions[i]);
            }
        }
        ledger_call_reset(fixture->call);
    }
}

/* Postings of several days, back-dated ones, reversals, accounts made and taken out of use, totals folded: no report of
 * an earlier position changes. */
static void test_old_positions_stay(void **state)
{
    static struct history history;
    static const char *const dates[] = {"2026-03-15", "2026-01-20", "2025-12-31", "2026-03-31", "2026-04-01", NULL};
    struct fixture *fixture = *state;
    struct ledger_account account;
    history.count = 0;
    history_add(fixture, &history);
    for (int day = 0; day < 8; day++) {
        struct ledger_posted posted;
        for (int i = 0; i < 6; i++) {
            posted = books_post(fixture, i == 4 ? "CLOSING" : "SALE", dates[i], i == 4 ? "4100" : "1100",
                                i == 4 ? "3900" : "4100", "1.01");
            if (i % 2 == day % 2) {
                history_add(fixture, &history);
            }
        }
        assert_done(fixture->call, fixture_reverse(fixture, posted.transaction_id, "wrong", NULL, NULL, &posted));
        history_add(fixture, &history);
        assert_done(fixture->call,
                    ledger_account_set_active(fixture->call, fixture->ledger, TEXT("5200"), day % 2 == 1, &account));
        char code[8];
        (void)snprintf(code, sizeof code, "15%d", day);
        books_account(fixture, code, "Another", LEDGER_ASSET, LEDGER_ROLE_NORMAL, "1000", NULL);
        fixture->now_us += (day == 3 ? 20 : 1) * INT64_C(24) * 60 * FIXTURE_MINUTE_US; /* into the next month once */
    }
    history_check(fixture, &history);
    fixture_reopen(fixture);
    history_check(fixture, &history);
}

static void test_report_is_recorded(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_report_request request = books_request(LEDGER_REPORT_TRIAL_BALANCE, NULL, "2026-03-15");
    struct fixture_counts before = fixture_count(fixture);
    struct ledger_report_result result = books_make(fixture, &request, LEDGER_FORMAT_TABLE);
    struct ledger_event_record event = fixture_last_event(fixture);
    char expected[600];
    (void)snprintf(expected, sizeof expected,
                   "{\"log_position\":%lld,\"parameters\":{\"end_date\":\"2026-03-15\",\"non_zero_only\":false},"
                   "\"report_hash\":\"%s\",\"report_id\":\"%s\",\"report_type\":\"trial-balance\"}",
                   (long long)before.log_size, result.report_hash, result.report_id);
    assert_true(result.recorded);
    assert_int_equal(result.log_position, before.log_size);
    assert_int_equal(event.log_index, before.log_size);
    assert_text_is(event.event_type, "REPORT_GENERATED");
    assert_text_is(event.action, "GENERATE_REPORT");
    assert_text_is(event.user_id, "ana");
    assert_text_is(event.event_metadata, expected);
    assert_true(event.is_success);
    assert_int_equal(fixture_count(fixture).log_size, before.log_size + 1);
    request.do_not_record = true;
    assert_false(books_make(fixture, &request, LEDGER_FORMAT_TABLE).recorded);
    assert_int_equal(fixture_count(fixture).log_size, before.log_size + 1);
}

/* Where it cannot be recorded, the report comes all the same and says so. */
static void test_report_comes_unrecorded(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_report_request request = books_request(LEDGER_REPORT_TRIAL_BALANCE, NULL, NULL);
    struct ledger_report_result result;
    struct fixture_counts before = fixture_count(fixture);
    struct ledger_call *nobody = fixture_call(fixture, NULL, NULL, NULL);
    assert_done(nobody, ledger_report_make(nobody, fixture->ledger, &request, LEDGER_FORMAT_JSON, 0, false, &result));
    assert_false(result.recorded);
    assert_int_equal(ledger_call_problems_count(nobody), 0);
    assert_non_null(strstr(result.text.data, "\"generated_by\": null"));
    assert_non_null(strstr(result.text.data, "\"recorded\": false"));
    ledger_call_free(nobody);
    fixture->options.read_only = true;
    fixture_reopen(fixture);
    result = books_make(fixture, &request, LEDGER_FORMAT_JSON);
    assert_false(result.recorded);
    assert_int_equal(ledger_call_problems_count(fixture->call), 0);
    assert_int_equal(fixture_count(fixture).log_size, before.log_size);
}

static void assert_refused(struct fixture *fixture, const struct ledger_report_request *request, ledger_status status,
                           const char *words)
{
    struct ledger_report_result result;
    assert_status(fixture->call,
                  ledger_report_make(fixture->call, fixture->ledger, request, LEDGER_FORMAT_JSON, 0, false, &result),
                  status);
    assert_message(fixture->call, words);
    ledger_call_reset(fixture->call);
}

static void test_requests_are_checked(void **state)
{
    struct fixture *fixture = *state;
    struct fixture_counts before = fixture_count(fixture);
    struct ledger_report_request request = books_request(LEDGER_REPORT_TRIAL_BALANCE, NULL, "2026-02-30");
    assert_refused(fixture, &request, LEDGER_DATE_IS_INVALID, "2026-02-30");
    request = books_request(LEDGER_REPORT_GENERAL_LEDGER, "2026-02-02", "2026-02-01");
    assert_refused(fixture, &request, LEDGER_DATE_IS_INVALID, "after its end");
    request = books_request(LEDGER_REPORT_BALANCE_SHEET, "2026-02-02", NULL);
    assert_refused(fixture, &request, LEDGER_USAGE_IS_WRONG, "start_date has no meaning for the report balance-sheet");
    request = books_request(LEDGER_REPORT_AUDIT_TRAIL, NULL, NULL);
    request.account_code = TEXT("1100");
    assert_refused(fixture, &request, LEDGER_USAGE_IS_WRONG, "account_code has no meaning");
    request = books_request(LEDGER_REPORT_INCOME_STATEMENT, NULL, NULL);
    request.non_zero_only = true;
    assert_refused(fixture, &request, LEDGER_USAGE_IS_WRONG, "non_zero_only has no meaning");
    request = books_request(LEDGER_REPORT_TRIAL_BALANCE, NULL, NULL);
    request.has_log_position = true;
    request.log_position = before.log_size + 1;
    assert_refused(fixture, &request, LEDGER_LOG_POSITION_IS_INVALID, "outside the log");
    request.log_position = -1;
    assert_refused(fixture, &request, LEDGER_LOG_POSITION_IS_INVALID, "below 0");
    request = books_request(LEDGER_REPORT_TRIAL_BALANCE, NULL, NULL);
    request.struct_size--;
    assert_refused(fixture, &request, LEDGER_VERSION_IS_UNSUPPORTED, "build against its headers");
    request = books_request((enum ledger_report_type)17, NULL, NULL);
    assert_refused(fixture, &request, LEDGER_USAGE_IS_WRONG, "no report type 17");
    assert_int_equal(fixture_count(fixture).log_size, before.log_size);
}

static void test_names(void **state)
{
    (void)state;
    for (int type = 0; type < TYPES_COUNT; type++) {
        enum ledger_report_type parsed = LEDGER_REPORT_AUDIT_TRAIL;
        assert_true(
            ledger_report_type_parse(ledger_text_of(ledger_report_type_name((enum ledger_report_type)type)), &parsed));
        assert_int_equal(parsed, type);
    }
    enum ledger_report_type none;
    assert_false(ledger_report_type_parse(TEXT("Trial-Balance"), &none));
    assert_false(ledger_report_type_parse(TEXT_ABSENT, &none));
}

static struct ledger_report_comparison books_verify(struct fixture *fixture, struct ledger_text json)
{
    struct ledger_report_comparison comparison;
    assert_done(fixture->call, ledger_report_verify(fixture->call, fixture->ledger, json, &comparison));
    return comparison;
}

static void test_good_reports_are_the_same(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_text saved[TYPES_COUNT];
    char hashes[TYPES_COUNT][65];
    for (int type = 0; type < TYPES_COUNT; type++) {
        struct ledger_report_request request = books_request((enum ledger_report_type)type, NULL, NULL);
        request.non_zero_only = type == LEDGER_REPORT_TRIAL_BALANCE;
        request.account_code = type == LEDGER_REPORT_GENERAL_LEDGER ? TEXT("1000") : TEXT_ABSENT;
        struct ledger_report_result result = books_make(fixture, &request, LEDGER_FORMAT_JSON);
        saved[type] = result.text;
        memcpy(hashes[type], result.report_hash, sizeof result.report_hash);
    }
    /* Later, on another day, with other figures. */
    fixture->now_us += INT64_C(40) * 24 * 60 * FIXTURE_MINUTE_US;
    (void)books_post(fixture, "SALE", "2026-01-31", "1100", "4100", "1");
    struct fixture_counts before = fixture_count(fixture);
    for (int type = 0; type < TYPES_COUNT; type++) {
        struct ledger_report_comparison comparison = books_verify(fixture, saved[type]);
        assert_int_equal(comparison.differences_count, 0);
        assert_true(comparison.is_same);
        assert_true(comparison.file_hash_is_right);
        assert_string_equal(comparison.file_report_hash, hashes[type]);
        assert_string_equal(comparison.ledger_report_hash, hashes[type]);
    }
    assert_int_equal(fixture_count(fixture).log_size, before.log_size);
}

/* The text with the first `old` replaced, in the call's memory. */
static struct ledger_text replaced(struct fixture *fixture, struct ledger_text text, const char *old, const char *new)
{
    const char *at = strstr(text.data, old);
    if (at == NULL) {
        fail_msg("there is no %s in %s", old, text.data);
    }
    struct ledger_text result;
    assert_done(fixture->call, ledger_call_format(fixture->call, &result, "%.*s%s%s", (int)(at - text.data), text.data,
                                                  new, at + strlen(old)));
    return result;
}

/* What is changed in a saved trial balance, the one difference that is told, and whether the file's own hash tells. */
static const struct {
    const char *old;
    const char *new;
    const char *difference;
    bool file_hash_is_right;
} spoilt_cases[] = {
    {"\"debit\": \"1659.90\", \"credit\": \"0.00\", \"balance\"",
     "\"debit\": \"1659.91\", \"credit\": \"0.00\", \"balance\"",
     "accounts[\"1100\"].debit: \"1659.91\" in the file, \"1659.90\" in the ledger", false},
    {"\"account_name\": \"Cash\"", "\"account_name\": \"Gold\"",
     "accounts[\"1100\"].account_name: \"Gold\" in the file, \"Cash\" in the ledger", false},
    {"\"currency\": \"EUR\", \"debit\": \"1700.00\"", "\"currency\": \"EUR\", \"debit\": 1700.00",
     "totals[\"EUR\"].debit: 1700.00 in the file, \"1700.00\" in the ledger", false},
    {"    {\"account_code\": \"2000\", \"account_name\": \"Loans\", \"account_type\": \"LIABILITY\", \"currency\": "
     "\"EUR\", \"debit\": \"0.00\", \"credit\": \"0.00\", \"balance\": \"0.00\"},\n",
     "", "accounts[\"2000\"]: not in the file", false},
    {"    {\"account_code\": \"2000\"", "    {\"account_code\": \"1100\"},\n    {\"account_code\": \"2000\"",
     "accounts[\"1100\"]: not in the ledger", false},
    {"    {\"account_code\": \"2000\"", "    7,\n    {\"account_code\": \"2000\"", "accounts[]: not in the ledger",
     false},
    {"\"account_count\": 12", "\"account_count\": 11", "account_count: 11 in the file, 12 in the ledger", false},
    {"\"is_balanced\": true", "\"is_balanced\": false", "is_balanced: false in the file, true in the ledger", false},
    {"\"report_name\": \"Trial balance\"", "\"report_name\": \"Trial\"",
     "report_name: \"Trial\" in the file, \"Trial balance\" in the ledger", true},
    {"\"recorded\": true", "\"recorded\": true, \"audited\": true", "audited: not in the ledger", true},
    {"\"account_code\": \"1100\",", "\"account_code\": \"1100\", \"audited\": true,",
     "accounts[\"1100\"].audited: not in the ledger", true},
    {"\"time_zone_data_version\": \"UTC\"", "\"time_zone_data_version\": \"2020a\"",
     "time_zone_data_version: \"2020a\" in the file, \"UTC\" in the ledger", false},
    {"{\"non_zero_only\":false}", "{\"non_zero_only\":false,\"x\":1}",
     "parameters: {\"non_zero_only\":false,\"x\":1} in the file, {\"non_zero_only\":false} in the ledger", false},
    {"{\"non_zero_only\":false}", "{\"end_date\":\"2026-02-31\",\"non_zero_only\":false}",
     "parameters: the ledger cannot make this report: ", false},
    {"{\"non_zero_only\":false}", "{\"account_code\":\"1\",\"non_zero_only\":false}",
     "parameters: the ledger cannot make this report: account_code has no meaning", false},
    {"\"log_position\": ", "\"log_position\": 99", "parameters: the ledger cannot make this report: log position",
     false},
    {"\"totals_by_type\": [", "\"totals_of_type\": [", "totals_by_type: not in the file", false},
};

static struct ledger_text saved_trial_balance(struct fixture *fixture)
{
    struct ledger_report_request request = books_request(LEDGER_REPORT_TRIAL_BALANCE, NULL, NULL);
    return books_make(fixture, &request, LEDGER_FORMAT_JSON).text;
}

static bool comparison_tells(const struct ledger_report_comparison *comparison, const char *difference)
{
    for (size_t i = 0; i < comparison->differences_count; i++) {
        if (strncmp(comparison->differences[i].data, difference, strlen(difference)) == 0) {
            return true;
        }
    }
    return false;
}

static void test_spoilt_reports_differ(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_text saved = saved_trial_balance(fixture);
    for (size_t i = 0; i < sizeof spoilt_cases / sizeof spoilt_cases[0]; i++) {
        struct ledger_text spoilt = replaced(fixture, saved, spoilt_cases[i].old, spoilt_cases[i].new);
        struct ledger_report_comparison comparison = books_verify(fixture, spoilt);
        assert_false(comparison.is_same);
        assert_int_equal(comparison.file_hash_is_right, spoilt_cases[i].file_hash_is_right);
        if (!comparison_tells(&comparison, spoilt_cases[i].difference)) {
            fail_msg("not told: %s; told: %s", spoilt_cases[i].difference,
                     comparison.differences_count == 0 ? "nothing" : comparison.differences[0].data);
        }
        assert_int_equal(ledger_call_problems_count(fixture->call), 0);
    }
}

/* Rows in another order, and a file that was changed with the hash to fit: only the ledger tells. */
static void test_order_and_hash(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_text saved = saved_trial_balance(fixture);
    struct ledger_text moved =
        replaced(fixture, saved, "    {\"currency\": \"EUR\", \"debit\": \"1700.00\", \"credit\": \"1700.00\"},\n", "");
    moved = replaced(fixture, moved, "\"credit\": \"55.55\"}\n  ],\n  \"totals_by",
                     "\"credit\": \"55.55\"},\n    {\"currency\": \"EUR\", \"debit\": \"1700.00\", \"credit\": "
                     "\"1700.00\"}\n  ],\n  \"totals_by");
    struct ledger_report_comparison comparison = books_verify(fixture, moved);
    assert_false(comparison.file_hash_is_right);
    assert_int_equal(comparison.differences_count, 1);
    assert_text_is(comparison.differences[0], "totals[\"USD\"]: stands elsewhere in the file");
    char old[16];
    char new[16];
    memcpy(old, comparison.file_report_hash, 8);
    old[8] = '\0';
    memcpy(new, old, 9);
    new[0] = old[0] == '0' ? '1' : '0';
    comparison = books_verify(fixture, replaced(fixture, saved, old, new));
    assert_false(comparison.file_hash_is_right);
    assert_false(comparison.is_same);
    assert_int_equal(comparison.differences_count, 1);
    assert_true(comparison_tells(&comparison, "report_hash: \""));
}

/* A ledger that was changed behind its back: the file is right, and the line is told. */
static void test_changed_ledger_is_told(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_report_request request = books_request(LEDGER_REPORT_GENERAL_LEDGER, NULL, NULL);
    struct ledger_text saved = books_make(fixture, &request, LEDGER_FORMAT_JSON).text;
    fixture_damage(
        fixture,
        "UPDATE entry_rows SET amount_minor = amount_minor + 1 WHERE entry_key & 65535 = 1 AND amount_minor = 4010",
        "UPDATE journal_entries SET amount = amount + 0.01 WHERE entry_number = 1 AND amount = 40.10");
    struct ledger_report_comparison comparison = books_verify(fixture, saved);
    assert_true(comparison.file_hash_is_right);
    assert_false(comparison.is_same);
    assert_true(comparison_tells(&comparison,
                                 "lines[\"ENTRY\" \"5100\" \"20260315-000003\" 1].debit: \"40.10\" in the file, "
                                 "\"40.11\" in the ledger"));
    assert_true(comparison_tells(&comparison, "is_balanced: true in the file, false in the ledger"));
}

/* However many lines differ, a thousand are told. */
static void test_differences_have_an_end(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_text saved = saved_trial_balance(fixture);
    char *rows = malloc(200000);
    assert_non_null(rows);
    size_t size = 0;
    for (int i = 0; i < 3000; i++) {
        size += (size_t)sprintf(rows + size, "{\"account_code\": \"x%d\"}, ", i);
    }
    struct ledger_text spoilt = replaced(fixture, saved, "\"accounts\": [", "\"accounts\": [@");
    spoilt = replaced(fixture, spoilt, "@", rows);
    free(rows);
    struct ledger_report_comparison comparison = books_verify(fixture, spoilt);
    assert_int_equal(comparison.differences_count, 1001);
    assert_text_is(comparison.differences[0], "accounts[\"x0\"]: not in the ledger");
    assert_text_is(comparison.differences[1000], "and 2000 further differences");
}

static void test_other_files_are_malformed(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_text saved = saved_trial_balance(fixture);
    struct ledger_text nested = replaced(fixture, saved, "\"is_balanced\": true",
                                         "\"is_balanced\": [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]"
                                         "]]]]]]]]]]]]]]]]]]]]");
    const struct ledger_text files[] = {
        TEXT(""),
        TEXT("{"),
        TEXT("[]"),
        TEXT("{}"),
        TEXT("{\"report_type\": \"trial-balance\"}"),
        replaced(fixture, saved, "\"trial-balance\"", "\"trial\""),
        replaced(fixture, saved, "\"trial-balance\"", "null"),
        replaced(fixture, saved, "\"parameters\": {\"non_zero_only\":false}", "\"parameters\": []"),
        replaced(fixture, saved, "\"log_position\": ", "\"log_position\": 1."),
        replaced(fixture, saved, "\"log_position\": ", "\"log_position\": -"),
        replaced(fixture, saved, "\"log_position\": ", "\"log_position\": 1000000000000000"),
        replaced(fixture, saved, "\"report_hash\": \"", "\"report_hash\": \"0"),
        replaced(fixture, saved, "\"report_hash\"", "\"hash\""),
        nested,
    };
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        struct ledger_report_comparison comparison;
        struct ledger_call *call = fixture_call(fixture, "ana", NULL, NULL);
        ledger_status status = ledger_report_verify(call, fixture->ledger, files[i], &comparison);
        ledger_call_free(call);
        if (status != LEDGER_INPUT_IS_MALFORMED) {
            fail_msg("file %zu: %s", i, ledger_status_name(status));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_old_positions_stay, books_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_report_is_recorded, books_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_report_comes_unrecorded, books_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_requests_are_checked, books_setup, fixture_teardown),
        cmocka_unit_test(test_names),
        cmocka_unit_test_setup_teardown(test_good_reports_are_the_same, books_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_spoilt_reports_differ, books_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_order_and_hash, books_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_changed_ledger_is_told, books_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_differences_have_an_end, books_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_other_files_are_malformed, books_setup, fixture_teardown),
    };
    return cmocka_run_group_tests_name("report_verify", tests, NULL, NULL);
}
