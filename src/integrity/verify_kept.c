/* The checkpoints that are kept, side by side in the order of the size of their logs: those in the database, those in
 * the directory, those that an auditor brought; and what came of all of them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "integrity/checkpoint_directory.h"
#include "integrity/verify_outside.h"

enum { NAME_TEXT_SIZE = 64 };

/* The files of the directory. */

static int file_compare(const void *left, const void *right)
{
    const struct outside_file *one = left;
    const struct outside_file *other = right;
    if (one->log_size != other->log_size) {
        return one->log_size < other->log_size ? -1 : 1;
    }
    return one->epoch < other->epoch ? -1 : one->epoch > other->epoch;
}

static ledger_status files_add(struct ledger_call *call, void *context, int64_t epoch, int64_t log_size)
{
    struct outside *outside = context;
    LEDGER_GROW(call, outside->files, outside->files_count, outside->files_capacity);
    outside->files[outside->files_count++] = (struct outside_file){epoch, log_size};
    return LEDGER_DONE;
}

ledger_status outside_list_files(struct outside *outside)
{
    const struct verify *verify = outside->verify;
    struct ledger_text directory = verify->options->checkpoint_directory;
    if (text_is_absent(directory)) {
        return LEDGER_DONE;
    }
    LEDGER_TRY(checkpoint_directory_scan(verify->call, directory, files_add, outside));
    if (outside->files_count > 1) {
        qsort(outside->files, outside->files_count, sizeof *outside->files, file_compare);
    }
    return LEDGER_DONE;
}

/* All of them, side by side. */

struct checkpoints_merge {
    struct outside *outside;
    struct store_scan rows;
    bool has_row;
    struct store_checkpoint row;
    size_t files_seen;
    size_t brought_seen;
};

static ledger_status merge_next_row(struct checkpoints_merge *merge)
{
    return store_checkpoint_next(merge->outside->verify->call, &merge->rows, &merge->has_row, &merge->row);
}

static ledger_status merge_take_row(struct checkpoints_merge *merge)
{
    struct outside *outside = merge->outside;
    char name[NAME_TEXT_SIZE];
    (void)snprintf(name, sizeof name, "the checkpoint of %lld events in the database", (long long)merge->row.log_size);
    struct outside_checkpoint checkpoint = {
        .source = CHECKPOINT_IN_DATABASE, .name = ledger_text_of(name), .note = merge->row.note, .row = &merge->row};
    outside->rows_count++;
    ledger_call_reset(&outside->work);
    LEDGER_TRY(outside_check_checkpoint(outside, &checkpoint));
    return merge_next_row(merge);
}

static ledger_status file_report_unreadable(struct outside *outside, struct ledger_text path)
{
    struct ledger_violation about = {.check = TEXT_ABSENT};
    return verify_found(outside->verify, CHECK_CHECKPOINTS, &about, "%.*s cannot be read: %s", TEXT_ARGUMENTS(path),
                        ledger_call_message(&outside->work));
}

static ledger_status merge_take_file(struct checkpoints_merge *merge)
{
    struct outside *outside = merge->outside;
    struct ledger_call *work = &outside->work;
    const struct outside_file *file = &outside->files[merge->files_seen++];
    struct outside_checkpoint checkpoint = {.source = CHECKPOINT_IN_DIRECTORY};
    ledger_call_reset(work);
    if (checkpoint_file_path(work, outside->verify->options->checkpoint_directory, file->epoch, file->log_size,
                             &checkpoint.name) != LEDGER_DONE) {
        return ledger_fail_out_of_memory(outside->verify->call);
    }
    if (checkpoint_file_read(work, checkpoint.name, &checkpoint.note) != LEDGER_DONE) {
        return file_report_unreadable(outside, checkpoint.name);
    }
    LEDGER_TRY(outside_check_checkpoint(outside, &checkpoint));
    bool is_named_right = text_is_absent(checkpoint.signed_by) ||
                          (checkpoint.epoch == file->epoch && (int64_t)checkpoint.said.log_size == file->log_size);
    if (is_named_right) {
        return LEDGER_DONE;
    }
    struct ledger_violation about = {.check = TEXT_ABSENT};
    return verify_found(outside->verify, CHECK_CHECKPOINTS, &about,
                        "%.*s is not what its name says: it is of epoch %lld and %llu events",
                        TEXT_ARGUMENTS(checkpoint.name), (long long)checkpoint.epoch,
                        (unsigned long long)checkpoint.said.log_size);
}

