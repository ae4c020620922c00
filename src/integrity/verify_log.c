/* The tree of the log: leaves, tiles, levels, frontier. See log_state.h. */
#include <assert.h>

#include "base/text.h"
#include "integrity/verify_state.h"

static struct sha256 *log_sha256(struct verify *verify)
{
    return verify->hasher->sha256;
}

static struct sha256_hash log_tile_root(struct verify *verify, const struct sha256_hash hashes[MERKLE_TILE_LEAVES])
{
    struct sha256_hash nodes[MERKLE_TILE_LEAVES];
    memcpy(nodes, hashes, sizeof nodes);
    for (size_t width = MERKLE_TILE_LEAVES; width > 1; width /= 2) {
        for (size_t i = 0; i < width / 2; i++) {
            nodes[i] = merkle_node_hash(log_sha256(verify), &nodes[2 * i], &nodes[2 * i + 1]);
        }
    }
    return nodes[0];
}

/* The frontier of the leaves of a tile that is not full. */
static struct merkle_frontier log_open_frontier(struct verify *verify, const struct sha256_hash *leaves, size_t count)
{
    struct merkle_frontier frontier;
    merkle_frontier_init(&frontier);
    for (size_t i = 0; i < count; i++) {
        merkle_frontier_add(&frontier, log_sha256(verify), &leaves[i]);
    }
    return frontier;
}

static bool log_hash_equals(const struct sha256_hash *left, const struct sha256_hash *right)
{
    return memcmp(left, right, sizeof *left) == 0;
}

/* The leaves of the head's open tile, and whether they give the end of its frontier. */
static void log_load_open_tile(struct verify *verify)
{
    struct log_state *log = &verify->log;
    const struct merkle_frontier *stored = &verify->head.frontier;
    size_t count = (size_t)(log->log_size % MERKLE_TILE_LEAVES);
    memcpy(log->stored, verify->head.open_leaves, sizeof log->stored);
    struct merkle_frontier open = log_open_frontier(verify, log->stored, count);
    log->tile_is_stored = true;
    log->tile_is_sound = open.count <= stored->count && memcmp(open.hashes, stored->hashes + stored->count - open.count,
                                                               open.count * sizeof open.hashes[0]) == 0;
}

/* Loads the tile of the next position. */
static ledger_status log_need_tile(struct verify *verify)
{
    struct log_state *log = &verify->log;
    int64_t tile_index = log->position / MERKLE_TILE_LEAVES;
    if (log->tile_index == tile_index) {
        return LEDGER_DONE;
    }
    log->tile_index = tile_index;
    log->tile_is_sound = false;
    memset(log->is_present, 0, sizeof log->is_present);
    if (verify->has_head && tile_index == log->log_size / MERKLE_TILE_LEAVES) {
        log_load_open_tile(verify);
        return LEDGER_DONE;
    }
    LEDGER_TRY(store_tile_get(verify->call, verify->store, 0, tile_index, &log->tile_is_stored, &log->stored_root,
                              log->stored));
    if (log->tile_is_stored) {
        log->tiles_found++;
        struct sha256_hash root = log_tile_root(verify, log->stored);
        log->tile_is_sound = log_hash_equals(&root, &log->stored_root);
    }
    return LEDGER_DONE;
}

ledger_status log_want_root(struct verify *verify, int64_t log_size)
{
    struct log_state *log = &verify->log;
    size_t place = log->wanted_count;
    while (place > 0 && log->wanted[place - 1].log_size > log_size) {
        place--;
    }
    if (place > 0 && log->wanted[place - 1].log_size == log_size) {
        return LEDGER_DONE;
    }
    if (log->wanted_count == log->wanted_capacity) {
        struct log_wanted *grown = NULL;
        size_t capacity = log->wanted_capacity == 0 ? 16 : log->wanted_capacity * 2;
        LEDGER_ALLOCATE(verify->call, grown, capacity);
        if (log->wanted_count > 0) {
            memcpy(grown, log->wanted, log->wanted_count * sizeof *grown);
        }
        log->wanted = grown;
        log->wanted_capacity = capacity;
    }
    memmove(log->wanted + place + 1, log->wanted + place, (log->wanted_count - place) * sizeof *log->wanted);
    log->wanted[place] = (struct log_wanted){.log_size = log_size};
    log->wanted_count++;
    return LEDGER_DONE;
}

