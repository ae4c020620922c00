/* The store: typed operations on our nouns, over named queries and a driver. It knows rows, not rules.
 *
 * Everything runs inside a unit of work: store_begin, then any operations, then store_commit or store_rollback. Results
 * live in the call's memory, those of a scan until its next step. Where a row was damaged from outside, fixed-size
 * bytes read as zeros where they are missing and as 0xff throughout where they have the wrong size, and numbers too
 * large for their type as the largest of it: verify tells. */
#ifndef LEDGER_STORE_STORE_H
#define LEDGER_STORE_STORE_H

#include "base/uuid.h"
#include "domain/merkle.h"
#include "domain/record.h"
#include "ledger/account.h"
#include "ledger/approval.h"
#include "ledger/audit.h"
#include "ledger/balance.h"
#include "ledger/period.h"
#include "ledger/transaction.h"
#include "store/driver.h"

enum {
    STORE_SEGMENT_BITS = 16, /* log positions of a segment of the account lists: 65,536 */
    STORE_TOTALS_ALL_DAYS_MIN = INT32_MIN,
    STORE_TOTALS_ALL_DAYS_MAX = INT32_MAX,
};

enum { STORE_PAGED_INPUTS_MAX = 7, STORE_DERIVED_PARTS = 5 };
#define STORE_POSITION_MAX (INT64_C(1) << 46) /* entry keys are a position and 16 bits of entry number */

/* The leaf hashes of the tile that is not full yet, as of a frontier, which is made from them: where the frontier is
 * the same, so are they, and need not be read again. */
struct store_open_leaves {
    bool is_known;
    struct merkle_frontier frontier;
    struct sha256_hash leaves[MERKLE_TILE_LEAVES];
};

struct store {
    struct driver *driver;
    struct store_open_leaves open_leaves;
};

/* Where the log stands. */
struct store_head {
    struct merkle_frontier frontier; /* its size is the size of the log */
    struct sha256_hash open_leaves[MERKLE_TILE_LEAVES];
    int64_t epoch;
    int32_t posting_day;
    int64_t last_number;
    int64_t last_posting_date_us;
    int64_t amount_bound_minor; /* no total of any account is above it */
    int64_t rules_version;
    bool is_frozen;
};

static inline int64_t store_head_log_size(const struct store_head *head)
{
    return (int64_t)head->frontier.size;
}

LEDGER_MUST_CHECK ledger_status store_begin(struct ledger_call *call, struct store *store, enum unit_mode mode);
/* Whether UNIT_WRITE_AHEAD is worth trying now. */
bool store_can_write_ahead(const struct store *store);
LEDGER_MUST_CHECK ledger_status store_commit(struct ledger_call *call, struct store *store);
/* Outside a unit of work: see driver.h. */
LEDGER_MUST_CHECK ledger_status store_erase_traces(struct ledger_call *call, struct store *store);
void store_rollback(struct store *store);

/* Settings and head: one row each. */
LEDGER_MUST_CHECK ledger_status store_settings_get(struct ledger_call *call, struct store *store,
                                                   struct ledger_settings *ret_settings);
LEDGER_MUST_CHECK ledger_status store_settings_insert(struct ledger_call *call, struct store *store,
                                                      const struct ledger_settings *settings);
LEDGER_MUST_CHECK ledger_status store_head_get(struct ledger_call *call, struct store *store,
                                               struct store_head *ret_head);
LEDGER_MUST_CHECK ledger_status store_head_insert(struct ledger_call *call, struct store *store,
                                                  const struct store_head *head);
/* `log_size_before`: what it was when the unit of work began. */
LEDGER_MUST_CHECK ledger_status store_head_update(struct ledger_call *call, struct store *store,
                                                  const struct store_head *head, int64_t log_size_before);

/* Full tiles of the log. `ret_found` is false where there is no such tile. */
LEDGER_MUST_CHECK ledger_status store_tile_insert(struct ledger_call *call, struct store *store, int64_t level,
                                                  int64_t tile_index, const struct sha256_hash *root,
                                                  const struct sha256_hash hashes[MERKLE_TILE_LEAVES]);
LEDGER_MUST_CHECK ledger_status store_tile_get(struct ledger_call *call, struct store *store, int64_t level,
                                               int64_t tile_index, bool *ret_found, struct sha256_hash *ret_root,
                                               struct sha256_hash ret_hashes[MERKLE_TILE_LEAVES]);
LEDGER_MUST_CHECK ledger_status store_tile_count(struct ledger_call *call, struct store *store, int64_t *ret_count);
/* The roots of `count` tiles from `from_index` on; LEDGER_DATABASE_IS_DAMAGED where one is missing. */
LEDGER_MUST_CHECK ledger_status store_tile_roots_get(struct ledger_call *call, struct store *store, int64_t level,
                                                     int64_t from_index, size_t count, struct sha256_hash *ret_roots);

