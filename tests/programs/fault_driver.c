/* Every operation of the library, with every driver call failing: what was not acknowledged left nothing, what was
 * acknowledged is there once, and the same operation succeeds afterwards.
 *
 * Arguments: names of operations, for those alone. Environment: LEDGER_FAULT_FULL=1 sweeps every call in every mode;
 * else each call is tried in one or two of them; on a server, where a trial takes ten times as long, one call in every
 * third mode; LEDGER_FAULT_SPARSE=1 tries every third mode of an operation alone. LEDGER_TEST_BACKEND as for
 * scratch_database.h. Speaks TAP. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ledger/account.h"
#include "ledger/audit.h"
#include "ledger/balance.h"
#include "ledger/checkpoint.h"
#include "ledger/period.h"
#include "ledger/report.h"
#include "ledger/verify.h"
#include "support/driver_fault.h"
#include "support/fault_ledger.h"

enum { ACKNOWLEDGED_MAX = 3 };

/* One try of an operation. */
struct trial {
    const struct fault_ledger *seed;
    struct ledger_call *call;
    int64_t now_us;
    struct ledger *ledger; /* open, but for operations that open it themselves: those leave it here */
    size_t ids_count;      /* of transactions that were acknowledged or, where the outcome is unknown, named */
    char ids[ACKNOWLEDGED_MAX][LEDGER_ID_TEXT_SIZE];
};

/* What is tried. */
struct operation {
    const char *name;
    ledger_status (*run)(struct trial *trial);
    ledger_status expected;
    const char *user;     /* NULL: "ana" */
    int64_t clock_ago_us; /* behind the seed's last event; 0: a day after it */
    bool opens_itself;
    bool creates;       /* in an empty place */
    bool is_of_segment; /* on the seed whose log is one event short of a full segment */
};

static void trial_note(struct trial *trial, const struct ledger_posted *posted)
{
    bool is_new = posted->transaction_id[0] != '\0' && strcmp(posted->transaction_id, trial->seed->reversible_id) != 0;
    if (is_new && trial->ids_count < ACKNOWLEDGED_MAX) {
        memcpy(trial->ids[trial->ids_count++], posted->transaction_id, LEDGER_ID_TEXT_SIZE);
    }
}

static ledger_status run_create(struct trial *trial)
{
    struct ledger_open_options options = fault_ledger_options(trial->seed);
    struct ledger_settings settings = {.default_currency = TEXT("EUR")};
    return ledger_create(trial->call, &options, &settings, &trial->ledger);
}

static ledger_status run_open(struct trial *trial)
{
    struct ledger_open_options options = fault_ledger_options(trial->seed);
    return ledger_open(trial->call, &options, &trial->ledger);
}

static ledger_status run_open_read_only(struct trial *trial)
{
    struct ledger_open_options options = fault_ledger_options(trial->seed);
    options.read_only = true;
    return ledger_open(trial->call, &options, &trial->ledger);
}

/* A text where C wants a constant. */
#define STATIC_TEXT(literal)                                                                                           \
    {                                                                                                                  \
        (literal), sizeof(literal) - 1                                                                                 \
    }

/* A good account, one that exists, one under the first. */
static const struct ledger_account_request accounts[] = {
    {.account_code = STATIC_TEXT("1100"), .account_name = STATIC_TEXT("Bank"), .parent_account_code = STATIC_TEXT("1")},
    {.account_code = STATIC_TEXT("1000"), .account_name = STATIC_TEXT("Cash")},
    {.account_code = STATIC_TEXT("1110"),
     .account_name = STATIC_TEXT("Giro"),
     .parent_account_code = STATIC_TEXT("1100")},
};

static ledger_status run_account_create(struct trial *trial)
{
    return ledger_account_create(trial->call, trial->ledger, &accounts[0], &(struct ledger_account){0});
}

static ledger_status run_account_refused(struct trial *trial)
{
    return ledger_account_create(trial->call, trial->ledger, &accounts[1], &(struct ledger_account){0});
}

static ledger_status run_accounts_create(struct trial *trial)
{
    struct ledger_account_outcome outcomes[3];
    return ledger_accounts_create(trial->call, trial->ledger, accounts, 3, LEDGER_ACCOUNTS_ARE_NEW, outcomes);
}

