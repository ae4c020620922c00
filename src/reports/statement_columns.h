/* What balance sheet and income statement of several columns share: sections of accounts as an indented tree, a
 * currency at a time.
 *
 * A line has one value a column: of a section and of an account with others under it that is all of it, as `subtotal`
 * of a plain statement. What such an account has itself stands in a line ITSELF, the first under it. */
#ifndef LEDGER_REPORTS_STATEMENT_COLUMNS_H
#define LEDGER_REPORTS_STATEMENT_COLUMNS_H

#include "reports/slots.h"

/* A line that no account has: a balance a slot. */
struct statement_columns_extra {
    const char *line;
    const char *caption;
    const int128 *balances;
};

struct statement_columns_section {
    enum ledger_account_type type;
    const char *caption;
    struct ledger_text currency;
    const struct statement_columns_extra *extras;
    size_t extras_count;
};

/* The table of the lines. */
LEDGER_MUST_CHECK ledger_status statement_columns_make_table(struct ledger_call *call,
                                                             const struct report_columns *columns,
                                                             const struct report_table **ret_table);

/* Gives the rows of a section, accounts without any balance in or under them left out. `ret_totals` are those of
 * accounts and extras, REPORT_SLOTS_MAX of them. */
LEDGER_MUST_CHECK ledger_status statement_columns_give_section(struct ledger_call *call, struct report *report,
                                                               const struct report_table *table,
                                                               const struct slots *slots,
                                                               const struct statement_columns_section *section,
                                                               int128 *ret_totals);

#endif
