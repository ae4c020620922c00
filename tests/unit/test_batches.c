/* Batches: each for itself or all together, keys that repeat, and refusals that come too fast. */
#include <stdlib.h>
#include <time.h>

#include "support/ledger_fixture.h"

static struct ledger_posting sale(struct fixture *fixture, const char *amount, const char *key)
{
    struct ledger_posting posting = fixture_posting(fixture, "2026-03-01", "1000", "4000", amount);
    posting.idempotency_key = ledger_text_of(key);
    return posting;
}

static ledger_status post(struct fixture *fixture, const struct ledger_posting *posting, struct ledger_posted *posted)
{
    return ledger_post(fixture->call, fixture->ledger, posting, posted);
}

static void assert_same_result(const struct ledger_posted *again, const struct ledger_posted *first)
{
    assert_int_equal(again->status, LEDGER_DONE);
    assert_true(again->replayed);
    assert_int_equal(again->log_index, first->log_index);
    assert_string_equal(again->transaction_id, first->transaction_id);
    assert_string_equal(again->transaction_number, first->transaction_number);
    assert_int_equal(again->posting_date_us, first->posting_date_us);
    assert_string_equal(again->transaction_hash, first->transaction_hash);
}

/* Refusals are counted by the second of the steady clock: what counts them begins with a fresh one. */
static void wait_for_a_fresh_second(void)
{
    int64_t now_ms = monotonic_ms();
    int64_t left_ms = 1000 - now_ms % 1000;
    struct timespec pause = {.tv_nsec = left_ms * 1000000 - 1};
    (void)nanosleep(&pause, NULL);
    while (monotonic_ms() / 1000 == now_ms / 1000) {
        (void)nanosleep(&(struct timespec){.tv_nsec = 100000}, NULL);
    }
}

static void an_empty_batch_does_nothing(void **state)
{
    struct fixture *fixture = *state;
    struct fixture_counts before = fixture_count(fixture);
    assert_done(fixture->call, ledger_post_batch(fixture->call, fixture->ledger, NULL, 0, LEDGER_BATCH_EACH, NULL));
    assert_done(fixture->call, ledger_post_batch(fixture->call, fixture->ledger, NULL, 0, LEDGER_BATCH_ALL, NULL));
    assert_int_equal(fixture_count(fixture).log_size, before.log_size);
}

static void each_item_stands_for_itself(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_posting postings[] = {sale(fixture, "1", NULL), sale(fixture, "0", NULL), sale(fixture, "3", NULL),
                                        fixture_posting(fixture, NULL, "1999", "9999", "4")};
    struct ledger_posted posted[4];
    struct fixture_counts before = fixture_count(fixture);
    assert_done(fixture->call,
                ledger_post_batch(fixture->call, fixture->ledger, postings, 4, LEDGER_BATCH_EACH, posted));
    assert_int_equal(posted[0].status, LEDGER_DONE);
    assert_int_equal(posted[1].status, LEDGER_AMOUNT_IS_INVALID);
    assert_int_equal(posted[2].status, LEDGER_DONE);
    assert_int_equal(posted[3].status, LEDGER_ACCOUNT_NOT_FOUND);
    assert_string_equal(posted[0].transaction_number, "20260315-000001");
    assert_string_equal(posted[2].transaction_number, "20260315-000002");
    assert_int_equal(posted[2].log_index, posted[0].log_index + 1);
    assert_string_equal(posted[1].transaction_id, "");
    assert_true(posted[1].refusal_recorded && posted[3].refusal_recorded);
    assert_int_equal(ledger_call_problems_count(fixture->call), 4);
    assert_int_equal(ledger_call_problem(fixture->call, 0)->item_index, 1);
    assert_int_equal(ledger_call_problem(fixture->call, 2)->item_index, 3);
    assert_int_equal(ledger_call_problem(fixture->call, 3)->item_index, 3);
    struct fixture_counts after = fixture_count(fixture);
    assert_int_equal(after.transactions, before.transactions + 2);
    assert_int_equal(after.events, before.events + 2);
    assert_string_equal(fixture_metadata(fixture, "TRANSACTION_REFUSED", 0, "problems_count"), "2");
    assert_string_equal(fixture_metadata(fixture, "TRANSACTION_REFUSED", 1, "problems_count"), "2");
    fixture_assert_valid(fixture);
}

