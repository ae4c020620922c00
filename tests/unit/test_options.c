/* The command line's parser: what it takes, what it refuses, and what it says then. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/options.h"

enum { ARGUMENTS_MAX = 16 };

/* A command line, and the message it is refused with; NULL: it is good. */
struct options_case {
    const char *arguments[ARGUMENTS_MAX];
    const char *message;
};

static const struct options_case refused_cases[] = {
    {{NULL}, "no command is given; ledger-admin --help lists the commands"},
    {{"--"}, "no command is given; ledger-admin --help lists the commands"},
    {{"balanse"}, "unknown command \"balanse\"; did you mean balance?"},
    {{"xyzzy"}, "unknown command \"xyzzy\""},
    {{""}, "unknown command \"\""},
    {{"period"}, "period needs a second word: see ledger-admin period --help"},
    {{"period", "lisst"}, "period has no command \"lisst\"; did you mean list?"},
    {{"verify", "--jsno"}, "verify has no option \"--jsno\"; did you mean --json?"},
    {{"verify", "--transaction-ids=1"}, "verify has no option \"--transaction-ids\"; did you mean --transaction-id?"},
    {{"verify", "--zzz"}, "verify has no option \"--zzz\""},
    {{"--transaction-id", "1", "verify"},
     "unknown option \"--transaction-id\" before the command (options of a command stand after its name)"},
    {{"verify", "--=1"}, "verify has no option \"--\""},
    {{"verify", "-v"}, "unknown option \"-v\": options are written with two dashes"},
    {{"verify", "now"}, "verify does not know what to do with \"now\""},
    {{"show", "1", "2"}, "show does not know what to do with \"2\""},
    {{"verify", "--", "--json"}, "verify does not know what to do with \"--json\""},
    {{"show"}, "show needs TRANSACTION"},
    {{"balance"}, "balance needs --account-code CODE"},
    {{"balance", "--account-code"},
     "--account-code needs a value: --account-code CODE (one that begins with two dashes is written --account-code=…)"},
    {{"balance", "--account-code", "--json"},
     "--account-code needs a value: --account-code CODE (one that begins with two dashes is written --account-code=…)"},
    {{"balance", "--account-code", "1", "--account-code=2"}, "--account-code is given twice"},
    {{"--json", "verify", "--json"}, "--json is given twice"},
    {{"--db=a", "verify", "--db", "b"}, "--db is given twice"},
    {{"verify", "--json=yes"}, "--json takes no value"},
    {{"init", "--confirm="}, "--confirm takes no value"},
};

/* Runs the parser on the arguments behind a program's name. */
static ledger_status parse(struct ledger_call *call, const char *const *arguments, struct command_line *ret_line)
{
    char *argv[ARGUMENTS_MAX + 2] = {(char *)(uintptr_t) "ledger-admin"};
    int argc = 1;
    for (; arguments[argc - 1] != NULL; argc++) {
        argv[argc] = (char *)(uintptr_t)arguments[argc - 1];
    }
    return options_parse(call, argc, argv, ret_line);
}

#define PARSE(call, line, ...) parse(call, (const char *const[]){__VA_ARGS__, NULL}, line)

static void test_refused(void **state)
{
    (void)state;
    for (size_t index = 0; index < sizeof refused_cases / sizeof refused_cases[0]; index++) {
        struct ledger_call call;
        struct command_line line;
        call_init(&call);
        assert_int_equal(parse(&call, refused_cases[index].arguments, &line), LEDGER_USAGE_IS_WRONG);
        assert_string_equal(ledger_call_message(&call), refused_cases[index].message);
        call_done(&call);
    }
}

static void assert_text(struct ledger_text text, const char *expected)
{
    assert_non_null(text.data);
    assert_int_equal(text.size, strlen(expected));
    assert_memory_equal(text.data, expected, text.size);
}

