/* Asks the ledger for everything that it can be asked for, and holds the answers against the model. */
#include "model/compare.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>

#include "ledger/audit.h"
#include "ledger/verify.h"
#include "model/compare_report.h"

void run_fail(struct run *run, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)printf("not ok - ");
    (void)vprintf(format, arguments);
    va_end(arguments);
    (void)printf("\n# after %" PRIu64 " operations; the ledger said: %s\n", run->operations_done,
                 ledger_call_message(run->call));
    (void)printf("# again: random_operations %" PRIu64 "; its ledger: %.*s\n1..1\n", run->seed,
                 (int)run->options.uri.size, run->options.uri.data);
    exit(1);
}

struct ledger *run_ledger(struct run *run)
{
    return run->handles[random_below(&run->generator, RUN_HANDLES)];
}

static void run_must(struct run *run, ledger_status status, const char *what)
{
    if (status != LEDGER_DONE) {
        run_fail(run, "%s: %s", what, ledger_status_name(status));
    }
}

static bool text_is(struct ledger_text text, const char *string)
{
    return string == NULL
               ? text.data == NULL
               : text.data != NULL && text.size == strlen(string) && memcmp(text.data, string, text.size) == 0;
}

/* Of every account, or of some: all accounts of an old position are in its trial balance. */
static void compare_balances(struct run *run, const struct ledger_balance_query *query, unsigned per_thousand)
{
    struct ledger_balance expected[MODEL_ACCOUNTS_MAX];
    model_totals(&run->model, query, expected);
    for (size_t i = 0; i < run->model.accounts_count; i++) {
        if (!random_chance(&run->generator, per_thousand)) {
            continue;
        }
        struct ledger_account account;
        struct ledger_balance balance;
        const struct model_account *model_account = &run->model.accounts[i];
        ledger_call_reset(run->call);
        run_must(run,
                 ledger_balance_get(run->call, run_ledger(run), ledger_text_of(model_account->account_code), query,
                                    &account, &balance),
                 "balance");
        int64_t debits_less_credits = expected[i].debit_total_minor - expected[i].credit_total_minor;
        bool is_debit = model_account->account_type == LEDGER_ASSET || model_account->account_type == LEDGER_EXPENSE;
        if (balance.account_id != expected[i].account_id ||
            balance.debit_total_minor != expected[i].debit_total_minor ||
            balance.credit_total_minor != expected[i].credit_total_minor ||
            balance.entry_count != expected[i].entry_count ||
            ledger_balance_of(&balance, account.account_type) !=
                (is_debit ? debits_less_credits : -debits_less_credits)) {
            run_fail(run,
                     "balance of %s at position %" PRId64 " up to day %d: %" PRId64 " %" PRId64 " (%" PRId64
                     "), not %" PRId64 " %" PRId64 " (%" PRId64 ")",
                     model_account->account_code, query->log_position, query->has_as_of_day ? query->as_of_day : -1,
                     balance.debit_total_minor, balance.credit_total_minor, balance.entry_count,
                     expected[i].debit_total_minor, expected[i].credit_total_minor, expected[i].entry_count);
        }
        run->balances_compared++;
    }
}

static int32_t random_day(struct run *run)
{
    int32_t today = model_day_of(run->now_us, run->model.settings.zone_offset_us);
    return today + 5 - (int32_t)random_below(&run->generator, random_chance(&run->generator, 500) ? 40 : 1200);
}

static void compare_at_position(struct run *run, int64_t log_position, unsigned per_thousand)
{
    struct ledger_balance_query query = {.log_position = log_position};
    compare_balances(run, &query, per_thousand);
    query.has_as_of_day = true;
    query.as_of_day = random_day(run);
    compare_balances(run, &query, per_thousand);
}

