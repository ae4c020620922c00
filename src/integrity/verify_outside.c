/* What verify knows beside the rows: when it is asked, and how it is told. See verify_outside.h. */
#include "integrity/verify_outside.h"

#include <stdio.h>

#include "base/text.h"

static bool options_have_outside(const struct ledger_verify_options *options)
{
    return options->keys_count > 0 || options->checkpoints_count > 0 ||
           !text_is_absent(options->checkpoint_directory) || !text_is_absent(options->trusted_uri);
}

ledger_status verify_outside_begin(struct verify *verify)
{
    struct outside *outside = NULL;
    if (verify->is_of_one) {
        return !options_have_outside(verify->options)
                   ? LEDGER_DONE
                   : ledger_fail(
                         verify->call, LEDGER_USAGE_IS_WRONG,
                         "a single transaction is not compared with checkpoints or copies: leave out which it is, "
                         "or have its proof made and checked");
    }
    LEDGER_ALLOCATE(verify->call, outside, 1);
    outside->verify = verify;
    call_init(&outside->work);
    verify->outside = outside;
    LEDGER_TRY(outside_take_brought(outside));
    LEDGER_TRY(outside_list_files(outside));
    return text_is_absent(verify->options->trusted_uri) ? LEDGER_DONE : trusted_begin(outside);
}

void verify_outside_done(struct verify *verify)
{
    if (verify->outside != NULL) {
        trusted_done(verify->outside->trusted);
        call_done(&verify->outside->work);
    }
}

ledger_status verify_outside_want(struct verify *verify)
{
    return outside_want_roots(verify->outside);
}

ledger_status verify_outside(struct verify *verify)
{
    LEDGER_TRY(outside_check_checkpoints(verify->outside));
    return verify->outside->trusted == NULL ? LEDGER_DONE : trusted_compare(verify->outside);
}

static void describe_separate(struct text_builder *builder)
{
    text_builder_add_string(builder, builder->size == 0 ? "" : ", ");
}

static void describe_brought(const struct outside *outside, struct text_builder *builder)
{
    const struct outside_checkpoint *last = &outside->brought[outside->brought_count - 1];
    describe_separate(builder);
    if (outside->brought_count == 1) {
        text_builder_add_format(builder, "a checkpoint of %llu events that was brought",
                                (unsigned long long)last->said.log_size);
    } else {
        text_builder_add_format(builder, "%zu checkpoints that were brought, the longest of %llu events",
                                outside->brought_count, (unsigned long long)last->said.log_size);
    }
}

static void describe_keys(const struct outside *outside, struct text_builder *builder)
{
    for (size_t i = 0; i < outside->brought_keys_count; i++) {
        const struct note_verifier *key = &outside->brought_keys[i];
        text_builder_add_format(builder, "%s%.*s+%08x",
                                i == 0 ? (builder->size == 0 ? "the key " : ", the key ") : ", ",
                                TEXT_ARGUMENTS(key->name), (unsigned)key->key_id);
    }
}

static ledger_status describe_knowledge(const struct outside *outside, struct ledger_text *ret_text)
{
    struct ledger_call *call = outside->verify->call;
    struct text_builder builder;
    text_builder_init(&builder, &call->arena, 256);
    if (outside->rows_count > 0) {
        text_builder_add_format(&builder, "%llu checkpoint%s in the database", (unsigned long long)outside->rows_count,
                                outside->rows_count == 1 ? "" : "s");
    }
    if (!text_is_absent(outside->verify->options->checkpoint_directory)) {
        describe_separate(&builder);
        text_builder_add_format(&builder, "%zu checkpoint%s in %.*s", outside->files_count,
                                outside->files_count == 1 ? "" : "s",
                                TEXT_ARGUMENTS(outside->verify->options->checkpoint_directory));
    }
    if (outside->brought_count > 0) {
        describe_brought(outside, &builder);
    }
    describe_keys(outside, &builder);
    if (outside->trusted != NULL) {
        struct ledger_text text;
        LEDGER_TRY(trusted_describe(outside->trusted, call, &text));
        describe_separate(&builder);
        text_builder_add_text(&builder, text);
    }
    if (!options_have_outside(outside->verify->options)) {
        text_builder_add_string(&builder,
                                outside->rows_count > 0 ? ", nothing outside it" : "nothing outside the database");
    }
    return text_builder_finish(call, &builder, ret_text);
}

/* Whether something was signed with a key that was brought, and is not so. */
static bool brought_fails(const struct outside *outside)
{
    const struct outside_failure *failures = outside->windows.failures[CHECKPOINT_BROUGHT];
    return failures[OUTSIDE_DIFFERS].count > 0 || failures[OUTSIDE_IS_BEYOND].count > 0;
}

static ledger_status describe_proven(const struct outside *outside, struct ledger_text *ret_limits)
{
    const struct outside_bound *proven = &outside->windows.holds_by_brought_key;
    struct ledger_call *call = outside->verify->call;
    int64_t log_size = outside->verify->log.log_size;
    if (proven->log_size == log_size) {
        return ledger_call_format(
            call, ret_limits,
            "All %lld events are what was signed by a key that was brought: nobody without its private part "
            "rewrote them",
            (long long)log_size);
    }
    return ledger_call_format(
        call, ret_limits,
        "The first %lld events are what was signed by a key that was brought: nobody without its "
        "private part rewrote them. What stands at log positions %lld to %lld is held "
        "against the ledger's own knowledge alone: only a later checkpoint kept elsewhere can show "
        "that somebody rewrote it",
        (long long)proven->log_size, (long long)proven->log_size, (long long)log_size - 1);
}

static ledger_status describe_limits(const struct outside *outside, struct ledger_text *ret_limits)
{
    struct ledger_call *call = outside->verify->call;
    struct ledger_text directory = outside->verify->options->checkpoint_directory;
    if (outside->windows.holds_by_brought_key.is_known) {
        return describe_proven(outside, ret_limits);
    }
    if (brought_fails(outside)) {
        *ret_limits = TEXT("No event of this log is proven by what was brought: trust none of it before the cause is "
                           "known, and compare it with a backup of before (--trusted)");
        return LEDGER_DONE;
    }
    if (outside->files_count > 0) {
        return ledger_call_format(
            call, ret_limits,
            "Who can write both the database and %.*s can have rewritten all of it and named a key "
            "of his own: only a checkpoint and a key kept elsewhere can show that",
            TEXT_ARGUMENTS(directory));
    }
    *ret_limits = TEXT("That the ledger is consistent with itself does not prove that nobody with full access to the "
                       "database rewrote all of it: only a checkpoint kept elsewhere can show that");
    return LEDGER_DONE;
}

ledger_status verify_outside_describe(struct verify *verify, struct ledger_text *ret_compared_with,
                                      struct ledger_text *ret_limits)
{
    static const struct outside nothing;
    struct outside of_one = nothing;
    of_one.verify = verify;
    const struct outside *outside = verify->outside == NULL ? &of_one : verify->outside;
    LEDGER_TRY(describe_knowledge(outside, ret_compared_with));
    return describe_limits(outside, ret_limits);
}
