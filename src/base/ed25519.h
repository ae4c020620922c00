/* Ed25519 (RFC 8032), by OpenSSL. */
#ifndef LEDGER_BASE_ED25519_H
#define LEDGER_BASE_ED25519_H

#include "base/call.h"

enum { ED25519_SEED_SIZE = 32, ED25519_PUBLIC_KEY_SIZE = 32, ED25519_SIGNATURE_SIZE = 64 };

/* A new secret from the system's random source. LEDGER_DEFECT where there is none. */
LEDGER_MUST_CHECK ledger_status ed25519_generate(struct ledger_call *call, uint8_t ret_seed[ED25519_SEED_SIZE]);

LEDGER_MUST_CHECK ledger_status ed25519_public_key(struct ledger_call *call, const uint8_t seed[ED25519_SEED_SIZE],
                                                   uint8_t ret_public_key[ED25519_PUBLIC_KEY_SIZE]);

LEDGER_MUST_CHECK ledger_status ed25519_sign(struct ledger_call *call, const uint8_t seed[ED25519_SEED_SIZE],
                                             const void *data, size_t size,
                                             uint8_t ret_signature[ED25519_SIGNATURE_SIZE]);

/* `ret_holds` is false for any signature that is not that key's. LEDGER_OUT_OF_MEMORY. */
LEDGER_MUST_CHECK ledger_status ed25519_verify(struct ledger_call *call,
                                               const uint8_t public_key[ED25519_PUBLIC_KEY_SIZE], const void *data,
                                               size_t size, const uint8_t signature[ED25519_SIGNATURE_SIZE],
                                               bool *ret_holds);

#endif
