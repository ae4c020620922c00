/* Evidence made: the hashed forms of a transaction and of the events that name it, each with its inclusion proof, and
 * the checkpoint that all of them lead to. What was made is checked before it is given out (evidence.h, I1): where rows
 * were altered, the first link that does not hold says which. */
#include "integrity/evidence.h"

#include <inttypes.h>

#include "base/json_write.h"
#include "base/text.h"
#include "domain/checkpoint_text.h"
#include "engine/transactions.h"
#include "integrity/log_tree.h"

struct proving {
    struct ledger_call *call;
    struct session *session;
    struct store_head head;
    struct log_tree *tree;
    struct ledger_text note;
    struct checkpoint_text checkpoint;
    int64_t epoch; /* of the checkpoint */

    struct ledger_transaction_record transaction;
    bool has_reversal;
    struct ledger_transaction_record reversal;
    struct ledger_event_record *events;
    size_t events_count;
};

/* A checkpoint of this ledger, and of a log that this one can be. */
static ledger_status proving_read_note(struct proving *proving, struct ledger_text text, const char *what,
                                       struct checkpoint_text *ret_checkpoint, int64_t *ret_epoch)
{
    struct ledger_call *call = proving->call;
    struct note note;
    struct ledger_text ledger_id;
    LEDGER_TRY(note_parse(call, text, &note));
    LEDGER_TRY(checkpoint_text_parse(call, note.text, ret_checkpoint));
    if (!checkpoint_origin_parse(ret_checkpoint->origin, &ledger_id, ret_epoch) ||
        !text_equals(ledger_id, ledger_get_settings(proving->session->ledger)->ledger_id)) {
        return ledger_fail(call, LEDGER_PROOF_IS_INVALID, "%s is of another log than this ledger's: %.*s", what,
                           TEXT_ARGUMENTS(ret_checkpoint->origin));
    }
    return LEDGER_DONE;
}

/* That the log has the root that a checkpoint says, by its tiles. */
static ledger_status proving_check_root(struct proving *proving, const struct checkpoint_text *checkpoint,
                                        int64_t epoch, const char *what)
{
    struct ledger_call *call = proving->call;
    struct sha256_hash root;
    if (epoch > proving->head.epoch || checkpoint->log_size > proving->head.frontier.size) {
        return ledger_fail(call, LEDGER_LOG_IS_INCONSISTENT,
                           "%s is of %" PRIu64 " events in epoch %" PRId64 ", the ledger has %" PRIu64
                           " in epoch %" PRId64 ": its history was cut short, or it was restored without a new epoch",
                           what, checkpoint->log_size, epoch, proving->head.frontier.size, proving->head.epoch);
    }
    struct merkle_nodes nodes = log_tree_nodes(proving->tree);
    LEDGER_TRY(merkle_root_of(call, &nodes, checkpoint->log_size, &root));
    if (memcmp(&root, &checkpoint->root, sizeof root) != 0) {
        return ledger_fail(call, LEDGER_LOG_IS_INCONSISTENT,
                           "the first %" PRIu64 " events of the log do not have the root that %s says: they are not "
                           "those that were signed",
                           checkpoint->log_size, what);
    }
    return LEDGER_DONE;
}

static ledger_status proving_find_newest(struct proving *proving, struct ledger_text *ret_note)
{
    struct store_checkpoint newest;
    bool is_found = false;
    LEDGER_TRY(store_checkpoint_find_newest(proving->call, &proving->session->store, &is_found, &newest));
    if (!is_found) {
        return ledger_fail(proving->call, LEDGER_CHECKPOINT_NOT_FOUND,
                           "the ledger has no checkpoint yet, and without one nothing can be proved: make one with "
                           "checkpoint");
    }
    *ret_note = newest.note;
    return LEDGER_DONE;
}

