/* The canonical JSON that administrative events commit to. */
#include "engine/event_facts.h"

#include <string.h>

#include "base/json_write.h"
#include "base/text.h"
#include "base/time.h"

enum { VIOLATION_TEXT_BYTES_MAX = 600 };

static void facts_begin(struct ledger_call *call, struct text_builder *builder, struct json_writer *writer)
{
    text_builder_init(builder, &call->arena, 256);
    json_writer_init(writer, builder);
    writer->canonical = true;
    json_write_object_begin(writer);
}

static ledger_status facts_end(struct ledger_call *call, struct text_builder *builder, struct json_writer *writer,
                               struct ledger_text *ret_metadata)
{
    json_write_object_end(writer);
    return text_builder_finish(call, builder, ret_metadata);
}

ledger_status event_facts_of_settings(struct ledger_call *call, const struct ledger_settings *settings,
                                      struct ledger_text schema_applied_at, struct ledger_text *ret_metadata)
{
    struct text_builder builder;
    struct json_writer writer;
    facts_begin(call, &builder, &writer);
    json_write_member_text(&writer, "default_currency", settings->default_currency);
    json_write_member_text(&writer, "fiscal_year_start", settings->fiscal_year_start);
    json_write_member_integer(&writer, "hash_version", settings->hash_version);
    json_write_member_text(&writer, "ledger_id", settings->ledger_id);
    json_write_member_text(&writer, "schema_applied_at", schema_applied_at);
    json_write_member_text(&writer, "time_zone", settings->time_zone);
    return facts_end(call, &builder, &writer, ret_metadata);
}

ledger_status event_facts_of_account(struct ledger_call *call, const struct ledger_account *account,
                                     struct ledger_text *ret_metadata)
{
    struct text_builder builder;
    struct json_writer writer;
    facts_begin(call, &builder, &writer);
    json_write_member_text(&writer, "account_code", account->account_code);
    json_write_member_integer(&writer, "account_id", account->account_id);
    json_write_member_text(&writer, "account_name", account->account_name);
    json_write_member_text(&writer, "account_role", ledger_text_of(ledger_account_role_name(account->account_role)));
    json_write_member_text(&writer, "account_type", ledger_text_of(ledger_account_type_name(account->account_type)));
    json_write_member_text(&writer, "currency", account->currency);
    json_write_member_text(&writer, "description", account->description);
    json_write_member_boolean(&writer, "is_active", account->is_active);
    json_write_member_integer(&writer, "level", account->level);
    json_write_member_text(&writer, "parent_account_code", account->parent_account_code);
    json_write_member_integer(&writer, "version", account->version);
    return facts_end(call, &builder, &writer, ret_metadata);
}

ledger_status event_facts_of_period(struct ledger_call *call, const struct ledger_period *period,
                                    struct ledger_text *ret_metadata)
{
    char start[TIME_TEXT_SIZE];
    char end[TIME_TEXT_SIZE];
    (void)day_format(period->start_day, start);
    (void)day_format(period->end_day - 1, end);
    struct text_builder builder;
    struct json_writer writer;
    facts_begin(call, &builder, &writer);
    json_write_member_text(&writer, "end_date", ledger_text_of(end));
    json_write_member_text(&writer, "reason", period->reason);
    json_write_member_text(&writer, "start_date", ledger_text_of(start));
    json_write_member_text(&writer, "state", period->is_closed ? TEXT("CLOSED") : TEXT("OPEN"));
    return facts_end(call, &builder, &writer, ret_metadata);
}

ledger_status event_facts_of_approval(struct ledger_call *call, const struct store_approval_change *change,
                                      struct ledger_text reason_hash, struct ledger_text compared,
                                      struct ledger_text *ret_metadata)
{
    char request_id[UUID_TEXT_SIZE + 1];
    char transaction_id[UUID_TEXT_SIZE + 1];
    struct uuid id;
    memcpy(id.bytes, change->transaction_id, sizeof id.bytes);
    uuid_format(&change->request_id, request_id);
    uuid_format(&id, transaction_id);
    struct text_builder builder;
    struct json_writer writer;
    facts_begin(call, &builder, &writer);
    json_write_member_text(&writer, "compared", compared);
    json_write_member_text(&writer, "idempotency_key", change->idempotency_key);
    json_write_member_text(&writer, "kind", ledger_text_of(ledger_approval_kind_name(change->kind)));
    json_write_member_text(&writer, "reason_hash", reason_hash);
    json_write_member_text(&writer, "request_id", ledger_text_of(request_id));
    json_write_member_text(&writer, "state", ledger_text_of(ledger_approval_state_name(change->state)));
    json_write_member_text(&writer, "transaction_date", change->transaction_date);
    json_write_member_text(&writer, "transaction_id", ledger_text_of(transaction_id));
    return facts_end(call, &builder, &writer, ret_metadata);
}

