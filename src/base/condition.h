/* Waiting for another thread until a deadline on the machine's steady clock. */
#ifndef LEDGER_BASE_CONDITION_H
#define LEDGER_BASE_CONDITION_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/* A condition whose deadlines are those of monotonic_ms. The caller destroys it. */
void condition_init(pthread_cond_t *condition);

/* Waits, with the mutex held. False where the deadline has passed; true says nothing more than that somebody signalled:
 * the caller looks again at what it waits for. */
bool condition_wait_until(pthread_cond_t *condition, pthread_mutex_t *mutex, int64_t deadline_ms);

#endif
