/* Many accounts made in one commit: each for itself and in its place, with the rules right on every path. */
#include <stdio.h>

#include "support/ledger_fixture.h"

enum { COUNT_MAX = LEDGER_ACCOUNTS_MAX + 1, CODE_SIZE = 16 };

static struct ledger_account_request asset(const char *code, const char *parent)
{
    return (struct ledger_account_request){
        .account_code = ledger_text_of(code),
        .account_name = TEXT("Cash"),
        .account_type = LEDGER_ASSET,
        .parent_account_code = ledger_text_of(parent),
    };
}

static ledger_status create(struct fixture *fixture, const struct ledger_account_request *requests, size_t count,
                            enum ledger_accounts_mode mode, struct ledger_account_outcome *ret_outcomes)
{
    ledger_call_reset(fixture->call);
    return ledger_accounts_create(fixture->call, fixture->ledger, requests, count, mode, ret_outcomes);
}

static struct ledger_account get(struct fixture *fixture, const char *code)
{
    struct ledger_account account;
    assert_done(fixture->call, ledger_account_get(fixture->call, fixture->ledger, ledger_text_of(code), &account));
    return account;
}

static int64_t log_size(struct fixture *fixture)
{
    return fixture_integer(fixture, "SELECT log_size FROM integrity_head");
}

static int64_t count_accounts(struct fixture *fixture)
{
    return fixture_integer(fixture, "SELECT count(*) FROM chart_of_accounts");
}

/* The message of the one problem of an item. */
static const char *message_of(const struct fixture *fixture, size_t item)
{
    const char *found = NULL;
    for (size_t i = 0; i < ledger_call_problems_count(fixture->call); i++) {
        const struct ledger_problem *problem = ledger_call_problem(fixture->call, i);
        if (problem->item_index == item) {
            assert_null(found);
            found = problem->message.data;
        }
    }
    assert_non_null(found);
    return found;
}

static void all_of_them_stand_in_their_order_behind_each_other(void **state)
{
    struct fixture *fixture = *state;
    const struct ledger_account_request requests[] = {asset("1500", NULL), asset("1510", "1500"), asset("1511", "1510"),
                                                      asset("1801", "1800")};
    struct ledger_account_outcome outcomes[4];
    int64_t size = log_size(fixture);
    assert_done(fixture->call, create(fixture, requests, 4, LEDGER_ACCOUNTS_ARE_NEW, outcomes));
    assert_int_equal(log_size(fixture), size + 4);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(outcomes[i].status, LEDGER_DONE);
        assert_false(outcomes[i].was_there);
        assert_int_equal(outcomes[i].account.account_id, outcomes[0].account.account_id + (int64_t)i);
        assert_text_is(outcomes[i].account.account_code, requests[i].account_code.data);
        assert_int_equal(outcomes[i].account.version, 1);
        assert_string_equal(fixture_metadata(fixture, "ACCOUNT_CREATED", 3 - (unsigned)i, "account_code"),
                            requests[i].account_code.data);
    }
    assert_int_equal(outcomes[2].account.level, 3);
    assert_int_equal(outcomes[2].account.parent_account_id, outcomes[1].account.account_id);
    assert_text_is(outcomes[2].account.parent_account_code, "1510");
    assert_text_is(outcomes[3].account.currency, "USD");
    (void)fixture_post(fixture, NULL, "1511", "4000", "2.50");
    fixture_reopen(fixture);
    assert_int_equal(get(fixture, "1511").account_id, outcomes[2].account.account_id);
    assert_int_equal(get(fixture, "1511").level, 3);
    fixture_assert_valid(fixture);
}

