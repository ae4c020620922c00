/* The pool: a list of idle sessions, and a line of those who wait for one. */
#include "engine/pool.h"

#include <assert.h>
#include <inttypes.h>

#include "base/condition.h"
#include "engine/session.h"

enum {
    POOL_SIZE_DEFAULT = 10,
    POOL_OVERFLOW_DEFAULT = 20,
};

/* A thread in the line, on its own stack. */
struct pool_waiter {
    struct pool_waiter *next;
    pthread_cond_t is_served;
    struct session *session; /* given to it, or … */
    bool may_open;           /* … it opens one: counted already */
};

void pool_init(struct pool *pool, uint32_t pool_size, uint32_t pool_overflow_max)
{
    *pool = (struct pool){
        .size = pool_size == 0 ? POOL_SIZE_DEFAULT : pool_size,
        .overflow_max = pool_overflow_max == 0 ? POOL_OVERFLOW_DEFAULT : pool_overflow_max,
    };
    if (pool_overflow_max == LEDGER_POOL_NO_OVERFLOW) {
        pool->overflow_max = 0;
    }
    pool->last_waiter = &pool->first_waiter;
    (void)pthread_mutex_init(&pool->mutex, NULL);
}

void pool_done(struct pool *pool)
{
    assert(pool->first_waiter == NULL && pool->idle_count == pool->sessions_count);
    while (pool->idle != NULL) {
        struct session *session = pool->idle;
        pool->idle = session->next_idle;
        session_free(session);
    }
    (void)pthread_mutex_destroy(&pool->mutex);
}

void pool_add(struct pool *pool, struct session *session)
{
    assert(pool->sessions_count == 0);
    session->next_idle = NULL;
    pool->idle = session;
    pool->idle_count = 1;
    pool->sessions_count = 1;
}

static struct session *pool_pop_idle(struct pool *pool)
{
    struct session *session = pool->idle;
    pool->idle = session->next_idle;
    pool->idle_count--;
    return session;
}

/* I2: gives what there is to those who came first. With the mutex held, after every change. */
static void pool_serve(struct pool *pool)
{
    while (pool->first_waiter != NULL &&
           (pool->idle != NULL || pool->sessions_count < pool->size + pool->overflow_max)) {
        struct pool_waiter *waiter = pool->first_waiter;
        pool->first_waiter = waiter->next;
        if (pool->first_waiter == NULL) {
            pool->last_waiter = &pool->first_waiter;
        }
        if (pool->idle != NULL) {
            waiter->session = pool_pop_idle(pool);
        } else {
            waiter->may_open = true;
            pool->sessions_count++;
        }
        (void)pthread_cond_signal(&waiter->is_served);
    }
}

static void pool_leave_line(struct pool *pool, const struct pool_waiter *waiter)
{
    struct pool_waiter **place = &pool->first_waiter;
    while (*place != waiter) {
        assert(*place != NULL); /* it stands in the line */
        place = &(*place)->next;
    }
    *place = waiter->next;
    if (pool->last_waiter == &waiter->next) {
        pool->last_waiter = place;
    }
}

static bool waiter_is_served(const struct pool_waiter *waiter)
{
    return waiter->session != NULL || waiter->may_open;
}

/* Stands in the line until served or out of time. With the mutex held. */
static void pool_wait(struct pool *pool, struct pool_waiter *waiter, int64_t deadline_ms)
{
    condition_init(&waiter->is_served);
    *pool->last_waiter = waiter;
    pool->last_waiter = &waiter->next;
    pool_serve(pool);
    bool has_time = true;
    while (!waiter_is_served(waiter) && has_time) {
        has_time = condition_wait_until(&waiter->is_served, &pool->mutex, deadline_ms);
    }
    (void)pthread_cond_destroy(&waiter->is_served);
    if (!waiter_is_served(waiter)) {
        pool_leave_line(pool, waiter);
    }
}

static ledger_status pool_fail_busy(struct ledger_call *call, const struct pool *pool, uint64_t taken_count)
{
    return ledger_fail(call, LEDGER_DATABASE_IS_BUSY,
                       "all connections of this program are in use: waited %" PRIu32 " ms while %" PRIu64
                       " were; DB_POOL_SIZE (%" PRIu64 ") and DB_MAX_OVERFLOW (%" PRIu64 ") say how many there may be",
                       call->timeout_ms, taken_count, pool->size, pool->overflow_max);
}

/* One that was counted is gone. */
static void pool_forget_one(struct pool *pool)
{
    (void)pthread_mutex_lock(&pool->mutex);
    pool->sessions_count--;
    pool_serve(pool);
    (void)pthread_mutex_unlock(&pool->mutex);
}

struct session *pool_take_spare(struct ledger_call *call, struct ledger *ledger)
{
    struct pool *pool = &ledger->pool;
    struct session *session = NULL;
    size_t problems_before = ledger_call_problems_count(call);
    (void)pthread_mutex_lock(&pool->mutex);
    uint64_t taken_count = pool->sessions_count - pool->idle_count;
    bool is_spare = pool->first_waiter == NULL && taken_count + 1 < pool->size + pool->overflow_max;
    bool may_open = is_spare && pool->idle == NULL;
    if (may_open) {
        pool->sessions_count++;
    } else if (is_spare) {
        session = pool_pop_idle(pool);
    }
    (void)pthread_mutex_unlock(&pool->mutex);
    if (may_open && session_new_connected(call, ledger, &session) != LEDGER_DONE) {
        ledger_call_drop_problems(call, problems_before);
        pool_forget_one(pool);
        return NULL;
    }
    return session;
}

ledger_status pool_take(struct ledger_call *call, struct ledger *ledger, struct session **ret_session)
{
    struct pool *pool = &ledger->pool;
    struct pool_waiter waiter = {.next = NULL};
    int64_t deadline_ms = monotonic_ms() + call->timeout_ms;
    (void)pthread_mutex_lock(&pool->mutex);
    pool_wait(pool, &waiter, deadline_ms);
    uint64_t taken_count = pool->sessions_count - pool->idle_count;
    (void)pthread_mutex_unlock(&pool->mutex);
    if (waiter.session != NULL) {
        *ret_session = waiter.session;
        return LEDGER_DONE;
    }
    if (!waiter.may_open) {
        return pool_fail_busy(call, pool, taken_count);
    }
    ledger_status status = session_new_connected(call, ledger, ret_session);
    if (status != LEDGER_DONE) {
        pool_forget_one(pool);
    }
    return status;
}

void pool_give_back(struct ledger *ledger, struct session *session)
{
    struct pool *pool = &ledger->pool;
    (void)pthread_mutex_lock(&pool->mutex);
    bool is_kept = pool->first_waiter != NULL || pool->sessions_count <= pool->size;
    if (is_kept) {
        session->next_idle = pool->idle;
        pool->idle = session;
        pool->idle_count++;
        pool_serve(pool);
    }
    (void)pthread_mutex_unlock(&pool->mutex);
    if (!is_kept) {
        session_free(session); /* I1: counted until it is closed */
        pool_forget_one(pool);
    }
}
