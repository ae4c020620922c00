/* The formats of reports. A renderer is a sink that becomes a text at the end. */
#ifndef LEDGER_REPORTS_RENDER_H
#define LEDGER_REPORTS_RENDER_H

#include "reports/sink.h"

/* What is known only once the report is made. */
struct report_ending {
    const char *report_hash;
    bool recorded;
};

struct report_renderer {
    struct report_sink sink;
    /* The whole text. It lives with the memory that the renderer was made with. */
    ledger_status (*finish)(struct ledger_call *call, struct report_renderer *renderer,
                            const struct report_ending *ending, struct ledger_text *ret_text);
};

/* Each takes all its memory from the call `memory`, which outlives it. */
LEDGER_MUST_CHECK ledger_status render_json_new(struct ledger_call *call, struct ledger_call *memory,
                                                struct report_renderer **ret_renderer);
LEDGER_MUST_CHECK ledger_status render_csv_new(struct ledger_call *call, struct ledger_call *memory,
                                               struct report_renderer **ret_renderer);
/* `columns` is the width of the terminal, 0 for a file. */
LEDGER_MUST_CHECK ledger_status render_table_new(struct ledger_call *call, struct ledger_call *memory, unsigned columns,
                                                 bool has_color, struct report_renderer **ret_renderer);
/* For a report that is drawn. `columns` as above. */
LEDGER_MUST_CHECK ledger_status render_chart_new(struct ledger_call *call, struct ledger_call *memory, unsigned columns,
                                                 bool has_color, bool ascii_only,
                                                 struct report_renderer **ret_renderer);
LEDGER_MUST_CHECK ledger_status render_svg_new(struct ledger_call *call, struct ledger_call *memory,
                                               struct report_renderer **ret_renderer);

#endif
