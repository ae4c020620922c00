/* JSON (RFC 8259) read strictly: UTF-8, no byte order mark, no duplicate keys, no U+0000 hidden as an escape is let
 * through unseen (it is kept, and refused by whoever validates the text). Numbers stay the digits that were written: no
 * float anywhere. */
#ifndef LEDGER_BASE_JSON_H
#define LEDGER_BASE_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/call.h"

enum json_type { JSON_NULL, JSON_FALSE, JSON_TRUE, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

enum {
    JSON_DEPTH_MAX = 64,
    JSON_BYTES_MAX = 64 * 1024 * 1024,
};

struct json_value {
    enum json_type type;
    uint32_t line; /* where it begins, both from 1; columns count bytes */
    uint32_t column;
    uint32_t count;                 /* elements of an array or members of an object */
    struct ledger_text text;        /* a string decoded, a number as written */
    struct ledger_text key;         /* decoded; absent but for members of an object */
    const struct json_value *first; /* first element or member */
    const struct json_value *next;  /* the sibling after this one */
};

/* Reads the one JSON value of `source` into the call's arena; unescaped strings are views of `source`, which must live
 * as long. `source_name` stands in messages ("entries.json").
 * LEDGER_INPUT_IS_MALFORMED (message: name, line, column, what was expected), LEDGER_INPUT_IS_TOO_LARGE. */
LEDGER_MUST_CHECK ledger_status json_read(struct ledger_call *call, struct ledger_text source, const char *source_name,
                                          const struct json_value **ret_value);

/* The member of that key, NULL where there is none or the value is no object. */
const struct json_value *json_find(const struct json_value *object, const char *key);

/* "null", "a number", "an object", …, for messages. */
const char *json_type_name(enum json_type type);

#endif
