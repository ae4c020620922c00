/* What verifications found: known by what it is about, recorded, and told once. */
#include "ledger/freeze.h"
#include "operations/findings.h"
#include "support/ledger_fixture.h"

static struct ledger_violation violation_of(const char *check, const char *field, const char *stored)
{
    return (struct ledger_violation){.check = ledger_text_of(check),
                                     .is_critical = true,
                                     .field = ledger_text_of(field),
                                     .stored = ledger_text_of(stored)};
}

static void a_fingerprint_is_of_what_stays(void **state)
{
    (void)state;
    struct ledger_violation entry = violation_of("entry-hash", "journal_entries.amount", "1.01");
    struct ledger_violation other = entry;
    uint64_t fingerprint = finding_fingerprint(&entry);
    assert_int_equal(finding_fingerprint(&other), fingerprint);
    other.detail = TEXT("in other words");
    assert_int_equal(finding_fingerprint(&other), fingerprint);
    other.entry_number = 2;
    assert_int_not_equal(finding_fingerprint(&other), fingerprint);
    other = entry;
    other.transaction_id = TEXT("x");
    assert_int_not_equal(finding_fingerprint(&other), fingerprint);
    other = violation_of("entry-hash", "journal_entries.amount", "1.02");
    assert_int_not_equal(finding_fingerprint(&other), fingerprint);
    other = violation_of("entry-hash", "journal_entries.account_code", "1.01");
    assert_int_not_equal(finding_fingerprint(&other), fingerprint);
    /* A total that is wrong by the same is another one after each posting. */
    entry = violation_of("balances", "account_balance_cache.balance", "1.01");
    other = violation_of("balances", "account_balance_cache.balance", "2.01");
    assert_int_equal(finding_fingerprint(&entry), finding_fingerprint(&other));
    entry = violation_of("head-rules", "integrity_head.rules_version", "7");
    other = violation_of("head-rules", "integrity_head.rules_version", "8");
    assert_int_equal(finding_fingerprint(&entry), finding_fingerprint(&other));
}

static void what_is_known_is_known_once(void **state)
{
    (void)state;
    struct ledger_call call;
    struct known_findings known;
    call_init(&call);
    assert_int_equal(known_findings_init(&call, &known), LEDGER_DONE);
    for (uint64_t i = 0; i < 1000; i++) {
        assert_false(known_findings_add(&known, i * 7919 % 1000));
    }
    for (uint64_t i = 0; i < 1000; i++) {
        assert_true(known_findings_add(&known, i));
    }
    assert_int_equal(known.count, 1000);
    for (uint64_t i = 0; i < 2 * FINDINGS_KNOWN_MAX; i++) {
        (void)known_findings_add(&known, i);
    }
    assert_int_equal(known.count, FINDINGS_KNOWN_MAX);
    known_findings_done(&known);
    call_done(&call);
}

static struct ledger_verify_result result_of(const struct ledger_violation *violations, size_t count)
{
    static struct ledger_check_result check = {.name = {"entry-hash", 10}};
    check.violations_count = count;
    struct ledger_verify_result result = {
        .is_valid = count == 0,
        .transactions_checked = 3,
        .violations_count = count,
        .checks = &check,
        .checks_count = 1,
        .violations = violations,
        .violations_kept = count,
        .compared_with = TEXT("nothing outside the database"),
        .log_size = 20,
        .root_hash = "00",
    };
    return result;
}

static void findings_are_recorded_and_freeze(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_finding finding;
    struct ledger_freeze_state frozen;
    struct known_findings known;
    const struct ledger_violation violation = violation_of("entry-hash", "journal_entries.amount", "1.01");
    struct ledger_verify_result result = result_of(NULL, 0);
    assert_done(fixture->call, ledger_finding_record(fixture->call, fixture->ledger, &result, true, &finding));
    assert_true(finding.is_recorded);
    assert_false(finding.is_frozen);
    struct ledger_event_record event = fixture_last_event(fixture);
    assert_text_is(event.event_type, "VERIFICATION_PASSED");
    assert_int_equal(event.severity, LEDGER_INFO);
    result = result_of(&violation, 1);
    assert_done(fixture->call, ledger_finding_record(fixture->call, fixture->ledger, &result, false, &finding));
    event = fixture_last_event(fixture);
    assert_text_is(event.event_type, "INTEGRITY_VIOLATION_FOUND");
    assert_text_is(event.description, "verify found 1 violation: entry-hash");
    assert_int_equal(event.severity, LEDGER_CRITICAL);
    assert_false(event.is_success);
    assert_false(finding.is_frozen);
    assert_int_equal(finding.log_index, event.log_index);
    assert_done(fixture->call, ledger_finding_record(fixture->call, fixture->ledger, &result, true, &finding));
    assert_true(finding.is_frozen);
    assert_done(fixture->call, ledger_freeze_get(fixture->call, fixture->ledger, &frozen));
    assert_true(frozen.is_frozen);
    assert_text_is(frozen.reason, "verify found 1 violation: entry-hash");
    fixture_assert_valid(fixture);
    /* Who watches next knows it, until all was well again. */
    assert_done(fixture->call, known_findings_init(fixture->call, &known));
    assert_done(fixture->call, known_findings_load(fixture->call, fixture->ledger, &known));
    assert_int_equal(known.count, 1);
    assert_true(known_findings_add(&known, finding_fingerprint(&violation)));
    result = result_of(NULL, 0);
    assert_done(fixture->call, ledger_finding_record(fixture->call, fixture->ledger, &result, true, &finding));
    known.count = 0;
    assert_done(fixture->call, known_findings_load(fixture->call, fixture->ledger, &known));
    assert_int_equal(known.count, 0);
    known_findings_done(&known);
}

static void what_cannot_be_recorded_says_why(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_finding finding;
    const struct ledger_violation violation = violation_of("entry-hash", "journal_entries.amount", "1.01");
    const struct ledger_verify_result result = result_of(&violation, 1);
    fixture->options.read_only = true;
    fixture_reopen(fixture);
    assert_done(fixture->call, ledger_finding_record(fixture->call, fixture->ledger, &result, true, &finding));
    assert_false(finding.is_recorded);
    assert_false(finding.is_frozen);
    assert_true(finding.trouble.size > 0);
    assert_int_equal(ledger_call_problems_count(fixture->call), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fingerprint_is_of_what_stays),
        cmocka_unit_test(what_is_known_is_known_once),
        cmocka_unit_test_setup_teardown(findings_are_recorded_and_freeze, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(what_cannot_be_recorded_says_why, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
