/* Random operations against a real ledger and its model side by side: random_operations [SEED [OPERATIONS [URI]]].
 * Whatever the ledger answers must be what the model answers; what it holds is compared each 500 operations and at the
 * end. Speaks TAP, prints its seed, and does the same again for the same seed. The ledger is a scratch database unless
 * a URI names another, which stays. */
#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

#include "ledger/report.h"
#include "model/compare.h"
#include "support/scratch_database.h"

enum {
    OPERATIONS_DEFAULT = 100000,
    COMPARE_EVERY = 500,
    VERIFY_EVERY = 25000,
    BATCH_ITEMS_MAX = 400,
    ACCOUNTS_WANTED = 60,
};

static const struct model_actor actors[] = {
    {"maria", NULL, NULL},      {"maria", "os:1000", "till"}, {"jo\xc3\xa3o", "os:1001", "web"},
    {"ana", "os:1001", "till"}, {"jo\xc3\xa3o", NULL, NULL},
};

static int64_t run_clock(void *context)
{
    return ((struct run *)context)->now_us;
}

static const struct model_actor *run_take_actor(struct run *run)
{
    const struct model_actor *actor = &actors[random_below(&run->generator, sizeof actors / sizeof actors[0])];
    struct ledger_actor claimed = {
        .user = ledger_text_of(actor->user),
        .principal = ledger_text_of(actor->principal),
        .source_system = ledger_text_of(actor->source_system),
    };
    ledger_call_reset(run->call);
    if (ledger_call_set_actor(run->call, &claimed) != LEDGER_DONE) {
        run_fail(run, "the actor is refused");
    }
    return actor;
}

static void check_status(struct run *run, const char *what, ledger_status status, ledger_status expected)
{
    if (status != expected) {
        run_fail(run, "%s: %s, not %s", what, ledger_status_name(status), ledger_status_name(expected));
    }
    run->outcomes[status]++;
}

static void check_outcome(struct run *run, const char *what, const struct ledger_posted *posted,
                          const struct model_outcome *expected)
{
    check_status(run, what, posted->status, expected->status);
    if (posted->status == LEDGER_APPROVAL_IS_PENDING) {
        char *request_id = run->model.approvals[expected->approval].request_id;
        if (request_id[0] == '\0') {
            memcpy(request_id, posted->approval_request_id, LEDGER_ID_TEXT_SIZE);
        } else if (strcmp(request_id, posted->approval_request_id) != 0) {
            run_fail(run, "%s: waits as %s, not %s", what, posted->approval_request_id, request_id);
        }
    }
    if (posted->status != LEDGER_DONE) {
        return;
    }
    if (posted->replayed != expected->is_replayed) {
        run_fail(run, "%s: %s", what, posted->replayed ? "repeats an earlier result" : "was posted twice");
    }
    run->replays += posted->replayed ? 1 : 0;
    const char *fault = model_confirm(&run->model, expected->transaction, posted);
    size_t original = run->model.transactions[expected->transaction].reverses;
    const char *original_id = original == MODEL_NONE ? "" : run->model.transactions[original].transaction_id;
    if (fault != NULL || strcmp(posted->original_transaction_id, original_id) != 0) {
        run_fail(run, "%s: %s: %s", what, posted->transaction_number, fault == NULL ? "another original" : fault);
    }
}

static void do_post(struct run *run)
{
    const struct model_actor *actor = run_take_actor(run);
    struct ledger_posting posting = generate_posting(&run->generator, run->now_us, 60);
    struct model_outcome expected;
    struct ledger_posted posted;
    (void)model_post(&run->model, actor, &posting, 1, LEDGER_BATCH_EACH, run->now_us, &expected);
    ledger_status status = ledger_post(run->call, run_ledger(run), &posting, &posted);
    check_status(run, "post", status, expected.status);
    posted.status = status;
    check_outcome(run, "post", &posted, &expected);
    run->operations_done++;
}

