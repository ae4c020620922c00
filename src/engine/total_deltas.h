/* What a unit adds to the totals: gathered by account and period, then written.
 *
 * I1 A unit of few days adds to the open totals, which costs one row for an account and day, and is folded later, with
 *    what others add. One that goes through many days would only pass through there: what is open is folded, and then
 *    its own are added to days, months and balances at once. Either way what was folded was posted before what is open.
 */
#ifndef LEDGER_ENGINE_TOTAL_DELTAS_H
#define LEDGER_ENGINE_TOTAL_DELTAS_H

#include "base/int128.h"
#include "engine/draft.h"
#include "engine/write_unit.h"

/* By account and period, in the order in which they came; all zeros is an empty one. The table of their places is in
 * open addressing: small, so that it is soon cleared and stays near the processor. */
struct total_deltas {
    struct store_total_delta *deltas;
    size_t count;
    size_t deltas_max;
    uint32_t *places;    /* 1 + the place of a delta; 0: free */
    size_t places_count; /* a power of two, at least twice as many as deltas there can be */
};

/* Makes room for so many in all, in memory of the arena. LEDGER_OUT_OF_MEMORY. */
LEDGER_MUST_CHECK ledger_status total_deltas_reserve(struct ledger_call *call, struct arena *arena,
                                                     struct total_deltas *deltas, size_t deltas_max);

/* That of an account and period: a new one of zeros where there was none. There is room for it. */
struct store_total_delta *total_deltas_take(struct total_deltas *deltas, int64_t account_id,
                                            int32_t transaction_period);

/* The side that an entry of a type adds to. */
int64_t *total_side(struct ledger_balance *totals, enum ledger_entry_type type);

/* How many entries the drafts have that nothing speaks against. */
size_t drafts_entries_count(struct draft *const *drafts, size_t count);

/* What drafts add, in the order in which it is written. */
struct total_sums {
    struct total_deltas days; /* sorted, no tables any more */
    struct total_deltas months;
    struct total_deltas balances;
    int128 amount_sum_minor; /* of all their entries: no total grows by more */
    bool is_of_many_days;    /* I1 */
    bool has_passed_limit;   /* a sum passes what a total may be: nothing here can be used */
};

/* Gathers it, of the drafts that nothing speaks against. LEDGER_OUT_OF_MEMORY. */
LEDGER_MUST_CHECK ledger_status total_sums_gather(struct ledger_call *call, struct draft *const *drafts, size_t count,
                                                  struct total_sums *ret_sums);

/* Adds it to the stored totals (I1). */
LEDGER_MUST_CHECK ledger_status total_sums_write(struct ledger_call *call, struct write_unit *unit,
                                                 const struct total_sums *sums);

#endif
