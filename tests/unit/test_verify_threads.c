/* verify on several threads, from a position, and going on after an interruption: the same is found in every way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"
#include "integrity/verify_state.h"
#include "ledger/transaction.h"
#include "support/tamperings.h"
#include "support/verify_ledger.h"

/* Where every access is watched, or a server is asked, some of the cases will do: they go the same ways. */
#if defined(__SANITIZE_THREAD__)
enum { DAMAGES_STEP = 18, TAMPERINGS_STEP = 160, POSITIONS_STEP = 3 };
#elif defined(__SANITIZE_ADDRESS__)
enum { DAMAGES_STEP = 3, TAMPERINGS_STEP = 8, POSITIONS_STEP = 3 };
#else
enum { DAMAGES_STEP = 1, TAMPERINGS_STEP = 2, POSITIONS_STEP = 1 };
#endif
enum { DAMAGES_STEP_ON_SERVER = 4, TAMPERINGS_STEP_ON_SERVER = 32 };
enum { EVENTS_MIN = 70000, SEGMENT = 65536 };

static struct verify_ledger large; /* two segments, the second of them open */
static char state_file[64];

static struct ledger_verify_options options_of(uint32_t threads)
{
    return (struct ledger_verify_options){.struct_size = sizeof(struct ledger_verify_options), .threads = threads};
}

static void print_violation(const struct ledger_violation *violation)
{
    print_error("%.*s %.*s: %.*s: stored %.*s, computed %.*s: %.*s\n", TEXT_ARGUMENTS(violation->check),
                TEXT_ARGUMENTS(violation->transaction_number), TEXT_ARGUMENTS(violation->field),
                TEXT_ARGUMENTS(violation->stored), TEXT_ARGUMENTS(violation->computed),
                TEXT_ARGUMENTS(violation->detail));
}

static bool violations_agree(const struct ledger_violation *left, const struct ledger_violation *right)
{
    return text_equals(left->check, right->check) && left->is_critical == right->is_critical &&
           text_equals(left->transaction_id, right->transaction_id) &&
           text_equals(left->transaction_number, right->transaction_number) &&
           left->entry_number == right->entry_number && text_equals(left->account_code, right->account_code) &&
           text_equals(left->field, right->field) && text_equals(left->stored, right->stored) &&
           text_equals(left->computed, right->computed) && text_equals(left->detail, right->detail);
}

static void assert_same(const struct ledger_verify_result *one, const struct ledger_verify_result *other,
                        const char *what)
{
    for (size_t i = 0; i < one->violations_kept && i < other->violations_kept; i++) {
        if (!violations_agree(&one->violations[i], &other->violations[i])) {
            print_violation(&one->violations[i]);
            print_violation(&other->violations[i]);
            fail_msg("%s: violation %zu is another", what, i);
        }
    }
    if (one->violations_count != other->violations_count) {
        fail_msg("%s: %llu and %llu violations", what, (unsigned long long)one->violations_count,
                 (unsigned long long)other->violations_count);
    }
    assert_int_equal(one->violations_kept, other->violations_kept);
    assert_int_equal(one->is_valid, other->is_valid);
    assert_int_equal(one->transactions_checked, other->transactions_checked);
    assert_int_equal(one->log_size, other->log_size);
    assert_string_equal(one->root_hash, other->root_hash);
    assert_int_equal(one->checks_count, other->checks_count);
    for (size_t i = 0; i < one->checks_count; i++) {
        assert_int_equal(one->checks[i].checked_count, other->checks[i].checked_count);
        assert_int_equal(one->checks[i].violations_count, other->checks[i].violations_count);
    }
}

static void verify_on(const struct verify_ledger *ledger, struct ledger_call *call, uint32_t threads,
                      struct ledger_verify_result *ret_result)
{
    const struct ledger_verify_options options = options_of(threads);
    if (verify_ledger_verify(ledger, call, &options, ret_result) != LEDGER_DONE) {
        fail_msg("%s", ledger_call_message(call));
    }
}

