/* Histories of balances. See history.h for the invariants. */
#include "engine/history.h"

#include "base/text.h"
#include "domain/interval.h"
#include "engine/accounts.h"
#include "engine/totals.h"

static const char *const interval_names[] = {"month", "day", "week", "month", "quarter", "year"};

enum { INTERVAL_NAMES_COUNT = sizeof interval_names / sizeof interval_names[0] };

const char *ledger_interval_name(enum ledger_interval interval)
{
    return (size_t)interval < INTERVAL_NAMES_COUNT ? interval_names[interval] : "unknown";
}

bool ledger_interval_parse(struct ledger_text text, enum ledger_interval *ret_interval)
{
    for (size_t i = LEDGER_INTERVAL_DAY; i < INTERVAL_NAMES_COUNT; i++) {
        if (text_equals_string(text, interval_names[i])) {
            *ret_interval = (enum ledger_interval)i;
            return true;
        }
    }
    return false;
}

static ledger_status extent_add(struct ledger_call *call, void *context, int32_t day,
                                const struct ledger_balance *totals)
{
    struct history_extent *extent = context;
    (void)call;
    if (totals->entry_count > 0) {
        extent->first_day = extent->has_entries && extent->first_day < day ? extent->first_day : day;
        extent->last_day = extent->has_entries && extent->last_day > day ? extent->last_day : day;
        extent->has_entries = true;
    }
    return LEDGER_DONE;
}

static ledger_status extent_read(struct ledger_call *call, struct session *session, const struct store_head *head,
                                 const struct history_accounts *accounts, int32_t from_day, int32_t to_day,
                                 bool takes_months, struct history_extent *extent)
{
    for (size_t i = 0; i < accounts->count; i++) {
        struct totals_days_query query = {.account_id = accounts->account_ids[i],
                                          .from_day = from_day,
                                          .to_day = to_day,
                                          .takes_months = takes_months,
                                          .log_position = accounts->log_position};
        LEDGER_TRY(totals_list_days(call, session, head, &query, (struct day_total_sink){extent_add, extent}));
    }
    return LEDGER_DONE;
}

/* By months first, then the days of the first and of the last of these. */
ledger_status history_find_extent(struct ledger_call *call, struct session *session, const struct store_head *head,
                                  const struct history_accounts *accounts, int32_t to_day,
                                  struct history_extent *ret_extent)
{
    struct history_extent months = {.has_entries = false};
    struct history_extent extent = {.has_entries = false};
    LEDGER_TRY(extent_read(call, session, head, accounts, TIME_DAY_FIRST, to_day, true, &months));
    if (months.has_entries) {
        int32_t first_month = day_to_month(months.first_day);
        int32_t last_month = day_to_month(months.last_day);
        int32_t first_end = month_first_day(first_month + 1) - 1;
        int32_t last_end = month_first_day(last_month + 1) - 1;
        LEDGER_TRY(extent_read(call, session, head, accounts, month_first_day(first_month),
                               first_end < to_day ? first_end : to_day, false, &extent));
        LEDGER_TRY(extent_read(call, session, head, accounts, month_first_day(last_month),
                               last_end < to_day ? last_end : to_day, false, &extent));
    }
    *ret_extent = extent;
    return LEDGER_DONE;
}

int32_t history_query_end(const struct ledger_history_query *query)
{
    return query->has_end_day ? query->end_day : TIME_DAY_LAST;
}

static ledger_status query_check(struct ledger_call *call, const struct ledger_history_query *query)
{
    int32_t start_day = query->has_start_day ? query->start_day : TIME_DAY_FIRST;
    int32_t end_day = history_query_end(query);
    if ((size_t)query->interval >= INTERVAL_NAMES_COUNT) {
        return ledger_fail(call, LEDGER_USAGE_IS_WRONG, "there is no interval %d", (int)query->interval);
    }
    if (start_day < TIME_DAY_FIRST || end_day > TIME_DAY_LAST) {
        return ledger_fail(call, LEDGER_DATE_IS_INVALID, "a history lies within the years 0001 to 9999");
    }
    if (start_day > end_day) {
        char start[TIME_TEXT_SIZE];
        char end[TIME_TEXT_SIZE];
        (void)day_format(start_day, start);
        (void)day_format(end_day, end);
        return ledger_fail(call, LEDGER_DATE_IS_INVALID, "the history would start on %s, after its end on %s", start,
                           end);
    }
    return LEDGER_DONE;
}

