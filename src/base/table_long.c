/* Tables that are too long for memory. */
#include "base/table_long.h"

#include <stdlib.h>

#include "base/table_layout.h"
#include "base/text.h"
#include "base/text_builder.h"
#include "base/utf8.h"

enum { BUFFER_BYTES = 64 * 1024 };

/* Where the reading of the file stands. */
struct long_reading {
    struct ledger_call *call;
    const struct table_long *table;
    uint64_t offset; /* of what is not in the buffer yet */
    size_t begin;
    size_t filled;
};

void table_long_init(struct table_long *table, const struct table_column *columns, size_t columns_count)
{
    assert(columns_count > 0 && columns_count <= TABLE_LONG_COLUMNS_MAX);
    *table = (struct table_long){.columns = columns, .columns_count = columns_count, .file = SCRATCH_FILE_NONE};
    for (size_t i = 0; i < columns_count; i++) {
        assert(!columns[i].is_tree);
        table->widths[i] = utf8_width(ledger_text_of(columns[i].heading));
    }
}

void table_long_done(struct table_long *table)
{
    free(table->buffer);
    table->buffer = NULL;
    scratch_file_done(&table->file);
}

static ledger_status long_flush(struct ledger_call *call, struct table_long *table)
{
    int error = scratch_file_add(&table->file, table->buffer, table->filled);
    table->filled = 0;
    return error == 0 ? LEDGER_DONE : scratch_file_fail(call, &table->file, error);
}

static ledger_status long_put(struct ledger_call *call, struct table_long *table, const void *data, size_t size)
{
    for (size_t done = 0; done < size;) {
        size_t room = BUFFER_BYTES - table->filled;
        size_t taken = size - done < room ? size - done : room;
        memcpy(table->buffer + table->filled, (const char *)data + done, taken);
        table->filled += taken;
        done += taken;
        if (table->filled == BUFFER_BYTES) {
            LEDGER_TRY(long_flush(call, table));
        }
    }
    return LEDGER_DONE;
}

/* A row: its kind, and where it has cells, each one's size and bytes. */
static ledger_status long_put_row(struct ledger_call *call, struct table_long *table, const struct table_row *row)
{
    uint32_t kind = row->kind;
    LEDGER_TRY(long_put(call, table, &kind, sizeof kind));
    for (size_t i = 0; row->kind != TABLE_ROW_SEPARATOR && i < table->columns_count; i++) {
        size_t width = utf8_width(row->cells[i]);
        table->widths[i] = width > table->widths[i] ? width : table->widths[i];
        LEDGER_TRY(long_put(call, table, &row->cells[i].size, sizeof row->cells[i].size));
        LEDGER_TRY(long_put(call, table, row->cells[i].data, row->cells[i].size));
    }
    table->rows_count++;
    return LEDGER_DONE;
}

ledger_status table_long_take(struct ledger_call *call, struct table_long *table, const struct table *rows)
{
    assert(rows->columns_count == table->columns_count);
    LEDGER_TRY(scratch_file_make(call, &table->file));
    if (table->buffer == NULL) {
        table->buffer = malloc(BUFFER_BYTES);
    }
    if (table->buffer == NULL) {
        return ledger_fail_out_of_memory(call);
    }
    for (const struct table_row *row = rows->first; row != NULL; row = row->next) {
        LEDGER_TRY(long_put_row(call, table, row));
    }
    return LEDGER_DONE;
}

static ledger_status reading_get(struct long_reading *reading, void *data, size_t size)
{
    for (size_t done = 0; done < size;) {
        if (reading->begin == reading->filled) {
            uint64_t left = reading->table->file.size - reading->offset;
            size_t wanted = left < BUFFER_BYTES ? (size_t)left : BUFFER_BYTES;
            int error = scratch_file_read(&reading->table->file, reading->offset, reading->table->buffer, wanted);
            if (error != 0) {
                return scratch_file_fail(reading->call, &reading->table->file, error);
            }
            reading->offset += wanted;
            reading->begin = 0;
            reading->filled = wanted;
        }
        size_t held = reading->filled - reading->begin;
        size_t taken = size - done < held ? size - done : held;
        memcpy((char *)data + done, reading->table->buffer + reading->begin, taken);
        reading->begin += taken;
        done += taken;
    }
    return LEDGER_DONE;
}

