/* The one pass over the log, or a range of it: transactions, their entries and all other events are read side by side,
 * in the order of their positions, each row once.
 *
 * The pass goes in pieces: between two of them no scan is open, reversals are compared with their originals, and the
 * store forgets the texts that it remembers. */
#include <stdatomic.h>

#include "base/text.h"
#include "integrity/verify_state.h"

enum {
    PIECE_EVENTS = 4096,
    PROGRESS_EVERY = 1024,
};

struct pass {
    struct verify *verify;
    struct store_scan transactions;
    struct store_scan events;
    struct store_scan entries;
    /* What a database gives with the rows that follow from them (verify.reads_derived), read where transactions need
     * it, from one piece to the next. Then `entries` is not read. */
    struct store_entries_check entries_check;
    struct store_posting_events posting_events;
    bool has_transaction;
    bool has_event;
    bool has_entry;
    struct ledger_transaction_record transaction; /* each the next of its scan */
    struct ledger_event_record event;
    struct ledger_entry_record entry;
    int64_t entry_log_index;
    int64_t reversals[PIECE_EVENTS];
    size_t reversals_count;
    size_t events_count; /* of the piece */
    int64_t last_log_index;
};

static void pass_close(struct pass *pass)
{
    store_scan_close(&pass->transactions);
    store_scan_close(&pass->events);
    store_scan_close(&pass->entries);
}

static void pass_note_derived(struct verify *verify, bool agrees)
{
    verify->sums.derived_differs = verify->sums.derived_differs || !agrees;
}

static ledger_status pass_next_transaction(struct pass *pass)
{
    struct verify *verify = pass->verify;
    if (verify->reads_derived) {
        bool agrees = true;
        LEDGER_TRY(store_transaction_check_next(verify->call, &pass->transactions, &pass->has_transaction,
                                                &pass->transaction, &agrees));
        pass_note_derived(verify, agrees);
        return LEDGER_DONE;
    }
    return store_transaction_next(pass->verify->call, &pass->transactions, &pass->has_transaction, &pass->transaction);
}

static ledger_status pass_next_event(struct pass *pass)
{
    return store_event_next(pass->verify->call, &pass->events, &pass->has_event, &pass->event);
}

static ledger_status pass_next_entry(struct pass *pass)
{
    return store_entry_next(pass->verify->call, &pass->entries, &pass->has_entry, &pass->entry_log_index, &pass->entry);
}

/* Where a piece ends that begins there: a database that reads ahead is not to read what the next piece reads again.
 * Behind the end of the log positions may lie far apart, and few. */
static int64_t pass_piece_end(const struct verify *verify, int64_t from_log_index)
{
    int64_t before = verify->before_log_index;
    bool is_of_log = before <= verify->log.log_size;
    return is_of_log && before - from_log_index > PIECE_EVENTS ? from_log_index + PIECE_EVENTS : before;
}

static ledger_status pass_open(struct pass *pass, int64_t from_log_index, int64_t before)
{
    struct verify *verify = pass->verify;
    pass->events_count = 0;
    pass->reversals_count = 0;
    LEDGER_TRY((verify->reads_derived ? store_transaction_check_scan : store_transaction_scan)(
        verify->call, verify->store, from_log_index, before, &pass->transactions));
    LEDGER_TRY(store_event_scan(verify->call, verify->store, from_log_index, before, &pass->events));
    LEDGER_TRY(pass_next_transaction(pass));
    LEDGER_TRY(pass_next_event(pass));
    pass->has_entry = false;
    if (verify->reads_derived) {
        return LEDGER_DONE;
    }
    LEDGER_TRY(store_entry_scan(verify->call, verify->store, from_log_index, before, &pass->entries));
    return pass_next_entry(pass);
}

static bool pass_is_over(const struct pass *pass)
{
    return !pass->has_transaction && !pass->has_event && !pass->has_entry;
}

