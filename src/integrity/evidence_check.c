/* Evidence checked, from what it says up to the signature of the log: texts and entries → content → record → event →
 * leaf → tree → checkpoint → key. Each link is made again here from what the bundle has, and has to be what the next
 * one says.
 *
 * I1 A bundle is canonical JSON (RFC 8785) and one line feed: there is one text for what it says, so that no byte of it
 *    can be another.
 * I2 Every member is the object of a check; there are no others (evidence_members.c). */
#include "integrity/evidence.h"

#include <stdio.h>

#include "base/json_write.h"
#include "base/text.h"
#include "base/time.h"
#include "base/uuid.h"
#include "domain/amount.h"
#include "domain/checkpoint_text.h"
#include "domain/record.h"
#include "integrity/evidence_members.h"

enum {
    EVIDENCE_PLACE_SIZE = 64,
    EVIDENCE_LEAF_PREFIX = 0x00,
    EVIDENCE_SALT_SIZE = 16,
    EVIDENCE_CURRENCIES_MAX = 32,
};

struct checking {
    struct ledger_call *call;
    const struct note_verifier *verifiers;
    size_t verifiers_count;
    struct record_hasher hasher;
    struct text_builder form; /* of what is hashed at the moment */
    struct ledger_text checkpoint_note;
    struct checkpoint_text checkpoint;
};

/* The hash of a value's canonical JSON behind `prefix`. */
static ledger_status checking_hash(struct checking *checking, const void *prefix, size_t prefix_size,
                                   const struct json_value *value, struct sha256_hash *ret_hash)
{
    struct json_writer writer;
    struct ledger_text text;
    text_builder_reset(&checking->form);
    text_builder_add(&checking->form, prefix, prefix_size);
    json_writer_init(&writer, &checking->form);
    json_write_value(&writer, value);
    LEDGER_TRY(text_builder_finish(checking->call, &checking->form, &text));
    *ret_hash = sha256_of(checking->hasher.sha256, text.data, text.size);
    return LEDGER_DONE;
}

/* Signature and text of a checkpoint; `place` names it. */
static ledger_status checking_take_checkpoint(struct checking *checking, const char *place, struct ledger_text text,
                                              struct checkpoint_text *ret_checkpoint,
                                              struct ledger_proven_checkpoint *ret_proven)
{
    struct ledger_call *call = checking->call;
    struct note note;
    const struct note_verifier *signed_by = NULL;
    struct ledger_proven_checkpoint proven = {.ledger_id = TEXT_ABSENT};
    char time[TIME_TEXT_SIZE];
    size_t problems_before = ledger_call_problems_count(call);
    ledger_status status = note_parse(call, text, &note);
    if (status == LEDGER_DONE && checking->verifiers_count > 0) {
        status = note_verify(call, &note, checking->verifiers, checking->verifiers_count, &signed_by);
    }
    if (status == LEDGER_DONE) {
        status = checkpoint_text_parse(call, note.text, ret_checkpoint);
    }
    if (status == LEDGER_PROOF_IS_INVALID) {
        struct ledger_text fault = ledger_call_problem(call, ledger_call_problems_count(call) - 1)->message;
        ledger_call_drop_problems(call, problems_before);
        return ledger_fail(call, LEDGER_PROOF_IS_INVALID, "%s: %.*s", place, TEXT_ARGUMENTS(fault));
    }
    LEDGER_TRY(status);
    proven.origin = ret_checkpoint->origin;
    (void)checkpoint_origin_parse(ret_checkpoint->origin, &proven.ledger_id, &proven.epoch);
    proven.log_size = (int64_t)ret_checkpoint->log_size;
    sha256_format(&ret_checkpoint->root, proven.root_hash);
    if (ret_checkpoint->has_time) {
        time_format(ret_checkpoint->time_us, time);
        LEDGER_TRY(ledger_call_copy_text(call, ledger_text_of(time), &proven.time));
    }
    if (ret_checkpoint->has_guards) {
        sha256_format(&ret_checkpoint->guards, proven.guards_digest);
    }
    proven.guards_changed = ret_checkpoint->guards_changed;
    if (ret_checkpoint->has_grants) {
        sha256_format(&ret_checkpoint->grants, proven.grants_digest);
    }
    if (signed_by != NULL) {
        LEDGER_TRY(note_verifier_format(call, signed_by, &proven.verifier_key));
    }
    *ret_proven = proven;
    return LEDGER_DONE;
}

