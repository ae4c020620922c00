/* Amounts: every form of a literal, both sides of every limit, and formatting as the reverse. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/text.h"
#include "domain/amount.h"
#include "support/random.h"

struct amount_case {
    const char *text;
    unsigned decimals;
    enum amount_fault fault;
    int64_t amount_minor;
};

static const struct amount_case cases[] = {
    /* The forms that are read. */
    {"1000", 2, AMOUNT_IS_GOOD, 100000},
    {"1000.5", 2, AMOUNT_IS_GOOD, 100050},
    {"1000.50", 2, AMOUNT_IS_GOOD, 100050},
    {"0.01", 2, AMOUNT_IS_GOOD, 1},
    {"0.1", 2, AMOUNT_IS_GOOD, 10},
    {"0.1", 1, AMOUNT_IS_GOOD, 10},
    {"1", 0, AMOUNT_IS_GOOD, 100},
    {"1", 1, AMOUNT_IS_GOOD, 100},
    {"10", 0, AMOUNT_IS_GOOD, 1000},
    {"9.99", 2, AMOUNT_IS_GOOD, 999},
    /* Both sides of the upper limit. */
    {"92233720368547758.07", 2, AMOUNT_IS_GOOD, INT64_MAX},
    {"92233720368547758.08", 2, AMOUNT_IS_TOO_LARGE, 0},
    {"92233720368547758.1", 2, AMOUNT_IS_TOO_LARGE, 0},
    {"92233720368547758", 0, AMOUNT_IS_GOOD, INT64_C(9223372036854775800)},
    {"92233720368547758", 2, AMOUNT_IS_GOOD, INT64_C(9223372036854775800)},
    {"92233720368547759", 0, AMOUNT_IS_TOO_LARGE, 0},
    {"92233720368547758.0", 1, AMOUNT_IS_GOOD, INT64_C(9223372036854775800)},
    {"100000000000000000", 2, AMOUNT_IS_TOO_LARGE, 0},
    {"184467440737095516.17", 2, AMOUNT_IS_TOO_LARGE, 0}, /* 2^64 + 1: 1 for who does not watch */
    {"99999999999999999999999999999999999999999999999999", 2, AMOUNT_IS_TOO_LARGE, 0},
    /* Decimals. */
    {"1.234", 2, AMOUNT_HAS_TOO_MANY_DECIMALS, 0},
    {"1.000", 2, AMOUNT_HAS_TOO_MANY_DECIMALS, 0},
    {"1.00", 1, AMOUNT_HAS_TOO_MANY_DECIMALS, 0},
    {"1000.00", 0, AMOUNT_HAS_TOO_MANY_DECIMALS, 0},
    {"1000.0", 0, AMOUNT_HAS_TOO_MANY_DECIMALS, 0},
    {"0.000", 2, AMOUNT_HAS_TOO_MANY_DECIMALS, 0},
    {"0.001", 2, AMOUNT_HAS_TOO_MANY_DECIMALS, 0},
    {"92233720368547758.080", 2, AMOUNT_HAS_TOO_MANY_DECIMALS, 0},
    /* Zero. */
    {"0", 2, AMOUNT_IS_ZERO, 0},
    {"0", 0, AMOUNT_IS_ZERO, 0},
    {"0.0", 2, AMOUNT_IS_ZERO, 0},
    {"0.00", 2, AMOUNT_IS_ZERO, 0},
    /* Signs, before what else may be wrong. */
    {"-1", 2, AMOUNT_HAS_A_SIGN, 0},
    {"+1", 2, AMOUNT_HAS_A_SIGN, 0},
    {"-0", 2, AMOUNT_HAS_A_SIGN, 0},
    {"-1000.50", 2, AMOUNT_HAS_A_SIGN, 0},
    {"-1e5", 2, AMOUNT_HAS_A_SIGN, 0},
    {"-1.234", 2, AMOUNT_HAS_A_SIGN, 0},
    {"-", 2, AMOUNT_IS_NOT_A_NUMBER, 0},
    {"--1", 2, AMOUNT_IS_NOT_A_NUMBER, 0},
    {"+-1", 2, AMOUNT_IS_NOT_A_NUMBER, 0},
    {"-007", 2, AMOUNT_IS_NOT_A_NUMBER, 0},
    {"-Infinity", 2, AMOUNT_IS_NOT_A_NUMBER, 0},
    /* Exponents. */
    {"1e5", 2, AMOUNT_HAS_AN_EXPONENT, 0},
    {"1E5", 2, AMOUNT_HAS_AN_EXPONENT, 0},
    {"1e+5", 2, AMOUNT_HAS_AN_EXPONENT, 0},
    {"1.5e-3", 2, AMOUNT_HAS_AN_EXPONENT, 0},
    {"1.2345e3", 2, AMOUNT_HAS_AN_EXPONENT, 0},
    {"0e0", 2, AMOUNT_HAS_AN_EXPONENT, 0},
    {"1e", 2, AMOUNT_IS_NOT_A_NUMBER, 0},
    {"1e+", 2, AMOUNT_IS_NOT_A_NUMBER, 0},
    {"1e5.0", 2, AMOUNT_IS_NOT_A_NUMBER, 0},
    {"e5", 2, AMOUNT_IS_NOT_A_NUMBER, 0},
    {"1.e5", 2, AMOUNT_IS_NOT_A_NUMBER, 0},
    /* Anything else. */
    {"", 2, AMOUNT_IS_EMPTY, 0},
    {"NaN", 2, AMOUNT_IS_NOT_A_NUMBER, 0},
    {"Infinity", 2, AMOUNT_IS_NOT_A_NUMBER, 0},
    {"null", 2, AMOUNT_IS_NOT_A_NUMBER, 0},
    {"007", 2, AMOUNT_IS_NOT_A_NUMBER, 0},
    {"00", 2, AMOUNT_IS_NOT_A_NUMBER, 0},
    {"00.5", 2, AMOUNT_IS_NOT_A_NUMBER, 0},
    {"5.", 2, AMOUNT_IS_NOT_A_NUMBER, 0},
    {".5", 2, AMOUNT_IS_NOT_A_NUMBER, 0},
    {".", 2, AMOUNT_IS_NOT_A_NUMBER, 0},
    {"1.2.3", 2, AMOUNT_IS_NOT_A_NUMBER, 0},
    {"1..2", 2, AMOUNT_IS_NOT_A_NUMBER, 0},
    {" 1", 2, AMOUNT_IS_NOT_A_NUMBER, 0},
    {"1 ", 2, AMOUNT_IS_NOT_A_NUMBER, 0},
    {"1 000", 2, AMOUNT_IS_NOT_A_NUMBER, 0},
    {"1,000", 2, AMOUNT_IS_NOT_A_NUMBER, 0},
    {"1000,50", 2, AMOUNT_IS_NOT_A_NUMBER, 0},
    {"1_000", 2, AMOUNT_IS_NOT_A_NUMBER, 0},
    {"1'000", 2, AMOUNT_IS_NOT_A_NUMBER, 0},
    {"0x10", 2, AMOUNT_IS_NOT_A_NUMBER, 0},
    {"$5", 2, AMOUNT_IS_NOT_A_NUMBER, 0},
    {"5 EUR", 2, AMOUNT_IS_NOT_A_NUMBER, 0},
    {"(5)", 2, AMOUNT_IS_NOT_A_NUMBER, 0},
    {"1/2", 2, AMOUNT_IS_NOT_A_NUMBER, 0},
    {"\xd9\xa1", 2, AMOUNT_IS_NOT_A_NUMBER, 0}, /* ARABIC-INDIC DIGIT ONE */
    {"1\n", 2, AMOUNT_IS_NOT_A_NUMBER, 0},
};

