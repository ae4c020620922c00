/* Connections: hosts tried in order, again and again until the deadline, and what is said when none answers. */
#include "store/mysql_connection.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/quote.h"
#include "base/text.h"
#include "base/text_builder.h"
#include "base/uuid.h"
#include "store/mysql_lease.h"

enum {
    CONNECT_TIMEOUT_S = 10,
    CONNECT_TIMEOUT_AMONG_SEVERAL_S = 2, /* where the next host may answer */
    ALIVE_TIMEOUT_MS = 2000,
    PAUSE_MS_FIRST = 50, /* between two rounds at most; doubled with each … */
    PAUSE_MS_MAX = 1000, /* … up to this */
};

/* The rounds over all hosts of one try to connect. */
struct connection_effort {
    int64_t begin_ms;
    int64_t deadline_ms;
    unsigned attempts_count;
    struct mysql_refusal refusals[MYSQL_HOSTS_MAX]; /* the last of each host */
};

static ledger_status connection_copy_password(struct ledger_call *call, struct mysql_connection *connection,
                                              struct ledger_text password)
{
    if (memchr(password.data, '\0', password.size) != NULL) {
        return ledger_fail(call, LEDGER_CONFIGURATION_IS_INVALID, "the database's password has a zero byte");
    }
    char *copy = arena_allocate(&connection->arena, password.size + 1);
    if (copy == NULL) {
        return ledger_fail_out_of_memory(call);
    }
    memcpy(copy, password.data, password.size);
    copy[password.size] = '\0';
    connection->password = copy;
    return LEDGER_DONE;
}

static ledger_status connection_configure(struct ledger_call *call, struct mysql_connection *connection,
                                          const struct driver_options *options)
{
    LEDGER_TRY(mysql_uri_parse(call, options->uri, &connection->arena, &connection->uri));
    connection->password = connection->uri.password;
    if (connection->password == NULL && !text_is_empty(options->password)) {
        LEDGER_TRY(connection_copy_password(call, connection, options->password));
    }
    const char *defaults_file = connection->uri.defaults_file;
    if (defaults_file != NULL && access(defaults_file, R_OK) != 0) {
        char quoted[QUOTE_SIZE];
        return ledger_fail(call, LEDGER_CONFIGURATION_IS_INVALID,
                           "the database's URI names the option file %s (read_default_file), which cannot be read: %s",
                           text_quote(ledger_text_of(defaults_file), quoted), strerror(errno));
    }
    return LEDGER_DONE;
}

ledger_status mysql_connection_init(struct ledger_call *call, struct mysql_connection *connection,
                                    const struct driver_options *options)
{
    *connection = (struct mysql_connection){.query_timeout_ms = options->query_timeout_ms};
    arena_init(&connection->arena);
    ledger_status status = connection_configure(call, connection, options);
    if (status != LEDGER_DONE) {
        arena_done(&connection->arena);
    }
    return status;
}

void mysql_connection_done(struct mysql_connection *connection)
{
    mysql_close(connection->handle);
    connection->handle = NULL;
    arena_done(&connection->arena);
}

void mysql_connection_drop(struct mysql_connection *connection)
{
    if (connection->handle != NULL) {
        /* Or mysql_close would say goodbye, and wait where nobody reads. */
        (void)shutdown((int)mysql_get_socket(connection->handle), SHUT_RDWR);
        mysql_close(connection->handle);
        connection->handle = NULL;
    }
    connection->is_holder = false;
}

static struct mysql_target connection_target(const struct mysql_connection *connection, size_t host)
{
    return (struct mysql_target){
        .uri = &connection->uri,
        .host = connection->uri.hosts_count == 0 ? NULL : &connection->uri.hosts[host],
        .password = connection->password,
        .query_timeout_ms = connection->query_timeout_ms,
    };
}

const char *mysql_connection_place(const struct mysql_connection *connection)
{
    struct mysql_target target = connection_target(connection, connection->host);
    return mysql_target_place(&target);
}

bool mysql_connection_open_host(struct ledger_call *call, struct mysql_connection *connection, size_t host,
                                uint32_t connect_timeout_s, struct mysql_session *ret_session,
                                struct mysql_refusal *ret_refusal)
{
    struct mysql_target target = connection_target(connection, host);
    target.connect_timeout_s = connect_timeout_s;
    target.lock_timeout_ms = call->timeout_ms;
    if (!mysql_session_open(&target, ret_session, ret_refusal)) {
        return false;
    }
    memcpy(connection->host_nodes[host], ret_session->node_name, MYSQL_NODE_NAME_SIZE);
    return true;
}

void mysql_connection_adopt(struct mysql_connection *connection, size_t host, const struct mysql_session *session)
{
    mysql_connection_drop(connection);
    connection->handle = session->handle;
    connection->generation++;
    connection->connected_ms = monotonic_ms();
    connection->used_ms = connection->connected_ms;
    connection->host = host;
    connection->is_cluster = session->is_cluster;
    connection->is_mariadb = session->is_mariadb;
    connection->packet_bytes_max = session->packet_bytes_max;
    memcpy(connection->node_name, session->node_name, MYSQL_NODE_NAME_SIZE);
}

static size_t connection_hosts_count(const struct mysql_connection *connection)
{
    return connection->uri.hosts_count == 0 ? 1 : connection->uri.hosts_count;
}

/* For one attempt: what the URI says or what fits the number of hosts, but not past the deadline. */
static uint32_t connection_timeout_s(const struct mysql_connection *connection, int64_t deadline_ms)
{
    int64_t left_s = (deadline_ms - monotonic_ms() + 999) / 1000;
    int64_t timeout_s = connection_hosts_count(connection) > 1 ? CONNECT_TIMEOUT_AMONG_SEVERAL_S : CONNECT_TIMEOUT_S;
    if (connection->uri.connect_timeout_s != 0) {
        timeout_s = connection->uri.connect_timeout_s;
    }
    timeout_s = timeout_s < left_s ? timeout_s : left_s;
    return timeout_s < 1 ? 1 : (uint32_t)timeout_s;
}

