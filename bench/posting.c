/* Posting to a SQLite ledger: through the public library, or as a bare program of prepared statements that inserts the
 * same physical rows into the same schema (guards installed, triggers off) and does nothing else.
 *
 *   bench_posting MODE PATH BATCH COUNT
 *
 * MODE is `library`, `stream`, `bare` (transactions, entries, tiles, account lists: the rows that stay) or `replay`
 * (those and the rows that every commit rewrites: head and open totals). It makes a new ledger of 500 accounts at PATH,
 * posts COUNT two-entry transactions in commits of BATCH, full durability, and prints one line of JSON: seconds,
 * transactions a second over all, in the first and in the last tenth, and bytes a transaction. Amounts and accounts are
 * seeded. */
#include <errno.h>
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ledger/stream.h"

#include "support.h"

enum {
    ACCOUNTS = 500,
    TILE_LEAVES = 256,
    SEGMENT = 65536,
    WAL_PAGES_CHECKPOINT = 2048, /* as the library does it */
    SECONDS_BETWEEN = 8,         /* of transaction dates: about 10,800 a day */
    OPEN_LEAVES_BYTES = 4096,    /* the head's open tile, on average */
    FRONTIER_BYTES = 320,
    FIRST_DATE = 1735689600, /* 2025-01-01 */
    DESCRIPTION_SIZE = 64,
};

static uint64_t chance = UINT64_C(0x9e3779b97f4a7c15);

static void remove_ledger(const char *path)
{
    static const char *const suffixes[] = {"", "-wal", "-shm", "-writer-lock"};
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
        char *name = NULL;
        if (asprintf(&name, "%s%s", path, suffixes[i]) < 0) {
            die("memory", "ran out");
        }
        (void)unlink(name);
        free(name);
    }
}

struct bench {
    const char *path;
    size_t batch;
    size_t count;
    struct ledger_call *call;
    struct ledger *ledger;
    char codes[ACCOUNTS][CODE_SIZE];
    int64_t begin_us;
    int64_t tenth_us[11];
};

static void bench_make_ledger(struct bench *bench)
{
    char uri[4096];
    (void)snprintf(uri, sizeof uri, "sqlite:///%s", bench->path);
    struct ledger_actor actor = {.user = ledger_text_of("bench"),
                                 .principal = ledger_text_of("os:bench"),
                                 .source_system = ledger_text_of("bench")};
    bench->call = need(ledger_call_new());
    must(bench->call, ledger_call_set_actor(bench->call, &actor));
    bench->ledger = make_ledger(bench->call, uri, ACCOUNTS);
    for (size_t i = 0; i < ACCOUNTS; i++) {
        account_code(i, bench->codes[i]);
    }
}