static ledger_status merge_take_brought(struct checkpoints_merge *merge)
{
    struct outside *outside = merge->outside;
    const struct outside_checkpoint *brought = &outside->brought[merge->brought_seen++];
    struct outside_checkpoint checkpoint = {.source = CHECKPOINT_BROUGHT, .name = brought->name, .note = brought->note};
    ledger_call_reset(&outside->work);
    return outside_check_checkpoint(outside, &checkpoint);
}

static void unpaired_add(struct outside_unpaired *unpaired, int64_t log_size)
{
    unpaired->first_log_size = unpaired->count == 0 ? log_size : unpaired->first_log_size;
    unpaired->last_log_size = log_size;
    unpaired->count++;
}

/* What a restore gave up is in the directory alone. */
static bool file_needs_row(struct outside *outside, const struct outside_file *file)
{
    const struct outside_epoch *next = outside_epoch_after(outside, file->epoch);
    return next == NULL || file->log_size <= next->log_index;
}

/* Whether a file has come to a row since the directory was listed. */
static bool row_has_file_by_now(struct outside *outside, const struct store_checkpoint *row)
{
    struct ledger_text path;
    ledger_call_reset(&outside->work);
    return checkpoint_file_path(&outside->work, outside->verify->options->checkpoint_directory, row->epoch,
                                row->log_size, &path) == LEDGER_DONE &&
           access(path.data, F_OK) == 0;
}

static void merge_pair(const struct checkpoints_merge *merge, int64_t log_size)
{
    struct outside *outside = merge->outside;
    bool row_has_file = false;
    bool has_row = merge->has_row && merge->row.log_size == log_size;
    if (text_is_absent(outside->verify->options->checkpoint_directory)) {
        return;
    }
    for (size_t i = merge->files_seen; i < outside->files_count && outside->files[i].log_size == log_size; i++) {
        bool is_pair = has_row && outside->files[i].epoch == merge->row.epoch;
        row_has_file = row_has_file || is_pair;
        if (is_pair || !file_needs_row(outside, &outside->files[i])) {
            continue;
        }
        /* The file comes first, and then the row: of the last one it may be on its way, or be made up for next time. */
        bool is_last = !merge->has_row && i + 1 == outside->files_count;
        unpaired_add(is_last ? &outside->last_file_without_row : &outside->files_without_row, log_size);
    }
    if (has_row && !row_has_file && !row_has_file_by_now(outside, &merge->row)) {
        unpaired_add(&outside->rows_without_file, log_size);
    }
}

/* The shortest log that a checkpoint of any source is of; INT64_MAX where none is left. */
static int64_t merge_log_size(const struct checkpoints_merge *merge)
{
    const struct outside *outside = merge->outside;
    int64_t log_size = merge->has_row ? merge->row.log_size : INT64_MAX;
    if (merge->files_seen < outside->files_count && outside->files[merge->files_seen].log_size < log_size) {
        log_size = outside->files[merge->files_seen].log_size;
    }
    if (merge->brought_seen < outside->brought_count &&
        (int64_t)outside->brought[merge->brought_seen].said.log_size < log_size) {
        log_size = (int64_t)outside->brought[merge->brought_seen].said.log_size;
    }
    return log_size;
}

static ledger_status merge_step(struct checkpoints_merge *merge, int64_t log_size)
{
    const struct outside *outside = merge->outside;
    merge_pair(merge, log_size);
    if (merge->has_row && merge->row.log_size == log_size) {
        LEDGER_TRY(merge_take_row(merge));
    }
    while (merge->files_seen < outside->files_count && outside->files[merge->files_seen].log_size == log_size) {
        LEDGER_TRY(merge_take_file(merge));
    }
    while (merge->brought_seen < outside->brought_count &&
           (int64_t)outside->brought[merge->brought_seen].said.log_size == log_size) {
        LEDGER_TRY(merge_take_brought(merge));
    }
    return LEDGER_DONE;
}

