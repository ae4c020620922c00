/* JSON written.
 *
 * In `last_key` the writer keeps, for each open container, its newest key: NULL for an array, "" for an object that has
 * none yet, and so knows what a value has to put before itself.
 *
 * I1 A value of an object follows its key, and a canonical object's keys ascend. */
#include "base/json_write.h"

#include <assert.h>
#include <stdlib.h>

#include "base/json_scan.h"
#include "base/text.h"
#include "base/utf8.h"

static const char json_write_digits[] = "0123456789abcdef";

/* The letter of the short escape of a character, 0 where it has none. */
static char json_write_short_escape(uint32_t code_point)
{
    switch (code_point) {
    case '\b':
        return 'b';
    case '\t':
        return 't';
    case '\n':
        return 'n';
    case '\f':
        return 'f';
    case '\r':
        return 'r';
    case '"':
    case '\\':
        return (char)code_point;
    default:
        return 0;
    }
}

static void json_add_unit(struct text_builder *builder, uint32_t unit)
{
    char escape[6] = {'\\', 'u'};
    for (unsigned index = 0; index < 4; index++) {
        escape[2 + index] = json_write_digits[unit >> (12 - 4 * index) & 0xf];
    }
    text_builder_add(builder, escape, sizeof escape);
}

/* Adds the escape of a code point, the short one where there is one. */
static void json_add_escape(struct text_builder *builder, uint32_t code_point)
{
    char letter = json_write_short_escape(code_point);
    if (letter != 0) {
        text_builder_add(builder, (char[]){'\\', letter}, 2);
    } else if (code_point < 0x10000) {
        json_add_unit(builder, code_point);
    } else {
        json_add_unit(builder, 0xd800 + ((code_point - 0x10000) >> 10));
        json_add_unit(builder, 0xdc00 + ((code_point - 0x10000) & 0x3ff));
    }
}

void json_add_quoted(struct text_builder *builder, struct ledger_text text)
{
    char *place = text_builder_reserve(builder, text.size + 2); /* all that is needed where nothing is escaped */
    uint64_t seen_first = 0;
    size_t offset = place == NULL ? 0 : json_scan_plain(text.data, text.size, &seen_first);
    if (place == NULL) {
        return;
    }
    place[0] = '"';
    if (offset > 0) {
        memcpy(place + 1, text.data, offset);
    }
    builder->size += 1 + offset;
    while (offset < text.size) {
        uint64_t seen = 0;
        size_t run = json_scan_plain(text.data + offset, text.size - offset, &seen);
        text_builder_add(builder, text.data + offset, run);
        offset += run;
        if (offset < text.size) {
            json_add_escape(builder, (unsigned char)text.data[offset]);
            offset++;
        }
    }
    text_builder_add_char(builder, '"');
}

/* How many bytes from `offset` on Python writes as they are: S_CHAR of its _json.c, blank to tilde but for two. */
static size_t json_write_ascii_run(struct ledger_text text, size_t offset)
{
    size_t begin = offset;
    while (offset < text.size && text.data[offset] >= ' ' && text.data[offset] <= '~' && text.data[offset] != '"' &&
           text.data[offset] != '\\') {
        offset++;
    }
    return offset - begin;
}

void json_add_quoted_ascii(struct text_builder *builder, struct ledger_text text)
{
    text_builder_reserve(builder, text.size + 2);
    text_builder_add_char(builder, '"');
    size_t offset = 0;
    while (offset < text.size) {
        size_t run = json_write_ascii_run(text, offset);
        text_builder_add(builder, text.data + offset, run);
        offset += run;
        if (offset < text.size) {
            json_add_escape(builder, utf8_next(text, &offset));
        }
    }
    text_builder_add_char(builder, '"');
}

void json_writer_init(struct json_writer *writer, struct text_builder *builder)
{
    *writer = (struct json_writer){.builder = builder};
}

static void json_write_line(struct json_writer *writer, unsigned depth)
{
    if (writer->pretty) {
        text_builder_add_char(writer->builder, '\n');
        for (unsigned level = 0; level < depth; level++) {
            text_builder_add(writer->builder, "  ", 2);
        }
    }
}

