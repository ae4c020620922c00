/* Every command of ledger-admin, with every driver call and with every allocation failing, in this process: it ends
 * with an exit status of its own and a message, one JSON document with --json, and nothing half done.
 *
 * Arguments: names of commands, for those alone. Environment: LEDGER_FAULT_FULL=1 sweeps every call and allocation;
 * else a few of each; LEDGER_FAULT_SEED chooses which. Speaks TAP. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cli/admin.h"
#include "cli/commands.h"
#include "support/allocation_fault.h"
#include "support/driver_fault.h"
#include "support/fault_ledger.h"
#include "support/oracle_jansson.h"

/* What a default run tries: of driver calls each one, in one of the two modes; of allocations every 17th; but of
 * neither more than so many in one mode of one command. The sanitizers are slow, and so is a server. */
enum {
    WORDS_MAX = 24,
    CALLS_STRIDE = 2,
    ALLOCATIONS_STRIDE = 17,
#ifdef __SANITIZE_ADDRESS__
    TRIALS_MAX = 4,
#else
    TRIALS_MAX = 16,
#endif
    TRIALS_MAX_ON_SERVER = 1,
};

/* What is tried. A word @NAME stands for an id of the seed. */
struct trial_command {
    const char *name; /* in the table of commands */
    const char *words[WORDS_MAX];
    int exit_status;
    bool creates;
    bool may_be_unrecorded; /* it is done even where the event of it cannot be written */
    bool has_steps;         /* may be done in part: then it goes on where it is tried again */
};

#define NEW_KEY_FILE "new.key"
#define ABANDONED_FILE "abandoned.checkpoint"
#define EVIDENCE_FILE "some.evidence"
#define EXPORT_FILE "some.export"
#define BY_ANA "--user", "ana"
#define BY_BOB "--user", "bob"

