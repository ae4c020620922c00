/* What the commands of checkpoints and keys take and tell. */
#ifndef LEDGER_CLI_CHECKPOINT_RESULT_H
#define LEDGER_CLI_CHECKPOINT_RESULT_H

#include "cli/command.h"
#include "ledger/checkpoint.h"

/* How checkpoints are made, by the settings; after session_open. */
struct ledger_checkpoint_options checkpoint_settings(const struct cli *cli);

/* A public key: what the file of that name holds or, where there is none, the text itself.
 * LEDGER_FILE_IS_UNREADABLE. */
LEDGER_MUST_CHECK ledger_status checkpoint_read_key(struct cli *cli, struct ledger_text key,
                                                    struct ledger_text *ret_verifier_key);

/* The members of a checkpoint, of a key. */
void checkpoint_write(struct json_writer *writer, const struct ledger_checkpoint *checkpoint);
void checkpoint_write_key(struct json_writer *writer, const struct ledger_key *key);

/* A warning where guards or grants of the database are not what they were at the checkpoint before, and a note where
 * the grants could not be read. */
void checkpoint_warn_of_database(struct cli *cli, const struct ledger_checkpoint *checkpoint);

#endif
