/* Scratch databases. See scratch_database.h. */
#include "support/scratch_database.h"

#include <mysql.h>
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/mysql_dialect.h"

enum { GUARDS_MAX = 100, GUARD_TEXT_SIZE = 4096 };

/* A trigger that was taken away for a while. */
struct guard {
    char name[SCRATCH_NAME_SIZE];
    char sql_mode[512];
    char sql[GUARD_TEXT_SIZE];
};

_Noreturn void scratch_die(const char *what, const char *why)
{
    printf("Bail out! %s: %s\n", what, why);
    (void)fflush(stdout);
    exit(99);
}

enum scratch_backend scratch_backend(void)
{
    const char *name = getenv("LEDGER_TEST_BACKEND");
    if (name == NULL || strcmp(name, "sqlite") == 0) {
        return SCRATCH_SQLITE;
    }
    if (strcmp(name, "mysql") == 0) {
        return SCRATCH_MYSQL;
    }
    if (strcmp(name, "mariadb") != 0) {
        scratch_die("LEDGER_TEST_BACKEND is none of sqlite, mariadb and mysql", name);
    }
    return SCRATCH_MARIADB;
}

const char *scratch_sql(const char *sqlite, const char *mariadb)
{
    return scratch_backend() == SCRATCH_SQLITE ? sqlite : mariadb;
}

/* SQLite. */

