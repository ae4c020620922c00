/* Values between our types and the client library's: instants and days at every edge and back, amounts as the database
 * writes them, and what is bound and read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/time.h"
#include "store/mysql_values.h"

static void assert_time(int64_t time_us, unsigned year, unsigned month, unsigned day, unsigned hour, unsigned minute,
                        unsigned second, unsigned long part)
{
    MYSQL_TIME time = mysql_time_of_us(time_us);
    assert_int_equal(time.year, year);
    assert_int_equal(time.month, month);
    assert_int_equal(time.day, day);
    assert_int_equal(time.hour, hour);
    assert_int_equal(time.minute, minute);
    assert_int_equal(time.second, second);
    assert_int_equal(time.second_part, part);
    assert_false(time.neg);
    assert_int_equal(time.time_type, MYSQL_TIMESTAMP_DATETIME);
}

static void test_instants(void **state)
{
    (void)state;
    assert_time(0, 1970, 1, 1, 0, 0, 0, 0);
    assert_time(1, 1970, 1, 1, 0, 0, 0, 1);
    assert_time(-1, 1969, 12, 31, 23, 59, 59, 999999);
    assert_time(INT64_C(1767225599999999), 2025, 12, 31, 23, 59, 59, 999999);
    assert_time(INT64_C(1709208000500000), 2024, 2, 29, 12, 0, 0, 500000);
    /* What no column can hold becomes the nearest. */
    assert_time(INT64_MIN, 0, 1, 1, 0, 0, 0, 0);
    assert_time(INT64_MAX, 9999, 12, 31, 23, 59, 59, 999999);
    int64_t last_us = (day_from_civil(10000, 1, 1) * TIME_US_PER_DAY) - 1;
    assert_time(last_us, 9999, 12, 31, 23, 59, 59, 999999);
    assert_time(last_us + 1, 9999, 12, 31, 23, 59, 59, 999999);
    int64_t first_us = day_from_civil(0, 1, 1) * TIME_US_PER_DAY;
    assert_time(first_us, 0, 1, 1, 0, 0, 0, 0);
    assert_time(first_us - 1, 0, 1, 1, 0, 0, 0, 0);
}

static void test_instants_come_back(void **state)
{
    (void)state;
    int64_t step_us = TIME_US_PER_DAY * 97 + 12345678901;
    int64_t last_us = day_from_civil(9999, 12, 31) * TIME_US_PER_DAY;
    for (int64_t time_us = day_from_civil(0, 1, 1) * TIME_US_PER_DAY; time_us < last_us; time_us += step_us) {
        MYSQL_TIME time = mysql_time_of_us(time_us);
        assert_int_equal(mysql_time_to_us(&time), time_us);
    }
}

static void test_days(void **state)
{
    (void)state;
    for (int32_t day = day_from_civil(0, 1, 1); day <= day_from_civil(9999, 12, 31); day += 13) {
        MYSQL_TIME time = mysql_time_of_day(day);
        assert_int_equal(time.time_type, MYSQL_TIMESTAMP_DATE);
        assert_int_equal(mysql_time_to_day(&time), day);
    }
    MYSQL_TIME first = mysql_time_of_day(INT32_MIN);
    MYSQL_TIME last = mysql_time_of_day(INT32_MAX);
    assert_int_equal(mysql_time_to_day(&first), day_from_civil(0, 1, 1));
    assert_int_equal(mysql_time_to_day(&last), day_from_civil(9999, 12, 31));
}

/* A damaged row may hold any of these. */
static void test_times_that_do_not_exist(void **state)
{
    (void)state;
    MYSQL_TIME zero = {.year = 0};
    assert_int_equal(mysql_time_to_day(&zero), day_from_civil(0, 1, 1));
    MYSQL_TIME february = {.year = 2025, .month = 2, .day = 31};
    assert_int_equal(mysql_time_to_day(&february), day_from_civil(2025, 2, 28));
    MYSQL_TIME december = {.year = 9999, .month = 12, .day = 40, .hour = 99, .minute = 99, .second = 99};
    assert_int_equal(mysql_time_to_us(&december), day_from_civil(10000, 1, 1) * TIME_US_PER_DAY - 1000000);
    MYSQL_TIME beyond = {.year = 70000, .month = 13, .day = 1};
    assert_int_equal(mysql_time_to_day(&beyond), day_from_civil(9999, 12, 1));
}

struct amount_case {
    const char *text;
    int64_t amount_minor;
};

static const struct amount_case amounts[] = {
    {"0.00", 0},
    {"0.01", 1},
    {"-0.01", -1},
    {"12.05", 1205},
    {"-12.05", -1205},
    {"1000", 100000},
    {"1000.5", 100050},
    {"0", 0},
    {"-0.00", 0},
    {".50", 50},
    {"7.", 700},
    {"000000000000000000012.34", 1234},
    {"92233720368547758.07", INT64_MAX},
    {"92233720368547758.06", INT64_MAX - 1},
    {"-92233720368547758.07", -INT64_MAX},
    {"-92233720368547758.08", INT64_MIN},
    /* Beyond: the nearest. */
    {"92233720368547758.08", INT64_MAX},
    {"92233720368547759", INT64_MAX},
    {"922337203685477580", INT64_MAX},
    {"999999999999999999.99", INT64_MAX},
    {"99999999999999999999999999999999999999.99", INT64_MAX},
    {"-92233720368547758.09", INT64_MIN},
    {"-999999999999999999.99", INT64_MIN},
    {"-99999999999999999999999999999999999999.99", INT64_MIN},
    /* What no amount is. */
    {"", 0},
    {"-", 0},
    {"1.239", 123},
    {"x", 0},
};

