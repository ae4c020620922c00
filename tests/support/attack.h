/* Attacks by somebody with full write access to the database, the schema before him and our own library at hand: who
 * does not only alter history but makes everything right that follows from it, so that nothing in the database
 * contradicts it any more.
 *
 * I1 After an attack the ledger verifies as sound, for all that stands in its database.
 * I2 Guards stand as they did; what no attack can touch is a checkpoint that somebody else keeps.
 *
 * Nobody else has the ledger open meanwhile. What fails ends the program. */
#ifndef LEDGER_SUPPORT_ATTACK_H
#define LEDGER_SUPPORT_ATTACK_H

#include <stdint.h>

#include "base/call.h"

/* Makes all hashes of entries, transactions and events again from the rows as they stand, the tiles of the log, its
 * head, numbers, balances, totals and account lists. */
void attack_recompute(const char *uri);

/* Gives both entries of a transaction another amount, in decimals, and makes everything right. */
void attack_rewrite_amount(const char *uri, int64_t log_index, struct ledger_text amount);

/* Cuts the log to its first `log_size` events, with all that the others made. */
void attack_truncate(const char *uri, int64_t log_size);

/* Cuts the log and posts the transactions that were cut anew, at their own instants and by the same people, each with
 * entries higher by 1.00; as many events come of it at least as there were. */
void attack_repost(const char *uri, int64_t log_size);

/* Takes a transaction out of the middle, and closes the gap that it leaves in positions and numbers. */
void attack_remove(const char *uri, int64_t log_index);

/* Deletes the checkpoints in the database of logs of that size and more. */
void attack_remove_checkpoints(const char *uri, int64_t from_log_size);

/* Signs every checkpoint in the database anew, of the log as it is, with the private key in a file, and has the log
 * name that key from its first one on: who verifies by what the log says finds all in order. */
void attack_sign_checkpoints(const char *uri, const char *key_path);

#endif
