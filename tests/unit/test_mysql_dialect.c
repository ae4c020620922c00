/* MySQL's dialect: how it is derived, and, where the environment names the backend mysql, what is made by it and what
 * of a schema made by it is found to be altered. The server is MariaDB; whatever else is tested of a ledger runs there
 * too. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "store/driver.h"
#include "store/mysql_dialect.h"
#include "store/row.h"
#include "support/ledger_fixture.h"

static void each_server_has_its_own(void **state)
{
    (void)state;
    static const struct mysql_dialect other = {.collation = "other"};
    if (scratch_backend() != SCRATCH_MYSQL) {
        assert_ptr_equal(mysql_dialect_of(true), &mysql_dialect_mariadb);
        assert_ptr_equal(mysql_dialect_of(false), &mysql_dialect_mysql);
        mysql_dialect_force(&other);
        assert_ptr_equal(mysql_dialect_of(true), &other);
        mysql_dialect_force(NULL);
    }
    assert_false(mysql_dialect_mysql.takes_arrays);
    assert_false(mysql_dialect_mysql.takes_compounds);
    assert_false(mysql_dialect_mysql.is_described);
}

/* Inputs, outputs and the order of parameters are those of MariaDB; its own types and collations are gone. */
static void queries_differ_where_they_have_to(void **state)
{
    (void)state;
    size_t different = 0;
    for (size_t i = 0; i < QUERY_COUNT; i++) {
        const struct query_definition *mariadb = &queries_mariadb[i];
        const struct query_definition *mysql = &queries_mysql[i];
        assert_string_equal(mysql->name, mariadb->name);
        assert_int_equal(mysql->parameters_count, mariadb->parameters_count);
        assert_int_equal(mysql->inputs_count, mariadb->inputs_count);
        assert_int_equal(mysql->outputs_count, mariadb->outputs_count);
        if (mysql->sql != NULL) {
            different += strcmp(mysql->sql, mariadb->sql) != 0 ? 1 : 0;
            assert_null(strstr(mysql->sql, "AS BINARY"));
            assert_null(strstr(mysql->sql, "nopad"));
        }
    }
    assert_in_range(different, 10, 30);
    assert_null(strstr(queries_mysql[QUERY_TRANSACTION_INSERT].sql, "?1"));
    assert_non_null(strstr(queries_mysql[QUERY_TRANSACTION_FIND_BY_ID].sql, "lower(hex(?))"));
}

static void tables_have_the_collation_of_their_server(void **state)
{
    (void)state;
    struct ledger_call *call = ledger_call_new();
    size_t filled_count = 0;
    for (size_t m = 0; m < MIGRATIONS_COUNT; m++) {
        for (unsigned i = 0; i < migrations_mysql[m].statements_count; i++) {
            const struct migration_statement *statement = &migrations_mysql[m].statements[i];
            const char *sql = NULL;
            assert_done(call, mysql_dialect_fill(call, &mysql_dialect_mysql, statement->sql, &sql));
            assert_null(strstr(sql, " UUID"));
            assert_null(strstr(sql, "nopad"));
            assert_null(strchr(sql, '{'));
            if (statement->object_type != NULL && strcmp(statement->object_type, "table") == 0) {
                assert_non_null(strstr(sql, "COLLATE = utf8mb4_0900_bin"));
                filled_count++;
            }
        }
    }
    assert_true(filled_count > 10);
    ledger_call_free(call);
}

