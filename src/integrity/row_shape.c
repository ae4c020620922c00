/* The rows of facts, column by column. See row_shape.h. */
#include "integrity/row_shape.h"

#include <stddef.h>
#include <string.h>

#include "base/json_write.h"
#include "base/text.h"
#include "domain/names.h"
#include "ledger/approval.h"

enum { ROW_BYTES_FIRST = 512 };

#define COLUMN(type, member, name, kind)                                                                               \
    {                                                                                                                  \
        name, kind, offsetof(struct type, member), false                                                               \
    }
#define SHAPE(table, noun, columns)                                                                                    \
    {                                                                                                                  \
        table, noun, columns, sizeof(columns) / sizeof(columns)[0]                                                     \
    }

#define OF_TRANSACTION(member, kind) COLUMN(ledger_transaction_record, member, #member, kind)
static const struct column transaction_columns[] = {
    OF_TRANSACTION(transaction_id, COLUMN_ID),
    {"transaction_number", COLUMN_NUMBER, 0, false},
    COLUMN(ledger_transaction_record, transaction_date_us, "transaction_date", COLUMN_TIME),
    OF_TRANSACTION(transaction_day, COLUMN_DAY),
    COLUMN(ledger_transaction_record, posting_date_us, "posting_date", COLUMN_TIME),
    OF_TRANSACTION(business_event_type, COLUMN_TEXT),
    OF_TRANSACTION(business_key, COLUMN_TEXT),
    {"description", COLUMN_TEXT, offsetof(struct ledger_transaction_record, description), true},
    OF_TRANSACTION(reverses_transaction_id, COLUMN_ID),
    {"reversal_reason", COLUMN_TEXT, offsetof(struct ledger_transaction_record, reversal_reason), true},
    OF_TRANSACTION(idempotency_key, COLUMN_TEXT),
    OF_TRANSACTION(idempotency_fingerprint, COLUMN_HASH),
    OF_TRANSACTION(transaction_hash, COLUMN_HASH),
    {"texts_salt", COLUMN_SALT, offsetof(struct ledger_transaction_record, texts_salt), true},
    OF_TRANSACTION(record_hash, COLUMN_HASH),
    OF_TRANSACTION(created_by, COLUMN_TEXT),
    OF_TRANSACTION(principal, COLUMN_TEXT),
    OF_TRANSACTION(source_system, COLUMN_TEXT),
    OF_TRANSACTION(source_ip, COLUMN_TEXT),
};
const struct table_shape transaction_shape = SHAPE("transactions", "transaction", transaction_columns);

#define OF_ENTRY(member, name, kind) COLUMN(ledger_entry_record, member, name, kind)
static const struct column entry_columns[] = {
    OF_ENTRY(entry_number, "entry_number", COLUMN_INTEGER_32),
    OF_ENTRY(account_id, "account_code", COLUMN_ACCOUNT),
    OF_ENTRY(entry_type, "entry_type", COLUMN_ENTRY_TYPE),
    OF_ENTRY(amount_minor, "amount", COLUMN_AMOUNT),
    {"memo", COLUMN_TEXT, offsetof(struct ledger_entry_record, memo), true},
    OF_ENTRY(cost_center, "cost_center", COLUMN_TEXT),
    OF_ENTRY(business_unit, "business_unit", COLUMN_TEXT),
    OF_ENTRY(project_code, "project_code", COLUMN_TEXT),
    OF_ENTRY(entry_hash, "entry_hash", COLUMN_HASH),
};
const struct table_shape entry_shape = SHAPE("journal_entries", "entry", entry_columns);

