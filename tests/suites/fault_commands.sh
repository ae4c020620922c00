#!/bin/sh
# sanitizers: yes
# backends: sqlite mariadb
# Every command with driver calls and allocations failing, within one process. Arguments: names of commands, for those
# alone. Environment: LEDGER_BUILD, a build directory; LEDGER_FAULT_FULL=1 tries every call and allocation;
# LEDGER_FAULT_SEED chooses which ones are tried else.
set -eu
exec "$LEDGER_BUILD/tests/programs/fault_commands" "$@"
