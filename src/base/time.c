/* The calendar, and instants and days as text.
 *
 * I1 day_to_civil and day_from_civil are each other's inverse.
 * I2 Everything parsed here lies from 0001-01-01 to 9999-12-31, in UTC and in the zone; what is formatted may be any
 *    value, since a damaged database may hold any. */
#include "base/time.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include "base/quote.h"
#include "base/time_zone.h"

enum {
    TIME_YEAR_MIN = 1,
    TIME_YEAR_MAX = 9999,
    TIME_YEAR_LIMIT = 5000000, /* what an int32_t of days can hold */
    TIME_FRACTION_DIGITS = 6,
    DAYS_PER_400_YEARS = 146097,
    DAYS_PER_100_YEARS = 36524, /* but for the century that ends a cycle of 400 years */
    DAYS_PER_4_YEARS = 1461,
};

/* Years begin in March here, so that the leap day is a year's last; the count of days begins with 0000-03-01. */
static const int64_t days_from_march_0000_to_1970 = 719468;

static int64_t floor_divide(int64_t number, int64_t divisor)
{
    int64_t quotient = number / divisor;
    return number % divisor < 0 ? quotient - 1 : quotient;
}

/* Days from 1 March to the first of a month, `month` 0 for March: the months from there have 31, 30, 31, 30, 31 days,
 * twice over, then 31 and the rest. */
static int64_t days_before_month(int64_t month)
{
    return (153 * month + 2) / 5;
}

int32_t day_from_civil(int32_t year, int32_t month, int32_t day)
{
    assert(year > -TIME_YEAR_LIMIT && year < TIME_YEAR_LIMIT);
    assert(month >= 1 && month <= 12);
    int64_t march_year = month < 3 ? year - 1 : year;
    int64_t march_month = month < 3 ? month + 9 : month - 3;
    int64_t leap_days = floor_divide(march_year, 4) - floor_divide(march_year, 100) + floor_divide(march_year, 400);
    int64_t days = 365 * march_year + leap_days + days_before_month(march_month) + day - 1;
    return (int32_t)(days - days_from_march_0000_to_1970);
}

struct civil_date day_to_civil(int32_t day)
{
    int64_t days = day + days_from_march_0000_to_1970;
    int64_t cycle = floor_divide(days, DAYS_PER_400_YEARS);
    int64_t cycle_day = days - cycle * DAYS_PER_400_YEARS;
    /* The last day of a cycle would begin a fifth century, the last of four years a fifth year: it stays in the one
     * before. */
    int64_t century = cycle_day / DAYS_PER_100_YEARS;
    century = century == 4 ? 3 : century;
    int64_t century_day = cycle_day - century * DAYS_PER_100_YEARS;
    int64_t leap_cycle = century_day / DAYS_PER_4_YEARS;
    int64_t leap_cycle_day = century_day - leap_cycle * DAYS_PER_4_YEARS;
    int64_t year = leap_cycle_day / 365;
    year = year == 4 ? 3 : year;
    int64_t year_day = leap_cycle_day - year * 365;
    int64_t month = (5 * year_day + 2) / 153;
    int64_t march_year = cycle * 400 + century * 100 + leap_cycle * 4 + year;
    return (struct civil_date){
        .year = (int32_t)(month < 10 ? march_year : march_year + 1),
        .month = (int32_t)(month < 10 ? month + 3 : month - 9),
        .day = (int32_t)(year_day - days_before_month(month) + 1),
    };
}

int32_t day_to_month(int32_t day)
{
    struct civil_date date = day_to_civil(day);
    return (date.year - 1970) * 12 + date.month - 1;
}

int32_t month_first_day(int32_t month)
{
    int32_t year = (int32_t)floor_divide(month, 12);
    return day_from_civil(1970 + year, month - year * 12 + 1, 1);
}

int32_t time_to_utc_day(int64_t time_us)
{
    return (int32_t)floor_divide(time_us, TIME_US_PER_DAY);
}

/* What is left to read. */
struct time_cursor {
    const char *at;
    const char *end;
};

static bool time_is_digit(char character)
{
    return character >= '0' && character <= '9';
}