static const struct trial_command trial_commands[] = {
    {.name = "init", .words = {"init", "--confirm", BY_ANA}, .creates = true},
    {.name = "create-account",
     .words = {"create-account", "--code", "1100", "--name", "Bank", "--type", "ASSET", "--parent", "1", BY_ANA}},
    {.name = "create-account",
     .words = {"create-account", "--code", "1000", "--name", "Cash", "--type", "ASSET", BY_ANA},
     .exit_status = 1,
     .may_be_unrecorded = true},
    {.name = "accounts", .words = {"accounts"}},
    {.name = "deactivate-account", .words = {"deactivate-account", "--code", "1800", BY_ANA}},
    {.name = "reactivate-account", .words = {"reactivate-account", "--code", "1900", BY_ANA}},
    {.name = "post-transaction",
     .words = {"post-transaction", "--event-type", "SALE", "--description", "A sale", "--entries", "good.json",
               "--idempotency-key", "k", BY_ANA}},
    {.name = "post-transaction",
     .words = {"post-transaction", "--event-type", "SALE", "--description", "A sale", "--entries", "bad.json", BY_ANA},
     .exit_status = 1,
     .may_be_unrecorded = true},
    {.name = "import", .words = {"import", "some.ndjson", "--resume", BY_ANA}, .has_steps = true},
    {.name = "reverse", .words = {"reverse", "--transaction-id", "@reversible", "--reason", "wrong", BY_ANA}},
    {.name = "reverse",
     .words = {"reverse", "--transaction-id", "@large", "--reason", "wrong", BY_ANA},
     .exit_status = 1},
    {.name = "redact",
     .words = {"redact", "--transaction-id", "@reversible", "--reason", "a request", BY_ANA},
     .exit_status = 1},
    {.name = "show", .words = {"show", "@reversible"}},
    {.name = "transactions", .words = {"transactions", "--limit", "2", "--newest-first"}},
    {.name = "entries", .words = {"entries", "--account-code", "1000", "--limit", "2", "--after", "entry-0-0"}},
    {.name = "balance", .words = {"balance", "--account-code", "1000", "--as-of-date", "2026-01-05"}},
    {.name = "balance-history",
     .words = {"balance-history", "--account-code", "1000", "--chart", "--output", EXPORT_FILE},
     .may_be_unrecorded = true},
    {.name = "balance-history",
     .words = {"balance-history", "--account-code", "1000", "--with-children", "--format", "svg", "--output",
               EXPORT_FILE},
     .may_be_unrecorded = true},
    {.name = "trial-balance", .words = {"trial-balance"}, .may_be_unrecorded = true},
    {.name = "report",
     .words = {"report", "--type", "balance-sheet", "--output", "-", "--end-date", "2026-12-31", BY_ANA},
     .may_be_unrecorded = true},
    {.name = "report",
     .words = {"report", "--type", "income-statement", "--output", "saved.csv", "--end-date", "2026-12-31", "--columns",
               "quarterly", BY_ANA},
     .may_be_unrecorded = true},
    {.name = "report",
     .words = {"report", "--type", "general-ledger", "--account-code", "1000", "--output", "-", BY_ANA},
     .may_be_unrecorded = true},
    {.name = "report",
     .words = {"report", "--type", "audit-trail", "--output", "-", BY_ANA},
     .may_be_unrecorded = true},
    {.name = "export",
     .words = {"export", "--format", "ndjson", "--output", EXPORT_FILE, BY_ANA},
     .may_be_unrecorded = true},
    {.name = "export",
     .words = {"export", "--format", "beancount", "--output", EXPORT_FILE, "--log-position", "7", BY_ANA},
     .may_be_unrecorded = true},
    {.name = "export", .words = {"export", "--format", "ads", "--directory", ".", BY_ANA}, .may_be_unrecorded = true},
    {.name = "verify-report", .words = {"verify-report", "saved.json"}},
    {.name = "verify", .words = {"verify"}},
    {.name = "verify", .words = {"verify", "--transaction-id", "@reversible"}},
    {.name = "audit", .words = {"audit", "--limit", "20"}},
    {.name = "audit adopt", .words = {"audit", "adopt", BY_ANA}},
    {.name = "freeze", .words = {"freeze", "--reason", "an alarm", BY_ANA}},
    {.name = "freeze status", .words = {"freeze", "status"}},
    {.name = "unfreeze",
     .words = {"unfreeze", "--reason", "a false alarm", BY_ANA},
     .exit_status = 1,
     .may_be_unrecorded = true},
    {.name = "incident open",
     .words = {"incident", "open", "--summary", "an alarm", "--evidence", "good.json", "--transaction-id",
               "@reversible", BY_ANA}},
    {.name = "incident note",
     .words = {"incident", "note", "--incident-id", "@incident", "--text", "it goes on", BY_ANA}},
    {.name = "incident attach-correction",
     .words = {"incident", "attach-correction", "--incident-id", "@incident", "--transaction-id", "@reversible",
               BY_ANA}},
    {.name = "incident close",
     .words = {"incident", "close", "--incident-id", "@incident", "--outcome", "nothing was wrong", BY_ANA}},
    {.name = "incident list", .words = {"incident", "list"}},
    {.name = "incident show", .words = {"incident", "show", "@incident"}},
    {.name = "watch", .words = {"watch", "--once", BY_ANA}, .may_be_unrecorded = true},
    {.name = "checkpoint", .words = {"checkpoint", BY_ANA}},
    {.name = "checkpoint list", .words = {"checkpoint", "list"}},
    {.name = "key generate",
     .words = {"key", "generate", "--output", NEW_KEY_FILE, BY_ANA},
     .exit_status = 1,
     .may_be_unrecorded = true},
    {.name = "key generate",
     .words = {"key", "generate", "--only-file", "--name", "faults", "--output", NEW_KEY_FILE, BY_ANA}},
    {.name = "key register",
     .words = {"key", "register", "--key", FAULT_OTHER_VERIFIER_KEY, "--replaces-lost", BY_ANA}},
    {.name = "key show", .words = {"key", "show", "--all"}},
    {.name = "key show", .words = {"key", "show", "--key", FAULT_KEY_FILE}},
    {.name = "key rotate", .words = {"key", "rotate", "--output", NEW_KEY_FILE, BY_ANA}, .has_steps = true},
    {.name = "prove",
     .words = {"prove", "--transaction-id", "@reversible", "--output", "-", "--checkpoint", ABANDONED_FILE}},
    {.name = "prove-consistency",
     .words = {"prove-consistency", ABANDONED_FILE, "--checkpoint", ABANDONED_FILE, "--output", "-"}},
    {.name = "check-proof", .words = {"check-proof", EVIDENCE_FILE, "--key", FAULT_VERIFIER_KEY}},
    {.name = "epoch begin",
     .words = {"epoch", "begin", "--abandons", ABANDONED_FILE, "--key", FAULT_VERIFIER_KEY, "--reason", "restored",
               BY_ANA}},
    {.name = "period open",
     .words = {"period", "open", "--start-date", "2025-11-20", "--end-date", "2025-11-20", BY_ANA}},
    {.name = "period close",
     .words = {"period", "close", "--start-date", "2025-01-01", "--end-date", "2025-01-31", BY_ANA}},
    {.name = "period list", .words = {"period", "list"}},
    {.name = "approval list", .words = {"approval", "list", "--all"}},
    {.name = "approval approve", .words = {"approval", "approve", "--request-id", "@approvable", BY_BOB}},
    {.name = "approval approve", .words = {"approval", "approve", "--request-id", "@redaction", BY_BOB}},
    {.name = "approval deny", .words = {"approval", "deny", "--request-id", "@deniable", "--reason", "no", BY_BOB}},
    {.name = "clock accept", .words = {"clock", "accept", "--reason", "the clock was set", BY_ANA}},
    {.name = "grants", .words = {"grants", "--role", "app", "--database", "books"}},
    {.name = "completion", .words = {"completion", "bash"}},
};

