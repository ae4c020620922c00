/* Graphs: scales, places, and charts and pictures of points that are given by hand. */
#include <string.h>

#include "base/utf8.h"
#include "reports/graph.h"
#include "support/bare_call.h"
#include "support/random.h"

static int128 power_of_ten(unsigned exponent)
{
    int128 power = 1;
    for (unsigned i = 0; i < exponent; i++) {
        power *= 10;
    }
    return power;
}

static struct graph_scale scale_of(const char *currency, int128 low, int128 high, unsigned steps_max)
{
    struct graph_point points[] = {{0, low}, {1, high}};
    struct graph_series series = {.name = ledger_text_of(currency), .points = points, .count = 2};
    return graph_scale_of(&series, steps_max);
}

struct scale_case {
    const char *currency;
    int64_t low;
    int64_t high;
    unsigned steps_max;
    int64_t bottom;
    int64_t top;
    int64_t step;
};

static void scales_have_round_ticks(void **state)
{
    (void)state;
    static const struct scale_case cases[] = {
        {"EUR", 0, 0, 5, 0, 100, 100},
        {"EUR", 0, 1, 5, 0, 1, 1},
        {"EUR", 0, 6, 5, 0, 6, 2},
        {"EUR", 1, 5, 5, 0, 5, 1},
        {"EUR", 5000, 5000, 5, 0, 5000, 1000},
        {"EUR", 5001, 5001, 5, 0, 6000, 2000},
        {"EUR", -100, 400, 5, -100, 400, 100},
        {"EUR", -101, 400, 5, -200, 400, 200},
        {"EUR", -1, 1000, 2, -1000, 1000, 1000},
        {"EUR", -1000, -1, 6, -1000, 0, 200},
        {"JPY", 0, 100, 6, 0, 100, 100},
        {"JPY", 0, 0, 6, 0, 100, 100},
        {"JPY", -700, 100, 6, -800, 200, 200},
        {"???", 0, 3, 6, 0, 3, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct graph_scale scale = scale_of(cases[i].currency, cases[i].low, cases[i].high, cases[i].steps_max);
        assert_int_equal(scale.bottom_minor, cases[i].bottom);
        assert_int_equal(scale.top_minor, cases[i].top);
        assert_int_equal(scale.step_minor, cases[i].step);
        assert_int_equal(scale.steps_count, (cases[i].top - cases[i].bottom) / cases[i].step);
    }
}

/* I1, for amounts of every size, up to more than all accounts together can have. */
static void scales_hold_every_amount(void **state)
{
    (void)state;
    for (unsigned exponent = 0; exponent <= 29; exponent++) {
        for (int digit = 1; digit < 100; digit++) {
            int128 high = power_of_ten(exponent) * digit / 10;
            int128 low = digit % 3 == 0 ? 0 : -high / digit * (digit % 7);
            for (unsigned steps_max = 2; steps_max <= GRAPH_STEPS_MAX; steps_max++) {
                struct graph_scale scale = scale_of("EUR", low, high, steps_max);
                assert_true(scale.bottom_minor <= low && scale.top_minor >= high);
                assert_true(scale.bottom_minor <= 0 && scale.top_minor >= 0);
                assert_true(scale.steps_count >= 1 && scale.steps_count <= steps_max);
                assert_true(scale.bottom_minor % scale.step_minor == 0);
                assert_true(scale.top_minor - scale.bottom_minor == scale.step_minor * (int)scale.steps_count);
                assert_int_equal(graph_place_amount(&scale, scale.top_minor, 26000), 0);
                assert_int_equal(graph_place_amount(&scale, scale.bottom_minor, 26000), 26000);
            }
        }
    }
}

static void ticks_have_decimals_where_one_needs_them(void **state)
{
    (void)state;
    char text[AMOUNT_TEXT_SIZE];
    struct graph_scale scale = scale_of("EUR", -100, 400, 5);
    assert_int_equal(graph_format_tick(&scale, 0, text), 2);
    assert_string_equal(text, "-1");
    (void)graph_format_tick(&scale, 5, text);
    assert_string_equal(text, "4");
    assert_int_equal(graph_ticks_width(&scale), 2);
    scale = scale_of("EUR", 0, 50, 5);
    (void)graph_format_tick(&scale, 1, text);
    assert_string_equal(text, "0.10");
    assert_int_equal(graph_ticks_width(&scale), 4);
}

static void days_are_chosen_with_room_between(void **state)
{
    (void)state;
    struct graph_point points[400] = {{0, 0}};
    for (size_t count = 1; count <= 400; count += count < 20 ? 1 : 37) {
        for (int32_t days = 1; days <= 400; days += 57) {
            for (size_t i = 0; i < count; i++) { /* the last one close to the one before */
                points[i].day = (int32_t)i * days - (i + 1 == count && i > 0 ? days - 1 : 0);
            }
            struct graph_series series = {.points = points, .count = count};
            for (int64_t extent = 9; extent <= 800; extent += 79) {
                size_t indexes[GRAPH_DAYS_MAX];
                size_t chosen = graph_choose_days(&series, extent, 14, indexes);
                assert_true(chosen >= 1 && chosen <= GRAPH_DAYS_MAX);
                assert_int_equal(indexes[0], 0);
                for (size_t i = 1; i < chosen; i++) {
                    int64_t place = graph_place_day(&series, points[indexes[i]].day, extent);
                    int64_t before = graph_place_day(&series, points[indexes[i - 1]].day, extent);
                    assert_true(indexes[i] < count && place - before >= 14);
                }
                assert_true(count == 1 || extent < 14 || indexes[chosen - 1] == count - 1);
            }
        }
    }
}

/* The one piece that a drawing is given away as. */
static struct ledger_text drawn;

static ledger_status keep_drawing(struct ledger_call *call, void *context, struct ledger_text piece)
{
    (void)context;
    return ledger_call_copy_text(call, piece, &drawn);
}

static const struct ledger_report_output drawing = {keep_drawing, NULL};

/* What a renderer makes of points, all of one currency. */
static struct ledger_text draw(struct ledger_call *call, struct report_renderer *renderer, const char *title,
                               const char *currency, const struct graph_point *points, size_t count)
{
    static const struct report_graph graph = {.series_column = 0, .day_column = 1, .amount_column = 2};
    static const struct report_column columns[3] = {{"currency", NULL, REPORT_COLUMN_CODE, true},
                                                    {"day", NULL, REPORT_COLUMN_CODE, true},
                                                    {"balance", NULL, REPORT_COLUMN_AMOUNT, false}};
    const struct report_table table = {"points", title, columns, 3, false};
    const struct report_head head = {
        .report_name = "Balance history", .subtitle = TEXT("from \x1b[2J<day> on"), .log_position = 7, .graph = &graph};
    const struct report_ending ending = {"0123", true};
    const struct report_sink_operations *operations = renderer->sink.operations;
    drawn = TEXT_ABSENT;
    assert_int_equal(operations->begin(call, &renderer->sink, &head), LEDGER_DONE);
    assert_int_equal(operations->begin_table(call, &renderer->sink, &table), LEDGER_DONE);
    for (size_t i = 0; i < count; i++) {
        const struct report_value values[3] = {report_text(ledger_text_of(currency)), report_day(points[i].day),
                                               report_amount(points[i].amount_minor)};
        assert_int_equal(operations->row(call, &renderer->sink, &table, &(struct report_row){.values = values}),
                         LEDGER_DONE);
    }
    assert_int_equal(operations->end_table(call, &renderer->sink, &table), LEDGER_DONE);
    assert_int_equal(operations->note(call, &renderer->sink, TEXT("A note \x07.")), LEDGER_DONE);
    assert_int_equal(renderer->finish(call, renderer, &ending), LEDGER_DONE);
    renderer->done(renderer);
    return drawn;
}

static struct ledger_text draw_chart(struct ledger_call *call, unsigned columns, bool has_color, bool ascii_only,
                                     const struct graph_point *points, size_t count)
{
    struct report_renderer *renderer = NULL;
    assert_int_equal(render_chart_new(call, call, columns, has_color, ascii_only, &drawing, &renderer), LEDGER_DONE);
    return draw(call, renderer, "1000 Caixa \xC3\xA9 \xff\x1b[31m", "EUR", points, count);
}

/* The line of a text, from 0 on. */
static struct ledger_text line_of(struct ledger_text text, size_t number)
{
    const char *begin = text.data;
    for (size_t i = 0; i < number; i++) {
        begin = strchr(begin, '\n');
        assert_non_null(begin);
        begin++;
    }
    const char *end = strchr(begin, '\n');
    assert_non_null(end);
    return (struct ledger_text){begin, (size_t)(end - begin)};
}

static void assert_line(struct ledger_text text, size_t number, const char *expected)
{
    struct ledger_text line = line_of(text, number);
    if (!text_equals_string(line, expected)) {
        fail_msg("line %zu is \"%.*s\", not \"%s\"", number, TEXT_ARGUMENTS(line), expected);
    }
}

/* From -10 to 30 over 40 days: the chart is told line by line. */
static void a_chart_in_ascii(void **state)
{
    struct ledger_call *call = *state;
    const struct graph_point points[] = {{0, -1000}, {20, 3000}, {40, 3000}};
    struct ledger_text text = draw_chart(call, 46, false, true, points, 3);
    static const char *const lines[] = {
        "Balance history, from ?[2J<day> on",
        "",
        "1000 Caixa \xC3\xA9 ??[31m",
        "EUR",
        " 30 +                    *********************",
        "    |                  **",
        "    |                 *",
        "    |                *",
        " 20 +              **",
        "    |             *",
        "    |            *",
        "    |          **",
        " 10 +         *",
        "    |        *",
        "    |      **",
        "  0 +-----*-----------------------------------",
        "    |    *",
        "    |  **",
        "    | *",
        "-10 +*",
        "    ++-------------------+-------------------+",
        "     1970-01-01     1970-01-21      1970-02-10",
        "",
        "A note ?.",
        "",
        "log position:  7",
        "generated at:  1970-01-01T00:00:00.000000Z",
        "report hash:   0123",
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        assert_line(text, i, lines[i]);
    }
}

static void a_chart_in_braille(void **state)
{
    struct ledger_call *call = *state;
    const struct graph_point points[] = {{0, 0}, {10, 1500}};
    struct ledger_text text = draw_chart(call, 40, false, false, points, 2);
    assert_line(text, 4, " 15 \xE2\x94\xA4                                 \xE2\xA1\xA0\xE2\xA0\x8A");
    assert_line(text, 19, "  0 \xE2\x94\xA4\xE2\xA1\xA0\xE2\xA0\x8A");
}

static void charts_fit_the_terminal(void **state)
{
    struct ledger_call *call = *state;
    struct graph_point points[700];
    uint64_t chance = RANDOM_SEED;
    for (unsigned columns = 0; columns <= 260; columns += columns < 30 ? 1 : 7) {
        size_t count = 1 + columns * 13 % 700;
        for (size_t i = 0; i < count; i++) {
            uint64_t random = random_next(&chance);
            points[i] =
                (struct graph_point){(int32_t)i * (int32_t)(1 + columns % 31), (int64_t)(random >> (columns % 60 + 1))};
            points[i].amount_minor *= columns % 3 == 0 || random % 2 == 0 ? 1 : -1;
        }
        size_t limit = columns == 0 ? 80 : columns < 40 ? 40 : columns > 200 ? 200 : columns;
        for (unsigned way = 0; way < 4; way++) {
            struct ledger_text text = draw_chart(call, columns, way % 2 == 1, way >= 2, points, count);
            assert_int_equal(utf8_first_invalid(text), text.size);
            for (size_t number = 2; number < 24; number++) {
                struct ledger_text line = line_of(text, number);
                size_t coded = memchr(line.data, '\x1b', line.size) == NULL ? 0 : sizeof "[31m[0m" - 1;
                assert_true(utf8_width(line) <= limit + coded);
                assert_true(line.size == 0 || line.data[line.size - 1] != ' ');
            }
            ledger_call_reset(call);
        }
    }
}

static void a_chart_of_amounts_that_are_huge(void **state)
{
    struct ledger_call *call = *state;
    int128 huge = power_of_ten(30) - 1;
    const struct graph_point points[] = {{-719162, -huge}, {2932896, huge}};
    struct ledger_text text = draw_chart(call, 80, false, false, points, 2);
    assert_non_null(strstr(text.data, " 10000000000000000000000000000 \xE2\x94\xA4"));
    assert_non_null(strstr(text.data, "-10000000000000000000000000000 \xE2\x94\xA4"));
    assert_non_null(strstr(text.data, "0001-01-01"));
    assert_non_null(strstr(text.data, "9999-12-31"));
}

static void colour_is_only_where_it_is_allowed(void **state)
{
    struct ledger_call *call = *state;
    const struct graph_point points[] = {{0, -1000}, {20, 3000}};
    struct ledger_text text = draw_chart(call, 60, true, false, points, 2);
    assert_non_null(strstr(text.data, "\x1b[1m1000"));
    assert_non_null(strstr(text.data, "\x1b[31m"));
    assert_null(strstr(text.data, "\x1b[2J"));
    assert_null(strstr(text.data, "\x07"));
    text = draw_chart(call, 60, false, false, points, 2);
    assert_null(strchr(text.data, '\x1b'));
}

static void what_has_no_points(void **state)
{
    struct ledger_call *call = *state;
    struct ledger_text text = draw_chart(call, 60, false, false, NULL, 0);
    assert_line(text, 3, "(none)");
    assert_line(text, 5, "A note ?.");
    struct report_renderer *renderer = NULL;
    assert_int_equal(render_svg_new(call, call, &drawing, &renderer), LEDGER_DONE);
    text = draw(call, renderer, "1000 Cash", "EUR", NULL, 0);
    assert_non_null(strstr(text.data, "on: none</text>"));
}

static void a_picture_escapes_what_it_is_told(void **state)
{
    struct ledger_call *call = *state;
    const struct graph_point points[] = {{0, 1234}};
    struct report_renderer *renderer = NULL;
    assert_int_equal(render_svg_new(call, call, &drawing, &renderer), LEDGER_DONE);
    struct ledger_text text = draw(call, renderer, "<&>\" \x01 \xff \xEF\xBF\xBE ]]> \xE7\x8E\xB0", "E&R", points, 1);
    assert_non_null(strstr(text.data, "<title>Balance history: &lt;&amp;&gt;&quot; ? ? ? ]]&gt; \xE7\x8E\xB0</title>"));
    assert_non_null(strstr(text.data, "<title>1970-01-01: 12.34 E&amp;R</title>"));
    assert_non_null(strstr(text.data, "from ?[2J&lt;day&gt; on"));
    assert_int_equal(utf8_first_invalid(text), text.size);
    assert_null(strstr(text.data, "<script"));
}

/* As many dots as are told one by one, and one more. */
static void a_picture_of_many_points_has_no_dots(void **state)
{
    struct ledger_call *call = *state;
    struct graph_point points[401] = {{0, 0}};
    for (size_t i = 0; i < 401; i++) {
        points[i] = (struct graph_point){(int32_t)i, (int64_t)i};
    }
    for (size_t count = 400; count <= 401; count++) {
        struct report_renderer *renderer = NULL;
        assert_int_equal(render_svg_new(call, call, &drawing, &renderer), LEDGER_DONE);
        struct ledger_text text = draw(call, renderer, "1000 Cash", "EUR", points, count);
        assert_int_equal(strstr(text.data, "<circle") != NULL, count == 400);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scales_have_round_ticks),
        cmocka_unit_test(scales_hold_every_amount),
        cmocka_unit_test(ticks_have_decimals_where_one_needs_them),
        cmocka_unit_test(days_are_chosen_with_room_between),
        BARE_CALL_TEST(a_chart_in_ascii),
        BARE_CALL_TEST(a_chart_in_braille),
        BARE_CALL_TEST(charts_fit_the_terminal),
        BARE_CALL_TEST(a_chart_of_amounts_that_are_huge),
        BARE_CALL_TEST(colour_is_only_where_it_is_allowed),
        BARE_CALL_TEST(what_has_no_points),
        BARE_CALL_TEST(a_picture_escapes_what_it_is_told),
        BARE_CALL_TEST(a_picture_of_many_points_has_no_dots),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
