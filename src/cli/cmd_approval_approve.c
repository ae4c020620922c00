/* approval approve: the second person lets a reversal happen. */
#include "base/text.h"
#include "cli/commands.h"
#include "cli/results.h"
#include "cli/session.h"
#include "ledger/approval.h"

enum { OPTION_REQUEST_ID, OPTION_USER, OPTIONS_COUNT };

static const struct command_option options[OPTIONS_COUNT] = {
    [OPTION_REQUEST_ID] = {.name = "request-id",
                           .argument = "ID",
                           .is_required = true,
                           .help = "the request, as approval list shows it"},
    [OPTION_USER] = OPTION_USER_ROW,
};

static ledger_status approval_approve_run(struct cli *cli)
{
    LEDGER_TRY(session_set_actor(cli, cli_value(cli, OPTION_USER), TEXT_ABSENT));
    LEDGER_TRY(session_open(cli, SESSION_WRITES));
    struct ledger_posted posted = {0};
    ledger_status status = ledger_approval_approve(cli->call, cli->ledger, cli_value(cli, OPTION_REQUEST_ID), &posted);
    return results_posted(cli, status, &posted);
}

const struct command command_approval_approve = {
    .name = "approval approve",
    .summary = "Approve a reversal that waits, and post it",
    .details = "Whoever approves must not be who requested it: neither the same user nor, where both are known, the "
               "same principal. Every rule of a reversal is checked again.",
    .options = options,
    .options_count = OPTIONS_COUNT,
    .examples = {"ledger-admin approval approve --request-id 0198c0de-0000-7000-8000-000000000001 --user bento"},
    .run = approval_approve_run,
};