/* How many intervals there are, as far as `most` and one. */
static size_t intervals_count(const struct ledger *ledger, enum ledger_interval interval, int32_t start_day,
                              int32_t end_day, size_t most)
{
    struct ledger_text fiscal_year_start = ledger->settings.fiscal_year_start;
    size_t count = 0;
    for (int32_t day = interval_first_day(interval, fiscal_year_start, start_day); day <= end_day && count <= most;
         day = interval_next_day(interval, fiscal_year_start, day)) {
        count++;
    }
    return count;
}

/* Names the shortest interval that would do. */
static ledger_status plan_fail_too_many(struct ledger_call *call, const struct ledger *ledger,
                                        const struct history_days *days, int32_t start_day, size_t most)
{
    const char *by = ledger_interval_name(days->interval);
    for (unsigned longer = days->interval + 1; longer <= LEDGER_INTERVAL_YEAR; longer++) {
        enum ledger_interval interval = (enum ledger_interval)longer;
        if (intervals_count(ledger, interval, start_day, days->last_day, most) <= most) {
            return ledger_fail(call, LEDGER_INPUT_IS_TOO_LARGE,
                               "a point for each %s would be more than the %d points that a history may have: take the "
                               "interval %s, or fewer days",
                               by, LEDGER_HISTORY_POINTS_MAX, ledger_interval_name(interval));
        }
    }
    return ledger_fail(call, LEDGER_INPUT_IS_TOO_LARGE,
                       "a point for each %s would be more than the %d points that a history may have: take fewer days",
                       by, LEDGER_HISTORY_POINTS_MAX);
}

ledger_status history_plan(struct ledger_call *call, const struct ledger *ledger,
                           const struct ledger_history_query *query, const struct history_extent *extent,
                           size_t series_count, struct history_days *ret_days)
{
    struct ledger_text fiscal_year_start = ledger->settings.fiscal_year_start;
    LEDGER_TRY(query_check(call, query));
    enum ledger_interval interval = query->interval == LEDGER_INTERVAL_UNSET ? LEDGER_INTERVAL_MONTH : query->interval;
    struct history_days days = {.interval = interval,
                                .is_of_months = interval_is_of_months(interval, fiscal_year_start)};
    if (query->has_start_day || extent->has_entries) {
        size_t most = series_count == 0 ? LEDGER_HISTORY_POINTS_MAX : LEDGER_HISTORY_POINTS_MAX / series_count;
        int32_t start_day = query->has_start_day ? query->start_day : extent->first_day;
        bool ends_with_entries = extent->has_entries && extent->last_day > start_day;
        days.last_day = query->has_end_day ? query->end_day : ends_with_entries ? extent->last_day : start_day;
        days.count = intervals_count(ledger, interval, start_day, days.last_day, most);
        if (days.count > most) {
            return plan_fail_too_many(call, ledger, &days, start_day, most);
        }
        LEDGER_ALLOCATE(call, days.first_days, days.count);
        int32_t day = interval_first_day(interval, fiscal_year_start, start_day);
        for (size_t i = 0; i < days.count; i++) {
            days.first_days[i] = i == 0 ? start_day : day;
            day = interval_next_day(interval, fiscal_year_start, day);
        }
    }
    *ret_days = days;
    return LEDGER_DONE;
}

struct history_reading {
    const struct history_days *days;
    struct history_sums *sums;
};

/* The last interval that does not begin behind the day. */
static size_t reading_find(const struct history_days *days, int32_t day)
{
    size_t low = 0;
    size_t high = days->count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (days->first_days[middle] <= day) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low;
}

static ledger_status reading_add(struct ledger_call *call, void *context, int32_t day,
                                 const struct ledger_balance *totals)
{
    const struct history_reading *reading = context;
    struct history_sums *sums = &reading->sums[reading_find(reading->days, day)];
    (void)call;
    sums->debit_minor += totals->debit_total_minor;
    sums->credit_minor += totals->credit_total_minor;
    return LEDGER_DONE;
}

static ledger_status opening_add(struct ledger_call *call, void *context, int32_t day,
                                 const struct ledger_balance *totals)
{
    int128 *net_minor = context;
    (void)call;
    (void)day;
    *net_minor += (int128)totals->debit_total_minor - totals->credit_total_minor;
    return LEDGER_DONE;
}

