/* The chart of accounts: created one by one or many at once, taken out of use and into use again, listed as a tree.
 *
 * I1 The session's rules learn of new accounts when these are committed, never before: a body that runs again, or is
 *    rolled back, leaves nothing in them. */
#include "engine/accounts.h"

#include <string.h>

#include "base/text.h"
#include "base/utf8.h"
#include "domain/currency.h"
#include "engine/account_tree.h"
#include "engine/event_facts.h"
#include "engine/freeze.h"
#include "engine/refusal.h"
#include "engine/texts.h"

struct account_creation {
    struct ledger_account_request request; /* texts checked, codes in their normal form */
    struct ledger_account account;
    int64_t rules_version; /* after it */
};

/* What one unit has made so far, in the order of their ids: not in the rules yet (I1). They are few enough to be looked
 * through (LEDGER_ACCOUNTS_MAX). */
struct accounts_made {
    const struct ledger_account **items;
    size_t count;
};

static const struct accounts_made made_nothing = {.count = 0};

static ledger_status request_check(struct ledger_call *call, const struct ledger_account_request *request,
                                   struct ledger_account_request *ret_request)
{
    size_t problems_before = ledger_call_problems_count(call);
    bool is_good = false;
    *ret_request = *request;
    LEDGER_TRY(texts_normalise_code(call, "code", request->account_code, LEDGER_ACCOUNT_CODE_IS_INVALID, 0, &is_good,
                                    &ret_request->account_code));
    if (!text_is_absent(request->parent_account_code)) {
        LEDGER_TRY(texts_normalise_code(call, "parent", request->parent_account_code, LEDGER_ACCOUNT_CODE_IS_INVALID, 0,
                                        &is_good, &ret_request->parent_account_code));
    }
    (void)texts_check_required_name(call, "name", request->account_name, LEDGER_NAME_MAX);
    (void)texts_check_free(call, "description", request->description, LEDGER_DESCRIPTION_MAX, 0);
    if (request->account_type > LEDGER_EXPENSE || request->account_role > LEDGER_ROLE_RETAINED_EARNINGS) {
        ledger_call_add_problem(call, LEDGER_ACCOUNT_TYPE_IS_INVALID, 0, "the account type or role is not known");
    } else if (request->account_role == LEDGER_ROLE_RETAINED_EARNINGS && request->account_type != LEDGER_EQUITY) {
        ledger_call_add_problem(call, LEDGER_ACCOUNT_TYPE_IS_INVALID, 0,
                                "a RETAINED_EARNINGS account is of type EQUITY, not %s",
                                ledger_account_type_name(request->account_type));
    }
    return ledger_call_worst(call, problems_before);
}

static ledger_status creation_take_currency(struct ledger_call *call, struct account_creation *creation,
                                            struct ledger_text inherited)
{
    struct ledger_text currency = creation->request.currency;
    creation->account.currency = text_is_absent(currency) ? inherited : currency;
    unsigned decimals = 0;
    switch (currency_find(creation->account.currency, &decimals)) {
    case CURRENCY_IS_GOOD:
        return LEDGER_DONE;
    case CURRENCY_HAS_TOO_MANY_DECIMALS:
        return ledger_fail(call, LEDGER_CURRENCY_IS_INVALID,
                           "currency %.*s has more than two decimals, which this version does not keep",
                           TEXT_ARGUMENTS(creation->account.currency));
    case CURRENCY_IS_UNKNOWN:
        break;
    }
    return ledger_fail(call, LEDGER_CURRENCY_IS_INVALID, "the currency is no active code of ISO 4217");
}

static const struct ledger_account *account_find(const struct rules *rules, const struct accounts_made *made,
                                                 struct ledger_text account_code)
{
    const struct rules_account *found = rules_find_account(rules, account_code);
    for (size_t i = made->count; found == NULL && i > 0; i--) {
        if (text_equals(made->items[i - 1]->account_code, account_code)) {
            return made->items[i - 1];
        }
    }
    return found == NULL ? NULL : &found->account;
}

