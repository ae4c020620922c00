/* One session on one host: opened, protected, held against the versions we support, and set up.
 *
 * I1 What the URI says, and what a ledger needs, wins over the client's option files; these give what is left open:
 * user, password, socket, and the finer settings of TLS. I2 A session that is handed out runs in UTC, strict SQL,
 * REPEATABLE READ and utf8mb4 compared by bytes; it never reconnects by itself and never reads a file for the server.
 */
#ifndef LEDGER_STORE_MYSQL_SESSION_H
#define LEDGER_STORE_MYSQL_SESSION_H

#include <mysql.h>

#include "store/mysql_uri.h"

enum { MYSQL_NODE_NAME_SIZE = 128 };

struct mysql_session {
    MYSQL *handle;
    bool is_mariadb;                      /* else MySQL */
    bool is_cluster;                      /* a Galera node */
    char node_name[MYSQL_NODE_NAME_SIZE]; /* wsrep_node_name, "" outside a cluster */
    uint64_t packet_bytes_max;            /* max_allowed_packet: no statement may be larger */
};

/* What to open. */
struct mysql_target {
    const struct mysql_uri *uri;
    const struct mysql_host *host; /* NULL: the URI's socket */
    const char *password;          /* NULL: what the option files or MYSQL_PWD say */
    uint32_t query_timeout_ms;     /* 0: none */
    uint32_t lock_timeout_ms;
    uint32_t connect_timeout_s; /* until the server's first word; at least 1 */
};

/* Why a host gave no session. */
struct mysql_refusal {
    ledger_status status;
    bool is_final;     /* neither another host nor trying again would help */
    bool is_lasting;   /* trying this host again would not help */
    char reason[1536]; /* in words, without the place */
};

/* The place as messages name it. */
const char *mysql_target_place(const struct mysql_target *target);

/* Opens a session, or says why not. A node outside its cluster's primary component is refused. */
bool mysql_session_open(const struct mysql_target *target, struct mysql_session *ret_session,
                        struct mysql_refusal *ret_refusal);

/* Whether the server answers within `timeout_ms`; in a cluster, whether the node takes statements at all. After a false
 * the handle can only be closed. */
bool mysql_session_is_alive(MYSQL *handle, uint32_t timeout_ms);

/* Whether an expected version is one that we run on; else the sentence that says why not. `version` is as
 * mysql_get_server_version gives it: 10.11.5 is 101105. */
const char *mysql_session_version_fault(bool is_mariadb, unsigned long version);

#endif
