/* Checkpoints made: proved, signed, filed, and entered in the database.
 *
 * I1 Nothing is signed before the log is proved to continue what was signed before (checkpoint_look.h).
 * I2 The file comes first: whoever makes the file of a log size has made the checkpoint, a second signer takes it. The
 *    row that an interruption leaves out is made up by the next run; so is a file whose row alone is there.
 * I3 A contradiction freezes the ledger in the unit of work whose event says so. */
#include "integrity/checkpoint.h"

#include <string.h>

#include "base/json_write.h"
#include "base/text.h"
#include "base/time.h"
#include "engine/freeze.h"
#include "engine/refusal.h"
#include "integrity/checkpoint_look.h"
#include "integrity/signing_key.h"

enum { SIGNERS_MAX = 2 };

static const char refused_type[] = "CHECKPOINT_REFUSED";
static const char action[] = "CHECKPOINT";

ledger_status checkpoint_check_options(struct ledger_call *call, const struct ledger_checkpoint_options *options)
{
    if (options->struct_size != sizeof *options) {
        return ledger_fail(call, LEDGER_VERSION_IS_UNSUPPORTED,
                           "ledger_checkpoint_options has %zu bytes, this library knows %zu: build against its headers",
                           options->struct_size, sizeof *options);
    }
    return text_is_empty(options->directory)
               ? ledger_fail(call, LEDGER_CONFIGURATION_IS_INVALID,
                             "no directory of checkpoints is named: set LEDGER_CHECKPOINT_DIR")
               : LEDGER_DONE;
}

ledger_status checkpoint_describe(struct ledger_call *call, struct ledger_text note,
                                  struct ledger_checkpoint *ret_checkpoint)
{
    struct note parts;
    struct checkpoint_text text;
    struct ledger_text ledger_id = TEXT_ABSENT;
    struct ledger_checkpoint checkpoint = {.note = note};
    LEDGER_TRY(note_parse(call, note, &parts));
    LEDGER_TRY(checkpoint_text_parse(call, parts.text, &text));
    (void)checkpoint_origin_parse(text.origin, &ledger_id, &checkpoint.epoch);
    checkpoint.log_size = (int64_t)text.log_size;
    checkpoint.created_at_us = text.time_us;
    checkpoint.origin = text.origin;
    checkpoint.guards_changed = text.guards_changed;
    sha256_format(&text.root, checkpoint.root_hash);
    if (text.has_guards) {
        sha256_format(&text.guards, checkpoint.guards_digest);
    }
    if (text.has_grants) {
        sha256_format(&text.grants, checkpoint.grants_digest);
    }
    *ret_checkpoint = checkpoint;
    return LEDGER_DONE;
}

bool checkpoint_guards_differ(const struct ledger_checkpoint *before, const struct ledger_checkpoint *after)
{
    return strcmp(before->guards_digest, after->guards_digest) != 0 ||
           !text_equals(before->guards_changed, after->guards_changed);
}

bool checkpoint_grants_differ(const struct ledger_checkpoint *before, const struct ledger_checkpoint *after)
{
    return before->grants_digest[0] != '\0' && after->grants_digest[0] != '\0' &&
           strcmp(before->grants_digest, after->grants_digest) != 0;
}

static ledger_status row_is_there(struct ledger_call *call, struct store *store, int64_t log_size, bool *ret_is_there)
{
    STORE_SCAN(scan);
    bool has_row = false;
    struct store_checkpoint row;
    LEDGER_TRY(store_checkpoint_scan(call, store, log_size, &scan));
    LEDGER_TRY(store_checkpoint_next(call, &scan, &has_row, &row));
    *ret_is_there = has_row && row.log_size == log_size;
    return LEDGER_DONE;
}

/* What has no row yet is given one; what has one stays. */
static ledger_status row_body(struct ledger_call *call, struct write_unit *unit, void *context)
{
    const struct store_checkpoint *row = context;
    bool is_there = false;
    LEDGER_TRY(row_is_there(call, &unit->session->store, row->log_size, &is_there));
    if (is_there) {
        return LEDGER_DONE;
    }
    unit->has_rows = true;
    return store_checkpoint_insert(call, &unit->session->store, row);
}

