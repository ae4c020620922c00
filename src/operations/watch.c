/* Watching: rounds of the caller's thread look at what goes on; the whole is verified in a thread of its own, held back
 * to its rate.
 *
 * I1 Callbacks, events and checkpoints happen in the caller's thread alone.
 * I2 A violation is told once. What is no longer found by a verification of the whole is forgotten, and told again
 * where it returns. I3 Whatever a round meets, the next one comes: only what no time can mend ends the watch. */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "base/time.h"
#include "engine/write_unit.h"
#include "integrity/log_tree.h"
#include "operations/findings.h"

enum {
    WATCH_TICK_MS = 200, /* how often a thread at work is looked after */
    WATCH_PAUSE_MS_FIRST = 1000,
    WATCH_PAUSE_MS_MAX = 60000,
    WHOLE_SLEEP_MS_MAX = 50,
};

/* A verification of the whole, in its thread. */
struct whole_run {
    pthread_t thread;
    struct ledger *ledger;
    struct ledger_call call;
    struct ledger_verify_result result;
    ledger_status status;
    uint32_t rate_max_tx_per_s;
    int64_t begin_ms;
    bool is_running;
    atomic_bool is_over;
    atomic_bool is_unbound; /* the rate holds no more: something was found, or the watch ends */
};

struct watch {
    struct ledger_call call; /* of one round */
    struct ledger *ledger;
    const struct ledger_watch_options *options;
    struct whole_run whole;
    struct known_findings known;
    bool knows;         /* what was found before */
    bool is_unrecorded; /* something CRITICAL is not in the log yet */
    int64_t next_whole_ms;
    int64_t increment_from;  /* what was added from here on is looked at next: the log is as it was before … */
    char increment_root[65]; /* … by this root; "" before the first look */
    int64_t lost_since_ms;   /* 0: the database is there */
    int64_t pause_ms;
    uint64_t told_hash; /* of the last complaint about checkpoints */
    struct ledger_watch_result result;
};

static void sleep_ms(int64_t duration_ms)
{
    struct timespec pause = {.tv_sec = duration_ms / 1000, .tv_nsec = duration_ms % 1000 * 1000000};
    (void)nanosleep(&pause, NULL);
}

/* Holds the verification back: so many transactions take so long. */
static void whole_progress(void *context, uint64_t done, uint64_t total)
{
    struct whole_run *whole = context;
    (void)total;
    while (whole->rate_max_tx_per_s > 0 && !atomic_load(&whole->is_unbound)) {
        int64_t due_ms = whole->begin_ms + (int64_t)(done * 1000 / whole->rate_max_tx_per_s);
        int64_t left_ms = due_ms - monotonic_ms();
        if (left_ms <= 0) {
            return;
        }
        sleep_ms(left_ms < WHOLE_SLEEP_MS_MAX ? left_ms : WHOLE_SLEEP_MS_MAX);
    }
}

static void whole_found(void *context, const struct ledger_violation *violation)
{
    struct whole_run *whole = context;
    if (violation->is_critical) {
        atomic_store(&whole->is_unbound, true);
    }
}

static void *whole_main(void *context)
{
    struct whole_run *whole = context;
    struct ledger_verify_options options = {.struct_size = sizeof options,
                                            .progress = whole_progress,
                                            .found = whole_found,
                                            .context = whole,
                                            .threads = 1};
    whole->status = ledger_verify(&whole->call, whole->ledger, &options, &whole->result);
    atomic_store(&whole->is_over, true);
    return NULL;
}

static ledger_status whole_begin(struct watch *watch)
{
    struct whole_run *whole = &watch->whole;
    whole->ledger = watch->ledger;
    whole->rate_max_tx_per_s = watch->options->rate_max_tx_per_s;
    whole->begin_ms = monotonic_ms();
    atomic_store(&whole->is_over, false);
    atomic_store(&whole->is_unbound, false);
    ledger_call_reset(&whole->call);
    if (pthread_create(&whole->thread, NULL, whole_main, whole) != 0) {
        return ledger_fail(&watch->call, LEDGER_OUT_OF_MEMORY, "no thread can be started");
    }
    whole->is_running = true;
    watch->next_whole_ms = whole->begin_ms + (int64_t)watch->options->full_every_s * 1000;
    return LEDGER_DONE;
}