/* That an event is the leaf at its position in the tree of the checkpoint. */
static ledger_status checking_event_proof(struct checking *checking, const struct json_value *event,
                                          struct ledger_text text, const char *place)
{
    struct ledger_call *call = checking->call;
    static const uint8_t prefix = EVIDENCE_LEAF_PREFIX;
    struct sha256_hash leaf;
    struct merkle_proof proof;
    struct ledger_text note;
    struct ledger_text again;
    uint64_t index = 0;
    LEDGER_TRY(tlog_proof_parse(call, text, &index, &proof, &note));
    LEDGER_TRY(tlog_proof_format(call, index, &proof, note, &again));
    if (!text_equals(note, checking->checkpoint_note) || !text_equals(text, again)) {
        return ledger_fail(call, LEDGER_PROOF_IS_INVALID,
                           "%s.proof: it is by another checkpoint than the bundle's, or has extra data", place);
    }
    if (index != (uint64_t)evidence_count(event, "log_index")) {
        return ledger_fail(call, LEDGER_PROOF_IS_INVALID, "%s.proof: it is of another log position than its event's",
                           place);
    }
    LEDGER_TRY(checking_hash(checking, &prefix, 1, event, &leaf));
    if (!merkle_check_inclusion(checking->hasher.sha256, &proof, index, checking->checkpoint.log_size, &leaf,
                                &checking->checkpoint.root)) {
        return ledger_fail(
            call, LEDGER_PROOF_IS_INVALID,
            "%s.proof: it does not lead from the event to the root of the checkpoint: one of the two, or "
            "the proof, was altered",
            place);
    }
    return LEDGER_DONE;
}

/* A transaction on its way through the links. */
struct checked_transaction {
    const char *place;
    const struct json_value *content;
    const struct json_value *record;
    const struct json_value *event;
    struct ledger_proven_transaction *proven;
    struct ledger_proven_entry *entries;
    struct ledger_entry_record *records; /* what transaction_hash is made of */
};

