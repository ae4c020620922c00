/* The writer of CSV. */
#include "base/csv_write.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/json_scan.h"

void csv_writer_init(struct csv_writer *writer, struct text_builder *builder)
{
    *writer = (struct csv_writer){.builder = builder, .separator = ','};
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
    text_builder_add_char(writer->builder, '"');
    for (size_t i = 0; i < field.size; i++) {
        if (field.data[i] == '"') {
            text_builder_add(writer->builder, field.data + begin, i + 1 - begin);
            begin = i;
        }
    }
    text_builder_add(writer->builder, field.data + begin, field.size - begin);
    text_builder_add_char(writer->builder, '"');
}

static void csv_begin_field(struct csv_writer *writer, struct ledger_text field)
{
    if (writer->row_fields_count > 0) {
        text_builder_add_char(writer->builder, writer->separator);
    }
    writer->row_is_empty = writer->row_fields_count == 0 && field.size == 0;
    writer->row_fields_count++;
}

void csv_write_plain(struct csv_writer *writer, struct ledger_text field)
{
    csv_begin_field(writer, field);
    text_builder_add_text(writer->builder, field);
}

void csv_write_field(struct csv_writer *writer, struct ledger_text field)
{
    csv_begin_field(writer, field);
    if (csv_needs_quotes(writer, field)) {
        csv_put_quoted(writer, field);
    } else {
        text_builder_add_text(writer->builder, field);
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
        text_builder_add_string(writer->builder, "\"\"");
    }
    text_builder_add_string(writer->builder, "\r\n");
    writer->row_fields_count = 0;
}
