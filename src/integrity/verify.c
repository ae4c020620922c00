/* verify: the checks of integrity/checks.def on one snapshot. See verify_state.h for how it is built. */
#include <stdatomic.h>

#include "base/text.h"
#include "engine/transactions.h"
#include "integrity/verify_outside.h"
#include "integrity/verify_resume.h"
#include "integrity/verify_team.h"

/* For a transaction alone; a range of the log has its own. */
#define TRIALS_MAX INT64_C(4000000) /* hashes: about two seconds */

void verify_init(struct verify *verify, struct ledger_call *call, struct session *session,
                 const struct ledger_verify_options *options)
{
    verify->call = call;
    verify->session = session;
    verify->store = &session->store;
    verify->hasher = &session->hasher;
    verify->options = options;
    verify->is_of_one = !text_is_absent(options->transaction);
    verify->from_log_index = options->since;
    verify->begin_log_index = options->since;
    verify->before_log_index = STORE_POSITION_MAX;
    verify->trials_left = TRIALS_MAX;
    verify->order.last_event_us = INT64_MIN;
    (void)pthread_mutex_init(&verify->totals.mutex, NULL);
    verify->totals.spill.file = SCRATCH_FILE_NONE;
    verify->epoch = 1;
    arena_init(&verify->rows);
    arena_init(&verify->lists);
    call_init(&verify->scratch);
    verify->scratch.timeout_ms = call->timeout_ms;
    for (size_t i = 0; i < CHECKS_COUNT; i++) {
        verify->checks[i].name = ledger_text_of(check_definitions[i].name);
        verify->checks[i].title = ledger_text_of(check_definitions[i].title);
    }
}

void verify_done(struct verify *verify)
{
    verify_outside_done(verify);
    totals_done(verify);
    (void)pthread_mutex_destroy(&verify->totals.mutex);
    arena_done(&verify->rows);
    arena_done(&verify->lists);
    call_done(&verify->scratch);
}

void verify_tell_progress(struct verify *verify)
{
    const struct ledger_verify_options *options = verify->options;
    if (options->progress == NULL || !verify->has_head) {
        return;
    }
    uint64_t total = (uint64_t)(verify->log.log_size - verify->from_log_index);
    uint64_t before = (uint64_t)(verify->begin_log_index - verify->from_log_index);
    uint64_t done = verify->events_done == NULL ? total : before + atomic_load(verify->events_done);
    options->progress(options->context, done < total ? done : total, total);
}

/* How far the rows and tiles of the log reach; where there is no head, that is its size. */
static ledger_status verify_find_end(struct verify *verify)
{
    int64_t tiles_end = 0;
    int64_t log_size = verify->has_head ? store_head_log_size(&verify->head) : STORE_POSITION_MAX;
    LEDGER_TRY(store_log_end(verify->call, verify->store, log_size, &verify->rows_end, &tiles_end));
    verify->log.log_size = verify->has_head ? log_size : verify->rows_end;
    verify->rows_end = tiles_end > verify->rows_end ? tiles_end : verify->rows_end;
    bool is_open_tile = verify->log.log_size - verify->rows_end < MERKLE_TILE_LEAVES; /* the head has its leaves */
    verify->rows_end =
        is_open_tile || verify->rows_end > verify->log.log_size ? verify->log.log_size : verify->rows_end;
    return LEDGER_DONE;
}

/* What all that follows has to know. */
static ledger_status verify_prepare(struct verify *verify)
{
    LEDGER_TRY(verify_load_head(verify));
    LEDGER_TRY(verify_find_end(verify));
    if (verify->from_log_index < 0 || verify->from_log_index > verify->log.log_size) {
        return ledger_fail(verify->call, LEDGER_LOG_POSITION_IS_INVALID,
                           "the log has %lld events: what stands from position %lld on cannot be verified",
                           (long long)verify->log.log_size, (long long)verify->from_log_index);
    }
    LEDGER_TRY(verify_load_accounts(verify));
    LEDGER_TRY(verify_load_redactions(verify));
    LEDGER_TRY(store_posting_day_list(verify->call, verify->store, &verify->posting_days, &verify->posting_days_count));
    LEDGER_TRY(verify_take_facts(verify));
    LEDGER_TRY(log_begin(verify));
    LEDGER_TRY(verify_outside_want(verify));
    if (verify->from_log_index > 0) {
        return LEDGER_DONE;
    }
    LEDGER_TRY(totals_begin(verify));
    LEDGER_TRY(resume_load(verify));
    return verify_begin_derived(verify);
}