static ledger_status checkpoint_keep_row(struct ledger_call *call, struct session *session,
                                         const struct checkpoint_text *text, int64_t epoch, struct ledger_text note)
{
    struct store_checkpoint row = {
        .log_size = (int64_t)text->log_size,
        .epoch = epoch,
        .root = text->root,
        .note = note,
        .created_at_us = text->time_us,
    };
    return write_unit_run_by_any_clock(call, session, row_body, &row);
}

struct contradiction_event {
    struct ledger_text description;
    struct ledger_text metadata;
    size_t checkpoint_size; /* of the part of the metadata that says which checkpoint */
};

static ledger_status contradiction_facts(struct ledger_call *call, const struct checkpoint_contradiction *contradiction,
                                         struct contradiction_event *event)
{
    struct text_builder builder;
    struct json_writer writer;
    text_builder_init(&builder, &call->arena, 256);
    json_writer_init(&writer, &builder);
    writer.canonical = true;
    json_write_object_begin(&writer);
    json_write_member_integer(&writer, "checkpoint_log_size", (int64_t)contradiction->log_size);
    json_write_member_text(&writer, "checkpoint_origin", contradiction->origin);
    json_write_member_hex(&writer, "checkpoint_root_hash", contradiction->root.bytes, SHA256_SIZE);
    event->checkpoint_size = builder.size;
    if (contradiction->has_log_root) {
        json_write_member_hex(&writer, "log_root_hash", contradiction->log_root.bytes, SHA256_SIZE);
    }
    json_write_object_end(&writer);
    return text_builder_finish(call, &builder, &event->metadata);
}

/* Whether an earlier event is about the same checkpoint. */
static bool contradiction_was_told(const struct contradiction_event *contradiction, struct ledger_text metadata)
{
    size_t size = contradiction->checkpoint_size;
    return metadata.size > size && memcmp(metadata.data, contradiction->metadata.data, size) == 0 &&
           (metadata.data[size] == ',' || metadata.data[size] == '}');
}

/* I3. Said once for as long as the ledger stays frozen: a watcher comes again and again. */
static ledger_status contradiction_body(struct ledger_call *call, struct write_unit *unit, void *context)
{
    const struct contradiction_event *contradiction = context;
    bool is_found = false;
    struct ledger_event_record last;
    LEDGER_TRY(store_event_find_last(call, &unit->session->store, ledger_text_of(refused_type), STORE_POSITION_MAX,
                                     &is_found, &last));
    if (unit->head.is_frozen && is_found && contradiction_was_told(contradiction, last.event_metadata)) {
        return LEDGER_DONE;
    }
    struct ledger_event_record event = write_unit_event(call, refused_type, LEDGER_CRITICAL, false, action,
                                                        contradiction->description, contradiction->metadata);
    LEDGER_TRY(write_unit_add_event(call, unit, &event));
    return freeze_add(call, unit, contradiction->description);
}

static ledger_status contradiction_describe(struct ledger_call *call, const struct checkpoint_look *look,
                                            struct ledger_text *ret_description)
{
    const struct checkpoint_contradiction *contradiction = &look->contradiction;
    struct ledger_text place = contradiction->place;
    char root[2 * SHA256_SIZE + 1];
    char log_root[2 * SHA256_SIZE + 1];
    sha256_format(&contradiction->root, root);
    sha256_format(&contradiction->log_root, log_root);
    if (!text_equals(contradiction->origin, look->now.origin)) {
        return ledger_call_format(call, ret_description,
                                  "The log is not what was signed: %.*s is of %.*s, which is later than the log's "
                                  "epoch %lld, so an older state of the database was put in place",
                                  TEXT_ARGUMENTS(place), TEXT_ARGUMENTS(contradiction->origin),
                                  (long long)look->head.epoch);
    }
    if (!contradiction->has_log_root) {
        return ledger_call_format(
            call, ret_description, "The log is not what was signed: %.*s is of %llu events, the log has %llu",
            TEXT_ARGUMENTS(place), (unsigned long long)contradiction->log_size, (unsigned long long)look->now.log_size);
    }
    return ledger_call_format(call, ret_description,
                              "The log is not what was signed: %.*s gives the first %llu events the root %s, the log "
                              "%s",
                              TEXT_ARGUMENTS(place), (unsigned long long)contradiction->log_size, root, log_root);
}

