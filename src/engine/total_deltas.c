/* Totals gathered in a hash table, and written in the order of their keys. See total_deltas.h. */
#include "engine/total_deltas.h"

#include <assert.h>
#include <stdlib.h>

#include "base/time.h"

/* A unit goes through many days when it has so many deltas, and half as many again as accounts: then most of them are
 * of days that are over in it. */
enum { DELTAS_OF_MANY_DAYS = 512 };

ledger_status total_deltas_init(struct ledger_call *call, size_t deltas_max, struct total_deltas *deltas)
{
    *deltas = (struct total_deltas){.capacity = 16};
    while (deltas->capacity < deltas_max * 2) {
        deltas->capacity *= 2;
    }
    LEDGER_ALLOCATE(call, deltas->deltas, deltas->capacity);
    return LEDGER_DONE;
}

struct store_total_delta *total_deltas_take(struct total_deltas *deltas, int64_t account_id, int32_t transaction_period)
{
    uint64_t key = (uint64_t)account_id * UINT64_C(0x9e3779b97f4a7c15) ^
                   (uint64_t)(uint32_t)transaction_period * UINT64_C(0xc2b2ae3d);
    size_t place = (size_t)(key ^ key >> 29) & (deltas->capacity - 1);
    for (;; place = (place + 1) & (deltas->capacity - 1)) {
        struct store_total_delta *delta = &deltas->deltas[place];
        if (delta->totals.account_id == 0) {
            delta->totals.account_id = account_id;
            delta->transaction_period = transaction_period;
            deltas->count++;
            return delta;
        }
        if (delta->totals.account_id == account_id && delta->transaction_period == transaction_period) {
            return delta;
        }
    }
}

int64_t *total_side(struct ledger_balance *totals, enum ledger_entry_type type)
{
    return type == LEDGER_DEBIT ? &totals->debit_total_minor : &totals->credit_total_minor;
}

static int delta_compare(const void *left, const void *right)
{
    const struct store_total_delta *left_delta = left;
    const struct store_total_delta *right_delta = right;
    if (left_delta->transaction_period != right_delta->transaction_period) {
        return left_delta->transaction_period < right_delta->transaction_period ? -1 : 1;
    }
    return left_delta->totals.account_id < right_delta->totals.account_id
               ? -1
               : left_delta->totals.account_id > right_delta->totals.account_id;
}

/* Moves the places in use to the front, in the order of the rows' key: neighbours share pages. */
static void total_deltas_sort(struct total_deltas *deltas)
{
    size_t count = 0;
    for (size_t i = 0; i < deltas->capacity; i++) {
        if (deltas->deltas[i].totals.account_id != 0) {
            deltas->deltas[count++] = deltas->deltas[i];
        }
    }
    assert(count == deltas->count);
    qsort(deltas->deltas, count, sizeof *deltas->deltas, delta_compare);
}

/* The same by account and month, or by account alone. */
static ledger_status total_deltas_sum(struct ledger_call *call, const struct total_deltas *days, bool by_month,
                                      struct total_deltas *ret_sums)
{
    LEDGER_TRY(total_deltas_init(call, days->count, ret_sums));
    for (size_t i = 0; i < days->count; i++) {
        const struct store_total_delta *day = &days->deltas[i];
        int32_t period = by_month ? day_to_month(day->transaction_period) : 0;
        struct store_total_delta *sum = total_deltas_take(ret_sums, day->totals.account_id, period);
        sum->totals.debit_total_minor += day->totals.debit_total_minor;
        sum->totals.credit_total_minor += day->totals.credit_total_minor;
        sum->totals.entry_count += day->totals.entry_count;
    }
    total_deltas_sort(ret_sums);
    return LEDGER_DONE;
}

/* What stands in the open totals goes first. */
static ledger_status deltas_write_folded(struct ledger_call *call, struct write_unit *unit,
                                         const struct total_deltas *days, const struct total_deltas *balances)
{
    struct store *store = &unit->session->store;
    int32_t posting_day = unit->head.posting_day;
    int64_t last_log_index = store_head_log_size(&unit->head) - 1;
    int64_t open_count = 0;
    struct total_deltas months;
    LEDGER_TRY(store_open_total_count(call, store, &open_count));
    if (open_count > 0) {
        LEDGER_TRY(store_open_total_fold(call, store, posting_day));
    }
    LEDGER_TRY(total_deltas_sum(call, days, true, &months));
    LEDGER_TRY(store_total_add(call, store, STORE_TOTAL_BALANCE, balances->deltas, balances->count, 0, last_log_index));
    LEDGER_TRY(store_total_add(call, store, STORE_TOTAL_DAY, days->deltas, days->count, posting_day, 0));
    return store_total_add(call, store, STORE_TOTAL_MONTH, months.deltas, months.count, day_to_month(posting_day), 0);
}

ledger_status total_deltas_write(struct ledger_call *call, struct write_unit *unit, struct total_deltas *deltas)
{
    total_deltas_sort(deltas);
    if (deltas->count >= DELTAS_OF_MANY_DAYS) {
        struct total_deltas balances;
        LEDGER_TRY(total_deltas_sum(call, deltas, false, &balances));
        if (deltas->count >= balances.count + balances.count / 2) {
            return deltas_write_folded(call, unit, deltas, &balances);
        }
    }
    return store_total_add(call, &unit->session->store, STORE_TOTAL_OPEN, deltas->deltas, deltas->count, 0,
                           store_head_log_size(&unit->head) - 1);
}