static void ids_are_texts(void **state)
{
    struct fixture *fixture = *state;
    char sql[256];
    struct ledger_posted posted = fixture_post(fixture, NULL, "1000", "4000", "12.50");
    const char *id = posted.transaction_id;
    assert_int_equal(strlen(id), 36);
    (void)snprintf(sql, sizeof sql, "SELECT count(*) FROM journal_entries WHERE transaction_id = '%s'", id);
    assert_int_equal(fixture_integer(fixture, sql), 2);
    assert_string_equal(fixture_text(fixture, "SELECT transaction_id FROM transactions"), id);
    assert_string_equal(fixture_text(fixture, "SELECT column_type FROM information_schema.columns WHERE table_schema = "
                                              "database() AND table_name = 'transactions' AND column_name = "
                                              "'transaction_id'"),
                        "char(36)");
    assert_string_equal(fixture_text(fixture, "SELECT count(*) FROM audit_log WHERE audit_id NOT REGEXP "
                                              "'^[0-9a-f]{8}-[0-9a-f]{4}-7000-8000-[0-9a-f]{12}$'"),
                        "0");
    fixture_assert_valid(fixture);
}

struct found {
    char text[SCRATCH_TEXT_SIZE];
};

static ledger_status take_difference(struct ledger_call *call, void *context, const char *object_type,
                                     struct ledger_text object_name, const char *difference)
{
    (void)call;
    struct found *found = context;
    size_t used = strlen(found->text);
    (void)snprintf(found->text + used, sizeof found->text - used, "%s%s %.*s %s", used == 0 ? "" : "; ", object_type,
                   TEXT_ARGUMENTS(object_name), difference);
    return LEDGER_DONE;
}

static void check_schema(struct fixture *fixture, struct found *found)
{
    struct driver *driver = fixture_store(fixture)->driver;
    *found = (struct found){.text = ""};
    assert_done(fixture->call, driver->operations->check_schema(fixture->call, driver, take_difference, found));
}

