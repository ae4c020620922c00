/* What is made from the tables of commands has every command and option: the completion scripts and the manual. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/completion.h"
#include "cli/manual.h"

static void assert_contains(struct ledger_text text, const char *needle)
{
    if (memmem(text.data, text.size, needle, strlen(needle)) == NULL) {
        fail_msg("lacks: %s", needle);
    }
}

static struct ledger_text script_of(struct ledger_call *call, enum completion_shell shell)
{
    struct text_builder builder;
    struct ledger_text script;
    text_builder_init(&builder, &call->arena, 16);
    completion_write(&builder, shell);
    assert_int_equal(text_builder_finish(call, &builder, &script), LEDGER_DONE);
    return script;
}

static void test_scripts_have_everything(void **state)
{
    (void)state;
    struct ledger_call call;
    call_init(&call);
    for (int shell = COMPLETION_BASH; shell <= COMPLETION_FISH; shell++) {
        struct ledger_text script = script_of(&call, (enum completion_shell)shell);
        assert_int_equal(memchr(script.data, '\0', script.size) == NULL, 1);
        for (const struct command *const *command = commands; *command != NULL; command++) {
            assert_contains(script, (*command)->name);
            for (size_t index = 0; index < (*command)->options_count; index++) {
                char option[64];
                snprintf(option, sizeof option, shell == COMPLETION_FISH ? "-l %s" : "--%s",
                         (*command)->options[index].name);
                assert_contains(script, option);
                const char *const *choices = (*command)->options[index].choices;
                for (; choices != NULL && *choices != NULL; choices++) {
                    assert_contains(script, *choices);
                }
            }
        }
    }
    call_done(&call);
}

/* Behind a command whose name begins a group come its own options and the group's words. */
static void test_commands_that_are_groups(void **state)
{
    (void)state;
    struct ledger_call call;
    call_init(&call);
    assert_contains(script_of(&call, COMPLETION_BASH), "    'audit')\n        words='adopt --days ");
    assert_contains(script_of(&call, COMPLETION_BASH), "'audit:adopt') command='audit adopt' ;;");
    assert_contains(script_of(&call, COMPLETION_ZSH), "    'audit')\n        entries=(\n            'adopt':");
    assert_contains(script_of(&call, COMPLETION_FISH), "-n \"__ledger_admin_is 'audit'\" -a adopt");
    call_done(&call);
}

static void test_quotes_are_escaped(void **state)
{
    (void)state;
    struct ledger_call call;
    call_init(&call);
    assert_contains(script_of(&call, COMPLETION_ZSH), "the account'\\''s code");
    assert_contains(script_of(&call, COMPLETION_FISH), "the account\\'s code");
    call_done(&call);
}

/* scdoc's escapes taken out again. */
static struct ledger_text unescape(struct ledger_call *call, struct ledger_text page)
{
    char *plain = arena_allocate(&call->arena, page.size);
    assert_non_null(plain);
    size_t size = 0;
    for (size_t index = 0; index < page.size; index++) {
        if (page.data[index] == '\\' && index + 1 < page.size) {
            index++;
        }
        plain[size++] = page.data[index];
    }
    return (struct ledger_text){plain, size};
}

static void test_manual_has_every_option(void **state)
{
    (void)state;
    struct ledger_call call;
    call_init(&call);
    for (const struct command *const *command = commands; *command != NULL; command++) {
        struct text_builder builder;
        struct ledger_text page;
        text_builder_init(&builder, &call.arena, 1024);
        manual_write_command(&builder, *command);
        assert_int_equal(text_builder_finish(&call, &builder, &page), LEDGER_DONE);
        page = unescape(&call, page);
        for (size_t index = 0; index < (*command)->options_count; index++) {
            char option[64];
            snprintf(option, sizeof option, "\n*--%s*", (*command)->options[index].name);
            assert_contains(page, option);
        }
        assert_contains(page, (*command)->examples[0]);
        assert_contains(page, "# EXIT STATUS");
    }
    call_done(&call);
}

static void test_manual_has_every_outcome_and_setting(void **state)
{
    (void)state;
    struct ledger_call call;
    call_init(&call);
    struct text_builder builder;
    struct ledger_text page;
    text_builder_init(&builder, &call.arena, 1024);
    manual_write_program(&builder);
    assert_int_equal(text_builder_finish(&call, &builder, &page), LEDGER_DONE);
    page = unescape(&call, page);
#define OUTCOME(name, number, sentence, exit_status, http_status, remedy) assert_contains(page, "*" #name "*");
#include "ledger/status.def"
#undef OUTCOME
    for (const struct setting *setting = settings_table; setting->name != NULL; setting++) {
        assert_contains(page, setting->name);
    }
    for (const struct command *const *command = commands; *command != NULL; command++) {
        assert_contains(page, (*command)->summary);
    }
    call_done(&call);
}

static void test_pages_are_found(void **state)
{
    (void)state;
    assert_ptr_equal(manual_find_command("period-close"), &command_period_close);
    assert_ptr_equal(manual_find_command("verify-report"), &command_verify_report);
    assert_ptr_equal(manual_find_command("verify"), &command_verify);
    assert_null(manual_find_command("verify-"));
    assert_null(manual_find_command(""));
    assert_null(manual_find_command("period"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scripts_have_everything),
        cmocka_unit_test(test_commands_that_are_groups),
        cmocka_unit_test(test_quotes_are_escaped),
        cmocka_unit_test(test_manual_has_every_option),
        cmocka_unit_test(test_manual_has_every_outcome_and_setting),
        cmocka_unit_test(test_pages_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
