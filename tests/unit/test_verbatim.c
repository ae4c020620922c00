/* Verbatim exports and imports: the same log in batches of any size, and gone on with behind every line. */
#include "support/ledger_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exchange/export.h"
#include "exchange/import_verbatim.h"
#include "ledger/freeze.h"
#include "ledger/redaction.h"

enum { PATH_SIZE = SCRATCH_PATH_SIZE + 64, LINES_MAX = 200 };

static void redact(struct fixture *fixture, const char *transaction)
{
    char request_id[LEDGER_ID_TEXT_SIZE];
    struct ledger_approved approved;
    ledger_call_reset(fixture->call);
    assert_int_equal(
        ledger_redact(fixture->call, fixture->ledger, ledger_text_of(transaction), TEXT("asked for"), request_id),
        LEDGER_APPROVAL_IS_PENDING);
    ledger_call_reset(fixture->call);
    fixture_act_as(fixture, "bea", "os:1001", "desk");
    assert_done(fixture->call,
                ledger_approval_approve(fixture->call, fixture->ledger, ledger_text_of(request_id), &approved));
    fixture_act_as(fixture, "ana", "os:1000", "test");
}

static void set_period(struct fixture *fixture, bool is_closed)
{
    struct ledger_period period;
    ledger_call_reset(fixture->call);
    assert_done(fixture->call, ledger_period_set(fixture->call, fixture->ledger, day_from_civil(2025, 1, 1),
                                                 day_from_civil(2025, 12, 31), is_closed, TEXT("audited"), &period));
}

/* Postings of three posting days, one after the other and at one instant, with what else there is between them. */
static void fill(struct fixture *fixture)
{
    struct ledger_posted posted;
    struct ledger_posted reversal;
    for (int day = 0; day < 3; day++) {
        (void)fixture_post(fixture, "2026-01-31", "1000", "4000", "10.50");
        posted = fixture_post(fixture, NULL, "1900", "4900", "7");
        fixture->now_us += FIXTURE_MINUTE_US;
        (void)fixture_post(fixture, NULL, "5000", "1100", "0.01");
        ledger_call_reset(fixture->call);
        assert_done(fixture->call,
                    fixture_reverse(fixture, posted.transaction_id, "typed twice", NULL, NULL, &reversal));
        set_period(fixture, day % 2 == 0);
        fixture->now_us += TIME_US_PER_DAY;
    }
    redact(fixture, reversal.transaction_id);
    redact(fixture, posted.transaction_id);
    (void)fixture_post(fixture, NULL, "1000", "4000", "3");
}

static void export_to(struct fixture *fixture, const char *path, struct export_result *result)
{
    const struct export_request request = {.format = EXPORT_NDJSON, .path = path, .is_verbatim = true};
    ledger_call_reset(fixture->call);
    assert_done(fixture->call, export_run(fixture->call, fixture->ledger, &request, result));
}

static struct fixture *empty_fixture(void)
{
    void *state = NULL;
    assert_int_equal(fixture_setup_empty(&state), 0);
    return state;
}

static void free_fixture(struct fixture *fixture)
{
    void *state = fixture;
    assert_int_equal(fixture_teardown(&state), 0);
}

static ledger_status import_from(struct fixture *copy, const char *path, bool resumes, size_t items_max,
                                 struct import_verbatim_result *result)
{
    const struct import_verbatim_options options = {
        .path = path, .opening = &copy->options, .resumes = resumes, .batch_items_max = items_max};
    ledger_call_reset(copy->call);
    return import_verbatim(copy->call, &options, result);
}

static void assert_same_file(const char *left_path, const char *right_path)
{
    FILE *left = fopen(left_path, "r");
    FILE *right = fopen(right_path, "r");
    assert_non_null(left);
    assert_non_null(right);
    int byte = 0;
    while (byte != EOF) {
        byte = fgetc(left);
        assert_int_equal(byte, fgetc(right));
    }
    (void)fclose(left);
    (void)fclose(right);
}

/* A ledger now, sound, and the same file again. */
static void assert_whole(struct fixture *copy, const char *path)
{
    char again[PATH_SIZE];
    struct export_result result;
    (void)snprintf(again, sizeof again, "%s/again.ndjson", copy->database.directory);
    ledger_call_reset(copy->call);
    assert_done(copy->call, ledger_open(copy->call, &copy->options, &copy->ledger));
    fixture_assert_valid(copy);
    export_to(copy, again, &result);
    assert_same_file(path, again);
}

static void test_batches(void **state)
{
    struct fixture *fixture = *state;
    static const size_t sizes[] = {1, 3, 0};
    char path[PATH_SIZE];
    struct export_result exported;
    struct import_verbatim_result imported;
    fill(fixture);
    (void)snprintf(path, sizeof path, "%s/ledger.ndjson", fixture->database.directory);
    export_to(fixture, path, &exported);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct fixture *copy = empty_fixture();
        assert_done(copy->call, import_from(copy, path, false, sizes[i], &imported));
        assert_int_equal(imported.log_size, exported.log_position);
        assert_int_equal(imported.transactions_count, exported.transactions_count);
        assert_int_equal(imported.entries_count, exported.entries_count);
        assert_whole(copy, path);
        free_fixture(copy);
    }
}

