/* post-transaction: posts one transaction from an entries file. */
#include "base/json.h"
#include "cli/commands.h"
#include "cli/input.h"
#include "cli/results.h"
#include "cli/session.h"
#include "exchange/read_entries.h"

enum {
    OPTION_EVENT_TYPE,
    OPTION_DESCRIPTION,
    OPTION_ENTRIES,
    OPTION_USER,
    OPTION_BUSINESS_KEY,
    OPTION_TRANSACTION_DATE,
    OPTION_IDEMPOTENCY_KEY,
    OPTION_SOURCE_SYSTEM,
    OPTION_ALLOW_FUTURE,
    OPTIONS_COUNT,
};

static const struct command_option options[OPTIONS_COUNT] = {
    [OPTION_EVENT_TYPE] = {.name = "event-type",
                           .argument = "TYPE",
                           .is_required = true,
                           .help = "the kind of business event: SALE, PAYMENT, CLOSING, or what you call it"},
    [OPTION_DESCRIPTION] = {.name = "description",
                            .argument = "TEXT",
                            .is_required = true,
                            .help = "what happened, up to 1,000 characters"},
    [OPTION_ENTRIES] = {.name = "entries",
                        .argument = "FILE",
                        .is_required = true,
                        .hint = HINT_FILE,
                        .help = "the debits and credits as JSON; - reads standard input"},
    [OPTION_USER] = OPTION_USER_ROW,
    [OPTION_BUSINESS_KEY] = {.name = "business-key",
                             .argument = "KEY",
                             .help = "what it is known by outside: the number of an invoice or order"},
    [OPTION_TRANSACTION_DATE] = {.name = "transaction-date",
                                 .argument = "DATE",
                                 .help = "when it happened: YYYY-MM-DD, or YYYY-MM-DDTHH:MM:SS with Z or an offset; "
                                         "else now"},
    [OPTION_IDEMPOTENCY_KEY] = {.name = "idempotency-key",
                                .argument = "KEY",
                                .help = "posts once however often it is sent: the same key and request give the first "
                                        "result again"},
    [OPTION_SOURCE_SYSTEM] = {.name = "source-system",
                              .argument = "NAME",
                              .help = "the system that it comes from; ledger-admin unless named"},
    [OPTION_ALLOW_FUTURE] = {.name = "allow-future", .help = "accept a day that is more than one ahead"},
};

static ledger_status post_transaction_run(struct cli *cli)
{
    struct ledger_text source;
    const char *source_name;
    LEDGER_TRY(input_read(cli, cli_value(cli, OPTION_ENTRIES), JSON_BYTES_MAX, &source, &source_name));
    struct ledger_posting posting = {
        .business_event_type = cli_value(cli, OPTION_EVENT_TYPE),
        .business_key = cli_value(cli, OPTION_BUSINESS_KEY),
        .description = cli_value(cli, OPTION_DESCRIPTION),
        .transaction_date = cli_value(cli, OPTION_TRANSACTION_DATE),
        .idempotency_key = cli_value(cli, OPTION_IDEMPOTENCY_KEY),
        .allow_future = cli_has(cli, OPTION_ALLOW_FUTURE),
    };
    LEDGER_TRY(read_entries(cli->call, source, source_name, &posting.entries, &posting.entries_count));
    LEDGER_TRY(session_set_actor(cli, cli_value(cli, OPTION_USER), cli_value(cli, OPTION_SOURCE_SYSTEM)));
    LEDGER_TRY(session_open(cli, SESSION_WRITES));
    struct ledger_posted posted = {0};
    return results_posted(cli, ledger_post(cli->call, cli->ledger, &posting, &posted), &posted);
}

const struct command command_post_transaction = {
    .name = "post-transaction",
    .summary = "Post a transaction",
    .details =
        "The entries file is a JSON array of at least two objects with the keys account_code, entry_type (DEBIT or "
        "CREDIT), amount (a number or a string), and where wanted memo, cost_center, business_unit, project_code and "
        "currency. Debits must equal credits in every currency.\n"
        "All that is wrong is told at once, each problem with the entry's number; then nothing is posted.",
    .options = options,
    .options_count = OPTIONS_COUNT,
    .examples = {"ledger-admin post-transaction --event-type SALE --description 'Invoice 42' --entries entries.json "
                 "--user ana",
                 "ledger-admin post-transaction --event-type SALE --description 'Cash sale' --entries - --user ana "
                 "--transaction-date 2026-03-31 --idempotency-key till-7-0042 <entries.json"},
    .run = post_transaction_run,
};
