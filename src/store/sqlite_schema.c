/* The shape of a SQLite ledger: made from the embedded migrations, and compared with them. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/time.h"
#include "store/driver_sqlite.h"

static ledger_status schema_read_integer(struct ledger_call *call, struct sqlite_driver *driver, const char *sql,
                                         int64_t *ret_integer)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(driver->connection, sql, -1, &statement, NULL);
    if (code == SQLITE_OK) {
        code = sqlite3_step(statement);
        if (code == SQLITE_ROW) {
            *ret_integer = sqlite3_column_int64(statement, 0);
            code = SQLITE_OK;
        }
    }
    ledger_status status = code == SQLITE_OK ? LEDGER_DONE : sqlite_fail(call, driver, code, "read the schema of");
    (void)sqlite3_finalize(statement);
    return status;
}

ledger_status sqlite_schema_version(struct ledger_call *call, struct driver *base, int64_t *ret_version)
{
    struct sqlite_driver *driver = (struct sqlite_driver *)base;
    int64_t application_id = 0;
    int64_t version = 0;
    int64_t objects_count = 0;
    LEDGER_TRY(schema_read_integer(call, driver, "PRAGMA application_id", &application_id));
    LEDGER_TRY(schema_read_integer(call, driver, "PRAGMA user_version", &version));
    LEDGER_TRY(schema_read_integer(call, driver, "SELECT count(*) FROM sqlite_schema", &objects_count));
    if (application_id != SQLITE_APPLICATION_ID && objects_count > 0) {
        return ledger_fail(
            call, LEDGER_DATABASE_IS_DAMAGED,
            "%s is a SQLite database of another program, not a ledger: it holds %lld objects and no mark "
            "of ours",
            driver->path, (long long)objects_count);
    }
    if (application_id == SQLITE_APPLICATION_ID && version > MIGRATIONS_COUNT) {
        return ledger_fail(call, LEDGER_VERSION_IS_UNSUPPORTED,
                           "the schema of %s has version %lld, this program knows versions up to %d", driver->path,
                           (long long)version, MIGRATIONS_COUNT);
    }
    *ret_version = application_id == SQLITE_APPLICATION_ID ? version : 0;
    return LEDGER_DONE;
}

static ledger_status schema_apply(struct ledger_call *call, struct sqlite_driver *driver,
                                  const struct migration *migration)
{
    for (unsigned i = 0; i < migration->statements_count; i++) {
        LEDGER_TRY(sqlite_run(call, driver, migration->statements[i].sql, "create the schema in"));
    }
    char applied_at[TIME_TEXT_SIZE];
    (void)time_format_sql(ledger_call_now_us(call), applied_at);
    char *record =
        sqlite3_mprintf("INSERT INTO schema_migrations (version, name, applied_at) VALUES (%d, %Q, %Q);"
                        "PRAGMA user_version = %d; PRAGMA application_id = %d",
                        migration->version, migration->name, applied_at, migration->version, SQLITE_APPLICATION_ID);
    if (record == NULL) {
        return ledger_fail_out_of_memory(call);
    }
    ledger_status status = sqlite_run(call, driver, record, "create the schema in");
    sqlite3_free(record);
    return status;
}

/* Page size and journal mode cannot change inside a unit of work, so they come before it; both leave an empty database
 * empty. The unit is left open: the caller writes the first rows and commits all together. */
ledger_status sqlite_schema_create(struct ledger_call *call, struct driver *base)
{
    struct sqlite_driver *driver = (struct sqlite_driver *)base;
    LEDGER_TRY(sqlite_lock_take(call, &driver->lock, monotonic_ms() + call->timeout_ms));
    int64_t version = 0;
    ledger_status status = sqlite_schema_version(call, base, &version);
    if (status == LEDGER_DONE && version != 0) {
        status = ledger_fail(call, LEDGER_EXISTS_ALREADY, "there is a ledger in %s already", driver->path);
    }
    if (status == LEDGER_DONE) {
        status = sqlite_prepare_ends(call, driver);
    }
    if (status == LEDGER_DONE) {
        status = sqlite_run(call, driver, "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; BEGIN IMMEDIATE",
                            "begin a ledger in");
    }
    if (status != LEDGER_DONE) {
        sqlite_lock_release(&driver->lock);
        return status;
    }
    driver->in_unit = true;
    driver->in_write_unit = true;
    for (size_t i = 0; status == LEDGER_DONE && i < MIGRATIONS_COUNT; i++) {
        status = schema_apply(call, driver, &migrations_sqlite[i]);
    }
    if (status != LEDGER_DONE) {
        base->operations->rollback(base);
    }
    return status;
}

