/* Looking up transactions inside a unit of work. */
#ifndef LEDGER_ENGINE_TRANSACTIONS_H
#define LEDGER_ENGINE_TRANSACTIONS_H

#include "engine/session.h"

/* The position of the transaction of an id or number as a client writes it. LEDGER_TRANSACTION_NOT_FOUND. */
LEDGER_MUST_CHECK ledger_status transactions_find(struct ledger_call *call, struct session *session,
                                                  struct ledger_text id_or_number, int64_t log_size,
                                                  int64_t *ret_log_index);

/* The transaction with its entries, their codes and currencies among them, in the call's memory. */
LEDGER_MUST_CHECK ledger_status transactions_get(struct ledger_call *call, struct session *session,
                                                 struct ledger_text id_or_number, int64_t log_size,
                                                 struct ledger_transaction_record *ret_transaction);

/* The transaction at a position, as above; false where there is none. */
LEDGER_MUST_CHECK ledger_status transactions_get_at(struct ledger_call *call, struct session *session,
                                                    int64_t log_index, bool *ret_found,
                                                    struct ledger_transaction_record *ret_transaction);

#endif