/* The checkpoint to prove by: the one that was brought, or the newest. */
static ledger_status proving_take_checkpoint(struct proving *proving, struct ledger_text brought)
{
    const char *what = text_is_absent(brought) ? "the newest checkpoint of the database" : "the checkpoint";
    proving->note = brought;
    if (text_is_absent(brought)) {
        LEDGER_TRY(proving_find_newest(proving, &proving->note));
    }
    LEDGER_TRY(proving_read_note(proving, proving->note, what, &proving->checkpoint, &proving->epoch));
    return proving_check_root(proving, &proving->checkpoint, proving->epoch, what);
}

static ledger_status proving_begin(struct proving *proving, struct read_unit *reading)
{
    LEDGER_TRY(read_unit_begin(proving->call, proving->session, reading, &proving->head));
    return log_tree_new(proving->call, &proving->session->store, &proving->head, proving->session->hasher.sha256,
                        &proving->tree);
}

/* The transaction, its reversal and what else names it, as the rows are now. */
static ledger_status proving_load(struct proving *proving, struct ledger_text id_or_number)
{
    struct ledger_call *call = proving->call;
    struct session *session = proving->session;
    int64_t log_size = store_head_log_size(&proving->head);
    LEDGER_TRY(transactions_get(call, session, id_or_number, log_size, &proving->transaction));
    proving->has_reversal = proving->transaction.is_reversed;
    if (proving->has_reversal) {
        struct uuid id;
        char text[UUID_TEXT_SIZE + 1];
        memcpy(id.bytes, proving->transaction.reversed_by_transaction_id, UUID_SIZE);
        uuid_format(&id, text);
        LEDGER_TRY(transactions_get(call, session, ledger_text_of(text), log_size, &proving->reversal));
    }
    return store_event_list_by_transaction(call, &session->store, proving->transaction.transaction_id, log_size,
                                           &proving->events, &proving->events_count);
}

static ledger_status proving_not_covered(struct proving *proving, const char *what, int64_t log_index)
{
    return ledger_fail(proving->call, LEDGER_CHECKPOINT_NOT_FOUND,
                       "the checkpoint covers the first %" PRIu64
                       " events of the log, and %s stands at position %" PRId64 ": make a new one with checkpoint",
                       proving->checkpoint.log_size, what, log_index);
}

/* What the checkpoint does not cover is left out where one was brought, and makes a new one necessary otherwise. */
static ledger_status proving_limit(struct proving *proving, bool is_brought)
{
    int64_t covered = (int64_t)proving->checkpoint.log_size;
    if (proving->transaction.log_index >= covered) {
        return proving_not_covered(proving, "the transaction", proving->transaction.log_index);
    }
    if (proving->has_reversal && proving->reversal.log_index >= covered) {
        if (!is_brought) {
            return proving_not_covered(proving, "its reversal", proving->reversal.log_index);
        }
        proving->has_reversal = false;
    }
    while (proving->events_count > 0 && proving->events[proving->events_count - 1].log_index >= covered) {
        if (!is_brought) {
            return proving_not_covered(proving, "an event that names it",
                                       proving->events[proving->events_count - 1].log_index);
        }
        proving->events_count--;
    }
    return LEDGER_DONE;
}

/* The form that is hashed next, written as a value; `hidden_size` bytes of what is hashed stand before it. */
struct proving_form {
    struct text_builder builder;
    size_t hidden_size;
};

static void proving_form_begin(struct proving *proving, struct proving_form *form, size_t hidden_size)
{
    form->hidden_size = hidden_size;
    text_builder_init(&form->builder, &proving->call->arena, 1024);
    record_hasher_copy_to(&proving->session->hasher, &form->builder);
}

static ledger_status proving_form_end(struct proving *proving, struct proving_form *form, struct json_writer *writer,
                                      const char *key)
{
    struct ledger_text text;
    record_hasher_copy_to(&proving->session->hasher, NULL);
    LEDGER_TRY(text_builder_finish(proving->call, &form->builder, &text));
    if (key != NULL) {
        json_write_key(writer, key);
    }
    json_write_raw(writer, (struct ledger_text){text.data + form->hidden_size, text.size - form->hidden_size});
    return LEDGER_DONE;
}

