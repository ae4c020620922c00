/* Periods: the compiled index against the rule as it is worded, day by day. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "domain/period.h"
#include "support/random.h"

static uint64_t chance = RANDOM_SEED;

/* The state of the row with the highest log_index whose range holds the day; open by default. */
static bool is_closed_by_rule(const struct period_row *rows, size_t rows_count, int32_t day)
{
    bool is_closed = false;
    int64_t log_index = INT64_MIN;
    for (size_t index = 0; index < rows_count; index++) {
        if (rows[index].start_day <= day && day < rows[index].end_day && rows[index].log_index > log_index) {
            log_index = rows[index].log_index;
            is_closed = rows[index].is_closed;
        }
    }
    return is_closed;
}

static void assert_ranges_are_sound(const struct period_index *index)
{
    size_t count = 0;
    const struct period_range *ranges = period_index_list(index, &count);
    for (size_t place = 0; place < count; place++) {
        assert_true(ranges[place].start_day < ranges[place].end_day);
        assert_true(place == 0 || ranges[place - 1].end_day < ranges[place].start_day); /* I1 */
    }
}

static void random_rows_give_what_the_rule_gives(void **state)
{
    (void)state;
    enum { ROWS_MAX = 24, DAYS = 40 };
    struct ledger_call call;
    call_init(&call);
    for (unsigned round = 0; round < 3000; round++) {
        struct period_row rows[ROWS_MAX];
        size_t rows_count = random_below(&chance, ROWS_MAX + 1);
        int32_t first_day = (int32_t)random_below(&chance, 2) * 20000 - DAYS / 2;
        for (size_t index = 0; index < rows_count; index++) {
            rows[index].log_index = (int64_t)index * 7 - 50;
            rows[index].start_day = first_day + (int32_t)random_below(&chance, DAYS);
            rows[index].end_day =
                first_day + (int32_t)random_below(&chance, DAYS); /* may be empty, or the wrong way round */
            rows[index].is_closed = random_below(&chance, 3) != 0;
        }
        for (size_t index = rows_count; index > 1; index--) { /* in any order */
            size_t other = random_below(&chance, (uint32_t)index);
            struct period_row row = rows[index - 1];
            rows[index - 1] = rows[other];
            rows[other] = row;
        }
        struct period_index index = {0};
        assert_int_equal(period_index_build(&call, rows, rows_count, &index), LEDGER_DONE);
        assert_ranges_are_sound(&index);
        for (int32_t day = first_day - 2; day < first_day + DAYS + 2; day++) {
            assert_int_equal(period_index_is_closed(&index, day), is_closed_by_rule(rows, rows_count, day));
        }
        ledger_call_reset(&call);
    }
    call_done(&call);
}

static void assert_list(const struct period_row *rows, size_t rows_count, const struct period_range *expected,
                        size_t expected_count)
{
    struct ledger_call call;
    call_init(&call);
    struct period_index index = {0};
    assert_int_equal(period_index_build(&call, rows, rows_count, &index), LEDGER_DONE);
    size_t count = 99;
    const struct period_range *ranges = period_index_list(&index, &count);
    assert_int_equal(count, expected_count);
    for (size_t place = 0; place < count; place++) {
        assert_int_equal(ranges[place].start_day, expected[place].start_day);
        assert_int_equal(ranges[place].end_day, expected[place].end_day);
    }
    call_done(&call);
}

static void the_list_joins_what_touches(void **state)
{
    (void)state;
    static const struct period_row january_and_february[] = {{5, 31, 59, true}, {3, 0, 31, true}};
    assert_list(january_and_february, 2, (const struct period_range[]){{0, 59}}, 1);
    static const struct period_row a_week_reopened[] = {{1, 0, 31, true}, {2, 7, 14, false}};
    assert_list(a_week_reopened, 2, (const struct period_range[]){{0, 7}, {14, 31}}, 2);
    static const struct period_row and_closed_again[] = {{1, 0, 31, true}, {2, 7, 14, false}, {3, 10, 20, true}};
    assert_list(and_closed_again, 3, (const struct period_range[]){{0, 7}, {10, 31}}, 2);
    static const struct period_row all_reopened[] = {{1, 0, 31, true}, {2, 31, 59, true}, {3, 0, 59, false}};
    assert_list(all_reopened, 3, NULL, 0);
    static const struct period_row empty[] = {{1, 5, 5, true}, {2, 9, 8, true}};
    assert_list(empty, 2, NULL, 0);
    assert_list(NULL, 0, NULL, 0);
}

static void ranges_are_half_open_up_to_the_ends(void **state)
{
    (void)state;
    static const struct period_row rows[] = {{1, INT32_MIN, INT32_MAX, true}, {2, -1, 1, false}};
    struct ledger_call call;
    call_init(&call);
    struct period_index index = {0};
    assert_int_equal(period_index_build(&call, rows, 2, &index), LEDGER_DONE);
    assert_true(period_index_is_closed(&index, INT32_MIN));
    assert_true(period_index_is_closed(&index, -2));
    assert_false(period_index_is_closed(&index, -1));
    assert_false(period_index_is_closed(&index, 0));
    assert_true(period_index_is_closed(&index, 1));
    assert_true(period_index_is_closed(&index, INT32_MAX - 1));
    assert_false(period_index_is_closed(&index, INT32_MAX));
    call_done(&call);
}

/* Many rows that lie over one another, which a rule applied by scanning would take minutes for. */
static void many_rows_are_compiled_fast(void **state)
{
    (void)state;
    enum { ROWS = 200000 };
    struct ledger_call call;
    call_init(&call);
    struct period_row *rows = arena_allocate_array(&call.arena, ROWS, sizeof *rows);
    assert_non_null(rows);
    for (int32_t index = 0; index < ROWS; index++) {
        rows[index] = (struct period_row){index, -index, index + 1, index % 2 == 0};
    }
    struct period_index index = {0};
    assert_int_equal(period_index_build(&call, rows, ROWS, &index), LEDGER_DONE);
    assert_int_equal(index.closed_ranges_count, 0); /* the last row is the widest, and open */
    for (int32_t place = 0; place < ROWS; place++) {
        rows[place].log_index = -place;
    }
    assert_int_equal(period_index_build(&call, rows, ROWS, &index), LEDGER_DONE);
    assert_ranges_are_sound(&index);
    assert_int_equal(index.closed_ranges_count, ROWS - 1); /* the middle day, and one on each side for each other row */
    assert_true(period_index_is_closed(&index, 0));
    assert_false(period_index_is_closed(&index, 1));
    assert_true(period_index_is_closed(&index, 2));
    assert_true(period_index_is_closed(&index, -2));
    call_done(&call);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_rows_give_what_the_rule_gives),
        cmocka_unit_test(the_list_joins_what_touches),
        cmocka_unit_test(ranges_are_half_open_up_to_the_ends),
        cmocka_unit_test(many_rows_are_compiled_fast),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