/* Full jitter: any pause up to the round's longest, so that those who lost a server together do not come back so. */
static void connection_pause(unsigned round, int64_t deadline_ms)
{
    uint32_t chance = 0;
    uint32_t longest_ms = round < 5 ? (uint32_t)PAUSE_MS_FIRST << round : PAUSE_MS_MAX;
    longest_ms = longest_ms < PAUSE_MS_MAX ? longest_ms : PAUSE_MS_MAX;
    int64_t left_ms = deadline_ms - monotonic_ms();
    int64_t pause_ms = random_bytes(&chance, sizeof chance) ? chance % (longest_ms + 1) : longest_ms;
    pause_ms = pause_ms < left_ms ? pause_ms : left_ms;
    if (pause_ms > 0) {
        struct timespec pause = {.tv_sec = pause_ms / 1000, .tv_nsec = pause_ms % 1000 * 1000000};
        (void)nanosleep(&pause, NULL);
    }
}

/* What of the hosts from `first` to `last` is told, and as which outcome: a server that is there but full counts for
 * more than one that does not answer. */
static ledger_status connection_give_up(struct ledger_call *call, const struct mysql_connection *connection,
                                        const struct connection_effort *effort, size_t first, size_t last)
{
    ledger_status status = effort->refusals[first].status;
    struct text_builder builder;
    struct ledger_text places;
    text_builder_init(&builder, &call->arena, 256);
    for (size_t host = first; host <= last; host++) {
        struct mysql_target target = connection_target(connection, host);
        text_builder_add_format(&builder, "%s'%s' (%s)", host == first ? "" : ", ", mysql_target_place(&target),
                                effort->refusals[host].reason);
        status = effort->refusals[host].status == LEDGER_DATABASE_IS_BUSY ? LEDGER_DATABASE_IS_BUSY : status;
    }
    LEDGER_TRY(text_builder_finish(call, &builder, &places));
    int64_t tenths = (monotonic_ms() - effort->begin_ms) / 100;
    return ledger_fail(call, status, "Can't connect to MySQL server on %.*s: %u %s in %lld.%lld s",
                       TEXT_ARGUMENTS(places), effort->attempts_count,
                       effort->attempts_count == 1 ? "attempt" : "attempts", (long long)(tenths / 10),
                       (long long)(tenths % 10));
}

enum connection_round { ROUND_CONNECTED, ROUND_MAY_HELP, ROUND_CANNOT_HELP };

/* Asks every host once, in order; `ret_host` is the last one asked. */
static enum connection_round connection_ask_all(struct ledger_call *call, struct mysql_connection *connection,
                                                struct connection_effort *effort, size_t *ret_host)
{
    bool may_help = false;
    for (size_t host = 0; host < connection_hosts_count(connection); host++) {
        struct mysql_refusal *refusal = &effort->refusals[host];
        struct mysql_session session;
        effort->attempts_count++;
        *ret_host = host;
        if (mysql_connection_open_host(call, connection, host, connection_timeout_s(connection, effort->deadline_ms),
                                       &session, refusal)) {
            mysql_connection_adopt(connection, host, &session);
            return ROUND_CONNECTED;
        }
        if (refusal->is_final) {
            return ROUND_CANNOT_HELP;
        }
        may_help = may_help || !refusal->is_lasting;
    }
    return may_help ? ROUND_MAY_HELP : ROUND_CANNOT_HELP;
}

ledger_status mysql_connection_open_any(struct ledger_call *call, struct mysql_connection *connection,
                                        int64_t deadline_ms)
{
    struct connection_effort *effort = NULL;
    LEDGER_ALLOCATE(call, effort, 1);
    effort->begin_ms = monotonic_ms();
    effort->deadline_ms = deadline_ms;
    for (unsigned round = 0;; round++) {
        size_t host = 0;
        enum connection_round outcome = connection_ask_all(call, connection, effort, &host);
        if (outcome == ROUND_CONNECTED) {
            return LEDGER_DONE;
        }
        if (outcome == ROUND_CANNOT_HELP || monotonic_ms() >= deadline_ms) {
            bool is_final = effort->refusals[host].is_final;
            return connection_give_up(call, connection, effort, is_final ? host : 0, host);
        }
        connection_pause(round, deadline_ms);
    }
}

/* I1 */
static void connection_retire(struct mysql_connection *connection)
{
    int64_t now_ms = monotonic_ms();
    if (connection->handle == NULL) {
        return;
    }
    bool is_old = now_ms - connection->connected_ms > MYSQL_AGE_MS_MAX;
    bool was_idle = now_ms - connection->used_ms > MYSQL_IDLE_MS_MAX;
    if (is_old || (was_idle && !mysql_session_is_alive(connection->handle, ALIVE_TIMEOUT_MS))) {
        mysql_connection_drop(connection);
    }
}

ledger_status mysql_connection_ready(struct ledger_call *call, struct mysql_connection *connection, enum unit_mode mode)
{
    int64_t deadline_ms = monotonic_ms() + call->timeout_ms;
    connection_retire(connection);
    if (connection->handle == NULL) {
        LEDGER_TRY(mysql_connection_open_any(call, connection, deadline_ms));
    }
    if (mode == UNIT_WRITE && connection->is_cluster && !connection->is_holder) {
        LEDGER_TRY(mysql_lease_follow(call, connection, deadline_ms));
    }
    connection->used_ms = monotonic_ms();
    return LEDGER_DONE;
}
