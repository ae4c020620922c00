/* Ledgers made and opened, or not: settings, what is there already, and what is no ledger. */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/ledger_fixture.h"

static ledger_status create(struct fixture *fixture, const struct ledger_settings *settings)
{
    ledger_call_reset(fixture->call);
    return ledger_create(fixture->call, &fixture->options, settings, &fixture->ledger);
}

/* Opens by the fixture's options, and closes again. */
static ledger_status try_open(struct fixture *fixture)
{
    struct ledger *ledger = NULL;
    ledger_call_reset(fixture->call);
    ledger_status status = ledger_open(fixture->call, &fixture->options, &ledger);
    ledger_free(ledger);
    return status;
}

static ledger_status post(struct fixture *fixture)
{
    struct ledger_posting posting = fixture_posting(fixture, NULL, "1000", "4000", "1");
    struct ledger_posted posted;
    ledger_call_reset(fixture->call);
    return ledger_post(fixture->call, fixture->ledger, &posting, &posted);
}

static void write_file(struct fixture *fixture, const char *bytes, size_t size)
{
    FILE *file = fopen(fixture->database.path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static size_t read_file(struct fixture *fixture, char *bytes, size_t size)
{
    FILE *file = fopen(fixture->database.path, "rb");
    assert_non_null(file);
    size_t read = fread(bytes, 1, size, file);
    (void)fclose(file);
    return read;
}

static void close_ledger(struct fixture *fixture)
{
    ledger_free(fixture->ledger);
    fixture->ledger = NULL;
}

static void settings_take_their_defaults(void **state)
{
    struct fixture *fixture = *state;
    assert_done(fixture->call, create(fixture, &(struct ledger_settings){.hash_version = 9}));
    for (unsigned pass = 0; pass < 2; pass++) {
        const struct ledger_settings *settings = ledger_get_settings(fixture->ledger);
        assert_text_is(settings->time_zone, "UTC");
        assert_text_is(settings->default_currency, "AOA");
        assert_text_is(settings->fiscal_year_start, "01-01");
        assert_int_equal(settings->hash_version, 1);
        assert_int_equal(settings->ledger_id.size, 36);
        fixture_reopen(fixture);
    }
    fixture_account(fixture, "1000", LEDGER_ASSET, LEDGER_ROLE_NORMAL, NULL);
    assert_string_equal(fixture_text(fixture, "SELECT currency FROM chart_of_accounts"), "AOA");
}

static void settings_are_kept(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_settings asked = {.time_zone = TEXT("Africa/Luanda"),
                                    .default_currency = TEXT("JPY"),
                                    .fiscal_year_start = TEXT("07-01"),
                                    .ledger_id = TEXT("mine")};
    assert_done(fixture->call, create(fixture, &asked));
    fixture_reopen(fixture);
    const struct ledger_settings *settings = ledger_get_settings(fixture->ledger);
    assert_text_is(settings->time_zone, "Africa/Luanda");
    assert_text_is(settings->default_currency, "JPY");
    assert_text_is(settings->fiscal_year_start, "07-01");
    assert_int_equal(settings->ledger_id.size, 36); /* given by us, whatever was asked for */
}

/* No file, or no table. */
static void assert_nothing_is_there(struct fixture *fixture)
{
    if (scratch_backend() == SCRATCH_SQLITE) {
        assert_int_not_equal(access(fixture->database.path, F_OK), 0);
    } else {
        assert_string_equal(fixture_text(fixture, "SHOW TABLES"), "");
    }
}

static void settings_that_cannot_be_make_no_ledger(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        struct ledger_settings settings;
        const char *words;
    } cases[] = {
        {{.default_currency = {"EURO", 4}}, "EURO"},         {{.default_currency = {"eur", 3}}, "eur"},
        {{.default_currency = {"KWD", 3}}, "KWD"},           {{.default_currency = {"XAU", 3}}, "XAU"},
        {{.fiscal_year_start = {"02-29", 5}}, "02-29"},      {{.fiscal_year_start = {"13-01", 5}}, "13-01"},
        {{.fiscal_year_start = {"1-1", 3}}, "1-1"},          {{.fiscal_year_start = {"07-01 ", 6}}, "07-01 "},
        {{.fiscal_year_start = {"04-31", 5}}, "04-31"},      {{.time_zone = {"Mars/Base", 9}}, "Mars/Base"},
        {{.time_zone = {"../../etc/passwd", 16}}, "passwd"}, {{.time_zone = {"utc\n", 4}}, "zone"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_status(fixture->call, create(fixture, &cases[i].settings), LEDGER_CONFIGURATION_IS_INVALID);
        assert_message(fixture->call, cases[i].words);
        assert_null(fixture->ledger);
        assert_nothing_is_there(fixture);
    }
    fixture_act_as(fixture, NULL, NULL, NULL);
    assert_status(fixture->call, create(fixture, &(struct ledger_settings){0}), LEDGER_USER_IS_MISSING);
    assert_nothing_is_there(fixture);
}

static void what_exists_is_not_made_again(void **state)
{
    struct fixture *fixture = *state;
    struct ledger *second = NULL;
    struct ledger_settings settings = {.default_currency = TEXT("USD")};
    assert_done(fixture->call, post(fixture));
    struct fixture_counts before = fixture_count(fixture);
    assert_status(fixture->call, ledger_create(fixture->call, &fixture->options, &settings, &second),
                  LEDGER_EXISTS_ALREADY);
    assert_null(second);
    assert_int_equal(fixture_count(fixture).log_size, before.log_size);
    assert_done(fixture->call, post(fixture));
    close_ledger(fixture);
    assert_status(fixture->call, create(fixture, &settings), LEDGER_EXISTS_ALREADY);
    fixture_reopen(fixture);
    assert_text_is(ledger_get_settings(fixture->ledger)->default_currency, "EUR");
    fixture_assert_valid(fixture);
}

/* The file of another program stays as it is, byte for byte. */
static void a_foreign_file_is_left_alone(void **state)
{
    struct fixture *fixture = *state;
    char before[65536];
    char after[65536];
    write_file(fixture, "", 0);
    scratch_database_damage(&fixture->database, "CREATE TABLE theirs (a); INSERT INTO theirs VALUES (1)");
    size_t size = read_file(fixture, before, sizeof before);
    assert_status(fixture->call, create(fixture, &(struct ledger_settings){0}), LEDGER_DATABASE_IS_DAMAGED);
    assert_message(fixture->call, "is a SQLite database of another program");
    assert_status(fixture->call, try_open(fixture), LEDGER_DATABASE_IS_DAMAGED);
    assert_int_equal(read_file(fixture, after, sizeof after), size);
    assert_memory_equal(after, before, size);
}

static void what_is_no_database_is_left_alone(void **state)
{
    struct fixture *fixture = *state;
    static const char text[] = "Dear reader, this is a letter and no database. It goes on for a while, and ends here. "
                               "Dear reader, this is a letter and no database. It goes on for a while, and ends here.";
    char after[sizeof text];
    write_file(fixture, text, sizeof text - 1);
    assert_status(fixture->call, try_open(fixture), LEDGER_DATABASE_IS_DAMAGED);
    assert_status(fixture->call, create(fixture, &(struct ledger_settings){0}), LEDGER_DATABASE_IS_DAMAGED);
    assert_int_equal(read_file(fixture, after, sizeof after), sizeof text - 1);
    assert_memory_equal(after, text, sizeof text - 1);
}

static void nothing_there_is_no_ledger(void **state)
{
    struct fixture *fixture = *state;
    char uri[SCRATCH_PATH_SIZE + 64];
    assert_status(fixture->call, try_open(fixture), LEDGER_DATABASE_IS_UNAVAILABLE);
    assert_message(fixture->call, fixture->database.path);
    assert_int_not_equal(access(fixture->database.path, F_OK), 0); /* opening makes nothing */
    write_file(fixture, "", 0);
    assert_status(fixture->call, try_open(fixture), LEDGER_IS_NOT_INITIALISED);
    assert_done(fixture->call, create(fixture, &(struct ledger_settings){0}));
    close_ledger(fixture);
    assert_done(fixture->call, try_open(fixture));
    (void)snprintf(uri, sizeof uri, "sqlite:///%s/none/ledger.db", fixture->database.directory);
    fixture->options.uri = ledger_text_of(uri);
    assert_status(fixture->call, try_open(fixture), LEDGER_DATABASE_IS_UNAVAILABLE);
    assert_status(fixture->call, create(fixture, &(struct ledger_settings){0}), LEDGER_DATABASE_IS_UNAVAILABLE);
    (void)snprintf(uri, sizeof uri, "sqlite:///%s", fixture->database.directory);
    assert_status(fixture->call, try_open(fixture), LEDGER_CONFIGURATION_IS_INVALID);
    assert_message(fixture->call, "names no file");
    fixture->options.uri = ledger_text_of("mysql+pymysql://u:secret@127.0.0.1:1/db?charset=utf8mb4");
    ledger_call_set_timeout(fixture->call, 0);
    assert_status(fixture->call, try_open(fixture), LEDGER_DATABASE_IS_UNAVAILABLE);
    assert_message(fixture->call, "Can't connect to MySQL");
    assert_null(strstr(ledger_call_message(fixture->call), "secret"));
}

static void a_file_cut_short_is_damaged(void **state)
{
    struct fixture *fixture = *state;
    assert_done(fixture->call, post(fixture));
    close_ledger(fixture);
    scratch_database_damage(&fixture->database, "PRAGMA wal_checkpoint(TRUNCATE)");
    struct stat file;
    assert_int_equal(stat(fixture->database.path, &file), 0);
    for (int64_t size = file.st_size - 1; size > 0; size -= 1 + file.st_size / 23) {
        assert_int_equal(truncate(fixture->database.path, size), 0);
        struct ledger *ledger = NULL;
        ledger_call_reset(fixture->call);
        ledger_status status = ledger_open(fixture->call, &fixture->options, &ledger);
        if (status == LEDGER_DONE) {
            struct ledger_balance_query query = {.log_position = LEDGER_POSITION_HEAD};
            struct ledger_account account;
            struct ledger_balance totals;
            status = ledger_balance_get(fixture->call, ledger, TEXT("1000"), &query, &account, &totals);
        }
        ledger_free(ledger);
        /* Where the first page is gone too, there is no telling what it was. */
        assert_true(status == LEDGER_DATABASE_IS_DAMAGED || status == LEDGER_IS_NOT_INITIALISED);
    }
}

static void expected_settings_are_compared(void **state)
{
    struct fixture *fixture = *state;
    fixture->options.expected_time_zone = TEXT("UTC");
    fixture->options.expected_default_currency = TEXT("EUR");
    fixture->options.expected_fiscal_year_start = TEXT("01-01");
    assert_done(fixture->call, try_open(fixture));
    fixture->options.expected_fiscal_year_start = TEXT("04-01");
    assert_status(fixture->call, try_open(fixture), LEDGER_SETTING_DIFFERS);
    assert_message(fixture->call,
                   "FISCAL_YEAR_START is \"04-01\" in the environment, but the ledger was made with \"01-01\"");
    fixture->options.expected_default_currency = TEXT("AOA");
    assert_status(fixture->call, try_open(fixture), LEDGER_SETTING_DIFFERS);
    assert_message(fixture->call, "DEFAULT_CURRENCY is \"AOA\"");
    fixture->options.expected_time_zone = TEXT("Europe/Lisbon");
    assert_status(fixture->call, try_open(fixture), LEDGER_SETTING_DIFFERS);
    assert_message(fixture->call, "LEDGER_TIMEZONE is \"Europe/Lisbon\"");
}

static void later_versions_are_refused(void **state)
{
    struct fixture *fixture = *state;
    close_ledger(fixture);
    fixture->options.struct_size--;
    assert_status(fixture->call, try_open(fixture), LEDGER_VERSION_IS_UNSUPPORTED);
    fixture->options.struct_size = 0;
    assert_status(fixture->call, create(fixture, &(struct ledger_settings){0}), LEDGER_VERSION_IS_UNSUPPORTED);
    fixture->options.struct_size = sizeof fixture->options;
    static const char later_hashes[] = "UPDATE ledger_settings SET hash_version = 2";
    fixture_damage(fixture, later_hashes, later_hashes);
    assert_status(fixture->call, try_open(fixture), LEDGER_VERSION_IS_UNSUPPORTED);
    assert_message(fixture->call, "the ledger has hash version 2, this program knows 1");
}

static void a_later_file_is_refused(void **state)
{
    struct fixture *fixture = *state;
    close_ledger(fixture);
    scratch_database_damage(&fixture->database, "PRAGMA user_version = 2");
    assert_status(fixture->call, try_open(fixture), LEDGER_VERSION_IS_UNSUPPORTED);
    assert_message(fixture->call, "has version 2, this program knows versions up to 1");
    scratch_database_damage(&fixture->database, "PRAGMA user_version = 1");
    assert_done(fixture->call, try_open(fixture));
}

static void a_damaged_head_is_told(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        const char *sqlite;
        const char *mariadb;
    } damages[] = {
        {"UPDATE head_row SET log_size = log_size + 1", "UPDATE integrity_head SET log_size = log_size + 1"},
        {"UPDATE head_row SET log_size = -1", "UPDATE integrity_head SET log_size = -1"},
        {"UPDATE head_row SET frontier = x''", "UPDATE integrity_head SET frontier_bytes = x''"},
        {"UPDATE head_row SET open_leaves = x'00'", "DELETE FROM open_leaf_rows"},
        {"UPDATE head_row SET log_size = 1 << 62", "UPDATE integrity_head SET log_size = 1 << 62"},
        {"DELETE FROM head_row", "DELETE FROM integrity_head"},
        {"DELETE FROM ledger_settings", "DELETE FROM ledger_settings"},
    };
    for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++) {
        void *inner = NULL;
        (void)fixture_setup(&inner);
        struct fixture *damaged = inner;
        struct ledger_account account;
        assert_done(damaged->call, post(damaged));
        fixture_damage(damaged, damages[i].sqlite, damages[i].mariadb);
        if (i < 6) {
            assert_status(damaged->call, post(damaged), LEDGER_DATABASE_IS_DAMAGED);
            assert_status(damaged->call, ledger_account_get(damaged->call, damaged->ledger, TEXT("1000"), &account),
                          LEDGER_DATABASE_IS_DAMAGED);
        } else {
            assert_status(damaged->call, try_open(damaged), LEDGER_DATABASE_IS_DAMAGED);
        }
        (void)fixture_teardown(&inner);
    }
    assert_done(fixture->call, post(fixture));
}

