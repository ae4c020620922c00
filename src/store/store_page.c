/* Pages of transactions and of an account's entries. */
#include "store/row.h"

static ledger_status position_read(struct ledger_call *call, const struct value *row, void *item)
{
    (void)call;
    *(int64_t *)item = row_integer(&row[TRANSACTION_PAGE_OUT_LOG_INDEX]);
    return LEDGER_DONE;
}

ledger_status store_transaction_page(struct ledger_call *call, struct store *store, const struct store_page *page,
                                     int64_t **ret_log_indexes, size_t *ret_count)
{
    const struct value inputs[TRANSACTION_PAGE_INS] = {
        [TRANSACTION_PAGE_IN_FROM_LOG_INDEX] = value_integer(page->from_log_index),
        [TRANSACTION_PAGE_IN_BEFORE_LOG_INDEX] = value_integer(page->before_log_index),
        [TRANSACTION_PAGE_IN_FROM_DAY] = value_day(page->from_day),
        [TRANSACTION_PAGE_IN_TO_DAY] = value_day(page->to_day),
        [TRANSACTION_PAGE_IN_BUSINESS_EVENT_TYPE] = value_text(page->business_event_type),
        [TRANSACTION_PAGE_IN_BUSINESS_KEY] = value_text(page->business_key),
        [TRANSACTION_PAGE_IN_ROW_LIMIT] = value_integer((int64_t)page->limit),
    };
    void *log_indexes = NULL;
    LEDGER_TRY(row_collect(call, store, page->newest_first ? QUERY_TRANSACTION_PAGE_BACKWARD : QUERY_TRANSACTION_PAGE,
                           inputs, sizeof **ret_log_indexes, position_read, &log_indexes, ret_count));
    *ret_log_indexes = log_indexes;
    return LEDGER_DONE;
}

static ledger_status entry_key_read(struct ledger_call *call, const struct value *row, void *item)
{
    (void)call;
    *(int64_t *)item =
        row_integer(&row[ENTRY_PAGE_OUT_LOG_INDEX]) << 16 | row_integer(&row[ENTRY_PAGE_OUT_ENTRY_NUMBER]);
    return LEDGER_DONE;
}

ledger_status store_entry_page(struct ledger_call *call, struct store *store, int64_t account_id, int64_t from_key,
                               int64_t before_key, bool newest_first, size_t limit, int64_t **ret_entry_keys,
                               size_t *ret_count)
{
    const struct value inputs[ENTRY_PAGE_INS] = {
        [ENTRY_PAGE_IN_FROM_LOG_INDEX] = value_integer(from_key >> 16),
        [ENTRY_PAGE_IN_FROM_ENTRY_NUMBER] = value_integer(from_key & 0xffff),
        [ENTRY_PAGE_IN_BEFORE_LOG_INDEX] = value_integer(before_key >> 16),
        [ENTRY_PAGE_IN_BEFORE_ENTRY_NUMBER] = value_integer(before_key & 0xffff),
        [ENTRY_PAGE_IN_ACCOUNT_ID] = value_integer(account_id),
        [ENTRY_PAGE_IN_ROW_LIMIT] = value_integer((int64_t)limit),
    };
    void *keys = NULL;
    LEDGER_TRY(row_collect(call, store, newest_first ? QUERY_ENTRY_PAGE_BACKWARD : QUERY_ENTRY_PAGE, inputs,
                           sizeof **ret_entry_keys, entry_key_read, &keys, ret_count));
    *ret_entry_keys = keys;
    return LEDGER_DONE;
}
