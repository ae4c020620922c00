/* Which field of a row was altered: what each may have been is tried until the hash that covers them all agrees. A hit
 * is proof, since nobody finds two values with one hash. Where there is none, what can be ruled out is ruled out.
 *
 * Trials cost a few hashes each and are bounded for the whole run: a ledger that is altered throughout is reported
 * without the proof. */
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include "base/text.h"
#include "domain/names.h"
#include "integrity/verify_state.h"

enum {
    SYMBOLS_TRIED_MAX = 20000,
    TRIAL_BYTES = 256, /* of text cost as much as one hash */
};

static ledger_status locate_need_symbols(struct verify *verify)
{
    if (verify->has_symbols) {
        return LEDGER_DONE;
    }
    verify->has_symbols = true;
    LEDGER_TRY(
        store_symbol_list(verify->call, verify->store, SYMBOLS_TRIED_MAX, &verify->symbols, &verify->symbols_count));
    verify->symbols_are_all = verify->symbols_count < SYMBOLS_TRIED_MAX;
    return LEDGER_DONE;
}

LEDGER_PRINTF(2, 3) static void locate_name(struct verify_located *located, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(located->field, sizeof located->field, format, arguments);
    va_end(arguments);
}

static void locate_suspect(struct verify_located *located, const char *field)
{
    size_t size = strlen(located->suspects);
    (void)snprintf(located->suspects + size, sizeof located->suspects - size, "%s%s", size == 0 ? "" : ", ", field);
}

/* Where only one is left, it is named as the field. */
static void locate_settle(struct verify_located *located, const char *all)
{
    bool is_one = strchr(located->suspects, ',') == NULL && located->suspects[0] != '\0';
    locate_name(located, "%s", is_one ? located->suspects : all);
}

/* Takes a trial from what is left: long texts cost more. False where nothing is left. */
static bool locate_take(struct verify *verify, size_t hashes_count, const struct ledger_text *const texts[],
                        size_t texts_count)
{
    if (verify->trials_left <= 0) {
        return false;
    }
    size_t size = 0;
    for (size_t i = 0; i < texts_count; i++) {
        size += texts[i]->size;
    }
    verify->trials_left -= (int64_t)(hashes_count + size / TRIAL_BYTES);
    return true;
}

/* One trial of an entry. */
struct entry_trial {
    struct verify *verify;
    const uint8_t *transaction_id;
    const struct ledger_entry_record *entry;
    struct ledger_entry_record *original;
    struct verify_located *located;
};

static bool entry_try(struct entry_trial *trial, const struct ledger_entry_record *candidate)
{
    const struct ledger_text *const texts[] = {&candidate->account_code, &candidate->currency, &candidate->cost_center,
                                               &candidate->business_unit, &candidate->project_code};
    if (!locate_take(trial->verify, 1, texts, sizeof texts / sizeof texts[0])) {
        return false;
    }
    struct sha256_hash hash = record_entry_hash(trial->verify->hasher, trial->transaction_id, candidate);
    if (!verify_hash_equals(trial->entry->entry_hash, &hash)) {
        return false;
    }
    *trial->original = *candidate;
    trial->located->is_proven = true;
    return true;
}

static bool entry_try_amount(struct entry_trial *trial, int128 amount)
{
    struct verify *verify = trial->verify;
    struct ledger_entry_record candidate = *trial->entry;
    if (amount == candidate.amount_minor || amount <= 0 || amount > INT64_MAX) {
        return false;
    }
    candidate.amount_minor = (int64_t)amount;
    if (!entry_try(trial, &candidate)) {
        return false;
    }
    locate_name(trial->located, "journal_entries.amount");
    trial->located->stored = verify_text_of_amount(verify->stored_text, trial->entry->amount_minor);
    trial->located->computed = verify_text_of_amount(verify->computed_text, amount);
    return true;
}

/* One altered amount leaves its transaction out of balance by just what was added. */
static bool entry_try_balance(struct entry_trial *trial, int128 imbalance_minor)
{
    const struct ledger_entry_record *entry = trial->entry;
    return entry_try_amount(trial, entry->entry_type == LEDGER_DEBIT ? entry->amount_minor - imbalance_minor
                                                                     : entry->amount_minor + imbalance_minor);
}

