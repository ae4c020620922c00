/* Names of the enumerations and their reverse; transaction numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/text.h"
#include "base/time.h"
#include "domain/names.h"
#include "ledger/account.h"
#include "ledger/audit.h"

static void entry_types_are_capitals_alone(void **state)
{
    (void)state;
    enum ledger_entry_type type = LEDGER_CREDIT;
    assert_string_equal(entry_type_name(LEDGER_DEBIT), "DEBIT");
    assert_string_equal(entry_type_name(LEDGER_CREDIT), "CREDIT");
    assert_true(entry_type_parse(TEXT("DEBIT"), &type));
    assert_int_equal(type, LEDGER_DEBIT);
    assert_true(entry_type_parse(TEXT("CREDIT"), &type));
    assert_int_equal(type, LEDGER_CREDIT);
    static const char *const others[] = {"",      "debit",   "Debit",  "DEBI",  "DEBITS",
                                         "CREDI", "CREDITS", "credit", " DEBIT"};
    for (size_t index = 0; index < sizeof others / sizeof others[0]; index++) {
        assert_false(entry_type_parse(ledger_text_of(others[index]), &type));
    }
    assert_false(entry_type_parse(TEXT_ABSENT, &type));
    assert_false(entry_type_parse((struct ledger_text){"DEBIT\0", 6}, &type));
    assert_int_equal(type, LEDGER_CREDIT);
}

static void account_types_have_names(void **state)
{
    (void)state;
    static const char *const names[] = {"ASSET", "LIABILITY", "EQUITY", "REVENUE", "EXPENSE"};
    for (unsigned value = 0; value < 5; value++) {
        enum ledger_account_type type = (enum ledger_account_type)((value + 1) % 5);
        assert_string_equal(ledger_account_type_name((enum ledger_account_type)value), names[value]);
        assert_true(ledger_account_type_parse(ledger_text_of(names[value]), &type));
        assert_int_equal(type, value);
    }
    enum ledger_account_type type = LEDGER_ASSET;
    assert_true(ledger_account_type_parse(TEXT("expense"), &type));
    assert_int_equal(type, LEDGER_EXPENSE);
    assert_true(ledger_account_type_parse(TEXT("LiAbIlItY"), &type));
    assert_int_equal(type, LEDGER_LIABILITY);
    assert_false(ledger_account_type_parse(TEXT(""), &type));
    assert_false(ledger_account_type_parse(TEXT("ASSETS"), &type));
    assert_false(ledger_account_type_parse(TEXT("ASSE"), &type));
    assert_false(ledger_account_type_parse(TEXT("L\xc4\xb0"
                                                "ABILITY"),
                                           &type)); /* a dotted capital I */
    assert_false(ledger_account_type_parse(TEXT_ABSENT, &type));
    assert_int_equal(type, LEDGER_LIABILITY);
    assert_string_equal(ledger_account_type_name((enum ledger_account_type)5), "UNKNOWN");
}

static void account_roles_have_names(void **state)
{
    (void)state;
    static const char *const names[] = {"NORMAL", "CONTRA", "HEADER", "RETAINED_EARNINGS"};
    for (unsigned value = 0; value < 4; value++) {
        enum ledger_account_role role = (enum ledger_account_role)((value + 1) % 4);
        assert_string_equal(ledger_account_role_name((enum ledger_account_role)value), names[value]);
        assert_true(ledger_account_role_parse(ledger_text_of(names[value]), &role));
        assert_int_equal(role, value);
    }
    enum ledger_account_role role = LEDGER_ROLE_HEADER;
    assert_true(ledger_account_role_parse(TEXT("retained_earnings"), &role));
    assert_int_equal(role, LEDGER_ROLE_RETAINED_EARNINGS);
    assert_false(ledger_account_role_parse(TEXT("RETAINED EARNINGS"), &role));
    assert_false(ledger_account_role_parse(TEXT(""), &role));
    assert_int_equal(role, LEDGER_ROLE_RETAINED_EARNINGS);
    assert_string_equal(ledger_account_role_name((enum ledger_account_role)4), "UNKNOWN");
}

static void severities_have_names(void **state)
{
    (void)state;
    static const char *const names[] = {"INFO", "WARNING", "ERROR", "CRITICAL"};
    for (unsigned value = 0; value < 4; value++) {
        enum ledger_severity severity = (enum ledger_severity)((value + 1) % 4);
        assert_string_equal(ledger_severity_name((enum ledger_severity)value), names[value]);
        assert_true(ledger_severity_parse(ledger_text_of(names[value]), &severity));
        assert_int_equal(severity, value);
    }
    enum ledger_severity severity = LEDGER_INFO;
    assert_true(ledger_severity_parse(TEXT("warning"), &severity));
    assert_int_equal(severity, LEDGER_WARNING);
    assert_false(ledger_severity_parse(TEXT("WARN"), &severity));
    assert_false(ledger_severity_parse(TEXT(""), &severity));
    assert_int_equal(severity, LEDGER_WARNING);
    assert_string_equal(ledger_severity_name((enum ledger_severity)4), "UNKNOWN");
}

static void assert_number(int64_t posting_date_us, int64_t number_in_day, const char *expected)
{
    char text[LEDGER_NUMBER_TEXT_SIZE];
    memset(text, 'x', sizeof text);
    ledger_transaction_number(posting_date_us, number_in_day, text);
    assert_string_equal(text, expected);
}

static void numbers_have_at_least_six_digits(void **state)
{
    (void)state;
    const int64_t day_us = INT64_C(20454) * TIME_US_PER_DAY; /* 2026-01-01 */
    assert_number(day_us, 1, "20260101-000001");
    assert_number(day_us, 999999, "20260101-999999");
    assert_number(day_us, 1000000, "20260101-1000000");
    assert_number(day_us, 0, "20260101-000000");
    assert_number(day_us, INT64_MAX, "20260101-9223372036854775807");
    assert_number(day_us + TIME_US_PER_DAY - 1, 42, "20260101-000042");
    assert_number(day_us - 1, 42, "20251231-000042");
    assert_number(-1, 12345, "19691231-012345");
    assert_number(INT64_C(-719162) * TIME_US_PER_DAY, 100000, "00010101-100000");
    assert_number(INT64_C(2932897) * TIME_US_PER_DAY - 1, 7, "99991231-000007");
    /* What only a damaged row holds is terminated within its room too. */
    assert_number(INT64_C(2932897) * TIME_US_PER_DAY, 7, "100000101-000007");
    assert_number(day_us, -1, "20260101--00001");
    char text[LEDGER_NUMBER_TEXT_SIZE];
    ledger_transaction_number(INT64_MIN, INT64_MIN, text);
    assert_int_equal(strlen(text), LEDGER_NUMBER_TEXT_SIZE - 1);
    ledger_transaction_number(INT64_MAX, INT64_MAX, text);
    assert_true(strlen(text) < LEDGER_NUMBER_TEXT_SIZE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entry_types_are_capitals_alone),   cmocka_unit_test(account_types_have_names),
        cmocka_unit_test(account_roles_have_names),         cmocka_unit_test(severities_have_names),
        cmocka_unit_test(numbers_have_at_least_six_digits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
