/* Packed lists of an account's entries: what is packed is read again, what is damaged ends, and what is sealed is what
 * was posted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "engine/account_list.h"
#include "store/store.h"
#include "support/ledger_fixture.h"
#include "support/random.h"

static uint64_t chance = RANDOM_SEED;

static void a_key_takes_as_few_bytes_as_it_needs(void **state)
{
    (void)state;
    static const struct {
        int64_t gap;
        size_t size;
        unsigned char bytes[10];
    } cases[] = {
        {1, 1, {0x00}},
        {128, 1, {0x7f}},
        {129, 2, {0x80, 0x01}},
        {16384, 2, {0xff, 0x7f}},
        {16385, 3, {0x80, 0x80, 0x01}},
        {INT64_C(1) << 32, 5, {0xff, 0xff, 0xff, 0xff, 0x0f}},
        {INT64_MAX, 9, {0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        unsigned char packed[10] = {0};
        assert_int_equal(account_list_pack(0, cases[i].gap, packed), cases[i].size);
        assert_memory_equal(packed, cases[i].bytes, cases[i].size);
    }
}

static void what_is_packed_is_read_again(void **state)
{
    (void)state;
    enum { KEYS = 2000 };
    static const int64_t segments[] = {0, 1, 17, (INT64_C(1) << 30) - 1};
    for (size_t s = 0; s < sizeof segments / sizeof segments[0]; s++) {
        unsigned char packed[KEYS * 10];
        int64_t keys[KEYS];
        size_t size = 0;
        int64_t key = account_list_origin(segments[s]);
        for (size_t i = 0; i < KEYS; i++) {
            int64_t next = key + 1 + (int64_t)(random_next(&chance) >> (40 + random_next(&chance) % 24));
            size += account_list_pack(key, next, packed + size);
            keys[i] = key = next;
        }
        struct account_list_reader reader;
        account_list_reader_init(&reader, segments[s], (struct ledger_text){(const char *)packed, size});
        for (size_t i = 0; i < KEYS; i++) {
            int64_t read = -1;
            assert_true(account_list_next(&reader, &read));
            assert_int_equal(read, keys[i]);
        }
        int64_t none = -1;
        assert_false(account_list_next(&reader, &none));
        assert_int_equal(none, -1);
    }
}

static bool reads_any(const char *bytes, size_t size)
{
    struct account_list_reader reader;
    int64_t key = -1;
    account_list_reader_init(&reader, 0, (struct ledger_text){bytes, size});
    return account_list_next(&reader, &key);
}

static void damaged_bytes_end_the_list(void **state)
{
    (void)state;
    assert_false(reads_any("", 0));
    assert_false(reads_any(NULL, 0));
    assert_false(reads_any("\x80", 1));
    assert_false(reads_any("\xff\xff\xff", 3));
    assert_false(reads_any("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11));
    assert_false(reads_any("\xff\xff\xff\xff\xff\xff\xff\xff\x7f", 9));
    assert_true(reads_any("\xff\xff\xff\xff\xff\xff\xff\xff\x3e", 9));
}

/* Whatever the bytes: keys ascend, none is below the first of the segment, and the end comes. */
static void any_bytes_give_ascending_keys(void **state)
{
    (void)state;
    for (unsigned round = 0; round < 20000; round++) {
        char bytes[64];
        for (size_t i = 0; i < sizeof bytes; i++) {
            bytes[i] = (char)(random_next(&chance) >> 32 | (random_next(&chance) >> 32 & 0x80));
        }
        struct account_list_reader reader;
        int64_t segment = (int64_t)(random_next(&chance) % (UINT64_C(1) << 30));
        int64_t previous = account_list_origin(segment);
        int64_t key = 0;
        account_list_reader_init(&reader, segment, (struct ledger_text){bytes, random_next(&chance) % sizeof bytes});
        for (size_t count = 0; account_list_next(&reader, &key); count++) {
            assert_true(key > previous);
            assert_true(count < sizeof bytes);
            previous = key;
        }
    }
}

static void post_many(struct fixture *fixture, size_t count)
{
    static const char *const codes[] = {"1000", "1100", "4000", "5000", "2000"};
    struct ledger_posting *postings = calloc(count, sizeof *postings);
    struct ledger_posted *posted = calloc(count, sizeof *posted);
    struct ledger_entry *entries = calloc(4 * count, sizeof *entries);
    assert_true(postings != NULL && posted != NULL && entries != NULL);
    for (size_t i = 0; i < count; i++) {
        uint32_t entries_count = random_next(&chance) % 3 == 0 ? 4 : 2;
        for (uint32_t e = 0; e < entries_count; e++) {
            entries[4 * i + e] = (struct ledger_entry){
                .account_code = ledger_text_of(codes[random_next(&chance) % 5]),
                .entry_type = e % 2 == 0 ? LEDGER_DEBIT : LEDGER_CREDIT,
                .amount_minor = 100,
            };
        }
        postings[i] = (struct ledger_posting){.business_event_type = TEXT("SALE"),
                                              .description = TEXT("A sale"),
                                              .entries = entries + 4 * i,
                                              .entries_count = entries_count};
    }
    assert_done(fixture->call,
                ledger_post_batch(fixture->call, fixture->ledger, postings, count, LEDGER_BATCH_ALL, posted));
    ledger_call_reset(fixture->call);
    free(postings);
    free(posted);
    free(entries);
}

