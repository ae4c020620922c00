#!/bin/sh
# sanitizers: yes
# backends: sqlite mariadb
# Every operation of the library with every driver call failing. Arguments: names of operations, for those alone.
# Environment: LEDGER_BUILD, a build directory; LEDGER_FAULT_FULL=1 tries every call in every mode. Under sanitizers, where
# a call takes many times as long, a third of the modes are tried unless it does.
set -eu
case $LEDGER_BUILD in
*-asan) export LEDGER_FAULT_SPARSE=1 ;;
esac
exec "$LEDGER_BUILD/tests/programs/fault_driver" "$@"
