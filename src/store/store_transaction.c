/* Transactions and entries: written in bulk, found, read one by one and scanned. */
#include <assert.h>

#include "base/time.h"
#include "domain/names.h"
#include "store/row.h"

enum { ROWS_AT_ONCE = 128 };

static void transaction_fill(struct value *row, const struct ledger_transaction_record *transaction)
{
    row[TRANSACTION_INSERT_IN_LOG_INDEX] = value_integer(transaction->log_index);
    row[TRANSACTION_INSERT_IN_TRANSACTION_ID] = value_blob(transaction->transaction_id, UUID_SIZE);
    row[TRANSACTION_INSERT_IN_NUMBER_IN_DAY] = value_integer(transaction->number_in_day);
    row[TRANSACTION_INSERT_IN_TRANSACTION_DATE] = value_time(transaction->transaction_date_us);
    row[TRANSACTION_INSERT_IN_TRANSACTION_DAY] = value_day(transaction->transaction_day);
    row[TRANSACTION_INSERT_IN_POSTING_DATE] = value_time(transaction->posting_date_us);
    row[TRANSACTION_INSERT_IN_BUSINESS_EVENT_TYPE] = value_symbol(transaction->business_event_type);
    row[TRANSACTION_INSERT_IN_BUSINESS_KEY] = value_text(transaction->business_key);
    row[TRANSACTION_INSERT_IN_DESCRIPTION] = value_text(transaction->description);
    row[TRANSACTION_INSERT_IN_REVERSES_LOG_INDEX] =
        transaction->is_reversal ? value_integer(transaction->reverses_log_index) : value_null();
    row[TRANSACTION_INSERT_IN_REVERSAL_REASON] = value_text(transaction->reversal_reason);
    row[TRANSACTION_INSERT_IN_IDEMPOTENCY_KEY] = value_text(transaction->idempotency_key);
    row[TRANSACTION_INSERT_IN_IDEMPOTENCY_FINGERPRINT] =
        text_is_absent(transaction->idempotency_key) ? value_null()
                                                     : value_blob(transaction->idempotency_fingerprint, SHA256_SIZE);
    row[TRANSACTION_INSERT_IN_TRANSACTION_HASH] = value_blob(transaction->transaction_hash, SHA256_SIZE);
    row[TRANSACTION_INSERT_IN_TEXTS_SALT] = value_blob(transaction->texts_salt, sizeof transaction->texts_salt);
    row[TRANSACTION_INSERT_IN_RECORD_HASH] = value_blob(transaction->record_hash, SHA256_SIZE);
    row[TRANSACTION_INSERT_IN_CREATED_BY] = value_symbol(transaction->created_by);
    row[TRANSACTION_INSERT_IN_PRINCIPAL] = value_symbol(transaction->principal);
    row[TRANSACTION_INSERT_IN_SOURCE_SYSTEM] = value_symbol(transaction->source_system);
    row[TRANSACTION_INSERT_IN_SOURCE_IP] = value_symbol(transaction->source_ip);
    row[TRANSACTION_INSERT_IN_REVERSES_TRANSACTION_ID] =
        transaction->is_reversal ? value_blob(transaction->reverses_transaction_id, UUID_SIZE) : value_null();
}

/* `number` keeps the text until the row is written. */
static void transaction_fill_number(struct value *row, const struct ledger_transaction_record *transaction,
                                    char number[LEDGER_NUMBER_TEXT_SIZE])
{
    ledger_transaction_number(transaction->posting_date_us, transaction->number_in_day, number);
    row[TRANSACTION_INSERT_IN_TRANSACTION_NUMBER] = value_text(ledger_text_of(number));
}

