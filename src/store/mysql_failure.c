/* Error numbers as outcomes: one table for MariaDB's, MySQL's and the client library's. */
#include "store/mysql_failure.h"

/* What may be done about an error after which the session goes on, or is gone. */
enum failure_session { SESSION_STAYS, SESSION_ENDS };

struct failure {
    unsigned number;
    ledger_status status; /* in the phase of statements */
    enum failure_session session;
    const char *advice;
};

static const char failure_slow[] = "; it took longer than DB_QUERY_TIMEOUT allows";
static const char failure_crowded[] = "; raise the server's limit on connections, or lower DB_POOL_SIZE and "
                                      "DB_MAX_OVERFLOW";
static const char failure_packet[] = "; raise the server's max_allowed_packet";
static const char failure_tls[] =
    "; off this machine the server must show a certificate for its name in the URI, by an "
    "authority of ssl_ca or of the system";
static const char failure_space[] = "; free or add space on the server";

static const struct failure failures[] = {
    /* Others are in the way; waiting helps. */
    {1205, LEDGER_DATABASE_IS_BUSY, SESSION_STAYS, ""}, /* a lock wait, or a wait for causality in a cluster */
    {1969, LEDGER_DATABASE_IS_BUSY, SESSION_STAYS, failure_slow},   /* max_statement_time, MariaDB */
    {3024, LEDGER_DATABASE_IS_BUSY, SESSION_STAYS, failure_slow},   /* max_execution_time, MySQL */
    {1040, LEDGER_DATABASE_IS_BUSY, SESSION_ENDS, failure_crowded}, /* max_connections */
    {1203, LEDGER_DATABASE_IS_BUSY, SESSION_ENDS, failure_crowded}, /* max_user_connections */
    {1226, LEDGER_DATABASE_IS_BUSY, SESSION_ENDS, failure_crowded}, /* a resource limit of the account */

    /* Others came first; the unit can be run again. */
    {1213, LEDGER_DATABASE_HAS_CONFLICT, SESSION_STAYS, ""}, /* a deadlock, or a failed certification */
    {1020, LEDGER_DATABASE_HAS_CONFLICT, SESSION_STAYS, ""}, /* the row has changed since the snapshot */
    {3101, LEDGER_DATABASE_HAS_CONFLICT, SESSION_STAYS, ""}, /* a failed certification of MySQL's group replication */
    {MYSQL_ERROR_HEAD_HAS_MOVED, LEDGER_DATABASE_HAS_CONFLICT, SESSION_STAYS, ""},
    {1180, LEDGER_DATABASE_HAS_CONFLICT, SESSION_STAYS, ""}, /* an error during COMMIT: a cluster's, of a statement */

    /* The session is gone, or its node is. */
    {1047, LEDGER_CONNECTION_IS_LOST, SESSION_ENDS, "; the node is not in the cluster's primary component"},
    {1053, LEDGER_CONNECTION_IS_LOST, SESSION_ENDS, ""}, /* shutdown */
    {1152, LEDGER_CONNECTION_IS_LOST, SESSION_ENDS, ""}, /* aborted */
    {1158, LEDGER_CONNECTION_IS_LOST, SESSION_ENDS, ""}, /* 1158 to 1161: reading and writing packets */
    {1159, LEDGER_CONNECTION_IS_LOST, SESSION_ENDS, ""},
    {1160, LEDGER_CONNECTION_IS_LOST, SESSION_ENDS, ""},
    {1161, LEDGER_CONNECTION_IS_LOST, SESSION_ENDS, ""},
    {1184, LEDGER_CONNECTION_IS_LOST, SESSION_ENDS, ""}, /* aborted */
    {1927, LEDGER_CONNECTION_IS_LOST, SESSION_ENDS, ""}, /* killed */
    {2002, LEDGER_CONNECTION_IS_LOST, SESSION_ENDS, ""}, /* 2002 to 2005: the client library cannot connect */
    {2003, LEDGER_CONNECTION_IS_LOST, SESSION_ENDS, ""},
    {2004, LEDGER_CONNECTION_IS_LOST, SESSION_ENDS, ""},
    {2005, LEDGER_CONNECTION_IS_LOST, SESSION_ENDS, ""},
    {2006, LEDGER_CONNECTION_IS_LOST, SESSION_ENDS, ""}, /* gone between two statements */
    {2012, LEDGER_CONNECTION_IS_LOST, SESSION_ENDS, ""}, /* in the handshake */
    {2013, LEDGER_CONNECTION_IS_LOST, SESSION_ENDS, ""}, /* gone during a statement */
    {2026, LEDGER_CONNECTION_IS_LOST, SESSION_ENDS, failure_tls},
    {2027, LEDGER_CONNECTION_IS_LOST, SESSION_ENDS, ""}, /* a malformed packet: cut off within it */
    {2055, LEDGER_CONNECTION_IS_LOST, SESSION_ENDS, ""}, /* gone, with the reason */
    {4031, LEDGER_CONNECTION_IS_LOST, SESSION_ENDS, ""}, /* idle for too long, MySQL */
    {5013, LEDGER_CONNECTION_IS_LOST, SESSION_ENDS, ""}, /* the client library's reading and writing */
    {5014, LEDGER_CONNECTION_IS_LOST, SESSION_ENDS, ""},

    {1223, LEDGER_DATABASE_IS_READ_ONLY, SESSION_STAYS, ""}, /* under FLUSH TABLES WITH READ LOCK of our own session */
    {1290, LEDGER_DATABASE_IS_READ_ONLY, SESSION_STAYS,
     "; take read_only off the server, or name the one that takes "
     "writes"},
    {1792, LEDGER_DATABASE_IS_READ_ONLY, SESSION_STAYS, ""}, /* a READ ONLY transaction */
    {1836, LEDGER_DATABASE_IS_READ_ONLY, SESSION_STAYS, ""}, /* InnoDB is read-only */

    {3, LEDGER_DATABASE_IS_FULL, SESSION_STAYS, failure_space},  /* a write that failed */
    {28, LEDGER_DATABASE_IS_FULL, SESSION_STAYS, failure_space}, /* ENOSPC as it is */
    {1021, LEDGER_DATABASE_IS_FULL, SESSION_STAYS, failure_space},
    {1026, LEDGER_DATABASE_IS_FULL, SESSION_STAYS, failure_space},
    {1114, LEDGER_DATABASE_IS_FULL, SESSION_STAYS, failure_space},

    {1044, LEDGER_ACCESS_IS_DENIED, SESSION_STAYS,
     "; ask a DBA whether the database exists and the user has a grant on it"}, /* to the database */
    {1045, LEDGER_ACCESS_IS_DENIED, SESSION_STAYS, ""},                         /* with this password */
    {1130, LEDGER_ACCESS_IS_DENIED, SESSION_STAYS, ""},                         /* from this host */
    {1142, LEDGER_ACCESS_IS_DENIED, SESSION_STAYS, ""},                         /* to the table */
    {1143, LEDGER_ACCESS_IS_DENIED, SESSION_STAYS, ""},                         /* to the column */
    {1227, LEDGER_ACCESS_IS_DENIED, SESSION_STAYS, ""},                         /* to the statement */
    {1370, LEDGER_ACCESS_IS_DENIED, SESSION_STAYS, ""},                         /* to the routine */
    {1698, LEDGER_ACCESS_IS_DENIED, SESSION_STAYS, ""},                         /* without a password */
    {1820, LEDGER_ACCESS_IS_DENIED, SESSION_STAYS, "; the password has expired: set a new one"},
    {1862, LEDGER_ACCESS_IS_DENIED, SESSION_STAYS, "; the password has expired: set a new one"},
    {3118, LEDGER_ACCESS_IS_DENIED, SESSION_STAYS, "; the account is locked"}, /* MySQL */
    {3955, LEDGER_ACCESS_IS_DENIED, SESSION_STAYS, "; the account is locked"}, /* MySQL, after too many failures */
    {4151, LEDGER_ACCESS_IS_DENIED, SESSION_STAYS, "; the account is locked"}, /* MariaDB */

    {1049, LEDGER_DATABASE_IS_UNAVAILABLE, SESSION_STAYS, ""}, /* no such database */
    {1129, LEDGER_DATABASE_IS_UNAVAILABLE, SESSION_ENDS,
     "; the server blocks this host after too many failed connections: FLUSH HOSTS lifts that"},

    {126, LEDGER_DATABASE_IS_DAMAGED, SESSION_STAYS, ""},
    {127, LEDGER_DATABASE_IS_DAMAGED, SESSION_STAYS, ""},
    {144, LEDGER_DATABASE_IS_DAMAGED, SESSION_STAYS, ""},
    {145, LEDGER_DATABASE_IS_DAMAGED, SESSION_STAYS, ""},
    {1034, LEDGER_DATABASE_IS_DAMAGED, SESSION_STAYS, ""},
    {1194, LEDGER_DATABASE_IS_DAMAGED, SESSION_STAYS, ""},
    {1195, LEDGER_DATABASE_IS_DAMAGED, SESSION_STAYS, ""},
    {1712, LEDGER_DATABASE_IS_DAMAGED, SESSION_STAYS, ""},
    {1054, LEDGER_DATABASE_IS_DAMAGED, SESSION_STAYS, ""}, /* a column of ours is gone */
    {1146, LEDGER_DATABASE_IS_DAMAGED, SESSION_STAYS, ""}, /* a table of ours is gone */

    {1037, LEDGER_OUT_OF_MEMORY, SESSION_STAYS, "; the server's memory, not ours"},
    {1038, LEDGER_OUT_OF_MEMORY, SESSION_STAYS, "; the server's memory, not ours: sort_buffer_size"},
    {1041, LEDGER_OUT_OF_MEMORY, SESSION_STAYS, "; the server's memory, not ours"},
    {2008, LEDGER_OUT_OF_MEMORY, SESSION_ENDS, ""}, /* ours: what was read of the answer is not known */

    {1153, LEDGER_DATABASE_FAILED, SESSION_ENDS, failure_packet}, /* the server closes after it */
    {2014, LEDGER_DATABASE_FAILED, SESSION_ENDS, ""},             /* commands out of order */
    {2020, LEDGER_DATABASE_FAILED, SESSION_ENDS, failure_packet},
};

