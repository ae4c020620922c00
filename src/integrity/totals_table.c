/* Sums of entries by account and days, in a table that splits where it has no room. See totals_state.h. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "integrity/verify_state.h"

enum { SLOTS_MIN = 16 };

static uint64_t totals_hash_account(int64_t account_id)
{
    uint64_t hash = (uint64_t)account_id * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 32;
}

static size_t totals_limit(size_t capacity)
{
    return capacity - capacity / 8;
}

static struct total_slot *totals_place(const struct totals_table *table, int64_t account_id, int32_t transaction_day,
                                       int32_t posting_day)
{
    uint64_t hash = totals_hash_account(account_id) ^
                    (uint64_t)(uint32_t)transaction_day * UINT64_C(0xc2b2ae3d27d4eb4f) ^
                    (uint64_t)(uint32_t)posting_day * UINT64_C(0x165667b19e3779f9);
    size_t place = (size_t)(hash ^ hash >> 29) & (table->capacity - 1);
    const struct total_slot *slots = table->slots;
    assert(slots != NULL);
    while (slots[place].account_id != 0 &&
           (slots[place].account_id != account_id || slots[place].transaction_day != transaction_day ||
            slots[place].posting_day != posting_day)) {
        place = (place + 1) & (table->capacity - 1);
    }
    return &table->slots[place];
}

static ledger_status table_make(struct verify *verify, size_t capacity, struct totals_table *ret_table)
{
    assert(capacity > 0);
    struct total_slot *slots = calloc(capacity, sizeof *slots);
    if (slots == NULL) {
        return ledger_fail_out_of_memory(verify->call);
    }
    *ret_table = (struct totals_table){.slots = slots, .capacity = capacity};
    return LEDGER_DONE;
}

/* Leaves a slot to a further pass, which finds it in the spill. */
static void totals_leave(struct verify *verify, struct totals_state *totals, const struct total_slot *slot)
{
    if (!totals->is_further_pass) {
        totals_spill_add(verify->call, &totals->spill, slot);
    }
}

/* Leaves the slots that are not of the part, in place: a second table would take as much memory as the first. From
 * behind a free place on, each of the others goes to the first free place of its own; none that it passes by becomes
 * free later. */
static void totals_keep_part(struct verify *verify, struct totals_state *totals)
{
    struct totals_table *table = &totals->table;
    size_t free_place = 0;
    while (table->slots[free_place].account_id != 0) {
        free_place++;
        assert(free_place < table->capacity);
    }
    table->count = 0;
    for (size_t i = 1; i < table->capacity; i++) {
        struct total_slot *place = &table->slots[(free_place + i) & (table->capacity - 1)];
        const struct total_slot slot = *place;
        place->account_id = 0;
        if (slot.account_id != 0 && totals_part_has(totals->part, slot.account_id)) {
            *totals_place(table, slot.account_id, slot.transaction_day, slot.posting_day) = slot;
            table->count++;
        } else if (slot.account_id != 0) {
            totals_leave(verify, totals, &slot);
        }
    }
}

static ledger_status totals_grow(struct verify *verify, struct totals_table *table)
{
    struct totals_table grown = {.slots = NULL};
    LEDGER_TRY(table_make(verify, table->capacity * 2, &grown));
    for (size_t i = 0; i < table->capacity; i++) {
        const struct total_slot *slot = &table->slots[i];
        if (slot->account_id != 0) {
            *totals_place(&grown, slot->account_id, slot->transaction_day, slot->posting_day) = *slot;
        }
    }
    grown.count = table->count;
    free(table->slots);
    *table = grown;
    return LEDGER_DONE;
}

static bool totals_can_split(const struct totals_state *totals)
{
    return totals->waiting_count < TOTALS_PARTS_MAX && totals->part.mask < INT32_MAX;
}

/* Leaves half of the accounts of the part to another pass. */
static void totals_split(struct totals_state *totals)
{
    int64_t bit = totals->part.mask + 1;
    totals->part.mask |= bit;
    struct store_account_part sibling = totals->part;
    sibling.ending |= bit;
    totals->waiting[totals->waiting_count++] = sibling;
}

/* The table is full: it grows as far as it may, and then leaves half of its accounts to another pass. That depends on
 * what it has to hold in all, not on the order in which that comes. */
static ledger_status totals_make_room(struct verify *verify, struct totals_state *totals)
{
    if (totals->table.capacity < totals->slots_max || !totals_can_split(totals)) { /* one account may have so many */
        return totals_grow(verify, &totals->table);
    }
    totals_split(totals);
    totals_keep_part(verify, totals);
    return LEDGER_DONE;
}

/* As large as the stored rows let expect, so that the table need not grow, which takes memory beside it: more of them
 * than it may have are split from the beginning, with some room for uneven halves. */