static int64_t account_next_id(const struct rules *rules, const struct accounts_made *made)
{
    if (made->count > 0) {
        return made->items[made->count - 1]->account_id + 1;
    }
    return rules->accounts_count == 0 ? 1 : rules->accounts[rules->accounts_count - 1]->account.account_id + 1;
}

/* By the rules of the session and what the same unit has made. */
static ledger_status creation_decide(struct ledger_call *call, const struct session *session,
                                     const struct accounts_made *made, int64_t now_us,
                                     struct account_creation *creation)
{
    const struct ledger_account_request *request = &creation->request;
    const struct rules *rules = &session->rules;
    const struct ledger_account *parent = NULL;
    if (account_find(rules, made, request->account_code) != NULL) {
        return ledger_fail(call, LEDGER_ACCOUNT_EXISTS, "the account %.*s exists already",
                           TEXT_ARGUMENTS(request->account_code));
    }
    if (!text_is_absent(request->parent_account_code)) {
        parent = account_find(rules, made, request->parent_account_code);
        if (parent == NULL) {
            return ledger_fail(call, LEDGER_ACCOUNT_PARENT_IS_INVALID, "account not found: %.*s, named as the parent",
                               TEXT_ARGUMENTS(request->parent_account_code));
        }
        if (parent->account_type != request->account_type) {
            return ledger_fail(call, LEDGER_ACCOUNT_PARENT_IS_INVALID, "the parent %.*s is of type %s, not %s",
                               TEXT_ARGUMENTS(request->parent_account_code),
                               ledger_account_type_name(parent->account_type),
                               ledger_account_type_name(request->account_type));
        }
    }
    creation->account = (struct ledger_account){
        .account_id = account_next_id(rules, made),
        .account_code = request->account_code,
        .account_name = request->account_name,
        .account_type = request->account_type,
        .account_role = request->account_role,
        .parent_account_id = parent == NULL ? 0 : parent->account_id,
        .parent_account_code = parent == NULL ? TEXT_ABSENT : parent->account_code,
        .level = parent == NULL ? 1 : parent->level + 1,
        .description = request->description,
        .is_active = true,
        .version = 1,
        .created_at_us = now_us,
        .created_by = call->actor.user,
    };
    return creation_take_currency(call, creation,
                                  parent == NULL ? session->ledger->settings.default_currency : parent->currency);
}

/* A new version of an account: its row, its event, and a move of the rules. */
static ledger_status account_add_version(struct ledger_call *call, struct write_unit *unit,
                                         const struct ledger_account *account, const char *event_type,
                                         const char *action, struct ledger_text description)
{
    struct ledger_text metadata;
    LEDGER_TRY(event_facts_of_account(call, account, &metadata));
    LEDGER_TRY(store_account_version_insert(call, &unit->session->store, account, store_head_log_size(&unit->head),
                                            unit->now_us, call->actor.user));
    struct ledger_event_record event =
        write_unit_event(call, event_type, LEDGER_INFO, true, action, description, metadata);
    unit->head.rules_version++;
    return write_unit_add_event(call, unit, &event);
}

ledger_status accounts_keep(struct ledger_call *call, struct ledger_account *account)
{
    LEDGER_TRY(ledger_call_copy_text(call, account->account_code, &account->account_code));
    LEDGER_TRY(ledger_call_copy_text(call, account->account_name, &account->account_name));
    LEDGER_TRY(ledger_call_copy_text(call, account->parent_account_code, &account->parent_account_code));
    LEDGER_TRY(ledger_call_copy_text(call, account->currency, &account->currency));
    LEDGER_TRY(ledger_call_copy_text(call, account->description, &account->description));
    return ledger_call_copy_text(call, account->created_by, &account->created_by);
}

/* What was decided: its rows and its event. */
static ledger_status creation_write(struct ledger_call *call, struct write_unit *unit,
                                    struct account_creation *creation)
{
    LEDGER_TRY(accounts_keep(call, &creation->account));
    LEDGER_TRY(store_account_insert(call, &unit->session->store, &creation->account));
    struct ledger_text description;
    LEDGER_TRY(
        ledger_call_format(call, &description, "Created account %.*s", TEXT_ARGUMENTS(creation->account.account_code)));
    creation->rules_version = unit->head.rules_version + 1;
    return account_add_version(call, unit, &creation->account, "ACCOUNT_CREATED", "CREATE_ACCOUNT", description);
}

