/* What a server says of its own storage, and which of its settings an operator should know about. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "base/text_builder.h"
#include "store/mysql_driver.h"

enum { PACKET_BYTES_MIN = 16 << 20 };

/* CHECK TABLE ends the transaction of its session, so it has a session of its own, without a limit of time. */
static ledger_status storage_connect(struct ledger_call *call, struct mysql_driver *driver,
                                     struct mysql_connection *connection)
{
    const struct driver_options options = {
        .uri = ledger_text_of(driver->uri),
        .password = ledger_text_of(driver->password),
        .mode = OPEN_READ_ONLY,
    };
    LEDGER_TRY(mysql_connection_init(call, connection, &options));
    ledger_status status = mysql_connection_ready(call, connection, UNIT_READ);
    if (status != LEDGER_DONE) {
        mysql_connection_done(connection);
    }
    return status;
}

/* Every table of ours that is there, as the list of a CHECK TABLE. */
static ledger_status storage_list_tables(struct ledger_call *call, struct mysql_connection *connection,
                                         struct ledger_text *ret_sql)
{
    MYSQL_ROWS(rows);
    LEDGER_TRY(mysql_run_rows(call, connection, "SHOW FULL TABLES WHERE Table_type = 'BASE TABLE'",
                              "reading the schema", &rows));
    struct text_builder sql;
    text_builder_init(&sql, &call->arena, 1024);
    for (MYSQL_ROW row = mysql_fetch_row(rows); row != NULL; row = mysql_fetch_row(rows)) {
        for (size_t i = 0; i < SCHEMA_MARIADB_COUNT; i++) {
            if (strcmp(schema_mariadb[i].name, row[0]) == 0) {
                text_builder_add_string(&sql, sql.size == 0 ? "CHECK TABLE " : ", ");
                text_builder_add_string(&sql, row[0]);
            }
        }
    }
    return text_builder_finish(call, &sql, ret_sql);
}

/* Rows of CHECK TABLE: Table, Op, Msg_type, Msg_text. */
static ledger_status storage_check_tables(struct ledger_call *call, struct mysql_connection *connection,
                                          mysql_text_found *found, void *context)
{
    struct ledger_text sql;
    LEDGER_TRY(storage_list_tables(call, connection, &sql));
    if (sql.size == 0) {
        return LEDGER_DONE;
    }
    MYSQL_ROWS(rows);
    LEDGER_TRY(mysql_run_rows(call, connection, sql.data, "checking the storage", &rows));
    for (MYSQL_ROW row = mysql_fetch_row(rows); row != NULL; row = mysql_fetch_row(rows)) {
        if (strcmp(row[2], "status") != 0 || strcmp(row[3], "OK") != 0) {
            struct ledger_text fault;
            LEDGER_TRY(ledger_call_format(call, &fault, "%s: %s: %s", row[0], row[2], row[3]));
            LEDGER_TRY(found(call, context, fault));
        }
    }
    return LEDGER_DONE;
}

/* Checks of rows that were switched off while a row was written are made up for, in one pass over each table. */
static ledger_status storage_check_rows(struct ledger_call *call, struct mysql_connection *connection,
                                        const char *table, const char *constraints, mysql_text_found *found,
                                        void *context)
{
    struct ledger_text sql;
    LEDGER_TRY(ledger_call_format(call, &sql, "SELECT count(*) FROM `%s` WHERE NOT (%s)", table, constraints));
    MYSQL_ROWS(rows);
    LEDGER_TRY(mysql_run_rows(call, connection, sql.data, "checking the storage", &rows));
    MYSQL_ROW row = mysql_fetch_row(rows);
    if (row != NULL && strcmp(row[0], "0") != 0) {
        struct ledger_text fault;
        LEDGER_TRY(ledger_call_format(call, &fault, "%s: %s rows break a constraint of the table: not %s", table,
                                      row[0], constraints));
        LEDGER_TRY(found(call, context, fault));
    }
    return LEDGER_DONE;
}

static ledger_status storage_check_constraints(struct ledger_call *call, struct mysql_connection *connection,
                                               const struct mysql_dialect *dialect, mysql_text_found *found,
                                               void *context)
{
    MYSQL_ROWS(rows);
    LEDGER_TRY(mysql_run_rows(call, connection, dialect->constraints_sql, "reading the schema", &rows));
    for (MYSQL_ROW row = mysql_fetch_row(rows); row != NULL; row = mysql_fetch_row(rows)) {
        LEDGER_TRY(storage_check_rows(call, connection, row[0], row[1], found, context));
    }
    return LEDGER_DONE;
}

ledger_status mysql_storage_check(struct ledger_call *call, struct driver *base, mysql_text_found *found, void *context)
{
    struct mysql_driver *driver = (struct mysql_driver *)base;
    struct mysql_connection connection;
    LEDGER_TRY(storage_connect(call, driver, &connection));
    ledger_status status = storage_check_tables(call, &connection, found, context);
    if (status == LEDGER_DONE) {
        status = storage_check_constraints(call, &connection, driver->dialect, found, context);
    }
    mysql_connection_done(&connection);
    return status;
}

