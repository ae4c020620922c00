/* Fuzzes the reader of postings as CSV: whatever comes, it comes to its end, what it gives is whole, and its position
 * is that of the file. The first byte chooses the mapping. */
#include <assert.h>

#include "support/reading_fuzz.h"

static void read_with(const char *mapping_text, const char *path)
{
    struct ledger_call call;
    struct mapping mapping;
    struct posting_reader *reader = NULL;
    call_init(&call);
    mapping_init(&mapping);
    ledger_status status = mapping_read_text(&call, &mapping, ledger_text_of(mapping_text), "mapping");
    assert(status == LEDGER_DONE);
    status = read_csv_open(&call, path, &mapping, &reader);
    if (status == LEDGER_DONE) {
        reading_fuzz(reader);
    } else {
        assert(ledger_call_message(&call)[0] != '\0');
    }
    posting_reader_free(reader);
    mapping_done(&mapping);
    call_done(&call);
}

#define DEFAULTS "[defaults]\ndebit_account = 1\ncredit_account = 2\n"
#define COLUMNS "[ignored]\ncolumn = *\n[columns]\namount = a\ndescription = b\n" DEFAULTS
#define FORMATS "[ignored]\ncolumn = *\n[format]\ndecimal = ,\ndate = DD.MM.YYYY hh:mm\nsign = credit\n"

static const char *const mappings[] = {"", FORMATS, COLUMNS};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    const char *path = reading_fuzz_file((const char *)data + 1, size - 1);
    read_with(mappings[data[0] % 3], path);
    return 0;
}
