/* A strict reader of JSON (RFC 8259).
 *
 * One pass over the source, without recursion; a frame for each container that is open. Strings are scanned eight bytes
 * at a time, and only those with an escape are copied.
 *
 * I1 `at` never passes `end`, and the source is never written to.
 * I2 Line breaks occur only between tokens (within a string they are refused), so lines are counted there alone.
 * I3 Every text that is given out is well-formed UTF-8.
 * I4 No input costs more than n log n: the members of a large object are sorted to find a duplicate key, not hashed, so
 *    that keys made to collide do no harm. */
#include "base/json.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/json_scan.h"
#include "base/json_write.h"
#include "base/text.h"
#include "base/text_builder.h"
#include "base/utf8.h"

enum {
    JSON_VALUES_PER_CHUNK = 32,
    JSON_MEMBERS_COMPARED_MAX = 16, /* up to here each key is compared with each */
    JSON_KEY_SHOWN_BYTES = 60,
};

/* A container that is still open. */
struct json_frame {
    struct json_value *container;
    struct json_value *last; /* its newest child, NULL for none yet */
};

struct json_reader {
    struct ledger_call *call;
    const char *source_name;
    const char *at;
    const char *end;
    const char *line_begin;
    uint32_t line;
    unsigned depth;
    struct json_value *values; /* a chunk of values not yet used */
    size_t values_left;
    struct json_frame frames[JSON_DEPTH_MAX];
};

static uint32_t json_column(const struct json_reader *reader, const char *place)
{
    return (uint32_t)(place - reader->line_begin) + 1;
}

/* Refuses the input for what stands at `place`. */
static ledger_status json_refuse(const struct json_reader *reader, const char *place, const char *why)
{
    return ledger_fail(reader->call, LEDGER_INPUT_IS_MALFORMED, "%s: line %u, column %u: %s", reader->source_name,
                       reader->line, json_column(reader, place), why);
}

/* Refuses the input for what stands, or fails to stand, at reader->at. */
static ledger_status json_refuse_unexpected(const struct json_reader *reader, const char *expected)
{
    uint32_t column = json_column(reader, reader->at);
    if (reader->at == reader->end) {
        return ledger_fail(reader->call, LEDGER_INPUT_IS_MALFORMED,
                           "%s: line %u, column %u: the input is cut off: expected %s", reader->source_name,
                           reader->line, column, expected);
    }
    unsigned char found = (unsigned char)*reader->at;
    const char *format = found > 0x20 && found < 0x7f ? "%s: line %u, column %u: expected %s, found %c"
                                                      : "%s: line %u, column %u: expected %s, found the byte 0x%02x";
    return ledger_fail(reader->call, LEDGER_INPUT_IS_MALFORMED, format, reader->source_name, reader->line, column,
                       expected, found);
}

static void json_skip_space(struct json_reader *reader)
{
    const char *at = reader->at;
    for (; at < reader->end; at++) {
        if (*at == '\n') {
            reader->line++;
            reader->line_begin = at + 1;
        } else if (*at != ' ' && *at != '\t' && *at != '\r') {
            break;
        }
    }
    reader->at = at;
}

static bool json_is_digit(const struct json_reader *reader)
{
    return reader->at < reader->end && *reader->at >= '0' && *reader->at <= '9';
}

/* Passes over `character` where it stands next. */
static bool json_skip(struct json_reader *reader, char character)
{
    bool found = reader->at < reader->end && *reader->at == character;
    reader->at += found;
    return found;
}

static ledger_status json_skip_digits(struct json_reader *reader)
{
    if (!json_is_digit(reader)) {
        return json_refuse_unexpected(reader, "a digit");
    }
    while (json_is_digit(reader)) {
        reader->at++;
    }
    return LEDGER_DONE;
}

/* RFC 8259 section 6: [ minus ] int [ frac ] [ exp ]. */
static ledger_status json_read_number(struct json_reader *reader, struct ledger_text *ret_text)
{
    const char *begin = reader->at;
    (void)json_skip(reader, '-');
    if (json_skip(reader, '0')) {
        if (json_is_digit(reader)) {
            return json_refuse(reader, begin, "a number has a leading zero");
        }
    } else {
        LEDGER_TRY(json_skip_digits(reader));
    }
    if (json_skip(reader, '.')) {
        LEDGER_TRY(json_skip_digits(reader));
    }
    if (json_skip(reader, 'e') || json_skip(reader, 'E')) {
        if (!json_skip(reader, '-')) {
            (void)json_skip(reader, '+');
        }
        LEDGER_TRY(json_skip_digits(reader));
    }
    *ret_text = (struct ledger_text){begin, (size_t)(reader->at - begin)};
    return LEDGER_DONE;
}

