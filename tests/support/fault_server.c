/* The ledger of the fault tests on MariaDB. See fault_ledger.h.
 *
 * I1 Copying brings back the tables that differ from those of the seed, and no other: most faults leave nothing. */
#include <mysql.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/fault_ledger.h"

enum { TABLES_MAX = 64, SQL_SIZE = 8192, DUMP_ROWS_MAX = 500, BINARY_CHARSET = 63 };

struct table {
    char name[SCRATCH_NAME_SIZE];
    char key[SCRATCH_NAME_SIZE]; /* the first column of its primary key */
};

static void (*server_make)(const char *uri);
static bool work_may_lack_tables; /* since it was emptied */

static MYSQL_RES *server_ask(MYSQL *connection, const char *sql)
{
    if (mysql_query(connection, sql) != 0) {
        fault_die(sql, mysql_error(connection));
    }
    MYSQL_RES *result = mysql_store_result(connection);
    if (result == NULL) {
        fault_die(sql, "gives no rows");
    }
    return result;
}

/* The tables of a database, in order; schema_migrations says when each migration was applied, which is no fact of the
 * ledger. */
static size_t server_list_tables(MYSQL *connection, struct table tables[TABLES_MAX])
{
    MYSQL_RES *result =
        server_ask(connection, "SELECT table_name, column_name FROM information_schema.statistics "
                               "WHERE table_schema = database() AND index_name = 'PRIMARY' AND seq_in_index = 1 "
                               "AND table_name <> 'schema_migrations' ORDER BY table_name");
    size_t count = 0;
    for (MYSQL_ROW row = mysql_fetch_row(result); row != NULL && count < TABLES_MAX; row = mysql_fetch_row(result)) {
        (void)snprintf(tables[count].name, sizeof tables[count].name, "%s", row[0]);
        (void)snprintf(tables[count].key, sizeof tables[count].key, "%s", row[1]);
        count++;
    }
    mysql_free_result(result);
    return count;
}

void fault_server_init(struct fault_ledger *ledger)
{
    scratch_database_init(&ledger->work, "ledger-fault");
    scratch_database_init(&ledger->kept, "ledger-fault-seed");
    (void)snprintf(ledger->directory, sizeof ledger->directory, "%s", ledger->work.directory);
    (void)snprintf(ledger->uri, sizeof ledger->uri, "%.700s", ledger->work.uri);
    if (chdir(ledger->directory) != 0) {
        fault_die(ledger->directory, "cannot be entered");
    }
}

void fault_server_keep(struct fault_ledger *ledger, void (*make)(const char *uri))
{
    server_make = make;
    make(ledger->kept.uri);
    scratch_database_copy(&ledger->work, &ledger->kept, NULL);
    work_may_lack_tables = false;
}

/* The names of the tables in which the two differ, with a space between them. */
static void server_compare(const struct fault_ledger *ledger, char differing[SQL_SIZE])
{
    static struct table tables[TABLES_MAX];
    MYSQL *connection = scratch_database_connect(&ledger->work);
    size_t count = server_list_tables(connection, tables);
    char sql[SQL_SIZE] = "CHECKSUM TABLE ";
    for (size_t i = 0; i < count; i++) {
        size_t used = strlen(sql);
        (void)snprintf(sql + used, sizeof sql - used, "%s%s.%s, %s.%s", i == 0 ? "" : ", ", ledger->kept.name,
                       tables[i].name, ledger->work.name, tables[i].name);
    }
    MYSQL_RES *result = server_ask(connection, sql);
    differing[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        MYSQL_ROW row = mysql_fetch_row(result);
        char *kept = row[1] == NULL ? NULL : strdup(row[1]);
        row = mysql_fetch_row(result);
        if (kept == NULL || row[1] == NULL || strcmp(kept, row[1]) != 0) {
            size_t used = strlen(differing);
            (void)snprintf(differing + used, SQL_SIZE - used, "%s ", tables[i].name);
        }
        free(kept);
    }
    mysql_free_result(result);
    mysql_close(connection);
}

void fault_server_copy(const struct fault_ledger *ledger)
{
    char differing[SQL_SIZE];
    if (work_may_lack_tables) {
        fault_server_remove(ledger);
        server_make(ledger->work.uri);
        work_may_lack_tables = false;
    }
    server_compare(ledger, differing);
    if (differing[0] != '\0') {
        scratch_database_copy(&ledger->kept, &ledger->work, differing);
    }
}

void fault_server_remove(const struct fault_ledger *ledger)
{
    char sql[256];
    (void)snprintf(sql, sizeof sql,
                   "DROP DATABASE %.63s; CREATE DATABASE %.63s CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin",
                   ledger->work.name, ledger->work.name);
    scratch_database_damage(&ledger->work, sql);
    work_may_lack_tables = true;
}

void fault_server_done(struct fault_ledger *ledger)
{
    if (chdir("/") != 0) {
        fault_die("/", "cannot be entered");
    }
    scratch_database_done(&ledger->kept);
    scratch_database_done(&ledger->work);
}

/* I3 of fault_ledger.h: of bytes their size counts, of an instant that there is one. */
static void dump_field(FILE *out, const MYSQL_FIELD *field, const char *value, unsigned long size)
{
    if (value == NULL) {
        (void)fputs("|NULL", out);
    } else if (field->type == MYSQL_TYPE_DATETIME) {
        (void)fputs("|time", out);
    } else if (field->charsetnr == BINARY_CHARSET &&
               (field->type == MYSQL_TYPE_STRING || field->type == MYSQL_TYPE_VAR_STRING ||
                field->type == MYSQL_TYPE_BLOB)) {
        (void)fprintf(out, "|blob of %lu", size);
    } else {
        (void)fputc('|', out);
        fault_dump_text(out, value);
    }
}

/* How many rows there are, and the rows; of a long table the last. */
static void dump_table(FILE *out, MYSQL *connection, const struct table *table)
{
    char sql[512];
    (void)snprintf(sql, sizeof sql, "SELECT (SELECT count(*) FROM %s), t.* FROM %s t ORDER BY %s DESC LIMIT %d",
                   table->name, table->name, table->key, DUMP_ROWS_MAX);
    MYSQL_RES *result = server_ask(connection, sql);
    const MYSQL_FIELD *fields = mysql_fetch_fields(result);
    for (MYSQL_ROW row = mysql_fetch_row(result); row != NULL; row = mysql_fetch_row(result)) {
        const unsigned long *sizes = mysql_fetch_lengths(result);
        (void)fputs(table->name, out);
        for (unsigned i = 0; i < mysql_num_fields(result); i++) {
            dump_field(out, &fields[i], row[i], sizes[i]);
        }
        (void)fputc('\n', out);
    }
    mysql_free_result(result);
}

void fault_server_dump(const struct fault_ledger *ledger, FILE *out)
{
    static struct table tables[TABLES_MAX];
    MYSQL *connection = scratch_database_connect(&ledger->work);
    size_t count = server_list_tables(connection, tables);
    for (size_t i = 0; i < count; i++) {
        dump_table(out, connection, &tables[i]);
    }
    mysql_close(connection);
}
