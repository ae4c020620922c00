/* Ledger sheets: entries together with what they show of their transaction. */
#include "store/row.h"

static void sheet_read(const struct value *row, struct store_sheet_line *line)
{
    _Static_assert((int)ENTRY_SHEET_GET_OUTS == (int)ENTRY_SHEET_SCAN_OUTS, "one reader for both");
    *line = (struct store_sheet_line){
        .log_index = row_integer(&row[ENTRY_SHEET_SCAN_OUT_LOG_INDEX]),
        .entry_number = (uint32_t)row_integer(&row[ENTRY_SHEET_SCAN_OUT_ENTRY_NUMBER]),
        .account_id = row_integer(&row[ENTRY_SHEET_SCAN_OUT_ACCOUNT_ID]),
        .entry_type = (enum ledger_entry_type)row_int32(&row[ENTRY_SHEET_SCAN_OUT_ENTRY_TYPE]),
        .amount_minor = row_integer(&row[ENTRY_SHEET_SCAN_OUT_AMOUNT]),
        .memo = row_text(&row[ENTRY_SHEET_SCAN_OUT_MEMO]),
        .number_in_day = row_integer(&row[ENTRY_SHEET_SCAN_OUT_NUMBER_IN_DAY]),
        .posting_date_us = row_integer(&row[ENTRY_SHEET_SCAN_OUT_POSTING_DATE]),
        .transaction_day = row_int32(&row[ENTRY_SHEET_SCAN_OUT_TRANSACTION_DAY]),
        .business_event_type = row_text(&row[ENTRY_SHEET_SCAN_OUT_BUSINESS_EVENT_TYPE]),
        .business_key = row_text(&row[ENTRY_SHEET_SCAN_OUT_BUSINESS_KEY]),
        .description = row_text(&row[ENTRY_SHEET_SCAN_OUT_DESCRIPTION]),
    };
}

ledger_status store_sheet_scan(struct ledger_call *call, struct store *store, const struct store_sheet_range *range,
                               struct store_scan *scan)
{
    const struct value further[] = {
        range->account_id == 0 ? value_null() : value_integer(range->account_id),
        value_day(range->from_day),
        value_day(range->to_day),
    };
    return row_scan_entries_where(call, store, QUERY_ENTRY_SHEET_SCAN, range->from_log_index, range->before_log_index,
                                  further, sizeof further / sizeof further[0], scan);
}

ledger_status store_sheet_next(struct ledger_call *call, struct store_scan *scan, bool *ret_has_line,
                               struct store_sheet_line *ret_line)
{
    const struct value *row = NULL;
    LEDGER_TRY(row_next(call, scan, &row));
    *ret_has_line = row != NULL;
    if (row != NULL) {
        sheet_read(row, ret_line);
    }
    return LEDGER_DONE;
}

ledger_status store_sheet_get(struct ledger_call *call, struct store *store, int64_t entry_key, struct store_scan *scan,
                              struct store_sheet_line *ret_line)
{
    const struct value inputs[] = {value_integer(entry_key >> 16), value_integer(entry_key & 0xffff)};
    const struct value *row = NULL;
    LEDGER_TRY(row_get(call, store, QUERY_ENTRY_SHEET_GET, inputs, scan, &row));
    if (row == NULL) {
        return ledger_fail(call, LEDGER_DATABASE_IS_DAMAGED,
                           "an account list names entry %lld at log position %lld, which is missing: run verify",
                           (long long)(entry_key & 0xffff), (long long)(entry_key >> 16));
    }
    sheet_read(row, ret_line);
    return LEDGER_DONE;
}

ledger_status store_transaction_day_get(struct ledger_call *call, struct store *store, int64_t log_index,
                                        int32_t *ret_transaction_day)
{
    STORE_SCAN(scan);
    const struct value inputs[] = {value_integer(log_index)};
    const struct value *row = NULL;
    LEDGER_TRY(row_get(call, store, QUERY_TRANSACTION_DAY_GET, inputs, &scan, &row));
    if (row == NULL) {
        return ledger_fail(call, LEDGER_DATABASE_IS_DAMAGED,
                           "the transaction at log position %lld is missing: run verify", (long long)log_index);
    }
    *ret_transaction_day = row_int32(&row[0]);
    return LEDGER_DONE;
}

static ledger_status position_read(struct ledger_call *call, const struct value *row, void *item)
{
    (void)call;
    *(int64_t *)item = row_integer(&row[0]);
    return LEDGER_DONE;
}

ledger_status store_transaction_list_by_event_type(struct ledger_call *call, struct store *store,
                                                   struct ledger_text event_type, int64_t before_log_index,
                                                   int32_t from_day, int32_t to_day, int64_t **ret_log_indexes,
                                                   size_t *ret_count)
{
    const struct value inputs[] = {value_text(event_type), value_integer(before_log_index), value_day(from_day),
                                   value_day(to_day)};
    void *log_indexes = NULL;
    LEDGER_TRY(row_collect(call, store, QUERY_TRANSACTION_SCAN_BY_EVENT_TYPE, inputs, sizeof **ret_log_indexes,
                           position_read, &log_indexes, ret_count));
    *ret_log_indexes = log_indexes;
    return LEDGER_DONE;
}
