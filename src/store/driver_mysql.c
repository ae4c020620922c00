/* The MySQL and MariaDB driver: one connection a handle, prepared statements, one unit of work at a time.
 *
 * I1 A write unit holds the one row of integrity_head locked from its begin to its end, so that units of all processes
 *    come one after the other. It is the first lock that is taken. A unit that goes ahead takes it within the statement
 *    that is all of it, COMMIT included, and keeps nothing where the head is not as it was known: what it read and gave
 *    out before is then the same as under the lock (mysql_ahead.h), since whatever posting reads changes only together
 *    with the head.
 * I2 Before the first write on a connection the triggers were found to be as shipped.
 * I3 A read unit sees the state of its begin. In a cluster that is the state that the cluster had then.
 * I4 Only a COMMIT that was sent can have an unknown outcome; after any other failure nothing is kept. A session whose
 *    state is in doubt is dropped, and its server rolls back. */
#include "store/driver_mysql.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "store/mysql_driver.h"

enum {
    BEGIN_PAUSE_MS = 20, /* before a unit that could not begin is begun again */
    HOLDER_SIZE = 512,
};

static struct mysql_driver *mysql_driver(struct driver *driver)
{
    return (struct mysql_driver *)driver;
}

static ledger_status mysql_session_fail(struct ledger_call *call, struct mysql_connection *connection,
                                        const char *doing)
{
    return mysql_fail_last(call, connection, MYSQL_PHASE_STATEMENT, doing);
}

/* Runs the statements of one message to their end, or to the first that fails; how many went well. */
static unsigned mysql_send(MYSQL *handle, const char *sql, size_t size)
{
    unsigned done = 0;
    int code = mysql_real_query(handle, sql, (unsigned long)size);
    for (; code == 0; code = mysql_next_result(handle)) {
        mysql_free_result(mysql_store_result(handle));
        if (mysql_errno(handle) != 0) {
            return done;
        }
        done++;
    }
    return done;
}

static bool mysql_send_all(MYSQL *handle, const char *sql)
{
    (void)mysql_send(handle, sql, strlen(sql));
    return mysql_errno(handle) == 0;
}

ledger_status mysql_run(struct ledger_call *call, struct mysql_connection *connection, const char *sql,
                        const char *doing)
{
    return mysql_send_all(connection->handle, sql) ? LEDGER_DONE : mysql_session_fail(call, connection, doing);
}

ledger_status mysql_run_rows(struct ledger_call *call, struct mysql_connection *connection, const char *sql,
                             const char *doing, MYSQL_RES **ret_rows)
{
    if (mysql_real_query(connection->handle, sql, (unsigned long)strlen(sql)) != 0) {
        return mysql_session_fail(call, connection, doing);
    }
    MYSQL_RES *rows = mysql_store_result(connection->handle);
    if (rows == NULL) {
        return mysql_session_fail(call, connection, doing);
    }
    *ret_rows = rows;
    return LEDGER_DONE;
}

void mysql_rows_free(MYSQL_RES **rows)
{
    mysql_free_result(*rows);
}

static void mysql_forget_statements(struct mysql_driver *driver)
{
    for (size_t i = 0; i < QUERY_COUNT; i++) {
        mysql_statement_forget(&driver->statements[i]);
        mysql_statement_forget(&driver->groups[i]);
    }
    mysql_statement_forget(&driver->head);
    mysql_compounds_forget(&driver->compounds);
    mysql_ahead_forget(&driver->ahead);
    driver->lock_wait_s = 0;
}

