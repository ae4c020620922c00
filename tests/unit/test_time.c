/* Days, instants and time zones. The expected values are Python's (datetime, zoneinfo). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "base/time_zone.h"
#include "base/time_zone_rule.h"
#include "support/bare_call.h"

/* The system's zone, or the test is skipped where the tz database is not installed. */
static struct time_zone *zone_of(struct ledger_call *call, const char *name)
{
    struct time_zone *zone = NULL;
    if (strcmp(name, "UTC") != 0 && access("/usr/share/zoneinfo/Africa/Luanda", R_OK) != 0) {
        skip();
    }
    assert_int_equal(time_zone_open(call, ledger_text_of(name), &zone), LEDGER_DONE);
    return zone;
}

static void days_follow_the_calendar(void **state)
{
    (void)state;
    static const struct {
        struct civil_date date;
        int32_t day;
    } known[] = {
        {{1, 1, 1}, -719162},   {{400, 2, 29}, -573372}, {{1600, 12, 31}, -134775}, {{1900, 2, 28}, -25509},
        {{1900, 3, 1}, -25508}, {{1969, 12, 31}, -1},    {{1970, 1, 1}, 0},         {{2000, 2, 29}, 11016},
        {{2024, 2, 29}, 19782}, {{2100, 3, 1}, 47541},   {{9999, 12, 31}, 2932896},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        struct civil_date date = day_to_civil(known[i].day);
        assert_int_equal(day_from_civil(known[i].date.year, known[i].date.month, known[i].date.day), known[i].day);
        assert_memory_equal(&date, &known[i].date, sizeof date);
    }
    assert_int_equal(TIME_DAY_FIRST, day_from_civil(1, 1, 1));
    assert_int_equal(TIME_DAY_LAST, day_from_civil(9999, 12, 31));
}

static void every_day_comes_back(void **state)
{
    (void)state;
    struct civil_date before = day_to_civil(-719163 - 400);
    for (int32_t day = -719162 - 400; day <= 2932896 + 400; day++) {
        struct civil_date date = day_to_civil(day);
        assert_int_equal(day_from_civil(date.year, date.month, date.day), day);
        bool is_next_day = date.day == before.day + 1 && date.month == before.month && date.year == before.year;
        bool is_next_month = date.day == 1 && date.month == before.month + 1 && date.year == before.year;
        bool is_next_year = date.day == 1 && date.month == 1 && before.month == 12 && date.year == before.year + 1;
        assert_true(is_next_day || is_next_month || is_next_year);
        before = date;
    }
}

static void months_are_counted_from_1970(void **state)
{
    (void)state;
    assert_int_equal(day_to_month(0), 0);
    assert_int_equal(day_to_month(-1), -1);
    assert_int_equal(day_to_month(day_from_civil(2026, 11, 22)), 56 * 12 + 10);
    for (int32_t month = -1969 * 12; month < 8030 * 12; month++) {
        int32_t first = month_first_day(month);
        assert_int_equal(day_to_civil(first).day, 1);
        assert_int_equal(day_to_month(first), month);
        assert_int_equal(day_to_month(first - 1), month - 1);
    }
}

static void utc_days_are_floored(void **state)
{
    (void)state;
    assert_int_equal(time_to_utc_day(0), 0);
    assert_int_equal(time_to_utc_day(-1), -1);
    assert_int_equal(time_to_utc_day(TIME_US_PER_DAY - 1), 0);
    assert_int_equal(time_to_utc_day(TIME_US_PER_DAY), 1);
    assert_int_equal(time_to_utc_day(-TIME_US_PER_DAY), -1);
    assert_int_equal(time_to_utc_day(-TIME_US_PER_DAY - 1), -2);
}