/* The lowest position that anything stands at. */
static int64_t pass_position(const struct pass *pass)
{
    int64_t position = INT64_MAX;
    if (pass->has_transaction) {
        position = pass->transaction.log_index;
    }
    if (pass->has_event && pass->event.log_index < position) {
        position = pass->event.log_index;
    }
    if (pass->has_entry && pass->entry_log_index < position) {
        position = pass->entry_log_index;
    }
    return position;
}

/* A text of a row that is about to be left, kept until the transaction is done. */
static ledger_status pass_keep_text(struct verify *verify, struct ledger_text *text)
{
    return text_keep(&verify->rows, *text, text) ? LEDGER_DONE : ledger_fail_out_of_memory(verify->call);
}

static ledger_status pass_keep_entry(struct pass *pass, uint32_t count)
{
    struct verify *verify = pass->verify;
    if (count == verify->entries_capacity) {
        uint32_t capacity = count == 0 ? 16 : count * 2;
        struct ledger_entry_record *grown = NULL;
        LEDGER_ALLOCATE(verify->call, grown, capacity);
        if (count > 0) {
            memcpy(grown, verify->entries, count * sizeof *grown);
        }
        verify->entries = grown;
        verify->entries_capacity = capacity;
    }
    struct ledger_entry_record *entry = &verify->entries[count];
    *entry = pass->entry;
    const struct verify_account *account = verify_find_account(verify, entry->account_id);
    if (verify->reads_derived) {
        pass_note_derived(verify, account != NULL && text_equals(entry->account_code, account->account_code) &&
                                      text_equals(entry->currency, account->currency));
    }
    entry->account_code = account == NULL ? TEXT_ABSENT : account->account_code;
    entry->currency = account == NULL ? TEXT_ABSENT : account->currency;
    LEDGER_TRY(pass_keep_text(verify, &entry->memo));
    LEDGER_TRY(pass_keep_text(verify, &entry->cost_center));
    LEDGER_TRY(pass_keep_text(verify, &entry->business_unit));
    return pass_keep_text(verify, &entry->project_code);
}

static ledger_status pass_take_checked_entries(struct pass *pass, uint32_t *ret_count)
{
    struct verify *verify = pass->verify;
    uint32_t count = 0;
    LEDGER_TRY(store_entries_check_find(verify->call, verify->store, &pass->transaction, &pass->entries_check));
    for (;;) {
        bool has_entry = false;
        bool agrees = true;
        LEDGER_TRY(store_entries_check_next(verify->call, &pass->transaction, &pass->entries_check, &has_entry,
                                            &pass->entry, &agrees));
        if (!has_entry) {
            break;
        }
        pass_note_derived(verify, agrees);
        LEDGER_TRY(pass_keep_entry(pass, count));
        count++;
    }
    verify->sums.entries_met += count;
    *ret_count = count;
    return LEDGER_DONE;
}

static ledger_status pass_take_entries(struct pass *pass)
{
    uint32_t count = 0;
    if (pass->verify->reads_derived) {
        LEDGER_TRY(pass_take_checked_entries(pass, &count));
    }
    while (pass->has_entry && pass->entry_log_index == pass->transaction.log_index) {
        LEDGER_TRY(pass_keep_entry(pass, count));
        count++;
        LEDGER_TRY(pass_next_entry(pass));
    }
    pass->transaction.entries = pass->verify->entries;
    pass->transaction.entries_count = count;
    return LEDGER_DONE;
}

static void pass_note_progress(struct verify *verify)
{
    if (verify->events_done != NULL && verify->sums.transactions_checked % PROGRESS_EVERY == 0) {
        atomic_fetch_add_explicit(verify->events_done, PROGRESS_EVERY, memory_order_relaxed);
        if (verify->whole != NULL) {
            verify_tell_progress(verify->whole);
        }
    }
}

