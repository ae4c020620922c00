/* The facts that an administrative event commits to, as the canonical JSON of its event_metadata. They are made from
 * the rows they are about, when those are written and again when they are verified. */
#ifndef LEDGER_ENGINE_EVENT_FACTS_H
#define LEDGER_ENGINE_EVENT_FACTS_H

#include "base/json_write.h"
#include "engine/adoption.h"
#include "ledger/checkpoint.h"
#include "ledger/freeze.h"
#include "ledger/incident.h"
#include "store/store.h"

/* {"default_currency", "fiscal_year_start", "hash_version", "ledger_id", "schema_applied_at", "time_zone"}. */
LEDGER_MUST_CHECK ledger_status event_facts_of_settings(struct ledger_call *call,
                                                        const struct ledger_settings *settings,
                                                        struct ledger_text schema_applied_at,
                                                        struct ledger_text *ret_metadata);

/* {"account_code", "account_id", "account_name", "account_role", "account_type", "currency", "description",
 * "is_active", "level", "parent_account_code", "version"}. */
LEDGER_MUST_CHECK ledger_status event_facts_of_account(struct ledger_call *call, const struct ledger_account *account,
                                                       struct ledger_text *ret_metadata);

/* {"end_date" (the last day), "reason", "start_date", "state"}. */
LEDGER_MUST_CHECK ledger_status event_facts_of_period(struct ledger_call *call, const struct ledger_period *period,
                                                      struct ledger_text *ret_metadata);

/* {"compared" (of an approval: "principals" or "claims"), "idempotency_key", "kind", "reason_hash" (where there is a
 * reason: the reason itself can be erased), "request_id", "state", "transaction_date", "transaction_id"}. `compared`
 * and `reason_hash` may be absent. */
LEDGER_MUST_CHECK ledger_status event_facts_of_approval(struct ledger_call *call,
                                                        const struct store_approval_change *change,
                                                        struct ledger_text reason_hash, struct ledger_text compared,
                                                        struct ledger_text *ret_metadata);

/* What the event of a redaction says. `reason` is the request's, and stays. */
struct redaction_facts {
    int64_t memos_count; /* that were erased */
    struct ledger_text reason;
    struct uuid request_id;
    struct sha256_hash texts_hash;
    uint8_t transaction_id[UUID_SIZE];
};

/* {"memos_count", "reason", "request_id", "texts_hash", "transaction_id"}. */
LEDGER_MUST_CHECK ledger_status event_facts_of_redaction(struct ledger_call *call, const struct redaction_facts *facts,
                                                         struct ledger_text *ret_metadata);

/* {"compared" ("principals" or "claims"; absent where nobody is known to have frozen it), "frozen_by",
 * "frozen_log_index", "frozen_principal"}. */
LEDGER_MUST_CHECK ledger_status event_facts_of_unfreezing(struct ledger_call *call,
                                                          const struct ledger_freeze_state *state,
                                                          struct ledger_text compared,
                                                          struct ledger_text *ret_metadata);

/* {"database_user", "digest" (SHA-256 of the rows' digests, one after the other), "rows": [{"audit_id", "digest"}, …]}.
 */
LEDGER_MUST_CHECK ledger_status event_facts_of_adoption(struct ledger_call *call, struct sha256 *sha256,
                                                        struct ledger_text database_user,
                                                        const struct adopted_row *rows, size_t count,
                                                        struct ledger_text *ret_metadata);

/* What an event of an incident commits to, as far as it is set. */
struct incident_facts {
    struct ledger_text incident_id;
    const struct ledger_evidence *evidence;
    size_t evidence_count;
    const struct ledger_violation *violations;
    size_t violations_kept;
    uint64_t violations_count;
    struct ledger_text transaction_number; /* of the transaction that the event names */
};

/* {"evidence": [{"name", "sha256", "size_bytes"}, …], "incident_id", "transaction_number", "violations": [the first of
 * them, see event_facts_write_violations], "violations_count"}. */
LEDGER_MUST_CHECK ledger_status event_facts_of_incident(struct ledger_call *call, const struct incident_facts *facts,
                                                        struct ledger_text *ret_metadata);

/* The members "violations" [{"account_code", "check", "computed", "detail", "entry_number", "field", "severity",
 * "stored", "transaction_id", "transaction_number"}, …], of LEDGER_INCIDENT_VIOLATIONS_MAX at most, long texts cut, and
 * "violations_count". */
void event_facts_write_violations(struct json_writer *writer, const struct ledger_violation *violations, size_t kept,
                                  uint64_t violations_count);

/* {"abandoned_log_size", "abandoned_origin", "abandoned_root_hash", "epoch"}. */
LEDGER_MUST_CHECK ledger_status event_facts_of_epoch(struct ledger_call *call, const struct ledger_epoch *epoch,
                                                     struct ledger_text *ret_metadata);

/* The epoch that such facts name; false where they name none. */
bool event_facts_read_epoch(struct ledger_text metadata, int64_t *ret_epoch);

#endif
