/* verify on ledgers that nobody touched: what it says of a whole one, of one transaction, of a long log, of a new one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "integrity/verify_state.h"
#include "support/verify_ledger.h"

static struct verify_ledger small;

static void print_violation(void *context, const struct ledger_violation *violation)
{
    (void)context;
    print_error("%.*s: %.*s: stored %.*s, computed %.*s: %.*s\n", TEXT_ARGUMENTS(violation->check),
                TEXT_ARGUMENTS(violation->field), TEXT_ARGUMENTS(violation->stored),
                TEXT_ARGUMENTS(violation->computed), TEXT_ARGUMENTS(violation->detail));
}

static const struct ledger_check_result *find_check(const struct ledger_verify_result *result, const char *name)
{
    for (size_t i = 0; i < result->checks_count; i++) {
        if (text_equals_string(result->checks[i].name, name)) {
            return &result->checks[i];
        }
    }
    return NULL;
}

static void assert_valid(const struct verify_ledger *ledger, struct ledger_call *call,
                         const struct ledger_verify_options *options, struct ledger_verify_result *ret_result)
{
    ledger_status status = verify_ledger_verify(ledger, call, options, ret_result);
    if (status != LEDGER_DONE) {
        fail_msg("%s", ledger_call_message(call));
    }
    assert_int_equal(ret_result->violations_count, 0);
    assert_true(ret_result->is_valid);
    assert_int_equal(ret_result->violations_kept, 0);
}

struct progress {
    uint64_t calls;
    uint64_t last_done;
    uint64_t last_total;
};

static void take_progress(void *context, uint64_t done, uint64_t total)
{
    struct progress *progress = context;
    assert_true(done >= progress->last_done);
    assert_true(done <= total);
    progress->calls++;
    progress->last_done = done;
    progress->last_total = total;
}

static void test_whole_ledger(void **state)
{
    (void)state;
    struct ledger_call *call = ledger_call_new();
    struct progress progress = {0, 0, 0};
    struct ledger_verify_options options = {
        .struct_size = sizeof options, .progress = take_progress, .context = &progress};
    struct ledger_verify_result result;
    verify_ledger_copy(&small);
    assert_valid(&small, call, &options, &result);
    assert_int_equal(result.transactions_checked, 577);
    assert_true(result.log_size > 512);
    assert_int_equal(strlen(result.root_hash), 64);
    assert_true(text_equals_string(result.compared_with, "nothing outside the database"));
    assert_true(progress.calls > 0);
    assert_int_equal(progress.last_done, result.log_size);
    assert_int_equal(progress.last_total, result.log_size);
    static const char *const looked_at[] = {
        "storage-is-sound", "schema-as-shipped", "settings-facts", "entries-balance", "entries-numbered",
        "entry-hash",       "transaction-hash",  "record-hash",    "log-leaves",      "log-root",
        "numbering",        "posting-order",     "dates",          "reversal-links",  "idempotency",
        "orphans",          "account-facts",     "period-facts",   "approval-facts",  "balances",
        "head-rules",
    };
    for (size_t i = 0; i < sizeof looked_at / sizeof looked_at[0]; i++) {
        const struct ledger_check_result *check = find_check(&result, looked_at[i]);
        assert_non_null(check);
        assert_true(check->checked_count > 0);
        assert_true(check->title.size > 0);
    }
    assert_int_equal(find_check(&result, "reversal-links")->checked_count, 3);
    assert_int_equal(find_check(&result, "account-facts")->checked_count, 11);
    assert_int_equal(find_check(&result, "period-facts")->checked_count, 2);
    assert_int_equal(find_check(&result, "approval-facts")->checked_count, 7);
    assert_int_equal(find_check(&result, "redactions")->checked_count, 3);
    ledger_call_free(call);
}

/* The same twice: verify leaves nothing behind and depends on nothing but the ledger. */
static void test_again_is_the_same(void **state)
{
    (void)state;
    struct ledger_call *call = ledger_call_new();
    struct ledger_verify_options options = {.struct_size = sizeof options, .found = print_violation};
    struct ledger_verify_result first;
    struct ledger_verify_result second;
    verify_ledger_copy(&small);
    assert_valid(&small, call, &options, &first);
    assert_valid(&small, call, &options, &second);
    assert_string_equal(first.root_hash, second.root_hash);
    assert_int_equal(first.log_size, second.log_size);
    ledger_call_free(call);
}

