/* What is behind a `struct ledger *`: what all its sessions share. Set while it is opened and never changed, but for
 * what has a lock of its own. */
#ifndef LEDGER_ENGINE_HANDLE_H
#define LEDGER_ENGINE_HANDLE_H

#include <pthread.h>

#include "base/call.h"
#include "base/time.h"
#include "base/uuid.h"
#include "engine/grouping.h"
#include "engine/pool.h"
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
    struct arena arena; /* settings, and how to open */
    struct ledger_settings settings;
    struct time_zone *zone;
    uint32_t max_correction_age_days;
    int64_t correction_approval_threshold_minor;
    struct driver_options session_options; /* of every session after the first */
    struct pool pool;
    struct posting_line posting_line;

    pthread_mutex_t mutex; /* of the two below, for moments */
    struct uuid_generator uuids;
    struct refusal_window refusals[REFUSAL_SOURCES_MAX];
};

/* A handle with these settings to a database that has no ledger yet (`is_new`) or one without its settings, which is a
 * ledger that is being restored. Nothing is written. Outcomes as of opening. */
LEDGER_MUST_CHECK ledger_status ledger_open_unfinished(struct ledger_call *call,
                                                       const struct ledger_open_options *options,
                                                       const struct ledger_settings *settings, bool is_new,
                                                       struct ledger **ret_ledger);

enum { LEDGER_ID_RANDOM_BYTES = 8 };

/* The next ids: those of one handle ascend, whichever thread asks. `random` are LEDGER_ID_RANDOM_BYTES fresh random
 * bytes for each. */
void ledger_new_ids(struct ledger *ledger, int64_t now_us, const uint8_t *random, struct uuid *ret_ids, size_t count);

/* Counts a refusal by a source, and says whether it is one of the first `admitted_max` within this second of the
 * machine's steady clock. */
bool ledger_admits_refusal(struct ledger *ledger, uint64_t source_hash, unsigned admitted_max);

#endif
