/* Fuzzes mapping files: whatever comes, it ends with an outcome, and what was read can be asked. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "exchange/mapping.h"
#include "exchange/number_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ledger_call call;
    struct mapping mapping;
    struct ledger_text source = {(const char *)data, size};
    char date[MAPPING_DATE_SIZE];
    call_init(&call);
    mapping_init(&mapping);
    if (mapping_read_text(&call, &mapping, source, "input") == LEDGER_DONE) {
        for (size_t i = 0; i < mapping.accounts.count; i++) {
            assert(!text_is_absent(mapping_find(&mapping.accounts, mapping.accounts.items[i].name)));
        }
        if (!text_is_absent(mapping.date_format)) {
            (void)mapping_read_date(&mapping, mapping.date_format, date);
            (void)mapping_read_date(&mapping, TEXT("31.12.2026 23:59:59"), date);
        }
    } else {
        assert(ledger_call_message(&call)[0] != '\0');
    }
    mapping_done(&mapping);
    call_done(&call);

    int64_t minor = -1;
    size_t number = number_size(source);
    assert(number <= size);
    for (size_t i = 0; i < 3; i++) {
        if (number_read((struct ledger_text){source.data, number}, "\0.,"[i], &minor) == NUMBER_IS_GOOD) {
            assert(minor >= 0);
        }
    }
    return 0;
}
