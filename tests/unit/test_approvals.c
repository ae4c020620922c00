/* Approvals: who asks, who decides, and what has come between. */
#include "support/ledger_fixture.h"

/* A ledger in which a reversal of more than 100.00 needs two persons, and a transaction of 500.00 in it. */
static struct ledger_posted begin(struct fixture *fixture)
{
    fixture->options.correction_approval_threshold_minor = 10000;
    fixture_reopen(fixture);
    return fixture_post(fixture, "2026-03-10", "1000", "4000", "500");
}

static ledger_status ask(struct fixture *fixture, const struct ledger_posted *original, const char *reason,
                         const char *key, struct ledger_posted *posted)
{
    ledger_call_reset(fixture->call);
    return fixture_reverse(fixture, original->transaction_id, reason, NULL, key, posted);
}

static ledger_status approve(struct fixture *fixture, const char *request_id, struct ledger_posted *posted)
{
    ledger_call_reset(fixture->call);
    struct ledger_approved approved = {.kind = LEDGER_APPROVAL_OF_REVERSAL};
    ledger_status status =
        ledger_approval_approve(fixture->call, fixture->ledger, ledger_text_of(request_id), &approved);
    *posted = approved.posted;
    return status;
}

static ledger_status deny(struct fixture *fixture, const char *request_id, const char *reason)
{
    ledger_call_reset(fixture->call);
    return ledger_approval_deny(fixture->call, fixture->ledger, ledger_text_of(request_id), ledger_text_of(reason));
}

static void assert_refused(struct fixture *fixture, const char *request_id, ledger_status status, const char *words)
{
    struct ledger_posted posted;
    struct fixture_counts before = fixture_count(fixture);
    assert_status(fixture->call, approve(fixture, request_id, &posted), status);
    assert_message(fixture->call, words);
    fixture_assert_refused(fixture, &before, "REVERSAL_REFUSED", "APPROVE", status);
}

static size_t list(struct fixture *fixture, bool only_waiting, const struct ledger_approval **ret_approvals)
{
    size_t count = 0;
    assert_done(fixture->call,
                ledger_approval_list(fixture->call, fixture->ledger, only_waiting, ret_approvals, &count));
    return count;
}

static void another_approves(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_posted original = begin(fixture);
    struct ledger_posted asked;
    struct ledger_posted posted;
    const struct ledger_approval *approvals = NULL;
    struct fixture_counts before = fixture_count(fixture);
    assert_status(fixture->call, ask(fixture, &original, "Wrong", NULL, &asked), LEDGER_APPROVAL_IS_PENDING);
    assert_message(fixture->call, asked.approval_request_id);
    assert_string_equal(asked.transaction_id, "");
    struct fixture_counts after = fixture_count(fixture);
    assert_int_equal(after.transactions, before.transactions);
    assert_int_equal(after.events, before.events + 1);
    struct ledger_event_record event = fixture_last_event(fixture);
    assert_text_is(event.event_type, "APPROVAL_REQUESTED");
    assert_true(event.is_success);
    assert_true(event.has_transaction);
    assert_int_equal(list(fixture, true, &approvals), 1);
    assert_string_equal(approvals[0].request_id, asked.approval_request_id);
    assert_text_is(approvals[0].reason, "Wrong");
    assert_text_is(approvals[0].requested_by, "ana");
    assert_text_is(approvals[0].requested_principal, "os:1000");
    assert_text_is(approvals[0].source_system, "test");
    assert_int_equal(approvals[0].decided_at_us, 0);
    fixture->now_us += FIXTURE_MINUTE_US;
    fixture_act_as(fixture, "bea", "os:1001", "desk");
    assert_done(fixture->call, approve(fixture, asked.approval_request_id, &posted));
    assert_string_equal(posted.original_transaction_id, original.transaction_id);
    assert_string_equal(fixture_metadata(fixture, "APPROVAL_GRANTED", 0, "compared"), "principals");
    assert_string_equal(
        fixture_text(fixture, "SELECT created_by || ' ' || principal || ' ' || source_system || ' ' || reversal_reason "
                              "FROM transactions WHERE is_reversal"),
        "bea os:1001 test Wrong");
    assert_int_equal(list(fixture, true, &approvals), 0);
    assert_int_equal(list(fixture, false, &approvals), 1);
    assert_int_equal(approvals[0].state, LEDGER_APPROVAL_APPROVED);
    assert_text_is(approvals[0].decided_by, "bea");
    assert_int_equal(approvals[0].decided_at_us, fixture->now_us);
    assert_string_equal(fixture_text(fixture, "SELECT state || decided_by FROM approval_requests"), "APPROVEDbea");
    fixture_assert_valid(fixture);
}

