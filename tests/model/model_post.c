/* Postings, reversals and approvals by the rules of DESIGN section 4. */
#include <stdio.h>
#include <stdlib.h>

#include "model/model_rules.h"

/* A posting or reversal that is being judged. */
struct model_draft {
    ledger_status status; /* the first in precedence of all that is wrong */
    bool entries_are_readable;
    struct model_transaction transaction;
    struct model_entry entries[MODEL_ENTRIES_MAX];
};

static void draft_find(struct model_draft *draft, ledger_status status)
{
    if (draft->status == LEDGER_DONE || status < draft->status) {
        draft->status = status;
    }
}

static unsigned currency_decimals(const char *currency)
{
    return strcmp(currency, "JPY") == 0 ? 0 : 2;
}

static bool text_is(struct ledger_text text, const char *string)
{
    return text.data != NULL && strlen(string) == text.size && memcmp(text.data, string, text.size) == 0;
}

static void draft_add_entry(const struct model *model, const struct ledger_entry *given, struct model_draft *draft,
                            struct model_entry *entry)
{
    unsigned decimals = 2;
    entry->account = model_find_account(model, given->account_code);
    entry->entry_type = given->entry_type;
    if (entry->account == MODEL_NONE) {
        draft_find(draft, LEDGER_ACCOUNT_NOT_FOUND);
        draft->entries_are_readable = false;
    } else {
        const struct model_account *account = &model->accounts[entry->account];
        decimals = currency_decimals(account->currency);
        if (!account->is_active) {
            draft_find(draft, LEDGER_ACCOUNT_IS_INACTIVE);
        }
        if (account->account_role == LEDGER_ROLE_HEADER) {
            draft_find(draft, LEDGER_ACCOUNT_IS_A_HEADER);
        }
        if (given->currency.data != NULL && !text_is(given->currency, account->currency)) {
            draft_find(draft, LEDGER_CURRENCY_DIFFERS_FROM_ACCOUNT);
        }
    }
    if (given->entry_type_text.data != NULL) {
        entry->entry_type = text_is(given->entry_type_text, "CREDIT") ? LEDGER_CREDIT : LEDGER_DEBIT;
        if (!text_is(given->entry_type_text, "DEBIT") && !text_is(given->entry_type_text, "CREDIT")) {
            draft_find(draft, LEDGER_ENTRY_TYPE_IS_INVALID);
            draft->entries_are_readable = false;
        }
    }
    entry->amount_minor = given->amount_minor;
    bool is_good = given->amount.data == NULL
                       ? given->amount_minor > 0 && (decimals == 2 || given->amount_minor % 100 == 0)
                       : model_parse_amount(given->amount, decimals, &entry->amount_minor);
    if (!is_good) {
        draft_find(draft, LEDGER_AMOUNT_IS_INVALID);
        draft->entries_are_readable = false;
    }
}

/* Debits and credits of each currency. */
static bool draft_balances(const struct model *model, const struct model_draft *draft, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *currency = model->accounts[draft->entries[i].account].currency;
        int64_t difference_minor = 0;
        for (size_t e = 0; e < count; e++) {
            const struct model_entry *entry = &draft->entries[e];
            if (strcmp(model->accounts[entry->account].currency, currency) == 0) {
                difference_minor += entry->entry_type == LEDGER_DEBIT ? entry->amount_minor : -entry->amount_minor;
            }
        }
        if (difference_minor != 0) {
            return false;
        }
    }
    return true;
}

static void draft_take_day(const struct model *model, int64_t now_us, bool allow_future, struct model_draft *draft)
{
    int32_t day = model_day_of(draft->transaction.transaction_date_us, model->settings.zone_offset_us);
    draft->transaction.transaction_day = day;
    if (model_day_is_closed(model, day)) {
        draft_find(draft, LEDGER_PERIOD_IS_CLOSED);
    }
    if (!allow_future && day > model_day_of(now_us, model->settings.zone_offset_us) + 1) {
        draft_find(draft, LEDGER_DATE_IS_IN_THE_FUTURE);
    }
}