static void whole_join(struct watch *watch)
{
    if (watch->whole.is_running) {
        atomic_store(&watch->whole.is_unbound, true);
        (void)pthread_join(watch->whole.thread, NULL);
        watch->whole.is_running = false;
    }
}

static void watch_tell(const struct watch *watch, struct ledger_text line)
{
    if (watch->options->told != NULL) {
        watch->options->told(watch->options->context, line);
    }
}

/* I2. Of what was found, what was not told yet; `now_known` are the findings of this verification. */
static ledger_status finding_keep_new(struct watch *watch, const struct ledger_verify_result *result,
                                      struct known_findings *now_known, struct ledger_finding *finding)
{
    struct ledger_violation *fresh = NULL;
    LEDGER_ALLOCATE(&watch->call, fresh, result->violations_kept);
    finding->violations = fresh;
    finding->violations_kept = 0;
    for (size_t i = 0; i < result->violations_kept; i++) {
        uint64_t fingerprint = finding_fingerprint(&result->violations[i]);
        bool is_repeated = now_known != NULL && known_findings_add(now_known, fingerprint);
        if (!known_findings_add(&watch->known, fingerprint) && !is_repeated) {
            fresh[finding->violations_kept++] = result->violations[i];
        }
    }
    return LEDGER_DONE;
}

/* What could not be recorded (the guards may be gone) is found again soon, so that it is. */
static ledger_status watch_record(struct watch *watch, const struct ledger_verify_result *result, const char *scope,
                                  struct ledger_finding *finding)
{
    LEDGER_TRY(
        finding_record(&watch->call, watch->ledger, result, scope, watch->options->freeze_on_violation, finding));
    watch->is_unrecorded = finding->critical_count > 0 && !finding->is_recorded;
    if (watch->is_unrecorded) {
        watch->next_whole_ms = monotonic_ms() + WATCH_PAUSE_MS_MAX;
    }
    return LEDGER_DONE;
}

/* What is new is recorded and told. Without anything CRITICAL the whole is recorded as passed. */
static ledger_status watch_take_result(struct watch *watch, const struct ledger_verify_result *result,
                                       struct known_findings *now_known, const char *scope)
{
    struct ledger_finding finding = finding_of(result);
    struct ledger_finding fresh = finding;
    LEDGER_TRY(finding_keep_new(watch, result, now_known, &fresh));
    bool is_new = fresh.violations_kept > 0;
    bool has_passed = finding.critical_count == 0 && now_known != NULL;
    if (has_passed || (finding.critical_count > 0 && (is_new || watch->is_unrecorded))) {
        struct ledger_finding *recorded = watch->is_unrecorded ? &finding : &fresh;
        LEDGER_TRY(watch_record(watch, result, scope, recorded));
        fresh.is_recorded = recorded->is_recorded;
        fresh.log_index = recorded->log_index;
        fresh.is_frozen = recorded->is_frozen;
        fresh.trouble = recorded->trouble;
    }
    if (is_new && watch->options->found != NULL) {
        watch->options->found(watch->options->context, &fresh);
    } else if (has_passed && !text_is_absent(fresh.trouble)) {
        watch_tell(watch, fresh.trouble);
    }
    watch->result.findings_count += is_new;
    return LEDGER_DONE;
}

static ledger_status watch_take_whole_result(struct watch *watch)
{
    struct known_findings now_known;
    watch->result.is_valid = watch->whole.result.is_valid;
    LEDGER_TRY(known_findings_init(&watch->call, &now_known));
    ledger_status status = watch_take_result(watch, &watch->whole.result, &now_known, "WHOLE");
    if (status != LEDGER_DONE) {
        known_findings_done(&now_known);
        return status;
    }
    known_findings_done(&watch->known);
    watch->known = now_known;
    watch->result.verifications_count++;
    return LEDGER_DONE;
}