ledger_status history_read(struct ledger_call *call, struct session *session, const struct store_head *head,
                           const struct history_accounts *accounts, const struct history_days *days,
                           struct history_sums *sums)
{
    if (days->count == 0) {
        return LEDGER_DONE;
    }
    int128 net_minor = 0;
    struct history_reading reading = {days, sums};
    for (size_t i = 0; i < accounts->count; i++) {
        struct totals_days_query query = {.account_id = accounts->account_ids[i],
                                          .from_day = days->first_days[0],
                                          .to_day = days->last_day,
                                          .takes_months = days->is_of_months,
                                          .log_position = accounts->log_position};
        LEDGER_TRY(totals_list_days(call, session, head, &query, (struct day_total_sink){reading_add, &reading}));
        if (query.from_day > TIME_DAY_FIRST) {
            query.to_day = query.from_day - 1;
            query.from_day = TIME_DAY_FIRST;
            query.takes_months = true;
            LEDGER_TRY(totals_list_days(call, session, head, &query, (struct day_total_sink){opening_add, &net_minor}));
        }
    }
    for (size_t i = 0; i < days->count; i++) {
        net_minor += sums[i].debit_minor - sums[i].credit_minor;
        sums[i].net_minor = net_minor;
    }
    return LEDGER_DONE;
}

/* No total of one account is above what 64 bits hold, unless its rows were damaged. */
static ledger_status history_give_points(struct ledger_call *call, const struct history_days *days,
                                         const struct history_sums *sums, enum ledger_account_type type,
                                         const struct ledger_history_point **ret_points)
{
    bool is_debit_type = type == LEDGER_ASSET || type == LEDGER_EXPENSE;
    struct ledger_history_point *points = NULL;
    LEDGER_ALLOCATE(call, points, days->count);
    for (size_t i = 0; i < days->count; i++) {
        int128 balance_minor = is_debit_type ? sums[i].net_minor : -sums[i].net_minor;
        if (sums[i].debit_minor > INT64_MAX || sums[i].credit_minor > INT64_MAX || balance_minor > INT64_MAX ||
            balance_minor < -INT64_MAX) {
            return ledger_fail(call, LEDGER_DATABASE_IS_DAMAGED,
                               "the totals of the account are larger than any can be: run verify");
        }
        points[i] = (struct ledger_history_point){
            .first_day = days->first_days[i],
            .last_day = history_last_day(days, i),
            .debit_minor = (int64_t)sums[i].debit_minor,
            .credit_minor = (int64_t)sums[i].credit_minor,
            .balance_minor = (int64_t)balance_minor,
        };
    }
    *ret_points = points;
    return LEDGER_DONE;
}

ledger_status ledger_balance_history(struct ledger_call *call, struct ledger *ledger, struct ledger_text account_code,
                                     const struct ledger_history_query *query, struct ledger_account *ret_account,
                                     const struct ledger_history_point **ret_points, size_t *ret_points_count)
{
    SESSION_TAKE(call, ledger, session);
    READ_UNIT(reading);
    struct store_head head;
    const struct rules_account *found = NULL;
    LEDGER_TRY(query_check(call, query));
    LEDGER_TRY(read_unit_begin(call, session, &reading, &head));
    LEDGER_TRY(accounts_get(call, session, account_code, &found));
    struct ledger_account account = found->account;
    struct history_accounts accounts = {.account_ids = &account.account_id, .count = 1};
    struct history_extent extent = {.has_entries = false};
    struct history_days days = {.count = 0};
    struct history_sums *sums = NULL;
    LEDGER_TRY(accounts_keep(call, &account));
    LEDGER_TRY(totals_position(call, &head, query->log_position, &accounts.log_position));
    if (!query->has_start_day || !query->has_end_day) {
        LEDGER_TRY(history_find_extent(call, session, &head, &accounts, history_query_end(query), &extent));
    }
    LEDGER_TRY(history_plan(call, ledger, query, &extent, 1, &days));
    LEDGER_ALLOCATE(call, sums, days.count);
    LEDGER_TRY(history_read(call, session, &head, &accounts, &days, sums));
    LEDGER_TRY(history_give_points(call, &days, sums, account.account_type, ret_points));
    *ret_account = account;
    *ret_points_count = days.count;
    return LEDGER_DONE;
}
