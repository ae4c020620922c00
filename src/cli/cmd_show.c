/* show: one transaction with its entries. */
#include "base/table.h"
#include "base/text.h"
#include "base/time.h"
#include "base/uuid.h"
#include "cli/commands.h"
#include "cli/results.h"
#include "cli/session.h"
#include "domain/amount.h"

static LEDGER_MUST_CHECK ledger_status show_write_json(struct cli *cli, const struct ledger_transaction_record *record)
{
    results_write_transaction(output_json_begin(cli->call, &cli->output), record);
    return output_json_end(cli->call, &cli->output);
}

static void show_print_text(struct output *output, const char *label, struct ledger_text text)
{
    if (!text_is_absent(text)) {
        output_print(output, "  %-16s%.*s\n", label, TEXT_ARGUMENTS(text));
    }
}

static void show_print_id(struct output *output, const char *label, const uint8_t id[16])
{
    struct uuid uuid;
    char text[UUID_TEXT_SIZE + 1];
    memcpy(uuid.bytes, id, UUID_SIZE);
    uuid_format(&uuid, text);
    output_print(output, "  %-16s%s\n", label, text);
}

static void show_print_head(struct output *output, const struct ledger_transaction_record *record)
{
    char number[LEDGER_NUMBER_TEXT_SIZE];
    char time[TIME_TEXT_SIZE];
    char day[TIME_TEXT_SIZE];
    ledger_transaction_number(record->posting_date_us, record->number_in_day, number);
    output_print(output, "Transaction %s, %s%s\n", number, record->is_reversed ? "REVERSED" : "POSTED",
                 record->is_reversal ? ", a reversal" : "");
    show_print_id(output, "id", record->transaction_id);
    show_print_text(output, "event type", record->business_event_type);
    show_print_text(output, "business key", record->business_key);
    show_print_text(output, "description", record->description);
    time_format(record->transaction_date_us, time);
    day_format(record->transaction_day, day);
    output_print(output, "  %-16s%s, day %s\n", "dated", time, day);
    time_format(record->posting_date_us, time);
    output_print(output, "  %-16s%s\n", "posted", time);
    show_print_text(output, "by", record->created_by);
    show_print_text(output, "principal", record->principal);
    show_print_text(output, "source system", record->source_system);
    show_print_text(output, "source address", record->source_ip);
    show_print_text(output, "idempotency key", record->idempotency_key);
    if (record->is_reversal) {
        show_print_id(output, "reverses", record->reverses_transaction_id);
        show_print_text(output, "reason", record->reversal_reason);
    }
    if (record->is_reversed) {
        show_print_id(output, "reversed by", record->reversed_by_transaction_id);
    }
}

enum { COLUMN_ENTRY, COLUMN_ACCOUNT, COLUMN_DEBIT, COLUMN_CREDIT, COLUMN_CURRENCY, COLUMN_MEMO, COLUMNS_COUNT };

static const struct table_column columns[COLUMNS_COUNT] = {
    [COLUMN_ENTRY] = {.name = "entry_number", .heading = "Entry", .kind = TABLE_AMOUNT},
    [COLUMN_ACCOUNT] = {.name = "account_code", .heading = "Account", .kind = TABLE_CODE},
    [COLUMN_DEBIT] = {.name = "debit", .heading = "Debit", .kind = TABLE_AMOUNT},
    [COLUMN_CREDIT] = {.name = "credit", .heading = "Credit", .kind = TABLE_AMOUNT},
    [COLUMN_CURRENCY] = {.name = "currency", .heading = "Currency", .kind = TABLE_CODE},
    [COLUMN_MEMO] = {.name = "memo", .heading = "Memo", .kind = TABLE_TEXT},
};

static ledger_status show_run(struct cli *cli)
{
    LEDGER_TRY(session_open(cli, SESSION_READS));
    struct ledger_transaction_record record;
    LEDGER_TRY(ledger_transaction_get(cli->call, cli->ledger, cli->line.argument, &record));
    if (cli->output.wants_json) {
        return show_write_json(cli, &record);
    }
    struct table table;
    table_init(&table, NULL, columns, COLUMNS_COUNT);
    for (uint32_t index = 0; index < record.entries_count; index++) {
        const struct ledger_entry_record *entry = &record.entries[index];
        char amount[AMOUNT_TEXT_SIZE];
        char number[16];
        amount_format(entry->amount_minor, amount);
        snprintf(number, sizeof number, "%u", entry->entry_number);
        bool is_debit = entry->entry_type == LEDGER_DEBIT;
        struct ledger_text cells[COLUMNS_COUNT] = {
            [COLUMN_ENTRY] = ledger_text_of(number),
            [COLUMN_ACCOUNT] = entry->account_code,
            [COLUMN_DEBIT] = is_debit ? ledger_text_of(amount) : TEXT_ABSENT,
            [COLUMN_CREDIT] = is_debit ? TEXT_ABSENT : ledger_text_of(amount),
            [COLUMN_CURRENCY] = entry->currency,
            [COLUMN_MEMO] = entry->memo,
        };
        LEDGER_TRY(table_add_row(cli->call, &table, TABLE_ROW_PLAIN, NULL, cells, NULL));
    }
    show_print_head(&cli->output, &record);
    return output_table(cli->call, &cli->output, &table);
}

const struct command command_show = {
    .name = "show",
    .summary = "Show a transaction with its entries",
    .argument = {.name = "TRANSACTION", .help = "its id or number"},
    .examples = {"ledger-admin show 20260331-000042"},
    .run = show_run,
};