static void what_was_altered_is_found(void **state)
{
    (void)state;
    static const struct {
        const char *sql;
        const char *found;
    } cases[] = {
        {"DO 0", ""},
        {"ALTER TABLE journal_entries MODIFY memo VARCHAR(999)", "column journal_entries.memo is not as shipped"},
        {"ALTER TABLE journal_entries MODIFY memo VARCHAR(1000) NOT NULL",
         "column journal_entries.memo is not as shipped"},
        {"ALTER TABLE journal_entries MODIFY amount DECIMAL(20,3) NOT NULL",
         "column journal_entries.amount is not as shipped"},
        {"ALTER TABLE checkpoints MODIFY epoch INT NOT NULL", "column checkpoints.epoch is not as shipped"},
        {"ALTER TABLE checkpoints MODIFY epoch BIGINT UNSIGNED NOT NULL", "column checkpoints.epoch is not as shipped"},
        {"ALTER TABLE checkpoints MODIFY root_hash_bytes BINARY(32) NOT NULL DEFAULT ''",
         "column checkpoints.root_hash_bytes is not as shipped"},
        {"ALTER TABLE checkpoints DROP root_hash, ADD root_hash CHAR(64) AFTER epoch",
         "column checkpoints.root_hash is not as shipped"},
        {"ALTER TABLE checkpoints MODIFY epoch BIGINT NOT NULL FIRST", "table checkpoints is not as shipped"},
        {"ALTER TABLE journal_entries MODIFY memo VARCHAR(1000) COLLATE utf8mb4_bin",
         "column journal_entries.memo is not as shipped"},
        {"SET foreign_key_checks = 0; ALTER TABLE approval_rows MODIFY request_id CHAR(36) COLLATE utf8mb4_bin NOT "
         "NULL",
         "column approval_rows.request_id is not as shipped"},
        {"ALTER TABLE checkpoints ADD mine INT", "column checkpoints.mine is not part of a ledger"},
        {"ALTER TABLE checkpoints COLLATE utf8mb4_bin", "table checkpoints is not as shipped"},
        {"ALTER TABLE checkpoints ENGINE = Aria", "table checkpoints is not as shipped"},
        {"ALTER TABLE transactions DROP INDEX status", "index transactions.status is missing"},
        {"ALTER TABLE transactions ADD INDEX mine (created_by)", "index transactions.mine is not part of a ledger"},
        {"ALTER TABLE journal_entries DROP CONSTRAINT amount_is_positive",
         "constraint journal_entries.amount_is_positive is missing"},
        {"ALTER TABLE journal_entries DROP FOREIGN KEY entry_has_account",
         "constraint journal_entries.entry_has_account is missing"},
        {"ALTER TABLE balance_rows DROP FOREIGN KEY balance_has_account; ALTER TABLE balance_rows ADD CONSTRAINT "
         "balance_has_account FOREIGN KEY (account_id) REFERENCES chart_of_accounts (account_id) ON DELETE CASCADE",
         "constraint balance_rows.balance_has_account is not as shipped"},
        {"DROP TRIGGER trg_prevent_checkpoint_delete", "trigger trg_prevent_checkpoint_delete is missing"},
        {"DROP TRIGGER trg_prevent_checkpoint_delete; CREATE TRIGGER trg_prevent_checkpoint_delete BEFORE DELETE ON "
         "checkpoints FOR EACH ROW SET @a = 1",
         "trigger trg_prevent_checkpoint_delete is not as shipped"},
        {"DROP VIEW v_trial_balance", "view v_trial_balance is missing"},
        {"CREATE VIEW mine AS SELECT 1", "view mine is not part of a ledger"},
        {"DROP TRIGGER trg_prevent_writer_lease_delete; DROP TABLE writer_lease",
         "table writer_lease is missing; trigger trg_prevent_writer_lease_delete is missing"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        void *each = NULL;
        struct found found;
        (void)fixture_setup_empty(&each);
        struct fixture *fixture = each;
        fixture_create(fixture, &(struct ledger_settings){.default_currency = TEXT("EUR")});
        scratch_database_damage(&fixture->database, cases[i].sql);
        check_schema(fixture, &found);
        if (strcmp(found.text, cases[i].found) != 0) {
            fail_msg("%s\nfound: %s\nnot: %s", cases[i].sql, found.text, cases[i].found);
        }
        (void)fixture_teardown(&each);
    }
}

static ledger_status take_warning(struct ledger_call *call, void *context, struct ledger_text warning)
{
    (void)call;
    bool *is_told = context;
    char text[SCRATCH_TEXT_SIZE];
    (void)snprintf(text, sizeof text, "%.*s", TEXT_ARGUMENTS(warning));
    *is_told = *is_told || strstr(text, "the server is MySQL") != NULL;
    return LEDGER_DONE;
}

static void what_is_not_compared_is_told(void **state)
{
    struct fixture *fixture = *state;
    struct driver *driver = fixture_store(fixture)->driver;
    bool is_told = false;
    assert_done(fixture->call, driver->operations->check_server(fixture->call, driver, take_warning, &is_told));
    assert_true(is_told);
}

/* Rows that no constraint let in, had it been looked at, in the words that MySQL has for constraints. */
static void rows_that_break_a_constraint_are_found(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_verify_options options = {.struct_size = sizeof options};
    struct ledger_verify_result result;
    (void)fixture_post(fixture, NULL, "1000", "4000", "12.50");
    fixture_damage(fixture, NULL, "UPDATE chart_of_accounts SET account_code = '' WHERE account_code = '1100'");
    assert_done(fixture->call, ledger_verify(fixture->call, fixture->ledger, &options, &result));
    assert_false(result.is_valid);
    bool is_found = false;
    for (size_t i = 0; i < result.violations_kept; i++) {
        is_found = is_found || text_equals_string(result.violations[i].check, "storage-is-sound");
    }
    assert_true(is_found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_server_has_its_own),
        cmocka_unit_test(queries_differ_where_they_have_to),
        cmocka_unit_test(tables_have_the_collation_of_their_server),
    };
    const struct CMUnitTest tests_of_server[] = {
        cmocka_unit_test_setup_teardown(ids_are_texts, fixture_setup, fixture_teardown),
        cmocka_unit_test(what_was_altered_is_found),
        cmocka_unit_test_setup_teardown(what_is_not_compared_is_told, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(rows_that_break_a_constraint_are_found, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) +
           (scratch_backend() == SCRATCH_MYSQL ? cmocka_run_group_tests(tests_of_server, NULL, NULL) : 0);
}
