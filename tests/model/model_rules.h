/* What the parts of the model share. */
#ifndef LEDGER_MODEL_MODEL_RULES_H
#define LEDGER_MODEL_MODEL_RULES_H

#include "model/model.h"

/* Whether a unit at this clock is refused: more than five minutes behind the last event, and nobody accepted that. */
bool model_clock_is_wrong(const struct model *model, int64_t now_us);

/* Something was written: time goes on. */
void model_add_event(struct model *model, int64_t now_us);

/* Takes the last transaction back, its texts and entries with it. */
void model_drop_last(struct model *model);

#endif
