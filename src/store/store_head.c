/* Settings, the head of the log and its tiles. */
#include "store/row.h"

enum { CHUNK_LEAVES = 8 };

_Static_assert(sizeof(struct sha256_hash) == SHA256_SIZE, "hashes lie one after the other");

ledger_status store_settings_get(struct ledger_call *call, struct store *store, struct ledger_settings *ret_settings)
{
    STORE_SCAN(scan);
    const struct value *row = NULL;
    LEDGER_TRY(row_get(call, store, QUERY_SETTINGS_GET, NULL, &scan, &row));
    if (row == NULL) {
        return ledger_fail(call, LEDGER_DATABASE_IS_DAMAGED,
                           "ledger_settings has no row: an import --verbatim is at work here or was interrupted (go on "
                           "with it by --resume, or import into another database), or somebody removed it");
    }
    struct ledger_settings settings = {
        .ledger_id = row_text(&row[SETTINGS_GET_OUT_LEDGER_ID]),
        .time_zone = row_text(&row[SETTINGS_GET_OUT_TIME_ZONE]),
        .default_currency = row_text(&row[SETTINGS_GET_OUT_DEFAULT_CURRENCY]),
        .fiscal_year_start = row_text(&row[SETTINGS_GET_OUT_FISCAL_YEAR_START]),
        .hash_version = row_int32(&row[SETTINGS_GET_OUT_HASH_VERSION]),
    };
    struct ledger_text *const texts[] = {&settings.ledger_id, &settings.time_zone, &settings.default_currency,
                                         &settings.fiscal_year_start};
    LEDGER_TRY(row_keep_texts(call, texts, sizeof texts / sizeof texts[0]));
    *ret_settings = settings;
    return LEDGER_DONE;
}

ledger_status store_settings_insert(struct ledger_call *call, struct store *store,
                                    const struct ledger_settings *settings)
{
    const struct value row[SETTINGS_INSERT_INS] = {
        [SETTINGS_INSERT_IN_LEDGER_ID] = value_text(settings->ledger_id),
        [SETTINGS_INSERT_IN_TIME_ZONE] = value_text(settings->time_zone),
        [SETTINGS_INSERT_IN_DEFAULT_CURRENCY] = value_text(settings->default_currency),
        [SETTINGS_INSERT_IN_FISCAL_YEAR_START] = value_text(settings->fiscal_year_start),
        [SETTINGS_INSERT_IN_HASH_VERSION] = value_integer(settings->hash_version),
    };
    return row_write(call, store, QUERY_SETTINGS_INSERT, row, 1);
}

static ledger_status head_fail(struct ledger_call *call, int64_t log_size)
{
    return ledger_fail(call, LEDGER_DATABASE_IS_DAMAGED,
                       "integrity_head is damaged: its frontier or open tile does not fit a log of %lld events",
                       (long long)log_size);
}

static bool frontier_equals(const struct merkle_frontier *left, const struct merkle_frontier *right)
{
    return left->size == right->size && memcmp(left->hashes, right->hashes, merkle_frontier_bytes(left)) == 0;
}

static void open_leaves_remember(struct store *store, const struct store_head *head)
{
    store->open_leaves.is_known = true;
    store->open_leaves.frontier = head->frontier;
    memcpy(store->open_leaves.leaves, head->open_leaves, sizeof head->open_leaves);
}

/* Fills in the open leaves of a head whose frontier is there. */
static ledger_status open_leaves_get(struct ledger_call *call, struct store *store, struct store_head *head)
{
    if (store->open_leaves.is_known && frontier_equals(&store->open_leaves.frontier, &head->frontier)) {
        memcpy(head->open_leaves, store->open_leaves.leaves, sizeof head->open_leaves);
        return LEDGER_DONE;
    }
    STORE_SCAN(scan);
    const struct value *row = NULL;
    LEDGER_TRY(row_get(call, store, QUERY_OPEN_LEAVES_GET, NULL, &scan, &row));
    struct ledger_text leaves = row == NULL ? TEXT_ABSENT : row_text(&row[0]);
    if (leaves.size != head->frontier.size % MERKLE_TILE_LEAVES * SHA256_SIZE) {
        return head_fail(call, store_head_log_size(head));
    }
    memset(head->open_leaves, 0, sizeof head->open_leaves);
    if (leaves.size > 0) {
        memcpy(head->open_leaves, leaves.data, leaves.size);
    }
    open_leaves_remember(store, head);
    return LEDGER_DONE;
}

