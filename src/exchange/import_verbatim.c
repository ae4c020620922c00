/* A verbatim export read, judged line by line, and written in batches. */
#include "exchange/import_verbatim.h"

#include <inttypes.h>

#include "base/line_input.h"
#include "base/text.h"
#include "exchange/take_verbatim.h"

enum {
    BATCH_ITEMS_MAX = 2048,
    BATCH_BYTES_MAX = 2 * 1024 * 1024, /* of lines; one that is longer is a batch of its own */
};

struct verbatim_import {
    struct ledger_call *call;
    const struct import_verbatim_options *options;
    struct line_input input;
    struct verbatim_taking taking;
    struct ledger *ledger;
    int64_t stored_size; /* of the log that an earlier run left */
    struct sha256_hash stored_root;
    struct arena batch; /* lines and texts of the items */
    struct restored *items;
    size_t items_max;
    size_t count;
    size_t bytes;
    bool has_ended;
};

/* Texts that outlive their line. */

static ledger_status keep(struct verbatim_import *import, struct ledger_text *text)
{
    return text_keep(&import->batch, *text, text) ? LEDGER_DONE : ledger_fail_out_of_memory(import->call);
}

static ledger_status keep_all(struct verbatim_import *import, struct ledger_text *const *texts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        LEDGER_TRY(keep(import, texts[i]));
    }
    return LEDGER_DONE;
}

#define KEEP_ALL(import, texts) keep_all((import), (texts), sizeof(texts) / sizeof(texts)[0])

static ledger_status keep_posting(struct verbatim_import *import, struct draft *draft)
{
    struct ledger_transaction_record *record = &draft->record;
    struct ledger_text *const texts[] = {
        &record->business_event_type, &record->business_key,    &record->description,
        &record->reversal_reason,     &record->idempotency_key, &record->created_by,
        &record->principal,           &record->source_system,   &record->source_ip,
    };
    LEDGER_TRY(KEEP_ALL(import, texts));
    struct ledger_entry_record *entries = arena_allocate_array(&import->batch, record->entries_count, sizeof *entries);
    if (entries == NULL) {
        return ledger_fail_out_of_memory(import->call);
    }
    memcpy(entries, draft->entries, record->entries_count * sizeof *entries);
    draft->entries = entries;
    record->entries = entries;
    for (uint32_t i = 0; i < record->entries_count; i++) {
        struct ledger_entry_record *entry = &entries[i];
        struct ledger_text *const of_entry[] = {&entry->account_code, &entry->currency,      &entry->memo,
                                                &entry->cost_center,  &entry->business_unit, &entry->project_code};
        LEDGER_TRY(KEEP_ALL(import, of_entry));
    }
    return LEDGER_DONE;
}

static ledger_status keep_account(struct verbatim_import *import, struct ledger_account *account)
{
    struct ledger_text *const texts[] = {&account->account_code, &account->account_name, &account->parent_account_code,
                                         &account->currency,     &account->description,  &account->created_by};
    return KEEP_ALL(import, texts);
}

static ledger_status keep_event(struct verbatim_import *import, struct restored *item)
{
    struct ledger_event_record *event = &item->event;
    struct ledger_text *const texts[] = {&event->event_type,    &event->user_id,       &event->principal,
                                         &event->source_system, &event->source_ip,     &event->action,
                                         &event->description,   &event->event_metadata};
    LEDGER_TRY(KEEP_ALL(import, texts));
    if (item->kind == RESTORED_ACCOUNT) {
        return keep_account(import, &item->account);
    }
    if (item->kind == RESTORED_PERIOD) {
        struct ledger_text *const of_period[] = {&item->period.reason, &item->period.changed_by};
        return KEEP_ALL(import, of_period);
    }
    if (item->kind == RESTORED_APPROVAL) {
        struct store_approval_change *approval = &item->approval;
        struct ledger_text *const of_approval[] = {&approval->reason,     &approval->transaction_date,
                                                   &approval->changed_by, &approval->idempotency_key,
                                                   &approval->principal,  &approval->source_system};
        return KEEP_ALL(import, of_approval);
    }
    return LEDGER_DONE;
}

/* Batches. One is written before the next item comes into it: so a checkpoint still finds the event before it. */

static ledger_status import_flush(struct verbatim_import *import)
{
    struct ledger_call *call = import->call;
    struct arena_mark mark = arena_mark(&call->arena);
    if (import->count == 0) {
        return LEDGER_DONE;
    }
    if (!import->options->only_checks) {
        LEDGER_TRY(restore_write(call, import->ledger, import->input.name, import->items, import->count));
        arena_rewind(&call->arena, mark);
    }
    arena_reset(&import->batch);
    import->count = 0;
    import->bytes = 0;
    return LEDGER_DONE;
}

