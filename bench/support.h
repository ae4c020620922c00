/* What the programs here share: how they end, what they ask the clock, numbers as chance gives them, and the ledger
 * that they post to. A header alone, since each file beside it is a program. */
#ifndef LEDGER_BENCH_SUPPORT_H
#define LEDGER_BENCH_SUPPORT_H

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "ledger/account.h"
#include "ledger/ledger.h"

/* Ends the program, saying what could not be done. */
static inline _Noreturn void die(const char *what, const char *why)
{
    (void)fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, what, why);
    exit(1);
}

/* Memory that was asked for, or the end. */
static inline void *need(void *memory)
{
    if (memory == NULL) {
        die("memory", "ran out");
    }
    return memory;
}

/* The end where a call did not do what it was asked for. */
static inline void must(const struct ledger_call *call, ledger_status status)
{
    if (status != LEDGER_DONE) {
        die(ledger_status_name(status), ledger_call_message(call));
    }
}

static inline int64_t clock_us(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* For qsort. */
static inline int compare_times(const void *left, const void *right)
{
    int64_t first_us = *(const int64_t *)left;
    int64_t second_us = *(const int64_t *)right;
    return (first_us > second_us) - (first_us < second_us);
}

/* Marsaglia's own; any state but 0 will do. */
#define RANDOM_SEED UINT64_C(88172645463325252)

/* Marsaglia's xorshift of 64 bits. Figures of one day are compared with those of another, and peers are given the same
 * transactions: what follows from a seed is never changed. */
static inline uint64_t random_next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

enum { CODE_SIZE = 8 };

/* Four digits: 1000 is the code of the first account, which has number 0. */
static inline void account_code(size_t number, char ret_code[CODE_SIZE])
{
    (void)snprintf(ret_code, CODE_SIZE, "%zu", 1000 + number);
}

/* A new ledger of so many accounts, of each type in turn. */
static inline struct ledger *make_ledger(struct ledger_call *call, const char *uri, size_t accounts_count)
{
    struct ledger_open_options options = {.struct_size = sizeof options, .uri = ledger_text_of(uri)};
    struct ledger_settings settings = {.hash_version = 1};
    struct ledger *ledger = NULL;
    must(call, ledger_create(call, &options, &settings, &ledger));
    for (size_t i = 0; i < accounts_count; i++) {
        char code[CODE_SIZE];
        struct ledger_account account;
        account_code(i, code);
        struct ledger_account_request request = {
            .account_code = ledger_text_of(code),
            .account_name = ledger_text_of("Bench account"),
            .account_type = (enum ledger_account_type)(i % 5),
        };
        must(call, ledger_account_create(call, ledger, &request, &account));
        ledger_call_reset(call);
    }
    return ledger;
}

#endif
