/* The lease: read, followed to its holder, or taken where the holder is gone. */
#include "store/mysql_lease.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/mysql_failure.h"

enum {
    HOLDER_TIMEOUT_S = 1, /* to reach the holder before its lease is taken */
    STATEMENT_SIZE = 512,
};

struct lease {
    bool exists; /* false before init */
    uint64_t term;
    char node_name[MYSQL_NODE_NAME_SIZE]; /* "" where nobody ever held it */
};

static ledger_status lease_fail(struct ledger_call *call, struct mysql_connection *connection, const char *doing)
{
    return mysql_fail_last(call, connection, MYSQL_PHASE_STATEMENT, doing);
}

/* By the primary key, without a lock; outside a unit of work the node first waits for what the others committed
 * (wsrep_sync_wait). */
static ledger_status lease_read(struct ledger_call *call, struct mysql_connection *connection, struct lease *ret_lease)
{
    static const char query[] = "SELECT node_name, term FROM writer_lease WHERE lease_id = 1";
    static const char doing[] = "reading the cluster's lease";
    MYSQL *handle = connection->handle;
    struct lease lease = {.exists = true};
    MYSQL_RES *result = mysql_query(handle, query) == 0 ? mysql_store_result(handle) : NULL;
    if (result == NULL && mysql_errno(handle) == MYSQL_ERROR_TABLE_IS_MISSING) {
        *ret_lease = (struct lease){.exists = false};
        return LEDGER_DONE;
    }
    if (result == NULL) {
        return lease_fail(call, connection, doing);
    }
    MYSQL_ROW row = mysql_fetch_row(result);
    bool is_there = row != NULL && row[0] != NULL && row[1] != NULL;
    if (is_there) {
        (void)snprintf(lease.node_name, sizeof lease.node_name, "%s", row[0]);
        lease.term = strtoull(row[1], NULL, 10);
    }
    mysql_free_result(result);
    if (!is_there) {
        return ledger_fail(call, LEDGER_DATABASE_IS_DAMAGED,
                           "the table writer_lease on '%s' has lost its one row: run verify",
                           mysql_connection_place(connection));
    }
    *ret_lease = lease;
    return LEDGER_DONE;
}

/* I1: autocommitted. Locks the one row by its primary key. That nothing was changed is no failure: somebody else was
 * first, and the next look shows who. */
static ledger_status lease_take(struct ledger_call *call, struct mysql_connection *connection,
                                const struct lease *lease)
{
    char name[2 * MYSQL_NODE_NAME_SIZE];
    char statement[STATEMENT_SIZE];
    (void)mysql_real_escape_string(connection->handle, name, connection->node_name, strlen(connection->node_name));
    (void)snprintf(statement, sizeof statement,
                   "UPDATE writer_lease SET node_name = '%s', term = term + 1, taken_at = UTC_TIMESTAMP(6) "
                   "WHERE lease_id = 1 AND term = %llu",
                   name, (unsigned long long)lease->term);
    return mysql_query(connection->handle, statement) == 0 ? LEDGER_DONE
                                                           : lease_fail(call, connection, "taking the cluster's lease");
}

/* Goes to the node of that name if this host is it, and fit. */
static bool lease_try_host(struct ledger_call *call, struct mysql_connection *connection, size_t host,
                           const char *node_name)
{
    struct mysql_session session;
    struct mysql_refusal refusal;
    if (!mysql_connection_open_host(call, connection, host, HOLDER_TIMEOUT_S, &session, &refusal)) {
        return false;
    }
    if (strcmp(session.node_name, node_name) != 0) {
        mysql_close(session.handle);
        return false;
    }
    mysql_connection_adopt(connection, host, &session);
    return true;
}

/* Goes to the node of that name: to the host that is known for it, then to those that are not known. */
static bool lease_reach(struct ledger_call *call, struct mysql_connection *connection, const char *node_name)
{
    int64_t until_ms = monotonic_ms() + HOLDER_TIMEOUT_S * 1000;
    for (unsigned pass = 0; pass < 2; pass++) {
        const char *sought = pass == 0 ? node_name : "";
        for (size_t host = 0; host < connection->uri.hosts_count && monotonic_ms() < until_ms; host++) {
            if (strcmp(connection->host_nodes[host], sought) == 0 &&
                lease_try_host(call, connection, host, node_name)) {
                return true;
            }
        }
    }
    /* A host may have become another node since: next time all are asked anew. */
    memset(connection->host_nodes, 0, sizeof connection->host_nodes);
    return false;
}

/* One look at the lease and one step towards its holder. Until `is_holder`, or there is no lease, it takes another. */
static ledger_status lease_step(struct ledger_call *call, struct mysql_connection *connection, bool *ret_is_settled)
{
    struct lease lease = {.exists = false};
    LEDGER_TRY(lease_read(call, connection, &lease));
    connection->is_holder = lease.exists && strcmp(lease.node_name, connection->node_name) == 0;
    *ret_is_settled = !lease.exists || connection->is_holder;
    if (*ret_is_settled) {
        return LEDGER_DONE;
    }
    if (lease.node_name[0] != '\0' && lease_reach(call, connection, lease.node_name)) {
        return LEDGER_DONE; /* it may have moved on meanwhile: the next look says */
    }
    return lease_take(call, connection, &lease);
}

ledger_status mysql_lease_follow(struct ledger_call *call, struct mysql_connection *connection, int64_t deadline_ms)
{
    size_t first_problem = ledger_call_problems_count(call);
    for (;;) {
        bool is_settled = false;
        ledger_status status = lease_step(call, connection, &is_settled);
        bool may_help =
            status == LEDGER_DONE || status == LEDGER_CONNECTION_IS_LOST || status == LEDGER_DATABASE_HAS_CONFLICT;
        if (is_settled || !may_help) {
            return status;
        }
        if (monotonic_ms() >= deadline_ms) {
            return status != LEDGER_DONE
                       ? status
                       : ledger_fail(call, LEDGER_DATABASE_IS_BUSY,
                                     "the cluster's lease kept moving (now seen on '%s'): see table writer_lease",
                                     mysql_connection_place(connection));
        }
        ledger_call_drop_problems(call, first_problem);
        if (connection->handle == NULL) {
            LEDGER_TRY(mysql_connection_open_any(call, connection, deadline_ms));
        }
        if (!connection->is_cluster) {
            return LEDGER_DONE; /* that host belongs to none */
        }
    }
}

ledger_status mysql_connection_check_lease(struct ledger_call *call, struct mysql_connection *connection,
                                           bool *ret_is_ours)
{
    struct lease lease = {.exists = false};
    if (connection->is_cluster) {
        LEDGER_TRY(lease_read(call, connection, &lease));
    }
    bool is_ours = !lease.exists || strcmp(lease.node_name, connection->node_name) == 0;
    connection->is_holder = lease.exists && is_ours;
    *ret_is_ours = is_ours;
    return LEDGER_DONE;
}
