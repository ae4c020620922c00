/* Checkpoints: the signed head of the integrity log, kept outside the database too. What was signed once can be held
 * against the log for ever: a history that was rewritten or cut short is no continuation of it.
 *
 * A checkpoint is a signed note (C2SP signed-note, tlog-checkpoint) with Ed25519 signatures. Which key is the ledger's
 * stands in the log itself: its events KEY_REGISTERED and KEY_ROTATED. The private key is in a file or comes out of a
 * command, never in the database, an event, a message or any result of these functions.
 *
 * Checkpoints lie in a directory outside the database, one file each, which is never changed:
 * <epoch>-<log size, 15 digits>.checkpoint. An epoch is the time between two restores of an older state. */
#ifndef LEDGER_CHECKPOINT_H
#define LEDGER_CHECKPOINT_H

#include "ledger/ledger.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Where the private key is: in a file that nobody but its owner can read, or what a command prints, which /bin/sh runs
 * within the call's deadline. The file goes before the command; neither: there is none. */
struct ledger_key_source {
    struct ledger_text file;
    struct ledger_text command;
};

/* A key that checkpoints are verified with. */
struct ledger_key {
    struct ledger_text verifier_key;          /* "name+hash+key": what auditors need */
    struct ledger_text previous_verifier_key; /* of a rotation; else absent */
    bool previous_key_is_lost;                /* … so that no checkpoint was signed with both */
    int64_t log_index;                        /* of its event; -1: none, the ledger does not know it */
    int64_t registered_at_us;
    struct ledger_text registered_by;
};

/* Makes a new key of that name and writes it to `path`, which must not exist: readable by its owner alone, synced. No
 * ledger knows it. LEDGER_KEY_IS_INVALID (the name), LEDGER_FILE_IS_UNREADABLE. */
LEDGER_PUBLIC LEDGER_MUST_CHECK ledger_status ledger_key_create_file(struct ledger_call *call, struct ledger_text name,
                                                                     struct ledger_text path,
                                                                     struct ledger_key *ret_key);

/* The same, and has the ledger know it as its own: event KEY_REGISTERED. An absent name is "ledger/<ledger_id>".
 * LEDGER_KEY_IS_NOT_THE_LEDGERS where the ledger has a key already, and what the functions before and after give. */
LEDGER_PUBLIC LEDGER_MUST_CHECK ledger_status ledger_key_generate(struct ledger_call *call, struct ledger *ledger,
                                                                  struct ledger_text name, struct ledger_text path,
                                                                  struct ledger_key *ret_key);

/* Has the ledger know a key as its own, by its public part. Where the ledger has one, that must be lost
 * (`replaces_lost`): event KEY_ROTATED of severity WARNING, since no checkpoint leads from the old key to the new.
 * LEDGER_KEY_IS_INVALID, LEDGER_KEY_IS_NOT_THE_LEDGERS, LEDGER_USER_IS_MISSING, database outcomes. */
LEDGER_PUBLIC LEDGER_MUST_CHECK ledger_status ledger_key_register(struct ledger_call *call, struct ledger *ledger,
                                                                  struct ledger_text verifier_key, bool replaces_lost,
                                                                  struct ledger_key *ret_key);

/* The public part of the private key at a source. LEDGER_KEY_IS_INVALID, LEDGER_FILE_IS_UNREADABLE. */
LEDGER_PUBLIC LEDGER_MUST_CHECK ledger_status ledger_key_show(struct ledger_call *call,
                                                              const struct ledger_key_source *source,
                                                              struct ledger_text *ret_verifier_key);

/* Every key that the ledger ever had, in the order of the log: the last is the one in force. In the call's memory. */
LEDGER_PUBLIC LEDGER_MUST_CHECK ledger_status ledger_key_list(struct ledger_call *call, struct ledger *ledger,
                                                              const struct ledger_key **ret_keys,
                                                              size_t *ret_keys_count);

/* How checkpoints are made. Clear it, set `struct_size` to its size, then the rest. */
struct ledger_checkpoint_options {
    size_t struct_size;
    struct ledger_text directory; /* where checkpoints lie; it must exist */
    struct ledger_key_source key;
    /* For ledger_checkpoint_when_due, 0: not for that reason. */
    int64_t events_between;
    int64_t seconds_between;
};