/* What is no finding of verify's: the database cannot be read as one, or the log was changed behind us. */
static ledger_status watch_take_fault(struct watch *watch, const char *check_name, int64_t log_size,
                                      struct ledger_text message)
{
    struct ledger_violation violation = {
        .check = ledger_text_of(check_name), .is_critical = true, .computed = message, .detail = message};
    struct ledger_check_result check = {.name = violation.check, .violations_count = 1};
    struct ledger_verify_result result = {
        .violations_count = 1,
        .checks = &check,
        .checks_count = 1,
        .violations = &violation,
        .violations_kept = 1,
        .compared_with = TEXT("what was verified before"),
        .log_size = log_size,
    };
    watch->result.is_valid = false;
    return watch_take_result(watch, &result, NULL, "INCREMENT");
}

/* The thread is over: what it came to. */
static ledger_status watch_take_whole(struct watch *watch)
{
    struct whole_run *whole = &watch->whole;
    if (!whole->is_running || !atomic_load(&whole->is_over)) {
        return LEDGER_DONE;
    }
    whole_join(watch);
    if (whole->status == LEDGER_DONE) {
        return watch_take_whole_result(watch);
    }
    struct ledger_text message = ledger_text_of(ledger_call_message(&whole->call));
    watch->next_whole_ms = monotonic_ms() + watch->pause_ms;
    if (whole->status == LEDGER_DATABASE_IS_DAMAGED) {
        watch->next_whole_ms = monotonic_ms() + WATCH_PAUSE_MS_MAX;
        return watch_take_fault(watch, "storage-is-sound", 0, message);
    }
    return ledger_fail(&watch->call, whole->status, "%.*s", TEXT_ARGUMENTS(message));
}

/* The log now: its size, its root, and the root that it gives to what was looked at before. */
struct log_look {
    int64_t log_size;
    char root[65];
    char old_root[65]; /* "" where the log is shorter now */
};

static ledger_status look_read(struct watch *watch, struct session *session, const struct store_head *head,
                               struct log_look *ret_look)
{
    struct sha256_hash root = merkle_frontier_root(&head->frontier, session->hasher.sha256);
    struct log_look look = {.log_size = store_head_log_size(head)};
    sha256_format(&root, look.root);
    if (watch->increment_from <= look.log_size) {
        struct log_tree *tree = NULL;
        LEDGER_TRY(log_tree_new(&watch->call, &session->store, head, session->hasher.sha256, &tree));
        struct merkle_nodes nodes = log_tree_nodes(tree);
        LEDGER_TRY(merkle_root_of(&watch->call, &nodes, (uint64_t)watch->increment_from, &root));
        sha256_format(&root, look.old_root);
    }
    *ret_look = look;
    return LEDGER_DONE;
}

static ledger_status watch_look(struct watch *watch, struct log_look *ret_look)
{
    SESSION_TAKE(&watch->call, watch->ledger, session);
    READ_UNIT(reading);
    struct store_head head;
    LEDGER_TRY(read_unit_begin(&watch->call, session, &reading, &head));
    return look_read(watch, session, &head, ret_look);
}

static void watch_remember(struct watch *watch, int64_t log_size, const char root[65])
{
    watch->increment_from = log_size;
    memcpy(watch->increment_root, root, sizeof watch->increment_root);
}

/* What was looked at before is not what is there now: somebody wrote past the ledger, or it was restored. */
static ledger_status watch_take_break(struct watch *watch, const struct log_look *look)
{
    struct ledger_text message;
    LEDGER_TRY(ledger_call_format(
        &watch->call, &message,
        "the log is no continuation of what was verified before: its first %lld events had the root %s and now have %s",
        (long long)watch->increment_from, watch->increment_root,
        look->old_root[0] == '\0' ? "none, since it is shorter" : look->old_root));
    watch_remember(watch, look->log_size, look->root);
    watch->next_whole_ms = monotonic_ms();
    return watch_take_fault(watch, "log-root", look->log_size, message);
}

