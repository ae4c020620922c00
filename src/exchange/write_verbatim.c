/* The lines of the verbatim form. */
#include "base/json_write.h"
#include "base/text.h"
#include "base/time.h"
#include "domain/amount.h"
#include "domain/names.h"
#include "exchange/verbatim.h"

enum restored_kind verbatim_kind_of(struct ledger_text event_type)
{
    static const struct {
        const char *event_type;
        enum restored_kind kind;
    } kinds[] = {
        {"ACCOUNT_CREATED", RESTORED_ACCOUNT},
        {"ACCOUNT_DEACTIVATED", RESTORED_ACCOUNT},
        {"ACCOUNT_REACTIVATED", RESTORED_ACCOUNT},
        {"PERIOD_CLOSED", RESTORED_PERIOD},
        {"PERIOD_OPENED", RESTORED_PERIOD},
        {"APPROVAL_REQUESTED", RESTORED_APPROVAL},
        {"APPROVAL_GRANTED", RESTORED_APPROVAL},
        {"APPROVAL_DENIED", RESTORED_APPROVAL},
        {"REDACTION_REQUESTED", RESTORED_APPROVAL},
        {"TRANSACTION_REDACTED", RESTORED_REDACTION},
        {"LEDGER_FROZEN", RESTORED_FREEZE},
        {"LEDGER_UNFROZEN", RESTORED_FREEZE},
        {"EPOCH_BEGUN", RESTORED_EPOCH},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (text_equals_string(event_type, kinds[i].event_type)) {
            return kinds[i].kind;
        }
    }
    return RESTORED_EVENT;
}

static void line_begin(struct json_writer *writer, struct text_builder *builder, const char *kind)
{
    json_writer_init(writer, builder);
    json_write_object_begin(writer);
    json_write_member_text(writer, "line", ledger_text_of(kind));
}

static void line_end(struct json_writer *writer)
{
    json_write_object_end(writer);
    text_builder_add_char(writer->builder, '\n');
}

static void write_hash(struct json_writer *writer, const char *key, const struct sha256_hash *hash)
{
    json_write_member_hex(writer, key, hash->bytes, sizeof hash->bytes);
}

static void write_time(struct json_writer *writer, const char *key, int64_t time_us)
{
    char text[TIME_TEXT_SIZE];
    size_t size = time_format(time_us, text);
    json_write_member_text(writer, key, (struct ledger_text){text, size});
}

static void write_id(struct json_writer *writer, const char *key, const uint8_t id[UUID_SIZE])
{
    char text[UUID_TEXT_SIZE + 1];
    struct uuid uuid;
    memcpy(uuid.bytes, id, sizeof uuid.bytes);
    uuid_format(&uuid, text);
    json_write_member_text(writer, key, (struct ledger_text){text, UUID_TEXT_SIZE});
}

void verbatim_write_head(struct text_builder *builder, const struct verbatim_head *head)
{
    struct json_writer writer;
    line_begin(&writer, builder, VERBATIM_HEAD);
    json_write_member_text(&writer, "format", TEXT(VERBATIM_FORMAT));
    json_write_member_text(&writer, "ledger_id", head->settings.ledger_id);
    json_write_member_text(&writer, "time_zone", head->settings.time_zone);
    json_write_member_text(&writer, "default_currency", head->settings.default_currency);
    json_write_member_text(&writer, "fiscal_year_start", head->settings.fiscal_year_start);
    json_write_member_integer(&writer, "hash_version", head->settings.hash_version);
    json_write_member_text(&writer, "schema_applied_at", head->schema_applied_at);
    json_write_member_integer(&writer, "log_size", head->log_size);
    json_write_member_integer(&writer, "manual_rows", head->manual_rows_count);
    line_end(&writer);
}

static void write_entry(struct json_writer *writer, const struct ledger_entry_record *entry)
{
    char amount[AMOUNT_TEXT_SIZE];
    size_t size = amount_format(entry->amount_minor, amount);
    json_write_object_begin(writer);
    json_write_member_text(writer, "account_code", entry->account_code);
    json_write_member_text(writer, "entry_type", ledger_text_of(entry_type_name(entry->entry_type)));
    json_write_member_text(writer, "amount", (struct ledger_text){amount, size});
    json_write_member_text(writer, "currency", entry->currency);
    json_write_member_text(writer, "memo", entry->memo);
    json_write_member_text(writer, "cost_center", entry->cost_center);
    json_write_member_text(writer, "business_unit", entry->business_unit);
    json_write_member_text(writer, "project_code", entry->project_code);
    json_write_member_hex(writer, "entry_hash", entry->entry_hash, sizeof entry->entry_hash);
    json_write_object_end(writer);
}

static void write_texts(struct json_writer *writer, const struct ledger_transaction_record *record,
                        const struct sha256_hash *texts_hash)
{
    json_write_member_text(writer, "description", record->description);
    json_write_member_text(writer, "reversal_reason", record->reversal_reason);
    if (texts_hash != NULL) {
        write_hash(writer, "texts_hash", texts_hash);
    } else {
        json_write_member_hex(writer, "texts_salt", record->texts_salt, sizeof record->texts_salt);
    }
}