static void entry_fill(struct value *row, const struct ledger_transaction_record *transaction,
                       const struct ledger_entry_record *entry)
{
    row[ENTRY_INSERT_IN_LOG_INDEX] = value_integer(transaction->log_index);
    row[ENTRY_INSERT_IN_ENTRY_NUMBER] = value_integer(entry->entry_number);
    row[ENTRY_INSERT_IN_ACCOUNT_ID] = value_integer(entry->account_id);
    row[ENTRY_INSERT_IN_ENTRY_TYPE] = value_integer(entry->entry_type);
    row[ENTRY_INSERT_IN_AMOUNT] = value_amount(entry->amount_minor);
    row[ENTRY_INSERT_IN_MEMO] = value_text(entry->memo);
    row[ENTRY_INSERT_IN_COST_CENTER] = value_symbol(entry->cost_center);
    row[ENTRY_INSERT_IN_BUSINESS_UNIT] = value_symbol(entry->business_unit);
    row[ENTRY_INSERT_IN_PROJECT_CODE] = value_symbol(entry->project_code);
    row[ENTRY_INSERT_IN_ENTRY_HASH] = value_blob(entry->entry_hash, SHA256_SIZE);
    row[ENTRY_INSERT_IN_TRANSACTION_ID] = value_blob(transaction->transaction_id, UUID_SIZE);
    row[ENTRY_INSERT_IN_ACCOUNT_CODE] = value_text(entry->account_code);
    row[ENTRY_INSERT_IN_CURRENCY] = value_text(entry->currency);
}

static ledger_status entries_insert(struct ledger_call *call, struct store *store,
                                    const struct ledger_transaction_record *const *transactions, size_t count)
{
    struct value rows[ROWS_AT_ONCE * ENTRY_INSERT_INS];
    size_t filled = 0;
    for (size_t i = 0; i < count; i++) {
        for (uint32_t e = 0; e < transactions[i]->entries_count; e++) {
            entry_fill(rows + filled * ENTRY_INSERT_INS, transactions[i], &transactions[i]->entries[e]);
            filled++;
            if (filled == ROWS_AT_ONCE) {
                LEDGER_TRY(row_write(call, store, QUERY_ENTRY_INSERT, rows, filled));
                filled = 0;
            }
        }
    }
    return filled == 0 ? LEDGER_DONE : row_write(call, store, QUERY_ENTRY_INSERT, rows, filled);
}

static ledger_status originals_mark(struct ledger_call *call, struct store *store,
                                    const struct ledger_transaction_record *const *transactions, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (transactions[i]->is_reversal) {
            const struct value mark[] = {value_integer(transactions[i]->reverses_log_index),
                                         value_blob(transactions[i]->transaction_id, UUID_SIZE)};
            LEDGER_TRY(row_write(call, store, QUERY_TRANSACTION_MARK_REVERSED, mark, 1));
        }
    }
    return LEDGER_DONE;
}

/* The texts of a posting's event, until its row is written. */
struct event_texts {
    char audit_id[EVENT_ID_TEXT_SIZE];
    char description[EVENT_DESCRIPTION_SIZE];
};

/* A posting's event as the view of a database that renders it has it: its id is of the instant and the position. */
static void posting_event_fill(struct value *row, const struct ledger_transaction_record *transaction,
                               struct event_texts *texts)
{
    bool is_reversal = transaction->is_reversal;
    event_id_format(transaction->posting_date_us, transaction->log_index, texts->audit_id);
    event_describe_posting(transaction->posting_date_us, transaction->number_in_day, is_reversal, texts->description);
    row[POSTING_EVENT_INSERT_IN_AUDIT_ID] = value_text(ledger_text_of(texts->audit_id));
    row[POSTING_EVENT_INSERT_IN_EVENT_TIMESTAMP] = value_time(transaction->posting_date_us);
    row[POSTING_EVENT_INSERT_IN_EVENT_TYPE] =
        value_text(is_reversal ? TEXT("TRANSACTION_REVERSED") : TEXT("TRANSACTION_POSTED"));
    row[POSTING_EVENT_INSERT_IN_TRANSACTION_ID] = value_blob(transaction->transaction_id, UUID_SIZE);
    row[POSTING_EVENT_INSERT_IN_USER_ID] = value_symbol(transaction->created_by);
    row[POSTING_EVENT_INSERT_IN_PRINCIPAL] = value_symbol(transaction->principal);
    row[POSTING_EVENT_INSERT_IN_SOURCE_SYSTEM] = value_symbol(transaction->source_system);
    row[POSTING_EVENT_INSERT_IN_SOURCE_IP] = value_symbol(transaction->source_ip);
    row[POSTING_EVENT_INSERT_IN_ACTION] = value_text(is_reversal ? TEXT("REVERSE") : TEXT("POST"));
    row[POSTING_EVENT_INSERT_IN_DESCRIPTION] = value_text(ledger_text_of(texts->description));
    row[POSTING_EVENT_INSERT_IN_LOG_INDEX] = value_integer(transaction->log_index);
}

