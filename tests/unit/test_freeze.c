/* Freezing: what it stops, what goes on, and who ends it. */
#include "ledger/account.h"
#include "ledger/freeze.h"
#include "support/ledger_fixture.h"

static ledger_status freeze(struct fixture *fixture, const char *reason)
{
    struct ledger_freeze_state state;
    ledger_call_reset(fixture->call);
    return ledger_freeze(fixture->call, fixture->ledger, ledger_text_of(reason), &state);
}

static ledger_status unfreeze(struct fixture *fixture, const char *reason)
{
    struct ledger_freeze_state state;
    ledger_call_reset(fixture->call);
    return ledger_unfreeze(fixture->call, fixture->ledger, ledger_text_of(reason), &state);
}

static struct ledger_freeze_state state_of(struct fixture *fixture)
{
    struct ledger_freeze_state state;
    assert_done(fixture->call, ledger_freeze_get(fixture->call, fixture->ledger, &state));
    return state;
}

static void assert_frozen(struct fixture *fixture, ledger_status status, const struct fixture_counts *before,
                          const char *event_type, const char *action)
{
    assert_int_equal(status, LEDGER_IS_FROZEN);
    assert_message(fixture->call, "the ledger is frozen since 2026-03-15T12:00:00.000000Z by ana: an altered entry");
    fixture_assert_refused(fixture, before, event_type, action, LEDGER_IS_FROZEN);
    ledger_call_reset(fixture->call);
}

static void nothing_changes_while_it_is_frozen(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_posted posted = fixture_post(fixture, NULL, "1000", "4000", "1");
    struct ledger_posted refused;
    struct ledger_account account;
    struct ledger_period period;
    struct ledger_posting posting = fixture_posting(fixture, NULL, "1000", "4000", "1");
    const struct ledger_account_request request = {
        .account_code = TEXT("7"), .account_name = TEXT("New"), .account_type = LEDGER_ASSET};
    assert_done(fixture->call, freeze(fixture, "an altered entry"));
    struct ledger_event_record event = fixture_last_event(fixture);
    assert_text_is(event.event_type, "LEDGER_FROZEN");
    assert_text_is(event.description, "an altered entry");
    assert_true(event.is_success);
    ledger_call_reset(fixture->call);
    struct fixture_counts before = fixture_count(fixture);
    assert_frozen(fixture, ledger_post(fixture->call, fixture->ledger, &posting, &refused), &before,
                  "TRANSACTION_REFUSED", "POST");
    assert_true(refused.refusal_recorded);
    before = fixture_count(fixture);
    assert_frozen(fixture, fixture_reverse(fixture, posted.transaction_id, "Wrong", NULL, NULL, &refused), &before,
                  "REVERSAL_REFUSED", "REVERSE");
    before = fixture_count(fixture);
    assert_frozen(fixture, ledger_account_create(fixture->call, fixture->ledger, &request, &account), &before,
                  "ACCOUNT_REFUSED", "CREATE_ACCOUNT");
    before = fixture_count(fixture);
    assert_frozen(fixture, ledger_account_set_active(fixture->call, fixture->ledger, TEXT("1000"), false, &account),
                  &before, "ACCOUNT_REFUSED", "DEACTIVATE_ACCOUNT");
    before = fixture_count(fixture);
    assert_frozen(fixture, ledger_period_set(fixture->call, fixture->ledger, 1, 2, true, TEXT_ABSENT, &period), &before,
                  "PERIOD_REFUSED", "CLOSE_PERIOD");
    before = fixture_count(fixture);
    assert_int_equal(freeze(fixture, "again"), LEDGER_FREEZE_STATE_IS_UNCHANGED);
    fixture_assert_refused(fixture, &before, "FREEZE_REFUSED", "FREEZE", LEDGER_FREEZE_STATE_IS_UNCHANGED);
    fixture_assert_valid(fixture);
}