static LEDGER_MUST_CHECK LEDGER_PRINTF(4, 5) ledger_status
    checking_fail(struct checking *checking, const struct checked_transaction *transaction, const char *place,
                  const char *format, ...)
{
    char message[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    return ledger_fail(checking->call, LEDGER_PROOF_IS_INVALID, "%s.%s: %s", transaction->place, place, message);
}

static ledger_status checking_memos(struct checking *checking, const struct checked_transaction *transaction,
                                    const struct json_value *memos)
{
    if (memos->count != transaction->proven->entries_count) {
        return checking_fail(checking, transaction, "texts.memos", "there are not as many as entries");
    }
    size_t index = 0;
    for (const struct json_value *memo = memos->first; memo != NULL; memo = memo->next) {
        if (memo->type != JSON_STRING && memo->type != JSON_NULL) {
            return checking_fail(checking, transaction, "texts.memos", "one of them is neither a text nor null");
        }
        transaction->entries[index++].memo = memo->type == JSON_STRING ? memo->text : TEXT_ABSENT;
    }
    return LEDGER_DONE;
}

/* The free texts, or where they were erased their hash alone. */
static ledger_status checking_texts(struct checking *checking, const struct checked_transaction *transaction,
                                    const struct json_value *object)
{
    struct ledger_proven_transaction *proven = transaction->proven;
    const struct json_value *texts = json_find(object, "texts");
    struct ledger_text salt_text = evidence_text(object, "texts_salt");
    struct ledger_text hash_text = evidence_text(object, "texts_hash");
    char place[EVIDENCE_PLACE_SIZE];
    uint8_t salt[EVIDENCE_SALT_SIZE];
    struct sha256_hash hash;
    proven->texts_are_erased = texts == NULL;
    if (text_is_absent(salt_text) != (texts == NULL) || text_is_absent(hash_text) == (texts == NULL)) {
        return checking_fail(checking, transaction, "texts",
                             "either texts and texts_salt have to be there, or texts_hash alone");
    }
    if (texts == NULL) {
        return text_equals(hash_text, evidence_text(transaction->content, "texts_hash"))
                   ? LEDGER_DONE
                   : checking_fail(checking, transaction, "texts_hash", "it is not the texts_hash of the content");
    }
    snprintf(place, sizeof place, "%s.texts", transaction->place);
    LEDGER_TRY(evidence_check_members(checking->call, texts, place, evidence_of_texts, NULL));
    if (!evidence_read_hex(salt_text, salt, sizeof salt)) {
        return checking_fail(checking, transaction, "texts_salt", "it is not 32 hexadecimal digits");
    }
    LEDGER_TRY(checking_hash(checking, salt, sizeof salt, texts, &hash));
    if (!evidence_hash_is(transaction->content, "texts_hash", &hash)) {
        return checking_fail(checking, transaction, "texts",
                             "texts and salt do not give the texts_hash of the content: one of them was altered");
    }
    proven->description = evidence_text(texts, "description");
    proven->reversal_reason = evidence_text(texts, "reversal_reason");
    const struct json_value *memos = json_find(texts, "memos");
    return memos == NULL ? LEDGER_DONE : checking_memos(checking, transaction, memos);
}

static ledger_status checking_entry(struct checking *checking, const struct checked_transaction *transaction,
                                    const struct json_value *form, const struct json_value *expected_hash, size_t index)
{
    struct ledger_proven_entry *entry = &transaction->entries[index];
    struct ledger_entry_record *record = &transaction->records[index];
    char place[EVIDENCE_PLACE_SIZE];
    char hash_text[2 * SHA256_SIZE + 1];
    struct sha256_hash hash;
    snprintf(place, sizeof place, "%s.entries[%zu]", transaction->place, index);
    LEDGER_TRY(evidence_check_members(checking->call, form, place, evidence_of_entry_form, "entry/1"));
    snprintf(place, sizeof place, "entries[%zu]", index);
    LEDGER_TRY(checking_hash(checking, "", 0, form, &hash));
    sha256_format(&hash, hash_text);
    if (expected_hash->type != JSON_STRING || !text_equals_string(expected_hash->text, hash_text)) {
        return checking_fail(checking, transaction, place,
                             "its hash is not the one in content.entry_hashes: one of them was altered");
    }
    *entry = (struct ledger_proven_entry){
        .account_code = evidence_text(form, "account_code"),
        .entry_type = evidence_text(form, "entry_type"),
        .amount = evidence_text(form, "amount"),
        .currency = evidence_text(form, "currency"),
        .cost_center = evidence_text(form, "cost_center"),
        .business_unit = evidence_text(form, "business_unit"),
        .project_code = evidence_text(form, "project_code"),
    };
    bool is_debit = text_equals_string(entry->entry_type, "DEBIT");
    if (!is_debit && !text_equals_string(entry->entry_type, "CREDIT")) {
        return checking_fail(checking, transaction, place, "it is neither DEBIT nor CREDIT");
    }
    if (evidence_count(form, "entry_number") != (int64_t)index + 1 ||
        !text_equals(evidence_text(form, "transaction_id"), evidence_text(transaction->content, "transaction_id"))) {
        return checking_fail(checking, transaction, place, "it is of another transaction, or has another number");
    }
    record->account_code = entry->account_code;
    record->currency = entry->currency;
    record->entry_type = is_debit ? LEDGER_DEBIT : LEDGER_CREDIT;
    if (amount_parse(entry->amount, 2, &record->amount_minor) != AMOUNT_IS_GOOD) {
        return checking_fail(checking, transaction, place, "its amount is none");
    }
    return LEDGER_DONE;
}

/* That debits equal credits in the currency of an entry that is the first of it. */
static ledger_status checking_balance(struct checking *checking, const struct checked_transaction *transaction)
{
    size_t count = transaction->proven->entries_count;
    struct ledger_text currencies[EVIDENCE_CURRENCIES_MAX];
    int128 sums_minor[EVIDENCE_CURRENCIES_MAX];
    size_t currencies_count = 0;
    for (size_t i = 0; i < count; i++) {
        const struct ledger_entry_record *entry = &transaction->records[i];
        size_t place = 0;
        while (place < currencies_count && !text_equals(currencies[place], entry->currency)) {
            place++;
        }
        if (place == EVIDENCE_CURRENCIES_MAX) {
            return checking_fail(checking, transaction, "entries", "they are of more than %d currencies",
                                 EVIDENCE_CURRENCIES_MAX);
        }
        if (place == currencies_count) {
            currencies[currencies_count] = entry->currency;
            sums_minor[currencies_count++] = 0;
        }
        sums_minor[place] += entry->entry_type == LEDGER_DEBIT ? entry->amount_minor : -(int128)entry->amount_minor;
    }
    for (size_t i = 0; i < currencies_count; i++) {
        if (sums_minor[i] != 0) {
            return checking_fail(checking, transaction, "entries", "debits differ from credits in %.*s",
                                 TEXT_ARGUMENTS(currencies[i]));
        }
    }
    return count < 2 ? checking_fail(checking, transaction, "entries", "there are less than two") : LEDGER_DONE;
}

static ledger_status checking_entries(struct checking *checking, struct checked_transaction *transaction,
                                      const struct json_value *object)
{
    const struct json_value *entries = json_find(object, "entries");
    const struct json_value *hash = json_find(transaction->content, "entry_hashes");
    size_t index = 0;
    if (entries->count != hash->count) {
        return checking_fail(checking, transaction, "entries", "there are not as many as hashes in the content");
    }
    LEDGER_ALLOCATE(checking->call, transaction->entries, entries->count);
    LEDGER_ALLOCATE(checking->call, transaction->records, entries->count);
    hash = hash->first;
    for (const struct json_value *form = entries->first; form != NULL; form = form->next, hash = hash->next) {
        LEDGER_TRY(checking_entry(checking, transaction, form, hash, index++));
    }
    transaction->proven->entries = transaction->entries;
    transaction->proven->entries_count = index;
    return checking_balance(checking, transaction);
}

/* The runbook's hash, of the same facts. */
static ledger_status checking_transaction_hash(struct checking *checking, const struct checked_transaction *transaction,
                                               const struct json_value *object)
{
    struct uuid id;
    struct ledger_transaction_record record = {
        .entries = transaction->records,
        .entries_count = (uint32_t)transaction->proven->entries_count,
    };
    if (!uuid_parse(transaction->proven->transaction_id, &id) ||
        !time_read(transaction->proven->transaction_date, &record.transaction_date_us)) {
        return checking_fail(checking, transaction, "content", "its id or its date is none");
    }
    memcpy(record.transaction_id, id.bytes, sizeof id.bytes);
    struct sha256_hash hash = record_transaction_hash(&checking->hasher, &record);
    if (!evidence_hash_is(object, "transaction_hash", &hash)) {
        return checking_fail(checking, transaction, "transaction_hash", "it is not that of the entries, date and id");
    }
    transaction->proven->transaction_hash = evidence_text(object, "transaction_hash");
    return LEDGER_DONE;
}

/* "YYYYMMDD-NNNNNN" of the day of the posting date. */
static bool checking_number_is_of_day(struct ledger_text number, struct ledger_text posting_date)
{
    static const size_t digits_of_date[] = {0, 1, 2, 3, 5, 6, 8, 9};
    if (number.size < 15 || number.size > 27 || number.data[8] != '-' || (number.size > 15 && number.data[9] == '0')) {
        return false;
    }
    for (size_t i = 0; i < number.size; i++) {
        bool is_good = i == 8 || (number.data[i] >= '0' && number.data[i] <= '9');
        if (!is_good || (i < 8 && number.data[i] != posting_date.data[digits_of_date[i]])) {
            return false;
        }
    }
    return true;
}

/* content → record → event: each has the hash of the one before. */
static ledger_status checking_links(struct checking *checking, const struct checked_transaction *transaction)
{
    struct sha256_hash hash;
    LEDGER_TRY(checking_hash(checking, "", 0, transaction->content, &hash));
    if (!evidence_hash_is(transaction->record, "content_hash", &hash)) {
        return checking_fail(checking, transaction, "content",
                             "its hash is not the content_hash of the record: one of them was altered");
    }
    LEDGER_TRY(checking_hash(checking, "", 0, transaction->record, &hash));
    if (!evidence_hash_is(transaction->event, "record_hash", &hash)) {
        return checking_fail(checking, transaction, "record",
                             "its hash is not the record_hash of the event: one of them was altered");
    }
    if (!checking_number_is_of_day(evidence_text(transaction->record, "transaction_number"),
                                   evidence_text(transaction->record, "posting_date"))) {
        return checking_fail(checking, transaction, "record", "its transaction_number is not of its posting_date");
    }
    return LEDGER_DONE;
}

/* What stands twice has to be the same: an event that says otherwise than its transaction proves neither. */
static ledger_status checking_agreement(struct checking *checking, const struct checked_transaction *transaction)
{
    static const struct {
        const char *of_event;
        const char *of_content;
    } pairs[] = {{"transaction_id", "transaction_id"},
                 {"user_id", "created_by"},
                 {"principal", "principal"},
                 {"source_system", "source_system"},
                 {"source_ip", "source_ip"}};
    const struct json_value *event = transaction->event;
    bool is_reversal = json_find(transaction->content, "reverses_transaction_id") != NULL;
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        if (!text_equals(evidence_text(event, pairs[i].of_event),
                         evidence_text(transaction->content, pairs[i].of_content))) {
            return checking_fail(checking, transaction, "event", "its %s is not the %s of the content",
                                 pairs[i].of_event, pairs[i].of_content);
        }
    }
    if (evidence_count(event, "log_index") != evidence_count(transaction->record, "log_index") ||
        !text_equals(evidence_text(event, "event_timestamp"), evidence_text(transaction->record, "posting_date"))) {
        return checking_fail(checking, transaction, "event", "its position or time is not that of the record");
    }
    if (!text_equals_string(evidence_text(event, "event_type"),
                            is_reversal ? "TRANSACTION_REVERSED" : "TRANSACTION_POSTED") ||
        !text_equals_string(evidence_text(event, "action"), is_reversal ? "REVERSE" : "POST") ||
        !text_equals_string(evidence_text(event, "outcome"), "SUCCESS")) {
        return checking_fail(checking, transaction, "event", "it is not that of a posting or reversal that was done");
    }
    return LEDGER_DONE;
}

