/* The tree of the log as it is stored: nodes for proofs, from tiles and the open leaves of the head, at the cost of one
 * tile a level. Nothing here checks that tiles come from rows: verify does. */
#ifndef LEDGER_INTEGRITY_LOG_TREE_H
#define LEDGER_INTEGRITY_LOG_TREE_H

#include "domain/merkle_proof.h"
#include "store/store.h"

/* Inside a read unit; keeps the last tile of each level. */
struct log_tree;

/* In the call's memory. The head is that of the unit. */
LEDGER_MUST_CHECK ledger_status log_tree_new(struct ledger_call *call, struct store *store,
                                             const struct store_head *head, struct sha256 *sha256,
                                             struct log_tree **ret_tree);

/* For the functions of merkle_proof.h. LEDGER_DATABASE_IS_DAMAGED where a tile is missing. */
struct merkle_nodes log_tree_nodes(struct log_tree *tree);

#endif