/* What was added since the last look, and that nothing before it was changed. */
static ledger_status watch_verify_increment(struct watch *watch)
{
    struct log_look look;
    struct ledger_verify_result result;
    ledger_status status = watch_look(watch, &look);
    if (status == LEDGER_DATABASE_IS_DAMAGED) {
        struct ledger_text message;
        LEDGER_TRY(ledger_call_copy_text(&watch->call, ledger_text_of(ledger_call_message(&watch->call)), &message));
        return watch_take_fault(watch, "storage-is-sound", 0, message);
    }
    LEDGER_TRY(status);
    if (watch->increment_root[0] == '\0') {
        watch_remember(watch, look.log_size, look.root);
        return LEDGER_DONE;
    }
    if (strcmp(look.old_root, watch->increment_root) != 0) {
        return watch_take_break(watch, &look);
    }
    if (look.log_size == watch->increment_from) {
        return LEDGER_DONE;
    }
    struct ledger_verify_options options = {
        .struct_size = sizeof options, .since = watch->increment_from, .threads = 1};
    LEDGER_TRY(ledger_verify(&watch->call, watch->ledger, &options, &result));
    watch_remember(watch, result.log_size, result.root_hash);
    watch->result.increments_count++;
    return watch_take_result(watch, &result, NULL, "INCREMENT");
}

/* The ledger is frozen and the log has the event already: what is left is to tell somebody, once. */
static ledger_status watch_take_inconsistency(struct watch *watch)
{
    struct ledger_text message;
    LEDGER_TRY(ledger_call_copy_text(&watch->call, ledger_text_of(ledger_call_message(&watch->call)), &message));
    struct ledger_violation violation = {
        .check = TEXT("log-root"), .is_critical = true, .computed = message, .detail = message};
    struct ledger_finding finding = {.violations = &violation,
                                     .violations_kept = 1,
                                     .violations_count = 1,
                                     .critical_count = 1,
                                     .is_recorded = true,
                                     .is_frozen = true};
    if (!known_findings_add(&watch->known, finding_fingerprint(&violation))) {
        watch->result.findings_count++;
        if (watch->options->found != NULL) {
            watch->options->found(watch->options->context, &finding);
        }
    }
    return LEDGER_DONE;
}

static ledger_status watch_make_checkpoint(struct watch *watch)
{
    struct ledger_checkpoint checkpoint;
    bool is_made = false;
    if (watch->options->checkpoints == NULL) {
        return LEDGER_DONE;
    }
    ledger_status status =
        ledger_checkpoint_when_due(&watch->call, watch->ledger, watch->options->checkpoints, &is_made, &checkpoint);
    watch->result.checkpoints_count += status == LEDGER_DONE && is_made;
    if (status == LEDGER_LOG_IS_INCONSISTENT) {
        return watch_take_inconsistency(watch);
    }
    if (status == LEDGER_DONE || ledger_status_exit(status) == 4 || status == LEDGER_OUT_OF_MEMORY) {
        return status;
    }
    struct ledger_text message = ledger_text_of(ledger_call_message(&watch->call));
    if (text_hash(message) != watch->told_hash) {
        watch->told_hash = text_hash(message);
        watch_tell(watch, message);
    }
    return LEDGER_DONE;
}

/* What happened since the last look. */
static ledger_status watch_round(struct watch *watch)
{
    if (!watch->knows) {
        LEDGER_TRY(known_findings_load(&watch->call, watch->ledger, &watch->known));
        watch->knows = true;
    }
    LEDGER_TRY(watch_take_whole(watch));
    if (!watch->whole.is_running && monotonic_ms() >= watch->next_whole_ms) {
        LEDGER_TRY(whole_begin(watch));
    }
    if (watch->options->only_once) {
        return LEDGER_DONE;
    }
    LEDGER_TRY(watch_verify_increment(watch));
    return watch_make_checkpoint(watch);
}

/* I3. What passes by itself: the database is gone, busy, full, or was not sure. */
static bool watch_can_go_on(ledger_status status)
{
    return ledger_status_exit(status) == 4 || status == LEDGER_OUTCOME_IS_UNKNOWN;
}

static void watch_lose(struct watch *watch, ledger_status status)
{
    struct ledger_text line;
    bool is_first = watch->lost_since_ms == 0;
    watch->pause_ms = is_first ? WATCH_PAUSE_MS_FIRST : watch->pause_ms * 2;
    watch->pause_ms = watch->pause_ms > WATCH_PAUSE_MS_MAX ? WATCH_PAUSE_MS_MAX : watch->pause_ms;
    if (!is_first) {
        return;
    }
    watch->lost_since_ms = monotonic_ms();
    if (ledger_call_format(&watch->call, &line, "%s (%s): trying again until it goes on",
                           ledger_call_message(&watch->call), ledger_status_name(status)) == LEDGER_DONE) {
        watch_tell(watch, line);
    }
}

