/* The ledger that the tests of verify tamper with. See verify_ledger.h. */
#include "support/verify_ledger.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "integrity/verify_state.h"
#include "ledger/account.h"
#include "ledger/approval.h"
#include "ledger/checkpoint.h"
#include "ledger/period.h"

#define FIRST_DAY_US INT64_C(1769774400000000) /* 2026-01-30T12:00:00Z */
#define DAY_US INT64_C(86400000000)

enum {
    FIRST_DAY = 20483, /* 2026-01-30 */
    BATCH_MAX = 5000,
    GO_ON_COUNT = 60,
    GO_ON_AMOUNT_MINOR = 777,
    APPROVAL_THRESHOLD_MINOR = 100000000,
};

static int64_t clock_us = FIRST_DAY_US;

static int64_t clock_read(void *context)
{
    (void)context;
    return clock_us;
}

static void must(struct ledger_call *call, ledger_status status, ledger_status expected, const char *what)
{
    if (status != expected) {
        scratch_die(what, ledger_call_message(call));
    }
}

static void act_as(struct ledger_call *call, const char *user, const char *principal)
{
    struct ledger_actor actor = {.user = ledger_text_of(user),
                                 .principal = ledger_text_of(principal),
                                 .source_system = TEXT("test"),
                                 .source_ip = TEXT("127.0.0.1")};
    must(call, ledger_call_set_actor(call, &actor), LEDGER_DONE, "set the actor");
}

static void seed_accounts(struct ledger_call *call, struct ledger *ledger)
{
    static const struct ledger_account_request requests[] = {
        {.account_code = {"1", 1}, .account_name = {"Assets", 6}, .account_role = LEDGER_ROLE_HEADER},
        {.account_code = {"1000", 4}, .account_name = {"Cash", 4}, .parent_account_code = {"1", 1}},
        {.account_code = {"1100", 4}, .account_name = {"Bank", 4}, .currency = {"EUR", 3}},
        {.account_code = {"1200", 4}, .account_name = {"Stock", 5}, .description = {"What lies there", 15}},
        {.account_code = {"3000", 4}, .account_name = {"Capital", 7}, .account_type = LEDGER_EQUITY},
        {.account_code = {"4000", 4}, .account_name = {"Sales", 5}, .account_type = LEDGER_REVENUE},
        {.account_code = {"4100", 4},
         .account_name = {"Sales abroad", 12},
         .account_type = LEDGER_REVENUE,
         .currency = {"EUR", 3}},
        {.account_code = {"9000", 4}, .account_name = {"Unused", 6}, .account_type = LEDGER_EXPENSE},
    };
    struct ledger_account account;
    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) {
        must(call, ledger_account_create(call, ledger, &requests[i], &account), LEDGER_DONE, "create an account");
    }
    for (int i = 0; i < 3; i++) {
        must(call, ledger_account_set_active(call, ledger, TEXT("9000"), i == 1, &account), LEDGER_DONE,
             "switch an account");
    }
}

static void seed_periods(struct ledger_call *call, struct ledger *ledger)
{
    struct ledger_period period;
    must(call, ledger_period_set(call, ledger, FIRST_DAY - 60, FIRST_DAY - 30, true, TEXT("year end"), &period),
         LEDGER_DONE, "close a period");
    must(call, ledger_period_set(call, ledger, FIRST_DAY - 40, FIRST_DAY - 30, false, TEXT_ABSENT, &period),
         LEDGER_DONE, "open a period");
}

