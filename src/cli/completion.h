/* Completion scripts for shells, made from the tables. */
#ifndef LEDGER_CLI_COMPLETION_H
#define LEDGER_CLI_COMPLETION_H

#include "base/text_builder.h"

enum completion_shell { COMPLETION_BASH, COMPLETION_ZSH, COMPLETION_FISH };

/* Adds the whole script. */
void completion_write(struct text_builder *builder, enum completion_shell shell);

#endif
