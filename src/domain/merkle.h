/* The hash tree of RFC 6962 section 2.1 as arithmetic: leaf and node hashes, the frontier of a growing tree, its root.
 *
 * I1 The frontier of a tree of `size` leaves has one hash for each bit set in `size`, largest subtree first.
 * I2 Adding leaves one by one gives the root that the recursive definition gives. */
#ifndef LEDGER_DOMAIN_MERKLE_H
#define LEDGER_DOMAIN_MERKLE_H

#include <stdint.h>

#include "base/sha256.h"

enum {
    MERKLE_FRONTIER_MAX = 63,
    MERKLE_TILE_HEIGHT = 8,
    MERKLE_TILE_LEAVES = 1 << MERKLE_TILE_HEIGHT, /* leaf hashes a tile of level 0 */
};

struct merkle_frontier {
    uint64_t size; /* leaves so far */
    unsigned count;
    struct sha256_hash hashes[MERKLE_FRONTIER_MAX];
};

/* SHA-256(0x00 ‖ data). */
struct sha256_hash merkle_leaf_hash(struct sha256 *sha256, const void *data, size_t size);

/* SHA-256(0x01 ‖ left ‖ right). */
struct sha256_hash merkle_node_hash(struct sha256 *sha256, const struct sha256_hash *left,
                                    const struct sha256_hash *right);

void merkle_frontier_init(struct merkle_frontier *frontier);
void merkle_frontier_add(struct merkle_frontier *frontier, struct sha256 *sha256, const struct sha256_hash *leaf);

/* The root of the full subtree of 2^height leaves that a leaf completes, which is to be added next. */
struct sha256_hash merkle_frontier_subtree(const struct merkle_frontier *frontier, struct sha256 *sha256,
                                           const struct sha256_hash *leaf, unsigned height);

/* The root of the tree so far; SHA-256 of nothing for the empty tree. */
struct sha256_hash merkle_frontier_root(const struct merkle_frontier *frontier, struct sha256 *sha256);

/* The hashes one after the other, 32 bytes each, as the head keeps them; `count` follows from `size`. */
size_t merkle_frontier_bytes(const struct merkle_frontier *frontier);
/* False where the number of bytes is not what `size` asks for. */
int merkle_frontier_restore(struct merkle_frontier *frontier, uint64_t size, const void *bytes, size_t bytes_size);

#endif
