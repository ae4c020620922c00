/* The checkpoints that are kept, in the database and in the directory, side by side. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "engine/session.h"
#include "integrity/checkpoint.h"
#include "integrity/checkpoint_directory.h"

struct checkpoint_collection {
    struct ledger_text directory;
    struct ledger_call *scratch; /* for what is taken apart: emptied for each checkpoint */
    struct ledger_checkpoint *items;
    size_t count;
    size_t capacity;
    size_t rows_count; /* the first so many are of the database, by epoch and size */
};

static int checkpoint_order(const void *left, const void *right)
{
    const struct ledger_checkpoint *a = left;
    const struct ledger_checkpoint *b = right;
    int by_epoch = (a->epoch > b->epoch) - (a->epoch < b->epoch);
    return by_epoch != 0 ? by_epoch : (a->log_size > b->log_size) - (a->log_size < b->log_size);
}

/* Texts that repeat from one checkpoint to the next are kept once. */
static ledger_status collection_keep_text(struct ledger_call *call, struct ledger_text before, struct ledger_text *text)
{
    if (text_equals(before, *text)) {
        *text = before;
        return LEDGER_DONE;
    }
    return ledger_call_copy_text(call, *text, text);
}

/* A note that cannot be read leaves what its row or name says; verify tells of it. */
static ledger_status collection_describe(struct ledger_call *call, struct checkpoint_collection *collection,
                                         struct ledger_text note, struct ledger_checkpoint *checkpoint)
{
    struct ledger_checkpoint described;
    ledger_status status = checkpoint_describe(collection->scratch, note, &described);
    if (status == LEDGER_OUT_OF_MEMORY) {
        return ledger_fail_out_of_memory(call);
    }
    if (status != LEDGER_DONE) {
        return LEDGER_DONE;
    }
    struct ledger_checkpoint none = {.epoch = 0};
    const struct ledger_checkpoint *before = collection->count == 0 ? &none : &collection->items[collection->count - 1];
    LEDGER_TRY(collection_keep_text(call, before->origin, &described.origin));
    LEDGER_TRY(collection_keep_text(call, before->guards_changed, &described.guards_changed));
    checkpoint->origin = described.origin;
    checkpoint->guards_changed = described.guards_changed;
    checkpoint->created_at_us = described.created_at_us;
    memcpy(checkpoint->guards_digest, described.guards_digest, sizeof checkpoint->guards_digest);
    memcpy(checkpoint->grants_digest, described.grants_digest, sizeof checkpoint->grants_digest);
    if (!checkpoint->is_in_database) {
        memcpy(checkpoint->root_hash, described.root_hash, sizeof checkpoint->root_hash);
    }
    return LEDGER_DONE;
}

static ledger_status collection_add(struct ledger_call *call, struct checkpoint_collection *collection,
                                    const struct ledger_checkpoint *checkpoint)
{
    LEDGER_GROW(call, collection->items, collection->count, collection->capacity);
    collection->items[collection->count++] = *checkpoint;
    return LEDGER_DONE;
}

static ledger_status collection_read_rows(struct ledger_call *call, struct ledger *ledger,
                                          struct checkpoint_collection *collection)
{
    SESSION_TAKE(call, ledger, session);
    READ_UNIT(reading);
    STORE_SCAN(scan);
    struct store_head head;
    LEDGER_TRY(read_unit_begin(call, session, &reading, &head));
    LEDGER_TRY(store_checkpoint_scan(call, &session->store, INT64_MIN, &scan));
    for (;;) {
        bool has_row = false;
        struct store_checkpoint row;
        LEDGER_TRY(store_checkpoint_next(call, &scan, &has_row, &row));
        if (!has_row) {
            break;
        }
        struct ledger_checkpoint checkpoint = {
            .epoch = row.epoch, .log_size = row.log_size, .created_at_us = row.created_at_us, .is_in_database = true};
        sha256_format(&row.root, checkpoint.root_hash);
        ledger_call_reset(collection->scratch);
        LEDGER_TRY(collection_describe(call, collection, row.note, &checkpoint));
        LEDGER_TRY(collection_add(call, collection, &checkpoint));
    }
    collection->rows_count = collection->count;
    return LEDGER_DONE;
}

static void collection_sort(struct checkpoint_collection *collection)
{
    if (collection->count > 0) {
        qsort(collection->items, collection->count, sizeof *collection->items, checkpoint_order);
    }
}

static ledger_status collection_take_file(struct ledger_call *call, void *context, int64_t epoch, int64_t log_size)
{
    struct checkpoint_collection *collection = context;
    struct ledger_checkpoint checkpoint = {.epoch = epoch, .log_size = log_size};
    LEDGER_TRY(checkpoint_file_path(call, collection->directory, epoch, log_size, &checkpoint.path));
    struct ledger_checkpoint *row =
        collection->rows_count == 0
            ? NULL
            : bsearch(&checkpoint, collection->items, collection->rows_count, sizeof checkpoint, checkpoint_order);
    if (row != NULL) {
        row->path = checkpoint.path;
        return LEDGER_DONE;
    }
    struct ledger_text note;
    ledger_call_reset(collection->scratch);
    if (checkpoint_file_read(collection->scratch, checkpoint.path, &note) == LEDGER_DONE) {
        LEDGER_TRY(collection_describe(call, collection, note, &checkpoint));
    }
    return collection_add(call, collection, &checkpoint);
}

static ledger_status collection_read(struct ledger_call *call, struct ledger *ledger,
                                     struct checkpoint_collection *collection)
{
    LEDGER_TRY(collection_read_rows(call, ledger, collection));
    collection_sort(collection);
    if (!text_is_empty(collection->directory)) {
        LEDGER_TRY(checkpoint_directory_scan(call, collection->directory, collection_take_file, collection));
        collection_sort(collection);
    }
    for (size_t i = 1; i < collection->count; i++) {
        struct ledger_checkpoint *now = &collection->items[i];
        const struct ledger_checkpoint *before = &collection->items[i - 1];
        now->guards_differ = now->epoch == before->epoch && checkpoint_guards_differ(before, now);
        now->grants_differ = now->epoch == before->epoch && checkpoint_grants_differ(before, now);
    }
    return LEDGER_DONE;
}

ledger_status ledger_checkpoint_list(struct ledger_call *call, struct ledger *ledger, struct ledger_text directory,
                                     const struct ledger_checkpoint **ret_checkpoints, size_t *ret_checkpoints_count)
{
    struct ledger_call scratch;
    struct checkpoint_collection collection = {.directory = directory, .scratch = &scratch};
    call_init(&scratch);
    ledger_status status = collection_read(call, ledger, &collection);
    call_done(&scratch);
    LEDGER_TRY(status);
    *ret_checkpoints = collection.items;
    *ret_checkpoints_count = collection.count;
    return LEDGER_DONE;
}