ledger_status event_facts_of_redaction(struct ledger_call *call, const struct redaction_facts *facts,
                                       struct ledger_text *ret_metadata)
{
    char request_id[UUID_TEXT_SIZE + 1];
    char transaction_id[UUID_TEXT_SIZE + 1];
    char texts_hash[2 * SHA256_SIZE + 1];
    struct uuid id;
    memcpy(id.bytes, facts->transaction_id, sizeof id.bytes);
    uuid_format(&facts->request_id, request_id);
    uuid_format(&id, transaction_id);
    sha256_format(&facts->texts_hash, texts_hash);
    struct text_builder builder;
    struct json_writer writer;
    facts_begin(call, &builder, &writer);
    json_write_member_integer(&writer, "memos_count", facts->memos_count);
    json_write_member_text(&writer, "reason", facts->reason);
    json_write_member_text(&writer, "request_id", ledger_text_of(request_id));
    json_write_member_text(&writer, "texts_hash", ledger_text_of(texts_hash));
    json_write_member_text(&writer, "transaction_id", ledger_text_of(transaction_id));
    return facts_end(call, &builder, &writer, ret_metadata);
}

ledger_status event_facts_of_unfreezing(struct ledger_call *call, const struct ledger_freeze_state *state,
                                        struct ledger_text compared, struct ledger_text *ret_metadata)
{
    struct text_builder builder;
    struct json_writer writer;
    facts_begin(call, &builder, &writer);
    json_write_member_text(&writer, "compared", compared);
    json_write_member_text(&writer, "frozen_by", state->frozen_by);
    if (state->frozen_at_us != 0) {
        json_write_member_integer(&writer, "frozen_log_index", state->log_index);
    }
    json_write_member_text(&writer, "frozen_principal", state->frozen_principal);
    return facts_end(call, &builder, &writer, ret_metadata);
}

/* Not within a character. */
static struct ledger_text facts_cut(struct ledger_text text)
{
    if (text.size > VIOLATION_TEXT_BYTES_MAX) {
        text.size = VIOLATION_TEXT_BYTES_MAX;
        while (text.size > 0 && ((unsigned char)text.data[text.size] & 0xc0) == 0x80) {
            text.size--;
        }
    }
    return text;
}

static void facts_write_violation(struct json_writer *writer, const struct ledger_violation *violation)
{
    json_write_object_begin(writer);
    json_write_member_text(writer, "account_code", facts_cut(violation->account_code));
    json_write_member_text(writer, "check", facts_cut(violation->check));
    json_write_member_text(writer, "computed", facts_cut(violation->computed));
    json_write_member_text(writer, "detail", facts_cut(violation->detail));
    if (violation->entry_number > 0) {
        json_write_member_integer(writer, "entry_number", violation->entry_number);
    }
    json_write_member_text(writer, "field", facts_cut(violation->field));
    json_write_member_text(writer, "severity", violation->is_critical ? TEXT("CRITICAL") : TEXT("WARNING"));
    json_write_member_text(writer, "stored", facts_cut(violation->stored));
    json_write_member_text(writer, "transaction_id", facts_cut(violation->transaction_id));
    json_write_member_text(writer, "transaction_number", facts_cut(violation->transaction_number));
    json_write_object_end(writer);
}

void event_facts_write_violations(struct json_writer *writer, const struct ledger_violation *violations, size_t kept,
                                  uint64_t violations_count)
{
    json_write_key(writer, "violations");
    json_write_array_begin(writer);
    for (size_t i = 0; i < kept && i < LEDGER_INCIDENT_VIOLATIONS_MAX; i++) {
        facts_write_violation(writer, &violations[i]);
    }
    json_write_array_end(writer);
    json_write_member_integer(writer, "violations_count", (int64_t)violations_count);
}

