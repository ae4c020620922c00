/* UTF-8: what is well-formed, its length, width and outer space, and the normal form NFC. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/text.h"
#include "base/utf8.h"

/* Whether the definition of RFC 3629, put in numbers rather than bytes, lets these bytes stand for one code point. */
static bool is_one_code_point(const uint8_t bytes[4], size_t size)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    static const uint8_t lead_bits[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    static const uint8_t lead_mark[] = {0, 0x00, 0xc0, 0xe0, 0xf0};
    if ((bytes[0] & ~lead_bits[size] & 0xff) != lead_mark[size]) {
        return false;
    }
    uint32_t code_point = bytes[0] & lead_bits[size];
    for (size_t index = 1; index < size; index++) {
        if ((bytes[index] & 0xc0) != 0x80) {
            return false;
        }
        code_point = code_point << 6 | (bytes[index] & 0x3f);
    }
    return code_point >= least[size] && code_point <= 0x10ffff && (code_point < 0xd800 || code_point > 0xdfff);
}

static void every_sequence_is_judged_as_the_rfc_defines_it(void **state)
{
    (void)state;
    static const uint8_t edges[] = {0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc2, 0xff};
    for (unsigned lead = 0; lead < 256; lead++) {
        for (unsigned second = 0; second < 256; second++) {
            for (size_t pair = 0; pair < sizeof edges * sizeof edges; pair++) {
                uint8_t bytes[4] = {(uint8_t)lead, (uint8_t)second, edges[pair % sizeof edges],
                                    edges[pair / sizeof edges]};
                size_t expected = 0;
                for (size_t size = 1; size <= 4; size++) {
                    expected = is_one_code_point(bytes, size) ? size : expected;
                }
                /* Only the front is judged: a cut behind it must not change the answer. */
                for (size_t size = 1; size <= 4; size++) {
                    size_t valid = utf8_first_invalid((struct ledger_text){(const char *)bytes, size});
                    assert_int_equal(valid > 0, expected > 0 && expected <= size);
                }
            }
        }
    }
}

static void the_first_bad_byte_is_found_wherever_it_stands(void **state)
{
    (void)state;
    char data[40];
    for (size_t size = 1; size <= sizeof data; size++) {
        for (size_t bad = 0; bad < size; bad++) {
            memset(data, 'a', size);
            assert_int_equal(utf8_first_invalid((struct ledger_text){data, size}), size);
            data[bad] = '\xff';
            assert_int_equal(utf8_first_invalid((struct ledger_text){data, size}), bad);
            data[bad] = '\xc3'; /* its second byte is missing */
            assert_int_equal(utf8_first_invalid((struct ledger_text){data, size}), bad);
        }
    }
    assert_int_equal(utf8_first_invalid(TEXT_ABSENT), 0);
    assert_int_equal(utf8_first_invalid(TEXT("")), 0);
    assert_int_equal(utf8_first_invalid(TEXT("é€😀\xed\xa0\x80")), 9);
    assert_int_equal(utf8_first_invalid(TEXT("ab\xf4\x90\x80\x80")), 2);
    assert_int_equal(utf8_first_invalid(TEXT("ab\xc0\x80")), 2);
}

static void every_code_point_is_written_and_read_again(void **state)
{
    (void)state;
    for (uint32_t code_point = 0; code_point <= 0x10ffff; code_point++) {
        if (code_point >= 0xd800 && code_point <= 0xdfff) {
            continue;
        }
        char bytes[4];
        struct ledger_text text = {bytes, utf8_encode(code_point, bytes)};
        size_t offset = 0;
        size_t valid = utf8_first_invalid(text);
        uint32_t read = utf8_next(text, &offset);
        if (valid != text.size || read != code_point || offset != text.size) {
            fail_msg("U+%04X", code_point);
        }
    }
}