static ledger_status posting_events_insert(struct ledger_call *call, struct store *store,
                                           const struct ledger_transaction_record *const *transactions, size_t count)
{
    if (!row_is_kept(store, QUERY_POSTING_EVENT_INSERT)) {
        return LEDGER_DONE; /* nor need their texts be made */
    }
    struct value rows[ROWS_AT_ONCE * POSTING_EVENT_INSERT_INS];
    struct event_texts texts[ROWS_AT_ONCE];
    for (size_t done = 0; done < count;) {
        size_t now = count - done < ROWS_AT_ONCE ? count - done : ROWS_AT_ONCE;
        for (size_t i = 0; i < now; i++) {
            posting_event_fill(rows + i * POSTING_EVENT_INSERT_INS, transactions[done + i], &texts[i]);
        }
        LEDGER_TRY(row_write(call, store, QUERY_POSTING_EVENT_INSERT, rows, now));
        done += now;
    }
    return LEDGER_DONE;
}

ledger_status store_transaction_insert(struct ledger_call *call, struct store *store,
                                       const struct ledger_transaction_record *const *transactions, size_t count)
{
    struct value rows[ROWS_AT_ONCE * TRANSACTION_INSERT_INS];
    char numbers[ROWS_AT_ONCE][LEDGER_NUMBER_TEXT_SIZE];
    bool takes_numbers = row_takes(store, QUERY_TRANSACTION_INSERT, TRANSACTION_INSERT_IN_TRANSACTION_NUMBER);
    for (size_t done = 0; done < count;) {
        size_t now = count - done < ROWS_AT_ONCE ? count - done : ROWS_AT_ONCE;
        for (size_t i = 0; i < now; i++) {
            struct value *row = rows + i * TRANSACTION_INSERT_INS;
            transaction_fill(row, transactions[done + i]);
            if (takes_numbers) {
                transaction_fill_number(row, transactions[done + i], numbers[i]);
            }
        }
        LEDGER_TRY(row_write(call, store, QUERY_TRANSACTION_INSERT, rows, now));
        done += now;
    }
    LEDGER_TRY(entries_insert(call, store, transactions, count));
    LEDGER_TRY(originals_mark(call, store, transactions, count));
    return posting_events_insert(call, store, transactions, count);
}

ledger_status store_posting_day_insert(struct ledger_call *call, struct store *store, int32_t posting_day,
                                       int64_t first_log_index)
{
    const struct value row[] = {value_day(posting_day), value_integer(first_log_index)};
    return row_write(call, store, QUERY_POSTING_DAY_INSERT, row, 1);
}

static ledger_status posting_day_read(struct ledger_call *call, const struct value *row, void *item)
{
    (void)call;
    *(struct store_posting_day *)item = (struct store_posting_day){
        .posting_day = row_int32(&row[POSTING_DAY_LIST_OUT_POSTING_DAY]),
        .first_log_index = row_integer(&row[POSTING_DAY_LIST_OUT_FIRST_LOG_INDEX]),
    };
    return LEDGER_DONE;
}

