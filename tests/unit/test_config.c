/* Settings from `.env` files and the environment. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/config.h"
#include "base/text.h"

struct fixture {
    struct ledger_call call;
    struct config config;
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    if (fixture == NULL) {
        return -1;
    }
    call_init(&fixture->call);
    config_init(&fixture->config);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    config_done(&fixture->config);
    call_done(&fixture->call);
    free(fixture);
    return 0;
}

static ledger_status read_text(struct fixture *fixture, struct ledger_text content)
{
    return config_read_text(&fixture->call, &fixture->config, content, ".env");
}

static void assert_value(const struct fixture *fixture, const char *name, const char *expected)
{
    struct ledger_text value = config_find(&fixture->config, name);
    assert_non_null(value.data);
    assert_string_equal(value.data, expected);
    assert_int_equal(value.size, strlen(expected));
}

static void every_form_of_a_line_is_read(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(read_text(fixture, TEXT("# a comment\n"
                                             "\n"
                                             "   \t\n"
                                             "  # another\n"
                                             "T_PLAIN=sqlite:///ledger.db\n"
                                             "export T_EXPORT=1\n"
                                             "export\tT_TAB\t=\t2\n"
                                             "  T_BLANKS  =  a b  \n"
                                             "T_COMMENT=a#b # c\n"
                                             "T_EMPTY=\n"
                                             "T_EMPTY_COMMENT= # nothing\n"
                                             "T_HASH=#\n"
                                             "T_SINGLE='a \"b\" $x ${y} \\n # c'\n"
                                             "T_DOUBLE=\"a 'b' \\\"c\\\" \\\\ \\$ $ \\n\\t # d\"  # e\n"
                                             "T_QUOTED_EMPTY=''\n"
                                             "T_EQUALS=a=b=c\n"
                                             "T_INNER=it's \"so\"\n"
                                             "T_UTF8=S\xC3\xA3o\n"
                                             "T_DOLLAR=pa$$word$\n"
                                             "export=5\n"
                                             "_t1=x\n"
                                             "T_CRLF=yes\r\n"
                                             "T_CRLF_QUOTED='yes'\r\n"
                                             "T_LAST=end")),
                     LEDGER_DONE);
    assert_value(fixture, "T_PLAIN", "sqlite:///ledger.db");
    assert_value(fixture, "T_EXPORT", "1");
    assert_value(fixture, "T_TAB", "2");
    assert_value(fixture, "T_BLANKS", "a b");
    assert_value(fixture, "T_COMMENT", "a#b");
    assert_value(fixture, "T_EMPTY", "");
    assert_value(fixture, "T_EMPTY_COMMENT", "");
    assert_value(fixture, "T_HASH", "");
    assert_value(fixture, "T_SINGLE", "a \"b\" $x ${y} \\n # c");
    assert_value(fixture, "T_DOUBLE", "a 'b' \"c\" \\ $ $ \n\t # d");
    assert_value(fixture, "T_QUOTED_EMPTY", "");
    assert_value(fixture, "T_EQUALS", "a=b=c");
    assert_value(fixture, "T_INNER", "it's \"so\"");
    assert_value(fixture, "T_UTF8", "S\xC3\xA3o");
    assert_value(fixture, "T_DOLLAR", "pa$$word$");
    assert_value(fixture, "export", "5");
    assert_value(fixture, "_t1", "x");
    assert_value(fixture, "T_CRLF", "yes");
    assert_value(fixture, "T_CRLF_QUOTED", "yes");
    assert_value(fixture, "T_LAST", "end");
    assert_null(config_find(&fixture->config, "T_ABSENT").data);
    assert_null(config_find(&fixture->config, "T_PLAI").data);
    assert_string_equal(config_describe_source(&fixture->config, "T_EXPORT"), ".env, line 6");
    assert_string_equal(config_describe_source(&fixture->config, "T_ABSENT"), "the default");
}

static void malformed_lines_are_named(void **state)
{
    struct fixture *fixture = *state;
    const struct {
        struct ledger_text line;
        const char *reason;
    } bad[] = {
        {TEXT("NAME"), "NAME=VALUE"},
        {TEXT("=value"), "NAME=VALUE"},
        {TEXT("1NAME=value"), "NAME=VALUE"},
        {TEXT("NA-ME=value"), "NAME=VALUE"},
        {TEXT("NA ME=value"), "NAME=VALUE"},
        {TEXT("export NAME"), "NAME=VALUE"},
        {TEXT("export"), "NAME=VALUE"},
        {TEXT("set NAME=value"), "NAME=VALUE"},
        {TEXT("N\xC3\xA3ME=value"), "NAME=VALUE"},
        {TEXT("NAME: value"), "NAME=VALUE"},
        {TEXT("A='b"), "single quote is not closed"},
        {TEXT("A=\"b"), "double quote is not closed"},
        {TEXT("A=\"b\\\""), "double quote is not closed"},
        {TEXT("A=\"b\\"), "a backslash"},
        {TEXT("A=\"\\x\""), "a backslash"},
        {TEXT("A=\"\\\xC3\xA3\""), "a backslash"},
        {TEXT("A='b'c"), "follows the closing quote"},
        {TEXT("A='b'#c"), "follows the closing quote"},
        {TEXT("A=\"b\" c"), "follows the closing quote"},
        {TEXT("A=x${B}"), "not expanded"},
        {TEXT("A=\"${B}\""), "not expanded"},
        {TEXT("A=\xFF"), "not UTF-8"},
        {TEXT("A=b\0c"), "control character"},
        {TEXT("A=b\rc"), "control character"},
        {TEXT("A=\033[2J"), "control character"},
        {TEXT("A=b\x7F"), "control character"},
        {TEXT("# \xFF"), "not UTF-8"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(read_text(fixture, bad[i].line), LEDGER_CONFIGURATION_IS_INVALID);
        assert_int_equal(ledger_call_problems_count(&fixture->call), 1);
        assert_int_equal(strncmp(ledger_call_message(&fixture->call), ".env, line 1: ", 14), 0);
        assert_non_null(strstr(ledger_call_message(&fixture->call), bad[i].reason));
        assert_null(config_find(&fixture->config, "A").data);
        ledger_call_reset(&fixture->call);
    }
}

static void all_malformed_lines_are_told_at_once(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(read_text(fixture, TEXT("T_OLD=1\n")), LEDGER_DONE);
    assert_int_equal(read_text(fixture, TEXT("T_OLD=2\r\nbad\r\nT_NEW=3\nworse\n")), LEDGER_CONFIGURATION_IS_INVALID);
    assert_int_equal(ledger_call_problems_count(&fixture->call), 2);
    assert_non_null(strstr(ledger_call_problem(&fixture->call, 0)->message.data, "line 2"));
    assert_non_null(strstr(ledger_call_problem(&fixture->call, 1)->message.data, "line 4"));
    assert_value(fixture, "T_OLD", "1");
    assert_null(config_find(&fixture->config, "T_NEW").data);
}

static void the_last_word_counts(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(read_text(fixture, TEXT("T_A=1\nT_B=1\nT_A=2\nT_C=1")), LEDGER_DONE);
    assert_value(fixture, "T_A", "2");
    assert_string_equal(config_describe_source(&fixture->config, "T_A"), ".env, line 3");
    assert_int_equal(config_read_text(&fixture->call, &fixture->config, TEXT("T_B=9"), "more"), LEDGER_DONE);
    assert_value(fixture, "T_A", "2");
    assert_value(fixture, "T_B", "9");
    assert_value(fixture, "T_C", "1");
    assert_string_equal(config_describe_source(&fixture->config, "T_B"), "more, line 1");
}

static void the_environment_goes_first(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(read_text(fixture, TEXT("T_TEST_CONFIG=file")), LEDGER_DONE);
    assert_value(fixture, "T_TEST_CONFIG", "file");
    assert_int_equal(setenv("T_TEST_CONFIG", "environment", 1), 0);
    assert_value(fixture, "T_TEST_CONFIG", "environment");
    assert_string_equal(config_describe_source(&fixture->config, "T_TEST_CONFIG"), "the environment");
    assert_int_equal(setenv("T_TEST_CONFIG", "", 1), 0);
    assert_value(fixture, "T_TEST_CONFIG", "");
    assert_int_equal(unsetenv("T_TEST_CONFIG"), 0);
    assert_value(fixture, "T_TEST_CONFIG", "file");
}

static void a_byte_order_mark_and_nothing_are_files_too(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(read_text(fixture, TEXT("")), LEDGER_DONE);
    assert_int_equal(fixture->config.settings_count, 0);
    assert_int_equal(read_text(fixture, TEXT("\xEF\xBB\xBFT_A=1\r\n")), LEDGER_DONE);
    assert_value(fixture, "T_A", "1");
}

static void assert_integer(struct fixture *fixture, const char *value, int64_t minimum, int64_t maximum,
                           int64_t expected)
{
    int64_t number = 0;
    assert_int_equal(setenv("T_NUMBER", value, 1), 0);
    assert_int_equal(config_get_integer(&fixture->call, &fixture->config, "T_NUMBER", minimum, maximum, 77, &number),
                     LEDGER_DONE);
    assert_true(number == expected);
    assert_int_equal(unsetenv("T_NUMBER"), 0);
}

static void integers_keep_their_limits(void **state)
{
    struct fixture *fixture = *state;
    static const char *const bad[] = {
        "0",
        "101",
        "x",
        "1x",
        "0x10",
        "1.0",
        "1e1",
        " 5",
        "5 ",
        "+5",
        "-",
        "-5",
        "--5",
        "9223372036854775808",
        "99999999999999999999",
        "\xD9\xA5",
        "1_0",
    };
    assert_integer(fixture, "1", 1, 100, 1);
    assert_integer(fixture, "100", 1, 100, 100);
    assert_integer(fixture, "007", 1, 100, 7);
    assert_integer(fixture, "", 1, 100, 77);
    assert_integer(fixture, "9223372036854775807", INT64_MIN, INT64_MAX, INT64_MAX);
    assert_integer(fixture, "-9223372036854775808", INT64_MIN, INT64_MAX, INT64_MIN);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        int64_t number = 5;
        assert_int_equal(setenv("T_NUMBER", bad[i], 1), 0);
        assert_int_equal(config_get_integer(&fixture->call, &fixture->config, "T_NUMBER", 1, 100, 77, &number),
                         LEDGER_CONFIGURATION_IS_INVALID);
        assert_true(number == 5);
    }
    assert_int_equal(unsetenv("T_NUMBER"), 0);
    int64_t number = 0;
    assert_int_equal(config_get_integer(&fixture->call, &fixture->config, "T_NUMBER", 1, 100, 77, &number),
                     LEDGER_DONE);
    assert_true(number == 77);
}

static void a_refused_integer_says_where_it_came_from(void **state)
{
    struct fixture *fixture = *state;
    int64_t number = 0;
    assert_int_equal(read_text(fixture, TEXT("\nT_POOL=many")), LEDGER_DONE);
    assert_int_equal(config_get_integer(&fixture->call, &fixture->config, "T_POOL", 1, 100, 5, &number),
                     LEDGER_CONFIGURATION_IS_INVALID);
    assert_string_equal(ledger_call_message(&fixture->call),
                        "T_POOL is \"many\" (from .env, line 2); it has to be a whole number from 1 to 100");
}

static void files_are_read(void **state)
{
    struct fixture *fixture = *state;
    char path[] = "/tmp/test_config_XXXXXX";
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    assert_int_equal(write(descriptor, "T_A=1\nT_B\n", 10), 10);
    assert_int_equal(close(descriptor), 0);
    assert_int_equal(config_read(&fixture->call, &fixture->config, path), LEDGER_CONFIGURATION_IS_INVALID);
    assert_non_null(strstr(ledger_call_message(&fixture->call), path));
    ledger_call_reset(&fixture->call);
    assert_int_equal(truncate(path, 6), 0);
    assert_int_equal(config_read(&fixture->call, &fixture->config, path), LEDGER_DONE);
    ledger_call_reset(&fixture->call);
    assert_value(fixture, "T_A", "1");
    assert_int_equal(truncate(path, CONFIG_FILE_BYTES_MAX + 1), 0);
    assert_int_equal(config_read(&fixture->call, &fixture->config, path), LEDGER_INPUT_IS_TOO_LARGE);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(config_read(&fixture->call, &fixture->config, path), LEDGER_FILE_IS_UNREADABLE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_form_of_a_line_is_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(malformed_lines_are_named, set_up, tear_down),
        cmocka_unit_test_setup_teardown(all_malformed_lines_are_told_at_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_last_word_counts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_environment_goes_first, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_byte_order_mark_and_nothing_are_files_too, set_up, tear_down),
        cmocka_unit_test_setup_teardown(integers_keep_their_limits, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_refused_integer_says_where_it_came_from, set_up, tear_down),
        cmocka_unit_test_setup_teardown(files_are_read, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
