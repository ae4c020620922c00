/* What a database must do for us. A driver knows no noun of the ledger: it opens, keeps units of work, runs named
 * queries with typed values, inserts rows in bulk by the database's fastest way, and steps cursors.
 *
 * Drivers stand around drivers too (faults, tracing): they have the same slots and pass on.
 *
 * I1 Between begin(WRITE) and commit or rollback, no other process writes to the same ledger. A unit of WRITE_AHEAD may
 *    find at its commit that one did, and then keeps nothing.
 * I2 A read unit of work sees one state of the database from its first query to its end.
 * I3 When a slot fails inside a unit of work, the unit can only be rolled back.
 * I4 How an amount, a time, a day or a symbol is kept is the driver's secret. */
#ifndef LEDGER_STORE_DRIVER_H
#define LEDGER_STORE_DRIVER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/call.h"
#include "queries.h" /* generated from src/store/sql: enum query_id, struct query_definition */

enum value_type {
    VALUE_NULL,
    VALUE_INTEGER,
    VALUE_AMOUNT, /* hundredths */
    VALUE_TIME,   /* microseconds of UTC */
    VALUE_DAY,    /* days since 1970-01-01 */
    VALUE_TEXT,
    VALUE_SYMBOL, /* a text that repeats in many rows */
    VALUE_BLOB,
};

/* One typed value, in or out. The bytes of a text or blob read from a cursor live until its next step. */
struct value {
    enum value_type type;
    union {
        int64_t integer;         /* INTEGER, AMOUNT, TIME, DAY */
        struct ledger_text text; /* TEXT, SYMBOL, BLOB */
    };
};

static inline struct value value_null(void)
{
    return (struct value){.type = VALUE_NULL};
}

static inline struct value value_integer(int64_t integer)
{
    return (struct value){.type = VALUE_INTEGER, .integer = integer};
}

static inline struct value value_amount(int64_t amount_minor)
{
    return (struct value){.type = VALUE_AMOUNT, .integer = amount_minor};
}

static inline struct value value_time(int64_t time_us)
{
    return (struct value){.type = VALUE_TIME, .integer = time_us};
}

static inline struct value value_day(int32_t day)
{
    return (struct value){.type = VALUE_DAY, .integer = day};
}

/* An absent text becomes NULL. */
static inline struct value value_text(struct ledger_text text)
{
    return (struct value){.type = text.data == NULL ? VALUE_NULL : VALUE_TEXT, .text = text};
}

static inline struct value value_symbol(struct ledger_text text)
{
    return (struct value){.type = text.data == NULL ? VALUE_NULL : VALUE_SYMBOL, .text = text};
}

static inline struct value value_blob(const void *bytes, size_t size)
{
    return (struct value){.type = VALUE_BLOB, .text = {(const char *)bytes, size}};
}

/* UNIT_READ_THROUGH reads as UNIT_READ does, of much that is needed once: the driver keeps little of it in memory.
 *
 * UNIT_WRITE_AHEAD is for a writer who is most likely alone: no lock is waited for before the commit. The head is read
 * as the driver's last unit left it; the commit locks it, and fails with LEDGER_DATABASE_HAS_CONFLICT where it is
 * another by then. So whatever was read counts if the commit succeeds, and else nothing does: neither what the unit
 * refused nor what it failed with. A unit that turns out to be more than a small one fails with the same outcome where
 * that shows. */
enum unit_mode { UNIT_READ, UNIT_READ_THROUGH, UNIT_WRITE, UNIT_WRITE_AHEAD };

struct driver;
struct cursor;

/* Every slot is mandatory. All take a call first, fail with the database outcomes of status.def, and belong to one
 * thread at a time.
 *
 * Two outcomes of a slot inside a write unit say that nothing of the unit was kept and that it may be run again:
 * LEDGER_DATABASE_HAS_CONFLICT (a deadlock, a failed certification) and LEDGER_CONNECTION_IS_LOST (the next begin
 * connects anew). */
struct driver_operations {
    /* Begins a unit of work. For UNIT_WRITE it waits for other writers until the call's deadline:
     * LEDGER_DATABASE_IS_BUSY says who holds it. For UNIT_WRITE_AHEAD the commit does. */
    ledger_status (*begin)(struct ledger_call *call, struct driver *driver, enum unit_mode mode);

    /* Whether UNIT_WRITE_AHEAD is worth trying now. */
    bool (*can_write_ahead)(const struct driver *driver);

    /* Outside a unit of work: whether many large units will follow each other, for which the driver may keep a thread
     * of its own. At first they will not. Cannot fail. */
    void (*set_much)(struct driver *driver, bool writes_much);

    /* Makes a unit durable. LEDGER_OUTCOME_IS_UNKNOWN where it is not known whether it is; any other failure means that
     * nothing was kept. Either way the unit is over. */
    ledger_status (*commit)(struct ledger_call *call, struct driver *driver);

    /* Ends a unit without keeping anything. Cannot fail; harmless where none is open. */
    void (*rollback)(struct driver *driver);

    /* Runs a named query. `inputs` are as many as it declares. The rows come by `step`; at most 8 cursors at once. */
    ledger_status (*query)(struct ledger_call *call, struct driver *driver, enum query_id query,
                           const struct value *inputs, struct cursor **ret_cursor);

    /* Moves to the next row: its values, as many as the query declares outputs, live until the next step or close.
     * NULL after the last row. */
    ledger_status (*step)(struct ledger_call *call, struct driver *driver, struct cursor *cursor,
                          const struct value **ret_values);

    /* Gives a cursor back; NULL is allowed. */
    void (*close)(struct driver *driver, struct cursor *cursor);