static ledger_status locate_add_total(struct ledger_call *call, void *context, const struct ledger_balance *totals)
{
    (void)call;
    struct total_sum *sum = context;
    sum->debit_minor += totals->debit_total_minor;
    sum->credit_minor += totals->credit_total_minor;
    return LEDGER_DONE;
}

/* The positions of the postings of a day. */
static void locate_day(const struct verify *verify, int32_t posting_day, int64_t *ret_from, int64_t *ret_before)
{
    *ret_from = 0;
    *ret_before = verify->log.log_size;
    for (size_t i = 0; i < verify->posting_days_count; i++) {
        const struct store_posting_day *day = &verify->posting_days[i];
        if (day->posting_day <= posting_day) {
            *ret_from = day->first_log_index;
        } else if (day->first_log_index < *ret_before) {
            *ret_before = day->first_log_index;
        }
    }
}

/* Amounts that were altered together, so that they balance, are told by the totals of their account and day. */
static ledger_status entry_try_totals(struct entry_trial *trial, const struct ledger_transaction_record *transaction)
{
    struct verify *verify = trial->verify;
    int64_t account_id = trial->entry->account_id;
    int32_t day = transaction->transaction_day;
    int32_t posting_day = time_to_utc_day(transaction->posting_date_us);
    struct total_sum stored = {0, 0, 0};
    struct total_sum computed = {0, 0, 0};
    struct total_sink sink = {locate_add_total, &stored};
    if (verify->is_of_one || verify->sums_left == 0 || account_id == 0) {
        return LEDGER_DONE;
    }
    verify->sums_left--;
    int64_t from = 0;
    int64_t before = 0;
    locate_day(verify, posting_day, &from, &before);
    struct ledger_call *scratch = verify_scratch(verify);
    ledger_status status =
        store_daily_total_sum(scratch, verify->store, day, day, posting_day, posting_day + 1, account_id, sink);
    if (status == LEDGER_DONE && verify->has_head && posting_day == verify->head.posting_day) {
        status = store_open_total_sum(scratch, verify->store, day, day, account_id, sink);
    }
    sink.context = &computed;
    if (status == LEDGER_DONE) {
        status = store_entry_total_sum(scratch, verify->store, from, before, day, day, account_id, sink);
    }
    if (status == LEDGER_DATABASE_FAILED) {
        return LEDGER_DONE; /* altered so far that the sum of the database itself overflows */
    }
    VERIFY_TRY_SCRATCH(verify, status);
    int128 excess = trial->entry->entry_type == LEDGER_DEBIT ? computed.debit_minor - stored.debit_minor
                                                             : computed.credit_minor - stored.credit_minor;
    (void)entry_try_amount(trial, trial->entry->amount_minor - excess);
    return LEDGER_DONE;
}

static bool entry_try_type(struct entry_trial *trial)
{
    static const enum ledger_entry_type types[] = {LEDGER_DEBIT, LEDGER_CREDIT};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        struct ledger_entry_record candidate = *trial->entry;
        candidate.entry_type = types[i];
        if (entry_try(trial, &candidate)) {
            locate_name(trial->located, "journal_entries.entry_type");
            trial->located->stored = ledger_text_of(entry_type_name(trial->entry->entry_type));
            trial->located->computed = ledger_text_of(entry_type_name(types[i]));
            return true;
        }
    }
    return false;
}

static bool entry_try_account(struct entry_trial *trial)
{
    struct verify *verify = trial->verify;
    for (size_t i = 0; i < verify->accounts_count; i++) {
        const struct verify_account *account = &verify->accounts[i];
        struct ledger_entry_record candidate = *trial->entry;
        candidate.account_id = account->account_id;
        candidate.account_code = account->account_code;
        candidate.currency = account->currency;
        if (entry_try(trial, &candidate)) {
            locate_name(trial->located, "journal_entries.account_id");
            trial->located->stored = text_is_absent(trial->entry->account_code)
                                         ? verify_text_of_integer(verify->stored_text, trial->entry->account_id)
                                         : trial->entry->account_code;
            trial->located->computed = account->account_code;
            return true;
        }
    }
    return false;
}

static bool entry_try_number(struct entry_trial *trial, uint32_t entries_count)
{
    struct verify *verify = trial->verify;
    for (uint32_t number = 1; number <= entries_count + 1; number++) {
        struct ledger_entry_record candidate = *trial->entry;
        candidate.entry_number = number;
        if (entry_try(trial, &candidate)) {
            locate_name(trial->located, "journal_entries.entry_number");
            trial->located->stored = verify_text_of_integer(verify->stored_text, trial->entry->entry_number);
            trial->located->computed = verify_text_of_integer(verify->computed_text, number);
            return true;
        }
    }
    return false;
}

