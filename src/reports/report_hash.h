/* The report_hash: SHA-256 of the canonical JSON of what a report says and depends on (docs/HASHES.md, report/1), made
 * piece by piece while the report passes. */
#ifndef LEDGER_REPORTS_REPORT_HASH_H
#define LEDGER_REPORTS_REPORT_HASH_H

#include "base/json.h"
#include "base/sha256.h"
#include "reports/sink.h"

struct report_hash {
    struct report_sink sink;
    struct sha256 *sha256;
    struct text_builder piece;
    struct ledger_text time_zone_data_version;
    bool has_table;
    bool has_row;
    bool has_value;
};

/* The hasher is taken from the first piece to the finish. `memory` is the call whose memory the pieces are made in. */
void report_hash_init(struct report_hash *hash, struct sha256 *sha256, struct ledger_call *memory);

LEDGER_MUST_CHECK ledger_status report_hash_finish(struct ledger_call *call, struct report_hash *hash,
                                                   struct sha256_hash *ret_hash);

/* The same of a saved report, from its own content alone. What it lacks is hashed as null, and so differs. */
LEDGER_MUST_CHECK ledger_status report_hash_of_saved(struct ledger_call *call, struct sha256 *sha256,
                                                     const struct json_value *saved, struct sha256_hash *ret_hash);

#endif
