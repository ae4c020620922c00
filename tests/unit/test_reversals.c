/* Reversals: each rule of theirs, from both sides. */
#include "support/ledger_fixture.h"

static ledger_status reverse(struct fixture *fixture, const char *transaction, const char *date,
                             struct ledger_posted *posted)
{
    ledger_call_reset(fixture->call);
    return fixture_reverse(fixture, transaction, "A mistake", date, NULL, posted);
}

/* That a reversal is refused so, and that nothing else came of it. */
static void assert_refused(struct fixture *fixture, const char *transaction, const char *date, ledger_status status,
                           const char *words)
{
    struct ledger_posted posted;
    struct fixture_counts before = fixture_count(fixture);
    assert_status(fixture->call, reverse(fixture, transaction, date, &posted), status);
    assert_int_equal(posted.status, status);
    assert_true(posted.refusal_recorded);
    assert_string_equal(posted.transaction_id, "");
    assert_message(fixture->call, words);
    fixture_assert_refused(fixture, &before, "REVERSAL_REFUSED", "REVERSE", status);
}

static int64_t balance(struct fixture *fixture, const char *code)
{
    struct ledger_account account;
    struct ledger_balance totals;
    struct ledger_balance_query query = {.log_position = LEDGER_POSITION_HEAD};
    assert_done(fixture->call,
                ledger_balance_get(fixture->call, fixture->ledger, ledger_text_of(code), &query, &account, &totals));
    return ledger_balance_of(&totals, account.account_type);
}

static void every_entry_is_turned_round(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_entry entries[] = {
        {.account_code = TEXT("1000"),
         .entry_type = LEDGER_DEBIT,
         .amount = TEXT("7"),
         .memo = TEXT("cash"),
         .cost_center = TEXT("C1"),
         .business_unit = TEXT("B1"),
         .project_code = TEXT("P1")},
        {.account_code = TEXT("1100"), .entry_type = LEDGER_DEBIT, .amount = TEXT("3")},
        {.account_code = TEXT("4000"), .entry_type = LEDGER_CREDIT, .amount = TEXT("10")},
    };
    struct ledger_posting posting = {.business_event_type = TEXT("SALE"),
                                     .business_key = TEXT("S-1"),
                                     .description = TEXT("A sale"),
                                     .transaction_date = TEXT("2026-03-10"),
                                     .entries = entries,
                                     .entries_count = 3};
    struct ledger_posted original;
    struct ledger_posted reversal;
    struct ledger_transaction_record record;
    assert_done(fixture->call, ledger_post(fixture->call, fixture->ledger, &posting, &original));
    fixture->now_us += FIXTURE_MINUTE_US;
    fixture_act_as(fixture, "bea", "os:1001", "desk");
    assert_done(fixture->call, fixture_reverse(fixture, original.transaction_number, "Twice", NULL, NULL, &reversal));
    assert_string_equal(reversal.original_transaction_id, original.transaction_id);
    assert_string_equal(reversal.transaction_number, "20260315-000002");
    assert_false(reversal.replayed);
    assert_done(fixture->call, ledger_transaction_get(fixture->call, fixture->ledger,
                                                      ledger_text_of(reversal.transaction_id), &record));
    assert_true(record.is_reversal);
    assert_false(record.is_reversed);
    assert_int_equal(record.reverses_log_index, original.log_index);
    assert_text_is(record.description, "Reversal of 20260315-000001");
    assert_text_is(record.reversal_reason, "Twice");
    assert_text_is(record.business_event_type, "SALE");
    assert_text_is(record.business_key, "S-1");
    assert_text_is(record.created_by, "bea");
    assert_text_is(record.source_system, "desk");
    assert_int_equal(record.transaction_date_us, fixture->now_us);
    assert_int_equal(record.entries_count, 3);
    assert_int_equal(record.entries[0].entry_type, LEDGER_CREDIT);
    assert_int_equal(record.entries[2].entry_type, LEDGER_DEBIT);
    assert_int_equal(record.entries[2].amount_minor, 1000);
    assert_text_is(record.entries[0].memo, "cash");
    assert_text_is(record.entries[0].cost_center, "C1");
    assert_text_is(record.entries[0].business_unit, "B1");
    assert_text_is(record.entries[0].project_code, "P1");
    assert_done(fixture->call, ledger_transaction_get(fixture->call, fixture->ledger,
                                                      ledger_text_of(original.transaction_id), &record));
    assert_true(record.is_reversed);
    assert_int_equal(record.reversed_by_log_index, reversal.log_index);
    assert_int_equal(balance(fixture, "1000"), 0);
    assert_string_equal(fixture_text(fixture, "SELECT status FROM transactions WHERE is_reversal = 0"), "REVERSED");
    assert_text_is(fixture_last_event(fixture).event_type, "TRANSACTION_REVERSED");
    assert_text_is(fixture_last_event(fixture).description, "Posted reversal 20260315-000002");
    fixture_assert_valid(fixture);
}

