/* The pages of the manual, in scdoc's language, made from the tables. */
#ifndef LEDGER_CLI_MANUAL_H
#define LEDGER_CLI_MANUAL_H

#include "base/text_builder.h"
#include "cli/command.h"

/* Adds the page of the program, ledger-admin(1). */
void manual_write_program(struct text_builder *builder);

/* Adds the page of a command, ledger-admin-<command>(1). */
void manual_write_command(struct text_builder *builder, const struct command *command);

/* The command of that page name: "balance", "period-close". NULL where there is none. */
const struct command *manual_find_command(const char *page);

#endif
