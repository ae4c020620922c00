/* trial-balance: the report that is asked for most, with a table by default. */
#include "base/text.h"
#include "cli/choices.h"
#include "cli/commands.h"
#include "cli/report_result.h"
#include "cli/session.h"

enum {
    OPTION_AS_OF_DATE,
    OPTION_OUTPUT,
    OPTION_NON_ZERO,
    OPTION_COMPARE,
    OPTION_COLUMNS,
    OPTION_START_DATE,
    OPTION_LOG_POSITION,
    OPTION_FORMAT,
    OPTIONS_COUNT,
};

static const struct command_option options[OPTIONS_COUNT] = {
    [OPTION_AS_OF_DATE] = {.name = "as-of-date",
                           .argument = "DATE",
                           .help = "count what is dated up to this day, YYYY-MM-DD; else all that is posted"},
    [OPTION_OUTPUT] = {.name = "output",
                       .argument = "FILE",
                       .hint = HINT_FILE,
                       .help = "write it to this file; else to standard output"},
    [OPTION_NON_ZERO] = {.name = "non-zero", .help = "leave out accounts without a balance"},
    [OPTION_COMPARE] = {.name = "compare",
                        .argument = "DAYS",
                        .hint = HINT_CHOICE,
                        .choices = choices_report_compare,
                        .help = "the balances of another day beside, and the change"},
    [OPTION_COLUMNS] = {.name = "columns",
                        .argument = "INTERVAL",
                        .hint = HINT_CHOICE,
                        .choices = choices_report_columns,
                        .help = "a column for the end of each month, quarter or year"},
    [OPTION_START_DATE] = {.name = "start-date",
                           .argument = "DATE",
                           .help = "with --columns: the first day, YYYY-MM-DD; else that of the fiscal year"},
    [OPTION_LOG_POSITION] = {.name = "log-position",
                             .argument = "N",
                             .help = "as it was known when the integrity log had this size; else now"},
    [OPTION_FORMAT] = {.name = "format",
                       .argument = "FORMAT",
                       .hint = HINT_CHOICE,
                       .choices = choices_table_format,
                       .help = "else by the ending of the file's name, JSON for any other; a table on standard output"},
};

static ledger_status trial_balance_run(struct cli *cli)
{
    struct ledger_report_request request = {
        .struct_size = sizeof request,
        .type = LEDGER_REPORT_TRIAL_BALANCE,
        .start_date = cli_value(cli, OPTION_START_DATE),
        .end_date = cli_value(cli, OPTION_AS_OF_DATE),
        .non_zero_only = cli_has(cli, OPTION_NON_ZERO),
    };
    enum ledger_report_format format;
    if (cli_has(cli, OPTION_START_DATE) && !cli_has(cli, OPTION_COLUMNS)) {
        return ledger_fail(cli->call, LEDGER_USAGE_IS_WRONG, "--start-date has a meaning with --columns only");
    }
    LEDGER_TRY(report_result_columns(cli, cli_value(cli, OPTION_COMPARE), cli_value(cli, OPTION_COLUMNS), &request));
    LEDGER_TRY(report_result_position(cli, cli_value(cli, OPTION_LOG_POSITION), &request));
    LEDGER_TRY(report_result_format(cli, cli_value(cli, OPTION_FORMAT), cli_value(cli, OPTION_OUTPUT),
                                    LEDGER_FORMAT_TABLE, &format));
    LEDGER_TRY(session_set_actor(cli, TEXT_ABSENT, TEXT_ABSENT));
    LEDGER_TRY(session_open(cli, SESSION_REPORTS));
    return report_result_make(cli, &request, format, cli_value(cli, OPTION_OUTPUT));
}

const struct command command_trial_balance = {
    .name = "trial-balance",
    .summary = "Show the trial balance: every account in its debit or credit column",
    .details = "Both columns have the same total in every currency; where they do not, the exit status is 3.\n"
               "With --compare or --columns each account has its balance by its type, and the two totals stand below "
               "by column; without --as-of-date they end today.\n" REPORT_RESULT_COLUMNS_HELP,
    .options = options,
    .options_count = OPTIONS_COUNT,
    .examples = {"ledger-admin trial-balance --non-zero",
                 "ledger-admin trial-balance --as-of-date 2026-03-31 --output march.json",
                 "ledger-admin trial-balance --as-of-date 2026-03-31 --compare previous-period",
                 "ledger-admin trial-balance --start-date 2026-01-01 --as-of-date 2026-12-31 --columns quarterly"},
    .run = trial_balance_run,
};