enum fault_kind { FAULT_OF_CALLS, FAULT_OF_COMMITS, FAULT_OF_ALLOCATIONS };

/* How it fails. */
struct mode {
    const char *name;
    enum fault_kind kind;
    struct driver_fault_plan plan;
};

static const struct mode modes[] = {
    {"the database fails", FAULT_OF_CALLS, {.outcome = LEDGER_DATABASE_FAILED}},
    {"the database is full from then on",
     FAULT_OF_CALLS,
     {.outcome = LEDGER_DATABASE_IS_FULL, .stays_down = true, .outcome_after = LEDGER_DATABASE_IS_FULL}},
    {"a commit is lost, which is not known",
     FAULT_OF_COMMITS,
     {.outcome = LEDGER_OUTCOME_IS_UNKNOWN, .counts_commits_only = true}},
    {"a commit is kept, which is not known",
     FAULT_OF_COMMITS,
     {.outcome = LEDGER_OUTCOME_IS_UNKNOWN, .counts_commits_only = true, .keeps_what_it_committed = true}},
    {"a commit is kept, which is not known, and then the database is gone",
     FAULT_OF_COMMITS,
     {.outcome = LEDGER_OUTCOME_IS_UNKNOWN,
      .counts_commits_only = true,
      .keeps_what_it_committed = true,
      .stays_down = true,
      .outcome_after = LEDGER_DATABASE_IS_UNAVAILABLE}},
    {"no memory", FAULT_OF_ALLOCATIONS, {.fail_at = 0}},
    {"no memory from then on", FAULT_OF_ALLOCATIONS, {.stays_down = true}},
};

static bool sweeps_all;
static uint64_t sweep_seed;
static unsigned tests_count;
static unsigned faults_count; /* of the test that runs */

/* One run of a command and what it said. */
struct run {
    int exit_status;
    uint64_t count; /* of calls or allocations */
    char *out;
    char *err;
};

struct sweep {
    const struct trial_command *command;
    const struct fault_ledger *seed;
    const struct mode *mode;
    uint64_t fail_at;
    unsigned trials_count;
    char *before;
    char *after;
};