static void checking_fill(const struct checked_transaction *transaction)
{
    const struct json_value *content = transaction->content;
    *transaction->proven = (struct ledger_proven_transaction){
        .log_index = evidence_count(transaction->record, "log_index"),
        .transaction_id = evidence_text(content, "transaction_id"),
        .transaction_number = evidence_text(transaction->record, "transaction_number"),
        .transaction_date = evidence_text(content, "transaction_date"),
        .transaction_day = evidence_text(content, "transaction_day"),
        .posting_date = evidence_text(transaction->record, "posting_date"),
        .business_event_type = evidence_text(content, "business_event_type"),
        .business_key = evidence_text(content, "business_key"),
        .created_by = evidence_text(content, "created_by"),
        .principal = evidence_text(content, "principal"),
        .source_system = evidence_text(content, "source_system"),
        .source_ip = evidence_text(content, "source_ip"),
        .reverses_transaction_id = evidence_text(content, "reverses_transaction_id"),
    };
}

static ledger_status checking_form(struct checking *checking, const struct checked_transaction *transaction,
                                   const struct json_value *object, const char *key,
                                   const struct evidence_member *members, const char *form)
{
    char place[EVIDENCE_PLACE_SIZE];
    snprintf(place, sizeof place, "%s.%s", transaction->place, key);
    return evidence_check_members(checking->call, json_find(object, key), place, members, form);
}

