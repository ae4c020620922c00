/* verify with checkpoints that are made by hand: what they say of the guards one after the other, of epochs, of two
 * histories; and those that are refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "domain/checkpoint_text.h"
#include "domain/signed_note.h"
#include "engine/session.h"
#include "integrity/log_tree.h"
#include "support/verify_ledger.h"

enum { MADE_MAX = 5, HOUR_S = 3600 };

#define FIRST_US INT64_C(1770000000000000)

/* A ledger, what a checkpoint of it says now, and a key that somebody brings. */
static struct verify_ledger ledger;
static struct ledger_call *call;
static struct note_signer signer;
static struct ledger_text key;
static struct ledger_text ledger_id;
static struct sha256_hash guards;
static struct ledger_text guards_mark;
static struct sha256_hash other_guards;

static void must(ledger_status status)
{
    if (status != LEDGER_DONE) {
        fail_msg("%s", ledger_call_message(call));
    }
}

/* Reads what a checkpoint is made of; `ret_root` may be NULL. */
static ledger_status read_ledger(struct ledger *handle, uint64_t log_size, struct sha256_hash *ret_root)
{
    SESSION_TAKE(call, handle, session);
    READ_UNIT(reading);
    LEDGER_TRY(store_begin(call, &session->store, UNIT_READ));
    reading.store = &session->store;
    struct store_head head;
    struct log_tree *tree = NULL;
    LEDGER_TRY(store_head_get(call, &session->store, &head));
    LEDGER_TRY(log_tree_new(call, &session->store, &head, session->hasher.sha256, &tree));
    struct merkle_nodes nodes = log_tree_nodes(tree);
    LEDGER_TRY(store_guards_digest(call, &session->store, session->hasher.sha256, &guards, &guards_mark));
    return merkle_root_of(call, &nodes, log_size, ret_root);
}

static struct sha256_hash root_at(uint64_t log_size)
{
    struct ledger *handle = NULL;
    struct sha256_hash root;
    struct ledger_open_options options = {
        .struct_size = sizeof options, .uri = ledger_text_of(ledger.work.uri), .read_only = true};
    must(ledger_open(call, &options, &handle));
    must(ledger_call_copy_text(call, ledger_get_settings(handle)->ledger_id, &ledger_id));
    must(read_ledger(handle, log_size, &root));
    ledger_free(handle);
    return root;
}

/* A checkpoint of so many events, an hour after another for each event more. */
static struct checkpoint_text text_of(uint64_t log_size)
{
    struct checkpoint_text text = {
        .log_size = log_size,
        .root = root_at(log_size),
        .has_time = true,
        .time_us = FIRST_US + (int64_t)log_size * HOUR_S * 1000000,
        .has_guards = true,
        .guards = guards,
        .guards_changed = guards_mark,
    };
    must(checkpoint_origin_format(call, ledger_id, 1, &text.origin));
    return text;
}

static struct ledger_verify_checkpoint sign(const struct checkpoint_text *text)
{
    struct ledger_verify_checkpoint made = {.name = TEXT("kept.checkpoint")};
    struct ledger_text unsigned_text;
    must(checkpoint_text_format(call, text, &unsigned_text));
    must(note_sign(call, unsigned_text, &signer, 1, &made.note));
    return made;
}

static ledger_status verify_with(const struct checkpoint_text *texts, size_t count,
                                 struct ledger_verify_result *ret_result)
{
    struct ledger_verify_checkpoint checkpoints[MADE_MAX];
    for (size_t i = 0; i < count; i++) {
        checkpoints[i] = sign(&texts[i]);
    }
    struct ledger_verify_options options = {
        .struct_size = sizeof options,
        .keys = &key,
        .keys_count = 1,
        .checkpoints = checkpoints,
        .checkpoints_count = count,
    };
    return verify_ledger_verify(&ledger, call, &options, ret_result);
}

static const struct ledger_violation *find(const struct ledger_verify_result *result, bool is_critical,
                                           const char *detail)
{
    for (size_t i = 0; i < result->violations_kept; i++) {
        const struct ledger_violation *violation = &result->violations[i];
        if (violation->is_critical == is_critical && strstr(violation->detail.data, detail) != NULL) {
            return violation;
        }
    }
    return NULL;
}