static LEDGER_PRINTF(2, 3) void sweep_complain(const struct sweep *sweep, const char *format, ...)
{
    faults_count++;
    printf("# %s, number %" PRIu64 ": ", sweep->mode == NULL ? "no fault" : sweep->mode->name, sweep->fail_at);
    va_list arguments;
    va_start(arguments, format);
    (void)vprintf(format, arguments);
    va_end(arguments);
    printf("\n");
}

static const char *word_of(const struct fault_ledger *seed, const char *word)
{
    return word[0] != '@'                     ? word
           : strcmp(word, "@reversible") == 0 ? seed->reversible_id
           : strcmp(word, "@large") == 0      ? seed->large_id
           : strcmp(word, "@approvable") == 0 ? seed->approvable_id
           : strcmp(word, "@redaction") == 0  ? seed->redaction_id
           : strcmp(word, "@incident") == 0   ? seed->incident_id
                                              : seed->deniable_id;
}

/* Runs a command line of ours, as the program itself would. */
static struct run run_words(const struct fault_ledger *seed, const char *const *words, bool wants_json)
{
    char *argv[WORDS_MAX + 3] = {(char *)"ledger-admin"};
    int argc = 1;
    for (size_t i = 0; words[i] != NULL; i++) {
        argv[argc++] = (char *)(uintptr_t)word_of(seed, words[i]);
    }
    if (wants_json) {
        argv[argc++] = (char *)"--json";
    }
    struct run run = {.exit_status = -1};
    size_t out_size = 0;
    size_t err_size = 0;
    FILE *in = fopen("/dev/null", "r");
    FILE *out = open_memstream(&run.out, &out_size);
    FILE *err = open_memstream(&run.err, &err_size);
    if (in == NULL || out == NULL || err == NULL) {
        fault_die("open streams", "memory ran out");
    }
    run.exit_status = ledger_admin_run(argc, argv, in, out, err);
    run.count = allocation_fault_end();
    (void)fclose(in);
    (void)fclose(out);
    (void)fclose(err);
    return run;
}

static void run_done(struct run *run)
{
    free(run->out);
    free(run->err);
}

/* Runs the sweep's command on what is there, with its fault; mode NULL: with none. */
static struct run sweep_run(const struct sweep *sweep, const struct mode *mode, uint64_t fail_at, bool wants_json)
{
    struct driver_fault_plan plan = {.fail_at = 0};
    if (mode != NULL && mode->kind != FAULT_OF_ALLOCATIONS) {
        plan = mode->plan;
        plan.fail_at = fail_at;
        driver_fault_install(&plan);
    } else if (mode != NULL) {
        allocation_fault_begin(fail_at, mode->plan.stays_down);
    }
    struct run run = run_words(sweep->seed, sweep->command->words, wants_json);
    run.count = mode != NULL && mode->kind == FAULT_OF_ALLOCATIONS ? run.count : plan.calls_count;
    driver_fault_install(NULL);
    return run;
}

/* Exactly one document, which names an error where there was one. */
static void sweep_check_json(const struct sweep *sweep, const struct run *run)
{
    json_error_t error;
    json_t *document = json_loads(run->out, JANSSON_FLAGS, &error);
    if (document == NULL) {
        sweep_complain(sweep, "exit status %d, no JSON document: %s: %.300s", run->exit_status, error.text, run->out);
        return;
    }
    json_t *message = json_object_get(document, "message");
    bool has_error = json_object_get(document, "error") != NULL && json_string_length(message) > 0;
    if ((run->exit_status != sweep->command->exit_status) && !has_error) {
        sweep_complain(sweep, "exit status %d, but the document names no error: %.300s", run->exit_status, run->out);
    }
    json_decref(document);
}