static ledger_status checking_transaction(struct checking *checking, const struct json_value *object, const char *place,
                                          struct ledger_proven_transaction *proven)
{
    struct checked_transaction transaction = {.place = place, .proven = proven};
    LEDGER_TRY(evidence_check_members(checking->call, object, place, evidence_of_transaction, NULL));
    LEDGER_TRY(checking_form(checking, &transaction, object, "content", evidence_of_content_form, "content/1"));
    LEDGER_TRY(checking_form(checking, &transaction, object, "record", evidence_of_record_form, "record/1"));
    LEDGER_TRY(checking_form(checking, &transaction, object, "event", evidence_of_event_form, "event/1"));
    transaction.content = json_find(object, "content");
    transaction.record = json_find(object, "record");
    transaction.event = json_find(object, "event");
    checking_fill(&transaction);
    LEDGER_TRY(checking_entries(checking, &transaction, object));
    LEDGER_TRY(checking_texts(checking, &transaction, object));
    LEDGER_TRY(checking_transaction_hash(checking, &transaction, object));
    LEDGER_TRY(checking_links(checking, &transaction));
    LEDGER_TRY(checking_agreement(checking, &transaction));
    return checking_event_proof(checking, transaction.event, evidence_text(object, "proof"), place);
}

/* A reversal turns every entry round, and comes later. */
static ledger_status checking_reversal(struct checking *checking, const struct ledger_proven_transaction *original,
                                       const struct ledger_proven_transaction *reversal)
{
    bool agrees = text_equals(reversal->reverses_transaction_id, original->transaction_id) &&
                  reversal->log_index > original->log_index && reversal->entries_count == original->entries_count;
    for (size_t i = 0; agrees && i < original->entries_count; i++) {
        const struct ledger_proven_entry *left = &original->entries[i];
        const struct ledger_proven_entry *right = &reversal->entries[i];
        agrees = text_equals(left->account_code, right->account_code) && text_equals(left->amount, right->amount) &&
                 text_equals(left->currency, right->currency) && !text_equals(left->entry_type, right->entry_type);
    }
    return agrees ? LEDGER_DONE
                  : ledger_fail(checking->call, LEDGER_PROOF_IS_INVALID,
                                "reversed_by: it is not the reversal of the transaction with every entry turned round");
}

