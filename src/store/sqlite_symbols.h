/* Symbols on SQLite: texts that repeat are kept once, in text_dictionary, and rows hold their number.
 *
 * I1 A number given out for a unit of work is in the dictionary when the unit commits.
 * I2 A rolled back unit leaves nothing of it here: sqlite_symbols_forget is called then. */
#ifndef LEDGER_STORE_SQLITE_SYMBOLS_H
#define LEDGER_STORE_SQLITE_SYMBOLS_H

#include <sqlite3.h>
#include <stdint.h>

#include "base/arena.h"
#include "ledger/text.h"

struct symbol {
    int64_t text_id;
    struct ledger_text text;
    struct symbol *next_by_text;
    struct symbol *next_by_id;
};

enum { SYMBOL_BUCKETS = 1024, SYMBOLS_MAX = 16384 };

struct sqlite_symbols {
    sqlite3 *connection;
    sqlite3_stmt *find_by_text;
    sqlite3_stmt *find_by_id;
    sqlite3_stmt *insert;
    struct arena arena;
    size_t count;
    struct symbol *by_text[SYMBOL_BUCKETS];
    struct symbol *by_id[SYMBOL_BUCKETS];
};

void sqlite_symbols_init(struct sqlite_symbols *symbols, sqlite3 *connection);
void sqlite_symbols_done(struct sqlite_symbols *symbols);
void sqlite_symbols_forget(struct sqlite_symbols *symbols);

/* Keeps the memory within bounds: to be called where no text given out before is in use. */
void sqlite_symbols_trim(struct sqlite_symbols *symbols);

/* The number of a text, which is added to the dictionary where it is new. Gives SQLite's result code. */
int sqlite_symbols_intern(struct sqlite_symbols *symbols, struct ledger_text text, int64_t *ret_text_id);

/* The text of a number; "(text 7 is missing)" where the dictionary does not have it. It lives until forgotten or
 * trimmed. */
int sqlite_symbols_get(struct sqlite_symbols *symbols, int64_t text_id, struct ledger_text *ret_text);

#endif
