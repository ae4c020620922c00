/* Balances: now, as of a day, and as they were known, against a sum over all that was posted; and the limit. */
#include <stdlib.h>

#include "support/ledger_fixture.h"
#include "support/random.h"

static uint64_t chance;

/* What was posted, as the test itself remembers it. */
struct memory_entry {
    int64_t log_index;
    int32_t day;
    unsigned account;
    bool is_debit;
    int64_t amount_minor;
};

struct memory {
    struct memory_entry *entries;
    size_t count;
    size_t capacity;
};

static const char *const codes[] = {"1000", "1100", "2000", "3000", "4000", "5000"};
enum { CODES = sizeof codes / sizeof codes[0], BATCH_MAX = 400 };

static void remember(struct memory *memory, struct memory_entry entry)
{
    if (memory->count == memory->capacity) {
        memory->capacity = memory->capacity == 0 ? 1024 : memory->capacity * 2;
        memory->entries = realloc(memory->entries, memory->capacity * sizeof *memory->entries);
        assert_non_null(memory->entries);
    }
    memory->entries[memory->count++] = entry;
}

static struct ledger_balance recall(const struct memory *memory, unsigned account, int32_t to_day, int64_t log_position)
{
    struct ledger_balance totals = {.account_id = 0};
    for (size_t i = 0; i < memory->count; i++) {
        const struct memory_entry *entry = &memory->entries[i];
        if (entry->account == account && entry->day <= to_day && entry->log_index < log_position) {
            *(entry->is_debit ? &totals.debit_total_minor : &totals.credit_total_minor) += entry->amount_minor;
            totals.entry_count++;
        }
    }
    return totals;
}

static void assert_balance(struct fixture *fixture, const struct memory *memory, unsigned account, bool has_day,
                           int32_t day, int64_t log_position)
{
    struct ledger_balance_query query = {.has_as_of_day = has_day, .as_of_day = day, .log_position = log_position};
    struct ledger_account found;
    struct ledger_balance totals;
    assert_done(fixture->call, ledger_balance_get(fixture->call, fixture->ledger, ledger_text_of(codes[account]),
                                                  &query, &found, &totals));
    struct ledger_balance expected = recall(memory, account, has_day ? day : INT32_MAX,
                                            log_position == LEDGER_POSITION_HEAD ? INT64_MAX : log_position);
    if (totals.debit_total_minor != expected.debit_total_minor ||
        totals.credit_total_minor != expected.credit_total_minor || totals.entry_count != expected.entry_count) {
        fail_msg("%s as of %d (%d) at %lld: %lld %lld %lld, not %lld %lld %lld", codes[account], day, has_day,
                 (long long)log_position, (long long)totals.debit_total_minor, (long long)totals.credit_total_minor,
                 (long long)totals.entry_count, (long long)expected.debit_total_minor,
                 (long long)expected.credit_total_minor, (long long)expected.entry_count);
    }
    ledger_call_reset(fixture->call);
}