/* Accounts as they were known below a position of the log, by account_id; parent codes are filled in. */
LEDGER_MUST_CHECK ledger_status store_account_list(struct ledger_call *call, struct store *store, int64_t log_position,
                                                   struct ledger_account **ret_accounts, size_t *ret_count);
LEDGER_MUST_CHECK ledger_status store_account_insert(struct ledger_call *call, struct store *store,
                                                     const struct ledger_account *account);
LEDGER_MUST_CHECK ledger_status store_account_version_insert(struct ledger_call *call, struct store *store,
                                                             const struct ledger_account *account, int64_t log_index,
                                                             int64_t changed_at_us, struct ledger_text changed_by);

/* A version of an account with all that its event commits to. */
struct store_account_version {
    struct ledger_account account; /* as of this version */
    int64_t log_index;
    int64_t changed_at_us;
    struct ledger_text changed_by;
};
/* The version that the event at a position made, in the call's memory; false where there is none. */
LEDGER_MUST_CHECK ledger_status store_account_version_get(struct ledger_call *call, struct store *store,
                                                          int64_t log_index, bool *ret_found,
                                                          struct store_account_version *ret_version);
/* Account ids that stand in only one of the two tables of accounts. */
LEDGER_MUST_CHECK ledger_status store_account_orphan_scan(struct ledger_call *call, struct store *store,
                                                          ledger_status (*each)(struct ledger_call *call, void *context,
                                                                                int64_t account_id, bool is_version),
                                                          void *context);

/* Periods and approvals: every change, in order. */
LEDGER_MUST_CHECK ledger_status store_period_list(struct ledger_call *call, struct store *store, int64_t log_position,
                                                  struct ledger_period **ret_periods, size_t *ret_count);
LEDGER_MUST_CHECK ledger_status store_period_insert(struct ledger_call *call, struct store *store,
                                                    const struct ledger_period *period);

struct store_approval_change {
    int64_t log_index;
    struct uuid request_id;
    enum ledger_approval_kind kind;
    enum ledger_approval_state state;
    uint8_t transaction_id[UUID_SIZE];
    struct ledger_text reason;
    uint8_t reason_salt[RECORD_SALT_SIZE]; /* where there is a reason … */
    bool reason_is_redacted;               /* … and it was not erased */
    struct ledger_text transaction_date;
    struct ledger_text idempotency_key;
    int64_t changed_at_us;
    struct ledger_text changed_by;
    struct ledger_text principal;
    struct ledger_text source_system;
};
LEDGER_MUST_CHECK ledger_status store_approval_list(struct ledger_call *call, struct store *store,
                                                    struct store_approval_change **ret_changes, size_t *ret_count);
LEDGER_MUST_CHECK ledger_status store_approval_insert(struct ledger_call *call, struct store *store,
                                                      const struct store_approval_change *change);

/* Events that are not postings. */
LEDGER_MUST_CHECK ledger_status store_event_insert(struct ledger_call *call, struct store *store,
                                                   const struct ledger_event_record *events, size_t count);
/* Rows on their way. Those of a range of positions come in pages, so that nothing has to hold all of them. */
struct store_scan {
    struct store *store;
    struct cursor *cursor;
    enum query_id query;
    bool is_paged;
    bool has_entries;  /* several rows a position, by entry number */
    int64_t page_rows; /* so far of this page */
    struct value inputs[STORE_PAGED_INPUTS_MAX];
};
void store_scan_close(struct store_scan *scan);
#define STORE_SCAN(name) __attribute__((cleanup(store_scan_close))) struct store_scan name = {.cursor = NULL}

LEDGER_MUST_CHECK ledger_status store_event_scan(struct ledger_call *call, struct store *store, int64_t from_log_index,
                                                 int64_t before_log_index, struct store_scan *scan);
/* Only those of one type; and the last of that type below a position, in the call's memory. */
LEDGER_MUST_CHECK ledger_status store_event_scan_by_type(struct ledger_call *call, struct store *store,
                                                         struct ledger_text event_type, int64_t from_log_index,
                                                         int64_t before_log_index, struct store_scan *scan);
LEDGER_MUST_CHECK ledger_status store_event_find_last(struct ledger_call *call, struct store *store,
                                                      struct ledger_text event_type, int64_t before_log_index,
                                                      bool *ret_found, struct ledger_event_record *ret_event);
/* Those that name a transaction, in order, in the call's memory. */
LEDGER_MUST_CHECK ledger_status store_event_list_by_transaction(struct ledger_call *call, struct store *store,
                                                                const uint8_t transaction_id[UUID_SIZE],
                                                                int64_t before_log_index,
                                                                struct ledger_event_record **ret_events,
                                                                size_t *ret_count);
/* Copies an event's texts into the call's memory. */
LEDGER_MUST_CHECK ledger_status store_event_copy_texts(struct ledger_call *call, struct ledger_event_record *event);
LEDGER_MUST_CHECK ledger_status store_event_next(struct ledger_call *call, struct store_scan *scan, bool *ret_has_event,
                                                 struct ledger_event_record *ret_event);

