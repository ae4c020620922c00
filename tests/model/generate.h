/* Random postings and reversals, good and bad, from a seed: the same seed, the same requests. */
#ifndef LEDGER_MODEL_GENERATE_H
#define LEDGER_MODEL_GENERATE_H

#include "model/model.h"

enum {
    GENERATE_ITEMS_MAX = 4096, /* a posting stays as it is until so many later ones were made */
    GENERATE_ENTRIES_MAX = 8,
    GENERATE_TEXT_SIZE = 48,
};

struct generate_item {
    struct ledger_posting posting;
    struct ledger_entry entries[GENERATE_ENTRIES_MAX];
    char transaction_date[GENERATE_TEXT_SIZE];
    char idempotency_key[GENERATE_TEXT_SIZE];
    char description[GENERATE_TEXT_SIZE];
    char business_key[GENERATE_TEXT_SIZE];
    char amounts[GENERATE_ENTRIES_MAX][GENERATE_TEXT_SIZE];
};

struct generate_reversal {
    struct ledger_reversal reversal;
    size_t original; /* MODEL_NONE where the text names nothing */
    char transaction[GENERATE_TEXT_SIZE];
    char transaction_date[GENERATE_TEXT_SIZE];
    char idempotency_key[GENERATE_TEXT_SIZE];
};

struct generator {
    uint64_t state;
    const struct model *model;
    size_t items_made;
    unsigned keys_made;
    struct generate_item items[GENERATE_ITEMS_MAX];
};

/* A number below `limit`, which is above 0. */
uint64_t random_below(struct generator *generator, uint64_t limit);

/* True so many times in a thousand. */
bool random_chance(struct generator *generator, unsigned per_thousand);

/* A posting; with something wrong in so many of a thousand. What it points to is the generator's. */
struct ledger_posting generate_posting(struct generator *generator, int64_t now_us, unsigned bad_per_thousand);

/* Two entries of which a few together pass what an account can hold. */
struct ledger_posting generate_huge_posting(struct generator *generator);

/* A reversal, mostly of one of the last transactions. There is at least one. */
void generate_reversal(struct generator *generator, int64_t now_us, struct generate_reversal *ret_reversal);

#endif