static bool time_take(struct time_cursor *cursor, char character)
{
    if (cursor->at == cursor->end || *cursor->at != character) {
        return false;
    }
    cursor->at++;
    return true;
}

/* Exactly `digits_count` digits. */
static bool time_take_number(struct time_cursor *cursor, int digits_count, int32_t *ret_number)
{
    if (cursor->end - cursor->at < digits_count) {
        return false;
    }
    int32_t number = 0;
    for (int i = 0; i < digits_count; i++) {
        if (!time_is_digit(cursor->at[i])) {
            return false;
        }
        number = number * 10 + (cursor->at[i] - '0');
    }
    cursor->at += digits_count;
    *ret_number = number;
    return true;
}

static const char time_day_form[] = "a day is written YYYY-MM-DD";
static const char time_form[] = "a time is written YYYY-MM-DDTHH:MM:SS with Z, an offset such as +01:00, or neither";

/* The day that the text begins with. NULL, or the reason why it is none. */
static const char *time_take_day(struct time_cursor *cursor, int32_t *ret_day)
{
    struct civil_date date;
    if (!time_take_number(cursor, 4, &date.year) || !time_take(cursor, '-') ||
        !time_take_number(cursor, 2, &date.month) || !time_take(cursor, '-') ||
        !time_take_number(cursor, 2, &date.day)) {
        return time_day_form;
    }
    if (date.year < TIME_YEAR_MIN) {
        return "years go from 0001 to 9999";
    }
    if (date.month < 1 || date.month > 12) {
        return "months go from 01 to 12";
    }
    int32_t day = day_from_civil(date.year, date.month, date.day);
    if (date.day < 1 || day_to_civil(day).month != date.month) {
        return "the month has no such day";
    }
    *ret_day = day;
    return NULL;
}

/* HH:MM[:SS[.ffffff]] in microseconds from midnight. */
static const char *time_take_clock(struct time_cursor *cursor, int64_t *ret_clock_us)
{
    int32_t hour = 0;
    int32_t minute = 0;
    int32_t second = 0;
    int64_t fraction_us = 0;
    if (!time_take_number(cursor, 2, &hour) || !time_take(cursor, ':') || !time_take_number(cursor, 2, &minute)) {
        return time_form;
    }
    if (time_take(cursor, ':')) {
        if (!time_take_number(cursor, 2, &second)) {
            return time_form;
        }
        if (time_take(cursor, '.')) {
            int digits_count = 0;
            for (; cursor->at < cursor->end && time_is_digit(*cursor->at); cursor->at++) {
                if (++digits_count > TIME_FRACTION_DIGITS) {
                    return "a second has at most six decimals";
                }
                fraction_us = fraction_us * 10 + (*cursor->at - '0');
            }
            if (digits_count == 0) {
                return time_form;
            }
            for (; digits_count < TIME_FRACTION_DIGITS; digits_count++) {
                fraction_us *= 10;
            }
        }
    }
    if (hour > 23) {
        return "hours go from 00 to 23";
    }
    if (minute > 59) {
        return "minutes go from 00 to 59";
    }
    if (second > 59) {
        return second == 60 ? "leap seconds are not taken" : "seconds go from 00 to 59";
    }
    *ret_clock_us = ((int64_t)hour * 3600 + minute * 60 + second) * 1000000 + fraction_us;
    return NULL;
}

/* ±HH:MM or ±HHMM, of which the sign is read already. */
static const char *time_take_offset(struct time_cursor *cursor, bool is_west, int64_t *ret_offset_us)
{
    int32_t hours = 0;
    int32_t minutes = 0;
    if (!time_take_number(cursor, 2, &hours)) {
        return time_form;
    }
    (void)time_take(cursor, ':');
    if (!time_take_number(cursor, 2, &minutes)) {
        return time_form;
    }
    if (hours > 23 || minutes > 59) {
        return "offsets go from -23:59 to +23:59";
    }
    int64_t offset_us = ((int64_t)hours * 60 + minutes) * 60 * 1000000;
    *ret_offset_us = is_west ? -offset_us : offset_us;
    return NULL;
}