struct ledger_checkpoint {
    int64_t epoch;
    int64_t log_size;
    char root_hash[65];
    int64_t created_at_us;
    struct ledger_text origin;         /* "ledger/<ledger_id>/<epoch>" */
    char guards_digest[65];            /* of what guards the ledger; "" where it does not say */
    struct ledger_text guards_changed; /* a mark that is another after every change of a guard; may be absent */
    bool guards_differ;                /* one of the two is not what the checkpoint before says */
    char grants_digest[65];            /* of what lets accounts reach the database; "" where it does not say */
    bool grants_differ;                /* both checkpoints say it, and not the same */
    bool grants_are_hidden;            /* our account may not read the grants; false in lists */
    struct ledger_text note;           /* the signed note; absent in lists */
    struct ledger_text path;           /* its file; absent where it is not in the directory */
    bool is_in_database;
    bool is_new; /* made now */
};

/* Makes a checkpoint of the log as it is now, or gives the one that exists of a log of that size. Before anything is
 * signed, the log is proved to continue the last checkpoint of its epoch in the directory, and the database's own ones
 * to agree. Where it does not, nothing is signed, the ledger is frozen, and an event CHECKPOINT_REFUSED of severity
 * CRITICAL says what was found: LEDGER_LOG_IS_INCONSISTENT.
 * LEDGER_KEY_IS_NOT_THE_LEDGERS, LEDGER_KEY_IS_INVALID, LEDGER_CONFIGURATION_IS_INVALID, LEDGER_FILE_IS_UNREADABLE,
 * LEDGER_PROOF_IS_INVALID (a checkpoint that is kept was changed), database outcomes. */
LEDGER_PUBLIC LEDGER_MUST_CHECK ledger_status ledger_checkpoint_make(struct ledger_call *call, struct ledger *ledger,
                                                                     const struct ledger_checkpoint_options *options,
                                                                     struct ledger_checkpoint *ret_checkpoint);

/* The same where so many events were appended since the last checkpoint in the database, or the log grew and so many
 * seconds went by. Cheap where it is not due. */
LEDGER_PUBLIC LEDGER_MUST_CHECK ledger_status ledger_checkpoint_when_due(
    struct ledger_call *call, struct ledger *ledger, const struct ledger_checkpoint_options *options, bool *ret_made,
    struct ledger_checkpoint *ret_checkpoint);

/* Replaces the ledger's key, which `options->key` holds, by a new one in a file `path`, which must not exist: event
 * KEY_ROTATED, then a checkpoint that both keys sign. Where that was interrupted in between, the same again goes on
 * from there, with the file that exists by then. As ledger_key_generate and ledger_checkpoint_make. */
LEDGER_PUBLIC LEDGER_MUST_CHECK ledger_status ledger_key_rotate(struct ledger_call *call, struct ledger *ledger,
                                                                const struct ledger_checkpoint_options *options,
                                                                struct ledger_text path, struct ledger_key *ret_key,
                                                                struct ledger_checkpoint *ret_checkpoint);

/* Every checkpoint in the database or, where one is given, in the directory; by epoch and size, in the call's memory.
 * Signatures are not looked at: verify does. */
LEDGER_PUBLIC LEDGER_MUST_CHECK ledger_status ledger_checkpoint_list(struct ledger_call *call, struct ledger *ledger,
                                                                     struct ledger_text directory,
                                                                     const struct ledger_checkpoint **ret_checkpoints,
                                                                     size_t *ret_checkpoints_count);

/* A new epoch, as it begins. */
struct ledger_epoch {
    int64_t epoch;
    int64_t log_index; /* of its event */
    struct ledger_text abandoned_origin;
    int64_t abandoned_log_size;
    char abandoned_root_hash[65];
};

/* Says that the log goes on from an older state, after a restore: event EPOCH_BEGUN names the last checkpoint that was
 * given up, `note`, which `verifier_key` has signed. Where a directory is given, it must be the last one there. An
 * administrator's act, with a reason. LEDGER_PROOF_IS_INVALID, LEDGER_KEY_IS_INVALID, LEDGER_CHECKPOINT_NOT_FOUND (the
 * directory has a later one, or it is of another ledger), LEDGER_TEXT_IS_INVALID, LEDGER_USER_IS_MISSING, database
 * outcomes. */
LEDGER_PUBLIC LEDGER_MUST_CHECK ledger_status ledger_epoch_begin(
    struct ledger_call *call, struct ledger *ledger, struct ledger_text note, struct ledger_text verifier_key,
    struct ledger_text directory, struct ledger_text reason, struct ledger_epoch *ret_epoch);

#ifdef __cplusplus
}
#endif

#endif
