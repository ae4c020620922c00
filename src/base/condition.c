/* Conditions on CLOCK_MONOTONIC: a deadline neither comes earlier nor later when somebody sets the machine's clock. */
#include "base/condition.h"

#include <assert.h>
#include <errno.h>
#include <time.h>

enum { MS_PER_SECOND = 1000, NS_PER_MS = 1000000 };

void condition_init(pthread_cond_t *condition)
{
    pthread_condattr_t attributes;
    int outcome = pthread_condattr_init(&attributes);
    assert(outcome == 0);
    outcome = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    assert(outcome == 0);
    outcome = pthread_cond_init(condition, &attributes);
    assert(outcome == 0);
    (void)pthread_condattr_destroy(&attributes);
}

bool condition_wait_until(pthread_cond_t *condition, pthread_mutex_t *mutex, int64_t deadline_ms)
{
    struct timespec deadline = {
        .tv_sec = deadline_ms / MS_PER_SECOND,
        .tv_nsec = deadline_ms % MS_PER_SECOND * NS_PER_MS,
    };
    int outcome = pthread_cond_timedwait(condition, mutex, &deadline);
    assert(outcome == 0 || outcome == ETIMEDOUT);
    return outcome == 0;
}