static void line_add_blanks(struct text_builder *line, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        text_builder_add_char(line, ' ');
    }
}

/* What of a line is bold: as table_print has it, of a total the whole line, of headings each by itself. */
enum line_weight { LINE_PLAIN, LINE_BOLD, LINE_OF_BOLD_CELLS };

/* A cell in its column; `has_more` where others stand to its right. */
static ledger_status line_add_cell(struct ledger_call *call, struct text_builder *line,
                                   const struct table_column *column, size_t width, struct ledger_text cell,
                                   bool has_more)
{
    struct ledger_text text;
    LEDGER_TRY(table_cut(call, cell, width, &text));
    size_t blanks = width - utf8_width(text);
    bool is_right = table_is_amount(column);
    line_add_blanks(line, is_right ? blanks : 0);
    text_builder_add_text(line, text);
    line_add_blanks(line, is_right || !has_more ? 0 : blanks);
    return LEDGER_DONE;
}

static ledger_status line_print(struct ledger_call *call, const struct table_long *table,
                                const struct ledger_text *cells, enum line_weight weight, FILE *stream)
{
    struct text_builder line;
    struct ledger_text text;
    text_builder_init(&line, &call->arena, 256);
    text_builder_add_string(&line, weight == LINE_BOLD ? table_bold : "");
    for (size_t i = 0; i < table->columns_count; i++) {
        text_builder_add_string(&line, i > 0 ? " " : "");
        text_builder_add_string(&line, weight == LINE_OF_BOLD_CELLS ? table_bold : "");
        LEDGER_TRY(
            line_add_cell(call, &line, &table->columns[i], table->widths[i], cells[i], i + 1 < table->columns_count));
        text_builder_add_string(&line, weight == LINE_OF_BOLD_CELLS ? table_normal : "");
    }
    text_builder_add_string(&line, weight == LINE_BOLD ? table_normal : "");
    LEDGER_TRY(text_builder_finish(call, &line, &text));
    table_write_line(text, stream);
    return LEDGER_DONE;
}

static ledger_status row_print(struct ledger_call *call, struct long_reading *reading, bool has_color, FILE *stream)
{
    const struct table_long *table = reading->table;
    struct ledger_text cells[TABLE_LONG_COLUMNS_MAX];
    uint32_t kind = 0;
    LEDGER_TRY(reading_get(reading, &kind, sizeof kind));
    for (size_t i = 0; i < table->columns_count; i++) {
        if (kind == TABLE_ROW_SEPARATOR) {
            LEDGER_TRY(table_make_line(call, &table->columns[i], table->widths[i], &cells[i]));
            continue;
        }
        size_t size = 0;
        char *data = NULL;
        LEDGER_TRY(reading_get(reading, &size, sizeof size));
        LEDGER_ALLOCATE(call, data, size + 1);
        LEDGER_TRY(reading_get(reading, data, size));
        cells[i] = (struct ledger_text){data, size};
    }
    return line_print(call, table, cells, has_color && kind == TABLE_ROW_TOTAL ? LINE_BOLD : LINE_PLAIN, stream);
}

ledger_status table_long_print(struct ledger_call *call, struct table_long *table, const char *title,
                               const struct table_style *style, FILE *stream)
{
    struct long_reading reading = {.call = call, .table = table};
    struct ledger_text headings[TABLE_LONG_COLUMNS_MAX];
    LEDGER_TRY(long_flush(call, table));
    size_t total_width = table->columns_count - 1; /* a blank between any two */
    for (size_t i = 0; i < table->columns_count; i++) {
        total_width += table->widths[i];
    }
    table_fit(table->columns, table->columns_count, total_width, style->width, table->widths);
    LEDGER_TRY(table_print_title(call, title, style, stream));
    for (size_t i = 0; i < table->columns_count; i++) {
        headings[i] = ledger_text_of(table->columns[i].heading);
    }
    LEDGER_TRY(line_print(call, table, headings, style->has_color ? LINE_OF_BOLD_CELLS : LINE_PLAIN, stream));
    for (uint64_t row = 0; row < table->rows_count; row++) {
        struct arena_mark mark = arena_mark(&call->arena);
        LEDGER_TRY(row_print(call, &reading, style->has_color, stream));
        arena_rewind(&call->arena, mark);
    }
    return table_check_stream(call, stream);
}
