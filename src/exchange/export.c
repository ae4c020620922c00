/* The walk of an export: accounts, transactions and their entries, given to the writer of the format. */
#include "exchange/export.h"

#include <stdlib.h>

#include "base/json_write.h"
#include "base/text.h"
#include "domain/currency.h"
#include "domain/redaction_mark.h"
#include "engine/account_tree.h"
#include "engine/audit.h"
#include "engine/totals.h"
#include "exchange/export_verbatim.h"
#include "exchange/export_writer.h"

/* Positions between two of which no scan is open, so that the store can forget the texts that it remembers. */
enum { PIECE_POSITIONS = 4096 };

/* In the order of enum export_format. */
static const struct export_writer *const writers[EXPORT_FORMATS_COUNT] = {
    [EXPORT_NDJSON] = &write_ndjson,       [EXPORT_CSV] = &write_csv,
    [EXPORT_HLEDGER] = &write_hledger,     [EXPORT_LEDGER] = &write_ledger,
    [EXPORT_BEANCOUNT] = &write_beancount, [EXPORT_ADS] = &write_ads,
};

static const char *const format_names[EXPORT_FORMATS_COUNT] = {
    [EXPORT_NDJSON] = "ndjson",       [EXPORT_CSV] = "csv", [EXPORT_HLEDGER] = "hledger", [EXPORT_LEDGER] = "ledger",
    [EXPORT_BEANCOUNT] = "beancount", [EXPORT_ADS] = "ads",
};

struct account_place {
    int64_t account_id;
    size_t place;
};

struct export
{
    struct ledger_call *call;
    struct session *session;
    const struct export_request *request;
    const struct export_writer *writer;
    struct export_head head;
    struct export_account *accounts;
    struct account_place *places; /* by account_id */
    size_t *currencies;           /* of each account the place of the first that has its currency */
    int128 *sums;                 /* by that place, of the transaction at hand: 0 between two of them */
    struct export_file files[EXPORT_FILES_MAX];
    size_t files_count;
    struct export_writing writing;
    struct arena rows; /* of the transaction at hand */
    struct export_entry *entries;
    uint32_t entries_capacity;
    struct store_scan transactions;
    struct store_scan entry_scan;
    bool has_entry;
    int64_t entry_log_index;
    struct ledger_entry_record entry; /* the next of its scan */
    struct export_result result;
};

bool export_takes_directory(enum export_format format)
{
    return writers[format]->file_names != NULL;
}

size_t export_format_amount(int128 amount_minor, unsigned decimals, char out[AMOUNT_TEXT_SIZE])
{
    size_t size = amount_format(amount_minor, out);
    size -= decimals == 0 ? 3 : 2 - decimals;
    out[size] = '\0';
    return size;
}

/* The accounts. */

static int place_compare(const void *left, const void *right)
{
    int64_t left_id = ((const struct account_place *)left)->account_id;
    int64_t right_id = ((const struct account_place *)right)->account_id;
    return left_id < right_id ? -1 : left_id > right_id;
}

static size_t export_find_account(const struct export *export, int64_t account_id)
{
    size_t count = export->head.accounts_count;
    struct account_place key = {account_id, 0};
    const struct account_place *found =
        count == 0 ? NULL : bsearch(&key, export->places, count, sizeof key, place_compare);
    return found == NULL ? count : found->place;
}

static ledger_status export_read_accounts(struct export *export)
{
    struct ledger_call *call = export->call;
    struct ledger_account *accounts = NULL;
    struct ledger_account *tree = NULL;
    size_t count = 0;
    LEDGER_TRY(store_account_list(call, &export->session->store, export->head.log_position, &accounts, &count));
    LEDGER_TRY(account_tree_sort(call, accounts, count, &tree));
    LEDGER_ALLOCATE(call, export->accounts, count);
    LEDGER_ALLOCATE(call, export->places, count);
    LEDGER_ALLOCATE(call, export->currencies, count);
    LEDGER_ALLOCATE(call, export->sums, count);
    for (size_t i = 0; i < count; i++) {
        export->accounts[i] = (struct export_account){.account = tree[i], .decimals = 2};
        (void)currency_find(tree[i].currency, &export->accounts[i].decimals);
        export->places[i] = (struct account_place){tree[i].account_id, i};
        while (!text_equals(tree[export->currencies[i]].currency, tree[i].currency)) {
            export->currencies[i]++;
        }
    }
    qsort(export->places, count, sizeof *export->places, place_compare);
    export->head.accounts = export->accounts;
    export->head.accounts_count = count;
    for (size_t i = 0; i < count; i++) {
        export->accounts[i].parent = export_find_account(export, tree[i].parent_account_id);
    }
    export->result.accounts_count = (int64_t)count;
    return LEDGER_DONE;
}

