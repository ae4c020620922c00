/* The order in which a chart is read, whatever the chart. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/text.h"
#include "engine/account_tree.h"

enum { ACCOUNTS_MAX = 4000 };

struct node {
    int64_t account_id;
    const char *code;
    int64_t parent_id;
};

static void assert_order(const struct node *nodes, size_t count, const char *expected)
{
    struct ledger_call call;
    struct ledger_account accounts[16];
    struct ledger_account *tree = NULL;
    char order[256] = "";
    call_init(&call);
    for (size_t i = 0; i < count; i++) {
        accounts[i] = (struct ledger_account){.account_id = nodes[i].account_id,
                                              .account_code = ledger_text_of(nodes[i].code),
                                              .parent_account_id = nodes[i].parent_id};
    }
    assert_int_equal(account_tree_sort(&call, accounts, count, &tree), LEDGER_DONE);
    for (size_t i = 0; i < count; i++) {
        size_t size = strlen(order);
        (void)snprintf(order + size, sizeof order - size, "%s%.*s", i == 0 ? "" : " ",
                       TEXT_ARGUMENTS(tree[i].account_code));
    }
    assert_string_equal(order, expected);
    call_done(&call);
}

#define ASSERT_ORDER(nodes, expected) assert_order(nodes, sizeof(nodes) / sizeof(nodes)[0], expected)

static void parents_stand_before_their_children(void **state)
{
    (void)state;
    static const struct node nodes[] = {{1, "2", 0},  {2, "1", 0},   {3, "22", 1}, {4, "21", 1},
                                        {5, "1a", 2}, {6, "212", 4}, {7, "3", 0},  {8, "211", 4}};
    ASSERT_ORDER(nodes, "1 1a 2 21 211 212 22 3");
    assert_order(NULL, 0, "");
    ASSERT_ORDER(((const struct node[]){{7, "x", 0}}), "x");
}

static void codes_sort_by_their_bytes(void **state)
{
    (void)state;
    static const struct node nodes[] = {{1, "b", 0},        {2, "B", 0}, {3, "10", 0}, {4, "9", 0},
                                        {5, "\xc3\xa9", 0}, {6, "a", 0}, {7, "aa", 0}, {8, "\xf0\x9f\x92\xb0", 0}};
    ASSERT_ORDER(nodes, "10 9 B a aa b \xc3\xa9 \xf0\x9f\x92\xb0");
}

/* A child may have an id below its parent's, in a damaged chart. */
static void ids_say_nothing_of_the_order(void **state)
{
    (void)state;
    static const struct node nodes[] = {{1, "child", 9}, {9, "parent", 0}, {5, "other", 0}};
    ASSERT_ORDER(nodes, "other parent child");
}

static void accounts_without_their_parent_stand_at_the_end(void **state)
{
    (void)state;
    static const struct node nodes[] = {{1, "a", 77}, {2, "b", 0}, {3, "c", 1}, {4, "d", 2}, {5, "0", -1}};
    ASSERT_ORDER(nodes, "b d 0 a c");
}

static void circles_stand_at_the_end(void **state)
{
    (void)state;
    static const struct node nodes[] = {{1, "a", 1}, {2, "b", 3}, {3, "c", 4}, {4, "d", 2},
                                        {5, "e", 0}, {6, "f", 4}, {7, "g", 5}};
    ASSERT_ORDER(nodes, "e g a b c d f");
    static const struct node all[] = {{1, "a", 2}, {2, "b", 1}};
    ASSERT_ORDER(all, "a b");
}

/* A chain as deep as it is long, and one account with all the others under it. */
static void depth_and_width_take_no_stack(void **state)
{
    (void)state;
    static struct ledger_account accounts[ACCOUNTS_MAX];
    static char codes[ACCOUNTS_MAX][16];
    for (int is_deep = 0; is_deep < 2; is_deep++) {
        struct ledger_call call;
        struct ledger_account *tree = NULL;
        call_init(&call);
        for (int i = 0; i < ACCOUNTS_MAX; i++) {
            (void)snprintf(codes[i], sizeof codes[i], "%05d", is_deep ? ACCOUNTS_MAX - i : i);
            accounts[i] = (struct ledger_account){.account_id = i + 1,
                                                  .account_code = ledger_text_of(codes[i]),
                                                  .parent_account_id = is_deep ? i : i > 0};
        }
        assert_int_equal(account_tree_sort(&call, accounts, ACCOUNTS_MAX, &tree), LEDGER_DONE);
        for (int i = 0; i < ACCOUNTS_MAX; i++) {
            assert_int_equal(tree[i].account_id, i + 1);
        }
        call_done(&call);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parents_stand_before_their_children),
        cmocka_unit_test(codes_sort_by_their_bytes),
        cmocka_unit_test(ids_say_nothing_of_the_order),
        cmocka_unit_test(accounts_without_their_parent_stand_at_the_end),
        cmocka_unit_test(circles_stand_at_the_end),
        cmocka_unit_test(depth_and_width_take_no_stack),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