/* `least` violations and the same on any number of threads. */
static void assert_same_on_threads(const struct verify_ledger *ledger, const char *what, uint64_t least)
{
    struct ledger_call *call = ledger_call_new();
    struct ledger_verify_result alone;
    verify_on(ledger, call, 1, &alone);
    if (alone.violations_count < least) {
        fail_msg("%s: %llu violations alone", what, (unsigned long long)alone.violations_count);
    }
    static const uint32_t threads[] = {4};
    for (size_t i = 0; i < sizeof threads / sizeof threads[0]; i++) {
        struct ledger_verify_result result;
        verify_on(ledger, call, threads[i], &result);
        assert_same(&alone, &result, what);
    }
    ledger_call_free(call);
}

#define LAST_BEFORE "(SELECT max(log_index) FROM transaction_rows WHERE log_index < 65536)"
#define LAST_BEFORE_SERVER "(SELECT max(log_index) FROM (SELECT log_index FROM transactions WHERE log_index < 65536) t)"

/* What lies on both sides of where a range ends, or is of more than one. */
static const struct {
    const char *sqlite;
    const char *mariadb;
    uint64_t violations_min;
} damages[] = {
    {"SELECT 1", "SELECT 1", 0},
    {"UPDATE transaction_rows SET number_in_day = number_in_day + 7 WHERE log_index = " LAST_BEFORE,
     "UPDATE transactions SET transaction_number = concat(left(transaction_number, 9), '777777') WHERE log_index "
     "= " LAST_BEFORE_SERVER,
     1},
    {"UPDATE transaction_rows SET posting_date = posting_date + 86400000000 * 30 WHERE log_index = " LAST_BEFORE,
     "UPDATE transactions SET posting_date = posting_date + INTERVAL 30 DAY WHERE log_index = " LAST_BEFORE_SERVER, 1},
    {"UPDATE transaction_rows SET posting_date = posting_date - 86400000000, number_in_day = 3 WHERE log_index = 65536",
     "UPDATE transactions SET posting_date = posting_date - INTERVAL 1 DAY, transaction_number = "
     "concat(left(transaction_number, 9), '900003') WHERE log_index = 65536",
     1},
    {"DELETE FROM transaction_rows WHERE log_index BETWEEN 65000 AND 66000; DELETE FROM entry_rows WHERE entry_key "
     "BETWEEN 65000 << 16 AND 66001 << 16",
     "DELETE FROM audit_log WHERE log_index BETWEEN 65000 AND 66000;"
     "DELETE FROM transactions WHERE log_index BETWEEN 65000 AND 66000;"
     "DELETE FROM journal_entries WHERE entry_id BETWEEN 65000 << 16 AND 66001 << 16",
     1},
    {"DELETE FROM transaction_rows WHERE log_index BETWEEN 65000 AND 69000; DELETE FROM entry_rows WHERE entry_key "
     "BETWEEN 65000 << 16 AND 69001 << 16; DELETE FROM tile_rows WHERE tile_key BETWEEN 254 AND 268",
     NULL, 3},
    {"UPDATE transaction_rows SET description = description || '!' WHERE log_index % 32768 < 300", NULL, 800},
    {"UPDATE entry_rows SET amount_minor = amount_minor + 1 WHERE entry_key % 65536 = 1 AND entry_key / 65536 % 1000 = "
     "0",
     "UPDATE journal_entries SET amount = amount + 0.01 WHERE entry_number = 1 AND (entry_id >> 16) % 1000 = 0", 100},
    {"UPDATE account_rows SET account_code = 'other' WHERE account_id = 2", NULL, 1},
    {"UPDATE transaction_rows SET transaction_hash = zeroblob(32); DELETE FROM tile_rows WHERE tile_key = 256", NULL,
     60000},
    {"UPDATE tile_rows SET root_hash = zeroblob(32) WHERE tile_key = 257", NULL, 1},
    {"INSERT INTO checkpoint_rows VALUES (300, 1, zeroblob(32), '', 0), (65536, 1, zeroblob(32), '', 0), "
     "(65537, 1, zeroblob(32), '', 0), (66000, 1, zeroblob(32), '', 0), (69999, 1, zeroblob(32), '', 0)",
     NULL, 5},
    {"DELETE FROM transaction_rows WHERE log_index >= 68000; DELETE FROM event_rows WHERE log_index >= 68000;"
     "DELETE FROM entry_rows WHERE entry_key >= 68000 << 16",
     NULL, 1},
    {"UPDATE entry_rows SET amount_minor = amount_minor + 5, entry_hash = zeroblob(32) WHERE entry_key >> 16 IN "
     "(SELECT reverses_log_index FROM transaction_rows WHERE reverses_log_index IS NOT NULL)",
     NULL, 4},
};

