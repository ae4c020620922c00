/* Exports as the AICPA audit data standard for the general ledger (July 2015) has them: GL_Detail, Trial_Balance and
 * Chart_Of_Accounts as CSV with the standard's names of fields. Fields that the ledger has nothing for (amounts in a
 * reporting or local currency, who modified an entry) are left out, as the standard allows.
 *
 * Amounts of GL_Detail are positive and say D or C; balances are debits less credits. A fiscal year is named by the
 * year in which it ends, its periods are months from its first day on. */
#include <stdio.h>

#include "base/csv_write.h"
#include "base/text.h"
#include "base/uuid.h"
#include "domain/period.h"
#include "exchange/export_writer.h"

enum { FILE_DETAIL, FILE_BALANCES, FILE_ACCOUNTS };

static const char *const file_names[] = {
    [FILE_DETAIL] = "GL_Detail.csv",
    [FILE_BALANCES] = "Trial_Balance.csv",
    [FILE_ACCOUNTS] = "Chart_Of_Accounts.csv",
    NULL,
};

static const char *const detail_columns[] = {
    "Journal_ID",
    "Journal_ID_Line_Number",
    "JE_Header_Description",
    "JE_Line_Description",
    "Source",
    "Business_Unit_Code",
    "Effective_Date",
    "Fiscal_Year",
    "Period",
    "GL_Account_Number",
    "Amount",
    "Amount_Credit_Debit_Indicator",
    "Amount_Currency",
    "Entered_By",
    "Entered_Date",
    "Entered_Time",
    "Reversal_Indicator",
    "Reversal_Journal_ID",
    "Segment01",
    "Segment02",
    NULL,
};

static const char *const balance_columns[] = {
    "GL_Account_Number", "Fiscal_Year",   "Period",          "Balance_As_Of_Date",
    "Amount_Beginning",  "Amount_Ending", "Amount_Currency", NULL,
};

static const char *const account_columns[] = {
    "GL_Account_Number",      "GL_Account_Name",          "Account_Type", "Account_Subtype",
    "GL_Account_Description", "Parent_GL_Account_Number", NULL,
};

struct ads {
    bool has_last_day;
    int32_t last_day; /* of what is in the detail */
};

static void ads_write_header(struct export_writing *writing, size_t file, const char *const *columns)
{
    struct csv_writer writer;
    csv_writer_init(&writer, &writing->files[file].builder);
    for (size_t i = 0; columns[i] != NULL; i++) {
        csv_write_string(&writer, columns[i]);
    }
    csv_write_row_end(&writer);
}

static void ads_write_account(struct csv_writer *writer, const struct ledger_account *account)
{
    static const char *const types[] = {[LEDGER_ASSET] = "Assets",
                                        [LEDGER_LIABILITY] = "Liabilities",
                                        [LEDGER_EQUITY] = "Equity",
                                        [LEDGER_REVENUE] = "Revenue",
                                        [LEDGER_EXPENSE] = "Expenses"};
    csv_write_field(writer, account->account_code);
    csv_write_field(writer, account->account_name);
    csv_write_string(writer, types[account->account_type]);
    csv_write_string(writer, ledger_account_role_name(account->account_role));
    csv_write_field(writer, account->description);
    csv_write_field(writer, account->parent_account_code);
    csv_write_row_end(writer);
}

static ledger_status ads_begin(struct ledger_call *call, struct export_writing *writing)
{
    struct csv_writer writer;
    struct ads *ads = NULL;
    LEDGER_ALLOCATE(call, ads, 1);
    writing->state = ads;
    ads_write_header(writing, FILE_DETAIL, detail_columns);
    ads_write_header(writing, FILE_BALANCES, balance_columns);
    ads_write_header(writing, FILE_ACCOUNTS, account_columns);
    csv_writer_init(&writer, &writing->files[FILE_ACCOUNTS].builder);
    for (size_t i = 0; i < writing->head->accounts_count; i++) {
        ads_write_account(&writer, &writing->head->accounts[i].account);
    }
    return LEDGER_DONE;
}

/* The columns Fiscal_Year and Period of a day. */
static void ads_write_period(struct csv_writer *writer, const struct export_head *head, int32_t day)
{
    int32_t start_day = period_fiscal_year_start(head->settings->fiscal_year_start, day);
    struct civil_date start = day_to_civil(start_day);
    struct civil_date at = day_to_civil(day);
    int32_t months = (at.year - start.year) * 12 + at.month - start.month - (at.day < start.day ? 1 : 0);
    bool is_calendar_year = start.month == 1 && start.day == 1;
    char period[8];
    (void)snprintf(period, sizeof period, "M%02d", (int)(months % 12 + 1));
    csv_write_integer(writer, is_calendar_year ? start.year : start.year + 1);
    csv_write_string(writer, period);
}

