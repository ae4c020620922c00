/* Tables, laid out here and printed by libsmartcols.
 *
 * The widths are decided here, so that only text is ever cut and a cut shows; libsmartcols aligns, draws the tree and
 * colours. It measures characters by the locale, so a UTF-8 one is in force while it prints, whatever the program's is.
 */
#include "base/table.h"

#include <assert.h>
#include <errno.h>
#include <libsmartcols.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/table_layout.h"
#include "base/text.h"
#include "base/text_builder.h"
#include "base/utf8.h"

enum {
    TABLE_TREE_INDENT = 2,    /* columns a level */
    TABLE_WIDTH_DEFAULT = 80, /* of a terminal that does not tell */
    TABLE_SERIES_WANTED = 6,  /* side by side at least, for which text is cut */
};

/* One printing. */
struct table_printing {
    const struct table *table;
    const struct table_style *style;
    FILE *stream;
    size_t *widths; /* of each column */
    size_t *places; /* of the columns that are printed side by side, in the table */
    size_t places_count;
    struct libscols_table *output;
};

void table_init(struct table *table, const char *title, const struct table_column *columns, size_t columns_count)
{
    assert(columns_count > 0);
    *table = (struct table){.title = title, .columns = columns, .columns_count = columns_count};
}

static ledger_status table_copy_cells(struct ledger_call *call, const struct table *table,
                                      const struct ledger_text *cells, const struct ledger_text **ret_cells)
{
    struct ledger_text *copies;
    LEDGER_ALLOCATE(call, copies, table->columns_count);
    for (size_t i = 0; i < table->columns_count; i++) {
        LEDGER_TRY(utf8_make_printable(call, cells[i], &copies[i]));
    }
    *ret_cells = copies;
    return LEDGER_DONE;
}

/* Whether rows so far stand in the order in which a tree is drawn: the parent is the last row or above it. */
static bool table_parent_is_open(const struct table *table, const struct table_row *parent)
{
    const struct table_row *row = table->last;
    while (row != NULL && row != parent) {
        row = row->parent;
    }
    return row == parent;
}

ledger_status table_add_row(struct ledger_call *call, struct table *table, enum table_row_kind kind,
                            const struct table_row *parent, const struct ledger_text *cells,
                            const struct table_row **ret_row)
{
    assert(parent == NULL || table_parent_is_open(table, parent));
    struct table_row *row;
    LEDGER_ALLOCATE(call, row, 1);
    row->kind = kind;
    row->parent = parent;
    row->depth = parent == NULL ? 0 : parent->depth + 1;
    if (kind != TABLE_ROW_SEPARATOR) {
        LEDGER_TRY(table_copy_cells(call, table, cells, &row->cells));
    }
    if (table->last == NULL) {
        table->first = row;
    } else {
        table->last->next = row;
    }
    table->last = row;
    if (ret_row != NULL) {
        *ret_row = row;
    }
    return LEDGER_DONE;
}

ledger_status table_add_separator(struct ledger_call *call, struct table *table)
{
    return table_add_row(call, table, TABLE_ROW_SEPARATOR, NULL, NULL, NULL);
}

struct table_style table_style_of(FILE *stream, bool wants_color)
{
    int descriptor = fileno(stream);
    struct winsize size;
    if (descriptor < 0 || isatty(descriptor) == 0) {
        return (struct table_style){.is_plain = true};
    }
    bool is_known = ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return (struct table_style){.width = is_known ? size.ws_col : TABLE_WIDTH_DEFAULT, .has_color = wants_color};
}

static size_t table_indent(const struct table_column *column, const struct table_row *row)
{
    return column->is_tree ? row->depth * TABLE_TREE_INDENT : 0;
}

/* What each column asks for. */
static void table_measure(struct table_printing *printing)
{
    const struct table *table = printing->table;
    for (size_t i = 0; i < table->columns_count; i++) {
        const struct table_column *column = &table->columns[i];
        size_t width = utf8_width(ledger_text_of(column->heading));
        for (const struct table_row *row = table->first; row != NULL; row = row->next) {
            if (row->kind != TABLE_ROW_SEPARATOR) {
                size_t cell_width = utf8_width(row->cells[i]) + table_indent(column, row);
                width = cell_width > width ? cell_width : width;
            }
        }
        printing->widths[i] = width;
    }
}

/* How many columns are a series. */
static size_t table_count_series(const struct table *table)
{
    size_t count = 0;
    for (size_t i = 0; i < table->columns_count; i++) {
        count += table->columns[i].kind == TABLE_SERIES;
    }
    return count;
}

/* The columns of the part that has `count` of a series from `first` on, and all that are none. */
static void table_take_places(struct table_printing *printing, size_t first, size_t count)
{
    size_t series = 0;
    printing->places_count = 0;
    for (size_t i = 0; i < printing->table->columns_count; i++) {
        bool is_series = printing->table->columns[i].kind == TABLE_SERIES;
        if (!is_series || (series >= first && series - first < count)) {
            printing->places[printing->places_count++] = i;
        }
        series += is_series;
    }
}

