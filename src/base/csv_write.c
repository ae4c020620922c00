/* The writer of CSV. */
#include "base/csv_write.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/json_scan.h"

void csv_writer_init(struct csv_writer *writer, struct text_builder *builder)
{
    *writer = (struct csv_writer){.builder = builder, .separator = ','};
}

void csv_writer_init_stream(struct csv_writer *writer, FILE *stream)
{
    *writer = (struct csv_writer){.stream = stream, .separator = ','};
}

/* A stream remembers its failure itself, until csv_writer_finish asks. */
static void csv_put(struct csv_writer *writer, const char *data, size_t size)
{
    if (writer->builder != NULL) {
        text_builder_add(writer->builder, data, size);
    } else if (size > 0) {
        (void)fwrite(data, 1, size, writer->stream);
    }
}

/* What JSON writes as it is has no quote and no end of line. */
static bool csv_needs_quotes(const struct csv_writer *writer, struct ledger_text field)
{
    uint64_t seen = 0;
    size_t plain_size = json_scan_plain(field.data, field.size, &seen);
    if (plain_size > 0 && memchr(field.data, writer->separator, plain_size) != NULL) {
        return true;
    }
    for (size_t i = plain_size; i < field.size; i++) {
        char character = field.data[i];
        if (character == '"' || character == '\r' || character == '\n' || character == writer->separator) {
            return true;
        }
    }
    return false;
}

/* Each quote within is doubled: written with what stands before it, and again as the first of what follows. */
static void csv_put_quoted(struct csv_writer *writer, struct ledger_text field)
{
    size_t begin = 0;
    csv_put(writer, "\"", 1);
    for (size_t i = 0; i < field.size; i++) {
        if (field.data[i] == '"') {
            csv_put(writer, field.data + begin, i + 1 - begin);
            begin = i;
        }
    }
    csv_put(writer, field.data + begin, field.size - begin);
    csv_put(writer, "\"", 1);
}

static void csv_begin_field(struct csv_writer *writer, struct ledger_text field)
{
    if (writer->row_fields_count > 0) {
        csv_put(writer, &writer->separator, 1);
    }
    writer->row_is_empty = writer->row_fields_count == 0 && field.size == 0;
    writer->row_fields_count++;
}

void csv_write_plain(struct csv_writer *writer, struct ledger_text field)
{
    csv_begin_field(writer, field);
    csv_put(writer, field.data == NULL ? "" : field.data, field.size);
}

void csv_write_field(struct csv_writer *writer, struct ledger_text field)
{
    csv_begin_field(writer, field);
    if (csv_needs_quotes(writer, field)) {
        csv_put_quoted(writer, field);
    } else {
        csv_put(writer, field.data == NULL ? "" : field.data, field.size);
    }
}

void csv_write_string(struct csv_writer *writer, const char *field)
{
    csv_write_field(writer, ledger_text_of(field));
}

void csv_write_integer(struct csv_writer *writer, int64_t number)
{
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%" PRId64, number);
    csv_write_field(writer, (struct ledger_text){digits, (size_t)length});
}

void csv_write_row_end(struct csv_writer *writer)
{
    assert(writer->row_fields_count > 0);
    if (writer->row_is_empty) {
        csv_put(writer, "\"\"", 2);
    }
    csv_put(writer, "\r\n", 2);
    writer->row_fields_count = 0;
}

ledger_status csv_writer_finish(struct ledger_call *call, struct csv_writer *writer, const char *name)
{
    assert(writer->row_fields_count == 0);
    if (writer->stream == NULL) {
        return LEDGER_DONE;
    }
    bool had_failed = ferror(writer->stream) != 0;
    if (fflush(writer->stream) != 0 || had_failed) {
        return ledger_fail(call, LEDGER_FILE_IS_UNREADABLE, "%s cannot be written: %s", name,
                           had_failed ? "a write failed" : strerrordesc_np(errno));
    }
    return LEDGER_DONE;
}
