/* The SQLite driver: one connection a handle, WAL, full durability.
 *
 * I1 Every write happens under the writers' lock (sqlite_lock.h), and every checkpoint but those beside a writer of
 * much, which are PASSIVE (sqlite_checkpointer.h). SQLite itself never checkpoints: not after so many pages, not when a
 *    connection closes.
 * I2 The connection switches triggers off for itself, and CHECK constraints while it writes, after the schema was found
 *    to be as shipped; where the schema changed since (its cookie moved), it is checked again before the next write.
 * I3 A commit that fails while the log is being synced, or after that, has an unknown outcome; every other failure kept
 *    nothing. What such a commit left behind the end of the log is overwritten before anybody decides by what is there.
 * I4 What is overwritten or deleted is zeroed in its page: nothing of it stays in the file by being no row any more. */
#include "store/driver_sqlite.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "store/sqlite_checkpointer.h"
#include "store/sqlite_group.h"
#include "store/sqlite_values.h"

enum {
    WAL_PAGES_CHECKPOINT = 2048, /* 16 MiB of pages of 8 KiB: a checkpoint moves what it can */
    WAL_PAGES_RESTART = 16384,   /* 128 MiB: a checkpoint waits for the readers of the moment, a little */
    WAL_PAGES_CLOSE = 128,       /* a longer log than this is emptied at the close, so that the next open is fast */
    RESTART_WAIT_MS = 200,
    CACHE_KIB = 8192,
    CACHE_THROUGH_KIB = 160, /* of what is read through once: the inner pages, and those at hand. SQLite has no less */
    ERASE_WAIT_MS = 2000,    /* for readers of what is to be erased */
};

static struct sqlite_driver *sqlite_driver(struct driver *driver)
{
    return (struct sqlite_driver *)driver;
}

static ledger_status sqlite_outcome(int code)
{
    if (code == SQLITE_IOERR_NOMEM) {
        return LEDGER_OUT_OF_MEMORY;
    }
    if (code == SQLITE_IOERR_SHMSIZE) {
        return LEDGER_DATABASE_IS_FULL; /* the index of the log could not be made as large as it has to be */
    }
    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return LEDGER_DATABASE_IS_BUSY;
    case SQLITE_FULL:
        return LEDGER_DATABASE_IS_FULL;
    case SQLITE_READONLY:
    case SQLITE_PERM:
        return LEDGER_DATABASE_IS_READ_ONLY;
    case SQLITE_CANTOPEN:
        return LEDGER_DATABASE_IS_UNAVAILABLE;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return LEDGER_DATABASE_IS_DAMAGED;
    case SQLITE_NOMEM:
        return LEDGER_OUT_OF_MEMORY;
    default:
        return LEDGER_DATABASE_FAILED;
    }
}

ledger_status sqlite_fail(struct ledger_call *call, struct sqlite_driver *driver, int code, const char *doing)
{
    ledger_status status = sqlite_outcome(code);
    if (status == LEDGER_OUT_OF_MEMORY) {
        return ledger_fail_out_of_memory(call);
    }
    const char *message = driver->connection == NULL ? sqlite3_errstr(code) : sqlite3_errmsg(driver->connection);
    return ledger_fail(call, status, "SQLite could not %s %s: %s (result code %d)", doing, driver->path, message, code);
}

