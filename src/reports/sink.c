/* Values as text and as JSON: the same digits in every format. */
#include "reports/sink.h"

#include <stdio.h>

#include "base/json_write.h"
#include "base/time.h"
#include "domain/amount.h"

_Static_assert((int)REPORT_VALUE_TEXT_SIZE >= (int)AMOUNT_TEXT_SIZE, "an amount fits");
_Static_assert((int)REPORT_VALUE_TEXT_SIZE >= (int)TIME_TEXT_SIZE, "an instant fits");

struct ledger_text report_value_text(const struct report_value *value, char buffer[REPORT_VALUE_TEXT_SIZE])
{
    switch (value->type) {
    case REPORT_ABSENT:
        break;
    case REPORT_TEXT:
        return value->text;
    case REPORT_AMOUNT:
        return (struct ledger_text){buffer, amount_format(value->amount_minor, buffer)};
    case REPORT_INTEGER:
        return (struct ledger_text){
            buffer, (size_t)snprintf(buffer, REPORT_VALUE_TEXT_SIZE, "%lld", (long long)value->integer)};
    case REPORT_DAY:
        return (struct ledger_text){buffer, day_format((int32_t)value->integer, buffer)};
    case REPORT_TIME:
        return (struct ledger_text){buffer, time_format(value->integer, buffer)};
    case REPORT_BOOLEAN:
        return value->truth ? TEXT("true") : TEXT("false");
    }
    return TEXT_ABSENT;
}

void report_value_add_json(struct text_builder *builder, const struct report_value *value)
{
    char buffer[REPORT_VALUE_TEXT_SIZE];
    struct ledger_text text = report_value_text(value, buffer);
    if (value->type == REPORT_ABSENT) {
        text_builder_add_string(builder, "null");
    } else if (value->type == REPORT_INTEGER || value->type == REPORT_BOOLEAN) {
        text_builder_add_text(builder, text);
    } else {
        json_add_quoted(builder, text);
    }
}