static void do_post_batch(struct run *run, enum ledger_batch_mode mode)
{
    static struct ledger_posting postings[BATCH_ITEMS_MAX];
    static struct ledger_posted posted[BATCH_ITEMS_MAX];
    static struct model_outcome expected[BATCH_ITEMS_MAX];
    const struct model_actor *actor = run_take_actor(run);
    size_t count = 1 + (size_t)random_below(&run->generator, random_chance(&run->generator, 50) ? BATCH_ITEMS_MAX : 50);
    unsigned bad_per_thousand = mode == LEDGER_BATCH_EACH ? 40 : random_chance(&run->generator, 600) ? 0 : 30;
    for (size_t i = 0; i < count; i++) {
        postings[i] = generate_posting(&run->generator, run->now_us, bad_per_thousand);
    }
    ledger_status expected_status = model_post(&run->model, actor, postings, count, mode, run->now_us, expected);
    check_status(run, "batch", ledger_post_batch(run->call, run_ledger(run), postings, count, mode, posted),
                 expected_status);
    for (size_t i = 0; i < count; i++) {
        check_outcome(run, mode == LEDGER_BATCH_EACH ? "item of a batch" : "item of an all-or-none batch", &posted[i],
                      &expected[i]);
    }
    run->operations_done += count;
}

/* Near the end alone: from then on the totals are checked exactly. */
static void do_post_huge(struct run *run)
{
    const struct model_actor *actor = run_take_actor(run);
    struct ledger_posting postings[3];
    struct ledger_posted posted[3];
    struct model_outcome expected[3];
    for (size_t i = 0; i < 3; i++) {
        postings[i] =
            i == 1 ? generate_posting(&run->generator, run->now_us, 0) : generate_huge_posting(&run->generator);
    }
    ledger_status expected_status =
        model_post(&run->model, actor, postings, 3, LEDGER_BATCH_EACH, run->now_us, expected);
    check_status(run, "huge batch",
                 ledger_post_batch(run->call, run_ledger(run), postings, 3, LEDGER_BATCH_EACH, posted),
                 expected_status);
    for (size_t i = 0; i < 3; i++) {
        check_outcome(run, "item of a huge batch", &posted[i], &expected[i]);
    }
    run->operations_done += 3;
}

static void do_reverse(struct run *run)
{
    static struct generate_reversal asked;
    if (run->model.transactions_count == 0) {
        return;
    }
    const struct model_actor *actor = run_take_actor(run);
    if (asked.transaction[0] == '\0' || !random_chance(&run->generator, 80)) {
        generate_reversal(&run->generator, run->now_us, &asked);
    }
    struct model_outcome expected;
    struct ledger_posted posted;
    model_reverse(&run->model, actor, asked.original, &asked.reversal, run->now_us, &expected);
    ledger_status status = ledger_reverse(run->call, run_ledger(run), &asked.reversal, &posted);
    check_status(run, "reversal", status, expected.status);
    check_outcome(run, "reversal", &posted, &expected);
    run->operations_done++;
}

static void do_decide_approval(struct run *run)
{
    if (run->model.approvals_count == 0) {
        return;
    }
    size_t reach = run->model.approvals_count < 6 ? run->model.approvals_count : 6;
    size_t approval = run->model.approvals_count - 1 - (size_t)random_below(&run->generator, reach);
    const struct model_actor *actor = run_take_actor(run);
    struct ledger_text request_id = ledger_text_of(run->model.approvals[approval].request_id);
    if (random_chance(&run->generator, 300)) {
        ledger_status expected_status = model_deny(&run->model, approval, run->now_us);
        check_status(run, "denial",
                     ledger_approval_deny(run->call, run_ledger(run), request_id, ledger_text_of("not now")),
                     expected_status);
    } else {
        struct model_outcome expected;
        struct ledger_approved approved = {.kind = LEDGER_APPROVAL_OF_REVERSAL};
        model_approve(&run->model, actor, approval, run->now_us, &expected);
        approved.posted.status = ledger_approval_approve(run->call, run_ledger(run), request_id, &approved);
        check_outcome(run, "approval", &approved.posted, &expected);
    }
    run->operations_done++;
}

static void account_create(struct run *run, const struct ledger_account_request *request)
{
    struct ledger_account account;
    (void)run_take_actor(run);
    ledger_status expected = model_account_create(&run->model, request, run->now_us);
    check_status(run, "account", ledger_account_create(run->call, run_ledger(run), request, &account), expected);
}

