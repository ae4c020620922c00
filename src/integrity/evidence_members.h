/* The objects that evidence is made of: which members each has, and of which type. What has another member, lacks one
 * or has one of another type is refused, so that nothing in a bundle says anything that is not checked. */
#ifndef LEDGER_INTEGRITY_EVIDENCE_MEMBERS_H
#define LEDGER_INTEGRITY_EVIDENCE_MEMBERS_H

#include "base/json.h"
#include "base/sha256.h"

enum evidence_type {
    EVIDENCE_TEXT,
    EVIDENCE_COUNT, /* a number from 0 on */
    EVIDENCE_HASH,  /* 64 hexadecimal digits in lower case */
    EVIDENCE_SALT,  /* 32 of them */
    EVIDENCE_ID,    /* a UUID in lower case */
    EVIDENCE_TIME,  /* as time_format writes it */
    EVIDENCE_DAY,
    EVIDENCE_AMOUNT, /* above zero, with two decimals */
    EVIDENCE_ARRAY,
    EVIDENCE_OBJECT,
};

struct evidence_member {
    const char *key;
    enum evidence_type type;
    bool is_optional;
};

/* Members in the order of their keys, ending with a NULL key. */
extern const struct evidence_member evidence_of_bundle[];
extern const struct evidence_member evidence_of_consistency[];
extern const struct evidence_member evidence_of_transaction[];
extern const struct evidence_member evidence_of_proven_event[];
extern const struct evidence_member evidence_of_texts[];

/* The hashed forms. */
extern const struct evidence_member evidence_of_entry_form[];
extern const struct evidence_member evidence_of_content_form[];
extern const struct evidence_member evidence_of_record_form[];
extern const struct evidence_member evidence_of_event_form[];

/* `place` names the object in messages ("transaction.content"). `form` is what its member "form" or "format" has to
 * say; NULL: it has none. LEDGER_PROOF_IS_INVALID. */
LEDGER_MUST_CHECK ledger_status evidence_check_members(struct ledger_call *call, const struct json_value *object,
                                                       const char *place, const struct evidence_member *members,
                                                       const char *form);

/* Whether numbers are whole and below 2^53, and keys are ASCII: where that is so, the canonical form is one. */
LEDGER_MUST_CHECK ledger_status evidence_check_values(struct ledger_call *call, const struct json_value *value);

/* The text of a member, absent where there is none; of one that was checked. */
struct ledger_text evidence_text(const struct json_value *object, const char *key);
int64_t evidence_count(const struct json_value *object, const char *key);

/* Whether a member is the hexadecimal text of that hash. */
bool evidence_hash_is(const struct json_value *object, const char *key, const struct sha256_hash *hash);

/* Bytes of lower-case hexadecimal text of just their size; false where it is none. */
bool evidence_read_hex(struct ledger_text text, uint8_t *out, size_t size);

#endif