/* A text that may have been absent or any that the ledger knows. */
static bool entry_try_text(struct entry_trial *trial, size_t offset, const char *field)
{
    const struct verify *verify = trial->verify;
    for (size_t i = 0; i <= verify->symbols_count; i++) {
        struct ledger_entry_record candidate = *trial->entry;
        struct ledger_text *text = (struct ledger_text *)(void *)((char *)&candidate + offset);
        struct ledger_text stored = *text;
        *text = i == 0 ? TEXT_ABSENT : verify->symbols[i - 1];
        if (entry_try(trial, &candidate)) {
            locate_name(trial->located, "%s", field);
            trial->located->stored = stored;
            trial->located->computed = *text;
            return true;
        }
    }
    return false;
}

ledger_status verify_locate_entry(struct verify *verify, const struct ledger_transaction_record *transaction,
                                  const struct ledger_entry_record *entry, int128 imbalance_minor,
                                  struct ledger_entry_record *ret_original, struct verify_located *ret_located)
{
    *ret_located = (struct verify_located){.is_proven = false};
    struct entry_trial trial = {verify, transaction->transaction_id, entry, ret_original, ret_located};
    if (entry_try_balance(&trial, imbalance_minor) || entry_try_type(&trial) || entry_try_account(&trial) ||
        entry_try_number(&trial, transaction->entries_count)) {
        return LEDGER_DONE;
    }
    LEDGER_TRY(entry_try_totals(&trial, transaction));
    if (ret_located->is_proven) {
        return LEDGER_DONE;
    }
    LEDGER_TRY(locate_need_symbols(verify));
    if (entry_try_text(&trial, offsetof(struct ledger_entry_record, cost_center), "journal_entries.cost_center") ||
        entry_try_text(&trial, offsetof(struct ledger_entry_record, business_unit), "journal_entries.business_unit") ||
        entry_try_text(&trial, offsetof(struct ledger_entry_record, project_code), "journal_entries.project_code")) {
        return LEDGER_DONE;
    }
    locate_suspect(ret_located, "journal_entries.amount");
    if (verify->trials_left <= 0 || !verify->symbols_are_all) {
        locate_suspect(ret_located, "journal_entries.account_id");
        locate_suspect(ret_located, "journal_entries.cost_center");
        locate_suspect(ret_located, "journal_entries.business_unit");
        locate_suspect(ret_located, "journal_entries.project_code");
    }
    locate_suspect(ret_located, "several fields of the entry");
    locate_name(ret_located, "journal_entries.*");
    return LEDGER_DONE;
}

/* One trial of a transaction's own row. */
struct transaction_trial {
    struct verify *verify;
    const struct ledger_transaction_record *transaction;
    struct ledger_transaction_record *original;
    struct verify_located *located;
};

static bool transaction_try(struct transaction_trial *trial, const struct ledger_transaction_record *candidate)
{
    struct record_hasher *hasher = trial->verify->hasher;
    const struct ledger_text *const texts[] = {
        &candidate->business_event_type, &candidate->business_key, &candidate->description,
        &candidate->reversal_reason,     &candidate->created_by,   &candidate->principal,
        &candidate->source_system,       &candidate->source_ip,    &candidate->idempotency_key,
    };
    /* Three hashes; of its entries the first takes the memos, the second the hashes. */
    size_t hashes_count = 3 + (size_t)candidate->entries_count;
    for (uint32_t i = 0; i < candidate->entries_count; i++) {
        hashes_count += candidate->entries[i].memo.size / TRIAL_BYTES;
    }
    if (!locate_take(trial->verify, hashes_count, texts, sizeof texts / sizeof texts[0])) {
        return false;
    }
    struct sha256_hash texts_hash = verify_texts_hash(trial->verify, hasher, candidate);
    struct sha256_hash content = record_content_hash(hasher, candidate, &texts_hash);
    struct sha256_hash hash = record_record_hash(hasher, &content, candidate->log_index, candidate->posting_date_us,
                                                 candidate->number_in_day);
    if (!verify_hash_equals(trial->transaction->record_hash, &hash)) {
        return false;
    }
    *trial->original = *candidate;
    trial->located->is_proven = true;
    return true;
}

