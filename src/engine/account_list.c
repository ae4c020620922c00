/* Packed lists of an account's entries: packing and walking. */
#include "engine/account_list.h"

#include <assert.h>

size_t account_list_pack(int64_t previous_key, int64_t entry_key, unsigned char out[ACCOUNT_LIST_KEY_SIZE_MAX])
{
    assert(entry_key > previous_key);
    uint64_t gap = (uint64_t)(entry_key - previous_key) - 1;
    size_t size = 0;
    while (gap >= 0x80) {
        out[size++] = (unsigned char)(gap | 0x80);
        gap >>= 7;
    }
    out[size++] = (unsigned char)gap;
    return size;
}

void account_list_reader_init(struct account_list_reader *reader, int64_t segment, struct ledger_text entries)
{
    reader->next = (const unsigned char *)entries.data;
    reader->end = reader->next + entries.size;
    reader->previous_key = account_list_origin(segment);
}

bool account_list_next(struct account_list_reader *reader, int64_t *ret_entry_key)
{
    uint64_t gap = 0;
    for (unsigned shift = 0; reader->next < reader->end && shift < 63; shift += 7) {
        unsigned char digit = *reader->next++;
        gap |= (uint64_t)(digit & 0x7f) << shift;
        if (digit < 0x80) {
            if (gap > INT64_MAX / 2 || reader->previous_key > INT64_MAX / 2) {
                return false;
            }
            reader->previous_key += (int64_t)gap + 1;
            *ret_entry_key = reader->previous_key;
            return true;
        }
    }
    return false;
}
