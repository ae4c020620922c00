/* Units of work of one shape, each prepared as one statement: what was put off of it, and COMMIT. To take a statement
 * apart costs a server more than to run it, so that postings that come again and again go without.
 *
 * A compound statement (BEGIN NOT ATOMIC … END, MariaDB's) ends at the first of its statements that fails, as several
 * statements in one message do; statements sent one behind the other would not.
 *
 * A unit that goes ahead (mysql_ahead.h) is all in its compound: begun, its head replaced if that is as it was known,
 * else rolled back with MYSQL_ERROR_HEAD_HAS_MOVED.
 *
 * I1 Only a shape that was there before is prepared: a program that posts once sends text.
 * I2 There are never more than MYSQL_COMPOUNDS_MAX: the one that was not used for longest makes room. */
#ifndef LEDGER_STORE_MYSQL_COMPOUND_H
#define LEDGER_STORE_MYSQL_COMPOUND_H

#include "store/mysql_deferred.h"
#include "store/mysql_failure.h"
#include "store/mysql_values.h"

enum { MYSQL_COMPOUNDS_MAX = 16 };

/* What stands around the writes of a unit. Of one that goes ahead the first of them is HEAD_REPLACE. */
extern const struct mysql_frame mysql_frame_under_lock;
extern const struct mysql_frame mysql_frame_ahead;

struct mysql_compound_part {
    const struct query_definition *definition;
    size_t rows_count;
};

struct mysql_compound {
    struct mysql_compound_part parts[MYSQL_DEFERRED_WRITES_MAX];
    size_t parts_count; /* 0: free */
    uint64_t used;      /* the higher, the later */
    MYSQL_STMT *handle; /* NULL: not prepared on this connection */
    struct mysql_input *inputs;
    MYSQL_BIND *parameters;
};

struct mysql_compounds {
    struct mysql_compound all[MYSQL_COMPOUNDS_MAX];
    uint64_t uses;
};

/* The one of the shape of what was put off; NULL where that came for the first time. */
struct mysql_compound *mysql_compound_find(struct mysql_compounds *compounds, const struct mysql_deferred *deferred);

/* Prepares it unless it is: units of its shape have all the same frame. */
LEDGER_MUST_CHECK ledger_status mysql_compound_prepare(struct ledger_call *call, struct mysql_connection *connection,
                                                       const struct mysql_frame *frame,
                                                       struct mysql_compound *compound);

/* Runs it with the rows that were put off, COMMIT included; false where it failed, as its handle says. */
bool mysql_compound_run(struct mysql_compound *compound, const struct mysql_deferred *deferred);

/* Drops what was prepared: the connection is another. */
void mysql_compounds_forget(struct mysql_compounds *compounds);

#endif