ledger_status store_head_get(struct ledger_call *call, struct store *store, struct store_head *ret_head)
{
    STORE_SCAN(scan);
    const struct value *row = NULL;
    LEDGER_TRY(row_get(call, store, QUERY_HEAD_GET, NULL, &scan, &row));
    if (row == NULL) {
        return ledger_fail(call, LEDGER_DATABASE_IS_DAMAGED, "integrity_head has no row");
    }
    int64_t log_size = row_integer(&row[HEAD_GET_OUT_LOG_SIZE]);
    struct ledger_text frontier = row_text(&row[HEAD_GET_OUT_FRONTIER]);
    if (log_size < 0 || log_size >= STORE_POSITION_MAX ||
        !merkle_frontier_restore(&ret_head->frontier, (uint64_t)log_size, frontier.data, frontier.size)) {
        return head_fail(call, log_size);
    }
    ret_head->epoch = row_integer(&row[HEAD_GET_OUT_EPOCH]);
    ret_head->posting_day = row_int32(&row[HEAD_GET_OUT_POSTING_DAY]);
    ret_head->last_number = row_integer(&row[HEAD_GET_OUT_LAST_NUMBER]);
    ret_head->last_posting_date_us = row_integer(&row[HEAD_GET_OUT_LAST_POSTING_DATE]);
    ret_head->amount_bound_minor = row_integer(&row[HEAD_GET_OUT_AMOUNT_BOUND]);
    ret_head->rules_version = row_integer(&row[HEAD_GET_OUT_RULES_VERSION]);
    ret_head->is_frozen = row_integer(&row[HEAD_GET_OUT_FROZEN]) != 0;
    return open_leaves_get(call, store, ret_head);
}

static ledger_status head_write(struct ledger_call *call, struct store *store, enum query_id query,
                                const struct store_head *head)
{
    const struct value row[HEAD_UPDATE_INS] = {
        [HEAD_UPDATE_IN_LOG_SIZE] = value_integer((int64_t)head->frontier.size),
        [HEAD_UPDATE_IN_FRONTIER] = value_blob(head->frontier.hashes, merkle_frontier_bytes(&head->frontier)),
        [HEAD_UPDATE_IN_OPEN_LEAVES] =
            value_blob(head->open_leaves, head->frontier.size % MERKLE_TILE_LEAVES * SHA256_SIZE),
        [HEAD_UPDATE_IN_EPOCH] = value_integer(head->epoch),
        [HEAD_UPDATE_IN_POSTING_DAY] = value_day(head->posting_day),
        [HEAD_UPDATE_IN_LAST_NUMBER] = value_integer(head->last_number),
        [HEAD_UPDATE_IN_LAST_POSTING_DATE] = value_time(head->last_posting_date_us),
        [HEAD_UPDATE_IN_AMOUNT_BOUND] = value_amount(head->amount_bound_minor),
        [HEAD_UPDATE_IN_RULES_VERSION] = value_integer(head->rules_version),
        [HEAD_UPDATE_IN_FROZEN] = value_integer(head->is_frozen),
    };
    return row_write(call, store, query, row, 1);
}

ledger_status store_head_insert(struct ledger_call *call, struct store *store, const struct store_head *head)
{
    _Static_assert((int)HEAD_INSERT_INS == (int)HEAD_UPDATE_INS, "one row for both");
    return head_write(call, store, QUERY_HEAD_INSERT, head);
}

/* The chunks of the open tile that changed since the log had `log_size_before` events, zeros behind its last leaf. */
static ledger_status open_leaves_write(struct ledger_call *call, struct store *store, const struct store_head *head,
                                       uint64_t log_size_before)
{
    if (!row_is_kept(store, QUERY_OPEN_LEAVES_UPDATE)) {
        return LEDGER_DONE;
    }
    uint64_t log_size = head->frontier.size;
    uint64_t open_count = log_size % MERKLE_TILE_LEAVES;
    bool is_same_tile = log_size / MERKLE_TILE_LEAVES == log_size_before / MERKLE_TILE_LEAVES;
    uint64_t first = is_same_tile ? log_size_before % MERKLE_TILE_LEAVES : 0;
    struct sha256_hash leaves[MERKLE_TILE_LEAVES] = {0};
    struct value rows[MERKLE_TILE_LEAVES / CHUNK_LEAVES * OPEN_LEAVES_UPDATE_INS];
    size_t count = 0;
    memcpy(leaves, head->open_leaves, open_count * sizeof leaves[0]);
    for (uint64_t chunk = first / CHUNK_LEAVES; chunk * CHUNK_LEAVES < open_count; chunk++) {
        struct value *row = &rows[count++ * OPEN_LEAVES_UPDATE_INS];
        row[OPEN_LEAVES_UPDATE_IN_CHUNK] = value_integer((int64_t)chunk);
        row[OPEN_LEAVES_UPDATE_IN_LEAVES] = value_blob(&leaves[chunk * CHUNK_LEAVES], CHUNK_LEAVES * sizeof leaves[0]);
    }
    return count == 0 ? LEDGER_DONE : row_write(call, store, QUERY_OPEN_LEAVES_UPDATE, rows, count);
}