/* Reads the four digits behind \u, of which the first stands at reader->at; `end` is the end of the string. */
static ledger_status json_read_hex4(struct json_reader *reader, const char *end, uint32_t *ret_unit)
{
    uint32_t unit = 0;
    for (unsigned index = 0; index < 4; index++, reader->at++) {
        char digit = reader->at < end ? *reader->at : '\0';
        char lower = (char)(digit | 0x20);
        if (digit >= '0' && digit <= '9') {
            unit = unit << 4 | (uint32_t)(digit - '0');
        } else if (lower >= 'a' && lower <= 'f') {
            unit = unit << 4 | (uint32_t)(lower - 'a' + 10);
        } else {
            return json_refuse_unexpected(reader, "a hexadecimal digit");
        }
    }
    *ret_unit = unit;
    return LEDGER_DONE;
}

/* Reads one code point behind \u, which may take a second \u for the other half of a surrogate pair. */
static ledger_status json_read_code_point(struct json_reader *reader, const char *end, uint32_t *ret_code_point)
{
    const char *begin = reader->at - 2;
    uint32_t unit = 0;
    LEDGER_TRY(json_read_hex4(reader, end, &unit));
    if (unit < 0xd800 || unit > 0xdfff) {
        *ret_code_point = unit;
        return LEDGER_DONE;
    }
    bool second_follows = unit < 0xdc00 && end - reader->at >= 2 && reader->at[0] == '\\' && reader->at[1] == 'u';
    uint32_t second = 0;
    if (second_follows) {
        reader->at += 2;
        LEDGER_TRY(json_read_hex4(reader, end, &second));
    }
    if (second < 0xdc00 || second > 0xdfff) {
        return json_refuse(reader, begin, "half of a surrogate pair stands alone");
    }
    *ret_code_point = 0x10000 + ((unit - 0xd800) << 10) + (second - 0xdc00);
    return LEDGER_DONE;
}

/* Reads the escape whose backslash stands at reader->at, and writes what it means: 1 to 4 bytes, fewer than it has. */
static ledger_status json_read_escape(struct json_reader *reader, const char *end, char out[4], size_t *ret_size)
{
    static const char names[] = "\"\\/bfnrt";
    static const char meanings[] = "\"\\/\b\f\n\r\t";
    char name = *++reader->at;
    if (name == 'u') {
        uint32_t code_point = 0;
        reader->at++;
        LEDGER_TRY(json_read_code_point(reader, end, &code_point));
        *ret_size = utf8_encode(code_point, out);
        return LEDGER_DONE;
    }
    const char *found = name == '\0' ? NULL : strchr(names, name);
    if (found == NULL) {
        return json_refuse_unexpected(reader, "one of \" \\ / b f n r t u behind a backslash");
    }
    reader->at++;
    out[0] = meanings[found - names];
    *ret_size = 1;
    return LEDGER_DONE;
}

/* The meaning of a string with escapes, which stands from `begin` to `end`. Leaves reader->at behind its quote. */
static ledger_status json_read_escaped(struct json_reader *reader, const char *begin, const char *end,
                                       struct ledger_text *ret_text)
{
    char *data = arena_allocate(&reader->call->arena, (size_t)(end - begin)); /* no escape grows */
    if (data == NULL) {
        return ledger_fail_out_of_memory(reader->call);
    }
    size_t size = 0;
    reader->at = begin;
    while (reader->at < end) {
        const char *backslash = memchr(reader->at, '\\', (size_t)(end - reader->at));
        size_t run = (size_t)((backslash == NULL ? end : backslash) - reader->at);
        memcpy(data + size, reader->at, run);
        size += run;
        reader->at += run;
        if (backslash != NULL) {
            char meaning[4];
            size_t meaning_size = 0;
            LEDGER_TRY(json_read_escape(reader, end, meaning, &meaning_size));
            memcpy(data + size, meaning, meaning_size);
            size += meaning_size;
        }
    }
    reader->at = end + 1;
    *ret_text = (struct ledger_text){data, size};
    return LEDGER_DONE;
}

