/* What one run of verify knows, and how it tells what it finds.
 *
 * The log is worked through in ranges of one segment each (verify_range.h), by as many threads as were asked for. The
 * whole has a struct verify, and so has each worker: a worker's counts and findings of a range go to the whole in the
 * order of the log, so that no result depends on how many workers there were.
 *
 * I1 Nothing is written. Head, totals and whatever is not of single positions is read inside the read unit of the
 * whole; what stands below the head's log size may be read in a later one (verify_range.h says why). I2 The call's
 * arena takes only what lives as long as the run: accounts, lists of days and checkpoints, violations that are kept.
 * What lives as long as a row lives in `rows`, what one look-up needs in `scratch`; both are emptied often, so that
 * memory does not grow with the ledger. I3 A row that is found altered is taken as it was wherever a hash proves what
 * it was; so one alteration is told once, and not again by everything that was computed from it. */
#ifndef LEDGER_INTEGRITY_VERIFY_STATE_H
#define LEDGER_INTEGRITY_VERIFY_STATE_H

#include "domain/redaction_mark.h"
#include "engine/session.h"
#include "integrity/checks.h"
#include "integrity/log_state.h"
#include "integrity/totals_state.h"
#include "ledger/audit.h"
#include "ledger/verify.h"

enum { VERIFY_TEXT_SIZE = 80, VERIFY_DETAIL_SIZE = 1200 };

struct list_piece; /* verify_lists.c */

/* An account, as the log has it where the log is sound, else as its row has it. */
struct verify_account {
    int64_t account_id;
    struct ledger_text account_code;
    struct ledger_text currency;
    /* How many entries the row of balances has, and the instant of the posting that it names as their last: none where
     * that is missing. Of all entries, those before that instant, and those up to it. */
    int64_t folded_count;
    int64_t folded_us;
    bool has_folded_us;
    int64_t before_folded_count;
    int64_t up_to_folded_count;
    bool folded_is_unknown; /* another instant than when the run was begun that was interrupted */
    struct total_sum open;  /* of its open totals */
    /* Its list in the segment at hand. */
    int64_t list_previous_key;
    int64_t list_count;
    struct list_piece *list_first;
    struct list_piece *list_last;
};

/* What a row was by proof of its hashes, where it is not that now. entry_number 0: of the transaction itself. */
struct verify_correction {
    int64_t log_index;
    uint32_t entry_number;
    int64_t account_id;
    enum ledger_entry_type entry_type;
    int64_t amount_minor;
    int32_t transaction_day;
    int64_t posting_date_us;
};

struct outside;

/* What an event has to follow. */
struct verify_order {
    bool has_posting;
    int32_t posting_day;
    int64_t last_number;
    int64_t last_event_us; /* of the last event of any kind */
    size_t posting_days_seen;
};

/* What the events add up to, in whatever parts they are looked at. */
struct verify_sums {
    uint64_t checked_counts[CHECKS_COUNT];
    uint64_t transactions_checked;
    int64_t rule_events_count;
    int128 amounts_sum;
    bool amounts_are_unproven; /* of some entry, neither as it is nor as it was */
    bool derived_differs;      /* some column says something else than what it follows from, or may: verify_derived.c */
    int64_t entries_met;
    int64_t posting_events_met; /* rows of the audit log that say what their postings say */
};

void verify_sums_add(struct verify_sums *sums, const struct verify_sums *added);

/* What a worker tells the whole, in the order in which it comes upon it. */
enum verify_item_kind {
    ITEM_VIOLATION,
    ITEM_FIRST_EVENT, /* of the range, at a position */
    ITEM_FREEZING,    /* the ledger is frozen, or no longer, by the number */
    ITEM_EPOCH,       /* one begins at a position; the number is its own, 0 where that cannot be read */
};

struct verify_item {
    enum verify_item_kind kind;
    enum verify_check check;
    int64_t log_index;
    int64_t number;
    struct ledger_violation violation;
};

/* Takes an item of a worker; its texts live until it returns. */
typedef ledger_status verify_item_sink(struct verify *worker, void *context, const struct verify_item *item);

