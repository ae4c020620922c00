/* The balance over time: against a sum over all that was posted, now and as it was known; the intervals of the
 * calendar; the limit of points. */
#include "domain/amount.h"
#include "domain/interval.h"
#include "support/ledger_fixture.h"
#include "support/random.h"

static uint64_t chance;

/* What was posted, as the test itself remembers it: each debited 1000 or credited it. */
struct memory_entry {
    int64_t log_index;
    int32_t day;
    bool is_debit;
    int64_t amount_minor;
};

enum { MEMORY_MAX = 512, BATCH_MAX = 400 };

struct memory {
    struct memory_entry entries[MEMORY_MAX];
    size_t count;
};

static int32_t day_of(const char *text)
{
    struct ledger_call *call = ledger_call_new();
    int32_t day = 0;
    assert_non_null(call);
    assert_int_equal(ledger_day_parse(call, ledger_text_of(text), &day), LEDGER_DONE);
    ledger_call_free(call);
    return day;
}

static void post(struct fixture *fixture, struct memory *memory, const char *date, bool is_debit, int64_t amount_minor)
{
    char amount[AMOUNT_TEXT_SIZE];
    struct ledger_posted posted;
    (void)amount_format(amount_minor, amount);
    struct ledger_posting posting =
        fixture_posting(fixture, date, is_debit ? "1000" : "4000", is_debit ? "4000" : "1000", amount);
    posting.allow_future = true;
    assert_done(fixture->call, ledger_post(fixture->call, fixture->ledger, &posting, &posted));
    assert_true(memory->count < MEMORY_MAX);
    memory->entries[memory->count++] = (struct memory_entry){posted.log_index, day_of(date), is_debit, amount_minor};
    ledger_call_reset(fixture->call);
}

/* The sums of days of what was known at a position. */
static struct ledger_balance recall(const struct memory *memory, int32_t from_day, int32_t to_day, int64_t log_position)
{
    struct ledger_balance totals = {.account_id = 0};
    for (size_t i = 0; i < memory->count; i++) {
        const struct memory_entry *entry = &memory->entries[i];
        bool is_known = log_position == LEDGER_POSITION_HEAD || entry->log_index < log_position;
        if (is_known && entry->day >= from_day && entry->day <= to_day) {
            *(entry->is_debit ? &totals.debit_total_minor : &totals.credit_total_minor) += entry->amount_minor;
            totals.entry_count++;
        }
    }
    return totals;
}

static size_t read_history(struct fixture *fixture, const struct ledger_history_query *query,
                           const struct ledger_history_point **ret_points)
{
    struct ledger_account account;
    size_t count = 0;
    assert_done(fixture->call, ledger_balance_history(fixture->call, fixture->ledger, TEXT("1000"), query, &account,
                                                      ret_points, &count));
    assert_memory_equal(account.account_code.data, "1000", 4);
    return count;
}

/* That every point is what was posted, and that the points are the intervals between the days. */
static void assert_history(struct fixture *fixture, const struct memory *memory,
                           const struct ledger_history_query *query)
{
    const struct ledger_history_point *points = NULL;
    size_t count = read_history(fixture, query, &points);
    int32_t end_day = query->has_end_day ? query->end_day : INT32_MAX;
    if (!query->has_start_day && recall(memory, INT32_MIN, end_day, query->log_position).entry_count == 0) {
        assert_int_equal(count, 0);
        return;
    }
    assert_true(count > 0);
    for (size_t i = 0; i < count; i++) {
        struct ledger_balance change = recall(memory, points[i].first_day, points[i].last_day, query->log_position);
        struct ledger_balance all = recall(memory, INT32_MIN, points[i].last_day, query->log_position);
        assert_true(points[i].first_day <= points[i].last_day);
        assert_int_equal(points[i].debit_minor, change.debit_total_minor);
        assert_int_equal(points[i].credit_minor, change.credit_total_minor);
        assert_int_equal(points[i].balance_minor, all.debit_total_minor - all.credit_total_minor);
        assert_true(i == 0 || points[i].first_day == points[i - 1].last_day + 1);
    }
    assert_true(!query->has_start_day || points[0].first_day == query->start_day);
    assert_true(!query->has_end_day || points[count - 1].last_day == query->end_day);
    if (!query->has_start_day) { /* nothing before, something on the day itself */
        assert_int_equal(recall(memory, INT32_MIN, points[0].first_day - 1, query->log_position).entry_count, 0);
        assert_true(recall(memory, points[0].first_day, points[0].first_day, query->log_position).entry_count > 0);
    }
    if (!query->has_end_day) { /* nothing behind it */
        assert_int_equal(recall(memory, points[count - 1].last_day + 1, INT32_MAX, query->log_position).entry_count, 0);
    }
    ledger_call_reset(fixture->call);
}

