/* The model's lists: accounts, periods, the clock, and the sums over what was posted. */
#include "model/model.h"

#include <stdio.h>
#include <stdlib.h>

#include "model/model_rules.h"

void model_init(struct model *model, const struct model_settings *settings, int64_t created_us)
{
    *model = (struct model){.settings = *settings, .last_event_us = created_us};
    model->accepted_clock_us = INT64_MIN;
    model->posting_day = INT32_MIN;
    model->greatest_log_index = 0; /* the ledger's own making */
    for (size_t i = 0; i < MODEL_KEY_BUCKETS; i++) {
        model->key_buckets[i] = MODEL_NONE;
    }
}

void model_done(struct model *model)
{
    while (model->transactions_count > 0) {
        model_drop_last(model);
    }
    for (size_t i = 0; i < model->accounts_count; i++) {
        free(model->accounts[i].account_code);
        free(model->accounts[i].account_name);
        free(model->accounts[i].currency);
    }
    for (size_t i = 0; i < model->approvals_count; i++) {
        free(model->approvals[i].reason);
        free(model->approvals[i].transaction_date);
        free(model->approvals[i].idempotency_key);
        free(model->approvals[i].user);
        free(model->approvals[i].principal);
        free(model->approvals[i].source_system);
    }
    free(model->transactions);
    free(model->entries);
    free(model->periods);
    free(model->approvals);
}

bool model_clock_is_wrong(const struct model *model, int64_t now_us)
{
    return model->last_event_us - now_us > 5 * 60 * MODEL_US_PER_S && model->accepted_clock_us != model->last_event_us;
}

void model_add_event(struct model *model, int64_t now_us)
{
    model->last_event_us = now_us > model->last_event_us ? now_us : model->last_event_us;
}

/* What is refused is an event, whatever the clock says. */
static ledger_status model_answer(struct model *model, ledger_status status, int64_t now_us)
{
    model_add_event(model, now_us);
    return status;
}

ledger_status model_clock_accept(struct model *model, int64_t now_us)
{
    model_add_event(model, now_us);
    model->accepted_clock_us = model->last_event_us;
    return LEDGER_DONE;
}

size_t model_find_account(const struct model *model, struct ledger_text account_code)
{
    for (size_t i = 0; i < model->accounts_count; i++) {
        const char *code = model->accounts[i].account_code;
        if (strlen(code) == account_code.size && memcmp(code, account_code.data, account_code.size) == 0) {
            return i;
        }
    }
    return MODEL_NONE;
}

static ledger_status account_decide(const struct model *model, const struct ledger_account_request *request,
                                    size_t parent, int64_t now_us)
{
    if (model_clock_is_wrong(model, now_us)) {
        return LEDGER_CLOCK_IS_WRONG;
    }
    if (model_find_account(model, request->account_code) != MODEL_NONE) {
        return LEDGER_ACCOUNT_EXISTS;
    }
    if (request->parent_account_code.data != NULL &&
        (parent == MODEL_NONE || model->accounts[parent].account_type != request->account_type)) {
        return LEDGER_ACCOUNT_PARENT_IS_INVALID;
    }
    return LEDGER_DONE;
}

ledger_status model_account_create(struct model *model, const struct ledger_account_request *request, int64_t now_us)
{
    size_t parent = request->parent_account_code.data == NULL ? MODEL_NONE
                                                              : model_find_account(model, request->parent_account_code);
    ledger_status status = account_decide(model, request, parent, now_us);
    if (status == LEDGER_DONE) {
        struct ledger_text inherited =
            ledger_text_of(parent == MODEL_NONE ? model->settings.default_currency : model->accounts[parent].currency);
        model->accounts[model->accounts_count++] = (struct model_account){
            .account_code = model_copy_text(request->account_code),
            .account_name = model_copy_text(request->account_name),
            .account_type = request->account_type,
            .account_role = request->account_role,
            .currency = model_copy_text(request->currency.data == NULL ? inherited : request->currency),
            .parent = parent,
            .is_active = true,
            .version = 1,
        };
    }
    return model_answer(model, status, now_us);
}

