/* The chart of accounts: what is taken, what is refused, and what is kept of each change. */
#include <stdio.h>

#include "support/ledger_fixture.h"

/* "ᾂ" is four characters when it is decomposed, and one in NFC. */
#define DECOMPOSED "\xce\xb1\xcc\x93\xcc\x80\xcd\x85"
#define COMPOSED "\xe1\xbe\x82"

static struct ledger_account_request asset(const char *code)
{
    return (struct ledger_account_request){
        .account_code = ledger_text_of(code),
        .account_name = TEXT("Cash"),
        .account_type = LEDGER_ASSET,
    };
}

static ledger_status create(struct fixture *fixture, const struct ledger_account_request *request)
{
    struct ledger_account account;
    ledger_call_reset(fixture->call);
    return ledger_account_create(fixture->call, fixture->ledger, request, &account);
}

static ledger_status set_active(struct fixture *fixture, const char *code, bool is_active)
{
    struct ledger_account account;
    ledger_call_reset(fixture->call);
    return ledger_account_set_active(fixture->call, fixture->ledger, ledger_text_of(code), is_active, &account);
}

static void assert_refused(struct fixture *fixture, const struct ledger_account_request *request, ledger_status status,
                           const char *words)
{
    static unsigned source;
    char name[32];
    (void)snprintf(name, sizeof name, "source-%u", source++);
    fixture_act_as(fixture, "ana", "os:1000", name);
    struct fixture_counts before = fixture_count(fixture);
    int64_t accounts_count = fixture_integer(fixture, "SELECT count(*) FROM chart_of_accounts");
    assert_status(fixture->call, create(fixture, request), status);
    assert_message(fixture->call, words);
    fixture_assert_refused(fixture, &before, "ACCOUNT_REFUSED", "CREATE_ACCOUNT", status);
    assert_int_equal(fixture_integer(fixture, "SELECT count(*) FROM chart_of_accounts"), accounts_count);
}

static void what_is_left_out_takes_its_default(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_account_request request = asset("1200");
    struct ledger_account account;
    struct ledger_account found;
    assert_done(fixture->call, ledger_account_create(fixture->call, fixture->ledger, &request, &account));
    assert_text_is(account.account_code, "1200");
    assert_text_is(account.account_name, "Cash");
    assert_text_is(account.currency, "EUR");
    assert_text_is(account.parent_account_code, NULL);
    assert_text_is(account.description, NULL);
    assert_text_is(account.created_by, "ana");
    assert_int_equal(account.account_type, LEDGER_ASSET);
    assert_int_equal(account.account_role, LEDGER_ROLE_NORMAL);
    assert_int_equal(account.parent_account_id, 0);
    assert_int_equal(account.level, 1);
    assert_int_equal(account.version, 1);
    assert_true(account.is_active);
    assert_int_equal(account.created_at_us, FIXTURE_NOW_US);
    assert_done(fixture->call, ledger_account_get(fixture->call, fixture->ledger, TEXT("1200"), &found));
    assert_int_equal(found.account_id, account.account_id);
    fixture_reopen(fixture);
    assert_done(fixture->call, ledger_account_get(fixture->call, fixture->ledger, TEXT("1200"), &found));
    assert_int_equal(found.account_id, account.account_id);
    assert_text_is(found.currency, "EUR");
    assert_text_is(found.created_by, "ana");
    struct ledger_event_record event = fixture_last_event(fixture);
    assert_text_is(event.event_type, "ACCOUNT_CREATED");
    assert_text_is(event.action, "CREATE_ACCOUNT");
    assert_text_is(event.description, "Created account 1200");
    char metadata[512];
    (void)snprintf(
        metadata, sizeof metadata,
        "{\"account_code\":\"1200\",\"account_id\":%lld,\"account_name\":\"Cash\",\"account_role\":\"NORMAL\","
        "\"account_type\":\"ASSET\",\"currency\":\"EUR\",\"is_active\":true,\"level\":1,\"version\":1}",
        (long long)account.account_id);
    assert_text_is(event.event_metadata, metadata);
}

