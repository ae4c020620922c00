/* The critical section: lock, time, rules, leaves, fold, commit, and the resolution of commits of unknown outcome. */
#include "engine/write_unit.h"

#include <string.h>
#include <time.h>

#include "base/text.h"
#include "engine/texts.h"

enum {
    FOLD_EVERY_BITS = 12, /* the open totals are looked at each 4,096 log positions … */
    FOLD_ROWS_MIN = 4096, /* … and folded from this many rows on */
    TILE_LEVELS_MAX = 6,
    ATTEMPTS_MAX = 32,  /* of one unit, whatever befalls it */
    UNRESOLVED_MAX = 5, /* … of them that end with an outcome unknown */
    PAUSE_US_FIRST = 5000,
    PAUSE_US_MAX = 200000,
};

#define CLOCK_BEHIND_US_MAX (INT64_C(5) * 60 * 1000000)

/* An administrator's acceptance holds as long as time stands still at its own instant. */
static ledger_status clock_is_accepted(struct ledger_call *call, struct write_unit *unit, bool *ret_accepted)
{
    bool has_event = false;
    struct ledger_event_record event;
    LEDGER_TRY(store_event_find_last(call, &unit->session->store, TEXT("CLOCK_ACCEPTED"), STORE_POSITION_MAX,
                                     &has_event, &event));
    *ret_accepted = has_event && event.event_timestamp_us == unit->head.last_posting_date_us;
    return LEDGER_DONE;
}

/* I2: where the clock is behind the head, time stands still until it has caught up; where it is far behind, one of the
 * two is wrong, and a person has to say so. */
static ledger_status unit_take_time(struct ledger_call *call, struct write_unit *unit, bool by_any_clock)
{
    int64_t clock_us = ledger_call_now_us(call);
    int64_t last_us = unit->head.last_posting_date_us;
    unit->now_us = clock_us > last_us ? clock_us : last_us;
    if (by_any_clock || last_us - clock_us <= CLOCK_BEHIND_US_MAX) {
        return LEDGER_DONE;
    }
    bool is_accepted = false;
    LEDGER_TRY(clock_is_accepted(call, unit, &is_accepted));
    if (!is_accepted) {
        char clock_text[TIME_TEXT_SIZE];
        char last_text[TIME_TEXT_SIZE];
        (void)time_format(clock_us, clock_text);
        (void)time_format(last_us, last_text);
        return ledger_fail(call, LEDGER_CLOCK_IS_WRONG,
                           "the clock says %s, but the ledger's last event is of %s: one of the two is wrong",
                           clock_text, last_text);
    }
    return LEDGER_DONE;
}

/* The caller rolls back where this fails. */
static ledger_status unit_load(struct ledger_call *call, struct session *session, bool by_any_clock,
                               struct write_unit *unit)
{
    unit->session = session;
    unit->has_rows = false;
    LEDGER_TRY(store_head_get(call, &session->store, &unit->head));
    unit->first_log_index = store_head_log_size(&unit->head);
    segment_lists_begin(&session->lists, unit->first_log_index);
    LEDGER_TRY(unit_take_time(call, unit, by_any_clock));
    return rules_refresh(call, &session->rules, &session->store, unit->head.rules_version);
}

/* Stores the tile that a leaf makes full and, where it is the last of 256, the tile above it. The leaf is not in the
 * frontier yet, which knows the rest of each tile. */
static ledger_status unit_store_tiles(struct ledger_call *call, struct write_unit *unit, const struct sha256_hash *leaf)
{
    struct store *store = &unit->session->store;
    int64_t tile_index = (int64_t)(unit->head.frontier.size / MERKLE_TILE_LEAVES);
    struct sha256_hash hashes[MERKLE_TILE_LEAVES];
    memcpy(hashes, unit->head.open_leaves, sizeof hashes);
    for (unsigned level = 0; level < TILE_LEVELS_MAX; level++) {
        struct sha256_hash root = merkle_frontier_subtree(&unit->head.frontier, unit->session->hasher.sha256, leaf,
                                                          (level + 1) * MERKLE_TILE_HEIGHT);
        LEDGER_TRY(store_tile_insert(call, store, level, tile_index, &root, hashes));
        if ((tile_index + 1) % MERKLE_TILE_LEAVES != 0) {
            return LEDGER_DONE;
        }
        LEDGER_TRY(
            store_tile_roots_get(call, store, level, tile_index + 1 - MERKLE_TILE_LEAVES, MERKLE_TILE_LEAVES, hashes));
        tile_index /= MERKLE_TILE_LEAVES;
    }
    return LEDGER_DONE;
}