static void one_that_is_refused_harms_no_other(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_account_request requests[] = {
        asset("1500", NULL), asset("15 ", NULL),  asset("1510", "1599"), asset("1520", "1510"), asset("1530", "4000"),
        asset("1000", NULL), asset("1500", NULL), asset("1540", "1500"), asset("1550", NULL),
    };
    enum { COUNT = sizeof requests / sizeof requests[0] };
    requests[8].currency = TEXT("XXX");
    static const struct {
        ledger_status status;
        const char *words;
    } expected[COUNT] = {
        {LEDGER_DONE, NULL},
        {LEDGER_ACCOUNT_CODE_IS_INVALID, "code has"},
        {LEDGER_ACCOUNT_PARENT_IS_INVALID, "account not found: 1599, named as the parent"},
        {LEDGER_ACCOUNT_PARENT_IS_INVALID, "account not found: 1510, named as the parent"},
        {LEDGER_ACCOUNT_PARENT_IS_INVALID, "the parent 4000 is of type REVENUE, not ASSET"},
        {LEDGER_ACCOUNT_EXISTS, "the account 1000 exists already"},
        {LEDGER_ACCOUNT_EXISTS, "the account 1500 exists already"},
        {LEDGER_DONE, NULL},
        {LEDGER_CURRENCY_IS_INVALID, "no active code"},
    };
    struct ledger_account_outcome outcomes[COUNT];
    int64_t accounts_count = count_accounts(fixture);
    int64_t size = log_size(fixture);
    fixture_act_as(fixture, "ana", "os:1000", "refused among good ones");
    assert_done(fixture->call, create(fixture, requests, COUNT, LEDGER_ACCOUNTS_ARE_NEW, outcomes));
    assert_true(ledger_call_refusal_recorded(fixture->call));
    for (size_t i = 0; i < COUNT; i++) {
        assert_int_equal(outcomes[i].status, expected[i].status);
        assert_int_equal(outcomes[i].refusal_recorded, expected[i].words != NULL);
        if (expected[i].words != NULL) {
            assert_non_null(strstr(message_of(fixture, i), expected[i].words));
        }
    }
    assert_int_equal(count_accounts(fixture), accounts_count + 2);
    assert_int_equal(log_size(fixture), size + COUNT); /* an event each */
    assert_string_equal(fixture_metadata(fixture, "ACCOUNT_REFUSED", 0, "subject"), "1550");
    assert_string_equal(fixture_metadata(fixture, "ACCOUNT_REFUSED", 0, "problems_count"), "1");
    assert_string_equal(fixture_metadata(fixture, "ACCOUNT_REFUSED", 6, "status"), "LEDGER_ACCOUNT_CODE_IS_INVALID");
    assert_int_equal(get(fixture, "1540").parent_account_id, get(fixture, "1500").account_id);
    fixture_assert_valid(fixture);
}

static void what_may_exist_is_left_as_it_is(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_account_request requests[] = {asset("1000", NULL), asset("4000", NULL), asset("1500", NULL),
                                                asset("1500", "1800")};
    struct ledger_account_outcome outcomes[4];
    int64_t size = log_size(fixture);
    assert_done(fixture->call, create(fixture, requests, 2, LEDGER_ACCOUNTS_MAY_EXIST, outcomes));
    assert_int_equal(log_size(fixture), size);
    assert_true(outcomes[0].was_there && outcomes[1].was_there);
    assert_int_equal(outcomes[1].account.account_type, LEDGER_REVENUE);
    assert_done(fixture->call, create(fixture, requests, 4, LEDGER_ACCOUNTS_MAY_EXIST, outcomes));
    assert_int_equal(log_size(fixture), size + 1);
    assert_false(outcomes[2].was_there);
    assert_true(outcomes[3].was_there);
    assert_int_equal(outcomes[3].account.account_id, outcomes[2].account.account_id);
    assert_text_is(outcomes[3].account.parent_account_code, NULL);
    assert_done(fixture->call, create(fixture, NULL, 0, LEDGER_ACCOUNTS_MAY_EXIST, NULL));
    assert_int_equal(log_size(fixture), size + 1);
}

static void one_commit_has_its_bound(void **state)
{
    struct fixture *fixture = *state;
    static char codes[COUNT_MAX][CODE_SIZE];
    static struct ledger_account_request requests[COUNT_MAX];
    static struct ledger_account_outcome outcomes[COUNT_MAX];
    for (unsigned i = 0; i < COUNT_MAX; i++) {
        (void)snprintf(codes[i], CODE_SIZE, "M%u", i);
        requests[i] = asset(codes[i], i == 0 ? NULL : codes[i / 2]);
    }
    int64_t accounts_count = count_accounts(fixture);
    int64_t size = log_size(fixture);
    assert_status(fixture->call, create(fixture, requests, COUNT_MAX, LEDGER_ACCOUNTS_ARE_NEW, outcomes),
                  LEDGER_INPUT_IS_TOO_LARGE);
    assert_message(fixture->call, "257 accounts at once, at most 256");
    assert_int_equal(log_size(fixture), size);
    requests[0].parent_account_code = TEXT_ABSENT;
    assert_done(fixture->call, create(fixture, requests, LEDGER_ACCOUNTS_MAX, LEDGER_ACCOUNTS_ARE_NEW, outcomes));
    assert_int_equal(count_accounts(fixture), accounts_count + LEDGER_ACCOUNTS_MAX);
    assert_int_equal(log_size(fixture), size + LEDGER_ACCOUNTS_MAX); /* over the end of a tile */
    for (unsigned i = 1; i < LEDGER_ACCOUNTS_MAX; i++) {
        assert_int_equal(get(fixture, codes[i]).parent_account_id, outcomes[i / 2].account.account_id);
    }
    (void)fixture_post(fixture, NULL, "M255", "4000", "1.00");
    fixture_assert_valid(fixture);
}