ledger_status model_account_set_active(struct model *model, struct ledger_text account_code, bool is_active,
                                       int64_t now_us)
{
    size_t account = model_find_account(model, account_code);
    if (model_clock_is_wrong(model, now_us)) {
        return model_answer(model, LEDGER_CLOCK_IS_WRONG, now_us);
    }
    if (account == MODEL_NONE) {
        return model_answer(model, LEDGER_ACCOUNT_NOT_FOUND, now_us);
    }
    if (model->accounts[account].is_active == is_active) {
        return model_answer(model, LEDGER_ACCOUNT_STATE_IS_UNCHANGED, now_us);
    }
    model->accounts[account].is_active = is_active;
    model->accounts[account].version++;
    return model_answer(model, LEDGER_DONE, now_us);
}

/* The latest change that holds a day decides it. */
bool model_day_is_closed(const struct model *model, int32_t day)
{
    for (size_t i = model->periods_count; i-- > 0;) {
        if (model->periods[i].start_day <= day && day < model->periods[i].end_day) {
            return model->periods[i].is_closed;
        }
    }
    return false;
}

ledger_status model_period_set(struct model *model, struct model_period period, int64_t now_us)
{
    if (period.start_day >= period.end_day) {
        return model_answer(model, LEDGER_PERIOD_IS_INVALID, now_us);
    }
    if (model_clock_is_wrong(model, now_us)) {
        return model_answer(model, LEDGER_CLOCK_IS_WRONG, now_us);
    }
    bool changes = false;
    for (int32_t day = period.start_day; day < period.end_day; day++) {
        changes = changes || model_day_is_closed(model, day) != period.is_closed;
    }
    if (!changes) {
        return model_answer(model, LEDGER_PERIOD_STATE_IS_UNCHANGED, now_us);
    }
    model->periods = model_allocate(model->periods, (model->periods_count + 1) * sizeof *model->periods);
    model->periods[model->periods_count++] = period;
    return model_answer(model, LEDGER_DONE, now_us);
}

const char *model_confirm(struct model *model, size_t transaction, const struct ledger_posted *posted)
{
    struct model_transaction *posted_here = &model->transactions[transaction];
    char number[LEDGER_NUMBER_TEXT_SIZE];
    int32_t year = 0;
    int32_t month = 0;
    int32_t day = 0;
    model_day_to_civil(model_day_of(posted_here->posting_date_us, 0), &year, &month, &day);
    (void)snprintf(number, sizeof number, "%04d%02d%02d-%06lld", year, month, day,
                   (long long)posted_here->number_in_day);
    if (posted->posting_date_us != posted_here->posting_date_us) {
        return "its posting date is not the later of clock and last event";
    }
    if (strcmp(posted->transaction_number, number) != 0) {
        return "its number is not the next of its day";
    }
    if (posted->replayed) {
        return strcmp(posted->transaction_id, posted_here->transaction_id) != 0 ||
                       posted->log_index != posted_here->log_index
                   ? "the repeated request did not give the first result"
                   : NULL;
    }
    if (posted->log_index <= model->greatest_log_index) {
        return "its position is not above all others";
    }
    model->greatest_log_index = posted->log_index;
    posted_here->log_index = posted->log_index;
    memcpy(posted_here->transaction_id, posted->transaction_id, sizeof posted_here->transaction_id);
    memcpy(posted_here->transaction_number, number, sizeof number);
    return NULL;
}

void model_totals(const struct model *model, const struct ledger_balance_query *query,
                  struct ledger_balance ret_totals[MODEL_ACCOUNTS_MAX])
{
    for (size_t i = 0; i < MODEL_ACCOUNTS_MAX; i++) {
        ret_totals[i] = (struct ledger_balance){.account_id = (int64_t)i + 1};
    }
    for (size_t t = 0; t < model->transactions_count; t++) {
        const struct model_transaction *transaction = &model->transactions[t];
        bool is_known = query->log_position == LEDGER_POSITION_HEAD || transaction->log_index < query->log_position;
        if (!is_known || (query->has_as_of_day && transaction->transaction_day > query->as_of_day)) {
            continue;
        }
        for (size_t e = 0; e < transaction->entries_count; e++) {
            const struct model_entry *entry = &model->entries[transaction->first_entry + e];
            struct ledger_balance *totals = &ret_totals[entry->account];
            *(entry->entry_type == LEDGER_DEBIT ? &totals->debit_total_minor : &totals->credit_total_minor) +=
                entry->amount_minor;
            totals->entry_count++;
        }
    }
}
