/* The records of a verbatim export judged. */
#include "exchange/take_verbatim.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/int128.h"
#include "base/text.h"
#include "base/time.h"
#include "domain/checkpoint_text.h"
#include "domain/redaction_mark.h"
#include "domain/signed_note.h"
#include "engine/event_facts.h"

enum { MESSAGE_SIZE = 400, SHOWN_BYTES_MAX = 100, CURRENCIES_MAX = 200 };

_Static_assert(sizeof((struct verbatim_redacted *)0)->mark >= REDACTION_MARK_SIZE, "a mark fits");

ledger_status verbatim_taking_init(struct ledger_call *call, const char *source_name, struct verbatim_taking *taking)
{
    *taking = (struct verbatim_taking){.call = call, .place = {.call = call, .source_name = source_name}};
    arena_init(&taking->kept);
    rules_init(&taking->accounts);
    taking->accounts.is_loaded = true;
    merkle_frontier_init(&taking->frontier);
    taking->last_time_us = INT64_MIN;
    return record_hasher_init(&taking->hasher) ? LEDGER_DONE : ledger_fail_out_of_memory(call);
}

void verbatim_taking_done(struct verbatim_taking *taking)
{
    record_hasher_done(&taking->hasher);
    rules_done(&taking->accounts);
    arena_done(&taking->kept);
}

