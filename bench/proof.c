/* The cost of a proof in a ledger that is there, on either database.
 *
 *   bench_proof URI ROUNDS
 *
 * Registers a key where the ledger has none (in a directory of its own, which is gone at the end), makes a checkpoint,
 * and then, ROUNDS times each: proves a transaction of the last posting day that chance picks, proves the log of
 * another checkpoint to be a beginning of this one, and checks the first of the two. Prints one line of JSON: events in
 * the log, the bundle's bytes, and of each the first time, the median and the slowest, in milliseconds. The very first
 * proof finds nothing in any cache of this process. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ledger/audit.h"
#include "ledger/checkpoint.h"
#include "ledger/proof.h"
#include "ledger/transaction.h"

#include "support.h"

enum { PATH_SIZE = 256, ROUNDS_MAX = 100000, NUMBER_SIZE = LEDGER_NUMBER_TEXT_SIZE };

static char directory[] = "/tmp/ledger-bench-proof-XXXXXX";

static void remove_directory(void)
{
    char command[PATH_SIZE];
    (void)snprintf(command, sizeof command, "rm -rf '%s'", directory);
    if (system(command) != 0) {
        (void)fprintf(stderr, "bench_proof: %s stays\n", directory);
    }
}

static uint64_t chance = RANDOM_SEED;

/* The times of one thing, in microseconds. */
struct series {
    const char *name;
    int64_t *times_us;
    size_t count;
};

static void print_series(struct series *series)
{
    int64_t first_us = series->times_us[0];
    qsort(series->times_us, series->count, sizeof series->times_us[0], compare_times);
    printf(", \"%s_ms\": {\"first\": %.3f, \"median\": %.3f, \"slowest\": %.3f}", series->name, (double)first_us / 1000,
           (double)series->times_us[series->count / 2] / 1000, (double)series->times_us[series->count - 1] / 1000);
}

/* A checkpoint of the log as it is, with a key of its own. */
static void make_checkpoint(struct ledger_call *call, struct ledger *ledger, struct ledger_key *ret_key,
                            struct ledger_checkpoint *ret_checkpoint)
{
    char path[PATH_SIZE];
    (void)snprintf(path, sizeof path, "%s/key", directory);
    if (ledger_key_generate(call, ledger, (struct ledger_text){NULL, 0}, ledger_text_of(path), ret_key) !=
        LEDGER_DONE) {
        die("the ledger has a key already: use a copy without one", ledger_call_message(call));
    }
    struct ledger_checkpoint_options options = {
        .struct_size = sizeof options,
        .directory = ledger_text_of(directory),
        .key = {.file = ledger_text_of(path)},
    };
    must(call, ledger_checkpoint_make(call, ledger, &options, ret_checkpoint));
}

/* The last posting: transactions of its day have the numbers from 1 to its own. */
static void find_last(struct ledger_call *call, struct ledger *ledger, struct ledger_transaction_record *ret_last)
{
    struct ledger_audit_filter filter = {.event_type = ledger_text_of("TRANSACTION_POSTED"), .limit = 1};
    const struct ledger_event_record *events = NULL;
    size_t count = 0;
    char id[LEDGER_ID_TEXT_SIZE];
    must(call, ledger_audit_list(call, ledger, &filter, &events, &count));
    if (count == 0) {
        die("a transaction", "there is none");
    }
    for (size_t i = 0, at = 0; i < 16; i++) {
        at += (size_t)snprintf(id + at, sizeof id - at, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "",
                               events[0].transaction_id[i]);
    }
    must(call, ledger_transaction_get(call, ledger, ledger_text_of(id), ret_last));
}

static void run(struct ledger_call *call, struct ledger *ledger, size_t rounds, struct series *prove,
                struct series *consistency, struct series *check)
{
    struct ledger_call *kept = need(ledger_call_new());
    struct ledger_key key;
    struct ledger_checkpoint old;
    struct ledger_checkpoint now;
    struct ledger_transaction_record last;
    struct ledger_actor actor = {.user = ledger_text_of("bench"), .principal = ledger_text_of("bench")};
    size_t bytes = 0;
    must(kept, ledger_call_set_actor(kept, &actor));
    find_last(kept, ledger, &last);
    make_checkpoint(kept, ledger, &key, &old);
    must(kept, ledger_clock_accept(kept, ledger, ledger_text_of("another checkpoint is to be measured")));
    struct ledger_checkpoint_options options = {.struct_size = sizeof options, .directory = ledger_text_of(directory)};
    char path[PATH_SIZE];
    (void)snprintf(path, sizeof path, "%s/key", directory);
    options.key.file = ledger_text_of(path);
    must(kept, ledger_checkpoint_make(kept, ledger, &options, &now));
    for (size_t i = 0; i < rounds; i++) {
        char number[NUMBER_SIZE];
        struct ledger_prove_options prove_options = {.struct_size = sizeof prove_options};
        struct ledger_evidence evidence;
        struct ledger_consistency proof;
        struct ledger_checked_proof checked;
        ledger_call_reset(call);
        ledger_transaction_number(last.posting_date_us,
                                  1 + (int64_t)(random_next(&chance) % (uint64_t)last.number_in_day), number);
        prove_options.transaction = ledger_text_of(number);
        int64_t begin_us = clock_us();
        must(call, ledger_prove(call, ledger, &prove_options, &evidence));
        int64_t proved_us = clock_us();
        must(call, ledger_check_proof(call, evidence.bundle, key.verifier_key, &checked));
        int64_t checked_us = clock_us();
        must(call, ledger_prove_consistency(call, ledger, old.note, (struct ledger_text){NULL, 0}, &proof));
        prove->times_us[i] = proved_us - begin_us;
        check->times_us[i] = checked_us - proved_us;
        consistency->times_us[i] = clock_us() - checked_us;
        bytes = evidence.bundle.size;
    }
    prove->count = consistency->count = check->count = rounds;
    printf("{\"events\": %" PRId64 ", \"bundle_bytes\": %zu", now.log_size, bytes);
    ledger_call_free(kept);
}

int main(int argument_count, char **arguments)
{
    size_t rounds = argument_count == 3 ? strtoull(arguments[2], NULL, 10) : 0;
    if (rounds == 0 || rounds > ROUNDS_MAX) {
        (void)fprintf(stderr, "usage: bench_proof URI ROUNDS\n");
        return 2;
    }
    struct ledger_call *call = need(ledger_call_new());
    struct ledger *ledger = NULL;
    struct ledger_open_options options = {.struct_size = sizeof options, .uri = ledger_text_of(arguments[1])};
    if (mkdtemp(directory) == NULL) {
        die("a directory", "cannot be made");
    }
    (void)atexit(remove_directory);
    must(call, ledger_open(call, &options, &ledger));
    struct series series[3] = {{.name = "prove"}, {.name = "prove_consistency"}, {.name = "check"}};
    for (size_t i = 0; i < 3; i++) {
        series[i].times_us = need(calloc(rounds, sizeof series[i].times_us[0]));
    }
    run(call, ledger, rounds, &series[0], &series[1], &series[2]);
    for (size_t i = 0; i < 3; i++) {
        print_series(&series[i]);
        free(series[i].times_us);
    }
    printf("}\n");
    ledger_free(ledger);
    ledger_call_free(call);
    return 0;
}
