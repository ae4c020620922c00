/* What one run of verify knows, and how it tells what it finds.
 *
 * I1 Nothing is written, and everything is read inside one read unit.
 * I2 The call's arena takes only what lives as long as the run: accounts, lists of days and checkpoints, violations
 * that are kept. What lives as long as a row lives in `rows`, what one look-up needs in `scratch`; both are emptied
 * often, so that memory does not grow with the ledger. I3 A row that is found altered is taken as it was wherever a
 * hash proves what it was; so one alteration is told once, and not again by everything that was computed from it. */
#ifndef LEDGER_INTEGRITY_VERIFY_STATE_H
#define LEDGER_INTEGRITY_VERIFY_STATE_H

#include "base/text_builder.h"
#include "engine/session.h"
#include "integrity/checks.h"
#include "integrity/log_state.h"
#include "integrity/totals_state.h"
#include "ledger/audit.h"
#include "ledger/verify.h"

enum { VERIFY_TEXT_SIZE = 80, VERIFY_DETAIL_SIZE = 1200 };

/* An account, as the log has it where the log is sound, else as its row has it. */
struct verify_account {
    int64_t account_id;
    struct ledger_text account_code;
    struct ledger_text currency;
    /* The entries so far, and those that the row of balances has. */
    int64_t entry_count;
    int64_t folded_count;
    int64_t folded_last_us; /* posting date of the last of the folded */
    struct total_sum open;  /* of its open totals */
    /* Its list in the segment at hand. */
    int64_t list_previous_key;
    int64_t list_count;
    struct text_builder list;
};

/* What a row was by proof of its hashes, where it is not that now. entry_number 0: of the transaction itself. */
struct verify_correction {
    int64_t log_index;
    uint32_t entry_number;
    struct ledger_entry_record entry; /* without texts */
    int32_t transaction_day;
    int64_t posting_date_us;
};

struct verify {
    struct ledger_call *call;
    struct session *session;
    struct store *store;
    struct record_hasher *hasher;
    const struct ledger_verify_options *options;
    bool is_of_one; /* transaction, instead of all */
    int64_t from_log_index;
    int64_t before_log_index;

    struct arena rows;          /* emptied after each transaction */
    struct ledger_call scratch; /* emptied before each look-up */

    struct ledger_check_result checks[CHECKS_COUNT];
    uint64_t critical_count;
    uint64_t violations_count;
    uint64_t transactions_checked;
    struct ledger_violation *violations;
    size_t violations_kept;
    size_t violations_capacity;
    char id_text[UUID_TEXT_SIZE + 1];
    char number_text[LEDGER_NUMBER_TEXT_SIZE];
    char stored_text[VERIFY_TEXT_SIZE];
    char computed_text[VERIFY_TEXT_SIZE];

    bool has_head;
    struct store_head head;
    bool zone_is_known; /* the settings are those of the log */

    struct verify_account *accounts; /* by account_id ascending */
    size_t accounts_count;
    size_t accounts_capacity;

    struct ledger_entry_record *entries; /* of the transaction at hand */
    uint32_t entries_capacity;

    struct verify_correction *corrections; /* in the order of the log */
    size_t corrections_count;
    size_t corrections_capacity;

    struct log_state log;
    struct totals_state totals;

    /* Numbers and time, transaction by transaction. */
    bool has_posting;
    int32_t posting_day;
    int64_t last_number;
    int64_t last_event_us; /* of the last event of any kind */
    struct store_posting_day *posting_days;
    size_t posting_days_count;
    size_t posting_days_seen;

    int64_t rule_events_count;
    int64_t epoch;  /* by the last event that begins one */
    bool is_frozen; /* by the last event that freezes or unfreezes */
    int128 amounts_sum;
    bool amounts_are_proven; /* of every entry, as they are or as they were */

    /* Account lists. */
    struct arena lists;
    int64_t segment;
    bool segment_has_entries;