static void draft_judge(const struct model *model, const struct ledger_posting *posting, int64_t now_us,
                        struct model_draft *draft)
{
    *draft = (struct model_draft){.entries_are_readable = true};
    if (posting->description.size == 0 || posting->business_event_type.size == 0) {
        draft_find(draft, LEDGER_TEXT_IS_INVALID);
    }
    draft->transaction.transaction_date_us = posting->has_transaction_date_us ? posting->transaction_date_us : now_us;
    if (posting->transaction_date.data != NULL &&
        !model_parse_time(posting->transaction_date, model->settings.zone_offset_us,
                          &draft->transaction.transaction_date_us)) {
        draft_find(draft, LEDGER_DATE_IS_INVALID);
    } else {
        draft_take_day(model, now_us, posting->allow_future, draft);
    }
    if (posting->entries_count < 2) {
        draft_find(draft, LEDGER_TOO_FEW_ENTRIES);
    }
    for (size_t i = 0; i < posting->entries_count; i++) {
        draft_add_entry(model, &posting->entries[i], draft, &draft->entries[i]);
    }
    if (draft->entries_are_readable && !draft_balances(model, draft, posting->entries_count)) {
        draft_find(draft, LEDGER_DEBITS_DIFFER_FROM_CREDITS);
    }
}

static size_t key_bucket(const char *key)
{
    unsigned sum = 0;
    for (const char *at = key; *at != '\0'; at++) {
        sum = sum * 31 + (unsigned char)*at;
    }
    return sum % MODEL_KEY_BUCKETS;
}

static bool texts_are_same(const char *left, const char *right)
{
    return left == NULL || right == NULL ? left == right : strcmp(left, right) == 0;
}

/* The transaction that used a key in a source system, MODEL_NONE where none did. */
static size_t model_find_key(const struct model *model, const char *key, const char *source_system)
{
    size_t found = model->key_buckets[key_bucket(key)];
    while (found != MODEL_NONE && !(strcmp(model->transactions[found].idempotency_key, key) == 0 &&
                                    texts_are_same(model->transactions[found].source_system, source_system))) {
        found = model->transactions[found].next_of_bucket;
    }
    return found;
}

static void request_add(FILE *stream, struct ledger_text text)
{
    (void)fprintf(stream, "%.*s%c", (int)text.size, text.data == NULL ? "" : text.data, text.data == NULL ? 1 : 2);
}

/* Every field of the client but the key, before anything is defaulted: the same text, the same request. */
static char *posting_request(const struct ledger_posting *posting, const struct model_entry *entries)
{
    char *request = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&request, &size);
    request_add(stream, posting->business_event_type);
    request_add(stream, posting->business_key);
    request_add(stream, posting->description);
    request_add(stream, posting->transaction_date);
    (void)fprintf(stream, "%d %lld", posting->allow_future,
                  posting->has_transaction_date_us ? (long long)posting->transaction_date_us : -1);
    for (size_t i = 0; i < posting->entries_count; i++) {
        request_add(stream, posting->entries[i].account_code);
        (void)fprintf(stream, "%d %lld", entries[i].entry_type, (long long)entries[i].amount_minor);
        request_add(stream, posting->entries[i].currency);
        request_add(stream, posting->entries[i].memo);
        request_add(stream, posting->entries[i].cost_center);
    }
    (void)fclose(stream);
    return request;
}

static char *reversal_request(const struct ledger_reversal *reversal, size_t original)
{
    char *request = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&request, &size);
    (void)fprintf(stream, "reversal of %zu ", original);
    request_add(stream, reversal->reason);
    request_add(stream, reversal->transaction_date);
    (void)fclose(stream);
    return request;
}

/* What the key says: whether it is used up, and by the same request. */
static bool model_find_replay(const struct model *model, const struct model_actor *actor, struct ledger_text key,
                              const char *request, struct model_outcome *ret_outcome)
{
    char *key_text = model_copy_text(key);
    size_t found = model_find_key(model, key_text, actor->source_system);
    free(key_text);
    if (found == MODEL_NONE) {
        return false;
    }
    bool is_same = strcmp(model->transactions[found].request, request) == 0;
    *ret_outcome = (struct model_outcome){.status = is_same ? LEDGER_DONE : LEDGER_IDEMPOTENCY_KEY_IS_TAKEN,
                                          .is_replayed = is_same,
                                          .transaction = is_same ? found : MODEL_NONE,
                                          .approval = MODEL_NONE};
    return true;
}

static int64_t *running_side(struct model *model, const struct model_entry *entry)
{
    struct ledger_balance *totals = &model->running[entry->account];
    return entry->entry_type == LEDGER_DEBIT ? &totals->debit_total_minor : &totals->credit_total_minor;
}

