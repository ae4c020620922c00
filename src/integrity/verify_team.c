/* Workers and their tasks. See verify_team.h. */
#include "integrity/verify_team.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/condition.h"
#include "base/text.h"
#include "integrity/verify_resume.h"

enum {
    THREADS_MAX = 16,
    SLOTS_COUNT = 512,     /* tasks that are begun and not taken */
    SLOT_ITEMS_MAX = 256,  /* findings of a task that wait … */
    TEAM_ITEMS_MAX = 2048, /* … and of all tasks, but for the one whose turn it is */
    PROGRESS_EVERY_MS = 100,
    RANGES_PER_THREAD = 2,     /* where the number of threads is left to us */
    WORKER_BYTES = 2 << 20,    /* of one, on a server, besides its accounts: half of it on SQLite … */
    TEAM_BYTES_MAX = 28 << 20, /* … and of all, with all accounts: what a run may use is 64 MiB */
    TASK_STORAGE = 0,
    TASK_SCHEMA,
    TASK_DERIVED_ACCOUNTS,
    TASKS_OF_TABLES,
};

/* A task that is begun, until it is taken. */
struct team_slot {
    bool is_begun;
    struct verify_order begin; /* what a range was begun with */
    bool is_done;
    bool is_discarded; /* it was begun with the wrong order */
    ledger_status status;
    struct ledger_call *failed; /* the call that says why */
    struct range_result result;
    struct arena texts; /* of the items */
    struct verify_item *items;
    size_t items_count;
    size_t items_capacity;
};

struct team_worker {
    struct team *team;
    pthread_t thread;
    struct ledger_call call;
    struct session *session;
    struct verify *verify;
    struct team_slot *slot;
    int64_t task;
};

struct team {
    struct verify *whole;
    struct verify *own; /* a worker with the session of the whole */
    int64_t tasks_of_tables;
    int64_t tasks_count;
    int64_t ahead_max;
    _Atomic uint64_t events_done;

    pthread_mutex_t mutex; /* of everything below */
    pthread_cond_t may_work;
    pthread_cond_t may_take;
    bool is_over;
    bool is_settling; /* nothing is begun: what was begun is taken, and then the state of the run saved */
    int64_t next_task;
    int64_t taken_count;
    size_t items_count;
    struct team_slot slots[SLOTS_COUNT]; /* a task's at its remainder */
    struct team_worker workers[THREADS_MAX];
};

/* The threads that a run uses where so many are asked for; 0: as the machine has cores. */
static unsigned team_threads(unsigned asked)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    unsigned threads = asked > 0 ? asked : cores < 1 ? 1 : (unsigned)cores;
    return threads > THREADS_MAX ? THREADS_MAX : threads;
}

static bool task_is_range(const struct team *team, int64_t task)
{
    return task >= team->tasks_of_tables;
}

/* What a run that was interrupted goes on from. All that workers counted is of ranges that were taken. */
static ledger_status team_save(struct team *team, unsigned threads)
{
    for (unsigned i = 0; i < threads; i++) {
        range_take_accounts(team->whole, team->workers[i].verify);
    }
    range_take_accounts(team->whole, team->own);
    return resume_save(team->whole);
}

/* After full ranges, but for the last: then the run is soon over. */
static bool team_may_save(const struct team *team, int64_t task)
{
    return task_is_range(team, task) && task + 1 < team->tasks_count && resume_is_due(team->whole);
}

static int64_t task_begin(const struct team *team, int64_t task)
{
    return range_begin(team->whole, task - team->tasks_of_tables);
}

static int64_t task_end(const struct team *team, int64_t task)
{
    return range_end(team->whole, task - team->tasks_of_tables);
}

/* A task that goes through whole tables; it counts into the sums of whoever does it. */
static ledger_status task_check_tables(struct verify *verify, int64_t task)
{
    if (task == TASK_SCHEMA) {
        return verify_check_schema(verify);
    }
    return task == TASK_STORAGE ? verify_check_storage(verify) : verify_check_derived_accounts(verify);
}

static ledger_status sink_drop(struct verify *worker, void *context, const struct verify_item *item)
{
    (void)worker;
    (void)context;
    (void)item;
    return LEDGER_DONE;
}