static void compare_accounts(struct run *run)
{
    const struct ledger_account *accounts = NULL;
    size_t count = 0;
    ledger_call_reset(run->call);
    run_must(run, ledger_account_list(run->call, run_ledger(run), &accounts, &count), "accounts");
    if (count != run->model.accounts_count) {
        run_fail(run, "%zu accounts, not %zu", count, run->model.accounts_count);
    }
    for (size_t i = 0; i < count; i++) {
        size_t place = model_find_account(&run->model, accounts[i].account_code);
        const struct model_account *account = place == MODEL_NONE ? NULL : &run->model.accounts[place];
        if (account == NULL || accounts[i].account_id != (int64_t)place + 1 ||
            accounts[i].is_active != account->is_active || accounts[i].version != account->version ||
            accounts[i].account_type != account->account_type || accounts[i].account_role != account->account_role ||
            !text_is(accounts[i].currency, account->currency) ||
            !text_is(accounts[i].account_name, account->account_name) ||
            accounts[i].parent_account_id != (account->parent == MODEL_NONE ? 0 : (int64_t)account->parent + 1)) {
            run_fail(run, "account %.*s is not as it must be", (int)accounts[i].account_code.size,
                     accounts[i].account_code.data);
        }
    }
}

static void compare_periods(struct run *run)
{
    const struct ledger_period *closed = NULL;
    size_t count = 0;
    ledger_call_reset(run->call);
    run_must(run, ledger_period_list_closed(run->call, run_ledger(run), &closed, &count), "closed periods");
    int32_t today = model_day_of(run->now_us, 0);
    for (int32_t day = today - 1500; day < today + 100; day++) {
        bool is_closed = false;
        for (size_t i = 0; i < count; i++) {
            is_closed = is_closed || (closed[i].start_day <= day && day < closed[i].end_day);
        }
        if (is_closed != model_day_is_closed(&run->model, day)) {
            run_fail(run, "day %d is %s", day, is_closed ? "closed" : "open");
        }
    }
}

static void compare_approvals(struct run *run)
{
    const struct ledger_approval *approvals = NULL;
    size_t count = 0;
    ledger_call_reset(run->call);
    run_must(run, ledger_approval_list(run->call, run_ledger(run), false, &approvals, &count), "approvals");
    if (count != run->model.approvals_count) {
        run_fail(run, "%zu approvals, not %zu", count, run->model.approvals_count);
    }
    for (size_t i = 0; i < count; i++) {
        const struct model_approval *approval = &run->model.approvals[i];
        if (strcmp(approvals[i].request_id, approval->request_id) != 0 || approvals[i].state != approval->state ||
            !text_is(approvals[i].requested_by, approval->user) || !text_is(approvals[i].reason, approval->reason)) {
            run_fail(run, "approval %zu is not as it must be", i);
        }
    }
}

static void id_write(const uint8_t id[16], char out[LEDGER_ID_TEXT_SIZE])
{
    size_t at = 0;
    for (size_t i = 0; i < 16; i++) {
        at += (size_t)snprintf(out + at, LEDGER_ID_TEXT_SIZE - at,
                               i == 4 || i == 6 || i == 8 || i == 10 ? "-%02x" : "%02x", id[i]);
    }
}

static bool link_is(const struct run *run, bool is_there, int64_t log_index, const uint8_t id[16], size_t expected)
{
    char id_text[LEDGER_ID_TEXT_SIZE];
    if (expected == MODEL_NONE) {
        return !is_there;
    }
    id_write(id, id_text);
    return is_there && log_index == run->model.transactions[expected].log_index &&
           strcmp(id_text, run->model.transactions[expected].transaction_id) == 0;
}

static bool entries_are(const struct run *run, const struct ledger_transaction_record *record,
                        const struct model_transaction *transaction)
{
    for (size_t i = 0; i < transaction->entries_count; i++) {
        const struct model_entry *expected = &run->model.entries[transaction->first_entry + i];
        const struct ledger_entry_record *entry = &record->entries[i];
        if (entry->entry_number != i + 1 || entry->account_id != (int64_t)expected->account + 1 ||
            entry->entry_type != expected->entry_type || entry->amount_minor != expected->amount_minor ||
            !text_is(entry->account_code, run->model.accounts[expected->account].account_code) ||
            !text_is(entry->currency, run->model.accounts[expected->account].currency) ||
            !text_is(entry->memo, expected->memo) || !text_is(entry->cost_center, expected->cost_center)) {
            return false;
        }
    }
    return true;
}

