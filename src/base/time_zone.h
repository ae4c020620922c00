/* A time zone from within: what the reader of TZif makes and the look-ups use. The rest of the program sees
 * base/time.h.
 *
 * I1 Transitions ascend strictly; before the first of them first_offset_s holds.
 * I2 Where a rule with daylight saving follows the table, the table is continued by it for a whole cycle of the
 *    calendar (400 years, after which days of the week and leap years come again), from cycle_begin_s to cycle_end_s;
 *    what is later is looked up within that cycle. Without such a rule cycle_end_s is INT64_MAX. */
#ifndef LEDGER_BASE_TIME_ZONE_H
#define LEDGER_BASE_TIME_ZONE_H

#include <stdbool.h>

#include "base/time.h"

enum {
    TIME_ZONE_NAME_BYTES_MAX = 100,
    TIME_ZONE_VERSION_BYTES_MAX = 31,
    TIME_ZONE_FILE_BYTES_MAX = 256 * 1024,
    TIME_ZONE_CYCLE_YEARS = 400,
};

/* From `time_s` on, seconds of UTC since 1970-01-01, local time is UTC + `offset_s`. */
struct time_zone_transition {
    int64_t time_s;
    int32_t offset_s;
};

struct time_zone {
    char data_version[TIME_ZONE_VERSION_BYTES_MAX + 1];
    int32_t first_offset_s;
    int64_t cycle_begin_s;
    int64_t cycle_end_s;
    size_t transitions_count;
    struct time_zone_transition transitions[];
};

/* Makes a zone from the bytes of a TZif file of version 2 or later; `path` stands in messages. The data version is left
 * empty. LEDGER_CONFIGURATION_IS_INVALID where they are damaged, count leap seconds, or are of version 1. */
LEDGER_MUST_CHECK ledger_status time_zone_read(struct ledger_call *call, struct ledger_text bytes, const char *path,
                                               struct time_zone **ret_zone);

/* The earliest instant at which the zone's clocks show `local_s`, seconds since 1970-01-01T00:00:00 on those clocks;
 * false where they skip it. */
bool time_zone_find_local(const struct time_zone *zone, int64_t local_s, int64_t *ret_time_s);

#endif
