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
    struct ledger_text computed; /* what it has to be */
    struct ledger_text detail;   /* one sentence */
};

/* One named check, and what it found. */
struct ledger_check_result {
    struct ledger_text name;
    struct ledger_text title; /* what holds where it passes */
    uint64_t checked_count;   /* things looked at */
    uint64_t violations_count;
};

struct ledger_verify_options {
    size_t struct_size;
    struct ledger_text transaction; /* an id or number: this one only; absent: everything */
    void (*progress)(void *context, uint64_t done, uint64_t total);         /* may be NULL */
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
    struct ledger_text compared_with; /* which knowledge from outside the database it had: "nothing outside it" */
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
 * LEDGER_TRANSACTION_NOT_FOUND, LEDGER_LOG_POSITION_IS_INVALID where `since` is beyond the log, database outcomes. */
LEDGER_PUBLIC LEDGER_MUST_CHECK ledger_status ledger_verify(struct ledger_call *call, struct ledger *ledger,
                                                            const struct ledger_verify_options *options,
                                                            struct ledger_verify_result *ret_result);

#ifdef __cplusplus
}
#endif

#endif