static void what_is_only_read_is_not_written(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_account account;
    struct ledger_period period;
    struct ledger_posted posted;
    struct fixture_counts before = fixture_count(fixture);
    fixture->options.read_only = true;
    fixture_reopen(fixture);
    assert_status(fixture->call, post(fixture), LEDGER_DATABASE_IS_READ_ONLY);
    assert_status(fixture->call,
                  ledger_account_set_active(fixture->call, fixture->ledger, TEXT("1000"), false, &account),
                  LEDGER_DATABASE_IS_READ_ONLY);
    assert_status(fixture->call, ledger_period_set(fixture->call, fixture->ledger, 1, 2, true, TEXT_ABSENT, &period),
                  LEDGER_DATABASE_IS_READ_ONLY);
    assert_status(fixture->call, ledger_clock_accept(fixture->call, fixture->ledger, TEXT("now")),
                  LEDGER_DATABASE_IS_READ_ONLY);
    assert_status(fixture->call, fixture_reverse(fixture, "20260315-000001", "x", NULL, NULL, &posted),
                  LEDGER_TRANSACTION_NOT_FOUND);
    assert_false(ledger_call_refusal_recorded(fixture->call));
    assert_done(fixture->call, ledger_account_get(fixture->call, fixture->ledger, TEXT("1000"), &account));
    assert_int_equal(fixture_count(fixture).log_size, before.log_size);
}