static ledger_status run_account_deactivate(struct trial *trial)
{
    return ledger_account_set_active(trial->call, trial->ledger, TEXT("1800"), false, &(struct ledger_account){0});
}

static ledger_status run_account_reactivate(struct trial *trial)
{
    return ledger_account_set_active(trial->call, trial->ledger, TEXT("1900"), true, &(struct ledger_account){0});
}

static ledger_status run_account_list(struct trial *trial)
{
    const struct ledger_account *list;
    LEDGER_TRY(ledger_account_list(trial->call, trial->ledger, &list, &(size_t){0}));
    return ledger_account_get(trial->call, trial->ledger, TEXT("1000"), &(struct ledger_account){0});
}

/* A good transaction, one whose entries name no account, and one with a key that the seed has used. */
static const struct ledger_entry entries_good[] = {
    {.account_code = STATIC_TEXT("1000"),
     .entry_type = LEDGER_DEBIT,
     .amount_minor = 250,
     .cost_center = STATIC_TEXT("north")},
    {.account_code = STATIC_TEXT("4000"), .entry_type = LEDGER_CREDIT, .amount_minor = 250, .memo = STATIC_TEXT("out")},
};
static const struct ledger_entry entries_bad[] = {
    {.account_code = STATIC_TEXT("nowhere"), .entry_type = LEDGER_DEBIT, .amount_minor = 250},
    {.account_code = STATIC_TEXT("4000"), .entry_type = LEDGER_CREDIT, .amount_minor = 250},
};
static const struct ledger_entry entries_seed[] = {
    {.account_code = STATIC_TEXT("1000"), .entry_type = LEDGER_DEBIT, .amount_minor = 100, .memo = STATIC_TEXT("in")},
    {.account_code = STATIC_TEXT("4000"), .entry_type = LEDGER_CREDIT, .amount_minor = 100},
};

static struct ledger_posting posting_of(const struct ledger_entry entries[2], const char *idempotency_key)
{
    return (struct ledger_posting){
        .business_event_type = TEXT("SALE"),
        .description = TEXT("A sale"),
        .idempotency_key = ledger_text_of(idempotency_key),
        .entries = entries,
        .entries_count = 2,
    };
}

static ledger_status run_post_of(struct trial *trial, const struct ledger_posting *posting)
{
    struct ledger_posted posted = {.status = LEDGER_DONE};
    ledger_status status = ledger_post(trial->call, trial->ledger, posting, &posted);
    trial_note(trial, &posted);
    return status;
}

static ledger_status run_post(struct trial *trial)
{
    struct ledger_posting posting = posting_of(entries_good, "key-2");
    return run_post_of(trial, &posting);
}

static ledger_status run_post_without_key(struct trial *trial)
{
    struct ledger_posting posting = posting_of(entries_good, NULL);
    return run_post_of(trial, &posting);
}

static ledger_status run_post_refused(struct trial *trial)
{
    struct ledger_posting posting = posting_of(entries_bad, NULL);
    return run_post_of(trial, &posting);
}

static ledger_status run_post_replayed(struct trial *trial)
{
    struct ledger_posting posting = posting_of(entries_seed, "key-1");
    return run_post_of(trial, &posting);
}

static ledger_status run_post_taken_key(struct trial *trial)
{
    struct ledger_posting posting = posting_of(entries_good, "key-1");
    return run_post_of(trial, &posting);
}

static ledger_status run_batch_of(struct trial *trial, enum ledger_batch_mode mode)
{
    const struct ledger_posting postings[] = {
        posting_of(entries_good, NULL),
        posting_of(entries_bad, NULL),
        posting_of(entries_seed, "key-1"),
        posting_of(entries_good, "key-3"),
    };
    struct ledger_posted posted[4] = {{.status = LEDGER_DONE}};
    ledger_status status = ledger_post_batch(trial->call, trial->ledger, postings, 4, mode, posted);
    for (size_t i = 0; (status == LEDGER_DONE || status == LEDGER_OUTCOME_IS_UNKNOWN) && i < 4; i++) {
        trial_note(trial, &posted[i]);
    }
    return status;
}

static ledger_status run_batch_each(struct trial *trial)
{
    return run_batch_of(trial, LEDGER_BATCH_EACH);
}

