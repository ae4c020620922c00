/* The log of a ledger written into another database. */
#include "engine/restore.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "domain/redaction_mark.h"
#include "engine/post_unit.h"

static int64_t fixed_now_us(void *context)
{
    return *(const int64_t *)context;
}

static ledger_status restore_create(struct ledger_call *call, struct session *session)
{
    struct store_head head = {.epoch = 1, .rules_version = 1};
    merkle_frontier_init(&head.frontier);
    LEDGER_TRY(session->store.driver->operations->create_schema(call, session->store.driver));
    LEDGER_TRY(store_head_insert(call, &session->store, &head));
    return store_commit(call, &session->store);
}

ledger_status restore_begin(struct ledger_call *call, struct ledger *ledger, int64_t applied_at_us)
{
    SESSION_TAKE(call, ledger, session);
    int64_t (*now_us)(void *) = call->now_us;
    void *now_context = call->now_context;
    call->now_us = fixed_now_us;
    call->now_context = &applied_at_us;
    ledger_status status = restore_create(call, session);
    call->now_us = now_us;
    call->now_context = now_context;
    if (status != LEDGER_DONE) {
        store_rollback(&session->store);
    }
    return status;
}

ledger_status restore_look(struct ledger_call *call, struct ledger *ledger, struct ledger_text *ret_applied_at,
                           struct store_head *ret_head)
{
    SESSION_TAKE(call, ledger, session);
    READ_UNIT(reading);
    int64_t settings_count = 0;
    LEDGER_TRY(store_begin(call, &session->store, UNIT_READ));
    reading.store = &session->store;
    LEDGER_TRY(store_settings_count(call, &session->store, &settings_count));
    if (settings_count > 0) {
        return ledger_fail(call, LEDGER_EXISTS_ALREADY,
                           "the ledger in the database is whole: there is no import to go on with");
    }
    LEDGER_TRY(store_migration_applied_at(call, &session->store, ret_applied_at));
    return store_head_get(call, &session->store, ret_head);
}

struct restore_batch {
    const char *source_name;
    struct restored *items;
    size_t count;
};

/* The position of a reversal's original: of this batch, or of one that was written before. */
static ledger_status restore_find_original(struct ledger_call *call, struct write_unit *unit,
                                           const struct restore_batch *batch, size_t place)
{
    struct ledger_transaction_record *reversal = &batch->items[place].draft.record;
    bool is_found = false;
    bool is_reversed = false;
    struct ledger_transaction_record other;
    for (size_t i = place; i-- > 0 && !is_reversed;) {
        const struct ledger_transaction_record *record = &batch->items[i].draft.record;
        if (batch->items[i].kind != RESTORED_POSTING) {
            continue;
        }
        is_reversed = record->is_reversal &&
                      memcmp(record->reverses_transaction_id, reversal->reverses_transaction_id, UUID_SIZE) == 0;
        if (memcmp(record->transaction_id, reversal->reverses_transaction_id, UUID_SIZE) == 0) {
            reversal->reverses_log_index = record->log_index;
            return LEDGER_DONE; /* whatever reversed it would stand between the two */
        }
    }
    LEDGER_TRY(store_transaction_find_by_id(call, &unit->session->store, reversal->reverses_transaction_id, &is_found,
                                            &reversal->reverses_log_index));
    if (is_found && !is_reversed) {
        LEDGER_TRY(
            store_reversal_find(call, &unit->session->store, reversal->reverses_log_index, &is_reversed, &other));
    }
    return is_found && !is_reversed
               ? LEDGER_DONE
               : ledger_fail(call, LEDGER_INPUT_IS_MALFORMED, "%s line %" PRIu64 ": reverses_transaction_id names %s",
                             batch->source_name, batch->items[place].line,
                             is_reversed ? "a transaction that is reversed already" : "no transaction before it");
}

