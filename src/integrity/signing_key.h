/* The private key of checkpoints, where it is kept: in a file, or behind a command.
 *
 * I1 No part of a private key reaches a message, an event, the database or a result: what is wrong with one is said
 *    without it, what a command prints is never shown, and the memory it was read into is cleared.
 * I2 A key file that others than its owner can read is no secret, and is refused.
 * I3 A key file is made, never replaced. */
#ifndef LEDGER_INTEGRITY_SIGNING_KEY_H
#define LEDGER_INTEGRITY_SIGNING_KEY_H

#include "domain/signed_note.h"
#include "ledger/checkpoint.h"

/* Whether there is anything at the source to read. */
bool signing_key_has_source(const struct ledger_key_source *source);

/* LEDGER_CONFIGURATION_IS_INVALID where the source names nothing, LEDGER_KEY_IS_INVALID, LEDGER_FILE_IS_UNREADABLE. The
 * command has until the call's deadline. The caller clears the signer when it is done with it. */
LEDGER_MUST_CHECK ledger_status signing_key_read(struct ledger_call *call, const struct ledger_key_source *source,
                                                 struct note_signer *ret_signer);

/* Writes the key to a new file of mode 0600, synced with its directory. LEDGER_FILE_IS_UNREADABLE, also where the file
 * exists. */
LEDGER_MUST_CHECK ledger_status signing_key_write(struct ledger_call *call, const char *path,
                                                  const struct note_signer *signer);

/* Clears a signer at the end of its scope. */
void signing_key_clear(struct note_signer *signer);
#define SIGNING_KEY(name) __attribute__((cleanup(signing_key_clear))) struct note_signer name = {.seed = {0}}

#endif
