/* A mysql:// URI taken apart: scheme mysql, mariadb or mysql+pymysql; user and password percent-encoded; one or several
 * hosts, each with a port or without; the database; options in the query string. It is read as the original reads it:
 * what stands between the first ':' and the last '@' before the hosts is the password, even with a '/' in it.
 *
 * I1 No message shows a password: not where the URI is malformed either, nor in part.
 * I2 A host is a name of letters, digits, '.', '-' and '_', or an address: nothing that the client library would take
 *    for more than a host. */
#ifndef LEDGER_STORE_MYSQL_URI_H
#define LEDGER_STORE_MYSQL_URI_H

#include <stdbool.h>
#include <stdint.h>

#include "base/call.h"

enum {
    MYSQL_URI_BYTES_MAX = 4096,
    MYSQL_HOSTS_MAX = 16,
    MYSQL_HOST_BYTES_MAX = 253,         /* RFC 1035 */
    MYSQL_DATABASE_CHARACTERS_MAX = 64, /* the servers' own limit */
    MYSQL_SOCKET_BYTES_MAX = 107,       /* of sockaddr_un, with room for its end */
    MYSQL_CONNECT_TIMEOUT_S_MAX = 3600,
    MYSQL_PORT_DEFAULT = 3306,
};

struct mysql_host {
    const char *name;  /* an IPv6 address without its brackets */
    const char *place; /* as messages name it: "db1:3306", "[::1]:3306" */
    uint32_t port;
    bool has_port; /* "localhost" without a port is the server's socket, as it is to every client of MySQL's */
    bool is_local; /* localhost, or an address of the loopback: no certificate is asked for unless one is configured */
};

/* All texts are NUL-terminated and belong to the arena of the one that parsed; NULL where the URI names none. */
struct mysql_uri {
    const char *user;
    const char *password; /* never shown in any message; "" is none, NULL leaves it to others */
    struct mysql_host hosts[MYSQL_HOSTS_MAX];
    size_t hosts_count;      /* at least 1, but 0 where there is a socket */
    const char *unix_socket; /* option unix_socket or socket */
    const char *database;    /* never NULL */
    const char *ssl_ca;      /* options of the same names */
    const char *ssl_cert;
    const char *ssl_key;
    bool ssl_is_forced;         /* ssl_ca, ssl_cert or ssl_verify_cert=true was given */
    bool ssl_is_unverified;     /* ssl_verify_cert=false was given: encrypted, but to whomever */
    bool ssl_is_disabled;       /* ssl_disabled=true was given: in the clear, off the machine too */
    uint32_t connect_timeout_s; /* option connect_timeout; 0: not given */
    const char *defaults_file;  /* option read_default_file; NULL: ~/.my.cnf where it is */
};

/* Takes a URI apart into `arena`. Unknown options are ignored, as other programs' are in the .env of the original.
 * LEDGER_CONFIGURATION_IS_INVALID says what is wrong, never showing the password. */
LEDGER_MUST_CHECK ledger_status mysql_uri_parse(struct ledger_call *call, struct ledger_text uri, struct arena *arena,
                                                struct mysql_uri *ret_uri);

/* How a session is protected on its way. */
enum mysql_tls {
    MYSQL_TLS_AS_CONFIGURED, /* the machine itself, or ssl_disabled=true: only where the client's option files ask for
                                it */
    MYSQL_TLS_ENCRYPTED,     /* encrypted, but to whomever: asked for by ssl_verify_cert=false */
    MYSQL_TLS_VERIFIED,      /* encrypted, to a server whose certificate and name hold */
};

/* What the URI asks of the way to a host; NULL is the socket. */
enum mysql_tls mysql_uri_tls(const struct mysql_uri *uri, const struct mysql_host *host);

enum { MYSQL_URI_SHOWN_SIZE = 512 };

/* A URI as it may be shown: what may be its password is ***, options are left out, and it need not be well-formed. */
void mysql_uri_show(struct ledger_text uri, char out[MYSQL_URI_SHOWN_SIZE]);

#endif