static ledger_status restore_check_totals(struct ledger_call *call, struct write_unit *unit,
                                          const struct restore_batch *batch, size_t begin, struct draft *const *drafts,
                                          size_t count)
{
    size_t problems_before = ledger_call_problems_count(call);
    LEDGER_TRY(post_unit_check_totals(call, unit, drafts, count, NULL));
    for (size_t i = 0; i < count; i++) {
        if (drafts[i]->status != LEDGER_DONE) {
            ledger_call_drop_problems(call, problems_before);
            return ledger_fail(call, LEDGER_INPUT_IS_MALFORMED,
                               "%s line %" PRIu64 ": amount: a total of an account would pass 92233720368547758.07",
                               batch->source_name, batch->items[begin + i].line);
        }
    }
    return LEDGER_DONE;
}

/* How many postings stand together from `begin` on. */
static size_t restore_run(const struct restore_batch *batch, size_t begin)
{
    size_t end = begin + 1;
    while (end < batch->count && batch->items[end].kind == RESTORED_POSTING) {
        end++;
    }
    return end - begin;
}

static ledger_status restore_postings(struct ledger_call *call, struct write_unit *unit, struct restore_batch *batch,
                                      size_t begin, size_t count)
{
    struct draft **drafts = NULL;
    LEDGER_ALLOCATE(call, drafts, count);
    for (size_t i = 0; i < count; i++) {
        struct restored *item = &batch->items[begin + i];
        item->draft.call = call;
        item->draft.status = LEDGER_DONE;
        drafts[i] = &item->draft;
        if (item->draft.record.is_reversal) {
            LEDGER_TRY(restore_find_original(call, unit, batch, begin + i));
        }
    }
    LEDGER_TRY(restore_check_totals(call, unit, batch, begin, drafts, count));
    return post_unit_restore(call, unit, drafts, count);
}

static ledger_status restore_account(struct ledger_call *call, struct write_unit *unit, struct restored *item)
{
    struct store *store = &unit->session->store;
    if (item->account.version == 1) {
        LEDGER_TRY(store_account_insert(call, store, &item->account));
    }
    return store_account_version_insert(call, store, &item->account, item->event.log_index,
                                        item->event.event_timestamp_us, item->event.user_id);
}

/* The event stands in the log already, and so does the transaction: with the marks that it is to have. */
static ledger_status restore_redaction(struct ledger_call *call, struct write_unit *unit, const struct restored *item)
{
    struct store *store = &unit->session->store;
    bool is_found = false;
    struct store_redaction redaction = {.log_index = item->event.log_index, .texts_hash = item->texts_hash};
    struct ledger_transaction_record transaction;
    LEDGER_TRY(store_transaction_find_by_id(call, store, item->event.transaction_id, &is_found,
                                            &redaction.transaction_log_index));
    if (is_found) {
        LEDGER_TRY(store_transaction_get(call, store, redaction.transaction_log_index, &is_found, &transaction));
    }
    if (!is_found) {
        return ledger_fail(call, LEDGER_DATABASE_IS_DAMAGED, "a transaction is missing that was restored before");
    }
    char mark[REDACTION_MARK_SIZE];
    redaction_mark_format(item->event.event_timestamp_us, item->event.log_index, mark);
    return store_redaction_insert(call, store, &redaction, &transaction, ledger_text_of(mark));
}

static ledger_status restore_event(struct ledger_call *call, struct write_unit *unit, struct restored *item)
{
    struct store *store = &unit->session->store;
    unit->now_us = item->event.event_timestamp_us;
    LEDGER_TRY(store_event_insert(call, store, &item->event, 1));
    LEDGER_TRY(write_unit_add_leaf(call, unit, &item->leaf));
    switch (item->kind) {
    case RESTORED_ACCOUNT:
        unit->head.rules_version++;
        return restore_account(call, unit, item);
    case RESTORED_PERIOD:
        unit->head.rules_version++;
        return store_period_insert(call, store, &item->period);
    case RESTORED_APPROVAL:
        unit->head.rules_version++;
        return store_approval_insert(call, store, &item->approval);
    case RESTORED_REDACTION:
        return restore_redaction(call, unit, item);
    case RESTORED_FREEZE:
        unit->head.rules_version++;
        unit->head.is_frozen = item->is_frozen;
        return LEDGER_DONE;
    case RESTORED_EPOCH:
        unit->head.epoch = item->epoch;
        return LEDGER_DONE;
    case RESTORED_EVENT:
    case RESTORED_POSTING:
        break;
    }
    return LEDGER_DONE;
}

