/* What the sessions of one handle take turns at. */
#include "engine/handle.h"

#include <limits.h>

enum { WINDOW_MS = 1000 };

void ledger_new_ids(struct ledger *ledger, int64_t now_us, const uint8_t *random, struct uuid *ret_ids, size_t count)
{
    (void)pthread_mutex_lock(&ledger->mutex);
    for (size_t i = 0; i < count; i++) {
        ret_ids[i] = uuid_v7(&ledger->uuids, now_us, random + i * LEDGER_ID_RANDOM_BYTES);
    }
    (void)pthread_mutex_unlock(&ledger->mutex);
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