static sqlite3 *sqlite_connect(const struct scratch_database *database, int flags)
{
    sqlite3 *connection = NULL;
    if (sqlite3_open_v2(database->path, &connection, flags, NULL) != SQLITE_OK) {
        scratch_die(database->path, sqlite3_errmsg(connection));
    }
    (void)sqlite3_busy_timeout(connection, 10000);
    (void)sqlite3_db_config(connection, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    return connection;
}

static void append_text(char text[SCRATCH_TEXT_SIZE], const char *value, bool is_first)
{
    size_t used = strlen(text);
    int length =
        snprintf(text + used, SCRATCH_TEXT_SIZE - used, "%s%s", is_first ? "" : " ", value == NULL ? "" : value);
    if (length < 0 || (size_t)length >= SCRATCH_TEXT_SIZE - used) {
        scratch_die(text, "is too long for a test");
    }
}

static void sqlite_text(const struct scratch_database *database, const char *sql, char text[SCRATCH_TEXT_SIZE])
{
    sqlite3 *connection = sqlite_connect(database, SQLITE_OPEN_READONLY);
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(connection, sql, -1, &statement, NULL);
    for (bool is_first = true; code == SQLITE_OK || code == SQLITE_ROW; is_first = false) {
        code = sqlite3_step(statement);
        if (code == SQLITE_ROW) {
            append_text(text, (const char *)sqlite3_column_text(statement, 0), is_first);
        }
    }
    if (code != SQLITE_DONE) {
        scratch_die(sql, sqlite3_errmsg(connection));
    }
    (void)sqlite3_finalize(statement);
    (void)sqlite3_close(connection);
}

static void sqlite_damage(const struct scratch_database *database, const char *sql)
{
    sqlite3 *connection = sqlite_connect(database, SQLITE_OPEN_READWRITE);
    (void)sqlite3_db_config(connection, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    if (sqlite3_exec(connection,
                     "PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON; PRAGMA synchronous = OFF", NULL,
                     NULL, NULL) != SQLITE_OK ||
        sqlite3_exec(connection, sql, NULL, NULL, NULL) != SQLITE_OK) {
        scratch_die(sql, sqlite3_errmsg(connection));
    }
    (void)sqlite3_close(connection);
}

static void sqlite_remove(const struct scratch_database *database)
{
    static const char *const suffixes[] = {"", "-wal", "-shm", "-writer-lock", "-journal"};
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
        char path[SCRATCH_PATH_SIZE + 64];
        (void)snprintf(path, sizeof path, "%s%s", database->path, suffixes[i]);
        (void)unlink(path);
    }
}

static void sqlite_copy(const struct scratch_database *from, const struct scratch_database *to)
{
    static char bytes[1 << 16];
    sqlite_damage(from, "PRAGMA wal_checkpoint(TRUNCATE)");
    sqlite_remove(to);
    FILE *source = fopen(from->path, "rb");
    FILE *copy = fopen(to->path, "wb");
    if (source == NULL || copy == NULL) {
        scratch_die(to->path, "cannot be copied");
    }
    size_t size = 0;
    while ((size = fread(bytes, 1, sizeof bytes, source)) > 0) {
        if (fwrite(bytes, 1, size, copy) != size) {
            scratch_die(to->path, "cannot be written");
        }
    }
    if (ferror(source) != 0 || fclose(copy) != 0) {
        scratch_die(to->path, "cannot be copied");
    }
    (void)fclose(source);
}

/* MariaDB. */

/* The server's URI in two parts, before and after where a database is named. */
static const char *server_uri(size_t *ret_size)
{
    const char *uri = getenv("LEDGER_TEST_MYSQL");
    const char *question = uri == NULL ? NULL : strstr(uri, "?unix_socket=");
    if (question == NULL) {
        scratch_die("LEDGER_TEST_MYSQL names no server", "run this by tools/mariadb_server.py run -- COMMAND");
    }
    *ret_size = (size_t)(question - uri);
    return uri;
}

/* A session of root; without a database where `name` is NULL. */
static MYSQL *server_connect(const char *name)
{
    size_t size;
    const char *socket = server_uri(&size) + size + strlen("?unix_socket=");
    MYSQL *connection = mysql_init(NULL);
    if (connection == NULL || mysql_options(connection, MYSQL_SET_CHARSET_NAME, "utf8mb4") != 0 ||
        mysql_real_connect(connection, "localhost", "root", NULL, name, 0, socket, CLIENT_MULTI_STATEMENTS) == NULL) {
        scratch_die(socket, connection == NULL ? "memory ran out" : mysql_error(connection));
    }
    return connection;
}

struct st_mysql *scratch_database_connect(const struct scratch_database *database)
{
    return server_connect(database->name);
}

/* Runs statements, and forgets their rows. */
static void server_run(MYSQL *connection, const char *sql)
{
    int more = mysql_query(connection, sql);
    while (more == 0) {
        mysql_free_result(mysql_store_result(connection));
        more = mysql_next_result(connection);
    }
    if (more > 0) {
        scratch_die(sql, mysql_error(connection));
    }
}

static MYSQL_RES *server_ask(MYSQL *connection, const char *sql)
{
    if (mysql_query(connection, sql) != 0) {
        scratch_die(sql, mysql_error(connection));
    }
    MYSQL_RES *result = mysql_store_result(connection);
    if (result == NULL) {
        scratch_die(sql, "gives no rows");
    }
    return result;
}

/* MySQL's dialect on MariaDB: all of it but the name of the collation, which that server does not have. */
static void mysql_force(void)
{
    static struct mysql_dialect dialect;
    dialect = mysql_dialect_mysql;
    dialect.collation = mysql_dialect_mariadb.collation;
    mysql_dialect_force(&dialect);
}

static void mariadb_create(struct scratch_database *database)
{
    static unsigned count;
    size_t size;
    const char *server = server_uri(&size);
    char sql[256];
    (void)snprintf(database->name, sizeof database->name, "test_%ld_%u", (long)getpid(), count++);
    (void)snprintf(database->uri, sizeof database->uri, "%.*s%s%s", (int)size, server, database->name, server + size);
    (void)snprintf(sql, sizeof sql, "CREATE DATABASE %s CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin",
                   database->name);
    MYSQL *connection = server_connect(NULL);
    server_run(connection, sql);
    mysql_close(connection);
}

static void mariadb_drop(const struct scratch_database *database)
{
    char sql[256];
    MYSQL *connection = server_connect(NULL);
    (void)snprintf(sql, sizeof sql, "DROP DATABASE %s", database->name);
    server_run(connection, sql);
    mysql_close(connection);
}

static void mariadb_text(const struct scratch_database *database, const char *sql, char text[SCRATCH_TEXT_SIZE])
{
    MYSQL *connection = server_connect(database->name);
    server_run(connection, "SET sql_mode = 'PIPES_AS_CONCAT'");
    MYSQL_RES *result = server_ask(connection, sql);
    MYSQL_ROW row = NULL;
    for (bool is_first = true; (row = mysql_fetch_row(result)) != NULL; is_first = false) {
        append_text(text, row[0], is_first);
    }
    mysql_free_result(result);
    mysql_close(connection);
}

static bool is_of_name(char character)
{
    return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
           (character >= '0' && character <= '9') || character == '_';
}

/* Whether a name stands in statements, as a word. */
static bool names(const char *sql, const char *name)
{
    size_t size = strlen(name);
    for (const char *found = strstr(sql, name); found != NULL; found = strstr(found + 1, name)) {
        if ((found == sql || !is_of_name(found[-1])) && !is_of_name(found[size])) {
            return true;
        }
    }
    return false;
}

static void copy_text(char *text, size_t size, const char *value)
{
    int length = snprintf(text, size, "%s", value == NULL ? "" : value);
    if (length < 0 || (size_t)length >= size) {
        scratch_die("the text of a trigger is too long for a test", value);
    }
}

static void guard_read(MYSQL *connection, const char *name, struct guard *ret_guard)
{
    char sql[256];
    (void)snprintf(sql, sizeof sql, "SHOW CREATE TRIGGER %s", name);
    MYSQL_RES *result = server_ask(connection, sql);
    MYSQL_ROW row = mysql_fetch_row(result);
    copy_text(ret_guard->name, sizeof ret_guard->name, row[0]);
    copy_text(ret_guard->sql_mode, sizeof ret_guard->sql_mode, row[1]);
    copy_text(ret_guard->sql, sizeof ret_guard->sql, row[2]);
    mysql_free_result(result);
}

/* The triggers of the tables that the statements name, but for those that they name themselves; none where a table
 * goes, since its triggers go with it. */
static size_t guards_read(MYSQL *connection, const char *sql, struct guard guards[GUARDS_MAX])
{
    MYSQL_RES *result = server_ask(connection, "SHOW TRIGGERS");
    size_t count = 0;
    MYSQL_ROW row = NULL;
    while ((row = mysql_fetch_row(result)) != NULL) {
        if (names(sql, row[2]) && !names(sql, row[0]) && strstr(sql, "DROP TABLE ") == NULL) {
            if (count == GUARDS_MAX) {
                scratch_die(sql, "has more triggers than a test looks for");
            }
            guard_read(connection, row[0], &guards[count++]);
        }
    }
    mysql_free_result(result);
    return count;
}

static void mariadb_damage(const struct scratch_database *database, const char *sql)
{
    static struct guard guards[GUARDS_MAX];
    char text[GUARD_TEXT_SIZE];
    MYSQL *connection = server_connect(database->name);
    size_t count = guards_read(connection, sql, guards);
    for (size_t i = 0; i < count; i++) {
        (void)snprintf(text, sizeof text, "DROP TRIGGER %.63s", guards[i].name);
        server_run(connection, text);
    }
    server_run(connection, "SET sql_mode = 'PIPES_AS_CONCAT', foreign_key_checks = 0, check_constraint_checks = 0");
    server_run(connection, sql);
    for (size_t i = 0; i < count; i++) {
        (void)snprintf(text, sizeof text, "SET sql_mode = '%.511s'", guards[i].sql_mode);
        server_run(connection, text);
        server_run(connection, guards[i].sql);
    }
    mysql_close(connection);
}

/* The columns of a table that hold something of their own, put together by commas. */
static void columns_read(MYSQL *connection, const char *table, char columns[SCRATCH_TEXT_SIZE])
{
    char sql[SCRATCH_TEXT_SIZE];
    (void)snprintf(sql, sizeof sql,
                   "SELECT group_concat(column_name ORDER BY ordinal_position) FROM information_schema.columns "
                   "WHERE table_schema = database() AND table_name = '%.63s' AND is_generated = 'NEVER'",
                   table);
    MYSQL_RES *result = server_ask(connection, sql);
    MYSQL_ROW row = mysql_fetch_row(result);
    copy_text(columns, SCRATCH_TEXT_SIZE, row[0]);
    mysql_free_result(result);
}

static void mariadb_copy(const struct scratch_database *from, const struct scratch_database *to, const char *sql)
{
    static char text[3 * SCRATCH_TEXT_SIZE];
    char columns[SCRATCH_TEXT_SIZE];
    MYSQL *connection = server_connect(from->name);
    MYSQL_RES *tables = server_ask(connection, "SHOW FULL TABLES WHERE table_type = 'BASE TABLE'");
    MYSQL_ROW row = NULL;
    server_run(connection, "SET foreign_key_checks = 0, check_constraint_checks = 0");
    while ((row = mysql_fetch_row(tables)) != NULL) {
        if (sql == NULL || names(sql, row[0])) {
            columns_read(connection, row[0], columns);
            (void)snprintf(text, sizeof text, "TRUNCATE TABLE %s.%.63s; INSERT INTO %s.%.63s (%s) SELECT %s FROM %.63s",
                           to->name, row[0], to->name, row[0], columns, columns, row[0]);
            server_run(connection, text);
        }
    }
    mysql_free_result(tables);
    mysql_close(connection);
}

/* Either. */

void scratch_database_init(struct scratch_database *database, const char *prefix)
{
    const char *temporary = getenv("TMPDIR");
    *database = (struct scratch_database){.name = ""};
    (void)snprintf(database->directory, sizeof database->directory, "%.400s/%s-XXXXXX",
                   temporary == NULL ? "/tmp" : temporary, prefix);
    if (mkdtemp(database->directory) == NULL) {
        scratch_die(database->directory, "cannot be made");
    }
    (void)snprintf(database->path, sizeof database->path, "%s/ledger.db", database->directory);
    if (scratch_backend() == SCRATCH_MYSQL) {
        mysql_force();
    }
    if (scratch_backend() != SCRATCH_SQLITE) {
        mariadb_create(database);
    } else {
        (void)snprintf(database->uri, sizeof database->uri, "sqlite:///%s", database->path);
    }
}

void scratch_database_done(struct scratch_database *database)
{
    if (database->name[0] != '\0') {
        mariadb_drop(database);
    } else {
        sqlite_remove(database);
    }
    (void)rmdir(database->directory);
}

const char *scratch_database_text(const struct scratch_database *database, const char *sql)
{
    static char text[SCRATCH_TEXT_SIZE];
    text[0] = '\0';
    if (database->name[0] != '\0') {
        mariadb_text(database, sql, text);
    } else {
        sqlite_text(database, sql, text);
    }
    return text;
}

void scratch_database_copy(const struct scratch_database *from, const struct scratch_database *to, const char *sql)
{
    if (from->name[0] != '\0') {
        mariadb_copy(from, to, sql);
    } else {
        sqlite_copy(from, to);
    }
}

void scratch_database_damage(const struct scratch_database *database, const char *sql)
{
    if (database->name[0] != '\0') {
        mariadb_damage(database, sql);
    } else {
        sqlite_damage(database, sql);
    }
}
