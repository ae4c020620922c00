/* The walk of a verbatim export: transactions with their entries, other events and checkpoints side by side, a position
 * after the other. */
#include "exchange/export_verbatim.h"

#include <stdlib.h>

#include "base/text.h"
#include "exchange/verbatim.h"

enum { PIECE_POSITIONS = 4096 }; /* as in export.c */

struct verbatim_export {
    struct ledger_call *call;
    struct session *session;
    struct export_file *file;
    struct verbatim_head head;
    struct verbatim_end end;
    struct merkle_frontier frontier;       /* of what was written */
    const struct ledger_account *accounts; /* by account_id */
    size_t accounts_count;
    struct arena rows; /* texts of the entries at hand */
    struct ledger_entry_record *entries;
    size_t entries_capacity;
    struct store_scan transaction_scan;
    struct store_scan entry_scan;
    struct store_scan event_scan;
    struct store_scan checkpoint_scan;
    bool has_transaction;
    bool has_entry;
    bool has_event;
    bool has_checkpoint;
    struct ledger_transaction_record transaction;
    int64_t entry_log_index;
    struct ledger_entry_record entry;
    struct ledger_event_record event;
    struct store_checkpoint checkpoint;
};

static ledger_status verbatim_damaged(struct verbatim_export *export, int64_t log_index, const char *what)
{
    return ledger_fail(export->call, LEDGER_DATABASE_IS_DAMAGED, "%s at log position %lld: run verify", what,
                       (long long)log_index);
}

static int account_compare(const void *left, const void *right)
{
    int64_t left_id = ((const struct ledger_account *)left)->account_id;
    int64_t right_id = ((const struct ledger_account *)right)->account_id;
    return left_id < right_id ? -1 : left_id > right_id;
}

/* A text of a row that is about to be left. */
static ledger_status verbatim_keep(struct verbatim_export *export, struct ledger_text *text)
{
    if (text_is_absent(*text)) {
        return LEDGER_DONE;
    }
    char *copy = arena_allocate(&export->rows, text->size);
    if (copy == NULL) {
        return ledger_fail_out_of_memory(export->call);
    }
    memcpy(copy, text->data, text->size);
    text->data = copy;
    return LEDGER_DONE;
}

static ledger_status verbatim_keep_entry(struct verbatim_export *export, size_t count)
{
    LEDGER_GROW(export->call, export->entries, count, export->entries_capacity);
    struct ledger_entry_record *entry = &export->entries[count];
    *entry = export->entry;
    struct ledger_account key = {.account_id = entry->account_id};
    const struct ledger_account *account =
        export->accounts_count == 0
            ? NULL
            : bsearch(&key, export->accounts, export->accounts_count, sizeof key, account_compare);
    if (account == NULL || entry->entry_number != count + 1) {
        return verbatim_damaged(export, export->entry_log_index, "an entry is not numbered, or of no account");
    }
    entry->account_code = account->account_code;
    entry->currency = account->currency;
    LEDGER_TRY(verbatim_keep(export, &entry->memo));
    LEDGER_TRY(verbatim_keep(export, &entry->cost_center));
    LEDGER_TRY(verbatim_keep(export, &entry->business_unit));
    return verbatim_keep(export, &entry->project_code);
}

static ledger_status verbatim_next_entry(struct verbatim_export *export)
{
    return store_entry_next(export->call, &export->entry_scan, &export->has_entry, &export->entry_log_index,
                            &export->entry);
}

static ledger_status verbatim_take_entries(struct verbatim_export *export)
{
    size_t count = 0;
    while (export->has_entry && export->entry_log_index == export->transaction.log_index) {
        LEDGER_TRY(verbatim_keep_entry(export, count));
        count++;
        LEDGER_TRY(verbatim_next_entry(export));
    }
    export->transaction.entries = export->entries;
    export->transaction.entries_count = (uint32_t)count;
    return LEDGER_DONE;
}