/* An event that names the transaction, and is no posting. */
static ledger_status checking_event(struct checking *checking, const struct json_value *object,
                                    struct ledger_text transaction_id, const char *place,
                                    struct ledger_proven_event *ret_event)
{
    char event_place[EVIDENCE_PLACE_SIZE + 8];
    snprintf(event_place, sizeof event_place, "%s.event", place);
    LEDGER_TRY(evidence_check_members(checking->call, object, place, evidence_of_proven_event, NULL));
    const struct json_value *event = json_find(object, "event");
    LEDGER_TRY(evidence_check_members(checking->call, event, event_place, evidence_of_event_form, "event/1"));
    if (!text_equals(evidence_text(event, "transaction_id"), transaction_id) ||
        json_find(event, "record_hash") != NULL) {
        return ledger_fail(checking->call, LEDGER_PROOF_IS_INVALID,
                           "%s: it does not name the transaction, or is itself a posting", event_place);
    }
    LEDGER_TRY(checking_event_proof(checking, event, evidence_text(object, "proof"), place));
    *ret_event = (struct ledger_proven_event){
        .log_index = evidence_count(event, "log_index"),
        .event_type = evidence_text(event, "event_type"),
        .event_timestamp = evidence_text(event, "event_timestamp"),
        .severity = evidence_text(event, "severity"),
        .outcome = evidence_text(event, "outcome"),
        .action = evidence_text(event, "action"),
        .description = evidence_text(event, "description"),
        .user_id = evidence_text(event, "user_id"),
        .principal = evidence_text(event, "principal"),
    };
    const struct json_value *metadata = json_find(event, "event_metadata");
    if (metadata != NULL) {
        struct text_builder builder;
        struct json_writer writer;
        text_builder_init(&builder, &checking->call->arena, 256);
        json_writer_init(&writer, &builder);
        json_write_value(&writer, metadata);
        LEDGER_TRY(text_builder_finish(checking->call, &builder, &ret_event->event_metadata));
    }
    return LEDGER_DONE;
}

static ledger_status checking_events(struct checking *checking, const struct json_value *list,
                                     struct ledger_checked_proof *checked)
{
    struct ledger_proven_event *events;
    size_t count = 0;
    LEDGER_ALLOCATE(checking->call, events, list->count);
    for (const struct json_value *object = list->first; object != NULL; object = object->next) {
        char place[EVIDENCE_PLACE_SIZE];
        snprintf(place, sizeof place, "events[%zu]", count);
        LEDGER_TRY(checking_event(checking, object, checked->transaction->transaction_id, place, &events[count]));
        if (count > 0 && events[count].log_index <= events[count - 1].log_index) {
            return ledger_fail(checking->call, LEDGER_PROOF_IS_INVALID,
                               "%s: it stands twice, or not in the order of the log", place);
        }
        count++;
    }
    checked->events = events;
    checked->events_count = count;
    return LEDGER_DONE;
}

