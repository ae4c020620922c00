/* The texts of checkpoints and inclusion proofs, strictly: what is read here has no second text for the same facts, but
 * for lines that are not known. */
#include "domain/checkpoint_text.h"

#include <inttypes.h>

#include "base/base64.h"
#include "base/text.h"
#include "base/time.h"
#include "base/uuid.h"

static const char checkpoint_origin_prefix[] = "ledger/";
static const char tlog_proof_header[] = "c2sp.org/tlog-proof@v1\n";

enum { CHECKPOINT_SIZE_DIGITS_MAX = 19 };

static bool checkpoint_take_prefix(struct ledger_text *text, const char *prefix)
{
    size_t size = strlen(prefix);
    if (text->size < size || memcmp(text->data, prefix, size) != 0) {
        return false;
    }
    text->data += size;
    text->size -= size;
    return true;
}

/* The next line without its line feed, which must be there. */
static bool checkpoint_take_line(struct ledger_text *text, struct ledger_text *ret_line)
{
    const char *end = text->size == 0 ? NULL : memchr(text->data, '\n', text->size);
    if (end == NULL) {
        return false;
    }
    *ret_line = (struct ledger_text){text->data, (size_t)(end - text->data)};
    text->size -= ret_line->size + 1;
    text->data = end + 1;
    return true;
}

/* Decimal digits without leading zeros, up to 2^63 - 1. */
static bool checkpoint_parse_number(struct ledger_text text, uint64_t *ret_number)
{
    uint64_t number = 0;
    if (text.size == 0 || text.size > CHECKPOINT_SIZE_DIGITS_MAX || (text.size > 1 && text.data[0] == '0')) {
        return false;
    }
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') {
            return false;
        }
        number = number * 10 + (uint64_t)(text.data[i] - '0');
    }
    if (number > INT64_MAX) {
        return false;
    }
    *ret_number = number;
    return true;
}

static bool checkpoint_parse_hash(struct ledger_text text, struct sha256_hash *ret_hash)
{
    size_t size = 0;
    return base64_decode(text, ret_hash->bytes, sizeof ret_hash->bytes, &size) && size == sizeof ret_hash->bytes;
}

ledger_status checkpoint_origin_format(struct ledger_call *call, struct ledger_text ledger_id, int64_t epoch,
                                       struct ledger_text *ret_origin)
{
    return ledger_call_format(call, ret_origin, "%s%.*s/%" PRId64, checkpoint_origin_prefix, TEXT_ARGUMENTS(ledger_id),
                              epoch);
}

bool checkpoint_origin_parse(struct ledger_text origin, struct ledger_text *ret_ledger_id, int64_t *ret_epoch)
{
    struct ledger_text rest = origin;
    struct uuid id;
    char canonical[UUID_TEXT_SIZE + 1];
    uint64_t epoch = 0;
    if (!checkpoint_take_prefix(&rest, checkpoint_origin_prefix) || rest.size < UUID_TEXT_SIZE + 2) {
        return false;
    }
    struct ledger_text ledger_id = {rest.data, UUID_TEXT_SIZE};
    struct ledger_text epoch_text = {rest.data + UUID_TEXT_SIZE + 1, rest.size - UUID_TEXT_SIZE - 1};
    if (rest.data[UUID_TEXT_SIZE] != '/' || !uuid_parse(ledger_id, &id) ||
        !checkpoint_parse_number(epoch_text, &epoch)) {
        return false;
    }
    uuid_format(&id, canonical);
    if (memcmp(canonical, ledger_id.data, UUID_TEXT_SIZE) != 0) {
        return false;
    }
    *ret_ledger_id = ledger_id;
    *ret_epoch = (int64_t)epoch;
    return true;
}

static void checkpoint_add_digest(struct text_builder *builder, const char *word, const struct sha256_hash *digest)
{
    text_builder_add_string(builder, word);
    text_builder_add_string(builder, " sha256:");
    text_builder_add_hex(builder, digest->bytes, sizeof digest->bytes);
    text_builder_add_char(builder, '\n');
}

ledger_status checkpoint_text_format(struct ledger_call *call, const struct checkpoint_text *checkpoint,
                                     struct ledger_text *ret_text)
{
    struct text_builder builder;
    char time_text[TIME_TEXT_SIZE];
    assert(checkpoint->log_size <= INT64_MAX && !text_is_empty(checkpoint->origin));
    text_builder_init(&builder, &call->arena, 512);
    text_builder_add_text(&builder, checkpoint->origin);
    text_builder_add_format(&builder, "\n%" PRIu64 "\n", checkpoint->log_size);
    base64_add(&builder, checkpoint->root.bytes, sizeof checkpoint->root.bytes);
    text_builder_add_char(&builder, '\n');
    if (checkpoint->has_time) {
        time_format(checkpoint->time_us, time_text);
        text_builder_add_format(&builder, "time %s\n", time_text);
    }
    if (checkpoint->has_guards) {
        checkpoint_add_digest(&builder, "guards", &checkpoint->guards);
    }
    if (!text_is_absent(checkpoint->guards_changed)) {
        text_builder_add_string(&builder, "guards-changed ");
        text_builder_add_text(&builder, checkpoint->guards_changed);
        text_builder_add_char(&builder, '\n');
    }
    if (checkpoint->has_grants) {
        checkpoint_add_digest(&builder, "grants", &checkpoint->grants);
    }
    return text_builder_finish(call, &builder, ret_text);
}