/* The texts' hash of a transaction whose texts are gone. */
static ledger_status verbatim_find_texts_hash(struct verbatim_export *export, struct sha256_hash *ret_texts_hash)
{
    bool is_found = false;
    struct store_redaction redaction;
    LEDGER_TRY(store_redaction_find(export->call, &export->session->store, export->transaction.log_index, &is_found,
                                    &redaction));
    if (!is_found) {
        return verbatim_damaged(export, export->transaction.log_index, "a salt is missing, and no redaction took it");
    }
    *ret_texts_hash = redaction.texts_hash;
    return LEDGER_DONE;
}

static bool hash_is(const struct sha256_hash *hash, const uint8_t stored[SHA256_SIZE])
{
    return memcmp(hash->bytes, stored, SHA256_SIZE) == 0;
}

/* The stored hashes fit the rows; what they do not cover, the root at the end does. */
static ledger_status verbatim_hash_posting(struct verbatim_export *export, const struct sha256_hash *texts_hash,
                                           struct sha256_hash *ret_leaf)
{
    struct record_hasher *hasher = &export->session->hasher;
    const struct ledger_transaction_record *record = &export->transaction;
    bool is_same = true;
    for (uint32_t i = 0; i < record->entries_count; i++) {
        struct sha256_hash hash = record_entry_hash(hasher, record->transaction_id, &record->entries[i]);
        is_same = is_same && hash_is(&hash, record->entries[i].entry_hash);
    }
    struct sha256_hash hash = record_transaction_hash(hasher, record);
    is_same = is_same && hash_is(&hash, record->transaction_hash);
    hash = record_content_hash(hasher, record, texts_hash);
    hash = record_record_hash(hasher, &hash, record->log_index, record->posting_date_us, record->number_in_day);
    is_same = is_same && hash_is(&hash, record->record_hash);
    *ret_leaf = record_transaction_leaf_hash(hasher, record);
    return is_same ? LEDGER_DONE
                   : verbatim_damaged(export, record->log_index, "a stored hash does not fit the transaction");
}

static ledger_status verbatim_next_transaction(struct verbatim_export *export)
{
    return store_transaction_next(export->call, &export->transaction_scan, &export->has_transaction,
                                  &export->transaction);
}

static ledger_status verbatim_write_transaction(struct verbatim_export *export, struct sha256_hash *ret_leaf)
{
    struct arena_mark mark = arena_mark(&export->rows);
    const struct ledger_transaction_record *record = &export->transaction;
    struct sha256_hash texts_hash;
    LEDGER_TRY(verbatim_take_entries(export));
    if (record->is_redacted) {
        LEDGER_TRY(verbatim_find_texts_hash(export, &texts_hash));
    } else {
        texts_hash = record_texts_hash(&export->session->hasher, record);
    }
    LEDGER_TRY(verbatim_hash_posting(export, &texts_hash, ret_leaf));
    verbatim_write_posting(&export->file->builder, record, record->is_redacted ? &texts_hash : NULL, ret_leaf);
    export->end.transactions_count++;
    export->end.entries_count += record->entries_count;
    arena_rewind(&export->rows, mark);
    return verbatim_next_transaction(export);
}

static ledger_status verbatim_next_event(struct verbatim_export *export)
{
    return store_event_next(export->call, &export->event_scan, &export->has_event, &export->event);
}

static ledger_status verbatim_write_other(struct verbatim_export *export, struct sha256_hash *ret_leaf)
{
    struct arena_mark mark = arena_mark(&export->call->arena);
    bool has_approval = false;
    struct store_approval_change approval;
    *ret_leaf = record_leaf_hash(&export->session->hasher, &export->event);
    if (verbatim_kind_of(export->event.event_type) == RESTORED_APPROVAL) {
        LEDGER_TRY(store_approval_get(export->call, &export->session->store, export->event.log_index, &has_approval,
                                      &approval));
    }
    verbatim_write_event(&export->file->builder, &export->event, has_approval ? &approval : NULL, ret_leaf);
    export->end.events_count++;
    arena_rewind(&export->call->arena, mark);
    return verbatim_next_event(export);
}

static ledger_status verbatim_next_checkpoint(struct verbatim_export *export)
{
    return store_checkpoint_next(export->call, &export->checkpoint_scan, &export->has_checkpoint, &export->checkpoint);
}

