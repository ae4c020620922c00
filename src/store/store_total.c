/* Totals by account, and the packed lists of an account's entries. */
#include "base/time.h"
#include "store/row.h"

enum { DELTAS_AT_ONCE = 128 };

static struct value account_or_null(int64_t account_id)
{
    return account_id == 0 ? value_null() : value_integer(account_id);
}

/* All sums have the same four outputs first. */
static struct ledger_balance total_of(const struct value *row)
{
    return (struct ledger_balance){
        .account_id = row_integer(&row[BALANCE_LIST_OUT_ACCOUNT_ID]),
        .debit_total_minor = row_integer(&row[BALANCE_LIST_OUT_DEBIT_TOTAL]),
        .credit_total_minor = row_integer(&row[BALANCE_LIST_OUT_CREDIT_TOTAL]),
        .entry_count = row_integer(&row[BALANCE_LIST_OUT_ENTRY_COUNT]),
    };
}

static ledger_status total_sum(struct ledger_call *call, struct store *store, enum query_id query,
                               const struct value *inputs, struct total_sink sink)
{
    STORE_SCAN(scan);
    LEDGER_TRY(row_scan(call, store, query, inputs, &scan));
    for (;;) {
        const struct value *row = NULL;
        LEDGER_TRY(row_next(call, &scan, &row));
        if (row == NULL) {
            return LEDGER_DONE;
        }
        struct ledger_balance totals = total_of(row);
        LEDGER_TRY(sink.add(call, sink.context, &totals));
    }
}

ledger_status store_balance_sum(struct ledger_call *call, struct store *store, int64_t account_id,
                                struct total_sink sink)
{
    const struct value inputs[] = {account_or_null(account_id)};
    return total_sum(call, store, QUERY_BALANCE_LIST, inputs, sink);
}

ledger_status store_open_total_sum(struct ledger_call *call, struct store *store, int32_t from_day, int32_t to_day,
                                   int64_t account_id, struct total_sink sink)
{
    const struct value inputs[] = {value_day(from_day), value_day(to_day), account_or_null(account_id)};
    return total_sum(call, store, QUERY_OPEN_TOTAL_SUM, inputs, sink);
}

ledger_status store_daily_total_sum(struct ledger_call *call, struct store *store, int32_t from_day, int32_t to_day,
                                    int32_t from_posting_day, int32_t before_posting_day, int64_t account_id,
                                    struct total_sink sink)
{
    const struct value inputs[] = {value_day(from_day), value_day(to_day), value_day(from_posting_day),
                                   value_day(before_posting_day), account_or_null(account_id)};
    return total_sum(call, store, QUERY_DAILY_TOTAL_SUM, inputs, sink);
}

ledger_status store_monthly_total_sum(struct ledger_call *call, struct store *store, int32_t from_month,
                                      int32_t before_month, int32_t before_posting_month, int64_t account_id,
                                      struct total_sink sink)
{
    const struct value inputs[] = {value_integer(from_month), value_integer(before_month),
                                   value_integer(before_posting_month), account_or_null(account_id)};
    return total_sum(call, store, QUERY_MONTHLY_TOTAL_SUM, inputs, sink);
}

ledger_status store_entry_total_sum(struct ledger_call *call, struct store *store, int64_t from_log_index,
                                    int64_t before_log_index, int32_t from_day, int32_t to_day, int64_t account_id,
                                    struct total_sink sink)
{
    const struct value inputs[ENTRY_TOTAL_SUM_INS] = {
        [ENTRY_TOTAL_SUM_IN_FROM_LOG_INDEX] = value_integer(from_log_index),
        [ENTRY_TOTAL_SUM_IN_BEFORE_LOG_INDEX] = value_integer(before_log_index),
        [ENTRY_TOTAL_SUM_IN_FROM_DAY] = value_day(from_day),
        [ENTRY_TOTAL_SUM_IN_TO_DAY] = value_day(to_day),
        [ENTRY_TOTAL_SUM_IN_ACCOUNT_ID] = account_or_null(account_id),
    };
    return total_sum(call, store, QUERY_ENTRY_TOTAL_SUM, inputs, sink);
}

