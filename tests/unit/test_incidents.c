/* Incidents: their life, and what is refused. */
#include "ledger/freeze.h"
#include "ledger/incident.h"
#include "support/ledger_fixture.h"

static const struct ledger_evidence evidence[] = {
    {.name = {"dump.sql.gz", 11},
     .sha256 = "5601a27cffe05dbc6d4144fb6875dab96f1d812d8c2f4db6bc9f00dfb33bf6a8",
     .size_bytes = INT64_C(5000000000)},
};

static ledger_status open_as(struct fixture *fixture, const char *summary, const char *transaction,
                             char incident_id[LEDGER_ID_TEXT_SIZE])
{
    static const struct ledger_violation violations[] = {
        {.check = {"entry-hash", 10}, .is_critical = true, .field = {"journal_entries.amount", 22}, .entry_number = 1}};
    const struct ledger_incident_opening opening = {
        .summary = ledger_text_of(summary),
        .transaction = ledger_text_of(transaction),
        .severity = LEDGER_ERROR,
        .evidence = evidence,
        .evidence_count = 1,
        .violations = violations,
        .violations_kept = 1,
        .violations_count = 7,
    };
    ledger_call_reset(fixture->call);
    return ledger_incident_open(fixture->call, fixture->ledger, &opening, incident_id);
}

static struct ledger_incident incident_of(struct fixture *fixture, const char *incident_id)
{
    struct ledger_incident incident;
    ledger_call_reset(fixture->call);
    assert_done(fixture->call,
                ledger_incident_get(fixture->call, fixture->ledger, ledger_text_of(incident_id), &incident));
    return incident;
}

static size_t list(struct fixture *fixture, bool only_open, const struct ledger_incident **ret_incidents)
{
    size_t count = 0;
    ledger_call_reset(fixture->call);
    assert_done(fixture->call, ledger_incident_list(fixture->call, fixture->ledger, only_open, ret_incidents, &count));
    return count;
}

static void an_incident_has_a_beginning_and_an_end(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_posted original = fixture_post(fixture, NULL, "1000", "4000", "1");
    struct ledger_posted reversal;
    char id[LEDGER_ID_TEXT_SIZE];
    const struct ledger_incident *incidents = NULL;
    assert_done(fixture->call, fixture_reverse(fixture, original.transaction_id, "Wrong", NULL, NULL, &reversal));
    assert_done(fixture->call, open_as(fixture, "An entry\nwas altered", original.transaction_number, id));
    struct ledger_event_record event = fixture_last_event(fixture);
    assert_text_is(event.event_type, "INCIDENT_OPENED");
    assert_text_is(event.audit_id, id);
    assert_int_equal(event.severity, LEDGER_ERROR);
    assert_true(event.has_transaction);
    assert_string_equal(fixture_metadata(fixture, "INCIDENT_OPENED", 0, "incident_id"), id);
    assert_string_equal(fixture_metadata(fixture, "INCIDENT_OPENED", 0, "transaction_number"),
                        original.transaction_number);
    assert_string_equal(fixture_metadata(fixture, "INCIDENT_OPENED", 0, "violations_count"), "7");
    fixture->now_us += FIXTURE_MINUTE_US;
    fixture_act_as(fixture, "bea", "os:1001", "test");
    struct ledger_text incident_id = ledger_text_of(id);
    assert_done(fixture->call,
                ledger_incident_note(fixture->call, fixture->ledger, incident_id, TEXT("By hand"), evidence, 1));
    assert_done(fixture->call, ledger_incident_attach_correction(fixture->call, fixture->ledger, incident_id,
                                                                 ledger_text_of(reversal.transaction_id)));
    assert_int_equal(list(fixture, true, &incidents), 1);
    assert_string_equal(incidents[0].incident_id, id);
    assert_int_equal(incidents[0].steps_count, 1);
    assert_done(fixture->call, ledger_incident_close(fixture->call, fixture->ledger, incident_id, TEXT("Reversed")));
    assert_int_equal(list(fixture, true, &incidents), 0);
    assert_int_equal(list(fixture, false, &incidents), 1);
    assert_true(incidents[0].is_closed);
    assert_int_equal(incidents[0].steps_count, 2);
    assert_text_is(incidents[0].steps[1].text, "Reversed");
    struct ledger_incident incident = incident_of(fixture, id);
    assert_true(incident.is_closed);
    assert_int_equal(incident.severity, LEDGER_ERROR);
    assert_int_equal(incident.steps_count, 4);
    assert_text_is(incident.steps[0].text, "An entry\nwas altered");
    assert_text_is(incident.steps[0].user, "ana");
    assert_int_equal(incident.steps[0].violations_count, 7);
    assert_int_equal(incident.steps[0].evidence_count, 1);
    assert_text_is(incident.steps[0].evidence[0].name, "dump.sql.gz");
    assert_string_equal(incident.steps[0].evidence[0].sha256, evidence[0].sha256);
    assert_int_equal(incident.steps[0].evidence[0].size_bytes, evidence[0].size_bytes);
    assert_text_is(incident.steps[1].text, "By hand");
    assert_text_is(incident.steps[1].principal, "os:1001");
    assert_int_equal(incident.steps[2].kind, LEDGER_INCIDENT_CORRECTION_ATTACHED);
    assert_true(incident.steps[2].has_transaction);
    assert_text_is(incident.steps[3].text, "Reversed");
    fixture_assert_valid(fixture);
}

