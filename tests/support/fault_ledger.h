/* The ledger that the fault tests begin with: made once, copied before each fault, and compared after it. On SQLite it
 * is a file that is kept in memory; on MariaDB a second database keeps its rows.
 *
 * I1 It holds one of everything that a command can meet: a tree with a header, an inactive account, two currencies, a
 *    closed period, an idempotency key, a reversed transaction, two reversals and a redaction that wait for approval.
 * I2 Its log is two events short of a full tile, so that a command of three events stores one.
 * I3 A dump says the same of two ledgers that differ only in random identifiers, hashes and instants. */
#ifndef LEDGER_SUPPORT_FAULT_LEDGER_H
#define LEDGER_SUPPORT_FAULT_LEDGER_H

#include <stdio.h>

#include "ledger/approval.h"
#include "ledger/ledger.h"
#include "support/scratch_database.h"

/* The clock of the seed, and that of what is tried on it: the next day. */
#define FAULT_SEED_US INT64_C(1767600000000000)
#define FAULT_TRIAL_US (FAULT_SEED_US + INT64_C(86400000000))

/* The key that checkpoints of the seed are signed with, and another. */
#define FAULT_SIGNING_KEY "PRIVATE+KEY+faults+38065bff+AehInHFKZse/sBBLRd/q2FNxW/QzactxI7Pp6d52qHcC"
#define FAULT_VERIFIER_KEY "faults+38065bff+AaKFADTfIxJdj5PVnd2r1RABB7g647gM8fAVOLG8jdaq"
#define FAULT_OTHER_VERIFIER_KEY "faults+5ecd7a99+Ab2rxTRIS7m9Ggi18e5/AdwK+T7v7HFNxcQ5Iwaefuea"

enum { FAULT_PATH_SIZE = 512, FAULT_APPROVAL_THRESHOLD_MINOR = 100000 };

struct fault_ledger {
    char directory[FAULT_PATH_SIZE]; /* a scratch directory of our own; the working directory too */
    char path[FAULT_PATH_SIZE];      /* of the copy that is worked on: ledger.db in it */
    char uri[FAULT_PATH_SIZE + 256];
    char *seed; /* the bytes of the seed */
    size_t seed_size;
    struct scratch_database work;            /* on MariaDB: what is worked on, … */
    struct scratch_database kept;            /* … and the seed */
    char reversible_id[LEDGER_ID_TEXT_SIZE]; /* under the threshold */
    char large_id[LEDGER_ID_TEXT_SIZE];      /* over it, nothing asked for yet */
    char approvable_id[LEDGER_ID_TEXT_SIZE]; /* a request that waits */
    char deniable_id[LEDGER_ID_TEXT_SIZE];   /* another */
    char incident_id[LEDGER_ID_TEXT_SIZE];   /* an incident that is open */
    char redaction_id[LEDGER_ID_TEXT_SIZE];  /* one for the redaction of a transaction and its reversal */
};

/* Makes the scratch directory and the seed. `log_size` fills the log up to so many events; 0: by I2. Ends the program
 * where that fails: nothing can be tested then. */
void fault_ledger_init(struct fault_ledger *ledger, int64_t log_size);
void fault_ledger_done(struct fault_ledger *ledger);

/* In the working directory: the private key of the seed's checkpoints, and where they go. */
#define FAULT_KEY_FILE "signing.key"
#define FAULT_CHECKPOINTS "checkpoints"

/* Empties that directory; so does each fresh copy. */
void fault_ledger_remove_checkpoints(void);

/* Puts a fresh copy of the seed in place; or nothing. */
void fault_ledger_copy(const struct fault_ledger *ledger);
void fault_ledger_remove(const struct fault_ledger *ledger);

struct ledger_open_options fault_ledger_options(const struct fault_ledger *ledger);

/* A call by that user, whose clock stands at `*now_us`. */
struct ledger_call *fault_ledger_call(const char *user, int64_t *now_us);

/* Everything that the ledger holds, as text for the caller to free; of no ledger, "". */
char *fault_ledger_dump(const struct fault_ledger *ledger);

/* Shows the first line in which two dumps differ, as a comment of TAP. */
void fault_show_difference(const char *left, const char *right);

/* On MariaDB: the same of a ledger there. `make` makes an empty one at a URI. */
void fault_server_init(struct fault_ledger *ledger);
void fault_server_keep(struct fault_ledger *ledger, void (*make)(const char *uri));
void fault_server_copy(const struct fault_ledger *ledger);
void fault_server_remove(const struct fault_ledger *ledger);
void fault_server_dump(const struct fault_ledger *ledger, FILE *out);
void fault_server_done(struct fault_ledger *ledger);

/* A text in a dump: a UUID, hash, salt or instant in it reads as one asterisk, and so does a checkpoint behind its
 * size. */
void fault_dump_text(FILE *out, const char *text);

/* Ends the program, saying what could not be done. */
_Noreturn void fault_die(const char *what, const char *why);

#endif