ledger_status store_posting_day_list(struct ledger_call *call, struct store *store, struct store_posting_day **ret_days,
                                     size_t *ret_count)
{
    void *days = NULL;
    LEDGER_TRY(
        row_collect(call, store, QUERY_POSTING_DAY_LIST, NULL, sizeof **ret_days, posting_day_read, &days, ret_count));
    *ret_days = days;
    return LEDGER_DONE;
}

ledger_status store_posting_day_find(struct ledger_call *call, struct store *store, int32_t posting_day,
                                     bool *ret_found, struct store_posting_day *ret_day)
{
    STORE_SCAN(scan);
    const struct value inputs[] = {value_day(posting_day)};
    const struct value *row = NULL;
    LEDGER_TRY(row_get(call, store, QUERY_POSTING_DAY_FIND, inputs, &scan, &row));
    *ret_found = row != NULL;
    if (row != NULL) {
        ret_day->posting_day = row_int32(&row[POSTING_DAY_FIND_OUT_POSTING_DAY]);
        ret_day->first_log_index = row_integer(&row[POSTING_DAY_FIND_OUT_FIRST_LOG_INDEX]);
    }
    return LEDGER_DONE;
}

ledger_status store_transaction_find_by_id(struct ledger_call *call, struct store *store,
                                           const uint8_t transaction_id[UUID_SIZE], bool *ret_found,
                                           int64_t *ret_log_index)
{
    STORE_SCAN(scan);
    const struct value inputs[] = {value_blob(transaction_id, UUID_SIZE)};
    const struct value *row = NULL;
    LEDGER_TRY(row_get(call, store, QUERY_TRANSACTION_FIND_BY_ID, inputs, &scan, &row));
    *ret_found = row != NULL;
    if (row != NULL) {
        *ret_log_index = row_integer(&row[0]);
    }
    return LEDGER_DONE;
}

struct transaction_place {
    int64_t log_index;
    int64_t posting_date_us;
    int64_t number_in_day;
};

static ledger_status transaction_beside(struct ledger_call *call, struct store *store, enum query_id query,
                                        int64_t log_index, bool *ret_found, struct transaction_place *ret_place)
{
    _Static_assert((int)TRANSACTION_NEXT_OUT_NUMBER_IN_DAY == (int)TRANSACTION_PREVIOUS_OUT_NUMBER_IN_DAY,
                   "one reader for both");
    STORE_SCAN(scan);
    const struct value inputs[] = {value_integer(log_index)};
    const struct value *row = NULL;
    LEDGER_TRY(row_get(call, store, query, inputs, &scan, &row));
    *ret_found = row != NULL;
    if (row != NULL) {
        ret_place->log_index = row_integer(&row[TRANSACTION_NEXT_OUT_LOG_INDEX]);
        ret_place->posting_date_us = row_integer(&row[TRANSACTION_NEXT_OUT_POSTING_DATE]);
        ret_place->number_in_day = row_integer(&row[TRANSACTION_NEXT_OUT_NUMBER_IN_DAY]);
    }
    return LEDGER_DONE;
}

ledger_status store_transaction_previous(struct ledger_call *call, struct store *store, int64_t log_index,
                                         bool *ret_found, int64_t *ret_log_index, int64_t *ret_posting_date_us,
                                         int64_t *ret_number_in_day)
{
    struct transaction_place place = {0, 0, 0};
    LEDGER_TRY(transaction_beside(call, store, QUERY_TRANSACTION_PREVIOUS, log_index, ret_found, &place));
    *ret_log_index = place.log_index;
    *ret_posting_date_us = place.posting_date_us;
    *ret_number_in_day = place.number_in_day;
    return LEDGER_DONE;
}

/* Numbers ascend with positions within a day, so the place of a number is found by halving between the first posting of
 * its day and the end of the log. */