/* The transactions. */

static ledger_status export_next_entry(struct export *export)
{
    return store_entry_next(export->call, &export->entry_scan, &export->has_entry, &export->entry_log_index,
                            &export->entry);
}

/* A text of a row that is about to be left, kept until the transaction is written. */
static ledger_status export_keep_text(struct export *export, struct ledger_text *text)
{
    return text_keep(&export->rows, *text, text) ? LEDGER_DONE : ledger_fail_out_of_memory(export->call);
}

/* A ledger takes no text that begins as the mark of a redaction: it would be of an event that it does not have. */
static ledger_status export_keep_mark(struct export *export, struct ledger_text *text)
{
    static const char origin[] = "At the origin: ";
    if (!export->writer->is_imported || !redaction_mark_begins(*text)) {
        return LEDGER_DONE;
    }
    size_t origin_size = sizeof origin - 1;
    char *marked = arena_allocate(&export->rows, origin_size + text->size + 1);
    if (marked == NULL) {
        return ledger_fail_out_of_memory(export->call);
    }
    memcpy(marked, origin, origin_size);
    memcpy(marked + origin_size, text->data, text->size);
    marked[origin_size + text->size] = '\0';
    *text = (struct ledger_text){marked, origin_size + text->size};
    return LEDGER_DONE;
}

static ledger_status export_reserve_entry(struct export *export, uint32_t count)
{
    if (count < export->entries_capacity) {
        return LEDGER_DONE;
    }
    uint32_t capacity = count == 0 ? 64 : count * 2;
    struct export_entry *grown = NULL;
    LEDGER_ALLOCATE(export->call, grown, capacity);
    if (count > 0) {
        memcpy(grown, export->entries, count * sizeof *grown);
    }
    export->entries = grown;
    export->entries_capacity = capacity;
    return LEDGER_DONE;
}

static ledger_status export_keep_entry(struct export *export, uint32_t count)
{
    LEDGER_TRY(export_reserve_entry(export, count));
    struct export_entry *entry = &export->entries[count];
    *entry = (struct export_entry){.record = export->entry};
    entry->account = export_find_account(export, entry->record.account_id);
    if (entry->account == export->head.accounts_count) {
        return ledger_fail(export->call, LEDGER_DATABASE_IS_DAMAGED,
                           "entry %u at log position %lld names account %lld, which the chart of accounts does not "
                           "have: run verify",
                           entry->record.entry_number, (long long)export->entry_log_index,
                           (long long)entry->record.account_id);
    }
    entry->record.account_code = export->accounts[entry->account].account.account_code;
    entry->record.currency = export->accounts[entry->account].account.currency;
    LEDGER_TRY(export_keep_text(export, &entry->record.memo));
    LEDGER_TRY(export_keep_mark(export, &entry->record.memo));
    LEDGER_TRY(export_keep_text(export, &entry->record.cost_center));
    LEDGER_TRY(export_keep_text(export, &entry->record.business_unit));
    return export_keep_text(export, &entry->record.project_code);
}

static ledger_status export_take_entries(struct export *export, int64_t log_index, uint32_t *ret_count)
{
    uint32_t count = 0;
    while (export->has_entry && export->entry_log_index == log_index) {
        LEDGER_TRY(export_keep_entry(export, count));
        count++;
        LEDGER_TRY(export_next_entry(export));
    }
    if (count == 0 || (export->has_entry && export->entry_log_index < log_index)) {
        return ledger_fail(export->call, LEDGER_DATABASE_IS_DAMAGED,
                           "the entries and the transactions do not fit together at log position %lld: run verify",
                           (long long)log_index);
    }
    *ret_count = count;
    return LEDGER_DONE;
}

