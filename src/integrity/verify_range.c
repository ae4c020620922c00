/* A range of the log: begun, looked at, and taken by the whole. See verify_range.h. */
#include "integrity/verify_range.h"

#include "base/text.h"

/* Hashes that are tried to find out what was altered: about two seconds, and half of one where there are many ranges.
 */
#define TRIALS_MAX INT64_C(4000000)
#define TRIALS_OF_MANY_MAX INT64_C(1000000)

enum { SUMS_MAX = 16 };

static int64_t range_first(const struct verify *whole)
{
    return whole->begin_log_index >> STORE_SEGMENT_BITS;
}

int64_t range_count(const struct verify *whole)
{
    int64_t first = range_first(whole);
    int64_t end = (whole->rows_end + RANGE_EVENTS - 1) >> STORE_SEGMENT_BITS;
    return end < first ? 0 : end - first;
}

int64_t range_begin(const struct verify *whole, int64_t range)
{
    int64_t begin = (range_first(whole) + range) << STORE_SEGMENT_BITS;
    return begin < whole->begin_log_index ? whole->begin_log_index : begin;
}

int64_t range_end(const struct verify *whole, int64_t range)
{
    int64_t end = (range_first(whole) + range + 1) << STORE_SEGMENT_BITS;
    return end > whole->log.log_size ? whole->log.log_size : end;
}

static ledger_status worker_copy_accounts(struct verify *worker, const struct verify *whole)
{
    LEDGER_ALLOCATE(worker->call, worker->accounts, whole->accounts_count + 1);
    worker->accounts_count = whole->accounts_count;
    worker->accounts_capacity = whole->accounts_count + 1;
    if (whole->accounts_count > 0) {
        memcpy(worker->accounts, whole->accounts, whole->accounts_count * sizeof *worker->accounts);
    }
    for (size_t i = 0; i < worker->accounts_count; i++) {
        worker->accounts[i].before_folded_count = 0;
        worker->accounts[i].up_to_folded_count = 0;
    }
    return LEDGER_DONE;
}

ledger_status range_worker_new(struct ledger_call *call, struct session *session, struct verify *whole,
                               struct verify **ret_worker)
{
    struct verify *worker = NULL;
    LEDGER_ALLOCATE(call, worker, 1);
    verify_init(worker, call, session, whole->options);
    worker->has_head = whole->has_head;
    worker->head = whole->head;
    worker->zone_is_known = whole->zone_is_known;
    worker->posting_days = whole->posting_days;
    worker->posting_days_count = whole->posting_days_count;
    worker->redactions = whole->redactions;
    worker->redactions_count = whole->redactions_count;
    worker->reads_derived = whole->reads_derived;
    worker->log.log_size = whole->log.log_size;
    worker->log.wanted = whole->log.wanted;
    worker->log.wanted_count = whole->log.wanted_count;
    worker->events_done = whole->events_done;
    ledger_status status = worker_copy_accounts(worker, whole);
    if (status == LEDGER_DONE) {
        status = totals_begin_worker(worker, whole);
    }
    if (status != LEDGER_DONE) {
        range_worker_done(worker);
        return status;
    }
    *ret_worker = worker;
    return LEDGER_DONE;
}

void range_worker_done(struct verify *worker)
{
    if (worker != NULL) {
        verify_done(worker);
    }
}

bool range_orders_agree(const struct verify_order *left, const struct verify_order *right)
{
    return left->has_posting == right->has_posting && left->posting_day == right->posting_day &&
           left->last_number == right->last_number && left->last_event_us == right->last_event_us &&
           left->posting_days_seen == right->posting_days_seen;
}

/* The instant of the event just before, where that is no posting. */
static ledger_status guess_event(struct verify *worker, int64_t log_index, struct verify_order *order)
{
    STORE_SCAN(scan);
    bool has_event = false;
    struct ledger_event_record event;
    LEDGER_TRY(store_event_scan(worker->call, worker->store, log_index, log_index + 1, &scan));
    LEDGER_TRY(store_event_next(worker->call, &scan, &has_event, &event));
    if (has_event) {
        order->last_event_us = event.event_timestamp_us;
    }
    return LEDGER_DONE;
}

ledger_status range_guess(struct verify *worker, int64_t from_log_index, struct verify_order *ret_order)
{
    struct verify_order order = {.last_event_us = INT64_MIN};
    int64_t previous_index = 0;
    int64_t posting_date_us = 0;
    if (from_log_index == 0) {
        *ret_order = order;
        return LEDGER_DONE;
    }
    LEDGER_TRY(store_transaction_previous(worker->call, worker->store, from_log_index, &order.has_posting,
                                          &previous_index, &posting_date_us, &order.last_number));
    if (order.has_posting) {
        order.posting_day = time_to_utc_day(posting_date_us);
        order.last_event_us = posting_date_us;
    } else {
        order.last_number = 0;
    }
    while (order.has_posting && order.posting_days_seen < worker->posting_days_count &&
           worker->posting_days[order.posting_days_seen].posting_day <= order.posting_day) {
        order.posting_days_seen++;
    }
    if (!order.has_posting || previous_index < from_log_index - 1) {
        LEDGER_TRY(guess_event(worker, from_log_index - 1, &order));
    }
    *ret_order = order;
    return LEDGER_DONE;
}

