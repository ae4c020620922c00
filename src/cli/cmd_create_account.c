/* create-account: adds an account to the chart. */
#include "base/quote.h"
#include "base/text.h"
#include "cli/choices.h"
#include "cli/commands.h"
#include "cli/results.h"
#include "cli/session.h"

enum {
    OPTION_CODE,
    OPTION_NAME,
    OPTION_TYPE,
    OPTION_PARENT,
    OPTION_DESCRIPTION,
    OPTION_CURRENCY,
    OPTION_ROLE,
    OPTION_USER,
    OPTIONS_COUNT,
};

static const struct command_option options[OPTIONS_COUNT] = {
    [OPTION_CODE] = {.name = "code",
                     .argument = "CODE",
                     .is_required = true,
                     .help = "the account's code, 1 to 50 characters"},
    [OPTION_NAME] = {.name = "name", .argument = "NAME", .is_required = true, .help = "its name, 1 to 200 characters"},
    [OPTION_TYPE] = {.name = "type",
                     .argument = "TYPE",
                     .is_required = true,
                     .hint = HINT_CHOICE,
                     .choices = choices_account_type,
                     .help = "what kind of account it is"},
    [OPTION_PARENT] = {.name = "parent",
                       .argument = "CODE",
                       .help = "the account that it belongs under, of the same type"},
    [OPTION_DESCRIPTION] = {.name = "description", .argument = "TEXT", .help = "what it is for"},
    [OPTION_CURRENCY] = {.name = "currency",
                         .argument = "CURRENCY",
                         .help = "its ISO 4217 currency; else that of its parent, else the ledger's"},
    [OPTION_ROLE] = {.name = "role",
                     .argument = "ROLE",
                     .hint = HINT_CHOICE,
                     .choices = choices_account_role,
                     .help = "NORMAL unless named; a HEADER takes no entries"},
    [OPTION_USER] = OPTION_USER_ROW,
};

/* Type and role are judged together, so that both slips are told at once. */
static LEDGER_MUST_CHECK ledger_status create_account_read_kinds(struct cli *cli,
                                                                 struct ledger_account_request *request)
{
    size_t first_problem = ledger_call_problems_count(cli->call);
    char quoted[QUOTE_SIZE];
    if (!ledger_account_type_parse(cli_value(cli, OPTION_TYPE), &request->account_type)) {
        ledger_call_add_problem(cli->call, LEDGER_ACCOUNT_TYPE_IS_INVALID, 0, "%s is no type of account",
                                text_quote(cli_value(cli, OPTION_TYPE), quoted));
    }
    if (cli_has(cli, OPTION_ROLE) && !ledger_account_role_parse(cli_value(cli, OPTION_ROLE), &request->account_role)) {
        ledger_call_add_problem(cli->call, LEDGER_ACCOUNT_TYPE_IS_INVALID, 0, "%s is no role of an account",
                                text_quote(cli_value(cli, OPTION_ROLE), quoted));
    }
    return ledger_call_worst(cli->call, first_problem);
}

static ledger_status create_account_run(struct cli *cli)
{
    struct ledger_account_request request = {
        .account_code = cli_value(cli, OPTION_CODE),
        .account_name = cli_value(cli, OPTION_NAME),
        .account_role = LEDGER_ROLE_NORMAL,
        .parent_account_code = cli_value(cli, OPTION_PARENT),
        .currency = cli_value(cli, OPTION_CURRENCY),
        .description = cli_value(cli, OPTION_DESCRIPTION),
    };
    LEDGER_TRY(create_account_read_kinds(cli, &request));
    LEDGER_TRY(session_set_actor(cli, cli_value(cli, OPTION_USER), TEXT_ABSENT));
    LEDGER_TRY(session_open(cli, SESSION_WRITES));
    struct ledger_account account;
    LEDGER_TRY(ledger_account_create(cli->call, cli->ledger, &request, &account));
    return results_account(cli, "Created", &account);
}

const struct command command_create_account = {
    .name = "create-account",
    .summary = "Add an account to the chart of accounts",
    .details = "Code, type, currency and parent can never be changed later.",
    .options = options,
    .options_count = OPTIONS_COUNT,
    .examples = {"ledger-admin create-account --code 1000 --name Cash --type ASSET --user ana",
                 "ledger-admin create-account --code 1010 --name 'Petty cash' --type ASSET --parent 1000 "
                 "--currency EUR --user ana"},
    .run = create_account_run,
};