_Static_assert((int)DAILY_TOTAL_LIST_OUTS == (int)MONTHLY_TOTAL_LIST_OUTS &&
                   (int)DAILY_TOTAL_LIST_OUTS == (int)OPEN_TOTAL_LIST_OUTS &&
                   (int)DAILY_TOTAL_LIST_OUTS == (int)ENTRY_TOTAL_LIST_OUTS,
               "one reader for all lists");

/* All lists have the same four outputs; the period is a day, but of months. */
static ledger_status total_list(struct ledger_call *call, struct store *store, enum query_id query,
                                const struct value *inputs, struct day_total_sink sink)
{
    STORE_SCAN(scan);
    LEDGER_TRY(row_scan(call, store, query, inputs, &scan));
    for (;;) {
        const struct value *row = NULL;
        LEDGER_TRY(row_next(call, &scan, &row));
        if (row == NULL) {
            return LEDGER_DONE;
        }
        struct ledger_balance totals = {
            .debit_total_minor = row_integer(&row[DAILY_TOTAL_LIST_OUT_DEBIT_TOTAL]),
            .credit_total_minor = row_integer(&row[DAILY_TOTAL_LIST_OUT_CREDIT_TOTAL]),
            .entry_count = row_integer(&row[DAILY_TOTAL_LIST_OUT_ENTRY_COUNT]),
        };
        int32_t period = row_int32(&row[DAILY_TOTAL_LIST_OUT_TRANSACTION_PERIOD]);
        int32_t day = query == QUERY_MONTHLY_TOTAL_LIST ? month_first_day(period) : period;
        LEDGER_TRY(sink.add(call, sink.context, day, &totals));
    }
}

ledger_status store_daily_total_list(struct ledger_call *call, struct store *store, int32_t from_day, int32_t to_day,
                                     int32_t from_posting_day, int32_t before_posting_day, int64_t account_id,
                                     struct day_total_sink sink)
{
    const struct value inputs[] = {value_day(from_day), value_day(to_day), value_day(from_posting_day),
                                   value_day(before_posting_day), value_integer(account_id)};
    return total_list(call, store, QUERY_DAILY_TOTAL_LIST, inputs, sink);
}

ledger_status store_monthly_total_list(struct ledger_call *call, struct store *store, int32_t from_month,
                                       int32_t before_month, int32_t before_posting_month, int64_t account_id,
                                       struct day_total_sink sink)
{
    const struct value inputs[] = {value_integer(from_month), value_integer(before_month),
                                   value_integer(before_posting_month), value_integer(account_id)};
    return total_list(call, store, QUERY_MONTHLY_TOTAL_LIST, inputs, sink);
}

ledger_status store_open_total_list(struct ledger_call *call, struct store *store, int32_t from_day, int32_t to_day,
                                    int64_t account_id, struct day_total_sink sink)
{
    const struct value inputs[] = {value_day(from_day), value_day(to_day), value_integer(account_id)};
    return total_list(call, store, QUERY_OPEN_TOTAL_LIST, inputs, sink);
}

ledger_status store_entry_total_list(struct ledger_call *call, struct store *store, int64_t from_log_index,
                                     int64_t before_log_index, int32_t from_day, int32_t to_day, int64_t account_id,
                                     struct day_total_sink sink)
{
    const struct value inputs[ENTRY_TOTAL_LIST_INS] = {
        [ENTRY_TOTAL_LIST_IN_FROM_LOG_INDEX] = value_integer(from_log_index),
        [ENTRY_TOTAL_LIST_IN_BEFORE_LOG_INDEX] = value_integer(before_log_index),
        [ENTRY_TOTAL_LIST_IN_FROM_DAY] = value_day(from_day),
        [ENTRY_TOTAL_LIST_IN_TO_DAY] = value_day(to_day),
        [ENTRY_TOTAL_LIST_IN_ACCOUNT_ID] = value_integer(account_id),
    };
    return total_list(call, store, QUERY_ENTRY_TOTAL_LIST, inputs, sink);
}

