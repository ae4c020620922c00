/* Ed25519 by OpenSSL's EVP. Its queue of errors is left as it was found: others in the process read theirs from it. */
#include "base/ed25519.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include "base/uuid.h"

static void ed25519_free_key(EVP_PKEY **key)
{
    EVP_PKEY_free(*key);
}

static void ed25519_free_context(EVP_MD_CTX **context)
{
    EVP_MD_CTX_free(*context);
}

#define ED25519_KEY(name) __attribute__((cleanup(ed25519_free_key))) EVP_PKEY *name
#define ED25519_CONTEXT(name) __attribute__((cleanup(ed25519_free_context))) EVP_MD_CTX *name

/* Where there was no memory for the library's own state, OpenSSL 3.0 goes on without it, and crashes. */
static bool ed25519_is_ready(void)
{
    return OSSL_LIB_CTX_get0_global_default() != NULL;
}

ledger_status ed25519_generate(struct ledger_call *call, uint8_t ret_seed[ED25519_SEED_SIZE])
{
    uint8_t seed[ED25519_SEED_SIZE];
    if (!random_bytes(seed, sizeof seed)) {
        return ledger_fail(call, LEDGER_DEFECT, "the system has no random bytes for a new key");
    }
    memcpy(ret_seed, seed, sizeof seed);
    OPENSSL_cleanse(seed, sizeof seed);
    return LEDGER_DONE;
}

ledger_status ed25519_public_key(struct ledger_call *call, const uint8_t seed[ED25519_SEED_SIZE],
                                 uint8_t ret_public_key[ED25519_PUBLIC_KEY_SIZE])
{
    uint8_t public_key[ED25519_PUBLIC_KEY_SIZE];
    size_t size = sizeof public_key;
    if (!ed25519_is_ready()) {
        return ledger_fail_out_of_memory(call);
    }
    ERR_set_mark();
    ED25519_KEY(key) = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, ED25519_SEED_SIZE);
    bool made = key != NULL && EVP_PKEY_get_raw_public_key(key, public_key, &size) == 1;
    ERR_pop_to_mark();
    if (!made) {
        return ledger_fail_out_of_memory(call); /* any 32 bytes are a seed */
    }
    memcpy(ret_public_key, public_key, sizeof public_key);
    return LEDGER_DONE;
}

ledger_status ed25519_sign(struct ledger_call *call, const uint8_t seed[ED25519_SEED_SIZE], const void *data,
                           size_t size, uint8_t ret_signature[ED25519_SIGNATURE_SIZE])
{
    uint8_t signature[ED25519_SIGNATURE_SIZE];
    size_t signature_size = sizeof signature;
    if (!ed25519_is_ready()) {
        return ledger_fail_out_of_memory(call);
    }
    ERR_set_mark();
    ED25519_KEY(key) = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, ED25519_SEED_SIZE);
    ED25519_CONTEXT(context) = EVP_MD_CTX_new();
    bool made = key != NULL && context != NULL && EVP_DigestSignInit(context, NULL, NULL, NULL, key) == 1 &&
                EVP_DigestSign(context, signature, &signature_size, data, size) == 1;
    ERR_pop_to_mark();
    if (!made) {
        return ledger_fail_out_of_memory(call);
    }
    memcpy(ret_signature, signature, sizeof signature);
    return LEDGER_DONE;
}

ledger_status ed25519_verify(struct ledger_call *call, const uint8_t public_key[ED25519_PUBLIC_KEY_SIZE],
                             const void *data, size_t size, const uint8_t signature[ED25519_SIGNATURE_SIZE],
                             bool *ret_holds)
{
    if (!ed25519_is_ready()) {
        return ledger_fail_out_of_memory(call);
    }
    ERR_set_mark();
    ED25519_KEY(key) = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, public_key, ED25519_PUBLIC_KEY_SIZE);
    ED25519_CONTEXT(context) = EVP_MD_CTX_new();
    bool begun = key != NULL && context != NULL && EVP_DigestVerifyInit(context, NULL, NULL, NULL, key) == 1;
    bool holds = begun && EVP_DigestVerify(context, signature, ED25519_SIGNATURE_SIZE, data, size) == 1;
    ERR_pop_to_mark();
    if (!begun) {
        return ledger_fail_out_of_memory(
            call); /* any 32 bytes are taken for a key here; whether they are tells the check */
    }
    *ret_holds = holds;
    return LEDGER_DONE;
}
