/* Evidence through the library: what is proved and by which checkpoint, and what is refused. The formats and what is
 * spoilt in them are the suite evidence's. */
#include "base/call.h"
#include "base/sha256.h"
#include "domain/checkpoint_text.h"
#include "domain/signed_note.h"
#include "ledger/proof.h"
#include "store/store.h"
#include "support/ledger_fixture.h"

/* Texts of the call are needed to the end of a test, so its problems stay too: the last one counts. */
static void assert_last_message(const struct ledger_call *call, const char *words)
{
    size_t count = ledger_call_problems_count(call);
    assert_true(count > 0);
    assert_non_null(strstr(ledger_call_problem(call, count - 1)->message.data, words));
}

/* A key, and what it signs of the fixture's log. */
struct signer {
    struct fixture *fixture;
    struct note_signer key;
    struct ledger_text verifier_key;
    struct store_head head;
};

static void signer_init(struct signer *signer, struct fixture *fixture)
{
    signer->fixture = fixture;
    assert_done(fixture->call, note_signer_generate(fixture->call, TEXT("books.example"), &signer->key));
    assert_done(fixture->call, note_verifier_format(fixture->call, &signer->key.verifier, &signer->verifier_key));
}

/* The checkpoint of the log as it is; then changed by whoever asks. */
static struct checkpoint_text signer_checkpoint(struct signer *signer)
{
    struct fixture *fixture = signer->fixture;
    struct store *store = fixture_store(fixture);
    struct sha256 *sha256 = sha256_new();
    struct checkpoint_text checkpoint = {.has_time = true, .time_us = FIXTURE_NOW_US};
    assert_non_null(sha256);
    assert_done(fixture->call, store_begin(fixture->call, store, UNIT_READ));
    assert_done(fixture->call, store_head_get(fixture->call, store, &signer->head));
    store_rollback(store);
    checkpoint.log_size = signer->head.frontier.size;
    checkpoint.root = merkle_frontier_root(&signer->head.frontier, sha256);
    sha256_free(sha256);
    assert_done(fixture->call, checkpoint_origin_format(fixture->call, ledger_get_settings(fixture->ledger)->ledger_id,
                                                        signer->head.epoch, &checkpoint.origin));
    return checkpoint;
}

static struct ledger_text signer_sign(struct signer *signer, const struct checkpoint_text *checkpoint)
{
    struct ledger_text text;
    struct ledger_text note;
    assert_done(signer->fixture->call, checkpoint_text_format(signer->fixture->call, checkpoint, &text));
    assert_done(signer->fixture->call, note_sign(signer->fixture->call, text, &signer->key, 1, &note));
    return note;
}

static struct ledger_text signer_note(struct signer *signer)
{
    struct checkpoint_text checkpoint = signer_checkpoint(signer);
    return signer_sign(signer, &checkpoint);
}

static struct ledger_posted post(struct fixture *fixture)
{
    struct ledger_posting posting = fixture_posting(fixture, NULL, "1000", "4000", "12.50");
    struct ledger_posted posted;
    assert_done(fixture->call, ledger_post(fixture->call, fixture->ledger, &posting, &posted));
    return posted;
}

static ledger_status prove(struct fixture *fixture, const char *transaction, struct ledger_text checkpoint,
                           struct ledger_evidence *ret_evidence)
{
    struct ledger_prove_options options = {
        .struct_size = sizeof options,
        .transaction = ledger_text_of(transaction),
        .checkpoint = checkpoint,
    };
    return ledger_prove(fixture->call, fixture->ledger, &options, ret_evidence);
}

static void store_note(struct fixture *fixture, const struct checkpoint_text *checkpoint, struct ledger_text note)
{
    struct store *store = fixture_store(fixture);
    struct store_checkpoint row = {
        .log_size = (int64_t)checkpoint->log_size,
        .epoch = 1,
        .root = checkpoint->root,
        .note = note,
        .created_at_us = FIXTURE_NOW_US,
    };
    assert_done(fixture->call, store_begin(fixture->call, store, UNIT_WRITE));
    assert_done(fixture->call, store_checkpoint_insert(fixture->call, store, &row));
    assert_done(fixture->call, store_commit(fixture->call, store));
}

static void a_transaction_is_proved_and_checked(void **state)
{
    struct fixture *fixture = *state;
    struct signer signer;
    struct ledger_evidence evidence;
    struct ledger_checked_proof checked;
    signer_init(&signer, fixture);
    struct ledger_posted posted = post(fixture);
    assert_done(fixture->call, prove(fixture, posted.transaction_number, signer_note(&signer), &evidence));
    assert_text_is(evidence.transaction_id, posted.transaction_id);
    assert_int_equal(evidence.events_count, 0);
    assert_false(evidence.has_reversal);
    assert_int_equal(evidence.log_size, (int64_t)signer.head.frontier.size);
    assert_done(fixture->call, ledger_check_proof(fixture->call, evidence.bundle, signer.verifier_key, &checked));
    assert_int_equal(checked.kind, LEDGER_PROOF_OF_TRANSACTION);
    assert_int_equal(checked.transaction->log_index, posted.log_index);
    assert_text_is(checked.transaction->transaction_hash, posted.transaction_hash);
    assert_int_equal(checked.transaction->entries_count, 2);
    assert_text_is(checked.transaction->entries[0].account_code, "1000");
    assert_text_is(checked.transaction->entries[1].amount, "12.50");
    assert_true(text_equals(checked.checkpoint.verifier_key, signer.verifier_key));
    assert_int_equal(checked.checkpoint.epoch, signer.head.epoch);
    assert_null(checked.reversal);
}

