/* The chart of accounts as a report sees it: as known at its log position, in the order of the tree, with totals beside
 * it.
 *
 * I1 A parent stands before its children, and what is under an account stands behind it without a gap, up to `ends`. */
#ifndef LEDGER_REPORTS_CHART_H
#define LEDGER_REPORTS_CHART_H

#include "reports/report.h"

struct chart_place;

struct chart {
    struct ledger_account *accounts;
    size_t count;
    size_t *depths; /* 0 for a root */
    size_t *ends;   /* the index behind the last account under this one */
    const struct chart_place *places;
};

/* Totals by account, in the order of the chart. */
struct chart_totals {
    int128 *nets; /* debits less credits */
    int64_t *entry_counts;
};

LEDGER_MUST_CHECK ledger_status chart_read(struct ledger_call *call, const struct report *report,
                                           struct chart *ret_chart);

/* The index of an account, `count` where the chart has none. */
size_t chart_find(const struct chart *chart, int64_t account_id);
size_t chart_find_code(const struct chart *chart, struct ledger_text account_code);

LEDGER_MUST_CHECK ledger_status chart_totals_init(struct ledger_call *call, const struct chart *chart,
                                                  struct chart_totals *ret_totals);

/* Adds what is dated up to and including a day (STORE_TOTALS_ALL_DAYS_MAX for all), `sign` times: -1 takes it away. */
LEDGER_MUST_CHECK ledger_status chart_totals_add(struct ledger_call *call, const struct report *report,
                                                 const struct chart *chart, int32_t to_day, int sign,
                                                 struct chart_totals *totals);

/* Totals by spans of days, one after the other: ret_totals[i] has what is dated behind days[i - 1] up to and including
 * days[i], the first all up to its day. The days ascend, each once. */
LEDGER_MUST_CHECK ledger_status chart_totals_read_spans(struct ledger_call *call, const struct report *report,
                                                        const struct chart *chart, const int32_t *days, size_t count,
                                                        struct chart_totals **ret_totals);

/* Adds the entries of one transaction, `sign` times. */
LEDGER_MUST_CHECK ledger_status chart_totals_add_transaction(struct ledger_call *call, const struct report *report,
                                                             const struct chart *chart, int64_t log_index, int sign,
                                                             struct chart_totals *totals);

/* The day up to which a report counts. */
static inline int32_t chart_last_day(const struct report_parameters *parameters)
{
    return parameters->has_end_day ? parameters->end_day : STORE_TOTALS_ALL_DAYS_MAX;
}

/* Debits less credits as a balance by the type of its account. */
static inline int128 chart_balance(enum ledger_account_type type, int128 net)
{
    return type == LEDGER_ASSET || type == LEDGER_EXPENSE ? net : -net;
}

/* The currencies of the accounts that `is_wanted` (of all where it is NULL), ascending, each once. */
LEDGER_MUST_CHECK ledger_status chart_list_currencies(struct ledger_call *call, const struct chart *chart,
                                                      const bool *is_wanted, struct ledger_text **ret_currencies,
                                                      size_t *ret_count);

#endif
