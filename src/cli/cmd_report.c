/* report: makes any report and writes it to a file. */
#include "base/text.h"
#include "cli/choices.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/report_result.h"
#include "cli/session.h"

enum {
    OPTION_TYPE,
    OPTION_OUTPUT,
    OPTION_USER,
    OPTION_START_DATE,
    OPTION_END_DATE,
    OPTION_ACCOUNT_CODE,
    OPTION_WITH_CHILDREN,
    OPTION_INTERVAL,
    OPTION_LOG_POSITION,
    OPTION_NON_ZERO,
    OPTION_COMPARE,
    OPTION_COLUMNS,
    OPTION_FORMAT,
    OPTIONS_COUNT,
};

static const struct command_option options[OPTIONS_COUNT] = {
    [OPTION_TYPE] = {.name = "type",
                     .argument = "TYPE",
                     .is_required = true,
                     .hint = HINT_CHOICE,
                     .choices = choices_report_type,
                     .help = "which report"},
    [OPTION_OUTPUT] = {.name = "output",
                       .argument = "FILE",
                       .is_required = true,
                       .hint = HINT_FILE,
                       .help = "the file to write; - is standard output"},
    [OPTION_USER] = {.name = "user",
                     .argument = "USER",
                     .is_required = true,
                     .help = "who makes it, for the report and the audit log"},
    [OPTION_START_DATE] = {.name = "start-date",
                           .argument = "DATE",
                           .help = "the first day, YYYY-MM-DD; else from the beginning, for an income statement and "
                                   "with --columns from that of the fiscal year"},
    [OPTION_END_DATE] = {.name = "end-date",
                         .argument = "DATE",
                         .help = "the last day, YYYY-MM-DD; else no end, for statements today"},
    [OPTION_ACCOUNT_CODE] = {.name = "account-code",
                             .argument = "CODE",
                             .help = "for the general ledger: this account and those under it; else all. For the "
                                     "balance history: this account"},
    [OPTION_WITH_CHILDREN] = {.name = "with-children",
                              .help = "for the balance history: count the accounts under it too"},
    [OPTION_INTERVAL] = {.name = "interval",
                         .argument = "INTERVAL",
                         .hint = HINT_CHOICE,
                         .choices = choices_interval,
                         .help = "for the balance history: what a line stands for; else a month"},
    [OPTION_LOG_POSITION] = {.name = "log-position",
                             .argument = "N",
                             .help = "as it was known when the integrity log had this size; else now"},
    [OPTION_NON_ZERO] = {.name = "non-zero", .help = "for the trial balance: leave out accounts without a balance"},
    [OPTION_COMPARE] = {.name = "compare",
                        .argument = "DAYS",
                        .hint = HINT_CHOICE,
                        .choices = choices_report_compare,
                        .help = "for trial balance, balance sheet and income statement: values of other days beside, "
                                "and the change"},
    [OPTION_COLUMNS] = {.name = "columns",
                        .argument = "INTERVAL",
                        .hint = HINT_CHOICE,
                        .choices = choices_report_columns,
                        .help = "for the same reports: a column for each month, quarter or year from --start-date to "
                                "--end-date"},
    [OPTION_FORMAT] = {.name = "format",
                       .argument = "FORMAT",
                       .hint = HINT_CHOICE,
                       .choices = choices_report_format,
                       .help = "else by the ending of the file's name: .json, .csv, .svg, .txt for a table; JSON for "
                               "any other. The balance history alone is drawn, as chart or svg"},
};