static ledger_status sink_take(struct verify *worker, void *context, const struct verify_item *item)
{
    (void)worker;
    return range_take_item(context, item);
}

/* A range looked at by the thread of the caller, beginning as the range before ended. */
static ledger_status team_run_own(struct team *team, int64_t task, bool adds_totals, struct range_result *result)
{
    team->own->sink = sink_take;
    team->own->sink_context = team->whole;
    const struct verify_order begin = team->whole->order;
    return range_run(team->own, task_begin(team, task), task_end(team, task), &begin, adds_totals, result);
}

static ledger_status team_run_range_alone(struct team *team, int64_t task, struct range_result *result)
{
    struct verify_order guess;
    LEDGER_TRY(range_guess(team->own, task_begin(team, task), &guess));
    bool is_right = range_orders_agree(&guess, &team->whole->order);
    if (!is_right) {
        team->own->sink = sink_drop;
        LEDGER_TRY(range_run(team->own, task_begin(team, task), task_end(team, task), &guess,
                             team->whole->from_log_index == 0, result));
    }
    LEDGER_TRY(team_run_own(team, task, is_right && team->whole->from_log_index == 0, result));
    return range_take(team->whole, task_end(team, task), result);
}

/* All tasks, one after the other, by the thread of the caller. */
static ledger_status team_run_alone(struct team *team)
{
    struct range_result result;
    ledger_status status = LEDGER_DONE;
    arena_init(&result.arena);
    team->own->whole = team->whole;
    for (int64_t task = 0; status == LEDGER_DONE && task < team->tasks_count; task++) {
        status = task_is_range(team, task) ? team_run_range_alone(team, task, &result)
                                           : task_check_tables(team->whole, task);
        if (status == LEDGER_DONE && team_may_save(team, task)) {
            status = team_save(team, 0);
        }
    }
    arena_done(&result.arena);
    return status;
}

static ledger_status item_keep_text(struct arena *arena, struct ledger_text *text)
{
    return text_keep(arena, *text, text) ? LEDGER_DONE : LEDGER_OUT_OF_MEMORY;
}

static ledger_status item_keep(struct arena *arena, const struct verify_item *item, struct verify_item *ret_kept)
{
    *ret_kept = *item;
    struct ledger_violation *violation = &ret_kept->violation;
    struct ledger_text *const texts[] = {
        &violation->transaction_id, &violation->transaction_number, &violation->account_code, &violation->field,
        &violation->stored,         &violation->computed,           &violation->detail,
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        LEDGER_TRY(item_keep_text(arena, texts[i]));
    }
    return LEDGER_DONE;
}

/* With the mutex held. */
static bool team_must_wait(const struct team *team, const struct team_worker *worker)
{
    const struct team_slot *slot = worker->slot;
    if (team->is_over || slot->is_discarded) {
        return false;
    }
    bool has_turn = worker->task == team->taken_count;
    return slot->items_count == SLOT_ITEMS_MAX || (!has_turn && team->items_count >= TEAM_ITEMS_MAX);
}

/* A worker's finding waits to be told. */
static ledger_status sink_keep(struct verify *verify, void *context, const struct verify_item *item)
{
    struct team_worker *worker = context;
    struct team *team = worker->team;
    struct team_slot *slot = worker->slot;
    ledger_status status = LEDGER_DONE;
    (void)pthread_mutex_lock(&team->mutex);
    while (team_must_wait(team, worker)) {
        (void)pthread_cond_wait(&team->may_work, &team->mutex);
    }
    if (!team->is_over && !slot->is_discarded) {
        void *array = slot->items;
        status = verify_array_grow(verify->call, &slot->texts, &array, slot->items_count, &slot->items_capacity,
                                   sizeof *slot->items);
        slot->items = array;
        if (status == LEDGER_DONE) {
            status = item_keep(&slot->texts, item, &slot->items[slot->items_count]);
        }
        if (status == LEDGER_DONE) {
            slot->items_count++;
            team->items_count++;
            (void)pthread_cond_signal(&team->may_take);
        }
    }
    (void)pthread_mutex_unlock(&team->mutex);
    return status == LEDGER_DONE ? LEDGER_DONE : ledger_fail_out_of_memory(verify->call);
}

