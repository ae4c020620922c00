/* What the commands that make reports share: the format, and where the report goes. */
#ifndef LEDGER_CLI_REPORT_RESULT_H
#define LEDGER_CLI_REPORT_RESULT_H

#include "cli/command.h"
#include "ledger/report.h"

/* What the help of these commands says of --compare and --columns. */
#define REPORT_RESULT_COLUMNS_HELP                                                                                     \
    "--compare previous-period sets a report as of a day beside the last day of the fiscal year before, and an "       \
    "income "                                                                                                          \
    "statement beside the period of equal length that ends the day before it begins: as many fiscal years where it "   \
    "is "                                                                                                              \
    "made of whole ones, as many months where it is made of whole months, else as many days. --compare previous-year " \
    "takes the same days a year before, where the last day of a month stays one; 29 February becomes the 28th. The "   \
    "change is given, and its percentage of the value then; none from zero, or from one side of zero to the other.\n"  \
    "--columns gives at most 60: what is dated in each interval, and a total, for an income statement; else the "      \
    "balance at its end. Months are those of the calendar, quarters and years those of the fiscal year. In JSON and "  \
    "CSV they are called balance_2026_01, balance_2026_q1, balance_2026, and balance_fy2026_q1, balance_fy2026 where " \
    "the fiscal year, called by the year in which it ends, is not the calendar's; those of a comparison balance_now, " \
    "balance_then, balance_change and balance_change_percent."

/* The format: the one that is named, else by the ending of the file's name, else JSON for a file. A report for standard
 * output has `stdout_format`, JSON with --json. LEDGER_USAGE_IS_WRONG where --json and the format contradict. */
LEDGER_MUST_CHECK ledger_status report_result_format(struct cli *cli, struct ledger_text format,
                                                     struct ledger_text output, enum ledger_report_format stdout_format,
                                                     enum ledger_report_format *ret_format);

/* Makes the report and writes it to the file `output`, or to standard output where that is absent or "-".
 * LEDGER_INTEGRITY_IS_VIOLATED, after it was written, for a trial balance or balance sheet that does not balance. */
LEDGER_MUST_CHECK ledger_status report_result_make(struct cli *cli, const struct ledger_report_request *request,
                                                   enum ledger_report_format format, struct ledger_text output);

/* Reads --compare and --columns into the request. LEDGER_USAGE_IS_WRONG for a value that is none of theirs, and where
 * both are given. */
LEDGER_MUST_CHECK ledger_status report_result_columns(struct cli *cli, struct ledger_text compare,
                                                      struct ledger_text columns,
                                                      struct ledger_report_request *request);

/* Whether a report goes to standard output. */
bool report_result_is_stdout(struct ledger_text output);

/* Whether the locale of the environment is none of UTF-8, so that a chart has to do with ASCII. */
bool report_result_is_ascii(void);

/* Reads --interval into the request. */
LEDGER_MUST_CHECK ledger_status report_result_interval(struct cli *cli, struct ledger_text value,
                                                       struct ledger_report_request *request);

/* Reads --log-position into the request. */
LEDGER_MUST_CHECK ledger_status report_result_position(struct cli *cli, struct ledger_text value,
                                                       struct ledger_report_request *request);

#endif
