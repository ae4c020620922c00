/* The chart of accounts: created, taken out of use and into use again, listed as a tree. */
#include "engine/accounts.h"

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

/* By the rules of the session. */
static ledger_status creation_decide(struct ledger_call *call, const struct session *session, int64_t now_us,
                                     struct account_creation *creation)
{
    const struct ledger_account_request *request = &creation->request;
    const struct rules *rules = &session->rules;
    const struct rules_account *parent = NULL;
    if (rules_find_account(rules, request->account_code) != NULL) {
        return ledger_fail(call, LEDGER_ACCOUNT_EXISTS, "the account %.*s exists already",
                           TEXT_ARGUMENTS(request->account_code));
    }
    if (!text_is_absent(request->parent_account_code)) {
        parent = rules_find_account(rules, request->parent_account_code);
        if (parent == NULL) {
            return ledger_fail(call, LEDGER_ACCOUNT_PARENT_IS_INVALID, "account not found: %.*s, named as the parent",
                               TEXT_ARGUMENTS(request->parent_account_code));
        }
        if (parent->account.account_type != request->account_type) {
            return ledger_fail(call, LEDGER_ACCOUNT_PARENT_IS_INVALID, "the parent %.*s is of type %s, not %s",
                               TEXT_ARGUMENTS(request->parent_account_code),
                               ledger_account_type_name(parent->account.account_type),
                               ledger_account_type_name(request->account_type));
        }
    }
    size_t count = rules->accounts_count;
    creation->account = (struct ledger_account){
        .account_id = count == 0 ? 1 : rules->accounts[count - 1]->account.account_id + 1,
        .account_code = request->account_code,
        .account_name = request->account_name,
        .account_type = request->account_type,
        .account_role = request->account_role,
        .parent_account_id = parent == NULL ? 0 : parent->account.account_id,
        .parent_account_code = parent == NULL ? TEXT_ABSENT : parent->account.account_code,
        .level = parent == NULL ? 1 : parent->account.level + 1,
        .description = request->description,
        .is_active = true,
        .version = 1,
        .created_at_us = now_us,
        .created_by = call->actor.user,
    };
    return creation_take_currency(
        call, creation, parent == NULL ? session->ledger->settings.default_currency : parent->account.currency);
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

static ledger_status creation_body(struct ledger_call *call, struct write_unit *unit, void *context)
{
    struct account_creation *creation = context;
    LEDGER_TRY(freeze_check(call, unit));
    LEDGER_TRY(creation_decide(call, unit->session, unit->now_us, creation));
    LEDGER_TRY(accounts_keep(call, &creation->account));
    LEDGER_TRY(store_account_insert(call, &unit->session->store, &creation->account));
    struct ledger_text description;
    LEDGER_TRY(
        ledger_call_format(call, &description, "Created account %.*s", TEXT_ARGUMENTS(creation->account.account_code)));
    creation->rules_version = unit->head.rules_version + 1;
    return account_add_version(call, unit, &creation->account, "ACCOUNT_CREATED", "CREATE_ACCOUNT", description);
}

ledger_status accounts_pretend(struct ledger_call *call, struct session *session,
                               const struct ledger_account_request *request)
{
    struct account_creation creation;
    LEDGER_TRY(request_check(call, request, &creation.request));
    LEDGER_TRY(creation_decide(call, session, ledger_call_now_us(call), &creation));
    return rules_pretend_account(call, &session->rules, &creation.account);
}

static ledger_status account_refuse(struct ledger_call *call, struct session *session, ledger_status status,
                                    const char *action, struct ledger_text account_code)
{
    bool is_quotable = account_code.size <= (size_t)4 * LEDGER_CODE_MAX &&
                       utf8_first_invalid(account_code) == account_code.size && !utf8_has_control(account_code);
    struct refusal refusal = {.event_type = "ACCOUNT_REFUSED",
                              .action = action,
                              .status = status,
                              .subject = is_quotable ? account_code : TEXT_ABSENT};
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
