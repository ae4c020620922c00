/* The store and its drivers: values that come back as they went, units of work, symbols, cursors, and who writes; of
 * SQLite also the guards, the one lock and URIs. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <sqlite3.h>

#include "store/store.h"
#include "support/ledger_fixture.h"

static struct driver *driver_of(struct fixture *fixture)
{
    return fixture_store(fixture)->driver;
}

static void begin(struct fixture *fixture, enum unit_mode mode)
{
    assert_done(fixture->call, store_begin(fixture->call, fixture_store(fixture), mode));
}

static void commit(struct fixture *fixture)
{
    assert_done(fixture->call, store_commit(fixture->call, fixture_store(fixture)));
}

static struct ledger_event_record event_of(int64_t log_index, struct ledger_text event_type,
                                           struct ledger_text description)
{
    return (struct ledger_event_record){.log_index = log_index,
                                        .event_timestamp_us = 1,
                                        .event_type = event_type,
                                        .is_success = true,
                                        .action = TEXT("TEST"),
                                        .description = description};
}

static void insert_event(struct fixture *fixture, const struct ledger_event_record *event)
{
    assert_done(fixture->call, store_event_insert(fixture->call, fixture_store(fixture), event, 1));
}

/* The event of a position, its texts in the call's memory. */
static struct ledger_event_record read_event(struct fixture *fixture, int64_t log_index)
{
    STORE_SCAN(scan);
    bool has_event = false;
    struct ledger_event_record event;
    assert_done(fixture->call,
                store_event_scan(fixture->call, fixture_store(fixture), log_index, log_index + 1, &scan));
    assert_done(fixture->call, store_event_next(fixture->call, &scan, &has_event, &event));
    assert_true(has_event);
    struct ledger_text *const texts[] = {&event.event_type, &event.user_id, &event.principal,   &event.source_system,
                                         &event.source_ip,  &event.action,  &event.description, &event.event_metadata};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_done(fixture->call, ledger_call_copy_text(fixture->call, *texts[i], texts[i]));
    }
    return event;
}