static void test_values(void **state)
{
    (void)state;
    struct ledger_call call;
    struct command_line line;
    call_init(&call);
    assert_int_equal(PARSE(&call, &line, "--db", "sqlite:///a.db", "balance", "--account-code=--x=1", "--json"),
                     LEDGER_DONE);
    assert_ptr_equal(line.command, &command_balance);
    assert_text(line.database, "sqlite:///a.db");
    assert_text(line.values[0], "--x=1");
    assert_null(line.values[1].data);
    assert_true(line.wants_json);
    assert_false(line.wants_quiet);

    assert_int_equal(PARSE(&call, &line, "balance", "--account-code="), LEDGER_DONE);
    assert_text(line.values[0], "");
    assert_int_equal(PARSE(&call, &line, "balance", "--account-code", "-"), LEDGER_DONE);
    assert_text(line.values[0], "-");
    assert_int_equal(PARSE(&call, &line, "balance", "--account-code", "-5"), LEDGER_DONE);
    assert_text(line.values[0], "-5");
    assert_int_equal(PARSE(&call, &line, "show", "--", "--odd"), LEDGER_DONE);
    assert_text(line.argument, "--odd");
    assert_int_equal(PARSE(&call, &line, "verify-report", "-"), LEDGER_DONE);
    assert_text(line.argument, "-");
    call_done(&call);
}

static void test_groups(void **state)
{
    (void)state;
    struct ledger_call call;
    struct command_line line;
    call_init(&call);
    assert_int_equal(PARSE(&call, &line, "period", "--quiet", "list"), LEDGER_DONE);
    assert_ptr_equal(line.command, &command_period_list);
    assert_true(line.wants_quiet);
    assert_int_equal(PARSE(&call, &line, "period", "--help"), LEDGER_DONE);
    assert_null(line.command);
    assert_text(line.group, "period");
    call_done(&call);
}

/* A command whose name begins a group as well. */
static void test_commands_that_are_groups(void **state)
{
    (void)state;
    struct ledger_call call;
    struct command_line line;
    call_init(&call);
    assert_int_equal(PARSE(&call, &line, "audit"), LEDGER_DONE);
    assert_ptr_equal(line.command, &command_audit);
    assert_null(line.group.data);
    assert_int_equal(PARSE(&call, &line, "audit", "--days", "7"), LEDGER_DONE);
    assert_ptr_equal(line.command, &command_audit);
    assert_int_equal(PARSE(&call, &line, "audit", "--json", "adopt", "--user", "ana"), LEDGER_DONE);
    assert_ptr_equal(line.command, &command_audit_adopt);
    assert_text(line.values[0], "ana");
    assert_int_equal(PARSE(&call, &line, "audit", "--help"), LEDGER_DONE);
    assert_ptr_equal(line.command, &command_audit);
    assert_int_equal(PARSE(&call, &line, "audit", "adpot"), LEDGER_USAGE_IS_WRONG);
    assert_non_null(strstr(ledger_call_message(&call), "audit has no command \"adpot\"; did you mean adopt?"));
    ledger_call_reset(&call);
    assert_int_equal(PARSE(&call, &line, "audit", "--days", "7", "adopt"), LEDGER_USAGE_IS_WRONG);
    assert_non_null(strstr(ledger_call_message(&call), "audit does not know what to do with \"adopt\""));
    call_done(&call);
}

/* What is asked for besides a command needs neither command nor options. */
static void test_help_and_version(void **state)
{
    (void)state;
    struct ledger_call call;
    struct command_line line;
    call_init(&call);
    assert_int_equal(PARSE(&call, &line, "--help"), LEDGER_DONE);
    assert_true(line.wants_help);
    assert_int_equal(PARSE(&call, &line, "--version"), LEDGER_DONE);
    assert_true(line.wants_version);
    assert_int_equal(PARSE(&call, &line, "reverse", "--help"), LEDGER_DONE);
    assert_ptr_equal(line.command, &command_reverse);
    call_done(&call);
}

/* Everything that is required and missing is told at once. */
static void test_missing_are_gathered(void **state)
{
    (void)state;
    struct ledger_call call;
    struct command_line line;
    call_init(&call);
    assert_int_equal(PARSE(&call, &line, "reverse", "--user", "ana"), LEDGER_USAGE_IS_WRONG);
    assert_int_equal(ledger_call_problems_count(&call), 2);
    assert_text(ledger_call_problem(&call, 1)->message, "reverse needs --reason TEXT");
    call_done(&call);
}

