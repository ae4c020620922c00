/* Proofs in the tree of RFC 6962: the paths that Certificate Transparency is tested with, the recursive definitions
 * word for word, and what is refused. */
#include <string.h>

#include "base/text.h"
#include "domain/merkle_proof.h"
#include "support/bare_call.h"

enum { SMALL_MAX = 130, LEAVES_MAX = 20000 };

static struct sha256 *sha256;
static struct sha256_hash leaves[LEAVES_MAX];
static size_t nodes_asked;

/* MTH, section 2.1. */
static struct sha256_hash root_by_definition(const struct sha256_hash *begin, size_t count)
{
    if (count == 0) {
        return sha256_of(sha256, "", 0);
    }
    if (count == 1) {
        return begin[0];
    }
    size_t left_count = 1;
    while (left_count * 2 < count) {
        left_count *= 2;
    }
    struct sha256_hash left = root_by_definition(begin, left_count);
    struct sha256_hash right = root_by_definition(begin + left_count, count - left_count);
    return merkle_node_hash(sha256, &left, &right);
}

static void add(struct merkle_proof *proof, struct sha256_hash hash)
{
    proof->hashes[proof->count++] = hash;
}

/* PATH, section 2.1.1. */
static void path_by_definition(size_t index, const struct sha256_hash *begin, size_t count, struct merkle_proof *proof)
{
    if (count == 1) {
        return;
    }
    size_t left_count = 1;
    while (left_count * 2 < count) {
        left_count *= 2;
    }
    if (index < left_count) {
        path_by_definition(index, begin, left_count, proof);
        add(proof, root_by_definition(begin + left_count, count - left_count));
    } else {
        path_by_definition(index - left_count, begin + left_count, count - left_count, proof);
        add(proof, root_by_definition(begin, left_count));
    }
}

/* SUBPROOF, section 2.1.2. */
static void subproof_by_definition(size_t old_count, const struct sha256_hash *begin, size_t count, bool is_known,
                                   struct merkle_proof *proof)
{
    if (old_count == count) {
        if (!is_known) {
            add(proof, root_by_definition(begin, count));
        }
        return;
    }
    size_t left_count = 1;
    while (left_count * 2 < count) {
        left_count *= 2;
    }
    if (old_count <= left_count) {
        subproof_by_definition(old_count, begin, left_count, is_known, proof);
        add(proof, root_by_definition(begin + left_count, count - left_count));
    } else {
        subproof_by_definition(old_count - left_count, begin + left_count, count - left_count, false, proof);
        add(proof, root_by_definition(begin, left_count));
    }
}

static ledger_status get_node(struct ledger_call *asking_call, void *context, unsigned level, uint64_t index,
                              struct sha256_hash *ret_hash)
{
    (void)asking_call;
    size_t size = *(const size_t *)context;
    nodes_asked++;
    assert_true((index + 1) << level <= size); /* only full subtrees */
    *ret_hash = root_by_definition(leaves + (index << level), (size_t)1 << level);
    return LEDGER_DONE;
}

static struct merkle_proof inclusion(size_t index, size_t size)
{
    struct merkle_nodes nodes = {get_node, &size, sha256};
    struct merkle_proof proof;
    assert_int_equal(merkle_prove_inclusion(&bare_call, &nodes, index, size, &proof), LEDGER_DONE);
    return proof;
}

static struct merkle_proof consistency(size_t old_size, size_t size)
{
    struct merkle_nodes nodes = {get_node, &size, sha256};
    struct merkle_proof proof;
    assert_int_equal(merkle_prove_consistency(&bare_call, &nodes, old_size, size, &proof), LEDGER_DONE);
    return proof;
}

static void assert_proof(const struct merkle_proof *proof, const struct merkle_proof *expected)
{
    assert_int_equal(proof->count, expected->count);
    assert_memory_equal(proof->hashes, expected->hashes, proof->count * sizeof proof->hashes[0]);
}

static void assert_hex(const struct merkle_proof *proof, const char *const *expected)
{
    for (size_t i = 0; i < proof->count; i++) {
        char text[2 * SHA256_SIZE + 1];
        sha256_format(&proof->hashes[i], text);
        assert_string_equal(text, expected[i]);
    }
    assert_null(expected[proof->count]);
}

