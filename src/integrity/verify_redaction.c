/* Redactions: each has an event and a row that say the same, and its transaction has the mark of that event in the
 * place of every text, and no salt.
 *
 * The event is believed, since it has its leaf: the hash of the texts that it keeps stands for them in the record_hash,
 * whatever the row says. */
#include <stdlib.h>

#include "base/json.h"
#include "base/text.h"
#include "integrity/verify_state.h"

static int redaction_compare(const void *left, const void *right)
{
    const struct verify_redaction *a = left;
    const struct verify_redaction *b = right;
    return memcmp(a->transaction_id, b->transaction_id, UUID_SIZE);
}

static const struct verify_redaction *redaction_find(const struct verify *verify,
                                                     const uint8_t transaction_id[UUID_SIZE])
{
    struct verify_redaction wanted = {.has_event = false};
    if (verify->redactions_count == 0) {
        return NULL;
    }
    memcpy(wanted.transaction_id, transaction_id, UUID_SIZE);
    return bsearch(&wanted, verify->redactions, verify->redactions_count, sizeof wanted, redaction_compare);
}

/* An event, as far as it can be read: its leaf tells where it was altered. */
struct redaction_event {
    int64_t log_index;
    struct verify_redaction redaction;
    bool has_row;
};

static bool event_read_hash(struct ledger_text text, struct sha256_hash *hash)
{
    if (text.size != (size_t)2 * SHA256_SIZE) {
        return false;
    }
    for (size_t i = 0; i < text.size; i++) {
        char digit = text.data[i];
        bool is_letter = digit >= 'a' && digit <= 'f';
        if (!is_letter && (digit < '0' || digit > '9')) {
            return false;
        }
        unsigned value = is_letter ? (unsigned)(digit - 'a') + 10U : (unsigned)(digit - '0');
        hash->bytes[i / 2] = (uint8_t)(i % 2 == 0 ? value << 4 : hash->bytes[i / 2] | value);
    }
    return true;
}

static int64_t event_read_count(struct ledger_text text)
{
    int64_t count = 0;
    for (size_t i = 0; i < text.size && i < 9; i++) {
        count = text.data[i] >= '0' && text.data[i] <= '9' ? count * 10 + (text.data[i] - '0') : -1;
    }
    return count;
}

static void event_read(struct verify *verify, const struct ledger_event_record *event, struct redaction_event *read)
{
    struct ledger_call *scratch = verify_scratch(verify);
    const struct json_value *said = NULL;
    *read = (struct redaction_event){.log_index = event->log_index, .redaction = {.has_event = true}};
    memcpy(read->redaction.transaction_id, event->transaction_id, UUID_SIZE);
    redaction_mark_format(event->event_timestamp_us, event->log_index, read->redaction.mark);
    if (!text_is_absent(event->event_metadata) &&
        json_read(scratch, event->event_metadata, "event_metadata", &said) == LEDGER_DONE &&
        said->type == JSON_OBJECT) {
        const struct json_value *hash = json_find(said, "texts_hash");
        const struct json_value *memos = json_find(said, "memos_count");
        if (hash != NULL && hash->type == JSON_STRING) {
            (void)event_read_hash(hash->text, &read->redaction.texts_hash);
        }
        read->redaction.memos_count = memos != NULL && memos->type == JSON_NUMBER ? event_read_count(memos->text) : -1;
    }
    (void)verify_scratch(verify);
}

struct redaction_events {
    struct redaction_event *events;
    size_t count;
    size_t capacity;
};

static ledger_status events_load(struct verify *verify, struct redaction_events *list)
{
    STORE_SCAN(scan);
    LEDGER_TRY(store_event_scan_by_type(verify->call, verify->store, TEXT("TRANSACTION_REDACTED"), 0,
                                        STORE_POSITION_MAX, &scan));
    for (;;) {
        bool has_event = false;
        struct ledger_event_record event;
        LEDGER_TRY(store_event_next(verify->call, &scan, &has_event, &event));
        if (!has_event) {
            return LEDGER_DONE;
        }
        if (list->count == list->capacity) {
            size_t capacity = list->capacity == 0 ? 16 : list->capacity * 2;
            struct redaction_event *grown = NULL;
            LEDGER_ALLOCATE(verify->call, grown, capacity);
            if (list->count > 0) {
                memcpy(grown, list->events, list->count * sizeof *grown);
            }
            list->events = grown;
            list->capacity = capacity;
        }
        event_read(verify, &event, &list->events[list->count++]);
    }
}

/* The event at a position: they come in the order of the log. */
static struct redaction_event *events_find(const struct redaction_events *list, int64_t log_index)
{
    size_t low = 0;
    size_t high = list->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (list->events[middle].log_index < log_index) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < list->count && list->events[low].log_index == log_index ? &list->events[low] : NULL;
}

