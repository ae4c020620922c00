/* What the commands that make reports share: the format, and where the report goes. */
#ifndef LEDGER_CLI_REPORT_RESULT_H
#define LEDGER_CLI_REPORT_RESULT_H

#include "cli/command.h"
#include "ledger/report.h"

/* The format: the one that is named, else by the ending of the file's name, else JSON for a file. A report for standard
 * output has `stdout_format`, JSON with --json. LEDGER_USAGE_IS_WRONG where --json and the format contradict. */
LEDGER_MUST_CHECK ledger_status report_result_format(struct cli *cli, struct ledger_text format,
                                                     struct ledger_text output, enum ledger_report_format stdout_format,
                                                     enum ledger_report_format *ret_format);

/* Makes the report and writes it to the file `output`, or to standard output where that is absent or "-".
 * LEDGER_INTEGRITY_IS_VIOLATED, after it was written, for a trial balance or balance sheet that does not balance. */
LEDGER_MUST_CHECK ledger_status report_result_make(struct cli *cli, const struct ledger_report_request *request,
                                                   enum ledger_report_format format, struct ledger_text output);

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
