/* Transactions and entries page by page.
 *
 * Pages follow each other by cursors: a page tells by what the next one begins, `next_after`. A cursor names a place in
 * the log, which never changes: it stays valid for ever, whatever is posted between two pages, and a page costs the
 * same however far into the log it lies. Oldest first, what is posted between two pages comes in a later one; newest
 * first, it stands before the first page and is not seen. Its text has no spaces and nothing that a URL or a shell
 * would change; take it as it is. */
#ifndef LEDGER_LISTING_H
#define LEDGER_LISTING_H

#include "ledger/transaction.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
    LEDGER_PAGE_DEFAULT = 100,
    LEDGER_PAGE_MAX = 10000, /* transactions or entries of one page */
    LEDGER_CURSOR_TEXT_SIZE = 64,
};

/* Which ones, and which page of them. Clear it, set `struct_size`, then what is asked. Absent texts do not filter. */
struct ledger_listing {
    size_t struct_size;
    struct ledger_text account_code; /* entries: of this account, needed; transactions: with an entry of it. Accounts
                                      * under it do not count */
    struct ledger_text start_date;   /* the first transaction day, YYYY-MM-DD */
    struct ledger_text end_date;     /* the last */
    struct ledger_text business_event_type; /* equal */
    struct ledger_text business_key;        /* equal */
    bool newest_first;                      /* the last posted first; else in the order of the log */
    size_t limit;                           /* 1 to LEDGER_PAGE_MAX; 0: LEDGER_PAGE_DEFAULT */
    struct ledger_text after;               /* next_after of the page before; absent: from the beginning */
};

/* A page of transactions with their entries. */
struct ledger_transaction_page {
    const struct ledger_transaction_record *transactions;
    size_t transactions_count;
    bool has_more;                 /* now; oldest first, more may come later */
    struct ledger_text next_after; /* the cursor behind the last of them; where there is none, `after` as it was */
};

/* The transactions that pass, in the call's memory. LEDGER_CURSOR_IS_INVALID, LEDGER_ACCOUNT_NOT_FOUND,
 * LEDGER_DATE_IS_INVALID, LEDGER_USAGE_IS_WRONG beyond LEDGER_PAGE_MAX, LEDGER_VERSION_IS_UNSUPPORTED, database
 * outcomes. */
LEDGER_PUBLIC LEDGER_MUST_CHECK ledger_status ledger_transaction_list(struct ledger_call *call, struct ledger *ledger,
                                                                      const struct ledger_listing *listing,
                                                                      struct ledger_transaction_page *ret_page);

/* An entry with what it needs of its transaction. */
struct ledger_entry_line {
    int64_t log_index;
    int64_t number_in_day; /* with the posting date, the transaction's number: see ledger_transaction_number */
    int64_t posting_date_us;
    int32_t transaction_day;
    uint32_t entry_number;
    enum ledger_entry_type entry_type;
    int64_t amount_minor;
    struct ledger_text memo;
    struct ledger_text business_event_type;
    struct ledger_text business_key;
    struct ledger_text description;
};

struct ledger_entry_page {
    struct ledger_text account_code; /* in its normal form */
    struct ledger_text currency;     /* of the account */
    const struct ledger_entry_line *entries;
    size_t entries_count;
    bool has_more;
    struct ledger_text next_after;
};

/* The entries of an account that pass, in the call's memory. As ledger_transaction_list, and LEDGER_USAGE_IS_WRONG
 * without an account. */
LEDGER_PUBLIC LEDGER_MUST_CHECK ledger_status ledger_entry_list(struct ledger_call *call, struct ledger *ledger,
                                                                const struct ledger_listing *listing,
                                                                struct ledger_entry_page *ret_page);

#ifdef __cplusplus
}
#endif

#endif
