/* Units of work, scans and arrays: what the files of the store share. */
#include "store/row.h"

enum { PAGE_ROWS = 1024 };

ledger_status store_begin(struct ledger_call *call, struct store *store, enum unit_mode mode)
{
    return store->driver->operations->begin(call, store->driver, mode);
}

bool store_can_write_ahead(const struct store *store)
{
    return store->driver->operations->can_write_ahead(store->driver);
}

ledger_status store_commit(struct ledger_call *call, struct store *store)
{
    return store->driver->operations->commit(call, store->driver);
}

void store_set_much(struct store *store, bool writes_much)
{
    store->driver->operations->set_much(store->driver, writes_much);
}

ledger_status store_erase_traces(struct ledger_call *call, struct store *store)
{
    return store->driver->operations->erase_traces(call, store->driver);
}

void store_rollback(struct store *store)
{
    store->driver->operations->rollback(store->driver);
}

void store_scan_close(struct store_scan *scan)
{
    if (scan->cursor != NULL) {
        scan->store->driver->operations->close(scan->store->driver, scan->cursor);
        scan->cursor = NULL;
    }
}

ledger_status row_scan(struct ledger_call *call, struct store *store, enum query_id query, const struct value *inputs,
                       struct store_scan *scan)
{
    store_scan_close(scan);
    *scan = (struct store_scan){.store = store};
    return store->driver->operations->query(call, store->driver, query, inputs, &scan->cursor);
}

static ledger_status row_page_begin(struct ledger_call *call, struct store_scan *scan)
{
    store_scan_close(scan);
    scan->page_rows = 0;
    return scan->store->driver->operations->query(call, scan->store->driver, scan->query, scan->inputs, &scan->cursor);
}

ledger_status row_scan_positions(struct ledger_call *call, struct store *store, enum query_id query,
                                 int64_t from_log_index, int64_t before_log_index, struct store_scan *scan)
{
    store_scan_close(scan);
    *scan = (struct store_scan){
        .store = store,
        .query = query,
        .is_paged = true,
        .inputs = {value_integer(from_log_index), value_integer(before_log_index), value_integer(PAGE_ROWS)},
    };
    return row_page_begin(call, scan);
}

static ledger_status row_scan_entries_any(struct ledger_call *call, struct store *store, enum query_id query,
                                          int64_t from_log_index, int64_t before_log_index, int64_t from_entry,
                                          const struct value *further, size_t further_count, struct store_scan *scan)
{
    enum { OWN_INPUTS = 4 };
    assert(OWN_INPUTS + further_count <= STORE_PAGED_INPUTS_MAX);
    store_scan_close(scan);
    *scan = (struct store_scan){
        .store = store,
        .query = query,
        .is_paged = true,
        .has_entries = true,
        .inputs = {value_integer(from_log_index), value_integer(before_log_index), value_integer(PAGE_ROWS),
                   value_integer(from_entry)},
    };
    if (further_count > 0) {
        memcpy(&scan->inputs[OWN_INPUTS], further, further_count * sizeof *further);
    }
    return row_page_begin(call, scan);
}

ledger_status row_scan_entries_where(struct ledger_call *call, struct store *store, enum query_id query,
                                     int64_t from_log_index, int64_t before_log_index, const struct value *further,
                                     size_t further_count, struct store_scan *scan)
{
    return row_scan_entries_any(call, store, query, from_log_index, before_log_index, 0, further, further_count, scan);
}

ledger_status row_scan_entries_from(struct ledger_call *call, struct store *store, enum query_id query,
                                    int64_t from_log_index, int64_t before_log_index, int64_t from_entry,
                                    struct store_scan *scan)
{
    return row_scan_entries_any(call, store, query, from_log_index, before_log_index, from_entry, NULL, 0, scan);
}

ledger_status row_scan_entries(struct ledger_call *call, struct store *store, enum query_id query,
                               int64_t from_log_index, int64_t before_log_index, struct store_scan *scan)
{
    return row_scan_entries_where(call, store, query, from_log_index, before_log_index, NULL, 0, scan);
}

/* Where the next page begins: behind this row. */
static void row_page_advance(struct store_scan *scan, const struct value *row)
{
    scan->page_rows++;
    scan->inputs[0] = value_integer(row_integer(&row[0]) + (scan->has_entries ? 0 : 1));
    if (scan->has_entries) {
        int64_t entry = row_integer(&row[1]);
        scan->inputs[3] = value_integer(entry == INT64_MAX ? entry : entry + 1);
    }
}

ledger_status row_next(struct ledger_call *call, struct store_scan *scan, const struct value **ret_values)
{
    const struct driver_operations *operations = scan->store->driver->operations;
    LEDGER_TRY(operations->step(call, scan->store->driver, scan->cursor, ret_values));
    if (*ret_values == NULL && scan->is_paged && scan->page_rows == PAGE_ROWS) {
        LEDGER_TRY(row_page_begin(call, scan));
        LEDGER_TRY(operations->step(call, scan->store->driver, scan->cursor, ret_values));
    }
    if (*ret_values != NULL && scan->is_paged) {
        row_page_advance(scan, *ret_values);
    }
    return LEDGER_DONE;
}

ledger_status row_get(struct ledger_call *call, struct store *store, enum query_id query, const struct value *inputs,
                      struct store_scan *scan, const struct value **ret_values)
{
    LEDGER_TRY(row_scan(call, store, query, inputs, scan));
    return row_next(call, scan, ret_values);
}

ledger_status row_write(struct ledger_call *call, struct store *store, enum query_id query, const struct value *rows,
                        size_t rows_count)
{
    return store->driver->operations->write(call, store->driver, query, rows, rows_count);
}

ledger_status row_keep_texts(struct ledger_call *call, struct ledger_text *const texts[], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        LEDGER_TRY(ledger_call_copy_text(call, *texts[i], texts[i]));
    }
    return LEDGER_DONE;
}

ledger_status row_array_grow(struct ledger_call *call, void **array, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity) {
        return LEDGER_DONE;
    }
    size_t wanted = *capacity == 0 ? 16 : *capacity * 2;
    void *grown = arena_allocate_array(&call->arena, wanted, size);
    if (grown == NULL) {
        return ledger_fail_out_of_memory(call);
    }
    if (count > 0) {
        memcpy(grown, *array, count * size);
    }
    *array = grown;
    *capacity = wanted;
    return LEDGER_DONE;
}

ledger_status row_collect(struct ledger_call *call, struct store *store, enum query_id query,
                          const struct value *inputs, size_t size,
                          ledger_status (*read)(struct ledger_call *call, const struct value *row, void *item),
                          void **ret_items, size_t *ret_count)
{
    STORE_SCAN(scan);
    LEDGER_TRY(row_scan(call, store, query, inputs, &scan));
    void *items = NULL;
    size_t capacity = 0;
    for (size_t count = 0;; count++) {
        const struct value *row = NULL;
        LEDGER_TRY(row_next(call, &scan, &row));
        if (row == NULL) {
            *ret_items = items;
            *ret_count = count;
            return LEDGER_DONE;
        }
        LEDGER_TRY(row_array_grow(call, &items, count, &capacity, size));
        LEDGER_TRY(read(call, row, (char *)items + count * size));
    }
}