static ledger_status creation_body(struct ledger_call *call, struct write_unit *unit, void *context)
{
    struct account_creation *creation = context;
    LEDGER_TRY(freeze_check(call, unit));
    LEDGER_TRY(creation_decide(call, unit->session, &made_nothing, unit->now_us, creation));
    return creation_write(call, unit, creation);
}

ledger_status accounts_pretend(struct ledger_call *call, struct session *session,
                               const struct ledger_account_request *request)
{
    struct account_creation creation;
    LEDGER_TRY(request_check(call, request, &creation.request));
    LEDGER_TRY(creation_decide(call, session, &made_nothing, ledger_call_now_us(call), &creation));
    return rules_pretend_account(call, &session->rules, &creation.account);
}

static struct refusal refusal_of(ledger_status status, const char *action, struct ledger_text account_code)
{
    bool is_quotable = account_code.size <= (size_t)4 * LEDGER_CODE_MAX &&
                       utf8_first_invalid(account_code) == account_code.size && !utf8_has_control(account_code);
    return (struct refusal){.event_type = "ACCOUNT_REFUSED",
                            .action = action,
                            .status = status,
                            .subject = is_quotable ? account_code : TEXT_ABSENT};
}

static ledger_status account_refuse(struct ledger_call *call, struct session *session, ledger_status status,
                                    const char *action, struct ledger_text account_code)
{
    struct refusal refusal = refusal_of(status, action, account_code);
    return refusal_record(call, session, &refusal);
}

ledger_status ledger_account_create(struct ledger_call *call, struct ledger *ledger,
                                    const struct ledger_account_request *request, struct ledger_account *ret_account)
{
    SESSION_TAKE(call, ledger, session);
    LEDGER_TRY(write_unit_check_actor(call));
    struct account_creation creation;
    ledger_status status = request_check(call, request, &creation.request);
    if (status == LEDGER_DONE) {
        status = write_unit_run(call, session, creation_body, &creation);
    }
    if (status != LEDGER_DONE) {
        return account_refuse(call, session, status, "CREATE_ACCOUNT", request->account_code);
    }
    rules_put_account(&session->rules, &creation.account, creation.rules_version);
    *ret_account = creation.account;
    return LEDGER_DONE;
}

/* Several at once. */
struct account_creations {
    const struct ledger_account_request *requests;
    struct account_creation *items; /* one for each request … */
    ledger_status *checked;         /* … and what its texts alone make of it */
    size_t count;
    enum ledger_accounts_mode mode;
    struct accounts_made made;
    struct ledger_account_outcome *outcomes;
    size_t problems_base;           /* of the call, before anything was checked */
    struct ledger_text clock_fault; /* why nothing can be made now; absent: it can */
};

static ledger_status creations_init(struct ledger_call *call, struct account_creations *creations)
{
    LEDGER_ALLOCATE(call, creations->items, creations->count);
    LEDGER_ALLOCATE(call, creations->checked, creations->count);
    LEDGER_ALLOCATE(call, creations->outcomes, creations->count);
    LEDGER_ALLOCATE(call, creations->made.items, creations->count);
    creations->problems_base = ledger_call_problems_count(call);
    for (size_t i = 0; i < creations->count; i++) {
        call->item_index = i;
        creations->checked[i] = request_check(call, &creations->requests[i], &creations->items[i].request);
        if (creations->checked[i] != LEDGER_DONE && ledger_status_exit(creations->checked[i]) != 1) {
            return creations->checked[i];
        }
    }
    call->item_index = 0;
    return LEDGER_DONE;
}

