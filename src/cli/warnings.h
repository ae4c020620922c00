/* Warnings of the database server: what weakens a ledger without being a fault of it. They never change how a command
 * ends. */
#ifndef LEDGER_CLI_WARNINGS_H
#define LEDGER_CLI_WARNINGS_H

#include "cli/command.h"

enum { WARNINGS_MAX = 32 };

struct warnings {
    struct ledger_call *call;
    struct ledger_text texts[WARNINGS_MAX];
    size_t count; /* those beyond the maximum are not kept */
};

/* Asks the open ledger's server. Where it can't be asked, that is the warning. */
void warnings_gather(struct cli *cli, struct warnings *ret_warnings);

/* On standard error, for people: nothing with --json or --quiet. */
void warnings_print(struct output *output, const struct warnings *warnings);

/* As the member "warnings" of the object that is being written. */
void warnings_write_json(struct json_writer *writer, const struct warnings *warnings);

#endif
