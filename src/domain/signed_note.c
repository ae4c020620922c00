/* Signed notes: keys, their texts, and what each type of key signs. Another type of signature is a row of
 * note_types. */
#include "domain/signed_note.h"

#include <inttypes.h>

#include "base/base64.h"
#include "base/sha256.h"
#include "base/text.h"
#include "base/utf8.h"

enum {
    NOTE_KEY_ID_SIZE = 4,
    NOTE_KEY_BYTES = 1 + ED25519_PUBLIC_KEY_SIZE, /* the type, then the key or the seed: both have 32 bytes */
    NOTE_KEY_ID_DIGITS = 2 * NOTE_KEY_ID_SIZE,
    NOTE_TIMESTAMP_SIZE = 8, /* of a cosignature: seconds, before the signature itself */
    NOTE_SIGNATURE_SIZE_MAX = NOTE_TIMESTAMP_SIZE + ED25519_SIGNATURE_SIZE,
};

_Static_assert((int)ED25519_SEED_SIZE == (int)ED25519_PUBLIC_KEY_SIZE, "keys and seeds are written the same way");

static const char note_private_prefix[] = "PRIVATE+KEY+";
static const char note_signature_prefix[] = "\xe2\x80\x94 "; /* em dash, blank */

/* How a type of key signs. `message` gives what is signed: `timestamp` is that of the signature. */
struct note_type {
    enum note_signature_type type;
    bool has_timestamp;
    ledger_status (*message)(struct ledger_call *call, struct ledger_text text, uint64_t timestamp,
                             struct ledger_text *ret_message);
};

static ledger_status note_message_plain(struct ledger_call *call, struct ledger_text text, uint64_t timestamp,
                                        struct ledger_text *ret_message)
{
    (void)call;
    (void)timestamp;
    *ret_message = text;
    return LEDGER_DONE;
}

static ledger_status note_message_cosignature(struct ledger_call *call, struct ledger_text text, uint64_t timestamp,
                                              struct ledger_text *ret_message)
{
    struct text_builder builder;
    text_builder_init(&builder, &call->arena, text.size + 64);
    text_builder_add_format(&builder, "cosignature/v1\ntime %" PRIu64 "\n", timestamp);
    text_builder_add_text(&builder, text);
    return text_builder_finish(call, &builder, ret_message);
}

static const struct note_type note_types[] = {
    {NOTE_ED25519, false, note_message_plain},
    {NOTE_ED25519_COSIGNATURE, true, note_message_cosignature},
};

static const struct note_type *note_type_of(uint8_t type)
{
    for (size_t i = 0; i < sizeof note_types / sizeof note_types[0]; i++) {
        if ((uint8_t)note_types[i].type == type) {
            return &note_types[i];
        }
    }
    return NULL;
}

static uint32_t note_read_u32(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static void note_write_big_endian(uint8_t *out, uint64_t number, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        out[i] = (uint8_t)(number >> (8 * (size - 1 - i)));
    }
}

/* Why a text cannot be the name of a key, NULL where it can. */
static const char *note_name_fault(struct ledger_text name)
{
    if (text_is_empty(name)) {
        return "a key has no name";
    }
    if (name.size > NOTE_KEY_NAME_MAX) {
        return "the name of a key has more than 200 bytes";
    }
    if (utf8_first_invalid(name) != name.size) {
        return "the name of a key is not UTF-8";
    }
    if (utf8_has_space(name) || utf8_has_control(name) || memchr(name.data, '+', name.size) != NULL) {
        return "the name of a key has white space, a control character or a plus sign";
    }
    return NULL;
}

/* The first four bytes of SHA-256(name ‖ line feed ‖ type ‖ public key). */
static ledger_status note_key_id(struct ledger_call *call, const struct note_verifier *verifier, uint32_t *ret_key_id)
{
    struct sha256 *sha256 = sha256_new();
    if (sha256 == NULL) {
        return ledger_fail_out_of_memory(call);
    }
    const uint8_t between[] = {'\n', (uint8_t)verifier->type};
    sha256_begin(sha256);
    sha256_add(sha256, verifier->name.data, verifier->name.size);
    sha256_add(sha256, between, sizeof between);
    sha256_add(sha256, verifier->public_key, sizeof verifier->public_key);
    struct sha256_hash hash = sha256_finish(sha256);
    sha256_free(sha256);
    *ret_key_id = note_read_u32(hash.bytes);
    return LEDGER_DONE;
}