/* Posted on some days over two years, several a month, about days of four years; some of it in the future. */
static void post_at_random(struct fixture *fixture, struct memory *memory, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char date[TIME_TEXT_SIZE];
        int32_t today = time_to_utc_day(fixture->now_us);
        int32_t day = today + 20 - (int32_t)random_below(&chance, random_below(&chance, 4) == 0 ? 900 : 60);
        (void)day_format(day, date);
        fixture->now_us +=
            random_below(&chance, 3) == 0 ? (int64_t)random_below(&chance, 12) * TIME_US_PER_DAY : 1000000;
        post(fixture, memory, date, random_below(&chance, 2) == 0, 1 + random_below(&chance, 1000000));
    }
}

static void every_point_is_the_sum_of_its_entries(void **state)
{
    struct fixture *fixture = *state;
    struct memory memory = {.count = 0};
    chance = RANDOM_SEED;
    post_at_random(fixture, &memory, 150);
    int64_t log_size = fixture_count(fixture).log_size;
    int32_t today = time_to_utc_day(fixture->now_us);
    for (enum ledger_interval interval = LEDGER_INTERVAL_UNSET; interval <= LEDGER_INTERVAL_YEAR; interval++) {
        for (int64_t position = -1; position <= log_size; position += 1 + random_below(&chance, 13)) {
            struct ledger_history_query query = {.interval = interval, .log_position = position};
            assert_history(fixture, &memory, &query);
            query.has_start_day = random_below(&chance, 2) == 0;
            query.has_end_day = !query.has_start_day || random_below(&chance, 2) == 0;
            query.start_day = today - 1900 + (int32_t)random_below(&chance, 1900);
            query.end_day = query.start_day + (int32_t)random_below(&chance, 800);
            assert_history(fixture, &memory, &query);
            query.start_day = month_first_day(day_to_month(query.start_day));
            query.end_day = month_first_day(day_to_month(query.end_day) + 1) - 1;
            assert_history(fixture, &memory, &query);
        }
    }
    fixture_assert_valid(fixture);
}

/* A batch that goes through many days is not kept in the open totals on its way. */
static void post_many_days(struct fixture *fixture, struct memory *memory, int32_t first_day)
{
    static struct ledger_posting postings[BATCH_MAX];
    static struct ledger_entry entries[BATCH_MAX][2];
    static struct ledger_posted posted[BATCH_MAX];
    for (int32_t i = 0; i < BATCH_MAX; i++) {
        entries[i][0] =
            (struct ledger_entry){.account_code = TEXT("1000"), .entry_type = LEDGER_DEBIT, .amount_minor = i + 1};
        entries[i][1] =
            (struct ledger_entry){.account_code = TEXT("4000"), .entry_type = LEDGER_CREDIT, .amount_minor = i + 1};
        postings[i] = (struct ledger_posting){.business_event_type = TEXT("SALE"),
                                              .description = TEXT("One a day"),
                                              .has_transaction_date_us = true,
                                              .transaction_date_us = (first_day + i) * TIME_US_PER_DAY,
                                              .entries = entries[i],
                                              .entries_count = 2};
    }
    assert_done(fixture->call,
                ledger_post_batch(fixture->call, fixture->ledger, postings, BATCH_MAX, LEDGER_BATCH_ALL, posted));
    for (int32_t i = 0; i < BATCH_MAX; i++) {
        assert_true(memory->count < MEMORY_MAX);
        memory->entries[memory->count++] = (struct memory_entry){posted[i].log_index, first_day + i, true, i + 1};
    }
    ledger_call_reset(fixture->call);
}

