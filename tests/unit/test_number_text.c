/* Numbers as people write them: what is read, and what is not because it can be meant in two ways. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "exchange/number_text.h"

static const struct {
    const char *text;
    char decimal_sign;
    enum number_fault fault;
    int64_t minor;
} cases[] = {
    {"0", 0, NUMBER_IS_GOOD, 0},
    {"1000", 0, NUMBER_IS_GOOD, 100000},
    {"1000.5", 0, NUMBER_IS_GOOD, 100050},
    {"1000,5", 0, NUMBER_IS_GOOD, 100050},
    {"5.", 0, NUMBER_IS_GOOD, 500},
    {".5", 0, NUMBER_IS_GOOD, 50},
    {"007", 0, NUMBER_IS_GOOD, 700},
    {"1,234.50", 0, NUMBER_IS_GOOD, 123450},
    {"1.234,50", 0, NUMBER_IS_GOOD, 123450},
    {"1'234'567.89", 0, NUMBER_IS_GOOD, 123456789},
    {"1 234 567,8", 0, NUMBER_IS_GOOD, 123456780},
    {"1\xC2\xA0"
     "234,5",
     0, NUMBER_IS_GOOD, 123450},
    {"1\xE2\x80\xAF"
     "234,5",
     0, NUMBER_IS_GOOD, 123450},
    {"1\xE2\x80\x99"
     "234.5",
     0, NUMBER_IS_GOOD, 123450},
    {"12,34,567.00", 0, NUMBER_IS_GOOD, 123456700},
    {"1,234,567", 0, NUMBER_IS_GOOD, 123456700},
    {"1.234.567", 0, NUMBER_IS_GOOD, 123456700},
    {"1,000", 0, NUMBER_IS_AMBIGUOUS, 0},
    {"999.000", 0, NUMBER_IS_AMBIGUOUS, 0},
    {"0.000", 0, NUMBER_HAS_TOO_MANY_DECIMALS, 0},
    {"1234,000", 0, NUMBER_HAS_TOO_MANY_DECIMALS, 0},
    {"1,000", '.', NUMBER_IS_GOOD, 100000},
    {"1.000", ',', NUMBER_IS_GOOD, 100000},
    {"1.000", '.', NUMBER_HAS_TOO_MANY_DECIMALS, 0},
    {"1,00", '.', NUMBER_IS_NONE, 0},
    {"1,0000", '.', NUMBER_IS_NONE, 0},
    {"1234,567.00", 0, NUMBER_IS_NONE, 0},
    {"1.2.3", '.', NUMBER_IS_NONE, 0},
    {"1,234'567.00", 0, NUMBER_IS_NONE, 0},
    {"", 0, NUMBER_IS_NONE, 0},
    {".", 0, NUMBER_IS_NONE, 0},
    {"x", 0, NUMBER_IS_NONE, 0},
    {"1x", '.', NUMBER_IS_NONE, 0},
    {"1.x", '.', NUMBER_IS_NONE, 0},
    {"-1", 0, NUMBER_IS_NONE, 0},
    {"92233720368547758.07", 0, NUMBER_IS_GOOD, INT64_MAX},
    {"92233720368547758.08", 0, NUMBER_IS_TOO_LARGE, 0},
    {"99999999999999999999", 0, NUMBER_IS_TOO_LARGE, 0},
};

static void numbers_are_read_or_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t minor = 0;
        enum number_fault fault = number_read(ledger_text_of(cases[i].text), cases[i].decimal_sign, &minor);
        if (fault != cases[i].fault || minor != cases[i].minor) {
            fail_msg("%s: fault %d, %lld", cases[i].text, (int)fault, (long long)minor);
        }
        assert_non_null(number_fault_sentence(fault));
    }
}

static void their_size_is_found(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t size;
    } sizes[] = {{"1,000.00 EUR", 8}, {"1 000 EUR", 5}, {"5EUR", 1}, {"5", 1},  {"", 0},  {"EUR", 0},
                 {"- 5", 0},          {"5, 6", 2},      {".5x", 2},  {"'5", 0}, {"5.", 2}};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        assert_int_equal(number_size(ledger_text_of(sizes[i].text)), sizes[i].size);
    }
}

static void samples_tell_their_sign(void **state)
{
    (void)state;
    assert_int_equal(number_decimal_sign(TEXT("1.000,00")), ',');
    assert_int_equal(number_decimal_sign(TEXT("1,000.00")), '.');
    assert_int_equal(number_decimal_sign(TEXT("1000,")), ',');
    assert_int_equal(number_decimal_sign(TEXT("1000")), 0);
    assert_int_equal(number_decimal_sign(TEXT("1,000")), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_read_or_told),
        cmocka_unit_test(their_size_is_found),
        cmocka_unit_test(samples_tell_their_sign),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