/* What stands before a member or element at `depth`. */
static void json_write_separator(struct json_writer *writer, bool has_members, unsigned depth)
{
    if (has_members) {
        text_builder_add_char(writer->builder, ',');
    }
    json_write_line(writer, depth);
}

static void json_write_key_text(struct json_writer *writer, struct ledger_text key)
{
    json_add_quoted(writer->builder, key);
    text_builder_add(writer->builder, ": ", writer->pretty ? 2 : 1);
}

/* Before each value: an element puts the comma before itself, a member's value has it before its key. */
static void json_write_before_value(struct json_writer *writer)
{
    if (writer->depth == 0) {
        return;
    }
    unsigned level = writer->depth - 1;
    if (writer->last_key[level] == NULL) {
        json_write_separator(writer, writer->has_members[level], writer->depth);
        writer->has_members[level] = true;
    }
    assert(writer->has_members[level]);
}

static void json_write_begin(struct json_writer *writer, char bracket, const char *last_key)
{
    json_write_before_value(writer);
    assert(writer->depth < JSON_WRITE_DEPTH_MAX);
    writer->has_members[writer->depth] = false;
    writer->last_key[writer->depth] = last_key;
    writer->depth++;
    text_builder_add_char(writer->builder, bracket);
}

static void json_write_end(struct json_writer *writer, char bracket)
{
    assert(writer->depth > 0);
    writer->depth--;
    assert((writer->last_key[writer->depth] == NULL) == (bracket == ']'));
    if (writer->has_members[writer->depth]) {
        json_write_line(writer, writer->depth);
    }
    text_builder_add_char(writer->builder, bracket);
}

void json_write_object_begin(struct json_writer *writer)
{
    json_write_begin(writer, '{', "");
}

void json_write_object_end(struct json_writer *writer)
{
    json_write_end(writer, '}');
}

void json_write_array_begin(struct json_writer *writer)
{
    json_write_begin(writer, '[', NULL);
}

void json_write_array_end(struct json_writer *writer)
{
    json_write_end(writer, ']');
}

void json_write_key(struct json_writer *writer, const char *key)
{
    assert(writer->depth > 0);
    unsigned level = writer->depth - 1;
    assert(writer->last_key[level] != NULL);
    assert(!writer->canonical || strcmp(writer->last_key[level], key) < 0);
    json_write_separator(writer, writer->has_members[level], writer->depth);
    writer->has_members[level] = true;
    writer->last_key[level] = key;
    json_write_key_text(writer, ledger_text_of(key));
}

void json_write_text(struct json_writer *writer, struct ledger_text text)
{
    if (text_is_absent(text)) {
        json_write_null(writer);
        return;
    }
    json_write_before_value(writer);
    json_add_quoted(writer->builder, text);
}

void json_write_string(struct json_writer *writer, const char *string)
{
    json_write_text(writer, ledger_text_of(string));
}

void json_write_integer(struct json_writer *writer, int64_t number)
{
    json_write_before_value(writer);
    text_builder_add_integer(writer->builder, number);
}

void json_write_boolean(struct json_writer *writer, bool truth)
{
    json_write_raw(writer, truth ? TEXT("true") : TEXT("false"));
}

void json_write_null(struct json_writer *writer)
{
    json_write_raw(writer, TEXT("null"));
}

void json_write_hex(struct json_writer *writer, const uint8_t *bytes, size_t size)
{
    json_write_before_value(writer);
    text_builder_add_char(writer->builder, '"');
    text_builder_add_hex(writer->builder, bytes, size);
    text_builder_add_char(writer->builder, '"');
}

void json_write_raw(struct json_writer *writer, struct ledger_text json)
{
    json_write_before_value(writer);
    text_builder_add_text(writer->builder, json);
}

/* The order of UTF-16 code units (RFC 8785 section 3.2.3). It is the order of the UTF-8 bytes, but that what lies
 * beyond U+FFFF (lead bytes from 0xf0) is written there with surrogates, which stand before U+E000 to U+FFFF (0xee,
 * 0xef). */
