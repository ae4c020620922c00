/* Tables of more rows than are kept in memory, without a tree: the rows go into a scratch file while the widths of the
 * columns are measured, and are printed from there. They look as table_print would have printed them. */
#ifndef LEDGER_BASE_TABLE_LONG_H
#define LEDGER_BASE_TABLE_LONG_H

#include "base/scratch_file.h"
#include "base/table.h"

enum { TABLE_LONG_COLUMNS_MAX = 96 };

struct table_long {
    const struct table_column *columns;
    size_t columns_count;
    size_t widths[TABLE_LONG_COLUMNS_MAX];
    struct scratch_file file;
    char *buffer; /* rows that are not in the file yet */
    size_t filled;
    uint64_t rows_count;
};

/* The columns are an array that lives as long as the table. */
void table_long_init(struct table_long *table, const struct table_column *columns, size_t columns_count);
void table_long_done(struct table_long *table);

/* Takes the rows of a table of the same columns, which may then be forgotten. LEDGER_FILE_IS_UNREADABLE where there is
 * no space for them, LEDGER_OUT_OF_MEMORY. */
LEDGER_MUST_CHECK ledger_status table_long_take(struct ledger_call *call, struct table_long *table,
                                                const struct table *rows);

/* Prints all that was taken, once. As above, and LEDGER_FILE_IS_UNREADABLE where the stream fails. */
LEDGER_MUST_CHECK ledger_status table_long_print(struct ledger_call *call, struct table_long *table, const char *title,
                                                 const struct table_style *style, FILE *stream);

#endif
