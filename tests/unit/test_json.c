/* The JSON reader: its tree, its refusals with their places, its limits, and jansson as its judge. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"

#include "support/bare_call.h"
#include "support/oracle_jansson.h"

static const struct json_value *read_text(struct ledger_text source)
{
    const struct json_value *value = NULL;
    assert_int_equal(json_read(&bare_call, source, "a.json", &value), LEDGER_DONE);
    assert_non_null(value);
    return value;
}

static const struct json_value *read_string(const char *source)
{
    return read_text(ledger_text_of(source));
}

static void assert_refused(struct ledger_text source, ledger_status status, const char *message)
{
    const struct json_value *value = NULL;
    ledger_call_reset(&bare_call);
    assert_int_equal(json_read(&bare_call, source, "a.json", &value), status);
    assert_null(value);
    assert_string_equal(ledger_call_message(&bare_call), message);
    assert_int_equal(ledger_call_problems_count(&bare_call), 1);
}

static void the_tree_is_as_written(void **state)
{
    (void)state;
    const struct json_value *root = read_string(" {\n \"a\": [1, -2.50e+3, \"x\"],\n\t\"b\":{}, \"c\":[],\r\n"
                                                "\"d\":null,\"\":true, \"e\":false} \n");
    assert_int_equal(root->type, JSON_OBJECT);
    assert_int_equal(root->count, 6);
    assert_int_equal(root->line, 1);
    assert_int_equal(root->column, 2);
    assert_true(text_is_absent(root->key));
    assert_null(root->next);
    const struct json_value *array = json_find(root, "a");
    assert_ptr_equal(array, root->first);
    assert_int_equal(array->type, JSON_ARRAY);
    assert_int_equal(array->count, 3);
    assert_int_equal(array->line, 2);
    assert_int_equal(array->column, 7);
    assert_true(text_equals_string(array->key, "a"));
    const struct json_value *number = array->first->next;
    assert_int_equal(number->type, JSON_NUMBER);
    assert_true(text_equals_string(number->text, "-2.50e+3"));
    assert_true(text_is_absent(number->key));
    assert_int_equal(number->next->type, JSON_STRING);
    assert_null(number->next->next);
    assert_int_equal(json_find(root, "b")->type, JSON_OBJECT);
    assert_int_equal(json_find(root, "b")->count, 0);
    assert_null(json_find(root, "b")->first);
    assert_int_equal(json_find(root, "c")->type, JSON_ARRAY);
    assert_int_equal(json_find(root, "d")->type, JSON_NULL);
    assert_int_equal(json_find(root, "d")->line, 4);
    assert_int_equal(json_find(root, "")->type, JSON_TRUE);
    assert_int_equal(json_find(root, "e")->type, JSON_FALSE);
    assert_null(json_find(root, "f"));
    assert_null(json_find(array, "a"));
}

static void strings_without_escapes_are_views(void **state)
{
    (void)state;
    const char *source = "[\"a long enough text, délivré\", \"\"]";
    const struct json_value *value = read_string(source)->first;
    assert_ptr_equal(value->text.data, source + 2);
    assert_true(text_equals_string(value->text, "a long enough text, délivré"));
    assert_true(text_equals(value->next->text, TEXT("")));
}

static void escapes_are_decoded(void **state)
{
    (void)state;
    static const struct {
        const char *source;
        struct ledger_text text;
    } rows[] = {
        {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", {"\"\\/\b\f\n\r\t", 8}},
        {"\"\\u0041\\u00e9\\u20AC\\uffff\"", {"Aé€\xef\xbf\xbf", 9}},
        {"\"\\ud83d\\ude00\\uDBFF\\uDFFF\"", {"😀\xf4\x8f\xbf\xbf", 8}},
        {"\"\\u0000\"", {"\0", 1}},
        {"\"a\\u0000b and the rest of it\"", {"a\0b and the rest of it", 22}},
        {"\"é\\té\"", {"é\té", 5}},
        {"\"\\\\u0041\"", {"\\u0041", 6}},
        {"\"\\\\\\\"\"", {"\\\"", 2}},
    };
    for (size_t index = 0; index < sizeof rows / sizeof rows[0]; index++) {
        assert_true(text_equals(read_string(rows[index].source)->text, rows[index].text));
    }
    assert_non_null(json_find(read_string("{\"\\u0061b\":1}"), "ab"));
}

static void a_special_byte_is_found_at_every_distance(void **state)
{
    (void)state;
    char source[64];
    for (size_t size = 0; size < 40; size++) {
        source[0] = '"';
        memset(source + 1, 'x', size);
        source[size + 1] = '"';
        assert_int_equal(read_text((struct ledger_text){source, size + 2})->text.size, size);
        for (size_t place = 0; place < size; place++) {
            static const char refused[] = {0x00, 0x01, 0x1f, '"', '\xff', '\x80'};
            for (size_t index = 0; index < sizeof refused; index++) {
                const struct json_value *value;
                source[1 + place] = refused[index];
                ledger_call_reset(&bare_call);
                assert_int_equal(json_read(&bare_call, (struct ledger_text){source, size + 2}, "a", &value),
                                 LEDGER_INPUT_IS_MALFORMED);
            }
            source[1 + place] = 0x7f; /* is allowed */
            assert_int_equal(read_text((struct ledger_text){source, size + 2})->text.size, size);
            source[1 + place] = 'x';
        }
    }
}