static void reversal_and_refusals_come_with_it(void **state)
{
    struct fixture *fixture = *state;
    struct signer signer;
    struct ledger_evidence evidence;
    struct ledger_checked_proof checked;
    struct ledger_posted reversed;
    signer_init(&signer, fixture);
    struct ledger_posted posted = post(fixture);
    struct ledger_text early = signer_note(&signer);
    struct ledger_reversal reversal = {.transaction = ledger_text_of(posted.transaction_id), .reason = TEXT("typo")};
    assert_done(fixture->call, ledger_reverse(fixture->call, fixture->ledger, &reversal, &reversed));
    assert_status(fixture->call, ledger_reverse(fixture->call, fixture->ledger, &reversal, &reversed),
                  LEDGER_TRANSACTION_IS_ALREADY_REVERSED);
    assert_done(fixture->call, prove(fixture, posted.transaction_id, signer_note(&signer), &evidence));
    assert_int_equal(evidence.events_count, 1);
    assert_true(evidence.has_reversal);
    assert_done(fixture->call, ledger_check_proof(fixture->call, evidence.bundle, signer.verifier_key, &checked));
    assert_text_is(checked.reversal->reversal_reason, "typo");
    assert_text_is(checked.reversal->reverses_transaction_id, posted.transaction_id);
    assert_text_is(checked.events[0].event_type, "REVERSAL_REFUSED");
    assert_text_is(checked.events[0].outcome, "FAILED");

    /* By the checkpoint before: what came later is not there. */
    assert_done(fixture->call, prove(fixture, posted.transaction_id, early, &evidence));
    assert_int_equal(evidence.events_count, 0);
    assert_false(evidence.has_reversal);
}

static void the_newest_checkpoint_is_taken(void **state)
{
    struct fixture *fixture = *state;
    struct signer signer;
    struct ledger_evidence evidence;
    struct ledger_consistency consistency;
    struct ledger_checked_proof checked;
    signer_init(&signer, fixture);
    struct ledger_posted posted = post(fixture);
    assert_status(fixture->call, prove(fixture, posted.transaction_id, TEXT_ABSENT, &evidence),
                  LEDGER_CHECKPOINT_NOT_FOUND);
    assert_last_message(fixture->call, "no checkpoint yet");
    struct checkpoint_text first = signer_checkpoint(&signer);
    struct ledger_text old_note = signer_sign(&signer, &first);
    store_note(fixture, &first, old_note);
    assert_done(fixture->call, prove(fixture, posted.transaction_id, TEXT_ABSENT, &evidence));
    struct ledger_posted later = post(fixture);
    assert_status(fixture->call, prove(fixture, later.transaction_id, TEXT_ABSENT, &evidence),
                  LEDGER_CHECKPOINT_NOT_FOUND);
    assert_last_message(fixture->call, "make a new one");
    struct checkpoint_text second = signer_checkpoint(&signer);
    store_note(fixture, &second, signer_sign(&signer, &second));
    assert_done(fixture->call, prove(fixture, later.transaction_id, TEXT_ABSENT, &evidence));
    assert_int_equal(evidence.log_size, (int64_t)second.log_size);

    assert_done(fixture->call,
                ledger_prove_consistency(fixture->call, fixture->ledger, old_note, TEXT_ABSENT, &consistency));
    assert_int_equal(consistency.old_log_size, (int64_t)first.log_size);
    assert_done(fixture->call, ledger_check_proof(fixture->call, consistency.proof, signer.verifier_key, &checked));
    assert_int_equal(checked.kind, LEDGER_PROOF_OF_CONSISTENCY);
    assert_int_equal(checked.checkpoint.log_size, (int64_t)second.log_size);
}

static void a_log_of_several_tiles_is_proved(void **state)
{
    struct fixture *fixture = *state;
    struct signer signer;
    struct ledger_evidence evidence;
    struct ledger_consistency consistency;
    static struct ledger_posted posted[700];
    struct ledger_text notes[2];
    signer_init(&signer, fixture);
    for (size_t i = 0; i < 700; i++) {
        if (i % 300 == 100) {
            notes[i / 300] = signer_note(&signer);
        }
        posted[i] = post(fixture);
    }
    struct ledger_text note = signer_note(&signer);
    for (size_t i = 0; i < 700; i += 23) {
        assert_done(fixture->call, prove(fixture, posted[i].transaction_id, note, &evidence));
    }
    for (size_t i = 0; i < 2; i++) {
        assert_done(fixture->call,
                    ledger_prove_consistency(fixture->call, fixture->ledger, notes[i], note, &consistency));
    }
}