    /* Runs a named query without rows once for each row of `rows`: `rows_count` times as many values as it declares
     * inputs, row by row. A driver may put it off until the next query or the commit, which then tells its failure. */
    ledger_status (*write)(struct ledger_call *call, struct driver *driver, enum query_id query,
                           const struct value *rows, size_t rows_count);

    /* What each object of the schema says now, against what was shipped: calls `found` for each difference. */
    ledger_status (*check_schema)(struct ledger_call *call, struct driver *driver,
                                  ledger_status (*found)(struct ledger_call *call, void *context,
                                                         const char *object_type, struct ledger_text object_name,
                                                         const char *difference),
                                  void *context);

    /* What keeps the ledger as it is, in the database's words: its guards, views, tables with their constraints,
     * indexes and modes. Calls `described` for each, always in the same order, and the same for everybody who may read
     * the ledger. The mark, one word in the call's memory, is another after every change of a guard, also after one
     * that was taken back. Inside a unit of work. */
    ledger_status (*describe_guards)(struct ledger_call *call, struct driver *driver,
                                     ledger_status (*described)(struct ledger_call *call, void *context,
                                                                const char *object_type, struct ledger_text object_name,
                                                                struct ledger_text definition),
                                     void *context, struct ledger_text *ret_mark);

    /* Has the database look through its own storage: pages, indexes, and values that break the constraints of their
     * column. Calls `found` for each fault, in its own words. Inside a unit of work. */
    ledger_status (*check_storage)(struct ledger_call *call, struct driver *driver,
                                   ledger_status (*found)(struct ledger_call *call, void *context,
                                                          struct ledger_text fault),
                                   void *context);

    /* What of the server's settings and of our privileges an operator should know: calls `found` for each, a sentence.
     */
    ledger_status (*check_server)(struct ledger_call *call, struct driver *driver,
                                  ledger_status (*found)(struct ledger_call *call, void *context,
                                                         struct ledger_text warning),
                                  void *context);

    /* The version of the schema, 0 where there is no ledger. LEDGER_VERSION_IS_UNSUPPORTED where a later program made
     * it. */
    ledger_status (*schema_version)(struct ledger_call *call, struct driver *driver, int64_t *ret_version);

    /* Brings an empty database to the newest version and leaves the write unit open, for the first rows.
     * LEDGER_EXISTS_ALREADY. */
    ledger_status (*create_schema)(struct ledger_call *call, struct driver *driver);

    /* Sees to it that what was overwritten stands in no file of the database any more, as far as it can: outside a unit
     * of work. LEDGER_DATABASE_IS_BUSY where somebody still reads what was. */
    ledger_status (*erase_traces)(struct ledger_call *call, struct driver *driver);

    void (*free)(struct driver *driver);
};

struct driver {
    const struct driver_operations *operations;
    const struct query_definition *queries; /* of its dialect, by query_id */
};

enum open_mode {
    OPEN_EXISTING,
    OPEN_READ_ONLY,
    OPEN_CREATE, /* also where nothing is there yet */
};

/* How to open. Absent texts and zeros mean the default. The texts need not outlive the opening. */
struct driver_options {
    struct ledger_text uri;
    struct ledger_text password; /* where the URI has none; never shown */
    enum open_mode mode;
    uint32_t query_timeout_ms; /* of one statement on a server; 0: none */
};

/* Whether a value is of bytes: a text, symbol or blob. */
static inline bool value_has_bytes(const struct value *value)
{
    return value->type == VALUE_TEXT || value->type == VALUE_SYMBOL || value->type == VALUE_BLOB;
}

/* Opens the database of a URI by its scheme. */
LEDGER_MUST_CHECK ledger_status driver_open(struct ledger_call *call, const struct driver_options *options,
                                            struct driver **ret_driver);

/* The URI by which the same database is found wherever the program moves to, in the call's memory. */
LEDGER_MUST_CHECK ledger_status driver_resolve_uri(struct ledger_call *call, struct ledger_text uri,
                                                   struct ledger_text *ret_uri);

/* A URI as it may be shown: without a password, in the call's memory. */
LEDGER_MUST_CHECK ledger_status driver_show_uri(struct ledger_call *call, struct ledger_text uri,
                                                struct ledger_text *ret_shown);

void driver_free(struct driver *driver);

/* Puts a driver of the caller's around every driver opened from now on; NULL puts none. The wrapper owns the driver
 * that it is given. Before any thread is started. */
typedef struct driver *driver_wrapper(struct driver *inner, void *context);
void driver_wrap(driver_wrapper *wrap, void *context);

/* For drivers: a difference of the schema that check_schema found refuses the write that was to come. */
LEDGER_MUST_CHECK ledger_status driver_refuse_difference(struct ledger_call *call, void *context,
                                                         const char *object_type, struct ledger_text object_name,
                                                         const char *difference);

/* For drivers: room in a cursor for so many values. */
LEDGER_MUST_CHECK ledger_status driver_reserve_values(struct ledger_call *call, size_t count, struct value **values,
                                                      size_t *capacity);

/* For drivers: the list of values of an INSERT, with its parentheses: false where there is none, or where a parameter
 * stands outside it. */
bool driver_sql_find_values(const char *sql, struct ledger_text *ret_values);

/* Closes a cursor at the end of its scope. */
struct cursor_scope {
    struct driver *driver;
    struct cursor *cursor;
};
void cursor_scope_close(struct cursor_scope *scope);
#define CURSOR_SCOPE(name, driver_of_it)                                                                               \
    __attribute__((cleanup(cursor_scope_close))) struct cursor_scope name = {(driver_of_it), NULL}

#endif
