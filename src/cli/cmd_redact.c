/* redact: asks for the texts of a transaction to be erased. */
#include "base/text.h"
#include "cli/commands.h"
#include "cli/results.h"
#include "cli/session.h"
#include "ledger/redaction.h"

enum { OPTION_TRANSACTION_ID, OPTION_REASON, OPTION_USER, OPTIONS_COUNT };

static const struct command_option options[OPTIONS_COUNT] = {
    [OPTION_TRANSACTION_ID] = {.name = "transaction-id",
                               .argument = "ID|NUMBER",
                               .is_required = true,
                               .help = "the transaction whose texts are to be erased, by its id or number"},
    [OPTION_REASON] = {.name = "reason",
                       .argument = "TEXT",
                       .is_required = true,
                       .help = "why, up to 1,000 characters; it stays for good, so it must not repeat what is to go"},
    [OPTION_USER] = OPTION_USER_ROW,
};

static ledger_status redact_run(struct cli *cli)
{
    LEDGER_TRY(session_set_actor(cli, cli_value(cli, OPTION_USER), TEXT_ABSENT));
    LEDGER_TRY(session_open(cli, SESSION_WRITES));
    struct ledger_posted request = {0};
    ledger_status status = ledger_redact(cli->call, cli->ledger, cli_value(cli, OPTION_TRANSACTION_ID),
                                         cli_value(cli, OPTION_REASON), request.approval_request_id);
    return results_posted(cli, status, &request);
}

const struct command command_redact = {
    .name = "redact",
    .summary = "Erase the texts of a transaction, once a second person approves",
    .details =
        "Its description, memos and reason of reversal give way to a mark that names the event of the redaction, "
        "and the salt of their hash goes, so that nothing is left to guess them from. Reversals that repeat its "
        "memos lose theirs with it. Every hash and proof holds on; amounts, dates, accounts, codes, keys and "
        "names stay.\n"
        "It always waits for another user: see approval approve. It cannot be undone. Backups, exported files "
        "and saved reports keep the texts: the runbook says what to do about them.",
    .options = options,
    .options_count = OPTIONS_COUNT,
    .examples = {"ledger-admin redact --transaction-id 20260331-000042 --reason 'Request 17 of a data subject' --user "
                 "ana"},
    .run = redact_run,
};