static void test_one_transaction(void **state)
{
    (void)state;
    static const char *const numbers[] = {"20260130-000001", "20260130-000002", "20260131-000001", "20260131-000200",
                                          "20260202-000120"};
    struct ledger_call *call = ledger_call_new();
    verify_ledger_copy(&small);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        struct ledger_verify_options options = {
            .struct_size = sizeof options, .transaction = ledger_text_of(numbers[i]), .found = print_violation};
        struct ledger_verify_result result;
        assert_valid(&small, call, &options, &result);
        assert_int_equal(result.transactions_checked, 1);
        assert_int_equal(strlen(result.root_hash), 64);
        assert_int_equal(find_check(&result, "entry-hash")->violations_count, 0);
        assert_true(find_check(&result, "entry-hash")->checked_count >= 2);
        assert_int_equal(find_check(&result, "log-leaves")->checked_count, 1);
        assert_null(find_check(&result, "balances"));
    }
    struct ledger_verify_options options = {.struct_size = sizeof options, .transaction = TEXT("20260130-009999")};
    struct ledger_verify_result result;
    assert_int_equal(verify_ledger_verify(&small, call, &options, &result), LEDGER_TRANSACTION_NOT_FOUND);
    options.transaction = TEXT("nonsense");
    assert_int_equal(verify_ledger_verify(&small, call, &options, &result), LEDGER_TRANSACTION_NOT_FOUND);
    ledger_call_free(call);
}

static void test_another_version_of_the_options(void **state)
{
    (void)state;
    struct ledger_call *call = ledger_call_new();
    struct ledger_verify_options options = {.struct_size = sizeof options - 1};
    struct ledger_verify_result result;
    verify_ledger_copy(&small);
    assert_int_equal(verify_ledger_verify(&small, call, &options, &result), LEDGER_VERSION_IS_UNSUPPORTED);
    ledger_call_free(call);
}

/* Totals that do not fit into memory are summed in parts, account by account, and found all the same: by what was left
 * in a scratch file, or, where none can be made, from the entries. */
static void test_totals_in_parts(void **state)
{
    (void)state;
    struct ledger_call *call = ledger_call_new();
    struct ledger_verify_options options = {.struct_size = sizeof options};
    struct ledger_verify_result whole;
    struct ledger_verify_result parts;
    for (size_t slots_max = 16; slots_max <= 1024; slots_max *= 4) {
        const struct verify_limits limits = {.totals_slots_max = slots_max};
        if (slots_max == 64) {
            (void)setenv("SQLITE_TMPDIR", "/nonexistent", 1);
        }
        verify_ledger_copy(&small);
        assert_int_equal(verify_ledger_verify_within(&small, call, &options, &limits, &parts), LEDGER_DONE);
        assert_int_equal(parts.violations_count, 0);
        assert_int_equal(verify_ledger_verify(&small, call, &options, &whole), LEDGER_DONE);
        assert_int_equal(find_check(&parts, "balances")->checked_count, find_check(&whole, "balances")->checked_count);
        verify_ledger_run(&small,
                          "UPDATE daily_total_rows SET debit_total = debit_total + 1;"
                          "UPDATE balance_rows SET credit_total = credit_total + 1;"
                          "UPDATE open_total_rows SET entry_count = entry_count + 1;"
                          "UPDATE monthly_total_rows SET debit_total = debit_total + 1;"
                          "UPDATE entry_rows SET amount_minor = amount_minor + 1 WHERE entry_key % 65536 = 1 "
                          "AND entry_key / 65536 % 50 = 0",
                          "UPDATE daily_total_rows SET debit_total = debit_total + 0.01;"
                          "UPDATE balance_rows SET credit_total = credit_total + 0.01;"
                          "UPDATE open_total_rows SET entry_count = entry_count + 1;"
                          "UPDATE monthly_total_rows SET debit_total = debit_total + 0.01;"
                          "UPDATE journal_entries SET amount = amount + 0.01 WHERE entry_number = 1 "
                          "AND (entry_id >> 16) % 50 = 0");
        assert_int_equal(verify_ledger_verify_within(&small, call, &options, &limits, &parts), LEDGER_DONE);
        assert_int_equal(verify_ledger_verify(&small, call, &options, &whole), LEDGER_DONE);
        assert_true(whole.violations_count > 100);
        assert_int_equal(parts.violations_count, whole.violations_count);
        (void)unsetenv("SQLITE_TMPDIR");
    }
    ledger_call_free(call);
}