static bool model_add_running(struct model *model, const struct model_entry *entries, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int64_t *total = running_side(model, &entries[i]);
        if (*total > INT64_MAX - entries[i].amount_minor) {
            while (i-- > 0) {
                *running_side(model, &entries[i]) -= entries[i].amount_minor;
            }
            return false;
        }
        *total += entries[i].amount_minor;
    }
    return true;
}

/* Appends a draft that nothing speaks against; takes over its texts. */
static size_t model_append(struct model *model, struct model_draft *draft, size_t entries_count, int64_t now_us)
{
    struct model_transaction *transaction = &draft->transaction;
    int64_t posting_us = now_us > model->last_event_us ? now_us : model->last_event_us;
    int32_t posting_day = model_day_of(posting_us, 0);
    model->last_number = posting_day == model->posting_day ? model->last_number + 1 : 1;
    model->posting_day = posting_day;
    transaction->posting_date_us = posting_us;
    transaction->number_in_day = model->last_number;
    transaction->reversed_by = MODEL_NONE;
    transaction->first_entry = model->entries_count;
    transaction->entries_count = entries_count;
    if (model->transactions_count == model->transactions_capacity) {
        model->transactions_capacity = model->transactions_capacity * 2 + 1024;
        model->transactions =
            model_allocate(model->transactions, model->transactions_capacity * sizeof *model->transactions);
    }
    if (model->entries_count + entries_count > model->entries_capacity) {
        model->entries_capacity = model->entries_capacity * 2 + 4096;
        model->entries = model_allocate(model->entries, model->entries_capacity * sizeof *model->entries);
    }
    memcpy(model->entries + model->entries_count, draft->entries, entries_count * sizeof *draft->entries);
    model->entries_count += entries_count;
    size_t place = model->transactions_count++;
    if (transaction->idempotency_key != NULL) {
        size_t bucket = key_bucket(transaction->idempotency_key);
        transaction->next_of_bucket = model->key_buckets[bucket];
        model->key_buckets[bucket] = place;
    }
    if (transaction->reverses != MODEL_NONE) {
        model->transactions[transaction->reverses].reversed_by = place;
    }
    model->transactions[place] = *transaction;
    return place;
}

void model_drop_last(struct model *model)
{
    struct model_transaction *last = &model->transactions[--model->transactions_count];
    model->entries_count = last->first_entry;
    for (size_t i = 0; i < last->entries_count; i++) {
        struct model_entry *entry = &model->entries[last->first_entry + i];
        *running_side(model, entry) -= entry->amount_minor;
        free(entry->memo);
        free(entry->cost_center);
    }
    if (last->idempotency_key != NULL) {
        model->key_buckets[key_bucket(last->idempotency_key)] = last->next_of_bucket;
    }
    if (last->reverses != MODEL_NONE) {
        model->transactions[last->reverses].reversed_by = MODEL_NONE;
    }
    free(last->business_event_type);
    free(last->business_key);
    free(last->description);
    free(last->reversal_reason);
    free(last->idempotency_key);
    free(last->request);
    free(last->source_system);
    free(last->created_by);
}

static size_t model_append_posting(struct model *model, const struct model_actor *actor,
                                   const struct ledger_posting *posting, struct model_draft *draft, char *request,
                                   int64_t now_us)
{
    struct model_transaction *transaction = &draft->transaction;
    transaction->business_event_type = model_copy_text(posting->business_event_type);
    transaction->business_key = model_copy_text(posting->business_key);
    transaction->description = model_copy_text(posting->description);
    transaction->idempotency_key = model_copy_text(posting->idempotency_key);
    transaction->request = request;
    transaction->source_system = model_copy_text(ledger_text_of(actor->source_system));
    transaction->created_by = model_copy_text(ledger_text_of(actor->user));
    transaction->reverses = MODEL_NONE;
    for (size_t i = 0; i < posting->entries_count; i++) {
        draft->entries[i].memo = model_copy_text(posting->entries[i].memo);
        draft->entries[i].cost_center = model_copy_text(posting->entries[i].cost_center);
    }
    return model_append(model, draft, posting->entries_count, now_us);
}