static ledger_status restore_body(struct ledger_call *call, struct write_unit *unit, void *context)
{
    struct restore_batch *batch = context;
    if (store_head_log_size(&unit->head) != restored_log_index(&batch->items[0])) {
        return ledger_fail(call, LEDGER_DATABASE_IS_BUSY,
                           "another import writes into the same database: the log has %lld events, not %lld",
                           (long long)store_head_log_size(&unit->head),
                           (long long)restored_log_index(&batch->items[0]));
    }
    for (size_t i = 0; i < batch->count;) {
        bool is_posting = batch->items[i].kind == RESTORED_POSTING;
        size_t count = is_posting ? restore_run(batch, i) : 1;
        LEDGER_TRY(is_posting ? restore_postings(call, unit, batch, i, count)
                              : restore_event(call, unit, &batch->items[i]));
        i += count;
    }
    for (size_t i = 0; i < batch->count; i++) {
        if (batch->items[i].has_checkpoint) {
            LEDGER_TRY(store_checkpoint_insert(call, &unit->session->store, &batch->items[i].checkpoint));
        }
    }
    return LEDGER_DONE;
}

ledger_status restore_write(struct ledger_call *call, struct ledger *ledger, const char *source_name,
                            struct restored *items, size_t count)
{
    SESSION_TAKE(call, ledger, session);
    struct restore_batch batch = {source_name, items, count};
    return write_unit_run_by_any_clock(call, session, restore_body, &batch);
}

struct restore_end {
    const struct ledger_settings *settings;
    int64_t log_size;
};

/* A reason that is a mark was erased by an event that came behind it. */
static ledger_status restore_check_reasons(struct ledger_call *call, struct store *store)
{
    struct store_approval_change *changes = NULL;
    size_t count = 0;
    LEDGER_TRY(store_approval_list(call, store, &changes, &count));
    for (size_t i = 0; i < count; i++) {
        if (redaction_mark_begins(changes[i].reason) && !changes[i].reason_is_redacted) {
            return ledger_fail(call, LEDGER_INPUT_IS_MALFORMED,
                               "the reason of the request at log position %lld is the mark of a redaction, but no "
                               "event erased it",
                               (long long)changes[i].log_index);
        }
    }
    return LEDGER_DONE;
}

static ledger_status restore_end_body(struct ledger_call *call, struct write_unit *unit, void *context)
{
    const struct restore_end *end = context;
    int64_t settings_count = 0;
    if (store_head_log_size(&unit->head) != end->log_size) {
        return ledger_fail(call, LEDGER_DATABASE_IS_BUSY, "another import writes into the same database");
    }
    LEDGER_TRY(store_settings_count(call, &unit->session->store, &settings_count));
    if (settings_count > 0) {
        return LEDGER_DONE; /* by an attempt whose outcome was not known */
    }
    LEDGER_TRY(restore_check_reasons(call, &unit->session->store));
    unit->has_rows = true;
    return store_settings_insert(call, &unit->session->store, end->settings);
}

ledger_status restore_finish(struct ledger_call *call, struct ledger *ledger, int64_t log_size)
{
    SESSION_TAKE(call, ledger, session);
    struct restore_end end = {&ledger->settings, log_size};
    return write_unit_run_by_any_clock(call, session, restore_end_body, &end);
}
