/* Closing and opening periods. */
#include "base/text.h"
#include "engine/event_facts.h"
#include "engine/freeze.h"
#include "engine/refusal.h"
#include "engine/texts.h"

/* Whether every day of a range is in the state that is asked for already. */
static bool period_is_unchanged(const struct period_index *periods, const struct ledger_period *asked)
{
    int32_t day = asked->start_day;
    for (size_t i = 0; i < periods->closed_ranges_count; i++) {
        const struct period_range *closed = &periods->closed_ranges[i];
        if (closed->end_day <= day || closed->start_day >= asked->end_day) {
            continue;
        }
        if (!asked->is_closed || closed->start_day > day) {
            return false;
        }
        day = closed->end_day;
    }
    return !asked->is_closed || day >= asked->end_day;
}

static ledger_status period_body(struct ledger_call *call, struct write_unit *unit, void *context)
{
    struct ledger_period *period = context;
    char start[TIME_TEXT_SIZE];
    char end[TIME_TEXT_SIZE];
    (void)day_format(period->start_day, start);
    (void)day_format(period->end_day - 1, end);
    LEDGER_TRY(freeze_check(call, unit));
    if (period_is_unchanged(&unit->session->rules.periods, period)) {
        return ledger_fail(call, LEDGER_PERIOD_STATE_IS_UNCHANGED, "every day from %s to %s is %s already", start, end,
                           period->is_closed ? "closed" : "open");
    }
    period->log_index = store_head_log_size(&unit->head);
    period->changed_at_us = unit->now_us;
    period->changed_by = call->actor.user;
    LEDGER_TRY(store_period_insert(call, &unit->session->store, period));
    struct ledger_text metadata;
    struct ledger_text description;
    LEDGER_TRY(event_facts_of_period(call, period, &metadata));
    LEDGER_TRY(ledger_call_format(call, &description, "%s the days from %s to %s",
                                  period->is_closed ? "Closed" : "Opened", start, end));
    struct ledger_event_record event =
        write_unit_event(call, period->is_closed ? "PERIOD_CLOSED" : "PERIOD_OPENED", LEDGER_INFO, true,
                         period->is_closed ? "CLOSE_PERIOD" : "OPEN_PERIOD", description, metadata);
    unit->head.rules_version++;
    return write_unit_add_event(call, unit, &event);
}

static ledger_status period_check(struct ledger_call *call, const struct ledger_period *period)
{
    size_t problems_before = ledger_call_problems_count(call);
    /* The last day that every database has is not part of a period. */
    bool is_within = period->start_day >= TIME_DAY_FIRST && period->end_day <= TIME_DAY_LAST;
    if (period->start_day >= period->end_day || !is_within) {
        ledger_call_add_problem(call, LEDGER_PERIOD_IS_INVALID, 0,
                                "the period has no day, its first day being after its last, or does not lie between "
                                "0001-01-01 and 9999-12-30");
    }
    (void)texts_check_free(call, "reason", period->reason, LEDGER_DESCRIPTION_MAX, 0);
    return ledger_call_worst(call, problems_before);
}

ledger_status ledger_period_set(struct ledger_call *call, struct ledger *ledger, int32_t start_day, int32_t end_day,
                                bool is_closed, struct ledger_text reason, struct ledger_period *ret_period)
{
    SESSION_TAKE(call, ledger, session);
    LEDGER_TRY(write_unit_check_actor(call));
    struct ledger_period period = {
        .start_day = start_day, .end_day = end_day, .is_closed = is_closed, .reason = reason};
    ledger_status status = period_check(call, &period);
    if (status == LEDGER_DONE) {
        status = write_unit_run(call, session, period_body, &period);
    }
    if (status != LEDGER_DONE) {
        struct refusal refusal = {
            .event_type = "PERIOD_REFUSED", .action = is_closed ? "CLOSE_PERIOD" : "OPEN_PERIOD", .status = status};
        return refusal_record(call, session, &refusal);
    }
    *ret_period = period;
    return LEDGER_DONE;
}

ledger_status ledger_period_list(struct ledger_call *call, struct ledger *ledger,
                                 const struct ledger_period **ret_periods, size_t *ret_periods_count)
{
    SESSION_TAKE(call, ledger, session);
    READ_UNIT(reading);
    struct store_head head;
    LEDGER_TRY(read_unit_begin(call, session, &reading, &head));
    struct ledger_period *periods = NULL;
    LEDGER_TRY(store_period_list(call, &session->store, STORE_POSITION_MAX, &periods, ret_periods_count));
    *ret_periods = periods;
    return LEDGER_DONE;
}

ledger_status ledger_period_list_closed(struct ledger_call *call, struct ledger *ledger,
                                        const struct ledger_period **ret_periods, size_t *ret_periods_count)
{
    SESSION_TAKE(call, ledger, session);
    READ_UNIT(reading);
    struct store_head head;
    LEDGER_TRY(read_unit_begin(call, session, &reading, &head));
    const struct period_index *index = &session->rules.periods;
    struct ledger_period *periods = NULL;
    LEDGER_ALLOCATE(call, periods, index->closed_ranges_count);
    for (size_t i = 0; i < index->closed_ranges_count; i++) {
        periods[i].start_day = index->closed_ranges[i].start_day;
        periods[i].end_day = index->closed_ranges[i].end_day;
        periods[i].is_closed = true;
    }
    *ret_periods = periods;
    *ret_periods_count = index->closed_ranges_count;
    return LEDGER_DONE;
}
