/* jansson, a JSON reader that shares no code with ours, as a judge of it.
 *
 * Its names for the types of values are ours too, so they are given the prefix JANSSON_; its macros json_is_… and
 * json_typeof's constants must be used by those names only. */
#ifndef LEDGER_SUPPORT_ORACLE_JANSSON_H
#define LEDGER_SUPPORT_ORACLE_JANSSON_H

#define JSON_OBJECT JANSSON_OBJECT
#define JSON_ARRAY JANSSON_ARRAY
#define JSON_STRING JANSSON_STRING
#define JSON_INTEGER JANSSON_INTEGER
#define JSON_REAL JANSSON_REAL
#define JSON_TRUE JANSSON_TRUE
#define JSON_FALSE JANSSON_FALSE
#define JSON_NULL JANSSON_NULL
#include <jansson.h>
#undef JSON_OBJECT
#undef JSON_ARRAY
#undef JSON_STRING
#undef JSON_INTEGER
#undef JSON_REAL
#undef JSON_TRUE
#undef JSON_FALSE
#undef JSON_NULL

/* As strict as ours where it can be. Integers are read as reals, so that only what overflows a double is refused. */
#define JANSSON_FLAGS (JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL)

#endif