/* What one of them is refused for before the rules are asked; LEDGER_DONE where nothing. */
static ledger_status creations_check(struct ledger_call *call, const struct account_creations *creations, size_t item,
                                     struct ledger_text freeze_fault)
{
    if (creations->checked[item] != LEDGER_DONE) {
        return creations->checked[item];
    }
    if (!text_is_absent(creations->clock_fault)) {
        return ledger_fail(call, LEDGER_CLOCK_IS_WRONG, "%.*s", TEXT_ARGUMENTS(creations->clock_fault));
    }
    if (!text_is_absent(freeze_fault)) {
        return ledger_fail(call, LEDGER_IS_FROZEN, "%.*s", TEXT_ARGUMENTS(freeze_fault));
    }
    return LEDGER_DONE;
}

/* Made, there already or refused; an outcome that is none of these ends the unit. */
static ledger_status creations_decide_one(struct ledger_call *call, struct write_unit *unit,
                                          struct account_creations *creations, size_t item,
                                          struct ledger_text freeze_fault, struct refusal_count *counted)
{
    struct account_creation *creation = &creations->items[item];
    struct ledger_account_outcome *outcome = &creations->outcomes[item];
    *outcome = (struct ledger_account_outcome){.status = LEDGER_DONE};
    if (creations->mode == LEDGER_ACCOUNTS_MAY_EXIST && creations->checked[item] == LEDGER_DONE) {
        const struct ledger_account *found =
            account_find(&unit->session->rules, &creations->made, creation->request.account_code);
        if (found != NULL) {
            outcome->was_there = true;
            outcome->account = *found;
            return accounts_keep(call, &outcome->account);
        }
    }
    ledger_status status = creations_check(call, creations, item, freeze_fault);
    if (status == LEDGER_DONE) {
        status = creation_decide(call, unit->session, &creations->made, unit->now_us, creation);
    }
    if (status == LEDGER_DONE) {
        LEDGER_TRY(creation_write(call, unit, creation));
        creations->made.items[creations->made.count++] = &creation->account;
        outcome->account = creation->account;
        return LEDGER_DONE;
    }
    if (ledger_status_exit(status) != 1) {
        return status;
    }
    *outcome = (struct ledger_account_outcome){.status = status, .refusal_recorded = true};
    struct refusal refusal = refusal_of(status, "CREATE_ACCOUNT", creations->requests[item].account_code);
    refusal.first_problem = creations->problems_base;
    refusal.item_index = item;
    return refusal_add(call, unit, &refusal, counted);
}

static ledger_status creations_body(struct ledger_call *call, struct write_unit *unit, void *context)
{
    struct account_creations *creations = context;
    struct refusal_count counted = {.count = 0};
    struct ledger_text freeze_fault;
    LEDGER_TRY(freeze_describe(call, unit, &freeze_fault));
    creations->made.count = 0;
    for (size_t i = 0; i < creations->count; i++) {
        call->item_index = i;
        LEDGER_TRY(creations_decide_one(call, unit, creations, i, freeze_fault, &counted));
    }
    call->item_index = 0;
    return refusal_add_counted(call, unit, &counted);
}

/* A wrong clock is a refusal of each that would be made, recorded as others are. */
static ledger_status creations_run(struct ledger_call *call, struct session *session,
                                   struct account_creations *creations)
{
    size_t problems_before = ledger_call_problems_count(call);
    ledger_status status = write_unit_run(call, session, creations_body, creations);
    if (status != LEDGER_CLOCK_IS_WRONG) {
        return status;
    }
    creations->clock_fault = ledger_call_problem(call, ledger_call_problems_count(call) - 1)->message;
    ledger_call_drop_problems(call, problems_before);
    return write_unit_run_by_any_clock(call, session, creations_body, creations);
}

/* I1. After the commit. */
static void creations_put_in_rules(const struct account_creations *creations, struct rules *rules)
{
    size_t made_count = 0;
    int64_t last_version = RULES_VERSION_NONE;
    for (size_t i = 0; i < creations->count; i++) {
        bool is_made = creations->outcomes[i].status == LEDGER_DONE && !creations->outcomes[i].was_there;
        last_version = is_made ? creations->items[i].rules_version : last_version;
        made_count += is_made ? 1 : 0;
    }
    if (made_count == 0 || (rules->is_loaded && rules->rules_version == last_version)) {
        return; /* or they were read after the commit, to see whether it was done */
    }
    for (size_t i = 0; i < made_count; i++) {
        rules_put_account(rules, creations->made.items[i], last_version - (int64_t)(made_count - 1 - i));
    }
}