static void the_same_request_has_the_same_id(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_posted original = begin(fixture);
    struct ledger_posted asked;
    struct ledger_posted again;
    assert_status(fixture->call, ask(fixture, &original, "Wrong", "k1", &asked), LEDGER_APPROVAL_IS_PENDING);
    struct fixture_counts before = fixture_count(fixture);
    assert_status(fixture->call, ask(fixture, &original, "Wrong", "k1", &again), LEDGER_APPROVAL_IS_PENDING);
    assert_string_equal(again.approval_request_id, asked.approval_request_id);
    fixture_act_as(fixture, "bea", "os:1001", "desk");
    assert_status(fixture->call, ask(fixture, &original, "Wrong too", NULL, &again), LEDGER_APPROVAL_IS_PENDING);
    assert_string_equal(again.approval_request_id, asked.approval_request_id);
    assert_int_equal(fixture_count(fixture).log_size, before.log_size);
}

static void the_requester_cannot_approve(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_posted original = begin(fixture);
    struct ledger_posted asked;
    struct ledger_posted posted;
    assert_status(fixture->call, ask(fixture, &original, "Wrong", NULL, &asked), LEDGER_APPROVAL_IS_PENDING);
    assert_refused(fixture, asked.approval_request_id, LEDGER_APPROVER_IS_THE_REQUESTER, "ana made the request");
    fixture_act_as(fixture, "ana", "os:1001", "test");
    assert_refused(fixture, asked.approval_request_id, LEDGER_APPROVER_IS_THE_REQUESTER, "ana made the request");
    fixture_act_as(fixture, "bea", "os:1000", "test");
    assert_refused(fixture, asked.approval_request_id, LEDGER_APPROVER_IS_THE_REQUESTER, "os:1000 made the request");
    fixture_act_as(fixture, "ana", NULL, "test");
    assert_refused(fixture, asked.approval_request_id, LEDGER_APPROVER_IS_THE_REQUESTER, "ana made the request");
    fixture_act_as(fixture, NULL, "os:1001", "test");
    assert_status(fixture->call, approve(fixture, asked.approval_request_id, &posted), LEDGER_USER_IS_MISSING);
    /* Where one of the two is not known, only claims were compared, and the event says so. */
    fixture_act_as(fixture, "bea", NULL, "test");
    assert_done(fixture->call, approve(fixture, asked.approval_request_id, &posted));
    assert_string_equal(fixture_metadata(fixture, "APPROVAL_GRANTED", 0, "compared"), "claims");
}

static void two_without_principals_are_compared_by_their_claims(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_posted original = begin(fixture);
    struct ledger_posted asked;
    struct ledger_posted posted;
    fixture_act_as(fixture, "ana", NULL, "test");
    assert_status(fixture->call, ask(fixture, &original, "Wrong", NULL, &asked), LEDGER_APPROVAL_IS_PENDING);
    fixture_act_as(fixture, "bea", "os:1001", "test");
    assert_done(fixture->call, approve(fixture, asked.approval_request_id, &posted));
    assert_string_equal(fixture_metadata(fixture, "APPROVAL_GRANTED", 0, "compared"), "claims");
}

