/* A checkpoint held against the log: what it says, who signed it, whether the log continues it; and what the log says
 * of keys and epochs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "integrity/verify_outside.h"

enum { NAME_TEXT_SIZE = 64 };

/* What the log says of keys and epochs. */

static const struct json_value *event_parse(struct outside *outside, const struct ledger_event_record *event)
{
    const struct json_value *metadata = NULL;
    ledger_call_reset(&outside->work);
    if (text_is_absent(event->event_metadata) ||
        json_read(&outside->work, event->event_metadata, "event_metadata", &metadata) != LEDGER_DONE) {
        return NULL; /* verify has told that the event was altered */
    }
    return metadata;
}

static bool integer_of_member(const struct json_value *object, const char *name, int64_t *ret_number)
{
    const struct json_value *member = json_find(object, name);
    char digits[24];
    if (member == NULL || member->type != JSON_NUMBER || member->text.size >= sizeof digits) {
        return false;
    }
    (void)snprintf(digits, sizeof digits, "%.*s", TEXT_ARGUMENTS(member->text));
    *ret_number = strtoll(digits, NULL, 10);
    return true;
}

static ledger_status epochs_take(struct outside *outside, const struct ledger_event_record *event)
{
    const struct json_value *metadata = event_parse(outside, event);
    struct outside_epoch taken = {.log_index = event->log_index};
    const struct json_value *root = metadata == NULL ? NULL : json_find(metadata, "abandoned_root_hash");
    if (root == NULL || root->type != JSON_STRING || !integer_of_member(metadata, "epoch", &taken.epoch) ||
        !integer_of_member(metadata, "abandoned_log_size", &taken.abandoned_log_size)) {
        return LEDGER_DONE;
    }
    (void)snprintf(taken.abandoned_root, sizeof taken.abandoned_root, "%.*s", TEXT_ARGUMENTS(root->text));
    if (outside->epochs_count == outside->epochs_capacity) {
        size_t capacity = outside->epochs_capacity == 0 ? 4 : outside->epochs_capacity * 2;
        struct outside_epoch *grown = NULL;
        LEDGER_ALLOCATE(outside->verify->call, grown, capacity);
        if (outside->epochs_count > 0) {
            memcpy(grown, outside->epochs, outside->epochs_count * sizeof *grown);
        }
        outside->epochs = grown;
        outside->epochs_capacity = capacity;
    }
    outside->epochs[outside->epochs_count++] = taken;
    return LEDGER_DONE;
}

static ledger_status epochs_read(struct outside *outside)
{
    struct verify *verify = outside->verify;
    STORE_SCAN(scan);
    LEDGER_TRY(
        store_event_scan_by_type(verify->call, verify->store, TEXT("EPOCH_BEGUN"), 0, STORE_POSITION_MAX, &scan));
    for (;;) {
        bool has_event = false;
        struct ledger_event_record event;
        LEDGER_TRY(store_event_next(verify->call, &scan, &has_event, &event));
        if (!has_event) {
            return LEDGER_DONE;
        }
        LEDGER_TRY(epochs_take(outside, &event));
    }
}

/* Without keys no checkpoint can be held by the log's own word. */
static ledger_status keys_read(struct outside *outside)
{
    struct verify *verify = outside->verify;
    size_t problems_before = ledger_call_problems_count(verify->call);
    ledger_status status = ledger_keys_read(verify->call, verify->store, STORE_POSITION_MAX, &outside->keys);
    if (status != LEDGER_DATABASE_IS_DAMAGED) {
        return status;
    }
    struct ledger_violation about = {.field = TEXT("audit_log.event_metadata")};
    status = verify_found(verify, CHECK_CHECKPOINTS, &about, "%s", ledger_call_message(verify->call));
    ledger_call_drop_problems(verify->call, problems_before);
    return status;
}

/* What ended an epoch; NULL where nothing did. An epoch is passed over where what began it was given up itself. */
struct outside_epoch *outside_epoch_after(struct outside *outside, int64_t epoch)
{
    for (size_t i = 0; i < outside->epochs_count; i++) {
        if (outside->epochs[i].epoch > epoch) {
            return &outside->epochs[i];
        }
    }
    return NULL;
}

ledger_status outside_read_log(struct outside *outside)
{
    LEDGER_TRY(keys_read(outside));
    return epochs_read(outside);
}

/* One checkpoint. */

