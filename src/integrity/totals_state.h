/* Totals made again from the entries, by account, transaction_day and posting_day.
 *
 * What does not fit into memory at once is done in parts, by the lowest bits of the account's id: the sums of other
 * parts are kept in a scratch file for further passes. Where there can be none, or a run that was interrupted goes on
 * without it, those passes read the entries again.
 *
 * A worker sums into a small table of its own, and adds that to the table of the whole whenever it is full: sums are
 * the same in any order. */
#ifndef LEDGER_INTEGRITY_TOTALS_STATE_H
#define LEDGER_INTEGRITY_TOTALS_STATE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/int128.h"
#include "base/scratch_file.h"
#include "ledger/call.h"
#include "ledger/transaction.h"
#include "store/store.h"

struct verify;
struct verify_account;

struct total_sum {
    int128 debit_minor;
    int128 credit_minor;
    int128 entry_count;
};

struct total_slot {
    int64_t account_id; /* 0: free */
    int32_t transaction_day;
    int32_t posting_day;
    int64_t debit_minor;
    int64_t credit_minor;
    int64_t entry_count; /* SLOT_IS_BROKEN where a sum passed what fits */
    int64_t last_us;     /* the latest posting date */
};

#define SLOT_IS_BROKEN INT64_MIN

_Static_assert(sizeof(struct total_slot) == 48, "what TOTALS_SLOTS_MAX counts with");

enum {
    TOTALS_PARTS_MAX = 64,
    TOTALS_SLOTS_MAX = 1 << 18, /* of 48 bytes: 12 MiB */
    TOTALS_WORKER_SLOTS = 4096, /* 192 KiB */
    TOTALS_SPILL_SLOTS = 1024,  /* written and read at once: 48 KiB */
};

/* Open addressing. */
struct totals_table {
    struct total_slot *slots; /* heap */
    size_t capacity;          /* a power of two */
    size_t count;
};

/* Slots that are not of the part, kept in a file for the further passes. */
struct totals_spill {
    struct scratch_file file;
    struct total_slot *held; /* heap: those that are not written yet */
    size_t held_count;
    bool is_lost; /* not all of them are there: a further pass reads the entries again */
};

struct totals_state {
    struct totals_table table;
    size_t slots_max; /* as large as the table gets, as long as it can be split */
    pthread_mutex_t mutex;
    struct store_account_part part; /* what is being summed */
    struct store_account_part waiting[TOTALS_PARTS_MAX];
    size_t waiting_count;
    struct totals_spill spill;
    bool is_further_pass;       /* what is not of the part is in the spill already */
    struct totals_state *whole; /* of a worker: where its sums go */
};

LEDGER_MUST_CHECK ledger_status totals_begin(struct verify *verify);
LEDGER_MUST_CHECK ledger_status totals_begin_worker(struct verify *worker, struct verify *whole);

/* `account` is the entry's; NULL where it has none. */
LEDGER_MUST_CHECK ledger_status totals_add(struct verify *verify, int32_t transaction_day, int64_t posting_date_us,
                                           const struct ledger_entry_record *entry, struct verify_account *account);

/* Adds to the table of the whole what is of its part, and leaves what is not. */
LEDGER_MUST_CHECK ledger_status totals_add_slot(struct verify *verify, struct totals_state *totals,
                                                const struct total_slot *added);

static inline bool totals_part_has(struct store_account_part part, int64_t account_id)
{
    return (account_id & part.mask) == part.ending;
}

/* Empties the table, for another part. */
void totals_begin_pass(struct totals_state *totals);

/* Puts a slot into the table of the whole, as a run that was interrupted left it. */
LEDGER_MUST_CHECK ledger_status totals_put(struct verify *verify, const struct total_slot *slot);

/* A worker gives the whole what it summed. */
LEDGER_MUST_CHECK ledger_status totals_flush(struct verify *worker);

/* Compares with what is stored, and makes the further passes. */
LEDGER_MUST_CHECK ledger_status totals_finish(struct verify *verify);
void totals_done(struct verify *verify);

/* totals_spill.c. Keeps a slot; where that fails, the spill is lost. */
void totals_spill_add(struct ledger_call *call, struct totals_spill *spill, const struct total_slot *slot);

/* Reads the next slots from `first` on, at most TOTALS_SPILL_SLOTS: none behind the last, or where the spill is lost.
 */
void totals_spill_read(struct totals_spill *spill, uint64_t first, struct total_slot *slots, size_t *ret_count);

void totals_spill_lose(struct totals_spill *spill);

#endif
