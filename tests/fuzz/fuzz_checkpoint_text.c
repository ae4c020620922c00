/* Fuzzes the readers of checkpoints, origins and inclusion proofs.
 *
 * I1 A checkpoint that is read and written is read as the same, and is the same text where every line is known.
 * I2 A proof that is read and written is the same text, but for extra data. */
#include <assert.h>
#include <stdlib.h>

#include "base/text.h"
#include "domain/checkpoint_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_checkpoint(struct ledger_call *call, struct ledger_text source)
{
    struct checkpoint_text checkpoint;
    struct checkpoint_text again;
    struct ledger_text text;
    struct ledger_text ledger_id;
    int64_t epoch = 0;
    if (checkpoint_text_parse(call, source, &checkpoint) != LEDGER_DONE) {
        return;
    }
    ledger_status status = checkpoint_text_format(call, &checkpoint, &text);
    assert(status == LEDGER_DONE && text.size <= source.size);
    status = checkpoint_text_parse(call, text, &again);
    assert(status == LEDGER_DONE);
    assert(text_equals(checkpoint.origin, again.origin) && checkpoint.log_size == again.log_size);
    assert(memcmp(&checkpoint.root, &again.root, sizeof again.root) == 0);
    assert(checkpoint.has_time == again.has_time && checkpoint.time_us == again.time_us);
    assert(checkpoint.has_guards == again.has_guards);
    assert(memcmp(&checkpoint.guards, &again.guards, sizeof again.guards) == 0);
    assert(text_equals(checkpoint.guards_changed, again.guards_changed));
    assert(checkpoint.has_grants == again.has_grants);
    assert(memcmp(&checkpoint.grants, &again.grants, sizeof again.grants) == 0);
    if (checkpoint_origin_parse(checkpoint.origin, &ledger_id, &epoch)) {
        status = checkpoint_origin_format(call, ledger_id, epoch, &text);
        assert(status == LEDGER_DONE && text_equals(text, checkpoint.origin));
    }
}

static void fuzz_proof(struct ledger_call *call, struct ledger_text source)
{
    static const char header[] = "c2sp.org/tlog-proof@v1\n";
    struct merkle_proof proof;
    struct ledger_text note;
    struct ledger_text text;
    uint64_t index = 0;
    if (tlog_proof_parse(call, source, &index, &proof, &note) != LEDGER_DONE) {
        return;
    }
    ledger_status status = tlog_proof_format(call, index, &proof, note, &text);
    assert(status == LEDGER_DONE);
    if (text.size != source.size) {
        size_t begin = sizeof header - 1;
        assert(memcmp(source.data + begin, "extra ", 6) == 0);
        const char *end = memchr(source.data + begin, '\n', source.size - begin);
        assert(end != NULL);
        source.size -= (size_t)(end + 1 - source.data) - begin;
        source.data = end + 1 - begin;
        assert(source.size == text.size);
        assert(memcmp(source.data + begin, text.data + begin, text.size - begin) == 0);
        return;
    }
    assert(text_equals(text, source));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ledger_call call;
    struct ledger_text source = {size == 0 ? "" : (const char *)data, size};
    call_init(&call);
    fuzz_checkpoint(&call, source);
    fuzz_proof(&call, source);
    call_done(&call);
    return 0;
}