ledger_status mysql_driver_ready(struct ledger_call *call, struct mysql_driver *driver, enum unit_mode mode)
{
    struct mysql_connection *connection = &driver->connection;
    LEDGER_TRY(mysql_connection_ready(call, connection, mode));
    if (driver->generation == connection->generation) {
        return LEDGER_DONE;
    }
    mysql_forget_statements(driver);
    driver->guards_are_checked = false;
    driver->dialect = mysql_dialect_of(connection->is_mariadb);
    driver->base.queries = driver->dialect->queries;
    /* A unit begins with several statements in one message. */
    if (mysql_set_server_option(connection->handle, MYSQL_OPTION_MULTI_STATEMENTS_ON) != 0) {
        return mysql_session_fail(call, connection, "connecting");
    }
    driver->generation = connection->generation;
    return LEDGER_DONE;
}

/* Locks that belong to the session rather than to the unit. */
static void mysql_release_session_locks(struct mysql_driver *driver)
{
    if (driver->has_creation_lock && driver->connection.handle != NULL) {
        (void)mysql_query(driver->connection.handle, "DO RELEASE_ALL_LOCKS()");
    }
    driver->has_creation_lock = false;
}

static void mysql_end_unit(struct mysql_driver *driver)
{
    if (driver->in_unit && driver->connection.handle != NULL) {
        driver->connection.used_ms = monotonic_ms();
    }
    driver->in_unit = false;
    driver->in_write_unit = false;
    driver->is_ahead = false;
    mysql_statement_close(&driver->head);
    mysql_deferred_clear(&driver->deferred);
    mysql_release_session_locks(driver);
}

static void mysql_driver_rollback(struct driver *base)
{
    struct mysql_driver *driver = mysql_driver(base);
    if (driver->in_unit && driver->connection.handle != NULL &&
        mysql_query(driver->connection.handle, "ROLLBACK") != 0) {
        mysql_connection_drop(&driver->connection);
    }
    if (driver->in_write_unit) {
        mysql_ahead_forget(&driver->ahead);
    }
    mysql_end_unit(driver);
}

/* Whether a unit that could not begin may be begun again: nothing was done, and the next connection may be better. */
static bool mysql_may_begin_again(ledger_status status)
{
    return status == LEDGER_CONNECTION_IS_LOST || status == LEDGER_DATABASE_HAS_CONFLICT;
}

static void mysql_pause(void)
{
    struct timespec pause = {0, BEGIN_PAUSE_MS * 1000000L};
    (void)nanosleep(&pause, NULL);
}

static ledger_status mysql_try_begin_read(struct ledger_call *call, struct mysql_driver *driver)
{
    LEDGER_TRY(mysql_driver_ready(call, driver, UNIT_READ));
    driver->in_unit = true;
    return mysql_run(call, &driver->connection, "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY", "reading");
}

/* I2. */
static ledger_status mysql_check_guards(struct ledger_call *call, struct mysql_driver *driver)
{
    if (!driver->guards_are_checked) {
        LEDGER_TRY(mysql_schema_check_guards(call, driver, driver_refuse_difference, NULL));
        driver->guards_are_checked = true;
    }
    return LEDGER_DONE;
}

/* Who has been at work longest among those that hold locks: most likely the one that was waited for. Best effort, since
 * few users may see it. */
static void mysql_find_lock_holder(MYSQL *handle, char holder[HOLDER_SIZE])
{
    (void)snprintf(holder, HOLDER_SIZE, "another writer holds");
    if (mysql_query(handle, "SELECT t.trx_mysql_thread_id, coalesce(p.USER, 'unknown'), coalesce(p.HOST, 'unknown'), "
                            "TIMESTAMPDIFF(SECOND, CONVERT_TZ(t.trx_started, 'SYSTEM', '+00:00'), UTC_TIMESTAMP()) "
                            "FROM information_schema.INNODB_TRX t "
                            "LEFT JOIN information_schema.PROCESSLIST p ON p.ID = t.trx_mysql_thread_id "
                            "WHERE t.trx_mysql_thread_id <> CONNECTION_ID() AND t.trx_rows_locked > 0 "
                            "ORDER BY t.trx_state = 'LOCK WAIT', t.trx_started LIMIT 1") != 0) {
        return;
    }
    MYSQL_ROWS(rows);
    rows = mysql_store_result(handle);
    MYSQL_ROW row = rows == NULL ? NULL : mysql_fetch_row(rows);
    if (row != NULL) {
        (void)snprintf(holder, HOLDER_SIZE, "connection %s of %s from %s seems to hold, for %s s", row[0], row[1],
                       row[2], row[3] == NULL ? "?" : row[3]);
    }
}

