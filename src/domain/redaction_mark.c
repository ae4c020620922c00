/* The mark of a redaction. */
#include "domain/redaction_mark.h"

#include <stdio.h>
#include <string.h>

#include "domain/names.h"

static const char mark_prefix[] = "[redacted by event ";

_Static_assert(sizeof mark_prefix + EVENT_ID_TEXT_SIZE <= REDACTION_MARK_SIZE, "a mark fits");

void redaction_mark_format(int64_t event_timestamp_us, int64_t log_index, char out[REDACTION_MARK_SIZE])
{
    char event_id[EVENT_ID_TEXT_SIZE];
    event_id_format(event_timestamp_us, log_index, event_id);
    (void)snprintf(out, REDACTION_MARK_SIZE, "%s%s]", mark_prefix, event_id);
}

bool redaction_mark_begins(struct ledger_text text)
{
    return text.size >= sizeof mark_prefix - 1 && memcmp(text.data, mark_prefix, sizeof mark_prefix - 1) == 0;
}