#define OF_EVENT(member, name, kind) COLUMN(ledger_event_record, member, name, kind)
static const struct column event_columns[] = {
    OF_EVENT(event_timestamp_us, "event_timestamp", COLUMN_TIME),
    OF_EVENT(event_type, "event_type", COLUMN_TEXT),
    OF_EVENT(severity, "severity", COLUMN_SEVERITY),
    OF_EVENT(is_success, "outcome", COLUMN_OUTCOME),
    OF_EVENT(transaction_id, "transaction_id", COLUMN_ID),
    OF_EVENT(user_id, "user_id", COLUMN_TEXT),
    OF_EVENT(principal, "principal", COLUMN_TEXT),
    OF_EVENT(source_system, "source_system", COLUMN_TEXT),
    OF_EVENT(source_ip, "source_ip", COLUMN_TEXT),
    OF_EVENT(action, "action", COLUMN_TEXT),
    OF_EVENT(description, "description", COLUMN_TEXT),
    OF_EVENT(event_metadata, "event_metadata", COLUMN_TEXT),
};
const struct table_shape event_shape = SHAPE("audit_log", "event", event_columns);

#define OF_VERSION(member, name, kind) COLUMN(store_account_version, member, name, kind)
static const struct column version_columns[] = {
    OF_VERSION(account.account_code, "account_code", COLUMN_TEXT),
    OF_VERSION(account.account_name, "account_name", COLUMN_TEXT),
    OF_VERSION(account.account_type, "account_type", COLUMN_ACCOUNT_TYPE),
    OF_VERSION(account.account_role, "account_role", COLUMN_ACCOUNT_ROLE),
    OF_VERSION(account.parent_account_code, "parent_account_code", COLUMN_TEXT),
    OF_VERSION(account.level, "level", COLUMN_INTEGER_32),
    OF_VERSION(account.currency, "currency", COLUMN_TEXT),
    OF_VERSION(account.description, "description", COLUMN_TEXT),
    OF_VERSION(account.is_active, "is_active", COLUMN_TRUTH),
    OF_VERSION(account.version, "version", COLUMN_INTEGER_32),
    OF_VERSION(account.created_at_us, "created_at", COLUMN_TIME),
    OF_VERSION(account.created_by, "created_by", COLUMN_TEXT),
    OF_VERSION(changed_at_us, "changed_at", COLUMN_TIME),
    OF_VERSION(changed_by, "changed_by", COLUMN_TEXT),
};
const struct table_shape version_shape = SHAPE("account_versions", "version of an account", version_columns);

#define OF_PERIOD(member, name, kind) COLUMN(ledger_period, member, name, kind)
static const struct column period_columns[] = {
    OF_PERIOD(start_day, "start_day", COLUMN_DAY),       OF_PERIOD(end_day, "end_day", COLUMN_DAY),
    OF_PERIOD(is_closed, "state", COLUMN_PERIOD_STATE),  OF_PERIOD(reason, "reason", COLUMN_TEXT),
    OF_PERIOD(changed_at_us, "changed_at", COLUMN_TIME), OF_PERIOD(changed_by, "changed_by", COLUMN_TEXT),
};
const struct table_shape period_shape = SHAPE("closing_periods", "change of a period", period_columns);

#define OF_APPROVAL(member, name, kind) COLUMN(store_approval_change, member, name, kind)
static const struct column approval_columns[] = {
    OF_APPROVAL(request_id, "request_id", COLUMN_ID),
    OF_APPROVAL(state, "state", COLUMN_APPROVAL_STATE),
    OF_APPROVAL(transaction_id, "transaction_id", COLUMN_ID),
    {"reason", COLUMN_TEXT, offsetof(struct store_approval_change, reason), true},
    OF_APPROVAL(transaction_date, "transaction_date", COLUMN_TEXT),
    OF_APPROVAL(idempotency_key, "idempotency_key", COLUMN_TEXT),
    OF_APPROVAL(changed_at_us, "changed_at", COLUMN_TIME),
    OF_APPROVAL(changed_by, "changed_by", COLUMN_TEXT),
    OF_APPROVAL(principal, "principal", COLUMN_TEXT),
    OF_APPROVAL(source_system, "source_system", COLUMN_TEXT),
};
const struct table_shape approval_shape = SHAPE("approval_rows", "change of an approval", approval_columns);

