/* One request: prepared, decided, its refusals recorded, described. */
#include "engine/batch.h"

#include <string.h>

#include "base/text.h"
#include "base/time.h"
#include "engine/refusal.h"

/* A posting date that is so little older than its commit misleads nobody. */
#define INSTANT_AGE_US_MAX INT64_C(1000000)

ledger_status batch_init(struct ledger *ledger, struct batch *batch)
{
    struct ledger_call *call = batch->call;
    LEDGER_RESERVE(call, batch->drafts, batch->count);
    LEDGER_ALLOCATE(call, batch->prepared, batch->count);
    LEDGER_RESERVE(call, batch->accepted, batch->count);
    LEDGER_ALLOCATE(call, batch->twins, batch->count);
    batch->keys_capacity = 2;
    while (batch->keys_capacity < batch->count * 2) {
        batch->keys_capacity *= 2;
    }
    LEDGER_ALLOCATE(call, batch->keys, batch->keys_capacity);
    LEDGER_TRY(draft_init(call, ledger, batch->drafts, batch->count));
    batch->now_us = ledger_call_now_us(call);
    batch->problems_base = ledger_call_problems_count(call);
    batch->problems_prepared = batch->problems_base;
    return LEDGER_DONE;
}

ledger_status batch_prepare(struct session *session, struct batch *batch, bool alone)
{
    ledger_call_drop_problems(batch->call, batch->problems_base);
    batch->sums_count = 0;
    for (size_t i = 0; i < batch->count; i++) {
        LEDGER_TRY(draft_prepare(batch->call, session, &batch->postings[i], batch->now_us, &batch->drafts[i]));
        batch->prepared[i] = batch->drafts[i].status;
    }
    draft_hash(session, batch->drafts, batch->count, alone);
    batch->problems_prepared = ledger_call_problems_count(batch->call);
    batch->rules_version = session->rules.rules_version;
    return LEDGER_DONE;
}

ledger_status batch_prepare_early(struct session *session, struct batch *batch, bool alone)
{
    LEDGER_TRY(session_load_rules(batch->call, session));
    LEDGER_TRY(batch_prepare(session, batch, alone));
    batch->session = session;
    batch->leading_session = batch->leading_session == NULL ? session : batch->leading_session;
    return LEDGER_DONE;
}

void batch_guess_places(struct session *session, struct batch *batch, const struct log_end *end)
{
    struct draft_place place = {
        .log_index = end->log_size,
        .posting_date_us = batch->now_us,
        .number_in_day = end->last_number + 1,
    };
    if (time_to_utc_day(batch->now_us) != end->posting_day) {
        return; /* the numbers begin anew */
    }
    for (size_t i = 0; i < batch->count; i++) {
        if (batch->prepared[i] == LEDGER_DONE) {
            draft_place(&session->hasher, &batch->drafts[i], &place);
            place.log_index++;
            place.number_in_day++;
        }
    }
}

ledger_status batch_gather_sums(struct batch *batch)
{
    struct draft **drafts = batch->accepted; /* not in use yet */
    for (size_t i = 0; i < batch->count; i++) {
        drafts[i] = &batch->drafts[i];
        batch->sums_count += batch->prepared[i] == LEDGER_DONE ? 1 : 0;
    }
    LEDGER_TRY(total_sums_gather(batch->call, drafts, batch->count, &batch->sums));
    batch->sums_count = batch->sums.has_passed_limit ? 0 : batch->sums_count;
    return LEDGER_DONE;
}

/* The accepted are among those that were good before. */
const struct total_sums *batch_sums(const struct batch *batch)
{
    return batch->sums_count > 0 && batch->sums_count == batch->accepted_count ? &batch->sums : NULL;
}

void batch_take_instant(const struct batch *batch, struct write_unit *unit)
{
    bool is_recent = batch->now_us <= unit->now_us && unit->now_us - batch->now_us <= INSTANT_AGE_US_MAX;
    if (batch->is_of_its_instant && is_recent && batch->now_us >= unit->head.last_posting_date_us) {
        unit->now_us = batch->now_us;
    }
}

static void draft_refuse(struct draft *draft, ledger_status status)
{
    if (draft->status == LEDGER_DONE) {
        draft->first_problem = ledger_call_problems_count(draft->call) - 1;
    }
    draft->status = status;
}

/* The place of a key among the accepted: its draft's, or a free one. */
static struct draft **batch_key_place(const struct batch *batch, struct ledger_text key)
{
    size_t place = (size_t)text_hash(key) & (batch->keys_capacity - 1);
    while (batch->keys[place] != NULL && !text_equals(batch->keys[place]->record.idempotency_key, key)) {
        place = (place + 1) & (batch->keys_capacity - 1);
    }
    return &batch->keys[place];
}