static ledger_status mysql_lock_failed(struct ledger_call *call, struct mysql_driver *driver, unsigned error_number,
                                       const char *message, int64_t waited_ms)
{
    struct mysql_connection *connection = &driver->connection;
    if (mysql_failure_outcome(error_number, MYSQL_PHASE_STATEMENT) != LEDGER_DATABASE_IS_BUSY) {
        return mysql_fail(call, connection, MYSQL_PHASE_STATEMENT, error_number, message, "waiting to write");
    }
    char holder[HOLDER_SIZE];
    mysql_find_lock_holder(connection->handle, holder);
    return ledger_fail(call, LEDGER_DATABASE_IS_BUSY,
                       "the database is busy: waited %lld ms for the lock of integrity_head in database %s, which %s",
                       (long long)waited_ms, connection->uri.database, holder);
}

/* The server counts whole seconds, at least one. */
static int64_t mysql_lock_wait_s(int64_t left_ms)
{
    return left_ms < 1500 ? 1 : (left_ms + 500) / 1000;
}

/* The session is told how long to wait for a lock only where that differs: what it was told last stays. */
static ledger_status mysql_start_write(struct ledger_call *call, struct mysql_driver *driver, int64_t left_ms)
{
    int64_t wait_s = mysql_lock_wait_s(left_ms);
    char sql[128] = "START TRANSACTION";
    if (wait_s != driver->lock_wait_s) {
        (void)snprintf(sql, sizeof sql, "SET SESSION innodb_lock_wait_timeout = %lld; START TRANSACTION",
                       (long long)wait_s);
    }
    driver->in_unit = true;
    LEDGER_TRY(mysql_run(call, &driver->connection, sql, "waiting to write"));
    driver->lock_wait_s = wait_s;
    return LEDGER_DONE;
}

/* I1: the lock comes with what it is taken for, the head as it is, which stays here until it is asked for. */
static ledger_status mysql_lock_head(struct ledger_call *call, struct mysql_driver *driver, int64_t deadline_ms)
{
    const struct query_definition *definition = &driver->dialect->queries[QUERY_HEAD_GET];
    int64_t begin_ms = monotonic_ms();
    LEDGER_TRY(mysql_statement_prepare_locking(call, &driver->connection, definition, &driver->head));
    LEDGER_TRY(mysql_start_write(call, driver, deadline_ms - begin_ms));
    return mysql_statement_try_open(definition, &driver->head, NULL)
               ? LEDGER_DONE
               : mysql_lock_failed(call, driver, mysql_stmt_errno(driver->head.handle),
                                   mysql_stmt_error(driver->head.handle), monotonic_ms() - begin_ms);
}

static ledger_status mysql_try_begin_write(struct ledger_call *call, struct mysql_driver *driver, int64_t deadline_ms)
{
    LEDGER_TRY(mysql_driver_ready(call, driver, UNIT_WRITE));
    LEDGER_TRY(mysql_check_guards(call, driver));
    LEDGER_TRY(mysql_lock_head(call, driver, deadline_ms));
    bool is_ours = true;
    LEDGER_TRY(mysql_connection_check_lease(call, &driver->connection, &is_ours));
    if (!is_ours) {
        return ledger_fail(call, LEDGER_DATABASE_HAS_CONFLICT,
                           "postings have moved from node %s of the cluster to another", driver->connection.node_name);
    }
    driver->in_write_unit = true;
    return LEDGER_DONE;
}

