/* The texts of checkpoints and inclusion proofs: published ones, ours, and what is refused. */
#include <string.h>

#include "base/text.h"
#include "base/text_builder.h"
#include "domain/checkpoint_text.h"
#include "domain/signed_note.h"
#include "support/bare_call.h"

#define DASH "\xe2\x80\x94 "
#define ROOT "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
#define LEDGER_ID "0194a6a0-1c00-7abc-8def-0123456789ab"
#define GUARDS "5601a27cffe05dbc6d4144fb6875dab96f1d812d8c2f4db6bc9f00dfb33bf6a8"
#define GRANTS "0a52730597fb4ffa01fc117d9e71e3a9e8a2d1d9a4a4f9d1b0e6f7c8d9e0f1a2"

/* The example of C2SP tlog-checkpoint, with the cosignature of tlog-cosignature. */
#define SOFA                                                                                                           \
    "example.com/behind-the-sofa\n20852163\n" ROOT "\n\n" DASH "example.com/behind-the-sofa "                          \
    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n" DASH              \
    "witness.example.com/w1 "                                                                                          \
    "jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"

static void the_published_checkpoint_is_read(void **state)
{
    (void)state;
    struct note note;
    struct checkpoint_text checkpoint;
    struct ledger_text text;
    assert_int_equal(note_parse(&bare_call, TEXT(SOFA), &note), LEDGER_DONE);
    assert_int_equal(note.signatures_count, 2);
    assert_int_equal(note.signatures[0].key_id, 0x033de0ae);
    assert_int_equal(note.signatures[0].signature.size, 64);
    assert_int_equal(note.signatures[1].key_id, 0x8d66cf3f);
    assert_int_equal(note.signatures[1].signature.size, 72);
    assert_int_equal(checkpoint_text_parse(&bare_call, note.text, &checkpoint), LEDGER_DONE);
    assert_true(text_equals_string(checkpoint.origin, "example.com/behind-the-sofa"));
    assert_int_equal(checkpoint.log_size, 20852163);
    assert_int_equal(checkpoint.root.bytes[0], 0x0a);
    assert_int_equal(checkpoint.root.bytes[31], 0x62);
    assert_false(checkpoint.has_time || checkpoint.has_guards || checkpoint.has_grants ||
                 !text_is_absent(checkpoint.guards_changed));
    assert_int_equal(checkpoint_text_format(&bare_call, &checkpoint, &text), LEDGER_DONE);
    assert_true(text_equals(text, note.text));
}

static void ours_comes_back(void **state)
{
    (void)state;
    static const char expected[] = "ledger/" LEDGER_ID "/3\n4711\n" ROOT "\ntime 2026-11-22T23:00:00.000123Z\n"
                                   "guards sha256:" GUARDS "\nguards-changed 17\ngrants sha256:" GRANTS "\n";
    struct checkpoint_text checkpoint;
    struct ledger_text text;
    struct ledger_text ledger_id;
    int64_t epoch = 0;
    assert_int_equal(checkpoint_text_parse(&bare_call, TEXT(expected), &checkpoint), LEDGER_DONE);
    assert_int_equal(checkpoint.log_size, 4711);
    assert_true(checkpoint.has_time && checkpoint.has_guards && checkpoint.has_grants);
    assert_int_equal(checkpoint.time_us, INT64_C(1795388400000123));
    assert_int_equal(checkpoint.guards.bytes[1], 0x01);
    assert_int_equal(checkpoint.grants.bytes[1], 0x52);
    assert_true(text_equals_string(checkpoint.guards_changed, "17"));
    assert_int_equal(checkpoint_text_format(&bare_call, &checkpoint, &text), LEDGER_DONE);
    assert_true(text_equals_string(text, expected));
    assert_true(checkpoint_origin_parse(checkpoint.origin, &ledger_id, &epoch));
    assert_true(text_equals_string(ledger_id, LEDGER_ID));
    assert_int_equal(epoch, 3);
    assert_int_equal(checkpoint_origin_format(&bare_call, ledger_id, epoch, &text), LEDGER_DONE);
    assert_true(text_equals(text, checkpoint.origin));
}