ledger_status verbatim_refuse(const struct verbatim_taking *taking, const char *format, ...)
{
    char message[MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    return ledger_fail(taking->call, LEDGER_INPUT_IS_MALFORMED, "%s line %" PRIu64 ": %s", taking->place.source_name,
                       taking->place.first_line, message);
}

/* Of a long text a piece around the byte at `place`, in whole characters. */
static struct ledger_text shown(struct ledger_text text, size_t place)
{
    enum { BYTES_BEFORE = 40 };
    size_t begin = text.size <= SHOWN_BYTES_MAX || place < BYTES_BEFORE ? 0 : place - BYTES_BEFORE;
    size_t end = text.size - begin <= SHOWN_BYTES_MAX ? text.size : begin + SHOWN_BYTES_MAX;
    if (text_is_absent(text)) {
        return TEXT("(none)");
    }
    while (begin > 0 && ((unsigned char)text.data[begin] & 0xc0) == 0x80) {
        begin--;
    }
    while (end < text.size && end > begin && ((unsigned char)text.data[end] & 0xc0) == 0x80) {
        end--;
    }
    return (struct ledger_text){text.data + begin, end - begin};
}

static ledger_status take_text(const struct verbatim_taking *taking, const char *field, struct ledger_text stated,
                               struct ledger_text expected)
{
    size_t place = 0;
    if (text_equals(stated, expected)) {
        return LEDGER_DONE;
    }
    while (place < stated.size && place < expected.size && stated.data[place] == expected.data[place]) {
        place++;
    }
    struct ledger_text found = shown(stated, place);
    struct ledger_text right = shown(expected, place);
    return verbatim_refuse(taking, "%s is %.*s, but it follows to be %.*s", field, TEXT_ARGUMENTS(found),
                           TEXT_ARGUMENTS(right));
}

static ledger_status take_integer(const struct verbatim_taking *taking, const char *field, int64_t stated,
                                  int64_t expected)
{
    return stated == expected ? LEDGER_DONE
                              : verbatim_refuse(taking, "%s is %lld, but it follows to be %lld", field,
                                                (long long)stated, (long long)expected);
}

/* I1 */
static ledger_status take_hash(const struct verbatim_taking *taking, const char *field, const void *stated,
                               const struct sha256_hash *computed)
{
    struct sha256_hash said;
    char stated_text[2 * SHA256_SIZE + 1];
    char computed_text[2 * SHA256_SIZE + 1];
    memcpy(said.bytes, stated, sizeof said.bytes);
    if (memcmp(said.bytes, computed->bytes, sizeof said.bytes) == 0) {
        return LEDGER_DONE;
    }
    sha256_format(&said, stated_text);
    sha256_format(computed, computed_text);
    return verbatim_refuse(taking, "%s is %s, but what stands there gives %s", field, stated_text, computed_text);
}

/* The head. */

static ledger_status keep_text(struct verbatim_taking *taking, struct ledger_text text, struct ledger_text *ret_text)
{
    return text_keep(&taking->kept, text, ret_text) ? LEDGER_DONE : ledger_fail_out_of_memory(taking->call);
}

/* "2026-01-31 09:30:45.000123", as the database has it. */
static bool applied_at_read(struct ledger_text text, int64_t *ret_time_us)
{
    char instant[TIME_TEXT_SIZE];
    char again[TIME_TEXT_SIZE];
    if (text.size < 12 || text.size > TIME_TEXT_SIZE - 2) {
        return false;
    }
    memcpy(instant, text.data, text.size);
    instant[10] = 'T';
    instant[text.size] = 'Z';
    if (!time_read((struct ledger_text){instant, text.size + 1}, ret_time_us)) {
        return false;
    }
    size_t size = time_format_sql(*ret_time_us, again);
    return text_equals(text, (struct ledger_text){again, size});
}

ledger_status verbatim_take_head(struct verbatim_taking *taking, const struct verbatim_line *line)
{
    struct verbatim_head *head = &taking->head;
    const struct ledger_settings *said = &line->head.settings;
    struct uuid id;
    if (!text_equals_string(line->kind, VERBATIM_HEAD)) {
        return verbatim_refuse(taking, "the first line is no head: this is no verbatim export");
    }
    *head = line->head;
    if (!applied_at_read(line->head.schema_applied_at, &taking->schema_applied_at_us)) {
        return verbatim_refuse(taking, "schema_applied_at is no instant as 2026-01-31 09:30:45.000123");
    }
    if (!uuid_parse(said->ledger_id, &id)) {
        return verbatim_refuse(taking, "ledger_id is no id (a UUID)");
    }
    if (head->log_size < 1) {
        return verbatim_refuse(taking, "log_size is 0: a ledger has at least the event of its creation");
    }
    LEDGER_TRY(keep_text(taking, said->ledger_id, &head->settings.ledger_id));
    LEDGER_TRY(keep_text(taking, said->time_zone, &head->settings.time_zone));
    LEDGER_TRY(keep_text(taking, said->default_currency, &head->settings.default_currency));
    LEDGER_TRY(keep_text(taking, said->fiscal_year_start, &head->settings.fiscal_year_start));
    return keep_text(taking, line->head.schema_applied_at, &head->schema_applied_at);
}

/* Redactions. */

static struct verbatim_redacted *redacted_place(struct verbatim_redacted *items, size_t capacity,
                                                const uint8_t transaction_id[UUID_SIZE])
{
    uint64_t hash = text_hash((struct ledger_text){(const char *)transaction_id, UUID_SIZE});
    size_t place = (size_t)hash & (capacity - 1);
    while (items[place].is_used && memcmp(items[place].transaction_id, transaction_id, UUID_SIZE) != 0) {
        place = (place + 1) & (capacity - 1);
    }
    return &items[place];
}

static ledger_status redacted_grow(struct verbatim_taking *taking)
{
    if (taking->redacted_count * 2 < taking->redacted_capacity) {
        return LEDGER_DONE;
    }
    size_t capacity = taking->redacted_capacity == 0 ? 64 : taking->redacted_capacity * 2;
    struct verbatim_redacted *grown = arena_allocate_array(&taking->kept, capacity, sizeof *grown);
    if (grown == NULL) {
        return ledger_fail_out_of_memory(taking->call);
    }
    for (size_t i = 0; i < taking->redacted_capacity; i++) {
        if (taking->redacted[i].is_used) {
            *redacted_place(grown, capacity, taking->redacted[i].transaction_id) = taking->redacted[i];
        }
    }
    taking->redacted = grown;
    taking->redacted_capacity = capacity;
    return LEDGER_DONE;
}

static bool text_is_erased(struct ledger_text text, struct ledger_text mark)
{
    return text_is_absent(text) || text_equals(text, mark);
}

/* One mark in the place of every text. */
static ledger_status take_redacted(struct verbatim_taking *taking, const struct verbatim_line *line)
{
    const struct ledger_transaction_record *record = &line->item.draft.record;
    struct ledger_text mark = record->description;
    bool is_erased = redaction_mark_begins(mark) && mark.size < sizeof taking->redacted->mark &&
                     text_is_erased(record->reversal_reason, mark);
    for (uint32_t i = 0; i < record->entries_count; i++) {
        is_erased = is_erased && text_is_erased(record->entries[i].memo, mark);
    }
    if (!is_erased) {
        return verbatim_refuse(taking, "description, memos and reversal_reason are not all the mark of one redaction, "
                                       "but there is no texts_salt");
    }
    LEDGER_TRY(redacted_grow(taking));
    struct verbatim_redacted *place =
        redacted_place(taking->redacted, taking->redacted_capacity, record->transaction_id);
    if (place->is_used) {
        return verbatim_refuse(taking, "transaction_id is that of line %" PRIu64 " already", place->line);
    }
    *place = (struct verbatim_redacted){.is_used = true, .line = line->item.line, .texts_hash = line->texts_hash};
    memcpy(place->transaction_id, record->transaction_id, UUID_SIZE);
    memcpy(place->mark, mark.data, mark.size);
    taking->redacted_count++;
    taking->redacted_open++;
    return LEDGER_DONE;
}

static ledger_status take_redaction(struct verbatim_taking *taking, const struct restored *item)
{
    char mark[REDACTION_MARK_SIZE];
    struct verbatim_redacted *place = NULL;
    if (taking->redacted_capacity > 0 && item->event.has_transaction) {
        place = redacted_place(taking->redacted, taking->redacted_capacity, item->event.transaction_id);
    }
    if (place == NULL || !place->is_used || place->is_done) {
        return verbatim_refuse(taking, "no transaction before this event had its texts erased by it");
    }
    redaction_mark_format(item->event.event_timestamp_us, item->event.log_index, mark);
    if (strcmp(mark, place->mark) != 0) {
        return verbatim_refuse(taking,
                               "the texts of the transaction at line %" PRIu64 " are %s, but it follows to be "
                               "%s",
                               place->line, place->mark, mark);
    }
    LEDGER_TRY(take_hash(taking, "texts_hash", item->texts_hash.bytes, &place->texts_hash));
    place->is_done = true;
    taking->redacted_open--;
    return LEDGER_DONE;
}

/* Postings. */

static ledger_status take_accounts(const struct verbatim_taking *taking, const struct draft *draft)
{
    for (uint32_t i = 0; i < draft->record.entries_count; i++) {
        struct ledger_entry_record *entry = &draft->entries[i];
        const struct rules_account *found = rules_find_account(&taking->accounts, entry->account_code);
        if (found == NULL) {
            return verbatim_refuse(taking, "entry %u: account not found: %.*s", entry->entry_number,
                                   TEXT_ARGUMENTS(entry->account_code));
        }
        LEDGER_TRY(take_text(taking, "currency", entry->currency, found->account.currency));
        entry->account_id = found->account.account_id;
    }
    return LEDGER_DONE;
}

/* By the currency; a transaction touches few of them. */
static ledger_status take_balance(const struct verbatim_taking *taking, const struct draft *draft)
{
    struct ledger_text currencies[CURRENCIES_MAX];
    int128 sums[CURRENCIES_MAX];
    size_t count = 0;
    for (uint32_t i = 0; i < draft->record.entries_count; i++) {
        const struct ledger_entry_record *entry = &draft->entries[i];
        size_t place = 0;
        while (place < count && !text_equals(currencies[place], entry->currency)) {
            place++;
        }
        if (place == CURRENCIES_MAX) {
            return verbatim_refuse(taking, "the transaction has more than %d currencies", CURRENCIES_MAX);
        }
        if (place == count) {
            currencies[count] = entry->currency;
            sums[count++] = 0;
        }
        sums[place] += entry->entry_type == LEDGER_DEBIT ? (int128)entry->amount_minor : -(int128)entry->amount_minor;
    }
    for (size_t i = 0; i < count; i++) {
        if (sums[i] != 0) {
            return verbatim_refuse(taking, "not balanced in %.*s", TEXT_ARGUMENTS(currencies[i]));
        }
    }
    return LEDGER_DONE;
}

static ledger_status take_posting_hashes(struct verbatim_taking *taking, struct verbatim_line *line)
{
    struct record_hasher *hasher = &taking->hasher;
    struct draft *draft = &line->item.draft;
    const struct ledger_transaction_record *record = &draft->record;
    for (uint32_t i = 0; i < record->entries_count; i++) {
        struct sha256_hash hash = record_entry_hash(hasher, record->transaction_id, &record->entries[i]);
        if (memcmp(hash.bytes, record->entries[i].entry_hash, sizeof hash.bytes) != 0) {
            char field[32];
            (void)snprintf(field, sizeof field, "entry %u: entry_hash", i + 1);
            return take_hash(taking, field, record->entries[i].entry_hash, &hash);
        }
    }
    struct sha256_hash hash = record_transaction_hash(hasher, record);
    LEDGER_TRY(take_hash(taking, "transaction_hash", record->transaction_hash, &hash));
    hash = line->has_texts_hash ? line->texts_hash : record_texts_hash(hasher, record);
    draft->content_hash = record_content_hash(hasher, record, &hash);
    hash = record_record_hash(hasher, &draft->content_hash, record->log_index, record->posting_date_us,
                              record->number_in_day);
    LEDGER_TRY(take_hash(taking, "record_hash", record->record_hash, &hash));
    draft->leaf = record_transaction_leaf_hash(hasher, record);
    draft->is_placed = true;
    return take_hash(taking, "leaf_hash", line->item.leaf.bytes, &draft->leaf);
}

/* Numbers follow each other within the UTC day of the posting. */
static ledger_status take_number(struct verbatim_taking *taking, struct verbatim_line *line)
{
    struct ledger_transaction_record *record = &line->item.draft.record;
    char number[LEDGER_NUMBER_TEXT_SIZE];
    int32_t day = time_to_utc_day(record->posting_date_us);
    taking->last_number = day == taking->posting_day && taking->last_number > 0 ? taking->last_number + 1 : 1;
    taking->posting_day = day;
    record->number_in_day = taking->last_number;
    ledger_transaction_number(record->posting_date_us, record->number_in_day, number);
    return take_text(taking, "transaction_number", line->transaction_number, ledger_text_of(number));
}

static ledger_status take_posting(struct verbatim_taking *taking, struct verbatim_line *line)
{
    const struct draft *draft = &line->item.draft;
    LEDGER_TRY(take_number(taking, line));
    LEDGER_TRY(take_accounts(taking, draft));
    LEDGER_TRY(take_balance(taking, draft));
    LEDGER_TRY(take_posting_hashes(taking, line));
    if (line->has_texts_hash) {
        LEDGER_TRY(take_redacted(taking, line));
    }
    taking->sums.transactions_count++;
    taking->sums.entries_count += draft->record.entries_count;
    return LEDGER_DONE;
}

/* Other events. */

/* Where the facts that were read, written again, are the metadata, nothing of it was misread or left out. */
static ledger_status take_facts(const struct verbatim_taking *taking, const struct restored *item,
                                struct ledger_text facts)
{
    return take_text(taking, "event_metadata", item->event.event_metadata, facts);
}

static ledger_status take_account_parent(const struct verbatim_taking *taking, struct ledger_account *account)
{
    const struct rules_account *parent = NULL;
    if (!text_is_absent(account->parent_account_code)) {
        parent = rules_find_account(&taking->accounts, account->parent_account_code);
        if (parent == NULL) {
            return verbatim_refuse(taking, "account not found: %.*s, named as the parent",
                                   TEXT_ARGUMENTS(account->parent_account_code));
        }
        account->parent_account_id = parent->account.account_id;
    }
    return take_integer(taking, "level", account->level, parent == NULL ? 1 : parent->account.level + 1);
}

static ledger_status take_account_version(const struct verbatim_taking *taking, const struct ledger_account *account,
                                          const struct rules_account *known)
{
    size_t count = taking->accounts.accounts_count;
    if (known == NULL) {
        int64_t last_id = count == 0 ? 0 : taking->accounts.accounts[count - 1]->account.account_id;
        LEDGER_TRY(take_integer(taking, "version", account->version, 1));
        return take_integer(taking, "account_id", account->account_id, last_id + 1);
    }
    LEDGER_TRY(take_integer(taking, "version", account->version, (int64_t)known->account.version + 1));
    LEDGER_TRY(take_integer(taking, "account_id", account->account_id, known->account.account_id));
    LEDGER_TRY(take_integer(taking, "account_type", account->account_type, known->account.account_type));
    LEDGER_TRY(take_text(taking, "currency", account->currency, known->account.currency));
    return take_text(taking, "parent_account_code", account->parent_account_code, known->account.parent_account_code);
}

static ledger_status take_account(struct verbatim_taking *taking, struct restored *item)
{
    struct ledger_text facts;
    struct ledger_account *account = &item->account;
    const struct rules_account *known = rules_find_account(&taking->accounts, account->account_code);
    LEDGER_TRY(event_facts_of_account(taking->call, account, &facts));
    LEDGER_TRY(take_facts(taking, item, facts));
    LEDGER_TRY(take_account_parent(taking, account));
    LEDGER_TRY(take_account_version(taking, account, known));
    account->created_at_us = known == NULL ? item->event.event_timestamp_us : known->account.created_at_us;
    account->created_by = known == NULL ? item->event.user_id : known->account.created_by;
    int64_t rules_version = taking->accounts.rules_version + 1;
    rules_put_account(&taking->accounts, account, rules_version);
    return taking->accounts.rules_version == rules_version ? LEDGER_DONE : ledger_fail_out_of_memory(taking->call);
}

static ledger_status take_period(const struct verbatim_taking *taking, struct restored *item)
{
    struct ledger_text facts;
    LEDGER_TRY(event_facts_of_period(taking->call, &item->period, &facts));
    LEDGER_TRY(take_facts(taking, item, facts));
    item->period.log_index = item->event.log_index;
    item->period.changed_at_us = item->event.event_timestamp_us;
    item->period.changed_by = item->event.user_id;
    return LEDGER_DONE;
}

/* A reason has a salt, and then fits its hash; or it is the mark of a redaction, and then the import's end looks
 * whether that came. */
static ledger_status take_reason(struct verbatim_taking *taking, const struct verbatim_line *line,
                                 struct ledger_text stated)
{
    const struct store_approval_change *approval = &line->item.approval;
    struct sha256_hash said;
    if (text_is_absent(approval->reason)) {
        return take_text(taking, "reason_hash", stated, TEXT_ABSENT);
    }
    if (!sha256_parse(stated, &said)) {
        return verbatim_refuse(taking, "reason_hash of event_metadata is not 64 hexadecimal digits");
    }
    if (!line->has_reason_salt) {
        return redaction_mark_begins(approval->reason)
                   ? LEDGER_DONE
                   : verbatim_refuse(taking, "reason_salt is missing, and reason is not the mark of a redaction");
    }
    struct sha256_hash hash = record_reason_hash(&taking->hasher, approval->reason_salt, approval->reason);
    return take_hash(taking, "reason_hash", said.bytes, &hash);
}

static ledger_status take_approval(struct verbatim_taking *taking, struct verbatim_line *line,
                                   struct ledger_text compared, struct ledger_text reason_hash)
{
    struct ledger_text facts;
    struct restored *item = &line->item;
    struct store_approval_change *approval = &item->approval;
    LEDGER_TRY(event_facts_of_approval(taking->call, approval, reason_hash, compared, &facts));
    LEDGER_TRY(take_facts(taking, item, facts));
    LEDGER_TRY(take_reason(taking, line, reason_hash));
    approval->log_index = item->event.log_index;
    approval->changed_at_us = item->event.event_timestamp_us;
    approval->changed_by = item->event.user_id;
    approval->principal = item->event.principal;
    approval->source_system = item->event.source_system;
    return LEDGER_DONE;
}

static ledger_status take_settings(const struct verbatim_taking *taking, const struct restored *item)
{
    struct ledger_text facts;
    bool is_first = item->event.log_index == 0;
    bool is_creation = text_equals_string(item->event.event_type, "LEDGER_CREATED");
    if (is_first != is_creation) {
        return verbatim_refuse(taking, is_first ? "the first event is not LEDGER_CREATED"
                                                : "LEDGER_CREATED is not the first event");
    }
    if (!is_first) {
        return LEDGER_DONE;
    }
    LEDGER_TRY(event_facts_of_settings(taking->call, &taking->head.settings, taking->head.schema_applied_at, &facts));
    return take_text(taking, "event_metadata", item->event.event_metadata, facts);
}

static ledger_status take_rows(struct verbatim_taking *taking, struct verbatim_line *line)
{
    struct restored *item = &line->item;
    struct ledger_text compared = TEXT_ABSENT;
    struct ledger_text reason_hash = TEXT_ABSENT;
    bool has_facts = item->kind == RESTORED_ACCOUNT || item->kind == RESTORED_PERIOD ||
                     item->kind == RESTORED_APPROVAL || item->kind == RESTORED_REDACTION;
    if (has_facts) {
        LEDGER_TRY(read_verbatim_facts(&taking->place, item, &compared, &reason_hash));
    }
    if (has_facts && text_is_absent(item->event.user_id)) {
        return verbatim_refuse(taking, "user_id is missing");
    }
    switch (item->kind) {
    case RESTORED_ACCOUNT:
        return take_account(taking, item);
    case RESTORED_PERIOD:
        return take_period(taking, item);
    case RESTORED_APPROVAL:
        return take_approval(taking, line, compared, reason_hash);
    case RESTORED_REDACTION:
        return take_redaction(taking, item);
    case RESTORED_FREEZE:
        item->is_frozen = text_equals_string(item->event.event_type, "LEDGER_FROZEN");
        return LEDGER_DONE;
    case RESTORED_EPOCH:
        return event_facts_read_epoch(item->event.event_metadata, &item->epoch)
                   ? LEDGER_DONE
                   : verbatim_refuse(taking, "event_metadata names no epoch");
    case RESTORED_POSTING:
    case RESTORED_EVENT:
        break;
    }
    return LEDGER_DONE;
}

static ledger_status take_event(struct verbatim_taking *taking, struct verbatim_line *line)
{
    struct restored *item = &line->item;
    struct sha256_hash leaf = record_leaf_hash(&taking->hasher, &item->event);
    LEDGER_TRY(take_settings(taking, item));
    LEDGER_TRY(take_hash(taking, "leaf_hash", item->leaf.bytes, &leaf));
    LEDGER_TRY(take_rows(taking, line));
    taking->sums.events_count++;
    return LEDGER_DONE;
}

ledger_status verbatim_take_item(struct verbatim_taking *taking, struct verbatim_line *line)
{
    bool is_posting = line->item.kind == RESTORED_POSTING;
    int64_t time_us = is_posting ? line->item.draft.record.posting_date_us : line->item.event.event_timestamp_us;
    LEDGER_TRY(take_integer(taking, "log_index", restored_log_index(&line->item), (int64_t)taking->frontier.size));
    LEDGER_TRY(is_posting ? take_posting(taking, line) : take_event(taking, line));
    if (time_us < taking->last_time_us) {
        return verbatim_refuse(taking, "%s is before that of the event before it",
                               is_posting ? "posting_date" : "event_timestamp");
    }
    taking->last_time_us = time_us;
    merkle_frontier_add(&taking->frontier, taking->hasher.sha256, &line->item.leaf);
    return LEDGER_DONE;
}

/* Checkpoints. */

/* The signature is checked by verify, which knows the keys. */
static ledger_status take_note(struct verbatim_taking *taking, const struct store_checkpoint *checkpoint)
{
    struct ledger_call *call = taking->call;
    struct note note;
    struct checkpoint_text said;
    struct ledger_text origin;
    size_t problems_before = ledger_call_problems_count(call);
    ledger_status status = note_parse(call, checkpoint->note, &note);
    if (status == LEDGER_DONE) {
        status = checkpoint_text_parse(call, note.text, &said);
    }
    if (status != LEDGER_DONE) {
        ledger_call_drop_problems(call, problems_before);
        return status == LEDGER_OUT_OF_MEMORY ? ledger_fail_out_of_memory(call)
                                              : verbatim_refuse(taking, "note is no signed checkpoint");
    }
    LEDGER_TRY(checkpoint_origin_format(call, taking->head.settings.ledger_id, checkpoint->epoch, &origin));
    LEDGER_TRY(take_text(taking, "the origin of note", said.origin, origin));
    LEDGER_TRY(take_integer(taking, "the log size of note", (int64_t)said.log_size, checkpoint->log_size));
    LEDGER_TRY(take_hash(taking, "the root of note", said.root.bytes, &checkpoint->root));
    return said.has_time && said.time_us != checkpoint->created_at_us
               ? verbatim_refuse(taking, "created_at is not the time of note")
               : LEDGER_DONE;
}

ledger_status verbatim_take_checkpoint(struct verbatim_taking *taking, const struct verbatim_line *line)
{
    const struct store_checkpoint *checkpoint = &line->checkpoint;
    LEDGER_TRY(take_integer(taking, "log_size", checkpoint->log_size, (int64_t)taking->frontier.size));
    if (checkpoint->log_size == taking->last_checkpoint_size) {
        return verbatim_refuse(taking, "log_size is that of the checkpoint before it");
    }
    struct sha256_hash root = merkle_frontier_root(&taking->frontier, taking->hasher.sha256);
    LEDGER_TRY(take_hash(taking, "root_hash", checkpoint->root.bytes, &root));
    LEDGER_TRY(take_note(taking, checkpoint));
    taking->last_checkpoint_size = checkpoint->log_size;
    taking->sums.checkpoints_count++;
    return LEDGER_DONE;
}

/* The end. */

ledger_status verbatim_take_end(struct verbatim_taking *taking, const struct verbatim_line *line,
                                const struct sha256_hash *sha256)
{
    const struct verbatim_end *said = &line->end;
    struct verbatim_end *sums = &taking->sums;
    sums->log_size = (int64_t)taking->frontier.size;
    sums->root = merkle_frontier_root(&taking->frontier, taking->hasher.sha256);
    sums->sha256 = *sha256;
    LEDGER_TRY(take_integer(taking, "log_size", said->log_size, sums->log_size));
    LEDGER_TRY(take_integer(taking, "log_size of the head", taking->head.log_size, sums->log_size));
    LEDGER_TRY(take_hash(taking, "root_hash", said->root.bytes, &sums->root));
    LEDGER_TRY(take_integer(taking, "transactions", said->transactions_count, sums->transactions_count));
    LEDGER_TRY(take_integer(taking, "entries", said->entries_count, sums->entries_count));
    LEDGER_TRY(take_integer(taking, "events", said->events_count, sums->events_count));
    LEDGER_TRY(take_integer(taking, "checkpoints", said->checkpoints_count, sums->checkpoints_count));
    LEDGER_TRY(take_integer(taking, "manual_rows", said->manual_rows_count, sums->manual_rows_count));
    LEDGER_TRY(
        take_integer(taking, "manual_rows of the head", taking->head.manual_rows_count, sums->manual_rows_count));
    LEDGER_TRY(take_hash(taking, "sha256", said->sha256.bytes, sha256));
    for (size_t i = 0; i < taking->redacted_capacity && taking->redacted_open > 0; i++) {
        if (taking->redacted[i].is_used && !taking->redacted[i].is_done) {
            return verbatim_refuse(taking,
                                   "the texts of the transaction at line %" PRIu64 " are erased, but no event "
                                   "says so",
                                   taking->redacted[i].line);
        }
    }
    return LEDGER_DONE;
}
