/* Signed notes: keys and notes that others published, what is written here, and what is refused. */
#include <string.h>

#include "base/base64.h"
#include "base/text.h"
#include "domain/signed_note.h"
#include "support/bare_call.h"

#define DASH "\xe2\x80\x94 "

/* C2SP signed-note. */
#define FOO_KEY "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
#define FOO_NOTE                                                                                                       \
    "This is an example message.\n\n" DASH                                                                             \
    "example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"

/* The documentation of Go's golang.org/x/mod/sumdb/note. */
#define NEUMANN_KEY "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
#define NEUMANN_PRIVATE_KEY "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
#define NEUMANN_TEXT                                                                                                   \
    "If you think cryptography is the answer to your problem,\n"                                                       \
    "then you don't know what your problem is.\n"
#define NEUMANN_LINE                                                                                                   \
    DASH "PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
#define ENOCH_KEY "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
#define ENOCH_LINE                                                                                                     \
    DASH "EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"

static struct note_verifier verifier_of(const char *text)
{
    struct note_verifier verifier;
    assert_int_equal(note_verifier_parse(&bare_call, ledger_text_of(text), &verifier), LEDGER_DONE);
    return verifier;
}

static ledger_status verify(struct ledger_text text, const struct note_verifier *verifiers, size_t count,
                            const struct note_verifier **ret_signed_by)
{
    struct note note;
    LEDGER_TRY(note_parse(&bare_call, text, &note));
    return note_verify(&bare_call, &note, verifiers, count, ret_signed_by);
}

static void published_notes_verify(void **state)
{
    (void)state;
    const struct note_verifier *signed_by = NULL;
    struct note_verifier foo = verifier_of(FOO_KEY);
    assert_int_equal(foo.key_id, 0x530d903a);
    assert_true(text_equals_string(foo.name, "example.com/foo"));
    assert_int_equal(verify(TEXT(FOO_NOTE), &foo, 1, &signed_by), LEDGER_DONE);
    assert_ptr_equal(signed_by, &foo);

    struct note_verifier both[] = {verifier_of(ENOCH_KEY), verifier_of(NEUMANN_KEY)};
    assert_int_equal(verify(TEXT(NEUMANN_TEXT "\n" NEUMANN_LINE), both, 2, &signed_by), LEDGER_DONE);
    assert_ptr_equal(signed_by, &both[1]);
    assert_int_equal(verify(TEXT(NEUMANN_TEXT "\n" NEUMANN_LINE ENOCH_LINE), both, 2, &signed_by), LEDGER_DONE);
    assert_ptr_equal(signed_by, &both[1]);
    assert_int_equal(verify(TEXT(NEUMANN_TEXT "\n" NEUMANN_LINE ENOCH_LINE), both, 1, &signed_by), LEDGER_DONE);
    assert_ptr_equal(signed_by, &both[0]);
}

static void a_published_key_signs_the_same(void **state)
{
    (void)state;
    struct note_signer signer;
    struct ledger_text text;
    assert_int_equal(note_signer_parse(&bare_call, TEXT(" " NEUMANN_PRIVATE_KEY "\n"), &signer), LEDGER_DONE);
    assert_int_equal(note_verifier_format(&bare_call, &signer.verifier, &text), LEDGER_DONE);
    assert_true(text_equals(text, TEXT(NEUMANN_KEY)));
    assert_int_equal(note_signer_format(&bare_call, &signer, &text), LEDGER_DONE);
    assert_true(text_equals(text, TEXT(NEUMANN_PRIVATE_KEY)));
    assert_int_equal(note_sign(&bare_call, TEXT(NEUMANN_TEXT), &signer, 1, &text), LEDGER_DONE);
    assert_true(text_equals(text, TEXT(NEUMANN_TEXT "\n" NEUMANN_LINE)));
}

static struct note_signer signer_of(const char *name)
{
    struct note_signer signer;
    assert_int_equal(note_signer_generate(&bare_call, ledger_text_of(name), &signer), LEDGER_DONE);
    return signer;
}

