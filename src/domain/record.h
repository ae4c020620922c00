/* The hashed forms of hash_version 1 (docs/HASHES.md): what is hashed, in which order, with golden vectors in the
 * tests.
 *
 * Every form of ours is the RFC 8785 JSON of facts. Amounts are decimal text, instants RFC 3339 with six decimals and
 * Z, hashes and ids lower-case text; numbers stay below 2^53; what is absent is left out of an object and null in an
 * array.
 *
 * I1 A form holds nothing rendered and nothing that changes later (status, links to a later reversal).
 * I2 The texts that may be erased one day reach the other forms only through texts_hash. */
#ifndef LEDGER_DOMAIN_RECORD_H
#define LEDGER_DOMAIN_RECORD_H

#include "base/arena.h"
#include "base/sha256.h"
#include "base/text_builder.h"
#include "ledger/transaction.h"

enum { RECORD_HASH_VERSION = 1, RECORD_SALT_SIZE = 16 };

struct form_buffer;

/* What makes the forms: a hasher and a buffer that is reused. It serves one thread at a time. Once it is there, no form
 * takes memory or can fail, whatever its size. */
struct record_hasher {
    struct sha256 *sha256;
    struct arena arena;
    struct form_buffer *buffer;
};

/* False when memory ran out. */
bool record_hasher_init(struct record_hasher *hasher);
void record_hasher_done(struct record_hasher *hasher);

/* From now on the bytes of every form are added to `builder` too, with what is hashed before them (the salt of texts,
 * the 0x00 of a leaf), until it is NULL again. */
void record_hasher_copy_to(struct record_hasher *hasher, struct text_builder *builder);

/* The runbook's hash: SHA-256 of what Python's json.dumps(…, sort_keys=True) gives for {"entries": [{"account",
 * "amount", "type"}, …], "transaction_date", "transaction_id"}. */
struct sha256_hash record_transaction_hash(struct record_hasher *hasher,
                                           const struct ledger_transaction_record *transaction);

/* SHA-256(salt ‖ {"description", "memos": [memo or null, …], "reversal_reason"}): `memos` where any entry has one. */
struct sha256_hash record_texts_hash(struct record_hasher *hasher, const struct ledger_transaction_record *transaction);

/* {"account_code", "amount", "business_unit", "cost_center", "currency", "entry_number", "entry_type", "form":
 * "entry/1", "project_code", "transaction_id"}. */
struct sha256_hash record_entry_hash(struct record_hasher *hasher, const uint8_t transaction_id[16],
                                     const struct ledger_entry_record *entry);

/* {"business_event_type", "business_key", "created_by", "entry_hashes": [hex, …], "form": "content/1",
 * "idempotency_fingerprint" (with a key), "idempotency_key", "principal", "reverses_transaction_id", "source_ip",
 * "source_system", "texts_hash", "transaction_date", "transaction_day", "transaction_id"}; the entry hashes are those
 * in the entries. */
struct sha256_hash record_content_hash(struct record_hasher *hasher,
                                       const struct ledger_transaction_record *transaction,
                                       const struct sha256_hash *texts_hash);

/* {"content_hash", "form": "record/1", "log_index", "posting_date", "transaction_number"}. */
struct sha256_hash record_record_hash(struct record_hasher *hasher, const struct sha256_hash *content_hash,
                                      int64_t log_index, int64_t posting_date_us, int64_t number_in_day);

/* An event of the integrity log. */
struct ledger_event_record;

/* SHA-256(0x00 ‖ {"action", "description", "event_metadata", "event_timestamp", "event_type", "form": "event/1",
 * "log_index", "outcome", "principal", "record_hash", "severity", "source_ip", "source_system", "transaction_id",
 * "user_id"}). The event of a posting has no description (it is rendered) and has the record_hash; others have a
 * description and no record_hash. event_metadata is canonical JSON and stands as it is. */
struct sha256_hash record_leaf_hash(struct record_hasher *hasher, const struct ledger_event_record *event);

/* A row of audit_log that somebody wrote by hand. */
struct ledger_manual_event;

/* {"action", "audit_id", "description", "event_metadata" (as a text), "event_timestamp", "event_type", "form":
 * "manual-event/1", "outcome", "principal", "severity", "source_ip", "source_system", "transaction_id", "user_id"}. */
struct sha256_hash record_manual_event_hash(struct record_hasher *hasher, const struct ledger_manual_event *event);

/* The leaf of the event that a posted transaction is: TRANSACTION_POSTED or TRANSACTION_REVERSED, INFO, SUCCESS, action
 * POST or REVERSE, at its posting date, by its creator, without metadata. */
struct sha256_hash record_transaction_leaf_hash(struct record_hasher *hasher,
                                                const struct ledger_transaction_record *transaction);

/* The fingerprint of a posting request, SHA-256(salt ‖ form), the salt being that of the texts (which are in it, and
 * cannot be guessed from it once the salt is gone), the form of the client's fields as given, before defaults:
 * {"allow_future" (where true),
 * "business_event_type", "business_key", "description", "entries": [{"account_code", "amount", "business_unit",
 * "cost_center", "currency", "entry_type", "memo", "project_code"}, …], "form": "posting/1", "transaction_date"};
 * amounts in canonical decimals ("1000.00"), entry types in capitals. */
struct sha256_hash record_posting_fingerprint(struct record_hasher *hasher, const uint8_t texts_salt[RECORD_SALT_SIZE],
                                              const struct ledger_posting *posting,
                                              const struct ledger_entry_record *entries);

/* The same with {"form": "reversal/1", "reason", "transaction_date", "transaction_id"}: the original's id. */
struct sha256_hash record_reversal_fingerprint(struct record_hasher *hasher, const uint8_t texts_salt[RECORD_SALT_SIZE],
                                               const struct ledger_reversal *reversal,
                                               const uint8_t original_transaction_id[16]);

/* SHA-256(salt ‖ {"reason"}): what the event of an approval request commits to instead of the reason itself. */
struct sha256_hash record_reason_hash(struct record_hasher *hasher, const uint8_t salt[RECORD_SALT_SIZE],
                                      struct ledger_text reason);

#endif
