#!/bin/sh
# The commands of a day's work under valgrind's memory checker: no invalid access, no use of what was never set, no leak.
# OpenSSL's and SQLite's own one-time memory is still reachable at the end, which is not counted.
set -u
: "${LEDGER_ADMIN:?the ledger-admin to test}"
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
unset LEDGER_DB_URI
count=0

# run EXIT_STATUS DESCRIPTION ARGUMENT...: one command of ledger-admin under valgrind.
run() {
    expected=$1
    description=$2
    shift 2
    count=$((count + 1))
    valgrind --quiet --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite,possible \
        "$LEDGER_ADMIN" --db sqlite:///books.db "$@" >output 2>errors
    status=$?
    if [ "$status" -eq "$expected" ]; then
        echo "ok $count - $description"
    else
        echo "not ok $count - $description: exit status $status, expected $expected"
        sed 's/^/# /' errors
    fi
}

cat >good.json <<'JSON'
[{"account_code": "1000", "entry_type": "DEBIT", "amount": "100.50", "memo": "caixa"},
 {"account_code": "4000", "entry_type": "CREDIT", "amount": 100.5, "cost_center": "Lu\u00e2nda"}]
JSON
cat >bad.json <<'JSON'
[{"account_code": "1000", "entry_type": "DEBIT", "amount": "1e3"},
 {"account_code": "9999", "entry_type": "CREDIT", "amount": "100.50", "colour": 1}]
JSON

run 0 'init' init --confirm --user ana
run 0 'create an account' create-account --code 1000 --name Caixa --type ASSET --user ana
run 0 'create another' create-account --code 4000 --name Vendas --type REVENUE --user ana
run 1 'refuse a third' create-account --code 4000 --name Vendas --type REVENUE --user ana
run 0 'post' post-transaction --event-type SALE --description Venda --entries good.json --user ana --idempotency-key k1
run 0 'post it again' post-transaction --event-type SALE --description Venda --entries good.json --user ana \
    --idempotency-key k1
run 2 'refuse bad entries' post-transaction --event-type SALE --description Venda --entries bad.json --user ana
number=$("$LEDGER_ADMIN" --db sqlite:///books.db --json audit --event-type TRANSACTION_POSTED |
    sed -n 's/.*Posted transaction \([0-9-]*\).*/\1/p' | head -n 1)
run 0 'reverse' reverse --transaction-id "$number" --reason 'Lapso' --user ana
run 1 'refuse to reverse twice' reverse --transaction-id "$number" --reason 'Lapso' --user ana
run 0 'show' show "$number"
run 0 'balance' balance --account-code 1000
run 0 'close a period' period close --start-date 2020-01-01 --end-date 2020-12-31 --user ana
run 0 'trial balance' trial-balance
run 0 'balance history' balance-history --account-code 1000 --chart
run 0 'balance history as SVG' balance-history --account-code 1000 --output history.svg
for type in balance-sheet income-statement general-ledger audit-trail; do
    run 0 "report: $type" report --type "$type" --output "$type.json" --user ana
    run 0 "verify the report: $type" verify-report "$type.json"
done
run 0 'verify' verify
run 0 'help' --help
echo "1..$count"
