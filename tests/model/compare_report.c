/* Reads the trial balance back from its JSON, and holds rows, totals and hash against the model and the first time. */
#include "model/compare_report.h"

#include <inttypes.h>
#include <jansson.h>

#include "ledger/report.h"

#define AMOUNT_SIZE 48

__extension__ typedef __int128 model_total;

static void amount_write(model_total amount_minor, char out[AMOUNT_SIZE])
{
    char digits[AMOUNT_SIZE];
    size_t at = sizeof digits;
    bool is_negative = amount_minor < 0;
    amount_minor = is_negative ? -amount_minor : amount_minor;
    digits[--at] = '\0';
    for (int place = 0; place < 3 || amount_minor > 0; place++) {
        if (place == 2) {
            digits[--at] = '.';
        }
        digits[--at] = (char)('0' + (int)(amount_minor % 10));
        amount_minor /= 10;
    }
    (void)snprintf(out, AMOUNT_SIZE, "%s%s", is_negative ? "-" : "", digits + at);
}

static void compare_text(struct run *run, const json_t *row, const char *key, const char *expected)
{
    const char *text = json_string_value(json_object_get(row, key));
    if (text == NULL || strcmp(text, expected) != 0) {
        run_fail(run, "trial balance: %s of %s is %s, not %s", key,
                 json_string_value(json_object_get(row, "account_code")), text == NULL ? "no text" : text, expected);
    }
}

static void compare_amount(struct run *run, const json_t *row, const char *key, model_total amount_minor)
{
    char expected[AMOUNT_SIZE];
    amount_write(amount_minor, expected);
    compare_text(run, row, key, expected);
}

/* Whether the account stood in the chart at that position: the trial balance names it, or it has no entry. */
static void compare_rows(struct run *run, const json_t *accounts, const struct ledger_balance *totals)
{
    size_t entries_seen = 0;
    size_t entries_expected = 0;
    for (size_t i = 0; i < json_array_size(accounts); i++) {
        const json_t *row = json_array_get(accounts, i);
        const char *code = json_string_value(json_object_get(row, "account_code"));
        size_t place = code == NULL ? MODEL_NONE : model_find_account(&run->model, ledger_text_of(code));
        if (place == MODEL_NONE) {
            run_fail(run, "trial balance: an account %s", code == NULL ? "without code" : code);
        }
        const struct model_account *account = &run->model.accounts[place];
        model_total difference = (model_total)totals[place].debit_total_minor - totals[place].credit_total_minor;
        bool is_debit = account->account_type == LEDGER_ASSET || account->account_type == LEDGER_EXPENSE;
        compare_text(run, row, "account_name", account->account_name);
        compare_text(run, row, "account_type", ledger_account_type_name(account->account_type));
        compare_text(run, row, "currency", account->currency);
        compare_amount(run, row, "debit", difference > 0 ? difference : 0);
        compare_amount(run, row, "credit", difference < 0 ? -difference : 0);
        compare_amount(run, row, "balance", is_debit ? difference : -difference);
        entries_seen += (size_t)totals[place].entry_count;
    }
    for (size_t i = 0; i < run->model.accounts_count; i++) {
        entries_expected += (size_t)totals[i].entry_count;
    }
    if (entries_seen != entries_expected) {
        run_fail(run, "trial balance: %zu entries behind its accounts, not %zu", entries_seen, entries_expected);
    }
}

static void compare_totals(struct run *run, const json_t *report, const struct ledger_balance *totals)
{
    const json_t *rows = json_object_get(report, "totals");
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        const char *currency = json_string_value(json_object_get(row, "currency"));
        model_total debit = 0;
        model_total credit = 0;
        for (size_t a = 0; a < run->model.accounts_count && currency != NULL; a++) {
            model_total difference = (model_total)totals[a].debit_total_minor - totals[a].credit_total_minor;
            if (strcmp(run->model.accounts[a].currency, currency) == 0) {
                debit += difference > 0 ? difference : 0;
                credit += difference < 0 ? -difference : 0;
            }
        }
        compare_amount(run, row, "debit", debit);
        compare_amount(run, row, "credit", credit);
    }
}

static void compare_report(struct run *run, const struct ledger_report_request *request,
                           const struct run_position *position, struct ledger_report_result *ret_result)
{
    ledger_call_reset(run->call);
    ledger_status status =
        ledger_report_make(run->call, run_ledger(run), request, LEDGER_FORMAT_JSON, 0, false, ret_result);
    if (status != LEDGER_DONE || ret_result->log_position != position->log_position || !ret_result->is_balanced) {
        run_fail(run, "trial balance: %s at position %" PRId64 ", not %" PRId64 "%s", ledger_status_name(status),
                 ret_result->log_position, position->log_position, ret_result->is_balanced ? "" : "; not balanced");
    }
    json_error_t error;
    json_t *report = json_loadb(ret_result->text.data, ret_result->text.size, JSON_REJECT_DUPLICATES, &error);
    if (report == NULL) {
        run_fail(run, "trial balance: not JSON: %s", error.text);
    }
    struct ledger_balance totals[MODEL_ACCOUNTS_MAX];
    struct ledger_balance_query query = {.log_position = position->log_position};
    query.has_as_of_day = position->end_date[0] != '\0';
    if (query.has_as_of_day && ledger_day_parse(run->call, request->end_date, &query.as_of_day) != LEDGER_DONE) {
        run_fail(run, "trial balance: its day");
    }
    model_totals(&run->model, &query, totals);
    compare_rows(run, json_object_get(report, "accounts"), totals);
    compare_totals(run, report, totals);
    json_decref(report);
    run->reports_compared++;
}

static struct ledger_report_request report_request(const struct run_position *position)
{
    struct ledger_report_request request = {
        .struct_size = sizeof request, .type = LEDGER_REPORT_TRIAL_BALANCE, .do_not_record = true};
    if (position->end_date[0] != '\0') {
        request.end_date = ledger_text_of(position->end_date);
    }
    return request;
}

void compare_report_first(struct run *run, struct run_position *position)
{
    position->end_date[0] = '\0';
    if (random_chance(&run->generator, 300)) {
        int32_t year = 0;
        int32_t month = 0;
        int32_t day = 0;
        model_day_to_civil(model_day_of(run->now_us, 0) - (int32_t)random_below(&run->generator, 200), &year, &month,
                           &day);
        (void)snprintf(position->end_date, sizeof position->end_date, "%04d-%02d-%02d", (int)(year % 10000),
                       (int)(month % 100), (int)(day % 100));
    }
    struct ledger_report_request request = report_request(position);
    struct ledger_report_result result;
    compare_report(run, &request, position, &result);
    memcpy(position->report_hash, result.report_hash, sizeof position->report_hash);
}

void compare_report_again(struct run *run, const struct run_position *position)
{
    struct ledger_report_request request = report_request(position);
    struct ledger_report_result result;
    request.has_log_position = true;
    request.log_position = position->log_position;
    compare_report(run, &request, position, &result);
    if (strcmp(result.report_hash, position->report_hash) != 0) {
        run_fail(run, "trial balance at position %" PRId64 ": hash %s, not %s as at first", position->log_position,
                 result.report_hash, position->report_hash);
    }
}
