/* What a server keeps although it follows from other columns: read with the rows, in whichever order these lie, and
 * told where it differs. */
#include <stdio.h>

#include "base/text.h"
#include "ledger/verify.h"
#include "store/store.h"
#include "support/ledger_fixture.h"

enum { BATCH = 10, TRANSACTIONS = 700 }; /* their entries are more than a page */

/* Posts in batches by two handles in turns. Where the clock of one is ahead of the other's, so are its ids. */
static void post_in_turns(struct fixture *fixture, struct ledger *other, int64_t ahead_us)
{
    for (int i = 0; i < TRANSACTIONS; i += BATCH) {
        struct ledger_posting postings[BATCH];
        struct ledger_posted posted[BATCH];
        bool is_ahead = i / BATCH % 2 == 0;
        for (size_t j = 0; j < BATCH; j++) {
            postings[j] = fixture_posting(fixture, NULL, "1000", "4000", "12.34");
        }
        fixture->now_us += is_ahead ? ahead_us : 0;
        assert_done(fixture->call, ledger_post_batch(fixture->call, is_ahead ? other : fixture->ledger, postings, BATCH,
                                                     LEDGER_BATCH_ALL, posted));
        fixture->now_us -= is_ahead ? ahead_us : 0;
    }
}

/* Reads the entries of every transaction both ways; whether any were looked up along the log. */
static bool compare_entries(struct fixture *fixture)
{
    struct store *store = fixture_store(fixture);
    struct ledger_call *call = fixture->call;
    STORE_SCAN(transactions);
    STORE_SCAN(expected);
    struct store_entries_check entries = {.before_log_index = STORE_POSITION_MAX};
    struct ledger_transaction_record transaction;
    struct ledger_entry_record entry;
    struct ledger_entry_record expected_entry;
    bool has_transaction = true;
    bool has_entry = false;
    bool agrees = false;
    bool was_along_log = false;
    int64_t log_index = 0;
    uint64_t count = 0;
    assert_done(call, store_begin(call, store, UNIT_READ));
    assert_done(call, store_transaction_check_scan(call, store, 0, STORE_POSITION_MAX, &transactions));
    assert_done(call, store_entry_scan(call, store, 0, STORE_POSITION_MAX, &expected));
    for (;;) {
        assert_done(call, store_transaction_check_next(call, &transactions, &has_transaction, &transaction, &agrees));
        if (!has_transaction) {
            break;
        }
        assert_true(agrees);
        assert_done(call, store_entries_check_find(call, store, &transaction, &entries));
        was_along_log = was_along_log || entries.is_along_log;
        for (;; count++) {
            assert_done(call, store_entries_check_next(call, &transaction, &entries, &has_entry, &entry, &agrees));
            if (!has_entry) {
                break;
            }
            assert_true(agrees);
            assert_done(call, store_entry_next(call, &expected, &has_entry, &log_index, &expected_entry));
            assert_true(has_entry);
            assert_int_equal(log_index, transaction.log_index);
            assert_int_equal(entry.entry_number, expected_entry.entry_number);
            assert_memory_equal(entry.entry_hash, expected_entry.entry_hash, sizeof entry.entry_hash);
        }
    }
    assert_done(call, store_entry_next(call, &expected, &has_entry, &log_index, &expected_entry));
    assert_false(has_entry);
    assert_int_equal(count, 2 * TRANSACTIONS);
    store_entries_check_close(&entries);
    store_scan_close(&transactions);
    store_scan_close(&expected);
    store_rollback(store);
    return was_along_log;
}

/* Entries that lie in the order of the log are read in it. */
static void test_ids_that_ascend(void **state)
{
    struct fixture *fixture = *state;
    post_in_turns(fixture, fixture->ledger, 0);
    fixture_assert_valid(fixture);
    if (store_keeps_derived(fixture_store(fixture))) {
        assert_false(compare_entries(fixture));
    }
}

/* Those that lie in another are found all the same. */
static void test_ids_that_do_not_ascend(void **state)
{
    struct fixture *fixture = *state;
    struct ledger *other = fixture_open(fixture);
    post_in_turns(fixture, other, 2000000);
    ledger_free(other);
    fixture_assert_valid(fixture);
    if (store_keeps_derived(fixture_store(fixture))) {
        assert_true(compare_entries(fixture));
    }
}

/* One row of the audit log is damaged, and told by that field. */
static void assert_told(struct fixture *fixture, const char *sql, const char *field)
{
    struct ledger_verify_options options = {.struct_size = sizeof options};
    struct ledger_verify_result result;
    bool is_told = false;
    fixture_damage(fixture, NULL, sql);
    assert_done(fixture->call, ledger_verify(fixture->call, fixture->ledger, &options, &result));
    for (size_t i = 0; i < result.violations_kept; i++) {
        is_told = is_told || (text_equals_string(result.violations[i].check, "derived-columns") &&
                              text_equals_string(result.violations[i].field, field));
    }
    assert_false(result.is_valid);
    assert_true(is_told);
}

/* A second row of a posting: no other has to differ for that. */
static void test_row_that_is_one_too_many(void **state)
{
    struct fixture *fixture = *state;
    fixture_post(fixture, NULL, "1000", "4000", "12.34");
    if (store_keeps_derived(fixture_store(fixture))) {
        assert_told(fixture,
                    "INSERT INTO audit_log (audit_id, event_timestamp, event_type, action, description, log_index) "
                    "SELECT audit_id, event_timestamp + INTERVAL 1 MICROSECOND, event_type, action, description, "
                    "log_index FROM audit_log WHERE event_type = 'TRANSACTION_POSTED'",
                    "audit_log.event_type");
    }
}

/* 31 April reads as the 30th, but is none. */
static void test_day_that_no_month_has(void **state)
{
    struct fixture *fixture = *state;
    fixture->now_us += INT64_C(46) * 86400 * 1000000; /* 30 April */
    fixture_post(fixture, NULL, "1000", "4000", "12.34");
    if (store_keeps_derived(fixture_store(fixture))) {
        assert_told(fixture,
                    "SET SESSION sql_mode = 'ALLOW_INVALID_DATES'; UPDATE audit_log SET event_timestamp = "
                    "replace(event_timestamp, '-04-30', '-04-31') WHERE event_type = 'TRANSACTION_POSTED'",
                    "audit_log.transaction_id");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_ids_that_ascend, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_ids_that_do_not_ascend, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_row_that_is_one_too_many, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_day_that_no_month_has, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