/* All events that pass a filter, newest first, postings among them: those have no description and no audit_id yet, and
 * their `number_in_day` is above 0. */
struct store_audit_query {
    const struct ledger_audit_filter *filter;
    int64_t from_log_index;
    int64_t before_log_index;
};
LEDGER_MUST_CHECK ledger_status store_audit_scan(struct ledger_call *call, struct store *store,
                                                 const struct store_audit_query *query, struct store_scan *scan);
/* Those of the instants [from, before) in the order in which they happened; for store_audit_next as well. */
LEDGER_MUST_CHECK ledger_status store_audit_scan_forward(struct ledger_call *call, struct store *store,
                                                         int64_t before_log_index, int64_t from_us, int64_t before_us,
                                                         struct store_scan *scan);
LEDGER_MUST_CHECK ledger_status store_audit_next(struct ledger_call *call, struct store_scan *scan, bool *ret_has_event,
                                                 struct ledger_event_record *ret_event, int64_t *ret_number_in_day);

/* Rows of audit_log that have no position, since no ledger wrote them. Texts live until the next step. */
LEDGER_MUST_CHECK ledger_status store_manual_event_scan(struct ledger_call *call, struct store *store,
                                                        struct store_scan *scan);
LEDGER_MUST_CHECK ledger_status store_manual_event_next(struct ledger_call *call, struct store_scan *scan,
                                                        bool *ret_has_event, struct ledger_manual_event *ret_event);
/* Whom the database takes us for, in the call's memory; absent where it knows no users. */
LEDGER_MUST_CHECK ledger_status store_database_user(struct ledger_call *call, struct store *store,
                                                    struct ledger_text *ret_user);

/* Transactions with their entries, in bulk. */
LEDGER_MUST_CHECK ledger_status store_transaction_insert(struct ledger_call *call, struct store *store,
                                                         const struct ledger_transaction_record *const *transactions,
                                                         size_t count);
LEDGER_MUST_CHECK ledger_status store_posting_day_insert(struct ledger_call *call, struct store *store,
                                                         int32_t posting_day, int64_t first_log_index);

struct store_posting_day {
    int32_t posting_day;
    int64_t first_log_index;
};
LEDGER_MUST_CHECK ledger_status store_posting_day_list(struct ledger_call *call, struct store *store,
                                                       struct store_posting_day **ret_days, size_t *ret_count);
/* The first posting at or after a day; false where there is none. */
LEDGER_MUST_CHECK ledger_status store_posting_day_find(struct ledger_call *call, struct store *store,
                                                       int32_t posting_day, bool *ret_found,
                                                       struct store_posting_day *ret_day);

/* Look-ups give the position, or false. */
LEDGER_MUST_CHECK ledger_status store_transaction_find_by_id(struct ledger_call *call, struct store *store,
                                                             const uint8_t transaction_id[UUID_SIZE], bool *ret_found,
                                                             int64_t *ret_log_index);
LEDGER_MUST_CHECK ledger_status store_transaction_find_by_number(struct ledger_call *call, struct store *store,
                                                                 int32_t posting_day, int64_t number_in_day,
                                                                 int64_t log_size, bool *ret_found,
                                                                 int64_t *ret_log_index);
/* What stands under an idempotency key: whether a request is the same, its fingerprint with this salt tells. */
struct store_keyed_transaction {
    int64_t log_index;
    struct sha256_hash fingerprint;
    uint8_t texts_salt[RECORD_SALT_SIZE];
    bool is_redacted; /* the salt was erased: it cannot be told any more */
};
LEDGER_MUST_CHECK ledger_status store_transaction_find_by_key(struct ledger_call *call, struct store *store,
                                                              struct ledger_text idempotency_key,
                                                              struct ledger_text source_system, bool *ret_found,
                                                              struct store_keyed_transaction *ret_keyed);
LEDGER_MUST_CHECK ledger_status store_reversal_find(struct ledger_call *call, struct store *store, int64_t log_index,
                                                    bool *ret_found,
                                                    struct ledger_transaction_record *ret_reversal_head);
/* The last transaction before a position: its position, posting date and number; false where there is none. */
LEDGER_MUST_CHECK ledger_status store_transaction_previous(struct ledger_call *call, struct store *store,
                                                           int64_t log_index, bool *ret_found, int64_t *ret_log_index,
                                                           int64_t *ret_posting_date_us, int64_t *ret_number_in_day);

/* The transaction at a position with its entries, in the call's memory; false where there is none. Codes and currencies
 * of the entries are not filled in: the store's rows have account ids. */
LEDGER_MUST_CHECK ledger_status store_transaction_get(struct ledger_call *call, struct store *store, int64_t log_index,
                                                      bool *ret_found,
                                                      struct ledger_transaction_record *ret_transaction);

