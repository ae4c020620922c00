/* What a database keeps although it follows from other columns, held against those.
 *
 * I1 Who reads all of the log by the scans of store_transaction_check_scan, store_entry_check_scan and
 *    store_posting_events_compare, is told of no difference, and met as many rows as store_derived_count_get counts, has
 *    read a ledger of which store_derived_fault_scan tells nothing but, perhaps, of accounts. */
#include "base/text.h"
#include "domain/names.h"
#include "store/row.h"

enum { PAGE_ROWS = 1024 };

bool store_keeps_derived(const struct store *store)
{
    return row_is_kept(store, QUERY_DERIVED_FAULT_SCAN);
}

void store_posting_events_close(struct store_posting_events *events)
{
    store_scan_close(&events->scan);
    events->row = NULL;
}

static ledger_status posting_events_step(struct ledger_call *call, struct store_posting_events *events)
{
    if (events->row != NULL) {
        LEDGER_TRY(row_next(call, &events->scan, &events->row));
    }
    return LEDGER_DONE;
}

/* A page of rows, from that of the transaction on. */
static ledger_status posting_events_open(struct ledger_call *call, struct store *store,
                                         const struct ledger_transaction_record *transaction,
                                         struct store_posting_events *events)
{
    char audit_id[EVENT_ID_TEXT_SIZE];
    event_id_format(transaction->posting_date_us, transaction->log_index, audit_id);
    const struct value inputs[] = {value_text(ledger_text_of(audit_id)), value_integer(PAGE_ROWS)};
    LEDGER_TRY(row_scan(call, store, QUERY_POSTING_EVENT_CHECK_SCAN, inputs, &events->scan));
    return row_next(call, &events->scan, &events->row);
}

/* Rows of other events, and such as somebody wrote by hand, stand between those of postings. */
static ledger_status posting_events_skip_to(struct ledger_call *call, struct store_posting_events *events,
                                            int64_t log_index)
{
    while (events->row != NULL && (events->row[POSTING_EVENT_CHECK_SCAN_OUT_LOG_INDEX].type == VALUE_NULL ||
                                   events->row[POSTING_EVENT_CHECK_SCAN_OUT_LOG_INDEX].integer < log_index)) {
        LEDGER_TRY(posting_events_step(call, events));
    }
    return LEDGER_DONE;
}

static bool row_is_bytes(const struct value *value, const void *bytes, size_t size)
{
    return value->type == VALUE_BLOB && value->text.size == size && memcmp(value->text.data, bytes, size) == 0;
}

/* The text of event_describe_posting, without the cost of making it. */
static bool posting_event_describes(struct ledger_text description, const struct ledger_transaction_record *transaction)
{
    struct ledger_text begin = transaction->is_reversal ? TEXT("Posted reversal ") : TEXT("Posted transaction ");
    char number[LEDGER_NUMBER_TEXT_SIZE];
    ledger_transaction_number(transaction->posting_date_us, transaction->number_in_day, number);
    return description.data != NULL && description.size > begin.size &&
           memcmp(description.data, begin.data, begin.size) == 0 &&
           text_equals_string((struct ledger_text){description.data + begin.size, description.size - begin.size},
                              number);
}

/* What posting_event_fill of store_transaction.c made of the transaction. */
static bool posting_event_is_of(const struct value *row, const struct ledger_transaction_record *transaction)
{
    bool is_reversal = transaction->is_reversal;
    struct uuid audit_id;
    event_id_make(transaction->posting_date_us, transaction->log_index, &audit_id);
    return row_integer(&row[POSTING_EVENT_CHECK_SCAN_OUT_LOG_INDEX]) == transaction->log_index &&
           row_is_bytes(&row[POSTING_EVENT_CHECK_SCAN_OUT_AUDIT_ID], audit_id.bytes, UUID_SIZE) &&
           row_integer(&row[POSTING_EVENT_CHECK_SCAN_OUT_EVENT_TIMESTAMP]) == transaction->posting_date_us &&
           row_integer(&row[POSTING_EVENT_CHECK_SCAN_OUT_EVENT_MONTH_DAY]) ==
               row_month_day(transaction->posting_date_us) &&
           text_equals(row_text(&row[POSTING_EVENT_CHECK_SCAN_OUT_EVENT_TYPE]),
                       is_reversal ? TEXT("TRANSACTION_REVERSED") : TEXT("TRANSACTION_POSTED")) &&
           row_integer(&row[POSTING_EVENT_CHECK_SCAN_OUT_IS_PLAIN]) == 1 &&
           row_is_bytes(&row[POSTING_EVENT_CHECK_SCAN_OUT_TRANSACTION_ID], transaction->transaction_id, UUID_SIZE) &&
           text_equals(row_text(&row[POSTING_EVENT_CHECK_SCAN_OUT_USER_ID]), transaction->created_by) &&
           text_equals(row_text(&row[POSTING_EVENT_CHECK_SCAN_OUT_PRINCIPAL]), transaction->principal) &&
           text_equals(row_text(&row[POSTING_EVENT_CHECK_SCAN_OUT_SOURCE_SYSTEM]), transaction->source_system) &&
           text_equals(row_text(&row[POSTING_EVENT_CHECK_SCAN_OUT_SOURCE_IP]), transaction->source_ip) &&
           text_equals(row_text(&row[POSTING_EVENT_CHECK_SCAN_OUT_ACTION]),
                       is_reversal ? TEXT("REVERSE") : TEXT("POST")) &&
           posting_event_describes(row_text(&row[POSTING_EVENT_CHECK_SCAN_OUT_DESCRIPTION]), transaction);
}

