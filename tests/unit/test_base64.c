/* Base 64: the vectors of RFC 4648 section 10, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/text.h"

static struct ledger_text encode(struct ledger_call *call, const void *bytes, size_t size)
{
    struct text_builder builder;
    struct ledger_text text;
    text_builder_init(&builder, &call->arena, 0);
    base64_add(&builder, bytes, size);
    assert_int_equal(text_builder_finish(call, &builder, &text), LEDGER_DONE);
    assert_int_equal(text.size, base64_size(size));
    return text;
}

static void the_vectors_of_the_rfc_hold(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        const char *text;
    } rows[] = {
        {"", ""},
        {"f", "Zg=="},
        {"fo", "Zm8="},
        {"foo", "Zm9v"},
        {"foob", "Zm9vYg=="},
        {"fooba", "Zm9vYmE="},
        {"foobar", "Zm9vYmFy"},
    };
    struct ledger_call call;
    call_init(&call);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t bytes[8];
        size_t size = 99;
        assert_true(text_equals_string(encode(&call, rows[i].bytes, strlen(rows[i].bytes)), rows[i].text));
        assert_true(base64_decode(ledger_text_of(rows[i].text), bytes, strlen(rows[i].bytes), &size));
        assert_int_equal(size, strlen(rows[i].bytes));
        assert_memory_equal(bytes, rows[i].bytes, size);
    }
    call_done(&call);
}

static void all_digits_come_back(void **state)
{
    (void)state;
    struct ledger_call call;
    uint8_t bytes[256];
    uint8_t again[256];
    call_init(&call);
    for (size_t size = 0; size <= sizeof bytes; size++) {
        for (size_t i = 0; i < size; i++) {
            bytes[i] = (uint8_t)(i * 167 + size);
        }
        size_t again_size = 0;
        assert_true(base64_decode(encode(&call, bytes, size), again, sizeof again, &again_size));
        assert_int_equal(again_size, size);
        assert_memory_equal(again, bytes, size);
    }
    call_done(&call);
}

static void other_texts_are_refused(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "Z",        "Zg",       "Zg=",   "Zg===",  "=",      "==",   "====", "Zg==Zg==", "Z===", "Zm9=", "Zh==",
        "Zm9vYh==", "Zm9vYmF=", "Zm 9v", "Zm9v\n", "\nZm9v", "Zm-_", "Zm9*", "Zm=v",     "Z=9v", "=m9v", "Zm9vZm9",
    };
    uint8_t bytes[16];
    size_t size = 99;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_false(base64_decode(ledger_text_of(rows[i]), bytes, sizeof bytes, &size));
    }
    assert_false(base64_decode(TEXT("Zm9v"), bytes, 2, &size));
    assert_false(base64_decode(TEXT("Zm\0v"), bytes, sizeof bytes, &size));
    assert_int_equal(size, 99);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_vectors_of_the_rfc_hold),
        cmocka_unit_test(all_digits_come_back),
        cmocka_unit_test(other_texts_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