/* The same transaction again: the scan joins its reversals, of which it has more than one. */
static ledger_status pass_skip_twins(struct pass *pass, int64_t log_index)
{
    struct verify *verify = pass->verify;
    while (pass->has_transaction && pass->transaction.log_index == log_index) {
        struct ledger_violation about = verify_about_transaction(verify, &pass->transaction);
        about.field = TEXT("transactions.reversed_by_transaction_id");
        LEDGER_TRY(verify_found(verify, CHECK_REVERSAL_LINKS, &about, "the transaction has more than one reversal"));
        LEDGER_TRY(pass_next_transaction(pass));
    }
    return LEDGER_DONE;
}

/* Its row of the audit log. Once anything differs no more has to be known. */
static ledger_status pass_posting_event(struct pass *pass)
{
    struct verify *verify = pass->verify;
    if (!verify->reads_derived || verify->sums.derived_differs) {
        return LEDGER_DONE;
    }
    bool agrees = false;
    LEDGER_TRY(
        store_posting_events_compare(verify->call, verify->store, &pass->transaction, &pass->posting_events, &agrees));
    verify->sums.posting_events_met += agrees;
    pass_note_derived(verify, agrees);
    return LEDGER_DONE;
}

static ledger_status pass_transaction(struct pass *pass, bool is_intruder)
{
    struct verify *verify = pass->verify;
    int64_t log_index = pass->transaction.log_index;
    struct arena_mark mark = arena_mark(&verify->rows);
    LEDGER_TRY(pass_take_entries(pass));
    LEDGER_TRY(pass_posting_event(pass));
    if (!is_intruder) {
        LEDGER_TRY(verify_transaction(verify, &pass->transaction));
    }
    if (!is_intruder && pass->transaction.is_reversal && pass->reversals_count < PIECE_EVENTS) {
        pass->reversals[pass->reversals_count++] = log_index;
    }
    arena_rewind(&verify->rows, mark);
    pass_note_progress(verify);
    LEDGER_TRY(pass_next_transaction(pass));
    return pass_skip_twins(pass, log_index);
}

/* A row behind the end of the log was inserted by somebody who could not extend the log. */
static ledger_status pass_report_beyond(struct pass *pass, int64_t position)
{
    struct verify *verify = pass->verify;
    struct ledger_violation about = {.field = TEXT("audit_log.log_index")};
    if (pass->has_transaction && pass->transaction.log_index == position) {
        about = verify_about_transaction(verify, &pass->transaction);
        about.field = TEXT("transactions.log_index");
    }
    about.stored = verify_text_of_integer(verify->stored_text, position);
    return verify_found(verify, CHECK_LOG_LEAVES, &about, "a row stands at log position %lld, but the log ends at %lld",
                        (long long)position, (long long)verify->log.log_size);
}

static ledger_status pass_skip_beyond(struct pass *pass, int64_t position)
{
    LEDGER_TRY(pass_report_beyond(pass, position));
    while (pass->has_transaction && pass->transaction.log_index == position) {
        LEDGER_TRY(pass_next_transaction(pass));
    }
    if (pass->has_event && pass->event.log_index == position) {
        LEDGER_TRY(pass_next_event(pass));
    }
    while (pass->has_entry && pass->entry_log_index == position) {
        LEDGER_TRY(pass_next_entry(pass));
    }
    return LEDGER_DONE;
}

static ledger_status pass_orphan_entries(struct pass *pass, int64_t position)
{
    struct verify *verify = pass->verify;
    while (pass->has_entry && pass->entry_log_index == position) {
        const struct verify_account *account = verify_find_account(verify, pass->entry.account_id);
        struct ledger_violation about = {
            .entry_number = pass->entry.entry_number,
            .account_code = account == NULL ? TEXT_ABSENT : account->account_code,
            .field = TEXT("journal_entries.transaction_id"),
            .stored = verify_text_of_amount(verify->stored_text, pass->entry.amount_minor),
        };
        LEDGER_TRY(verify_found(verify, CHECK_ORPHANS, &about,
                                "an entry stands at log position %lld, where there is no transaction",
                                (long long)position));
        LEDGER_TRY(pass_next_entry(pass));
    }
    return LEDGER_DONE;
}

