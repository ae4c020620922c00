/* What a database keeps although it follows from other columns, held against those.
 *
 * I1 Who reads all of the log by store_transaction_check_scan, store_entries_check_find and
 *    store_posting_events_compare, is told of no difference, and met as many rows as store_derived_count_get counts,
 * has read a ledger of which store_derived_fault_scan tells nothing but, perhaps, of accounts. */
#include "base/text.h"
#include "domain/names.h"
#include "store/row.h"

enum {
    PAGE_ROWS = 1024,
    ALONG_LOG_MIN = 4096, /* positions, before reading by the key is tried again … */
    ALONG_LOG_MAX = 1 << 16,
    BY_KEY_MIN = 2048, /* … and how far that has to go to have been worth it */
};

bool store_keeps_derived(const struct store *store)
{
    return row_is_kept(store, QUERY_DERIVED_FAULT_SCAN);
}

/* Entries lie by the ids of their transactions, which ascend with the log where one process posts. So they are read in
 * that order, as long as the next of them are those of the next transaction; a look-up for each transaction, along the
 * log, costs twice as much, and is for stretches where ids do not ascend. Which it is changes nothing of what is read:
 *
 * I2 All entries of an id lie together. Where the entry before is of another id, the next is the first of its own. */

void store_entries_check_close(struct store_entries_check *entries)
{
    store_scan_close(&entries->scan);
    entries->row = NULL;
}

static ledger_status entries_open_page(struct ledger_call *call, struct store *store,
                                       struct store_entries_check *entries)
{
    const struct value inputs[] = {value_text(ledger_text_of(entries->page_id)), value_integer(entries->page_entry_id),
                                   value_integer(PAGE_ROWS)};
    entries->page_rows = 0;
    LEDGER_TRY(row_scan(call, store, QUERY_ENTRY_CHECK_SCAN_BY_KEY, inputs, &entries->scan));
    return row_next(call, &entries->scan, &entries->row);
}

static void entries_set_page(struct store_entries_check *entries, const void *transaction_id, int64_t entry_id)
{
    struct uuid id;
    memcpy(id.bytes, transaction_id, UUID_SIZE);
    uuid_format(&id, entries->page_id);
    entries->page_entry_id = entry_id;
}

static ledger_status entries_open_by_key(struct ledger_call *call, struct store *store,
                                         const struct ledger_transaction_record *transaction,
                                         struct store_entries_check *entries)
{
    entries->is_along_log = false;
    entries->by_key_from = transaction->log_index;
    entries_set_page(entries, transaction->transaction_id, INT64_MIN);
    return entries_open_page(call, store, entries);
}

static ledger_status entries_open_along_log(struct ledger_call *call, struct store *store,
                                            const struct ledger_transaction_record *transaction,
                                            struct store_entries_check *entries)
{
    int64_t from = transaction->log_index;
    int64_t left = entries->before_log_index - from;
    bool was_worth_it = from - entries->by_key_from >= BY_KEY_MIN;
    entries->along_count = was_worth_it || entries->along_count == 0 ? ALONG_LOG_MIN
                           : entries->along_count < ALONG_LOG_MAX    ? entries->along_count * 2
                                                                     : ALONG_LOG_MAX;
    entries->is_along_log = true;
    entries->along_before = left > entries->along_count ? from + entries->along_count : entries->before_log_index;
    LEDGER_TRY(row_scan_entries_from(call, store, QUERY_ENTRY_CHECK_SCAN, from, entries->along_before, INT64_MIN,
                                     &entries->scan));
    return row_next(call, &entries->scan, &entries->row);
}

