/* The audit log: what is told of each event, and which are found. */
#include <stdio.h>

#include "support/ledger_fixture.h"

/* Some of each kind, over three days and two users. */
static void fill(struct fixture *fixture)
{
    struct ledger_posted posted;
    struct ledger_period period;
    struct ledger_posting bad = fixture_posting(fixture, NULL, "1000", "4000", "0");
    posted = fixture_post(fixture, NULL, "1000", "4000", "1");
    fixture->now_us += TIME_US_PER_DAY;
    fixture_act_as(fixture, "bea", NULL, NULL);
    assert_done(fixture->call, fixture_reverse(fixture, posted.transaction_id, "Wrong", NULL, NULL, &posted));
    assert_status(fixture->call, ledger_post(fixture->call, fixture->ledger, &bad, &posted), LEDGER_AMOUNT_IS_INVALID);
    fixture->now_us += TIME_US_PER_DAY;
    (void)fixture_post(fixture, NULL, "1000", "4000", "1");
    assert_done(fixture->call, ledger_period_set(fixture->call, fixture->ledger, 1, 2, true, TEXT_ABSENT, &period));
    fixture_act_as(fixture, "ana", "os:1000", "test");
    (void)fixture_post(fixture, NULL, "1000", "4000", "2");
    ledger_call_reset(fixture->call);
}

/* The events of a filter, as "index:type index:type". */
static void assert_listed(struct fixture *fixture, struct ledger_audit_filter filter, const char *sql)
{
    const struct ledger_event_record *events = NULL;
    size_t count = 0;
    char listed[FIXTURE_TEXT_SIZE] = "";
    char query[1024];
    assert_done(fixture->call, ledger_audit_list(fixture->call, fixture->ledger, &filter, &events, &count));
    for (size_t i = 0; i < count; i++) {
        size_t size = strlen(listed);
        (void)snprintf(listed + size, sizeof listed - size, "%s%lld:%.*s", i == 0 ? "" : " ",
                       (long long)events[i].log_index, TEXT_ARGUMENTS(events[i].event_type));
    }
    (void)snprintf(query, sizeof query, "SELECT log_index || ':' || event_type FROM audit_log %s", sql);
    assert_string_equal(listed, fixture_text(fixture, query));
    ledger_call_reset(fixture->call);
}

static void events_are_listed_by_what_they_are(void **state)
{
    struct fixture *fixture = *state;
    fill(fixture);
    int64_t log_size = fixture_count(fixture).log_size;
    assert_listed(fixture, (struct ledger_audit_filter){.limit = 0}, "ORDER BY log_index DESC");
    assert_int_equal(fixture_integer(fixture, "SELECT count(*) FROM audit_log"), log_size);
    assert_listed(fixture, (struct ledger_audit_filter){.limit = 3}, "ORDER BY log_index DESC LIMIT 3");
    static const char *const types[] = {"TRANSACTION_POSTED",  "TRANSACTION_REVERSED", "TRANSACTION_REFUSED",
                                        "ACCOUNT_DEACTIVATED", "LEDGER_CREATED",       "PERIOD_CLOSED",
                                        "NO_SUCH_TYPE",        "transaction_posted",   ""};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        char sql[128];
        (void)snprintf(sql, sizeof sql, "WHERE event_type = '%s' ORDER BY log_index DESC", types[i]);
        assert_listed(fixture, (struct ledger_audit_filter){.event_type = ledger_text_of(types[i])}, sql);
    }
    static const char *const users[] = {"ana", "bea", "nobody"};
    for (size_t i = 0; i < sizeof users / sizeof users[0]; i++) {
        char sql[128];
        (void)snprintf(sql, sizeof sql, "WHERE user_id = '%s' ORDER BY log_index DESC", users[i]);
        assert_listed(fixture, (struct ledger_audit_filter){.user_id = ledger_text_of(users[i])}, sql);
    }
    for (int severity = LEDGER_INFO; severity <= LEDGER_CRITICAL; severity++) {
        char sql[128];
        (void)snprintf(sql, sizeof sql, "WHERE severity = '%s' ORDER BY log_index DESC",
                       ledger_severity_name((enum ledger_severity)severity));
        assert_listed(fixture,
                      (struct ledger_audit_filter){.has_severity = true, .severity = (enum ledger_severity)severity},
                      sql);
    }
    assert_listed(fixture,
                  (struct ledger_audit_filter){.user_id = TEXT("bea"),
                                               .event_type = TEXT("TRANSACTION_POSTED"),
                                               .has_severity = true,
                                               .severity = LEDGER_INFO,
                                               .limit = 5},
                  "WHERE user_id = 'bea' AND event_type = 'TRANSACTION_POSTED' ORDER BY log_index DESC");
}

