/* Money: integers of hundredths in memory, decimal text at every edge. No float. */
#ifndef LEDGER_DOMAIN_AMOUNT_H
#define LEDGER_DOMAIN_AMOUNT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/int128.h"
#include "ledger/text.h"

/* Amounts are 0.01 to 92233720368547758.07. */
#define AMOUNT_MINOR_MAX INT64_MAX

enum { AMOUNT_TEXT_SIZE = 48 }; /* room for a 128-bit total with sign, point and terminator */

enum amount_fault {
    AMOUNT_IS_GOOD,
    AMOUNT_IS_EMPTY,
    AMOUNT_IS_NOT_A_NUMBER, /* anything but digits and one point: NaN, blanks, separators, hexadecimal */
    AMOUNT_HAS_A_SIGN,
    AMOUNT_HAS_AN_EXPONENT,
    AMOUNT_HAS_TOO_MANY_DECIMALS, /* more than the currency has; trailing zeros beyond them count too */
    AMOUNT_IS_ZERO,
    AMOUNT_IS_TOO_LARGE,
};

/* Reads a positive decimal literal ("1000", "1000.5", "1000.50") into hundredths. `decimals` is the currency's, 0 to 2:
 * a currency without decimals still takes "1000" and "1000.00" is refused. Leading zeros as in "007" and a bare point
 * as in "5." or ".5" are AMOUNT_IS_NOT_A_NUMBER. */
enum amount_fault amount_parse(struct ledger_text text, unsigned decimals, int64_t *ret_amount_minor);

/* What is wrong, as the end of the sentence "amount …": "has more than 2 decimals". Static. */
const char *amount_fault_sentence(enum amount_fault fault, unsigned decimals);

/* Hundredths as decimal text, always two decimals: "-1000.50". Returns the length; `out` is terminated. */
size_t amount_format(int128 amount_minor, char out[AMOUNT_TEXT_SIZE]);

#endif