static ledger_status proving_write_proof(struct proving *proving, struct json_writer *writer, int64_t log_index)
{
    struct merkle_nodes nodes = log_tree_nodes(proving->tree);
    struct merkle_proof proof;
    struct ledger_text text;
    LEDGER_TRY(
        merkle_prove_inclusion(proving->call, &nodes, (uint64_t)log_index, proving->checkpoint.log_size, &proof));
    LEDGER_TRY(tlog_proof_format(proving->call, (uint64_t)log_index, &proof, proving->note, &text));
    json_write_member_text(writer, "proof", text);
    return LEDGER_DONE;
}

static ledger_status proving_write_entries(struct proving *proving, struct json_writer *writer,
                                           const struct ledger_transaction_record *transaction)
{
    json_write_key(writer, "entries");
    json_write_array_begin(writer);
    for (uint32_t i = 0; i < transaction->entries_count; i++) {
        struct proving_form form;
        proving_form_begin(proving, &form, 0);
        (void)record_entry_hash(&proving->session->hasher, transaction->transaction_id, &transaction->entries[i]);
        LEDGER_TRY(proving_form_end(proving, &form, writer, NULL));
    }
    json_write_array_end(writer);
    return LEDGER_DONE;
}

/* What the texts come to; of redacted ones, what they came to. */
static ledger_status proving_hash_texts(struct proving *proving, const struct ledger_transaction_record *transaction,
                                        struct sha256_hash *ret_texts_hash)
{
    struct store_redaction redaction;
    bool is_found = false;
    if (transaction->is_redacted) {
        LEDGER_TRY(store_redaction_find(proving->call, &proving->session->store, transaction->log_index, &is_found,
                                        &redaction));
    }
    *ret_texts_hash = is_found ? redaction.texts_hash : record_texts_hash(&proving->session->hasher, transaction);
    return LEDGER_DONE;
}

/* Texts and salt; of redacted ones the hash alone. */
static ledger_status proving_write_texts(struct proving *proving, struct json_writer *writer,
                                         const struct ledger_transaction_record *transaction,
                                         const struct sha256_hash *texts_hash)
{
    if (transaction->is_redacted) {
        json_write_member_hex(writer, "texts_hash", texts_hash->bytes, sizeof texts_hash->bytes);
        return LEDGER_DONE;
    }
    struct proving_form form;
    proving_form_begin(proving, &form, sizeof transaction->texts_salt);
    (void)record_texts_hash(&proving->session->hasher, transaction);
    LEDGER_TRY(proving_form_end(proving, &form, writer, "texts"));
    json_write_member_hex(writer, "texts_salt", transaction->texts_salt, sizeof transaction->texts_salt);
    return LEDGER_DONE;
}

static ledger_status proving_write_transaction(struct proving *proving, struct json_writer *writer, const char *key,
                                               const struct ledger_transaction_record *transaction)
{
    struct record_hasher *hasher = &proving->session->hasher;
    struct sha256_hash texts_hash;
    LEDGER_TRY(proving_hash_texts(proving, transaction, &texts_hash));
    struct sha256_hash content_hash = record_content_hash(hasher, transaction, &texts_hash);
    struct proving_form form;
    json_write_key(writer, key);
    json_write_object_begin(writer);
    proving_form_begin(proving, &form, 0);
    (void)record_content_hash(hasher, transaction, &texts_hash);
    LEDGER_TRY(proving_form_end(proving, &form, writer, "content"));
    LEDGER_TRY(proving_write_entries(proving, writer, transaction));
    proving_form_begin(proving, &form, 1);
    (void)record_transaction_leaf_hash(hasher, transaction);
    LEDGER_TRY(proving_form_end(proving, &form, writer, "event"));
    LEDGER_TRY(proving_write_proof(proving, writer, transaction->log_index));
    proving_form_begin(proving, &form, 0);
    (void)record_record_hash(hasher, &content_hash, transaction->log_index, transaction->posting_date_us,
                             transaction->number_in_day);
    LEDGER_TRY(proving_form_end(proving, &form, writer, "record"));
    LEDGER_TRY(proving_write_texts(proving, writer, transaction, &texts_hash));
    json_write_member_hex(writer, "transaction_hash", transaction->transaction_hash,
                          sizeof transaction->transaction_hash);
    json_write_object_end(writer);
    return LEDGER_DONE;
}

