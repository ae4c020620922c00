/* Small writes put off until something needs them: they go to the server in one message, mostly together with COMMIT. A
 * unit of a single posting is a handful of rows, and would wait for the server once for each otherwise. They go as one
 * prepared statement where units of their shape came before (mysql_compound.h), else as text.
 *
 * I1 What is put off is sent in the order in which it was written, before anything else of its unit.
 * I2 As text, nothing of a text or blob reaches the server but its hexadecimal digits: no value can end its literal. */
#ifndef LEDGER_STORE_MYSQL_DEFERRED_H
#define LEDGER_STORE_MYSQL_DEFERRED_H

#include "store/driver.h"

enum {
    MYSQL_DEFERRED_ROWS_MAX = 8, /* of one write; more go as arrays, which are cheaper for many */
    MYSQL_DEFERRED_WRITES_MAX = 32,
    MYSQL_DEFERRED_VALUES_MAX = 1024,
    MYSQL_DEFERRED_BYTES = 48 * 1024, /* of all as text */
};

struct mysql_deferred_write {
    const struct query_definition *definition;
    const struct value *rows; /* copies */
    size_t rows_count;
};

struct mysql_deferred {
    struct mysql_deferred_write writes[MYSQL_DEFERRED_WRITES_MAX];
    size_t writes_count;
    struct value *values; /* MYSQL_DEFERRED_VALUES_MAX: of all rows */
    size_t values_count;
    char *bytes; /* MYSQL_DEFERRED_BYTES: of their texts and blobs */
    size_t bytes_count;
    size_t text_bytes_max; /* of what is put off as text, at most */
    char *text;            /* MYSQL_DEFERRED_BYTES: where that is made */
    size_t text_size;
};

/* False where memory ran out. */
bool mysql_deferred_init(struct mysql_deferred *deferred);
void mysql_deferred_done(struct mysql_deferred *deferred);

/* Forgets what was put off. */
void mysql_deferred_clear(struct mysql_deferred *deferred);

/* Puts a write off; false where it is too large, and nothing was added. */
bool mysql_deferred_add(struct mysql_deferred *deferred, const struct query_definition *definition,
                        const struct value *rows, size_t rows_count);

/* The same, to be sent before all that was put off until now. */
bool mysql_deferred_add_first(struct mysql_deferred *deferred, const struct query_definition *definition,
                              const struct value *row);

/* What was put off as text, with COMMIT behind it if `commits`: how many statements. The text stays until the next is
 * made. */
unsigned mysql_deferred_make_text(struct mysql_deferred *deferred, bool commits, struct ledger_text *ret_text);

/* The same as one statement: `before` the first that was put off, `behind_first`, and `behind` the last. */
struct mysql_frame {
    const char *before;
    const char *behind_first;
    const char *behind;
};
void mysql_deferred_make_framed_text(struct mysql_deferred *deferred, const struct mysql_frame *frame,
                                     struct ledger_text *ret_text);

#endif
