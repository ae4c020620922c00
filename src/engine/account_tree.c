/* Sorting a chart of accounts as it is read, by child lists instead of recursion. */
#include "engine/account_tree.h"

#include <stdlib.h>

#include "base/text.h"

/* Places in the array by code; `count` stands for none, and as a parent for the root of all. */
struct account_tree {
    const struct ledger_account *accounts;
    size_t count;
    size_t *parent;
    size_t *first_child; /* count + 1 of them */
    size_t *next_sibling;
};

struct id_place {
    int64_t account_id;
    size_t place;
};

static int account_compare_code(const void *left, const void *right)
{
    return text_compare(((const struct ledger_account *)left)->account_code,
                        ((const struct ledger_account *)right)->account_code);
}

static int id_compare(const void *left, const void *right)
{
    int64_t left_id = ((const struct id_place *)left)->account_id;
    int64_t right_id = ((const struct id_place *)right)->account_id;
    return left_id < right_id ? -1 : left_id > right_id;
}

static size_t tree_find(const struct id_place *places, size_t count, int64_t account_id)
{
    struct id_place key = {account_id, 0};
    const struct id_place *found = count == 0 ? NULL : bsearch(&key, places, count, sizeof *places, id_compare);
    return found == NULL ? count : found->place;
}

/* Backwards, since each goes to the front of its parent's children. One whose parent is missing is nobody's child. */
static ledger_status tree_link(struct ledger_call *call, struct account_tree *tree)
{
    struct id_place *places = NULL;
    LEDGER_ALLOCATE(call, places, tree->count);
    for (size_t i = 0; i < tree->count; i++) {
        places[i] = (struct id_place){tree->accounts[i].account_id, i};
    }
    qsort(places, tree->count, sizeof *places, id_compare);
    for (size_t i = 0; i <= tree->count; i++) {
        tree->first_child[i] = tree->count;
    }
    for (size_t i = tree->count; i-- > 0;) {
        int64_t parent_id = tree->accounts[i].parent_account_id;
        size_t parent = parent_id == 0 ? tree->count : tree_find(places, tree->count, parent_id);
        if (parent_id != 0 && parent == tree->count) {
            continue;
        }
        tree->parent[i] = parent;
        tree->next_sibling[i] = tree->first_child[parent];
        tree->first_child[parent] = i;
    }
    return LEDGER_DONE;
}

/* Depth first, without a stack: down by the first child, on by the sibling, up by the parent. */
static size_t tree_walk(const struct account_tree *tree, struct ledger_account *sorted, bool *is_placed)
{
    size_t placed = 0;
    size_t place = tree->first_child[tree->count];
    while (place != tree->count) {
        sorted[placed++] = tree->accounts[place];
        is_placed[place] = true;
        if (tree->first_child[place] != tree->count) {
            place = tree->first_child[place];
            continue;
        }
        while (place != tree->count && tree->next_sibling[place] == tree->count) {
            place = tree->parent[place];
        }
        place = place == tree->count ? tree->count : tree->next_sibling[place];
    }
    return placed;
}

ledger_status account_tree_sort(struct ledger_call *call, struct ledger_account *accounts, size_t count,
                                struct ledger_account **ret_tree)
{
    struct ledger_account *sorted = NULL;
    bool *is_placed = NULL;
    struct account_tree tree = {.accounts = accounts, .count = count};
    LEDGER_ALLOCATE(call, sorted, count);
    LEDGER_ALLOCATE(call, is_placed, count);
    LEDGER_ALLOCATE(call, tree.parent, count);
    LEDGER_ALLOCATE(call, tree.first_child, count + 1);
    LEDGER_ALLOCATE(call, tree.next_sibling, count);
    if (count > 0) { /* else there may be no array */
        qsort(accounts, count, sizeof *accounts, account_compare_code);
    }
    LEDGER_TRY(tree_link(call, &tree));
    size_t placed = tree_walk(&tree, sorted, is_placed);
    for (size_t i = 0; i < count; i++) {
        if (!is_placed[i]) {
            sorted[placed++] = accounts[i];
        }
    }
    *ret_tree = sorted;
    return LEDGER_DONE;
}