/* Finds the quote that ends the string whose first character is at reader->at; leaves reader->at on it. */
static ledger_status json_find_quote(struct json_reader *reader, bool *ret_has_escapes, uint64_t *ret_seen)
{
    bool has_escapes = false;
    uint64_t seen = 0;
    for (;;) {
        reader->at += json_scan_plain(reader->at, (size_t)(reader->end - reader->at), &seen);
        if (reader->at == reader->end) {
            return json_refuse_unexpected(reader, "the end of a string");
        }
        if (*reader->at == '"') {
            *ret_has_escapes = has_escapes;
            *ret_seen = seen;
            return LEDGER_DONE;
        }
        if (*reader->at != '\\') {
            return json_refuse_unexpected(reader, "no control character in a string, but an escape of it");
        }
        has_escapes = true;
        reader->at++;
        if (reader->at == reader->end) {
            return json_refuse_unexpected(reader, "the end of a string");
        }
        seen |= (unsigned char)*reader->at++;
    }
}

/* Reads the string whose opening quote stands at reader->at. */
static ledger_status json_read_string(struct json_reader *reader, struct ledger_text *ret_text)
{
    const char *begin = ++reader->at;
    bool has_escapes = false;
    uint64_t seen = 0;
    LEDGER_TRY(json_find_quote(reader, &has_escapes, &seen));
    struct ledger_text text = {begin, (size_t)(reader->at - begin)};
    if ((seen & JSON_SCAN_HIGH_BITS) != 0) {
        size_t invalid = utf8_first_invalid(text);
        if (invalid < text.size) {
            return json_refuse(reader, begin + invalid, "the input is not UTF-8");
        }
    }
    if (has_escapes) {
        return json_read_escaped(reader, begin, reader->at, ret_text);
    }
    reader->at++;
    *ret_text = text;
    return LEDGER_DONE;
}

static ledger_status json_read_literal(struct json_reader *reader, const char *literal)
{
    for (const char *expected = literal; *expected != '\0'; expected++) {
        if (!json_skip(reader, *expected)) {
            return json_refuse_unexpected(reader, literal);
        }
    }
    return LEDGER_DONE;
}

/* Opens the container, whose bracket stands at reader->at. */
static ledger_status json_open(struct json_reader *reader, struct json_value *container)
{
    if (reader->depth == JSON_DEPTH_MAX) {
        return ledger_fail(reader->call, LEDGER_INPUT_IS_TOO_LARGE,
                           "%s: line %u, column %u: nested deeper than %d levels", reader->source_name, reader->line,
                           json_column(reader, reader->at), JSON_DEPTH_MAX);
    }
    reader->frames[reader->depth++] = (struct json_frame){container, NULL};
    reader->at++;
    return LEDGER_DONE;
}

/* Reads the value at reader->at into `value`; of a container, only its opening. */
static ledger_status json_read_into(struct json_reader *reader, struct json_value *value)
{
    switch (reader->at == reader->end ? '\0' : *reader->at) {
    case '"':
        value->type = JSON_STRING;
        return json_read_string(reader, &value->text);
    case '{':
        value->type = JSON_OBJECT;
        return json_open(reader, value);
    case '[':
        value->type = JSON_ARRAY;
        return json_open(reader, value);
    case 't':
        value->type = JSON_TRUE;
        return json_read_literal(reader, "true");
    case 'f':
        value->type = JSON_FALSE;
        return json_read_literal(reader, "false");
    case 'n':
        value->type = JSON_NULL;
        return json_read_literal(reader, "null");
    default:
        if (!json_is_digit(reader) && (reader->at == reader->end || *reader->at != '-')) {
            return json_refuse_unexpected(reader, "a value");
        }
        value->type = JSON_NUMBER;
        return json_read_number(reader, &value->text);
    }
}

/* Reads a value at reader->at, a new one; `key` is absent but for a member. */
static ledger_status json_read_value(struct json_reader *reader, struct ledger_text key, struct json_value **ret_value)
{
    if (reader->values_left == 0) {
        reader->values = arena_allocate(&reader->call->arena, JSON_VALUES_PER_CHUNK * sizeof *reader->values);
        if (reader->values == NULL) {
            return ledger_fail_out_of_memory(reader->call);
        }
        reader->values_left = JSON_VALUES_PER_CHUNK;
    }
    struct json_value *value = reader->values++;
    reader->values_left--;
    *value = (struct json_value){.line = reader->line, .column = json_column(reader, reader->at), .key = key};
    LEDGER_TRY(json_read_into(reader, value));
    *ret_value = value;
    return LEDGER_DONE;
}

