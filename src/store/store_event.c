/* Events of the log. */
#include "store/row.h"

enum { EVENTS_AT_ONCE = 64 };

static void event_fill(struct value *row, const struct ledger_event_record *event)
{
    row[EVENT_INSERT_IN_LOG_INDEX] = value_integer(event->log_index);
    row[EVENT_INSERT_IN_EVENT_TIMESTAMP] = value_time(event->event_timestamp_us);
    row[EVENT_INSERT_IN_EVENT_TYPE] = value_symbol(event->event_type);
    row[EVENT_INSERT_IN_SEVERITY] = value_integer(event->severity);
    row[EVENT_INSERT_IN_IS_SUCCESS] = value_integer(event->is_success);
    row[EVENT_INSERT_IN_TRANSACTION_ID] =
        event->has_transaction ? value_blob(event->transaction_id, UUID_SIZE) : value_null();
    row[EVENT_INSERT_IN_USER_ID] = value_symbol(event->user_id);
    row[EVENT_INSERT_IN_PRINCIPAL] = value_symbol(event->principal);
    row[EVENT_INSERT_IN_SOURCE_SYSTEM] = value_symbol(event->source_system);
    row[EVENT_INSERT_IN_SOURCE_IP] = value_symbol(event->source_ip);
    row[EVENT_INSERT_IN_ACTION] = value_symbol(event->action);
    row[EVENT_INSERT_IN_DESCRIPTION] = value_text(event->description);
    row[EVENT_INSERT_IN_EVENT_METADATA] = value_text(event->event_metadata);
}

ledger_status store_event_insert(struct ledger_call *call, struct store *store,
                                 const struct ledger_event_record *events, size_t count)
{
    struct value rows[EVENTS_AT_ONCE * EVENT_INSERT_INS];
    for (size_t done = 0; done < count;) {
        size_t now = count - done < EVENTS_AT_ONCE ? count - done : EVENTS_AT_ONCE;
        for (size_t i = 0; i < now; i++) {
            event_fill(rows + i * EVENT_INSERT_INS, &events[done + i]);
        }
        LEDGER_TRY(row_write(call, store, QUERY_EVENT_INSERT, rows, now));
        for (size_t i = 0; i < now; i++) {
            const struct ledger_event_record *event = &events[done + i];
            const struct value place[] = {value_integer(event->log_index), value_time(event->event_timestamp_us),
                                          event->has_transaction ? value_blob(event->transaction_id, UUID_SIZE)
                                                                 : value_null()};
            LEDGER_TRY(row_write(call, store, QUERY_EVENT_POSITION_INSERT, place, 1));
        }
        done += now;
    }
    return LEDGER_DONE;
}

ledger_status store_event_scan(struct ledger_call *call, struct store *store, int64_t from_log_index,
                               int64_t before_log_index, struct store_scan *scan)
{
    return row_scan_positions(call, store, QUERY_EVENT_SCAN, from_log_index, before_log_index, scan);
}

ledger_status store_event_scan_by_type(struct ledger_call *call, struct store *store, struct ledger_text event_type,
                                       int64_t from_log_index, int64_t before_log_index, struct store_scan *scan)
{
    _Static_assert((int)EVENT_SCAN_BY_TYPE_OUTS == (int)EVENT_SCAN_OUTS, "store_event_next reads both");
    const struct value inputs[] = {value_text(event_type), value_integer(from_log_index),
                                   value_integer(before_log_index)};
    return row_scan(call, store, QUERY_EVENT_SCAN_BY_TYPE, inputs, scan);
}

static void event_read(const struct value *row, struct ledger_event_record *ret_event)
{
    *ret_event = (struct ledger_event_record){
        .log_index = row_integer(&row[EVENT_SCAN_OUT_LOG_INDEX]),
        .event_timestamp_us = row_integer(&row[EVENT_SCAN_OUT_EVENT_TIMESTAMP]),
        .event_type = row_text(&row[EVENT_SCAN_OUT_EVENT_TYPE]),
        .severity = (enum ledger_severity)row_int32(&row[EVENT_SCAN_OUT_SEVERITY]),
        .is_success = row_integer(&row[EVENT_SCAN_OUT_IS_SUCCESS]) != 0,
        .has_transaction = row[EVENT_SCAN_OUT_TRANSACTION_ID].type != VALUE_NULL,
        .user_id = row_text(&row[EVENT_SCAN_OUT_USER_ID]),
        .principal = row_text(&row[EVENT_SCAN_OUT_PRINCIPAL]),
        .source_system = row_text(&row[EVENT_SCAN_OUT_SOURCE_SYSTEM]),
        .source_ip = row_text(&row[EVENT_SCAN_OUT_SOURCE_IP]),
        .action = row_text(&row[EVENT_SCAN_OUT_ACTION]),
        .description = row_text(&row[EVENT_SCAN_OUT_DESCRIPTION]),
        .event_metadata = row_text(&row[EVENT_SCAN_OUT_EVENT_METADATA]),
    };
    row_bytes(&row[EVENT_SCAN_OUT_TRANSACTION_ID], ret_event->transaction_id, UUID_SIZE);
}