/* The tree of no event has one root, whatever the log. */
static ledger_status outside_want_root(struct outside *outside, int64_t log_size)
{
    return log_size <= 0 || outside->verify->log.wanted_count >= OUTSIDE_WANTED_MAX
               ? LEDGER_DONE
               : log_want_root(outside->verify, log_size);
}

ledger_status outside_want_roots(struct outside *outside)
{
    struct verify *verify = outside->verify;
    STORE_SCAN(rows);
    for (size_t i = 0; i < outside->brought_count; i++) {
        LEDGER_TRY(outside_want_root(outside, (int64_t)outside->brought[i].said.log_size));
    }
    for (size_t i = 0; i < outside->files_count; i++) {
        LEDGER_TRY(outside_want_root(outside, outside->files[i].log_size));
    }
    LEDGER_TRY(store_checkpoint_scan(verify->call, verify->store, INT64_MIN, &rows));
    for (;;) {
        bool has_row = false;
        struct store_checkpoint row;
        LEDGER_TRY(store_checkpoint_next(verify->call, &rows, &has_row, &row));
        if (!has_row || verify->log.wanted_count >= OUTSIDE_WANTED_MAX) {
            return LEDGER_DONE;
        }
        LEDGER_TRY(outside_want_root(outside, row.log_size));
    }
}

static ledger_status merge_run(struct checkpoints_merge *merge)
{
    const struct verify *verify = merge->outside->verify;
    LEDGER_TRY(store_checkpoint_scan(verify->call, verify->store, INT64_MIN, &merge->rows));
    LEDGER_TRY(merge_next_row(merge));
    for (int64_t log_size = merge_log_size(merge); log_size < INT64_MAX; log_size = merge_log_size(merge)) {
        LEDGER_TRY(merge_step(merge, log_size));
    }
    return LEDGER_DONE;
}

/* What came of all. */

static ledger_status foreign_report(struct outside *outside)
{
    if (outside->foreign_count == 0) {
        return LEDGER_DONE;
    }
    struct ledger_violation about = {.field = TEXT("ledger_settings.ledger_id"),
                                     .stored = outside->verify->session->ledger->settings.ledger_id,
                                     .computed = outside->foreign_origin};
    return verify_found(outside->verify, CHECK_CHECKPOINTS, &about,
                        "%llu of %zu checkpoints in %.*s are of another log (%.*s): it is the directory of another "
                        "ledger, or the ledger is another one",
                        (unsigned long long)outside->foreign_count, outside->files_count,
                        TEXT_ARGUMENTS(outside->verify->options->checkpoint_directory),
                        TEXT_ARGUMENTS(outside->foreign_origin));
}

static ledger_status unpaired_report(struct outside *outside)
{
    const struct outside_unpaired *files = &outside->files_without_row;
    const struct outside_unpaired *rows = &outside->rows_without_file;
    struct ledger_text directory = outside->verify->options->checkpoint_directory;
    struct ledger_violation about = {.field = TEXT("checkpoints.log_size")};
    if (files->count > 0) {
        LEDGER_TRY(verify_found(outside->verify, CHECK_CHECKPOINTS, &about,
                                "%llu checkpoint%s in %.*s, of logs of %lld to %lld events, %s not in the database: "
                                "deleted there, or the database is an older state that was brought back",
                                (unsigned long long)files->count, files->count == 1 ? "" : "s",
                                TEXT_ARGUMENTS(directory), (long long)files->first_log_size,
                                (long long)files->last_log_size, files->count == 1 ? "is" : "are"));
    }
    if (outside->last_file_without_row.count > 0) {
        LEDGER_TRY(verify_warn(outside->verify, CHECK_CHECKPOINTS, &about,
                               "the last checkpoint in %.*s, of %lld events, is not in the database: it was made just "
                               "now, its making was interrupted (then the next enters it), or its row was deleted",
                               TEXT_ARGUMENTS(directory), (long long)outside->last_file_without_row.last_log_size));
    }
    if (rows->count > 0) {
        LEDGER_TRY(verify_warn(outside->verify, CHECK_CHECKPOINTS, &about,
                               "%llu checkpoint%s in the database, of logs of %lld to %lld events, %s not in %.*s",
                               (unsigned long long)rows->count, rows->count == 1 ? "" : "s",
                               (long long)rows->first_log_size, (long long)rows->last_log_size,
                               rows->count == 1 ? "is" : "are", TEXT_ARGUMENTS(directory)));
    }
    return LEDGER_DONE;
}

