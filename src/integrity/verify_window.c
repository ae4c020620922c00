/* Where history was altered, as far as checkpoints tell: behind the last that holds, before the first that does not.
 *
 * A checkpoint that somebody brought is worth more than one that only the log vouches for: its window begins at the
 * last checkpoint that a key which was brought has signed, since a rewritten log may have been signed anew by another.
 */
#include <stdio.h>

#include "base/text.h"
#include "integrity/verify_outside.h"

struct outside_bound outside_bound_of(const struct outside_checkpoint *checkpoint)
{
    return (struct outside_bound){
        .is_known = true,
        .log_size = (int64_t)checkpoint->said.log_size,
        .has_time = checkpoint->said.has_time,
        .time_us = checkpoint->said.time_us,
        .root = checkpoint->said.root,
    };
}

void outside_hold(struct outside *outside, const struct outside_checkpoint *checkpoint)
{
    struct outside_bound bound = outside_bound_of(checkpoint);
    outside->windows.holds = bound;
    if (checkpoint->is_of_brought_key) {
        outside->windows.holds_by_brought_key = bound;
    }
    if (checkpoint->is_vouched_for) {
        outside->windows.holds_vouched_for = bound;
    }
}

static ledger_status failure_begin(struct outside *outside, const struct outside_checkpoint *checkpoint,
                                   struct outside_failure *failure)
{
    const struct outside_windows *windows = &outside->windows;
    struct ledger_call *call = outside->verify->call;
    failure->is_of_brought_key = checkpoint->is_of_brought_key;
    failure->first = outside_bound_of(checkpoint);
    failure->below = checkpoint->is_of_brought_key ? windows->holds_by_brought_key : windows->holds;
    LEDGER_TRY(ledger_call_copy_text(call, checkpoint->name, &failure->name));
    return ledger_call_copy_text(call, checkpoint->signed_by, &failure->signed_by);
}

ledger_status outside_fail(struct outside *outside, const struct outside_checkpoint *checkpoint,
                           enum outside_fault fault, const struct sha256_hash *computed)
{
    struct outside_windows *windows = &outside->windows;
    struct outside_failure *failure = &windows->failures[checkpoint->source][fault];
    if (fault == OUTSIDE_DIFFERS && !windows->fails.is_known) {
        windows->fails = outside_bound_of(checkpoint);
    }
    if (fault == OUTSIDE_DIFFERS && checkpoint->is_of_brought_key && !windows->fails_by_brought_key.is_known) {
        windows->fails_by_brought_key = outside_bound_of(checkpoint);
    }
    if (windows->roots_count < OUTSIDE_ROOTS_MAX) {
        windows->roots[windows->roots_count++] = outside_bound_of(checkpoint);
    }
    if (failure->count++ > 0) {
        return LEDGER_DONE;
    }
    failure->computed = *computed;
    return failure_begin(outside, checkpoint, failure);
}

void outside_set_window(struct ledger_violation *about, const struct outside_bound *below,
                        const struct outside_bound *first)
{
    int64_t from = below->is_known ? below->log_size : 0;
    about->has_window = from < first->log_size;
    about->from_log_index = from;
    about->before_log_index = first->log_size;
    about->has_from_time = below->is_known && below->has_time;
    about->from_time_us = below->time_us;
    about->has_before_time = first->has_time;
    about->before_time_us = first->time_us;
}

enum { WINDOW_TEXT_SIZE = 240 };

/* ", recorded between A and B", as far as that is known. */
static void window_describe(const struct ledger_violation *about, char out[WINDOW_TEXT_SIZE])
{
    char from[TIME_TEXT_SIZE];
    char before[TIME_TEXT_SIZE];
    (void)time_format(about->from_time_us, from);
    (void)time_format(about->before_time_us, before);
    if (about->has_from_time && about->has_before_time) {
        (void)snprintf(out, WINDOW_TEXT_SIZE, ", recorded between %s and %s", from, before);
    } else if (about->has_before_time) {
        (void)snprintf(out, WINDOW_TEXT_SIZE, ", recorded before %s", before);
    } else if (about->has_from_time) {
        (void)snprintf(out, WINDOW_TEXT_SIZE, ", recorded after %s", from);
    } else {
        out[0] = '\0';
    }
}

