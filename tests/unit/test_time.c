/* Days, instants and time zones. The expected values are Python's (datetime, zoneinfo). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "base/time_zone.h"
#include "base/time_zone_rule.h"

static int set_up(void **state)
{
    struct ledger_call *call = calloc(1, sizeof *call);
    if (call == NULL) {
        return -1;
    }
    call_init(call);
    *state = call;
    return 0;
}

static int tear_down(void **state)
{
    call_done(*state);
    free(*state);
    return 0;
}

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

/* TZif bytes, made piece by piece. */
struct file_image {
    char bytes[4096];
    size_t size;
};

static void put(struct file_image *image, const void *data, size_t size)
{
    assert_true(image->size + size <= sizeof image->bytes);
    memcpy(image->bytes + image->size, data, size);
    image->size += size;
}

static void put_number(struct file_image *image, int64_t number, int bytes_count)
{
    for (int i = bytes_count - 1; i >= 0; i--) {
        char byte = (char)((uint64_t)number >> (8 * i));
        put(image, &byte, 1);
    }
}

struct image_type {
    int32_t offset_s;
    char is_daylight;
};

struct image_plan {
    char version;
    int64_t leap_count;
    const int64_t *times_s;
    const char *time_types;
    int64_t time_count;
    const struct image_type *types;
    int64_t type_count;
    const char *footer;
};

static void put_header(struct file_image *image, const struct image_plan *plan)
{
    static const char nothing[15] = {0};
    put(image, "TZif", 4);
    put(image, &plan->version, 1);
    put(image, nothing, sizeof nothing);
    put_number(image, 0, 4);
    put_number(image, 0, 4);
    put_number(image, plan->leap_count, 4);
    put_number(image, plan->time_count, 4);
    put_number(image, plan->type_count, 4);
    put_number(image, 4, 4);
}

static struct file_image make_image(const struct image_plan *plan)
{
    static const struct image_type any_type[] = {{0, 0}};
    const struct image_plan first_plan = {.version = plan->version, .types = any_type, .type_count = 1};
    struct file_image image = {.size = 0};
    put_header(&image, &first_plan);
    put(&image, "\0\0\0\0\0\0LMT", 10);
    put_header(&image, plan);
    for (int64_t i = 0; i < plan->time_count; i++) {
        put_number(&image, plan->times_s[i], 8);
    }
    if (plan->time_count > 0) {
        put(&image, plan->time_types, (size_t)plan->time_count);
    }
    for (int64_t i = 0; i < plan->type_count; i++) {
        put_number(&image, plan->types[i].offset_s, 4);
        put(&image, &plan->types[i].is_daylight, 1);
        put(&image, "", 1);
    }
    put(&image, "LMT", 4);
    put(&image, "\n", 1);
    put(&image, plan->footer, strlen(plan->footer));
    put(&image, "\n", 1);
    return image;
}

static ledger_status read_image(struct ledger_call *call, const struct file_image *image, struct time_zone **ret_zone)
{
    return time_zone_read(call, (struct ledger_text){image->bytes, image->size}, "made", ret_zone);
}

/* A zone whose rule is all that it has. */
static struct time_zone *zone_by_rule(struct ledger_call *call, const char *footer)
{
    static const struct image_type types[] = {{-5 * 3600, 0}};
    struct file_image image =
        make_image(&(struct image_plan){.version = '3', .types = types, .type_count = 1, .footer = footer});
    struct time_zone *zone = NULL;
    assert_int_equal(read_image(call, &image, &zone), LEDGER_DONE);
    return zone;
}

static void the_rule_goes_on_for_ever(void **state)
{
    struct time_zone *zone = zone_by_rule(*state, "EST5EDT,M3.2.0,M11.1.0");
    assert_time(*state, zone, "2025-03-09T01:59:59", INT64_C(1741503599000000));
    assert_no_time(*state, zone, "2025-03-09T02:00");
    assert_time(*state, zone, "2025-11-02T01:30", INT64_C(1762061400000000));
    assert_time(*state, zone, "9999-07-04T12:00", INT64_C(253386720000000000));
    assert_no_time(*state, zone, "9999-12-31T23:59:59"); /* in UTC it is in the year 10000 */
    assert_time(*state, zone, "9999-12-31T18:59:59", INT64_C(253402300799000000));
    assert_time(*state, zone, "0001-07-01T12:00", INT64_C(-62119900800000000));
    assert_no_time(*state, zone, "4825-03-09T02:30"); /* seven cycles of the calendar after 2025 */
    time_zone_free(zone);
}