/* A batch of sound transactions on random days around the clock's, remembered. */
static void post_random(struct fixture *fixture, struct memory *memory, size_t count, uint32_t days)
{
    struct ledger_posting postings[BATCH_MAX];
    struct ledger_posted posted[BATCH_MAX];
    struct ledger_entry entries[BATCH_MAX][2];
    struct memory_entry remembered[BATCH_MAX];
    assert_true(count <= BATCH_MAX);
    for (size_t i = 0; i < count; i++) {
        unsigned debit = random_below(&chance, CODES);
        unsigned credit = (debit + 1 + random_below(&chance, CODES - 1)) % CODES;
        int64_t amount_minor = 1 + random_below(&chance, 1000000);
        int32_t day = time_to_utc_day(fixture->now_us) - (int32_t)random_below(&chance, days) + 1;
        entries[i][0] = (struct ledger_entry){
            .account_code = ledger_text_of(codes[debit]), .entry_type = LEDGER_DEBIT, .amount_minor = amount_minor};
        entries[i][1] = (struct ledger_entry){
            .account_code = ledger_text_of(codes[credit]), .entry_type = LEDGER_CREDIT, .amount_minor = amount_minor};
        postings[i] = (struct ledger_posting){.business_event_type = TEXT("RANDOM"),
                                              .description = TEXT("At random"),
                                              .has_transaction_date_us = true,
                                              .transaction_date_us = day * TIME_US_PER_DAY + 1,
                                              .entries = entries[i],
                                              .entries_count = 2};
        remembered[i] = (struct memory_entry){.day = day, .account = debit, .amount_minor = amount_minor};
        remembered[i].is_debit = true;
        remembered[i].log_index = credit; /* until it is known */
    }
    assert_done(fixture->call,
                ledger_post_batch(fixture->call, fixture->ledger, postings, count, LEDGER_BATCH_ALL, posted));
    for (size_t i = 0; i < count; i++) {
        struct memory_entry entry = remembered[i];
        unsigned credit = (unsigned)entry.log_index;
        entry.log_index = posted[i].log_index;
        remember(memory, entry);
        entry.is_debit = false;
        entry.account = credit;
        remember(memory, entry);
    }
    ledger_call_reset(fixture->call);
}

static void add_event(struct fixture *fixture)
{
    struct ledger_account account;
    static bool is_active = true;
    is_active = !is_active;
    assert_done(fixture->call,
                ledger_account_set_active(fixture->call, fixture->ledger, TEXT("1800"), is_active, &account));
    ledger_call_reset(fixture->call);
}

/* Posting days over two and a half years, several a month, a day of none, events between. */
static void every_balance_is_the_sum_of_its_entries(void **state)
{
    struct fixture *fixture = *state;
    struct memory memory = {NULL, 0, 0};
    chance = RANDOM_SEED;
    for (unsigned round = 0; round < 120; round++) {
        fixture->now_us += random_below(&chance, 16) * TIME_US_PER_DAY / 2;
        post_random(fixture, &memory, 1 + random_below(&chance, 12), random_below(&chance, 4) == 0 ? 900 : 40);
        if (random_below(&chance, 3) == 0) {
            add_event(fixture);
        }
        if (random_below(&chance, 10) == 0) {
            fixture_reopen(fixture);
        }
    }
    int64_t log_size = fixture_count(fixture).log_size;
    int32_t today = time_to_utc_day(fixture->now_us);
    for (unsigned account = 0; account < CODES; account++) {
        assert_balance(fixture, &memory, account, false, 0, LEDGER_POSITION_HEAD);
        for (int64_t position = 0; position <= log_size; position += 1 + random_below(&chance, 7)) {
            int32_t day = today + 2 - (int32_t)random_below(&chance, 1900);
            assert_balance(fixture, &memory, account, false, 0, position);
            assert_balance(fixture, &memory, account, true, day, position);
            assert_balance(fixture, &memory, account, true, month_first_day(day_to_month(day)), position);
            assert_balance(fixture, &memory, account, true, month_first_day(day_to_month(day)) - 1, position);
        }
        for (int32_t day = today - 1900; day < today + 3; day += 1 + (int32_t)random_below(&chance, 9)) {
            assert_balance(fixture, &memory, account, true, day, LEDGER_POSITION_HEAD);
        }
        assert_balance(fixture, &memory, account, false, 0, log_size);
    }
    fixture_assert_valid(fixture);
    free(memory.entries);
}

