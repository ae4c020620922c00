/* Transactions and entries page by page.
 *
 * A page begins behind its cursor's place in the log and reads on until it is full: along the keys of the transactions,
 * or, where an account is asked for, along the packed lists of the full segments and a scan of the one that is not full
 * yet. */
#include "ledger/listing.h"

#include "base/text.h"
#include "base/time.h"
#include "engine/account_list.h"
#include "engine/cursor.h"
#include "engine/texts.h"
#include "engine/transactions.h"

enum { OPEN_KEYS_MAX = 1024 }; /* taken at once from the segment that has no lists */

/* A request made definite. */
struct listing {
    const struct ledger_listing *request;
    struct session *session;
    int64_t log_size;
    int64_t account_id; /* 0 for all */
    int32_t from_day;
    int32_t to_day;
    size_t limit;
    int64_t from_key; /* of entries, [from, before): what is behind the cursor, in the order asked for */
    int64_t before_key;
};

/* An account's entries on their way. */
struct key_walk {
    const struct listing *listing;
    struct arena arena; /* of the keys */
    int64_t *keys;      /* in the order asked for */
    size_t count;
    size_t next;
    int64_t from_key; /* of what is still to be read */
    int64_t before_key;
};

static void walk_done(struct key_walk *walk)
{
    arena_done(&walk->arena);
}

/* Requests. */

static ledger_status listing_read_account(struct ledger_call *call, struct listing *listing,
                                          const struct ledger_account **ret_account)
{
    size_t problems_before = ledger_call_problems_count(call);
    struct ledger_text code;
    bool is_good = false;
    LEDGER_TRY(texts_normalise_code(call, "account_code", listing->request->account_code, LEDGER_ACCOUNT_NOT_FOUND, 0,
                                    &is_good, &code));
    LEDGER_TRY(ledger_call_worst(call, problems_before));
    const struct rules_account *account = rules_find_account(&listing->session->rules, code);
    if (account == NULL) {
        return ledger_fail(call, LEDGER_ACCOUNT_NOT_FOUND, "account not found: %.*s", TEXT_ARGUMENTS(code));
    }
    listing->account_id = account->account.account_id;
    *ret_account = &account->account;
    return LEDGER_DONE;
}

static ledger_status listing_read_days(struct ledger_call *call, struct listing *listing)
{
    const struct ledger_listing *request = listing->request;
    listing->from_day = STORE_TOTALS_ALL_DAYS_MIN;
    listing->to_day = STORE_TOTALS_ALL_DAYS_MAX;
    if (!text_is_absent(request->start_date)) {
        LEDGER_TRY(day_parse(call, request->start_date, &listing->from_day));
    }
    if (!text_is_absent(request->end_date)) {
        LEDGER_TRY(day_parse(call, request->end_date, &listing->to_day));
    }
    if (listing->from_day > listing->to_day) {
        return ledger_fail(call, LEDGER_DATE_IS_INVALID, "the listing would start on %.*s, after its end on %.*s",
                           TEXT_ARGUMENTS(request->start_date), TEXT_ARGUMENTS(request->end_date));
    }
    return LEDGER_DONE;
}

/* Behind a transaction stands the first entry of the next position; a place beyond the log has nothing behind it. */
static ledger_status listing_read_cursor(struct ledger_call *call, struct listing *listing, enum cursor_kind kind)
{
    struct cursor_place place;
    int64_t end_key = listing->log_size << 16;
    listing->from_key = 0;
    listing->before_key = end_key;
    if (text_is_absent(listing->request->after)) {
        return LEDGER_DONE;
    }
    LEDGER_TRY(cursor_parse(call, kind, listing->request->after, &place));
    bool is_in_log = place.log_index < listing->log_size && place.further <= LEDGER_ENTRIES_MAX;
    int64_t key = is_in_log ? place.log_index << 16 | place.further : end_key;
    if (listing->request->newest_first) {
        listing->before_key = key;
    } else if (is_in_log) {
        listing->from_key = kind == CURSOR_ENTRY ? key + 1 : (place.log_index + 1) << 16;
    } else {
        listing->from_key = end_key;
    }
    return LEDGER_DONE;
}

/* Before any session is taken. */
static ledger_status listing_check(struct ledger_call *call, const struct ledger_listing *request)
{
    if (request->struct_size != sizeof *request) {
        return ledger_fail(call, LEDGER_VERSION_IS_UNSUPPORTED,
                           "ledger_listing has %zu bytes, this library knows %zu: build against its headers",
                           request->struct_size, sizeof *request);
    }
    if (request->limit > LEDGER_PAGE_MAX) {
        return ledger_fail(call, LEDGER_USAGE_IS_WRONG, "a page has at most %d, not %zu: go on by its next_after",
                           LEDGER_PAGE_MAX, request->limit);
    }
    return LEDGER_DONE;
}

