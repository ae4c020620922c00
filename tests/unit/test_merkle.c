/* The tree of RFC 6962: the vectors that Certificate Transparency is tested with, and the recursive definition. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "domain/merkle.h"

static struct sha256 *sha256;

enum { LEAVES_MAX = 600 };

static void assert_hash(struct sha256_hash hash, const char *expected)
{
    char text[2 * SHA256_SIZE + 1];
    sha256_format(&hash, text);
    assert_string_equal(text, expected);
}

static void known_trees_have_their_roots(void **state)
{
    (void)state;
    static const struct {
        const char *data;
        size_t size;
    } leaves[8] = {
        {"", 0},
        {"\x00", 1},
        {"\x10", 1},
        {"\x20\x21", 2},
        {"\x30\x31", 2},
        {"\x40\x41\x42\x43", 4},
        {"\x50\x51\x52\x53\x54\x55\x56\x57", 8},
        {"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f", 16},
    };
    static const char *const roots[9] = {
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    };
    struct merkle_frontier frontier;
    merkle_frontier_init(&frontier);
    assert_hash(merkle_frontier_root(&frontier, sha256), roots[0]);
    for (size_t index = 0; index < 8; index++) {
        struct sha256_hash leaf = merkle_leaf_hash(sha256, leaves[index].data, leaves[index].size);
        merkle_frontier_add(&frontier, sha256, &leaf);
        assert_hash(merkle_frontier_root(&frontier, sha256), roots[index + 1]);
    }
}

/* MTH of RFC 6962 section 2.1, word for word, over leaf hashes. */
static struct sha256_hash root_by_definition(const struct sha256_hash *leaves, size_t count)
{
    if (count == 0) {
        return sha256_of(sha256, "", 0);
    }
    if (count == 1) {
        return leaves[0];
    }
    size_t left_count = 1;
    while (left_count * 2 < count) {
        left_count *= 2;
    }
    struct sha256_hash left = root_by_definition(leaves, left_count);
    struct sha256_hash right = root_by_definition(leaves + left_count, count - left_count);
    return merkle_node_hash(sha256, &left, &right);
}

/* I2, and I1 in the size of the bytes; each frontier restored from its bytes is the same. */
static void the_frontier_gives_the_root_of_the_definition(void **state)
{
    (void)state;
    struct sha256_hash leaves[LEAVES_MAX];
    struct merkle_frontier frontier;
    merkle_frontier_init(&frontier);
    for (size_t size = 0; size <= LEAVES_MAX; size++) {
        assert_int_equal(frontier.size, size);
        assert_int_equal(merkle_frontier_bytes(&frontier), 32 * (size_t)__builtin_popcountll(size));
        struct sha256_hash root = merkle_frontier_root(&frontier, sha256);
        struct sha256_hash expected = root_by_definition(leaves, size);
        assert_memory_equal(&root, &expected, sizeof root);

        struct merkle_frontier restored;
        memset(&restored, 0xa5, sizeof restored);
        assert_true(merkle_frontier_restore(&restored, size, frontier.hashes, merkle_frontier_bytes(&frontier)));
        if (size == LEAVES_MAX) {
            return;
        }
        leaves[size] = merkle_leaf_hash(sha256, &size, sizeof size);
        merkle_frontier_add(&frontier, sha256, &leaves[size]);
        merkle_frontier_add(&restored, sha256, &leaves[size]);
        assert_int_equal(restored.size, frontier.size);
        assert_int_equal(restored.count, frontier.count);
        assert_memory_equal(restored.hashes, frontier.hashes, merkle_frontier_bytes(&frontier));
    }
}

/* Every subtree that a leaf completes, up to two tiles' height. */
static void a_subtree_is_known_before_its_last_leaf(void **state)
{
    (void)state;
    struct sha256_hash leaves[LEAVES_MAX];
    struct merkle_frontier frontier;
    merkle_frontier_init(&frontier);
    for (size_t index = 0; index < LEAVES_MAX; index++) {
        leaves[index] = merkle_leaf_hash(sha256, &index, sizeof index);
        for (unsigned height = 0; (index + 1) % ((size_t)1 << height) == 0; height++) {
            size_t width = (size_t)1 << height;
            struct sha256_hash root = merkle_frontier_subtree(&frontier, sha256, &leaves[index], height);
            struct sha256_hash expected = root_by_definition(leaves + index + 1 - width, width);
            assert_memory_equal(&root, &expected, sizeof root);
        }
        merkle_frontier_add(&frontier, sha256, &leaves[index]);
    }
}

static void a_frontier_of_the_wrong_size_is_refused(void **state)
{
    (void)state;
    static const uint8_t bytes[65 * SHA256_SIZE];
    struct merkle_frontier frontier;
    assert_true(merkle_frontier_restore(&frontier, 0, NULL, 0));
    assert_false(merkle_frontier_restore(&frontier, 0, bytes, 32));
    assert_true(merkle_frontier_restore(&frontier, 5, bytes, 64));
    assert_false(merkle_frontier_restore(&frontier, 5, bytes, 63));
    assert_false(merkle_frontier_restore(&frontier, 5, bytes, 65));
    assert_false(merkle_frontier_restore(&frontier, 5, bytes, 0));
    assert_false(merkle_frontier_restore(&frontier, 5, bytes, 96));
    assert_true(merkle_frontier_restore(&frontier, INT64_MAX, bytes, MERKLE_FRONTIER_MAX * SHA256_SIZE));
    assert_int_equal(frontier.count, MERKLE_FRONTIER_MAX);
    assert_false(merkle_frontier_restore(&frontier, (uint64_t)INT64_MAX + 1, bytes, SHA256_SIZE));
    assert_false(merkle_frontier_restore(&frontier, UINT64_MAX, bytes, 64 * SHA256_SIZE));
    assert_int_equal(frontier.size, INT64_MAX);
}

/* The largest size that a frontier reaches has a subtree for each of its 63 bits. */
static void the_largest_size_is_reached(void **state)
{
    (void)state;
    static const uint8_t bytes[MERKLE_FRONTIER_MAX * SHA256_SIZE];
    struct merkle_frontier frontier;
    struct sha256_hash leaf = {{1}};
    assert_true(merkle_frontier_restore(&frontier, INT64_MAX - 1, bytes, (MERKLE_FRONTIER_MAX - 1) * SHA256_SIZE));
    merkle_frontier_add(&frontier, sha256, &leaf);
    assert_int_equal(frontier.size, INT64_MAX);
    assert_int_equal(frontier.count, MERKLE_FRONTIER_MAX);
    assert_memory_equal(&frontier.hashes[MERKLE_FRONTIER_MAX - 1], &leaf, sizeof leaf);
}

static int set_up(void **state)
{
    (void)state;
    sha256 = sha256_new();
    return sha256 == NULL ? -1 : 0;
}

static int tear_down(void **state)
{
    (void)state;
    sha256_free(sha256);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_trees_have_their_roots),
        cmocka_unit_test(the_frontier_gives_the_root_of_the_definition),
        cmocka_unit_test(a_subtree_is_known_before_its_last_leaf),
        cmocka_unit_test(a_frontier_of_the_wrong_size_is_refused),
        cmocka_unit_test(the_largest_size_is_reached),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
