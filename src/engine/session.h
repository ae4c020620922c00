/* A session: one connection to the database, with what belongs to the thread that works with it. Every public function
 * takes one from the pool of its handle for its duration; so whatever has a session runs in one thread at a time. */
#ifndef LEDGER_ENGINE_SESSION_H
#define LEDGER_ENGINE_SESSION_H

#include "domain/record.h"
#include "engine/handle.h"
#include "engine/rules.h"
#include "engine/segment_lists.h"

/* Something that only reads. */
typedef ledger_status session_reading(struct ledger_call *call, void *context);

/* Runs it, and a few times again where the connection was lost meanwhile: nothing was done yet. */
LEDGER_MUST_CHECK ledger_status session_read(struct ledger_call *call, session_reading *read, void *context);

/* A date as a client wrote it, and what it means in the zone of the ledger. */
struct session_date {
    char text[TIME_TEXT_SIZE];
    size_t size; /* 0: there is none */
    int64_t time_us;
    int32_t day;
};

struct session {
    struct ledger *ledger;
    struct session *next_idle; /* in the pool */
    struct store store;
    struct rules rules; /* as this session read them last */
    struct record_hasher hasher;
    struct record_hasher second_hasher; /* of the thread that helps with large batches */
    struct segment_lists lists;         /* of what it posts */
    struct session_date last_date;      /* that was read: the next is mostly the same */
};

/* A session that is not connected yet: its store has no driver. */
LEDGER_MUST_CHECK ledger_status session_new(struct ledger_call *call, struct ledger *ledger,
                                            struct session **ret_session);

/* One more session of a handle that is open: connected, to the same ledger. Database outcomes. */
LEDGER_MUST_CHECK ledger_status session_new_connected(struct ledger_call *call, struct ledger *ledger,
                                                      struct session **ret_session);

/* NULL is allowed. */
void session_free(struct session *session);

static inline void session_give_back(struct session **session)
{
    if (*session != NULL) {
        pool_give_back((*session)->ledger, *session);
    }
}

/* Declares a session of the ledger, from here to the end of the scope, or returns why there is none:
 * LEDGER_DATABASE_IS_BUSY where none is to be had until the call's deadline, database outcomes. */
#define SESSION_TAKE(call, ledger, name)                                                                               \
    __attribute__((cleanup(session_give_back))) struct session *name = NULL;                                           \
    LEDGER_TRY(pool_take((call), (ledger), &name))

/* A read unit to the end of the scope. */
struct read_unit {
    struct store *store;
};

static inline void read_unit_end(struct read_unit *unit)
{
    if (unit->store != NULL) {
        store_rollback(unit->store);
    }
}

#define READ_UNIT(name) __attribute__((cleanup(read_unit_end))) struct read_unit name = {NULL}

/* Begins to read: one state of the database to the end of the scope, with its head and the rules that belong to it. */
LEDGER_MUST_CHECK ledger_status read_unit_begin(struct ledger_call *call, struct session *session,
                                                struct read_unit *unit, struct store_head *ret_head);

/* Reads the rules where this session never did. */
LEDGER_MUST_CHECK ledger_status session_load_rules(struct ledger_call *call, struct session *session);

#endif