static const char *const note_fields[] = {
    [CHECKPOINT_IN_DATABASE] = "checkpoints.note",
    [CHECKPOINT_IN_DIRECTORY] = NULL,
    [CHECKPOINT_BROUGHT] = NULL,
};

static struct ledger_violation checkpoint_about(const struct outside_checkpoint *checkpoint)
{
    struct ledger_violation about = {.check = TEXT_ABSENT};
    if (note_fields[checkpoint->source] != NULL) {
        about.field = ledger_text_of(note_fields[checkpoint->source]);
    }
    return about;
}

/* A checkpoint that is not what it claims to be, for the reason that the work's last problem gives. */
static ledger_status checkpoint_report_broken(struct outside *outside, const struct outside_checkpoint *checkpoint)
{
    struct ledger_violation about = checkpoint_about(checkpoint);
    return verify_found(outside->verify, CHECK_CHECKPOINTS, &about, "%.*s was altered or is none: %s",
                        TEXT_ARGUMENTS(checkpoint->name), ledger_call_message(&outside->work));
}

/* A key as it stands before each signature of it: the name and, since keys follow one another under one name, its id.
 */
ledger_status outside_describe_key(struct outside *outside, struct ledger_call *call,
                                   const struct note_verifier *verifier, struct ledger_text *ret_text)
{
    return ledger_call_format(call, ret_text, "%.*s+%08x", TEXT_ARGUMENTS(verifier->name),
                              (unsigned)verifier->key_id) == LEDGER_DONE
               ? LEDGER_DONE
               : ledger_fail_out_of_memory(outside->verify->call);
}

/* Whether one of the keys signed it; what is wrong where not is a problem of the work. */
static ledger_status checkpoint_verify(struct outside *outside, const struct note *note,
                                       const struct note_verifier *verifiers, size_t count, bool *ret_is_signed,
                                       const struct note_verifier **ret_signed_by)
{
    ledger_status status = note_verify(&outside->work, note, verifiers, count, ret_signed_by);
    *ret_is_signed = status == LEDGER_DONE;
    return status == LEDGER_DONE || status == LEDGER_PROOF_IS_INVALID
               ? LEDGER_DONE
               : ledger_fail(outside->verify->call, status, "%s", ledger_call_message(&outside->work));
}

/* Whether it is of an epoch that a restore ended, and of a longer log than the restored one went on from; but no longer
 * than what the restore says it gave up. */
static bool checkpoint_is_abandoned(struct outside *outside, const struct outside_checkpoint *checkpoint)
{
    const struct outside_epoch *next = outside_epoch_after(outside, checkpoint->epoch);
    int64_t log_size = (int64_t)checkpoint->said.log_size;
    return next != NULL && log_size > next->log_index &&
           (checkpoint->epoch < next->epoch - 1 || log_size <= next->abandoned_log_size);
}

/* The key that the log names for a checkpoint, in the work's memory. What named that of one that was given up may have
 * been given up with it, and be named again since: any will do. */
static ledger_status keys_in_force(struct outside *outside, const struct outside_checkpoint *checkpoint,
                                   struct note_verifier **ret_verifiers, size_t *ret_count)
{
    bool takes_any = checkpoint_is_abandoned(outside, checkpoint);
    size_t index = 0;
    bool has_key = ledger_keys_at(&outside->keys, checkpoint->said.log_size, &index);
    struct note_verifier *verifiers =
        arena_allocate_array(&outside->work.arena, outside->keys.count + 1, sizeof *verifiers);
    size_t count = 0;
    if (verifiers == NULL) {
        return ledger_fail_out_of_memory(outside->verify->call);
    }
    for (size_t i = 0; i < outside->keys.count; i++) {
        if (takes_any || (has_key && i == index)) {
            verifiers[count++] = outside->keys.verifiers[i];
        }
    }
    *ret_verifiers = verifiers;
    *ret_count = count;
    return LEDGER_DONE;
}