static void all_are_posted_or_none(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_posting postings[] = {sale(fixture, "1", "k1"), sale(fixture, "2", NULL), sale(fixture, "1", "k1")};
    struct ledger_posted posted[3];
    struct fixture_counts before = fixture_count(fixture);
    postings[1].description = TEXT_ABSENT;
    assert_status(fixture->call,
                  ledger_post_batch(fixture->call, fixture->ledger, postings, 3, LEDGER_BATCH_ALL, posted),
                  LEDGER_BATCH_IS_REFUSED);
    assert_int_equal(posted[0].status, LEDGER_BATCH_IS_REFUSED);
    assert_int_equal(posted[1].status, LEDGER_TEXT_IS_INVALID);
    assert_int_equal(posted[2].status, LEDGER_BATCH_IS_REFUSED);
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(posted[i].transaction_id, "");
        assert_false(posted[i].replayed);
    }
    fixture_assert_refused(fixture, &before, "TRANSACTION_REFUSED", "POST", LEDGER_TEXT_IS_INVALID);
    /* A refused attempt does not use the key up. */
    postings[1].description = TEXT("Two");
    assert_done(fixture->call,
                ledger_post_batch(fixture->call, fixture->ledger, postings, 3, LEDGER_BATCH_ALL, posted));
    assert_false(posted[0].replayed);
    assert_same_result(&posted[2], &posted[0]);
    assert_int_equal(fixture_count(fixture).transactions, 2);
    /* What was posted before is told again, also where the rest is refused. */
    postings[1].description = TEXT_ABSENT;
    struct ledger_posted again[3];
    assert_status(fixture->call,
                  ledger_post_batch(fixture->call, fixture->ledger, postings, 3, LEDGER_BATCH_ALL, again),
                  LEDGER_BATCH_IS_REFUSED);
    assert_same_result(&again[0], &posted[0]);
    assert_same_result(&again[2], &posted[0]);
    assert_int_equal(fixture_count(fixture).transactions, 2);
}

static void the_same_request_is_posted_once(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_posting posting = sale(fixture, "12.50", "k1");
    struct ledger_posted first;
    struct ledger_posted again;
    assert_done(fixture->call, post(fixture, &posting, &first));
    assert_false(first.replayed);
    struct fixture_counts before = fixture_count(fixture);
    fixture->now_us += FIXTURE_MINUTE_US;
    assert_done(fixture->call, post(fixture, &posting, &again));
    assert_same_result(&again, &first);
    fixture_reopen(fixture);
    assert_done(fixture->call, post(fixture, &posting, &again));
    assert_same_result(&again, &first);
    assert_int_equal(fixture_count(fixture).log_size, before.log_size);
    /* The amount is what it is worth, the code what it normalises to: as written otherwise it is the same request. */
    posting = sale(fixture, "12.5", "k1");
    assert_done(fixture->call, post(fixture, &posting, &again));
    assert_same_result(&again, &first);
}

static void another_request_under_the_key_is_refused(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_posted posted;
    struct ledger_posting first = sale(fixture, "5", "k1");
    assert_done(fixture->call, post(fixture, &first, &posted));
    struct ledger_posting others[] = {first, first, first, first, first, first, sale(fixture, "5.01", "k1")};
    others[0].description = TEXT("Another");
    others[1].business_event_type = TEXT("RETURN");
    others[2].business_key = TEXT("B1");
    others[3].transaction_date = TEXT("2026-03-02");
    others[4].allow_future = true;
    others[5].transaction_date = TEXT_ABSENT;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct fixture_counts before = fixture_count(fixture);
        ledger_call_drop_problems(fixture->call, 0);
        assert_status(fixture->call, post(fixture, &others[i], &posted), LEDGER_IDEMPOTENCY_KEY_IS_TAKEN);
        assert_message(fixture->call, "idempotency_key \"k1\" was used for another request");
        fixture_assert_refused(fixture, &before, "TRANSACTION_REFUSED", "POST", LEDGER_IDEMPOTENCY_KEY_IS_TAKEN);
    }
    assert_string_equal(fixture_metadata(fixture, "TRANSACTION_REFUSED", 0, "subject"), "k1");
}