/* What an object of the shipped schema is, NULL where there is none of that type and name. */
static const struct migration_statement *schema_find_shipped(struct ledger_text type, struct ledger_text name,
                                                             size_t *ret_position)
{
    size_t position = 0;
    for (size_t m = 0; m < MIGRATIONS_COUNT; m++) {
        for (unsigned i = 0; i < migrations_sqlite[m].statements_count; i++, position++) {
            const struct migration_statement *statement = &migrations_sqlite[m].statements[i];
            if (statement->object_name != NULL && text_equals_string(name, statement->object_name) &&
                text_equals_string(type, statement->object_type)) {
                *ret_position = position;
                return statement;
            }
        }
    }
    return NULL;
}

static size_t schema_count_shipped(void)
{
    size_t count = 0;
    for (size_t m = 0; m < MIGRATIONS_COUNT; m++) {
        count += migrations_sqlite[m].statements_count;
    }
    return count;
}

struct schema_check {
    ledger_status (*found)(struct ledger_call *call, void *context, const char *object_type,
                           struct ledger_text object_name, const char *difference);
    void *context;
    bool *is_present; /* by position among all shipped statements */
};

static ledger_status schema_check_row(struct ledger_call *call, const struct schema_check *check,
                                      sqlite3_stmt *statement)
{
    struct ledger_text type = ledger_text_of((const char *)sqlite3_column_text(statement, 0));
    struct ledger_text name = ledger_text_of((const char *)sqlite3_column_text(statement, 1));
    struct ledger_text sql = ledger_text_of((const char *)sqlite3_column_text(statement, 2));
    if (text_is_absent(type) || text_is_absent(name)) {
        return ledger_fail_out_of_memory(call);
    }
    if (text_is_absent(sql)) {
        return LEDGER_DONE; /* an index that SQLite made for a UNIQUE of a table */
    }
    size_t position = 0;
    const struct migration_statement *shipped = schema_find_shipped(type, name, &position);
    if (shipped == NULL) {
        return check->found(call, check->context, type.data, name, "is not part of a ledger");
    }
    check->is_present[position] = true;
    if (!text_equals_string(sql, shipped->sql)) {
        return check->found(call, check->context, type.data, name, "is not as shipped");
    }
    return LEDGER_DONE;
}

static ledger_status schema_check_missing(struct ledger_call *call, const struct schema_check *check)
{
    size_t position = 0;
    for (size_t m = 0; m < MIGRATIONS_COUNT; m++) {
        for (unsigned i = 0; i < migrations_sqlite[m].statements_count; i++, position++) {
            const struct migration_statement *statement = &migrations_sqlite[m].statements[i];
            if (statement->object_name != NULL && !check->is_present[position]) {
                LEDGER_TRY(check->found(call, check->context, statement->object_type,
                                        ledger_text_of(statement->object_name), "is missing"));
            }
        }
    }
    return LEDGER_DONE;
}

/* sqlite_stat tables come from ANALYZE, which a DBA may run: they change no meaning. */
ledger_status sqlite_schema_check(struct ledger_call *call, struct driver *base,
                                  ledger_status (*found)(struct ledger_call *call, void *context,
                                                         const char *object_type, struct ledger_text object_name,
                                                         const char *difference),
                                  void *context)
{
    struct sqlite_driver *driver = (struct sqlite_driver *)base;
    struct schema_check check = {.found = found, .context = context};
    LEDGER_ALLOCATE(call, check.is_present, schema_count_shipped());
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(driver->connection,
                                  "SELECT type, name, sql FROM sqlite_schema "
                                  "WHERE type <> 'table' OR name NOT GLOB 'sqlite_stat[1-4]'",
                                  -1, &statement, NULL);
    ledger_status status = code == SQLITE_OK ? LEDGER_DONE : sqlite_fail(call, driver, code, "read the schema of");
    while (status == LEDGER_DONE && (code = sqlite3_step(statement)) == SQLITE_ROW) {
        status = schema_check_row(call, &check, statement);
    }
    if (status == LEDGER_DONE && code != SQLITE_DONE) {
        status = sqlite_fail(call, driver, code, "read the schema of");
    }
    (void)sqlite3_finalize(statement);
    return status == LEDGER_DONE ? schema_check_missing(call, &check) : status;
}