/* Rows behind the end of the log; as only the head's own state of the database can tell. */
static ledger_status verify_pass_beyond(struct verify *verify)
{
    int64_t from = verify->from_log_index;
    verify->from_log_index = verify->log.log_size;
    verify->before_log_index = STORE_POSITION_MAX;
    ledger_status status = verify_pass(verify);
    verify->from_log_index = from;
    return status;
}

/* What is made of a whole log alone: the rest is of single positions, or of where the log ends. */
static bool verify_is_of_whole_log(enum verify_check check)
{
    return check == CHECK_STORAGE_IS_SOUND || check == CHECK_DERIVED_COLUMNS || check == CHECK_SETTINGS_FACTS ||
           check == CHECK_BALANCES || check == CHECK_MANUAL_ROWS || check == CHECK_HEAD_RULES;
}

/* The stages of a run from a position on. */
static ledger_status verify_run_since(struct verify *verify)
{
    LEDGER_TRY(verify_check_schema(verify));
    LEDGER_TRY(verify_prepare(verify));
    LEDGER_TRY(range_guess(verify, verify->from_log_index, &verify->order));
    LEDGER_TRY(log_take_stored(verify, verify->from_log_index));
    LEDGER_TRY(team_run(verify, verify->options->threads));
    LEDGER_TRY(log_finish(verify));
    LEDGER_TRY(verify_pass_beyond(verify));
    LEDGER_TRY(verify_finish_order(verify));
    LEDGER_TRY(verify_finish_lists(verify));
    LEDGER_TRY(verify_finish_head(verify));
    return verify_outside(verify);
}

/* The stages of a whole run, in the order in which they tell what they find. */
static ledger_status verify_run_all(struct verify *verify)
{
    ledger_status status = verify_prepare(verify);
    if (status == LEDGER_INPUT_IS_MALFORMED || status == LEDGER_FILE_IS_UNREADABLE) {
        return status; /* of the state file */
    }
    if (status != LEDGER_DONE) {
        LEDGER_TRY(verify_check_storage(verify)); /* it may say why */
        return status;
    }
    LEDGER_TRY(team_run(verify, verify->options->threads));
    LEDGER_TRY(log_finish(verify));
    LEDGER_TRY(verify_pass_beyond(verify));
    LEDGER_TRY(verify_finish_order(verify));
    LEDGER_TRY(verify_finish_derived(verify));
    LEDGER_TRY(verify_finish_facts(verify));
    LEDGER_TRY(verify_check_manual_rows(verify));
    LEDGER_TRY(verify_finish_lists(verify));
    LEDGER_TRY(verify_finish_head(verify));
    LEDGER_TRY(totals_finish(verify));
    LEDGER_TRY(verify_outside(verify));
    return resume_end(verify);
}

/* What the one transaction has to follow: the posting before it. */
static ledger_status verify_take_previous(struct verify *verify, int64_t log_index)
{
    int64_t previous_index = 0;
    int64_t number = 0;
    int64_t posting_date_us = 0;
    LEDGER_TRY(store_transaction_previous(verify->call, verify->store, log_index, &verify->order.has_posting,
                                          &previous_index, &posting_date_us, &number));
    if (verify->order.has_posting) {
        verify->order.posting_day = time_to_utc_day(posting_date_us);
        verify->order.last_number = number;
        verify->order.last_event_us = posting_date_us;
    }
    return LEDGER_DONE;
}

static ledger_status verify_run_one(struct verify *verify)
{
    LEDGER_TRY(verify_load_head(verify));
    int64_t log_index = 0;
    LEDGER_TRY(verify_find_end(verify));
    LEDGER_TRY(transactions_find(verify->call, verify->session, verify->options->transaction, verify->log.log_size,
                                 &log_index));
    verify->from_log_index = log_index;
    verify->rows_end = log_index + 1;
    verify->before_log_index = log_index + 1;
    verify->zone_is_known = true;
    LEDGER_TRY(verify_load_accounts(verify));
    LEDGER_TRY(verify_load_redactions(verify));
    LEDGER_TRY(verify_take_previous(verify, log_index));
    LEDGER_TRY(log_begin(verify));
    LEDGER_TRY(verify_pass(verify));
    if (verify->has_head) {
        verify->log.root = merkle_frontier_root(&verify->head.frontier, verify->hasher->sha256);
    }
    return LEDGER_DONE;
}

