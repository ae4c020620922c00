/* The hashed forms of hash_version 1. Members are written in the order of their keys (RFC 8785 section 3.2.3); what is
 * written here stands, form by form, in docs/HASHES.md. */
#include "domain/record.h"

#include "base/text.h"
#include "domain/form_writer.h"
#include "domain/names.h"
#include "ledger/audit.h"

/* What stands before an event's form, as before every leaf of the tree (RFC 6962 section 2.1). */
enum { RECORD_LEAF_PREFIX = 0x00 };

bool record_hasher_init(struct record_hasher *hasher)
{
    arena_init(&hasher->arena);
    hasher->sha256 = sha256_new();
    hasher->buffer = arena_allocate(&hasher->arena, sizeof *hasher->buffer);
    if (hasher->sha256 == NULL || hasher->buffer == NULL) {
        record_hasher_done(hasher);
        return false;
    }
    form_buffer_init(hasher->buffer);
    return true;
}

void record_hasher_done(struct record_hasher *hasher)
{
    sha256_free(hasher->sha256);
    hasher->sha256 = NULL;
    hasher->buffer = NULL;
    arena_done(&hasher->arena);
}

void record_hasher_copy_to(struct record_hasher *hasher, struct text_builder *builder)
{
    hasher->buffer->copy = builder;
}

static struct form_writer record_begin(struct record_hasher *hasher)
{
    return form_begin(hasher->sha256, hasher->buffer);
}

/* The type as a literal of constant size. */
static inline void record_add_entry_type(struct form_writer *writer, enum ledger_entry_type type)
{
    if (type == LEDGER_DEBIT) {
        FORM_LITERAL(writer, "DEBIT");
    } else if (type == LEDGER_CREDIT) {
        FORM_LITERAL(writer, "CREDIT");
    } else {
        form_add_integer(writer, (int64_t)type); /* a damaged row's */
    }
}

static void record_add_member_hash(struct form_writer *writer, const uint8_t hash[SHA256_SIZE])
{
    form_add_hash(writer, hash);
    *writer->at++ = '"';
}

static void record_add_member_time(struct form_writer *writer, int64_t time_us)
{
    form_add_time(writer, time_us);
    *writer->at++ = '"';
}

static void record_add_member_uuid(struct form_writer *writer, const uint8_t id[16])
{
    form_add_uuid(writer, id);
    *writer->at++ = '"';
}

struct sha256_hash record_transaction_hash(struct record_hasher *hasher,
                                           const struct ledger_transaction_record *transaction)
{
    struct form_writer writer = record_begin(hasher);
    FORM_LITERAL(&writer, "{\"entries\": [");
    for (uint32_t index = 0; index < transaction->entries_count; index++) {
        const struct ledger_entry_record *entry = &transaction->entries[index];
        form_ensure(&writer);
        if (index > 0) {
            FORM_LITERAL(&writer, ", ");
        }
        FORM_LITERAL(&writer, "{\"account\": ");
        form_add_python_text(&writer, entry->account_code);
        FORM_LITERAL(&writer, ", \"amount\": \"");
        form_add_amount(&writer, entry->amount_minor);
        FORM_LITERAL(&writer, "\", \"type\": \"");
        record_add_entry_type(&writer, entry->entry_type);
        FORM_LITERAL(&writer, "\"}");
    }
    form_ensure(&writer);
    FORM_LITERAL(&writer, "], \"transaction_date\": \"");
    form_add_python_time(&writer, transaction->transaction_date_us);
    FORM_LITERAL(&writer, "\", \"transaction_id\": \"");
    form_add_uuid(&writer, transaction->transaction_id);
    FORM_LITERAL(&writer, "\"}");
    return form_finish(&writer);
}

static void record_add_memos(struct form_writer *writer, const struct ledger_transaction_record *transaction)
{
    bool has_memo = false;
    for (uint32_t index = 0; index < transaction->entries_count && !has_memo; index++) {
        has_memo = !text_is_absent(transaction->entries[index].memo);
    }
    if (!has_memo) {
        return;
    }
    FORM_KEY(writer, "\"memos\":");
    for (uint32_t index = 0; index < transaction->entries_count; index++) {
        form_ensure(writer);
        *writer->at++ = index == 0 ? '[' : ',';
        form_add_text(writer, transaction->entries[index].memo);
    }
    *writer->at++ = ']';
}