static void model_post_item(struct model *model, const struct model_actor *actor, const struct ledger_posting *posting,
                            int64_t now_us, struct model_outcome *ret_outcome)
{
    struct model_draft draft;
    draft_judge(model, posting, now_us, &draft);
    char *request = NULL;
    *ret_outcome = (struct model_outcome){.status = draft.status, .transaction = MODEL_NONE, .approval = MODEL_NONE};
    if (posting->idempotency_key.data != NULL && draft.entries_are_readable) {
        request = posting_request(posting, draft.entries);
        if (model_find_replay(model, actor, posting->idempotency_key, request, ret_outcome)) {
            free(request);
            return;
        }
    }
    if (ret_outcome->status == LEDGER_DONE && model_clock_is_wrong(model, now_us)) {
        ret_outcome->status = LEDGER_CLOCK_IS_WRONG;
    }
    if (ret_outcome->status == LEDGER_DONE && !model_add_running(model, draft.entries, posting->entries_count)) {
        ret_outcome->status = LEDGER_TOTAL_IS_TOO_LARGE;
    }
    if (ret_outcome->status != LEDGER_DONE) {
        free(request);
        return;
    }
    ret_outcome->transaction = model_append_posting(model, actor, posting, &draft, request, now_us);
}

/* None is posted where one is refused; what was posted before stays what it is. */
static ledger_status model_take_back(struct model *model, size_t kept_count, size_t count,
                                     struct model_outcome *ret_outcomes)
{
    while (model->transactions_count > kept_count) {
        model_drop_last(model);
    }
    for (size_t i = 0; i < count; i++) {
        bool was_posted = ret_outcomes[i].transaction != MODEL_NONE && ret_outcomes[i].transaction >= kept_count;
        if (was_posted) {
            ret_outcomes[i] = (struct model_outcome){
                .status = LEDGER_BATCH_IS_REFUSED, .transaction = MODEL_NONE, .approval = MODEL_NONE};
        }
    }
    return LEDGER_BATCH_IS_REFUSED;
}

ledger_status model_post(struct model *model, const struct model_actor *actor, const struct ledger_posting *postings,
                         size_t count, enum ledger_batch_mode mode, int64_t now_us, struct model_outcome *ret_outcomes)
{
    size_t kept_count = model->transactions_count;
    int32_t posting_day = model->posting_day;
    int64_t last_number = model->last_number;
    bool any_refused = false;
    bool any_event = false;
    for (size_t i = 0; i < count; i++) {
        model_post_item(model, actor, &postings[i], now_us, &ret_outcomes[i]);
        any_refused = any_refused || ret_outcomes[i].status != LEDGER_DONE;
        any_event = any_event || !ret_outcomes[i].is_replayed;
    }
    ledger_status status = LEDGER_DONE;
    if (mode == LEDGER_BATCH_ALL && any_refused) {
        status = model_take_back(model, kept_count, count, ret_outcomes);
        model->posting_day = posting_day;
        model->last_number = last_number;
    }
    if (any_event) {
        model_add_event(model, now_us);
    }
    return status;
}

/* Every entry turned round. */
static void draft_invert(const struct model *model, size_t original, struct model_draft *draft)
{
    const struct model_transaction *transaction = &model->transactions[original];
    for (size_t i = 0; i < transaction->entries_count; i++) {
        const struct model_entry *entry = &model->entries[transaction->first_entry + i];
        draft->entries[i] = *entry;
        draft->entries[i].entry_type = entry->entry_type == LEDGER_DEBIT ? LEDGER_CREDIT : LEDGER_DEBIT;
        draft->entries[i].memo = model_copy_text(ledger_text_of(entry->memo));
        draft->entries[i].cost_center = model_copy_text(ledger_text_of(entry->cost_center));
    }
    draft->transaction.reverses = original;
}

static void draft_free_entries(const struct model *model, size_t original, struct model_draft *draft)
{
    for (size_t i = 0; i < model->transactions[original].entries_count; i++) {
        free(draft->entries[i].memo);
        free(draft->entries[i].cost_center);
    }
}

/* The rules of reversal, in their order. */
static ledger_status reversal_decide(const struct model *model, size_t original, int64_t now_us,
                                     struct model_draft *draft)
{
    const struct model_transaction *transaction = &model->transactions[original];
    int32_t today = model_day_of(now_us, model->settings.zone_offset_us);
    draft->status = LEDGER_DONE;
    int32_t day = model_day_of(draft->transaction.transaction_date_us, model->settings.zone_offset_us);
    draft_take_day(model, now_us, day == transaction->transaction_day, draft);
    if (transaction->reversed_by != MODEL_NONE) {
        return LEDGER_TRANSACTION_IS_ALREADY_REVERSED;
    }
    if (draft->transaction.transaction_day < transaction->transaction_day) {
        return LEDGER_REVERSAL_PRECEDES_ORIGINAL;
    }
    if (today - transaction->transaction_day > model->settings.max_correction_age_days) {
        return LEDGER_TRANSACTION_IS_TOO_OLD;
    }
    return draft->status;
}

