/* Posting to a ledger on MariaDB: through the public library, or as a bare program that inserts the same physical rows
 * into the same schema and does nothing else.
 *
 *   bench_server MODE SOCKET DATABASE BATCH COUNT THREADS
 *
 * MODE is `library` or `bare`. It makes a new ledger of 500 accounts in DATABASE on the server at SOCKET, as root, and
 * posts COUNT two-entry transactions in commits of BATCH from so many threads: of one handle in `library`, of a
 * connection each in `bare`. A bare batch binds arrays; a bare batch of one executes a prepared statement for each row.
 * Bare rows are those that stay: the transaction, its entries, its audit event. It prints one line of JSON:
 * transactions a second over all, in the first and in the last tenth, and bytes a transaction. Amounts and accounts are
 * seeded. */
#include <inttypes.h>
#include <mysql.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ledger/transaction.h"

#include "support.h"

enum {
    ACCOUNTS = 500,
    BATCH_MAX = 10000,
    THREADS_MAX = 1024,
    TEXT_SIZE = 64,
    HASH_SIZE = 32,
    SALT_SIZE = 16,
    ID_SIZE = 16,
    SECONDS_BETWEEN = 8,     /* of transaction dates: about 10,800 a day */
    FIRST_DATE = 1735689600, /* 2025-01-01 */
};

struct bench {
    const char *socket;
    const char *database;
    bool is_bare;
    size_t batch;
    size_t count;
    size_t threads;
    struct ledger_call *call;
    struct ledger *ledger;
    char codes[ACCOUNTS][CODE_SIZE];
    pthread_barrier_t start;
    int64_t begin_us;
    int64_t tenth_us[11]; /* of the first thread */
};

struct worker {
    struct bench *bench;
    size_t number;
    size_t first;
    size_t count;
    uint64_t chance;
};

static struct ledger_call *call_make(void)
{
    struct ledger_actor actor = {.user = ledger_text_of("bench"),
                                 .principal = ledger_text_of("os:bench"),
                                 .source_system = ledger_text_of("bench")};
    struct ledger_call *call = need(ledger_call_new());
    must(call, ledger_call_set_actor(call, &actor));
    return call;
}

static MYSQL *server_connect(const struct bench *bench, const char *database)
{
    MYSQL *server = need(mysql_init(NULL));
    if (mysql_real_connect(server, NULL, "root", NULL, database, 0, bench->socket, 0) == NULL) {
        die("connect", mysql_error(server));
    }
    return server;
}

static void server_run(MYSQL *server, const char *sql)
{
    if (mysql_query(server, sql) != 0) {
        die(sql, mysql_error(server));
    }
}

static void bench_make_ledger(struct bench *bench)
{
    char text[512];
    MYSQL *server = server_connect(bench, NULL);
    (void)snprintf(text, sizeof text, "DROP DATABASE IF EXISTS %s", bench->database);
    server_run(server, text);
    (void)snprintf(text, sizeof text, "CREATE DATABASE %s CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin",
                   bench->database);
    server_run(server, text);
    mysql_close(server);
    (void)snprintf(text, sizeof text, "mysql://root@localhost/%s?unix_socket=%s", bench->database, bench->socket);
    bench->call = call_make();
    bench->ledger = make_ledger(bench->call, text, ACCOUNTS);
    for (size_t i = 0; i < ACCOUNTS; i++) {
        account_code(i, bench->codes[i]);
    }
}

static void bench_note(struct worker *worker, size_t done)
{
    struct bench *bench = worker->bench;
    for (size_t tenth = 0; worker->number == 0 && tenth <= 10; tenth++) {
        if (bench->tenth_us[tenth] == 0 && done >= worker->count * tenth / 10) {
            bench->tenth_us[tenth] = clock_us();
        }
    }
}

static int64_t date_us(size_t index)
{
    return ((int64_t)FIRST_DATE + (int64_t)index * SECONDS_BETWEEN) * 1000000;
}

static int64_t amount_minor(size_t index)
{
    return 10000 + (int64_t)(index % 1000000);
}

