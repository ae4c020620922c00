/* Totals made again from the entries, by account, transaction_day and posting_day.
 *
 * What does not fit into memory at once is done in parts, by a hash of the account: entries of other parts are left to
 * further passes over the entries.
 *
 * A worker sums into a small table of its own, and adds that to the table of the whole whenever it is full: sums are
 * the same in any order. */
#ifndef LEDGER_INTEGRITY_TOTALS_STATE_H
#define LEDGER_INTEGRITY_TOTALS_STATE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/int128.h"
#include "ledger/call.h"
#include "ledger/transaction.h"

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

/* The accounts whose hash ends in these bits. */
struct totals_part {
    unsigned bits;
    uint64_t ending;
};

enum {
    TOTALS_PARTS_MAX = 64,
    TOTALS_SLOTS_MAX = 1 << 19, /* of 48 bytes: 24 MiB */
    TOTALS_WORKER_SLOTS = 4096, /* 192 KiB */
};

/* Open addressing. */
struct totals_table {
    struct total_slot *slots; /* heap */
    size_t capacity;          /* a power of two */
    size_t count;
};

struct totals_state {
    struct totals_table table;
    size_t slots_max; /* as large as the table gets, as long as it can be split */
    pthread_mutex_t mutex;
    struct totals_part part; /* what is being summed */
    struct totals_part waiting[TOTALS_PARTS_MAX];
    size_t waiting_count;
    struct totals_state *whole; /* of a worker: where its sums go */
};

LEDGER_MUST_CHECK ledger_status totals_begin(struct verify *verify);
LEDGER_MUST_CHECK ledger_status totals_begin_worker(struct verify *worker, struct verify *whole);

/* `account` is the entry's; NULL where it has none. */
LEDGER_MUST_CHECK ledger_status totals_add(struct verify *verify, int32_t transaction_day, int64_t posting_date_us,
                                           const struct ledger_entry_record *entry, struct verify_account *account);

/* Puts a slot into the table of the whole, as a run that was interrupted left it. */
LEDGER_MUST_CHECK ledger_status totals_put(struct verify *verify, const struct total_slot *slot);

/* A worker gives the whole what it summed. */
LEDGER_MUST_CHECK ledger_status totals_flush(struct verify *worker);

/* Compares with what is stored, and makes the further passes. */
LEDGER_MUST_CHECK ledger_status totals_finish(struct verify *verify);
void totals_done(struct verify *verify);

#endif
