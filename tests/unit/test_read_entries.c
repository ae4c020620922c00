/* Entries files: what is taken as it stands, and what is refused, where. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/text.h"
#include "base/text_builder.h"
#include "exchange/read_entries.h"

static void assert_text(struct ledger_text text, const char *expected)
{
    if (expected == NULL) {
        assert_null(text.data);
        return;
    }
    assert_non_null(text.data);
    assert_int_equal(text.size, strlen(expected));
    assert_memory_equal(text.data, expected, text.size);
}

static void test_texts_stay_as_written(void **state)
{
    (void)state;
    struct ledger_call call;
    const struct ledger_entry *entries;
    uint32_t count;
    call_init(&call);
    assert_int_equal(
        read_entries(&call,
                     TEXT(" [{\"account_code\": \"1000\", \"entry_type\": \"DEBIT\", \"amount\": 1000.50},\r\n"
                          "{\"amount\":\"1e3\",\"entry_type\":\"credit\",\"account_code\":\"Caf\\u00e9\","
                          "\"memo\":\"\",\"cost_center\":\"c\",\"business_unit\":\"b\",\"project_code\":\"p\","
                          "\"currency\":\"EUR\"},"
                          "{\"account_code\":\"1\",\"entry_type\":\"DEBIT\",\"amount\":-0.000,\"memo\":null}]\n"),
                     "e.json", &entries, &count),
        LEDGER_DONE);
    assert_int_equal(count, 3);
    assert_text(entries[0].account_code, "1000");
    assert_text(entries[0].entry_type_text, "DEBIT");
    assert_text(entries[0].amount, "1000.50");
    assert_text(entries[0].memo, NULL);
    assert_text(entries[0].currency, NULL);
    assert_text(entries[1].account_code, "Café");
    assert_text(entries[1].entry_type_text, "credit");
    assert_text(entries[1].amount, "1e3");
    assert_text(entries[1].memo, "");
    assert_text(entries[1].cost_center, "c");
    assert_text(entries[1].business_unit, "b");
    assert_text(entries[1].project_code, "p");
    assert_text(entries[1].currency, "EUR");
    assert_text(entries[2].amount, "-0.000");
    assert_text(entries[2].memo, NULL);
    call_done(&call);
}

static void test_empty_array_is_read(void **state)
{
    (void)state;
    struct ledger_call call;
    const struct ledger_entry *entries;
    uint32_t count = 7;
    call_init(&call);
    assert_int_equal(read_entries(&call, TEXT("[]"), "e.json", &entries, &count), LEDGER_DONE);
    assert_int_equal(count, 0);
    call_done(&call);
}

#define GOOD "\"account_code\":\"1\",\"entry_type\":\"DEBIT\",\"amount\":1"

/* A file, and the messages of all its problems. */
static const struct {
    const char *source;
    const char *messages[4];
} malformed_cases[] = {
    {"", {"e.json is empty: an array of entries was expected"}},
    {" \r\n\t", {"e.json is empty: an array of entries was expected"}},
    {"{" GOOD "}", {"e.json line 1: an array of entries was expected, but it is an object"}},
    {"\n\n17", {"e.json line 3: an array of entries was expected, but it is a number"}},
    {"null", {"e.json line 1: an array of entries was expected, but it is null"}},
    {"[{" GOOD "},\n7]", {"entry 2: e.json line 2: an entry has to be an object, but is a number"}},
    {"[{" GOOD ",\"acount_code\":\"1\"}]",
     {"entry 1: e.json line 1: unknown key \"acount_code\" (did you mean \"account_code\"?)"}},
    {"[{" GOOD ",\"\\u001b[2J\":1}]", {"entry 1: e.json line 1: unknown key \"?[2J\""}},
    {"[{}]",
     {"entry 1: e.json line 1: \"account_code\" is missing", "entry 1: e.json line 1: \"entry_type\" is missing",
      "entry 1: e.json line 1: \"amount\" is missing"}},
    {"[{\"account_code\":1000,\n\"entry_type\":null,\n\"amount\":[1]}]",
     {"entry 1: e.json line 1: \"account_code\" has to be a string, but is a number",
      "entry 1: e.json line 2: \"entry_type\" has to be a string, but is null",
      "entry 1: e.json line 3: \"amount\" has to be a number or a string, but is an array"}},
    {"[{" GOOD ",\"memo\":5},{" GOOD ",\"currency\":true}]",
     {"entry 1: e.json line 1: \"memo\" has to be a string, but is a number",
      "entry 2: e.json line 1: \"currency\" has to be a string, but is true"}},
    {"[{\"account_code\":\"1\",\"entry_type\":\"DEBIT\",\"amount\":null}]",
     {"entry 1: e.json line 1: \"amount\" has to be a number or a string, but is null"}},
};

