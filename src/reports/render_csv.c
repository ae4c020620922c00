/* A report as CSV (RFC 4180): each table's rows under a line of its columns, the tables with an empty line between.
 * What is no table, the hash among it, is not there: it stands in the JSON form and in the audit log. */
#include "base/csv_write.h"
#include "reports/render.h"

struct csv_renderer {
    struct report_renderer renderer;
    const struct ledger_report_output *output;
    struct text_builder text;
    struct csv_writer writer;
    bool has_table;
};

static ledger_status csv_begin(struct ledger_call *call, struct report_sink *sink, const struct report_head *head)
{
    (void)call;
    (void)sink;
    (void)head;
    return LEDGER_DONE;
}

static ledger_status csv_begin_table(struct ledger_call *call, struct report_sink *sink,
                                     const struct report_table *table)
{
    struct csv_renderer *csv = (struct csv_renderer *)sink;
    if (csv->has_table) {
        text_builder_add_string(&csv->text, "\r\n");
    }
    csv->has_table = true;
    for (size_t i = 0; i < table->columns_count; i++) {
        csv_write_string(&csv->writer, table->columns[i].name);
    }
    csv_write_row_end(&csv->writer);
    return render_step(call, &csv->text, csv->output);
}

static ledger_status csv_row(struct ledger_call *call, struct report_sink *sink, const struct report_table *table,
                             const struct report_row *row)
{
    struct csv_renderer *csv = (struct csv_renderer *)sink;
    for (size_t i = 0; i < table->columns_count; i++) {
        if (row->values[i].type == REPORT_TEXT) {
            csv_write_field(&csv->writer, row->texts[i]);
        } else {
            csv_write_plain(&csv->writer, row->texts[i]);
        }
    }
    csv_write_row_end(&csv->writer);
    return render_step(call, &csv->text, csv->output);
}

static const struct report_sink_operations csv_operations = {
    .begin = csv_begin,
    .begin_table = csv_begin_table,
    .row = csv_row,
    .end_table = report_sink_ignore_end_table,
    .value = report_sink_ignore_value,
    .note = report_sink_ignore_note,
};

static ledger_status csv_finish(struct ledger_call *call, struct report_renderer *renderer,
                                const struct report_ending *ending)
{
    struct csv_renderer *csv = (struct csv_renderer *)renderer;
    (void)ending;
    return render_flush(call, &csv->text, csv->output);
}

ledger_status render_csv_new(struct ledger_call *call, struct ledger_call *memory,
                             const struct ledger_report_output *output, struct report_renderer **ret_renderer)
{
    struct csv_renderer *csv = arena_allocate_array(&memory->arena, 1, sizeof *csv);
    if (csv == NULL) {
        return ledger_fail_out_of_memory(call);
    }
    csv->renderer = (struct report_renderer){{&csv_operations}, csv_finish, render_done_nothing};
    csv->output = output;
    text_builder_init(&csv->text, &memory->arena, (size_t)2 * RENDER_PIECE_BYTES);
    csv_writer_init(&csv->writer, &csv->text);
    *ret_renderer = &csv->renderer;
    return LEDGER_DONE;
}
