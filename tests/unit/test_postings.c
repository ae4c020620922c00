/* Postings judged one by one: tests/tables/postings.txt says what each is and what becomes of it. After each refusal
 * the ledger is as it was, but for the one event that says what was refused and why.
 *
 * A case of the table is `name | fields | entries | outcome`:
 *   fields   type=, key=, description=, date=, idempotency=, future (allowed), separated by blanks
 *   entries  D or C, account code and amount, then type=, currency=, memo=, center=, unit=, project=, separated by
 *            commas; "20*D" stands for twenty of them
 *   outcome  DONE and the first entry's hundredths, or every problem in order: status[@entry][ "words of its message"],
 *            separated by semicolons
 * In a word, \s is a blank, \p a bar, \m a comma, \e nothing at all (present and empty), \0 a NUL, \xHH a byte, \uHHHH
 * a character, and {N} repeats what follows N times. */
#include <stdio.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "support/ledger_fixture.h"

enum { LINE_SIZE = 8192, PROBLEMS_MAX = 32 };

struct expected_problem {
    ledger_status status;
    uint32_t entry_number;
    char words[200];
};

struct expectation {
    bool is_done;
    int64_t amount_minor;
    struct expected_problem problems[PROBLEMS_MAX];
    size_t problems_count;
};

static ledger_status status_of(const char *name, size_t size)
{
    for (int status = 0; status < 100; status++) {
        const char *candidate = ledger_status_name((ledger_status)status) + strlen("LEDGER_");
        if (strlen(candidate) == size && memcmp(candidate, name, size) == 0) {
            return (ledger_status)status;
        }
    }
    fail_msg("there is no outcome %.*s", (int)size, name);
    return LEDGER_DEFECT;
}

/* What stands between `*at` and the next separator, without blanks around it; NULL at the end. */
static char *take_part(char **at, const char *separator)
{
    if (*at == NULL) {
        return NULL;
    }
    char *part = strsep(at, separator);
    while (*part == ' ') {
        part++;
    }
    for (size_t size = strlen(part); size > 0 && (part[size - 1] == ' ' || part[size - 1] == '\n'); size--) {
        part[size - 1] = '\0';
    }
    return part;
}

static size_t unescape_one(const char *word, char out[4], size_t *ret_size)
{
    *ret_size = 1;
    if (word[0] != '\\') {
        out[0] = word[0];
        return 1;
    }
    char digits[5] = {0};
    switch (word[1]) {
    case 's':
        out[0] = ' ';
        return 2;
    case 'p':
        out[0] = '|';
        return 2;
    case 'm':
        out[0] = ',';
        return 2;
    case '0':
        out[0] = '\0';
        return 2;
    case 'x':
        memcpy(digits, word + 2, 2);
        out[0] = (char)strtol(digits, NULL, 16);
        return 4;
    case 'u':
        memcpy(digits, word + 2, 4);
        *ret_size = utf8_encode((uint32_t)strtol(digits, NULL, 16), out);
        return 6;
    default:
        *ret_size = 0; /* \e */
        return 2;
    }
}

static struct ledger_text unescape(struct ledger_call *call, const char *word)
{
    char *data = arena_allocate(&call->arena, 65536);
    assert_non_null(data);
    size_t size = 0;
    while (*word != '\0') {
        long repeats = 1;
        if (*word == '{') {
            char *end = NULL;
            repeats = strtol(word + 1, &end, 10);
            word = end + 1;
        }
        char one[4];
        size_t one_size = 0;
        word += unescape_one(word, one, &one_size);
        for (long i = 0; i < repeats; i++) {
            memcpy(data + size, one, one_size);
            size += one_size;
        }
    }
    return (struct ledger_text){data, size};
}

/* The value of `name=` among words; absent where it is not there. */
static bool take_value(struct ledger_call *call, const char *word, const char *name, struct ledger_text *text)
{
    size_t size = strlen(name);
    if (strncmp(word, name, size) != 0 || word[size] != '=') {
        return false;
    }
    *text = unescape(call, word + size + 1);
    return true;
}