static bool transaction_try_number(struct transaction_trial *trial)
{
    struct verify *verify = trial->verify;
    struct ledger_transaction_record candidate = *trial->transaction;
    candidate.number_in_day = verify_expected_number(verify, candidate.posting_date_us);
    if (!transaction_try(trial, &candidate)) {
        return false;
    }
    locate_name(trial->located, "transactions.transaction_number");
    trial->located->stored = verify_text_of_integer(verify->stored_text, trial->transaction->number_in_day);
    trial->located->computed = verify_text_of_integer(verify->computed_text, candidate.number_in_day);
    return true;
}

static bool transaction_try_posting_date(struct transaction_trial *trial)
{
    struct verify *verify = trial->verify;
    struct ledger_transaction_record candidate = *trial->transaction;
    candidate.posting_date_us = verify->order.last_event_us; /* all of a batch have one instant */
    if (!transaction_try(trial, &candidate)) {
        return false;
    }
    locate_name(trial->located, "transactions.posting_date");
    trial->located->stored = verify_text_of_time(verify->stored_text, trial->transaction->posting_date_us);
    trial->located->computed = verify_text_of_time(verify->computed_text, candidate.posting_date_us);
    return true;
}

static bool transaction_try_day(struct transaction_trial *trial)
{
    struct verify *verify = trial->verify;
    struct ledger_transaction_record candidate = *trial->transaction;
    candidate.transaction_day = time_zone_day(verify->session->ledger->zone, candidate.transaction_date_us);
    if (!transaction_try(trial, &candidate)) {
        return false;
    }
    locate_name(trial->located, "transactions.transaction_day");
    trial->located->stored = verify_text_of_day(verify->stored_text, trial->transaction->transaction_day);
    trial->located->computed = verify_text_of_day(verify->computed_text, candidate.transaction_day);
    return true;
}

/* A date without a clock stands for the first instant of its day. */
static bool transaction_try_date(struct transaction_trial *trial)
{
    struct verify *verify = trial->verify;
    struct ledger_transaction_record candidate = *trial->transaction;
    if (candidate.transaction_day < TIME_DAY_FIRST || candidate.transaction_day > TIME_DAY_LAST) {
        return false;
    }
    candidate.transaction_date_us = time_zone_day_begin_us(verify->session->ledger->zone, candidate.transaction_day);
    if (!transaction_try(trial, &candidate)) {
        candidate.transaction_date_us = candidate.posting_date_us;
        if (!transaction_try(trial, &candidate)) {
            return false;
        }
    }
    locate_name(trial->located, "transactions.transaction_date");
    trial->located->stored = verify_text_of_time(verify->stored_text, trial->transaction->transaction_date_us);
    trial->located->computed = verify_text_of_time(verify->computed_text, candidate.transaction_date_us);
    return true;
}

struct text_column {
    const char *field;
    size_t offset;
    bool is_symbol;
    bool is_in_leaf;
};

static const struct text_column transaction_columns[] = {
    {"transactions.business_event_type", offsetof(struct ledger_transaction_record, business_event_type), true, false},
    {"transactions.created_by", offsetof(struct ledger_transaction_record, created_by), true, true},
    {"transactions.principal", offsetof(struct ledger_transaction_record, principal), true, true},
    {"transactions.source_system", offsetof(struct ledger_transaction_record, source_system), true, true},
    {"transactions.source_ip", offsetof(struct ledger_transaction_record, source_ip), true, true},
    {"transactions.business_key", offsetof(struct ledger_transaction_record, business_key), false, false},
    {"transactions.description", offsetof(struct ledger_transaction_record, description), false, false},
    {"transactions.reversal_reason", offsetof(struct ledger_transaction_record, reversal_reason), false, false},
    {"transactions.idempotency_key", offsetof(struct ledger_transaction_record, idempotency_key), false, false},
};

enum { TRANSACTION_COLUMNS = sizeof transaction_columns / sizeof transaction_columns[0] };

static bool transaction_try_text(struct transaction_trial *trial, const struct text_column *column)
{
    const struct verify *verify = trial->verify;
    size_t count = column->is_symbol ? verify->symbols_count : 0;
    for (size_t i = 0; i <= count; i++) {
        struct ledger_transaction_record candidate = *trial->transaction;
        struct ledger_text *text = (struct ledger_text *)(void *)((char *)&candidate + column->offset);
        struct ledger_text stored = *text;
        *text = i == 0 ? TEXT_ABSENT : verify->symbols[i - 1];
        if (transaction_try(trial, &candidate)) {
            locate_name(trial->located, "%s", column->field);
            trial->located->stored = stored;
            trial->located->computed = *text;
            return true;
        }
    }
    return false;
}

