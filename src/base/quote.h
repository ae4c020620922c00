/* Texts from outside, made fit to stand in a message: short, on one line, and without anything that a terminal obeys.
 */
#ifndef LEDGER_BASE_QUOTE_H
#define LEDGER_BASE_QUOTE_H

#include "base/text.h"

enum {
    QUOTE_BYTES_MAX = 60, /* of the text; what is longer is cut between two characters and ends in "..." */
    QUOTE_SIZE = QUOTE_BYTES_MAX + 8,
};

/* Writes `text` between double quotes to `out` and returns `out`. Control characters become '?', and so does every byte
 * beyond ASCII where the text is not UTF-8; the absent text is written as "". */
const char *text_quote(struct ledger_text text, char out[QUOTE_SIZE]);

#endif