/* A batch of postings that differ: two or four entries, one currency or two, with and without what is optional. */
static void seed_batch(struct ledger_call *call, struct ledger *ledger, const char *text, size_t count,
                       int32_t days_back)
{
    static struct ledger_posting postings[BATCH_MAX];
    static struct ledger_posted posted[BATCH_MAX];
    static struct ledger_entry entries[BATCH_MAX][4];
    static char descriptions[BATCH_MAX][64];
    for (size_t i = 0; i < count; i++) {
        bool has_two_currencies = i % 10 == 3;
        int64_t amount_minor = 1000 + (int64_t)i;
        struct ledger_entry *entry = entries[i];
        (void)snprintf(descriptions[i], sizeof descriptions[i], "%s %zu of %zu", text, i, count);
        entry[0] = (struct ledger_entry){.account_code = i % 3 == 0 ? TEXT("1200") : TEXT("1000"),
                                         .entry_type = LEDGER_DEBIT,
                                         .amount_minor = amount_minor};
        entry[1] = (struct ledger_entry){
            .account_code = TEXT("4000"), .entry_type = LEDGER_CREDIT, .amount_minor = amount_minor};
        entry[2] = (struct ledger_entry){
            .account_code = TEXT("1100"), .entry_type = LEDGER_DEBIT, .amount_minor = amount_minor};
        entry[3] = (struct ledger_entry){
            .account_code = TEXT("4100"), .entry_type = LEDGER_CREDIT, .amount_minor = amount_minor};
        if (i % 4 == 1) {
            entry[0].memo = TEXT("a memo");
            entry[1].cost_center = i % 8 == 1 ? TEXT("north") : TEXT("south");
            entry[1].business_unit = TEXT("retail");
            entry[0].project_code = TEXT("p-1");
        }
        postings[i] = (struct ledger_posting){
            .business_event_type = i % 5 == 0 ? TEXT("REFUND") : TEXT("SALE"),
            .business_key = i % 2 == 0 ? TEXT_ABSENT : TEXT("order"),
            .description = ledger_text_of(descriptions[i]),
            .has_transaction_date_us = true,
            .transaction_date_us = clock_us - (int64_t)(i % 7) * days_back * DAY_US / 7,
            .entries = entries[i],
            .entries_count = has_two_currencies ? 4 : 2,
        };
    }
    must(call, ledger_post_batch(call, ledger, postings, count, LEDGER_BATCH_EACH, posted), LEDGER_DONE, "post");
    for (size_t i = 0; i < count; i++) {
        must(call, posted[i].status, LEDGER_DONE, "post an item");
    }
    ledger_call_reset(call);
    clock_us += 1000000;
}

/* One with everything, by its key. */
static void seed_post(struct ledger_call *call, struct ledger *ledger, int64_t amount_minor, const char *key,
                      char ret_id[LEDGER_ID_TEXT_SIZE])
{
    const struct ledger_entry entries[] = {
        {.account_code = TEXT("1000"),
         .entry_type = LEDGER_DEBIT,
         .amount_minor = amount_minor,
         .memo = TEXT("paid in cash"),
         .cost_center = TEXT("north"),
         .business_unit = TEXT("retail"),
         .project_code = TEXT("p-1")},
        {.account_code = TEXT("4000"), .entry_type = LEDGER_CREDIT, .amount_minor = amount_minor},
    };
    const struct ledger_posting posting = {
        .business_event_type = TEXT("SALE"),
        .business_key = TEXT("order"),
        .description = TEXT("A sale with everything"),
        .idempotency_key = ledger_text_of(key),
        .entries = entries,
        .entries_count = 2,
    };
    struct ledger_posted posted;
    must(call, ledger_post(call, ledger, &posting, &posted), LEDGER_DONE, "post one");
    memcpy(ret_id, posted.transaction_id, LEDGER_ID_TEXT_SIZE);
    clock_us += 1000000;
}

static void seed_reverse(struct ledger_call *call, struct ledger *ledger, const char *id, ledger_status expected,
                         struct ledger_posted *ret_posted)
{
    struct ledger_reversal reversal = {.transaction = ledger_text_of(id), .reason = TEXT("A mistake")};
    must(call, ledger_reverse(call, ledger, &reversal, ret_posted), expected, "reverse");
    clock_us += 1000000;
}

/* Its memo and, since a reversal of it was denied, two reasons go too. */
static void seed_redact(struct ledger_call *call, struct ledger *ledger, const char *id)
{
    char request_id[LEDGER_ID_TEXT_SIZE];
    struct ledger_approved approved;
    act_as(call, "ana", "os:1000");
    must(call, ledger_redact(call, ledger, ledger_text_of(id), TEXT("a request"), request_id),
         LEDGER_APPROVAL_IS_PENDING, "redact");
    ledger_call_reset(call);
    act_as(call, "rui", "os:1001");
    must(call, ledger_approval_approve(call, ledger, ledger_text_of(request_id), &approved), LEDGER_DONE,
         "approve a redaction");
    clock_us += 1000000;
    ledger_call_reset(call);
}

