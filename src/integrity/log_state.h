/* The tree of the log, made again leaf by leaf, and compared with its tiles and its head.
 *
 * Each link is compared for itself: rows with leaves, leaves with the root of their tile, roots with the tile above,
 * and so on to the frontier. What is stored on one side of a broken link goes on to the next, so that one alteration
 * breaks one link. */
#ifndef LEDGER_INTEGRITY_LOG_STATE_H
#define LEDGER_INTEGRITY_LOG_STATE_H

#include "store/store.h"

enum { LOG_LEVELS = 6 };

struct verify;

struct log_level {
    struct sha256_hash hashes[MERKLE_TILE_LEAVES]; /* roots of the tiles below */
    unsigned count;
    int64_t tiles_count; /* full ones so far */
};

struct log_state {
    int64_t log_size; /* of the head; where that cannot be read, STORE_POSITION_MAX until the end is seen */
    int64_t position; /* the next to come */
    bool has_gaps;    /* events are missing */

    /* The tile of `position`. */
    int64_t tile_index; /* -1: none loaded */
    bool tile_is_stored;
    bool tile_is_sound; /* its leaves give its root */
    struct sha256_hash stored_root;
    struct sha256_hash stored[MERKLE_TILE_LEAVES];
    struct sha256_hash computed[MERKLE_TILE_LEAVES];
    bool is_present[MERKLE_TILE_LEAVES];

    struct merkle_frontier tiles; /* of the roots of the full tiles */
    bool is_lost;                 /* a tile is missing with some of its events: nothing above it can be made */
    struct log_level levels[LOG_LEVELS];
    int64_t tiles_found;
    struct sha256_hash root; /* at the end */
};

LEDGER_MUST_CHECK ledger_status log_begin(struct verify *verify);

/* Whether the leaf is the one that is stored at the next position. Where the tile is missing or itself not sound, that
 * says nothing about the row: LOG_LEAF_IS_UNKNOWN. */
enum log_leaf { LOG_LEAF_HOLDS, LOG_LEAF_DIFFERS, LOG_LEAF_IS_UNKNOWN };
LEDGER_MUST_CHECK ledger_status log_compare_leaf(struct verify *verify, const struct sha256_hash *leaf,
                                                 enum log_leaf *ret_outcome);

/* The leaf stored at the next position; only after log_compare_leaf did not say LOG_LEAF_IS_UNKNOWN. */
const struct sha256_hash *log_stored_leaf(const struct verify *verify);

/* Moves on by one event. */
LEDGER_MUST_CHECK ledger_status log_add(struct verify *verify, const struct sha256_hash *leaf);

/* Moves on to a position: what lies between is missing. */
LEDGER_MUST_CHECK ledger_status log_advance(struct verify *verify, int64_t position);

LEDGER_MUST_CHECK ledger_status log_finish(struct verify *verify);

#endif