ledger_status store_entry_day_total_sum(struct ledger_call *call, struct store *store, int64_t from_log_index,
                                        int64_t before_log_index, int32_t to_day, struct day_total_sink sink)
{
    STORE_SCAN(scan);
    const struct value inputs[ENTRY_DAY_TOTAL_SUM_INS] = {
        [ENTRY_DAY_TOTAL_SUM_IN_FROM_LOG_INDEX] = value_integer(from_log_index),
        [ENTRY_DAY_TOTAL_SUM_IN_BEFORE_LOG_INDEX] = value_integer(before_log_index),
        [ENTRY_DAY_TOTAL_SUM_IN_TO_DAY] = value_day(to_day),
    };
    LEDGER_TRY(row_scan(call, store, QUERY_ENTRY_DAY_TOTAL_SUM, inputs, &scan));
    for (;;) {
        const struct value *row = NULL;
        LEDGER_TRY(row_next(call, &scan, &row));
        if (row == NULL) {
            return LEDGER_DONE;
        }
        struct ledger_balance totals = total_of(row);
        int32_t day = row_int32(&row[ENTRY_DAY_TOTAL_SUM_OUT_TRANSACTION_DAY]);
        LEDGER_TRY(sink.add(call, sink.context, day, &totals));
    }
}

static void open_total_fill(struct value *row, const struct store_total_delta *delta, int64_t last_log_index)
{
    row[OPEN_TOTAL_ADD_IN_TRANSACTION_DAY] = value_day(delta->transaction_period);
    row[OPEN_TOTAL_ADD_IN_ACCOUNT_ID] = value_integer(delta->totals.account_id);
    row[OPEN_TOTAL_ADD_IN_DEBIT_TOTAL] = value_amount(delta->totals.debit_total_minor);
    row[OPEN_TOTAL_ADD_IN_CREDIT_TOTAL] = value_amount(delta->totals.credit_total_minor);
    row[OPEN_TOTAL_ADD_IN_ENTRY_COUNT] = value_integer(delta->totals.entry_count);
    row[OPEN_TOTAL_ADD_IN_LAST_LOG_INDEX] = value_integer(last_log_index);
}

static void balance_fill(struct value *row, const struct store_total_delta *delta, int64_t last_log_index)
{
    row[BALANCE_ADD_IN_ACCOUNT_ID] = value_integer(delta->totals.account_id);
    row[BALANCE_ADD_IN_DEBIT_TOTAL] = value_amount(delta->totals.debit_total_minor);
    row[BALANCE_ADD_IN_CREDIT_TOTAL] = value_amount(delta->totals.credit_total_minor);
    row[BALANCE_ADD_IN_ENTRY_COUNT] = value_integer(delta->totals.entry_count);
    row[BALANCE_ADD_IN_LAST_LOG_INDEX] = value_integer(last_log_index);
}

_Static_assert((int)DAILY_TOTAL_ADD_IN_ENTRY_COUNT == (int)MONTHLY_TOTAL_ADD_IN_ENTRY_COUNT,
               "days and months are filled alike");

static void period_total_fill(struct value *row, const struct store_total_delta *delta, bool is_month,
                              int32_t posting_period)
{
    row[DAILY_TOTAL_ADD_IN_TRANSACTION_DAY] =
        is_month ? value_integer(delta->transaction_period) : value_day(delta->transaction_period);
    row[DAILY_TOTAL_ADD_IN_ACCOUNT_ID] = value_integer(delta->totals.account_id);
    row[DAILY_TOTAL_ADD_IN_POSTING_DAY] = is_month ? value_integer(posting_period) : value_day(posting_period);
    row[DAILY_TOTAL_ADD_IN_DEBIT_TOTAL] = value_amount(delta->totals.debit_total_minor);
    row[DAILY_TOTAL_ADD_IN_CREDIT_TOTAL] = value_amount(delta->totals.credit_total_minor);
    row[DAILY_TOTAL_ADD_IN_ENTRY_COUNT] = value_integer(delta->totals.entry_count);
}

