/* Approval requests inside a write unit. */
#ifndef LEDGER_ENGINE_APPROVALS_H
#define LEDGER_ENGINE_APPROVALS_H

#include "engine/write_unit.h"
#include "ledger/approval.h"

/* Asks for approval: a row and an event; where a request of the same kind for the same transaction waits already,
 * nothing is written and its id is given. `change` has the kind, the request's id, the transaction, texts and salt. */
LEDGER_MUST_CHECK ledger_status approvals_request(struct ledger_call *call, struct write_unit *unit,
                                                  struct store_approval_change *change,
                                                  char ret_request_id[LEDGER_ID_TEXT_SIZE]);

/* The request of a kind for a transaction that waits; false where none does. */
LEDGER_MUST_CHECK ledger_status approvals_find_waiting(struct ledger_call *call, struct session *session,
                                                       enum ledger_approval_kind kind,
                                                       const uint8_t transaction_id[UUID_SIZE], bool *ret_found,
                                                       struct uuid *ret_request_id);

#endif
