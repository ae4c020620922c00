/* The look before a signature. */
#include "integrity/checkpoint_look.h"

#include <string.h>

#include "base/text.h"
#include "integrity/log_tree.h"

static ledger_status look_gather_verifiers(struct ledger_call *call, struct checkpoint_look *look)
{
    struct note_verifier *verifiers = NULL;
    size_t count = 0;
    LEDGER_ALLOCATE(call, verifiers, look->keys.count + look->signers_count);
    for (size_t i = 0; i < look->keys.count; i++) {
        verifiers[count++] = look->keys.verifiers[i];
    }
    for (size_t i = 0; i < look->signers_count; i++) {
        verifiers[count++] = look->signers[i];
    }
    look->verifiers = verifiers;
    look->verifiers_count = count;
    return LEDGER_DONE;
}

ledger_status checkpoint_look_verify(struct ledger_call *call, const struct checkpoint_look *look,
                                     struct ledger_text place, struct ledger_text note, int64_t epoch, int64_t log_size,
                                     struct checkpoint_text *ret_text)
{
    struct ledger_text expected;
    struct checkpoint_text text;
    size_t problems_before = ledger_call_problems_count(call);
    ledger_status status = checkpoint_note_verify(call, note, look->verifiers, look->verifiers_count, &text);
    if (status == LEDGER_PROOF_IS_INVALID) {
        struct ledger_text fault;
        LEDGER_TRY(ledger_call_copy_text(call, ledger_text_of(ledger_call_message(call)), &fault));
        ledger_call_drop_problems(call, problems_before);
        return ledger_fail(call, LEDGER_PROOF_IS_INVALID, "%.*s is not what the ledger signed: %.*s",
                           TEXT_ARGUMENTS(place), TEXT_ARGUMENTS(fault));
    }
    LEDGER_TRY(status);
    LEDGER_TRY(checkpoint_origin_format(call, look->session->ledger->settings.ledger_id, epoch, &expected));
    if (!text_equals(text.origin, expected) || text.log_size != (uint64_t)log_size) {
        return ledger_fail(call, LEDGER_PROOF_IS_INVALID, "%.*s holds the checkpoint %.*s of log size %llu",
                           TEXT_ARGUMENTS(place), TEXT_ARGUMENTS(text.origin), (unsigned long long)text.log_size);
    }
    *ret_text = text;
    return LEDGER_DONE;
}

/* What every program of this ledger wrote begins with its id; so a wrong directory is told before a wrong key is. */
static ledger_status look_check_ledger(struct ledger_call *call, const struct checkpoint_look *look,
                                       struct ledger_text path, struct ledger_text note)
{
    struct note parts;
    struct checkpoint_text text;
    struct ledger_text ledger_id = TEXT_ABSENT;
    int64_t epoch = 0;
    size_t problems_before = ledger_call_problems_count(call);
    ledger_status status = note_parse(call, note, &parts);
    status = status == LEDGER_DONE ? checkpoint_text_parse(call, parts.text, &text) : status;
    if (status == LEDGER_PROOF_IS_INVALID) {
        ledger_call_drop_problems(call, problems_before);
        return ledger_fail(call, LEDGER_PROOF_IS_INVALID, "%.*s holds no checkpoint any more: restore it from a copy",
                           TEXT_ARGUMENTS(path));
    }
    LEDGER_TRY(status);
    if (!checkpoint_origin_parse(text.origin, &ledger_id, &epoch) ||
        !text_equals(ledger_id, look->session->ledger->settings.ledger_id)) {
        return ledger_fail(call, LEDGER_CONFIGURATION_IS_INVALID,
                           "%.*s is a checkpoint of another ledger (%.*s): each ledger needs a directory of its own",
                           TEXT_ARGUMENTS(path), TEXT_ARGUMENTS(text.origin));
    }
    return LEDGER_DONE;
}

static ledger_status look_contradict(struct ledger_call *call, struct checkpoint_look *look, struct ledger_text place,
                                     int64_t epoch, uint64_t log_size, const struct sha256_hash *root)
{
    struct checkpoint_contradiction *contradiction = &look->contradiction;
    *contradiction =
        (struct checkpoint_contradiction){.is_found = true, .place = place, .log_size = log_size, .root = *root};
    return checkpoint_origin_format(call, look->session->ledger->settings.ledger_id, epoch, &contradiction->origin);
}

/* The last file: of this epoch it is what the log has to continue, of a later one the log is an older state. */
static ledger_status look_at_directory(struct ledger_call *call, struct checkpoint_look *look)
{
    bool is_found = false;
    struct ledger_text place;
    LEDGER_TRY(checkpoint_directory_find_last(call, look->directory, &is_found, &look->file));
    if (!is_found) {
        return LEDGER_DONE;
    }
    LEDGER_TRY(checkpoint_file_read(call, look->file.path, &look->file_note));
    LEDGER_TRY(look_check_ledger(call, look, look->file.path, look->file_note));
    if (look->file.epoch < look->head.epoch) {
        return LEDGER_DONE;
    }
    LEDGER_TRY(ledger_call_format(call, &place, "the file %.*s", TEXT_ARGUMENTS(look->file.path)));
    LEDGER_TRY(checkpoint_look_verify(call, look, place, look->file_note, look->file.epoch, look->file.log_size,
                                      &look->file_text));
    look->has_file = look->file.epoch == look->head.epoch;
    return look->has_file
               ? LEDGER_DONE
               : look_contradict(call, look, place, look->file.epoch, look->file_text.log_size, &look->file_text.root);
}

