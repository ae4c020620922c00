#!/bin/sh
# sanitizers: yes
# backends: sqlite mariadb
# Every operation of the library with every driver call failing. Arguments: names of operations, for those alone.
# Environment: LEDGER_BUILD, a build directory; LEDGER_FAULT_FULL=1 tries every call in every mode.
set -eu
exec "$LEDGER_BUILD/tests/programs/fault_driver" "$@"