static ledger_status checkpoint_fail(struct ledger_call *call, const char *fault)
{
    return ledger_fail(call, LEDGER_PROOF_IS_INVALID, "this is no checkpoint: %s", fault);
}

/* Lower-case hexadecimal digits. */
static bool checkpoint_parse_hex(struct ledger_text text, struct sha256_hash *ret_hash)
{
    char canonical[2 * SHA256_SIZE + 1];
    struct sha256_hash hash = {{0}};
    if (text.size != sizeof canonical - 1) {
        return false;
    }
    for (size_t i = 0; i < text.size; i++) {
        char digit = text.data[i];
        int value = digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : digit - '0';
        if (value < 0 || value > 15) {
            return false;
        }
        hash.bytes[i / 2] = (uint8_t)(hash.bytes[i / 2] << 4 | value);
    }
    sha256_format(&hash, canonical);
    *ret_hash = hash;
    return memcmp(canonical, text.data, text.size) == 0;
}

/* "sha256:" and the digits, where no such line came before. */
static bool checkpoint_take_digest(struct ledger_text line, bool *has_digest, struct sha256_hash *digest)
{
    bool is_good = !*has_digest && checkpoint_take_prefix(&line, "sha256:") && checkpoint_parse_hex(line, digest);
    *has_digest = true;
    return is_good;
}

/* An extension line. What begins as one of ours must be whole, and stand there once. */
static const char *checkpoint_take_extension(struct ledger_text line, struct checkpoint_text *checkpoint)
{
    if (text_is_empty(line)) {
        return "it has an empty line";
    }
    if (checkpoint_take_prefix(&line, "time ")) {
        bool is_good = !checkpoint->has_time && time_read(line, &checkpoint->time_us);
        checkpoint->has_time = true;
        return is_good ? NULL : "its time is not of the form 2026-01-31T23:59:59.000000Z, or stands there twice";
    }
    if (checkpoint_take_prefix(&line, "guards ")) {
        return checkpoint_take_digest(line, &checkpoint->has_guards, &checkpoint->guards)
                   ? NULL
                   : "its digest of the guards is not 64 hexadecimal digits, or stands there twice";
    }
    if (checkpoint_take_prefix(&line, "grants ")) {
        return checkpoint_take_digest(line, &checkpoint->has_grants, &checkpoint->grants)
                   ? NULL
                   : "its digest of the grants is not 64 hexadecimal digits, or stands there twice";
    }
    if (checkpoint_take_prefix(&line, "guards-changed ")) {
        bool is_good = text_is_absent(checkpoint->guards_changed) && !text_is_empty(line);
        checkpoint->guards_changed = line;
        return is_good ? NULL : "its mark of the guards is empty, or stands there twice";
    }
    return NULL;
}

ledger_status checkpoint_text_parse(struct ledger_call *call, struct ledger_text text,
                                    struct checkpoint_text *ret_checkpoint)
{
    struct checkpoint_text checkpoint = {0};
    struct ledger_text line;
    if (!checkpoint_take_line(&text, &checkpoint.origin) || text_is_empty(checkpoint.origin)) {
        return checkpoint_fail(call, "the first line, the origin, is missing");
    }
    if (!checkpoint_take_line(&text, &line) || !checkpoint_parse_number(line, &checkpoint.log_size)) {
        return checkpoint_fail(call, "the second line is not the size of a log");
    }
    if (!checkpoint_take_line(&text, &line) || !checkpoint_parse_hash(line, &checkpoint.root)) {
        return checkpoint_fail(call, "the third line is not the base64 of a root hash");
    }
    while (checkpoint_take_line(&text, &line)) {
        const char *fault = checkpoint_take_extension(line, &checkpoint);
        if (fault != NULL) {
            return checkpoint_fail(call, fault);
        }
    }
    if (!text_is_empty(text)) {
        return checkpoint_fail(call, "its last line has no line feed");
    }
    *ret_checkpoint = checkpoint;
    return LEDGER_DONE;
}