/* A transaction by its id or number, every field of it. */
static void compare_transaction(struct run *run, size_t place)
{
    const struct model_transaction *transaction = &run->model.transactions[place];
    struct ledger_transaction_record record;
    char id[LEDGER_ID_TEXT_SIZE];
    bool by_id = random_chance(&run->generator, 500);
    ledger_call_reset(run->call);
    run_must(run,
             ledger_transaction_get(
                 run->call, run_ledger(run),
                 ledger_text_of(by_id ? transaction->transaction_id : transaction->transaction_number), &record),
             "transaction");
    id_write(record.transaction_id, id);
    if (strcmp(id, transaction->transaction_id) != 0 || record.log_index != transaction->log_index ||
        record.number_in_day != transaction->number_in_day || record.posting_date_us != transaction->posting_date_us ||
        record.transaction_date_us != transaction->transaction_date_us ||
        record.transaction_day != transaction->transaction_day ||
        !text_is(record.business_event_type, transaction->business_event_type) ||
        !text_is(record.business_key, transaction->business_key) ||
        !text_is(record.description, transaction->description) ||
        !text_is(record.reversal_reason, transaction->reversal_reason) ||
        !text_is(record.idempotency_key, transaction->idempotency_key) ||
        !text_is(record.source_system, transaction->source_system) ||
        !text_is(record.created_by, transaction->created_by) ||
        !link_is(run, record.is_reversal, record.reverses_log_index, record.reverses_transaction_id,
                 transaction->reverses) ||
        !link_is(run, record.is_reversed, record.reversed_by_log_index, record.reversed_by_transaction_id,
                 transaction->reversed_by) ||
        record.entries_count != transaction->entries_count || !entries_are(run, &record, transaction)) {
        run_fail(run, "transaction %s is not as it was posted", transaction->transaction_number);
    }
    run->transactions_compared++;
}

/* The newest event is of the model's last instant; the log is one longer than its position. */
static int64_t run_log_size(struct run *run)
{
    const struct ledger_event_record *events = NULL;
    size_t count = 0;
    struct ledger_audit_filter filter = {.limit = 1};
    ledger_call_reset(run->call);
    run_must(run, ledger_audit_list(run->call, run_ledger(run), &filter, &events, &count), "audit");
    if (count != 1 || events[0].event_timestamp_us != run->model.last_event_us) {
        run_fail(run, "the last event is of %" PRId64 ", not %" PRId64, count == 1 ? events[0].event_timestamp_us : -1,
                 run->model.last_event_us);
    }
    return events[0].log_index + 1;
}

void run_remember_position(struct run *run)
{
    if (run->positions_count < RUN_POSITIONS_MAX) {
        struct run_position *position = &run->positions[run->positions_count++];
        position->log_position = run_log_size(run);
        compare_report_first(run, position);
    }
}

void run_compare(struct run *run, bool is_thorough)
{
    compare_accounts(run);
    compare_periods(run);
    compare_approvals(run);
    for (size_t i = 0; i < (is_thorough ? 1000 : 20) && run->model.transactions_count > 0; i++) {
        compare_transaction(run, (size_t)random_below(&run->generator, run->model.transactions_count));
    }
    compare_at_position(run, LEDGER_POSITION_HEAD, 1000);
    compare_at_position(run, (int64_t)random_below(&run->generator, (uint64_t)run_log_size(run) + 1), 200);
    for (size_t i = 0; i < (is_thorough ? run->positions_count : 2) && run->positions_count > 0; i++) {
        size_t place = is_thorough ? i : (size_t)random_below(&run->generator, run->positions_count);
        compare_at_position(run, run->positions[place].log_position, 50);
        compare_report_again(run, &run->positions[place]);
    }
}

static void verify_found(void *context, const struct ledger_violation *violation)
{
    (void)context;
    (void)printf("# %.*s: %.*s\n", (int)violation->check.size, violation->check.data, (int)violation->detail.size,
                 violation->detail.data);
}

void run_verify(struct run *run)
{
    struct ledger_verify_options options = {.struct_size = sizeof options, .found = verify_found};
    struct ledger_verify_result result;
    ledger_call_reset(run->call);
    run_must(run, ledger_verify(run->call, run_ledger(run), &options, &result), "verify");
    if (!result.is_valid || result.transactions_checked != run->model.transactions_count) {
        run_fail(run, "verify: %" PRIu64 " violations, %" PRIu64 " transactions checked of %zu",
                 result.violations_count, result.transactions_checked, run->model.transactions_count);
    }
}