/* Every 400 years the calendar is the same again, and so are the rule's days: at any distance from the table. */
static void the_rule_repeats_with_the_calendar(void **state)
{
    static const char *const rules[] = {
        "EST5EDT,M3.2.0,M11.1.0",
        "<-04>4<-03>,M9.1.6/24,M4.1.6/24",      /* Santiago: daylight saving over the new year */
        "EET-2EEST,M3.4.4/50,M10.4.4/50",       /* Gaza: days later than the named one */
        "<-02>2<-01>,M3.5.0/-1,M10.5.0/0",      /* Nuuk: the day before */
        "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", /* Lord Howe: half an hour */
        "XXX3YYY2,J60/0,300",
    };
    const int64_t cycle_us = INT64_C(146097) * TIME_US_PER_DAY;
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        struct time_zone *zone = zone_by_rule(*state, rules[i]);
        for (int32_t day = day_from_civil(2024, 1, 1); day < day_from_civil(2029, 1, 1); day++) {
            int64_t begin_us = time_zone_day_begin_us(zone, day);
            assert_int_equal(time_zone_day(zone, begin_us), day);
            assert_int_equal(time_zone_day(zone, begin_us - 1), day - 1);
            for (int32_t cycles = 1; cycles < 20; cycles += 6) {
                assert_true(time_zone_day_begin_us(zone, day + 146097 * cycles) == begin_us + cycles * cycle_us);
            }
        }
        time_zone_free(zone);
    }
}

static void daylight_saving_can_last_all_year(void **state)
{
    struct time_zone *zone = zone_by_rule(*state, "XXX3EDT4,0/0,J365/23");
    assert_time(*state, zone, "2025-01-01", INT64_C(1735704000000000));
    assert_time(*state, zone, "2025-07-01", INT64_C(1751342400000000));
    assert_time(*state, zone, "2024-12-31T23:59:59.999999", INT64_C(1735703999999999));
    time_zone_free(zone);
}

static void without_a_rule_the_last_offset_goes_on(void **state)
{
    static const int64_t times_s[] = {-1000000, 1000000};
    static const struct image_type types[] = {{0, 0}, {3600, 1}, {-7200, 0}};
    struct image_plan plan = {'2', 0, times_s, "\1\2", 2, types, 3, ""};
    struct file_image image = make_image(&plan);
    struct time_zone *zone = NULL;
    assert_int_equal(read_image(*state, &image, &zone), LEDGER_DONE);
    assert_time(*state, zone, "1960-01-01", INT64_C(-315619200000000));
    assert_time(*state, zone, "1970-01-01", INT64_C(-3600000000));
    assert_time(*state, zone, "9999-01-01T00:00", INT64_C(253370772000000000));
    time_zone_free(zone);
    plan.footer = "<-02>2";
    image = make_image(&plan);
    assert_int_equal(read_image(*state, &image, &zone), LEDGER_DONE);
    time_zone_free(zone);
    plan.footer = "<-03>3";
    image = make_image(&plan);
    assert_int_equal(read_image(*state, &image, &zone), LEDGER_CONFIGURATION_IS_INVALID);
}

static void assert_image_is_refused(struct ledger_call *call, const struct file_image *image, const char *reason)
{
    struct time_zone *zone = NULL;
    ledger_call_reset(call);
    assert_int_equal(read_image(call, image, &zone), LEDGER_CONFIGURATION_IS_INVALID);
    assert_null(zone);
    assert_non_null(strstr(ledger_call_message(call), reason));
}