ledger_status note_signer_generate(struct ledger_call *call, struct ledger_text name, struct note_signer *ret_signer)
{
    const char *fault = note_name_fault(name);
    if (fault != NULL) {
        return ledger_fail(call, LEDGER_KEY_IS_INVALID, "%s", fault);
    }
    struct note_signer signer = {.verifier = {.type = NOTE_ED25519}};
    LEDGER_TRY(ledger_call_copy_text(call, name, &signer.verifier.name));
    LEDGER_TRY(ed25519_generate(call, signer.seed));
    LEDGER_TRY(ed25519_public_key(call, signer.seed, signer.verifier.public_key));
    LEDGER_TRY(note_key_id(call, &signer.verifier, &signer.verifier.key_id));
    *ret_signer = signer;
    return LEDGER_DONE;
}

/* "prefix name+hexid+base64(type ‖ key)". */
static ledger_status note_key_format(struct ledger_call *call, const char *prefix, const struct note_verifier *verifier,
                                     const uint8_t key[ED25519_PUBLIC_KEY_SIZE], struct ledger_text *ret_text)
{
    struct text_builder builder;
    uint8_t bytes[NOTE_KEY_BYTES];
    uint8_t key_id[NOTE_KEY_ID_SIZE];
    bytes[0] = (uint8_t)verifier->type;
    memcpy(bytes + 1, key, ED25519_PUBLIC_KEY_SIZE);
    note_write_big_endian(key_id, verifier->key_id, sizeof key_id);
    text_builder_init(&builder, &call->arena, verifier->name.size + 96);
    text_builder_add_string(&builder, prefix);
    text_builder_add_text(&builder, verifier->name);
    text_builder_add_char(&builder, '+');
    text_builder_add_hex(&builder, key_id, sizeof key_id);
    text_builder_add_char(&builder, '+');
    base64_add(&builder, bytes, sizeof bytes);
    return text_builder_finish(call, &builder, ret_text);
}

ledger_status note_signer_format(struct ledger_call *call, const struct note_signer *signer,
                                 struct ledger_text *ret_text)
{
    return note_key_format(call, note_private_prefix, &signer->verifier, signer->seed, ret_text);
}

ledger_status note_verifier_format(struct ledger_call *call, const struct note_verifier *verifier,
                                   struct ledger_text *ret_text)
{
    return note_key_format(call, "", verifier, verifier->public_key, ret_text);
}

static bool note_is_blank(char character)
{
    return character == ' ' || character == '\t' || character == '\r' || character == '\n';
}

static struct ledger_text note_trim(struct ledger_text text)
{
    while (text.size > 0 && note_is_blank(text.data[0])) {
        text.data++;
        text.size--;
    }
    while (text.size > 0 && note_is_blank(text.data[text.size - 1])) {
        text.size--;
    }
    return text;
}

/* The text up to the separator, which is taken away with it; false where there is none. */
static bool note_cut(struct ledger_text *text, char separator, struct ledger_text *ret_before)
{
    const char *at = text->size == 0 ? NULL : memchr(text->data, separator, text->size);
    if (at == NULL) {
        return false;
    }
    *ret_before = (struct ledger_text){text->data, (size_t)(at - text->data)};
    text->size -= ret_before->size + 1;
    text->data = at + 1;
    return true;
}

static bool note_parse_key_id(struct ledger_text text, uint32_t *ret_key_id)
{
    uint32_t key_id = 0;
    if (text.size != NOTE_KEY_ID_DIGITS) {
        return false;
    }
    for (size_t i = 0; i < text.size; i++) {
        char digit = text.data[i];
        bool is_letter = digit >= 'a' && digit <= 'f';
        if (!is_letter && (digit < '0' || digit > '9')) {
            return false;
        }
        key_id = key_id << 4 | (uint32_t)(is_letter ? digit - 'a' + 10 : digit - '0');
    }
    *ret_key_id = key_id;
    return true;
}

