/* The ledger's keys as its log names them: which key a checkpoint of any size has to be signed with. */
#ifndef LEDGER_INTEGRITY_LEDGER_KEYS_H
#define LEDGER_INTEGRITY_LEDGER_KEYS_H

#include "domain/checkpoint_text.h"
#include "domain/signed_note.h"
#include "engine/write_unit.h"
#include "ledger/checkpoint.h"

/* In the order of the log, each key and its verifier in the same place. */
struct ledger_keys {
    const struct ledger_key *keys;
    const struct note_verifier *verifiers;
    size_t count;
};

/* The keys of the log before that position, from its events; inside a unit of work, in the call's memory.
 * LEDGER_DATABASE_IS_DAMAGED where an event names none. */
LEDGER_MUST_CHECK ledger_status ledger_keys_read(struct ledger_call *call, struct store *store,
                                                 int64_t before_log_index, struct ledger_keys *ret_keys);

/* The key that is in force in a log of that size, its place in the arrays; false where none was yet. */
bool ledger_keys_at(const struct ledger_keys *keys, uint64_t log_size, size_t *ret_index);

/* Whether two are the same key. */
bool ledger_keys_are_equal(const struct note_verifier *left, const struct note_verifier *right);

/* Takes a checkpoint's note apart, once one of the verifiers has signed it. LEDGER_PROOF_IS_INVALID. */
LEDGER_MUST_CHECK ledger_status checkpoint_note_verify(struct ledger_call *call, struct ledger_text note,
                                                       const struct note_verifier *verifiers, size_t verifiers_count,
                                                       struct checkpoint_text *ret_checkpoint);

/* Appends the event by which a key becomes the ledger's: KEY_REGISTERED where it is the first, else KEY_ROTATED.
 * `expected` is the key that has to be in force, NULL: none may be. LEDGER_KEY_IS_NOT_THE_LEDGERS. */
struct key_change {
    const struct note_verifier *verifier;
    const struct note_verifier *expected;
    bool replaces_lost; /* whatever is in force */
    struct ledger_key key;
};
LEDGER_MUST_CHECK ledger_status ledger_keys_change(struct ledger_call *call, struct session *session,
                                                   struct key_change *change);

#endif
