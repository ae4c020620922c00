/* Totals: the entries summed again and compared with what is stored. See totals_state.h.
 *
 * I1 A slot holds the entries of one account, transaction_day and posting_day. When the pass is over the slots are
 *    sorted as the rows of the database are, and both are walked side by side: nothing else takes memory.
 * I2 Days are compared first; then the open totals are taken out of the slots, which leaves what was folded: that is
 *    what balances and months hold. */
#include <assert.h>
#include <stdlib.h>

#include "base/text.h"
#include "integrity/verify_state.h"

#define TOTALS_COMPARE(left, right, field)                                                                             \
    do {                                                                                                               \
        if ((left)->field != (right)->field) {                                                                         \
            return (left)->field < (right)->field ? -1 : 1;                                                            \
        }                                                                                                              \
    } while (0)

static int slot_compare_days(const void *left, const void *right)
{
    const struct total_slot *left_slot = left;
    const struct total_slot *right_slot = right;
    TOTALS_COMPARE(left_slot, right_slot, transaction_day);
    TOTALS_COMPARE(left_slot, right_slot, account_id);
    TOTALS_COMPARE(left_slot, right_slot, posting_day);
    return 0;
}

static int slot_compare_accounts(const void *left, const void *right)
{
    const struct total_slot *left_slot = left;
    const struct total_slot *right_slot = right;
    TOTALS_COMPARE(left_slot, right_slot, account_id);
    return 0;
}

/* By then the days are months. */
static void totals_turn_to_months(struct totals_state *totals)
{
    for (size_t i = 0; i < totals->table.count; i++) {
        totals->table.slots[i].transaction_day = day_to_month(totals->table.slots[i].transaction_day);
        totals->table.slots[i].posting_day = day_to_month(totals->table.slots[i].posting_day);
    }
}

/* The slots in use, at the front and sorted. */
static void totals_sort(struct totals_state *totals, int (*compare)(const void *, const void *))
{
    size_t count = 0;
    for (size_t i = 0; count < totals->table.count; i++) {
        if (totals->table.slots[i].account_id != 0) {
            totals->table.slots[count++] = totals->table.slots[i];
        }
    }
    qsort(totals->table.slots, count, sizeof *totals->table.slots, compare);
}

/* A stored sum against a computed one. */
struct total_pair {
    int64_t account_id;
    struct total_sum stored;
    struct total_sum computed;
    bool has_stored;
    bool has_computed;
    bool is_broken; /* the computed sum passed what fits */
};

static void sum_add_row(struct total_sum *sum, const struct ledger_balance *totals)
{
    sum->debit_minor += totals->debit_total_minor;
    sum->credit_minor += totals->credit_total_minor;
    sum->entry_count += totals->entry_count;
}

static void pair_add_slot(struct total_pair *pair, const struct total_slot *slot)
{
    pair->has_computed = true;
    pair->is_broken = pair->is_broken || slot->entry_count == SLOT_IS_BROKEN;
    pair->computed.debit_minor += slot->debit_minor;
    pair->computed.credit_minor += slot->credit_minor;
    pair->computed.entry_count += slot->entry_count == SLOT_IS_BROKEN ? 0 : slot->entry_count;
}

/* Where and when, for the message: a format of account and two periods. */
struct total_words {
    const char *table;
    const char *what;
    struct ledger_text transaction_period;
    struct ledger_text posting_period;
};

static ledger_status pair_report(struct verify *verify, const struct total_pair *pair, const struct total_words *words,
                                 const char *column, struct ledger_text stored, struct ledger_text computed)
{
    const struct verify_account *account = verify_find_account(verify, pair->account_id);
    struct ledger_text field;
    LEDGER_TRY(ledger_call_format(verify_scratch(verify), &field, "%s.%s", words->table, column));
    struct ledger_violation about = {
        .account_code = account == NULL ? TEXT_ABSENT : account->account_code,
        .field = field,
        .stored = stored,
        .computed = computed,
    };
    bool has_periods = !text_is_absent(words->transaction_period);
    return verify_found(verify, CHECK_BALANCES, &about, "%s of account id %lld%s%.*s%s%.*s %s", words->what,
                        (long long)pair->account_id, has_periods ? " for " : "",
                        TEXT_ARGUMENTS(words->transaction_period), has_periods ? ", posted in " : "",
                        TEXT_ARGUMENTS(words->posting_period),
                        account == NULL       ? "are of an account that does not exist"
                        : !pair->has_stored   ? "are missing"
                        : !pair->has_computed ? "are there without any entry"
                                              : "are not the sum of the entries");
}