static ledger_status import_add(struct verbatim_import *import, const struct restored *taken)
{
    size_t line_bytes = line_input_bytes(&import->input) - line_input_bytes_before(&import->input);
    if (import->count == import->items_max || (import->count > 0 && import->bytes + line_bytes > BATCH_BYTES_MAX)) {
        LEDGER_TRY(import_flush(import));
    }
    struct restored *item = &import->items[import->count];
    *item = *taken;
    LEDGER_TRY(item->kind == RESTORED_POSTING ? keep_posting(import, &item->draft) : keep_event(import, item));
    import->count++;
    import->bytes += line_bytes;
    return LEDGER_DONE;
}

/* What an earlier run has written is the beginning of what this one reads. */
static ledger_status import_compare_stored(struct verbatim_import *import)
{
    struct verbatim_taking *taking = &import->taking;
    if ((int64_t)taking->frontier.size != import->stored_size) {
        return LEDGER_DONE;
    }
    struct sha256_hash root = merkle_frontier_root(&taking->frontier, taking->hasher.sha256);
    return memcmp(&root, &import->stored_root, sizeof root) == 0
               ? LEDGER_DONE
               : verbatim_refuse(taking, "up to here this is not what the import wrote that is to be gone on with");
}

static ledger_status import_take_item(struct verbatim_import *import, struct verbatim_line *line)
{
    LEDGER_TRY(verbatim_take_item(&import->taking, line));
    if ((int64_t)import->taking.frontier.size > import->stored_size) {
        return import_add(import, &line->item);
    }
    return import_compare_stored(import);
}

/* It is written with the event before it, which is the last of the batch; or both were written before. */
static ledger_status import_take_checkpoint(struct verbatim_import *import, const struct verbatim_line *line)
{
    LEDGER_TRY(verbatim_take_checkpoint(&import->taking, line));
    if (import->count == 0) {
        return LEDGER_DONE;
    }
    struct restored *last = &import->items[import->count - 1];
    last->has_checkpoint = true;
    last->checkpoint = line->checkpoint;
    return keep(import, &last->checkpoint.note);
}

static ledger_status import_take_end(struct verbatim_import *import, const struct verbatim_line *line)
{
    struct sha256_hash sha256 = line_input_digest_before(&import->input);
    LEDGER_TRY(verbatim_take_end(&import->taking, line, &sha256));
    import->has_ended = true;
    return import_flush(import);
}

static ledger_status import_take(struct verbatim_import *import, struct verbatim_line *line)
{
    if (import->has_ended) {
        return verbatim_refuse(&import->taking, "there is a line behind the end");
    }
    if (text_equals_string(line->kind, VERBATIM_CHECKPOINT)) {
        return import_take_checkpoint(import, line);
    }
    if (text_equals_string(line->kind, VERBATIM_END)) {
        return import_take_end(import, line);
    }
    return text_equals_string(line->kind, VERBATIM_HEAD) ? verbatim_refuse(&import->taking, "there is a second head")
                                                         : import_take_item(import, line);
}

/* The line's texts live until the next; what is kept of them was copied by then. */
static ledger_status import_line(struct verbatim_import *import, struct ledger_text text)
{
    struct ledger_call *call = import->call;
    struct arena_mark mark = arena_mark(&call->arena);
    struct verbatim_line line;
    LEDGER_TRY(read_verbatim_line(&import->taking.place, text, &line));
    LEDGER_TRY(import_take(import, &line));
    arena_rewind(&call->arena, mark);
    return LEDGER_DONE;
}

static ledger_status import_next_line(struct verbatim_import *import, bool *ret_has_line, struct ledger_text *ret_text)
{
    LEDGER_TRY(line_input_next(import->call, &import->input, ret_has_line, ret_text));
    import->taking.place.first_line = line_input_number(&import->input);
    return LEDGER_DONE;
}

static ledger_status import_read_lines(struct verbatim_import *import)
{
    const struct import_verbatim_options *options = import->options;
    for (uint64_t lines = 1;; lines++) {
        bool has_line = false;
        struct ledger_text text;
        LEDGER_TRY(import_next_line(import, &has_line, &text));
        if (!has_line) {
            return import->has_ended ? LEDGER_DONE
                                     : verbatim_refuse(&import->taking, "the end is missing: the file was cut off");
        }
        LEDGER_TRY(import_line(import, text));
        if (options->progress != NULL && lines % BATCH_ITEMS_MAX == 0) {
            options->progress(options->context, line_input_bytes(&import->input), import->input.bytes_total);
        }
    }
}

/* Begin and end. */

