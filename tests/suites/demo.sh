#!/bin/sh
# The demo, twice in a row. Environment: LEDGER_BUILD, a build directory.
set -u
cd "$(dirname "$0")/../.." || exit 1
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
number=0

# result NAME STATUS
result() {
    number=$((number + 1))
    if [ "$2" -eq 0 ]; then
        echo "ok $number - $1"
    else
        echo "not ok $number - $1"
        sed 's/^/# /' "$scratch/said"
    fi
}

# says PATTERN...: each is part of what the demo said.
says() {
    for pattern in "$@"; do
        grep -Eq "$pattern" "$scratch/said"
        result "$pattern" $?
    done
}

for round in first second; do
    # A setting of the surroundings is not the demo's.
    env TMPDIR="$scratch" LEDGER_DB_URI=sqlite:///elsewhere.db DEFAULT_CURRENCY=EUR MAX_CORRECTION_AGE_DAYS=1 \
        LEDGER_BUILD="$LEDGER_BUILD" tools/demo.sh >"$scratch/said" 2>&1 </dev/null
    result "the $round run ends well" $?
    says '^433 transactions posted, 0 had been posted before$' '^0 transactions posted, 433 had been posted before$' \
        '^All transactions balanced correctly!$' 'Cannot modify posted journal entry' \
        'Debits=96900.00, Credits=96090.00'
done
# What is found names the transaction, the entry, the field and both values.
tampered=$(sed -n 's/^The tampered copy: //p' "$scratch/said")
ledger=$(sed -n 's/^The ledger: *//p' "$scratch/said")
transaction=$(sqlite3 -readonly "$ledger" \
    "SELECT transaction_number FROM transactions WHERE business_key = 'INV-2026-0007'")
says '^CRITICAL: ' "^  transaction  $transaction$" '^  entry +1$' '^  field +journal_entries.amount$' '^  stored ' \
    '^  computed '
result 'the ledger stays' "$([ -s "$ledger" ]; echo $?)"
result 'the tampered copy stays' "$([ -s "$tampered" ]; echo $?)"
accounts=$(sqlite3 -readonly "$ledger" "SELECT count(*) >= 40 FROM chart_of_accounts")
result 'the chart has about 40 accounts' "$([ "$accounts" = 1 ]; echo $?)"
echo "1..$number"