static ledger_status run_batch_all(struct trial *trial)
{
    return run_batch_of(trial, LEDGER_BATCH_ALL);
}

static ledger_status run_reverse_of(struct trial *trial, const char *transaction)
{
    const struct ledger_reversal reversal = {
        .transaction = ledger_text_of(transaction), .reason = TEXT("wrong"), .idempotency_key = TEXT("key-4")};
    struct ledger_posted posted = {.status = LEDGER_DONE};
    ledger_status status = ledger_reverse(trial->call, trial->ledger, &reversal, &posted);
    if (status != LEDGER_APPROVAL_IS_PENDING) {
        trial_note(trial, &posted);
    }
    return status;
}

static ledger_status run_reverse(struct trial *trial)
{
    return run_reverse_of(trial, trial->seed->reversible_id);
}

static ledger_status run_reverse_refused(struct trial *trial)
{
    return run_reverse_of(trial, "20200101-000001");
}

static ledger_status run_reverse_large(struct trial *trial)
{
    return run_reverse_of(trial, trial->seed->large_id);
}

static ledger_status run_approve_of(struct trial *trial, const char *request_id)
{
    struct ledger_approved approved = {.kind = LEDGER_APPROVAL_OF_REVERSAL};
    ledger_status status = ledger_approval_approve(trial->call, trial->ledger, ledger_text_of(request_id), &approved);
    trial_note(trial, &approved.posted);
    return status;
}

static ledger_status run_approve(struct trial *trial)
{
    return run_approve_of(trial, trial->seed->approvable_id);
}

static ledger_status run_approve_redaction(struct trial *trial)
{
    return run_approve_of(trial, trial->seed->redaction_id);
}

static ledger_status run_redact(struct trial *trial)
{
    char request_id[LEDGER_ID_TEXT_SIZE];
    return ledger_redact(trial->call, trial->ledger, ledger_text_of(trial->seed->large_id), TEXT("a request"),
                         request_id);
}

static ledger_status run_deny(struct trial *trial)
{
    return ledger_approval_deny(trial->call, trial->ledger, ledger_text_of(trial->seed->deniable_id), TEXT("no"));
}

static ledger_status run_approval_list(struct trial *trial)
{
    const struct ledger_approval *approvals;
    return ledger_approval_list(trial->call, trial->ledger, false, &approvals, &(size_t){0});
}

static ledger_status run_period_of(struct trial *trial, int32_t days_ago, bool is_closed)
{
    int32_t day = (int32_t)(FAULT_SEED_US / INT64_C(86400000000)) - days_ago;
    return ledger_period_set(trial->call, trial->ledger, day, day + 1, is_closed, TEXT("a reason"),
                             &(struct ledger_period){0});
}

static ledger_status run_period_close(struct trial *trial)
{
    return run_period_of(trial, 10, true);
}

static ledger_status run_period_open(struct trial *trial)
{
    return run_period_of(trial, 40, false);
}

static ledger_status run_period_refused(struct trial *trial)
{
    return run_period_of(trial, 10, false);
}

static ledger_status run_period_list(struct trial *trial)
{
    const struct ledger_period *periods;
    size_t count = 0;
    LEDGER_TRY(ledger_period_list(trial->call, trial->ledger, &periods, &count));
    return ledger_period_list_closed(trial->call, trial->ledger, &periods, &count);
}

static ledger_status run_balance(struct trial *trial)
{
    const struct ledger_balance_query queries[] = {
        {.log_position = LEDGER_POSITION_HEAD},
        {.has_as_of_day = true, .as_of_day = 20000, .log_position = LEDGER_POSITION_HEAD},
        {.log_position = 20},
    };
    for (size_t i = 0; i < sizeof queries / sizeof queries[0]; i++) {
        struct ledger_account account;
        struct ledger_balance balance;
        LEDGER_TRY(ledger_balance_get(trial->call, trial->ledger, TEXT("1000"), &queries[i], &account, &balance));
    }
    return LEDGER_DONE;
}

static ledger_status run_transaction_get(struct trial *trial)
{
    struct ledger_transaction_record record;
    return ledger_transaction_get(trial->call, trial->ledger, ledger_text_of(trial->seed->reversible_id), &record);
}

