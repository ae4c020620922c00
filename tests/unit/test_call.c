/* The call: actor, clock, problems and their precedence, and what happens when memory runs out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "base/call.h"
#include "base/text.h"

static int64_t fixed_now_us(void *context)
{
    return *(int64_t *)context;
}

static void a_new_call_has_the_defaults(void **state)
{
    (void)state;
    struct ledger_call *call = ledger_call_new();
    assert_non_null(call);
    assert_true(text_is_absent(call->actor.user));
    assert_int_equal(call->timeout_ms, 30000);
    assert_int_equal(ledger_call_problems_count(call), 0);
    assert_null(ledger_call_problem(call, 0));
    assert_string_equal(ledger_call_message(call), "");
    assert_true(ledger_call_now_us(call) > INT64_C(1700000000000000));
    assert_int_equal(ledger_call_worst(call, 0), LEDGER_DONE);
    ledger_call_free(call);
    ledger_call_free(NULL);
}

static void the_clock_can_be_replaced(void **state)
{
    (void)state;
    struct ledger_call *call = ledger_call_new();
    int64_t now_us = -17;
    ledger_call_set_clock(call, fixed_now_us, &now_us);
    assert_int_equal(ledger_call_now_us(call), -17);
    now_us = 42;
    ledger_call_reset(call);
    assert_int_equal(ledger_call_now_us(call), 42);
    ledger_call_set_clock(call, NULL, NULL);
    assert_true(ledger_call_now_us(call) > INT64_C(1700000000000000));
    ledger_call_free(call);
}

static void monotonic_time_does_not_go_back(void **state)
{
    (void)state;
    int64_t before = monotonic_ms();
    assert_true(before >= 0);
    assert_true(monotonic_ms() >= before);
}

static void the_actor_is_copied_and_outlives_a_reset(void **state)
{
    (void)state;
    struct ledger_call *call = ledger_call_new();
    char user[] = "ana";
    struct ledger_actor actor = {{user, 3}, TEXT("os:1000"), TEXT(""), TEXT_ABSENT};
    assert_int_equal(ledger_call_set_actor(call, &actor), LEDGER_DONE);
    memset(user, 'x', 3);
    ledger_call_reset(call);
    assert_string_equal(call->actor.user.data, "ana");
    assert_string_equal(call->actor.principal.data, "os:1000");
    assert_true(text_equals(call->actor.source_system, TEXT("")));
    assert_true(text_is_absent(call->actor.source_ip));
    ledger_call_free(call);
}

static void the_actor_may_be_made_of_the_old_one(void **state)
{
    (void)state;
    struct ledger_call *call = ledger_call_new();
    struct ledger_actor actor = {TEXT("ana"), TEXT("os:1000"), TEXT("web"), TEXT("10.0.0.1")};
    assert_int_equal(ledger_call_set_actor(call, &actor), LEDGER_DONE);
    struct ledger_actor next = {call->actor.source_system, call->actor.user, TEXT_ABSENT, call->actor.source_ip};
    assert_int_equal(ledger_call_set_actor(call, &next), LEDGER_DONE);
    assert_string_equal(call->actor.user.data, "web");
    assert_string_equal(call->actor.principal.data, "ana");
    assert_true(text_is_absent(call->actor.source_system));
    assert_string_equal(call->actor.source_ip.data, "10.0.0.1");
    struct ledger_actor impossible = {TEXT("eve"), {"x", SIZE_MAX}, TEXT_ABSENT, TEXT_ABSENT};
    assert_int_equal(ledger_call_set_actor(call, &impossible), LEDGER_OUT_OF_MEMORY);
    assert_string_equal(call->actor.user.data, "web");
    ledger_call_free(call);
}

static void a_failure_is_a_problem_with_its_message(void **state)
{
    (void)state;
    struct ledger_call call;
    call_init(&call);
    call.item_index = 3;
    assert_int_equal(ledger_fail(&call, LEDGER_ACCOUNT_NOT_FOUND, "account not found: %s", "1000"),
                     LEDGER_ACCOUNT_NOT_FOUND);
    ledger_call_add_problem(&call, LEDGER_AMOUNT_IS_INVALID, 2, "%.*s", 3, "abcdef");
    assert_int_equal(ledger_call_problems_count(&call), 2);
    const struct ledger_problem *first = ledger_call_problem(&call, 0);
    assert_int_equal(first->status, LEDGER_ACCOUNT_NOT_FOUND);
    assert_int_equal(first->item_index, 3);
    assert_int_equal(first->entry_number, 0);
    assert_string_equal(first->message.data, "account not found: 1000");
    assert_int_equal(first->message.size, strlen(first->message.data));
    const struct ledger_problem *second = ledger_call_problem(&call, 1);
    assert_int_equal(second->entry_number, 2);
    assert_string_equal(second->message.data, "entry 2: abc");
    assert_null(ledger_call_problem(&call, 2));
    ledger_call_reset(&call);
    assert_int_equal(ledger_call_problems_count(&call), 0);
    assert_int_equal(call.item_index, 0);
    call_done(&call);
}

static void the_worst_is_what_stands_first_in_the_table(void **state)
{
    (void)state;
    struct ledger_call call;
    call_init(&call);
    ledger_call_add_problem(&call, LEDGER_PERIOD_IS_CLOSED, 0, "a");
    ledger_call_add_problem(&call, LEDGER_AMOUNT_IS_INVALID, 1, "b");
    ledger_call_add_problem(&call, LEDGER_AMOUNT_IS_INVALID, 2, "c");
    ledger_call_add_problem(&call, LEDGER_ACCOUNT_NOT_FOUND, 3, "d");
    assert_int_equal(ledger_call_worst(&call, 0), LEDGER_AMOUNT_IS_INVALID);
    assert_int_equal(ledger_call_worst(&call, 2), LEDGER_AMOUNT_IS_INVALID);
    assert_int_equal(ledger_call_worst(&call, 3), LEDGER_ACCOUNT_NOT_FOUND);
    assert_int_equal(ledger_call_worst(&call, 4), LEDGER_DONE);
    assert_int_equal(ledger_call_worst(&call, 400), LEDGER_DONE);
    assert_string_equal(ledger_call_message(&call), "entry 1: b");
    ledger_call_drop_problems(&call, 9);
    assert_int_equal(ledger_call_problems_count(&call), 4);
    ledger_call_drop_problems(&call, 1);
    assert_int_equal(ledger_call_worst(&call, 0), LEDGER_PERIOD_IS_CLOSED);
    assert_string_equal(ledger_call_message(&call), "a");
    ledger_call_drop_problems(&call, 0);
    assert_string_equal(ledger_call_message(&call), "");
    call_done(&call);
}

static void a_fault_of_the_database_decides_over_what_was_gathered(void **state)
{
    (void)state;
    struct ledger_call call;
    call_init(&call);
    ledger_call_add_problem(&call, LEDGER_AMOUNT_IS_INVALID, 1, "an amount");
    assert_int_equal(ledger_fail(&call, LEDGER_DATABASE_IS_BUSY, "busy"), LEDGER_DATABASE_IS_BUSY);
    assert_string_equal(ledger_call_message(&call), "busy");
    ledger_call_add_problem(&call, LEDGER_IS_FROZEN, 0, "frozen");
    assert_string_equal(ledger_call_message(&call), "busy");
    assert_int_equal(ledger_fail(&call, LEDGER_OUTCOME_IS_UNKNOWN, "unknown"), LEDGER_OUTCOME_IS_UNKNOWN);
    assert_string_equal(ledger_call_message(&call), "unknown");
    call_done(&call);
}

static void long_messages_are_whole(void **state)
{
    (void)state;
    struct ledger_call call;
    call_init(&call);
    char text[2000];
    memset(text, 'y', sizeof text);
    for (int length = 505; length < 520; length++) {
        struct ledger_text formatted;
        assert_int_equal(ledger_call_format(&call, &formatted, "%.*s", length, text), LEDGER_DONE);
        assert_int_equal(formatted.size, length);
        assert_int_equal(strlen(formatted.data), length);
    }
    assert_int_equal(ledger_fail(&call, LEDGER_DEFECT, "<%.*s>", 2000, text), LEDGER_DEFECT);
    assert_int_equal(strlen(ledger_call_message(&call)), 2002);
    call_done(&call);
}

static void problems_beyond_the_limit_count_but_have_no_words(void **state)
{
    (void)state;
    struct ledger_call call;
    call_init(&call);
    for (uint32_t number = 1; number <= LEDGER_PROBLEMS_MAX + 2; number++) {
        ledger_call_add_problem(&call, LEDGER_ACCOUNT_NOT_FOUND, number, "account %u", number);
    }
    assert_int_equal(ledger_call_problems_count(&call), LEDGER_PROBLEMS_MAX + 2);
    assert_string_equal(ledger_call_problem(&call, LEDGER_PROBLEMS_MAX - 1)->message.data, "entry 1000: account 1000");
    assert_string_equal(ledger_call_problem(&call, LEDGER_PROBLEMS_MAX)->message.data, "account not found");
    assert_int_equal(ledger_call_worst(&call, LEDGER_PROBLEMS_MAX + 1), LEDGER_ACCOUNT_NOT_FOUND);
    assert_int_equal(ledger_call_worst(&call, LEDGER_PROBLEMS_MAX + 2), LEDGER_DONE);
    call_done(&call);
}

static void each_item_of_many_has_words_for_its_first_problems(void **state)
{
    (void)state;
    enum { ITEMS = 600, OF_ITEM = LEDGER_PROBLEMS_OF_ITEM_MAX + 2 };
    struct ledger_call call;
    call_init(&call);
    for (size_t item = 0; item < ITEMS; item++) {
        call.item_index = item;
        for (uint32_t number = 1; number <= OF_ITEM; number++) {
            ledger_call_add_problem(&call, LEDGER_ACCOUNT_NOT_FOUND, 0, "account %zu.%u", item, number);
        }
    }
    size_t place = 0;
    for (size_t item = 0; item < ITEMS; item++) {
        for (uint32_t number = 1; number <= OF_ITEM; number++, place++) {
            char words[32] = "account not found";
            if (number <= LEDGER_PROBLEMS_OF_ITEM_MAX || place < LEDGER_PROBLEMS_MAX) {
                (void)snprintf(words, sizeof words, "account %zu.%u", item, number);
            }
            assert_int_equal(ledger_call_problem(&call, place)->item_index, item);
            assert_string_equal(ledger_call_problem(&call, place)->message.data, words);
        }
    }
    call_done(&call);
}

static void texts_are_copied_and_terminated(void **state)
{
    (void)state;
    struct ledger_call call;
    call_init(&call);
    struct ledger_text copy;
    assert_int_equal(ledger_call_copy_text(&call, (struct ledger_text){"abcdef", 3}, &copy), LEDGER_DONE);
    assert_string_equal(copy.data, "abc");
    assert_int_equal(ledger_call_copy_text(&call, TEXT(""), &copy), LEDGER_DONE);
    assert_string_equal(copy.data, "");
    assert_int_equal(copy.size, 0);
    assert_int_equal(ledger_call_copy_text(&call, TEXT_ABSENT, &copy), LEDGER_DONE);
    assert_true(text_is_absent(copy));
    copy = TEXT("unchanged");
    assert_int_equal(ledger_call_copy_text(&call, (struct ledger_text){"", SIZE_MAX}, &copy), LEDGER_OUT_OF_MEMORY);
    assert_string_equal(copy.data, "unchanged");
    assert_string_equal(ledger_call_message(&call), "memory ran out");
    call_done(&call);
}

static ledger_status allocate_too_much(struct ledger_call *call)
{
    uint64_t *numbers;
    LEDGER_ALLOCATE(call, numbers, SIZE_MAX / 4);
    return LEDGER_DONE;
}

static ledger_status try_too_much(struct ledger_call *call)
{
    LEDGER_TRY(allocate_too_much(call));
    return ledger_fail(call, LEDGER_DEFECT, "never reached");
}

static void the_idiom_carries_the_status_up(void **state)
{
    (void)state;
    struct ledger_call call;
    call_init(&call);
    assert_int_equal(try_too_much(&call), LEDGER_OUT_OF_MEMORY);
    assert_int_equal(ledger_call_problems_count(&call), 1);
    call_done(&call);
}

enum { MEMORY_LIMIT_BYTES = 256 * 1024 * 1024 };

/* Whether the process has far more address space already, as it has under a sanitizer: it cannot be limited then. */
static bool has_much_address_space(void)
{
    FILE *file = fopen("/proc/self/statm", "r");
    unsigned long pages = 0;
    bool is_known = file != NULL && fscanf(file, "%lu", &pages) == 1;
    if (file != NULL) {
        (void)fclose(file);
    }
    return !is_known || pages > MEMORY_LIMIT_BYTES / 4096 / 2;
}

