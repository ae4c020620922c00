/* The help of the program and of each command, made from the tables. */
#ifndef LEDGER_CLI_HELP_H
#define LEDGER_CLI_HELP_H

#include "cli/command.h"

/* Prints the help that the command line asks for: of its command, its group, or the program. With --json it is the
 * tables themselves, for tools. */
LEDGER_MUST_CHECK ledger_status help_print(struct cli *cli);

#endif
