/* The reader of TZif (RFC 9636), the files of the tz database: versions 2 and later, of which it takes the 64-bit block
 * and the rule in the footer. Nothing in the file is believed before it is checked against the file's size.
 *
 * The block of 32-bit times that comes first is skipped, indicators of standard and universal time are not needed
 * (RFC 9636 section 3.2, they serve TZ strings without a rule), and files that count leap seconds are refused, since
 * the ledger's instants do not. */
#include "base/time_zone.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/time_zone_rule.h"

enum {
    TZIF_HEADER_SIZE = 44,
    TZIF_TYPE_SIZE = 6,
    TZIF_OFFSET_S_MIN = -89999, /* RFC 9636 section 3.2 */
    TZIF_OFFSET_S_MAX = 93599,
    TZIF_TYPES_COUNT_MAX = 256,
    /* Two transitions a year for one cycle, the years around the last transition, and one to spare at either end. */
    TZIF_RULE_YEARS = TIME_ZONE_CYCLE_YEARS + 6,
};

struct tzif_header {
    char version;
    size_t universal_count; /* isutcnt */
    size_t standard_count;  /* isstdcnt */
    size_t leap_count;
    size_t time_count;
    size_t type_count;
    size_t character_count;
};

/* What is left of the file. */
struct tzif_cursor {
    const uint8_t *at;
    size_t left;
};

/* The parts of the 64-bit block that are used. */
struct tzif_block {
    const uint8_t *times;        /* 8 bytes each */
    const uint8_t *time_types;   /* 1 byte each */
    const uint8_t *types;        /* TZIF_TYPE_SIZE bytes each */
    const uint8_t *designations; /* character_count bytes */
    struct ledger_text footer;   /* without its line ends */
};

/* The next `size` bytes, NULL where there are fewer. */
static const uint8_t *tzif_take(struct tzif_cursor *cursor, size_t size)
{
    if (cursor->left < size) {
        return NULL;
    }
    const uint8_t *taken = cursor->at;
    cursor->at += size;
    cursor->left -= size;
    return taken;
}