static void library_work(struct worker *worker)
{
    struct bench *bench = worker->bench;
    struct ledger_call *call = call_make();
    struct ledger_posting *postings = need(calloc(bench->batch, sizeof *postings));
    struct ledger_entry *entries = need(calloc(bench->batch * 2, sizeof *entries));
    struct ledger_posted *posted = need(calloc(bench->batch, sizeof *posted));
    char(*descriptions)[TEXT_SIZE] = need(calloc(bench->batch, sizeof *descriptions));
    for (size_t done = 0; done < worker->count; done += bench->batch) {
        bench_note(worker, done);
        for (size_t i = 0; i < bench->batch; i++) {
            size_t index = worker->first + done + i;
            (void)snprintf(descriptions[i], TEXT_SIZE, "Invoice %zu for services rendered", index);
            for (size_t e = 0; e < 2; e++) {
                entries[2 * i + e] = (struct ledger_entry){
                    .account_code = ledger_text_of(bench->codes[random_next(&worker->chance) % ACCOUNTS]),
                    .entry_type = e == 0 ? LEDGER_DEBIT : LEDGER_CREDIT,
                    .amount_minor = amount_minor(index),
                };
            }
            postings[i] = (struct ledger_posting){
                .business_event_type = ledger_text_of("SALE"),
                .description = ledger_text_of(descriptions[i]),
                .has_transaction_date_us = true,
                .transaction_date_us = date_us(index),
                .entries = &entries[2 * i],
                .entries_count = 2,
            };
        }
        must(call, ledger_post_batch(call, bench->ledger, postings, bench->batch, LEDGER_BATCH_ALL, posted));
        ledger_call_reset(call);
    }
    bench_note(worker, worker->count);
    free(postings);
    free(entries);
    free(posted);
    free(descriptions);
    ledger_call_free(call);
}

/* The bare program: a column is an array of values, bound as a whole or a row at a time. */

struct column {
    enum enum_field_types type;
    size_t width; /* bytes of a value; of a text, its largest size */
    char *values;
    char **pointers; /* to each text */
    unsigned long *lengths;
};

enum { COLUMNS_MAX = 16 };

struct bare_table {
    MYSQL_STMT *statement;
    struct column columns[COLUMNS_MAX];
    unsigned columns_count;
};

/* Of all but numbers the client library takes an array of pointers. */
static bool column_is_pointed(const struct column *column)
{
    return column->type != MYSQL_TYPE_LONGLONG;
}

static void table_open(struct bare_table *table, MYSQL *server, const char *sql, size_t rows,
                       const struct column *columns, unsigned count)
{
    table->statement = need(mysql_stmt_init(server));
    if (mysql_stmt_prepare(table->statement, sql, strlen(sql)) != 0) {
        die(sql, mysql_stmt_error(table->statement));
    }
    table->columns_count = count;
    for (unsigned c = 0; c < count; c++) {
        struct column *column = &table->columns[c];
        *column = columns[c];
        column->values = need(calloc(rows, column->width));
        column->pointers = need(calloc(rows, sizeof(char *)));
        column->lengths = need(calloc(rows, sizeof(unsigned long)));
        for (size_t i = 0; i < rows; i++) {
            column->pointers[i] = column->values + i * column->width;
            column->lengths[i] = column->width;
        }
    }
}

static void table_execute(struct bare_table *table, size_t first, unsigned rows)
{
    MYSQL_BIND binds[COLUMNS_MAX];
    memset(binds, 0, sizeof binds);
    for (unsigned c = 0; c < table->columns_count; c++) {
        struct column *column = &table->columns[c];
        binds[c].buffer_type = column->type;
        binds[c].buffer = rows > 1 && column_is_pointed(column) ? (void *)&column->pointers[first]
                                                                : column->values + first * column->width;
        binds[c].length = &column->lengths[first];
        /* The client library makes room for a row of an array by this, not by its length. */
        binds[c].buffer_length = column->width;
    }
    unsigned array_size = rows > 1 ? rows : 0;
    (void)mysql_stmt_attr_set(table->statement, STMT_ATTR_ARRAY_SIZE, &array_size);
    if (mysql_stmt_bind_param(table->statement, binds) != 0 || mysql_stmt_execute(table->statement) != 0) {
        die("insert", mysql_stmt_error(table->statement));
    }
}

static void table_rows(const struct bench *bench, struct bare_table *table, size_t rows)
{
    if (bench->batch > 1) {
        table_execute(table, 0, (unsigned)rows);
        return;
    }
    for (size_t i = 0; i < rows; i++) {
        table_execute(table, i, 1);
    }
}

