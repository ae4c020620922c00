/* One request to post: what a client gave, what is decided about it, and what it is told.
 *
 * Its problems go to its own call, whoever works on it; what the database reports goes to the call that is given beside
 * it.
 *
 * I1 What is decided depends only on the drafts and on what is read under the lock, so that it may be decided again.
 * I2 In LEDGER_BATCH_ALL either every item is posted (or replayed) or none is. */
#ifndef LEDGER_ENGINE_BATCH_H
#define LEDGER_ENGINE_BATCH_H

#include "engine/post_unit.h"

/* Where the log ends: the place of what comes next follows from it. */
struct log_end {
    int64_t log_size;
    int64_t last_number; /* of the day */
    int32_t posting_day;
};

struct batch {
    struct ledger_call *call;
    const struct ledger_posting *postings;
    struct draft *drafts;
    size_t count;
    enum ledger_batch_mode mode;
    struct ledger_posted *posted;
    ledger_status (*add_events)(struct ledger_call *call, struct write_unit *unit, void *context,
                                const struct ledger_posted *posted, size_t count); /* in the same unit; may be NULL */
    void *add_events_context;
    struct session *leading_session; /* that a group is posted by which this request leads; NULL: one of the pool */
    struct session *session; /* that prepared it before it came into the line, and stays with it; NULL: none did */
    int64_t now_us;
    int64_t rules_version;    /* that the drafts were prepared by */
    size_t problems_base;     /* before anything was prepared */
    size_t problems_prepared; /* after */
    ledger_status *prepared;  /* each draft's status then */
    struct draft **accepted;
    size_t accepted_count;
    const struct draft **twins; /* of each item the one whose result it repeats */
    bool is_refused;            /* LEDGER_BATCH_ALL, and something was refused: nothing is posted */
    bool is_judged;             /* by rules that were current under the lock */
    struct draft **keys;        /* the accepted that have a key: open addressing by it */
    size_t keys_capacity;       /* a power of two, more than the items */
    struct total_sums sums;     /* of so many, gathered before the lock; of 0: not gathered */
    size_t sums_count;
    bool tells_statuses_only; /* of what is posted, not its ids, number and hash: they cost as much as two rows */
    bool is_of_its_instant;   /* posted at the instant of now_us, if that is not long ago and nothing came later */
    int64_t begin_log_size;   /* when it was posted … */
    struct log_end end;       /* … and how its unit left the log */
};

/* Takes the request, whose fields up to `mode` and `posted` are set, and gives its drafts their ids. Without a session.
 */
LEDGER_MUST_CHECK ledger_status batch_init(struct ledger *ledger, struct batch *batch);

/* Judges the drafts by the session's rules and hashes what is good; `alone` or, where they are many, with a second
 * thread. Its texts live as long as these rules. LEDGER_OUT_OF_MEMORY. */
LEDGER_MUST_CHECK ledger_status batch_prepare(struct session *session, struct batch *batch, bool alone);

/* Prepares it by a session of its own, whose rules are read first if they never were. */
LEDGER_MUST_CHECK ledger_status batch_prepare_early(struct session *session, struct batch *batch, bool alone);

/* Gives the drafts that are good so far the places that they have if the log will end so when the batch is posted, at
 * its instant: what follows from them is hashed before the lock. Places that turn out to be others are given again. */
void batch_guess_places(struct session *session, struct batch *batch, const struct log_end *end);

/* Under the lock, of a request that is posted alone: takes its instant for that of the unit, where it can be. */
void batch_take_instant(const struct batch *batch, struct write_unit *unit);

/* Gathers what the drafts that are good so far add to the totals: all that is left to do under the lock is to write it,
 * if all of them are accepted. LEDGER_OUT_OF_MEMORY. */
LEDGER_MUST_CHECK ledger_status batch_gather_sums(struct batch *batch);

/* What was gathered, where it is what the accepted add; else NULL. */
const struct total_sums *batch_sums(const struct batch *batch);

/* Why nothing can be posted; absent where it can. */
struct posting_faults {
    struct ledger_text clock;  /* it is wrong */
    struct ledger_text freeze; /* the ledger is frozen */
};

/* Under the lock, with the rules of the head: decides every item, in order; what is to be posted is `accepted` then. */
LEDGER_MUST_CHECK ledger_status batch_decide(struct ledger_call *call, struct write_unit *unit, struct batch *batch,
                                             const struct posting_faults *faults);

/* Drops from the accepted what the totals refused since. */
void batch_drop_refused(struct batch *batch);

/* Appends the events of what was refused. */
LEDGER_MUST_CHECK ledger_status batch_add_refusals(struct write_unit *unit, struct batch *batch);

/* What the client is told, when all the accepted have their places. */
void batch_describe(struct batch *batch);

/* The unit was committed. */
void batch_succeed(struct batch *batch);

/* The unit failed, with a message. Refusals stand; where there was nothing else in it, that is all there is to say, and
 * the request is done. Where it is not known whether it was done, the items that it was to post keep their ids. */
LEDGER_MUST_CHECK ledger_status batch_fail(struct batch *batch, ledger_status status, const char *message);

#endif
