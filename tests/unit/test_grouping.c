/* Postings of several threads in one unit of work: who goes with whom, what each is told, and what is left of a group
 * whose unit fails. The tests hold the writers' lock until those that they want together stand in line. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "engine/session.h"
#include "support/driver_fault.h"
#include "support/ledger_fixture.h"

enum { POSTERS_MAX = 32, ITEMS_MAX = 2100, TEXT_SIZE = 32 };

/* A request of a thread of its own. */
struct poster {
    struct fixture *fixture;
    struct ledger_call *call;
    pthread_t thread;
    struct ledger_posting postings[ITEMS_MAX];
    size_t count;
    bool is_batch;
    enum ledger_batch_mode mode;
    struct ledger_posted posted[ITEMS_MAX];
    ledger_status status;
};

struct gathering {
    struct fixture *fixture;
    struct ledger *gate; /* another handle, without faults, that holds the writers' lock */
    struct session *gate_session;
    struct driver_fault_plan plan;
    struct poster posters[POSTERS_MAX];
    size_t count;
};

static struct ledger_call *real_call(struct fixture *fixture)
{
    struct ledger_call *call = fixture_call(fixture, "ana", "os:1000", "test");
    ledger_call_set_clock(call, NULL, NULL);
    ledger_call_set_timeout(call, 300000);
    return call;
}

/* A ledger by the real clock, as only those who have no clock of their own are posted together. */
static int setup(void **state)
{
    struct ledger_settings settings = {.default_currency = TEXT("EUR")};
    (void)fixture_setup_empty(state);
    struct fixture *fixture = *state;
    ledger_call_set_clock(fixture->call, NULL, NULL);
    ledger_call_set_timeout(fixture->call, 300000);
    fixture_create(fixture, &settings);
    fixture_chart(fixture);
    return 0;
}

static struct gathering *gathering_begin(struct fixture *fixture, const struct driver_fault_plan *plan)
{
    struct gathering *gathering = calloc(1, sizeof *gathering);
    assert_non_null(gathering);
    gathering->fixture = fixture;
    gathering->plan = *plan;
    gathering->gate = fixture_open(fixture);
    driver_fault_install(&gathering->plan);
    fixture_reopen(fixture);
    gathering->plan.calls_count = 0;
    assert_done(fixture->call, pool_take(fixture->call, gathering->gate, &gathering->gate_session));
    assert_done(fixture->call, store_begin(fixture->call, &gathering->gate_session->store, UNIT_WRITE));
    return gathering;
}

static struct poster *gathering_add(struct gathering *gathering)
{
    assert_true(gathering->count < POSTERS_MAX);
    struct poster *poster = &gathering->posters[gathering->count++];
    poster->fixture = gathering->fixture;
    poster->call = real_call(gathering->fixture);
    return poster;
}

/* Who will post one sale of an amount. */
static struct poster *add_sale(struct gathering *gathering, const char *amount, const char *key)
{
    struct poster *poster = gathering_add(gathering);
    poster->postings[0] = fixture_posting(gathering->fixture, NULL, "1000", "4000", amount);
    poster->postings[0].idempotency_key = ledger_text_of(key);
    poster->count = 1;
    return poster;
}

/* Who will post a batch of sales; the amount of each, NULL at the end. */
static struct poster *add_batch(struct gathering *gathering, enum ledger_batch_mode mode, const char *const *amounts)
{
    struct poster *poster = gathering_add(gathering);
    poster->is_batch = true;
    poster->mode = mode;
    for (; amounts[poster->count] != NULL; poster->count++) {
        poster->postings[poster->count] =
            fixture_posting(gathering->fixture, NULL, "1000", "4000", amounts[poster->count]);
    }
    return poster;
}

static void *post(void *context)
{
    struct poster *poster = context;
    struct ledger *ledger = poster->fixture->ledger;
    poster->status = poster->is_batch ? ledger_post_batch(poster->call, ledger, poster->postings, poster->count,
                                                          poster->mode, poster->posted)
                                      : ledger_post(poster->call, ledger, poster->postings, poster->posted);
    return NULL;
}

struct line_state {
    struct posting_request *first;
    struct posting_request **last;
    bool is_led;
};

static struct line_state line_look(struct fixture *fixture)
{
    struct posting_line *line = &fixture->ledger->posting_line;
    (void)pthread_mutex_lock(&line->mutex);
    struct line_state state = {line->first, line->last, line->is_led};
    (void)pthread_mutex_unlock(&line->mutex);
    return state;
}

