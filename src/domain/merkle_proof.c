/* Proofs in the tree of RFC 6962. Its recursive definitions are walked from the root down, with one subtree at a time;
 * the hashes are then turned round, since the RFC has the deepest first. */
#include "domain/merkle_proof.h"

#include <assert.h>
#include <string.h>

/* Some leaves next to each other that are a node of the recursion: `begin` is a multiple of each of the full subtrees
 * that they consist of. */
struct merkle_range {
    uint64_t begin;
    uint64_t count;
};

/* The leaves of the left child: the largest power of two below `count`, which is at least 2. */
static uint64_t merkle_left_count(uint64_t count)
{
    return UINT64_C(1) << (63 - __builtin_clzll(count - 1));
}

static ledger_status merkle_range_root(struct ledger_call *call, const struct merkle_nodes *nodes,
                                       struct merkle_range range, struct sha256_hash *ret_root)
{
    struct merkle_frontier frontier;
    merkle_frontier_init(&frontier);
    frontier.size = range.count;
    for (uint64_t rest = range.count; rest != 0;) {
        unsigned level = 63U - (unsigned)__builtin_clzll(rest);
        uint64_t begin = range.begin + (range.count - rest);
        LEDGER_TRY(nodes->get(call, nodes->context, level, begin >> level, &frontier.hashes[frontier.count++]));
        rest -= UINT64_C(1) << level;
    }
    *ret_root = merkle_frontier_root(&frontier, nodes->sha256);
    return LEDGER_DONE;
}

ledger_status merkle_root_of(struct ledger_call *call, const struct merkle_nodes *nodes, uint64_t size,
                             struct sha256_hash *ret_root)
{
    assert(size <= INT64_MAX);
    return merkle_range_root(call, nodes, (struct merkle_range){0, size}, ret_root);
}

static ledger_status merkle_proof_add(struct ledger_call *call, const struct merkle_nodes *nodes,
                                      struct merkle_range range, struct merkle_proof *proof)
{
    assert(proof->count < MERKLE_PROOF_MAX); /* I1 */
    LEDGER_TRY(merkle_range_root(call, nodes, range, &proof->hashes[proof->count]));
    proof->count++;
    return LEDGER_DONE;
}

static void merkle_proof_turn(struct merkle_proof *proof)
{
    for (size_t low = 0, high = proof->count; low + 1 < high; low++) {
        high--;
        struct sha256_hash hash = proof->hashes[low];
        proof->hashes[low] = proof->hashes[high];
        proof->hashes[high] = hash;
    }
}

/* Goes down to the child that has leaf `index`, and adds the other one. Returns whether it went right. */
static ledger_status merkle_descend(struct ledger_call *call, const struct merkle_nodes *nodes, uint64_t index,
                                    struct merkle_range *range, struct merkle_proof *proof, bool *ret_went_right)
{
    uint64_t left_count = merkle_left_count(range->count);
    struct merkle_range left = {range->begin, left_count};
    struct merkle_range right = {range->begin + left_count, range->count - left_count};
    bool goes_right = index >= right.begin;
    LEDGER_TRY(merkle_proof_add(call, nodes, goes_right ? left : right, proof));
    *range = goes_right ? right : left;
    *ret_went_right = goes_right;
    return LEDGER_DONE;
}

ledger_status merkle_prove_inclusion(struct ledger_call *call, const struct merkle_nodes *nodes, uint64_t index,
                                     uint64_t size, struct merkle_proof *ret_proof)
{
    assert(index < size && size <= INT64_MAX);
    struct merkle_range range = {0, size};
    bool went_right = false;
    ret_proof->count = 0;
    while (range.count > 1) {
        LEDGER_TRY(merkle_descend(call, nodes, index, &range, ret_proof, &went_right));
    }
    merkle_proof_turn(ret_proof);
    return LEDGER_DONE;
}

