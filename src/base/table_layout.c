/* Widths and texts of tables. */
#include "base/table_layout.h"

#include "base/text.h"
#include "base/text_builder.h"
#include "base/utf8.h"

enum { TABLE_TEXT_WIDTH_MIN = 8 }; /* text is not cut below this */

static const char table_cut_mark[] = "\xE2\x80\xA6";  /* U+2026, one column wide */
static const char table_line_mark[] = "\xE2\x94\x80"; /* U+2500 */

/* The text in at most `width` columns, terminated; the text itself where it fits. */
ledger_status table_cut(struct ledger_call *call, struct ledger_text text, size_t width, struct ledger_text *ret_text)
{
    if (utf8_width(text) <= width) {
        *ret_text = text;
        return LEDGER_DONE;
    }
    size_t size = utf8_fit(text, width == 0 ? 0 : width - 1);
    struct text_builder builder;
    text_builder_init(&builder, &call->arena, size + sizeof table_cut_mark);
    text_builder_add(&builder, text.data, size);
    text_builder_add_string(&builder, width == 0 ? "" : table_cut_mark);
    return text_builder_finish(call, &builder, ret_text);
}

/* A separator's cell: a line as wide as its column under amounts, nothing elsewhere. */
ledger_status table_make_line(struct ledger_call *call, const struct table_column *column, size_t width,
                              struct ledger_text *ret_text)
{
    struct text_builder builder;
    text_builder_init(&builder, &call->arena, 0);
    for (size_t i = 0; table_is_amount(column) && i < width; i++) {
        text_builder_add_string(&builder, table_line_mark);
    }
    return text_builder_finish(call, &builder, ret_text);
}

/* The widest column of text that can still give way; NULL where none can. */
static size_t *table_widest_text(const struct table_column *columns, size_t columns_count, size_t *widths)
{
    size_t *widest = NULL;
    for (size_t i = 0; i < columns_count; i++) {
        if (columns[i].kind == TABLE_TEXT && widths[i] > TABLE_TEXT_WIDTH_MIN &&
            widths[i] > utf8_width(ledger_text_of(columns[i].heading)) && (widest == NULL || widths[i] > *widest)) {
            widest = &widths[i];
        }
    }
    return widest;
}

void table_fit(const struct table_column *columns, size_t columns_count, size_t total_width, size_t width,
               size_t *widths)
{
    while (width > 0 && total_width > width) {
        size_t *widest = table_widest_text(columns, columns_count, widths);
        if (widest == NULL) {
            return;
        }
        *widest -= 1;
        total_width--;
    }
}

void table_write_line(struct ledger_text line, FILE *stream)
{
    size_t kept = line.size;
    while (kept > 0 && line.data[kept - 1] == ' ') {
        kept--;
    }
    (void)fwrite(line.data, 1, kept, stream);
    (void)fputc('\n', stream);
}
