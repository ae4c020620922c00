/* The privileges of roles as SQL text, from the templates of src/store/sql/<dialect>/grants. Connects to nothing.
 *
 * I1 A name stands in the text only as a quoted identifier: no name can end the statement or the comment it is in. */
#ifndef LEDGER_STORE_GRANTS_H
#define LEDGER_STORE_GRANTS_H

#include "base/call.h"

/* UTF-8 without control characters. */
struct grants_names {
    struct ledger_text user;
    struct ledger_text host;
    struct ledger_text database;
};

/* What the statements of a role are, in the call's arena; without their `;`. The first makes the user, with <password>
 * for the password. The script has all of them, that first one as a comment, and the reasons of each. */
struct grants_text {
    const struct ledger_text *statements;
    size_t statements_count;
    struct ledger_text script;
};

/* The database that a server's URI names, absent where it names none. LEDGER_USAGE_IS_WRONG for a database without
 * users, LEDGER_CONFIGURATION_IS_INVALID. */
LEDGER_MUST_CHECK ledger_status grants_find_database(struct ledger_call *call, struct ledger_text uri,
                                                     struct ledger_text *ret_database);

/* The role is one of those for which there are templates. */
LEDGER_MUST_CHECK ledger_status grants_write(struct ledger_call *call, const char *role,
                                             const struct grants_names *names, struct grants_text *ret_text);

#endif
