/* What the sessions of one handle take turns at. */
#include "engine/handle.h"

#include <limits.h>

enum { WINDOW_MS = 1000 };

struct uuid ledger_new_id(struct ledger *ledger, int64_t now_us, const uint8_t random[8])
{
    (void)pthread_mutex_lock(&ledger->mutex);
    struct uuid id = uuid_v7(&ledger->uuids, now_us, random);
    (void)pthread_mutex_unlock(&ledger->mutex);
    return id;
}

bool ledger_admits_refusal(struct ledger *ledger, uint64_t source_hash, unsigned admitted_max)
{
    (void)pthread_mutex_lock(&ledger->mutex);
    struct refusal_window *window = &ledger->refusals[source_hash % REFUSAL_SOURCES_MAX];
    int64_t second = monotonic_ms() / WINDOW_MS;
    if (window->source_hash != source_hash || window->second != second) {
        *window = (struct refusal_window){.source_hash = source_hash, .second = second};
    }
    window->count += window->count < UINT_MAX ? 1 : 0;
    bool is_admitted = window->count <= admitted_max;
    (void)pthread_mutex_unlock(&ledger->mutex);
    return is_admitted;
}
