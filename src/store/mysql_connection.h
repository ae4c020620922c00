/* One connection to a server, or to one of several: made, made again, and made to stand at the right one.
 *
 * I1 Nothing is sent on a connection that has been idle for long without asking first whether it is alive; one that is
 *    old is replaced between units of work, never within one.
 * I2 Each session runs in UTC, strict SQL, REPEATABLE READ, utf8mb4, without autocommit of anything but single
 *    statements outside a unit.
 * I3 In a cluster, units that write run on the node that the lease row names; a node outside the primary component
 *    never gets one. What is agreed on is only where to write: whether a commit holds, the cluster's certification
 *    decides, so two holders of a lease cost time and nothing else. */
#ifndef LEDGER_STORE_MYSQL_CONNECTION_H
#define LEDGER_STORE_MYSQL_CONNECTION_H

#include <mysql.h>

#include "base/arena.h"
#include "store/driver.h"
#include "store/mysql_uri.h"

struct mysql_connection {
    struct arena arena; /* of the URI's texts */
    struct mysql_uri uri;
    const char *password;
    uint32_t query_timeout_ms;
    MYSQL *handle;        /* NULL: not connected */
    uint64_t generation;  /* moves with every new connection: what was prepared on an older one is gone */
    int64_t connected_ms; /* monotonic */
    int64_t used_ms;      /* monotonic: the last answer */
    size_t host;          /* which of the URI's hosts it stands at */
    bool is_cluster;      /* a Galera node */
    bool is_mariadb;      /* else MySQL */
    char node_name[128];  /* wsrep_node_name of the node, "" outside a cluster */
};

/* Takes the URI and password apart; connects nothing. */
LEDGER_MUST_CHECK ledger_status mysql_connection_init(struct ledger_call *call, struct mysql_connection *connection,
                                                      const struct driver_options *options);

void mysql_connection_done(struct mysql_connection *connection);

/* Makes ready for a unit of work: connects, or asks an idle connection whether it lives and replaces it where not, with
 * backoff and jitter until the call's deadline. For UNIT_WRITE in a cluster it stands at the holder of the lease
 * afterwards. LEDGER_DATABASE_IS_UNAVAILABLE ("Can't connect to MySQL server on …"), LEDGER_ACCESS_IS_DENIED,
 * LEDGER_VERSION_IS_UNSUPPORTED, LEDGER_CONFIGURATION_IS_INVALID. */
LEDGER_MUST_CHECK ledger_status mysql_connection_ready(struct ledger_call *call, struct mysql_connection *connection,
                                                       enum unit_mode mode);

/* Closes at once, without a word to the server: after an error that leaves the state of the session unknown. */
void mysql_connection_drop(struct mysql_connection *connection);

/* Whether a cluster's lease still names the node that we stand at; read inside a unit that holds the head's lock.
 * Outside a cluster, true. */
LEDGER_MUST_CHECK ledger_status mysql_connection_check_lease(struct ledger_call *call,
                                                             struct mysql_connection *connection, bool *ret_is_ours);

/* What the server said last on this handle or statement, as an outcome with message; see mysql_failure.h. */

#endif
