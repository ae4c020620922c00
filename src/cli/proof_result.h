/* What the commands about proofs share. */
#ifndef LEDGER_CLI_PROOF_RESULT_H
#define LEDGER_CLI_PROOF_RESULT_H

#include "cli/command.h"

enum { PROOF_CHECKPOINT_BYTES_MAX = 1 << 20 };

/* The proof itself on standard output, and nothing else. */
LEDGER_MUST_CHECK ledger_status proof_result_print(struct cli *cli, struct ledger_text proof);

/* A verifier key, or what stands in the file of that name, in the call's memory. */
LEDGER_MUST_CHECK ledger_status proof_result_key(struct cli *cli, struct ledger_text key_or_file,
                                                 struct ledger_text *ret_keys);

#endif