static void test_damage_across_ranges(void **state)
{
    (void)state;
    size_t step = scratch_backend() == SCRATCH_SQLITE ? DAMAGES_STEP : DAMAGES_STEP_ON_SERVER;
    for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i += step) {
        bool is_here = scratch_backend() == SCRATCH_SQLITE || damages[i].mariadb != NULL;
        if (!is_here) {
            continue;
        }
        verify_ledger_copy(&large);
        verify_ledger_run(&large, damages[i].sqlite, damages[i].mariadb);
        assert_same_on_threads(&large, scratch_sql(damages[i].sqlite, damages[i].mariadb), damages[i].violations_min);
    }
}

/* On a server copies take long: a part of the tamperings will do. */
static void test_tamperings(void **state)
{
    (void)state;
    struct verify_ledger small;
    const struct tampering *tampering = scratch_backend() == SCRATCH_SQLITE ? sqlite_tamperings : mariadb_tamperings;
    size_t step = scratch_backend() == SCRATCH_SQLITE ? TAMPERINGS_STEP : TAMPERINGS_STEP_ON_SERVER;
    verify_ledger_init(&small, 0);
    for (size_t i = 0; tampering[i].sql != NULL; i++) {
        if (i % step == 0) {
            verify_ledger_copy(&small);
            verify_ledger_run(&small, tampering[i].sql, tampering[i].sql);
            assert_same_on_threads(&small, tampering[i].sql, 1);
        }
    }
    verify_ledger_done(&small);
}

static struct ledger *open_to_write(struct ledger_call *call)
{
    struct ledger *handle = NULL;
    const struct ledger_actor actor = {
        .user = TEXT("ana"), .principal = TEXT("os:1000"), .source_system = TEXT("tests")};
    const struct ledger_open_options options = {.struct_size = sizeof options, .uri = ledger_text_of(large.work.uri)};
    assert_int_equal(ledger_call_set_actor(call, &actor), LEDGER_DONE);
    if (ledger_open(call, &options, &handle) != LEDGER_DONE) {
        fail_msg("%s", ledger_call_message(call));
    }
    return handle;
}

struct poster {
    struct ledger *handle;
    _Atomic bool is_over;
    _Atomic uint64_t posted_count;
    ledger_status status;
};

/* Posts, and reverses what was posted long ago and just now. */
static void *post_on(void *context)
{
    struct poster *poster = context;
    struct ledger_call *call = ledger_call_new();
    const struct ledger_actor actor = {
        .user = TEXT("ana"), .principal = TEXT("os:1000"), .source_system = TEXT("tests")};
    const struct ledger_entry entries[] = {
        {.account_code = TEXT("1000"), .entry_type = LEDGER_DEBIT, .amount_minor = 100},
        {.account_code = TEXT("4000"), .entry_type = LEDGER_CREDIT, .amount_minor = 100},
    };
    const struct ledger_posting posting = {
        .business_event_type = TEXT("SALE"), .description = TEXT("x"), .entries = entries, .entries_count = 2};
    ledger_status status = ledger_call_set_actor(call, &actor);
    for (unsigned number = 60; status == LEDGER_DONE && !poster->is_over; number++) {
        char old_number[32];
        struct ledger_posted posted;
        (void)snprintf(old_number, sizeof old_number, "20260131-%06u", number);
        struct ledger_reversal reversal = {.transaction = ledger_text_of(old_number), .reason = TEXT("late")};
        status = ledger_post(call, poster->handle, &posting, &posted);
        if (status == LEDGER_DONE && number < 160) {
            status = ledger_reverse(call, poster->handle, &reversal, &posted);
        }
        poster->posted_count++;
        ledger_call_reset(call);
    }
    poster->status = status;
    if (status != LEDGER_DONE) {
        print_error("%s\n", ledger_call_message(call));
    }
    ledger_call_free(call);
    return NULL;
}

