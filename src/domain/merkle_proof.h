/* Proofs in the hash tree of RFC 6962: inclusion (section 2.1.1) and consistency (section 2.1.2), made from the nodes
 * of full subtrees, and checked without the tree.
 *
 * I1 A proof of a tree of n leaves has at most MERKLE_PROOF_MAX hashes, and asks for O(log n) nodes.
 * I2 Checking accepts exactly what the recursive definitions give, and no hash more or less. */
#ifndef LEDGER_DOMAIN_MERKLE_PROOF_H
#define LEDGER_DOMAIN_MERKLE_PROOF_H

#include "base/call.h"
#include "domain/merkle.h"

enum { MERKLE_PROOF_MAX = 2 * MERKLE_FRONTIER_MAX };

struct merkle_proof {
    size_t count;
    struct sha256_hash hashes[MERKLE_PROOF_MAX]; /* in the order of the RFC */
};

/* Where the nodes come from: the root of the full subtree of 2^level leaves that begins with leaf index * 2^level. */
struct merkle_nodes {
    ledger_status (*get)(struct ledger_call *call, void *context, unsigned level, uint64_t index,
                         struct sha256_hash *ret_hash);
    void *context;
    struct sha256 *sha256;
};

/* The root of the first `size` leaves. */
LEDGER_MUST_CHECK ledger_status merkle_root_of(struct ledger_call *call, const struct merkle_nodes *nodes,
                                               uint64_t size, struct sha256_hash *ret_root);

/* That leaf `index` is in the tree of the first `size` leaves; index < size. */
LEDGER_MUST_CHECK ledger_status merkle_prove_inclusion(struct ledger_call *call, const struct merkle_nodes *nodes,
                                                       uint64_t index, uint64_t size, struct merkle_proof *ret_proof);

/* That the tree of `old_size` leaves is a prefix of that of `size`; old_size <= size. Empty where one of them is empty
 * or both are the same. */
LEDGER_MUST_CHECK ledger_status merkle_prove_consistency(struct ledger_call *call, const struct merkle_nodes *nodes,
                                                         uint64_t old_size, uint64_t size,
                                                         struct merkle_proof *ret_proof);

/* Whether the proof leads from the leaf to the root, from the old root to the new. */
bool merkle_check_inclusion(struct sha256 *sha256, const struct merkle_proof *proof, uint64_t index, uint64_t size,
                            const struct sha256_hash *leaf, const struct sha256_hash *root);
bool merkle_check_consistency(struct sha256 *sha256, const struct merkle_proof *proof, uint64_t old_size, uint64_t size,
                              const struct sha256_hash *old_root, const struct sha256_hash *root);

#endif