static void every_type_of_value_comes_back(void **state)
{
    struct fixture *fixture = *state;
    struct store *store = fixture_store(fixture);
    char *large = malloc(3000001);
    assert_non_null(large);
    memset(large, 'x', 3000000);
    large[3000000] = '\0';
    /* A server's columns have an end, far beyond what the engine lets in: that of texts, that of the calendar. */
    bool is_sqlite = scratch_backend() == SCRATCH_SQLITE;
    const struct ledger_text texts[] = {
        TEXT(""), TEXT("\xf0\x9f\x92\xb0'\";--%_"), TEXT("a\nb\tc"), {large, is_sqlite ? 3000000 : 65535}};
    const struct ledger_text symbols[] = {texts[0], texts[1], texts[2], {large, is_sqlite ? 3000000 : 200}};
    const struct ledger_text metadata[] = {TEXT_ABSENT, texts[1], texts[2], {large, 3000000}};
    const int64_t times[] = {is_sqlite ? INT64_MIN : INT64_C(-62135596800000000), -1, 0,
                             is_sqlite ? INT64_MAX : INT64_C(253402300799999999)};
    const int32_t day_min = is_sqlite ? INT32_MIN : -719162;
    const int32_t day_max = is_sqlite ? INT32_MAX : 2932896;
    begin(fixture, UNIT_WRITE);
    for (int64_t i = 0; i < 4; i++) {
        struct ledger_event_record event = event_of(1000 + i, symbols[i], texts[i]);
        event.event_timestamp_us = times[i];
        event.user_id = symbols[3 - i];
        event.source_ip = TEXT("");
        event.event_metadata = metadata[i];
        event.has_transaction = i == 1;
        memset(event.transaction_id, 0xa5, sizeof event.transaction_id);
        insert_event(fixture, &event);
    }
    assert_done(fixture->call, store_posting_day_insert(fixture->call, store, day_min, -5));
    assert_done(fixture->call, store_posting_day_insert(fixture->call, store, day_max, INT64_MAX));
    struct store_total_delta delta = {day_min, {1, INT64_MAX, 0, INT64_MAX}};
    assert_done(fixture->call, store_total_add(fixture->call, store, STORE_TOTAL_OPEN, &delta, 1, 0, 7));
    struct store_account_list lists[] = {{3, 5, 1, {"", 0}}, {3, 6, 2, {"\0\xff\0", 3}}};
    assert_done(fixture->call, store_account_list_insert(fixture->call, store, lists, 2));
    commit(fixture);
    begin(fixture, UNIT_READ);
    for (int64_t i = 0; i < 4; i++) {
        struct ledger_event_record event = read_event(fixture, 1000 + i);
        assert_true(text_equals(event.event_type, symbols[i]));
        assert_true(text_equals(event.description, texts[i]));
        assert_true(text_equals(event.user_id, symbols[3 - i]));
        assert_text_is(event.principal, NULL);
        assert_text_is(event.source_ip, "");
        assert_true(i == 0 ? text_is_absent(event.event_metadata) : text_equals(event.event_metadata, metadata[i]));
        assert_int_equal(event.event_timestamp_us, times[i]);
        assert_int_equal(event.has_transaction, i == 1);
        assert_int_equal(event.transaction_id[15], i == 1 ? 0xa5 : 0);
    }
    struct store_posting_day *days = NULL;
    size_t days_count = 0;
    assert_done(fixture->call, store_posting_day_list(fixture->call, store, &days, &days_count));
    assert_int_equal(days_count, 2);
    assert_int_equal(days[0].posting_day, day_min);
    assert_int_equal(days[0].first_log_index, -5);
    assert_int_equal(days[1].posting_day, day_max);
    assert_int_equal(days[1].first_log_index, INT64_MAX);
    bool is_found = false;
    struct store_account_list list;
    assert_done(fixture->call, store_account_list_get(fixture->call, store, 3, 6, &is_found, &list));
    assert_true(is_found);
    assert_int_equal(list.entry_count, 2);
    assert_int_equal(list.entries.size, 3);
    assert_memory_equal(list.entries.data, "\0\xff\0", 3);
    assert_done(fixture->call, store_account_list_get(fixture->call, store, 3, 5, &is_found, &list));
    assert_true(is_found);
    assert_int_equal(list.entries.size, 0);
    assert_done(fixture->call, store_account_list_get(fixture->call, store, 3, 7, &is_found, &list));
    assert_false(is_found);
    store_rollback(store);
    free(large);
}

static ledger_status keep_totals(struct ledger_call *call, void *context, const struct ledger_balance *totals)
{
    (void)call;
    *(struct ledger_balance *)context = *totals;
    return LEDGER_DONE;
}

