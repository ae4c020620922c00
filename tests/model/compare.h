/* A run: a real ledger beside its model. Whatever differs ends the program with a TAP line, the seed and the place. */
#ifndef LEDGER_MODEL_COMPARE_H
#define LEDGER_MODEL_COMPARE_H

#include <stdio.h>

#include "model/generate.h"

enum { RUN_HANDLES = 2, RUN_POSITIONS_MAX = 1024, RUN_STATUSES_MAX = 128 };

/* A position of the log that is asked for again later, with the trial balance as it was then. */
struct run_position {
    int64_t log_position;
    char report_hash[LEDGER_HASH_TEXT_SIZE];
    char end_date[16]; /* "" for none */
};

struct run {
    uint64_t seed;
    uint64_t operations_done;
    struct model model;
    struct generator generator;
    struct ledger_call *call;
    struct ledger *handles[RUN_HANDLES]; /* on one file */
    struct ledger_open_options options;
    int64_t now_us;
    struct run_position positions[RUN_POSITIONS_MAX];
    size_t positions_count;
    uint64_t balances_compared;
    uint64_t transactions_compared;
    uint64_t reports_compared;
    uint64_t outcomes[RUN_STATUSES_MAX]; /* how often each came */
    uint64_t replays;
};

/* Ends the program: what is not as it must be, and how to see it again. */
_Noreturn void run_fail(struct run *run, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* One of the handles. */
struct ledger *run_ledger(struct run *run);

/* Compares everything that can be asked for with the model: now, at days, and at old positions. `is_thorough`: at all
 * positions that are remembered, else at a few. */
void run_compare(struct run *run, bool is_thorough);

/* Remembers the position that the log has now. */
void run_remember_position(struct run *run);

/* The ledger as it proves itself. */
void run_verify(struct run *run);

#endif
