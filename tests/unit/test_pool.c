/* The pool of sessions: how many there are, who waits for how long and in what order, and many threads at once. */
#include "engine/pool.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "engine/session.h"
#include "ledger/report.h"
#include "support/ledger_fixture.h"

enum { THREADS_COUNT = 32, TAKEN_MAX = 40 };

/* The fixture's ledger opened again with pools of these sizes. */
static struct pool *open_pool(struct fixture *fixture, uint32_t pool_size, uint32_t pool_overflow_max)
{
    fixture->options.pool_size = pool_size;
    fixture->options.pool_overflow_max = pool_overflow_max;
    fixture_reopen(fixture);
    return &fixture->ledger->pool;
}

static struct session *take(struct fixture *fixture)
{
    struct session *session = NULL;
    assert_done(fixture->call, pool_take(fixture->call, fixture->ledger, &session));
    return session;
}

static void give_back(struct fixture *fixture, struct session *session)
{
    pool_give_back(fixture->ledger, session);
}

static void assert_busy(struct fixture *fixture, const char *words)
{
    struct session *session = NULL;
    ledger_call_reset(fixture->call);
    assert_status(fixture->call, pool_take(fixture->call, fixture->ledger, &session), LEDGER_DATABASE_IS_BUSY);
    assert_message(fixture->call, words);
    ledger_call_reset(fixture->call);
}

static void sizes_have_defaults(void **state)
{
    struct fixture *fixture = *state;
    const struct {
        uint32_t pool_size;
        uint32_t pool_overflow_max;
        uint64_t size;
        uint64_t overflow_max;
    } cases[] = {
        {0, 0, 10, 20},
        {1, LEDGER_POOL_NO_OVERFLOW, 1, 0},
        {3, 1, 3, 1},
        {UINT32_MAX, UINT32_MAX - 1, UINT32_MAX, UINT32_MAX - 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct pool *pool = open_pool(fixture, cases[i].pool_size, cases[i].pool_overflow_max);
        assert_int_equal(pool->size, cases[i].size);
        assert_int_equal(pool->overflow_max, cases[i].overflow_max);
        assert_int_equal(pool->sessions_count, 1);
    }
}

/* One below the limit, at it, beyond it, and back again; what overflowed is closed, what is kept is not. */
static void there_are_no_more_than_may_be(void **state)
{
    struct fixture *fixture = *state;
    const struct {
        uint32_t size;
        uint32_t overflow_max;
        uint32_t total;
        const char *words;
    } cases[] = {
        {1, LEDGER_POOL_NO_OVERFLOW, 1, "while 1 were; DB_POOL_SIZE (1) and DB_MAX_OVERFLOW (0) say"},
        {1, 1, 2, "while 2 were; DB_POOL_SIZE (1) and DB_MAX_OVERFLOW (1) say"},
        {2, 3, 5, "while 5 were; DB_POOL_SIZE (2) and DB_MAX_OVERFLOW (3) say"},
        {0, 0, 30, "while 30 were; DB_POOL_SIZE (10) and DB_MAX_OVERFLOW (20) say"},
    };
    ledger_call_set_timeout(fixture->call, 0);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct pool *pool = open_pool(fixture, cases[i].size, cases[i].overflow_max);
        struct session *sessions[TAKEN_MAX];
        for (uint32_t round = 0; round < 2; round++) {
            for (uint32_t n = 0; n < cases[i].total; n++) {
                sessions[n] = take(fixture);
            }
            assert_int_equal(pool->sessions_count, cases[i].total);
            assert_busy(fixture, cases[i].words);
            give_back(fixture, sessions[0]);
            sessions[0] = take(fixture);
            assert_busy(fixture, cases[i].words);
            for (uint32_t n = 0; n < cases[i].total; n++) {
                give_back(fixture, sessions[n]);
            }
            assert_int_equal(pool->sessions_count, pool->size);
            assert_int_equal(pool->idle_count, pool->size);
        }
    }
}

/* Every function of the library says so, not only the pool. */
static void a_function_without_a_session_is_busy(void **state)
{
    struct fixture *fixture = *state;
    (void)open_pool(fixture, 1, LEDGER_POOL_NO_OVERFLOW);
    struct session *session = take(fixture);
    struct ledger_posting posting = fixture_posting(fixture, NULL, "1000", "4000", "1.00");
    struct ledger_posted posted;
    struct ledger_account account;
    ledger_call_set_timeout(fixture->call, 30);
    int64_t begin_ms = monotonic_ms();
    assert_status(fixture->call, ledger_account_get(fixture->call, fixture->ledger, TEXT("1000"), &account),
                  LEDGER_DATABASE_IS_BUSY);
    assert_true(monotonic_ms() - begin_ms >= 30);
    assert_status(fixture->call, ledger_post(fixture->call, fixture->ledger, &posting, &posted),
                  LEDGER_DATABASE_IS_BUSY);
    assert_message(fixture->call, "waited 30 ms");
    give_back(fixture, session);
    assert_done(fixture->call, ledger_post(fixture->call, fixture->ledger, &posting, &posted));
}