static void read_fields(struct ledger_call *call, char *fields, struct ledger_posting *posting)
{
    posting->business_event_type = TEXT("SALE");
    posting->description = TEXT("A sale");
    for (char *word; (word = take_part(&fields, " ")) != NULL;) {
        if (strcmp(word, "future") == 0) {
            posting->allow_future = true;
        } else if (strcmp(word, "type") == 0) {
            posting->business_event_type = TEXT_ABSENT;
        } else if (strcmp(word, "description") == 0) {
            posting->description = TEXT_ABSENT;
        } else if (*word != '\0' && !take_value(call, word, "type", &posting->business_event_type) &&
                   !take_value(call, word, "key", &posting->business_key) &&
                   !take_value(call, word, "description", &posting->description) &&
                   !take_value(call, word, "date", &posting->transaction_date) &&
                   !take_value(call, word, "idempotency", &posting->idempotency_key)) {
            fail_msg("not a field: %s", word);
        }
    }
}

static size_t read_entry(struct ledger_call *call, char *words, struct ledger_entry *entry)
{
    char *type = take_part(&words, " ");
    char *star = strchr(type, '*');
    size_t repeats = star == NULL ? 1 : (size_t)strtol(type, NULL, 10);
    type = star == NULL ? type : star + 1;
    *entry = (struct ledger_entry){.entry_type = *type == 'D' ? LEDGER_DEBIT : LEDGER_CREDIT};
    entry->account_code = unescape(call, take_part(&words, " "));
    entry->amount = unescape(call, take_part(&words, " "));
    for (char *word; (word = take_part(&words, " ")) != NULL;) {
        if (!take_value(call, word, "type", &entry->entry_type_text) &&
            !take_value(call, word, "currency", &entry->currency) && !take_value(call, word, "memo", &entry->memo) &&
            !take_value(call, word, "center", &entry->cost_center) &&
            !take_value(call, word, "unit", &entry->business_unit) &&
            !take_value(call, word, "project", &entry->project_code)) {
            fail_msg("not a field of an entry: %s", word);
        }
    }
    return repeats;
}

static void read_entries(struct ledger_call *call, char *text, struct ledger_posting *posting)
{
    static struct ledger_entry entries[LEDGER_ENTRIES_MAX + 1];
    uint32_t count = 0;
    char *rest = *text == '\0' ? NULL : text;
    for (char *part; (part = take_part(&rest, ",")) != NULL;) {
        struct ledger_entry entry;
        size_t repeats = read_entry(call, part, &entry);
        for (size_t i = 0; i < repeats; i++) {
            entries[count++] = entry;
        }
    }
    posting->entries = entries;
    posting->entries_count = count;
}

static void read_outcome(char *text, struct expectation *expected)
{
    *expected = (struct expectation){.is_done = strncmp(text, "DONE", 4) == 0};
    if (expected->is_done) {
        expected->amount_minor = strtoll(text + 4, NULL, 10);
        return;
    }
    for (char *part; (part = take_part(&text, ";")) != NULL;) {
        struct expected_problem *problem = &expected->problems[expected->problems_count++];
        size_t name_size = strcspn(part, "@ ");
        problem->status = status_of(part, name_size);
        problem->entry_number = part[name_size] == '@' ? (uint32_t)strtol(part + name_size + 1, NULL, 10) : 0;
        char *quote = strchr(part, '"');
        if (quote != NULL) {
            (void)snprintf(problem->words, sizeof problem->words, "%.*s", (int)strcspn(quote + 1, "\""), quote + 1);
        }
    }
}

