/* The nodes of the stored tree. A tile of level n holds 256 nodes of level 8n of the tree: those that are full stand in
 * integrity_tiles; of the last one of each level the leaves stand in the head, the nodes above them as roots of the
 * tiles below. */
#include "integrity/log_tree.h"

#include <string.h>

enum {
    LOG_TREE_BITS = 8, /* levels of the tree in a tile */
    LOG_TREE_LEVELS = (MERKLE_FRONTIER_MAX + LOG_TREE_BITS - 1) / LOG_TREE_BITS,
};

_Static_assert(1 << LOG_TREE_BITS == MERKLE_TILE_LEAVES, "a tile is a full subtree");

struct log_tree_tile {
    bool is_loaded;
    uint64_t index;
    struct sha256_hash hashes[MERKLE_TILE_LEAVES];
};

struct log_tree {
    struct store *store;
    const struct store_head *head;
    struct sha256 *sha256;
    struct log_tree_tile *tiles[LOG_TREE_LEVELS]; /* made when they are first asked for */
};

ledger_status log_tree_new(struct ledger_call *call, struct store *store, const struct store_head *head,
                           struct sha256 *sha256, struct log_tree **ret_tree)
{
    struct log_tree *tree;
    LEDGER_ALLOCATE(call, tree, 1);
    tree->store = store;
    tree->head = head;
    tree->sha256 = sha256;
    *ret_tree = tree;
    return LEDGER_DONE;
}

/* The hashes of a tile that is there in full, or of the last one of its level, as many as there are. */
static ledger_status log_tree_read(struct ledger_call *call, const struct log_tree *tree, unsigned level,
                                   uint64_t index, struct sha256_hash hashes[MERKLE_TILE_LEAVES])
{
    uint64_t count = tree->head->frontier.size >> (LOG_TREE_BITS * level); /* of the whole level */
    uint64_t begin = index * MERKLE_TILE_LEAVES;
    assert(begin < count);
    if (count - begin < MERKLE_TILE_LEAVES) {
        if (level > 0) {
            return store_tile_roots_get(call, tree->store, (int64_t)level - 1, (int64_t)begin, (size_t)(count - begin),
                                        hashes);
        }
        memcpy(hashes, tree->head->open_leaves, (size_t)(count - begin) * sizeof hashes[0]);
        return LEDGER_DONE;
    }
    bool is_stored = false;
    struct sha256_hash root;
    LEDGER_TRY(store_tile_get(call, tree->store, level, (int64_t)index, &is_stored, &root, hashes));
    if (!is_stored) {
        return ledger_fail(call, LEDGER_DATABASE_IS_DAMAGED,
                           "integrity_tiles: tile %lld of level %u is missing; run verify", (long long)index, level);
    }
    return LEDGER_DONE;
}

static ledger_status log_tree_tile(struct ledger_call *call, struct log_tree *tree, unsigned level, uint64_t index,
                                   const struct sha256_hash **ret_hashes)
{
    if (tree->tiles[level] == NULL) {
        LEDGER_ALLOCATE(call, tree->tiles[level], 1);
    }
    struct log_tree_tile *tile = tree->tiles[level];
    if (!tile->is_loaded || tile->index != index) {
        tile->is_loaded = false;
        LEDGER_TRY(log_tree_read(call, tree, level, index, tile->hashes));
        tile->is_loaded = true;
        tile->index = index;
    }
    *ret_hashes = tile->hashes;
    return LEDGER_DONE;
}

static ledger_status log_tree_node(struct ledger_call *call, void *context, unsigned level, uint64_t index,
                                   struct sha256_hash *ret_hash)
{
    struct log_tree *tree = context;
    unsigned tile_level = level / LOG_TREE_BITS;
    unsigned height = level % LOG_TREE_BITS; /* of the node above the hashes of its tile */
    uint64_t first = index << height;
    const struct sha256_hash *hashes = NULL;
    assert(tile_level < LOG_TREE_LEVELS && ((index + 1) << level) <= tree->head->frontier.size);
    LEDGER_TRY(log_tree_tile(call, tree, tile_level, first / MERKLE_TILE_LEAVES, &hashes));
    struct merkle_frontier frontier;
    merkle_frontier_init(&frontier);
    for (size_t i = 0; i < (size_t)1 << height; i++) {
        merkle_frontier_add(&frontier, tree->sha256, &hashes[first % MERKLE_TILE_LEAVES + i]);
    }
    *ret_hash = frontier.hashes[0];
    return LEDGER_DONE;
}

struct merkle_nodes log_tree_nodes(struct log_tree *tree)
{
    return (struct merkle_nodes){log_tree_node, tree, tree->sha256};
}
