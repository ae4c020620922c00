/* Numbers as chance gives them, the same in every run: Marsaglia's xorshift of 64 bits. */
#ifndef LEDGER_SUPPORT_RANDOM_H
#define LEDGER_SUPPORT_RANDOM_H

#include <stdint.h>

/* Marsaglia's own; any state but 0 will do. */
#define RANDOM_SEED UINT64_C(88172645463325252)

static inline uint64_t random_next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* A number below `limit`, which is above 0. */
static inline uint32_t random_below(uint64_t *state, uint32_t limit)
{
    return (uint32_t)(random_next(state) >> 32) % limit;
}

#endif
