/* Forms of results that several commands share. */
#include "cli/results.h"

#include "base/text.h"
#include "base/time.h"
#include "base/uuid.h"
#include "domain/amount.h"

void results_write_time(struct json_writer *writer, const char *key, int64_t time_us)
{
    char text[TIME_TEXT_SIZE];
    time_format(time_us, text);
    json_write_key(writer, key);
    json_write_string(writer, text);
}

void results_write_day(struct json_writer *writer, const char *key, int32_t day)
{
    char text[TIME_TEXT_SIZE];
    day_format(day, text);
    json_write_key(writer, key);
    json_write_string(writer, text);
}

void results_write_amount(struct json_writer *writer, const char *key, int64_t amount_minor)
{
    char text[AMOUNT_TEXT_SIZE];
    amount_format(amount_minor, text);
    json_write_key(writer, key);
    json_write_string(writer, text);
}

void results_write_text_or_null(struct json_writer *writer, const char *key, struct ledger_text text)
{
    json_write_key(writer, key);
    json_write_text(writer, text);
}

void results_write_digest_or_null(struct json_writer *writer, const char *key, const char *digest)
{
    results_write_text_or_null(writer, key, digest[0] == '\0' ? TEXT_ABSENT : ledger_text_of(digest));
}

static void results_write_string(struct json_writer *writer, const char *key, const char *string)
{
    json_write_key(writer, key);
    json_write_string(writer, string);
}

/* What scripts get beside an outcome that is no success; copied, since `posted` does not live until it is told. */
static LEDGER_MUST_CHECK ledger_status results_add_posted_fact(struct cli *cli, const char *key, const char *id)
{
    struct ledger_text copy;
    LEDGER_TRY(ledger_call_copy_text(cli->call, ledger_text_of(id), &copy));
    output_add_fact(&cli->output, key, copy);
    return LEDGER_DONE;
}

static LEDGER_MUST_CHECK ledger_status results_add_posted_facts(struct cli *cli, ledger_status status,
                                                                const struct ledger_posted *posted)
{
    bool may_wait = status == LEDGER_APPROVAL_IS_PENDING || status == LEDGER_OUTCOME_IS_UNKNOWN;
    if (may_wait && posted->approval_request_id[0] != '\0') {
        return results_add_posted_fact(cli, "approval_request_id", posted->approval_request_id);
    }
    if (status == LEDGER_OUTCOME_IS_UNKNOWN && posted->transaction_id[0] != '\0') {
        return results_add_posted_fact(cli, "transaction_id", posted->transaction_id);
    }
    return LEDGER_DONE;
}

static LEDGER_MUST_CHECK ledger_status results_write_posted(struct cli *cli, const struct ledger_posted *posted)
{
    struct json_writer *writer = output_json_begin(cli->call, &cli->output);
    results_write_string(writer, "transaction_id", posted->transaction_id);
    results_write_string(writer, "transaction_number", posted->transaction_number);
    json_write_member_integer(writer, "log_index", posted->log_index);
    results_write_time(writer, "posting_date", posted->posting_date_us);
    results_write_string(writer, "transaction_hash", posted->transaction_hash);
    json_write_member_boolean(writer, "replayed", posted->replayed);
    if (posted->original_transaction_id[0] != '\0') {
        results_write_string(writer, "original_transaction_id", posted->original_transaction_id);
        results_write_string(writer, "reversal_transaction_id", posted->transaction_id);
    }
    return output_json_end(cli->call, &cli->output);
}

