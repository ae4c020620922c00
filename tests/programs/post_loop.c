/* Posts without end, for tests that kill it or run many of it at once.
 *
 *     post_loop --create URI                                 makes the ledger with its two accounts
 *     post_loop URI SOURCE FIRST MILLISECONDS [DEADLINE]     posts requests FIRST, FIRST + 1, … (0 ms: until SIGTERM)
 *
 * Request n of a source has the idempotency key "SOURCE-n" and is the same whenever it is sent. Each one that the
 * ledger acknowledged is a line "n transaction_id transaction_number new|again" on standard output, written once it is
 * so; at the end comes "# longest wait N ms". Requests go alone or in batches, as chance has it.
 *
 * With a DEADLINE, the milliseconds that one call may take, it does not end where the database is unavailable, busy or
 * leaves it open whether something was done: it says "# again after N ms: OUTCOME: message" and sends the same again.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "ledger/account.h"
#include "ledger/transaction.h"

enum { BATCH_MAX = 20, KEY_SIZE = 64, LINES_SIZE = 4096, PAUSE_MS = 10 };

struct loop {
    struct ledger_call *call;
    struct ledger *ledger;
    const char *source;
    uint64_t next;
    int64_t longest_ms;
    bool is_patient;
    struct ledger_posting postings[BATCH_MAX];
    struct ledger_entry entries[BATCH_MAX][2];
    struct ledger_posted posted[BATCH_MAX];
    char keys[BATCH_MAX][KEY_SIZE];
};

static volatile sig_atomic_t is_over;

static void end_loop(int signal_number)
{
    (void)signal_number;
    is_over = 1;
}

static int64_t clock_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int loop_fail(const struct loop *loop, const char *doing, ledger_status status)
{
    (void)fprintf(stderr, "post_loop: %s: %s: %s\n", doing, ledger_status_name(status),
                  ledger_call_message(loop->call));
    return 1;
}

static struct ledger_open_options options_of(const char *uri)
{
    return (struct ledger_open_options){.struct_size = sizeof(struct ledger_open_options), .uri = ledger_text_of(uri)};
}

static ledger_status loop_create(struct loop *loop, const char *uri)
{
    struct ledger_open_options options = options_of(uri);
    struct ledger_settings settings = {.time_zone = ledger_text_of("UTC")};
    struct ledger_account account;
    struct ledger_account_request cash = {
        .account_code = ledger_text_of("1000"), .account_name = ledger_text_of("Cash"), .account_type = LEDGER_ASSET};
    struct ledger_account_request sales = {.account_code = ledger_text_of("4000"),
                                           .account_name = ledger_text_of("Sales"),
                                           .account_type = LEDGER_REVENUE};
    ledger_status status = ledger_create(loop->call, &options, &settings, &loop->ledger);
    if (status == LEDGER_DONE) {
        status = ledger_account_create(loop->call, loop->ledger, &cash, &account);
    }
    return status == LEDGER_DONE ? ledger_account_create(loop->call, loop->ledger, &sales, &account) : status;
}

/* The same for the same number: 0.01 to 999.99, each ninth the other way round. */
static void loop_make(struct loop *loop, size_t place, uint64_t number)
{
    int64_t amount_minor = (int64_t)(number * 7919 % 99999) + 1;
    bool is_refund = number % 9 == 0;
    (void)snprintf(loop->keys[place], KEY_SIZE, "%s-%" PRIu64, loop->source, number);
    struct ledger_entry *entries = loop->entries[place];
    entries[0] = (struct ledger_entry){.account_code = ledger_text_of(is_refund ? "4000" : "1000"),
                                       .entry_type = LEDGER_DEBIT,
                                       .amount_minor = amount_minor};
    entries[1] = (struct ledger_entry){.account_code = ledger_text_of(is_refund ? "1000" : "4000"),
                                       .entry_type = LEDGER_CREDIT,
                                       .amount_minor = amount_minor};
    loop->postings[place] = (struct ledger_posting){
        .business_event_type = ledger_text_of("SALE"),
        .description = ledger_text_of(is_refund ? "Refund" : "Sale"),
        .idempotency_key = ledger_text_of(loop->keys[place]),
        .entries = entries,
        .entries_count = 2,
    };
}

/* One write for all: a line is there whole or not at all. */
static void loop_acknowledge(const struct loop *loop, size_t count)
{
    char lines[LINES_SIZE];
    size_t size = 0;
    for (size_t i = 0; i < count; i++) {
        size += (size_t)snprintf(lines + size, sizeof lines - size, "%" PRIu64 " %s %s %s\n", loop->next + i,
                                 loop->posted[i].transaction_id, loop->posted[i].transaction_number,
                                 loop->posted[i].replayed ? "again" : "new");
    }
    if (write(STDOUT_FILENO, lines, size) != (ssize_t)size) {
        exit(2);
    }
}