static bool mysql_can_write_ahead(const struct driver *base)
{
    const struct mysql_driver *driver = (const struct mysql_driver *)base;
    return mysql_ahead_is_ready(&driver->ahead) && driver->dialect->takes_compounds && !driver->connection.is_cluster;
}

/* Nothing is sent: the session is as its last unit left it, or there is none of it left. */
static ledger_status mysql_begin_ahead(struct ledger_call *call, struct mysql_driver *driver, int64_t deadline_ms)
{
    LEDGER_TRY(mysql_driver_ready(call, driver, UNIT_WRITE));
    if (!mysql_can_write_ahead(&driver->base) ||
        mysql_lock_wait_s(deadline_ms - monotonic_ms()) != driver->lock_wait_s) {
        return ledger_fail(call, LEDGER_DATABASE_HAS_CONFLICT, "the lock is to be taken first");
    }
    assert(driver->guards_are_checked);
    driver->in_unit = true;
    driver->in_write_unit = true;
    driver->is_ahead = true;
    return LEDGER_DONE;
}

/* What a unit that goes ahead cannot do: it is run again with the lock. */
static ledger_status mysql_fail_ahead(struct ledger_call *call)
{
    return ledger_fail(call, LEDGER_DATABASE_HAS_CONFLICT, "the unit is more than one statement can do");
}

static ledger_status mysql_begin(struct ledger_call *call, struct driver *base, enum unit_mode mode)
{
    struct mysql_driver *driver = mysql_driver(base);
    assert(!driver->in_unit);
    for (size_t i = 0; i < MYSQL_CURSORS_MAX; i++) {
        assert(driver->cursors[i].statement == NULL);
    }
    if ((mode == UNIT_WRITE || mode == UNIT_WRITE_AHEAD) && driver->is_read_only) {
        return ledger_fail(call, LEDGER_DATABASE_IS_READ_ONLY, "the ledger was opened to be read only");
    }
    size_t problems_before = ledger_call_problems_count(call);
    int64_t deadline_ms = monotonic_ms() + call->timeout_ms;
    ledger_status status = LEDGER_DONE;
    if (mode == UNIT_WRITE_AHEAD) {
        return mysql_begin_ahead(call, driver, deadline_ms);
    }
    do {
        if (status != LEDGER_DONE) {
            ledger_call_drop_problems(call, problems_before);
            mysql_pause();
        }
        status =
            mode == UNIT_WRITE ? mysql_try_begin_write(call, driver, deadline_ms) : mysql_try_begin_read(call, driver);
        if (status != LEDGER_DONE) {
            mysql_driver_rollback(base);
        }
    } while (mysql_may_begin_again(status) && monotonic_ms() < deadline_ms);
    return status;
}

/* Where the connection was lost inside the unit there is nothing to run on until the next begin. */
static ledger_status mysql_check_connected(struct ledger_call *call, const struct mysql_driver *driver)
{
    if (driver->connection.handle == NULL) {
        return ledger_fail(call, LEDGER_CONNECTION_IS_LOST, "Lost connection to MySQL server within a unit of work");
    }
    return LEDGER_DONE;
}

/* Sends what was put off as text, with COMMIT behind it if `commits`. I4: a connection lost on the way may have been
 * lost behind that. */
static ledger_status mysql_flush_text(struct ledger_call *call, struct mysql_driver *driver, bool commits)
{
    struct mysql_connection *connection = &driver->connection;
    struct ledger_text text;
    unsigned statements_count = mysql_deferred_make_text(&driver->deferred, commits, &text);
    unsigned done = mysql_send(connection->handle, text.data, text.size);
    if (done == statements_count) {
        return LEDGER_DONE;
    }
    unsigned error_number = mysql_errno(connection->handle);
    bool is_commit = commits && (done + 1 == statements_count || mysql_failure_ends_session(error_number));
    return mysql_fail_last(call, connection, is_commit ? MYSQL_PHASE_COMMIT : MYSQL_PHASE_STATEMENT,
                           is_commit ? "committing" : "writing");
}

