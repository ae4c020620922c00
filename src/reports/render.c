/* What renderers share: text that gathers and is given away. */
#include "reports/render.h"

ledger_status render_flush(struct ledger_call *call, struct text_builder *text,
                           const struct ledger_report_output *output)
{
    struct ledger_text piece;
    LEDGER_TRY(text_builder_finish(call, text, &piece));
    if (piece.size > 0) {
        LEDGER_TRY(output->write(call, output->context, piece));
    }
    text_builder_reset(text);
    return LEDGER_DONE;
}

ledger_status render_step(struct ledger_call *call, struct text_builder *text,
                          const struct ledger_report_output *output)
{
    if (text->failed) {
        return ledger_fail_out_of_memory(call);
    }
    return text->size < RENDER_PIECE_BYTES ? LEDGER_DONE : render_flush(call, text, output);
}

void render_done_nothing(struct report_renderer *renderer)
{
    (void)renderer;
}
