/* Cursors: the place in a listing behind which the next page begins, as text. */
#ifndef LEDGER_ENGINE_CURSOR_H
#define LEDGER_ENGINE_CURSOR_H

#include "base/call.h"
#include "ledger/listing.h"

/* Of what a listing is. */
enum cursor_kind { CURSOR_TRANSACTION, CURSOR_ENTRY, CURSOR_EVENT };

struct cursor_place {
    int64_t log_index;
    int64_t further; /* of an entry its number, of an event its instant; 0 of a transaction */
};

void cursor_format(enum cursor_kind kind, struct cursor_place place, char out[LEDGER_CURSOR_TEXT_SIZE]);

/* LEDGER_CURSOR_IS_INVALID where the text is not exactly what cursor_format writes for this kind. */
LEDGER_MUST_CHECK ledger_status cursor_parse(struct ledger_call *call, enum cursor_kind kind, struct ledger_text text,
                                             struct cursor_place *ret_place);

#endif