/* Days and accounts of more than 4,096 open rows in one posting day, so that they are folded before it is over. */
static void what_is_folded_within_a_day_counts_on(void **state)
{
    struct fixture *fixture = *state;
    struct memory memory = {NULL, 0, 0};
    chance = 4242424242;
    int64_t rows_most = 0;
    int64_t rows_last = 0;
    bool has_folded = false;
    for (unsigned round = 0; round < 140; round++) {
        post_random(fixture, &memory, 64, 3000);
        if (round % 4 == 3) {
            int64_t rows = fixture_integer(fixture, "SELECT count(*) FROM open_total_rows");
            rows_most = rows > rows_most ? rows : rows_most;
            has_folded = has_folded || rows < rows_last;
            rows_last = rows;
        }
    }
    assert_true(rows_most > 4096);
    assert_true(has_folded);
    int64_t log_size = fixture_count(fixture).log_size;
    int32_t today = time_to_utc_day(fixture->now_us);
    /* On the next day, what is left is folded by the first posting. */
    for (unsigned pass = 0; pass < 2; pass++) {
        for (unsigned account = 0; account < CODES; account++) {
            assert_balance(fixture, &memory, account, false, 0, LEDGER_POSITION_HEAD);
            assert_balance(fixture, &memory, account, false, 0, log_size / 2);
            assert_balance(fixture, &memory, account, true, today - 700, log_size / 3);
            assert_balance(fixture, &memory, account, true, today - 31, LEDGER_POSITION_HEAD);
        }
        fixture_assert_valid(fixture);
        fixture->now_us += TIME_US_PER_DAY;
        post_random(fixture, &memory, 3, 3000);
    }
    assert_true(fixture_integer(fixture, "SELECT count(*) FROM open_total_rows") <= 6);
    free(memory.entries);
}

/* A batch that goes through many days is added to days, months and balances at once, behind what was open before it;
 * small ones before and behind it stay open. */
static void a_batch_of_many_days_is_folded_at_once(void **state)
{
    struct fixture *fixture = *state;
    struct memory memory = {NULL, 0, 0};
    chance = 77777777777;
    for (unsigned round = 0; round < 3; round++) {
        post_random(fixture, &memory, 20, 30);
        assert_true(fixture_integer(fixture, "SELECT count(*) FROM open_total_rows") > 0);
        fixture->now_us += round * TIME_US_PER_DAY / 2;
        post_random(fixture, &memory, BATCH_MAX, 2000);
        assert_int_equal(fixture_integer(fixture, "SELECT count(*) FROM open_total_rows"), 0);
        post_random(fixture, &memory, BATCH_MAX, 3); /* of few days: as many rows as ever, and open */
        assert_true(fixture_integer(fixture, "SELECT count(*) FROM open_total_rows") > 0);
        fixture_assert_valid(fixture);
    }
    int64_t log_size = fixture_count(fixture).log_size;
    int32_t today = time_to_utc_day(fixture->now_us);
    for (unsigned account = 0; account < CODES; account++) {
        assert_balance(fixture, &memory, account, false, 0, LEDGER_POSITION_HEAD);
        for (int64_t position = 0; position <= log_size; position += 97) {
            int32_t day = today - (int32_t)random_below(&chance, 2000);
            assert_balance(fixture, &memory, account, false, 0, position);
            assert_balance(fixture, &memory, account, true, day, position);
            assert_balance(fixture, &memory, account, true, day, LEDGER_POSITION_HEAD);
        }
    }
    free(memory.entries);
}

