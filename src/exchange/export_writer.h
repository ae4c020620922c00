/* What every format of exports is written through. A writer adds to the builders of its files and nothing else: who
 * walks the ledger writes them out behind every transaction. */
#ifndef LEDGER_EXCHANGE_EXPORT_WRITER_H
#define LEDGER_EXCHANGE_EXPORT_WRITER_H

#include "base/int128.h"
#include "base/time.h"
#include "domain/amount.h"
#include "exchange/export_file.h"
#include "ledger/account.h"
#include "ledger/ledger.h"
#include "ledger/transaction.h"

struct export_account {
    struct ledger_account account;
    size_t parent; /* its place; `accounts_count` of none */
    unsigned decimals;
    int128 opening_minor; /* debits less credits of what is dated before the first day … */
    int128 closing_minor; /* … and up to the last: complete at the end */
};

struct export_head {
    const struct ledger_settings *settings;
    const struct time_zone *zone;
    const struct export_account *accounts; /* a parent before its children */
    size_t accounts_count;
    int64_t log_position;
    bool has_start_day;
    bool has_end_day;
    int32_t start_day;
    int32_t end_day;
};

struct export_entry {
    struct ledger_entry_record record; /* code and currency are filled in */
    size_t account;                    /* its place */
};

struct export_transaction {
    const struct ledger_transaction_record *record;
    const struct export_entry *entries;
    uint32_t entries_count;
    char number[LEDGER_NUMBER_TEXT_SIZE];
    char id[LEDGER_ID_TEXT_SIZE];
};

struct export_writing {
    const struct export_head *head;
    struct export_file *files;
    const void *dialect; /* of the format */
    void *state;         /* of the writer, in the call's memory */
};

struct export_writer {
    const char *const *file_names; /* ending with NULL; NULL where there is one file, named by the user */
    const void *dialect;
    bool is_imported; /* it is what `import` reads */
    ledger_status (*begin)(struct ledger_call *call, struct export_writing *writing);
    ledger_status (*transaction)(struct ledger_call *call, struct export_writing *writing,
                                 const struct export_transaction *transaction);
    ledger_status (*end)(struct ledger_call *call, struct export_writing *writing);
};

extern const struct export_writer write_ndjson;
extern const struct export_writer write_csv;
extern const struct export_writer write_hledger;
extern const struct export_writer write_ledger;
extern const struct export_writer write_beancount;
extern const struct export_writer write_ads;

/* An amount with the decimals of its currency: "1000" yen, "-10.50" euros. */
size_t export_format_amount(int128 amount_minor, unsigned decimals, char out[AMOUNT_TEXT_SIZE]);

#endif