/* Counts add up to less than an amount can be, but for rows that were altered. */
static struct ledger_text totals_text_of_count(char out[VERIFY_TEXT_SIZE], int128 count)
{
    bool fits = count >= INT64_MIN && count <= INT64_MAX;
    return fits ? verify_text_of_integer(out, (int64_t)count) : TEXT("(beyond what is possible)");
}

static bool pair_holds(const struct total_pair *pair)
{
    return pair->stored.debit_minor == pair->computed.debit_minor &&
           pair->stored.credit_minor == pair->computed.credit_minor &&
           pair->stored.entry_count == pair->computed.entry_count && pair->has_stored == pair->has_computed &&
           !pair->is_broken;
}

static ledger_status pair_check(struct verify *verify, const struct total_pair *pair, const struct total_words *words)
{
    verify->sums.checked_counts[CHECK_BALANCES]++;
    if (pair_holds(pair)) {
        return LEDGER_DONE;
    }
    bool debit_holds = pair->stored.debit_minor == pair->computed.debit_minor;
    bool credit_holds = pair->stored.credit_minor == pair->computed.credit_minor;
    if (!debit_holds) {
        LEDGER_TRY(pair_report(verify, pair, words, "debit_total",
                               verify_text_of_amount(verify->stored_text, pair->stored.debit_minor),
                               verify_text_of_amount(verify->computed_text, pair->computed.debit_minor)));
    }
    if (!credit_holds) {
        LEDGER_TRY(pair_report(verify, pair, words, "credit_total",
                               verify_text_of_amount(verify->stored_text, pair->stored.credit_minor),
                               verify_text_of_amount(verify->computed_text, pair->computed.credit_minor)));
    }
    if (!debit_holds || !credit_holds) {
        return LEDGER_DONE; /* their count differs with them, or is right: it says nothing more */
    }
    return pair_report(verify, pair, words, "entry_count",
                       totals_text_of_count(verify->stored_text, pair->stored.entry_count),
                       totals_text_of_count(verify->computed_text, pair->computed.entry_count));
}

/* A scan of stored rows with its next row, of this part of the accounts. */
struct total_rows {
    struct store_scan scan;
    bool has_row;
    struct store_total_row row;
};

static void total_rows_close(struct total_rows *rows)
{
    store_scan_close(&rows->scan);
}

#define TOTAL_ROWS(name)                                                                                               \
    __attribute__((cleanup(total_rows_close))) struct total_rows name = {{.cursor = NULL}, false, {0}}

static ledger_status total_rows_next(struct verify *verify, struct total_rows *rows)
{
    return store_total_next(verify->call, &rows->scan, &rows->has_row, &rows->row);
}

static ledger_status total_rows_open(struct verify *verify, enum store_total_kind kind, struct total_rows *rows)
{
    LEDGER_TRY(store_total_scan(verify->call, verify->store, kind, verify->totals.part, &rows->scan));
    return total_rows_next(verify, rows);
}

static ledger_status totals_report_last(struct verify *verify, int64_t account_id, struct ledger_text stored,
                                        struct ledger_text computed, const char *field)
{
    const struct verify_account *account = verify_find_account(verify, account_id);
    struct ledger_violation about = {
        .account_code = account == NULL ? TEXT_ABSENT : account->account_code,
        .field = ledger_text_of(field),
        .stored = stored,
        .computed = computed,
    };
    return verify_found(verify, CHECK_BALANCES, &about,
                        "the totals of account id %lld were last updated at another transaction than they say",
                        (long long)account_id);
}

