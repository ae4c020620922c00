/* Quoting for messages: short, on one line, harmless. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/quote.h"
#include "base/utf8.h"

static void ordinary_texts_stay(void **state)
{
    (void)state;
    char out[QUOTE_SIZE];
    assert_string_equal(text_quote(TEXT("abc"), out), "\"abc\"");
    assert_string_equal(text_quote(TEXT(""), out), "\"\"");
    assert_string_equal(text_quote(TEXT_ABSENT, out), "\"\"");
    assert_string_equal(text_quote(TEXT("S\xC3\xA3o \xE2\x82\xAC \xF0\x9F\x92\xB0"), out),
                        "\"S\xC3\xA3o \xE2\x82\xAC \xF0\x9F\x92\xB0\"");
}

static void commands_and_damage_become_question_marks(void **state)
{
    (void)state;
    char out[QUOTE_SIZE];
    assert_string_equal(text_quote(TEXT("a\033[2J\r\n\t\0b\x7F"), out), "\"a?[2J????b?\"");
    assert_string_equal(text_quote(TEXT("a\xC2\x9B"
                                        "2J\xC2\xA0"),
                                   out),
                        "\"a?2J\xC2\xA0\"");
    assert_string_equal(text_quote(TEXT("\xFFok\xC3"), out), "\"?ok?\"");
}

static void long_texts_are_cut_between_characters(void **state)
{
    (void)state;
    char text[QUOTE_BYTES_MAX + 20];
    char out[QUOTE_SIZE];
    memset(text, 'x', sizeof text);
    assert_int_equal(strlen(text_quote((struct ledger_text){text, QUOTE_BYTES_MAX}, out)), QUOTE_BYTES_MAX + 2);
    assert_null(strstr(out, "..."));
    assert_int_equal(strlen(text_quote((struct ledger_text){text, QUOTE_BYTES_MAX + 1}, out)), QUOTE_BYTES_MAX + 5);
    assert_string_equal(out + strlen(out) - 5, "x...\"");
    for (size_t before = QUOTE_BYTES_MAX - 4; before <= QUOTE_BYTES_MAX; before++) {
        memset(text, 'x', sizeof text);
        memcpy(text + before, "\xF0\x9F\x92\xB0", 4);
        (void)text_quote((struct ledger_text){text, sizeof text}, out);
        assert_int_equal(utf8_first_invalid(ledger_text_of(out)), strlen(out));
        assert_int_equal(strstr(out, "\xF0\x9F\x92\xB0") != NULL, before + 4 <= QUOTE_BYTES_MAX);
    }
    memset(text, '\xFF', sizeof text);
    assert_int_equal(strlen(text_quote((struct ledger_text){text, sizeof text}, out)), QUOTE_BYTES_MAX + 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ordinary_texts_stay),
        cmocka_unit_test(commands_and_damage_become_question_marks),
        cmocka_unit_test(long_texts_are_cut_between_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
