#!/bin/sh
# sanitizers: yes
# backends: sqlite mariadb
# 100,000 random operations against a ledger and the model that judges it; 10,000 under sanitizers or on a server.
# Arguments: a seed and how many operations. Environment: LEDGER_BUILD, a build directory; LEDGER_TEST_BACKEND.
set -eu
case $LEDGER_BUILD:${LEDGER_TEST_BACKEND:-sqlite} in
*-asan*:* | *:mariadb) operations=10000 ;;
*) operations=100000 ;;
esac
exec "$LEDGER_BUILD/tests/programs/random_operations" "${1:-$(date +%s)}" "${2:-$operations}"