static void assert_closed(struct fixture *fixture, ledger_status status, const struct fixture_counts *before,
                          const char *action)
{
    assert_int_equal(status, LEDGER_INCIDENT_IS_CLOSED);
    assert_message(fixture->call, "was closed 2026-03-15T12:00:00.000000Z by ana");
    fixture_assert_refused(fixture, before, "INCIDENT_REFUSED", action, LEDGER_INCIDENT_IS_CLOSED);
    ledger_call_reset(fixture->call);
}

static void nothing_is_added_to_what_is_closed(void **state)
{
    struct fixture *fixture = *state;
    char id[LEDGER_ID_TEXT_SIZE];
    char other[LEDGER_ID_TEXT_SIZE];
    struct ledger_posted posted = fixture_post(fixture, NULL, "1000", "4000", "1");
    assert_done(fixture->call, open_as(fixture, "One", NULL, id));
    assert_done(fixture->call, open_as(fixture, "Two", NULL, other));
    struct ledger_text incident_id = ledger_text_of(id);
    assert_done(fixture->call, ledger_incident_close(fixture->call, fixture->ledger, incident_id, TEXT("Nothing")));
    struct fixture_counts before = fixture_count(fixture);
    assert_closed(fixture, ledger_incident_note(fixture->call, fixture->ledger, incident_id, TEXT("But"), NULL, 0),
                  &before, "NOTE_INCIDENT");
    before = fixture_count(fixture);
    assert_closed(fixture,
                  ledger_incident_attach_correction(fixture->call, fixture->ledger, incident_id,
                                                    ledger_text_of(posted.transaction_number)),
                  &before, "ATTACH_CORRECTION");
    before = fixture_count(fixture);
    assert_closed(fixture, ledger_incident_close(fixture->call, fixture->ledger, incident_id, TEXT("Again")), &before,
                  "CLOSE_INCIDENT");
    /* The other is open all the same. */
    assert_done(fixture->call,
                ledger_incident_note(fixture->call, fixture->ledger, ledger_text_of(other), TEXT("Here"), NULL, 0));
}

static void assert_not_found(struct fixture *fixture, const char *incident_id)
{
    struct ledger_incident incident;
    struct fixture_counts before = fixture_count(fixture);
    ledger_call_reset(fixture->call);
    assert_status(fixture->call,
                  ledger_incident_note(fixture->call, fixture->ledger, ledger_text_of(incident_id), TEXT("x"), NULL, 0),
                  LEDGER_INCIDENT_NOT_FOUND);
    fixture_assert_refused(fixture, &before, "INCIDENT_REFUSED", "NOTE_INCIDENT", LEDGER_INCIDENT_NOT_FOUND);
    assert_status(fixture->call,
                  ledger_incident_get(fixture->call, fixture->ledger, ledger_text_of(incident_id), &incident),
                  LEDGER_INCIDENT_NOT_FOUND);
}

