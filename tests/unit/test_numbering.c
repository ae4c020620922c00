/* Numbers and posting dates: without gaps by day, found again, and the clock that they are given by. */
#include <stdio.h>

#include "support/ledger_fixture.h"

static void assert_found(struct fixture *fixture, const struct ledger_posted *posted)
{
    struct ledger_transaction_record record;
    assert_done(fixture->call, ledger_transaction_get(fixture->call, fixture->ledger,
                                                      ledger_text_of(posted->transaction_number), &record));
    assert_int_equal(record.log_index, posted->log_index);
    assert_int_equal(record.posting_date_us, posted->posting_date_us);
    assert_done(fixture->call, ledger_transaction_get(fixture->call, fixture->ledger,
                                                      ledger_text_of(posted->transaction_id), &record));
    assert_int_equal(record.log_index, posted->log_index);
    ledger_call_reset(fixture->call);
}

static void assert_missing(struct fixture *fixture, const char *number)
{
    struct ledger_transaction_record record;
    ledger_call_reset(fixture->call);
    assert_status(fixture->call,
                  ledger_transaction_get(fixture->call, fixture->ledger, ledger_text_of(number), &record),
                  LEDGER_TRANSACTION_NOT_FOUND);
}

static void a_number_is_found_among_days_and_events(void **state)
{
    enum { DAYS = 12, POSTED_MAX = 400 };
    struct fixture *fixture = *state;
    struct ledger_posted posted[POSTED_MAX];
    size_t count = 0;
    for (unsigned day = 0; day < DAYS; day++) {
        for (unsigned i = 0; i <= day * 5 % 13; i++) {
            for (unsigned event = 0; event < (day + i) % 4; event++) {
                assert_done(fixture->call, ledger_clock_accept(fixture->call, fixture->ledger, TEXT("An event")));
            }
            posted[count] = fixture_post(fixture, NULL, "1000", "4000", "1");
            char number[32];
            (void)snprintf(number, sizeof number, "-%06u", i + 1);
            assert_string_equal(posted[count].transaction_number + 8, number);
            count++;
        }
        fixture->now_us += (day % 3 + 1) * TIME_US_PER_DAY;
    }
    for (size_t i = 0; i < count; i++) {
        assert_found(fixture, &posted[i]);
    }
    fixture_reopen(fixture);
    assert_found(fixture, &posted[count / 2]);
    static const char *const missing[] = {"20260315-000000", "20260315-000002", "20260314-000001", "20260317-000001",
                                          "20990101-000001", "00010101-000001", "20260315-999999", "20261315-000001",
                                          "20260015-000001", "20260300-000001", "20260399-000001", "20260315-00000a",
                                          "20260315-+00001", "2026-03-15-0001", "20260315 000001", "20260315-0000001"};
    for (size_t i = 0; i < sizeof missing / sizeof missing[0]; i++) {
        assert_missing(fixture, missing[i]);
    }
    fixture_assert_valid(fixture);
}

