/* Closing and opening periods, and what it means for postings. */
#include <stdio.h>

#include "support/ledger_fixture.h"

static ledger_status set(struct fixture *fixture, int32_t start_day, int32_t end_day, bool is_closed)
{
    struct ledger_period period;
    ledger_call_reset(fixture->call);
    return ledger_period_set(fixture->call, fixture->ledger, start_day, end_day, is_closed, TEXT_ABSENT, &period);
}

static ledger_status post_on(struct fixture *fixture, const char *date)
{
    struct ledger_posted posted;
    ledger_call_reset(fixture->call);
    struct ledger_posting posting = fixture_posting(fixture, date, "1000", "4000", "1");
    return ledger_post(fixture->call, fixture->ledger, &posting, &posted);
}

static void assert_refused(struct fixture *fixture, int32_t start_day, int32_t end_day, bool is_closed,
                           ledger_status status)
{
    struct fixture_counts before = fixture_count(fixture);
    assert_status(fixture->call, set(fixture, start_day, end_day, is_closed), status);
    fixture_assert_refused(fixture, &before, "PERIOD_REFUSED", is_closed ? "CLOSE_PERIOD" : "OPEN_PERIOD", status);
    assert_int_equal(fixture_integer(fixture, "SELECT count(*) FROM closing_periods WHERE log_index = "
                                              "(SELECT log_size - 1 FROM integrity_head)"),
                     0);
}

/* The closed ranges as "start-end start-end". */
static void assert_closed(struct fixture *fixture, const char *expected)
{
    const struct ledger_period *periods = NULL;
    size_t count = 0;
    char ranges[256] = "";
    assert_done(fixture->call, ledger_period_list_closed(fixture->call, fixture->ledger, &periods, &count));
    for (size_t i = 0; i < count; i++) {
        size_t size = strlen(ranges);
        assert_true(periods[i].is_closed);
        (void)snprintf(ranges + size, sizeof ranges - size, "%s%d-%d", i == 0 ? "" : " ", periods[i].start_day,
                       periods[i].end_day);
    }
    assert_string_equal(ranges, expected);
}

static void a_period_is_closed_and_opened(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_period period;
    int32_t start = day_from_civil(2026, 2, 1);
    int32_t end = day_from_civil(2026, 3, 1);
    fixture->now_us += FIXTURE_MINUTE_US;
    assert_done(fixture->call,
                ledger_period_set(fixture->call, fixture->ledger, start, end, true, TEXT("Audited"), &period));
    assert_int_equal(period.start_day, start);
    assert_int_equal(period.end_day, end);
    assert_true(period.is_closed);
    assert_int_equal(period.changed_at_us, fixture->now_us);
    assert_text_is(period.changed_by, "ana");
    struct ledger_event_record event = fixture_last_event(fixture);
    assert_int_equal(event.log_index, period.log_index);
    assert_text_is(event.event_type, "PERIOD_CLOSED");
    assert_text_is(event.description, "Closed the days from 2026-02-01 to 2026-02-28");
    assert_text_is(event.event_metadata, "{\"end_date\":\"2026-02-28\",\"reason\":\"Audited\",\"start_date\":"
                                         "\"2026-02-01\",\"state\":\"CLOSED\"}");
    assert_done(fixture->call, post_on(fixture, "2026-01-31T23:59:59.999999"));
    assert_status(fixture->call, post_on(fixture, "2026-02-01"), LEDGER_PERIOD_IS_CLOSED);
    assert_status(fixture->call, post_on(fixture, "2026-02-28T23:59:59.999999"), LEDGER_PERIOD_IS_CLOSED);
    assert_done(fixture->call, post_on(fixture, "2026-03-01"));
    /* A day in the middle is opened, for one posting. */
    assert_done(fixture->call, set(fixture, start + 10, start + 11, false));
    assert_text_is(fixture_last_event(fixture).event_type, "PERIOD_OPENED");
    assert_status(fixture->call, post_on(fixture, "2026-02-10"), LEDGER_PERIOD_IS_CLOSED);
    assert_done(fixture->call, post_on(fixture, "2026-02-11"));
    assert_status(fixture->call, post_on(fixture, "2026-02-12"), LEDGER_PERIOD_IS_CLOSED);
    assert_done(fixture->call, set(fixture, start, end, true));
    assert_status(fixture->call, post_on(fixture, "2026-02-11"), LEDGER_PERIOD_IS_CLOSED);
    assert_done(fixture->call, set(fixture, start, end, false));
    assert_done(fixture->call, post_on(fixture, "2026-02-11"));
    const struct ledger_period *periods = NULL;
    size_t count = 0;
    assert_done(fixture->call, ledger_period_list(fixture->call, fixture->ledger, &periods, &count));
    assert_int_equal(count, 4);
    assert_text_is(periods[0].reason, "Audited");
    assert_text_is(periods[1].reason, NULL);
    assert_false(periods[3].is_closed);
    assert_true(periods[0].log_index < periods[1].log_index);
    assert_string_equal(fixture_text(fixture, "SELECT state || start_day || end_day FROM closing_periods LIMIT 1"),
                        "CLOSED2026-02-012026-03-01");
    fixture_assert_valid(fixture);
}