static ledger_status listing_read(struct ledger_call *call, struct listing *listing, enum cursor_kind kind)
{
    listing->limit = listing->request->limit == 0 ? LEDGER_PAGE_DEFAULT : listing->request->limit;
    LEDGER_TRY(listing_read_days(call, listing));
    return listing_read_cursor(call, listing, kind);
}

/* The entries of an account. */

static ledger_status walk_add(struct ledger_call *call, struct key_walk *walk, size_t *capacity, int64_t key)
{
    if (walk->count == *capacity) {
        size_t grown_capacity = *capacity == 0 ? 256 : *capacity * 2;
        int64_t *grown = arena_allocate_array(&walk->arena, grown_capacity, sizeof *grown);
        if (grown == NULL) {
            return ledger_fail_out_of_memory(call);
        }
        if (walk->count > 0) {
            memcpy(grown, walk->keys, walk->count * sizeof *grown);
        }
        walk->keys = grown;
        *capacity = grown_capacity;
    }
    walk->keys[walk->count++] = key;
    return LEDGER_DONE;
}

static void walk_reverse(struct key_walk *walk)
{
    for (size_t low = 0, high = walk->count; low + 1 < high; low++) {
        high--;
        int64_t key = walk->keys[low];
        walk->keys[low] = walk->keys[high];
        walk->keys[high] = key;
    }
}

static ledger_status walk_read_list(struct ledger_call *call, struct key_walk *walk, int64_t segment)
{
    const struct listing *listing = walk->listing;
    bool has_list = false;
    size_t capacity = 0;
    struct store_account_list list;
    struct account_list_reader reader;
    struct arena_mark mark = arena_mark(&call->arena);
    LEDGER_TRY(store_account_list_get(call, &listing->session->store, segment, listing->account_id, &has_list, &list));
    if (has_list) {
        int64_t key = 0;
        account_list_reader_init(&reader, segment, list.entries);
        while (account_list_next(&reader, &key) && key < walk->before_key) {
            if (key >= walk->from_key) {
                LEDGER_TRY(walk_add(call, walk, &capacity, key));
            }
        }
    }
    arena_rewind(&call->arena, mark);
    if (listing->request->newest_first) {
        walk_reverse(walk);
    }
    return LEDGER_DONE;
}

/* The next of the keys that have no lists, as many as there are or some. */
static ledger_status walk_read_open(struct ledger_call *call, struct key_walk *walk, int64_t from_key)
{
    bool newest_first = walk->listing->request->newest_first;
    struct arena_mark mark = arena_mark(&call->arena);
    int64_t *keys = NULL;
    size_t count = 0;
    size_t capacity = 0;
    LEDGER_TRY(store_entry_page(call, &walk->listing->session->store, walk->listing->account_id, from_key,
                                walk->before_key, newest_first, OPEN_KEYS_MAX, &keys, &count));
    for (size_t i = 0; i < count; i++) {
        LEDGER_TRY(walk_add(call, walk, &capacity, keys[i]));
    }
    arena_rewind(&call->arena, mark);
    if (newest_first) {
        walk->before_key = count < OPEN_KEYS_MAX ? from_key : walk->keys[count - 1];
    } else {
        walk->from_key = count < OPEN_KEYS_MAX ? walk->before_key : walk->keys[count - 1] + 1;
    }
    return LEDGER_DONE;
}

/* The keys of the next stretch: a full segment's, or some of the open one's. There may be none in it. */
static ledger_status walk_read_stretch(struct ledger_call *call, struct key_walk *walk)
{
    enum { SEGMENT_SHIFT = STORE_SEGMENT_BITS + 16 };
    int64_t sealed_end = walk->listing->log_size >> STORE_SEGMENT_BITS << SEGMENT_SHIFT;
    arena_reset(&walk->arena);
    walk->keys = NULL;
    walk->count = 0;
    walk->next = 0;
    if (walk->listing->request->newest_first) {
        if (walk->before_key > sealed_end) {
            return walk_read_open(call, walk, walk->from_key > sealed_end ? walk->from_key : sealed_end);
        }
        int64_t segment = (walk->before_key - 1) >> SEGMENT_SHIFT;
        LEDGER_TRY(walk_read_list(call, walk, segment));
        walk->before_key = segment << SEGMENT_SHIFT;
        return LEDGER_DONE;
    }
    if (walk->from_key >= sealed_end) {
        return walk_read_open(call, walk, walk->from_key);
    }
    int64_t segment = walk->from_key >> SEGMENT_SHIFT;
    LEDGER_TRY(walk_read_list(call, walk, segment));
    walk->from_key = (segment + 1) << SEGMENT_SHIFT;
    return LEDGER_DONE;
}

