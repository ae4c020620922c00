/* A report for people: a title, its tables, what has to be said about them, and by what it can be made again. The rows
 * have to be kept: how wide a column is depends on the last of them. */
#include <stdio.h>
#include <stdlib.h>

#include "base/table.h"
#include "base/time.h"
#include "reports/render.h"

enum { DEPTH_MAX = 64 }; /* what is deeper is shown at this depth */

/* A table with the columns that are shown. */
struct shown_table {
    struct table table;
    struct table_column columns[REPORT_COLUMNS_MAX];
    size_t places[REPORT_COLUMNS_MAX]; /* of each shown column in the report's table */
    size_t columns_count;
    const struct table_row *open[DEPTH_MAX]; /* the last row of each depth */
    size_t open_count;
    bool has_footer;
};

struct shown_note {
    struct shown_note *next;
    struct ledger_text text;
};

struct table_renderer {
    struct report_renderer renderer;
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
        }
    }
    table_init(&shown->table, table->title, shown->columns, shown->columns_count);
    assert(renderer->tables_count < REPORT_TABLES_MAX);
    renderer->tables[renderer->tables_count++] = shown;
    return LEDGER_DONE;
}

/* What a person sees of a value. */
static struct ledger_text shown_text(const struct report_column *column, const struct report_row *row, size_t place,
                                     char buffer[REPORT_VALUE_TEXT_SIZE])
{
    const struct report_value *value = &row->values[place];
    bool is_named = column->kind == REPORT_COLUMN_CAPTION || column->kind == REPORT_COLUMN_TREE;
    if (column->kind == REPORT_COLUMN_SIDE && value->type == REPORT_AMOUNT && value->amount_minor == 0) {
        return TEXT_ABSENT;
    }
    if (is_named && value->type == REPORT_ABSENT) {
        return ledger_text_of(row->caption);
    }
    return report_value_text(value, buffer);
}

/* A row under the last one that is less deep. */
static ledger_status shown_add(struct ledger_call *call, struct table_renderer *renderer, struct shown_table *shown,
                               const struct report_row *row, const struct ledger_text *cells)
{
    size_t depth = row->depth < shown->open_count ? row->depth : shown->open_count;
    depth = depth < DEPTH_MAX ? depth : DEPTH_MAX - 1;
    enum table_row_kind kind = row->kind == REPORT_ROW_TOTAL ? TABLE_ROW_TOTAL : TABLE_ROW_PLAIN;
    LEDGER_TRY(
        shown_fault(call, table_add_row(renderer->memory, &shown->table, kind,
                                        depth == 0 ? NULL : shown->open[depth - 1], cells, &shown->open[depth])));
    shown->open_count = depth + 1;
    return LEDGER_DONE;
}

static ledger_status shown_add_row(struct ledger_call *call, struct table_renderer *renderer, struct shown_table *shown,
                                   const struct report_table *table, const struct report_row *row)
{
    char buffers[REPORT_COLUMNS_MAX][REPORT_VALUE_TEXT_SIZE];
    struct ledger_text cells[REPORT_COLUMNS_MAX];
    for (size_t i = 0; i < shown->columns_count; i++) {
        size_t place = shown->places[i];
        cells[i] = shown_text(&table->columns[place], row, place, buffers[i]);
    }
    return shown_add(call, renderer, shown, row, cells);
}

/* A total stands in the columns of the same name; its caption where the rows above have theirs. */
static ledger_status shown_add_footer(struct ledger_call *call, struct table_renderer *renderer,
                                      struct shown_table *shown, const struct report_table *table,
                                      const struct report_row *row)
{
    char buffers[REPORT_COLUMNS_MAX][REPORT_VALUE_TEXT_SIZE];
    struct ledger_text cells[REPORT_COLUMNS_MAX];
    bool has_caption = false;
    if (!shown->has_footer) {
        LEDGER_TRY(shown_fault(call, table_add_separator(renderer->memory, &shown->table)));
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
            cells[i] = report_value_text(&row->values[place], buffers[i]);
        } else {
            cells[i] = takes_caption ? ledger_text_of(row->caption) : TEXT_ABSENT;
        }
    }
    return shown_add(call, renderer, shown, row, cells);
}

static ledger_status table_row_of(struct ledger_call *call, struct report_sink *sink, const struct report_table *table,
                                  const struct report_row *row)
{
    struct table_renderer *renderer = (struct table_renderer *)sink;
    struct shown_table *shown = renderer->tables[renderer->tables_count - 1];
    return table->is_footer ? shown_add_footer(call, renderer, shown, table, row)
                            : shown_add_row(call, renderer, shown, table, row);
}

static ledger_status table_end_table(struct ledger_call *call, struct report_sink *sink,
                                     const struct report_table *table)
{
    (void)call;
    (void)sink;
    (void)table;
    return LEDGER_DONE;
}

/* The values are for programs: people count rows, and the notes tell what is wrong. */
static ledger_status table_value(struct ledger_call *call, struct report_sink *sink, const char *name,
                                 const struct report_value *value)
{
    (void)call;
    (void)sink;
    (void)name;
    (void)value;
    return LEDGER_DONE;
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
    .end_table = table_end_table,
    .value = table_value,
    .note = table_note,
};

static ledger_status shown_print(struct table_renderer *renderer, const struct report_ending *ending, FILE *stream)
{
    const struct report_head *head = &renderer->head;
    (void)fprintf(stream, "%s, %.*s\n\n", head->report_name, TEXT_ARGUMENTS(head->subtitle));
    for (size_t i = 0; i < renderer->tables_count; i++) {
        const struct table *table = &renderer->tables[i]->table;
        if (i == 0 || table->first != NULL) { /* of the main table it is said that it is empty */
            LEDGER_TRY(table_print(renderer->memory, table, &renderer->style, stream));
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
                                  const struct report_ending *ending, struct ledger_text *ret_text)
{
    struct table_renderer *renderer = (struct table_renderer *)of;
    char *data = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&data, &size);
    if (stream == NULL) {
        return ledger_fail_out_of_memory(call);
    }
    ledger_status status = shown_print(renderer, ending, stream);
    bool is_whole = fclose(stream) == 0 && status == LEDGER_DONE;
    status = is_whole ? ledger_call_copy_text(renderer->memory, (struct ledger_text){data, size}, ret_text)
                      : LEDGER_OUT_OF_MEMORY;
    free(data);
    return shown_fault(call, status);
}

ledger_status render_table_new(struct ledger_call *call, struct ledger_call *memory, unsigned columns, bool has_color,
                               struct report_renderer **ret_renderer)
{
    struct table_renderer *renderer = arena_allocate_array(&memory->arena, 1, sizeof *renderer);
    if (renderer == NULL) {
        return ledger_fail_out_of_memory(call);
    }
    renderer->renderer = (struct report_renderer){{&table_operations}, table_finish};
    renderer->memory = memory;
    renderer->style = (struct table_style){.width = columns, .is_plain = columns == 0, .has_color = has_color};
    renderer->last_note = &renderer->notes;
    *ret_renderer = &renderer->renderer;
    return LEDGER_DONE;
}
