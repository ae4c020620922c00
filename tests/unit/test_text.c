/* Texts: their order, hash and nearest neighbour; and the builder that makes them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/text_builder.h"

static void texts_are_ordered_by_bytes(void **state)
{
    (void)state;
    const struct ledger_text ascending[] = {TEXT_ABSENT, TEXT(""),   TEXT("\0"), TEXT("A"),    TEXT("Z"),
                                            TEXT("a"),   TEXT("aa"), TEXT("ab"), TEXT("\x7f"), TEXT("\xff")};
    size_t count = sizeof ascending / sizeof ascending[0];
    for (size_t left = 0; left < count; left++) {
        for (size_t right = 0; right < count; right++) {
            int expected = (left > right) - (left < right);
            assert_int_equal(text_compare(ascending[left], ascending[right]), expected);
            assert_int_equal(text_equals(ascending[left], ascending[right]), expected == 0);
        }
    }
}

/* Of all beginnings of a text, with a zero behind each too; and account codes spread as if by chance. */
static void the_hash_tells_texts_apart(void **state)
{
    (void)state;
    static const char zeros[24] = {0};
    uint64_t hashes[48];
    for (size_t size = 0; size < 24; size++) {
        hashes[size] = text_hash((struct ledger_text){zeros, size});
        hashes[24 + size] = text_hash((struct ledger_text){"an account of some length", size});
    }
    assert_true(hashes[0] == hashes[24] && hashes[0] == text_hash(TEXT_ABSENT));
    for (size_t i = 0; i < 48; i++) {
        for (size_t other = i + 1; other < 48; other++) {
            assert_true(hashes[i] != hashes[other] || (i == 0 && other == 24));
        }
    }
    static const char *const forms[] = {"%u", "A%u", "Assets:A%u", "10%u0", "Expenses:Office:%u"};
    for (size_t form = 0; form < sizeof forms / sizeof forms[0]; form++) {
        unsigned char counts[8192] = {0};
        for (unsigned code = 1000; code < 1000 + 4096; code++) {
            char text[32];
            (void)snprintf(text, sizeof text, forms[form], code);
            assert_true(++counts[text_hash(ledger_text_of(text)) & 8191] < 10);
        }
    }
}

static const char *nearest(const char *word)
{
    static const char *const candidates[] = {"balance", "trial-balance", "init", "verify", "verify-report", "show"};
    return text_nearest(ledger_text_of(word), candidates, 6);
}

static void the_nearest_is_within_a_third_of_the_letters(void **state)
{
    (void)state;
    assert_string_equal(nearest("balance"), "balance");
    assert_string_equal(nearest("balanse"), "balance");
    assert_string_equal(nearest("blaance"), "balance"); /* neighbours swapped are one edit */
    assert_string_equal(nearest("trialbalance"), "trial-balance");
    assert_string_equal(nearest("inti"), "init");
    assert_string_equal(nearest("verfy"), "verify");
    assert_string_equal(nearest("shw"), "show");                  /* one edit is always allowed */
    assert_null(nearest("sw"));                                   /* two are too many */
    assert_string_equal(nearest("verifx-repo"), "verify-report"); /* three of eleven letters */
    assert_null(nearest("verifx-rep"));                           /* four of ten */
}

static void nothing_near_gives_nothing(void **state)
{
    (void)state;
    assert_null(nearest("reverse"));
    assert_null(nearest("b"));
    assert_null(nearest(""));
    assert_null(text_nearest(TEXT("show"), NULL, 0));
    char word[65];
    memset(word, 'a', sizeof word);
    char long_candidate[65];
    memset(long_candidate, 'a', sizeof long_candidate);
    long_candidate[63] = '\0';
    const char *const candidates[] = {long_candidate};
    assert_ptr_equal(text_nearest((struct ledger_text){word, 63}, candidates, 1), long_candidate);
    assert_null(text_nearest((struct ledger_text){word, 64}, candidates, 1));
    long_candidate[63] = 'a';
    long_candidate[64] = '\0';
    assert_null(text_nearest((struct ledger_text){word, 63}, candidates, 1));
}

static void strings_are_equal_to_texts(void **state)
{
    (void)state;
    assert_true(text_equals_string(TEXT("abc"), "abc"));
    assert_false(text_equals_string(TEXT("abc"), "abcd"));
    assert_false(text_equals_string(TEXT("a\0c"), "a"));
    assert_true(text_equals_string(TEXT(""), ""));
    assert_false(text_equals_string(TEXT_ABSENT, ""));
}