/* The debits of one currency pass the threshold. */
static bool reversal_needs_approval(const struct model *model, size_t original)
{
    const struct model_transaction *transaction = &model->transactions[original];
    const struct model_entry *entries = &model->entries[transaction->first_entry];
    for (size_t i = 0; i < transaction->entries_count; i++) {
        const char *currency = model->accounts[entries[i].account].currency;
        int64_t debits_minor = 0;
        for (size_t e = 0; e < transaction->entries_count; e++) {
            bool counts = entries[e].entry_type == LEDGER_DEBIT &&
                          strcmp(model->accounts[entries[e].account].currency, currency) == 0;
            debits_minor += counts ? entries[e].amount_minor : 0;
        }
        if (debits_minor > model->settings.correction_approval_threshold_minor) {
            return true;
        }
    }
    return false;
}

static ledger_status reversal_append(struct model *model, const struct model_actor *actor, const char *source_system,
                                     const struct ledger_reversal *reversal, struct model_draft *draft, int64_t now_us,
                                     size_t *ret_transaction)
{
    size_t original = draft->transaction.reverses;
    const struct model_transaction *reversed = &model->transactions[original];
    struct model_transaction *transaction = &draft->transaction;
    char description[64];
    if (!model_add_running(model, draft->entries, reversed->entries_count)) {
        draft_free_entries(model, original, draft);
        return LEDGER_TOTAL_IS_TOO_LARGE;
    }
    (void)snprintf(description, sizeof description, "Reversal of %s", reversed->transaction_number);
    transaction->business_event_type = model_copy_text(ledger_text_of(reversed->business_event_type));
    transaction->business_key = model_copy_text(ledger_text_of(reversed->business_key));
    transaction->description = model_copy_text(ledger_text_of(description));
    transaction->reversal_reason = model_copy_text(reversal->reason);
    transaction->idempotency_key = model_copy_text(reversal->idempotency_key);
    transaction->request = reversal_request(reversal, original);
    transaction->source_system = model_copy_text(ledger_text_of(source_system));
    transaction->created_by = model_copy_text(ledger_text_of(actor->user));
    *ret_transaction = model_append(model, draft, reversed->entries_count, now_us);
    return LEDGER_DONE;
}

static ledger_status model_request_approval(struct model *model, const struct model_actor *actor, size_t original,
                                            const struct ledger_reversal *reversal, size_t *ret_approval)
{
    for (size_t i = 0; i < model->approvals_count; i++) {
        if (model->approvals[i].original == original && model->approvals[i].state == LEDGER_APPROVAL_WAITING) {
            *ret_approval = i;
            return LEDGER_APPROVAL_IS_PENDING;
        }
    }
    model->approvals = model_allocate(model->approvals, (model->approvals_count + 1) * sizeof *model->approvals);
    *ret_approval = model->approvals_count++;
    model->approvals[*ret_approval] = (struct model_approval){
        .state = LEDGER_APPROVAL_WAITING,
        .original = original,
        .reason = model_copy_text(reversal->reason),
        .transaction_date = model_copy_text(reversal->transaction_date),
        .idempotency_key = model_copy_text(reversal->idempotency_key),
        .user = model_copy_text(ledger_text_of(actor->user)),
        .principal = model_copy_text(ledger_text_of(actor->principal)),
        .source_system = model_copy_text(ledger_text_of(actor->source_system)),
    };
    return LEDGER_APPROVAL_IS_PENDING;
}

/* What must be right of the request itself, before anything is looked up. */
static ledger_status reversal_check(const struct model *model, size_t original, const struct ledger_reversal *reversal,
                                    int64_t now_us, struct model_draft *draft)
{
    if (reversal->reason.size == 0) {
        return LEDGER_TEXT_IS_INVALID;
    }
    if (original == MODEL_NONE) {
        return LEDGER_TRANSACTION_NOT_FOUND;
    }
    draft->transaction.transaction_date_us = now_us;
    if (reversal->transaction_date.data != NULL &&
        !model_parse_time(reversal->transaction_date, model->settings.zone_offset_us,
                          &draft->transaction.transaction_date_us)) {
        return LEDGER_DATE_IS_INVALID;
    }
    return model_clock_is_wrong(model, now_us) ? LEDGER_CLOCK_IS_WRONG : LEDGER_DONE;
}

