/* A unit of work that writes: one short critical section under the lock of the head.
 *
 * Lock order: a session of the pool, then the writers' lock (on SQLite the lock file, elsewhere the row of the head).
 * The mutexes of the pool and of the handle are held for moments, with nothing waited for under them.
 *
 * I1 A unit that writes appends at least one leaf, in the order of log_index, and leaves head, tiles and frontier
 *    agreeing. One whose body appends none is rolled back, and done; but where the body says that it wrote rows which
 *    are no part of the log (checkpoints), those are committed alone.
 * I2 `now_us` never decreases from one unit to the next, whatever the clock does.
 * I3 A unit whose commit has an unknown outcome is resolved under the lock, by the leaf that it would have left: where
 * it is there, the unit is done; where not, its body runs again. So a body may run more than once and must give the
 * same ids each time.
 * I4 A unit of which nothing was kept (LEDGER_DATABASE_HAS_CONFLICT, LEDGER_CONNECTION_IS_LOST) is run again, after
 *    pauses, until the call's deadline.
 * I5 A unit that is tried ahead of the lock (UNIT_WRITE_AHEAD) counts only where its commit succeeds, which proves that
 *    the head, and with it all that the body looked at, was under the lock as it was before. However else it ends, also
 *    with nothing to be done, it is run again under the lock, and what comes of that is told. */
#ifndef LEDGER_ENGINE_WRITE_UNIT_H
#define LEDGER_ENGINE_WRITE_UNIT_H

#include "engine/session.h"
#include "ledger/audit.h"

struct write_unit {
    struct session *session;
    struct store_head head;       /* as it will be written */
    int64_t first_log_index;      /* the size of the log when the unit began */
    int64_t now_us;               /* the posting date of everything in the unit */
    struct sha256_hash last_leaf; /* of the last leaf appended */
    bool has_rows;                /* rows that are no part of the log were written: set by the body, which looks before
                                   * whether they are there already, since it runs again after an unknown outcome */
};

/* Does the work of a unit: appends events, posts, inserts. */
typedef ledger_status write_body(struct ledger_call *call, struct write_unit *unit, void *context);

/* Runs a body in a write unit and commits. A refusal by the body rolls back, and leaves nothing.
 * LEDGER_CLOCK_IS_WRONG, LEDGER_OUTCOME_IS_UNKNOWN, what the body gives, database outcomes. */
LEDGER_MUST_CHECK ledger_status write_unit_run(struct ledger_call *call, struct session *session, write_body *body,
                                               void *context);

/* The same for a small unit of one who is most likely alone: it is tried ahead of the lock first (I5). */
LEDGER_MUST_CHECK ledger_status write_unit_run_ahead(struct ledger_call *call, struct session *session,
                                                     write_body *body, void *context);

/* The same for the one who accepts a wrong clock. */
LEDGER_MUST_CHECK ledger_status write_unit_run_by_any_clock(struct ledger_call *call, struct session *session,
                                                            write_body *body, void *context);

/* Appends an event that is not a posting: fills in its position and instant, inserts its row and its leaf. */
LEDGER_MUST_CHECK ledger_status write_unit_add_event(struct ledger_call *call, struct write_unit *unit,
                                                     struct ledger_event_record *event);

/* Appends a leaf at the next position. */
LEDGER_MUST_CHECK ledger_status write_unit_add_leaf(struct ledger_call *call, struct write_unit *unit,
                                                    const struct sha256_hash *leaf);

/* For ledger_create, whose first unit begins with the schema: what write_unit_run does around the body. */
LEDGER_MUST_CHECK ledger_status write_unit_finish(struct ledger_call *call, struct write_unit *unit);

/* An event of the call's actor with the usual fields; metadata may be absent. */
struct ledger_event_record write_unit_event(const struct ledger_call *call, const char *event_type,
                                            enum ledger_severity severity, bool is_success, const char *action,
                                            struct ledger_text description, struct ledger_text event_metadata);

/* Refuses where nobody is named or a text of the actor is not acceptable. */
LEDGER_MUST_CHECK ledger_status write_unit_check_actor(struct ledger_call *call);

#endif