/* I1, with a cosignature and a text that has empty lines and signature lines of its own. */
static void what_is_signed_here_verifies(void **state)
{
    (void)state;
    const struct ledger_text text = TEXT("a\n\n" DASH "no signature\n\n\nb\n");
    struct note_signer signers[2] = {signer_of("ledger/1"), signer_of("witness.example/w1")};
    struct note_signer again;
    struct ledger_text key;
    struct ledger_text signed_text;
    struct note note;
    signers[1].verifier.type = NOTE_ED25519_COSIGNATURE;
    assert_int_equal(note_signer_format(&bare_call, &signers[1], &key), LEDGER_DONE);
    assert_int_equal(note_signer_parse(&bare_call, key, &again),
                     LEDGER_KEY_IS_INVALID); /* the id follows from the type */
    signers[1].verifier.type = NOTE_ED25519;
    for (int round = 0; round < 2; round++) {
        assert_int_equal(note_sign(&bare_call, text, signers, 2, &signed_text), LEDGER_DONE);
        assert_int_equal(note_parse(&bare_call, signed_text, &note), LEDGER_DONE);
        assert_true(text_equals(note.text, text));
        assert_int_equal(note.signatures_count, 2);
        for (size_t i = 0; i < 2; i++) {
            const struct note_verifier *signed_by = NULL;
            assert_int_equal(note_verify(&bare_call, &note, &signers[i].verifier, 1, &signed_by), LEDGER_DONE);
            assert_ptr_equal(signed_by, &signers[i].verifier);
        }
        signers[1].verifier.type = NOTE_ED25519_COSIGNATURE;
    }
    assert_int_equal(note.signatures[1].signature.size, 8 + 64);
}

/* C2SP tlog-cosignature: what is signed is "cosignature/v1", the time, and the text; its time counts. */
static void a_cosignature_signs_text_and_time(void **state)
{
    (void)state;
    struct note_signer witness = signer_of("witness.example/w1");
    const struct note_verifier *signed_by = NULL;
    struct text_builder builder;
    struct ledger_text note;
    uint8_t bytes[4 + 8 + 64] = {0};
    static const char message[] = "cosignature/v1\ntime 1679315147\nexample.com/behind-the-sofa\n20852163\n"
                                  "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
    witness.verifier.type = NOTE_ED25519_COSIGNATURE;
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < 4; i++) {
            bytes[i] = (uint8_t)(witness.verifier.key_id >> (24 - 8 * i));
            bytes[8 + i] = (uint8_t)((round == 1 ? UINT32_C(1679315148) : UINT32_C(1679315147)) >> (24 - 8 * i));
        }
        bytes[4] = round == 2 ? 0x80 : 0;
        assert_int_equal(ed25519_sign(&bare_call, witness.seed, message, sizeof message - 1, bytes + 12), LEDGER_DONE);
        text_builder_init(&builder, &bare_call.arena, 0);
        text_builder_add_string(&builder, strstr(message, "example.com"));
        text_builder_add_string(&builder, "\n" DASH "witness.example/w1 ");
        base64_add(&builder, bytes, sizeof bytes);
        text_builder_add_char(&builder, '\n');
        assert_int_equal(text_builder_finish(&bare_call, &builder, &note), LEDGER_DONE);
        assert_int_equal(verify(note, &witness.verifier, 1, &signed_by),
                         round == 0 ? LEDGER_DONE : LEDGER_PROOF_IS_INVALID);
    }
}