static void closing_keeps_what_was_acknowledged(void **state)
{
    struct fixture *fixture = *state;
    for (unsigned i = 0; i < 20; i++) {
        assert_done(fixture->call, post(fixture));
        fixture_reopen(fixture);
    }
    assert_int_equal(fixture_count(fixture).transactions, 20);
    ledger_free(NULL);
    fixture_assert_valid(fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(settings_take_their_defaults, fixture_setup_empty, fixture_teardown),
        cmocka_unit_test_setup_teardown(settings_are_kept, fixture_setup_empty, fixture_teardown),
        cmocka_unit_test_setup_teardown(settings_that_cannot_be_make_no_ledger, fixture_setup_empty, fixture_teardown),
        cmocka_unit_test_setup_teardown(what_exists_is_not_made_again, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(expected_settings_are_compared, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(later_versions_are_refused, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_damaged_head_is_told, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(what_is_only_read_is_not_written, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(closing_keeps_what_was_acknowledged, fixture_setup, fixture_teardown),
    };
    const struct CMUnitTest tests_of_sqlite[] = {
        cmocka_unit_test_setup_teardown(a_foreign_file_is_left_alone, fixture_setup_empty, fixture_teardown),
        cmocka_unit_test_setup_teardown(what_is_no_database_is_left_alone, fixture_setup_empty, fixture_teardown),
        cmocka_unit_test_setup_teardown(nothing_there_is_no_ledger, fixture_setup_empty, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_file_cut_short_is_damaged, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_later_file_is_refused, fixture_setup, fixture_teardown),
    };
    return fixture_run_groups(tests, tests_of_sqlite);
}