static ledger_status import_read_head(struct verbatim_import *import)
{
    bool has_line = false;
    struct ledger_text text;
    struct verbatim_line line;
    LEDGER_TRY(import_next_line(import, &has_line, &text));
    if (!has_line) {
        return verbatim_refuse(&import->taking, "the file is empty");
    }
    LEDGER_TRY(read_verbatim_line(&import->taking.place, text, &line));
    LEDGER_TRY(verbatim_take_head(&import->taking, &line));
    return import->taking.head.manual_rows_count == 0
               ? LEDGER_DONE
               : verbatim_refuse(&import->taking,
                                 "the ledger has rows of audit_log that were written by hand (manual_rows), which are "
                                 "no part of its log: such a ledger cannot be imported; move it by a backup of its "
                                 "database");
}

static ledger_status import_look(struct verbatim_import *import)
{
    struct ledger_text applied_at;
    struct store_head head;
    LEDGER_TRY(restore_look(import->call, import->ledger, &applied_at, &head));
    if (!text_equals(applied_at, import->taking.head.schema_applied_at)) {
        return verbatim_refuse(&import->taking, "schema_applied_at is not that of the import that was interrupted: it "
                                                "was of another ledger");
    }
    import->stored_size = store_head_log_size(&head);
    import->stored_root = merkle_frontier_root(&head.frontier, import->taking.hasher.sha256);
    return LEDGER_DONE;
}

static ledger_status import_open_ledger(struct verbatim_import *import)
{
    const struct import_verbatim_options *options = import->options;
    const struct verbatim_head *head = &import->taking.head;
    if (options->only_checks) {
        return LEDGER_DONE;
    }
    LEDGER_TRY(
        ledger_open_unfinished(import->call, options->opening, &head->settings, !options->resumes, &import->ledger));
    return options->resumes ? import_look(import)
                            : restore_begin(import->call, import->ledger, import->taking.schema_applied_at_us);
}

/* The message of what went wrong says too that what is there so far is no ledger. */
static ledger_status import_fail(struct verbatim_import *import, ledger_status status)
{
    struct ledger_call *call = import->call;
    size_t count = ledger_call_problems_count(call);
    if (import->ledger == NULL || count == 0 || status == LEDGER_OUT_OF_MEMORY) {
        return status;
    }
    struct ledger_text message = ledger_call_problem(call, count - 1)->message;
    ledger_call_drop_problems(call, count - 1);
    return ledger_fail(call, status,
                       "%.*s; the import is not done and its database no ledger: go on by --resume, or import into "
                       "another database",
                       TEXT_ARGUMENTS(message));
}

static ledger_status import_run_all(struct verbatim_import *import)
{
    const struct import_verbatim_options *options = import->options;
    LEDGER_TRY(line_input_open(import->call, options->path, VERBATIM_LINE_BYTES_MAX, &import->input));
    LEDGER_TRY(verbatim_taking_init(import->call, import->input.name, &import->taking));
    import->items_max = options->batch_items_max == 0 ? BATCH_ITEMS_MAX : options->batch_items_max;
    LEDGER_ALLOCATE(import->call, import->items, import->items_max);
    LEDGER_TRY(import_read_head(import));
    LEDGER_TRY(import_open_ledger(import));
    ledger_status status = import_read_lines(import);
    if (status == LEDGER_DONE && !options->only_checks) {
        status = restore_finish(import->call, import->ledger, import->taking.sums.log_size);
    }
    return status == LEDGER_DONE ? LEDGER_DONE : import_fail(import, status);
}

static ledger_status import_describe(const struct verbatim_import *import, struct import_verbatim_result *ret_result)
{
    const struct verbatim_end *sums = &import->taking.sums;
    *ret_result = (struct import_verbatim_result){
        .log_size = sums->log_size,
        .transactions_count = sums->transactions_count,
        .entries_count = sums->entries_count,
        .events_count = sums->events_count,
        .checkpoints_count = sums->checkpoints_count,
        .resumed_at = import->stored_size,
    };
    sha256_format(&sums->root, ret_result->root_hash);
    return ledger_call_copy_text(import->call, import->taking.head.settings.ledger_id, &ret_result->ledger_id);
}

ledger_status import_verbatim(struct ledger_call *call, const struct import_verbatim_options *options,
                              struct import_verbatim_result *ret_result)
{
    struct verbatim_import *import = NULL;
    LEDGER_ALLOCATE(call, import, 1);
    *import = (struct verbatim_import){.call = call, .options = options};
    arena_init(&import->batch);
    ledger_status status = import_run_all(import);
    if (status == LEDGER_DONE) {
        status = import_describe(import, ret_result);
    }
    arena_done(&import->batch);
    verbatim_taking_done(&import->taking);
    ledger_free(import->ledger);
    line_input_close(&import->input);
    return status;
}
