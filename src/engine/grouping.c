/* The line of those who post, and what its leader does. */
#include "engine/grouping.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/condition.h"
#include "base/text.h"
#include "engine/batch.h"
#include "engine/freeze.h"

enum {
    GROUP_REQUESTS_MAX = 256,
    WITHDRAWN_MESSAGE_SIZE = 160,
    GROUP_ITEMS_MAX = 4096, /* of all its requests; a single request may have more */
    LATE_ITEMS_MAX = 16,    /* of a request that is taken, and prepared, under the lock */
    KEYS_CAPACITY = 2 * GROUP_ITEMS_MAX,
    QUIET_GROUPS_MIN = 16, /* after so many the line is quiet */
};

enum request_state {
    REQUEST_WAITS,
    REQUEST_LEADS,
    REQUEST_IS_TAKEN, /* into a group, by its leader */
    REQUEST_IS_DONE,
};

/* A request in the line, on its thread's stack. */
struct posting_request {
    struct posting_request *next;
    pthread_cond_t has_moved; /* to another state */
    enum request_state state;
    int64_t deadline_ms;
    struct batch *batch;
    ledger_status status;
};

/* What is posted in one unit. */
struct group {
    struct posting_line *line;
    struct ledger_call *call;
    struct session *session;
    int64_t deadline_ms; /* of the most patient of them */
    struct posting_request *requests[GROUP_REQUESTS_MAX];
    size_t requests_count;
    size_t items_count;
    bool is_quiet; /* one item, and most likely nobody else comes */
    uint64_t
        *keys; /* hashes of idempotency keys and their sources: open addressing, 0 is a free place; NULL: none yet */
    struct draft **accepted;
    struct posting_faults faults;
};

void posting_line_init(struct posting_line *line)
{
    *line = (struct posting_line){.first = NULL};
    line->last = &line->first;
    (void)pthread_mutex_init(&line->mutex, NULL);
    call_init(&line->call);
}

void posting_line_done(struct posting_line *line)
{
    assert(line->first == NULL && !line->is_led);
    (void)pthread_mutex_destroy(&line->mutex);
    call_done(&line->call);
}

/* The place of an item's key: its own, or a free one; NULL of an item without a key. */
static uint64_t *keys_place(uint64_t *keys, const struct batch *batch, size_t item, uint64_t *ret_hash)
{
    struct ledger_text key = batch->postings[item].idempotency_key;
    if (text_is_empty(key)) {
        return NULL;
    }
    uint64_t hash = (text_hash(batch->call->actor.source_system) * 3 ^ text_hash(key)) | 1;
    size_t place = (size_t)(hash >> 1) & (KEYS_CAPACITY - 1);
    while (keys[place] != 0 && keys[place] != hash) {
        place = (place + 1) & (KEYS_CAPACITY - 1);
    }
    *ret_hash = hash;
    return &keys[place];
}

/* Takes the keys of a request in; false, and none of them, where one is there already. Two keys that only have the same
 * hash are taken for one: it does no harm. Those of one request may repeat. */
static bool keys_add(uint64_t *keys, const struct batch *batch)
{
    uint64_t hash = 0;
    for (size_t i = 0; i < batch->count; i++) {
        const uint64_t *place = keys_place(keys, batch, i, &hash);
        if (place != NULL && *place == hash) {
            return false;
        }
    }
    for (size_t i = 0; i < batch->count; i++) {
        uint64_t *place = keys_place(keys, batch, i, &hash);
        if (place != NULL) {
            *place = hash;
        }
    }
    return true;
}

/* I4. Keys are looked at from the second request on: one alone may have as many as it likes. */
static bool group_add_keys(struct group *group, const struct batch *batch)
{
    if (group->requests_count == 0) {
        return true;
    }
    if (group->keys == NULL) {
        group->keys = arena_allocate_array(&group->call->arena, KEYS_CAPACITY, sizeof *group->keys);
        if (group->keys == NULL) {
            return false;
        }
        (void)keys_add(group->keys, group->requests[0]->batch);
    }
    return keys_add(group->keys, batch);
}

/* What has a clock of its own is posted by that clock, and what adds events of its own may refuse the unit: both alone.
 */
