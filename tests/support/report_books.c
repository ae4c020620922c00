/* Reports made for tests. */
#include "support/report_books.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void books_account(struct fixture *fixture, const char *code, const char *name, enum ledger_account_type type,
                   enum ledger_account_role role, const char *parent, const char *currency)
{
    struct ledger_account_request request = {
        .account_code = ledger_text_of(code),
        .account_name = ledger_text_of(name),
        .account_type = type,
        .account_role = role,
        .parent_account_code = ledger_text_of(parent),
        .currency = ledger_text_of(currency),
    };
    struct ledger_account account;
    assert_done(fixture->call, ledger_account_create(fixture->call, fixture->ledger, &request, &account));
}

struct ledger_posted books_post(struct fixture *fixture, const char *event_type, const char *date,
                                const char *debit_code, const char *credit_code, const char *amount)
{
    struct ledger_posting posting = fixture_posting(fixture, date, debit_code, credit_code, amount);
    struct ledger_posted posted;
    posting.business_event_type = ledger_text_of(event_type);
    posting.allow_future = true;
    assert_done(fixture->call, ledger_post(fixture->call, fixture->ledger, &posting, &posted));
    return posted;
}

void books_chart(struct fixture *fixture)
{
    enum ledger_account_role normal = LEDGER_ROLE_NORMAL;
    enum ledger_account_role header = LEDGER_ROLE_HEADER;
    books_account(fixture, "1000", "Assets", LEDGER_ASSET, header, NULL, NULL);
    books_account(fixture, "1100", "Cash", LEDGER_ASSET, normal, "1000", NULL);
    books_account(fixture, "1150", "Cash in dollars", LEDGER_ASSET, normal, "1000", "USD");
    books_account(fixture, "1500", "Machines", LEDGER_ASSET, normal, "1000", NULL);
    books_account(fixture, "1590", "Depreciation of machines", LEDGER_ASSET, LEDGER_ROLE_CONTRA, "1500", NULL);
    books_account(fixture, "2000", "Loans", LEDGER_LIABILITY, normal, NULL, NULL);
    books_account(fixture, "3000", "Capital", LEDGER_EQUITY, normal, NULL, NULL);
    books_account(fixture, "3150", "Capital in dollars", LEDGER_EQUITY, normal, NULL, "USD");
    books_account(fixture, "3900", "Retained earnings", LEDGER_EQUITY, LEDGER_ROLE_RETAINED_EARNINGS, NULL, NULL);
    books_account(fixture, "4000", "Revenue", LEDGER_REVENUE, header, NULL, NULL);
    books_account(fixture, "4100", "Sales", LEDGER_REVENUE, normal, "4000", NULL);
    books_account(fixture, "4190", "Sales returned", LEDGER_REVENUE, LEDGER_ROLE_CONTRA, "4000", NULL);
    books_account(fixture, "5000", "Expense", LEDGER_EXPENSE, header, NULL, NULL);
    books_account(fixture, "5100", "Rent", LEDGER_EXPENSE, normal, "5000", NULL);
    books_account(fixture, "5200", "Depreciation", LEDGER_EXPENSE, normal, "5000", NULL);
}

struct fixture *books_begin(void **state)
{
    (void)fixture_setup_empty(state);
    struct fixture *fixture = *state;
    struct ledger_settings settings = {.default_currency = TEXT("EUR")};
    fixture_create(fixture, &settings);
    books_chart(fixture);
    return fixture;
}

struct ledger_report_request books_request(enum ledger_report_type type, const char *start_date, const char *end_date)
{
    return (struct ledger_report_request){
        .struct_size = sizeof(struct ledger_report_request),
        .type = type,
        .start_date = ledger_text_of(start_date),
        .end_date = ledger_text_of(end_date),
    };
}

struct ledger_report_result books_make(struct fixture *fixture, const struct ledger_report_request *request,
                                       enum ledger_report_format format)
{
    struct ledger_report_result result;
    assert_done(fixture->call, ledger_report_make(fixture->call, fixture->ledger, request, format, 0, false, &result));
    return result;
}

/* Tests run at the top of the tree. */
static void books_ask_oracle(struct fixture *fixture, struct ledger_text json)
{
    char path[SCRATCH_PATH_SIZE + 16];
    char command[2 * SCRATCH_PATH_SIZE];
    (void)snprintf(path, sizeof path, "%s/report.json", fixture->database.directory);
    (void)snprintf(command, sizeof command, "python3 tests/oracle/report_hash.py '%s'", path);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(json.data, 1, json.size, file), json.size);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(system(command), 0);
    assert_int_equal(unlink(path), 0);
}

json_t *books_report(struct fixture *fixture, const struct ledger_report_request *request)
{
    json_error_t error;
    struct ledger_report_result result = books_make(fixture, request, LEDGER_FORMAT_JSON);
    json_t *report = json_loadb(result.text.data, result.text.size, JSON_REJECT_DUPLICATES, &error);
    if (report == NULL) {
        fail_msg("the report is no JSON: line %d: %s", error.line, error.text);
    }
    assert_string_equal(books_cell(report, "report_hash"), result.report_hash);
    assert_string_equal(books_cell(report, "report_id"), result.report_id);
    assert_int_equal(json_integer_value(json_object_get(report, "log_position")), result.log_position);
    books_ask_oracle(fixture, result.text);
    return report;
}

const char *books_cell(const json_t *row, const char *column)
{
    static char numbers[8][32];
    static unsigned next;
    const json_t *cell = json_object_get(row, column);
    if (cell == NULL) {
        fail_msg("there is no %s", column);
    }
    if (json_is_integer(cell)) {
        char *text = numbers[next++ % 8];
        (void)snprintf(text, sizeof numbers[0], "%lld", (long long)json_integer_value(cell));
        return text;
    }
    if (json_is_boolean(cell)) {
        return json_is_true(cell) ? "true" : "false";
    }
    return json_is_null(cell) ? "" : json_string_value(cell);
}

const json_t *books_find(const json_t *report, const char *table, const char *column, const char *text,
                         const char *second_column, const char *second_text)
{
    const json_t *rows = json_object_get(report, table);
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        if (strcmp(books_cell(row, column), text) == 0 &&
            (second_column == NULL || strcmp(books_cell(row, second_column), second_text) == 0)) {
            return row;
        }
    }
    return NULL;
}

static void books_row(const json_t *row, const char *const columns[], size_t columns_count, char *out, size_t size)
{
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < columns_count; i++) {
        int length = snprintf(out + used, size - used, "%s%s", i == 0 ? "" : "|", books_cell(row, columns[i]));
        assert_true(length >= 0 && (size_t)length < size - used);
        used += (size_t)length;
    }
}

void books_assert_rows(const json_t *report, const char *table, const char *const columns[], size_t columns_count,
                       const char *const rows[], size_t rows_count, const char *file, int line)
{
    const json_t *found = json_object_get(report, table);
    size_t found_count = json_array_size(found);
    bool is_same = json_is_array(found) && found_count == rows_count;
    char text[1024];
    for (size_t i = 0; is_same && i < found_count; i++) {
        books_row(json_array_get(found, i), columns, columns_count, text, sizeof text);
        is_same = strcmp(text, rows[i]) == 0;
    }
    if (is_same) {
        return;
    }
    print_error("%s has:\n", table);
    for (size_t i = 0; i < found_count; i++) {
        books_row(json_array_get(found, i), columns, columns_count, text, sizeof text);
        print_error("    \"%s\",%s\n", text, i < rows_count && strcmp(text, rows[i]) == 0 ? "" : "   <-- differs");
    }
    _fail(file, line);
}