/* Behind the last event that it covers. */
static ledger_status verbatim_write_checkpoints(struct verbatim_export *export)
{
    struct sha256_hash root;
    while (export->has_checkpoint && export->checkpoint.log_size == (int64_t) export->frontier.size) {
        root = merkle_frontier_root(&export->frontier, export->session->hasher.sha256);
        if (memcmp(&root, &export->checkpoint.root, sizeof root) != 0) {
            return verbatim_damaged(export, export->checkpoint.log_size, "a checkpoint is not of this log,");
        }
        verbatim_write_checkpoint(&export->file->builder, &export->checkpoint);
        export->end.checkpoints_count++;
        LEDGER_TRY(verbatim_next_checkpoint(export));
    }
    return LEDGER_DONE;
}

static ledger_status verbatim_write_position(struct verbatim_export *export, int64_t log_index)
{
    bool is_posting = export->has_transaction && export->transaction.log_index == log_index;
    bool is_other = export->has_event && export->event.log_index == log_index;
    size_t size_before = export->file->builder.size;
    struct sha256_hash leaf;
    if (is_posting == is_other || (export->has_entry && export->entry_log_index < log_index)) {
        return verbatim_damaged(export, log_index, "there is not one event with its own entries");
    }
    LEDGER_TRY(is_posting ? verbatim_write_transaction(export, &leaf) : verbatim_write_other(export, &leaf));
    if (export->file->builder.size - size_before > VERBATIM_LINE_BYTES_MAX) {
        return ledger_fail(export->call, LEDGER_INPUT_IS_TOO_LARGE,
                           "the record at log position %lld has more than %d bytes, which no import would read",
                           (long long)log_index, VERBATIM_LINE_BYTES_MAX);
    }
    merkle_frontier_add(&export->frontier, export->session->hasher.sha256, &leaf);
    LEDGER_TRY(verbatim_write_checkpoints(export));
    return export_file_step(export->call, export->file);
}

static ledger_status verbatim_open_piece(struct verbatim_export *export, int64_t from, int64_t before)
{
    struct ledger_call *call = export->call;
    struct store *store = &export->session->store;
    LEDGER_TRY(store_transaction_scan(call, store, from, before, &export->transaction_scan));
    LEDGER_TRY(store_entry_scan(call, store, from, before, &export->entry_scan));
    LEDGER_TRY(store_event_scan(call, store, from, before, &export->event_scan));
    LEDGER_TRY(store_checkpoint_scan(call, store, from + 1, &export->checkpoint_scan));
    LEDGER_TRY(verbatim_next_transaction(export));
    LEDGER_TRY(verbatim_next_entry(export));
    LEDGER_TRY(verbatim_next_event(export));
    return verbatim_next_checkpoint(export);
}

static void verbatim_close_piece(struct verbatim_export *export)
{
    store_scan_close(&export->transaction_scan);
    store_scan_close(&export->entry_scan);
    store_scan_close(&export->event_scan);
    store_scan_close(&export->checkpoint_scan);
}

static ledger_status verbatim_write_piece(struct verbatim_export *export, int64_t from, int64_t before)
{
    LEDGER_TRY(verbatim_open_piece(export, from, before));
    for (int64_t log_index = from; log_index < before; log_index++) {
        LEDGER_TRY(verbatim_write_position(export, log_index));
    }
    if (export->has_transaction || export->has_entry || export->has_event) {
        return verbatim_damaged(export, before - 1, "there are more rows than one event's");
    }
    bool is_last = before == export->head.log_size;
    return is_last && export->has_checkpoint
               ? verbatim_damaged(export, export->checkpoint.log_size, "a checkpoint is of a longer log,")
               : LEDGER_DONE;
}

static ledger_status verbatim_write_log(struct verbatim_export *export, const struct export_request *request)
{
    int64_t log_size = export->head.log_size;
    for (int64_t from = 0; from < log_size; from += PIECE_POSITIONS) {
        int64_t before = log_size - from > PIECE_POSITIONS ? from + PIECE_POSITIONS : log_size;
        ledger_status status = verbatim_write_piece(export, from, before);
        verbatim_close_piece(export);
        LEDGER_TRY(status);
        if (request->progress != NULL) {
            request->progress(request->context, (uint64_t)before, (uint64_t)log_size);
        }
    }
    return LEDGER_DONE;
}