/* The first poster leads and waits at the gate; the others stand in line, in their order, until it is open. */
static void gathering_start(struct gathering *gathering)
{
    for (size_t i = 0; i < gathering->count; i++) {
        struct line_state before = line_look(gathering->fixture);
        assert_int_equal(pthread_create(&gathering->posters[i].thread, NULL, post, &gathering->posters[i]), 0);
        struct line_state now = line_look(gathering->fixture);
        while (i == 0 ? !now.is_led || now.first != NULL : now.last == before.last) {
            (void)usleep(100);
            now = line_look(gathering->fixture);
        }
    }
}

static void gathering_open_gate(struct gathering *gathering)
{
    store_rollback(&gathering->gate_session->store);
}

static void gathering_join(struct gathering *gathering)
{
    for (size_t i = 0; i < gathering->count; i++) {
        (void)pthread_join(gathering->posters[i].thread, NULL);
    }
    struct line_state line = line_look(gathering->fixture);
    assert_null(line.first);
    assert_false(line.is_led);
}

static void gathering_run(struct gathering *gathering)
{
    gathering_start(gathering);
    gathering_open_gate(gathering);
    gathering_join(gathering);
}

/* What there is is what was recorded; a handle without faults says so. */
static void gathering_end(struct gathering *gathering)
{
    struct fixture *fixture = gathering->fixture;
    gathering->plan = (struct driver_fault_plan){.fail_at = 0};
    driver_fault_install(NULL);
    fixture_reopen(fixture);
    fixture_assert_valid(fixture);
    pool_give_back(gathering->gate, gathering->gate_session);
    ledger_free(gathering->gate);
    for (size_t i = 0; i < gathering->count; i++) {
        ledger_call_free(gathering->posters[i].call);
    }
    free(gathering);
}

static const struct driver_fault_plan commits_counted = {.counts_commits_only = true};

static void those_who_wait_are_posted_together(void **state)
{
    struct fixture *fixture = *state;
    struct gathering *gathering = gathering_begin(fixture, &commits_counted);
    for (size_t i = 0; i < POSTERS_MAX; i++) {
        (void)add_sale(gathering, "1.00", NULL);
    }
    gathering_run(gathering);
    assert_int_equal(gathering->plan.calls_count, 1); /* one commit: those who came late go with the first */
    const struct poster *posters = gathering->posters;
    for (size_t i = 0; i < POSTERS_MAX; i++) {
        assert_done(posters[i].call, posters[i].status);
        assert_int_equal(posters[i].posted->log_index, posters[0].posted->log_index + (int64_t)i);
        assert_int_equal(ledger_call_problems_count(posters[i].call), 0);
        assert_int_equal(posters[i].posted->posting_date_us, posters[0].posted->posting_date_us);
    }
    gathering_end(gathering);
}

static void each_is_told_its_own(void **state)
{
    struct fixture *fixture = *state;
    struct gathering *gathering = gathering_begin(fixture, &commits_counted);
    static const char *const good[] = {"1", "2", NULL};
    static const char *const mixed[] = {"3", "0", "4", NULL};
    (void)add_sale(gathering, "1", NULL);
    struct poster *refused = add_sale(gathering, "0.00", NULL);
    struct poster *all_good = add_batch(gathering, LEDGER_BATCH_ALL, good);
    struct poster *all_mixed = add_batch(gathering, LEDGER_BATCH_ALL, mixed);
    struct poster *each_mixed = add_batch(gathering, LEDGER_BATCH_EACH, mixed);
    struct poster *unknown = add_sale(gathering, "5", NULL);
    unknown->postings[0] = fixture_posting(fixture, NULL, "nowhere", "4000", "5");
    struct poster *sale = add_sale(gathering, "6", NULL);
    int64_t before = fixture_count(fixture).transactions;
    gathering_run(gathering);
    assert_int_equal(gathering->plan.calls_count, 1);

    assert_int_equal(refused->status, LEDGER_AMOUNT_IS_INVALID);
    assert_int_equal(refused->posted->status, LEDGER_AMOUNT_IS_INVALID);
    assert_true(refused->posted->refusal_recorded && ledger_call_refusal_recorded(refused->call));
    assert_int_equal(ledger_call_problems_count(refused->call), 2);
    assert_done(all_good->call, all_good->status);
    assert_int_equal(all_good->posted[1].log_index, all_good->posted[0].log_index + 1);
    assert_int_equal(all_mixed->status, LEDGER_BATCH_IS_REFUSED);
    assert_int_equal(all_mixed->posted[0].status, LEDGER_BATCH_IS_REFUSED);
    assert_int_equal(all_mixed->posted[1].status, LEDGER_AMOUNT_IS_INVALID);
    assert_int_equal(all_mixed->posted[2].status, LEDGER_BATCH_IS_REFUSED);
    assert_int_equal(ledger_call_problem(all_mixed->call, 0)->item_index, 1);
    assert_done(each_mixed->call, each_mixed->status);
    assert_int_equal(each_mixed->posted[0].status, LEDGER_DONE);
    assert_int_equal(each_mixed->posted[1].status, LEDGER_AMOUNT_IS_INVALID);
    assert_int_equal(each_mixed->posted[2].status, LEDGER_DONE);
    assert_int_equal(each_mixed->posted[0].log_index, all_good->posted[1].log_index + 1);
    assert_int_equal(unknown->status, LEDGER_ACCOUNT_NOT_FOUND);
    assert_message(unknown->call, "account not found: nowhere");
    assert_int_equal(ledger_call_problems_count(unknown->call), 1);
    assert_done(sale->call, sale->status);
    assert_int_equal(sale->posted->log_index, each_mixed->posted[2].log_index + 1);
    assert_int_equal(fixture_count(fixture).transactions, before + 6);
    gathering_end(gathering);
}