/* Anything else is a statement's own error: the session stays. */
static const struct failure *failure_find(unsigned number)
{
    static const struct failure other = {0, LEDGER_DATABASE_FAILED, SESSION_STAYS, ""};
    for (size_t i = 0; i < sizeof failures / sizeof failures[0]; i++) {
        if (failures[i].number == number) {
            return &failures[i];
        }
    }
    return &other;
}

/* The few errors of COMMIT that say that nothing was kept: a failed certification is the same on every node, and a lock
 * wait or a read-only server stops a commit before it is prepared. An error during COMMIT (1180) is not among them: a
 * node that leaves its cluster gives it for what the others may have taken. */
static ledger_status failure_of_commit(const struct failure *failure)
{
    switch (failure->number) {
    case 1213:
    case 1020:
    case 3101:
    case 1205:
    case 1290:
    case 1792:
    case 1836:
        return failure->status;
    default:
        return LEDGER_OUTCOME_IS_UNKNOWN;
    }
}

ledger_status mysql_failure_outcome(unsigned error_number, enum mysql_phase phase)
{
    const struct failure *failure = failure_find(error_number);
    if (phase == MYSQL_PHASE_COMMIT) {
        return failure_of_commit(failure);
    }
    bool was_never_there = phase == MYSQL_PHASE_CONNECT && failure->status == LEDGER_CONNECTION_IS_LOST;
    return was_never_there ? LEDGER_DATABASE_IS_UNAVAILABLE : failure->status;
}

