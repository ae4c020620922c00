/* Reversal: the original read, its entries turned round, the rules applied under the lock. */
#include "engine/reversal.h"

#include <string.h>

#include "base/int128.h"
#include "base/text.h"
#include "engine/approvals.h"
#include "engine/freeze.h"
#include "engine/refusal.h"
#include "engine/texts.h"
#include "engine/transactions.h"

static ledger_status reversal_check_texts(struct ledger_call *call, const struct ledger_reversal *request)
{
    size_t problems_before = ledger_call_problems_count(call);
    if (text_is_empty(request->reason)) {
        ledger_call_add_problem(call, LEDGER_TEXT_IS_INVALID, 0, "reason is missing or empty");
    }
    (void)texts_check_free(call, "reason", request->reason, LEDGER_DESCRIPTION_MAX, 0);
    (void)texts_check_name(call, "idempotency_key", request->idempotency_key, LEDGER_IDEMPOTENCY_KEY_MAX);
    if (!text_is_absent(request->idempotency_key) && text_is_empty(request->idempotency_key)) {
        ledger_call_add_problem(call, LEDGER_TEXT_IS_INVALID, 0, "idempotency_key is empty");
    }
    (void)texts_check_name(call, "transaction", request->transaction, LEDGER_NAME_MAX);
    return ledger_call_worst(call, problems_before);
}

/* Every entry turned round; everything else of it stays. */
static ledger_status reversal_invert_entries(struct ledger_call *call, struct reversal_work *work)
{
    uint32_t count = work->original.entries_count;
    LEDGER_ALLOCATE(call, work->draft.entries, count);
    for (uint32_t i = 0; i < count; i++) {
        work->draft.entries[i] = work->original.entries[i];
        work->draft.entries[i].entry_type =
            work->original.entries[i].entry_type == LEDGER_DEBIT ? LEDGER_CREDIT : LEDGER_DEBIT;
    }
    work->draft.record.entries = work->draft.entries;
    work->draft.record.entries_count = count;
    return LEDGER_DONE;
}

static ledger_status reversal_fill(struct ledger_call *call, struct reversal_work *work)
{
    struct ledger_transaction_record *record = &work->draft.record;
    const struct ledger_transaction_record *original = &work->original;
    char number[LEDGER_NUMBER_TEXT_SIZE];
    ledger_transaction_number(original->posting_date_us, original->number_in_day, number);
    record->transaction_date_us = work->now_us;
    if (!text_is_absent(work->request.transaction_date)) {
        LEDGER_TRY(time_parse(call, work->request.transaction_date, work->session->ledger->zone,
                              &record->transaction_date_us));
    }
    record->transaction_day = time_zone_day(work->session->ledger->zone, record->transaction_date_us);
    record->business_event_type = original->business_event_type;
    record->business_key = original->business_key;
    LEDGER_TRY(ledger_call_format(call, &record->description, "Reversal of %s", number));
    record->is_reversal = true;
    record->reverses_log_index = original->log_index;
    memcpy(record->reverses_transaction_id, original->transaction_id, sizeof record->reverses_transaction_id);
    record->reversal_reason = work->request.reason;
    record->idempotency_key = work->request.idempotency_key;
    record->created_by = call->actor.user;
    record->principal = call->actor.principal;
    record->source_system = call->actor.source_system;
    record->source_ip = call->actor.source_ip;
    if (!text_is_absent(record->idempotency_key)) {
        struct sha256_hash fingerprint = record_reversal_fingerprint(&work->session->hasher, record->texts_salt,
                                                                     &work->request, original->transaction_id);
        memcpy(record->idempotency_fingerprint, fingerprint.bytes, sizeof fingerprint.bytes);
    }
    return reversal_invert_entries(call, work);
}

static ledger_status reversal_read_original(struct ledger_call *call, void *context)
{
    struct reversal_work *work = context;
    READ_UNIT(reading);
    struct store_head head;
    LEDGER_TRY(read_unit_begin(call, work->session, &reading, &head));
    return transactions_get(call, work->session, work->request.transaction, store_head_log_size(&head),
                            &work->original);
}

ledger_status reversal_prepare(struct ledger_call *call, struct reversal_work *work)
{
    LEDGER_TRY(reversal_check_texts(call, &work->request));
    LEDGER_TRY(session_read(call, reversal_read_original, work));
    LEDGER_TRY(draft_init(call, work->session->ledger, &work->draft, 1));
    LEDGER_TRY(reversal_fill(call, work));
    draft_hash(work->session, &work->draft, 1, true);
    return LEDGER_DONE;
}