static void a_batch_of_many_days_counts_like_any(void **state)
{
    struct fixture *fixture = *state;
    struct memory memory = {.count = 0};
    chance = 4242424242;
    post_at_random(fixture, &memory, 10);
    post_many_days(fixture, &memory, time_to_utc_day(fixture->now_us) - BATCH_MAX - 7);
    assert_int_equal(fixture_integer(fixture, "SELECT count(*) FROM open_total_rows"), 0);
    post_at_random(fixture, &memory, 10);
    for (enum ledger_interval interval = LEDGER_INTERVAL_DAY; interval <= LEDGER_INTERVAL_YEAR; interval++) {
        for (int64_t position = -1; position <= fixture_count(fixture).log_size;
             position += 1 + random_below(&chance, 80)) {
            struct ledger_history_query query = {.interval = interval, .log_position = position};
            assert_history(fixture, &memory, &query);
        }
    }
}

/* Without a start an account without entries has no points; with one it has balances of zero. */
static void an_account_without_entries(void **state)
{
    struct fixture *fixture = *state;
    const struct ledger_history_point *points = NULL;
    struct ledger_history_query query = {.log_position = LEDGER_POSITION_HEAD};
    assert_int_equal(read_history(fixture, &query, &points), 0);
    query.has_end_day = true;
    query.end_day = 20000;
    assert_int_equal(read_history(fixture, &query, &points), 0);
    query.has_start_day = true;
    query.start_day = 20000;
    assert_int_equal(read_history(fixture, &query, &points), 1);
    assert_int_equal(points[0].first_day, 20000);
    assert_int_equal(points[0].last_day, 20000);
    assert_int_equal(points[0].balance_minor, 0);
    query.has_end_day = false;
    assert_int_equal(read_history(fixture, &query, &points), 1);
}

/* Behind the last entry a start has one point; the ends of the calendar are days like others. */
static void the_ends_of_what_there_is(void **state)
{
    struct fixture *fixture = *state;
    struct memory memory = {.count = 0};
    post(fixture, &memory, "0001-01-01", true, 100);
    post(fixture, &memory, "1969-12-31", false, 300);
    fixture->now_us += TIME_US_PER_DAY;
    post(fixture, &memory, "2026-02-28", true, 500);
    post(fixture, &memory, "9999-12-30", true, 700);
    struct ledger_history_query query = {.interval = LEDGER_INTERVAL_YEAR, .log_position = LEDGER_POSITION_HEAD};
    assert_history(fixture, &memory, &query);
    query.has_end_day = true;
    query.end_day = day_of("9999-12-31");
    assert_history(fixture, &memory, &query);
    query.has_start_day = true;
    query.start_day = day_of("9999-12-31");
    query.interval = LEDGER_INTERVAL_DAY;
    assert_history(fixture, &memory, &query);
    query.has_end_day = false;
    const struct ledger_history_point *points = NULL;
    assert_int_equal(read_history(fixture, &query, &points), 1);
    assert_int_equal(points[0].balance_minor, 1000);
}

static ledger_status try_history(struct fixture *fixture, const char *code, const struct ledger_history_query *query,
                                 size_t *ret_count)
{
    struct ledger_account account;
    const struct ledger_history_point *points = NULL;
    return ledger_balance_history(fixture->call, fixture->ledger, ledger_text_of(code), query, &account, &points,
                                  ret_count);
}

static void there_are_as_many_points_as_the_limit_says(void **state)
{
    struct fixture *fixture = *state;
    size_t count = 0;
    struct ledger_history_query query = {.has_start_day = true,
                                         .has_end_day = true,
                                         .interval = LEDGER_INTERVAL_DAY,
                                         .log_position = LEDGER_POSITION_HEAD};
    query.start_day = 5;
    query.end_day = query.start_day + LEDGER_HISTORY_POINTS_MAX - 1;
    assert_done(fixture->call, try_history(fixture, "1000", &query, &count));
    assert_int_equal(count, LEDGER_HISTORY_POINTS_MAX);
    query.end_day++;
    assert_status(fixture->call, try_history(fixture, "1000", &query, &count), LEDGER_INPUT_IS_TOO_LARGE);
    assert_string_equal(ledger_call_message(fixture->call),
                        "a point for each day would be more than the 10000 points that a history may have: take the "
                        "interval week, or fewer days");
    ledger_call_reset(fixture->call);
    query.start_day = day_of("0001-01-01");
    query.end_day = day_of("9999-12-31");
    assert_status(fixture->call, try_history(fixture, "1000", &query, &count), LEDGER_INPUT_IS_TOO_LARGE);
    assert_non_null(strstr(ledger_call_message(fixture->call), "take the interval year"));
    ledger_call_reset(fixture->call);
    query.interval = LEDGER_INTERVAL_YEAR;
    assert_done(fixture->call, try_history(fixture, "1000", &query, &count));
    assert_int_equal(count, 9999);
}

