/* Prepared statements: one for each named query, with what it is bound to.
 *
 * I1 Memory for values is taken when a statement is first prepared, and grows with the longest text read; running a
 *    statement again, for however many rows, takes none.
 * I2 A statement has one user at a time. */
#ifndef LEDGER_STORE_MYSQL_STATEMENT_H
#define LEDGER_STORE_MYSQL_STATEMENT_H

#include "store/mysql_failure.h"
#include "store/mysql_values.h"

struct mysql_statement {
    MYSQL_STMT *handle; /* NULL: not prepared on this connection */
    struct mysql_input *inputs;
    MYSQL_BIND *parameters;
    unsigned parameters_count;
    struct mysql_output *outputs;
    MYSQL_BIND *columns;
    unsigned columns_count;
    bool is_open; /* rows of it are being read */
};

/* Prepares a query unless it is. */
LEDGER_MUST_CHECK ledger_status mysql_statement_prepare(struct ledger_call *call, struct mysql_connection *connection,
                                                        const struct query_definition *definition,
                                                        struct mysql_statement *statement);

/* Prepares a query so that it locks the rows that it reads, unless it is. */
LEDGER_MUST_CHECK ledger_status mysql_statement_prepare_locking(struct ledger_call *call,
                                                                struct mysql_connection *connection,
                                                                const struct query_definition *definition,
                                                                struct mysql_statement *statement);

/* Runs a statement without rows, once. */
LEDGER_MUST_CHECK ledger_status mysql_statement_run(struct ledger_call *call, struct mysql_connection *connection,
                                                    const struct query_definition *definition,
                                                    struct mysql_statement *statement, const struct value *inputs);

/* How many of the rows, at least one, go into one message to the server. */
size_t mysql_statement_stretch(const struct mysql_connection *connection, const struct query_definition *definition,
                               const struct value *rows, size_t rows_count);

/* Runs it for many rows, as arrays of parameters: a message to the server for each stretch of rows. MariaDB's. */
LEDGER_MUST_CHECK ledger_status mysql_statement_run_array(struct ledger_call *call, struct mysql_connection *connection,
                                                          const struct query_definition *definition,
                                                          struct mysql_statement *statement, const struct value *rows,
                                                          size_t rows_count);

/* Prepares an INSERT of many rows in one statement, unless it is. `ret_group_rows` is how many each run inserts; 0
 * where the query is no INSERT of a list of values. */
LEDGER_MUST_CHECK ledger_status mysql_statement_prepare_group(struct ledger_call *call,
                                                              struct mysql_connection *connection,
                                                              const struct query_definition *definition,
                                                              struct mysql_statement *group, size_t *ret_group_rows);

/* Runs it for so many rows. */
LEDGER_MUST_CHECK ledger_status mysql_statement_run_group(struct ledger_call *call, struct mysql_connection *connection,
                                                          const struct query_definition *definition,
                                                          struct mysql_statement *group, const struct value *rows);

/* Runs a query for its rows. Those of a long one stay on the server until they are read. False where it failed, as its
 * handle says. */
bool mysql_statement_try_open(const struct query_definition *definition, struct mysql_statement *statement,
                              const struct value *inputs);

/* The same, told as a failure. */
LEDGER_MUST_CHECK ledger_status mysql_statement_open(struct ledger_call *call, struct mysql_connection *connection,
                                                     const struct query_definition *definition,
                                                     struct mysql_statement *statement, const struct value *inputs);

/* Reads the next row into `values`, as many as the query has outputs. */
LEDGER_MUST_CHECK ledger_status mysql_statement_step(struct ledger_call *call, struct mysql_connection *connection,
                                                     const struct query_definition *definition,
                                                     struct mysql_statement *statement, struct value *values,
                                                     bool *ret_has_row);

/* Ends the reading of rows. */
void mysql_statement_close(struct mysql_statement *statement);

/* Drops what was prepared and keeps the memory: the connection is another. */
void mysql_statement_forget(struct mysql_statement *statement);

void mysql_statement_done(struct mysql_statement *statement);

#endif
