/* What verify is compared with: checkpoints and keys from files, directories and copies by their names. */
#ifndef LEDGER_CLI_VERIFY_OUTSIDE_H
#define LEDGER_CLI_VERIFY_OUTSIDE_H

#include "cli/command.h"
#include "ledger/verify.h"

/* As they stand on the command line; absent where they do not. */
struct verify_outside_words {
    struct ledger_text checkpoint; /* a file, or a directory of them */
    struct ledger_text key;        /* itself, or a file */
    struct ledger_text checkpoint_directory;
    struct ledger_text trusted; /* a URI */
    bool is_of_one;             /* a single transaction: compared with nothing, whatever the settings name */
};

/* Sets what of the options they name; after session_open. What is read lives in the call's memory.
 * LEDGER_USAGE_IS_WRONG, LEDGER_FILE_IS_UNREADABLE, LEDGER_CHECKPOINT_NOT_FOUND. */
LEDGER_MUST_CHECK ledger_status verify_outside_read(struct cli *cli, const struct verify_outside_words *words,
                                                    struct ledger_verify_options *verify_options);

#endif
