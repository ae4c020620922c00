/* The head as the last unit of a connection left it, for units that lock it only with their commit (UNIT_WRITE_AHEAD):
 * a writer who is alone then waits for the server once a unit.
 *
 * I1 Nothing rests on it but the hope to be right: what is written from it is committed only where the head in the
 *    database is the same in every column, found so under its lock (head_replace). The frontier among them commits to
 * the whole log, so it is the same log, and the same rules, freeze and numbers. I2 After a unit that came too late so
 * many take the lock first: who shares a ledger with other writers pays for finding out once in so many. */
#ifndef LEDGER_STORE_MYSQL_AHEAD_H
#define LEDGER_STORE_MYSQL_AHEAD_H

#include "store/driver.h"

enum {
    MYSQL_FRONTIER_BYTES = 2048, /* as the column has it */
    MYSQL_AHEAD_REST_UNITS = 16,
};

struct mysql_known_head {
    struct value values[HEAD_GET_OUTS]; /* as HEAD_GET would give them */
    char frontier[MYSQL_FRONTIER_BYTES];
};

struct mysql_ahead {
    struct mysql_known_head known;
    struct mysql_known_head noted; /* as the unit that is open writes it */
    bool is_known;
    bool is_noted;
    unsigned rest_units; /* that are still to take the lock first */
};

/* Whether a unit may go ahead. */
static inline bool mysql_ahead_is_ready(const struct mysql_ahead *ahead)
{
    return ahead->is_known && ahead->rest_units == 0;
}

/* Notes what a unit writes: a row of HEAD_UPDATE. */
void mysql_ahead_note(struct mysql_ahead *ahead, const struct value *row);

/* The row of HEAD_REPLACE: what was noted in place of what is known. It lives until the next note. */
void mysql_ahead_fill_replacement(const struct mysql_ahead *ahead, struct value *ret_row);

/* The unit is committed: what was noted is known. */
void mysql_ahead_keep(struct mysql_ahead *ahead);

/* The unit was not committed, or the connection is another. */
void mysql_ahead_forget(struct mysql_ahead *ahead);

/* The unit came too late (I2). */
void mysql_ahead_rest(struct mysql_ahead *ahead);

#endif
