/* What verify knows beside the rows it reads: checkpoints that were signed once, wherever they lie, and a copy of the
 * ledger that somebody trusts.
 *
 * Everything inside the database can be made anew by who can write all of it. A checkpoint cannot, without the key; so
 * a log that is not a continuation of a checkpoint was rewritten or cut short, whatever else agrees. Where the
 * checkpoint lies says how much that is worth: in the database it can be removed, in a directory too by who reaches
 * that, but not with an auditor.
 *
 * I1 A checkpoint proves something only where its signature holds, by the key that the log names for its size or, of
 *    more weight, by one that was brought: a rewritten log may name another key.
 * I2 Checkpoints come in the order of the size of their logs, so that what failed lies between the last that holds and
 *    the first that does not.
 * I3 Memory does not grow with their number, but for sixteen bytes of each file. */
#ifndef LEDGER_INTEGRITY_VERIFY_OUTSIDE_H
#define LEDGER_INTEGRITY_VERIFY_OUTSIDE_H

#include "domain/checkpoint_text.h"
#include "domain/signed_note.h"
#include "integrity/ledger_keys.h"
#include "integrity/log_tree.h"
#include "integrity/verify_state.h"

enum checkpoint_source { CHECKPOINT_IN_DATABASE, CHECKPOINT_IN_DIRECTORY, CHECKPOINT_BROUGHT, CHECKPOINT_SOURCES };

/* A checkpoint at hand. Texts live as long as it is. */
struct outside_checkpoint {
    enum checkpoint_source source;
    struct ledger_text name; /* how a message calls it */
    struct ledger_text note;
    const struct store_checkpoint *row; /* of one in the database */
    struct checkpoint_text said;
    int64_t epoch;
    bool is_of_brought_key; /* one that was brought has signed it */
    bool is_foreign;        /* of another log */
    bool is_vouched_for;    /* … or one that the trusted copy names as well */
    struct ledger_text signed_by;
};

/* A log that a checkpoint proves. */
struct outside_bound {
    bool is_known;
    int64_t log_size;
    bool has_time;
    int64_t time_us;
    struct sha256_hash root;
};

/* Checkpoints of one source that do not hold, for one reason. The texts live with the run. */
struct outside_failure {
    uint64_t count;
    bool is_of_brought_key;
    struct outside_bound first; /* as it was signed */
    struct outside_bound below; /* the longest log below it that holds */
    struct ledger_text name;
    struct ledger_text signed_by;
    struct sha256_hash computed; /* the log's root at that size */
};

enum outside_fault { OUTSIDE_DIFFERS, OUTSIDE_IS_BEYOND, OUTSIDE_FAULTS };

enum {
    OUTSIDE_ROOTS_MAX = 1024,
    OUTSIDE_WANTED_MAX = 4096, /* roots that the pass over the log is asked for; further ones come from the tiles */
};

/* verify_window.c: where history was altered, as far as checkpoints tell. */
struct outside_windows {
    struct outside_bound holds;                /* the longest log that any checkpoint proves, so far … */
    struct outside_bound holds_by_brought_key; /* … and that one does which a brought key signed */
    struct outside_bound holds_vouched_for;    /* … or at least is one that the trusted copy names */
    struct outside_bound fails;                /* the shortest log of which one says another root */
    struct outside_bound fails_by_brought_key;
    struct outside_failure failures[CHECKPOINT_SOURCES][OUTSIDE_FAULTS];
    /* The first of all that do not hold, by size: what a trusted copy can be proven right with. */
    struct outside_bound roots[OUTSIDE_ROOTS_MAX];
    size_t roots_count;
};

/* A restore: the epoch that began, and what it gave up. */
struct outside_epoch {
    int64_t log_index;
    int64_t epoch;
    int64_t abandoned_log_size;
    char abandoned_root[2 * SHA256_SIZE + 1];
    uint64_t abandoned_count; /* checkpoints of it that were seen */
};

struct outside_file {
    int64_t epoch;
    int64_t log_size;
};

/* Checkpoints of the database and of the directory that have no counterpart there. */
struct outside_unpaired {
    uint64_t count;
    int64_t first_log_size;
    int64_t last_log_size;
};

/* A digest of something beside the log, as the checkpoint before says. */
struct outside_digest {
    bool is_known;
    int64_t log_size;
    bool has_time;
    int64_t time_us;
    struct sha256_hash digest;
};

struct outside_guards {
    struct outside_digest said;
    char mark[128];
    bool was_as_now; /* an earlier checkpoint had the digest of now */
};

/* Checkpoints that say nothing of the grants, although others before them do. */
struct outside_silence {
    uint64_t count;
    int64_t first_log_size;
    int64_t last_log_size;
};

struct outside_grants {
    struct outside_digest said;
    struct outside_silence broken; /* that others after them end */
    struct outside_silence open;   /* since the last that says them */
};

struct trusted;

