/* Freezing and unfreezing, and the refusal of what a frozen ledger does not take. */
#include "engine/freeze.h"

#include "base/text.h"
#include "engine/event_facts.h"
#include "engine/refusal.h"
#include "engine/texts.h"
#include "ledger/freeze.h"

static const char frozen_type[] = "LEDGER_FROZEN";
static const char unfrozen_type[] = "LEDGER_UNFROZEN";

/* Whether an event after that position ended the freezing: the mark in the head then is not of the log. */
static ledger_status freeze_was_ended(struct ledger_call *call, struct store *store, int64_t log_index, bool *ret_ended)
{
    STORE_SCAN(scan);
    struct ledger_event_record event;
    LEDGER_TRY(
        store_event_scan_by_type(call, store, ledger_text_of(unfrozen_type), log_index, STORE_POSITION_MAX, &scan));
    return store_event_next(call, &scan, ret_ended, &event);
}

static ledger_status freeze_read(struct ledger_call *call, struct store *store, const struct store_head *head,
                                 struct ledger_freeze_state *ret_state)
{
    struct ledger_freeze_state state = {.is_frozen = head->is_frozen};
    struct ledger_event_record event = {.log_index = 0};
    bool is_found = false;
    bool has_ended = false;
    if (state.is_frozen) {
        LEDGER_TRY(
            store_event_find_last(call, store, ledger_text_of(frozen_type), STORE_POSITION_MAX, &is_found, &event));
    }
    if (is_found) {
        LEDGER_TRY(freeze_was_ended(call, store, event.log_index, &has_ended));
    }
    if (is_found && !has_ended) {
        state.log_index = event.log_index;
        state.frozen_at_us = event.event_timestamp_us;
        state.frozen_by = event.user_id;
        state.frozen_principal = event.principal;
        state.reason = event.description;
    }
    *ret_state = state;
    return LEDGER_DONE;
}

/* What everybody reads who is refused. */
static ledger_status freeze_format(struct ledger_call *call, const struct ledger_freeze_state *state,
                                   struct ledger_text *ret_fault)
{
    if (state->frozen_at_us == 0) {
        return ledger_call_format(call, ret_fault,
                                  "the ledger is frozen, and its log does not say by whom: run verify");
    }
    char since[TIME_TEXT_SIZE];
    (void)time_format(state->frozen_at_us, since);
    return ledger_call_format(call, ret_fault, "the ledger is frozen since %s by %.*s: %.*s", since,
                              TEXT_ARGUMENTS(state->frozen_by), TEXT_ARGUMENTS(state->reason));
}

/* The words belong to the rules: looking them up takes longer with every event since, and they stay the same. */
ledger_status freeze_describe(struct ledger_call *call, const struct write_unit *unit, struct ledger_text *ret_fault)
{
    struct rules *rules = &unit->session->rules;
    if (!unit->head.is_frozen) {
        *ret_fault = TEXT_ABSENT;
        return LEDGER_DONE;
    }
    if (text_is_absent(rules->freeze_fault)) {
        struct ledger_freeze_state state;
        struct ledger_text fault;
        LEDGER_TRY(freeze_read(call, &unit->session->store, &unit->head, &state));
        LEDGER_TRY(freeze_format(call, &state, &fault));
        LEDGER_TRY(rules_keep_freeze_fault(call, rules, fault));
    }
    *ret_fault = rules->freeze_fault;
    return LEDGER_DONE;
}

ledger_status freeze_check(struct ledger_call *call, const struct write_unit *unit)
{
    struct ledger_text fault;
    LEDGER_TRY(freeze_describe(call, unit, &fault));
    return text_is_absent(fault) ? LEDGER_DONE : ledger_fail(call, LEDGER_IS_FROZEN, "%.*s", TEXT_ARGUMENTS(fault));
}

ledger_status freeze_add(struct ledger_call *call, struct write_unit *unit, struct ledger_text reason)
{
    if (unit->head.is_frozen) {
        return LEDGER_DONE;
    }
    struct ledger_event_record event =
        write_unit_event(call, frozen_type, LEDGER_WARNING, true, "FREEZE", reason, TEXT_ABSENT);
    unit->head.is_frozen = true;
    unit->head.rules_version++;
    return write_unit_add_event(call, unit, &event);
}

/* Four eyes: principals where both are known; a claim alone is compared too, and the event says so. Where nobody is
 * known to have frozen it there is nobody to be different from. */
