/* The fixture of the tests of the engine and the store. See ledger_fixture.h. */
#include "support/ledger_fixture.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/session.h"

void fixture_assert_text(struct ledger_text text, const char *expected, const char *file, int line)
{
    bool is_same = expected == NULL ? text.data == NULL : text_equals_string(text, expected);
    if (!is_same) {
        print_error("the text is \"%.*s\", not \"%s\"\n", TEXT_ARGUMENTS(text), expected == NULL ? "absent" : expected);
        _fail(file, line);
    }
}

void fixture_assert_status(const struct ledger_call *call, ledger_status status, ledger_status expected,
                           const char *file, int line)
{
    if (status != expected) {
        print_error("%s, not %s: %s\n", ledger_status_name(status), ledger_status_name(expected),
                    ledger_call_message(call));
        _fail(file, line);
    }
}

static int64_t fixture_clock(void *context)
{
    return *(const int64_t *)context;
}

struct ledger_call *fixture_call(struct fixture *fixture, const char *user, const char *principal,
                                 const char *source_system)
{
    struct ledger_call *call = ledger_call_new();
    assert_non_null(call);
    struct ledger_actor actor = {
        .user = ledger_text_of(user),
        .principal = ledger_text_of(principal),
        .source_system = ledger_text_of(source_system),
    };
    assert_done(call, ledger_call_set_actor(call, &actor));
    ledger_call_set_clock(call, fixture_clock, &fixture->now_us);
    return call;
}

void fixture_act_as(struct fixture *fixture, const char *user, const char *principal, const char *source_system)
{
    struct ledger_actor actor = {
        .user = ledger_text_of(user),
        .principal = ledger_text_of(principal),
        .source_system = ledger_text_of(source_system),
    };
    assert_done(fixture->call, ledger_call_set_actor(fixture->call, &actor));
}

int fixture_setup_empty(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    assert_non_null(fixture);
    scratch_database_init(&fixture->database, "ledger-test");
    arena_init(&fixture->arena);
    fixture->now_us = FIXTURE_NOW_US;
    fixture->call = fixture_call(fixture, "ana", "os:1000", "test");
    fixture->options = (struct ledger_open_options){.struct_size = sizeof fixture->options,
                                                    .uri = ledger_text_of(fixture->database.uri)};
    *state = fixture;
    return 0;
}

void fixture_create(struct fixture *fixture, const struct ledger_settings *settings)
{
    assert_done(fixture->call, ledger_create(fixture->call, &fixture->options, settings, &fixture->ledger));
}

void fixture_account(struct fixture *fixture, const char *code, enum ledger_account_type type,
                     enum ledger_account_role role, const char *currency)
{
    struct ledger_account_request request = {
        .account_code = ledger_text_of(code),
        .account_name = TEXT("An account"),
        .account_type = type,
        .account_role = role,
        .currency = ledger_text_of(currency),
    };
    struct ledger_account account;
    assert_done(fixture->call, ledger_account_create(fixture->call, fixture->ledger, &request, &account));
}

void fixture_chart(struct fixture *fixture)
{
    fixture_account(fixture, "1000", LEDGER_ASSET, LEDGER_ROLE_NORMAL, "EUR");
    fixture_account(fixture, "1100", LEDGER_ASSET, LEDGER_ROLE_NORMAL, "EUR");
    fixture_account(fixture, "2000", LEDGER_LIABILITY, LEDGER_ROLE_NORMAL, "EUR");
    fixture_account(fixture, "3000", LEDGER_EQUITY, LEDGER_ROLE_NORMAL, "EUR");
    fixture_account(fixture, "4000", LEDGER_REVENUE, LEDGER_ROLE_NORMAL, "EUR");
    fixture_account(fixture, "5000", LEDGER_EXPENSE, LEDGER_ROLE_NORMAL, "EUR");
    fixture_account(fixture, "1800", LEDGER_ASSET, LEDGER_ROLE_NORMAL, "USD");
    fixture_account(fixture, "4800", LEDGER_REVENUE, LEDGER_ROLE_NORMAL, "USD");
    fixture_account(fixture, "1900", LEDGER_ASSET, LEDGER_ROLE_NORMAL, "JPY");
    fixture_account(fixture, "4900", LEDGER_REVENUE, LEDGER_ROLE_NORMAL, "JPY");
    fixture_account(fixture, "1", LEDGER_ASSET, LEDGER_ROLE_HEADER, "EUR");
    fixture_account(fixture, "1999", LEDGER_ASSET, LEDGER_ROLE_NORMAL, "EUR");
    struct ledger_account account;
    assert_done(fixture->call,
                ledger_account_set_active(fixture->call, fixture->ledger, TEXT("1999"), false, &account));
    ledger_call_reset(fixture->call);
}

