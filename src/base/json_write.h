/* JSON written: into a text, compact, strings as RFC 8785 (JCS) section 3.2.2.2 asks. For the canonical form the caller
 * writes the members in the order of their keys; all our keys are ASCII, whose byte order is JCS's order. */
#ifndef LEDGER_BASE_JSON_WRITE_H
#define LEDGER_BASE_JSON_WRITE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/json.h"
#include "base/text_builder.h"

enum { JSON_WRITE_DEPTH_MAX = 32 };

struct json_writer {
    struct text_builder *builder;
    bool canonical; /* asserts that keys ascend */
    bool pretty;    /* two blanks a level, one member a line */
    unsigned depth;
    bool has_members[JSON_WRITE_DEPTH_MAX];
    const char *last_key[JSON_WRITE_DEPTH_MAX];
};

void json_writer_init(struct json_writer *writer, struct text_builder *builder);

void json_write_object_begin(struct json_writer *writer);
void json_write_object_end(struct json_writer *writer);
void json_write_array_begin(struct json_writer *writer);
void json_write_array_end(struct json_writer *writer);

/* Before each value of an object. `key` is a literal and lives as long as the writer. */
void json_write_key(struct json_writer *writer, const char *key);

/* The absent text is written as null. */
void json_write_text(struct json_writer *writer, struct ledger_text text);
void json_write_string(struct json_writer *writer, const char *string);
void json_write_integer(struct json_writer *writer, int64_t number);
void json_write_boolean(struct json_writer *writer, bool truth);
void json_write_null(struct json_writer *writer);
void json_write_hex(struct json_writer *writer, const uint8_t *bytes, size_t size);

/* A value that is JSON already. */
void json_write_raw(struct json_writer *writer, struct ledger_text json);

/* A value read before, written again with its members sorted by key (JCS order); numbers as they were written. */
void json_write_value(struct json_writer *writer, const struct json_value *value);

/* Key and value in one; the text form leaves the member out where the text is absent. */
void json_write_member_text(struct json_writer *writer, const char *key, struct ledger_text text);
void json_write_member_integer(struct json_writer *writer, const char *key, int64_t number);
void json_write_member_boolean(struct json_writer *writer, const char *key, bool truth);
void json_write_member_hex(struct json_writer *writer, const char *key, const uint8_t *bytes, size_t size);

/* Quotes and escapes `text` (without a writer): the way that the hashed forms are made. */
void json_add_quoted(struct text_builder *builder, struct ledger_text text);

/* The same as Python's json.dumps gives it with ensure_ascii: \uXXXX for everything beyond ASCII, surrogates in pairs.
 */
void json_add_quoted_ascii(struct text_builder *builder, struct ledger_text text);

#endif