static void many_refused_at_once_are_counted_together(void **state)
{
    struct fixture *fixture = *state;
    enum { COUNT = 30 };
    struct ledger_account_request requests[COUNT];
    struct ledger_account_outcome outcomes[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        requests[i] = asset("1000", NULL);
    }
    int64_t size = log_size(fixture);
    fixture_act_as(fixture, "ana", "os:1000", "many refused");
    assert_done(fixture->call, create(fixture, requests, COUNT, LEDGER_ACCOUNTS_ARE_NEW, outcomes));
    assert_int_equal(log_size(fixture), size + 11);
    assert_text_is(fixture_last_event(fixture).event_type, "ACCOUNT_REFUSED");
    assert_string_equal(fixture_metadata(fixture, "ACCOUNT_REFUSED", 0, "refused_count"), "20");
}

static void neither_a_wrong_clock_nor_a_freeze_makes_any(void **state)
{
    struct fixture *fixture = *state;
    const struct ledger_account_request requests[] = {asset("1000", NULL), asset("1500", NULL), asset("1 ", NULL)};
    struct ledger_account_outcome outcomes[3];
    int64_t accounts_count = count_accounts(fixture);
    int64_t now_us = fixture->now_us;
    int64_t size = log_size(fixture);
    fixture->now_us -= 6 * FIXTURE_MINUTE_US;
    fixture_act_as(fixture, "ana", "os:1000", "a wrong clock");
    assert_done(fixture->call, create(fixture, requests, 3, LEDGER_ACCOUNTS_MAY_EXIST, outcomes));
    assert_true(outcomes[0].status == LEDGER_DONE && outcomes[0].was_there);
    assert_int_equal(outcomes[1].status, LEDGER_CLOCK_IS_WRONG);
    assert_non_null(strstr(message_of(fixture, 1), "one of the two is wrong"));
    assert_int_equal(outcomes[2].status, LEDGER_ACCOUNT_CODE_IS_INVALID);
    assert_int_equal(log_size(fixture), size + 2);
    fixture->now_us = now_us;
    fixture_damage(fixture, "UPDATE head_row SET frozen = 1", "UPDATE integrity_head SET frozen = 1");
    fixture_act_as(fixture, "ana", "os:1000", "a freeze");
    assert_done(fixture->call, create(fixture, requests, 3, LEDGER_ACCOUNTS_ARE_NEW, outcomes));
    assert_int_equal(outcomes[0].status, LEDGER_IS_FROZEN);
    assert_int_equal(outcomes[1].status, LEDGER_IS_FROZEN);
    assert_non_null(strstr(message_of(fixture, 1), "the ledger is frozen"));
    assert_int_equal(outcomes[2].status, LEDGER_ACCOUNT_CODE_IS_INVALID);
    assert_int_equal(count_accounts(fixture), accounts_count);
}

static void who_acts_is_named(void **state)
{
    struct fixture *fixture = *state;
    const struct ledger_account_request request = asset("1500", NULL);
    struct ledger_account_outcome outcome;
    fixture_act_as(fixture, NULL, NULL, NULL);
    assert_status(fixture->call, create(fixture, &request, 1, LEDGER_ACCOUNTS_ARE_NEW, &outcome),
                  LEDGER_USER_IS_MISSING);
}

/* Another handle's accounts come between: the rules of this one are read again, and ids go on behind them. */
static void another_handle_may_come_between(void **state)
{
    struct fixture *fixture = *state;
    struct ledger *other = fixture_open(fixture);
    struct ledger_account_request requests[] = {asset("1500", NULL), asset("1510", "1500")};
    struct ledger_account_outcome outcomes[2];
    assert_done(fixture->call, create(fixture, requests, 2, LEDGER_ACCOUNTS_ARE_NEW, outcomes));
    const struct ledger_account_request theirs[] = {asset("1520", "1510"), asset("1500", NULL)};
    ledger_call_reset(fixture->call);
    assert_done(fixture->call,
                ledger_accounts_create(fixture->call, other, theirs, 2, LEDGER_ACCOUNTS_MAY_EXIST, outcomes));
    int64_t last_id = outcomes[0].account.account_id;
    assert_true(outcomes[1].was_there);
    requests[0] = asset("1530", "1520");
    requests[1] = asset("1540", "1530");
    assert_done(fixture->call, create(fixture, requests, 2, LEDGER_ACCOUNTS_ARE_NEW, outcomes));
    assert_int_equal(outcomes[0].account.account_id, last_id + 1);
    assert_int_equal(outcomes[1].account.account_id, last_id + 2);
    ledger_free(other);
    fixture_assert_valid(fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(all_of_them_stand_in_their_order_behind_each_other, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(one_that_is_refused_harms_no_other, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(what_may_exist_is_left_as_it_is, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(one_commit_has_its_bound, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(many_refused_at_once_are_counted_together, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(neither_a_wrong_clock_nor_a_freeze_makes_any, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(who_acts_is_named, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(another_handle_may_come_between, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