static ledger_status loop_post(struct loop *loop, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        loop_make(loop, i, loop->next + i);
    }
    ledger_call_reset(loop->call);
    int64_t begin_ms = clock_ms();
    ledger_status status =
        count == 1 ? ledger_post(loop->call, loop->ledger, loop->postings, loop->posted)
                   : ledger_post_batch(loop->call, loop->ledger, loop->postings, count,
                                       random() % 2 == 0 ? LEDGER_BATCH_EACH : LEDGER_BATCH_ALL, loop->posted);
    int64_t waited_ms = clock_ms() - begin_ms;
    loop->longest_ms = waited_ms > loop->longest_ms ? waited_ms : loop->longest_ms;
    for (size_t i = 0; status == LEDGER_DONE && i < count; i++) {
        status = loop->posted[i].status;
    }
    if (status == LEDGER_DONE) {
        loop_acknowledge(loop, count);
        loop->next += count;
    }
    return status;
}

/* Whether the same is sent again: where that can be of use, and may be, since every request has its key. */
static bool loop_may_go_on(const struct loop *loop, ledger_status status, int64_t waited_ms)
{
    int exit_status = ledger_status_exit(status);
    if (!loop->is_patient || (exit_status != 4 && exit_status != 6)) {
        return false;
    }
    (void)printf("# again after %" PRId64 " ms: %s: %s\n", waited_ms, ledger_status_name(status),
                 ledger_call_message(loop->call));
    (void)fflush(stdout);
    struct timespec pause = {.tv_nsec = PAUSE_MS * 1000000L};
    (void)nanosleep(&pause, NULL);
    return true;
}

static ledger_status loop_open(struct loop *loop, const char *uri)
{
    struct ledger_open_options options = options_of(uri);
    ledger_status status = LEDGER_DONE;
    int64_t begin_ms = 0;
    do {
        ledger_call_reset(loop->call);
        begin_ms = clock_ms();
        status = ledger_open(loop->call, &options, &loop->ledger);
    } while (is_over == 0 && status != LEDGER_DONE && loop_may_go_on(loop, status, clock_ms() - begin_ms));
    return is_over == 0 ? status : LEDGER_DONE;
}

static ledger_status loop_run(struct loop *loop, const char *uri, int64_t duration_ms)
{
    int64_t begin_ms = clock_ms();
    ledger_status status = loop_open(loop, uri);
    while (status == LEDGER_DONE && is_over == 0 && (duration_ms == 0 || clock_ms() - begin_ms < duration_ms)) {
        int64_t sent_ms = clock_ms();
        status = loop_post(loop, random() % 3 == 0 ? 1 : 1 + (size_t)random() % BATCH_MAX);
        if (status != LEDGER_DONE && loop_may_go_on(loop, status, clock_ms() - sent_ms)) {
            status = LEDGER_DONE;
        }
    }
    if (status == LEDGER_DONE) {
        (void)printf("# longest wait %" PRId64 " ms\n", loop->longest_ms);
    }
    return status;
}

int main(int argc, char **argv)
{
    static struct loop loop;
    bool creates = argc == 3 && strcmp(argv[1], "--create") == 0;
    if (!creates && argc != 5 && argc != 6) {
        (void)fputs("post_loop --create URI | post_loop URI SOURCE FIRST MILLISECONDS [DEADLINE]\n", stderr);
        return 2;
    }
    loop.call = ledger_call_new();
    loop.source = creates ? NULL : argv[2];
    struct ledger_actor actor = {.user = ledger_text_of("tester"), .source_system = ledger_text_of(loop.source)};
    if (loop.call == NULL || ledger_call_set_actor(loop.call, &actor) != LEDGER_DONE) {
        return 1;
    }
    if (argc == 6) {
        loop.is_patient = true;
        ledger_call_set_timeout(loop.call, (uint32_t)strtoul(argv[5], NULL, 10));
    }
    (void)signal(SIGTERM, end_loop);
    srandom((unsigned)getpid());
    loop.next = creates ? 0 : strtoull(argv[3], NULL, 10);
    ledger_status status = creates ? loop_create(&loop, argv[2]) : loop_run(&loop, argv[1], strtoll(argv[4], NULL, 10));
    int exit_status = status == LEDGER_DONE ? 0 : loop_fail(&loop, creates ? "create" : "post", status);
    ledger_free(loop.ledger);
    ledger_call_free(loop.call);
    return exit_status;
}