static void judge_recorded(struct fixture *fixture, const struct ledger_posting *posting,
                           const struct ledger_posted *posted, const struct expectation *expected)
{
    struct ledger_transaction_record record;
    assert_done(fixture->call, ledger_transaction_get(fixture->call, fixture->ledger,
                                                      ledger_text_of(posted->transaction_number), &record));
    assert_int_equal(record.entries_count, posting->entries_count);
    assert_int_equal(record.entries[0].amount_minor, expected->amount_minor);
    int64_t debits_less_credits = 0;
    for (uint32_t i = 0; i < record.entries_count; i++) {
        const struct ledger_entry_record *entry = &record.entries[i];
        assert_int_equal(entry->entry_number, i + 1);
        assert_true(text_equals(entry->memo, posting->entries[i].memo));
        debits_less_credits += entry->entry_type == LEDGER_DEBIT ? entry->amount_minor : -entry->amount_minor;
    }
    assert_int_equal(debits_less_credits, 0);
    assert_true(text_equals(record.description, posting->description));
    assert_true(text_equals(record.business_key, posting->business_key));
    assert_true(text_equals(record.idempotency_key, posting->idempotency_key));
}

static ledger_status judge_problems(const struct ledger_call *call, const struct expectation *expected)
{
    ledger_status worst = expected->problems[0].status;
    for (size_t i = 0; i < ledger_call_problems_count(call); i++) {
        const struct ledger_problem *problem = ledger_call_problem(call, i);
        if (i >= expected->problems_count || problem->status != expected->problems[i].status ||
            problem->entry_number != expected->problems[i].entry_number ||
            strstr(problem->message.data, expected->problems[i].words) == NULL) {
            fail_msg("problem %zu is %s@%u: %s", i + 1, ledger_status_name(problem->status), problem->entry_number,
                     problem->message.data);
        }
        worst = problem->status < worst ? problem->status : worst;
    }
    assert_int_equal(ledger_call_problems_count(call), expected->problems_count);
    return worst;
}

static void judge_case(struct fixture *fixture, const struct ledger_posting *posting,
                       const struct expectation *expected)
{
    struct ledger_posted posted;
    struct fixture_counts before = fixture_count(fixture);
    ledger_status status = ledger_post(fixture->call, fixture->ledger, posting, &posted);
    assert_int_equal(posted.status, status);
    if (expected->is_done) {
        assert_done(fixture->call, status);
        judge_recorded(fixture, posting, &posted, expected);
        return;
    }
    assert_status(fixture->call, status, judge_problems(fixture->call, expected));
    assert_true(posted.refusal_recorded);
    assert_string_equal(posted.transaction_id, "");
    fixture_assert_refused(fixture, &before, "TRANSACTION_REFUSED", "POST", status);
}

static void run_line(struct fixture *fixture, char *line, unsigned line_number)
{
    char source[32];
    struct ledger_posting posting = {.transaction_date = TEXT_ABSENT};
    struct expectation expected;
    char *name = take_part(&line, "|");
    char *fields = take_part(&line, "|");
    char *entries = take_part(&line, "|");
    char *outcome = take_part(&line, "|");
    if (outcome == NULL) {
        fail_msg("line %u: four parts are needed", line_number);
    }
    print_message("# %u: %s\n", line_number, name);
    /* Each line is a source of its own: refusals that come too fast are counted by source. */
    (void)snprintf(source, sizeof source, "line-%u", line_number);
    fixture_act_as(fixture, "ana", "os:1000", source);
    read_fields(fixture->call, fields, &posting);
    read_entries(fixture->call, entries, &posting);
    read_outcome(outcome, &expected);
    judge_case(fixture, &posting, &expected);
    ledger_call_reset(fixture->call);
}

/* What the table takes for granted beside the fixture's own accounts. */
static void prepare(struct fixture *fixture)
{
    struct ledger_period period;
    fixture_account(fixture, "Caf\xc3\xa9", LEDGER_ASSET, LEDGER_ROLE_NORMAL, "EUR");
    fixture_account(fixture, "\xe7\x8f\xbe\xe9\x87\x91", LEDGER_ASSET, LEDGER_ROLE_NORMAL, "EUR");
    fixture_account(fixture, "petty cash", LEDGER_ASSET, LEDGER_ROLE_NORMAL, "EUR");
    assert_done(fixture->call, ledger_period_set(fixture->call, fixture->ledger, day_from_civil(2026, 1, 1),
                                                 day_from_civil(2026, 2, 1), true, TEXT_ABSENT, &period));
}

