/* A graph for a terminal: lines of braille dots, two by four a character, or of asterisks where there is ASCII alone.
 */
#include <assert.h>

#include "base/utf8.h"
#include "reports/graph.h"

enum {
    CHART_ROWS = 16,
    CHART_COLUMNS_MIN = 40, /* of the whole line */
    CHART_COLUMNS_MAX = 200,
    CHART_COLUMNS_DEFAULT = 80,
    CHART_PLOT_COLUMNS_MIN = 10,
    CHART_STEPS_MAX = 5,
    CHART_DAY_COLUMNS = 10,                     /* 2026-03-31 */
    CHART_DAY_DISTANCE = CHART_DAY_COLUMNS + 7, /* the texts at the ends are moved by up to half, and two blanks */
};

static const char chart_bold[] = "\033[1m";
static const char chart_red[] = "\033[31m";
static const char chart_normal[] = "\033[0m";

/* What a chart is drawn of. */
struct chart_characters {
    unsigned dots_across; /* of a character */
    unsigned dots_down;
    const char *axis;
    const char *tick;
    const char *zero;
    const char *corner;
    const char *base;
    const char *base_tick;
};

static const struct chart_characters characters_of_unicode = {
    .dots_across = 2,
    .dots_down = 4,
    .axis = "\xE2\x94\x82",      /* U+2502 */
    .tick = "\xE2\x94\xA4",      /* U+2524 */
    .zero = "\xE2\x94\x80",      /* U+2500 */
    .corner = "\xE2\x94\x94",    /* U+2514 */
    .base = "\xE2\x94\x80",      /* U+2500 */
    .base_tick = "\xE2\x94\xAC", /* U+252C */
};

static const struct chart_characters characters_of_ascii = {.dots_across = 1,
                                                            .dots_down = 1,
                                                            .axis = "|",
                                                            .tick = "+",
                                                            .zero = "-",
                                                            .corner = "+",
                                                            .base = "-",
                                                            .base_tick = "+"};

struct chart_renderer {
    struct graph graph;
    const struct chart_characters *characters;
    size_t columns;
    bool has_color;
};

/* The drawing of one series. */
struct chart_plot {
    const struct chart_renderer *renderer;
    const struct graph_series *series;
    struct graph_scale scale;
    size_t label_columns;
    size_t columns;
    uint8_t *cells; /* CHART_ROWS lines of `columns`: the dots that are set, as braille counts them */
};

static int64_t plot_extent_across(const struct chart_plot *plot)
{
    return (int64_t)(plot->columns * plot->renderer->characters->dots_across) - 1;
}

static int64_t plot_extent_down(const struct chart_plot *plot)
{
    return (int64_t)CHART_ROWS * plot->renderer->characters->dots_down - 1;
}

static size_t plot_row_of(const struct chart_plot *plot, int128 amount_minor)
{
    return (size_t)graph_place_amount(&plot->scale, amount_minor, plot_extent_down(plot)) /
           plot->renderer->characters->dots_down;
}

/* Bits of U+2800 and on: the left column from above 1, 2, 3, 7, the right one 4, 5, 6, 8. */
static void plot_set_dot(struct chart_plot *plot, int64_t across, int64_t down)
{
    static const uint8_t bits[2][4] = {{0x01, 0x02, 0x04, 0x40}, {0x08, 0x10, 0x20, 0x80}};
    const struct chart_characters *characters = plot->renderer->characters;
    size_t column = (size_t)across / characters->dots_across;
    size_t row = (size_t)down / characters->dots_down;
    plot->cells[row * plot->columns + column] |=
        bits[(size_t)across % characters->dots_across][(size_t)down % characters->dots_down];
}

/* Bresenham's line: every step goes to the next dot that is nearest. */
static void plot_draw_line(struct chart_plot *plot, int64_t across, int64_t down, int64_t to_across, int64_t to_down)
{
    int64_t width = to_across - across; /* never to the left */
    int64_t height = to_down < down ? down - to_down : to_down - down;
    int64_t step_down = to_down < down ? -1 : 1;
    int64_t error = width - height;
    plot_set_dot(plot, across, down);
    while (across != to_across || down != to_down) {
        int64_t doubled = 2 * error;
        if (doubled >= -height && across != to_across) {
            error -= height;
            across++;
        }
        if (doubled <= width && down != to_down) {
            error += width;
            down += step_down;
        }
        plot_set_dot(plot, across, down);
    }
}

