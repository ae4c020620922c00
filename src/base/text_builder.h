/* Text that grows in an arena. A failure to grow is remembered and told once, at the end. */
#ifndef LEDGER_BASE_TEXT_BUILDER_H
#define LEDGER_BASE_TEXT_BUILDER_H

#include <stdbool.h>
#include <stdint.h>

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

void text_builder_add(struct text_builder *builder, const char *data, size_t size);
void text_builder_add_text(struct text_builder *builder, struct ledger_text text);
void text_builder_add_string(struct text_builder *builder, const char *string);
void text_builder_add_char(struct text_builder *builder, char character);
void text_builder_add_integer(struct text_builder *builder, int64_t number);
void text_builder_add_hex(struct text_builder *builder, const uint8_t *bytes, size_t size);
LEDGER_PRINTF(2, 3) void text_builder_add_format(struct text_builder *builder, const char *format, ...);

/* The text so far, terminated behind its end; LEDGER_OUT_OF_MEMORY where any step failed. It lives with the arena. */
LEDGER_MUST_CHECK ledger_status text_builder_finish(struct ledger_call *call, struct text_builder *builder,
                                                    struct ledger_text *ret_text);

#endif