static void a_child_has_its_parents_type_and_currency(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_account_request request = asset("1801");
    struct ledger_account account;
    request.parent_account_code = TEXT("1800");
    assert_done(fixture->call, ledger_account_create(fixture->call, fixture->ledger, &request, &account));
    assert_text_is(account.parent_account_code, "1800");
    assert_text_is(account.currency, "USD");
    assert_int_equal(account.level, 2);
    request = asset("1801.1");
    request.parent_account_code = TEXT("1801");
    request.currency = TEXT("JPY");
    assert_done(fixture->call, ledger_account_create(fixture->call, fixture->ledger, &request, &account));
    assert_text_is(account.currency, "JPY");
    assert_int_equal(account.level, 3);
    request.account_code = TEXT("1801.2");
    request.account_type = LEDGER_EXPENSE;
    assert_refused(fixture, &request, LEDGER_ACCOUNT_PARENT_IS_INVALID,
                   "the parent 1801 is of type ASSET, not EXPENSE");
    request = asset("1801.2");
    request.parent_account_code = TEXT("9999");
    assert_refused(fixture, &request, LEDGER_ACCOUNT_PARENT_IS_INVALID, "account not found: 9999, named as the parent");
    request.parent_account_code = TEXT("1801.2");
    assert_refused(fixture, &request, LEDGER_ACCOUNT_PARENT_IS_INVALID, "account not found: 1801.2");
    request.parent_account_code = TEXT("");
    assert_refused(fixture, &request, LEDGER_ACCOUNT_CODE_IS_INVALID, "parent is missing or empty");
    request.parent_account_code = TEXT("1 ");
    assert_refused(fixture, &request, LEDGER_ACCOUNT_CODE_IS_INVALID, "parent has");
}

static void codes_may_be_of_any_script_and_are_kept_in_nfc(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_account_request request = asset("Cafe\xcc\x81");
    struct ledger_account account;
    assert_done(fixture->call, ledger_account_create(fixture->call, fixture->ledger, &request, &account));
    assert_text_is(account.account_code, "Caf\xc3\xa9");
    assert_done(fixture->call, ledger_account_get(fixture->call, fixture->ledger, TEXT("Cafe\xcc\x81"), &account));
    assert_text_is(account.account_code, "Caf\xc3\xa9");
    request = asset("Caf\xc3\xa9");
    assert_refused(fixture, &request, LEDGER_ACCOUNT_EXISTS, "the account Caf\xc3\xa9 exists already");
    request = asset("Cafe\xcc\x81");
    assert_refused(fixture, &request, LEDGER_ACCOUNT_EXISTS, "the account Caf\xc3\xa9 exists already");
    request = asset("1000");
    assert_refused(fixture, &request, LEDGER_ACCOUNT_EXISTS, "the account 1000 exists already");
    static const char *const codes[] = {"\xe7\x8f\xbe\xe9\x87\x91",
                                        "\xd9\x86\xd9\x82\xd8\xaf",
                                        "\xd0\x9a\xd0\xb0\xd1\x81\xd1\x81\xd0\xb0",
                                        "\xf0\x9f\x92\xb0",
                                        "a b",
                                        "'; --",
                                        "%",
                                        "caf\xc3\xa9"};
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        request = asset(codes[i]);
        assert_done(fixture->call, create(fixture, &request));
        assert_done(fixture->call,
                    ledger_account_get(fixture->call, fixture->ledger, ledger_text_of(codes[i]), &account));
        assert_text_is(account.account_code, codes[i]);
    }
}

