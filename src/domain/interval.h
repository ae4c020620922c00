/* Intervals of the calendar: the days that a history puts together. Weeks begin on Monday (ISO 8601), quarters and
 * years with the fiscal year, so that they end where the books are closed. */
#ifndef LEDGER_DOMAIN_INTERVAL_H
#define LEDGER_DOMAIN_INTERVAL_H

#include <stdbool.h>
#include <stdint.h>

#include "ledger/balance.h"

/* The first day of the interval that holds a day. Fiscal years begin on `month_and_day`, an "MM-DD". The interval is
 * one of enum ledger_interval but LEDGER_INTERVAL_UNSET. */
int32_t interval_first_day(enum ledger_interval interval, struct ledger_text month_and_day, int32_t day);

/* The first day behind the interval that begins on `first_day`. */
int32_t interval_next_day(enum ledger_interval interval, struct ledger_text month_and_day, int32_t first_day);

/* Whether each of them is made of whole months of the calendar. */
bool interval_is_of_months(enum ledger_interval interval, struct ledger_text month_and_day);

#endif
