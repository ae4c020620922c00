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

/* What came of one check. OpenSSL tells a signature that is another key's and a lack of memory the same way. */
enum ed25519_answer { ED25519_HOLDS, ED25519_DOES_NOT_HOLD, ED25519_IS_NOT_BEGUN };

static enum ed25519_answer ed25519_ask(const uint8_t public_key[ED25519_PUBLIC_KEY_SIZE], const void *data, size_t size,
                                       const uint8_t signature[ED25519_SIGNATURE_SIZE])
{
    ERR_set_mark();
    ED25519_KEY(key) = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, public_key, ED25519_PUBLIC_KEY_SIZE);
    ED25519_CONTEXT(context) = EVP_MD_CTX_new();
    bool begun = key != NULL && context != NULL && EVP_DigestVerifyInit(context, NULL, NULL, NULL, key) == 1;
    bool holds = begun && EVP_DigestVerify(context, signature, ED25519_SIGNATURE_SIZE, data, size) == 1;
    ERR_pop_to_mark();
    return holds ? ED25519_HOLDS : begun ? ED25519_DOES_NOT_HOLD : ED25519_IS_NOT_BEGUN;
}

/* Whether a signature is found good that is: the first vector of RFC 8032 section 7.1, of no bytes. */
static bool ed25519_can_tell(void)
{
    static const uint8_t public_key[ED25519_PUBLIC_KEY_SIZE] = {
        0xd7, 0x5a, 0x98, 0x01, 0x82, 0xb1, 0x0a, 0xb7, 0xd5, 0x4b, 0xfe, 0xd3, 0xc9, 0x64, 0x07, 0x3a,
        0x0e, 0xe1, 0x72, 0xf3, 0xda, 0xa6, 0x23, 0x25, 0xaf, 0x02, 0x1a, 0x68, 0xf7, 0x07, 0x51, 0x1a};
    static const uint8_t signature[ED25519_SIGNATURE_SIZE] = {
        0xe5, 0x56, 0x43, 0x00, 0xc3, 0x60, 0xac, 0x72, 0x90, 0x86, 0xe2, 0xcc, 0x80, 0x6e, 0x82, 0x8a,
        0x84, 0x87, 0x7f, 0x1e, 0xb8, 0xe5, 0xd9, 0x74, 0xd8, 0x73, 0xe0, 0x65, 0x22, 0x49, 0x01, 0x55,
        0x5f, 0xb8, 0x82, 0x15, 0x90, 0xa3, 0x3b, 0xac, 0xc6, 0x1e, 0x39, 0x70, 0x1c, 0xf9, 0xb4, 0x6b,
        0xd2, 0x5b, 0xf5, 0xf0, 0x59, 0x5b, 0xbe, 0x24, 0x65, 0x51, 0x41, 0x43, 0x8e, 0x7a, 0x10, 0x0b};
    return ed25519_ask(public_key, "", 0, signature) == ED25519_HOLDS;
}

ledger_status ed25519_verify(struct ledger_call *call, const uint8_t public_key[ED25519_PUBLIC_KEY_SIZE],
                             const void *data, size_t size, const uint8_t signature[ED25519_SIGNATURE_SIZE],
                             bool *ret_holds)
{
    if (!ed25519_is_ready()) {
        return ledger_fail_out_of_memory(call);
    }
    enum ed25519_answer answer = ed25519_ask(public_key, data, size, signature);
    if (answer == ED25519_DOES_NOT_HOLD) {
        /* Nobody is accused for want of memory: asked again, once a signature that is good was found to be. */
        answer = ed25519_can_tell() ? ed25519_ask(public_key, data, size, signature) : ED25519_IS_NOT_BEGUN;
    }
    if (answer == ED25519_IS_NOT_BEGUN) {
        return ledger_fail_out_of_memory(
            call); /* any 32 bytes are taken for a key here: whether they are, tells the check */
    }
    *ret_holds = answer == ED25519_HOLDS;
    return LEDGER_DONE;
}
