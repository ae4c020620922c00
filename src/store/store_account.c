/* Accounts, periods and approvals: what rules are made of. */
#include "store/row.h"

static void account_read(const struct value *row, struct ledger_account *account)
{
    *account = (struct ledger_account){
        .account_id = row_integer(&row[ACCOUNT_LIST_OUT_ACCOUNT_ID]),
        .account_code = row_text(&row[ACCOUNT_LIST_OUT_ACCOUNT_CODE]),
        .account_name = row_text(&row[ACCOUNT_LIST_OUT_ACCOUNT_NAME]),
        .account_type = (enum ledger_account_type)row_int32(&row[ACCOUNT_LIST_OUT_ACCOUNT_TYPE]),
        .account_role = (enum ledger_account_role)row_int32(&row[ACCOUNT_LIST_OUT_ACCOUNT_ROLE]),
        .parent_account_id = row_integer(&row[ACCOUNT_LIST_OUT_PARENT_ACCOUNT_ID]),
        .level = row_int32(&row[ACCOUNT_LIST_OUT_LEVEL]),
        .currency = row_text(&row[ACCOUNT_LIST_OUT_CURRENCY]),
        .description = row_text(&row[ACCOUNT_LIST_OUT_DESCRIPTION]),
        .is_active = row_integer(&row[ACCOUNT_LIST_OUT_IS_ACTIVE]) != 0,
        .version = row_int32(&row[ACCOUNT_LIST_OUT_VERSION]),
        .created_at_us = row_integer(&row[ACCOUNT_LIST_OUT_CREATED_AT]),
        .created_by = row_text(&row[ACCOUNT_LIST_OUT_CREATED_BY]),
    };
}

static ledger_status account_keep(struct ledger_call *call, struct ledger_account *account)
{
    struct ledger_text *const texts[] = {&account->account_code, &account->account_name, &account->currency,
                                         &account->description, &account->created_by};
    return row_keep_texts(call, texts, sizeof texts / sizeof texts[0]);
}

static ledger_status account_take(struct ledger_call *call, const struct value *row, void *item)
{
    account_read(row, item);
    return account_keep(call, item);
}

/* Rows come by account_id, so a parent is found by halving. */
static void account_link_parents(struct ledger_account *accounts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t low = 0;
        size_t high = count;
        while (accounts[i].parent_account_id != 0 && low < high) {
            size_t middle = low + (high - low) / 2;
            if (accounts[middle].account_id < accounts[i].parent_account_id) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        if (accounts[i].parent_account_id != 0 && low < count &&
            accounts[low].account_id == accounts[i].parent_account_id) {
            accounts[i].parent_account_code = accounts[low].account_code;
        }
    }
}

ledger_status store_account_list(struct ledger_call *call, struct store *store, int64_t log_position,
                                 struct ledger_account **ret_accounts, size_t *ret_count)
{
    const struct value inputs[] = {value_integer(log_position)};
    void *accounts = NULL;
    LEDGER_TRY(row_collect(call, store, QUERY_ACCOUNT_LIST, inputs, sizeof **ret_accounts, account_take, &accounts,
                           ret_count));
    account_link_parents(accounts, *ret_count);
    *ret_accounts = accounts;
    return LEDGER_DONE;
}

ledger_status store_account_insert(struct ledger_call *call, struct store *store, const struct ledger_account *account)
{
    const struct value row[ACCOUNT_INSERT_INS] = {
        [ACCOUNT_INSERT_IN_ACCOUNT_ID] = value_integer(account->account_id),
        [ACCOUNT_INSERT_IN_ACCOUNT_CODE] = value_text(account->account_code),
        [ACCOUNT_INSERT_IN_ACCOUNT_TYPE] = value_integer(account->account_type),
        [ACCOUNT_INSERT_IN_PARENT_ACCOUNT_ID] =
            account->parent_account_id == 0 ? value_null() : value_integer(account->parent_account_id),
        [ACCOUNT_INSERT_IN_LEVEL] = value_integer(account->level),
        [ACCOUNT_INSERT_IN_CURRENCY] = value_text(account->currency),
        [ACCOUNT_INSERT_IN_CREATED_AT] = value_time(account->created_at_us),
        [ACCOUNT_INSERT_IN_CREATED_BY] = value_symbol(account->created_by),
    };
    return row_write(call, store, QUERY_ACCOUNT_INSERT, row, 1);
}