static bool verify_has_made(const struct verify *verify, enum verify_check check)
{
    bool is_meant = verify->is_of_one             ? check_definitions[check].is_of_one
                    : check == CHECK_TRUSTED_COPY ? !text_is_absent(verify->options->trusted_uri)
                    : verify->from_log_index == 0 ? true
                                                  : !verify_is_of_whole_log(check);
    return is_meant || verify->checks[check].violations_count > 0;
}

static ledger_status verify_give_result(struct verify *verify, struct ledger_verify_result *ret_result)
{
    struct ledger_check_result *checks = NULL;
    struct ledger_text *not_made = NULL;
    size_t checks_count = 0;
    size_t not_made_count = 0;
    LEDGER_ALLOCATE(verify->call, checks, CHECKS_COUNT);
    LEDGER_ALLOCATE(verify->call, not_made, CHECKS_COUNT);
    for (size_t i = 0; i < CHECKS_COUNT; i++) {
        if (verify_has_made(verify, (enum verify_check)i)) {
            checks[checks_count] = verify->checks[i];
            checks[checks_count++].checked_count += verify->sums.checked_counts[i];
        } else if (i != CHECK_TRUSTED_COPY) { /* which nobody asked for */
            not_made[not_made_count++] = verify->checks[i].name;
        }
    }
    int64_t elapsed_ms = monotonic_ms() - verify->begin_ms;
    *ret_result = (struct ledger_verify_result){
        .is_valid = verify->critical_count == 0,
        .transactions_checked = verify->sums.transactions_checked,
        .violations_count = verify->violations_count,
        .checks = checks,
        .checks_count = checks_count,
        .violations = verify->violations,
        .violations_kept = verify->violations_kept,
        .proven_log_size = verify->outside == NULL ? 0 : verify->outside->windows.holds_by_brought_key.log_size,
        .log_size = verify->log.log_size,
        .since = verify->is_of_one ? 0 : verify->from_log_index,
        .checks_not_made = not_made,
        .checks_not_made_count = not_made_count,
        .resumed_from = verify->resumed_us == 0 ? 0 : verify->begin_log_index,
        .resumed_us = verify->resumed_us,
        .elapsed_ms = elapsed_ms,
        .transactions_per_second =
            verify->sums.transactions_checked * 1000 / (elapsed_ms < 1 ? 1 : (uint64_t)elapsed_ms),
    };
    sha256_format(&verify->log.root, ret_result->root_hash);
    return verify_outside_describe(verify, &ret_result->compared_with, &ret_result->limits);
}

static ledger_status verify_run(struct verify *verify, struct ledger_verify_result *ret_result)
{
    READ_UNIT(reading);
    LEDGER_TRY(store_begin(verify->call, verify->store, UNIT_READ_THROUGH));
    reading.store = verify->store;
    LEDGER_TRY(verify->is_of_one             ? verify_run_one(verify)
               : verify->from_log_index == 0 ? verify_run_all(verify)
                                             : verify_run_since(verify));
    verify_tell_progress(verify);
    return verify_give_result(verify, ret_result);
}

ledger_status ledger_verify(struct ledger_call *call, struct ledger *ledger,
                            const struct ledger_verify_options *options, struct ledger_verify_result *ret_result)
{
    static const struct verify_limits limits = {.totals_slots_max = TOTALS_SLOTS_MAX,
                                                .state_every_ms = RESUME_EVERY_MS};
    return verify_within(call, ledger, options, &limits, ret_result);
}

ledger_status verify_within(struct ledger_call *call, struct ledger *ledger,
                            const struct ledger_verify_options *options, const struct verify_limits *limits,
                            struct ledger_verify_result *ret_result)
{
    SESSION_TAKE(call, ledger, session);
    if (options->struct_size != sizeof *options) {
        return ledger_fail(call, LEDGER_VERSION_IS_UNSUPPORTED,
                           "ledger_verify_options has %zu bytes, this library knows %zu: build against its headers",
                           options->struct_size, sizeof *options);
    }
    struct verify *verify = NULL;
    LEDGER_ALLOCATE(call, verify, 1);
    verify_init(verify, call, session, options);
    verify->begin_ms = monotonic_ms();
    verify->totals.slots_max = limits->totals_slots_max;
    verify->state_every_ms = limits->state_every_ms;
    verify->tasks_ahead_max = limits->tasks_ahead_max;
    ledger_status status = verify_outside_begin(verify);
    status = status == LEDGER_DONE ? verify_run(verify, ret_result) : status;
    verify_done(verify);
    return status;
}
