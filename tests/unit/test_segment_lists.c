/* Lists gathered while a segment is posted. The transactions here stand in no table, so that a list can only come from
 * what was gathered: where the entries have to be read, there is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "engine/account_list.h"
#include "engine/segment_lists.h"
#include "support/ledger_fixture.h"

enum { SEGMENT = 1 << STORE_SEGMENT_BITS, STEP = 1000, ACCOUNTS = 3 };

struct gathering {
    struct fixture *fixture;
    struct store *store;
    struct segment_lists lists;
};

static void gathering_begin(struct gathering *gathering, void **state)
{
    gathering->fixture = *state;
    gathering->store = fixture_store(gathering->fixture);
    segment_lists_init(&gathering->lists);
    assert_done(gathering->fixture->call, store_begin(gathering->fixture->call, gathering->store, UNIT_WRITE));
}

static void gathering_end(struct gathering *gathering)
{
    store_rollback(gathering->store);
    segment_lists_done(&gathering->lists);
}

/* A transaction at each STEP-th position of a range, an entry for each of so many accounts. */
static void add(struct gathering *gathering, int64_t from, int64_t before, int64_t accounts)
{
    struct ledger_call *call = gathering->fixture->call;
    struct ledger_entry_record *entries = calloc((size_t)accounts, sizeof *entries);
    assert_non_null(entries);
    for (int64_t e = 0; e < accounts; e++) {
        entries[e] = (struct ledger_entry_record){.entry_number = (uint32_t)e + 1, .account_id = e + 1};
    }
    for (int64_t at = (from + STEP - 1) / STEP * STEP; at < before; at += STEP) {
        const struct ledger_transaction_record record = {
            .log_index = at, .entries = entries, .entries_count = (uint32_t)accounts};
        const struct ledger_transaction_record *records[] = {&record};
        assert_done(call, segment_lists_add(call, &gathering->lists, gathering->store, records, 1));
    }
    free(entries);
}

static void seal(struct gathering *gathering, int64_t segment)
{
    struct ledger_call *call = gathering->fixture->call;
    assert_done(call, segment_lists_seal(call, &gathering->lists, gathering->store, segment));
}

static size_t lists_count(struct gathering *gathering, int64_t segment)
{
    STORE_SCAN(scan);
    struct ledger_call *call = gathering->fixture->call;
    assert_done(call, store_account_list_scan(call, gathering->store, segment, segment + 1, &scan));
    for (size_t count = 0;; count++) {
        bool has_list = false;
        struct store_account_list list;
        assert_done(call, store_account_list_next(call, &scan, &has_list, &list));
        if (!has_list) {
            return count;
        }
    }
}

/* Each list of a segment has every STEP-th position once. */
static void check_lists(struct gathering *gathering, int64_t segment)
{
    struct ledger_call *call = gathering->fixture->call;
    for (int64_t account_id = 1; account_id <= ACCOUNTS; account_id++) {
        bool is_found = false;
        struct store_account_list list;
        assert_done(call, store_account_list_get(call, gathering->store, segment, account_id, &is_found, &list));
        assert_true(is_found);
        struct account_list_reader reader;
        int64_t key = 0;
        int64_t count = 0;
        int64_t position = (segment * SEGMENT + STEP - 1) / STEP * STEP;
        account_list_reader_init(&reader, segment, list.entries);
        for (; account_list_next(&reader, &key); position += STEP, count++) {
            assert_int_equal(key, position << 16 | account_id);
        }
        assert_true(position >= (segment + 1) * SEGMENT);
        assert_int_equal(list.entry_count, count);
    }
}

static void what_one_writer_posts_is_not_read(void **state)
{
    struct gathering gathering;
    gathering_begin(&gathering, state);
    segment_lists_begin(&gathering.lists, 0);
    add(&gathering, 0, 40000, ACCOUNTS);
    segment_lists_commit(&gathering.lists, 40000);
    segment_lists_begin(&gathering.lists, 40000);
    add(&gathering, 40000, 3 * SEGMENT, ACCOUNTS);
    for (int64_t segment = 0; segment < 3; segment++) {
        seal(&gathering, segment);
        assert_int_equal(lists_count(&gathering, segment), ACCOUNTS);
        check_lists(&gathering, segment);
    }
    gathering_end(&gathering);
}