/* A transaction that was made to look like a reversal, or to look like none. */
static bool transaction_try_reversal(struct transaction_trial *trial)
{
    struct ledger_transaction_record candidate = *trial->transaction;
    if (!candidate.is_reversal) {
        return false;
    }
    candidate.is_reversal = false;
    if (!transaction_try(trial, &candidate)) {
        return false;
    }
    locate_name(trial->located, "transactions.reverses_transaction_id");
    trial->located->stored = TEXT("(another transaction)");
    trial->located->computed = TEXT_ABSENT;
    return true;
}

/* What the leaf holds is proven where the leaf agrees; what the transaction_hash holds, where that does. */
static void transaction_suspect(struct transaction_trial *trial, const struct verify_evidence *evidence)
{
    struct verify_located *located = trial->located;
    bool is_of_leaf = evidence->leaf_is_known && evidence->leaf_holds;
    bool symbols_are_out = trial->verify->symbols_are_all && trial->verify->trials_left > 0;
    if (evidence->has_entries && evidence->entry_hashes_hold && !evidence->transaction_hash_holds) {
        locate_suspect(located, "transactions.transaction_date");
        locate_settle(located, "transactions.*");
        return;
    }
    for (size_t i = 0; i < TRANSACTION_COLUMNS; i++) {
        const struct text_column *column = &transaction_columns[i];
        if (!(column->is_symbol && symbols_are_out) && !(column->is_in_leaf && is_of_leaf)) {
            locate_suspect(located, column->field);
        }
    }
    if (!is_of_leaf) {
        locate_suspect(located, "transactions.posting_date");
    }
    if (!evidence->transaction_hash_holds) {
        locate_suspect(located, "transactions.transaction_date");
    }
    if (!text_is_absent(trial->transaction->idempotency_key)) {
        locate_suspect(located, "transactions.idempotency_fingerprint");
    }
    locate_suspect(located, "transactions.reverses_transaction_id");
    locate_suspect(located, "transactions.texts_salt");
    locate_suspect(located, "journal_entries.memo");
    locate_suspect(located, "a whole entry");
    locate_settle(located, "transactions.*");
}

ledger_status verify_locate_transaction(struct verify *verify, const struct ledger_transaction_record *transaction,
                                        const struct verify_evidence *evidence,
                                        struct ledger_transaction_record *ret_original,
                                        struct verify_located *ret_located)
{
    *ret_located = (struct verify_located){.is_proven = false};
    struct transaction_trial trial = {verify, transaction, ret_original, ret_located};
    if (transaction_try_number(&trial) || transaction_try_posting_date(&trial) || transaction_try_day(&trial) ||
        transaction_try_date(&trial) || transaction_try_reversal(&trial)) {
        return LEDGER_DONE;
    }
    LEDGER_TRY(locate_need_symbols(verify));
    for (size_t i = 0; i < TRANSACTION_COLUMNS; i++) {
        if (transaction_try_text(&trial, &transaction_columns[i])) {
            return LEDGER_DONE;
        }
    }
    transaction_suspect(&trial, evidence);
    return LEDGER_DONE;
}

/* One trial of an event's row. */
struct event_trial {
    struct verify *verify;
    const struct ledger_event_record *event;
    const struct sha256_hash *leaf;
    struct verify_located *located;
};

static bool event_try(struct event_trial *trial, const struct ledger_event_record *candidate, const char *field,
                      struct ledger_text stored, struct ledger_text computed)
{
    const struct ledger_text *const texts[] = {
        &candidate->event_type, &candidate->user_id, &candidate->principal,   &candidate->source_system,
        &candidate->source_ip,  &candidate->action,  &candidate->description, &candidate->event_metadata,
    };
    if (!locate_take(trial->verify, 1, texts, sizeof texts / sizeof texts[0])) {
        return false;
    }
    struct sha256_hash hash = record_leaf_hash(trial->verify->hasher, candidate);
    if (memcmp(&hash, trial->leaf, sizeof hash) != 0) {
        return false;
    }
    locate_name(trial->located, "%s", field);
    trial->located->is_proven = true;
    trial->located->stored = stored;
    trial->located->computed = computed;
    return true;
}