ledger_status store_account_version_insert(struct ledger_call *call, struct store *store,
                                           const struct ledger_account *account, int64_t log_index,
                                           int64_t changed_at_us, struct ledger_text changed_by)
{
    const struct value row[ACCOUNT_VERSION_INSERT_INS] = {
        [ACCOUNT_VERSION_INSERT_IN_ACCOUNT_ID] = value_integer(account->account_id),
        [ACCOUNT_VERSION_INSERT_IN_VERSION] = value_integer(account->version),
        [ACCOUNT_VERSION_INSERT_IN_LOG_INDEX] = value_integer(log_index),
        [ACCOUNT_VERSION_INSERT_IN_ACCOUNT_NAME] = value_text(account->account_name),
        [ACCOUNT_VERSION_INSERT_IN_ACCOUNT_ROLE] = value_integer(account->account_role),
        [ACCOUNT_VERSION_INSERT_IN_DESCRIPTION] = value_text(account->description),
        [ACCOUNT_VERSION_INSERT_IN_IS_ACTIVE] = value_integer(account->is_active),
        [ACCOUNT_VERSION_INSERT_IN_CHANGED_AT] = value_time(changed_at_us),
        [ACCOUNT_VERSION_INSERT_IN_CHANGED_BY] = value_symbol(changed_by),
    };
    LEDGER_TRY(row_write(call, store, QUERY_ACCOUNT_VERSION_INSERT, row, 1));
    return row_write(call, store, QUERY_ACCOUNT_TAKE_VERSION, &row[ACCOUNT_VERSION_INSERT_IN_ACCOUNT_ID], 1);
}

static void account_version_read(const struct value *row, struct store_account_version *version)
{
    *version = (struct store_account_version){
        .account =
            {
                .account_id = row_integer(&row[ACCOUNT_VERSION_GET_OUT_ACCOUNT_ID]),
                .account_code = row_text(&row[ACCOUNT_VERSION_GET_OUT_ACCOUNT_CODE]),
                .account_name = row_text(&row[ACCOUNT_VERSION_GET_OUT_ACCOUNT_NAME]),
                .account_type = (enum ledger_account_type)row_int32(&row[ACCOUNT_VERSION_GET_OUT_ACCOUNT_TYPE]),
                .account_role = (enum ledger_account_role)row_int32(&row[ACCOUNT_VERSION_GET_OUT_ACCOUNT_ROLE]),
                .parent_account_code = row_text(&row[ACCOUNT_VERSION_GET_OUT_PARENT_ACCOUNT_CODE]),
                .level = row_int32(&row[ACCOUNT_VERSION_GET_OUT_LEVEL]),
                .currency = row_text(&row[ACCOUNT_VERSION_GET_OUT_CURRENCY]),
                .description = row_text(&row[ACCOUNT_VERSION_GET_OUT_DESCRIPTION]),
                .is_active = row_integer(&row[ACCOUNT_VERSION_GET_OUT_IS_ACTIVE]) != 0,
                .version = row_int32(&row[ACCOUNT_VERSION_GET_OUT_VERSION]),
                .created_at_us = row_integer(&row[ACCOUNT_VERSION_GET_OUT_CREATED_AT]),
                .created_by = row_text(&row[ACCOUNT_VERSION_GET_OUT_CREATED_BY]),
            },
        .log_index = row_integer(&row[ACCOUNT_VERSION_GET_OUT_LOG_INDEX]),
        .changed_at_us = row_integer(&row[ACCOUNT_VERSION_GET_OUT_CHANGED_AT]),
        .changed_by = row_text(&row[ACCOUNT_VERSION_GET_OUT_CHANGED_BY]),
    };
}

ledger_status store_account_version_get(struct ledger_call *call, struct store *store, int64_t log_index,
                                        bool *ret_found, struct store_account_version *ret_version)
{
    STORE_SCAN(scan);
    const struct value inputs[] = {value_integer(log_index)};
    const struct value *row = NULL;
    LEDGER_TRY(row_get(call, store, QUERY_ACCOUNT_VERSION_GET, inputs, &scan, &row));
    *ret_found = row != NULL;
    if (row == NULL) {
        return LEDGER_DONE;
    }
    account_version_read(row, ret_version);
    LEDGER_TRY(account_keep(call, &ret_version->account));
    struct ledger_text *const texts[] = {&ret_version->account.parent_account_code, &ret_version->changed_by};
    return row_keep_texts(call, texts, sizeof texts / sizeof texts[0]);
}

