/* Totals of accounts: now or as of a day, as known now or at an earlier position of the log.
 *
 * Nothing is summed from entries but those of the one posting day in which an earlier position lies: everything before
 * is in the totals of days and months, which no longer change once their posting day is over. */
#ifndef LEDGER_ENGINE_TOTALS_H
#define LEDGER_ENGINE_TOTALS_H

#include "engine/session.h"
#include "ledger/balance.h"

struct totals_query {
    int64_t account_id;   /* 0 for all */
    int32_t to_day;       /* transaction_day up to and including; STORE_TOTALS_ALL_DAYS_MAX for all */
    int64_t log_position; /* as known when the log had this size */
};

/* What is summed for a position: what was folded of postings before a day, and entries beside it. */
struct totals_moment {
    int32_t posting_end;    /* folded totals of postings before this day; INT32_MAX for all, the open ones with them */
    int64_t from_log_index; /* and the entries [from, before) */
    int64_t before_log_index; /* 0 where there are none */
};
LEDGER_MUST_CHECK ledger_status totals_find_moment(struct ledger_call *call, struct session *session,
                                                   const struct store_head *head, int64_t log_position,
                                                   struct totals_moment *ret_moment);

/* Calls the sink with parts of the totals: an account may come more than once, its parts add up. Inside a read unit. */
LEDGER_MUST_CHECK ledger_status totals_read(struct ledger_call *call, struct session *session,
                                            const struct store_head *head, const struct totals_query *query,
                                            struct total_sink sink);

/* The position of a request: the head where it is LEDGER_POSITION_HEAD. LEDGER_LOG_POSITION_IS_INVALID. */
LEDGER_MUST_CHECK ledger_status totals_position(struct ledger_call *call, const struct store_head *head,
                                                int64_t log_position, int64_t *ret_log_position);

/* One account's totals by day, within days of the calendar. */
struct totals_days_query {
    int64_t account_id;
    int32_t from_day;     /* transaction_day, from … */
    int32_t to_day;       /* … up to and including */
    bool takes_months;    /* what whole months have may be told at their first day */
    int64_t log_position; /* as known when the log had this size */
};

/* Calls the sink with the totals of days, in no order: a day may come more than once, its parts add up. What it costs
 * goes by the days that have totals, and where months may be told by the months. Inside a read unit. */
LEDGER_MUST_CHECK ledger_status totals_list_days(struct ledger_call *call, struct session *session,
                                                 const struct store_head *head, const struct totals_days_query *query,
                                                 struct day_total_sink sink);

#endif