static bool batch_is_alone(const struct batch *batch)
{
    return ledger_call_has_own_clock(batch->call) || batch->add_events != NULL;
}

/* Whether a request goes with those of the group. */
static bool group_admits(const struct group *group, const struct batch *batch, size_t batch_items_max)
{
    if (group->requests_count == 0) {
        return true;
    }
    return group->requests_count < GROUP_REQUESTS_MAX && batch->count <= batch_items_max &&
           group->items_count + batch->count <= GROUP_ITEMS_MAX && !batch_is_alone(batch) &&
           !batch_is_alone(group->requests[0]->batch);
}

/* I2. Takes from the head of the line the leader's own request and those behind it that go with it, of at most so many
 * items each. */
static void group_take(struct group *group, size_t batch_items_max)
{
    struct posting_line *line = group->line;
    (void)pthread_mutex_lock(&line->mutex);
    while (line->first != NULL && group_admits(group, line->first->batch, batch_items_max) &&
           group_add_keys(group, line->first->batch)) {
        struct posting_request *request = line->first;
        line->first = request->next;
        request->state = REQUEST_IS_TAKEN;
        group->requests[group->requests_count++] = request;
        group->items_count += request->batch->count;
        group->deadline_ms = request->deadline_ms > group->deadline_ms ? request->deadline_ms : group->deadline_ms;
    }
    if (line->first == NULL) {
        line->last = &line->first;
    }
    group->is_quiet = group->items_count == 1 && line->first == NULL && line->quiet_groups >= QUIET_GROUPS_MIN;
    (void)pthread_mutex_unlock(&line->mutex);
}

/* A fault that a request's own call has last is the whole group's: the group's call takes it over. */
static ledger_status group_take_fault(struct ledger_call *call, struct batch *batch, ledger_status status)
{
    size_t problems_count = ledger_call_problems_count(batch->call);
    if (status == LEDGER_DONE || problems_count == 0) {
        return status;
    }
    struct ledger_text message = ledger_call_problem(batch->call, problems_count - 1)->message;
    ledger_call_drop_problems(batch->call, problems_count - 1);
    return ledger_fail(call, status, "%.*s", TEXT_ARGUMENTS(message));
}

static ledger_status group_prepare(struct group *group, struct batch *batch)
{
    return group_take_fault(group->call, batch, batch_prepare(group->session, batch, false));
}

/* Gathers what is accepted of so many requests, from the first-th on. */
static size_t group_gather(struct group *group, size_t first, size_t count)
{
    size_t accepted_count = 0;
    for (size_t i = first; i < first + count; i++) {
        const struct batch *batch = group->requests[i]->batch;
        memcpy(group->accepted + accepted_count, batch->accepted, batch->accepted_count * sizeof(struct draft *));
        accepted_count += batch->accepted_count;
    }
    return accepted_count;
}

/* What so many requests, from the first-th on, come to, where that is known. */
static const struct total_sums *group_sums(const struct group *group, size_t first, size_t count)
{
    return count == 1 ? batch_sums(group->requests[first]->batch) : NULL;
}

/* Posts it, all rows together. */
static ledger_status group_add(struct ledger_call *call, struct write_unit *unit, struct group *group, size_t first,
                               size_t count)
{
    size_t accepted_count = group_gather(group, first, count);
    LEDGER_TRY(post_unit_check_totals(call, unit, group->accepted, accepted_count, group_sums(group, first, count)));
    for (size_t i = first; i < first + count; i++) {
        batch_drop_refused(group->requests[i]->batch);
    }
    accepted_count = group_gather(group, first, count);
    return post_unit_add(call, unit, group->accepted, accepted_count, group_sums(group, first, count));
}

/* Where totals come near their limit, what is left for a request depends on what of those before it was refused: then
 * each is added by itself. */
static ledger_status group_add_all(struct ledger_call *call, struct write_unit *unit, struct group *group)
{
    size_t accepted_count = group_gather(group, 0, group->requests_count);
    const struct total_sums *sums = group_sums(group, 0, group->requests_count);
    size_t share = post_unit_nears_limit(unit, group->accepted, accepted_count, sums) ? 1 : group->requests_count;
    for (size_t first = 0; first < group->requests_count; first += share) {
        LEDGER_TRY(group_add(call, unit, group, first, share));
    }
    return LEDGER_DONE;
}

