/* Error numbers of servers and of the client library: what each comes to in each phase, and which versions are refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/text.h"
#include "store/mysql_failure.h"

struct expectation {
    unsigned number;
    ledger_status status; /* of a statement */
    bool ends_session;
};

static const struct expectation expectations[] = {
    {1205, LEDGER_DATABASE_IS_BUSY, false},
    {1969, LEDGER_DATABASE_IS_BUSY, false},
    {3024, LEDGER_DATABASE_IS_BUSY, false},
    {1040, LEDGER_DATABASE_IS_BUSY, true},
    {1203, LEDGER_DATABASE_IS_BUSY, true},
    {1226, LEDGER_DATABASE_IS_BUSY, true},
    {1213, LEDGER_DATABASE_HAS_CONFLICT, false},
    {1020, LEDGER_DATABASE_HAS_CONFLICT, false},
    {1180, LEDGER_DATABASE_HAS_CONFLICT, false},
    {3101, LEDGER_DATABASE_HAS_CONFLICT, false},
    {1047, LEDGER_CONNECTION_IS_LOST, true},
    {1053, LEDGER_CONNECTION_IS_LOST, true},
    {1152, LEDGER_CONNECTION_IS_LOST, true},
    {1158, LEDGER_CONNECTION_IS_LOST, true},
    {1159, LEDGER_CONNECTION_IS_LOST, true},
    {1160, LEDGER_CONNECTION_IS_LOST, true},
    {1161, LEDGER_CONNECTION_IS_LOST, true},
    {1184, LEDGER_CONNECTION_IS_LOST, true},
    {1927, LEDGER_CONNECTION_IS_LOST, true},
    {2002, LEDGER_CONNECTION_IS_LOST, true},
    {2003, LEDGER_CONNECTION_IS_LOST, true},
    {2004, LEDGER_CONNECTION_IS_LOST, true},
    {2005, LEDGER_CONNECTION_IS_LOST, true},
    {2006, LEDGER_CONNECTION_IS_LOST, true},
    {2012, LEDGER_CONNECTION_IS_LOST, true},
    {2013, LEDGER_CONNECTION_IS_LOST, true},
    {2026, LEDGER_CONNECTION_IS_LOST, true},
    {2027, LEDGER_CONNECTION_IS_LOST, true},
    {2055, LEDGER_CONNECTION_IS_LOST, true},
    {4031, LEDGER_CONNECTION_IS_LOST, true},
    {5013, LEDGER_CONNECTION_IS_LOST, true},
    {5014, LEDGER_CONNECTION_IS_LOST, true},
    {1223, LEDGER_DATABASE_IS_READ_ONLY, false},
    {1290, LEDGER_DATABASE_IS_READ_ONLY, false},
    {1792, LEDGER_DATABASE_IS_READ_ONLY, false},
    {1836, LEDGER_DATABASE_IS_READ_ONLY, false},
    {3, LEDGER_DATABASE_IS_FULL, false},
    {28, LEDGER_DATABASE_IS_FULL, false},
    {1021, LEDGER_DATABASE_IS_FULL, false},
    {1026, LEDGER_DATABASE_IS_FULL, false},
    {1114, LEDGER_DATABASE_IS_FULL, false},
    {1044, LEDGER_ACCESS_IS_DENIED, false},
    {1045, LEDGER_ACCESS_IS_DENIED, false},
    {1130, LEDGER_ACCESS_IS_DENIED, false},
    {1142, LEDGER_ACCESS_IS_DENIED, false},
    {1143, LEDGER_ACCESS_IS_DENIED, false},
    {1227, LEDGER_ACCESS_IS_DENIED, false},
    {1370, LEDGER_ACCESS_IS_DENIED, false},
    {1698, LEDGER_ACCESS_IS_DENIED, false},
    {1820, LEDGER_ACCESS_IS_DENIED, false},
    {1862, LEDGER_ACCESS_IS_DENIED, false},
    {3118, LEDGER_ACCESS_IS_DENIED, false},
    {3955, LEDGER_ACCESS_IS_DENIED, false},
    {4151, LEDGER_ACCESS_IS_DENIED, false},
    {1049, LEDGER_DATABASE_IS_UNAVAILABLE, false},
    {1129, LEDGER_DATABASE_IS_UNAVAILABLE, true},
    {126, LEDGER_DATABASE_IS_DAMAGED, false},
    {127, LEDGER_DATABASE_IS_DAMAGED, false},
    {144, LEDGER_DATABASE_IS_DAMAGED, false},
    {145, LEDGER_DATABASE_IS_DAMAGED, false},
    {1034, LEDGER_DATABASE_IS_DAMAGED, false},
    {1194, LEDGER_DATABASE_IS_DAMAGED, false},
    {1195, LEDGER_DATABASE_IS_DAMAGED, false},
    {1712, LEDGER_DATABASE_IS_DAMAGED, false},
    {1054, LEDGER_DATABASE_IS_DAMAGED, false},
    {1146, LEDGER_DATABASE_IS_DAMAGED, false},
    {1037, LEDGER_OUT_OF_MEMORY, false},
    {1038, LEDGER_OUT_OF_MEMORY, false},
    {1041, LEDGER_OUT_OF_MEMORY, false},
    {2008, LEDGER_OUT_OF_MEMORY, true},
    {1153, LEDGER_DATABASE_FAILED, true},
    {2014, LEDGER_DATABASE_FAILED, true},
    {2020, LEDGER_DATABASE_FAILED, true},
    {1062, LEDGER_DATABASE_FAILED, false}, /* from here on: numbers without a row of their own */
    {1064, LEDGER_DATABASE_FAILED, false},
    {1317, LEDGER_DATABASE_FAILED, false},
    {0, LEDGER_DATABASE_FAILED, false},
    {99999, LEDGER_DATABASE_FAILED, false},
};

