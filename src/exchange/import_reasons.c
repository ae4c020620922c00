/* The problems of a batch are found in several passes over its items, by the rules, by the keys, by the clock. Brought
 * into the order of the items once, they need not be searched through for each. */
#include "exchange/import_reasons.h"

#include <stdlib.h>

#include "base/text_builder.h"

enum { REASONS_SIZE_FIRST = 128 };

static int problem_compare(const void *left, const void *right)
{
    const struct ledger_problem *left_problem = *(const struct ledger_problem *const *)left;
    const struct ledger_problem *right_problem = *(const struct ledger_problem *const *)right;
    if (left_problem->item_index != right_problem->item_index) {
        return left_problem->item_index < right_problem->item_index ? -1 : 1;
    }
    return (left_problem > right_problem) - (left_problem < right_problem); /* of one list, so as they were found */
}

ledger_status import_reasons_init(struct ledger_call *call, struct arena *arena, const struct ledger_call *of,
                                  struct import_reasons *ret_reasons)
{
    *ret_reasons = (struct import_reasons){.count = ledger_call_problems_count(of)};
    if (ret_reasons->count == 0) {
        return LEDGER_DONE;
    }
    ret_reasons->problems = arena_reserve_array(arena, ret_reasons->count, sizeof *ret_reasons->problems);
    if (ret_reasons->problems == NULL) {
        return ledger_fail_out_of_memory(call);
    }
    for (size_t i = 0; i < ret_reasons->count; i++) {
        ret_reasons->problems[i] = ledger_call_problem(of, i);
    }
    qsort(ret_reasons->problems, ret_reasons->count, sizeof *ret_reasons->problems, problem_compare);
    return LEDGER_DONE;
}

static void reasons_add(struct text_builder *builder, const struct ledger_problem *problem)
{
    text_builder_add_string(builder, builder->size == 0 ? "" : "; ");
    text_builder_add_text(builder, problem->message);
}

ledger_status import_reasons_next(struct ledger_call *call, struct arena *arena, struct import_reasons *reasons,
                                  size_t item, struct ledger_text *ret_text)
{
    struct text_builder builder;
    text_builder_init(&builder, arena, REASONS_SIZE_FIRST);
    while (reasons->next < reasons->count && reasons->problems[reasons->next]->item_index <= item) {
        const struct ledger_problem *problem = reasons->problems[reasons->next++];
        if (problem->item_index == item) {
            reasons_add(&builder, problem);
        }
    }
    return text_builder_finish(call, &builder, ret_text);
}

ledger_status import_reasons_all(struct ledger_call *call, struct arena *arena, const struct ledger_call *of,
                                 struct ledger_text *ret_text)
{
    struct text_builder builder;
    text_builder_init(&builder, arena, REASONS_SIZE_FIRST);
    for (size_t i = 0; i < ledger_call_problems_count(of); i++) {
        reasons_add(&builder, ledger_call_problem(of, i));
    }
    return text_builder_finish(call, &builder, ret_text);
}