bool mysql_failure_ends_session(unsigned error_number)
{
    return failure_find(error_number)->session == SESSION_ENDS;
}

const char *mysql_failure_advice(unsigned error_number)
{
    return failure_find(error_number)->advice;
}

/* The problem is added before the drop: `words` may be the handle's own. */
static ledger_status failure_tell(struct ledger_call *call, const struct mysql_connection *connection,
                                  ledger_status status, const struct failure *failure, unsigned number,
                                  const char *words, const char *doing)
{
    bool is_lost = failure->status == LEDGER_CONNECTION_IS_LOST;
    return ledger_fail(call, status, "%s MySQL server on '%s' while %s: %s (error %u)%s%s",
                       is_lost ? "Lost connection to" : "An error of the", mysql_connection_place(connection), doing,
                       words, number, failure->advice,
                       status == LEDGER_OUTCOME_IS_UNKNOWN ? "; whether it was kept is not known yet" : "");
}

ledger_status mysql_fail(struct ledger_call *call, struct mysql_connection *connection, enum mysql_phase phase,
                         unsigned error_number, const char *server_message, const char *doing)
{
    const struct failure *failure = failure_find(error_number);
    ledger_status status = mysql_failure_outcome(error_number, phase);
    /* In a cluster this is how a node says that it could not catch up with the others: another may do better. */
    bool is_behind = connection->is_cluster && error_number == 1205 && phase == MYSQL_PHASE_STATEMENT;
    status = is_behind ? LEDGER_CONNECTION_IS_LOST : status;
    status = failure_tell(call, connection, status, failure, error_number, server_message, doing);
    if (failure->session == SESSION_ENDS || is_behind || status == LEDGER_OUTCOME_IS_UNKNOWN) {
        mysql_connection_drop(connection);
    }
    return status;
}

ledger_status mysql_fail_last(struct ledger_call *call, struct mysql_connection *connection, enum mysql_phase phase,
                              const char *doing)
{
    MYSQL *handle = connection->handle;
    return mysql_fail(call, connection, phase, mysql_errno(handle), mysql_error(handle), doing);
}
