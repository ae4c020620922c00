/* A driver around a driver that fails by a plan: a chosen call of a chosen slot, with a chosen outcome, once or from
 * then on. It counts the calls, so that a test can first count them and then fail each.
 *
 * I1 What a failing call did before it failed is what a database may have done: a write has written half of its rows, a
 *    commit has kept everything or nothing as the plan says, anything else has done nothing.
 * I2 rollback, close and free never fail and are not counted. */
#ifndef LEDGER_SUPPORT_DRIVER_FAULT_H
#define LEDGER_SUPPORT_DRIVER_FAULT_H

#include "store/driver.h"

struct driver_fault_plan {
    uint64_t fail_at;             /* the call that fails, from 1; 0: none does */
    bool counts_commits_only;     /* `fail_at` is a commit, and no other slot is counted */
    bool counts_write_units_only; /* … or a call within a write unit, its begin and its commit among them */
    bool keeps_what_it_committed; /* a commit that fails has been made all the same */
    bool stays_down;              /* the calls after it fail too … */
    uint64_t down_calls_max;      /* … so many of them; 0: all */
    ledger_status outcome;        /* of the call that fails … */
    ledger_status outcome_after;  /* … and of those after it, where it stays down */
    uint64_t calls_count;         /* made so far, by every driver that is opened under the plan */
    uint64_t down_calls_count;
    uint64_t ahead_units_count; /* begun ahead of the lock */
    bool has_failed;
};

/* Every driver opened from now on follows the plan, which outlives it; NULL: those opened from now on are bare. */
void driver_fault_install(struct driver_fault_plan *plan);

#endif
