/* The account lists of a segment of the log, made when it is full.
 *
 * They are gathered while its transactions are posted, so that a writer who posted the whole segment need not read it
 * again under the lock. What was gathered is a shortcut and no more: without it the entries are read.
 *
 * I1 What is gathered is all that the segment holds: where another writer comes between, or a unit of work is not
 *    committed, it is dropped, and gathering begins anew with the next segment. */
#ifndef LEDGER_ENGINE_SEGMENT_LISTS_H
#define LEDGER_ENGINE_SEGMENT_LISTS_H

#include "base/arena.h"
#include "ledger/transaction.h"
#include "store/store.h"

struct growing_list;

/* By account id, in open addressing. */
struct growing_lists {
    struct growing_list *lists;
    size_t capacity; /* a power of two */
    size_t count;
};

/* Of a session. */
struct segment_lists {
    struct arena arena;
    struct growing_lists lists;
    int64_t segment;    /* whose lists are gathered; -1: none */
    int64_t sealed_end; /* behind the last segment that the unit at hand has sealed already */
    int64_t known_from; /* the log position from which on everything was posted by this session … */
    int64_t known_end;  /* … up to here; -1 while a unit is not committed */
    size_t entries_count;
};

void segment_lists_init(struct segment_lists *lists);
void segment_lists_done(struct segment_lists *lists);

/* A unit of work begins at the end of the log. */
void segment_lists_begin(struct segment_lists *lists, int64_t log_size);

/* Transactions that the unit has just inserted, in the order of their places. A segment that ends among them is sealed.
 * Database outcomes, LEDGER_OUT_OF_MEMORY. */
LEDGER_MUST_CHECK ledger_status segment_lists_add(struct ledger_call *call, struct segment_lists *lists,
                                                  struct store *store,
                                                  const struct ledger_transaction_record *const *transactions,
                                                  size_t count);

/* Makes and stores the lists of a segment that the unit has made full, unless that is done. */
LEDGER_MUST_CHECK ledger_status segment_lists_seal(struct ledger_call *call, struct segment_lists *lists,
                                                   struct store *store, int64_t segment);

/* The unit was committed with the log so long. */
void segment_lists_commit(struct segment_lists *lists, int64_t log_size);

#endif