enum { EXPECTATIONS_COUNT = sizeof expectations / sizeof expectations[0] };

static void errors_of_statements_have_their_outcome(void **state)
{
    (void)state;
    for (size_t i = 0; i < EXPECTATIONS_COUNT; i++) {
        const struct expectation *expected = &expectations[i];
        assert_int_equal(mysql_failure_outcome(expected->number, MYSQL_PHASE_STATEMENT), expected->status);
        assert_int_equal(mysql_failure_ends_session(expected->number), expected->ends_session);
    }
}

static void what_is_lost_in_connecting_was_never_there(void **state)
{
    (void)state;
    for (size_t i = 0; i < EXPECTATIONS_COUNT; i++) {
        ledger_status expected = expectations[i].status;
        assert_int_equal(mysql_failure_outcome(expectations[i].number, MYSQL_PHASE_CONNECT),
                         expected == LEDGER_CONNECTION_IS_LOST ? LEDGER_DATABASE_IS_UNAVAILABLE : expected);
    }
}

static void a_failed_commit_is_in_doubt_unless_it_is_known_not_to_be(void **state)
{
    static const unsigned certain[] = {1213, 1020, 3101, 1205, 1290, 1792, 1836};
    (void)state;
    for (size_t i = 0; i < EXPECTATIONS_COUNT; i++) {
        bool is_certain = false;
        for (size_t j = 0; j < sizeof certain / sizeof certain[0]; j++) {
            is_certain = is_certain || certain[j] == expectations[i].number;
        }
        assert_int_equal(mysql_failure_outcome(expectations[i].number, MYSQL_PHASE_COMMIT),
                         is_certain ? expectations[i].status : LEDGER_OUTCOME_IS_UNKNOWN);
    }
}

static void a_slow_statement_names_its_limit(void **state)
{
    (void)state;
    assert_non_null(strstr(mysql_failure_advice(1969), "DB_QUERY_TIMEOUT"));
    assert_non_null(strstr(mysql_failure_advice(3024), "DB_QUERY_TIMEOUT"));
    assert_non_null(strstr(mysql_failure_advice(1040), "DB_POOL_SIZE"));
    assert_string_equal(mysql_failure_advice(1064), "");
}