static uint32_t tzif_u32(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static int64_t tzif_i64(const uint8_t *bytes)
{
    return (int64_t)((uint64_t)tzif_u32(bytes) << 32 | tzif_u32(bytes + 4));
}

static const char *tzif_take_header(struct tzif_cursor *cursor, struct tzif_header *header)
{
    const uint8_t *bytes = tzif_take(cursor, TZIF_HEADER_SIZE);
    if (bytes == NULL || memcmp(bytes, "TZif", 4) != 0) {
        return "it is no TZif file";
    }
    *header = (struct tzif_header){
        .version = (char)bytes[4],
        .universal_count = tzif_u32(bytes + 20),
        .standard_count = tzif_u32(bytes + 24),
        .leap_count = tzif_u32(bytes + 28),
        .time_count = tzif_u32(bytes + 32),
        .type_count = tzif_u32(bytes + 36),
        .character_count = tzif_u32(bytes + 40),
    };
    return NULL;
}

_Static_assert(sizeof(size_t) >= 8, "sums of products of 32-bit counts have to fit");

/* Bytes of a data block whose times take `time_size` bytes. */
static size_t tzif_block_size(const struct tzif_header *header, size_t time_size)
{
    return header->time_count * (time_size + 1) + header->type_count * TZIF_TYPE_SIZE + header->character_count +
           header->leap_count * (time_size + 4) + header->standard_count + header->universal_count;
}

static const char *tzif_check_header(const struct tzif_header *header)
{
    if (header->type_count == 0 || header->type_count > TZIF_TYPES_COUNT_MAX) {
        return "its number of local time types is not 1 to 256";
    }
    if (header->character_count == 0) {
        return "it has no designations";
    }
    if ((header->standard_count != 0 && header->standard_count != header->type_count) ||
        (header->universal_count != 0 && header->universal_count != header->type_count)) {
        return "its indicators are not one a local time type";
    }
    if (header->leap_count != 0) {
        return "it counts leap seconds, which the ledger's times do not (use the zone without \"right/\")";
    }
    return NULL;
}

/* A line feed, the rule, a line feed; what follows belongs to later versions. */
static const char *tzif_take_footer(struct tzif_cursor *cursor, struct ledger_text *footer)
{
    const uint8_t *begin = tzif_take(cursor, 1);
    const uint8_t *end = begin == NULL || *begin != '\n' ? NULL : memchr(cursor->at, '\n', cursor->left);
    if (end == NULL) {
        return "its footer is cut off";
    }
    *footer = (struct ledger_text){(const char *)cursor->at, (size_t)(end - cursor->at)};
    return NULL;
}

static const char *tzif_take_block(struct tzif_cursor *cursor, struct tzif_header *header, struct tzif_block *block)
{
    const char *fault = tzif_take_header(cursor, header);
    if (fault == NULL && header->version < '2') {
        fault = "it is of version 1, which ends with the year 2037";
    }
    if (fault == NULL && tzif_take(cursor, tzif_block_size(header, 4)) == NULL) {
        fault = "it is cut off";
    }
    if (fault == NULL) {
        fault = tzif_take_header(cursor, header);
    }
    if (fault == NULL) {
        fault = tzif_check_header(header);
    }
    if (fault != NULL) {
        return fault;
    }
    const uint8_t *data = tzif_take(cursor, tzif_block_size(header, 8));
    if (data == NULL) {
        return "it is cut off";
    }
    block->times = data;
    block->time_types = block->times + 8 * header->time_count;
    block->types = block->time_types + header->time_count;
    block->designations = block->types + TZIF_TYPE_SIZE * header->type_count;
    return tzif_take_footer(cursor, &block->footer);
}

static int32_t tzif_offset_s(const struct tzif_block *block, size_t type_index)
{
    return (int32_t)tzif_u32(block->types + TZIF_TYPE_SIZE * type_index);
}

static const char *tzif_check_block(const struct tzif_header *header, const struct tzif_block *block)
{
    if (block->designations[header->character_count - 1] != '\0') {
        return "its designations do not end";
    }
    for (size_t i = 0; i < header->type_count; i++) {
        const uint8_t *type = block->types + TZIF_TYPE_SIZE * i;
        int32_t offset_s = tzif_offset_s(block, i);
        if (offset_s < TZIF_OFFSET_S_MIN || offset_s > TZIF_OFFSET_S_MAX || type[4] > 1 ||
            type[5] >= header->character_count) {
            return "a local time type is not acceptable";
        }
    }
    for (size_t i = 0; i < header->time_count; i++) {
        if (block->time_types[i] >= header->type_count) {
            return "a transition is to a local time type that is missing";
        }
        if (i > 0 && tzif_i64(block->times + 8 * i) <= tzif_i64(block->times + 8 * (i - 1))) {
            return "its transitions do not ascend";
        }
    }
    return NULL;
}

static int64_t tzif_year_begin_s(int32_t year)
{
    return day_from_civil(year, 1, 1) * INT64_C(86400);
}

/* The year of an instant, and year 0 or 10000 for all that lie before or behind what the ledger keeps. */
static int32_t tzif_year(int64_t time_s)
{
    if (time_s < tzif_year_begin_s(1)) {
        return 0;
    }
    if (time_s >= tzif_year_begin_s(10000)) {
        return 10000;
    }
    return day_to_civil((int32_t)((time_s - tzif_year_begin_s(1)) / 86400) + TIME_DAY_FIRST).year;
}

/* Adds what the rule says from some time before the last transition on, in order. The two moments of a year may come in
 * either order, and with days before or behind midnight two years may overlap; of two at the same instant the later
 * year's counts, which is how daylight saving for the whole year is written. */
static size_t tzif_list_rule(const struct time_zone_rule *rule, int32_t first_year, struct time_zone_transition *list)
{
    size_t count = 0;
    for (int32_t year = first_year; year < first_year + TZIF_RULE_YEARS; year++) {
        struct time_zone_transition moments[] = {
            {time_zone_rule_begin_s(rule, year), rule->daylight_offset_s},
            {time_zone_rule_end_s(rule, year), rule->standard_offset_s},
        };
        for (size_t i = 0; i < sizeof moments / sizeof moments[0]; i++) {
            size_t place = count++;
            for (; place > 0 && list[place - 1].time_s > moments[i].time_s; place--) {
                list[place] = list[place - 1];
            }
            list[place] = moments[i];
        }
    }
    return count;
}

/* Continues the table by a rule with daylight saving (I2 of time_zone.h). */
static void tzif_continue(struct time_zone *zone, const struct time_zone_rule *rule)
{
    struct time_zone_transition moments[2 * TZIF_RULE_YEARS];
    int64_t last_s = zone->transitions_count == 0 ? INT64_MIN : zone->transitions[zone->transitions_count - 1].time_s;
    int32_t last_year = tzif_year(last_s);
    size_t count = tzif_list_rule(rule, last_year - 1, moments);
    for (size_t i = 0; i < count; i++) {
        bool is_hidden = i + 1 < count && moments[i + 1].time_s == moments[i].time_s;
        if (moments[i].time_s > last_s && !is_hidden) {
            zone->transitions[zone->transitions_count++] = moments[i];
        }
    }
    if (last_s == INT64_MIN) {
        zone->first_offset_s = rule->standard_offset_s;
    }
    zone->cycle_begin_s = tzif_year_begin_s(last_year + 2);
    zone->cycle_end_s = tzif_year_begin_s(last_year + 2 + TIME_ZONE_CYCLE_YEARS);
}

/* What holds after the last transition. An empty rule says nothing (RFC 9636 section 3.3): the last offset goes on. */
static const char *tzif_apply_footer(struct time_zone *zone, struct ledger_text footer)
{
    struct time_zone_rule rule;
    if (text_is_empty(footer)) {
        return NULL;
    }
    if (!time_zone_rule_parse(footer, &rule)) {
        return "the rule in its footer is not understood";
    }
    if (rule.has_daylight) {
        tzif_continue(zone, &rule);
        return NULL;
    }
    if (zone->transitions_count == 0) {
        zone->first_offset_s = rule.standard_offset_s;
    } else if (zone->transitions[zone->transitions_count - 1].offset_s != rule.standard_offset_s) {
        return "the rule in its footer contradicts its last transition";
    }
    return NULL;
}

static ledger_status tzif_refuse(struct ledger_call *call, const char *path, const char *fault)
{
    return ledger_fail(call, LEDGER_CONFIGURATION_IS_INVALID, "the time zone file %s is not usable: %s", path, fault);
}

/* The table of a block that is found acceptable, with room for what a rule adds. NULL when memory ran out. */
static struct time_zone *tzif_make_zone(const struct tzif_header *header, const struct tzif_block *block)
{
    size_t capacity = header->time_count + 2 * TZIF_RULE_YEARS;
    struct time_zone *zone = calloc(1, sizeof *zone + capacity * sizeof zone->transitions[0]);
    if (zone == NULL) {
        return NULL;
    }
    zone->first_offset_s = tzif_offset_s(block, 0);
    zone->cycle_end_s = INT64_MAX;
    for (size_t i = 0; i < header->time_count; i++) {
        zone->transitions[i].time_s = tzif_i64(block->times + 8 * i);
        zone->transitions[i].offset_s = tzif_offset_s(block, block->time_types[i]);
    }
    zone->transitions_count = header->time_count;
    return zone;
}

ledger_status time_zone_read(struct ledger_call *call, struct ledger_text bytes, const char *path,
                             struct time_zone **ret_zone)
{
    struct tzif_cursor cursor = {(const uint8_t *)bytes.data, bytes.size};
    struct tzif_header header;
    struct tzif_block block;
    const char *fault = tzif_take_block(&cursor, &header, &block);
    if (fault == NULL) {
        fault = tzif_check_block(&header, &block);
    }
    if (fault != NULL) {
        return tzif_refuse(call, path, fault);
    }
    struct time_zone *zone = tzif_make_zone(&header, &block);
    if (zone == NULL) {
        return ledger_fail_out_of_memory(call);
    }
    fault = tzif_apply_footer(zone, block.footer);
    if (fault != NULL) {
        time_zone_free(zone);
        return tzif_refuse(call, path, fault);
    }
    assert(zone->transitions_count <= header.time_count + 2 * TZIF_RULE_YEARS);
    *ret_zone = zone;
    return LEDGER_DONE;
}