    /* What may once have stood in a column: for finding out which was altered. */
    bool has_symbols;
    bool symbols_are_all;
    struct ledger_text *symbols;
    size_t symbols_count;
    int64_t trials_left;
    unsigned sums_left; /* sums of a day's entries for the same end */
};

/* ledger_verify, with at most so many totals in memory at once: a power of two. */
LEDGER_MUST_CHECK ledger_status verify_within(struct ledger_call *call, struct ledger *ledger,
                                              const struct ledger_verify_options *options, size_t totals_slots_max,
                                              struct ledger_verify_result *ret_result);

/* Tells a violation: `about` says where and what, as far as it is set; its texts may live anywhere. */
LEDGER_MUST_CHECK LEDGER_PRINTF(4, 5) ledger_status
    verify_found(struct verify *verify, enum verify_check check, const struct ledger_violation *about,
                 const char *detail, ...);

/* The same for what is remarkable without proving that anything was altered. */
LEDGER_MUST_CHECK LEDGER_PRINTF(4, 5) ledger_status
    verify_warn(struct verify *verify, enum verify_check check, const struct ledger_violation *about,
                const char *detail, ...);

/* Where a violation is. The texts live until the next of these calls. */
struct ledger_violation verify_about_transaction(struct verify *verify,
                                                 const struct ledger_transaction_record *transaction);
struct ledger_violation verify_about_entry(struct verify *verify, const struct ledger_transaction_record *transaction,
                                           const struct ledger_entry_record *entry);
struct ledger_violation verify_about_id(struct verify *verify, const uint8_t transaction_id[UUID_SIZE]);

/* Values as text, in buffers of VERIFY_TEXT_SIZE. */
struct ledger_text verify_text_of_integer(char out[VERIFY_TEXT_SIZE], int64_t number);
struct ledger_text verify_text_of_amount(char out[VERIFY_TEXT_SIZE], int128 amount_minor);
struct ledger_text verify_text_of_hash(char out[VERIFY_TEXT_SIZE], const uint8_t hash[SHA256_SIZE]);
struct ledger_text verify_text_of_time(char out[VERIFY_TEXT_SIZE], int64_t time_us);
struct ledger_text verify_text_of_day(char out[VERIFY_TEXT_SIZE], int32_t day);

/* A stage that cannot go on for lack of a readable row: its problem moves from `scratch` to the call. */
LEDGER_MUST_CHECK ledger_status verify_scratch_failed(struct verify *verify, ledger_status status);
#define VERIFY_TRY_SCRATCH(verify, expression)                                                                         \
    do {                                                                                                               \
        ledger_status scratch_status = (expression);                                                                   \
        if (scratch_status != LEDGER_DONE) {                                                                           \
            return verify_scratch_failed((verify), scratch_status);                                                    \
        }                                                                                                              \
    } while (0)

/* Empties `scratch` for the next look-up. */
struct ledger_call *verify_scratch(struct verify *verify);

static inline bool verify_hash_equals(const uint8_t left[SHA256_SIZE], const struct sha256_hash *right)
{
    return memcmp(left, right->bytes, SHA256_SIZE) == 0;
}

/* verify_accounts.c */
LEDGER_MUST_CHECK ledger_status verify_load_accounts(struct verify *verify);
struct verify_account *verify_find_account(struct verify *verify, int64_t account_id);
LEDGER_MUST_CHECK ledger_status verify_add_account(struct verify *verify, int64_t account_id,
                                                   struct verify_account **ret_account);

/* verify_storage.c: what is not about rows. */
LEDGER_MUST_CHECK ledger_status verify_check_schema(struct verify *verify);
LEDGER_MUST_CHECK ledger_status verify_check_storage(struct verify *verify);
LEDGER_MUST_CHECK ledger_status verify_check_derived(struct verify *verify);
LEDGER_MUST_CHECK ledger_status verify_check_strays(struct verify *verify);