/* The last update of open totals, by the instant of the transaction at the position that they name. */
static ledger_status totals_check_open_last(struct verify *verify, int64_t account_id, int64_t last_log_index,
                                            int64_t last_us)
{
    bool is_there = false;
    int64_t found_us = 0;
    LEDGER_TRY(verify_find_posting_date(verify, last_log_index, &is_there, &found_us));
    const struct verify_correction *correction = verify_find_correction(verify, last_log_index, 0);
    found_us = correction == NULL ? found_us : correction->posting_date_us;
    if (is_there ? found_us == last_us : verify->log.has_gaps) {
        return LEDGER_DONE; /* right, or gone with an event whose absence is told */
    }
    return totals_report_last(verify, account_id,
                              is_there ? verify_text_of_time(verify->stored_text, found_us)
                                       : verify_text_of_integer(verify->stored_text, last_log_index),
                              verify_text_of_time(verify->computed_text, last_us), "open_total_rows.last_log_index");
}

/* The last update that a row of balances names, and the view shows: as many entries as it has were posted up to that
 * instant, and not all of them before it. */
static ledger_status totals_check_folded_last(struct verify *verify, const struct verify_account *account,
                                              int64_t last_log_index)
{
    bool holds = account->has_folded_us ? account->before_folded_count < account->folded_count &&
                                              account->folded_count <= account->up_to_folded_count
                                        : verify->log.has_gaps;
    if (holds || account->folded_is_unknown || verify_find_correction(verify, last_log_index, 0) != NULL) {
        return LEDGER_DONE; /* right, or what it names was altered or is gone, which is told */
    }
    return totals_report_last(verify, account->account_id,
                              account->has_folded_us ? verify_text_of_time(verify->stored_text, account->folded_us)
                                                     : verify_text_of_integer(verify->stored_text, last_log_index),
                              TEXT_ABSENT, "account_balance_cache.last_updated");
}

/* The next of the three, by (transaction_day, account_id, posting_day). */
struct day_key {
    int32_t transaction_day;
    int64_t account_id;
    int32_t posting_day;
};

static int day_key_compare(const struct day_key *left, const struct day_key *right)
{
    TOTALS_COMPARE(left, right, transaction_day);
    TOTALS_COMPARE(left, right, account_id);
    TOTALS_COMPARE(left, right, posting_day);
    return 0;
}

static struct day_key day_key_of_row(const struct total_rows *rows, int32_t posting_day)
{
    return (struct day_key){rows->row.transaction_period, rows->row.totals.account_id, posting_day};
}

static struct day_key day_key_of_slot(const struct total_slot *slot)
{
    return (struct day_key){slot->transaction_day, slot->account_id, slot->posting_day};
}

static void totals_take_open(struct verify *verify, struct total_slot *slot, const struct ledger_balance *open)
{
    struct verify_account *account = verify_find_account(verify, open->account_id);
    if (account != NULL) {
        sum_add_row(&account->open, open);
    }
    if (slot == NULL || slot->entry_count == SLOT_IS_BROKEN) {
        return;
    }
    if (__builtin_sub_overflow(slot->debit_minor, open->debit_total_minor, &slot->debit_minor) ||
        __builtin_sub_overflow(slot->credit_minor, open->credit_total_minor, &slot->credit_minor) ||
        __builtin_sub_overflow(slot->entry_count, open->entry_count, &slot->entry_count)) {
        slot->entry_count = SLOT_IS_BROKEN;
    }
}

