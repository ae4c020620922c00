/* The rule by which a time zone goes on after the last transition of its file: the TZ string of POSIX with the hours of
 * RFC 9636 section 3.3.2, -167 to 167. */
#ifndef LEDGER_BASE_TIME_ZONE_RULE_H
#define LEDGER_BASE_TIME_ZONE_RULE_H

#include <stdbool.h>
#include <stdint.h>

#include "ledger/text.h"

enum time_zone_rule_form {
    TIME_ZONE_RULE_JULIAN,       /* Jn: day 1 to 365 of the year, 29 February never counted */
    TIME_ZONE_RULE_DAY_OF_YEAR,  /* n: day 0 to 365 of the year */
    TIME_ZONE_RULE_WEEK_OF_MONTH /* Mm.w.d: weekday d of week w of month m, week 5 the last */
};

/* A moment of each year, on the local clock as it is just before it. */
struct time_zone_rule_moment {
    enum time_zone_rule_form form;
    int32_t day; /* of the year, or of the week from Sunday = 0 */
    int32_t week;
    int32_t month;
    int32_t time_s; /* from midnight, perhaps below 0 or beyond a day */
};

struct time_zone_rule {
    int32_t standard_offset_s; /* to be added to UTC */
    bool has_daylight;
    int32_t daylight_offset_s;
    struct time_zone_rule_moment begin; /* of daylight saving */
    struct time_zone_rule_moment end;
};

/* False where the text is no such string. A name of daylight saving without its rule is refused too. */
bool time_zone_rule_parse(struct ledger_text text, struct time_zone_rule *ret_rule);

/* When daylight saving begins and ends in a year: seconds of UTC since 1970-01-01. */
int64_t time_zone_rule_begin_s(const struct time_zone_rule *rule, int32_t year);
int64_t time_zone_rule_end_s(const struct time_zone_rule *rule, int32_t year);

#endif
