/* SHA-256 by OpenSSL's own functions for it, which work on memory that we give them. Those of EVP allocate for every
 * hash that is begun (3.0.22), so that each could fail, and cost half as much again for short messages. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "base/sha256.h"

#include <assert.h>
#include <stdlib.h>

#include <openssl/sha.h>

struct sha256 {
    SHA256_CTX context;
};

struct sha256 *sha256_new(void)
{
    return calloc(1, sizeof(struct sha256));
}

void sha256_free(struct sha256 *sha256)
{
    free(sha256);
}

void sha256_begin(struct sha256 *sha256)
{
    int started = SHA256_Init(&sha256->context);
    assert(started == 1);
}

void sha256_add(struct sha256 *sha256, const void *data, size_t size)
{
    int added = SHA256_Update(&sha256->context, data, size);
    assert(added == 1);
}

struct sha256_hash sha256_finish(struct sha256 *sha256)
{
    struct sha256_hash hash;
    int finished = SHA256_Final(hash.bytes, &sha256->context);
    assert(finished == 1);
    return hash;
}

struct sha256_hash sha256_peek_with(const struct sha256 *sha256, const void *data, size_t size)
{
    struct sha256 copy = *sha256;
    sha256_add(&copy, data, size);
    return sha256_finish(&copy);
}

struct sha256_hash sha256_of(struct sha256 *sha256, const void *data, size_t size)
{
    sha256_begin(sha256);
    sha256_add(sha256, data, size);
    return sha256_finish(sha256);
}

void sha256_format(const struct sha256_hash *hash, char out[2 * SHA256_SIZE + 1])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t index = 0; index < SHA256_SIZE; index++) {
        out[2 * index] = digits[hash->bytes[index] >> 4];
        out[2 * index + 1] = digits[hash->bytes[index] & 0xf];
    }
    out[2 * SHA256_SIZE] = '\0';
}

static int digit_value(char digit)
{
    if (digit >= '0' && digit <= '9') {
        return digit - '0';
    }
    return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

bool sha256_parse(struct ledger_text text, struct sha256_hash *ret_hash)
{
    struct sha256_hash hash;
    if (text.size != 2 * SHA256_SIZE) {
        return false;
    }
    for (size_t index = 0; index < SHA256_SIZE; index++) {
        int high = digit_value(text.data[2 * index]);
        int low = digit_value(text.data[2 * index + 1]);
        if (high < 0 || low < 0) {
            return false;
        }
        hash.bytes[index] = (uint8_t)(high * 16 + low);
    }
    *ret_hash = hash;
    return true;
}