static void what_waits_for_approval_waits_on(void **state)
{
    struct fixture *fixture = *state;
    fixture->options.correction_approval_threshold_minor = 10000;
    fixture_reopen(fixture);
    struct ledger_posted original = fixture_post(fixture, NULL, "1000", "4000", "500");
    struct ledger_posted asked;
    struct ledger_approved approved;
    assert_status(fixture->call, fixture_reverse(fixture, original.transaction_id, "Wrong", NULL, NULL, &asked),
                  LEDGER_APPROVAL_IS_PENDING);
    assert_done(fixture->call, freeze(fixture, "an altered entry"));
    fixture_act_as(fixture, "bea", "os:1001", "desk");
    struct ledger_text request_id = ledger_text_of(asked.approval_request_id);
    ledger_call_reset(fixture->call);
    struct fixture_counts before = fixture_count(fixture);
    assert_frozen(fixture, ledger_approval_approve(fixture->call, fixture->ledger, request_id, &approved), &before,
                  "REVERSAL_REFUSED", "APPROVE");
    before = fixture_count(fixture);
    assert_frozen(fixture, ledger_approval_deny(fixture->call, fixture->ledger, request_id, TEXT("No")), &before,
                  "REVERSAL_REFUSED", "DENY");
    assert_done(fixture->call, unfreeze(fixture, "Found out"));
    assert_done(fixture->call, ledger_approval_approve(fixture->call, fixture->ledger, request_id, &approved));
    fixture_assert_valid(fixture);
}

static void what_was_posted_before_is_replayed(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_posted posted;
    struct ledger_posted again[2];
    struct ledger_posting postings[2] = {fixture_posting(fixture, NULL, "1000", "4000", "1"),
                                         fixture_posting(fixture, NULL, "1000", "4000", "2")};
    postings[0].idempotency_key = TEXT("k1");
    assert_done(fixture->call, ledger_post(fixture->call, fixture->ledger, &postings[0], &posted));
    assert_done(fixture->call, freeze(fixture, "an altered entry"));
    assert_done(fixture->call,
                ledger_post_batch(fixture->call, fixture->ledger, postings, 2, LEDGER_BATCH_EACH, again));
    assert_true(again[0].replayed);
    assert_string_equal(again[0].transaction_id, posted.transaction_id);
    assert_int_equal(again[1].status, LEDGER_IS_FROZEN);
    assert_status(fixture->call,
                  ledger_post_batch(fixture->call, fixture->ledger, postings, 2, LEDGER_BATCH_ALL, again),
                  LEDGER_BATCH_IS_REFUSED);
    fixture_assert_valid(fixture);
}

/* What another handle froze stops this one, whose rules are in memory. */
static void every_handle_stops_at_once(void **state)
{
    struct fixture *fixture = *state;
    struct ledger *other = fixture_open(fixture);
    struct ledger_posted posted;
    struct ledger_freeze_state frozen;
    struct ledger_posting posting = fixture_posting(fixture, NULL, "1000", "4000", "1");
    assert_done(fixture->call, ledger_post(fixture->call, other, &posting, &posted));
    assert_done(fixture->call, ledger_freeze(fixture->call, fixture->ledger, TEXT("stop"), &frozen));
    assert_status(fixture->call, ledger_post(fixture->call, other, &posting, &posted), LEDGER_IS_FROZEN);
    fixture_act_as(fixture, "bea", "os:1001", "test");
    assert_done(fixture->call, unfreeze(fixture, "go on"));
    assert_done(fixture->call, ledger_post(fixture->call, other, &posting, &posted));
    /* The second time it says what was the second time. */
    assert_done(fixture->call, ledger_freeze(fixture->call, fixture->ledger, TEXT("stop again"), &frozen));
    assert_status(fixture->call, ledger_post(fixture->call, other, &posting, &posted), LEDGER_IS_FROZEN);
    assert_message(fixture->call, "by bea: stop again");
    ledger_free(other);
}

static void assert_needs_another(struct fixture *fixture, const char *words)
{
    struct fixture_counts before = fixture_count(fixture);
    assert_int_equal(unfreeze(fixture, "go on"), LEDGER_SECOND_PERSON_IS_NEEDED);
    assert_message(fixture->call, words);
    fixture_assert_refused(fixture, &before, "UNFREEZE_REFUSED", "UNFREEZE", LEDGER_SECOND_PERSON_IS_NEEDED);
}

