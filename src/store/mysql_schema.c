/* The shape of a ledger on MariaDB: its version, and how it is made.
 *
 * I1 Statements that create commit by themselves here, so a ledger is there when the row of its version is: that row is
 *    written in one unit of work with the first rows of the ledger. What an interrupted creation left is taken over by
 *    the next, when it is as shipped and holds no row.
 * I2 Nothing is ever dropped or replaced. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/time.h"
#include "store/mysql_driver.h"

enum {
    ERROR_TABLE_EXISTS = 1050,
    ERROR_COLUMN_IS_UNKNOWN = 1054,
    ERROR_TRIGGER_EXISTS = 1359,
    ERROR_BINARY_LOG_NEEDS_SUPER = 1419,
};

static const char *schema_database(const struct mysql_driver *driver)
{
    return driver->connection.uri.database == NULL ? "" : driver->connection.uri.database;
}

/* The version that is there: 0 also where schema_migrations is missing, empty, or another program's. */
static ledger_status schema_read_version(struct ledger_call *call, struct mysql_driver *driver, int64_t *ret_version)
{
    MYSQL *handle = driver->connection.handle;
    MYSQL_ROWS(rows);
    if (mysql_query(handle, "SELECT coalesce(max(version), 0), max(name), max(applied_at) FROM schema_migrations") ==
        0) {
        rows = mysql_store_result(handle);
    }
    unsigned error_number = mysql_errno(handle);
    if (error_number == MYSQL_ERROR_TABLE_IS_MISSING || error_number == ERROR_COLUMN_IS_UNKNOWN) {
        *ret_version = 0;
        return LEDGER_DONE;
    }
    MYSQL_ROW row = rows == NULL ? NULL : mysql_fetch_row(rows);
    if (row == NULL || row[0] == NULL) {
        return mysql_fail_last(call, &driver->connection, MYSQL_PHASE_STATEMENT, "reading the version of the schema");
    }
    *ret_version = strtoll(row[0], NULL, 10);
    return LEDGER_DONE;
}

ledger_status mysql_schema_version(struct ledger_call *call, struct driver *base, int64_t *ret_version)
{
    struct mysql_driver *driver = (struct mysql_driver *)base;
    if (!driver->in_unit) {
        LEDGER_TRY(mysql_driver_ready(call, driver, UNIT_READ));
    }
    int64_t version = 0;
    LEDGER_TRY(schema_read_version(call, driver, &version));
    if (version > MIGRATIONS_COUNT) {
        return ledger_fail(call, LEDGER_VERSION_IS_UNSUPPORTED,
                           "the schema of database %s has version %lld, this program knows versions up to %d",
                           schema_database(driver), (long long)version, MIGRATIONS_COUNT);
    }
    *ret_version = version;
    return LEDGER_DONE;
}

/* Creations of one ledger come one after the other: the lock belongs to the session, not to a unit of work. */
static ledger_status schema_lock(struct ledger_call *call, struct mysql_driver *driver)
{
    struct ledger_text sql;
    LEDGER_TRY(ledger_call_format(call, &sql, "SELECT GET_LOCK(CONCAT('ledger-init:', MD5(DATABASE())), %u)",
                                  call->timeout_ms / 1000));
    MYSQL_ROWS(rows);
    LEDGER_TRY(mysql_run_rows(call, &driver->connection, sql.data, "creating the schema", &rows));
    MYSQL_ROW row = mysql_fetch_row(rows);
    driver->has_creation_lock = row != NULL && row[0] != NULL && strcmp(row[0], "1") == 0;
    if (!driver->has_creation_lock) {
        return ledger_fail(call, LEDGER_DATABASE_IS_BUSY, "somebody else is making a ledger in database %s",
                           schema_database(driver));
    }
    return LEDGER_DONE;
}

static ledger_status schema_refuse_difference(struct ledger_call *call, void *context, const char *object_type,
                                              struct ledger_text object_name, const char *difference)
{
    if (strcmp(difference, MYSQL_SCHEMA_IS_MISSING) == 0) {
        return LEDGER_DONE;
    }
    return ledger_fail(call, LEDGER_EXISTS_ALREADY,
                       "a ledger needs a database of its own, but in database %s the %s %.*s %s",
                       schema_database(context), object_type, TEXT_ARGUMENTS(object_name), difference);
}

/* What is there of tables and views must be what a creation makes, and the tables empty. */
static ledger_status schema_check_free(struct ledger_call *call, struct mysql_driver *driver)
{
    LEDGER_TRY(mysql_schema_check_tables(call, driver, schema_refuse_difference, driver));
    MYSQL_ROWS(tables);
    LEDGER_TRY(mysql_run_rows(call, &driver->connection, "SHOW FULL TABLES WHERE Table_type = 'BASE TABLE'",
                              "looking through the database", &tables));
    for (MYSQL_ROW table = mysql_fetch_row(tables); table != NULL; table = mysql_fetch_row(tables)) {
        /* The name is one of ours, which need no quoting. */
        struct ledger_text sql;
        LEDGER_TRY(ledger_call_format(call, &sql, "SELECT 1 FROM %s LIMIT 1", table[0]));
        MYSQL_ROWS(rows);
        LEDGER_TRY(mysql_run_rows(call, &driver->connection, sql.data, "looking through the database", &rows));
        if (mysql_num_rows(rows) > 0) {
            return ledger_fail(call, LEDGER_EXISTS_ALREADY,
                               "the table %s of database %s holds rows, but no ledger is whole there: use another "
                               "database, or find out whose they are",
                               table[0], schema_database(driver));
        }
    }
    return LEDGER_DONE;
}

