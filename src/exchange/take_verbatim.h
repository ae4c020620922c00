/* Judges the records of a verbatim export in their order, without a database.
 *
 * I1 No hash of the file is believed: each is made again from the record and held against what stands there.
 * I2 What follows from the log (accounts, numbers, positions, the root) is kept here as far as the next record needs
 *    it: memory grows with the accounts and the redactions alone. */
#ifndef LEDGER_EXCHANGE_TAKE_VERBATIM_H
#define LEDGER_EXCHANGE_TAKE_VERBATIM_H

#include "engine/rules.h"
#include "exchange/read_verbatim.h"

/* A transaction whose texts were erased, until the event comes that did it. */
struct verbatim_redacted {
    bool is_used;
    bool is_done;
    uint64_t line;
    uint8_t transaction_id[UUID_SIZE];
    struct sha256_hash texts_hash;
    char mark[64]; /* in the place of its texts */
};

struct verbatim_taking {
    struct ledger_call *call;
    struct json_place place; /* of the line at hand */
    struct record_hasher hasher;
    struct arena kept;
    struct verbatim_head head;
    int64_t schema_applied_at_us;
    struct rules accounts; /* of the log so far */
    struct merkle_frontier frontier;
    int32_t posting_day;
    int64_t last_number;
    int64_t last_time_us;
    int64_t last_checkpoint_size;
    struct verbatim_end sums;
    struct verbatim_redacted *redacted; /* open addressing by transaction_id */
    size_t redacted_capacity;           /* a power of two, or 0 */
    size_t redacted_count;
    size_t redacted_open; /* whose event has not come yet */
};

/* LEDGER_OUT_OF_MEMORY. `taking` is done with in any case. */
LEDGER_MUST_CHECK ledger_status verbatim_taking_init(struct ledger_call *call, const char *source_name,
                                                     struct verbatim_taking *taking);
void verbatim_taking_done(struct verbatim_taking *taking);

/* Each takes a line in, or says what is wrong with it: LEDGER_INPUT_IS_MALFORMED with its number, the field, what
 * stands there and what should. */
LEDGER_MUST_CHECK ledger_status verbatim_take_head(struct verbatim_taking *taking, const struct verbatim_line *line);
LEDGER_MUST_CHECK ledger_status verbatim_take_item(struct verbatim_taking *taking, struct verbatim_line *line);
LEDGER_MUST_CHECK ledger_status verbatim_take_checkpoint(struct verbatim_taking *taking,
                                                         const struct verbatim_line *line);
/* `sha256`: of everything before the line. */
LEDGER_MUST_CHECK ledger_status verbatim_take_end(struct verbatim_taking *taking, const struct verbatim_line *line,
                                                  const struct sha256_hash *sha256);

LEDGER_PRINTF(2, 3)
ledger_status verbatim_refuse(const struct verbatim_taking *taking, const char *format, ...);

#endif
