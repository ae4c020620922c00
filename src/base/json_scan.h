/* The scan that reading and writing JSON share: over the bytes of a string that stand for themselves. */
#ifndef LEDGER_BASE_JSON_SCAN_H
#define LEDGER_BASE_JSON_SCAN_H

#include <endian.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define JSON_SCAN_ONES UINT64_C(0x0101010101010101)
#define JSON_SCAN_HIGH_BITS (0x80 * JSON_SCAN_ONES)

/* Marks the high bit of each byte that is a control character, a quote or a backslash. Only the lowest mark is certain:
 * its borrow may mark the bytes above it. */
static inline uint64_t json_scan_marks(uint64_t word)
{
    uint64_t controls = word - 0x20 * JSON_SCAN_ONES;
    uint64_t quotes = (word ^ '"' * JSON_SCAN_ONES) - JSON_SCAN_ONES;
    uint64_t backslashes = (word ^ '\\' * JSON_SCAN_ONES) - JSON_SCAN_ONES;
    return (controls | quotes | backslashes) & ~word & JSON_SCAN_HIGH_BITS;
}

/* How many bytes of `data` come before the first control character, quote or backslash. `*seen` gets the bits of all
 * those bytes, and perhaps of a few behind them: without JSON_SCAN_HIGH_BITS they are ASCII for certain. */
static inline size_t json_scan_plain(const char *data, size_t size, uint64_t *seen)
{
    size_t offset = 0;
    while (size - offset >= sizeof(uint64_t)) {
        uint64_t word;
        memcpy(&word, data + offset, sizeof word);
        word = le64toh(word); /* the first byte lowest */
        *seen |= word;
        uint64_t marks = json_scan_marks(word);
        if (marks != 0) {
            return offset + (size_t)__builtin_ctzll(marks) / 8;
        }
        offset += sizeof word;
    }
    while (offset < size) {
        unsigned char byte = (unsigned char)data[offset];
        if (byte < 0x20 || byte == '"' || byte == '\\') {
            break;
        }
        *seen |= byte;
        offset++;
    }
    return offset;
}

#endif