/* Reads "name+hexid+base64(type ‖ key)". Nothing of the text stands in a message: it may be a secret. */
static ledger_status note_key_parse(struct ledger_call *call, struct ledger_text text, struct note_verifier *verifier,
                                    uint8_t key[ED25519_PUBLIC_KEY_SIZE])
{
    struct ledger_text name;
    struct ledger_text key_id;
    uint8_t bytes[NOTE_KEY_BYTES];
    size_t size = 0;
    if (!note_cut(&text, '+', &name) || !note_cut(&text, '+', &key_id) ||
        !note_parse_key_id(key_id, &verifier->key_id)) {
        return ledger_fail(call, LEDGER_KEY_IS_INVALID,
                           "a key is not of the form name+id+base64, with 8 hexadecimal digits for the id");
    }
    const char *fault = note_name_fault(name);
    if (fault != NULL) {
        return ledger_fail(call, LEDGER_KEY_IS_INVALID, "%s", fault);
    }
    if (!base64_decode(text, bytes, sizeof bytes, &size) || size == 0) {
        return ledger_fail(call, LEDGER_KEY_IS_INVALID, "the last part of a key is not the base64 of at most %d bytes",
                           NOTE_KEY_BYTES);
    }
    if (note_type_of(bytes[0]) == NULL) {
        return ledger_fail(call, LEDGER_KEY_IS_INVALID,
                           "a key is of type 0x%02x; known are 0x01 (Ed25519) and 0x04 (Ed25519 cosignature)",
                           (unsigned)bytes[0]);
    }
    if (size != sizeof bytes) {
        return ledger_fail(call, LEDGER_KEY_IS_INVALID, "a key has %zu bytes instead of %d", size - 1,
                           ED25519_PUBLIC_KEY_SIZE);
    }
    LEDGER_TRY(ledger_call_copy_text(call, name, &verifier->name));
    verifier->type = (enum note_signature_type)bytes[0];
    memcpy(key, bytes + 1, ED25519_PUBLIC_KEY_SIZE);
    return LEDGER_DONE;
}

/* The id in a key's text must be the one that follows from it: a slip in copying shows. */
static ledger_status note_check_key_id(struct ledger_call *call, const struct note_verifier *verifier)
{
    uint32_t expected = 0;
    LEDGER_TRY(note_key_id(call, verifier, &expected));
    if (expected != verifier->key_id) {
        return ledger_fail(
            call, LEDGER_KEY_IS_INVALID,
            "the id of a key is not that of its name and its bytes: it was not copied in full, or altered");
    }
    return LEDGER_DONE;
}

static bool note_is_private(struct ledger_text text)
{
    return text.size >= sizeof note_private_prefix - 1 &&
           memcmp(text.data, note_private_prefix, sizeof note_private_prefix - 1) == 0;
}

ledger_status note_signer_parse(struct ledger_call *call, struct ledger_text text, struct note_signer *ret_signer)
{
    struct note_signer signer = {0};
    text = note_trim(text);
    if (!note_is_private(text)) {
        return ledger_fail(call, LEDGER_KEY_IS_INVALID, "this is no private key: it does not begin with %s",
                           note_private_prefix);
    }
    text.data += sizeof note_private_prefix - 1;
    text.size -= sizeof note_private_prefix - 1;
    LEDGER_TRY(note_key_parse(call, text, &signer.verifier, signer.seed));
    LEDGER_TRY(ed25519_public_key(call, signer.seed, signer.verifier.public_key));
    LEDGER_TRY(note_check_key_id(call, &signer.verifier));
    *ret_signer = signer;
    return LEDGER_DONE;
}

ledger_status note_verifier_parse(struct ledger_call *call, struct ledger_text text, struct note_verifier *ret_verifier)
{
    struct note_verifier verifier = {0};
    text = note_trim(text);
    if (note_is_private(text)) {
        return ledger_fail(call, LEDGER_KEY_IS_INVALID, "this is a private key, where a public one is asked for");
    }
    LEDGER_TRY(note_key_parse(call, text, &verifier, verifier.public_key));
    LEDGER_TRY(note_check_key_id(call, &verifier));
    *ret_verifier = verifier;
    return LEDGER_DONE;
}

/* Why a text cannot be in a note, NULL where it can: UTF-8 without control characters of ASCII but the line feed. */
static const char *note_text_fault(struct ledger_text text)
{
    if (text.size > NOTE_BYTES_MAX) {
        return "it has more than 1 MiB";
    }
    if (utf8_first_invalid(text) != text.size) {
        return "it is not UTF-8";
    }
    for (size_t i = 0; i < text.size; i++) {
        if ((uint8_t)text.data[i] < ' ' && text.data[i] != '\n') {
            return "it has a control character";
        }
    }
    return NULL;
}