ledger_status merkle_prove_consistency(struct ledger_call *call, const struct merkle_nodes *nodes, uint64_t old_size,
                                       uint64_t size, struct merkle_proof *ret_proof)
{
    assert(old_size <= size && size <= INT64_MAX);
    ret_proof->count = 0;
    if (old_size == 0 || old_size == size) {
        return LEDGER_DONE;
    }
    struct merkle_range range = {0, size};
    bool is_prefix = true; /* the old tree ends with the range and is known to who checks */
    while (range.begin + range.count != old_size) {
        bool went_right = false;
        LEDGER_TRY(merkle_descend(call, nodes, old_size - 1, &range, ret_proof, &went_right));
        is_prefix = is_prefix && !went_right;
    }
    if (!is_prefix) {
        LEDGER_TRY(merkle_proof_add(call, nodes, range, ret_proof));
    }
    merkle_proof_turn(ret_proof);
    return LEDGER_DONE;
}

static bool merkle_hash_equals(const struct sha256_hash *left, const struct sha256_hash *right)
{
    return memcmp(left, right, sizeof *left) == 0;
}

/* The way up from a node: whether it is a left or a right child follows from the bits of its index (`node`), and where
 * the right edge of the tree (`last`) has no sibling on a level, that level is passed over. */
struct merkle_climb {
    uint64_t node;
    uint64_t last;
};

/* Whether the next hash of a proof stands to the left. */
static bool merkle_sibling_is_left(const struct merkle_climb *climb)
{
    return (climb->node & 1) != 0 || climb->node == climb->last;
}

static void merkle_climb_on(struct merkle_climb *climb)
{
    if (merkle_sibling_is_left(climb)) {
        while (climb->node != 0 && (climb->node & 1) == 0) {
            climb->node >>= 1;
            climb->last >>= 1;
        }
    }
    climb->node >>= 1;
    climb->last >>= 1;
}

bool merkle_check_inclusion(struct sha256 *sha256, const struct merkle_proof *proof, uint64_t index, uint64_t size,
                            const struct sha256_hash *leaf, const struct sha256_hash *root)
{
    if (index >= size) {
        return false;
    }
    struct merkle_climb climb = {index, size - 1};
    struct sha256_hash node = *leaf;
    for (size_t i = 0; i < proof->count; i++) {
        if (climb.last == 0) {
            return false; /* the root was reached before */
        }
        node = merkle_sibling_is_left(&climb) ? merkle_node_hash(sha256, &proof->hashes[i], &node)
                                              : merkle_node_hash(sha256, &node, &proof->hashes[i]);
        merkle_climb_on(&climb);
    }
    return climb.last == 0 && merkle_hash_equals(&node, root);
}

/* The old tree is empty, or the same as the new one: nothing is to be proved but that. */
static bool merkle_check_same(struct sha256 *sha256, uint64_t old_size, uint64_t size,
                              const struct sha256_hash *old_root, const struct sha256_hash *root)
{
    struct sha256_hash empty = sha256_of(sha256, "", 0);
    if (old_size == 0 && !merkle_hash_equals(old_root, &empty)) {
        return false;
    }
    return old_size != size || merkle_hash_equals(old_root, root);
}

bool merkle_check_consistency(struct sha256 *sha256, const struct merkle_proof *proof, uint64_t old_size, uint64_t size,
                              const struct sha256_hash *old_root, const struct sha256_hash *root)
{
    if (old_size > size) {
        return false;
    }
    if (old_size == 0 || old_size == size) {
        return proof->count == 0 && merkle_check_same(sha256, old_size, size, old_root, root);
    }
    struct merkle_climb climb = {old_size - 1, size - 1};
    while ((climb.node & 1) != 0) {
        climb.node >>= 1;
        climb.last >>= 1;
    }
    /* The way begins with the last full subtree of the old tree; where that is all of it, with the old root. */
    bool is_full = (old_size & (old_size - 1)) == 0;
    size_t next = is_full ? 0 : 1;
    if (proof->count < next) {
        return false;
    }
    struct sha256_hash node = is_full ? *old_root : proof->hashes[0];
    struct sha256_hash old_node = node;
    for (; next < proof->count; next++) {
        if (climb.last == 0) {
            return false;
        }
        if (merkle_sibling_is_left(&climb)) {
            old_node = merkle_node_hash(sha256, &proof->hashes[next], &old_node);
            node = merkle_node_hash(sha256, &proof->hashes[next], &node);
        } else {
            node = merkle_node_hash(sha256, &node, &proof->hashes[next]);
        }
        merkle_climb_on(&climb);
    }
    return climb.last == 0 && merkle_hash_equals(&old_node, old_root) && merkle_hash_equals(&node, root);
}