/* A redaction: the transaction whose texts the event at log_index erased, and the hash that they had. */
struct store_redaction {
    int64_t log_index;
    bool has_transaction; /* its row is there */
    int64_t transaction_log_index;
    uint8_t transaction_id[UUID_SIZE];
    struct sha256_hash texts_hash;
    bool has_event; /* some event stands at log_index */
    int64_t event_timestamp_us;
};
/* All of them, in the order of the log; and that of the transaction at a position. */
LEDGER_MUST_CHECK ledger_status store_redaction_list(struct ledger_call *call, struct store *store,
                                                     struct store_redaction **ret_redactions, size_t *ret_count);
LEDGER_MUST_CHECK ledger_status store_redaction_find(struct ledger_call *call, struct store *store,
                                                     int64_t transaction_log_index, bool *ret_found,
                                                     struct store_redaction *ret_redaction);
/* Puts a mark in the place of every text of a transaction, and of the reasons of requests that are about it or, where
 * it is a reversal, about its original. The redaction's event stands in the log already. */
LEDGER_MUST_CHECK ledger_status store_redaction_insert(struct ledger_call *call, struct store *store,
                                                       const struct store_redaction *redaction,
                                                       const struct ledger_transaction_record *transaction,
                                                       struct ledger_text mark);

/* In order; the entries are scanned apart. Texts live until the next step. */
LEDGER_MUST_CHECK ledger_status store_transaction_scan(struct ledger_call *call, struct store *store,
                                                       int64_t from_log_index, int64_t before_log_index,
                                                       struct store_scan *scan);
LEDGER_MUST_CHECK ledger_status store_transaction_next(struct ledger_call *call, struct store_scan *scan,
                                                       bool *ret_has_transaction,
                                                       struct ledger_transaction_record *ret_transaction);
LEDGER_MUST_CHECK ledger_status store_entry_scan(struct ledger_call *call, struct store *store, int64_t from_log_index,
                                                 int64_t before_log_index, struct store_scan *scan);
LEDGER_MUST_CHECK ledger_status store_entry_next(struct ledger_call *call, struct store_scan *scan, bool *ret_has_entry,
                                                 int64_t *ret_log_index, struct ledger_entry_record *ret_entry);

/* Only who is touched: for the account lists. */
LEDGER_MUST_CHECK ledger_status store_entry_account_scan(struct ledger_call *call, struct store *store,
                                                         int64_t from_log_index, int64_t before_log_index,
                                                         struct store_scan *scan);
LEDGER_MUST_CHECK ledger_status store_entry_account_next(struct ledger_call *call, struct store_scan *scan,
                                                         bool *ret_has_entry, int64_t *ret_entry_key,
                                                         int64_t *ret_account_id);

/* An entry with what a ledger sheet shows of its transaction. */
struct store_sheet_line {
    int64_t log_index;
    uint32_t entry_number;
    int64_t account_id;
    enum ledger_entry_type entry_type;
    int64_t amount_minor;
    struct ledger_text memo;
    int64_t number_in_day;
    int64_t posting_date_us;
    int32_t transaction_day;
    struct ledger_text business_event_type;
    struct ledger_text business_key;
    struct ledger_text description;
};
/* Which of them: of positions [from, before), of days, both included, of one account or, where that is 0, of all. */
struct store_sheet_range {
    int64_t from_log_index;
    int64_t before_log_index;
    int64_t account_id;
    int32_t from_day;
    int32_t to_day;
};
/* By position and entry number. Texts live until the next step. */
LEDGER_MUST_CHECK ledger_status store_sheet_scan(struct ledger_call *call, struct store *store,
                                                 const struct store_sheet_range *range, struct store_scan *scan);
LEDGER_MUST_CHECK ledger_status store_sheet_next(struct ledger_call *call, struct store_scan *scan, bool *ret_has_line,
                                                 struct store_sheet_line *ret_line);
/* One line, whose texts live as long as the scan. LEDGER_DATABASE_IS_DAMAGED where the entry is missing. */
LEDGER_MUST_CHECK ledger_status store_sheet_get(struct ledger_call *call, struct store *store, int64_t entry_key,
                                                struct store_scan *scan, struct store_sheet_line *ret_line);

/* Which transactions a page is of: positions [from, before), days both included; absent texts do not filter. */
struct store_page {
    int64_t from_log_index;
    int64_t before_log_index;
    int32_t from_day;
    int32_t to_day;
    struct ledger_text business_event_type;
    struct ledger_text business_key;
    bool newest_first;
    size_t limit;
};
/* The positions of at most `limit` of them, in the call's memory. */
LEDGER_MUST_CHECK ledger_status store_transaction_page(struct ledger_call *call, struct store *store,
                                                       const struct store_page *page, int64_t **ret_log_indexes,
                                                       size_t *ret_count);
