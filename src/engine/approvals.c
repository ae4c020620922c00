/* Approval requests: asked for, granted, denied and listed. Every change is a row and an event; nothing is updated. */
#include "engine/approvals.h"

#include <string.h>

#include "base/text.h"
#include "engine/event_facts.h"
#include "engine/freeze.h"
#include "engine/redaction.h"
#include "engine/refusal.h"
#include "engine/reversal.h"
#include "engine/texts.h"

const char *ledger_approval_state_name(enum ledger_approval_state state)
{
    switch (state) {
    case LEDGER_APPROVAL_WAITING:
        return "PENDING";
    case LEDGER_APPROVAL_APPROVED:
        return "APPROVED";
    case LEDGER_APPROVAL_DENIED:
        break;
    }
    return "DENIED";
}

const char *ledger_approval_kind_name(enum ledger_approval_kind kind)
{
    return kind == LEDGER_APPROVAL_OF_REVERSAL ? "REVERSAL" : "REDACTION";
}

/* What the event commits to in the place of a reason; absent where there is none. */
static ledger_status approval_hash_reason(struct ledger_call *call, struct write_unit *unit,
                                          const struct store_approval_change *change,
                                          struct ledger_text *ret_reason_hash)
{
    char text[2 * SHA256_SIZE + 1];
    *ret_reason_hash = TEXT_ABSENT;
    if (text_is_absent(change->reason)) {
        return LEDGER_DONE;
    }
    struct sha256_hash hash = record_reason_hash(&unit->session->hasher, change->reason_salt, change->reason);
    sha256_format(&hash, text);
    return ledger_call_copy_text(call, ledger_text_of(text), ret_reason_hash);
}

/* A change of a request: its row and its event. */
static ledger_status approval_add_change(struct ledger_call *call, struct write_unit *unit,
                                         struct store_approval_change *change, struct ledger_text compared)
{
    static const char *const event_types[][3] = {{"APPROVAL_REQUESTED", "APPROVAL_GRANTED", "APPROVAL_DENIED"},
                                                 {"REDACTION_REQUESTED", "APPROVAL_GRANTED", "APPROVAL_DENIED"}};
    static const char *const actions[] = {"REQUEST_APPROVAL", "APPROVE", "DENY"};
    static const char *const sentences[][3] = {
        {"Approval requested for a reversal", "Approved a reversal", "Denied a reversal"},
        {"Approval requested for a redaction", "Approved a redaction", "Denied a redaction"}};
    change->log_index = store_head_log_size(&unit->head);
    change->changed_at_us = unit->now_us;
    change->changed_by = call->actor.user;
    change->principal = call->actor.principal;
    change->source_system = call->actor.source_system;
    LEDGER_TRY(store_approval_insert(call, &unit->session->store, change));
    struct ledger_text metadata;
    struct ledger_text reason_hash;
    LEDGER_TRY(approval_hash_reason(call, unit, change, &reason_hash));
    LEDGER_TRY(event_facts_of_approval(call, change, reason_hash, compared, &metadata));
    struct ledger_event_record event =
        write_unit_event(call, event_types[change->kind][change->state], LEDGER_INFO, true, actions[change->state],
                         ledger_text_of(sentences[change->kind][change->state]), metadata);
    event.has_transaction = true;
    memcpy(event.transaction_id, change->transaction_id, sizeof event.transaction_id);
    unit->head.rules_version++;
    return write_unit_add_event(call, unit, &event);
}

/* A request with what was decided about it, by place in the list of changes. */
struct approval_pair {
    const struct store_approval_change *request;
    const struct store_approval_change *decision; /* NULL while it waits */
};

static void approval_find_decision(const struct store_approval_change *changes, size_t count,
                                   struct approval_pair *pair)
{
    pair->decision = NULL;
    for (size_t i = 0; i < count; i++) {
        if (changes[i].state != LEDGER_APPROVAL_WAITING &&
            memcmp(changes[i].request_id.bytes, pair->request->request_id.bytes, UUID_SIZE) == 0) {
            pair->decision = &changes[i];
            return;
        }
    }
}

