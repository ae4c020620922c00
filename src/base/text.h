/* Comparing, hashing, searching and keeping texts by their bytes. */
#ifndef LEDGER_BASE_TEXT_H
#define LEDGER_BASE_TEXT_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "ledger/text.h"

#define TEXT(literal) ((struct ledger_text){(literal), sizeof(literal) - 1})
#define TEXT_ABSENT ((struct ledger_text){NULL, 0})

/* For printf: `printf("%.*s", TEXT_ARGUMENTS(text))`. */
#define TEXT_ARGUMENTS(text) (int)(text).size, ((text).data == NULL ? "" : (text).data)

static inline bool text_is_absent(struct ledger_text text)
{
    return text.data == NULL;
}

static inline bool text_is_empty(struct ledger_text text)
{
    return text.size == 0;
}

/* Equal bytes; absent equals only absent. */
static inline bool text_equals(struct ledger_text left, struct ledger_text right)
{
    return left.size == right.size && (left.data == NULL) == (right.data == NULL) &&
           (left.data == NULL || memcmp(left.data, right.data, left.size) == 0);
}

static inline bool text_equals_string(struct ledger_text text, const char *string)
{
    return text.data != NULL && text.size == strlen(string) && memcmp(text.data, string, text.size) == 0;
}

/* Eight bytes of a text, wherever they stand. */
static inline uint64_t text_word(const char *data)
{
    uint64_t word = 0;
    memcpy(&word, data, sizeof word);
    return word;
}

/* Order of the bytes, a prefix first: -1, 0 or 1. */
int text_compare(struct ledger_text left, struct ledger_text right);

/* A 64-bit hash of the bytes, for tables in memory: it may be another on another machine. */
uint64_t text_hash(struct ledger_text text);

/* A terminated copy that lives in the arena; an absent text stays absent. `ret_kept` may be where the text was read
 * from. False when memory ran out. */
bool text_keep(struct arena *arena, struct ledger_text text, struct ledger_text *ret_kept);

/* Of `count` candidates the one that needs the fewest edits to become `word`, for "did you mean"; NULL where none is
 * near (more than a third of the word's letters, at least 1). */
const char *text_nearest(struct ledger_text word, const char *const *candidates, size_t count);

#endif