/* The second of a key waits until the first is committed; what stands behind it waits with it. */
static void one_key_is_in_a_group_once(void **state)
{
    struct fixture *fixture = *state;
    struct gathering *gathering = gathering_begin(fixture, &commits_counted);
    (void)add_sale(gathering, "1", NULL);
    const struct poster *first = add_sale(gathering, "2", "key");
    struct poster *other_source = add_sale(gathering, "2", "key");
    struct ledger_actor actor = {.user = TEXT("bob"), .source_system = TEXT("elsewhere")};
    assert_done(other_source->call, ledger_call_set_actor(other_source->call, &actor));
    const struct poster *again = add_sale(gathering, "2", "key");
    const struct poster *behind = add_sale(gathering, "7", NULL);
    const struct poster *taken = add_sale(gathering, "3", "key");
    gathering_run(gathering);
    /* The last group has only a refusal, the one before it a replay and a posting. */
    assert_int_equal(gathering->plan.calls_count, 3);
    assert_done(first->call, first->status);
    assert_false(first->posted->replayed);
    assert_done(other_source->call, other_source->status);
    assert_false(other_source->posted->replayed);
    assert_done(again->call, again->status);
    assert_true(again->posted->replayed);
    assert_string_equal(again->posted->transaction_id, first->posted->transaction_id);
    assert_done(behind->call, behind->status);
    assert_true(behind->posted->posting_date_us >= first->posted->posting_date_us);
    assert_int_equal(taken->status, LEDGER_IDEMPOTENCY_KEY_IS_TAKEN);
    gathering_end(gathering);
}

/* A key may repeat within one request, as ever. */
static void a_request_may_repeat_its_own_key(void **state)
{
    struct fixture *fixture = *state;
    struct gathering *gathering = gathering_begin(fixture, &commits_counted);
    static const char *const amounts[] = {"1", "1", NULL};
    (void)add_sale(gathering, "1", NULL);
    (void)add_sale(gathering, "1", NULL);
    struct poster *twins = add_batch(gathering, LEDGER_BATCH_ALL, amounts);
    twins->postings[0].idempotency_key = TEXT("twin");
    twins->postings[1].idempotency_key = TEXT("twin");
    gathering_run(gathering);
    assert_int_equal(gathering->plan.calls_count, 1);
    assert_done(twins->call, twins->status);
    assert_true(twins->posted[1].replayed);
    assert_string_equal(twins->posted[1].transaction_id, twins->posted[0].transaction_id);
    gathering_end(gathering);
}

/* A clock behind the ledger's last event, but not by so much that it would be refused. */
static int64_t late_clock(void *context)
{
    return *(const int64_t *)context;
}

static void a_clock_of_its_own_is_alone(void **state)
{
    struct fixture *fixture = *state;
    int64_t now_us = ledger_call_now_us(fixture->call) + 3600 * INT64_C(1000000);
    struct gathering *gathering = gathering_begin(fixture, &commits_counted);
    (void)add_sale(gathering, "1", NULL);
    (void)add_sale(gathering, "2", NULL);
    struct poster *ahead = add_sale(gathering, "3", NULL);
    struct poster *also_ahead = add_sale(gathering, "4", NULL);
    ledger_call_set_clock(ahead->call, late_clock, &now_us);
    ledger_call_set_clock(also_ahead->call, late_clock, &now_us);
    const struct poster *behind = add_sale(gathering, "5", NULL);
    const struct poster *also_behind = add_sale(gathering, "6", NULL);
    gathering_run(gathering);
    assert_done(ahead->call, ahead->status);
    assert_int_equal(ahead->posted->posting_date_us, now_us);
    assert_int_equal(also_ahead->posted->posting_date_us, now_us);
    /* Now the ledger's last event is an hour ahead: each of the group is refused, by its own call. */
    assert_int_equal(behind->status, LEDGER_CLOCK_IS_WRONG);
    assert_message(behind->call, "one of the two is wrong");
    assert_true(behind->posted->refusal_recorded);
    assert_int_equal(also_behind->status, LEDGER_CLOCK_IS_WRONG);
    assert_int_equal(gathering->plan.calls_count, 4);
    gathering_end(gathering);
}

