/* What every driver must do, asked of the slots themselves: many rows at once, texts of any length, cursors given back
 * early; and of the MySQL driver what a server can do to it: sessions killed at every step, deadlocks, no arrays. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/mysql_driver.h"
#include "store/store.h"
#include "support/ledger_fixture.h"

enum { FIRST = 1000, ROWS_MAX = 3000 };

static struct driver *driver_of(struct fixture *fixture)
{
    return fixture_store(fixture)->driver;
}

static void begin(struct fixture *fixture, enum unit_mode mode)
{
    struct driver *driver = driver_of(fixture);
    assert_done(fixture->call, driver->operations->begin(fixture->call, driver, mode));
}

static void commit(struct fixture *fixture)
{
    struct driver *driver = driver_of(fixture);
    assert_done(fixture->call, driver->operations->commit(fixture->call, driver));
}

static void rollback(struct fixture *fixture)
{
    struct driver *driver = driver_of(fixture);
    driver->operations->rollback(driver);
}

static ledger_status write_rows(struct fixture *fixture, enum query_id query, const struct value *rows, size_t count)
{
    struct driver *driver = driver_of(fixture);
    return driver->operations->write(fixture->call, driver, query, rows, count);
}

/* An event whose every value follows from its number; what may be absent is so now and then. */
static void event_row(size_t number, struct ledger_text metadata, struct value row[EVENT_INSERT_INS])
{
    static const char *const users[] = {"ana", "Zé", "", "o'hara\\"};
    bool is_odd = number % 2 == 1;
    row[EVENT_INSERT_IN_LOG_INDEX] = value_integer(FIRST + (int64_t)number);
    row[EVENT_INSERT_IN_EVENT_TIMESTAMP] = value_time(FIXTURE_NOW_US + (int64_t)number * 333333);
    row[EVENT_INSERT_IN_EVENT_TYPE] = value_symbol(TEXT("TEST"));
    row[EVENT_INSERT_IN_SEVERITY] = value_integer((int64_t)number % 4);
    row[EVENT_INSERT_IN_IS_SUCCESS] = value_integer(is_odd);
    row[EVENT_INSERT_IN_TRANSACTION_ID] = is_odd ? value_blob("0123456789abcdef", 16) : value_null();
    row[EVENT_INSERT_IN_USER_ID] = value_symbol(ledger_text_of(users[number % 4]));
    row[EVENT_INSERT_IN_PRINCIPAL] = is_odd ? value_null() : value_symbol(TEXT("os:1"));
    row[EVENT_INSERT_IN_SOURCE_SYSTEM] = value_null();
    row[EVENT_INSERT_IN_SOURCE_IP] = value_symbol(TEXT("::1"));
    row[EVENT_INSERT_IN_ACTION] = value_symbol(TEXT("WRITE"));
    row[EVENT_INSERT_IN_DESCRIPTION] = value_text(TEXT("a description"));
    row[EVENT_INSERT_IN_EVENT_METADATA] = value_text(metadata);
}

/* Rows of events, and where each of them stands. */
static void write_event_rows(struct fixture *fixture, const struct value *rows, size_t count)
{
    assert_done(fixture->call, write_rows(fixture, QUERY_EVENT_INSERT, rows, count));
    for (size_t i = 0; i < count; i++) {
        const struct value *row = rows + i * EVENT_INSERT_INS;
        const struct value place[EVENT_POSITION_INSERT_INS] = {
            row[EVENT_INSERT_IN_LOG_INDEX], row[EVENT_INSERT_IN_EVENT_TIMESTAMP], row[EVENT_INSERT_IN_TRANSACTION_ID]};
        assert_done(fixture->call, write_rows(fixture, QUERY_EVENT_POSITION_INSERT, place, 1));
    }
}

static void write_events(struct fixture *fixture, size_t first, size_t count)
{
    struct value *rows = calloc(count * EVENT_INSERT_INS, sizeof *rows);
    assert_non_null(rows);
    for (size_t i = 0; i < count; i++) {
        event_row(first + i, (first + i) % 3 == 0 ? TEXT_ABSENT : TEXT("{}"), rows + i * EVENT_INSERT_INS);
    }
    write_event_rows(fixture, rows, count);
    free(rows);
}

