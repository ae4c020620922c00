/* balance-history: the balance of an account over time, as a table, a chart or a picture. */
#include "base/text.h"
#include "cli/choices.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/report_result.h"
#include "cli/session.h"

enum {
    OPTION_ACCOUNT_CODE,
    OPTION_START_DATE,
    OPTION_END_DATE,
    OPTION_INTERVAL,
    OPTION_WITH_CHILDREN,
    OPTION_CHART,
    OPTION_ASCII,
    OPTION_OUTPUT,
    OPTION_LOG_POSITION,
    OPTION_FORMAT,
    OPTIONS_COUNT,
};

static const struct command_option options[OPTIONS_COUNT] = {
    [OPTION_ACCOUNT_CODE] = {.name = "account-code",
                             .argument = "CODE",
                             .is_required = true,
                             .help = "the account's code"},
    [OPTION_START_DATE] = {.name = "start-date",
                           .argument = "DATE",
                           .help = "the first day, YYYY-MM-DD; else that of the account's first entry"},
    [OPTION_END_DATE] = {.name = "end-date",
                         .argument = "DATE",
                         .help = "the last day, YYYY-MM-DD; else that of the account's last entry"},
    [OPTION_INTERVAL] = {.name = "interval",
                         .argument = "INTERVAL",
                         .hint = HINT_CHOICE,
                         .choices = choices_interval,
                         .help = "what a line stands for; else a month. Weeks begin on Monday, quarters and years with "
                                 "the fiscal year"},
    [OPTION_WITH_CHILDREN] = {.name = "with-children",
                              .help = "count the accounts under it too, each currency by itself"},
    [OPTION_CHART] = {.name = "chart", .help = "draw it: on the terminal, as SVG where the file's name ends in .svg"},
    [OPTION_ASCII] = {.name = "ascii",
                      .help = "draw with ASCII alone, as it is done where the locale (LC_ALL, LC_CTYPE, LANG) is not "
                              "one of UTF-8"},
    [OPTION_OUTPUT] = {.name = "output",
                       .argument = "FILE",
                       .hint = HINT_FILE,
                       .help = "write it to this file; else to standard output"},
    [OPTION_LOG_POSITION] = {.name = "log-position",
                             .argument = "N",
                             .help = "as it was known when the integrity log had this size; else now"},
    [OPTION_FORMAT] = {.name = "format",
                       .argument = "FORMAT",
                       .hint = HINT_CHOICE,
                       .choices = choices_report_format,
                       .help = "else by the ending of the file's name, JSON for any other; a table on standard output"},
};

/* --chart says how, --format and the file's name say in what. */
static LEDGER_MUST_CHECK ledger_status history_choose_format(struct cli *cli, enum ledger_report_format *ret_format)
{
    struct ledger_text format = cli_value(cli, OPTION_FORMAT);
    struct ledger_text output = cli_value(cli, OPTION_OUTPUT);
    bool has_chart = cli_has(cli, OPTION_CHART);
    LEDGER_TRY(
        report_result_format(cli, format, output, has_chart ? LEDGER_FORMAT_CHART : LEDGER_FORMAT_TABLE, ret_format));
    bool is_drawn = *ret_format == LEDGER_FORMAT_CHART || *ret_format == LEDGER_FORMAT_SVG;
    if (has_chart && !is_drawn && cli_has(cli, OPTION_FORMAT)) {
        return ledger_fail(cli->call, LEDGER_USAGE_IS_WRONG,
                           "--chart does not go with --format %.*s: a chart is the "
                           "format chart or svg",
                           TEXT_ARGUMENTS(format));
    }
    if (has_chart && !is_drawn && cli->output.wants_json && report_result_is_stdout(output)) {
        return ledger_fail(cli->call, LEDGER_USAGE_IS_WRONG,
                           "with --json, standard output takes JSON alone: leave --chart out, or name a file with "
                           "--output");
    }
    *ret_format = has_chart && !is_drawn ? LEDGER_FORMAT_CHART : *ret_format;
    return LEDGER_DONE;
}

static ledger_status balance_history_run(struct cli *cli)
{
    struct ledger_report_request request = {
        .struct_size = sizeof request,
        .type = LEDGER_REPORT_BALANCE_HISTORY,
        .account_code = cli_value(cli, OPTION_ACCOUNT_CODE),
        .start_date = cli_value(cli, OPTION_START_DATE),
        .end_date = cli_value(cli, OPTION_END_DATE),
        .with_children = cli_has(cli, OPTION_WITH_CHILDREN),
        .do_not_record = true, /* a look, as balance is */
        .ascii_only = cli_has(cli, OPTION_ASCII) || report_result_is_ascii(),
    };
    enum ledger_report_format format;
    LEDGER_TRY(report_result_interval(cli, cli_value(cli, OPTION_INTERVAL), &request));
    LEDGER_TRY(report_result_position(cli, cli_value(cli, OPTION_LOG_POSITION), &request));
    LEDGER_TRY(history_choose_format(cli, &format));
    LEDGER_TRY(session_set_actor(cli, TEXT_ABSENT, TEXT_ABSENT));
    LEDGER_TRY(session_open(cli, SESSION_READS));
    return report_result_make(cli, &request, format, cli_value(cli, OPTION_OUTPUT));
}

const struct command command_balance_history = {
    .name = "balance-history",
    .summary = "Show the balance of an account over time, as a table or a chart",
    .details =
        "A line stands for a day, week, month, quarter or year: its last day, what was debited and credited in it, "
        "and the balance behind it. It is read from totals that are kept by day and month, so it takes no longer "
        "where there are more entries.\n"
        "It is a look, as balance is, and has no event in the audit log: report --type balance-history has one.\n"
        "A chart joins the balances by straight lines. A history has at most 10,000 points; where there would be "
        "more, the error names the interval that would do.",
    .options = options,
    .options_count = OPTIONS_COUNT,
    .examples = {"ledger-admin balance-history --account-code 1000 --chart",
                 "ledger-admin balance-history --account-code 1000 --start-date 2026-01-01 --end-date 2026-03-31 "
                 "--interval week --format csv",
                 "ledger-admin balance-history --account-code 1 --with-children --output assets.svg"},
    .run = balance_history_run,
};
