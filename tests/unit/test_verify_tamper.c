/* Everything that can be altered in the database of a ledger is found, and by the check that is meant to find it:
 * tests/support/tamperings_sqlite.c and tamperings_mariadb.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "base/text.h"
#include "support/tamperings.h"
#include "support/verify_ledger.h"

static struct verify_ledger ledger;

static bool is_or_any(struct ledger_text text, const char *expected)
{
    return expected == NULL || text_equals_string(text, expected);
}

static bool finds(const struct ledger_verify_result *result, const struct tampering *tampering)
{
    for (size_t i = 0; i < result->violations_kept; i++) {
        const struct ledger_violation *violation = &result->violations[i];
        if (text_equals_string(violation->check, tampering->check) && is_or_any(violation->field, tampering->field) &&
            is_or_any(violation->stored, tampering->stored) && is_or_any(violation->computed, tampering->computed)) {
            return true;
        }
    }
    return false;
}

static void print_violations(const struct ledger_verify_result *result)
{
    for (size_t i = 0; i < result->violations_kept && i < 12; i++) {
        const struct ledger_violation *violation = &result->violations[i];
        print_error("  %.*s %.*s e%u %.*s: stored %.*s, computed %.*s: %.*s\n", TEXT_ARGUMENTS(violation->check),
                    TEXT_ARGUMENTS(violation->transaction_number), violation->entry_number,
                    TEXT_ARGUMENTS(violation->field), TEXT_ARGUMENTS(violation->stored),
                    TEXT_ARGUMENTS(violation->computed), TEXT_ARGUMENTS(violation->detail));
    }
}

/* MySQL's words for a view are not known: one that is there is taken for ours. */
static bool is_beyond_comparison(const struct tampering *tampering)
{
    return scratch_backend() == SCRATCH_MYSQL && strstr(tampering->sql, "CREATE VIEW v_trial_balance") != NULL;
}

static void test_every_tampering_is_found(void **state)
{
    (void)state;
    size_t missed = 0;
    const struct tampering *tampering = scratch_backend() == SCRATCH_SQLITE ? sqlite_tamperings : mariadb_tamperings;
    for (; tampering->sql != NULL; tampering++) {
        if (is_beyond_comparison(tampering)) {
            continue;
        }
        struct ledger_call *call = ledger_call_new();
        struct ledger_verify_options options = {.struct_size = sizeof options};
        struct ledger_verify_result result = {.violations_count = 0};
        verify_ledger_copy(&ledger);
        verify_ledger_run(&ledger, tampering->sql, tampering->sql);
        ledger_status status = verify_ledger_verify(&ledger, call, &options, &result);
        if (status != LEDGER_DONE || result.is_valid || !finds(&result, tampering) ||
            result.violations_count > tampering->violations_max) {
            print_error("%s\n  expected %s %s (at most %llu), outcome %d %s, %llu violations\n", tampering->sql,
                        tampering->check, tampering->field == NULL ? "" : tampering->field,
                        (unsigned long long)tampering->violations_max, (int)status, ledger_call_message(call),
                        (unsigned long long)result.violations_count);
            print_violations(&result);
            missed++;
        }
        ledger_call_free(call);
    }
    assert_int_equal(missed, 0);
}