ledger_status store_event_next(struct ledger_call *call, struct store_scan *scan, bool *ret_has_event,
                               struct ledger_event_record *ret_event)
{
    const struct value *row = NULL;
    LEDGER_TRY(row_next(call, scan, &row));
    *ret_has_event = row != NULL;
    if (row != NULL) {
        event_read(row, ret_event);
    }
    return LEDGER_DONE;
}

ledger_status store_event_copy_texts(struct ledger_call *call, struct ledger_event_record *event)
{
    struct ledger_text *const texts[] = {&event->event_type,    &event->user_id,       &event->principal,
                                         &event->source_system, &event->source_ip,     &event->action,
                                         &event->description,   &event->event_metadata};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        LEDGER_TRY(ledger_call_copy_text(call, *texts[i], texts[i]));
    }
    return LEDGER_DONE;
}

ledger_status store_event_list_by_transaction(struct ledger_call *call, struct store *store,
                                              const uint8_t transaction_id[UUID_SIZE], int64_t before_log_index,
                                              struct ledger_event_record **ret_events, size_t *ret_count)
{
    _Static_assert((int)EVENT_LIST_BY_TRANSACTION_OUTS == (int)EVENT_SCAN_OUTS, "store_event_next reads both");
    STORE_SCAN(scan);
    const struct value inputs[] = {value_blob(transaction_id, UUID_SIZE), value_integer(before_log_index)};
    struct ledger_event_record *events = NULL;
    size_t count = 0;
    size_t capacity = 0;
    LEDGER_TRY(row_scan(call, store, QUERY_EVENT_LIST_BY_TRANSACTION, inputs, &scan));
    for (bool has_event = true; has_event; count += has_event) {
        LEDGER_GROW(call, events, count, capacity);
        LEDGER_TRY(store_event_next(call, &scan, &has_event, &events[count]));
        if (has_event) {
            LEDGER_TRY(store_event_copy_texts(call, &events[count]));
        }
    }
    *ret_events = events;
    *ret_count = count;
    return LEDGER_DONE;
}

ledger_status store_event_find_last(struct ledger_call *call, struct store *store, struct ledger_text event_type,
                                    int64_t before_log_index, bool *ret_found, struct ledger_event_record *ret_event)
{
    _Static_assert((int)EVENT_FIND_LAST_OUTS == (int)EVENT_SCAN_OUTS, "event_read reads both");
    STORE_SCAN(scan);
    const struct value inputs[] = {value_text(event_type), value_integer(before_log_index)};
    const struct value *row = NULL;
    LEDGER_TRY(row_get(call, store, QUERY_EVENT_FIND_LAST, inputs, &scan, &row));
    *ret_found = row != NULL;
    if (row == NULL) {
        return LEDGER_DONE;
    }
    event_read(row, ret_event);
    return store_event_copy_texts(call, ret_event);
}

ledger_status store_audit_scan(struct ledger_call *call, struct store *store, const struct store_audit_query *query,
                               struct store_scan *scan)
{
    const struct ledger_audit_filter *filter = query->filter;
    const struct value inputs[AUDIT_LIST_INS] = {
        [AUDIT_LIST_IN_BEFORE_LOG_INDEX] = value_integer(query->before_log_index),
        [AUDIT_LIST_IN_FROM_TIME] = value_time(filter->from_us == 0 ? INT64_MIN : filter->from_us),
        [AUDIT_LIST_IN_BEFORE_TIME] = value_time(filter->before_us == 0 ? INT64_MAX : filter->before_us),
        [AUDIT_LIST_IN_EVENT_TYPE] = value_text(filter->event_type),
        [AUDIT_LIST_IN_USER_ID] = value_text(filter->user_id),
        [AUDIT_LIST_IN_SEVERITY] = filter->has_severity ? value_integer(filter->severity) : value_null(),
        [AUDIT_LIST_IN_ROW_LIMIT] = value_integer(filter->limit == 0 ? INT64_MAX : (int64_t)filter->limit),
        [AUDIT_LIST_IN_FROM_LOG_INDEX] = value_integer(query->from_log_index),
    };
    return row_scan(call, store, QUERY_AUDIT_LIST, inputs, scan);
}

ledger_status store_audit_scan_forward(struct ledger_call *call, struct store *store, int64_t before_log_index,
                                       int64_t from_us, int64_t before_us, struct store_scan *scan)
{
    _Static_assert((int)AUDIT_SCAN_OUT_NUMBER_IN_DAY == (int)AUDIT_LIST_OUT_NUMBER_IN_DAY, "one reader for both");
    const struct value inputs[AUDIT_SCAN_INS] = {
        [AUDIT_SCAN_IN_BEFORE_LOG_INDEX] = value_integer(before_log_index),
        [AUDIT_SCAN_IN_FROM_TIME] = value_time(from_us),
        [AUDIT_SCAN_IN_BEFORE_TIME] = value_time(before_us),
    };
    return row_scan(call, store, QUERY_AUDIT_SCAN, inputs, scan);
}

