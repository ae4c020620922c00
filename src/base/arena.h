/* Memory that lives and goes together: a chain of blocks, handed out front to back.
 *
 * I1 Every pointer handed out is aligned for any type and lives until the arena is reset, rewound past it, or done.
 * I2 When memory runs out the answer is NULL and the arena stays as it was. */
#ifndef LEDGER_BASE_ARENA_H
#define LEDGER_BASE_ARENA_H

#include <stddef.h>

struct arena_block;

struct arena {
    struct arena_block *current; /* newest block; older ones hang behind it */
};

/* A place to rewind to. */
struct arena_mark {
    struct arena_block *block;
    size_t used;
};

void arena_init(struct arena *arena);
void arena_done(struct arena *arena);

/* Frees everything but one block, which is kept for reuse. */
void arena_reset(struct arena *arena);

/* `size` bytes, not cleared; NULL when memory ran out. A size of 0 gives a valid pointer. */
void *arena_allocate(struct arena *arena, size_t size);

/* `count` objects of `size` bytes, cleared; NULL when memory ran out or the product overflows. */
void *arena_allocate_array(struct arena *arena, size_t count, size_t size);

/* The same, not cleared: for what is filled at once. */
void *arena_reserve_array(struct arena *arena, size_t count, size_t size);

/* Everything handed out after the mark is given back by the rewind. */
struct arena_mark arena_mark(const struct arena *arena);
void arena_rewind(struct arena *arena, struct arena_mark mark);

#endif