static void refusals_say_where_and_why(void **state)
{
    (void)state;
    static const struct {
        struct ledger_text source;
        const char *message;
    } rows[] = {
        {{"", 0}, "a.json: line 1, column 1: the input is empty: expected a value"},
        {{NULL, 0}, "a.json: line 1, column 1: the input is empty: expected a value"},
        {{" \n\n ", 4}, "a.json: line 3, column 2: the input is empty: expected a value"},
        {{"\xef\xbb\xbf{}", 5},
         "a.json: line 1, column 1: the input begins with a byte order mark; save it as UTF-8 without"},
        {{"\xff\xfe{\0", 4}, "a.json: line 1, column 1: the input is UTF-16 with a byte order mark; save it as UTF-8"},
        {{"\xfe\xff\0{", 4}, "a.json: line 1, column 1: the input is UTF-16 with a byte order mark; save it as UTF-8"},
        {{"{\0", 2}, "a.json: line 1, column 2: expected a key in quotes, found the byte 0x00"},
        {{"[1,\n 2", 6}, "a.json: line 2, column 3: the input is cut off: expected a comma or ]"},
        {{"{\"a\":1", 6}, "a.json: line 1, column 7: the input is cut off: expected a comma or }"},
        {{"{\"a\"", 4}, "a.json: line 1, column 5: the input is cut off: expected a colon"},
        {{"{\"a\":", 5}, "a.json: line 1, column 6: the input is cut off: expected a value"},
        {{"{", 1}, "a.json: line 1, column 2: the input is cut off: expected a key in quotes"},
        {{"[\"ab", 4}, "a.json: line 1, column 5: the input is cut off: expected the end of a string"},
        {{"[\"ab\\", 5}, "a.json: line 1, column 6: the input is cut off: expected the end of a string"},
        {{"tru", 3}, "a.json: line 1, column 4: the input is cut off: expected true"},
        {{"-", 1}, "a.json: line 1, column 2: the input is cut off: expected a digit"},
        {{"[1,]", 4}, "a.json: line 1, column 4: expected a value, found ]"},
        {{"{\"a\":1,}", 8}, "a.json: line 1, column 8: expected a key in quotes, found }"},
        {{"[1 2]", 5}, "a.json: line 1, column 4: expected a comma or ], found 2"},
        {{"{\"a\" 1}", 7}, "a.json: line 1, column 6: expected a colon, found 1"},
        {{"{a:1}", 5}, "a.json: line 1, column 2: expected a key in quotes, found a"},
        {{"[1}", 3}, "a.json: line 1, column 3: expected a comma or ], found }"},
        {{"{} x", 4}, "a.json: line 1, column 4: expected nothing after the value, found x"},
        {{"1\n1", 3}, "a.json: line 2, column 1: expected nothing after the value, found 1"},
        {{"[01]", 4}, "a.json: line 1, column 2: a number has a leading zero"},
        {{"[-01]", 5}, "a.json: line 1, column 2: a number has a leading zero"},
        {{"[1.]", 4}, "a.json: line 1, column 4: expected a digit, found ]"},
        {{"[.5]", 4}, "a.json: line 1, column 2: expected a value, found ."},
        {{"[+1]", 4}, "a.json: line 1, column 2: expected a value, found +"},
        {{"[1e]", 4}, "a.json: line 1, column 4: expected a digit, found ]"},
        {{"[1e+]", 5}, "a.json: line 1, column 5: expected a digit, found ]"},
        {{"[NaN]", 5}, "a.json: line 1, column 2: expected a value, found N"},
        {{"[-Infinity]", 11}, "a.json: line 1, column 3: expected a digit, found I"},
        {{"nulL", 4}, "a.json: line 1, column 4: expected null, found L"},
        {{"'a'", 3}, "a.json: line 1, column 1: expected a value, found '"},
        {{"//x\n1", 5}, "a.json: line 1, column 1: expected a value, found /"},
        {{"\xc2\xa0"
          "1",
          3},
         "a.json: line 1, column 1: expected a value, found the byte 0xc2"},
        {{"[\n\"ab\xff\"]", 8}, "a.json: line 2, column 4: the input is not UTF-8"},
        {{"\"\xed\xa0\x80\"", 5}, "a.json: line 1, column 2: the input is not UTF-8"},
        {{"\"\xc0\xaf\"", 4}, "a.json: line 1, column 2: the input is not UTF-8"},
        {{"{\"\xe9\":1}", 6}, "a.json: line 1, column 3: the input is not UTF-8"},
        {{"\"a\nb\"", 5},
         "a.json: line 1, column 3: expected no control character in a string, but an escape of it, found the byte "
         "0x0a"},
        {{"\"\\x41\"", 6}, "a.json: line 1, column 3: expected one of \" \\ / b f n r t u behind a backslash, found x"},
        {{"\"\\\0\"", 4},
         "a.json: line 1, column 3: expected one of \" \\ / b f n r t u behind a backslash, found the byte 0x00"},
        {{"\"\\u12g4\"", 8}, "a.json: line 1, column 6: expected a hexadecimal digit, found g"},
        {{"\"\\u12\"", 6}, "a.json: line 1, column 6: expected a hexadecimal digit, found \""},
        {{"\"\\ud800\"", 8}, "a.json: line 1, column 2: half of a surrogate pair stands alone"},
        {{"\"\\udc00\"", 8}, "a.json: line 1, column 2: half of a surrogate pair stands alone"},
        {{"\"\\ud800x\"", 9}, "a.json: line 1, column 2: half of a surrogate pair stands alone"},
        {{"\"\\ud800\\n\"", 10}, "a.json: line 1, column 2: half of a surrogate pair stands alone"},
        {{"\"\\ud800\\u0041\"", 14}, "a.json: line 1, column 2: half of a surrogate pair stands alone"},
        {{"\"\\ud800\\ud800\"", 14}, "a.json: line 1, column 2: half of a surrogate pair stands alone"},
        {{"{\"a\":1,\n\"b\":2,\n\"a\":3}", 21},
         "a.json: line 3, column 5: duplicate key: the object has had a value for \"a\" before"},
        {{"{\"\\n\":1,\"\\u000a\":2}", 19},
         "a.json: line 1, column 18: duplicate key: the object has had a value for \"\\n\" before"},
    };
    for (size_t index = 0; index < sizeof rows / sizeof rows[0]; index++) {
        assert_refused(rows[index].source, LEDGER_INPUT_IS_MALFORMED, rows[index].message);
    }
}

