/* SHA-256 (FIPS 180-4), by OpenSSL, fetched once. */
#ifndef LEDGER_BASE_SHA256_H
#define LEDGER_BASE_SHA256_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ledger/text.h"

enum { SHA256_SIZE = 32 };

struct sha256_hash {
    uint8_t bytes[SHA256_SIZE];
};

/* A hasher is reused for any number of hashes by one thread at a time. */
struct sha256;

/* NULL when memory ran out. */
struct sha256 *sha256_new(void);
void sha256_free(struct sha256 *sha256);

/* Begin, add any number of pieces, finish. */
void sha256_begin(struct sha256 *sha256);
void sha256_add(struct sha256 *sha256, const void *data, size_t size);
struct sha256_hash sha256_finish(struct sha256 *sha256);

/* What adding a last piece and finishing would give; the hasher stays as it is. */
struct sha256_hash sha256_peek_with(const struct sha256 *sha256, const void *data, size_t size);

/* All at once. */
struct sha256_hash sha256_of(struct sha256 *sha256, const void *data, size_t size);

/* Reads 64 hexadecimal digits in lower case; false where the text is anything else. */
bool sha256_parse(struct ledger_text text, struct sha256_hash *ret_hash);

/* 64 lower-case hexadecimal digits and a terminator. */
void sha256_format(const struct sha256_hash *hash, char out[2 * SHA256_SIZE + 1]);

#endif