static void a_group_has_its_limit(void **state)
{
    struct fixture *fixture = *state;
    struct gathering *gathering = gathering_begin(fixture, &commits_counted);
    static const char *const none[] = {NULL};
    (void)add_sale(gathering, "1", NULL);
    for (size_t i = 0; i < 5; i++) {
        struct poster *poster = add_batch(gathering, LEDGER_BATCH_ALL, none);
        poster->count = i == 4 ? 1 : 2048;
        for (size_t n = 0; n < poster->count; n++) {
            poster->postings[n] = gathering->posters[0].postings[0];
        }
    }
    gathering_run(gathering);
    assert_int_equal(gathering->plan.calls_count, 4); /* 1; 2048 twice; 2048 twice; 1 */
    for (size_t i = 0; i < gathering->count; i++) {
        assert_done(gathering->posters[i].call, gathering->posters[i].status);
    }
    assert_int_equal(fixture_count(fixture).transactions, 4 * 2048 + 2);
    gathering_end(gathering);
}

/* What a request before it in the group does not take, because it is refused whole, is left for the next. */
static void totals_near_their_limit_are_shared_out_in_order(void **state)
{
    struct fixture *fixture = *state;
    struct gathering *gathering = gathering_begin(fixture, &commits_counted);
    static const char *const spoilt[] = {"50000000000000000.00", "0", NULL};
    static const char *const whole[] = {"30000000000000000.00", "2.00", NULL};
    (void)add_sale(gathering, "1.00", NULL);
    (void)add_sale(gathering, "60000000000000000.00", NULL);
    const struct poster *refused_whole = add_batch(gathering, LEDGER_BATCH_ALL, spoilt);
    const struct poster *fits = add_batch(gathering, LEDGER_BATCH_ALL, whole);
    const struct poster *too_large = add_sale(gathering, "5000000000000000.00", NULL);
    const struct poster *small = add_sale(gathering, "3.00", NULL);
    gathering_run(gathering);
    assert_int_equal(gathering->plan.calls_count, 1);
    assert_int_equal(refused_whole->status, LEDGER_BATCH_IS_REFUSED);
    assert_done(fits->call, fits->status);
    assert_int_equal(too_large->status, LEDGER_TOTAL_IS_TOO_LARGE);
    assert_message(too_large->call, "the debits of account 1000 would pass");
    assert_done(small->call, small->status);
    gathering_end(gathering);
}

/* Who still waits can leave; who was taken waits for the end. */
static void the_deadline_is_everybodys_own(void **state)
{
    struct fixture *fixture = *state;
    struct gathering *gathering = gathering_begin(fixture, &commits_counted);
    (void)add_sale(gathering, "1", NULL);
    (void)add_sale(gathering, "2", NULL);
    struct poster *impatient = add_sale(gathering, "3", NULL);
    (void)add_sale(gathering, "4", NULL);
    struct poster *last = add_sale(gathering, "5", NULL);
    ledger_call_set_timeout(impatient->call, 500);
    ledger_call_set_timeout(last->call, 700);
    gathering_start(gathering);
    (void)pthread_join(impatient->thread, NULL);
    (void)pthread_join(last->thread, NULL);
    assert_int_equal(impatient->status, LEDGER_DATABASE_IS_BUSY);
    assert_int_equal(impatient->posted->status, LEDGER_DATABASE_IS_BUSY);
    assert_message(impatient->call, "waited 500 ms");
    assert_int_equal(last->status, LEDGER_DATABASE_IS_BUSY);
    gathering_open_gate(gathering);
    for (size_t i = 0; i < gathering->count; i++) {
        if (i != 2 && i != 4) {
            (void)pthread_join(gathering->posters[i].thread, NULL);
            assert_done(gathering->posters[i].call, gathering->posters[i].status);
        }
    }
    assert_int_equal(gathering->plan.calls_count, 1);
    assert_int_equal(fixture_count(fixture).transactions, 3);
    gathering_end(gathering);
}

