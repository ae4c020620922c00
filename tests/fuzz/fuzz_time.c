/* Days and instants from any bytes: what is accepted comes back the same from its canonical form. */
#include <stdbool.h>
#include <stdlib.h>

#include "base/text.h"
#include "base/time_zone.h"
#include "base/time_zone_rule.h"

static void require(bool truth)
{
    if (!truth) {
        abort();
    }
}

static struct time_zone *zones[3];

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Zones that the machine does not have are left out. */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static const char *const names[] = {"UTC", "America/St_Johns", "Pacific/Apia"};
    struct ledger_call call;
    (void)argc;
    (void)argv;
    call_init(&call);
    for (size_t i = 0; i < 3; i++) {
        if (time_zone_open(&call, ledger_text_of(names[i]), &zones[i]) != LEDGER_DONE) {
            zones[i] = NULL;
        }
    }
    call_done(&call);
    return 0;
}

static void try_day(struct ledger_call *call, struct ledger_text text)
{
    int32_t day = 0;
    char out[TIME_TEXT_SIZE];
    if (day_parse(call, text, &day) == LEDGER_DONE) {
        size_t length = day_format(day, out);
        require(text_equals(text, (struct ledger_text){out, length}));
    }
}

static void try_time(struct ledger_call *call, struct ledger_text text, const struct time_zone *zone)
{
    int64_t time_us = 0;
    int64_t again_us = 0;
    char out[TIME_TEXT_SIZE];
    if (time_parse(call, text, zone, &time_us) != LEDGER_DONE) {
        return;
    }
    size_t length = time_format(time_us, out);
    require(time_parse(call, (struct ledger_text){out, length}, zone, &again_us) == LEDGER_DONE);
    require(again_us == time_us);
    int32_t day = time_zone_day(zone, time_us);
    require(time_zone_day_begin_us(zone, day) <= time_us);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ledger_text text = {size == 0 ? "" : (const char *)data, size};
    struct ledger_call call;
    struct time_zone_rule rule;
    call_init(&call);
    try_day(&call, text);
    for (size_t i = 0; i < 3; i++) {
        if (zones[i] != NULL) {
            try_time(&call, text, zones[i]);
        }
    }
    if (time_zone_rule_parse(text, &rule) && rule.has_daylight) {
        require(time_zone_rule_begin_s(&rule, 2026) != INT64_MIN && time_zone_rule_end_s(&rule, 2026) != INT64_MIN);
    }
    call_done(&call);
    return 0;
}
