/* Checkpoints as they are made: see ledger/checkpoint.h. */
#ifndef LEDGER_INTEGRITY_CHECKPOINT_H
#define LEDGER_INTEGRITY_CHECKPOINT_H

#include "domain/signed_note.h"
#include "engine/session.h"
#include "ledger/checkpoint.h"

/* LEDGER_VERSION_IS_UNSUPPORTED, LEDGER_CONFIGURATION_IS_INVALID where no directory is named. */
LEDGER_MUST_CHECK ledger_status checkpoint_check_options(struct ledger_call *call,
                                                         const struct ledger_checkpoint_options *options);

/* ledger_checkpoint_make with keys at hand: the first is the one in force, the others signed before it. */
LEDGER_MUST_CHECK ledger_status checkpoint_make_with(struct ledger_call *call, struct session *session,
                                                     struct ledger_text directory, const struct note_signer *signers,
                                                     size_t signers_count, struct ledger_checkpoint *ret_checkpoint);

/* What a note says, as a result; LEDGER_PROOF_IS_INVALID where it is none. Signatures are not looked at. */
LEDGER_MUST_CHECK ledger_status checkpoint_describe(struct ledger_call *call, struct ledger_text note,
                                                    struct ledger_checkpoint *ret_checkpoint);

/* Whether the second says other guards than the first. */
bool checkpoint_guards_differ(const struct ledger_checkpoint *before, const struct ledger_checkpoint *after);

/* Whether both say the grants, and not the same. */
bool checkpoint_grants_differ(const struct ledger_checkpoint *before, const struct ledger_checkpoint *after);

#endif