static ledger_status worker_run_range(struct team_worker *worker)
{
    struct team *team = worker->team;
    struct team_slot *slot = worker->slot;
    struct verify_order begin;
    LEDGER_TRY(range_guess(worker->verify, task_begin(team, worker->task), &begin));
    (void)pthread_mutex_lock(&team->mutex);
    slot->begin = begin;
    slot->is_begun = true;
    (void)pthread_cond_signal(&team->may_take);
    (void)pthread_mutex_unlock(&team->mutex);
    struct range_result *result = &slot->result;
    return range_run(worker->verify, task_begin(team, worker->task), task_end(team, worker->task), &begin,
                     team->whole->from_log_index == 0, result);
}

static ledger_status worker_check_tables(struct team_worker *worker)
{
    worker->verify->sums = (struct verify_sums){.rule_events_count = 0};
    LEDGER_TRY(task_check_tables(worker->verify, worker->task));
    worker->slot->result.sums = worker->verify->sums;
    return LEDGER_DONE;
}

/* The next task, or false where there is none. With the mutex held. */
static bool worker_take_task(struct team_worker *worker)
{
    struct team *team = worker->team;
    while (!team->is_over && (team->is_settling || team->next_task == team->tasks_count ||
                              team->next_task >= team->taken_count + team->ahead_max)) {
        (void)pthread_cond_wait(&team->may_work, &team->mutex);
    }
    if (team->is_over) {
        return false;
    }
    worker->task = team->next_task++;
    worker->slot = &team->slots[worker->task % SLOTS_COUNT];
    return true;
}

static void *worker_main(void *context)
{
    struct team_worker *worker = context;
    struct team *team = worker->team;
    ledger_status status = LEDGER_DONE;
    (void)pthread_mutex_lock(&team->mutex);
    while (status == LEDGER_DONE && worker_take_task(worker)) {
        (void)pthread_mutex_unlock(&team->mutex);
        status = task_is_range(team, worker->task) ? worker_run_range(worker) : worker_check_tables(worker);
        (void)pthread_mutex_lock(&team->mutex);
        worker->slot->status = status;
        worker->slot->failed = &worker->call;
        worker->slot->is_begun = true;
        worker->slot->is_done = true;
        (void)pthread_cond_signal(&team->may_take);
    }
    (void)pthread_mutex_unlock(&team->mutex);
    return NULL;
}

/* A worker has a session of its own, where the pool has one to give at once. */
static ledger_status worker_begin(struct team *team, struct team_worker *worker)
{
    struct ledger_call *call = &worker->call;
    struct verify *whole = team->whole;
    worker->team = team;
    call_init(call);
    call->timeout_ms = whole->call->timeout_ms;
    worker->session = pool_take_spare(call, whole->session->ledger);
    if (worker->session == NULL) {
        return LEDGER_DATABASE_IS_BUSY;
    }
    LEDGER_TRY(store_begin(call, &worker->session->store, UNIT_READ_THROUGH));
    LEDGER_TRY(range_worker_new(call, worker->session, whole, &worker->verify));
    worker->verify->sink = sink_keep;
    worker->verify->sink_context = worker;
    return pthread_create(&worker->thread, NULL, worker_main, worker) == 0 ? LEDGER_DONE : LEDGER_OUT_OF_MEMORY;
}

static void worker_end(struct team_worker *worker)
{
    range_worker_done(worker->verify);
    if (worker->session != NULL) {
        store_rollback(&worker->session->store);
        session_give_back(&worker->session);
    }
    call_done(&worker->call);
}

/* As many workers as can be had, up to so many. Fewer are slower, and no fault. */
static unsigned team_begin(struct team *team, unsigned threads)
{
    unsigned count = 0;
    while (count < threads) {
        struct team_worker *worker = &team->workers[count];
        if (worker_begin(team, worker) != LEDGER_DONE) {
            worker_end(worker);
            break;
        }
        count++;
    }
    return count;
}

