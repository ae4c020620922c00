/* The SQLite driver's own border: opened by driver_open for sqlite:// URIs. */
#ifndef LEDGER_STORE_DRIVER_SQLITE_H
#define LEDGER_STORE_DRIVER_SQLITE_H

#include <sqlite3.h>

#include "store/driver.h"
#include "store/sqlite_lock.h"
#include "store/sqlite_symbols.h"

enum {
    SQLITE_CURSORS_MAX = 8,
    SQLITE_APPLICATION_ID = 0x4c454447, /* what identifies our files to file(1) and to us: "LEDG" */
};

struct cursor {
    struct sqlite_driver *driver;
    sqlite3_stmt *statement; /* NULL: free */
    const struct query_definition *definition;
    struct value *values;
    size_t values_capacity;
};

enum { SQLITE_GROUP_SIZES = 2 };

/* A statement for many rows; see sqlite_group.h. */
struct sqlite_group {
    sqlite3_stmt *statement;
    struct sqlite_bound *bound; /* what each of its parameters holds */
};

struct sqlite_driver {
    struct driver base;
    sqlite3 *connection;
    struct sqlite_lock lock;
    struct sqlite_symbols symbols;
    char *path;
    char *lock_path;
    int cache_kib;
    bool checks_are_off;
    bool is_read_only;
    bool in_unit;
    bool in_write_unit;
    bool is_doubtful; /* a commit of ours had an unknown outcome, and nothing was committed since */
    bool writes_much;
    struct sqlite_checkpointer *checkpointer; /* while it writes much; NULL: none is beside */
    bool was_moved_beside;                    /* the log, last; what came since is to be moved here */
    int wal_pages;                            /* in the write-ahead log after our last commit */
    int64_t checked_schema;                   /* schema cookie that was found to be as shipped; -1 none yet */
    sqlite3_stmt *begin_read;
    sqlite3_stmt *begin_write;
    sqlite3_stmt *commit;
    sqlite3_stmt *rollback;
    sqlite3_stmt *schema_cookie;
    sqlite3_stmt *statements[QUERY_COUNT];
    struct sqlite_group groups[QUERY_COUNT][SQLITE_GROUP_SIZES];
    struct cursor cursors[SQLITE_CURSORS_MAX];
};

LEDGER_MUST_CHECK ledger_status driver_sqlite_open(struct ledger_call *call, struct ledger_text uri,
                                                   enum open_mode mode, struct driver **ret_driver);

/* See driver_resolve_uri: a relative path is one of the directory that the program is in now. */
LEDGER_MUST_CHECK ledger_status driver_sqlite_resolve_uri(struct ledger_call *call, struct ledger_text uri,
                                                          struct ledger_text *ret_uri);

/* Turns SQLite's result code into an outcome, with its message and what we were doing. */
LEDGER_MUST_CHECK ledger_status sqlite_fail(struct ledger_call *call, struct sqlite_driver *driver, int code,
                                            const char *doing);

/* Prepares a statement, unless it is prepared already. */
LEDGER_MUST_CHECK ledger_status sqlite_prepare(struct ledger_call *call, struct sqlite_driver *driver, const char *sql,
                                               sqlite3_stmt **statement);

/* Whether CHECK constraints are looked at: when rows are written, and by SQLite's own check of the database. */
LEDGER_MUST_CHECK ledger_status sqlite_set_checks(struct ledger_call *call, struct sqlite_driver *driver,
                                                  bool are_checked);

/* Before a unit begins: prepares what will end it. */
LEDGER_MUST_CHECK ledger_status sqlite_prepare_ends(struct ledger_call *call, struct sqlite_driver *driver);

/* sqlite_schema.c: the shape of the database. */
LEDGER_MUST_CHECK ledger_status sqlite_schema_version(struct ledger_call *call, struct driver *driver,
                                                      int64_t *ret_version);
LEDGER_MUST_CHECK ledger_status sqlite_schema_create(struct ledger_call *call, struct driver *driver);
LEDGER_MUST_CHECK ledger_status sqlite_schema_check(struct ledger_call *call, struct driver *driver,
                                                    ledger_status (*found)(struct ledger_call *call, void *context,
                                                                           const char *object_type,
                                                                           struct ledger_text object_name,
                                                                           const char *difference),
                                                    void *context);

LEDGER_MUST_CHECK ledger_status
sqlite_describe_guards(struct ledger_call *call, struct driver *driver,
                       ledger_status (*described)(struct ledger_call *call, void *context, const char *object_type,
                                                  struct ledger_text object_name, struct ledger_text definition),
                       void *context, struct ledger_text *ret_mark);

LEDGER_MUST_CHECK ledger_status sqlite_storage_check(struct ledger_call *call, struct driver *driver,
                                                     ledger_status (*found)(struct ledger_call *call, void *context,
                                                                            struct ledger_text fault),
                                                     void *context);

/* Runs statements without rows or inputs. */
LEDGER_MUST_CHECK ledger_status sqlite_run(struct ledger_call *call, struct sqlite_driver *driver, const char *sql,
                                           const char *doing);

#endif
