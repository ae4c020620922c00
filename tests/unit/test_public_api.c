/* The library from several threads: on one handle, whose functions wait for each other, and on a handle each, as if
 * they were processes. Run under ThreadSanitizer too. */
#include <pthread.h>
#include <stdio.h>

#include "support/ledger_fixture.h"

enum { THREADS = 4, ROUNDS = 25, BATCH = 80 };

struct worker {
    struct fixture *fixture;
    struct ledger *ledger;
    unsigned number;
    int64_t posted_count;
    int64_t refused_count;
    int64_t reversed_count;
    const char *fault; /* what did not end as it had to: asserted by the main thread */
};

/* Notes a fault; assertions of cmocka belong to the main thread. */
static void expect(struct worker *worker, bool is_so, const char *fault)
{
    if (!is_so && worker->fault == NULL) {
        worker->fault = fault;
    }
}

static struct ledger_posting sale(struct ledger_entry entries[2], const char *amount)
{
    entries[0] = (struct ledger_entry){
        .account_code = TEXT("1000"), .entry_type = LEDGER_DEBIT, .amount = ledger_text_of(amount)};
    entries[1] = (struct ledger_entry){
        .account_code = TEXT("4000"), .entry_type = LEDGER_CREDIT, .amount = ledger_text_of(amount)};
    return (struct ledger_posting){
        .business_event_type = TEXT("SALE"), .description = TEXT("A sale"), .entries = entries, .entries_count = 2};
}

/* Enough items that a second thread helps to hash them. */
static void post_batch(struct worker *worker, struct ledger_call *call)
{
    struct ledger_entry entries[2];
    struct ledger_posting postings[BATCH];
    struct ledger_posted posted[BATCH];
    for (size_t i = 0; i < BATCH; i++) {
        postings[i] = sale(entries, "1");
    }
    ledger_status status = ledger_post_batch(call, worker->ledger, postings, BATCH, LEDGER_BATCH_ALL, posted);
    expect(worker, status == LEDGER_DONE, "a batch is not posted");
    for (size_t i = 1; i < BATCH; i++) {
        expect(worker, posted[i].log_index == posted[0].log_index + (int64_t)i, "another came between a batch");
    }
    worker->posted_count += BATCH;
}

/* The same key from all threads: one posts, the others are answered with its result. */
static void post_shared(struct worker *worker, struct ledger_call *call, unsigned round)
{
    struct ledger_entry entries[2];
    struct ledger_posted posted;
    char key[32];
    struct ledger_posting posting = sale(entries, "1");
    (void)snprintf(key, sizeof key, "shared-%u", round);
    posting.idempotency_key = ledger_text_of(key);
    posting.transaction_date = TEXT("2026-03-01");
    expect(worker, ledger_post(call, worker->ledger, &posting, &posted) == LEDGER_DONE, "a shared key is refused");
    worker->posted_count += posted.replayed ? 0 : 1;
}

static void post_and_reverse(struct worker *worker, struct ledger_call *call)
{
    struct ledger_entry entries[2];
    struct ledger_posted posted;
    struct ledger_posted reversal;
    struct ledger_transaction_record record;
    struct ledger_posting posting = sale(entries, "2.50");
    expect(worker, ledger_post(call, worker->ledger, &posting, &posted) == LEDGER_DONE, "not posted");
    struct ledger_reversal request = {.transaction = ledger_text_of(posted.transaction_number), .reason = TEXT("Test")};
    expect(worker, ledger_reverse(call, worker->ledger, &request, &reversal) == LEDGER_DONE, "not reversed");
    expect(worker,
           ledger_transaction_get(call, worker->ledger, ledger_text_of(posted.transaction_id), &record) ==
                   LEDGER_DONE &&
               record.is_reversed && record.reversed_by_log_index == reversal.log_index,
           "the reversal is not seen");
    worker->posted_count++;
    worker->reversed_count++;
}

static void be_refused(struct worker *worker, struct ledger_call *call)
{
    struct ledger_entry entries[2];
    struct ledger_posted posted;
    struct ledger_posting posting = sale(entries, "0");
    expect(worker, ledger_post(call, worker->ledger, &posting, &posted) == LEDGER_AMOUNT_IS_INVALID, "not refused");
    expect(worker, posted.refusal_recorded, "a refusal is not recorded");
    worker->refused_count++;
}

/* Rules move under the others' feet. */
static void change_rules(struct worker *worker, struct ledger_call *call, unsigned round)
{
    struct ledger_account account;
    char code[32];
    (void)snprintf(code, sizeof code, "T%u.%u", worker->number, round);
    struct ledger_account_request request = {.account_code = ledger_text_of(code), .account_name = TEXT("Mine")};
    expect(worker, ledger_account_create(call, worker->ledger, &request, &account) == LEDGER_DONE, "not created");
    expect(worker,
           ledger_account_set_active(call, worker->ledger, ledger_text_of(code), false, &account) == LEDGER_DONE,
           "not deactivated");
}