static void postings_end_as_the_table_says(void **state)
{
    struct fixture *fixture = *state;
    static char line[LINE_SIZE];
    prepare(fixture);
    FILE *table = fopen("tests/tables/postings.txt", "r"); /* tests run at the top of the tree */
    assert_non_null(table);
    unsigned lines_count = 0;
    unsigned cases_count = 0;
    while (fgets(line, LINE_SIZE, table) != NULL) {
        lines_count++;
        if (line[0] != '#' && line[0] != '\n') {
            cases_count++;
            run_line(fixture, line, lines_count);
        }
    }
    (void)fclose(table);
    assert_true(cases_count > 100);
    fixture_assert_valid(fixture);
}

static ledger_status post_minor(struct fixture *fixture, const char *debit_code, const char *credit_code,
                                int64_t amount_minor)
{
    struct ledger_posting posting = fixture_posting(fixture, NULL, debit_code, credit_code, NULL);
    struct ledger_entry entries[2] = {posting.entries[0], posting.entries[1]};
    struct ledger_posted posted;
    entries[0].amount_minor = amount_minor;
    entries[1].amount_minor = amount_minor;
    posting.entries = entries;
    ledger_call_reset(fixture->call);
    return ledger_post(fixture->call, fixture->ledger, &posting, &posted);
}

static void amounts_in_hundredths_keep_the_same_rules(void **state)
{
    struct fixture *fixture = *state;
    assert_done(fixture->call, post_minor(fixture, "1000", "4000", 1));
    assert_done(fixture->call, post_minor(fixture, "1900", "4900", 100));
    assert_status(fixture->call, post_minor(fixture, "1900", "4900", 101), LEDGER_AMOUNT_IS_INVALID);
    assert_message(fixture->call, "has decimals, which its currency has not");
    assert_status(fixture->call, post_minor(fixture, "1000", "4000", 0), LEDGER_AMOUNT_IS_INVALID);
    assert_message(fixture->call, "entry 1: amount is zero");
    assert_status(fixture->call, post_minor(fixture, "1000", "4000", -1), LEDGER_AMOUNT_IS_INVALID);
    assert_message(fixture->call, "has a sign");
    assert_status(fixture->call, post_minor(fixture, "1000", "4000", INT64_MIN), LEDGER_AMOUNT_IS_INVALID);
    assert_done(fixture->call, post_minor(fixture, "3000", "2000", INT64_MAX));
}

static void an_entry_type_is_one_of_two(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_posting posting = fixture_posting(fixture, NULL, "1000", "4000", "5");
    struct ledger_entry entries[2] = {posting.entries[0], posting.entries[1]};
    struct ledger_posted posted;
    entries[1].entry_type = (enum ledger_entry_type)2;
    posting.entries = entries;
    assert_status(fixture->call, ledger_post(fixture->call, fixture->ledger, &posting, &posted),
                  LEDGER_ENTRY_TYPE_IS_INVALID);
    assert_int_equal(ledger_call_problem(fixture->call, 0)->entry_number, 2);
}

static void instants_given_as_such_stay_within_the_calendar(void **state)
{
    struct fixture *fixture = *state;
    static const int64_t beyond[] = {INT64_MIN, INT64_MAX, INT64_C(-62135596800000001), INT64_C(253402214400000000)};
    struct ledger_posting posting = fixture_posting(fixture, NULL, "1000", "4000", "5");
    struct ledger_posted posted;
    posting.has_transaction_date_us = true;
    posting.allow_future = true;
    for (size_t i = 0; i < sizeof beyond / sizeof beyond[0]; i++) {
        posting.transaction_date_us = beyond[i];
        assert_status(fixture->call, ledger_post(fixture->call, fixture->ledger, &posting, &posted),
                      LEDGER_DATE_IS_INVALID);
    }
    posting.transaction_date_us = INT64_C(-62135596800000000); /* 0001-01-01 */
    assert_done(fixture->call, ledger_post(fixture->call, fixture->ledger, &posting, &posted));
    posting.transaction_date_us = INT64_C(253402214399999999); /* the last instant of 9999-12-30 */
    assert_done(fixture->call, ledger_post(fixture->call, fixture->ledger, &posting, &posted));
    assert_string_equal(fixture_text(fixture, "SELECT transaction_day FROM transactions ORDER BY log_index"),
                        "0001-01-01 9999-12-30");
}