static void test_flag_is_seen_before_parsing(void **state)
{
    (void)state;
    char *argv[] = {(char *)(uintptr_t) "ledger-admin", (char *)(uintptr_t) "x", (char *)(uintptr_t) "--json",
                    (char *)(uintptr_t) "--", (char *)(uintptr_t) "--quiet"};
    assert_true(options_have_flag(5, argv, "--json"));
    assert_false(options_have_flag(5, argv, "--quiet"));
    assert_false(options_have_flag(1, argv, "--json"));
}

static void test_numbers(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool is_good;
        int64_t number;
    } cases[] = {
        {"1", true, 1},       {"007", true, 7}, {"36500", true, 36500}, {"36501", false, 0},
        {"0", false, 0},      {"", false, 0},   {"-1", false, 0},       {"+1", false, 0},
        {"1.0", false, 0},    {" 1", false, 0}, {"1e3", false, 0},      {"99999999999999999999999999", false, 0},
        {"365000", false, 0}, {"٣", false, 0},
    };
    for (size_t index = 0; index < sizeof cases / sizeof cases[0]; index++) {
        struct ledger_call call;
        int64_t number = 0;
        call_init(&call);
        ledger_status status = options_number(&call, "days", ledger_text_of(cases[index].text), 1, 36500, &number);
        assert_int_equal(status, cases[index].is_good ? LEDGER_DONE : LEDGER_USAGE_IS_WRONG);
        assert_int_equal(number, cases[index].number);
        call_done(&call);
    }
    struct ledger_call call;
    int64_t number = 0;
    call_init(&call);
    assert_int_equal(options_number(&call, "n", TEXT("5"), 0, 3, &number), LEDGER_USAGE_IS_WRONG);
    assert_int_equal(options_number(&call, "n", TEXT("9223372036854775807"), 0, INT64_MAX, &number), LEDGER_DONE);
    assert_true(number == INT64_MAX);
    assert_int_equal(options_number(&call, "n", TEXT("9223372036854775808"), 0, INT64_MAX, &number),
                     LEDGER_USAGE_IS_WRONG);
    call_done(&call);
}

static void test_choices(void **state)
{
    (void)state;
    static const char *const choices[] = {"table", "json", NULL};
    struct ledger_call call;
    size_t index = 7;
    call_init(&call);
    assert_int_equal(options_choose(&call, "--format", choices, TEXT("json"), &index), LEDGER_DONE);
    assert_int_equal(index, 1);
    assert_int_equal(options_choose(&call, "--format", choices, TEXT("jsn"), &index), LEDGER_USAGE_IS_WRONG);
    assert_string_equal(ledger_call_message(&call), "\"jsn\" is not one of the values of --format; did you mean json?");
    call_done(&call);
}

/* The tables hold together: no two options of one name, nothing required that is a flag, examples and help everywhere.
 */
static void test_tables(void **state)
{
    (void)state;
    for (const struct command *const *command = commands; *command != NULL; command++) {
        assert_ptr_equal(commands_find(ledger_text_of((*command)->name)), *command);
        assert_non_null((*command)->run);
        assert_non_null((*command)->examples[0]);
        assert_non_null(strstr((*command)->examples[0], (*command)->name));
        assert_true((*command)->options_count <= COMMAND_OPTIONS_MAX);
        for (size_t index = 0; index < (*command)->options_count; index++) {
            const struct command_option *option = &(*command)->options[index];
            assert_non_null(option->help);
            assert_true(option->argument != NULL || !option->is_required);
            assert_int_equal(option->hint == HINT_CHOICE, option->choices != NULL);
            for (size_t other = 0; other < index; other++) {
                assert_string_not_equal(option->name, (*command)->options[other].name);
            }
            for (size_t other = 0; other < GLOBAL_OPTIONS_COUNT; other++) {
                assert_string_not_equal(option->name, global_options[other].name);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_groups),
        cmocka_unit_test(test_commands_that_are_groups),
        cmocka_unit_test(test_help_and_version),
        cmocka_unit_test(test_missing_are_gathered),
        cmocka_unit_test(test_flag_is_seen_before_parsing),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_choices),
        cmocka_unit_test(test_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
