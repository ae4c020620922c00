/* Posting under the lock: totals kept within their limit, places given out, rows and deltas written in bulk. */
#include "engine/post_unit.h"

#include <string.h>

#include "base/int128.h"
#include "base/text.h"

static ledger_status totals_load(struct ledger_call *call, void *context, const struct ledger_balance *totals)
{
    struct total_deltas *table = context;
    LEDGER_TRY(total_deltas_reserve(call, &call->arena, table, table->count + 1));
    struct store_total_delta *delta = total_deltas_take(table, totals->account_id, 0);
    delta->totals.debit_total_minor += totals->debit_total_minor;
    delta->totals.credit_total_minor += totals->credit_total_minor;
    return LEDGER_DONE;
}

/* Adds a draft's entries to the totals; where one would pass the limit, takes back what it added and says which. */
static const struct ledger_entry_record *totals_add_draft(struct total_deltas *table, const struct draft *draft)
{
    for (uint32_t i = 0; i < draft->record.entries_count; i++) {
        const struct ledger_entry_record *entry = &draft->entries[i];
        int64_t *total = total_side(&total_deltas_take(table, entry->account_id, 0)->totals, entry->entry_type);
        if (*total > INT64_MAX - entry->amount_minor) {
            while (i-- > 0) {
                const struct ledger_entry_record *added = &draft->entries[i];
                *total_side(&total_deltas_take(table, added->account_id, 0)->totals, added->entry_type) -=
                    added->amount_minor;
            }
            return entry;
        }
        *total += entry->amount_minor;
    }
    return NULL;
}

/* The slow and exact way, for ledgers whose postings together come near the limit. */
static ledger_status totals_check_exactly(struct ledger_call *call, struct write_unit *unit,
                                          struct draft *const *drafts, size_t count)
{
    struct total_deltas table = {.count = 0};
    struct total_sink sink = {totals_load, &table};
    LEDGER_TRY(store_balance_sum(call, &unit->session->store, 0, sink));
    LEDGER_TRY(store_open_total_sum(call, &unit->session->store, STORE_TOTALS_ALL_DAYS_MIN, STORE_TOTALS_ALL_DAYS_MAX,
                                    0, sink));
    LEDGER_TRY(total_deltas_reserve(call, &call->arena, &table, table.count + drafts_entries_count(drafts, count)));
    for (size_t i = 0; i < count; i++) {
        const struct ledger_entry_record *entry =
            drafts[i]->status == LEDGER_DONE ? totals_add_draft(&table, drafts[i]) : NULL;
        if (entry != NULL) {
            drafts[i]->call->item_index = drafts[i]->item_index;
            drafts[i]->first_problem = ledger_call_problems_count(drafts[i]->call);
            ledger_call_add_problem(drafts[i]->call, LEDGER_TOTAL_IS_TOO_LARGE, entry->entry_number,
                                    "the %s of account %.*s would pass 92233720368547758.07",
                                    entry->entry_type == LEDGER_DEBIT ? "debits" : "credits",
                                    TEXT_ARGUMENTS(entry->account_code));
            drafts[i]->status = LEDGER_TOTAL_IS_TOO_LARGE;
        }
    }
    return LEDGER_DONE;
}

/* An upper bound of everything that these drafts add to any one total. */
static int128 drafts_sum(struct draft *const *drafts, size_t count, const struct total_sums *sums)
{
    int128 sum = 0;
    if (sums != NULL) {
        return sums->amount_sum_minor;
    }
    for (size_t i = 0; i < count; i++) {
        for (uint32_t e = 0; drafts[i]->status == LEDGER_DONE && e < drafts[i]->record.entries_count; e++) {
            sum += drafts[i]->entries[e].amount_minor;
        }
    }
    return sum;
}

bool post_unit_nears_limit(const struct write_unit *unit, struct draft *const *drafts, size_t count,
                           const struct total_sums *sums)
{
    return unit->head.amount_bound_minor + drafts_sum(drafts, count, sums) > INT64_MAX;
}

ledger_status post_unit_check_totals(struct ledger_call *call, struct write_unit *unit, struct draft *const *drafts,
                                     size_t count, const struct total_sums *sums)
{
    return post_unit_nears_limit(unit, drafts, count, sums) ? totals_check_exactly(call, unit, drafts, count)
                                                            : LEDGER_DONE;
}

/* A new posting day folds what the day before left open and begins its numbers at 1. */
static ledger_status unit_begin_day(struct ledger_call *call, struct write_unit *unit)
{
    int32_t posting_day = time_to_utc_day(unit->now_us);
    if (posting_day == unit->head.posting_day && unit->head.last_number > 0) {
        return LEDGER_DONE;
    }
    LEDGER_TRY(store_open_total_fold(call, &unit->session->store, unit->head.posting_day));
    unit->head.posting_day = posting_day;
    unit->head.last_number = 0;
    return store_posting_day_insert(call, &unit->session->store, posting_day, store_head_log_size(&unit->head));
}