static ledger_status checking_bundle(struct checking *checking, const struct json_value *bundle,
                                     struct ledger_checked_proof *checked)
{
    struct ledger_proven_transaction *proven; /* the transaction, and its reversal */
    LEDGER_ALLOCATE(checking->call, proven, 2);
    LEDGER_TRY(evidence_check_members(checking->call, bundle, "the bundle", evidence_of_bundle, EVIDENCE_FORMAT));
    checking->checkpoint_note = evidence_text(bundle, "checkpoint");
    LEDGER_TRY(checking_take_checkpoint(checking, "checkpoint", checking->checkpoint_note, &checking->checkpoint,
                                        &checked->checkpoint));
    LEDGER_TRY(checking_transaction(checking, json_find(bundle, "transaction"), "transaction", &proven[0]));
    checked->transaction = &proven[0];
    const struct json_value *reversed_by = json_find(bundle, "reversed_by");
    if (reversed_by != NULL) {
        LEDGER_TRY(checking_transaction(checking, reversed_by, "reversed_by", &proven[1]));
        LEDGER_TRY(checking_reversal(checking, &proven[0], &proven[1]));
        checked->reversal = &proven[1];
    }
    checked->kind = LEDGER_PROOF_OF_TRANSACTION;
    return checking_events(checking, json_find(bundle, "events"), checked);
}

/* Whether two checkpoints are of one log: the same origin, or the same ledger in this epoch and an earlier one. */
static bool checking_is_one_log(const struct ledger_proven_checkpoint *old, const struct ledger_proven_checkpoint *new)
{
    if (text_is_absent(old->ledger_id) || text_is_absent(new->ledger_id)) {
        return text_equals(old->origin, new->origin);
    }
    return text_equals(old->ledger_id, new->ledger_id) && old->epoch <= new->epoch;
}

static ledger_status checking_consistency(struct checking *checking, const struct json_value *object,
                                          struct ledger_checked_proof *checked)
{
    struct ledger_call *call = checking->call;
    struct checkpoint_text old = {.log_size = 0};
    struct merkle_proof proof;
    struct ledger_text note;
    struct ledger_text again;
    uint64_t old_size = 0;
    LEDGER_TRY(evidence_check_members(call, object, "the proof", evidence_of_consistency, CONSISTENCY_FORMAT));
    LEDGER_TRY(checking_take_checkpoint(checking, "old_checkpoint", evidence_text(object, "old_checkpoint"), &old,
                                        &checked->old_checkpoint));
    checking->checkpoint_note = evidence_text(object, "checkpoint");
    LEDGER_TRY(checking_take_checkpoint(checking, "checkpoint", checking->checkpoint_note, &checking->checkpoint,
                                        &checked->checkpoint));
    if (!checking_is_one_log(&checked->old_checkpoint, &checked->checkpoint)) {
        return ledger_fail(call, LEDGER_PROOF_IS_INVALID, "the two checkpoints are of different logs: %.*s and %.*s",
                           TEXT_ARGUMENTS(old.origin), TEXT_ARGUMENTS(checking->checkpoint.origin));
    }
    LEDGER_TRY(consistency_proof_parse(call, evidence_text(object, "proof"), &old_size, &proof, &note));
    LEDGER_TRY(consistency_proof_format(call, old_size, &proof, note, &again));
    if (old_size != old.log_size || !text_equals(note, checking->checkpoint_note) ||
        !text_equals(again, evidence_text(object, "proof"))) {
        return ledger_fail(call, LEDGER_PROOF_IS_INVALID, "proof: it is of other checkpoints than those beside it");
    }
    if (!merkle_check_consistency(checking->hasher.sha256, &proof, old.log_size, checking->checkpoint.log_size,
                                  &old.root, &checking->checkpoint.root)) {
        return ledger_fail(call, LEDGER_PROOF_IS_INVALID,
                           "proof: it does not lead from the old root to the new one: one of them, or the proof, was "
                           "altered");
    }
    checked->kind = LEDGER_PROOF_OF_CONSISTENCY;
    return LEDGER_DONE;
}

/* I1. */
static ledger_status checking_layout(struct checking *checking, const struct json_value *value, struct ledger_text text)
{
    struct json_writer writer;
    struct ledger_text canonical;
    LEDGER_TRY(evidence_check_values(checking->call, value));
    text_builder_reset(&checking->form);
    json_writer_init(&writer, &checking->form);
    json_write_value(&writer, value);
    text_builder_add_char(&checking->form, '\n');
    LEDGER_TRY(text_builder_finish(checking->call, &checking->form, &canonical));
    if (text_equals(text, canonical)) {
        return LEDGER_DONE;
    }
    size_t offset = 0;
    while (offset < text.size && offset < canonical.size && text.data[offset] == canonical.data[offset]) {
        offset++;
    }
    return ledger_fail(checking->call, LEDGER_PROOF_IS_INVALID,
                       "from byte %zu on this is not canonical JSON (RFC 8785) and one line feed: it was written anew "
                       "by another program, or altered",
                       offset);
}