/* A transaction whose texts were erased, by its event and its row; they are told apart where they differ. */
struct verify_redaction {
    uint8_t transaction_id[UUID_SIZE];
    struct sha256_hash texts_hash; /* the event's, where there is one */
    bool has_event;                /* else the row alone says so */
    int64_t memos_count;           /* by the event */
    char mark[REDACTION_MARK_SIZE];
};

struct verify {
    struct ledger_call *call;
    struct session *session;
    struct store *store;
    struct record_hasher *hasher;
    const struct ledger_verify_options *options;
    int64_t begin_ms;
    bool is_of_one;     /* transaction, instead of all */
    bool reads_derived; /* with the rows comes what follows from them, and is held against it: verify_derived.c */
    int64_t from_log_index;
    int64_t before_log_index;
    int64_t begin_log_index; /* of the whole: what stands before was looked at by the run that this one goes on with */
    int64_t resumed_us;
    int64_t state_saved_ms;
    int64_t state_every_ms;
    int64_t tasks_ahead_max;
    int64_t rows_end; /* of the whole: beyond, the log has neither rows nor tiles */

    /* Of a worker: where its findings go. The whole has none, and tells the caller. */
    verify_item_sink *sink;
    void *sink_context;
    struct arena *result_arena; /* of its range's result */
    int64_t *doubts;            /* positions of reversals that do not agree with what its range alone proves */
    size_t doubts_count;
    size_t doubts_capacity;
    bool adds_totals;              /* to those of the whole */
    struct verify *whole;          /* of a worker of the same thread: whose progress it may tell */
    _Atomic uint64_t *events_done; /* of all workers, about */

    struct arena rows;          /* emptied after each transaction */
    struct ledger_call scratch; /* emptied before each look-up */

    struct ledger_check_result checks[CHECKS_COUNT];
    uint64_t critical_count;
    uint64_t violations_count;
    struct verify_sums sums;
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

    struct verify_redaction *redactions; /* by transaction_id */
    size_t redactions_count;

    struct log_state log;
    struct totals_state totals;

    struct pass *pass;       /* of the worker, kept for its next range */
    bool has_no_manual_rows; /* which is known without looking for them */

    /* Numbers and time, transaction by transaction. */
    struct verify_order order;
    struct store_posting_day *posting_days;
    size_t posting_days_count;
    int64_t epoch;  /* by the last event that begins one */
    bool is_frozen; /* by the last event that freezes or unfreezes */

    /* Account lists. */
    struct arena lists;
    int64_t segment;
    bool segment_has_entries;
    int64_t segments_end; /* of the whole: those before have been compared */

    /* What may once have stood in a column: for finding out which was altered. */
    bool has_symbols;
    bool symbols_are_all;
    struct ledger_text *symbols;
    size_t symbols_count;
    int64_t trials_left;
    unsigned sums_left; /* sums of a day's entries for the same end */

    struct outside *outside; /* what it knows beside the rows: verify_outside.h */
};

struct verify_limits {
    size_t totals_slots_max; /* in memory at once: a power of two */
    int64_t state_every_ms;  /* between two times that the state of the run is saved */
    int64_t tasks_ahead_max; /* that workers may begin before they are taken; 0: as many as there is room for */
};

/* ledger_verify with limits of its own. */
LEDGER_MUST_CHECK ledger_status verify_within(struct ledger_call *call, struct ledger *ledger,
                                              const struct ledger_verify_options *options,
                                              const struct verify_limits *limits,
                                              struct ledger_verify_result *ret_result);

/* Makes room for one more of `size` bytes in an array that doubles. */
LEDGER_MUST_CHECK ledger_status verify_array_grow(struct ledger_call *call, struct arena *arena, void **array,
                                                  size_t count, size_t *capacity, size_t size);

/* Counts and tells a violation of the whole; a worker's goes to its sink. */
LEDGER_MUST_CHECK ledger_status verify_tell(struct verify *verify, enum verify_check check,
                                            struct ledger_violation violation);

/* Tells a violation: `about` says where and what, as far as it is set; its texts may live anywhere. */
LEDGER_MUST_CHECK LEDGER_PRINTF(4, 5) ledger_status
    verify_found(struct verify *verify, enum verify_check check, const struct ledger_violation *about,
                 const char *detail, ...);

/* The same for what is remarkable without proving that anything was altered. */
LEDGER_MUST_CHECK LEDGER_PRINTF(4, 5) ledger_status
    verify_warn(struct verify *verify, enum verify_check check, const struct ledger_violation *about,
                const char *detail, ...);