struct outside {
    struct verify *verify;
    struct ledger_call work; /* of one checkpoint, then emptied */
    struct log_tree *tree;
    bool tree_is_damaged;
    struct note_verifier *brought_keys;
    size_t brought_keys_count;
    struct outside_checkpoint *brought; /* by size */
    size_t brought_count;
    struct ledger_keys keys; /* that the log names */
    struct outside_epoch *epochs;
    size_t epochs_count;
    size_t epochs_capacity;
    struct outside_file *files; /* by size and epoch */
    size_t files_count;
    size_t files_capacity;
    uint64_t foreign_count; /* files of another log */
    struct ledger_text foreign_origin;
    uint64_t rows_count;
    struct outside_windows windows;
    struct outside_guards guards;
    bool guards_are_known; /* those of now, and as shipped */
    struct sha256_hash guards_digest;
    struct ledger_text guards_mark;
    struct outside_grants grants;
    enum store_grants grants_now; /* whether they could be read */
    struct sha256_hash grants_digest;
    struct outside_unpaired rows_without_file;
    struct outside_unpaired files_without_row;
    struct outside_unpaired last_file_without_row;
    struct trusted *trusted;
};

/* Before the ledger's own state is fixed: takes apart what was brought, and fixes the state of the trusted copy, so
 * that the copy is not ahead of the ledger. LEDGER_PROOF_IS_INVALID, LEDGER_KEY_IS_INVALID, LEDGER_USAGE_IS_WRONG, and
 * the outcomes of opening. */
LEDGER_MUST_CHECK ledger_status verify_outside_begin(struct verify *verify);

/* Before the pass over the log: says at which sizes its root will be asked for. */
LEDGER_MUST_CHECK ledger_status verify_outside_want(struct verify *verify);

/* After everything else. */
LEDGER_MUST_CHECK ledger_status verify_outside(struct verify *verify);

/* In the call's memory: which knowledge that was, and what follows from it. */
LEDGER_MUST_CHECK ledger_status verify_outside_describe(struct verify *verify, struct ledger_text *ret_compared_with,
                                                        struct ledger_text *ret_limits);

void verify_outside_done(struct verify *verify);

/* verify_checkpoints.c */
LEDGER_MUST_CHECK ledger_status outside_take_brought(struct outside *outside);
/* What the log says of keys and epochs. */
LEDGER_MUST_CHECK ledger_status outside_read_log(struct outside *outside);
/* What ended an epoch; NULL where nothing did. */
struct outside_epoch *outside_epoch_after(struct outside *outside, int64_t epoch);
/* `name`, `note` and `row` are set. */
LEDGER_MUST_CHECK ledger_status outside_check_checkpoint(struct outside *outside,
                                                         struct outside_checkpoint *checkpoint);
/* A key as messages call it, in the call's memory. */
LEDGER_MUST_CHECK ledger_status outside_describe_key(struct outside *outside, struct ledger_call *call,
                                                     const struct note_verifier *verifier,
                                                     struct ledger_text *ret_text);

/* verify_kept.c */
LEDGER_MUST_CHECK ledger_status outside_list_files(struct outside *outside);
LEDGER_MUST_CHECK ledger_status outside_want_roots(struct outside *outside);
LEDGER_MUST_CHECK ledger_status outside_check_checkpoints(struct outside *outside);

/* verify_guards.c: what checkpoints say of the guards, one after the other. */
LEDGER_MUST_CHECK ledger_status outside_begin_guards(struct outside *outside);
LEDGER_MUST_CHECK ledger_status outside_check_guards(struct outside *outside,
                                                     const struct outside_checkpoint *checkpoint);
LEDGER_MUST_CHECK ledger_status outside_finish_guards(struct outside *outside);
/* A violation about such a digest: the two, and the time between the checkpoints, or after one where `now` has none. */
struct ledger_violation outside_about_digest(struct outside *outside, struct ledger_text field,
                                             const struct outside_digest *before, const struct outside_digest *now);

/* verify_grants.c: the same of grants. */
LEDGER_MUST_CHECK ledger_status outside_begin_grants(struct outside *outside);
LEDGER_MUST_CHECK ledger_status outside_check_grants(struct outside *outside,
                                                     const struct outside_checkpoint *checkpoint);
LEDGER_MUST_CHECK ledger_status outside_finish_grants(struct outside *outside);

/* verify_window.c */
struct outside_bound outside_bound_of(const struct outside_checkpoint *checkpoint);
void outside_hold(struct outside *outside, const struct outside_checkpoint *checkpoint);
LEDGER_MUST_CHECK ledger_status outside_fail(struct outside *outside, const struct outside_checkpoint *checkpoint,
                                             enum outside_fault fault, const struct sha256_hash *computed);
LEDGER_MUST_CHECK ledger_status outside_report_failures(struct outside *outside);
/* Puts the window between two checkpoints into a violation. */
void outside_set_window(struct ledger_violation *about, const struct outside_bound *below,
                        const struct outside_bound *first);

/* verify_trusted.c */
LEDGER_MUST_CHECK ledger_status trusted_begin(struct outside *outside);
LEDGER_MUST_CHECK ledger_status trusted_compare(struct outside *outside);
LEDGER_MUST_CHECK ledger_status trusted_describe(const struct trusted *trusted, struct ledger_call *call,
                                                 struct ledger_text *ret_text);
/* Whether the log of the copy names the key. */
bool trusted_names_key(const struct trusted *trusted, const struct note_verifier *verifier);
void trusted_done(struct trusted *trusted);

#endif
