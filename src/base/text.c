/* Comparing, hashing, searching and keeping texts by their bytes. */
#include "base/text.h"

#include "base/int128.h"

enum { TEXT_NEAREST_SIZE_MAX = 63 }; /* longer words have no near candidate */

int text_compare(struct ledger_text left, struct ledger_text right)
{
    if (left.data == NULL || right.data == NULL) { /* the absent text stands before the empty one */
        return (left.data != NULL) - (right.data != NULL);
    }
    size_t common = left.size < right.size ? left.size : right.size;
    int difference = memcmp(left.data, right.data, common);
    if (difference != 0) {
        return difference < 0 ? -1 : 1;
    }
    return (left.size > right.size) - (left.size < right.size);
}

static uint64_t text_half_word(const char *data)
{
    uint32_t half = 0;
    memcpy(&half, data, sizeof half);
    return half;
}

/* All bytes of a text shorter than a word: of four or more its first and last half, else the first, middle and last. */
static uint64_t text_short_word(struct ledger_text text)
{
    if (text.size >= sizeof(uint32_t)) {
        return text_half_word(text.data) | text_half_word(text.data + text.size - sizeof(uint32_t)) << 32;
    }
    if (text.size == 0) {
        return 0;
    }
    const unsigned char *bytes = (const unsigned char *)text.data;
    return bytes[0] | (uint64_t)bytes[text.size / 2] << 8 | (uint64_t)bytes[text.size - 1] << 16;
}

/* Both halves of the product: the low bits of its low half know the low bits of the word alone, in which the numbered
 * codes of a chart of accounts are all the same. */
static uint64_t hash_add_word(uint64_t hash, uint64_t word)
{
    uint128 product = (uint128)(hash ^ word ^ UINT64_C(0xe7037ed1a0b428db)) * UINT64_C(0x9e3779b97f4a7c15);
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Word by word; the last one overlaps that before it, so that none is read in part. */
uint64_t text_hash(struct ledger_text text)
{
    uint64_t hash = text.size;
    if (text.size < sizeof(uint64_t)) {
        return hash_add_word(hash, text_short_word(text));
    }
    const char *last = text.data + text.size - sizeof(uint64_t);
    for (const char *at = text.data; at < last; at += sizeof(uint64_t)) {
        hash = hash_add_word(hash, text_word(at));
    }
    return hash_add_word(hash, text_word(last));
}

bool text_keep(struct arena *arena, struct ledger_text text, struct ledger_text *ret_kept)
{
    if (text_is_absent(text)) {
        *ret_kept = TEXT_ABSENT;
        return true;
    }
    char *copy = text.size == SIZE_MAX ? NULL : arena_allocate(arena, text.size + 1);
    if (copy == NULL) {
        return false;
    }
    memcpy(copy, text.data, text.size);
    copy[text.size] = '\0';
    *ret_kept = (struct ledger_text){copy, text.size};
    return true;
}

static size_t text_least(size_t left, size_t right)
{
    return left < right ? left : right;
}

/* How many letters have to be added, dropped, replaced or swapped with their neighbour (optimal string alignment). Both
 * have at most TEXT_NEAREST_SIZE_MAX bytes. */
static size_t text_edits(struct ledger_text from, struct ledger_text to)
{
    size_t rows[3][TEXT_NEAREST_SIZE_MAX + 1]; /* by length of `to`; row r is for r letters of `from`, modulo 3 */
    for (size_t column = 0; column <= to.size; column++) {
        rows[0][column] = column;
    }
    for (size_t row = 1; row <= from.size; row++) {
        const size_t *above = rows[(row - 1) % 3];
        size_t *here = rows[row % 3];
        here[0] = row;
        for (size_t column = 1; column <= to.size; column++) {
            bool same = from.data[row - 1] == to.data[column - 1];
            here[column] = text_least(text_least(above[column], here[column - 1]) + 1, above[column - 1] + !same);
            bool swapped = row > 1 && column > 1 && from.data[row - 1] == to.data[column - 2] &&
                           from.data[row - 2] == to.data[column - 1];
            if (swapped) {
                here[column] = text_least(here[column], rows[(row - 2) % 3][column - 2] + 1);
            }
        }
    }
    return rows[from.size % 3][to.size];
}

const char *text_nearest(struct ledger_text word, const char *const *candidates, size_t count)
{
    if (word.size > TEXT_NEAREST_SIZE_MAX) {
        return NULL;
    }
    const char *nearest = NULL;
    size_t edits_limit = word.size < 3 ? 2 : word.size / 3 + 1; /* the first number of edits that is too many */
    for (size_t index = 0; index < count; index++) {
        struct ledger_text candidate = ledger_text_of(candidates[index]);
        if (candidate.size > TEXT_NEAREST_SIZE_MAX) {
            continue;
        }
        size_t edits = text_edits(candidate, word);
        if (edits < edits_limit) {
            nearest = candidates[index];
            edits_limit = edits;
        }
    }
    return nearest;
}
