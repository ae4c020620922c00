/* A connection to a server, driven line by line from standard input by the suites.
 *
 *     mysql_connect URI [TIMEOUT_MS [QUERY_TIMEOUT_MS [PASSWORD]]]
 *
 *     ready read|write    mysql_connection_ready
 *     check               mysql_connection_check_lease
 *     sql TEXT            a statement; the columns of its rows, by tabs, after "row"
 *     commit TEXT         the same in the phase of commit
 *     idle MS, age MS     as if the last answer, or the connection, were so long ago
 *     wait MS             waits
 *
 * Each line is answered by one: the outcome's name, the place, the node, the generation, the milliseconds that it took,
 * and the message. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "store/mysql_connection.h"
#include "store/mysql_failure.h"

static ledger_status sql_fail(struct ledger_call *call, struct mysql_connection *connection, enum mysql_phase phase)
{
    MYSQL *handle = connection->handle;
    return mysql_fail(call, connection, phase, mysql_errno(handle), mysql_error(handle), "testing");
}

static ledger_status run_sql(struct ledger_call *call, struct mysql_connection *connection, const char *text,
                             enum mysql_phase phase)
{
    MYSQL *handle = connection->handle;
    if (handle == NULL) {
        return ledger_fail(call, LEDGER_DEFECT, "not connected");
    }
    MYSQL_RES *result = mysql_query(handle, text) == 0 ? mysql_store_result(handle) : NULL;
    if (result == NULL && mysql_errno(handle) != 0) {
        return sql_fail(call, connection, phase);
    }
    for (MYSQL_ROW row = result == NULL ? NULL : mysql_fetch_row(result); row != NULL; row = mysql_fetch_row(result)) {
        printf("row");
        for (unsigned i = 0; i < mysql_num_fields(result); i++) {
            printf("\t%s", row[i] == NULL ? "NULL" : row[i]);
        }
        printf("\n");
    }
    mysql_free_result(result);
    return LEDGER_DONE;
}

static ledger_status run_line(struct ledger_call *call, struct mysql_connection *connection, const char *word,
                              const char *rest)
{
    int64_t milliseconds = strtoll(rest, NULL, 10);
    bool is_ours = false;
    if (strcmp(word, "ready") == 0) {
        return mysql_connection_ready(call, connection, strcmp(rest, "write") == 0 ? UNIT_WRITE : UNIT_READ);
    }
    if (strcmp(word, "check") == 0) {
        LEDGER_TRY(mysql_connection_check_lease(call, connection, &is_ours));
        printf("row\t%s\n", is_ours ? "ours" : "another's");
        return LEDGER_DONE;
    }
    if (strcmp(word, "sql") == 0) {
        return run_sql(call, connection, rest, MYSQL_PHASE_STATEMENT);
    }
    if (strcmp(word, "commit") == 0) {
        return run_sql(call, connection, rest, MYSQL_PHASE_COMMIT);
    }
    if (strcmp(word, "idle") == 0) {
        connection->used_ms -= milliseconds;
        return LEDGER_DONE;
    }
    if (strcmp(word, "age") == 0) {
        connection->connected_ms -= milliseconds;
        return LEDGER_DONE;
    }
    if (strcmp(word, "wait") == 0) {
        struct timespec pause = {.tv_sec = milliseconds / 1000, .tv_nsec = milliseconds % 1000 * 1000000};
        (void)nanosleep(&pause, NULL);
        return LEDGER_DONE;
    }
    return ledger_fail(call, LEDGER_USAGE_IS_WRONG, "there is no command \"%s\"", word);
}

static void run_all(struct ledger_call *call, struct mysql_connection *connection)
{
    char line[4096];
    while (fgets(line, sizeof line, stdin) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        char *rest = strchr(line, ' ');
        if (rest != NULL) {
            *rest++ = '\0';
        }
        ledger_call_reset(call);
        int64_t begin_ms = monotonic_ms();
        ledger_status status = run_line(call, connection, line, rest == NULL ? "" : rest);
        printf("%s\t%s\t%s\t%" PRIu64 "\t%" PRId64 "\t%s\n", ledger_status_name(status),
               mysql_connection_place(connection), connection->node_name, connection->generation,
               monotonic_ms() - begin_ms, status == LEDGER_DONE ? "" : ledger_call_message(call));
        (void)fflush(stdout);
    }
}

int main(int argc, char **argv)
{
    struct ledger_call call;
    struct mysql_connection connection;
    struct driver_options options = {
        .uri = argc > 1 ? ledger_text_of(argv[1]) : TEXT(""),
        .query_timeout_ms = argc > 3 ? (uint32_t)strtoul(argv[3], NULL, 10) : 0,
        .password = argc > 4 ? ledger_text_of(argv[4]) : TEXT_ABSENT,
    };
    call_init(&call);
    call.timeout_ms = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : call.timeout_ms;
    ledger_status status = mysql_connection_init(&call, &connection, &options);
    if (status == LEDGER_DONE) {
        run_all(&call, &connection);
        mysql_connection_done(&connection);
    } else {
        printf("%s\t\t\t0\t0\t%s\n", ledger_status_name(status), ledger_call_message(&call));
    }
    call_done(&call);
    return ledger_status_exit(status);
}
