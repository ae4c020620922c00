/* Values between our types and the client library's. */
#include "store/mysql_values.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"

enum {
    YEAR_MAX = 9999,
    DAYS_IN_ANY_MONTH = 28,
    BYTES_MIN = 64, /* of the first buffer of a text: most names fit */
};

static int64_t clamp(int64_t number, int64_t least, int64_t most)
{
    number = number < least ? least : number;
    return number > most ? most : number;
}

static MYSQL_TIME mysql_time_of_civil(struct civil_date date)
{
    return (MYSQL_TIME){
        .year = (unsigned)date.year,
        .month = (unsigned)date.month,
        .day = (unsigned)date.day,
        .time_type = MYSQL_TIMESTAMP_DATE,
    };
}

MYSQL_TIME mysql_time_of_day(int64_t day)
{
    int64_t first = day_from_civil(0, 1, 1);
    int64_t last = day_from_civil(YEAR_MAX, 12, 31);
    return mysql_time_of_civil(day_to_civil((int32_t)clamp(day, first, last)));
}

MYSQL_TIME mysql_time_of_us(int64_t time_us)
{
    int64_t first_us = day_from_civil(0, 1, 1) * TIME_US_PER_DAY;
    int64_t last_us = (day_from_civil(YEAR_MAX, 12, 31) + INT64_C(1)) * TIME_US_PER_DAY - 1;
    time_us = clamp(time_us, first_us, last_us);
    int32_t day = time_to_utc_day(time_us);
    int64_t in_day_us = time_us - day * TIME_US_PER_DAY;
    int64_t seconds = in_day_us / 1000000;
    MYSQL_TIME time = mysql_time_of_civil(day_to_civil(day));
    time.hour = (unsigned)(seconds / 3600);
    time.minute = (unsigned)(seconds / 60 % 60);
    time.second = (unsigned)(seconds % 60);
    time.second_part = (unsigned long)(in_day_us % 1000000);
    time.time_type = MYSQL_TIMESTAMP_DATETIME;
    return time;
}

int32_t mysql_time_to_day(const MYSQL_TIME *time)
{
    int32_t year = (int32_t)clamp(time->year, 0, YEAR_MAX);
    int32_t month = (int32_t)clamp(time->month, 1, 12);
    if (time->day >= 1 && time->day <= DAYS_IN_ANY_MONTH) {
        return day_from_civil(year, month, (int32_t)time->day);
    }
    int32_t next_month = day_from_civil(month == 12 ? year + 1 : year, month == 12 ? 1 : month + 1, 1);
    int32_t day = day_from_civil(year, month, (int32_t)clamp(time->day, 1, 31));
    return day < next_month ? day : next_month - 1;
}

int64_t mysql_time_to_us(const MYSQL_TIME *time)
{
    int64_t seconds = clamp(time->hour, 0, 23) * 3600 + clamp(time->minute, 0, 59) * 60 + clamp(time->second, 0, 59);
    return mysql_time_to_day(time) * TIME_US_PER_DAY + seconds * 1000000 + clamp((int64_t)time->second_part, 0, 999999);
}

static bool is_digit(char character)
{
    return character >= '0' && character <= '9';
}

int64_t mysql_amount_parse(const char *digits, size_t size)
{
    const char *end = digits + size;
    bool is_negative = digits < end && *digits == '-';
    digits += is_negative ? 1 : 0;
    uint64_t limit = (uint64_t)INT64_MAX + (is_negative ? 1 : 0);
    uint64_t magnitude = 0;
    unsigned decimals = 0;
    for (; digits < end && is_digit(*digits); digits++) {
        uint64_t digit = (uint64_t)(*digits - '0');
        magnitude = magnitude > (limit - digit) / 10 ? limit : magnitude * 10 + digit;
    }
    digits += digits < end && *digits == '.' ? 1 : 0;
    for (; decimals < 2; decimals++) {
        uint64_t digit = digits < end && is_digit(*digits) ? (uint64_t)(*digits++ - '0') : 0;
        magnitude = magnitude > (limit - digit) / 10 ? limit : magnitude * 10 + digit;
    }
    if (!is_negative) {
        return (int64_t)magnitude;
    }
    return magnitude > (uint64_t)INT64_MAX ? INT64_MIN : -(int64_t)magnitude;
}