static void a_second_person_unfreezes(void **state)
{
    struct fixture *fixture = *state;
    assert_false(state_of(fixture).is_frozen);
    assert_int_equal(unfreeze(fixture, "go on"), LEDGER_FREEZE_STATE_IS_UNCHANGED);
    assert_done(fixture->call, freeze(fixture, "an altered entry"));
    struct ledger_freeze_state frozen = state_of(fixture);
    assert_true(frozen.is_frozen);
    assert_int_equal(frozen.frozen_at_us, fixture->now_us);
    assert_text_is(frozen.frozen_by, "ana");
    assert_text_is(frozen.frozen_principal, "os:1000");
    assert_text_is(frozen.reason, "an altered entry");
    assert_needs_another(fixture, "ana froze the ledger");
    fixture_act_as(fixture, "ana", "os:1001", "test");
    assert_needs_another(fixture, "ana froze the ledger");
    fixture_act_as(fixture, "bea", "os:1000", "test");
    assert_needs_another(fixture, "os:1000 froze the ledger");
    fixture_act_as(fixture, "bea", "os:1001", "test");
    assert_int_equal(unfreeze(fixture, ""), LEDGER_TEXT_IS_INVALID);
    assert_int_equal(unfreeze(fixture, "two\nlines"), LEDGER_TEXT_IS_INVALID);
    assert_done(fixture->call, unfreeze(fixture, "the entry was corrected"));
    struct ledger_event_record event = fixture_last_event(fixture);
    assert_text_is(event.event_type, "LEDGER_UNFROZEN");
    assert_text_is(event.description, "the entry was corrected");
    assert_string_equal(fixture_metadata(fixture, "LEDGER_UNFROZEN", 0, "compared"), "principals");
    assert_string_equal(fixture_metadata(fixture, "LEDGER_UNFROZEN", 0, "frozen_by"), "ana");
    assert_string_equal(fixture_metadata(fixture, "LEDGER_UNFROZEN", 0, "frozen_principal"), "os:1000");
    assert_false(state_of(fixture).is_frozen);
    (void)fixture_post(fixture, NULL, "1000", "4000", "1");
    fixture_assert_valid(fixture);
}

static void claims_are_compared_where_nothing_more_is_known(void **state)
{
    struct fixture *fixture = *state;
    fixture_act_as(fixture, "ana", NULL, "test");
    assert_done(fixture->call, freeze(fixture, "an altered entry"));
    assert_needs_another(fixture, "ana froze the ledger");
    fixture_act_as(fixture, "bea", "os:1000", "test");
    assert_done(fixture->call, unfreeze(fixture, "go on"));
    assert_string_equal(fixture_metadata(fixture, "LEDGER_UNFROZEN", 0, "compared"), "claims");
}

/* A mark that somebody wrote into the head stops posting too, is found by verify, and can be taken away. */
static void a_mark_without_an_event_can_be_taken_away(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_posted posted;
    struct ledger_posting posting = fixture_posting(fixture, NULL, "1000", "4000", "1");
    fixture_damage(fixture, "UPDATE head_row SET frozen = 1", "UPDATE integrity_head SET frozen = 1");
    assert_status(fixture->call, ledger_post(fixture->call, fixture->ledger, &posting, &posted), LEDGER_IS_FROZEN);
    assert_message(fixture->call, "its log does not say by whom");
    struct ledger_freeze_state frozen = state_of(fixture);
    assert_true(frozen.is_frozen);
    assert_int_equal(frozen.frozen_at_us, 0);
    assert_true(text_is_absent(frozen.frozen_by));
    assert_done(fixture->call, unfreeze(fixture, "nobody froze it"));
    assert_done(fixture->call, ledger_post(fixture->call, fixture->ledger, &posting, &posted));
    fixture_assert_valid(fixture);
}

/* The same where a freezing ended long ago. */
static void an_old_freezing_says_nothing_of_a_new_mark(void **state)
{
    struct fixture *fixture = *state;
    assert_done(fixture->call, freeze(fixture, "once"));
    fixture_act_as(fixture, "bea", "os:1001", "test");
    assert_done(fixture->call, unfreeze(fixture, "go on"));
    fixture_damage(fixture, "UPDATE head_row SET frozen = 1", "UPDATE integrity_head SET frozen = 1");
    assert_int_equal(state_of(fixture).frozen_at_us, 0);
}

/* Freezing cannot wait until somebody has set the clock right. */
static void a_wrong_clock_does_not_keep_from_freezing(void **state)
{
    struct fixture *fixture = *state;
    (void)fixture_post(fixture, NULL, "1000", "4000", "1");
    fixture->now_us -= 10 * FIXTURE_MINUTE_US;
    assert_done(fixture->call, freeze(fixture, "an altered entry"));
    fixture_act_as(fixture, "bea", "os:1001", "test");
    assert_done(fixture->call, unfreeze(fixture, "go on"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nothing_changes_while_it_is_frozen, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(what_waits_for_approval_waits_on, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(what_was_posted_before_is_replayed, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(every_handle_stops_at_once, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_second_person_unfreezes, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(claims_are_compared_where_nothing_more_is_known, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(a_mark_without_an_event_can_be_taken_away, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(an_old_freezing_says_nothing_of_a_new_mark, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_wrong_clock_does_not_keep_from_freezing, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
