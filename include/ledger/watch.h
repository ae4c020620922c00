/* Watching: verification that goes on by itself, and what it finds kept in the log. */
#ifndef LEDGER_WATCH_H
#define LEDGER_WATCH_H

#include "ledger/checkpoint.h"
#include "ledger/verify.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What a verification found, as it is told to somebody. */
struct ledger_finding {
    const struct ledger_violation *violations; /* those that were not told before */
    size_t violations_kept;
    uint64_t violations_count; /* of the whole verification */
    uint64_t critical_count;   /* … of them */
    int64_t log_size;
    char root_hash[65];
    bool is_recorded;           /* as the event INTEGRITY_VIOLATION_FOUND … */
    int64_t log_index;          /* … at this position */
    bool is_frozen;             /* the ledger is, by this or before */
    struct ledger_text trouble; /* why it could not be recorded; else absent */
};

/* Records what a verification came to, by the call's actor: VERIFICATION_PASSED, or INTEGRITY_VIOLATION_FOUND where
 * anything CRITICAL was found, which then freezes the ledger too if it is asked to. Where that cannot be written, the
 * finding says why, and the outcome is LEDGER_DONE all the same: what was found stands.
 * LEDGER_USER_IS_MISSING, LEDGER_OUT_OF_MEMORY. */
LEDGER_PUBLIC LEDGER_MUST_CHECK ledger_status ledger_finding_record(struct ledger_call *call, struct ledger *ledger,
                                                                    const struct ledger_verify_result *result,
                                                                    bool freeze_on_violation,
                                                                    struct ledger_finding *ret_finding);

/* How to watch. Clear it, set `struct_size` to its size, then the rest. */
struct ledger_watch_options {
    size_t struct_size;
    uint32_t interval_s;        /* between two looks at what was added */
    uint32_t full_every_s;      /* between the beginnings of two verifications of the whole */
    uint32_t rate_max_tx_per_s; /* at which the whole is verified; 0: as fast as it goes */
    bool freeze_on_violation;
    bool only_once;                                      /* the whole, at once, and then it ends */
    const struct ledger_checkpoint_options *checkpoints; /* made when they are due; NULL: none are made */
    /* All are called in the thread of ledger_watch. `wait` sleeps for so long, or until it is to end: true. */
    bool (*wait)(void *context, int64_t timeout_ms);
    void (*found)(void *context, const struct ledger_finding *finding); /* each violation once */
    void (*told)(void *context, struct ledger_text line);               /* of what goes on: a database lost, and back */
    void *context;
};

struct ledger_watch_result {
    uint64_t verifications_count; /* of the whole */
    uint64_t increments_count;
    uint64_t findings_count;
    uint64_t checkpoints_count;
    bool is_valid; /* by the last verification of the whole */
};

/* Verifies what is added as it comes, and the whole again and again, until `wait` says that it is to end. Each
 * violation is told and recorded once, however often it is found, also by one who watched before. A database that is
 * lost is waited for. The handle has at least two sessions. LEDGER_USER_IS_MISSING, LEDGER_USAGE_IS_WRONG,
 * LEDGER_OUT_OF_MEMORY; with `only_once` what verifying gives. */
LEDGER_PUBLIC LEDGER_MUST_CHECK ledger_status ledger_watch(struct ledger_call *call, struct ledger *ledger,
                                                           const struct ledger_watch_options *options,
                                                           struct ledger_watch_result *ret_result);

#ifdef __cplusplus
}
#endif

#endif