static void days_are_read(void **state)
{
    static const char *const bad[] = {
        "",
        "2026",
        "2026-1-01",
        "2026-01-1",
        "2026-01-011",
        "2026-13-01",
        "2026-00-01",
        "2026-01-00",
        "2026-01-32",
        "2026-02-29",
        "1900-02-29",
        "2100-02-29",
        "2026-04-31",
        "0000-01-01",
        "10000-01-01",
        "-001-01-01",
        "2026/01/01",
        " 2026-01-01",
        "2026-01-01 ",
        "2026-01-01Z",
        "+026-01-01",
        "2026-01-0\xC2\xB2",
        "20260101",
        "2026-W01-1",
    };
    int32_t day = 0;
    assert_int_equal(day_parse(*state, TEXT("2026-11-22"), &day), LEDGER_DONE);
    assert_int_equal(day, day_from_civil(2026, 11, 22));
    assert_int_equal(day_parse(*state, TEXT("0001-01-01"), &day), LEDGER_DONE);
    assert_int_equal(day, -719162);
    assert_int_equal(day_parse(*state, TEXT("9999-12-31"), &day), LEDGER_DONE);
    assert_int_equal(day, 2932896);
    assert_int_equal(day_parse(*state, TEXT("2000-02-29"), &day), LEDGER_DONE);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        day = 7;
        assert_int_equal(day_parse(*state, ledger_text_of(bad[i]), &day), LEDGER_DATE_IS_INVALID);
        assert_int_equal(day, 7);
    }
    assert_int_equal(day_parse(*state, TEXT_ABSENT, &day), LEDGER_DATE_IS_INVALID);
    assert_int_equal(day_parse(*state, TEXT("2026-01-01\0"), &day), LEDGER_DATE_IS_INVALID);
}

static void a_refused_date_is_quoted_with_the_reason(void **state)
{
    struct ledger_call *call = *state;
    int32_t day = 0;
    assert_int_equal(day_parse(call, TEXT("2026-02-30"), &day), LEDGER_DATE_IS_INVALID);
    assert_string_equal(ledger_call_message(call), "\"2026-02-30\" is not a day: the month has no such day");
    ledger_call_reset(call);
    assert_int_equal(day_parse(call, TEXT("2026-13-30"), &day), LEDGER_DATE_IS_INVALID);
    assert_string_equal(ledger_call_message(call), "\"2026-13-30\" is not a day: months go from 01 to 12");
    ledger_call_reset(call);
    assert_int_equal(day_parse(call, TEXT("\033[2J\n"), &day), LEDGER_DATE_IS_INVALID);
    assert_string_equal(ledger_call_message(call), "\"?[2J?\" is not a day: a day is written YYYY-MM-DD");
}

static void assert_time(struct ledger_call *call, const struct time_zone *zone, const char *text, int64_t expected_us)
{
    int64_t time_us = 0;
    assert_int_equal(time_parse(call, ledger_text_of(text), zone, &time_us), LEDGER_DONE);
    assert_true(time_us == expected_us);
}

static void assert_no_time(struct ledger_call *call, const struct time_zone *zone, const char *text)
{
    int64_t time_us = 7;
    assert_int_equal(time_parse(call, ledger_text_of(text), zone, &time_us), LEDGER_DATE_IS_INVALID);
    assert_true(time_us == 7);
}

static void instants_are_read(void **state)
{
    struct time_zone *zone = zone_of(*state, "UTC");
    const int64_t noon = INT64_C(1795348800000000);
    assert_time(*state, zone, "2026-11-22", noon - TIME_US_PER_DAY / 2);
    assert_time(*state, zone, "2026-11-22T12:00", noon);
    assert_time(*state, zone, "2026-11-22 12:00", noon);
    assert_time(*state, zone, "2026-11-22T12:00Z", noon);
    assert_time(*state, zone, "2026-11-22T12:00:00Z", noon);
    assert_time(*state, zone, "2026-11-22T12:00:00.1Z", noon + 100000);
    assert_time(*state, zone, "2026-11-22T12:00:00.000001", noon + 1);
    assert_time(*state, zone, "2026-11-22T12:00:00.999999+00:00", noon + 999999);
    assert_time(*state, zone, "2026-11-22T13:00:00+01:00", noon);
    assert_time(*state, zone, "2026-11-22T13:00:00+0100", noon);
    assert_time(*state, zone, "2026-11-22T06:15-0545", noon);
    assert_time(*state, zone, "2026-11-23T11:59+23:59", noon);
    assert_time(*state, zone, "2026-11-21T12:01-23:59", noon);
    assert_time(*state, zone, "1969-12-31T23:59:59.999999Z", -1);
    assert_time(*state, zone, "0001-01-01", INT64_C(-62135596800000000));
    assert_time(*state, zone, "9999-12-31T23:59:59.999999Z", INT64_C(253402300799999999));
    time_zone_free(zone);
}

