/* Redaction inside a write unit: what an approved request does. */
#ifndef LEDGER_ENGINE_REDACTION_H
#define LEDGER_ENGINE_REDACTION_H

#include "engine/write_unit.h"
#include "ledger/redaction.h"

/* Erases the texts of the transaction that a request names, and of the reversals that repeat its memos: an event and a
 * row each. The list is in the call's memory. LEDGER_IS_REDACTED_ALREADY, LEDGER_IS_FROZEN, LEDGER_APPROVAL_IS_PENDING
 * where a reversal of one of them waits, LEDGER_DATABASE_IS_DAMAGED where one is not what its record_hash says. */
LEDGER_MUST_CHECK ledger_status redaction_execute(struct ledger_call *call, struct write_unit *unit,
                                                  const struct store_approval_change *request,
                                                  const struct ledger_redacted **ret_redacted,
                                                  size_t *ret_redacted_count);

/* Records a refusal with the transaction that it concerns; NULL where that was not found. */
LEDGER_MUST_CHECK ledger_status redaction_refuse(struct ledger_call *call, struct session *session,
                                                 const uint8_t *transaction_id, ledger_status status,
                                                 const char *action);

/* After the commit: whether the texts are still to be found in the files of the database, since somebody reads them. */
bool redaction_leaves_traces(struct ledger_call *call, struct session *session);

#endif
