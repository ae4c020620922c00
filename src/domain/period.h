/* Periods: which days are closed.
 *
 * Closing and opening are rows of half-open ranges of transaction_day, never changed. A day's state is that of the row
 * with the highest log_index whose range holds the day; a day that no row holds is open.
 *
 * I1 The closed ranges of an index ascend, are not empty, and neither overlap nor touch. */
#ifndef LEDGER_DOMAIN_PERIOD_H
#define LEDGER_DOMAIN_PERIOD_H

#include "base/call.h"

/* One closing or opening. Its log_index is its alone. A range that is empty holds no day. */
struct period_row {
    int64_t log_index;
    int32_t start_day;
    int32_t end_day; /* the first day behind the period */
    bool is_closed;
};

struct period_range {
    int32_t start_day;
    int32_t end_day; /* the first day behind the range */
};

/* What the rows come to. */
struct period_index {
    const struct period_range *closed_ranges;
    size_t closed_ranges_count;
};

/* Compiles rows of any order in O(n log n); the ranges live in the call's arena. LEDGER_OUT_OF_MEMORY. */
LEDGER_MUST_CHECK ledger_status period_index_build(struct ledger_call *call, const struct period_row *rows,
                                                   size_t rows_count, struct period_index *ret_index);

bool period_index_is_closed(const struct period_index *index, int32_t day);

/* The closed ranges as they are in effect, ascending. */
const struct period_range *period_index_list(const struct period_index *index, size_t *ret_ranges_count);

/* The first day of the fiscal year that a day lies in; fiscal years begin on `month_and_day`, an "MM-DD". */
int32_t period_fiscal_year_start(struct ledger_text month_and_day, int32_t day);

#endif