static int128 export_amount(const struct export_entry *entry)
{
    return entry->record.entry_type == LEDGER_DEBIT ? entry->record.amount_minor : -(int128)entry->record.amount_minor;
}

/* Other programs refuse a journal that does not balance, and say less about it than verify. */
static ledger_status export_check_balance(struct export *export, int64_t log_index, uint32_t count)
{
    bool is_balanced = true;
    for (uint32_t i = 0; i < count; i++) {
        export->sums[export->currencies[export->entries[i].account]] += export_amount(&export->entries[i]);
    }
    for (uint32_t i = 0; i < count; i++) {
        int128 *sum = &export->sums[export->currencies[export->entries[i].account]];
        is_balanced = is_balanced && *sum == 0;
        *sum = 0;
    }
    return is_balanced
               ? LEDGER_DONE
               : ledger_fail(export->call, LEDGER_DATABASE_IS_DAMAGED,
                             "debits differ from credits at log position %lld: run verify", (long long)log_index);
}

/* Whether it is dated within the days; what is not counts for balances alone. */
static bool export_count_entries(struct export *export, int32_t day, uint32_t count)
{
    const struct export_head *head = &export->head;
    bool is_before = head->has_start_day && day < head->start_day;
    bool is_behind = head->has_end_day && day > head->end_day;
    for (uint32_t i = 0; i < count && !is_behind; i++) {
        const struct export_entry *entry = &export->entries[i];
        struct export_account *account = &export->accounts[entry->account];
        account->opening_minor += is_before ? export_amount(entry) : 0;
        account->closing_minor += export_amount(entry);
    }
    return !is_before && !is_behind;
}

static ledger_status export_step_files(struct export *export)
{
    for (size_t i = 0; i < export->files_count; i++) {
        LEDGER_TRY(export_file_step(export->call, &export->files[i]));
    }
    return LEDGER_DONE;
}

static ledger_status export_give(struct export *export, const struct ledger_transaction_record *record, uint32_t count)
{
    struct export_transaction transaction = {.record = record, .entries = export->entries, .entries_count = count};
    struct uuid id;
    memcpy(id.bytes, record->transaction_id, sizeof id.bytes);
    uuid_format(&id, transaction.id);
    ledger_transaction_number(record->posting_date_us, record->number_in_day, transaction.number);
    LEDGER_TRY(export->writer->transaction(export->call, &export->writing, &transaction));
    export->result.transactions_count++;
    export->result.entries_count += count;
    return export_step_files(export);
}

static ledger_status export_one(struct export *export, struct ledger_transaction_record *record)
{
    uint32_t count = 0;
    struct arena_mark mark = arena_mark(&export->rows);
    LEDGER_TRY(export_take_entries(export, record->log_index, &count));
    LEDGER_TRY(export_check_balance(export, record->log_index, count));
    LEDGER_TRY(export_keep_mark(export, &record->description));
    if (export_count_entries(export, record->transaction_day, count)) {
        LEDGER_TRY(export_give(export, record, count));
    }
    arena_rewind(&export->rows, mark);
    return LEDGER_DONE;
}

static ledger_status export_piece(struct export *export, int64_t from, int64_t before)
{
    struct ledger_call *call = export->call;
    struct store *store = &export->session->store;
    int64_t last_log_index = from - 1;
    LEDGER_TRY(store_transaction_scan(call, store, from, before, &export->transactions));
    LEDGER_TRY(store_entry_scan(call, store, from, before, &export->entry_scan));
    LEDGER_TRY(export_next_entry(export));
    for (;;) {
        bool has_transaction = false;
        struct ledger_transaction_record record;
        LEDGER_TRY(store_transaction_next(call, &export->transactions, &has_transaction, &record));
        if (!has_transaction) {
            break;
        }
        if (record.log_index == last_log_index) {
            return ledger_fail(call, LEDGER_DATABASE_IS_DAMAGED,
                               "the transaction at log position %lld has more than one reversal: run verify",
                               (long long)record.log_index);
        }
        last_log_index = record.log_index;
        LEDGER_TRY(export_one(export, &record));
    }
    if (export->has_entry) {
        return ledger_fail(call, LEDGER_DATABASE_IS_DAMAGED,
                           "an entry stands at log position %lld, where there is no transaction: run verify",
                           (long long)export->entry_log_index);
    }
    return LEDGER_DONE;
}

