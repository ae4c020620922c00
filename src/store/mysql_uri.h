/* A mysql:// URI taken apart (DESIGN of the URI: docs/man): scheme mysql, mariadb or mysql+pymysql; user and password
 * percent-encoded; one or several hosts, each with a port or without; the database; options in the query string. */
#ifndef LEDGER_STORE_MYSQL_URI_H
#define LEDGER_STORE_MYSQL_URI_H

#include <stdbool.h>
#include <stdint.h>

#include "base/call.h"

enum { MYSQL_HOSTS_MAX = 16, MYSQL_PORT_DEFAULT = 3306 };

struct mysql_host {
    const char *name; /* an IPv6 address without its brackets */
    uint32_t port;
    bool is_local; /* localhost, or an address of the loopback: no certificate is asked for unless one is configured */
};

/* All texts are NUL-terminated and belong to the arena of the one that parsed; NULL where the URI names none. */
struct mysql_uri {
    const char *user;
    const char *password; /* never shown in any message */
    struct mysql_host hosts[MYSQL_HOSTS_MAX];
    size_t hosts_count;      /* at least 1, but 0 where there is a socket */
    const char *unix_socket; /* option unix_socket */
    const char *database;
    const char *ssl_ca; /* options of the same names */
    const char *ssl_cert;
    const char *ssl_key;
    bool ssl_is_forced;        /* ssl_ca, ssl_cert or ssl_verify_cert=true was given */
    bool ssl_is_unverified;    /* ssl_verify_cert=false was given: encrypted, but to whomever */
    const char *defaults_file; /* option read_default_file; NULL: ~/.my.cnf where it is */
};

/* Takes a URI apart into `arena`. Unknown options are ignored, as other programs' are in the .env of the original.
 * LEDGER_CONFIGURATION_IS_INVALID says what is wrong, never showing the password. */
LEDGER_MUST_CHECK ledger_status mysql_uri_parse(struct ledger_call *call, struct ledger_text uri, struct arena *arena,
                                                struct mysql_uri *ret_uri);

#endif
