/* The SQL that a server is spoken to in: MariaDB's, or MySQL's where that differs.
 *
 * One source, src/store/sql/mariadb, gives both: tools/embed_queries.py derives MySQL's. Everything of it but the name
 * of a collation runs on MariaDB too, and so do the tests of it. */
#ifndef LEDGER_STORE_MYSQL_DIALECT_H
#define LEDGER_STORE_MYSQL_DIALECT_H

#include "base/call.h"
#include "queries.h"

struct mysql_dialect {
    const struct query_definition *queries; /* by query_id */
    const struct migration *migrations;
    const char *collation;       /* {collation} of the migrations */
    const char *constraints_sql; /* tables, and what must be true of each of their rows */
    bool takes_arrays;           /* of parameters */
    bool takes_compounds;        /* several statements prepared as one */
    bool is_described;           /* what the server says of tables and views is known word by word */
};

extern const struct mysql_dialect mysql_dialect_mariadb;
extern const struct mysql_dialect mysql_dialect_mysql;

const struct mysql_dialect *mysql_dialect_of(bool is_mariadb);

/* For tests: every connection made from now on speaks this one, whatever its server; NULL: its own again. Before any
 * thread is started. */
void mysql_dialect_force(const struct mysql_dialect *dialect);

/* A statement of a migration as it is sent. */
LEDGER_MUST_CHECK ledger_status mysql_dialect_fill(struct ledger_call *call, const struct mysql_dialect *dialect,
                                                   const char *sql, const char **ret_sql);

#endif