/* Reads `"key" :` and what white space follows. */
static ledger_status json_read_key(struct json_reader *reader, struct ledger_text *ret_key)
{
    if (reader->at == reader->end || *reader->at != '"') {
        return json_refuse_unexpected(reader, "a key in quotes");
    }
    struct ledger_text key = TEXT_ABSENT;
    LEDGER_TRY(json_read_string(reader, &key));
    json_skip_space(reader);
    if (!json_skip(reader, ':')) {
        return json_refuse_unexpected(reader, "a colon");
    }
    json_skip_space(reader);
    *ret_key = key;
    return LEDGER_DONE;
}

/* Orders members by key, those of one key by place. */
static int json_compare_members(const void *left_pointer, const void *right_pointer)
{
    const struct json_value *left = *(const struct json_value *const *)left_pointer;
    const struct json_value *right = *(const struct json_value *const *)right_pointer;
    int difference = text_compare(left->key, right->key);
    if (difference != 0) {
        return difference;
    }
    bool is_later = left->line > right->line || (left->line == right->line && left->column > right->column);
    return is_later ? 1 : -1;
}

/* Of a small object, the first member whose key an earlier one has. */
static const struct json_value *json_duplicate_in_small(const struct json_value *object)
{
    for (const struct json_value *member = object->first; member != NULL; member = member->next) {
        for (const struct json_value *earlier = object->first; earlier != member; earlier = earlier->next) {
            if (text_equals(earlier->key, member->key)) {
                return member;
            }
        }
    }
    return NULL;
}

static bool json_keys_ascend(const struct json_value *object)
{
    for (const struct json_value *member = object->first; member->next != NULL; member = member->next) {
        if (text_compare(member->key, member->next->key) >= 0) {
            return false;
        }
    }
    return true;
}

/* Of a large object, a member whose key an earlier one has, NULL for none; sorts its members, in memory that is given
 * back. */
static ledger_status json_duplicate_in_large(struct ledger_call *call, const struct json_value *object,
                                             const struct json_value **ret_duplicate)
{
    if (json_keys_ascend(object)) {
        *ret_duplicate = NULL;
        return LEDGER_DONE;
    }
    const struct json_value *duplicate = NULL;
    struct arena_mark mark = arena_mark(&call->arena);
    const struct json_value **members = NULL;
    LEDGER_ALLOCATE(call, members, object->count);
    size_t count = 0;
    for (const struct json_value *member = object->first; member != NULL; member = member->next) {
        members[count++] = member;
    }
    qsort(members, count, sizeof *members, json_compare_members);
    for (size_t index = 1; index < count && duplicate == NULL; index++) {
        if (text_equals(members[index - 1]->key, members[index]->key)) {
            duplicate = members[index];
        }
    }
    arena_rewind(&call->arena, mark);
    *ret_duplicate = duplicate;
    return LEDGER_DONE;
}

/* The key for a message: quoted, cut between two characters. */
static ledger_status json_key_shown(struct ledger_call *call, struct ledger_text key, struct ledger_text *ret_shown)
{
    struct text_builder builder;
    text_builder_init(&builder, &call->arena, JSON_KEY_SHOWN_BYTES);
    size_t size = key.size < JSON_KEY_SHOWN_BYTES ? key.size : JSON_KEY_SHOWN_BYTES;
    while (size < key.size && ((unsigned char)key.data[size] & 0xc0) == 0x80) {
        size--;
    }
    json_add_quoted(&builder, (struct ledger_text){key.data, size});
    text_builder_add_string(&builder, size < key.size ? "…" : "");
    return text_builder_finish(call, &builder, ret_shown);
}

/* Refuses an object in which two members have the same key. */
static ledger_status json_check_keys(struct json_reader *reader, const struct json_value *object)
{
    const struct json_value *duplicate = NULL;
    if (object->count <= JSON_MEMBERS_COMPARED_MAX) {
        duplicate = json_duplicate_in_small(object);
    } else {
        LEDGER_TRY(json_duplicate_in_large(reader->call, object, &duplicate));
    }
    if (duplicate == NULL) {
        return LEDGER_DONE;
    }
    struct ledger_text shown = TEXT_ABSENT;
    LEDGER_TRY(json_key_shown(reader->call, duplicate->key, &shown));
    return ledger_fail(reader->call, LEDGER_INPUT_IS_MALFORMED,
                       "%s: line %u, column %u: duplicate key: the object has had a value for %s before",
                       reader->source_name, duplicate->line, duplicate->column, shown.data);
}