static ledger_status entries_step(struct ledger_call *call, struct store_entries_check *entries)
{
    if (entries->is_along_log) {
        return row_next(call, &entries->scan, &entries->row);
    }
    struct store *store = entries->scan.store;
    const struct value *id = &entries->row[ENTRY_CHECK_SCAN_BY_KEY_OUT_TRANSACTION_ID];
    int64_t entry_id = row_integer(&entries->row[ENTRY_CHECK_SCAN_BY_KEY_OUT_ENTRY_ID]);
    entries->page_rows++;
    if (entries->page_rows == PAGE_ROWS && id->text.size == UUID_SIZE) {
        entries_set_page(entries, id->text.data, entry_id == INT64_MAX ? entry_id : entry_id + 1);
        return entries_open_page(call, store, entries);
    }
    return row_next(call, &entries->scan, &entries->row);
}

static bool row_is_bytes(const struct value *value, const void *bytes, size_t size)
{
    return value->type == VALUE_BLOB && value->text.size == size && memcmp(value->text.data, bytes, size) == 0;
}

static bool entries_row_is_of(const struct store_entries_check *entries,
                              const struct ledger_transaction_record *transaction)
{
    const struct value *first = entries->row;
    return first != NULL && (entries->is_along_log ? row_integer(first) == transaction->log_index
                                                   : row_is_bytes(first, transaction->transaction_id, UUID_SIZE));
}

ledger_status store_entries_check_find(struct ledger_call *call, struct store *store,
                                       const struct ledger_transaction_record *transaction,
                                       struct store_entries_check *entries)
{
    bool is_open = entries->scan.cursor != NULL;
    if (!is_open || (entries->is_along_log && transaction->log_index >= entries->along_before)) {
        LEDGER_TRY(entries_open_by_key(call, store, transaction, entries));
    }
    if (!entries->is_along_log && !entries_row_is_of(entries, transaction)) {
        LEDGER_TRY(entries_open_along_log(call, store, transaction, entries));
    }
    while (entries->is_along_log && entries->row != NULL && row_integer(entries->row) < transaction->log_index) {
        LEDGER_TRY(entries_step(call, entries));
    }
    return LEDGER_DONE;
}

ledger_status store_entries_check_next(struct ledger_call *call, const struct ledger_transaction_record *transaction,
                                       struct store_entries_check *entries, bool *ret_has_entry,
                                       struct ledger_entry_record *ret_entry, bool *ret_agrees)
{
    _Static_assert((int)ENTRY_CHECK_SCAN_OUT_ENTRY_HASH == (int)ENTRY_SCAN_OUT_ENTRY_HASH &&
                       (int)ENTRY_CHECK_SCAN_BY_KEY_OUT_ENTRY_NUMBER == (int)ENTRY_CHECK_SCAN_OUT_ENTRY_NUMBER &&
                       (int)ENTRY_CHECK_SCAN_BY_KEY_OUT_ENTRY_ID == (int)ENTRY_CHECK_SCAN_OUT_ENTRY_ID,
                   "one reader for all");
    if (entries->is_given) {
        entries->is_given = false;
        LEDGER_TRY(entries_step(call, entries));
    }
    *ret_has_entry = entries_row_is_of(entries, transaction);
    if (!*ret_has_entry) {
        return LEDGER_DONE;
    }
    const struct value *row = entries->row;
    int64_t entry_id = row_integer(&row[ENTRY_CHECK_SCAN_OUT_ENTRY_ID]);
    entries->is_given = true;
    row_read_entry(row, ret_entry);
    int64_t entry_number = row_integer(&row[ENTRY_CHECK_SCAN_OUT_ENTRY_NUMBER]);
    ret_entry->entry_number = (uint32_t)entry_number;
    ret_entry->account_code = row_text(&row[ENTRY_CHECK_SCAN_OUT_ACCOUNT_CODE]);
    ret_entry->currency = row_text(&row[ENTRY_CHECK_SCAN_OUT_CURRENCY]);
    *ret_agrees = entry_id >= 0 && entry_id >> 16 == transaction->log_index && (entry_id & UINT16_MAX) == entry_number;
    return LEDGER_DONE;
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

ledger_status store_derived_count_get(struct ledger_call *call, struct store *store,
                                      struct store_derived_count *ret_count)
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
