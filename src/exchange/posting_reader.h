/* What every format of postings is read through: one record after the other, in the order of the file.
 *
 * I1 A record that cannot be understood is told, and the reader goes on behind it: one bad record spoils no other.
 * I2 What was written is either given or told: nothing is read over in silence. */
#ifndef LEDGER_EXCHANGE_POSTING_READER_H
#define LEDGER_EXCHANGE_POSTING_READER_H

#include "base/line_input.h"
#include "base/text_builder.h"
#include "exchange/mapping.h"
#include "ledger/account.h"
#include "ledger/transaction.h"

enum {
    READING_RECORD_BYTES_MAX = 16 * 1024 * 1024, /* of one record of a file */
};

enum reading_kind {
    READING_POSTING,
    READING_ACCOUNT, /* an account that the file declares */
};

/* One record. Texts live until the next. */
struct reading {
    enum reading_kind kind;
    uint64_t line;             /* where it begins, from 1 */
    struct ledger_text source; /* its bytes as they stand in the file; absent where it has none of its own */
    struct ledger_posting posting;
    struct ledger_account_request account;
    struct ledger_text type_fault; /* why the account's type is not known: it can be found, not made; absent: it is */
};

/* Up to the end of the record at hand. */
struct reading_position {
    uint64_t line;
    uint64_t bytes;
    uint64_t bytes_total;      /* 0 where it is not known */
    struct sha256_hash digest; /* of these bytes */
};

struct posting_reader;

struct posting_reader_operations {
    /* The next record, in the call's memory; `ret_has_record` is false at the end. LEDGER_INPUT_IS_MALFORMED with every
     * problem of a record that cannot be understood: `ret_reading` then has its line and source, and the next call goes
     * on behind it. Any other outcome ends the reading. */
    ledger_status (*next)(struct ledger_call *call, struct posting_reader *reader, bool *ret_has_record,
                          struct reading *ret_reading);

    /* How far the reading has come. */
    void (*tell)(const struct posting_reader *reader, struct reading_position *ret_position);

    /* Adds a rejected record, as its source stands in the file, with the reasons, so that it can be mended and imported
     * by itself. */
    void (*add_rejected)(const struct posting_reader *reader, struct text_builder *builder, struct ledger_text source,
                         struct ledger_text reasons);

    /* What stands in the file for no record of its own but has to stand above rejected records for them to be read
     * again: the header of CSV. Absent where there is none. */
    struct ledger_text (*preamble)(const struct posting_reader *reader);

    void (*free)(struct posting_reader *reader);
};

struct posting_reader {
    const struct posting_reader_operations *operations;
};

/* A transaction a line, as JSON: {"business_event_type", "description", "entries": [as in an entries file],
 * "transaction_date"?, "business_key"?, "idempotency_key"?, "allow_future"?}; or an account: {"account":
 * {"account_code", "account_name", "account_type", "account_role"?, "parent_account_code"?, "currency"?,
 * "description"?, "is_active"?}}. Empty lines count as none, and so does a member "rejected_because" of what was
 * rejected before. So do, on purpose, those that an export has beside the posting, since they are facts of another
 * ledger: "transaction_id", "transaction_number", "posting_date", "log_index", "transaction_hash", "record_hash",
 * "reverses_transaction_id", "reversal_reason", "original_idempotency_key", "source_system", "created_by", and
 * "is_active" of an account, which is created in use. `path` "-" is standard input. */
LEDGER_MUST_CHECK ledger_status read_ndjson_open(struct ledger_call *call, const char *path,
                                                 struct posting_reader **ret_reader);

/* CSV (RFC 4180) with a header of the names of `enum posting_column`, or of those that the mapping gives them;
 * separated by what the mapping says, else by what the header shows. Rows of one value of `transaction` that stand
 * together are one transaction, each row an entry: account_code with entry_type and amount, or with debit and credit.
 * Or a row is a transaction: debit_account, credit_account, amount. LEDGER_INPUT_IS_MALFORMED where the header says
 * neither. The mapping lives as long as the reader. */
LEDGER_MUST_CHECK ledger_status read_csv_open(struct ledger_call *call, const char *path, const struct mapping *mapping,
                                              struct posting_reader **ret_reader);

enum journal_dialect {
    JOURNAL_PLAIN, /* the common ground of ledger and hledger */
    JOURNAL_BEANCOUNT,
};

/* Plain-text journals and what they include; what cannot be kept is refused by name. With `declares_all` every account
 * is given before its first use, with its parents before it; else those that the journal declares. The mapping lives as
 * long as the reader. */
LEDGER_MUST_CHECK ledger_status read_journal_open(struct ledger_call *call, const char *path,
                                                  enum journal_dialect dialect, const struct mapping *mapping,
                                                  bool declares_all, struct posting_reader **ret_reader);

void posting_reader_free(struct posting_reader *reader);

#endif
