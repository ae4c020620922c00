/* Events as they are told: what a posting's event is rendered as, and recording an event of its own. */
#ifndef LEDGER_ENGINE_AUDIT_H
#define LEDGER_ENGINE_AUDIT_H

#include "engine/session.h"
#include "ledger/audit.h"

/* Fills in what is rendered, not stored: the audit_id, and the description of a posting's event (`number_in_day` above
 * 0). The record is the store's, its texts are copied into the call's memory. */
LEDGER_MUST_CHECK ledger_status audit_render(struct ledger_call *call, struct ledger_event_record *event,
                                             int64_t number_in_day);

/* Appends an administrative event in a unit of its own. `transaction_id` may be NULL. */
LEDGER_MUST_CHECK ledger_status audit_record(struct ledger_call *call, struct session *session, const char *event_type,
                                             const char *action, struct ledger_text description,
                                             struct ledger_text event_metadata);

#endif
