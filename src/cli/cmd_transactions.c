/* transactions: the transactions of the ledger, page by page. */
#include "base/table.h"
#include "base/text.h"
#include "base/time.h"
#include "cli/commands.h"
#include "cli/listing_options.h"
#include "cli/results.h"
#include "cli/session.h"

static const struct command_option options[LISTING_OPTIONS_COUNT] = {
    [LISTING_ACCOUNT_CODE] = {.name = "account-code",
                              .argument = "CODE",
                              .help = "only with an entry of this account; accounts under it do not count"},
    LISTING_OPTION_ROWS,
};

enum {
    COLUMN_NUMBER,
    COLUMN_DAY,
    COLUMN_EVENT_TYPE,
    COLUMN_ENTRIES,
    COLUMN_STATUS,
    COLUMN_BUSINESS_KEY,
    COLUMN_DESCRIPTION,
    COLUMNS_COUNT,
};

static const struct table_column columns[COLUMNS_COUNT] = {
    [COLUMN_NUMBER] = {.name = "transaction_number", .heading = "Transaction", .kind = TABLE_CODE},
    [COLUMN_DAY] = {.name = "transaction_day", .heading = "Day", .kind = TABLE_CODE},
    [COLUMN_EVENT_TYPE] = {.name = "business_event_type", .heading = "Event type", .kind = TABLE_TEXT},
    [COLUMN_ENTRIES] = {.name = "entries", .heading = "Entries", .kind = TABLE_AMOUNT},
    [COLUMN_STATUS] = {.name = "status", .heading = "Status", .kind = TABLE_CODE},
    [COLUMN_BUSINESS_KEY] = {.name = "business_key", .heading = "Business key", .kind = TABLE_TEXT},
    [COLUMN_DESCRIPTION] = {.name = "description", .heading = "Description", .kind = TABLE_TEXT},
};

static LEDGER_MUST_CHECK ledger_status transactions_add_row(struct ledger_call *call, struct table *table,
                                                            const struct ledger_transaction_record *record)
{
    char number[LEDGER_NUMBER_TEXT_SIZE];
    char day[TIME_TEXT_SIZE];
    char entries[16];
    ledger_transaction_number(record->posting_date_us, record->number_in_day, number);
    day_format(record->transaction_day, day);
    snprintf(entries, sizeof entries, "%u", record->entries_count);
    struct ledger_text cells[COLUMNS_COUNT] = {
        [COLUMN_NUMBER] = ledger_text_of(number),
        [COLUMN_DAY] = ledger_text_of(day),
        [COLUMN_EVENT_TYPE] = record->business_event_type,
        [COLUMN_ENTRIES] = ledger_text_of(entries),
        [COLUMN_STATUS] = record->is_reversed ? TEXT("REVERSED") : TEXT("POSTED"),
        [COLUMN_BUSINESS_KEY] = record->business_key,
        [COLUMN_DESCRIPTION] = record->description,
    };
    return table_add_row(call, table, TABLE_ROW_PLAIN, NULL, cells, NULL);
}

static LEDGER_MUST_CHECK ledger_status transactions_print(struct cli *cli, const struct ledger_transaction_page *page)
{
    struct table table;
    table_init(&table, NULL, columns, COLUMNS_COUNT);
    for (size_t i = 0; i < page->transactions_count; i++) {
        LEDGER_TRY(transactions_add_row(cli->call, &table, &page->transactions[i]));
    }
    LEDGER_TRY(output_table(cli->call, &cli->output, &table));
    listing_tell_next(cli, page->has_more, page->next_after);
    return LEDGER_DONE;
}

static LEDGER_MUST_CHECK ledger_status transactions_write_json(struct cli *cli,
                                                               const struct ledger_transaction_page *page)
{
    struct json_writer *writer = output_json_begin(cli->call, &cli->output);
    json_write_key(writer, "transactions");
    json_write_array_begin(writer);
    for (size_t i = 0; i < page->transactions_count; i++) {
        json_write_object_begin(writer);
        results_write_transaction(writer, &page->transactions[i]);
        json_write_object_end(writer);
        LEDGER_TRY(output_json_flush(cli->call, &cli->output));
    }
    json_write_array_end(writer);
    listing_write_end(writer, page->transactions_count, page->has_more, page->next_after);
    return output_json_end(cli->call, &cli->output);
}

static ledger_status transactions_run(struct cli *cli)
{
    struct ledger_listing listing;
    struct ledger_transaction_page page;
    LEDGER_TRY(listing_options_read(cli, &listing));
    LEDGER_TRY(session_open(cli, SESSION_READS));
    LEDGER_TRY(ledger_transaction_list(cli->call, cli->ledger, &listing, &page));
    return cli->output.wants_json ? transactions_write_json(cli, &page) : transactions_print(cli, &page);
}

const struct command command_transactions = {
    .name = "transactions",
    .summary = "List transactions page by page",
    .details = "In the order in which they were posted, which need not be that of their days; with --json each has all "
               "that show tells of it. A page costs the same however far into the ledger it is.\n"
               "Without --newest-first the cursor of the last page shows later what was posted since.",
    .options = options,
    .options_count = LISTING_OPTIONS_COUNT,
    .examples = {"ledger-admin transactions --newest-first --limit 20",
                 "ledger-admin --json transactions --account-code 1000 --start-date 2026-01-01 --after "
                 "transaction-4711"},
    .run = transactions_run,
};