/* Without a session the leader's request alone fails; the next leads, and finds one. */
static void the_lead_passes_on_from_who_gets_no_session(void **state)
{
    struct fixture *fixture = *state;
    fixture->options.pool_size = 1;
    fixture->options.pool_overflow_max = LEDGER_POOL_NO_OVERFLOW;
    struct gathering *gathering = gathering_begin(fixture, &commits_counted);
    gathering_open_gate(gathering);
    struct session *session = NULL;
    assert_done(fixture->call, pool_take(fixture->call, fixture->ledger, &session));
    struct poster *first = add_sale(gathering, "1", NULL);
    const struct poster *second = add_sale(gathering, "2", NULL);
    ledger_call_set_timeout(first->call, 300);
    assert_int_equal(pthread_create(&gathering->posters[0].thread, NULL, post, &gathering->posters[0]), 0);
    while (line_look(fixture).first == NULL) {
        (void)usleep(100);
    }
    assert_int_equal(pthread_create(&gathering->posters[1].thread, NULL, post, &gathering->posters[1]), 0);
    (void)pthread_join(gathering->posters[0].thread, NULL);
    assert_int_equal(first->status, LEDGER_DATABASE_IS_BUSY);
    assert_message(first->call, "DB_POOL_SIZE (1)");
    pool_give_back(fixture->ledger, session);
    (void)pthread_join(gathering->posters[1].thread, NULL);
    assert_done(second->call, second->status);
    gathering_end(gathering);
}

/* A refused one, three that are good and a batch of both, in a group whose unit fails as the plan says. */
enum { GOOD_COUNT = 3 };

struct failure {
    struct gathering *gathering;
    const struct poster *refused;
    const struct poster *good[GOOD_COUNT];
    const struct poster *mixed;
    int64_t transactions_before;
};

static struct failure failure_run(struct fixture *fixture, const struct driver_fault_plan *plan)
{
    static const char *const mixed[] = {"3", "0", NULL};
    struct failure failure = {.gathering = gathering_begin(fixture, plan)};
    failure.transactions_before = fixture_count(fixture).transactions;
    failure.good[0] = add_sale(failure.gathering, "2", "key");
    failure.refused = add_sale(failure.gathering, "0", NULL);
    failure.mixed = add_batch(failure.gathering, LEDGER_BATCH_EACH, mixed);
    failure.good[1] = add_sale(failure.gathering, "4", NULL);
    failure.good[2] = add_sale(failure.gathering, "1", NULL);
    gathering_run(failure.gathering);
    assert_true(failure.gathering->plan.has_failed);
    return failure;
}

/* The group's unit failed: nothing of it is there, and each knows. A refusal stands, but was not recorded. */
static void failure_check(const struct failure *failure, ledger_status status, const char *words, int64_t posted_count)
{
    for (size_t i = 0; i < GOOD_COUNT; i++) {
        assert_int_equal(failure->good[i]->status, status);
        assert_int_equal(failure->good[i]->posted->status, status);
        assert_message(failure->good[i]->call, words);
        assert_int_equal(ledger_call_problems_count(failure->good[i]->call), 1);
        assert_int_equal(failure->good[i]->posted->transaction_id[0] != '\0', status == LEDGER_OUTCOME_IS_UNKNOWN);
    }
    assert_int_equal(failure->refused->status, LEDGER_AMOUNT_IS_INVALID);
    assert_false(failure->refused->posted->refusal_recorded);
    assert_false(ledger_call_refusal_recorded(failure->refused->call));
    assert_int_equal(failure->mixed->status, status);
    assert_int_equal(failure->mixed->posted[0].status, status);
    assert_int_equal(failure->mixed->posted[1].status, LEDGER_AMOUNT_IS_INVALID);
    assert_message(failure->mixed->call, words);
    assert_int_equal(fixture_count(failure->gathering->fixture).transactions,
                     failure->transactions_before + posted_count);
}

/* Nobody saw that anything had been. */
static void failure_check_none(const struct failure *failure)
{
    for (size_t i = 0; i < GOOD_COUNT; i++) {
        assert_done(failure->good[i]->call, failure->good[i]->status);
        assert_false(failure->good[i]->posted->replayed);
        assert_int_equal(ledger_call_problems_count(failure->good[i]->call), 0);
    }
    assert_int_equal(failure->refused->status, LEDGER_AMOUNT_IS_INVALID);
    assert_true(failure->refused->posted->refusal_recorded);
    assert_int_equal(ledger_call_problems_count(failure->refused->call), 2);
    assert_done(failure->mixed->call, failure->mixed->status);
    assert_int_equal(failure->mixed->posted[0].status, LEDGER_DONE);
    assert_int_equal(failure->mixed->posted[1].status, LEDGER_AMOUNT_IS_INVALID);
    assert_int_equal(ledger_call_problems_count(failure->mixed->call), 2);
    assert_int_equal(fixture_count(failure->gathering->fixture).transactions, failure->transactions_before + 4);
}

