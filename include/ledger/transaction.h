/* Transactions: posted whole or not at all, corrected only by reversal. */
#ifndef LEDGER_TRANSACTION_H
#define LEDGER_TRANSACTION_H

#include "ledger/ledger.h"

#ifdef __cplusplus
extern "C" {
#endif

enum ledger_entry_type { LEDGER_DEBIT, LEDGER_CREDIT };

enum {
    LEDGER_ENTRIES_MAX = 65535,       /* entries of one transaction */
    LEDGER_BATCH_MAX = 100000,        /* transactions of one batch */
    LEDGER_DESCRIPTION_MAX = 1000,    /* code points of a description, memo or reason */
    LEDGER_NAME_MAX = 200,            /* code points of an event type, business key, user, source system */
    LEDGER_CODE_MAX = 50,             /* code points of account codes and dimensions */
    LEDGER_IDEMPOTENCY_KEY_MAX = 200, /* code points of an idempotency key */
};

/* One DEBIT or CREDIT line as the client gives it. */
struct ledger_entry {
    struct ledger_text account_code;
    struct ledger_text entry_type_text; /* as written; absent: `entry_type` counts */
    enum ledger_entry_type entry_type;
    struct ledger_text amount;   /* the decimal literal; absent: `amount_minor` counts */
    int64_t amount_minor;        /* hundredths, more than 0 */
    struct ledger_text currency; /* absent: the account's */
    struct ledger_text memo;
    struct ledger_text cost_center;
    struct ledger_text business_unit;
    struct ledger_text project_code;
};

/* A transaction as the client gives it. */
struct ledger_posting {
    struct ledger_text business_event_type; /* required: "SALE", "CLOSING", … */
    struct ledger_text business_key;
    struct ledger_text description;      /* required */
    struct ledger_text transaction_date; /* as DESIGN words it; absent: `transaction_date_us` where given, else now */
    bool has_transaction_date_us;
    int64_t transaction_date_us;
    struct ledger_text idempotency_key;
    bool allow_future;
    const struct ledger_entry *entries;
    uint32_t entries_count;
};

/* A reversal as the client gives it. */
struct ledger_reversal {
    struct ledger_text transaction; /* the original's id or number */
    struct ledger_text reason;      /* required */
    struct ledger_text transaction_date;
    struct ledger_text idempotency_key;
};

enum { LEDGER_ID_TEXT_SIZE = 37, LEDGER_NUMBER_TEXT_SIZE = 32, LEDGER_HASH_TEXT_SIZE = 65 };

/* What came of one posting or reversal. For a refused one only `status` and the problems are set. */
struct ledger_posted {
    ledger_status status;
    bool replayed; /* the idempotency key had been used for this same request; this is its result */
    int64_t log_index;
    char transaction_id[LEDGER_ID_TEXT_SIZE];
    char transaction_number[LEDGER_NUMBER_TEXT_SIZE];
    int64_t posting_date_us;
    char transaction_hash[LEDGER_HASH_TEXT_SIZE];
    char original_transaction_id[LEDGER_ID_TEXT_SIZE]; /* of a reversal; else "" */
    char approval_request_id[LEDGER_ID_TEXT_SIZE];     /* with LEDGER_APPROVAL_IS_PENDING; else "" */
    bool refusal_recorded;                             /* the audit event of the refusal was written */
};

enum ledger_batch_mode {
    LEDGER_BATCH_EACH, /* each item stands for itself: the others are posted where one is refused */
    LEDGER_BATCH_ALL,  /* all or none */
};

/* Posts one transaction. The status is the item's own. */
LEDGER_PUBLIC LEDGER_MUST_CHECK ledger_status ledger_post(struct ledger_call *call, struct ledger *ledger,
                                                          const struct ledger_posting *posting,
                                                          struct ledger_posted *ret_posted);

/* Posts `count` transactions in one durable commit, in their order. `ret_posted` has `count` places. With
 * LEDGER_BATCH_EACH the call is LEDGER_DONE also where items were refused: see each item's status, and the call's
 * problems by item_index. With LEDGER_BATCH_ALL it is LEDGER_BATCH_IS_REFUSED and nothing is posted.
 * LEDGER_INPUT_IS_TOO_LARGE beyond LEDGER_BATCH_MAX; LEDGER_OUTCOME_IS_UNKNOWN with the ids in `ret_posted`. */
LEDGER_PUBLIC LEDGER_MUST_CHECK ledger_status ledger_post_batch(struct ledger_call *call, struct ledger *ledger,
                                                                const struct ledger_posting *postings, size_t count,
                                                                enum ledger_batch_mode mode,
                                                                struct ledger_posted *ret_posted);

/* Reverses a transaction: a new one with every entry inverted.
 * LEDGER_TRANSACTION_NOT_FOUND, LEDGER_TRANSACTION_IS_ALREADY_REVERSED,
 * LEDGER_REVERSAL_PRECEDES_ORIGINAL, LEDGER_TRANSACTION_IS_TOO_OLD, LEDGER_APPROVAL_IS_PENDING (with its id), and the
 * outcomes of posting. */
LEDGER_PUBLIC LEDGER_MUST_CHECK ledger_status ledger_reverse(struct ledger_call *call, struct ledger *ledger,
                                                             const struct ledger_reversal *reversal,
                                                             struct ledger_posted *ret_posted);

/* An entry as it is recorded. */
struct ledger_entry_record {
    uint32_t entry_number; /* from 1 */
    int64_t account_id;
    struct ledger_text account_code;
    enum ledger_entry_type entry_type;
    int64_t amount_minor;
    struct ledger_text currency;
    struct ledger_text memo;
    struct ledger_text cost_center;
    struct ledger_text business_unit;
    struct ledger_text project_code;
    uint8_t entry_hash[32];
};

/* A transaction as it is recorded. */
struct ledger_transaction_record {
    int64_t log_index;
    uint8_t transaction_id[16];
    int64_t number_in_day; /* the NNNNNN of the number, from 1 */
    int64_t transaction_date_us;
    int32_t transaction_day;
    int64_t posting_date_us;
    struct ledger_text business_event_type;
    struct ledger_text business_key;
    struct ledger_text description;
    bool is_reversal;
    int64_t reverses_log_index; /* of a reversal */
    uint8_t reverses_transaction_id[16];
    bool is_reversed;
    int64_t reversed_by_log_index;
    uint8_t reversed_by_transaction_id[16];
    struct ledger_text reversal_reason;
    struct ledger_text idempotency_key;
    uint8_t idempotency_fingerprint[32]; /* where there is a key */
    uint8_t transaction_hash[32];
    uint8_t texts_salt[16];
    bool is_redacted;               /* the texts were erased, and the salt with them: a mark stands in their place */
    struct ledger_text redacted_by; /* audit_id of the event that did it; filled in by ledger_transaction_get */
    uint8_t record_hash[32];
    struct ledger_text created_by;
    struct ledger_text principal;
    struct ledger_text source_system;
    struct ledger_text source_ip;
    uint32_t entries_count;
    const struct ledger_entry_record *entries;
};

/* The transaction of that id (a UUID) or number, with its entries, in the call's memory. LEDGER_TRANSACTION_NOT_FOUND.
 */
LEDGER_PUBLIC LEDGER_MUST_CHECK ledger_status ledger_transaction_get(struct ledger_call *call, struct ledger *ledger,
                                                                     struct ledger_text id_or_number,
                                                                     struct ledger_transaction_record *ret_transaction);

/* Writes the `YYYYMMDD-NNNNNN` number: the UTC day of the posting date, then at least six digits. Any thread. */
LEDGER_PUBLIC void ledger_transaction_number(int64_t posting_date_us, int64_t number_in_day,
                                             char out[LEDGER_NUMBER_TEXT_SIZE]);

#ifdef __cplusplus
}
#endif

#endif