ledger_status approvals_find_waiting(struct ledger_call *call, struct session *session, enum ledger_approval_kind kind,
                                     const uint8_t transaction_id[UUID_SIZE], bool *ret_found,
                                     struct uuid *ret_request_id)
{
    struct store_approval_change *changes = NULL;
    size_t count = 0;
    *ret_found = false;
    LEDGER_TRY(store_approval_list(call, &session->store, &changes, &count));
    for (size_t i = 0; i < count && !*ret_found; i++) {
        struct approval_pair pair = {.request = &changes[i]};
        if (changes[i].state != LEDGER_APPROVAL_WAITING || changes[i].kind != kind ||
            memcmp(changes[i].transaction_id, transaction_id, UUID_SIZE) != 0) {
            continue;
        }
        approval_find_decision(changes, count, &pair);
        *ret_found = pair.decision == NULL;
        *ret_request_id = changes[i].request_id;
    }
    return LEDGER_DONE;
}

ledger_status approvals_request(struct ledger_call *call, struct write_unit *unit, struct store_approval_change *change,
                                char ret_request_id[LEDGER_ID_TEXT_SIZE])
{
    bool is_waiting = false;
    struct uuid waiting_id;
    LEDGER_TRY(
        approvals_find_waiting(call, unit->session, change->kind, change->transaction_id, &is_waiting, &waiting_id));
    uuid_format(is_waiting ? &waiting_id : &change->request_id, ret_request_id);
    change->state = LEDGER_APPROVAL_WAITING;
    return is_waiting ? LEDGER_DONE : approval_add_change(call, unit, change, TEXT_ABSENT);
}

static ledger_status approval_find(struct ledger_call *call, struct session *session, struct ledger_text request_id,
                                   struct store_approval_change *ret_request)
{
    struct uuid id;
    if (!uuid_parse(request_id, &id)) {
        return ledger_fail(call, LEDGER_APPROVAL_NOT_FOUND, "approval request not found: that is not an id (a UUID)");
    }
    struct store_approval_change *changes = NULL;
    size_t count = 0;
    LEDGER_TRY(store_approval_list(call, &session->store, &changes, &count));
    struct approval_pair pair = {NULL, NULL};
    for (size_t i = 0; i < count && pair.request == NULL; i++) {
        if (changes[i].state == LEDGER_APPROVAL_WAITING &&
            memcmp(changes[i].request_id.bytes, id.bytes, UUID_SIZE) == 0) {
            pair.request = &changes[i];
        }
    }
    if (pair.request == NULL) {
        return ledger_fail(call, LEDGER_APPROVAL_NOT_FOUND, "approval request not found: %.*s",
                           TEXT_ARGUMENTS(request_id));
    }
    approval_find_decision(changes, count, &pair);
    if (pair.decision != NULL) {
        return ledger_fail(call, LEDGER_APPROVAL_IS_DECIDED, "the request was %s by %.*s already",
                           pair.decision->state == LEDGER_APPROVAL_APPROVED ? "approved" : "denied",
                           TEXT_ARGUMENTS(pair.decision->changed_by));
    }
    *ret_request = *pair.request;
    return LEDGER_DONE;
}

/* Four eyes: principals where both are known; a claim alone is compared too, and the event says so. */
static ledger_status approval_check_persons(struct ledger_call *call, const struct store_approval_change *request,
                                            struct ledger_text *ret_compared)
{
    bool both_known = !text_is_absent(request->principal) && !text_is_absent(call->actor.principal);
    if (text_equals(request->changed_by, call->actor.user) ||
        (both_known && text_equals(request->principal, call->actor.principal))) {
        struct ledger_text same =
            text_equals(request->changed_by, call->actor.user) ? call->actor.user : call->actor.principal;
        return ledger_fail(call, LEDGER_APPROVER_IS_THE_REQUESTER,
                           "%.*s made the request and cannot approve it: a different person has to",
                           TEXT_ARGUMENTS(same));
    }
    *ret_compared = both_known ? TEXT("principals") : TEXT("claims");
    return LEDGER_DONE;
}

struct approval_attempt {
    struct reversal_work work; /* of a reversal */
    struct ledger_text request_id;
    struct ledger_text decision_reason;
    uint8_t decision_salt[RECORD_SALT_SIZE];
    bool is_found;
    struct store_approval_change request;
    struct ledger_approved approved;
};

/* An unreversed original was not reversed under this key: whatever used it meanwhile was another request. */
static ledger_status approve_check_reversal(struct ledger_call *call, struct write_unit *unit,
                                            struct approval_attempt *attempt)
{
    bool is_replayed = false;
    LEDGER_TRY(reversal_decide(call, unit, &attempt->work));
    LEDGER_TRY(reversal_find_replay(call, &attempt->work, &is_replayed, &attempt->approved.posted));
    if (is_replayed) {
        return ledger_fail(call, LEDGER_DATABASE_IS_DAMAGED,
                           "the transaction is not reversed, but its reversal is there: run verify");
    }
    return LEDGER_DONE;
}

