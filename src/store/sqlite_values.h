/* Values bound to the parameters of SQLite's statements. */
#ifndef LEDGER_STORE_SQLITE_VALUES_H
#define LEDGER_STORE_SQLITE_VALUES_H

#include "store/driver_sqlite.h"

/* What a parameter holds since it was bound last. Half of what the rows of a batch say is what the row before said: who
 * posted it, when, and that there is nothing; then there is nothing to bind. */
struct sqlite_bound {
    enum { SQLITE_HOLDS_NULL, SQLITE_HOLDS_INTEGER, SQLITE_HOLDS_BYTES } holds; /* at first NULL, as SQLite has it */
    int64_t integer;
};

/* Binds the inputs of a query to the parameters of a statement. */
LEDGER_MUST_CHECK ledger_status sqlite_bind(struct ledger_call *call, struct sqlite_driver *driver,
                                            sqlite3_stmt *statement, const struct query_definition *definition,
                                            const struct value *inputs);

/* Binds the rows of a statement for many: `bound` is what its parameters hold. */
LEDGER_MUST_CHECK ledger_status sqlite_bind_rows(struct ledger_call *call, struct sqlite_driver *driver,
                                                 sqlite3_stmt *statement, struct sqlite_bound *bound,
                                                 const struct query_definition *definition, const struct value *rows,
                                                 unsigned rows_count);

#endif