/* One key of the three: takes what stands at it on each side, compares, and takes the open totals out of the slot. */
static ledger_status totals_check_day(struct verify *verify, const struct day_key *key, struct total_slot *slot,
                                      struct total_rows *daily, struct total_rows *open, int32_t open_day)
{
    char transaction_period[VERIFY_TEXT_SIZE];
    char posting_period[VERIFY_TEXT_SIZE];
    struct total_pair pair = {.account_id = key->account_id};
    struct total_words words = {
        .table = "account_daily_totals",
        .what = "the daily totals",
        .transaction_period = verify_text_of_day(transaction_period, key->transaction_day),
        .posting_period = verify_text_of_day(posting_period, key->posting_day),
    };
    if (slot != NULL) {
        pair_add_slot(&pair, slot);
    }
    struct day_key daily_key = day_key_of_row(daily, daily->row.posting_period);
    while (daily->has_row && day_key_compare(&daily_key, key) == 0) {
        pair.has_stored = true;
        sum_add_row(&pair.stored, &daily->row.totals);
        LEDGER_TRY(total_rows_next(verify, daily));
        daily_key = day_key_of_row(daily, daily->row.posting_period);
    }
    struct day_key open_key = day_key_of_row(open, open_day);
    if (open->has_row && day_key_compare(&open_key, key) == 0) {
        pair.has_stored = true;
        sum_add_row(&pair.stored, &open->row.totals);
        totals_take_open(verify, slot, &open->row.totals);
        if (slot != NULL && pair_holds(&pair)) {
            LEDGER_TRY(totals_check_open_last(verify, key->account_id, open->row.last_log_index, slot->last_us));
        }
        LEDGER_TRY(total_rows_next(verify, open));
    }
    return pair_check(verify, &pair, &words);
}

static ledger_status totals_check_days(struct verify *verify)
{
    struct totals_state *totals = &verify->totals;
    /* The open totals are those of the last posting day. */
    int32_t open_day = verify->order.has_posting ? verify->order.posting_day : 0;
    TOTAL_ROWS(daily);
    TOTAL_ROWS(open);
    totals_sort(totals, slot_compare_days);
    LEDGER_TRY(total_rows_open(verify, STORE_TOTAL_DAY, &daily));
    LEDGER_TRY(total_rows_open(verify, STORE_TOTAL_OPEN, &open));
    size_t place = 0;
    while (place < totals->table.count || daily.has_row || open.has_row) {
        struct day_key key = {INT32_MAX, INT64_MAX, INT32_MAX};
        struct day_key other = key;
        if (place < totals->table.count) {
            key = day_key_of_slot(&totals->table.slots[place]);
        }
        if (daily.has_row) {
            other = day_key_of_row(&daily, daily.row.posting_period);
            key = day_key_compare(&other, &key) < 0 ? other : key;
        }
        if (open.has_row) {
            other = day_key_of_row(&open, open_day);
            key = day_key_compare(&other, &key) < 0 ? other : key;
        }
        other = place < totals->table.count ? day_key_of_slot(&totals->table.slots[place]) : other;
        bool is_slot = place < totals->table.count && day_key_compare(&other, &key) == 0;
        LEDGER_TRY(
            totals_check_day(verify, &key, is_slot ? &totals->table.slots[place] : NULL, &daily, &open, open_day));
        place += is_slot;
    }
    return LEDGER_DONE;
}

/* What the view of balances shows: the row of the balance and the open totals, against all entries of the account. */
static ledger_status totals_check_balance(struct verify *verify, struct total_pair *pair,
                                          const struct store_total_row *row)
{
    static const struct total_words words = {.table = "account_balance_cache", .what = "the balances"};
    const struct verify_account *account = verify_find_account(verify, pair->account_id);
    if (row != NULL) {
        pair->has_stored = true;
        sum_add_row(&pair->stored, &row->totals);
    }
    if (account != NULL && account->open.entry_count > 0) {
        /* Both sides get back what was taken out of the slots. */
        pair->has_stored = true;
        pair->has_computed = true;
        struct total_sum *const sums[] = {&pair->stored, &pair->computed};
        for (size_t i = 0; i < 2; i++) {
            sums[i]->debit_minor += account->open.debit_minor;
            sums[i]->credit_minor += account->open.credit_minor;
            sums[i]->entry_count += account->open.entry_count;
        }
    }
    if (row != NULL && account != NULL && account->folded_count > 0 && pair_holds(pair)) {
        LEDGER_TRY(totals_check_folded_last(verify, account, row->last_log_index));
    }
    return pair_check(verify, pair, &words);
}