/* The first of the sizes that are wanted beyond one. */
static size_t log_wanted_beyond(const struct log_state *log, int64_t log_size)
{
    size_t low = 0;
    size_t high = log->wanted_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (log->wanted[middle].log_size <= log_size) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

bool log_find_root(const struct verify *verify, int64_t log_size, struct sha256_hash *ret_root)
{
    size_t place = log_wanted_beyond(&verify->log, log_size);
    if (place == 0 || verify->log.wanted[place - 1].log_size != log_size || !verify->log.wanted[place - 1].is_known) {
        return false;
    }
    *ret_root = verify->log.wanted[place - 1].root;
    return true;
}

ledger_status log_begin(struct verify *verify)
{
    struct log_state *log = &verify->log;
    log->position = verify->from_log_index;
    log->events_end = verify->from_log_index;
    log->tile_index = -1;
    merkle_frontier_init(&log->tiles);
    merkle_frontier_init(&log->ranges);
    return LEDGER_DONE;
}

const struct sha256_hash *log_stored_leaf(const struct verify *verify)
{
    return &verify->log.stored[verify->log.position % MERKLE_TILE_LEAVES];
}

ledger_status log_compare_leaf(struct verify *verify, const struct sha256_hash *leaf, enum log_leaf *ret_outcome)
{
    LEDGER_TRY(log_need_tile(verify));
    if (!verify->log.tile_is_stored) {
        *ret_outcome = LOG_LEAF_IS_UNKNOWN;
    } else if (log_hash_equals(leaf, log_stored_leaf(verify))) {
        *ret_outcome = LOG_LEAF_HOLDS;
    } else {
        *ret_outcome = verify->log.tile_is_sound ? LOG_LEAF_DIFFERS : LOG_LEAF_IS_UNKNOWN;
    }
    return LEDGER_DONE;
}

static ledger_status log_report_hash(struct verify *verify, enum verify_check check, const char *field,
                                     const struct sha256_hash *stored, const struct sha256_hash *computed,
                                     const char *what, int64_t level, int64_t index)
{
    struct ledger_violation about = {
        .field = ledger_text_of(field),
        .stored = verify_text_of_hash(verify->stored_text, stored->bytes),
        .computed = verify_text_of_hash(verify->computed_text, computed->bytes),
    };
    return verify_found(verify, check, &about, "%s (level %lld, index %lld)", what, (long long)level, (long long)index);
}

static void log_part_add(struct log_part *part, const struct merkle_frontier *frontier)
{
    assert(part->count + frontier->count <= LOG_PART_HASHES);
    memcpy(part->hashes + part->count, frontier->hashes, frontier->count * sizeof frontier->hashes[0]);
    part->count += frontier->count;
}

/* The frontier of the whole and of what the range at hand adds to it. A full range may stand behind one of its own
 * size: the root is the same as with the two put together. */
static struct sha256_hash log_root_with(struct verify *verify, const struct log_part *part)
{
    struct merkle_frontier frontier = verify->log.ranges;
    memcpy(frontier.hashes + frontier.count, part->hashes, part->count * sizeof part->hashes[0]);
    frontier.count += part->count;
    return merkle_frontier_root(&frontier, log_sha256(verify));
}

/* A worker keeps what its range comes to at the sizes that are wanted. */
static void log_keep_wanted(struct verify *worker, bool is_known)
{
    struct log_state *log = &worker->log;
    while (log->wanted_seen < log->wanted_count && log->wanted[log->wanted_seen].log_size <= log->position) {
        struct log_part *part = &log->parts[log->wanted_seen++ - log->wanted_first];
        if (is_known && !log->is_lost) {
            struct merkle_frontier open =
                log_open_frontier(worker, log->computed, (size_t)(log->position % MERKLE_TILE_LEAVES));
            log_part_add(part, &log->tiles);
            log_part_add(part, &open);
        }
    }
}

/* The 256 roots of a level are those of a tile of the level above. */
static ledger_status log_check_level(struct verify *verify, unsigned level, int64_t index,
                                     const struct sha256_hash *root)
{
    struct log_state *log = &verify->log;
    const struct log_level *state = &log->levels[level];
    struct sha256_hash stored[MERKLE_TILE_LEAVES];
    struct sha256_hash stored_root;
    bool is_stored = false;
    LEDGER_TRY(store_tile_get(verify->call, verify->store, level, index, &is_stored, &stored_root, stored));
    if (!is_stored) {
        struct ledger_violation about = {.field = TEXT("integrity_tiles.hashes")};
        return verify_found(verify, CHECK_LOG_ROOT, &about, "the tile of level %u with index %lld is missing", level,
                            (long long)index);
    }
    log->tiles_found++;
    for (size_t i = 0; i < MERKLE_TILE_LEAVES; i++) {
        if (!log_hash_equals(&stored[i], &state->hashes[i])) {
            LEDGER_TRY(log_report_hash(verify, CHECK_LOG_ROOT, "integrity_tiles.hashes", &stored[i], &state->hashes[i],
                                       "a tile does not hold the root of the tile below it", level,
                                       index * MERKLE_TILE_LEAVES + (int64_t)i));
        }
    }
    if (log_hash_equals(&stored_root, root)) {
        return LEDGER_DONE;
    }
    return log_report_hash(verify, CHECK_LOG_ROOT, "integrity_tiles.root_hash", &stored_root, root,
                           "the root of a tile is not that of its hashes", level, index);
}

/* Adds a root to a level; where that fills a tile, its root goes to the level above. */
static ledger_status log_add_to_level(struct verify *verify, unsigned level, struct sha256_hash root)
{
    struct log_state *log = &verify->log;
    for (; level < LOG_LEVELS; level++) {
        struct log_level *state = &log->levels[level];
        state->hashes[state->count++] = root;
        if (state->count < MERKLE_TILE_LEAVES) {
            return LEDGER_DONE;
        }
        root = log_tile_root(verify, state->hashes);
        LEDGER_TRY(log_check_level(verify, level, state->tiles_count++, &root));
        state->count = 0;
        if (level == 1) { /* the end of a worker's range */
            log->range_root = root;
            log->is_full = true;
            return LEDGER_DONE;
        }
    }
    return LEDGER_DONE;
}

/* Leaves differ within a tile, or within the head's open tile, that is not sound itself: `leaves_give_root` where the
 * computed ones are those that the root was made of. */
static ledger_status log_report_leaves(struct verify *verify, size_t count, bool leaves_give_root, const char *field)
{
    struct log_state *log = &verify->log;
    for (size_t i = 0; i < count; i++) {
        if (!log_hash_equals(&log->stored[i], &log->computed[i])) {
            LEDGER_TRY(log_report_hash(
                verify, CHECK_LOG_LEAVES, leaves_give_root ? field : "audit_log.*", &log->stored[i], &log->computed[i],
                leaves_give_root ? "a leaf of the log was altered: the event itself is as recorded"
                                 : "an event is not what its leaf says, and the leaf's tile is not sound either",
                0, log->tile_index * MERKLE_TILE_LEAVES + (int64_t)i));
        }
    }
    return LEDGER_DONE;
}

/* Leaves that are missing are taken as they are stored. Returns whether all are known. */
static bool log_complete_leaves(struct log_state *log, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!log->is_present[i]) {
            if (!log->tile_is_stored) {
                return false;
            }
            log->computed[i] = log->stored[i];
        }
    }
    return true;
}

