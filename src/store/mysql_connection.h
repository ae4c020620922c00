/* One connection to a server, or to one of several: made, made again, and made to stand at the right one.
 *
 * I1 Nothing is sent on a connection that has been idle for long without asking first whether it is alive; one that is
 *    old is replaced between units of work, never within one.
 * I2 Each session is set up as mysql_session.h says before anything else is sent on it.
 * I3 In a cluster, units that write run on the node that the lease row names; a node outside the primary component
 *    never gets one. What is agreed on is only where to write: whether a commit holds, the cluster's certification
 *    decides, so two holders of a lease cost time and nothing else. */
#ifndef LEDGER_STORE_MYSQL_CONNECTION_H
#define LEDGER_STORE_MYSQL_CONNECTION_H

#include <mysql.h>

#include "base/arena.h"
#include "store/driver.h"
#include "store/mysql_session.h"
#include "store/mysql_uri.h"

enum {
    MYSQL_IDLE_MS_MAX = 5000,      /* idle for longer: asked whether it lives */
    MYSQL_AGE_MS_MAX = 30 * 60000, /* older: replaced */
};

struct mysql_connection {
    struct arena arena; /* of the URI's texts */
    struct mysql_uri uri;
    const char *password; /* NULL: what the option files say */
    uint32_t query_timeout_ms;
    MYSQL *handle;             /* NULL: not connected */
    uint64_t generation;       /* moves with every new connection: what was prepared on an older one is gone */
    int64_t connected_ms;      /* monotonic */
    int64_t used_ms;           /* monotonic: the last answer; whoever ends a unit of work may move it on */
    size_t host;               /* which of the URI's hosts it stands at; 0 at its socket */
    bool is_cluster;           /* a Galera node */
    bool is_mariadb;           /* else MySQL */
    bool is_holder;            /* the lease named our node when last we looked */
    uint64_t packet_bytes_max; /* max_allowed_packet */
    char node_name[MYSQL_NODE_NAME_SIZE];                   /* wsrep_node_name of the node, "" outside a cluster */
    char host_nodes[MYSQL_HOSTS_MAX][MYSQL_NODE_NAME_SIZE]; /* the nodes' names by host, "" where not known */
};

/* Takes the URI and password apart; connects nothing. LEDGER_CONFIGURATION_IS_INVALID. */
LEDGER_MUST_CHECK ledger_status mysql_connection_init(struct ledger_call *call, struct mysql_connection *connection,
                                                      const struct driver_options *options);

/* Harmless on what is all zeros. */
void mysql_connection_done(struct mysql_connection *connection);

/* Makes ready for a unit of work: connects, or asks an idle connection whether it lives and replaces it where not, with
 * backoff and jitter until the call's deadline, but every host once at least. For UNIT_WRITE in a cluster it stands at
 * the holder of the lease afterwards. LEDGER_DATABASE_IS_UNAVAILABLE ("Can't connect to MySQL server on …"),
 * LEDGER_DATABASE_IS_BUSY (too many connections), LEDGER_ACCESS_IS_DENIED, LEDGER_VERSION_IS_UNSUPPORTED. */
LEDGER_MUST_CHECK ledger_status mysql_connection_ready(struct ledger_call *call, struct mysql_connection *connection,
                                                       enum unit_mode mode);

/* Closes at once, without a word to the server: after an error that leaves the state of the session unknown. */
void mysql_connection_drop(struct mysql_connection *connection);

/* Whether a cluster's lease still names the node that we stand at; read inside a unit that holds the head's lock.
 * Outside a cluster, true. After a false the next mysql_connection_ready goes where the lease is. */
LEDGER_MUST_CHECK ledger_status mysql_connection_check_lease(struct ledger_call *call,
                                                             struct mysql_connection *connection, bool *ret_is_ours);

/* Where it stands, or stood last, as messages name it: "db1:3306", or the path of the socket. */
const char *mysql_connection_place(const struct mysql_connection *connection);

/* For the lease: connects to whichever host answers first in order, by the deadline (monotonic_ms). */
LEDGER_MUST_CHECK ledger_status mysql_connection_open_any(struct ledger_call *call, struct mysql_connection *connection,
                                                          int64_t deadline_ms);

/* For the lease: opens a session at one host beside the one there is, and learns its node's name. */
bool mysql_connection_open_host(struct ledger_call *call, struct mysql_connection *connection, size_t host,
                                uint32_t connect_timeout_s, struct mysql_session *ret_session,
                                struct mysql_refusal *ret_refusal);

/* For the lease: takes a session of that host in place of the one there is. */
void mysql_connection_adopt(struct mysql_connection *connection, size_t host, const struct mysql_session *session);

#endif
