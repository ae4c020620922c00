/* reverse: posts the reversal of a transaction. */
#include "base/text.h"
#include "cli/commands.h"
#include "cli/results.h"
#include "cli/session.h"

enum {
    OPTION_TRANSACTION_ID,
    OPTION_REASON,
    OPTION_USER,
    OPTION_TRANSACTION_DATE,
    OPTION_IDEMPOTENCY_KEY,
    OPTIONS_COUNT,
};

static const struct command_option options[OPTIONS_COUNT] = {
    [OPTION_TRANSACTION_ID] = {.name = "transaction-id",
                               .argument = "ID|NUMBER",
                               .is_required = true,
                               .help = "the transaction that is to be reversed, by its id or number"},
    [OPTION_REASON] = {.name = "reason",
                       .argument = "TEXT",
                       .is_required = true,
                       .help = "why, up to 1,000 characters"},
    [OPTION_USER] = OPTION_USER_ROW,
    [OPTION_TRANSACTION_DATE] = {.name = "transaction-date",
                                 .argument = "DATE",
                                 .help = "the date of the reversal, not before the original's; else now"},
    [OPTION_IDEMPOTENCY_KEY] = {.name = "idempotency-key",
                                .argument = "KEY",
                                .help = "reverses once however often it is sent"},
};

static ledger_status reverse_run(struct cli *cli)
{
    struct ledger_reversal reversal = {
        .transaction = cli_value(cli, OPTION_TRANSACTION_ID),
        .reason = cli_value(cli, OPTION_REASON),
        .transaction_date = cli_value(cli, OPTION_TRANSACTION_DATE),
        .idempotency_key = cli_value(cli, OPTION_IDEMPOTENCY_KEY),
    };
    LEDGER_TRY(session_set_actor(cli, cli_value(cli, OPTION_USER), TEXT_ABSENT));
    LEDGER_TRY(session_open(cli, SESSION_WRITES));
    struct ledger_posted posted = {0};
    return results_posted(cli, ledger_reverse(cli->call, cli->ledger, &reversal, &posted), &posted);
}

const struct command command_reverse = {
    .name = "reverse",
    .summary = "Reverse a transaction: the only way to correct one",
    .details = "A new transaction is posted with every entry inverted; the original stays and becomes REVERSED. A "
               "reversal can be reversed in turn.\n"
               "Above CORRECTION_APPROVAL_THRESHOLD it waits for another user: see approval approve.",
    .options = options,
    .options_count = OPTIONS_COUNT,
    .examples = {"ledger-admin reverse --transaction-id 20260331-000042 --reason 'Wrong account' --user ana"},
    .run = reverse_run,
};
