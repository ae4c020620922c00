#!/bin/sh
# The books that the cases begin with; to be read by `. "$CASES/books.sh"`, which makes them in the ledger of the case.

# post DEBITED CREDITED AMOUNT [OPTION...]: a transaction of two entries.
post() {
    debited=$1
    credited=$2
    amount=$3
    shift 3
    printf '[{"account_code": "%s", "entry_type": "DEBIT", "amount": "%s"},
        {"account_code": "%s", "entry_type": "CREDIT", "amount": "%s"}]' \
        "$debited" "$amount" "$credited" "$amount" |
        ledger-admin --quiet post-transaction --event-type SALE --description Test --entries - --user ana "$@"
}

account() {
    code=$1
    name=$2
    type=$3
    shift 3
    ledger-admin --quiet create-account --code "$code" --name "$name" --type "$type" --user ana "$@"
}

# books: an empty chart of accounts becomes one with a tree, other currencies and every type.
books() {
    DEFAULT_CURRENCY=EUR ledger-admin --quiet init --confirm --user ana &&
        account 1 Assets ASSET --role HEADER &&
        account 1000 Cash ASSET --parent 1 &&
        account 1010 Bank ASSET --parent 1 &&
        account 1800 Yen ASSET --currency JPY &&
        account 1900 Dollars ASSET --currency USD &&
        account 2000 Payables LIABILITY &&
        account 3000 Capital EQUITY &&
        account 3900 'Retained earnings' EQUITY --role RETAINED_EARNINGS &&
        account 4000 Sales REVENUE &&
        account 4800 'Yen sales' REVENUE --currency JPY &&
        account 4900 'Dollar sales' REVENUE --currency USD &&
        account 5000 Rent EXPENSE
}
