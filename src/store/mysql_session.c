/* Sessions: the options of the client library, the checks of the server, and what each session is told first. */
#include "store/mysql_session.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "store/mysql_failure.h"

enum {
    READ_GRACE_S = 5, /* after the server's own limit on a statement, until we take it for dead */
    /* A peer that vanished without a word is found after 3 + 3 × 1 s of silence, or 6 s after we spoke. */
    KEEP_ALIVE_IDLE_S = 3,
    KEEP_ALIVE_INTERVAL_S = 1,
    KEEP_ALIVE_COUNT = 3,
    UNACKNOWLEDGED_MS_MAX = 6000,
    SETUP_SIZE = 1536,
    ERROR_DATABASE_IS_DENIED = 1044,
    ERROR_NO_DATABASE = 1049,
    ERROR_TLS = 2026,
};

static pthread_once_t session_library_once = PTHREAD_ONCE_INIT;
static bool session_library_is_ready;

/* The library makes its tables at the first use, which no two threads may do at once. */
static void session_start_library(void)
{
    session_library_is_ready = mysql_library_init(0, NULL, NULL) == 0;
}

const char *mysql_target_place(const struct mysql_target *target)
{
    return target->host == NULL ? target->uri->unix_socket : target->host->place;
}

/* Such a refusal is of this host and moment, unless its maker says more. */
static bool session_refuse(struct mysql_refusal *refusal, ledger_status status, const char *reason)
{
    *refusal = (struct mysql_refusal){.status = status};
    (void)snprintf(refusal->reason, sizeof refusal->reason, "%s", reason);
    return false;
}

/* "localhost" without a port is the server's socket. */
static bool session_is_by_socket(const struct mysql_target *target)
{
    return target->host == NULL || (!target->host->has_port && strcasecmp(target->host->name, "localhost") == 0);
}

static bool session_refuse_by_error(const struct mysql_target *target, MYSQL *handle, struct mysql_refusal *refusal)
{
    unsigned number = mysql_errno(handle);
    const char *database = target->uri->database;
    *refusal = (struct mysql_refusal){.status = mysql_failure_outcome(number, MYSQL_PHASE_CONNECT)};
    if (number == ERROR_NO_DATABASE) {
        (void)snprintf(
            refusal->reason, sizeof refusal->reason,
            "there is no database \"%s\": an administrator makes it with CREATE DATABASE `%s` CHARACTER SET "
            "utf8mb4 COLLATE utf8mb4_nopad_bin (utf8mb4_0900_bin on MySQL) and runs what ledger-admin grants "
            "--role migrator prints; then init --confirm makes the tables",
            database, database);
    } else if (number == ERROR_DATABASE_IS_DENIED) {
        /* The server says the same of a database that is not there. */
        (void)snprintf(refusal->reason, sizeof refusal->reason,
                       "%s (error %u): an administrator makes it, where it is missing, with CREATE DATABASE `%s` "
                       "CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin (utf8mb4_0900_bin on MySQL), and runs what "
                       "ledger-admin grants --role ROLE prints for this user (migrator, for init)",
                       mysql_error(handle), number, database);
    } else if ((number == 2002 || number == 2003) && !session_is_by_socket(target)) {
        /* The library's own words name the host again, and a number that is not the reason. */
        (void)snprintf(refusal->reason, sizeof refusal->reason, "refused, or no answer within %u s",
                       (unsigned)target->connect_timeout_s);
    } else {
        (void)snprintf(refusal->reason, sizeof refusal->reason, "%s (error %u)%s", mysql_error(handle), number,
                       mysql_failure_advice(number));
    }
    refusal->is_final = number == ERROR_NO_DATABASE || refusal->status == LEDGER_ACCESS_IS_DENIED;
    refusal->is_lasting = refusal->is_final || number == ERROR_TLS;
    return false;
}

/* The library reads its option files only on the way into a connection, and lets them win over what was set before. So
 * it is sent on that way once, to a place that is none by a way that is none, and set right afterwards. */
static void session_read_option_files(const struct mysql_target *target, MYSQL *handle)
{
    unsigned protocol = MYSQL_PROTOCOL_MEMORY; /* of Windows alone */
    if (target->uri->defaults_file != NULL) {
        (void)mysql_optionsv(handle, MYSQL_READ_DEFAULT_FILE, target->uri->defaults_file);
    }
    (void)mysql_optionsv(handle, MYSQL_READ_DEFAULT_GROUP, "client");
    (void)mysql_optionsv(handle, MYSQL_OPT_PROTOCOL, &protocol);
    (void)mysql_real_connect(handle, "::1%none", NULL, NULL, NULL, 1, NULL, CLIENT_REMEMBER_OPTIONS);
}

