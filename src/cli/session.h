/* What a command does before it can ask anything of a ledger: settings, the actor, opening. */
#ifndef LEDGER_CLI_SESSION_H
#define LEDGER_CLI_SESSION_H

#include "cli/command.h"

enum session_access {
    SESSION_READS,   /* writes nothing */
    SESSION_REPORTS, /* reads, and records in the audit log that it did */
    SESSION_WRITES,  /* writes; what is refused is recorded too */
};

/* Says who acts: the user who is claimed (absent: the name that the operating system has for us), and the principal
 * "os:<uid>". `source_system` absent: "ledger-admin". */
LEDGER_MUST_CHECK ledger_status session_set_actor(struct cli *cli, struct ledger_text user,
                                                  struct ledger_text source_system);

/* Reads the settings and opens the ledger that they or --db name, into `cli->ledger`. */
LEDGER_MUST_CHECK ledger_status session_open(struct cli *cli, enum session_access access);

/* Reads the settings and makes a new ledger where they or --db say, into `cli->ledger`. */
LEDGER_MUST_CHECK ledger_status session_create(struct cli *cli);

/* Reads the settings and says how the database that they or --db name is opened. */
LEDGER_MUST_CHECK ledger_status session_prepare(struct cli *cli, struct ledger_open_options *ret_options);

/* The URI of the database that the run is about, without its password; after the settings were read. */
LEDGER_MUST_CHECK ledger_status session_show_database(struct cli *cli, struct ledger_text *ret_shown);

#endif