/* Everything that a range begins anew. */
static void worker_begin(struct verify *worker, int64_t from, int64_t before, const struct verify_order *begin,
                         struct range_result *result)
{
    arena_reset(&result->arena);
    worker->result_arena = &result->arena;
    worker->from_log_index = from;
    worker->before_log_index = before;
    worker->order = *begin;
    worker->sums = (struct verify_sums){.rule_events_count = 0};
    worker->corrections = NULL;
    worker->corrections_count = 0;
    worker->corrections_capacity = 0;
    worker->doubts = NULL;
    worker->doubts_count = 0;
    worker->doubts_capacity = 0;
    worker->trials_left = worker->log.log_size > RANGE_EVENTS ? TRIALS_OF_MANY_MAX : TRIALS_MAX;
    worker->sums_left = SUMS_MAX;
    arena_reset(&worker->rows);
    verify_lists_begin(worker, from >> STORE_SEGMENT_BITS);
}

static ledger_status worker_run(struct verify *worker, struct log_range *ret_log)
{
    int64_t from = worker->from_log_index;
    int64_t before = worker->before_log_index;
    LEDGER_TRY(log_begin_range(worker, worker->result_arena, from));
    LEDGER_TRY(verify_pass(worker));
    LEDGER_TRY(log_finish_range(worker, before, ret_log));
    if (before - from == RANGE_EVENTS) {
        LEDGER_TRY(verify_lists_compare(worker));
    }
    return worker->adds_totals ? totals_flush(worker) : LEDGER_DONE;
}

ledger_status range_run(struct verify *worker, int64_t from_log_index, int64_t before_log_index,
                        const struct verify_order *begin, bool adds_totals, struct range_result *result)
{
    worker->adds_totals = adds_totals;
    worker_begin(worker, from_log_index, before_log_index, begin, result);
    LEDGER_TRY(worker_run(worker, &result->log));
    result->end = worker->order;
    result->sums = worker->sums;
    result->corrections = worker->corrections;
    result->corrections_count = worker->corrections_count;
    result->doubts = worker->doubts;
    result->doubts_count = worker->doubts_count;
    return LEDGER_DONE;
}

ledger_status range_take_item(struct verify *whole, const struct verify_item *item)
{
    switch (item->kind) {
    case ITEM_VIOLATION:
        return verify_tell(whole, item->check, item->violation);
    case ITEM_FIRST_EVENT:
        return log_take_first_event(whole, item->log_index);
    case ITEM_FREEZING:
        whole->is_frozen = item->number != 0;
        return LEDGER_DONE;
    case ITEM_EPOCH:
        return verify_take_epoch(whole, item->log_index, item->number);
    }
    return LEDGER_DONE;
}

void verify_sums_add(struct verify_sums *sums, const struct verify_sums *added)
{
    for (size_t i = 0; i < CHECKS_COUNT; i++) {
        sums->checked_counts[i] += added->checked_counts[i];
    }
    sums->transactions_checked += added->transactions_checked;
    sums->rule_events_count += added->rule_events_count;
    sums->amounts_sum += added->amounts_sum;
    sums->amounts_are_unproven = sums->amounts_are_unproven || added->amounts_are_unproven;
    sums->derived_differs = sums->derived_differs || added->derived_differs;
    sums->entries_met += added->entries_met;
    sums->posting_events_met += added->posting_events_met;
}

ledger_status range_take(struct verify *whole, int64_t before_log_index, const struct range_result *result)
{
    verify_sums_add(&whole->sums, &result->sums);
    whole->order = result->end;
    LEDGER_TRY(log_take_range(whole, &result->log, before_log_index));
    for (size_t i = 0; i < result->corrections_count; i++) {
        LEDGER_TRY(verify_keep_correction(whole, &result->corrections[i]));
    }
    for (size_t i = 0; i < result->doubts_count; i++) {
        LEDGER_TRY(verify_check_reversal(whole, result->doubts[i]));
    }
    whole->segments_end = before_log_index >> STORE_SEGMENT_BITS;
    return LEDGER_DONE;
}

/* Both have the same accounts at the same places. */
void range_take_accounts(struct verify *whole, struct verify *worker)
{
    for (size_t i = 0; i < whole->accounts_count; i++) {
        whole->accounts[i].before_folded_count += worker->accounts[i].before_folded_count;
        whole->accounts[i].up_to_folded_count += worker->accounts[i].up_to_folded_count;
        worker->accounts[i].before_folded_count = 0;
        worker->accounts[i].up_to_folded_count = 0;
    }
}