static ledger_status schema_create_failed(struct ledger_call *call, struct mysql_driver *driver)
{
    unsigned error_number = mysql_errno(driver->connection.handle);
    ledger_status status = mysql_fail_last(call, &driver->connection, MYSQL_PHASE_STATEMENT, "creating the schema");
    if (error_number == ERROR_BINARY_LOG_NEEDS_SUPER) {
        ledger_call_add_problem(call, status, 0,
                                "with a binary log the server lets only a few create triggers: have an administrator "
                                "run SET GLOBAL log_bin_trust_function_creators = 1 for the time of init");
    } else if (status == LEDGER_ACCESS_IS_DENIED) {
        ledger_call_add_problem(call, status, 0,
                                "init needs the privileges that ledger-admin grants --role migrator prints: have an "
                                "administrator run that for this user, then run init again");
    }
    return status;
}

/* I1: what an interrupted creation left was found to be as shipped. */
static ledger_status schema_create_object(struct ledger_call *call, struct mysql_driver *driver, const char *sql)
{
    const char *filled = NULL;
    LEDGER_TRY(mysql_dialect_fill(call, driver->dialect, sql, &filled));
    if (mysql_query(driver->connection.handle, filled) == 0) {
        return LEDGER_DONE;
    }
    unsigned error_number = mysql_errno(driver->connection.handle);
    return error_number == ERROR_TABLE_EXISTS || error_number == ERROR_TRIGGER_EXISTS
               ? LEDGER_DONE
               : schema_create_failed(call, driver);
}

static ledger_status schema_create_objects(struct ledger_call *call, struct mysql_driver *driver)
{
    for (size_t m = 0; m < MIGRATIONS_COUNT; m++) {
        for (unsigned i = 0; i < driver->dialect->migrations[m].statements_count; i++) {
            const struct migration_statement *statement = &driver->dialect->migrations[m].statements[i];
            if (statement->object_name != NULL) {
                LEDGER_TRY(schema_create_object(call, driver, statement->sql));
            }
        }
    }
    return mysql_schema_check_guards(call, driver, schema_refuse_difference, driver);
}

/* The rows of the migrations: within the unit of work, as the first of it. */
static ledger_status schema_insert_rows(struct ledger_call *call, struct mysql_driver *driver)
{
    char applied_at[TIME_TEXT_SIZE];
    (void)time_format_sql(ledger_call_now_us(call), applied_at);
    for (size_t m = 0; m < MIGRATIONS_COUNT; m++) {
        const struct migration *migration = &driver->dialect->migrations[m];
        for (unsigned i = 0; i < migration->statements_count; i++) {
            if (migration->statements[i].object_name == NULL) {
                LEDGER_TRY(mysql_run(call, &driver->connection, migration->statements[i].sql, "creating the schema"));
            }
        }
        const struct value row[MIGRATION_INSERT_INS] = {
            [MIGRATION_INSERT_IN_VERSION] = value_integer(migration->version),
            [MIGRATION_INSERT_IN_NAME] = value_text(ledger_text_of(migration->name)),
            [MIGRATION_INSERT_IN_APPLIED_AT] = value_text(ledger_text_of(applied_at)),
        };
        LEDGER_TRY(driver->base.operations->write(call, &driver->base, QUERY_MIGRATION_INSERT, row, 1));
    }
    return LEDGER_DONE;
}

static ledger_status schema_create(struct ledger_call *call, struct mysql_driver *driver)
{
    LEDGER_TRY(schema_lock(call, driver));
    int64_t version = 0;
    LEDGER_TRY(mysql_schema_version(call, &driver->base, &version));
    if (version != 0) {
        return ledger_fail(call, LEDGER_EXISTS_ALREADY, "there is a ledger in database %s already",
                           schema_database(driver));
    }
    LEDGER_TRY(schema_check_free(call, driver));
    LEDGER_TRY(schema_create_objects(call, driver));
    LEDGER_TRY(mysql_run(call, &driver->connection, "START TRANSACTION", "beginning a ledger"));
    driver->in_unit = true;
    driver->in_write_unit = true;
    return schema_insert_rows(call, driver);
}

/* The unit is left open: the caller writes the first rows and commits all together. */
ledger_status mysql_schema_create(struct ledger_call *call, struct driver *base)
{
    struct mysql_driver *driver = (struct mysql_driver *)base;
    LEDGER_TRY(mysql_driver_ready(call, driver, UNIT_READ));
    ledger_status status = schema_create(call, driver);
    if (status != LEDGER_DONE) {
        base->operations->rollback(base);
    }
    return status;
}