/* The keys (position * 65536 + entry number) of at most `limit` entries of an account with keys [from, before), in the
 * call's memory. It passes over the entries of others: for a stretch of the log that has no lists. */
LEDGER_MUST_CHECK ledger_status store_entry_page(struct ledger_call *call, struct store *store, int64_t account_id,
                                                 int64_t from_key, int64_t before_key, bool newest_first, size_t limit,
                                                 int64_t **ret_entry_keys, size_t *ret_count);

/* The day of the transaction at a position. LEDGER_DATABASE_IS_DAMAGED where it is missing. */
LEDGER_MUST_CHECK ledger_status store_transaction_day_get(struct ledger_call *call, struct store *store,
                                                          int64_t log_index, int32_t *ret_transaction_day);

/* Positions of the transactions of one event type within days, both included. */
LEDGER_MUST_CHECK ledger_status store_transaction_list_by_event_type(struct ledger_call *call, struct store *store,
                                                                     struct ledger_text event_type,
                                                                     int64_t before_log_index, int32_t from_day,
                                                                     int32_t to_day, int64_t **ret_log_indexes,
                                                                     size_t *ret_count);

/* Totals. Each sum calls `add` once for an account that has any. account_id 0 for all accounts; days include both ends,
 * posting days [from, before). */
struct total_sink {
    ledger_status (*add)(struct ledger_call *call, void *context, const struct ledger_balance *totals);
    void *context;
};
LEDGER_MUST_CHECK ledger_status store_balance_sum(struct ledger_call *call, struct store *store, int64_t account_id,
                                                  struct total_sink sink);
LEDGER_MUST_CHECK ledger_status store_open_total_sum(struct ledger_call *call, struct store *store, int32_t from_day,
                                                     int32_t to_day, int64_t account_id, struct total_sink sink);
LEDGER_MUST_CHECK ledger_status store_daily_total_sum(struct ledger_call *call, struct store *store, int32_t from_day,
                                                      int32_t to_day, int32_t from_posting_day,
                                                      int32_t before_posting_day, int64_t account_id,
                                                      struct total_sink sink);
LEDGER_MUST_CHECK ledger_status store_monthly_total_sum(struct ledger_call *call, struct store *store,
                                                        int32_t from_month, int32_t before_month,
                                                        int32_t before_posting_month, int64_t account_id,
                                                        struct total_sink sink);
LEDGER_MUST_CHECK ledger_status store_entry_total_sum(struct ledger_call *call, struct store *store,
                                                      int64_t from_log_index, int64_t before_log_index,
                                                      int32_t from_day, int32_t to_day, int64_t account_id,
                                                      struct total_sink sink);

/* One account's totals by the day of transaction, in no order that may be relied on; `add` is called once a day. The
 * months of store_monthly_total_list, [from, before), are told by their first day. */
struct day_total_sink {
    ledger_status (*add)(struct ledger_call *call, void *context, int32_t day, const struct ledger_balance *totals);
    void *context;
};
LEDGER_MUST_CHECK ledger_status store_daily_total_list(struct ledger_call *call, struct store *store, int32_t from_day,
                                                       int32_t to_day, int32_t from_posting_day,
                                                       int32_t before_posting_day, int64_t account_id,
                                                       struct day_total_sink sink);
LEDGER_MUST_CHECK ledger_status store_monthly_total_list(struct ledger_call *call, struct store *store,
                                                         int32_t from_month, int32_t before_month,
                                                         int32_t before_posting_month, int64_t account_id,
                                                         struct day_total_sink sink);
LEDGER_MUST_CHECK ledger_status store_open_total_list(struct ledger_call *call, struct store *store, int32_t from_day,
                                                      int32_t to_day, int64_t account_id, struct day_total_sink sink);
LEDGER_MUST_CHECK ledger_status store_entry_total_list(struct ledger_call *call, struct store *store,
                                                       int64_t from_log_index, int64_t before_log_index,
                                                       int32_t from_day, int32_t to_day, int64_t account_id,
                                                       struct day_total_sink sink);

/* The same of all accounts, up to and including `to_day`; `add` is called once for an account on a day. */
LEDGER_MUST_CHECK ledger_status store_entry_day_total_sum(struct ledger_call *call, struct store *store,
                                                          int64_t from_log_index, int64_t before_log_index,
                                                          int32_t to_day, struct day_total_sink sink);

enum store_total_kind { STORE_TOTAL_OPEN, STORE_TOTAL_DAY, STORE_TOTAL_MONTH, STORE_TOTAL_BALANCE };

/* What a unit adds to an account in a period: a day of open and daily totals, a month; 0 of a balance. */
struct store_total_delta {
    int32_t transaction_period;
    struct ledger_balance totals;
};

/* Adds to totals of a kind: each delta of another key. `posting_period` is a day or month of daily and monthly totals,
 * `last_log_index` belongs to open totals and balances. */