static void watch_regain(struct watch *watch)
{
    struct ledger_text line;
    if (watch->lost_since_ms == 0) {
        return;
    }
    int64_t lost_ms = monotonic_ms() - watch->lost_since_ms;
    watch->lost_since_ms = 0;
    watch->pause_ms = WATCH_PAUSE_MS_FIRST;
    if (ledger_call_format(&watch->call, &line, "the database is back after %lld s", (long long)(lost_ms / 1000)) ==
        LEDGER_DONE) {
        watch_tell(watch, line);
    }
}

/* How long until somebody has to look. */
static int64_t watch_pause_ms(const struct watch *watch)
{
    if (watch->lost_since_ms != 0) {
        return watch->pause_ms;
    }
    int64_t interval_ms = (int64_t)watch->options->interval_s * 1000;
    return watch->whole.is_running && interval_ms > WATCH_TICK_MS ? WATCH_TICK_MS : interval_ms;
}

static ledger_status watch_run(struct watch *watch)
{
    for (;;) {
        ledger_call_reset(&watch->call);
        ledger_status status = watch_round(watch);
        bool is_lost = watch_can_go_on(status) && !watch->options->only_once;
        if (status != LEDGER_DONE && !is_lost) {
            return status;
        }
        if (is_lost) {
            watch_lose(watch, status);
        } else {
            watch_regain(watch);
        }
        bool is_done = watch->options->only_once && watch->result.verifications_count > 0;
        if (is_done || watch->options->wait(watch->options->context, watch_pause_ms(watch))) {
            return LEDGER_DONE;
        }
    }
}

static ledger_status watch_init(struct ledger_call *call, struct watch *watch)
{
    struct ledger_call *const calls[] = {&watch->call, &watch->whole.call};
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        call_init(calls[i]);
        calls[i]->timeout_ms = call->timeout_ms;
        calls[i]->now_us = call->now_us;
        calls[i]->now_context = call->now_context;
        if (ledger_call_set_actor(calls[i], &call->actor) != LEDGER_DONE) {
            return ledger_fail_out_of_memory(call);
        }
    }
    watch->pause_ms = WATCH_PAUSE_MS_FIRST;
    watch->next_whole_ms = monotonic_ms();
    return known_findings_init(call, &watch->known);
}

static void watch_done(struct watch *watch)
{
    whole_join(watch);
    known_findings_done(&watch->known);
    call_done(&watch->call);
    call_done(&watch->whole.call);
}

ledger_status ledger_watch(struct ledger_call *call, struct ledger *ledger, const struct ledger_watch_options *options,
                           struct ledger_watch_result *ret_result)
{
    struct watch *watch = NULL;
    if (options->struct_size != sizeof *options) {
        return ledger_fail(call, LEDGER_VERSION_IS_UNSUPPORTED,
                           "ledger_watch_options has %zu bytes, this library knows %zu: build against its headers",
                           options->struct_size, sizeof *options);
    }
    if (options->interval_s == 0 || options->full_every_s == 0) {
        return ledger_fail(call, LEDGER_USAGE_IS_WRONG,
                           "the interval and the time between two verifications of the whole "
                           "are 1 second at least");
    }
    if (ledger->pool.size + ledger->pool.overflow_max < 2) {
        return ledger_fail(call, LEDGER_USAGE_IS_WRONG, "watching needs two connections: DB_POOL_SIZE is 2 or more");
    }
    LEDGER_TRY(write_unit_check_actor(call));
    LEDGER_ALLOCATE(call, watch, 1);
    watch->ledger = ledger;
    watch->options = options;
    ledger_status status = watch_init(call, watch);
    if (status == LEDGER_DONE) {
        status = watch_run(watch);
        if (status != LEDGER_DONE) {
            status = ledger_fail(call, status, "%s", ledger_call_message(&watch->call));
        }
    }
    *ret_result = watch->result;
    watch_done(watch);
    return status;
}