static void totals_add_up_and_fold(void **state)
{
    struct fixture *fixture = *state;
    struct store *store = fixture_store(fixture);
    struct ledger_balance totals = {0};
    struct total_sink sink = {keep_totals, &totals};
    struct store_total_delta deltas[300];
    for (int32_t i = 0; i < 300; i++) {
        deltas[i] = (struct store_total_delta){20000 + i, {1 + i % 2, 100 + i, 7, 2}};
    }
    begin(fixture, UNIT_WRITE);
    assert_done(fixture->call, store_total_add(fixture->call, store, STORE_TOTAL_OPEN, deltas, 300, 0, 1));
    assert_done(fixture->call, store_total_add(fixture->call, store, STORE_TOTAL_OPEN, deltas, 300, 0, 2));
    int64_t rows_count = 0;
    assert_done(fixture->call, store_open_total_count(fixture->call, store, &rows_count));
    assert_int_equal(rows_count, 300);
    assert_done(fixture->call, store_open_total_sum(fixture->call, store, 20000, 20000, 1, sink));
    assert_int_equal(totals.debit_total_minor, 200);
    assert_int_equal(totals.credit_total_minor, 14);
    assert_int_equal(totals.entry_count, 4);
    for (unsigned fold = 0; fold < 2; fold++) {
        assert_done(fixture->call, store_open_total_fold(fixture->call, store, 20500));
        assert_done(fixture->call, store_open_total_count(fixture->call, store, &rows_count));
        assert_int_equal(rows_count, 0);
        assert_done(fixture->call, store_balance_sum(fixture->call, store, 2, sink));
        assert_int_equal(totals.account_id, 2);
        assert_int_equal(totals.entry_count, 600);
        assert_done(fixture->call, store_daily_total_sum(fixture->call, store, 20001, 20003, 20500, 20501, 2, sink));
        assert_int_equal(totals.debit_total_minor, 2 * (101 + 103));
        totals.entry_count = -1;
        assert_done(fixture->call,
                    store_daily_total_sum(fixture->call, store, 20001, 20003, INT32_MIN, 20500, 2, sink));
        assert_int_equal(totals.entry_count, -1);
        int32_t month = day_to_month(20100);
        int32_t days = month_first_day(month + 1) - month_first_day(month);
        assert_done(fixture->call,
                    store_monthly_total_sum(fixture->call, store, month, month + 1, day_to_month(20500) + 1, 1, sink));
        assert_true(totals.entry_count == 2 * 2 * (days / 2) || totals.entry_count == 2 * 2 * (days / 2 + 1));
    }
    store_rollback(store);
}

/* What a rolled back unit gave out is given out again, to another text. */
static void what_a_rolled_back_unit_wrote_is_forgotten(void **state)
{
    struct fixture *fixture = *state;
    struct store *store = fixture_store(fixture);
    struct ledger_event_record ghost = event_of(1000, TEXT("GHOST"), TEXT("a"));
    struct ledger_event_record other = event_of(1000, TEXT("OTHER"), TEXT("b"));
    struct ledger_event_record back = event_of(1001, TEXT("GHOST"), TEXT("c"));
    begin(fixture, UNIT_WRITE);
    insert_event(fixture, &ghost);
    assert_text_is(read_event(fixture, 1000).event_type, "GHOST");
    store_rollback(store);
    assert_int_equal(
        fixture_integer(fixture, scratch_sql("SELECT count(*) FROM text_dictionary WHERE text IN ('GHOST', 'TEST')",
                                             "SELECT count(*) FROM audit_log WHERE event_type = 'GHOST'")),
        0);
    begin(fixture, UNIT_WRITE);
    insert_event(fixture, &other);
    insert_event(fixture, &back);
    commit(fixture);
    begin(fixture, UNIT_READ);
    assert_text_is(read_event(fixture, 1000).event_type, "OTHER");
    assert_text_is(read_event(fixture, 1001).event_type, "GHOST");
    store_rollback(store);
    fixture_reopen(fixture);
    begin(fixture, UNIT_READ);
    assert_text_is(read_event(fixture, 1001).event_type, "GHOST");
    store_rollback(fixture_store(fixture));
}

