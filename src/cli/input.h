/* Input files of commands. */
#ifndef LEDGER_CLI_INPUT_H
#define LEDGER_CLI_INPUT_H

#include "cli/command.h"

/* Reads the whole file, or the run's standard input where `path` is "-", into the call's arena; `ret_name` is what it
 * is called in messages. LEDGER_FILE_IS_UNREADABLE, LEDGER_INPUT_IS_TOO_LARGE beyond `bytes_max`. */
LEDGER_MUST_CHECK ledger_status input_read(struct cli *cli, struct ledger_text path, size_t bytes_max,
                                           struct ledger_text *ret_content, const char **ret_name);

#endif