struct sealed {
    int64_t *account_of_key; /* by position and entry number, four a position; 0 for none */
    int64_t entries_count;
};

static void read_entries(struct fixture *fixture, int64_t positions, struct sealed *sealed)
{
    struct store *store = fixture_store(fixture);
    STORE_SCAN(scan);
    assert_done(fixture->call, store_entry_account_scan(fixture->call, store, 0, positions, &scan));
    for (;;) {
        bool has_entry = false;
        int64_t key = 0;
        int64_t account_id = 0;
        assert_done(fixture->call, store_entry_account_next(fixture->call, &scan, &has_entry, &key, &account_id));
        if (!has_entry) {
            return;
        }
        sealed->account_of_key[(key >> 16) * 4 + (key & 0xffff) - 1] = account_id;
        sealed->entries_count++;
    }
}

/* Every list against the entries: each key once, of that account, and in the end none is left. */
static void check_lists(struct fixture *fixture, int64_t segments, struct sealed *sealed)
{
    struct store *store = fixture_store(fixture);
    int64_t previous = -1;
    STORE_SCAN(scan);
    assert_done(fixture->call, store_account_list_scan(fixture->call, store, 0, segments, &scan));
    for (;;) {
        bool has_list = false;
        struct store_account_list list;
        assert_done(fixture->call, store_account_list_next(fixture->call, &scan, &has_list, &list));
        if (!has_list) {
            return;
        }
        struct account_list_reader reader;
        int64_t key = 0;
        int64_t count = 0;
        assert_true((list.segment << 32 | list.account_id) > previous);
        previous = list.segment << 32 | list.account_id;
        account_list_reader_init(&reader, list.segment, list.entries);
        for (; account_list_next(&reader, &key); count++) {
            assert_int_equal(key >> 16 >> STORE_SEGMENT_BITS, list.segment);
            int64_t *account_id = &sealed->account_of_key[(key >> 16) * 4 + (key & 0xffff) - 1];
            assert_int_equal(*account_id, list.account_id);
            *account_id = 0;
        }
        assert_int_equal(count, list.entry_count);
        sealed->entries_count -= count;
    }
}

/* One batch passes the end of a segment in its middle, another those of two at once. */
static void full_segments_are_sealed(void **state)
{
    struct fixture *fixture = *state;
    enum { SEGMENTS = 3, POSITIONS = SEGMENTS << STORE_SEGMENT_BITS };
    post_many(fixture, 40000);
    assert_int_equal(fixture_integer(fixture, "SELECT count(*) FROM account_list_rows"), 0);
    post_many(fixture, 40000);
    assert_int_equal(fixture_integer(fixture, "SELECT count(*) FROM account_list_rows"), 5);
    post_many(fixture, 20000);
    post_many(fixture, 100000);
    assert_int_equal(fixture_integer(fixture, "SELECT count(*) FROM account_list_rows"), 5 * SEGMENTS);
    struct sealed sealed = {calloc((size_t)POSITIONS * 4, sizeof *sealed.account_of_key), 0};
    assert_non_null(sealed.account_of_key);
    assert_done(fixture->call, store_begin(fixture->call, fixture_store(fixture), UNIT_READ));
    read_entries(fixture, POSITIONS, &sealed);
    check_lists(fixture, SEGMENTS, &sealed);
    store_rollback(fixture_store(fixture));
    assert_int_equal(sealed.entries_count, 0);
    for (size_t i = 0; i < (size_t)POSITIONS * 4; i++) {
        assert_int_equal(sealed.account_of_key[i], 0);
    }
    free(sealed.account_of_key);
    fixture_assert_valid(fixture);
}

/* A segment whose last position is an event that is no posting, and one that holds nothing else. */
static void a_segment_may_end_in_an_event(void **state)
{
    struct fixture *fixture = *state;
    post_many(fixture, 1000);
    post_many(fixture, (size_t)(65535 - fixture_count(fixture).log_size));
    assert_int_equal(fixture_count(fixture).log_size, 65535);
    assert_done(fixture->call, ledger_clock_accept(fixture->call, fixture->ledger, TEXT("An event")));
    assert_int_equal(fixture_integer(fixture, "SELECT count(*) FROM account_list_rows"), 5);
    assert_done(fixture->call, ledger_clock_accept(fixture->call, fixture->ledger, TEXT("An event")));
    assert_int_equal(fixture_integer(fixture, "SELECT sum(entry_count) FROM account_list_rows"),
                     fixture_count(fixture).entries);
    fixture_assert_valid(fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_takes_as_few_bytes_as_it_needs),
        cmocka_unit_test(what_is_packed_is_read_again),
        cmocka_unit_test(damaged_bytes_end_the_list),
        cmocka_unit_test(any_bytes_give_ascending_keys),
        cmocka_unit_test_setup_teardown(full_segments_are_sealed, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_segment_may_end_in_an_event, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