static ledger_status epochs_report(struct outside *outside)
{
    for (size_t i = 0; i < outside->epochs_count; i++) {
        const struct outside_epoch *epoch = &outside->epochs[i];
        if (epoch->abandoned_count == 0) {
            continue;
        }
        struct ledger_violation about = {
            .field = TEXT("integrity_head.epoch"),
            .has_window = true,
            .from_log_index = epoch->log_index,
            .before_log_index = epoch->abandoned_log_size,
        };
        LEDGER_TRY(verify_warn(outside->verify, CHECK_CHECKPOINTS, &about,
                               "the ledger was restored to an older state: the event EPOCH_BEGUN at log position %lld "
                               "gives up what stood at positions %lld to %lld of epoch %lld, and with it %llu "
                               "checkpoint%s; that event says who and why",
                               (long long)epoch->log_index, (long long)epoch->log_index,
                               (long long)epoch->abandoned_log_size - 1, (long long)epoch->epoch - 1,
                               (unsigned long long)epoch->abandoned_count, epoch->abandoned_count == 1 ? "" : "s"));
    }
    return LEDGER_DONE;
}

/* A key that was brought and that the log does not name, although checkpoints were signed: by whom? */
static ledger_status keys_report(struct outside *outside)
{
    const struct outside_windows *windows = &outside->windows;
    uint64_t checked = outside->verify->checks[CHECK_CHECKPOINTS].checked_count;
    if (outside->brought_keys_count == 0 || windows->holds_by_brought_key.is_known || checked == 0 ||
        outside->brought_count > 0) {
        return LEDGER_DONE;
    }
    struct ledger_violation about = {.field = TEXT("audit_log.event_metadata"), .stored = TEXT("(none)")};
    if (outside->keys.count > 0) {
        LEDGER_TRY(outside_describe_key(outside, outside->verify->call,
                                        &outside->keys.verifiers[outside->keys.count - 1], &about.stored));
    }
    LEDGER_TRY(outside_describe_key(outside, outside->verify->call, &outside->brought_keys[0], &about.computed));
    return verify_found(
        outside->verify, CHECK_CHECKPOINTS, &about,
        "none of the ledger's checkpoints holds by the key that was brought (%.*s): they were signed by "
        "another, or removed",
        TEXT_ARGUMENTS(about.computed));
}

ledger_status outside_check_checkpoints(struct outside *outside)
{
    struct verify *verify = outside->verify;
    struct checkpoints_merge merge = {.outside = outside};
    if (verify->has_head) {
        LEDGER_TRY(log_tree_new(verify->call, verify->store, &verify->head, verify->hasher->sha256, &outside->tree));
    }
    LEDGER_TRY(outside_read_log(outside));
    LEDGER_TRY(outside_begin_guards(outside));
    LEDGER_TRY(outside_begin_grants(outside));
    ledger_status status = merge_run(&merge);
    store_scan_close(&merge.rows);
    LEDGER_TRY(status);
    LEDGER_TRY(outside_report_failures(outside));
    LEDGER_TRY(foreign_report(outside));
    if (outside->foreign_count == 0) {
        LEDGER_TRY(unpaired_report(outside));
    }
    LEDGER_TRY(epochs_report(outside));
    LEDGER_TRY(keys_report(outside));
    LEDGER_TRY(outside_finish_guards(outside));
    return outside_finish_grants(outside);
}