#define OF_SETTINGS(member, kind) COLUMN(ledger_settings, member, #member, kind)
static const struct column settings_columns[] = {
    OF_SETTINGS(ledger_id, COLUMN_TEXT),          OF_SETTINGS(time_zone, COLUMN_TEXT),
    OF_SETTINGS(default_currency, COLUMN_TEXT),   OF_SETTINGS(fiscal_year_start, COLUMN_TEXT),
    OF_SETTINGS(hash_version, COLUMN_INTEGER_32),
};
const struct table_shape settings_shape = SHAPE("ledger_settings", "row of settings", settings_columns);

static const void *column_place(const struct column *column, const void *row)
{
    return (const char *)row + column->offset;
}

bool column_equals(const struct column *column, const void *left_row, const void *right_row)
{
    static const size_t sizes[] = {
        [COLUMN_TIME] = sizeof(int64_t),
        [COLUMN_DAY] = sizeof(int32_t),
        [COLUMN_INTEGER] = sizeof(int64_t),
        [COLUMN_INTEGER_32] = sizeof(int32_t),
        [COLUMN_AMOUNT] = sizeof(int64_t),
        [COLUMN_ID] = UUID_SIZE,
        [COLUMN_SALT] = UUID_SIZE,
        [COLUMN_HASH] = SHA256_SIZE,
        [COLUMN_ACCOUNT] = sizeof(int64_t),
        [COLUMN_ENTRY_TYPE] = sizeof(enum ledger_entry_type),
        [COLUMN_SEVERITY] = sizeof(enum ledger_severity),
        [COLUMN_OUTCOME] = sizeof(bool),
        [COLUMN_TRUTH] = sizeof(bool),
        [COLUMN_PERIOD_STATE] = sizeof(bool),
        [COLUMN_APPROVAL_STATE] = sizeof(enum ledger_approval_state),
        [COLUMN_ACCOUNT_TYPE] = sizeof(enum ledger_account_type),
        [COLUMN_ACCOUNT_ROLE] = sizeof(enum ledger_account_role),
    };
    const void *left = column_place(column, left_row);
    const void *right = column_place(column, right_row);
    if (column->kind == COLUMN_TEXT) {
        return text_equals(*(const struct ledger_text *)left, *(const struct ledger_text *)right);
    }
    if (column->kind == COLUMN_NUMBER) {
        return ((const struct ledger_transaction_record *)left)->number_in_day ==
               ((const struct ledger_transaction_record *)right)->number_in_day;
    }
    return memcmp(left, right, sizes[column->kind]) == 0;
}

static bool bytes_are_zero(const uint8_t *bytes, size_t size)
{
    size_t i = 0;
    while (i < size && bytes[i] == 0) {
        i++;
    }
    return i == size;
}

const struct store_account_row *row_account_find(const struct row_accounts *accounts, int64_t account_id)
{
    /* Ids count from 1, so an account nearly always stands in the place of its id. */
    uint64_t guess = (uint64_t)account_id - 1;
    if (guess < accounts->count && accounts->rows[guess].account_id == account_id) {
        return &accounts->rows[guess];
    }
    for (size_t i = 0; i < accounts->count; i++) {
        if (accounts->rows[i].account_id == account_id) {
            return &accounts->rows[i];
        }
    }
    return NULL;
}

static struct ledger_text account_code(const struct row_accounts *accounts, int64_t account_id,
                                       char out[VERIFY_TEXT_SIZE])
{
    const struct store_account_row *account = row_account_find(accounts, account_id);
    return account == NULL ? verify_text_of_integer(out, account_id) : account->account_code;
}

static struct ledger_text text_of_bytes(const uint8_t *bytes, size_t size, char out[VERIFY_TEXT_SIZE])
{
    static const char digits[] = "0123456789abcdef";
    if (bytes_are_zero(bytes, size)) {
        return TEXT_ABSENT;
    }
    for (size_t i = 0; i < size; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 15];
    }
    return (struct ledger_text){out, 2 * size};
}