static ledger_status redaction_check_row(struct verify *verify, const struct store_redaction *row,
                                         const struct redaction_event *event)
{
    struct ledger_violation about = verify_about_id(verify, row->transaction_id);
    if (event == NULL) {
        about.field = TEXT("redactions.log_index");
        about.stored = verify_text_of_integer(verify->stored_text, row->log_index);
        return verify_found(verify, CHECK_REDACTIONS, &about,
                            "no event at log position %lld made this row: it was inserted, or moved",
                            (long long)row->log_index);
    }
    if (!row->has_transaction ||
        memcmp(row->transaction_id, event->redaction.transaction_id, sizeof row->transaction_id) != 0) {
        struct uuid id;
        memcpy(id.bytes, event->redaction.transaction_id, sizeof id.bytes);
        uuid_format(&id, verify->computed_text);
        about.field = TEXT("redactions.transaction_id");
        about.stored = row->has_transaction ? about.transaction_id : TEXT("(none)");
        about.computed = ledger_text_of(verify->computed_text);
        return verify_found(verify, CHECK_REDACTIONS, &about,
                            "the row is not about the transaction that the event at log position %lld names",
                            (long long)row->log_index);
    }
    if (memcmp(&row->texts_hash, &event->redaction.texts_hash, sizeof row->texts_hash) != 0) {
        about.field = TEXT("redactions.texts_hash");
        about.stored = verify_text_of_hash(verify->stored_text, row->texts_hash.bytes);
        about.computed = verify_text_of_hash(verify->computed_text, event->redaction.texts_hash.bytes);
        return verify_found(verify, CHECK_REDACTIONS, &about,
                            "the hash of the erased texts is not what the event at log position %lld says",
                            (long long)row->log_index);
    }
    return LEDGER_DONE;
}

static ledger_status redaction_report_missing(struct verify *verify, const struct redaction_event *event)
{
    struct ledger_violation about = verify_about_id(verify, event->redaction.transaction_id);
    about.field = TEXT("redactions.log_index");
    about.computed = verify_text_of_integer(verify->computed_text, event->log_index);
    return verify_found(verify, CHECK_REDACTIONS, &about,
                        "the row that the event at log position %lld (TRANSACTION_REDACTED) made is missing",
                        (long long)event->log_index);
}

static void redaction_keep(struct verify *verify, const struct verify_redaction *redaction)
{
    verify->redactions[verify->redactions_count++] = *redaction;
}

ledger_status verify_load_redactions(struct verify *verify)
{
    struct store_redaction *rows = NULL;
    struct redaction_events list = {.count = 0};
    size_t rows_count = 0;
    LEDGER_TRY(store_redaction_list(verify->call, verify->store, &rows, &rows_count));
    LEDGER_TRY(events_load(verify, &list));
    LEDGER_ALLOCATE(verify->call, verify->redactions, rows_count + list.count);
    for (size_t i = 0; i < rows_count; i++) {
        struct redaction_event *event = events_find(&list, rows[i].log_index);
        if (event != NULL) {
            event->has_row = true;
        } else {
            struct verify_redaction alone = {.texts_hash = rows[i].texts_hash};
            memcpy(alone.transaction_id, rows[i].transaction_id, UUID_SIZE);
            redaction_keep(verify, &alone);
        }
        if (!verify->is_of_one) {
            LEDGER_TRY(redaction_check_row(verify, &rows[i], event));
        }
    }
    for (size_t i = 0; i < list.count; i++) {
        redaction_keep(verify, &list.events[i].redaction);
        if (!verify->is_of_one && !list.events[i].has_row) {
            LEDGER_TRY(redaction_report_missing(verify, &list.events[i]));
        }
    }
    if (verify->redactions_count > 0) {
        qsort(verify->redactions, verify->redactions_count, sizeof *verify->redactions, redaction_compare);
    }
    return LEDGER_DONE;
}

struct sha256_hash verify_texts_hash(const struct verify *verify, struct record_hasher *hasher,
                                     const struct ledger_transaction_record *transaction)
{
    const struct verify_redaction *redaction = redaction_find(verify, transaction->transaction_id);
    bool is_kept = redaction != NULL && (redaction->has_event || transaction->is_redacted);
    return is_kept ? redaction->texts_hash : record_texts_hash(hasher, transaction);
}

/* A text that is not the mark: what it says is not repeated, since it should not be there. */
static ledger_status redaction_report_text(struct verify *verify, const struct ledger_transaction_record *transaction,
                                           const struct ledger_entry_record *entry,
                                           const struct verify_redaction *redaction, const char *field)
{
    struct ledger_violation about =
        entry == NULL ? verify_about_transaction(verify, transaction) : verify_about_entry(verify, transaction, entry);
    about.field = ledger_text_of(field);
    about.computed = ledger_text_of(redaction->mark);
    return verify_found(verify, CHECK_REDACTIONS, &about,
                        "the text was redacted, but %s is not the mark of the event that did it", field);
}

