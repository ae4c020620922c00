/* A report as a graph: what the renderers that draw share. They take the rows of the table that a report declares
 * (struct report_graph), keep the points, and draw at the end. Everything is computed in integers.
 *
 * I1 A scale holds zero and every point, and its ticks are 1, 2 or 5 times a power of ten of what the currency counts
 *    in, apart from each other by one step.
 * I2 Texts of the ledger are kept printable: no control character and no malformed byte gets into a drawing. */
#ifndef LEDGER_REPORTS_GRAPH_H
#define LEDGER_REPORTS_GRAPH_H

#include "base/time.h"
#include "domain/amount.h"
#include "reports/render.h"

struct graph_point {
    int32_t day;
    int128 amount_minor;
};

struct graph_series {
    struct ledger_text name; /* a currency */
    struct graph_point *points;
    size_t count;
    size_t capacity;
};

struct graph_note {
    struct graph_note *next;
    struct ledger_text text;
};

/* A renderer that keeps points; whoever draws begins with it. */
struct graph {
    struct report_renderer renderer;
    const struct ledger_report_output *output;
    struct ledger_call *memory;
    struct report_head head;
    struct ledger_text subtitle;
    struct ledger_text title; /* of the table */
    struct graph_series *series;
    size_t series_count;
    size_t series_capacity;
    struct graph_note *notes;
    struct graph_note **last_note;
};

typedef ledger_status graph_finish(struct ledger_call *call, struct report_renderer *renderer,
                                   const struct report_ending *ending);

/* Its memory is that of `memory`. */
void graph_init(struct graph *graph, struct ledger_call *memory, const struct ledger_report_output *output,
                graph_finish *finish);

enum { GRAPH_STEPS_MAX = 6, GRAPH_DAYS_MAX = 16 };

/* The ticks of the amounts: `bottom_minor`, then a step apart up to `top_minor`. */
struct graph_scale {
    int128 bottom_minor;
    int128 top_minor;
    int128 step_minor;
    unsigned steps_count;
};

/* The scale of points that are no more than 10^30 away from zero, with at most `steps_max` steps, which is 2 or more.
 */
struct graph_scale graph_scale_of(const struct graph_series *series, unsigned steps_max);

/* How far below the top an amount lies, of `extent` from top to bottom, rounded to the nearest. */
int64_t graph_place_amount(const struct graph_scale *scale, int128 amount_minor, int64_t extent);

/* How far from the first day of the series a day lies, of `extent` to the last; in the middle where there is but one.
 */
int64_t graph_place_day(const struct graph_series *series, int32_t day, int64_t extent);

/* The amount of a tick as text, without decimals where no tick has any; returns its length. */
size_t graph_format_tick(const struct graph_scale *scale, unsigned tick, char out[AMOUNT_TEXT_SIZE]);

/* The longest of the ticks' texts. */
size_t graph_ticks_width(const struct graph_scale *scale);

/* Chooses points whose days stand below the graph, at least `distance` apart of `extent`: the first, the last where
 * there is room for both, and some between; returns how many, at least one. The series has points. */
size_t graph_choose_days(const struct graph_series *series, int64_t extent, int64_t distance,
                         size_t indexes[GRAPH_DAYS_MAX]);

#endif