static ledger_status export_walk(struct export *export)
{
    int64_t position = export->head.log_position;
    for (int64_t from = 0; from < position; from += PIECE_POSITIONS) {
        int64_t before = position - from > PIECE_POSITIONS ? from + PIECE_POSITIONS : position;
        ledger_status status = export_piece(export, from, before);
        store_scan_close(&export->transactions);
        store_scan_close(&export->entry_scan);
        LEDGER_TRY(status);
        if (export->request->progress != NULL) {
            export->request->progress(export->request->context, (uint64_t)before, (uint64_t)position);
        }
    }
    return LEDGER_DONE;
}

/* Begin and end. */

static ledger_status export_read_days(struct export *export)
{
    struct export_head *head = &export->head;
    const struct export_request *request = export->request;
    head->has_start_day = !text_is_absent(request->start_date);
    head->has_end_day = !text_is_absent(request->end_date);
    if (head->has_start_day) {
        LEDGER_TRY(day_parse(export->call, request->start_date, &head->start_day));
    }
    if (head->has_end_day) {
        LEDGER_TRY(day_parse(export->call, request->end_date, &head->end_day));
    }
    if (head->has_start_day && head->has_end_day && head->start_day > head->end_day) {
        return ledger_fail(export->call, LEDGER_DATE_IS_INVALID,
                           "the export would start on %.*s, after its end on %.*s", TEXT_ARGUMENTS(request->start_date),
                           TEXT_ARGUMENTS(request->end_date));
    }
    return LEDGER_DONE;
}

static ledger_status export_open_file(struct export *export, const char *path)
{
    struct export_file *file = &export->files[export->files_count++];
    export->result.files[export->result.files_count++].path = ledger_text_of(path);
    return export_file_open(export->call, path, file);
}

static ledger_status export_open_files(struct export *export)
{
    const char *const *names = export->writer->file_names;
    if (names == NULL) {
        return export_open_file(export, export->request->path);
    }
    for (size_t i = 0; names[i] != NULL; i++) {
        struct ledger_text path;
        LEDGER_TRY(ledger_call_format(export->call, &path, "%s/%s", export->request->path, names[i]));
        LEDGER_TRY(export_open_file(export, path.data));
    }
    return LEDGER_DONE;
}

static ledger_status export_finish_files(struct export *export)
{
    for (size_t i = 0; i < export->files_count; i++) {
        struct sha256_hash digest;
        LEDGER_TRY(export_file_finish(export->call, &export->files[i], &digest));
        sha256_format(&digest, export->result.files[i].sha256);
        export->result.files[i].bytes = export->files[i].bytes;
    }
    return LEDGER_DONE;
}

static ledger_status export_make(struct export *export)
{
    struct ledger_call *call = export->call;
    const struct export_request *request = export->request;
    READ_UNIT(reading);
    struct store_head head;
    LEDGER_TRY(export_read_days(export));
    LEDGER_TRY(read_unit_begin(call, export->session, &reading, &head));
    if (request->has_log_position && request->log_position < 0) {
        return ledger_fail(call, LEDGER_LOG_POSITION_IS_INVALID, "log position %lld is below 0",
                           (long long)request->log_position);
    }
    LEDGER_TRY(totals_position(call, &head, request->has_log_position ? request->log_position : LEDGER_POSITION_HEAD,
                               &export->head.log_position));
    export->result.log_position = export->head.log_position;
    LEDGER_TRY(export_read_accounts(export));
    LEDGER_TRY(export_open_files(export));
    LEDGER_TRY(export->writer->begin(call, &export->writing));
    LEDGER_TRY(export_step_files(export));
    LEDGER_TRY(export_walk(export));
    LEDGER_TRY(export->writer->end(call, &export->writing));
    return export_finish_files(export);
}