int fixture_setup(void **state)
{
    (void)fixture_setup_empty(state);
    struct ledger_settings settings = {.default_currency = TEXT("EUR")};
    fixture_create(*state, &settings);
    fixture_chart(*state);
    return 0;
}

int fixture_teardown(void **state)
{
    struct fixture *fixture = *state;
    ledger_free(fixture->ledger);
    ledger_call_free(fixture->call);
    arena_done(&fixture->arena);
    scratch_database_done(&fixture->database);
    free(fixture);
    return 0;
}

struct ledger *fixture_open(struct fixture *fixture)
{
    struct ledger *ledger = NULL;
    assert_done(fixture->call, ledger_open(fixture->call, &fixture->options, &ledger));
    return ledger;
}

struct store *fixture_store(struct fixture *fixture)
{
    const struct pool *pool = &fixture->ledger->pool;
    assert_int_equal(pool->sessions_count, 1);
    assert_int_equal(pool->idle_count, 1);
    return &pool->idle->store;
}

void fixture_reopen(struct fixture *fixture)
{
    ledger_free(fixture->ledger);
    fixture->ledger = NULL;
    fixture->ledger = fixture_open(fixture);
}

struct ledger_posting fixture_posting(struct fixture *fixture, const char *date, const char *debit_code,
                                      const char *credit_code, const char *amount)
{
    struct ledger_entry *entries = arena_allocate_array(&fixture->arena, 2, sizeof *entries);
    assert_non_null(entries);
    entries[0] = (struct ledger_entry){
        .account_code = ledger_text_of(debit_code), .entry_type = LEDGER_DEBIT, .amount = ledger_text_of(amount)};
    entries[1] = (struct ledger_entry){
        .account_code = ledger_text_of(credit_code), .entry_type = LEDGER_CREDIT, .amount = ledger_text_of(amount)};
    return (struct ledger_posting){
        .business_event_type = TEXT("SALE"),
        .description = TEXT("A sale"),
        .transaction_date = ledger_text_of(date),
        .entries = entries,
        .entries_count = 2,
    };
}

struct ledger_posted fixture_post(struct fixture *fixture, const char *date, const char *debit_code,
                                  const char *credit_code, const char *amount)
{
    struct ledger_posting posting = fixture_posting(fixture, date, debit_code, credit_code, amount);
    struct ledger_posted posted;
    assert_done(fixture->call, ledger_post(fixture->call, fixture->ledger, &posting, &posted));
    return posted;
}

ledger_status fixture_reverse(struct fixture *fixture, const char *transaction, const char *reason, const char *date,
                              const char *key, struct ledger_posted *ret_posted)
{
    struct ledger_reversal reversal = {
        .transaction = ledger_text_of(transaction),
        .reason = ledger_text_of(reason),
        .transaction_date = ledger_text_of(date),
        .idempotency_key = ledger_text_of(key),
    };
    return ledger_reverse(fixture->call, fixture->ledger, &reversal, ret_posted);
}

const char *fixture_text(struct fixture *fixture, const char *sql)
{
    return scratch_database_text(&fixture->database, sql);
}

