/* Posting a batch: validate, hash and encode first, then one short unit of work.
 *
 * I1 What the unit decides depends only on the drafts and on what it reads under the lock, so that it may run again.
 * I2 In LEDGER_BATCH_ALL either every item is posted (or replayed) or none is. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "engine/post_unit.h"
#include "engine/refusal.h"

struct batch {
    struct session *session;
    const struct ledger_posting *postings;
    struct draft *drafts;
    size_t count;
    enum ledger_batch_mode mode;
    struct ledger_posted *posted;
    int64_t now_us;
    int64_t rules_version;    /* that the drafts were prepared by */
    size_t problems_base;     /* before anything was prepared */
    size_t problems_prepared; /* after */
    ledger_status *prepared;  /* each draft's status then */
    struct draft **accepted;
    size_t accepted_count;
    bool is_refused;                /* LEDGER_BATCH_ALL, and something was refused: nothing is posted */
    bool is_judged;                 /* by rules that were current under the lock */
    struct ledger_text clock_fault; /* why nothing can be posted; absent where the clock is right */
    struct draft **keys;            /* the accepted that have a key: open addressing by it */
    size_t keys_capacity;           /* a power of two, more than the items */
};

static ledger_status batch_prepare(struct ledger_call *call, struct batch *batch)
{
    ledger_call_drop_problems(call, batch->problems_base);
    for (size_t i = 0; i < batch->count; i++) {
        LEDGER_TRY(draft_prepare(call, batch->session, &batch->postings[i], batch->now_us, &batch->drafts[i]));
        batch->prepared[i] = batch->drafts[i].status;
    }
    draft_hash(batch->session, batch->drafts, batch->count);
    batch->problems_prepared = ledger_call_problems_count(call);
    batch->rules_version = batch->session->rules.rules_version;
    return LEDGER_DONE;
}

static void draft_refuse(struct draft *draft, const struct ledger_call *call, ledger_status status)
{
    if (draft->status == LEDGER_DONE) {
        draft->first_problem = ledger_call_problems_count(call) - 1;
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

/* The item whose result this one repeats, and whether the key stands for another request. */
static ledger_status batch_check_key(struct ledger_call *call, struct batch *batch, struct draft *draft,
                                     struct ledger_posted *posted, bool *ret_is_replayed, const struct draft **ret_twin)
{
    bool is_found = false;
    int64_t log_index = 0;
    struct sha256_hash fingerprint;
    *ret_twin = *batch_key_place(batch, draft->record.idempotency_key);
    if (*ret_twin != NULL) {
        is_found = true;
        memcpy(fingerprint.bytes, (*ret_twin)->record.idempotency_fingerprint, sizeof fingerprint.bytes);
    } else {
        LEDGER_TRY(store_transaction_find_by_key(call, &batch->session->store, draft->record.idempotency_key,
                                                 draft->record.source_system, &is_found, &log_index, &fingerprint));
    }
    *ret_is_replayed = false;
    if (!is_found) {
        return LEDGER_DONE;
    }
    if (memcmp(fingerprint.bytes, draft->record.idempotency_fingerprint, sizeof fingerprint.bytes) != 0) {
        call->item_index = draft->item_index;
        ledger_call_add_problem(call, LEDGER_IDEMPOTENCY_KEY_IS_TAKEN, 0,
                                "idempotency_key \"%.*s\" was used for another request",
                                TEXT_ARGUMENTS(draft->record.idempotency_key));
        draft_refuse(draft, call, LEDGER_IDEMPOTENCY_KEY_IS_TAKEN);
        return LEDGER_DONE;
    }
    *ret_is_replayed = true;
    if (*ret_twin == NULL) {
        struct ledger_transaction_record record;
        LEDGER_TRY(store_transaction_get(call, &batch->session->store, log_index, &is_found, &record));
        post_unit_describe(&record, true, posted);
    }
    return LEDGER_DONE;
}

static void batch_refuse_frozen(struct ledger_call *call, struct draft *draft)
{
    call->item_index = draft->item_index;
    ledger_call_add_problem(call, LEDGER_IS_FROZEN, 0, "the ledger is frozen: nothing can be posted");
    draft_refuse(draft, call, LEDGER_IS_FROZEN);
}

/* Decides every item, in order: repeated, refused or accepted. `twins[i]` is the item whose result item i repeats. */
static ledger_status batch_decide(struct ledger_call *call, struct batch *batch, const struct write_unit *unit,
                                  const struct draft **twins)
{
    batch->accepted_count = 0;
    memset(batch->keys, 0, batch->keys_capacity * sizeof(struct draft *));
    for (size_t i = 0; i < batch->count; i++) {
        struct draft *draft = &batch->drafts[i];
        bool is_replayed = false;
        draft->status = batch->prepared[i];
        batch->posted[i] = (struct ledger_posted){.status = LEDGER_DONE};
        if (draft->has_fingerprint) {
            LEDGER_TRY(batch_check_key(call, batch, draft, &batch->posted[i], &is_replayed, &twins[i]));
        }
        if (is_replayed) {
            draft->status = LEDGER_DONE;
            continue;
        }
        if (unit->head.is_frozen) {
            batch_refuse_frozen(call, draft);
        }
        if (draft->status == LEDGER_DONE) {
            batch_accept(batch, draft);
        }
    }
    return LEDGER_DONE;
}

/* Refuses what else would be posted. */
static void batch_refuse_by_clock(struct ledger_call *call, struct batch *batch)
{
    for (size_t i = 0; i < batch->accepted_count; i++) {
        struct draft *draft = batch->accepted[i];
        call->item_index = draft->item_index;
        ledger_call_add_problem(call, LEDGER_CLOCK_IS_WRONG, 0, "%.*s", TEXT_ARGUMENTS(batch->clock_fault));
        draft_refuse(draft, call, LEDGER_CLOCK_IS_WRONG);
    }
    batch->accepted_count = 0;
}

/* What repeats an item that the totals refused is refused with it. */
static void batch_refuse_twins(struct ledger_call *call, struct batch *batch, const struct draft *const *twins)
{
    for (size_t i = 0; i < batch->count; i++) {
        struct draft *draft = &batch->drafts[i];
        if (twins[i] != NULL && twins[i]->status != LEDGER_DONE) {
            call->item_index = draft->item_index;
            ledger_call_add_problem(call, twins[i]->status, 0, "the same request as item %zu, which is refused",
                                    twins[i]->item_index + 1);
            draft_refuse(draft, call, twins[i]->status);
        }
    }
}

/* Drops from the accepted what the totals refused since; in LEDGER_BATCH_ALL, everything where anything was refused. */
static void batch_drop_refused(struct batch *batch)
{
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

static ledger_status batch_add_refusals(struct ledger_call *call, struct batch *batch, struct write_unit *unit)
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
            LEDGER_TRY(refusal_add(call, unit, &refusal, &counted));
        }
    }
    return refusal_add_counted(call, unit, &counted);
}