/* Reads the JSON; what is none is a proof that does not hold. */
static ledger_status checking_read(struct checking *checking, struct ledger_text text,
                                   const struct json_value **ret_value)
{
    struct ledger_call *call = checking->call;
    size_t problems_before = ledger_call_problems_count(call);
    ledger_status status = json_read(call, text, "the proof", ret_value);
    bool is_none = status == LEDGER_INPUT_IS_MALFORMED ||
                   (status == LEDGER_INPUT_IS_TOO_LARGE && text.size <= JSON_BYTES_MAX); /* nested too deep */
    if (is_none) {
        struct ledger_text fault = ledger_call_problem(call, ledger_call_problems_count(call) - 1)->message;
        ledger_call_drop_problems(call, problems_before);
        return ledger_fail(call, LEDGER_PROOF_IS_INVALID, "%.*s", TEXT_ARGUMENTS(fault));
    }
    LEDGER_TRY(status);
    return checking_layout(checking, *ret_value, text);
}

static ledger_status checking_run(struct checking *checking, struct ledger_text text,
                                  struct ledger_checked_proof *checked)
{
    const struct json_value *value = NULL;
    if (text_is_empty(text) || text.data[0] != '{') {
        checked->kind = LEDGER_PROOF_IS_A_CHECKPOINT;
        return checking_take_checkpoint(checking, "the checkpoint", text, &checking->checkpoint, &checked->checkpoint);
    }
    LEDGER_TRY(checking_read(checking, text, &value));
    return text_equals_string(evidence_text(value, "format"), CONSISTENCY_FORMAT)
               ? checking_consistency(checking, value, checked)
               : checking_bundle(checking, value, checked);
}

ledger_status evidence_check(struct ledger_call *call, struct ledger_text proof, const struct note_verifier *verifiers,
                             size_t verifiers_count, struct ledger_checked_proof *ret_checked)
{
    struct checking checking = {.call = call, .verifiers = verifiers, .verifiers_count = verifiers_count};
    struct ledger_checked_proof checked = {.kind = LEDGER_PROOF_OF_TRANSACTION};
    if (!record_hasher_init(&checking.hasher)) {
        return ledger_fail_out_of_memory(call);
    }
    text_builder_init(&checking.form, &call->arena, 0);
    ledger_status status = checking_run(&checking, proof, &checked);
    record_hasher_done(&checking.hasher);
    if (status == LEDGER_DONE) {
        *ret_checked = checked;
    }
    return status;
}

static bool keys_are_parted_by(char character)
{
    return character == ' ' || character == '\t' || character == '\r' || character == '\n';
}

/* The next of several keys; absent behind the last. */
static struct ledger_text keys_take(struct ledger_text *text)
{
    while (text->size > 0 && keys_are_parted_by(text->data[0])) {
        text->data++;
        text->size--;
    }
    struct ledger_text key = {text->size == 0 ? NULL : text->data, 0};
    while (text->size > 0 && !keys_are_parted_by(text->data[0])) {
        text->data++;
        text->size--;
        key.size++;
    }
    return key;
}

ledger_status ledger_check_proof(struct ledger_call *call, struct ledger_text proof, struct ledger_text verifier_keys,
                                 struct ledger_checked_proof *ret_checked)
{
    struct note_verifier verifiers[NOTE_SIGNATURES_MAX];
    size_t count = 0;
    for (struct ledger_text key = keys_take(&verifier_keys); !text_is_absent(key); key = keys_take(&verifier_keys)) {
        if (count == NOTE_SIGNATURES_MAX) {
            return ledger_fail(call, LEDGER_KEY_IS_INVALID, "there are more than %d keys", NOTE_SIGNATURES_MAX);
        }
        LEDGER_TRY(note_verifier_parse(call, key, &verifiers[count]));
        if (verifiers[count].type != NOTE_ED25519) {
            return ledger_fail(call, LEDGER_KEY_IS_INVALID,
                               "the key of %.*s is a witness's: the key that the log itself signs with is needed",
                               TEXT_ARGUMENTS(verifiers[count].name));
        }
        count++;
    }
    if (count == 0) {
        return ledger_fail(call, LEDGER_KEY_IS_INVALID, "there is no key");
    }
    return evidence_check(call, proof, verifiers, count, ret_checked);
}
