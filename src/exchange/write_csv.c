/* Exports as CSV, an entry a row, as `import` reads it. The entries of a transaction stand together, under one number.
 * Accounts are no rows of it: where it is imported they have to be there. */
#include "base/csv_write.h"
#include "base/text.h"
#include "domain/names.h"
#include "exchange/export_writer.h"

static const char *const columns[] = {
    "transaction",
    "transaction_date",
    "business_event_type",
    "description",
    "business_key",
    "idempotency_key",
    "account_code",
    "entry_type",
    "amount",
    "currency",
    "memo",
    "cost_center",
    "business_unit",
    "project_code",
};

static ledger_status csv_begin(struct ledger_call *call, struct export_writing *writing)
{
    (void)call;
    struct csv_writer writer;
    csv_writer_init(&writer, &writing->files[0].builder);
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        csv_write_string(&writer, columns[i]);
    }
    csv_write_row_end(&writer);
    return LEDGER_DONE;
}

static void csv_write_entry(struct csv_writer *writer, const struct ledger_entry_record *entry, unsigned decimals)
{
    char amount[AMOUNT_TEXT_SIZE];
    size_t size = export_format_amount(entry->amount_minor, decimals, amount);
    csv_write_field(writer, entry->account_code);
    csv_write_string(writer, entry_type_name(entry->entry_type));
    csv_write_field(writer, (struct ledger_text){amount, size});
    csv_write_field(writer, entry->currency);
    csv_write_field(writer, entry->memo);
    csv_write_field(writer, entry->cost_center);
    csv_write_field(writer, entry->business_unit);
    csv_write_field(writer, entry->project_code);
}

static ledger_status csv_transaction(struct ledger_call *call, struct export_writing *writing,
                                     const struct export_transaction *transaction)
{
    (void)call;
    const struct ledger_transaction_record *record = transaction->record;
    char date[TIME_TEXT_SIZE];
    (void)time_format(record->transaction_date_us, date);
    struct csv_writer writer;
    csv_writer_init(&writer, &writing->files[0].builder);
    for (uint32_t i = 0; i < transaction->entries_count; i++) {
        const struct export_entry *entry = &transaction->entries[i];
        csv_write_string(&writer, transaction->number);
        csv_write_string(&writer, date);
        csv_write_field(&writer, record->business_event_type);
        csv_write_field(&writer, record->description);
        csv_write_field(&writer, record->business_key);
        csv_write_string(&writer, transaction->id);
        csv_write_entry(&writer, &entry->record, writing->head->accounts[entry->account].decimals);
        csv_write_row_end(&writer);
    }
    return LEDGER_DONE;
}

static ledger_status csv_end(struct ledger_call *call, struct export_writing *writing)
{
    (void)call;
    (void)writing;
    return LEDGER_DONE;
}

const struct export_writer write_csv = {
    .is_imported = true, .begin = csv_begin, .transaction = csv_transaction, .end = csv_end};