static ledger_status log_check_unsound_tile(struct verify *verify, const struct sha256_hash *root)
{
    struct log_state *log = &verify->log;
    bool leaves_give_root = log_hash_equals(root, &log->stored_root);
    if (!leaves_give_root) {
        LEDGER_TRY(log_report_hash(verify, CHECK_LOG_ROOT, "integrity_tiles.root_hash", &log->stored_root, root,
                                   "the root of a tile is not that of its leaves", 0, log->tile_index));
    }
    return log_report_leaves(verify, MERKLE_TILE_LEAVES, leaves_give_root, "integrity_tiles.hashes");
}

/* The tile of the positions just passed is full. */
static ledger_status log_close_tile(struct verify *worker)
{
    struct log_state *log = &worker->log;
    struct sha256_hash root = log->stored_root;
    bool is_known = log_complete_leaves(log, MERKLE_TILE_LEAVES);
    if (!log->tile_is_stored) {
        struct ledger_violation about = {.field = TEXT("integrity_tiles.hashes")};
        LEDGER_TRY(verify_found(worker, CHECK_LOG_ROOT, &about, "the tile of level 0 with index %lld is missing",
                                (long long)log->tile_index));
    }
    if (!is_known) {
        log->is_lost = true;
        return LEDGER_DONE;
    }
    if (!log->tile_is_sound) {
        root = log_tile_root(worker, log->computed);
        if (log->tile_is_stored) {
            LEDGER_TRY(log_check_unsound_tile(worker, &root));
        }
    }
    if (log->is_lost) {
        return LEDGER_DONE;
    }
    merkle_frontier_add(&log->tiles, log_sha256(worker), &root);
    return log_add_to_level(worker, 1, root);
}

