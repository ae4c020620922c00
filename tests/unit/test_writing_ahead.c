/* Units that go ahead of the lock: when they do, what comes between, and what becomes of all that they only thought. */
#include <stdlib.h>
#include <string.h>

#include "ledger/account.h"
#include "ledger/freeze.h"
#include "store/mysql_ahead.h"
#include "support/driver_fault.h"
#include "support/ledger_fixture.h"

enum {
    QUIET_UNITS = 16, /* of a line before it is taken for quiet */
    LONG_BATCH = 4060,
};

static struct driver_fault_plan plan;

static int setup(void **state)
{
    plan = (struct driver_fault_plan){.fail_at = 0};
    driver_fault_install(&plan);
    return fixture_setup(state);
}

static int teardown(void **state)
{
    driver_fault_install(NULL);
    return fixture_teardown(state);
}

/* Where compound statements are: MariaDB, in its own SQL. Elsewhere all of this holds, and nothing goes ahead. */
static bool goes_ahead(void)
{
    const char *backend = getenv("LEDGER_TEST_BACKEND");
    return backend != NULL && strcmp(backend, "mariadb") == 0;
}

static void post_some(struct fixture *fixture, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        (void)fixture_post(fixture, NULL, "1000", "4000", i % 2 == 0 ? "1" : "12.50");
    }
}

/* From now on a posting goes ahead. */
static void make_quiet(struct fixture *fixture)
{
    post_some(fixture, QUIET_UNITS + MYSQL_AHEAD_REST_UNITS + 1);
    plan.ahead_units_count = 0;
    plan.calls_count = 0;
}

static void assert_ahead(uint64_t count)
{
    assert_int_equal(plan.ahead_units_count, goes_ahead() ? count : 0);
}

static void post_by_another(struct fixture *fixture, const char *key)
{
    struct ledger *other = fixture_open(fixture);
    struct ledger_posting posting = fixture_posting(fixture, NULL, "1000", "4000", "7");
    struct ledger_posted posted;
    posting.idempotency_key = ledger_text_of(key);
    assert_done(fixture->call, ledger_post(fixture->call, other, &posting, &posted));
    ledger_free(other);
}

static void who_is_alone_goes_ahead(void **state)
{
    struct fixture *fixture = *state;
    post_some(fixture, QUIET_UNITS);
    assert_ahead(0);
    post_some(fixture, 24);
    assert_ahead(24);
    fixture_assert_valid(fixture);
}

static void who_comes_too_late_numbers_anew(void **state)
{
    struct fixture *fixture = *state;
    make_quiet(fixture);
    post_some(fixture, 1);
    struct fixture_counts before = fixture_count(fixture);
    post_by_another(fixture, NULL);
    struct ledger_posted posted = fixture_post(fixture, NULL, "1000", "4000", "1");
    assert_int_equal(posted.log_index, before.log_size + 1);
    assert_ahead(2);
    /* Others are about: the lock comes first for a while. */
    post_some(fixture, MYSQL_AHEAD_REST_UNITS - 1);
    assert_ahead(2);
    post_some(fixture, 3);
    assert_ahead(5);
    fixture_assert_valid(fixture);
}

static void keys_are_looked_up_ahead(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_posting posting = fixture_posting(fixture, NULL, "1000", "4000", "3");
    struct ledger_posted first;
    struct ledger_posted again;
    posting.idempotency_key = TEXT("k1");
    make_quiet(fixture);
    assert_done(fixture->call, ledger_post(fixture->call, fixture->ledger, &posting, &first));
    assert_ahead(1);
    assert_done(fixture->call, ledger_post(fixture->call, fixture->ledger, &posting, &again));
    assert_true(again.replayed && !first.replayed);
    assert_string_equal(again.transaction_id, first.transaction_id);
    /* The same key for another request is refused, by one event. */
    make_quiet(fixture);
    struct fixture_counts before = fixture_count(fixture);
    struct ledger_posting other = fixture_posting(fixture, NULL, "1000", "4000", "4");
    other.idempotency_key = TEXT("k1");
    assert_status(fixture->call, ledger_post(fixture->call, fixture->ledger, &other, &again),
                  LEDGER_IDEMPOTENCY_KEY_IS_TAKEN);
    fixture_assert_refused(fixture, &before, "TRANSACTION_REFUSED", "POST", LEDGER_IDEMPOTENCY_KEY_IS_TAKEN);
    fixture_assert_valid(fixture);
}

static void what_another_writer_posted_is_repeated(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_posting posting = fixture_posting(fixture, NULL, "1000", "4000", "7");
    struct ledger_posted posted;
    posting.idempotency_key = TEXT("k2");
    make_quiet(fixture);
    post_by_another(fixture, "k2");
    struct fixture_counts before = fixture_count(fixture);
    assert_done(fixture->call, ledger_post(fixture->call, fixture->ledger, &posting, &posted));
    assert_true(posted.replayed);
    assert_int_equal(fixture_count(fixture).log_size, before.log_size);
    fixture_assert_valid(fixture);
}

static void a_refusal_ahead_is_recorded_once(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_posting posting = fixture_posting(fixture, NULL, "1000", "nowhere", "3");
    struct ledger_posted posted;
    make_quiet(fixture);
    struct fixture_counts before = fixture_count(fixture);
    assert_status(fixture->call, ledger_post(fixture->call, fixture->ledger, &posting, &posted),
                  LEDGER_ACCOUNT_NOT_FOUND);
    fixture_assert_refused(fixture, &before, "TRANSACTION_REFUSED", "POST", LEDGER_ACCOUNT_NOT_FOUND);
    ledger_call_reset(fixture->call);
    post_some(fixture, 2);
    fixture_assert_valid(fixture);
}

