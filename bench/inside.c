/* Reading inside one process that has the ledger open, as a service has it, on either database.
 *
 *   bench_inside URI DAY ROUNDS CODE...
 *
 * Asks ROUNDS times, each time for an account of those named that chance picks: its balance, its balance as of DAY
 * (YYYY-MM-DD); and a tenth as often for the trial balance and the trial balance as of DAY, as JSON. Prints one line of
 * JSON: of each the first time, the median and the slowest, in milliseconds. The very first question finds nothing in
 * any cache of this process. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/balance.h"
#include "ledger/report.h"

#include "support.h"

enum { ROUNDS_MAX = 1000000, TRIALS_EACH = 10 };

struct inside {
    struct ledger_call *call;
    struct ledger *ledger;
    const char *day_text;
    int32_t day;
    char **codes;
    size_t codes_count;
    int64_t *times_us;
};

static uint64_t chance = RANDOM_SEED;

static void ask_balance(const struct inside *inside, bool as_of)
{
    struct ledger_balance_query query = {
        .has_as_of_day = as_of, .as_of_day = inside->day, .log_position = LEDGER_POSITION_HEAD};
    const char *code = inside->codes[random_next(&chance) % inside->codes_count];
    struct ledger_account account;
    struct ledger_balance balance;
    must(inside->call,
         ledger_balance_get(inside->call, inside->ledger, ledger_text_of(code), &query, &account, &balance));
}

static void ask_trial_balance(const struct inside *inside, bool as_of)
{
    struct ledger_report_request request = {
        .struct_size = sizeof request, .type = LEDGER_REPORT_TRIAL_BALANCE, .do_not_record = true};
    struct ledger_report_result result;
    if (as_of) {
        request.end_date = ledger_text_of(inside->day_text);
    }
    must(inside->call,
         ledger_report_make(inside->call, inside->ledger, &request, LEDGER_FORMAT_JSON, 0, false, &result));
}

static void measure(const struct inside *inside, const char *name, size_t rounds,
                    void (*ask)(const struct inside *inside, bool as_of), bool as_of)
{
    for (size_t i = 0; i < rounds; i++) {
        int64_t begin_us = clock_us();
        ask(inside, as_of);
        inside->times_us[i] = clock_us() - begin_us;
        ledger_call_reset(inside->call);
    }
    int64_t first_us = inside->times_us[0];
    size_t middle = rounds / 2;
    qsort(inside->times_us, rounds, sizeof inside->times_us[0], compare_times);
    (void)printf("\"%s\": {\"first_ms\": %.3f, \"median_ms\": %.3f, \"slowest_ms\": %.3f}", name,
                 (double)first_us / 1000, (double)inside->times_us[middle] / 1000,
                 (double)inside->times_us[rounds - 1] / 1000);
}

int main(int argc, char **argv)
{
    size_t rounds = argc >= 5 ? strtoul(argv[3], NULL, 10) : 0;
    if (rounds < TRIALS_EACH || rounds > ROUNDS_MAX) {
        die("usage", "bench_inside URI DAY ROUNDS CODE...; ROUNDS is 10 to 1,000,000");
    }
    struct ledger_open_options options = {.struct_size = sizeof options, .uri = ledger_text_of(argv[1])};
    struct inside inside = {.call = need(ledger_call_new()),
                            .day_text = argv[2],
                            .codes = argv + 4,
                            .codes_count = (size_t)argc - 4,
                            .times_us = need(calloc(rounds, sizeof(int64_t)))};
    must(inside.call, ledger_open(inside.call, &options, &inside.ledger));
    must(inside.call, ledger_day_parse(inside.call, ledger_text_of(argv[2]), &inside.day));
    (void)printf("{");
    measure(&inside, "balance", rounds, ask_balance, false);
    (void)printf(", ");
    measure(&inside, "balance_as_of", rounds, ask_balance, true);
    (void)printf(", ");
    measure(&inside, "trial_balance", rounds / TRIALS_EACH, ask_trial_balance, false);
    (void)printf(", ");
    measure(&inside, "trial_balance_as_of", rounds / TRIALS_EACH, ask_trial_balance, true);
    (void)printf("}\n");
    ledger_free(inside.ledger);
    ledger_call_free(inside.call);
    free(inside.times_us);
    return 0;
}