static void a_transaction_may_touch_32_currencies(void **state)
{
    static const char *const currencies[] = {"AED", "AFN", "ALL", "AMD", "AOA", "ARS", "AUD", "AWG", "AZN",
                                             "BAM", "BBD", "BDT", "BMD", "BND", "BOB", "BRL", "BSD", "BTN",
                                             "BWP", "BYN", "BZD", "CAD", "CDF", "CHF", "CNY", "COP", "CRC",
                                             "CUP", "CVE", "CZK", "DKK", "DOP", "DZD"};
    enum { COUNT = sizeof currencies / sizeof currencies[0] };
    struct fixture *fixture = *state;
    struct ledger_entry entries[2 * COUNT];
    struct ledger_posted posted;
    struct ledger_posting posting = fixture_posting(fixture, NULL, "1000", "4000", "5");
    for (size_t i = 0; i < COUNT; i++) {
        fixture_account(fixture, currencies[i], LEDGER_ASSET, LEDGER_ROLE_NORMAL, currencies[i]);
        entries[2 * i] = posting.entries[0];
        entries[2 * i].account_code = ledger_text_of(currencies[i]);
        entries[2 * i + 1] = posting.entries[1];
        entries[2 * i + 1].account_code = ledger_text_of(currencies[i]);
    }
    posting.entries = entries;
    posting.entries_count = 2 * (COUNT - 1);
    assert_done(fixture->call, ledger_post(fixture->call, fixture->ledger, &posting, &posted));
    posting.entries_count = 2 * COUNT;
    assert_status(fixture->call, ledger_post(fixture->call, fixture->ledger, &posting, &posted),
                  LEDGER_CURRENCY_IS_INVALID);
    assert_message(fixture->call, "touches more than 32 currencies");
}

/* Noon UTC is one at night of the next day in Auckland, and two days ahead of the 16th is the 18th. */
static void days_are_those_of_the_ledgers_zone(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_settings settings = {.default_currency = TEXT("EUR"), .time_zone = TEXT("Pacific/Auckland")};
    fixture_create(fixture, &settings);
    fixture_chart(fixture);
    (void)fixture_post(fixture, NULL, "1000", "4000", "1");
    (void)fixture_post(fixture, "2026-03-17", "1000", "4000", "1");
    (void)fixture_post(fixture, "2026-03-16T23:30", "1000", "4000", "1");
    (void)fixture_post(fixture, "2026-03-16T23:30Z", "1000", "4000", "1");
    assert_string_equal(fixture_text(fixture, "SELECT transaction_day FROM transactions ORDER BY log_index"),
                        "2026-03-16 2026-03-17 2026-03-16 2026-03-17");
    assert_string_equal(fixture_text(fixture, "SELECT transaction_date FROM transactions WHERE transaction_number = "
                                              "'20260315-000002'"),
                        "2026-03-16 11:00:00.000000");
    struct ledger_posting posting = fixture_posting(fixture, "2026-03-18", "1000", "4000", "1");
    struct ledger_posted posted;
    assert_status(fixture->call, ledger_post(fixture->call, fixture->ledger, &posting, &posted),
                  LEDGER_DATE_IS_IN_THE_FUTURE);
}