static int begin(void **state)
{
    (void)state;
    call = ledger_call_new();
    verify_ledger_init(&ledger, 0);
    verify_ledger_copy(&ledger);
    return call == NULL;
}

static int end(void **state)
{
    (void)state;
    ledger_call_free(call);
    verify_ledger_done(&ledger);
    return 0;
}

static int begin_each(void **state)
{
    (void)state;
    ledger_call_reset(call);
    memset(&other_guards, 0x5a, sizeof other_guards);
    must(note_signer_generate(call, TEXT("auditor/key"), &signer));
    must(note_verifier_format(call, &signer.verifier, &key));
    return 0;
}

static void test_checkpoints_that_hold(void **state)
{
    (void)state;
    struct checkpoint_text texts[] = {text_of(256), text_of(300), text_of(0)};
    struct ledger_verify_result result;
    must(verify_with(texts, 3, &result));
    assert_int_equal(result.violations_count, 0);
    assert_int_equal(result.proven_log_size, 300);
    assert_non_null(strstr(result.compared_with.data, "3 checkpoints that were brought, the longest of 300 events"));
    assert_non_null(strstr(result.limits.data, "The first 300 events"));
}

static void test_history_that_differs(void **state)
{
    (void)state;
    struct checkpoint_text texts[] = {text_of(100), text_of(300), text_of(400)};
    struct ledger_verify_result result;
    texts[1].root.bytes[0] ^= 1;
    texts[2].root.bytes[0] ^= 1;
    must(verify_with(texts, 3, &result));
    assert_int_equal(result.violations_count, 1);
    const struct ledger_violation *told = find(&result, true, "history was rewritten: kept.checkpoint");
    assert_non_null(told);
    assert_non_null(strstr(told->detail.data, "neither does 1 later one"));
    assert_true(told->has_window && told->has_from_time && told->has_before_time);
    assert_int_equal(told->from_log_index, 100);
    assert_int_equal(told->before_log_index, 300);
    assert_int_equal(told->from_time_us, texts[0].time_us);
    assert_int_equal(told->before_time_us, texts[1].time_us);
    assert_int_equal(result.proven_log_size, 100);
}

static void test_two_histories(void **state)
{
    (void)state;
    struct checkpoint_text texts[] = {text_of(300), text_of(300)};
    struct ledger_verify_result result;
    texts[1].root.bytes[0] ^= 1;
    must(verify_with(texts, 2, &result));
    assert_int_equal(result.violations_count, 1);
    assert_false(result.is_valid);
    const struct ledger_violation *told = find(&result, true, "two histories were signed");
    assert_non_null(told);
    assert_false(told->has_window);
}

static void test_a_log_cut_short(void **state)
{
    (void)state;
    struct checkpoint_text texts[] = {text_of(300), text_of(300)};
    struct ledger_verify_result result;
    texts[1].log_size = 100000;
    texts[1].has_time = false;
    must(verify_with(texts, 2, &result));
    const struct ledger_violation *told = find(&result, true, "history was cut short");
    assert_non_null(told);
    assert_int_equal(told->from_log_index, 300);
    assert_int_equal(told->before_log_index, 100000);
    assert_true(told->has_from_time);
    assert_false(told->has_before_time);
    assert_int_equal(result.violations_count, 1);
}

/* How often it is told that the grants of now are others than these texts say: SQLite has none, and in the SQL of MySQL
 * nobody reads them. */
static size_t told_of_now(void)
{
    return scratch_backend() == SCRATCH_MARIADB ? 1 : 0;
}