static void window_describe_others(uint64_t count, char out[WINDOW_TEXT_SIZE])
{
    if (count > 1) {
        (void)snprintf(out, WINDOW_TEXT_SIZE, "; neither do%s %llu later one%s", count == 2 ? "es" : "",
                       (unsigned long long)count - 1, count == 2 ? "" : "s");
    } else {
        out[0] = '\0';
    }
}

static ledger_status failure_report_differing(struct verify *verify, const struct outside_windows *windows,
                                              const struct outside_failure *failure, struct ledger_violation *about)
{
    char window[WINDOW_TEXT_SIZE];
    char others[WINDOW_TEXT_SIZE];
    bool tree_is_damaged = verify->checks[CHECK_LOG_ROOT].violations_count > 0;
    about->stored = verify_text_of_hash(verify->stored_text, failure->computed.bytes);
    about->computed = verify_text_of_hash(verify->computed_text, failure->first.root.bytes);
    window_describe(about, window);
    window_describe_others(failure->count, others);
    /* The log that holds is a continuation of one that differs: only whoever has the key can have signed both. */
    const struct outside_bound *holds = failure->is_of_brought_key ? &windows->holds_by_brought_key : &windows->holds;
    if (holds->is_known && holds->log_size >= failure->first.log_size) {
        about->has_window = false;
        return verify_found(
            verify, CHECK_CHECKPOINTS, about,
            "two histories were signed: %.*s, signed by %.*s, says another root of the first %lld events "
            "than a checkpoint that holds%s",
            TEXT_ARGUMENTS(failure->name), TEXT_ARGUMENTS(failure->signed_by), (long long)failure->first.log_size,
            others);
    }
    return verify_found(verify, CHECK_CHECKPOINTS, about,
                        "history was rewritten: %.*s, signed by %.*s, does not hold%s; what was altered stands at log "
                        "positions %lld to %lld%s%s",
                        TEXT_ARGUMENTS(failure->name), TEXT_ARGUMENTS(failure->signed_by), others,
                        (long long)about->from_log_index, (long long)about->before_log_index - 1, window,
                        tree_is_damaged ? "; or it is the tiles that were altered, see log-root" : "");
}

static ledger_status failure_report_beyond(struct verify *verify, const struct outside_failure *failure,
                                           struct ledger_violation *about)
{
    char window[WINDOW_TEXT_SIZE];
    char others[WINDOW_TEXT_SIZE];
    char unproven[WINDOW_TEXT_SIZE] = "";
    int64_t log_size = verify->log.log_size;
    int64_t missing = failure->first.log_size - log_size;
    about->stored = verify_text_of_integer(verify->stored_text, log_size);
    about->computed = verify_text_of_integer(verify->computed_text, failure->first.log_size);
    window_describe(about, window);
    window_describe_others(failure->count, others);
    if (about->from_log_index < log_size) {
        (void)snprintf(unproven, sizeof unproven, "; no checkpoint that holds says what stood at %lld to %lld",
                       (long long)about->from_log_index, (long long)log_size - 1);
    }
    return verify_found(
        verify, CHECK_CHECKPOINTS, about,
        "history was cut short: %lld event%s from log position %lld on %s missing, which %.*s, signed by "
        "%.*s, says were there%s%s%s",
        (long long)missing, missing == 1 ? "" : "s", (long long)log_size, missing == 1 ? "is" : "are",
        TEXT_ARGUMENTS(failure->name), TEXT_ARGUMENTS(failure->signed_by), others, window, unproven);
}

ledger_status outside_report_failures(struct outside *outside)
{
    const struct outside_windows *windows = &outside->windows;
    struct verify *verify = outside->verify;
    for (size_t source = 0; source < CHECKPOINT_SOURCES; source++) {
        for (size_t fault = 0; fault < OUTSIDE_FAULTS; fault++) {
            const struct outside_failure *failure = &windows->failures[source][fault];
            struct ledger_violation about = {.field = TEXT("integrity_head.frontier")};
            if (failure->count > 0 && fault == OUTSIDE_DIFFERS) {
                outside_set_window(&about, &failure->below,
                                   failure->is_of_brought_key ? &windows->fails_by_brought_key : &windows->fails);
                LEDGER_TRY(failure_report_differing(verify, windows, failure, &about));
            } else if (failure->count > 0) {
                about.field = TEXT("integrity_head.log_size");
                outside_set_window(&about, &failure->below, &failure->first);
                LEDGER_TRY(failure_report_beyond(verify, failure, &about));
            }
        }
    }
    return LEDGER_DONE;
}