/* I1: a key that was brought goes before what the log says. */
static ledger_status checkpoint_check_signature(struct outside *outside, const struct note *note,
                                                struct outside_checkpoint *checkpoint, bool *ret_is_signed)
{
    const struct note_verifier *signed_by = NULL;
    *ret_is_signed = false;
    if (outside->brought_keys_count > 0) {
        LEDGER_TRY(checkpoint_verify(outside, note, outside->brought_keys, outside->brought_keys_count, ret_is_signed,
                                     &signed_by));
        checkpoint->is_of_brought_key = *ret_is_signed;
    }
    if (!*ret_is_signed && checkpoint->source != CHECKPOINT_BROUGHT) {
        struct note_verifier *verifiers = NULL;
        size_t count = 0;
        LEDGER_TRY(keys_in_force(outside, checkpoint, &verifiers, &count));
        if (count == 0) {
            struct ledger_violation about = checkpoint_about(checkpoint);
            return verify_found(outside->verify, CHECK_CHECKPOINTS, &about,
                                "%.*s proves nothing: the log names no key for its first %llu events",
                                TEXT_ARGUMENTS(checkpoint->name), (unsigned long long)checkpoint->said.log_size);
        }
        ledger_call_drop_problems(&outside->work, 0);
        LEDGER_TRY(checkpoint_verify(outside, note, verifiers, count, ret_is_signed, &signed_by));
    }
    if (!*ret_is_signed) {
        return checkpoint_report_broken(outside, checkpoint);
    }
    checkpoint->is_vouched_for = checkpoint->is_of_brought_key || trusted_names_key(outside->trusted, signed_by);
    return outside_describe_key(outside, &outside->work, signed_by, &checkpoint->signed_by);
}

static ledger_status column_report(struct outside *outside, const char *field, struct ledger_text stored,
                                   struct ledger_text said)
{
    struct ledger_violation about = {.field = ledger_text_of(field), .stored = stored, .computed = said};
    return verify_found(outside->verify, CHECK_CHECKPOINTS, &about,
                        "%s of a checkpoint in the database is not what its signed note says", field);
}

static ledger_status column_check_integer(struct outside *outside, const char *field, int64_t stored, int64_t said)
{
    struct verify *verify = outside->verify;
    return stored == said ? LEDGER_DONE
                          : column_report(outside, field, verify_text_of_integer(verify->stored_text, stored),
                                          verify_text_of_integer(verify->computed_text, said));
}

/* The columns beside a note are there to be looked up by; the note is what counts. */
static ledger_status checkpoint_check_columns(struct outside *outside, const struct outside_checkpoint *checkpoint)
{
    struct verify *verify = outside->verify;
    const struct store_checkpoint *row = checkpoint->row;
    const struct checkpoint_text *said = &checkpoint->said;
    if (row == NULL) {
        return LEDGER_DONE;
    }
    LEDGER_TRY(column_check_integer(outside, "checkpoints.log_size", row->log_size, (int64_t)said->log_size));
    LEDGER_TRY(column_check_integer(outside, "checkpoints.epoch", row->epoch, checkpoint->epoch));
    if (memcmp(&row->root, &said->root, sizeof row->root) != 0) {
        LEDGER_TRY(column_report(outside, "checkpoints.root_hash",
                                 verify_text_of_hash(verify->stored_text, row->root.bytes),
                                 verify_text_of_hash(verify->computed_text, said->root.bytes)));
    }
    if (said->has_time && row->created_at_us != said->time_us) {
        LEDGER_TRY(column_report(outside, "checkpoints.created_at",
                                 verify_text_of_time(verify->stored_text, row->created_at_us),
                                 verify_text_of_time(verify->computed_text, said->time_us)));
    }
    return LEDGER_DONE;
}

/* The root of the log's first so many events: as it was made again from the rows where it was asked for in time, else
 * by the tiles. False where a tile is missing, which log-root tells. */
static ledger_status outside_root_at(struct outside *outside, int64_t log_size, bool *ret_is_known,
                                     struct sha256_hash *ret_root)
{
    struct verify *verify = outside->verify;
    *ret_is_known = log_find_root(verify, log_size, ret_root);
    if (*ret_is_known || outside->tree == NULL || outside->tree_is_damaged) {
        return LEDGER_DONE;
    }
    struct merkle_nodes nodes = log_tree_nodes(outside->tree);
    size_t problems_before = ledger_call_problems_count(verify->call);
    ledger_status status = merkle_root_of(verify->call, &nodes, (uint64_t)log_size, ret_root);
    if (status == LEDGER_DATABASE_IS_DAMAGED) {
        ledger_call_drop_problems(verify->call, problems_before);
        outside->tree_is_damaged = true;
        return LEDGER_DONE;
    }
    *ret_is_known = status == LEDGER_DONE;
    return status;
}