/* An instant from the zone's own clocks: local seconds and what is left of a second. */
static const char *time_from_local(const struct time_zone *zone, int64_t local_us, int64_t *ret_time_us)
{
    int64_t local_s = floor_divide(local_us, 1000000);
    int64_t time_s = 0;
    if (!time_zone_find_local(zone, local_s, &time_s)) {
        return "the clocks of the time zone skip it";
    }
    *ret_time_us = time_s * 1000000 + (local_us - local_s * 1000000);
    return NULL;
}

/* A bare day: its first instant, which is after 00:00 where the clocks skip midnight. */
static const char *time_from_day(const struct time_zone *zone, int32_t day, int64_t *ret_time_us)
{
    int64_t begin_us = time_zone_day_begin_us(zone, day);
    if (time_zone_day(zone, begin_us) != day) {
        return "the calendar of the time zone skips it";
    }
    *ret_time_us = begin_us;
    return NULL;
}

/* What follows the day. */
static const char *time_take_rest(struct time_cursor *cursor, const struct time_zone *zone, int32_t day,
                                  int64_t *ret_time_us)
{
    if (!time_take(cursor, 'T') && !time_take(cursor, ' ')) {
        return time_form;
    }
    int64_t clock_us = 0;
    const char *reason = time_take_clock(cursor, &clock_us);
    if (reason != NULL) {
        return reason;
    }
    int64_t local_us = day * TIME_US_PER_DAY + clock_us;
    int64_t offset_us = 0;
    if (cursor->at == cursor->end) {
        return time_from_local(zone, local_us, ret_time_us);
    }
    if (!time_take(cursor, 'Z')) {
        bool is_west = time_take(cursor, '-');
        if (!is_west && !time_take(cursor, '+')) {
            return time_form;
        }
        reason = time_take_offset(cursor, is_west, &offset_us);
    }
    if (reason == NULL && cursor->at != cursor->end) {
        reason = time_form;
    }
    if (reason == NULL) {
        *ret_time_us = local_us - offset_us;
    }
    return reason;
}

static bool time_day_is_kept(int32_t day)
{
    return day >= TIME_DAY_FIRST && day <= TIME_DAY_LAST;
}

/* The one place where a date is refused. */
static ledger_status time_refuse(struct ledger_call *call, struct ledger_text text, const char *noun,
                                 const char *reason)
{
    char quoted[QUOTE_SIZE];
    return ledger_fail(call, LEDGER_DATE_IS_INVALID, "%s is not a %s: %s", text_quote(text, quoted), noun, reason);
}

static struct time_cursor time_cursor_of(struct ledger_text text)
{
    const char *begin = text_is_absent(text) ? "" : text.data;
    return (struct time_cursor){begin, begin + text.size};
}

ledger_status day_parse(struct ledger_call *call, struct ledger_text text, int32_t *ret_day)
{
    struct time_cursor cursor = time_cursor_of(text);
    int32_t day = 0;
    const char *reason = time_take_day(&cursor, &day);
    if (reason == NULL && cursor.at != cursor.end) {
        reason = time_day_form;
    }
    if (reason != NULL) {
        return time_refuse(call, text, "day", reason);
    }
    *ret_day = day;
    return LEDGER_DONE;
}

ledger_status time_parse(struct ledger_call *call, struct ledger_text text, const struct time_zone *zone,
                         int64_t *ret_time_us)
{
    struct time_cursor cursor = time_cursor_of(text);
    int32_t day = 0;
    int64_t time_us = 0;
    const char *reason = time_take_day(&cursor, &day);
    if (reason == NULL) {
        reason =
            cursor.at == cursor.end ? time_from_day(zone, day, &time_us) : time_take_rest(&cursor, zone, day, &time_us);
    }
    if (reason == NULL &&
        !(time_day_is_kept(time_to_utc_day(time_us)) && time_day_is_kept(time_zone_day(zone, time_us)))) {
        reason = "it lies before 0001-01-01 or after 9999-12-31, in UTC or in the time zone";
    }
    if (reason != NULL) {
        return time_refuse(call, text, "date or time", reason);
    }
    *ret_time_us = time_us;
    return LEDGER_DONE;
}

