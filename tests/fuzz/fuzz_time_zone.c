/* Time zones from any bytes. What is accepted answers every question without fault: a local time that is found is shown
 * at that instant and at none before it, and a day's beginning is where the day begins. */
#include <stdbool.h>
#include <stdlib.h>

#include "base/text.h"
#include "base/time_zone.h"

static void require(bool truth)
{
    if (!truth) {
        abort();
    }
}

static const int64_t day_s = 86400;

static void try_instant(const struct time_zone *zone, int64_t time_us)
{
    int32_t day = time_zone_day(zone, time_us);
    int64_t found_s = 0;
    (void)time_zone_day_begin_us(zone, day);
    if (time_zone_find_local(zone, day * day_s, &found_s)) {
        require(time_zone_day(zone, found_s * 1000000) == day);
        require(time_zone_day_begin_us(zone, day) == found_s * 1000000);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ledger_call call;
    struct time_zone *zone = NULL;
    call_init(&call);
    if (time_zone_read(&call, (struct ledger_text){(const char *)data, size}, "bytes", &zone) == LEDGER_DONE) {
        const int64_t first_us = day_from_civil(1, 1, 1) * TIME_US_PER_DAY;
        const int64_t last_us = day_from_civil(9999, 12, 31) * TIME_US_PER_DAY;
        for (size_t i = 0; i < zone->transitions_count; i++) {
            int64_t time_s = zone->transitions[i].time_s;
            require(i == 0 || zone->transitions[i - 1].time_s < time_s);
            if (time_s > first_us / 1000000 && time_s < last_us / 1000000) {
                try_instant(zone, time_s * 1000000 - 1);
                try_instant(zone, time_s * 1000000);
            }
        }
        for (int64_t time_us = first_us; time_us <= last_us; time_us += 1234567 * INT64_C(86400000)) {
            try_instant(zone, time_us);
        }
        time_zone_free(zone);
    }
    call_done(&call);
    return 0;
}
