/* The lease of a cluster: the one row of writer_lease names the node that takes postings, and whoever writes goes
 * there.
 *
 * I1 The lease moves only by its term: of several that take it at once, one does, and the others read again.
 * I2 It is taken from a node only after that node could not be reached, or was not fit, within a second; and only for a
 *    node of the primary component.
 * I3 It keeps writers out of each other's way and no more. What two nodes commit at once, certification decides. */
#ifndef LEDGER_STORE_MYSQL_LEASE_H
#define LEDGER_STORE_MYSQL_LEASE_H

#include "store/mysql_connection.h"

/* Makes a connected connection stand at the holder of the lease, or take it, by the deadline (monotonic_ms). Where
 * there is no such table yet, it stays where it is. Database outcomes; LEDGER_DATABASE_IS_BUSY where the lease kept
 * moving. */
LEDGER_MUST_CHECK ledger_status mysql_lease_follow(struct ledger_call *call, struct mysql_connection *connection,
                                                   int64_t deadline_ms);

#endif