/* Which statement of a compound failed is not told: while its transaction is there, COMMIT was not reached. */
static bool mysql_is_in_transaction(MYSQL *handle)
{
    return mysql_query(handle, "DO 0") == 0 && (handle->server_status & SERVER_STATUS_IN_TRANS) != 0;
}

/* I4 as above. */
static ledger_status mysql_compound_failed(struct ledger_call *call, struct mysql_driver *driver, unsigned error_number,
                                           const char *message)
{
    struct mysql_connection *connection = &driver->connection;
    bool is_commit = mysql_failure_ends_session(error_number) || !mysql_is_in_transaction(connection->handle);
    return mysql_fail(call, connection, is_commit ? MYSQL_PHASE_COMMIT : MYSQL_PHASE_STATEMENT, error_number, message,
                      is_commit ? "committing" : "writing");
}

static ledger_status mysql_commit_compound(struct ledger_call *call, struct mysql_driver *driver,
                                           struct mysql_compound *compound)
{
    LEDGER_TRY(mysql_compound_prepare(call, &driver->connection, &mysql_frame_under_lock, compound));
    return mysql_compound_run(compound, &driver->deferred)
               ? LEDGER_DONE
               : mysql_compound_failed(call, driver, mysql_stmt_errno(compound->handle),
                                       mysql_stmt_error(compound->handle));
}

/* The head has moved, its lock could not be had, or something failed as it does under the lock. */
static ledger_status mysql_ahead_failed(struct ledger_call *call, struct mysql_driver *driver, unsigned error_number,
                                        const char *message, int64_t waited_ms)
{
    if (error_number == MYSQL_ERROR_HEAD_HAS_MOVED) {
        mysql_ahead_rest(&driver->ahead);
        return mysql_fail(call, &driver->connection, MYSQL_PHASE_STATEMENT, error_number, message, "writing");
    }
    return error_number == MYSQL_ERROR_LOCK_WAIT_IS_OVER
               ? mysql_lock_failed(call, driver, error_number, message, waited_ms)
               : mysql_compound_failed(call, driver, error_number, message);
}

/* I1, I4: sends the whole unit as one statement, prepared or as text. */
static ledger_status mysql_commit_ahead(struct ledger_call *call, struct mysql_driver *driver)
{
    MYSQL *handle = driver->connection.handle;
    int64_t begin_ms = monotonic_ms();
    if (!driver->ahead.is_noted) {
        return mysql_fail_ahead(call); /* nothing would look at the head */
    }
    struct mysql_compound *compound = mysql_compound_find(&driver->compounds, &driver->deferred);
    if (compound != NULL) {
        LEDGER_TRY(mysql_compound_prepare(call, &driver->connection, &mysql_frame_ahead, compound));
        return mysql_compound_run(compound, &driver->deferred)
                   ? LEDGER_DONE
                   : mysql_ahead_failed(call, driver, mysql_stmt_errno(compound->handle),
                                        mysql_stmt_error(compound->handle), monotonic_ms() - begin_ms);
    }
    struct ledger_text text;
    mysql_deferred_make_framed_text(&driver->deferred, &mysql_frame_ahead, &text);
    if (mysql_real_query(handle, text.data, (unsigned long)text.size) == 0) {
        return LEDGER_DONE;
    }
    char message[MYSQL_ERRMSG_SIZE]; /* the handle's own goes with the next question */
    (void)snprintf(message, sizeof message, "%s", mysql_error(handle));
    return mysql_ahead_failed(call, driver, mysql_errno(handle), message, monotonic_ms() - begin_ms);
}

/* Sends what was put off before anything else is asked. */
static ledger_status mysql_flush(struct ledger_call *call, struct mysql_driver *driver)
{
    if (driver->deferred.writes_count == 0) {
        return LEDGER_DONE;
    }
    LEDGER_TRY(mysql_check_connected(call, driver));
    ledger_status status = mysql_flush_text(call, driver, false);
    mysql_deferred_clear(&driver->deferred);
    return status;
}