static void a_key_is_its_source_systems_own(void **state)
{
    static const char *const sources[] = {"shop", "till", NULL, ""};
    struct fixture *fixture = *state;
    struct ledger_posted posted[4];
    for (int64_t i = 0; i < 4; i++) {
        struct ledger_posting posting = sale(fixture, i % 2 == 0 ? "1" : "2", "k1");
        fixture_act_as(fixture, "ana", NULL, sources[i]);
        assert_done(fixture->call, post(fixture, &posting, &posted[i]));
        assert_false(posted[i].replayed);
    }
    for (int64_t i = 0; i < 4; i++) {
        struct ledger_posting posting = sale(fixture, i % 2 == 0 ? "1" : "2", "k1");
        struct ledger_posted again;
        fixture_act_as(fixture, "bea", NULL, sources[i]);
        assert_done(fixture->call, post(fixture, &posting, &again));
        assert_same_result(&again, &posted[i]);
    }
    assert_int_equal(fixture_count(fixture).transactions, 4);
}

/* A repeated request is answered, not judged again. */
static void a_replay_outlives_the_rules(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_posting posting = sale(fixture, "5", "k1");
    struct ledger_posted first;
    struct ledger_posted again;
    struct ledger_account account;
    struct ledger_period period;
    assert_done(fixture->call, post(fixture, &posting, &first));
    assert_done(fixture->call,
                ledger_account_set_active(fixture->call, fixture->ledger, TEXT("1000"), false, &account));
    assert_done(fixture->call, ledger_period_set(fixture->call, fixture->ledger, day_from_civil(2026, 1, 1),
                                                 day_from_civil(2027, 1, 1), true, TEXT_ABSENT, &period));
    assert_done(fixture->call, post(fixture, &posting, &again));
    assert_same_result(&again, &first);
    /* Not so another request under the key, nor the same without one. */
    posting.description = TEXT("Another");
    assert_status(fixture->call, post(fixture, &posting, &again), LEDGER_IDEMPOTENCY_KEY_IS_TAKEN);
    posting.idempotency_key = TEXT_ABSENT;
    ledger_call_drop_problems(fixture->call, 0);
    assert_status(fixture->call, post(fixture, &posting, &again), LEDGER_ACCOUNT_IS_INACTIVE);
    assert_int_equal(ledger_call_problems_count(fixture->call), 2);
}

static void keys_repeat_within_a_batch(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_posting postings[] = {sale(fixture, "0", "k1"), sale(fixture, "1", "k1"), sale(fixture, "1", "k1"),
                                        sale(fixture, "2", "k1"), sale(fixture, "2", "k2")};
    struct ledger_posted posted[5];
    assert_done(fixture->call,
                ledger_post_batch(fixture->call, fixture->ledger, postings, 5, LEDGER_BATCH_EACH, posted));
    assert_int_equal(posted[0].status, LEDGER_AMOUNT_IS_INVALID);
    assert_int_equal(posted[1].status, LEDGER_DONE);
    assert_false(posted[1].replayed);
    assert_same_result(&posted[2], &posted[1]);
    assert_int_equal(posted[3].status, LEDGER_IDEMPOTENCY_KEY_IS_TAKEN);
    assert_int_equal(posted[4].status, LEDGER_DONE);
    assert_int_equal(fixture_count(fixture).transactions, 2);
    fixture_assert_valid(fixture);
}

/* What repeats an item that the totals refuse is not told to be posted. */
static void a_twin_shares_the_refusal_of_the_totals(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_posting postings[] = {fixture_posting(fixture, NULL, "3000", "2000", "92233720368547758.07"),
                                        fixture_posting(fixture, NULL, "3000", "2000", "0.01"),
                                        fixture_posting(fixture, NULL, "3000", "2000", "0.01"),
                                        sale(fixture, "1", NULL)};
    struct ledger_posted posted[4];
    postings[1].idempotency_key = TEXT("k1");
    postings[2].idempotency_key = TEXT("k1");
    assert_done(fixture->call,
                ledger_post_batch(fixture->call, fixture->ledger, postings, 4, LEDGER_BATCH_EACH, posted));
    assert_int_equal(posted[0].status, LEDGER_DONE);
    assert_int_equal(posted[1].status, LEDGER_TOTAL_IS_TOO_LARGE);
    assert_int_equal(posted[2].status, LEDGER_TOTAL_IS_TOO_LARGE);
    assert_string_equal(posted[2].transaction_id, "");
    assert_int_equal(posted[3].status, LEDGER_DONE);
    assert_string_equal(posted[3].transaction_number, "20260315-000002");
    assert_int_equal(fixture_count(fixture).transactions, 2);
}

