/* The tree of the log: leaves, tiles, levels, frontier. See log_state.h. */
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

ledger_status log_begin(struct verify *verify)
{
    struct log_state *log = &verify->log;
    log->log_size = verify->has_head ? store_head_log_size(&verify->head) : STORE_POSITION_MAX;
    log->position = verify->from_log_index;
    log->tile_index = -1;
    merkle_frontier_init(&log->tiles);
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

/* The 256 roots of a level make a tile of the level above. */
static ledger_status log_close_level(struct verify *verify, unsigned level)
{
    struct log_state *log = &verify->log;
    struct log_level *state = &log->levels[level];
    struct sha256_hash stored[MERKLE_TILE_LEAVES];
    struct sha256_hash stored_root;
    struct sha256_hash root = log_tile_root(verify, state->hashes);
    bool is_stored = false;
    int64_t index = state->tiles_count++;
    state->count = 0;
    LEDGER_TRY(store_tile_get(verify->call, verify->store, level, index, &is_stored, &stored_root, stored));
    if (!is_stored) {
        struct ledger_violation about = {.field = TEXT("integrity_tiles.hashes")};
        LEDGER_TRY(verify_found(verify, CHECK_LOG_ROOT, &about, "the tile of level %u with index %lld is missing",
                                level, (long long)index));
    } else {
        log->tiles_found++;
        for (size_t i = 0; i < MERKLE_TILE_LEAVES; i++) {
            if (!log_hash_equals(&stored[i], &state->hashes[i])) {
                LEDGER_TRY(log_report_hash(verify, CHECK_LOG_ROOT, "integrity_tiles.hashes", &stored[i],
                                           &state->hashes[i], "a tile does not hold the root of the tile below it",
                                           level, index * MERKLE_TILE_LEAVES + (int64_t)i));
            }
        }
        if (!log_hash_equals(&stored_root, &root)) {
            LEDGER_TRY(log_report_hash(verify, CHECK_LOG_ROOT, "integrity_tiles.root_hash", &stored_root, &root,
                                       "the root of a tile is not that of its hashes", level, index));
        }
    }
    if (level + 1 < LOG_LEVELS) {
        struct log_level *above = &log->levels[level + 1];
        above->hashes[above->count++] = root;
        return above->count == MERKLE_TILE_LEAVES ? log_close_level(verify, level + 1) : LEDGER_DONE;
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
static ledger_status log_close_tile(struct verify *verify)
{
    struct log_state *log = &verify->log;
    struct sha256_hash root = log->stored_root;
    bool is_known = log_complete_leaves(log, MERKLE_TILE_LEAVES);
    if (!log->tile_is_stored) {
        struct ledger_violation about = {.field = TEXT("integrity_tiles.hashes")};
        LEDGER_TRY(verify_found(verify, CHECK_LOG_ROOT, &about, "the tile of level 0 with index %lld is missing",
                                (long long)log->tile_index));
    }
    if (!is_known) {
        log->is_lost = true;
        return LEDGER_DONE;
    }
    if (!log->tile_is_sound) {
        root = log_tile_root(verify, log->computed);
        if (log->tile_is_stored) {
            LEDGER_TRY(log_check_unsound_tile(verify, &root));
        }
    }
    if (log->is_lost) {
        return LEDGER_DONE;
    }
    merkle_frontier_add(&log->tiles, log_sha256(verify), &root);
    log->levels[0].tiles_count++;
    struct log_level *above = &log->levels[1];
    above->hashes[above->count++] = root;
    return above->count == MERKLE_TILE_LEAVES ? log_close_level(verify, 1) : LEDGER_DONE;
}

static ledger_status log_step(struct verify *verify)
{
    struct log_state *log = &verify->log;
    log->position++;
    return log->position % MERKLE_TILE_LEAVES == 0 ? log_close_tile(verify) : LEDGER_DONE;
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
    return log_step(verify);
}

/* Where whole tiles are missing with their events, there is nothing to walk over. */
static ledger_status log_skip(struct verify *verify, int64_t position)
{
    struct log_state *log = &verify->log;
    while (log->position < position) {
        LEDGER_TRY(log_need_tile(verify));
        bool is_begin = log->position % MERKLE_TILE_LEAVES == 0;
        if (is_begin && !log->tile_is_stored && position - log->position >= MERKLE_TILE_LEAVES) {
            struct ledger_violation about = {.field = TEXT("integrity_tiles.hashes")};
            int64_t end = position - position % MERKLE_TILE_LEAVES;
            LEDGER_TRY(verify_found(verify, CHECK_LOG_ROOT, &about,
                                    "the tiles of level 0 from index %lld to %lld are missing with their events",
                                    (long long)log->tile_index, (long long)(end / MERKLE_TILE_LEAVES - 1)));
            log->is_lost = true;
            log->position = end;
            continue;
        }
        LEDGER_TRY(log_step(verify));
    }
    return LEDGER_DONE;
}

ledger_status log_advance(struct verify *verify, int64_t position)
{
    struct log_state *log = &verify->log;
    if (log->position >= position) {
        return LEDGER_DONE;
    }
    struct ledger_violation about = {
        .field = TEXT("audit_log.log_index"),
        .computed = verify_text_of_integer(verify->computed_text, log->position),
    };
    log->has_gaps = true;
    if (position - log->position == 1) {
        LEDGER_TRY(verify_found(verify, CHECK_LOG_LEAVES, &about,
                                "the event at log position %lld is missing: its row was deleted",
                                (long long)log->position));
    } else {
        LEDGER_TRY(verify_found(verify, CHECK_LOG_LEAVES, &about,
                                "the events at log positions %lld to %lld are missing: their rows were deleted",
                                (long long)log->position, (long long)(position - 1)));
    }
    return log_skip(verify, position);
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
    verify->checks[CHECK_LOG_ROOT].checked_count += (uint64_t)tiles_count;
    if (tiles_count == verify->log.tiles_found) {
        return LEDGER_DONE;
    }
    struct log_tiles tiles = {verify, log_size};
    return store_tile_scan(verify->call, verify->store, log_check_tile_place, &tiles);
}

/* The head's open leaves and frontier. */
static ledger_status log_check_head(struct verify *verify, size_t open_count)
{
    struct log_state *log = &verify->log;
    const struct merkle_frontier *stored = &verify->head.frontier;
    struct merkle_frontier open = log_open_frontier(verify, log->computed, open_count);
    unsigned tiles_count = stored->count - open.count;
    bool open_agrees = memcmp(open.hashes, stored->hashes + tiles_count, open.count * sizeof open.hashes[0]) == 0;
    if (open_count > 0 && !log->tile_is_sound) {
        LEDGER_TRY(log_report_leaves(verify, open_count, open_agrees, "integrity_head.open_leaves"));
    }
    bool tiles_agree =
        log->is_lost || (log->tiles.count == tiles_count &&
                         memcmp(log->tiles.hashes, stored->hashes, tiles_count * sizeof stored->hashes[0]) == 0);
    struct merkle_frontier frontier = log->tiles;
    memcpy(frontier.hashes + frontier.count, open.hashes, open.count * sizeof open.hashes[0]);
    frontier.count += open.count;
    struct sha256_hash stored_root = merkle_frontier_root(stored, log_sha256(verify));
    log->root = log->is_lost ? stored_root : merkle_frontier_root(&frontier, log_sha256(verify));
    if (open_agrees && tiles_agree) {
        return LEDGER_DONE;
    }
    return log_report_hash(verify, CHECK_LOG_ROOT, "integrity_head.frontier", &stored_root, &log->root,
                           "the head's root is not that of the log", 0, log->log_size);
}

/* Without a head there is no leaf to compare the last events with: what they come to is told, no more. */
static void log_close_headless(struct verify *verify, size_t open_count)
{
    struct log_state *log = &verify->log;
    struct merkle_frontier frontier = log->tiles;
    struct merkle_frontier open = log_open_frontier(verify, log->computed, open_count);
    memcpy(frontier.hashes + frontier.count, open.hashes, open.count * sizeof open.hashes[0]);
    frontier.count += open.count;
    log->root = merkle_frontier_root(&frontier, log_sha256(verify));
}

ledger_status log_finish(struct verify *verify)
{
    struct log_state *log = &verify->log;
    if (verify->has_head) {
        LEDGER_TRY(log_advance(verify, log->log_size));
    }
    int64_t log_size = verify->has_head ? log->log_size : log->position;
    size_t open_count = (size_t)(log_size % MERKLE_TILE_LEAVES);
    verify->checks[CHECK_LOG_ROOT].checked_count++;
    if (open_count > 0) {
        LEDGER_TRY(log_need_tile(verify));
        if (!log_complete_leaves(log, open_count)) {
            log->is_lost = true;
        }
    }
    LEDGER_TRY(log_check_extra_tiles(verify, log_size));
    log->log_size = log_size;
    if (verify->has_head) {
        return log_check_head(verify, open_count);
    }
    log_close_headless(verify, open_count);
    return LEDGER_DONE;
}