static ledger_status export_make_verbatim(struct export *export)
{
    LEDGER_TRY(export_open_files(export));
    LEDGER_TRY(export_verbatim(export->call, export->session, export->request, &export->files[0], &export->result));
    return export_finish_files(export);
}

static void export_write_files(struct json_writer *writer, const struct export_result *result)
{
    json_write_key(writer, "files");
    json_write_array_begin(writer);
    for (size_t i = 0; i < result->files_count; i++) {
        json_write_object_begin(writer);
        json_write_member_text(writer, "sha256", ledger_text_of(result->files[i].sha256));
        json_write_member_integer(writer, "size_bytes", (int64_t)result->files[i].bytes);
        json_write_object_end(writer);
    }
    json_write_array_end(writer);
}

/* The files by their digests alone: where somebody put them is no fact of the ledger. */
static ledger_status export_write_metadata(struct export *export, struct ledger_text *ret_metadata)
{
    const struct export_result *result = &export->result;
    struct text_builder builder;
    struct json_writer writer;
    text_builder_init(&builder, &export->call->arena, 512);
    json_writer_init(&writer, &builder);
    writer.canonical = true;
    json_write_object_begin(&writer);
    json_write_member_integer(&writer, "accounts", result->accounts_count);
    json_write_member_text(&writer, "end_date", export->request->end_date);
    json_write_member_integer(&writer, "entries", result->entries_count);
    export_write_files(&writer, result);
    json_write_member_text(&writer, "format", ledger_text_of(format_names[export->request->format]));
    json_write_member_integer(&writer, "log_position", result->log_position);
    json_write_member_text(&writer, "start_date", export->request->start_date);
    json_write_member_integer(&writer, "transactions", result->transactions_count);
    if (export->request->is_verbatim) {
        json_write_member_boolean(&writer, "verbatim", true);
    }
    json_write_object_end(&writer);
    return text_builder_finish(export->call, &builder, ret_metadata);
}

/* Whether the audit event could be written. Where it could not, the export stands all the same. */
static bool export_record(struct export *export)
{
    struct ledger_call *call = export->call;
    size_t problems_before = ledger_call_problems_count(call);
    struct ledger_text description = TEXT_ABSENT;
    struct ledger_text metadata = TEXT_ABSENT;
    ledger_status status =
        ledger_call_format(call, &description, "Exported %lld transactions as %s",
                           (long long)export->result.transactions_count, format_names[export->request->format]);
    if (status == LEDGER_DONE) {
        status = export_write_metadata(export, &metadata);
    }
    if (status == LEDGER_DONE) {
        status = audit_record(call, export->session, "LEDGER_EXPORTED", "EXPORT", description, metadata);
    }
    ledger_call_drop_problems(call, problems_before);
    return status == LEDGER_DONE;
}

static void export_done(struct export *export)
{
    store_scan_close(&export->transactions);
    store_scan_close(&export->entry_scan);
    for (size_t i = 0; i < export->files_count; i++) {
        export_file_done(&export->files[i]);
    }
    arena_done(&export->rows);
}

ledger_status export_run(struct ledger_call *call, struct ledger *ledger, const struct export_request *request,
                         struct export_result *ret_result)
{
    SESSION_TAKE(call, ledger, session);
    struct export *export = NULL;
    LEDGER_ALLOCATE(call, export, 1);
    export->call = call;
    export->session = session;
    export->request = request;
    export->writer = writers[request->format];
    export->head.settings = &ledger->settings;
    export->head.zone = ledger->zone;
    export->writing = (struct export_writing){&export->head, export->files, export->writer->dialect, NULL};
    arena_init(&export->rows);
    ledger_status status = request->is_verbatim ? export_make_verbatim(export) : export_make(export);
    export_done(export);
    LEDGER_TRY(status);
    export->result.is_recorded = export_record(export);
    *ret_result = export->result;
    return LEDGER_DONE;
}