static void a_group_that_fails_leaves_nothing(void **state)
{
    struct driver_fault_plan plan = {.counts_commits_only = true, .fail_at = 1, .outcome = LEDGER_DATABASE_IS_FULL};
    struct failure failure = failure_run(*state, &plan);
    failure_check(&failure, LEDGER_DATABASE_IS_FULL, "a planned fault of commit", 0);
    gathering_end(failure.gathering);
}

/* Each call of the group's unit, until the plan is past its end; but for its begin, which waits at the gate. What fails
 * before the others are taken fails the leader alone. */
static void a_group_that_fails_anywhere_leaves_nothing(void **state)
{
    struct fixture *fixture = *state;
    for (uint64_t fail_at = 2;; fail_at++) {
        struct driver_fault_plan plan = {
            .counts_write_units_only = true, .fail_at = fail_at, .outcome = LEDGER_DATABASE_FAILED};
        struct gathering *gathering = gathering_begin(fixture, &plan);
        int64_t before = fixture_count(fixture).transactions;
        for (size_t i = 0; i < 6; i++) {
            (void)add_sale(gathering, i == 3 ? "0" : "1", NULL);
        }
        gathering_run(gathering);
        int64_t posted_count = 0;
        for (size_t i = 0; i < 6; i++) {
            const struct poster *poster = &gathering->posters[i];
            /* A refusal stands once it was judged by rules read under the lock. */
            if (poster->status != LEDGER_DONE && !(i == 3 && poster->status == LEDGER_AMOUNT_IS_INVALID)) {
                assert_status(poster->call, poster->status, LEDGER_DATABASE_FAILED);
            }
            posted_count += poster->status == LEDGER_DONE;
        }
        bool has_failed = gathering->plan.has_failed;
        assert_int_equal(posted_count, has_failed ? (posted_count == 0 ? 0 : 4) : 5);
        assert_int_equal(fixture_count(fixture).transactions, before + posted_count);
        gathering_end(gathering);
        if (!has_failed) {
            assert_true(fail_at > 10);
            return;
        }
    }
}

static void a_group_whose_commit_is_found_is_done(void **state)
{
    struct driver_fault_plan plan = {.counts_commits_only = true,
                                     .fail_at = 1,
                                     .outcome = LEDGER_OUTCOME_IS_UNKNOWN,
                                     .keeps_what_it_committed = true};
    struct failure failure = failure_run(*state, &plan);
    failure_check_none(&failure);
    gathering_end(failure.gathering);
}

static void a_group_whose_commit_is_not_found_is_posted_again(void **state)
{
    struct driver_fault_plan plan = {.counts_commits_only = true, .fail_at = 1, .outcome = LEDGER_OUTCOME_IS_UNKNOWN};
    struct failure failure = failure_run(*state, &plan);
    failure_check_none(&failure);
    gathering_end(failure.gathering);
}

static void a_group_whose_commit_stays_unknown_says_so(void **state)
{
    struct driver_fault_plan plan = {.counts_commits_only = true,
                                     .fail_at = 1,
                                     .outcome = LEDGER_OUTCOME_IS_UNKNOWN,
                                     .keeps_what_it_committed = true,
                                     .stays_down = true,
                                     .outcome_after = LEDGER_DATABASE_IS_UNAVAILABLE};
    struct failure failure = failure_run(*state, &plan);
    failure_check(&failure, LEDGER_OUTCOME_IS_UNKNOWN, "could not be confirmed", 4);
    gathering_end(failure.gathering);
}

static void a_group_in_conflict_is_posted_again(void **state)
{
    struct driver_fault_plan plan = {.counts_commits_only = true,
                                     .fail_at = 1,
                                     .outcome = LEDGER_DATABASE_HAS_CONFLICT,
                                     .stays_down = true,
                                     .down_calls_max = 5,
                                     .outcome_after = LEDGER_CONNECTION_IS_LOST};
    struct failure failure = failure_run(*state, &plan);
    failure_check_none(&failure);
    gathering_end(failure.gathering);
}

/* Until the deadline; then each is told how often it was tried. */
static void a_conflict_without_end_ends_at_the_deadline(void **state)
{
    struct fixture *fixture = *state;
    struct driver_fault_plan plan = {.counts_commits_only = true,
                                     .fail_at = 1,
                                     .outcome = LEDGER_DATABASE_HAS_CONFLICT,
                                     .stays_down = true,
                                     .outcome_after = LEDGER_DATABASE_HAS_CONFLICT};
    struct gathering *gathering = gathering_begin(fixture, &plan);
    gathering_open_gate(gathering);
    struct ledger_posting posting = fixture_posting(fixture, NULL, "1000", "4000", "1");
    struct ledger_posted posted;
    ledger_call_set_timeout(fixture->call, 200);
    int64_t begin_ms = monotonic_ms();
    assert_status(fixture->call, ledger_post(fixture->call, fixture->ledger, &posting, &posted),
                  LEDGER_DATABASE_HAS_CONFLICT);
    int64_t tried_ms = monotonic_ms() - begin_ms;
    assert_true(tried_ms >= 50 && tried_ms < 5000);
    assert_message(fixture->call, "a planned fault of begin (tried ");
    ledger_call_set_timeout(fixture->call, 0);
    assert_status(fixture->call, ledger_post(fixture->call, fixture->ledger, &posting, &posted),
                  LEDGER_DATABASE_HAS_CONFLICT);
    ledger_call_set_timeout(fixture->call, 300000);
    gathering_end(gathering);
}