/* Nothing was written. What the texts alone refuse is refused all the same. */
static ledger_status creations_fail(struct ledger_call *call, const struct account_creations *creations,
                                    size_t problems_checked, ledger_status status)
{
    size_t problems_count = ledger_call_problems_count(call);
    struct ledger_text message = problems_count > problems_checked
                                     ? ledger_call_problem(call, problems_count - 1)->message
                                     : ledger_text_of(ledger_status_sentence(status));
    bool is_all_refused = true;
    for (size_t i = 0; i < creations->count; i++) {
        ledger_status own = creations->checked[i];
        creations->outcomes[i] = (struct ledger_account_outcome){.status = own == LEDGER_DONE ? status : own};
        is_all_refused = is_all_refused && own != LEDGER_DONE;
    }
    call->item_index = 0;
    ledger_call_drop_problems(call, problems_checked);
    return is_all_refused ? LEDGER_DONE : ledger_fail(call, status, "%.*s", TEXT_ARGUMENTS(message));
}

ledger_status ledger_accounts_create(struct ledger_call *call, struct ledger *ledger,
                                     const struct ledger_account_request *requests, size_t count,
                                     enum ledger_accounts_mode mode, struct ledger_account_outcome *ret_outcomes)
{
    SESSION_TAKE(call, ledger, session);
    LEDGER_TRY(write_unit_check_actor(call));
    if (count > LEDGER_ACCOUNTS_MAX) {
        return ledger_fail(call, LEDGER_INPUT_IS_TOO_LARGE, "%zu accounts at once, at most %d are made in one commit",
                           count, LEDGER_ACCOUNTS_MAX);
    }
    struct account_creations creations = {.requests = requests, .count = count, .mode = mode};
    LEDGER_TRY(creations_init(call, &creations));
    size_t problems_checked = ledger_call_problems_count(call);
    ledger_status status = count == 0 ? LEDGER_DONE : creations_run(call, session, &creations);
    call->refusal_is_recorded = status == LEDGER_DONE;
    if (status == LEDGER_DONE) {
        creations_put_in_rules(&creations, &session->rules);
    } else {
        status = creations_fail(call, &creations, problems_checked, status);
    }
    if (count > 0) {
        memcpy(ret_outcomes, creations.outcomes, count * sizeof *ret_outcomes);
    }
    return status;
}

struct account_switch {
    struct ledger_text account_code;
    bool is_active;
    struct ledger_account account;
    int64_t rules_version; /* after it */
};

static ledger_status switch_body(struct ledger_call *call, struct write_unit *unit, void *context)
{
    struct account_switch *change = context;
    LEDGER_TRY(freeze_check(call, unit));
    const struct rules_account *found = rules_find_account(&unit->session->rules, change->account_code);
    if (found == NULL) {
        return ledger_fail(call, LEDGER_ACCOUNT_NOT_FOUND, "account not found: %.*s",
                           TEXT_ARGUMENTS(change->account_code));
    }
    if (found->account.is_active == change->is_active) {
        return ledger_fail(call, LEDGER_ACCOUNT_STATE_IS_UNCHANGED, "account %.*s is %s already",
                           TEXT_ARGUMENTS(change->account_code), change->is_active ? "active" : "inactive");
    }
    change->account = found->account;
    change->account.is_active = change->is_active;
    change->account.version++;
    LEDGER_TRY(accounts_keep(call, &change->account));
    struct ledger_text description;
    LEDGER_TRY(ledger_call_format(call, &description, "%s account %.*s",
                                  change->is_active ? "Reactivated" : "Deactivated",
                                  TEXT_ARGUMENTS(change->account_code)));
    change->rules_version = unit->head.rules_version + 1;
    return account_add_version(call, unit, &change->account,
                               change->is_active ? "ACCOUNT_REACTIVATED" : "ACCOUNT_DEACTIVATED",
                               change->is_active ? "REACTIVATE_ACCOUNT" : "DEACTIVATE_ACCOUNT", description);
}

