/* A trial balance as JSON, and the proof that it can be made again.
 *
 *     example_reports [URI]     else sqlite:///reports.db, which must not exist yet
 *
 * A report depends on its parameters and a position of the log alone. It is made, more is posted, back-dated even, and
 * it is still what the ledger gives at that position. */
#include <stdio.h>
#include <stdlib.h>

#include "ledger/account.h"
#include "ledger/report.h"
#include "ledger/transaction.h"

#define TEXT(literal) ledger_text_of(literal)

static ledger_status create_account(struct ledger_call *call, struct ledger *ledger, const char *code, const char *name,
                                    enum ledger_account_type type)
{
    const struct ledger_account_request request = {
        .account_code = TEXT(code), .account_name = TEXT(name), .account_type = type};
    struct ledger_account account;
    return ledger_account_create(call, ledger, &request, &account);
}

static ledger_status post(struct ledger_call *call, struct ledger *ledger, const char *amount, const char *date)
{
    const struct ledger_entry entries[] = {
        {.account_code = TEXT("1000"), .entry_type = LEDGER_DEBIT, .amount = TEXT(amount)},
        {.account_code = TEXT("3000"), .entry_type = LEDGER_CREDIT, .amount = TEXT(amount)},
    };
    const struct ledger_posting posting = {
        .business_event_type = TEXT("CAPITAL"),
        .description = TEXT("Paid in"),
        .transaction_date = TEXT(date),
        .entries = entries,
        .entries_count = 2,
    };
    struct ledger_posted posted;
    return ledger_post(call, ledger, &posting, &posted);
}

static ledger_status make_books(struct ledger_call *call, struct ledger *ledger)
{
    ledger_status status = create_account(call, ledger, "1000", "Bank", LEDGER_ASSET);
    if (status == LEDGER_DONE) {
        status = create_account(call, ledger, "3000", "Share capital", LEDGER_EQUITY);
    }
    return status == LEDGER_DONE ? post(call, ledger, "250000", "2026-01-02") : status;
}

/* Whether the saved report is still what the ledger gives at the report's position. */
static ledger_status compare(struct ledger_call *call, struct ledger *ledger, struct ledger_text saved)
{
    struct ledger_report_comparison comparison;
    ledger_status status = ledger_report_verify(call, ledger, saved, &comparison);
    if (status == LEDGER_DONE) {
        printf("%s\n", comparison.is_same ? "the same" : "not the same");
        for (size_t index = 0; index < comparison.differences_count; index++) {
            const struct ledger_text *difference = &comparison.differences[index];
            printf("  %.*s\n", (int)difference->size, difference->data);
        }
    }
    return status;
}

static ledger_status run(struct ledger_call *call, struct ledger *ledger)
{
    ledger_status status = make_books(call, ledger);
    if (status != LEDGER_DONE) {
        return status;
    }
    const struct ledger_report_request request = {
        .struct_size = sizeof request,
        .type = LEDGER_REPORT_TRIAL_BALANCE,
        .end_date = TEXT("2026-03-31"),
    };
    struct ledger_report_result report;
    status = ledger_report_make(call, ledger, &request, LEDGER_FORMAT_JSON, 0, false, &report);
    if (status != LEDGER_DONE) {
        return status;
    }
    printf("%.*s\n", (int)report.text.size, report.text.data);
    printf("balanced: %s, log position %lld, hash %s\n", report.is_balanced ? "yes" : "no",
           (long long)report.log_position, report.report_hash);

    /* The report's text lives until the call is reset, so it is still there after what comes now. */
    status = post(call, ledger, "99", "2026-01-01");
    return status == LEDGER_DONE ? compare(call, ledger, report.text) : status;
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
        .uri = TEXT(argc > 1 ? argv[1] : "sqlite:///reports.db"),
    };
    const struct ledger_settings settings = {.default_currency = TEXT("AOA")};
    const struct ledger_actor actor = {.user = TEXT("maria"), .source_system = TEXT("example")};
    struct ledger *ledger = NULL;
    ledger_status status = ledger_call_set_actor(call, &actor);
    if (status == LEDGER_DONE) {
        status = ledger_create(call, &options, &settings, &ledger);
    }
    if (status == LEDGER_DONE) {
        status = run(call, ledger);
    }
    if (status != LEDGER_DONE) {
        fprintf(stderr, "%s: %s\n", ledger_status_name(status), ledger_call_message(call));
    }
    ledger_free(ledger);
    ledger_call_free(call);
    return ledger_status_exit(status);
}