/* Where a transaction and another event stand at one place, the leaf says which of them is the one recorded. */
static ledger_status pass_find_intruder(struct pass *pass, bool *ret_transaction_is_intruder)
{
    enum log_leaf outcome = LOG_LEAF_IS_UNKNOWN;
    struct sha256_hash leaf = record_leaf_hash(pass->verify->hasher, &pass->event);
    LEDGER_TRY(log_compare_leaf(pass->verify, &leaf, &outcome));
    *ret_transaction_is_intruder = outcome == LOG_LEAF_HOLDS;
    if (!*ret_transaction_is_intruder) {
        return LEDGER_DONE;
    }
    struct ledger_violation about = verify_about_transaction(pass->verify, &pass->transaction);
    about.field = TEXT("transactions.log_index");
    about.stored = verify_text_of_integer(pass->verify->stored_text, pass->transaction.log_index);
    return verify_found(pass->verify, CHECK_LOG_LEAVES, &about,
                        "the log has another event at log position %lld: the transaction was inserted there",
                        (long long)pass->transaction.log_index);
}

static ledger_status pass_events_at(struct pass *pass, int64_t position)
{
    bool is_transaction = pass->has_transaction && pass->transaction.log_index == position;
    bool is_event = pass->has_event && pass->event.log_index == position;
    bool transaction_is_intruder = false;
    if (is_transaction && is_event) {
        LEDGER_TRY(pass_find_intruder(pass, &transaction_is_intruder));
    }
    if (is_transaction) {
        LEDGER_TRY(pass_transaction(pass, transaction_is_intruder));
    }
    if (is_event) {
        LEDGER_TRY(verify_event(pass->verify, &pass->event, is_transaction && !transaction_is_intruder));
        LEDGER_TRY(pass_next_event(pass));
    }
    return pass_orphan_entries(pass, position);
}

static ledger_status pass_step(struct pass *pass)
{
    struct verify *verify = pass->verify;
    int64_t position = pass_position(pass);
    pass->events_count++;
    pass->last_log_index = position;
    if (position >= verify->log.log_size) {
        LEDGER_TRY(log_advance(verify, verify->log.log_size));
        return pass_skip_beyond(pass, position);
    }
    bool is_event = (pass->has_transaction && pass->transaction.log_index == position) ||
                    (pass->has_event && pass->event.log_index == position);
    if (!is_event) {
        return pass_orphan_entries(pass, position);
    }
    LEDGER_TRY(log_advance(verify, position));
    return pass_events_at(pass, position);
}

/* `ret_is_whole`: up to its end, where there may be more than a piece can hold. */
static ledger_status pass_piece(struct pass *pass, bool *ret_is_whole)
{
    while (!pass_is_over(pass) && pass->events_count < PIECE_EVENTS) {
        LEDGER_TRY(pass_step(pass));
    }
    *ret_is_whole = pass_is_over(pass);
    pass_close(pass);
    for (size_t i = 0; i < pass->reversals_count; i++) {
        pass->verify->sums.checked_counts[CHECK_REVERSAL_LINKS]++;
        LEDGER_TRY(verify_check_reversal(pass->verify, pass->reversals[i]));
    }
    return LEDGER_DONE;
}

ledger_status verify_pass(struct verify *verify)
{
    if (verify->pass == NULL) {
        LEDGER_ALLOCATE(verify->call, verify->pass, 1);
    }
    struct pass *pass = verify->pass;
    pass->verify = verify;
    pass->entries_check = (struct store_entries_check){.before_log_index = verify->before_log_index};
    int64_t from = verify->from_log_index;
    ledger_status status = LEDGER_DONE;
    do {
        int64_t before = pass_piece_end(verify, from);
        bool is_whole = false;
        status = pass_open(pass, from, before);
        status = status == LEDGER_DONE ? pass_piece(pass, &is_whole) : status;
        from = is_whole ? before : pass->last_log_index + 1;
    } while (status == LEDGER_DONE && from < verify->before_log_index);
    pass_close(pass);
    store_entries_check_close(&pass->entries_check);
    store_posting_events_close(&pass->posting_events);
    return status;
}