static void the_builder_adds_everything(void **state)
{
    (void)state;
    struct ledger_call call;
    call_init(&call);
    struct text_builder builder;
    text_builder_init(&builder, &call.arena, 0);
    text_builder_add(&builder, "ab\0c", 4);
    text_builder_add_text(&builder, TEXT_ABSENT);
    text_builder_add_text(&builder, TEXT("d"));
    text_builder_add_string(&builder, "ef");
    text_builder_add_char(&builder, ' ');
    text_builder_add_integer(&builder, 0);
    text_builder_add_integer(&builder, INT64_MIN);
    text_builder_add_integer(&builder, INT64_MAX);
    text_builder_add_hex(&builder, (const uint8_t[]){0x00, 0x9f, 0xff}, 3);
    text_builder_add_format(&builder, "<%s:%03d>", "x", 7);
    struct ledger_text text;
    assert_int_equal(text_builder_finish(&call, &builder, &text), LEDGER_DONE);
    struct ledger_text expected = TEXT("ab\0cdef 0-92233720368547758089223372036854775807009fff<x:007>");
    assert_true(text_equals(text, expected));
    assert_int_equal(text.data[text.size], 0);
    text_builder_reset(&builder);
    text_builder_add_string(&builder, "again");
    assert_int_equal(text_builder_finish(&call, &builder, &text), LEDGER_DONE);
    assert_string_equal(text.data, "again");
    call_done(&call);
}

static void the_builder_grows_at_every_size(void **state)
{
    (void)state;
    struct ledger_call call;
    call_init(&call);
    for (size_t capacity = 0; capacity < 70; capacity++) {
        struct text_builder builder;
        struct ledger_text text;
        text_builder_init(&builder, &call.arena, capacity);
        assert_int_equal(text_builder_finish(&call, &builder, &text), LEDGER_DONE);
        assert_string_equal(text.data, "");
        for (size_t count = 1; count < 200; count++) {
            text_builder_add_char(&builder, (char)('a' + count % 26));
            assert_int_equal(text_builder_finish(&call, &builder, &text), LEDGER_DONE);
            assert_int_equal(strlen(text.data), count);
        }
        for (size_t index = 0; index < 199; index++) {
            assert_int_equal(text.data[index], (char)('a' + (index + 1) % 26));
        }
    }
    call_done(&call);
}

static void the_builder_does_not_grow_within_its_capacity(void **state)
{
    (void)state;
    struct ledger_call call;
    call_init(&call);
    struct text_builder builder;
    text_builder_init(&builder, &call.arena, 1000);
    const char *data = builder.data;
    for (int count = 0; count < 1000; count++) {
        text_builder_add_char(&builder, 'x');
    }
    struct ledger_text text;
    assert_int_equal(text_builder_finish(&call, &builder, &text), LEDGER_DONE);
    assert_ptr_equal(text.data, data);
    call_done(&call);
}

static void the_builder_remembers_a_failure(void **state)
{
    (void)state;
    struct ledger_call call;
    call_init(&call);
    struct text_builder builder;
    struct ledger_text text;
    text_builder_init(&builder, &call.arena, 10);
    text_builder_add_string(&builder, "kept");
    assert_null(text_builder_reserve(&builder, SIZE_MAX - 1));
    assert_null(text_builder_reserve(&builder, 1)); /* once failed, always */
    text_builder_add_string(&builder, "lost");
    text_builder_add_char(&builder, 'x');
    text_builder_add_format(&builder, "%d", 1);
    assert_int_equal(text_builder_finish(&call, &builder, &text), LEDGER_OUT_OF_MEMORY);
    text_builder_reset(&builder);
    text_builder_add_string(&builder, "new");
    assert_int_equal(text_builder_finish(&call, &builder, &text), LEDGER_DONE);
    assert_string_equal(text.data, "new");
    text_builder_add_hex(&builder, (const uint8_t *)"", SIZE_MAX / 2 + 1);
    assert_int_equal(text_builder_finish(&call, &builder, &text), LEDGER_OUT_OF_MEMORY);
    text_builder_init(&builder, &call.arena, SIZE_MAX);
    assert_int_equal(text_builder_finish(&call, &builder, &text), LEDGER_OUT_OF_MEMORY);
    call_done(&call);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_ordered_by_bytes),
        cmocka_unit_test(the_hash_tells_texts_apart),
        cmocka_unit_test(the_nearest_is_within_a_third_of_the_letters),
        cmocka_unit_test(nothing_near_gives_nothing),
        cmocka_unit_test(strings_are_equal_to_texts),
        cmocka_unit_test(the_builder_adds_everything),
        cmocka_unit_test(the_builder_grows_at_every_size),
        cmocka_unit_test(the_builder_does_not_grow_within_its_capacity),
        cmocka_unit_test(the_builder_remembers_a_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