static void long_keys_are_cut_between_characters(void **state)
{
    (void)state;
    static const char key[] = "0123456789012345678901234567890123456789012345678901234567éééé";
    char source[300];
    int size = snprintf(source, sizeof source, "{\"%s\":1,\"%s\":2}", key, key);
    assert_refused((struct ledger_text){source, (size_t)size}, LEDGER_INPUT_IS_MALFORMED,
                   "a.json: line 1, column 142: duplicate key: the object has had a value for "
                   "\"0123456789012345678901234567890123456789012345678901234567é\"… before");
}

static struct ledger_text nested(size_t depth)
{
    char *data = arena_allocate(&bare_call.arena, 2 * depth);
    memset(data, '[', depth);
    memset(data + depth, ']', depth);
    return (struct ledger_text){data, 2 * depth};
}

static void depth_is_limited(void **state)
{
    (void)state;
    const struct json_value *value = read_text(nested(JSON_DEPTH_MAX));
    size_t depth = 0;
    for (; value != NULL; value = value->first) {
        depth++;
    }
    assert_int_equal(depth, JSON_DEPTH_MAX);
    char source[10000];
    memset(source, '[', sizeof source);
    assert_refused((struct ledger_text){source, sizeof source}, LEDGER_INPUT_IS_TOO_LARGE,
                   "a.json: line 1, column 65: nested deeper than 64 levels");
    assert_refused((struct ledger_text){source, JSON_DEPTH_MAX + 1}, LEDGER_INPUT_IS_TOO_LARGE,
                   "a.json: line 1, column 65: nested deeper than 64 levels");
    assert_refused((struct ledger_text){source, JSON_DEPTH_MAX}, LEDGER_INPUT_IS_MALFORMED,
                   "a.json: line 1, column 65: the input is cut off: expected a value");
}