static void seed_reversals(struct ledger_call *call, struct ledger *ledger)
{
    char id[LEDGER_ID_TEXT_SIZE];
    struct ledger_posted posted;
    seed_post(call, ledger, 12345, "key-1", id);
    seed_reverse(call, ledger, id, LEDGER_DONE, &posted);
    char reversal_id[LEDGER_ID_TEXT_SIZE];
    memcpy(reversal_id, posted.transaction_id, sizeof reversal_id);
    seed_reverse(call, ledger, reversal_id, LEDGER_DONE, &posted);
    seed_reverse(call, ledger, id, LEDGER_TRANSACTION_IS_ALREADY_REVERSED, &posted);
    static const char *const keys[] = {"key-2", "key-3", "key-4"};
    for (int i = 0; i < 3; i++) {
        act_as(call, "ana", "os:1000");
        seed_post(call, ledger, APPROVAL_THRESHOLD_MINOR + 1, keys[i], id);
        seed_reverse(call, ledger, id, LEDGER_APPROVAL_IS_PENDING, &posted);
        act_as(call, "rui", "os:1001");
        struct ledger_text request_id = ledger_text_of(posted.approval_request_id);
        struct ledger_approved approved;
        if (i == 0) {
            must(call, ledger_approval_approve(call, ledger, request_id, &approved), LEDGER_DONE, "approve");
        } else if (i == 1) {
            must(call, ledger_approval_deny(call, ledger, request_id, TEXT("not so")), LEDGER_DONE, "deny");
        }
        clock_us += 1000000;
        ledger_call_reset(call);
        if (i == 1) {
            seed_redact(call, ledger, id);
        }
    }
    act_as(call, "ana", "os:1000");
}

static void seed_refusal(struct ledger_call *call, struct ledger *ledger)
{
    const struct ledger_entry entries[] = {
        {.account_code = TEXT("1000"), .entry_type = LEDGER_DEBIT, .amount_minor = 2},
        {.account_code = TEXT("4000"), .entry_type = LEDGER_CREDIT, .amount_minor = 1},
    };
    const struct ledger_posting posting = {
        .business_event_type = TEXT("SALE"), .description = TEXT("no"), .entries = entries, .entries_count = 2};
    struct ledger_posted posted;
    must(call, ledger_post(call, ledger, &posting, &posted), LEDGER_DEBITS_DIFFER_FROM_CREDITS, "be refused");
    ledger_call_reset(call);
}

static void seed_fill(struct ledger_call *call, struct ledger *ledger, int64_t events_min)
{
    for (int64_t size = 620; size < events_min; size += BATCH_MAX) {
        seed_batch(call, ledger, "sale", BATCH_MAX, 25);
    }
}

static void seed_write(struct ledger_call *call, struct ledger *ledger, int64_t events_min)
{
    seed_accounts(call, ledger);
    seed_periods(call, ledger);
    seed_reversals(call, ledger);
    seed_refusal(call, ledger);
    seed_batch(call, ledger, "sale", 250, 14);
    clock_us += DAY_US;
    seed_batch(call, ledger, "sale", 200, 7);
    seed_fill(call, ledger, events_min);
    clock_us += 2 * DAY_US;
    seed_batch(call, ledger, "sale", 120, 7);
    seed_refusal(call, ledger);
}

static struct ledger_open_options options_of(const char *uri)
{
    return (struct ledger_open_options){.struct_size = sizeof(struct ledger_open_options),
                                        .uri = ledger_text_of(uri),
                                        .correction_approval_threshold_minor = APPROVAL_THRESHOLD_MINOR};
}

static void create(struct ledger_call *call, const char *uri, struct ledger **ret_handle)
{
    struct ledger_open_options options = options_of(uri);
    struct ledger_settings settings = {.time_zone = TEXT("Europe/Lisbon")};
    must(call, ledger_create(call, &options, &settings, ret_handle), LEDGER_DONE, "create a ledger");
}

static struct ledger_call *new_call(void)
{
    struct ledger_call *call = ledger_call_new();
    ledger_call_set_clock(call, clock_read, NULL);
    act_as(call, "ana", "os:1000");
    return call;
}

void verify_ledger_make(const char *uri, int64_t events_min)
{
    struct ledger *handle = NULL;
    clock_us = FIRST_DAY_US;
    struct ledger_call *call = new_call();
    create(call, uri, &handle);
    seed_write(call, handle, events_min);
    ledger_free(handle);
    ledger_call_free(call);
}

static struct ledger_call *open_again(const char *uri, int64_t days, struct ledger **ret_handle)
{
    struct ledger_open_options options = options_of(uri);
    clock_us = FIRST_DAY_US + days * DAY_US;
    struct ledger_call *call = new_call();
    must(call, ledger_open(call, &options, ret_handle), LEDGER_DONE, "open a ledger");
    return call;
}