ledger_status reversal_find_replay(struct ledger_call *call, struct reversal_work *work, bool *ret_is_replayed,
                                   struct ledger_posted *ret_posted)
{
    const struct ledger_transaction_record *record = &work->draft.record;
    bool is_found = false;
    struct store_keyed_transaction keyed;
    *ret_is_replayed = false;
    if (text_is_absent(record->idempotency_key)) {
        return LEDGER_DONE;
    }
    LEDGER_TRY(store_transaction_find_by_key(call, &work->session->store, record->idempotency_key,
                                             record->source_system, &is_found, &keyed));
    if (!is_found) {
        return LEDGER_DONE;
    }
    struct sha256_hash fingerprint = record_reversal_fingerprint(&work->session->hasher, keyed.texts_salt,
                                                                 &work->request, work->original.transaction_id);
    if (keyed.is_redacted || memcmp(&fingerprint, &keyed.fingerprint, sizeof fingerprint) != 0) {
        post_unit_add_key_problem(call, record->idempotency_key, keyed.is_redacted);
        return LEDGER_IDEMPOTENCY_KEY_IS_TAKEN;
    }
    struct ledger_transaction_record earlier;
    LEDGER_TRY(store_transaction_get(call, &work->session->store, keyed.log_index, &is_found, &earlier));
    post_unit_describe(&earlier, true, ret_posted);
    *ret_is_replayed = true;
    return LEDGER_DONE;
}

static ledger_status reversal_check_unreversed(struct ledger_call *call, struct reversal_work *work)
{
    bool is_reversed = false;
    struct ledger_transaction_record reversal;
    LEDGER_TRY(store_reversal_find(call, &work->session->store, work->original.log_index, &is_reversed, &reversal));
    if (!is_reversed) {
        return LEDGER_DONE;
    }
    char number[LEDGER_NUMBER_TEXT_SIZE];
    char original_number[LEDGER_NUMBER_TEXT_SIZE];
    char id_text[UUID_TEXT_SIZE + 1];
    struct uuid id;
    memcpy(id.bytes, reversal.transaction_id, sizeof id.bytes);
    uuid_format(&id, id_text);
    ledger_transaction_number(reversal.posting_date_us, reversal.number_in_day, number);
    ledger_transaction_number(work->original.posting_date_us, work->original.number_in_day, original_number);
    return ledger_fail(call, LEDGER_TRANSACTION_IS_ALREADY_REVERSED,
                       "%s is already reversed, by %s (%s): its status is REVERSED, not POSTED", original_number,
                       number, id_text);
}

static ledger_status reversal_check_order(struct ledger_call *call, const struct reversal_work *work)
{
    if (work->draft.record.transaction_day >= work->original.transaction_day) {
        return LEDGER_DONE;
    }
    char day[TIME_TEXT_SIZE];
    char original_day[TIME_TEXT_SIZE];
    (void)day_format(work->draft.record.transaction_day, day);
    (void)day_format(work->original.transaction_day, original_day);
    return ledger_fail(call, LEDGER_REVERSAL_PRECEDES_ORIGINAL, "the reversal is dated %s, before the original of %s",
                       day, original_day);
}

static ledger_status reversal_check_age(struct ledger_call *call, const struct reversal_work *work)
{
    uint32_t days_max = work->session->ledger->max_correction_age_days;
    int64_t age_days =
        (int64_t)time_zone_day(work->session->ledger->zone, work->now_us) - work->original.transaction_day;
    if (days_max == 0 || age_days <= days_max) {
        return LEDGER_DONE;
    }
    return ledger_fail(call, LEDGER_TRANSACTION_IS_TOO_OLD,
                       "the transaction is %lld days old, corrections reach back %u (MAX_CORRECTION_AGE_DAYS)",
                       (long long)age_days, days_max);
}

/* What was dated far ahead can be reversed on its own day without waiting for it. */
static ledger_status reversal_check_day(struct ledger_call *call, const struct reversal_work *work)
{
    size_t problems_before = ledger_call_problems_count(call);
    int32_t day = work->draft.record.transaction_day;
    draft_check_day(call, work->session, day, work->now_us, day == work->original.transaction_day);
    return ledger_call_worst(call, problems_before);
}

ledger_status reversal_decide(struct ledger_call *call, struct write_unit *unit, struct reversal_work *work)
{
    LEDGER_TRY(freeze_check(call, unit));
    LEDGER_TRY(reversal_check_unreversed(call, work));
    LEDGER_TRY(reversal_check_order(call, work));
    LEDGER_TRY(reversal_check_age(call, work));
    return reversal_check_day(call, work);
}

/* Whether no entry before this one is in its currency. */
static bool reversal_begins_currency(const struct ledger_transaction_record *original, uint32_t place)
{
    for (uint32_t i = 0; i < place; i++) {
        if (text_equals(original->entries[i].currency, original->entries[place].currency)) {
            return false;
        }
    }
    return true;
}

bool reversal_needs_approval(const struct reversal_work *work)
{
    int64_t threshold_minor = work->session->ledger->correction_approval_threshold_minor;
    for (uint32_t i = 0; threshold_minor > 0 && i < work->original.entries_count; i++) {
        if (!reversal_begins_currency(&work->original, i)) {
            continue;
        }
        int128 debits = 0;
        for (uint32_t e = 0; e < work->original.entries_count; e++) {
            const struct ledger_entry_record *entry = &work->original.entries[e];
            bool counts =
                entry->entry_type == LEDGER_DEBIT && text_equals(entry->currency, work->original.entries[i].currency);
            debits += counts ? entry->amount_minor : 0;
        }
        if (debits > threshold_minor) {
            return true;
        }
    }
    return false;
}