static ledger_status note_signature_make(struct ledger_call *call, struct ledger_text text,
                                         const struct note_signer *signer,
                                         uint8_t out[NOTE_KEY_ID_SIZE + NOTE_SIGNATURE_SIZE_MAX], size_t *ret_size)
{
    const struct note_type *type = note_type_of((uint8_t)signer->verifier.type);
    struct ledger_text message;
    size_t size = NOTE_KEY_ID_SIZE;
    assert(type != NULL);
    int64_t now_us = ledger_call_now_us(call);
    uint64_t timestamp = now_us < 0 ? 0 : (uint64_t)now_us / 1000000;
    note_write_big_endian(out, signer->verifier.key_id, NOTE_KEY_ID_SIZE);
    if (type->has_timestamp) {
        note_write_big_endian(out + size, timestamp, NOTE_TIMESTAMP_SIZE);
        size += NOTE_TIMESTAMP_SIZE;
    }
    LEDGER_TRY(type->message(call, text, timestamp, &message));
    LEDGER_TRY(ed25519_sign(call, signer->seed, message.data, message.size, out + size));
    *ret_size = size + ED25519_SIGNATURE_SIZE;
    return LEDGER_DONE;
}

ledger_status note_sign(struct ledger_call *call, struct ledger_text text, const struct note_signer *signers,
                        size_t signers_count, struct ledger_text *ret_note)
{
    struct text_builder builder;
    const char *fault = note_text_fault(text);
    assert(signers_count > 0 && signers_count <= NOTE_SIGNATURES_MAX);
    if (fault == NULL && (text_is_empty(text) || text.data[text.size - 1] != '\n')) {
        fault = "it does not end with a line feed";
    }
    if (fault != NULL) {
        return ledger_fail(call, LEDGER_TEXT_IS_INVALID, "a text cannot be signed as a note: %s", fault);
    }
    text_builder_init(&builder, &call->arena, text.size + 512);
    text_builder_add_text(&builder, text);
    text_builder_add_char(&builder, '\n');
    for (size_t i = 0; i < signers_count; i++) {
        uint8_t signature[NOTE_KEY_ID_SIZE + NOTE_SIGNATURE_SIZE_MAX];
        size_t size = 0;
        LEDGER_TRY(note_signature_make(call, text, &signers[i], signature, &size));
        text_builder_add_string(&builder, note_signature_prefix);
        text_builder_add_text(&builder, signers[i].verifier.name);
        text_builder_add_char(&builder, ' ');
        base64_add(&builder, signature, size);
        text_builder_add_char(&builder, '\n');
    }
    if (builder.size > NOTE_BYTES_MAX) {
        return ledger_fail(call, LEDGER_TEXT_IS_INVALID, "a text cannot be signed as a note: it has more than 1 MiB");
    }
    return text_builder_finish(call, &builder, ret_note);
}

static ledger_status note_fail(struct ledger_call *call, const char *fault)
{
    return ledger_fail(call, LEDGER_PROOF_IS_INVALID, "this is no signed note: %s", fault);
}

/* A line "— name base64(key id ‖ signature)" without its line feed. */
static ledger_status note_signature_parse(struct ledger_call *call, struct ledger_text line,
                                          struct note_signature *ret_signature)
{
    size_t prefix_size = sizeof note_signature_prefix - 1;
    struct ledger_text name;
    uint8_t *bytes;
    size_t size = 0;
    if (line.size < prefix_size || memcmp(line.data, note_signature_prefix, prefix_size) != 0) {
        return note_fail(call, "a line behind the last empty one does not begin with an em dash and a blank");
    }
    line.data += prefix_size;
    line.size -= prefix_size;
    if (!note_cut(&line, ' ', &name)) {
        return note_fail(call, "a signature line lacks the blank behind the name of the key");
    }
    const char *fault = note_name_fault(name);
    if (fault != NULL) {
        return note_fail(call, fault);
    }
    LEDGER_ALLOCATE(call, bytes, line.size + 1);
    if (!base64_decode(line, bytes, line.size, &size) || size <= NOTE_KEY_ID_SIZE) {
        return note_fail(call, "a signature is not the base64 of a key id and a signature");
    }
    *ret_signature = (struct note_signature){
        .name = name,
        .key_id = note_read_u32(bytes),
        .signature = {(const char *)bytes + NOTE_KEY_ID_SIZE, size - NOTE_KEY_ID_SIZE},
    };
    return LEDGER_DONE;
}

