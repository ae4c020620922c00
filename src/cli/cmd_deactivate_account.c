/* deactivate-account: takes an account out of use. */
#include "base/text.h"
#include "cli/commands.h"
#include "cli/results.h"
#include "cli/session.h"

enum { OPTION_CODE, OPTION_USER, OPTIONS_COUNT };

static const struct command_option options[OPTIONS_COUNT] = {
    [OPTION_CODE] = {.name = "code", .argument = "CODE", .is_required = true, .help = "the account's code"},
    [OPTION_USER] = OPTION_USER_ROW,
};

static ledger_status deactivate_account_run(struct cli *cli)
{
    LEDGER_TRY(session_set_actor(cli, cli_value(cli, OPTION_USER), TEXT_ABSENT));
    LEDGER_TRY(session_open(cli, SESSION_WRITES));
    struct ledger_account account;
    LEDGER_TRY(ledger_account_set_active(cli->call, cli->ledger, cli_value(cli, OPTION_CODE), false, &account));
    return results_account(cli, "Deactivated", &account);
}

const struct command command_deactivate_account = {
    .name = "deactivate-account",
    .summary = "Take an account out of use",
    .details = "Nothing can be posted to it from then on, except for reversals; what was posted stays, and so does its "
               "balance.",
    .options = options,
    .options_count = OPTIONS_COUNT,
    .examples = {"ledger-admin deactivate-account --code 1010 --user ana"},
    .run = deactivate_account_run,
};