void model_reverse(struct model *model, const struct model_actor *actor, size_t original,
                   const struct ledger_reversal *reversal, int64_t now_us, struct model_outcome *ret_outcome)
{
    struct model_draft draft = {.status = LEDGER_DONE};
    size_t approvals_before = model->approvals_count;
    *ret_outcome = (struct model_outcome){.transaction = MODEL_NONE, .approval = MODEL_NONE};
    ret_outcome->status = reversal_check(model, original, reversal, now_us, &draft);
    if (ret_outcome->status == LEDGER_DONE && reversal->idempotency_key.data != NULL) {
        char *request = reversal_request(reversal, original);
        (void)model_find_replay(model, actor, reversal->idempotency_key, request, ret_outcome);
        free(request);
    }
    if (ret_outcome->is_replayed) {
        return; /* nothing is written */
    }
    if (ret_outcome->status == LEDGER_DONE) {
        ret_outcome->status = reversal_decide(model, original, now_us, &draft);
    }
    if (ret_outcome->status == LEDGER_DONE && reversal_needs_approval(model, original)) {
        ret_outcome->status = model_request_approval(model, actor, original, reversal, &ret_outcome->approval);
        if (model->approvals_count == approvals_before) {
            return; /* it waits already */
        }
    } else if (ret_outcome->status == LEDGER_DONE) {
        draft_invert(model, original, &draft);
        ret_outcome->status =
            reversal_append(model, actor, actor->source_system, reversal, &draft, now_us, &ret_outcome->transaction);
    }
    model_add_event(model, now_us);
}

static ledger_status approval_decide(const struct model *model, const struct model_actor *actor,
                                     const struct model_approval *approval, int64_t now_us, struct model_draft *draft)
{
    if (approval->state != LEDGER_APPROVAL_WAITING) {
        return LEDGER_APPROVAL_IS_DECIDED;
    }
    draft->transaction.transaction_date_us = now_us;
    if (approval->transaction_date != NULL) {
        (void)model_parse_time(ledger_text_of(approval->transaction_date), model->settings.zone_offset_us,
                               &draft->transaction.transaction_date_us);
    }
    if (model_clock_is_wrong(model, now_us)) {
        return LEDGER_CLOCK_IS_WRONG;
    }
    if (strcmp(approval->user, actor->user) == 0 || (approval->principal != NULL && actor->principal != NULL &&
                                                     strcmp(approval->principal, actor->principal) == 0)) {
        return LEDGER_APPROVER_IS_THE_REQUESTER;
    }
    ledger_status status = reversal_decide(model, approval->original, now_us, draft);
    if (status == LEDGER_DONE && approval->idempotency_key != NULL &&
        model_find_key(model, approval->idempotency_key, approval->source_system) != MODEL_NONE) {
        status = LEDGER_IDEMPOTENCY_KEY_IS_TAKEN;
    }
    return status;
}

void model_approve(struct model *model, const struct model_actor *actor, size_t approval, int64_t now_us,
                   struct model_outcome *ret_outcome)
{
    struct model_draft draft = {.status = LEDGER_DONE};
    *ret_outcome = (struct model_outcome){.transaction = MODEL_NONE, .approval = MODEL_NONE};
    struct model_approval *request = &model->approvals[approval];
    ret_outcome->status = approval_decide(model, actor, request, now_us, &draft);
    if (ret_outcome->status == LEDGER_DONE) {
        struct ledger_reversal reversal = {
            .reason = ledger_text_of(request->reason),
            .transaction_date = ledger_text_of(request->transaction_date),
            .idempotency_key = ledger_text_of(request->idempotency_key),
        };
        draft_invert(model, request->original, &draft);
        ret_outcome->status =
            reversal_append(model, actor, request->source_system, &reversal, &draft, now_us, &ret_outcome->transaction);
    }
    if (ret_outcome->status == LEDGER_DONE) {
        request->state = LEDGER_APPROVAL_APPROVED;
    }
    model_add_event(model, now_us);
}

ledger_status model_deny(struct model *model, size_t approval, int64_t now_us)
{
    ledger_status status = LEDGER_DONE;
    if (model_clock_is_wrong(model, now_us)) {
        status = LEDGER_CLOCK_IS_WRONG;
    } else if (model->approvals[approval].state != LEDGER_APPROVAL_WAITING) {
        status = LEDGER_APPROVAL_IS_DECIDED;
    } else {
        model->approvals[approval].state = LEDGER_APPROVAL_DENIED;
    }
    model_add_event(model, now_us);
    return status;
}