/* More symbols than are kept in memory, in one unit and over several. */
static void more_symbols_than_memory_keeps(void **state)
{
    enum { COUNT = 18000 };
    struct fixture *fixture = *state;
    char text[32];
    for (int64_t i = 0; i < COUNT; i++) {
        if (i == 0 || i == 100 || i > COUNT - 20) {
            begin(fixture, UNIT_WRITE);
        }
        (void)snprintf(text, sizeof text, "SYMBOL-%lld", (long long)i);
        struct ledger_event_record event = event_of(1000 + i, ledger_text_of(text), TEXT("a"));
        event.user_id = TEXT("SYMBOL-0");
        insert_event(fixture, &event);
        if (i == 99 || i >= COUNT - 20) {
            commit(fixture);
        }
    }
    assert_int_equal(
        fixture_integer(fixture, scratch_sql("SELECT count(*) FROM text_dictionary WHERE text LIKE 'SYMBOL-%'",
                                             "SELECT count(DISTINCT event_type) FROM audit_log WHERE event_type LIKE "
                                             "'SYMBOL-%'")),
        COUNT);
    begin(fixture, UNIT_READ);
    STORE_SCAN(scan);
    assert_done(fixture->call, store_event_scan(fixture->call, fixture_store(fixture), 1000, 1000 + COUNT, &scan));
    for (int64_t i = 0; i < COUNT; i++) {
        bool has_event = false;
        struct ledger_event_record event;
        assert_done(fixture->call, store_event_next(fixture->call, &scan, &has_event, &event));
        (void)snprintf(text, sizeof text, "SYMBOL-%lld", (long long)i);
        assert_true(has_event);
        assert_text_is(event.event_type, text);
        assert_text_is(event.user_id, "SYMBOL-0");
    }
    store_scan_close(&scan);
    store_rollback(fixture_store(fixture));
}

static void a_unit_is_kept_whole_or_not_at_all(void **state)
{
    struct fixture *fixture = *state;
    struct store *store = fixture_store(fixture);
    struct ledger_event_record event = event_of(1000, TEXT("A"), TEXT("a"));
    store_rollback(store); /* harmless where none is open */
    store_rollback(store);
    begin(fixture, UNIT_WRITE);
    insert_event(fixture, &event);
    store_rollback(store);
    assert_int_equal(fixture_integer(fixture, "SELECT count(*) FROM audit_log WHERE log_index = 1000"), 0);
    begin(fixture, UNIT_WRITE);
    insert_event(fixture, &event);
    /* It is there already; a driver may say so at the end. */
    ledger_status status = store_event_insert(fixture->call, store, &event, 1);
    status = status == LEDGER_DONE ? store_commit(fixture->call, store) : status;
    assert_status(fixture->call, status, LEDGER_DATABASE_FAILED);
    assert_message(fixture->call, scratch_sql("UNIQUE constraint failed: event_rows.log_index", "Duplicate entry"));
    store_rollback(store);
    assert_int_equal(fixture_integer(fixture, "SELECT count(*) FROM audit_log WHERE log_index = 1000"), 0);
    begin(fixture, UNIT_WRITE);
    ledger_free(fixture->ledger); /* closing in the middle keeps nothing */
    fixture->ledger = fixture_open(fixture);
    begin(fixture, UNIT_READ);
    commit(fixture);
}

static void a_reader_sees_one_state(void **state)
{
    struct fixture *fixture = *state;
    struct store *store = fixture_store(fixture);
    struct ledger *other = fixture_open(fixture);
    struct ledger_posting posting = fixture_posting(fixture, NULL, "1000", "4000", "1");
    struct ledger_posted posted;
    struct store_head before;
    struct store_head head;
    begin(fixture, UNIT_READ);
    assert_done(fixture->call, store_head_get(fixture->call, store, &before));
    assert_done(fixture->call, ledger_post(fixture->call, other, &posting, &posted));
    assert_done(fixture->call, store_head_get(fixture->call, store, &head));
    assert_int_equal(head.frontier.size, before.frontier.size);
    store_rollback(store);
    begin(fixture, UNIT_READ);
    assert_done(fixture->call, store_head_get(fixture->call, store, &head));
    assert_int_equal(head.frontier.size, before.frontier.size + 1);
    store_rollback(store);
    ledger_free(other);
}