/* What another writer changed of the rules holds for the very next posting. */
static void rules_that_moved_hold(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_posting posting = fixture_posting(fixture, NULL, "1100", "4000", "3");
    struct ledger_posted posted;
    struct ledger *other = fixture_open(fixture);
    struct ledger_account account;
    struct ledger_freeze_state state_of_it;
    make_quiet(fixture);
    assert_done(fixture->call, ledger_account_set_active(fixture->call, other, TEXT("1100"), false, &account));
    assert_status(fixture->call, ledger_post(fixture->call, fixture->ledger, &posting, &posted),
                  LEDGER_ACCOUNT_IS_INACTIVE);
    ledger_call_reset(fixture->call);
    make_quiet(fixture);
    assert_done(fixture->call, ledger_freeze(fixture->call, other, TEXT("an inquiry"), &state_of_it));
    posting = fixture_posting(fixture, NULL, "1000", "4000", "3");
    assert_status(fixture->call, ledger_post(fixture->call, fixture->ledger, &posting, &posted), LEDGER_IS_FROZEN);
    ledger_call_reset(fixture->call);
    ledger_free(other);
    fixture_assert_valid(fixture);
}

static void days_tiles_and_folds_begin_ahead(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_posting *postings = arena_allocate_array(&fixture->arena, LONG_BATCH, sizeof *postings);
    struct ledger_posted *posted = arena_allocate_array(&fixture->arena, LONG_BATCH, sizeof *posted);
    for (size_t i = 0; i < LONG_BATCH; i++) {
        postings[i] = fixture_posting(fixture, NULL, "1000", "4000", "1");
    }
    make_quiet(fixture);
    fixture->now_us += TIME_US_PER_DAY;
    struct ledger_posted first = fixture_post(fixture, NULL, "1000", "4000", "1");
    assert_string_equal(first.transaction_number + 8, "-000001");
    post_some(fixture, 2 * 256);
    fixture_assert_valid(fixture);
    for (size_t i = 0; i < LONG_BATCH; i += 1000) {
        size_t count = LONG_BATCH - i < 1000 ? LONG_BATCH - i : 1000;
        assert_done(fixture->call, ledger_post_batch(fixture->call, fixture->ledger, postings + i,
                                                     count - (i == 3000 ? 700 : 0), LEDGER_BATCH_ALL, posted));
    }
    post_some(fixture, 300);
    fixture_assert_valid(fixture);
}

/* The outcome of a commit that went ahead is looked up under the lock as any other's. */
static void an_unknown_outcome_is_resolved(void **state)
{
    struct fixture *fixture = *state;
    for (int keeps = 0; keeps <= 1; keeps++) {
        make_quiet(fixture);
        struct fixture_counts before = fixture_count(fixture);
        plan.counts_commits_only = true;
        plan.calls_count = 0;
        plan.keeps_what_it_committed = keeps == 1;
        plan.outcome = LEDGER_OUTCOME_IS_UNKNOWN;
        plan.fail_at = 1;
        post_some(fixture, 1);
        assert_true(plan.has_failed);
        assert_ahead(1);
        plan = (struct driver_fault_plan){.fail_at = 0};
        assert_int_equal(fixture_count(fixture).log_size, before.log_size + 1);
        assert_int_equal(fixture_count(fixture).transactions, before.transactions + 1);
    }
    fixture_assert_valid(fixture);
}

/* Any call of a posting ahead may fail, with any outcome: the ledger is as it was, or has it once. */
static void whatever_fails_ahead_is_done_under_the_lock(void **state)
{
    static const ledger_status outcomes[] = {LEDGER_DATABASE_HAS_CONFLICT, LEDGER_CONNECTION_IS_LOST,
                                             LEDGER_DATABASE_FAILED};
    struct fixture *fixture = *state;
    for (size_t o = 0; goes_ahead() && o < sizeof outcomes / sizeof outcomes[0]; o++) {
        bool has_failed = true;
        for (uint64_t fail_at = 1; has_failed; fail_at++) {
            make_quiet(fixture);
            struct fixture_counts before = fixture_count(fixture);
            plan =
                (struct driver_fault_plan){.counts_write_units_only = true, .fail_at = fail_at, .outcome = outcomes[o]};
            post_some(fixture, 1);
            has_failed = plan.has_failed;
            plan = (struct driver_fault_plan){.fail_at = 0};
            assert_int_equal(fixture_count(fixture).transactions, before.transactions + 1);
            assert_int_equal(fixture_count(fixture).log_size, before.log_size + 1);
        }
    }
    fixture_assert_valid(fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(who_is_alone_goes_ahead, setup, teardown),
        cmocka_unit_test_setup_teardown(who_comes_too_late_numbers_anew, setup, teardown),
        cmocka_unit_test_setup_teardown(keys_are_looked_up_ahead, setup, teardown),
        cmocka_unit_test_setup_teardown(what_another_writer_posted_is_repeated, setup, teardown),
        cmocka_unit_test_setup_teardown(a_refusal_ahead_is_recorded_once, setup, teardown),
        cmocka_unit_test_setup_teardown(rules_that_moved_hold, setup, teardown),
        cmocka_unit_test_setup_teardown(days_tiles_and_folds_begin_ahead, setup, teardown),
        cmocka_unit_test_setup_teardown(an_unknown_outcome_is_resolved, setup, teardown),
        cmocka_unit_test_setup_teardown(whatever_fails_ahead_is_done_under_the_lock, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