static void what_was_denied_can_be_asked_for_again(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_posted original = begin(fixture);
    struct ledger_posted asked;
    struct ledger_posted again;
    struct ledger_posted posted;
    const struct ledger_approval *approvals = NULL;
    assert_status(fixture->call, ask(fixture, &original, "Wrong", NULL, &asked), LEDGER_APPROVAL_IS_PENDING);
    assert_status(fixture->call, deny(fixture, asked.approval_request_id, "a\xff"), LEDGER_TEXT_IS_INVALID);
    fixture_act_as(fixture, "bea", "os:1001", "test");
    assert_done(fixture->call, deny(fixture, asked.approval_request_id, "It is right"));
    assert_text_is(fixture_last_event(fixture).event_type, "APPROVAL_DENIED");
    assert_refused(fixture, asked.approval_request_id, LEDGER_APPROVAL_IS_DECIDED,
                   "the request was denied by bea already");
    struct fixture_counts before = fixture_count(fixture);
    assert_status(fixture->call, deny(fixture, asked.approval_request_id, NULL), LEDGER_APPROVAL_IS_DECIDED);
    fixture_assert_refused(fixture, &before, "REVERSAL_REFUSED", "DENY", LEDGER_APPROVAL_IS_DECIDED);
    fixture_act_as(fixture, "ana", "os:1000", "test");
    assert_status(fixture->call, ask(fixture, &original, "Wrong", NULL, &again), LEDGER_APPROVAL_IS_PENDING);
    assert_string_not_equal(again.approval_request_id, asked.approval_request_id);
    assert_int_equal(list(fixture, false, &approvals), 2);
    assert_int_equal(approvals[0].state, LEDGER_APPROVAL_DENIED);
    assert_text_is(approvals[0].decision_reason, "It is right");
    assert_int_equal(approvals[1].state, LEDGER_APPROVAL_WAITING);
    /* The requester withdraws. */
    assert_done(fixture->call, deny(fixture, again.approval_request_id, NULL));
    assert_status(fixture->call, ask(fixture, &original, "Wrong", NULL, &asked), LEDGER_APPROVAL_IS_PENDING);
    fixture_act_as(fixture, "bea", "os:1001", "test");
    assert_done(fixture->call, approve(fixture, asked.approval_request_id, &posted));
    assert_refused(fixture, asked.approval_request_id, LEDGER_APPROVAL_IS_DECIDED,
                   "the request was approved by bea already");
    fixture_assert_valid(fixture);
}

static void what_is_not_there_cannot_be_decided(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_posted original = begin(fixture);
    (void)original;
    assert_refused(fixture, "00000000-0000-7000-8000-000000000000", LEDGER_APPROVAL_NOT_FOUND, "not found: 00000000-");
    assert_refused(fixture, "20260315-000001", LEDGER_APPROVAL_NOT_FOUND, "that is not an id");
    assert_refused(fixture, "", LEDGER_APPROVAL_NOT_FOUND, "that is not an id");
    assert_refused(fixture, original.transaction_id, LEDGER_APPROVAL_NOT_FOUND, "not found");
    assert_status(fixture->call, deny(fixture, "\xff", NULL), LEDGER_APPROVAL_NOT_FOUND);
}

static void the_rules_are_checked_again(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_posted original = begin(fixture);
    struct ledger_posted asked;
    struct ledger_posted posted;
    struct ledger_period period;
    assert_status(fixture->call, ask(fixture, &original, "Wrong", NULL, &asked), LEDGER_APPROVAL_IS_PENDING);
    fixture_act_as(fixture, "bea", "os:1001", "test");
    assert_done(fixture->call, ledger_period_set(fixture->call, fixture->ledger, day_from_civil(2026, 3, 1),
                                                 day_from_civil(2026, 4, 1), true, TEXT_ABSENT, &period));
    assert_refused(fixture, asked.approval_request_id, LEDGER_PERIOD_IS_CLOSED, "2026-03-15 is closed");
    assert_done(fixture->call, ledger_period_set(fixture->call, fixture->ledger, day_from_civil(2026, 3, 1),
                                                 day_from_civil(2026, 4, 1), false, TEXT_ABSENT, &period));
    /* It grew too old while it waited. */
    fixture->options.max_correction_age_days = 5;
    fixture_reopen(fixture);
    fixture->now_us += TIME_US_PER_DAY;
    assert_refused(fixture, asked.approval_request_id, LEDGER_TRANSACTION_IS_TOO_OLD, "6 days old");
    fixture->options.max_correction_age_days = 6;
    fixture_reopen(fixture);
    assert_done(fixture->call, approve(fixture, asked.approval_request_id, &posted));
    /* Dated the day of the approval, since no day was asked for. */
    assert_string_equal(fixture_text(fixture, "SELECT transaction_day FROM transactions WHERE is_reversal"),
                        "2026-03-16");
}

