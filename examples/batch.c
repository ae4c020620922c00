/* Many transactions in one durable commit: each item for itself, or all together.
 *
 *     example_batch [URI]     else sqlite:///batch.db, which must not exist yet
 *
 * The second of three items names an account that does not exist. With LEDGER_BATCH_EACH the other two are posted; with
 * LEDGER_BATCH_ALL nothing is. Sent again with their idempotency keys, items that were posted are answered, not posted
 * twice. */
#include <stdio.h>
#include <stdlib.h>

#include "ledger/account.h"
#include "ledger/transaction.h"

#define TEXT(literal) ledger_text_of(literal)

enum { ITEMS_COUNT = 3 };

static void tell_problems(const struct ledger_call *call)
{
    for (size_t index = 0; index < ledger_call_problems_count(call); index++) {
        const struct ledger_problem *problem = ledger_call_problem(call, index);
        printf("    item %zu: %.*s\n", problem->item_index, (int)problem->message.size, problem->message.data);
    }
}

static ledger_status create_account(struct ledger_call *call, struct ledger *ledger, const char *code, const char *name,
                                    enum ledger_account_type type)
{
    const struct ledger_account_request request = {
        .account_code = TEXT(code), .account_name = TEXT(name), .account_type = type};
    struct ledger_account account;
    return ledger_account_create(call, ledger, &request, &account);
}

/* Posts three sales; the middle one to the account `second_account`. */
static ledger_status post_three(struct ledger_call *call, struct ledger *ledger, const char *second_account,
                                const char *const keys[ITEMS_COUNT], enum ledger_batch_mode mode)
{
    struct ledger_entry entries[ITEMS_COUNT][2];
    struct ledger_posting postings[ITEMS_COUNT];
    struct ledger_posted posted[ITEMS_COUNT];
    for (size_t index = 0; index < ITEMS_COUNT; index++) {
        entries[index][0] = (struct ledger_entry){
            .account_code = TEXT(index == 1 ? second_account : "1000"),
            .entry_type = LEDGER_DEBIT,
            .amount_minor = 2500, /* hundredths: 25.00 */
        };
        entries[index][1] =
            (struct ledger_entry){.account_code = TEXT("4000"), .entry_type = LEDGER_CREDIT, .amount_minor = 2500};
        postings[index] = (struct ledger_posting){
            .business_event_type = TEXT("SALE"),
            .description = TEXT("Sale at the till"),
            .transaction_date = TEXT("2026-01-31"),
            .idempotency_key = TEXT(keys[index]),
            .entries = entries[index],
            .entries_count = 2,
        };
    }
    ledger_call_reset(call);
    ledger_status status = ledger_post_batch(call, ledger, postings, ITEMS_COUNT, mode, posted);
    printf("%s: %s\n", mode == LEDGER_BATCH_EACH ? "each for itself" : "all together", ledger_status_name(status));
    for (size_t index = 0; index < ITEMS_COUNT; index++) {
        const struct ledger_posted *item = &posted[index];
        bool is_posted = status == LEDGER_DONE && item->status == LEDGER_DONE;
        printf("  item %zu %s: %s%s\n", index, keys[index],
               is_posted ? item->transaction_number : ledger_status_name(item->status),
               is_posted && item->replayed ? " (posted before)" : "");
    }
    tell_problems(call);
    /* A refusal is an answer, not a failure of this program. */
    return status == LEDGER_BATCH_IS_REFUSED ? LEDGER_DONE : status;
}

static ledger_status run_batches(struct ledger_call *call, struct ledger *ledger)
{
    static const char *const first_keys[ITEMS_COUNT] = {"till-1", "till-2", "till-3"};
    static const char *const more_keys[ITEMS_COUNT] = {"till-4", "till-5", "till-6"};
    ledger_status status = create_account(call, ledger, "1000", "Cash", LEDGER_ASSET);
    if (status == LEDGER_DONE) {
        status = create_account(call, ledger, "4000", "Sales", LEDGER_REVENUE);
    }
    if (status == LEDGER_DONE) {
        status = post_three(call, ledger, "1999", first_keys, LEDGER_BATCH_EACH);
    }
    if (status == LEDGER_DONE) {
        status = post_three(call, ledger, "1999", more_keys, LEDGER_BATCH_ALL);
    }
    if (status == LEDGER_DONE) {
        /* Corrected and sent again: two are known already, the key of the refused one was not used up. */
        status = post_three(call, ledger, "1000", first_keys, LEDGER_BATCH_ALL);
    }
    return status;
}

int main(int argc, char **argv)
{
    struct ledger_call *call = ledger_call_new();
    if (call == NULL) {
        fprintf(stderr, "memory ran out\n");
        return EXIT_FAILURE;
    }
    const struct ledger_open_options options = {
        .struct_size = sizeof options,
        .uri = TEXT(argc > 1 ? argv[1] : "sqlite:///batch.db"),
    };
    const struct ledger_settings settings = {.default_currency = TEXT("AOA")};
    const struct ledger_actor actor = {.user = TEXT("till"), .source_system = TEXT("example")};
    struct ledger *ledger = NULL;
    ledger_status status = ledger_call_set_actor(call, &actor);
    if (status == LEDGER_DONE) {
        status = ledger_create(call, &options, &settings, &ledger);
    }
    if (status == LEDGER_DONE) {
        status = run_batches(call, ledger);
    }
    if (status != LEDGER_DONE) {
        fprintf(stderr, "%s: %s\n", ledger_status_name(status), ledger_call_message(call));
    }
    ledger_free(ledger);
    ledger_call_free(call);
    return ledger_status_exit(status);
}
