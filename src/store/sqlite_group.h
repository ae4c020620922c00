/* Many rows of an INSERT as one statement: what a statement costs beside its rows is paid once. */
#ifndef LEDGER_STORE_SQLITE_GROUP_H
#define LEDGER_STORE_SQLITE_GROUP_H

#include "store/driver_sqlite.h"

enum { SQLITE_GROUP_ROWS = 16 }; /* beyond which little more is won */

/* The statement that writes SQLITE_GROUP_ROWS rows of a query, made at its first use: it has the query's
 * `parameters_count` parameters for each row, one row behind the other. NULL where the query is no INSERT of one row's
 * values. Owned by the driver. */
LEDGER_MUST_CHECK ledger_status sqlite_group_prepare(struct ledger_call *call, struct sqlite_driver *driver,
                                                     enum query_id query, unsigned parameters_count,
                                                     sqlite3_stmt **ret_statement);

#endif
