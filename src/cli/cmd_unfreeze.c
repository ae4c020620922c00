/* unfreeze: a second person lets postings in again. */
#include "base/text.h"
#include "cli/commands.h"
#include "cli/freeze_result.h"
#include "cli/results.h"
#include "cli/session.h"

enum { OPTION_REASON, OPTION_USER, OPTIONS_COUNT };

static const struct command_option options[OPTIONS_COUNT] = {
    [OPTION_REASON] = OPTION_FREEZE_REASON_ROW,
    [OPTION_USER] = OPTION_USER_ROW,
};

static ledger_status unfreeze_run(struct cli *cli)
{
    LEDGER_TRY(session_set_actor(cli, cli_value(cli, OPTION_USER), TEXT_ABSENT));
    LEDGER_TRY(session_open(cli, SESSION_WRITES));
    struct ledger_freeze_state state;
    LEDGER_TRY(ledger_unfreeze(cli->call, cli->ledger, cli_value(cli, OPTION_REASON), &state));
    return freeze_result(cli, "The ledger is not frozen any more.", &state);
}

const struct command command_unfreeze = {
    .name = "unfreeze",
    .summary = "Let postings in again after a freeze, as a second person",
    .details =
        "Whoever froze the ledger cannot unfreeze it: the user has to be another, and the login too where both are "
        "known. The event in the log says which of the two were compared.",
    .options = options,
    .options_count = OPTIONS_COUNT,
    .examples = {"ledger-admin unfreeze --user bela --reason 'Incident closed: the entry was corrected'"},
    .run = unfreeze_run,
};