static void literals_are_read_or_refused_by_name(void **state)
{
    (void)state;
    for (size_t index = 0; index < sizeof cases / sizeof cases[0]; index++) {
        const struct amount_case *expected = &cases[index];
        int64_t amount_minor = -77;
        enum amount_fault fault = amount_parse(ledger_text_of(expected->text), expected->decimals, &amount_minor);
        if (fault != expected->fault) {
            fail_msg("\"%s\": fault %d, expected %d", expected->text, (int)fault, (int)expected->fault);
        }
        assert_int_equal(amount_minor, fault == AMOUNT_IS_GOOD ? expected->amount_minor : -77);
    }
}

static void texts_are_views(void **state)
{
    (void)state;
    int64_t amount_minor = 0;
    assert_int_equal(amount_parse((struct ledger_text){"12345", 3}, 2, &amount_minor), AMOUNT_IS_GOOD);
    assert_int_equal(amount_minor, 12300);
    assert_int_equal(amount_parse((struct ledger_text){"1.2345", 3}, 2, &amount_minor), AMOUNT_IS_GOOD);
    assert_int_equal(amount_minor, 120);
    assert_int_equal(amount_parse((struct ledger_text){"1e5", 2}, 2, &amount_minor), AMOUNT_IS_NOT_A_NUMBER);
    assert_int_equal(amount_parse((struct ledger_text){"1\0", 2}, 2, &amount_minor), AMOUNT_IS_NOT_A_NUMBER);
    assert_int_equal(amount_parse(TEXT_ABSENT, 2, &amount_minor), AMOUNT_IS_EMPTY);
}