/* The inputs, roots and paths of certificate-transparency's merkle_tree_test.cc; its leaves count from 1. */
static void known_trees_have_their_proofs(void **state)
{
    (void)state;
    static const struct {
        const char *data;
        size_t size;
    } inputs[8] = {
        {"", 0},
        {"\x00", 1},
        {"\x10", 1},
        {"\x20\x21", 2},
        {"\x30\x31", 2},
        {"\x40\x41\x42\x43", 4},
        {"\x50\x51\x52\x53\x54\x55\x56\x57", 8},
        {"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f", 16},
    };
    static const struct {
        size_t index;
        size_t size;
        const char *path[4];
    } paths[] = {
        {0, 1, {NULL}},
        {0,
         8,
         {"96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
          "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
          "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4", NULL}},
        {5,
         8,
         {"bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
          "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
          "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7", NULL}},
        {2, 3, {"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125", NULL}},
        {1,
         5,
         {"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
          "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
          "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b", NULL}},
    };
    static const struct {
        size_t old_size;
        size_t size;
        const char *proof[5];
    } proofs[] = {
        {1, 1, {NULL}},
        {1,
         8,
         {"96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
          "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
          "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4", NULL}},
        {6,
         8,
         {"0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
          "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
          "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7", NULL}},
        {2,
         5,
         {"5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
          "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b", NULL}},
        {3,
         7,
         {"0298d122906dcfc10892cb53a73992fc5b9f493ea4c9badb27b791b4127a7fe7",
          "07506a85fd9dd2f120eb694f86011e5bb4662e5c415a62917033d4a9624487e7",
          "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
          "837dbb152e9b079010717e84e865da4ebc0fa198a806d59d31bf15accef22d0e", NULL}},
    };
    for (size_t i = 0; i < 8; i++) {
        leaves[i] = merkle_leaf_hash(sha256, inputs[i].data, inputs[i].size);
    }
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        struct merkle_proof proof = inclusion(paths[i].index, paths[i].size);
        assert_hex(&proof, paths[i].path);
    }
    for (size_t i = 0; i < sizeof proofs / sizeof proofs[0]; i++) {
        struct merkle_proof proof = consistency(proofs[i].old_size, proofs[i].size);
        assert_hex(&proof, proofs[i].proof);
    }
}

static void make_leaves(void)
{
    for (size_t i = 0; i < LEAVES_MAX; i++) {
        leaves[i] = merkle_leaf_hash(sha256, &i, sizeof i);
    }
}

static void flip(struct sha256_hash *hash, unsigned bit)
{
    hash->bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
}

/* I2: accepted as it is, refused with a hash more or less, and with bits of any hash spoilt: every `bits_step`-th. */
static void check_inclusion(size_t index, size_t size, unsigned bits_step)
{
    struct merkle_proof expected = {0};
    path_by_definition(index, leaves, size, &expected);
    struct sha256_hash root = root_by_definition(leaves, size);
    struct merkle_proof proof = inclusion(index, size);
    assert_proof(&proof, &expected);
    assert_true(merkle_check_inclusion(sha256, &proof, index, size, &leaves[index], &root));
    for (size_t hash = 0; hash < proof.count + 2; hash++) {
        for (unsigned bit = (unsigned)(index % bits_step); bit < 256; bit += bits_step) {
            struct sha256_hash leaf = leaves[index];
            struct sha256_hash *spoilt = hash < proof.count ? &proof.hashes[hash] : hash == proof.count ? &leaf : &root;
            flip(spoilt, bit);
            assert_false(merkle_check_inclusion(sha256, &proof, index, size, &leaf, &root));
            flip(spoilt, bit);
        }
    }
    proof.hashes[proof.count] = root;
    proof.count++;
    assert_false(merkle_check_inclusion(sha256, &proof, index, size, &leaves[index], &root));
    if (proof.count > 1) {
        proof.count -= 2;
        assert_false(merkle_check_inclusion(sha256, &proof, index, size, &leaves[index], &root));
        proof.count++;
    }
    proof.count = expected.count;
    assert_false(merkle_check_inclusion(sha256, &proof, size, size, &leaves[index], &root));
    assert_false(merkle_check_inclusion(sha256, &proof, UINT64_MAX, size, &leaves[index], &root));
}