/* Many threads that post what they like, each keeping its own books. */
enum { THREADS_COUNT = 32, ROUNDS_COUNT = 25, SHARED_KEYS_COUNT = 10 };

struct bookkeeper {
    struct fixture *fixture;
    struct ledger_call *call;
    pthread_t thread;
    unsigned number;
    int64_t posted_minor;
    int64_t posted_count;
    int64_t refused_count;
    unsigned first_of_key[SHARED_KEYS_COUNT]; /* whether it was the one that was posted */
    char id_of_key[SHARED_KEYS_COUNT][LEDGER_ID_TEXT_SIZE];
    char fault[256];
};

static void bookkeeper_check(struct bookkeeper *keeper, bool is_good, const char *what)
{
    if (!is_good && keeper->fault[0] == '\0') {
        (void)snprintf(keeper->fault, sizeof keeper->fault, "%s: %s", what, ledger_call_message(keeper->call));
    }
}

static struct ledger_posting sale_of(struct ledger_entry entries[2], int64_t amount_minor)
{
    entries[0] =
        (struct ledger_entry){.account_code = TEXT("1000"), .entry_type = LEDGER_DEBIT, .amount_minor = amount_minor};
    entries[1] =
        (struct ledger_entry){.account_code = TEXT("4000"), .entry_type = LEDGER_CREDIT, .amount_minor = amount_minor};
    return (struct ledger_posting){
        .business_event_type = TEXT("SALE"), .description = TEXT("A sale"), .entries = entries, .entries_count = 2};
}

static void keep_sale(struct bookkeeper *keeper, int64_t amount_minor)
{
    struct ledger_entry entries[2];
    struct ledger_posting posting = sale_of(entries, amount_minor);
    struct ledger_posted posted;
    ledger_status status = ledger_post(keeper->call, keeper->fixture->ledger, &posting, &posted);
    bookkeeper_check(keeper, status == LEDGER_DONE && ledger_call_problems_count(keeper->call) == 0, "a sale");
    keeper->posted_minor += amount_minor;
    keeper->posted_count++;
}

static void keep_refused(struct bookkeeper *keeper, unsigned round)
{
    char code[TEXT_SIZE];
    char words[2 * TEXT_SIZE];
    struct ledger_entry entries[2];
    struct ledger_posting posting = sale_of(entries, 1);
    struct ledger_posted posted;
    (void)snprintf(code, sizeof code, "none-%u-%u", keeper->number, round);
    (void)snprintf(words, sizeof words, "account not found: %s", code);
    entries[1].account_code = ledger_text_of(code);
    ledger_status status = ledger_post(keeper->call, keeper->fixture->ledger, &posting, &posted);
    bookkeeper_check(keeper, status == LEDGER_ACCOUNT_NOT_FOUND && posted.refusal_recorded, "a refusal");
    bookkeeper_check(keeper, strstr(ledger_call_message(keeper->call), words) != NULL, "its own message");
    keeper->refused_count++;
}

static void keep_batch(struct bookkeeper *keeper, bool is_good)
{
    struct ledger_entry entries[3][2];
    struct ledger_posting postings[3];
    struct ledger_posted posted[3];
    for (size_t i = 0; i < 3; i++) {
        postings[i] = sale_of(entries[i], 10);
    }
    entries[1][0].amount_minor += is_good ? 0 : 1;
    ledger_status status =
        ledger_post_batch(keeper->call, keeper->fixture->ledger, postings, 3, LEDGER_BATCH_ALL, posted);
    if (is_good) {
        bookkeeper_check(keeper, status == LEDGER_DONE && posted[2].log_index == posted[0].log_index + 2, "a batch");
        keeper->posted_minor += 30;
        keeper->posted_count += 3;
    } else {
        bookkeeper_check(keeper,
                         status == LEDGER_BATCH_IS_REFUSED && posted[0].status == LEDGER_BATCH_IS_REFUSED &&
                             posted[1].status == LEDGER_DEBITS_DIFFER_FROM_CREDITS,
                         "a refused batch");
    }
}

