/* The stored tree: its nodes are those of the leaves, on every level that a log of some hundred thousand events has,
 * and few tiles are read for a proof. */
#include "base/call.h"
#include "integrity/log_tree.h"
#include "support/ledger_fixture.h"

enum { LEAVES_COUNT = 2 * 65536 + 3 * 256 + 17 };

static struct sha256_hash leaves[LEAVES_COUNT];

static struct sha256_hash root_of(struct sha256 *sha256, uint64_t begin, uint64_t count)
{
    struct merkle_frontier frontier;
    merkle_frontier_init(&frontier);
    for (size_t i = 0; i < count; i++) {
        merkle_frontier_add(&frontier, sha256, &leaves[begin + i]);
    }
    return merkle_frontier_root(&frontier, sha256);
}

/* Tiles and head of so many leaves, in an open unit of work that is rolled back. */
static void fill(struct fixture *fixture, struct sha256 *sha256, struct store_head *head)
{
    struct store *store = fixture_store(fixture);
    struct sha256_hash roots[LEAVES_COUNT / MERKLE_TILE_LEAVES];
    merkle_frontier_init(&head->frontier);
    for (size_t i = 0; i < LEAVES_COUNT; i++) {
        leaves[i] = merkle_leaf_hash(sha256, &i, sizeof i);
        merkle_frontier_add(&head->frontier, sha256, &leaves[i]);
    }
    memcpy(head->open_leaves, leaves + LEAVES_COUNT / MERKLE_TILE_LEAVES * MERKLE_TILE_LEAVES,
           LEAVES_COUNT % MERKLE_TILE_LEAVES * sizeof leaves[0]);
    for (size_t tile = 0; tile < LEAVES_COUNT / MERKLE_TILE_LEAVES; tile++) {
        roots[tile] = root_of(sha256, tile * MERKLE_TILE_LEAVES, MERKLE_TILE_LEAVES);
        assert_done(fixture->call, store_tile_insert(fixture->call, store, 0, (int64_t)tile, &roots[tile],
                                                     leaves + tile * MERKLE_TILE_LEAVES));
    }
    for (size_t tile = 0; tile < LEAVES_COUNT / 65536; tile++) {
        struct sha256_hash root = root_of(sha256, tile * 65536, 65536);
        assert_done(fixture->call, store_tile_insert(fixture->call, store, 1, (int64_t)tile, &root,
                                                     roots + tile * MERKLE_TILE_LEAVES));
    }
}

static void check_leaf(struct fixture *fixture, const struct store_head *head, struct sha256 *sha256, uint64_t index,
                       uint64_t size)
{
    struct log_tree *tree = NULL;
    struct merkle_proof proof;
    struct sha256_hash root = root_of(sha256, 0, size);
    struct sha256_hash stored_root;
    assert_done(fixture->call, log_tree_new(fixture->call, fixture_store(fixture), head, sha256, &tree));
    struct merkle_nodes nodes = log_tree_nodes(tree);
    assert_done(fixture->call, merkle_root_of(fixture->call, &nodes, size, &stored_root));
    assert_memory_equal(&stored_root, &root, sizeof root);
    assert_done(fixture->call, merkle_prove_inclusion(fixture->call, &nodes, index, size, &proof));
    assert_true(merkle_check_inclusion(sha256, &proof, index, size, &leaves[index], &root));
    if (index > 0) {
        struct sha256_hash old_root = root_of(sha256, 0, index);
        assert_done(fixture->call, merkle_prove_consistency(fixture->call, &nodes, index, size, &proof));
        assert_true(merkle_check_consistency(sha256, &proof, index, size, &old_root, &root));
    }
}

static void proofs_come_from_the_stored_tiles(void **state)
{
    struct fixture *fixture = *state;
    static const uint64_t sizes[] = {1, 2, 255, 256, 257, 65535, 65536, 65537, 131072, 131073, 131071, LEAVES_COUNT};
    struct sha256 *sha256 = sha256_new();
    static struct store_head head;
    struct store *store = fixture_store(fixture);
    assert_non_null(sha256);
    assert_done(fixture->call, store_begin(fixture->call, store, UNIT_WRITE));
    fill(fixture, sha256, &head);
    uint64_t random = 8032;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        check_leaf(fixture, &head, sha256, 0, sizes[i]);
        check_leaf(fixture, &head, sha256, sizes[i] - 1, sizes[i]);
        for (int round = 0; round < 3; round++) {
            random = random * UINT64_C(6364136223846793005) + 1442695040888963407;
            check_leaf(fixture, &head, sha256, (random >> 33) % sizes[i], sizes[i]);
        }
    }
    store_rollback(store);
    sha256_free(sha256);
}

/* A head that says more than the tiles have: no proof, and which tile it is. */
static void a_missing_tile_is_told(void **state)
{
    struct fixture *fixture = *state;
    static struct store_head head;
    struct sha256 *sha256 = sha256_new();
    struct log_tree *tree = NULL;
    struct merkle_proof proof;
    assert_non_null(sha256);
    head.frontier.size = 3 * MERKLE_TILE_LEAVES;
    assert_done(fixture->call, store_begin(fixture->call, fixture_store(fixture), UNIT_READ));
    assert_done(fixture->call, log_tree_new(fixture->call, fixture_store(fixture), &head, sha256, &tree));
    struct merkle_nodes nodes = log_tree_nodes(tree);
    assert_status(fixture->call, merkle_prove_inclusion(fixture->call, &nodes, 600, 3 * MERKLE_TILE_LEAVES, &proof),
                  LEDGER_DATABASE_IS_DAMAGED);
    assert_message(fixture->call, "tile");
    assert_message(fixture->call, "is missing");
    store_rollback(fixture_store(fixture));
    sha256_free(sha256);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(proofs_come_from_the_stored_tiles, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_missing_tile_is_told, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