static ledger_status freeze_check_persons(struct ledger_call *call, const struct ledger_freeze_state *state,
                                          struct ledger_text *ret_compared)
{
    if (state->frozen_at_us == 0) {
        *ret_compared = TEXT_ABSENT;
        return LEDGER_DONE;
    }
    bool both_known = !text_is_absent(state->frozen_principal) && !text_is_absent(call->actor.principal);
    bool is_same_user = text_equals(state->frozen_by, call->actor.user);
    if (is_same_user || (both_known && text_equals(state->frozen_principal, call->actor.principal))) {
        return ledger_fail(call, LEDGER_SECOND_PERSON_IS_NEEDED,
                           "%.*s froze the ledger and cannot unfreeze it: a different person has to",
                           TEXT_ARGUMENTS(is_same_user ? call->actor.user : call->actor.principal));
    }
    *ret_compared = both_known ? TEXT("principals") : TEXT("claims");
    return LEDGER_DONE;
}

struct freeze_change {
    bool is_freezing;
    struct ledger_text reason;
    struct ledger_freeze_state state;
};

static ledger_status freeze_body(struct ledger_call *call, struct write_unit *unit, void *context)
{
    struct freeze_change *change = context;
    if (unit->head.is_frozen) {
        struct ledger_text fault;
        LEDGER_TRY(freeze_describe(call, unit, &fault));
        return ledger_fail(call, LEDGER_FREEZE_STATE_IS_UNCHANGED, "%.*s", TEXT_ARGUMENTS(fault));
    }
    change->state = (struct ledger_freeze_state){
        .is_frozen = true,
        .log_index = store_head_log_size(&unit->head),
        .frozen_at_us = unit->now_us,
        .frozen_by = call->actor.user,
        .frozen_principal = call->actor.principal,
        .reason = change->reason,
    };
    return freeze_add(call, unit, change->reason);
}

static ledger_status unfreeze_body(struct ledger_call *call, struct write_unit *unit, void *context)
{
    struct freeze_change *change = context;
    struct ledger_text compared;
    struct ledger_text metadata;
    if (!unit->head.is_frozen) {
        return ledger_fail(call, LEDGER_FREEZE_STATE_IS_UNCHANGED, "the ledger is not frozen");
    }
    LEDGER_TRY(freeze_read(call, &unit->session->store, &unit->head, &change->state));
    LEDGER_TRY(freeze_check_persons(call, &change->state, &compared));
    LEDGER_TRY(event_facts_of_unfreezing(call, &change->state, compared, &metadata));
    struct ledger_event_record event =
        write_unit_event(call, unfrozen_type, LEDGER_WARNING, true, "UNFREEZE", change->reason, metadata);
    change->state.is_frozen = false;
    unit->head.is_frozen = false;
    unit->head.rules_version++;
    return write_unit_add_event(call, unit, &event);
}

/* Also by a clock that is wrong: what has to be stopped cannot wait for it. */
static ledger_status freeze_run(struct ledger_call *call, struct ledger *ledger, struct freeze_change *change)
{
    SESSION_TAKE(call, ledger, session);
    LEDGER_TRY(write_unit_check_actor(call));
    size_t problems_before = ledger_call_problems_count(call);
    (void)texts_check_required_name(call, "reason", change->reason, LEDGER_DESCRIPTION_MAX);
    ledger_status status = ledger_call_worst(call, problems_before);
    if (status == LEDGER_DONE) {
        status = write_unit_run_by_any_clock(call, session, change->is_freezing ? freeze_body : unfreeze_body, change);
    }
    if (status == LEDGER_DONE) {
        return LEDGER_DONE;
    }
    struct refusal refusal = {.event_type = change->is_freezing ? "FREEZE_REFUSED" : "UNFREEZE_REFUSED",
                              .action = change->is_freezing ? "FREEZE" : "UNFREEZE",
                              .status = status};
    return refusal_record(call, session, &refusal);
}

ledger_status ledger_freeze(struct ledger_call *call, struct ledger *ledger, struct ledger_text reason,
                            struct ledger_freeze_state *ret_state)
{
    struct freeze_change change = {.is_freezing = true, .reason = reason};
    LEDGER_TRY(freeze_run(call, ledger, &change));
    *ret_state = change.state;
    return LEDGER_DONE;
}

ledger_status ledger_unfreeze(struct ledger_call *call, struct ledger *ledger, struct ledger_text reason,
                              struct ledger_freeze_state *ret_state)
{
    struct freeze_change change = {.reason = reason};
    LEDGER_TRY(freeze_run(call, ledger, &change));
    *ret_state = change.state;
    return LEDGER_DONE;
}

ledger_status ledger_freeze_get(struct ledger_call *call, struct ledger *ledger, struct ledger_freeze_state *ret_state)
{
    SESSION_TAKE(call, ledger, session);
    READ_UNIT(reading);
    struct store_head head;
    LEDGER_TRY(read_unit_begin(call, session, &reading, &head));
    return freeze_read(call, &session->store, &head, ret_state);
}