static void test_while_posting_goes_on(void **state)
{
    (void)state;
    struct ledger_call *call = ledger_call_new();
    verify_ledger_copy(&large);
    struct poster poster = {.handle = open_to_write(call)};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, post_on, &poster), 0);
    int64_t log_size = 0;
    for (int round = 0; round < 3; round++) {
        const struct ledger_verify_options options = options_of(4);
        struct ledger_verify_result result;
        uint64_t posted_before = poster.posted_count;
        while (poster.posted_count < posted_before + 3 && poster.status == LEDGER_DONE) {
            (void)usleep(1000);
        }
        assert_int_equal(ledger_verify(call, poster.handle, &options, &result), LEDGER_DONE);
        for (size_t i = 0; i < result.violations_kept; i++) {
            print_violation(&result.violations[i]);
        }
        assert_int_equal(result.violations_count, 0);
        assert_true(result.log_size > log_size);
        log_size = result.log_size;
    }
    poster.is_over = true;
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(poster.status, LEDGER_DONE);
    ledger_free(poster.handle);
    /* Reversals stand in another range than what they reverse: one altered is told once, on any number of threads. */
    verify_ledger_run(
        &large,
        "UPDATE entry_rows SET amount_minor = amount_minor + 5 WHERE entry_key % 65536 = 1 AND "
        "entry_key >> 16 = (SELECT min(reverses_log_index) FROM transaction_rows WHERE log_index > 65536)",
        "UPDATE journal_entries SET amount = amount + 0.05 WHERE entry_number = 1 AND transaction_id = "
        "(SELECT reverses_transaction_id FROM transactions WHERE log_index > 65536 AND "
        "reverses_transaction_id IS NOT NULL ORDER BY log_index LIMIT 1)");
    assert_same_on_threads(&large, "an original, reversed much later", 2);
    large.sql = NULL; /* all of it is another now */
    ledger_call_free(call);
}

/* A handle whose pool has one session alone still verifies, and at once. */
static void test_without_a_session_to_spare(void **state)
{
    (void)state;
    struct ledger_call *call = ledger_call_new();
    struct ledger *handle = NULL;
    const struct ledger_verify_options options = options_of(8);
    struct ledger_verify_result result;
    verify_ledger_copy(&large);
    const struct ledger_open_options open_options = {.struct_size = sizeof open_options,
                                                     .uri = ledger_text_of(large.work.uri),
                                                     .read_only = true,
                                                     .pool_size = 1,
                                                     .pool_overflow_max = LEDGER_POOL_NO_OVERFLOW};
    assert_int_equal(ledger_open(call, &open_options, &handle), LEDGER_DONE);
    assert_int_equal(ledger_verify(call, handle, &options, &result), LEDGER_DONE);
    assert_true(result.is_valid);
    ledger_free(handle);
    ledger_call_free(call);
}

static void verify_since(struct ledger_call *call, int64_t since, ledger_status expected,
                         struct ledger_verify_result *ret_result)
{
    struct ledger_verify_options options = options_of(2);
    options.since = since;
    if (verify_ledger_verify(&large, call, &options, ret_result) != expected) {
        fail_msg("since %lld: %s", (long long)since, ledger_call_message(call));
    }
}