static ledger_status totals_check_balances(struct verify *verify)
{
    struct totals_state *totals = &verify->totals;
    TOTAL_ROWS(rows);
    totals_sort(totals, slot_compare_accounts);
    LEDGER_TRY(total_rows_open(verify, STORE_TOTAL_BALANCE, &rows));
    size_t place = 0;
    while (place < totals->table.count || rows.has_row) {
        int64_t account_id = place < totals->table.count ? totals->table.slots[place].account_id : INT64_MAX;
        if (rows.has_row && rows.row.totals.account_id < account_id) {
            account_id = rows.row.totals.account_id;
        }
        struct total_pair pair = {.account_id = account_id};
        for (; place < totals->table.count && totals->table.slots[place].account_id == account_id; place++) {
            pair_add_slot(&pair, &totals->table.slots[place]);
        }
        bool is_row = rows.has_row && rows.row.totals.account_id == account_id;
        LEDGER_TRY(totals_check_balance(verify, &pair, is_row ? &rows.row : NULL));
        if (is_row) {
            LEDGER_TRY(total_rows_next(verify, &rows));
        }
    }
    return LEDGER_DONE;
}

static ledger_status month_add_days(struct ledger_call *call, void *context, const struct ledger_balance *totals)
{
    (void)call;
    sum_add_row(context, totals);
    return LEDGER_DONE;
}

/* Whether the days that are stored give the month that is stored: then it is an open total that is wrong, and told. */
static ledger_status totals_month_has_days(struct verify *verify, const struct day_key *key,
                                           const struct total_pair *pair, bool *ret_agrees)
{
    const int32_t months_max = 12 * 7000;
    struct total_sum days = {0, 0, 0};
    *ret_agrees = false;
    if (key->transaction_day > months_max || key->transaction_day < -12 * 1969 || key->posting_day > months_max ||
        key->posting_day < -12 * 1969) {
        return LEDGER_DONE;
    }
    ledger_status status = store_daily_total_sum(
        verify_scratch(verify), verify->store, month_first_day(key->transaction_day),
        month_first_day(key->transaction_day + 1) - 1, month_first_day(key->posting_day),
        month_first_day(key->posting_day + 1), key->account_id, (struct total_sink){month_add_days, &days});
    if (status == LEDGER_DATABASE_FAILED) {
        return LEDGER_DONE; /* altered so far that the sum of the database itself overflows */
    }
    VERIFY_TRY_SCRATCH(verify, status);
    *ret_agrees = pair->has_stored == (days.entry_count > 0) && days.debit_minor == pair->stored.debit_minor &&
                  days.credit_minor == pair->stored.credit_minor && days.entry_count == pair->stored.entry_count;
    return LEDGER_DONE;
}

static ledger_status totals_check_month(struct verify *verify, const struct day_key *key, struct total_pair *pair)
{
    char transaction_period[VERIFY_TEXT_SIZE];
    char posting_period[VERIFY_TEXT_SIZE];
    struct total_words words = {
        .table = "monthly_total_rows",
        .what = "the monthly totals",
        .transaction_period = verify_text_of_integer(transaction_period, key->transaction_day),
        .posting_period = verify_text_of_integer(posting_period, key->posting_day),
    };
    /* A month whose entries are all still open has no row yet. */
    bool is_open = !pair->has_stored && pair->computed.entry_count == 0 && pair->computed.debit_minor == 0 &&
                   pair->computed.credit_minor == 0;
    bool holds = pair->has_stored && !pair->is_broken && pair->stored.debit_minor == pair->computed.debit_minor &&
                 pair->stored.credit_minor == pair->computed.credit_minor &&
                 pair->stored.entry_count == pair->computed.entry_count;
    if (is_open) {
        return LEDGER_DONE;
    }
    if (!holds) {
        bool agrees = false;
        LEDGER_TRY(totals_month_has_days(verify, key, pair, &agrees));
        if (agrees) {
            return LEDGER_DONE;
        }
    }
    return pair_check(verify, pair, &words);
}

