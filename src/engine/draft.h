/* A posting made ready before the lock: judged by the rules, its ids given, hashed and encoded. */
#ifndef LEDGER_ENGINE_DRAFT_H
#define LEDGER_ENGINE_DRAFT_H

#include "engine/session.h"

/* Where in the log a posting stands. */
struct draft_place {
    int64_t log_index;
    int64_t posting_date_us;
    int64_t number_in_day;
};

struct draft {
    struct ledger_call *call; /* its problems go there */
    size_t item_index;
    ledger_status status;                    /* LEDGER_DONE while nothing speaks against it */
    size_t first_problem;                    /* of its problems in the call, where it is refused */
    struct ledger_transaction_record record; /* complete but for what the lock gives */
    struct ledger_entry_record *entries;     /* the record's own */
    struct sha256_hash content_hash;
    bool is_placed;          /* its record has a place, and with it … */
    struct sha256_hash leaf; /* … its leaf; both perhaps by a guess */
    bool has_fingerprint;    /* with an idempotency key, where the entries could be read, refused or not */
};

/* Gives drafts their ids, in order: the same for every attempt to post them. */
LEDGER_MUST_CHECK ledger_status draft_init(struct ledger_call *call, struct ledger *ledger, struct draft *drafts,
                                           size_t count);

/* Judges a posting by the rules in memory and makes the record. Every problem is added to the call; the draft's status
 * is that of the worst. May be done again when the rules moved. LEDGER_OUT_OF_MEMORY. */
LEDGER_MUST_CHECK ledger_status draft_prepare(struct ledger_call *call, struct session *session,
                                              const struct ledger_posting *posting, int64_t now_us,
                                              struct draft *draft);

/* Checks that a day can be posted to: not closed and, unless allowed, at most one ahead. Adds problems. */
void draft_check_day(struct ledger_call *call, struct session *session, int32_t transaction_day, int64_t now_us,
                     bool allow_future);

/* Makes the hashes of records whose fields are complete, of those drafts that nothing speaks against. Many are shared
 * with a second thread for the time, unless this one is to do it `alone`. */
void draft_hash(struct session *session, struct draft *drafts, size_t count, bool alone);

/* Gives a hashed draft its place and makes the hashes that follow from it; where it has this very place already, by a
 * guess before the lock, that was done. */
void draft_place(struct record_hasher *hasher, struct draft *draft, const struct draft_place *place);

#endif
