/* The work whose instructions are counted (tools/count_instructions.py): the same in every run, to the byte of every
 * id, since the clock and what is random come from here.
 *
 *   bench_instructions make PATH COUNT      a new SQLite ledger of 100 accounts with COUNT two-entry transactions
 *   bench_instructions post-one PATH        opens it, posts one batch, closes it
 *   bench_instructions post-two PATH        the same with two batches
 *   bench_instructions trial-balance PATH   opens it, makes a trial balance, closes it
 *   bench_instructions verify PATH          opens it, verifies it on one thread, closes it
 *   bench_instructions open PATH            opens it, closes it
 *
 * A batch is 1,000 two-entry transactions, posted by one call of ledger_post_batch. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "ledger/report.h"
#include "ledger/transaction.h"
#include "ledger/verify.h"

#include "support.h"

enum { ACCOUNTS = 100, BATCH_ITEMS = 1000, TEXT_SIZE = 64, US_BETWEEN = 1000 };

static uint64_t chance = RANDOM_SEED;

/* In the place of the C library's: the library's ids and salts come from it. */
ssize_t getrandom(void *buffer, size_t size, unsigned flags)
{
    (void)flags;
    for (size_t i = 0; i < size; i++) {
        ((unsigned char *)buffer)[i] = (unsigned char)(random_next(&chance) >> 32);
    }
    return (ssize_t)size;
}

/* 2026-01-01 and a millisecond more at each question. */
static int64_t clock_next(void *context)
{
    int64_t *now_us = context;
    *now_us += US_BETWEEN;
    return *now_us;
}

struct work {
    struct ledger_call *call;
    struct ledger *ledger;
    int64_t now_us;
    char codes[ACCOUNTS][CODE_SIZE];
    char descriptions[BATCH_ITEMS][TEXT_SIZE];
    struct ledger_entry entries[BATCH_ITEMS][2];
    struct ledger_posting postings[BATCH_ITEMS];
    struct ledger_posted posted[BATCH_ITEMS];
};

static void work_begin(struct work *work, int64_t now_us)
{
    struct ledger_actor actor = {.user = ledger_text_of("bench"), .principal = ledger_text_of("os:bench")};
    work->now_us = now_us;
    work->call = need(ledger_call_new());
    ledger_call_set_clock(work->call, clock_next, &work->now_us);
    must(work->call, ledger_call_set_actor(work->call, &actor));
    for (size_t i = 0; i < ACCOUNTS; i++) {
        account_code(i, work->codes[i]);
    }
}

static void work_post(struct work *work)
{
    for (size_t i = 0; i < BATCH_ITEMS; i++) {
        (void)snprintf(work->descriptions[i], TEXT_SIZE, "Invoice %zu for services rendered", i);
        for (int e = 0; e < 2; e++) {
            work->entries[i][e] = (struct ledger_entry){
                .account_code = ledger_text_of(work->codes[random_next(&chance) % ACCOUNTS]),
                .entry_type = e == 0 ? LEDGER_DEBIT : LEDGER_CREDIT,
                .amount_minor = 10000 + (int64_t)i,
            };
        }
        work->postings[i] = (struct ledger_posting){.business_event_type = ledger_text_of("SALE"),
                                                    .description = ledger_text_of(work->descriptions[i]),
                                                    .entries = work->entries[i],
                                                    .entries_count = 2};
    }
    must(work->call,
         ledger_post_batch(work->call, work->ledger, work->postings, BATCH_ITEMS, LEDGER_BATCH_ALL, work->posted));
    ledger_call_reset(work->call);
}

static void work_trial_balance(struct work *work)
{
    struct ledger_report_request request = {
        .struct_size = sizeof request, .type = LEDGER_REPORT_TRIAL_BALANCE, .do_not_record = true};
    struct ledger_report_result result;
    must(work->call, ledger_report_make(work->call, work->ledger, &request, LEDGER_FORMAT_TABLE, 0, false, &result));
    if (!result.is_balanced) {
        die("trial balance", "debits differ from credits");
    }
}

static void work_verify(struct work *work)
{
    struct ledger_verify_options options = {.struct_size = sizeof options, .threads = 1};
    struct ledger_verify_result result;
    must(work->call, ledger_verify(work->call, work->ledger, &options, &result));
    if (!result.is_valid) {
        die("verify", "found a violation");
    }
}

static void work_nothing(struct work *work)
{
    (void)work;
}

static void work_post_two(struct work *work)
{
    work_post(work);
    work_post(work);
}

static const struct {
    const char *name;
    void (*run)(struct work *work);
} works[] = {
    {"open", work_nothing},      {"post-one", work_post},
    {"post-two", work_post_two}, {"trial-balance", work_trial_balance},
    {"verify", work_verify},
};

static void work_do(struct work *work, const char *name)
{
    for (size_t i = 0; i < sizeof works / sizeof works[0]; i++) {
        if (strcmp(name, works[i].name) == 0) {
            works[i].run(work);
            return;
        }
    }
    die("there is no such work", name);
}

int main(int argc, char **argv)
{
    static const char usage[] = "bench_instructions make PATH COUNT | open|post-one|post-two|trial-balance|verify PATH";
    static struct work work;
    char uri[4096];
    bool makes = argc == 4 && strcmp(argv[1], "make") == 0;
    size_t count = makes ? strtoul(argv[3], NULL, 10) : 0;
    if ((argc != 3 && !makes) || count % BATCH_ITEMS != 0) {
        die("usage", usage);
    }
    (void)snprintf(uri, sizeof uri, "sqlite:///%s", argv[2]);
    work_begin(&work, (makes ? INT64_C(1767225600) : INT64_C(1767312000)) * 1000000);
    if (makes) {
        work.ledger = make_ledger(work.call, uri, ACCOUNTS);
        for (size_t done = 0; done < count; done += BATCH_ITEMS) {
            work_post(&work);
        }
    } else {
        struct ledger_open_options options = {.struct_size = sizeof options, .uri = ledger_text_of(uri)};
        must(work.call, ledger_open(work.call, &options, &work.ledger));
        work_do(&work, argv[1]);
    }
    ledger_free(work.ledger);
    ledger_call_free(work.call);
    return 0;
}