ledger_status ledger_account_set_active(struct ledger_call *call, struct ledger *ledger,
                                        struct ledger_text account_code, bool is_active,
                                        struct ledger_account *ret_account)
{
    SESSION_TAKE(call, ledger, session);
    LEDGER_TRY(write_unit_check_actor(call));
    struct account_switch change = {.is_active = is_active};
    size_t problems_before = ledger_call_problems_count(call);
    bool is_good = false;
    LEDGER_TRY(texts_normalise_code(call, "code", account_code, LEDGER_ACCOUNT_CODE_IS_INVALID, 0, &is_good,
                                    &change.account_code));
    ledger_status status = ledger_call_worst(call, problems_before);
    if (status == LEDGER_DONE) {
        status = write_unit_run(call, session, switch_body, &change);
    }
    if (status != LEDGER_DONE) {
        return account_refuse(call, session, status, is_active ? "REACTIVATE_ACCOUNT" : "DEACTIVATE_ACCOUNT",
                              account_code);
    }
    rules_put_account(&session->rules, &change.account, change.rules_version);
    *ret_account = change.account;
    return LEDGER_DONE;
}

ledger_status accounts_get(struct ledger_call *call, struct session *session, struct ledger_text account_code,
                           const struct rules_account **ret_account)
{
    size_t problems_before = ledger_call_problems_count(call);
    bool is_good = false;
    struct ledger_text code;
    LEDGER_TRY(
        texts_normalise_code(call, "account code", account_code, LEDGER_ACCOUNT_CODE_IS_INVALID, 0, &is_good, &code));
    LEDGER_TRY(ledger_call_worst(call, problems_before));
    *ret_account = rules_find_account(&session->rules, code);
    if (*ret_account == NULL) {
        return ledger_fail(call, LEDGER_ACCOUNT_NOT_FOUND, "account not found: %.*s", TEXT_ARGUMENTS(code));
    }
    return LEDGER_DONE;
}

ledger_status ledger_account_get(struct ledger_call *call, struct ledger *ledger, struct ledger_text account_code,
                                 struct ledger_account *ret_account)
{
    SESSION_TAKE(call, ledger, session);
    READ_UNIT(reading);
    struct store_head head;
    LEDGER_TRY(read_unit_begin(call, session, &reading, &head));
    const struct rules_account *found = NULL;
    LEDGER_TRY(accounts_get(call, session, account_code, &found));
    struct ledger_account account = found->account;
    LEDGER_TRY(accounts_keep(call, &account));
    *ret_account = account;
    return LEDGER_DONE;
}

ledger_status accounts_look_up(struct ledger_call *call, struct ledger *ledger,
                               const struct ledger_account_request *requests, size_t count, ledger_status *ret_statuses)
{
    SESSION_TAKE(call, ledger, session);
    READ_UNIT(reading);
    struct store_head head;
    LEDGER_TRY(read_unit_begin(call, session, &reading, &head));
    for (size_t i = 0; i < count; i++) {
        const struct rules_account *found = NULL;
        call->item_index = i;
        ret_statuses[i] = accounts_get(call, session, requests[i].account_code, &found);
        if (ret_statuses[i] != LEDGER_DONE && ledger_status_exit(ret_statuses[i]) != 1) {
            return ret_statuses[i];
        }
    }
    call->item_index = 0;
    return LEDGER_DONE;
}

ledger_status ledger_account_list(struct ledger_call *call, struct ledger *ledger,
                                  const struct ledger_account **ret_accounts, size_t *ret_accounts_count)
{
    SESSION_TAKE(call, ledger, session);
    READ_UNIT(reading);
    struct store_head head;
    LEDGER_TRY(read_unit_begin(call, session, &reading, &head));
    struct ledger_account *accounts = NULL;
    size_t count = 0;
    LEDGER_TRY(store_account_list(call, &session->store, STORE_POSITION_MAX, &accounts, &count));
    struct ledger_account *tree = NULL;
    LEDGER_TRY(account_tree_sort(call, accounts, count, &tree));
    *ret_accounts = tree;
    *ret_accounts_count = count;
    return LEDGER_DONE;
}
