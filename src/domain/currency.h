/* Currencies of ISO 4217 and their decimals. */
#ifndef LEDGER_DOMAIN_CURRENCY_H
#define LEDGER_DOMAIN_CURRENCY_H

#include <stdint.h>

#include "ledger/text.h"

enum currency_fault {
    CURRENCY_IS_GOOD,
    CURRENCY_IS_UNKNOWN,           /* no active code of ISO 4217 */
    CURRENCY_HAS_TOO_MANY_DECIMALS /* more than two: not in this version */
};

/* Whether the three capital letters are a currency we keep, and with how many decimals (0 to 2). */
enum currency_fault currency_find(struct ledger_text code, unsigned *ret_decimals);

#endif