static void refusals_beyond_ten_a_second_are_counted_together(void **state)
{
    enum { COUNT = 40 };
    struct fixture *fixture = *state;
    struct ledger_posting postings[COUNT];
    struct ledger_posted posted[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        postings[i] = sale(fixture, i == 20 ? "1" : "0", NULL);
    }
    struct fixture_counts before = fixture_count(fixture);
    wait_for_a_fresh_second();
    assert_done(fixture->call,
                ledger_post_batch(fixture->call, fixture->ledger, postings, COUNT, LEDGER_BATCH_EACH, posted));
    struct fixture_counts after = fixture_count(fixture);
    assert_int_equal(after.transactions, 1);
    assert_int_equal(after.events, before.events + 11);
    struct ledger_event_record event = fixture_last_event(fixture);
    assert_text_is(event.event_type, "TRANSACTION_REFUSED");
    assert_text_is(event.action, "POST");
    assert_text_is(event.description, "29 further attempts refused within a second");
    assert_text_is(event.event_metadata, "{\"refused_count\":29}");
    assert_false(event.is_success);
    for (size_t i = 0; i < COUNT; i++) {
        assert_int_equal(posted[i].status, i == 20 ? LEDGER_DONE : LEDGER_AMOUNT_IS_INVALID);
        assert_int_equal(posted[i].refusal_recorded, i != 20);
    }
    /* Another source is counted for itself. */
    fixture_act_as(fixture, "ana", NULL, "another");
    before = after;
    ledger_call_drop_problems(fixture->call, 0);
    assert_status(fixture->call, post(fixture, &postings[0], &posted[0]), LEDGER_AMOUNT_IS_INVALID);
    fixture_assert_refused(fixture, &before, "TRANSACTION_REFUSED", "POST", LEDGER_AMOUNT_IS_INVALID);
}

/* Nothing could be looked up under the lock, so nothing is said of the keys; what cannot be right is told all the same.
 */
static void a_ledger_that_is_only_read_takes_nothing(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_posting both[] = {sale(fixture, "0", NULL), sale(fixture, "1", NULL)};
    struct ledger_posted results[2];
    fixture->options.read_only = true;
    fixture_reopen(fixture);
    struct fixture_counts before = fixture_count(fixture);
    assert_status(fixture->call, post(fixture, &both[1], &results[0]), LEDGER_DATABASE_IS_READ_ONLY);
    ledger_call_drop_problems(fixture->call, 0);
    assert_status(fixture->call, ledger_post_batch(fixture->call, fixture->ledger, both, 2, LEDGER_BATCH_EACH, results),
                  LEDGER_DATABASE_IS_READ_ONLY);
    assert_int_equal(results[0].status, LEDGER_AMOUNT_IS_INVALID);
    assert_int_equal(results[1].status, LEDGER_DATABASE_IS_READ_ONLY);
    assert_false(results[0].refusal_recorded);
    assert_false(ledger_call_refusal_recorded(fixture->call));
    assert_int_equal(fixture_count(fixture).log_size, before.log_size);
}

static void a_batch_has_a_limit(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_posting *postings = calloc(LEDGER_BATCH_MAX + 1, sizeof *postings);
    struct ledger_posted *posted = calloc(LEDGER_BATCH_MAX + 1, sizeof *posted);
    assert_true(postings != NULL && posted != NULL);
    struct ledger_posting posting = sale(fixture, "0.01", NULL);
    for (size_t i = 0; i <= LEDGER_BATCH_MAX; i++) {
        postings[i] = posting;
    }
    assert_status(
        fixture->call,
        ledger_post_batch(fixture->call, fixture->ledger, postings, LEDGER_BATCH_MAX + 1, LEDGER_BATCH_ALL, posted),
        LEDGER_INPUT_IS_TOO_LARGE);
    assert_int_equal(fixture_count(fixture).transactions, 0);
    assert_done(fixture->call, ledger_post_batch(fixture->call, fixture->ledger, postings, LEDGER_BATCH_MAX,
                                                 LEDGER_BATCH_ALL, posted));
    assert_string_equal(posted[LEDGER_BATCH_MAX - 1].transaction_number, "20260315-100000");
    assert_int_equal(fixture_count(fixture).entries, 2 * LEDGER_BATCH_MAX);
    fixture_assert_valid(fixture);
    free(postings);
    free(posted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_empty_batch_does_nothing, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(each_item_stands_for_itself, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(all_are_posted_or_none, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(the_same_request_is_posted_once, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(another_request_under_the_key_is_refused, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_key_is_its_source_systems_own, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_replay_outlives_the_rules, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(keys_repeat_within_a_batch, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_twin_shares_the_refusal_of_the_totals, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(refusals_beyond_ten_a_second_are_counted_together, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(a_ledger_that_is_only_read_takes_nothing, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_batch_has_a_limit, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
