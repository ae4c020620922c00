/* The tree of the log, made again leaf by leaf, and compared with its tiles and its head.
 *
 * Each link is compared for itself: rows with leaves, leaves with the root of their tile, roots with the tile above,
 * and so on to the frontier. What is stored on one side of a broken link goes on to the next, so that one alteration
 * breaks one link.
 *
 * A range of one segment is one tile of level 1: a worker makes it for itself, and the whole puts the ranges together,
 * in order. */
#ifndef LEDGER_INTEGRITY_LOG_STATE_H
#define LEDGER_INTEGRITY_LOG_STATE_H

#include "store/store.h"

enum {
    LOG_LEVELS = 6,
    LOG_PART_HASHES = 16, /* a range is 256 tiles of 256 leaves */
};

struct verify;

struct log_level {
    struct sha256_hash hashes[MERKLE_TILE_LEAVES]; /* roots of the tiles below */
    unsigned count;
    int64_t tiles_count; /* full ones so far */
};

/* What a range, or its beginning, adds to the frontier. */
struct log_part {
    unsigned count; /* 0: not known */
    struct sha256_hash hashes[LOG_PART_HASHES];
};

/* A size of the log at which its root is wanted: known once the ranges are through, but where tiles are lost. */
struct log_wanted {
    int64_t log_size;
    bool is_known;
    struct sha256_hash root;
};

/* What a range of the log came to. */
struct log_range {
    int64_t last_end; /* behind its last event; its begin where it has none */
    bool has_gaps;    /* within it */
    bool is_lost;
    bool is_full;
    struct sha256_hash root; /* where it is full */
    struct log_part part;    /* where it is not */
    struct log_part *wanted; /* its beginnings up to each size that is wanted, in order */
    int64_t tiles_found;
};

struct log_state {
    int64_t log_size; /* of the head; where that cannot be read, where the last row ends */
    int64_t position; /* the next to come */
    bool has_gaps;    /* events are missing */
    bool is_lost;     /* a tile is missing with some of its events: nothing above it can be made */

    /* The tile of `position`. */
    int64_t tile_index; /* -1: none loaded */
    bool tile_is_stored;
    bool tile_is_sound; /* its leaves give its root */
    struct sha256_hash stored_root;
    struct sha256_hash stored[MERKLE_TILE_LEAVES];
    struct sha256_hash computed[MERKLE_TILE_LEAVES];
    bool is_present[MERKLE_TILE_LEAVES];

    struct log_level levels[LOG_LEVELS]; /* a worker's: up to 1; the whole's: from 2 on */
    int64_t tiles_found;

    /* Of a worker. */
    struct merkle_frontier tiles; /* of the roots of the full tiles of its range */
    bool has_event;
    bool is_full;
    int64_t last_end;
    struct sha256_hash range_root;
    struct log_part *parts; /* see log_range.wanted: from the wanted_first on */
    size_t wanted_first;

    /* Sizes that are wanted, ascending: the whole's, which its workers read. */
    struct log_wanted *wanted;
    size_t wanted_count;
    size_t wanted_seen;
    size_t wanted_capacity;

    /* Of the whole. */
    struct merkle_frontier ranges; /* of the roots of the full ranges */
    struct log_part tail;          /* of the last, which is not full */
    int64_t events_end;            /* behind the last event that is there */
    struct sha256_hash root;       /* at the end */
};

LEDGER_MUST_CHECK ledger_status log_begin(struct verify *verify);

/* Before the first range: the root at that size will be asked for. */
LEDGER_MUST_CHECK ledger_status log_want_root(struct verify *verify, int64_t log_size);

/* After log_finish: the root that the log as it was made again had at a size that was wanted; false where it is not
 * known: beyond the log, before where the run began, or where tiles are lost. */
bool log_find_root(const struct verify *verify, int64_t log_size, struct sha256_hash *ret_root);

/* Whether the leaf is the one that is stored at the next position. Where the tile is missing or itself not sound, that
 * says nothing about the row: LOG_LEAF_IS_UNKNOWN. */
enum log_leaf { LOG_LEAF_HOLDS, LOG_LEAF_DIFFERS, LOG_LEAF_IS_UNKNOWN };
LEDGER_MUST_CHECK ledger_status log_compare_leaf(struct verify *verify, const struct sha256_hash *leaf,
                                                 enum log_leaf *ret_outcome);

/* The leaf stored at the next position; only after log_compare_leaf did not say LOG_LEAF_IS_UNKNOWN. */
const struct sha256_hash *log_stored_leaf(const struct verify *verify);

/* Moves on by one event. */
LEDGER_MUST_CHECK ledger_status log_add(struct verify *verify, const struct sha256_hash *leaf);

/* Moves on to a position, at which there is an event: what lies between is missing. */
LEDGER_MUST_CHECK ledger_status log_advance(struct verify *verify, int64_t position);

/* A worker's range: from where its segment begins, or from within it, what is before being taken as it is stored. */
LEDGER_MUST_CHECK ledger_status log_begin_range(struct verify *worker, struct arena *arena, int64_t from_log_index);
LEDGER_MUST_CHECK ledger_status log_finish_range(struct verify *worker, int64_t before_log_index,
                                                 struct log_range *ret_range);

/* The whole takes the next range, or the ranges before a position as their tiles are stored. */
LEDGER_MUST_CHECK ledger_status log_take_range(struct verify *verify, const struct log_range *range,
                                               int64_t before_log_index);
LEDGER_MUST_CHECK ledger_status log_take_stored(struct verify *verify, int64_t before_log_index);

/* An event is at that position; none between it and the last of the ranges before. */
LEDGER_MUST_CHECK ledger_status log_take_first_event(struct verify *verify, int64_t position);

LEDGER_MUST_CHECK ledger_status log_finish(struct verify *verify);

#endif