ledger_status write_unit_add_leaf(struct ledger_call *call, struct write_unit *unit, const struct sha256_hash *leaf)
{
    uint64_t place = unit->head.frontier.size % MERKLE_TILE_LEAVES;
    if (unit->head.frontier.size >= (uint64_t)STORE_POSITION_MAX) {
        return ledger_fail(call, LEDGER_INPUT_IS_TOO_LARGE, "the log is full: it holds %lld events",
                           (long long)STORE_POSITION_MAX);
    }
    unit->head.open_leaves[place] = *leaf;
    if (place == MERKLE_TILE_LEAVES - 1) {
        LEDGER_TRY(unit_store_tiles(call, unit, leaf));
    }
    merkle_frontier_add(&unit->head.frontier, unit->session->hasher.sha256, leaf);
    unit->last_leaf = *leaf;
    return LEDGER_DONE;
}

ledger_status write_unit_add_event(struct ledger_call *call, struct write_unit *unit, struct ledger_event_record *event)
{
    event->log_index = store_head_log_size(&unit->head);
    event->event_timestamp_us = unit->now_us;
    struct sha256_hash leaf = record_leaf_hash(&unit->session->hasher, event);
    LEDGER_TRY(store_event_insert(call, &unit->session->store, event, 1));
    return write_unit_add_leaf(call, unit, &leaf);
}

/* The open totals stay few, so that reading them all is cheap. */
static ledger_status unit_fold_when_due(struct ledger_call *call, struct write_unit *unit, int64_t log_size)
{
    if (unit->first_log_index >> FOLD_EVERY_BITS == log_size >> FOLD_EVERY_BITS) {
        return LEDGER_DONE;
    }
    int64_t rows_count = 0;
    LEDGER_TRY(store_open_total_count(call, &unit->session->store, &rows_count));
    return rows_count < FOLD_ROWS_MIN ? LEDGER_DONE
                                      : store_open_total_fold(call, &unit->session->store, unit->head.posting_day);
}

static ledger_status unit_finish_without_leaves(struct ledger_call *call, const struct write_unit *unit)
{
    if (unit->has_rows) {
        return store_commit(call, &unit->session->store);
    }
    store_rollback(&unit->session->store); /* the body found that nothing is to be done */
    return LEDGER_DONE;
}

ledger_status write_unit_finish(struct ledger_call *call, struct write_unit *unit)
{
    int64_t log_size = store_head_log_size(&unit->head);
    if (log_size == unit->first_log_index) {
        segment_lists_commit(&unit->session->lists, log_size);
        return unit_finish_without_leaves(call, unit);
    }
    for (int64_t segment = unit->first_log_index >> STORE_SEGMENT_BITS; segment < log_size >> STORE_SEGMENT_BITS;
         segment++) {
        LEDGER_TRY(segment_lists_seal(call, &unit->session->lists, &unit->session->store, segment));
    }
    LEDGER_TRY(unit_fold_when_due(call, unit, log_size));
    unit->head.last_posting_date_us = unit->now_us;
    LEDGER_TRY(store_head_update(call, &unit->session->store, &unit->head, unit->first_log_index));
    LEDGER_TRY(store_commit(call, &unit->session->store));
    segment_lists_commit(&unit->session->lists, log_size);
    return LEDGER_DONE;
}

/* Whether the leaf that a unit left last stands in the log that `unit` sees now. */
static ledger_status unit_finds_leaf(struct ledger_call *call, const struct write_unit *unit, int64_t log_index,
                                     const struct sha256_hash *leaf, bool *ret_found)
{
    int64_t log_size = store_head_log_size(&unit->head);
    *ret_found = false;
    if (log_index >= log_size) {
        return LEDGER_DONE;
    }
    struct sha256_hash hashes[MERKLE_TILE_LEAVES];
    struct sha256_hash root;
    if (log_index / MERKLE_TILE_LEAVES == log_size / MERKLE_TILE_LEAVES) {
        memcpy(hashes, unit->head.open_leaves, sizeof hashes);
    } else {
        bool has_tile = false;
        LEDGER_TRY(
            store_tile_get(call, &unit->session->store, 0, log_index / MERKLE_TILE_LEAVES, &has_tile, &root, hashes));
        if (!has_tile) {
            return LEDGER_DONE;
        }
    }
    *ret_found = memcmp(&hashes[log_index % MERKLE_TILE_LEAVES], leaf, sizeof *leaf) == 0;
    return LEDGER_DONE;
}

