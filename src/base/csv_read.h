/* CSV read as RFC 4180 has it, row by row over a text in memory: commas, semicolons or tabs between fields, rows that
 * end in CRLF or LF, a byte order mark at the beginning allowed. Empty lines are passed over. How many fields a row has
 * to have is the caller's to say. */
#ifndef LEDGER_BASE_CSV_READ_H
#define LEDGER_BASE_CSV_READ_H

#include <stdbool.h>
#include <stdint.h>

#include "base/call.h"

enum {
    CSV_FIELDS_MAX = 1024, /* of one row */
    CSV_FIELD_BYTES_MAX = 1024 * 1024,
};

struct csv_reader {
    struct arena arena; /* what the row at hand needs beyond the source */
    struct ledger_text source;
    const char *source_name;
    size_t offset;
    uint32_t line; /* of `offset`, from 1 */
    char separator;
    struct ledger_text fields[CSV_FIELDS_MAX]; /* of the row at hand */
};

struct csv_row {
    uint32_t line; /* where it begins, from 1 */
    size_t fields_count;
    const struct ledger_text *fields;
};

/* `separator` is one of , ; and tab. The source and its name live as long as the reader. */
void csv_reader_init(struct csv_reader *reader, struct ledger_text source, const char *source_name, char separator);

/* The same reader over another text, as a part of the source whose first line has that number. */
void csv_reader_restart(struct csv_reader *reader, struct ledger_text source, uint32_t line);

void csv_reader_done(struct csv_reader *reader);

/* The next row, which lives until the one after it is read; `ret_has_row` is false at the end.
 * LEDGER_INPUT_IS_MALFORMED (name, line, what is wrong), LEDGER_INPUT_IS_TOO_LARGE, LEDGER_OUT_OF_MEMORY; after any of
 * them the reader is at its end. */
LEDGER_MUST_CHECK ledger_status csv_read_row(struct ledger_call *call, struct csv_reader *reader,
                                             struct csv_row *ret_row, bool *ret_has_row);

#endif