void verify_ledger_sign(const char *uri, const char *directory, const char *key_path, int64_t days)
{
    struct ledger *handle = NULL;
    struct ledger_key key;
    struct ledger_checkpoint checkpoint;
    struct ledger_checkpoint_options options = {.struct_size = sizeof options,
                                                .directory = ledger_text_of(directory),
                                                .key = {.file = ledger_text_of(key_path)}};
    struct ledger_call *call = open_again(uri, days, &handle);
    if (access(key_path, F_OK) != 0) {
        must(call, ledger_key_generate(call, handle, TEXT_ABSENT, ledger_text_of(key_path), &key), LEDGER_DONE,
             "generate a key");
    }
    must(call, ledger_checkpoint_make(call, handle, &options, &checkpoint), LEDGER_DONE, "sign the head");
    ledger_free(handle);
    ledger_call_free(call);
}

void verify_ledger_go_on(const char *uri, const char *text, int64_t days)
{
    struct ledger *handle = NULL;
    struct ledger_posted posted;
    char id[LEDGER_ID_TEXT_SIZE];
    char key[64];
    struct ledger_call *call = open_again(uri, days, &handle);
    seed_batch(call, handle, text, GO_ON_COUNT, 7);
    seed_post(call, handle, GO_ON_AMOUNT_MINOR, text, id);
    seed_reverse(call, handle, id, LEDGER_DONE, &posted);
    (void)snprintf(key, sizeof key, "%s, erased", text);
    seed_post(call, handle, GO_ON_AMOUNT_MINOR, key, id);
    seed_redact(call, handle, id);
    ledger_free(handle);
    ledger_call_free(call);
}

void verify_ledger_init(struct verify_ledger *ledger, int64_t events_min)
{
    *ledger = (struct verify_ledger){.sql = NULL};
    scratch_database_init(&ledger->seed, "ledger-verify");
    scratch_database_init(&ledger->work, "ledger-verify");
    verify_ledger_make(ledger->seed.uri, events_min);
}

void verify_ledger_done(struct verify_ledger *ledger)
{
    scratch_database_done(&ledger->seed);
    scratch_database_done(&ledger->work);
}

static bool changes_schema(const char *sql)
{
    return strstr(sql, "CREATE ") != NULL || strstr(sql, "DROP ") != NULL || strstr(sql, "ALTER ") != NULL;
}

void verify_ledger_copy(struct verify_ledger *ledger)
{
    bool is_new = ledger->sql == NULL || changes_schema(ledger->sql);
    if (is_new && scratch_backend() != SCRATCH_SQLITE) {
        struct ledger *handle = NULL;
        struct ledger_call *call = new_call();
        scratch_database_done(&ledger->work);
        scratch_database_init(&ledger->work, "ledger-verify");
        create(call, ledger->work.uri, &handle);
        ledger_free(handle);
        ledger_call_free(call);
    }
    scratch_database_copy(&ledger->seed, &ledger->work, is_new ? NULL : ledger->sql);
    ledger->sql = "";
}

void verify_ledger_run(struct verify_ledger *ledger, const char *sqlite, const char *mariadb)
{
    ledger->sql = scratch_sql(sqlite, mariadb);
    scratch_database_damage(&ledger->work, ledger->sql);
}

ledger_status verify_ledger_verify(const struct verify_ledger *ledger, struct ledger_call *call,
                                   const struct ledger_verify_options *options, struct ledger_verify_result *ret_result)
{
    return verify_ledger_verify_within(ledger, call, options, NULL, ret_result);
}

ledger_status verify_ledger_verify_within(const struct verify_ledger *ledger, struct ledger_call *call,
                                          const struct ledger_verify_options *options,
                                          const struct verify_limits *limits, struct ledger_verify_result *ret_result)
{
    struct ledger *handle = NULL;
    struct ledger_open_options open_options = {
        .struct_size = sizeof open_options, .uri = ledger_text_of(ledger->work.uri), .read_only = true};
    ledger_status status = ledger_open(call, &open_options, &handle);
    if (status == LEDGER_DONE) {
        status = limits == NULL ? ledger_verify(call, handle, options, ret_result)
                                : verify_within(call, handle, options, limits, ret_result);
    }
    ledger_free(handle);
    return status;
}
