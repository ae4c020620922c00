/* Instants, days and time zones.
 *
 * An instant is an int64_t of microseconds of UTC since 1970-01-01 (`…_us`), without leap seconds. A day is an int32_t
 * of days since 1970-01-01 in the proleptic Gregorian calendar (`…_day`). Both are kept from 0001-01-01 to 9999-12-31.
 */
#ifndef LEDGER_BASE_TIME_H
#define LEDGER_BASE_TIME_H

#include "base/call.h"

#define TIME_US_PER_DAY INT64_C(86400000000)

enum {
    TIME_TEXT_SIZE = 32,      /* room for every form below with its terminator */
    TIME_DAY_FIRST = -719162, /* 0001-01-01 */
    TIME_DAY_LAST = 2932896,  /* 9999-12-31 */
};

struct time_zone;

struct civil_date {
    int32_t year;
    int32_t month; /* 1 to 12 */
    int32_t day;   /* 1 to 31 */
};

int32_t day_from_civil(int32_t year, int32_t month, int32_t day);
struct civil_date day_to_civil(int32_t day);

/* Months since 1970-01: the unit of the monthly totals. */
int32_t day_to_month(int32_t day);
int32_t month_first_day(int32_t month);

/* The UTC day of an instant. */
int32_t time_to_utc_day(int64_t time_us);

/* Loads a zone of the tz database (TZif, RFC 9636) by name, from TZDIR or /usr/share/zoneinfo; "UTC" needs no file. It
 * is owned by the caller, who frees it. LEDGER_CONFIGURATION_IS_INVALID with the name and where it was sought. */
LEDGER_MUST_CHECK ledger_status time_zone_open(struct ledger_call *call, struct ledger_text name,
                                               struct time_zone **ret_zone);
void time_zone_free(struct time_zone *zone);

/* The release of the tz database that the zone was read from ("2025b"), "unknown" where it does not say, and "UTC" for
 * UTC, which depends on none. */
const char *time_zone_data_version(const struct time_zone *zone);

/* The calendar day of an instant in the zone. */
int32_t time_zone_day(const struct time_zone *zone, int64_t time_us);

/* The first instant of a day in the zone. */
int64_t time_zone_day_begin_us(const struct time_zone *zone, int32_t day);

/* Reads a calendar day: YYYY-MM-DD. LEDGER_DATE_IS_INVALID (quoting it, with the reason: form, month, day of month). */
LEDGER_MUST_CHECK ledger_status day_parse(struct ledger_call *call, struct ledger_text text, int32_t *ret_day);

/* Reads an instant: a day (its first instant in the zone), or YYYY-MM-DD(T or blank)HH:MM[:SS[.ffffff]] with Z, ±HH:MM
 * or ±HHMM, or without an offset in the zone, where the earlier of two and none of a skipped hour is taken. A leap
 * second, more than six decimals, 24:00 and offsets beyond 23:59 are refused. LEDGER_DATE_IS_INVALID. */
LEDGER_MUST_CHECK ledger_status time_parse(struct ledger_call *call, struct ledger_text text,
                                           const struct time_zone *zone, int64_t *ret_time_us);

/* "2026-11-22T23:00:00.000123Z", always six decimals (RFC 3339). Returns the length. */
size_t time_format(int64_t time_us, char out[TIME_TEXT_SIZE]);

/* Reads what time_format gives, and no other form of it; false where it is something else. */
bool time_read(struct ledger_text text, int64_t *ret_time_us);

/* As Python's datetime.isoformat() of the naive UTC value: no zone, and no fraction where it is 0. */
size_t time_format_python(int64_t time_us, char out[TIME_TEXT_SIZE]);

/* "2026-11-22 23:00:00.000123": as the SQL views show it. */
size_t time_format_sql(int64_t time_us, char out[TIME_TEXT_SIZE]);

/* "2026-11-22". */
size_t day_format(int32_t day, char out[TIME_TEXT_SIZE]);

#endif