static void what_is_no_instant_is_refused(void **state)
{
    static const char *const bad[] = {
        "2026-11-22T",
        "2026-11-22T12",
        "2026-11-22T12:",
        "2026-11-22T1:00",
        "2026-11-22T12:0",
        "2026-11-22T12:00:",
        "2026-11-22T12:00:0",
        "2026-11-22T12:00:00.",
        "2026-11-22T12:00:00.1234567",
        "2026-11-22T12:00:00,1",
        "2026-11-22T12:00.5",
        "2026-11-22T24:00",
        "2026-11-22T12:60",
        "2026-06-30T23:59:60Z",
        "2026-11-22T12:00:61",
        "2026-11-22T12:00z",
        "2026-11-22t12:00",
        "2026-11-22T12:00 Z",
        "2026-11-22T12:00Z ",
        "2026-11-22T12:00+1",
        "2026-11-22T12:00+01",
        "2026-11-22T12:00+01:",
        "2026-11-22T12:00+24:00",
        "2026-11-22T12:00+23:60",
        "2026-11-22T12:00+01:00Z",
        "2026-11-22T12:00\xE2\x88\x92T",
        "2026-11-22T12:00Europe/Lisbon",
        "2026-02-29T12:00Z",
        "2026-11-22  12:00",
        "2026-11-22T-1:00",
        "0001-01-01T00:00+00:01",
        "9999-12-31T23:59-00:01",
        "1795348800",
        "now",
        "",
    };
    struct time_zone *zone = zone_of(*state, "UTC");
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_no_time(*state, zone, bad[i]);
    }
    time_zone_free(zone);
}

static void instants_are_written(void **state)
{
    (void)state;
    char out[TIME_TEXT_SIZE];
    assert_int_equal(time_format(INT64_C(1795388400000123), out), 27);
    assert_string_equal(out, "2026-11-22T23:00:00.000123Z");
    assert_int_equal(time_format(0, out), 27);
    assert_string_equal(out, "1970-01-01T00:00:00.000000Z");
    (void)time_format(-1, out);
    assert_string_equal(out, "1969-12-31T23:59:59.999999Z");
    assert_int_equal(time_format_python(INT64_C(1795388400000000), out), 19);
    assert_string_equal(out, "2026-11-22T23:00:00");
    assert_int_equal(time_format_python(INT64_C(1795388400000120), out), 26);
    assert_string_equal(out, "2026-11-22T23:00:00.000120");
    assert_int_equal(time_format_sql(INT64_C(1795388400000123), out), 26);
    assert_string_equal(out, "2026-11-22 23:00:00.000123");
    assert_int_equal(day_format(-719162, out), 10);
    assert_string_equal(out, "0001-01-01");
    (void)day_format(2932896, out);
    assert_string_equal(out, "9999-12-31");
}

static void what_a_damaged_database_holds_is_written_too(void **state)
{
    (void)state;
    char out[TIME_TEXT_SIZE];
    assert_int_equal(time_format(INT64_MAX, out), 31);
    assert_string_equal(out, "+0294247-01-10T04:00:54.775807Z");
    assert_int_equal(time_format(INT64_MIN, out), 31);
    assert_string_equal(out, "-0290308-12-21T19:59:05.224192Z");
    assert_int_equal(day_format(INT32_MAX, out), 14);
    assert_string_equal(out, "+5881580-07-11");
    (void)day_format(INT32_MIN, out);
    assert_string_equal(out, "-5877641-06-23");
}

static void utc_needs_no_file(void **state)
{
    (void)setenv("TZDIR", "/nowhere", 1);
    struct time_zone *zone = zone_of(*state, "UTC");
    (void)unsetenv("TZDIR");
    assert_string_equal(time_zone_data_version(zone), "UTC");
    assert_int_equal(time_zone_day(zone, -1), -1);
    assert_true(time_zone_day_begin_us(zone, 20000) == 20000 * TIME_US_PER_DAY);
    assert_int_equal(time_zone_day(zone, INT64_MAX), 106751991);
    assert_int_equal(time_zone_day(zone, INT64_MIN), -106751992);
    time_zone_free(zone);
    time_zone_free(NULL);
}

