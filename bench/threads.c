/* Single postings by several threads of one process, each waiting for its answer before the next.
 *
 *   bench_threads URI THREADS SECONDS
 *
 * Makes a new ledger of 100 accounts at URI, has THREADS threads post two-entry transactions one by one for SECONDS,
 * and prints one line of JSON: transactions a second, and the time of one posting in the middle and at 99 of 100. */
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ledger/transaction.h"

#include "support.h"

enum { ACCOUNTS = 100, THREADS_MAX = 256, TIMES_MAX = 1 << 20 };

struct worker {
    pthread_t thread;
    struct ledger *ledger;
    struct ledger_call *call;
    uint64_t chance;
    uint32_t *times_us;
    size_t count;
};

static _Atomic bool is_over;

static struct ledger_call *call_new(void)
{
    struct ledger_actor actor = {.user = ledger_text_of("bench"), .source_system = ledger_text_of("bench")};
    struct ledger_call *call = need(ledger_call_new());
    must(call, ledger_call_set_actor(call, &actor));
    return call;
}

static void post_one(struct worker *worker)
{
    char codes[2][CODE_SIZE];
    struct ledger_entry entries[2] = {{.entry_type = LEDGER_DEBIT}, {.entry_type = LEDGER_CREDIT}};
    for (size_t i = 0; i < 2; i++) {
        account_code(random_next(&worker->chance) % ACCOUNTS, codes[i]);
        entries[i].account_code = ledger_text_of(codes[i]);
        entries[i].amount_minor = 12345;
    }
    struct ledger_posting posting = {.business_event_type = ledger_text_of("SALE"),
                                     .description = ledger_text_of("A sale"),
                                     .entries = entries,
                                     .entries_count = 2};
    struct ledger_posted posted;
    must(worker->call, ledger_post(worker->call, worker->ledger, &posting, &posted));
    ledger_call_reset(worker->call);
}

static void *work(void *context)
{
    struct worker *worker = context;
    while (!is_over && worker->count < TIMES_MAX) {
        int64_t begin_us = clock_us();
        post_one(worker);
        worker->times_us[worker->count++] = (uint32_t)(clock_us() - begin_us);
    }
    return NULL;
}

static int time_compare(const void *left, const void *right)
{
    uint32_t left_us = *(const uint32_t *)left;
    uint32_t right_us = *(const uint32_t *)right;
    return left_us < right_us ? -1 : left_us > right_us;
}

static void report(struct worker *workers, size_t threads, double seconds)
{
    size_t count = 0;
    uint32_t *times_us = need(calloc(threads, TIMES_MAX * sizeof *times_us));
    for (size_t i = 0; i < threads; i++) {
        memcpy(times_us + count, workers[i].times_us, workers[i].count * sizeof *times_us);
        count += workers[i].count;
    }
    qsort(times_us, count, sizeof *times_us, time_compare);
    (void)printf("{\"threads\": %zu, \"transactions\": %zu, \"a_second\": %.0f, \"median_us\": %" PRIu32
                 ", \"p99_us\": %" PRIu32 "}\n",
                 threads, count, (double)count / seconds, times_us[count / 2], times_us[count * 99 / 100]);
    free(times_us);
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        die("usage", "bench_threads URI THREADS SECONDS");
    }
    size_t threads = (size_t)strtoul(argv[2], NULL, 10);
    unsigned seconds = (unsigned)strtoul(argv[3], NULL, 10);
    if (threads == 0 || threads > THREADS_MAX || seconds == 0) {
        die("usage", "THREADS is 1 to 256, SECONDS at least 1");
    }
    struct ledger_call *call = call_new();
    struct ledger *ledger = make_ledger(call, argv[1], ACCOUNTS);
    struct worker *workers = need(calloc(threads, sizeof *workers));
    int64_t begin_us = clock_us();
    for (size_t i = 0; i < threads; i++) {
        workers[i].ledger = ledger;
        workers[i].call = call_new();
        workers[i].chance = RANDOM_SEED + i;
        workers[i].times_us = malloc(TIMES_MAX * sizeof *workers[i].times_us);
        if (workers[i].times_us == NULL || pthread_create(&workers[i].thread, NULL, work, &workers[i]) != 0) {
            die("a thread", "could not be started");
        }
    }
    struct timespec pause = {.tv_sec = seconds};
    (void)nanosleep(&pause, NULL);
    is_over = true;
    for (size_t i = 0; i < threads; i++) {
        (void)pthread_join(workers[i].thread, NULL);
        ledger_call_free(workers[i].call);
    }
    report(workers, threads, (double)(clock_us() - begin_us) / 1e6);
    for (size_t i = 0; i < threads; i++) {
        free(workers[i].times_us);
    }
    free(workers);
    ledger_free(ledger);
    ledger_call_free(call);
    return 0;
}
