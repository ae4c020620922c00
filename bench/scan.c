/* What verify is measured beside: the same rows read and nothing done with them, and SHA-256 alone.
 *
 *   bench_scan sqlite PATH
 *   bench_scan mariadb SOCKET DATABASE
 *   bench_scan sha256
 *
 * A scan goes through the rows that verify goes through, table by table, in the order of their keys, by the database's
 * own library, on one thread, and touches every value; of SHA-256 it makes hashes of 300 bytes by the library's own
 * functions, for a second, on one thread. It prints one line of JSON: transactions, or hashes, a second. */
#include <inttypes.h>
#include <mysql.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/sha256.h"

#include "support.h"

enum { MESSAGE_BYTES = 300, HASHES_AT_ONCE = 10000 };

static uint64_t touched; /* what was read, added up, so that it is read */

static uint64_t sqlite_scan(sqlite3 *connection, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(connection, sql, -1, &statement, NULL) != SQLITE_OK) {
        die(sql, sqlite3_errmsg(connection));
    }
    uint64_t rows_count = 0;
    int columns_count = sqlite3_column_count(statement);
    for (; sqlite3_step(statement) == SQLITE_ROW; rows_count++) {
        for (int i = 0; i < columns_count; i++) {
            sqlite3_value *value = sqlite3_column_value(statement, i);
            int type = sqlite3_value_type(value);
            if (type == SQLITE_INTEGER) {
                touched += (uint64_t)sqlite3_value_int64(value);
            } else if (type != SQLITE_NULL) {
                const unsigned char *bytes = sqlite3_value_blob(value);
                int size = sqlite3_value_bytes(value);
                touched += size > 0 ? bytes[size - 1] : 0;
            }
        }
    }
    (void)sqlite3_finalize(statement);
    return rows_count;
}

static uint64_t scan_sqlite(const char *path)
{
    static const char *const others[] = {"SELECT * FROM entry_rows", "SELECT * FROM event_rows",
                                         "SELECT * FROM tile_rows", "SELECT * FROM account_list_rows"};
    sqlite3 *connection = NULL;
    if (sqlite3_open_v2(path, &connection, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK) {
        die(path, sqlite3_errmsg(connection));
    }
    uint64_t transactions_count = sqlite_scan(connection, "SELECT * FROM transaction_rows");
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        touched += sqlite_scan(connection, others[i]);
    }
    (void)sqlite3_close(connection);
    return transactions_count;
}

static uint64_t mariadb_scan(MYSQL *server, const char *sql)
{
    if (mysql_query(server, sql) != 0) {
        die(sql, mysql_error(server));
    }
    MYSQL_RES *result = mysql_use_result(server);
    if (result == NULL) {
        die(sql, mysql_error(server));
    }
    uint64_t rows_count = 0;
    unsigned columns_count = mysql_num_fields(result);
    for (MYSQL_ROW row = mysql_fetch_row(result); row != NULL; row = mysql_fetch_row(result), rows_count++) {
        const unsigned long *sizes = mysql_fetch_lengths(result);
        for (unsigned i = 0; i < columns_count; i++) {
            touched += row[i] == NULL || sizes[i] == 0 ? 0 : (unsigned char)row[i][sizes[i] - 1];
        }
    }
    mysql_free_result(result);
    return rows_count;
}

static uint64_t scan_mariadb(const char *socket, const char *database)
{
    MYSQL *server = mysql_init(NULL);
    if (server == NULL || mysql_real_connect(server, NULL, "root", NULL, database, 0, socket, 0) == NULL) {
        die("connect", server == NULL ? "memory ran out" : mysql_error(server));
    }
    uint64_t transactions_count = mariadb_scan(
        server, "SELECT log_index, transaction_id, transaction_number, transaction_date, transaction_day, posting_date,"
                " business_event_type, business_key, description, status, reverses_transaction_id,"
                " reversed_by_transaction_id, reversal_reason, idempotency_key, idempotency_fingerprint_bytes,"
                " transaction_hash_bytes, texts_salt_bytes, record_hash_bytes, created_by, principal, source_system,"
                " source_ip FROM transactions");
    touched +=
        mariadb_scan(server, "SELECT transaction_id, entry_id, entry_number, account_id, account_code, entry_type,"
                             " amount, currency, cost_center, business_unit, project_code, memo,"
                             " entry_hash_bytes FROM journal_entries");
    touched += mariadb_scan(server, "SELECT * FROM audit_log");
    touched += mariadb_scan(server, "SELECT level, tile_index, root_hash_bytes, hashes_bytes FROM integrity_tiles");
    mysql_close(server);
    return transactions_count;
}

static uint64_t hash_for_a_second(void)
{
    unsigned char message[MESSAGE_BYTES] = {0};
    struct sha256 *sha256 = need(sha256_new());
    uint64_t hashes_count = 0;
    for (int64_t begin_us = clock_us(); clock_us() - begin_us < 1000000;) {
        for (int i = 0; i < HASHES_AT_ONCE; i++, hashes_count++) {
            struct sha256_hash hash = sha256_of(sha256, message, sizeof message);
            memcpy(message, &hash, sizeof hash);
        }
    }
    touched += message[0];
    sha256_free(sha256);
    return hashes_count;
}

int main(int argc, char **argv)
{
    const char *mode = argc > 1 ? argv[1] : "";
    uint64_t count = 0;
    int64_t begin_us = clock_us();
    if (argc == 3 && strcmp(mode, "sqlite") == 0) {
        count = scan_sqlite(argv[2]);
    } else if (argc == 4 && strcmp(mode, "mariadb") == 0) {
        count = scan_mariadb(argv[2], argv[3]);
    } else if (argc == 2 && strcmp(mode, "sha256") == 0) {
        count = hash_for_a_second();
    } else {
        die("usage", "bench_scan sqlite PATH | mariadb SOCKET DATABASE | sha256");
    }
    int64_t spent_us = clock_us() - begin_us;
    (void)printf("{\"mode\":\"%s\",\"count\":%" PRIu64 ",\"per_second\":%" PRIu64 ",\"touched\":%" PRIu64 "}\n", mode,
                 count, count * 1000000 / (uint64_t)(spent_us == 0 ? 1 : spent_us), touched);
    return 0;
}