static ledger_status proving_write_events(struct proving *proving, struct json_writer *writer)
{
    json_write_key(writer, "events");
    json_write_array_begin(writer);
    for (size_t i = 0; i < proving->events_count; i++) {
        struct proving_form form;
        json_write_object_begin(writer);
        proving_form_begin(proving, &form, 1);
        (void)record_leaf_hash(&proving->session->hasher, &proving->events[i]);
        LEDGER_TRY(proving_form_end(proving, &form, writer, "event"));
        LEDGER_TRY(proving_write_proof(proving, writer, proving->events[i].log_index));
        json_write_object_end(writer);
    }
    json_write_array_end(writer);
    return LEDGER_DONE;
}

static ledger_status proving_write_bundle(struct proving *proving, struct ledger_text *ret_bundle)
{
    struct text_builder builder;
    struct json_writer writer;
    text_builder_init(&builder, &proving->call->arena, 16384);
    json_writer_init(&writer, &builder);
    writer.canonical = true;
    json_write_object_begin(&writer);
    json_write_member_text(&writer, "checkpoint", proving->note);
    LEDGER_TRY(proving_write_events(proving, &writer));
    json_write_member_text(&writer, "format", TEXT(EVIDENCE_FORMAT));
    if (proving->has_reversal) {
        LEDGER_TRY(proving_write_transaction(proving, &writer, "reversed_by", &proving->reversal));
    }
    LEDGER_TRY(proving_write_transaction(proving, &writer, "transaction", &proving->transaction));
    json_write_object_end(&writer);
    text_builder_add_char(&builder, '\n');
    return text_builder_finish(proving->call, &builder, ret_bundle);
}

/* I1 of evidence.h. */
static ledger_status proving_check(struct proving *proving, struct ledger_text proof,
                                   struct ledger_checked_proof *ret_checked)
{
    struct ledger_call *call = proving->call;
    size_t problems_before = ledger_call_problems_count(call);
    ledger_status status = evidence_check(call, proof, NULL, 0, ret_checked);
    if (status == LEDGER_PROOF_IS_INVALID) {
        struct ledger_text fault = ledger_call_problem(call, ledger_call_problems_count(call) - 1)->message;
        ledger_call_drop_problems(call, problems_before);
        return ledger_fail(call, LEDGER_INTEGRITY_IS_VIOLATED,
                           "what the ledger holds is not what was recorded (%.*s): run verify", TEXT_ARGUMENTS(fault));
    }
    return status;
}

static ledger_status proving_run(struct proving *proving, const struct ledger_prove_options *options,
                                 struct ledger_evidence *ret_evidence)
{
    struct ledger_checked_proof checked;
    struct ledger_evidence evidence = {.events_count = 0};
    READ_UNIT(reading);
    LEDGER_TRY(proving_begin(proving, &reading));
    LEDGER_TRY(proving_load(proving, options->transaction));
    LEDGER_TRY(proving_take_checkpoint(proving, options->checkpoint));
    LEDGER_TRY(proving_limit(proving, !text_is_absent(options->checkpoint)));
    LEDGER_TRY(proving_write_bundle(proving, &evidence.bundle));
    LEDGER_TRY(proving_check(proving, evidence.bundle, &checked));
    evidence.transaction_id = checked.transaction->transaction_id;
    evidence.transaction_number = checked.transaction->transaction_number;
    evidence.origin = checked.checkpoint.origin;
    evidence.log_size = checked.checkpoint.log_size;
    evidence.events_count = checked.events_count;
    evidence.has_reversal = checked.reversal != NULL;
    *ret_evidence = evidence;
    return LEDGER_DONE;
}