/* The mark is SQLite's own count of changes of the schema. */
ledger_status sqlite_describe_guards(struct ledger_call *call, struct driver *base,
                                     ledger_status (*described)(struct ledger_call *call, void *context,
                                                                const char *object_type, struct ledger_text object_name,
                                                                struct ledger_text definition),
                                     void *context, struct ledger_text *ret_mark)
{
    struct sqlite_driver *driver = (struct sqlite_driver *)base;
    int64_t changes_count = 0;
    LEDGER_TRY(schema_read_integer(call, driver, "PRAGMA schema_version", &changes_count));
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(driver->connection,
                                  "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL "
                                  "AND (type <> 'table' OR name NOT GLOB 'sqlite_stat[1-4]') ORDER BY type, name",
                                  -1, &statement, NULL);
    ledger_status status = code == SQLITE_OK ? LEDGER_DONE : sqlite_fail(call, driver, code, "read the schema of");
    while (status == LEDGER_DONE && (code = sqlite3_step(statement)) == SQLITE_ROW) {
        struct ledger_text type = ledger_text_of((const char *)sqlite3_column_text(statement, 0));
        struct ledger_text name = ledger_text_of((const char *)sqlite3_column_text(statement, 1));
        struct ledger_text sql = ledger_text_of((const char *)sqlite3_column_text(statement, 2));
        status = text_is_absent(type) || text_is_absent(name) || text_is_absent(sql)
                     ? ledger_fail_out_of_memory(call)
                     : described(call, context, type.data, name, sql);
    }
    if (status == LEDGER_DONE && code != SQLITE_DONE) {
        status = sqlite_fail(call, driver, code, "read the schema of");
    }
    (void)sqlite3_finalize(statement);
    return status == LEDGER_DONE ? ledger_call_format(call, ret_mark, "%lld", (long long)changes_count) : status;
}

/* A page that could not be read for want of memory is no fault of the storage, although SQLite tells it as one. */
static bool storage_fault_is_of_memory(struct ledger_text fault)
{
    char ends[][32] = {"", ""};
    (void)snprintf(ends[0], sizeof ends[0], "error code=%d", SQLITE_NOMEM);
    (void)snprintf(ends[1], sizeof ends[1], "error code=%d", SQLITE_IOERR_NOMEM);
    for (size_t i = 0; i < 2; i++) {
        size_t size = strlen(ends[i]);
        if (fault.size >= size && memcmp(fault.data + fault.size - size, ends[i], size) == 0) {
            return true;
        }
    }
    return false;
}

/* SQLite's own words, a row a fault; one row "ok" where there is none. */
ledger_status sqlite_storage_check(struct ledger_call *call, struct driver *base,
                                   ledger_status (*found)(struct ledger_call *call, void *context,
                                                          struct ledger_text fault),
                                   void *context)
{
    struct sqlite_driver *driver = (struct sqlite_driver *)base;
    sqlite3_stmt *statement = NULL;
    LEDGER_TRY(sqlite_set_checks(call, driver, true));
    int code = sqlite3_prepare_v2(driver->connection, "PRAGMA integrity_check(1000)", -1, &statement, NULL);
    ledger_status status = code == SQLITE_OK ? LEDGER_DONE : sqlite_fail(call, driver, code, "check the storage of");
    while (status == LEDGER_DONE && (code = sqlite3_step(statement)) == SQLITE_ROW) {
        struct ledger_text fault = ledger_text_of((const char *)sqlite3_column_text(statement, 0));
        if (text_is_absent(fault) || storage_fault_is_of_memory(fault)) {
            status = ledger_fail_out_of_memory(call);
        } else if (!text_equals_string(fault, "ok")) {
            status = found(call, context, fault);
        }
    }
    if (status == LEDGER_DONE && code != SQLITE_DONE) {
        status = sqlite_fail(call, driver, code, "check the storage of");
    }
    (void)sqlite3_finalize(statement);
    return status;
}
