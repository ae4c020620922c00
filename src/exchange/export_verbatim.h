/* The verbatim export: the whole log, as it stands in the head at its start.
 *
 * I1 What is written was hashed again and fits the stored hashes and the root of the head: a ledger whose log verify
 *    would fault is not exported. */
#ifndef LEDGER_EXCHANGE_EXPORT_VERBATIM_H
#define LEDGER_EXCHANGE_EXPORT_VERBATIM_H

#include "engine/session.h"
#include "exchange/export.h"
#include "exchange/export_file.h"

/* Writes all lines to `file`, which is open, and fills in the counts of the result. LEDGER_DATABASE_IS_DAMAGED,
 * LEDGER_INPUT_IS_TOO_LARGE where a record is longer than a line may be, database outcomes. */
LEDGER_MUST_CHECK ledger_status export_verbatim(struct ledger_call *call, struct session *session,
                                                const struct export_request *request, struct export_file *file,
                                                struct export_result *result);

#endif