/* Each date is judged as if it came alone, whatever came before it. */
static void dates_that_repeat_are_read_alike(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        const char *date;
        ledger_status status;
    } rows[] = {
        {"2026-03-17", LEDGER_DONE},
        {"2026-03-17", LEDGER_DONE},
        {"2026-03-1", LEDGER_DATE_IS_INVALID},
        {"2026-03-17", LEDGER_DONE},
        {"2026-03-17T23:30Z", LEDGER_DATE_IS_IN_THE_FUTURE},
        {"2026-03-17T23:30Z", LEDGER_DATE_IS_IN_THE_FUTURE},
        {"", LEDGER_DATE_IS_INVALID},
        {NULL, LEDGER_DONE},
        {"2026-03-16T23:30", LEDGER_DONE},
        {"9999-12-31T12:00Z", LEDGER_DATE_IS_INVALID},
        {"9999-12-31T12:00Z", LEDGER_DATE_IS_INVALID},
        {"2026-03-16T23:30", LEDGER_DONE},
    };
    enum { COUNT = sizeof rows / sizeof rows[0] };
    struct ledger_settings settings = {.default_currency = TEXT("EUR"), .time_zone = TEXT("Pacific/Auckland")};
    fixture_create(fixture, &settings);
    fixture_chart(fixture);
    struct ledger_posting postings[COUNT];
    struct ledger_posted posted[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        postings[i] = fixture_posting(fixture, rows[i].date, "1000", "4000", "1");
    }
    assert_done(fixture->call,
                ledger_post_batch(fixture->call, fixture->ledger, postings, COUNT, LEDGER_BATCH_EACH, posted));
    for (size_t i = 0; i < COUNT; i++) {
        assert_int_equal(posted[i].status, rows[i].status);
    }
    assert_string_equal(fixture_text(fixture, "SELECT transaction_day FROM transactions ORDER BY log_index"),
                        "2026-03-17 2026-03-17 2026-03-17 2026-03-16 2026-03-16 2026-03-16");
    fixture_assert_valid(fixture);
}

static void who_posts_is_named(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_posting posting = fixture_posting(fixture, NULL, "1000", "4000", "5");
    struct ledger_posted posted;
    struct fixture_counts before = fixture_count(fixture);
    fixture_act_as(fixture, NULL, "os:1000", "test");
    assert_status(fixture->call, ledger_post(fixture->call, fixture->ledger, &posting, &posted),
                  LEDGER_USER_IS_MISSING);
    fixture_act_as(fixture, "", "os:1000", "test");
    assert_status(fixture->call, ledger_post(fixture->call, fixture->ledger, &posting, &posted),
                  LEDGER_USER_IS_MISSING);
    fixture_act_as(fixture, "a\xff", "os:1000", "test");
    assert_status(fixture->call, ledger_post(fixture->call, fixture->ledger, &posting, &posted),
                  LEDGER_TEXT_IS_INVALID);
    assert_int_equal(fixture_count(fixture).log_size, before.log_size);
    fixture_act_as(fixture, "ana", NULL, NULL);
    assert_done(fixture->call, ledger_post(fixture->call, fixture->ledger, &posting, &posted));
    assert_string_equal(fixture_text(fixture, "SELECT created_by || coalesce(principal, '') || coalesce(source_system, "
                                              "'') FROM transactions"),
                        "ana");
}

static void a_frozen_ledger_takes_nothing(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_posting posting = fixture_posting(fixture, NULL, "1000", "9999", "5");
    struct ledger_posted posted;
    (void)fixture_post(fixture, NULL, "1000", "4000", "5");
    fixture_damage(fixture, "UPDATE head_row SET frozen = 1", "UPDATE integrity_head SET frozen = 1");
    struct fixture_counts before = fixture_count(fixture);
    assert_status(fixture->call, ledger_post(fixture->call, fixture->ledger, &posting, &posted), LEDGER_IS_FROZEN);
    assert_int_equal(ledger_call_problems_count(fixture->call), 2);
    fixture_assert_refused(fixture, &before, "TRANSACTION_REFUSED", "POST", LEDGER_IS_FROZEN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(postings_end_as_the_table_says, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(amounts_in_hundredths_keep_the_same_rules, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(an_entry_type_is_one_of_two, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(instants_given_as_such_stay_within_the_calendar, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(a_transaction_may_touch_32_currencies, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(days_are_those_of_the_ledgers_zone, fixture_setup_empty, fixture_teardown),
        cmocka_unit_test_setup_teardown(dates_that_repeat_are_read_alike, fixture_setup_empty, fixture_teardown),
        cmocka_unit_test_setup_teardown(who_posts_is_named, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_frozen_ledger_takes_nothing, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
