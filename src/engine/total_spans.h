/* Totals of all accounts by spans of days: what several balances, or the flows between them, are put together from.
 *
 * I1 However many spans there are, each row of what is kept is read once, and so is each entry of the posting day in
 *    which an earlier position lies. */
#ifndef LEDGER_ENGINE_TOTAL_SPANS_H
#define LEDGER_ENGINE_TOTAL_SPANS_H

#include "engine/session.h"

/* Span 0 has all that is dated up to and including days[0], span i what is dated behind days[i - 1] up to and including
 * days[i]. The days ascend, each once. */
struct total_spans {
    const int32_t *days;
    size_t count;
    int64_t log_position; /* as known when the log had this size */
};

/* The span of a day; `count` where it is behind the last one. */
size_t total_spans_find(const struct total_spans *spans, int32_t day);

/* An account may come more than once for a span, its parts add up. */
struct total_span_sink {
    ledger_status (*add)(struct ledger_call *call, void *context, size_t span, const struct ledger_balance *totals);
    void *context;
};

/* Inside a read unit. LEDGER_DATABASE_IS_DAMAGED, database outcomes. */
LEDGER_MUST_CHECK ledger_status total_spans_read(struct ledger_call *call, struct session *session,
                                                 const struct store_head *head, const struct total_spans *spans,
                                                 struct total_span_sink sink);

#endif
