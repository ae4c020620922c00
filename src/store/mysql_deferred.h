/* Small writes put off until something needs them: they go to the server as text in one message, mostly together with
 * COMMIT. A unit of a single posting is a handful of rows, and would wait for the server once for each otherwise.
 *
 * I1 What is put off is sent in the order in which it was written, before anything else of its unit.
 * I2 Nothing of a text or blob reaches the server but its hexadecimal digits: no value can end its literal. */
#ifndef LEDGER_STORE_MYSQL_DEFERRED_H
#define LEDGER_STORE_MYSQL_DEFERRED_H

#include "store/driver.h"

enum {
    MYSQL_DEFERRED_ROWS_MAX = 8, /* of one write; more go as arrays, which are cheaper for many */
    MYSQL_DEFERRED_BYTES = 48 * 1024,
};

struct mysql_deferred {
    char *text; /* MYSQL_DEFERRED_BYTES */
    size_t size;
    unsigned statements_count;
};

/* False where memory ran out. */
bool mysql_deferred_init(struct mysql_deferred *deferred);
void mysql_deferred_done(struct mysql_deferred *deferred);

/* Forgets what was put off. */
void mysql_deferred_clear(struct mysql_deferred *deferred);

/* Puts a write off; false where it is too large, and nothing was added. */
bool mysql_deferred_add(struct mysql_deferred *deferred, const struct query_definition *definition,
                        const struct value *rows, size_t rows_count);

/* Adds a statement without values, for which there is always room. */
void mysql_deferred_add_statement(struct mysql_deferred *deferred, const char *sql);

#endif
