/* The table of totals against an array that is searched from its beginning, growing and filled to the last place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/total_deltas.h"
#include "support/bare_call.h"
#include "support/random.h"

enum { ROUNDS = 40000, ACCOUNTS = 700, PERIODS = 9, MODEL_MAX = ACCOUNTS * PERIODS };

static struct store_total_delta model[MODEL_MAX];
static size_t model_count;

static struct store_total_delta *model_take(int64_t account_id, int32_t period)
{
    for (size_t i = 0; i < model_count; i++) {
        if (model[i].totals.account_id == account_id && model[i].transaction_period == period) {
            return &model[i];
        }
    }
    model[model_count] = (struct store_total_delta){.transaction_period = period, .totals.account_id = account_id};
    return &model[model_count++];
}

static void assert_as_in_the_model(const struct total_deltas *deltas)
{
    assert_int_equal(deltas->count, model_count);
    for (size_t i = 0; i < model_count; i++) {
        assert_int_equal(deltas->deltas[i].transaction_period, model[i].transaction_period);
        assert_int_equal(deltas->deltas[i].totals.account_id, model[i].totals.account_id);
        assert_int_equal(deltas->deltas[i].totals.debit_total_minor, model[i].totals.debit_total_minor);
    }
}

static void sums_stay_while_the_table_grows(void **state)
{
    struct ledger_call *call = *state;
    uint64_t chance = RANDOM_SEED;
    struct total_deltas deltas = {.count = 0};
    model_count = 0;
    for (int round = 0; round < ROUNDS; round++) {
        int64_t account_id = 1 + random_below(&chance, ACCOUNTS);
        int32_t period = (int32_t)random_below(&chance, PERIODS) - PERIODS / 2;
        assert_int_equal(total_deltas_reserve(call, &call->arena, &deltas, deltas.count + 1), LEDGER_DONE);
        total_deltas_take(&deltas, account_id, period)->totals.debit_total_minor += round;
        model_take(account_id, period)->totals.debit_total_minor += round;
    }
    assert_as_in_the_model(&deltas);
}

static void all_the_room_that_was_asked_for_is_there(void **state)
{
    struct ledger_call *call = *state;
    for (size_t deltas_max = 1; deltas_max < 300; deltas_max++) {
        struct total_deltas deltas = {.count = 0};
        model_count = 0;
        assert_int_equal(total_deltas_reserve(call, &call->arena, &deltas, deltas_max), LEDGER_DONE);
        for (size_t i = 0; i < deltas_max; i++) {
            total_deltas_take(&deltas, (int64_t)i * 65536 + 1, 0)->totals.debit_total_minor += (int64_t)i;
            model_take((int64_t)i * 65536 + 1, 0)->totals.debit_total_minor += (int64_t)i;
        }
        assert_as_in_the_model(&deltas);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BARE_CALL_TEST(sums_stay_while_the_table_grows),
        BARE_CALL_TEST(all_the_room_that_was_asked_for_is_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
