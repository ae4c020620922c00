/* What checkpoints say of the grants of the database: a digest of what lets accounts reach it. Whoever wants to alter
 * rows needs a privilege first; the checkpoints before and after say when it was given.
 *
 * No mark tells of a privilege that was given and taken back between two checkpoints: the server keeps none.
 *
 * Checkpoints may be signed by an account that may not read the grants; they say nothing of them then, and neither can
 * this where it is run by such an account. That is told once each, and is no violation. */
#include <string.h>

#include "base/text.h"
#include "integrity/verify_outside.h"

static const char grants_field[] = "grants";

ledger_status outside_begin_grants(struct outside *outside)
{
    struct verify *verify = outside->verify;
    return store_grants_digest(verify->call, verify->store, verify->hasher->sha256, &outside->grants_now,
                               &outside->grants_digest);
}

static ledger_status grants_compare(struct outside *outside, const struct outside_digest *before,
                                    const struct outside_digest *now)
{
    if (!before->is_known || memcmp(&before->digest, &now->digest, sizeof now->digest) == 0) {
        return LEDGER_DONE;
    }
    struct ledger_violation about = outside_about_digest(outside, ledger_text_of(grants_field), before, now);
    return verify_warn(outside->verify, CHECK_CHECKPOINTS, &about,
                       "what accounts may do on the database was changed between the checkpoint of %lld events and %s: "
                       "hold SHOW GRANTS of each account against what ledger-admin grants prints, and ask the server's "
                       "audit log or its administrators who changed it",
                       (long long)before->log_size, now->is_known ? "the next that says it" : "now");
}

static void silence_add(struct outside_silence *silence, int64_t log_size)
{
    if (silence->count == 0) {
        silence->first_log_size = log_size;
    }
    if (silence->count == 0 || log_size > silence->last_log_size) {
        silence->count++;
        silence->last_log_size = log_size;
    }
}

/* The grants are said again. */
static void silence_break(struct outside_grants *grants)
{
    if (grants->open.count > 0) {
        int64_t first_log_size =
            grants->broken.count == 0 ? grants->open.first_log_size : grants->broken.first_log_size;
        grants->broken = (struct outside_silence){.count = grants->broken.count + grants->open.count,
                                                  .first_log_size = first_log_size,
                                                  .last_log_size = grants->open.last_log_size};
        grants->open.count = 0;
    }
}

/* One checkpoint may come more than once, from the database and from elsewhere. */
ledger_status outside_check_grants(struct outside *outside, const struct outside_checkpoint *checkpoint)
{
    const struct checkpoint_text *said = &checkpoint->said;
    struct outside_grants *grants = &outside->grants;
    int64_t log_size = (int64_t)said->log_size;
    if (!said->has_grants) {
        if (grants->said.is_known && log_size > grants->said.log_size) {
            silence_add(&grants->open, log_size);
        }
        return LEDGER_DONE;
    }
    const struct outside_digest now = {
        .is_known = true,
        .log_size = log_size,
        .has_time = said->has_time,
        .time_us = said->time_us,
        .digest = said->grants,
    };
    LEDGER_TRY(grants_compare(outside, &grants->said, &now));
    silence_break(grants);
    grants->said = now;
    return LEDGER_DONE;
}

static ledger_status grants_report_silence(struct outside *outside)
{
    const struct outside_silence *silence = &outside->grants.broken;
    struct ledger_violation about = {.field = TEXT("checkpoints.note")};
    return silence->count == 0
               ? LEDGER_DONE
               : verify_warn(
                     outside->verify, CHECK_CHECKPOINTS, &about,
                     "%llu checkpoint%s of logs of %lld to %lld events %s nothing of the grants, which could be "
                     "read before and after: an account without that right signed, or it was taken away for "
                     "a while",
                     (unsigned long long)silence->count, silence->count == 1 ? "" : "s",
                     (long long)silence->first_log_size, (long long)silence->last_log_size,
                     silence->count == 1 ? "says" : "say");
}

static ledger_status grants_report_hidden(struct outside *outside)
{
    struct ledger_violation about = {.field = ledger_text_of(grants_field)};
    return outside->verify->checks[CHECK_CHECKPOINTS].checked_count == 0
               ? LEDGER_DONE
               : verify_warn(outside->verify, CHECK_CHECKPOINTS, &about,
                             "this user may not read the grants of the server, so a privilege that was given since the "
                             "last checkpoint is not seen: an administrator runs what ledger-admin grants prints for "
                             "its role");
}

/* What was changed since the last checkpoint that says it. */
ledger_status outside_finish_grants(struct outside *outside)
{
    const struct outside_digest now = {.log_size = outside->verify->log.log_size, .digest = outside->grants_digest};
    if (outside->grants_now == STORE_GRANTS_ARE_READ) {
        LEDGER_TRY(grants_compare(outside, &outside->grants.said, &now));
        silence_break(&outside->grants);
    } else if (outside->grants_now == STORE_GRANTS_ARE_HIDDEN) {
        LEDGER_TRY(grants_report_hidden(outside));
    }
    return grants_report_silence(outside);
}