static bool value_is_on(const char *value)
{
    return strcmp(value, "1") == 0 || strcasecmp(value, "ON") == 0 || strcasecmp(value, "DETECT_AND_RECOVER") == 0;
}

static bool value_is_off(const char *value)
{
    return !value_is_on(value);
}

static bool value_is_not_one(const char *value)
{
    return strcmp(value, "1") != 0;
}

static bool value_is_no_utc(const char *value)
{
    return strcasecmp(value, "UTC") != 0 && strcasecmp(value, "Etc/UTC") != 0 && strcmp(value, "+00:00") != 0;
}

static bool value_is_not_strict(const char *value)
{
    return strcasestr(value, "STRICT_TRANS_TABLES") == NULL && strcasestr(value, "STRICT_ALL_TABLES") == NULL;
}

static bool value_is_another_engine(const char *value)
{
    return strcasecmp(value, "InnoDB") != 0;
}

static bool value_is_small_packet(const char *value)
{
    return strtoll(value, NULL, 10) < PACKET_BYTES_MIN;
}

/* Settings that weaken what a ledger promises or what the runbook relies on. A cluster's durability is that of its
 * nodes together: a node may flush later there. */
static const struct server_setting {
    const char *expression;
    bool (*is_wrong)(const char *value);
    bool is_fine_in_cluster;
    const char *warning;
} settings[] = {
    {"if(@@GLOBAL.time_zone = 'SYSTEM', @@GLOBAL.system_time_zone, @@GLOBAL.time_zone)", value_is_no_utc, false,
     "the server's time zone is %s: NOW() in statements of others disagrees with the ledger's columns, which are in "
     "UTC; "
     "set default_time_zone = '+00:00'"},
    {"@@GLOBAL.innodb_flush_log_at_trx_commit", value_is_not_one, true,
     "innodb_flush_log_at_trx_commit is %s: a crash can lose transactions that were acknowledged; set it to 1"},
    {"@@GLOBAL.innodb_doublewrite", value_is_off, false,
     "innodb_doublewrite is %s: a crash can leave torn pages; set it to ON"},
    {"@@GLOBAL.log_bin", value_is_off, false,
     "the binary log is off (log_bin is %s): no recovery to a point in time, and mysqldump --master-data fails"},
    {"if(@@GLOBAL.log_bin, @@GLOBAL.sync_binlog, 1)", value_is_not_one, true,
     "sync_binlog is %s: after a crash the binary log can lack transactions that are in the ledger; set it to 1"},
    {"@@GLOBAL.sql_mode", value_is_not_strict, false,
     "sql_mode is \"%s\": without a strict mode other programs' wrong values are bent until they fit; add "
     "STRICT_TRANS_TABLES"},
    {"@@GLOBAL.default_storage_engine", value_is_another_engine, false,
     "default_storage_engine is %s: a table that is restored without its engine would not be safe; set it to InnoDB"},
    {"@@GLOBAL.max_allowed_packet", value_is_small_packet, false,
     "max_allowed_packet is %s: large batches and dumps may not pass; set it to 16M or more"},
};

static ledger_status server_read(struct ledger_call *call, struct mysql_driver *driver, const char *expression,
                                 struct ledger_text *ret_value)
{
    struct ledger_text sql;
    LEDGER_TRY(ledger_call_format(call, &sql, "SELECT %s", expression));
    MYSQL_ROWS(rows);
    LEDGER_TRY(mysql_run_rows(call, &driver->connection, sql.data, "reading the server's settings", &rows));
    MYSQL_ROW row = mysql_fetch_row(rows);
    return ledger_call_copy_text(call, ledger_text_of(row == NULL || row[0] == NULL ? "" : row[0]), ret_value);
}

ledger_status mysql_server_check(struct ledger_call *call, struct driver *base, mysql_text_found *found, void *context)
{
    struct mysql_driver *driver = (struct mysql_driver *)base;
    if (!driver->in_unit) {
        LEDGER_TRY(mysql_driver_ready(call, driver, UNIT_READ));
    }
    if (!driver->dialect->is_described) {
        LEDGER_TRY(found(call, context,
                         TEXT("the server is MySQL: that the text of a view, the condition of a CHECK constraint and a "
                              "column's default are as shipped cannot be checked there")));
    }
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
        if (settings[i].is_fine_in_cluster && driver->connection.is_cluster) {
            continue;
        }
        struct ledger_text value;
        LEDGER_TRY(server_read(call, driver, settings[i].expression, &value));
        if (settings[i].is_wrong(value.data)) {
            struct text_builder warning;
            const char *place = strstr(settings[i].warning, "%s");
            text_builder_init(&warning, &call->arena, 256);
            text_builder_add(&warning, settings[i].warning, (size_t)(place - settings[i].warning));
            text_builder_add_text(&warning, value);
            text_builder_add_string(&warning, place + strlen("%s"));
            struct ledger_text text;
            LEDGER_TRY(text_builder_finish(call, &warning, &text));
            LEDGER_TRY(found(call, context, text));
        }
    }
    return LEDGER_DONE;
}