LEDGER_MUST_CHECK ledger_status store_total_add(struct ledger_call *call, struct store *store,
                                                enum store_total_kind kind, const struct store_total_delta *deltas,
                                                size_t count, int32_t posting_period, int64_t last_log_index);
LEDGER_MUST_CHECK ledger_status store_open_total_count(struct ledger_call *call, struct store *store,
                                                       int64_t *ret_count);
/* Moves the open totals, all of one posting day, into balances, days and months. */
LEDGER_MUST_CHECK ledger_status store_open_total_fold(struct ledger_call *call, struct store *store,
                                                      int32_t posting_day);

struct store_total_row {
    int32_t transaction_period; /* a day or a month; 0 of a balance */
    int32_t posting_period;     /* the same; 0 of a balance and of open totals */
    struct ledger_balance totals;
    int64_t last_log_index; /* of balances and open totals */
};
/* The accounts whose ids have these lowest bits under the mask. */
struct store_account_part {
    int64_t mask; /* 0: all accounts */
    int64_t ending;
};
/* The rows of one kind and some accounts by (transaction_period, account_id, posting_period); several kinds may be
 * scanned side by side. */
LEDGER_MUST_CHECK ledger_status store_total_scan(struct ledger_call *call, struct store *store,
                                                 enum store_total_kind kind, struct store_account_part part,
                                                 struct store_scan *scan);
LEDGER_MUST_CHECK ledger_status store_total_next(struct ledger_call *call, struct store_scan *scan, bool *ret_has_row,
                                                 struct store_total_row *ret_row);
/* How many rows of open and daily totals there are. */
LEDGER_MUST_CHECK ledger_status store_total_count(struct ledger_call *call, struct store *store, int64_t *ret_count);

/* Packed lists of the entries of an account in a full segment. */
struct store_account_list {
    int64_t segment;
    int64_t account_id;
    int64_t entry_count;
    struct ledger_text entries; /* packed by engine/account_list.h */
};
LEDGER_MUST_CHECK ledger_status store_account_list_insert(struct ledger_call *call, struct store *store,
                                                          const struct store_account_list *lists, size_t count);
/* False where the account has no entries in the segment; the entries are copied into the call's memory. */
LEDGER_MUST_CHECK ledger_status store_account_list_get(struct ledger_call *call, struct store *store, int64_t segment,
                                                       int64_t account_id, bool *ret_found,
                                                       struct store_account_list *ret_list);
LEDGER_MUST_CHECK ledger_status store_account_list_scan(struct ledger_call *call, struct store *store,
                                                        int64_t from_segment, int64_t before_segment,
                                                        struct store_scan *scan);
/* The lists of other segments than the first so many: there should be none. */
LEDGER_MUST_CHECK ledger_status store_account_list_scan_stray(struct ledger_call *call, struct store *store,
                                                              int64_t segments_count, struct store_scan *scan);
LEDGER_MUST_CHECK ledger_status store_account_list_next(struct ledger_call *call, struct store_scan *scan,
                                                        bool *ret_has_list, struct store_account_list *ret_list);

/* What verify alone asks. */

/* What is not as shipped in the schema, and what the database finds damaged in its own storage: pages, indexes, values
 * that break a column's own constraints. */
LEDGER_MUST_CHECK ledger_status store_schema_check(struct ledger_call *call, struct store *store,
                                                   ledger_status (*found)(struct ledger_call *call, void *context,
                                                                          const char *object_type,
                                                                          struct ledger_text object_name,
                                                                          const char *difference),
                                                   void *context);
/* The digest (docs/HASHES.md, guards/1) of what keeps the ledger as it is: guards, views, tables with their
 * constraints, indexes, modes; and the mark, in the call's memory, that is another after every change of a guard. */
LEDGER_MUST_CHECK ledger_status store_guards_digest(struct ledger_call *call, struct store *store,
                                                    struct sha256 *sha256, struct sha256_hash *ret_digest,
                                                    struct ledger_text *ret_mark);
/* The digest (docs/HASHES.md, grants/1) of what lets accounts reach the ledger's database. */
enum store_grants {
    STORE_GRANTS_ARE_UNKNOWN, /* the database has none, or is of a kind whose grants are not read */
    STORE_GRANTS_ARE_HIDDEN,  /* our account may not read them */
    STORE_GRANTS_ARE_READ,
};
LEDGER_MUST_CHECK ledger_status store_grants_digest(struct ledger_call *call, struct store *store,
                                                    struct sha256 *sha256, enum store_grants *ret_grants,
                                                    struct sha256_hash *ret_digest);
LEDGER_MUST_CHECK ledger_status store_storage_check(struct ledger_call *call, struct store *store,
                                                    ledger_status (*found)(struct ledger_call *call, void *context,
                                                                           struct ledger_text fault),
                                                    void *context);
LEDGER_MUST_CHECK ledger_status store_server_check(struct ledger_call *call, struct store *store,
                                                   ledger_status (*found)(struct ledger_call *call, void *context,
                                                                          struct ledger_text warning),
                                                   void *context);