static void json_append(struct json_frame *frame, struct json_value *child)
{
    if (frame->last == NULL) {
        frame->container->first = child;
    } else {
        frame->last->next = child;
    }
    frame->last = child;
    frame->container->count++;
}

/* Reads one more child of the innermost open container, or its end. */
static ledger_status json_read_child_or_end(struct json_reader *reader)
{
    struct json_frame *frame = &reader->frames[reader->depth - 1];
    bool is_object = frame->container->type == JSON_OBJECT;
    json_skip_space(reader);
    if (json_skip(reader, is_object ? '}' : ']')) {
        reader->depth--;
        return is_object ? json_check_keys(reader, frame->container) : LEDGER_DONE;
    }
    if (frame->last != NULL) {
        if (!json_skip(reader, ',')) {
            return json_refuse_unexpected(reader, is_object ? "a comma or }" : "a comma or ]");
        }
        json_skip_space(reader);
    }
    struct ledger_text key = TEXT_ABSENT;
    if (is_object) {
        LEDGER_TRY(json_read_key(reader, &key));
    }
    struct json_value *child = NULL;
    LEDGER_TRY(json_read_value(reader, key, &child)); /* may open a frame above this one */
    json_append(frame, child);
    return LEDGER_DONE;
}

static bool json_begins_with(struct ledger_text source, struct ledger_text prefix)
{
    return source.size >= prefix.size && memcmp(source.data, prefix.data, prefix.size) == 0;
}

/* Refuses what is wrong with the source as a whole. */
static ledger_status json_check_source(struct ledger_call *call, struct ledger_text source, const char *source_name)
{
    if (source.size > JSON_BYTES_MAX) {
        return ledger_fail(call, LEDGER_INPUT_IS_TOO_LARGE, "%s: %zu bytes are more than the limit of %d", source_name,
                           source.size, JSON_BYTES_MAX);
    }
    if (json_begins_with(source, TEXT("\xef\xbb\xbf"))) {
        return ledger_fail(call, LEDGER_INPUT_IS_MALFORMED,
                           "%s: line 1, column 1: the input begins with a byte order mark; save it as UTF-8 without",
                           source_name);
    }
    if (json_begins_with(source, TEXT("\xff\xfe")) || json_begins_with(source, TEXT("\xfe\xff"))) {
        return ledger_fail(call, LEDGER_INPUT_IS_MALFORMED,
                           "%s: line 1, column 1: the input is UTF-16 with a byte order mark; save it as UTF-8",
                           source_name);
    }
    return LEDGER_DONE;
}

ledger_status json_read(struct ledger_call *call, struct ledger_text source, const char *source_name,
                        const struct json_value **ret_value)
{
    if (text_is_absent(source)) {
        source = TEXT("");
    }
    LEDGER_TRY(json_check_source(call, source, source_name));
    struct json_reader reader;
    reader.call = call;
    reader.source_name = source_name;
    reader.at = source.data;
    reader.end = source.data + source.size;
    reader.line_begin = source.data;
    reader.line = 1;
    reader.depth = 0;
    reader.values_left = 0;
    json_skip_space(&reader);
    if (reader.at == reader.end) {
        return json_refuse(&reader, reader.at, "the input is empty: expected a value");
    }
    struct json_value *root = NULL;
    LEDGER_TRY(json_read_value(&reader, TEXT_ABSENT, &root));
    while (reader.depth > 0) {
        LEDGER_TRY(json_read_child_or_end(&reader));
    }
    json_skip_space(&reader);
    if (reader.at < reader.end) {
        return json_refuse_unexpected(&reader, "nothing after the value");
    }
    *ret_value = root;
    return LEDGER_DONE;
}

const struct json_value *json_find(const struct json_value *object, const char *key)
{
    if (object->type != JSON_OBJECT) {
        return NULL;
    }
    struct ledger_text wanted = ledger_text_of(key);
    const struct json_value *member = object->first;
    while (member != NULL && !text_equals(member->key, wanted)) {
        member = member->next;
    }
    return member;
}

const char *json_type_name(enum json_type type)
{
    static const char *const names[] = {
        [JSON_NULL] = "null",       [JSON_FALSE] = "false",    [JSON_TRUE] = "true",       [JSON_NUMBER] = "a number",
        [JSON_STRING] = "a string", [JSON_ARRAY] = "an array", [JSON_OBJECT] = "an object"};
    return names[type];
}
