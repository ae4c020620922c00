/* SHA-256 by OpenSSL's EVP. The algorithm is fetched once and the context initialised once; each further hash only
 * starts the context again, which halves the cost of short messages. */
#include "base/sha256.h"

#include <assert.h>
#include <stdlib.h>

#include <openssl/evp.h>

struct sha256 {
    EVP_MD *algorithm;
    EVP_MD_CTX *context;
};

struct sha256 *sha256_new(void)
{
    struct sha256 *sha256 = calloc(1, sizeof *sha256);
    if (sha256 == NULL) {
        return NULL;
    }
    sha256->algorithm = EVP_MD_fetch(NULL, "SHA256", NULL);
    sha256->context = EVP_MD_CTX_new();
    if (sha256->algorithm == NULL || sha256->context == NULL ||
        EVP_DigestInit_ex2(sha256->context, sha256->algorithm, NULL) != 1) {
        sha256_free(sha256);
        return NULL;
    }
    return sha256;
}

void sha256_free(struct sha256 *sha256)
{
    if (sha256 != NULL) {
        EVP_MD_CTX_free(sha256->context);
        EVP_MD_free(sha256->algorithm);
        free(sha256);
    }
}

void sha256_begin(struct sha256 *sha256)
{
    /* Without a type it starts the algorithm that sha256_new gave, in the state that is there: it allocates nothing and
     * cannot fail. */
    int started = EVP_DigestInit_ex2(sha256->context, NULL, NULL);
    assert(started == 1);
}

void sha256_add(struct sha256 *sha256, const void *data, size_t size)
{
    int added = size == 0 ? 1 : EVP_DigestUpdate(sha256->context, data, size);
    assert(added == 1);
}

struct sha256_hash sha256_finish(struct sha256 *sha256)
{
    struct sha256_hash hash;
    unsigned size = 0;
    int finished = EVP_DigestFinal_ex(sha256->context, hash.bytes, &size);
    assert(finished == 1 && size == SHA256_SIZE);
    return hash;
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