static void put_integer(struct bare_table *table, unsigned column, size_t row, int64_t value)
{
    ((int64_t *)(void *)table->columns[column].values)[row] = value;
}

static void put_time(struct bare_table *table, unsigned column, size_t row, int64_t time_us)
{
    time_t seconds = time_us / 1000000;
    struct tm parts;
    (void)gmtime_r(&seconds, &parts);
    ((MYSQL_TIME *)(void *)table->columns[column].values)[row] =
        (MYSQL_TIME){.year = (unsigned)parts.tm_year + 1900,
                     .month = (unsigned)parts.tm_mon + 1,
                     .day = (unsigned)parts.tm_mday,
                     .hour = (unsigned)parts.tm_hour,
                     .minute = (unsigned)parts.tm_min,
                     .second = (unsigned)parts.tm_sec,
                     .second_part = (unsigned long)(time_us % 1000000),
                     .time_type = MYSQL_TIMESTAMP_DATETIME};
}

static void put_bytes(struct bare_table *table, unsigned column, size_t row, const void *bytes, size_t size)
{
    memcpy(table->columns[column].pointers[row], bytes, size);
    table->columns[column].lengths[row] = size;
}

static void put_text(struct bare_table *table, unsigned column, size_t row, const char *text)
{
    put_bytes(table, column, row, text, strlen(text));
}

/* An id that ascends and is random behind its time, as the library's do. */
static void bare_make_id(struct worker *worker, size_t index, uint8_t id[ID_SIZE])
{
    uint64_t time_part = UINT64_C(0x019a000000007000) + index;
    uint64_t random_part = random_next(&worker->chance);
    for (size_t i = 0; i < ID_SIZE / 2; i++) {
        id[i] = (uint8_t)(time_part >> (56 - 8 * i));
        id[ID_SIZE / 2 + i] = (uint8_t)(random_part >> (8 * i));
    }
    id[8] = (uint8_t)((id[8] & 0x3f) | 0x80);
    id[6] = (uint8_t)((id[6] & 0x0f) | 0x70);
}

enum { BARE_TRANSACTIONS, BARE_ENTRIES, BARE_EVENTS, BARE_TABLES };

static void bare_open(struct worker *worker, MYSQL *server, struct bare_table tables[BARE_TABLES])
{
    static const struct column integer = {.type = MYSQL_TYPE_LONGLONG, .width = sizeof(int64_t)};
    static const struct column time = {.type = MYSQL_TYPE_DATETIME, .width = sizeof(MYSQL_TIME)};
    static const struct column day = {.type = MYSQL_TYPE_DATE, .width = sizeof(MYSQL_TIME)};
    static const struct column text = {.type = MYSQL_TYPE_STRING, .width = TEXT_SIZE};
    static const struct column id = {.type = MYSQL_TYPE_BLOB, .width = ID_SIZE};
    static const struct column hash = {.type = MYSQL_TYPE_BLOB, .width = HASH_SIZE};
    size_t rows = worker->bench->batch;
    const struct column transaction[] = {integer, id,   text, time, day,  time, text,
                                         text,    hash, hash, hash, text, text, text};
    table_open(&tables[BARE_TRANSACTIONS], server,
               "INSERT INTO transactions (log_index, transaction_id, transaction_number, transaction_date,"
               " transaction_day, posting_date, business_event_type, description, transaction_hash_bytes,"
               " texts_salt_bytes, record_hash_bytes, created_by, principal, source_system)"
               " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
               rows, transaction, sizeof transaction / sizeof transaction[0]);
    const struct column entry[] = {integer, id, integer, text, integer, text, text, hash};
    table_open(&tables[BARE_ENTRIES], server,
               "INSERT INTO journal_entries (entry_id, transaction_id, account_id, account_code, entry_type, amount,"
               " currency, entry_hash_bytes) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
               rows * 2, entry, sizeof entry / sizeof entry[0]);
    const struct column event[] = {id, time, text, id, text, text, text, text, text, integer};
    table_open(&tables[BARE_EVENTS], server,
               "INSERT INTO audit_log (audit_id, event_timestamp, event_type, transaction_id, user_id, principal,"
               " source_system, action, description, log_index) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
               rows, event, sizeof event / sizeof event[0]);
}

