/* CSV from any bytes: rows that are read, written again, are read the same. The first byte chooses the separator. */
#include <stdbool.h>
#include <stdlib.h>

#include "base/csv_read.h"
#include "base/csv_write.h"
#include "base/text.h"

static void require(bool truth)
{
    if (!truth) {
        abort();
    }
}

/* Writes what it can read, and gives the number of rows. */
static size_t copy_rows(struct ledger_call *call, struct ledger_text source, char separator,
                        struct text_builder *builder, ledger_status *ret_status)
{
    static struct csv_reader reader;
    struct csv_writer writer;
    struct csv_row row;
    bool has_row = false;
    size_t rows_count = 0;
    csv_reader_init(&reader, source, "bytes", separator);
    csv_writer_init(&writer, builder);
    while ((*ret_status = csv_read_row(call, &reader, &row, &has_row)) == LEDGER_DONE && has_row) {
        for (size_t i = 0; i < row.fields_count; i++) {
            csv_write_field(&writer, row.fields[i]);
        }
        csv_write_row_end(&writer);
        rows_count++;
    }
    csv_reader_done(&reader);
    return rows_count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    struct ledger_call call;
    struct text_builder first;
    struct text_builder second;
    struct ledger_text first_text;
    struct ledger_text second_text;
    ledger_status status;
    call_init(&call);
    text_builder_init(&first, &call.arena, 0);
    text_builder_init(&second, &call.arena, 0);
    struct ledger_text source = {(const char *)data + 1, size - 1};
    size_t rows_count = copy_rows(&call, source, ",;\t"[data[0] % 3], &first, &status);
    require(text_builder_finish(&call, &first, &first_text) == LEDGER_DONE);
    /* A field that begins with a byte order mark would be taken for one at the beginning. */
    bool begins_with_mark = first_text.size >= 3 && memcmp(first_text.data, "\xEF\xBB\xBF", 3) == 0;
    if (!begins_with_mark) {
        size_t again_count = copy_rows(&call, first_text, ',', &second, &status);
        require(status == LEDGER_DONE && again_count == rows_count);
        require(text_builder_finish(&call, &second, &second_text) == LEDGER_DONE);
        require(text_equals(first_text, second_text));
    }
    call_done(&call);
    return 0;
}