/* A known key's bad signature rejects the note, whoever else signed; unknown keys count for nothing. */
static void a_bad_signature_of_a_known_key_rejects(void **state)
{
    (void)state;
    struct note_verifier both[] = {verifier_of(NEUMANN_KEY), verifier_of(ENOCH_KEY)};
    const struct note_verifier *signed_by = NULL;
    struct ledger_text note;
    struct ledger_text good = TEXT(NEUMANN_TEXT "\n" NEUMANN_LINE ENOCH_LINE);
    assert_int_equal(ledger_call_copy_text(&bare_call, good, &note), LEDGER_DONE);
    char *last = strstr((char *)(uintptr_t)note.data, "rwz+eBzmZa0S");
    assert_non_null(last);
    last[11] = 'T';
    assert_int_equal(verify(note, both, 2, &signed_by), LEDGER_PROOF_IS_INVALID);
    assert_int_equal(verify(note, both, 1, &signed_by), LEDGER_DONE);
    last[11] = 'S';
    /* Another name, and another id: not that key's. */
    last[-2] = 'x';
    assert_int_equal(verify(note, both, 2, &signed_by), LEDGER_DONE);
    assert_int_equal(verify(note, both + 1, 1, &signed_by), LEDGER_PROOF_IS_INVALID);
    last[-2] = 't';
    last[0] = 's';
    assert_int_equal(verify(note, both + 1, 1, &signed_by), LEDGER_PROOF_IS_INVALID);
    last[0] = 'r';
    assert_int_equal(verify(note, both + 1, 1, &signed_by), LEDGER_DONE);
    for (size_t i = 0; i < strlen(NEUMANN_TEXT); i++) {
        char *at = (char *)(uintptr_t)note.data + i;
        *at ^= 1;
        assert_int_equal(verify(note, both, 2, &signed_by), LEDGER_PROOF_IS_INVALID);
        *at ^= 1;
    }
    assert_int_equal(verify(note, both, 0, &signed_by), LEDGER_PROOF_IS_INVALID);
    assert_int_equal(verify(note, both, 2, &signed_by), LEDGER_DONE);
}

static void many_signatures_are_taken(void **state)
{
    (void)state;
    struct note_verifier neumann = verifier_of(NEUMANN_KEY);
    const struct note_verifier *signed_by = NULL;
    for (size_t count = 15; count <= 100; count += 85) {
        struct text_builder builder;
        struct ledger_text note;
        text_builder_init(&builder, &bare_call.arena, 0);
        text_builder_add_string(&builder, NEUMANN_TEXT "\n");
        for (size_t i = 0; i + 1 < count; i++) {
            text_builder_add_format(&builder, DASH "key%zu AAAAAAA=\n", i);
        }
        text_builder_add_string(&builder, NEUMANN_LINE);
        assert_int_equal(text_builder_finish(&bare_call, &builder, &note), LEDGER_DONE);
        assert_int_equal(verify(note, &neumann, 1, &signed_by), LEDGER_DONE);
        text_builder_add_string(&builder, NEUMANN_LINE);
        assert_int_equal(text_builder_finish(&bare_call, &builder, &note), LEDGER_DONE);
        assert_int_equal(verify(note, &neumann, 1, &signed_by), count < 100 ? LEDGER_DONE : LEDGER_PROOF_IS_INVALID);
    }
}

static void malformed_notes_are_refused(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "",
        "\n",
        "\n\n",
        "text\n",
        "text\n\n",
        "text\n\n\n",
        "text\n" NEUMANN_LINE,
        NEUMANN_LINE,
        "text\n\n" NEUMANN_LINE "\n",
        "text\n\nPeterNeumann x08go/ZJkuBS9UG/\n",
        "text\n\n- PeterNeumann x08go/ZJkuBS9UG/\n",
        "text\n\n" DASH "\n",
        "text\n\n" DASH "PeterNeumann\n",
        "text\n\n" DASH "PeterNeumann \n",
        "text\n\n" DASH "PeterNeumann x08go/ZJkuBS9UG/",
        "text\n\n" DASH " x08go/ZJkuBS9UG/\n",
        "text\n\n" DASH "Peter+Neumann x08go/ZJkuBS9UG/\n",
        "text\n\n" DASH "Peter\xc2\xa0Neumann x08go/ZJkuBS9UG/\n",
        "text\n\n" DASH "Peter\x7fNeumann x08go/ZJkuBS9UG/\n",
        "text\n\n" DASH "PeterNeumann  x08go/ZJkuBS9UG/\n",
        "text\n\n" DASH "PeterNeumann x08go/ZJkuBS9UG\n",
        "text\n\n" DASH "PeterNeumann x08go/ZJkuBS9UG/ \n",
        "text\n\n" DASH "PeterNeumann x08goA==\n",
        "te\txt\n\n" NEUMANN_LINE,
        "te\rxt\n\n" NEUMANN_LINE,
        "te\xffxt\n\n" NEUMANN_LINE,
        "text\n\n" NEUMANN_LINE "and more\n",
    };
    struct note note;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(note_parse(&bare_call, ledger_text_of(rows[i]), &note), LEDGER_PROOF_IS_INVALID);
    }
    assert_int_equal(note_parse(&bare_call, TEXT("te\0xt\n\n" NEUMANN_LINE), &note), LEDGER_PROOF_IS_INVALID);
    assert_int_equal(note_parse(&bare_call, TEXT("\n\n" NEUMANN_LINE), &note), LEDGER_DONE);
    struct note_signer signer = signer_of("k");
    struct ledger_text text;
    assert_int_equal(note_sign(&bare_call, TEXT("text"), &signer, 1, &text), LEDGER_TEXT_IS_INVALID);
    assert_int_equal(note_sign(&bare_call, TEXT(""), &signer, 1, &text), LEDGER_TEXT_IS_INVALID);
    assert_int_equal(note_sign(&bare_call, TEXT("te\txt\n"), &signer, 1, &text), LEDGER_TEXT_IS_INVALID);
}

