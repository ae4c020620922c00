/* Numbers as people write them: 1,234.50 and 1.234,50 and 1'234.50 and 1 234,50, read exactly into hundredths. */
#ifndef LEDGER_EXCHANGE_NUMBER_TEXT_H
#define LEDGER_EXCHANGE_NUMBER_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

enum number_fault {
    NUMBER_IS_GOOD,
    NUMBER_IS_NONE,               /* no digits, or groups of digits that are none */
    NUMBER_IS_AMBIGUOUS,          /* 1,000 and 1.000: a thousand to some, one to others */
    NUMBER_HAS_TOO_MANY_DECIMALS, /* more than two */
    NUMBER_IS_TOO_LARGE,
};

/* How many bytes at the beginning of `text` belong to one number: digits, and between them what separates them. */
size_t number_size(struct ledger_text text);

/* Reads a number without a sign; 0 is one. `decimal_sign` is '.' or ',', or 0 where the number has to tell itself. The
 * groups of thousands may be set apart by the other sign, a blank, a blank that does not break, or an apostrophe. */
enum number_fault number_read(struct ledger_text text, char decimal_sign, int64_t *ret_minor);

/* The decimal sign that a number shows; 0 where it shows none without doubt. */
char number_decimal_sign(struct ledger_text text);

/* What is wrong, as the end of a sentence. Static. */
const char *number_fault_sentence(enum number_fault fault);

#endif