/* How wide the widest part is, with `count` of a series in each. */
static size_t table_width(struct table_printing *printing, size_t series, size_t count)
{
    size_t widest = 0;
    for (size_t first = 0; first == 0 || first < series; first += count) {
        table_take_places(printing, first, count);
        size_t total = printing->places_count - 1; /* a blank between any two */
        for (size_t i = 0; i < printing->places_count; i++) {
            total += printing->widths[printing->places[i]];
        }
        widest = total > widest ? total : widest;
    }
    return widest;
}

static void table_fit_parts(const struct table_printing *printing, size_t total_width)
{
    table_fit(printing->table->columns, printing->table->columns_count, total_width, printing->style->width,
              printing->widths);
}

/* Measures the columns. Returns how many of a series stand side by side: all of them, or TABLE_SERIES_WANTED, where
 * they fit beside text that was cut as far as it can be; else as many as do, in parts of about the same size. */
static size_t table_lay_out(struct table_printing *printing)
{
    size_t series = table_count_series(printing->table);
    size_t count = series == 0 ? 1 : series;
    size_t wanted = count < TABLE_SERIES_WANTED ? count : TABLE_SERIES_WANTED;
    table_measure(printing);
    table_fit_parts(printing, table_width(printing, series, wanted));
    while (count > 1 && printing->style->width > 0 && table_width(printing, series, count) > printing->style->width) {
        count--;
    }
    size_t parts = series == 0 ? 1 : (series + count - 1) / count;
    count = series == 0 ? 1 : (series + parts - 1) / parts;
    table_measure(printing);
    table_fit_parts(printing, table_width(printing, series, count));
    return count;
}

/* libsmartcols answers 0, or a negative errno, which is memory alone with what we ask of it. */
static ledger_status table_check(struct ledger_call *call, int answer)
{
    return answer == 0 ? LEDGER_DONE : ledger_fail_out_of_memory(call);
}

static ledger_status table_set_symbols(struct ledger_call *call, const struct table_printing *printing)
{
    bool is_plain = printing->style->is_plain;
    struct libscols_symbols *symbols = scols_new_symbols();
    if (symbols == NULL) {
        return ledger_fail_out_of_memory(call);
    }
    int answer = scols_symbols_set_branch(symbols, is_plain ? "  " : "\xE2\x94\x9C\xE2\x94\x80");
    answer = answer == 0 ? scols_symbols_set_vertical(symbols, is_plain ? "  " : "\xE2\x94\x82 ") : answer;
    answer = answer == 0 ? scols_symbols_set_right(symbols, is_plain ? "  " : "\xE2\x94\x94\xE2\x94\x80") : answer;
    answer = answer == 0 ? scols_table_set_symbols(printing->output, symbols) : answer;
    scols_unref_symbols(symbols);
    return table_check(call, answer);
}

static ledger_status table_add_columns(struct ledger_call *call, const struct table_printing *printing)
{
    for (size_t i = 0; i < printing->places_count; i++) {
        const struct table_column *column = &printing->table->columns[printing->places[i]];
        int flags = (column->is_tree ? SCOLS_FL_TREE : 0) | (table_is_amount(column) ? SCOLS_FL_RIGHT : 0);
        struct libscols_column *output = scols_table_new_column(printing->output, column->heading, 0, flags);
        if (output == NULL) {
            return ledger_fail_out_of_memory(call);
        }
        if (printing->style->has_color) {
            LEDGER_TRY(table_check(call, scols_cell_set_color(scols_column_get_header(output), table_bold)));
        }
    }
    return LEDGER_DONE;
}

static ledger_status table_fill_line(struct ledger_call *call, const struct table_printing *printing,
                                     const struct table_row *row, struct libscols_line *line)
{
    for (size_t i = 0; i < printing->places_count; i++) {
        size_t place = printing->places[i];
        const struct table_column *column = &printing->table->columns[place];
        size_t indent = table_indent(column, row);
        size_t width = printing->widths[place] > indent ? printing->widths[place] - indent : 0;
        struct arena_mark mark = arena_mark(&call->arena);
        struct ledger_text cell;
        if (row->kind == TABLE_ROW_SEPARATOR) {
            LEDGER_TRY(table_make_line(call, column, width, &cell));
        } else {
            LEDGER_TRY(table_cut(call, row->cells[place], width, &cell));
        }
        LEDGER_TRY(table_check(call, scols_line_set_data(line, i, cell.data)));
        arena_rewind(&call->arena, mark);
    }
    if (printing->style->has_color && row->kind == TABLE_ROW_TOTAL) {
        LEDGER_TRY(table_check(call, scols_line_set_color(line, table_bold)));
    }
    return LEDGER_DONE;
}

