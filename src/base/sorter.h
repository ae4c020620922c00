/* A stable sort of records of any number: by a key of 64 bits, ascending, and those of one key in the order in which
 * they came.
 *
 * What fits stays in memory. What does not is sorted piece by piece by a thread of its own while the next piece
 * gathers, kept in a scratch file as runs, and merged while it is read.
 *
 * I1 However many records there are, memory stays below SORTER_MEMORY_MAX, but for a record that is larger than a piece
 *    by itself. */
#ifndef LEDGER_BASE_SORTER_H
#define LEDGER_BASE_SORTER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/call.h"

enum {
    SORTER_PIECE_BYTES = 4 * 1024 * 1024, /* of records, sorted in memory */
    SORTER_RUNS_MAX = 64,                 /* of one level, before they are merged into one */
    SORTER_MEMORY_MAX = 20 * 1024 * 1024,
};

struct sorter;

/* `piece_bytes` as above, or less for tests. One thread uses it. LEDGER_OUT_OF_MEMORY. */
LEDGER_MUST_CHECK ledger_status sorter_new(struct ledger_call *call, size_t piece_bytes, struct sorter **ret_sorter);

/* NULL is allowed. */
void sorter_free(struct sorter *sorter);

/* Adds a record of `size` bytes, for the caller to fill before anything else is asked; aligned for any type.
 * LEDGER_FILE_IS_UNREADABLE where there is no space for what does not fit into memory, LEDGER_OUT_OF_MEMORY; as of all
 * of them. */
LEDGER_MUST_CHECK ledger_status sorter_add(struct ledger_call *call, struct sorter *sorter, uint64_t key, size_t size,
                                           void **ret_record);

/* Ends the adding; once. */
LEDGER_MUST_CHECK ledger_status sorter_finish(struct ledger_call *call, struct sorter *sorter);

/* After the finish: the next record, which lives until the one after it is asked for; aligned for any type. NULL after
 * the last. */
LEDGER_MUST_CHECK ledger_status sorter_next(struct ledger_call *call, struct sorter *sorter, uint64_t *ret_key,
                                            const void **ret_record, size_t *ret_size);

/* Whether anything had to go into a file. */
bool sorter_used_file(const struct sorter *sorter);

#endif
