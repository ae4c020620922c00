/* Packed lists of an account's entries: packing, walking, and sealing those of a full segment. */
#include "engine/account_list.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

size_t account_list_pack(int64_t previous_key, int64_t entry_key, unsigned char out[10])
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

/* A list that grows. */
struct growing_list {
    int64_t account_id;
    int64_t previous_key;
    int64_t entry_count;
    struct text_builder packed;
};

struct growing_lists {
    struct growing_list *lists; /* open addressing by account id; account_id 0 is a free place */
    size_t capacity;            /* a power of two */
    size_t count;
};

static struct growing_list *lists_place(const struct growing_lists *lists, int64_t account_id)
{
    size_t place = (size_t)((uint64_t)account_id * UINT64_C(0x9e3779b97f4a7c15) >> 20) & (lists->capacity - 1);
    while (lists->lists[place].account_id != 0 && lists->lists[place].account_id != account_id) {
        place = (place + 1) & (lists->capacity - 1);
    }
    return &lists->lists[place];
}

static ledger_status lists_grow(struct ledger_call *call, struct growing_lists *lists)
{
    struct growing_lists grown = {.capacity = lists->capacity == 0 ? 256 : lists->capacity * 2, .count = lists->count};
    LEDGER_ALLOCATE(call, grown.lists, grown.capacity);
    for (size_t i = 0; i < lists->capacity; i++) {
        if (lists->lists[i].account_id != 0) {
            *lists_place(&grown, lists->lists[i].account_id) = lists->lists[i];
        }
    }
    *lists = grown;
    return LEDGER_DONE;
}

static ledger_status lists_add(struct ledger_call *call, struct growing_lists *lists, int64_t segment,
                               int64_t account_id, int64_t entry_key)
{
    if ((lists->count + 1) * 2 > lists->capacity) {
        LEDGER_TRY(lists_grow(call, lists));
    }
    struct growing_list *list = lists_place(lists, account_id);
    if (list->account_id == 0) {
        list->account_id = account_id;
        list->previous_key = account_list_origin(segment);
        text_builder_init(&list->packed, &call->arena, 64);
        lists->count++;
    }
    unsigned char packed[10];
    size_t size = account_list_pack(list->previous_key, entry_key, packed);
    text_builder_add(&list->packed, (const char *)packed, size);
    list->previous_key = entry_key;
    list->entry_count++;
    return LEDGER_DONE;
}

static int list_compare(const void *left, const void *right)
{
    int64_t left_id = ((const struct store_account_list *)left)->account_id;
    int64_t right_id = ((const struct store_account_list *)right)->account_id;
    return left_id < right_id ? -1 : left_id > right_id;
}

static ledger_status lists_store(struct ledger_call *call, struct store *store, const struct growing_lists *lists,
                                 int64_t segment)
{
    struct store_account_list *rows = NULL;
    LEDGER_ALLOCATE(call, rows, lists->count);
    size_t count = 0;
    for (size_t i = 0; i < lists->capacity; i++) {
        struct growing_list *list = &lists->lists[i];
        if (list->account_id != 0) {
            struct store_account_list *row = &rows[count++];
            *row = (struct store_account_list){segment, list->account_id, list->entry_count, {NULL, 0}};
            LEDGER_TRY(text_builder_finish(call, &list->packed, &row->entries));
        }
    }
    qsort(rows, count, sizeof *rows, list_compare);
    return store_account_list_insert(call, store, rows, count);
}

static ledger_status lists_seal(struct ledger_call *call, struct store *store, int64_t segment)
{
    STORE_SCAN(scan);
    struct growing_lists lists = {NULL, 0, 0};
    LEDGER_TRY(store_entry_account_scan(call, store, segment << STORE_SEGMENT_BITS, (segment + 1) << STORE_SEGMENT_BITS,
                                        &scan));
    for (;;) {
        bool has_entry = false;
        int64_t entry_key = 0;
        int64_t account_id = 0;
        LEDGER_TRY(store_entry_account_next(call, &scan, &has_entry, &entry_key, &account_id));
        if (!has_entry) {
            break;
        }
        LEDGER_TRY(lists_add(call, &lists, segment, account_id, entry_key));
    }
    return lists_store(call, store, &lists, segment);
}

ledger_status account_list_seal(struct ledger_call *call, struct store *store, int64_t segment)
{
    struct arena_mark mark = arena_mark(&call->arena);
    ledger_status status = lists_seal(call, store, segment);
    if (status == LEDGER_DONE) {
        arena_rewind(&call->arena, mark);
    }
    return status;
}
