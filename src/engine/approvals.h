/* Approval requests inside a write unit. */
#ifndef LEDGER_ENGINE_APPROVALS_H
#define LEDGER_ENGINE_APPROVALS_H

#include "engine/reversal.h"
#include "ledger/approval.h"

/* Asks for approval of a reversal: a row and an event; where a request for the same original waits already, nothing is
 * written and its id is given. */
LEDGER_MUST_CHECK ledger_status approvals_request(struct ledger_call *call, struct write_unit *unit,
                                                  const struct reversal_work *work,
                                                  char ret_request_id[LEDGER_ID_TEXT_SIZE]);

#endif
