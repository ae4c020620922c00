/* Fuzzes the check of proofs that anybody may have written, with signatures left out of account, so that the fuzzer
 * gets behind them.
 *
 * I1 A proof is refused as one that does not hold, or as too large, and never otherwise.
 * I2 What is accepted has one text: with any byte more it is refused. */
#include <assert.h>
#include <stdlib.h>

#include "base/text.h"
#include "integrity/evidence.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ledger_call call;
    struct ledger_checked_proof checked;
    struct ledger_text proof = {size == 0 ? "" : (const char *)data, size};
    call_init(&call);
    ledger_status status = evidence_check(&call, proof, NULL, 0, &checked);
    assert(status == LEDGER_DONE || status == LEDGER_PROOF_IS_INVALID);
    if (status == LEDGER_DONE) {
        struct ledger_text more;
        ledger_status more_status = ledger_call_format(&call, &more, "%.*s\n", TEXT_ARGUMENTS(proof));
        assert(more_status == LEDGER_DONE);
        more_status = evidence_check(&call, more, NULL, 0, &checked);
        assert(more_status == LEDGER_PROOF_IS_INVALID);
    }
    status = ledger_check_proof(&call, proof,
                                TEXT("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"), &checked);
    assert(status == LEDGER_DONE || status == LEDGER_PROOF_IS_INVALID);
    call_done(&call);
    return 0;
}
