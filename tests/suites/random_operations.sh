#!/bin/sh
# sanitizers: yes
# 100,000 random operations against a ledger and the model that judges it; 10,000 under sanitizers. Arguments: a seed
# and how many operations. Environment: LEDGER_BUILD, a build directory.
set -eu
case $LEDGER_BUILD in
*-asan*) operations=10000 ;;
*) operations=100000 ;;
esac
exec "$LEDGER_BUILD/tests/programs/random_operations" "${1:-$(date +%s)}" "${2:-$operations}"