static void assert_value_is(const struct value *value, const struct value *expected)
{
    assert_int_equal(value->type, expected->type);
    if (value->type == VALUE_TEXT || value->type == VALUE_SYMBOL || value->type == VALUE_BLOB) {
        assert_int_equal(value->text.size, expected->text.size);
        assert_memory_equal(value->text.data, expected->text.data, expected->text.size);
    } else if (value->type != VALUE_NULL) {
        assert_int_equal(value->integer, expected->integer);
    }
}

/* The columns of event_scan are the inputs of event_insert. */
static void assert_events(struct fixture *fixture, size_t count)
{
    struct driver *driver = driver_of(fixture);
    const struct value inputs[EVENT_SCAN_INS] = {value_integer(FIRST), value_integer(FIRST + ROWS_MAX),
                                                 value_integer(ROWS_MAX)};
    CURSOR_SCOPE(scan, driver);
    assert_done(fixture->call,
                driver->operations->query(fixture->call, driver, QUERY_EVENT_SCAN, inputs, &scan.cursor));
    for (size_t i = 0; i < count; i++) {
        const struct value *row = NULL;
        struct value expected[EVENT_INSERT_INS];
        event_row(i, i % 3 == 0 ? TEXT_ABSENT : TEXT("{}"), expected);
        assert_done(fixture->call, driver->operations->step(fixture->call, driver, scan.cursor, &row));
        assert_non_null(row);
        for (size_t column = 0; column < EVENT_SCAN_OUTS; column++) {
            assert_value_is(&row[column], &expected[column]);
        }
    }
    const struct value *row = NULL;
    assert_done(fixture->call, driver->operations->step(fixture->call, driver, scan.cursor, &row));
    assert_null(row);
}

static void rows_of_any_number_are_written(void **state)
{
    struct fixture *fixture = *state;
    static const size_t counts[] = {0, 1, 2, 63, 64, 65, 128, 200, 1};
    begin(fixture, UNIT_WRITE);
    size_t count = 0;
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        write_events(fixture, count, counts[i]);
        count += counts[i];
    }
    commit(fixture);
    begin(fixture, UNIT_READ);
    assert_events(fixture, count);
    rollback(fixture);
}

/* Rows of one write meet each other, and what is there already. */
static void rows_of_one_key_add_up(void **state)
{
    struct fixture *fixture = *state;
    struct driver *driver = driver_of(fixture);
    enum { TIMES = 150 };
    struct value rows[TIMES * OPEN_TOTAL_ADD_INS];
    for (size_t i = 0; i < TIMES; i++) {
        struct value *row = rows + i * OPEN_TOTAL_ADD_INS;
        row[OPEN_TOTAL_ADD_IN_TRANSACTION_DAY] = value_day(20000);
        row[OPEN_TOTAL_ADD_IN_ACCOUNT_ID] = value_integer(1);
        row[OPEN_TOTAL_ADD_IN_DEBIT_TOTAL] = value_amount(1001);
        row[OPEN_TOTAL_ADD_IN_CREDIT_TOTAL] = value_amount(i == 0 ? INT64_MAX : 0);
        row[OPEN_TOTAL_ADD_IN_ENTRY_COUNT] = value_integer(1);
        row[OPEN_TOTAL_ADD_IN_LAST_LOG_INDEX] = value_integer((int64_t)i);
    }
    begin(fixture, UNIT_WRITE);
    assert_done(fixture->call, write_rows(fixture, QUERY_OPEN_TOTAL_ADD, rows, TIMES));
    const struct value inputs[OPEN_TOTAL_SUM_INS] = {value_day(INT32_MIN), value_day(INT32_MAX), value_integer(1)};
    CURSOR_SCOPE(scan, driver);
    assert_done(fixture->call,
                driver->operations->query(fixture->call, driver, QUERY_OPEN_TOTAL_SUM, inputs, &scan.cursor));
    const struct value *row = NULL;
    assert_done(fixture->call, driver->operations->step(fixture->call, driver, scan.cursor, &row));
    assert_non_null(row);
    assert_int_equal(row[OPEN_TOTAL_SUM_OUT_DEBIT_TOTAL].integer, TIMES * 1001);
    assert_int_equal(row[OPEN_TOTAL_SUM_OUT_CREDIT_TOTAL].integer, INT64_MAX);
    assert_int_equal(row[OPEN_TOTAL_SUM_OUT_ENTRY_COUNT].integer, TIMES);
    driver->operations->close(driver, scan.cursor);
    scan.cursor = NULL;
    rollback(fixture);
}