struct sha256_hash record_texts_hash(struct record_hasher *hasher, const struct ledger_transaction_record *transaction)
{
    struct form_writer writer = record_begin(hasher);
    form_add(&writer, transaction->texts_salt, sizeof transaction->texts_salt);
    FORM_MEMBER_TEXT(&writer, "\"description\":", transaction->description);
    record_add_memos(&writer, transaction);
    FORM_MEMBER_TEXT(&writer, "\"reversal_reason\":", transaction->reversal_reason);
    form_object_end(&writer);
    return form_finish(&writer);
}

struct sha256_hash record_entry_hash(struct record_hasher *hasher, const uint8_t transaction_id[16],
                                     const struct ledger_entry_record *entry)
{
    struct form_writer writer = record_begin(hasher);
    FORM_MEMBER_TEXT(&writer, "\"account_code\":", entry->account_code);
    FORM_KEY(&writer, "\"amount\":\"");
    form_add_amount(&writer, entry->amount_minor);
    *writer.at++ = '"';
    FORM_MEMBER_TEXT(&writer, "\"business_unit\":", entry->business_unit);
    FORM_MEMBER_TEXT(&writer, "\"cost_center\":", entry->cost_center);
    FORM_MEMBER_TEXT(&writer, "\"currency\":", entry->currency);
    FORM_KEY(&writer, "\"entry_number\":");
    form_add_integer(&writer, entry->entry_number);
    FORM_KEY(&writer, "\"entry_type\":\"");
    record_add_entry_type(&writer, entry->entry_type);
    FORM_LITERAL(&writer, "\",\"form\":\"entry/1\"");
    FORM_MEMBER_TEXT(&writer, "\"project_code\":", entry->project_code);
    FORM_KEY(&writer, "\"transaction_id\":\"");
    record_add_member_uuid(&writer, transaction_id);
    form_object_end(&writer);
    return form_finish(&writer);
}

static void record_add_entry_hashes(struct form_writer *writer, const struct ledger_transaction_record *transaction)
{
    FORM_KEY(writer, "\"entry_hashes\":[");
    for (uint32_t index = 0; index < transaction->entries_count; index++) {
        form_ensure(writer);
        if (index > 0) {
            *writer->at++ = ',';
        }
        *writer->at++ = '"';
        record_add_member_hash(writer, transaction->entries[index].entry_hash);
    }
    form_ensure(writer);
    *writer->at++ = ']';
}

struct sha256_hash record_content_hash(struct record_hasher *hasher,
                                       const struct ledger_transaction_record *transaction,
                                       const struct sha256_hash *texts_hash)
{
    struct form_writer writer = record_begin(hasher);
    FORM_MEMBER_TEXT(&writer, "\"business_event_type\":", transaction->business_event_type);
    FORM_MEMBER_TEXT(&writer, "\"business_key\":", transaction->business_key);
    FORM_MEMBER_TEXT(&writer, "\"created_by\":", transaction->created_by);
    record_add_entry_hashes(&writer, transaction);
    FORM_KEY(&writer, "\"form\":\"content/1\"");
    if (!text_is_absent(transaction->idempotency_key)) {
        FORM_KEY(&writer, "\"idempotency_fingerprint\":\"");
        record_add_member_hash(&writer, transaction->idempotency_fingerprint);
        FORM_MEMBER_TEXT(&writer, "\"idempotency_key\":", transaction->idempotency_key);
    }
    FORM_MEMBER_TEXT(&writer, "\"principal\":", transaction->principal);
    if (transaction->is_reversal) {
        FORM_KEY(&writer, "\"reverses_transaction_id\":\"");
        record_add_member_uuid(&writer, transaction->reverses_transaction_id);
    }
    FORM_MEMBER_TEXT(&writer, "\"source_ip\":", transaction->source_ip);
    FORM_MEMBER_TEXT(&writer, "\"source_system\":", transaction->source_system);
    FORM_KEY(&writer, "\"texts_hash\":\"");
    record_add_member_hash(&writer, texts_hash->bytes);
    FORM_KEY(&writer, "\"transaction_date\":\"");
    record_add_member_time(&writer, transaction->transaction_date_us);
    FORM_KEY(&writer, "\"transaction_day\":\"");
    form_add_day(&writer, transaction->transaction_day);
    FORM_LITERAL(&writer, "\",\"transaction_id\":\"");
    record_add_member_uuid(&writer, transaction->transaction_id);
    form_object_end(&writer);
    return form_finish(&writer);
}