static void batch_describe(struct batch *batch, const struct draft *const *twins)
{
    for (size_t i = 0; i < batch->accepted_count; i++) {
        const struct draft *draft = batch->accepted[i];
        post_unit_describe(&draft->record, false, &batch->posted[draft - batch->drafts]);
    }
    for (size_t i = 0; i < batch->count; i++) {
        if (batch->drafts[i].status != LEDGER_DONE) {
            batch->posted[i] = (struct ledger_posted){.status = batch->drafts[i].status, .refusal_recorded = true};
        } else if (batch->is_refused && !batch->posted[i].replayed) {
            batch->posted[i] = (struct ledger_posted){.status = LEDGER_BATCH_IS_REFUSED};
        } else if (twins[i] != NULL) {
            post_unit_describe(&twins[i]->record, true, &batch->posted[i]);
        }
    }
}

static ledger_status batch_body(struct ledger_call *call, struct write_unit *unit, void *context)
{
    struct batch *batch = context;
    if (batch->rules_version != unit->head.rules_version) {
        LEDGER_TRY(batch_prepare(call, batch));
    }
    batch->is_judged = true;
    ledger_call_drop_problems(call, batch->problems_prepared);
    const struct draft **twins = NULL;
    LEDGER_ALLOCATE(call, twins, batch->count);
    LEDGER_TRY(batch_decide(call, batch, unit, twins));
    if (!text_is_absent(batch->clock_fault)) {
        batch_refuse_by_clock(call, batch);
    }
    LEDGER_TRY(post_unit_check_totals(call, unit, batch->accepted, batch->accepted_count));
    batch_refuse_twins(call, batch, twins);
    batch_drop_refused(batch);
    LEDGER_TRY(post_unit_add(call, unit, batch->accepted, batch->accepted_count));
    LEDGER_TRY(batch_add_refusals(call, batch, unit));
    batch_describe(batch, twins);
    return LEDGER_DONE;
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

/* The unit failed. Refusals stand; where there was nothing else in it, that is all there is to say. Where it is not
 * known whether it was done, the items that it was to post keep their ids. */
static ledger_status batch_fail(struct ledger_call *call, struct batch *batch, ledger_status status)
{
    bool is_refused_whole = batch_is_refused_whole(batch);
    for (size_t i = 0; i < batch->count; i++) {
        struct ledger_posted posted = {.status = batch->prepared[i] == LEDGER_DONE ? status : batch->prepared[i]};
        if (status == LEDGER_OUTCOME_IS_UNKNOWN && batch->prepared[i] == LEDGER_DONE) {
            memcpy(posted.transaction_id, batch->posted[i].transaction_id, sizeof posted.transaction_id);
        }
        batch->posted[i] = posted;
    }
    if (is_refused_whole) {
        ledger_call_drop_problems(call, batch->problems_prepared);
        return LEDGER_DONE;
    }
    return status;
}

static ledger_status batch_allocate(struct ledger_call *call, struct batch *batch)
{
    LEDGER_ALLOCATE(call, batch->drafts, batch->count);
    LEDGER_ALLOCATE(call, batch->prepared, batch->count);
    LEDGER_ALLOCATE(call, batch->accepted, batch->count);
    batch->keys_capacity = 2;
    while (batch->keys_capacity < batch->count * 2) {
        batch->keys_capacity *= 2;
    }
    LEDGER_ALLOCATE(call, batch->keys, batch->keys_capacity);
    return draft_init(call, batch->session, batch->drafts, batch->count);
}

/* The first batch of a handle reads the rules before the lock, as all later ones have them. */
static ledger_status batch_need_rules(struct ledger_call *call, struct session *session)
{
    if (session->rules.is_loaded) {
        return LEDGER_DONE;
    }
    READ_UNIT(reading);
    struct store_head head;
    return read_unit_begin(call, session, &reading, &head);
}

static ledger_status batch_run(struct ledger_call *call, struct batch *batch)
{
    LEDGER_TRY(write_unit_check_actor(call));
    LEDGER_TRY(batch_need_rules(call, batch->session));
    LEDGER_TRY(batch_allocate(call, batch));
    batch->now_us = ledger_call_now_us(call);
    batch->problems_base = ledger_call_problems_count(call);
    LEDGER_TRY(batch_prepare(call, batch));
    ledger_status status = write_unit_run(call, batch->session, batch_body, batch);
    if (status == LEDGER_CLOCK_IS_WRONG) {
        size_t last_problem = ledger_call_problems_count(call) - 1;
        LEDGER_TRY(ledger_call_copy_text(call, ledger_call_problem(call, last_problem)->message, &batch->clock_fault));
        status = write_unit_run_by_any_clock(call, batch->session, batch_body, batch);
    }
    if (status != LEDGER_DONE) {
        return batch_fail(call, batch, status);
    }
    call->refusal_is_recorded = true;
    return LEDGER_DONE;
}

static ledger_status batch_post(struct ledger_call *call, struct ledger *ledger, const struct ledger_posting *postings,
                                size_t count, enum ledger_batch_mode mode, struct ledger_posted *ret_posted)
{
    call->refusal_is_recorded = false;
    if (count > LEDGER_BATCH_MAX) {
        return ledger_fail(call, LEDGER_INPUT_IS_TOO_LARGE, "the batch has %zu transactions, at most %d are taken",
                           count, LEDGER_BATCH_MAX);
    }
    if (count == 0) {
        return LEDGER_DONE;
    }
    SESSION_TAKE(call, ledger, session);
    struct batch batch = {.session = session, .postings = postings, .count = count, .mode = mode, .posted = ret_posted};
    ledger_status status = batch_run(call, &batch);
    call->item_index = 0;
    return status;
}

ledger_status ledger_post_batch(struct ledger_call *call, struct ledger *ledger, const struct ledger_posting *postings,
                                size_t count, enum ledger_batch_mode mode, struct ledger_posted *ret_posted)
{
    LEDGER_TRY(batch_post(call, ledger, postings, count, mode, ret_posted));
    for (size_t i = 0; mode == LEDGER_BATCH_ALL && i < count; i++) {
        if (ret_posted[i].status != LEDGER_DONE) {
            return LEDGER_BATCH_IS_REFUSED;
        }
    }
    return LEDGER_DONE;
}

ledger_status ledger_post(struct ledger_call *call, struct ledger *ledger, const struct ledger_posting *posting,
                          struct ledger_posted *ret_posted)
{
    LEDGER_TRY(batch_post(call, ledger, posting, 1, LEDGER_BATCH_EACH, ret_posted));
    return ret_posted->status;
}
