/* The first steps: make a ledger, two accounts, a posting, a posting that is refused, and a balance.
 *
 *     example_post_and_balance [URI]     else sqlite:///first_steps.db, which must not exist yet
 *
 * Every function that can fail takes the call first and returns a status, LEDGER_DONE being 0. What went wrong, and
 * with which entry, is asked of the call. */
#include <stdio.h>
#include <stdlib.h>

#include "ledger/balance.h"
#include "ledger/transaction.h"

#define TEXT(literal) ledger_text_of(literal)

/* Tells everything that the call knows about a failure: each problem, and what to do. */
static void tell_failure(const struct ledger_call *call, ledger_status status)
{
    printf("%s: %s\n", ledger_status_name(status), ledger_status_sentence(status));
    for (size_t index = 0; index < ledger_call_problems_count(call); index++) {
        const struct ledger_problem *problem = ledger_call_problem(call, index);
        printf("  %.*s\n", (int)problem->message.size, problem->message.data);
    }
    printf("  what to do: %s\n", ledger_status_remedy(status));
}

static ledger_status create_accounts(struct ledger_call *call, struct ledger *ledger)
{
    const struct ledger_account_request requests[] = {
        {.account_code = TEXT("1000"), .account_name = TEXT("Cash"), .account_type = LEDGER_ASSET},
        {.account_code = TEXT("4000"), .account_name = TEXT("Sales"), .account_type = LEDGER_REVENUE},
    };
    for (size_t index = 0; index < sizeof requests / sizeof requests[0]; index++) {
        struct ledger_account account;
        ledger_status status = ledger_account_create(call, ledger, &requests[index], &account);
        if (status != LEDGER_DONE) {
            return status;
        }
    }
    return LEDGER_DONE;
}

/* Posts a sale. Amounts are the digits as they were typed: nothing on their way is a floating-point number. */
static ledger_status post_sale(struct ledger_call *call, struct ledger *ledger, const char *debit, const char *credit)
{
    const struct ledger_entry entries[] = {
        {.account_code = TEXT("1000"), .entry_type = LEDGER_DEBIT, .amount = TEXT(debit)},
        {.account_code = TEXT("4000"), .entry_type = LEDGER_CREDIT, .amount = TEXT(credit)},
    };
    const struct ledger_posting posting = {
        .business_event_type = TEXT("SALE"),
        .description = TEXT("Invoice 42"),
        .transaction_date = TEXT("2026-01-31"),
        .entries = entries,
        .entries_count = 2,
    };
    struct ledger_posted posted;
    ledger_status status = ledger_post(call, ledger, &posting, &posted);
    if (status == LEDGER_DONE) {
        printf("posted %s\n  id   %s\n  hash %s\n", posted.transaction_number, posted.transaction_id,
               posted.transaction_hash);
    }
    return status;
}

static ledger_status show_balance(struct ledger_call *call, struct ledger *ledger)
{
    const struct ledger_balance_query query = {.log_position = LEDGER_POSITION_HEAD};
    struct ledger_account account;
    struct ledger_balance totals;
    ledger_status status = ledger_balance_get(call, ledger, TEXT("1000"), &query, &account, &totals);
    if (status == LEDGER_DONE) {
        long long minor = ledger_balance_of(&totals, account.account_type);
        printf("balance of %.*s: %lld.%02lld %.*s\n", (int)account.account_name.size, account.account_name.data,
               minor / 100, minor % 100, (int)account.currency.size, account.currency.data);
    }
    return status;
}

static ledger_status run(struct ledger_call *call, const char *uri)
{
    const struct ledger_open_options options = {.struct_size = sizeof options, .uri = TEXT(uri)};
    const struct ledger_settings settings = {.default_currency = TEXT("AOA"), .time_zone = TEXT("Africa/Luanda")};
    const struct ledger_actor actor = {.user = TEXT("maria"), .source_system = TEXT("example")};
    ledger_status status = ledger_call_set_actor(call, &actor);
    struct ledger *ledger = NULL;
    if (status == LEDGER_DONE) {
        status = ledger_create(call, &options, &settings, &ledger);
    }
    if (status == LEDGER_DONE) {
        status = create_accounts(call, ledger);
    }
    if (status == LEDGER_DONE) {
        status = post_sale(call, ledger, "1000.50", "1000.50");
    }
    if (status == LEDGER_DONE) {
        /* Refused, with nothing written but the audit event of the refusal; the ledger goes on. */
        tell_failure(call, post_sale(call, ledger, "1000.50", "1000.05"));
        printf("  recorded: %s\n", ledger_call_refusal_recorded(call) ? "yes" : "no");
        ledger_call_reset(call);
        status = show_balance(call, ledger);
    }
    ledger_free(ledger);
    return status;
}

int main(int argc, char **argv)
{
    struct ledger_call *call = ledger_call_new();
    if (call == NULL) {
        fprintf(stderr, "memory ran out\n");
        return EXIT_FAILURE;
    }
    ledger_status status = run(call, argc > 1 ? argv[1] : "sqlite:///first_steps.db");
    if (status != LEDGER_DONE) {
        tell_failure(call, status);
    }
    ledger_call_free(call);
    return ledger_status_exit(status);
}