static void size_is_limited(void **state)
{
    (void)state;
    char *source = malloc(JSON_BYTES_MAX + 1);
    memset(source, ' ', JSON_BYTES_MAX + 1);
    source[7] = '0';
    (void)read_text((struct ledger_text){source, JSON_BYTES_MAX});
    assert_refused((struct ledger_text){source, JSON_BYTES_MAX + 1}, LEDGER_INPUT_IS_TOO_LARGE,
                   "a.json: 67108865 bytes are more than the limit of 67108864");
    free(source);
}

/* An object of `count` members, whose keys are the numbers from 0 on times `factor` modulo 1,000,003 (a prime). */
static struct ledger_text object_of(size_t count, size_t factor, const char *last_key)
{
    char *data = arena_allocate(&bare_call.arena, 16 * count + 64);
    size_t size = 0;
    data[size++] = '{';
    for (size_t index = 0; index < count; index++) {
        size += (size_t)sprintf(data + size, "\"%06zu\":0,", index * factor % 1000003);
    }
    size += (size_t)sprintf(data + size, "\"%s\":1}", last_key);
    return (struct ledger_text){data, size};
}

static void duplicates_are_found_in_objects_of_every_size(void **state)
{
    (void)state;
    static const size_t counts[] = {1, 2, 14, 15, 16, 17, 18, 100, 5000};
    for (size_t index = 0; index < sizeof counts / sizeof counts[0]; index++) {
        for (size_t factor = 1; factor < 1000000; factor += 333331) {
            const struct json_value *value = NULL;
            ledger_call_reset(&bare_call);
            assert_int_equal(read_text(object_of(counts[index], factor, "x"))->count, counts[index] + 1);
            assert_int_equal(json_read(&bare_call, object_of(counts[index], factor, "000000"), "a", &value),
                             LEDGER_INPUT_IS_MALFORMED);
            assert_non_null(strstr(ledger_call_message(&bare_call), "duplicate key: the object has had a value for "
                                                                    "\"000000\" before"));
        }
    }
}

static void huge_objects_are_not_quadratic(void **state)
{
    (void)state;
    int64_t before_ms = monotonic_ms();
    assert_int_equal(read_text(object_of(500000, 7919, "x"))->count, 500001);
    assert_true(monotonic_ms() - before_ms < 20000); /* well under a second; compared each with each, minutes */
}