static void plot_draw_points(struct chart_plot *plot)
{
    int64_t last_across = 0;
    int64_t last_down = 0;
    for (size_t i = 0; i < plot->series->count; i++) {
        const struct graph_point *point = &plot->series->points[i];
        int64_t across = graph_place_day(plot->series, point->day, plot_extent_across(plot));
        int64_t down = graph_place_amount(&plot->scale, point->amount_minor, plot_extent_down(plot));
        plot_draw_line(plot, i == 0 ? across : last_across, i == 0 ? down : last_down, across, down);
        last_across = across;
        last_down = down;
    }
}

static void chart_add_blanks(struct text_builder *text, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        text_builder_add_char(text, ' ');
    }
}

/* A label to the right of its columns, or blanks. */
static void plot_add_label(const struct chart_plot *plot, struct text_builder *text, struct ledger_text label)
{
    size_t width = utf8_width(label);
    chart_add_blanks(text, plot->label_columns > width ? plot->label_columns - width : 0);
    text_builder_add_text(text, label);
    text_builder_add_char(text, ' ');
}

static void plot_add_cell(const struct chart_plot *plot, struct text_builder *text, uint8_t dots, bool is_zero_row)
{
    const struct chart_characters *characters = plot->renderer->characters;
    if (dots == 0) {
        text_builder_add_string(text, is_zero_row ? characters->zero : " ");
    } else if (characters == &characters_of_ascii) {
        text_builder_add_char(text, '*');
    } else {
        char encoded[4];
        size_t size = utf8_encode(0x2800U + dots, encoded);
        text_builder_add(text, encoded, size);
    }
}

static void plot_add_row(const struct chart_plot *plot, struct text_builder *text, size_t row)
{
    const struct chart_characters *characters = plot->renderer->characters;
    const uint8_t *cells = plot->cells + row * plot->columns;
    size_t zero_row = plot_row_of(plot, 0);
    bool is_zero_row = row == zero_row && plot->scale.bottom_minor < 0;
    bool is_red = row > zero_row && plot->renderer->has_color;
    char label[AMOUNT_TEXT_SIZE];
    size_t label_size = 0;
    for (unsigned tick = 0; tick <= plot->scale.steps_count; tick++) {
        if (plot_row_of(plot, plot->scale.bottom_minor + plot->scale.step_minor * (int)tick) == row) {
            label_size = graph_format_tick(&plot->scale, tick, label);
        }
    }
    plot_add_label(plot, text, (struct ledger_text){label, label_size});
    text_builder_add_string(text, label_size > 0 ? characters->tick : characters->axis);
    size_t end = plot->columns;
    while (end > 0 && cells[end - 1] == 0 && !is_zero_row) {
        end--;
    }
    text_builder_add_string(text, is_red && end > 0 ? chart_red : "");
    for (size_t column = 0; column < end; column++) {
        plot_add_cell(plot, text, cells[column], is_zero_row);
    }
    text_builder_add_string(text, is_red && end > 0 ? chart_normal : "");
    text_builder_add_char(text, '\n');
}

/* Where the text of a day begins, so that its middle is below its tick and it does not go beyond the line. */
static size_t plot_day_column(const struct chart_plot *plot, size_t tick_column)
{
    size_t half = CHART_DAY_COLUMNS / 2;
    size_t column = tick_column > half ? tick_column - half : 0;
    size_t last = plot->columns > CHART_DAY_COLUMNS ? plot->columns - CHART_DAY_COLUMNS : 0;
    return column < last ? column : last;
}

/* The line below, with a tick for each day that is written under it. */
static void plot_add_days(const struct chart_plot *plot, struct text_builder *text)
{
    const struct chart_characters *characters = plot->renderer->characters;
    size_t indexes[GRAPH_DAYS_MAX];
    size_t count = graph_choose_days(plot->series, (int64_t)plot->columns - 1, CHART_DAY_DISTANCE, indexes);
    size_t ticks[GRAPH_DAYS_MAX];
    for (size_t i = 0; i < count; i++) {
        int32_t day = plot->series->points[indexes[i]].day;
        ticks[i] = (size_t)graph_place_day(plot->series, day, plot_extent_across(plot)) / characters->dots_across;
    }
    plot_add_label(plot, text, TEXT(""));
    text_builder_add_string(text, characters->corner);
    for (size_t column = 0, tick = 0; column < plot->columns; column++) {
        bool is_tick = tick < count && ticks[tick] == column;
        text_builder_add_string(text, is_tick ? characters->base_tick : characters->base);
        tick += is_tick ? 1 : 0;
    }
    text_builder_add_char(text, '\n');
    plot_add_label(plot, text, TEXT(""));
    text_builder_add_char(text, ' ');
    for (size_t i = 0, written = 0; i < count; i++) {
        char day[TIME_TEXT_SIZE];
        size_t size = day_format(plot->series->points[indexes[i]].day, day);
        size_t column = plot_day_column(plot, ticks[i]);
        assert(column >= written);
        chart_add_blanks(text, column - written);
        text_builder_add(text, day, size);
        written = column + size;
    }
    text_builder_add_string(text, "\n\n");
}