/* The same key and request from every thread: posted once. */
static void keep_shared(struct bookkeeper *keeper, unsigned key_number)
{
    char key[TEXT_SIZE];
    struct ledger_entry entries[2];
    struct ledger_posting posting = sale_of(entries, 1000);
    struct ledger_posted posted;
    (void)snprintf(key, sizeof key, "shared-%u", key_number);
    posting.transaction_date = TEXT("2026-01-15");
    posting.idempotency_key = ledger_text_of(key);
    ledger_status status = ledger_post(keeper->call, keeper->fixture->ledger, &posting, &posted);
    bookkeeper_check(keeper, status == LEDGER_DONE, "a shared key");
    keeper->first_of_key[key_number] = posted.replayed ? 0 : 1;
    memcpy(keeper->id_of_key[key_number], posted.transaction_id, LEDGER_ID_TEXT_SIZE);
    /* Another request of that key is refused now, whoever posted it. */
    entries[0].amount_minor = 999;
    entries[1].amount_minor = 999;
    status = ledger_post(keeper->call, keeper->fixture->ledger, &posting, &posted);
    bookkeeper_check(keeper, status == LEDGER_IDEMPOTENCY_KEY_IS_TAKEN, "a taken key");
}

static void *keep(void *context)
{
    struct bookkeeper *keeper = context;
    for (unsigned round = 0; round < ROUNDS_COUNT; round++) {
        keep_sale(keeper, keeper->number * 100 + round + 1);
        ledger_call_reset(keeper->call);
        keep_refused(keeper, round);
        ledger_call_reset(keeper->call);
        keep_batch(keeper, (keeper->number + round) % 2 == 0);
        ledger_call_reset(keeper->call);
        if (round < SHARED_KEYS_COUNT) {
            keep_shared(keeper, round);
        }
        ledger_call_reset(keeper->call);
    }
    return NULL;
}

static void keys_were_posted_once(const struct bookkeeper *keepers)
{
    for (unsigned key = 0; key < SHARED_KEYS_COUNT; key++) {
        unsigned firsts = 0;
        for (size_t i = 0; i < THREADS_COUNT; i++) {
            firsts += keepers[i].first_of_key[key];
            assert_string_equal(keepers[i].id_of_key[key], keepers[0].id_of_key[key]);
        }
        assert_int_equal(firsts, 1);
    }
}

static void many_threads_post(void **state)
{
    struct fixture *fixture = *state;
    struct bookkeeper *keepers = calloc(THREADS_COUNT, sizeof *keepers);
    int64_t posted_minor = SHARED_KEYS_COUNT * 1000;
    int64_t posted_count = SHARED_KEYS_COUNT;
    assert_non_null(keepers);
    for (unsigned i = 0; i < THREADS_COUNT; i++) {
        keepers[i].fixture = fixture;
        keepers[i].number = i;
        keepers[i].call = real_call(fixture);
        assert_int_equal(pthread_create(&keepers[i].thread, NULL, keep, &keepers[i]), 0);
    }
    for (size_t i = 0; i < THREADS_COUNT; i++) {
        (void)pthread_join(keepers[i].thread, NULL);
        assert_string_equal(keepers[i].fault, "");
        posted_minor += keepers[i].posted_minor;
        posted_count += keepers[i].posted_count;
        ledger_call_free(keepers[i].call);
    }
    keys_were_posted_once(keepers);
    free(keepers);
    struct ledger_balance_query query = {.log_position = LEDGER_POSITION_HEAD};
    struct ledger_account account;
    struct ledger_balance balance;
    assert_done(fixture->call,
                ledger_balance_get(fixture->call, fixture->ledger, TEXT("1000"), &query, &account, &balance));
    assert_int_equal(balance.debit_total_minor, posted_minor);
    assert_int_equal(balance.entry_count, posted_count);
    assert_int_equal(fixture_count(fixture).transactions, posted_count);
    fixture_assert_valid(fixture); /* numbers without gaps among all else */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(those_who_wait_are_posted_together, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(each_is_told_its_own, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(one_key_is_in_a_group_once, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_request_may_repeat_its_own_key, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_clock_of_its_own_is_alone, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_group_has_its_limit, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(totals_near_their_limit_are_shared_out_in_order, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(the_deadline_is_everybodys_own, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(the_lead_passes_on_from_who_gets_no_session, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_group_that_fails_leaves_nothing, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_group_that_fails_anywhere_leaves_nothing, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_group_whose_commit_is_found_is_done, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_group_whose_commit_is_not_found_is_posted_again, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_group_whose_commit_stays_unknown_says_so, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_group_in_conflict_is_posted_again, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_conflict_without_end_ends_at_the_deadline, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(many_threads_post, setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