/* Lines of the rows from the root to the one at hand: the parent of a row of depth n is at n - 1. */
static ledger_status table_add_lines(struct ledger_call *call, const struct table_printing *printing)
{
    size_t depth_max = 0;
    for (const struct table_row *row = printing->table->first; row != NULL; row = row->next) {
        depth_max = row->depth > depth_max ? row->depth : depth_max;
    }
    struct libscols_line **open_lines;
    LEDGER_ALLOCATE(call, open_lines, depth_max + 1);
    for (const struct table_row *row = printing->table->first; row != NULL; row = row->next) {
        struct libscols_line *parent = row->depth == 0 ? NULL : open_lines[row->depth - 1];
        struct libscols_line *line = scols_table_new_line(printing->output, parent);
        if (line == NULL) {
            return ledger_fail_out_of_memory(call);
        }
        open_lines[row->depth] = line;
        LEDGER_TRY(table_fill_line(call, printing, row, line));
    }
    return LEDGER_DONE;
}

/* Line by line without the blanks at the end, which libsmartcols leaves before columns that are empty. A failure is
 * remembered by the stream. */
static void table_write_lines(const struct table_printing *printing, const char *lines)
{
    while (*lines != '\0') {
        size_t length = strcspn(lines, "\n");
        table_write_line((struct ledger_text){lines, length}, printing->stream);
        lines += lines[length] == '\n' ? length + 1 : length;
    }
}

/* Everything is told to libsmartcols and printed; the caller frees `printing->output`. */
static ledger_status table_print_output(struct ledger_call *call, const struct table_printing *printing)
{
    struct libscols_table *output = printing->output;
    LEDGER_TRY(table_check(call, scols_table_enable_colors(output, printing->style->has_color)));
    /* No width is too small for it: what had to be cut is cut already. */
    LEDGER_TRY(table_check(call, scols_table_set_termforce(output, SCOLS_TERMFORCE_NEVER)));
    LEDGER_TRY(table_set_symbols(call, printing));
    LEDGER_TRY(table_add_columns(call, printing));
    LEDGER_TRY(table_add_lines(call, printing));
    char *lines = NULL;
    LEDGER_TRY(table_check(call, scols_print_table_to_string(output, &lines)));
    if (lines == NULL) { /* it says 0 where it could not begin its text */
        return ledger_fail_out_of_memory(call);
    }
    table_write_lines(printing, lines);
    free(lines);
    return LEDGER_DONE;
}

static ledger_status table_print_part(struct ledger_call *call, struct table_printing *printing)
{
    printing->output = scols_new_table();
    if (printing->output == NULL) {
        return ledger_fail_out_of_memory(call);
    }
    /* Where the system has no such locale the program's own has to do. */
    locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    locale_t before = utf8 == (locale_t)0 ? (locale_t)0 : uselocale(utf8);
    ledger_status status = table_print_output(call, printing);
    if (utf8 != (locale_t)0) {
        (void)uselocale(before);
        freelocale(utf8);
    }
    scols_unref_table(printing->output);
    return status;
}

static ledger_status table_print_rows(struct ledger_call *call, struct table_printing *printing)
{
    size_t series = table_count_series(printing->table);
    LEDGER_ALLOCATE(call, printing->widths, printing->table->columns_count);
    LEDGER_ALLOCATE(call, printing->places, printing->table->columns_count);
    size_t count = table_lay_out(printing);
    for (size_t first = 0; first == 0 || first < series; first += count) {
        if (first > 0) {
            (void)fputc('\n', printing->stream);
        }
        table_take_places(printing, first, count);
        LEDGER_TRY(table_print_part(call, printing));
    }
    return LEDGER_DONE;
}

ledger_status table_print_title(struct ledger_call *call, const char *title, const struct table_style *style,
                                FILE *stream)
{
    if (title == NULL) {
        return LEDGER_DONE;
    }
    struct ledger_text safe;
    LEDGER_TRY(utf8_make_printable(call, ledger_text_of(title), &safe));
    /* A failure is remembered by the stream. */
    (void)fprintf(stream, "%s%s%s\n", style->has_color ? table_bold : "", safe.data,
                  style->has_color ? table_normal : "");
    return LEDGER_DONE;
}

ledger_status table_check_stream(struct ledger_call *call, FILE *stream)
{
    bool had_failed = ferror(stream) != 0;
    if (fflush(stream) != 0 || had_failed) {
        return ledger_fail(call, LEDGER_FILE_IS_UNREADABLE, "the table cannot be written: %s",
                           had_failed ? "a write failed" : strerrordesc_np(errno));
    }
    return LEDGER_DONE;
}

ledger_status table_print(struct ledger_call *call, const struct table *table, const struct table_style *style,
                          FILE *stream)
{
    struct table_printing printing = {.table = table, .style = style, .stream = stream};
    LEDGER_TRY(table_print_title(call, table->title, style, stream));
    if (table->first == NULL) {
        (void)fputs("(none)\n", stream);
    } else {
        LEDGER_TRY(table_print_rows(call, &printing));
    }
    return table_check_stream(call, stream);
}