ledger_status results_posted(struct cli *cli, ledger_status status, const struct ledger_posted *posted)
{
    if (status != LEDGER_DONE) {
        LEDGER_TRY(results_add_posted_facts(cli, status, posted));
        return status;
    }
    if (cli->output.wants_json) {
        return results_write_posted(cli, posted);
    }
    if (cli->output.wants_quiet) {
        output_print(&cli->output, "%s\n", posted->transaction_number);
        return LEDGER_DONE;
    }
    char time[TIME_TEXT_SIZE];
    time_format(posted->posting_date_us, time);
    bool is_reversal = posted->original_transaction_id[0] != '\0';
    const char *done = posted->replayed ? "Posted before, with this idempotency key:" : "Posted";
    output_print(&cli->output, "%s %s %s\n", done, is_reversal ? "reversal" : "transaction",
                 posted->transaction_number);
    output_print(&cli->output, "  id:       %s\n", posted->transaction_id);
    if (is_reversal) {
        output_print(&cli->output, "  reverses: %s\n", posted->original_transaction_id);
    }
    output_print(&cli->output, "  posted:   %s\n", time);
    output_print(&cli->output, "  hash:     %s\n", posted->transaction_hash);
    return LEDGER_DONE;
}

void results_write_account(struct json_writer *writer, const struct ledger_account *account)
{
    results_write_text_or_null(writer, "account_code", account->account_code);
    results_write_text_or_null(writer, "account_name", account->account_name);
    results_write_string(writer, "account_type", ledger_account_type_name(account->account_type));
    results_write_string(writer, "account_role", ledger_account_role_name(account->account_role));
    results_write_text_or_null(writer, "parent_account_code", account->parent_account_code);
    json_write_member_integer(writer, "level", account->level);
    results_write_text_or_null(writer, "currency", account->currency);
    results_write_text_or_null(writer, "description", account->description);
    json_write_member_boolean(writer, "is_active", account->is_active);
    json_write_member_integer(writer, "version", account->version);
    results_write_time(writer, "created_at", account->created_at_us);
    results_write_text_or_null(writer, "created_by", account->created_by);
}

ledger_status results_account(struct cli *cli, const char *done, const struct ledger_account *account)
{
    if (cli->output.wants_json) {
        results_write_account(output_json_begin(cli->call, &cli->output), account);
        return output_json_end(cli->call, &cli->output);
    }
    output_add(&cli->output, "%s account %.*s %.*s (%s, %.*s)\n", done, TEXT_ARGUMENTS(account->account_code),
               TEXT_ARGUMENTS(account->account_name), ledger_account_type_name(account->account_type),
               TEXT_ARGUMENTS(account->currency));
    return LEDGER_DONE;
}

void results_format_id(const uint8_t id[16], char out[37])
{
    struct uuid uuid;
    memcpy(uuid.bytes, id, sizeof uuid.bytes);
    uuid_format(&uuid, out);
}

static void results_write_manual_row(struct json_writer *writer, const struct ledger_manual_event *row)
{
    char audit_id[UUID_TEXT_SIZE + 1];
    char transaction_id[UUID_TEXT_SIZE + 1];
    results_format_id(row->audit_id, audit_id);
    results_format_id(row->transaction_id, transaction_id);
    json_write_object_begin(writer);
    json_write_member_text(writer, "audit_id", ledger_text_of(audit_id));
    json_write_member_boolean(writer, "is_adopted", row->is_adopted);
    if (row->is_adopted) {
        json_write_member_integer(writer, "adopted_log_index", row->adopted_log_index);
    }
    results_write_time(writer, "event_timestamp", row->event_timestamp_us);
    results_write_text_or_null(writer, "event_type", row->event_type);
    results_write_text_or_null(writer, "severity", row->severity);
    results_write_text_or_null(writer, "outcome", row->outcome);
    results_write_text_or_null(writer, "transaction_id",
                               row->has_transaction ? ledger_text_of(transaction_id) : TEXT_ABSENT);
    results_write_text_or_null(writer, "user_id", row->user_id);
    results_write_text_or_null(writer, "principal", row->principal);
    results_write_text_or_null(writer, "source_system", row->source_system);
    results_write_text_or_null(writer, "source_ip", row->source_ip);
    results_write_text_or_null(writer, "action", row->action);
    results_write_text_or_null(writer, "description", row->description);
    results_write_text_or_null(writer, "event_metadata", row->event_metadata);
    json_write_object_end(writer);
}