static ledger_status run_audit(struct trial *trial)
{
    const struct ledger_event_record *events;
    const struct ledger_audit_filter filter = {.limit = 20};
    return ledger_audit_list(trial->call, trial->ledger, &filter, &events, &(size_t){0});
}

static ledger_status run_clock_accept(struct trial *trial)
{
    return ledger_clock_accept(trial->call, trial->ledger, TEXT("the clock was set"));
}

static ledger_status run_checkpoint(struct trial *trial)
{
    const struct ledger_checkpoint_options options = {
        .struct_size = sizeof options,
        .directory = TEXT(FAULT_CHECKPOINTS),
        .key = {.file = TEXT(FAULT_KEY_FILE)},
        .events_between = 1,
    };
    struct ledger_checkpoint checkpoint;
    bool is_made = false;
    return ledger_checkpoint_when_due(trial->call, trial->ledger, &options, &is_made, &checkpoint);
}

static ledger_status run_checkpoint_list(struct trial *trial)
{
    const struct ledger_checkpoint *checkpoints;
    const struct ledger_key *keys;
    size_t count = 0;
    LEDGER_TRY(ledger_checkpoint_list(trial->call, trial->ledger, TEXT(FAULT_CHECKPOINTS), &checkpoints, &count));
    return ledger_key_list(trial->call, trial->ledger, &keys, &count);
}

static ledger_status run_key_register(struct trial *trial)
{
    return ledger_key_register(trial->call, trial->ledger, TEXT(FAULT_OTHER_VERIFIER_KEY), true,
                               &(struct ledger_key){0});
}

static ledger_status run_key_refused(struct trial *trial)
{
    return ledger_key_register(trial->call, trial->ledger, TEXT(FAULT_OTHER_VERIFIER_KEY), false,
                               &(struct ledger_key){0});
}

static const struct operation operations[] = {
    {.name = "create", .run = run_create, .opens_itself = true, .creates = true},
    {.name = "open", .run = run_open, .opens_itself = true},
    {.name = "open-read-only", .run = run_open_read_only, .opens_itself = true},
    {.name = "account-create", .run = run_account_create},
    {.name = "account-refused", .run = run_account_refused, .expected = LEDGER_ACCOUNT_EXISTS},
    {.name = "accounts-create", .run = run_accounts_create},
    {.name = "account-deactivate", .run = run_account_deactivate},
    {.name = "account-reactivate", .run = run_account_reactivate},
    {.name = "account-list", .run = run_account_list},
    {.name = "post", .run = run_post},
    {.name = "post-without-key", .run = run_post_without_key},
    {.name = "post-refused", .run = run_post_refused, .expected = LEDGER_ACCOUNT_NOT_FOUND},
    {.name = "post-replayed", .run = run_post_replayed},
    {.name = "post-taken-key", .run = run_post_taken_key, .expected = LEDGER_IDEMPOTENCY_KEY_IS_TAKEN},
    {.name = "post-wrong-clock",
     .run = run_post,
     .expected = LEDGER_CLOCK_IS_WRONG,
     .clock_ago_us = INT64_C(600000000)},
    {.name = "batch-each", .run = run_batch_each},
    {.name = "batch-all", .run = run_batch_all, .expected = LEDGER_BATCH_IS_REFUSED},
    {.name = "post-segment", .run = run_post, .is_of_segment = true},
    {.name = "reverse", .run = run_reverse},
    {.name = "reverse-refused", .run = run_reverse_refused, .expected = LEDGER_TRANSACTION_NOT_FOUND},
    {.name = "reverse-large", .run = run_reverse_large, .expected = LEDGER_APPROVAL_IS_PENDING},
    {.name = "approve", .run = run_approve, .user = "bob"},
    {.name = "approve-refused", .run = run_approve, .expected = LEDGER_APPROVER_IS_THE_REQUESTER},
    {.name = "redact", .run = run_redact, .expected = LEDGER_APPROVAL_IS_PENDING},
    {.name = "approve-redaction", .run = run_approve_redaction, .user = "bob"},
    {.name = "deny", .run = run_deny, .user = "bob"},
    {.name = "approval-list", .run = run_approval_list},
    {.name = "period-close", .run = run_period_close},
    {.name = "period-open", .run = run_period_open},
    {.name = "period-refused", .run = run_period_refused, .expected = LEDGER_PERIOD_STATE_IS_UNCHANGED},
    {.name = "period-list", .run = run_period_list},
    {.name = "balance", .run = run_balance},
    {.name = "transaction-get", .run = run_transaction_get},
    {.name = "audit", .run = run_audit},
    {.name = "checkpoint", .run = run_checkpoint},
    {.name = "checkpoint-list", .run = run_checkpoint_list},
    {.name = "key-register", .run = run_key_register},
    {.name = "key-refused", .run = run_key_refused, .expected = LEDGER_KEY_IS_NOT_THE_LEDGERS},
    {.name = "clock-accept", .run = run_clock_accept, .clock_ago_us = INT64_C(600000000)},
};