static void bare_fill(struct worker *worker, struct bare_table tables[BARE_TABLES], size_t row, size_t index)
{
    static const uint8_t hash[HASH_SIZE] = {7, 1, 4, 9, 2, 8};
    struct bare_table *transactions = &tables[BARE_TRANSACTIONS];
    struct bare_table *entries = &tables[BARE_ENTRIES];
    struct bare_table *events = &tables[BARE_EVENTS];
    int64_t log_index = (int64_t)index + ACCOUNTS + 1;
    int64_t posted_us = date_us(0) + (int64_t)index;
    uint8_t id[ID_SIZE];
    char number[TEXT_SIZE];
    char text[TEXT_SIZE];
    bare_make_id(worker, index, id);
    (void)snprintf(number, sizeof number, "20250101-%06zu", index + 1);
    put_integer(transactions, 0, row, log_index);
    put_bytes(transactions, 1, row, id, ID_SIZE);
    put_text(transactions, 2, row, number);
    put_time(transactions, 3, row, date_us(index));
    put_time(transactions, 4, row, date_us(index));
    put_time(transactions, 5, row, posted_us);
    put_text(transactions, 6, row, "SALE");
    (void)snprintf(text, sizeof text, "Invoice %zu for services rendered", index);
    put_text(transactions, 7, row, text);
    put_bytes(transactions, 8, row, hash, HASH_SIZE);
    put_bytes(transactions, 9, row, hash, SALT_SIZE);
    put_bytes(transactions, 10, row, hash, HASH_SIZE);
    put_text(transactions, 11, row, "bench");
    put_text(transactions, 12, row, "os:bench");
    put_text(transactions, 13, row, "bench");
    for (size_t e = 0; e < 2; e++) {
        size_t account = (size_t)(random_next(&worker->chance) % ACCOUNTS);
        put_integer(entries, 0, 2 * row + e, log_index * 65536 + (int64_t)e + 1);
        put_bytes(entries, 1, 2 * row + e, id, ID_SIZE);
        put_integer(entries, 2, 2 * row + e, (int64_t)account + 1);
        put_text(entries, 3, 2 * row + e, worker->bench->codes[account]);
        put_integer(entries, 4, 2 * row + e, (int64_t)e + 1);
        (void)snprintf(text, sizeof text, "%" PRId64 ".%02" PRId64, amount_minor(index) / 100,
                       amount_minor(index) % 100);
        put_text(entries, 5, 2 * row + e, text);
        put_text(entries, 6, 2 * row + e, "AOA");
        put_bytes(entries, 7, 2 * row + e, hash, HASH_SIZE);
    }
    uint8_t audit_id[ID_SIZE] = {0x01, 0x94, 0x1f, 0x29, 0x7c, 0x00, 0x80, 0x00, 0x80};
    for (size_t i = 0; i < 6; i++) {
        audit_id[10 + i] = (uint8_t)(log_index >> (40 - 8 * i));
    }
    put_bytes(events, 0, row, audit_id, ID_SIZE);
    put_time(events, 1, row, posted_us);
    put_text(events, 2, row, "TRANSACTION_POSTED");
    put_bytes(events, 3, row, id, ID_SIZE);
    put_text(events, 4, row, "bench");
    put_text(events, 5, row, "os:bench");
    put_text(events, 6, row, "bench");
    put_text(events, 7, row, "POST");
    (void)snprintf(text, sizeof text, "Posted transaction %.40s", number);
    put_text(events, 8, row, text);
    put_integer(events, 9, row, log_index);
}

static void bare_work(struct worker *worker)
{
    const struct bench *bench = worker->bench;
    MYSQL *server = server_connect(bench, bench->database);
    struct bare_table tables[BARE_TABLES];
    server_run(server, "SET foreign_key_checks = 0, autocommit = 0, time_zone = '+00:00'");
    bare_open(worker, server, tables);
    for (size_t done = 0; done < worker->count; done += bench->batch) {
        bench_note(worker, done);
        for (size_t i = 0; i < bench->batch; i++) {
            bare_fill(worker, tables, i, worker->first + done + i);
        }
        table_rows(bench, &tables[BARE_TRANSACTIONS], bench->batch);
        table_rows(bench, &tables[BARE_ENTRIES], bench->batch * 2);
        table_rows(bench, &tables[BARE_EVENTS], bench->batch);
        if (mysql_commit(server) != 0) {
            die("commit", mysql_error(server));
        }
    }
    bench_note(worker, worker->count);
    for (int t = 0; t < BARE_TABLES; t++) {
        (void)mysql_stmt_close(tables[t].statement);
    }
    mysql_close(server);
}

