/* Fuzzes the reader of plain-text journals: whatever comes, it comes to its end, what it gives is whole and balanced
 * where an amount was left out, and its position is that of the file. The first byte chooses the dialect. */
#include <assert.h>

#include "support/reading_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ledger_call call;
    struct mapping mapping;
    struct posting_reader *reader = NULL;
    if (size == 0) {
        return 0;
    }
    const char *path = reading_fuzz_file((const char *)data + 1, size - 1);
    enum journal_dialect dialect = data[0] % 2 == 0 ? JOURNAL_PLAIN : JOURNAL_BEANCOUNT;
    call_init(&call);
    mapping_init(&mapping);
    ledger_status status = read_journal_open(&call, path, dialect, &mapping, data[0] % 4 < 2, &reader);
    assert(status == LEDGER_DONE);
    reading_fuzz(reader);
    posting_reader_free(reader);
    mapping_done(&mapping);
    call_done(&call);
    return 0;
}
