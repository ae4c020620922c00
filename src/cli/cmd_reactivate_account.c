/* reactivate-account: takes an account into use again. */
#include "base/text.h"
#include "cli/commands.h"
#include "cli/results.h"
#include "cli/session.h"

enum { OPTION_CODE, OPTION_USER, OPTIONS_COUNT };

static const struct command_option options[OPTIONS_COUNT] = {
    [OPTION_CODE] = {.name = "code", .argument = "CODE", .is_required = true, .help = "the account's code"},
    [OPTION_USER] = OPTION_USER_ROW,
};

static ledger_status reactivate_account_run(struct cli *cli)
{
    LEDGER_TRY(session_set_actor(cli, cli_value(cli, OPTION_USER), TEXT_ABSENT));
    LEDGER_TRY(session_open(cli, SESSION_WRITES));
    struct ledger_account account;
    LEDGER_TRY(ledger_account_set_active(cli->call, cli->ledger, cli_value(cli, OPTION_CODE), true, &account));
    return results_account(cli, "Reactivated", &account);
}

const struct command command_reactivate_account = {
    .name = "reactivate-account",
    .summary = "Take a deactivated account into use again",
    .options = options,
    .options_count = OPTIONS_COUNT,
    .examples = {"ledger-admin reactivate-account --code 1010 --user ana"},
    .run = reactivate_account_run,
};