/* Tells, freezes, signs nothing. */
static ledger_status checkpoint_contradicted(struct ledger_call *call, struct session *session,
                                             const struct checkpoint_look *look)
{
    struct contradiction_event contradiction = {.checkpoint_size = 0};
    size_t problems_before = ledger_call_problems_count(call);
    LEDGER_TRY(contradiction_facts(call, &look->contradiction, &contradiction));
    LEDGER_TRY(contradiction_describe(call, look, &contradiction.description));
    ledger_status status = write_unit_run_by_any_clock(call, session, contradiction_body, &contradiction);
    struct ledger_text fault = TEXT_ABSENT;
    if (status != LEDGER_DONE) {
        LEDGER_TRY(ledger_call_copy_text(call, ledger_text_of(ledger_call_message(call)), &fault));
        ledger_call_drop_problems(call, problems_before);
        return ledger_fail(call, LEDGER_LOG_IS_INCONSISTENT,
                           "%.*s. CRITICAL: nothing was signed, and the ledger could not even be frozen: %.*s",
                           TEXT_ARGUMENTS(contradiction.description), TEXT_ARGUMENTS(fault));
    }
    return ledger_fail(call, LEDGER_LOG_IS_INCONSISTENT, "%.*s. CRITICAL: nothing was signed, and the ledger is frozen",
                       TEXT_ARGUMENTS(contradiction.description));
}

/* The first signer is the key in force; another one was before. */
static ledger_status checkpoint_check_keys(struct ledger_call *call, struct session *session,
                                           const struct checkpoint_look *look)
{
    const struct ledger_keys *keys = &look->keys;
    size_t index = 0;
    ledger_status status = LEDGER_DONE;
    if (!ledger_keys_at(keys, look->now.log_size, &index)) {
        status = ledger_fail(call, LEDGER_KEY_IS_NOT_THE_LEDGERS,
                             "the ledger has no key yet: key generate makes one, key register enters one that exists");
    } else if (!ledger_keys_are_equal(&keys->verifiers[index], &look->signers[0])) {
        struct ledger_text configured;
        LEDGER_TRY(note_verifier_format(call, &look->signers[0], &configured));
        status = ledger_fail(call, LEDGER_KEY_IS_NOT_THE_LEDGERS,
                             "the key that is configured is %.*s, but since log position %lld the ledger's is %.*s",
                             TEXT_ARGUMENTS(configured), (long long)keys->keys[index].log_index,
                             TEXT_ARGUMENTS(keys->keys[index].verifier_key));
    }
    if (status == LEDGER_DONE) {
        return LEDGER_DONE;
    }
    struct refusal refusal = {.event_type = refused_type, .action = action, .status = status};
    return refusal_record(call, session, &refusal);
}

/* The note of the log as it is, in the call's memory. */
static ledger_status checkpoint_sign(struct ledger_call *call, struct checkpoint_look *look,
                                     const struct note_signer *signers, size_t signers_count,
                                     struct ledger_text *ret_note)
{
    struct ledger_text text;
    int64_t clock_us = ledger_call_now_us(call);
    look->now.has_time = true;
    look->now.time_us = clock_us > look->head.last_posting_date_us ? clock_us : look->head.last_posting_date_us;
    LEDGER_TRY(checkpoint_text_format(call, &look->now, &text));
    return note_sign(call, text, signers, signers_count, ret_note);
}

