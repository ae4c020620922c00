/* The hash tree of RFC 6962 as arithmetic on its frontier. */
#include "domain/merkle.h"

#include <assert.h>
#include <string.h>

/* Prefixes that keep a leaf from being taken for a node (RFC 6962 section 2.1). */
enum { MERKLE_LEAF_PREFIX = 0x00, MERKLE_NODE_PREFIX = 0x01 };

static unsigned merkle_count_of(uint64_t size)
{
    return (unsigned)__builtin_popcountll(size);
}

struct sha256_hash merkle_leaf_hash(struct sha256 *sha256, const void *data, size_t size)
{
    uint8_t prefix = MERKLE_LEAF_PREFIX;
    sha256_begin(sha256);
    sha256_add(sha256, &prefix, 1);
    sha256_add(sha256, data, size);
    return sha256_finish(sha256);
}

struct sha256_hash merkle_node_hash(struct sha256 *sha256, const struct sha256_hash *left,
                                    const struct sha256_hash *right)
{
    uint8_t node[1 + 2 * SHA256_SIZE];
    node[0] = MERKLE_NODE_PREFIX;
    memcpy(node + 1, left->bytes, SHA256_SIZE);
    memcpy(node + 1 + SHA256_SIZE, right->bytes, SHA256_SIZE);
    return sha256_of(sha256, node, sizeof node);
}

void merkle_frontier_init(struct merkle_frontier *frontier)
{
    frontier->size = 0;
    frontier->count = 0;
}

void merkle_frontier_add(struct merkle_frontier *frontier, struct sha256 *sha256, const struct sha256_hash *leaf)
{
    assert(frontier->size < INT64_MAX);
    assert(frontier->count == merkle_count_of(frontier->size)); /* I1 */
    struct sha256_hash node = *leaf;
    /* Each low bit that is set is a full subtree as large as `node` is by then: the two become one. */
    for (uint64_t bits = frontier->size; (bits & 1) != 0; bits >>= 1) {
        frontier->count--;
        node = merkle_node_hash(sha256, &frontier->hashes[frontier->count], &node);
    }
    frontier->hashes[frontier->count++] = node;
    frontier->size++;
}

struct sha256_hash merkle_frontier_subtree(const struct merkle_frontier *frontier, struct sha256 *sha256,
                                           const struct sha256_hash *leaf, unsigned height)
{
    const uint64_t leaves_before = (UINT64_C(1) << height) - 1;
    assert((frontier->size & leaves_before) == leaves_before); /* I1: so the last hashes are those of the subtree */
    struct sha256_hash node = *leaf;
    for (unsigned i = 1; i <= height; i++) {
        node = merkle_node_hash(sha256, &frontier->hashes[frontier->count - i], &node);
    }
    return node;
}

struct sha256_hash merkle_frontier_root(const struct merkle_frontier *frontier, struct sha256 *sha256)
{
    if (frontier->count == 0) {
        return sha256_of(sha256, "", 0);
    }
    struct sha256_hash root = frontier->hashes[frontier->count - 1];
    for (unsigned index = frontier->count - 1; index > 0; index--) {
        root = merkle_node_hash(sha256, &frontier->hashes[index - 1], &root);
    }
    return root;
}

size_t merkle_frontier_bytes(const struct merkle_frontier *frontier)
{
    return (size_t)frontier->count * SHA256_SIZE;
}

int merkle_frontier_restore(struct merkle_frontier *frontier, uint64_t size, const void *bytes, size_t bytes_size)
{
    _Static_assert(sizeof(struct sha256_hash) == SHA256_SIZE, "hashes lie one after the other, without padding");
    if (size > INT64_MAX || bytes_size != (size_t)merkle_count_of(size) * SHA256_SIZE) {
        return 0;
    }
    frontier->size = size;
    frontier->count = merkle_count_of(size);
    if (bytes_size > 0) {
        memcpy(frontier->hashes, bytes, bytes_size);
    }
    return 1;
}