/* Whether the exit status is one that may be, and what the ledger then has to be: NULL for either. */
static bool sweep_allows(const struct sweep *sweep, int exit_status, const char **ret_expected)
{
    const struct driver_fault_plan *plan = &sweep->mode->plan;
    bool is_unknown_mode = plan->outcome == LEDGER_OUTCOME_IS_UNKNOWN;
    if (exit_status == sweep->command->exit_status) {
        *ret_expected = sweep->command->may_be_unrecorded ? NULL : sweep->after;
        return true;
    }
    if (sweep->command->has_steps && sweep->mode->kind != FAULT_OF_ALLOCATIONS) {
        *ret_expected = NULL;
        return exit_status == ledger_status_exit(plan->outcome) ||
               exit_status == ledger_status_exit(plan->outcome_after);
    }
    if (sweep->mode->kind == FAULT_OF_ALLOCATIONS) {
        *ret_expected = NULL; /* memory may run out while the result is told */
        return exit_status == ledger_status_exit(LEDGER_OUT_OF_MEMORY) ||
               exit_status == ledger_status_exit(LEDGER_OUTCOME_IS_UNKNOWN);
    }
    if (exit_status == ledger_status_exit(LEDGER_OUTCOME_IS_UNKNOWN)) {
        *ret_expected = plan->keeps_what_it_committed ? sweep->after : sweep->before;
        return is_unknown_mode && (plan->stays_down || sweep->command->creates);
    }
    *ret_expected = sweep->before;
    return !is_unknown_mode && exit_status == ledger_status_exit(plan->outcome);
}

/* Whether it was done. */
static bool sweep_judge(const struct sweep *sweep, const struct run *run, bool wants_json)
{
    const char *expected = NULL;
    char *now = fault_ledger_dump(sweep->seed);
    bool is_done = strcmp(now, sweep->after) == 0;
    bool is_undone = strcmp(now, sweep->before) == 0 || sweep->command->has_steps;
    if (!sweep_allows(sweep, run->exit_status, &expected)) {
        sweep_complain(sweep, "exit status %d: %.300s%.300s", run->exit_status, run->err, wants_json ? run->out : "");
    } else if ((expected != NULL && strcmp(now, expected) != 0) || (!is_done && !is_undone)) {
        sweep_complain(sweep, "exit status %d, but the ledger is %s: %.300s%.300s", run->exit_status,
                       is_done     ? "as after it"
                       : is_undone ? "as before it"
                                   : "something else",
                       run->err, wants_json ? run->out : "");
        if (!is_done && !is_undone) {
            fault_show_difference(now, sweep->after);
        }
    }
    if (wants_json) {
        sweep_check_json(sweep, run);
    } else if (run->exit_status != sweep->command->exit_status && run->err[0] == '\0') {
        sweep_complain(sweep, "exit status %d without a message", run->exit_status);
    }
    free(now);
    return is_done;
}

static void sweep_verify(const struct sweep *sweep)
{
    static const char *const words[] = {"verify", NULL};
    struct run run = run_words(sweep->seed, words, false);
    if (run.exit_status != 0) {
        sweep_complain(sweep, "verify then ends with %d: %s%s", run.exit_status, run.out, run.err);
    }
    run_done(&run);
}

static void sweep_place(const struct sweep *sweep)
{
    (void)remove(NEW_KEY_FILE);
    if (sweep->command->creates) {
        fault_ledger_remove(sweep->seed);
        fault_ledger_remove_checkpoints();
    } else {
        fault_ledger_copy(sweep->seed);
    }
}

static void sweep_try(struct sweep *sweep)
{
    bool wants_json = sweep->trials_count++ % 2 == 0;
    sweep_place(sweep);
    struct run run = sweep_run(sweep, sweep->mode, sweep->fail_at, wants_json);
    bool is_done = sweep_judge(sweep, &run, wants_json);
    run_done(&run);
    if (!is_done) {
        run = sweep_run(sweep, NULL, 0, false);
        if (sweep->command->has_steps && run.exit_status != sweep->command->exit_status) {
            /* Its file is there, but nobody knows it: another name would do. */
            run_done(&run);
            (void)remove(NEW_KEY_FILE);
            run = sweep_run(sweep, NULL, 0, false);
        }
        char *now = fault_ledger_dump(sweep->seed);
        if (run.exit_status != sweep->command->exit_status || strcmp(now, sweep->after) != 0) {
            sweep_complain(sweep, "tried again, it ends with %d: %s", run.exit_status, run.err);
            fault_show_difference(now, sweep->after);
        }
        free(now);
        run_done(&run);
    }
    sweep_verify(sweep);
}