static void a_code_is_measured_in_nfc(void **state)
{
    struct fixture *fixture = *state;
    char decomposed[51 * (sizeof DECOMPOSED - 1) + 1];
    char composed[50 * (sizeof COMPOSED - 1) + 1];
    for (size_t i = 0; i < 51; i++) {
        memcpy(decomposed + i * (sizeof DECOMPOSED - 1), DECOMPOSED, sizeof DECOMPOSED);
    }
    for (size_t i = 0; i < 50; i++) {
        memcpy(composed + i * (sizeof COMPOSED - 1), COMPOSED, sizeof COMPOSED);
    }
    struct ledger_account_request request = asset(decomposed);
    struct ledger_account account;
    assert_refused(fixture, &request, LEDGER_ACCOUNT_CODE_IS_INVALID, "code is too long");
    decomposed[50 * (sizeof DECOMPOSED - 1)] = '\0';
    request = asset(decomposed);
    assert_done(fixture->call, ledger_account_create(fixture->call, fixture->ledger, &request, &account));
    assert_text_is(account.account_code, composed);
}

static void what_is_not_acceptable_is_told_at_once(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_account_request request = asset("1\xff");
    request.account_name = TEXT_ABSENT;
    request.description = TEXT("\x01");
    request.account_type = (enum ledger_account_type)9;
    assert_refused(fixture, &request, LEDGER_TEXT_IS_INVALID, "name is missing or empty");
    assert_int_equal(ledger_call_problems_count(fixture->call), 4);
    assert_string_equal(fixture_metadata(fixture, "ACCOUNT_REFUSED", 0, "subject"), "");
    request = asset(NULL);
    assert_refused(fixture, &request, LEDGER_ACCOUNT_CODE_IS_INVALID, "code is missing or empty");
    request = asset("");
    assert_refused(fixture, &request, LEDGER_ACCOUNT_CODE_IS_INVALID, "code is missing or empty");
    request = asset("1200");
    request.account_role = (enum ledger_account_role)4;
    assert_refused(fixture, &request, LEDGER_ACCOUNT_TYPE_IS_INVALID, "not known");
    static const struct {
        const char *currency;
        const char *words;
    } currencies[] = {{"", "no active code"},       {"eur", "no active code"},      {"EURO", "no active code"},
                      {"XXX", "no active code"},    {"KWD", "more than two"},       {"E\xff\x01", "no active code"},
                      {"CLF", "more than two dec"}, {"\xc3\xa9R", "no active code"}};
    for (size_t i = 0; i < sizeof currencies / sizeof currencies[0]; i++) {
        request = asset("1200");
        request.currency = ledger_text_of(currencies[i].currency);
        assert_refused(fixture, &request, LEDGER_CURRENCY_IS_INVALID, currencies[i].words);
    }
    assert_string_equal(fixture_metadata(fixture, "ACCOUNT_REFUSED", 0, "subject"), "1200");
}

static void texts_have_limits(void **state)
{
    struct fixture *fixture = *state;
    char name[402];
    char description[2002];
    struct ledger_account_request request = asset("1200");
    for (size_t i = 0; i < 200; i++) {
        memcpy(name + 2 * i, "\xc3\xa9", 2);
    }
    for (size_t i = 0; i < 1000; i++) {
        memcpy(description + 2 * i, "\xc3\xa9", 2);
    }
    name[400] = 'e';
    description[2000] = 'e';
    request.account_name = (struct ledger_text){name, 401};
    request.description = (struct ledger_text){description, 2001};
    assert_refused(fixture, &request, LEDGER_TEXT_IS_INVALID, "name is too long: 201 characters, at most 200");
    assert_int_equal(ledger_call_problems_count(fixture->call), 2);
    request.account_name.size = 400;
    request.description.size = 2000;
    assert_done(fixture->call, create(fixture, &request));
}