ledger_status ledger_prove(struct ledger_call *call, struct ledger *ledger, const struct ledger_prove_options *options,
                           struct ledger_evidence *ret_evidence)
{
    if (options->struct_size != sizeof *options) {
        return ledger_fail(call, LEDGER_VERSION_IS_UNSUPPORTED,
                           "ledger_prove_options has %zu bytes, this library knows %zu: build against its headers",
                           options->struct_size, sizeof *options);
    }
    SESSION_TAKE(call, ledger, session);
    struct proving *proving;
    LEDGER_ALLOCATE(call, proving, 1);
    proving->call = call;
    proving->session = session;
    ledger_status status = proving_run(proving, options, ret_evidence);
    record_hasher_copy_to(&session->hasher, NULL); /* the session outlives this, whatever went wrong */
    return status;
}

static ledger_status proving_write_consistency(struct proving *proving, struct ledger_text old_note, uint64_t old_size,
                                               struct ledger_text *ret_proof)
{
    struct merkle_nodes nodes = log_tree_nodes(proving->tree);
    struct merkle_proof proof;
    struct text_builder builder;
    struct json_writer writer;
    struct ledger_text text;
    LEDGER_TRY(merkle_prove_consistency(proving->call, &nodes, old_size, proving->checkpoint.log_size, &proof));
    LEDGER_TRY(consistency_proof_format(proving->call, old_size, &proof, proving->note, &text));
    text_builder_init(&builder, &proving->call->arena, 8192);
    json_writer_init(&writer, &builder);
    writer.canonical = true;
    json_write_object_begin(&writer);
    json_write_member_text(&writer, "checkpoint", proving->note);
    json_write_member_text(&writer, "format", TEXT(CONSISTENCY_FORMAT));
    json_write_member_text(&writer, "old_checkpoint", old_note);
    json_write_member_text(&writer, "proof", text);
    json_write_object_end(&writer);
    text_builder_add_char(&builder, '\n');
    return text_builder_finish(proving->call, &builder, ret_proof);
}

static ledger_status proving_run_consistency(struct proving *proving, struct ledger_text old_note,
                                             struct ledger_text brought, struct ledger_consistency *ret_consistency)
{
    struct ledger_call *call = proving->call;
    struct checkpoint_text old;
    struct ledger_checked_proof checked;
    int64_t old_epoch = 0;
    READ_UNIT(reading);
    LEDGER_TRY(proving_begin(proving, &reading));
    LEDGER_TRY(proving_read_note(proving, old_note, "the old checkpoint", &old, &old_epoch));
    LEDGER_TRY(proving_check_root(proving, &old, old_epoch, "the old checkpoint"));
    LEDGER_TRY(proving_take_checkpoint(proving, brought));
    if (proving->checkpoint.log_size < old.log_size || proving->epoch < old_epoch) {
        return ledger_fail(call, LEDGER_CHECKPOINT_NOT_FOUND,
                           "no checkpoint is newer than the old one, which covers %" PRIu64
                           " events: make one with checkpoint",
                           old.log_size);
    }
    struct ledger_consistency consistency = {
        .old_origin = old.origin,
        .old_log_size = (int64_t)old.log_size,
        .origin = proving->checkpoint.origin,
        .log_size = (int64_t)proving->checkpoint.log_size,
    };
    LEDGER_TRY(proving_write_consistency(proving, old_note, old.log_size, &consistency.proof));
    LEDGER_TRY(proving_check(proving, consistency.proof, &checked));
    *ret_consistency = consistency;
    return LEDGER_DONE;
}

ledger_status ledger_prove_consistency(struct ledger_call *call, struct ledger *ledger,
                                       struct ledger_text old_checkpoint, struct ledger_text checkpoint,
                                       struct ledger_consistency *ret_consistency)
{
    SESSION_TAKE(call, ledger, session);
    struct proving *proving;
    LEDGER_ALLOCATE(call, proving, 1);
    proving->call = call;
    proving->session = session;
    return proving_run_consistency(proving, old_checkpoint, checkpoint, ret_consistency);
}
