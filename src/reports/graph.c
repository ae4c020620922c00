/* What the renderers that draw share. See graph.h for the invariants. */
#include "reports/graph.h"

#include <assert.h>

#include "base/utf8.h"
#include "domain/currency.h"

/* The only fault that memory of our own can have. */
static ledger_status graph_fault(struct ledger_call *call, ledger_status status)
{
    return status == LEDGER_DONE ? LEDGER_DONE : ledger_fail_out_of_memory(call);
}

static ledger_status graph_keep(struct ledger_call *call, const struct graph *graph, struct ledger_text text,
                                struct ledger_text *ret_text)
{
    return graph_fault(call, utf8_make_printable(graph->memory, text, ret_text));
}

static ledger_status graph_begin(struct ledger_call *call, struct report_sink *sink, const struct report_head *head)
{
    struct graph *graph = (struct graph *)sink;
    assert(head->graph != NULL);
    graph->head = *head;
    return graph_keep(call, graph, head->subtitle, &graph->subtitle);
}

static ledger_status graph_begin_table(struct ledger_call *call, struct report_sink *sink,
                                       const struct report_table *table)
{
    struct graph *graph = (struct graph *)sink;
    return graph_keep(call, graph, ledger_text_of(table->title), &graph->title);
}

static ledger_status graph_add_series(struct ledger_call *memory, struct graph *graph, struct ledger_text name)
{
    LEDGER_GROW(memory, graph->series, graph->series_count, graph->series_capacity);
    struct graph_series *series = &graph->series[graph->series_count];
    *series = (struct graph_series){.count = 0};
    LEDGER_TRY(utf8_make_printable(memory, name, &series->name));
    graph->series_count++;
    return LEDGER_DONE;
}

static ledger_status graph_add_point(struct ledger_call *memory, struct graph *graph, const struct report_value *values)
{
    const struct report_graph *columns = graph->head.graph;
    struct ledger_text name = values[columns->series_column].text;
    size_t last = graph->series_count - 1;
    if (graph->series_count == 0 || !text_equals(graph->series[last].name, name)) {
        LEDGER_TRY(graph_add_series(memory, graph, name));
        last = graph->series_count - 1;
    }
    struct graph_series *series = &graph->series[last];
    LEDGER_GROW(memory, series->points, series->count, series->capacity);
    series->points[series->count++] =
        (struct graph_point){(int32_t)values[columns->day_column].integer, values[columns->amount_column].amount_minor};
    return LEDGER_DONE;
}

static ledger_status graph_row(struct ledger_call *call, struct report_sink *sink, const struct report_table *table,
                               const struct report_row *row)
{
    struct graph *graph = (struct graph *)sink;
    (void)table;
    return graph_fault(call, graph_add_point(graph->memory, graph, row->values));
}

static ledger_status graph_note(struct ledger_call *call, struct report_sink *sink, struct ledger_text text)
{
    struct graph *graph = (struct graph *)sink;
    struct graph_note *note = arena_allocate_array(&graph->memory->arena, 1, sizeof *note);
    if (note == NULL) {
        return ledger_fail_out_of_memory(call);
    }
    LEDGER_TRY(graph_keep(call, graph, text, &note->text));
    *graph->last_note = note;
    graph->last_note = &note->next;
    return LEDGER_DONE;
}

static const struct report_sink_operations graph_operations = {
    .begin = graph_begin,
    .begin_table = graph_begin_table,
    .row = graph_row,
    .end_table = report_sink_ignore_end_table,
    .value = report_sink_ignore_value,
    .note = graph_note,
};

void graph_init(struct graph *graph, struct ledger_call *memory, const struct ledger_report_output *output,
                graph_finish *finish)
{
    *graph = (struct graph){
        .renderer = {{&graph_operations}, finish, render_done_nothing}, .output = output, .memory = memory};
    graph->last_note = &graph->notes;
}

/* What the amounts of a currency are multiples of: a hundredth, or a whole where it has no decimals. */
static int128 scale_unit(const struct graph_series *series)
{
    unsigned decimals = 2;
    int128 unit = 1;
    if (currency_find(series->name, &decimals) == CURRENCY_IS_GOOD) {
        for (; decimals < 2; decimals++) {
            unit *= 10;
        }
    }
    return unit;
}