/* Those who came while the lock was waited for come too, where that is soon done: most of them were in the group before
 * this one, and would else be in every other group only. */
static ledger_status group_take_late(struct group *group)
{
    size_t prepared_count = group->requests_count;
    group_take(group, LATE_ITEMS_MAX);
    for (size_t i = prepared_count; i < group->requests_count; i++) {
        LEDGER_TRY(group_prepare(group, group->requests[i]->batch));
    }
    return LEDGER_DONE;
}

static void group_note_end(const struct group *group, const struct write_unit *unit)
{
    const struct log_end end = {
        .log_size = store_head_log_size(&unit->head),
        .last_number = unit->head.last_number,
        .posting_day = unit->head.posting_day,
    };
    for (size_t i = 0; i < group->requests_count; i++) {
        group->requests[i]->batch->begin_log_size = unit->first_log_index;
        group->requests[i]->batch->end = end;
    }
}

static ledger_status group_body(struct ledger_call *call, struct write_unit *unit, void *context)
{
    struct group *group = context;
    LEDGER_TRY(group_take_late(group));
    if (group->requests_count == 1) {
        batch_take_instant(group->requests[0]->batch, unit);
    }
    LEDGER_TRY(freeze_describe(call, unit, &group->faults.freeze));
    LEDGER_ALLOCATE(call, group->accepted, group->items_count);
    for (size_t i = 0; i < group->requests_count; i++) {
        struct batch *batch = group->requests[i]->batch;
        if (batch->rules_version != unit->head.rules_version) {
            LEDGER_TRY(group_prepare(group, batch));
        }
        LEDGER_TRY(batch_decide(call, unit, batch, &group->faults));
    }
    LEDGER_TRY(group_add_all(call, unit, group));
    for (size_t i = 0; i < group->requests_count; i++) {
        struct batch *batch = group->requests[i]->batch;
        LEDGER_TRY(group_take_fault(call, batch, batch_add_refusals(unit, batch)));
        batch_describe(batch);
        if (batch->add_events != NULL) {
            LEDGER_TRY(batch->add_events(call, unit, batch->add_events_context, batch->posted, batch->count));
        }
    }
    group_note_end(group, unit);
    return LEDGER_DONE;
}

static ledger_status group_run(struct group *group)
{
    for (size_t i = 0; i < group->requests_count; i++) {
        if (group->requests[i]->batch->session == NULL) {
            LEDGER_TRY(group_prepare(group, group->requests[i]->batch));
        }
    }
    ledger_status status = group->is_quiet ? write_unit_run_ahead(group->call, group->session, group_body, group)
                                           : write_unit_run(group->call, group->session, group_body, group);
    if (status == LEDGER_CLOCK_IS_WRONG) {
        group->faults.clock = ledger_text_of(ledger_call_message(group->call));
        ledger_call_drop_problems(group->call, 0);
        status = write_unit_run_by_any_clock(group->call, group->session, group_body, group);
    }
    return status;
}

static void request_move(struct posting_request *request, enum request_state state)
{
    request->state = state;
    (void)pthread_cond_signal(&request->has_moved);
}

/* Ends the lead: those of the group go, and the next in line leads, first of all. */
static void line_end_group(struct group *group)
{
    struct posting_line *line = group->line;
    (void)pthread_mutex_lock(&line->mutex);
    line->is_led = line->first != NULL;
    if (line->is_led || group->requests_count > 1) {
        line->quiet_groups = 0;
    } else if (line->quiet_groups < QUIET_GROUPS_MIN) {
        line->quiet_groups++;
    }
    if (line->is_led) {
        request_move(line->first, REQUEST_LEADS);
    }
    for (size_t i = 0; i < group->requests_count; i++) {
        request_move(group->requests[i], REQUEST_IS_DONE);
    }
    (void)pthread_mutex_unlock(&line->mutex);
}

static void group_set_timeout(const struct group *group)
{
    int64_t left_ms = group->deadline_ms - monotonic_ms();
    group->call->timeout_ms = left_ms < 0 ? 0 : (uint32_t)left_ms;
}

