/* The sessions of one handle: so many are kept, some more are opened for a while where that is not enough.
 *
 * I1 Never are there more sessions than size + overflow_max, those being opened or closed counted.
 * I2 No session waits while a thread does, and threads are served in the order in which they came.
 * I3 A session is with one thread or idle. What one thread did with it is seen by the next. */
#ifndef LEDGER_ENGINE_POOL_H
#define LEDGER_ENGINE_POOL_H

#include <pthread.h>

#include "base/call.h"

struct ledger;
struct session;
struct pool_waiter;

struct pool {
    pthread_mutex_t mutex;
    uint64_t size;         /* so many stay open … */
    uint64_t overflow_max; /* … and at most so many more are opened, and closed when they are given back */
    uint64_t sessions_count;
    uint64_t idle_count;
    struct session *idle; /* the one given back last comes first: what is not needed is not kept warm */
    struct pool_waiter *first_waiter;
    struct pool_waiter **last_waiter; /* where the next is hung on */
};

/* Sizes as in ledger_open_options. */
void pool_init(struct pool *pool, uint32_t pool_size, uint32_t pool_overflow_max);

/* Frees the sessions. All have been given back. */
void pool_done(struct pool *pool);

/* Puts in the first session, which was opened without the pool. */
void pool_add(struct pool *pool, struct session *session);

/* Takes a session: an idle one, a new one where there may be more, else the next that is given back until the call's
 * deadline. LEDGER_DATABASE_IS_BUSY, and what opening one gives. */
LEDGER_MUST_CHECK ledger_status pool_take(struct ledger_call *call, struct ledger *ledger,
                                          struct session **ret_session);

/* Takes a session that is to be had at once and leaves another one to take; NULL where there is none. */
struct session *pool_take_spare(struct ledger_call *call, struct ledger *ledger);

/* The session has no unit of work open. */
void pool_give_back(struct ledger *ledger, struct session *session);

#endif