static void test_grants_that_were_changed(void **state)
{
    (void)state;
    struct checkpoint_text texts[] = {text_of(100), text_of(200), text_of(300), text_of(400)};
    struct ledger_verify_result result;
    texts[0].has_grants = true;
    texts[1].has_grants = true;
    texts[3].has_grants = true;
    texts[3].grants.bytes[0] ^= 1;
    must(verify_with(texts, 4, &result));
    assert_true(result.is_valid);
    assert_int_equal(result.violations_count, 2 + told_of_now());
    const struct ledger_violation *told = find(&result, false, "between the checkpoint of 200 events and the next");
    assert_non_null(told);
    assert_true(text_equals_string(told->field, "grants"));
    assert_true(told->has_window && told->has_from_time && told->has_before_time);
    assert_int_equal(told->from_log_index, 200);
    assert_int_equal(told->before_log_index, 400);
    assert_int_equal(told->from_time_us, texts[1].time_us);
    assert_int_equal(told->before_time_us, texts[3].time_us);
    assert_int_equal(told->computed.size, 64);
    assert_true(told->stored.data[1] == '1' && told->computed.data[1] == '0');
    assert_non_null(find(&result, false, "1 checkpoint of logs of 300 to 300 events says nothing of the grants"));
}

static void test_grants_that_are_not_said(void **state)
{
    (void)state;
    struct checkpoint_text texts[] = {text_of(100), text_of(200), text_of(200), text_of(300), text_of(400)};
    struct ledger_verify_result result;
    texts[1].has_grants = true;
    texts[2].has_grants = true;
    must(verify_with(texts, 5, &result));
    /* Neither before the first that says them, nor after the last, unless the database says them now. */
    assert_int_equal(result.violations_count, 2 * told_of_now());
    texts[4].has_grants = true;
    must(verify_with(texts, 5, &result));
    assert_int_equal(result.violations_count, 1 + told_of_now());
    assert_non_null(find(&result, false, "says nothing of the grants"));
}

static void test_guards_that_were_not_as_shipped(void **state)
{
    (void)state;
    struct checkpoint_text texts[] = {text_of(100), text_of(200), text_of(300)};
    struct ledger_verify_result result;
    texts[1].guards = other_guards;
    must(verify_with(texts, 3, &result));
    const struct ledger_violation *told = find(&result, true, "were not as shipped when the checkpoint of 200 events");
    assert_non_null(told);
    assert_int_equal(told->from_log_index, 100);
    assert_int_equal(told->before_log_index, 200);
    assert_non_null(find(&result, false, "were changed between the checkpoint of 200 events and the next"));
    assert_int_equal(result.violations_count, 2);
}

static void test_guards_since_an_upgrade(void **state)
{
    (void)state;
    struct checkpoint_text texts[] = {text_of(100), text_of(200), text_of(300)};
    struct ledger_verify_result result;
    texts[0].guards = other_guards;
    texts[1].guards = other_guards;
    must(verify_with(texts, 3, &result));
    assert_true(result.is_valid);
    assert_int_equal(result.violations_count, 1);
    assert_non_null(find(&result, false, "an upgrade of the program or the server"));
    must(verify_with(texts, 2, &result));
    assert_true(result.is_valid);
    assert_int_equal(result.violations_count, 1);
}

static void test_guards_changed_and_put_back(void **state)
{
    (void)state;
    struct checkpoint_text texts[] = {text_of(100), text_of(200), text_of(300)};
    struct ledger_verify_result result;
    texts[0].guards_changed = TEXT("before");
    texts[1].guards_changed = TEXT_ABSENT;
    must(verify_with(texts, 3, &result));
    assert_int_equal(result.violations_count, 0); /* one that does not say is compared with nothing */
    texts[1].guards_changed = TEXT("before");
    must(verify_with(texts, 3, &result));
    assert_true(result.is_valid);
    assert_int_equal(result.violations_count, 1);
    const struct ledger_violation *told = find(&result, false, "changed and put back");
    assert_non_null(told);
    assert_int_equal(told->from_log_index, 200);
    assert_int_equal(told->before_log_index, 300);
    must(verify_with(texts, 2, &result));
    told = find(&result, false, "events and now");
    assert_non_null(told);
    assert_int_equal(told->from_log_index, 200);
    assert_false(told->has_before_time);
}

static void test_an_epoch_that_never_was(void **state)
{
    (void)state;
    struct checkpoint_text text = text_of(300);
    struct ledger_verify_result result;
    must(checkpoint_origin_format(call, ledger_id, 2, &text.origin));
    must(verify_with(&text, 1, &result));
    assert_int_equal(result.violations_count, 1);
    assert_non_null(find(&result, true, "is of epoch 2, but the log was in epoch 1"));
}

