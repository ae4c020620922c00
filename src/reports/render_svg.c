/* A graph as SVG 1.1: one file with nothing outside it, no script, and the same bytes for the same report, so that it
 * says nothing of when and by whom it was made. Places are hundredths of a pixel, computed in integers. */
#include "base/utf8.h"
#include "reports/graph.h"

enum {
    SVG_WIDTH = 800, /* pixels */
    SVG_HEAD_HEIGHT = 64,
    SVG_PLOT_HEIGHT = 260,
    SVG_PANEL_HEIGHT = SVG_PLOT_HEIGHT + 68,
    SVG_FOOT_HEIGHT = 8,
    SVG_MARGIN = 16,
    SVG_RIGHT = 48, /* half of a day's text stands there */
    SVG_CHARACTER_WIDTH = 7,
    SVG_DAY_DISTANCE = 90,
    SVG_TITLE_COLUMNS = 84,
    SVG_SUBTITLE_COLUMNS = 108,
    SVG_DOTS_MAX = 400, /* points beyond them are not told one by one */
    SVG_PIXEL = 100,    /* hundredths */
};

static const char svg_style[] =
    "<style type=\"text/css\">\n"
    "text { font-family: sans-serif; font-size: 12px; fill: #333333; }\n"
    ".title { font-size: 16px; font-weight: bold; }\n"
    ".background { fill: #ffffff; }\n"
    ".grid { stroke: #dddddd; }\n"
    ".zero { stroke: #777777; }\n"
    ".balance { fill: none; stroke: #1f5fa8; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }\n"
    ".point { fill: #1f5fa8; }\n"
    "@media (prefers-color-scheme: dark) {\n"
    "text { fill: #dddddd; }\n"
    ".background { fill: #1b1b1b; }\n"
    ".grid { stroke: #444444; }\n"
    ".zero { stroke: #999999; }\n"
    ".balance { stroke: #7fb2f0; }\n"
    ".point { fill: #7fb2f0; }\n"
    "}\n"
    "</style>\n";

struct svg_renderer {
    struct graph graph;
    struct text_builder text;
};

/* The place of one series. */
struct svg_panel {
    const struct graph_series *series;
    struct graph_scale scale;
    int64_t left; /* hundredths, as all below */
    int64_t top;
    int64_t width;
    int64_t height;
};

/* Text between tags or quotes. XML 1.0 has no U+FFFE and U+FFFF; control characters are gone already. */
static void svg_add_text(struct text_builder *text, struct ledger_text raw)
{
    for (size_t offset = 0; offset < raw.size;) {
        size_t begin = offset;
        uint32_t code_point = utf8_next(raw, &offset);
        if (code_point == '&') {
            text_builder_add_string(text, "&amp;");
        } else if (code_point == '<') {
            text_builder_add_string(text, "&lt;");
        } else if (code_point == '>') {
            text_builder_add_string(text, "&gt;");
        } else if (code_point == '"') {
            text_builder_add_string(text, "&quot;");
        } else if (code_point == 0xfffe || code_point == 0xffff) {
            text_builder_add_char(text, '?');
        } else {
            text_builder_add(text, raw.data + begin, offset - begin);
        }
    }
}

/* The same in at most so many columns, ending in "…" where it is cut. */
static void svg_add_cut_text(struct text_builder *text, struct ledger_text raw, size_t columns)
{
    bool is_cut = utf8_width(raw) > columns;
    svg_add_text(text, is_cut ? (struct ledger_text){raw.data, utf8_fit(raw, columns - 1)} : raw);
    text_builder_add_string(text, is_cut ? "\xE2\x80\xA6" : "");
}

static void svg_add_place(struct text_builder *text, int64_t hundredths)
{
    text_builder_add_format(text, "%lld.%02lld", (long long)(hundredths / SVG_PIXEL),
                            (long long)(hundredths % SVG_PIXEL)); /* nothing lies outside */
}

/* ` name="12.34"` */
static void svg_add_attribute(struct text_builder *text, const char *name, int64_t hundredths)
{
    text_builder_add_format(text, " %s=\"", name);
    svg_add_place(text, hundredths);
    text_builder_add_char(text, '"');
}

static void svg_add_line(struct text_builder *text, const char *of_class, int64_t from_x, int64_t from_y, int64_t to_x,
                         int64_t to_y)
{
    text_builder_add_format(text, "<line class=\"%s\"", of_class);
    svg_add_attribute(text, "x1", from_x);
    svg_add_attribute(text, "y1", from_y);
    svg_add_attribute(text, "x2", to_x);
    svg_add_attribute(text, "y2", to_y);
    text_builder_add_string(text, "/>\n");
}