static void do_create_account(struct run *run)
{
    char code[GENERATE_TEXT_SIZE];
    char name[GENERATE_TEXT_SIZE];
    if (run->model.accounts_count >= ACCOUNTS_WANTED) {
        return;
    }
    size_t number = (size_t)random_below(&run->generator, 100);
    size_t parent = (size_t)random_below(&run->generator, run->model.accounts_count);
    (void)snprintf(code, sizeof code, "9%03zu", number);
    (void)snprintf(name, sizeof name, "Account %zu", number);
    struct ledger_account_request request = {
        .account_code = ledger_text_of(code),
        .account_name = ledger_text_of(name),
        .account_type = (enum ledger_account_type)random_below(&run->generator, 5),
        .account_role = random_chance(&run->generator, 100) ? LEDGER_ROLE_CONTRA : LEDGER_ROLE_NORMAL,
    };
    if (random_chance(&run->generator, 700)) {
        request.parent_account_code =
            ledger_text_of(random_chance(&run->generator, 50) ? "nowhere" : run->model.accounts[parent].account_code);
        request.account_type =
            random_chance(&run->generator, 800) ? run->model.accounts[parent].account_type : request.account_type;
    }
    if (random_chance(&run->generator, 200)) {
        request.currency = ledger_text_of("USD");
    }
    account_create(run, &request);
    run->operations_done++;
}

static void do_switch_account(struct run *run)
{
    struct ledger_account account;
    size_t place = (size_t)random_below(&run->generator, run->model.accounts_count);
    for (size_t i = 0; i < run->model.accounts_count && random_chance(&run->generator, 700); i++) {
        place = run->model.accounts[i].is_active ? place : i;
    }
    (void)run_take_actor(run);
    struct ledger_text code =
        ledger_text_of(random_chance(&run->generator, 50) ? "nowhere" : run->model.accounts[place].account_code);
    bool is_active = random_chance(&run->generator, 650);
    ledger_status expected = model_account_set_active(&run->model, code, is_active, run->now_us);
    check_status(run, "switch of an account",
                 ledger_account_set_active(run->call, run_ledger(run), code, is_active, &account), expected);
    run->operations_done++;
}

static void do_set_period(struct run *run)
{
    int32_t today = model_day_of(run->now_us, run->model.settings.zone_offset_us);
    bool is_long = random_chance(&run->generator, 150);
    struct model_period period = {
        .start_day = today - (int32_t)random_below(&run->generator, is_long ? 600 : 120),
        .is_closed = random_chance(&run->generator, 450),
    };
    period.end_day = period.start_day + (int32_t)random_below(&run->generator, is_long ? 200 : 8);
    if (period.is_closed && period.end_day > today - 3) {
        period.start_day -= 15;
        period.end_day -= 15;
    }
    (void)run_take_actor(run);
    struct ledger_period recorded;
    ledger_status expected = model_period_set(&run->model, period, run->now_us);
    check_status(run, "period",
                 ledger_period_set(run->call, run_ledger(run), period.start_day, period.end_day, period.is_closed,
                                   ledger_text_of("month end"), &recorded),
                 expected);
    run->operations_done++;
}

/* The clock is ten minutes behind: nothing can be posted until somebody says that it is right. */
static void do_wrong_clock(struct run *run)
{
    int64_t right_us = run->now_us;
    run->now_us = run->model.last_event_us - 10 * 60 * MODEL_US_PER_S;
    do_post(run);
    do_reverse(run);
    do_switch_account(run);
    if (random_chance(&run->generator, 500)) {
        (void)run_take_actor(run);
        check_status(run, "clock",
                     ledger_clock_accept(run->call, run_ledger(run), ledger_text_of("the server was ahead")),
                     model_clock_accept(&run->model, run->now_us));
        do_post(run);
        do_post_batch(run, LEDGER_BATCH_EACH);
    }
    run->now_us = right_us;
}

static void run_open(struct run *run, size_t handle)
{
    ledger_call_reset(run->call);
    ledger_free(run->handles[handle]);
    run->handles[handle] = NULL;
    check_status(run, "open", ledger_open(run->call, &run->options, &run->handles[handle]), LEDGER_DONE);
}

/* Mostly seconds go by, at times hours and days, seldom weeks; at times the clock goes back a little. */
static void run_pass_time(struct run *run)
{
    struct generator *generator = &run->generator;
    uint64_t kind = random_below(generator, 1000);
    if (kind < 30) {
        run->now_us -= (int64_t)random_below(generator, 240 * (uint64_t)MODEL_US_PER_S);
    } else if (kind < 780) {
        run->now_us += (int64_t)random_below(generator, 60 * (uint64_t)MODEL_US_PER_S);
    } else if (kind < 940) {
        run->now_us += (int64_t)random_below(generator, 6 * 3600 * (uint64_t)MODEL_US_PER_S);
    } else if (kind < 996) {
        run->now_us += (int64_t)random_below(generator, 3 * (uint64_t)MODEL_US_PER_DAY);
    } else {
        run->now_us += (int64_t)random_below(generator, 40 * (uint64_t)MODEL_US_PER_DAY);
    }
    if (run->now_us < run->model.last_event_us - 200 * MODEL_US_PER_S) {
        run->now_us = run->model.last_event_us;
    }
}

