/* A command of the shell that is given a text to read. */
#ifndef LEDGER_BASE_SUBPROCESS_H
#define LEDGER_BASE_SUBPROCESS_H

#include "base/call.h"

/* Runs `command` by /bin/sh with `input` on its standard input; its output goes where ours goes. It may read all of the
 * input, some or none. LEDGER_FILE_IS_UNREADABLE where it cannot be run, does not end with 0, or not in time: then it
 * is killed with all that it started. */
LEDGER_MUST_CHECK ledger_status subprocess_feed(struct ledger_call *call, struct ledger_text command,
                                                struct ledger_text input, uint32_t timeout_ms);

#endif