static void assert_format(int128 amount_minor, const char *expected)
{
    char text[AMOUNT_TEXT_SIZE];
    assert_int_equal(amount_format(amount_minor, text), strlen(expected));
    assert_string_equal(text, expected);
}

static void amounts_are_written_with_two_decimals(void **state)
{
    (void)state;
    const int128 one = 1;
    assert_format(0, "0.00");
    assert_format(1, "0.01");
    assert_format(-1, "-0.01");
    assert_format(10, "0.10");
    assert_format(99, "0.99");
    assert_format(100, "1.00");
    assert_format(-100050, "-1000.50");
    assert_format(INT64_MAX, "92233720368547758.07");
    assert_format(INT64_MIN, "-92233720368547758.08");
    assert_format(UINT64_MAX, "184467440737095516.15");
    assert_format((int128)UINT64_MAX + 1, "184467440737095516.16");
    assert_format((one << 126) - 1 + (one << 126), "1701411834604692317316873037158841057.27");
    assert_format(-((one << 126) - 1 + (one << 126)) - 1, "-1701411834604692317316873037158841057.28");
}

static void what_is_written_is_read_again(void **state)
{
    (void)state;
    char text[AMOUNT_TEXT_SIZE];
    uint64_t chance = RANDOM_SEED;
    for (unsigned turn = 0; turn < 10000; turn++) {
        int64_t amount_minor = (int64_t)(random_next(&chance) >> 1 >> turn % 63);
        size_t size = amount_format(amount_minor, text);
        int64_t again = 0;
        enum amount_fault fault = amount_parse((struct ledger_text){text, size}, 2, &again);
        assert_int_equal(fault, amount_minor == 0 ? AMOUNT_IS_ZERO : AMOUNT_IS_GOOD);
        assert_int_equal(again, amount_minor);
    }
}

static void every_fault_has_a_sentence(void **state)
{
    (void)state;
    assert_string_equal(amount_fault_sentence(AMOUNT_IS_GOOD, 2), "is good");
    assert_string_equal(amount_fault_sentence(AMOUNT_IS_EMPTY, 2), "is empty");
    assert_string_equal(amount_fault_sentence(AMOUNT_IS_NOT_A_NUMBER, 2), "is not a plain decimal number");
    assert_string_equal(amount_fault_sentence(AMOUNT_HAS_A_SIGN, 2), "has a sign");
    assert_string_equal(amount_fault_sentence(AMOUNT_HAS_AN_EXPONENT, 2), "has an exponent");
    assert_string_equal(amount_fault_sentence(AMOUNT_HAS_TOO_MANY_DECIMALS, 0),
                        "has decimals, which its currency has not");
    assert_string_equal(amount_fault_sentence(AMOUNT_HAS_TOO_MANY_DECIMALS, 1), "has more than 1 decimal");
    assert_string_equal(amount_fault_sentence(AMOUNT_HAS_TOO_MANY_DECIMALS, 2), "has more than 2 decimals");
    assert_string_equal(amount_fault_sentence(AMOUNT_IS_ZERO, 2), "is zero");
    assert_string_equal(amount_fault_sentence(AMOUNT_IS_TOO_LARGE, 2), "is beyond 92233720368547758.07");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(literals_are_read_or_refused_by_name),
        cmocka_unit_test(texts_are_views),
        cmocka_unit_test(amounts_are_written_with_two_decimals),
        cmocka_unit_test(what_is_written_is_read_again),
        cmocka_unit_test(every_fault_has_a_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