static void damaged_files_are_refused(void **state)
{
    static const int64_t times_s[] = {-1000000, 1000000};
    static const int64_t same_times_s[] = {1000000, 1000000};
    static const struct image_type types[] = {{0, 0}, {3600, 1}};
    static const struct image_type early[] = {{-89999, 0}, {93599, 1}};
    static const struct image_type too_early[] = {{-90000, 0}, {0, 1}};
    static const struct image_type too_late[] = {{0, 0}, {93600, 1}};
    static const struct image_type odd[] = {{0, 0}, {3600, 2}};
    const struct image_plan good = {'2', 0, times_s, "\1\0", 2, types, 2, "UTC0"};
    struct file_image image = make_image(&good);
    struct time_zone *zone = NULL;
    assert_int_equal(read_image(*state, &image, &zone), LEDGER_DONE);
    time_zone_free(zone);

    /* Cut anywhere, it is refused. */
    for (struct file_image cut = image; cut.size > 0;) {
        cut.size--;
        assert_image_is_refused(*state, &cut, "made is not usable");
    }
    struct image_plan plan = good;
    plan.version = '\0';
    image = make_image(&plan);
    assert_image_is_refused(*state, &image, "version 1");
    plan = good;
    plan.leap_count = 1;
    image = make_image(&plan);
    assert_image_is_refused(*state, &image, "leap seconds");
    plan = good;
    plan.types = early;
    plan.footer = "";
    image = make_image(&plan);
    assert_int_equal(read_image(*state, &image, &zone), LEDGER_DONE);
    time_zone_free(zone);
    zone = NULL;
    const struct image_type *const bad_types[] = {too_early, too_late, odd};
    for (size_t i = 0; i < 3; i++) {
        plan.types = bad_types[i];
        image = make_image(&plan);
        assert_image_is_refused(*state, &image, "a local time type is not acceptable");
    }
    plan = good;
    plan.time_types = "\1\2";
    image = make_image(&plan);
    assert_image_is_refused(*state, &image, "is missing");
    plan = good;
    plan.times_s = same_times_s;
    image = make_image(&plan);
    assert_image_is_refused(*state, &image, "do not ascend");
    plan = good;
    plan.type_count = 0;
    plan.time_count = 0;
    image = make_image(&plan);
    assert_image_is_refused(*state, &image, "1 to 256");
    image = make_image(&good);
    memset(image.bytes + 32, 0xFF, 12); /* counts of 2^32 - 1 */
    assert_image_is_refused(*state, &image, "cut off");
    image = make_image(&good);
    image.bytes[0] = 't';
    assert_image_is_refused(*state, &image, "no TZif file");
}

static void rules_are_read_strictly(void **state)
{
    (void)state;
    static const char *const good[] = {
        "UTC0",
        "EST5",
        "<-03>3",
        "<+0545>-5:45",
        "IST-5:30",
        "AAA-24:59:59",
        "EST5EDT,M3.2.0,M11.1.0",
        "EST5EDT4,M3.2.0/2,M11.1.0/2:00:00",
        "AAA0BBB,J1,J365/167",
        "AAA0BBB,0,365/-167",
        "AAA0BBB-1,M1.1.0,M12.5.6",
        "AAA+5",
    };
    static const char *const bad[] = {
        "",
        "0",
        "U0",
        "UT0",
        "UTC",
        "UTC0 ",
        " UTC0",
        "<UTC0",
        "<>0",
        "<-0>0",
        "<+03>",
        "UTC25",
        "UTC0:60",
        "UTC0:0:60",
        "UTC1000",
        "EST5EDT",
        "EST5EDT,",
        "EST5EDT,M3.2.0",
        "EST5EDT,M3.2.0,",
        "EST5EDT,M0.2.0,M11.1.0",
        "EST5EDT,M13.2.0,M11.1.0",
        "EST5EDT,M3.0.0,M11.1.0",
        "EST5EDT,M3.6.0,M11.1.0",
        "EST5EDT,M3.2.7,M11.1.0",
        "EST5EDT,M3.2,M11.1.0",
        "EST5EDT,M3.2.0/168,M11.1.0",
        "EST5EDT,M3.2.0/-168,M11.1.0",
        "EST5EDT,J0,J365",
        "EST5EDT,J1,J366",
        "EST5EDT,0,366",
        "EST5EDT,M3.2.0,M11.1.0,",
        "EST5EDT25,M3.2.0,M11.1.0",
        "UTC--1",
        "UTC+-1",
        ":UTC0",
        "EST5EDT,M3.2.0/,M11.1.0",
    };
    struct time_zone_rule rule;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_true(time_zone_rule_parse(ledger_text_of(good[i]), &rule));
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(time_zone_rule_parse(ledger_text_of(bad[i]), &rule));
    }
    assert_true(time_zone_rule_parse(TEXT("EST5EDT,J60,59"), &rule));
    assert_int_equal(rule.standard_offset_s, -18000);
    assert_int_equal(rule.daylight_offset_s, -14400);
    /* J60 is 1 March in every year, 59 is 29 February or 1 March. */
    assert_true(time_zone_rule_begin_s(&rule, 2024) == day_from_civil(2024, 3, 1) * INT64_C(86400) + 7 * 3600);
    assert_true(time_zone_rule_begin_s(&rule, 2025) == day_from_civil(2025, 3, 1) * INT64_C(86400) + 7 * 3600);
    assert_true(time_zone_rule_end_s(&rule, 2024) == day_from_civil(2024, 2, 29) * INT64_C(86400) + 6 * 3600);
    assert_true(time_zone_rule_end_s(&rule, 2025) == day_from_civil(2025, 3, 1) * INT64_C(86400) + 6 * 3600);
}

