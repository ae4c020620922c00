/* The lines of ledger sheets: entries by account in the order of the chart, then by day, then by their place in the
 * log.
 *
 * The log has them in another order, and there may be more of them than fit into memory: they are read in the order of
 * the log, so that each page of the database is read once, and sorted. Where few of the log's entries are wanted they
 * are found by the packed lists of the full segments instead.
 *
 * I1 What it takes of memory does not grow with the number of lines. */
#ifndef LEDGER_REPORTS_SHEET_LINES_H
#define LEDGER_REPORTS_SHEET_LINES_H

#include "reports/chart.h"

struct sheet_lines;

/* Which lines: of the accounts [first, end) of the chart, within the days and below the position of the report. */
struct sheet_wanted {
    const struct chart *chart;
    size_t first;
    size_t end;
    int64_t visits_count; /* entries of these accounts up to the position, whatever their day */
};

struct sheet_line {
    int32_t transaction_day;
    uint32_t entry_number;
    enum ledger_entry_type entry_type;
    int64_t amount_minor;
    int64_t number_in_day;
    int64_t posting_date_us;
    struct ledger_text memo;
    struct ledger_text business_event_type;
    struct ledger_text business_key;
    struct ledger_text description;
};

/* Reads and sorts them, in the report's read unit. Free it also where that failed. LEDGER_FILE_IS_UNREADABLE where
 * there is no space for what does not fit into memory; database outcomes. */
LEDGER_MUST_CHECK ledger_status sheet_lines_read(struct ledger_call *call, const struct report *report,
                                                 const struct sheet_wanted *wanted, struct sheet_lines **ret_lines);

/* NULL is allowed. */
void sheet_lines_free(struct sheet_lines *lines);

/* The next line of the account at `index` of the chart; accounts are asked for in their order. It lives until the line
 * after it is asked for; NULL after the last of that account. */
LEDGER_MUST_CHECK ledger_status sheet_lines_next(struct ledger_call *call, struct sheet_lines *lines, size_t index,
                                                 const struct sheet_line **ret_line);

/* Whether there is one. */
LEDGER_MUST_CHECK bool sheet_lines_has(const struct sheet_lines *lines, size_t index);

#endif
