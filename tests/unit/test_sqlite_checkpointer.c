/* The log of SQLite moved by a thread beside: all that is committed, while the writer goes on; and in its absence
 * nothing is worse than before. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "store/sqlite_checkpointer.h"

enum { ROW_BYTES = 1000, ROWS = 1000, TRIES_MAX = 10000 };

struct database {
    char directory[32];
    char path[64];
    sqlite3 *writer;
};

static void run(sqlite3 *connection, const char *sql)
{
    assert_int_equal(sqlite3_exec(connection, sql, NULL, NULL, NULL), SQLITE_OK);
}

static int setup(void **state)
{
    struct database *database = calloc(1, sizeof *database);
    assert_non_null(database);
    (void)snprintf(database->directory, sizeof database->directory, "/tmp/checkpointer-XXXXXX");
    assert_non_null(mkdtemp(database->directory));
    (void)snprintf(database->path, sizeof database->path, "%s/a.db", database->directory);
    assert_int_equal(sqlite3_open(database->path, &database->writer), SQLITE_OK);
    run(database->writer, "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; CREATE TABLE t (bytes BLOB)");
    *state = database;
    return 0;
}

static int teardown(void **state)
{
    struct database *database = *state;
    assert_int_equal(sqlite3_close(database->writer), SQLITE_OK);
    (void)unlink(database->path);
    assert_int_equal(rmdir(database->directory), 0); /* with the last connection the log is gone too */
    free(database);
    return 0;
}

static void write_rows(const struct database *database)
{
    char sql[128];
    (void)snprintf(sql, sizeof sql,
                   "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
                   " INSERT INTO t SELECT zeroblob(%d) FROM n",
                   ROWS, ROW_BYTES);
    run(database->writer, sql);
}

static void wait_until_idle(struct sqlite_checkpointer *checkpointer)
{
    static const struct timespec pause = {.tv_nsec = 1000000};
    int tries = 0;
    while (sqlite_checkpointer_is_at_work(checkpointer)) {
        assert_true(tries++ < TRIES_MAX);
        (void)nanosleep(&pause, NULL);
    }
}

static off_t file_size(const char *path)
{
    struct stat found;
    assert_int_equal(stat(path, &found), 0);
    return found.st_size;
}

static void what_is_committed_is_moved(void **state)
{
    const struct database *database = *state;
    struct sqlite_checkpointer *checkpointer = sqlite_checkpointer_new(database->path);
    assert_non_null(checkpointer);
    assert_false(sqlite_checkpointer_is_at_work(checkpointer));
    write_rows(database);
    assert_true(file_size(database->path) < ROWS * ROW_BYTES);
    sqlite_checkpointer_begin(checkpointer);
    wait_until_idle(checkpointer);
    assert_true(file_size(database->path) > ROWS * ROW_BYTES);
    sqlite_checkpointer_begin(checkpointer); /* with nothing to do */
    wait_until_idle(checkpointer);
    sqlite_checkpointer_free(checkpointer);
}

/* The thread sees no half of a commit, and the writer none of the thread. */
static void the_writer_goes_on_meanwhile(void **state)
{
    enum { ROUNDS = 20 };
    const struct database *database = *state;
    struct sqlite_checkpointer *checkpointer = sqlite_checkpointer_new(database->path);
    sqlite3_stmt *statement = NULL;
    assert_non_null(checkpointer);
    for (int i = 0; i < ROUNDS; i++) {
        sqlite_checkpointer_begin(checkpointer);
        write_rows(database);
    }
    sqlite_checkpointer_free(checkpointer); /* perhaps at work */
    assert_int_equal(
        sqlite3_prepare_v2(database->writer, "SELECT count(*), sum(length(bytes)) FROM t", -1, &statement, NULL),
        SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    assert_int_equal(sqlite3_column_int(statement, 0), ROUNDS * ROWS);
    assert_int_equal(sqlite3_column_int(statement, 1), ROUNDS * ROWS * ROW_BYTES);
    assert_int_equal(sqlite3_finalize(statement), SQLITE_OK);
}

static void readers_keep_what_they_read(void **state)
{
    const struct database *database = *state;
    struct sqlite_checkpointer *checkpointer = sqlite_checkpointer_new(database->path);
    sqlite3 *reader = NULL;
    assert_non_null(checkpointer);
    assert_int_equal(sqlite3_open(database->path, &reader), SQLITE_OK);
    run(reader, "BEGIN; SELECT count(*) FROM t");
    write_rows(database);
    sqlite_checkpointer_begin(checkpointer);
    wait_until_idle(checkpointer);
    assert_true(file_size(database->path) < ROWS * ROW_BYTES);
    run(reader, "COMMIT");
    sqlite_checkpointer_begin(checkpointer);
    wait_until_idle(checkpointer);
    assert_true(file_size(database->path) > ROWS * ROW_BYTES);
    assert_int_equal(sqlite3_close(reader), SQLITE_OK);
    sqlite_checkpointer_free(checkpointer);
}

static void where_there_is_no_database_there_is_none_beside(void **state)
{
    const struct database *database = *state;
    char path[80];
    (void)snprintf(path, sizeof path, "%s/missing.db", database->directory);
    assert_null(sqlite_checkpointer_new(path));
    assert_int_equal(access(path, F_OK), -1);
    sqlite_checkpointer_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_committed_is_moved, setup, teardown),
        cmocka_unit_test_setup_teardown(the_writer_goes_on_meanwhile, setup, teardown),
        cmocka_unit_test_setup_teardown(readers_keep_what_they_read, setup, teardown),
        cmocka_unit_test_setup_teardown(where_there_is_no_database_there_is_none_beside, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