/* The attempts at one unit. The fields behind `is_open` are of the one whose outcome is not known yet. */
struct attempts {
    write_body *body;
    void *context;
    bool by_any_clock;
    bool is_ahead; /* the attempt that is to be made, or was made last */
    int64_t begin_ms;
    int64_t deadline_ms;
    unsigned count;
    unsigned unresolved_count; /* … of them that left an unknown outcome, or found one and could not resolve it */
    size_t problems_before;    /* of the call, before anything was tried */
    bool is_open;
    size_t problems_after; /* after its body: what that refused */
    int64_t log_index;     /* of the last leaf that it would have left; -1: none, its body sees for itself … */
    struct sha256_hash leaf;
};

/* Under the lock. Done where an earlier attempt turns out to have been done. */
static ledger_status unit_attempt(struct ledger_call *call, struct session *session, struct attempts *attempts)
{
    struct write_unit unit;
    LEDGER_TRY(unit_load(call, session, attempts->by_any_clock, &unit));
    if (attempts->is_open) {
        bool is_done = false;
        if (attempts->log_index >= 0) {
            LEDGER_TRY(unit_finds_leaf(call, &unit, attempts->log_index, &attempts->leaf, &is_done));
        }
        if (is_done) {
            store_rollback(&session->store);
            return LEDGER_DONE;
        }
        attempts->is_open = false;
        ledger_call_drop_problems(call, attempts->problems_before);
    }
    LEDGER_TRY(attempts->body(call, &unit, attempts->context));
    if (attempts->is_ahead && store_head_log_size(&unit.head) == unit.first_log_index) {
        return ledger_fail(call, LEDGER_DATABASE_HAS_CONFLICT, "there is no commit to say that the head was the same");
    }
    size_t problems_after = ledger_call_problems_count(call);
    ledger_status status = write_unit_finish(call, &unit);
    if (status == LEDGER_OUTCOME_IS_UNKNOWN) {
        attempts->is_open = true;
        attempts->problems_after = problems_after;
        attempts->log_index =
            store_head_log_size(&unit.head) == unit.first_log_index ? -1 : store_head_log_size(&unit.head) - 1;
        attempts->leaf = unit.last_leaf;
    }
    return status;
}

/* What earlier attempts complained of is of no interest any more. */
static ledger_status unit_try(struct ledger_call *call, struct session *session, struct attempts *attempts)
{
    int64_t left_ms = attempts->deadline_ms - monotonic_ms();
    ledger_call_drop_problems(call, attempts->is_open ? attempts->problems_after : attempts->problems_before);
    call->timeout_ms = left_ms < 0 ? 0 : (uint32_t)left_ms;
    attempts->count++;
    ledger_status status = store_begin(call, &session->store, attempts->is_ahead ? UNIT_WRITE_AHEAD : UNIT_WRITE);
    if (status == LEDGER_DONE) {
        status = unit_attempt(call, session, attempts);
    }
    if (status != LEDGER_DONE) {
        store_rollback(&session->store);
    }
    return status;
}

/* Whether the driver says that nothing was kept, and that another attempt may end well. */
static bool unit_may_run_again(ledger_status status)
{
    return status == LEDGER_DATABASE_HAS_CONFLICT || status == LEDGER_CONNECTION_IS_LOST;
}

/* Twice as long each time, and not the same for all who met in the conflict. A lost connection is made anew at once the
 * first time: it may have been lost long ago. */
static int64_t unit_pause_us(const struct attempts *attempts, ledger_status status)
{
    if (attempts->count == 1 && status == LEDGER_CONNECTION_IS_LOST) {
        return 0;
    }
    int64_t pause_us = PAUSE_US_FIRST;
    for (unsigned i = 1; i < attempts->count && pause_us < PAUSE_US_MAX; i++) {
        pause_us *= 2;
    }
    pause_us = pause_us > PAUSE_US_MAX ? PAUSE_US_MAX : pause_us;
    uint16_t random = 0;
    (void)random_bytes(&random, sizeof random);
    return pause_us / 2 + pause_us / 2 * random / UINT16_MAX;
}

/* I5. Whether the attempt that ended so is made again under the lock: it may have waited for that until the end. */
static bool unit_goes_back(const struct attempts *attempts, ledger_status status)
{
    return attempts->is_ahead && status != LEDGER_DONE && !attempts->is_open &&
           (status == LEDGER_DATABASE_HAS_CONFLICT || monotonic_ms() < attempts->deadline_ms);
}

