/* Reports given away as they are made: the same bytes as those that are made whole, and what happens where nobody takes
 * them. */
#include "support/report_books.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TRANSACTIONS_COUNT = 3000 }; /* 6,000 lines: more than a table keeps in memory */

/* What an output was given. */
struct taken {
    char *data;
    size_t size;
    size_t pieces_count;
    size_t piece_size_max;
    size_t pieces_before_failure; /* 0: it never fails */
};

static ledger_status take(struct ledger_call *call, void *context, struct ledger_text piece)
{
    struct taken *taken = context;
    (void)call;
    if (taken->pieces_before_failure > 0 && taken->pieces_count + 1 == taken->pieces_before_failure) {
        return LEDGER_FILE_IS_UNREADABLE;
    }
    char *data = realloc(taken->data, taken->size + piece.size + 1);
    assert_non_null(data);
    memcpy(data + taken->size, piece.data, piece.size);
    taken->data = data;
    taken->size += piece.size;
    taken->data[taken->size] = '\0';
    taken->pieces_count++;
    taken->piece_size_max = piece.size > taken->piece_size_max ? piece.size : taken->piece_size_max;
    return LEDGER_DONE;
}

static void books_fill(struct fixture *fixture)
{
    static struct ledger_posting postings[TRANSACTIONS_COUNT];
    static struct ledger_posted posted[TRANSACTIONS_COUNT];
    for (int i = 0; i < TRANSACTIONS_COUNT; i++) {
        char amount[24];
        (void)snprintf(amount, sizeof amount, "%d.%02d", 1 + i * 7919 % 9973, i % 100);
        struct ledger_text text;
        assert_done(fixture->call, ledger_call_copy_text(fixture->call, ledger_text_of(amount), &text));
        postings[i] = fixture_posting(fixture, i % 2 == 0 ? "2026-03-01" : "2026-02-27", "1000", "4000", text.data);
    }
    assert_done(fixture->call, ledger_post_batch(fixture->call, fixture->ledger, postings, TRANSACTIONS_COUNT,
                                                 LEDGER_BATCH_ALL, posted));
    ledger_call_reset(fixture->call);
}

/* Without the id, which is another for each report. */
static void blank_report_id(char *text)
{
    char *id = strstr(text, "\"report_id\": \"");
    if (id != NULL) {
        memset(id + strlen("\"report_id\": \""), 'x', 36);
    }
}

static void assert_same(struct fixture *fixture, enum ledger_report_type type, enum ledger_report_format format)
{
    struct ledger_report_request request = books_request(type, NULL, NULL);
    request.do_not_record = true;
    struct taken taken = {.data = NULL};
    const struct ledger_report_output output = {take, &taken};
    struct ledger_report_result result;
    struct ledger_report_result whole = books_make(fixture, &request, format);
    assert_done(fixture->call,
                ledger_report_write(fixture->call, fixture->ledger, &request, format, 0, false, &output, &result));
    assert_null(result.text.data);
    assert_string_equal(result.report_hash, whole.report_hash);
    assert_int_equal(taken.size, whole.text.size);
    char *expected = strndup(whole.text.data, whole.text.size);
    assert_non_null(expected);
    blank_report_id(expected);
    blank_report_id(taken.data);
    assert_memory_equal(taken.data, expected, taken.size);
    assert_true(taken.piece_size_max < 256 * 1024);
    assert_true(taken.pieces_count > 1 || taken.size <= 128 * 1024);
    free(expected);
    free(taken.data);
    ledger_call_reset(fixture->call);
}

static void pieces_are_the_whole(void **state)
{
    struct fixture *fixture = *state;
    static const enum ledger_report_type types[] = {LEDGER_REPORT_TRIAL_BALANCE, LEDGER_REPORT_GENERAL_LEDGER,
                                                    LEDGER_REPORT_AUDIT_TRAIL};
    static const enum ledger_report_format formats[] = {LEDGER_FORMAT_TABLE, LEDGER_FORMAT_JSON, LEDGER_FORMAT_CSV};
    books_fill(fixture);
    for (size_t t = 0; t < sizeof types / sizeof types[0]; t++) {
        for (size_t f = 0; f < sizeof formats / sizeof formats[0]; f++) {
            assert_same(fixture, types[t], formats[f]);
        }
    }
}

static void who_does_not_take_it_ends_it(void **state)
{
    struct fixture *fixture = *state;
    static const enum ledger_report_format formats[] = {LEDGER_FORMAT_TABLE, LEDGER_FORMAT_JSON, LEDGER_FORMAT_CSV};
    books_fill(fixture);
    for (size_t f = 0; f < sizeof formats / sizeof formats[0]; f++) {
        for (size_t piece = 1; piece <= 2; piece++) {
            struct ledger_report_request request = books_request(LEDGER_REPORT_GENERAL_LEDGER, NULL, NULL);
            struct taken taken = {.pieces_before_failure = piece};
            const struct ledger_report_output output = {take, &taken};
            struct ledger_report_result result;
            assert_int_equal(
                ledger_report_write(fixture->call, fixture->ledger, &request, formats[f], 0, false, &output, &result),
                LEDGER_FILE_IS_UNREADABLE);
            assert_int_equal(taken.pieces_count, piece - 1);
            free(taken.data);
            ledger_call_reset(fixture->call);
        }
    }
    assert_same(fixture, LEDGER_REPORT_GENERAL_LEDGER, LEDGER_FORMAT_CSV); /* and nothing is left of it */
}

/* A long table needs its temporary file; without one there is no report, and no event that tells of one. */
static void a_long_table_needs_a_place(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_report_request request = books_request(LEDGER_REPORT_GENERAL_LEDGER, NULL, NULL);
    struct ledger_report_result result;
    books_fill(fixture);
    int64_t size = fixture_integer(fixture, "SELECT log_size FROM integrity_head");
    assert_int_equal(setenv("TMPDIR", "/nonexistent/scratch", 1), 0);
    assert_status(fixture->call,
                  ledger_report_make(fixture->call, fixture->ledger, &request, LEDGER_FORMAT_TABLE, 0, false, &result),
                  LEDGER_FILE_IS_UNREADABLE);
    assert_message(fixture->call, "/nonexistent/scratch");
    ledger_call_reset(fixture->call);
    assert_int_equal(fixture_integer(fixture, "SELECT log_size FROM integrity_head"), size);
    assert_same(fixture, LEDGER_REPORT_GENERAL_LEDGER, LEDGER_FORMAT_CSV); /* which keeps no rows */
    assert_int_equal(unsetenv("TMPDIR"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(pieces_are_the_whole, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(who_does_not_take_it_ends_it, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_long_table_needs_a_place, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests_name("report_stream", tests, NULL, NULL);
}