static void days_before_1970_and_the_ends_of_the_calendar(void **state)
{
    struct fixture *fixture = *state;
    struct memory memory = {NULL, 0, 0};
    static const char *const dates[] = {"0001-01-01", "0004-02-29", "1582-10-15", "1899-12-31", "1969-12-31",
                                        "1970-01-01", "2000-02-29", "2026-03-15", "9999-12-30"};
    for (size_t i = 0; i < sizeof dates / sizeof dates[0]; i++) {
        struct ledger_posted posted;
        struct ledger_posting posting = fixture_posting(fixture, dates[i], codes[0], codes[4], "1");
        posting.allow_future = true;
        assert_done(fixture->call, ledger_post(fixture->call, fixture->ledger, &posting, &posted));
        int32_t day = 0;
        assert_done(fixture->call, ledger_day_parse(fixture->call, ledger_text_of(dates[i]), &day));
        remember(&memory, (struct memory_entry){posted.log_index, day, 0, true, 100});
        remember(&memory, (struct memory_entry){posted.log_index, day, 4, false, 100});
        fixture->now_us += 20 * TIME_US_PER_DAY;
    }
    int64_t log_size = fixture_count(fixture).log_size;
    for (size_t i = 0; i < memory.count; i += 2) {
        for (int32_t difference = -32; difference <= 32; difference += difference < -2 || difference > 1 ? 30 : 1) {
            int32_t day = memory.entries[i].day + difference;
            assert_balance(fixture, &memory, 0, true, day, LEDGER_POSITION_HEAD);
            assert_balance(fixture, &memory, 4, true, day, log_size - 3);
        }
    }
    static const int32_t extremes[] = {INT32_MIN, INT32_MIN + 1, -2000000000, 2000000000, INT32_MAX - 1, INT32_MAX};
    for (size_t i = 0; i < sizeof extremes / sizeof extremes[0]; i++) {
        assert_balance(fixture, &memory, 0, true, extremes[i], LEDGER_POSITION_HEAD);
        assert_balance(fixture, &memory, 0, true, extremes[i], log_size - 3);
    }
    free(memory.entries);
}

static ledger_status balance(struct fixture *fixture, const char *code, int64_t log_position)
{
    struct ledger_balance_query query = {.log_position = log_position};
    struct ledger_account account;
    struct ledger_balance totals;
    return ledger_balance_get(fixture->call, fixture->ledger, ledger_text_of(code), &query, &account, &totals);
}

static void positions_and_accounts_are_checked(void **state)
{
    struct fixture *fixture = *state;
    int64_t log_size = fixture_count(fixture).log_size;
    assert_done(fixture->call, balance(fixture, "1000", 0));
    assert_done(fixture->call, balance(fixture, "1000", log_size));
    assert_status(fixture->call, balance(fixture, "1000", log_size + 1), LEDGER_LOG_POSITION_IS_INVALID);
    assert_status(fixture->call, balance(fixture, "1000", -2), LEDGER_LOG_POSITION_IS_INVALID);
    assert_status(fixture->call, balance(fixture, "1000", INT64_MAX), LEDGER_LOG_POSITION_IS_INVALID);
    assert_status(fixture->call, balance(fixture, "9999", 0), LEDGER_ACCOUNT_NOT_FOUND);
    assert_status(fixture->call, balance(fixture, "1 ", 0), LEDGER_ACCOUNT_CODE_IS_INVALID);
    assert_int_equal(fixture_count(fixture).log_size, log_size);
}

static void the_sign_is_that_of_the_type(void **state)
{
    (void)state;
    struct ledger_balance totals = {.debit_total_minor = 500, .credit_total_minor = 200};
    assert_int_equal(ledger_balance_of(&totals, LEDGER_ASSET), 300);
    assert_int_equal(ledger_balance_of(&totals, LEDGER_EXPENSE), 300);
    assert_int_equal(ledger_balance_of(&totals, LEDGER_LIABILITY), -300);
    assert_int_equal(ledger_balance_of(&totals, LEDGER_EQUITY), -300);
    assert_int_equal(ledger_balance_of(&totals, LEDGER_REVENUE), -300);
    totals = (struct ledger_balance){.debit_total_minor = 0, .credit_total_minor = INT64_MAX};
    assert_int_equal(ledger_balance_of(&totals, LEDGER_ASSET), -INT64_MAX);
    assert_int_equal(ledger_balance_of(&totals, LEDGER_REVENUE), INT64_MAX);
}

