/* UUIDs (RFC 9562): version 7 made, any version read and written. */
#ifndef LEDGER_BASE_UUID_H
#define LEDGER_BASE_UUID_H

#include <stdbool.h>
#include <stdint.h>

#include "ledger/text.h"

enum { UUID_SIZE = 16, UUID_TEXT_SIZE = 36 };

struct uuid {
    uint8_t bytes[UUID_SIZE];
};

/* Makes ids that ascend, within a millisecond too (RFC 9562 section 6.2, method 1 with 12 bits of counter in rand_a).
 */
struct uuid_generator {
    int64_t last_ms;
    uint32_t counter;
};

/* `random` are 8 fresh random bytes. Never goes back, even where `now_us` does. */
struct uuid uuid_v7(struct uuid_generator *generator, int64_t now_us, const uint8_t random[8]);

/* Reads 8-4-4-4-12 hexadecimal digits of either case; false where it is something else. */
bool uuid_parse(struct ledger_text text, struct uuid *ret_uuid);

/* 36 characters, lower case, and a terminator. */
void uuid_format(const struct uuid *uuid, char out[UUID_TEXT_SIZE + 1]);

/* Fills `bytes` from the operating system's generator; false where it fails. */
bool random_bytes(void *bytes, size_t size);

#endif