static void write_file(const char *directory, const char *name, const char *bytes, size_t size)
{
    char path[256];
    (void)snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static void remove_file(const char *directory, const char *name)
{
    char path[256];
    (void)snprintf(path, sizeof path, "%s/%s", directory, name);
    (void)unlink(path);
}

static void assert_version(struct ledger_call *call, const char *expected)
{
    struct time_zone *zone = NULL;
    assert_int_equal(time_zone_open(call, TEXT("Made"), &zone), LEDGER_DONE);
    assert_string_equal(time_zone_data_version(zone), expected);
    time_zone_free(zone);
}

static void the_data_version_is_that_of_the_directory(void **state)
{
    static const struct image_type types[] = {{3600, 0}};
    struct file_image image =
        make_image(&(struct image_plan){.version = '2', .types = types, .type_count = 1, .footer = "AAA-1"});
    static const char *const files[] = {"Made", "+VERSION", "tzdata.zi", "Big"};
    static char big[TIME_ZONE_FILE_BYTES_MAX + 1];
    char directory[] = "/tmp/test_time_XXXXXX";
    assert_non_null(mkdtemp(directory));
    assert_int_equal(setenv("TZDIR", directory, 1), 0);
    write_file(directory, "Made", image.bytes, image.size);
    assert_version(*state, "unknown");
    write_file(directory, "+VERSION", "2024a\n", 6);
    assert_version(*state, "2024a");
    write_file(directory, "tzdata.zi", "# version 2025b\n# more\n", 23);
    assert_version(*state, "2025b");
    write_file(directory, "tzdata.zi", "# version \033[2J\n", 16);
    assert_version(*state, "2024a");
    write_file(directory, "tzdata.zi", "# version 2025b-012345678901234567890123456789\n", 47);
    write_file(directory, "+VERSION", "", 0);
    assert_version(*state, "unknown");
    write_file(directory, "Big", big, sizeof big);
    struct time_zone *zone = NULL;
    assert_int_equal(time_zone_open(*state, TEXT("Big"), &zone), LEDGER_CONFIGURATION_IS_INVALID);
    assert_non_null(strstr(ledger_call_message(*state), "larger than any time zone"));
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        remove_file(directory, files[i]);
    }
    assert_int_equal(rmdir(directory), 0);
    assert_int_equal(unsetenv("TZDIR"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_follow_the_calendar),
        cmocka_unit_test(every_day_comes_back),
        cmocka_unit_test(months_are_counted_from_1970),
        cmocka_unit_test(utc_days_are_floored),
        cmocka_unit_test_setup_teardown(days_are_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_refused_date_is_quoted_with_the_reason, set_up, tear_down),
        cmocka_unit_test_setup_teardown(instants_are_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_no_instant_is_refused, set_up, tear_down),
        cmocka_unit_test(instants_are_written),
        cmocka_unit_test(what_a_damaged_database_holds_is_written_too),
        cmocka_unit_test_setup_teardown(utc_needs_no_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(zones_give_what_python_gives, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_skipped_hour_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_day_begins_with_its_first_instant, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_skipped_day_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(names_that_are_none_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_rule_goes_on_for_ever, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_rule_repeats_with_the_calendar, set_up, tear_down),
        cmocka_unit_test_setup_teardown(daylight_saving_can_last_all_year, set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_a_rule_the_last_offset_goes_on, set_up, tear_down),
        cmocka_unit_test_setup_teardown(damaged_files_are_refused, set_up, tear_down),
        cmocka_unit_test(rules_are_read_strictly),
        cmocka_unit_test_setup_teardown(the_data_version_is_that_of_the_directory, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
