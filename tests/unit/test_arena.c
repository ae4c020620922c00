/* The arena: alignment, growth, marks, and what it keeps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdalign.h>
#include <string.h>

#include "base/arena.h"

enum { BLOCK_BYTES_MAX = 1024 * 1024 };

static void every_pointer_is_aligned_and_apart(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena);
    unsigned char *pointers[300];
    for (size_t size = 0; size < 300; size++) {
        pointers[size] = arena_allocate(&arena, size);
        assert_non_null(pointers[size]);
        assert_int_equal((uintptr_t)pointers[size] % alignof(max_align_t), 0);
        memset(pointers[size], (int)(size & 0xff), size);
    }
    for (size_t size = 0; size < 300; size++) {
        for (size_t index = 0; index < size; index++) {
            assert_int_equal(pointers[size][index], size & 0xff);
        }
    }
    arena_done(&arena);
    assert_null(arena.current);
}

static void nothing_at_all_gives_pointers_that_differ(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena);
    void *first = arena_allocate(&arena, 0);
    void *second = arena_allocate_array(&arena, 0, 8);
    assert_non_null(first);
    assert_non_null(second);
    assert_ptr_not_equal(first, second);
    arena_done(&arena);
}

static void arrays_are_cleared_also_in_used_memory(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena);
    memset(arena_allocate(&arena, 1000), 0xff, 1000);
    arena_reset(&arena);
    const unsigned char *array = arena_allocate_array(&arena, 125, 8);
    for (size_t index = 0; index < 1000; index++) {
        assert_int_equal(array[index], 0);
    }
    arena_done(&arena);
}

static void sizes_beyond_all_memory_are_refused(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena);
    void *kept = arena_allocate(&arena, 16);
    struct arena_mark before = arena_mark(&arena);
    assert_null(arena_allocate(&arena, SIZE_MAX));
    assert_null(arena_allocate(&arena, SIZE_MAX - 64));
    assert_null(arena_allocate(&arena, (size_t)PTRDIFF_MAX));
    assert_null(arena_allocate_array(&arena, SIZE_MAX / 2 + 1, 2));
    assert_null(arena_allocate_array(&arena, SIZE_MAX / 4, 8));
    struct arena_mark after = arena_mark(&arena);
    assert_ptr_equal(before.block, after.block);
    assert_int_equal(before.used, after.used);
    assert_non_null(kept);
    arena_done(&arena);
}

static void a_reset_keeps_one_block_for_reuse(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena);
    arena_reset(&arena); /* of an empty one */
    assert_null(arena.current);
    for (int index = 0; index < 100; index++) {
        assert_non_null(arena_allocate(&arena, 1000));
    }
    struct arena_block *kept = arena.current;
    arena_reset(&arena);
    assert_ptr_equal(arena.current, kept);
    void *first = arena_allocate(&arena, 1000);
    arena_reset(&arena);
    assert_ptr_equal(arena_allocate(&arena, 1000), first);
    arena_done(&arena);
}

static void a_reset_frees_blocks_above_the_limit(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena);
    memset(arena_allocate(&arena, 3 * BLOCK_BYTES_MAX), 1, 3 * BLOCK_BYTES_MAX);
    arena_reset(&arena);
    assert_null(arena.current);
    assert_non_null(arena_allocate(&arena, 10));
    struct arena_block *small = arena.current;
    assert_non_null(arena_allocate(&arena, 2 * BLOCK_BYTES_MAX));
    assert_ptr_not_equal(arena.current, small);
    arena_reset(&arena);
    assert_ptr_equal(arena.current, small);
    arena_done(&arena);
}

static void a_rewind_gives_back_what_came_after(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena);
    char *kept = arena_allocate(&arena, 8);
    memcpy(kept, "kept it", 8);
    struct arena_mark mark = arena_mark(&arena);
    void *first = arena_allocate(&arena, 100);
    for (int index = 0; index < 1000; index++) {
        assert_non_null(arena_allocate(&arena, 5000));
    }
    assert_non_null(arena_allocate(&arena, 2 * BLOCK_BYTES_MAX));
    arena_rewind(&arena, mark);
    assert_ptr_equal(arena_allocate(&arena, 100), first);
    assert_string_equal(kept, "kept it");
    arena_rewind(&arena, mark); /* a mark can be used again */
    assert_ptr_equal(arena_allocate(&arena, 100), first);
    arena_done(&arena);
}

static void a_rewind_to_the_beginning_empties(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena);
    struct arena_mark mark = arena_mark(&arena);
    arena_rewind(&arena, mark);
    assert_null(arena.current);
    void *first = arena_allocate(&arena, 10);
    arena_rewind(&arena, mark);
    assert_ptr_equal(arena_allocate(&arena, 10), first);
    arena_done(&arena);
}

static void blocks_grow_up_to_the_limit(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena);
    size_t blocks_count = 0;
    const struct arena_block *newest = NULL;
    for (size_t bytes = 0; bytes < 16 * (size_t)BLOCK_BYTES_MAX; bytes += 512) {
        assert_non_null(arena_allocate(&arena, 512));
        blocks_count += arena.current != newest;
        newest = arena.current;
    }
    assert_in_range(blocks_count, 8 + 15, 8 + 18); /* 4 KiB to 512 KiB, then of 1 MiB each */
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_pointer_is_aligned_and_apart),
        cmocka_unit_test(nothing_at_all_gives_pointers_that_differ),
        cmocka_unit_test(arrays_are_cleared_also_in_used_memory),
        cmocka_unit_test(sizes_beyond_all_memory_are_refused),
        cmocka_unit_test(a_reset_keeps_one_block_for_reuse),
        cmocka_unit_test(a_reset_frees_blocks_above_the_limit),
        cmocka_unit_test(a_rewind_gives_back_what_came_after),
        cmocka_unit_test(a_rewind_to_the_beginning_empties),
        cmocka_unit_test(blocks_grow_up_to_the_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
