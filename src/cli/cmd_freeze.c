/* freeze: nothing is posted any more. */
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

static ledger_status freeze_run(struct cli *cli)
{
    LEDGER_TRY(session_set_actor(cli, cli_value(cli, OPTION_USER), TEXT_ABSENT));
    LEDGER_TRY(session_open(cli, SESSION_WRITES));
    struct ledger_freeze_state state;
    LEDGER_TRY(ledger_freeze(cli->call, cli->ledger, cli_value(cli, OPTION_REASON), &state));
    return freeze_result(cli, "The ledger is frozen: nothing is posted until a different person unfreezes it.", &state);
}

const struct command command_freeze = {
    .name = "freeze",
    .summary = "Stop all posting at once, in every program that uses the ledger",
    .details =
        "Postings, reversals, accounts, periods, approvals and redactions are refused from then on, with the reason. "
        "Reading, reports, verify, proofs, checkpoints and incidents go on.\n"
        "Somebody else has to unfreeze it: another user, by another login.",
    .options = options,
    .options_count = OPTIONS_COUNT,
    .examples = {"ledger-admin freeze --user ana --reason 'verify found an altered entry'"},
    .run = freeze_run,
};