ledger_status store_transaction_find_by_number(struct ledger_call *call, struct store *store, int32_t posting_day,
                                               int64_t number_in_day, int64_t log_size, bool *ret_found,
                                               int64_t *ret_log_index)
{
    struct store_posting_day day = {0, 0};
    LEDGER_TRY(store_posting_day_find(call, store, posting_day, ret_found, &day));
    if (!*ret_found || day.posting_day != posting_day) {
        *ret_found = false;
        return LEDGER_DONE;
    }
    int64_t low = day.first_log_index;
    int64_t high = log_size;
    struct transaction_place place = {0, 0, 0};
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        bool has_place = false;
        LEDGER_TRY(transaction_beside(call, store, QUERY_TRANSACTION_NEXT, middle, &has_place, &place));
        int32_t place_day = has_place ? time_to_utc_day(place.posting_date_us) : INT32_MAX;
        if (place_day == posting_day && place.number_in_day < number_in_day) {
            low = place.log_index + 1;
        } else {
            high = middle;
        }
    }
    LEDGER_TRY(transaction_beside(call, store, QUERY_TRANSACTION_NEXT, low, ret_found, &place));
    *ret_found =
        *ret_found && place.number_in_day == number_in_day && time_to_utc_day(place.posting_date_us) == posting_day;
    *ret_log_index = place.log_index;
    return LEDGER_DONE;
}

ledger_status store_transaction_find_by_key(struct ledger_call *call, struct store *store,
                                            struct ledger_text idempotency_key, struct ledger_text source_system,
                                            bool *ret_found, struct store_keyed_transaction *ret_keyed)
{
    STORE_SCAN(scan);
    const struct value inputs[] = {value_text(idempotency_key), value_text(source_system)};
    const struct value *row = NULL;
    LEDGER_TRY(row_get(call, store, QUERY_TRANSACTION_FIND_BY_KEY, inputs, &scan, &row));
    *ret_found = row != NULL;
    if (row != NULL) {
        ret_keyed->log_index = row_integer(&row[TRANSACTION_FIND_BY_KEY_OUT_LOG_INDEX]);
        row_bytes(&row[TRANSACTION_FIND_BY_KEY_OUT_IDEMPOTENCY_FINGERPRINT], &ret_keyed->fingerprint, SHA256_SIZE);
        row_bytes(&row[TRANSACTION_FIND_BY_KEY_OUT_TEXTS_SALT], ret_keyed->texts_salt, RECORD_SALT_SIZE);
        ret_keyed->is_redacted = row_is_empty(&row[TRANSACTION_FIND_BY_KEY_OUT_TEXTS_SALT]);
    }
    return LEDGER_DONE;
}

ledger_status store_reversal_find(struct ledger_call *call, struct store *store, int64_t log_index, bool *ret_found,
                                  struct ledger_transaction_record *ret_reversal_head)
{
    STORE_SCAN(scan);
    const struct value inputs[] = {value_integer(log_index)};
    const struct value *row = NULL;
    LEDGER_TRY(row_get(call, store, QUERY_REVERSAL_FIND, inputs, &scan, &row));
    *ret_found = row != NULL;
    if (row != NULL) {
        *ret_reversal_head = (struct ledger_transaction_record){
            .log_index = row_integer(&row[REVERSAL_FIND_OUT_LOG_INDEX]),
            .posting_date_us = row_integer(&row[REVERSAL_FIND_OUT_POSTING_DATE]),
            .number_in_day = row_integer(&row[REVERSAL_FIND_OUT_NUMBER_IN_DAY]),
        };
        row_bytes(&row[REVERSAL_FIND_OUT_TRANSACTION_ID], ret_reversal_head->transaction_id, UUID_SIZE);
    }
    return LEDGER_DONE;
}