static void test_since(void **state)
{
    (void)state;
    struct ledger_call *call = ledger_call_new();
    struct ledger_verify_result whole;
    struct ledger_verify_result result;
    verify_ledger_copy(&large);
    verify_on(&large, call, 1, &whole);
    const int64_t positions[] = {
        1, 255, 256, 700, SEGMENT - 1, SEGMENT, SEGMENT + 1, SEGMENT + 300, whole.log_size - 1, whole.log_size};
    for (size_t i = 0; i < sizeof positions / sizeof positions[0]; i += POSITIONS_STEP) {
        verify_since(call, positions[i], LEDGER_DONE, &result);
        for (size_t v = 0; v < result.violations_kept; v++) {
            print_violation(&result.violations[v]);
        }
        assert_int_equal(result.violations_count, 0);
        assert_int_equal(result.since, positions[i]);
        assert_int_equal(result.checks_not_made_count, 6);
        assert_string_equal(result.root_hash, whole.root_hash);
        assert_true(result.transactions_checked <= (uint64_t)(whole.log_size - positions[i]));
    }
    verify_since(call, whole.log_size + 1, LEDGER_LOG_POSITION_IS_INVALID, &result);
    /* What was altered before is not looked at; what was altered from there on is found. */
    verify_ledger_run(&large, "UPDATE transaction_rows SET description = 'x' WHERE log_index IN (60000, 68000)",
                      "UPDATE transactions SET description = 'x' WHERE log_index IN (60000, 68000)");
    verify_since(call, 59999, LEDGER_DONE, &result);
    assert_int_equal(result.violations_count, 2);
    verify_since(call, 66000, LEDGER_DONE, &result);
    assert_int_equal(result.violations_count, 1);
    verify_since(call, 68001, LEDGER_DONE, &result);
    assert_int_equal(result.violations_count, 0);
    /* That the log goes on from what was before is proved by its tiles. */
    verify_ledger_copy(&large);
    verify_ledger_run(
        &large, "UPDATE tile_rows SET root_hash = zeroblob(32) WHERE tile_key = 1 << 48",
        "UPDATE integrity_tiles SET root_hash_bytes = repeat(x'00', 32) WHERE level = 1 AND tile_index = 0");
    verify_since(call, 66000, LEDGER_DONE, &result);
    assert_false(result.is_valid);
    ledger_call_free(call);
}

/* A checkpoint in the database that is none is told wherever the run begins. */
static void test_since_a_checkpoint(void **state)
{
    (void)state;
    if (scratch_backend() != SCRATCH_SQLITE) {
        return; /* the same code, and the rows are others */
    }
    static const int64_t sizes[] = {70000, SEGMENT, 68000};
    struct ledger_call *call = ledger_call_new();
    struct ledger_verify_result result;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        char sql[128];
        (void)snprintf(sql, sizeof sql, "INSERT INTO checkpoint_rows VALUES (%lld, 1, zeroblob(32), '', 0)",
                       (long long)sizes[i]);
        verify_ledger_copy(&large);
        verify_ledger_run(&large, sql, sql);
        verify_since(call, sizes[i], LEDGER_DONE, &result);
        assert_int_equal(result.violations_count, 1);
        assert_true(text_equals_string(result.violations[0].check, "checkpoints"));
        verify_since(call, sizes[i] - 500, LEDGER_DONE, &result);
        assert_int_equal(result.violations_count, 1);
        verify_since(call, sizes[i] + 1, LEDGER_DONE, &result);
        assert_int_equal(result.violations_count, 1);
    }
    ledger_call_free(call);
}

/* Ends the process once there is a state to go on from. */
static void end_when_saved(void *context, uint64_t done, uint64_t total)
{
    (void)context;
    if (access(state_file, F_OK) == 0 && done < total) {
        _exit(42);
    }
}

static const struct verify_limits saving = {
    .totals_slots_max = TOTALS_SLOTS_MAX, .state_every_ms = 0, .tasks_ahead_max = 1};

static void interrupt(const struct verify_ledger *ledger, uint32_t threads)
{
    (void)unlink(state_file);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct ledger_call *call = ledger_call_new();
        struct ledger_verify_result result;
        struct ledger_verify_options options = options_of(threads);
        options.state_file = ledger_text_of(state_file);
        options.progress = end_when_saved;
        ledger_status outcome = verify_ledger_verify_within(ledger, call, &options, &saving, &result);
        _exit(outcome == LEDGER_DONE ? 1 : 2);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 42);
}

static ledger_status resume(const struct verify_ledger *ledger, struct ledger_call *call,
                            struct ledger_verify_result *ret_result)
{
    struct ledger_verify_options options = options_of(2);
    options.state_file = ledger_text_of(state_file);
    return verify_ledger_verify_within(ledger, call, &options, &saving, ret_result);
}