ledger_status store_total_add(struct ledger_call *call, struct store *store, enum store_total_kind kind,
                              const struct store_total_delta *deltas, size_t count, int32_t posting_period,
                              int64_t last_log_index)
{
    static const struct {
        enum query_id query;
        unsigned inputs_count;
    } kinds[] = {
        [STORE_TOTAL_OPEN] = {QUERY_OPEN_TOTAL_ADD, OPEN_TOTAL_ADD_INS},
        [STORE_TOTAL_DAY] = {QUERY_DAILY_TOTAL_ADD, DAILY_TOTAL_ADD_INS},
        [STORE_TOTAL_MONTH] = {QUERY_MONTHLY_TOTAL_ADD, MONTHLY_TOTAL_ADD_INS},
        [STORE_TOTAL_BALANCE] = {QUERY_BALANCE_ADD, BALANCE_ADD_INS},
    };
    struct value rows[DELTAS_AT_ONCE * OPEN_TOTAL_ADD_INS]; /* no kind has more inputs */
    for (size_t done = 0; done < count;) {
        size_t now = count - done < DELTAS_AT_ONCE ? count - done : DELTAS_AT_ONCE;
        for (size_t i = 0; i < now; i++) {
            struct value *row = rows + i * kinds[kind].inputs_count;
            if (kind == STORE_TOTAL_OPEN) {
                open_total_fill(row, &deltas[done + i], last_log_index);
            } else if (kind == STORE_TOTAL_BALANCE) {
                balance_fill(row, &deltas[done + i], last_log_index);
            } else {
                period_total_fill(row, &deltas[done + i], kind == STORE_TOTAL_MONTH, posting_period);
            }
        }
        LEDGER_TRY(row_write(call, store, kinds[kind].query, rows, now));
        done += now;
    }
    return LEDGER_DONE;
}

ledger_status store_open_total_count(struct ledger_call *call, struct store *store, int64_t *ret_count)
{
    STORE_SCAN(scan);
    const struct value *row = NULL;
    LEDGER_TRY(row_get(call, store, QUERY_OPEN_TOTAL_COUNT, NULL, &scan, &row));
    *ret_count = row == NULL ? 0 : row_integer(&row[0]);
    return LEDGER_DONE;
}

ledger_status store_open_total_fold(struct ledger_call *call, struct store *store, int32_t posting_day)
{
    const struct value days[] = {value_day(posting_day)};
    const struct value months[] = {value_integer(day_to_month(posting_day))};
    LEDGER_TRY(row_write(call, store, QUERY_FOLD_BALANCES, NULL, 1));
    LEDGER_TRY(row_write(call, store, QUERY_FOLD_DAYS, days, 1));
    LEDGER_TRY(row_write(call, store, QUERY_FOLD_MONTHS, months, 1));
    return row_write(call, store, QUERY_FOLD_CLEAR, NULL, 1);
}

_Static_assert((int)BALANCE_SCAN_OUTS == (int)OPEN_TOTAL_SCAN_OUTS &&
                   (int)BALANCE_SCAN_OUTS == (int)DAILY_TOTAL_SCAN_OUTS &&
                   (int)BALANCE_SCAN_OUTS == (int)MONTHLY_TOTAL_SCAN_OUTS,
               "one reader for all kinds");
_Static_assert((int)BALANCE_SCAN_INS == 2 && (int)OPEN_TOTAL_SCAN_INS == 2 && (int)DAILY_TOTAL_SCAN_INS == 2 &&
                   (int)MONTHLY_TOTAL_SCAN_INS == 2,
               "and one way to ask");

ledger_status store_total_scan(struct ledger_call *call, struct store *store, enum store_total_kind kind,
                               struct store_account_part part, struct store_scan *scan)
{
    static const enum query_id queries[] = {
        [STORE_TOTAL_OPEN] = QUERY_OPEN_TOTAL_SCAN,
        [STORE_TOTAL_DAY] = QUERY_DAILY_TOTAL_SCAN,
        [STORE_TOTAL_MONTH] = QUERY_MONTHLY_TOTAL_SCAN,
        [STORE_TOTAL_BALANCE] = QUERY_BALANCE_SCAN,
    };
    const struct value inputs[] = {value_integer(part.mask), value_integer(part.ending)};
    return row_scan(call, store, queries[kind], inputs, scan);
}

ledger_status store_total_next(struct ledger_call *call, struct store_scan *scan, bool *ret_has_row,
                               struct store_total_row *ret_row)
{
    const struct value *row = NULL;
    LEDGER_TRY(row_next(call, scan, &row));
    *ret_has_row = row != NULL;
    if (row != NULL) {
        *ret_row = (struct store_total_row){
            .transaction_period = row_int32(&row[BALANCE_SCAN_OUT_TRANSACTION_PERIOD]),
            .posting_period = row_int32(&row[BALANCE_SCAN_OUT_POSTING_PERIOD]),
            .totals =
                {
                    .account_id = row_integer(&row[BALANCE_SCAN_OUT_ACCOUNT_ID]),
                    .debit_total_minor = row_integer(&row[BALANCE_SCAN_OUT_DEBIT_TOTAL]),
                    .credit_total_minor = row_integer(&row[BALANCE_SCAN_OUT_CREDIT_TOTAL]),
                    .entry_count = row_integer(&row[BALANCE_SCAN_OUT_ENTRY_COUNT]),
                },
            .last_log_index = row_integer(&row[BALANCE_SCAN_OUT_LAST_LOG_INDEX]),
        };
    }
    return LEDGER_DONE;
}