static ledger_status log_step(struct verify *worker)
{
    struct log_state *log = &worker->log;
    log->position++;
    if (log->position % MERKLE_TILE_LEAVES == 0) {
        LEDGER_TRY(log_close_tile(worker));
    }
    log_keep_wanted(worker, true);
    return LEDGER_DONE;
}

ledger_status log_add(struct verify *verify, const struct sha256_hash *leaf)
{
    struct log_state *log = &verify->log;
    if (verify->is_of_one) {
        log->position++;
        return LEDGER_DONE;
    }
    LEDGER_TRY(log_need_tile(verify));
    size_t place = (size_t)(log->position % MERKLE_TILE_LEAVES);
    /* Where the tile is sound, it is the row that differs: what is above the leaves goes on from what is stored. */
    log->computed[place] = log->tile_is_sound ? log->stored[place] : *leaf;
    log->is_present[place] = true;
    log->last_end = log->position + 1;
    return log_step(verify);
}

static ledger_status log_report_lost(struct verify *verify, int64_t from_tile, int64_t before_tile)
{
    struct ledger_violation about = {.field = TEXT("integrity_tiles.hashes")};
    return verify_found(verify, CHECK_LOG_ROOT, &about,
                        "the tiles of level 0 from index %lld to %lld are missing with their events",
                        (long long)from_tile, (long long)(before_tile - 1));
}

/* Where whole tiles are missing with their events, there is nothing to walk over. */
static ledger_status log_skip(struct verify *worker, int64_t position)
{
    struct log_state *log = &worker->log;
    while (log->position < position) {
        LEDGER_TRY(log_need_tile(worker));
        int64_t lost_from = log->position;
        while (log->position % MERKLE_TILE_LEAVES == 0 && !log->tile_is_stored &&
               position - log->position >= MERKLE_TILE_LEAVES) {
            log->position += MERKLE_TILE_LEAVES;
            if (log->position < position) {
                LEDGER_TRY(log_need_tile(worker));
            }
        }
        if (lost_from < log->position) {
            log->is_lost = true;
            log_keep_wanted(worker, false);
            LEDGER_TRY(log_report_lost(worker, lost_from / MERKLE_TILE_LEAVES, log->position / MERKLE_TILE_LEAVES));
        } else {
            LEDGER_TRY(log_step(worker));
        }
    }
    return LEDGER_DONE;
}

