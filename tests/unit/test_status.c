/* The table of outcomes: its shape, and that every row is whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ctype.h>
#include <string.h>

#include "ledger/status.h"

static const ledger_status statuses[] = {
#define OUTCOME(name, number, sentence, exit_status, http_status, remedy) name,
#include "ledger/status.def"
#undef OUTCOME
};

enum { STATUSES_COUNT = sizeof statuses / sizeof statuses[0] };

static void numbers_ascend_in_the_order_of_the_table(void **state)
{
    (void)state;
    assert_int_equal(statuses[0], LEDGER_DONE);
    assert_int_equal(LEDGER_DONE, 0);
    for (size_t index = 1; index < STATUSES_COUNT; index++) {
        assert_true(statuses[index] > statuses[index - 1]);
    }
}

static void every_row_is_whole(void **state)
{
    (void)state;
    for (size_t index = 0; index < STATUSES_COUNT; index++) {
        ledger_status status = statuses[index];
        assert_int_equal(strncmp(ledger_status_name(status), "LEDGER_", 7), 0);
        assert_true(strlen(ledger_status_sentence(status)) > 2);
        assert_true(strlen(ledger_status_remedy(status)) > 2);
        assert_in_range(ledger_status_exit(status), status == LEDGER_DONE ? 0 : 1, 6);
        assert_in_range(ledger_status_http(status), 200, 599);
        size_t length = strlen(ledger_status_remedy(status));
        assert_true(ledger_status_remedy(status)[length - 1] != '.');
    }
}

static void names_and_sentences_are_unique(void **state)
{
    (void)state;
    for (size_t left = 0; left < STATUSES_COUNT; left++) {
        for (size_t right = left + 1; right < STATUSES_COUNT; right++) {
            assert_string_not_equal(ledger_status_name(statuses[left]), ledger_status_name(statuses[right]));
            assert_string_not_equal(ledger_status_sentence(statuses[left]), ledger_status_sentence(statuses[right]));
        }
    }
}

static void known_rows_are_as_promised(void **state)
{
    (void)state;
    assert_string_equal(ledger_status_name(LEDGER_DEBITS_DIFFER_FROM_CREDITS), "LEDGER_DEBITS_DIFFER_FROM_CREDITS");
    assert_string_equal(ledger_status_sentence(LEDGER_DEBITS_DIFFER_FROM_CREDITS), "not balanced");
    assert_int_equal(ledger_status_exit(LEDGER_DEBITS_DIFFER_FROM_CREDITS), 1);
    assert_int_equal(ledger_status_http(LEDGER_TRANSACTION_NOT_FOUND), 404);
    assert_int_equal(ledger_status_exit(LEDGER_INPUT_IS_MALFORMED), 2);
    assert_int_equal(ledger_status_exit(LEDGER_INTEGRITY_IS_VIOLATED), 3);
    assert_int_equal(ledger_status_exit(LEDGER_DATABASE_IS_BUSY), 4);
    assert_int_equal(ledger_status_exit(LEDGER_OUT_OF_MEMORY), 5);
    assert_int_equal(ledger_status_exit(LEDGER_OUTCOME_IS_UNKNOWN), 6);
    assert_int_equal(ledger_status_exit(LEDGER_DONE), 0);
    assert_int_equal(ledger_status_http(LEDGER_DONE), 200);
}

static void a_number_outside_the_table_is_a_defect(void **state)
{
    (void)state;
    assert_string_equal(ledger_status_name((ledger_status)59), "LEDGER_DEFECT");
    assert_int_equal(ledger_status_exit((ledger_status)96), 5);
    assert_int_equal(ledger_status_http((ledger_status)127), 500);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_ascend_in_the_order_of_the_table), cmocka_unit_test(every_row_is_whole),
        cmocka_unit_test(names_and_sentences_are_unique),           cmocka_unit_test(known_rows_are_as_promised),
        cmocka_unit_test(a_number_outside_the_table_is_a_defect),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