static void zones_give_what_python_gives(void **state)
{
    static const struct {
        const char *zone;
        const char *text;
        int64_t time_us;
    } known[] = {
        {"Africa/Luanda", "2026-11-22", INT64_C(1795302000000000)},
        {"Africa/Luanda", "1911-01-01", INT64_C(-1861923124000000)},
        {"America/New_York", "1883-11-01", INT64_C(-2719163038000000)},
        {"America/New_York", "1883-11-18T12:00", INT64_C(-2717651038000000)},
        {"America/New_York", "2025-03-09T01:59:59", INT64_C(1741503599000000)},
        {"America/New_York", "2025-03-09T03:00", INT64_C(1741503600000000)},
        {"America/New_York", "2025-11-02T01:30", INT64_C(1762061400000000)},
        {"America/New_York", "2025-11-02T01:30-05:00", INT64_C(1762065000000000)},
        {"Europe/Lisbon", "2025-03-30T00:59:59", INT64_C(1743296399000000)},
        {"Europe/Lisbon", "2025-03-30T02:00", INT64_C(1743296400000000)},
        {"Europe/Lisbon", "2025-10-26T01:30", INT64_C(1761438600000000)},
        {"Pacific/Apia", "2011-12-29T23:59:59", INT64_C(1325239199000000)},
        {"Pacific/Apia", "2011-12-31", INT64_C(1325239200000000)},
        {"Asia/Kathmandu", "1985-12-31T23:59:59", INT64_C(504901799000000)},
        {"Asia/Kathmandu", "1986-01-01T00:15", INT64_C(504901800000000)},
        {"Asia/Kathmandu", "2026-01-01", INT64_C(1767204900000000)},
        {"America/Sao_Paulo", "2018-11-04T01:00", INT64_C(1541300400000000)},
        {"America/St_Johns", "2010-11-07", INT64_C(1289097000000000)},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        struct time_zone *zone = zone_of(*state, known[i].zone);
        assert_time(*state, zone, known[i].text, known[i].time_us);
        time_zone_free(zone);
    }
}

static void a_skipped_hour_is_refused(void **state)
{
    struct time_zone *new_york = zone_of(*state, "America/New_York");
    struct time_zone *lisbon = zone_of(*state, "Europe/Lisbon");
    assert_no_time(*state, new_york, "2025-03-09T02:00");
    assert_string_equal(ledger_call_message(*state),
                        "\"2025-03-09T02:00\" is not a date or time: the clocks of the time zone skip it");
    assert_no_time(*state, new_york, "2025-03-09T02:59:59.999999");
    assert_no_time(*state, lisbon, "2025-03-30T01:00");
    assert_no_time(*state, lisbon, "2025-03-30T01:59:59.999999");
    time_zone_free(new_york);
    time_zone_free(lisbon);
}

/* Each of these days is entered once: what is before its beginning belongs to another day. */
static void a_day_begins_with_its_first_instant(void **state)
{
    static const struct {
        const char *zone;
        const char *text;
        const char *begin;
    } known[] = {
        {"Africa/Luanda", "2026-11-22", "2026-11-21T23:00:00.000000Z"},
        {"America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00.000000Z"}, /* clocks skip 00:00 to 01:00 */
        {"America/Sao_Paulo", "2018-11-03", "2018-11-03T03:00:00.000000Z"},
        {"Africa/Cairo", "2010-10-01", "2010-09-30T22:00:00.000000Z"},     /* 00:00 to 23:00 of the day before */
        {"America/St_Johns", "2010-11-07", "2010-11-07T02:30:00.000000Z"}, /* 00:01 to 23:01 of the day before */
        {"Asia/Kathmandu", "2026-01-01", "2025-12-31T18:15:00.000000Z"},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        struct time_zone *zone = zone_of(*state, known[i].zone);
        int32_t day = 0;
        char begin[TIME_TEXT_SIZE];
        assert_int_equal(day_parse(*state, ledger_text_of(known[i].text), &day), LEDGER_DONE);
        int64_t begin_us = time_zone_day_begin_us(zone, day);
        (void)time_format(begin_us, begin);
        assert_string_equal(begin, known[i].begin);
        assert_int_equal(time_zone_day(zone, begin_us), day);
        assert_int_equal(time_zone_day(zone, begin_us - 1), day - 1);
        assert_time(*state, zone, known[i].text, begin_us);
        time_zone_free(zone);
    }
}

static void a_skipped_day_is_refused(void **state)
{
    struct time_zone *zone = zone_of(*state, "Pacific/Apia");
    int32_t skipped = day_from_civil(2011, 12, 30);
    assert_no_time(*state, zone, "2011-12-30");
    assert_no_time(*state, zone, "2011-12-30T12:00");
    assert_true(time_zone_day_begin_us(zone, skipped) == INT64_C(1325239200000000));
    assert_true(time_zone_day_begin_us(zone, skipped + 1) == INT64_C(1325239200000000));
    assert_int_equal(time_zone_day(zone, INT64_C(1325239200000000)), skipped + 1);
    assert_int_equal(time_zone_day(zone, INT64_C(1325239199999999)), skipped - 1);
    time_zone_free(zone);
}

