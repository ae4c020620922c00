/* Totals gathered in a hash table, and written in the order of their keys. See total_deltas.h. */
#include "engine/total_deltas.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"

/* A unit goes through many days when it has so many deltas, and half as many again as accounts: then most of them are
 * of days that are over in it. */
enum { DELTAS_OF_MANY_DAYS = 512 };

/* The place of a delta in the table, or the free one where it belongs. */
static uint32_t *deltas_place(const struct total_deltas *deltas, int64_t account_id, int32_t transaction_period)
{
    uint64_t key = (uint64_t)account_id * UINT64_C(0x9e3779b97f4a7c15) ^
                   (uint64_t)(uint32_t)transaction_period * UINT64_C(0xc2b2ae3d);
    size_t place = (size_t)(key ^ key >> 29) & (deltas->places_count - 1);
    while (deltas->places[place] != 0) {
        const struct store_total_delta *delta = &deltas->deltas[deltas->places[place] - 1];
        if (delta->totals.account_id == account_id && delta->transaction_period == transaction_period) {
            break;
        }
        place = (place + 1) & (deltas->places_count - 1);
    }
    return &deltas->places[place];
}

ledger_status total_deltas_reserve(struct ledger_call *call, struct arena *arena, struct total_deltas *deltas,
                                   size_t deltas_max)
{
    struct total_deltas grown = {.count = deltas->count, .deltas_max = deltas->deltas_max * 2, .places_count = 16};
    if (deltas_max <= deltas->deltas_max) {
        return LEDGER_DONE;
    }
    grown.deltas_max = grown.deltas_max < deltas_max ? deltas_max : grown.deltas_max;
    while (grown.places_count < grown.deltas_max * 2) {
        grown.places_count *= 2;
    }
    assert(grown.deltas_max < UINT32_MAX);
    grown.deltas = arena_reserve_array(arena, grown.deltas_max, sizeof *grown.deltas);
    grown.places = arena_allocate_array(arena, grown.places_count, sizeof *grown.places);
    if (grown.deltas == NULL || grown.places == NULL) {
        return ledger_fail_out_of_memory(call);
    }
    for (size_t i = 0; i < deltas->count; i++) {
        grown.deltas[i] = deltas->deltas[i];
        *deltas_place(&grown, grown.deltas[i].totals.account_id, grown.deltas[i].transaction_period) = (uint32_t)i + 1;
    }
    *deltas = grown;
    return LEDGER_DONE;
}