static void svg_add_label(struct text_builder *text, const char *anchor, int64_t x, int64_t y, struct ledger_text label)
{
    text_builder_add_format(text, "<text text-anchor=\"%s\"", anchor);
    svg_add_attribute(text, "x", x);
    svg_add_attribute(text, "y", y);
    text_builder_add_char(text, '>');
    svg_add_text(text, label);
    text_builder_add_string(text, "</text>\n");
}

static int64_t panel_x(const struct svg_panel *panel, int32_t day)
{
    return panel->left + graph_place_day(panel->series, day, panel->width);
}

static int64_t panel_y(const struct svg_panel *panel, int128 amount_minor)
{
    return panel->top + graph_place_amount(&panel->scale, amount_minor, panel->height);
}

/* A line across and its amount for each tick. */
static void panel_add_amounts(const struct svg_panel *panel, struct text_builder *text)
{
    text_builder_add_string(text, "<g class=\"amounts\">\n");
    for (unsigned tick = 0; tick <= panel->scale.steps_count; tick++) {
        int128 amount_minor = panel->scale.bottom_minor + panel->scale.step_minor * (int)tick;
        int64_t y = panel_y(panel, amount_minor);
        char label[AMOUNT_TEXT_SIZE];
        size_t size = graph_format_tick(&panel->scale, tick, label);
        svg_add_line(text, amount_minor == 0 ? "zero" : "grid", panel->left, y, panel->left + panel->width, y);
        svg_add_label(text, "end", panel->left - 8 * SVG_PIXEL, y + 4 * SVG_PIXEL, (struct ledger_text){label, size});
    }
    text_builder_add_string(text, "</g>\n");
}

static void panel_add_days(const struct svg_panel *panel, struct text_builder *text)
{
    size_t indexes[GRAPH_DAYS_MAX];
    size_t count = graph_choose_days(panel->series, panel->width, SVG_DAY_DISTANCE * SVG_PIXEL, indexes);
    int64_t bottom = panel->top + panel->height;
    text_builder_add_string(text, "<g class=\"days\">\n");
    for (size_t i = 0; i < count; i++) {
        char day[TIME_TEXT_SIZE];
        size_t size = day_format(panel->series->points[indexes[i]].day, day);
        int64_t x = panel_x(panel, panel->series->points[indexes[i]].day);
        svg_add_line(text, "zero", x, bottom, x, bottom + 5 * SVG_PIXEL);
        svg_add_label(text, "middle", x, bottom + 20 * SVG_PIXEL, (struct ledger_text){day, size});
    }
    text_builder_add_string(text, "</g>\n");
}

static void panel_add_path(const struct svg_panel *panel, struct text_builder *text)
{
    text_builder_add_string(text, "<path class=\"balance\" fill=\"none\" d=\"");
    for (size_t i = 0; i < panel->series->count; i++) {
        const struct graph_point *point = &panel->series->points[i];
        text_builder_add_string(text, i == 0 ? "M" : i % 8 == 0 ? "\nL" : " L");
        svg_add_place(text, panel_x(panel, point->day));
        text_builder_add_char(text, ' ');
        svg_add_place(text, panel_y(panel, point->amount_minor));
    }
    text_builder_add_string(text, "\"/>\n");
}

/* A dot a point; a reader who points at it is told day and balance. */
static void panel_add_points(const struct svg_panel *panel, struct text_builder *text)
{
    if (panel->series->count > SVG_DOTS_MAX) {
        return;
    }
    text_builder_add_string(text, "<g class=\"points\">\n");
    for (size_t i = 0; i < panel->series->count; i++) {
        const struct graph_point *point = &panel->series->points[i];
        char day[TIME_TEXT_SIZE];
        char amount[AMOUNT_TEXT_SIZE];
        (void)day_format(point->day, day);
        (void)amount_format(point->amount_minor, amount);
        text_builder_add_string(text, "<circle class=\"point\" r=\"2.5\"");
        svg_add_attribute(text, "cx", panel_x(panel, point->day));
        svg_add_attribute(text, "cy", panel_y(panel, point->amount_minor));
        text_builder_add_format(text, "><title>%s: %s ", day, amount);
        svg_add_text(text, panel->series->name);
        text_builder_add_string(text, "</title></circle>\n");
    }
    text_builder_add_string(text, "</g>\n");
}