static void *worker_run(void *context)
{
    struct worker *worker = context;
    (void)pthread_barrier_wait(&worker->bench->start);
    if (worker->bench->is_bare) {
        bare_work(worker);
    } else {
        library_work(worker);
    }
    return NULL;
}

static int64_t bench_work(struct bench *bench)
{
    pthread_t threads[THREADS_MAX];
    struct worker *workers = need(calloc(bench->threads, sizeof *workers));
    (void)pthread_barrier_init(&bench->start, NULL, (unsigned)bench->threads + 1);
    for (size_t i = 0; i < bench->threads; i++) {
        size_t each = bench->count / bench->threads;
        workers[i] = (struct worker){bench, i, i * each, each, UINT64_C(0x9e3779b97f4a7c15) + i};
        if (pthread_create(&threads[i], NULL, worker_run, &workers[i]) != 0) {
            die("thread", "could not be started");
        }
    }
    (void)pthread_barrier_wait(&bench->start);
    int64_t begin_us = clock_us();
    for (size_t i = 0; i < bench->threads; i++) {
        (void)pthread_join(threads[i], NULL);
    }
    int64_t spent_us = clock_us() - begin_us;
    free(workers);
    return spent_us;
}

static int64_t bench_bytes(const struct bench *bench)
{
    char sql[512];
    (void)snprintf(sql, sizeof sql,
                   "SELECT sum(file_size) FROM information_schema.innodb_sys_tablespaces WHERE name LIKE '%s/%%'",
                   bench->database);
    MYSQL *server = server_connect(bench, bench->database);
    server_run(server, sql);
    MYSQL_RES *result = need(mysql_store_result(server));
    MYSQL_ROW row = mysql_fetch_row(result);
    int64_t bytes = row == NULL || row[0] == NULL ? 0 : strtoll(row[0], NULL, 10);
    mysql_free_result(result);
    mysql_close(server);
    return bytes;
}

static int64_t rate(size_t count, int64_t spent_us)
{
    return (int64_t)count * 1000000 / (spent_us == 0 ? 1 : spent_us);
}

int main(int argc, char **argv)
{
    if (argc != 7 || (strcmp(argv[1], "library") != 0 && strcmp(argv[1], "bare") != 0)) {
        die("usage", "bench_server library|bare SOCKET DATABASE BATCH COUNT THREADS");
    }
    struct bench bench = {.socket = argv[2],
                          .database = argv[3],
                          .is_bare = strcmp(argv[1], "bare") == 0,
                          .batch = strtoul(argv[4], NULL, 10),
                          .count = strtoul(argv[5], NULL, 10),
                          .threads = strtoul(argv[6], NULL, 10)};
    if (bench.batch == 0 || bench.batch > BATCH_MAX || bench.threads == 0 || bench.threads > THREADS_MAX ||
        bench.count % (bench.batch * bench.threads) != 0) {
        die("usage", "COUNT is a multiple of BATCH times THREADS");
    }
    bench_make_ledger(&bench);
    int64_t spent_us = bench_work(&bench);
    ledger_free(bench.ledger);
    ledger_call_free(bench.call);
    size_t tenth = bench.count / bench.threads / 10;
    (void)printf("{\"mode\":\"%s\",\"batch\":%zu,\"count\":%zu,\"threads\":%zu,\"per_second\":%" PRId64
                 ",\"per_second_first\":%" PRId64 ",\"per_second_last\":%" PRId64 ",\"bytes_each\":%" PRId64 "}\n",
                 argv[1], bench.batch, bench.count, bench.threads, rate(bench.count, spent_us),
                 rate(tenth * bench.threads, bench.tenth_us[1] - bench.tenth_us[0]),
                 rate(tenth * bench.threads, bench.tenth_us[10] - bench.tenth_us[9]),
                 bench_bytes(&bench) / (int64_t)bench.count);
    return 0;
}
