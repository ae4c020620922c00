/* Base 64 with the standard alphabet and padding (RFC 4648 section 4). */
#include "base/base64.h"

static const char base64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_add(struct text_builder *builder, const void *bytes, size_t size)
{
    const uint8_t *at = bytes;
    char *out = text_builder_reserve(builder, base64_size(size));
    if (out == NULL) {
        return;
    }
    builder->size += base64_size(size);
    for (; size >= 3; size -= 3, at += 3) {
        uint32_t group = (uint32_t)at[0] << 16 | (uint32_t)at[1] << 8 | at[2];
        *out++ = base64_digits[group >> 18];
        *out++ = base64_digits[group >> 12 & 63];
        *out++ = base64_digits[group >> 6 & 63];
        *out++ = base64_digits[group & 63];
    }
    if (size > 0) {
        uint32_t group = (uint32_t)at[0] << 16 | (size == 2 ? (uint32_t)at[1] << 8 : 0);
        *out++ = base64_digits[group >> 18];
        *out++ = base64_digits[group >> 12 & 63];
        *out++ = size == 2 ? base64_digits[group >> 6 & 63] : '=';
        *out = '=';
    }
}

/* The six bits of a digit, 64 for what is none. */
static uint32_t base64_value(char digit)
{
    if (digit >= 'A' && digit <= 'Z') {
        return (uint32_t)(digit - 'A');
    }
    if (digit >= 'a' && digit <= 'z') {
        return (uint32_t)(digit - 'a') + 26;
    }
    if (digit >= '0' && digit <= '9') {
        return (uint32_t)(digit - '0') + 52;
    }
    return digit == '+' ? 62 : digit == '/' ? 63 : 64;
}

bool base64_decode(struct ledger_text text, uint8_t *out, size_t capacity, size_t *ret_size)
{
    if (text.size % 4 != 0) {
        return false;
    }
    size_t padding = 0;
    while (padding < 2 && padding < text.size && text.data[text.size - 1 - padding] == '=') {
        padding++;
    }
    size_t size = text.size / 4 * 3 - padding;
    if (size > capacity) {
        return false;
    }
    uint32_t bits = 0;
    size_t written = 0;
    for (size_t index = 0; index < text.size; index++) {
        uint32_t value = index < text.size - padding ? base64_value(text.data[index]) : 0;
        if (value > 63) {
            return false;
        }
        bits = bits << 6 | value;
        if (index % 4 == 3) {
            for (unsigned byte = 0; byte < 3 && written < size; byte++) {
                out[written++] = (uint8_t)(bits >> (16 - 8 * byte));
            }
        }
    }
    /* Other bits behind the last byte would be a second text for the same bytes. */
    if ((padding == 1 && (bits & 0xff) != 0) || (padding == 2 && (bits & 0xffff) != 0)) {
        return false;
    }
    *ret_size = size;
    return true;
}
