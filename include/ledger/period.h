/* Closing periods: ranges of days in which nothing may be posted any more. */
#ifndef LEDGER_PERIOD_H
#define LEDGER_PERIOD_H

#include "ledger/ledger.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One change of state of a range of days. The latest change that holds a day decides it; a day without any is open. */
struct ledger_period {
    int64_t log_index;
    int32_t start_day; /* the first day */
    int32_t end_day;   /* the day after the last */
    bool is_closed;
    struct ledger_text reason; /* absent where none was given */
    int64_t changed_at_us;
    struct ledger_text changed_by;
};

/* Closes or opens the days from start_day up to, not including, end_day.
 * LEDGER_PERIOD_IS_INVALID, LEDGER_PERIOD_STATE_IS_UNCHANGED (all its days are in that state already),
 * LEDGER_USER_IS_MISSING, LEDGER_TEXT_IS_INVALID, database outcomes. */
LEDGER_PUBLIC LEDGER_MUST_CHECK ledger_status ledger_period_set(struct ledger_call *call, struct ledger *ledger,
                                                                int32_t start_day, int32_t end_day, bool is_closed,
                                                                struct ledger_text reason,
                                                                struct ledger_period *ret_period);

/* Every change in order, in the call's memory. */
LEDGER_PUBLIC LEDGER_MUST_CHECK ledger_status ledger_period_list(struct ledger_call *call, struct ledger *ledger,
                                                                 const struct ledger_period **ret_periods,
                                                                 size_t *ret_periods_count);

/* The ranges that are closed now, disjoint and in order; only the days are set. In the call's memory. */
LEDGER_PUBLIC LEDGER_MUST_CHECK ledger_status ledger_period_list_closed(struct ledger_call *call, struct ledger *ledger,
                                                                        const struct ledger_period **ret_periods,
                                                                        size_t *ret_periods_count);

#ifdef __cplusplus
}
#endif

#endif