int64_t fixture_integer(struct fixture *fixture, const char *sql)
{
    return strtoll(fixture_text(fixture, sql), NULL, 10);
}

const char *fixture_metadata(struct fixture *fixture, const char *event_type, unsigned age, const char *member)
{
    static char text[FIXTURE_TEXT_SIZE];
    char sql[256];
    json_error_t error;
    (void)snprintf(
        sql, sizeof sql,
        "SELECT event_metadata FROM audit_log WHERE event_type = '%s' ORDER BY log_index DESC LIMIT 1 OFFSET %u",
        event_type, age);
    const char *metadata = fixture_text(fixture, sql);
    json_t *root = json_loads(metadata, JSON_REJECT_DUPLICATES, &error);
    if (root == NULL) {
        fail_msg("the metadata is no JSON: %s: %s", error.text, metadata);
    }
    const json_t *value = json_object_get(root, member);
    if (json_is_integer(value)) {
        (void)snprintf(text, sizeof text, "%lld", (long long)json_integer_value(value));
    } else {
        (void)snprintf(text, sizeof text, "%s", json_is_string(value) ? json_string_value(value) : "");
    }
    json_decref(root);
    return text;
}

void fixture_damage(struct fixture *fixture, const char *sqlite, const char *mariadb)
{
    scratch_database_damage(&fixture->database, scratch_sql(sqlite, mariadb));
}

struct ledger_event_record fixture_last_event(struct fixture *fixture)
{
    const struct ledger_event_record *events = NULL;
    size_t count = 0;
    struct ledger_audit_filter filter = {.limit = 1};
    assert_done(fixture->call, ledger_audit_list(fixture->call, fixture->ledger, &filter, &events, &count));
    assert_int_equal(count, 1);
    return events[0];
}

struct fixture_counts fixture_count(struct fixture *fixture)
{
    /* A checksum of what every account has, but for those near the limit, whose sum has no room. */
    const char *totals = scratch_sql(
        "SELECT coalesce(sum(debit_total + 3 * credit_total + 7 * entry_count), 0) FROM account_totals "
        "WHERE debit_total < 1000000000000",
        "SELECT CAST(coalesce(sum(100 * debit_total + 300 * credit_total + 7 * entry_count), 0) AS INTEGER) "
        "FROM account_totals WHERE debit_total < 10000000000");
    return (struct fixture_counts){
        .transactions = fixture_integer(
            fixture, scratch_sql("SELECT count(*) FROM transaction_rows", "SELECT count(*) FROM transactions")),
        .entries = fixture_integer(
            fixture, scratch_sql("SELECT count(*) FROM entry_rows", "SELECT count(*) FROM journal_entries")),
        .totals = fixture_integer(fixture, totals),
        .events = fixture_integer(fixture, scratch_sql("SELECT count(*) FROM event_rows",
                                                       "SELECT count(*) FROM audit_log WHERE event_type NOT IN "
                                                       "('TRANSACTION_POSTED', 'TRANSACTION_REVERSED')")),
        .log_size = fixture_integer(fixture, "SELECT log_size FROM integrity_head"),
    };
}

/* The metadata of a refusal: the problems as the call has them, those of the item that it is about. */
static void fixture_assert_metadata(struct fixture *fixture, struct ledger_text metadata, ledger_status status)
{
    json_error_t error;
    json_t *root = json_loadb(metadata.data, metadata.size, JSON_REJECT_DUPLICATES, &error);
    if (root == NULL) {
        fail_msg("the metadata is no JSON: %s: %.*s", error.text, TEXT_ARGUMENTS(metadata));
    }
    assert_string_equal(json_string_value(json_object_get(root, "status")), ledger_status_name(status));
    size_t count = ledger_call_problems_count(fixture->call);
    assert_int_equal(json_integer_value(json_object_get(root, "problems_count")), count);
    const json_t *problems = json_object_get(root, "problems");
    assert_int_equal(json_array_size(problems), count < 20 ? count : 20);
    for (size_t i = 0; i < json_array_size(problems); i++) {
        const json_t *told = json_array_get(problems, i);
        const struct ledger_problem *problem = ledger_call_problem(fixture->call, i);
        assert_text_is(problem->message, json_string_value(json_object_get(told, "message")));
        assert_string_equal(json_string_value(json_object_get(told, "status")), ledger_status_name(problem->status));
    }
    json_decref(root);
}