static ledger_status plot_add(struct ledger_call *memory, const struct chart_renderer *renderer,
                              const struct graph_series *series, struct text_builder *text)
{
    struct chart_plot plot = {.renderer = renderer, .series = series};
    plot.scale = graph_scale_of(series, CHART_STEPS_MAX);
    plot.label_columns = graph_ticks_width(&plot.scale);
    size_t name_columns = utf8_width(series->name);
    plot.label_columns = name_columns > plot.label_columns ? name_columns : plot.label_columns;
    size_t beside = plot.label_columns + 2; /* a blank and the axis */
    bool has_room = renderer->columns >= beside + CHART_PLOT_COLUMNS_MIN;
    plot.columns = has_room ? renderer->columns - beside : CHART_PLOT_COLUMNS_MIN;
    LEDGER_ALLOCATE(memory, plot.cells, CHART_ROWS * plot.columns);
    plot_draw_points(&plot);
    plot_add_label(&plot, text, series->name);
    text->size--; /* the blank behind it */
    text_builder_add_char(text, '\n');
    for (size_t row = 0; row < CHART_ROWS; row++) {
        plot_add_row(&plot, text, row);
    }
    plot_add_days(&plot, text);
    return LEDGER_DONE;
}

static ledger_status chart_add_all(struct ledger_call *memory, const struct chart_renderer *renderer,
                                   const struct report_ending *ending, struct text_builder *text)
{
    const struct graph *graph = &renderer->graph;
    char generated_at[TIME_TEXT_SIZE];
    (void)time_format(graph->head.generated_at_us, generated_at);
    text_builder_add_format(text, "%s, %.*s\n\n", graph->head.report_name, TEXT_ARGUMENTS(graph->subtitle));
    text_builder_add_format(text, "%s%.*s%s\n", renderer->has_color ? chart_bold : "", TEXT_ARGUMENTS(graph->title),
                            renderer->has_color ? chart_normal : "");
    text_builder_add_string(text, graph->series_count == 0 ? "(none)\n\n" : "");
    for (size_t i = 0; i < graph->series_count; i++) {
        LEDGER_TRY(plot_add(memory, renderer, &graph->series[i], text));
    }
    for (const struct graph_note *note = graph->notes; note != NULL; note = note->next) {
        text_builder_add_format(text, "%.*s\n\n", TEXT_ARGUMENTS(note->text));
    }
    text_builder_add_format(text, "log position:  %lld\n", (long long)graph->head.log_position);
    text_builder_add_format(text, "generated at:  %s\n", generated_at);
    text_builder_add_format(text, "report hash:   %s\n", ending->report_hash);
    return LEDGER_DONE;
}

static ledger_status chart_finish(struct ledger_call *call, struct report_renderer *of,
                                  const struct report_ending *ending)
{
    struct chart_renderer *renderer = (struct chart_renderer *)of;
    struct ledger_call *memory = renderer->graph.memory;
    struct text_builder text;
    text_builder_init(&text, &memory->arena, 8192);
    if (chart_add_all(memory, renderer, ending, &text) != LEDGER_DONE) {
        return ledger_fail_out_of_memory(call);
    }
    return render_flush(call, &text, renderer->graph.output);
}

ledger_status render_chart_new(struct ledger_call *call, struct ledger_call *memory, unsigned columns, bool has_color,
                               bool ascii_only, const struct ledger_report_output *output,
                               struct report_renderer **ret_renderer)
{
    struct chart_renderer *renderer = arena_allocate_array(&memory->arena, 1, sizeof *renderer);
    if (renderer == NULL) {
        return ledger_fail_out_of_memory(call);
    }
    graph_init(&renderer->graph, memory, output, chart_finish);
    renderer->characters = ascii_only ? &characters_of_ascii : &characters_of_unicode;
    renderer->columns = columns == 0                  ? CHART_COLUMNS_DEFAULT
                        : columns < CHART_COLUMNS_MIN ? CHART_COLUMNS_MIN
                        : columns > CHART_COLUMNS_MAX ? CHART_COLUMNS_MAX
                                                      : columns;
    renderer->has_color = has_color;
    *ret_renderer = &renderer->graph.renderer;
    return LEDGER_DONE;
}