static void read_all(struct worker *worker, struct ledger_call *call)
{
    const struct ledger_account *accounts = NULL;
    const struct ledger_event_record *events = NULL;
    struct ledger_balance_query query = {.log_position = LEDGER_POSITION_HEAD};
    struct ledger_account account;
    struct ledger_balance cash;
    size_t count = 0;
    expect(worker, ledger_account_list(call, worker->ledger, &accounts, &count) == LEDGER_DONE && count >= 12,
           "no accounts");
    struct ledger_audit_filter filter = {.limit = 20};
    expect(worker, ledger_audit_list(call, worker->ledger, &filter, &events, &count) == LEDGER_DONE && count == 20,
           "no events");
    for (size_t i = 1; i < count; i++) {
        expect(worker, events[i].log_index + 1 == events[i - 1].log_index, "a gap in the log");
    }
    expect(worker,
           ledger_balance_get(call, worker->ledger, TEXT("1000"), &query, &account, &cash) == LEDGER_DONE &&
               cash.debit_total_minor >= cash.credit_total_minor,
           "no balance");
    expect(worker, ledger_get_settings(worker->ledger)->default_currency.size == 3, "no settings");
}

/* Time stands: the clock of the machine may be behind that of the fixture. */
static int64_t standing_clock(void *context)
{
    (void)context;
    return FIXTURE_NOW_US;
}

static void *work(void *context)
{
    struct worker *worker = context;
    char user[16];
    (void)snprintf(user, sizeof user, "user-%u", worker->number);
    struct ledger_call *call = ledger_call_new();
    struct ledger_actor actor = {.user = ledger_text_of(user)};
    if (call == NULL || ledger_call_set_actor(call, &actor) != LEDGER_DONE) {
        worker->fault = "no call";
        ledger_call_free(call);
        return NULL;
    }
    ledger_call_set_clock(call, standing_clock, NULL);
    ledger_call_set_timeout(call, 120000);
    for (unsigned round = 0; round < ROUNDS && worker->fault == NULL; round++) {
        post_batch(worker, call);
        post_shared(worker, call, round);
        post_and_reverse(worker, call);
        be_refused(worker, call);
        change_rules(worker, call, round);
        read_all(worker, call);
        ledger_call_reset(call);
    }
    ledger_call_free(call);
    return NULL;
}

static void run(struct fixture *fixture, struct ledger *const ledgers[THREADS])
{
    pthread_t threads[THREADS];
    struct worker workers[THREADS];
    int64_t posted_count = 0;
    int64_t reversed_count = 0;
    for (unsigned i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){.fixture = fixture, .ledger = ledgers[i], .number = i};
        assert_int_equal(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
    }
    for (unsigned i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    }
    for (unsigned i = 0; i < THREADS; i++) {
        if (workers[i].fault != NULL) {
            fail_msg("thread %u: %s", i, workers[i].fault);
        }
        posted_count += workers[i].posted_count;
        reversed_count += workers[i].reversed_count;
    }
    assert_int_equal(posted_count, THREADS * (ROUNDS * (BATCH + 1)) + ROUNDS);
    assert_int_equal(fixture_count(fixture).transactions, posted_count + reversed_count);
    /* Numbers without a gap in each day, positions ascending with them, the log whole. */
    assert_int_equal(fixture_integer(fixture,
                                     "SELECT count(*) FROM (SELECT CAST(substr(transaction_number, 10) AS INTEGER) - "
                                     "row_number() OVER (PARTITION BY substr(transaction_number, 1, 8) ORDER BY "
                                     "log_index) AS gap FROM transactions) AS numbers WHERE gap <> 0"),
                     0);
    assert_int_equal(fixture_integer(fixture,
                                     "SELECT count(*) = max(log_size) AND max(log_index) = max(log_size) - 1 FROM "
                                     "audit_log, integrity_head"),
                     1);
    assert_int_equal(fixture_integer(fixture, "SELECT count(*) FROM chart_of_accounts WHERE is_active = 0"),
                     THREADS * ROUNDS + 1);
    fixture_assert_valid(fixture);
}

static void several_threads_share_a_handle(void **state)
{
    struct fixture *fixture = *state;
    struct ledger *const ledgers[THREADS] = {fixture->ledger, fixture->ledger, fixture->ledger, fixture->ledger};
    run(fixture, ledgers);
}

static void several_handles_share_a_ledger(void **state)
{
    struct fixture *fixture = *state;
    struct ledger *ledgers[THREADS];
    for (unsigned i = 0; i < THREADS; i++) {
        ledgers[i] = fixture_open(fixture);
    }
    run(fixture, ledgers);
    for (unsigned i = 0; i < THREADS; i++) {
        ledger_free(ledgers[i]);
    }
}

/* Handles that come and go while others work. */
static void *open_and_close(void *context)
{
    struct worker *worker = context;
    struct ledger_call *call = ledger_call_new();
    for (unsigned round = 0; call != NULL && round < ROUNDS; round++) {
        struct ledger *ledger = NULL;
        struct ledger_account account;
        expect(worker, ledger_open(call, &worker->fixture->options, &ledger) == LEDGER_DONE, "not opened");
        if (ledger != NULL) {
            expect(worker, ledger_account_get(call, ledger, TEXT("1000"), &account) == LEDGER_DONE, "not read");
        }
        ledger_free(ledger);
        ledger_call_reset(call);
    }
    ledger_call_free(call);
    return NULL;
}

static void handles_come_and_go(void **state)
{
    struct fixture *fixture = *state;
    pthread_t threads[THREADS];
    struct worker workers[THREADS];
    for (unsigned i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){.fixture = fixture, .ledger = fixture->ledger, .number = i};
        assert_int_equal(pthread_create(&threads[i], NULL, i < 2 ? work : open_and_close, &workers[i]), 0);
    }
    for (unsigned i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        if (workers[i].fault != NULL) {
            fail_msg("thread %u: %s", i, workers[i].fault);
        }
    }
    fixture_assert_valid(fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(several_threads_share_a_handle, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(several_handles_share_a_ledger, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(handles_come_and_go, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