static bool event_try_fixed(struct event_trial *trial)
{
    struct verify *verify = trial->verify;
    const struct ledger_event_record *event = trial->event;
    for (unsigned severity = LEDGER_INFO; severity <= LEDGER_CRITICAL; severity++) {
        struct ledger_event_record candidate = *event;
        candidate.severity = (enum ledger_severity)severity;
        if (event_try(trial, &candidate, "audit_log.severity", ledger_text_of(ledger_severity_name(event->severity)),
                      ledger_text_of(ledger_severity_name(candidate.severity)))) {
            return true;
        }
    }
    struct ledger_event_record candidate = *event;
    candidate.is_success = !event->is_success;
    if (event_try(trial, &candidate, "audit_log.outcome", event->is_success ? TEXT("SUCCESS") : TEXT("FAILED"),
                  event->is_success ? TEXT("FAILED") : TEXT("SUCCESS"))) {
        return true;
    }
    candidate = *event;
    candidate.event_timestamp_us = verify->order.last_event_us;
    if (event_try(trial, &candidate, "audit_log.event_timestamp",
                  verify_text_of_time(verify->stored_text, event->event_timestamp_us),
                  verify_text_of_time(verify->computed_text, verify->order.last_event_us))) {
        return true;
    }
    candidate = *event;
    candidate.has_transaction = false;
    return event->has_transaction &&
           event_try(trial, &candidate, "audit_log.transaction_id",
                     verify_about_id(verify, event->transaction_id).transaction_id, TEXT_ABSENT);
}

static const struct text_column event_columns[] = {
    {"audit_log.event_type", offsetof(struct ledger_event_record, event_type), true, true},
    {"audit_log.user_id", offsetof(struct ledger_event_record, user_id), true, true},
    {"audit_log.principal", offsetof(struct ledger_event_record, principal), true, true},
    {"audit_log.source_system", offsetof(struct ledger_event_record, source_system), true, true},
    {"audit_log.source_ip", offsetof(struct ledger_event_record, source_ip), true, true},
    {"audit_log.action", offsetof(struct ledger_event_record, action), true, true},
    {"audit_log.event_metadata", offsetof(struct ledger_event_record, event_metadata), false, true},
};

enum { EVENT_COLUMNS = sizeof event_columns / sizeof event_columns[0] };

static bool event_try_text(struct event_trial *trial, const struct text_column *column)
{
    const struct verify *verify = trial->verify;
    size_t count = column->is_symbol ? verify->symbols_count : 0;
    for (size_t i = 0; i <= count; i++) {
        struct ledger_event_record candidate = *trial->event;
        struct ledger_text *text = (struct ledger_text *)(void *)((char *)&candidate + column->offset);
        struct ledger_text stored = *text;
        *text = i == 0 ? TEXT_ABSENT : verify->symbols[i - 1];
        if (event_try(trial, &candidate, column->field, stored, *text)) {
            return true;
        }
    }
    return false;
}

ledger_status verify_locate_event(struct verify *verify, const struct ledger_event_record *event,
                                  const struct sha256_hash *leaf, struct ledger_text metadata,
                                  struct verify_located *ret_located)
{
    *ret_located = (struct verify_located){.is_proven = false};
    struct event_trial trial = {verify, event, leaf, ret_located};
    struct ledger_event_record candidate = *event;
    candidate.event_metadata = metadata;
    if (event_try_fixed(&trial) ||
        (!text_is_absent(metadata) &&
         event_try(&trial, &candidate, "audit_log.event_metadata", event->event_metadata, metadata))) {
        return LEDGER_DONE;
    }
    LEDGER_TRY(locate_need_symbols(verify));
    for (size_t i = 0; i < EVENT_COLUMNS; i++) {
        if (event_try_text(&trial, &event_columns[i])) {
            return LEDGER_DONE;
        }
    }
    locate_suspect(ret_located, "audit_log.description");
    locate_suspect(ret_located, "audit_log.event_metadata");
    locate_suspect(ret_located, "audit_log.event_timestamp");
    locate_suspect(ret_located, "audit_log.transaction_id");
    if (!verify->symbols_are_all || verify->trials_left <= 0) {
        locate_suspect(ret_located, "another text");
    }
    locate_name(ret_located, "audit_log.*");
    return LEDGER_DONE;
}
