/* Tables for people: one description of columns and rows, laid out for a terminal of some width or for a file. */
#ifndef LEDGER_BASE_TABLE_H
#define LEDGER_BASE_TABLE_H

#include <stdbool.h>
#include <stdio.h>

#include "base/call.h"

enum table_column_kind {
    TABLE_TEXT,   /* to the left; cut, ending in "…", where the terminal is too narrow */
    TABLE_CODE,   /* to the left; never cut */
    TABLE_AMOUNT, /* to the right; never cut */
    TABLE_SERIES, /* the same; where they do not all fit, they stand in parts below each other, each with the others */
};

struct table_column {
    const char *name; /* the key of the same column in JSON and CSV */
    const char *heading;
    enum table_column_kind kind;
    bool is_tree; /* shows which row is under which; one column of a table at most */
};

enum table_row_kind {
    TABLE_ROW_PLAIN,
    TABLE_ROW_TOTAL,
    TABLE_ROW_SEPARATOR, /* a line under the amounts */
};

struct table_row {
    enum table_row_kind kind;
    size_t depth;                   /* how many rows are above it in the tree */
    const struct table_row *parent; /* NULL for none */
    struct table_row *next;
    const struct ledger_text *cells; /* one a column, terminated and printable; NULL for a separator */
};

struct table {
    const char *title; /* stands on a line of its own above; NULL for none */
    const struct table_column *columns;
    size_t columns_count;
    struct table_row *first;
    struct table_row *last;
};

/* How it is laid out. */
struct table_style {
    size_t width;  /* of the terminal, in columns; 0 for no limit */
    bool is_plain; /* a tree is shown by blanks alone, for files and pipes */
    bool has_color;
};

/* The columns are an array that lives as long as the table. */
void table_init(struct table *table, const char *title, const struct table_column *columns, size_t columns_count);

/* Adds a row below all others. The cells, one a column and absent where there is nothing to say, are copied into the
 * call's arena; whatever is no UTF-8 or a control character becomes '?', so that no text can command the terminal. A
 * row comes after its parent and that parent's other descendants, with nothing else between. `ret_row` may be NULL.
 * LEDGER_OUT_OF_MEMORY. */
LEDGER_MUST_CHECK ledger_status table_add_row(struct ledger_call *call, struct table *table, enum table_row_kind kind,
                                              const struct table_row *parent, const struct ledger_text *cells,
                                              const struct table_row **ret_row);

/* Adds a line under the amounts, as it stands above a total. LEDGER_OUT_OF_MEMORY. */
LEDGER_MUST_CHECK ledger_status table_add_separator(struct ledger_call *call, struct table *table);

/* What suits the stream: a terminal's width and a drawn tree, or plain. Colour where it is wanted and possible. */
struct table_style table_style_of(FILE *stream, bool wants_color);

/* Prints and flushes; a table without rows says "(none)". LEDGER_FILE_IS_UNREADABLE where the stream fails,
 * LEDGER_OUT_OF_MEMORY. */
LEDGER_MUST_CHECK ledger_status table_print(struct ledger_call *call, const struct table *table,
                                            const struct table_style *style, FILE *stream);

#endif
