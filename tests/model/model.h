/* The judge of the ledger: the same rules over plain lists, slow and easy to see through. It shares no code with the
 * ledger, only the public types of its headers.
 *
 * I1 Every sum is made from the entries, whenever it is asked for; nothing is kept that could be wrong.
 * I2 What the ledger alone can know (ids, positions in the log, account ids) is told to the model after each operation,
 *    which holds it against what must be so: positions ascend, nothing else is taken on trust. */
#ifndef LEDGER_MODEL_MODEL_H
#define LEDGER_MODEL_MODEL_H

#include <stdint.h>

#include "ledger/account.h"
#include "ledger/approval.h"
#include "ledger/balance.h"
#include "ledger/period.h"
#include "ledger/transaction.h"

#define MODEL_NONE SIZE_MAX
#define MODEL_US_PER_S INT64_C(1000000)
#define MODEL_US_PER_DAY (INT64_C(86400) * MODEL_US_PER_S)

enum { MODEL_ACCOUNTS_MAX = 128, MODEL_ENTRIES_MAX = 16, MODEL_KEY_BUCKETS = 1 << 16 };

struct model_account {
    char *account_code;
    char *account_name;
    enum ledger_account_type account_type;
    enum ledger_account_role account_role;
    char *currency;
    size_t parent; /* MODEL_NONE for a root */
    bool is_active;
    int32_t version;
};

struct model_entry {
    size_t account;
    enum ledger_entry_type entry_type;
    int64_t amount_minor;
    char *memo;
    char *cost_center;
};

/* Texts are NULL where absent. */
struct model_transaction {
    int64_t log_index;
    char transaction_id[LEDGER_ID_TEXT_SIZE];
    char transaction_number[LEDGER_NUMBER_TEXT_SIZE];
    int64_t number_in_day;
    int64_t posting_date_us;
    int64_t transaction_date_us;
    int32_t transaction_day;
    char *business_event_type;
    char *business_key;
    char *description;
    char *reversal_reason;
    char *idempotency_key;
    char *request; /* every field of the client that the key stands for */
    char *source_system;
    char *created_by;
    size_t reverses;
    size_t reversed_by;
    size_t first_entry;
    size_t entries_count;
    size_t next_of_bucket; /* the next with a key of the same bucket */
};

struct model_period {
    int32_t start_day;
    int32_t end_day;
    bool is_closed;
};

struct model_approval {
    char request_id[LEDGER_ID_TEXT_SIZE];
    enum ledger_approval_state state;
    size_t original;
    char *reason;
    char *transaction_date;
    char *idempotency_key;
    char *user;
    char *principal;
    char *source_system;
};

/* What is fixed for the whole run. Days are those of a zone without summer time. */
struct model_settings {
    int64_t zone_offset_us;
    const char *default_currency;
    int32_t max_correction_age_days;
    int64_t correction_approval_threshold_minor;
};

struct model {
    struct model_settings settings;
    struct model_account accounts[MODEL_ACCOUNTS_MAX];
    size_t accounts_count;
    struct model_transaction *transactions;
    size_t transactions_count;
    size_t transactions_capacity;
    struct model_entry *entries;
    size_t entries_count;
    size_t entries_capacity;
    struct model_period *periods;
    size_t periods_count;
    struct model_approval *approvals;
    size_t approvals_count;
    size_t key_buckets[MODEL_KEY_BUCKETS];
    int64_t last_event_us;
    int64_t accepted_clock_us; /* the instant at which an administrator accepted the clock; INT64_MIN */
    int32_t posting_day;       /* of the last posting */
    int64_t last_number;
    int64_t greatest_log_index;
    struct ledger_balance running[MODEL_ACCOUNTS_MAX]; /* for the limit of totals alone */
};

/* Who does it. Texts that are NULL are absent. */
struct model_actor {
    const char *user;
    const char *principal;
    const char *source_system;
};

/* What must come of a posting or reversal. */
struct model_outcome {
    ledger_status status;
    bool is_replayed;
    size_t transaction; /* that was posted, or whose result is given again; MODEL_NONE */
    size_t approval;    /* the request that waits; MODEL_NONE */
};

void model_init(struct model *model, const struct model_settings *settings, int64_t created_us);
void model_done(struct model *model);

/* The account of a code, MODEL_NONE where there is none. */
size_t model_find_account(const struct model *model, struct ledger_text account_code);

/* Each gives what the ledger must answer, and changes the model accordingly. */
ledger_status model_account_create(struct model *model, const struct ledger_account_request *request, int64_t now_us);
ledger_status model_account_set_active(struct model *model, struct ledger_text account_code, bool is_active,
                                       int64_t now_us);
ledger_status model_period_set(struct model *model, struct model_period period, int64_t now_us);
ledger_status model_clock_accept(struct model *model, int64_t now_us);
ledger_status model_post(struct model *model, const struct model_actor *actor, const struct ledger_posting *postings,
                         size_t count, enum ledger_batch_mode mode, int64_t now_us, struct model_outcome *ret_outcomes);

/* `original` is what the reversal's text names, MODEL_NONE where that is nothing. */
void model_reverse(struct model *model, const struct model_actor *actor, size_t original,
                   const struct ledger_reversal *reversal, int64_t now_us, struct model_outcome *ret_outcome);
void model_approve(struct model *model, const struct model_actor *actor, size_t approval, int64_t now_us,
                   struct model_outcome *ret_outcome);
ledger_status model_deny(struct model *model, size_t approval, int64_t now_us);

/* I2: what the ledger says of a transaction that it posted. NULL where that can be, else what is wrong. */
const char *model_confirm(struct model *model, size_t transaction, const struct ledger_posted *posted);

/* Totals of every account from the transactions known at a log position, up to a day where there is one. */
void model_totals(const struct model *model, const struct ledger_balance_query *query,
                  struct ledger_balance ret_totals[MODEL_ACCOUNTS_MAX]);

bool model_day_is_closed(const struct model *model, int32_t day);

/* The forms of the outside, read again by other means. */
bool model_parse_amount(struct ledger_text text, unsigned decimals, int64_t *ret_amount_minor);
bool model_parse_time(struct ledger_text text, int64_t zone_offset_us, int64_t *ret_time_us);
int32_t model_day_of(int64_t time_us, int64_t zone_offset_us);
int32_t model_day_from_civil(int32_t year, int32_t month, int32_t day);
void model_day_to_civil(int32_t day, int32_t *ret_year, int32_t *ret_month, int32_t *ret_day);

/* Memory that is there, or the end of the program. */
void *model_allocate(void *old, size_t size);
char *model_copy_text(struct ledger_text text);

#endif