static ledger_status walk_next(struct ledger_call *call, struct key_walk *walk, bool *ret_has_key, int64_t *ret_key)
{
    while (walk->next == walk->count && walk->from_key < walk->before_key) {
        LEDGER_TRY(walk_read_stretch(call, walk));
    }
    *ret_has_key = walk->next < walk->count;
    if (*ret_has_key) {
        *ret_key = walk->keys[walk->next++];
    }
    return LEDGER_DONE;
}

static void walk_begin(struct key_walk *walk, const struct listing *listing)
{
    *walk = (struct key_walk){.listing = listing, .from_key = listing->from_key, .before_key = listing->before_key};
    arena_init(&walk->arena);
}

/* Whether a transaction passes the filters. */
static bool listing_takes(const struct listing *listing, int32_t day, struct ledger_text event_type,
                          struct ledger_text business_key)
{
    const struct ledger_listing *request = listing->request;
    return day >= listing->from_day && day <= listing->to_day &&
           (text_is_absent(request->business_event_type) || text_equals(request->business_event_type, event_type)) &&
           (text_is_absent(request->business_key) || text_equals(request->business_key, business_key));
}

/* The cursor behind a place, or the one there was where nothing came behind it. */
static ledger_status listing_set_cursor(struct ledger_call *call, const struct listing *listing, enum cursor_kind kind,
                                        const struct cursor_place *last, struct ledger_text *ret_next_after)
{
    char text[LEDGER_CURSOR_TEXT_SIZE];
    if (last == NULL) {
        return ledger_call_copy_text(call, listing->request->after, ret_next_after);
    }
    cursor_format(kind, *last, text);
    return ledger_call_copy_text(call, ledger_text_of(text), ret_next_after);
}

/* Entries. */

static ledger_status entry_keep(struct ledger_call *call, const struct store_sheet_line *line,
                                struct ledger_entry_line *ret_entry)
{
    *ret_entry = (struct ledger_entry_line){
        .log_index = line->log_index,
        .number_in_day = line->number_in_day,
        .posting_date_us = line->posting_date_us,
        .transaction_day = line->transaction_day,
        .entry_number = line->entry_number,
        .entry_type = line->entry_type,
        .amount_minor = line->amount_minor,
    };
    LEDGER_TRY(ledger_call_copy_text(call, line->memo, &ret_entry->memo));
    LEDGER_TRY(ledger_call_copy_text(call, line->business_event_type, &ret_entry->business_event_type));
    LEDGER_TRY(ledger_call_copy_text(call, line->business_key, &ret_entry->business_key));
    return ledger_call_copy_text(call, line->description, &ret_entry->description);
}

static ledger_status entries_take(struct ledger_call *call, const struct listing *listing,
                                  struct ledger_entry_page *page)
{
    __attribute__((cleanup(walk_done))) struct key_walk walk;
    struct ledger_entry_line *entries = NULL;
    struct cursor_place last = {0, 0};
    walk_begin(&walk, listing);
    LEDGER_ALLOCATE(call, entries, listing->limit);
    for (;;) {
        bool has_key = false;
        int64_t key = 0;
        struct store_sheet_line line;
        STORE_SCAN(scan);
        LEDGER_TRY(walk_next(call, &walk, &has_key, &key));
        if (!has_key) {
            break;
        }
        LEDGER_TRY(store_sheet_get(call, &listing->session->store, key, &scan, &line));
        if (!listing_takes(listing, line.transaction_day, line.business_event_type, line.business_key)) {
            continue;
        }
        if (page->entries_count == listing->limit) {
            page->has_more = true;
            break;
        }
        LEDGER_TRY(entry_keep(call, &line, &entries[page->entries_count++]));
        last = (struct cursor_place){line.log_index, line.entry_number};
    }
    page->entries = entries;
    return listing_set_cursor(call, listing, CURSOR_ENTRY, page->entries_count == 0 ? NULL : &last, &page->next_after);
}

ledger_status ledger_entry_list(struct ledger_call *call, struct ledger *ledger, const struct ledger_listing *listing,
                                struct ledger_entry_page *ret_page)
{
    LEDGER_TRY(listing_check(call, listing));
    if (text_is_absent(listing->account_code)) {
        return ledger_fail(call, LEDGER_USAGE_IS_WRONG, "entries are listed of one account: account_code is missing");
    }
    SESSION_TAKE(call, ledger, session);
    READ_UNIT(reading);
    struct store_head head;
    struct listing read = {.request = listing, .session = session};
    struct ledger_entry_page page = {.entries = NULL};
    const struct ledger_account *account = NULL;
    LEDGER_TRY(read_unit_begin(call, session, &reading, &head));
    read.log_size = store_head_log_size(&head);
    LEDGER_TRY(listing_read(call, &read, CURSOR_ENTRY));
    LEDGER_TRY(listing_read_account(call, &read, &account));
    LEDGER_TRY(ledger_call_copy_text(call, account->account_code, &page.account_code));
    LEDGER_TRY(ledger_call_copy_text(call, account->currency, &page.currency));
    LEDGER_TRY(entries_take(call, &read, &page));
    *ret_page = page;
    return LEDGER_DONE;
}

