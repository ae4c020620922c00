#!/bin/sh
# The demo: the quarter of a small company, from an empty directory to a fraud that is found.
#
#     tools/demo.sh
#
# `./do demo` installs and builds what is missing, then runs this. Everything happens in a scratch directory, which
# stays for the user to go on with. Environment: LEDGER_BUILD, a build directory other than build.
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
build=${LEDGER_BUILD:-$top/build}
quarter=$top/examples/quarter
PATH=$build:$build/examples:$PATH
# Settings of the surroundings are not those of the demo.
unset LEDGER_DB_URI DB_QUERY_TIMEOUT MAX_CORRECTION_AGE_DAYS CORRECTION_APPROVAL_THRESHOLD DEFAULT_CURRENCY \
    FISCAL_YEAR_START
export LEDGER_TIMEZONE=Africa/Luanda

scratch=$(mktemp -d "${TMPDIR:-/tmp}/ledger-demo.XXXXXX")
cd "$scratch"
steps=0
bold=
plain=
if [ -t 1 ] && [ -z "${NO_COLOR-}" ]; then
    bold=$(printf '\033[1m')
    plain=$(printf '\033[0m')
fi

# step TEXT: what comes next, and why.
step() {
    steps=$((steps + 1))
    printf '\n%s%d. %s%s\n' "$bold" "$steps" "$*" "$plain"
}

# told COMMAND...: prints it as it would be typed.
told() {
    printf '%s$' "$bold"
    for word in "$@"; do
        case $word in
        *[!A-Za-z0-9_./:=@-]*) printf " '%s'" "$word" ;;
        *) printf ' %s' "$word" ;;
        esac
    done
    printf '%s\n' "$plain"
}

# show COMMAND...: runs it; it has to succeed.
show() {
    told "$@"
    "$@"
}

# refused STATUS COMMAND...: runs it; it has to end with that status.
refused() {
    expected=$1
    shift
    told "$@"
    status=0
    "$@" 2>errors || status=$?
    cat errors # behind the result, as it stands on a terminal
    printf '(exit status %d)\n' "$status"
    if [ "$status" -ne "$expected" ]; then
        printf 'demo.sh: exit status %d was expected\n' "$expected" >&2
        exit 1
    fi
}

# entries FILE NET VAT GROSS: an entries file of a repair bill.
entries() {
    cat >"$1" <<ENTRIES
[{"account_code": "5370", "entry_type": "DEBIT",  "amount": "$2", "memo": "brakes of the van"},
 {"account_code": "1220", "entry_type": "DEBIT",  "amount": "$3"},
 {"account_code": "1120", "entry_type": "CREDIT", "amount": "$4"}]
ENTRIES
}

# post_repair FILE HOW...: the repair bill by the command line; HOW is show or refused STATUS.
post_repair() {
    file=$1
    shift
    "$@" ledger-admin post-transaction --event-type EXPENSE --description 'Oficina Sul: repair of the van' \
        --entries "$file" --transaction-date 2026-03-30 --allow-future --user ana
}

step 'Make an empty ledger: one file, in a scratch directory. Time zone and currency are fixed for good.'
show ledger-admin init --confirm --user ana

step 'Post the books of Kianda Lda, January to March 2026, by a program of the library: one durable commit.'
show example_post_quarter sqlite:///ledger.db "$quarter/chart.csv" "$quarter/transactions.csv" ana

step 'Send the same file again: each business key is an idempotency key, so nothing is posted twice.'
show example_post_quarter sqlite:///ledger.db "$quarter/chart.csv" "$quarter/transactions.csv" ana

step 'Add an account by the command line, and look at the chart.'
show ledger-admin create-account --code 5370 --name 'Repairs' --type EXPENSE --parent 53 --user ana
show ledger-admin accounts

step 'Post a repair bill from an entries file. It is typed wrongly at first: refused, and nothing is written but that.'
entries wrong.json 85000.00 11900.00 96090.00
entries repair.json 85000.00 11900.00 96900.00
show cat wrong.json
post_repair wrong.json refused 1
post_repair repair.json show

step 'The bill is posted a second time by mistake. Nothing posted is ever changed: it is reversed.'
post_repair repair.json show
number=$(sqlite3 -readonly ledger.db 'SELECT transaction_number FROM transactions ORDER BY log_index DESC LIMIT 1')
show ledger-admin reverse --transaction-id "$number" --reason 'posted twice' --transaction-date 2026-03-30 --user bruno
show ledger-admin show "$number"

step 'What is in the bank at the end of the quarter?'
show ledger-admin balance --account-code 1120 --as-of-date 2026-03-31

step 'The trial balance: debits equal credits.'
show ledger-admin trial-balance --as-of-date 2026-03-31 --non-zero

step 'The balance sheet and the income statement of the quarter. Each is recorded in the audit log with its hash.'
show ledger-admin report --type balance-sheet --end-date 2026-03-31 --format table --output - --user ana
show ledger-admin report --type income-statement --start-date 2026-01-01 --end-date 2026-03-31 --format table \
    --output - --user ana

step 'Verify: every hash, every sum, the log and the guards.'
show ledger-admin verify

step 'Now a dishonest administrator, with a copy of the file. He wants one cent more of an invoice; the guards refuse.'
cat >attack.sql <<'ATTACK'
UPDATE entry_rows SET amount_minor = amount_minor + 1
WHERE entry_key = (SELECT entry_id FROM journal_entries JOIN transactions USING (transaction_id)
    WHERE business_key = 'INV-2026-0007' AND entry_number = 1);
ATTACK
cat >guards.sql <<'GUARDS'
DROP TRIGGER trg_prevent_entry_rows_insert;
DROP TRIGGER trg_prevent_entry_rows_update;
DROP TRIGGER trg_prevent_entry_rows_delete;
GUARDS
show sqlite3 -readonly ledger.db '.backup tampered.db'
show cat attack.sql
refused 1 sqlite3 -bail tampered.db '.read attack.sql'

step 'So he drops the guards of that table, and changes the cent in the file itself.'
show cat guards.sql
show sqlite3 -bail tampered.db '.read guards.sql'
show sqlite3 -bail tampered.db '.read attack.sql'

step 'Verify finds it: which transaction, which entry, which field, what stands there and what has to.'
refused 3 ledger-admin --db sqlite:///tampered.db --quiet verify

step 'The original is untouched.'
show ledger-admin --quiet verify

cat <<END

${bold}Go on with it:${plain}
  cd $scratch
  PATH=$build:\$PATH
  ledger-admin --help
  ledger-admin report --type general-ledger --account-code 1120 --format table --output - --user you
  ledger-admin audit --severity WARNING
  sqlite3 -readonly -box ledger.db 'SELECT * FROM v_trial_balance'

The ledger:        $scratch/ledger.db
The tampered copy: $scratch/tampered.db
END
