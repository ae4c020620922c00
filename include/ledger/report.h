/* Reports: pure functions of their parameters and a position of the log. */
#ifndef LEDGER_REPORT_H
#define LEDGER_REPORT_H

#include <stdio.h>

#include "ledger/balance.h"

#ifdef __cplusplus
extern "C" {
#endif

enum ledger_report_type {
    LEDGER_REPORT_TRIAL_BALANCE,
    LEDGER_REPORT_BALANCE_SHEET,
    LEDGER_REPORT_INCOME_STATEMENT,
    LEDGER_REPORT_GENERAL_LEDGER,
    LEDGER_REPORT_AUDIT_TRAIL,
    LEDGER_REPORT_BALANCE_HISTORY,
};

/* CHART (for a terminal) and SVG (version 1.1, nothing outside it) draw the balance history, and no other report. */
enum ledger_report_format {
    LEDGER_FORMAT_TABLE,
    LEDGER_FORMAT_JSON,
    LEDGER_FORMAT_CSV,
    LEDGER_FORMAT_CHART,
    LEDGER_FORMAT_SVG,
};

/* Values of other days beside those that are asked for: trial balance, balance sheet and income statement.
 *
 * PREVIOUS_PERIOD. A report as of a day is set beside the last day of the fiscal year before the one that holds its
 * day, which is what its fiscal year began with (IAS 34, paragraph 20 a). An income statement is set beside the period
 * of equal length that ends the day before it begins: the same number of fiscal years where it is made of whole ones,
 * of months where it is made of whole months of the calendar, else of days.
 *
 * PREVIOUS_YEAR. The same days a year before. The last day of a month stays the last day of a month where the report
 * ends on it, and a report that begins on 29 February is set beside one that begins on the 28th. */
enum ledger_report_comparison_days {
    LEDGER_COMPARE_NOTHING,
    LEDGER_COMPARE_PREVIOUS_PERIOD,
    LEDGER_COMPARE_PREVIOUS_YEAR,
};

/* A column for each month, quarter or year from the first day to the last: trial balance and balance sheet as of the
 * end of each, income statement with what is dated in each, and all of it. Months are those of the calendar; quarters
 * and years those of the ledger's fiscal year. The first and the last of them are cut where the report begins and ends.
 */
enum ledger_report_columns {
    LEDGER_COLUMNS_NONE,
    LEDGER_COLUMNS_MONTHLY,
    LEDGER_COLUMNS_QUARTERLY,
    LEDGER_COLUMNS_YEARLY,
};

enum { LEDGER_REPORT_COLUMNS_MAX = 60 }; /* months, quarters or years side by side */

/* What to report. Clear it, set `struct_size` and the type, then what differs. Days are as written, YYYY-MM-DD. */
struct ledger_report_request {
    size_t struct_size;
    enum ledger_report_type type;
    struct ledger_text start_date;   /* absent: from the beginning (income statement, and with `columns`: of the fiscal
                                      * year of end_date); trial balance and balance sheet take it with `columns` only */
    struct ledger_text end_date;     /* the last day; as-of day of the trial balance and balance sheet; absent: no end
                                      * (income statement, balance sheet, and with `compare` or `columns`: the ledger's
                                      * today) */
    struct ledger_text account_code; /* general ledger: this account and those under it; absent: all; balance history:
                                      * this account, which it needs */
    bool with_children;              /* balance history: with those under it, a history for each currency */
    enum ledger_interval interval;   /* balance history: of its points */
    bool ascii_only;                 /* LEDGER_FORMAT_CHART: for a terminal that has no other characters */
    bool non_zero_only;              /* trial balance: leave out accounts without a balance */
    bool has_log_position;
    int64_t log_position;                       /* as known when the log had this size; else the head at the start */
    bool do_not_record;                         /* make it without an audit event */
    enum ledger_report_comparison_days compare; /* not together with `columns` */
    enum ledger_report_columns columns;         /* LEDGER_INPUT_IS_TOO_LARGE beyond LEDGER_REPORT_COLUMNS_MAX of them */
};

/* What became of it. Texts live with the call. */
struct ledger_report_result {
    char report_id[37];
    char report_hash[65];
    int64_t log_position;
    bool recorded;           /* the audit event was written */
    bool is_balanced;        /* debits equal credits; assets equal liabilities and equity; entries of an account come
                              * to its balance */
    struct ledger_text text; /* the whole report in the asked format; absent where it was given away in pieces */
};

/* Takes a report as it is made: `write` is called for each piece of its text, some 64 KiB, in order. The piece lives
 * until it returns; a status other than LEDGER_DONE ends the report and is returned. */
struct ledger_report_output {
    ledger_status (*write)(struct ledger_call *call, void *context, struct ledger_text piece);
    void *context;
};

/* Makes a report in a format, whole in memory. `terminal_columns` is the width for tables, 0 for no limit; `colour`
 * allows it. Where its audit event cannot be written the report comes all the same, with `recorded` false.
 * A chart is drawn in 40 to 200 columns, 80 where there is no limit.
 * LEDGER_DATE_IS_INVALID, LEDGER_ACCOUNT_NOT_FOUND, LEDGER_LOG_POSITION_IS_INVALID, LEDGER_USAGE_IS_WRONG where the
 * type does not take what is asked or lacks what it needs, LEDGER_INPUT_IS_TOO_LARGE beyond LEDGER_HISTORY_POINTS_MAX
 * or LEDGER_REPORT_COLUMNS_MAX, LEDGER_VERSION_IS_UNSUPPORTED, database outcomes. */
LEDGER_PUBLIC LEDGER_MUST_CHECK ledger_status ledger_report_make(struct ledger_call *call, struct ledger *ledger,
                                                                 const struct ledger_report_request *request,
                                                                 enum ledger_report_format format,
                                                                 unsigned terminal_columns, bool colour,
                                                                 struct ledger_report_result *ret_result);

/* The same for reports of any length: its text goes to an output, and memory does not grow with it. Where it ends other
 * than with LEDGER_DONE, what was written is not the report: throw it away. What does not fit into memory on the way is
 * kept in a temporary file without a name in TMPDIR: LEDGER_FILE_IS_UNREADABLE where there is no space for it. */
LEDGER_PUBLIC LEDGER_MUST_CHECK ledger_status ledger_report_write(struct ledger_call *call, struct ledger *ledger,
                                                                  const struct ledger_report_request *request,
                                                                  enum ledger_report_format format,
                                                                  unsigned terminal_columns, bool colour,
                                                                  const struct ledger_report_output *output,
                                                                  struct ledger_report_result *ret_result);

/* How a saved report compares. */
struct ledger_report_comparison {
    bool is_same;            /* but for texts that were redacted since it was made */
    bool file_hash_is_right; /* the file's content gives the hash that stands in it */
    char file_report_hash[65];
    char ledger_report_hash[65];
    size_t redacted_count;                 /* texts redacted since: the ledger does not know them any more */
    size_t differences_count;              /* lines that differ */
    const struct ledger_text *differences; /* one each: where, in the file, in the ledger */
};

/* Reads a report saved as JSON, makes it again at its log position, and compares the two.
 * LEDGER_INPUT_IS_MALFORMED where it is no report of ours; LEDGER_DONE also where it differs, or where the ledger
 * cannot make it again: `ledger_report_hash` is then "". At most 1,000 differences are told one by one, then how many
 * more. */
LEDGER_PUBLIC LEDGER_MUST_CHECK ledger_status ledger_report_verify(struct ledger_call *call, struct ledger *ledger,
                                                                   struct ledger_text json,
                                                                   struct ledger_report_comparison *ret_comparison);

/* "trial-balance", … and the reverse. Any thread. */
LEDGER_PUBLIC const char *ledger_report_type_name(enum ledger_report_type type);
LEDGER_PUBLIC bool ledger_report_type_parse(struct ledger_text text, enum ledger_report_type *ret_type);

/* "previous-period", "previous-year"; "monthly", "quarterly", "yearly"; "none"; NULL for a value that is none of them.
 * And the reverse, which does not read "none". Any thread. */
LEDGER_PUBLIC const char *ledger_report_compare_name(enum ledger_report_comparison_days compare);
LEDGER_PUBLIC bool ledger_report_compare_parse(struct ledger_text text,
                                               enum ledger_report_comparison_days *ret_compare);
LEDGER_PUBLIC const char *ledger_report_columns_name(enum ledger_report_columns columns);
LEDGER_PUBLIC bool ledger_report_columns_parse(struct ledger_text text, enum ledger_report_columns *ret_columns);

#ifdef __cplusplus
}
#endif

#endif