/* Transactions. */

/* What a page gathers. */
struct gathering {
    const struct listing *listing;
    struct ledger_transaction_record *transactions;
    size_t count;
    size_t capacity;
    bool has_more;
};

/* Takes the transaction at a position where it passes; sets `has_more` instead where the page is full. */
static ledger_status gathering_take(struct ledger_call *call, struct gathering *gathering, int64_t log_index)
{
    const struct listing *listing = gathering->listing;
    struct arena_mark mark = arena_mark(&call->arena);
    struct ledger_transaction_record record;
    bool is_found = false;
    LEDGER_TRY(transactions_get_at(call, listing->session, log_index, &is_found, &record));
    if (!is_found) {
        return ledger_fail(call, LEDGER_DATABASE_IS_DAMAGED,
                           "there is an entry at log position %lld, and no transaction: run verify",
                           (long long)log_index);
    }
    bool is_taken = listing_takes(listing, record.transaction_day, record.business_event_type, record.business_key);
    if (!is_taken || gathering->count == listing->limit) {
        arena_rewind(&call->arena, mark);
        gathering->has_more = gathering->has_more || is_taken;
        return LEDGER_DONE;
    }
    LEDGER_GROW(call, gathering->transactions, gathering->count, gathering->capacity);
    gathering->transactions[gathering->count++] = record;
    return LEDGER_DONE;
}

static ledger_status gathering_of_account(struct ledger_call *call, struct gathering *gathering)
{
    __attribute__((cleanup(walk_done))) struct key_walk walk;
    int64_t last_log_index = -1;
    walk_begin(&walk, gathering->listing);
    while (!gathering->has_more) {
        bool has_key = false;
        int64_t key = 0;
        LEDGER_TRY(walk_next(call, &walk, &has_key, &key));
        if (!has_key) {
            break;
        }
        if (key >> 16 != last_log_index) { /* it may have several entries of the account */
            last_log_index = key >> 16;
            LEDGER_TRY(gathering_take(call, gathering, last_log_index));
        }
    }
    return LEDGER_DONE;
}

static ledger_status gathering_of_all(struct ledger_call *call, struct gathering *gathering)
{
    const struct listing *listing = gathering->listing;
    const struct store_page page = {
        .from_log_index = listing->from_key >> 16,
        .before_log_index = listing->before_key >> 16,
        .from_day = listing->from_day,
        .to_day = listing->to_day,
        .business_event_type = listing->request->business_event_type,
        .business_key = listing->request->business_key,
        .newest_first = listing->request->newest_first,
        .limit = listing->limit + 1, /* one more, to know whether there are more */
    };
    int64_t *log_indexes = NULL;
    size_t count = 0;
    LEDGER_TRY(store_transaction_page(call, &listing->session->store, &page, &log_indexes, &count));
    for (size_t i = 0; i < count; i++) {
        LEDGER_TRY(gathering_take(call, gathering, log_indexes[i]));
    }
    return LEDGER_DONE;
}

ledger_status ledger_transaction_list(struct ledger_call *call, struct ledger *ledger,
                                      const struct ledger_listing *listing, struct ledger_transaction_page *ret_page)
{
    LEDGER_TRY(listing_check(call, listing));
    SESSION_TAKE(call, ledger, session);
    READ_UNIT(reading);
    struct store_head head;
    struct listing read = {.request = listing, .session = session};
    struct gathering gathering = {.listing = &read};
    LEDGER_TRY(read_unit_begin(call, session, &reading, &head));
    read.log_size = store_head_log_size(&head);
    LEDGER_TRY(listing_read(call, &read, CURSOR_TRANSACTION));
    if (text_is_absent(listing->account_code)) {
        LEDGER_TRY(gathering_of_all(call, &gathering));
    } else {
        const struct ledger_account *account = NULL;
        LEDGER_TRY(listing_read_account(call, &read, &account));
        LEDGER_TRY(gathering_of_account(call, &gathering));
    }
    struct ledger_transaction_page page = {gathering.transactions, gathering.count, gathering.has_more, TEXT_ABSENT};
    struct cursor_place place = {gathering.count == 0 ? 0 : gathering.transactions[gathering.count - 1].log_index, 0};
    LEDGER_TRY(
        listing_set_cursor(call, &read, CURSOR_TRANSACTION, gathering.count == 0 ? NULL : &place, &page.next_after));
    *ret_page = page;
    return LEDGER_DONE;
}