static void run_turn(struct run *run, bool is_late)
{
    uint64_t kind = random_below(&run->generator, 1000);
    if (kind < 420) {
        do_post_batch(run, LEDGER_BATCH_EACH);
    } else if (kind < 560) {
        do_post_batch(run, LEDGER_BATCH_ALL);
    } else if (kind < 700) {
        do_post(run);
    } else if (kind < 860) {
        for (uint64_t i = random_below(&run->generator, 8); i > 0; i--) {
            do_reverse(run);
        }
    } else if (kind < 910) {
        do_decide_approval(run);
    } else if (kind < 935) {
        do_switch_account(run);
    } else if (kind < 945) {
        do_create_account(run);
    } else if (kind < 965) {
        do_set_period(run);
    } else if (kind < 980) {
        run_open(run, (size_t)random_below(&run->generator, RUN_HANDLES));
    } else if (kind < 990) {
        do_wrong_clock(run);
    } else if (is_late) {
        do_post_huge(run);
    }
    run_pass_time(run);
}

static void run_make_chart(struct run *run)
{
    static const struct {
        const char *code;
        const char *parent;
        enum ledger_account_type type;
        enum ledger_account_role role;
        const char *currency;
    } chart[] = {
        {"1", NULL, LEDGER_ASSET, LEDGER_ROLE_HEADER, NULL},
        {"1000", "1", LEDGER_ASSET, LEDGER_ROLE_NORMAL, NULL},
        {"1010", "1", LEDGER_ASSET, LEDGER_ROLE_NORMAL, NULL},
        {"1020", "1000", LEDGER_ASSET, LEDGER_ROLE_NORMAL, NULL},
        {"Caixa \xc3\xa9", "1", LEDGER_ASSET, LEDGER_ROLE_NORMAL, NULL},
        {"1090", "1", LEDGER_ASSET, LEDGER_ROLE_CONTRA, NULL},
        {"1500", "1", LEDGER_ASSET, LEDGER_ROLE_NORMAL, "USD"},
        {"1600", "1", LEDGER_ASSET, LEDGER_ROLE_NORMAL, "JPY"},
        {"HUGE-1", NULL, LEDGER_ASSET, LEDGER_ROLE_NORMAL, NULL},
        {"2000", NULL, LEDGER_LIABILITY, LEDGER_ROLE_NORMAL, NULL},
        {"2010", "2000", LEDGER_LIABILITY, LEDGER_ROLE_NORMAL, NULL},
        {"2500", NULL, LEDGER_LIABILITY, LEDGER_ROLE_NORMAL, "USD"},
        {"3000", NULL, LEDGER_EQUITY, LEDGER_ROLE_NORMAL, NULL},
        {"3900", NULL, LEDGER_EQUITY, LEDGER_ROLE_RETAINED_EARNINGS, NULL},
        {"4000", NULL, LEDGER_REVENUE, LEDGER_ROLE_NORMAL, NULL},
        {"4010", "4000", LEDGER_REVENUE, LEDGER_ROLE_CONTRA, NULL},
        {"4500", NULL, LEDGER_REVENUE, LEDGER_ROLE_NORMAL, "USD"},
        {"4600", NULL, LEDGER_REVENUE, LEDGER_ROLE_NORMAL, "JPY"},
        {"HUGE-2", NULL, LEDGER_REVENUE, LEDGER_ROLE_NORMAL, NULL},
        {"5000", NULL, LEDGER_EXPENSE, LEDGER_ROLE_NORMAL, NULL},
        {"5010", "5000", LEDGER_EXPENSE, LEDGER_ROLE_NORMAL, NULL},
    };
    for (size_t i = 0; i < sizeof chart / sizeof chart[0]; i++) {
        struct ledger_account_request request = {
            .account_code = ledger_text_of(chart[i].code),
            .account_name = ledger_text_of(chart[i].code),
            .account_type = chart[i].type,
            .account_role = chart[i].role,
            .parent_account_code = ledger_text_of(chart[i].parent),
            .currency = ledger_text_of(chart[i].currency),
        };
        account_create(run, &request);
    }
}