ledger_status store_head_update(struct ledger_call *call, struct store *store, const struct store_head *head,
                                int64_t log_size_before)
{
    LEDGER_TRY(open_leaves_write(call, store, head, (uint64_t)log_size_before));
    LEDGER_TRY(head_write(call, store, QUERY_HEAD_UPDATE, head));
    open_leaves_remember(store, head);
    return LEDGER_DONE;
}

ledger_status store_tile_insert(struct ledger_call *call, struct store *store, int64_t level, int64_t tile_index,
                                const struct sha256_hash *root, const struct sha256_hash hashes[MERKLE_TILE_LEAVES])
{
    const struct value row[TILE_INSERT_INS] = {
        [TILE_INSERT_IN_LEVEL] = value_integer(level),
        [TILE_INSERT_IN_TILE_INDEX] = value_integer(tile_index),
        [TILE_INSERT_IN_ROOT_HASH] = value_blob(root, SHA256_SIZE),
        [TILE_INSERT_IN_HASHES] = value_blob(hashes, MERKLE_TILE_LEAVES * SHA256_SIZE),
    };
    return row_write(call, store, QUERY_TILE_INSERT, row, 1);
}

ledger_status store_tile_get(struct ledger_call *call, struct store *store, int64_t level, int64_t tile_index,
                             bool *ret_found, struct sha256_hash *ret_root,
                             struct sha256_hash ret_hashes[MERKLE_TILE_LEAVES])
{
    STORE_SCAN(scan);
    const struct value inputs[] = {value_integer(level), value_integer(tile_index)};
    const struct value *row = NULL;
    LEDGER_TRY(row_get(call, store, QUERY_TILE_GET, inputs, &scan, &row));
    if (row != NULL) {
        row_bytes(&row[TILE_GET_OUT_ROOT_HASH], ret_root, SHA256_SIZE);
        row_bytes(&row[TILE_GET_OUT_HASHES], ret_hashes, MERKLE_TILE_LEAVES * SHA256_SIZE);
    }
    *ret_found = row != NULL;
    return LEDGER_DONE;
}

ledger_status store_tile_count(struct ledger_call *call, struct store *store, int64_t *ret_count)
{
    STORE_SCAN(scan);
    const struct value *row = NULL;
    LEDGER_TRY(row_get(call, store, QUERY_TILE_COUNT, NULL, &scan, &row));
    *ret_count = row == NULL ? 0 : row_integer(&row[0]);
    return LEDGER_DONE;
}

ledger_status store_tile_roots_get(struct ledger_call *call, struct store *store, int64_t level, int64_t from_index,
                                   size_t count, struct sha256_hash *ret_roots)
{
    STORE_SCAN(scan);
    const struct value inputs[] = {value_integer(level), value_integer(from_index),
                                   value_integer(from_index + (int64_t)count)};
    LEDGER_TRY(row_scan(call, store, QUERY_TILE_ROOT_LIST, inputs, &scan));
    for (int64_t i = 0; i < (int64_t)count; i++) {
        const struct value *row = NULL;
        LEDGER_TRY(row_next(call, &scan, &row));
        if (row == NULL || row_integer(&row[TILE_ROOT_LIST_OUT_TILE_INDEX]) != from_index + i) {
            return ledger_fail(call, LEDGER_DATABASE_IS_DAMAGED, "integrity_tiles: tile %lld of level %lld is missing",
                               (long long)(from_index + i), (long long)level);
        }
        row_bytes(&row[TILE_ROOT_LIST_OUT_ROOT_HASH], &ret_roots[i], SHA256_SIZE);
    }
    return LEDGER_DONE;
}

ledger_status store_checkpoint_insert(struct ledger_call *call, struct store *store,
                                      const struct store_checkpoint *checkpoint)
{
    const struct value row[CHECKPOINT_INSERT_INS] = {
        [CHECKPOINT_INSERT_IN_LOG_SIZE] = value_integer(checkpoint->log_size),
        [CHECKPOINT_INSERT_IN_EPOCH] = value_integer(checkpoint->epoch),
        [CHECKPOINT_INSERT_IN_ROOT_HASH] = value_blob(&checkpoint->root, SHA256_SIZE),
        [CHECKPOINT_INSERT_IN_NOTE] = value_text(checkpoint->note),
        [CHECKPOINT_INSERT_IN_CREATED_AT] = value_time(checkpoint->created_at_us),
    };
    return row_write(call, store, QUERY_CHECKPOINT_INSERT, row, 1);
}