/* How a call fails. */
struct mode {
    const char *name;
    struct driver_fault_plan plan; /* but for fail_at */
    bool is_cheap;                 /* tried at every call by default too: there are few of its calls */
};

static const struct mode modes[] = {
    {.name = "busy", .plan = {.outcome = LEDGER_DATABASE_IS_BUSY}},
    {.name = "full", .plan = {.outcome = LEDGER_DATABASE_IS_FULL}},
    {.name = "failed", .plan = {.outcome = LEDGER_DATABASE_FAILED}},
    {.name = "down",
     .plan = {.outcome = LEDGER_DATABASE_FAILED, .stays_down = true, .outcome_after = LEDGER_DATABASE_IS_UNAVAILABLE}},
    {.name = "commit unknown, kept",
     .plan = {.outcome = LEDGER_OUTCOME_IS_UNKNOWN, .counts_commits_only = true, .keeps_what_it_committed = true},
     .is_cheap = true},
    {.name = "commit unknown, lost",
     .plan = {.outcome = LEDGER_OUTCOME_IS_UNKNOWN, .counts_commits_only = true},
     .is_cheap = true},
    {.name = "commit unknown, kept, then down",
     .plan = {.outcome = LEDGER_OUTCOME_IS_UNKNOWN,
              .counts_commits_only = true,
              .keeps_what_it_committed = true,
              .stays_down = true,
              .outcome_after = LEDGER_DATABASE_IS_BUSY},
     .is_cheap = true},
    {.name = "commit unknown, lost, then down",
     .plan = {.outcome = LEDGER_OUTCOME_IS_UNKNOWN,
              .counts_commits_only = true,
              .stays_down = true,
              .outcome_after = LEDGER_DATABASE_IS_BUSY},
     .is_cheap = true},
    /* What keeps nothing and may be run again is run again, so that nobody sees it. */
    {.name = "conflict",
     .plan = {.outcome = LEDGER_DATABASE_HAS_CONFLICT, .counts_write_units_only = true},
     .is_cheap = true},
    {.name = "connection lost",
     .plan = {.outcome = LEDGER_CONNECTION_IS_LOST, .counts_write_units_only = true},
     .is_cheap = true},
    {.name = "connection lost, then conflicts",
     .plan = {.outcome = LEDGER_CONNECTION_IS_LOST,
              .counts_write_units_only = true,
              .stays_down = true,
              .down_calls_max = 2,
              .outcome_after = LEDGER_DATABASE_HAS_CONFLICT},
     .is_cheap = true},
    {.name = "commit unknown, kept, then the connection lost",
     .plan = {.outcome = LEDGER_OUTCOME_IS_UNKNOWN,
              .counts_commits_only = true,
              .keeps_what_it_committed = true,
              .stays_down = true,
              .down_calls_max = 2,
              .outcome_after = LEDGER_CONNECTION_IS_LOST},
     .is_cheap = true},
    {.name = "commit unknown, lost, then conflicts",
     .plan = {.outcome = LEDGER_OUTCOME_IS_UNKNOWN,
              .counts_commits_only = true,
              .stays_down = true,
              .down_calls_max = 2,
              .outcome_after = LEDGER_DATABASE_HAS_CONFLICT},
     .is_cheap = true},
    {.name = "connection lost at any call", .plan = {.outcome = LEDGER_CONNECTION_IS_LOST}, .is_cheap = true},
};
enum { MODES_COUNT = sizeof modes / sizeof modes[0], MODES_OF_ANY_CALL = 4, SEGMENT_TRIALS = 3, MODES_STEP_SPARSE = 3 };