static void batch_accept(struct batch *batch, struct draft *draft)
{
    batch->accepted[batch->accepted_count++] = draft;
    if (draft->has_fingerprint) {
        *batch_key_place(batch, draft->record.idempotency_key) = draft;
    }
}

static void batch_refuse_key(struct batch *batch, struct draft *draft, bool is_redacted)
{
    batch->call->item_index = draft->item_index;
    post_unit_add_key_problem(batch->call, draft->record.idempotency_key, is_redacted);
    draft_refuse(draft, LEDGER_IDEMPOTENCY_KEY_IS_TAKEN);
}

/* The item whose result this one repeats, and whether the key stands for another request: the fingerprint of this one
 * is made again with the salt of the other. */
static ledger_status batch_check_key(struct ledger_call *call, struct session *session, struct batch *batch,
                                     size_t item, bool *ret_is_replayed)
{
    struct draft *draft = &batch->drafts[item];
    const struct draft *twin = *batch_key_place(batch, draft->record.idempotency_key);
    bool is_found = twin != NULL;
    struct store_keyed_transaction keyed = {.is_redacted = false};
    if (twin != NULL) {
        memcpy(keyed.fingerprint.bytes, twin->record.idempotency_fingerprint, sizeof keyed.fingerprint.bytes);
        memcpy(keyed.texts_salt, twin->record.texts_salt, sizeof keyed.texts_salt);
    } else {
        LEDGER_TRY(store_transaction_find_by_key(call, &session->store, draft->record.idempotency_key,
                                                 draft->record.source_system, &is_found, &keyed));
    }
    *ret_is_replayed = false;
    batch->twins[item] = twin;
    if (!is_found) {
        return LEDGER_DONE;
    }
    struct sha256_hash fingerprint =
        record_posting_fingerprint(&session->hasher, keyed.texts_salt, &batch->postings[item], draft->entries);
    if (keyed.is_redacted || memcmp(&fingerprint, &keyed.fingerprint, sizeof fingerprint) != 0) {
        batch_refuse_key(batch, draft, keyed.is_redacted);
        return LEDGER_DONE;
    }
    *ret_is_replayed = true;
    if (twin == NULL) {
        struct ledger_transaction_record record;
        LEDGER_TRY(store_transaction_get(call, &session->store, keyed.log_index, &is_found, &record));
        post_unit_describe(&record, true, &batch->posted[item]);
    }
    return LEDGER_DONE;
}

static void batch_refuse_frozen(struct batch *batch, struct draft *draft, struct ledger_text freeze_fault)
{
    batch->call->item_index = draft->item_index;
    ledger_call_add_problem(batch->call, LEDGER_IS_FROZEN, 0, "%.*s", TEXT_ARGUMENTS(freeze_fault));
    draft_refuse(draft, LEDGER_IS_FROZEN);
}

/* Repeated, refused or accepted. */
static ledger_status batch_decide_item(struct ledger_call *call, struct write_unit *unit, struct batch *batch,
                                       size_t item, struct ledger_text freeze_fault)
{
    struct draft *draft = &batch->drafts[item];
    bool is_replayed = false;
    draft->status = batch->prepared[item];
    batch->posted[item] = (struct ledger_posted){.status = LEDGER_DONE};
    batch->twins[item] = NULL;
    if (draft->has_fingerprint) {
        LEDGER_TRY(batch_check_key(call, unit->session, batch, item, &is_replayed));
    }
    if (is_replayed) {
        draft->status = LEDGER_DONE;
        return LEDGER_DONE;
    }
    if (!text_is_absent(freeze_fault)) {
        batch_refuse_frozen(batch, draft, freeze_fault);
    }
    if (draft->status == LEDGER_DONE) {
        batch_accept(batch, draft);
    }
    return LEDGER_DONE;
}

/* Refuses what else would be posted. */
static void batch_refuse_by_clock(struct batch *batch, struct ledger_text clock_fault)
{
    for (size_t i = 0; i < batch->accepted_count; i++) {
        struct draft *draft = batch->accepted[i];
        batch->call->item_index = draft->item_index;
        ledger_call_add_problem(batch->call, LEDGER_CLOCK_IS_WRONG, 0, "%.*s", TEXT_ARGUMENTS(clock_fault));
        draft_refuse(draft, LEDGER_CLOCK_IS_WRONG);
    }
    batch->accepted_count = 0;
}