/* What makes it impossible to open the ledger is found by that. */
static void test_what_cannot_be_opened(void **state)
{
    (void)state;
    static const struct {
        const char *sqlite;
        const char *mariadb;
        ledger_status status;
    } cases[] = {
        {"DELETE FROM ledger_settings", "DELETE FROM ledger_settings", LEDGER_DATABASE_IS_DAMAGED},
        {"UPDATE ledger_settings SET hash_version = 2", "UPDATE ledger_settings SET hash_version = 2",
         LEDGER_VERSION_IS_UNSUPPORTED},
        {"UPDATE ledger_settings SET time_zone = 'No/Where'", "UPDATE ledger_settings SET time_zone = 'No/Where'",
         LEDGER_CONFIGURATION_IS_INVALID},
        {"PRAGMA user_version = 99", "UPDATE schema_migrations SET version = 99", LEDGER_VERSION_IS_UNSUPPORTED},
        {"PRAGMA user_version = 0", "DELETE FROM schema_migrations", LEDGER_IS_NOT_INITIALISED},
        {"PRAGMA application_id = 5", "DROP TABLE ledger_settings", LEDGER_DATABASE_IS_DAMAGED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ledger_call *call = ledger_call_new();
        struct ledger_verify_options options = {.struct_size = sizeof options};
        struct ledger_verify_result result;
        verify_ledger_copy(&ledger);
        verify_ledger_run(&ledger, cases[i].sqlite, cases[i].mariadb);
        assert_int_equal(verify_ledger_verify(&ledger, call, &options, &result), cases[i].status);
        ledger_call_free(call);
    }
}

/* One transaction alone, altered and beside an altered one. */
static void test_one_transaction(void **state)
{
    (void)state;
    struct ledger_call *call = ledger_call_new();
    struct ledger_verify_options options = {.struct_size = sizeof options, .transaction = TEXT("20260131-000050")};
    struct ledger_verify_result result;
    verify_ledger_copy(&ledger);
    verify_ledger_run(
        &ledger,
        "UPDATE entry_rows SET amount_minor = amount_minor + 1 WHERE entry_key = 65536 * (SELECT log_index "
        "FROM transaction_rows WHERE number_in_day = 50 AND description LIKE '% of 200') + 1",
        "UPDATE journal_entries SET amount = amount + 0.01 WHERE entry_number = 1 AND transaction_id = "
        "(SELECT transaction_id FROM transactions WHERE transaction_number = '20260131-000050')");
    assert_int_equal(verify_ledger_verify(&ledger, call, &options, &result), LEDGER_DONE);
    assert_false(result.is_valid);
    assert_int_equal(result.violations_count, 2);
    assert_true(text_equals_string(result.violations[1].field, "journal_entries.amount"));
    assert_int_equal(result.violations[1].entry_number, 1);
    options.transaction = TEXT("20260131-000051");
    assert_int_equal(verify_ledger_verify(&ledger, call, &options, &result), LEDGER_DONE);
    assert_true(result.is_valid);
    ledger_call_free(call);
}

struct told {
    uint64_t count;
};

static void take_violation(void *context, const struct ledger_violation *violation)
{
    struct told *told = context;
    told->count++;
    assert_true(violation->check.size > 0);
    assert_true(violation->detail.size > 0);
    assert_true(violation->is_critical);
}

/* Each violation is told once, as it is found. */
static void test_each_is_told(void **state)
{
    (void)state;
    struct ledger_call *call = ledger_call_new();
    struct told told = {0};
    struct ledger_verify_options options = {.struct_size = sizeof options, .found = take_violation, .context = &told};
    struct ledger_verify_result result;
    verify_ledger_copy(&ledger);
    verify_ledger_run(&ledger, "UPDATE transaction_rows SET description = 'x'",
                      "UPDATE transactions SET description = 'x'");
    assert_int_equal(verify_ledger_verify(&ledger, call, &options, &result), LEDGER_DONE);
    assert_int_equal(result.violations_count, 577);
    assert_int_equal(told.count, 577);
    assert_int_equal(result.violations_kept, 577);
    uint64_t by_checks = 0;
    for (size_t i = 0; i < result.checks_count; i++) {
        by_checks += result.checks[i].violations_count;
    }
    assert_int_equal(by_checks, 577);
    ledger_call_free(call);
}

static int set_up(void **state)
{
    (void)state;
    verify_ledger_init(&ledger, 0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    verify_ledger_done(&ledger);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_tampering_is_found),
        cmocka_unit_test(test_what_cannot_be_opened),
        cmocka_unit_test(test_one_transaction),
        cmocka_unit_test(test_each_is_told),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
