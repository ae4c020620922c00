/* A report being made: what all reports share while they read, and the list of them.
 *
 * I1 A report is a function of its parameters, its log position and the version of the time zone's data: everything is
 *    read in one unit of work, accounts as known at the position, entries below it. */
#ifndef LEDGER_REPORTS_REPORT_H
#define LEDGER_REPORTS_REPORT_H

#include "engine/session.h"
#include "ledger/report.h"
#include "reports/sink.h"

/* As used: with what was filled in. */
struct report_parameters {
    bool has_start_day;
    bool has_end_day;
    int32_t start_day;
    int32_t end_day;
    struct ledger_text account_code; /* absent: all accounts */
    bool with_children;
    enum ledger_interval history_interval;
    bool non_zero_only;
    enum ledger_report_comparison_days compare;
    enum ledger_report_columns interval;
    const struct report_columns *columns; /* what `compare` or `interval` set side by side; NULL for a plain report */
};

enum { REPORT_SINKS_MAX = 2 };

struct report;
struct report_columns;

/* One kind of report. */
struct report_definition {
    const char *type_name;
    const char *report_name;
    bool takes_start;
    bool takes_account;
    bool takes_history; /* an interval and --with-children; it needs an account */
    bool takes_non_zero;
    bool ends_today;                  /* without an end date it ends with the ledger's today */
    bool starts_a_fiscal_year;        /* without a start date it starts with the fiscal year of its end */
    const struct report_graph *graph; /* how it is drawn; NULL where it is not */
    ledger_status (*make)(struct ledger_call *call, struct report *report);
    ledger_status (*make_columns)(struct ledger_call *call, struct report *report); /* NULL where it takes none */
};

struct report {
    struct session *session;
    const struct report_definition *definition;
    struct report_parameters parameters;
    struct store_head head;
    int64_t log_position;
    struct report_sink *sinks[REPORT_SINKS_MAX];
    size_t sinks_count;
    bool is_balanced; /* true until a report finds otherwise */
};

/* The definition of a type. */
const struct report_definition *report_definition_get(enum ledger_report_type type);

/* Makes the report of a request into its sinks, in one read unit. The caller has set the session and
 * the sinks; `head` has the report's id, its instant and its user, the rest is filled in here.
 * LEDGER_USAGE_IS_WRONG, LEDGER_DATE_IS_INVALID, LEDGER_ACCOUNT_NOT_FOUND, LEDGER_LOG_POSITION_IS_INVALID, database
 * outcomes. */
LEDGER_MUST_CHECK ledger_status report_make(struct ledger_call *call, struct report *report,
                                            const struct ledger_report_request *request, struct report_head *head);

/* To all sinks. */
LEDGER_MUST_CHECK ledger_status report_begin_table(struct ledger_call *call, struct report *report,
                                                   const struct report_table *table);
LEDGER_MUST_CHECK ledger_status report_row(struct ledger_call *call, struct report *report,
                                           const struct report_table *table, const struct report_row *row);
LEDGER_MUST_CHECK ledger_status report_end_table(struct ledger_call *call, struct report *report,
                                                 const struct report_table *table);
LEDGER_MUST_CHECK ledger_status report_value(struct ledger_call *call, struct report *report, const char *name,
                                             struct report_value value);
LEDGER_MUST_CHECK LEDGER_PRINTF(3, 4) ledger_status
    report_note(struct ledger_call *call, struct report *report, const char *format, ...);

/* The first day of the fiscal year that holds a day. */
int32_t report_fiscal_year_start(const struct ledger *ledger, int32_t day);

/* The reports, a file each. */
LEDGER_MUST_CHECK ledger_status trial_balance_make(struct ledger_call *call, struct report *report);
LEDGER_MUST_CHECK ledger_status balance_sheet_make(struct ledger_call *call, struct report *report);
LEDGER_MUST_CHECK ledger_status income_statement_make(struct ledger_call *call, struct report *report);
LEDGER_MUST_CHECK ledger_status general_ledger_make(struct ledger_call *call, struct report *report);
LEDGER_MUST_CHECK ledger_status audit_trail_make(struct ledger_call *call, struct report *report);
LEDGER_MUST_CHECK ledger_status balance_history_make(struct ledger_call *call, struct report *report);
extern const struct report_graph balance_history_graph;

/* The same with values of several days side by side. */
LEDGER_MUST_CHECK ledger_status trial_balance_columns_make(struct ledger_call *call, struct report *report);
LEDGER_MUST_CHECK ledger_status balance_sheet_columns_make(struct ledger_call *call, struct report *report);
LEDGER_MUST_CHECK ledger_status income_statement_columns_make(struct ledger_call *call, struct report *report);

#endif