static void a_transaction_is_reversed_once(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_posted original = fixture_post(fixture, NULL, "1000", "4000", "5");
    struct ledger_posted reversal;
    assert_done(fixture->call, reverse(fixture, original.transaction_id, NULL, &reversal));
    assert_refused(fixture, original.transaction_id, NULL, LEDGER_TRANSACTION_IS_ALREADY_REVERSED,
                   "20260315-000001 is already reversed, by 20260315-000002 (");
    assert_message(fixture->call, reversal.transaction_id);
    assert_message(fixture->call, "not POSTED");
    assert_string_equal(fixture_text(fixture, "SELECT transaction_id FROM audit_log ORDER BY log_index DESC LIMIT 1"),
                        original.transaction_id);
}

static void a_reversal_can_be_reversed(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_posted original = fixture_post(fixture, NULL, "1000", "4000", "5");
    struct ledger_posted reversal;
    struct ledger_posted again;
    assert_done(fixture->call, reverse(fixture, original.transaction_id, NULL, &reversal));
    assert_int_equal(balance(fixture, "1000"), 0);
    assert_done(fixture->call, reverse(fixture, reversal.transaction_number, NULL, &again));
    assert_int_equal(balance(fixture, "1000"), 500);
    assert_string_equal(again.original_transaction_id, reversal.transaction_id);
    assert_refused(fixture, reversal.transaction_id, NULL, LEDGER_TRANSACTION_IS_ALREADY_REVERSED, "20260315-000003");
    /* The original stays reversed: what was undone is its reversal. */
    assert_refused(fixture, original.transaction_id, NULL, LEDGER_TRANSACTION_IS_ALREADY_REVERSED, "20260315-000002");
    fixture_assert_valid(fixture);
}

static void what_is_not_there_cannot_be_reversed(void **state)
{
    struct fixture *fixture = *state;
    (void)fixture_post(fixture, NULL, "1000", "4000", "5");
    static const char *const missing[] = {"00000000-0000-7000-8000-000000000000",
                                          "20260315-000002",
                                          "20260314-000001",
                                          "20260315-000000",
                                          "20260315-999999999999999999",
                                          "20261301-000001",
                                          "20260001-000001",
                                          "20260231-000001",
                                          "00000000-000001",
                                          "99999999-000001",
                                          "20260315-00001",
                                          "20260315-0000001",
                                          "20260315_000001",
                                          "nonsense",
                                          ""};
    for (size_t i = 0; i < sizeof missing / sizeof missing[0]; i++) {
        fixture_act_as(fixture, "ana", NULL, missing[i]);
        assert_refused(fixture, missing[i], NULL, LEDGER_TRANSACTION_NOT_FOUND, "transaction not found");
    }
    fixture_act_as(fixture, "ana", NULL, "bytes");
    assert_refused(fixture, "\xff", NULL, LEDGER_TEXT_IS_INVALID, "transaction is not UTF-8");
    assert_refused(fixture, NULL, NULL, LEDGER_TRANSACTION_NOT_FOUND, "transaction not found");
}