static void lengths_count_code_points(void **state)
{
    (void)state;
    assert_int_equal(utf8_length(TEXT_ABSENT), 0);
    assert_int_equal(utf8_length(TEXT("abc")), 3);
    assert_int_equal(utf8_length(TEXT("é€😀")), 3);
    assert_int_equal(utf8_length(TEXT("e\xcc\x81")), 2);
}

static void widths_are_those_of_a_terminal(void **state)
{
    (void)state;
    assert_int_equal(utf8_width(TEXT_ABSENT), 0);
    assert_int_equal(utf8_width(TEXT("abc")), 3);
    assert_int_equal(utf8_width(TEXT("a\tb\n\x7f")), 2);
    assert_int_equal(utf8_width(TEXT("délivré")), 7);
    assert_int_equal(utf8_width(TEXT("e\xcc\x81")), 1); /* a combining accent */
    assert_int_equal(utf8_width(TEXT("現金")), 4);
    assert_int_equal(utf8_width(TEXT("\xc2\x85")), 0);
}

static void control_characters_are_found(void **state)
{
    (void)state;
    for (uint32_t code_point = 0; code_point < 0x300; code_point++) {
        char bytes[6] = "ab";
        size_t size = 2 + utf8_encode(code_point, bytes + 2);
        bool expected = code_point < 0x20 || (code_point >= 0x7f && code_point <= 0x9f);
        assert_int_equal(utf8_has_control((struct ledger_text){bytes, size}), expected);
    }
    assert_false(utf8_has_control(TEXT("")));
    assert_false(utf8_has_control(TEXT("現金 € é")));
    assert_true(utf8_has_control(TEXT("é\x1b[31m")));
}

static void printable_ascii_is_told_at_every_place(void **state)
{
    (void)state;
    enum { SIZE = 20 };
    char text[SIZE];
    assert_true(utf8_is_printable_ascii(TEXT("")));
    for (size_t size = 1; size <= SIZE; size++) {
        for (size_t place = 0; place < size; place++) {
            for (int byte = 0; byte < 256; byte++) {
                memset(text, place % 2 == 0 ? '~' : ' ', size);
                text[place] = (char)byte;
                assert_int_equal(utf8_is_printable_ascii((struct ledger_text){text, size}),
                                 byte >= 0x20 && byte <= 0x7e);
            }
        }
    }
}

/* The property White_Space as PropList.txt of Unicode lists it. */
static bool is_white_space(uint32_t code_point)
{
    static const uint32_t spaces[] = {0x85, 0xa0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000};
    bool is_space =
        (code_point >= 9 && code_point <= 13) || code_point == 0x20 || (code_point >= 0x2000 && code_point <= 0x200a);
    for (size_t index = 0; index < sizeof spaces / sizeof spaces[0]; index++) {
        is_space = is_space || code_point == spaces[index];
    }
    return is_space;
}

static void outer_space_is_found_at_both_ends(void **state)
{
    (void)state;
    for (uint32_t code_point = 0; code_point <= 0x10ffff; code_point++) {
        if (code_point >= 0xd800 && code_point <= 0xdfff) {
            continue;
        }
        char bytes[9];
        size_t size = utf8_encode(code_point, bytes);
        bool expected = is_white_space(code_point);
        bool alone = utf8_has_outer_space((struct ledger_text){bytes, size});
        bytes[size] = 'x';
        bool first = utf8_has_outer_space((struct ledger_text){bytes, size + 1});
        bytes[0] = 'x';
        size_t last_size = 1 + utf8_encode(code_point, bytes + 1);
        bool last = utf8_has_outer_space((struct ledger_text){bytes, last_size});
        bytes[last_size] = 'x';
        bool inner = utf8_has_outer_space((struct ledger_text){bytes, last_size + 1});
        bool anywhere = utf8_has_space((struct ledger_text){bytes, last_size + 1});
        if (anywhere != expected || alone != expected || first != expected || last != expected || inner) {
            fail_msg("U+%04X", code_point);
        }
    }
    assert_false(utf8_has_outer_space(TEXT("")));
    assert_false(utf8_has_outer_space(TEXT_ABSENT));
    assert_false(utf8_has_space(TEXT("xyz")) || utf8_has_space(TEXT("")) || utf8_has_space(TEXT_ABSENT));
}

