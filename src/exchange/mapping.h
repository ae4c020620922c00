/* How files of others are read: a mapping file says what their columns, numbers, dates and names mean.
 *
 *     [format]        date = DD.MM.YYYY · decimal = , · separator = ; · sign = debit (a positive amount is one)
 *     [columns]       description = Text            ours = theirs
 *     [defaults]      debit_account = 1000          for a column that is not there, or empty
 *     [ignored]       column = Saldo                read over; as often as there are such, * for all that are left
 *     [accounts]      Assets:Bank = 1000            their name = account code
 *     [commodities]   $ = CAD                       their sign = currency
 *     [types]         Aktiva = ASSET                the first part of account names in journals = account type
 *
 * Lines that begin with # or ; are comments. A name or value may stand between double quotes, and a name that has a =
 * has to. */
#ifndef LEDGER_EXCHANGE_MAPPING_H
#define LEDGER_EXCHANGE_MAPPING_H

#include "base/call.h"
#include "base/text.h"

enum {
    MAPPING_FILE_BYTES_MAX = 16 * 1024 * 1024,
    MAPPING_DATE_SIZE = 32,
};

/* The columns of CSV, and the fields of a record that have a default. */
enum posting_column {
    COLUMN_TRANSACTION,
    COLUMN_TRANSACTION_DATE,
    COLUMN_BUSINESS_EVENT_TYPE,
    COLUMN_DESCRIPTION,
    COLUMN_BUSINESS_KEY,
    COLUMN_IDEMPOTENCY_KEY,
    COLUMN_ACCOUNT_CODE,
    COLUMN_ENTRY_TYPE,
    COLUMN_AMOUNT,
    COLUMN_DEBIT,
    COLUMN_CREDIT,
    COLUMN_DEBIT_ACCOUNT,
    COLUMN_CREDIT_ACCOUNT,
    COLUMN_CURRENCY,
    COLUMN_MEMO,
    COLUMN_COST_CENTER,
    COLUMN_BUSINESS_UNIT,
    COLUMN_PROJECT_CODE,
    COLUMN_REJECTED_BECAUSE,
    POSTING_COLUMNS_COUNT,
};

/* Their names, in that order. */
extern const char *const posting_column_names[POSTING_COLUMNS_COUNT];

/* The column of that name; POSTING_COLUMNS_COUNT where there is none. */
enum posting_column posting_column_find(struct ledger_text name);

enum mapping_sign {
    SIGN_IS_NOT_GIVEN,
    SIGN_POSITIVE_IS_DEBIT,
    SIGN_POSITIVE_IS_CREDIT,
};

struct mapping_pair {
    struct ledger_text name;
    struct ledger_text value;
};

struct mapping_pairs {
    struct mapping_pair *items;
    size_t count;
    size_t capacity;
};

/* In place, with memory of its own; all of zeros is a mapping that changes nothing. */
struct mapping {
    struct arena arena;
    struct ledger_text date_format; /* absent: as DESIGN words dates */
    char decimal_sign;              /* '.' or ','; 0: not given */
    char separator;                 /* 0: not given */
    enum mapping_sign sign;
    bool ignores_all;
    struct ledger_text columns[POSTING_COLUMNS_COUNT];  /* their names; absent: ours */
    struct ledger_text defaults[POSTING_COLUMNS_COUNT]; /* absent: none */
    struct mapping_pairs ignored;
    struct mapping_pairs accounts; /* by name */
    struct mapping_pairs commodities;
    struct mapping_pairs types;
};

void mapping_init(struct mapping *mapping);
void mapping_done(struct mapping *mapping);

/* Reads a mapping file. LEDGER_INPUT_IS_MALFORMED with every line that is wrong, outcomes of reading a file. */
LEDGER_MUST_CHECK ledger_status mapping_read(struct ledger_call *call, struct mapping *mapping, const char *path);

/* Reads a file that has lines as in [accounts] alone. */
LEDGER_MUST_CHECK ledger_status mapping_read_accounts(struct ledger_call *call, struct mapping *mapping,
                                                      const char *path);

/* The same from memory; `name` stands in messages. */
LEDGER_MUST_CHECK ledger_status mapping_read_text(struct ledger_call *call, struct mapping *mapping,
                                                  struct ledger_text content, const char *name);

/* What a name stands for; absent where it is not among them. */
struct ledger_text mapping_find(const struct mapping_pairs *pairs, struct ledger_text name);

/* A date in the mapping's format as YYYY-MM-DD, with the time behind it where the format has one. False where it is
 * none. */
bool mapping_read_date(const struct mapping *mapping, struct ledger_text text, char out[MAPPING_DATE_SIZE]);

#endif