static void eight_cursors_may_be_open(void **state)
{
    struct fixture *fixture = *state;
    struct driver *driver = driver_of(fixture);
    const struct driver_operations *operations = driver->operations;
    static const enum query_id queries[] = {QUERY_SETTINGS_GET, QUERY_HEAD_GET,     QUERY_POSTING_DAY_LIST,
                                            QUERY_TILE_COUNT,   QUERY_ACCOUNT_LIST, QUERY_OPEN_TOTAL_COUNT,
                                            QUERY_PERIOD_LIST,  QUERY_APPROVAL_LIST};
    const struct value position = value_integer(STORE_POSITION_MAX);
    enum { COUNT = sizeof queries / sizeof queries[0] };
    struct cursor *cursors[COUNT];
    const struct value *row = NULL;
    begin(fixture, UNIT_READ);
    for (unsigned pass = 0; pass < 3; pass++) {
        for (size_t i = 0; i < COUNT; i++) {
            assert_done(fixture->call, operations->query(fixture->call, driver, queries[i], &position, &cursors[i]));
        }
        for (size_t i = 0; i < COUNT; i++) {
            assert_done(fixture->call, operations->step(fixture->call, driver, cursors[i], &row));
        }
        /* A row lives as long as its own cursor is not stepped. */
        assert_done(fixture->call, operations->step(fixture->call, driver, cursors[4], &row));
        const struct value *account = row;
        assert_done(fixture->call, operations->step(fixture->call, driver, cursors[1], &row));
        assert_null(row);
        assert_int_equal(account[ACCOUNT_LIST_OUT_ACCOUNT_ID].integer, 2);
        for (size_t i = 0; i < COUNT; i++) {
            operations->close(driver, cursors[i]);
        }
        operations->close(driver, NULL);
    }
    store_rollback(fixture_store(fixture));
}

/* What the schema check finds, as "type name difference; …". */
static ledger_status note_difference(struct ledger_call *call, void *context, const char *object_type,
                                     struct ledger_text object_name, const char *difference)
{
    (void)call;
    char *found = context;
    size_t size = strlen(found);
    (void)snprintf(found + size, FIXTURE_TEXT_SIZE - size, "%s %.*s %s; ", object_type, TEXT_ARGUMENTS(object_name),
                   difference);
    return LEDGER_DONE;
}

static void assert_differences(struct fixture *fixture, const char *expected)
{
    struct driver *driver = driver_of(fixture);
    char found[FIXTURE_TEXT_SIZE] = "";
    begin(fixture, UNIT_READ);
    assert_done(fixture->call, driver->operations->check_schema(fixture->call, driver, note_difference, found));
    store_rollback(fixture_store(fixture));
    assert_string_equal(found, expected);
}

static void every_change_of_the_schema_is_found(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        const char *change;
        const char *differences;
    } cases[] = {
        {"DROP TRIGGER trg_prevent_transaction_update", "trigger trg_prevent_transaction_update is missing; "},
        {"DROP TRIGGER trg_prevent_entry_rows_delete; CREATE TRIGGER trg_prevent_entry_rows_delete BEFORE DELETE ON "
         "entry_rows BEGIN SELECT 1; END",
         "trigger trg_prevent_entry_rows_delete is not as shipped; "},
        {"DROP INDEX transaction_rows_by_id", "index transaction_rows_by_id is missing; "},
        {"CREATE TABLE mine (a)", "table mine is not part of a ledger; "},
        {"CREATE TRIGGER sqliteXstat_hidden AFTER INSERT ON entry_rows BEGIN SELECT 1; END",
         "trigger sqliteXstat_hidden is not part of a ledger; "},
        {"CREATE TABLE SQLITEYSTAT (a)", "table SQLITEYSTAT is not part of a ledger; "},
        {"DROP VIEW v_trial_balance; CREATE VIEW v_trial_balance AS SELECT 1",
         "view v_trial_balance is not as shipped; trigger trg_prevent_v_trial_balance_insert is missing; trigger "
         "trg_prevent_v_trial_balance_update is missing; trigger trg_prevent_v_trial_balance_delete is missing; "},
        {"ALTER TABLE checkpoint_rows ADD COLUMN mine TEXT", "table checkpoint_rows is not as shipped; "},
        {"ANALYZE", ""},
        {"VACUUM", ""},
    };
    assert_differences(fixture, "");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        void *inner = NULL;
        (void)fixture_setup(&inner);
        struct fixture *damaged = inner;
        /* A posting before the change: what was found to be good then is looked at again. */
        (void)fixture_post(damaged, NULL, "1000", "4000", "1");
        scratch_database_damage(&damaged->database, cases[i].change);
        assert_differences(damaged, cases[i].differences);
        struct ledger_posting posting = fixture_posting(damaged, NULL, "1000", "4000", "1");
        struct ledger_posted posted;
        assert_status(damaged->call, ledger_post(damaged->call, damaged->ledger, &posting, &posted),
                      cases[i].differences[0] == '\0' ? LEDGER_DONE : LEDGER_GUARDS_ARE_MISSING);
        (void)fixture_teardown(&inner);
    }
}