static ledger_status approve_body(struct ledger_call *call, struct write_unit *unit, void *context)
{
    struct approval_attempt *attempt = context;
    struct ledger_text compared;
    LEDGER_TRY(approval_find(call, unit->session, attempt->request_id, &attempt->request));
    LEDGER_TRY(approval_check_persons(call, &attempt->request, &compared));
    bool is_reversal = attempt->request.kind == LEDGER_APPROVAL_OF_REVERSAL;
    if (is_reversal) {
        LEDGER_TRY(approve_check_reversal(call, unit, attempt));
    }
    struct store_approval_change change = {
        .request_id = attempt->request.request_id, .kind = attempt->request.kind, .state = LEDGER_APPROVAL_APPROVED};
    memcpy(change.transaction_id, attempt->request.transaction_id, UUID_SIZE);
    LEDGER_TRY(approval_add_change(call, unit, &change, compared));
    return is_reversal ? reversal_post(call, unit, &attempt->work, &attempt->approved.posted)
                       : redaction_execute(call, unit, &attempt->request, &attempt->approved.redacted,
                                           &attempt->approved.redacted_count);
}

/* The reversal as it was asked for: by the request's own texts, key and source. */
static ledger_status approve_prepare_reversal(struct ledger_call *call, struct approval_attempt *attempt)
{
    struct session *session = attempt->work.session;
    char id_text[UUID_TEXT_SIZE + 1];
    struct uuid id;
    memcpy(id.bytes, attempt->request.transaction_id, sizeof id.bytes);
    uuid_format(&id, id_text);
    LEDGER_TRY(ledger_call_copy_text(call, ledger_text_of(id_text), &attempt->work.request.transaction));
    attempt->work.request.reason = attempt->request.reason;
    attempt->work.request.transaction_date = attempt->request.transaction_date;
    attempt->work.request.idempotency_key = attempt->request.idempotency_key;
    LEDGER_TRY(reversal_prepare(call, &attempt->work));
    attempt->work.draft.record.source_system = attempt->request.source_system;
    draft_hash(session, &attempt->work.draft, 1, true);
    return LEDGER_DONE;
}

static ledger_status approval_read(struct ledger_call *call, struct approval_attempt *attempt)
{
    READ_UNIT(reading);
    struct store_head head;
    LEDGER_TRY(read_unit_begin(call, attempt->work.session, &reading, &head));
    LEDGER_TRY(approval_find(call, attempt->work.session, attempt->request_id, &attempt->request));
    attempt->is_found = true;
    return LEDGER_DONE;
}

static ledger_status approve_run(struct ledger_call *call, struct approval_attempt *attempt)
{
    LEDGER_TRY(approval_read(call, attempt));
    attempt->approved.kind = attempt->request.kind;
    if (attempt->request.kind == LEDGER_APPROVAL_OF_REVERSAL) {
        LEDGER_TRY(approve_prepare_reversal(call, attempt));
    }
    return write_unit_run(call, attempt->work.session, approve_body, attempt);
}

/* As the refusal of what was asked for. */
static ledger_status approval_refuse(struct ledger_call *call, const struct approval_attempt *attempt,
                                     ledger_status status, const char *action)
{
    if (attempt->is_found && attempt->request.kind == LEDGER_APPROVAL_OF_REDACTION) {
        return redaction_refuse(call, attempt->work.session, attempt->request.transaction_id, status, action);
    }
    return reversal_refuse(call, &attempt->work, status, action);
}

ledger_status ledger_approval_approve(struct ledger_call *call, struct ledger *ledger, struct ledger_text request_id,
                                      struct ledger_approved *ret_approved)
{
    SESSION_TAKE(call, ledger, session);
    LEDGER_TRY(write_unit_check_actor(call));
    struct approval_attempt attempt = {.work = {.session = session, .now_us = ledger_call_now_us(call)},
                                       .request_id = request_id};
    ledger_status status = approve_run(call, &attempt);
    if (status == LEDGER_OUTCOME_IS_UNKNOWN) {
        attempt.approved.posted = reversal_describe_unknown(&attempt.approved.posted);
        attempt.approved.redacted_count = 0;
        *ret_approved = attempt.approved;
    }
    if (status != LEDGER_DONE) {
        return approval_refuse(call, &attempt, status, "APPROVE");
    }
    if (attempt.approved.kind == LEDGER_APPROVAL_OF_REDACTION) {
        attempt.approved.traces_remain = redaction_leaves_traces(call, session);
    }
    *ret_approved = attempt.approved;
    return LEDGER_DONE;
}

