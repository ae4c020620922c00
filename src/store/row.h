/* Reading values out of rows and running named queries: what the files of the store share. */
#ifndef LEDGER_STORE_ROW_H
#define LEDGER_STORE_ROW_H

#include <string.h>

#include "base/text.h"
#include "base/time.h"
#include "store/store.h"

/* A text, absent where NULL; a view until the next step. */
static inline struct ledger_text row_text(const struct value *value)
{
    return value->type == VALUE_NULL ? TEXT_ABSENT : value->text;
}

static inline int64_t row_integer(const struct value *value)
{
    return value->type == VALUE_NULL ? 0 : value->integer;
}

/* A number of 32 bits; one that does not fit reads as the nearest that does, so that it is not taken for another. */
static inline int32_t row_int32(const struct value *value)
{
    int64_t integer = row_integer(value);
    integer = integer > INT32_MAX ? INT32_MAX : integer;
    return (int32_t)(integer < INT32_MIN ? INT32_MIN : integer);
}

/* Bytes of a fixed size; zeros where there are none, 0xff throughout where the row has another size. */
static inline void row_bytes(const struct value *value, void *out, size_t size)
{
    if (value->type == VALUE_BLOB && value->text.size == size) {
        memcpy(out, value->text.data, size);
    } else {
        memset(out, value->type == VALUE_NULL ? 0 : 0xff, size);
    }
}

/* Bytes that were erased: there, and none. */
static inline bool row_is_empty(const struct value *value)
{
    return value->type == VALUE_BLOB && value->text.size == 0;
}

/* The month of an instant times 32, and the day in it. */
static inline int64_t row_month_day(int64_t time_us)
{
    struct civil_date date = day_to_civil(time_to_utc_day(time_us));
    return date.month * 32 + date.day;
}

/* An entry, all but its number, from a row whose columns stand as those of entry_scan do. */
void row_read_entry(const struct value *row, struct ledger_entry_record *ret_entry);

/* Runs a query and gives its scan. */
LEDGER_MUST_CHECK ledger_status row_scan(struct ledger_call *call, struct store *store, enum query_id query,
                                         const struct value *inputs, struct store_scan *scan);

/* The same for a query of a range of positions, whose inputs begin with from_log_index, before_log_index, row_limit
 * and, where its rows are entries, from_entry_number; its outputs begin with log_index and entry_number. */
LEDGER_MUST_CHECK ledger_status row_scan_positions(struct ledger_call *call, struct store *store, enum query_id query,
                                                   int64_t from_log_index, int64_t before_log_index,
                                                   struct store_scan *scan);
LEDGER_MUST_CHECK ledger_status row_scan_entries(struct ledger_call *call, struct store *store, enum query_id query,
                                                 int64_t from_log_index, int64_t before_log_index,
                                                 struct store_scan *scan);
/* As row_scan_entries, where in place of the number another column stands in whose order the entries of a transaction
 * come, and `from_entry` is below all of it. */
LEDGER_MUST_CHECK ledger_status row_scan_entries_from(struct ledger_call *call, struct store *store,
                                                      enum query_id query, int64_t from_log_index,
                                                      int64_t before_log_index, int64_t from_entry,
                                                      struct store_scan *scan);
/* As row_scan_entries, with further inputs behind those. */
LEDGER_MUST_CHECK ledger_status row_scan_entries_where(struct ledger_call *call, struct store *store,
                                                       enum query_id query, int64_t from_log_index,
                                                       int64_t before_log_index, const struct value *further,
                                                       size_t further_count, struct store_scan *scan);

/* The next row, NULL after the last. */
LEDGER_MUST_CHECK ledger_status row_next(struct ledger_call *call, struct store_scan *scan,
                                         const struct value **ret_values);

/* Runs a query and gives its first row; NULL where there is none. The scan holds the row's memory. */
LEDGER_MUST_CHECK ledger_status row_get(struct ledger_call *call, struct store *store, enum query_id query,
                                        const struct value *inputs, struct store_scan *scan,
                                        const struct value **ret_values);

/* Whether the dialect keeps the rows of a query: where it does not, they follow from others, and need not be made. */
static inline bool row_is_kept(const struct store *store, enum query_id query)
{
    return store->driver->queries[query].sql != NULL;
}

/* Whether the dialect makes use of an input of a query: one that it does not need not be made. */
static inline bool row_takes(const struct store *store, enum query_id query, unsigned input)
{
    return input < store->driver->queries[query].inputs_used;
}

LEDGER_MUST_CHECK ledger_status row_write(struct ledger_call *call, struct store *store, enum query_id query,
                                          const struct value *rows, size_t rows_count);

/* Copies each of the `count` texts into the call's memory, in place. */
LEDGER_MUST_CHECK ledger_status row_keep_texts(struct ledger_call *call, struct ledger_text *const texts[],
                                               size_t count);

/* Reads all rows of a query into an array of items of `size` bytes in the call's memory. `read` fills one cleared item
 * and keeps the texts that it takes. */
LEDGER_MUST_CHECK ledger_status row_collect(struct ledger_call *call, struct store *store, enum query_id query,
                                            const struct value *inputs, size_t size,
                                            ledger_status (*read)(struct ledger_call *call, const struct value *row,
                                                                  void *item),
                                            void **ret_items, size_t *ret_count);

/* An array that doubles in the call's memory: makes room for one more of `size` bytes. */
LEDGER_MUST_CHECK ledger_status row_array_grow(struct ledger_call *call, void **array, size_t count, size_t *capacity,
                                               size_t size);

#endif