static void what_cannot_be_asked_for(void **state)
{
    struct fixture *fixture = *state;
    size_t count = 0;
    int64_t log_size = fixture_count(fixture).log_size;
    struct ledger_history_query query = {.has_start_day = true, .has_end_day = true, .start_day = 11, .end_day = 10};
    query.log_position = LEDGER_POSITION_HEAD;
    assert_status(fixture->call, try_history(fixture, "1000", &query, &count), LEDGER_DATE_IS_INVALID);
    query.end_day = 11;
    assert_done(fixture->call, try_history(fixture, "1000", &query, &count));
    query.end_day = day_of("9999-12-31") + 1;
    assert_status(fixture->call, try_history(fixture, "1000", &query, &count), LEDGER_DATE_IS_INVALID);
    query.end_day = 11;
    query.start_day = day_of("0001-01-01") - 1;
    assert_status(fixture->call, try_history(fixture, "1000", &query, &count), LEDGER_DATE_IS_INVALID);
    query.start_day = 11;
    query.interval = (enum ledger_interval)(LEDGER_INTERVAL_YEAR + 1);
    assert_status(fixture->call, try_history(fixture, "1000", &query, &count), LEDGER_USAGE_IS_WRONG);
    query.interval = LEDGER_INTERVAL_UNSET;
    query.log_position = log_size + 1;
    assert_status(fixture->call, try_history(fixture, "1000", &query, &count), LEDGER_LOG_POSITION_IS_INVALID);
    query.log_position = log_size;
    assert_done(fixture->call, try_history(fixture, "1000", &query, &count));
    assert_status(fixture->call, try_history(fixture, "9999", &query, &count), LEDGER_ACCOUNT_NOT_FOUND);
}

static void a_total_at_its_limit(void **state)
{
    struct fixture *fixture = *state;
    struct memory memory = {.count = 0};
    post(fixture, &memory, "2026-01-31", true, INT64_MAX - 1);
    fixture->now_us += TIME_US_PER_DAY;
    post(fixture, &memory, "2026-02-28", true, 1);
    const struct ledger_history_point *points = NULL;
    struct ledger_history_query query = {.log_position = LEDGER_POSITION_HEAD};
    assert_int_equal(read_history(fixture, &query, &points), 2);
    assert_int_equal(points[0].balance_minor, INT64_MAX - 1);
    assert_int_equal(points[1].balance_minor, INT64_MAX);
    assert_int_equal(points[1].debit_minor, 1);
}

struct interval_case {
    enum ledger_interval interval;
    const char *fiscal_year_start;
    const char *day;
    const char *first_day;
    const char *next_day;
};

