#!/bin/sh
# sanitizers: yes
# The examples do what they say, and fail as they should. Environment: LEDGER_BUILD, a build directory.
set -u
cd "$(dirname "$0")/../.." || exit 1
top=$PWD
examples=$LEDGER_BUILD/examples
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
number=0

# result NAME STATUS: one result; what was said is shown where the status is not 0.
result() {
    number=$((number + 1))
    if [ "$2" -eq 0 ]; then
        echo "ok $number - $1"
    else
        echo "not ok $number - $1"
        sed 's/^/# /' "$scratch/said"
    fi
}

# run STATUS COMMAND...: runs in the scratch directory; one result for the exit status.
run() {
    expected=$1
    shift
    (cd "$scratch" && "$@") >"$scratch/said" 2>&1
    status=$?
    result "$(basename "$1") ends with $expected" $((status != expected))
}

# says PATTERN...: each is a line, or part of one, of what the last run said.
says() {
    for pattern in "$@"; do
        grep -Eq "$pattern" "$scratch/said"
        result "it says: $pattern" $?
    done
}

hash='[0-9a-f]{64}'
transaction='[0-9]{8}-[0-9]{6}'

run 0 "$examples/example_post_and_balance"
says "^posted $transaction$" "^  hash $hash$" '^LEDGER_DEBITS_DIFFER_FROM_CREDITS: not balanced$' \
    '^  not balanced: Debits=1000.50, Credits=1000.05$' '^  what to do: correct the amounts' '^  recorded: yes$' \
    '^balance of Cash: 1000.50 AOA$'
run 1 "$examples/example_post_and_balance"
says '^LEDGER_EXISTS_ALREADY: ' 'first_steps.db'
run 2 "$examples/example_post_and_balance" nonsense://
says '^LEDGER_CONFIGURATION_IS_INVALID: ' 'nonsense'
run 4 "$examples/example_post_and_balance" sqlite:////nowhere/at/all.db
says '^LEDGER_DATABASE_IS_' '/nowhere/at/all.db'

run 0 "$examples/example_batch"
says '^each for itself: LEDGER_DONE$' "^  item 0 till-1: $transaction$" '^  item 1 till-2: LEDGER_ACCOUNT_NOT_FOUND$' \
    "^  item 2 till-3: $transaction$" '^    item 1: entry 1: account not found: 1999$' \
    '^all together: LEDGER_BATCH_IS_REFUSED$' '^  item 0 till-4: LEDGER_BATCH_IS_REFUSED$' \
    '^all together: LEDGER_DONE$' "^  item 0 till-1: $transaction \(posted before\)$" "^  item 1 till-2: $transaction$"
run 1 "$examples/example_batch" sqlite:///batch.db
says '^LEDGER_EXISTS_ALREADY: '

run 0 "$examples/example_reports"
says '"report_type": "trial-balance"' '"debit": "250000.00"' \
    "^balanced: yes, log position [0-9]+, hash $hash$" '^the same$'
sed -n '/^{/,/^}/p' "$scratch/said" | python3 -m json.tool >"$scratch/json" 2>&1
result 'its report is JSON' $?
run 1 "$examples/example_reports"
says '^LEDGER_EXISTS_ALREADY: '

post_quarter=$examples/example_post_quarter
chart=$top/examples/quarter/chart.csv
quarter=$top/examples/quarter/transactions.csv
run 2 "$post_quarter"
says '^usage: '
run 2 "$post_quarter" sqlite:///first_steps.db "$chart" /nowhere/transactions.csv ana
run 2 "$post_quarter" sqlite:///first_steps.db /nowhere/chart.csv "$quarter" ana
says '^LEDGER_FILE_IS_UNREADABLE: '
run 4 "$post_quarter" sqlite:///nowhere.db "$chart" "$quarter" ana
says '^LEDGER_DATABASE_IS_UNAVAILABLE: ' '^  there is no database that can be opened at nowhere.db'
run 0 "$post_quarter" sqlite:///first_steps.db "$chart" "$quarter" ana
says '^41 accounts created$' '^433 transactions posted, 0 had been posted before$' "^from $transaction to $transaction$"
run 0 "$post_quarter" sqlite:///first_steps.db "$chart" "$quarter" ana
says '^0 accounts created$' '^0 transactions posted, 433 had been posted before$'
sed 's/^RENT\(.*\),5310,DEBIT,330000.00/NEW\1,5319,DEBIT,0.001/' "$quarter" >"$scratch/wrong.csv"
run 1 "$post_quarter" sqlite:///first_steps.db "$chart" wrong.csv ana
says '^LEDGER_BATCH_IS_REFUSED: ' \
    '^  transaction 7:  entry 1: account not found: 5319' '"0.001" has more than 2 decimals'
printf 'heading\n9999,Odd,ODD,NORMAL,\n' >"$scratch/odd.csv"
run 1 "$post_quarter" sqlite:///first_steps.db odd.csv "$quarter" ana
says '^account 9999: unknown type or role$'
printf 'heading' >"$scratch/empty.csv"
run 0 "$post_quarter" sqlite:///first_steps.db empty.csv empty.csv ana
says '^0 accounts created$' '^0 transactions posted, 0 had been posted before$'
echo "1..$number"