static void what_was_reversed_otherwise_is_not_reversed_again(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_posted original = begin(fixture);
    struct ledger_posted asked;
    struct ledger_posted posted;
    assert_status(fixture->call, ask(fixture, &original, "Wrong", "k1", &asked), LEDGER_APPROVAL_IS_PENDING);
    fixture->options.correction_approval_threshold_minor = 0;
    fixture_reopen(fixture);
    assert_done(fixture->call, ask(fixture, &original, "Wrong", NULL, &posted));
    fixture_act_as(fixture, "bea", "os:1001", "test");
    assert_refused(fixture, asked.approval_request_id, LEDGER_TRANSACTION_IS_ALREADY_REVERSED, "already reversed");
}

static void what_was_reversed_under_the_same_key_is_not_reversed_again(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_posted original = begin(fixture);
    struct ledger_posted asked;
    struct ledger_posted posted;
    assert_status(fixture->call, ask(fixture, &original, "Wrong", "k1", &asked), LEDGER_APPROVAL_IS_PENDING);
    fixture->options.correction_approval_threshold_minor = 0;
    fixture_reopen(fixture);
    assert_done(fixture->call, ask(fixture, &original, "Wrong", "k1", &posted));
    fixture_act_as(fixture, "bea", "os:1001", "test");
    assert_refused(fixture, asked.approval_request_id, LEDGER_TRANSACTION_IS_ALREADY_REVERSED, "already reversed");
}

static void a_key_that_was_taken_meanwhile_refuses(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_posted original = begin(fixture);
    struct ledger_posted asked;
    struct ledger_posted posted;
    assert_status(fixture->call, ask(fixture, &original, "Wrong", "k1", &asked), LEDGER_APPROVAL_IS_PENDING);
    struct ledger_posting posting = fixture_posting(fixture, NULL, "1000", "4000", "1");
    posting.idempotency_key = TEXT("k1");
    assert_done(fixture->call, ledger_post(fixture->call, fixture->ledger, &posting, &posted));
    fixture_act_as(fixture, "bea", "os:1001", "desk");
    assert_refused(fixture, asked.approval_request_id, LEDGER_IDEMPOTENCY_KEY_IS_TAKEN, "\"k1\" was used");
}

/* Who asked with a key learns the result by asking again. */
static void an_approved_request_is_replayed(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_posted original = begin(fixture);
    struct ledger_posted asked;
    struct ledger_posted posted;
    struct ledger_posted again;
    assert_status(fixture->call, ask(fixture, &original, "Wrong", "k1", &asked), LEDGER_APPROVAL_IS_PENDING);
    fixture_act_as(fixture, "bea", "os:1001", "desk");
    assert_done(fixture->call, approve(fixture, asked.approval_request_id, &posted));
    fixture_act_as(fixture, "ana", "os:1000", "test");
    assert_done(fixture->call, ask(fixture, &original, "Wrong", "k1", &again));
    assert_true(again.replayed);
    assert_string_equal(again.transaction_id, posted.transaction_id);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(another_approves, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(the_same_request_has_the_same_id, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(the_requester_cannot_approve, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(two_without_principals_are_compared_by_their_claims, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(what_was_denied_can_be_asked_for_again, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(what_is_not_there_cannot_be_decided, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(the_rules_are_checked_again, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(what_was_reversed_otherwise_is_not_reversed_again, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(what_was_reversed_under_the_same_key_is_not_reversed_again, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(a_key_that_was_taken_meanwhile_refuses, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(an_approved_request_is_replayed, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