static ledger_status redaction_check_memos(struct verify *verify, const struct ledger_transaction_record *transaction,
                                           const struct verify_redaction *redaction)
{
    int64_t memos_count = 0;
    for (uint32_t i = 0; i < transaction->entries_count; i++) {
        const struct ledger_entry_record *entry = &transaction->entries[i];
        if (text_is_absent(entry->memo)) {
            continue;
        }
        memos_count++;
        if (!text_equals_string(entry->memo, redaction->mark)) {
            LEDGER_TRY(redaction_report_text(verify, transaction, entry, redaction, "journal_entries.memo"));
        }
    }
    if (memos_count == redaction->memos_count) {
        return LEDGER_DONE;
    }
    struct ledger_violation about = verify_about_transaction(verify, transaction);
    about.field = TEXT("journal_entries.memo");
    about.stored = verify_text_of_integer(verify->stored_text, memos_count);
    about.computed = verify_text_of_integer(verify->computed_text, redaction->memos_count);
    return verify_found(verify, CHECK_REDACTIONS, &about,
                        "the redacted transaction has %lld memos, but %lld were erased", (long long)memos_count,
                        (long long)redaction->memos_count);
}

ledger_status verify_check_redaction(struct verify *verify, const struct ledger_transaction_record *transaction)
{
    const struct verify_redaction *redaction = redaction_find(verify, transaction->transaction_id);
    if (redaction == NULL && !transaction->is_redacted) {
        return LEDGER_DONE;
    }
    verify->sums.checked_counts[CHECK_REDACTIONS]++;
    struct ledger_violation about = verify_about_transaction(verify, transaction);
    about.field = TEXT("transactions.texts_salt");
    if (redaction == NULL || (!redaction->has_event && transaction->is_redacted)) {
        return verify_found(verify, CHECK_REDACTIONS, &about,
                            "the salt of the texts is gone, but no event of the log redacted them");
    }
    if (!redaction->has_event) {
        return LEDGER_DONE; /* the row is told, the texts are untouched */
    }
    if (!transaction->is_redacted) {
        LEDGER_TRY(verify_found(verify, CHECK_REDACTIONS, &about,
                                "the texts were redacted, but their salt was left, or is there again"));
    }
    if (!text_equals_string(transaction->description, redaction->mark)) {
        LEDGER_TRY(redaction_report_text(verify, transaction, NULL, redaction, "transactions.description"));
    }
    bool reason_is_right = transaction->is_reversal ? text_equals_string(transaction->reversal_reason, redaction->mark)
                                                    : text_is_absent(transaction->reversal_reason);
    if (!reason_is_right) {
        LEDGER_TRY(redaction_report_text(verify, transaction, NULL, redaction, "transactions.reversal_reason"));
    }
    return redaction_check_memos(verify, transaction, redaction);
}

/* Whether a redacted transaction is the one of a request, or the reversal of it. */
static ledger_status reason_is_about(struct verify *verify, const struct verify_redaction *redaction,
                                     const uint8_t transaction_id[UUID_SIZE], bool *ret_is_about)
{
    struct ledger_call *scratch = &verify->scratch;
    bool is_found = false;
    int64_t log_index = 0;
    struct ledger_transaction_record reversal;
    *ret_is_about = memcmp(redaction->transaction_id, transaction_id, UUID_SIZE) == 0;
    if (*ret_is_about) {
        return LEDGER_DONE;
    }
    VERIFY_TRY_SCRATCH(verify,
                       store_transaction_find_by_id(scratch, verify->store, transaction_id, &is_found, &log_index));
    if (is_found) {
        VERIFY_TRY_SCRATCH(verify, store_reversal_find(scratch, verify->store, log_index, &is_found, &reversal));
    }
    *ret_is_about = is_found && memcmp(redaction->transaction_id, reversal.transaction_id, UUID_SIZE) == 0;
    return LEDGER_DONE;
}

ledger_status verify_check_reason(struct verify *verify, const struct store_approval_change *change)
{
    bool is_about = false;
    verify->sums.checked_counts[CHECK_REDACTIONS]++;
    for (size_t i = 0; i < verify->redactions_count && !is_about; i++) {
        const struct verify_redaction *redaction = &verify->redactions[i];
        if (redaction->has_event && text_equals_string(change->reason, redaction->mark)) {
            LEDGER_TRY(reason_is_about(verify, redaction, change->transaction_id, &is_about));
        }
    }
    if (is_about && change->kind == LEDGER_APPROVAL_OF_REVERSAL) {
        return LEDGER_DONE;
    }
    struct ledger_violation about = verify_about_id(verify, change->transaction_id);
    about.field = TEXT("approval_requests.reason");
    return verify_found(
        verify, CHECK_REDACTIONS, &about,
        "the salt of the reason of the request at log position %lld is gone, but what stands there is not "
        "the mark of a redaction of its transaction",
        (long long)change->log_index);
}