static void facts_write_evidence(struct json_writer *writer, const struct incident_facts *facts)
{
    json_write_key(writer, "evidence");
    json_write_array_begin(writer);
    for (size_t i = 0; i < facts->evidence_count; i++) {
        const struct ledger_evidence *evidence = &facts->evidence[i];
        json_write_object_begin(writer);
        json_write_member_text(writer, "name", evidence->name);
        json_write_member_text(writer, "sha256", ledger_text_of(evidence->sha256));
        json_write_member_integer(writer, "size_bytes", evidence->size_bytes);
        json_write_object_end(writer);
    }
    json_write_array_end(writer);
}

ledger_status event_facts_of_incident(struct ledger_call *call, const struct incident_facts *facts,
                                      struct ledger_text *ret_metadata)
{
    struct text_builder builder;
    struct json_writer writer;
    facts_begin(call, &builder, &writer);
    if (facts->evidence_count > 0) {
        facts_write_evidence(&writer, facts);
    }
    json_write_member_text(&writer, "incident_id", facts->incident_id);
    json_write_member_text(&writer, "transaction_number", facts->transaction_number);
    if (facts->violations_count > 0) {
        event_facts_write_violations(&writer, facts->violations, facts->violations_kept, facts->violations_count);
    }
    return facts_end(call, &builder, &writer, ret_metadata);
}

ledger_status event_facts_of_adoption(struct ledger_call *call, struct sha256 *sha256, struct ledger_text database_user,
                                      const struct adopted_row *rows, size_t count, struct ledger_text *ret_metadata)
{
    struct text_builder builder;
    struct json_writer writer;
    sha256_begin(sha256);
    for (size_t i = 0; i < count; i++) {
        sha256_add(sha256, rows[i].digest.bytes, sizeof rows[i].digest.bytes);
    }
    struct sha256_hash digest = sha256_finish(sha256);
    facts_begin(call, &builder, &writer);
    json_write_member_text(&writer, "database_user", database_user);
    json_write_member_hex(&writer, "digest", digest.bytes, sizeof digest.bytes);
    json_write_key(&writer, "rows");
    json_write_array_begin(&writer);
    for (size_t i = 0; i < count; i++) {
        char audit_id[UUID_TEXT_SIZE + 1];
        struct uuid id;
        memcpy(id.bytes, rows[i].audit_id, sizeof id.bytes);
        uuid_format(&id, audit_id);
        json_write_object_begin(&writer);
        json_write_member_text(&writer, "audit_id", ledger_text_of(audit_id));
        json_write_member_hex(&writer, "digest", rows[i].digest.bytes, sizeof rows[i].digest.bytes);
        json_write_object_end(&writer);
    }
    json_write_array_end(&writer);
    return facts_end(call, &builder, &writer, ret_metadata);
}

ledger_status event_facts_of_epoch(struct ledger_call *call, const struct ledger_epoch *epoch,
                                   struct ledger_text *ret_metadata)
{
    struct text_builder builder;
    struct json_writer writer;
    facts_begin(call, &builder, &writer);
    json_write_member_integer(&writer, "abandoned_log_size", epoch->abandoned_log_size);
    json_write_member_text(&writer, "abandoned_origin", epoch->abandoned_origin);
    json_write_member_text(&writer, "abandoned_root_hash", ledger_text_of(epoch->abandoned_root_hash));
    json_write_member_integer(&writer, "epoch", epoch->epoch);
    return facts_end(call, &builder, &writer, ret_metadata);
}

/* In canonical JSON it is the last member. */
bool event_facts_read_epoch(struct ledger_text metadata, int64_t *ret_epoch)
{
    static const char key[] = ",\"epoch\":";
    enum { DIGITS_MAX = 18 };
    const char *found = text_is_empty(metadata) ? NULL : memmem(metadata.data, metadata.size, key, sizeof key - 1);
    int64_t epoch = 0;
    if (found == NULL) {
        return false;
    }
    const char *digits = found + sizeof key - 1;
    size_t left = metadata.size - (size_t)(digits - metadata.data);
    size_t count = 0;
    while (count < left && count < DIGITS_MAX && digits[count] >= '0' && digits[count] <= '9') {
        epoch = epoch * 10 + (digits[count++] - '0');
    }
    if (count == 0 || left - count != 1 || digits[count] != '}') {
        return false;
    }
    *ret_epoch = epoch;
    return true;
}