void fixture_assert_refused(struct fixture *fixture, const struct fixture_counts *before, const char *event_type,
                            const char *action, ledger_status status)
{
    struct fixture_counts after = fixture_count(fixture);
    assert_true(ledger_call_refusal_recorded(fixture->call));
    assert_int_equal(after.transactions, before->transactions);
    assert_int_equal(after.entries, before->entries);
    assert_int_equal(after.totals, before->totals);
    assert_int_equal(after.events, before->events + 1);
    assert_int_equal(after.log_size, before->log_size + 1);
    struct ledger_event_record event = fixture_last_event(fixture);
    assert_int_equal(event.log_index, before->log_size);
    assert_text_is(event.event_type, event_type);
    assert_text_is(event.action, action);
    assert_false(event.is_success);
    assert_int_equal(event.severity, LEDGER_WARNING);
    assert_text_is(event.user_id, fixture->call->actor.user.data);
    assert_text_is(event.principal, fixture->call->actor.principal.data);
    assert_text_is(event.source_system, fixture->call->actor.source_system.data);
    assert_text_is(event.description, ledger_call_message(fixture->call));
    fixture_assert_metadata(fixture, event.event_metadata, status);
}

/* Each total against the sum of its entries, in SQL of its own. */
static void fixture_assert_totals(struct fixture *fixture)
{
    static const char sqlite[] =
        "SELECT count(*) FROM account_totals t LEFT JOIN (SELECT account_id, sum((1 - entry_type) * amount_minor) AS "
        "debits, sum(entry_type * amount_minor) AS credits, count(*) AS entry_count FROM entry_rows GROUP BY "
        "account_id) e ON e.account_id = t.account_id WHERE t.debit_total <> coalesce(e.debits, 0) OR "
        "t.credit_total <> coalesce(e.credits, 0) OR t.entry_count <> coalesce(e.entry_count, 0)";
    static const char mariadb[] =
        "SELECT count(*) FROM account_totals t LEFT JOIN (SELECT account_code, sum(if(entry_type = 'DEBIT', "
        "amount, 0)) AS debits, sum(if(entry_type = 'CREDIT', amount, 0)) AS credits, count(*) AS entry_count FROM "
        "journal_entries GROUP BY account_code) e ON e.account_code = t.account_code WHERE t.debit_total <> "
        "coalesce(e.debits, 0) OR t.credit_total <> coalesce(e.credits, 0) OR t.entry_count <> "
        "coalesce(e.entry_count, 0)";
    assert_int_equal(fixture_integer(fixture, scratch_sql(sqlite, mariadb)), 0);
}

void fixture_assert_valid(struct fixture *fixture)
{
    struct ledger_verify_options options = {.struct_size = sizeof options};
    struct ledger_verify_result result;
    fixture_assert_totals(fixture);
    assert_done(fixture->call, ledger_verify(fixture->call, fixture->ledger, &options, &result));
    for (size_t i = 0; i < result.violations_kept; i++) {
        const struct ledger_violation *violation = &result.violations[i];
        print_error("%.*s: %.*s: %.*s, not %.*s\n", TEXT_ARGUMENTS(violation->check), TEXT_ARGUMENTS(violation->detail),
                    TEXT_ARGUMENTS(violation->stored), TEXT_ARGUMENTS(violation->computed));
    }
    assert_true(result.is_valid);
    assert_int_equal(result.violations_count, 0);
    assert_int_equal(result.transactions_checked, fixture_count(fixture).transactions);
}
