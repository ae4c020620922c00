/* How tables are laid out, whether they are in memory or too long for it. */
#ifndef LEDGER_BASE_TABLE_LAYOUT_H
#define LEDGER_BASE_TABLE_LAYOUT_H

#include "base/table.h"

static const char table_bold[] = "\033[1m";
static const char table_normal[] = "\033[0m";

static inline bool table_is_amount(const struct table_column *column)
{
    return column->kind == TABLE_AMOUNT || column->kind == TABLE_SERIES;
}

/* The text in at most `width` columns, terminated; the text itself where it fits. */
LEDGER_MUST_CHECK ledger_status table_cut(struct ledger_call *call, struct ledger_text text, size_t width,
                                          struct ledger_text *ret_text);

/* A separator's cell: a line as wide as its column under amounts, nothing elsewhere. */
LEDGER_MUST_CHECK ledger_status table_make_line(struct ledger_call *call, const struct table_column *column,
                                                size_t width, struct ledger_text *ret_text);

/* Takes from the columns of text what of the total width does not fit into a terminal of `width`, 0 for no limit. One
 * too narrow for the rest folds the lines itself. */
void table_fit(const struct table_column *columns, size_t columns_count, size_t total_width, size_t width,
               size_t *widths);

/* A line without the blanks at its end. A failure is remembered by the stream. */
void table_write_line(struct ledger_text line, FILE *stream);

/* The title, where there is one. */
LEDGER_MUST_CHECK ledger_status table_print_title(struct ledger_call *call, const char *title,
                                                  const struct table_style *style, FILE *stream);

/* Flushes: LEDGER_FILE_IS_UNREADABLE where any of the writes failed. */
LEDGER_MUST_CHECK ledger_status table_check_stream(struct ledger_call *call, FILE *stream);

#endif
