/* freeze status: is the ledger frozen, since when, by whom and why? */
#include "cli/commands.h"
#include "cli/freeze_result.h"
#include "cli/session.h"

static ledger_status freeze_status_run(struct cli *cli)
{
    LEDGER_TRY(session_open(cli, SESSION_READS));
    struct ledger_freeze_state state;
    LEDGER_TRY(ledger_freeze_get(cli->call, cli->ledger, &state));
    const char *line = !state.is_frozen          ? "The ledger is not frozen."
                       : state.frozen_at_us == 0 ? "The ledger is frozen, and its log does not say by whom: run verify."
                                                 : "The ledger is frozen.";
    return freeze_result(cli, line, &state);
}

const struct command command_freeze_status = {
    .name = "freeze status",
    .summary = "Show whether the ledger is frozen, since when, by whom and why",
    .examples = {"ledger-admin freeze status", "ledger-admin --json freeze status"},
    .run = freeze_status_run,
};