static void bench_note(struct bench *bench, size_t done)
{
    for (size_t tenth = 0; tenth <= 10; tenth++) {
        if (bench->tenth_us[tenth] == 0 && done >= bench->count * tenth / 10) {
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

static struct ledger_posting bench_make_posting(const struct bench *bench, size_t index,
                                                char description[DESCRIPTION_SIZE], struct ledger_entry entries[2])
{
    (void)snprintf(description, DESCRIPTION_SIZE, "Invoice %zu for services rendered", index);
    for (size_t e = 0; e < 2; e++) {
        entries[e] = (struct ledger_entry){
            .account_code = ledger_text_of(bench->codes[random_next(&chance) % ACCOUNTS]),
            .entry_type = e == 0 ? LEDGER_DEBIT : LEDGER_CREDIT,
            .amount_minor = amount_minor(index),
        };
    }
    return (struct ledger_posting){
        .business_event_type = ledger_text_of("SALE"),
        .description = ledger_text_of(description),
        .has_transaction_date_us = true,
        .transaction_date_us = date_us(index),
        .entries = entries,
        .entries_count = 2,
    };
}

/* Batches of the stream's own sizes, at most those that were asked for. */
static void bench_stream(struct bench *bench)
{
    struct ledger_stream_options options = {.struct_size = sizeof options, .batch_items_max = bench->batch};
    struct ledger_call *call = bench->call;
    struct ledger_stream *stream = NULL;
    must(bench->call, ledger_stream_begin(call, bench->ledger, &options, &stream));
    for (size_t i = 0; i < bench->count; i++) {
        char description[DESCRIPTION_SIZE];
        struct ledger_entry entries[2];
        struct ledger_posting posting = bench_make_posting(bench, i, description, entries);
        bench_note(bench, i);
        must(bench->call, ledger_stream_add(stream, &posting));
    }
    must(bench->call, ledger_stream_finish(stream));
    bench_note(bench, bench->count);
    ledger_stream_free(stream);
}

static void bench_library(struct bench *bench)
{
    struct ledger_posting *postings = need(calloc(bench->batch, sizeof *postings));
    struct ledger_entry *entries = need(calloc(bench->batch * 2, sizeof *entries));
    struct ledger_posted *posted = need(calloc(bench->batch, sizeof *posted));
    char(*descriptions)[DESCRIPTION_SIZE] = need(calloc(bench->batch, sizeof *descriptions));
    for (size_t done = 0; done < bench->count; done += bench->batch) {
        bench_note(bench, done);
        for (size_t i = 0; i < bench->batch; i++) {
            postings[i] = bench_make_posting(bench, done + i, descriptions[i], &entries[2 * i]);
        }
        must(bench->call,
             ledger_post_batch(bench->call, bench->ledger, postings, bench->batch, LEDGER_BATCH_ALL, posted));
        ledger_call_reset(bench->call);
    }
    bench_note(bench, bench->count);
    free(postings);
    free(entries);
    free(posted);
    free(descriptions);
}

/* The bare program. */

struct bare {
    sqlite3 *connection;
    sqlite3_stmt *transaction;
    sqlite3_stmt *entry;
    sqlite3_stmt *tile;
    sqlite3_stmt *list;
    sqlite3_stmt *total;
    sqlite3_stmt *head;
    bool touched[ACCOUNTS];
    int wal_pages;
    uint8_t hash[32];
    uint8_t tile_bytes[TILE_LEAVES * 32];
};

static void bare_run(struct bare *bare, const char *sql)
{
    char *message = NULL;
    if (sqlite3_exec(bare->connection, sql, NULL, NULL, &message) != SQLITE_OK) {
        die(sql, message);
    }
}

static sqlite3_stmt *bare_prepare(struct bare *bare, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v3(bare->connection, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) != SQLITE_OK) {
        die(sql, sqlite3_errmsg(bare->connection));
    }
    return statement;
}

static void bare_step(struct bare *bare, sqlite3_stmt *statement)
{
    if (sqlite3_step(statement) != SQLITE_DONE) {
        die("step", sqlite3_errmsg(bare->connection));
    }
    (void)sqlite3_reset(statement);
}

static int bare_remember_wal(void *context, sqlite3 *connection, const char *database, int pages)
{
    (void)connection;
    (void)database;
    ((struct bare *)context)->wal_pages = pages;
    return SQLITE_OK;
}

static void bare_open(struct bare *bare, const char *path)
{
    if (sqlite3_open(path, &bare->connection) != SQLITE_OK) {
        die(path, sqlite3_errmsg(bare->connection));
    }
    (void)sqlite3_db_config(bare->connection, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    (void)sqlite3_wal_hook(bare->connection, bare_remember_wal, bare);
    bare_run(bare, "PRAGMA synchronous = FULL; PRAGMA cache_size = -24576");
    bare_run(bare, "INSERT INTO text_dictionary (text_id, text) VALUES (100, 'SALE')");
    bare->transaction = bare_prepare(
        bare,
        "INSERT INTO transaction_rows (log_index, transaction_id, number_in_day, transaction_date, transaction_day,"
        " posting_date, business_event_type, description, transaction_hash, texts_salt, record_hash, created_by,"
        " principal, source_system) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 100, ?7, ?8, ?9, ?8, 1, 2, 1)");
    bare->entry =
        bare_prepare(bare, "INSERT INTO entry_rows (entry_key, account_id, entry_type, amount_minor, entry_hash)"
                           " VALUES ((?1 << 16) | ?2, ?3, ?4, ?5, ?6)");
    bare->tile = bare_prepare(bare, "INSERT INTO tile_rows (tile_key, root_hash, hashes) VALUES (?1, ?2, ?3)");
    bare->list = bare_prepare(bare, "INSERT INTO account_list_rows (list_key, entry_count, entries)"
                                    " VALUES ((?1 << 32) | ?2, 262, zeroblob(524))");
    bare->total = bare_prepare(
        bare,
        "INSERT INTO open_total_rows (transaction_day, account_id, debit_total, credit_total, entry_count,"
        " last_log_index) VALUES (?1, ?2, ?3, ?3, 1, ?4)"
        " ON CONFLICT (transaction_day, account_id) DO UPDATE SET debit_total = debit_total + excluded.debit_total,"
        " credit_total = credit_total + excluded.credit_total, entry_count = entry_count + 1,"
        " last_log_index = excluded.last_log_index");
    bare->head = bare_prepare(bare, "UPDATE head_row SET frontier = ?1, open_leaves = ?2, last_number = ?3");
    for (size_t i = 0; i < sizeof bare->hash; i++) {
        bare->hash[i] = (uint8_t)random_next(&chance);
    }
}

/* An id that ascends and is random behind its time, as the library's do. */
static void bare_make_id(size_t index, uint8_t id[16])
{
    uint64_t time_part = UINT64_C(0x019a000000007000) + index;
    uint64_t random_part = random_next(&chance);
    for (size_t i = 0; i < 8; i++) {
        id[i] = (uint8_t)(time_part >> (56 - 8 * i));
        id[8 + i] = (uint8_t)(random_part >> (8 * i));
    }
}

static void bare_insert(struct bare *bare, size_t index, int64_t log_index)
{
    uint8_t id[16];
    char description[64];
    bare_make_id(index, id);
    int length = snprintf(description, sizeof description, "Invoice %zu for services rendered", index);
    (void)sqlite3_bind_int64(bare->transaction, 1, log_index);
    (void)sqlite3_bind_blob(bare->transaction, 2, id, sizeof id, SQLITE_STATIC);
    (void)sqlite3_bind_int64(bare->transaction, 3, (int64_t)index + 1);
    (void)sqlite3_bind_int64(bare->transaction, 4, date_us(index));
    (void)sqlite3_bind_int64(bare->transaction, 5, date_us(index) / INT64_C(86400000000));
    (void)sqlite3_bind_int64(bare->transaction, 6, date_us(0) + (int64_t)index);
    (void)sqlite3_bind_text(bare->transaction, 7, description, length, SQLITE_STATIC);
    (void)sqlite3_bind_blob(bare->transaction, 8, bare->hash, sizeof bare->hash, SQLITE_STATIC);
    (void)sqlite3_bind_blob(bare->transaction, 9, bare->hash, 16, SQLITE_STATIC);
    bare_step(bare, bare->transaction);
    for (int e = 0; e < 2; e++) {
        size_t account = (size_t)(random_next(&chance) % ACCOUNTS);
        bare->touched[account] = true;
        (void)sqlite3_bind_int64(bare->entry, 1, log_index);
        (void)sqlite3_bind_int64(bare->entry, 2, e + 1);
        (void)sqlite3_bind_int64(bare->entry, 3, (int64_t)account + 1);
        (void)sqlite3_bind_int64(bare->entry, 4, e);
        (void)sqlite3_bind_int64(bare->entry, 5, amount_minor(index));
        (void)sqlite3_bind_blob(bare->entry, 6, bare->hash, sizeof bare->hash, SQLITE_STATIC);
        bare_step(bare, bare->entry);
    }
    if ((log_index + 1) % TILE_LEAVES == 0) {
        (void)sqlite3_bind_int64(bare->tile, 1, log_index / TILE_LEAVES);
        (void)sqlite3_bind_blob(bare->tile, 2, bare->hash, sizeof bare->hash, SQLITE_STATIC);
        (void)sqlite3_bind_blob(bare->tile, 3, bare->tile_bytes, sizeof bare->tile_bytes, SQLITE_STATIC);
        bare_step(bare, bare->tile);
    }
    for (int account = 0; (log_index + 1) % SEGMENT == 0 && account < ACCOUNTS; account++) {
        (void)sqlite3_bind_int64(bare->list, 1, log_index / SEGMENT);
        (void)sqlite3_bind_int64(bare->list, 2, account + 1);
        bare_step(bare, bare->list);
    }
}

/* What every commit rewrites. */
static void bare_rewrite(struct bare *bare, size_t index, int64_t log_index)
{
    for (int account = 0; account < ACCOUNTS; account++) {
        if (bare->touched[account]) {
            (void)sqlite3_bind_int64(bare->total, 1, date_us(index) / INT64_C(86400000000));
            (void)sqlite3_bind_int64(bare->total, 2, account + 1);
            (void)sqlite3_bind_int64(bare->total, 3, amount_minor(index));
            (void)sqlite3_bind_int64(bare->total, 4, log_index);
            bare_step(bare, bare->total);
        }
    }
    (void)sqlite3_bind_blob(bare->head, 1, bare->tile_bytes, FRONTIER_BYTES, SQLITE_STATIC);
    (void)sqlite3_bind_blob(bare->head, 2, bare->tile_bytes, OPEN_LEAVES_BYTES, SQLITE_STATIC);
    (void)sqlite3_bind_int64(bare->head, 3, (int64_t)index);
    bare_step(bare, bare->head);
}

static void bench_bare(struct bench *bench, bool rewrites)
{
    struct bare bare = {.wal_pages = 0};
    bare_open(&bare, bench->path);
    for (size_t done = 0; done < bench->count; done += bench->batch) {
        bench_note(bench, done);
        memset(bare.touched, 0, sizeof bare.touched);
        bare_run(&bare, "BEGIN IMMEDIATE");
        for (size_t i = 0; i < bench->batch; i++) {
            bare_insert(&bare, done + i, (int64_t)(done + i) + ACCOUNTS + 1);
        }
        if (rewrites) {
            bare_rewrite(&bare, done, (int64_t)done);
        }
        bare_run(&bare, "COMMIT");
        if (bare.wal_pages >= WAL_PAGES_CHECKPOINT) {
            (void)sqlite3_wal_checkpoint_v2(bare.connection, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
        }
    }
    bench_note(bench, bench->count);
    sqlite3_stmt *const statements[] = {bare.transaction, bare.entry, bare.tile, bare.list, bare.total, bare.head};
    for (size_t i = 0; i < sizeof statements / sizeof statements[0]; i++) {
        (void)sqlite3_finalize(statements[i]);
    }
    (void)sqlite3_close(bare.connection);
}

static int64_t rate(size_t count, int64_t spent_us)
{
    return (int64_t)count * 1000000 / (spent_us == 0 ? 1 : spent_us);
}

static void bench_report(const struct bench *bench, const char *mode)
{
    struct stat file;
    if (stat(bench->path, &file) != 0) {
        die(bench->path, strerror(errno));
    }
    size_t tenth = bench->count / 10;
    (void)printf("{\"mode\":\"%s\",\"batch\":%zu,\"count\":%zu,\"per_second\":%" PRId64 ",\"per_second_first\":%" PRId64
                 ",\"per_second_last\":%" PRId64 ",\"bytes_each\":%" PRId64 "}\n",
                 mode, bench->batch, bench->count, rate(bench->count, bench->tenth_us[10] - bench->tenth_us[0]),
                 rate(tenth, bench->tenth_us[1] - bench->tenth_us[0]),
                 rate(tenth, bench->tenth_us[10] - bench->tenth_us[9]), (int64_t)file.st_size / (int64_t)bench->count);
}

int main(int argc, char **argv)
{
    if (argc != 5) {
        die("usage", "bench_posting library|stream|bare|replay PATH BATCH COUNT");
    }
    struct bench bench = {.path = argv[2], .batch = strtoul(argv[3], NULL, 10), .count = strtoul(argv[4], NULL, 10)};
    if (bench.batch == 0 || bench.count % (bench.batch * 10) != 0) {
        die("usage", "COUNT is a multiple of ten batches");
    }
    remove_ledger(bench.path);
    bench_make_ledger(&bench);
    if (strcmp(argv[1], "library") == 0) {
        bench_library(&bench);
        ledger_free(bench.ledger);
    } else if (strcmp(argv[1], "stream") == 0) {
        bench_stream(&bench);
        ledger_free(bench.ledger);
    } else {
        ledger_free(bench.ledger);
        bench_bare(&bench, strcmp(argv[1], "replay") == 0);
    }
    ledger_call_free(bench.call);
    bench_report(&bench, argv[1]);
    return 0;
}