static void texts_are_checked(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_posted original = fixture_post(fixture, NULL, "1000", "4000", "5");
    struct ledger_posted posted;
    static const struct {
        const char *reason;
        const char *key;
        const char *words;
    } cases[] = {
        {NULL, NULL, "reason is missing or empty"},
        {"", NULL, "reason is missing or empty"},
        {"a\x02", NULL, "reason has a control character"},
        {"a\xff", NULL, "reason is not UTF-8: byte 2"},
        {"a", "", "idempotency_key is empty"},
        {"a", "k\n", "idempotency_key has a control character"},
        {"a", "k\xff", "idempotency_key is not UTF-8: byte 2"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ledger_call_reset(fixture->call);
        struct fixture_counts before = fixture_count(fixture);
        assert_status(fixture->call,
                      fixture_reverse(fixture, original.transaction_id, cases[i].reason, NULL, cases[i].key, &posted),
                      LEDGER_TEXT_IS_INVALID);
        assert_message(fixture->call, cases[i].words);
        fixture_assert_refused(fixture, &before, "REVERSAL_REFUSED", "REVERSE", LEDGER_TEXT_IS_INVALID);
    }
    char reason[1002];
    memset(reason, 'r', sizeof reason);
    reason[1001] = '\0';
    assert_status(fixture->call, fixture_reverse(fixture, original.transaction_id, reason, NULL, NULL, &posted),
                  LEDGER_TEXT_IS_INVALID);
    reason[1000] = '\0';
    assert_done(fixture->call, fixture_reverse(fixture, original.transaction_id, reason, NULL, NULL, &posted));
}

static void it_is_not_dated_before_its_original(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_posted original = fixture_post(fixture, "2026-03-10T15:00", "1000", "4000", "5");
    struct ledger_posted posted;
    assert_refused(fixture, original.transaction_id, "2026-03-09T23:59:59.999999", LEDGER_REVERSAL_PRECEDES_ORIGINAL,
                   "the reversal is dated 2026-03-09, before the original of 2026-03-10");
    assert_refused(fixture, original.transaction_id, "2026-02-30", LEDGER_DATE_IS_INVALID, "2026-02-30");
    assert_refused(fixture, original.transaction_id, "2026-03-17", LEDGER_DATE_IS_IN_THE_FUTURE,
                   "2026-03-17 is more than a day ahead of 2026-03-15");
    /* Days are compared, not instants. */
    assert_done(fixture->call, reverse(fixture, original.transaction_id, "2026-03-10", &posted));
    original = fixture_post(fixture, "2026-03-16", "1000", "4000", "5");
    assert_refused(fixture, original.transaction_id, NULL, LEDGER_REVERSAL_PRECEDES_ORIGINAL, "2026-03-15");
    assert_done(fixture->call, reverse(fixture, original.transaction_id, "2026-03-16", &posted));
}

static void its_day_is_in_an_open_period(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_posted original = fixture_post(fixture, "2026-02-10", "1000", "4000", "5");
    struct ledger_posted posted;
    struct ledger_period period;
    assert_done(fixture->call, ledger_period_set(fixture->call, fixture->ledger, day_from_civil(2026, 2, 1),
                                                 day_from_civil(2026, 3, 1), true, TEXT_ABSENT, &period));
    assert_refused(fixture, original.transaction_id, "2026-02-10", LEDGER_PERIOD_IS_CLOSED,
                   "the period of 2026-02-10 is closed");
    assert_refused(fixture, original.transaction_id, "2026-02-28T23:59:59.999999", LEDGER_PERIOD_IS_CLOSED,
                   "2026-02-28");
    assert_done(fixture->call, reverse(fixture, original.transaction_id, "2026-03-01", &posted));
}

static void inactive_accounts_may_be_touched(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_posted original = fixture_post(fixture, NULL, "1000", "4000", "5");
    struct ledger_posted posted;
    struct ledger_account account;
    assert_done(fixture->call,
                ledger_account_set_active(fixture->call, fixture->ledger, TEXT("1000"), false, &account));
    assert_done(fixture->call, reverse(fixture, original.transaction_id, NULL, &posted));
    assert_int_equal(balance(fixture, "1000"), 0);
}

static void corrections_reach_back_so_many_days(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_posted posted;
    fixture->options.max_correction_age_days = 30;
    fixture_reopen(fixture);
    struct ledger_posted border = fixture_post(fixture, "2026-02-13", "1000", "4000", "5");
    struct ledger_posted beyond = fixture_post(fixture, "2026-02-12T23:59:59.999999", "1000", "4000", "5");
    assert_refused(fixture, beyond.transaction_id, NULL, LEDGER_TRANSACTION_IS_TOO_OLD,
                   "the transaction is 31 days old, corrections reach back 30 (MAX_CORRECTION_AGE_DAYS)");
    /* The age is that of the original today, whatever day the reversal is dated. */
    assert_refused(fixture, beyond.transaction_id, "2026-02-12", LEDGER_TRANSACTION_IS_TOO_OLD, "31 days");
    fixture->now_us += INT64_C(12) * 3600 * 1000000;
    assert_refused(fixture, border.transaction_id, NULL, LEDGER_TRANSACTION_IS_TOO_OLD, "31 days");
    fixture->now_us -= 1;
    ledger_free(fixture->ledger);
    fixture->ledger = fixture_open(fixture);
    assert_done(fixture->call, reverse(fixture, border.transaction_id, NULL, &posted));
    fixture->options.max_correction_age_days = 0;
    fixture_reopen(fixture);
    assert_done(fixture->call, reverse(fixture, beyond.transaction_id, NULL, &posted));
}

/* Debits in each currency, for themselves: the threshold itself needs nobody. */
static void beyond_a_threshold_another_approves(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        const char *eur;
        const char *usd;
        ledger_status status;
    } cases[] = {
        {"100.00", "100.00", LEDGER_DONE},
        {"100.01", "1.00", LEDGER_APPROVAL_IS_PENDING},
        {"1.00", "100.01", LEDGER_APPROVAL_IS_PENDING},
        {"99.99", "99.99", LEDGER_DONE},
    };
    fixture->options.correction_approval_threshold_minor = 10000;
    fixture_reopen(fixture);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ledger_entry entries[] = {
            {.account_code = TEXT("1000"), .entry_type = LEDGER_DEBIT, .amount = ledger_text_of(cases[i].eur)},
            {.account_code = TEXT("1800"), .entry_type = LEDGER_DEBIT, .amount = ledger_text_of(cases[i].usd)},
            {.account_code = TEXT("4800"), .entry_type = LEDGER_CREDIT, .amount = ledger_text_of(cases[i].usd)},
            {.account_code = TEXT("4000"), .entry_type = LEDGER_CREDIT, .amount = ledger_text_of(cases[i].eur)},
        };
        struct ledger_posting posting = {.business_event_type = TEXT("SALE"),
                                         .description = TEXT("In two currencies"),
                                         .entries = entries,
                                         .entries_count = 4};
        struct ledger_posted original;
        struct ledger_posted posted;
        assert_done(fixture->call, ledger_post(fixture->call, fixture->ledger, &posting, &original));
        assert_status(fixture->call, reverse(fixture, original.transaction_id, NULL, &posted), cases[i].status);
        assert_int_equal(strlen(posted.approval_request_id), cases[i].status == LEDGER_DONE ? 0 : 36);
        assert_int_equal(strlen(posted.transaction_id), cases[i].status == LEDGER_DONE ? 36 : 0);
    }
}