struct in_line {
    struct fixture *fixture;
    struct ledger_call *call;
    pthread_t thread;
    unsigned number;
    unsigned *served; /* guarded by the one session that there is */
    unsigned place;
    ledger_status status;
};

static void *stand_in_line(void *context)
{
    struct in_line *in_line = context;
    struct session *session = NULL;
    in_line->status = pool_take(in_line->call, in_line->fixture->ledger, &session);
    if (in_line->status == LEDGER_DONE) {
        in_line->place = (*in_line->served)++;
        pool_give_back(in_line->fixture->ledger, session);
    }
    return NULL;
}

static struct pool_waiter **last_in_line(struct pool *pool)
{
    (void)pthread_mutex_lock(&pool->mutex);
    struct pool_waiter **last = pool->last_waiter;
    (void)pthread_mutex_unlock(&pool->mutex);
    return last;
}

/* Starts a thread and waits until it stands in the line. */
static void join_line(struct fixture *fixture, struct in_line *in_line)
{
    struct pool *pool = &fixture->ledger->pool;
    struct pool_waiter **last = last_in_line(pool);
    assert_int_equal(pthread_create(&in_line->thread, NULL, stand_in_line, in_line), 0);
    while (last_in_line(pool) == last) {
        (void)usleep(200);
    }
}

/* In the order in which they came; those whose time is over leave from the middle and from the end. */
static void those_who_came_first_are_served_first(void **state)
{
    struct fixture *fixture = *state;
    (void)open_pool(fixture, 1, LEDGER_POOL_NO_OVERFLOW);
    struct session *session = take(fixture);
    struct in_line line[THREADS_COUNT];
    unsigned served = 0;
    for (unsigned i = 0; i < THREADS_COUNT; i++) {
        line[i] = (struct in_line){.fixture = fixture, .number = i, .served = &served};
        line[i].call = fixture_call(fixture, "ana", NULL, NULL);
        ledger_call_set_timeout(line[i].call, i % 4 == 3 ? 1000 : 300000);
        join_line(fixture, &line[i]);
    }
    for (unsigned i = 3; i < THREADS_COUNT; i += 4) {
        (void)pthread_join(line[i].thread, NULL);
        assert_int_equal(line[i].status, LEDGER_DATABASE_IS_BUSY);
    }
    give_back(fixture, session);
    for (unsigned i = 0; i < THREADS_COUNT; i++) {
        if (i % 4 != 3) {
            (void)pthread_join(line[i].thread, NULL);
            assert_int_equal(line[i].status, LEDGER_DONE);
            assert_int_equal(line[i].place, i - i / 4);
        }
        ledger_call_free(line[i].call);
    }
    assert_int_equal(served, THREADS_COUNT / 4 * 3);
    assert_int_equal(fixture->ledger->pool.sessions_count, 1);
}

/* A session that could not be opened leaves its place to the next in line. */
static void a_failed_opening_takes_no_place(void **state)
{
    struct fixture *fixture = *state;
    struct pool *pool = open_pool(fixture, 2, LEDGER_POOL_NO_OVERFLOW);
    struct session *session = take(fixture);
    struct session *second = NULL;
    char away[sizeof fixture->database.path + 8];
    (void)snprintf(away, sizeof away, "%s.away", fixture->database.path);
    assert_int_equal(rename(fixture->database.path, away), 0);
    assert_status(fixture->call, pool_take(fixture->call, fixture->ledger, &second), LEDGER_DATABASE_IS_UNAVAILABLE);
    assert_int_equal(pool->sessions_count, 1);
    assert_int_equal(rename(away, fixture->database.path), 0);
    second = take(fixture);
    give_back(fixture, second);
    give_back(fixture, session);
}

static void a_session_belongs_to_the_same_ledger(void **state)
{
    struct fixture *fixture = *state;
    struct session *session = take(fixture);
    struct session *second = NULL;
    fixture_damage(fixture, "UPDATE ledger_settings SET ledger_id = 'another'",
                   "UPDATE ledger_settings SET ledger_id = 'another'");
    assert_status(fixture->call, pool_take(fixture->call, fixture->ledger, &second), LEDGER_DATABASE_IS_UNAVAILABLE);
    assert_message(fixture->call, "another ledger stands where this one was");
    give_back(fixture, session);
}

/* What was opened by a relative path stays the same file, wherever the program goes. */
static void a_relative_path_is_of_where_the_ledger_was_opened(void **state)
{
    struct fixture *fixture = *state;
    char before[SCRATCH_PATH_SIZE];
    assert_non_null(getcwd(before, sizeof before));
    assert_int_equal(chdir(fixture->database.directory), 0);
    fixture->options.uri = TEXT("sqlite:///ledger.db");
    fixture_reopen(fixture);
    assert_int_equal(chdir("/"), 0);
    struct session *session = take(fixture);
    struct session *second = take(fixture);
    give_back(fixture, second);
    give_back(fixture, session);
    assert_int_equal(chdir(before), 0);
}