/* Sends what was put off, and COMMIT. */
static ledger_status mysql_commit_write(struct ledger_call *call, struct mysql_driver *driver)
{
    struct mysql_compound *compound = NULL;
    if (driver->is_ahead) {
        return mysql_commit_ahead(call, driver);
    }
    if (driver->dialect->takes_compounds && driver->deferred.writes_count > 0) {
        compound = mysql_compound_find(&driver->compounds, &driver->deferred);
    }
    return compound == NULL ? mysql_flush_text(call, driver, true) : mysql_commit_compound(call, driver, compound);
}

static ledger_status mysql_driver_commit(struct ledger_call *call, struct driver *base)
{
    struct mysql_driver *driver = mysql_driver(base);
    struct mysql_connection *connection = &driver->connection;
    assert(driver->in_unit);
    ledger_status status = mysql_check_connected(call, driver);
    if (status == LEDGER_DONE && driver->in_write_unit) {
        status = mysql_commit_write(call, driver);
        if (status == LEDGER_DONE) {
            mysql_ahead_keep(&driver->ahead);
        }
    } else if (status == LEDGER_DONE && mysql_query(connection->handle, "COMMIT") != 0) {
        status = mysql_session_fail(call, connection, "committing");
    }
    if (status != LEDGER_DONE) {
        mysql_driver_rollback(base);
    }
    mysql_end_unit(driver);
    return status;
}

static ledger_status mysql_take_cursor(struct ledger_call *call, struct mysql_driver *driver,
                                       const struct query_definition *definition, struct cursor **ret_cursor)
{
    struct cursor *cursor = NULL;
    for (size_t i = 0; cursor == NULL && i < MYSQL_CURSORS_MAX; i++) {
        cursor = driver->cursors[i].statement == NULL ? &driver->cursors[i] : NULL;
    }
    assert(cursor != NULL);
    LEDGER_TRY(driver_reserve_values(call, definition->outputs_count, &cursor->values, &cursor->values_capacity));
    *ret_cursor = cursor;
    return LEDGER_DONE;
}

static ledger_status mysql_query_rows(struct ledger_call *call, struct driver *base, enum query_id query,
                                      const struct value *inputs, struct cursor **ret_cursor)
{
    struct mysql_driver *driver = mysql_driver(base);
    const struct query_definition *definition = &driver->dialect->queries[query];
    struct mysql_statement *statement = &driver->statements[query];
    assert(driver->in_unit);
    LEDGER_TRY(mysql_check_connected(call, driver));
    if (driver->is_ahead && driver->deferred.writes_count > 0) {
        return mysql_fail_ahead(call); /* it would not see what was put off */
    }
    LEDGER_TRY(mysql_flush(call, driver));
    struct cursor *cursor = NULL;
    LEDGER_TRY(mysql_take_cursor(call, driver, definition, &cursor));
    cursor->is_known_head = driver->is_ahead && query == QUERY_HEAD_GET;
    cursor->is_given = false;
    if (cursor->is_known_head) {
        memcpy(cursor->values, driver->ahead.known.values, sizeof driver->ahead.known.values);
        statement = &driver->head; /* which is not open */
    } else if (query == QUERY_HEAD_GET && driver->head.is_open) {
        statement = &driver->head; /* as it was locked: nothing was written since */
    } else {
        LEDGER_TRY(mysql_statement_prepare(call, &driver->connection, definition, statement));
        LEDGER_TRY(mysql_statement_open(call, &driver->connection, definition, statement, inputs));
    }
    cursor->statement = statement;
    cursor->definition = definition;
    *ret_cursor = cursor;
    return LEDGER_DONE;
}

