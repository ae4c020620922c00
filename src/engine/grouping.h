/* Requests of several threads that come together are posted together: one unit of work, one commit for all of them.
 *
 * They stand in a line. The first of it leads: it takes a session and those behind it that go with it, under the lock
 * those who came meanwhile too, and posts for all; then the next in line leads. So there is one posting unit at a time,
 * and while it commits the next group gathers by itself: a thread that is alone never waits for company. Where nobody
 * else came for a while, a single transaction is posted ahead of the lock (I5 of write_unit.h): who would join it under
 * the lock is not there.
 *
 * I1 Requests are posted in the order in which they came, and each is told its own outcome by its own call.
 * I2 A group is taken from the head of the line, without a gap: it ends before what cannot go with it.
 * I3 A request that waits can leave when its deadline has passed; one that was taken into a group waits for its end.
 * I4 Of the requests of a group no two have the same idempotency key: the second waits until the first is committed.
 *
 * Lock order: the lead, then a session of the pool, then the writers' lock. A request that brings a session of its own
 * into the line leads with that; such sessions are only taken where another is left (pool_take_spare), or before
 * anything of a stream stands in the line. The line's mutex is held for moments, with nothing waited for under it. */
#ifndef LEDGER_ENGINE_GROUPING_H
#define LEDGER_ENGINE_GROUPING_H

#include <pthread.h>

#include "base/call.h"

struct ledger;
struct batch;
struct posting_request;

struct posting_line {
    pthread_mutex_t mutex;
    struct posting_request *first; /* where somebody leads, it is he, until he has taken his group */
    struct posting_request **last; /* where the next is hung on */
    bool is_led;
    unsigned
        quiet_groups; /* that ended last, each with one request and nobody waiting: so many, as far as it matters */
    struct ledger_call call; /* the leader's, for what is the whole group's; empty between two groups */
};

void posting_line_init(struct posting_line *line);
void posting_line_done(struct posting_line *line);

/* Posts a request, which batch_init has taken, with whatever else is to be posted now. */
LEDGER_MUST_CHECK ledger_status grouping_post(struct ledger *ledger, struct batch *batch);

#endif
