/* The call: its life, its problems, its clock.
 *
 * I1 A problem is never lost without a trace: where the list cannot grow, the newest takes the place of the last one
 * and the loss is counted, so that ledger_call_worst never says "done" of what was refused. I2 Recording a problem
 * never fails: the first has its place in the call itself, and a message that cannot be made is replaced by the
 * sentence of its status. I3 Every message is terminated. */
#include "base/call.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/text.h"

enum {
    CALL_PROBLEMS_COUNT_FIRST = 8,
    CALL_FORMAT_BYTES = 512, /* formatted on the stack first: most texts fit */
    CALL_EXIT_FAULT = 4,     /* from this exit status on, an outcome is no fault of the input */
};

static int64_t call_real_now_us(void *context)
{
    (void)context;
    struct timespec now;
    int outcome = clock_gettime(CLOCK_REALTIME, &now);
    assert(outcome == 0);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t monotonic_ms(void)
{
    struct timespec now;
    int outcome = clock_gettime(CLOCK_MONOTONIC, &now);
    assert(outcome == 0);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void call_init(struct ledger_call *call)
{
    *call = (struct ledger_call){.timeout_ms = LEDGER_CALL_TIMEOUT_MS_DEFAULT, .now_us = call_real_now_us};
    arena_init(&call->arena);
    arena_init(&call->actor_arena);
}

void call_done(struct ledger_call *call)
{
    arena_done(&call->arena);
    arena_done(&call->actor_arena);
}

struct ledger_call *ledger_call_new(void)
{
    struct ledger_call *call = malloc(sizeof *call);
    if (call != NULL) {
        call_init(call);
    }
    return call;
}

void ledger_call_free(struct ledger_call *call)
{
    if (call != NULL) {
        call_done(call);
        free(call);
    }
}

void ledger_call_reset(struct ledger_call *call)
{
    arena_reset(&call->arena);
    call->problems = (struct problem_list){0};
    call->item_index = 0;
}

ledger_status ledger_call_set_actor(struct ledger_call *call, const struct ledger_actor *actor)
{
    struct arena arena;
    arena_init(&arena);
    struct ledger_actor copy;
    bool copied = text_keep(&arena, actor->user, &copy.user) && text_keep(&arena, actor->principal, &copy.principal) &&
                  text_keep(&arena, actor->source_system, &copy.source_system) &&
                  text_keep(&arena, actor->source_ip, &copy.source_ip);
    if (!copied) {
        arena_done(&arena);
        return ledger_fail_out_of_memory(call);
    }
    arena_done(&call->actor_arena); /* only now: the texts given may be the old actor's own */
    call->actor_arena = arena;
    call->actor = copy;
    return LEDGER_DONE;
}

void ledger_call_set_timeout(struct ledger_call *call, uint32_t timeout_ms)
{
    call->timeout_ms = timeout_ms;
}

void ledger_call_set_clock(struct ledger_call *call, int64_t (*now_us)(void *context), void *context)
{
    call->now_us = now_us == NULL ? call_real_now_us : now_us;
    call->now_context = context;
}

int64_t ledger_call_now_us(const struct ledger_call *call)
{
    return call->now_us(call->now_context);
}

bool ledger_call_has_own_clock(const struct ledger_call *call)
{
    return call->now_us != call_real_now_us;
}

static bool call_problems_grow(struct ledger_call *call)
{
    struct problem_list *problems = &call->problems;
    size_t capacity = problems->capacity == 0 ? CALL_PROBLEMS_COUNT_FIRST : 2 * problems->capacity;
    struct ledger_problem *items = arena_allocate_array(&call->arena, capacity, sizeof *items);
    if (items == NULL) {
        return false;
    }
    if (problems->count > 0) {
        memcpy(items, problems->items, problems->count * sizeof *items);
    }
    problems->items = items;
    problems->capacity = capacity;
    return true;
}

/* Keeps the problem, by I1 and I2. */
static void call_keep_problem(struct ledger_call *call, ledger_status status, uint32_t entry_number,
                              struct ledger_text message)
{
    struct problem_list *problems = &call->problems;
    if (problems->count == problems->capacity && !call_problems_grow(call)) {
        if (problems->count == 0) {
            problems->items = &call->last_resort;
            problems->capacity = 1;
        } else {
            problems->count--;
            problems->dropped_count++;
        }
    }
    problems->items[problems->count++] = (struct ledger_problem){status, call->item_index, entry_number, message};
}

/* A formatted, terminated text in the arena; false when memory ran out. */
LEDGER_PRINTF(2, 0)
static bool call_format(struct arena *arena, const char *format, va_list arguments, struct ledger_text *ret_text)
{
    char buffer[CALL_FORMAT_BYTES];
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(buffer, sizeof buffer, format, arguments);
    char *data = length < 0 ? NULL : arena_allocate(arena, (size_t)length + 1);
    if (data != NULL && (size_t)length < sizeof buffer) {
        memcpy(data, buffer, (size_t)length + 1);
    } else if (data != NULL) {
        int length_again = vsnprintf(data, (size_t)length + 1, format, again);
        assert(length_again == length);
    }
    va_end(again);
    if (data == NULL) {
        return false;
    }
    *ret_text = (struct ledger_text){data, (size_t)length};
    return true;
}

/* The message with its entry named first; the message alone when memory ran out. */
static struct ledger_text call_name_entry(struct arena *arena, uint32_t entry_number, struct ledger_text message)
{
    char prefix[sizeof "entry 4294967295: "];
    int length = snprintf(prefix, sizeof prefix, "entry %u: ", entry_number);
    char *data = arena_allocate(arena, (size_t)length + message.size + 1);
    if (data == NULL) {
        return message;
    }
    memcpy(data, prefix, (size_t)length);
    memcpy(data + length, message.data, message.size + 1);
    return (struct ledger_text){data, (size_t)length + message.size};
}

/* Each item of a large batch has its first problems in words: who mends it has to know what is wrong with that one. */
static bool call_has_room_for_words(const struct ledger_call *call)
{
    const struct problem_list *problems = &call->problems;
    return problems->count < LEDGER_PROBLEMS_MAX ||
           problems->items[problems->count - LEDGER_PROBLEMS_OF_ITEM_MAX].item_index != call->item_index;
}

LEDGER_PRINTF(4, 0)
static void call_add_problem(struct ledger_call *call, ledger_status status, uint32_t entry_number, const char *format,
                             va_list arguments)
{
    assert(status != LEDGER_DONE);
    struct ledger_text message;
    if (!call_has_room_for_words(call) || !call_format(&call->arena, format, arguments, &message)) {
        message = ledger_text_of(ledger_status_sentence(status));
    } else if (entry_number > 0) {
        message = call_name_entry(&call->arena, entry_number, message);
    }
    call_keep_problem(call, status, entry_number, message);
}

ledger_status(ledger_fail)(struct ledger_call *call, ledger_status status, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    call_add_problem(call, status, 0, format, arguments);
    va_end(arguments);
    return status;
}

void ledger_call_add_problem(struct ledger_call *call, ledger_status status, uint32_t entry_number, const char *format,
                             ...)
{
    va_list arguments;
    va_start(arguments, format);
    call_add_problem(call, status, entry_number, format, arguments);
    va_end(arguments);
}

ledger_status(ledger_fail_out_of_memory)(struct ledger_call *call)
{
    call_keep_problem(call, LEDGER_OUT_OF_MEMORY, 0, ledger_text_of(ledger_status_sentence(LEDGER_OUT_OF_MEMORY)));
    return LEDGER_OUT_OF_MEMORY;
}

ledger_status ledger_call_worst(const struct ledger_call *call, size_t first_index)
{
    const struct problem_list *problems = &call->problems;
    if (problems->dropped_count > 0) {
        return LEDGER_OUT_OF_MEMORY;
    }
    ledger_status worst = LEDGER_DONE;
    for (size_t index = first_index; index < problems->count; index++) {
        ledger_status status = problems->items[index].status;
        if (worst == LEDGER_DONE || status < worst) {
            worst = status;
        }
    }
    return worst;
}

void ledger_call_drop_problems(struct ledger_call *call, size_t first_index)
{
    if (first_index < call->problems.count) {
        call->problems.count = first_index;
    }
    if (first_index == 0) {
        call->problems.dropped_count = 0;
    }
}

size_t ledger_call_problems_count(const struct ledger_call *call)
{
    return call->problems.count;
}

const struct ledger_problem *ledger_call_problem(const struct ledger_call *call, size_t problem_index)
{
    return problem_index < call->problems.count ? &call->problems.items[problem_index] : NULL;
}

/* Whether `problem` decides the outcome rather than `decisive`, which was found before it. A fault that is not the
 * input's (database, memory, defect) ends a call at once, whatever was gathered before; else the order of the table
 * decides, and among equals the first found. */
static bool call_decides(const struct ledger_problem *problem, const struct ledger_problem *decisive)
{
    if (decisive == NULL || ledger_status_exit(problem->status) >= CALL_EXIT_FAULT) {
        return true;
    }
    return ledger_status_exit(decisive->status) < CALL_EXIT_FAULT && problem->status < decisive->status;
}

const char *ledger_call_message(const struct ledger_call *call)
{
    const struct ledger_problem *decisive = NULL;
    for (size_t index = 0; index < call->problems.count; index++) {
        const struct ledger_problem *problem = &call->problems.items[index];
        if (call_decides(problem, decisive)) {
            decisive = problem;
        }
    }
    return decisive == NULL ? "" : decisive->message.data;
}

ledger_status ledger_call_copy_text(struct ledger_call *call, struct ledger_text text, struct ledger_text *ret_text)
{
    return text_keep(&call->arena, text, ret_text) ? LEDGER_DONE : ledger_fail_out_of_memory(call);
}

ledger_status ledger_call_format(struct ledger_call *call, struct ledger_text *ret_text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    bool formatted = call_format(&call->arena, format, arguments, ret_text);
    va_end(arguments);
    return formatted ? LEDGER_DONE : ledger_fail_out_of_memory(call);
}

bool ledger_call_refusal_recorded(const struct ledger_call *call)
{
    return call->refusal_is_recorded;
}
