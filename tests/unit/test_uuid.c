/* UUIDs: the form of version 7, its order, and the text form. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/text.h"
#include "base/uuid.h"

static const uint8_t no_random[8];
static const uint8_t all_random[8] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

static const char *text_of(struct uuid uuid)
{
    static char text[UUID_TEXT_SIZE + 1];
    uuid_format(&uuid, text);
    return text;
}

static void version_7_has_time_counter_and_random_in_their_places(void **state)
{
    (void)state;
    struct uuid_generator generator = {0};
    /* The example of RFC 9562 appendix A.6: 2022-02-22T19:22:22Z, of which the counter is ours. */
    static const uint8_t random[8] = {0x18, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f};
    int64_t now_us = INT64_C(1645557742000) * 1000;
    assert_string_equal(text_of(uuid_v7(&generator, now_us, random)), "017f22e2-79b0-7000-98c4-dc0c0c07398f");
    assert_string_equal(text_of(uuid_v7(&generator, now_us + 999, all_random)), "017f22e2-79b0-7001-bfff-ffffffffffff");
    assert_string_equal(text_of(uuid_v7(&generator, now_us + 1000, no_random)), "017f22e2-79b1-7000-8000-000000000000");
}

static void ids_ascend_whatever_the_clock_does(void **state)
{
    (void)state;
    struct uuid_generator generator = {0};
    int64_t now_us = INT64_C(1700000000000000);
    struct uuid last = uuid_v7(&generator, now_us, all_random);
    for (int count = 0; count < 20000; count++) {
        if (count % 5000 == 4999) {
            now_us += count % 2 == 0 ? 7000 : -3000000;
        }
        struct uuid next = uuid_v7(&generator, now_us, count % 2 == 0 ? no_random : all_random);
        assert_true(memcmp(last.bytes, next.bytes, UUID_SIZE) < 0);
        assert_int_equal(next.bytes[6] >> 4, 7);
        assert_int_equal(next.bytes[8] >> 6, 2);
        last = next;
    }
}

static void a_used_up_counter_moves_the_millisecond_on(void **state)
{
    (void)state;
    struct uuid_generator generator = {0};
    int64_t now_us = INT64_C(1645557742000) * 1000;
    for (int count = 0; count < 0xfff; count++) {
        (void)uuid_v7(&generator, now_us, no_random);
    }
    assert_string_equal(text_of(uuid_v7(&generator, now_us, no_random)), "017f22e2-79b0-7fff-8000-000000000000");
    assert_string_equal(text_of(uuid_v7(&generator, now_us, no_random)), "017f22e2-79b1-7000-8000-000000000000");
    assert_string_equal(text_of(uuid_v7(&generator, now_us, no_random)), "017f22e2-79b1-7001-8000-000000000000");
}

static void a_clock_before_1970_counts_as_1970(void **state)
{
    (void)state;
    struct uuid_generator generator = {0};
    assert_string_equal(text_of(uuid_v7(&generator, -5000000, no_random)), "00000000-0000-7001-8000-000000000000");
}

static void texts_are_read_in_either_case_and_written_in_lower(void **state)
{
    (void)state;
    struct uuid uuid;
    assert_true(uuid_parse(TEXT("017F22E2-79b0-7cC3-98C4-DC0c0c07398F"), &uuid));
    assert_string_equal(text_of(uuid), "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
    assert_true(uuid_parse(TEXT("00000000-0000-0000-0000-000000000000"), &uuid)); /* any version */
    assert_true(uuid_parse(TEXT("ffffffff-ffff-ffff-ffff-ffffffffffff"), &uuid));
    assert_int_equal(uuid.bytes[15], 0xff);
}

static void other_texts_are_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398f0",
        "017f22e279b07cc398c4dc0c0c07398f",
        "{017f22e2-79b0-7cc3-98c4-dc0c0c07398}",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398g",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398 ",
        "017f22e2-79b0-7cc3-98c4_dc0c0c07398f",
        "017f22e-279b0-7cc3-98c4-dc0c0c07398f",
        "017f22e2-79b0-7cc398-c4-dc0c0c07398f",
        "/17f22e2-79b0-7cc3-98c4-dc0c0c07398f",
        "0:7f22e2-79b0-7cc3-98c4-dc0c0c07398f",
        "@17f22e2-79b0-7cc3-98c4-dc0c0c07398f",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398\xc3",
    };
    struct uuid untouched = {{1, 2, 3}};
    struct uuid uuid = untouched;
    for (size_t index = 0; index < sizeof texts / sizeof texts[0]; index++) {
        assert_false(uuid_parse(ledger_text_of(texts[index]), &uuid));
    }
    assert_false(uuid_parse(TEXT_ABSENT, &uuid));
    assert_memory_equal(uuid.bytes, untouched.bytes, UUID_SIZE);
}

static void random_bytes_fill_any_size(void **state)
{
    (void)state;
    uint8_t bytes[100000] = {0};
    assert_true(random_bytes(bytes, 0));
    assert_int_equal(bytes[0], 0);
    assert_true(random_bytes(bytes, sizeof bytes - 8));
    size_t zeros = 0;
    for (size_t index = 0; index < sizeof bytes - 8; index++) {
        zeros += bytes[index] == 0;
    }
    assert_in_range(zeros, 200, 600); /* 391 are to be expected, ten deviations either way */
    assert_memory_equal(bytes + sizeof bytes - 8, no_random, 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(version_7_has_time_counter_and_random_in_their_places),
        cmocka_unit_test(ids_ascend_whatever_the_clock_does),
        cmocka_unit_test(a_used_up_counter_moves_the_millisecond_on),
        cmocka_unit_test(a_clock_before_1970_counts_as_1970),
        cmocka_unit_test(texts_are_read_in_either_case_and_written_in_lower),
        cmocka_unit_test(other_texts_are_refused),
        cmocka_unit_test(random_bytes_fill_any_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