/* I2: puts a note into the directory, or takes the one that another signer put there in the meantime. */
static ledger_status checkpoint_file(struct ledger_call *call, struct checkpoint_look *look, struct ledger_text *note,
                                     struct ledger_text *ret_path, bool *ret_is_new)
{
    bool exists = false;
    LEDGER_TRY(checkpoint_file_path(call, look->directory, look->head.epoch, (int64_t)look->now.log_size, ret_path));
    LEDGER_TRY(checkpoint_file_write(call, *ret_path, *note, &exists));
    *ret_is_new = !exists;
    if (!exists) {
        return LEDGER_DONE;
    }
    struct ledger_text place;
    struct checkpoint_text text;
    LEDGER_TRY(checkpoint_file_read(call, *ret_path, note));
    LEDGER_TRY(ledger_call_format(call, &place, "the file %.*s", TEXT_ARGUMENTS(*ret_path)));
    LEDGER_TRY(checkpoint_look_verify(call, look, place, *note, look->head.epoch, (int64_t)look->now.log_size, &text));
    if (memcmp(&text.root, &look->now.root, sizeof text.root) != 0) {
        look->contradiction = (struct checkpoint_contradiction){
            .is_found = true,
            .place = place,
            .origin = look->now.origin,
            .log_size = text.log_size,
            .root = text.root,
            .has_log_root = true,
            .log_root = look->now.root,
        };
        return LEDGER_DONE;
    }
    look->now = text;
    return LEDGER_DONE;
}

/* Whether there is a checkpoint of the log as it is already. */
static bool checkpoint_is_kept(const struct checkpoint_look *look)
{
    return (look->has_file && look->file_text.log_size == look->now.log_size) ||
           (look->has_row && (uint64_t)look->row.log_size == look->now.log_size);
}

/* I2: a file without its row, where a signer was interrupted; a row without its file, where the directory was lost or
 * another one was used. Before there is anything new, so that at most one is ever left out. */
static ledger_status checkpoint_make_up(struct ledger_call *call, struct session *session,
                                        const struct checkpoint_look *look)
{
    struct ledger_text place;
    struct ledger_text path;
    struct checkpoint_text text;
    bool exists = false;
    if (look->has_file && !look->file_has_row) {
        LEDGER_TRY(checkpoint_keep_row(call, session, &look->file_text, look->head.epoch, look->file_note));
    }
    if (!look->has_row || (look->has_file && look->row.log_size <= look->file.log_size)) {
        return LEDGER_DONE;
    }
    LEDGER_TRY(
        ledger_call_format(call, &place, "the row of log size %lld in checkpoints", (long long)look->row.log_size));
    LEDGER_TRY(checkpoint_look_verify(call, look, place, look->row.note, look->row.epoch, look->row.log_size, &text));
    LEDGER_TRY(checkpoint_file_path(call, look->directory, look->row.epoch, look->row.log_size, &path));
    return checkpoint_file_write(call, path, look->row.note, &exists);
}

/* Whether guards and grants are others than when the checkpoint before was made. */
static ledger_status checkpoint_compare(struct ledger_call *call, const struct checkpoint_look *look,
                                        struct ledger_checkpoint *checkpoint)
{
    struct ledger_text before_note = look->has_file ? look->file_note : look->has_row ? look->row.note : TEXT_ABSENT;
    struct ledger_checkpoint before;
    if (text_is_absent(before_note)) {
        return LEDGER_DONE;
    }
    LEDGER_TRY(checkpoint_describe(call, before_note, &before));
    checkpoint->guards_differ = checkpoint_guards_differ(&before, checkpoint);
    checkpoint->grants_differ = checkpoint_grants_differ(&before, checkpoint);
    return LEDGER_DONE;
}

/* The note of the log as it is: the one that is kept, or a new one. */
static ledger_status checkpoint_take_note(struct ledger_call *call, struct checkpoint_look *look,
                                          const struct note_signer *signers, size_t signers_count,
                                          struct ledger_text *ret_note, struct ledger_text *ret_path, bool *ret_is_new)
{
    if (look->has_file && look->file_text.log_size == look->now.log_size) {
        *ret_note = look->file_note;
        *ret_path = look->file.path;
        *ret_is_new = false;
        return LEDGER_DONE;
    }
    if (look->has_row && (uint64_t)look->row.log_size == look->now.log_size) {
        *ret_note = look->row.note;
        *ret_is_new = false;
        return checkpoint_file_path(call, look->directory, look->row.epoch, look->row.log_size, ret_path);
    }
    struct ledger_text note;
    LEDGER_TRY(checkpoint_sign(call, look, signers, signers_count, &note));
    LEDGER_TRY(checkpoint_file(call, look, &note, ret_path, ret_is_new));
    *ret_note = note;
    return LEDGER_DONE;
}

