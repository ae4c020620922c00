/* Memory that lives and goes together.
 *
 * Blocks double from 4 KiB to 1 MiB; what does not fit into such a block gets one of its own size. In a build with the
 * address sanitizer, what is not handed out is poisoned, so that a write past the end of an allocation, or a use after
 * a rewind, is found as in ordinary heap memory.
 *
 * I3 Blocks hang in the order in which they were made, newest first, so that a rewind drops a prefix of the chain. */
#include "base/arena.h"

#include <assert.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_IS_POISONED 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define ARENA_IS_POISONED 1
#endif

#ifdef ARENA_IS_POISONED
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#endif

enum {
    ARENA_BLOCK_BYTES_MIN = 4 * 1024,
    ARENA_BLOCK_BYTES_MAX = 1024 * 1024,
};

struct arena_block {
    struct arena_block *older;
    size_t capacity; /* bytes of data */
    size_t used;
    alignas(max_align_t) unsigned char data[];
};

/* No allocation may be larger, so that no sum below overflows. */
#define ARENA_ALLOCATION_MAX ((size_t)PTRDIFF_MAX - sizeof(struct arena_block) - alignof(max_align_t))

static size_t arena_round_up(size_t size)
{
    return (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
}

static size_t arena_block_bytes(const struct arena_block *block)
{
    return sizeof *block + block->capacity;
}

/* The size of the next ordinary block, header included. */
static size_t arena_next_bytes(const struct arena *arena)
{
    if (arena->current == NULL) {
        return ARENA_BLOCK_BYTES_MIN;
    }
    size_t bytes = arena_block_bytes(arena->current);
    return bytes >= ARENA_BLOCK_BYTES_MAX / 2 ? ARENA_BLOCK_BYTES_MAX : 2 * bytes;
}

static struct arena_block *arena_grow(struct arena *arena, size_t needed)
{
    size_t bytes = arena_next_bytes(arena);
    if (bytes < sizeof(struct arena_block) + needed) {
        bytes = sizeof(struct arena_block) + needed;
    }
    struct arena_block *block = malloc(bytes);
    if (block == NULL) {
        return NULL;
    }
    block->older = arena->current;
    block->capacity = bytes - sizeof *block;
    block->used = 0;
    ASAN_POISON_MEMORY_REGION(block->data, block->capacity);
    arena->current = block;
    return block;
}

/* Gives back what the block handed out beyond `used`. */
static void arena_block_cut(struct arena_block *block, size_t used)
{
    assert(used <= block->used);
    block->used = used;
    ASAN_POISON_MEMORY_REGION(block->data + used, block->capacity - used);
}

static void arena_block_free(struct arena_block *block)
{
    ASAN_UNPOISON_MEMORY_REGION(block->data, block->capacity);
    free(block);
}

void arena_init(struct arena *arena)
{
    arena->current = NULL;
}

void arena_done(struct arena *arena)
{
    while (arena->current != NULL) {
        struct arena_block *block = arena->current;
        arena->current = block->older;
        arena_block_free(block);
    }
}

void arena_reset(struct arena *arena)
{
    struct arena_block *kept = NULL;
    while (arena->current != NULL) {
        struct arena_block *block = arena->current;
        arena->current = block->older;
        if (kept == NULL && arena_block_bytes(block) <= ARENA_BLOCK_BYTES_MAX) {
            kept = block;
        } else {
            arena_block_free(block);
        }
    }
    if (kept != NULL) {
        kept->older = NULL;
        arena_block_cut(kept, 0);
    }
    arena->current = kept;
}

void *arena_allocate(struct arena *arena, size_t size)
{
    if (size > ARENA_ALLOCATION_MAX) {
        return NULL;
    }
    size_t needed = arena_round_up(size == 0 ? 1 : size);
    struct arena_block *block = arena->current;
    if (block == NULL || needed > block->capacity - block->used) {
        block = arena_grow(arena, needed);
        if (block == NULL) {
            return NULL;
        }
    }
    void *pointer = block->data + block->used;
    block->used += needed;
    ASAN_UNPOISON_MEMORY_REGION(pointer, size);
    return pointer;
}

void *arena_reserve_array(struct arena *arena, size_t count, size_t size)
{
    size_t bytes = 0;
    return __builtin_mul_overflow(count, size, &bytes) ? NULL : arena_allocate(arena, bytes);
}

void *arena_allocate_array(struct arena *arena, size_t count, size_t size)
{
    void *array = arena_reserve_array(arena, count, size);
    if (array != NULL) {
        memset(array, 0, count * size);
    }
    return array;
}

struct arena_mark arena_mark(const struct arena *arena)
{
    return (struct arena_mark){arena->current, arena->current == NULL ? 0 : arena->current->used};
}

void arena_rewind(struct arena *arena, struct arena_mark mark)
{
    if (mark.block == NULL) {
        arena_reset(arena);
        return;
    }
    while (arena->current != mark.block) {
        struct arena_block *block = arena->current;
        assert(block != NULL); /* the mark is of this arena, and not from before a reset */
        arena->current = block->older;
        arena_block_free(block);
    }
    arena_block_cut(mark.block, mark.used);
}