static void test_what_is_no_checkpoint_of_it(void **state)
{
    (void)state;
    struct checkpoint_text text = text_of(300);
    struct ledger_verify_result result;
    text.origin = TEXT("example.com/log");
    assert_int_equal(verify_with(&text, 1, &result), LEDGER_PROOF_IS_INVALID);
    assert_non_null(strstr(ledger_call_message(call), "kept.checkpoint"));
    must(checkpoint_origin_format(call, TEXT("0194a6a0-1c00-7abc-8def-0123456789ab"), 1, &text.origin));
    assert_int_equal(verify_with(&text, 1, &result), LEDGER_PROOF_IS_INVALID);
    text = text_of(300);
    text.log_size = UINT64_C(1) << 60;
    assert_int_equal(verify_with(&text, 1, &result), LEDGER_PROOF_IS_INVALID);
}

static void test_signed_by_another(void **state)
{
    (void)state;
    struct checkpoint_text text = text_of(300);
    struct ledger_verify_result result;
    struct ledger_text first_key = key;
    must(note_signer_generate(call, TEXT("auditor/key"), &signer));
    assert_int_equal(verify_with(&text, 1, &result), LEDGER_PROOF_IS_INVALID);
    struct ledger_text keys[] = {first_key, first_key};
    must(note_verifier_format(call, &signer.verifier, &keys[1]));
    struct ledger_verify_checkpoint checkpoint = sign(&text);
    struct ledger_verify_options options = {.struct_size = sizeof options,
                                            .keys = keys,
                                            .keys_count = 2,
                                            .checkpoints = &checkpoint,
                                            .checkpoints_count = 1};
    must(verify_ledger_verify(&ledger, call, &options, &result));
    assert_int_equal(result.proven_log_size, 300);
    options.keys_count = 0;
    assert_int_equal(verify_ledger_verify(&ledger, call, &options, &result), LEDGER_USAGE_IS_WRONG);
}

static void test_one_transaction_takes_nothing(void **state)
{
    (void)state;
    struct ledger_verify_options options = {.struct_size = sizeof options,
                                            .transaction = TEXT("20260130-000001"),
                                            .trusted_uri = ledger_text_of(ledger.seed.uri)};
    struct ledger_verify_result result;
    assert_int_equal(verify_ledger_verify(&ledger, call, &options, &result), LEDGER_USAGE_IS_WRONG);
}

static void test_a_copy_that_is_the_same(void **state)
{
    (void)state;
    struct ledger_verify_options options = {.struct_size = sizeof options,
                                            .trusted_uri = ledger_text_of(ledger.work.uri)};
    struct ledger_verify_result result;
    must(verify_ledger_verify(&ledger, call, &options, &result));
    assert_int_equal(result.violations_count, 0);
    assert_int_equal(result.checks[result.checks_count - 1].checked_count, result.log_size);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_checkpoints_that_hold, begin_each),
        cmocka_unit_test_setup(test_history_that_differs, begin_each),
        cmocka_unit_test_setup(test_two_histories, begin_each),
        cmocka_unit_test_setup(test_a_log_cut_short, begin_each),
        cmocka_unit_test_setup(test_grants_that_were_changed, begin_each),
        cmocka_unit_test_setup(test_grants_that_are_not_said, begin_each),
        cmocka_unit_test_setup(test_guards_that_were_not_as_shipped, begin_each),
        cmocka_unit_test_setup(test_guards_since_an_upgrade, begin_each),
        cmocka_unit_test_setup(test_guards_changed_and_put_back, begin_each),
        cmocka_unit_test_setup(test_an_epoch_that_never_was, begin_each),
        cmocka_unit_test_setup(test_what_is_no_checkpoint_of_it, begin_each),
        cmocka_unit_test_setup(test_signed_by_another, begin_each),
        cmocka_unit_test_setup(test_one_transaction_takes_nothing, begin_each),
        cmocka_unit_test_setup(test_a_copy_that_is_the_same, begin_each),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
