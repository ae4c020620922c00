/* The mark that stands where a text was erased: "[redacted by event <audit_id>]", by the event that did it.
 *
 * I1 No client can post a text that begins as a mark does, so a mark is always of a redaction: of its own
 * transaction's, or, in the memos of a reversal that was posted later, of its original's. */
#ifndef LEDGER_DOMAIN_REDACTION_MARK_H
#define LEDGER_DOMAIN_REDACTION_MARK_H

#include <stdbool.h>
#include <stdint.h>

#include "ledger/text.h"

enum { REDACTION_MARK_SIZE = 64 };

/* Of the event at that instant and position. */
void redaction_mark_format(int64_t event_timestamp_us, int64_t log_index, char out[REDACTION_MARK_SIZE]);

/* Whether a text begins as a mark does. */
bool redaction_mark_begins(struct ledger_text text);

#endif
