/* What checkpoints say of the guards, views and constraints of the database: a digest of them, and a mark that is
 * another after each change, also one that was taken back. Whoever wants to alter rows takes a guard down first; the
 * checkpoints before and after say when.
 *
 * A digest alone cannot tell what was shipped: it says so where it is that of now, and nothing is wrong with the schema
 * of now. Where all earlier checkpoints have another one, the program or the server may have been upgraded; where one
 * had it before, nothing but a change explains the other. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "integrity/verify_outside.h"

ledger_status outside_begin_guards(struct outside *outside)
{
    struct verify *verify = outside->verify;
    LEDGER_TRY(store_guards_digest(verify->call, verify->store, verify->hasher->sha256, &outside->guards_digest,
                                   &outside->guards_mark));
    outside->guards_are_known = verify->checks[CHECK_SCHEMA_AS_SHIPPED].violations_count == 0;
    return LEDGER_DONE;
}

static bool digest_equals(const struct sha256_hash *left, const struct sha256_hash *right)
{
    return memcmp(left, right, sizeof *left) == 0;
}

struct ledger_violation outside_about_digest(struct outside *outside, struct ledger_text field,
                                             const struct outside_digest *before, const struct outside_digest *now)
{
    struct verify *verify = outside->verify;
    struct ledger_violation about = {.field = field};
    if (before->is_known) {
        about.computed = verify_text_of_hash(verify->computed_text, before->digest.bytes);
        about.has_from_time = before->has_time;
        about.from_time_us = before->time_us;
        about.from_log_index = before->log_size;
    }
    about.stored = verify_text_of_hash(verify->stored_text, now->digest.bytes);
    about.has_before_time = now->has_time;
    about.before_time_us = now->time_us;
    about.before_log_index = now->log_size;
    about.has_window = about.from_log_index <= about.before_log_index;
    return about;
}

static struct ledger_violation guards_about(struct outside *outside, const struct outside_guards *before,
                                            const struct outside_guards *now)
{
    return outside_about_digest(outside, TEXT("triggers, views, constraints"), &before->said, &now->said);
}

static ledger_status guards_report_not_as_shipped(struct outside *outside, const struct outside_guards *before,
                                                  const struct outside_guards *now)
{
    struct ledger_violation about = guards_about(outside, before, now);
    about.computed = verify_text_of_hash(outside->verify->computed_text, outside->guards_digest.bytes);
    return verify_found(
        outside->verify, CHECK_CHECKPOINTS, &about,
        "the guards of the database were not as shipped when the checkpoint of %lld events was made: they "
        "were changed after that of %lld events",
        (long long)now->said.log_size, (long long)before->said.log_size);
}

static ledger_status guards_report_changed(struct outside *outside, const struct outside_guards *before,
                                           const struct outside_guards *now)
{
    struct ledger_violation about = guards_about(outside, before, now);
    if (digest_equals(&before->said.digest, &now->said.digest)) {
        about.field = TEXT("triggers");
        about.stored = now->mark[0] == '\0' ? TEXT_ABSENT : ledger_text_of(now->mark);
        about.computed = before->mark[0] == '\0' ? TEXT_ABSENT : ledger_text_of(before->mark);
        return verify_warn(outside->verify, CHECK_CHECKPOINTS, &about,
                           "guards of the database were changed and put back, or made anew, between the checkpoint of "
                           "%lld events and %s",
                           (long long)before->said.log_size, now->said.is_known ? "the next" : "now");
    }
    if (outside->guards_are_known && digest_equals(&now->said.digest, &outside->guards_digest) && !before->was_as_now) {
        return verify_warn(outside->verify, CHECK_CHECKPOINTS, &about,
                           "the guards of the database are as shipped since %s, and were not described so up to the "
                           "checkpoint of %lld events: an upgrade of the program or the server, or they were not as "
                           "shipped until then",
                           now->said.is_known ? "the checkpoint after it" : "then", (long long)before->said.log_size);
    }
    return verify_warn(outside->verify, CHECK_CHECKPOINTS, &about,
                       "the guards of the database were changed between the checkpoint of %lld events and %s",
                       (long long)before->said.log_size, now->said.is_known ? "the next" : "now");
}

static ledger_status guards_compare(struct outside *outside, const struct outside_guards *before,
                                    const struct outside_guards *now)
{
    if (!before->said.is_known) {
        return LEDGER_DONE;
    }
    bool is_same = digest_equals(&before->said.digest, &now->said.digest);
    bool is_unmarked = before->mark[0] == '\0' || now->mark[0] == '\0' || strcmp(before->mark, now->mark) == 0;
    if (is_same && is_unmarked) {
        return LEDGER_DONE;
    }
    bool is_now = digest_equals(&now->said.digest, &outside->guards_digest);
    return !is_same && outside->guards_are_known && before->was_as_now && !is_now
               ? guards_report_not_as_shipped(outside, before, now)
               : guards_report_changed(outside, before, now);
}

static void guards_set_mark(struct outside_guards *guards, struct ledger_text mark)
{
    (void)snprintf(guards->mark, sizeof guards->mark, "%.*s", TEXT_ARGUMENTS(mark));
}

ledger_status outside_check_guards(struct outside *outside, const struct outside_checkpoint *checkpoint)
{
    const struct checkpoint_text *said = &checkpoint->said;
    if (!said->has_guards) {
        return LEDGER_DONE;
    }
    struct outside_guards now = {
        .said = {.is_known = true,
                 .log_size = (int64_t)said->log_size,
                 .has_time = said->has_time,
                 .time_us = said->time_us,
                 .digest = said->guards},
        .was_as_now = outside->guards.was_as_now || digest_equals(&said->guards, &outside->guards_digest),
    };
    guards_set_mark(&now, said->guards_changed);
    LEDGER_TRY(guards_compare(outside, &outside->guards, &now));
    outside->guards = now;
    return LEDGER_DONE;
}

static bool mark_is_number(const char *mark)
{
    return mark[0] != '\0' && mark[strspn(mark, "0123456789")] == '\0';
}

/* A database that counts its changes counts anew in a copy: a lower number is of another file, a backup or a restored
 * one, in which nobody need have changed anything. */
static bool mark_is_of_copy(const char *before, const char *now)
{
    return mark_is_number(before) && mark_is_number(now) && strtoll(now, NULL, 10) < strtoll(before, NULL, 10);
}

/* What was changed since the last checkpoint. */
ledger_status outside_finish_guards(struct outside *outside)
{
    struct outside_guards now = {.said = {.log_size = outside->verify->log.log_size, .digest = outside->guards_digest}};
    guards_set_mark(&now, outside->guards_mark);
    if (mark_is_of_copy(outside->guards.mark, now.mark)) {
        now.mark[0] = '\0';
    }
    return guards_compare(outside, &outside->guards, &now);
}