static void types_have_names(void **state)
{
    (void)state;
    assert_string_equal(json_type_name(JSON_NULL), "null");
    assert_string_equal(json_type_name(JSON_FALSE), "false");
    assert_string_equal(json_type_name(JSON_TRUE), "true");
    assert_string_equal(json_type_name(JSON_NUMBER), "a number");
    assert_string_equal(json_type_name(JSON_STRING), "a string");
    assert_string_equal(json_type_name(JSON_ARRAY), "an array");
    assert_string_equal(json_type_name(JSON_OBJECT), "an object");
}

static void assert_judged_as_by_jansson(struct ledger_text source)
{
    json_error_t error;
    json_t *theirs = json_loadb(source.data, source.size, JANSSON_FLAGS, &error);
    const struct json_value *ours = NULL;
    ledger_call_reset(&bare_call);
    ledger_status status = json_read(&bare_call, source, "a.json", &ours);
    if ((status == LEDGER_DONE) != (theirs != NULL)) {
        fail_msg("%.*s: ours %s, jansson's %s", TEXT_ARGUMENTS(source), ledger_call_message(&bare_call),
                 theirs == NULL ? error.text : "accepted");
    }
    json_decref(theirs);
}

static void jansson_judges_alike(void **state)
{
    (void)state;
    static const char *const sources[] = {
        "0",
        "-0",
        "-0.0",
        "0e0",
        "0E-0",
        "1.0e+10",
        "1e007",
        "00",
        "-",
        "--1",
        "1-1",
        "1.2.3",
        "1e1.5",
        "0x10",
        "1_0",
        "1.e1",
        "-.1",
        "1E",
        "\"\"",
        "\"\\\"",
        "\"\\",
        "\"",
        "\"\t\"",
        "\"\x7f\"",
        "\"\\u\"",
        "\"\\u+123\"",
        "\"\\u 123\"",
        "\"\\U0041\"",
        "\"\\uD834\\uDD1E\"",
        "\"\\uDD1E\\uD834\"",
        "\"\\uD834\\\\uDD1E\"",
        "\"\\a\"",
        "\"\\'\"",
        "[]",
        "[ ]",
        "[[]]",
        "[,]",
        "[1,,2]",
        "[1,2,]",
        "[",
        "]",
        "[]]",
        "[[]",
        "[1\t,\r2\n]",
        "[1\f]",
        "[1\v]",
        "[\"a\" \"b\"]",
        "{}",
        "{ }",
        "{,}",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{1:1}",
        "{null:1}",
        "{\"a\":1 \"b\":2}",
        "{\"a\":1,\"a\":1}",
        "{\"a\":1,\"A\":1}",
        "{\"\":1}",
        "{\"\":1,\"\":2}",
        "{\"a\":1}}",
        "{\"a\":1}{\"b\":1}",
        "{\"a\"::1}",
        "{\"a\",1}",
        "{'a':1}",
        "[{\"a\":[{\"b\":[]}]}]",
        "true",
        "True",
        "TRUE",
        "truefalse",
        "true false",
        "null ",
        " null",
        "nul",
        "nulls",
        "undefined",
        "NaN",
        "Infinity",
        "-Infinity",
        "\xef\xbb\xbf[]",
        "[]\xef\xbb\xbf",
        "\xc2\x85[]",
        "\xe2\x80\xa8[]",
        "\"\xe2\x80\xa8\"",
        "\"\xc0\x80\"",
        "\"\xe0\x80\x80\"",
        "\"\xed\xbf\xbf\"",
        "\"\xef\xbf\xbf\"",
        "\"\xf0\x8f\xbf\xbf\"",
        "\"\xf4\x8f\xbf\xbf\"",
        "\"\xf4\x90\x80\x80\"",
        "\"\xf5\x80\x80\x80\"",
        "\"\xfe\"",
        "\"\x80\"",
        "\"\xc3\"",
        "\"\xc3",
        "\"a\xcc\x81\"",
        "{\"\xc3\xa9\":1,\"e\xcc\x81\":2}",
        "{\"\xc3\xa9\":1,\"\\u00e9\":2}",
        "/**/1",
        "#\n1",
        "1//",
        "[1;2]",
        "a",
        "\"\\u0000\"",
        "[\"\\u0000x\"]",
        "",
        " ",
        "\n",
        "1 2",
        "\"a\"1",
        "[1]1",
        "1,",
        ",1",
        "\"\\/\"",
        "1e-400",
    };
    for (size_t index = 0; index < sizeof sources / sizeof sources[0]; index++) {
        assert_judged_as_by_jansson(ledger_text_of(sources[index]));
    }
    for (unsigned byte = 0; byte < 256; byte++) { /* every byte in each kind of place */
        char source[] = {'[', '"', 'a', '"', ',', '1', ']'};
        for (size_t place = 0; place < sizeof source; place++) {
            char kept = source[place];
            source[place] = (char)byte;
            assert_judged_as_by_jansson((struct ledger_text){source, sizeof source});
            source[place] = kept;
        }
    }
}