static bool sweeps_all;
static bool on_server;
static bool is_sparse;
static unsigned tests_count;
static unsigned faults_count; /* of the test that runs */

/* One operation on its seed, and what the ledger is without it and with it. */
struct sweep {
    const struct operation *operation;
    const struct fault_ledger *seed;
    const struct mode *mode;
    uint64_t fail_at;
    char *before;
    char *after;
};

static LEDGER_PRINTF(2, 3) void sweep_complain(const struct sweep *sweep, const char *format, ...)
{
    faults_count++;
    printf("# %s, %s, call %" PRIu64 ": ", sweep->operation->name, sweep->mode == NULL ? "no fault" : sweep->mode->name,
           sweep->fail_at);
    va_list arguments;
    va_start(arguments, format);
    (void)vprintf(format, arguments);
    va_end(arguments);
    printf("\n");
}

static void trial_open(struct trial *trial)
{
    struct ledger_open_options options = fault_ledger_options(trial->seed);
    if (ledger_open(trial->call, &options, &trial->ledger) != LEDGER_DONE) {
        fault_die("open the ledger", ledger_call_message(trial->call));
    }
}

static void trial_close(struct trial *trial)
{
    ledger_free(trial->ledger);
    trial->ledger = NULL;
}

static void trial_begin(struct trial *trial, const struct sweep *sweep)
{
    const struct operation *operation = sweep->operation;
    *trial = (struct trial){.seed = sweep->seed};
    trial->now_us = operation->clock_ago_us == 0 ? FAULT_TRIAL_US : FAULT_SEED_US - operation->clock_ago_us;
    trial->call = fault_ledger_call(operation->user == NULL ? "ana" : operation->user, &trial->now_us);
    if (operation->creates) {
        fault_ledger_remove(sweep->seed);
    } else {
        fault_ledger_copy(sweep->seed);
    }
}

static void trial_end(struct trial *trial)
{
    trial_close(trial);
    driver_fault_install(NULL);
    ledger_call_free(trial->call);
}

/* Runs the operation, under a plan that is awake only meanwhile. */
static ledger_status trial_run(struct trial *trial, const struct sweep *sweep, struct driver_fault_plan *plan)
{
    struct driver_fault_plan awake = *plan;
    *plan = (struct driver_fault_plan){.fail_at = 0};
    driver_fault_install(plan);
    if (sweep->operation->opens_itself) {
        trial_close(trial);
    } else if (trial->ledger == NULL) {
        trial_open(trial);
    }
    ledger_call_reset(trial->call);
    trial->ids_count = 0;
    *plan = awake;
    ledger_status status = sweep->operation->run(trial);
    plan->fail_at = 0;
    plan->stays_down = false;
    return status;
}

/* The transactions whose ids were given are there, or none of them is. */
static void trial_check_ids(struct trial *trial, const struct sweep *sweep, bool are_there)
{
    for (size_t i = 0; i < trial->ids_count; i++) {
        struct ledger_transaction_record record;
        ledger_status status =
            ledger_transaction_get(trial->call, trial->ledger, ledger_text_of(trial->ids[i]), &record);
        if ((status == LEDGER_DONE) != are_there) {
            sweep_complain(sweep, "the transaction %s is%s there", trial->ids[i], are_there ? " not" : "");
        }
    }
}

static void trial_verify(struct trial *trial, const struct sweep *sweep)
{
    struct ledger_verify_options options = {.struct_size = sizeof options};
    struct ledger_verify_result result;
    ledger_status status = ledger_verify(trial->call, trial->ledger, &options, &result);
    if (status != LEDGER_DONE) {
        sweep_complain(sweep, "verify: %s", ledger_call_message(trial->call));
    } else if (!result.is_valid) {
        sweep_complain(sweep, "verify: %.*s", TEXT_ARGUMENTS(result.violations[0].detail));
    }
}

