/* A new epoch: after a restore the log goes on from an older state, and says which signed state it gave up. */
#include "base/text.h"
#include "engine/event_facts.h"
#include "engine/refusal.h"
#include "engine/texts.h"
#include "integrity/checkpoint_directory.h"
#include "integrity/ledger_keys.h"

struct epoch_change {
    struct ledger_text reason;
    struct checkpoint_text abandoned;
    int64_t abandoned_epoch;
    struct ledger_epoch epoch;
};

/* The epoch is later than any that was signed for, also where the restored state is older than the last change of it.
 */
static ledger_status epoch_body(struct ledger_call *call, struct write_unit *unit, void *context)
{
    struct epoch_change *change = context;
    if (change->abandoned_epoch < unit->head.epoch) {
        return ledger_fail(call, LEDGER_CHECKPOINT_NOT_FOUND,
                           "%.*s is of an epoch that was given up before: the ledger is in epoch %lld, name the last "
                           "checkpoint of that",
                           TEXT_ARGUMENTS(change->abandoned.origin), (long long)unit->head.epoch);
    }
    struct ledger_epoch *epoch = &change->epoch;
    epoch->epoch = change->abandoned_epoch + 1;
    epoch->log_index = store_head_log_size(&unit->head);
    epoch->abandoned_origin = change->abandoned.origin;
    epoch->abandoned_log_size = (int64_t)change->abandoned.log_size;
    sha256_format(&change->abandoned.root, epoch->abandoned_root_hash);
    struct ledger_text metadata;
    LEDGER_TRY(event_facts_of_epoch(call, epoch, &metadata));
    struct ledger_event_record event =
        write_unit_event(call, "EPOCH_BEGUN", LEDGER_WARNING, true, "BEGIN_EPOCH", change->reason, metadata);
    unit->head.epoch = epoch->epoch;
    return write_unit_add_event(call, unit, &event);
}

static ledger_status epoch_check_ledger(struct ledger_call *call, const struct ledger *ledger,
                                        struct epoch_change *change)
{
    struct ledger_text ledger_id = TEXT_ABSENT;
    if (!checkpoint_origin_parse(change->abandoned.origin, &ledger_id, &change->abandoned_epoch) ||
        !text_equals(ledger_id, ledger->settings.ledger_id)) {
        return ledger_fail(call, LEDGER_CHECKPOINT_NOT_FOUND,
                           "the checkpoint is of another ledger, %.*s: this one is ledger/%.*s",
                           TEXT_ARGUMENTS(change->abandoned.origin), TEXT_ARGUMENTS(ledger->settings.ledger_id));
    }
    return LEDGER_DONE;
}

/* What is given up is all that was signed, not a part of it. */
static ledger_status epoch_check_directory(struct ledger_call *call, struct ledger_text directory,
                                           const struct epoch_change *change)
{
    bool is_found = false;
    struct checkpoint_file last;
    if (text_is_empty(directory)) {
        return LEDGER_DONE;
    }
    LEDGER_TRY(checkpoint_directory_find_last(call, directory, &is_found, &last));
    bool is_later =
        is_found && (last.epoch > change->abandoned_epoch ||
                     (last.epoch == change->abandoned_epoch && (uint64_t)last.log_size > change->abandoned.log_size));
    return is_later ? ledger_fail(call, LEDGER_CHECKPOINT_NOT_FOUND,
                                  "a later checkpoint is in the directory, %.*s: that is the one to name",
                                  TEXT_ARGUMENTS(last.path))
                    : LEDGER_DONE;
}

static ledger_status epoch_check(struct ledger_call *call, const struct ledger *ledger, struct ledger_text directory,
                                 struct epoch_change *change)
{
    size_t problems_before = ledger_call_problems_count(call);
    (void)texts_check_required_name(call, "reason", change->reason, LEDGER_DESCRIPTION_MAX);
    LEDGER_TRY(ledger_call_worst(call, problems_before));
    LEDGER_TRY(epoch_check_ledger(call, ledger, change));
    return epoch_check_directory(call, directory, change);
}

ledger_status ledger_epoch_begin(struct ledger_call *call, struct ledger *ledger, struct ledger_text note,
                                 struct ledger_text verifier_key, struct ledger_text directory,
                                 struct ledger_text reason, struct ledger_epoch *ret_epoch)
{
    SESSION_TAKE(call, ledger, session);
    struct note_verifier verifier;
    struct epoch_change change = {.reason = reason};
    LEDGER_TRY(write_unit_check_actor(call));
    LEDGER_TRY(ledger_call_copy_text(call, verifier_key, &verifier_key));
    LEDGER_TRY(ledger_call_copy_text(call, note, &note));
    LEDGER_TRY(note_verifier_parse(call, verifier_key, &verifier));
    LEDGER_TRY(checkpoint_note_verify(call, note, &verifier, 1, &change.abandoned));
    ledger_status status = epoch_check(call, ledger, directory, &change);
    if (status == LEDGER_DONE) {
        status = write_unit_run(call, session, epoch_body, &change);
    }
    if (status != LEDGER_DONE) {
        struct refusal refusal = {.event_type = "EPOCH_REFUSED", .action = "BEGIN_EPOCH", .status = status};
        return refusal_record(call, session, &refusal);
    }
    *ret_epoch = change.epoch;
    return LEDGER_DONE;
}
