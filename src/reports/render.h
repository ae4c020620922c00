/* The formats of reports. A renderer is a sink that gives its text away piece by piece. */
#ifndef LEDGER_REPORTS_RENDER_H
#define LEDGER_REPORTS_RENDER_H

#include "ledger/report.h"
#include "reports/sink.h"

/* What is known only once the report is made. */
struct report_ending {
    const char *report_hash;
    bool recorded;
};

struct report_renderer {
    struct report_sink sink;
    /* Gives the rest. */
    ledger_status (*finish)(struct ledger_call *call, struct report_renderer *renderer,
                            const struct report_ending *ending);
    /* Gives back what is not the memory's. */
    void (*done)(struct report_renderer *renderer);
};

/* Each takes all its memory from the call `memory`, which outlives it, as does the output: a constant amount, however
 * long the report is. */
LEDGER_MUST_CHECK ledger_status render_json_new(struct ledger_call *call, struct ledger_call *memory,
                                                const struct ledger_report_output *output,
                                                struct report_renderer **ret_renderer);
LEDGER_MUST_CHECK ledger_status render_csv_new(struct ledger_call *call, struct ledger_call *memory,
                                               const struct ledger_report_output *output,
                                               struct report_renderer **ret_renderer);
/* `columns` is the width of the terminal, 0 for a file. */
LEDGER_MUST_CHECK ledger_status render_table_new(struct ledger_call *call, struct ledger_call *memory, unsigned columns,
                                                 bool has_color, const struct ledger_report_output *output,
                                                 struct report_renderer **ret_renderer);
/* For a report that is drawn, which keeps its points. `columns` as above. */
LEDGER_MUST_CHECK ledger_status render_chart_new(struct ledger_call *call, struct ledger_call *memory, unsigned columns,
                                                 bool has_color, bool ascii_only,
                                                 const struct ledger_report_output *output,
                                                 struct report_renderer **ret_renderer);
LEDGER_MUST_CHECK ledger_status render_svg_new(struct ledger_call *call, struct ledger_call *memory,
                                               const struct ledger_report_output *output,
                                               struct report_renderer **ret_renderer);

/* For those that have nothing but memory. */
void render_done_nothing(struct report_renderer *renderer);

/* For renderers: gives away what has gathered, where that is enough to be worth it; and all of it. */
enum { RENDER_PIECE_BYTES = 64 * 1024 };
LEDGER_MUST_CHECK ledger_status render_step(struct ledger_call *call, struct text_builder *text,
                                            const struct ledger_report_output *output);
LEDGER_MUST_CHECK ledger_status render_flush(struct ledger_call *call, struct text_builder *text,
                                             const struct ledger_report_output *output);

#endif
