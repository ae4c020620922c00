/* A run that goes on where it was interrupted: how far it came, and what it counted until then, in a file.
 *
 * The file is of one ledger, one epoch, and one root of the log at the position that it stands for; another one, or one
 * that is not as it was written, is refused.
 *
 * I1 A file is written whole, beside the old one, synced, and put in its place: there is always one that can be used.
 * I2 It is written where everything that was counted is of the ranges that were taken. */
#ifndef LEDGER_INTEGRITY_VERIFY_RESUME_H
#define LEDGER_INTEGRITY_VERIFY_RESUME_H

#include "integrity/verify_state.h"

enum { RESUME_EVERY_MS = 30000 };

/* Where there is a file, takes what it has; nothing was looked at yet. LEDGER_INPUT_IS_MALFORMED where it is spoilt, or
 * of another ledger or log; LEDGER_FILE_IS_UNREADABLE. */
LEDGER_MUST_CHECK ledger_status resume_load(struct verify *whole);

/* Whether it is time to save. */
bool resume_is_due(const struct verify *whole);

LEDGER_MUST_CHECK ledger_status resume_save(struct verify *whole);

/* The run is over. */
LEDGER_MUST_CHECK ledger_status resume_end(struct verify *whole);

#endif
