/* Amounts, days and instants as the outside writes them, read and counted in the plainest way. */
#include <stdio.h>
#include <stdlib.h>

#include "model/model.h"

void *model_allocate(void *old, size_t size)
{
    void *memory = realloc(old, size);
    if (memory == NULL) {
        (void)fputs("Bail out! no memory for the model\n", stdout);
        abort();
    }
    return memory;
}

char *model_copy_text(struct ledger_text text)
{
    if (text.data == NULL) {
        return NULL;
    }
    char *copy = model_allocate(NULL, text.size + 1);
    memcpy(copy, text.data, text.size);
    copy[text.size] = '\0';
    return copy;
}

bool model_parse_amount(struct ledger_text text, unsigned decimals, int64_t *ret_amount_minor)
{
    char literal[64];
    if (text.size == 0 || text.size >= sizeof literal) {
        return false;
    }
    memcpy(literal, text.data, text.size);
    literal[text.size] = '\0';
    size_t whole = strspn(literal, "0123456789");
    size_t fraction = 0;
    bool has_point = literal[whole] == '.';
    if (has_point) {
        fraction = strspn(literal + whole + 1, "0123456789");
    }
    bool is_form = whole > 0 && whole <= 17 && (whole == 1 || literal[0] != '0') && (!has_point || fraction > 0) &&
                   literal[whole + (has_point ? 1 + fraction : 0)] == '\0';
    if (!is_form || fraction > decimals) {
        return false;
    }
    unsigned long long value = strtoull(literal, NULL, 10) * 100;
    if (fraction > 0) {
        unsigned long long cents = strtoull(literal + whole + 1, NULL, 10);
        value += fraction == 1 ? cents * 10 : cents;
    }
    *ret_amount_minor = (int64_t)value;
    return value > 0 && value <= INT64_MAX;
}

static bool is_leap(int32_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int32_t days_of_month(int32_t year, int32_t month)
{
    static const int32_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

/* By counting, from 1970 on: that is all the runs reach. */
int32_t model_day_from_civil(int32_t year, int32_t month, int32_t day)
{
    int32_t days = day - 1;
    for (int32_t y = 1970; y < year; y++) {
        days += is_leap(y) ? 366 : 365;
    }
    for (int32_t m = 1; m < month; m++) {
        days += days_of_month(year, m);
    }
    return days;
}

void model_day_to_civil(int32_t day, int32_t *ret_year, int32_t *ret_month, int32_t *ret_day)
{
    int32_t year = 1970;
    int32_t month = 1;
    for (; day >= (is_leap(year) ? 366 : 365); year++) {
        day -= is_leap(year) ? 366 : 365;
    }
    for (; day >= days_of_month(year, month); month++) {
        day -= days_of_month(year, month);
    }
    *ret_year = year;
    *ret_month = month;
    *ret_day = day + 1;
}

int32_t model_day_of(int64_t time_us, int64_t zone_offset_us)
{
    int64_t local_us = time_us + zone_offset_us;
    return (int32_t)(local_us / MODEL_US_PER_DAY - (local_us % MODEL_US_PER_DAY < 0));
}

/* The forms that the runs write: a day; a day and a clock, with Z, with +HH:MM, or by the ledger's own zone. */
bool model_parse_time(struct ledger_text text, int64_t zone_offset_us, int64_t *ret_time_us)
{
    char literal[64];
    int year = 0;
    int month = 0;
    int day = 0;
    int hour = 0;
    int minute = 0;
    int second = 0;
    int offset_hours = 0;
    int offset_minutes = 0;
    if (text.size >= sizeof literal) {
        return false;
    }
    memcpy(literal, text.data, text.size);
    literal[text.size] = '\0';
    int64_t offset_us = zone_offset_us;
    if (text.size == 25 && sscanf(literal, "%4d-%2d-%2dT%2d:%2d:%2d+%2d:%2d", &year, &month, &day, &hour, &minute,
                                  &second, &offset_hours, &offset_minutes) == 8) {
        offset_us = (offset_hours * 60 + offset_minutes) * 60 * MODEL_US_PER_S;
    } else if ((text.size == 19 || (text.size == 20 && literal[19] == 'Z')) &&
               sscanf(literal, "%4d-%2d-%2dT%2d:%2d:%2d", &year, &month, &day, &hour, &minute, &second) == 6) {
        offset_us = text.size == 20 ? 0 : zone_offset_us;
    } else if (text.size != 10 || sscanf(literal, "%4d-%2d-%2d", &year, &month, &day) != 3) {
        return false;
    }
    if (month < 1 || month > 12 || day < 1 || day > days_of_month(year, month) || hour > 23 || minute > 59 ||
        second > 59) {
        return false;
    }
    int64_t seconds = ((int64_t)hour * 60 + minute) * 60 + second;
    *ret_time_us = model_day_from_civil(year, month, day) * MODEL_US_PER_DAY + seconds * MODEL_US_PER_S - offset_us;
    return true;
}