static void texts_of_any_length_come_back(void **state)
{
    struct fixture *fixture = *state;
    struct driver *driver = driver_of(fixture);
    static const size_t sizes[] = {1, 3000000, 0, 70, 1100000, 900000, 5, 64, 65, 100000};
    enum { COUNT = sizeof sizes / sizeof sizes[0] };
    char *large = malloc(3000000);
    assert_non_null(large);
    for (size_t i = 0; i < 3000000; i++) {
        large[i] = (char)('a' + i % 23);
    }
    struct value rows[COUNT * EVENT_INSERT_INS];
    for (size_t i = 0; i < COUNT; i++) {
        event_row(i, (struct ledger_text){large + i, sizes[i] == 3000000 ? sizes[i] - i : sizes[i]},
                  rows + i * EVENT_INSERT_INS);
    }
    begin(fixture, UNIT_WRITE);
    write_event_rows(fixture, rows, COUNT);
    const struct value inputs[EVENT_SCAN_INS] = {value_integer(FIRST), value_integer(FIRST + ROWS_MAX),
                                                 value_integer(ROWS_MAX)};
    CURSOR_SCOPE(scan, driver);
    assert_done(fixture->call,
                driver->operations->query(fixture->call, driver, QUERY_EVENT_SCAN, inputs, &scan.cursor));
    for (size_t i = 0; i < COUNT; i++) {
        const struct value *row = NULL;
        assert_done(fixture->call, driver->operations->step(fixture->call, driver, scan.cursor, &row));
        assert_non_null(row);
        assert_value_is(&row[EVENT_SCAN_OUT_EVENT_METADATA],
                        &rows[i * EVENT_INSERT_INS + EVENT_INSERT_IN_EVENT_METADATA]);
        assert_text_is(row[EVENT_SCAN_OUT_ACTION].text, "WRITE");
    }
    driver->operations->close(driver, scan.cursor);
    scan.cursor = NULL;
    rollback(fixture);
    free(large);
}

/* audit_list is a query whose result may be too large for memory; "no bound" of its times takes in every row. */
static size_t read_audit(struct fixture *fixture, size_t rows_max)
{
    struct driver *driver = driver_of(fixture);
    const struct value inputs[AUDIT_LIST_INS] = {
        [AUDIT_LIST_IN_BEFORE_LOG_INDEX] = value_integer(STORE_POSITION_MAX),
        [AUDIT_LIST_IN_FROM_TIME] = value_time(INT64_MIN),
        [AUDIT_LIST_IN_BEFORE_TIME] = value_time(INT64_MAX),
        [AUDIT_LIST_IN_EVENT_TYPE] = value_null(),
        [AUDIT_LIST_IN_USER_ID] = value_null(),
        [AUDIT_LIST_IN_SEVERITY] = value_null(),
        [AUDIT_LIST_IN_ROW_LIMIT] = value_integer(INT64_MAX),
        [AUDIT_LIST_IN_FROM_LOG_INDEX] = value_integer(FIRST),
    };
    CURSOR_SCOPE(scan, driver);
    assert_done(fixture->call,
                driver->operations->query(fixture->call, driver, QUERY_AUDIT_LIST, inputs, &scan.cursor));
    size_t count = 0;
    for (const struct value *row = NULL; count < rows_max; count++) {
        assert_done(fixture->call, driver->operations->step(fixture->call, driver, scan.cursor, &row));
        if (row == NULL) {
            break;
        }
    }
    return count;
}

static void a_long_result_may_be_left_early(void **state)
{
    struct fixture *fixture = *state;
    begin(fixture, UNIT_WRITE);
    write_events(fixture, 0, ROWS_MAX);
    commit(fixture);
    begin(fixture, UNIT_READ);
    assert_int_equal(read_audit(fixture, 1), 1);
    assert_int_equal(read_audit(fixture, 1500), 1500);
    assert_events(fixture, ROWS_MAX);
    assert_int_equal(read_audit(fixture, SIZE_MAX), ROWS_MAX);
    assert_int_equal(read_audit(fixture, 0), 0);
    assert_int_equal(read_audit(fixture, SIZE_MAX), ROWS_MAX);
    commit(fixture);
}

/* MariaDB alone. */

static struct mysql_driver *mysql_of(struct fixture *fixture)
{
    return (struct mysql_driver *)driver_of(fixture);
}