static int json_write_compare_keys(struct ledger_text left, struct ledger_text right)
{
    size_t common = left.size < right.size ? left.size : right.size;
    for (size_t index = 0; index < common; index++) {
        unsigned char left_byte = (unsigned char)left.data[index];
        unsigned char right_byte = (unsigned char)right.data[index];
        if (left_byte != right_byte) {
            bool turned = left_byte >= 0xee && right_byte >= 0xee && (left_byte >= 0xf0) != (right_byte >= 0xf0);
            return (left_byte < right_byte) != turned ? -1 : 1;
        }
    }
    return (left.size > right.size) - (left.size < right.size);
}

static int json_write_compare_members(const void *left, const void *right)
{
    return json_write_compare_keys((*(const struct json_value *const *)left)->key,
                                   (*(const struct json_value *const *)right)->key);
}

/* The children in the order in which they are written; NULL when memory ran out, which fails the builder. */
static const struct json_value **json_write_order(struct json_writer *writer, const struct json_value *container)
{
    const struct json_value **children =
        arena_allocate_array(writer->builder->arena, container->count, sizeof *children);
    if (children == NULL) {
        writer->builder->failed = true;
        return NULL;
    }
    bool ascend = true;
    size_t count = 0;
    for (const struct json_value *child = container->first; child != NULL; child = child->next) {
        children[count++] = child;
        ascend = ascend && (count == 1 || json_write_compare_keys(children[count - 2]->key, child->key) < 0);
    }
    assert(count == container->count);
    if (container->type == JSON_OBJECT && !ascend) {
        qsort(children, count, sizeof *children, json_write_compare_members);
    }
    return children;
}

static void json_write_tree(struct json_writer *writer, const struct json_value *value, unsigned depth);

/* The recursion is as deep as the value, which is at most JSON_DEPTH_MAX as it was read. */
static void json_write_container(struct json_writer *writer, const struct json_value *container, unsigned depth)
{
    bool is_object = container->type == JSON_OBJECT;
    const struct json_value **children = json_write_order(writer, container);
    if (children == NULL) {
        return;
    }
    text_builder_add_char(writer->builder, is_object ? '{' : '[');
    for (size_t index = 0; index < container->count; index++) {
        json_write_separator(writer, index > 0, depth + 1);
        if (is_object) {
            json_write_key_text(writer, children[index]->key);
        }
        json_write_tree(writer, children[index], depth + 1);
    }
    if (container->count > 0) {
        json_write_line(writer, depth);
    }
    text_builder_add_char(writer->builder, is_object ? '}' : ']');
}

static void json_write_tree(struct json_writer *writer, const struct json_value *value, unsigned depth)
{
    switch (value->type) {
    case JSON_NULL:
    case JSON_FALSE:
    case JSON_TRUE:
        text_builder_add_string(writer->builder, json_type_name(value->type));
        return;
    case JSON_NUMBER:
        text_builder_add_text(writer->builder, value->text);
        return;
    case JSON_STRING:
        json_add_quoted(writer->builder, value->text);
        return;
    case JSON_ARRAY:
    case JSON_OBJECT:
        json_write_container(writer, value, depth);
        return;
    }
}

void json_write_value(struct json_writer *writer, const struct json_value *value)
{
    json_write_before_value(writer);
    json_write_tree(writer, value, writer->depth);
}

void json_write_member_text(struct json_writer *writer, const char *key, struct ledger_text text)
{
    if (!text_is_absent(text)) {
        json_write_key(writer, key);
        json_write_text(writer, text);
    }
}

void json_write_member_integer(struct json_writer *writer, const char *key, int64_t number)
{
    json_write_key(writer, key);
    json_write_integer(writer, number);
}

void json_write_member_boolean(struct json_writer *writer, const char *key, bool truth)
{
    json_write_key(writer, key);
    json_write_boolean(writer, truth);
}

void json_write_member_hex(struct json_writer *writer, const char *key, const uint8_t *bytes, size_t size)
{
    json_write_key(writer, key);
    json_write_hex(writer, bytes, size);
}