static ledger_status deny_body(struct ledger_call *call, struct write_unit *unit, void *context)
{
    struct approval_attempt *attempt = context;
    LEDGER_TRY(freeze_check(call, unit));
    LEDGER_TRY(approval_find(call, unit->session, attempt->request_id, &attempt->request));
    attempt->is_found = true;
    struct store_approval_change change = {.request_id = attempt->request.request_id,
                                           .kind = attempt->request.kind,
                                           .state = LEDGER_APPROVAL_DENIED,
                                           .reason = attempt->decision_reason};
    memcpy(change.reason_salt, attempt->decision_salt, sizeof change.reason_salt);
    memcpy(change.transaction_id, attempt->request.transaction_id, UUID_SIZE);
    return approval_add_change(call, unit, &change, TEXT_ABSENT);
}

static ledger_status deny_run(struct ledger_call *call, struct approval_attempt *attempt)
{
    if (!texts_check_free(call, "reason", attempt->decision_reason, LEDGER_DESCRIPTION_MAX, 0)) {
        return LEDGER_TEXT_IS_INVALID;
    }
    if (!random_bytes(attempt->decision_salt, sizeof attempt->decision_salt)) {
        return ledger_fail(call, LEDGER_DEFECT, "the operating system gave no random bytes");
    }
    return write_unit_run(call, attempt->work.session, deny_body, attempt);
}

ledger_status ledger_approval_deny(struct ledger_call *call, struct ledger *ledger, struct ledger_text request_id,
                                   struct ledger_text reason)
{
    SESSION_TAKE(call, ledger, session);
    LEDGER_TRY(write_unit_check_actor(call));
    struct approval_attempt attempt = {
        .work = {.session = session}, .request_id = request_id, .decision_reason = reason};
    ledger_status status = deny_run(call, &attempt);
    return status == LEDGER_DONE ? LEDGER_DONE : approval_refuse(call, &attempt, status, "DENY");
}

static void approval_describe(const struct approval_pair *pair, struct ledger_approval *approval)
{
    const struct store_approval_change *request = pair->request;
    const struct store_approval_change *decision = pair->decision;
    *approval = (struct ledger_approval){
        .kind = request->kind,
        .state = decision == NULL ? LEDGER_APPROVAL_WAITING : decision->state,
        .reason = request->reason,
        .transaction_date = request->transaction_date,
        .idempotency_key = request->idempotency_key,
        .requested_at_us = request->changed_at_us,
        .requested_by = request->changed_by,
        .requested_principal = request->principal,
        .source_system = request->source_system,
        .log_index = request->log_index,
    };
    uuid_format(&request->request_id, approval->request_id);
    memcpy(approval->transaction_id, request->transaction_id, sizeof approval->transaction_id);
    if (decision != NULL) {
        approval->decided_at_us = decision->changed_at_us;
        approval->decided_by = decision->changed_by;
        approval->decided_principal = decision->principal;
        approval->decision_reason = decision->reason;
        approval->log_index = decision->log_index;
    }
}

ledger_status ledger_approval_list(struct ledger_call *call, struct ledger *ledger, bool only_waiting,
                                   const struct ledger_approval **ret_approvals, size_t *ret_approvals_count)
{
    SESSION_TAKE(call, ledger, session);
    READ_UNIT(reading);
    struct store_head head;
    LEDGER_TRY(read_unit_begin(call, session, &reading, &head));
    struct store_approval_change *changes = NULL;
    size_t count = 0;
    LEDGER_TRY(store_approval_list(call, &session->store, &changes, &count));
    struct ledger_approval *approvals = NULL;
    LEDGER_ALLOCATE(call, approvals, count);
    size_t listed = 0;
    for (size_t i = 0; i < count; i++) {
        struct approval_pair pair = {.request = &changes[i]};
        if (changes[i].state != LEDGER_APPROVAL_WAITING) {
            continue;
        }
        approval_find_decision(changes, count, &pair);
        if (pair.decision == NULL || !only_waiting) {
            approval_describe(&pair, &approvals[listed++]);
        }
    }
    *ret_approvals = approvals;
    *ret_approvals_count = listed;
    return LEDGER_DONE;
}