/* All but what is known of its reversal: a row of either scan. */
static void transaction_read_own(const struct value *row, struct ledger_transaction_record *transaction)
{
    _Static_assert((int)TRANSACTION_CHECK_SCAN_OUT_REVERSES_TRANSACTION_ID ==
                       (int)TRANSACTION_SCAN_OUT_REVERSES_TRANSACTION_ID,
                   "one reader for both");
    *transaction = (struct ledger_transaction_record){
        .log_index = row_integer(&row[TRANSACTION_SCAN_OUT_LOG_INDEX]),
        .number_in_day = row_integer(&row[TRANSACTION_SCAN_OUT_NUMBER_IN_DAY]),
        .transaction_date_us = row_integer(&row[TRANSACTION_SCAN_OUT_TRANSACTION_DATE]),
        .transaction_day = row_int32(&row[TRANSACTION_SCAN_OUT_TRANSACTION_DAY]),
        .posting_date_us = row_integer(&row[TRANSACTION_SCAN_OUT_POSTING_DATE]),
        .business_event_type = row_text(&row[TRANSACTION_SCAN_OUT_BUSINESS_EVENT_TYPE]),
        .business_key = row_text(&row[TRANSACTION_SCAN_OUT_BUSINESS_KEY]),
        .description = row_text(&row[TRANSACTION_SCAN_OUT_DESCRIPTION]),
        .is_reversal = row[TRANSACTION_SCAN_OUT_REVERSES_LOG_INDEX].type != VALUE_NULL,
        .reverses_log_index = row_integer(&row[TRANSACTION_SCAN_OUT_REVERSES_LOG_INDEX]),
        .reversal_reason = row_text(&row[TRANSACTION_SCAN_OUT_REVERSAL_REASON]),
        .idempotency_key = row_text(&row[TRANSACTION_SCAN_OUT_IDEMPOTENCY_KEY]),
        .is_redacted = row_is_empty(&row[TRANSACTION_SCAN_OUT_TEXTS_SALT]),
        .created_by = row_text(&row[TRANSACTION_SCAN_OUT_CREATED_BY]),
        .principal = row_text(&row[TRANSACTION_SCAN_OUT_PRINCIPAL]),
        .source_system = row_text(&row[TRANSACTION_SCAN_OUT_SOURCE_SYSTEM]),
        .source_ip = row_text(&row[TRANSACTION_SCAN_OUT_SOURCE_IP]),
    };
    row_bytes(&row[TRANSACTION_SCAN_OUT_TRANSACTION_ID], transaction->transaction_id, UUID_SIZE);
    row_bytes(&row[TRANSACTION_SCAN_OUT_REVERSES_TRANSACTION_ID], transaction->reverses_transaction_id, UUID_SIZE);
    row_bytes(&row[TRANSACTION_SCAN_OUT_IDEMPOTENCY_FINGERPRINT], transaction->idempotency_fingerprint, SHA256_SIZE);
    row_bytes(&row[TRANSACTION_SCAN_OUT_TRANSACTION_HASH], transaction->transaction_hash, SHA256_SIZE);
    row_bytes(&row[TRANSACTION_SCAN_OUT_TEXTS_SALT], transaction->texts_salt, sizeof transaction->texts_salt);
    row_bytes(&row[TRANSACTION_SCAN_OUT_RECORD_HASH], transaction->record_hash, SHA256_SIZE);
}

static void transaction_read(const struct value *row, struct ledger_transaction_record *transaction)
{
    transaction_read_own(row, transaction);
    transaction->is_reversed = row[TRANSACTION_SCAN_OUT_REVERSED_BY_LOG_INDEX].type != VALUE_NULL;
    transaction->reversed_by_log_index = row_integer(&row[TRANSACTION_SCAN_OUT_REVERSED_BY_LOG_INDEX]);
    row_bytes(&row[TRANSACTION_SCAN_OUT_REVERSED_BY_TRANSACTION_ID], transaction->reversed_by_transaction_id,
              UUID_SIZE);
}

