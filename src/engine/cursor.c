/* Cursors as text: the listing's name, the position in the log, and where that is not enough, a second number. */
#include "engine/cursor.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/text.h"

static const char *const cursor_names[] = {
    [CURSOR_TRANSACTION] = "transaction",
    [CURSOR_ENTRY] = "entry",
    [CURSOR_EVENT] = "event",
};

void cursor_format(enum cursor_kind kind, struct cursor_place place, char out[LEDGER_CURSOR_TEXT_SIZE])
{
    if (kind == CURSOR_TRANSACTION) {
        (void)snprintf(out, LEDGER_CURSOR_TEXT_SIZE, "%s-%" PRId64, cursor_names[kind], place.log_index);
    } else {
        (void)snprintf(out, LEDGER_CURSOR_TEXT_SIZE, "%s-%" PRId64 "-%" PRId64, cursor_names[kind], place.log_index,
                       place.further);
    }
}

static const int64_t cursor_number_max = INT64_MAX / 4; /* beyond every position and instant there is */

/* Digits up to the end or a hyphen, which is passed over. */
static bool cursor_take_number(struct ledger_text *rest, int64_t *ret_number)
{
    int64_t number = 0;
    size_t size = 0;
    while (size < rest->size && rest->data[size] >= '0' && rest->data[size] <= '9') {
        if (number > cursor_number_max / 10) {
            return false;
        }
        number = number * 10 + (rest->data[size] - '0');
        size++;
    }
    bool has_hyphen = size < rest->size && rest->data[size] == '-';
    *rest = (struct ledger_text){rest->data + size + has_hyphen, rest->size - size - has_hyphen};
    *ret_number = number;
    return size > 0;
}

static bool cursor_read(enum cursor_kind kind, struct ledger_text text, struct cursor_place *ret_place)
{
    char canonical[LEDGER_CURSOR_TEXT_SIZE];
    size_t name_size = strlen(cursor_names[kind]) + 1;
    struct cursor_place place = {0, 0};
    if (text.size <= name_size) {
        return false;
    }
    struct ledger_text rest = {text.data + name_size, text.size - name_size};
    if (!cursor_take_number(&rest, &place.log_index) ||
        (kind != CURSOR_TRANSACTION && !cursor_take_number(&rest, &place.further))) {
        return false;
    }
    cursor_format(kind, place, canonical);
    *ret_place = place;
    return text_equals_string(text, canonical);
}

ledger_status cursor_parse(struct ledger_call *call, enum cursor_kind kind, struct ledger_text text,
                           struct cursor_place *ret_place)
{
    if (!cursor_read(kind, text, ret_place)) {
        return ledger_fail(call, LEDGER_CURSOR_IS_INVALID, "\"%.*s\" is no cursor of a listing of %s",
                           TEXT_ARGUMENTS(text),
                           kind == CURSOR_TRANSACTION ? "transactions"
                           : kind == CURSOR_ENTRY     ? "entries"
                                                      : "events");
    }
    return LEDGER_DONE;
}