/* The ledger keeps the days of Luanda, an hour ahead of UTC the whole year. */
static void run_begin(struct run *run, const char *uri)
{
    static const struct model_settings settings = {
        .zone_offset_us = 3600 * MODEL_US_PER_S,
        .default_currency = "AOA",
        .max_correction_age_days = 300,
        .correction_approval_threshold_minor = 20000000,
    };
    struct ledger_settings asked = {.time_zone = ledger_text_of("Africa/Luanda")};
    run->options = (struct ledger_open_options){
        .struct_size = sizeof run->options,
        .uri = ledger_text_of(uri),
        .max_correction_age_days = (uint32_t)settings.max_correction_age_days,
        .correction_approval_threshold_minor = settings.correction_approval_threshold_minor,
    };
    run->now_us = model_day_from_civil(2021, 12, 30) * MODEL_US_PER_DAY;
    run->call = ledger_call_new();
    ledger_call_set_clock(run->call, run_clock, run);
    model_init(&run->model, &settings, run->now_us);
    run->generator.state = run->seed;
    run->generator.model = &run->model;
    (void)run_take_actor(run);
    check_status(run, "init", ledger_create(run->call, &run->options, &asked, &run->handles[0]), LEDGER_DONE);
    run_open(run, 1);
    run_make_chart(run);
}

static void run_operations(struct run *run, uint64_t operations)
{
    uint64_t compare_at = COMPARE_EVERY;
    uint64_t verify_at = VERIFY_EVERY;
    while (run->operations_done < operations) {
        run_turn(run, run->operations_done > operations / 10 * 7);
        if (run->operations_done >= compare_at) {
            run_remember_position(run);
            run_compare(run, false);
            compare_at = run->operations_done + COMPARE_EVERY;
        }
        if (run->operations_done >= verify_at) {
            run_verify(run);
            verify_at = run->operations_done + VERIFY_EVERY;
        }
    }
    run_compare(run, true);
    run_verify(run);
}

static void run_end(struct run *run)
{
    for (size_t i = 0; i < RUN_HANDLES; i++) {
        ledger_free(run->handles[i]);
    }
    ledger_call_free(run->call);
    model_done(&run->model);
}

static void print_outcomes(const struct run *run)
{
    for (size_t i = 0; i < RUN_STATUSES_MAX; i++) {
        if (run->outcomes[i] > 0) {
            (void)printf("# %8" PRIu64 " %s\n", run->outcomes[i], ledger_status_name((ledger_status)i));
        }
    }
    (void)printf("# %8" PRIu64 " repeated requests\n", run->replays);
}

static void print_results(const struct run *run, int64_t first_us)
{
    (void)printf("ok - every answer of %" PRIu64 " operations in %" PRId64 " days is the model's\n",
                 run->operations_done, (run->now_us - first_us) / MODEL_US_PER_DAY);
    (void)printf("ok - %" PRIu64 " balances, now and at %zu old positions\n", run->balances_compared,
                 run->positions_count);
    (void)printf("ok - %" PRIu64 " transactions looked up\n", run->transactions_compared);
    (void)printf("ok - %" PRIu64 " trial balances, with the same hash at the same position\n", run->reports_compared);
    (void)printf("ok - verify finds nothing among %zu transactions\n1..5\n", run->model.transactions_count);
}

int main(int argc, char **argv)
{
    static struct run run;
    static struct scratch_database database;
    uint64_t operations = argc > 2 ? strtoull(argv[2], NULL, 10) : OPERATIONS_DEFAULT;
    bool is_kept = argc > 3;
    run.seed = argc > 1 ? strtoull(argv[1], NULL, 10) : (uint64_t)time(NULL);
    if (!is_kept) {
        scratch_database_init(&database, "ledger-random");
    }
    (void)printf("# random_operations %" PRIu64 " %" PRIu64 "\n", run.seed, operations);
    (void)fflush(stdout);
    run_begin(&run, is_kept ? argv[3] : database.uri);
    int64_t first_us = run.now_us;
    run_operations(&run, operations);
    print_results(&run, first_us);
    print_outcomes(&run);
    run_end(&run);
    if (!is_kept) {
        scratch_database_done(&database);
    }
    return 0;
}