static void team_end(struct team *team, unsigned threads)
{
    (void)pthread_mutex_lock(&team->mutex);
    team->is_over = true;
    (void)pthread_cond_broadcast(&team->may_work);
    (void)pthread_mutex_unlock(&team->mutex);
    for (unsigned i = 0; i < threads; i++) {
        (void)pthread_join(team->workers[i].thread, NULL);
    }
    for (unsigned i = 0; i < threads; i++) {
        if (team->own != NULL) {
            range_take_accounts(team->whole, team->workers[i].verify);
        }
        worker_end(&team->workers[i]);
    }
    for (size_t i = 0; i < SLOTS_COUNT; i++) {
        arena_done(&team->slots[i].texts);
        arena_done(&team->slots[i].result.arena);
    }
}

/* With the mutex held; lets go of it while it waits, and to tell how far the work is. */
static void team_wait(struct team *team)
{
    if (!condition_wait_until(&team->may_take, &team->mutex, monotonic_ms() + PROGRESS_EVERY_MS)) {
        (void)pthread_mutex_unlock(&team->mutex);
        verify_tell_progress(team->whole);
        (void)pthread_mutex_lock(&team->mutex);
    }
}

/* Tells what a task has found so far. With the mutex held, but while it tells. */
static ledger_status team_tell_items(struct team *team, struct team_slot *slot)
{
    struct arena texts = slot->texts;
    const struct verify_item *items = slot->items;
    size_t count = slot->items_count;
    if (count == 0) {
        return LEDGER_DONE;
    }
    arena_init(&slot->texts);
    slot->items = NULL;
    slot->items_count = 0;
    slot->items_capacity = 0;
    team->items_count -= count;
    (void)pthread_cond_broadcast(&team->may_work);
    (void)pthread_mutex_unlock(&team->mutex);
    ledger_status status = LEDGER_DONE;
    for (size_t i = 0; status == LEDGER_DONE && i < count; i++) {
        status = range_take_item(team->whole, &items[i]);
    }
    arena_done(&texts);
    (void)pthread_mutex_lock(&team->mutex);
    return status;
}

/* Waits for the end of a task, telling what it finds. With the mutex held. */
static ledger_status team_follow(struct team *team, struct team_slot *slot)
{
    while (!slot->is_done || slot->items_count > 0) {
        LEDGER_TRY(team_tell_items(team, slot));
        if (!slot->is_done && slot->items_count == 0) {
            team_wait(team);
        }
    }
    if (slot->status == LEDGER_DONE) {
        return LEDGER_DONE;
    }
    return slot->status == LEDGER_OUT_OF_MEMORY
               ? ledger_fail_out_of_memory(team->whole->call)
               : ledger_fail(team->whole->call, slot->status, "%s", ledger_call_message(slot->failed));
}

/* A range that was begun with the wrong order: what it found is forgotten, and found again. With the mutex held. */
static ledger_status team_run_again(struct team *team, struct team_slot *slot, int64_t task)
{
    slot->is_discarded = true;
    team->items_count -= slot->items_count;
    slot->items_count = 0;
    (void)pthread_cond_broadcast(&team->may_work);
    LEDGER_TRY(team_follow(team, slot));
    (void)pthread_mutex_unlock(&team->mutex);
    ledger_status status = team_run_own(team, task, false, &slot->result);
    (void)pthread_mutex_lock(&team->mutex);
    return status;
}

/* Takes the next task, with the mutex held. */
static ledger_status team_take(struct team *team, int64_t task)
{
    struct team_slot *slot = &team->slots[task % SLOTS_COUNT];
    bool is_range = task_is_range(team, task);
    while (is_range && !slot->is_begun) {
        team_wait(team);
    }
    bool is_right = !is_range || range_orders_agree(&slot->begin, &team->whole->order);
    bool has_failed = slot->is_done && slot->status != LEDGER_DONE;
    LEDGER_TRY(is_right || has_failed ? team_follow(team, slot) : team_run_again(team, slot, task));
    (void)pthread_mutex_unlock(&team->mutex);
    ledger_status status = LEDGER_DONE;
    if (is_range) {
        status = range_take(team->whole, task_end(team, task), &slot->result);
    } else {
        verify_sums_add(&team->whole->sums, &slot->result.sums);
    }
    arena_done(&slot->texts);
    arena_done(&slot->result.arena);
    (void)pthread_mutex_lock(&team->mutex);
    *slot = (struct team_slot){.is_begun = false};
    arena_init(&slot->texts);
    arena_init(&slot->result.arena);
    team->taken_count++;
    (void)pthread_cond_broadcast(&team->may_work);
    return status;
}

