/* Ranges: the log in pieces of one segment, 65,536 positions, each of which a worker looks at for itself.
 *
 * A worker may read in a later state of the database than the whole does. What it reads stands below the log size of
 * the whole's head: such rows never change, but for what a later act writes into several of them in one unit of work,
 * so that within any one state all of it agrees (the status of a transaction that is reversed later, the texts of one
 * that is redacted later). What a later state has beyond that log size is not looked at.
 *
 * I1 What a range comes to depends on its rows and on the order that it begins with, and on nothing else: not on the
 *    other ranges, nor on which worker has it.
 * I2 A worker guesses the order that its range begins with from the rows just before. Where the range before ends with
 *    another, the range is looked at once more, with that; totals stay as they were added the first time. */
#ifndef LEDGER_INTEGRITY_VERIFY_RANGE_H
#define LEDGER_INTEGRITY_VERIFY_RANGE_H

#include "integrity/verify_state.h"

enum { RANGE_EVENTS = 1 << STORE_SEGMENT_BITS };

/* What a range came to. All of it lives in its arena. */
struct range_result {
    struct arena arena;
    struct verify_order end;
    struct verify_sums sums;
    struct log_range log;
    struct verify_correction *corrections;
    size_t corrections_count;
    int64_t *doubts; /* reversals that the whole has to look at */
    size_t doubts_count;
};

/* The ranges of the run, and where one begins and ends. */
int64_t range_count(const struct verify *whole);
int64_t range_begin(const struct verify *whole, int64_t range);
int64_t range_end(const struct verify *whole, int64_t range);

/* A worker with a session of its own, or that of the whole. It lives in the memory of the call. */
LEDGER_MUST_CHECK ledger_status range_worker_new(struct ledger_call *call, struct session *session,
                                                 struct verify *whole, struct verify **ret_worker);
void range_worker_done(struct verify *worker);

/* The order that the range begins with, by the rows before it. */
LEDGER_MUST_CHECK ledger_status range_guess(struct verify *worker, int64_t from_log_index,
                                            struct verify_order *ret_order);
bool range_orders_agree(const struct verify_order *left, const struct verify_order *right);

/* Looks at a range; its findings go to the worker's sink. The result is begun anew. */
LEDGER_MUST_CHECK ledger_status range_run(struct verify *worker, int64_t from_log_index, int64_t before_log_index,
                                          const struct verify_order *begin, bool adds_totals,
                                          struct range_result *result);

/* The whole takes an item of a range as it comes, and what it came to when it is over. */
LEDGER_MUST_CHECK ledger_status range_take_item(struct verify *whole, const struct verify_item *item);
LEDGER_MUST_CHECK ledger_status range_take(struct verify *whole, int64_t before_log_index,
                                           const struct range_result *result);

/* The whole takes what a worker counted of accounts. */
void range_take_accounts(struct verify *whole, struct verify *worker);

#endif
