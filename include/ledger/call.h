/* The call: who asks, until when, and what came of it.
 *
 * Every function that can fail takes a call first. The call owns the memory of all results made during it, and the list
 * of problems that were found. A call serves one thread at a time; different calls may be used by different threads. */
#ifndef LEDGER_CALL_H
#define LEDGER_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ledger/status.h"
#include "ledger/text.h"

#ifdef __cplusplus
extern "C" {
#endif

struct ledger_call;

/* Who asks. `user` is the claim, `principal` who it is by the knowledge of the operating system, the database or a
 * token ("os:1000"); either may be absent. */
struct ledger_actor {
    struct ledger_text user;
    struct ledger_text principal;
    struct ledger_text source_system;
    struct ledger_text source_ip;
};

/* One thing that is wrong. `item_index` counts from 0 within a batch; `entry_number` from 1 within a transaction, 0
 * where no entry is meant. The message is a whole sentence with the particulars. */
struct ledger_problem {
    ledger_status status;
    size_t item_index;
    uint32_t entry_number;
    struct ledger_text message;
};

/* A new call with no actor and a deadline of 30 seconds for each function. NULL when memory ran out. The caller frees
 * it with ledger_call_free. */
LEDGER_PUBLIC struct ledger_call *ledger_call_new(void);

/* Frees the call and every result made during it. NULL is allowed. */
LEDGER_PUBLIC void ledger_call_free(struct ledger_call *call);

/* Forgets the problems and frees every result made during the call; actor, deadline and clock stay. */
LEDGER_PUBLIC void ledger_call_reset(struct ledger_call *call);

/* Says who asks. The texts are copied; they are checked when something is written. LEDGER_OUT_OF_MEMORY. */
LEDGER_PUBLIC LEDGER_MUST_CHECK ledger_status ledger_call_set_actor(struct ledger_call *call,
                                                                    const struct ledger_actor *actor);

/* How long one function may wait for the database, in milliseconds; 0 does not wait. */
LEDGER_PUBLIC void ledger_call_set_timeout(struct ledger_call *call, uint32_t timeout_ms);

/* Replaces the clock: `now_us` gives microseconds of UTC since 1970-01-01. For tests and for imports that replay. NULL
 * gives the real clock back. */
LEDGER_PUBLIC void ledger_call_set_clock(struct ledger_call *call, int64_t (*now_us)(void *context), void *context);

/* How many problems the last function found, and the n-th of them from 0; the list lives until the next reset. */
LEDGER_PUBLIC size_t ledger_call_problems_count(const struct ledger_call *call);
LEDGER_PUBLIC const struct ledger_problem *ledger_call_problem(const struct ledger_call *call, size_t problem_index);

/* The message of the problem that decided the outcome, terminated; "" where there is none. */
LEDGER_PUBLIC const char *ledger_call_message(const struct ledger_call *call);

/* Whether the audit event of what the last function refused was written. Where it was not, the refusal stands all the
 * same. */
LEDGER_PUBLIC bool ledger_call_refusal_recorded(const struct ledger_call *call);

#ifdef __cplusplus
}
#endif

#endif