static void session_set_tls(const struct mysql_target *target, MYSQL *handle)
{
    const struct mysql_uri *uri = target->uri;
    enum mysql_tls tls = mysql_uri_tls(uri, target->host);
    my_bool is_enforced = 1;
    my_bool is_verified = tls == MYSQL_TLS_VERIFIED;
    if (tls == MYSQL_TLS_AS_CONFIGURED) {
        return;
    }
    (void)mysql_optionsv(handle, MYSQL_OPT_SSL_ENFORCE, &is_enforced);
    (void)mysql_optionsv(handle, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &is_verified);
    if (!is_verified) {
        /* The library would verify against an authority all the same. */
        (void)mysql_optionsv(handle, MYSQL_OPT_SSL_CA, NULL);
        (void)mysql_optionsv(handle, MYSQL_OPT_SSL_CAPATH, NULL);
    } else if (uri->ssl_ca != NULL) {
        (void)mysql_optionsv(handle, MYSQL_OPT_SSL_CA, uri->ssl_ca);
    }
    if (uri->ssl_cert != NULL) {
        (void)mysql_optionsv(handle, MYSQL_OPT_SSL_CERT, uri->ssl_cert);
    }
    if (uri->ssl_key != NULL) {
        (void)mysql_optionsv(handle, MYSQL_OPT_SSL_KEY, uri->ssl_key);
    }
}

/* I1: after the option files. */
static void session_set_options(const struct mysql_target *target, MYSQL *handle)
{
    unsigned off = 0;
    my_bool no = 0;
    unsigned io_timeout_s =
        target->query_timeout_ms == 0 ? 0 : (unsigned)(target->query_timeout_ms + 999) / 1000 + READ_GRACE_S;
    unsigned protocol = session_is_by_socket(target) ? MYSQL_PROTOCOL_SOCKET : MYSQL_PROTOCOL_TCP;
    unsigned connect_timeout_s = target->connect_timeout_s;
    (void)mysql_optionsv(handle, MYSQL_OPT_PROTOCOL, &protocol);
    (void)mysql_optionsv(handle, MYSQL_OPT_CONNECT_TIMEOUT, &connect_timeout_s);
    (void)mysql_optionsv(handle, MYSQL_OPT_READ_TIMEOUT, &io_timeout_s);
    (void)mysql_optionsv(handle, MYSQL_OPT_WRITE_TIMEOUT, &io_timeout_s);
    (void)mysql_optionsv(handle, MYSQL_OPT_RECONNECT, &no);
    (void)mysql_optionsv(handle, MYSQL_OPT_LOCAL_INFILE, &off);
    (void)mysql_optionsv(handle, MYSQL_SET_CHARSET_NAME, "utf8mb4");
    session_set_tls(target, handle);
}

/* A server that lost its power answers nothing, and neither does the network say so: found by asking. */
static void session_keep_alive(MYSQL *handle)
{
    int descriptor = (int)mysql_get_socket(handle);
    const struct {
        int level;
        int option;
        int value;
    } options[] = {
        {SOL_SOCKET, SO_KEEPALIVE, 1},
        {IPPROTO_TCP, TCP_KEEPIDLE, KEEP_ALIVE_IDLE_S},
        {IPPROTO_TCP, TCP_KEEPINTVL, KEEP_ALIVE_INTERVAL_S},
        {IPPROTO_TCP, TCP_KEEPCNT, KEEP_ALIVE_COUNT},
        {IPPROTO_TCP, TCP_USER_TIMEOUT, UNACKNOWLEDGED_MS_MAX},
    };
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
        /* A Unix socket knows none of these, and needs none. */
        (void)setsockopt(descriptor, options[i].level, options[i].option, &options[i].value, sizeof options[i].value);
    }
}

