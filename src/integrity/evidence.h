/* Evidence: what is proved of a transaction, made and checked. The format stands in docs/PROOFS.md.
 *
 * I1 What is made here passes the check. */
#ifndef LEDGER_INTEGRITY_EVIDENCE_H
#define LEDGER_INTEGRITY_EVIDENCE_H

#include "domain/signed_note.h"
#include "ledger/proof.h"

#define EVIDENCE_FORMAT "ledger-evidence/1"
#define CONSISTENCY_FORMAT "ledger-consistency/1"

/* ledger_check_proof with keys at hand. Without any, signatures are not looked at. */
LEDGER_MUST_CHECK ledger_status evidence_check(struct ledger_call *call, struct ledger_text proof,
                                               const struct note_verifier *verifiers, size_t verifiers_count,
                                               struct ledger_checked_proof *ret_checked);

#endif
