/* The reader of CSV.
 *
 * I1 Every byte of the source is looked at once, but for the check that it is UTF-8.
 * I2 A field is a view of the source, or, where quotes were doubled in it, a copy in the reader's arena, which is
 *    emptied before each row. */
#include "base/csv_read.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "base/utf8.h"

void csv_reader_init(struct csv_reader *reader, struct ledger_text source, const char *source_name, char separator)
{
    assert(separator == ',' || separator == ';' || separator == '\t');
    arena_init(&reader->arena);
    reader->source = text_is_absent(source) ? TEXT("") : source;
    reader->source_name = source_name;
    reader->offset = 0;
    reader->line = 1;
    reader->separator = separator;
    if (source.size >= 3 && memcmp(source.data, "\xEF\xBB\xBF", 3) == 0) {
        reader->offset = 3;
    }
}

void csv_reader_restart(struct csv_reader *reader, struct ledger_text source, uint32_t line)
{
    reader->source = source;
    reader->offset = 0;
    reader->line = line;
}

void csv_reader_done(struct csv_reader *reader)
{
    arena_done(&reader->arena);
}

static ledger_status csv_refuse(struct ledger_call *call, const struct csv_reader *reader, uint32_t line,
                                const char *fault)
{
    return ledger_fail(call, LEDGER_INPUT_IS_MALFORMED, "%s, line %" PRIu32 ": %s", reader->source_name, line, fault);
}

static bool csv_is_at_end(const struct csv_reader *reader)
{
    return reader->offset == reader->source.size;
}

static char csv_peek(const struct csv_reader *reader)
{
    return reader->source.data[reader->offset];
}

static bool csv_take(struct csv_reader *reader, char character)
{
    if (csv_is_at_end(reader) || csv_peek(reader) != character) {
        return false;
    }
    reader->offset++;
    return true;
}

/* LF, CRLF, or the end of the source. */
static bool csv_take_row_end(struct csv_reader *reader)
{
    size_t left = reader->source.size - reader->offset;
    if (left == 0) {
        return true;
    }
    if (left >= 2 && memcmp(reader->source.data + reader->offset, "\r\n", 2) == 0) {
        reader->offset++;
    }
    if (!csv_take(reader, '\n')) {
        return false;
    }
    reader->line++;
    return true;
}

/* Passes over empty lines; false at the end of the source. */
static bool csv_find_row(struct csv_reader *reader)
{
    while (!csv_is_at_end(reader)) {
        if (!csv_take_row_end(reader)) {
            return true;
        }
    }
    return false;
}

static ledger_status csv_check_field(struct ledger_call *call, const struct csv_reader *reader, uint32_t line,
                                     struct ledger_text field)
{
    if (field.size > CSV_FIELD_BYTES_MAX) {
        return ledger_fail(call, LEDGER_INPUT_IS_TOO_LARGE,
                           "%s, line %" PRIu32 ": a field is larger than the limit of %d bytes", reader->source_name,
                           line, (int)CSV_FIELD_BYTES_MAX);
    }
    if (field.size > 0 && memchr(field.data, '\0', field.size) != NULL) {
        return csv_refuse(call, reader, line, "a field has a NUL character");
    }
    if (utf8_first_invalid(field) != field.size) {
        return csv_refuse(call, reader, line, "a field is not UTF-8");
    }
    return LEDGER_DONE;
}

/* Each pair of quotes becomes one. */
static ledger_status csv_undouble(struct ledger_call *call, struct csv_reader *reader, struct ledger_text *field)
{
    char *copy = arena_allocate(&reader->arena, field->size);
    if (copy == NULL) {
        return ledger_fail_out_of_memory(call);
    }
    size_t size = 0;
    for (size_t i = 0; i < field->size; i++) {
        copy[size++] = field->data[i];
        i += field->data[i] == '"';
    }
    *field = (struct ledger_text){copy, size};
    return LEDGER_DONE;
}

/* The opening quote is read already. */
static ledger_status csv_take_quoted(struct ledger_call *call, struct csv_reader *reader, struct ledger_text *field)
{
    uint32_t first_line = reader->line;
    size_t begin = reader->offset;
    bool has_doubled = false;
    for (;;) {
        if (csv_is_at_end(reader)) {
            return csv_refuse(call, reader, first_line, "the quote that opens here is never closed");
        }
        char character = csv_peek(reader);
        reader->offset++;
        reader->line += character == '\n';
        if (character == '"') {
            if (!csv_take(reader, '"')) {
                break;
            }
            has_doubled = true;
        }
    }
    *field = (struct ledger_text){reader->source.data + begin, reader->offset - 1 - begin};
    LEDGER_TRY(csv_check_field(call, reader, first_line, *field));
    return has_doubled ? csv_undouble(call, reader, field) : LEDGER_DONE;
}

static ledger_status csv_take_plain(struct ledger_call *call, struct csv_reader *reader, struct ledger_text *field)
{
    size_t begin = reader->offset;
    while (!csv_is_at_end(reader)) {
        char character = csv_peek(reader);
        if (character == reader->separator || character == '\n' || character == '\r') {
            break;
        }
        if (character == '"') {
            return csv_refuse(call, reader, reader->line, "a quote stands inside a field that does not begin with one");
        }
        reader->offset++;
    }
    *field = (struct ledger_text){reader->source.data + begin, reader->offset - begin};
    return csv_check_field(call, reader, reader->line, *field);
}

static ledger_status csv_take_fields(struct ledger_call *call, struct csv_reader *reader, struct csv_row *row)
{
    do {
        if (row->fields_count == CSV_FIELDS_MAX) {
            return ledger_fail(call, LEDGER_INPUT_IS_TOO_LARGE,
                               "%s, line %" PRIu32 ": a row has more fields than the limit of %d", reader->source_name,
                               row->line, (int)CSV_FIELDS_MAX);
        }
        bool is_quoted = csv_take(reader, '"');
        struct ledger_text *field = &reader->fields[row->fields_count++];
        LEDGER_TRY(is_quoted ? csv_take_quoted(call, reader, field) : csv_take_plain(call, reader, field));
    } while (csv_take(reader, reader->separator));
    uint32_t line = reader->line;
    if (!csv_take_row_end(reader)) {
        return csv_refuse(call, reader, line,
                          csv_peek(reader) == '\r' ? "a carriage return stands without its line feed"
                                                   : "something follows the closing quote");
    }
    row->fields = reader->fields;
    return LEDGER_DONE;
}

ledger_status csv_read_row(struct ledger_call *call, struct csv_reader *reader, struct csv_row *ret_row,
                           bool *ret_has_row)
{
    if (!csv_find_row(reader)) {
        *ret_has_row = false;
        return LEDGER_DONE;
    }
    arena_reset(&reader->arena);
    struct csv_row row = {.line = reader->line};
    ledger_status status = csv_take_fields(call, reader, &row);
    if (status != LEDGER_DONE) {
        reader->offset = reader->source.size;
        return status;
    }
    *ret_row = row;
    *ret_has_row = true;
    return LEDGER_DONE;
}