/* The handle goes on as if nothing had been. */
static void trial_post_after(struct trial *trial, const struct sweep *sweep)
{
    struct ledger_entry entries[2] = {entries_good[0], entries_good[1]};
    if (sweep->operation->run == run_account_create || sweep->operation->run == run_accounts_create) {
        entries[0].account_code = TEXT("1100");
    }
    struct ledger_posting posting = posting_of(entries, NULL);
    struct ledger_posted posted;
    trial->now_us = FAULT_TRIAL_US;
    ledger_call_reset(trial->call);
    ledger_status status = ledger_post(trial->call, trial->ledger, &posting, &posted);
    if (status != LEDGER_DONE) {
        sweep_complain(sweep, "a posting after it ended with %s: %s", ledger_status_name(status),
                       ledger_call_message(trial->call));
    }
}

/* What the ledger has to be now: NULL where the outcome is not one that may happen. */
static const char *sweep_expected(const struct sweep *sweep, const struct trial *trial, ledger_status status,
                                  const char *now)
{
    const struct driver_fault_plan *plan = &sweep->mode->plan;
    bool is_unknown_mode = plan->outcome == LEDGER_OUTCOME_IS_UNKNOWN;
    if (status == sweep->operation->expected) {
        bool is_refusal = ledger_status_exit(status) == 1 && status != LEDGER_APPROVAL_IS_PENDING;
        if (!is_refusal || ledger_call_refusal_recorded(trial->call)) {
            return sweep->after;
        }
        /* The refusal stands; of its event it may not be known whether it was written. */
        return is_unknown_mode ? now : sweep->before;
    }
    if (status == LEDGER_OUTCOME_IS_UNKNOWN) {
        bool is_resolvable = sweep->operation->creates ? !plan->stays_down && plan->keeps_what_it_committed
                                                       : !plan->stays_down || plan->down_calls_max > 0;
        if (is_unknown_mode && !is_resolvable) {
            return plan->keeps_what_it_committed ? sweep->after : sweep->before;
        }
        return NULL;
    }
    bool is_planned = status == plan->outcome || (plan->stays_down && status == plan->outcome_after);
    bool is_retried = plan->counts_write_units_only;
    return is_planned && !is_unknown_mode && !is_retried ? sweep->before : NULL;
}

/* What became of the operation; gives whether it was done. */
static bool sweep_judge(const struct sweep *sweep, const struct trial *trial, ledger_status status)
{
    char *now = fault_ledger_dump(sweep->seed);
    const char *expected = sweep_expected(sweep, trial, status, now);
    if (expected == NULL || strcmp(now, expected) != 0) {
        sweep_complain(sweep, "ended with %s: %s", ledger_status_name(status), ledger_call_message(trial->call));
        if (expected != NULL) {
            fault_show_difference(now, expected);
        }
    } else if (status != LEDGER_DONE && status != LEDGER_BATCH_IS_REFUSED &&
               ledger_call_message(trial->call)[0] == '\0') {
        sweep_complain(sweep, "ended with %s without a message", ledger_status_name(status));
    }
    bool is_done = strcmp(now, sweep->after) == 0;
    free(now);
    return is_done;
}

/* What was not done is done again, and this time is. */
static void sweep_try_again(const struct sweep *sweep, struct trial *trial, struct driver_fault_plan *plan)
{
    ledger_status status = trial_run(trial, sweep, plan);
    char *now = fault_ledger_dump(sweep->seed);
    if (status != sweep->operation->expected || strcmp(now, sweep->after) != 0) {
        sweep_complain(sweep, "tried again, it ended with %s: %s", ledger_status_name(status),
                       ledger_call_message(trial->call));
        fault_show_difference(now, sweep->after);
    }
    free(now);
}

/* One fault: the operation fails or does not, and then is done; by the same handle or, every other time, by a new one.
 */
static void sweep_try(const struct sweep *sweep)
{
    struct trial trial;
    struct driver_fault_plan plan = sweep->mode->plan;
    plan.fail_at = sweep->fail_at;
    trial_begin(&trial, sweep);
    ledger_status status = trial_run(&trial, sweep, &plan);
    if (!plan.has_failed) {
        sweep_complain(sweep, "the call was not made again");
    }
    bool is_done = sweep_judge(sweep, &trial, status);
    bool goes_on = sweep->fail_at % 2 == 1 && !sweep->operation->opens_itself;
    if (!goes_on) {
        trial_close(&trial);
    }
    if (!is_done && trial.ids_count > 0) {
        if (trial.ledger == NULL) {
            trial_open(&trial);
        }
        trial_check_ids(&trial, sweep, false);
    }
    if (!is_done) {
        sweep_try_again(sweep, &trial, &plan);
    }
    if (!goes_on) {
        trial_close(&trial);
        trial_open(&trial);
    }
    trial_check_ids(&trial, sweep, true);
    trial_verify(&trial, sweep);
    if (!sweep->operation->creates) {
        trial_post_after(&trial, sweep);
    }
    trial_end(&trial);
}