ledger_status reversal_post(struct ledger_call *call, struct write_unit *unit, struct reversal_work *work,
                            struct ledger_posted *ret_posted)
{
    struct draft *draft = &work->draft;
    draft->status = LEDGER_DONE;
    LEDGER_TRY(post_unit_check_totals(call, unit, &draft, 1, NULL));
    LEDGER_TRY(draft->status);
    LEDGER_TRY(post_unit_add(call, unit, &draft, 1, NULL));
    post_unit_describe(&draft->record, false, ret_posted);
    return LEDGER_DONE;
}

ledger_status reversal_refuse(struct ledger_call *call, const struct reversal_work *work, ledger_status status,
                              const char *action)
{
    struct refusal refusal = {
        .event_type = "REVERSAL_REFUSED",
        .action = action,
        .status = status,
        .transaction_id = work->original.entries_count == 0 ? NULL : work->original.transaction_id,
    };
    return refusal_record(call, work->session, &refusal);
}

struct ledger_posted reversal_describe_unknown(const struct ledger_posted *posted)
{
    struct ledger_posted unknown = {.status = LEDGER_OUTCOME_IS_UNKNOWN};
    memcpy(unknown.transaction_id, posted->transaction_id, sizeof unknown.transaction_id);
    memcpy(unknown.original_transaction_id, posted->original_transaction_id, sizeof unknown.original_transaction_id);
    memcpy(unknown.approval_request_id, posted->approval_request_id, sizeof unknown.approval_request_id);
    return unknown;
}

/* The id that the reversal would have had names its request, and its salt keeps the reason from being guessed. */
static ledger_status reversal_ask(struct ledger_call *call, struct write_unit *unit, const struct reversal_work *work,
                                  char ret_request_id[LEDGER_ID_TEXT_SIZE])
{
    struct store_approval_change change = {
        .kind = LEDGER_APPROVAL_OF_REVERSAL,
        .reason = work->request.reason,
        .transaction_date = work->request.transaction_date,
        .idempotency_key = work->request.idempotency_key,
    };
    memcpy(change.request_id.bytes, work->draft.record.transaction_id, UUID_SIZE);
    memcpy(change.reason_salt, work->draft.record.texts_salt, sizeof change.reason_salt);
    memcpy(change.transaction_id, work->original.transaction_id, UUID_SIZE);
    return approvals_request(call, unit, &change, ret_request_id);
}

struct reversal_attempt {
    struct reversal_work work;
    struct ledger_posted posted;
    bool waits; /* for approval */
};

static ledger_status reversal_body(struct ledger_call *call, struct write_unit *unit, void *context)
{
    struct reversal_attempt *attempt = context;
    bool is_replayed = false;
    LEDGER_TRY(reversal_find_replay(call, &attempt->work, &is_replayed, &attempt->posted));
    if (is_replayed) {
        return LEDGER_DONE;
    }
    LEDGER_TRY(reversal_decide(call, unit, &attempt->work));
    attempt->waits = reversal_needs_approval(&attempt->work);
    if (attempt->waits) {
        return reversal_ask(call, unit, &attempt->work, attempt->posted.approval_request_id);
    }
    return reversal_post(call, unit, &attempt->work, &attempt->posted);
}

static ledger_status reversal_run(struct ledger_call *call, struct reversal_attempt *attempt)
{
    LEDGER_TRY(reversal_prepare(call, &attempt->work));
    LEDGER_TRY(write_unit_run(call, attempt->work.session, reversal_body, attempt));
    if (attempt->waits) {
        return ledger_fail(call, LEDGER_APPROVAL_IS_PENDING, "the reversal waits for approval: request %s",
                           attempt->posted.approval_request_id);
    }
    return LEDGER_DONE;
}

ledger_status ledger_reverse(struct ledger_call *call, struct ledger *ledger, const struct ledger_reversal *reversal,
                             struct ledger_posted *ret_posted)
{
    call->refusal_is_recorded = false;
    SESSION_TAKE(call, ledger, session);
    LEDGER_TRY(write_unit_check_actor(call));
    struct reversal_attempt attempt = {
        .work = {.session = session, .request = *reversal, .now_us = ledger_call_now_us(call)}};
    ledger_status status = reversal_run(call, &attempt);
    if (status != LEDGER_DONE && status != LEDGER_APPROVAL_IS_PENDING) {
        status = reversal_refuse(call, &attempt.work, status, "REVERSE");
        attempt.posted.refusal_recorded = call->refusal_is_recorded;
    }
    if (status == LEDGER_OUTCOME_IS_UNKNOWN) {
        attempt.posted = reversal_describe_unknown(&attempt.posted);
    }
    attempt.posted.status = status;
    *ret_posted = attempt.posted;
    return status;
}