ledger_status sqlite_run(struct ledger_call *call, struct sqlite_driver *driver, const char *sql, const char *doing)
{
    int code = sqlite3_exec(driver->connection, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? LEDGER_DONE : sqlite_fail(call, driver, code, doing);
}

ledger_status sqlite_prepare(struct ledger_call *call, struct sqlite_driver *driver, const char *sql,
                             sqlite3_stmt **statement)
{
    if (*statement != NULL) {
        return LEDGER_DONE;
    }
    int code = sqlite3_prepare_v3(driver->connection, sql, -1, SQLITE_PREPARE_PERSISTENT, statement, NULL);
    return code == SQLITE_OK ? LEDGER_DONE : sqlite_fail(call, driver, code, "prepare a statement on");
}

/* Steps a statement without rows and resets it. */
static int sqlite_step_once(sqlite3_stmt *statement)
{
    int code = sqlite3_step(statement);
    (void)sqlite3_reset(statement);
    return code == SQLITE_ROW ? SQLITE_DONE : code;
}

static ledger_status sqlite_read_cookie(struct ledger_call *call, struct sqlite_driver *driver, int64_t *ret_cookie)
{
    LEDGER_TRY(sqlite_prepare(call, driver, "PRAGMA schema_version", &driver->schema_cookie));
    int code = sqlite3_step(driver->schema_cookie);
    int64_t cookie = code == SQLITE_ROW ? sqlite3_column_int64(driver->schema_cookie, 0) : 0;
    (void)sqlite3_reset(driver->schema_cookie);
    if (code != SQLITE_ROW) {
        return sqlite_fail(call, driver, code, "read the schema of");
    }
    *ret_cookie = cookie;
    return LEDGER_DONE;
}

/* I2: within the write unit, so that nobody changes the schema between the look and the writing. */
static ledger_status sqlite_check_guards(struct ledger_call *call, struct sqlite_driver *driver)
{
    int64_t cookie = 0;
    LEDGER_TRY(sqlite_read_cookie(call, driver, &cookie));
    if (cookie == driver->checked_schema) {
        return LEDGER_DONE;
    }
    LEDGER_TRY(sqlite_schema_check(call, &driver->base, driver_refuse_difference, NULL));
    driver->checked_schema = cookie;
    return LEDGER_DONE;
}

/* What ends a unit is ready before it begins: a rollback cannot fail, for lack of memory neither. */
ledger_status sqlite_prepare_ends(struct ledger_call *call, struct sqlite_driver *driver)
{
    LEDGER_TRY(sqlite_prepare(call, driver, "COMMIT", &driver->commit));
    return sqlite_prepare(call, driver, "ROLLBACK", &driver->rollback);
}

static void sqlite_rollback(struct driver *base)
{
    struct sqlite_driver *driver = sqlite_driver(base);
    if (driver->in_unit) {
        if (sqlite3_get_autocommit(driver->connection) == 0) {
            (void)sqlite_step_once(driver->rollback);
        }
        if (driver->in_write_unit) {
            sqlite_symbols_forget(&driver->symbols);
        }
        driver->in_unit = false;
        driver->in_write_unit = false;
    }
    sqlite_lock_release(&driver->lock);
}

static ledger_status sqlite_set_cache(struct ledger_call *call, struct sqlite_driver *driver, int cache_kib)
{
    char sql[64];
    if (driver->cache_kib == cache_kib) {
        return LEDGER_DONE;
    }
    (void)snprintf(sql, sizeof sql, "PRAGMA cache_size = -%d", cache_kib);
    LEDGER_TRY(sqlite_run(call, driver, sql, "configure"));
    driver->cache_kib = cache_kib;
    return LEDGER_DONE;
}

ledger_status sqlite_set_checks(struct ledger_call *call, struct sqlite_driver *driver, bool are_checked)
{
    if (driver->checks_are_off == !are_checked) {
        return LEDGER_DONE;
    }
    LEDGER_TRY(sqlite_run(
        call, driver, are_checked ? "PRAGMA ignore_check_constraints = OFF" : "PRAGMA ignore_check_constraints = ON",
        "configure"));
    driver->checks_are_off = !are_checked;
    return LEDGER_DONE;
}

static ledger_status sqlite_begin_read(struct ledger_call *call, struct sqlite_driver *driver, int cache_kib)
{
    LEDGER_TRY(sqlite_set_cache(call, driver, cache_kib));
    LEDGER_TRY(sqlite_prepare(call, driver, "BEGIN", &driver->begin_read));
    LEDGER_TRY(sqlite_prepare_ends(call, driver));
    (void)sqlite3_busy_timeout(driver->connection, (int)call->timeout_ms);
    /* What the database says counts, not what we remember of it. */
    sqlite_symbols_forget(&driver->symbols);
    int code = sqlite_step_once(driver->begin_read);
    if (code != SQLITE_DONE) {
        return sqlite_fail(call, driver, code, "read");
    }
    driver->in_unit = true;
    return LEDGER_DONE;
}

/* I3: SQLite does not see what a failed commit left behind the end of the log, but whoever next reads the whole log
 * anew takes it for committed. A commit of the mark that is there already overwrites it. */
static ledger_status sqlite_settle(struct ledger_call *call, struct sqlite_driver *driver)
{
    char sql[64];
    (void)snprintf(sql, sizeof sql, "PRAGMA application_id = %d", SQLITE_APPLICATION_ID);
    LEDGER_TRY(sqlite_run(call, driver, sql, "overwrite a failed commit to"));
    driver->is_doubtful = false;
    return LEDGER_DONE;
}

static ledger_status sqlite_begin_write(struct ledger_call *call, struct sqlite_driver *driver)
{
    if (driver->is_read_only) {
        return ledger_fail(call, LEDGER_DATABASE_IS_READ_ONLY,
                           "%s can only be read: it was opened so, or the file or its "
                           "directory may not be written",
                           driver->path);
    }
    LEDGER_TRY(sqlite_set_cache(call, driver, CACHE_KIB));
    LEDGER_TRY(sqlite_set_checks(call, driver, false));
    LEDGER_TRY(sqlite_prepare(call, driver, "BEGIN IMMEDIATE", &driver->begin_write));
    LEDGER_TRY(sqlite_prepare_ends(call, driver));
    int64_t deadline_ms = monotonic_ms() + call->timeout_ms;
    LEDGER_TRY(sqlite_lock_take(call, &driver->lock, deadline_ms));
    sqlite_symbols_trim(&driver->symbols);
    int64_t left_ms = deadline_ms - monotonic_ms();
    (void)sqlite3_busy_timeout(driver->connection, left_ms < 1 ? 1 : (int)left_ms);
    ledger_status status = driver->is_doubtful ? sqlite_settle(call, driver) : LEDGER_DONE;
    int code = status == LEDGER_DONE ? sqlite_step_once(driver->begin_write) : SQLITE_DONE;
    if (code != SQLITE_DONE) {
        status = sqlite_fail(call, driver, code, "begin to write");
    }
    if (status != LEDGER_DONE) {
        sqlite_lock_release(&driver->lock);
        return status;
    }
    driver->in_unit = true;
    driver->in_write_unit = true;
    status = sqlite_check_guards(call, driver);
    if (status != LEDGER_DONE) {
        sqlite_rollback(&driver->base);
    }
    return status;
}

static ledger_status sqlite_begin(struct ledger_call *call, struct driver *base, enum unit_mode mode)
{
    struct sqlite_driver *driver = sqlite_driver(base);
    assert(!driver->in_unit);
    switch (mode) {
    case UNIT_WRITE:
    case UNIT_WRITE_AHEAD: /* with the lock all the same */
        return sqlite_begin_write(call, driver);
    case UNIT_READ_THROUGH:
        return sqlite_begin_read(call, driver, CACHE_THROUGH_KIB);
    case UNIT_READ:
        break;
    }
    return sqlite_begin_read(call, driver, CACHE_KIB);
}

static bool sqlite_can_write_ahead(const struct driver *base)
{
    (void)base;
    return false;
}

/* What is moved beside takes turns with what is moved here: most of the log goes beside, while commits go on, and what
 * came in the meantime goes here, so that the log can begin anew. */
static bool sqlite_checkpoints_beside(struct sqlite_driver *driver)
{
    if (driver->writes_much && driver->checkpointer == NULL) {
        driver->checkpointer = sqlite_checkpointer_new(driver->path);
        driver->writes_much = driver->checkpointer != NULL;
    }
    if (!driver->writes_much) {
        return false;
    }
    if (sqlite_checkpointer_is_at_work(driver->checkpointer)) {
        return true;
    }
    driver->was_moved_beside = !driver->was_moved_beside;
    if (driver->was_moved_beside) {
        sqlite_checkpointer_begin(driver->checkpointer);
    }
    return driver->was_moved_beside;
}

/* I1: under the lock. A checkpoint that finds readers in its way is tried again after a later commit; its failure harms
 * nothing that is committed. */
static void sqlite_checkpoint_when_due(struct sqlite_driver *driver)
{
    assert(driver->lock.is_held);
    bool is_long = driver->wal_pages >= WAL_PAGES_RESTART;
    if (driver->wal_pages < WAL_PAGES_CHECKPOINT || (!is_long && sqlite_checkpoints_beside(driver))) {
        return;
    }
    (void)sqlite3_busy_timeout(driver->connection, is_long ? RESTART_WAIT_MS : 0);
    (void)sqlite3_wal_checkpoint_v2(driver->connection, NULL,
                                    is_long ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
}

static void sqlite_set_much(struct driver *base, bool writes_much)
{
    struct sqlite_driver *driver = sqlite_driver(base);
    sqlite_checkpointer_free(driver->checkpointer);
    driver->checkpointer = NULL; /* until the log is long */
    driver->writes_much = writes_much;
    driver->was_moved_beside = false;
}

/* I3: SQLITE_FULL and SQLITE_BUSY happen before the log is whole; memory can run out after it was synced. */
static ledger_status sqlite_commit_failed(struct ledger_call *call, struct sqlite_driver *driver, int code)
{
    bool may_be_kept = (code & 0xff) == SQLITE_IOERR || (code & 0xff) == SQLITE_NOMEM;
    if (may_be_kept && driver->in_write_unit) {
        driver->is_doubtful = true;
        return ledger_fail(call, LEDGER_OUTCOME_IS_UNKNOWN, "SQLite could not commit to %s: %s (result code %d)",
                           driver->path, sqlite3_errmsg(driver->connection), code);
    }
    return sqlite_fail(call, driver, code, "commit to");
}

static ledger_status sqlite_commit(struct ledger_call *call, struct driver *base)
{
    struct sqlite_driver *driver = sqlite_driver(base);
    assert(driver->in_unit);
    int code = sqlite_step_once(driver->commit);
    if (code != SQLITE_DONE) {
        ledger_status status = sqlite_commit_failed(call, driver, code);
        sqlite_rollback(base);
        return status;
    }
    if (driver->in_write_unit) {
        sqlite_checkpoint_when_due(driver);
    }
    driver->in_unit = false;
    driver->in_write_unit = false;
    sqlite_lock_release(&driver->lock);
    return LEDGER_DONE;
}

/* While no cursor is open, nobody has a text of ours: a long reading unit need not remember all that it came across. */
static void sqlite_trim_symbols(struct sqlite_driver *driver)
{
    for (size_t i = 0; i < SQLITE_CURSORS_MAX; i++) {
        if (driver->cursors[i].statement != NULL) {
            return;
        }
    }
    sqlite_symbols_trim(&driver->symbols);
}

static ledger_status sqlite_query(struct ledger_call *call, struct driver *base, enum query_id query,
                                  const struct value *inputs, struct cursor **ret_cursor)
{
    struct sqlite_driver *driver = sqlite_driver(base);
    const struct query_definition *definition = &queries_sqlite[query];
    LEDGER_TRY(sqlite_prepare(call, driver, definition->sql, &driver->statements[query]));
    sqlite_trim_symbols(driver);
    sqlite3_stmt *statement = driver->statements[query];
    assert(!sqlite3_stmt_busy(statement));
    assert((unsigned)sqlite3_column_count(statement) == definition->outputs_count);
    struct cursor *cursor = NULL;
    for (size_t i = 0; cursor == NULL && i < SQLITE_CURSORS_MAX; i++) {
        cursor = driver->cursors[i].statement == NULL ? &driver->cursors[i] : NULL;
    }
    assert(cursor != NULL);
    LEDGER_TRY(driver_reserve_values(call, definition->outputs_count, &cursor->values, &cursor->values_capacity));
    LEDGER_TRY(sqlite_bind(call, driver, statement, definition, inputs));
    cursor->driver = driver;
    cursor->statement = statement;
    cursor->definition = definition;
    *ret_cursor = cursor;
    return LEDGER_DONE;
}

static int sqlite_read_symbol(struct sqlite_driver *driver, int64_t text_id, struct value *value)
{
    int code = sqlite_symbols_get(&driver->symbols, text_id, &value->text);
    value->type = value->text.data == NULL ? VALUE_NULL : VALUE_SYMBOL;
    return code;
}

/* By the value rather than by sqlite3_column_…, which does its work anew for each question: allowed, since one thread
 * at a time uses the connection. */
static int sqlite_read_value(struct cursor *cursor, int column, struct value *value)
{
    sqlite3_value *stored = sqlite3_column_value(cursor->statement, column);
    enum value_type type = (enum value_type)cursor->definition->outputs[column];
    if (sqlite3_value_type(stored) == SQLITE_NULL) {
        type = VALUE_NULL;
    }
    value->type = type;
    switch (type) {
    case VALUE_INTEGER:
    case VALUE_AMOUNT:
    case VALUE_TIME:
    case VALUE_DAY:
        value->integer = sqlite3_value_int64(stored);
        return SQLITE_OK;
    case VALUE_TEXT:
        value->text.data = (const char *)sqlite3_value_text(stored);
        value->text.size = (size_t)sqlite3_value_bytes(stored);
        if (value->text.data == NULL && value->text.size == 0 && sqlite3_value_type(stored) == SQLITE_BLOB) {
            value->text.data = ""; /* an empty blob where a text should be */
        }
        return value->text.data == NULL ? SQLITE_NOMEM : SQLITE_OK;
    case VALUE_BLOB:
        value->text.data = sqlite3_value_blob(stored);
        value->text.size = (size_t)sqlite3_value_bytes(stored);
        return SQLITE_OK;
    case VALUE_SYMBOL:
        return sqlite_read_symbol(cursor->driver, sqlite3_value_int64(stored), value);
    case VALUE_NULL:
        break;
    }
    value->text = TEXT_ABSENT;
    return SQLITE_OK;
}

static ledger_status sqlite_step(struct ledger_call *call, struct driver *base, struct cursor *cursor,
                                 const struct value **ret_values)
{
    (void)base;
    int code = sqlite3_step(cursor->statement);
    if (code == SQLITE_DONE) {
        *ret_values = NULL;
        return LEDGER_DONE;
    }
    if (code != SQLITE_ROW) {
        return sqlite_fail(call, cursor->driver, code, "read");
    }
    for (unsigned i = 0; i < cursor->definition->outputs_count; i++) {
        code = sqlite_read_value(cursor, (int)i, &cursor->values[i]);
        if (code != SQLITE_OK) {
            return sqlite_fail(call, cursor->driver, code, "read");
        }
    }
    *ret_values = cursor->values;
    return LEDGER_DONE;
}

static void sqlite_close(struct driver *base, struct cursor *cursor)
{
    (void)base;
    if (cursor != NULL) {
        (void)sqlite3_reset(cursor->statement);
        cursor->statement = NULL;
    }
}

static ledger_status sqlite_write(struct ledger_call *call, struct driver *base, enum query_id query,
                                  const struct value *rows, size_t rows_count)
{
    struct sqlite_driver *driver = sqlite_driver(base);
    assert(driver->in_write_unit);
    const struct query_definition *definition = &queries_sqlite[query];
    if (definition->sql == NULL) {
        return LEDGER_DONE; /* what it would keep follows from other rows here */
    }
    LEDGER_TRY(sqlite_prepare(call, driver, definition->sql, &driver->statements[query]));
    sqlite3_stmt *statement = driver->statements[query];
    size_t written = 0;
    LEDGER_TRY(sqlite_group_write(call, driver, query, rows, rows_count, &written));
    for (size_t i = written; i < rows_count; i++) {
        /* A query without inputs has no rows to point at. */
        const struct value *row = definition->inputs_count == 0 ? NULL : rows + i * definition->inputs_count;
        LEDGER_TRY(sqlite_bind(call, driver, statement, definition, row));
        int code = sqlite_step_once(statement);
        if (code != SQLITE_DONE) {
            return sqlite_fail(call, driver, code, "write to");
        }
    }
    return LEDGER_DONE;
}

/* What is long is emptied before the last of ours goes: the next to open would have to read it all. */
static void sqlite_checkpoint_at_close(struct sqlite_driver *driver)
{
    if (driver->wal_pages >= WAL_PAGES_CLOSE && !driver->is_read_only && sqlite_lock_try(&driver->lock)) {
        (void)sqlite3_busy_timeout(driver->connection, 0);
        (void)sqlite3_wal_checkpoint_v2(driver->connection, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
        sqlite_lock_release(&driver->lock);
    }
}

static void sqlite_free(struct driver *base)
{
    struct sqlite_driver *driver = sqlite_driver(base);
    sqlite_rollback(base);
    sqlite_set_much(base, false);
    if (driver->connection != NULL) {
        sqlite_checkpoint_at_close(driver);
    }
    for (size_t i = 0; i < QUERY_COUNT; i++) {
        (void)sqlite3_finalize(driver->statements[i]);
        sqlite_group_done(driver->groups[i]);
    }
    (void)sqlite3_finalize(driver->begin_read);
    (void)sqlite3_finalize(driver->begin_write);
    (void)sqlite3_finalize(driver->commit);
    (void)sqlite3_finalize(driver->rollback);
    (void)sqlite3_finalize(driver->schema_cookie);
    sqlite_symbols_done(&driver->symbols);
    (void)sqlite3_close(driver->connection);
    sqlite_lock_done(&driver->lock);
    for (size_t i = 0; i < SQLITE_CURSORS_MAX; i++) {
        free(driver->cursors[i].values);
    }
    free(driver->path);
    free(driver->lock_path);
    free(driver);
}

/* There is no server. */
static ledger_status sqlite_check_server(struct ledger_call *call, struct driver *base,
                                         ledger_status (*found)(struct ledger_call *call, void *context,
                                                                struct ledger_text warning),
                                         void *context)
{
    (void)call;
    (void)base;
    (void)found;
    (void)context;
    return LEDGER_DONE;
}

/* A checkpoint of another writer of much, which SQLite waits for by no busy handler, is waited for here. */
static int sqlite_empty_log(struct sqlite_driver *driver, int64_t deadline_ms)
{
    static const struct timespec pause = {.tv_nsec = 5000000};
    for (;;) {
        int code = sqlite3_wal_checkpoint_v2(driver->connection, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
        if ((code & 0xff) != SQLITE_BUSY || monotonic_ms() >= deadline_ms) {
            return code;
        }
        (void)nanosleep(&pause, NULL);
    }
}

/* I1, I4. The pages of before stand in the log until it is emptied, and in the file until the log is moved into it. */
static ledger_status sqlite_erase_traces(struct ledger_call *call, struct driver *base)
{
    struct sqlite_driver *driver = sqlite_driver(base);
    assert(!driver->in_unit);
    LEDGER_TRY(sqlite_lock_take(call, &driver->lock, monotonic_ms() + call->timeout_ms));
    int wait_ms = call->timeout_ms < ERASE_WAIT_MS ? (int)call->timeout_ms : ERASE_WAIT_MS;
    (void)sqlite3_busy_timeout(driver->connection, wait_ms);
    int code = sqlite_empty_log(driver, monotonic_ms() + wait_ms);
    ledger_status status = code == SQLITE_OK ? LEDGER_DONE : sqlite_fail(call, driver, code, "empty the log of");
    sqlite_lock_release(&driver->lock);
    return status;
}

static const struct driver_operations sqlite_operations = {
    .begin = sqlite_begin,
    .can_write_ahead = sqlite_can_write_ahead,
    .set_much = sqlite_set_much,
    .commit = sqlite_commit,
    .rollback = sqlite_rollback,
    .query = sqlite_query,
    .step = sqlite_step,
    .close = sqlite_close,
    .write = sqlite_write,
    .check_schema = sqlite_schema_check,
    .describe_guards = sqlite_describe_guards,
    .check_storage = sqlite_storage_check,
    .check_server = sqlite_check_server,
    .schema_version = sqlite_schema_version,
    .create_schema = sqlite_schema_create,
    .erase_traces = sqlite_erase_traces,
    .free = sqlite_free,
};

static int sqlite_remember_wal(void *context, sqlite3 *connection, const char *database, int pages)
{
    (void)connection;
    (void)database;
    ((struct sqlite_driver *)context)->wal_pages = pages;
    return SQLITE_OK;
}

/* The path of sqlite:///relative.db or sqlite:////absolute.db; what follows a '?' is for other programs. */
static ledger_status sqlite_parse_uri(struct ledger_call *call, struct ledger_text uri, struct ledger_text *ret_path)
{
    static const char prefix[] = "sqlite:///";
    struct ledger_text path = {uri.data + sizeof prefix - 1, uri.size - (sizeof prefix - 1)};
    if (uri.size < sizeof prefix || memcmp(uri.data, prefix, sizeof prefix - 1) != 0) {
        return ledger_fail(call, LEDGER_CONFIGURATION_IS_INVALID,
                           "%.*s names no file: write sqlite:///relative.db or sqlite:////absolute.db",
                           TEXT_ARGUMENTS(uri));
    }
    const char *query = memchr(path.data, '?', path.size);
    path.size = query == NULL ? path.size : (size_t)(query - path.data);
    if (path.size == 0 || memchr(path.data, '\0', path.size) != NULL || text_equals_string(path, ":memory:")) {
        return ledger_fail(call, LEDGER_CONFIGURATION_IS_INVALID,
                           "%.*s names no file: a ledger is kept in a file, so that it outlives the program",
                           TEXT_ARGUMENTS(uri));
    }
    *ret_path = path;
    return LEDGER_DONE;
}

ledger_status driver_sqlite_resolve_uri(struct ledger_call *call, struct ledger_text uri, struct ledger_text *ret_uri)
{
    struct ledger_text path;
    char directory[PATH_MAX];
    LEDGER_TRY(sqlite_parse_uri(call, uri, &path));
    if (path.data[0] == '/') {
        return ledger_call_copy_text(call, uri, ret_uri);
    }
    if (getcwd(directory, sizeof directory) == NULL) {
        return ledger_fail(call, LEDGER_DATABASE_IS_UNAVAILABLE, "the directory of %.*s cannot be named: %s",
                           TEXT_ARGUMENTS(path), strerror(errno));
    }
    return ledger_call_format(call, ret_uri, "sqlite:///%s/%.*s", directory, TEXT_ARGUMENTS(path));
}

static ledger_status sqlite_allocate(struct ledger_call *call, struct ledger_text path,
                                     struct sqlite_driver **ret_driver)
{
    static const char lock_suffix[] = "-writer-lock";
    struct sqlite_driver *driver = calloc(1, sizeof *driver);
    char *path_copy = malloc(path.size + 1);
    char *lock_path = malloc(path.size + sizeof lock_suffix);
    if (driver == NULL || path_copy == NULL || lock_path == NULL) {
        free(driver);
        free(path_copy);
        free(lock_path);
        return ledger_fail_out_of_memory(call);
    }
    memcpy(path_copy, path.data, path.size);
    path_copy[path.size] = '\0';
    memcpy(lock_path, path.data, path.size);
    memcpy(lock_path + path.size, lock_suffix, sizeof lock_suffix);
    driver->base.operations = &sqlite_operations;
    driver->base.queries = queries_sqlite;
    driver->path = path_copy;
    driver->lock_path = lock_path;
    driver->checked_schema = -1;
    sqlite_lock_init(&driver->lock, lock_path);
    *ret_driver = driver;
    return LEDGER_DONE;
}

static ledger_status sqlite_open_failed(struct ledger_call *call, struct sqlite_driver *driver, int code,
                                        enum open_mode mode)
{
    if ((code & 0xff) == SQLITE_CANTOPEN && mode != OPEN_CREATE) {
        return ledger_fail(call, LEDGER_DATABASE_IS_UNAVAILABLE,
                           "there is no database that can be opened at %s: make a ledger with init --confirm, or "
                           "correct the path",
                           driver->path);
    }
    return sqlite_fail(call, driver, code, "open");
}

static ledger_status sqlite_configure(struct ledger_call *call, struct sqlite_driver *driver)
{
    (void)sqlite3_db_config(driver->connection, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    (void)sqlite3_db_config(driver->connection, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    (void)sqlite3_db_config(driver->connection, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    (void)sqlite3_wal_hook(driver->connection, sqlite_remember_wal, driver);
    (void)sqlite3_busy_timeout(driver->connection, (int)call->timeout_ms);
    LEDGER_TRY(sqlite_run(call, driver,
                          "PRAGMA synchronous = FULL; PRAGMA foreign_keys = OFF; PRAGMA trusted_schema = OFF;"
                          "PRAGMA secure_delete = ON",
                          "configure"));
    LEDGER_TRY(sqlite_set_cache(call, driver, CACHE_KIB));
    /* The first read opens the log and holds on to the file: while we live, no client of another program is the last to
     * close it, and so none checkpoints. */
    int64_t cookie = 0;
    LEDGER_TRY(sqlite_read_cookie(call, driver, &cookie));
    driver->is_read_only = sqlite3_db_readonly(driver->connection, "main") == 1;
    return LEDGER_DONE;
}

static ledger_status sqlite_connect(struct ledger_call *call, struct sqlite_driver *driver, enum open_mode mode)
{
    int flags = mode == OPEN_READ_ONLY ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    flags |= mode == OPEN_CREATE ? SQLITE_OPEN_CREATE : 0;
    int code =
        sqlite3_open_v2(driver->path, &driver->connection, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
    sqlite_symbols_init(&driver->symbols, driver->connection);
    return code == SQLITE_OK ? sqlite_configure(call, driver) : sqlite_open_failed(call, driver, code, mode);
}

ledger_status driver_sqlite_open(struct ledger_call *call, struct ledger_text uri, enum open_mode mode,
                                 struct driver **ret_driver)
{
    struct ledger_text path;
    LEDGER_TRY(sqlite_parse_uri(call, uri, &path));
    struct sqlite_driver *driver = NULL;
    LEDGER_TRY(sqlite_allocate(call, path, &driver));
    ledger_status status = sqlite_connect(call, driver, mode);
    if (status != LEDGER_DONE) {
        sqlite_free(&driver->base);
        return status;
    }
    *ret_driver = &driver->base;
    return LEDGER_DONE;
}
