/* Exports as JSON, a record a line, as `import` reads it: complete.
 *
 * The idempotency key of a record is its transaction_id: those of the ledger's clients are each known to one of its
 * source systems alone, and two of them may have used the same. So one export is imported once, however often and
 * under whatever name. */
#include "base/json_write.h"
#include "base/text.h"
#include "base/uuid.h"
#include "domain/names.h"
#include "exchange/export_writer.h"

static void ndjson_line_begin(struct export_writing *writing, struct json_writer *writer)
{
    json_writer_init(writer, &writing->files[0].builder);
    json_write_object_begin(writer);
}

static void ndjson_line_end(struct export_writing *writing, struct json_writer *writer)
{
    json_write_object_end(writer);
    text_builder_add_char(&writing->files[0].builder, '\n');
}

static ledger_status ndjson_begin(struct ledger_call *call, struct export_writing *writing)
{
    (void)call;
    for (size_t i = 0; i < writing->head->accounts_count; i++) {
        const struct ledger_account *account = &writing->head->accounts[i].account;
        struct json_writer writer;
        ndjson_line_begin(writing, &writer);
        json_write_key(&writer, "account");
        json_write_object_begin(&writer);
        json_write_member_text(&writer, "account_code", account->account_code);
        json_write_member_text(&writer, "account_name", account->account_name);
        json_write_member_text(&writer, "account_type",
                               ledger_text_of(ledger_account_type_name(account->account_type)));
        json_write_member_text(&writer, "account_role",
                               ledger_text_of(ledger_account_role_name(account->account_role)));
        json_write_member_text(&writer, "parent_account_code", account->parent_account_code);
        json_write_member_text(&writer, "currency", account->currency);
        json_write_member_text(&writer, "description", account->description);
        json_write_member_boolean(&writer, "is_active", account->is_active);
        json_write_object_end(&writer);
        ndjson_line_end(writing, &writer);
    }
    return LEDGER_DONE;
}

static void ndjson_write_entry(struct json_writer *writer, const struct ledger_entry_record *entry, unsigned decimals)
{
    char amount[AMOUNT_TEXT_SIZE];
    size_t size = export_format_amount(entry->amount_minor, decimals, amount);
    json_write_object_begin(writer);
    json_write_member_text(writer, "account_code", entry->account_code);
    json_write_member_text(writer, "entry_type", ledger_text_of(entry_type_name(entry->entry_type)));
    json_write_member_text(writer, "amount", (struct ledger_text){amount, size});
    json_write_member_text(writer, "currency", entry->currency);
    json_write_member_text(writer, "memo", entry->memo);
    json_write_member_text(writer, "cost_center", entry->cost_center);
    json_write_member_text(writer, "business_unit", entry->business_unit);
    json_write_member_text(writer, "project_code", entry->project_code);
    json_write_object_end(writer);
}

static void ndjson_write_time(struct json_writer *writer, const char *key, int64_t time_us)
{
    char text[TIME_TEXT_SIZE];
    size_t size = time_format(time_us, text);
    json_write_member_text(writer, key, (struct ledger_text){text, size});
}

/* What the record is beside its posting. */
static void ndjson_write_record(struct json_writer *writer, const struct export_transaction *transaction)
{
    const struct ledger_transaction_record *record = transaction->record;
    json_write_member_text(writer, "transaction_id", ledger_text_of(transaction->id));
    json_write_member_text(writer, "transaction_number", ledger_text_of(transaction->number));
    ndjson_write_time(writer, "posting_date", record->posting_date_us);
    json_write_member_integer(writer, "log_index", record->log_index);
    json_write_member_hex(writer, "transaction_hash", record->transaction_hash, sizeof record->transaction_hash);
    json_write_member_hex(writer, "record_hash", record->record_hash, sizeof record->record_hash);
    if (record->is_reversal) {
        char original[UUID_TEXT_SIZE + 1];
        struct uuid id;
        memcpy(id.bytes, record->reverses_transaction_id, sizeof id.bytes);
        uuid_format(&id, original);
        json_write_member_text(writer, "reverses_transaction_id", ledger_text_of(original));
        json_write_member_text(writer, "reversal_reason", record->reversal_reason);
    }
    json_write_member_text(writer, "original_idempotency_key", record->idempotency_key);
    json_write_member_text(writer, "source_system", record->source_system);
    json_write_member_text(writer, "created_by", record->created_by);
}

static ledger_status ndjson_transaction(struct ledger_call *call, struct export_writing *writing,
                                        const struct export_transaction *transaction)
{
    (void)call;
    const struct export_head *head = writing->head;
    const struct ledger_transaction_record *record = transaction->record;
    struct json_writer writer;
    ndjson_line_begin(writing, &writer);
    json_write_member_text(&writer, "business_event_type", record->business_event_type);
    json_write_member_text(&writer, "description", record->description);
    ndjson_write_time(&writer, "transaction_date", record->transaction_date_us);
    json_write_member_text(&writer, "business_key", record->business_key);
    json_write_member_text(&writer, "idempotency_key", ledger_text_of(transaction->id));
    if (record->transaction_day > time_zone_day(head->zone, record->posting_date_us)) {
        json_write_member_boolean(&writer, "allow_future", true);
    }
    json_write_key(&writer, "entries");
    json_write_array_begin(&writer);
    for (uint32_t i = 0; i < transaction->entries_count; i++) {
        const struct export_entry *entry = &transaction->entries[i];
        ndjson_write_entry(&writer, &entry->record, head->accounts[entry->account].decimals);
    }
    json_write_array_end(&writer);
    ndjson_write_record(&writer, transaction);
    ndjson_line_end(writing, &writer);
    return LEDGER_DONE;
}

static ledger_status ndjson_end(struct ledger_call *call, struct export_writing *writing)
{
    (void)call;
    (void)writing;
    return LEDGER_DONE;
}

const struct export_writer write_ndjson = {
    .is_imported = true, .begin = ndjson_begin, .transaction = ndjson_transaction, .end = ndjson_end};