ledger_status checkpoint_make_with(struct ledger_call *call, struct session *session, struct ledger_text directory,
                                   const struct note_signer *signers, size_t signers_count,
                                   struct ledger_checkpoint *ret_checkpoint)
{
    struct note_verifier verifiers[SIGNERS_MAX];
    struct checkpoint_look *look = NULL;
    struct ledger_text note;
    struct ledger_text path;
    bool is_new = false;
    assert(signers_count >= 1 && signers_count <= SIGNERS_MAX);
    for (size_t i = 0; i < signers_count; i++) {
        verifiers[i] = signers[i].verifier;
    }
    LEDGER_ALLOCATE(call, look, 1);
    *look = (struct checkpoint_look){
        .session = session, .directory = directory, .signers = verifiers, .signers_count = signers_count};
    LEDGER_TRY(checkpoint_look(call, look));
    if (look->contradiction.is_found) {
        return checkpoint_contradicted(call, session, look);
    }
    LEDGER_TRY(checkpoint_check_keys(call, session, look));
    LEDGER_TRY(checkpoint_make_up(call, session, look));
    LEDGER_TRY(checkpoint_take_note(call, look, signers, signers_count, &note, &path, &is_new));
    if (look->contradiction.is_found) {
        return checkpoint_contradicted(call, session, look);
    }
    if (!checkpoint_is_kept(look)) {
        LEDGER_TRY(checkpoint_keep_row(call, session, &look->now, look->head.epoch, note));
    }
    struct ledger_checkpoint checkpoint;
    LEDGER_TRY(checkpoint_describe(call, note, &checkpoint));
    LEDGER_TRY(checkpoint_compare(call, look, &checkpoint));
    checkpoint.grants_are_hidden = look->grants == STORE_GRANTS_ARE_HIDDEN;
    checkpoint.path = path;
    checkpoint.is_in_database = true;
    checkpoint.is_new = is_new;
    *ret_checkpoint = checkpoint;
    return LEDGER_DONE;
}

ledger_status ledger_checkpoint_make(struct ledger_call *call, struct ledger *ledger,
                                     const struct ledger_checkpoint_options *options,
                                     struct ledger_checkpoint *ret_checkpoint)
{
    SIGNING_KEY(signer);
    LEDGER_TRY(checkpoint_check_options(call, options));
    LEDGER_TRY(write_unit_check_actor(call));
    LEDGER_TRY(signing_key_read(call, &options->key, &signer));
    SESSION_TAKE(call, ledger, session);
    return checkpoint_make_with(call, session, options->directory, &signer, 1, ret_checkpoint);
}

static ledger_status checkpoint_is_due(struct ledger_call *call, struct ledger *ledger,
                                       const struct ledger_checkpoint_options *options, bool *ret_is_due)
{
    SESSION_TAKE(call, ledger, session);
    READ_UNIT(reading);
    struct store_head head;
    struct store_checkpoint last;
    bool has_last = false;
    LEDGER_TRY(read_unit_begin(call, session, &reading, &head));
    LEDGER_TRY(store_checkpoint_find_last(call, &session->store, head.epoch, &has_last, &last));
    int64_t events_count = store_head_log_size(&head) - (has_last ? last.log_size : 0);
    int64_t age_us = has_last ? ledger_call_now_us(call) - last.created_at_us : INT64_MAX;
    *ret_is_due = (options->events_between > 0 && events_count >= options->events_between) ||
                  (options->seconds_between > 0 && events_count > 0 && age_us / 1000000 >= options->seconds_between) ||
                  events_count < 0;
    return LEDGER_DONE;
}

ledger_status ledger_checkpoint_when_due(struct ledger_call *call, struct ledger *ledger,
                                         const struct ledger_checkpoint_options *options, bool *ret_made,
                                         struct ledger_checkpoint *ret_checkpoint)
{
    bool is_due = false;
    LEDGER_TRY(checkpoint_check_options(call, options));
    LEDGER_TRY(checkpoint_is_due(call, ledger, options, &is_due));
    if (is_due) {
        LEDGER_TRY(ledger_checkpoint_make(call, ledger, options, ret_checkpoint));
    }
    *ret_made = is_due && ret_checkpoint->is_new;
    return LEDGER_DONE;
}