static ledger_status unit_give_place(struct ledger_call *call, struct write_unit *unit, struct draft *draft)
{
    const struct draft_place place = {
        .log_index = store_head_log_size(&unit->head),
        .posting_date_us = unit->now_us,
        .number_in_day = ++unit->head.last_number,
    };
    draft_place(&unit->session->hasher, draft, &place);
    return write_unit_add_leaf(call, unit, &draft->leaf);
}

static void unit_raise_bound(struct write_unit *unit, struct draft *const *drafts, size_t count,
                             const struct total_sums *sums)
{
    int128 bound = unit->head.amount_bound_minor + drafts_sum(drafts, count, sums);
    unit->head.amount_bound_minor = bound > INT64_MAX ? INT64_MAX : (int64_t)bound;
}

static ledger_status unit_insert(struct ledger_call *call, struct write_unit *unit,
                                 const struct ledger_transaction_record *const *records, size_t count)
{
    LEDGER_TRY(store_transaction_insert(call, &unit->session->store, records, count));
    return segment_lists_add(call, &unit->session->lists, &unit->session->store, records, count);
}

ledger_status post_unit_add(struct ledger_call *call, struct write_unit *unit, struct draft *const *drafts,
                            size_t count, const struct total_sums *sums)
{
    if (count == 0) {
        return LEDGER_DONE;
    }
    const struct ledger_transaction_record **records = NULL;
    LEDGER_ALLOCATE(call, records, count);
    LEDGER_TRY(unit_begin_day(call, unit));
    unit_raise_bound(unit, drafts, count, sums);
    for (size_t i = 0; i < count; i++) {
        LEDGER_TRY(unit_give_place(call, unit, drafts[i]));
        records[i] = &drafts[i]->record;
    }
    LEDGER_TRY(unit_insert(call, unit, records, count));
    struct total_sums own_sums;
    if (sums == NULL) {
        LEDGER_TRY(total_sums_gather(call, drafts, count, &own_sums));
        sums = &own_sums;
    }
    return total_sums_write(call, unit, sums);
}

/* Those of one posting date: a total says when it was added to last. */
static ledger_status unit_restore_group(struct ledger_call *call, struct write_unit *unit, struct draft *const *drafts,
                                        size_t count)
{
    unit->now_us = drafts[0]->record.posting_date_us;
    LEDGER_TRY(unit_begin_day(call, unit));
    for (size_t i = 0; i < count; i++) {
        LEDGER_TRY(unit_give_place(call, unit, drafts[i]));
    }
    struct total_sums sums;
    LEDGER_TRY(total_sums_gather(call, drafts, count, &sums));
    return total_sums_write(call, unit, &sums);
}

ledger_status post_unit_restore(struct ledger_call *call, struct write_unit *unit, struct draft *const *drafts,
                                size_t count)
{
    const struct ledger_transaction_record **records = NULL;
    LEDGER_ALLOCATE(call, records, count);
    unit_raise_bound(unit, drafts, count, NULL);
    for (size_t begin = 0, end = 0; begin < count; begin = end) {
        int64_t posting_date_us = drafts[begin]->record.posting_date_us;
        for (; end < count && drafts[end]->record.posting_date_us == posting_date_us; end++) {
            records[end] = &drafts[end]->record;
        }
        LEDGER_TRY(unit_restore_group(call, unit, drafts + begin, end - begin));
    }
    return unit_insert(call, unit, records, count);
}

void post_unit_describe(const struct ledger_transaction_record *record, bool is_replayed,
                        struct ledger_posted *ret_posted)
{
    *ret_posted = (struct ledger_posted){
        .status = LEDGER_DONE,
        .replayed = is_replayed,
        .log_index = record->log_index,
        .posting_date_us = record->posting_date_us,
    };
    struct uuid id;
    memcpy(id.bytes, record->transaction_id, sizeof id.bytes);
    uuid_format(&id, ret_posted->transaction_id);
    ledger_transaction_number(record->posting_date_us, record->number_in_day, ret_posted->transaction_number);
    struct sha256_hash hash;
    memcpy(hash.bytes, record->transaction_hash, sizeof hash.bytes);
    sha256_format(&hash, ret_posted->transaction_hash);
    if (record->is_reversal) {
        memcpy(id.bytes, record->reverses_transaction_id, sizeof id.bytes);
        uuid_format(&id, ret_posted->original_transaction_id);
    }
}

void post_unit_add_key_problem(struct ledger_call *call, struct ledger_text idempotency_key, bool is_redacted)
{
    ledger_call_add_problem(call, LEDGER_IDEMPOTENCY_KEY_IS_TAKEN, 0, "idempotency_key \"%.*s\" was used for %s",
                            TEXT_ARGUMENTS(idempotency_key),
                            is_redacted ? "a transaction whose texts were redacted since: whether this is the same "
                                          "request cannot be told any more"
                                        : "another request");
}
