/* What the users of a database server need: the least privileges of each role, as SQL for an administrator to run. */
#ifndef LEDGER_GRANTS_H
#define LEDGER_GRANTS_H

#include "ledger/call.h"

#ifdef __cplusplus
extern "C" {
#endif

enum ledger_server_role {
    LEDGER_SERVER_ROLE_APP,      /* posts and reports */
    LEDGER_SERVER_ROLE_AUDITOR,  /* reads and verifies */
    LEDGER_SERVER_ROLE_BACKUP,   /* makes dumps */
    LEDGER_SERVER_ROLE_MIGRATOR, /* makes the ledger and brings it to later versions */
    LEDGER_SERVER_ROLES_COUNT,
};

/* "app", "auditor", "backup", "migrator". Static. */
LEDGER_PUBLIC const char *ledger_server_role_name(enum ledger_server_role role);

/* Clear it, set `struct_size` to its size, then what is meant. Absent texts take the default in brackets. */
struct ledger_grants_options {
    size_t struct_size;
    enum ledger_server_role role;
    struct ledger_text uri;      /* of the ledger's database [none] */
    struct ledger_text user;     /* at most 128 characters [ledger_ and the role's name] */
    struct ledger_text host;     /* from where that user comes, a pattern of the server's; at most 255 [localhost] */
    struct ledger_text database; /* at most 64 [that of the URI, else ledger_db] */
};

/* The names that were taken, and the SQL, in the call's memory. */
struct ledger_grants {
    struct ledger_text user;
    struct ledger_text host;
    struct ledger_text database;
    struct ledger_text create_user;       /* the statement that makes the user, with <password> for its password */
    const struct ledger_text *statements; /* the grants */
    size_t statements_count;
    struct ledger_text script; /* all of it with its reasons, to be run as it is: the first statement is a comment */
};

/* Writes the grants of a role. Connects to nothing and reads nothing. LEDGER_USAGE_IS_WRONG: the URI is of a database
 * without users, or a name is none; LEDGER_CONFIGURATION_IS_INVALID: the URI is not understood. */
LEDGER_PUBLIC LEDGER_MUST_CHECK ledger_status ledger_grants_make(struct ledger_call *call,
                                                                 const struct ledger_grants_options *options,
                                                                 struct ledger_grants *ret_grants);

#ifdef __cplusplus
}
#endif

#endif