static void what_is_no_checkpoint_of_this_log_is_refused(void **state)
{
    struct fixture *fixture = *state;
    struct signer signer;
    struct ledger_evidence evidence;
    struct ledger_consistency consistency;
    signer_init(&signer, fixture);
    struct ledger_posted posted = post(fixture);
    struct checkpoint_text good = signer_checkpoint(&signer);
    struct checkpoint_text longer = good;
    struct checkpoint_text another = good;
    struct checkpoint_text later = good;
    struct checkpoint_text foreign = good;
    struct checkpoint_text empty = good;
    longer.log_size++;
    another.root.bytes[31] ^= 1;
    assert_done(fixture->call, checkpoint_origin_format(fixture->call, ledger_get_settings(fixture->ledger)->ledger_id,
                                                        signer.head.epoch + 1, &later.origin));
    foreign.origin = TEXT("example.com/log");
    empty.log_size = 0;
    const struct {
        const struct checkpoint_text *checkpoint;
        ledger_status status;
    } rows[] = {{&longer, LEDGER_LOG_IS_INCONSISTENT},
                {&another, LEDGER_LOG_IS_INCONSISTENT},
                {&later, LEDGER_LOG_IS_INCONSISTENT},
                {&empty, LEDGER_LOG_IS_INCONSISTENT},
                {&foreign, LEDGER_PROOF_IS_INVALID}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct ledger_text note = signer_sign(&signer, rows[i].checkpoint);
        assert_status(fixture->call, prove(fixture, posted.transaction_id, note, &evidence), rows[i].status);
        assert_status(
            fixture->call,
            ledger_prove_consistency(fixture->call, fixture->ledger, note, signer_sign(&signer, &good), &consistency),
            rows[i].status);
    }
    assert_status(fixture->call, prove(fixture, posted.transaction_id, TEXT("nonsense\n"), &evidence),
                  LEDGER_PROOF_IS_INVALID);
    assert_status(fixture->call, prove(fixture, "nonsense", TEXT_ABSENT, &evidence), LEDGER_TRANSACTION_NOT_FOUND);
    struct ledger_prove_options options = {.struct_size = 1};
    assert_status(fixture->call, ledger_prove(fixture->call, fixture->ledger, &options, &evidence),
                  LEDGER_VERSION_IS_UNSUPPORTED);
    (void)post(fixture); /* the session is as good as before */
}

static void keys_are_those_of_logs(void **state)
{
    struct fixture *fixture = *state;
    struct signer signer;
    struct signer stranger;
    struct ledger_checked_proof checked;
    struct ledger_text witness;
    struct ledger_text both;
    signer_init(&signer, fixture);
    signer_init(&stranger, fixture);
    struct ledger_text note = signer_note(&signer);
    assert_done(fixture->call, ledger_check_proof(fixture->call, note, signer.verifier_key, &checked));
    assert_int_equal(checked.kind, LEDGER_PROOF_IS_A_CHECKPOINT);
    assert_done(fixture->call,
                ledger_call_format(fixture->call, &both, " %.*s\n%.*s", TEXT_ARGUMENTS(stranger.verifier_key),
                                   TEXT_ARGUMENTS(signer.verifier_key)));
    assert_done(fixture->call, ledger_check_proof(fixture->call, note, both, &checked));
    assert_true(text_equals(checked.checkpoint.verifier_key, signer.verifier_key));
    assert_status(fixture->call, ledger_check_proof(fixture->call, note, stranger.verifier_key, &checked),
                  LEDGER_PROOF_IS_INVALID);
    assert_last_message(fixture->call, "none of the keys");
    assert_status(fixture->call, ledger_check_proof(fixture->call, note, TEXT(" \n"), &checked), LEDGER_KEY_IS_INVALID);
    assert_status(fixture->call, ledger_check_proof(fixture->call, note, TEXT_ABSENT, &checked), LEDGER_KEY_IS_INVALID);
    /* C2SP tlog-cosignature: a key that says of itself that it cosigns. */
    witness = TEXT("PeterNeumann+18b9780b+BBpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
    assert_status(fixture->call, ledger_check_proof(fixture->call, note, witness, &checked), LEDGER_KEY_IS_INVALID);
    assert_last_message(fixture->call, "witness");
}

int main(void)
{
#define ROW(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        ROW(a_transaction_is_proved_and_checked),
        ROW(reversal_and_refusals_come_with_it),
        ROW(the_newest_checkpoint_is_taken),
        ROW(a_log_of_several_tiles_is_proved),
        ROW(what_is_no_checkpoint_of_this_log_is_refused),
        ROW(keys_are_those_of_logs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