/* Without a fault: how much there is to fail, and what it leaves. */
static uint64_t sweep_count(struct sweep *sweep, const struct mode *mode)
{
    free(sweep->before);
    free(sweep->after);
    sweep->mode = NULL;
    sweep->fail_at = 0;
    sweep_place(sweep);
    sweep->before = fault_ledger_dump(sweep->seed);
    struct run run = sweep_run(sweep, mode, 0, false);
    sweep->after = fault_ledger_dump(sweep->seed);
    if (run.exit_status != sweep->command->exit_status) {
        sweep_complain(sweep, "exit status %d: %s", run.exit_status, run.err);
    }
    run_done(&run);
    return run.count;
}

/* How far apart the trials of a default run are. */
static uint64_t sweep_stride(const struct mode *mode, uint64_t count)
{
    if (sweeps_all || mode->kind == FAULT_OF_COMMITS) {
        return 1;
    }
    uint64_t stride = mode->kind == FAULT_OF_CALLS ? CALLS_STRIDE : ALLOCATIONS_STRIDE;
    uint64_t trials_max = scratch_backend() == SCRATCH_SQLITE ? TRIALS_MAX : TRIALS_MAX_ON_SERVER;
    uint64_t stride_min = (count + trials_max - 1) / trials_max;
    return stride < stride_min ? stride_min : stride;
}

static void sweep_mode(struct sweep *sweep, const struct mode *mode, uint64_t count)
{
    uint64_t stride = sweep_stride(mode, count);
    sweep->mode = mode;
    for (uint64_t n = 1 + (sweep_seed + (uint64_t)(mode - modes)) % stride; n <= count; n += stride) {
        sweep->fail_at = n;
        sweep_try(sweep);
    }
}

static void sweep_command(const struct trial_command *command, const struct fault_ledger *seed)
{
    struct sweep sweep = {.command = command, .seed = seed};
    uint64_t count = 0;
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        faults_count = 0;
        if (i == 0 || modes[i].kind != modes[i - 1].kind) {
            count = sweep_count(&sweep, &modes[i]);
        }
        sweep_mode(&sweep, &modes[i], count);
        printf("%s %u -", faults_count == 0 ? "ok" : "not ok", ++tests_count);
        for (size_t w = 0; command->words[w] != NULL && w < 6; w++) {
            printf(" %s", command->words[w]);
        }
        printf(": %s\n", modes[i].name);
        (void)fflush(stdout);
    }
    free(sweep.before);
    free(sweep.after);
}

static void write_file(const char *name, const char *content)
{
    FILE *file = fopen(name, "w");
    if (file == NULL || fputs(content, file) < 0 || fclose(file) != 0) {
        fault_die(name, "cannot be written");
    }
}