static void svg_add_panel(struct text_builder *text, const struct graph_series *series, size_t index)
{
    struct svg_panel panel = {.series = series, .height = (int64_t)SVG_PLOT_HEIGHT * SVG_PIXEL};
    panel.scale = graph_scale_of(series, GRAPH_STEPS_MAX);
    size_t label_columns = graph_ticks_width(&panel.scale);
    panel.left = (int64_t)(SVG_MARGIN + 8 + label_columns * SVG_CHARACTER_WIDTH) * SVG_PIXEL;
    panel.left = panel.left < SVG_RIGHT * SVG_PIXEL ? SVG_RIGHT * SVG_PIXEL : panel.left;
    panel.top = (int64_t)(SVG_HEAD_HEIGHT + 24 + index * SVG_PANEL_HEIGHT) * SVG_PIXEL;
    panel.width = (int64_t)(SVG_WIDTH - SVG_RIGHT) * SVG_PIXEL - panel.left;
    text_builder_add_string(text, "<g class=\"series\">\n");
    svg_add_label(text, "end", panel.left - 8 * SVG_PIXEL, panel.top - 14 * SVG_PIXEL, series->name);
    panel_add_amounts(&panel, text);
    panel_add_days(&panel, text);
    panel_add_path(&panel, text);
    panel_add_points(&panel, text);
    text_builder_add_string(text, "</g>\n");
}

/* For who cannot see the picture, and to find the report again. */
static void svg_add_description(struct text_builder *text, const struct graph *graph, const char *report_hash)
{
    text_builder_add_format(text, "<title>%s: ", graph->head.report_name);
    svg_add_text(text, graph->title);
    text_builder_add_string(text, "</title>\n<desc>");
    svg_add_text(text, graph->subtitle);
    for (size_t i = 0; i < graph->series_count; i++) {
        const struct graph_series *series = &graph->series[i];
        const struct graph_point *first = &series->points[0];
        const struct graph_point *last = &series->points[series->count - 1];
        char days[2][TIME_TEXT_SIZE];
        char amounts[2][AMOUNT_TEXT_SIZE];
        (void)day_format(first->day, days[0]);
        (void)day_format(last->day, days[1]);
        (void)amount_format(first->amount_minor, amounts[0]);
        (void)amount_format(last->amount_minor, amounts[1]);
        text_builder_add_string(text, "; ");
        svg_add_text(text, series->name);
        text_builder_add_format(text, ": %zu points from %s on %s to %s on %s", series->count, amounts[0], days[0],
                                amounts[1], days[1]);
    }
    text_builder_add_format(text, "; log position %lld; report hash %s</desc>\n", (long long)graph->head.log_position,
                            report_hash);
}

static void svg_add_head(struct text_builder *text, const struct graph *graph)
{
    text_builder_add_format(text, "<text class=\"title\" x=\"%d\" y=\"28\">", SVG_MARGIN);
    svg_add_cut_text(text, graph->title, SVG_TITLE_COLUMNS);
    text_builder_add_format(text, "</text>\n<text x=\"%d\" y=\"48\">%s, ", SVG_MARGIN, graph->head.report_name);
    svg_add_cut_text(text, graph->subtitle, SVG_SUBTITLE_COLUMNS);
    text_builder_add_string(text, graph->series_count == 0 ? ": none</text>\n" : "</text>\n");
}

static ledger_status svg_finish(struct ledger_call *call, struct report_renderer *of,
                                const struct report_ending *ending)
{
    struct svg_renderer *renderer = (struct svg_renderer *)of;
    struct text_builder *text = &renderer->text;
    const struct graph *graph = &renderer->graph;
    size_t height = SVG_HEAD_HEIGHT + graph->series_count * SVG_PANEL_HEIGHT + SVG_FOOT_HEIGHT;
    text_builder_add_string(text, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    text_builder_add_format(text,
                            "<svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.1\" width=\"%d\" height=\"%zu\" "
                            "viewBox=\"0 0 %d %zu\">\n",
                            SVG_WIDTH, height, SVG_WIDTH, height);
    svg_add_description(text, graph, ending->report_hash);
    text_builder_add_string(text, svg_style);
    text_builder_add_format(text, "<rect class=\"background\" width=\"%d\" height=\"%zu\"/>\n", SVG_WIDTH, height);
    svg_add_head(text, graph);
    for (size_t i = 0; i < graph->series_count; i++) {
        svg_add_panel(text, &graph->series[i], i);
    }
    text_builder_add_string(text, "</svg>\n");
    return render_flush(call, text, graph->output);
}

ledger_status render_svg_new(struct ledger_call *call, struct ledger_call *memory,
                             const struct ledger_report_output *output, struct report_renderer **ret_renderer)
{
    struct svg_renderer *renderer = arena_allocate_array(&memory->arena, 1, sizeof *renderer);
    if (renderer == NULL) {
        return ledger_fail_out_of_memory(call);
    }
    graph_init(&renderer->graph, memory, output, svg_finish);
    text_builder_init(&renderer->text, &memory->arena, 8192);
    *ret_renderer = &renderer->graph.renderer;
    return LEDGER_DONE;
}