static void a_server_without_arrays_takes_groups(void **state)
{
    struct fixture *fixture = *state;
    mysql_of(fixture)->sends_no_arrays = true;
    rows_of_any_number_are_written(state);
    assert_non_null(mysql_of(fixture)->groups[QUERY_EVENT_INSERT].handle);
    rows_of_one_key_add_up(state);
    assert_non_null(mysql_of(fixture)->groups[QUERY_OPEN_TOTAL_ADD].handle);
}

static void texts_of_any_length_fit_into_groups(void **state)
{
    struct fixture *fixture = *state;
    mysql_of(fixture)->sends_no_arrays = true;
    texts_of_any_length_come_back(state);
}

/* A session beside the driver's. */
static struct mysql_driver *outsider_open(struct fixture *fixture)
{
    const struct driver_options options = {.uri = ledger_text_of(fixture->database.uri)};
    struct driver *outsider = NULL;
    assert_done(fixture->call, driver_open(fixture->call, &options, &outsider));
    return (struct mysql_driver *)outsider;
}

/* Ends the driver's session from outside, and waits until it is gone. */
static void kill_session(struct fixture *fixture)
{
    struct mysql_driver *outsider = outsider_open(fixture);
    char sql[200];
    unsigned long id = mysql_thread_id(mysql_of(fixture)->connection.handle);
    (void)snprintf(sql, sizeof sql, "KILL CONNECTION %lu", id);
    assert_done(fixture->call, mysql_run(fixture->call, &outsider->connection, sql, "killing"));
    driver_free(&outsider->base);
    (void)snprintf(sql, sizeof sql, "SELECT count(*) FROM information_schema.PROCESSLIST WHERE ID = %lu", id);
    while (strcmp(scratch_database_text(&fixture->database, sql), "0") != 0) {
    }
}

static void a_session_lost_between_units_is_not_noticed(void **state)
{
    struct fixture *fixture = *state;
    for (size_t i = 0; i < 4; i++) {
        kill_session(fixture);
        begin(fixture, i % 2 == 0 ? UNIT_WRITE : UNIT_READ);
        (void)read_audit(fixture, SIZE_MAX);
        commit(fixture);
    }
}

static void a_session_lost_within_a_unit_keeps_nothing(void **state)
{
    struct fixture *fixture = *state;
    struct driver *driver = driver_of(fixture);
    for (int mode = UNIT_READ; mode <= UNIT_WRITE; mode++) {
        begin(fixture, (enum unit_mode)mode);
        if (mode == UNIT_WRITE) {
            write_events(fixture, 0, 10);
        }
        kill_session(fixture);
        struct cursor *cursor = NULL;
        for (size_t i = 0; i < 2; i++) {
            assert_status(fixture->call,
                          driver->operations->query(fixture->call, driver, QUERY_HEAD_GET, NULL, &cursor),
                          LEDGER_CONNECTION_IS_LOST);
            assert_message(fixture->call, "Lost connection");
        }
        rollback(fixture);
        rollback(fixture);
        begin(fixture, UNIT_READ);
        assert_int_equal(read_audit(fixture, SIZE_MAX), 0);
        rollback(fixture);
    }
}

static void a_session_lost_within_a_result_is_told(void **state)
{
    struct fixture *fixture = *state;
    struct driver *driver = driver_of(fixture);
    begin(fixture, UNIT_WRITE);
    write_events(fixture, 0, ROWS_MAX);
    commit(fixture);
    begin(fixture, UNIT_READ);
    const struct value inputs[AUDIT_SCAN_INS] = {value_integer(STORE_POSITION_MAX), value_time(INT64_MIN),
                                                 value_time(INT64_MAX)};
    struct cursor *cursor = NULL;
    const struct value *row = NULL;
    assert_done(fixture->call, driver->operations->query(fixture->call, driver, QUERY_AUDIT_SCAN, inputs, &cursor));
    assert_done(fixture->call, driver->operations->step(fixture->call, driver, cursor, &row));
    kill_session(fixture);
    ledger_status status = LEDGER_DONE;
    for (size_t i = 0; status == LEDGER_DONE && i < 2 * ROWS_MAX; i++) {
        status = driver->operations->step(fixture->call, driver, cursor, &row);
    }
    assert_int_equal(status, LEDGER_CONNECTION_IS_LOST);
    driver->operations->close(driver, cursor);
    rollback(fixture);
    begin(fixture, UNIT_READ);
    assert_int_equal(read_audit(fixture, SIZE_MAX), ROWS_MAX);
    rollback(fixture);
}