static enum enum_field_types mysql_type(enum value_type type)
{
    switch (type) {
    case VALUE_INTEGER:
        return MYSQL_TYPE_LONGLONG;
    case VALUE_AMOUNT:
        return MYSQL_TYPE_NEWDECIMAL;
    case VALUE_TIME:
        return MYSQL_TYPE_DATETIME;
    case VALUE_DAY:
        return MYSQL_TYPE_DATE;
    case VALUE_TEXT:
    case VALUE_SYMBOL:
        return MYSQL_TYPE_STRING;
    case VALUE_BLOB:
        return MYSQL_TYPE_BLOB;
    case VALUE_NULL:
        break;
    }
    return MYSQL_TYPE_NULL;
}

void mysql_input_prepare(struct mysql_input *input, enum value_type type, MYSQL_BIND *bind)
{
    *bind = (MYSQL_BIND){
        .buffer_type = mysql_type(type),
        .buffer = &input->time,
        .length = &input->size,
        .is_null = &input->is_null,
        .u.indicator = &input->indicator,
    };
}

void mysql_input_set(struct mysql_input *input, const struct value *value, MYSQL_BIND *bind)
{
    input->is_null = value->type == VALUE_NULL;
    input->indicator = value->type == VALUE_NULL ? STMT_INDICATOR_NULL : STMT_INDICATOR_NONE;
    input->size = 0;
    switch (value->type) {
    case VALUE_INTEGER:
        bind->buffer = (void *)&value->integer;
        input->size = sizeof value->integer;
        break;
    case VALUE_AMOUNT:
        bind->buffer = input->amount;
        input->size = (unsigned long)amount_format(value->integer, input->amount);
        break;
    case VALUE_TIME:
        bind->buffer = &input->time;
        input->time = mysql_time_of_us(value->integer);
        break;
    case VALUE_DAY:
        bind->buffer = &input->time;
        input->time = mysql_time_of_day(value->integer);
        break;
    case VALUE_TEXT:
    case VALUE_SYMBOL:
    case VALUE_BLOB:
        bind->buffer = value->text.data == NULL ? "" : (void *)value->text.data;
        input->size = (unsigned long)value->text.size;
        break;
    case VALUE_NULL:
        break;
    }
    /* The client library makes room for a row of an array by this, not by the length. */
    bind->buffer_length = input->size;
}

void mysql_output_prepare(struct mysql_output *output, enum value_type type, MYSQL_BIND *bind)
{
    *bind = (MYSQL_BIND){
        .buffer_type = type == VALUE_AMOUNT ? MYSQL_TYPE_STRING : mysql_type(type),
        .length = &output->size,
        .is_null = &output->is_null,
        .error = &output->is_truncated,
    };
    switch (type) {
    case VALUE_INTEGER:
        bind->buffer = &output->integer;
        break;
    case VALUE_AMOUNT:
        bind->buffer = output->amount;
        bind->buffer_length = sizeof output->amount;
        break;
    case VALUE_TIME:
    case VALUE_DAY:
        bind->buffer = &output->time;
        break;
    case VALUE_TEXT:
    case VALUE_SYMBOL:
    case VALUE_BLOB:
    case VALUE_NULL:
        bind->buffer = output->bytes;
        bind->buffer_length = (unsigned long)output->capacity;
        break;
    }
}

bool mysql_output_grow(struct mysql_output *output, MYSQL_BIND *bind)
{
    size_t capacity = output->capacity < BYTES_MIN ? BYTES_MIN : output->capacity;
    while (capacity < output->size) {
        capacity *= 2;
    }
    char *bytes = realloc(output->bytes, capacity);
    if (bytes == NULL) {
        return false;
    }
    output->bytes = bytes;
    output->capacity = capacity;
    bind->buffer = bytes;
    bind->buffer_length = (unsigned long)capacity;
    return true;
}

struct value mysql_output_get(const struct mysql_output *output, enum value_type type)
{
    if (output->is_null) {
        return value_null();
    }
    struct value value = {.type = type};
    switch (type) {
    case VALUE_INTEGER:
        value.integer = output->integer;
        break;
    case VALUE_AMOUNT:
        value.integer = mysql_amount_parse(output->amount,
                                           output->size < sizeof output->amount ? output->size : sizeof output->amount);
        break;
    case VALUE_TIME:
        value.integer = mysql_time_to_us(&output->time);
        break;
    case VALUE_DAY:
        value.integer = mysql_time_to_day(&output->time);
        break;
    case VALUE_TEXT:
    case VALUE_SYMBOL:
    case VALUE_BLOB:
        value.text = (struct ledger_text){output->bytes == NULL ? "" : output->bytes, output->size};
        break;
    case VALUE_NULL:
        break;
    }
    return value;
}
