/* The sort of any number of records: against a stable sort in memory, in memory and by runs, and without a disk. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/sorter.h"
#include "support/bare_call.h"
#include "support/random.h"

/* What a record says: which one it was, and bytes that follow from that. */
struct record {
    uint64_t key;
    size_t number;
    size_t size;
};

static int record_compare(const void *left, const void *right)
{
    const struct record *a = left;
    const struct record *b = right;
    if (a->key != b->key) {
        return a->key < b->key ? -1 : 1;
    }
    return a->number < b->number ? -1 : a->number > b->number;
}

static void add(struct ledger_call *call, struct sorter *sorter, const struct record *record)
{
    void *place = NULL;
    assert_int_equal(sorter_add(call, sorter, record->key, record->size, &place), LEDGER_DONE);
    assert_int_equal((uintptr_t)place % 16, 0);
    memset(place, (int)(record->number % 251), record->size);
    if (record->size >= sizeof record->number) {
        memcpy(place, &record->number, sizeof record->number);
    }
}

static void check(struct ledger_call *call, struct sorter *sorter, const struct record *record)
{
    uint64_t key = 0;
    const void *found = NULL;
    size_t size = 0;
    assert_int_equal(sorter_next(call, sorter, &key, &found, &size), LEDGER_DONE);
    assert_non_null(found);
    assert_int_equal((uintptr_t)found % 16, 0);
    assert_int_equal(key, record->key);
    assert_int_equal(size, record->size);
    const unsigned char *bytes = found;
    size_t from = 0;
    if (size >= sizeof record->number) {
        assert_memory_equal(found, &record->number, sizeof record->number);
        from = sizeof record->number;
    }
    for (size_t i = from; i < size; i++) {
        assert_int_equal(bytes[i], record->number % 251);
    }
}

/* Sorts so many records of random keys below `keys_count` and sizes below `size_end`. */
static void sort_and_check(struct ledger_call *call, size_t count, uint64_t keys_count, size_t size_end,
                           size_t piece_bytes, bool uses_file)
{
    uint64_t chance = RANDOM_SEED + count;
    struct record *records = calloc(count + 1, sizeof *records);
    struct sorter *sorter = NULL;
    assert_non_null(records);
    assert_int_equal(sorter_new(call, piece_bytes, &sorter), LEDGER_DONE);
    for (size_t i = 0; i < count; i++) {
        /* Keys in all their bytes, the sign's among them. */
        uint64_t key = random_next(&chance) % keys_count * UINT64_C(0x9e3779b97f4a7c15);
        records[i] = (struct record){key, i, random_next(&chance) % size_end};
        add(call, sorter, &records[i]);
    }
    assert_int_equal(sorter_finish(call, sorter), LEDGER_DONE);
    assert_true(sorter_used_file(sorter) == uses_file);
    qsort(records, count, sizeof *records, record_compare);
    for (size_t i = 0; i < count; i++) {
        check(call, sorter, &records[i]);
    }
    for (int i = 0; i < 2; i++) {
        uint64_t key = 0;
        size_t size = 0;
        const void *found = records;
        assert_int_equal(sorter_next(call, sorter, &key, &found, &size), LEDGER_DONE);
        assert_null(found);
    }
    sorter_free(sorter);
    free(records);
}

static void what_fits_stays_in_memory(void **state)
{
    sort_and_check(*state, 0, 1, 1, SORTER_PIECE_BYTES, false);
    sort_and_check(*state, 1, 1, 1, SORTER_PIECE_BYTES, false);
    sort_and_check(*state, 10000, 50, 100, SORTER_PIECE_BYTES, false);
    sort_and_check(*state, 10000, 1, 100, SORTER_PIECE_BYTES, false);
}

static void what_does_not_is_merged_from_runs(void **state)
{
    sort_and_check(*state, 20000, 100, 60, 100000, true); /* some runs */
    sort_and_check(*state, 20000, 1, 60, 100000, true);   /* all of one key: the order they came in */
    sort_and_check(*state, 20000, UINT64_MAX, 17, 4096, true);
    sort_and_check(*state, 30000, 1000, 40, 256, true); /* thousands of runs: merges of merges of merges */
}

static void a_record_may_be_larger_than_a_piece(void **state)
{
    sort_and_check(*state, 200, 10, 300000, 4096, true);
    sort_and_check(*state, 3, 10, 300000, 4096, true);
}

static void runs_of_a_full_level_become_one(void **state)
{
    for (size_t count = SORTER_RUNS_MAX - 2; count <= SORTER_RUNS_MAX + 2; count++) {
        sort_and_check(*state, count, 10, 9, 1, true); /* each record is a run */
    }
    sort_and_check(*state, SORTER_RUNS_MAX * SORTER_RUNS_MAX + 1, 10, 9, 1, true);
}

static void a_directory_that_is_not_there_is_told(void **state)
{
    struct ledger_call *call = *state;
    struct sorter *sorter = NULL;
    void *place = NULL;
    assert_int_equal(setenv("SQLITE_TMPDIR", "/nonexistent/scratch", 1), 0);
    assert_int_equal(sorter_new(call, 64, &sorter), LEDGER_DONE);
    assert_int_equal(sorter_add(call, sorter, 1, 60, &place), LEDGER_DONE);
    assert_int_equal(sorter_add(call, sorter, 1, 60, &place), LEDGER_FILE_IS_UNREADABLE);
    assert_non_null(strstr(ledger_call_message(call), "/nonexistent/scratch"));
    assert_non_null(strstr(ledger_call_message(call), "TMPDIR"));
    sorter_free(sorter);
    assert_int_equal(unsetenv("SQLITE_TMPDIR"), 0);
}

/* A limit of the size of files is to us as a disk that is full: a write that fails. */
static void a_full_disk_is_told(void **state)
{
    struct ledger_call *call = *state;
    struct sorter *sorter = NULL;
    struct rlimit before;
    ledger_status status = LEDGER_DONE;
    void *place = NULL;
    assert_true(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &(struct rlimit){1000000, before.rlim_max}), 0);
    assert_int_equal(sorter_new(call, 4096, &sorter), LEDGER_DONE);
    for (size_t i = 0; i < 3000 && status == LEDGER_DONE; i++) {
        status = sorter_add(call, sorter, i, 1000, &place);
        if (status == LEDGER_DONE) {
            memset(place, 'x', 1000);
        }
    }
    sorter_free(sorter);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(status, LEDGER_FILE_IS_UNREADABLE);
    assert_non_null(strstr(ledger_call_message(call), "a temporary file in"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BARE_CALL_TEST(what_fits_stays_in_memory),
        BARE_CALL_TEST(what_does_not_is_merged_from_runs),
        BARE_CALL_TEST(a_record_may_be_larger_than_a_piece),
        BARE_CALL_TEST(runs_of_a_full_level_become_one),
        BARE_CALL_TEST(a_directory_that_is_not_there_is_told),
        BARE_CALL_TEST(a_full_disk_is_told),
    };
    return cmocka_run_group_tests_name("sorter", tests, NULL, NULL);
}
