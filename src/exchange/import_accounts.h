/* The accounts that a file declares, gathered between its transactions, then looked up and made together.
 *
 * I1 Each is judged for itself and in its place: what is wrong with one is told of that one.
 * I2 They are settled before the batch that they stand among is sent: so its transactions find them, and its progress
 *    does not run ahead of them. */
#ifndef LEDGER_EXCHANGE_IMPORT_ACCOUNTS_H
#define LEDGER_EXCHANGE_IMPORT_ACCOUNTS_H

#include "base/arena.h"
#include "exchange/posting_reader.h"
#include "ledger/stream.h"

/* One of them, in memory of its own. */
struct import_account {
    uint64_t line;
    struct ledger_text source;
    struct ledger_account_request request;
    struct ledger_text type_fault; /* as in a reading */
    struct ledger_text reasons;    /* once it is settled: why it cannot be taken; absent: it is */
};

struct import_accounts {
    struct arena arena;
    struct import_account *items;
    size_t count;        /* at most LEDGER_ACCOUNTS_MAX */
    size_t first_record; /* of the open batch, that keeps the place of the first */
};

/* How they are settled. */
struct import_accounts_options {
    struct ledger *ledger;
    struct ledger_stream *stream; /* that only judges: they are only pretended; NULL: they are made */
    bool creates;                 /* those that the ledger does not have */
};

void import_accounts_init(struct import_accounts *accounts);
void import_accounts_done(struct import_accounts *accounts);

/* Forgets all. */
void import_accounts_empty(struct import_accounts *accounts);

/* Takes in a copy of one more: there is room for it. LEDGER_OUT_OF_MEMORY. */
LEDGER_MUST_CHECK ledger_status import_accounts_add(struct ledger_call *call, struct import_accounts *accounts,
                                                    const struct reading *reading);

/* Looks them up and makes what is missing: each has its reasons then, or none. The call is reset meanwhile, and its
 * last problem says why where that cannot be done. Outcomes of ledger_accounts_create. */
LEDGER_MUST_CHECK ledger_status import_accounts_settle(struct ledger_call *call, struct import_accounts *accounts,
                                                       const struct import_accounts_options *options,
                                                       uint64_t *ret_created);

#endif