static void texts_are_brought_into_nfc(void **state)
{
    (void)state;
    /* Made with Python's unicodedata.normalize("NFC", …). */
    static const struct {
        const char *from;
        const char *to;
    } rows[] = {
        {"e\xcc\x81", "é"},
        {"caf\x65\xcc\x81 and more", "café and more"},
        {"\xe2\x84\xab", "Å"},                                    /* U+212B ANGSTROM SIGN */
        {"a\xcc\x81\xcc\xa7", "\xc3\xa1\xcc\xa7"},                /* accents of two classes are put in order */
        {"\xe1\x84\x80\xe1\x85\xa1\xe1\x86\xa8", "각"},           /* Hangul */
        {"\xe0\xa5\x98", "\xe0\xa4\x95\xe0\xa4\xbc"},             /* U+0958 is excluded from composition */
        {"\xf0\x9d\x85\x9e", "\xf0\x9d\x85\x97\xf0\x9d\x85\xa5"}, /* U+1D15E likewise */
        {"\xe2\x80\x80", "\xe2\x80\x82"},                         /* U+2000 is U+2002 */
        {"s\xcc\xa3\xcc\x87", "\xe1\xb9\xa9"},                    /* s with two dots */
        {"\xef\xac\x81", "\xef\xac\x81"},                         /* the ligature fi stays: that would be NFKC */
    };
    struct ledger_call call;
    call_init(&call);
    for (size_t index = 0; index < sizeof rows / sizeof rows[0]; index++) {
        struct ledger_text normal;
        assert_int_equal(utf8_normalise(&call, ledger_text_of(rows[index].from), &normal), LEDGER_DONE);
        assert_true(text_equals_string(normal, rows[index].to));
        struct ledger_text again;
        assert_int_equal(utf8_normalise(&call, normal, &again), LEDGER_DONE);
        assert_ptr_equal(again.data, normal.data);
    }
    call_done(&call);
}

static void texts_in_nfc_are_given_back_themselves(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "cash", "délivré à Łódź", "現金", "😀", "Ελλάδα"};
    struct ledger_call call;
    call_init(&call);
    for (size_t index = 0; index < sizeof texts / sizeof texts[0]; index++) {
        struct ledger_text normal;
        assert_int_equal(utf8_normalise(&call, ledger_text_of(texts[index]), &normal), LEDGER_DONE);
        assert_ptr_equal(normal.data, texts[index]);
        assert_int_equal(normal.size, strlen(texts[index]));
    }
    struct ledger_text normal;
    assert_int_equal(utf8_normalise(&call, TEXT_ABSENT, &normal), LEDGER_DONE);
    assert_true(text_is_absent(normal));
    assert_int_equal(utf8_normalise(&call, TEXT("e\xcc\x81\0e\xcc\x81"), &normal), LEDGER_DONE);
    assert_true(text_equals(normal, TEXT("\xc3\xa9\0\xc3\xa9")));
    call_done(&call);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_sequence_is_judged_as_the_rfc_defines_it),
        cmocka_unit_test(the_first_bad_byte_is_found_wherever_it_stands),
        cmocka_unit_test(every_code_point_is_written_and_read_again),
        cmocka_unit_test(lengths_count_code_points),
        cmocka_unit_test(widths_are_those_of_a_terminal),
        cmocka_unit_test(control_characters_are_found),
        cmocka_unit_test(printable_ascii_is_told_at_every_place),
        cmocka_unit_test(outer_space_is_found_at_both_ends),
        cmocka_unit_test(texts_are_brought_into_nfc),
        cmocka_unit_test(texts_in_nfc_are_given_back_themselves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