static void make_files(const struct fault_ledger *seed)
{
    static const char *const words[] = {"report", "--type", "trial-balance", "--end-date", "2026-12-31",
                                        "--user", "ana",    "--output",      "saved.json", NULL};
    write_file("good.json", "[{\"account_code\": \"1000\", \"entry_type\": \"DEBIT\", \"amount\": \"2.50\"},"
                            " {\"account_code\": \"4000\", \"entry_type\": \"CREDIT\", \"amount\": 2.5}]");
    write_file("bad.json", "[{\"account_code\": \"1000\", \"entry_type\": \"DEBIT\", \"amount\": \"2.50\"},"
                           " {\"account_code\": \"nowhere\", \"entry_type\": \"CREDIT\", \"amount\": 2.6}]");
    write_file("some.ndjson", "{\"business_event_type\": \"SALE\", \"description\": \"One\", \"entries\": ["
                              "{\"account_code\": \"1000\", \"entry_type\": \"DEBIT\", \"amount\": 3},"
                              " {\"account_code\": \"4000\", \"entry_type\": \"CREDIT\", \"amount\": 3}]}\n"
                              "{\"business_event_type\": \"SALE\", \"description\": \"Two\", \"entries\": ["
                              "{\"account_code\": \"1000\", \"entry_type\": \"DEBIT\", \"amount\": 3},"
                              " {\"account_code\": \"4000\", \"entry_type\": \"CREDIT\", \"amount\": 3}]}\n");
    static const char *const signing[] = {"checkpoint", "--output", ABANDONED_FILE, "--user", "ana", NULL};
    static const char *const proving[] = {"prove", "--transaction-id", "@reversible", "--output", EVIDENCE_FILE, NULL};
    fault_ledger_copy(seed);
    struct run run = run_words(seed, words, false);
    if (run.exit_status != 0) {
        fault_die("make a report", run.err);
    }
    run_done(&run);
    fault_ledger_copy(seed);
    run = run_words(seed, signing, false);
    if (run.exit_status != 0) {
        fault_die("make a checkpoint", run.err);
    }
    run_done(&run);
    run = run_words(seed, proving, false);
    if (run.exit_status != 0) {
        fault_die("make evidence", run.err);
    }
    run_done(&run);
}

static void check_table(void)
{
    for (const struct command *const *command = commands; *command != NULL; command++) {
        bool is_tried = false;
        for (size_t i = 0; i < sizeof trial_commands / sizeof trial_commands[0]; i++) {
            is_tried = is_tried || strcmp(trial_commands[i].name, (*command)->name) == 0;
        }
        printf("%s %u - %s is tried\n", is_tried ? "ok" : "not ok", ++tests_count, (*command)->name);
    }
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

int main(int argc, char **argv)
{
    const char *full = getenv("LEDGER_FAULT_FULL");
    const char *number = getenv("LEDGER_FAULT_SEED");
    sweeps_all = full != NULL && strcmp(full, "1") == 0;
    sweep_seed = number == NULL ? 0 : strtoull(number, NULL, 10);
    allocation_fault_init();
    if (setenv("CORRECTION_APPROVAL_THRESHOLD", "1000", 1) != 0 || setenv("DEFAULT_CURRENCY", "EUR", 1) != 0 ||
        setenv("DB_QUERY_TIMEOUT", "2", 1) != 0 || setenv("LEDGER_CHECKPOINT_DIR", FAULT_CHECKPOINTS, 1) != 0 ||
        setenv("LEDGER_CHECKPOINT_KEY_FILE", FAULT_KEY_FILE, 1) != 0 || unsetenv("LEDGER_DB_URI") != 0) {
        fault_die("setenv", "memory ran out");
    }
    struct fault_ledger seed;
    fault_ledger_init(&seed, 0);
    if (scratch_backend() == SCRATCH_MARIADB && setenv("LEDGER_DB_URI", seed.uri, 1) != 0) {
        fault_die("setenv", "memory ran out");
    }
    make_files(&seed);
    check_table();
    for (size_t i = 0; i < sizeof trial_commands / sizeof trial_commands[0]; i++) {
        if (is_chosen(trial_commands[i].name, argc, argv)) {
            sweep_command(&trial_commands[i], &seed);
        }
    }
    (void)remove("good.json");
    (void)remove("bad.json");
    (void)remove("some.ndjson");
    (void)remove("some.ndjson.rejects");
    (void)remove("saved.json");
    (void)remove("saved.csv");
    (void)remove(NEW_KEY_FILE);
    (void)remove(ABANDONED_FILE);
    (void)remove(EVIDENCE_FILE);
    (void)remove(EXPORT_FILE);
    (void)remove("GL_Detail.csv");
    (void)remove("Trial_Balance.csv");
    (void)remove("Chart_Of_Accounts.csv");
    fault_ledger_done(&seed);
    printf("1..%u\n", tests_count);
    return 0;
}