/* What a restore gave up is told once at the end; here only that the restore named what it gave up. */
static ledger_status checkpoint_check_abandoned(struct outside *outside, const struct outside_checkpoint *checkpoint)
{
    struct outside_epoch *next = outside_epoch_after(outside, checkpoint->epoch);
    struct verify *verify = outside->verify;
    next->abandoned_count++;
    struct ledger_violation about = {
        .field = TEXT("audit_log.event_metadata"),
        .stored = ledger_text_of(next->abandoned_root),
        .computed = verify_text_of_hash(verify->computed_text, checkpoint->said.root.bytes),
    };
    if (checkpoint->epoch < next->epoch - 1 || (int64_t)checkpoint->said.log_size < next->abandoned_log_size ||
        text_equals(about.stored, about.computed)) {
        return LEDGER_DONE;
    }
    return verify_found(verify, CHECK_CHECKPOINTS, &about,
                        "the event EPOCH_BEGUN at log position %lld does not name %.*s, which it gives up",
                        (long long)next->log_index, TEXT_ARGUMENTS(checkpoint->name));
}

/* The epoch that the log was in when it had so many events. */
static int64_t epoch_at(const struct outside *outside, int64_t log_size)
{
    int64_t epoch = 1;
    for (size_t i = 0; i < outside->epochs_count && outside->epochs[i].log_index < log_size; i++) {
        epoch = outside->epochs[i].epoch;
    }
    return epoch;
}

static ledger_status checkpoint_check_epoch(struct outside *outside, const struct outside_checkpoint *checkpoint)
{
    struct verify *verify = outside->verify;
    int64_t epoch = epoch_at(outside, (int64_t)checkpoint->said.log_size);
    if (epoch == checkpoint->epoch) {
        return LEDGER_DONE;
    }
    struct ledger_violation about = {
        .field = TEXT("integrity_head.epoch"),
        .stored = verify_text_of_integer(verify->stored_text, epoch),
        .computed = verify_text_of_integer(verify->computed_text, checkpoint->epoch),
    };
    return verify_found(verify, CHECK_CHECKPOINTS, &about,
                        "%.*s is of epoch %lld, but the log was in epoch %lld when it had %llu events",
                        TEXT_ARGUMENTS(checkpoint->name), (long long)checkpoint->epoch, (long long)epoch,
                        (unsigned long long)checkpoint->said.log_size);
}

static ledger_status checkpoint_check_root(struct outside *outside, const struct outside_checkpoint *checkpoint)
{
    static const struct sha256_hash none;
    struct verify *verify = outside->verify;
    int64_t log_size = (int64_t)checkpoint->said.log_size;
    bool is_known = false;
    struct sha256_hash root;
    if (log_size > verify->log.log_size) {
        return outside_fail(outside, checkpoint, OUTSIDE_IS_BEYOND, &none);
    }
    LEDGER_TRY(checkpoint_check_epoch(outside, checkpoint));
    LEDGER_TRY(outside_root_at(outside, log_size, &is_known, &root));
    if (!is_known) {
        return LEDGER_DONE;
    }
    if (memcmp(&root, &checkpoint->said.root, sizeof root) != 0) {
        return outside_fail(outside, checkpoint, OUTSIDE_DIFFERS, &root);
    }
    outside_hold(outside, checkpoint);
    return LEDGER_DONE;
}

/* Takes the note apart, into the work's memory; what is wrong with it is a problem of the work. */
static ledger_status checkpoint_parse(struct outside *outside, struct outside_checkpoint *checkpoint,
                                      struct note *ret_note)
{
    struct ledger_call *work = &outside->work;
    const struct ledger_settings *settings = &outside->verify->session->ledger->settings;
    struct ledger_text ledger_id;
    LEDGER_TRY(note_parse(work, checkpoint->note, ret_note));
    LEDGER_TRY(checkpoint_text_parse(work, ret_note->text, &checkpoint->said));
    bool is_ours = checkpoint_origin_parse(checkpoint->said.origin, &ledger_id, &checkpoint->epoch) &&
                   text_equals(ledger_id, settings->ledger_id);
    if (!is_ours) {
        checkpoint->is_foreign = true;
        return ledger_fail(work, LEDGER_PROOF_IS_INVALID, "it is of another log: %.*s, where this ledger is %.*s",
                           TEXT_ARGUMENTS(checkpoint->said.origin), TEXT_ARGUMENTS(settings->ledger_id));
    }
    if (checkpoint->said.log_size >= (uint64_t)STORE_POSITION_MAX) {
        return ledger_fail(work, LEDGER_PROOF_IS_INVALID, "no log has %llu events",
                           (unsigned long long)checkpoint->said.log_size);
    }
    return LEDGER_DONE;
}

