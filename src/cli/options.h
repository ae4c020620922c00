/* Reads the command line by the tables of commands and options. */
#ifndef LEDGER_CLI_OPTIONS_H
#define LEDGER_CLI_OPTIONS_H

#include "cli/command.h"

/* Reads `argv` from its second place on. Global options stand before or after the command, `--name value` and
 * `--name=value` mean the same, `--` ends the options. The texts are views of `argv`.
 * LEDGER_USAGE_IS_WRONG, with every required option that is missing, or with the nearest name of what is unknown. */
LEDGER_MUST_CHECK ledger_status options_parse(struct ledger_call *call, int argc, char *const *argv,
                                              struct command_line *ret_line);

/* Whether a flag like --json stands among the options of `argv`, for use where they could not be read as a whole. */
bool options_have_flag(int argc, char *const *argv, const char *flag);

/* The place of `value` among the choices of the option. LEDGER_USAGE_IS_WRONG, suggesting the nearest. */
LEDGER_MUST_CHECK ledger_status options_choose(struct ledger_call *call, const char *name, const char *const *choices,
                                               struct ledger_text value, size_t *ret_index);

/* Reads a whole number of `minimum` to `maximum`, digits only. LEDGER_USAGE_IS_WRONG. */
LEDGER_MUST_CHECK ledger_status options_number(struct ledger_call *call, const char *name, struct ledger_text value,
                                               int64_t minimum, int64_t maximum, int64_t *ret_number);

#endif
