/* Text that grows in an arena. A failure to grow is remembered and told once, at the end. */
#ifndef LEDGER_BASE_TEXT_BUILDER_H
#define LEDGER_BASE_TEXT_BUILDER_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/call.h"

struct text_builder {
    struct arena *arena;
    char *data;
    size_t size;
    size_t capacity;
    bool failed;
};

void text_builder_init(struct text_builder *builder, struct arena *arena, size_t capacity);

/* Starts again with the memory it has. */
void text_builder_reset(struct text_builder *builder);

/* Room for `size` more bytes at the returned place, NULL after a failure; the caller writes and then advances `size`.
 */
char *text_builder_reserve(struct text_builder *builder, size_t size);

/* Whether so many bytes go behind what is there without growing: one is always left for the terminator, so that
 * finishing cannot fail where adding did not. */
static inline bool text_builder_fits(const struct text_builder *builder, size_t size)
{
    return !builder->failed && builder->capacity > builder->size && size < builder->capacity - builder->size;
}

static inline void text_builder_add(struct text_builder *builder, const char *data, size_t size)
{
    char *place =
        text_builder_fits(builder, size) ? builder->data + builder->size : text_builder_reserve(builder, size);
    if (place != NULL && size > 0) {
        memcpy(place, data, size);
        builder->size += size;
    }
}

static inline void text_builder_add_text(struct text_builder *builder, struct ledger_text text)
{
    text_builder_add(builder, text.data, text.size);
}

static inline void text_builder_add_string(struct text_builder *builder, const char *string)
{
    text_builder_add(builder, string, strlen(string));
}

static inline void text_builder_add_char(struct text_builder *builder, char character)
{
    char *place = text_builder_fits(builder, 1) ? builder->data + builder->size : text_builder_reserve(builder, 1);
    if (place != NULL) {
        *place = character;
        builder->size++;
    }
}

void text_builder_add_integer(struct text_builder *builder, int64_t number);
void text_builder_add_hex(struct text_builder *builder, const uint8_t *bytes, size_t size);
LEDGER_PRINTF(2, 3) void text_builder_add_format(struct text_builder *builder, const char *format, ...);

/* The text so far, terminated behind its end; LEDGER_OUT_OF_MEMORY where any step failed. It lives with the arena. */
LEDGER_MUST_CHECK ledger_status text_builder_finish(struct ledger_call *call, struct text_builder *builder,
                                                    struct ledger_text *ret_text);

#endif
