/* Why records are refused: the problems of a call as one text for each. */
#ifndef LEDGER_EXCHANGE_IMPORT_REASONS_H
#define LEDGER_EXCHANGE_IMPORT_REASONS_H

#include "base/call.h"

/* Those of the items of a batch, to be asked for in the order of the items. */
struct import_reasons {
    const struct ledger_problem **problems; /* by item, those of one as they were found */
    size_t count;
    size_t next;
};

/* In memory of the arena; `of` stays as it is meanwhile. LEDGER_OUT_OF_MEMORY. */
LEDGER_MUST_CHECK ledger_status import_reasons_init(struct ledger_call *call, struct arena *arena,
                                                    const struct ledger_call *of, struct import_reasons *ret_reasons);

/* All problems of an item behind those that were asked for before, as one text in the arena. LEDGER_OUT_OF_MEMORY. */
LEDGER_MUST_CHECK ledger_status import_reasons_next(struct ledger_call *call, struct arena *arena,
                                                    struct import_reasons *reasons, size_t item,
                                                    struct ledger_text *ret_text);

/* All problems of a call, whatever their items. LEDGER_OUT_OF_MEMORY. */
LEDGER_MUST_CHECK ledger_status import_reasons_all(struct ledger_call *call, struct arena *arena,
                                                   const struct ledger_call *of, struct ledger_text *ret_text);

#endif
