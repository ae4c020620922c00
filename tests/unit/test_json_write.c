/* The JSON writer: escapes, separators, canonical order, and the form that Python gives. */
#include <string.h>

#include "base/json.h"
#include "base/json_write.h"
#include "base/text.h"
#include "base/utf8.h"
#include "support/bare_call.h"

static struct text_builder builder;
static struct json_writer writer;

static int set_up(void **state)
{
    (void)bare_call_setup(state);
    text_builder_init(&builder, &bare_call.arena, 0);
    json_writer_init(&writer, &builder);
    return 0;
}

static const char *written(void)
{
    struct ledger_text text;
    assert_int_equal(text_builder_finish(&bare_call, &builder, &text), LEDGER_DONE);
    return text.data;
}

static void only_what_must_be_is_escaped(void **state)
{
    (void)state;
    /* The example of RFC 8785 section 3.2.2.2, and every ASCII character. */
    json_add_quoted(&builder, TEXT("€$\x0f\nA'B\"\\\\\"/"));
    assert_string_equal(written(), "\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"");
    text_builder_reset(&builder);
    char all[128];
    for (int byte = 0; byte < 128; byte++) {
        all[byte] = (char)byte;
    }
    json_add_quoted(&builder, (struct ledger_text){all, sizeof all});
    assert_string_equal(
        written(),
        "\"\\u0000\\u0001\\u0002\\u0003\\u0004\\u0005\\u0006\\u0007\\b\\t\\n\\u000b\\f\\r\\u000e\\u000f\\u0010\\u0011"
        "\\u0012\\u0013\\u0014\\u0015\\u0016\\u0017\\u0018\\u0019\\u001a\\u001b\\u001c\\u001d\\u001e\\u001f !\\\"#$%&'"
        "()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\\\]^_`abcdefghijklmnopqrstuvwxyz{|}~\x7f\"");
    text_builder_reset(&builder);
    json_add_quoted(&builder, TEXT("é\xe2\x80\xa8😀"));
    assert_string_equal(written(), "\"é\xe2\x80\xa8😀\"");
    text_builder_reset(&builder);
    json_add_quoted(&builder, TEXT_ABSENT);
    assert_string_equal(written(), "\"\"");
}

static void quoted_texts_of_every_size_are_read_again(void **state)
{
    (void)state;
    char data[50];
    for (size_t size = 0; size <= sizeof data; size++) {
        for (size_t place = 0; place <= size; place++) {
            memset(data, 'x', sizeof data);
            if (place < size) {
                data[place] = '"';
            }
            struct ledger_text text = {data, size};
            struct ledger_text json;
            const struct json_value *value;
            text_builder_init(&builder, &bare_call.arena, 0);
            json_add_quoted(&builder, text);
            assert_int_equal(text_builder_finish(&bare_call, &builder, &json), LEDGER_DONE);
            assert_int_equal(json_read(&bare_call, json, "a", &value), LEDGER_DONE);
            assert_true(text_equals(value->text, text));
        }
    }
}

static void ascii_is_as_python_writes_it(void **state)
{
    (void)state;
    /* Each right side is what json.dumps(text) printed. */
    static const struct {
        struct ledger_text text;
        const char *json;
    } rows[] = {
        {{"", 0}, "\"\""},
        {{"plain text / '", 14}, "\"plain text / '\""},
        {{"\"\\\b\f\n\r\t", 7}, "\"\\\"\\\\\\b\\f\\n\\r\\t\""},
        {{"\0\x1f\x7f\x80", 3}, "\"\\u0000\\u001f\\u007f\""},
        {{"é€", 5}, "\"\\u00e9\\u20ac\""},
        {{"😀\xf4\x8f\xbf\xbf\xf0\x90\x80\x80", 12}, "\"\\ud83d\\ude00\\udbff\\udfff\\ud800\\udc00\""},
        {{"\xef\xbf\xbf\xe2\x80\xa8x", 7}, "\"\\uffff\\u2028x\""},
    };
    for (size_t index = 0; index < sizeof rows / sizeof rows[0]; index++) {
        text_builder_reset(&builder);
        json_add_quoted_ascii(&builder, rows[index].text);
        assert_string_equal(written(), rows[index].json);
    }
}

static void write_sample(void)
{
    json_write_object_begin(&writer);
    json_write_key(&writer, "a");
    json_write_array_begin(&writer);
    json_write_integer(&writer, INT64_MIN);
    json_write_string(&writer, "x");
    json_write_object_begin(&writer);
    json_write_object_end(&writer);
    json_write_array_begin(&writer);
    json_write_array_end(&writer);
    json_write_raw(&writer, TEXT("{\"r\":1}"));
    json_write_array_end(&writer);
    json_write_member_text(&writer, "b", TEXT("é\n"));
    json_write_member_text(&writer, "c", TEXT_ABSENT);
    json_write_member_integer(&writer, "d", 9);
    json_write_member_boolean(&writer, "e", false);
    json_write_member_hex(&writer, "f", (const uint8_t[]){0xab, 0x01}, 2);
    json_write_key(&writer, "g");
    json_write_object_begin(&writer);
    json_write_key(&writer, "h");
    json_write_text(&writer, TEXT_ABSENT);
    json_write_key(&writer, "i");
    json_write_boolean(&writer, true);
    json_write_object_end(&writer);
    json_write_object_end(&writer);
}

static void separators_stand_where_they_must(void **state)
{
    (void)state;
    writer.canonical = true;
    write_sample();
    assert_string_equal(written(), "{\"a\":[-9223372036854775808,\"x\",{},[],{\"r\":1}],\"b\":\"é\\n\",\"d\":9,"
                                   "\"e\":false,\"f\":\"ab01\",\"g\":{\"h\":null,\"i\":true}}");
}

static void pretty_has_a_member_a_line(void **state)
{
    (void)state;
    writer.pretty = true;
    write_sample();
    assert_string_equal(written(), "{\n"
                                   "  \"a\": [\n"
                                   "    -9223372036854775808,\n"
                                   "    \"x\",\n"
                                   "    {},\n"
                                   "    [],\n"
                                   "    {\"r\":1}\n"
                                   "  ],\n"
                                   "  \"b\": \"é\\n\",\n"
                                   "  \"d\": 9,\n"
                                   "  \"e\": false,\n"
                                   "  \"f\": \"ab01\",\n"
                                   "  \"g\": {\n"
                                   "    \"h\": null,\n"
                                   "    \"i\": true\n"
                                   "  }\n"
                                   "}");
}

static void a_single_value_stands_alone(void **state)
{
    (void)state;
    writer.pretty = true;
    json_write_null(&writer);
    assert_string_equal(written(), "null");
}

static const struct json_value *value_of(const char *source)
{
    const struct json_value *value = NULL;
    assert_int_equal(json_read(&bare_call, ledger_text_of(source), "a.json", &value), LEDGER_DONE);
    return value;
}

static const char *canonical(const char *source)
{
    text_builder_init(&builder, &bare_call.arena, 0);
    json_writer_init(&writer, &builder);
    json_write_value(&writer, value_of(source));
    return written();
}

static void values_are_written_in_the_order_of_rfc_8785(void **state)
{
    (void)state;
    /* The example of section 3.2.3: by UTF-16, in which the emoji stands before U+FB33. */
    assert_string_equal(canonical("{\"\\u20ac\":\"Euro Sign\",\"\\r\":\"Carriage Return\",\"\\ufb33\":\"Hebrew Letter "
                                  "Dalet With Dagesh\",\"1\":\"One\",\"\\ud83d\\ude00\":\"Emoji: Grinning Face\","
                                  "\"\\u0080\":\"Control\",\"\\u00f6\":\"Latin Small Letter O With Diaeresis\"}"),
                        "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\xc2\x80\":\"Control\",\"ö\":\"Latin Small "
                        "Letter O With Diaeresis\",\"€\":\"Euro Sign\",\"😀\":\"Emoji: Grinning Face\","
                        "\"\xef\xac\xb3\":\"Hebrew Letter Dalet With Dagesh\"}");
    assert_string_equal(canonical(" [ 1.50 , {\"b\" : {}, \"a\":[ ], \"\":null}, true, \"\\u0041\\/\", -0E+5 ] "),
                        "[1.50,{\"\":null,\"a\":[],\"b\":{}},true,\"A/\",-0E+5]");
    assert_string_equal(canonical("{\"aa\":1,\"a\":2,\"b\":3,\"ab\":4}"), "{\"a\":2,\"aa\":1,\"ab\":4,\"b\":3}");
}

/* The UTF-16 code units of two code points, compared as RFC 8785 defines it. */
static int compare_units(uint32_t left, uint32_t right)
{
    uint32_t left_first = left < 0x10000 ? left : 0xd800 + ((left - 0x10000) >> 10);
    uint32_t right_first = right < 0x10000 ? right : 0xd800 + ((right - 0x10000) >> 10);
    if (left_first != right_first) {
        return left_first < right_first ? -1 : 1;
    }
    return left < right ? -1 : 1;
}

static void any_two_keys_are_in_the_order_of_utf_16(void **state)
{
    (void)state;
    static const uint32_t code_points[] = {0x20,   0x7f,   0x80,   0x7ff,   0x800,   0xd7ff,  0xe000,  0xefff,
                                           0xf000, 0xfdff, 0xffff, 0x10000, 0x103ff, 0x10400, 0xfffff, 0x10ffff};
    enum { COUNT = sizeof code_points / sizeof code_points[0] };
    for (size_t left = 0; left < COUNT; left++) {
        for (size_t right = 0; right < COUNT; right++) {
            if (left == right) {
                continue;
            }
            char left_key[6] = "k";
            char right_key[6] = "k";
            utf8_encode(code_points[left], left_key + 1);
            utf8_encode(code_points[right], right_key + 1);
            char source[64] = "{\"";
            strcat(strcat(strcat(strcat(source, left_key), "\":1,\""), right_key), "\":2}");
            bool left_first = strstr(canonical(source), "1}") == NULL;
            assert_int_equal(left_first, compare_units(code_points[left], code_points[right]) < 0);
        }
    }
}

static void values_nest_as_deep_as_they_are_read(void **state)
{
    (void)state;
    char source[6 * JSON_DEPTH_MAX + 1];
    size_t size = 0;
    for (int depth = 1; depth < JSON_DEPTH_MAX; depth++) {
        memcpy(source + size, "{\"k\":", 5);
        size += 5;
    }
    source[size++] = '[';
    source[size++] = ']';
    memset(source + size, '}', JSON_DEPTH_MAX - 1);
    source[size + JSON_DEPTH_MAX - 1] = '\0';
    assert_string_equal(canonical(source), source);
}

static void a_value_within_a_pretty_document_is_pretty(void **state)
{
    (void)state;
    writer.pretty = true;
    json_write_object_begin(&writer);
    json_write_key(&writer, "v");
    json_write_value(&writer, value_of("{\"b\":[1,{}],\"a\":[]}"));
    json_write_member_integer(&writer, "w", 1);
    json_write_object_end(&writer);
    assert_string_equal(written(), "{\n"
                                   "  \"v\": {\n"
                                   "    \"a\": [],\n"
                                   "    \"b\": [\n"
                                   "      1,\n"
                                   "      {}\n"
                                   "    ]\n"
                                   "  },\n"
                                   "  \"w\": 1\n"
                                   "}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(only_what_must_be_is_escaped, set_up, bare_call_teardown),
        cmocka_unit_test_setup_teardown(quoted_texts_of_every_size_are_read_again, set_up, bare_call_teardown),
        cmocka_unit_test_setup_teardown(ascii_is_as_python_writes_it, set_up, bare_call_teardown),
        cmocka_unit_test_setup_teardown(separators_stand_where_they_must, set_up, bare_call_teardown),
        cmocka_unit_test_setup_teardown(pretty_has_a_member_a_line, set_up, bare_call_teardown),
        cmocka_unit_test_setup_teardown(a_single_value_stands_alone, set_up, bare_call_teardown),
        cmocka_unit_test_setup_teardown(values_are_written_in_the_order_of_rfc_8785, set_up, bare_call_teardown),
        cmocka_unit_test_setup_teardown(any_two_keys_are_in_the_order_of_utf_16, set_up, bare_call_teardown),
        cmocka_unit_test_setup_teardown(values_nest_as_deep_as_they_are_read, set_up, bare_call_teardown),
        cmocka_unit_test_setup_teardown(a_value_within_a_pretty_document_is_pretty, set_up, bare_call_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