LEDGER_MUST_CHECK ledger_status store_migration_check(struct ledger_call *call, struct store *store,
                                                      ledger_status (*found)(struct ledger_call *call, void *context,
                                                                             int64_t version, const char *difference),
                                                      void *context);

/* When the first migration was applied, as the text that is kept, in the call's memory; absent where there is none. */
LEDGER_MUST_CHECK ledger_status store_migration_applied_at(struct ledger_call *call, struct store *store,
                                                           struct ledger_text *ret_applied_at);
LEDGER_MUST_CHECK ledger_status store_settings_count(struct ledger_call *call, struct store *store, int64_t *ret_count);

/* A row of the accounts' own table, in the call's memory. */
struct store_account_row {
    int64_t account_id;
    struct ledger_text account_code;
    struct ledger_text currency;
    bool has_parent; /* none, or one that is there */
};
LEDGER_MUST_CHECK ledger_status store_account_row_list(struct ledger_call *call, struct store *store,
                                                       struct store_account_row **ret_rows, size_t *ret_count);

/* The change that the event at a position made, in the call's memory; false where there is none. */
LEDGER_MUST_CHECK ledger_status store_period_get(struct ledger_call *call, struct store *store, int64_t log_index,
                                                 bool *ret_found, struct ledger_period *ret_period);
LEDGER_MUST_CHECK ledger_status store_approval_get(struct ledger_call *call, struct store *store, int64_t log_index,
                                                   bool *ret_found, struct store_approval_change *ret_change);

/* Every row that an event made, with the type of the event at its position, absent where there is none. */
enum store_rule_kind { STORE_RULE_ACCOUNT, STORE_RULE_PERIOD, STORE_RULE_APPROVAL };
LEDGER_MUST_CHECK ledger_status store_rule_row_scan(struct ledger_call *call, struct store *store,
                                                    ledger_status (*each)(struct ledger_call *call, void *context,
                                                                          enum store_rule_kind kind, int64_t log_index,
                                                                          struct ledger_text event_type),
                                                    void *context);

/* Values that a column cannot have, of two or where another column has none: table and column, and the position of the
 * row. */
LEDGER_MUST_CHECK ledger_status store_truth_fault_scan(struct ledger_call *call, struct store *store,
                                                       ledger_status (*each)(struct ledger_call *call, void *context,
                                                                             struct ledger_text field,
                                                                             int64_t log_index),
                                                       void *context);

/* Where the last row below a position ends that is at a position, and the last tile of level 0. */
LEDGER_MUST_CHECK ledger_status store_log_end(struct ledger_call *call, struct store *store, int64_t position_max,
                                              int64_t *ret_rows_end, int64_t *ret_tiles_end);

/* Whether the database keeps columns and rows that follow from others. Only then may the next six be called. */
bool store_keeps_derived(const struct store *store);

/* Transactions and entries again, with what follows from other columns held against those, row by row. Of a transaction
 * it is not told what reversed it; an entry has the account_code and the currency that stand in its row, which are not
 * compared. The texts of an entry live until the next. */
LEDGER_MUST_CHECK ledger_status store_transaction_check_scan(struct ledger_call *call, struct store *store,
                                                             int64_t from_log_index, int64_t before_log_index,
                                                             struct store_scan *scan);
LEDGER_MUST_CHECK ledger_status store_transaction_check_next(struct ledger_call *call, struct store_scan *scan,
                                                             bool *ret_has_transaction,
                                                             struct ledger_transaction_record *ret_transaction,
                                                             bool *ret_agrees);

/* The entries of transactions, read beside them in the order of the log: begun with nothing but where that ends, and
 * open from one transaction to the next. */
struct store_entries_check {
    int64_t before_log_index;
    struct store_scan scan;
    const struct value *row; /* the next; NULL where there is none */
    bool is_given;           /* the row, to the caller: its texts are in use */
    bool is_along_log;       /* instead of by the key of the entries … */
    int64_t along_before;    /* … up to that position … */
    int64_t along_count;     /* … which is so many positions on */
    int64_t by_key_from;     /* where reading by the key began */
    int64_t page_rows;
    char page_id[UUID_TEXT_SIZE + 1];
    int64_t page_entry_id;
};
void store_entries_check_close(struct store_entries_check *entries);
/* Goes to the entries of a transaction, then gives one after the other. */
LEDGER_MUST_CHECK ledger_status store_entries_check_find(struct ledger_call *call, struct store *store,
                                                         const struct ledger_transaction_record *transaction,
                                                         struct store_entries_check *entries);
LEDGER_MUST_CHECK ledger_status store_entries_check_next(struct ledger_call *call,
                                                         const struct ledger_transaction_record *transaction,
                                                         struct store_entries_check *entries, bool *ret_has_entry,
                                                         struct ledger_entry_record *ret_entry, bool *ret_agrees);

