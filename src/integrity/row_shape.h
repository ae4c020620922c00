/* The rows of facts, column by column: for comparing them and showing them, whatever table they are of. */
#ifndef LEDGER_INTEGRITY_ROW_SHAPE_H
#define LEDGER_INTEGRITY_ROW_SHAPE_H

#include "base/text_builder.h"
#include "integrity/verify_state.h"

enum column_kind {
    COLUMN_TEXT,
    COLUMN_TIME,
    COLUMN_DAY,
    COLUMN_INTEGER,
    COLUMN_INTEGER_32,
    COLUMN_NUMBER, /* of a transaction; its offset is 0 */
    COLUMN_AMOUNT,
    COLUMN_ID,
    COLUMN_SALT,
    COLUMN_HASH,
    COLUMN_ACCOUNT,
    COLUMN_ENTRY_TYPE,
    COLUMN_SEVERITY,
    COLUMN_OUTCOME,
    COLUMN_TRUTH,
    COLUMN_PERIOD_STATE,
    COLUMN_APPROVAL_STATE,
    COLUMN_ACCOUNT_TYPE,
    COLUMN_ACCOUNT_ROLE,
};

struct column {
    const char *name;
    enum column_kind kind;
    size_t offset;
    bool is_erasable; /* a redaction takes it away */
};

struct table_shape {
    const char *table;
    const char *noun;
    const struct column *columns;
    size_t columns_count;
};

/* Of struct ledger_transaction_record, ledger_entry_record, ledger_event_record, store_account_version, ledger_period,
 * store_approval_change and ledger_settings. */
extern const struct table_shape transaction_shape;
extern const struct table_shape entry_shape;
extern const struct table_shape event_shape;
extern const struct table_shape version_shape;
extern const struct table_shape period_shape;
extern const struct table_shape approval_shape;
extern const struct table_shape settings_shape;

/* What codes of accounts are found by. */
struct row_accounts {
    struct store_account_row *rows;
    size_t count;
};

/* NULL where there is none. */
const struct store_account_row *row_account_find(const struct row_accounts *accounts, int64_t account_id);

bool column_equals(const struct column *column, const void *left_row, const void *right_row);

/* A value as a person reads it; what is absent is the absent text. */
struct ledger_text column_text(const struct row_accounts *accounts, const struct column *column, const void *row,
                               char out[VERIFY_TEXT_SIZE]);

/* A whole row as JSON, without what is absent. */
LEDGER_MUST_CHECK ledger_status row_shape_text(struct ledger_call *call, const struct row_accounts *accounts,
                                               const struct table_shape *shape, const void *row,
                                               struct ledger_text *ret_text);

#endif