/* How many steps reach from zero to an amount above or below it. */
static int128 scale_steps(int128 amount_minor, int128 step_minor)
{
    int128 size = amount_minor < 0 ? -amount_minor : amount_minor;
    return (size + step_minor - 1) / step_minor;
}

struct graph_scale graph_scale_of(const struct graph_series *series, unsigned steps_max)
{
    static const int multiples[] = {1, 2, 5};
    int128 lowest = 0;
    int128 highest = 0;
    for (size_t i = 0; i < series->count; i++) {
        int128 amount_minor = series->points[i].amount_minor;
        lowest = amount_minor < lowest ? amount_minor : lowest;
        highest = amount_minor > highest ? amount_minor : highest;
    }
    int128 power = scale_unit(series);
    int128 step = power;
    if (lowest == 0 && highest == 0) {
        highest = step = 100; /* one of whatever it is */
    }
    assert(steps_max >= 2 && scale_steps(lowest, 100) < (int128)1 << 96 && scale_steps(highest, 100) < (int128)1 << 96);
    for (size_t i = 0; scale_steps(lowest, step) + scale_steps(highest, step) > steps_max; i++) {
        power *= i > 0 && i % 3 == 0 ? 10 : 1;
        step = power * multiples[i % 3];
    }
    int128 above = scale_steps(highest, step);
    int128 below = scale_steps(lowest, step);
    return (struct graph_scale){-below * step, above * step, step, (unsigned)(above + below)};
}

int64_t graph_place_amount(const struct graph_scale *scale, int128 amount_minor, int64_t extent)
{
    int128 range = scale->top_minor - scale->bottom_minor;
    return (int64_t)(((scale->top_minor - amount_minor) * extent * 2 + range) / (range * 2));
}

int64_t graph_place_day(const struct graph_series *series, int32_t day, int64_t extent)
{
    int64_t first_day = series->points[0].day;
    int64_t range = series->points[series->count - 1].day - first_day;
    return range == 0 ? extent / 2 : ((day - first_day) * extent * 2 + range) / (range * 2);
}

size_t graph_format_tick(const struct graph_scale *scale, unsigned tick, char out[AMOUNT_TEXT_SIZE])
{
    size_t size = amount_format(scale->bottom_minor + scale->step_minor * (int)tick, out);
    if (scale->step_minor % 100 == 0) {
        size -= sizeof ".00" - 1;
        out[size] = '\0';
    }
    return size;
}

size_t graph_ticks_width(const struct graph_scale *scale)
{
    size_t width = 0;
    for (unsigned tick = 0; tick <= scale->steps_count; tick++) {
        char text[AMOUNT_TEXT_SIZE];
        size_t size = graph_format_tick(scale, tick, text);
        width = size > width ? size : width;
    }
    return width;
}

static int64_t choice_place(const struct graph_series *series, size_t index, int64_t extent)
{
    return graph_place_day(series, series->points[index].day, extent);
}

size_t graph_choose_days(const struct graph_series *series, int64_t extent, int64_t distance,
                         size_t indexes[GRAPH_DAYS_MAX])
{
    size_t last = series->count - 1;
    size_t wanted = (size_t)(extent / distance) + 1;
    wanted = wanted < GRAPH_DAYS_MAX ? wanted : GRAPH_DAYS_MAX;
    wanted = wanted < series->count ? wanted : series->count;
    size_t count = 0;
    indexes[count++] = 0;
    for (size_t i = 1; i + 1 < wanted; i++) {
        size_t index = i * last / (wanted - 1);
        int64_t place = choice_place(series, index, extent);
        bool is_far = place - choice_place(series, indexes[count - 1], extent) >= distance &&
                      choice_place(series, last, extent) - place >= distance;
        if (is_far) {
            indexes[count++] = index;
        }
    }
    if (choice_place(series, last, extent) - choice_place(series, indexes[count - 1], extent) >= distance) {
        indexes[count++] = last;
    }
    return count;
}
