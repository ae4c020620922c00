/* The work of a run, done by several threads: tasks in an order, each by whichever worker is free, and taken by the
 * whole one after the other in just that order.
 *
 * First come the tasks that go through whole tables, then the ranges of the log. The thread of the caller only takes
 * and tells; where there is one worker alone, it is that thread itself, with the session of the whole.
 *
 * I1 What is told, and in which order, does not depend on how many workers there are.
 * I2 Findings that wait to be told are bounded: a worker whose findings nobody can take yet waits. The one whose turn
 * it is never waits for another worker. */
#ifndef LEDGER_INTEGRITY_VERIFY_TEAM_H
#define LEDGER_INTEGRITY_VERIFY_TEAM_H

#include "integrity/verify_range.h"

/* Does all tasks, on so many threads; 0: as many as the machine has cores. Where the run has a state file, nothing new
 * is begun now and then until all that was begun is taken: then what all workers counted is of the ranges taken, and of
 * no other, and can be saved. */
LEDGER_MUST_CHECK ledger_status team_run(struct verify *whole, unsigned asked);

#endif