bool time_read(struct ledger_text text, int64_t *ret_time_us)
{
    struct time_cursor cursor = time_cursor_of(text);
    int32_t day = 0;
    int64_t clock_us = 0;
    char canonical[TIME_TEXT_SIZE];
    if (time_take_day(&cursor, &day) != NULL || !time_take(&cursor, 'T') ||
        time_take_clock(&cursor, &clock_us) != NULL || !time_take(&cursor, 'Z') || cursor.at != cursor.end) {
        return false;
    }
    int64_t time_us = day * TIME_US_PER_DAY + clock_us;
    size_t canonical_size = time_format(time_us, canonical);
    if (!text_equals(text, (struct ledger_text){canonical, canonical_size})) {
        return false;
    }
    *ret_time_us = time_us;
    return true;
}

/* `digits_count` digits, the highest first; returns the place behind them. */
static char *time_put_number(char *at, int64_t number, int digits_count)
{
    for (int i = digits_count - 1; i >= 0; i--) {
        at[i] = (char)('0' + number % 10);
        number /= 10;
    }
    return at + digits_count;
}

/* A year beyond four digits gets a sign and seven, as ISO 8601 has it by agreement. */
static char *time_put_day(char *at, int32_t day)
{
    struct civil_date date = day_to_civil(day);
    if (date.year >= 0 && date.year <= TIME_YEAR_MAX) {
        at = time_put_number(at, date.year, 4);
    } else {
        *at++ = date.year < 0 ? '-' : '+';
        at = time_put_number(at, date.year < 0 ? -date.year : date.year, 7);
    }
    *at++ = '-';
    at = time_put_number(at, date.month, 2);
    *at++ = '-';
    return time_put_number(at, date.day, 2);
}

/* Day, `separator`, clock; returns what is left of the second. */
static int64_t time_put_seconds(char **at, int64_t time_us, char separator)
{
    int32_t day = time_to_utc_day(time_us);
    /* Not by the day's beginning, which may lie beyond what an int64_t holds. */
    int64_t clock_us = time_us % TIME_US_PER_DAY;
    clock_us = clock_us < 0 ? clock_us + TIME_US_PER_DAY : clock_us;
    int64_t clock_s = clock_us / 1000000;
    char *place = time_put_day(*at, day);
    *place++ = separator;
    place = time_put_number(place, clock_s / 3600, 2);
    *place++ = ':';
    place = time_put_number(place, clock_s / 60 % 60, 2);
    *place++ = ':';
    *at = time_put_number(place, clock_s % 60, 2);
    return clock_us % 1000000;
}

static char *time_put_fraction(char *at, int64_t fraction_us)
{
    *at++ = '.';
    return time_put_number(at, fraction_us, TIME_FRACTION_DIGITS);
}

static size_t time_put_end(char *at, const char *out)
{
    *at = '\0';
    assert(at - out < TIME_TEXT_SIZE);
    return (size_t)(at - out);
}

size_t time_format(int64_t time_us, char out[TIME_TEXT_SIZE])
{
    char *at = out;
    int64_t fraction_us = time_put_seconds(&at, time_us, 'T');
    at = time_put_fraction(at, fraction_us);
    *at++ = 'Z';
    return time_put_end(at, out);
}

size_t time_format_python(int64_t time_us, char out[TIME_TEXT_SIZE])
{
    char *at = out;
    int64_t fraction_us = time_put_seconds(&at, time_us, 'T');
    if (fraction_us != 0) {
        at = time_put_fraction(at, fraction_us);
    }
    return time_put_end(at, out);
}

size_t time_format_sql(int64_t time_us, char out[TIME_TEXT_SIZE])
{
    char *at = out;
    int64_t fraction_us = time_put_seconds(&at, time_us, ' ');
    return time_put_end(time_put_fraction(at, fraction_us), out);
}

size_t day_format(int32_t day, char out[TIME_TEXT_SIZE])
{
    return time_put_end(time_put_day(out, day), out);
}