/* Counted first: whether a file can be imported has to be known before anything is. */
static ledger_status verbatim_walk_manual_rows(struct verbatim_export *export, bool only_counts, int64_t *ret_count)
{
    STORE_SCAN(scan);
    *ret_count = 0;
    LEDGER_TRY(store_manual_event_scan(export->call, &export->session->store, &scan));
    for (;;) {
        bool has_event = false;
        struct ledger_manual_event event;
        LEDGER_TRY(store_manual_event_next(export->call, &scan, &has_event, &event));
        if (!has_event) {
            return LEDGER_DONE;
        }
        ++*ret_count;
        if (!only_counts) {
            verbatim_write_manual_row(&export->file->builder, &event);
            LEDGER_TRY(export_file_step(export->call, export->file));
        }
    }
}

static ledger_status verbatim_begin(struct verbatim_export *export, const struct store_head *head)
{
    struct ledger_call *call = export->call;
    struct store *store = &export->session->store;
    struct ledger_account *accounts = NULL;
    LEDGER_TRY(store_account_list(call, store, store_head_log_size(head), &accounts, &export->accounts_count));
    export->accounts = accounts;
    export->head.settings = export->session->ledger->settings;
    export->head.log_size = store_head_log_size(head);
    LEDGER_TRY(store_migration_applied_at(call, store, &export->head.schema_applied_at));
    LEDGER_TRY(verbatim_walk_manual_rows(export, true, &export->head.manual_rows_count));
    verbatim_write_head(&export->file->builder, &export->head);
    return LEDGER_DONE;
}

/* I1 */
static ledger_status verbatim_finish(struct verbatim_export *export, const struct store_head *head)
{
    struct sha256 *sha256 = export->session->hasher.sha256;
    struct sha256_hash expected = merkle_frontier_root(&head->frontier, sha256);
    struct verbatim_end *end = &export->end;
    end->log_size = export->head.log_size;
    end->root = merkle_frontier_root(&export->frontier, sha256);
    if (memcmp(&end->root, &expected, sizeof expected) != 0) {
        return ledger_fail(export->call, LEDGER_DATABASE_IS_DAMAGED,
                           "the events do not have the root that the head of the log has: run verify");
    }
    LEDGER_TRY(verbatim_walk_manual_rows(export, false, &end->manual_rows_count));
    struct ledger_text rest;
    LEDGER_TRY(text_builder_finish(export->call, &export->file->builder, &rest));
    end->sha256 = sha256_peek_with(export->file->sha256, rest.data, rest.size);
    verbatim_write_end(&export->file->builder, end);
    return LEDGER_DONE;
}

static ledger_status verbatim_make(struct verbatim_export *export, const struct export_request *request)
{
    READ_UNIT(reading);
    struct store_head head;
    LEDGER_TRY(read_unit_begin(export->call, export->session, &reading, &head));
    LEDGER_TRY(verbatim_begin(export, &head));
    LEDGER_TRY(verbatim_write_log(export, request));
    return verbatim_finish(export, &head);
}

ledger_status export_verbatim(struct ledger_call *call, struct session *session, const struct export_request *request,
                              struct export_file *file, struct export_result *result)
{
    struct verbatim_export *export = NULL;
    LEDGER_ALLOCATE(call, export, 1);
    *export = (struct verbatim_export){.call = call, .session = session, .file = file};
    merkle_frontier_init(&export->frontier);
    arena_init(&export->rows);
    ledger_status status = verbatim_make(export, request);
    arena_done(&export->rows);
    LEDGER_TRY(status);
    result->log_position = export->end.log_size;
    result->accounts_count = (int64_t) export->accounts_count;
    result->transactions_count = export->end.transactions_count;
    result->entries_count = export->end.entries_count;
    return LEDGER_DONE;
}
