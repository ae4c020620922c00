/* Time zones: opened by name, asked for days and instants. */
#include "base/time_zone.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/quote.h"
#include "base/text.h"

enum {
    /* No clock is further from UTC than this (RFC 9636 section 3.2), so what a local time means is decided within it.
     */
    ZONE_OFFSET_REACH_S = 26 * 3600,
    ZONE_VERSION_LINE_BYTES_MAX = 100,
};

static const int64_t zone_cycle_s = INT64_C(146097) * 86400;

/* A stretch of time with one offset: from `begin_s` up to but not including `end_s`. */
struct zone_segment {
    int64_t begin_s;
    int64_t end_s;
    int32_t offset_s;
};

/* How many transitions are at or before `time_s`. */
static size_t zone_transitions_until(const struct time_zone *zone, int64_t time_s)
{
    size_t low = 0;
    size_t high = zone->transitions_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (zone->transitions[middle].time_s <= time_s) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static struct zone_segment zone_segment_at(const struct time_zone *zone, int64_t time_s)
{
    int64_t shift_s = 0;
    if (time_s >= zone->cycle_end_s) {
        shift_s = (time_s - zone->cycle_begin_s) / zone_cycle_s * zone_cycle_s;
    }
    size_t next = zone_transitions_until(zone, time_s - shift_s);
    const struct time_zone_transition *transitions = zone->transitions;
    return (struct zone_segment){
        .begin_s = next == 0 ? INT64_MIN : transitions[next - 1].time_s + shift_s,
        .end_s = next == zone->transitions_count ? INT64_MAX : transitions[next].time_s + shift_s,
        .offset_s = next == 0 ? zone->first_offset_s : transitions[next - 1].offset_s,
    };
}

static int64_t zone_floor_divide(int64_t number, int64_t divisor)
{
    int64_t quotient = number / divisor;
    return number % divisor < 0 ? quotient - 1 : quotient;
}

int32_t time_zone_day(const struct time_zone *zone, int64_t time_us)
{
    int64_t time_s = zone_floor_divide(time_us, 1000000);
    return (int32_t)zone_floor_divide(time_s + zone_segment_at(zone, time_s).offset_s, 86400);
}

bool time_zone_find_local(const struct time_zone *zone, int64_t local_s, int64_t *ret_time_s)
{
    struct zone_segment segment = zone_segment_at(zone, local_s - ZONE_OFFSET_REACH_S);
    for (;;) {
        int64_t time_s = local_s - segment.offset_s;
        if (time_s >= segment.begin_s && time_s < segment.end_s) {
            *ret_time_s = time_s;
            return true;
        }
        if (segment.end_s > local_s + ZONE_OFFSET_REACH_S) {
            return false;
        }
        segment = zone_segment_at(zone, segment.end_s);
    }
}

int64_t time_zone_day_begin_us(const struct time_zone *zone, int32_t day)
{
    int64_t local_s = (int64_t)day * 86400;
    int64_t time_s = 0;
    if (time_zone_find_local(zone, local_s, &time_s)) {
        return time_s * 1000000;
    }
    /* Midnight is skipped: the first instant whose clock is past it, which is when they were put forward. */
    struct zone_segment segment = zone_segment_at(zone, local_s - ZONE_OFFSET_REACH_S);
    while (segment.begin_s < local_s - segment.offset_s) {
        assert(segment.end_s < INT64_MAX);
        segment = zone_segment_at(zone, segment.end_s);
    }
    return segment.begin_s * 1000000;
}

const char *time_zone_data_version(const struct time_zone *zone)
{
    return zone->data_version;
}

void time_zone_free(struct time_zone *zone)
{
    free(zone);
}

static ledger_status zone_open_utc(struct ledger_call *call, struct time_zone **ret_zone)
{
    struct time_zone *zone = calloc(1, sizeof *zone);
    if (zone == NULL) {
        return ledger_fail_out_of_memory(call);
    }
    zone->cycle_end_s = INT64_MAX;
    memcpy(zone->data_version, "UTC", sizeof "UTC");
    *ret_zone = zone;
    return LEDGER_DONE;
}

static bool zone_name_character_is_allowed(char character)
{
    return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
           (character >= '0' && character <= '9') || (character != '\0' && strchr("_-+./", character) != NULL);
}

/* NULL, or the reason why no file is sought under that name. */
static const char *zone_name_fault(struct ledger_text name)
{
    if (text_is_empty(name) || name.size > TIME_ZONE_NAME_BYTES_MAX) {
        return "a name has 1 to 100 characters";
    }
    if (name.data[0] == '/') {
        return "a name does not begin with /";
    }
    for (size_t i = 0; i < name.size; i++) {
        if (!zone_name_character_is_allowed(name.data[i])) {
            return "a name has letters, digits, and _ - + . / only";
        }
        if (name.data[i] == '.' && i + 1 < name.size && name.data[i + 1] == '.') {
            return "a name does not lead to another directory";
        }
    }
    if (text_equals_string(name, "localtime") || text_equals_string(name, "posixrules")) {
        return "it means another zone on each machine";
    }
    return NULL;
}

static const char *zone_directory(void)
{
    const char *directory = getenv("TZDIR");
    return directory == NULL || directory[0] == '\0' ? "/usr/share/zoneinfo" : directory;
}

static bool zone_path_is_regular_file(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

/* The first bytes of a file of the directory; empty where there is none. */
static size_t zone_read_beginning(const char *directory, const char *name, char *out, size_t out_size)
{
    size_t size = 0;
    int directory_descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory_descriptor < 0) {
        return 0;
    }
    int descriptor = openat(directory_descriptor, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor >= 0) {
        ssize_t count = read(descriptor, out, out_size);
        size = count > 0 ? (size_t)count : 0;
        (void)close(descriptor);
    }
    (void)close(directory_descriptor);
    return size;
}

/* Takes the word that `line` has behind `prefix`, if it is one. */
static bool zone_take_version(const char *line, size_t size, const char *prefix, char *out)
{
    size_t prefix_size = strlen(prefix);
    if (size < prefix_size || memcmp(line, prefix, prefix_size) != 0) {
        return false;
    }
    size_t length = 0;
    for (size_t i = prefix_size; i < size && line[i] != '\n' && line[i] != '\r'; i++) {
        if (line[i] == '/' || !zone_name_character_is_allowed(line[i]) || length == TIME_ZONE_VERSION_BYTES_MAX) {
            return false;
        }
        out[length++] = line[i];
    }
    out[length] = '\0';
    return length > 0;
}

/* tzdata.zi begins with "# version 2025b"; some systems have the version alone in a file +VERSION. */
static void zone_find_version(const char *directory, char *out)
{
    char line[ZONE_VERSION_LINE_BYTES_MAX];
    size_t size = zone_read_beginning(directory, "tzdata.zi", line, sizeof line);
    if (zone_take_version(line, size, "# version ", out)) {
        return;
    }
    size = zone_read_beginning(directory, "+VERSION", line, sizeof line);
    if (!zone_take_version(line, size, "", out)) {
        memcpy(out, "unknown", sizeof "unknown");
    }
}

/* From the file of a name that is found acceptable. */
static ledger_status zone_open_file(struct ledger_call *call, struct ledger_text name, struct time_zone **ret_zone)
{
    const char *directory = zone_directory();
    struct ledger_text path;
    struct ledger_text bytes;
    LEDGER_TRY(ledger_call_format(call, &path, "%s/%.*s", directory, TEXT_ARGUMENTS(name)));
    int error = zone_path_is_regular_file(path.data)
                    ? file_read_bytes(&call->arena, path.data, TIME_ZONE_FILE_BYTES_MAX, &bytes)
                    : ENOENT;
    if (error == ENOMEM) {
        return ledger_fail_out_of_memory(call);
    }
    if (error == ENOENT) {
        return ledger_fail(call, LEDGER_CONFIGURATION_IS_INVALID,
                           "the time zone \"%.*s\" is not known: there is no file %s (TZDIR names another directory)",
                           TEXT_ARGUMENTS(name), path.data);
    }
    if (error != 0) {
        return ledger_fail(call, LEDGER_CONFIGURATION_IS_INVALID, "the time zone \"%.*s\" cannot be read from %s: %s",
                           TEXT_ARGUMENTS(name), path.data,
                           error == EFBIG ? "it is larger than any time zone" : strerrordesc_np(error));
    }
    struct time_zone *zone = NULL;
    LEDGER_TRY(time_zone_read(call, bytes, path.data, &zone));
    zone_find_version(directory, zone->data_version);
    *ret_zone = zone;
    return LEDGER_DONE;
}

ledger_status time_zone_open(struct ledger_call *call, struct ledger_text name, struct time_zone **ret_zone)
{
    if (text_equals_string(name, "UTC")) {
        return zone_open_utc(call, ret_zone);
    }
    const char *fault = zone_name_fault(name);
    if (fault != NULL) {
        char quoted[QUOTE_SIZE];
        return ledger_fail(call, LEDGER_CONFIGURATION_IS_INVALID, "%s is not the name of a time zone: %s",
                           text_quote(name, quoted), fault);
    }
    /* The file's bytes are done with once the zone is made. */
    struct arena_mark mark = arena_mark(&call->arena);
    ledger_status status = zone_open_file(call, name, ret_zone);
    if (status == LEDGER_DONE) {
        arena_rewind(&call->arena, mark);
    }
    return status;
}