static void test_amounts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof amounts / sizeof amounts[0]; i++) {
        assert_int_equal(mysql_amount_parse(amounts[i].text, strlen(amounts[i].text)), amounts[i].amount_minor);
    }
    for (int64_t amount_minor = -123456; amount_minor < 123456; amount_minor += 7) {
        char text[AMOUNT_TEXT_SIZE];
        size_t size = amount_format(amount_minor, text);
        assert_int_equal(mysql_amount_parse(text, size), amount_minor);
    }
}

static void test_inputs(void **state)
{
    (void)state;
    struct mysql_input input;
    MYSQL_BIND bind;
    const struct value integer = value_integer(-5);
    mysql_input_prepare(&input, VALUE_INTEGER, &bind);
    mysql_input_set(&input, &integer, &bind);
    assert_int_equal(bind.buffer_type, MYSQL_TYPE_LONGLONG);
    assert_int_equal(*(const int64_t *)bind.buffer, -5);
    assert_false(*bind.is_null);
    assert_int_equal(*bind.u.indicator, STMT_INDICATOR_NONE);

    const struct value amount = value_amount(INT64_MIN);
    mysql_input_prepare(&input, VALUE_AMOUNT, &bind);
    mysql_input_set(&input, &amount, &bind);
    assert_int_equal(bind.buffer_type, MYSQL_TYPE_NEWDECIMAL);
    assert_int_equal(*bind.length, strlen("-92233720368547758.08"));
    assert_memory_equal(bind.buffer, "-92233720368547758.08", *bind.length);

    const struct value text = value_text(TEXT("Olá"));
    mysql_input_prepare(&input, VALUE_SYMBOL, &bind);
    mysql_input_set(&input, &text, &bind);
    assert_int_equal(bind.buffer_type, MYSQL_TYPE_STRING);
    assert_int_equal(*bind.length, 4);
    assert_int_equal(bind.buffer_length, 4);
    assert_ptr_equal(bind.buffer, text.text.data);

    /* An empty blob is no NULL. */
    const struct value blob = value_blob(NULL, 0);
    mysql_input_prepare(&input, VALUE_BLOB, &bind);
    mysql_input_set(&input, &blob, &bind);
    assert_int_equal(bind.buffer_type, MYSQL_TYPE_BLOB);
    assert_non_null(bind.buffer);
    assert_int_equal(*bind.length, 0);
    assert_false(*bind.is_null);

    /* A NULL keeps the type of the others. */
    const struct value null = value_null();
    mysql_input_prepare(&input, VALUE_DAY, &bind);
    mysql_input_set(&input, &null, &bind);
    assert_int_equal(bind.buffer_type, MYSQL_TYPE_DATE);
    assert_true(*bind.is_null);
    assert_int_equal(*bind.u.indicator, STMT_INDICATOR_NULL);
}

static void test_outputs(void **state)
{
    (void)state;
    struct mysql_output output = {0};
    MYSQL_BIND bind;
    mysql_output_prepare(&output, VALUE_TEXT, &bind);
    assert_int_equal(bind.buffer_length, 0);
    struct value value = mysql_output_get(&output, VALUE_TEXT);
    assert_int_equal(value.type, VALUE_TEXT);
    assert_non_null(value.text.data);
    assert_int_equal(value.text.size, 0);

    /* Room grows to what the server said, and stays. */
    output.size = 1000;
    assert_true(mysql_output_grow(&output, &bind));
    assert_true(output.capacity >= 1000);
    assert_int_equal(bind.buffer_length, output.capacity);
    assert_ptr_equal(bind.buffer, output.bytes);
    size_t capacity = output.capacity;
    output.size = 3;
    memcpy(output.bytes, "abc", 3);
    value = mysql_output_get(&output, VALUE_SYMBOL);
    assert_true(text_equals_string(value.text, "abc"));
    assert_int_equal(output.capacity, capacity);

    output.is_null = true;
    assert_int_equal(mysql_output_get(&output, VALUE_AMOUNT).type, VALUE_NULL);
    free(output.bytes);
}

static void test_amounts_longer_than_their_room(void **state)
{
    (void)state;
    struct mysql_output output = {0};
    memset(output.amount, '9', sizeof output.amount);
    output.size = 200;
    assert_int_equal(mysql_output_get(&output, VALUE_AMOUNT).integer, INT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_instants), cmocka_unit_test(test_instants_come_back),
        cmocka_unit_test(test_days),     cmocka_unit_test(test_times_that_do_not_exist),
        cmocka_unit_test(test_amounts),  cmocka_unit_test(test_inputs),
        cmocka_unit_test(test_outputs),  cmocka_unit_test(test_amounts_longer_than_their_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