ledger_status totals_begin(struct verify *verify)
{
    struct totals_state *totals = &verify->totals;
    int64_t rows_count = 0;
    LEDGER_TRY(store_total_count(verify->call, verify->store, &rows_count));
    uint64_t rows_expected = rows_count < 0 ? 0 : (uint64_t)rows_count;
    size_t capacity = SLOTS_MIN;
    while (capacity < totals->slots_max && totals_limit(capacity) <= rows_expected) {
        capacity *= 2;
    }
    while (rows_expected > totals_limit(totals->slots_max) / 8 * 7 && totals_can_split(totals)) {
        totals_split(totals);
        rows_expected /= 2;
    }
    return table_make(verify, capacity, &totals->table);
}

ledger_status totals_begin_worker(struct verify *worker, struct verify *whole)
{
    worker->totals.whole = &whole->totals;
    return table_make(worker, TOTALS_WORKER_SLOTS, &worker->totals.table);
}

void totals_done(struct verify *verify)
{
    free(verify->totals.table.slots);
    verify->totals.table.slots = NULL;
    totals_spill_lose(&verify->totals.spill);
}

static void slot_add(struct total_slot *slot, const struct total_slot *added)
{
    slot->last_us = slot->entry_count == 0 || added->last_us > slot->last_us ? added->last_us : slot->last_us;
    if (slot->entry_count == SLOT_IS_BROKEN || added->entry_count == SLOT_IS_BROKEN ||
        __builtin_add_overflow(slot->debit_minor, added->debit_minor, &slot->debit_minor) ||
        __builtin_add_overflow(slot->credit_minor, added->credit_minor, &slot->credit_minor) ||
        __builtin_add_overflow(slot->entry_count, added->entry_count, &slot->entry_count)) {
        slot->entry_count = SLOT_IS_BROKEN;
    }
}

static struct total_slot *table_take(struct totals_table *table, struct total_slot *place, const struct total_slot *key)
{
    *place = (struct total_slot){
        .account_id = key->account_id, .transaction_day = key->transaction_day, .posting_day = key->posting_day};
    table->count++;
    return place;
}

ledger_status totals_add_slot(struct verify *verify, struct totals_state *totals, const struct total_slot *added)
{
    while (totals_part_has(totals->part, added->account_id)) {
        struct total_slot *slot =
            totals_place(&totals->table, added->account_id, added->transaction_day, added->posting_day);
        if (slot->account_id == 0 && totals->table.count >= totals_limit(totals->table.capacity)) {
            LEDGER_TRY(totals_make_room(verify, totals));
            continue;
        }
        slot_add(slot->account_id == 0 ? table_take(&totals->table, slot, added) : slot, added);
        return LEDGER_DONE;
    }
    totals_leave(verify, totals, added);
    return LEDGER_DONE;
}

ledger_status totals_put(struct verify *verify, const struct total_slot *slot)
{
    return slot->account_id == 0 ? LEDGER_DONE : totals_add_slot(verify, &verify->totals, slot);
}

ledger_status totals_flush(struct verify *worker)
{
    struct totals_table *table = &worker->totals.table;
    struct totals_state *whole = worker->totals.whole;
    ledger_status status = LEDGER_DONE;
    (void)pthread_mutex_lock(&whole->mutex);
    for (size_t i = 0; status == LEDGER_DONE && i < table->capacity; i++) {
        if (table->slots[i].account_id != 0) {
            status = totals_add_slot(worker, whole, &table->slots[i]);
        }
    }
    (void)pthread_mutex_unlock(&whole->mutex);
    memset(table->slots, 0, table->capacity * sizeof *table->slots);
    table->count = 0;
    return status;
}

static ledger_status totals_add_to_worker(struct verify *worker, const struct total_slot *added)
{
    struct totals_table *table = &worker->totals.table;
    struct total_slot *slot = totals_place(table, added->account_id, added->transaction_day, added->posting_day);
    if (slot->account_id == 0 && table->count >= totals_limit(table->capacity)) {
        LEDGER_TRY(totals_flush(worker));
        slot = totals_place(table, added->account_id, added->transaction_day, added->posting_day);
    }
    slot_add(slot->account_id == 0 ? table_take(table, slot, added) : slot, added);
    return LEDGER_DONE;
}

ledger_status totals_add(struct verify *verify, int32_t transaction_day, int64_t posting_date_us,
                         const struct ledger_entry_record *entry, struct verify_account *account)
{
    if (entry->account_id == 0) {
        return LEDGER_DONE;
    }
    bool is_debit = entry->entry_type == LEDGER_DEBIT;
    const struct total_slot added = {
        .account_id = entry->account_id,
        .transaction_day = transaction_day,
        .posting_day = time_to_utc_day(posting_date_us),
        .debit_minor = is_debit ? entry->amount_minor : 0,
        .credit_minor = is_debit ? 0 : entry->amount_minor,
        .entry_count = 1,
        .last_us = posting_date_us,
    };
    if (account != NULL && account->has_folded_us) {
        account->before_folded_count += posting_date_us < account->folded_us;
        account->up_to_folded_count += posting_date_us <= account->folded_us;
    }
    return verify->totals.whole == NULL ? totals_add_slot(verify, &verify->totals, &added)
                                        : totals_add_to_worker(verify, &added);
}

void totals_begin_pass(struct totals_state *totals)
{
    memset(totals->table.slots, 0, totals->table.capacity * sizeof *totals->table.slots);
    totals->table.count = 0;
}
