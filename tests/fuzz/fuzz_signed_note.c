/* Fuzzes what comes from outside as a signed note or the text of a key.
 *
 * I1 A note that parses is made of its text, an empty line and its signatures, each of which stands in it.
 * I2 A key that parses is written the same. */
#include <assert.h>
#include <stdlib.h>

#include "base/base64.h"
#include "base/text.h"
#include "domain/signed_note.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct ledger_text fuzz_rebuild(struct ledger_call *call, const struct note *note)
{
    struct text_builder builder;
    struct ledger_text text;
    text_builder_init(&builder, &call->arena, 0);
    text_builder_add_text(&builder, note->text);
    text_builder_add_char(&builder, '\n');
    for (size_t i = 0; i < note->signatures_count; i++) {
        const struct note_signature *signature = &note->signatures[i];
        size_t bytes_size = 4 + signature->signature.size;
        uint8_t *bytes = malloc(bytes_size);
        assert(bytes != NULL);
        for (size_t j = 0; j < 4; j++) {
            bytes[j] = (uint8_t)(signature->key_id >> (24 - 8 * j));
        }
        memcpy(bytes + 4, signature->signature.data, signature->signature.size);
        text_builder_add_string(&builder, "\xe2\x80\x94 ");
        text_builder_add_text(&builder, signature->name);
        text_builder_add_char(&builder, ' ');
        base64_add(&builder, bytes, bytes_size);
        text_builder_add_char(&builder, '\n');
        free(bytes);
    }
    ledger_status status = text_builder_finish(call, &builder, &text);
    assert(status == LEDGER_DONE);
    return text;
}

static void fuzz_note(struct ledger_call *call, struct ledger_text source)
{
    struct note note;
    struct note_verifier known;
    const struct note_verifier *signed_by = NULL;
    if (note_parse(call, source, &note) != LEDGER_DONE) {
        return;
    }
    assert(text_equals(source, fuzz_rebuild(call, &note))); /* I1 */
    ledger_status status =
        note_verifier_parse(call, TEXT("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"), &known);
    assert(status == LEDGER_DONE);
    status = note_verify(call, &note, &known, 1, &signed_by);
    assert(status == LEDGER_DONE || status == LEDGER_PROOF_IS_INVALID);
    known.type = NOTE_ED25519_COSIGNATURE;
    status = note_verify(call, &note, &known, 1, &signed_by);
    assert(status == LEDGER_DONE || status == LEDGER_PROOF_IS_INVALID);
}

static struct ledger_text fuzz_trim(struct ledger_text text)
{
    while (text.size > 0 && memchr(" \t\r\n", text.data[0], 4) != NULL) {
        text.data++;
        text.size--;
    }
    while (text.size > 0 && memchr(" \t\r\n", text.data[text.size - 1], 4) != NULL) {
        text.size--;
    }
    return text;
}

static void fuzz_key(struct ledger_call *call, struct ledger_text source)
{
    struct note_verifier verifier;
    struct note_signer signer;
    struct ledger_text text;
    if (note_verifier_parse(call, source, &verifier) == LEDGER_DONE) {
        ledger_status status = note_verifier_format(call, &verifier, &text);
        assert(status == LEDGER_DONE && text_equals(text, fuzz_trim(source)));
    }
    if (note_signer_parse(call, source, &signer) == LEDGER_DONE) {
        ledger_status status = note_signer_format(call, &signer, &text);
        assert(status == LEDGER_DONE && text_equals(text, fuzz_trim(source)));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ledger_call call;
    struct ledger_text source = {size == 0 ? "" : (const char *)data, size};
    call_init(&call);
    fuzz_note(&call, source);
    fuzz_key(&call, source);
    call_done(&call);
    return 0;
}