/* I4. Whether another attempt follows one that ended so; waits before it. */
static bool unit_tries_again(struct attempts *attempts, ledger_status status)
{
    bool goes_back = unit_goes_back(attempts, status);
    attempts->is_ahead = false;
    if (goes_back) {
        return true;
    }
    bool kept_nothing = unit_may_run_again(status);
    if (status == LEDGER_DONE || attempts->count >= ATTEMPTS_MAX || (!kept_nothing && !attempts->is_open)) {
        return false;
    }
    if (!kept_nothing) {
        return ++attempts->unresolved_count < UNRESOLVED_MAX;
    }
    int64_t pause_us = unit_pause_us(attempts, status);
    if (pause_us > 0 && monotonic_ms() + pause_us / 1000 >= attempts->deadline_ms) {
        return false;
    }
    struct timespec pause = {.tv_nsec = pause_us * 1000};
    (void)nanosleep(&pause, NULL);
    return true;
}

/* What is told in the end of a unit that was not done. */
static ledger_status unit_fail(struct ledger_call *call, const struct attempts *attempts, ledger_status status)
{
    size_t problems_count = ledger_call_problems_count(call);
    if (attempts->is_open && attempts->log_index < 0) {
        return ledger_fail(call, LEDGER_OUTCOME_IS_UNKNOWN,
                           "the commit of a checkpoint's row could not be confirmed: run it again");
    }
    if (attempts->is_open) {
        return ledger_fail(call, LEDGER_OUTCOME_IS_UNKNOWN,
                           "the commit at log position %lld could not be confirmed: look whether it is there "
                           "before trying again",
                           (long long)attempts->log_index);
    }
    if (attempts->count == 1 || !unit_may_run_again(status) || problems_count == attempts->problems_before) {
        return status;
    }
    struct ledger_text message = ledger_call_problem(call, problems_count - 1)->message;
    ledger_call_drop_problems(call, problems_count - 1);
    return ledger_fail(call, status, "%.*s (tried %u times in %lld ms)", TEXT_ARGUMENTS(message), attempts->count,
                       (long long)(monotonic_ms() - attempts->begin_ms));
}

/* I3, I4. An attempt that cannot even begin while an earlier one is open leaves that one unknown. */
static ledger_status unit_run(struct ledger_call *call, struct session *session, write_body *body, void *context,
                              bool by_any_clock, bool may_go_ahead)
{
    uint32_t timeout_ms = call->timeout_ms;
    struct attempts attempts = {
        .body = body,
        .context = context,
        .by_any_clock = by_any_clock,
        .is_ahead = may_go_ahead && store_can_write_ahead(&session->store),
        .begin_ms = monotonic_ms(),
        .problems_before = ledger_call_problems_count(call),
    };
    attempts.deadline_ms = attempts.begin_ms + timeout_ms;
    ledger_status status = LEDGER_DONE;
    do {
        status = unit_try(call, session, &attempts);
    } while (unit_tries_again(&attempts, status));
    call->timeout_ms = timeout_ms;
    return status == LEDGER_DONE ? LEDGER_DONE : unit_fail(call, &attempts, status);
}

ledger_status write_unit_run(struct ledger_call *call, struct session *session, write_body *body, void *context)
{
    return unit_run(call, session, body, context, false, false);
}

ledger_status write_unit_run_ahead(struct ledger_call *call, struct session *session, write_body *body, void *context)
{
    return unit_run(call, session, body, context, false, true);
}

ledger_status write_unit_run_by_any_clock(struct ledger_call *call, struct session *session, write_body *body,
                                          void *context)
{
    return unit_run(call, session, body, context, true, false);
}

struct ledger_event_record write_unit_event(const struct ledger_call *call, const char *event_type,
                                            enum ledger_severity severity, bool is_success, const char *action,
                                            struct ledger_text description, struct ledger_text event_metadata)
{
    return (struct ledger_event_record){
        .event_type = ledger_text_of(event_type),
        .severity = severity,
        .is_success = is_success,
        .user_id = call->actor.user,
        .principal = call->actor.principal,
        .source_system = call->actor.source_system,
        .source_ip = call->actor.source_ip,
        .action = ledger_text_of(action),
        .description = description,
        .event_metadata = event_metadata,
    };
}

ledger_status write_unit_check_actor(struct ledger_call *call)
{
    if (text_is_absent(call->actor.user) || text_is_empty(call->actor.user)) {
        return ledger_fail(call, LEDGER_USER_IS_MISSING, "nobody is named as the user");
    }
    size_t problems_before = ledger_call_problems_count(call);
    texts_check_name(call, "user", call->actor.user, LEDGER_NAME_MAX);
    texts_check_name(call, "principal", call->actor.principal, LEDGER_NAME_MAX);
    texts_check_name(call, "source_system", call->actor.source_system, LEDGER_NAME_MAX);
    texts_check_name(call, "source_ip", call->actor.source_ip, LEDGER_NAME_MAX);
    return ledger_call_worst(call, problems_before);
}