/* I: the bound of the head is only a bound: at its end the totals themselves are added up. */
static void a_total_reaches_its_limit_exactly(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_posted posted;
    struct ledger_account account;
    struct ledger_balance totals;
    struct ledger_balance_query query = {.log_position = LEDGER_POSITION_HEAD};
    const char *amount_bound = scratch_sql("SELECT amount_bound FROM head_row",
                                           "SELECT CAST(100 * amount_bound AS INTEGER) FROM integrity_head");
    (void)fixture_post(fixture, NULL, "3000", "2000", "46116860184273879.03");
    assert_int_equal(fixture_integer(fixture, amount_bound), INT64_C(9223372036854775806));
    fixture->now_us += TIME_US_PER_DAY; /* half of it folded, half open */
    (void)fixture_post(fixture, NULL, "3000", "2000", "46116860184273879.03");
    assert_int_equal(fixture_integer(fixture, amount_bound), INT64_MAX);
    struct fixture_counts before = fixture_count(fixture);
    ledger_call_reset(fixture->call);
    struct ledger_posting posting = fixture_posting(fixture, NULL, "3000", "1000", "0.02");
    assert_status(fixture->call, ledger_post(fixture->call, fixture->ledger, &posting, &posted),
                  LEDGER_TOTAL_IS_TOO_LARGE);
    fixture_assert_refused(fixture, &before, "TRANSACTION_REFUSED", "POST", LEDGER_TOTAL_IS_TOO_LARGE);
    /* Two entries of one transaction count together, each alone would do. */
    struct ledger_entry entries[] = {
        {.account_code = TEXT("3000"), .entry_type = LEDGER_DEBIT, .amount = TEXT("0.01")},
        {.account_code = TEXT("1000"), .entry_type = LEDGER_CREDIT, .amount = TEXT("0.02")},
        {.account_code = TEXT("3000"), .entry_type = LEDGER_DEBIT, .amount = TEXT("0.01")},
    };
    posting.entries = entries;
    posting.entries_count = 3;
    ledger_call_reset(fixture->call);
    assert_status(fixture->call, ledger_post(fixture->call, fixture->ledger, &posting, &posted),
                  LEDGER_TOTAL_IS_TOO_LARGE);
    assert_int_equal(ledger_call_problem(fixture->call, 0)->entry_number, 3);
    /* In one batch: the cent that is left goes to the first that asks, the others are refused, the rest is posted. */
    struct ledger_posting postings[] = {
        fixture_posting(fixture, NULL, "3000", "1000", "0.02"), fixture_posting(fixture, NULL, "3000", "1000", "0.01"),
        fixture_posting(fixture, NULL, "3000", "1000", "0.01"), fixture_posting(fixture, NULL, "1000", "4000", "0.01")};
    struct ledger_posted results[4];
    assert_done(fixture->call,
                ledger_post_batch(fixture->call, fixture->ledger, postings, 4, LEDGER_BATCH_EACH, results));
    assert_int_equal(results[0].status, LEDGER_TOTAL_IS_TOO_LARGE);
    assert_int_equal(results[1].status, LEDGER_DONE);
    assert_int_equal(results[2].status, LEDGER_TOTAL_IS_TOO_LARGE);
    assert_int_equal(results[3].status, LEDGER_DONE);
    assert_done(fixture->call,
                ledger_balance_get(fixture->call, fixture->ledger, TEXT("3000"), &query, &account, &totals));
    assert_int_equal(totals.debit_total_minor, INT64_MAX);
    assert_string_equal(fixture_text(fixture, "SELECT balance FROM v_account_balances WHERE account_code = '3000'"),
                        "-92233720368547758.07");
    fixture->now_us += TIME_US_PER_DAY;
    (void)fixture_post(fixture, NULL, "1000", "4000", "0.01");
    assert_done(fixture->call,
                ledger_balance_get(fixture->call, fixture->ledger, TEXT("3000"), &query, &account, &totals));
    assert_int_equal(totals.debit_total_minor, INT64_MAX);
    fixture_assert_valid(fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_balance_is_the_sum_of_its_entries, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(what_is_folded_within_a_day_counts_on, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_batch_of_many_days_is_folded_at_once, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(days_before_1970_and_the_ends_of_the_calendar, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(positions_and_accounts_are_checked, fixture_setup, fixture_teardown),
        cmocka_unit_test(the_sign_is_that_of_the_type),
        cmocka_unit_test_setup_teardown(a_total_reaches_its_limit_exactly, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
