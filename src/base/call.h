/* The call from within: the arena of its results, its problems, its actor, clock and deadline, and the one idiom for
 * errors. Where a fault is found, `return ledger_fail(call, STATUS, "…")`; on the way up, only LEDGER_TRY. */
#ifndef LEDGER_BASE_CALL_H
#define LEDGER_BASE_CALL_H

#include <assert.h>
#include <stdarg.h>
#include <string.h>

#include "base/arena.h"
#include "ledger/call.h"

enum {
    LEDGER_CALL_TIMEOUT_MS_DEFAULT = 30000,
    /* Beyond so many problems of a call, and so many of their item, others have their status's sentence for a message.
     */
    LEDGER_PROBLEMS_MAX = 1000,
    LEDGER_PROBLEMS_OF_ITEM_MAX = 8,
};

struct problem_list {
    struct ledger_problem *items;
    size_t count;
    size_t capacity;
    size_t dropped_count; /* those that no memory was left for */
};

struct ledger_call {
    struct arena arena;       /* results; emptied by ledger_call_reset */
    struct arena actor_arena; /* what lives as long as the call */
    struct ledger_actor actor;
    struct problem_list problems;
    struct ledger_problem last_resort; /* the place of a problem where memory for the list ran out */
    size_t item_index;                 /* given to the problems found from now on */
    bool refusal_is_recorded;          /* of what the last function refused */
    uint32_t timeout_ms;
    int64_t (*now_us)(void *context);
    void *now_context;
};

#define LEDGER_TRY(expression)                                                                                         \
    do {                                                                                                               \
        ledger_status try_status = (expression);                                                                       \
        if (try_status != LEDGER_DONE) {                                                                               \
            return try_status;                                                                                         \
        }                                                                                                              \
    } while (0)

/* Gives `pointer` `count` cleared objects of its type from the call's arena, or returns LEDGER_OUT_OF_MEMORY. */
#define LEDGER_ALLOCATE(call, pointer, count) LEDGER_ALLOCATE_BY(arena_allocate_array, call, pointer, count)

/* The same, not cleared: for what is filled at once. */
#define LEDGER_RESERVE(call, pointer, count) LEDGER_ALLOCATE_BY(arena_reserve_array, call, pointer, count)

#define LEDGER_ALLOCATE_BY(allocate, call, pointer, count)                                                             \
    do {                                                                                                               \
        (pointer) = allocate(&(call)->arena, (count), sizeof *(pointer));                                              \
        if ((pointer) == NULL) {                                                                                       \
            return ledger_fail_out_of_memory(call);                                                                    \
        }                                                                                                              \
    } while (0)

/* Room for one more behind `count` items of a list in the call's arena: `capacity` places are there, from 64 on twice
 * as many each time. */
#define LEDGER_GROW(call, items, count, capacity)                                                                      \
    do {                                                                                                               \
        if ((count) == (capacity)) {                                                                                   \
            size_t grown_capacity = (capacity) == 0 ? 64 : (capacity)*2;                                               \
            __typeof__(items) grown_items = arena_allocate_array(&(call)->arena, grown_capacity, sizeof *(items));     \
            if (grown_items == NULL) {                                                                                 \
                return ledger_fail_out_of_memory(call);                                                                \
            }                                                                                                          \
            if ((count) > 0) {                                                                                         \
                memcpy(grown_items, (items), (count) * sizeof *(items));                                               \
            }                                                                                                          \
            (items) = grown_items;                                                                                     \
            (capacity) = grown_capacity;                                                                               \
        }                                                                                                              \
    } while (0)

/* A call on the caller's own storage; `call_done` frees what it holds. */
void call_init(struct ledger_call *call);
void call_done(struct ledger_call *call);

/* Adds a problem to the call and returns its status. */
LEDGER_MUST_CHECK LEDGER_PRINTF(3, 4) ledger_status
    ledger_fail(struct ledger_call *call, ledger_status status, const char *format, ...);

/* Adds a problem without ending: for validators that gather every problem first. `entry_number` 0 for none; else the
 * message begins with it ("entry 2: …"). */
LEDGER_PRINTF(4, 5)
void ledger_call_add_problem(struct ledger_call *call, ledger_status status, uint32_t entry_number, const char *format,
                             ...);

/* The outcome of what was gathered from problem `first_index` on: LEDGER_DONE where there is none, else the status that
 * stands first in the table; LEDGER_OUT_OF_MEMORY where problems were dropped. */
LEDGER_MUST_CHECK ledger_status ledger_call_worst(const struct ledger_call *call, size_t first_index);

/* Forgets the problems from `first_index` on. */
void ledger_call_drop_problems(struct ledger_call *call, size_t first_index);

/* Records that memory ran out; never allocates. */
LEDGER_MUST_CHECK ledger_status ledger_fail_out_of_memory(struct ledger_call *call);

/* A fault is never LEDGER_DONE. Said here for the compilers too, or they could not see that what a function sets on
 * success is set after a LEDGER_TRY of it. */
LEDGER_MUST_CHECK static inline ledger_status call_fault(ledger_status status)
{
    assert(status != LEDGER_DONE);
    return status;
}
#define ledger_fail(...) call_fault(ledger_fail(__VA_ARGS__))
#define ledger_fail_out_of_memory(call) call_fault(ledger_fail_out_of_memory(call))

/* The call's clock, microseconds of UTC since 1970-01-01. */
int64_t ledger_call_now_us(const struct ledger_call *call);

/* Whether that is one of the caller's own. */
bool ledger_call_has_own_clock(const struct ledger_call *call);

/* A terminated copy of `text` in the call's arena; the absent text stays absent. */
LEDGER_MUST_CHECK ledger_status ledger_call_copy_text(struct ledger_call *call, struct ledger_text text,
                                                      struct ledger_text *ret_text);

/* A formatted, terminated text in the call's arena. */
LEDGER_MUST_CHECK LEDGER_PRINTF(3, 4) ledger_status
    ledger_call_format(struct ledger_call *call, struct ledger_text *ret_text, const char *format, ...);

/* Monotonic time in milliseconds, for deadlines. */
int64_t monotonic_ms(void);

#endif
