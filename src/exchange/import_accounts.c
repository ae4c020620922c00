/* Declared accounts of an import: many of them are one reading of the rules and one commit. */
#include "exchange/import_accounts.h"

#include <assert.h>
#include <string.h>

#include "base/text.h"
#include "engine/accounts.h"
#include "engine/stream.h"
#include "exchange/import_reasons.h"

void import_accounts_init(struct import_accounts *accounts)
{
    *accounts = (struct import_accounts){.count = 0};
    arena_init(&accounts->arena);
}

void import_accounts_done(struct import_accounts *accounts)
{
    arena_done(&accounts->arena);
}

void import_accounts_empty(struct import_accounts *accounts)
{
    arena_reset(&accounts->arena);
    *accounts = (struct import_accounts){.arena = accounts->arena};
}

/* In place; false when memory ran out. */
static bool keep_text(struct arena *arena, struct ledger_text *text)
{
    return text_keep(arena, *text, text);
}

static bool keep_request(struct arena *arena, struct ledger_account_request *request)
{
    return keep_text(arena, &request->account_code) && keep_text(arena, &request->account_name) &&
           keep_text(arena, &request->parent_account_code) && keep_text(arena, &request->currency) &&
           keep_text(arena, &request->description);
}

ledger_status import_accounts_add(struct ledger_call *call, struct import_accounts *accounts,
                                  const struct reading *reading)
{
    assert(accounts->count < LEDGER_ACCOUNTS_MAX);
    if (accounts->items == NULL) {
        accounts->items = arena_allocate_array(&accounts->arena, LEDGER_ACCOUNTS_MAX, sizeof *accounts->items);
    }
    if (accounts->items == NULL) {
        return ledger_fail_out_of_memory(call);
    }
    struct import_account *account = &accounts->items[accounts->count];
    *account = (struct import_account){.line = reading->line,
                                       .source = reading->source,
                                       .request = reading->account,
                                       .type_fault = reading->type_fault};
    if (!keep_text(&accounts->arena, &account->source) || !keep_text(&accounts->arena, &account->type_fault) ||
        !keep_request(&accounts->arena, &account->request)) {
        return ledger_fail_out_of_memory(call);
    }
    accounts->count++;
    return LEDGER_DONE;
}

/* Those that the ledger does not have, by their places among the declared. */
struct missing {
    struct ledger_account_request *requests;
    size_t *places;
    size_t count;
};

/* What is wrong with a code is told here; an account whose type is not known can be found, not made. */
static ledger_status find_missing(struct ledger_call *call, struct import_accounts *accounts,
                                  const struct import_accounts_options *options, struct missing *missing)
{
    struct ledger_account_request *requests = missing->requests;
    ledger_status statuses[LEDGER_ACCOUNTS_MAX];
    for (size_t i = 0; i < accounts->count; i++) {
        requests[i] = accounts->items[i].request;
    }
    LEDGER_TRY(accounts_look_up(call, options->ledger, requests, accounts->count, statuses));
    for (size_t i = 0; i < accounts->count && !options->creates; i++) {
        if (statuses[i] != LEDGER_DONE) {
            call->item_index = i;
            ledger_call_add_problem(call, statuses[i], 0, "--create-accounts makes what the file declares");
        }
    }
    struct import_reasons reasons;
    LEDGER_TRY(import_reasons_init(call, &call->arena, call, &reasons));
    for (size_t i = 0; i < accounts->count; i++) {
        struct import_account *account = &accounts->items[i];
        bool is_missing = statuses[i] == LEDGER_ACCOUNT_NOT_FOUND && options->creates;
        if (is_missing && !text_is_absent(account->type_fault)) {
            account->reasons = account->type_fault;
        } else if (is_missing) {
            missing->places[missing->count] = i;
            requests[missing->count++] = account->request;
        } else if (statuses[i] != LEDGER_DONE) {
            LEDGER_TRY(import_reasons_next(call, &accounts->arena, &reasons, i, &account->reasons));
        }
    }
    return LEDGER_DONE;
}

/* One that was declared before is there. */
static ledger_status pretend_missing(struct ledger_call *call, struct import_accounts *accounts,
                                     struct ledger_stream *stream, const struct missing *missing, uint64_t *ret_created)
{
    for (size_t i = 0; i < missing->count; i++) {
        ledger_call_reset(call);
        ledger_status status = stream_pretend_account(stream, &missing->requests[i], call);
        if (status != LEDGER_DONE && ledger_status_exit(status) != 1) {
            return status;
        }
        *ret_created += status == LEDGER_DONE ? 1 : 0;
        if (status != LEDGER_DONE && status != LEDGER_ACCOUNT_EXISTS) {
            LEDGER_TRY(import_reasons_all(call, &accounts->arena, call, &accounts->items[missing->places[i]].reasons));
        }
    }
    return LEDGER_DONE;
}

static ledger_status make_missing(struct ledger_call *call, struct import_accounts *accounts, struct ledger *ledger,
                                  const struct missing *missing, uint64_t *ret_created)
{
    struct ledger_account_outcome outcomes[LEDGER_ACCOUNTS_MAX];
    ledger_call_reset(call);
    LEDGER_TRY(
        ledger_accounts_create(call, ledger, missing->requests, missing->count, LEDGER_ACCOUNTS_MAY_EXIST, outcomes));
    struct import_reasons reasons;
    LEDGER_TRY(import_reasons_init(call, &call->arena, call, &reasons));
    for (size_t i = 0; i < missing->count; i++) {
        *ret_created += outcomes[i].status == LEDGER_DONE && !outcomes[i].was_there ? 1 : 0;
        if (outcomes[i].status != LEDGER_DONE) {
            struct import_account *account = &accounts->items[missing->places[i]];
            LEDGER_TRY(import_reasons_next(call, &accounts->arena, &reasons, i, &account->reasons));
        }
    }
    return LEDGER_DONE;
}

ledger_status import_accounts_settle(struct ledger_call *call, struct import_accounts *accounts,
                                     const struct import_accounts_options *options, uint64_t *ret_created)
{
    struct ledger_account_request requests[LEDGER_ACCOUNTS_MAX];
    size_t places[LEDGER_ACCOUNTS_MAX];
    struct missing missing = {.requests = requests, .places = places};
    *ret_created = 0;
    ledger_call_reset(call);
    LEDGER_TRY(find_missing(call, accounts, options, &missing));
    if (missing.count == 0) {
        return LEDGER_DONE;
    }
    return options->stream != NULL ? pretend_missing(call, accounts, options->stream, &missing, ret_created)
                                   : make_missing(call, accounts, options->ledger, &missing, ret_created);
}
