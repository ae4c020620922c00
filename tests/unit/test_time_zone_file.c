/* Files of the tz database, made up byte by byte: their rules, their damages and their release. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "base/time_zone.h"
#include "base/time_zone_rule.h"
#include "support/bare_call.h"

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
        BARE_CALL_TEST(the_rule_goes_on_for_ever),
        BARE_CALL_TEST(the_rule_repeats_with_the_calendar),
        BARE_CALL_TEST(daylight_saving_can_last_all_year),
        BARE_CALL_TEST(without_a_rule_the_last_offset_goes_on),
        BARE_CALL_TEST(damaged_files_are_refused),
        cmocka_unit_test(rules_are_read_strictly),
        BARE_CALL_TEST(the_data_version_is_that_of_the_directory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
