/* Periods compiled into the closed ranges that are in effect.
 *
 * The boundaries of all rows cut time into segments. Rows are taken from the newest to the oldest, and each decides the
 * segments that no newer one has decided; `next_undecided` leaps over those that are, so that none is visited twice. */
#include "domain/period.h"

#include <assert.h>
#include <stdlib.h>

#include "base/time.h"

struct period_segments {
    int32_t *boundaries; /* ascending, each once; segment i is [boundaries[i], boundaries[i + 1]) */
    size_t boundaries_count;
    size_t *next_undecided; /* of a decided segment, one nearer to the next undecided one; of others, themselves */
    bool *is_closed;
};

static int period_compare_days(const void *left, const void *right)
{
    int32_t left_day = *(const int32_t *)left;
    int32_t right_day = *(const int32_t *)right;
    return (left_day > right_day) - (left_day < right_day);
}

static int period_compare_newest_first(const void *left, const void *right)
{
    int64_t left_index = (*(const struct period_row *const *)left)->log_index;
    int64_t right_index = (*(const struct period_row *const *)right)->log_index;
    return (left_index < right_index) - (left_index > right_index);
}

/* Rows with days in them, newest first. */
static ledger_status period_sort_rows(struct ledger_call *call, const struct period_row *rows, size_t rows_count,
                                      const struct period_row ***ret_sorted, size_t *ret_sorted_count)
{
    const struct period_row **sorted;
    size_t sorted_count = 0;
    LEDGER_ALLOCATE(call, sorted, rows_count);
    for (size_t index = 0; index < rows_count; index++) {
        if (rows[index].start_day < rows[index].end_day) {
            sorted[sorted_count++] = &rows[index];
        }
    }
    qsort(sorted, sorted_count, sizeof *sorted, period_compare_newest_first);
    *ret_sorted = sorted;
    *ret_sorted_count = sorted_count;
    return LEDGER_DONE;
}

static ledger_status period_cut_segments(struct ledger_call *call, const struct period_row *const *rows,
                                         size_t rows_count, struct period_segments *ret_segments)
{
    struct period_segments segments = {0};
    LEDGER_ALLOCATE(call, segments.boundaries, 2 * rows_count);
    for (size_t index = 0; index < rows_count; index++) {
        segments.boundaries[2 * index] = rows[index]->start_day;
        segments.boundaries[2 * index + 1] = rows[index]->end_day;
    }
    qsort(segments.boundaries, 2 * rows_count, sizeof *segments.boundaries, period_compare_days);
    for (size_t index = 0; index < 2 * rows_count; index++) {
        if (index == 0 || segments.boundaries[index] != segments.boundaries[index - 1]) {
            segments.boundaries[segments.boundaries_count++] = segments.boundaries[index];
        }
    }
    LEDGER_ALLOCATE(call, segments.next_undecided, segments.boundaries_count);
    LEDGER_ALLOCATE(call, segments.is_closed, segments.boundaries_count);
    for (size_t index = 0; index < segments.boundaries_count; index++) {
        segments.next_undecided[index] = index;
    }
    *ret_segments = segments;
    return LEDGER_DONE;
}

/* The first undecided segment from `segment` on; the last boundary, which begins no segment, ends every search. */
static size_t period_next_undecided(struct period_segments *segments, size_t segment)
{
    while (segments->next_undecided[segment] != segment) {
        size_t next = segments->next_undecided[segment];
        segments->next_undecided[segment] = segments->next_undecided[next]; /* halves the way for the next search */
        segment = segments->next_undecided[segment];
    }
    return segment;
}

static size_t period_find_boundary(const struct period_segments *segments, int32_t day)
{
    const int32_t *found =
        bsearch(&day, segments->boundaries, segments->boundaries_count, sizeof day, period_compare_days);
    assert(found != NULL);
    return (size_t)(found - segments->boundaries);
}

static void period_decide(struct period_segments *segments, const struct period_row *row)
{
    size_t end = period_find_boundary(segments, row->end_day);
    size_t segment = period_next_undecided(segments, period_find_boundary(segments, row->start_day));
    while (segment < end) {
        segments->is_closed[segment] = row->is_closed;
        segments->next_undecided[segment] = segment + 1;
        segment = period_next_undecided(segments, segment + 1);
    }
}

/* Joins neighbouring closed segments; returns how many ranges there are. */
static size_t period_join_closed(const struct period_segments *segments, struct period_range *ranges)
{
    size_t count = 0;
    for (size_t index = 0; index + 1 < segments->boundaries_count; index++) {
        if (!segments->is_closed[index]) {
            continue;
        }
        if (count == 0 || ranges[count - 1].end_day != segments->boundaries[index]) {
            ranges[count++].start_day = segments->boundaries[index];
        }
        ranges[count - 1].end_day = segments->boundaries[index + 1];
    }
    return count;
}

ledger_status period_index_build(struct ledger_call *call, const struct period_row *rows, size_t rows_count,
                                 struct period_index *ret_index)
{
    /* Every range begins where a closed row begins or an open row ends: there are no more of them than rows. */
    struct period_range *ranges;
    LEDGER_ALLOCATE(call, ranges, rows_count);
    struct arena_mark mark = arena_mark(&call->arena);
    const struct period_row **sorted = NULL;
    size_t sorted_count = 0;
    LEDGER_TRY(period_sort_rows(call, rows, rows_count, &sorted, &sorted_count));
    struct period_segments segments = {0};
    LEDGER_TRY(period_cut_segments(call, sorted, sorted_count, &segments));
    for (size_t index = 0; index < sorted_count; index++) {
        period_decide(&segments, sorted[index]);
    }
    size_t ranges_count = period_join_closed(&segments, ranges);
    assert(ranges_count <= rows_count);
    arena_rewind(&call->arena, mark);
    *ret_index = (struct period_index){ranges, ranges_count};
    return LEDGER_DONE;
}

bool period_index_is_closed(const struct period_index *index, int32_t day)
{
    /* The first range that ends behind the day is the only one that can hold it (I1). */
    size_t low = 0;
    size_t high = index->closed_ranges_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (index->closed_ranges[middle].end_day > day) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low < index->closed_ranges_count && index->closed_ranges[low].start_day <= day;
}

const struct period_range *period_index_list(const struct period_index *index, size_t *ret_ranges_count)
{
    *ret_ranges_count = index->closed_ranges_count;
    return index->closed_ranges;
}

int32_t period_fiscal_year_start(struct ledger_text month_and_day, int32_t day)
{
    const char *text = month_and_day.data; /* init has read it as a day */
    int32_t month = (text[0] - '0') * 10 + (text[1] - '0');
    int32_t day_of_month = (text[3] - '0') * 10 + (text[4] - '0');
    int32_t year = day_to_civil(day).year;
    int32_t start = day_from_civil(year, month, day_of_month);
    return start <= day ? start : day_from_civil(year - 1, month, day_of_month);
}