static void names_that_are_none_are_refused(void **state)
{
    static const char *const bad[] = {
        "",
        "/etc/passwd",
        "../../../etc/passwd",
        "Europe/../../x",
        "..",
        "a/..",
        "Europe/Lis bon",
        "Europe/Lisbon\n",
        "Nowhere/City",
        "Europe",
        "localtime",
        "posixrules",
        "tzdata.zi",
        "zone.tab",
        "Europe/Lisbon%",
        "~",
        "right/Europe/Lisbon",
        "\xC3\xA9",
    };
    struct ledger_call *call = *state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct time_zone *zone = NULL;
        assert_int_equal(time_zone_open(call, ledger_text_of(bad[i]), &zone), LEDGER_CONFIGURATION_IS_INVALID);
        assert_null(zone);
        ledger_call_reset(call);
    }
    char long_name[TIME_ZONE_NAME_BYTES_MAX + 1];
    memset(long_name, 'a', sizeof long_name);
    struct time_zone *zone = NULL;
    assert_int_equal(time_zone_open(call, (struct ledger_text){long_name, sizeof long_name}, &zone),
                     LEDGER_CONFIGURATION_IS_INVALID);
    assert_int_equal(time_zone_open(call, TEXT_ABSENT, &zone), LEDGER_CONFIGURATION_IS_INVALID);
    assert_int_equal(time_zone_open(call, TEXT("UTC\0"), &zone), LEDGER_CONFIGURATION_IS_INVALID);
    ledger_call_reset(call);
    assert_int_equal(time_zone_open(call, TEXT("Nowhere/City"), &zone), LEDGER_CONFIGURATION_IS_INVALID);
    assert_non_null(strstr(ledger_call_message(call), "/usr/share/zoneinfo/Nowhere/City"));
}

/* The inverse of time_format: that form, and no other. */
static void the_canonical_form_is_read(void **state)
{
    (void)state;
    static const int64_t times_us[] = {
        0, -1, 1, INT64_C(1795388400000123), INT64_C(-62135596800000000), INT64_C(253402300799999999)};
    static const char *const others[] = {
        "",
        "2026-11-22",
        "2026-11-22T23:00:00Z",
        "2026-11-22T23:00:00.000Z",
        "2026-11-22 23:00:00.000000Z",
        "2026-11-22T23:00:00.000000",
        "2026-11-22T23:00:00.000000z",
        "2026-11-22T23:00:00.000000+00:00",
        "2026-11-22T23:00:00.000000Z ",
        "2026-11-31T23:00:00.000000Z",
        "2026-11-22T24:00:00.000000Z",
        "0000-01-01T00:00:00.000000Z",
    };
    int64_t time_us = 99;
    for (size_t i = 0; i < sizeof times_us / sizeof times_us[0]; i++) {
        char out[TIME_TEXT_SIZE];
        size_t size = time_format(times_us[i], out);
        assert_true(time_read((struct ledger_text){out, size}, &time_us));
        assert_int_equal(time_us, times_us[i]);
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        assert_false(time_read(ledger_text_of(others[i]), &time_us));
    }
    assert_false(time_read((struct ledger_text){NULL, 0}, &time_us));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_canonical_form_is_read),
        cmocka_unit_test(days_follow_the_calendar),
        cmocka_unit_test(every_day_comes_back),
        cmocka_unit_test(months_are_counted_from_1970),
        cmocka_unit_test(utc_days_are_floored),
        BARE_CALL_TEST(days_are_read),
        BARE_CALL_TEST(a_refused_date_is_quoted_with_the_reason),
        BARE_CALL_TEST(instants_are_read),
        BARE_CALL_TEST(what_is_no_instant_is_refused),
        cmocka_unit_test(instants_are_written),
        cmocka_unit_test(what_a_damaged_database_holds_is_written_too),
        BARE_CALL_TEST(utc_needs_no_file),
        BARE_CALL_TEST(zones_give_what_python_gives),
        BARE_CALL_TEST(a_skipped_hour_is_refused),
        BARE_CALL_TEST(a_day_begins_with_its_first_instant),
        BARE_CALL_TEST(a_skipped_day_is_refused),
        BARE_CALL_TEST(names_that_are_none_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