/* A line "<word> <number>", the hashes, an empty line, and the note. */
static ledger_status proof_format(struct ledger_call *call, const char *begin, uint64_t number,
                                  const struct merkle_proof *proof, struct ledger_text checkpoint_note,
                                  struct ledger_text *ret_text)
{
    struct text_builder builder;
    text_builder_init(&builder, &call->arena, 128 + 45 * proof->count + checkpoint_note.size);
    text_builder_add_format(&builder, "%s %" PRIu64 "\n", begin, number);
    for (size_t i = 0; i < proof->count; i++) {
        base64_add(&builder, proof->hashes[i].bytes, sizeof proof->hashes[i].bytes);
        text_builder_add_char(&builder, '\n');
    }
    text_builder_add_char(&builder, '\n');
    text_builder_add_text(&builder, checkpoint_note);
    return text_builder_finish(call, &builder, ret_text);
}

static ledger_status proof_fail(struct ledger_call *call, const char *kind, const char *fault)
{
    return ledger_fail(call, LEDGER_PROOF_IS_INVALID, "this is no %s: %s", kind, fault);
}

/* The same back; `word` has its blank. */
static ledger_status proof_parse(struct ledger_call *call, const char *kind, const char *word, struct ledger_text text,
                                 uint64_t *ret_number, struct merkle_proof *ret_proof,
                                 struct ledger_text *ret_checkpoint_note)
{
    struct ledger_text line;
    struct merkle_proof proof;
    uint64_t number = 0;
    if (!checkpoint_take_prefix(&text, word) || !checkpoint_take_line(&text, &line) ||
        !checkpoint_parse_number(line, &number)) {
        return proof_fail(call, kind, "the line with the position or size is missing or malformed");
    }
    for (proof.count = 0;; proof.count++) {
        if (!checkpoint_take_line(&text, &line)) {
            return proof_fail(call, kind, "the empty line before the checkpoint is missing");
        }
        if (text_is_empty(line)) {
            break;
        }
        if (proof.count == MERKLE_PROOF_MAX || !checkpoint_parse_hash(line, &proof.hashes[proof.count])) {
            return proof_fail(call, kind, "a line of it is not the base64 of a hash, or there are too many");
        }
    }
    ret_proof->count = proof.count;
    memcpy(ret_proof->hashes, proof.hashes, proof.count * sizeof proof.hashes[0]);
    *ret_number = number;
    *ret_checkpoint_note = text;
    return LEDGER_DONE;
}

static const char tlog_proof_kind[] = "inclusion proof (c2sp.org/tlog-proof@v1)";

ledger_status tlog_proof_format(struct ledger_call *call, uint64_t index, const struct merkle_proof *proof,
                                struct ledger_text checkpoint_note, struct ledger_text *ret_text)
{
    return proof_format(call, "c2sp.org/tlog-proof@v1\nindex", index, proof, checkpoint_note, ret_text);
}

/* "extra <base64>": nothing vouches for it, so nothing reads it. */
static ledger_status tlog_proof_skip_extra(struct ledger_call *call, struct ledger_text *text)
{
    struct ledger_text line;
    uint8_t *bytes;
    size_t size = 0;
    if (!checkpoint_take_prefix(text, "extra ")) {
        return LEDGER_DONE;
    }
    if (!checkpoint_take_line(text, &line)) {
        return proof_fail(call, tlog_proof_kind, "it ends within its extra data");
    }
    LEDGER_ALLOCATE(call, bytes, line.size + 1);
    return base64_decode(line, bytes, line.size, &size)
               ? LEDGER_DONE
               : proof_fail(call, tlog_proof_kind, "its extra data are not base64");
}

ledger_status tlog_proof_parse(struct ledger_call *call, struct ledger_text text, uint64_t *ret_index,
                               struct merkle_proof *ret_proof, struct ledger_text *ret_checkpoint_note)
{
    if (!checkpoint_take_prefix(&text, tlog_proof_header)) {
        return proof_fail(call, tlog_proof_kind, "the first line is another");
    }
    LEDGER_TRY(tlog_proof_skip_extra(call, &text));
    return proof_parse(call, tlog_proof_kind, "index ", text, ret_index, ret_proof, ret_checkpoint_note);
}

ledger_status consistency_proof_format(struct ledger_call *call, uint64_t old_size, const struct merkle_proof *proof,
                                       struct ledger_text checkpoint_note, struct ledger_text *ret_text)
{
    return proof_format(call, "old", old_size, proof, checkpoint_note, ret_text);
}

ledger_status consistency_proof_parse(struct ledger_call *call, struct ledger_text text, uint64_t *ret_old_size,
                                      struct merkle_proof *ret_proof, struct ledger_text *ret_checkpoint_note)
{
    return proof_parse(call, "consistency proof", "old ", text, ret_old_size, ret_proof, ret_checkpoint_note);
}