ledger_status store_posting_events_compare(struct ledger_call *call, struct store *store,
                                           const struct ledger_transaction_record *transaction,
                                           struct store_posting_events *events, bool *ret_agrees)
{
    LEDGER_TRY(posting_events_skip_to(call, events, transaction->log_index));
    if (events->row == NULL) {
        LEDGER_TRY(posting_events_open(call, store, transaction, events));
        LEDGER_TRY(posting_events_skip_to(call, events, transaction->log_index));
    }
    *ret_agrees = events->row != NULL && posting_event_is_of(events->row, transaction);
    return LEDGER_DONE;
}

ledger_status store_reversal_twin_count(struct ledger_call *call, struct store *store, int64_t *ret_count)
{
    STORE_SCAN(scan);
    const struct value *row = NULL;
    LEDGER_TRY(row_get(call, store, QUERY_REVERSAL_TWIN_COUNT, NULL, &scan, &row));
    *ret_count = row == NULL ? 0 : row_integer(&row[REVERSAL_TWIN_COUNT_OUT_TWINS_COUNT]);
    return LEDGER_DONE;
}

ledger_status store_derived_count_get(struct ledger_call *call, struct store *store, struct store_derived_count *ret_count)
{
    STORE_SCAN(scan);
    const struct value *row = NULL;
    LEDGER_TRY(row_get(call, store, QUERY_DERIVED_COUNT_GET, NULL, &scan, &row));
    *ret_count = (struct store_derived_count){.position_faults_count = row == NULL};
    if (row != NULL) {
        *ret_count = (struct store_derived_count){
            .entries_count = row_integer(&row[DERIVED_COUNT_GET_OUT_ENTRIES_COUNT]),
            .events_count = row_integer(&row[DERIVED_COUNT_GET_OUT_EVENTS_COUNT]),
            .manual_events_count = row_integer(&row[DERIVED_COUNT_GET_OUT_MANUAL_EVENTS_COUNT]),
            .positions_count = row_integer(&row[DERIVED_COUNT_GET_OUT_POSITIONS_COUNT]),
            .position_faults_count = row_integer(&row[DERIVED_COUNT_GET_OUT_POSITION_FAULTS_COUNT]),
        };
    }
    return LEDGER_DONE;
}

ledger_status store_derived_fault_scan(struct ledger_call *call, struct store *store, int64_t part,
                                       ledger_status (*each)(struct ledger_call *call, void *context,
                                                             struct ledger_text field, int64_t log_index,
                                                             struct ledger_text stored, struct ledger_text expected),
                                       void *context)
{
    STORE_SCAN(scan);
    const struct value inputs[] = {value_integer(part)};
    LEDGER_TRY(row_scan(call, store, QUERY_DERIVED_FAULT_SCAN, inputs, &scan));
    for (;;) {
        const struct value *row = NULL;
        LEDGER_TRY(row_next(call, &scan, &row));
        if (row == NULL) {
            return LEDGER_DONE;
        }
        LEDGER_TRY(each(call, context, row_text(&row[DERIVED_FAULT_SCAN_OUT_FIELD]),
                        row_integer(&row[DERIVED_FAULT_SCAN_OUT_LOG_INDEX]),
                        row_text(&row[DERIVED_FAULT_SCAN_OUT_STORED]),
                        row_text(&row[DERIVED_FAULT_SCAN_OUT_EXPECTED])));
    }
}