ledger_status store_audit_next(struct ledger_call *call, struct store_scan *scan, bool *ret_has_event,
                               struct ledger_event_record *ret_event, int64_t *ret_number_in_day)
{
    const struct value *row = NULL;
    LEDGER_TRY(row_next(call, scan, &row));
    *ret_has_event = row != NULL;
    if (row == NULL) {
        return LEDGER_DONE;
    }
    *ret_event = (struct ledger_event_record){
        .log_index = row_integer(&row[AUDIT_LIST_OUT_LOG_INDEX]),
        .event_timestamp_us = row_integer(&row[AUDIT_LIST_OUT_EVENT_TIMESTAMP]),
        .event_type = row_text(&row[AUDIT_LIST_OUT_EVENT_TYPE]),
        .severity = (enum ledger_severity)row_int32(&row[AUDIT_LIST_OUT_SEVERITY]),
        .is_success = row_integer(&row[AUDIT_LIST_OUT_IS_SUCCESS]) != 0,
        .has_transaction = row[AUDIT_LIST_OUT_TRANSACTION_ID].type != VALUE_NULL,
        .user_id = row_text(&row[AUDIT_LIST_OUT_USER_ID]),
        .principal = row_text(&row[AUDIT_LIST_OUT_PRINCIPAL]),
        .source_system = row_text(&row[AUDIT_LIST_OUT_SOURCE_SYSTEM]),
        .source_ip = row_text(&row[AUDIT_LIST_OUT_SOURCE_IP]),
        .action = row_text(&row[AUDIT_LIST_OUT_ACTION]),
        .description = row_text(&row[AUDIT_LIST_OUT_DESCRIPTION]),
        .event_metadata = row_text(&row[AUDIT_LIST_OUT_EVENT_METADATA]),
        .has_record_hash = row[AUDIT_LIST_OUT_RECORD_HASH].type != VALUE_NULL,
    };
    row_bytes(&row[AUDIT_LIST_OUT_TRANSACTION_ID], ret_event->transaction_id, UUID_SIZE);
    row_bytes(&row[AUDIT_LIST_OUT_RECORD_HASH], ret_event->record_hash, SHA256_SIZE);
    *ret_number_in_day = row_integer(&row[AUDIT_LIST_OUT_NUMBER_IN_DAY]);
    return LEDGER_DONE;
}

ledger_status store_manual_event_scan(struct ledger_call *call, struct store *store, struct store_scan *scan)
{
    return row_scan(call, store, QUERY_MANUAL_EVENT_SCAN, NULL, scan);
}

ledger_status store_manual_event_next(struct ledger_call *call, struct store_scan *scan, bool *ret_has_event,
                                      struct ledger_manual_event *ret_event)
{
    const struct value *row = NULL;
    LEDGER_TRY(row_next(call, scan, &row));
    *ret_has_event = row != NULL;
    if (row == NULL) {
        return LEDGER_DONE;
    }
    *ret_event = (struct ledger_manual_event){
        .event_timestamp_us = row_integer(&row[MANUAL_EVENT_SCAN_OUT_EVENT_TIMESTAMP]),
        .event_type = row_text(&row[MANUAL_EVENT_SCAN_OUT_EVENT_TYPE]),
        .severity = row_text(&row[MANUAL_EVENT_SCAN_OUT_SEVERITY]),
        .outcome = row_text(&row[MANUAL_EVENT_SCAN_OUT_OUTCOME]),
        .has_transaction = row[MANUAL_EVENT_SCAN_OUT_TRANSACTION_ID].type != VALUE_NULL,
        .user_id = row_text(&row[MANUAL_EVENT_SCAN_OUT_USER_ID]),
        .principal = row_text(&row[MANUAL_EVENT_SCAN_OUT_PRINCIPAL]),
        .source_system = row_text(&row[MANUAL_EVENT_SCAN_OUT_SOURCE_SYSTEM]),
        .source_ip = row_text(&row[MANUAL_EVENT_SCAN_OUT_SOURCE_IP]),
        .action = row_text(&row[MANUAL_EVENT_SCAN_OUT_ACTION]),
        .description = row_text(&row[MANUAL_EVENT_SCAN_OUT_DESCRIPTION]),
        .event_metadata = row_text(&row[MANUAL_EVENT_SCAN_OUT_EVENT_METADATA]),
    };
    row_bytes(&row[MANUAL_EVENT_SCAN_OUT_AUDIT_ID], ret_event->audit_id, UUID_SIZE);
    row_bytes(&row[MANUAL_EVENT_SCAN_OUT_TRANSACTION_ID], ret_event->transaction_id, UUID_SIZE);
    return LEDGER_DONE;
}

ledger_status store_database_user(struct ledger_call *call, struct store *store, struct ledger_text *ret_user)
{
    STORE_SCAN(scan);
    const struct value *row = NULL;
    LEDGER_TRY(row_get(call, store, QUERY_DATABASE_USER, NULL, &scan, &row));
    return ledger_call_copy_text(call, row == NULL ? (struct ledger_text){NULL, 0} : row_text(&row[0]), ret_user);
}