static void retained_earnings_are_equity(void **state)
{
    struct fixture *fixture = *state;
    for (int type = LEDGER_ASSET; type <= LEDGER_EXPENSE; type++) {
        char code[8];
        (void)snprintf(code, sizeof code, "R%d", type);
        struct ledger_account_request request = asset(code);
        request.account_type = (enum ledger_account_type)type;
        request.account_role = LEDGER_ROLE_RETAINED_EARNINGS;
        if (type == LEDGER_EQUITY) {
            assert_done(fixture->call, create(fixture, &request));
        } else {
            assert_refused(fixture, &request, LEDGER_ACCOUNT_TYPE_IS_INVALID, "is of type EQUITY, not ");
        }
    }
}

static void out_of_use_and_into_it_again_are_versions(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_account account;
    int64_t before_us = fixture->now_us;
    fixture->now_us += FIXTURE_MINUTE_US;
    fixture_act_as(fixture, "bea", NULL, NULL);
    assert_done(fixture->call,
                ledger_account_set_active(fixture->call, fixture->ledger, TEXT("1000"), false, &account));
    assert_false(account.is_active);
    assert_int_equal(account.version, 2);
    assert_int_equal(account.created_at_us, before_us);
    assert_text_is(account.created_by, "ana");
    assert_text_is(fixture_last_event(fixture).event_type, "ACCOUNT_DEACTIVATED");
    assert_text_is(fixture_last_event(fixture).description, "Deactivated account 1000");
    struct fixture_counts before = fixture_count(fixture);
    assert_status(fixture->call, set_active(fixture, "1000", false), LEDGER_ACCOUNT_STATE_IS_UNCHANGED);
    assert_message(fixture->call, "account 1000 is inactive already");
    fixture_assert_refused(fixture, &before, "ACCOUNT_REFUSED", "DEACTIVATE_ACCOUNT",
                           LEDGER_ACCOUNT_STATE_IS_UNCHANGED);
    assert_done(fixture->call, set_active(fixture, "1000", true));
    assert_text_is(fixture_last_event(fixture).event_type, "ACCOUNT_REACTIVATED");
    assert_status(fixture->call, set_active(fixture, "1000", true), LEDGER_ACCOUNT_STATE_IS_UNCHANGED);
    before = fixture_count(fixture);
    assert_status(fixture->call, set_active(fixture, "9999", true), LEDGER_ACCOUNT_NOT_FOUND);
    fixture_assert_refused(fixture, &before, "ACCOUNT_REFUSED", "REACTIVATE_ACCOUNT", LEDGER_ACCOUNT_NOT_FOUND);
    assert_status(fixture->call, set_active(fixture, "", true), LEDGER_ACCOUNT_CODE_IS_INVALID);
    assert_status(fixture->call, set_active(fixture, "1\xff", true), LEDGER_ACCOUNT_CODE_IS_INVALID);
    fixture_reopen(fixture);
    assert_done(fixture->call, ledger_account_get(fixture->call, fixture->ledger, TEXT("1000"), &account));
    assert_true(account.is_active);
    assert_int_equal(account.version, 3);
    assert_string_equal(fixture_text(fixture, "SELECT version || is_active || changed_by FROM account_versions WHERE "
                                              "account_id = (SELECT account_id FROM chart_of_accounts WHERE "
                                              "account_code = '1000') ORDER BY version"),
                        "11ana 20bea 31bea");
}

/* Rules of one handle follow what another does. */
static void another_handle_sees_what_was_changed(void **state)
{
    struct fixture *fixture = *state;
    struct ledger *other = fixture_open(fixture);
    struct ledger_account account;
    struct ledger_posted posted;
    (void)fixture_post(fixture, NULL, "1000", "4000", "1");
    assert_done(fixture->call, ledger_account_set_active(fixture->call, other, TEXT("1000"), false, &account));
    struct ledger_posting posting = fixture_posting(fixture, NULL, "1000", "4000", "1");
    assert_status(fixture->call, ledger_post(fixture->call, fixture->ledger, &posting, &posted),
                  LEDGER_ACCOUNT_IS_INACTIVE);
    struct ledger_account_request request = asset("1200");
    assert_done(fixture->call, create(fixture, &request));
    assert_done(fixture->call, ledger_account_set_active(fixture->call, other, TEXT("1000"), true, &account));
    posting = fixture_posting(fixture, NULL, "1000", "1200", "1");
    assert_done(fixture->call, ledger_post(fixture->call, other, &posting, &posted));
    assert_done(fixture->call, ledger_post(fixture->call, fixture->ledger, &posting, &posted));
    ledger_free(other);
    fixture_assert_valid(fixture);
}