static ledger_status post(struct fixture *fixture, struct ledger *ledger)
{
    struct ledger_posting posting = fixture_posting(fixture, NULL, "1000", "4000", "1");
    struct ledger_posted posted;
    ledger_call_reset(fixture->call);
    return ledger_post(fixture->call, ledger, &posting, &posted);
}

static void who_holds_the_lock_is_named(void **state)
{
    struct fixture *fixture = *state;
    struct ledger *other = fixture_open(fixture);
    char holder[64] = "for the lock of integrity_head in database";
    if (scratch_backend() == SCRATCH_SQLITE) {
        (void)snprintf(holder, sizeof holder, "ledger.db-writer-lock, which process %ld holds", (long)getpid());
    }
    begin(fixture, UNIT_WRITE);
    static const uint32_t timeouts_ms[] = {0, 300};
    for (size_t i = 0; i < 2; i++) {
        ledger_call_set_timeout(fixture->call, timeouts_ms[i]);
        int64_t begin_ms = monotonic_ms();
        assert_status(fixture->call, post(fixture, other), LEDGER_DATABASE_IS_BUSY);
        int64_t waited_ms = monotonic_ms() - begin_ms;
        assert_message(fixture->call, "the database is busy: waited ");
        assert_message(fixture->call, holder);
        assert_true(waited_ms >= timeouts_ms[i]);
        assert_true(waited_ms < timeouts_ms[i] + 5000);
    }
    /* Reading does not wait for writers. */
    struct ledger_account account;
    assert_done(fixture->call, ledger_account_get(fixture->call, other, TEXT("1000"), &account));
    store_rollback(fixture_store(fixture));
    assert_done(fixture->call, post(fixture, other));
    ledger_free(other);
}

