/* verify: the checks of integrity/checks.def on one snapshot. See verify_state.h for how it is built. */
#include "base/text.h"
#include "engine/transactions.h"
#include "integrity/verify_state.h"

#define TRIALS_MAX INT64_C(4000000) /* hashes: about two seconds */

enum { SUMS_MAX = 16 };

static void verify_init(struct verify *verify, struct ledger_call *call, struct session *session,
                        const struct ledger_verify_options *options)
{
    verify->call = call;
    verify->session = session;
    verify->store = &session->store;
    verify->hasher = &session->hasher;
    verify->options = options;
    verify->is_of_one = !text_is_absent(options->transaction);
    verify->before_log_index = STORE_POSITION_MAX;
    verify->trials_left = TRIALS_MAX;
    verify->sums_left = SUMS_MAX;
    verify->amounts_are_proven = true;
    verify->last_event_us = INT64_MIN;
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

static void verify_done(struct verify *verify)
{
    totals_done(verify);
    arena_done(&verify->rows);
    arena_done(&verify->lists);
    call_done(&verify->scratch);
}

static ledger_status verify_run_all(struct verify *verify)
{
    LEDGER_TRY(verify_check_storage(verify));
    LEDGER_TRY(verify_check_schema(verify));
    LEDGER_TRY(verify_check_derived(verify));
    LEDGER_TRY(verify_load_head(verify));
    LEDGER_TRY(verify_load_accounts(verify));
    LEDGER_TRY(store_posting_day_list(verify->call, verify->store, &verify->posting_days, &verify->posting_days_count));
    LEDGER_TRY(totals_begin(verify));
    LEDGER_TRY(log_begin(verify));
    LEDGER_TRY(verify_check_strays(verify));
    LEDGER_TRY(verify_pass(verify));
    LEDGER_TRY(log_finish(verify));
    LEDGER_TRY(verify_finish_order(verify));
    LEDGER_TRY(verify_finish_facts(verify));
    LEDGER_TRY(verify_finish_lists(verify));
    LEDGER_TRY(verify_finish_head(verify));
    return totals_finish(verify);
}

/* What the one transaction has to follow: the posting before it. */
static ledger_status verify_take_previous(struct verify *verify, int64_t log_index)
{
    int64_t previous_index = 0;
    int64_t number = 0;
    int64_t posting_date_us = 0;
    LEDGER_TRY(store_transaction_previous(verify->call, verify->store, log_index, &verify->has_posting, &previous_index,
                                          &posting_date_us, &number));
    if (verify->has_posting) {
        verify->posting_day = time_to_utc_day(posting_date_us);
        verify->last_number = number;
        verify->last_event_us = posting_date_us;
    }
    return LEDGER_DONE;
}

static ledger_status verify_run_one(struct verify *verify)
{
    LEDGER_TRY(verify_load_head(verify));
    int64_t log_size = verify->has_head ? store_head_log_size(&verify->head) : STORE_POSITION_MAX;
    int64_t log_index = 0;
    LEDGER_TRY(transactions_find(verify->call, verify->session, verify->options->transaction, log_size, &log_index));
    verify->from_log_index = log_index;
    verify->before_log_index = log_index + 1;
    verify->zone_is_known = true;
    LEDGER_TRY(verify_load_accounts(verify));
    LEDGER_TRY(verify_take_previous(verify, log_index));
    LEDGER_TRY(log_begin(verify));
    LEDGER_TRY(verify_pass(verify));
    if (verify->has_head) {
        verify->log.root = merkle_frontier_root(&verify->head.frontier, verify->hasher->sha256);
    }
    return LEDGER_DONE;
}

static ledger_status verify_give_result(struct verify *verify, struct ledger_verify_result *ret_result)
{
    struct ledger_check_result *checks = NULL;
    size_t checks_count = 0;
    LEDGER_ALLOCATE(verify->call, checks, CHECKS_COUNT);
    for (size_t i = 0; i < CHECKS_COUNT; i++) {
        bool was_made = !verify->is_of_one || check_definitions[i].is_of_one || verify->checks[i].violations_count > 0;
        if (was_made) {
            checks[checks_count++] = verify->checks[i];
        }
    }
    *ret_result = (struct ledger_verify_result){
        .is_valid = verify->critical_count == 0,
        .transactions_checked = verify->transactions_checked,
        .violations_count = verify->violations_count,
        .checks = checks,
        .checks_count = checks_count,
        .violations = verify->violations,
        .violations_kept = verify->violations_kept,
        .compared_with = TEXT("nothing outside the database"),
        .log_size = verify->log.log_size,
    };
    sha256_format(&verify->log.root, ret_result->root_hash);
    return LEDGER_DONE;
}

static ledger_status verify_run(struct verify *verify, struct ledger_verify_result *ret_result)
{
    READ_UNIT(reading);
    LEDGER_TRY(store_begin(verify->call, verify->store, UNIT_READ));
    reading.store = verify->store;
    LEDGER_TRY(verify->is_of_one ? verify_run_one(verify) : verify_run_all(verify));
    const struct ledger_verify_options *options = verify->options;
    if (options->progress != NULL) {
        uint64_t total = (uint64_t)verify->log.log_size;
        options->progress(options->context, total, total);
    }
    return verify_give_result(verify, ret_result);
}

ledger_status ledger_verify(struct ledger_call *call, struct ledger *ledger,
                            const struct ledger_verify_options *options, struct ledger_verify_result *ret_result)
{
    return verify_within(call, ledger, options, TOTALS_SLOTS_MAX, ret_result);
}

ledger_status verify_within(struct ledger_call *call, struct ledger *ledger,
                            const struct ledger_verify_options *options, size_t totals_slots_max,
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
    verify->totals.slots_max = totals_slots_max;
    ledger_status status = verify_run(verify, ret_result);
    verify_done(verify);
    return status;
}
