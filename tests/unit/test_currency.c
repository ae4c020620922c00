/* Currencies: the whole list, against its own short description. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/text.h"
#include "domain/currency.h"

static const char *const without_decimals = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF";
static const char *const with_too_many = "BHD CLF IQD JOD KWD LYD OMR TND UYW";
static const char *const without_minor_unit = "XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XTS XUA XXX";
static const char *const retired = "ANG BGN CUC DEM HRK SLL ZWL";

enum { ACTIVE_COUNT = 165 }; /* of list one as of 2026-01-01, those with a minor unit */

/* Whether a list of codes of three letters, one blank between them, has the code. */
static bool list_has(const char *list, const char *code)
{
    for (; strlen(list) >= 3; list += list[3] == '\0' ? 3 : 4) {
        if (memcmp(list, code, 3) == 0) {
            return true;
        }
    }
    return false;
}

/* All 17,576 codes of three capitals. */
static void every_code_has_its_decimals(void **state)
{
    (void)state;
    unsigned active_count = 0;
    for (unsigned number = 0; number < 26 * 26 * 26; number++) {
        char code[4] = {(char)('A' + number / 676), (char)('A' + number / 26 % 26), (char)('A' + number % 26), '\0'};
        unsigned decimals = 9;
        enum currency_fault fault = currency_find((struct ledger_text){code, 3}, &decimals);
        active_count += fault != CURRENCY_IS_UNKNOWN;
        if (list_has(with_too_many, code)) {
            assert_int_equal(fault, CURRENCY_HAS_TOO_MANY_DECIMALS);
        } else if (list_has(without_minor_unit, code) || list_has(retired, code)) {
            assert_int_equal(fault, CURRENCY_IS_UNKNOWN);
        } else if (fault == CURRENCY_IS_GOOD) {
            assert_int_equal(decimals, list_has(without_decimals, code) ? 0 : 2);
        } else {
            assert_false(list_has(without_decimals, code));
        }
        assert_true(fault == CURRENCY_IS_GOOD || decimals == 9);
    }
    assert_int_equal(active_count, ACTIVE_COUNT);
}

static void the_ends_and_the_common_ones_are_found(void **state)
{
    (void)state;
    static const char *const codes = "AED AOA BRL CHF CNY EUR GBP MZN USD XAD XCG ZAR ZWG";
    for (const char *code = codes;; code += 4) {
        unsigned decimals = 9;
        assert_int_equal(currency_find((struct ledger_text){code, 3}, &decimals), CURRENCY_IS_GOOD);
        assert_int_equal(decimals, 2);
        if (code[3] == '\0') {
            break;
        }
    }
}

static void other_texts_are_no_currency(void **state)
{
    (void)state;
    static const char *const texts[] = {"",     "E",   "EU",           "EURO", "eur", "Eur", " EUR",
                                        "EUR ", "978", "\xe2\x82\xac", "EU\0", "ZZZ", "AAA"};
    unsigned decimals = 9;
    for (size_t index = 0; index < sizeof texts / sizeof texts[0]; index++) {
        assert_int_equal(currency_find(ledger_text_of(texts[index]), &decimals), CURRENCY_IS_UNKNOWN);
    }
    assert_int_equal(currency_find(TEXT_ABSENT, &decimals), CURRENCY_IS_UNKNOWN);
    assert_int_equal(currency_find((struct ledger_text){"EUR", 2}, &decimals), CURRENCY_IS_UNKNOWN);
    assert_int_equal(decimals, 9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_has_its_decimals),
        cmocka_unit_test(the_ends_and_the_common_ones_are_found),
        cmocka_unit_test(other_texts_are_no_currency),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