/* Threads that read and write: each does everything, and sees what it wrote itself. */
enum { ROUNDS_COUNT = 12 };

struct worker {
    struct fixture *fixture;
    struct ledger_call *call;
    pthread_t thread;
    char fault[256]; /* "" for none: assertions are the main thread's */
    char last_id[LEDGER_ID_TEXT_SIZE];
};

static void worker_check(struct worker *worker, bool is_good, const char *what)
{
    if (!is_good && worker->fault[0] == '\0') {
        (void)snprintf(worker->fault, sizeof worker->fault, "%s: %s", what, ledger_call_message(worker->call));
    }
}

static void worker_post(struct worker *worker)
{
    struct ledger_entry entries[] = {
        {.account_code = TEXT("1000"), .entry_type = LEDGER_DEBIT, .amount_minor = 100},
        {.account_code = TEXT("4000"), .entry_type = LEDGER_CREDIT, .amount_minor = 100},
    };
    struct ledger_posting posting = {
        .business_event_type = TEXT("SALE"), .description = TEXT("A sale"), .entries = entries, .entries_count = 2};
    struct ledger_posted posted;
    struct ledger_transaction_record record;
    ledger_status status = ledger_post(worker->call, worker->fixture->ledger, &posting, &posted);
    worker_check(worker, status == LEDGER_DONE, "post");
    if (status != LEDGER_DONE) {
        return;
    }
    worker_check(worker, strcmp(worker->last_id, posted.transaction_id) < 0, "ids ascend");
    memcpy(worker->last_id, posted.transaction_id, sizeof worker->last_id);
    status =
        ledger_transaction_get(worker->call, worker->fixture->ledger, ledger_text_of(posted.transaction_id), &record);
    worker_check(worker, status == LEDGER_DONE && record.log_index == posted.log_index, "get");
}

static void worker_read(struct worker *worker)
{
    struct ledger *ledger = worker->fixture->ledger;
    struct ledger_balance_query query = {.log_position = LEDGER_POSITION_HEAD};
    struct ledger_account account;
    struct ledger_balance balance;
    ledger_status status = ledger_balance_get(worker->call, ledger, TEXT("1000"), &query, &account, &balance);
    worker_check(worker, status == LEDGER_DONE && balance.debit_total_minor == 100 * balance.entry_count, "balance");
    struct ledger_report_request request = {.struct_size = sizeof request, .type = LEDGER_REPORT_TRIAL_BALANCE};
    struct ledger_report_result result;
    status = ledger_report_make(worker->call, ledger, &request, LEDGER_FORMAT_JSON, 80, false, &result);
    worker_check(worker, status == LEDGER_DONE && result.is_balanced && result.recorded, "report");
}

static void *work(void *context)
{
    struct worker *worker = context;
    for (unsigned round = 0; round < ROUNDS_COUNT; round++) {
        worker_post(worker);
        worker_read(worker);
        ledger_call_reset(worker->call);
    }
    return NULL;
}

static void many_threads_read_and_write(void **state)
{
    struct fixture *fixture = *state;
    const struct pool *pool = open_pool(fixture, 3, 4);
    struct worker *workers = calloc(THREADS_COUNT, sizeof *workers);
    assert_non_null(workers);
    for (size_t i = 0; i < THREADS_COUNT; i++) {
        workers[i].fixture = fixture;
        workers[i].call = fixture_call(fixture, "ana", "os:1000", "test");
        ledger_call_set_timeout(workers[i].call, 300000);
        assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    }
    for (size_t i = 0; i < THREADS_COUNT; i++) {
        (void)pthread_join(workers[i].thread, NULL);
        assert_string_equal(workers[i].fault, "");
        ledger_call_free(workers[i].call);
    }
    assert_true(pool->sessions_count <= 3);
    assert_int_equal(pool->idle_count, pool->sessions_count);
    free(workers);
    assert_int_equal(fixture_count(fixture).transactions, THREADS_COUNT * ROUNDS_COUNT);
    fixture_assert_valid(fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(sizes_have_defaults, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(there_are_no_more_than_may_be, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_function_without_a_session_is_busy, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(those_who_came_first_are_served_first, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_session_belongs_to_the_same_ledger, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(many_threads_read_and_write, fixture_setup, fixture_teardown),
    };
    /* About files. */
    const struct CMUnitTest tests_of_sqlite[] = {
        cmocka_unit_test_setup_teardown(a_failed_opening_takes_no_place, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_relative_path_is_of_where_the_ledger_was_opened, fixture_setup,
                                        fixture_teardown),
    };
    return fixture_run_groups(tests, tests_of_sqlite);
}