static ledger_status log_report_gap(struct verify *verify, int64_t from, int64_t before)
{
    struct ledger_violation about = {
        .field = TEXT("audit_log.log_index"),
        .computed = verify_text_of_integer(verify->computed_text, from),
    };
    verify->log.has_gaps = true;
    if (before - from == 1) {
        return verify_found(verify, CHECK_LOG_LEAVES, &about,
                            "the event at log position %lld is missing: its row was deleted", (long long)from);
    }
    return verify_found(verify, CHECK_LOG_LEAVES, &about,
                        "the events at log positions %lld to %lld are missing: their rows were deleted",
                        (long long)from, (long long)(before - 1));
}

ledger_status log_take_first_event(struct verify *verify, int64_t position)
{
    return verify->log.events_end < position ? log_report_gap(verify, verify->log.events_end, position) : LEDGER_DONE;
}

ledger_status log_advance(struct verify *verify, int64_t position)
{
    struct log_state *log = &verify->log;
    if (!log->has_event && verify->sink != NULL) {
        /* What is missing before it may begin in the range before. */
        const struct verify_item item = {.kind = ITEM_FIRST_EVENT, .log_index = position};
        log->has_event = true;
        LEDGER_TRY(verify->sink(verify, verify->sink_context, &item));
    } else if (log->position < position) {
        LEDGER_TRY(log_report_gap(verify, log->position, position));
    }
    return log_skip(verify, position);
}

/* What stands in the segment before the position, as its tiles are stored. */
static ledger_status log_take_stored_tiles(struct verify *worker)
{
    struct log_state *log = &worker->log;
    int64_t end = log->position / MERKLE_TILE_LEAVES;
    if (log->position % (1 << STORE_SEGMENT_BITS) == 0) {
        return LEDGER_DONE;
    }
    for (int64_t index = (log->position >> STORE_SEGMENT_BITS) * MERKLE_TILE_LEAVES; index < end; index++) {
        bool is_stored = false;
        struct sha256_hash root;
        LEDGER_TRY(store_tile_get(worker->call, worker->store, 0, index, &is_stored, &root, log->stored));
        if (!is_stored) {
            log->is_lost = true;
            return log_report_lost(worker, index, index + 1);
        }
        merkle_frontier_add(&log->tiles, log_sha256(worker), &root);
        LEDGER_TRY(log_add_to_level(worker, 1, root));
    }
    LEDGER_TRY(log_need_tile(worker));
    memcpy(log->computed, log->stored, sizeof log->computed);
    log_keep_wanted(worker, log->tile_is_stored);
    return LEDGER_DONE;
}

ledger_status log_begin_range(struct verify *worker, struct arena *arena, int64_t from_log_index)
{
    _Static_assert(1 << STORE_SEGMENT_BITS == MERKLE_TILE_LEAVES * MERKLE_TILE_LEAVES, "a range is a tile of level 1");
    struct log_state *log = &worker->log;
    log->position = from_log_index;
    log->last_end = from_log_index;
    log->tile_index = -1;
    log->has_event = false;
    log->has_gaps = false;
    log->is_lost = false;
    log->is_full = false;
    log->tiles_found = 0;
    log->levels[1].count = 0;
    log->levels[1].tiles_count = from_log_index >> STORE_SEGMENT_BITS;
    merkle_frontier_init(&log->tiles);
    bool is_within = from_log_index % (1 << STORE_SEGMENT_BITS) != 0;
    log->wanted_first = log_wanted_beyond(log, from_log_index - is_within);
    log->wanted_seen = log->wanted_first;
    size_t parts_count =
        log_wanted_beyond(log, ((from_log_index >> STORE_SEGMENT_BITS) + 1) << STORE_SEGMENT_BITS) - log->wanted_seen;
    log->parts = parts_count == 0 ? NULL : arena_allocate_array(arena, parts_count, sizeof *log->parts);
    if (parts_count > 0 && log->parts == NULL) {
        return ledger_fail_out_of_memory(worker->call);
    }
    return log_take_stored_tiles(worker);
}