const char *mysql_session_version_fault(bool is_mariadb, unsigned long version)
{
    if (!is_mariadb) {
        return version < 80023 ? "the ledger needs MySQL 8.0.23 or later, for its INVISIBLE columns" : NULL;
    }
    bool is_late = version >= 101105 && (version / 100 != 1100 || version >= 110003) &&
                   (version / 100 != 1101 || version >= 110102);
    return is_late ? NULL
                   : "the ledger needs MariaDB 10.11.5, 11.0.3, 11.1.2 or later: the UUID type of those before orders "
                     "time-ordered ids wrongly (MDEV-29959)";
}

static bool session_check_version(MYSQL *handle, struct mysql_session *session, struct mysql_refusal *refusal)
{
    session->is_mariadb = mariadb_connection(handle) != 0;
    const char *fault = mysql_session_version_fault(session->is_mariadb, mysql_get_server_version(handle));
    if (fault == NULL) {
        return true;
    }
    (void)session_refuse(refusal, LEDGER_VERSION_IS_UNSUPPORTED, "");
    (void)snprintf(refusal->reason, sizeof refusal->reason, "the server is %s %s: %s",
                   session->is_mariadb ? "MariaDB" : "MySQL", mysql_get_server_info(handle), fault);
    refusal->is_final = true;
    return false;
}

/* What SHOW tells of a node. SHOW alone is answered outside the primary component too. */
struct session_facts {
    bool is_on;
    bool is_primary;
    bool is_ready;
    uint64_t cluster_size;
};

static void session_take_fact(const char *name, const char *value, struct session_facts *facts,
                              struct mysql_session *session)
{
    if (strcmp(name, "wsrep_on") == 0) {
        facts->is_on = strcmp(value, "ON") == 0;
    } else if (strcmp(name, "wsrep_cluster_status") == 0) {
        facts->is_primary = strcmp(value, "Primary") == 0;
    } else if (strcmp(name, "wsrep_ready") == 0) {
        facts->is_ready = strcmp(value, "ON") == 0;
    } else if (strcmp(name, "wsrep_cluster_size") == 0) {
        facts->cluster_size = strtoull(value, NULL, 10);
    } else if (strcmp(name, "wsrep_node_name") == 0) {
        (void)snprintf(session->node_name, sizeof session->node_name, "%s", value);
    } else if (strcmp(name, "max_allowed_packet") == 0) {
        session->packet_bytes_max = strtoull(value, NULL, 10);
    }
}

static bool session_show(MYSQL *handle, const char *statement, struct session_facts *facts,
                         struct mysql_session *session)
{
    MYSQL_RES *result = mysql_query(handle, statement) == 0 ? mysql_store_result(handle) : NULL;
    if (result == NULL) {
        return false;
    }
    for (MYSQL_ROW row = mysql_fetch_row(result); row != NULL; row = mysql_fetch_row(result)) {
        if (row[0] != NULL && row[1] != NULL) {
            session_take_fact(row[0], row[1], facts, session);
        }
    }
    mysql_free_result(result);
    return true;
}

static bool session_check_node(const struct mysql_target *target, MYSQL *handle, struct mysql_session *session,
                               struct mysql_refusal *refusal)
{
    struct session_facts facts = {0};
    if (!session_show(handle,
                      "SHOW VARIABLES WHERE Variable_name IN ('wsrep_on', 'wsrep_node_name', 'max_allowed_packet')",
                      &facts, session) ||
        !session_show(handle,
                      "SHOW STATUS WHERE Variable_name IN "
                      "('wsrep_cluster_status', 'wsrep_cluster_size', 'wsrep_ready')",
                      &facts, session)) {
        return session_refuse_by_error(target, handle, refusal);
    }
    /* A node that is not connected yet counts a cluster of none, and is not fit: wsrep_on alone says what it is. */
    session->is_cluster = facts.is_on;
    if (!session->is_cluster) {
        session->node_name[0] = '\0';
        return true;
    }
    if (!facts.is_primary || !facts.is_ready || facts.cluster_size == 0) {
        return session_refuse(refusal, LEDGER_DATABASE_IS_UNAVAILABLE,
                              "the node is not in the cluster's primary component, or not ready yet");
    }
    return true;
}

/* I2. Foreign keys are held by the engine and proven by verify; to look them up again for each row costs speed. A
 * session that is idle with locks in its hands is ended by the server: its owner is cut off, and all wait for it. A
 * join buffer gives rows in another order than the tables have them: scans of entries live by that order, whatever plan
 * the server takes or its configuration prefers. */
