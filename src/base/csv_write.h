/* CSV written as RFC 4180 has it: CRLF behind every row, quotes only where a field needs them. Fields are written as
 * they are; what a spreadsheet makes of one that begins with = is not decided here. */
#ifndef LEDGER_BASE_CSV_WRITE_H
#define LEDGER_BASE_CSV_WRITE_H

#include <stdbool.h>

#include "base/text_builder.h"

struct csv_writer {
    struct text_builder *builder;
    char separator;
    size_t row_fields_count;
    bool row_is_empty; /* what the row has so far is one field without any bytes */
};

void csv_writer_init(struct csv_writer *writer, struct text_builder *builder);

/* The absent text is written as the empty one. */
void csv_write_field(struct csv_writer *writer, struct ledger_text field);
/* A field that needs no quotes: digits, points, dashes, colons. */
void csv_write_plain(struct csv_writer *writer, struct ledger_text field);
void csv_write_string(struct csv_writer *writer, const char *field);
void csv_write_integer(struct csv_writer *writer, int64_t number);

/* A row of a single empty field is written as "", since an empty line would be read as no row at all. */
void csv_write_row_end(struct csv_writer *writer);

#endif
