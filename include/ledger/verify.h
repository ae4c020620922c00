/* Verification: is the ledger what was recorded? */
#ifndef LEDGER_VERIFY_H
#define LEDGER_VERIFY_H

#include "ledger/ledger.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One thing that is not as it was recorded. Texts that do not apply are absent. */
struct ledger_violation {
    struct ledger_text check; /* the named check that found it */
    bool is_critical;         /* CRITICAL, else WARNING */
    struct ledger_text transaction_id;
    struct ledger_text transaction_number;
    uint32_t entry_number; /* 0 where none is meant */
    struct ledger_text account_code;
    struct ledger_text field;    /* table.column */
    struct ledger_text stored;   /* what the database holds */
    struct ledger_text computed; /* what it has to be, where that is proven */
    struct ledger_text trusted;  /* what the trusted copy has; of a whole row JSON */
    struct ledger_text detail;   /* one sentence */
    /* Between which checkpoints it happened: log positions [from, before), and when those were recorded. */
    bool has_window;
    int64_t from_log_index;
    int64_t before_log_index;
    bool has_from_time;
    int64_t from_time_us;
    bool has_before_time;
    int64_t before_time_us;
};

/* One named check, and what it found. */
struct ledger_check_result {
    struct ledger_text name;
    struct ledger_text title; /* what holds where it passes */
    uint64_t checked_count;   /* things looked at */
    uint64_t violations_count;
};

/* A checkpoint that an auditor kept, as a signed note. */
struct ledger_verify_checkpoint {
    struct ledger_text name; /* how messages call it: its path */
    struct ledger_text note;
};

/* Beside the transaction, which excludes all that comes from outside the database, everything may be absent. */
struct ledger_verify_options {
    size_t struct_size;
    struct ledger_text transaction; /* an id or number: this one only; absent: everything */
    /* Verifier keys ("name+hash+key") that came by another way than the ledger: the first that signed a checkpoint
     * counts, whatever the log says of keys. */
    const struct ledger_text *keys;
    size_t keys_count;
    const struct ledger_verify_checkpoint *checkpoints; /* that one of the keys signed */
    size_t checkpoints_count;
    struct ledger_text checkpoint_directory;                        /* the ledger's own, outside the database */
    struct ledger_text trusted_uri;                                 /* of a copy: a backup, a replica */
    struct ledger_text trusted_password;                            /* of a server's user, where that URI has none */
    void (*progress)(void *context, uint64_t done, uint64_t total); /* may be NULL */
    void (*found)(void *context, const struct ledger_violation *violation); /* each as it is found; may be NULL */
    void *context;
    int64_t since; /* a log position: only what stands there and beyond, and that the log is one with what was before */
    struct ledger_text state_file; /* of a whole run: how far it came is kept there, so that the next goes on; absent:
                                      not. It is removed when the run is over */
    uint32_t threads; /* that look at the log, at most 16, each with a session of the pool where it has one to give, and
                         fewer where their memory would be too much; 1: that of the caller; 0: as many as the machine
                         has cores. What is found does not depend on it */
};

struct ledger_verify_result {
    bool is_valid;
    uint64_t transactions_checked;
    uint64_t violations_count;
    const struct ledger_check_result *checks; /* in the call's memory */
    size_t checks_count;
    const struct ledger_violation *violations; /* the first LEDGER_VIOLATIONS_KEPT_MAX, in the call's memory */
    size_t violations_kept;
    struct ledger_text compared_with; /* which knowledge it had beside the rows: "nothing outside the database" */
    struct ledger_text limits;        /* what that leaves open, a sentence without its full stop */
    int64_t proven_log_size; /* so many events are what a checkpoint says that one of the keys signed; 0: none */
    int64_t log_size;
    char root_hash[65];
    int64_t since;                             /* the position that it began with; 0: everything was looked at */
    const struct ledger_text *checks_not_made; /* their names, in the call's memory */
    size_t checks_not_made_count;
    int64_t resumed_from; /* the position from which a run that was interrupted went on; 0: it did not */
    int64_t resumed_us;   /* when that was saved */
    int64_t elapsed_ms;
    uint64_t transactions_per_second;
};

enum { LEDGER_VIOLATIONS_KEPT_MAX = 10000 };

/* Verifies on one consistent snapshot; writes nothing. LEDGER_DONE also where violations were found.
 * LEDGER_TRANSACTION_NOT_FOUND; LEDGER_LOG_POSITION_IS_INVALID where `since` is beyond the log; LEDGER_PROOF_IS_INVALID
 * where a checkpoint that was brought is not signed by one of the keys or is of another ledger; LEDGER_KEY_IS_INVALID,
 * LEDGER_USAGE_IS_WRONG, LEDGER_FILE_IS_UNREADABLE, database outcomes, those of the trusted copy among them. */
LEDGER_PUBLIC LEDGER_MUST_CHECK ledger_status ledger_verify(struct ledger_call *call, struct ledger *ledger,
                                                            const struct ledger_verify_options *options,
                                                            struct ledger_verify_result *ret_result);

#ifdef __cplusplus
}
#endif

#endif
