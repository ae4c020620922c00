/* A report for people: a title, its tables, what has to be said about them, and by what it can be made again. The rows
 * have to be kept, since how wide a column is depends on the last of them: the first thousands in memory, those of a
 * longer table in a scratch file. A tree of accounts stays in memory, as the chart does. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/table.h"
#include "base/table_long.h"
#include "base/time.h"
#include "reports/render.h"

_Static_assert((int)REPORT_COLUMNS_MAX <= (int)TABLE_LONG_COLUMNS_MAX, "a long report has as many columns as any");

enum {
    DEPTH_MAX = 64,       /* what is deeper is shown at this depth */
    ROWS_KEPT_MAX = 4096, /* in memory, of a table without a tree */
};

/* A table with the columns that are shown. */
struct shown_table {
    struct table table;
    struct table_column columns[REPORT_COLUMNS_MAX];
    size_t places[REPORT_COLUMNS_MAX]; /* of each shown column in the report's table */
    size_t columns_count;
    bool is_tree;
    const struct table_row *open[DEPTH_MAX]; /* of a tree: the last row of each depth */
    size_t open_count;
    bool has_footer;
    struct ledger_call memory; /* of the rows */
    size_t rows_count;         /* in memory */
    struct table_long rest;    /* those before them, where there are too many */
    bool is_long;
};

struct shown_note {
    struct shown_note *next;
    struct ledger_text text;
};

struct table_renderer {
    struct report_renderer renderer;
    const struct ledger_report_output *output;
    struct ledger_call *memory;
    struct table_style style;
    struct report_head head;
    char generated_at[TIME_TEXT_SIZE];
    struct shown_table *tables[REPORT_TABLES_MAX];
    size_t tables_count;
    struct shown_note *notes;
    struct shown_note **last_note;
};

/* The only fault that memory of our own can have. */
static ledger_status shown_fault(struct ledger_call *call, ledger_status status)
{
    return status == LEDGER_DONE ? LEDGER_DONE : ledger_fail_out_of_memory(call);
}

static ledger_status table_begin(struct ledger_call *call, struct report_sink *sink, const struct report_head *head)
{
    struct table_renderer *renderer = (struct table_renderer *)sink;
    (void)call;
    renderer->head = *head;
    (void)time_format(head->generated_at_us, renderer->generated_at);
    return LEDGER_DONE;
}

static enum table_column_kind shown_kind(enum report_column_kind kind)
{
    if (kind == REPORT_COLUMN_AMOUNT || kind == REPORT_COLUMN_SIDE) {
        return TABLE_AMOUNT;
    }
    if (kind == REPORT_COLUMN_SERIES) {
        return TABLE_SERIES;
    }
    return kind == REPORT_COLUMN_CODE ? TABLE_CODE : TABLE_TEXT;
}

static ledger_status table_begin_table(struct ledger_call *call, struct report_sink *sink,
                                       const struct report_table *table)
{
    struct table_renderer *renderer = (struct table_renderer *)sink;
    assert(table->columns_count <= REPORT_COLUMNS_MAX);
    if (table->is_footer) {
        assert(renderer->tables_count > 0);
        return LEDGER_DONE;
    }
    struct shown_table *shown = arena_allocate_array(&renderer->memory->arena, 1, sizeof *shown);
    if (shown == NULL) {
        return ledger_fail_out_of_memory(call);
    }
    for (size_t i = 0; i < table->columns_count; i++) {
        const struct report_column *column = &table->columns[i];
        if (column->heading != NULL) {
            shown->places[shown->columns_count] = i;
            shown->columns[shown->columns_count++] = (struct table_column){
                column->name, column->heading, shown_kind(column->kind), column->kind == REPORT_COLUMN_TREE};
            shown->is_tree = shown->is_tree || column->kind == REPORT_COLUMN_TREE;
        }
    }
    call_init(&shown->memory);
    table_init(&shown->table, table->title, shown->columns, shown->columns_count);
    assert(renderer->tables_count < REPORT_TABLES_MAX);
    renderer->tables[renderer->tables_count++] = shown;
    return LEDGER_DONE;
}

/* What a person sees of a value. */
static struct ledger_text shown_text(const struct report_column *column, const struct report_row *row, size_t place)
{
    const struct report_value *value = &row->values[place];
    bool is_named = column->kind == REPORT_COLUMN_CAPTION || column->kind == REPORT_COLUMN_TREE;
    if (column->kind == REPORT_COLUMN_SIDE && value->type == REPORT_AMOUNT && value->amount_minor == 0) {
        return TEXT_ABSENT;
    }
    if (is_named && value->type == REPORT_ABSENT) {
        return ledger_text_of(row->caption);
    }
    return row->texts[place];
}