/* I1, of one checkpoint of this epoch. */
static ledger_status look_compare(struct ledger_call *call, struct checkpoint_look *look,
                                  const struct merkle_nodes *nodes, struct ledger_text place, uint64_t log_size,
                                  const struct sha256_hash *root)
{
    struct merkle_proof proof;
    bool holds = false;
    if (log_size <= look->now.log_size) {
        LEDGER_TRY(merkle_prove_consistency(call, nodes, log_size, look->now.log_size, &proof));
        holds = merkle_check_consistency(nodes->sha256, &proof, log_size, look->now.log_size, root, &look->now.root);
    }
    if (holds) {
        return LEDGER_DONE;
    }
    LEDGER_TRY(look_contradict(call, look, place, look->head.epoch, log_size, root));
    look->contradiction.has_log_root = log_size <= look->now.log_size;
    return log_size <= look->now.log_size ? merkle_root_of(call, nodes, log_size, &look->contradiction.log_root)
                                          : LEDGER_DONE;
}

static ledger_status look_at_row(struct ledger_call *call, struct checkpoint_look *look,
                                 const struct merkle_nodes *nodes, const struct store_checkpoint *row)
{
    struct ledger_text place;
    if (row->epoch < look->head.epoch) {
        return LEDGER_DONE;
    }
    LEDGER_TRY(ledger_call_format(call, &place, "the row of log size %lld in checkpoints", (long long)row->log_size));
    if (row->epoch > look->head.epoch || row->log_size < 0) {
        return look_contradict(call, look, place, row->epoch, (uint64_t)row->log_size, &row->root);
    }
    LEDGER_TRY(look_compare(call, look, nodes, place, (uint64_t)row->log_size, &row->root));
    look->file_has_row = look->file_has_row || (look->has_file && row->log_size == look->file.log_size);
    look->has_row = true;
    return LEDGER_DONE;
}

/* Rows older than the last file are of no use here; verify holds all of them against the log. */
static ledger_status look_at_rows(struct ledger_call *call, struct checkpoint_look *look,
                                  const struct merkle_nodes *nodes)
{
    STORE_SCAN(scan);
    LEDGER_TRY(
        store_checkpoint_scan(call, &look->session->store, look->has_file ? look->file.log_size : INT64_MIN, &scan));
    while (!look->contradiction.is_found) {
        bool has_row = false;
        struct store_checkpoint row;
        LEDGER_TRY(store_checkpoint_next(call, &scan, &has_row, &row));
        if (!has_row) {
            break;
        }
        LEDGER_TRY(look_at_row(call, look, nodes, &row));
    }
    return look->has_row
               ? store_checkpoint_find_last(call, &look->session->store, look->head.epoch, &look->has_row, &look->row)
               : LEDGER_DONE;
}

static ledger_status look_at_guards(struct ledger_call *call, struct checkpoint_look *look)
{
    struct store *store = &look->session->store;
    struct sha256 *sha256 = look->session->hasher.sha256;
    look->now.has_guards = true;
    LEDGER_TRY(store_guards_digest(call, store, sha256, &look->now.guards, &look->now.guards_changed));
    LEDGER_TRY(store_grants_digest(call, store, sha256, &look->grants, &look->now.grants));
    look->now.has_grants = look->grants == STORE_GRANTS_ARE_READ;
    return LEDGER_DONE;
}

ledger_status checkpoint_look(struct ledger_call *call, struct checkpoint_look *look)
{
    READ_UNIT(reading);
    struct store *store = &look->session->store;
    struct log_tree *tree = NULL;
    LEDGER_TRY(read_unit_begin(call, look->session, &reading, &look->head));
    LEDGER_TRY(ledger_keys_read(call, store, store_head_log_size(&look->head), &look->keys));
    LEDGER_TRY(look_gather_verifiers(call, look));
    look->now.log_size = look->head.frontier.size;
    look->now.root = merkle_frontier_root(&look->head.frontier, look->session->hasher.sha256);
    LEDGER_TRY(
        checkpoint_origin_format(call, look->session->ledger->settings.ledger_id, look->head.epoch, &look->now.origin));
    LEDGER_TRY(log_tree_new(call, store, &look->head, look->session->hasher.sha256, &tree));
    struct merkle_nodes nodes = log_tree_nodes(tree);
    LEDGER_TRY(look_at_directory(call, look));
    if (look->has_file) {
        struct ledger_text place;
        LEDGER_TRY(ledger_call_format(call, &place, "the file %.*s", TEXT_ARGUMENTS(look->file.path)));
        LEDGER_TRY(look_compare(call, look, &nodes, place, look->file_text.log_size, &look->file_text.root));
    }
    LEDGER_TRY(look_at_rows(call, look, &nodes));
    return look->contradiction.is_found ? LEDGER_DONE : look_at_guards(call, look);
}
