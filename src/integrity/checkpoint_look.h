/* What has to be known before a checkpoint is signed: the log as it is now, the last checkpoint that was kept of its
 * epoch, and whether the one continues the other. Reads only.
 *
 * I1 The log is consistent where every checkpoint of its epoch that is not older than the last one in the directory, of
 *    the directory and of the database, is proved a prefix of it by its tiles, and none is of a later epoch. */
#ifndef LEDGER_INTEGRITY_CHECKPOINT_LOOK_H
#define LEDGER_INTEGRITY_CHECKPOINT_LOOK_H

#include "integrity/checkpoint_directory.h"
#include "integrity/ledger_keys.h"

/* A checkpoint that the log does not continue. */
struct checkpoint_contradiction {
    bool is_found;
    struct ledger_text place; /* "the file …", "the row of … in checkpoints" */
    struct ledger_text origin;
    uint64_t log_size;
    struct sha256_hash root;
    bool has_log_root; /* the log is that long, and has another root there: */
    struct sha256_hash log_root;
};

struct checkpoint_look {
    /* Given. */
    struct session *session;
    struct ledger_text directory;
    const struct note_verifier *signers; /* besides the keys that the log names */
    size_t signers_count;

    /* Found. */
    struct store_head head;
    struct ledger_keys keys;
    const struct note_verifier *verifiers; /* the keys of the log, and the signers' */
    size_t verifiers_count;
    struct checkpoint_text now; /* of the log as it is, complete but for its time; guards where they were asked for */
    enum store_grants grants;   /* whether it says them, and why not */

    bool has_file; /* of this epoch */
    struct checkpoint_file file;
    struct ledger_text file_note;
    struct checkpoint_text file_text;
    bool file_has_row;

    bool has_row; /* of this epoch, the last one that is not older than the file */
    struct store_checkpoint row;

    struct checkpoint_contradiction contradiction;
};

/* LEDGER_DONE also where there is a contradiction. LEDGER_PROOF_IS_INVALID where the last file is not what one of the
 * keys signed, LEDGER_CONFIGURATION_IS_INVALID where the directory is another ledger's, LEDGER_DATABASE_IS_DAMAGED. */
LEDGER_MUST_CHECK ledger_status checkpoint_look(struct ledger_call *call, struct checkpoint_look *look);

/* Reads and verifies a checkpoint of this ledger that was kept: it has to be of that epoch and log size. */
LEDGER_MUST_CHECK ledger_status checkpoint_look_verify(struct ledger_call *call, const struct checkpoint_look *look,
                                                       struct ledger_text place, struct ledger_text note, int64_t epoch,
                                                       int64_t log_size, struct checkpoint_text *ret_text);

#endif
