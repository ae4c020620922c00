/* Audit trail: every event of a range of days, in the order in which they happened. Nothing is kept: each event is
 * read, given and forgotten. */
#include "base/uuid.h"
#include "engine/adoption.h"
#include "engine/audit.h"
#include "reports/report.h"

enum {
    EVENT_ID,
    EVENT_LOG_INDEX,
    EVENT_TIME,
    EVENT_TYPE,
    EVENT_SEVERITY,
    EVENT_OUTCOME,
    EVENT_USER,
    EVENT_PRINCIPAL,
    EVENT_SOURCE,
    EVENT_ACTION,
    EVENT_DESCRIPTION,
    EVENT_TRANSACTION,
    EVENT_COLUMNS,
};

static const struct report_column event_columns[EVENT_COLUMNS] = {
    [EVENT_ID] = {"audit_id", NULL, REPORT_COLUMN_CODE, false},
    [EVENT_LOG_INDEX] = {"log_index", "Position", REPORT_COLUMN_CODE, true},
    [EVENT_TIME] = {"event_timestamp", "Time", REPORT_COLUMN_CODE, false},
    [EVENT_TYPE] = {"event_type", "Event", REPORT_COLUMN_CODE, false},
    [EVENT_SEVERITY] = {"severity", "Severity", REPORT_COLUMN_CODE, false},
    [EVENT_OUTCOME] = {"outcome", "Outcome", REPORT_COLUMN_CODE, false},
    [EVENT_USER] = {"user_id", "User", REPORT_COLUMN_TEXT, false},
    [EVENT_PRINCIPAL] = {"principal", NULL, REPORT_COLUMN_TEXT, false},
    [EVENT_SOURCE] = {"source_system", NULL, REPORT_COLUMN_TEXT, false},
    [EVENT_ACTION] = {"action", NULL, REPORT_COLUMN_CODE, false},
    [EVENT_DESCRIPTION] = {"description", "Description", REPORT_COLUMN_TEXT, false},
    [EVENT_TRANSACTION] = {"transaction_id", NULL, REPORT_COLUMN_CODE, false},
};

static const struct report_table events_table = {"events", NULL, event_columns, EVENT_COLUMNS, false};

static ledger_status audit_trail_give(struct ledger_call *call, struct report *report,
                                      struct ledger_event_record *event, int64_t number_in_day)
{
    char transaction_id[UUID_TEXT_SIZE + 1];
    struct uuid id;
    LEDGER_TRY(audit_render(call, event, number_in_day));
    memcpy(id.bytes, event->transaction_id, sizeof id.bytes);
    uuid_format(&id, transaction_id);
    const struct report_value values[EVENT_COLUMNS] = {
        [EVENT_ID] = report_text(event->audit_id),
        [EVENT_LOG_INDEX] = report_integer(event->log_index),
        [EVENT_TIME] = report_time(event->event_timestamp_us),
        [EVENT_TYPE] = report_text(event->event_type),
        [EVENT_SEVERITY] = report_text(ledger_text_of(ledger_severity_name(event->severity))),
        [EVENT_OUTCOME] = report_text(event->is_success ? TEXT("SUCCESS") : TEXT("FAILED")),
        [EVENT_USER] = report_text(event->user_id),
        [EVENT_PRINCIPAL] = report_text(event->principal),
        [EVENT_SOURCE] = report_text(event->source_system),
        [EVENT_ACTION] = report_text(event->action),
        [EVENT_DESCRIPTION] = report_text(event->description),
        [EVENT_TRANSACTION] = event->has_transaction ? report_text(ledger_text_of(transaction_id)) : report_absent(),
    };
    return report_row(call, report, &events_table, &(struct report_row){.values = values});
}

/* A note, and no part of the report: what was written by hand has no position, so that the report would not be the same
 * each time it is made. */
static ledger_status audit_trail_note_manual(struct ledger_call *call, struct report *report)
{
    size_t manual_count = 0;
    size_t adopted_count = 0;
    LEDGER_TRY(adoption_count(call, report->session, &manual_count, &adopted_count));
    return manual_count == 0
               ? LEDGER_DONE
               : report_note(
                     call, report,
                     "Not in this trail, since they are no part of the log: rows of audit_log that were written "
                     "by hand: %zu, adopted: %zu. audit --manual shows them.",
                     manual_count, adopted_count);
}

ledger_status audit_trail_make(struct ledger_call *call, struct report *report)
{
    const struct report_parameters *parameters = &report->parameters;
    const struct time_zone *zone = report->session->ledger->zone;
    int64_t from_us = parameters->has_start_day ? time_zone_day_begin_us(zone, parameters->start_day) : INT64_MIN;
    int64_t before_us = parameters->has_end_day ? time_zone_day_begin_us(zone, parameters->end_day + 1) : INT64_MAX;
    int64_t count = 0;
    STORE_SCAN(scan);
    LEDGER_TRY(
        store_audit_scan_forward(call, &report->session->store, report->log_position, from_us, before_us, &scan));
    LEDGER_TRY(report_begin_table(call, report, &events_table));
    for (;; count++) {
        bool has_event = false;
        int64_t number_in_day = 0;
        struct ledger_event_record event;
        LEDGER_TRY(store_audit_next(call, &scan, &has_event, &event, &number_in_day));
        if (!has_event) {
            break;
        }
        struct arena_mark mark = arena_mark(&call->arena);
        LEDGER_TRY(audit_trail_give(call, report, &event, number_in_day));
        arena_rewind(&call->arena, mark);
    }
    LEDGER_TRY(report_end_table(call, report, &events_table));
    LEDGER_TRY(audit_trail_note_manual(call, report));
    return report_value(call, report, "event_count", report_integer(count));
}