/* Without a fault: how many calls it makes, and what it leaves. */
static uint64_t sweep_count(struct sweep *sweep, const struct driver_fault_plan *counted)
{
    struct trial trial;
    struct driver_fault_plan plan = {.counts_commits_only = counted->counts_commits_only,
                                     .counts_write_units_only = counted->counts_write_units_only};
    free(sweep->before);
    free(sweep->after);
    trial_begin(&trial, sweep);
    sweep->before = fault_ledger_dump(sweep->seed);
    ledger_status status = trial_run(&trial, sweep, &plan);
    uint64_t calls_count = plan.calls_count;
    if (status != sweep->operation->expected) {
        sweep_complain(sweep, "ended with %s: %s", ledger_status_name(status), ledger_call_message(trial.call));
    }
    sweep->after = fault_ledger_dump(sweep->seed);
    trial_end(&trial);
    return calls_count;
}

static void sweep_mode(struct sweep *sweep, const struct mode *mode)
{
    sweep->mode = NULL;
    sweep->fail_at = 0;
    uint64_t calls_count = sweep_count(sweep, &mode->plan);
    size_t rank = (size_t)(mode - modes);
    uint64_t stride = sweeps_all || mode->is_cheap ? 1 : MODES_OF_ANY_CALL;
    if (sweep->operation->is_of_segment && calls_count / SEGMENT_TRIALS > stride) {
        stride = calls_count / SEGMENT_TRIALS;
    }
    sweep->mode = mode;
    uint64_t first = 1 + (stride == 1 ? 0 : rank % stride);
    if (on_server && !sweeps_all && calls_count > 0) {
        stride = calls_count;
        first = 1 + (rank * 7 + (size_t)(sweep->operation - operations) * 5) % calls_count;
    }
    for (uint64_t n = first; n <= calls_count; n += stride) {
        sweep->fail_at = n;
        sweep_try(sweep);
    }
}

static void sweep_operation(const struct operation *operation, const struct fault_ledger *seed)
{
    struct sweep sweep = {.operation = operation, .seed = seed};
    size_t step = is_sparse && !sweeps_all ? MODES_STEP_SPARSE : 1;
    for (size_t i = (size_t)(operation - operations) % step; i < MODES_COUNT; i += step) {
        faults_count = 0;
        sweep_mode(&sweep, &modes[i]);
        printf("%s %u - %s: %s\n", faults_count == 0 ? "ok" : "not ok", ++tests_count, operation->name, modes[i].name);
        (void)fflush(stdout);
    }
    free(sweep.before);
    free(sweep.after);
}

static bool is_chosen(const char *name, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(name, argv[i]) == 0) {
            return true;
        }
    }
    return argc < 2;
}

static bool is_set(const char *variable)
{
    const char *value = getenv(variable);
    return value != NULL && strcmp(value, "1") == 0;
}

int main(int argc, char **argv)
{
    sweeps_all = is_set("LEDGER_FAULT_FULL");
    on_server = scratch_backend() != SCRATCH_SQLITE;
    is_sparse = on_server || is_set("LEDGER_FAULT_SPARSE");
    /* A segment's worth of rows takes seconds to bring back on a server. */
    int ledgers_count = sweeps_all || !on_server ? 2 : 1;
    for (int of_segment = 0; of_segment < ledgers_count; of_segment++) {
        struct fault_ledger seed;
        fault_ledger_init(&seed, of_segment == 1 ? 65535 : 0);
        for (size_t i = 0; i < sizeof operations / sizeof operations[0]; i++) {
            if (operations[i].is_of_segment == (of_segment == 1) && is_chosen(operations[i].name, argc, argv)) {
                sweep_operation(&operations[i], &seed);
            }
        }
        fault_ledger_done(&seed);
    }
    printf("1..%u\n", tests_count);
    return 0;
}
