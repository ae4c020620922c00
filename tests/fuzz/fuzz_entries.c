/* Fuzzes the reader of entries files: whatever comes, it ends with an outcome, and what it takes is whole. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "exchange/read_entries.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ledger_call call;
    call_init(&call);
    const struct ledger_entry *entries = NULL;
    uint32_t count = 0;
    ledger_status status =
        read_entries(&call, (struct ledger_text){(const char *)data, size}, "input", &entries, &count);
    if (status == LEDGER_DONE) {
        for (uint32_t index = 0; index < count; index++) {
            assert(!text_is_absent(entries[index].account_code));
            assert(!text_is_absent(entries[index].entry_type_text));
            assert(!text_is_absent(entries[index].amount));
        }
    } else {
        assert(ledger_call_problems_count(&call) > 0);
        assert(ledger_call_message(&call)[0] != '\0');
    }
    call_done(&call);
    return 0;
}