static ledger_status mysql_step(struct ledger_call *call, struct driver *base, struct cursor *cursor,
                                const struct value **ret_values)
{
    struct mysql_driver *driver = mysql_driver(base);
    LEDGER_TRY(mysql_check_connected(call, driver));
    if (cursor->is_known_head) {
        *ret_values = cursor->is_given ? NULL : cursor->values;
        cursor->is_given = true;
        return LEDGER_DONE;
    }
    bool has_row = false;
    LEDGER_TRY(mysql_statement_step(call, &driver->connection, cursor->definition, cursor->statement, cursor->values,
                                    &has_row));
    *ret_values = has_row ? cursor->values : NULL;
    return LEDGER_DONE;
}

static void mysql_close_cursor(struct driver *base, struct cursor *cursor)
{
    (void)base;
    if (cursor != NULL) {
        mysql_statement_close(cursor->statement);
        cursor->statement = NULL;
    }
}

/* To a server that takes no arrays: groups of rows in one statement each, where the query allows it. */
static ledger_status mysql_write_groups(struct ledger_call *call, struct mysql_driver *driver, enum query_id query,
                                        const struct value *rows, size_t rows_count)
{
    struct mysql_connection *connection = &driver->connection;
    const struct query_definition *definition = &driver->dialect->queries[query];
    struct mysql_statement *group = &driver->groups[query];
    size_t group_rows = 0;
    if (rows_count > 1) {
        LEDGER_TRY(mysql_statement_prepare_group(call, connection, definition, group, &group_rows));
    }
    for (size_t written = 0; written < rows_count;) {
        /* A query without inputs has no rows to point at. */
        const struct value *row = definition->inputs_count == 0 ? NULL : rows + written * definition->inputs_count;
        if (group_rows > 0 &&
            mysql_statement_stretch(connection, definition, row, rows_count - written) >= group_rows) {
            LEDGER_TRY(mysql_statement_run_group(call, connection, definition, group, row));
            written += group_rows;
        } else {
            LEDGER_TRY(mysql_statement_run(call, connection, definition, &driver->statements[query], row));
            written++;
        }
    }
    return LEDGER_DONE;
}

/* I1: the new head replaces the known one, before anything else is written. */
static ledger_status mysql_write_ahead(struct ledger_call *call, struct mysql_driver *driver, enum query_id query,
                                       const struct value *rows, size_t rows_count)
{
    const struct query_definition *queries = driver->dialect->queries;
    bool is_put_off = false;
    if (query == QUERY_HEAD_UPDATE) {
        struct value replacement[HEAD_REPLACE_INS];
        assert(!driver->ahead.is_noted && rows_count == 1);
        mysql_ahead_note(&driver->ahead, rows);
        mysql_ahead_fill_replacement(&driver->ahead, replacement);
        is_put_off = mysql_deferred_add_first(&driver->deferred, &queries[QUERY_HEAD_REPLACE], replacement);
    } else {
        is_put_off = mysql_deferred_add(&driver->deferred, &queries[query], rows, rows_count);
    }
    return is_put_off ? LEDGER_DONE : mysql_fail_ahead(call);
}

static ledger_status mysql_write(struct ledger_call *call, struct driver *base, enum query_id query,
                                 const struct value *rows, size_t rows_count)
{
    struct mysql_driver *driver = mysql_driver(base);
    assert(driver->in_write_unit);
    const struct query_definition *definition = &driver->dialect->queries[query];
    if (definition->sql == NULL || rows_count == 0) {
        return LEDGER_DONE; /* what it would keep follows from other rows here */
    }
    LEDGER_TRY(mysql_check_connected(call, driver));
    if (driver->head.is_open) {
        mysql_statement_close(&driver->head); /* it is not what the head will be */
    }
    if (driver->is_ahead) {
        return mysql_write_ahead(call, driver, query, rows, rows_count);
    }
    if (query == QUERY_HEAD_UPDATE) {
        mysql_ahead_note(&driver->ahead, rows);
    }
    if (mysql_deferred_add(&driver->deferred, definition, rows, rows_count)) {
        return LEDGER_DONE;
    }
    LEDGER_TRY(mysql_flush(call, driver));
    struct mysql_statement *statement = &driver->statements[query];
    LEDGER_TRY(mysql_statement_prepare(call, &driver->connection, definition, statement));
    bool takes_arrays = driver->dialect->takes_arrays && !driver->sends_no_arrays;
    if (takes_arrays && rows_count > 1 && definition->parameters_count > 0) {
        return mysql_statement_run_array(call, &driver->connection, definition, statement, rows, rows_count);
    }
    return mysql_write_groups(call, driver, query, rows, rows_count);
}