/* Another program that writes to the file, without our lock. */
static void another_program_that_writes_is_waited_for(void **state)
{
    struct fixture *fixture = *state;
    sqlite3 *connection = NULL;
    assert_int_equal(sqlite3_open(fixture->database.path, &connection), SQLITE_OK);
    assert_int_equal(sqlite3_exec(connection, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    ledger_call_set_timeout(fixture->call, 200);
    int64_t begin_ms = monotonic_ms();
    assert_status(fixture->call, post(fixture, fixture->ledger), LEDGER_DATABASE_IS_BUSY);
    assert_true(monotonic_ms() - begin_ms < 5000);
    assert_int_equal(sqlite3_exec(connection, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    assert_done(fixture->call, post(fixture, fixture->ledger));
    (void)sqlite3_close(connection);
}

/* The lock is of the open file: whoever else has it open and locked is a holder, and it goes with its descriptor. */
static void the_lock_goes_with_its_holder(void **state)
{
    struct fixture *fixture = *state;
    char path[SCRATCH_PATH_SIZE + 64];
    (void)snprintf(path, sizeof path, "%s-writer-lock", fixture->database.path);
    int descriptor = open(path, O_RDWR | O_CLOEXEC);
    assert_true(descriptor >= 0);
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    assert_int_equal(fcntl(descriptor, F_OFD_SETLK, &lock), 0);
    ledger_call_set_timeout(fixture->call, 50);
    assert_status(fixture->call, post(fixture, fixture->ledger), LEDGER_DATABASE_IS_BUSY);
    (void)close(descriptor);
    assert_done(fixture->call, post(fixture, fixture->ledger));
}

static void a_uri_names_a_file(void **state)
{
    struct fixture *fixture = *state;
    static const char *const uris[] = {
        "sqlite:///", "sqlite:///:memory:", "sqlite://x.db",     "sqlite:x.db",     "sqlite:///?mode=ro", "sqlite",
        "x.db",       "oracle://h/db",      "postgresql://h/db", "sqlite3:///x.db", "SQLITE:///x.db",     "://"};
    for (size_t i = 0; i < sizeof uris / sizeof uris[0]; i++) {
        struct driver *driver = NULL;
        ledger_call_reset(fixture->call);
        assert_status(fixture->call,
                      driver_open(fixture->call, &(struct driver_options){.uri = ledger_text_of(uris[i])}, &driver),
                      LEDGER_CONFIGURATION_IS_INVALID);
    }
    char uri[sizeof fixture->database.uri + 64];
    struct driver *driver = NULL;
    int64_t version = 0;
    (void)snprintf(uri, sizeof uri, "%s?charset=utf8mb4", fixture->database.uri);
    assert_done(fixture->call,
                driver_open(fixture->call, &(struct driver_options){.uri = ledger_text_of(uri)}, &driver));
    assert_done(fixture->call, driver->operations->schema_version(fixture->call, driver, &version));
    assert_int_equal(version, 1);
    driver_free(driver);
    driver_free(NULL);
}

/* The database's own guards, which our connection alone passes by. */
static void other_clients_are_refused(void **state)
{
    struct fixture *fixture = *state;
    (void)fixture_post(fixture, NULL, "1000", "4000", "1");
    static const char *const statements[] = {
        "UPDATE transactions SET description = 'x'",
        "DELETE FROM journal_entries",
        "INSERT OR REPLACE INTO entry_rows SELECT * FROM entry_rows",
        "REPLACE INTO transaction_rows SELECT * FROM transaction_rows",
        "UPDATE head_row SET frozen = 1",
        "DELETE FROM text_dictionary",
        "UPDATE ledger_settings SET time_zone = 'UTC'",
        "DELETE FROM schema_migrations",
    };
    sqlite3 *connection = NULL;
    assert_int_equal(sqlite3_open(fixture->database.path, &connection), SQLITE_OK);
    for (size_t i = 0; i < sizeof statements / sizeof statements[0]; i++) {
        assert_int_not_equal(sqlite3_exec(connection, statements[i], NULL, NULL, NULL), SQLITE_OK);
        assert_non_null(strstr(sqlite3_errmsg(connection), "Cannot "));
    }
    (void)sqlite3_close(connection);
    fixture_assert_valid(fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_type_of_value_comes_back, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(totals_add_up_and_fold, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(what_a_rolled_back_unit_wrote_is_forgotten, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(more_symbols_than_memory_keeps, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_unit_is_kept_whole_or_not_at_all, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_reader_sees_one_state, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(eight_cursors_may_be_open, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(who_holds_the_lock_is_named, fixture_setup, fixture_teardown),
    };
    const struct CMUnitTest tests_of_sqlite[] = {
        cmocka_unit_test_setup_teardown(every_change_of_the_schema_is_found, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(another_program_that_writes_is_waited_for, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(the_lock_goes_with_its_holder, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_uri_names_a_file, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(other_clients_are_refused, fixture_setup, fixture_teardown),
    };
    return fixture_run_groups(tests, tests_of_sqlite);
}