static void where_jansson_differs_it_is_known(void **state)
{
    (void)state;
    json_error_t error;
    assert_null(json_loads("1e999", JSON_DECODE_ANY, &error));
    assert_int_equal(json_error_code(&error), json_error_numeric_overflow);
    assert_true(text_equals_string(read_string("1e999")->text, "1e999"));
    assert_null(json_loads("{\"\\u0000\":1}", JSON_ALLOW_NUL, &error));
    assert_true(text_equals(read_string("{\"\\u0000\":1}")->first->key, TEXT("\0")));
    json_t *with_nul = json_loadb("false\0", 6, JSON_DECODE_ANY, &error); /* drops a NUL behind a literal or number */
    assert_non_null(with_nul);
    json_decref(with_nul);
    assert_refused((struct ledger_text){"false\0", 6}, LEDGER_INPUT_IS_MALFORMED,
                   "a.json: line 1, column 6: expected nothing after the value, found the byte 0x00");
    json_t *deep = json_loadb(nested(65).data, 130, 0, &error);
    assert_non_null(deep);
    json_decref(deep);
}

static void every_cut_of_a_document_is_refused(void **state)
{
    (void)state;
    static const char source[] = "{\"a\":[1.5e3,\"b\\u00e9é\",true,null,{}],\"c\":{\"d\":false}}";
    (void)read_string(source);
    for (size_t size = 0; size < sizeof source - 1; size++) {
        char *cut = malloc(size + 1); /* of its own, so that a read past its end is found */
        char *exact = realloc(cut, size == 0 ? 1 : size);
        memcpy(exact, source, size);
        const struct json_value *value;
        ledger_call_reset(&bare_call);
        assert_int_equal(json_read(&bare_call, (struct ledger_text){exact, size}, "a", &value),
                         LEDGER_INPUT_IS_MALFORMED);
        free(exact);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_tree_is_as_written),
        cmocka_unit_test(strings_without_escapes_are_views),
        cmocka_unit_test(escapes_are_decoded),
        cmocka_unit_test(a_special_byte_is_found_at_every_distance),
        cmocka_unit_test(refusals_say_where_and_why),
        cmocka_unit_test(long_keys_are_cut_between_characters),
        cmocka_unit_test(depth_is_limited),
        cmocka_unit_test(size_is_limited),
        cmocka_unit_test(duplicates_are_found_in_objects_of_every_size),
        cmocka_unit_test(huge_objects_are_not_quadratic),
        cmocka_unit_test(types_have_names),
        cmocka_unit_test(jansson_judges_alike),
        cmocka_unit_test(where_jansson_differs_it_is_known),
        cmocka_unit_test(every_cut_of_a_document_is_refused),
    };
    return cmocka_run_group_tests(tests, bare_call_setup, bare_call_teardown);
}