static void check_consistency(size_t old_size, size_t size, unsigned bits_step)
{
    struct merkle_proof expected = {0};
    if (old_size > 0) {
        subproof_by_definition(old_size, leaves, size, true, &expected);
    }
    struct sha256_hash old_root = root_by_definition(leaves, old_size);
    struct sha256_hash root = root_by_definition(leaves, size);
    struct merkle_proof proof = consistency(old_size, size);
    assert_proof(&proof, &expected);
    assert_true(merkle_check_consistency(sha256, &proof, old_size, size, &old_root, &root));
    for (size_t hash = 0; hash < proof.count + 2; hash++) {
        struct sha256_hash *spoilt = hash < proof.count ? &proof.hashes[hash] : hash == proof.count ? &old_root : &root;
        if (old_size == 0 && size > 0 && spoilt == &root) {
            continue; /* everything follows from nothing */
        }
        for (unsigned bit = (unsigned)(old_size % bits_step); bit < 256; bit += bits_step) {
            flip(spoilt, bit);
            assert_false(merkle_check_consistency(sha256, &proof, old_size, size, &old_root, &root));
            flip(spoilt, bit);
        }
    }
    proof.hashes[proof.count] = root;
    proof.count++;
    assert_false(merkle_check_consistency(sha256, &proof, old_size, size, &old_root, &root));
    if (proof.count > 1) {
        proof.count -= 2;
        assert_false(merkle_check_consistency(sha256, &proof, old_size, size, &old_root, &root));
    }
}

static void all_small_trees_are_as_defined(void **state)
{
    (void)state;
    make_leaves();
    for (size_t size = 0; size <= SMALL_MAX; size++) {
        unsigned bits_step = size <= 9 || size == SMALL_MAX ? 1 : 61;
        struct merkle_nodes nodes = {get_node, &size, sha256};
        struct sha256_hash root;
        struct sha256_hash expected = root_by_definition(leaves, size);
        assert_int_equal(merkle_root_of(&bare_call, &nodes, size, &root), LEDGER_DONE);
        assert_memory_equal(&root, &expected, sizeof root);
        for (size_t index = 0; index < size; index++) {
            check_inclusion(index, size, bits_step);
        }
        for (size_t old_size = 0; old_size <= size; old_size++) {
            check_consistency(old_size, size, bits_step);
        }
    }
}

static void a_proof_is_of_one_leaf(void **state)
{
    (void)state;
    make_leaves();
    for (size_t size = 1; size <= 40; size++) {
        struct sha256_hash root = root_by_definition(leaves, size);
        for (size_t index = 0; index < size; index++) {
            struct merkle_proof proof = inclusion(index, size);
            for (size_t other = 0; other < size; other++) {
                bool holds = merkle_check_inclusion(sha256, &proof, other, size, &leaves[index], &root);
                assert_int_equal(holds, other == index);
            }
        }
    }
}

/* I1, with sizes beyond a tile. */
static void large_trees_are_as_defined(void **state)
{
    (void)state;
    make_leaves();
    uint64_t random = 6962;
    for (int round = 0; round < 12; round++) {
        random = random * UINT64_C(6364136223846793005) + 1442695040888963407;
        size_t size = 1 + (size_t)(random >> 33) % LEAVES_MAX;
        random = random * UINT64_C(6364136223846793005) + 1442695040888963407;
        size_t index = (size_t)(random >> 33) % size;
        check_inclusion(index, size, 97);
        check_consistency(index, size, 97);
        nodes_asked = 0;
        (void)inclusion(index, size);
        (void)consistency(index, size);
        assert_true(nodes_asked < 4 * 15);
    }
}

static void sizes_without_sense_are_refused(void **state)
{
    (void)state;
    make_leaves();
    struct merkle_proof proof = {0};
    struct sha256_hash empty = sha256_of(sha256, "", 0);
    assert_false(merkle_check_inclusion(sha256, &proof, 0, 0, &leaves[0], &empty));
    assert_false(merkle_check_consistency(sha256, &proof, 2, 1, &leaves[0], &leaves[0]));
    assert_true(merkle_check_consistency(sha256, &proof, 0, 0, &empty, &empty));
    assert_true(merkle_check_consistency(sha256, &proof, 0, 7, &empty, &leaves[0]));
    assert_false(merkle_check_consistency(sha256, &proof, 0, 7, &leaves[0], &leaves[0]));
    assert_false(merkle_check_consistency(sha256, &proof, 3, 7, &leaves[0], &leaves[0]));
    proof.count = MERKLE_PROOF_MAX;
    assert_false(merkle_check_inclusion(sha256, &proof, 0, UINT64_MAX, &leaves[0], &empty));
    assert_false(merkle_check_consistency(sha256, &proof, 1, UINT64_MAX, &leaves[0], &empty));
}

static int set_up(void **state)
{
    (void)bare_call_setup(state);
    sha256 = sha256_new();
    return sha256 == NULL ? -1 : 0;
}

static int tear_down(void **state)
{
    sha256_free(sha256);
    return bare_call_teardown(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_trees_have_their_proofs),   cmocka_unit_test(all_small_trees_are_as_defined),
        cmocka_unit_test(a_proof_is_of_one_leaf),          cmocka_unit_test(large_trees_are_as_defined),
        cmocka_unit_test(sizes_without_sense_are_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