struct store_total_delta *total_deltas_take(struct total_deltas *deltas, int64_t account_id, int32_t transaction_period)
{
    uint32_t *place = deltas_place(deltas, account_id, transaction_period);
    if (*place == 0) {
        assert(deltas->count < deltas->deltas_max);
        deltas->deltas[deltas->count++] =
            (struct store_total_delta){.transaction_period = transaction_period, .totals.account_id = account_id};
        *place = (uint32_t)deltas->count;
    }
    return &deltas->deltas[*place - 1];
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

/* Keeps the deltas alone, in the order of the rows' key: neighbours share pages. */
static ledger_status total_deltas_sort(struct ledger_call *call, struct total_deltas *deltas)
{
    struct store_total_delta *sorted = NULL;
    LEDGER_RESERVE(call, sorted, deltas->count);
    if (deltas->count > 0) {
        memcpy(sorted, deltas->deltas, deltas->count * sizeof *sorted);
        qsort(sorted, deltas->count, sizeof *sorted, delta_compare);
    }
    *deltas = (struct total_deltas){.deltas = sorted, .count = deltas->count};
    return LEDGER_DONE;
}

size_t drafts_entries_count(struct draft *const *drafts, size_t count)
{
    size_t entries_count = 0;
    for (size_t i = 0; i < count; i++) {
        entries_count += drafts[i]->status == LEDGER_DONE ? drafts[i]->record.entries_count : 0;
    }
    return entries_count;
}

/* False where a total would pass its limit. */
static bool days_add_draft(struct total_deltas *days, const struct ledger_transaction_record *record,
                           int128 *amount_sum_minor)
{
    int128 debits_less_credits = 0;
    bool is_within = true;
    for (uint32_t i = 0; i < record->entries_count; i++) {
        const struct ledger_entry_record *entry = &record->entries[i];
        struct store_total_delta *delta = total_deltas_take(days, entry->account_id, record->transaction_day);
        int64_t *side = total_side(&delta->totals, entry->entry_type);
        is_within = !__builtin_add_overflow(*side, entry->amount_minor, side) && is_within;
        delta->totals.entry_count++;
        *amount_sum_minor += entry->amount_minor;
        debits_less_credits += entry->entry_type == LEDGER_DEBIT ? entry->amount_minor : -entry->amount_minor;
    }
    assert(debits_less_credits == 0);
    return is_within;
}

/* The same by account and month, or by account alone. */
static ledger_status total_deltas_sum(struct ledger_call *call, struct arena *arena, const struct total_deltas *days,
                                      bool by_month, struct total_deltas *ret_sums, bool *ret_has_passed_limit)
{
    *ret_sums = (struct total_deltas){.count = 0};
    LEDGER_TRY(total_deltas_reserve(call, arena, ret_sums, days->count));
    for (size_t i = 0; i < days->count; i++) {
        const struct store_total_delta *day = &days->deltas[i];
        int32_t period = by_month ? day_to_month(day->transaction_period) : 0;
        struct ledger_balance *sum = &total_deltas_take(ret_sums, day->totals.account_id, period)->totals;
        bool debit_passes =
            __builtin_add_overflow(sum->debit_total_minor, day->totals.debit_total_minor, &sum->debit_total_minor);
        bool credit_passes =
            __builtin_add_overflow(sum->credit_total_minor, day->totals.credit_total_minor, &sum->credit_total_minor);
        *ret_has_passed_limit = *ret_has_passed_limit || debit_passes || credit_passes;
        sum->entry_count += day->totals.entry_count;
    }
    return total_deltas_sort(call, ret_sums);
}

/* The tables are large, and gone at the end. */
static ledger_status sums_gather(struct ledger_call *call, struct arena *arena, struct draft *const *drafts,
                                 size_t count, struct total_sums *ret_sums)
{
    struct total_sums sums = {.is_of_many_days = false};
    LEDGER_TRY(total_deltas_reserve(call, arena, &sums.days, drafts_entries_count(drafts, count)));
    for (size_t i = 0; i < count; i++) {
        if (drafts[i]->status == LEDGER_DONE &&
            !days_add_draft(&sums.days, &drafts[i]->record, &sums.amount_sum_minor)) {
            sums.has_passed_limit = true;
        }
    }
    LEDGER_TRY(total_deltas_sort(call, &sums.days));
    if (sums.days.count >= DELTAS_OF_MANY_DAYS) {
        LEDGER_TRY(total_deltas_sum(call, arena, &sums.days, false, &sums.balances, &sums.has_passed_limit));
        sums.is_of_many_days = sums.days.count >= sums.balances.count + sums.balances.count / 2;
    }
    if (sums.is_of_many_days) {
        LEDGER_TRY(total_deltas_sum(call, arena, &sums.days, true, &sums.months, &sums.has_passed_limit));
    }
    *ret_sums = sums;
    return LEDGER_DONE;
}

ledger_status total_sums_gather(struct ledger_call *call, struct draft *const *drafts, size_t count,
                                struct total_sums *ret_sums)
{
    struct arena tables;
    arena_init(&tables);
    ledger_status status = sums_gather(call, &tables, drafts, count, ret_sums);
    arena_done(&tables);
    return status;
}

/* What stands in the open totals goes first. */
static ledger_status sums_write_folded(struct ledger_call *call, struct write_unit *unit, const struct total_sums *sums)
{
    struct store *store = &unit->session->store;
    int32_t posting_day = unit->head.posting_day;
    int64_t last_log_index = store_head_log_size(&unit->head) - 1;
    int64_t open_count = 0;
    LEDGER_TRY(store_open_total_count(call, store, &open_count));
    if (open_count > 0) {
        LEDGER_TRY(store_open_total_fold(call, store, posting_day));
    }
    LEDGER_TRY(store_total_add(call, store, STORE_TOTAL_BALANCE, sums->balances.deltas, sums->balances.count, 0,
                               last_log_index));
    LEDGER_TRY(store_total_add(call, store, STORE_TOTAL_DAY, sums->days.deltas, sums->days.count, posting_day, 0));
    return store_total_add(call, store, STORE_TOTAL_MONTH, sums->months.deltas, sums->months.count,
                           day_to_month(posting_day), 0);
}

ledger_status total_sums_write(struct ledger_call *call, struct write_unit *unit, const struct total_sums *sums)
{
    assert(!sums->has_passed_limit);
    return sums->is_of_many_days ? sums_write_folded(call, unit, sums)
                                 : store_total_add(call, &unit->session->store, STORE_TOTAL_OPEN, sums->days.deltas,
                                                   sums->days.count, 0, store_head_log_size(&unit->head) - 1);
}
