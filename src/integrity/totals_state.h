/* Totals made again from the entries, by account, transaction_day and posting_day.
 *
 * What does not fit into memory at once is done in parts, by a hash of the account: entries of other parts are left to
 * further passes over the entries. */
#ifndef LEDGER_INTEGRITY_TOTALS_STATE_H
#define LEDGER_INTEGRITY_TOTALS_STATE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/int128.h"
#include "ledger/call.h"
#include "ledger/transaction.h"

struct verify;
struct total_slot;

struct total_sum {
    int128 debit_minor;
    int128 credit_minor;
    int128 entry_count;
};

/* The accounts whose hash ends in these bits. */
struct totals_part {
    unsigned bits;
    uint64_t ending;
};

enum {
    TOTALS_PARTS_MAX = 64,
    TOTALS_SLOTS_MAX = 1 << 19, /* of 48 bytes: 24 MiB */
};

struct totals_state {
    struct total_slot *slots; /* open addressing; heap */
    size_t capacity;          /* a power of two */
    size_t slots_max;         /* as large as it gets, as long as it can be split */
    size_t count;
    struct totals_part part; /* what is being summed */
    struct totals_part waiting[TOTALS_PARTS_MAX];
    size_t waiting_count;
};

LEDGER_MUST_CHECK ledger_status totals_begin(struct verify *verify);
LEDGER_MUST_CHECK ledger_status totals_add(struct verify *verify, int32_t transaction_day, int64_t posting_date_us,
                                           const struct ledger_entry_record *entry);
/* Compares with what is stored, and makes the further passes. */
LEDGER_MUST_CHECK ledger_status totals_finish(struct verify *verify);
void totals_done(struct verify *verify);

#endif