struct sha256_hash record_record_hash(struct record_hasher *hasher, const struct sha256_hash *content_hash,
                                      int64_t log_index, int64_t posting_date_us, int64_t number_in_day)
{
    struct form_writer writer = record_begin(hasher);
    FORM_LITERAL(&writer, "{\"content_hash\":\"");
    form_add_hash(&writer, content_hash->bytes);
    FORM_LITERAL(&writer, "\",\"form\":\"record/1\",\"log_index\":");
    form_add_integer(&writer, log_index);
    FORM_LITERAL(&writer, ",\"posting_date\":\"");
    form_add_time(&writer, posting_date_us);
    FORM_LITERAL(&writer, "\",\"transaction_number\":\"");
    form_add_transaction_number(&writer, posting_date_us, number_in_day);
    FORM_LITERAL(&writer, "\"}");
    return form_finish(&writer);
}

struct sha256_hash record_leaf_hash(struct record_hasher *hasher, const struct ledger_event_record *event)
{
    struct form_writer writer = record_begin(hasher);
    *writer.at++ = RECORD_LEAF_PREFIX;
    FORM_MEMBER_TEXT(&writer, "\"action\":", event->action);
    if (!event->has_record_hash) { /* a posting's description is rendered, and in its texts_hash already (I1, I2) */
        FORM_MEMBER_TEXT(&writer, "\"description\":", event->description);
    }
    if (!text_is_absent(event->event_metadata)) {
        FORM_KEY(&writer, "\"event_metadata\":");
        form_add_raw(&writer, event->event_metadata);
    }
    FORM_KEY(&writer, "\"event_timestamp\":\"");
    record_add_member_time(&writer, event->event_timestamp_us);
    FORM_MEMBER_TEXT(&writer, "\"event_type\":", event->event_type);
    FORM_KEY(&writer, "\"form\":\"event/1\",\"log_index\":");
    form_add_integer(&writer, event->log_index);
    if (event->is_success) {
        FORM_LITERAL(&writer, ",\"outcome\":\"SUCCESS\"");
    } else {
        FORM_LITERAL(&writer, ",\"outcome\":\"FAILED\"");
    }
    FORM_MEMBER_TEXT(&writer, "\"principal\":", event->principal);
    if (event->has_record_hash) {
        FORM_KEY(&writer, "\"record_hash\":\"");
        record_add_member_hash(&writer, event->record_hash);
    }
    FORM_MEMBER_TEXT(&writer, "\"severity\":", ledger_text_of(ledger_severity_name(event->severity)));
    FORM_MEMBER_TEXT(&writer, "\"source_ip\":", event->source_ip);
    FORM_MEMBER_TEXT(&writer, "\"source_system\":", event->source_system);
    if (event->has_transaction) {
        FORM_KEY(&writer, "\"transaction_id\":\"");
        record_add_member_uuid(&writer, event->transaction_id);
    }
    FORM_MEMBER_TEXT(&writer, "\"user_id\":", event->user_id);
    form_object_end(&writer);
    return form_finish(&writer);
}

struct sha256_hash record_manual_event_hash(struct record_hasher *hasher, const struct ledger_manual_event *event)
{
    struct form_writer writer = record_begin(hasher);
    FORM_MEMBER_TEXT(&writer, "\"action\":", event->action);
    FORM_KEY(&writer, "\"audit_id\":\"");
    record_add_member_uuid(&writer, event->audit_id);
    FORM_MEMBER_TEXT(&writer, "\"description\":", event->description);
    FORM_MEMBER_TEXT(&writer, "\"event_metadata\":", event->event_metadata);
    FORM_KEY(&writer, "\"event_timestamp\":\"");
    record_add_member_time(&writer, event->event_timestamp_us);
    FORM_MEMBER_TEXT(&writer, "\"event_type\":", event->event_type);
    FORM_KEY(&writer, "\"form\":\"manual-event/1\"");
    FORM_MEMBER_TEXT(&writer, "\"outcome\":", event->outcome);
    FORM_MEMBER_TEXT(&writer, "\"principal\":", event->principal);
    FORM_MEMBER_TEXT(&writer, "\"severity\":", event->severity);
    FORM_MEMBER_TEXT(&writer, "\"source_ip\":", event->source_ip);
    FORM_MEMBER_TEXT(&writer, "\"source_system\":", event->source_system);
    if (event->has_transaction) {
        FORM_KEY(&writer, "\"transaction_id\":\"");
        record_add_member_uuid(&writer, event->transaction_id);
    }
    FORM_MEMBER_TEXT(&writer, "\"user_id\":", event->user_id);
    form_object_end(&writer);
    return form_finish(&writer);
}