ledger_status batch_decide(struct ledger_call *call, struct write_unit *unit, struct batch *batch,
                           const struct posting_faults *faults)
{
    ledger_call_drop_problems(batch->call, batch->problems_prepared);
    batch->is_judged = true;
    batch->accepted_count = 0;
    memset(batch->keys, 0, batch->keys_capacity * sizeof(struct draft *));
    for (size_t i = 0; i < batch->count; i++) {
        LEDGER_TRY(batch_decide_item(call, unit, batch, i, faults->freeze));
    }
    if (!text_is_absent(faults->clock)) {
        batch_refuse_by_clock(batch, faults->clock);
    }
    return LEDGER_DONE;
}

/* What repeats an item that was refused since is refused with it. */
static void batch_refuse_twins(struct batch *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        const struct draft *twin = batch->twins[i];
        if (twin != NULL && twin->status != LEDGER_DONE) {
            batch->call->item_index = batch->drafts[i].item_index;
            ledger_call_add_problem(batch->call, twin->status, 0, "the same request as item %zu, which is refused",
                                    twin->item_index + 1);
            draft_refuse(&batch->drafts[i], twin->status);
        }
    }
}

/* I2. */
void batch_drop_refused(struct batch *batch)
{
    batch_refuse_twins(batch);
    batch->is_refused = false;
    for (size_t i = 0; batch->mode == LEDGER_BATCH_ALL && i < batch->count; i++) {
        batch->is_refused = batch->is_refused || batch->drafts[i].status != LEDGER_DONE;
    }
    size_t kept = 0;
    for (size_t i = 0; i < batch->accepted_count; i++) {
        if (batch->accepted[i]->status == LEDGER_DONE && !batch->is_refused) {
            batch->accepted[kept++] = batch->accepted[i];
        }
    }
    batch->accepted_count = kept;
}

ledger_status batch_add_refusals(struct write_unit *unit, struct batch *batch)
{
    struct refusal_count counted = {.count = 0};
    for (size_t i = 0; i < batch->count; i++) {
        const struct draft *draft = &batch->drafts[i];
        if (draft->status != LEDGER_DONE) {
            struct refusal refusal = {
                .event_type = "TRANSACTION_REFUSED",
                .action = "POST",
                .status = draft->status,
                .first_problem = draft->first_problem,
                .item_index = draft->item_index,
                .subject = draft->has_fingerprint ? draft->record.idempotency_key : TEXT_ABSENT,
            };
            LEDGER_TRY(refusal_add(batch->call, unit, &refusal, &counted));
        }
    }
    return refusal_add_counted(batch->call, unit, &counted);
}

void batch_describe(struct batch *batch)
{
    for (size_t i = 0; i < batch->accepted_count; i++) {
        const struct draft *draft = batch->accepted[i];
        struct ledger_posted *posted = &batch->posted[draft - batch->drafts];
        if (!batch->tells_statuses_only) { /* which they have by the decision */
            post_unit_describe(&draft->record, false, posted);
        }
    }
    for (size_t i = 0; i < batch->count; i++) {
        if (batch->drafts[i].status != LEDGER_DONE) {
            batch->posted[i] = (struct ledger_posted){.status = batch->drafts[i].status, .refusal_recorded = true};
        } else if (batch->is_refused && !batch->posted[i].replayed) {
            batch->posted[i] = (struct ledger_posted){.status = LEDGER_BATCH_IS_REFUSED};
        } else if (batch->twins[i] != NULL) {
            post_unit_describe(&batch->twins[i]->record, true, &batch->posted[i]);
        }
    }
}

void batch_succeed(struct batch *batch)
{
    batch->call->refusal_is_recorded = true;
}

static bool batch_is_refused_whole(const struct batch *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        if (!batch->is_judged || batch->prepared[i] == LEDGER_DONE || ledger_status_exit(batch->prepared[i]) != 1) {
            return false;
        }
    }
    return true;
}

ledger_status batch_fail(struct batch *batch, ledger_status status, const char *message)
{
    for (size_t i = 0; i < batch->count; i++) {
        struct ledger_posted posted = {.status = batch->prepared[i] == LEDGER_DONE ? status : batch->prepared[i]};
        if (status == LEDGER_OUTCOME_IS_UNKNOWN && batch->prepared[i] == LEDGER_DONE) {
            memcpy(posted.transaction_id, batch->posted[i].transaction_id, sizeof posted.transaction_id);
        }
        batch->posted[i] = posted;
    }
    ledger_call_drop_problems(batch->call, batch->problems_prepared);
    if (batch_is_refused_whole(batch)) {
        return LEDGER_DONE;
    }
    batch->call->item_index = 0;
    return ledger_fail(batch->call, status, "%s", message);
}