/* An option that means nothing for this type of report would be silently ignored: it is refused. */
static LEDGER_MUST_CHECK ledger_status report_check_options(struct cli *cli, enum ledger_report_type type)
{
    bool is_history = type == LEDGER_REPORT_BALANCE_HISTORY;
    bool has_account = type == LEDGER_REPORT_GENERAL_LEDGER || is_history;
    bool has_non_zero = type == LEDGER_REPORT_TRIAL_BALANCE;
    bool is_as_of = type == LEDGER_REPORT_TRIAL_BALANCE || type == LEDGER_REPORT_BALANCE_SHEET;
    bool has_start = !is_as_of || cli_has(cli, OPTION_COLUMNS);
    bool has_columns = is_as_of || type == LEDGER_REPORT_INCOME_STATEMENT;
    const struct {
        size_t option;
        bool is_allowed;
    } rules[] = {
        {OPTION_ACCOUNT_CODE, has_account}, {OPTION_WITH_CHILDREN, is_history}, {OPTION_INTERVAL, is_history},
        {OPTION_NON_ZERO, has_non_zero},    {OPTION_START_DATE, has_start},     {OPTION_COMPARE, has_columns},
        {OPTION_COLUMNS, has_columns},
    };
    size_t first_problem = ledger_call_problems_count(cli->call);
    for (size_t index = 0; index < sizeof rules / sizeof rules[0]; index++) {
        if (cli_has(cli, rules[index].option) && !rules[index].is_allowed) {
            ledger_call_add_problem(cli->call, LEDGER_USAGE_IS_WRONG, 0, "--%s has no meaning for the report %s",
                                    options[rules[index].option].name, ledger_report_type_name(type));
        }
    }
    if (is_history && !cli_has(cli, OPTION_ACCOUNT_CODE)) {
        ledger_call_add_problem(cli->call, LEDGER_USAGE_IS_WRONG, 0, "the report balance-history needs --account-code");
    }
    return ledger_call_worst(cli->call, first_problem);
}

static ledger_status report_run(struct cli *cli)
{
    struct ledger_report_request request = {
        .struct_size = sizeof request,
        .start_date = cli_value(cli, OPTION_START_DATE),
        .end_date = cli_value(cli, OPTION_END_DATE),
        .account_code = cli_value(cli, OPTION_ACCOUNT_CODE),
        .non_zero_only = cli_has(cli, OPTION_NON_ZERO),
        .with_children = cli_has(cli, OPTION_WITH_CHILDREN),
        .ascii_only = report_result_is_ascii(),
    };
    if (!ledger_report_type_parse(cli_value(cli, OPTION_TYPE), &request.type)) {
        size_t unused;
        return options_choose(cli->call, "--type", choices_report_type, cli_value(cli, OPTION_TYPE), &unused);
    }
    enum ledger_report_format format;
    LEDGER_TRY(report_check_options(cli, request.type));
    LEDGER_TRY(report_result_interval(cli, cli_value(cli, OPTION_INTERVAL), &request));
    LEDGER_TRY(report_result_columns(cli, cli_value(cli, OPTION_COMPARE), cli_value(cli, OPTION_COLUMNS), &request));
    LEDGER_TRY(report_result_position(cli, cli_value(cli, OPTION_LOG_POSITION), &request));
    LEDGER_TRY(report_result_format(cli, cli_value(cli, OPTION_FORMAT), cli_value(cli, OPTION_OUTPUT),
                                    LEDGER_FORMAT_JSON, &format));
    LEDGER_TRY(session_set_actor(cli, cli_value(cli, OPTION_USER), TEXT_ABSENT));
    LEDGER_TRY(session_open(cli, SESSION_REPORTS));
    return report_result_make(cli, &request, format, cli_value(cli, OPTION_OUTPUT));
}

const struct command command_report = {
    .name = "report",
    .summary = "Make a report and write it to a file",
    .details = "A report depends on its parameters and the log position alone: made again at the same position it has "
               "the same report_hash, however much was posted since. See verify-report.\n"
               "A trial balance or balance sheet that does not balance ends with exit status 3.\n"
               "A report is written as it is made, whole or not at all; a long one needs space for a temporary file in "
               "TMPDIR, else in /var/tmp.\n" REPORT_RESULT_COLUMNS_HELP,
    .options = options,
    .options_count = OPTIONS_COUNT,
    .examples = {"ledger-admin report --type balance-sheet --end-date 2026-03-31 --output balance.json --user ana",
                 "ledger-admin report --type general-ledger --account-code 1000 --start-date 2026-01-01 "
                 "--end-date 2026-03-31 --output cash.csv --user ana",
                 "ledger-admin report --type income-statement --columns monthly --end-date 2026-03-31 "
                 "--output months.csv --user ana",
                 "ledger-admin report --type balance-sheet --compare previous-year --end-date 2026-03-31 "
                 "--output balance.txt --user ana"},
    .run = report_run,
};
