/* Text that grows in an arena: by doubling, the outgrown piece staying behind until the arena goes. */
#include "base/text_builder.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum {
    TEXT_BUILDER_CAPACITY_MIN = 64,
    TEXT_BUILDER_INTEGER_BYTES = 20, /* "-9223372036854775808" */
};

static const char text_builder_digits[] = "0123456789abcdef";

/* Makes room for `size` more bytes and the terminator. */
static bool text_builder_grow(struct text_builder *builder, size_t size)
{
    size_t needed;
    if (builder->failed || __builtin_add_overflow(builder->size, size, &needed) || needed > SIZE_MAX / 4) {
        builder->failed = true;
        return false;
    }
    size_t capacity = needed < TEXT_BUILDER_CAPACITY_MIN ? TEXT_BUILDER_CAPACITY_MIN : needed + 1;
    if (capacity < 2 * builder->capacity) {
        capacity = 2 * builder->capacity;
    }
    char *data = arena_allocate(builder->arena, capacity);
    if (data == NULL) {
        builder->failed = true;
        return false;
    }
    if (builder->size > 0) {
        memcpy(data, builder->data, builder->size);
    }
    builder->data = data;
    builder->capacity = capacity;
    return true;
}

void text_builder_init(struct text_builder *builder, struct arena *arena, size_t capacity)
{
    *builder = (struct text_builder){.arena = arena};
    if (capacity > 0) {
        text_builder_grow(builder, capacity);
    }
}

void text_builder_reset(struct text_builder *builder)
{
    builder->size = 0;
    builder->failed = false;
}

char *text_builder_reserve(struct text_builder *builder, size_t size)
{
    if (!text_builder_fits(builder, size) && !text_builder_grow(builder, size)) {
        return NULL;
    }
    return builder->data + builder->size;
}

void text_builder_add_integer(struct text_builder *builder, int64_t number)
{
    char digits[TEXT_BUILDER_INTEGER_BYTES];
    size_t begin = sizeof digits;
    uint64_t rest = number < 0 ? -(uint64_t)number : (uint64_t)number;
    do {
        digits[--begin] = text_builder_digits[rest % 10];
        rest /= 10;
    } while (rest > 0);
    if (number < 0) {
        digits[--begin] = '-';
    }
    text_builder_add(builder, digits + begin, sizeof digits - begin);
}

void text_builder_add_hex(struct text_builder *builder, const uint8_t *bytes, size_t size)
{
    char *place = size > SIZE_MAX / 2 ? NULL : text_builder_reserve(builder, 2 * size);
    if (place == NULL) {
        builder->failed = true;
        return;
    }
    for (size_t index = 0; index < size; index++) {
        place[2 * index] = text_builder_digits[bytes[index] >> 4];
        place[2 * index + 1] = text_builder_digits[bytes[index] & 0xf];
    }
    builder->size += 2 * size;
}

void text_builder_add_format(struct text_builder *builder, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    char *place = length < 0 ? NULL : text_builder_reserve(builder, (size_t)length);
    if (place == NULL) {
        builder->failed = true;
        return;
    }
    va_start(arguments, format);
    int length_again = vsnprintf(place, (size_t)length + 1, format, arguments);
    va_end(arguments);
    assert(length_again == length);
    builder->size += (size_t)length;
}

ledger_status text_builder_finish(struct ledger_call *call, struct text_builder *builder, struct ledger_text *ret_text)
{
    char *end = text_builder_reserve(builder, 0);
    if (end == NULL) {
        return ledger_fail_out_of_memory(call);
    }
    *end = '\0';
    *ret_text = (struct ledger_text){builder->data, builder->size};
    return LEDGER_DONE;
}
