/* Many rows of an INSERT as one statement: what a statement costs beside its rows is paid once. */
#ifndef LEDGER_STORE_SQLITE_GROUP_H
#define LEDGER_STORE_SQLITE_GROUP_H

#include "store/driver_sqlite.h"

/* Writes rows of a query's inputs by statements for many rows each, as many as whole groups hold; the rest is left to
 * the caller, and all of it where the query is no INSERT of one row's values. */
LEDGER_MUST_CHECK ledger_status sqlite_group_write(struct ledger_call *call, struct sqlite_driver *driver,
                                                   enum query_id query, const struct value *rows, size_t rows_count,
                                                   size_t *ret_written);

/* Frees the statements of a query. */
void sqlite_group_done(struct sqlite_group groups[SQLITE_GROUP_SIZES]);

#endif
