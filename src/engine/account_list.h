/* The entries of an account within a full segment of the log, packed: each entry's key (log position * 65536 + entry
 * number) less the one before it, less 1, in base 128, low digits first, the high bit on all but the last; the first is
 * taken less the segment's first position * 65536.
 *
 * I1 Keys ascend strictly. */
#ifndef LEDGER_ENGINE_ACCOUNT_LIST_H
#define LEDGER_ENGINE_ACCOUNT_LIST_H

#include "base/text_builder.h"
#include "store/store.h"

enum { ACCOUNT_LIST_KEY_SIZE_MAX = 10 }; /* bytes of one packed key */

/* Walks a packed list. */
struct account_list_reader {
    const unsigned char *next;
    const unsigned char *end;
    int64_t previous_key;
};

void account_list_reader_init(struct account_list_reader *reader, int64_t segment, struct ledger_text entries);

/* The next key; false at the end and where the list is damaged. */
bool account_list_next(struct account_list_reader *reader, int64_t *ret_entry_key);

/* Packs one more key behind the `previous_key` (segment's first position * 65536 - 1 for the first); returns the bytes
 * written. */
size_t account_list_pack(int64_t previous_key, int64_t entry_key, unsigned char out[ACCOUNT_LIST_KEY_SIZE_MAX]);

/* What stands before the first key of a segment. */
static inline int64_t account_list_origin(int64_t segment)
{
    return (segment << STORE_SEGMENT_BITS << 16) - 1;
}

#endif