static void test_malformed(void **state)
{
    (void)state;
    for (size_t index = 0; index < sizeof malformed_cases / sizeof malformed_cases[0]; index++) {
        struct ledger_call call;
        const struct ledger_entry *entries;
        uint32_t count;
        size_t problems = 0;
        call_init(&call);
        assert_int_equal(read_entries(&call, ledger_text_of(malformed_cases[index].source), "e.json", &entries, &count),
                         LEDGER_INPUT_IS_MALFORMED);
        for (; problems < 4 && malformed_cases[index].messages[problems] != NULL; problems++) {
            assert_true(problems < ledger_call_problems_count(&call));
            assert_string_equal(ledger_call_problem(&call, problems)->message.data,
                                malformed_cases[index].messages[problems]);
        }
        assert_int_equal(ledger_call_problems_count(&call), problems);
        call_done(&call);
    }
}

/* What is no JSON at all is for the reader of JSON to tell; here it has to arrive as the same outcome. */
static void test_no_json(void **state)
{
    (void)state;
    const struct ledger_text sources[] = {
        TEXT("["),
        TEXT("[{" GOOD "}"),
        TEXT("[{" GOOD "},]"),
        TEXT("\xef\xbb\xbf[]"),
        TEXT("[\"\xff\"]"),
        TEXT("[{" GOOD ",\"amount\":2}]"),
        TEXT("[{" GOOD "}]\0"),
        TEXT("\0"),
        TEXT("[] []"),
        TEXT("[{" GOOD ",\"memo\":\"\\ud800\"}]"),
        TEXT("[NaN]"),
        TEXT("[0x10]"),
        TEXT("['a']"),
        TEXT("[01]"),
    };
    for (size_t index = 0; index < sizeof sources / sizeof sources[0]; index++) {
        struct ledger_call call;
        const struct ledger_entry *entries;
        uint32_t count;
        call_init(&call);
        assert_int_equal(read_entries(&call, sources[index], "e.json", &entries, &count), LEDGER_INPUT_IS_MALFORMED);
        assert_non_null(strstr(ledger_call_message(&call), "e.json"));
        call_done(&call);
    }
}

/* An array of `count` times `item`. */
static struct ledger_text repeat(struct ledger_call *call, const char *item, size_t count)
{
    struct text_builder builder;
    struct ledger_text text;
    text_builder_init(&builder, &call->arena, 1024);
    text_builder_add_char(&builder, '[');
    for (size_t index = 0; index < count; index++) {
        text_builder_add_string(&builder, index == 0 ? "" : ",");
        text_builder_add_string(&builder, item);
    }
    text_builder_add_char(&builder, ']');
    assert_int_equal(text_builder_finish(call, &builder, &text), LEDGER_DONE);
    return text;
}

static void test_limits(void **state)
{
    (void)state;
    struct ledger_call call;
    const struct ledger_entry *entries;
    uint32_t count = 0;
    call_init(&call);
    struct ledger_text source = repeat(&call, "{" GOOD "}", LEDGER_ENTRIES_MAX);
    assert_int_equal(read_entries(&call, source, "e.json", &entries, &count), LEDGER_DONE);
    assert_int_equal(count, LEDGER_ENTRIES_MAX);
    source = repeat(&call, "{" GOOD "}", LEDGER_ENTRIES_MAX + 1);
    assert_int_equal(read_entries(&call, source, "e.json", &entries, &count), LEDGER_TOO_MANY_ENTRIES);
    assert_string_equal(ledger_call_message(&call), "e.json has 65536 entries: a transaction has at most 65535");
    call_done(&call);

    /* More problems than have words are counted all the same. */
    call_init(&call);
    source = repeat(&call, "0", LEDGER_PROBLEMS_MAX + 5);
    assert_int_equal(read_entries(&call, source, "e.json", &entries, &count), LEDGER_INPUT_IS_MALFORMED);
    assert_int_equal(ledger_call_problems_count(&call), LEDGER_PROBLEMS_MAX + 5);
    assert_int_equal(ledger_call_problem(&call, 41)->entry_number, 42);
    call_done(&call);
}

static void test_nested_deep(void **state)
{
    (void)state;
    struct ledger_call call;
    const struct ledger_entry *entries;
    uint32_t count;
    call_init(&call);
    char *brackets = malloc(20000);
    assert_non_null(brackets);
    memset(brackets, '[', 10000);
    memset(brackets + 10000, ']', 10000);
    ledger_status status = read_entries(&call, (struct ledger_text){brackets, 20000}, "e.json", &entries, &count);
    assert_true(status == LEDGER_INPUT_IS_TOO_LARGE || status == LEDGER_INPUT_IS_MALFORMED);
    free(brackets);
    call_done(&call);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts_stay_as_written),
        cmocka_unit_test(test_empty_array_is_read),
        cmocka_unit_test(test_malformed),
        cmocka_unit_test(test_no_json),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_nested_deep),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
