/* Redactions: the texts of a transaction erased, and what is kept of them. */
#include "store/row.h"

static void redaction_read(const struct value *row, struct store_redaction *redaction)
{
    _Static_assert((int)REDACTION_LIST_OUTS == (int)REDACTION_FIND_OUTS, "one reader for both");
    *redaction = (struct store_redaction){
        .log_index = row_integer(&row[REDACTION_LIST_OUT_LOG_INDEX]),
        .has_transaction = row[REDACTION_LIST_OUT_TRANSACTION_LOG_INDEX].type != VALUE_NULL,
        .transaction_log_index = row_integer(&row[REDACTION_LIST_OUT_TRANSACTION_LOG_INDEX]),
        .has_event = row[REDACTION_LIST_OUT_EVENT_TIMESTAMP].type != VALUE_NULL,
        .event_timestamp_us = row_integer(&row[REDACTION_LIST_OUT_EVENT_TIMESTAMP]),
    };
    row_bytes(&row[REDACTION_LIST_OUT_TRANSACTION_ID], redaction->transaction_id, UUID_SIZE);
    row_bytes(&row[REDACTION_LIST_OUT_TEXTS_HASH], &redaction->texts_hash, SHA256_SIZE);
}

static ledger_status redaction_take(struct ledger_call *call, const struct value *row, void *item)
{
    (void)call;
    redaction_read(row, item);
    return LEDGER_DONE;
}

ledger_status store_redaction_list(struct ledger_call *call, struct store *store,
                                   struct store_redaction **ret_redactions, size_t *ret_count)
{
    void *redactions = NULL;
    LEDGER_TRY(row_collect(call, store, QUERY_REDACTION_LIST, NULL, sizeof **ret_redactions, redaction_take,
                           &redactions, ret_count));
    *ret_redactions = redactions;
    return LEDGER_DONE;
}

ledger_status store_redaction_find(struct ledger_call *call, struct store *store, int64_t transaction_log_index,
                                   bool *ret_found, struct store_redaction *ret_redaction)
{
    STORE_SCAN(scan);
    const struct value inputs[] = {value_integer(transaction_log_index)};
    const struct value *row = NULL;
    LEDGER_TRY(row_get(call, store, QUERY_REDACTION_FIND, inputs, &scan, &row));
    *ret_found = row != NULL;
    if (row != NULL) {
        redaction_read(row, ret_redaction);
    }
    return LEDGER_DONE;
}

static ledger_status approvals_redact(struct ledger_call *call, struct store *store,
                                      const uint8_t transaction_id[UUID_SIZE], struct ledger_text mark)
{
    const struct value inputs[] = {value_blob(transaction_id, UUID_SIZE), value_text(mark)};
    return row_write(call, store, QUERY_APPROVALS_REDACT, inputs, 1);
}

/* The row comes first: guards let the rest pass by what it says. */
ledger_status store_redaction_insert(struct ledger_call *call, struct store *store,
                                     const struct store_redaction *redaction,
                                     const struct ledger_transaction_record *transaction, struct ledger_text mark)
{
    const struct value row[REDACTION_INSERT_INS] = {
        [REDACTION_INSERT_IN_LOG_INDEX] = value_integer(redaction->log_index),
        [REDACTION_INSERT_IN_TRANSACTION_LOG_INDEX] = value_integer(transaction->log_index),
        [REDACTION_INSERT_IN_TEXTS_HASH] = value_blob(redaction->texts_hash.bytes, SHA256_SIZE),
        [REDACTION_INSERT_IN_TRANSACTION_ID] = value_blob(transaction->transaction_id, UUID_SIZE),
    };
    const struct value change[ENTRIES_REDACT_INS] = {
        [ENTRIES_REDACT_IN_LOG_INDEX] = value_integer(transaction->log_index),
        [ENTRIES_REDACT_IN_MARK] = value_text(mark),
        [ENTRIES_REDACT_IN_TRANSACTION_ID] = value_blob(transaction->transaction_id, UUID_SIZE),
    };
    _Static_assert((int)TRANSACTION_REDACT_IN_MARK == (int)ENTRIES_REDACT_IN_MARK, "they begin alike");
    LEDGER_TRY(row_write(call, store, QUERY_REDACTION_INSERT, row, 1));
    LEDGER_TRY(row_write(call, store, QUERY_TRANSACTION_REDACT, change, 1));
    LEDGER_TRY(row_write(call, store, QUERY_ENTRIES_REDACT, change, 1));
    LEDGER_TRY(approvals_redact(call, store, transaction->transaction_id, mark));
    return transaction->is_reversal ? approvals_redact(call, store, transaction->reverses_transaction_id, mark)
                                    : LEDGER_DONE;
}
