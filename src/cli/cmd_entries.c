/* entries: the entries of an account, page by page. */
#include "base/table.h"
#include "base/text.h"
#include "base/time.h"
#include "cli/commands.h"
#include "cli/listing_options.h"
#include "cli/results.h"
#include "cli/session.h"
#include "domain/amount.h"

static const struct command_option options[LISTING_OPTIONS_COUNT] = {
    [LISTING_ACCOUNT_CODE] = {.name = "account-code",
                              .argument = "CODE",
                              .is_required = true,
                              .help = "the account; those under it do not count"},
    LISTING_OPTION_ROWS,
};

enum {
    COLUMN_NUMBER,
    COLUMN_DAY,
    COLUMN_ENTRY,
    COLUMN_DEBIT,
    COLUMN_CREDIT,
    COLUMN_DESCRIPTION,
    COLUMN_MEMO,
    COLUMNS_COUNT,
};

static const struct table_column columns[COLUMNS_COUNT] = {
    [COLUMN_NUMBER] = {.name = "transaction_number", .heading = "Transaction", .kind = TABLE_CODE},
    [COLUMN_DAY] = {.name = "transaction_day", .heading = "Day", .kind = TABLE_CODE},
    [COLUMN_ENTRY] = {.name = "entry_number", .heading = "Entry", .kind = TABLE_AMOUNT},
    [COLUMN_DEBIT] = {.name = "debit", .heading = "Debit", .kind = TABLE_AMOUNT},
    [COLUMN_CREDIT] = {.name = "credit", .heading = "Credit", .kind = TABLE_AMOUNT},
    [COLUMN_DESCRIPTION] = {.name = "description", .heading = "Description", .kind = TABLE_TEXT},
    [COLUMN_MEMO] = {.name = "memo", .heading = "Memo", .kind = TABLE_TEXT},
};

static LEDGER_MUST_CHECK ledger_status entries_add_row(struct ledger_call *call, struct table *table,
                                                       const struct ledger_entry_line *entry)
{
    char number[LEDGER_NUMBER_TEXT_SIZE];
    char day[TIME_TEXT_SIZE];
    char entry_number[16];
    char amount[AMOUNT_TEXT_SIZE];
    bool is_debit = entry->entry_type == LEDGER_DEBIT;
    ledger_transaction_number(entry->posting_date_us, entry->number_in_day, number);
    day_format(entry->transaction_day, day);
    snprintf(entry_number, sizeof entry_number, "%u", entry->entry_number);
    amount_format(entry->amount_minor, amount);
    struct ledger_text cells[COLUMNS_COUNT] = {
        [COLUMN_NUMBER] = ledger_text_of(number),
        [COLUMN_DAY] = ledger_text_of(day),
        [COLUMN_ENTRY] = ledger_text_of(entry_number),
        [COLUMN_DEBIT] = is_debit ? ledger_text_of(amount) : TEXT_ABSENT,
        [COLUMN_CREDIT] = is_debit ? TEXT_ABSENT : ledger_text_of(amount),
        [COLUMN_DESCRIPTION] = entry->description,
        [COLUMN_MEMO] = entry->memo,
    };
    return table_add_row(call, table, TABLE_ROW_PLAIN, NULL, cells, NULL);
}

static LEDGER_MUST_CHECK ledger_status entries_print(struct cli *cli, const struct ledger_entry_page *page)
{
    struct table table;
    table_init(&table, NULL, columns, COLUMNS_COUNT);
    for (size_t i = 0; i < page->entries_count; i++) {
        LEDGER_TRY(entries_add_row(cli->call, &table, &page->entries[i]));
    }
    LEDGER_TRY(output_table(cli->call, &cli->output, &table));
    listing_tell_next(cli, page->has_more, page->next_after);
    return LEDGER_DONE;
}

static void entries_write_entry(struct json_writer *writer, const struct ledger_entry_line *entry)
{
    char number[LEDGER_NUMBER_TEXT_SIZE];
    ledger_transaction_number(entry->posting_date_us, entry->number_in_day, number);
    json_write_object_begin(writer);
    json_write_member_text(writer, "transaction_number", ledger_text_of(number));
    json_write_member_integer(writer, "log_index", entry->log_index);
    json_write_member_integer(writer, "entry_number", entry->entry_number);
    results_write_day(writer, "transaction_day", entry->transaction_day);
    results_write_time(writer, "posting_date", entry->posting_date_us);
    json_write_member_text(writer, "entry_type", entry->entry_type == LEDGER_DEBIT ? TEXT("DEBIT") : TEXT("CREDIT"));
    results_write_amount(writer, "amount", entry->amount_minor);
    results_write_text_or_null(writer, "memo", entry->memo);
    results_write_text_or_null(writer, "description", entry->description);
    results_write_text_or_null(writer, "business_event_type", entry->business_event_type);
    results_write_text_or_null(writer, "business_key", entry->business_key);
    json_write_object_end(writer);
}

static LEDGER_MUST_CHECK ledger_status entries_write_json(struct cli *cli, const struct ledger_entry_page *page)
{
    struct json_writer *writer = output_json_begin(cli->call, &cli->output);
    json_write_member_text(writer, "account_code", page->account_code);
    json_write_member_text(writer, "currency", page->currency);
    json_write_key(writer, "entries");
    json_write_array_begin(writer);
    for (size_t i = 0; i < page->entries_count; i++) {
        entries_write_entry(writer, &page->entries[i]);
        LEDGER_TRY(output_json_flush(cli->call, &cli->output));
    }
    json_write_array_end(writer);
    listing_write_end(writer, page->entries_count, page->has_more, page->next_after);
    return output_json_end(cli->call, &cli->output);
}

static ledger_status entries_run(struct cli *cli)
{
    struct ledger_listing listing;
    struct ledger_entry_page page;
    LEDGER_TRY(listing_options_read(cli, &listing));
    LEDGER_TRY(session_open(cli, SESSION_READS));
    LEDGER_TRY(ledger_entry_list(cli->call, cli->ledger, &listing, &page));
    return cli->output.wants_json ? entries_write_json(cli, &page) : entries_print(cli, &page);
}

const struct command command_entries = {
    .name = "entries",
    .summary = "List the entries of an account page by page",
    .details = "In the order in which they were posted; the general ledger (report) has them by day, with the balance "
               "behind each. show tells all of the transaction of one.\n"
               "Without --newest-first the cursor of the last page shows later what was posted since.",
    .options = options,
    .options_count = LISTING_OPTIONS_COUNT,
    .examples = {"ledger-admin entries --account-code 1000 --newest-first",
                 "ledger-admin --json entries --account-code 1000 --limit 1000 --after entry-4711-2"},
    .run = entries_run,
};