ledger_status store_account_orphan_scan(struct ledger_call *call, struct store *store,
                                        ledger_status (*each)(struct ledger_call *call, void *context,
                                                              int64_t account_id, bool is_version),
                                        void *context)
{
    STORE_SCAN(scan);
    LEDGER_TRY(row_scan(call, store, QUERY_ACCOUNT_ORPHAN_SCAN, NULL, &scan));
    for (;;) {
        const struct value *row = NULL;
        LEDGER_TRY(row_next(call, &scan, &row));
        if (row == NULL) {
            return LEDGER_DONE;
        }
        LEDGER_TRY(each(call, context, row_integer(&row[ACCOUNT_ORPHAN_SCAN_OUT_ACCOUNT_ID]),
                        row_integer(&row[ACCOUNT_ORPHAN_SCAN_OUT_IS_VERSION]) != 0));
    }
}

static ledger_status period_read(struct ledger_call *call, const struct value *row, void *item)
{
    struct ledger_period *period = item;
    _Static_assert((int)PERIOD_LIST_OUTS == (int)PERIOD_GET_OUTS, "one reader for both");
    *period = (struct ledger_period){
        .log_index = row_integer(&row[PERIOD_LIST_OUT_LOG_INDEX]),
        .start_day = row_int32(&row[PERIOD_LIST_OUT_START_DAY]),
        .end_day = row_int32(&row[PERIOD_LIST_OUT_END_DAY]),
        .is_closed = row_integer(&row[PERIOD_LIST_OUT_IS_CLOSED]) != 0,
        .reason = row_text(&row[PERIOD_LIST_OUT_REASON]),
        .changed_at_us = row_integer(&row[PERIOD_LIST_OUT_CHANGED_AT]),
        .changed_by = row_text(&row[PERIOD_LIST_OUT_CHANGED_BY]),
    };
    struct ledger_text *const texts[] = {&period->reason, &period->changed_by};
    return row_keep_texts(call, texts, sizeof texts / sizeof texts[0]);
}

ledger_status store_period_list(struct ledger_call *call, struct store *store, int64_t log_position,
                                struct ledger_period **ret_periods, size_t *ret_count)
{
    const struct value inputs[] = {value_integer(log_position)};
    void *periods = NULL;
    LEDGER_TRY(
        row_collect(call, store, QUERY_PERIOD_LIST, inputs, sizeof **ret_periods, period_read, &periods, ret_count));
    *ret_periods = periods;
    return LEDGER_DONE;
}

ledger_status store_period_get(struct ledger_call *call, struct store *store, int64_t log_index, bool *ret_found,
                               struct ledger_period *ret_period)
{
    STORE_SCAN(scan);
    const struct value inputs[] = {value_integer(log_index)};
    const struct value *row = NULL;
    LEDGER_TRY(row_get(call, store, QUERY_PERIOD_GET, inputs, &scan, &row));
    *ret_found = row != NULL;
    return row == NULL ? LEDGER_DONE : period_read(call, row, ret_period);
}

ledger_status store_period_insert(struct ledger_call *call, struct store *store, const struct ledger_period *period)
{
    const struct value row[PERIOD_INSERT_INS] = {
        [PERIOD_INSERT_IN_LOG_INDEX] = value_integer(period->log_index),
        [PERIOD_INSERT_IN_START_DAY] = value_day(period->start_day),
        [PERIOD_INSERT_IN_END_DAY] = value_day(period->end_day),
        [PERIOD_INSERT_IN_IS_CLOSED] = value_integer(period->is_closed),
        [PERIOD_INSERT_IN_REASON] = value_text(period->reason),
        [PERIOD_INSERT_IN_CHANGED_AT] = value_time(period->changed_at_us),
        [PERIOD_INSERT_IN_CHANGED_BY] = value_symbol(period->changed_by),
    };
    return row_write(call, store, QUERY_PERIOD_INSERT, row, 1);
}