/* The leaves of the tile that is not full, against the head's. */
static ledger_status log_close_open_tile(struct verify *worker, size_t open_count, struct log_part *part)
{
    struct log_state *log = &worker->log;
    LEDGER_TRY(log_need_tile(worker));
    if (!log_complete_leaves(log, open_count)) {
        log->is_lost = true;
        return LEDGER_DONE;
    }
    struct merkle_frontier open = log_open_frontier(worker, log->computed, open_count);
    if (worker->has_head && !log->tile_is_sound) {
        const struct merkle_frontier *stored = &worker->head.frontier;
        bool open_agrees =
            open.count <= stored->count &&
            memcmp(open.hashes, stored->hashes + stored->count - open.count, open.count * sizeof open.hashes[0]) == 0;
        LEDGER_TRY(log_report_leaves(worker, open_count, open_agrees, "integrity_head.open_leaves"));
    }
    log_part_add(part, &open);
    return LEDGER_DONE;
}

ledger_status log_finish_range(struct verify *worker, int64_t before_log_index, struct log_range *ret_range)
{
    struct log_state *log = &worker->log;
    LEDGER_TRY(log_skip(worker, before_log_index));
    struct log_part part = {.count = 0};
    size_t open_count = (size_t)(before_log_index % MERKLE_TILE_LEAVES);
    log_part_add(&part, &log->tiles);
    if (open_count > 0) {
        LEDGER_TRY(log_close_open_tile(worker, open_count, &part));
    }
    *ret_range = (struct log_range){
        .last_end = log->last_end,
        .has_gaps = log->has_gaps,
        .is_lost = log->is_lost,
        .is_full = log->is_full,
        .root = log->range_root,
        .part = part,
        .wanted = log->parts,
        .tiles_found = log->tiles_found,
    };
    return LEDGER_DONE;
}

static ledger_status log_take_root(struct verify *verify, const struct sha256_hash *root)
{
    merkle_frontier_add(&verify->log.ranges, log_sha256(verify), root);
    return log_add_to_level(verify, 2, *root);
}

ledger_status log_take_range(struct verify *verify, const struct log_range *range, int64_t before_log_index)
{
    struct log_state *log = &verify->log;
    const struct log_part *part = range->wanted;
    for (; log->wanted_seen < log->wanted_count && log->wanted[log->wanted_seen].log_size <= before_log_index;
         log->wanted_seen++, part++) {
        struct log_wanted *wanted = &log->wanted[log->wanted_seen];
        wanted->is_known = !log->is_lost && part->count > 0;
        if (wanted->is_known) {
            wanted->root = log_root_with(verify, part);
        }
    }
    log->position = before_log_index;
    log->events_end = range->last_end > log->events_end ? range->last_end : log->events_end;
    log->has_gaps = log->has_gaps || range->has_gaps;
    log->tiles_found += range->tiles_found;
    log->is_lost = log->is_lost || range->is_lost;
    if (log->is_lost) {
        return LEDGER_DONE;
    }
    if (!range->is_full) {
        log->tail = range->part;
        return LEDGER_DONE;
    }
    return log_take_root(verify, &range->root);
}

ledger_status log_take_stored(struct verify *verify, int64_t before_log_index)
{
    struct log_state *log = &verify->log;
    struct sha256_hash hashes[MERKLE_TILE_LEAVES];
    for (int64_t index = 0; index < before_log_index >> STORE_SEGMENT_BITS; index++) {
        bool is_stored = false;
        struct sha256_hash root;
        LEDGER_TRY(store_tile_get(verify->call, verify->store, 1, index, &is_stored, &root, hashes));
        if (!is_stored) {
            struct ledger_violation about = {.field = TEXT("integrity_tiles.hashes")};
            log->is_lost = true;
            return verify_found(verify, CHECK_LOG_ROOT, &about, "the tile of level 1 with index %lld is missing",
                                (long long)index);
        }
        LEDGER_TRY(log_take_root(verify, &root));
    }
    log->wanted_seen = log_wanted_beyond(log, before_log_index - 1);
    if (before_log_index % (1 << STORE_SEGMENT_BITS) == 0 && log->wanted_seen < log->wanted_count &&
        log->wanted[log->wanted_seen].log_size == before_log_index) {
        struct log_wanted *wanted = &log->wanted[log->wanted_seen++];
        wanted->is_known = true;
        wanted->root = merkle_frontier_root(&log->ranges, log_sha256(verify));
    }
    return LEDGER_DONE;
}

