/* Exporting: the whole ledger, or what is dated within some days, as it was known at a position of the log.
 *
 * Everything is read once, in one unit of work: the accounts, a parent before its children, then the transactions with
 * their entries in the order of the log. A reversal comes as the posting of its own that it is.
 *
 * I1 An export is a function of the ledger, the position and the days: made again, it has the same bytes.
 * I2 Memory grows with the chart of accounts and the longest transaction, and with nothing else.
 * I3 A file is as it was before, or the whole export. */
#ifndef LEDGER_EXCHANGE_EXPORT_H
#define LEDGER_EXCHANGE_EXPORT_H

#include "base/call.h"
#include "base/sha256.h"
#include "ledger/ledger.h"

enum export_format {
    EXPORT_NDJSON,
    EXPORT_CSV,
    EXPORT_HLEDGER,
    EXPORT_LEDGER,
    EXPORT_BEANCOUNT,
    EXPORT_ADS, /* AICPA audit data standard, general ledger: three files */
    EXPORT_FORMATS_COUNT,
};

enum { EXPORT_FILES_MAX = 3 };

struct export_request {
    enum export_format format;
    const char *path;              /* a file, "-" for standard output; of EXPORT_ADS a directory that is there */
    bool is_verbatim;              /* of EXPORT_NDJSON: the whole log as it is (verbatim.h), whatever the days */
    struct ledger_text start_date; /* the first transaction day; absent: from the beginning */
    struct ledger_text end_date;   /* the last; absent: no end */
    bool has_log_position;
    int64_t log_position;                                                  /* as known when the log had this size */
    void (*progress)(void *context, uint64_t position, uint64_t log_size); /* may be NULL */
    void *context;
};

/* What was written; texts in the call's memory. */
struct export_result {
    int64_t log_position;
    int64_t accounts_count;
    int64_t transactions_count;
    int64_t entries_count;
    struct export_written {
        struct ledger_text path;
        uint64_t bytes;
        char sha256[2 * SHA256_SIZE + 1];
    } files[EXPORT_FILES_MAX];
    size_t files_count;
    bool is_recorded; /* in the audit log: LEDGER_EXPORTED */
};

/* LEDGER_DATE_IS_INVALID, LEDGER_LOG_POSITION_IS_INVALID, LEDGER_FILE_IS_UNREADABLE, LEDGER_DATABASE_IS_DAMAGED where
 * rows do not fit together, database outcomes. */
LEDGER_MUST_CHECK ledger_status export_run(struct ledger_call *call, struct ledger *ledger,
                                           const struct export_request *request, struct export_result *ret_result);

/* Whether the format has files of its own names in a directory. */
bool export_takes_directory(enum export_format format);

#endif
