/* Rows of audit_log that were written by hand, and which of them the log took note of. */
#ifndef LEDGER_ENGINE_ADOPTION_H
#define LEDGER_ENGINE_ADOPTION_H

#include "engine/session.h"
#include "ledger/audit.h"

/* What the log says of a row. */
struct adopted_row {
    uint8_t audit_id[UUID_SIZE];
    struct sha256_hash digest;
    int64_t log_index;
    bool is_there; /* set by whoever compares: a row has just that */
};

/* By audit_id and digest, each once. */
struct adopted_rows {
    struct adopted_row *rows;
    size_t count;
};

/* All that the log adopted, in the call's memory. Metadata that somebody altered adopts nothing, and verify tells. */
LEDGER_MUST_CHECK ledger_status adoption_load(struct ledger_call *call, struct store *store,
                                              struct adopted_rows *ret_adopted);

/* The first of an audit_id, NULL where it was never adopted; those of the same id follow it. */
struct adopted_row *adoption_find(const struct adopted_rows *adopted, const uint8_t audit_id[UUID_SIZE]);

/* The one of that id and digest, NULL where there is none. */
struct adopted_row *adoption_find_exact(const struct adopted_rows *adopted, const uint8_t audit_id[UUID_SIZE],
                                        const struct sha256_hash *digest);

/* How many rows were written by hand, and how many of them are adopted as they stand. Inside a unit of work. */
LEDGER_MUST_CHECK ledger_status adoption_count(struct ledger_call *call, struct session *session,
                                               size_t *ret_manual_count, size_t *ret_adopted_count);

#endif
