/* What the commands about freezing tell. */
#ifndef LEDGER_CLI_FREEZE_RESULT_H
#define LEDGER_CLI_FREEZE_RESULT_H

#include "cli/command.h"
#include "ledger/freeze.h"

/* The option --reason of those that change the state. */
#define OPTION_FREEZE_REASON_ROW                                                                                       \
    {                                                                                                                  \
        .name = "reason", .argument = "TEXT", .is_required = true,                                                     \
        .help = "why, in one line of up to 1,000 characters"                                                           \
    }

/* The state, begun by a line of text ("The ledger is frozen."). */
LEDGER_MUST_CHECK ledger_status freeze_result(struct cli *cli, const char *line,
                                              const struct ledger_freeze_state *state);

#endif
