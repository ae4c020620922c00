/* Fuzzes the reader of verbatim exports: whatever comes, it comes to its end and says what is wrong; a line that is
 * good is one of a kind. */
#include <assert.h>

#include "exchange/import_verbatim.h"
#include "support/reading_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ledger_call call;
    struct import_verbatim_result result;
    const struct import_verbatim_options options = {
        .path = reading_fuzz_file((const char *)data, size), .only_checks = true, .batch_items_max = 2};
    call_init(&call);
    ledger_status status = import_verbatim(&call, &options, &result);
    assert(status == LEDGER_DONE || ledger_call_message(&call)[0] != '\0');
    call_done(&call);
    return 0;
}