void verbatim_write_posting(struct text_builder *builder, const struct ledger_transaction_record *record,
                            const struct sha256_hash *texts_hash, const struct sha256_hash *leaf)
{
    char number[LEDGER_NUMBER_TEXT_SIZE];
    char day[TIME_TEXT_SIZE];
    struct json_writer writer;
    ledger_transaction_number(record->posting_date_us, record->number_in_day, number);
    size_t day_size = day_format(record->transaction_day, day);
    line_begin(&writer, builder, VERBATIM_POSTING);
    json_write_member_integer(&writer, "log_index", record->log_index);
    write_id(&writer, "transaction_id", record->transaction_id);
    json_write_member_text(&writer, "transaction_number", ledger_text_of(number));
    write_time(&writer, "transaction_date", record->transaction_date_us);
    json_write_member_text(&writer, "transaction_day", (struct ledger_text){day, day_size});
    write_time(&writer, "posting_date", record->posting_date_us);
    json_write_member_text(&writer, "business_event_type", record->business_event_type);
    json_write_member_text(&writer, "business_key", record->business_key);
    write_texts(&writer, record, texts_hash);
    if (record->is_reversal) {
        write_id(&writer, "reverses_transaction_id", record->reverses_transaction_id);
    }
    json_write_member_text(&writer, "idempotency_key", record->idempotency_key);
    if (!text_is_absent(record->idempotency_key)) {
        json_write_member_hex(&writer, "idempotency_fingerprint", record->idempotency_fingerprint, SHA256_SIZE);
    }
    json_write_member_text(&writer, "created_by", record->created_by);
    json_write_member_text(&writer, "principal", record->principal);
    json_write_member_text(&writer, "source_system", record->source_system);
    json_write_member_text(&writer, "source_ip", record->source_ip);
    json_write_key(&writer, "entries");
    json_write_array_begin(&writer);
    for (uint32_t i = 0; i < record->entries_count; i++) {
        write_entry(&writer, &record->entries[i]);
    }
    json_write_array_end(&writer);
    json_write_member_hex(&writer, "transaction_hash", record->transaction_hash, SHA256_SIZE);
    json_write_member_hex(&writer, "record_hash", record->record_hash, SHA256_SIZE);
    write_hash(&writer, "leaf_hash", leaf);
    line_end(&writer);
}

void verbatim_write_event(struct text_builder *builder, const struct ledger_event_record *event,
                          const struct store_approval_change *approval, const struct sha256_hash *leaf)
{
    struct json_writer writer;
    line_begin(&writer, builder, VERBATIM_EVENT);
    json_write_member_integer(&writer, "log_index", event->log_index);
    write_time(&writer, "event_timestamp", event->event_timestamp_us);
    json_write_member_text(&writer, "event_type", event->event_type);
    json_write_member_text(&writer, "severity", ledger_text_of(ledger_severity_name(event->severity)));
    json_write_member_text(&writer, "outcome", event->is_success ? TEXT("SUCCESS") : TEXT("FAILED"));
    if (event->has_transaction) {
        write_id(&writer, "transaction_id", event->transaction_id);
    }
    json_write_member_text(&writer, "user_id", event->user_id);
    json_write_member_text(&writer, "principal", event->principal);
    json_write_member_text(&writer, "source_system", event->source_system);
    json_write_member_text(&writer, "source_ip", event->source_ip);
    json_write_member_text(&writer, "action", event->action);
    json_write_member_text(&writer, "description", event->description);
    json_write_member_text(&writer, "event_metadata", event->event_metadata);
    if (approval != NULL && !text_is_absent(approval->reason)) {
        json_write_member_text(&writer, "reason", approval->reason);
        if (!approval->reason_is_redacted) {
            json_write_member_hex(&writer, "reason_salt", approval->reason_salt, sizeof approval->reason_salt);
        }
    }
    write_hash(&writer, "leaf_hash", leaf);
    line_end(&writer);
}

void verbatim_write_checkpoint(struct text_builder *builder, const struct store_checkpoint *checkpoint)
{
    struct json_writer writer;
    line_begin(&writer, builder, VERBATIM_CHECKPOINT);
    json_write_member_integer(&writer, "log_size", checkpoint->log_size);
    json_write_member_integer(&writer, "epoch", checkpoint->epoch);
    write_hash(&writer, "root_hash", &checkpoint->root);
    write_time(&writer, "created_at", checkpoint->created_at_us);
    json_write_member_text(&writer, "note", checkpoint->note);
    line_end(&writer);
}

void verbatim_write_manual_row(struct text_builder *builder, const struct ledger_manual_event *event)
{
    struct json_writer writer;
    line_begin(&writer, builder, VERBATIM_MANUAL_ROW);
    write_id(&writer, "audit_id", event->audit_id);
    write_time(&writer, "event_timestamp", event->event_timestamp_us);
    json_write_member_text(&writer, "event_type", event->event_type);
    json_write_member_text(&writer, "severity", event->severity);
    json_write_member_text(&writer, "outcome", event->outcome);
    if (event->has_transaction) {
        write_id(&writer, "transaction_id", event->transaction_id);
    }
    json_write_member_text(&writer, "user_id", event->user_id);
    json_write_member_text(&writer, "principal", event->principal);
    json_write_member_text(&writer, "source_system", event->source_system);
    json_write_member_text(&writer, "source_ip", event->source_ip);
    json_write_member_text(&writer, "action", event->action);
    json_write_member_text(&writer, "description", event->description);
    json_write_member_text(&writer, "event_metadata", event->event_metadata);
    line_end(&writer);
}

void verbatim_write_end(struct text_builder *builder, const struct verbatim_end *end)
{
    struct json_writer writer;
    line_begin(&writer, builder, VERBATIM_END);
    json_write_member_integer(&writer, "log_size", end->log_size);
    write_hash(&writer, "root_hash", &end->root);
    json_write_member_integer(&writer, "transactions", end->transactions_count);
    json_write_member_integer(&writer, "entries", end->entries_count);
    json_write_member_integer(&writer, "events", end->events_count);
    json_write_member_integer(&writer, "checkpoints", end->checkpoints_count);
    json_write_member_integer(&writer, "manual_rows", end->manual_rows_count);
    write_hash(&writer, "sha256", &end->sha256);
    line_end(&writer);
}