static void what_is_no_incident_is_not_found(void **state)
{
    struct fixture *fixture = *state;
    char id[LEDGER_ID_TEXT_SIZE];
    struct ledger_posted posted = fixture_post(fixture, NULL, "1000", "4000", "1");
    assert_done(fixture->call, open_as(fixture, "One", NULL, id));
    assert_not_found(fixture, "0198c0de-0000-7000-8000-00000000002a");
    assert_not_found(fixture, "0198c0de-0000-7000-8000-ffffffffffff");
    assert_not_found(fixture, posted.transaction_id);
    assert_not_found(fixture, "7");
    assert_not_found(fixture, "\xff");
    id[0] = '1'; /* another instant, the same position */
    assert_not_found(fixture, id);
}

static void what_is_wrong_is_refused(void **state)
{
    struct fixture *fixture = *state;
    char id[LEDGER_ID_TEXT_SIZE];
    struct ledger_evidence many[LEDGER_EVIDENCE_MAX + 1] = {{.name = TEXT("a")}};
    assert_int_equal(open_as(fixture, "", NULL, id), LEDGER_TEXT_IS_INVALID);
    assert_int_equal(open_as(fixture, "\xff", NULL, id), LEDGER_TEXT_IS_INVALID);
    assert_int_equal(open_as(fixture, "One", "20260315-000099", id), LEDGER_TRANSACTION_NOT_FOUND);
    assert_done(fixture->call, open_as(fixture, "One", NULL, id));
    struct ledger_text incident_id = ledger_text_of(id);
    assert_status(fixture->call,
                  ledger_incident_attach_correction(fixture->call, fixture->ledger, incident_id, TEXT_ABSENT),
                  LEDGER_TRANSACTION_NOT_FOUND);
    assert_status(fixture->call, ledger_incident_close(fixture->call, fixture->ledger, incident_id, TEXT("")),
                  LEDGER_TEXT_IS_INVALID);
    assert_status(
        fixture->call,
        ledger_incident_note(fixture->call, fixture->ledger, incident_id, TEXT("x"), many, LEDGER_EVIDENCE_MAX + 1),
        LEDGER_INPUT_IS_TOO_LARGE);
    assert_status(fixture->call,
                  ledger_incident_note(fixture->call, fixture->ledger, incident_id, TEXT("x"), many + 1, 1),
                  LEDGER_TEXT_IS_INVALID);
    fixture_act_as(fixture, NULL, "os:1000", "test");
    assert_status(fixture->call, ledger_incident_close(fixture->call, fixture->ledger, incident_id, TEXT("x")),
                  LEDGER_USER_IS_MISSING);
}

/* Long and many violations are cut, so that the event stays one that can be read. */
static void violations_are_bounded(void **state)
{
    struct fixture *fixture = *state;
    char id[LEDGER_ID_TEXT_SIZE];
    static char long_text[3001];
    struct ledger_violation violations[100];
    for (size_t i = 0; i < sizeof long_text - 1; i += 2) {
        long_text[i] = (char)0xc3; /* é */
        long_text[i + 1] = (char)0xa9;
    }
    for (size_t i = 0; i < 100; i++) {
        violations[i] = (struct ledger_violation){.check = TEXT("log-leaves"), .detail = ledger_text_of(long_text)};
    }
    const struct ledger_incident_opening opening = {
        .summary = TEXT("Many"), .violations = violations, .violations_kept = 100, .violations_count = 12345};
    assert_done(fixture->call, ledger_incident_open(fixture->call, fixture->ledger, &opening, id));
    assert_true(fixture_last_event(fixture).event_metadata.size < 20000);
    assert_int_equal(incident_of(fixture, id).steps[0].violations_count, 12345);
    fixture_assert_valid(fixture);
}

static void a_frozen_ledger_takes_incidents(void **state)
{
    struct fixture *fixture = *state;
    char id[LEDGER_ID_TEXT_SIZE];
    struct ledger_freeze_state frozen;
    assert_done(fixture->call, ledger_freeze(fixture->call, fixture->ledger, TEXT("stop"), &frozen));
    assert_done(fixture->call, open_as(fixture, "One", NULL, id));
    assert_done(fixture->call, ledger_incident_close(fixture->call, fixture->ledger, ledger_text_of(id), TEXT("Done")));
    fixture_assert_valid(fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_incident_has_a_beginning_and_an_end, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(nothing_is_added_to_what_is_closed, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(what_is_no_incident_is_not_found, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(what_is_wrong_is_refused, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(violations_are_bounded, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_frozen_ledger_takes_incidents, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
