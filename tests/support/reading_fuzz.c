/* Readers of postings, read to their end whatever the bytes are. */
#include "support/reading_fuzz.h"

#include <assert.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

const char *reading_fuzz_file(const char *data, size_t size)
{
    static char path[64];
    static int descriptor = -1;
    if (descriptor < 0) {
        descriptor = memfd_create("input", MFD_CLOEXEC);
        assert(descriptor >= 0);
        (void)snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
    }
    int truncated = ftruncate(descriptor, 0);
    ssize_t written = pwrite(descriptor, data, size, 0);
    assert(truncated == 0 && written == (ssize_t)size);
    return path;
}

static void check_posting(const struct ledger_posting *posting)
{
    for (uint32_t i = 0; i < posting->entries_count; i++) {
        const struct ledger_entry *entry = &posting->entries[i];
        assert(!text_is_absent(entry->amount) || entry->amount_minor >= 0);
        assert(entry->entry_type == LEDGER_DEBIT || entry->entry_type == LEDGER_CREDIT);
    }
}

/* What is rejected is written for every record here, so that this is tried too. */
static void check_rejected(struct posting_reader *reader, struct ledger_text source)
{
    struct ledger_call call;
    struct text_builder builder;
    struct ledger_text rejected;
    call_init(&call);
    text_builder_init(&builder, &call.arena, 0);
    reader->operations->add_rejected(reader, &builder, source, TEXT("a \"reason\"\nof two lines"));
    ledger_status status = text_builder_finish(&call, &builder, &rejected);
    assert(status == LEDGER_DONE && rejected.size > 0);
    call_done(&call);
}

void reading_fuzz(struct posting_reader *reader)
{
    struct ledger_call call;
    struct reading_position position = {.bytes = 0};
    uint64_t bytes_before = 0;
    bool has_record = true;
    ledger_status status = LEDGER_DONE;
    call_init(&call);
    while (has_record && (status == LEDGER_DONE || status == LEDGER_INPUT_IS_MALFORMED)) {
        struct reading reading = {.line = 0};
        ledger_call_reset(&call);
        has_record = false;
        status = reader->operations->next(&call, reader, &has_record, &reading);
        reader->operations->tell(reader, &position);
        assert(position.bytes >= bytes_before);
        bytes_before = position.bytes;
        if (status != LEDGER_DONE) {
            assert(ledger_call_problems_count(&call) > 0);
            has_record = true;
        }
        if (has_record) {
            check_rejected(reader, reading.source);
        }
        if (status == LEDGER_DONE && has_record && reading.kind == READING_POSTING) {
            check_posting(&reading.posting);
        }
    }
    assert(status != LEDGER_DONE || position.bytes == position.bytes_total || position.bytes_total == 0);
    call_done(&call);
}
