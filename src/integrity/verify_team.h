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

struct team;

/* The threads that a run uses where so many are asked for; 0: as the machine has cores. */
unsigned team_threads(unsigned asked);

/* Does all tasks. `after_range` is called when the whole has taken a range, with its end; where it asks for it by
 * team_settle, what all workers counted so far is of the ranges taken, and of no other. */
LEDGER_MUST_CHECK ledger_status team_run(struct verify *whole, unsigned threads);

#endif