static void events_are_listed_by_when_they_were(void **state)
{
    struct fixture *fixture = *state;
    fill(fixture);
    int64_t second_us = FIXTURE_NOW_US + TIME_US_PER_DAY;
    int64_t log_size = fixture_count(fixture).log_size;
    assert_listed(fixture, (struct ledger_audit_filter){.from_us = second_us},
                  "WHERE event_timestamp >= '2026-03-16 12:00:00.000000' ORDER BY log_index DESC");
    assert_listed(fixture, (struct ledger_audit_filter){.from_us = second_us + 1},
                  "WHERE event_timestamp > '2026-03-16 12:00:00.000000' ORDER BY log_index DESC");
    assert_listed(fixture, (struct ledger_audit_filter){.before_us = second_us},
                  "WHERE event_timestamp < '2026-03-16 12:00:00.000000' ORDER BY log_index DESC");
    assert_listed(fixture, (struct ledger_audit_filter){.from_us = second_us, .before_us = second_us + 1},
                  "WHERE event_timestamp = '2026-03-16 12:00:00.000000' ORDER BY log_index DESC");
    assert_listed(fixture, (struct ledger_audit_filter){.from_us = second_us + 1, .before_us = second_us}, "WHERE 0");
    for (int64_t position = 1; position <= log_size; position++) {
        char sql[128];
        (void)snprintf(sql, sizeof sql, "WHERE log_index < %lld ORDER BY log_index DESC LIMIT 4", (long long)position);
        assert_listed(fixture, (struct ledger_audit_filter){.before_log_index = position, .limit = 4}, sql);
    }
}

static const char *or_empty(struct ledger_text text, char out[FIXTURE_TEXT_SIZE])
{
    (void)snprintf(out, FIXTURE_TEXT_SIZE, "%.*s", TEXT_ARGUMENTS(text));
    return out;
}

/* Everything that is rendered, here and in the view, from the same few columns. */
static void an_event_reads_as_the_view_shows_it(void **state)
{
    struct fixture *fixture = *state;
    const struct ledger_event_record *events = NULL;
    size_t count = 0;
    fill(fixture);
    fixture->now_us = INT64_C(4102444799999999); /* the last instant of 2099 */
    (void)fixture_post(fixture, "2026-01-01", "1000", "4000", "1");
    assert_done(fixture->call,
                ledger_audit_list(fixture->call, fixture->ledger, &(struct ledger_audit_filter){0}, &events, &count));
    for (size_t i = 0; i < count; i++) {
        const struct ledger_event_record *event = &events[i];
        const struct {
            const char *column;
            struct ledger_text value;
        } columns[] = {
            {"audit_id", event->audit_id},
            {"event_type", event->event_type},
            {"user_id", event->user_id},
            {"principal", event->principal},
            {"source_system", event->source_system},
            {"source_ip", event->source_ip},
            {"action", event->action},
            {"description", event->description},
            {"event_metadata", event->event_metadata},
            {"severity", ledger_text_of(ledger_severity_name(event->severity))},
            {"outcome", event->is_success ? TEXT("SUCCESS") : TEXT("FAILED")},
        };
        for (size_t c = 0; c < sizeof columns / sizeof columns[0]; c++) {
            char sql[128];
            char value[FIXTURE_TEXT_SIZE];
            (void)snprintf(sql, sizeof sql, "SELECT %s FROM audit_log WHERE log_index = %lld", columns[c].column,
                           (long long)event->log_index);
            assert_string_equal(or_empty(columns[c].value, value), fixture_text(fixture, sql));
        }
        assert_int_equal(event->audit_id.size, 36);
        assert_int_equal(event->audit_id.data[14], '7');
    }
    assert_int_equal(fixture_integer(fixture, "SELECT count(DISTINCT audit_id) FROM audit_log"), count);
}