static void numbers_grow_a_digit(void **state)
{
    (void)state;
    static const struct {
        int64_t number;
        const char *expected;
    } cases[] = {{1, "20260315-000001"},
                 {999999, "20260315-999999"},
                 {1000000, "20260315-1000000"},
                 {INT64_C(999999999999999999), "20260315-999999999999999999"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char number[LEDGER_NUMBER_TEXT_SIZE];
        ledger_transaction_number(FIXTURE_NOW_US, cases[i].number, number);
        assert_string_equal(number, cases[i].expected);
    }
}

static void a_day_may_have_more_than_999999(void **state)
{
    struct fixture *fixture = *state;
    (void)fixture_post(fixture, NULL, "1000", "4000", "1");
    fixture_damage(
        fixture, "UPDATE transaction_rows SET number_in_day = 999998; UPDATE head_row SET last_number = 999998",
        "UPDATE transactions SET transaction_number = '20260315-999998'; UPDATE integrity_head SET last_number = "
        "999998");
    struct ledger_posted last = fixture_post(fixture, NULL, "1000", "4000", "1");
    struct ledger_posted grown = fixture_post(fixture, NULL, "1000", "4000", "1");
    assert_string_equal(last.transaction_number, "20260315-999999");
    assert_string_equal(grown.transaction_number, "20260315-1000000");
    assert_found(fixture, &last);
    assert_found(fixture, &grown);
    assert_string_equal(
        fixture_text(fixture, "SELECT transaction_number FROM transactions ORDER BY log_index DESC LIMIT 1"),
        "20260315-1000000");
    struct ledger_posted reversal;
    assert_done(fixture->call, fixture_reverse(fixture, grown.transaction_number, "Large", NULL, NULL, &reversal));
    assert_string_equal(fixture_text(fixture, "SELECT description FROM transactions WHERE is_reversal"),
                        "Reversal of 20260315-1000000");
}

/* The posting day is that of UTC, whatever the ledger's zone. */
static void the_posting_day_is_that_of_utc(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_settings settings = {.default_currency = TEXT("EUR"), .time_zone = TEXT("Pacific/Auckland")};
    fixture_create(fixture, &settings);
    fixture_chart(fixture);
    fixture->now_us = day_from_civil(2026, 3, 16) * TIME_US_PER_DAY - 1;
    assert_string_equal(fixture_post(fixture, NULL, "1000", "4000", "1").transaction_number, "20260315-000001");
    fixture->now_us++;
    assert_string_equal(fixture_post(fixture, NULL, "1000", "4000", "1").transaction_number, "20260316-000001");
}

static void the_first_day_of_all_has_numbers_too(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_settings settings = {.default_currency = TEXT("EUR")};
    fixture->now_us = 0;
    fixture_create(fixture, &settings);
    fixture_chart(fixture);
    struct ledger_posted first = fixture_post(fixture, NULL, "1000", "4000", "1");
    struct ledger_posted second = fixture_post(fixture, NULL, "1000", "4000", "1");
    assert_string_equal(first.transaction_number, "19700101-000001");
    assert_string_equal(second.transaction_number, "19700101-000002");
    assert_found(fixture, &first);
    assert_found(fixture, &second);
    fixture->now_us += TIME_US_PER_DAY;
    struct ledger_posted third = fixture_post(fixture, NULL, "1000", "4000", "1");
    assert_string_equal(third.transaction_number, "19700102-000001");
    struct ledger_balance_query query = {.log_position = third.log_index};
    struct ledger_account account;
    struct ledger_balance totals;
    assert_done(fixture->call,
                ledger_balance_get(fixture->call, fixture->ledger, TEXT("1000"), &query, &account, &totals));
    assert_int_equal(totals.debit_total_minor, 200);
    fixture_assert_valid(fixture);
}

static void refusals_leave_no_gap(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_posted posted;
    (void)fixture_post(fixture, NULL, "1000", "4000", "1");
    struct ledger_posting bad = fixture_posting(fixture, NULL, "1000", "4000", "0");
    assert_status(fixture->call, ledger_post(fixture->call, fixture->ledger, &bad, &posted), LEDGER_AMOUNT_IS_INVALID);
    assert_string_equal(fixture_post(fixture, NULL, "1000", "4000", "1").transaction_number, "20260315-000002");
}

static void time_stands_still_until_the_clock_has_caught_up(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_posted first = fixture_post(fixture, NULL, "1000", "4000", "1");
    assert_int_equal(first.posting_date_us, FIXTURE_NOW_US);
    fixture->now_us -= 5 * FIXTURE_MINUTE_US; /* exactly as far as it may be */
    struct ledger_posted second = fixture_post(fixture, NULL, "1000", "4000", "1");
    assert_int_equal(second.posting_date_us, FIXTURE_NOW_US);
    assert_int_equal(
        fixture_integer(fixture, scratch_sql("SELECT transaction_date FROM transaction_rows ORDER BY 1 LIMIT 1",
                                             "SELECT timestampdiff(MICROSECOND, '1970-01-01', min("
                                             "transaction_date)) FROM transactions")),
        fixture->now_us);
    fixture->now_us = FIXTURE_NOW_US + 1;
    assert_int_equal(fixture_post(fixture, NULL, "1000", "4000", "1").posting_date_us, FIXTURE_NOW_US + 1);
    fixture_assert_valid(fixture);
}

/* At midnight, with the clock a little behind: the day that began stays. */
static void a_day_does_not_begin_twice(void **state)
{
    struct fixture *fixture = *state;
    int64_t midnight_us = day_from_civil(2026, 3, 16) * TIME_US_PER_DAY;
    fixture->now_us = midnight_us + 1;
    assert_string_equal(fixture_post(fixture, NULL, "1000", "4000", "1").transaction_number, "20260316-000001");
    fixture->now_us = midnight_us - 1000;
    struct ledger_posted second = fixture_post(fixture, NULL, "1000", "4000", "1");
    assert_string_equal(second.transaction_number, "20260316-000002");
    assert_found(fixture, &second);
}

static void a_clock_far_behind_is_refused_until_it_is_accepted(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_posting posting = fixture_posting(fixture, "2026-03-01", "1000", "4000", "1");
    struct ledger_posted posted;
    struct ledger_account account;
    struct ledger_period period;
    struct ledger_posted original = fixture_post(fixture, "2026-03-01", "1000", "4000", "1");
    fixture->now_us -= 5 * FIXTURE_MINUTE_US + 1;
    struct fixture_counts before = fixture_count(fixture);
    assert_status(fixture->call, ledger_post(fixture->call, fixture->ledger, &posting, &posted), LEDGER_CLOCK_IS_WRONG);
    assert_message(fixture->call, "the clock says 2026-03-15T11:54:59.999999Z, but the ledger's last event is of "
                                  "2026-03-15T12:00:00.000000Z");
    fixture_assert_refused(fixture, &before, "TRANSACTION_REFUSED", "POST", LEDGER_CLOCK_IS_WRONG);
    ledger_call_reset(fixture->call);
    before = fixture_count(fixture);
    assert_status(fixture->call, fixture_reverse(fixture, original.transaction_id, "Wrong", NULL, NULL, &posted),
                  LEDGER_CLOCK_IS_WRONG);
    fixture_assert_refused(fixture, &before, "REVERSAL_REFUSED", "REVERSE", LEDGER_CLOCK_IS_WRONG);
    ledger_call_reset(fixture->call);
    before = fixture_count(fixture);
    assert_status(fixture->call,
                  ledger_account_set_active(fixture->call, fixture->ledger, TEXT("1000"), false, &account),
                  LEDGER_CLOCK_IS_WRONG);
    fixture_assert_refused(fixture, &before, "ACCOUNT_REFUSED", "DEACTIVATE_ACCOUNT", LEDGER_CLOCK_IS_WRONG);
    assert_status(fixture->call, ledger_period_set(fixture->call, fixture->ledger, 1, 2, true, TEXT_ABSENT, &period),
                  LEDGER_CLOCK_IS_WRONG);
    /* Reading goes on. */
    struct ledger_transaction_record record;
    assert_done(fixture->call, ledger_transaction_get(fixture->call, fixture->ledger,
                                                      ledger_text_of(original.transaction_number), &record));
    assert_status(fixture->call, ledger_clock_accept(fixture->call, fixture->ledger, TEXT("")), LEDGER_TEXT_IS_INVALID);
    assert_status(fixture->call, ledger_clock_accept(fixture->call, fixture->ledger, TEXT("\x01")),
                  LEDGER_TEXT_IS_INVALID);
    assert_done(fixture->call, ledger_clock_accept(fixture->call, fixture->ledger, TEXT("The last was wrong")));
    struct ledger_event_record event = fixture_last_event(fixture);
    assert_text_is(event.event_type, "CLOCK_ACCEPTED");
    assert_text_is(event.description, "The last was wrong");
    assert_int_equal(event.event_timestamp_us, FIXTURE_NOW_US);
    assert_done(fixture->call, ledger_post(fixture->call, fixture->ledger, &posting, &posted));
    assert_int_equal(posted.posting_date_us, FIXTURE_NOW_US);
    assert_string_equal(posted.transaction_number, "20260315-000002");
    fixture->now_us -= 10 * TIME_US_PER_DAY; /* it holds as long as time stands */
    fixture_reopen(fixture);
    assert_done(fixture->call, ledger_post(fixture->call, fixture->ledger, &posting, &posted));
    assert_int_equal(posted.posting_date_us, FIXTURE_NOW_US);
    fixture->now_us = FIXTURE_NOW_US + FIXTURE_MINUTE_US;
    assert_done(fixture->call, ledger_post(fixture->call, fixture->ledger, &posting, &posted));
    fixture->now_us -= 6 * FIXTURE_MINUTE_US; /* and no longer */
    assert_status(fixture->call, ledger_post(fixture->call, fixture->ledger, &posting, &posted), LEDGER_CLOCK_IS_WRONG);
    fixture_assert_valid(fixture);
}

/* What is wrong with an item is told beside the clock, and what was posted before is answered. */
static void a_wrong_clock_does_not_hide_the_rest(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_posting postings[] = {fixture_posting(fixture, "2026-03-01", "1000", "4000", "1"),
                                        fixture_posting(fixture, "2026-03-01", "1000", "4000", "0"),
                                        fixture_posting(fixture, "2026-03-01", "1000", "4000", "2")};
    struct ledger_posted first;
    struct ledger_posted posted[3];
    postings[0].idempotency_key = TEXT("k1");
    assert_done(fixture->call, ledger_post(fixture->call, fixture->ledger, &postings[0], &first));
    fixture->now_us -= TIME_US_PER_DAY;
    assert_done(fixture->call,
                ledger_post_batch(fixture->call, fixture->ledger, postings, 3, LEDGER_BATCH_EACH, posted));
    assert_int_equal(posted[0].status, LEDGER_DONE);
    assert_true(posted[0].replayed);
    assert_string_equal(posted[0].transaction_id, first.transaction_id);
    assert_int_equal(posted[1].status, LEDGER_AMOUNT_IS_INVALID);
    assert_int_equal(posted[2].status, LEDGER_CLOCK_IS_WRONG);
    assert_true(posted[1].refusal_recorded && posted[2].refusal_recorded);
    assert_int_equal(fixture_count(fixture).transactions, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_number_is_found_among_days_and_events, fixture_setup, fixture_teardown),
        cmocka_unit_test(numbers_grow_a_digit),
        cmocka_unit_test_setup_teardown(a_day_may_have_more_than_999999, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(the_posting_day_is_that_of_utc, fixture_setup_empty, fixture_teardown),
        cmocka_unit_test_setup_teardown(the_first_day_of_all_has_numbers_too, fixture_setup_empty, fixture_teardown),
        cmocka_unit_test_setup_teardown(refusals_leave_no_gap, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(time_stands_still_until_the_clock_has_caught_up, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(a_day_does_not_begin_twice, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_clock_far_behind_is_refused_until_it_is_accepted, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(a_wrong_clock_does_not_hide_the_rest, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
