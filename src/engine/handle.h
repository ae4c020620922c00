/* What is behind a `struct ledger *`. One mutex a handle: every public function holds it from begin to end, so
 * everything below runs in one thread at a time. */
#ifndef LEDGER_ENGINE_HANDLE_H
#define LEDGER_ENGINE_HANDLE_H

#include <pthread.h>

#include "base/time.h"
#include "base/uuid.h"
#include "domain/record.h"
#include "engine/rules.h"
#include "ledger/ledger.h"
#include "store/store.h"

/* Refusals of the current second by one source, for counting them together where they come too fast. */
struct refusal_window {
    uint64_t source_hash;
    int64_t second;
    unsigned count;
};

enum { REFUSAL_SOURCES_MAX = 64 };

struct ledger {
    pthread_mutex_t mutex;
    struct arena arena; /* settings */
    struct store store;
    struct ledger_settings settings;
    struct time_zone *zone;
    uint32_t max_correction_age_days;
    int64_t correction_approval_threshold_minor;
    struct rules rules;
    struct uuid_generator uuids;
    struct record_hasher hasher;
    struct record_hasher second_hasher; /* of the thread that helps with large batches */
    struct refusal_window refusals[REFUSAL_SOURCES_MAX];
};

/* Holds the handle to the end of the scope. */
struct handle_lock {
    struct ledger *ledger;
};

static inline struct handle_lock handle_lock(struct ledger *ledger)
{
    (void)pthread_mutex_lock(&ledger->mutex);
    return (struct handle_lock){ledger};
}

static inline void handle_unlock(struct handle_lock *lock)
{
    (void)pthread_mutex_unlock(&lock->ledger->mutex);
}

#define HANDLE_LOCK(ledger)                                                                                            \
    __attribute__((cleanup(handle_unlock), unused)) struct handle_lock held = handle_lock(ledger)

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
LEDGER_MUST_CHECK ledger_status read_unit_begin(struct ledger_call *call, struct ledger *ledger, struct read_unit *unit,
                                                struct store_head *ret_head);

#endif