static void mysql_free(struct driver *base)
{
    struct mysql_driver *driver = mysql_driver(base);
    mysql_driver_rollback(base);
    for (size_t i = 0; i < QUERY_COUNT; i++) {
        mysql_statement_done(&driver->statements[i]);
        mysql_statement_done(&driver->groups[i]);
    }
    mysql_statement_done(&driver->head);
    mysql_compounds_forget(&driver->compounds);
    mysql_connection_done(&driver->connection);
    mysql_deferred_done(&driver->deferred);
    for (size_t i = 0; i < MYSQL_CURSORS_MAX; i++) {
        free(driver->cursors[i].values);
    }
    if (driver->password != NULL) {
        explicit_bzero(driver->password, strlen(driver->password));
    }
    if (driver->uri != NULL) {
        explicit_bzero(driver->uri, strlen(driver->uri));
    }
    free(driver->password);
    free(driver->uri);
    free(driver);
}

/* What a server keeps of old rows (undo, binary log, redo) is its own, and goes in its own time. */
static ledger_status mysql_erase_traces(struct ledger_call *call, struct driver *base)
{
    (void)call;
    (void)base;
    return LEDGER_DONE;
}

/* The server has threads enough. */
static void mysql_set_much(struct driver *base, bool writes_much)
{
    (void)base;
    (void)writes_much;
}

static const struct driver_operations mysql_operations = {
    .begin = mysql_begin,
    .can_write_ahead = mysql_can_write_ahead,
    .set_much = mysql_set_much,
    .commit = mysql_driver_commit,
    .rollback = mysql_driver_rollback,
    .query = mysql_query_rows,
    .step = mysql_step,
    .close = mysql_close_cursor,
    .write = mysql_write,
    .check_schema = mysql_schema_check,
    .describe_guards = mysql_describe_guards,
    .check_storage = mysql_storage_check,
    .check_server = mysql_server_check,
    .schema_version = mysql_schema_version,
    .create_schema = mysql_schema_create,
    .erase_traces = mysql_erase_traces,
    .free = mysql_free,
};

static bool mysql_copy_text(struct ledger_text text, char **ret_copy)
{
    *ret_copy = text_is_absent(text) ? NULL : strndup(text.data, text.size);
    return text_is_absent(text) || *ret_copy != NULL;
}

ledger_status driver_mysql_open(struct ledger_call *call, const struct driver_options *options,
                                struct driver **ret_driver)
{
    struct mysql_driver *driver = calloc(1, sizeof *driver);
    if (driver == NULL) {
        return ledger_fail_out_of_memory(call);
    }
    driver->base.operations = &mysql_operations;
    driver->is_read_only = options->mode == OPEN_READ_ONLY;
    ledger_status status = mysql_connection_init(call, &driver->connection, options);
    if (status != LEDGER_DONE) {
        free(driver);
        return status;
    }
    if (!mysql_copy_text(options->uri, &driver->uri) || !mysql_copy_text(options->password, &driver->password) ||
        !mysql_deferred_init(&driver->deferred)) {
        status = ledger_fail_out_of_memory(call);
    }
    if (status == LEDGER_DONE) {
        status = mysql_driver_ready(call, driver, UNIT_READ);
    }
    if (status != LEDGER_DONE) {
        mysql_free(&driver->base);
        return status;
    }
    *ret_driver = &driver->base;
    return LEDGER_DONE;
}
