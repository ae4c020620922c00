/* The texts of proofs: checkpoints (C2SP tlog-checkpoint), inclusion proofs (C2SP tlog-proof), and consistency proofs
 * as witnesses take them (C2SP tlog-witness, add-checkpoint).
 *
 * A checkpoint of ours has the origin "ledger/<ledger_id>/<epoch>", the size of the log, its root, and the extension
 * lines "time <RFC 3339>", "guards sha256:<hex>" (of what the guards, views, constraints and modes of the database
 * say), "guards-changed <word>" (a mark of the database that is another after every change of them, also one that was
 * taken back) and "grants sha256:<hex>" (of what lets accounts reach the database). Lines that are not known are kept
 * and ignored. */
#ifndef LEDGER_DOMAIN_CHECKPOINT_TEXT_H
#define LEDGER_DOMAIN_CHECKPOINT_TEXT_H

#include "domain/merkle_proof.h"

struct checkpoint_text {
    struct ledger_text origin;
    uint64_t log_size;
    struct sha256_hash root;
    bool has_time;
    int64_t time_us;
    bool has_guards;
    struct sha256_hash guards;
    struct ledger_text guards_changed; /* absent where the database has no such mark */
    bool has_grants;                   /* false too where the signer's account may not read them */
    struct sha256_hash grants;
};

/* "ledger/<ledger_id>/<epoch>", in the call's memory, and back: false where the origin is none of ours. */
LEDGER_MUST_CHECK ledger_status checkpoint_origin_format(struct ledger_call *call, struct ledger_text ledger_id,
                                                         int64_t epoch, struct ledger_text *ret_origin);
bool checkpoint_origin_parse(struct ledger_text origin, struct ledger_text *ret_ledger_id, int64_t *ret_epoch);

/* The text that is signed, in the call's memory. */
LEDGER_MUST_CHECK ledger_status checkpoint_text_format(struct ledger_call *call,
                                                       const struct checkpoint_text *checkpoint,
                                                       struct ledger_text *ret_text);

/* Reads the text of a note. LEDGER_PROOF_IS_INVALID says what is wrong; texts are views into it. */
LEDGER_MUST_CHECK ledger_status checkpoint_text_parse(struct ledger_call *call, struct ledger_text text,
                                                      struct checkpoint_text *ret_checkpoint);

/* "c2sp.org/tlog-proof@v1": index, proof and signed checkpoint in one text, in the call's memory. */
LEDGER_MUST_CHECK ledger_status tlog_proof_format(struct ledger_call *call, uint64_t index,
                                                  const struct merkle_proof *proof, struct ledger_text checkpoint_note,
                                                  struct ledger_text *ret_text);

/* Takes one apart; the note is a view into it. Extra data is read over. LEDGER_PROOF_IS_INVALID. */
LEDGER_MUST_CHECK ledger_status tlog_proof_parse(struct ledger_call *call, struct ledger_text text, uint64_t *ret_index,
                                                 struct merkle_proof *ret_proof,
                                                 struct ledger_text *ret_checkpoint_note);

/* "old <size>", the consistency proof and the newer signed checkpoint in one text, in the call's memory, and back. */
LEDGER_MUST_CHECK ledger_status consistency_proof_format(struct ledger_call *call, uint64_t old_size,
                                                         const struct merkle_proof *proof,
                                                         struct ledger_text checkpoint_note,
                                                         struct ledger_text *ret_text);
LEDGER_MUST_CHECK ledger_status consistency_proof_parse(struct ledger_call *call, struct ledger_text text,
                                                        uint64_t *ret_old_size, struct merkle_proof *ret_proof,
                                                        struct ledger_text *ret_checkpoint_note);

#endif