static void session_write_setup(const struct mysql_target *target, const struct mysql_session *session,
                                char setup[SETUP_SIZE])
{
    static const char common[] =
        "SET NAMES utf8mb4 COLLATE %s, time_zone = '+00:00', "
        "sql_mode = 'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION', autocommit = 1, "
        "foreign_key_checks = 0, innodb_lock_wait_timeout = %u, lock_wait_timeout = %u, "
        "net_read_timeout = 60, net_write_timeout = 600, wait_timeout = 3600";
    unsigned lock_s = target->lock_timeout_ms < 1000 ? 1 : (unsigned)target->lock_timeout_ms / 1000;
    unsigned query_ms = (unsigned)target->query_timeout_ms;
    int size = snprintf(setup, SETUP_SIZE, common, session->is_mariadb ? "utf8mb4_nopad_bin" : "utf8mb4_0900_bin",
                        lock_s, lock_s);
    char *end = setup + size;
    size_t left = SETUP_SIZE - (size_t)size;
    if (session->is_mariadb) {
        size = snprintf(end, left,
                        ", tx_isolation = 'REPEATABLE-READ', max_statement_time = %u.%03u, join_cache_level = 0, "
                        "idle_write_transaction_timeout = 60, idle_transaction_timeout = 900",
                        query_ms / 1000, query_ms % 1000);
    } else {
        size = snprintf(end, left,
                        ", transaction_isolation = 'REPEATABLE-READ', max_execution_time = %u, "
                        "optimizer_switch = 'block_nested_loop=off,batched_key_access=off'",
                        query_ms);
    }
    if (session->is_cluster) {
        (void)snprintf(end + size, left - (size_t)size, ", wsrep_sync_wait = 1, wsrep_dirty_reads = OFF");
    }
}

static bool session_connect(const struct mysql_target *target, MYSQL *handle, struct mysql_session *session,
                            struct mysql_refusal *refusal)
{
    char setup[SETUP_SIZE];
    session_read_option_files(target, handle);
    session_set_options(target, handle);
    const char *host = target->host == NULL ? "localhost" : target->host->name;
    unsigned port = target->host == NULL ? 0 : target->host->port;
    if (mysql_real_connect(handle, host, target->uri->user, target->password, target->uri->database, port,
                           target->uri->unix_socket, 0) == NULL) {
        return session_refuse_by_error(target, handle, refusal);
    }
    session_keep_alive(handle);
    /* Enforced or not, the library goes on in the clear where the server offers no TLS and nothing is verified. */
    if (mysql_uri_tls(target->uri, target->host) != MYSQL_TLS_AS_CONFIGURED && mysql_get_ssl_cipher(handle) == NULL) {
        (void)session_refuse(refusal, LEDGER_DATABASE_IS_UNAVAILABLE,
                             "the server offers no TLS, which is asked for off this machine or by the URI's options");
        refusal->is_lasting = true;
        return false;
    }
    if (!session_check_version(handle, session, refusal) || !session_check_node(target, handle, session, refusal)) {
        return false;
    }
    session_write_setup(target, session, setup);
    return mysql_query(handle, setup) == 0 || session_refuse_by_error(target, handle, refusal);
}

bool mysql_session_open(const struct mysql_target *target, struct mysql_session *ret_session,
                        struct mysql_refusal *ret_refusal)
{
    (void)pthread_once(&session_library_once, session_start_library);
    MYSQL *handle = session_library_is_ready ? mysql_init(NULL) : NULL;
    if (handle == NULL) {
        (void)session_refuse(ret_refusal, LEDGER_OUT_OF_MEMORY, "memory ran out");
        ret_refusal->is_final = true;
        return false;
    }
    struct mysql_session session = {.handle = handle};
    if (!session_connect(target, handle, &session, ret_refusal)) {
        mysql_close(handle);
        return false;
    }
    *ret_session = session;
    return true;
}

bool mysql_session_is_alive(MYSQL *handle, uint32_t timeout_ms)
{
    static const char question[] = "DO 0";
    struct pollfd answer = {.fd = (int)mysql_get_socket(handle), .events = POLLIN};
    /* Not mysql_ping: that would wait as long as a statement may take, and a node outside its cluster answers it. */
    return mysql_send_query(handle, question, sizeof question - 1) == 0 && poll(&answer, 1, (int)timeout_ms) == 1 &&
           mysql_read_query_result(handle) == 0;
}
