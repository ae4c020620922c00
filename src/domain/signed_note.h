/* Signed notes (C2SP signed-note): a text and the signatures of named keys.
 *
 * I1 A note that is written here parses, and every signature in it verifies.
 * I2 Signatures of unknown keys are kept and ignored: cosignatures of witnesses may be added to a note at any time. */
#ifndef LEDGER_DOMAIN_SIGNED_NOTE_H
#define LEDGER_DOMAIN_SIGNED_NOTE_H

#include "base/call.h"
#include "base/ed25519.h"

enum {
    NOTE_BYTES_MAX = 1 << 20,
    NOTE_SIGNATURES_MAX = 100,
    NOTE_KEY_NAME_MAX = 200, /* bytes */
};

/* How a key signs: the identifier byte of the specification. What is signed follows from the type. */
enum note_signature_type {
    NOTE_ED25519 = 0x01,             /* the text itself */
    NOTE_ED25519_COSIGNATURE = 0x04, /* the text of a checkpoint and an instant (C2SP tlog-cosignature) */
};

/* A key that signatures are checked with: "name+hexid+base64(type ‖ public key)". */
struct note_verifier {
    struct ledger_text name;
    uint32_t key_id;
    enum note_signature_type type;
    uint8_t public_key[ED25519_PUBLIC_KEY_SIZE];
};

/* A key that signs: "PRIVATE+KEY+name+hexid+base64(type ‖ seed)". */
struct note_signer {
    struct note_verifier verifier;
    uint8_t seed[ED25519_SEED_SIZE];
};

struct note_signature {
    struct ledger_text name;
    uint32_t key_id;
    struct ledger_text signature; /* the bytes behind the key id */
};

struct note {
    struct ledger_text text; /* with its last line feed */
    const struct note_signature *signatures;
    size_t signatures_count;
};

/* A new key of that name. LEDGER_KEY_IS_INVALID where the name cannot be one. */
LEDGER_MUST_CHECK ledger_status note_signer_generate(struct ledger_call *call, struct ledger_text name,
                                                     struct note_signer *ret_signer);

/* The texts of keys, in the call's memory, and back; white space around them does not count. LEDGER_KEY_IS_INVALID says
 * what is wrong, without any part of a private key. */
LEDGER_MUST_CHECK ledger_status note_signer_format(struct ledger_call *call, const struct note_signer *signer,
                                                   struct ledger_text *ret_text);
LEDGER_MUST_CHECK ledger_status note_signer_parse(struct ledger_call *call, struct ledger_text text,
                                                  struct note_signer *ret_signer);
LEDGER_MUST_CHECK ledger_status note_verifier_format(struct ledger_call *call, const struct note_verifier *verifier,
                                                     struct ledger_text *ret_text);
LEDGER_MUST_CHECK ledger_status note_verifier_parse(struct ledger_call *call, struct ledger_text text,
                                                    struct note_verifier *ret_verifier);

/* The note of a text, signed by each of the signers, in the call's memory. */
LEDGER_MUST_CHECK ledger_status note_sign(struct ledger_call *call, struct ledger_text text,
                                          const struct note_signer *signers, size_t signers_count,
                                          struct ledger_text *ret_note);

/* Takes a note apart, into the call's memory. LEDGER_PROOF_IS_INVALID says what is wrong with it. */
LEDGER_MUST_CHECK ledger_status note_parse(struct ledger_call *call, struct ledger_text text, struct note *ret_note);

/* Whether one of the keys signed the note. A signature of one of the keys that does not hold rejects the whole note:
 * LEDGER_PROOF_IS_INVALID; so does none of any of them. `ret_signed_by` is the first that signed. */
LEDGER_MUST_CHECK ledger_status note_verify(struct ledger_call *call, const struct note *note,
                                            const struct note_verifier *verifiers, size_t verifiers_count,
                                            const struct note_verifier **ret_signed_by);

#endif
