/* What balance sheet and income statement share: sections of accounts as an indented tree, a currency at a time. */
#ifndef LEDGER_REPORTS_STATEMENT_H
#define LEDGER_REPORTS_STATEMENT_H

#include "reports/chart.h"

/* The rows of a statement. `line` is SECTION, ACCOUNT, or what a computed line is; `balance` is the account's own
 * (absent where it has none in this currency), `subtotal` that of all under it together with its own (absent where
 * nothing is under it). */
extern const struct report_table statement_table;

/* A line that no account has. */
struct statement_extra {
    const char *line;
    const char *caption;
    int128 balance;
};

struct statement_section {
    enum ledger_account_type type;
    const char *caption;
    struct ledger_text currency;
    const struct statement_extra *extras;
    size_t extras_count;
};

/* Gives the rows of a section, accounts without any balance in or under them left out. `ret_total` is that of accounts
 * and extras. */
LEDGER_MUST_CHECK ledger_status statement_give_section(struct ledger_call *call, struct report *report,
                                                       const struct chart *chart, const struct chart_totals *totals,
                                                       const struct statement_section *section, int128 *ret_total);

/* The sum of a type's balances in a currency. */
int128 statement_sum(const struct chart *chart, const struct chart_totals *totals, enum ledger_account_type type,
                     struct ledger_text currency);

/* The currencies that any entry of accounts of `first_type` and the types behind it stands in; the ledger's own where
 * there is none. */
LEDGER_MUST_CHECK ledger_status statement_list_currencies(struct ledger_call *call, const struct report *report,
                                                          const struct chart *chart, const struct chart_totals *totals,
                                                          enum ledger_account_type first_type,
                                                          struct ledger_text **ret_currencies, size_t *ret_count);

#endif
