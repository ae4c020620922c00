/* The audit log read, and administrative events of their own recorded. */
#include "engine/audit.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/text.h"
#include "domain/names.h"
#include "engine/cursor.h"
#include "engine/refusal.h"
#include "engine/texts.h"
#include "engine/write_unit.h"

ledger_status audit_render(struct ledger_call *call, struct ledger_event_record *event, int64_t number_in_day)
{
    LEDGER_TRY(store_event_copy_texts(call, event));
    char id[EVENT_ID_TEXT_SIZE];
    event_id_format(event->event_timestamp_us, event->log_index, id);
    LEDGER_TRY(ledger_call_copy_text(call, ledger_text_of(id), &event->audit_id));
    if (number_in_day == 0) {
        return LEDGER_DONE;
    }
    char description[EVENT_DESCRIPTION_SIZE];
    event_describe_posting(event->event_timestamp_us, number_in_day,
                           text_equals_string(event->event_type, "TRANSACTION_REVERSED"), description);
    return ledger_call_copy_text(call, ledger_text_of(description), &event->description);
}

ledger_status ledger_audit_cursor(struct ledger_call *call, const struct ledger_event_record *event,
                                  struct ledger_text *ret_after)
{
    char text[LEDGER_CURSOR_TEXT_SIZE];
    cursor_format(CURSOR_EVENT, (struct cursor_place){event->log_index, event->event_timestamp_us}, text);
    return ledger_call_copy_text(call, ledger_text_of(text), ret_after);
}

/* What is behind the cursor: below its position, and so not later than its instant, which is what some databases find
 * the place by. */
static ledger_status audit_apply_cursor(struct ledger_call *call, const struct ledger_audit_filter *filter,
                                        struct ledger_audit_filter *within, int64_t *before_log_index)
{
    struct cursor_place place;
    *within = *filter;
    *before_log_index = filter->before_log_index == 0 ? STORE_POSITION_MAX : filter->before_log_index;
    if (text_is_absent(filter->after)) {
        return LEDGER_DONE;
    }
    LEDGER_TRY(cursor_parse(call, CURSOR_EVENT, filter->after, &place));
    *before_log_index = place.log_index < *before_log_index ? place.log_index : *before_log_index;
    if (filter->before_us == 0 || place.further < filter->before_us) {
        within->before_us = place.further + 1;
    }
    return LEDGER_DONE;
}

ledger_status ledger_audit_list(struct ledger_call *call, struct ledger *ledger,
                                const struct ledger_audit_filter *filter, const struct ledger_event_record **ret_events,
                                size_t *ret_events_count)
{
    SESSION_TAKE(call, ledger, session);
    READ_UNIT(reading);
    struct store_head head;
    LEDGER_TRY(read_unit_begin(call, session, &reading, &head));
    struct ledger_audit_filter within;
    struct store_audit_query query = {.filter = &within};
    LEDGER_TRY(audit_apply_cursor(call, filter, &within, &query.before_log_index));
    STORE_SCAN(scan);
    LEDGER_TRY(store_audit_scan(call, &session->store, &query, &scan));
    struct ledger_event_record *events = NULL;
    size_t count = 0;
    for (size_t capacity = 0;; count++) {
        bool has_event = false;
        int64_t number_in_day = 0;
        struct ledger_event_record event;
        LEDGER_TRY(store_audit_next(call, &scan, &has_event, &event, &number_in_day));
        if (!has_event) {
            break;
        }
        LEDGER_TRY(audit_render(call, &event, number_in_day));
        LEDGER_GROW(call, events, count, capacity);
        events[count] = event;
    }
    *ret_events = events;
    *ret_events_count = count;
    return LEDGER_DONE;
}

struct audit_event {
    const char *event_type;
    const char *action;
    struct ledger_text description;
    struct ledger_text event_metadata;
};

static ledger_status audit_body(struct ledger_call *call, struct write_unit *unit, void *context)
{
    const struct audit_event *record = context;
    struct ledger_event_record event = write_unit_event(call, record->event_type, LEDGER_INFO, true, record->action,
                                                        record->description, record->event_metadata);
    return write_unit_add_event(call, unit, &event);
}

ledger_status audit_record(struct ledger_call *call, struct session *session, const char *event_type,
                           const char *action, struct ledger_text description, struct ledger_text event_metadata)
{
    struct audit_event record = {event_type, action, description, event_metadata};
    LEDGER_TRY(write_unit_check_actor(call));
    return write_unit_run(call, session, audit_body, &record);
}

ledger_status ledger_clock_accept(struct ledger_call *call, struct ledger *ledger, struct ledger_text reason)
{
    SESSION_TAKE(call, ledger, session);
    LEDGER_TRY(write_unit_check_actor(call));
    size_t problems_before = ledger_call_problems_count(call);
    if (text_is_empty(reason)) {
        ledger_call_add_problem(call, LEDGER_TEXT_IS_INVALID, 0, "reason is missing or empty");
    }
    (void)texts_check_free(call, "reason", reason, LEDGER_DESCRIPTION_MAX, 0);
    ledger_status status = ledger_call_worst(call, problems_before);
    if (status != LEDGER_DONE) {
        struct refusal refusal = {.event_type = "CLOCK_REFUSED", .action = "ACCEPT_CLOCK", .status = status};
        return refusal_record(call, session, &refusal);
    }
    struct audit_event record = {"CLOCK_ACCEPTED", "ACCEPT_CLOCK", reason, TEXT_ABSENT};
    return write_unit_run_by_any_clock(call, session, audit_body, &record);
}