ledger_status store_transaction_scan(struct ledger_call *call, struct store *store, int64_t from_log_index,
                                     int64_t before_log_index, struct store_scan *scan)
{
    return row_scan_positions(call, store, QUERY_TRANSACTION_SCAN, from_log_index, before_log_index, scan);
}

ledger_status store_transaction_next(struct ledger_call *call, struct store_scan *scan, bool *ret_has_transaction,
                                     struct ledger_transaction_record *ret_transaction)
{
    const struct value *row = NULL;
    LEDGER_TRY(row_next(call, scan, &row));
    *ret_has_transaction = row != NULL;
    if (row != NULL) {
        transaction_read(row, ret_transaction);
    }
    return LEDGER_DONE;
}

ledger_status store_entry_scan(struct ledger_call *call, struct store *store, int64_t from_log_index,
                               int64_t before_log_index, struct store_scan *scan)
{
    return row_scan_entries(call, store, QUERY_ENTRY_SCAN, from_log_index, before_log_index, scan);
}

void row_read_entry(const struct value *row, struct ledger_entry_record *ret_entry)
{
    *ret_entry = (struct ledger_entry_record){
        .account_id = row_integer(&row[ENTRY_SCAN_OUT_ACCOUNT_ID]),
        .entry_type = (enum ledger_entry_type)row_int32(&row[ENTRY_SCAN_OUT_ENTRY_TYPE]),
        .amount_minor = row_integer(&row[ENTRY_SCAN_OUT_AMOUNT]),
        .memo = row_text(&row[ENTRY_SCAN_OUT_MEMO]),
        .cost_center = row_text(&row[ENTRY_SCAN_OUT_COST_CENTER]),
        .business_unit = row_text(&row[ENTRY_SCAN_OUT_BUSINESS_UNIT]),
        .project_code = row_text(&row[ENTRY_SCAN_OUT_PROJECT_CODE]),
    };
    row_bytes(&row[ENTRY_SCAN_OUT_ENTRY_HASH], ret_entry->entry_hash, SHA256_SIZE);
}

ledger_status store_entry_next(struct ledger_call *call, struct store_scan *scan, bool *ret_has_entry,
                               int64_t *ret_log_index, struct ledger_entry_record *ret_entry)
{
    const struct value *row = NULL;
    LEDGER_TRY(row_next(call, scan, &row));
    *ret_has_entry = row != NULL;
    if (row == NULL) {
        return LEDGER_DONE;
    }
    *ret_log_index = row_integer(&row[ENTRY_SCAN_OUT_LOG_INDEX]);
    row_read_entry(row, ret_entry);
    ret_entry->entry_number = (uint32_t)row_integer(&row[ENTRY_SCAN_OUT_ENTRY_NUMBER]);
    return LEDGER_DONE;
}

ledger_status store_transaction_check_scan(struct ledger_call *call, struct store *store, int64_t from_log_index,
                                           int64_t before_log_index, struct store_scan *scan)
{
    return row_scan_positions(call, store, QUERY_TRANSACTION_CHECK_SCAN, from_log_index, before_log_index, scan);
}

ledger_status store_transaction_check_next(struct ledger_call *call, struct store_scan *scan, bool *ret_has_transaction,
                                           struct ledger_transaction_record *ret_transaction, bool *ret_agrees)
{
    const struct value *row = NULL;
    LEDGER_TRY(row_next(call, scan, &row));
    *ret_has_transaction = row != NULL;
    if (row == NULL) {
        return LEDGER_DONE;
    }
    char number[LEDGER_NUMBER_TEXT_SIZE];
    transaction_read_own(row, ret_transaction);
    ledger_transaction_number(ret_transaction->posting_date_us, ret_transaction->number_in_day, number);
    *ret_agrees = row_integer(&row[TRANSACTION_CHECK_SCAN_OUT_LINKS_HOLD]) == 1 &&
                  row_integer(&row[TRANSACTION_CHECK_SCAN_OUT_POSTING_MONTH_DAY]) ==
                      row_month_day(ret_transaction->posting_date_us) &&
                  text_equals_string(row_text(&row[TRANSACTION_CHECK_SCAN_OUT_TRANSACTION_NUMBER]), number);
    return LEDGER_DONE;
}

