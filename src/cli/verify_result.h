/* What several commands tell of a verification. */
#ifndef LEDGER_CLI_VERIFY_RESULT_H
#define LEDGER_CLI_VERIFY_RESULT_H

#include "cli/command.h"
#include "ledger/verify.h"

/* A violation as an object. */
void verify_write_violation(struct json_writer *writer, const struct ledger_violation *violation);

#endif