/* verify_pass.c: the one pass over the log. */
LEDGER_MUST_CHECK ledger_status verify_pass(struct verify *verify);

/* verify_transaction.c: a transaction with its entries. */
LEDGER_MUST_CHECK ledger_status verify_transaction(struct verify *verify,
                                                   struct ledger_transaction_record *transaction);

/* verify_order.c: numbers, posting days and dates. `is_trusted` where its record_hash proves what it says. */
int64_t verify_expected_number(const struct verify *verify, int64_t posting_date_us);
LEDGER_MUST_CHECK ledger_status verify_check_order(struct verify *verify,
                                                   const struct ledger_transaction_record *transaction,
                                                   bool is_trusted);
LEDGER_MUST_CHECK ledger_status verify_check_event_order(struct verify *verify,
                                                         const struct ledger_event_record *event);
LEDGER_MUST_CHECK ledger_status verify_finish_order(struct verify *verify);

/* verify_locate.c: which field was altered, by trying what it may have been until a hash agrees. */
struct verify_located {
    bool is_proven;
    char field[64];
    struct ledger_text stored;
    struct ledger_text computed;
    char suspects[512]; /* where nothing is proven */
};
LEDGER_MUST_CHECK ledger_status verify_locate_entry(struct verify *verify,
                                                    const struct ledger_transaction_record *transaction,
                                                    const struct ledger_entry_record *entry, int128 imbalance_minor,
                                                    struct ledger_entry_record *ret_original,
                                                    struct verify_located *ret_located);

/* What the checks of a transaction found out so far. */
struct verify_evidence {
    bool transaction_hash_holds;
    bool has_entries;
    bool entry_hashes_hold;
    bool leaf_holds; /* only meaningful with leaf_is_known */
    bool leaf_is_known;
};
LEDGER_MUST_CHECK ledger_status verify_locate_transaction(struct verify *verify,
                                                          const struct ledger_transaction_record *transaction,
                                                          const struct verify_evidence *evidence,
                                                          struct ledger_transaction_record *ret_original,
                                                          struct verify_located *ret_located);
/* `metadata` is what the row that the event made gives; absent where there is none. */
LEDGER_MUST_CHECK ledger_status verify_locate_event(struct verify *verify, const struct ledger_event_record *event,
                                                    const struct sha256_hash *leaf, struct ledger_text metadata,
                                                    struct verify_located *ret_located);

/* verify_reversal.c: queued in the pass, looked at between its pieces, when no scan is open. */
LEDGER_MUST_CHECK ledger_status verify_check_reversal(struct verify *verify, int64_t log_index);

/* verify_facts.c: events that are not postings, against the rows that they made. */
LEDGER_MUST_CHECK ledger_status verify_event(struct verify *verify, const struct ledger_event_record *event,
                                             bool is_intruder);
LEDGER_MUST_CHECK ledger_status verify_finish_facts(struct verify *verify);

/* verify_lists.c: the lists of each account's entries. */
LEDGER_MUST_CHECK ledger_status verify_lists_add(struct verify *verify, int64_t log_index,
                                                 struct verify_account *account, uint32_t entry_number);
LEDGER_MUST_CHECK ledger_status verify_lists_advance(struct verify *verify, int64_t log_index);
LEDGER_MUST_CHECK ledger_status verify_finish_lists(struct verify *verify);

/* verify_head.c */
LEDGER_MUST_CHECK ledger_status verify_load_head(struct verify *verify);
LEDGER_MUST_CHECK ledger_status verify_finish_head(struct verify *verify);

/* The correction of an entry (or, with number 0, of the transaction); NULL where there is none. */
LEDGER_MUST_CHECK ledger_status verify_keep_correction(struct verify *verify,
                                                       const struct verify_correction *correction);
const struct verify_correction *verify_find_correction(const struct verify *verify, int64_t log_index,
                                                       uint32_t entry_number);

#endif