static void the_sum_of_many_debits_counts(void **state)
{
    enum { COUNT = 65535 };
    struct fixture *fixture = *state;
    static struct ledger_entry entries[COUNT];
    struct ledger_posted original;
    struct ledger_posted posted;
    for (size_t i = 0; i < COUNT; i++) {
        entries[i] = (struct ledger_entry){
            .account_code = i == 0 ? TEXT("4000") : TEXT("1000"),
            .entry_type = i == 0 ? LEDGER_CREDIT : LEDGER_DEBIT,
            .amount_minor = i == 0 ? COUNT - 1 : 1,
        };
    }
    struct ledger_posting posting = {
        .business_event_type = TEXT("SALE"), .description = TEXT("Cents"), .entries = entries, .entries_count = COUNT};
    fixture->options.correction_approval_threshold_minor = COUNT - 2;
    fixture_reopen(fixture);
    assert_done(fixture->call, ledger_post(fixture->call, fixture->ledger, &posting, &original));
    int64_t begin_ms = monotonic_ms();
    assert_status(fixture->call, reverse(fixture, original.transaction_id, NULL, &posted), LEDGER_APPROVAL_IS_PENDING);
    fixture->options.correction_approval_threshold_minor = COUNT - 1;
    fixture_reopen(fixture);
    assert_done(fixture->call, reverse(fixture, original.transaction_id, NULL, &posted));
    assert_true(monotonic_ms() - begin_ms < 20000); /* not a step for each two entries: minutes */
    fixture_assert_valid(fixture);
}