static ledger_status foreign_take(struct outside *outside, const struct outside_checkpoint *checkpoint)
{
    return outside->foreign_count++ > 0
               ? LEDGER_DONE
               : ledger_call_copy_text(outside->verify->call, checkpoint->said.origin, &outside->foreign_origin);
}

/* `name`, `note` and `row` are set. */
ledger_status outside_check_checkpoint(struct outside *outside, struct outside_checkpoint *checkpoint)
{
    struct note note;
    bool is_signed = false;
    outside->verify->checks[CHECK_CHECKPOINTS].checked_count++;
    ledger_status status = checkpoint_parse(outside, checkpoint, &note);
    if (status == LEDGER_OUT_OF_MEMORY) {
        return ledger_fail_out_of_memory(outside->verify->call);
    }
    if (checkpoint->is_foreign && checkpoint->source == CHECKPOINT_IN_DIRECTORY) {
        return foreign_take(outside, checkpoint); /* told together: it may be the directory of another ledger */
    }
    if (status != LEDGER_DONE) {
        return checkpoint_report_broken(outside, checkpoint);
    }
    LEDGER_TRY(checkpoint_check_signature(outside, &note, checkpoint, &is_signed));
    if (!is_signed) {
        return LEDGER_DONE;
    }
    LEDGER_TRY(checkpoint_check_columns(outside, checkpoint));
    if (checkpoint_is_abandoned(outside, checkpoint)) {
        return checkpoint_check_abandoned(outside, checkpoint);
    }
    LEDGER_TRY(outside_check_guards(outside, checkpoint));
    LEDGER_TRY(outside_check_grants(outside, checkpoint));
    return checkpoint_check_root(outside, checkpoint);
}

/* Those of an auditor: wrong ones are a fault of what was brought, not of the ledger. */

static int brought_compare(const void *left, const void *right)
{
    const struct outside_checkpoint *one = left;
    const struct outside_checkpoint *other = right;
    return one->said.log_size < other->said.log_size ? -1 : one->said.log_size > other->said.log_size;
}

static ledger_status brought_take(struct outside *outside, const struct ledger_verify_checkpoint *given,
                                  struct outside_checkpoint *ret_checkpoint)
{
    struct ledger_call *call = outside->verify->call;
    const struct note_verifier *signed_by = NULL;
    struct outside_checkpoint checkpoint = {
        .source = CHECKPOINT_BROUGHT, .name = given->name, .note = given->note, .is_of_brought_key = true};
    struct note note;
    ledger_call_reset(&outside->work);
    ledger_status status = checkpoint_parse(outside, &checkpoint, &note);
    if (status == LEDGER_DONE) {
        status = note_verify(&outside->work, &note, outside->brought_keys, outside->brought_keys_count, &signed_by);
    }
    if (status != LEDGER_DONE) {
        return ledger_fail(call, status, "%.*s: %s", TEXT_ARGUMENTS(given->name), ledger_call_message(&outside->work));
    }
    *ret_checkpoint = checkpoint;
    return LEDGER_DONE;
}

ledger_status outside_take_brought(struct outside *outside)
{
    struct ledger_call *call = outside->verify->call;
    const struct ledger_verify_options *options = outside->verify->options;
    if (options->checkpoints_count > 0 && options->keys_count == 0) {
        return ledger_fail(call, LEDGER_USAGE_IS_WRONG,
                           "a checkpoint proves something only with the key that signed it: give the key as well");
    }
    LEDGER_ALLOCATE(call, outside->brought_keys, options->keys_count + 1);
    for (size_t i = 0; i < options->keys_count; i++) {
        LEDGER_TRY(note_verifier_parse(call, options->keys[i], &outside->brought_keys[i]));
    }
    outside->brought_keys_count = options->keys_count;
    LEDGER_ALLOCATE(call, outside->brought, options->checkpoints_count + 1);
    for (size_t i = 0; i < options->checkpoints_count; i++) {
        LEDGER_TRY(brought_take(outside, &options->checkpoints[i], &outside->brought[i]));
    }
    outside->brought_count = options->checkpoints_count;
    if (outside->brought_count > 1) {
        qsort(outside->brought, outside->brought_count, sizeof *outside->brought, brought_compare);
    }
    return LEDGER_DONE;
}
