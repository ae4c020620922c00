/* Values as text and as JSON: the same digits in every format; and slots that ignore what they are given. */
#include "reports/sink.h"

#include "base/json_write.h"
#include "base/time.h"
#include "domain/amount.h"

_Static_assert((int)REPORT_VALUE_TEXT_SIZE >= (int)AMOUNT_TEXT_SIZE, "an amount fits");
_Static_assert((int)REPORT_VALUE_TEXT_SIZE >= (int)TIME_TEXT_SIZE, "an instant fits");

/* Made from its end, where the buffer ends. */
static struct ledger_text sink_integer_text(int64_t integer, char buffer[REPORT_VALUE_TEXT_SIZE])
{
    size_t begin = REPORT_VALUE_TEXT_SIZE;
    uint64_t rest = integer < 0 ? -(uint64_t)integer : (uint64_t)integer;
    do {
        buffer[--begin] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (integer < 0) {
        buffer[--begin] = '-';
    }
    return (struct ledger_text){buffer + begin, REPORT_VALUE_TEXT_SIZE - begin};
}

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
        return sink_integer_text(value->integer, buffer);
    case REPORT_DAY:
        return (struct ledger_text){buffer, day_format((int32_t)value->integer, buffer)};
    case REPORT_TIME:
        return (struct ledger_text){buffer, time_format(value->integer, buffer)};
    case REPORT_BOOLEAN:
        return value->truth ? TEXT("true") : TEXT("false");
    }
    return TEXT_ABSENT;
}

void report_value_add_json_of(struct text_builder *builder, const struct report_value *value, struct ledger_text text)
{
    switch (value->type) {
    case REPORT_ABSENT:
        text_builder_add(builder, "null", 4);
        break;
    case REPORT_INTEGER:
    case REPORT_BOOLEAN:
        text_builder_add_text(builder, text);
        break;
    case REPORT_AMOUNT: /* digits, with nothing that JSON would escape */
    case REPORT_DAY:
    case REPORT_TIME:
        text_builder_add_char(builder, '"');
        text_builder_add_text(builder, text);
        text_builder_add_char(builder, '"');
        break;
    case REPORT_TEXT:
        json_add_quoted(builder, text);
        break;
    }
}

void report_value_add_json(struct text_builder *builder, const struct report_value *value)
{
    char buffer[REPORT_VALUE_TEXT_SIZE];
    report_value_add_json_of(builder, value, report_value_text(value, buffer));
}

ledger_status report_sink_ignore_end_table(struct ledger_call *call, struct report_sink *sink,
                                           const struct report_table *table)
{
    (void)call;
    (void)sink;
    (void)table;
    return LEDGER_DONE;
}

ledger_status report_sink_ignore_value(struct ledger_call *call, struct report_sink *sink, const char *name,
                                       const struct report_value *value)
{
    (void)call;
    (void)sink;
    (void)name;
    (void)value;
    return LEDGER_DONE;
}

ledger_status report_sink_ignore_note(struct ledger_call *call, struct report_sink *sink, struct ledger_text note)
{
    (void)call;
    (void)sink;
    (void)note;
    return LEDGER_DONE;
}