/* A log of more than one segment has tiles of level 1, lists of accounts' entries, and folded within a day. */
static void test_long_ledger(void **state)
{
    (void)state;
    struct verify_ledger large;
    struct ledger_call *call = ledger_call_new();
    struct ledger_verify_options options = {.struct_size = sizeof options, .found = print_violation};
    struct ledger_verify_result result;
    verify_ledger_init(&large, 66000);
    verify_ledger_copy(&large);
    assert_valid(&large, call, &options, &result);
    assert_true(result.log_size > 65536);
    assert_true(find_check(&result, "account-lists")->checked_count >= 5);
    assert_true(find_check(&result, "log-root")->checked_count > 257);
    static const struct {
        const char *sqlite;
        const char *mariadb;
        const char *check;
        const char *field;
    } tamperings[] = {
        {"UPDATE account_list_rows SET entry_count = entry_count + 1 WHERE list_key = 2",
         "UPDATE account_list_rows SET entry_count = entry_count + 1 WHERE account_id = 2", "account-lists",
         "account_list_rows.entry_count"},
        {"UPDATE account_list_rows SET entries = zeroblob(length(entries)) WHERE list_key = 2",
         "UPDATE account_list_rows SET entries = repeat(x'00', length(entries)) WHERE account_id = 2", "account-lists",
         "account_list_rows.entries"},
        {"UPDATE account_list_rows SET entries = x'ffffffffffffffffff' WHERE list_key = 2",
         "UPDATE account_list_rows SET entries = x'ffffffffffffffffff' WHERE account_id = 2", "account-lists",
         "account_list_rows.entries"},
        {"UPDATE account_list_rows SET list_key = 77 WHERE list_key = 2",
         "UPDATE account_list_rows SET account_id = 77 WHERE account_id = 2", "account-lists",
         "account_list_rows.entry_count"},
        {"DELETE FROM account_list_rows WHERE list_key = 6", "DELETE FROM account_list_rows WHERE account_id = 6",
         "account-lists", "account_list_rows.entry_count"},
        {"INSERT INTO account_list_rows VALUES ((1 << 32) | 2, 1, x'00')",
         "INSERT INTO account_list_rows VALUES (1, 2, 1, x'00')", "account-lists", "account_list_rows.entry_count"},
        {"INSERT INTO account_list_rows VALUES (-5, 1, x'00')",
         "INSERT INTO account_list_rows VALUES (-1, 5, 1, x'00')", "account-lists", "account_list_rows.entry_count"},
        {"UPDATE tile_rows SET root_hash = zeroblob(32) WHERE tile_key = 1 << 48",
         "UPDATE integrity_tiles SET root_hash_bytes = repeat(x'00', 32) WHERE level = 1", "log-root",
         "integrity_tiles.root_hash"},
        {"UPDATE tile_rows SET hashes = zeroblob(8192) WHERE tile_key = 1 << 48",
         "UPDATE integrity_tiles SET hashes_bytes = repeat(x'00', 8192) WHERE level = 1", "log-root",
         "integrity_tiles.hashes"},
        {"DELETE FROM tile_rows WHERE tile_key = 1 << 48", "DELETE FROM integrity_tiles WHERE level = 1", "log-root",
         "integrity_tiles.hashes"},
        {"INSERT INTO tile_rows VALUES (2 << 48, zeroblob(32), zeroblob(8192))",
         "INSERT INTO integrity_tiles (level, tile_index, root_hash_bytes, hashes_bytes) VALUES (2, 0, repeat(x'00', "
         "32), repeat(x'00', 8192))",
         "log-root", "integrity_tiles.tile_index"},
        {"DELETE FROM tile_rows WHERE tile_key BETWEEN 100 AND 200; DELETE FROM event_rows WHERE log_index > 20000;"
         "DELETE FROM transaction_rows WHERE log_index BETWEEN 20000 AND 60000;"
         "DELETE FROM entry_rows WHERE entry_key BETWEEN 20000 << 16 AND 60001 << 16",
         "DELETE FROM integrity_tiles WHERE level = 0 AND tile_index BETWEEN 100 AND 200;"
         "DELETE FROM audit_log WHERE log_index BETWEEN 20000 AND 60000;"
         "DELETE FROM transactions WHERE log_index BETWEEN 20000 AND 60000;"
         "DELETE FROM journal_entries WHERE entry_id BETWEEN 20000 << 16 AND 60001 << 16",
         "log-leaves", "audit_log.log_index"},
        {"UPDATE daily_total_rows SET debit_total = debit_total + 1 WHERE debit_total > 0 AND account_id = 2",
         "UPDATE daily_total_rows SET debit_total = debit_total + 0.01 WHERE debit_total > 0 AND account_id = 2",
         "balances", "account_daily_totals.debit_total"},
    };
    for (size_t i = 0; i < sizeof tamperings / sizeof tamperings[0]; i++) {
        bool is_found = false;
        options.found = NULL;
        ledger_call_reset(call);
        verify_ledger_copy(&large);
        verify_ledger_run(&large, tamperings[i].sqlite, tamperings[i].mariadb);
        assert_int_equal(verify_ledger_verify(&large, call, &options, &result), LEDGER_DONE);
        assert_false(result.is_valid);
        for (size_t v = 0; v < result.violations_kept; v++) {
            is_found = is_found || (text_equals_string(result.violations[v].check, tamperings[i].check) &&
                                    text_equals_string(result.violations[v].field, tamperings[i].field));
        }
        if (!is_found) {
            for (size_t v = 0; v < result.violations_kept && v < 10; v++) {
                print_violation(NULL, &result.violations[v]);
            }
            fail_msg("not found: %s", scratch_sql(tamperings[i].sqlite, tamperings[i].mariadb));
        }
    }
    verify_ledger_done(&large);
    ledger_call_free(call);
}

static int set_up(void **state)
{
    (void)state;
    verify_ledger_init(&small, 0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    verify_ledger_done(&small);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole_ledger),    cmocka_unit_test(test_again_is_the_same),
        cmocka_unit_test(test_one_transaction), cmocka_unit_test(test_another_version_of_the_options),
        cmocka_unit_test(test_totals_in_parts), cmocka_unit_test(test_long_ledger),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