static void unknown_lines_are_read_over(void **state)
{
    (void)state;
    struct checkpoint_text checkpoint;
    assert_int_equal(
        checkpoint_text_parse(&bare_call, TEXT("o\n0\n" ROOT "\nfoo\ntimes\nguards-changed 1\n"), &checkpoint),
        LEDGER_DONE);
    assert_true(text_equals_string(checkpoint.guards_changed, "1"));
    assert_int_equal(checkpoint_text_parse(&bare_call, TEXT("o\n9223372036854775807\n" ROOT "\n"), &checkpoint),
                     LEDGER_DONE);
    assert_true(checkpoint.log_size == INT64_MAX);
}

static void other_origins_are_not_ours(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "",
        "ledger/",
        "ledger/" LEDGER_ID,
        "ledger/" LEDGER_ID "/",
        "ledger/" LEDGER_ID "/01",
        "ledger/" LEDGER_ID "/-1",
        "ledger/" LEDGER_ID "/1/",
        "ledger/" LEDGER_ID "/9223372036854775808",
        "ledger/" LEDGER_ID "x1",
        "Ledger/" LEDGER_ID "/1",
        "ledger/0194A6A0-1c00-7abc-8def-0123456789ab/1",
        "ledger/0194a6a01c00-7abc-8def-0123456789ab/1",
        "example.com/behind-the-sofa",
    };
    struct ledger_text ledger_id;
    int64_t epoch = 0;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_false(checkpoint_origin_parse(ledger_text_of(rows[i]), &ledger_id, &epoch));
    }
}

static void malformed_checkpoints_are_refused(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "",
        "\n",
        "o\n",
        "o\n1\n",
        "o\n1\n\n",
        "o\n1\n" ROOT,
        "\n1\n" ROOT "\n",
        "o\n\n" ROOT "\n",
        "o\n01\n" ROOT "\n",
        "o\n+1\n" ROOT "\n",
        "o\n-1\n" ROOT "\n",
        "o\n1 \n" ROOT "\n",
        "o\n1.0\n" ROOT "\n",
        "o\n9223372036854775808\n" ROOT "\n",
        "o\n18446744073709551617\n" ROOT "\n",
        "o\n1\n" ROOT " \n",
        "o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n",
        "o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I\n",
        "o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxqw==\n",
        "o\n1\n" ROOT "\n\n",
        "o\n1\n" ROOT "\na\n\nb\n",
        "o\n1\n" ROOT "\na",
        "o\n1\n" ROOT "\ntime \n",
        "o\n1\n" ROOT "\ntime 2026-11-22T23:00:00Z\n",
        "o\n1\n" ROOT "\ntime 2026-11-22T23:00:00.000123+00:00\n",
        "o\n1\n" ROOT "\ntime 2026-11-22 23:00:00.000123Z\n",
        "o\n1\n" ROOT "\ntime 2026-11-31T23:00:00.000123Z\n",
        "o\n1\n" ROOT "\ntime 2026-11-22T23:00:00.000123Z\ntime 2026-11-22T23:00:00.000123Z\n",
        "o\n1\n" ROOT "\nguards " GUARDS "\n",
        "o\n1\n" ROOT "\nguards sha256:" GUARDS "0\n",
        "o\n1\n" ROOT "\nguards sha256:5601A27cffe05dbc6d4144fb6875dab96f1d812d8c2f4db6bc9f00dfb33bf6a8\n",
        "o\n1\n" ROOT "\nguards sha256:" GUARDS "\nguards sha256:" GUARDS "\n",
        "o\n1\n" ROOT "\nguards-changed \n",
        "o\n1\n" ROOT "\ngrants " GRANTS "\n",
        "o\n1\n" ROOT "\ngrants sha256:" GRANTS "0\n",
        "o\n1\n" ROOT "\ngrants sha256:0A52730597fb4ffa01fc117d9e71e3a9e8a2d1d9a4a4f9d1b0e6f7c8d9e0f1a2\n",
        "o\n1\n" ROOT "\ngrants sha256:" GRANTS "\ngrants sha256:" GRANTS "\n",
        "o\n1\n" ROOT "\nguards-changed 1\nguards-changed 1\n",
    };
    struct checkpoint_text checkpoint;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(checkpoint_text_parse(&bare_call, ledger_text_of(rows[i]), &checkpoint),
                         LEDGER_PROOF_IS_INVALID);
    }
}