static void the_list_reads_as_a_tree(void **state)
{
    struct fixture *fixture = *state;
    static const char *const children[][2] = {{"b", "1000"}, {"a", "1000"}, {"b.2", "b"}, {"b.10", "b"}, {"z", "1"}};
    for (size_t i = 0; i < sizeof children / sizeof children[0]; i++) {
        struct ledger_account_request request = asset(children[i][0]);
        request.parent_account_code = ledger_text_of(children[i][1]);
        assert_done(fixture->call, create(fixture, &request));
    }
    const struct ledger_account *accounts = NULL;
    size_t count = 0;
    char codes[256] = "";
    assert_done(fixture->call, ledger_account_list(fixture->call, fixture->ledger, &accounts, &count));
    for (size_t i = 0; i < count; i++) {
        size_t size = strlen(codes);
        (void)snprintf(codes + size, sizeof codes - size, "%.*s ", TEXT_ARGUMENTS(accounts[i].account_code));
    }
    assert_string_equal(codes, "1 z 1000 a b b.10 b.2 1100 1800 1900 1999 2000 3000 4000 4800 4900 5000 ");
    assert_text_is(accounts[5].parent_account_code, "b");
    assert_int_equal(accounts[5].level, 3);
    assert_status(fixture->call,
                  ledger_account_get(fixture->call, fixture->ledger, TEXT("none"), &(struct ledger_account){0}),
                  LEDGER_ACCOUNT_NOT_FOUND);
}

static void many_accounts_keep_their_places(void **state)
{
    struct fixture *fixture = *state;
    enum { COUNT = 300 };
    char code[16];
    for (unsigned i = 0; i < COUNT; i++) {
        (void)snprintf(code, sizeof code, "M%u", i);
        fixture_account(fixture, code, LEDGER_ASSET, LEDGER_ROLE_NORMAL, NULL);
    }
    for (unsigned i = 0; i < COUNT; i++) {
        struct ledger_account account;
        (void)snprintf(code, sizeof code, "M%u", i);
        assert_done(fixture->call, ledger_account_get(fixture->call, fixture->ledger, ledger_text_of(code), &account));
        assert_text_is(account.account_code, code);
        assert_int_equal(account.account_id, i + 13);
    }
}

static void a_frozen_ledger_takes_no_account(void **state)
{
    struct fixture *fixture = *state;
    fixture_damage(fixture, "UPDATE head_row SET frozen = 1", "UPDATE integrity_head SET frozen = 1");
    struct ledger_account_request request = asset("1200");
    assert_refused(fixture, &request, LEDGER_IS_FROZEN, "the ledger is frozen");
}

static void who_acts_is_named(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_account_request request = asset("1200");
    fixture_act_as(fixture, NULL, NULL, NULL);
    assert_status(fixture->call, create(fixture, &request), LEDGER_USER_IS_MISSING);
    assert_status(fixture->call, set_active(fixture, "1000", false), LEDGER_USER_IS_MISSING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_left_out_takes_its_default, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_child_has_its_parents_type_and_currency, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(codes_may_be_of_any_script_and_are_kept_in_nfc, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(a_code_is_measured_in_nfc, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(what_is_not_acceptable_is_told_at_once, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(texts_have_limits, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(retained_earnings_are_equity, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(out_of_use_and_into_it_again_are_versions, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(another_handle_sees_what_was_changed, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(the_list_reads_as_a_tree, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(many_accounts_keep_their_places, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_frozen_ledger_takes_no_account, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(who_acts_is_named, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