/* Saves the state of the run, once all that was begun is taken. With the mutex held; no worker works meanwhile. */
static ledger_status team_settle(struct team *team, int64_t task, unsigned threads)
{
    team->is_settling = team->is_settling || team_may_save(team, task);
    if (!team->is_settling || team->taken_count < team->next_task) {
        return LEDGER_DONE;
    }
    bool can_go_on = team->taken_count < team->tasks_count && !team->whole->log.is_lost;
    ledger_status status = can_go_on ? team_save(team, threads) : LEDGER_DONE;
    verify_tell_progress(team->whole);
    team->is_settling = false;
    (void)pthread_cond_broadcast(&team->may_work);
    return status;
}

static ledger_status team_run_together(struct team *team, unsigned threads)
{
    ledger_status status = LEDGER_DONE;
    (void)pthread_mutex_lock(&team->mutex);
    for (int64_t task = 0; status == LEDGER_DONE && task < team->tasks_count; task++) {
        status = team_take(team, task);
        if (status == LEDGER_DONE) {
            status = team_settle(team, task, threads);
        }
    }
    (void)pthread_mutex_unlock(&team->mutex);
    return status;
}

static void team_init(struct team *team, struct verify *whole)
{
    team->whole = whole;
    team->tasks_of_tables = whole->begin_log_index == 0 ? TASKS_OF_TABLES : 0;
    team->tasks_count = team->tasks_of_tables + range_count(whole);
    team->ahead_max = whole->tasks_ahead_max == 0 ? SLOTS_COUNT : whole->tasks_ahead_max;
    whole->events_done = &team->events_done;
    (void)pthread_mutex_init(&team->mutex, NULL);
    (void)pthread_cond_init(&team->may_work, NULL);
    condition_init(&team->may_take);
    for (size_t i = 0; i < SLOTS_COUNT; i++) {
        arena_init(&team->slots[i].texts);
        arena_init(&team->slots[i].result.arena);
    }
}

static void team_done(struct team *team)
{
    (void)pthread_mutex_destroy(&team->mutex);
    (void)pthread_cond_destroy(&team->may_work);
    (void)pthread_cond_destroy(&team->may_take);
    if (team->own != NULL) {
        range_take_accounts(team->whole, team->own);
    }
    range_worker_done(team->own);
    free(team);
}

static unsigned team_size(const struct team *team, unsigned asked)
{
    int64_t threads = team_threads(asked);
    int64_t ranges = range_count(team->whole);
    if (asked == 0 && threads > ranges / RANGES_PER_THREAD) {
        threads = ranges / RANGES_PER_THREAD;
    }
    /* The whole has the accounts too, and so has the worker with its session. */
    uint64_t accounts_bytes = team->whole->accounts_count * sizeof *team->whole->accounts;
    uint64_t left_bytes = 2 * accounts_bytes > TEAM_BYTES_MAX ? 0 : TEAM_BYTES_MAX - 2 * accounts_bytes;
    if ((uint64_t)threads > left_bytes / (WORKER_BYTES + accounts_bytes)) {
        threads = (int64_t)(left_bytes / (WORKER_BYTES + accounts_bytes));
    }
    return threads < 2 ? 0 : (unsigned)threads;
}

ledger_status team_run(struct verify *whole, unsigned asked)
{
    struct team *team = calloc(1, sizeof *team);
    if (team == NULL) {
        return ledger_fail_out_of_memory(whole->call);
    }
    team_init(team, whole);
    ledger_status status = range_worker_new(whole->call, whole->session, whole, &team->own);
    unsigned threads = status == LEDGER_DONE ? team_begin(team, team_size(team, asked)) : 0;
    if (status == LEDGER_DONE) {
        status = threads == 0 ? team_run_alone(team) : team_run_together(team, threads);
    }
    team_end(team, threads);
    team_done(team);
    whole->events_done = NULL;
    return status;
}
