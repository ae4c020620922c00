/* The slow ways of the form writer: a full buffer, and texts with escapes. */
#include "domain/form_writer.h"

#include <assert.h>

#include "base/utf8.h"

void form_buffer_init(struct form_buffer *buffer)
{
    buffer->copy = NULL;
    for (int32_t day = 0; day < FORM_DATES_COUNT; day++) {
        form_make_date(&buffer->dates[day], day);
    }
}

void form_make_date(struct form_date *date, int32_t day)
{
    assert(form_day_is_in_range(day));
    struct civil_date civil = day_to_civil(day);
    form_write_pair(date->text, (uint32_t)civil.year / 100);
    form_write_pair(date->text + 2, (uint32_t)civil.year % 100);
    date->text[4] = '-';
    form_write_pair(date->text + 5, (uint32_t)civil.month);
    date->text[7] = '-';
    form_write_pair(date->text + 8, (uint32_t)civil.day);
    date->day = day;
}

void form_flush(struct form_writer *writer)
{
    assert(writer->at <= writer->limit + FORM_SLACK); /* I1 */
    if (!writer->is_streaming) {
        sha256_begin(writer->sha256);
        writer->is_streaming = true;
    }
    size_t size = (size_t)(writer->at - writer->buffer->bytes);
    sha256_add(writer->sha256, writer->buffer->bytes, size);
    if (writer->buffer->copy != NULL) {
        text_builder_add(writer->buffer->copy, writer->buffer->bytes, size);
    }
    writer->at = writer->buffer->bytes;
}

void form_add_raw(struct form_writer *writer, struct ledger_text text)
{
    size_t offset = 0;
    while (offset < text.size) {
        form_ensure(writer);
        size_t room = (size_t)(writer->limit - writer->at) + 1;
        size_t piece_size = text.size - offset < room ? text.size - offset : room;
        form_add(writer, text.data + offset, piece_size);
        offset += piece_size;
    }
    form_ensure(writer);
}

/* "\u001f": 6 characters, the digits in lower case. */
static void form_add_unicode_escape(struct form_writer *writer, uint32_t unit)
{
    static const char digits[] = "0123456789abcdef";
    char escape[6] = {
        '\\', 'u', digits[unit >> 12], digits[unit >> 8 & 0xf], digits[unit >> 4 & 0xf], digits[unit & 0xf]};
    form_add(writer, escape, sizeof escape);
}

/* A character below U+0080. The short escapes are the same in RFC 8785 and in Python. */
static void form_add_escaped_ascii(struct form_writer *writer, uint8_t character, bool ascii_only)
{
    switch (character) {
    case '"':
        FORM_LITERAL(writer, "\\\"");
        break;
    case '\\':
        FORM_LITERAL(writer, "\\\\");
        break;
    case '\b':
        FORM_LITERAL(writer, "\\b");
        break;
    case '\f':
        FORM_LITERAL(writer, "\\f");
        break;
    case '\n':
        FORM_LITERAL(writer, "\\n");
        break;
    case '\r':
        FORM_LITERAL(writer, "\\r");
        break;
    case '\t':
        FORM_LITERAL(writer, "\\t");
        break;
    default:
        if (character < 0x20 || (ascii_only && character == 0x7f)) {
            form_add_unicode_escape(writer, character);
        } else {
            *writer->at++ = (char)character;
        }
    }
}

/* A character beyond ASCII as Python writes it, in UTF-16 units; returns its size. A byte that is not UTF-8 becomes the
 * lone surrogate that Python's "surrogateescape" gives it. */
static size_t form_add_escaped_wide(struct form_writer *writer, struct ledger_text rest)
{
    size_t size = 0;
    struct ledger_text first = {rest.data, rest.size < 4 ? rest.size : 4};
    if (utf8_first_invalid(first) == 0) {
        form_add_unicode_escape(writer, 0xdc00u + (uint8_t)rest.data[0]);
        return 1;
    }
    uint32_t code_point = utf8_next(first, &size);
    if (code_point < 0x10000) {
        form_add_unicode_escape(writer, code_point);
    } else {
        form_add_unicode_escape(writer, 0xd800 + ((code_point - 0x10000) >> 10));
        form_add_unicode_escape(writer, 0xdc00 + ((code_point - 0x10000) & 0x3ff));
    }
    return size;
}

void form_add_escaped(struct form_writer *writer, const char *data, size_t size, bool ascii_only)
{
    size_t offset = 0;
    form_ensure(writer); /* for the caller, even where the text is empty */
    while (offset < size) {
        form_ensure(writer);
        size_t room = (size_t)(writer->limit - writer->at);
        size_t plain_size =
            form_copy_plain(writer->at, data + offset, size - offset < room ? size - offset : room, ascii_only);
        writer->at += plain_size;
        offset += plain_size;
        if (offset == size) {
            break;
        }
        uint8_t byte = (uint8_t)data[offset];
        if (byte < 0x80) {
            form_add_escaped_ascii(writer, byte, ascii_only);
            offset++;
        } else if (ascii_only) {
            offset += form_add_escaped_wide(writer, (struct ledger_text){data + offset, size - offset});
        } else {
            *writer->at++ = (char)byte;
            offset++;
        }
    }
}