void results_write_manual_rows(struct json_writer *writer, const struct ledger_manual_event *rows, size_t count)
{
    json_write_key(writer, "manual_rows");
    json_write_array_begin(writer);
    for (size_t index = 0; index < count; index++) {
        results_write_manual_row(writer, &rows[index]);
    }
    json_write_array_end(writer);
}

static void results_write_id(struct json_writer *writer, const char *key, const uint8_t id[16], bool is_there)
{
    json_write_key(writer, key);
    if (!is_there) {
        json_write_null(writer);
        return;
    }
    struct uuid uuid;
    char text[UUID_TEXT_SIZE + 1];
    memcpy(uuid.bytes, id, UUID_SIZE);
    uuid_format(&uuid, text);
    json_write_string(writer, text);
}

static void results_write_entry(struct json_writer *writer, const struct ledger_entry_record *entry)
{
    json_write_object_begin(writer);
    json_write_member_integer(writer, "entry_number", entry->entry_number);
    json_write_member_text(writer, "account_code", entry->account_code);
    json_write_key(writer, "entry_type");
    json_write_string(writer, entry->entry_type == LEDGER_DEBIT ? "DEBIT" : "CREDIT");
    results_write_amount(writer, "amount", entry->amount_minor);
    json_write_member_text(writer, "currency", entry->currency);
    results_write_text_or_null(writer, "memo", entry->memo);
    results_write_text_or_null(writer, "cost_center", entry->cost_center);
    results_write_text_or_null(writer, "business_unit", entry->business_unit);
    results_write_text_or_null(writer, "project_code", entry->project_code);
    json_write_member_hex(writer, "entry_hash", entry->entry_hash, sizeof entry->entry_hash);
    json_write_object_end(writer);
}

void results_write_transaction(struct json_writer *writer, const struct ledger_transaction_record *record)
{
    char number[LEDGER_NUMBER_TEXT_SIZE];
    ledger_transaction_number(record->posting_date_us, record->number_in_day, number);
    results_write_id(writer, "transaction_id", record->transaction_id, true);
    json_write_member_text(writer, "transaction_number", ledger_text_of(number));
    json_write_member_integer(writer, "log_index", record->log_index);
    json_write_key(writer, "status");
    json_write_string(writer, record->is_reversed ? "REVERSED" : "POSTED");
    results_write_time(writer, "transaction_date", record->transaction_date_us);
    results_write_day(writer, "transaction_day", record->transaction_day);
    results_write_time(writer, "posting_date", record->posting_date_us);
    results_write_text_or_null(writer, "business_event_type", record->business_event_type);
    results_write_text_or_null(writer, "business_key", record->business_key);
    results_write_text_or_null(writer, "description", record->description);
    json_write_member_boolean(writer, "is_reversal", record->is_reversal);
    results_write_id(writer, "reverses_transaction_id", record->reverses_transaction_id, record->is_reversal);
    results_write_id(writer, "reversed_by_transaction_id", record->reversed_by_transaction_id, record->is_reversed);
    results_write_text_or_null(writer, "reversal_reason", record->reversal_reason);
    results_write_text_or_null(writer, "redacted_by", record->redacted_by);
    results_write_text_or_null(writer, "idempotency_key", record->idempotency_key);
    json_write_member_hex(writer, "transaction_hash", record->transaction_hash, sizeof record->transaction_hash);
    json_write_member_hex(writer, "record_hash", record->record_hash, sizeof record->record_hash);
    results_write_text_or_null(writer, "created_by", record->created_by);
    results_write_text_or_null(writer, "principal", record->principal);
    results_write_text_or_null(writer, "source_system", record->source_system);
    results_write_text_or_null(writer, "source_ip", record->source_ip);
    json_write_key(writer, "entries");
    json_write_array_begin(writer);
    for (uint32_t index = 0; index < record->entries_count; index++) {
        results_write_entry(writer, &record->entries[index]);
    }
    json_write_array_end(writer);
}