static void a_session_lost_before_a_commit_leaves_it_open(void **state)
{
    struct fixture *fixture = *state;
    struct driver *driver = driver_of(fixture);
    begin(fixture, UNIT_WRITE);
    write_events(fixture, 0, 10);
    kill_session(fixture);
    assert_status(fixture->call, driver->operations->commit(fixture->call, driver), LEDGER_OUTCOME_IS_UNKNOWN);
    begin(fixture, UNIT_READ);
    assert_int_equal(read_audit(fixture, SIZE_MAX), 0);
    kill_session(fixture);
    assert_status(fixture->call, driver->operations->commit(fixture->call, driver), LEDGER_CONNECTION_IS_LOST);
}

/* Holds more rows than the driver, then wants what the driver has: the server gives up the smaller of the two. */
static void *heavy_writer(void *context)
{
    struct mysql_driver *outsider = context;
    (void)mysql_query(outsider->connection.handle,
                      "START TRANSACTION;"
                      "INSERT INTO open_total_rows SELECT DATE('2024-10-04') + INTERVAL seq DAY, 1, 1, 1, 1, 1 "
                      "FROM seq_0_to_500;"
                      "SELECT head_id FROM integrity_head WHERE head_id = 1 FOR UPDATE");
    return NULL;
}

static void a_deadlock_may_be_tried_again(void **state)
{
    struct fixture *fixture = *state;
    const struct value row[OPEN_TOTAL_ADD_INS] = {value_day(20000), value_integer(1), value_amount(1),
                                                  value_amount(1),  value_integer(1), value_integer(1)};
    begin(fixture, UNIT_WRITE);
    struct mysql_driver *outsider = outsider_open(fixture);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, heavy_writer, outsider), 0);
    while (strcmp(scratch_database_text(&fixture->database, "SELECT count(*) FROM information_schema.INNODB_TRX "
                                                            "WHERE trx_state = 'LOCK WAIT'"),
                  "1") != 0) {
        (void)usleep(200000); /* the server shows an older state to who asks more often */
    }
    /* So small a write goes to the server with the commit. */
    assert_done(fixture->call, write_rows(fixture, QUERY_OPEN_TOTAL_ADD, row, 1));
    assert_status(fixture->call, driver_of(fixture)->operations->commit(fixture->call, driver_of(fixture)),
                  LEDGER_DATABASE_HAS_CONFLICT);
    assert_int_equal(pthread_join(thread, NULL), 0);
    driver_free(&outsider->base);
    begin(fixture, UNIT_WRITE);
    assert_done(fixture->call, write_rows(fixture, QUERY_OPEN_TOTAL_ADD, row, 1));
    rollback(fixture);
}

/* Units of one shape: `rows_count` events, of which each is two writes. */
static ledger_status commit_events(struct fixture *fixture, size_t first, size_t rows_count)
{
    begin(fixture, UNIT_WRITE);
    for (size_t i = 0; i < rows_count; i++) {
        write_events(fixture, first + i, 1);
    }
    return driver_of(fixture)->operations->commit(fixture->call, driver_of(fixture));
}

static size_t prepared_compounds(struct fixture *fixture)
{
    size_t count = 0;
    for (size_t i = 0; i < MYSQL_COMPOUNDS_MAX; i++) {
        count += mysql_of(fixture)->compounds.all[i].handle != NULL;
    }
    return count;
}

static void units_that_come_again_are_prepared(void **state)
{
    struct fixture *fixture = *state;
    size_t before = prepared_compounds(fixture);
    size_t first = 0;
    for (size_t round = 0; round < 4; round++) {
        for (size_t rows_count = 1; rows_count <= 3; rows_count++) {
            assert_done(fixture->call, commit_events(fixture, first, rows_count));
            first += rows_count;
        }
        assert_int_equal(prepared_compounds(fixture), before + (round == 0 ? 0 : 3));
    }
    kill_session(fixture);
    for (size_t round = 0; round < 3; round++) {
        assert_done(fixture->call, commit_events(fixture, first++, 1));
        assert_int_equal(prepared_compounds(fixture), round == 0 ? 0 : 1);
    }
    begin(fixture, UNIT_READ);
    assert_events(fixture, first);
    commit(fixture);
}