ledger_status store_total_count(struct ledger_call *call, struct store *store, int64_t *ret_count)
{
    STORE_SCAN(scan);
    const struct value *row = NULL;
    LEDGER_TRY(row_get(call, store, QUERY_TOTAL_COUNT, NULL, &scan, &row));
    *ret_count = row == NULL ? 0 : row_integer(&row[0]);
    return LEDGER_DONE;
}

ledger_status store_account_list_insert(struct ledger_call *call, struct store *store,
                                        const struct store_account_list *lists, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct value row[ACCOUNT_LIST_INSERT_INS] = {
            [ACCOUNT_LIST_INSERT_IN_SEGMENT] = value_integer(lists[i].segment),
            [ACCOUNT_LIST_INSERT_IN_ACCOUNT_ID] = value_integer(lists[i].account_id),
            [ACCOUNT_LIST_INSERT_IN_ENTRY_COUNT] = value_integer(lists[i].entry_count),
            [ACCOUNT_LIST_INSERT_IN_ENTRIES] = value_blob(lists[i].entries.data, lists[i].entries.size),
        };
        LEDGER_TRY(row_write(call, store, QUERY_ACCOUNT_LIST_INSERT, row, 1));
    }
    return LEDGER_DONE;
}

ledger_status store_account_list_get(struct ledger_call *call, struct store *store, int64_t segment, int64_t account_id,
                                     bool *ret_found, struct store_account_list *ret_list)
{
    STORE_SCAN(scan);
    const struct value inputs[] = {value_integer(segment), value_integer(account_id)};
    const struct value *row = NULL;
    LEDGER_TRY(row_get(call, store, QUERY_ACCOUNT_LIST_GET, inputs, &scan, &row));
    *ret_found = row != NULL;
    if (row != NULL) {
        *ret_list = (struct store_account_list){
            .segment = segment,
            .account_id = account_id,
            .entry_count = row_integer(&row[ACCOUNT_LIST_GET_OUT_ENTRY_COUNT]),
        };
        LEDGER_TRY(ledger_call_copy_text(call, row_text(&row[ACCOUNT_LIST_GET_OUT_ENTRIES]), &ret_list->entries));
    }
    return LEDGER_DONE;
}

ledger_status store_account_list_scan(struct ledger_call *call, struct store *store, int64_t from_segment,
                                      int64_t before_segment, struct store_scan *scan)
{
    const struct value inputs[] = {value_integer(from_segment), value_integer(before_segment)};
    return row_scan(call, store, QUERY_ACCOUNT_LIST_SCAN, inputs, scan);
}

ledger_status store_account_list_scan_stray(struct ledger_call *call, struct store *store, int64_t segments_count,
                                            struct store_scan *scan)
{
    _Static_assert((int)ACCOUNT_LIST_SCAN_OUTS == (int)ACCOUNT_LIST_STRAY_SCAN_OUTS, "one reader for both");
    const struct value inputs[] = {value_integer(segments_count)};
    return row_scan(call, store, QUERY_ACCOUNT_LIST_STRAY_SCAN, inputs, scan);
}

ledger_status store_account_list_next(struct ledger_call *call, struct store_scan *scan, bool *ret_has_list,
                                      struct store_account_list *ret_list)
{
    const struct value *row = NULL;
    LEDGER_TRY(row_next(call, scan, &row));
    *ret_has_list = row != NULL;
    if (row != NULL) {
        *ret_list = (struct store_account_list){
            .segment = row_integer(&row[ACCOUNT_LIST_SCAN_OUT_SEGMENT]),
            .account_id = row_integer(&row[ACCOUNT_LIST_SCAN_OUT_ACCOUNT_ID]),
            .entry_count = row_integer(&row[ACCOUNT_LIST_SCAN_OUT_ENTRY_COUNT]),
            .entries = row_text(&row[ACCOUNT_LIST_SCAN_OUT_ENTRIES]),
        };
    }
    return LEDGER_DONE;
}