static ledger_status totals_check_months(struct verify *verify)
{
    struct totals_state *totals = &verify->totals;
    TOTAL_ROWS(rows);
    totals_turn_to_months(totals);
    totals_sort(totals, slot_compare_days);
    LEDGER_TRY(total_rows_open(verify, STORE_TOTAL_MONTH, &rows));
    size_t place = 0;
    while (place < totals->table.count || rows.has_row) {
        struct day_key key = {INT32_MAX, INT64_MAX, INT32_MAX};
        struct day_key row_key = day_key_of_row(&rows, rows.row.posting_period);
        if (place < totals->table.count) {
            key = day_key_of_slot(&totals->table.slots[place]);
        }
        bool is_row = rows.has_row && day_key_compare(&row_key, &key) <= 0;
        key = is_row ? row_key : key;
        struct total_pair pair = {.account_id = key.account_id};
        while (place < totals->table.count) {
            struct day_key slot_key = day_key_of_slot(&totals->table.slots[place]);
            if (day_key_compare(&slot_key, &key) != 0) {
                break;
            }
            pair_add_slot(&pair, &totals->table.slots[place++]);
        }
        if (is_row) {
            pair.has_stored = true;
            sum_add_row(&pair.stored, &rows.row.totals);
            LEDGER_TRY(total_rows_next(verify, &rows));
        }
        LEDGER_TRY(totals_check_month(verify, &key, &pair));
    }
    return LEDGER_DONE;
}

static ledger_status totals_check_part(struct verify *verify)
{
    LEDGER_TRY(totals_check_days(verify));
    LEDGER_TRY(totals_check_balances(verify));
    return totals_check_months(verify);
}

/* The entries once more, for accounts that did not fit: as they were, where that is proven. */
static ledger_status totals_sum_again(struct verify *verify)
{
    STORE_SCAN(transactions);
    STORE_SCAN(entries);
    struct ledger_transaction_record transaction = {.log_index = -1};
    bool has_transaction = true;
    int64_t log_size = verify->log.log_size;
    LEDGER_TRY(store_transaction_scan(verify->call, verify->store, 0, log_size, &transactions));
    LEDGER_TRY(store_entry_scan(verify->call, verify->store, 0, log_size, &entries));
    for (;;) {
        bool has_entry = false;
        int64_t log_index = 0;
        struct ledger_entry_record entry;
        LEDGER_TRY(store_entry_next(verify->call, &entries, &has_entry, &log_index, &entry));
        if (!has_entry) {
            return LEDGER_DONE;
        }
        while (has_transaction && transaction.log_index < log_index) {
            LEDGER_TRY(store_transaction_next(verify->call, &transactions, &has_transaction, &transaction));
        }
        if (!has_transaction || transaction.log_index != log_index) {
            continue;
        }
        const struct verify_correction *of_entry = verify_find_correction(verify, log_index, entry.entry_number);
        const struct verify_correction *of_transaction = verify_find_correction(verify, log_index, 0);
        if (of_entry != NULL) {
            entry.account_id = of_entry->account_id;
            entry.entry_type = of_entry->entry_type;
            entry.amount_minor = of_entry->amount_minor;
        }
        LEDGER_TRY(totals_add(
            verify, of_transaction == NULL ? transaction.transaction_day : of_transaction->transaction_day,
            of_transaction == NULL ? transaction.posting_date_us : of_transaction->posting_date_us, &entry, NULL));
    }
}

/* The sums of another part: from the spill or, where that was lost, from the entries. */
static ledger_status totals_sum_part(struct verify *verify)
{
    struct totals_state *totals = &verify->totals;
    struct total_slot slots[TOTALS_SPILL_SLOTS];
    uint64_t done = 0;
    size_t count = 0;
    totals_begin_pass(totals);
    do {
        totals_spill_read(&totals->spill, done, slots, &count);
        for (size_t i = 0; i < count; i++) {
            LEDGER_TRY(totals_add_slot(verify, totals, &slots[i]));
        }
        done += count;
    } while (count > 0);
    if (totals->spill.is_lost) {
        totals_begin_pass(totals);
        LEDGER_TRY(totals_sum_again(verify));
    }
    return LEDGER_DONE;
}

ledger_status totals_finish(struct verify *verify)
{
    struct totals_state *totals = &verify->totals;
    for (;;) {
        LEDGER_TRY(totals_check_part(verify));
        if (totals->waiting_count == 0) {
            return LEDGER_DONE;
        }
        totals->part = totals->waiting[--totals->waiting_count];
        totals->is_further_pass = true;
        LEDGER_TRY(totals_sum_part(verify));
    }
}
