/* A report as JSON: one object, a table an array of objects, a row a line. `tables` and `values` say what the report is
 * made of and in which order, so that its hash can be computed again from the file alone. */
#include "base/json_write.h"
#include "base/time.h"
#include "reports/render.h"

enum { VALUES_MAX = 8 };

struct json_renderer {
    struct report_renderer renderer;
    const struct ledger_report_output *output;
    struct text_builder text;
    struct text_builder row;
    struct json_writer writer;
    const struct report_table *tables[REPORT_TABLES_MAX];
    size_t tables_count;
    const char *values[VALUES_MAX];
    size_t values_count;
};

static ledger_status json_check(struct ledger_call *call, const struct json_renderer *json)
{
    return json->text.failed || json->row.failed ? ledger_fail_out_of_memory(call) : LEDGER_DONE;
}

static ledger_status json_begin(struct ledger_call *call, struct report_sink *sink, const struct report_head *head)
{
    struct json_renderer *json = (struct json_renderer *)sink;
    struct json_writer *writer = &json->writer;
    char generated_at[TIME_TEXT_SIZE];
    (void)time_format(head->generated_at_us, generated_at);
    json_write_object_begin(writer);
    json_write_member_text(writer, "report_id", ledger_text_of(head->report_id));
    json_write_member_text(writer, "report_type", ledger_text_of(head->report_type));
    json_write_member_text(writer, "report_name", ledger_text_of(head->report_name));
    json_write_key(writer, "parameters");
    json_write_raw(writer, head->parameters);
    json_write_member_integer(writer, "log_position", head->log_position);
    json_write_member_text(writer, "time_zone_data_version", ledger_text_of(head->time_zone_data_version));
    json_write_member_text(writer, "generated_at", ledger_text_of(generated_at));
    json_write_key(writer, "generated_by");
    json_write_text(writer, head->generated_by);
    return json_check(call, json);
}

static ledger_status json_begin_table(struct ledger_call *call, struct report_sink *sink,
                                      const struct report_table *table)
{
    struct json_renderer *json = (struct json_renderer *)sink;
    assert(json->tables_count < REPORT_TABLES_MAX);
    json->tables[json->tables_count++] = table;
    json_write_key(&json->writer, table->name);
    json_write_array_begin(&json->writer);
    return json_check(call, json);
}

static ledger_status json_row(struct ledger_call *call, struct report_sink *sink, const struct report_table *table,
                              const struct report_row *row)
{
    struct json_renderer *json = (struct json_renderer *)sink;
    text_builder_reset(&json->row);
    for (size_t i = 0; i < table->columns_count; i++) {
        text_builder_add_string(&json->row, i == 0 ? "{\"" : ", \"");
        text_builder_add_string(&json->row, table->columns[i].name);
        text_builder_add(&json->row, "\": ", 3);
        report_value_add_json_of(&json->row, &row->values[i], row->texts[i]);
    }
    text_builder_add_char(&json->row, '}');
    LEDGER_TRY(json_check(call, json));
    json_write_raw(&json->writer, (struct ledger_text){json->row.data, json->row.size});
    return render_step(call, &json->text, json->output);
}

static ledger_status json_end_table(struct ledger_call *call, struct report_sink *sink,
                                    const struct report_table *table)
{
    struct json_renderer *json = (struct json_renderer *)sink;
    (void)table;
    json_write_array_end(&json->writer);
    return json_check(call, json);
}

static ledger_status json_value_of(struct ledger_call *call, struct report_sink *sink, const char *name,
                                   const struct report_value *value)
{
    struct json_renderer *json = (struct json_renderer *)sink;
    assert(json->values_count < VALUES_MAX);
    json->values[json->values_count++] = name;
    text_builder_reset(&json->row);
    report_value_add_json(&json->row, value);
    LEDGER_TRY(json_check(call, json));
    json_write_key(&json->writer, name);
    json_write_raw(&json->writer, (struct ledger_text){json->row.data, json->row.size});
    return json_check(call, json);
}

/* Notes are for people: a program reads is_balanced. */
static ledger_status json_note(struct ledger_call *call, struct report_sink *sink, struct ledger_text note)
{
    (void)call;
    (void)sink;
    (void)note;
    return LEDGER_DONE;
}

static const struct report_sink_operations json_operations = {
    .begin = json_begin,
    .begin_table = json_begin_table,
    .row = json_row,
    .end_table = json_end_table,
    .value = json_value_of,
    .note = json_note,
};

static ledger_status json_finish(struct ledger_call *call, struct report_renderer *renderer,
                                 const struct report_ending *ending)
{
    struct json_renderer *json = (struct json_renderer *)renderer;
    struct json_writer *writer = &json->writer;
    json_write_key(writer, "tables");
    json_write_array_begin(writer);
    for (size_t t = 0; t < json->tables_count; t++) {
        text_builder_reset(&json->row);
        text_builder_add_format(&json->row, "{\"name\": \"%s\", \"columns\": [", json->tables[t]->name);
        for (size_t i = 0; i < json->tables[t]->columns_count; i++) {
            text_builder_add_format(&json->row, "%s\"%s\"", i == 0 ? "" : ", ", json->tables[t]->columns[i].name);
        }
        text_builder_add_string(&json->row, "]}");
        LEDGER_TRY(json_check(call, json));
        json_write_raw(writer, (struct ledger_text){json->row.data, json->row.size});
    }
    json_write_array_end(writer);
    json_write_key(writer, "values");
    json_write_array_begin(writer);
    for (size_t i = 0; i < json->values_count; i++) {
        json_write_string(writer, json->values[i]);
    }
    json_write_array_end(writer);
    json_write_member_text(writer, "report_hash", ledger_text_of(ending->report_hash));
    json_write_member_boolean(writer, "recorded", ending->recorded);
    json_write_object_end(writer);
    text_builder_add_char(&json->text, '\n');
    return render_flush(call, &json->text, json->output);
}

ledger_status render_json_new(struct ledger_call *call, struct ledger_call *memory,
                              const struct ledger_report_output *output, struct report_renderer **ret_renderer)
{
    struct json_renderer *json = arena_allocate_array(&memory->arena, 1, sizeof *json);
    if (json == NULL) {
        return ledger_fail_out_of_memory(call);
    }
    json->renderer = (struct report_renderer){{&json_operations}, json_finish, render_done_nothing};
    json->output = output;
    text_builder_init(&json->text, &memory->arena, (size_t)2 * RENDER_PIECE_BYTES);
    text_builder_init(&json->row, &memory->arena, 1024);
    json_writer_init(&json->writer, &json->text);
    json->writer.pretty = true;
    *ret_renderer = &json->renderer;
    return LEDGER_DONE;
}