static ledger_status transaction_keep(struct ledger_call *call, struct ledger_transaction_record *transaction)
{
    struct ledger_text *const texts[] = {
        &transaction->business_event_type, &transaction->business_key,    &transaction->description,
        &transaction->reversal_reason,     &transaction->idempotency_key, &transaction->created_by,
        &transaction->principal,           &transaction->source_system,   &transaction->source_ip,
    };
    return row_keep_texts(call, texts, sizeof texts / sizeof texts[0]);
}

static ledger_status transaction_get_entries(struct ledger_call *call, struct store *store,
                                             struct ledger_transaction_record *transaction)
{
    STORE_SCAN(scan);
    LEDGER_TRY(store_entry_scan(call, store, transaction->log_index, transaction->log_index + 1, &scan));
    struct ledger_entry_record *entries = NULL;
    size_t count = 0;
    size_t capacity = 0;
    for (;;) {
        void *array = entries;
        LEDGER_TRY(row_array_grow(call, &array, count, &capacity, sizeof *entries));
        entries = array;
        bool has_entry = false;
        int64_t log_index = 0;
        LEDGER_TRY(store_entry_next(call, &scan, &has_entry, &log_index, &entries[count]));
        if (!has_entry) {
            break;
        }
        struct ledger_entry_record *entry = &entries[count++];
        struct ledger_text *const texts[] = {&entry->memo, &entry->cost_center, &entry->business_unit,
                                             &entry->project_code};
        LEDGER_TRY(row_keep_texts(call, texts, sizeof texts / sizeof texts[0]));
    }
    transaction->entries = entries;
    transaction->entries_count = (uint32_t)count;
    return LEDGER_DONE;
}

ledger_status store_transaction_get(struct ledger_call *call, struct store *store, int64_t log_index, bool *ret_found,
                                    struct ledger_transaction_record *ret_transaction)
{
    struct ledger_transaction_record transaction;
    {
        STORE_SCAN(scan);
        LEDGER_TRY(store_transaction_scan(call, store, log_index, log_index + 1, &scan));
        LEDGER_TRY(store_transaction_next(call, &scan, ret_found, &transaction));
        if (!*ret_found) {
            return LEDGER_DONE;
        }
        LEDGER_TRY(transaction_keep(call, &transaction));
    }
    LEDGER_TRY(transaction_get_entries(call, store, &transaction));
    *ret_transaction = transaction;
    return LEDGER_DONE;
}

ledger_status store_entry_account_scan(struct ledger_call *call, struct store *store, int64_t from_log_index,
                                       int64_t before_log_index, struct store_scan *scan)
{
    return row_scan_entries(call, store, QUERY_ENTRY_ACCOUNT_SCAN, from_log_index, before_log_index, scan);
}

ledger_status store_entry_account_next(struct ledger_call *call, struct store_scan *scan, bool *ret_has_entry,
                                       int64_t *ret_entry_key, int64_t *ret_account_id)
{
    const struct value *row = NULL;
    LEDGER_TRY(row_next(call, scan, &row));
    *ret_has_entry = row != NULL;
    if (row != NULL) {
        *ret_entry_key = row_integer(&row[ENTRY_ACCOUNT_SCAN_OUT_LOG_INDEX]) << 16 |
                         row_integer(&row[ENTRY_ACCOUNT_SCAN_OUT_ENTRY_NUMBER]);
        *ret_account_id = row_integer(&row[ENTRY_ACCOUNT_SCAN_OUT_ACCOUNT_ID]);
    }
    return LEDGER_DONE;
}
