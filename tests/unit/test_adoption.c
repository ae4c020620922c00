/* Rows that somebody wrote into audit_log by hand: shown apart, adopted, and watched from then on. On SQLite nobody can
 * write one. */
#include "support/ledger_fixture.h"

static ledger_status adopt(struct fixture *fixture, struct ledger_adoption *adoption)
{
    ledger_call_reset(fixture->call);
    return ledger_audit_adopt(fixture->call, fixture->ledger, adoption);
}

static size_t list(struct fixture *fixture, const struct ledger_manual_event **ret_rows)
{
    size_t count = 0;
    ledger_call_reset(fixture->call);
    assert_done(fixture->call, ledger_audit_list_manual(fixture->call, fixture->ledger, ret_rows, &count));
    return count;
}

static struct ledger_verify_result verify(struct fixture *fixture)
{
    struct ledger_verify_result result;
    const struct ledger_verify_options options = {.struct_size = sizeof options};
    ledger_call_reset(fixture->call);
    assert_done(fixture->call, ledger_verify(fixture->call, fixture->ledger, &options, &result));
    return result;
}

static void a_ledger_has_none_by_itself(void **state)
{
    struct fixture *fixture = *state;
    const struct ledger_manual_event *rows = NULL;
    struct ledger_adoption adoption;
    (void)fixture_post(fixture, NULL, "1000", "4000", "1");
    int64_t log_size = fixture_count(fixture).log_size;
    assert_int_equal(list(fixture, &rows), 0);
    assert_done(fixture->call, adopt(fixture, &adoption));
    assert_int_equal(adoption.adopted_count, 0);
    assert_int_equal(adoption.adopted_before_count, 0);
    assert_int_equal(fixture_count(fixture).log_size, log_size);
    fixture_act_as(fixture, NULL, NULL, "test");
    assert_int_equal(adopt(fixture, &adoption), LEDGER_USER_IS_MISSING);
}

#define MANUAL_ID(digit) "00000000-0000-1000-8000-00000000000" digit
#define MANUAL_INSERT(digit, description)                                                                              \
    "INSERT INTO audit_log (audit_id, event_timestamp, event_type, severity, user_id, source_system, action, "         \
    "description, transaction_id) VALUES ('" MANUAL_ID(                                                                \
        digit) "', '2026-03-15 12:00:00', 'HASH_VIOLATION', "                                                          \
               "'CRITICAL', 'SYSTEM', 'INTEGRITY_CHECK', 'TAMPER_DETECTED', '" description "', NULL)"

static void rows_are_adopted_once(void **state)
{
    struct fixture *fixture = *state;
    const struct ledger_manual_event *rows = NULL;
    struct ledger_adoption adoption;
    fixture_damage(fixture, "", MANUAL_INSERT("1", "one"));
    fixture_damage(fixture, "", MANUAL_INSERT("2", "two"));
    assert_int_equal(list(fixture, &rows), 2);
    assert_false(rows[0].is_adopted);
    assert_text_is(rows[0].description, "one");
    assert_text_is(rows[0].severity, "CRITICAL");
    assert_text_is(rows[0].principal, NULL);
    assert_int_equal(rows[0].event_timestamp_us, FIXTURE_NOW_US);
    struct ledger_verify_result result = verify(fixture);
    assert_true(result.is_valid);
    assert_int_equal(result.violations_count, 1);
    assert_text_is(result.violations[0].check, "manual-rows");
    assert_text_is(result.violations[0].stored, "2");
    assert_done(fixture->call, adopt(fixture, &adoption));
    assert_int_equal(adoption.adopted_count, 2);
    assert_text_is(fixture_last_event(fixture).event_type, "AUDIT_ROWS_ADOPTED");
    assert_string_equal(fixture_metadata(fixture, "AUDIT_ROWS_ADOPTED", 0, "database_user"), "root@localhost");
    assert_int_equal(verify(fixture).violations_count, 0);
    assert_int_equal(list(fixture, &rows), 2);
    assert_true(rows[1].is_adopted);
    assert_int_equal(rows[1].adopted_log_index, fixture_count(fixture).log_size - 1);
    fixture_damage(fixture, "", MANUAL_INSERT("3", "three"));
    assert_done(fixture->call, adopt(fixture, &adoption));
    assert_int_equal(adoption.adopted_count, 1);
    assert_int_equal(adoption.adopted_before_count, 2);
    assert_done(fixture->call, adopt(fixture, &adoption));
    assert_int_equal(adoption.adopted_count, 0);
    assert_int_equal(verify(fixture).violations_count, 0);
}

static void what_happens_to_them_later_is_found(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_adoption adoption;
    const struct ledger_manual_event *rows = NULL;
    fixture_damage(fixture, "", MANUAL_INSERT("1", "one"));
    fixture_damage(fixture, "", MANUAL_INSERT("2", "two"));
    assert_done(fixture->call, adopt(fixture, &adoption));
    fixture_damage(fixture, "", "UPDATE audit_log SET description = 'none' WHERE audit_id = '" MANUAL_ID("1") "'");
    fixture_damage(fixture, "", "DELETE FROM audit_log WHERE audit_id = '" MANUAL_ID("2") "'");
    struct ledger_verify_result result = verify(fixture);
    assert_false(result.is_valid);
    assert_int_equal(result.violations_count, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_text_is(result.violations[i].check, "manual-rows");
        assert_true(result.violations[i].is_critical);
        assert_int_equal(result.violations[i].computed.size, 64);
    }
    assert_non_null(strstr(result.violations[0].detail.data, MANUAL_ID("1") ", written by hand"));
    assert_non_null(strstr(result.violations[0].detail.data, "changed since"));
    assert_non_null(strstr(result.violations[1].detail.data, "removed since"));
    /* Adopting does not make it good. */
    assert_done(fixture->call, adopt(fixture, &adoption));
    assert_int_equal(adoption.adopted_count, 0);
    assert_int_equal(adoption.adopted_before_count, 1);
    assert_int_equal(list(fixture, &rows), 1);
    assert_false(rows[0].is_adopted);
    assert_false(verify(fixture).is_valid);
}

/* audit_id alone is not unique in that table. */
static void a_second_row_of_an_id_is_a_new_one(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_adoption adoption;
    fixture_damage(fixture, "", MANUAL_INSERT("1", "one"));
    assert_done(fixture->call, adopt(fixture, &adoption));
    fixture_damage(fixture, "",
                   "INSERT INTO audit_log (audit_id, event_timestamp, event_type, action, description) VALUES "
                   "('" MANUAL_ID("1") "', '2026-03-16 12:00:00', 'X', 'X', 'another')");
    struct ledger_verify_result result = verify(fixture);
    assert_true(result.is_valid);
    assert_int_equal(result.violations_count, 1);
    assert_text_is(result.violations[0].stored, "1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_ledger_has_none_by_itself, fixture_setup, fixture_teardown),
    };
    const struct CMUnitTest tests_of_servers[] = {
        cmocka_unit_test_setup_teardown(rows_are_adopted_once, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(what_happens_to_them_later_is_found, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_second_row_of_an_id_is_a_new_one, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) +
           (scratch_backend() == SCRATCH_SQLITE ? 0 : cmocka_run_group_tests(tests_of_servers, NULL, NULL));
}