/* Moves the rows that are in memory to those before them. */
static ledger_status shown_drain(struct ledger_call *call, struct shown_table *shown)
{
    if (!shown->is_long) {
        table_long_init(&shown->rest, shown->columns, shown->columns_count);
        shown->is_long = true;
    }
    LEDGER_TRY(table_long_take(call, &shown->rest, &shown->table));
    table_init(&shown->table, shown->table.title, shown->columns, shown->columns_count);
    ledger_call_reset(&shown->memory);
    shown->rows_count = 0;
    return LEDGER_DONE;
}

static ledger_status shown_make_room(struct ledger_call *call, struct shown_table *shown)
{
    return shown->is_tree || shown->rows_count < ROWS_KEPT_MAX ? LEDGER_DONE : shown_drain(call, shown);
}

/* A row under the last one that is less deep. */
static ledger_status shown_add(struct ledger_call *call, struct shown_table *shown, const struct report_row *row,
                               const struct ledger_text *cells)
{
    LEDGER_TRY(shown_make_room(call, shown));
    size_t depth = row->depth < shown->open_count ? row->depth : shown->open_count;
    depth = depth < DEPTH_MAX ? depth : DEPTH_MAX - 1;
    enum table_row_kind kind = row->kind == REPORT_ROW_TOTAL ? TABLE_ROW_TOTAL : TABLE_ROW_PLAIN;
    LEDGER_TRY(
        shown_fault(call, table_add_row(&shown->memory, &shown->table, kind, depth == 0 ? NULL : shown->open[depth - 1],
                                        cells, &shown->open[depth])));
    shown->open_count = shown->is_tree ? depth + 1 : 0;
    shown->rows_count++;
    return LEDGER_DONE;
}

static ledger_status shown_add_row(struct ledger_call *call, struct shown_table *shown,
                                   const struct report_table *table, const struct report_row *row)
{
    struct ledger_text cells[REPORT_COLUMNS_MAX];
    for (size_t i = 0; i < shown->columns_count; i++) {
        size_t place = shown->places[i];
        cells[i] = shown_text(&table->columns[place], row, place);
    }
    return shown_add(call, shown, row, cells);
}

/* A total stands in the columns of the same name; its caption where the rows above have theirs. */
static ledger_status shown_add_footer(struct ledger_call *call, struct shown_table *shown,
                                      const struct report_table *table, const struct report_row *row)
{
    struct ledger_text cells[REPORT_COLUMNS_MAX];
    bool has_caption = false;
    if (!shown->has_footer) {
        LEDGER_TRY(shown_make_room(call, shown));
        LEDGER_TRY(shown_fault(call, table_add_separator(&shown->memory, &shown->table)));
        shown->rows_count++;
        shown->has_footer = true;
        shown->open_count = 0;
    }
    for (size_t i = 0; i < shown->columns_count; i++) {
        size_t place = 0;
        while (place < table->columns_count && strcmp(table->columns[place].name, shown->columns[i].name) != 0) {
            place++;
        }
        bool takes_caption = !has_caption && shown->columns[i].kind == TABLE_TEXT;
        has_caption = has_caption || takes_caption;
        if (place < table->columns_count) {
            cells[i] = row->texts[place];
        } else {
            cells[i] = takes_caption ? ledger_text_of(row->caption) : TEXT_ABSENT;
        }
    }
    return shown_add(call, shown, row, cells);
}

static ledger_status table_row_of(struct ledger_call *call, struct report_sink *sink, const struct report_table *table,
                                  const struct report_row *row)
{
    struct table_renderer *renderer = (struct table_renderer *)sink;
    struct shown_table *shown = renderer->tables[renderer->tables_count - 1];
    return table->is_footer ? shown_add_footer(call, shown, table, row) : shown_add_row(call, shown, table, row);
}

static ledger_status table_note(struct ledger_call *call, struct report_sink *sink, struct ledger_text text)
{
    struct table_renderer *renderer = (struct table_renderer *)sink;
    struct shown_note *note = arena_allocate_array(&renderer->memory->arena, 1, sizeof *note);
    if (note == NULL) {
        return ledger_fail_out_of_memory(call);
    }
    LEDGER_TRY(shown_fault(call, ledger_call_copy_text(renderer->memory, text, &note->text)));
    *renderer->last_note = note;
    renderer->last_note = &note->next;
    return LEDGER_DONE;
}

