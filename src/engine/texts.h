/* What texts the ledger takes: UTF-8, within a limit of code points, without control characters (free texts may have
 * tabs and line ends). Each check adds a problem to the call, naming the field, and says whether the text is good. The
 * absent text is good. */
#ifndef LEDGER_ENGINE_TEXTS_H
#define LEDGER_ENGINE_TEXTS_H

#include "base/call.h"

/* A name, key or type: no control characters. */
bool texts_check_name(struct ledger_call *call, const char *field, struct ledger_text text, size_t length_max);

/* The same, and it must be there and not be empty. */
bool texts_check_required_name(struct ledger_call *call, const char *field, struct ledger_text text, size_t length_max);

/* A description, memo or reason. `entry_number` 0 for the transaction itself. */
bool texts_check_free(struct ledger_call *call, const char *field, struct ledger_text text, size_t length_max,
                      uint32_t entry_number);

/* A code: no control characters, no outer white space; `ret_code` is its NFC form. An empty code is not good. */
LEDGER_MUST_CHECK ledger_status texts_normalise_code(struct ledger_call *call, const char *field,
                                                     struct ledger_text text, ledger_status fault_status,
                                                     uint32_t entry_number, bool *ret_is_good,
                                                     struct ledger_text *ret_code);

#endif
