/* What the files of the MySQL and MariaDB driver share. */
#ifndef LEDGER_STORE_MYSQL_DRIVER_H
#define LEDGER_STORE_MYSQL_DRIVER_H

#include "store/mysql_ahead.h"
#include "store/mysql_compound.h"
#include "store/mysql_connection.h"
#include "store/mysql_deferred.h"
#include "store/mysql_dialect.h"
#include "store/mysql_statement.h"

enum { MYSQL_CURSORS_MAX = 8 };

struct cursor {
    struct mysql_statement *statement; /* NULL: free */
    const struct query_definition *definition;
    struct value *values;
    size_t values_capacity;
    bool is_known_head; /* its row is in `values`, from no statement */
    bool is_given;      /* … and was given */
};

struct mysql_driver {
    struct driver base;
    struct mysql_connection connection;
    char *uri; /* what a second connection is made from */
    char *password;
    bool is_read_only;
    bool in_unit;
    bool in_write_unit;
    bool is_ahead; /* the unit: nothing of it has gone to the server yet */
    bool has_creation_lock;
    bool sends_no_arrays; /* as to a server that is not MariaDB; set by tests */
    uint64_t generation;  /* of the connection that everything below belongs to */
    const struct mysql_dialect *dialect;
    bool guards_are_checked; /* the triggers were found to be as shipped */
    struct mysql_statement statements[QUERY_COUNT];
    struct mysql_statement groups[QUERY_COUNT]; /* the same for many rows */
    struct cursor cursors[MYSQL_CURSORS_MAX];
    struct mysql_statement head;    /* HEAD_GET, FOR UPDATE: open from the lock until it is asked for */
    int64_t lock_wait_s;            /* that the session knows of; 0: it has not been told */
    struct mysql_deferred deferred; /* writes of the unit that the server has not seen yet */
    struct mysql_compounds compounds;
    struct mysql_ahead ahead;
};

/* Makes the connection ready for a unit, and forgets what belonged to an earlier one. */
LEDGER_MUST_CHECK ledger_status mysql_driver_ready(struct ledger_call *call, struct mysql_driver *driver,
                                                   enum unit_mode mode);

/* Runs one or several statements of text, and throws their rows away. */
LEDGER_MUST_CHECK ledger_status mysql_run(struct ledger_call *call, struct mysql_connection *connection,
                                          const char *sql, const char *doing);

/* Runs one statement of text for its rows, all of which are in memory afterwards. The caller frees them. */
LEDGER_MUST_CHECK ledger_status mysql_run_rows(struct ledger_call *call, struct mysql_connection *connection,
                                               const char *sql, const char *doing, MYSQL_RES **ret_rows);

/* Frees rows at the end of their scope. */
void mysql_rows_free(MYSQL_RES **rows);
#define MYSQL_ROWS(name) __attribute__((cleanup(mysql_rows_free))) MYSQL_RES *name = NULL

/* mysql_schema.c, mysql_schema_check.c: the shape of the database. */
LEDGER_MUST_CHECK ledger_status mysql_schema_version(struct ledger_call *call, struct driver *driver,
                                                     int64_t *ret_version);
LEDGER_MUST_CHECK ledger_status mysql_schema_create(struct ledger_call *call, struct driver *driver);

typedef ledger_status mysql_schema_found(struct ledger_call *call, void *context, const char *object_type,
                                         struct ledger_text object_name, const char *difference);
LEDGER_MUST_CHECK ledger_status mysql_schema_check(struct ledger_call *call, struct driver *driver,
                                                   mysql_schema_found *found, void *context);

/* The differences that are told. */
#define MYSQL_SCHEMA_IS_MISSING "is missing"
#define MYSQL_SCHEMA_DIFFERS "is not as shipped"
#define MYSQL_SCHEMA_IS_FOREIGN "is not part of a ledger"

/* Tables and views alone. */
LEDGER_MUST_CHECK ledger_status mysql_schema_check_tables(struct ledger_call *call, struct mysql_driver *driver,
                                                          mysql_schema_found *found, void *context);

/* The triggers alone, as every user of a role can see them. */
LEDGER_MUST_CHECK ledger_status mysql_schema_check_guards(struct ledger_call *call, struct mysql_driver *driver,
                                                          mysql_schema_found *found, void *context);

typedef ledger_status mysql_guard_described(struct ledger_call *call, void *context, const char *object_type,
                                            struct ledger_text object_name, struct ledger_text definition);
LEDGER_MUST_CHECK ledger_status mysql_describe_guards(struct ledger_call *call, struct driver *driver,
                                                      mysql_guard_described *described, void *context,
                                                      struct ledger_text *ret_mark);

/* mysql_server.c: its storage, and the settings of its server. */
typedef ledger_status mysql_text_found(struct ledger_call *call, void *context, struct ledger_text text);
LEDGER_MUST_CHECK ledger_status mysql_storage_check(struct ledger_call *call, struct driver *driver,
                                                    mysql_text_found *found, void *context);
LEDGER_MUST_CHECK ledger_status mysql_server_check(struct ledger_call *call, struct driver *driver,
                                                   mysql_text_found *found, void *context);

#endif