/* The proof of C2SP tlog-proof, whose signatures are shortened in the specification, with the note of the checkpoint.
 */
#define HASHES                                                                                                         \
    "gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=\nB95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA=\n"                     \
    "EKNzoDWG8LGC0Yp9o+sv3qllpMP9uHQ9B20KNL+Q1zs=\nRoopEkOdqkYqMB4MJXrbt/hMjOxsVn0IrWjpz1ZMMes=\n"                     \
    "AHCioX9nLjsrse6YhjRRmk1WUEirVOLLRoOQ6vfO5vk=\n"
#define HEADER "c2sp.org/tlog-proof@v1\n"

static void the_published_proof_is_read(void **state)
{
    (void)state;
    struct merkle_proof proof;
    struct ledger_text note;
    struct ledger_text text;
    uint64_t index = 0;
    assert_int_equal(tlog_proof_parse(&bare_call,
                                      TEXT(HEADER "extra YWdlLXYxLjIuMS1kYXJ3aW4tYXJtNjQudGFyLmd6\n"
                                                  "index 73894\n" HASHES "\n" SOFA),
                                      &index, &proof, &note),
                     LEDGER_DONE);
    assert_int_equal(index, 73894);
    assert_int_equal(proof.count, 5);
    assert_int_equal(proof.hashes[0].bytes[0], 0x81);
    assert_int_equal(proof.hashes[4].bytes[31], 0xf9);
    assert_true(text_equals(note, TEXT(SOFA)));
    assert_int_equal(tlog_proof_format(&bare_call, index, &proof, note, &text), LEDGER_DONE);
    assert_true(text_equals(text, TEXT(HEADER "index 73894\n" HASHES "\n" SOFA)));
    assert_int_equal(tlog_proof_parse(&bare_call, TEXT(HEADER "index 0\n\n" SOFA), &index, &proof, &note), LEDGER_DONE);
    assert_int_equal(proof.count, 0);
}

static void malformed_proofs_are_refused(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "",
        HEADER,
        "c2sp.org/tlog-proof@v2\nindex 1\n\n",
        HEADER "\nindex 1\n\n",
        HEADER "index 1\n",
        HEADER "index 1\n" HASHES,
        HEADER "index 01\n\n",
        HEADER "index -1\n\n",
        HEADER "index \n\n",
        HEADER "index 9223372036854775808\n\n",
        HEADER "index 1\nAAAA\n\n",
        HEADER "index 1\ngSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlR=\n\n",
        HEADER "extra YW\nindex 1\n\n",
        HEADER "extra YWdl",
        HEADER "index 1\nextra YWdl\n\n",
        HEADER "extra YWdl\nextra YWdl\nindex 1\n\n",
    };
    struct merkle_proof proof;
    struct ledger_text note;
    uint64_t index = 0;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(tlog_proof_parse(&bare_call, ledger_text_of(rows[i]), &index, &proof, &note),
                         LEDGER_PROOF_IS_INVALID);
    }
    for (size_t count = MERKLE_PROOF_MAX; count <= MERKLE_PROOF_MAX + 1; count++) {
        struct text_builder builder;
        struct ledger_text text;
        text_builder_init(&builder, &bare_call.arena, 0);
        text_builder_add_string(&builder, HEADER "index 1\n");
        for (size_t i = 0; i < count; i++) {
            text_builder_add_string(&builder, ROOT "\n");
        }
        text_builder_add_string(&builder, "\n" SOFA);
        assert_int_equal(text_builder_finish(&bare_call, &builder, &text), LEDGER_DONE);
        assert_int_equal(tlog_proof_parse(&bare_call, text, &index, &proof, &note),
                         count == MERKLE_PROOF_MAX ? LEDGER_DONE : LEDGER_PROOF_IS_INVALID);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BARE_CALL_TEST(the_published_checkpoint_is_read),  BARE_CALL_TEST(ours_comes_back),
        BARE_CALL_TEST(unknown_lines_are_read_over),       BARE_CALL_TEST(other_origins_are_not_ours),
        BARE_CALL_TEST(malformed_checkpoints_are_refused), BARE_CALL_TEST(the_published_proof_is_read),
        BARE_CALL_TEST(malformed_proofs_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