static void malformed_keys_are_refused(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "",
        "example.com/foo",
        "example.com/foo+530d903a",
        "example.com/foo+530d903a+",
        "+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/bar+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+0530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2l",
        "example.com/foo+530d903a+AukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2kAA==",
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv",
        "example.com/foo 530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example. com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        FOO_KEY "\n" FOO_KEY,
        NEUMANN_PRIVATE_KEY,
    };
    struct note_verifier verifier;
    struct note_signer signer;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(note_verifier_parse(&bare_call, ledger_text_of(rows[i]), &verifier), LEDGER_KEY_IS_INVALID);
    }
    assert_int_equal(note_verifier_parse(&bare_call, TEXT(" \t" FOO_KEY "\r\n"), &verifier), LEDGER_DONE);
    assert_int_equal(note_verifier_parse(&bare_call, TEXT(FOO_KEY "\0"), &verifier), LEDGER_KEY_IS_INVALID);
    assert_int_equal(note_verifier_parse(&bare_call, TEXT("\0" FOO_KEY), &verifier), LEDGER_KEY_IS_INVALID);
    assert_int_equal(note_signer_parse(&bare_call, TEXT(NEUMANN_KEY), &signer), LEDGER_KEY_IS_INVALID);
    assert_int_equal(note_signer_parse(&bare_call, TEXT("PRIVATE+KEY+"), &signer), LEDGER_KEY_IS_INVALID);
    assert_int_equal(note_signer_generate(&bare_call, TEXT(""), &signer), LEDGER_KEY_IS_INVALID);
    assert_int_equal(note_signer_generate(&bare_call, TEXT("a b"), &signer), LEDGER_KEY_IS_INVALID);
    assert_int_equal(note_signer_generate(&bare_call, TEXT("a+b"), &signer), LEDGER_KEY_IS_INVALID);
}

/* No message about a private key has any of it. */
static void a_secret_stays_one(void **state)
{
    (void)state;
    struct note_signer signer;
    static const char *const rows[] = {
        "PRIVATE+KEY+Peter Neumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz",
        "PRIVATE+KEY+PeterNeumann+c74f20a4+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz",
        "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDF",
        "PRIVATE+KEY+PeterNeumann+c74f20a3+AoEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz",
        "PRIVATE+KEYPeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz",
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(note_signer_parse(&bare_call, ledger_text_of(rows[i]), &signer), LEDGER_KEY_IS_INVALID);
        const struct ledger_problem *problem =
            ledger_call_problem(&bare_call, ledger_call_problems_count(&bare_call) - 1);
        assert_true(problem->message.size > 0);
        assert_null(memmem(problem->message.data, problem->message.size, "FALVFGy", 7));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BARE_CALL_TEST(published_notes_verify),
        BARE_CALL_TEST(a_published_key_signs_the_same),
        BARE_CALL_TEST(what_is_signed_here_verifies),
        BARE_CALL_TEST(a_cosignature_signs_text_and_time),
        BARE_CALL_TEST(a_bad_signature_of_a_known_key_rejects),
        BARE_CALL_TEST(many_signatures_are_taken),
        BARE_CALL_TEST(malformed_notes_are_refused),
        BARE_CALL_TEST(malformed_keys_are_refused),
        BARE_CALL_TEST(a_secret_stays_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