static void a_segment_that_ends_in_events_is_not_read_either(void **state)
{
    struct gathering gathering;
    gathering_begin(&gathering, state);
    segment_lists_begin(&gathering.lists, 0);
    add(&gathering, 0, SEGMENT, ACCOUNTS);
    segment_lists_commit(&gathering.lists, SEGMENT - 1);
    segment_lists_begin(&gathering.lists, SEGMENT - 1);
    seal(&gathering, 0);
    assert_int_equal(lists_count(&gathering, 0), ACCOUNTS);
    gathering_end(&gathering);
}

static void what_another_writer_comes_between_is_read(void **state)
{
    struct gathering gathering;
    gathering_begin(&gathering, state);
    segment_lists_begin(&gathering.lists, 0);
    add(&gathering, 0, 40000, ACCOUNTS);
    segment_lists_commit(&gathering.lists, 40000);
    segment_lists_begin(&gathering.lists, 40001);
    add(&gathering, 40001, 2 * SEGMENT, ACCOUNTS);
    seal(&gathering, 0);
    seal(&gathering, 1);
    assert_int_equal(lists_count(&gathering, 0), 0);
    assert_int_equal(lists_count(&gathering, 1), ACCOUNTS);
    gathering_end(&gathering);
}

/* Its transactions come again, or not at all. */
static void a_unit_that_is_not_committed_drops_what_was_gathered(void **state)
{
    struct gathering gathering;
    gathering_begin(&gathering, state);
    segment_lists_begin(&gathering.lists, 0);
    add(&gathering, 0, SEGMENT / 2, ACCOUNTS);
    segment_lists_begin(&gathering.lists, 0);
    add(&gathering, 0, SEGMENT, ACCOUNTS);
    seal(&gathering, 0);
    assert_int_equal(lists_count(&gathering, 0), ACCOUNTS);
    check_lists(&gathering, 0);
    segment_lists_commit(&gathering.lists, SEGMENT);
    segment_lists_begin(&gathering.lists, SEGMENT);
    add(&gathering, SEGMENT, SEGMENT + SEGMENT / 2, ACCOUNTS);
    segment_lists_begin(&gathering.lists, SEGMENT + 10);
    add(&gathering, SEGMENT + 10, 2 * SEGMENT, ACCOUNTS);
    seal(&gathering, 1);
    assert_int_equal(lists_count(&gathering, 1), 0);
    gathering_end(&gathering);
}

/* 66 transactions of a segment; the next segment is gathered again. */
static void more_entries_than_have_room_are_read(void **state)
{
    struct gathering gathering;
    gathering_begin(&gathering, state);
    segment_lists_begin(&gathering.lists, 0);
    add(&gathering, 0, SEGMENT, 3972);
    add(&gathering, SEGMENT, 2 * SEGMENT, 3971);
    seal(&gathering, 0);
    seal(&gathering, 1);
    assert_int_equal(lists_count(&gathering, 0), 0);
    assert_int_equal(lists_count(&gathering, 1), 3971);
    gathering_end(&gathering);
}

static void more_accounts_than_have_room_are_read(void **state)
{
    struct gathering gathering;
    gathering_begin(&gathering, state);
    segment_lists_begin(&gathering.lists, 0);
    add(&gathering, 0, STEP, 8192);
    add(&gathering, STEP, SEGMENT, ACCOUNTS);
    add(&gathering, SEGMENT, SEGMENT + STEP, 8193);
    add(&gathering, SEGMENT + STEP, 2 * SEGMENT, ACCOUNTS);
    seal(&gathering, 0);
    seal(&gathering, 1);
    assert_int_equal(lists_count(&gathering, 0), 8192);
    assert_int_equal(lists_count(&gathering, 1), 0);
    gathering_end(&gathering);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_one_writer_posts_is_not_read, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_segment_that_ends_in_events_is_not_read_either, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(what_another_writer_comes_between_is_read, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_unit_that_is_not_committed_drops_what_was_gathered, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(more_entries_than_have_room_are_read, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(more_accounts_than_have_room_are_read, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
