/* The TZ string of POSIX, read and asked. Nothing in it depends on the locale. */
#include "base/time_zone_rule.h"

#include <assert.h>
#include <stddef.h>

#include "base/time.h"

enum {
    RULE_OFFSET_HOURS_MAX = 24,
    RULE_TIME_HOURS_MAX = 167,
    RULE_TIME_DEFAULT_S = 2 * 3600,
    RULE_NAME_LENGTH_MIN = 3,
};

static const int64_t rule_day_s = 86400;

/* What is left to read. */
struct rule_cursor {
    const char *at;
    const char *end;
};

static bool rule_take(struct rule_cursor *cursor, char character)
{
    if (cursor->at == cursor->end || *cursor->at != character) {
        return false;
    }
    cursor->at++;
    return true;
}

static bool rule_is_digit(char character)
{
    return character >= '0' && character <= '9';
}

static bool rule_is_letter(char character)
{
    return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
}

/* A number of 1 to 3 digits from `minimum` to `maximum`. */
static bool rule_take_number(struct rule_cursor *cursor, int32_t minimum, int32_t maximum, int32_t *ret_number)
{
    int32_t number = 0;
    int digits_count = 0;
    while (cursor->at < cursor->end && rule_is_digit(*cursor->at) && digits_count < 3) {
        number = number * 10 + (*cursor->at++ - '0');
        digits_count++;
    }
    if (digits_count == 0 || number < minimum || number > maximum) {
        return false;
    }
    *ret_number = number;
    return true;
}

/* `EST` or, where it is not of letters alone, `<-03>`. */
static bool rule_take_name(struct rule_cursor *cursor)
{
    bool is_quoted = rule_take(cursor, '<');
    const char *begin = cursor->at;
    while (cursor->at < cursor->end &&
           (rule_is_letter(*cursor->at) ||
            (is_quoted && (rule_is_digit(*cursor->at) || *cursor->at == '+' || *cursor->at == '-')))) {
        cursor->at++;
    }
    bool is_long_enough = cursor->at - begin >= RULE_NAME_LENGTH_MIN;
    return is_long_enough && (!is_quoted || rule_take(cursor, '>'));
}

/* [+-]hh[:mm[:ss]] in seconds. */
static bool rule_take_time(struct rule_cursor *cursor, int32_t hours_max, int32_t *ret_time_s)
{
    bool is_negative = rule_take(cursor, '-');
    if (!is_negative) {
        (void)rule_take(cursor, '+');
    }
    int32_t hours = 0;
    int32_t minutes = 0;
    int32_t seconds = 0;
    if (!rule_take_number(cursor, 0, hours_max, &hours)) {
        return false;
    }
    if (rule_take(cursor, ':')) {
        if (!rule_take_number(cursor, 0, 59, &minutes)) {
            return false;
        }
        if (rule_take(cursor, ':') && !rule_take_number(cursor, 0, 59, &seconds)) {
            return false;
        }
    }
    int32_t time_s = (hours * 60 + minutes) * 60 + seconds;
    *ret_time_s = is_negative ? -time_s : time_s;
    return true;
}

/* POSIX counts what must be added to local time to get UTC; we keep the opposite. */
static bool rule_take_offset(struct rule_cursor *cursor, int32_t *ret_offset_s)
{
    int32_t offset_s = 0;
    if (!rule_take_time(cursor, RULE_OFFSET_HOURS_MAX, &offset_s)) {
        return false;
    }
    *ret_offset_s = -offset_s;
    return true;
}

static bool rule_take_moment(struct rule_cursor *cursor, struct time_zone_rule_moment *moment)
{
    bool is_read = false;
    if (rule_take(cursor, 'M')) {
        moment->form = TIME_ZONE_RULE_WEEK_OF_MONTH;
        is_read = rule_take_number(cursor, 1, 12, &moment->month) && rule_take(cursor, '.') &&
                  rule_take_number(cursor, 1, 5, &moment->week) && rule_take(cursor, '.') &&
                  rule_take_number(cursor, 0, 6, &moment->day);
    } else if (rule_take(cursor, 'J')) {
        moment->form = TIME_ZONE_RULE_JULIAN;
        is_read = rule_take_number(cursor, 1, 365, &moment->day);
    } else {
        moment->form = TIME_ZONE_RULE_DAY_OF_YEAR;
        is_read = rule_take_number(cursor, 0, 365, &moment->day);
    }
    if (!is_read) {
        return false;
    }
    moment->time_s = RULE_TIME_DEFAULT_S;
    return !rule_take(cursor, '/') || rule_take_time(cursor, RULE_TIME_HOURS_MAX, &moment->time_s);
}

bool time_zone_rule_parse(struct ledger_text text, struct time_zone_rule *ret_rule)
{
    struct rule_cursor cursor = {text.data, text.data + text.size};
    struct time_zone_rule rule = {0};
    if (!rule_take_name(&cursor) || !rule_take_offset(&cursor, &rule.standard_offset_s)) {
        return false;
    }
    if (cursor.at < cursor.end) {
        rule.has_daylight = true;
        rule.daylight_offset_s = rule.standard_offset_s + 3600;
        if (!rule_take_name(&cursor)) {
            return false;
        }
        if (!rule_take(&cursor, ',') &&
            (!rule_take_offset(&cursor, &rule.daylight_offset_s) || !rule_take(&cursor, ','))) {
            return false;
        }
        if (!rule_take_moment(&cursor, &rule.begin) || !rule_take(&cursor, ',') ||
            !rule_take_moment(&cursor, &rule.end)) {
            return false;
        }
    }
    if (cursor.at != cursor.end) {
        return false;
    }
    *ret_rule = rule;
    return true;
}

static int32_t rule_week_day(int32_t day)
{
    /* 1970-01-01 was a Thursday. */
    int32_t remainder = (day + 4) % 7;
    return remainder < 0 ? remainder + 7 : remainder;
}

static int32_t rule_day(const struct time_zone_rule_moment *moment, int32_t year)
{
    if (moment->form == TIME_ZONE_RULE_DAY_OF_YEAR) {
        return day_from_civil(year, 1, 1) + moment->day;
    }
    if (moment->form == TIME_ZONE_RULE_JULIAN) {
        /* Counted in two halves around 29 February, which has no number. */
        return moment->day <= 59 ? day_from_civil(year, 1, 1) + moment->day - 1
                                 : day_from_civil(year, 3, 1) + moment->day - 60;
    }
    int32_t first = day_from_civil(year, moment->month, 1);
    int32_t next_first =
        moment->month == 12 ? day_from_civil(year + 1, 1, 1) : day_from_civil(year, moment->month + 1, 1);
    int32_t day = first + (moment->day - rule_week_day(first) + 7) % 7 + 7 * (moment->week - 1);
    /* Week 5 is the last, and in most months the fourth. */
    return day < next_first ? day : day - 7;
}

static int64_t rule_moment_s(const struct time_zone_rule_moment *moment, int32_t year, int32_t offset_before_s)
{
    return rule_day(moment, year) * rule_day_s + moment->time_s - offset_before_s;
}

int64_t time_zone_rule_begin_s(const struct time_zone_rule *rule, int32_t year)
{
    assert(rule->has_daylight);
    return rule_moment_s(&rule->begin, year, rule->standard_offset_s);
}

int64_t time_zone_rule_end_s(const struct time_zone_rule *rule, int32_t year)
{
    assert(rule->has_daylight);
    return rule_moment_s(&rule->end, year, rule->daylight_offset_s);
}