/* A posting's event has its transaction and its hash. */
static void a_posting_is_its_own_event(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_transaction_record record;
    struct ledger_posted posted = fixture_post(fixture, NULL, "1000", "4000", "1");
    struct ledger_event_record event = fixture_last_event(fixture);
    assert_done(fixture->call,
                ledger_transaction_get(fixture->call, fixture->ledger, ledger_text_of(posted.transaction_id), &record));
    assert_true(event.has_transaction);
    assert_true(event.has_record_hash);
    assert_memory_equal(event.transaction_id, record.transaction_id, sizeof record.transaction_id);
    assert_memory_equal(event.record_hash, record.record_hash, sizeof record.record_hash);
    assert_text_is(event.description, "Posted transaction 20260315-000001");
    assert_text_is(event.event_metadata, NULL);
    assert_int_equal(event.log_index, posted.log_index);
    assert_int_equal(event.event_timestamp_us, posted.posting_date_us);
}

static void the_first_event_says_what_was_made(void **state)
{
    struct fixture *fixture = *state;
    const struct ledger_event_record *events = NULL;
    size_t count = 0;
    struct ledger_audit_filter filter = {.before_log_index = 1};
    char metadata[320];
    assert_done(fixture->call, ledger_audit_list(fixture->call, fixture->ledger, &filter, &events, &count));
    assert_int_equal(count, 1);
    assert_text_is(events[0].event_type, "LEDGER_CREATED");
    assert_text_is(events[0].user_id, "ana");
    (void)snprintf(
        metadata, sizeof metadata,
        "{\"default_currency\":\"EUR\",\"fiscal_year_start\":\"01-01\",\"hash_version\":1,\"ledger_id\":\"%s\","
        "\"schema_applied_at\":\"%s\",\"time_zone\":\"UTC\"}",
        ledger_get_settings(fixture->ledger)->ledger_id.data,
        fixture_text(fixture, "SELECT applied_at FROM schema_migrations"));
    assert_text_is(events[0].event_metadata, metadata);
}

static void reading_writes_nothing(void **state)
{
    struct fixture *fixture = *state;
    (void)fixture_post(fixture, NULL, "1000", "4000", "1");
    int64_t log_size = fixture_count(fixture).log_size;
    const struct ledger_event_record *events = NULL;
    const struct ledger_account *accounts = NULL;
    const struct ledger_approval *approvals = NULL;
    const struct ledger_period *periods = NULL;
    struct ledger_transaction_record record;
    struct ledger_balance_query query = {.log_position = LEDGER_POSITION_HEAD};
    struct ledger_account account;
    struct ledger_balance totals;
    size_t count = 0;
    fixture->options.read_only = true;
    fixture_reopen(fixture);
    fixture_act_as(fixture, NULL, NULL, NULL);
    assert_done(fixture->call,
                ledger_audit_list(fixture->call, fixture->ledger, &(struct ledger_audit_filter){0}, &events, &count));
    assert_done(fixture->call, ledger_account_list(fixture->call, fixture->ledger, &accounts, &count));
    assert_done(fixture->call, ledger_approval_list(fixture->call, fixture->ledger, false, &approvals, &count));
    assert_done(fixture->call, ledger_period_list(fixture->call, fixture->ledger, &periods, &count));
    assert_done(fixture->call, ledger_period_list_closed(fixture->call, fixture->ledger, &periods, &count));
    assert_done(fixture->call,
                ledger_transaction_get(fixture->call, fixture->ledger, TEXT("20260315-000001"), &record));
    assert_done(fixture->call,
                ledger_balance_get(fixture->call, fixture->ledger, TEXT("1000"), &query, &account, &totals));
    assert_status(fixture->call, ledger_account_get(fixture->call, fixture->ledger, TEXT("none"), &account),
                  LEDGER_ACCOUNT_NOT_FOUND);
    assert_int_equal(fixture_count(fixture).log_size, log_size);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(events_are_listed_by_what_they_are, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(events_are_listed_by_when_they_were, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(an_event_reads_as_the_view_shows_it, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_posting_is_its_own_event, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(the_first_event_says_what_was_made, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(reading_writes_nothing, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