static const struct report_sink_operations table_operations = {
    .begin = table_begin,
    .begin_table = table_begin_table,
    .row = table_row_of,
    .end_table = report_sink_ignore_end_table,
    .value = report_sink_ignore_value, /* for programs: people count rows, and the notes tell what is wrong */
    .note = table_note,
};

/* A stream whose bytes go to the output. */
struct shown_stream {
    struct ledger_call *call;
    const struct ledger_report_output *output;
    ledger_status status;
};

static ssize_t stream_write(void *context, const char *data, size_t size)
{
    struct shown_stream *stream = context;
    if (stream->status == LEDGER_DONE) {
        stream->status = stream->output->write(stream->call, stream->output->context, (struct ledger_text){data, size});
    }
    errno = stream->status == LEDGER_DONE ? errno : EIO;
    return stream->status == LEDGER_DONE ? (ssize_t)size : 0; /* 0, not -1, says that it failed */
}

static ledger_status shown_print_table(struct ledger_call *call, struct shown_table *shown,
                                       const struct table_style *style, FILE *stream)
{
    if (!shown->is_long) {
        return table_print(call, &shown->table, style, stream);
    }
    LEDGER_TRY(shown_drain(call, shown));
    return table_long_print(call, &shown->rest, shown->table.title, style, stream);
}

static ledger_status shown_print(struct ledger_call *call, struct table_renderer *renderer,
                                 const struct report_ending *ending, FILE *stream)
{
    const struct report_head *head = &renderer->head;
    (void)fprintf(stream, "%s, %.*s\n\n", head->report_name, TEXT_ARGUMENTS(head->subtitle));
    for (size_t i = 0; i < renderer->tables_count; i++) {
        struct shown_table *shown = renderer->tables[i];
        if (i == 0 || shown->table.first != NULL) { /* of the main table it is said that it is empty */
            LEDGER_TRY(shown_print_table(call, shown, &renderer->style, stream));
            (void)fputc('\n', stream);
        }
    }
    for (const struct shown_note *note = renderer->notes; note != NULL; note = note->next) {
        (void)fprintf(stream, "%.*s\n\n", TEXT_ARGUMENTS(note->text));
    }
    (void)fprintf(stream, "log position:  %lld\n", (long long)head->log_position);
    (void)fprintf(stream, "generated at:  %s\n", renderer->generated_at);
    (void)fprintf(stream, "report hash:   %s\n", ending->report_hash);
    return LEDGER_DONE;
}

static ledger_status table_finish(struct ledger_call *call, struct report_renderer *of,
                                  const struct report_ending *ending)
{
    struct table_renderer *renderer = (struct table_renderer *)of;
    struct shown_stream shown = {call, renderer->output, LEDGER_DONE};
    FILE *stream = fopencookie(&shown, "w", (cookie_io_functions_t){.write = stream_write});
    if (stream == NULL) {
        return ledger_fail_out_of_memory(call);
    }
    size_t problems_before = ledger_call_problems_count(call);
    (void)setvbuf(stream, NULL, _IOFBF, RENDER_PIECE_BYTES);
    ledger_status status = shown_print(call, renderer, ending, stream);
    bool is_whole = fclose(stream) == 0;
    if (shown.status != LEDGER_DONE) { /* the output's own words come first */
        return shown.status;
    }
    if (status == LEDGER_DONE && !is_whole) {
        ledger_call_drop_problems(call, problems_before);
        return ledger_fail_out_of_memory(call);
    }
    return status;
}

static void table_done(struct report_renderer *of)
{
    struct table_renderer *renderer = (struct table_renderer *)of;
    for (size_t i = 0; i < renderer->tables_count; i++) {
        struct shown_table *shown = renderer->tables[i];
        if (shown->is_long) {
            table_long_done(&shown->rest);
        }
        call_done(&shown->memory);
    }
}

ledger_status render_table_new(struct ledger_call *call, struct ledger_call *memory, unsigned columns, bool has_color,
                               const struct ledger_report_output *output, struct report_renderer **ret_renderer)
{
    struct table_renderer *renderer = arena_allocate_array(&memory->arena, 1, sizeof *renderer);
    if (renderer == NULL) {
        return ledger_fail_out_of_memory(call);
    }
    renderer->renderer = (struct report_renderer){{&table_operations}, table_finish, table_done};
    renderer->output = output;
    renderer->memory = memory;
    renderer->style = (struct table_style){.width = columns, .is_plain = columns == 0, .has_color = has_color};
    renderer->last_note = &renderer->notes;
    *ret_renderer = &renderer->renderer;
    return LEDGER_DONE;
}