static void test_interrupted(void **state)
{
    (void)state;
    static const char *const sqlite[] = {
        "SELECT 1", "UPDATE entry_rows SET amount_minor = amount_minor + 1 WHERE entry_key % 65536 = 1 AND "
                    "entry_key / 65536 % 5000 = 0"};
    static const char *const mariadb[] = {
        "SELECT 1", "UPDATE journal_entries SET amount = amount + 0.01 WHERE entry_number = 1 AND (entry_id >> 16) % "
                    "5000 = 0"};
    struct ledger_call *call = ledger_call_new();
    for (size_t i = 0; i < 2; i++) {
        struct ledger_verify_result whole;
        struct ledger_verify_result rest;
        verify_ledger_copy(&large);
        verify_ledger_run(&large, sqlite[i], mariadb[i]);
        verify_on(&large, call, 1, &whole);
        for (uint32_t threads = 1; threads <= 3; threads += 2) {
            interrupt(&large, threads);
            if (resume(&large, call, &rest) != LEDGER_DONE) {
                fail_msg("%s", ledger_call_message(call));
            }
            assert_true(rest.resumed_from >= SEGMENT);
            assert_int_equal(rest.resumed_from % SEGMENT, 0);
            assert_same(&whole, &rest, "a run that went on");
            assert_int_equal(access(state_file, F_OK), -1);
        }
    }
    ledger_call_free(call);
}

static void flip(long offset)
{
    FILE *file = fopen(state_file, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, offset, offset < 0 ? SEEK_END : SEEK_SET), 0);
    int byte = fgetc(file);
    assert_int_equal(fseek(file, offset, offset < 0 ? SEEK_END : SEEK_SET), 0);
    assert_int_not_equal(fputc(byte ^ 1, file), EOF);
    assert_int_equal(fclose(file), 0);
}

static void assert_refused(struct ledger_call *call, const char *why)
{
    struct ledger_verify_result result;
    ledger_call_reset(call);
    assert_int_equal(resume(&large, call, &result), LEDGER_INPUT_IS_MALFORMED);
    assert_non_null(strstr(ledger_call_message(call), why));
    assert_non_null(strstr(ledger_call_message(call), state_file));
}

/* What is no state of this ledger as it was is refused by name. */
static void test_spoilt_state(void **state)
{
    (void)state;
    struct ledger_call *call = ledger_call_new();
    struct ledger_verify_result result;
    struct stat status;
    verify_ledger_copy(&large);
    interrupt(&large, 1);
    assert_int_equal(stat(state_file, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    static const long offsets[] = {0, 30, 200, 5000, -1, -40};
    for (size_t i = 0; i < sizeof offsets / sizeof offsets[0]; i++) {
        flip(offsets[i]);
        assert_refused(call, "is not as it was written");
        flip(offsets[i]);
    }
    assert_int_equal(truncate(state_file, status.st_size - 1), 0);
    assert_refused(call, "is not as it was written");
    assert_int_equal(truncate(state_file, 3), 0);
    assert_refused(call, "is not as it was written");
    /* The history before was made anew since. */
    interrupt(&large, 1);
    verify_ledger_run(
        &large, "UPDATE tile_rows SET root_hash = zeroblob(32) WHERE tile_key = 1 << 48",
        "UPDATE integrity_tiles SET root_hash_bytes = repeat(x'00', 32) WHERE level = 1 AND tile_index = 0");
    assert_refused(call, "is of another log");
    /* Another ledger's. */
    struct verify_ledger other;
    verify_ledger_init(&other, 0);
    verify_ledger_copy(&other);
    ledger_call_reset(call);
    assert_int_equal(resume(&other, call, &result), LEDGER_INPUT_IS_MALFORMED);
    assert_non_null(strstr(ledger_call_message(call), "is of another ledger"));
    verify_ledger_done(&other);
    (void)unlink(state_file);
    ledger_call_free(call);
}

static int set_up(void **state)
{
    (void)state;
    verify_ledger_init(&large, EVENTS_MIN);
    (void)snprintf(state_file, sizeof state_file, "/tmp/ledger-verify-state-%ld", (long)getpid());
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    verify_ledger_done(&large);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_damage_across_ranges),
        cmocka_unit_test(test_tamperings),
        cmocka_unit_test(test_while_posting_goes_on),
        cmocka_unit_test(test_without_a_session_to_spare),
        cmocka_unit_test(test_since),
        cmocka_unit_test(test_since_a_checkpoint),
        cmocka_unit_test(test_interrupted),
        cmocka_unit_test(test_spoilt_state),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