static void ads_write_day(struct csv_writer *writer, int32_t day)
{
    char text[TIME_TEXT_SIZE];
    (void)day_format(day, text);
    csv_write_string(writer, text);
}

static void ads_write_amount(struct csv_writer *writer, int128 amount_minor, unsigned decimals)
{
    char text[AMOUNT_TEXT_SIZE];
    size_t size = export_format_amount(amount_minor, decimals, text);
    csv_write_field(writer, (struct ledger_text){text, size});
}

/* Entered_By, Entered_Date and Entered_Time; the instant is one of UTC. */
static void ads_write_entered(struct csv_writer *writer, const struct ledger_transaction_record *record)
{
    char text[TIME_TEXT_SIZE];
    size_t size = time_format(record->posting_date_us, text);
    const size_t date_size = 10;
    csv_write_field(writer, record->created_by);
    csv_write_field(writer, (struct ledger_text){text, date_size});
    csv_write_field(writer, (struct ledger_text){text + date_size + 1, size - date_size - 1});
}

/* Reversal_Indicator and Reversal_Journal_ID: 1 of a reversal, 2 of what is reversed, as known at the position. */
static void ads_write_reversal(struct csv_writer *writer, const struct export_head *head,
                               const struct ledger_transaction_record *record)
{
    bool is_reversed = record->is_reversed && record->reversed_by_log_index < head->log_position;
    char text[UUID_TEXT_SIZE + 1] = "";
    struct uuid id;
    if (record->is_reversal || is_reversed) {
        memcpy(id.bytes, record->is_reversal ? record->reverses_transaction_id : record->reversed_by_transaction_id,
               sizeof id.bytes);
        uuid_format(&id, text);
    }
    csv_write_string(writer, record->is_reversal ? "1" : is_reversed ? "2" : "");
    csv_write_string(writer, text);
}

static void ads_write_detail(struct csv_writer *writer, const struct export_head *head,
                             const struct export_transaction *transaction, const struct export_entry *entry)
{
    const struct ledger_transaction_record *record = transaction->record;
    csv_write_string(writer, transaction->id);
    csv_write_integer(writer, entry->record.entry_number);
    csv_write_field(writer, record->description);
    csv_write_field(writer, entry->record.memo);
    csv_write_field(writer, record->business_event_type);
    csv_write_field(writer, entry->record.business_unit);
    ads_write_day(writer, record->transaction_day);
    ads_write_period(writer, head, record->transaction_day);
    csv_write_field(writer, entry->record.account_code);
    ads_write_amount(writer, entry->record.amount_minor, head->accounts[entry->account].decimals);
    csv_write_string(writer, entry->record.entry_type == LEDGER_DEBIT ? "D" : "C");
    csv_write_field(writer, entry->record.currency);
    ads_write_entered(writer, record);
    ads_write_reversal(writer, head, record);
    csv_write_field(writer, entry->record.cost_center);
    csv_write_field(writer, entry->record.project_code);
    csv_write_row_end(writer);
}

static ledger_status ads_transaction(struct ledger_call *call, struct export_writing *writing,
                                     const struct export_transaction *transaction)
{
    (void)call;
    struct ads *ads = writing->state;
    struct csv_writer writer;
    csv_writer_init(&writer, &writing->files[FILE_DETAIL].builder);
    for (uint32_t i = 0; i < transaction->entries_count; i++) {
        ads_write_detail(&writer, writing->head, transaction, &transaction->entries[i]);
    }
    int32_t day = transaction->record->transaction_day;
    ads->last_day = ads->has_last_day && ads->last_day > day ? ads->last_day : day;
    ads->has_last_day = true;
    return LEDGER_DONE;
}

/* As of the last day that was asked for, or else the last of the detail; without either there is no balance to date. */
static ledger_status ads_end(struct ledger_call *call, struct export_writing *writing)
{
    (void)call;
    const struct export_head *head = writing->head;
    const struct ads *ads = writing->state;
    struct csv_writer writer;
    csv_writer_init(&writer, &writing->files[FILE_BALANCES].builder);
    if (!head->has_end_day && !ads->has_last_day) {
        return LEDGER_DONE;
    }
    int32_t day = head->has_end_day ? head->end_day : ads->last_day;
    for (size_t i = 0; i < head->accounts_count; i++) {
        const struct export_account *account = &head->accounts[i];
        if (account->account.account_role != LEDGER_ROLE_HEADER) {
            csv_write_field(&writer, account->account.account_code);
            ads_write_period(&writer, head, day);
            ads_write_day(&writer, day);
            ads_write_amount(&writer, account->opening_minor, account->decimals);
            ads_write_amount(&writer, account->closing_minor, account->decimals);
            csv_write_field(&writer, account->account.currency);
            csv_write_row_end(&writer);
        }
    }
    return LEDGER_DONE;
}

const struct export_writer write_ads = {
    .file_names = file_names, .begin = ads_begin, .transaction = ads_transaction, .end = ads_end};