/* The first lines of a file, in another; returns how many lines there are. */
static int write_lines(const char *from_path, const char *to_path, int lines_max)
{
    FILE *from = fopen(from_path, "r");
    FILE *to = fopen(to_path, "w");
    assert_non_null(from);
    assert_non_null(to);
    int lines = 0;
    for (int byte = fgetc(from); byte != EOF; byte = fgetc(from)) {
        if (lines < lines_max) {
            (void)fputc(byte, to);
        }
        lines += byte == '\n';
    }
    (void)fclose(from);
    assert_int_equal(fclose(to), 0);
    return lines;
}

/* One import that is interrupted behind every line. */
static void test_resume_behind_every_line(void **state)
{
    struct fixture *fixture = *state;
    char path[PATH_SIZE];
    char part[PATH_SIZE];
    struct export_result exported;
    struct import_verbatim_result imported;
    fill(fixture);
    (void)snprintf(path, sizeof path, "%s/ledger.ndjson", fixture->database.directory);
    (void)snprintf(part, sizeof part, "%s/part.ndjson", fixture->database.directory);
    export_to(fixture, path, &exported);
    struct fixture *copy = empty_fixture();
    int lines = write_lines(path, part, 1);
    assert_in_range(lines, 30, LINES_MAX);
    for (int count = 1; count < lines; count++) {
        (void)write_lines(path, part, count);
        assert_int_equal(import_from(copy, part, count > 1, 1, &imported), LEDGER_INPUT_IS_MALFORMED);
        assert_non_null(strstr(ledger_call_message(copy->call), "the end is missing"));
        ledger_call_reset(copy->call);
        assert_int_equal(ledger_open(copy->call, &copy->options, &copy->ledger), LEDGER_DATABASE_IS_DAMAGED);
    }
    assert_int_equal(import_from(copy, path, false, 1, &imported), LEDGER_EXISTS_ALREADY);
    assert_done(copy->call, import_from(copy, path, true, 1, &imported));
    assert_int_equal(imported.resumed_at, exported.log_position - 1);
    assert_int_equal(imported.log_size, exported.log_position);
    assert_whole(copy, path);
    assert_int_equal(import_from(copy, path, true, 1, &imported), LEDGER_EXISTS_ALREADY);
    free_fixture(copy);
}

/* A file that has another log behind the same head is not gone on with. */
static void test_resume_of_another_log(void **state)
{
    struct fixture *fixture = *state;
    char path[PATH_SIZE];
    char part[PATH_SIZE];
    struct export_result exported;
    struct import_verbatim_result imported;
    (void)snprintf(path, sizeof path, "%s/ledger.ndjson", fixture->database.directory);
    (void)snprintf(part, sizeof part, "%s/part.ndjson", fixture->database.directory);
    export_to(fixture, path, &exported);
    struct fixture *copy = empty_fixture();
    assert_done(copy->call, import_from(copy, path, false, 0, &imported));
    ledger_call_reset(copy->call);
    assert_done(copy->call, ledger_open(copy->call, &copy->options, &copy->ledger));
    (void)fixture_post(copy, NULL, "1000", "4000", "1");
    (void)fixture_post(copy, NULL, "1000", "4000", "1"); /* the last that is read is not written: no other follows */
    export_to(copy, path, &exported);
    int lines = write_lines(path, part, 0);
    (void)write_lines(path, part, lines - 1);
    struct fixture *other = empty_fixture();
    assert_int_equal(import_from(other, part, false, 1, &imported), LEDGER_INPUT_IS_MALFORMED);
    (void)fixture_post(fixture, NULL, "1000", "4000", "2");
    export_to(fixture, part, &exported);
    assert_int_equal(import_from(other, part, true, 1, &imported), LEDGER_INPUT_IS_MALFORMED);
    assert_non_null(strstr(ledger_call_message(other->call), "this is not what the import wrote"));
    assert_done(other->call, import_from(other, path, true, 1, &imported));
    free_fixture(other);
    free_fixture(copy);
}

static void test_settings_of_the_environment(void **state)
{
    struct fixture *fixture = *state;
    char path[PATH_SIZE];
    struct export_result exported;
    struct import_verbatim_result imported;
    (void)snprintf(path, sizeof path, "%s/ledger.ndjson", fixture->database.directory);
    export_to(fixture, path, &exported);
    struct fixture *copy = empty_fixture();
    copy->options.expected_default_currency = TEXT("USD");
    assert_int_equal(import_from(copy, path, false, 0, &imported), LEDGER_SETTING_DIFFERS);
    copy->options.expected_default_currency = TEXT("EUR");
    assert_done(copy->call, import_from(copy, path, false, 0, &imported));
    free_fixture(copy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_batches, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_resume_behind_every_line, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_resume_of_another_log, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_settings_of_the_environment, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