static void the_same_request_is_answered_again(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_posted original = fixture_post(fixture, NULL, "1000", "4000", "5");
    struct ledger_posted other = fixture_post(fixture, NULL, "1000", "4000", "6");
    struct ledger_posted first;
    struct ledger_posted again;
    assert_done(fixture->call, fixture_reverse(fixture, original.transaction_id, "Twice", NULL, "r1", &first));
    struct fixture_counts before = fixture_count(fixture);
    /* By its number it is the same transaction. */
    assert_done(fixture->call, fixture_reverse(fixture, original.transaction_number, "Twice", NULL, "r1", &again));
    assert_true(again.replayed);
    assert_string_equal(again.transaction_id, first.transaction_id);
    assert_string_equal(again.original_transaction_id, original.transaction_id);
    assert_string_equal(again.transaction_number, first.transaction_number);
    assert_string_equal(again.transaction_hash, first.transaction_hash);
    assert_int_equal(fixture_count(fixture).log_size, before.log_size);
    assert_status(fixture->call, fixture_reverse(fixture, original.transaction_id, "Else", NULL, "r1", &again),
                  LEDGER_IDEMPOTENCY_KEY_IS_TAKEN);
    assert_status(fixture->call, fixture_reverse(fixture, other.transaction_id, "Twice", NULL, "r1", &again),
                  LEDGER_IDEMPOTENCY_KEY_IS_TAKEN);
    assert_status(fixture->call, fixture_reverse(fixture, original.transaction_id, "Twice", "2026-03-15", "r1", &again),
                  LEDGER_IDEMPOTENCY_KEY_IS_TAKEN);
    /* Postings and reversals share their keys. */
    struct ledger_posting posting = fixture_posting(fixture, NULL, "1000", "4000", "5");
    posting.idempotency_key = TEXT("r1");
    assert_status(fixture->call, ledger_post(fixture->call, fixture->ledger, &posting, &again),
                  LEDGER_IDEMPOTENCY_KEY_IS_TAKEN);
    fixture_act_as(fixture, "ana", "os:1000", "another");
    assert_done(fixture->call, fixture_reverse(fixture, other.transaction_id, "Twice", NULL, "r1", &again));
    assert_false(again.replayed);
}

static void a_frozen_ledger_takes_no_reversal(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_posted original = fixture_post(fixture, NULL, "1000", "4000", "5");
    fixture_damage(fixture, "UPDATE head_row SET frozen = 1", "UPDATE integrity_head SET frozen = 1");
    assert_refused(fixture, original.transaction_id, NULL, LEDGER_IS_FROZEN, "the ledger is frozen");
}

static void a_total_at_its_limit_stays_there(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_posted original = fixture_post(fixture, NULL, "3000", "2000", "92233720368547758.07");
    struct ledger_posted small = fixture_post(fixture, NULL, "1000", "4000", "1");
    struct ledger_posted posted;
    assert_done(fixture->call, reverse(fixture, original.transaction_id, NULL, &posted));
    assert_int_equal(balance(fixture, "3000"), 0);
    assert_refused(fixture, posted.transaction_id, NULL, LEDGER_TOTAL_IS_TOO_LARGE, "would pass 92233720368547758.07");
    assert_done(fixture->call, reverse(fixture, small.transaction_id, NULL, &posted));
    fixture_assert_valid(fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_entry_is_turned_round, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_transaction_is_reversed_once, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_reversal_can_be_reversed, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(what_is_not_there_cannot_be_reversed, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(texts_are_checked, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(it_is_not_dated_before_its_original, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(its_day_is_in_an_open_period, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(inactive_accounts_may_be_touched, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(corrections_reach_back_so_many_days, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(beyond_a_threshold_another_approves, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(the_sum_of_many_debits_counts, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(the_same_request_is_answered_again, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_frozen_ledger_takes_no_reversal, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_total_at_its_limit_stays_there, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