struct log_tiles {
    struct verify *verify;
    int64_t log_size;
};

static ledger_status log_check_tile_place(struct ledger_call *call, void *context, int64_t level, int64_t tile_index)
{
    (void)call;
    const struct log_tiles *tiles = context;
    bool is_expected =
        level >= 0 && level < LOG_LEVELS && tile_index >= 0 && tile_index < tiles->log_size >> 8 * (level + 1);
    if (is_expected) {
        return LEDGER_DONE;
    }
    struct ledger_violation about = {.field = TEXT("integrity_tiles.tile_index")};
    return verify_found(tiles->verify, CHECK_LOG_ROOT, &about,
                        "a log of %lld events has no tile of level %lld with index %lld", (long long)tiles->log_size,
                        (long long)level, (long long)tile_index);
}

static ledger_status log_check_extra_tiles(struct verify *verify, int64_t log_size)
{
    int64_t tiles_count = 0;
    LEDGER_TRY(store_tile_count(verify->call, verify->store, &tiles_count));
    verify->sums.checked_counts[CHECK_LOG_ROOT] += (uint64_t)tiles_count;
    if (tiles_count == verify->log.tiles_found) {
        return LEDGER_DONE;
    }
    struct log_tiles tiles = {verify, log_size};
    return store_tile_scan(verify->call, verify->store, log_check_tile_place, &tiles);
}

/* The head's frontier. */
static ledger_status log_check_head(struct verify *verify)
{
    struct log_state *log = &verify->log;
    const struct merkle_frontier *stored = &verify->head.frontier;
    struct sha256_hash stored_root = merkle_frontier_root(stored, log_sha256(verify));
    if (log->is_lost) {
        log->root = stored_root;
        return LEDGER_DONE;
    }
    log->root = log_root_with(verify, &log->tail);
    size_t ranges_size = log->ranges.count * sizeof stored->hashes[0];
    if (stored->count == log->ranges.count + log->tail.count &&
        memcmp(stored->hashes, log->ranges.hashes, ranges_size) == 0 &&
        memcmp(stored->hashes + log->ranges.count, log->tail.hashes, log->tail.count * sizeof stored->hashes[0]) == 0) {
        return LEDGER_DONE;
    }
    return log_report_hash(verify, CHECK_LOG_ROOT, "integrity_head.frontier", &stored_root, &log->root,
                           "the head's root is not that of the log", 0, log->log_size);
}

ledger_status log_finish(struct verify *verify)
{
    struct log_state *log = &verify->log;
    verify->sums.checked_counts[CHECK_LOG_ROOT]++;
    LEDGER_TRY(log_take_first_event(verify, log->log_size));
    if (log->position < log->log_size) { /* neither rows nor tiles reach so far */
        log->is_lost = true;
        LEDGER_TRY(log_report_lost(verify, log->position / MERKLE_TILE_LEAVES,
                                   (log->log_size + MERKLE_TILE_LEAVES - 1) / MERKLE_TILE_LEAVES));
        log->position = log->log_size;
    }
    if (verify->from_log_index == 0) {
        LEDGER_TRY(log_check_extra_tiles(verify, log->log_size));
    }
    if (verify->has_head) {
        LEDGER_TRY(log_check_head(verify));
    } else {
        /* Without a head there is no leaf to compare the last events with: what they come to is told, no more. */
        log->root = log_root_with(verify, &log->tail);
    }
    return LEDGER_DONE;
}