static void prepared_units_make_room_for_others(void **state)
{
    struct fixture *fixture = *state;
    size_t first = 0;
    for (size_t turn = 0; turn < 4 * 2 * (size_t)MYSQL_COMPOUNDS_MAX; turn++) {
        size_t shape = turn / 2 % (MYSQL_COMPOUNDS_MAX + 4); /* each twice, and more of them than there is room for */
        begin(fixture, UNIT_WRITE);
        write_events(fixture, first, shape / 7 + 1);
        write_events(fixture, first + shape / 7 + 1, shape % 7 + 1);
        commit(fixture);
        first += shape / 7 + shape % 7 + 2;
        assert_true(prepared_compounds(fixture) <= MYSQL_COMPOUNDS_MAX);
    }
    assert_int_equal(prepared_compounds(fixture), MYSQL_COMPOUNDS_MAX);
    begin(fixture, UNIT_READ);
    assert_events(fixture, first);
    commit(fixture);
}

/* However late in it something fails, nothing of it is kept, and it is known that nothing is. */
static void a_prepared_unit_that_fails_keeps_nothing(void **state)
{
    struct fixture *fixture = *state;
    struct driver *driver = driver_of(fixture);
    size_t before = prepared_compounds(fixture);
    for (size_t i = 0; i < 3; i++) {
        assert_done(fixture->call, commit_events(fixture, i, 1));
    }
    begin(fixture, UNIT_WRITE);
    struct value row[EVENT_INSERT_INS];
    event_row(3, TEXT("{}"), row);
    const struct value taken[EVENT_POSITION_INSERT_INS] = {value_integer(FIRST), row[EVENT_INSERT_IN_EVENT_TIMESTAMP],
                                                           row[EVENT_INSERT_IN_TRANSACTION_ID]};
    assert_done(fixture->call, write_rows(fixture, QUERY_EVENT_INSERT, row, 1));
    assert_done(fixture->call, write_rows(fixture, QUERY_EVENT_POSITION_INSERT, taken, 1));
    assert_status(fixture->call, driver->operations->commit(fixture->call, driver), LEDGER_DATABASE_FAILED);
    assert_message(fixture->call, "Duplicate entry");
    struct mysql_driver *outsider = outsider_open(fixture);
    const char *const triggers[] = {"CREATE TRIGGER refuse BEFORE INSERT ON event_positions FOR EACH ROW "
                                    "SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'refused'",
                                    "DROP TRIGGER refuse"};
    for (size_t i = 0; i < 4; i++) {
        assert_done(fixture->call, mysql_run(fixture->call, &outsider->connection, triggers[i % 2], "changing"));
        ledger_status expected = i % 2 == 0 ? LEDGER_DATABASE_FAILED : LEDGER_DONE;
        assert_status(fixture->call, commit_events(fixture, 3 + i / 2, 1), expected);
    }
    driver_free(&outsider->base);
    assert_int_equal(prepared_compounds(fixture), before + 1);
    begin(fixture, UNIT_READ);
    assert_events(fixture, 5);
    commit(fixture);
}

static void a_session_lost_before_a_prepared_unit_leaves_it_open(void **state)
{
    struct fixture *fixture = *state;
    struct driver *driver = driver_of(fixture);
    for (size_t i = 0; i < 3; i++) {
        assert_done(fixture->call, commit_events(fixture, i, 1));
    }
    begin(fixture, UNIT_WRITE);
    write_events(fixture, 3, 1);
    kill_session(fixture);
    assert_status(fixture->call, driver->operations->commit(fixture->call, driver), LEDGER_OUTCOME_IS_UNKNOWN);
    begin(fixture, UNIT_READ);
    assert_events(fixture, 3);
    commit(fixture);
}

/* The head comes with its lock: once, and not as it was before a write. */
static void the_head_is_read_with_its_lock(void **state)
{
    struct fixture *fixture = *state;
    struct store *store = fixture_store(fixture);
    struct store_head head;
    struct store_head again;
    struct sha256 *sha256 = sha256_new();
    for (size_t i = 0; i < 3; i++) {
        begin(fixture, UNIT_WRITE);
        assert_true(mysql_of(fixture)->head.is_open);
        assert_done(fixture->call, store_head_get(fixture->call, store, &head));
        assert_false(mysql_of(fixture)->head.is_open);
        assert_done(fixture->call, store_head_get(fixture->call, store, &again));
        assert_int_equal(again.rules_version, head.rules_version);
        rollback(fixture);
        begin(fixture, UNIT_WRITE);
        int64_t log_size_before = store_head_log_size(&head);
        merkle_frontier_add(&head.frontier, sha256, &head.open_leaves[0]);
        head.rules_version++;
        assert_done(fixture->call, store_head_update(fixture->call, store, &head, log_size_before));
        assert_done(fixture->call, store_head_get(fixture->call, store, &again));
        assert_int_equal(again.rules_version, head.rules_version);
        commit(fixture);
        begin(fixture, UNIT_WRITE);
        rollback(fixture);
        begin(fixture, UNIT_READ);
        assert_done(fixture->call, store_head_get(fixture->call, store, &again));
        assert_int_equal(again.rules_version, head.rules_version);
        commit(fixture);
    }
    sha256_free(sha256);
}