/* A session whose rules have been read before the lock, if any have; that of the leader's own request where it has one.
 */
static ledger_status group_take_session(struct group *group, struct ledger *ledger, const struct batch *own)
{
    if (own->leading_session != NULL) {
        group->session = own->leading_session;
        return LEDGER_DONE;
    }
    LEDGER_TRY(pool_take(group->call, ledger, &group->session));
    return session_load_rules(group->call, group->session);
}

static void group_tell(const struct group *group, ledger_status status)
{
    const char *message = ledger_call_message(group->call);
    for (size_t i = 0; i < group->requests_count; i++) {
        struct posting_request *request = group->requests[i];
        if (status == LEDGER_DONE) {
            batch_succeed(request->batch);
            request->status = LEDGER_DONE;
        } else {
            request->status = batch_fail(request->batch, status, message);
        }
    }
}

/* The call of the group has the leader's clock, which is everybody's. Where there is no session, only the leader's own
 * request ends with that. */
static void line_lead(struct ledger *ledger, const struct posting_request *own)
{
    struct posting_line *line = &ledger->posting_line;
    struct group group = {.line = line, .call = &line->call, .deadline_ms = own->deadline_ms};
    group.call->now_us = own->batch->call->now_us;
    group.call->now_context = own->batch->call->now_context;
    group_set_timeout(&group);
    ledger_status status = group_take_session(&group, ledger, own->batch);
    group_take(&group, status == LEDGER_DONE ? GROUP_ITEMS_MAX : 0);
    if (status == LEDGER_DONE) {
        group_set_timeout(&group);
        status = group_run(&group);
    }
    group_tell(&group, status);
    if (own->batch->leading_session == NULL) {
        session_give_back(&group.session);
    }
    ledger_call_reset(&line->call);
    line_end_group(&group);
}

static void line_join(struct posting_line *line, struct posting_request *request)
{
    *line->last = request;
    line->last = &request->next;
    if (!line->is_led) {
        line->is_led = true;
        request->state = REQUEST_LEADS;
    }
}

static void line_leave(struct posting_line *line, const struct posting_request *request)
{
    struct posting_request **place = &line->first;
    while (*place != request) {
        assert(*place != NULL); /* it stands in the line */
        place = &(*place)->next;
    }
    *place = request->next;
    if (line->last == &request->next) {
        line->last = place;
    }
}

/* Joins the line and stands in it. False where the request left it, its time being over (I3). */
static bool line_wait(struct posting_line *line, struct posting_request *request)
{
    bool has_time = true;
    (void)pthread_mutex_lock(&line->mutex);
    line_join(line, request);
    while ((request->state == REQUEST_WAITS && has_time) || request->state == REQUEST_IS_TAKEN) {
        if (request->state == REQUEST_WAITS) {
            has_time = condition_wait_until(&request->has_moved, &line->mutex, request->deadline_ms);
        } else {
            (void)pthread_cond_wait(&request->has_moved, &line->mutex);
        }
    }
    bool is_withdrawn = request->state == REQUEST_WAITS;
    if (is_withdrawn) {
        line_leave(line, request);
    }
    (void)pthread_mutex_unlock(&line->mutex);
    return !is_withdrawn;
}

ledger_status grouping_post(struct ledger *ledger, struct batch *batch)
{
    struct posting_request request = {.batch = batch, .state = REQUEST_WAITS};
    request.deadline_ms = monotonic_ms() + batch->call->timeout_ms;
    condition_init(&request.has_moved);
    bool has_stayed = line_wait(&ledger->posting_line, &request);
    if (has_stayed && request.state == REQUEST_LEADS) {
        line_lead(ledger, &request);
    }
    (void)pthread_cond_destroy(&request.has_moved);
    if (!has_stayed) {
        char message[WITHDRAWN_MESSAGE_SIZE];
        (void)snprintf(message, sizeof message,
                       "the database is busy: waited %u ms for other postings of this program; nothing was posted",
                       batch->call->timeout_ms);
        return batch_fail(batch, LEDGER_DATABASE_IS_BUSY, message);
    }
    return request.status;
}
