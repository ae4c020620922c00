/* The accounts and closed days of one rules_version, in memory. */
#include "engine/rules.h"

#include <string.h>

#include "base/text.h"
#include "domain/currency.h"

void rules_init(struct rules *rules)
{
    *rules = (struct rules){.rules_version = RULES_VERSION_NONE};
    arena_init(&rules->arena);
}

void rules_done(struct rules *rules)
{
    arena_done(&rules->arena);
}

static bool rules_copy_text(struct rules *rules, struct ledger_text *text)
{
    return text_keep(&rules->arena, *text, text);
}

static bool rules_copy_account(struct rules *rules, struct rules_account *copy, const struct ledger_account *account)
{
    copy->account = *account;
    if (currency_find(account->currency, &copy->currency_decimals) != CURRENCY_IS_GOOD) {
        copy->currency_decimals = 2;
    }
    return rules_copy_text(rules, &copy->account.account_code) && rules_copy_text(rules, &copy->account.account_name) &&
           rules_copy_text(rules, &copy->account.parent_account_code) &&
           rules_copy_text(rules, &copy->account.currency) && rules_copy_text(rules, &copy->account.description) &&
           rules_copy_text(rules, &copy->account.created_by);
}

static size_t rules_bucket(const struct rules *rules, struct ledger_text account_code)
{
    return (size_t)text_hash(account_code) & (rules->buckets_count - 1);
}

static void rules_link(struct rules *rules, struct rules_account *account)
{
    struct rules_account **bucket = &rules->buckets[rules_bucket(rules, account->account.account_code)];
    account->next = *bucket;
    *bucket = account;
}

/* Room for twice as many accounts; false when memory ran out. */
static bool rules_grow(struct rules *rules)
{
    size_t capacity = rules->accounts_capacity == 0 ? 64 : rules->accounts_capacity * 2;
    struct rules_account **accounts = arena_allocate_array(&rules->arena, capacity, sizeof(struct rules_account *));
    struct rules_account **buckets = arena_allocate_array(&rules->arena, capacity * 2, sizeof(struct rules_account *));
    if (accounts == NULL || buckets == NULL) {
        return false;
    }
    rules->buckets = buckets;
    rules->buckets_count = capacity * 2;
    for (size_t i = 0; i < rules->accounts_count; i++) {
        accounts[i] = rules->accounts[i];
        rules_link(rules, accounts[i]);
    }
    rules->accounts = accounts;
    rules->accounts_capacity = capacity;
    return true;
}

/* Behind all others: ids ascend. False when memory ran out. */
static bool rules_append_account(struct rules *rules, const struct ledger_account *account)
{
    struct rules_account *copy = arena_allocate(&rules->arena, sizeof *copy);
    if (copy == NULL || !rules_copy_account(rules, copy, account)) {
        return false;
    }
    if (rules->accounts_count == rules->accounts_capacity && !rules_grow(rules)) {
        return false;
    }
    rules->accounts[rules->accounts_count++] = copy;
    rules_link(rules, copy);
    return true;
}

static ledger_status rules_load_accounts(struct ledger_call *call, struct rules *rules, struct store *store)
{
    struct ledger_account *accounts = NULL;
    size_t count = 0;
    LEDGER_TRY(store_account_list(call, store, STORE_POSITION_MAX, &accounts, &count));
    for (size_t i = 0; i < count; i++) {
        if (!rules_append_account(rules, &accounts[i])) {
            return ledger_fail_out_of_memory(call);
        }
    }
    return LEDGER_DONE;
}

/* I1: nothing is left that could be taken for rules. */
static void rules_forget(struct rules *rules)
{
    arena_reset(&rules->arena);
    *rules = (struct rules){.arena = rules->arena, .rules_version = RULES_VERSION_NONE};
}

/* The account in its new version, or behind the others; false when memory ran out. */
static bool rules_take_account(struct rules *rules, const struct ledger_account *account)
{
    struct rules_account *known = (struct rules_account *)rules_get_account(rules, account->account_id);
    return known == NULL ? rules_append_account(rules, account) : rules_copy_account(rules, known, account);
}

ledger_status rules_pretend_account(struct ledger_call *call, struct rules *rules, const struct ledger_account *account)
{
    return rules_append_account(rules, account) ? LEDGER_DONE : ledger_fail_out_of_memory(call);
}

void rules_stop_pretending(struct rules *rules)
{
    rules_forget(rules);
}

void rules_put_account(struct rules *rules, const struct ledger_account *account, int64_t rules_version)
{
    if (rules->is_loaded && rules->rules_version == rules_version) {
        return; /* they were read after the commit, to see whether it was done */
    }
    if (rules->is_loaded && rules->rules_version + 1 == rules_version && rules_take_account(rules, account)) {
        rules->rules_version = rules_version;
    } else {
        rules_forget(rules);
    }
}

static ledger_status rules_load_periods(struct ledger_call *call, struct rules *rules, struct store *store)
{
    struct ledger_period *periods = NULL;
    size_t count = 0;
    LEDGER_TRY(store_period_list(call, store, STORE_POSITION_MAX, &periods, &count));
    struct period_row *rows = NULL;
    LEDGER_ALLOCATE(call, rows, count);
    for (size_t i = 0; i < count; i++) {
        rows[i] =
            (struct period_row){periods[i].log_index, periods[i].start_day, periods[i].end_day, periods[i].is_closed};
    }
    struct period_index index;
    LEDGER_TRY(period_index_build(call, rows, count, &index));
    struct period_range *ranges = arena_allocate_array(&rules->arena, index.closed_ranges_count, sizeof *ranges);
    if (ranges == NULL) {
        return ledger_fail_out_of_memory(call);
    }
    if (index.closed_ranges_count > 0) {
        memcpy(ranges, index.closed_ranges, index.closed_ranges_count * sizeof *ranges);
    }
    rules->periods = (struct period_index){ranges, index.closed_ranges_count};
    return LEDGER_DONE;
}

ledger_status rules_refresh(struct ledger_call *call, struct rules *rules, struct store *store, int64_t rules_version)
{
    if (rules->is_loaded && rules->rules_version == rules_version) {
        return LEDGER_DONE;
    }
    rules_forget(rules);
    LEDGER_TRY(rules_load_accounts(call, rules, store));
    LEDGER_TRY(rules_load_periods(call, rules, store));
    rules->rules_version = rules_version;
    rules->is_loaded = true;
    return LEDGER_DONE;
}

ledger_status rules_keep_freeze_fault(struct ledger_call *call, struct rules *rules, struct ledger_text fault)
{
    struct ledger_text copy = fault;
    if (!rules_copy_text(rules, &copy)) {
        return ledger_fail_out_of_memory(call);
    }
    rules->freeze_fault = copy;
    return LEDGER_DONE;
}

const struct rules_account *rules_find_account(const struct rules *rules, struct ledger_text account_code)
{
    if (rules->accounts_count == 0) {
        return NULL;
    }
    const struct rules_account *found = rules->buckets[rules_bucket(rules, account_code)];
    while (found != NULL && !text_equals(found->account.account_code, account_code)) {
        found = found->next;
    }
    return found;
}

const struct rules_account *rules_get_account(const struct rules *rules, int64_t account_id)
{
    size_t low = 0;
    size_t high = rules->accounts_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (rules->accounts[middle]->account.account_id < account_id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    bool is_found = low < rules->accounts_count && rules->accounts[low]->account.account_id == account_id;
    return is_found ? rules->accounts[low] : NULL;
}