static void a_deadlock_of_a_prepared_unit_may_be_tried_again(void **state)
{
    struct fixture *fixture = *state;
    size_t before = prepared_compounds(fixture);
    const struct value row[OPEN_TOTAL_ADD_INS] = {value_day(19999), value_integer(1), value_amount(1),
                                                  value_amount(1),  value_integer(1), value_integer(1)};
    for (size_t i = 0; i < 2; i++) {
        begin(fixture, UNIT_WRITE);
        assert_done(fixture->call, write_rows(fixture, QUERY_OPEN_TOTAL_ADD, row, 1));
        commit(fixture);
    }
    assert_int_equal(prepared_compounds(fixture), before + 1);
    a_deadlock_may_be_tried_again(state);
}

static ledger_status count_check_fault(struct ledger_call *call, void *context, struct ledger_text fault)
{
    (void)call;
    *(int *)context += memmem(fault.data, fault.size, "CHECK constraint failed", 23) != NULL;
    return LEDGER_DONE;
}

static int check_faults_count(struct fixture *fixture)
{
    struct driver *driver = driver_of(fixture);
    int count = 0;
    begin(fixture, UNIT_READ);
    assert_done(fixture->call, driver->operations->check_storage(fixture->call, driver, count_check_fault, &count));
    rollback(fixture);
    return count;
}

/* A connection that writes does not look at CHECK constraints; when it looks through the database it does, and it goes
 * on writing after that. */
static void constraints_are_checked_by_those_who_write_too(void **state)
{
    struct fixture *fixture = *state;
    (void)fixture_post(fixture, NULL, "1000", "4000", "10.00");
    assert_int_equal(check_faults_count(fixture), 0);
    (void)fixture_post(fixture, NULL, "1000", "4000", "10.00");
    fixture_damage(fixture,
                   "UPDATE entry_rows SET amount_minor = 0 WHERE entry_key = (SELECT max(entry_key) FROM entry_rows)",
                   "");
    assert_int_equal(check_faults_count(fixture), 1);
    (void)fixture_post(fixture, NULL, "1000", "4000", "10.00");
    assert_int_equal(check_faults_count(fixture), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(rows_of_any_number_are_written, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(rows_of_one_key_add_up, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(texts_of_any_length_come_back, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_long_result_may_be_left_early, fixture_setup, fixture_teardown),
    };
    const struct CMUnitTest tests_of_sqlite[] = {
        cmocka_unit_test_setup_teardown(constraints_are_checked_by_those_who_write_too, fixture_setup,
                                        fixture_teardown),
    };
    const struct CMUnitTest tests_of_mysql[] = {
        cmocka_unit_test_setup_teardown(a_server_without_arrays_takes_groups, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(texts_of_any_length_fit_into_groups, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_session_lost_between_units_is_not_noticed, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_session_lost_within_a_unit_keeps_nothing, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_session_lost_within_a_result_is_told, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_session_lost_before_a_commit_leaves_it_open, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_deadlock_may_be_tried_again, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(the_head_is_read_with_its_lock, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(units_that_come_again_are_prepared, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(prepared_units_make_room_for_others, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_prepared_unit_that_fails_keeps_nothing, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_session_lost_before_a_prepared_unit_leaves_it_open, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(a_deadlock_of_a_prepared_unit_may_be_tried_again, fixture_setup,
                                        fixture_teardown),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    failed += scratch_backend() == SCRATCH_SQLITE ? cmocka_run_group_tests(tests_of_sqlite, NULL, NULL) : 0;
    return failed + (scratch_backend() == SCRATCH_MARIADB ? cmocka_run_group_tests(tests_of_mysql, NULL, NULL) : 0);
}
