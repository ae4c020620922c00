/* Restoring: the log of a ledger written into another database event by event, with the positions, instants, ids and
 * hashes that it has, and the rows that follow from them. Whoever calls has checked every record; here they are
 * written.
 *
 * I1 A ledger has its settings last: until restore_finish nobody can open it, whatever happens meanwhile.
 * I2 The log grows in whole batches, so that an interrupted restoration goes on behind the last of them. */
#ifndef LEDGER_ENGINE_RESTORE_H
#define LEDGER_ENGINE_RESTORE_H

#include "engine/draft.h"
#include "ledger/audit.h"

enum restored_kind {
    RESTORED_POSTING,
    RESTORED_EVENT, /* of which no further row follows */
    RESTORED_ACCOUNT,
    RESTORED_PERIOD,
    RESTORED_APPROVAL,
    RESTORED_REDACTION,
    RESTORED_FREEZE,
    RESTORED_EPOCH,
};

/* What stands at one position of the log, and a checkpoint of the log that ends with it. */
struct restored {
    enum restored_kind kind;
    uint64_t line; /* for messages */
    struct sha256_hash leaf;
    struct draft draft;               /* of a posting: placed, and complete but for reverses_log_index */
    struct ledger_event_record event; /* of anything else */
    union {
        struct ledger_account account; /* as of the event */
        struct ledger_period period;
        struct store_approval_change approval;
        struct sha256_hash texts_hash; /* of a redaction */
        bool is_frozen;
        int64_t epoch;
    };
    bool has_checkpoint;
    struct store_checkpoint checkpoint;
};

static inline int64_t restored_log_index(const struct restored *restored)
{
    return restored->kind == RESTORED_POSTING ? restored->draft.record.log_index : restored->event.log_index;
}

/* Makes the schema and an empty log without settings. `applied_at_us`: when the schema was made that the first event
 * tells of. LEDGER_EXISTS_ALREADY, database outcomes. */
LEDGER_MUST_CHECK ledger_status restore_begin(struct ledger_call *call, struct ledger *ledger, int64_t applied_at_us);

/* Where an interrupted restoration stands. LEDGER_EXISTS_ALREADY where the ledger is whole. */
LEDGER_MUST_CHECK ledger_status restore_look(struct ledger_call *call, struct ledger *ledger,
                                             struct ledger_text *ret_applied_at, struct store_head *ret_head);

/* Writes a batch in one unit of work, behind what is there; at least one. `source_name` stands in messages.
 * LEDGER_INPUT_IS_MALFORMED with the line where a record does not fit those before it, LEDGER_DATABASE_IS_BUSY where
 * somebody else restores the same ledger, outcomes of a write unit. */
LEDGER_MUST_CHECK ledger_status restore_write(struct ledger_call *call, struct ledger *ledger, const char *source_name,
                                              struct restored *items, size_t count);

/* Writes the settings: from here on it is a ledger, with a log of that size. LEDGER_INPUT_IS_MALFORMED where the reason
 * of a request has a mark of no redaction. */
LEDGER_MUST_CHECK ledger_status restore_finish(struct ledger_call *call, struct ledger *ledger, int64_t log_size);

#endif