static void messages_say_where_and_what(void **state)
{
    struct ledger_call call;
    struct mysql_connection connection;
    struct driver_options options = {.uri = TEXT("mysql://u:s3cret@db1,db2/d")};
    (void)state;
    call_init(&call);
    assert_int_equal(mysql_connection_init(&call, &connection, &options), LEDGER_DONE);
    assert_int_equal(mysql_fail(&call, &connection, MYSQL_PHASE_STATEMENT, 2013, "gone", "writing"),
                     LEDGER_CONNECTION_IS_LOST);
    assert_string_equal(ledger_call_message(&call),
                        "Lost connection to MySQL server on 'db1:3306' while writing: gone (error 2013)");
    ledger_call_drop_problems(&call, 0);
    connection.host = 1;
    assert_int_equal(mysql_fail(&call, &connection, MYSQL_PHASE_COMMIT, 2013, "gone", "committing"),
                     LEDGER_OUTCOME_IS_UNKNOWN);
    assert_string_equal(ledger_call_message(&call),
                        "Lost connection to MySQL server on 'db2:3306' while committing: gone (error 2013); whether it "
                        "was kept is not known yet");
    mysql_connection_done(&connection);
    call_done(&call);
}

static void passwords_come_from_the_uri_first(void **state)
{
    struct ledger_call call;
    struct mysql_connection connection;
    struct driver_options options = {.uri = TEXT("mysql://u:first@h/d"), .password = TEXT("second")};
    (void)state;
    call_init(&call);
    assert_int_equal(mysql_connection_init(&call, &connection, &options), LEDGER_DONE);
    assert_string_equal(connection.password, "first");
    mysql_connection_done(&connection);
    options.uri = TEXT("mysql://u@h/d");
    assert_int_equal(mysql_connection_init(&call, &connection, &options), LEDGER_DONE);
    assert_string_equal(connection.password, "second");
    mysql_connection_done(&connection);
    options.password = TEXT_ABSENT;
    assert_int_equal(mysql_connection_init(&call, &connection, &options), LEDGER_DONE);
    assert_null(connection.password);
    mysql_connection_done(&connection);
    options.password = TEXT("s3c\0ret");
    assert_int_equal(mysql_connection_init(&call, &connection, &options), LEDGER_CONFIGURATION_IS_INVALID);
    assert_null(strstr(ledger_call_message(&call), "s3c"));
    options = (struct driver_options){.uri = TEXT("mysql://h/d?read_default_file=/no/such/file")};
    assert_int_equal(mysql_connection_init(&call, &connection, &options), LEDGER_CONFIGURATION_IS_INVALID);
    call_done(&call);
}

static void versions_that_order_ids_wrongly_are_refused(void **state)
{
    static const unsigned long good_mariadb[] = {101105, 101106, 101119, 110003, 110102,
                                                 110103, 110200, 110406, 120000};
    static const unsigned long bad_mariadb[] = {50568, 100699, 101006, 101104, 110000, 110002, 110100, 110101};
    (void)state;
    for (size_t i = 0; i < sizeof good_mariadb / sizeof good_mariadb[0]; i++) {
        assert_null(mysql_session_version_fault(true, good_mariadb[i]));
    }
    for (size_t i = 0; i < sizeof bad_mariadb / sizeof bad_mariadb[0]; i++) {
        assert_non_null(strstr(mysql_session_version_fault(true, bad_mariadb[i]), "MariaDB 10.11.5"));
    }
    assert_null(mysql_session_version_fault(false, 80023));
    assert_null(mysql_session_version_fault(false, 90100));
    assert_non_null(strstr(mysql_session_version_fault(false, 80022), "MySQL 8.0.23"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_of_statements_have_their_outcome),
        cmocka_unit_test(what_is_lost_in_connecting_was_never_there),
        cmocka_unit_test(a_failed_commit_is_in_doubt_unless_it_is_known_not_to_be),
        cmocka_unit_test(a_slow_statement_names_its_limit),
        cmocka_unit_test(messages_say_where_and_what),
        cmocka_unit_test(passwords_come_from_the_uri_first),
        cmocka_unit_test(versions_that_order_ids_wrongly_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