static struct ledger_text text_of_id(const uint8_t *bytes, char out[VERIFY_TEXT_SIZE])
{
    struct uuid id;
    if (bytes_are_zero(bytes, UUID_SIZE)) {
        return TEXT_ABSENT;
    }
    memcpy(id.bytes, bytes, sizeof id.bytes);
    uuid_format(&id, out);
    return ledger_text_of(out);
}

static struct ledger_text text_of_number(const struct ledger_transaction_record *transaction,
                                         char out[VERIFY_TEXT_SIZE])
{
    _Static_assert((int)LEDGER_NUMBER_TEXT_SIZE <= (int)VERIFY_TEXT_SIZE, "a number fits");
    ledger_transaction_number(transaction->posting_date_us, transaction->number_in_day, out);
    return ledger_text_of(out);
}

/* What is absent is the absent text. */
struct ledger_text column_text(const struct row_accounts *accounts, const struct column *column, const void *row,
                               char out[VERIFY_TEXT_SIZE])
{
    const void *value = column_place(column, row);
    switch (column->kind) {
    case COLUMN_TEXT:
        return *(const struct ledger_text *)value;
    case COLUMN_TIME:
        return verify_text_of_time(out, *(const int64_t *)value);
    case COLUMN_DAY:
        return verify_text_of_day(out, *(const int32_t *)value);
    case COLUMN_INTEGER:
        return verify_text_of_integer(out, *(const int64_t *)value);
    case COLUMN_INTEGER_32:
        return verify_text_of_integer(out, *(const int32_t *)value);
    case COLUMN_NUMBER:
        return text_of_number(value, out);
    case COLUMN_AMOUNT:
        return verify_text_of_amount(out, *(const int64_t *)value);
    case COLUMN_ID:
        return text_of_id(value, out);
    case COLUMN_SALT:
        return text_of_bytes(value, UUID_SIZE, out);
    case COLUMN_HASH:
        return text_of_bytes(value, SHA256_SIZE, out);
    case COLUMN_ACCOUNT:
        return account_code(accounts, *(const int64_t *)value, out);
    case COLUMN_ENTRY_TYPE:
        return ledger_text_of(entry_type_name(*(const enum ledger_entry_type *)value));
    case COLUMN_SEVERITY:
        return ledger_text_of(ledger_severity_name(*(const enum ledger_severity *)value));
    case COLUMN_OUTCOME:
        return *(const bool *)value ? TEXT("SUCCESS") : TEXT("FAILED");
    case COLUMN_TRUTH:
        return *(const bool *)value ? TEXT("true") : TEXT("false");
    case COLUMN_PERIOD_STATE:
        return *(const bool *)value ? TEXT("CLOSED") : TEXT("OPEN");
    case COLUMN_APPROVAL_STATE:
        return ledger_text_of(ledger_approval_state_name(*(const enum ledger_approval_state *)value));
    case COLUMN_ACCOUNT_TYPE:
        return ledger_text_of(ledger_account_type_name(*(const enum ledger_account_type *)value));
    case COLUMN_ACCOUNT_ROLE:
        return ledger_text_of(ledger_account_role_name(*(const enum ledger_account_role *)value));
    }
    return TEXT_ABSENT;
}

ledger_status row_shape_text(struct ledger_call *call, const struct row_accounts *accounts,
                             const struct table_shape *shape, const void *row, struct ledger_text *ret_text)
{
    struct text_builder builder;
    struct json_writer writer;
    char text[VERIFY_TEXT_SIZE];
    text_builder_init(&builder, &call->arena, ROW_BYTES_FIRST);
    json_writer_init(&writer, &builder);
    json_write_object_begin(&writer);
    for (size_t i = 0; i < shape->columns_count; i++) {
        struct ledger_text value = column_text(accounts, &shape->columns[i], row, text);
        if (!text_is_absent(value)) {
            json_write_member_text(&writer, shape->columns[i].name, value);
        }
    }
    json_write_object_end(&writer);
    return text_builder_finish(call, &builder, ret_text);
}