/* Where the signature lines begin: behind the last empty line; 0 where there is none. */
static size_t note_signatures_begin(struct ledger_text text)
{
    for (size_t end = text.size; end >= 2; end--) {
        if (text.data[end - 1] == '\n' && text.data[end - 2] == '\n') {
            return end;
        }
    }
    return 0;
}

ledger_status note_parse(struct ledger_call *call, struct ledger_text text, struct note *ret_note)
{
    const char *fault = note_text_fault(text);
    if (fault != NULL) {
        return note_fail(call, fault);
    }
    struct ledger_text copy;
    LEDGER_TRY(ledger_call_copy_text(call, text, &copy));
    size_t begin = note_signatures_begin(copy);
    if (begin == 0) {
        return note_fail(call, "it has no empty line between text and signatures");
    }
    struct ledger_text lines = {copy.data + begin, copy.size - begin};
    if (text_is_empty(lines) || lines.data[lines.size - 1] != '\n') {
        return note_fail(call, "it does not end with a signature line and its line feed");
    }
    size_t count = 0;
    for (size_t i = 0; i < lines.size; i++) {
        count += lines.data[i] == '\n';
    }
    if (count > NOTE_SIGNATURES_MAX) {
        return note_fail(call, "it has more than 100 signatures");
    }
    struct note_signature *signatures;
    struct ledger_text line;
    LEDGER_ALLOCATE(call, signatures, count);
    for (size_t i = 0; i < count && note_cut(&lines, '\n', &line); i++) {
        LEDGER_TRY(note_signature_parse(call, line, &signatures[i]));
    }
    *ret_note = (struct note){{copy.data, begin - 1}, signatures, count};
    return LEDGER_DONE;
}

/* Whether a signature with the name and id of a known key is that key's. */
static ledger_status note_signature_check(struct ledger_call *call, const struct note *note,
                                          const struct note_signature *signature, const struct note_verifier *verifier,
                                          bool *ret_holds)
{
    const struct note_type *type = note_type_of((uint8_t)verifier->type);
    const uint8_t *bytes = (const uint8_t *)signature->signature.data;
    size_t begin = type->has_timestamp ? NOTE_TIMESTAMP_SIZE : 0;
    uint64_t timestamp = 0;
    struct ledger_text message;
    *ret_holds = false;
    if (signature->signature.size != begin + ED25519_SIGNATURE_SIZE) {
        return LEDGER_DONE;
    }
    if (type->has_timestamp) {
        timestamp = (uint64_t)note_read_u32(bytes) << 32 | note_read_u32(bytes + 4);
    }
    if (timestamp > INT64_MAX) {
        return LEDGER_DONE;
    }
    LEDGER_TRY(type->message(call, note->text, timestamp, &message));
    return ed25519_verify(call, verifier->public_key, message.data, message.size, bytes + begin, ret_holds);
}

ledger_status note_verify(struct ledger_call *call, const struct note *note, const struct note_verifier *verifiers,
                          size_t verifiers_count, const struct note_verifier **ret_signed_by)
{
    const struct note_verifier *signed_by = NULL;
    for (size_t i = 0; i < note->signatures_count * verifiers_count; i++) {
        const struct note_signature *signature = &note->signatures[i / verifiers_count];
        const struct note_verifier *verifier = &verifiers[i % verifiers_count];
        bool holds = false;
        if (signature->key_id != verifier->key_id || !text_equals(signature->name, verifier->name)) {
            continue;
        }
        LEDGER_TRY(note_signature_check(call, note, signature, verifier, &holds));
        if (!holds) {
            return ledger_fail(call, LEDGER_PROOF_IS_INVALID,
                               "the signature of %.*s does not hold: the note was altered, or another key signed it",
                               TEXT_ARGUMENTS(verifier->name));
        }
        signed_by = signed_by == NULL ? verifier : signed_by;
    }
    if (signed_by == NULL) {
        return ledger_fail(call, LEDGER_PROOF_IS_INVALID, "none of the keys that are trusted here signed the note");
    }
    *ret_signed_by = signed_by;
    return LEDGER_DONE;
}
