/* Moves SQLite's write-ahead log into the database beside a writer of much, who would else stand still for it.
 *
 * I1 It moves what is committed, as far as no reader needs the log (a PASSIVE checkpoint): so it needs no lock of ours,
 *    and what it does not get done, or fails at, is left to the next.
 * I2 It never empties the log nor begins it anew: that is for whoever holds the writers' lock. */
#ifndef LEDGER_STORE_SQLITE_CHECKPOINTER_H
#define LEDGER_STORE_SQLITE_CHECKPOINTER_H

#include <stdbool.h>

struct sqlite_checkpointer;

/* A thread with a connection of its own. NULL where one of them is not to be had: then there is none beside. */
struct sqlite_checkpointer *sqlite_checkpointer_new(const char *path);

/* Waits for what it is doing. NULL is allowed. */
void sqlite_checkpointer_free(struct sqlite_checkpointer *checkpointer);

/* Has it move what is in the log now. */
void sqlite_checkpointer_begin(struct sqlite_checkpointer *checkpointer);

/* Whether it still moves. */
bool sqlite_checkpointer_is_at_work(struct sqlite_checkpointer *checkpointer);

#endif