/* Takes the memory that is left, in ever smaller pieces; the limit keeps the machine out of it. */
static void use_up_memory(struct ledger_call *call, struct rlimit *ret_before)
{
    assert_int_equal(getrlimit(RLIMIT_AS, ret_before), 0);
    struct rlimit limit = {MEMORY_LIMIT_BYTES, ret_before->rlim_max};
    assert_int_equal(setrlimit(RLIMIT_AS, &limit), 0);
    for (size_t size = 1024 * 1024; size > 0; size /= 2) {
        while (arena_allocate(&call->arena, size) != NULL) {
        }
    }
}

static void failing_works_when_memory_is_out(void **state)
{
    (void)state;
    if (has_much_address_space()) {
        skip();
    }
    struct ledger_call call;
    call_init(&call);
    struct rlimit before;
    use_up_memory(&call, &before);
    ledger_status failed = ledger_fail(&call, LEDGER_OUTCOME_IS_UNKNOWN, "not known: %s", "batch");
    size_t count = ledger_call_problems_count(&call);
    const char *message = ledger_call_message(&call);
    ledger_call_add_problem(&call, LEDGER_AMOUNT_IS_INVALID, 1, "an amount");
    size_t count_after = ledger_call_problems_count(&call);
    ledger_status worst = ledger_call_worst(&call, count_after);
    assert_int_equal(setrlimit(RLIMIT_AS, &before), 0);
    assert_int_equal(failed, LEDGER_OUTCOME_IS_UNKNOWN);
    assert_int_equal(count, 1);
    assert_string_equal(message, ledger_status_sentence(LEDGER_OUTCOME_IS_UNKNOWN));
    assert_int_equal(count_after, 1);
    assert_int_equal(call.problems.dropped_count, 1);
    assert_int_equal(worst, LEDGER_OUT_OF_MEMORY);
    ledger_call_reset(&call);
    assert_int_equal(ledger_call_worst(&call, 0), LEDGER_DONE);
    assert_int_equal(ledger_fail(&call, LEDGER_DEFECT, "works %s", "again"), LEDGER_DEFECT);
    assert_string_equal(ledger_call_message(&call), "works again");
    call_done(&call);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_call_has_the_defaults),
        cmocka_unit_test(the_clock_can_be_replaced),
        cmocka_unit_test(monotonic_time_does_not_go_back),
        cmocka_unit_test(the_actor_is_copied_and_outlives_a_reset),
        cmocka_unit_test(the_actor_may_be_made_of_the_old_one),
        cmocka_unit_test(a_failure_is_a_problem_with_its_message),
        cmocka_unit_test(the_worst_is_what_stands_first_in_the_table),
        cmocka_unit_test(a_fault_of_the_database_decides_over_what_was_gathered),
        cmocka_unit_test(long_messages_are_whole),
        cmocka_unit_test(problems_beyond_the_limit_count_but_have_no_words),
        cmocka_unit_test(each_item_of_many_has_words_for_its_first_problems),
        cmocka_unit_test(texts_are_copied_and_terminated),
        cmocka_unit_test(the_idiom_carries_the_status_up),
        cmocka_unit_test(failing_works_when_memory_is_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