static void ranges_join_and_part(void **state)
{
    struct fixture *fixture = *state;
    assert_closed(fixture, "");
    assert_done(fixture->call, set(fixture, 100, 110, true));
    assert_done(fixture->call, set(fixture, 110, 120, true));
    assert_closed(fixture, "100-120");
    assert_done(fixture->call, set(fixture, 105, 107, false));
    assert_closed(fixture, "100-105 107-120");
    assert_done(fixture->call, set(fixture, 90, 106, true));
    assert_closed(fixture, "90-106 107-120");
    assert_done(fixture->call, set(fixture, 0, 1000, false));
    assert_closed(fixture, "");
    fixture_reopen(fixture);
    assert_closed(fixture, "");
}

static void what_is_so_already_is_refused(void **state)
{
    struct fixture *fixture = *state;
    assert_refused(fixture, 100, 110, false, LEDGER_PERIOD_STATE_IS_UNCHANGED);
    assert_message(fixture->call, "every day from 1970-04-11 to 1970-04-20 is open already");
    assert_done(fixture->call, set(fixture, 100, 110, true));
    assert_refused(fixture, 100, 110, true, LEDGER_PERIOD_STATE_IS_UNCHANGED);
    assert_refused(fixture, 101, 102, true, LEDGER_PERIOD_STATE_IS_UNCHANGED);
    assert_refused(fixture, 90, 100, false, LEDGER_PERIOD_STATE_IS_UNCHANGED);
    assert_refused(fixture, 110, 120, false, LEDGER_PERIOD_STATE_IS_UNCHANGED);
    assert_done(fixture->call, set(fixture, 99, 110, true));
    assert_done(fixture->call, set(fixture, 105, 111, true));
    assert_closed(fixture, "99-111");
    assert_done(fixture->call, set(fixture, 103, 104, false));
    assert_done(fixture->call, set(fixture, 100, 110, true));
    assert_done(fixture->call, set(fixture, 110, 111, false));
    assert_closed(fixture, "99-110");
    assert_done(fixture->call, set(fixture, 100, 111, true));
}

static void a_period_has_days_of_the_calendar(void **state)
{
    struct fixture *fixture = *state;
    int32_t first_day = day_from_civil(1, 1, 1);
    int32_t end_day = day_from_civil(9999, 12, 31);
    assert_refused(fixture, 100, 100, true, LEDGER_PERIOD_IS_INVALID);
    assert_refused(fixture, 101, 100, true, LEDGER_PERIOD_IS_INVALID);
    assert_refused(fixture, INT32_MIN, INT32_MAX, true, LEDGER_PERIOD_IS_INVALID);
    assert_refused(fixture, first_day - 1, 0, true, LEDGER_PERIOD_IS_INVALID);
    assert_refused(fixture, 0, end_day + 1, false, LEDGER_PERIOD_IS_INVALID);
    assert_done(fixture->call, set(fixture, first_day, end_day, true));
    assert_status(fixture->call, post_on(fixture, NULL), LEDGER_PERIOD_IS_CLOSED);
    assert_status(fixture->call, post_on(fixture, "0001-01-01"), LEDGER_PERIOD_IS_CLOSED);
    assert_done(fixture->call, set(fixture, first_day, end_day, false));
    assert_done(fixture->call, post_on(fixture, "0001-01-01"));
}

static void a_reason_has_a_limit(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_period period;
    char reason[1001];
    memset(reason, 'r', sizeof reason);
    assert_status(fixture->call,
                  ledger_period_set(fixture->call, fixture->ledger, 1, 2, true,
                                    (struct ledger_text){reason, sizeof reason}, &period),
                  LEDGER_TEXT_IS_INVALID);
    assert_message(fixture->call, "reason is too long: 1001 characters, at most 1000");
    assert_done(fixture->call, ledger_period_set(fixture->call, fixture->ledger, 1, 2, true,
                                                 (struct ledger_text){reason, sizeof reason - 1}, &period));
    fixture_act_as(fixture, NULL, NULL, NULL);
    assert_status(fixture->call, set(fixture, 5, 6, true), LEDGER_USER_IS_MISSING);
}

/* A period that another handle closes between two postings counts for the second. */
static void another_handle_sees_what_was_closed(void **state)
{
    struct fixture *fixture = *state;
    struct ledger *other = fixture_open(fixture);
    struct ledger_period period;
    assert_done(fixture->call, post_on(fixture, "2026-03-01"));
    assert_done(fixture->call, ledger_period_set(fixture->call, other, day_from_civil(2026, 3, 1),
                                                 day_from_civil(2026, 3, 2), true, TEXT_ABSENT, &period));
    assert_status(fixture->call, post_on(fixture, "2026-03-01"), LEDGER_PERIOD_IS_CLOSED);
    ledger_free(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_period_is_closed_and_opened, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(ranges_join_and_part, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(what_is_so_already_is_refused, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_period_has_days_of_the_calendar, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_reason_has_a_limit, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(another_handle_sees_what_was_closed, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