/* Tells how far the ranges are. */
void verify_tell_progress(struct verify *verify);

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
LEDGER_MUST_CHECK ledger_status verify_find_posting_date(struct verify *verify, int64_t log_index, bool *ret_found,
                                                         int64_t *ret_us);
LEDGER_MUST_CHECK ledger_status verify_add_account(struct verify *verify, int64_t account_id,
                                                   struct verify_account **ret_account);

/* verify_storage.c: what is not about rows. */
LEDGER_MUST_CHECK ledger_status verify_check_schema(struct verify *verify);
LEDGER_MUST_CHECK ledger_status verify_check_storage(struct verify *verify);
LEDGER_MUST_CHECK ledger_status verify_check_strays(struct verify *verify, bool with_entries);

/* verify_derived.c: what the database keeps although it follows from other columns. Begun before the pass, finished
 * after it, which looks for strays too. */
LEDGER_MUST_CHECK ledger_status verify_begin_derived(struct verify *verify);
LEDGER_MUST_CHECK ledger_status verify_check_derived_accounts(struct verify *verify);
LEDGER_MUST_CHECK ledger_status verify_finish_derived(struct verify *verify);

void verify_init(struct verify *verify, struct ledger_call *call, struct session *session,
                 const struct ledger_verify_options *options);
void verify_done(struct verify *verify);

/* verify_pass.c: the one pass over the log, or a range of it. */
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

/* verify_reversal.c: queued in the pass, looked at between its pieces, when no scan is open. A worker only notes those
 * that do not agree. */
LEDGER_MUST_CHECK ledger_status verify_check_reversal(struct verify *verify, int64_t log_index);

/* verify_facts.c: events that are not postings, against the rows that they made. */
LEDGER_MUST_CHECK ledger_status verify_take_facts(struct verify *verify);
LEDGER_MUST_CHECK ledger_status verify_event(struct verify *verify, const struct ledger_event_record *event,
                                             bool is_intruder);
LEDGER_MUST_CHECK ledger_status verify_take_epoch(struct verify *verify, int64_t log_index, int64_t epoch);
LEDGER_MUST_CHECK ledger_status verify_finish_facts(struct verify *verify);

/* verify_lists.c: the lists of each account's entries. */
LEDGER_MUST_CHECK ledger_status verify_lists_add(struct verify *verify, int64_t log_index,
                                                 struct verify_account *account, uint32_t entry_number);
void verify_lists_begin(struct verify *worker, int64_t segment);
LEDGER_MUST_CHECK ledger_status verify_lists_compare(struct verify *worker);
LEDGER_MUST_CHECK ledger_status verify_finish_lists(struct verify *verify);

/* verify_redaction.c: loaded before the pass, which only reads them. For a single transaction the rows and events of
 * others are not compared. */
LEDGER_MUST_CHECK ledger_status verify_load_redactions(struct verify *verify);
/* That of its texts or, where they were erased, the one that was kept. */
struct sha256_hash verify_texts_hash(const struct verify *verify, struct record_hasher *hasher,
                                     const struct ledger_transaction_record *transaction);
LEDGER_MUST_CHECK ledger_status verify_check_redaction(struct verify *verify,
                                                       const struct ledger_transaction_record *transaction);
/* Whether the mark that stands for the reason of a request for a reversal is of a redaction that is about it. */
LEDGER_MUST_CHECK ledger_status verify_check_reason(struct verify *verify, const struct store_approval_change *change);

/* verify_manual.c */
LEDGER_MUST_CHECK ledger_status verify_check_manual_rows(struct verify *verify);

/* verify_head.c */
LEDGER_MUST_CHECK ledger_status verify_load_head(struct verify *verify);
LEDGER_MUST_CHECK ledger_status verify_finish_head(struct verify *verify);

/* The correction of an entry (or, with number 0, of the transaction); NULL where there is none. */
LEDGER_MUST_CHECK ledger_status verify_keep_correction(struct verify *verify,
                                                       const struct verify_correction *correction);
const struct verify_correction *verify_find_correction(const struct verify *verify, int64_t log_index,
                                                       uint32_t entry_number);

#endif
