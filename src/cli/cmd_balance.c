/* balance: the balance of one account. */
#include "base/text.h"
#include "cli/commands.h"
#include "cli/results.h"
#include "cli/session.h"
#include "domain/amount.h"
#include "ledger/balance.h"

enum { OPTION_ACCOUNT_CODE, OPTION_AS_OF_DATE, OPTIONS_COUNT };

static const struct command_option options[OPTIONS_COUNT] = {
    [OPTION_ACCOUNT_CODE] = {.name = "account-code",
                             .argument = "CODE",
                             .is_required = true,
                             .help = "the account's code"},
    [OPTION_AS_OF_DATE] = {.name = "as-of-date",
                           .argument = "DATE",
                           .help = "count what is dated up to this day, YYYY-MM-DD; else all that is posted"},
};

static LEDGER_MUST_CHECK ledger_status balance_tell(struct cli *cli, const struct ledger_account *account,
                                                    const struct ledger_balance *totals)
{
    int64_t balance_minor = ledger_balance_of(totals, account->account_type);
    struct ledger_text as_of_date = cli_value(cli, OPTION_AS_OF_DATE);
    if (cli->output.wants_json) {
        struct json_writer *writer = output_json_begin(cli->call, &cli->output);
        json_write_member_text(writer, "account_code", account->account_code);
        json_write_member_text(writer, "account_name", account->account_name);
        json_write_key(writer, "account_type");
        json_write_string(writer, ledger_account_type_name(account->account_type));
        json_write_member_text(writer, "currency", account->currency);
        results_write_amount(writer, "balance", balance_minor);
        results_write_amount(writer, "debit_total", totals->debit_total_minor);
        results_write_amount(writer, "credit_total", totals->credit_total_minor);
        json_write_member_integer(writer, "entry_count", totals->entry_count);
        results_write_text_or_null(writer, "as_of_date", as_of_date);
        return output_json_end(cli->call, &cli->output);
    }
    char balance[AMOUNT_TEXT_SIZE];
    amount_format(balance_minor, balance);
    if (cli->output.wants_quiet) {
        output_print(&cli->output, "%s\n", balance);
        return LEDGER_DONE;
    }
    char debit_total[AMOUNT_TEXT_SIZE];
    char credit_total[AMOUNT_TEXT_SIZE];
    amount_format(totals->debit_total_minor, debit_total);
    amount_format(totals->credit_total_minor, credit_total);
    output_print(&cli->output, "%.*s %.*s (%s%s)\n", TEXT_ARGUMENTS(account->account_code),
                 TEXT_ARGUMENTS(account->account_name), ledger_account_type_name(account->account_type),
                 account->is_active ? "" : ", inactive");
    output_print(&cli->output, "  balance:  %s %.*s%s%.*s\n", balance, TEXT_ARGUMENTS(account->currency),
                 text_is_absent(as_of_date) ? "" : " as of ", TEXT_ARGUMENTS(as_of_date));
    output_print(&cli->output, "  debits:   %s\n", debit_total);
    output_print(&cli->output, "  credits:  %s\n", credit_total);
    return LEDGER_DONE;
}

static ledger_status balance_run(struct cli *cli)
{
    struct ledger_balance_query query = {.log_position = LEDGER_POSITION_HEAD};
    if (cli_has(cli, OPTION_AS_OF_DATE)) {
        query.has_as_of_day = true;
        LEDGER_TRY(ledger_day_parse(cli->call, cli_value(cli, OPTION_AS_OF_DATE), &query.as_of_day));
    }
    LEDGER_TRY(session_open(cli, SESSION_READS));
    struct ledger_account account;
    struct ledger_balance totals;
    LEDGER_TRY(
        ledger_balance_get(cli->call, cli->ledger, cli_value(cli, OPTION_ACCOUNT_CODE), &query, &account, &totals));
    return balance_tell(cli, &account, &totals);
}

const struct command command_balance = {
    .name = "balance",
    .summary = "Show the balance of an account",
    .details = "It is debits less credits for ASSET and EXPENSE, credits less debits for the other types.",
    .options = options,
    .options_count = OPTIONS_COUNT,
    .examples = {"ledger-admin balance --account-code 1000",
                 "ledger-admin --json balance --account-code 1000 --as-of-date 2026-03-31"},
    .run = balance_run,
};