static ledger_status approval_read(struct ledger_call *call, const struct value *row, void *item)
{
    struct store_approval_change *change = item;
    _Static_assert((int)APPROVAL_LIST_OUTS == (int)APPROVAL_GET_OUTS, "one reader for both");
    *change = (struct store_approval_change){
        .log_index = row_integer(&row[APPROVAL_LIST_OUT_LOG_INDEX]),
        .kind = (enum ledger_approval_kind)row_int32(&row[APPROVAL_LIST_OUT_KIND]),
        .state = (enum ledger_approval_state)row_int32(&row[APPROVAL_LIST_OUT_STATE]),
        .reason = row_text(&row[APPROVAL_LIST_OUT_REASON]),
        .transaction_date = row_text(&row[APPROVAL_LIST_OUT_TRANSACTION_DATE]),
        .idempotency_key = row_text(&row[APPROVAL_LIST_OUT_IDEMPOTENCY_KEY]),
        .changed_at_us = row_integer(&row[APPROVAL_LIST_OUT_CHANGED_AT]),
        .changed_by = row_text(&row[APPROVAL_LIST_OUT_CHANGED_BY]),
        .principal = row_text(&row[APPROVAL_LIST_OUT_PRINCIPAL]),
        .source_system = row_text(&row[APPROVAL_LIST_OUT_SOURCE_SYSTEM]),
        .reason_is_redacted = row_is_empty(&row[APPROVAL_LIST_OUT_REASON_SALT]),
    };
    row_bytes(&row[APPROVAL_LIST_OUT_REASON_SALT], change->reason_salt, sizeof change->reason_salt);
    row_bytes(&row[APPROVAL_LIST_OUT_REQUEST_ID], change->request_id.bytes, UUID_SIZE);
    row_bytes(&row[APPROVAL_LIST_OUT_TRANSACTION_ID], change->transaction_id, UUID_SIZE);
    struct ledger_text *const texts[] = {&change->reason,     &change->transaction_date, &change->idempotency_key,
                                         &change->changed_by, &change->principal,        &change->source_system};
    return row_keep_texts(call, texts, sizeof texts / sizeof texts[0]);
}

ledger_status store_approval_list(struct ledger_call *call, struct store *store,
                                  struct store_approval_change **ret_changes, size_t *ret_count)
{
    void *changes = NULL;
    LEDGER_TRY(
        row_collect(call, store, QUERY_APPROVAL_LIST, NULL, sizeof **ret_changes, approval_read, &changes, ret_count));
    *ret_changes = changes;
    return LEDGER_DONE;
}

ledger_status store_approval_get(struct ledger_call *call, struct store *store, int64_t log_index, bool *ret_found,
                                 struct store_approval_change *ret_change)
{
    STORE_SCAN(scan);
    const struct value inputs[] = {value_integer(log_index)};
    const struct value *row = NULL;
    LEDGER_TRY(row_get(call, store, QUERY_APPROVAL_GET, inputs, &scan, &row));
    *ret_found = row != NULL;
    return row == NULL ? LEDGER_DONE : approval_read(call, row, ret_change);
}

ledger_status store_approval_insert(struct ledger_call *call, struct store *store,
                                    const struct store_approval_change *change)
{
    const struct value row[APPROVAL_INSERT_INS] = {
        [APPROVAL_INSERT_IN_LOG_INDEX] = value_integer(change->log_index),
        [APPROVAL_INSERT_IN_REQUEST_ID] = value_blob(change->request_id.bytes, UUID_SIZE),
        [APPROVAL_INSERT_IN_KIND] = value_integer(change->kind),
        [APPROVAL_INSERT_IN_STATE] = value_integer(change->state),
        [APPROVAL_INSERT_IN_TRANSACTION_ID] = value_blob(change->transaction_id, UUID_SIZE),
        [APPROVAL_INSERT_IN_REASON] = value_text(change->reason),
        [APPROVAL_INSERT_IN_TRANSACTION_DATE] = value_text(change->transaction_date),
        [APPROVAL_INSERT_IN_IDEMPOTENCY_KEY] = value_text(change->idempotency_key),
        [APPROVAL_INSERT_IN_CHANGED_AT] = value_time(change->changed_at_us),
        [APPROVAL_INSERT_IN_CHANGED_BY] = value_symbol(change->changed_by),
        [APPROVAL_INSERT_IN_PRINCIPAL] = value_symbol(change->principal),
        [APPROVAL_INSERT_IN_SOURCE_SYSTEM] = value_symbol(change->source_system),
        [APPROVAL_INSERT_IN_REASON_SALT] =
            text_is_absent(change->reason) ? value_null() : value_blob(change->reason_salt, sizeof change->reason_salt),
    };
    return row_write(call, store, QUERY_APPROVAL_INSERT, row, 1);
}