static void intervals_are_those_of_the_calendar(void **state)
{
    (void)state;
    static const struct interval_case cases[] = {
        {LEDGER_INTERVAL_DAY, "01-01", "1969-12-31", "1969-12-31", "1970-01-01"},
        {LEDGER_INTERVAL_WEEK, "01-01", "1970-01-01", "1969-12-29", "1970-01-05"},
        {LEDGER_INTERVAL_WEEK, "01-01", "1970-01-04", "1969-12-29", "1970-01-05"},
        {LEDGER_INTERVAL_WEEK, "01-01", "1970-01-05", "1970-01-05", "1970-01-12"},
        {LEDGER_INTERVAL_WEEK, "01-01", "1969-12-28", "1969-12-22", "1969-12-29"},
        {LEDGER_INTERVAL_MONTH, "04-06", "2024-02-29", "2024-02-01", "2024-03-01"},
        {LEDGER_INTERVAL_MONTH, "01-01", "1969-12-31", "1969-12-01", "1970-01-01"},
        {LEDGER_INTERVAL_QUARTER, "01-01", "2026-03-31", "2026-01-01", "2026-04-01"},
        {LEDGER_INTERVAL_QUARTER, "01-01", "2026-12-31", "2026-10-01", "2027-01-01"},
        {LEDGER_INTERVAL_QUARTER, "02-01", "2026-01-31", "2025-11-01", "2026-02-01"},
        {LEDGER_INTERVAL_QUARTER, "04-06", "2026-04-05", "2026-01-06", "2026-04-06"},
        {LEDGER_INTERVAL_QUARTER, "11-30", "2026-02-27", "2025-11-30", "2026-02-28"},
        {LEDGER_INTERVAL_QUARTER, "11-30", "2026-02-28", "2026-02-28", "2026-05-30"},
        {LEDGER_INTERVAL_QUARTER, "11-30", "2024-02-28", "2023-11-30", "2024-02-29"},
        {LEDGER_INTERVAL_QUARTER, "08-31", "2026-03-01", "2026-02-28", "2026-05-31"},
        {LEDGER_INTERVAL_YEAR, "01-01", "2024-12-31", "2024-01-01", "2025-01-01"},
        {LEDGER_INTERVAL_YEAR, "07-01", "2024-06-30", "2023-07-01", "2024-07-01"},
        {LEDGER_INTERVAL_YEAR, "07-01", "2024-07-01", "2024-07-01", "2025-07-01"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ledger_text start = ledger_text_of(cases[i].fiscal_year_start);
        int32_t first_day = interval_first_day(cases[i].interval, start, day_of(cases[i].day));
        assert_int_equal(first_day, day_of(cases[i].first_day));
        assert_int_equal(interval_next_day(cases[i].interval, start, first_day), day_of(cases[i].next_day));
    }
    assert_true(interval_is_of_months(LEDGER_INTERVAL_MONTH, TEXT("04-06")));
    assert_true(interval_is_of_months(LEDGER_INTERVAL_QUARTER, TEXT("04-01")));
    assert_false(interval_is_of_months(LEDGER_INTERVAL_YEAR, TEXT("04-06")));
    assert_false(interval_is_of_months(LEDGER_INTERVAL_YEAR, TEXT("04-11")));
    assert_false(interval_is_of_months(LEDGER_INTERVAL_WEEK, TEXT("01-01")));
}

/* For each day of some years and each begin of a fiscal year: a day is in its interval, and intervals do not overlap.
 */
static void every_day_is_in_one_interval(void **state)
{
    (void)state;
    for (int32_t begin = day_of("2001-01-01"); begin <= day_of("2001-12-31"); begin += 10) {
        char date[TIME_TEXT_SIZE];
        (void)day_format(begin, date);
        struct ledger_text start = {date + 5, 5};
        for (enum ledger_interval interval = LEDGER_INTERVAL_DAY; interval <= LEDGER_INTERVAL_YEAR; interval++) {
            int32_t first_day = interval_first_day(interval, start, day_of("2023-06-15"));
            int32_t next_day = interval_next_day(interval, start, first_day);
            for (int32_t day = day_of("2023-06-15"); day < day_of("2025-06-15"); day++) {
                if (day == next_day) {
                    first_day = next_day;
                    next_day = interval_next_day(interval, start, first_day);
                }
                assert_true(day < next_day);
                assert_int_equal(interval_first_day(interval, start, day), first_day);
            }
        }
    }
}

static void intervals_have_names(void **state)
{
    (void)state;
    enum ledger_interval interval = LEDGER_INTERVAL_UNSET;
    for (enum ledger_interval i = LEDGER_INTERVAL_DAY; i <= LEDGER_INTERVAL_YEAR; i++) {
        assert_true(ledger_interval_parse(ledger_text_of(ledger_interval_name(i)), &interval));
        assert_int_equal(interval, i);
    }
    assert_string_equal(ledger_interval_name(LEDGER_INTERVAL_UNSET), "month");
    assert_string_equal(ledger_interval_name((enum ledger_interval)99), "unknown");
    assert_false(ledger_interval_parse(TEXT("decade"), &interval));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_point_is_the_sum_of_its_entries, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_batch_of_many_days_counts_like_any, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(an_account_without_entries, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(the_ends_of_what_there_is, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(there_are_as_many_points_as_the_limit_says, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(what_cannot_be_asked_for, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_total_at_its_limit, fixture_setup, fixture_teardown),
        cmocka_unit_test(intervals_are_those_of_the_calendar),
        cmocka_unit_test(every_day_is_in_one_interval),
        cmocka_unit_test(intervals_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
