/* UUIDs (RFC 9562).
 *
 * Version 7 is 48 bits of milliseconds, 4 of version, 12 of counter, 2 of variant, 62 of random.
 *
 * I1 Two ids of one generator ascend: the pair (last_ms, counter) does, and stands before the random bits. When the
 *    counter is used up the millisecond is moved on ahead of the clock, as RFC 9562 section 6.2 allows. */
#include "base/uuid.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/random.h>

enum {
    UUID_COUNTER_MAX = 0xfff,
    UUID_US_PER_MS = 1000,
};

static void uuid_generator_advance(struct uuid_generator *generator, int64_t now_us)
{
    int64_t now_ms = now_us < 0 ? 0 : now_us / UUID_US_PER_MS;
    if (now_ms > generator->last_ms) {
        generator->last_ms = now_ms;
        generator->counter = 0;
    } else if (generator->counter < UUID_COUNTER_MAX) {
        generator->counter++;
    } else {
        generator->last_ms++;
        generator->counter = 0;
    }
}

struct uuid uuid_v7(struct uuid_generator *generator, int64_t now_us, const uint8_t random[8])
{
    uuid_generator_advance(generator, now_us);
    struct uuid uuid;
    for (unsigned index = 0; index < 6; index++) {
        uuid.bytes[index] = (uint8_t)((uint64_t)generator->last_ms >> (40 - 8 * index));
    }
    uuid.bytes[6] = (uint8_t)(0x70 | generator->counter >> 8);
    uuid.bytes[7] = (uint8_t)generator->counter;
    memcpy(uuid.bytes + 8, random, 8);
    uuid.bytes[8] = (uint8_t)(0x80 | (uuid.bytes[8] & 0x3f));
    return uuid;
}

/* The value of a hexadecimal digit, -1 for another character. */
static int uuid_digit(char character)
{
    if (character >= '0' && character <= '9') {
        return character - '0';
    }
    if (character >= 'a' && character <= 'f') {
        return character - 'a' + 10;
    }
    if (character >= 'A' && character <= 'F') {
        return character - 'A' + 10;
    }
    return -1;
}

static bool uuid_dash_follows(size_t byte_index)
{
    return byte_index == 3 || byte_index == 5 || byte_index == 7 || byte_index == 9;
}

bool uuid_parse(struct ledger_text text, struct uuid *ret_uuid)
{
    if (text.data == NULL || text.size != UUID_TEXT_SIZE) {
        return false;
    }
    struct uuid uuid;
    const char *at = text.data;
    for (size_t index = 0; index < UUID_SIZE; index++) {
        int high = uuid_digit(*at++);
        int low = uuid_digit(*at++);
        if (high < 0 || low < 0 || (uuid_dash_follows(index) && *at++ != '-')) {
            return false;
        }
        uuid.bytes[index] = (uint8_t)(high << 4 | low);
    }
    *ret_uuid = uuid;
    return true;
}

void uuid_format(const struct uuid *uuid, char out[UUID_TEXT_SIZE + 1])
{
    static const char digits[] = "0123456789abcdef";
    char *at = out;
    for (size_t index = 0; index < UUID_SIZE; index++) {
        *at++ = digits[uuid->bytes[index] >> 4];
        *at++ = digits[uuid->bytes[index] & 0xf];
        if (uuid_dash_follows(index)) {
            *at++ = '-';
        }
    }
    *at = '\0';
}

bool random_bytes(void *bytes, size_t size)
{
    uint8_t *at = bytes;
    while (size > 0) {
        ssize_t got = getrandom(at, size, 0);
        if (got < 0) {
            if (errno == EINTR) {
                continue;
            }
            return false;
        }
        at += got;
        size -= (size_t)got;
    }
    return true;
}
