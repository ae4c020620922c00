/* Base 64 with the standard alphabet and padding (RFC 4648 section 4). */
#ifndef LEDGER_BASE_BASE64_H
#define LEDGER_BASE_BASE64_H

#include "base/text_builder.h"

/* The characters that so many bytes take, without a terminator. */
static inline size_t base64_size(size_t bytes_size)
{
    return (bytes_size + 2) / 3 * 4;
}

void base64_add(struct text_builder *builder, const void *bytes, size_t size);

/* Strict: no white space, no missing or superfluous padding, no bits set behind the last byte. False where the text is
 * none or has more than `capacity` bytes. */
bool base64_decode(struct ledger_text text, uint8_t *out, size_t capacity, size_t *ret_size);

#endif