struct sha256_hash record_transaction_leaf_hash(struct record_hasher *hasher,
                                                const struct ledger_transaction_record *transaction)
{
    struct ledger_event_record event = {
        .log_index = transaction->log_index,
        .event_timestamp_us = transaction->posting_date_us,
        .event_type = transaction->is_reversal ? TEXT("TRANSACTION_REVERSED") : TEXT("TRANSACTION_POSTED"),
        .severity = LEDGER_INFO,
        .is_success = true,
        .has_transaction = true,
        .user_id = transaction->created_by,
        .principal = transaction->principal,
        .source_system = transaction->source_system,
        .source_ip = transaction->source_ip,
        .action = transaction->is_reversal ? TEXT("REVERSE") : TEXT("POST"),
        .has_record_hash = true,
    };
    memcpy(event.transaction_id, transaction->transaction_id, sizeof event.transaction_id);
    memcpy(event.record_hash, transaction->record_hash, sizeof event.record_hash);
    return record_leaf_hash(hasher, &event);
}

/* The texts as the client gave them; amount and type as they were read, so that spellings of one value are one. */
static void record_add_posting_entry(struct form_writer *writer, const struct ledger_entry *given,
                                     const struct ledger_entry_record *entry)
{
    form_object_begin(writer);
    FORM_MEMBER_TEXT(writer, "\"account_code\":", given->account_code);
    FORM_KEY(writer, "\"amount\":\"");
    form_add_amount(writer, entry->amount_minor);
    *writer->at++ = '"';
    FORM_MEMBER_TEXT(writer, "\"business_unit\":", given->business_unit);
    FORM_MEMBER_TEXT(writer, "\"cost_center\":", given->cost_center);
    FORM_MEMBER_TEXT(writer, "\"currency\":", given->currency);
    FORM_KEY(writer, "\"entry_type\":\"");
    record_add_entry_type(writer, entry->entry_type);
    *writer->at++ = '"';
    FORM_MEMBER_TEXT(writer, "\"memo\":", given->memo);
    FORM_MEMBER_TEXT(writer, "\"project_code\":", given->project_code);
    form_object_end(writer);
}

struct sha256_hash record_posting_fingerprint(struct record_hasher *hasher, const uint8_t texts_salt[RECORD_SALT_SIZE],
                                              const struct ledger_posting *posting,
                                              const struct ledger_entry_record *entries)
{
    struct form_writer writer = record_begin(hasher);
    form_add(&writer, texts_salt, RECORD_SALT_SIZE);
    if (posting->allow_future) {
        FORM_KEY(&writer, "\"allow_future\":true");
    }
    FORM_MEMBER_TEXT(&writer, "\"business_event_type\":", posting->business_event_type);
    FORM_MEMBER_TEXT(&writer, "\"business_key\":", posting->business_key);
    FORM_MEMBER_TEXT(&writer, "\"description\":", posting->description);
    FORM_KEY(&writer, "\"entries\":[");
    for (uint32_t index = 0; index < posting->entries_count; index++) {
        form_ensure(&writer);
        if (index > 0) {
            *writer.at++ = ',';
        }
        record_add_posting_entry(&writer, &posting->entries[index], &entries[index]);
    }
    form_ensure(&writer);
    writer.separator = ',';
    FORM_LITERAL(&writer, "],\"form\":\"posting/1\"");
    if (!text_is_absent(posting->transaction_date)) {
        FORM_MEMBER_TEXT(&writer, "\"transaction_date\":", posting->transaction_date);
    } else if (posting->has_transaction_date_us) {
        FORM_KEY(&writer, "\"transaction_date\":\"");
        record_add_member_time(&writer, posting->transaction_date_us);
    }
    form_object_end(&writer);
    return form_finish(&writer);
}

struct sha256_hash record_reversal_fingerprint(struct record_hasher *hasher, const uint8_t texts_salt[RECORD_SALT_SIZE],
                                               const struct ledger_reversal *reversal,
                                               const uint8_t original_transaction_id[16])
{
    struct form_writer writer = record_begin(hasher);
    form_add(&writer, texts_salt, RECORD_SALT_SIZE);
    FORM_KEY(&writer, "\"form\":\"reversal/1\"");
    FORM_MEMBER_TEXT(&writer, "\"reason\":", reversal->reason);
    FORM_MEMBER_TEXT(&writer, "\"transaction_date\":", reversal->transaction_date);
    FORM_KEY(&writer, "\"transaction_id\":\"");
    record_add_member_uuid(&writer, original_transaction_id);
    form_object_end(&writer);
    return form_finish(&writer);
}

struct sha256_hash record_reason_hash(struct record_hasher *hasher, const uint8_t salt[RECORD_SALT_SIZE],
                                      struct ledger_text reason)
{
    struct form_writer writer = record_begin(hasher);
    form_add(&writer, salt, RECORD_SALT_SIZE);
    FORM_MEMBER_TEXT(&writer, "\"reason\":", reason);
    form_object_end(&writer);
    return form_finish(&writer);
}
