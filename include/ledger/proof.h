/* Proofs: that a transaction stands in the log that a checkpoint signs, that one log is the beginning of another, and
 * the check of both, which needs no database, no ledger and no trust in either. Formats: docs/PROOFS.md. */
#ifndef LEDGER_PROOF_H
#define LEDGER_PROOF_H

#include "ledger/ledger.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What is to be proved. Clear it, set `struct_size` to its size, then the rest. */
struct ledger_prove_options {
    size_t struct_size;
    struct ledger_text transaction; /* its id or number */
    struct ledger_text checkpoint;  /* the signed note to prove it by: what happened later is left out; absent: the
                                     * newest in the database, which has to cover all that concerns the transaction */
};

/* An evidence bundle, in the call's memory. */
struct ledger_evidence {
    struct ledger_text bundle; /* "ledger-evidence/1": canonical JSON and a line feed */
    struct ledger_text transaction_id;
    struct ledger_text transaction_number;
    struct ledger_text origin; /* of the checkpoint */
    int64_t log_size;          /* that it covers */
    size_t events_count;       /* proved besides the posting's own */
    bool has_reversal;         /* the transaction was reversed, and that is proved too */
};

/* Makes a self-contained bundle: the transaction with its entries and texts, every event that names it, its reversal,
 * inclusion proofs, and the checkpoint. It reads O(log n) tiles of the log. Nothing is given out that
 * ledger_check_proof would refuse.
 * LEDGER_TRANSACTION_NOT_FOUND, LEDGER_CHECKPOINT_NOT_FOUND (none covers it: make one), LEDGER_PROOF_IS_INVALID (the
 * checkpoint that was brought is none of this ledger's), LEDGER_LOG_IS_INCONSISTENT (the log is not the one that the
 * checkpoint signs), LEDGER_INTEGRITY_IS_VIOLATED (the rows are not what was recorded), database outcomes. */
LEDGER_PUBLIC LEDGER_MUST_CHECK ledger_status ledger_prove(struct ledger_call *call, struct ledger *ledger,
                                                           const struct ledger_prove_options *options,
                                                           struct ledger_evidence *ret_evidence);

/* A consistency proof, in the call's memory. */
struct ledger_consistency {
    struct ledger_text proof; /* "ledger-consistency/1": canonical JSON and a line feed */
    struct ledger_text old_origin;
    int64_t old_log_size;
    struct ledger_text origin;
    int64_t log_size;
};

/* Proves that the log of an old checkpoint, a signed note, is the beginning of the log of a newer one: `checkpoint`, or
 * where that is absent the newest in the database. LEDGER_LOG_IS_INCONSISTENT where it is not;
 * LEDGER_CHECKPOINT_NOT_FOUND where no newer one is there; otherwise as ledger_prove. */
LEDGER_PUBLIC LEDGER_MUST_CHECK ledger_status ledger_prove_consistency(struct ledger_call *call, struct ledger *ledger,
                                                                       struct ledger_text old_checkpoint,
                                                                       struct ledger_text checkpoint,
                                                                       struct ledger_consistency *ret_consistency);

/* What a checkpoint says, once its signature held. */
struct ledger_proven_checkpoint {
    struct ledger_text origin;
    struct ledger_text ledger_id; /* absent where the origin is of another kind of log */
    int64_t epoch;
    int64_t log_size;
    char root_hash[65];
    struct ledger_text time;           /* when it was signed, as it says itself; absent where it does not */
    char guards_digest[65];            /* "" where it does not say */
    struct ledger_text guards_changed; /* absent where it does not say */
    char grants_digest[65];            /* "" where it does not say */
    struct ledger_text verifier_key;   /* that it was signed with */
};

/* Facts as they stand in the hashed forms. Texts that do not apply are absent. */
struct ledger_proven_entry {
    struct ledger_text account_code;
    struct ledger_text entry_type; /* DEBIT or CREDIT */
    struct ledger_text amount;
    struct ledger_text currency;
    struct ledger_text cost_center;
    struct ledger_text business_unit;
    struct ledger_text project_code;
    struct ledger_text memo; /* absent too where the texts were erased */
};

struct ledger_proven_transaction {
    int64_t log_index;
    struct ledger_text transaction_id;
    struct ledger_text transaction_number;
    struct ledger_text transaction_date;
    struct ledger_text transaction_day;
    struct ledger_text posting_date;
    struct ledger_text business_event_type;
    struct ledger_text business_key;
    struct ledger_text created_by;
    struct ledger_text principal;
    struct ledger_text source_system;
    struct ledger_text source_ip;
    struct ledger_text reverses_transaction_id; /* of a reversal */
    struct ledger_text transaction_hash;
    bool texts_are_erased; /* the bundle has their hash only */
    struct ledger_text description;
    struct ledger_text reversal_reason;
    const struct ledger_proven_entry *entries;
    size_t entries_count;
};

struct ledger_proven_event {
    int64_t log_index;
    struct ledger_text event_type;
    struct ledger_text event_timestamp;
    struct ledger_text severity;
    struct ledger_text outcome;
    struct ledger_text action;
    struct ledger_text description;
    struct ledger_text event_metadata; /* canonical JSON */
    struct ledger_text user_id;
    struct ledger_text principal;
};

enum ledger_proof_kind {
    LEDGER_PROOF_OF_TRANSACTION, /* an evidence bundle */
    LEDGER_PROOF_OF_CONSISTENCY,
    LEDGER_PROOF_IS_A_CHECKPOINT, /* a bare one: only its signature could be checked */
};

/* What is proven, in the call's memory. */
struct ledger_checked_proof {
    enum ledger_proof_kind kind;
    struct ledger_proven_checkpoint checkpoint;
    struct ledger_proven_checkpoint old_checkpoint;      /* of a consistency proof */
    const struct ledger_proven_transaction *transaction; /* of an evidence bundle, else NULL */
    const struct ledger_proven_transaction *reversal;    /* that reversed it; NULL: the bundle has none */
    const struct ledger_proven_event *events;            /* that name the transaction, in the order of the log */
    size_t events_count;
};

/* Checks an evidence bundle, a consistency proof or a checkpoint against the log's verifier keys: one, or several
 * parted by white space, which a log has had one after the other. Any thread. LEDGER_PROOF_IS_INVALID names the first
 * link that is broken; LEDGER_KEY_IS_INVALID, LEDGER_INPUT_IS_TOO_LARGE. */
LEDGER_PUBLIC LEDGER_MUST_CHECK ledger_status ledger_check_proof(struct ledger_call *call, struct ledger_text proof,
                                                                 struct ledger_text verifier_keys,
                                                                 struct ledger_checked_proof *ret_checked);

#ifdef __cplusplus
}
#endif

#endif