/* The rows of audit_log that postings have, read beside the postings: begun empty, closed with the other scans. */
struct store_posting_events {
    struct store_scan scan;
    const struct value *row; /* the next; NULL where the page is over */
};
void store_posting_events_close(struct store_posting_events *events);
/* Whether a transaction has its row, and that says what it should. For transactions in the order of the log. */
LEDGER_MUST_CHECK ledger_status store_posting_events_compare(struct ledger_call *call, struct store *store,
                                                             const struct ledger_transaction_record *transaction,
                                                             struct store_posting_events *events, bool *ret_agrees);

/* How many originals more than one row says it reverses. */
LEDGER_MUST_CHECK ledger_status store_reversal_twin_count(struct ledger_call *call, struct store *store,
                                                          int64_t *ret_count);

/* How many rows there are; `events_count` of audit_log have a position, of postings and others. */
struct store_derived_count {
    int64_t entries_count;
    int64_t events_count;
    int64_t manual_events_count;
    int64_t positions_count;       /* of events that are no postings … */
    int64_t position_faults_count; /* … and of those such as do not name one, or not as they should */
};
LEDGER_MUST_CHECK ledger_status store_derived_count_get(struct ledger_call *call, struct store *store,
                                                        struct store_derived_count *ret_count);

/* Columns that say something else than what they follow from: table and column, the position of the row, what stands
 * there and what should; absent where only the whole row can be told. In STORE_DERIVED_PARTS parts, each for itself:
 * the last is of accounts, the others go through all of the log. */
LEDGER_MUST_CHECK ledger_status store_derived_fault_scan(
    struct ledger_call *call, struct store *store, int64_t part,
    ledger_status (*each)(struct ledger_call *call, void *context, struct ledger_text field, int64_t log_index,
                          struct ledger_text stored, struct ledger_text expected),
    void *context);

/* Rows at positions that no log has; of an entry, its key. Then rows that are one too many or too few where the number
 * of them is fixed: a second head by its id, a chunk of open leaves that is none; how many such chunks, or leases,
 * there are in place of all, or of one. */
enum store_stray_kind {
    STORE_STRAY_TRANSACTION,
    STORE_STRAY_ENTRY,
    STORE_STRAY_EVENT,
    STORE_STRAY_HEAD,
    STORE_STRAY_LEAVES,
    STORE_STRAY_LEAVES_COUNT,
    STORE_STRAY_LEASE_COUNT,
};
LEDGER_MUST_CHECK ledger_status store_stray_row_scan(struct ledger_call *call, struct store *store, bool with_entries,
                                                     ledger_status (*each)(struct ledger_call *call, void *context,
                                                                           enum store_stray_kind kind,
                                                                           int64_t position),
                                                     void *context);

LEDGER_MUST_CHECK ledger_status store_tile_scan(struct ledger_call *call, struct store *store,
                                                ledger_status (*each)(struct ledger_call *call, void *context,
                                                                      int64_t level, int64_t tile_index),
                                                void *context);

/* Checkpoints, by log_size; texts in the call's memory. */
struct store_checkpoint {
    int64_t log_size;
    int64_t epoch;
    struct sha256_hash root;
    struct ledger_text note;
    int64_t created_at_us;
};
LEDGER_MUST_CHECK ledger_status store_checkpoint_insert(struct ledger_call *call, struct store *store,
                                                        const struct store_checkpoint *checkpoint);
LEDGER_MUST_CHECK ledger_status store_checkpoint_list(struct ledger_call *call, struct store *store,
                                                      struct store_checkpoint **ret_checkpoints, size_t *ret_count);
/* Those of a log of that size or a longer one, whatever their epoch; the note lives until the next step. */
LEDGER_MUST_CHECK ledger_status store_checkpoint_scan(struct ledger_call *call, struct store *store,
                                                      int64_t from_log_size, struct store_scan *scan);
LEDGER_MUST_CHECK ledger_status store_checkpoint_next(struct ledger_call *call, struct store_scan *scan,
                                                      bool *ret_has_checkpoint,
                                                      struct store_checkpoint *ret_checkpoint);
/* The one of an epoch's longest log; false where the epoch has none. */
LEDGER_MUST_CHECK ledger_status store_checkpoint_find_last(struct ledger_call *call, struct store *store, int64_t epoch,
                                                           bool *ret_found, struct store_checkpoint *ret_checkpoint);
/* The one of the longest log of all. */
LEDGER_MUST_CHECK ledger_status store_checkpoint_find_newest(struct ledger_call *call, struct store *store,
                                                             bool *ret_found, struct store_checkpoint *ret_checkpoint);

/* The first texts that repeat in many rows, of at most LEDGER_NAME_MAX characters, in the call's memory. */
LEDGER_MUST_CHECK ledger_status store_symbol_list(struct ledger_call *call, struct store *store, int64_t limit,
                                                  struct ledger_text **ret_texts, size_t *ret_count);

#endif
