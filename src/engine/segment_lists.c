/* Lists that grow by account, from what is posted or from what is read, and are stored when their segment is full. */
#include "engine/segment_lists.h"

#include <assert.h>
#include <stdlib.h>

#include "engine/account_list.h"

/* What is gathered beyond these is dropped: a segment of long transactions is read when it is full. */
enum { GATHERED_ENTRIES_MAX = 4 << STORE_SEGMENT_BITS, GATHERED_ACCOUNTS_MAX = 8192 };

enum { LISTS_FIRST = 256, LIST_BYTES_FIRST = 64 };

struct growing_list {
    int64_t account_id; /* 0: a free place */
    int64_t previous_key;
    int64_t entry_count;
    struct text_builder packed;
};

static struct growing_list *lists_place(const struct growing_lists *lists, int64_t account_id)
{
    size_t place = (size_t)((uint64_t)account_id * UINT64_C(0x9e3779b97f4a7c15) >> 20) & (lists->capacity - 1);
    while (lists->lists[place].account_id != 0 && lists->lists[place].account_id != account_id) {
        place = (place + 1) & (lists->capacity - 1);
    }
    return &lists->lists[place];
}

static bool lists_grow(struct arena *arena, struct growing_lists *lists)
{
    struct growing_lists grown = {.capacity = lists->capacity == 0 ? LISTS_FIRST : lists->capacity * 2,
                                  .count = lists->count};
    grown.lists = arena_allocate_array(arena, grown.capacity, sizeof *grown.lists);
    if (grown.lists == NULL) {
        return false;
    }
    for (size_t i = 0; i < lists->capacity; i++) {
        if (lists->lists[i].account_id != 0) {
            *lists_place(&grown, lists->lists[i].account_id) = lists->lists[i];
        }
    }
    *lists = grown;
    return true;
}

/* False where memory ran out for the table; a list that could not grow says so when it is stored. */
static bool lists_add(struct arena *arena, struct growing_lists *lists, int64_t segment, int64_t account_id,
                      int64_t entry_key)
{
    if ((lists->count + 1) * 2 > lists->capacity && !lists_grow(arena, lists)) {
        return false;
    }
    struct growing_list *list = lists_place(lists, account_id);
    if (list->account_id == 0) {
        list->account_id = account_id;
        list->previous_key = account_list_origin(segment);
        text_builder_init(&list->packed, arena, LIST_BYTES_FIRST);
        lists->count++;
    }
    unsigned char packed[ACCOUNT_LIST_KEY_SIZE_MAX];
    size_t size = account_list_pack(list->previous_key, entry_key, packed);
    text_builder_add(&list->packed, (const char *)packed, size);
    list->previous_key = entry_key;
    list->entry_count++;
    return true;
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

static ledger_status segment_read(struct ledger_call *call, struct store *store, int64_t segment,
                                  struct growing_lists *ret_lists)
{
    STORE_SCAN(scan);
    LEDGER_TRY(store_entry_account_scan(call, store, segment << STORE_SEGMENT_BITS, (segment + 1) << STORE_SEGMENT_BITS,
                                        &scan));
    for (;;) {
        bool has_entry = false;
        int64_t entry_key = 0;
        int64_t account_id = 0;
        LEDGER_TRY(store_entry_account_next(call, &scan, &has_entry, &entry_key, &account_id));
        if (!has_entry) {
            return LEDGER_DONE;
        }
        if (!lists_add(&call->arena, ret_lists, segment, account_id, entry_key)) {
            return ledger_fail_out_of_memory(call);
        }
    }
}

static void lists_drop(struct segment_lists *lists, int64_t segment)
{
    arena_reset(&lists->arena);
    lists->lists = (struct growing_lists){.lists = NULL};
    lists->segment = segment;
    lists->entries_count = 0;
}

void segment_lists_init(struct segment_lists *lists)
{
    *lists = (struct segment_lists){.segment = -1, .known_end = -1};
    arena_init(&lists->arena);
}

void segment_lists_done(struct segment_lists *lists)
{
    arena_done(&lists->arena);
}

void segment_lists_begin(struct segment_lists *lists, int64_t log_size)
{
    if (lists->known_end != log_size) {
        lists_drop(lists, -1);
        lists->known_from = log_size;
    }
    lists->known_end = -1;
    lists->sealed_end = 0;
}

void segment_lists_commit(struct segment_lists *lists, int64_t log_size)
{
    lists->known_end = log_size;
}

static ledger_status gathered_seal(struct ledger_call *call, struct segment_lists *lists, struct store *store)
{
    struct arena_mark mark = arena_mark(&call->arena);
    int64_t segment = lists->segment;
    LEDGER_TRY(lists_store(call, store, &lists->lists, segment));
    arena_rewind(&call->arena, mark);
    lists_drop(lists, -1);
    lists->sealed_end = segment + 1;
    return LEDGER_DONE;
}

/* Those of a segment that began before what is known are not gathered. */
static void gathered_add(struct segment_lists *lists, int64_t segment,
                         const struct ledger_transaction_record *transaction)
{
    lists->entries_count += transaction->entries_count;
    bool is_good = lists->entries_count <= GATHERED_ENTRIES_MAX && lists->lists.count <= GATHERED_ACCOUNTS_MAX;
    for (uint32_t i = 0; is_good && i < transaction->entries_count; i++) {
        const struct ledger_entry_record *entry = &transaction->entries[i];
        is_good = lists_add(&lists->arena, &lists->lists, segment, entry->account_id,
                            transaction->log_index << 16 | entry->entry_number);
    }
    if (!is_good) {
        lists_drop(lists, -1);
        lists->known_from = transaction->log_index + 1;
    }
}

ledger_status segment_lists_add(struct ledger_call *call, struct segment_lists *lists, struct store *store,
                                const struct ledger_transaction_record *const *transactions, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int64_t segment = transactions[i]->log_index >> STORE_SEGMENT_BITS;
        assert(segment >= 0);
        if (segment != lists->segment && lists->segment >= 0) {
            LEDGER_TRY(gathered_seal(call, lists, store));
        }
        if (segment != lists->segment && lists->known_from <= segment << STORE_SEGMENT_BITS) {
            lists_drop(lists, segment);
        }
        if (segment == lists->segment) {
            gathered_add(lists, segment, transactions[i]);
        }
    }
    return LEDGER_DONE;
}

ledger_status segment_lists_seal(struct ledger_call *call, struct segment_lists *lists, struct store *store,
                                 int64_t segment)
{
    if (segment < lists->sealed_end) {
        return LEDGER_DONE;
    }
    if (segment == lists->segment) {
        return gathered_seal(call, lists, store);
    }
    struct arena_mark mark = arena_mark(&call->arena);
    struct growing_lists read = {.lists = NULL};
    LEDGER_TRY(segment_read(call, store, segment, &read));
    LEDGER_TRY(lists_store(call, store, &read, segment));
    arena_rewind(&call->arena, mark);
    return LEDGER_DONE;
}
