/* A transaction with its entries: balanced, numbered, and what its hashes say.
 *
 * The order matters: entry hashes first, since they prove account, type, amount, currency and dimensions; then the
 * record_hash, which covers the entry hashes; then the leaf, which covers the record_hash. Where one fails, the one
 * above it tells whether the hash or what it covers was altered. */
#include <assert.h>

#include "base/text.h"
#include "domain/names.h"
#include "integrity/verify_state.h"

enum { CURRENCIES_MAX = 32 };

struct currency_sum {
    struct ledger_text currency;
    int128 debit_minor;
    int128 credit_minor;
};

struct transaction_work {
    struct verify *verify;
    struct ledger_transaction_record *transaction; /* as stored */
    struct ledger_transaction_record original;     /* as it was, as far as that is proven */
    struct ledger_entry_record *originals;         /* its entries, NULL while none was altered */
    struct currency_sum *sums;
    size_t sums_count;
    uint32_t faulty_count;  /* entries whose hash does not agree */
    bool hashes_are_faulty; /* of entries, rather than the entries */
    struct verify_evidence evidence;
};

static struct currency_sum *work_sum_of(struct transaction_work *work, struct ledger_text currency)
{
    for (size_t i = 0; i < work->sums_count; i++) {
        if (text_equals(work->sums[i].currency, currency)) {
            return &work->sums[i];
        }
    }
    if (work->sums_count == CURRENCIES_MAX) {
        return NULL;
    }
    work->sums[work->sums_count] = (struct currency_sum){.currency = currency};
    return &work->sums[work->sums_count++];
}

static ledger_status work_report_entry(struct transaction_work *work, enum verify_check check,
                                       const struct ledger_entry_record *entry, const char *field, int64_t stored,
                                       const char *detail)
{
    struct verify *verify = work->verify;
    struct ledger_violation about = verify_about_entry(verify, work->transaction, entry);
    about.field = ledger_text_of(field);
    about.stored = verify_text_of_integer(verify->stored_text, stored);
    return verify_found(verify, check, &about, "entry %u %s", entry->entry_number, detail);
}

/* Adds an entry to the sums; what no entry can have is told. */
static ledger_status work_sum_entry(struct transaction_work *work, const struct ledger_entry_record *entry)
{
    if (entry->account_code.data == NULL) {
        LEDGER_TRY(work_report_entry(work, CHECK_ORPHANS, entry, "journal_entries.account_id", entry->account_id,
                                     "is of an account that does not exist"));
    }
    if (entry->amount_minor <= 0) {
        LEDGER_TRY(work_report_entry(work, CHECK_ENTRIES_BALANCE, entry, "journal_entries.amount", entry->amount_minor,
                                     "has an amount (in hundredths) that is not above zero"));
    }
    if (entry->entry_type != LEDGER_DEBIT && entry->entry_type != LEDGER_CREDIT) {
        return work_report_entry(work, CHECK_ENTRIES_BALANCE, entry, "journal_entries.entry_type",
                                 (int64_t)entry->entry_type, "is neither DEBIT nor CREDIT");
    }
    struct currency_sum *sum = work_sum_of(work, entry->currency);
    if (sum == NULL) {
        return work_report_entry(work, CHECK_ENTRIES_BALANCE, entry, "journal_entries.currency", CURRENCIES_MAX,
                                 "is of one more currency than a transaction can have");
    }
    *(entry->entry_type == LEDGER_DEBIT ? &sum->debit_minor : &sum->credit_minor) += entry->amount_minor;
    return LEDGER_DONE;
}

static ledger_status work_report_imbalance(struct transaction_work *work, const struct currency_sum *sum)
{
    struct verify *verify = work->verify;
    struct ledger_violation about = verify_about_transaction(verify, work->transaction);
    char debits[VERIFY_TEXT_SIZE];
    char credits[VERIFY_TEXT_SIZE];
    struct ledger_text debits_text = verify_text_of_amount(debits, sum->debit_minor);
    struct ledger_text credits_text = verify_text_of_amount(credits, sum->credit_minor);
    about.field = TEXT("journal_entries.amount");
    about.stored = verify_text_of_amount(verify->stored_text, sum->debit_minor - sum->credit_minor);
    about.computed = TEXT("0.00");
    return verify_found(verify, CHECK_ENTRIES_BALANCE, &about, "Debits != Credits in %.*s: Debits=%.*s, Credits=%.*s",
                        TEXT_ARGUMENTS(sum->currency), TEXT_ARGUMENTS(debits_text), TEXT_ARGUMENTS(credits_text));
}

static ledger_status work_check_balance(struct transaction_work *work)
{
    const struct ledger_transaction_record *transaction = work->transaction;
    work->verify->sums.checked_counts[CHECK_ENTRIES_BALANCE]++;
    for (uint32_t i = 0; i < transaction->entries_count; i++) {
        LEDGER_TRY(work_sum_entry(work, &transaction->entries[i]));
    }
    for (size_t i = 0; i < work->sums_count; i++) {
        if (work->sums[i].debit_minor != work->sums[i].credit_minor) {
            LEDGER_TRY(work_report_imbalance(work, &work->sums[i]));
        }
    }
    if (transaction->entries_count >= 2) {
        return LEDGER_DONE;
    }
    struct ledger_violation about = verify_about_transaction(work->verify, transaction);
    about.field = TEXT("journal_entries.entry_number");
    return verify_found(work->verify, transaction->entries_count == 0 ? CHECK_ORPHANS : CHECK_ENTRIES_BALANCE, &about,
                        "the transaction has %s; every transaction has at least two entries",
                        transaction->entries_count == 0 ? "no entries" : "one entry");
}

static ledger_status work_check_numbers(struct transaction_work *work)
{
    struct verify *verify = work->verify;
    verify->sums.checked_counts[CHECK_ENTRIES_NUMBERED] += work->transaction->entries_count;
    for (uint32_t i = 0; i < work->transaction->entries_count; i++) {
        const struct ledger_entry_record *entry = &work->transaction->entries[i];
        if (entry->entry_number != i + 1) {
            struct ledger_violation about = verify_about_entry(verify, work->transaction, entry);
            about.field = TEXT("journal_entries.entry_number");
            about.stored = verify_text_of_integer(verify->stored_text, entry->entry_number);
            about.computed = verify_text_of_integer(verify->computed_text, (int64_t)i + 1);
            return verify_found(verify, CHECK_ENTRIES_NUMBERED, &about,
                                "the entries do not count from 1: entry %u is missing, or its number was altered",
                                i + 1);
        }
    }
    return LEDGER_DONE;
}

/* The entries as they were, made a copy of where they differ from what is stored. */
static ledger_status work_need_originals(struct transaction_work *work)
{
    if (work->originals == NULL) {
        uint32_t count = work->transaction->entries_count;
        work->originals = arena_allocate_array(&work->verify->rows, count, sizeof *work->originals);
        if (work->originals == NULL) {
            return ledger_fail_out_of_memory(work->verify->call);
        }
        if (count > 0) {
            memcpy(work->originals, work->transaction->entries, count * sizeof *work->originals);
        }
        work->original.entries = work->originals;
    }
    return LEDGER_DONE;
}

static int128 work_imbalance_of(struct transaction_work *work, const struct ledger_entry_record *entry)
{
    const struct currency_sum *sum = work_sum_of(work, entry->currency);
    return sum == NULL ? 0 : sum->debit_minor - sum->credit_minor;
}

static ledger_status work_report_located(struct transaction_work *work, enum verify_check check,
                                         struct ledger_violation about, const struct verify_located *located,
                                         const char *what)
{
    about.field = ledger_text_of(located->field);
    if (!located->is_proven) {
        return verify_found(work->verify, check, &about, "%s: one of these was altered: %s", what, located->suspects);
    }
    about.stored = text_is_absent(located->stored) ? TEXT("(none)") : located->stored;
    about.computed = text_is_absent(located->computed) ? TEXT("(none)") : located->computed;
    return verify_found(work->verify, check, &about, "%s: %s was altered; with \"%.*s\" the hash agrees", what,
                        located->field, TEXT_ARGUMENTS(about.computed));
}

static ledger_status work_report_entry_fault(struct transaction_work *work, uint32_t index)
{
    struct verify *verify = work->verify;
    const struct ledger_entry_record *entry = &work->transaction->entries[index];
    struct verify_located located;
    struct ledger_entry_record original = *entry;
    LEDGER_TRY(
        verify_locate_entry(verify, work->transaction, entry, work_imbalance_of(work, entry), &original, &located));
    if (located.is_proven) {
        work->originals[index] = original;
        struct verify_correction correction = {
            .log_index = work->transaction->log_index,
            .entry_number = entry->entry_number,
            .account_id = original.account_id,
            .entry_type = original.entry_type,
            .amount_minor = original.amount_minor,
        };
        LEDGER_TRY(verify_keep_correction(verify, &correction));
    }
    verify->sums.amounts_are_unproven = verify->sums.amounts_are_unproven || !located.is_proven;
    return work_report_located(work, CHECK_ENTRY_HASH, verify_about_entry(verify, work->transaction, entry), &located,
                               "the entry is not what its hash says");
}

/* An entry's hash that was altered, rather than the entry: the record_hash proves it. */
static ledger_status work_report_hash_fault(struct transaction_work *work, const struct ledger_entry_record *entry,
                                            const struct sha256_hash *computed)
{
    struct verify *verify = work->verify;
    struct ledger_violation about = verify_about_entry(verify, work->transaction, entry);
    about.field = TEXT("journal_entries.entry_hash");
    about.stored = verify_text_of_hash(verify->stored_text, entry->entry_hash);
    about.computed = verify_text_of_hash(verify->computed_text, computed->bytes);
    return verify_found(verify, CHECK_ENTRY_HASH, &about,
                        "the entry's hash was altered; the entry itself is what the record_hash says");
}

static struct sha256_hash work_record_hash(struct transaction_work *work,
                                           const struct ledger_transaction_record *transaction)
{
    struct record_hasher *hasher = work->verify->hasher;
    struct sha256_hash texts = verify_texts_hash(work->verify, hasher, transaction);
    struct sha256_hash content = record_content_hash(hasher, transaction, &texts);
    return record_record_hash(hasher, &content, transaction->log_index, transaction->posting_date_us,
                              transaction->number_in_day);
}

/* Whether the record_hash agrees when every entry's hash is the one that its fields give. */
static ledger_status work_try_computed_hashes(struct transaction_work *work)
{
    LEDGER_TRY(work_need_originals(work));
    assert(work->originals != NULL);
    for (uint32_t i = 0; i < work->transaction->entries_count; i++) {
        struct sha256_hash hash =
            record_entry_hash(work->verify->hasher, work->transaction->transaction_id, &work->originals[i]);
        memcpy(work->originals[i].entry_hash, hash.bytes, sizeof hash.bytes);
    }
    struct sha256_hash hash = work_record_hash(work, &work->original);
    work->hashes_are_faulty = verify_hash_equals(work->transaction->record_hash, &hash);
    if (!work->hashes_are_faulty && work->transaction->entries_count > 0) {
        memcpy(work->originals, work->transaction->entries, work->transaction->entries_count * sizeof *work->originals);
    }
    return LEDGER_DONE;
}

/* All entries fail together where the id that all their hashes cover was altered. */
static bool work_suspects_id(const struct transaction_work *work)
{
    return work->faulty_count == work->transaction->entries_count && work->faulty_count > 1 &&
           !work->evidence.transaction_hash_holds && work->evidence.leaf_is_known && !work->evidence.leaf_holds;
}

static ledger_status work_report_id(struct transaction_work *work)
{
    struct verify *verify = work->verify;
    struct ledger_violation about = verify_about_transaction(verify, work->transaction);
    about.field = TEXT("transactions.transaction_id");
    about.stored = about.transaction_id;
    return verify_found(verify, CHECK_ENTRY_HASH, &about,
                        "no hash of the transaction, its entries or its event agrees: its id was altered, which all of "
                        "them cover, or all of it was");
}

static ledger_status work_report_entry_faults(struct transaction_work *work)
{
    LEDGER_TRY(work_try_computed_hashes(work));
    if (!work->hashes_are_faulty && work_suspects_id(work)) {
        return work_report_id(work);
    }
    for (uint32_t i = 0; i < work->transaction->entries_count; i++) {
        const struct ledger_entry_record *entry = &work->transaction->entries[i];
        struct sha256_hash computed = record_entry_hash(work->verify->hasher, work->transaction->transaction_id, entry);
        if (!verify_hash_equals(entry->entry_hash, &computed)) {
            LEDGER_TRY(work->hashes_are_faulty ? work_report_hash_fault(work, entry, &computed)
                                               : work_report_entry_fault(work, i));
        }
    }
    return LEDGER_DONE;
}

static void work_check_entry_hashes(struct transaction_work *work)
{
    struct verify *verify = work->verify;
    verify->sums.checked_counts[CHECK_ENTRY_HASH] += work->transaction->entries_count;
    for (uint32_t i = 0; i < work->transaction->entries_count; i++) {
        const struct ledger_entry_record *entry = &work->transaction->entries[i];
        struct sha256_hash computed = record_entry_hash(verify->hasher, work->transaction->transaction_id, entry);
        work->faulty_count += !verify_hash_equals(entry->entry_hash, &computed);
    }
    work->evidence.entry_hashes_hold = work->faulty_count == 0;
    work->evidence.has_entries = work->transaction->entries_count > 0;
}

/* A transaction_hash that fails although the entries are proven: it, or the date that it covers, was altered. */
static ledger_status work_report_transaction_hash(struct transaction_work *work, bool record_holds)
{
    struct verify *verify = work->verify;
    struct sha256_hash computed = record_transaction_hash(verify->hasher, &work->original);
    if (verify_hash_equals(work->transaction->transaction_hash, &computed) || work_suspects_id(work)) {
        return LEDGER_DONE; /* what was altered has been told, and this hash agrees with what it was */
    }
    struct ledger_violation about = verify_about_transaction(verify, work->transaction);
    about.field = TEXT("transactions.transaction_hash");
    about.stored = verify_text_of_hash(verify->stored_text, work->transaction->transaction_hash);
    about.computed = verify_text_of_hash(verify->computed_text, computed.bytes);
    return verify_found(verify, CHECK_TRANSACTION_HASH, &about,
                        record_holds && work->evidence.entry_hashes_hold
                            ? "the transaction_hash was altered: what it covers is what the record_hash says"
                            : "the transaction_hash is not that of the transaction as it is stored");
}

static struct sha256_hash work_leaf(struct transaction_work *work, const struct ledger_transaction_record *transaction)
{
    return record_transaction_leaf_hash(work->verify->hasher, transaction);
}

/* The record_hash fails and the entries do not explain it. Where the leaf agrees with the computed hash, the column was
 * altered; else something that it covers. */
static ledger_status work_report_record_hash(struct transaction_work *work, const struct sha256_hash *computed)
{
    struct verify *verify = work->verify;
    struct ledger_violation about = verify_about_transaction(verify, work->transaction);
    struct ledger_transaction_record trial = *work->transaction;
    memcpy(trial.record_hash, computed->bytes, sizeof trial.record_hash);
    if (work->evidence.leaf_is_known) {
        struct sha256_hash leaf = work_leaf(work, &trial);
        if (memcmp(&leaf, log_stored_leaf(verify), sizeof leaf) == 0) {
            work->original = trial;
            work->evidence.leaf_holds = true;
            about.field = TEXT("transactions.record_hash");
            about.stored = verify_text_of_hash(verify->stored_text, work->transaction->record_hash);
            about.computed = verify_text_of_hash(verify->computed_text, computed->bytes);
            return verify_found(verify, CHECK_RECORD_HASH, &about,
                                "the record_hash was altered: the transaction is what its leaf in the log says");
        }
    }
    if (work->faulty_count > 0 && !work->hashes_are_faulty && work_suspects_id(work)) {
        return LEDGER_DONE; /* told as the id's alteration */
    }
    struct verify_located located;
    struct ledger_transaction_record original = *work->transaction;
    LEDGER_TRY(verify_locate_transaction(verify, work->transaction, &work->evidence, &original, &located));
    if (located.is_proven) {
        original.entries = work->original.entries;
        work->original = original;
        struct verify_correction correction = {
            .log_index = original.log_index,
            .transaction_day = original.transaction_day,
            .posting_date_us = original.posting_date_us,
        };
        LEDGER_TRY(verify_keep_correction(verify, &correction));
    }
    about = verify_about_transaction(verify, work->transaction);
    return work_report_located(work, CHECK_RECORD_HASH, about, &located, "the transaction is not what its hash says");
}

/* What is proven by now has to be what the log has at this place. */
static ledger_status work_report_leaf(struct transaction_work *work)
{
    struct verify *verify = work->verify;
    struct sha256_hash leaf = work_leaf(work, &work->original);
    if (!work->evidence.leaf_is_known || work->evidence.leaf_holds ||
        memcmp(&leaf, log_stored_leaf(verify), sizeof leaf) == 0 || work_suspects_id(work)) {
        return LEDGER_DONE;
    }
    struct ledger_violation about = verify_about_transaction(verify, work->transaction);
    about.field = TEXT("transactions.record_hash");
    about.stored = verify_text_of_hash(verify->stored_text, log_stored_leaf(verify)->bytes);
    about.computed = verify_text_of_hash(verify->computed_text, leaf.bytes);
    return verify_found(verify, CHECK_LOG_LEAVES, &about,
                        "the transaction at log position %lld is not the one that was recorded there",
                        (long long)work->transaction->log_index);
}

static ledger_status work_check_hashes(struct transaction_work *work, bool *ret_is_trusted)
{
    struct verify *verify = work->verify;
    const struct ledger_transaction_record *transaction = work->transaction;
    verify->sums.checked_counts[CHECK_TRANSACTION_HASH]++;
    verify->sums.checked_counts[CHECK_RECORD_HASH]++;
    work_check_entry_hashes(work);
    struct sha256_hash transaction_hash = record_transaction_hash(verify->hasher, transaction);
    struct sha256_hash record_hash = work_record_hash(work, transaction);
    struct sha256_hash leaf = work_leaf(work, transaction);
    enum log_leaf outcome = LOG_LEAF_IS_UNKNOWN;
    LEDGER_TRY(log_compare_leaf(verify, &leaf, &outcome));
    verify->sums.checked_counts[CHECK_LOG_LEAVES]++;
    bool record_holds = verify_hash_equals(transaction->record_hash, &record_hash);
    work->evidence.transaction_hash_holds = verify_hash_equals(transaction->transaction_hash, &transaction_hash);
    work->evidence.leaf_is_known = outcome != LOG_LEAF_IS_UNKNOWN;
    work->evidence.leaf_holds = outcome == LOG_LEAF_HOLDS;
    *ret_is_trusted = record_holds;
    if (record_holds && work->evidence.entry_hashes_hold && work->evidence.transaction_hash_holds &&
        outcome != LOG_LEAF_DIFFERS) {
        return log_add(verify, &leaf);
    }
    if (!work->evidence.entry_hashes_hold) {
        LEDGER_TRY(work_report_entry_faults(work));
    }
    if (!record_holds && !work->hashes_are_faulty) {
        LEDGER_TRY(work_report_record_hash(work, &record_hash));
    }
    if (!work->evidence.transaction_hash_holds) {
        LEDGER_TRY(work_report_transaction_hash(work, record_holds));
    }
    struct sha256_hash now_hash = work_record_hash(work, &work->original);
    *ret_is_trusted = record_holds || verify_hash_equals(work->original.record_hash, &now_hash);
    LEDGER_TRY(work_report_leaf(work));
    leaf = work_leaf(work, &work->original);
    return log_add(verify, &leaf);
}

static ledger_status work_check_idempotency(struct transaction_work *work)
{
    static const uint8_t no_fingerprint[SHA256_SIZE];
    const struct ledger_transaction_record *transaction = work->transaction;
    work->verify->sums.checked_counts[CHECK_IDEMPOTENCY]++;
    bool has_fingerprint = memcmp(transaction->idempotency_fingerprint, no_fingerprint, sizeof no_fingerprint) != 0;
    if (has_fingerprint == !text_is_absent(transaction->idempotency_key)) {
        return LEDGER_DONE;
    }
    struct ledger_violation about = verify_about_transaction(work->verify, transaction);
    about.field = TEXT("transactions.idempotency_fingerprint");
    return verify_found(work->verify, CHECK_IDEMPOTENCY, &about, "%s",
                        has_fingerprint ? "a fingerprint stands there without an idempotency key"
                                        : "the fingerprint of the idempotency key is missing");
}

static ledger_status work_add_up(struct transaction_work *work)
{
    struct verify *verify = work->verify;
    const struct ledger_transaction_record *original = &work->original;
    for (uint32_t i = 0; i < original->entries_count; i++) {
        const struct ledger_entry_record *entry = &original->entries[i];
        verify->sums.amounts_sum += entry->amount_minor > 0 ? entry->amount_minor : 0;
        struct verify_account *account = verify_find_account(verify, entry->account_id);
        if (verify->adds_totals) {
            LEDGER_TRY(totals_add(verify, original->transaction_day, original->posting_date_us, entry, account));
        }
        if (account == NULL) {
            continue;
        }
        LEDGER_TRY(verify_lists_add(verify, original->log_index, account, entry->entry_number));
    }
    return LEDGER_DONE;
}

ledger_status verify_transaction(struct verify *verify, struct ledger_transaction_record *transaction)
{
    struct currency_sum sums[CURRENCIES_MAX];
    struct transaction_work work = {
        .verify = verify, .transaction = transaction, .original = *transaction, .sums = sums};
    bool is_trusted = false;
    verify->sums.transactions_checked++;
    LEDGER_TRY(work_check_balance(&work));
    LEDGER_TRY(work_check_numbers(&work));
    LEDGER_TRY(work_check_hashes(&work, &is_trusted));
    LEDGER_TRY(verify_check_redaction(verify, transaction));
    LEDGER_TRY(work_check_idempotency(&work));
    LEDGER_TRY(verify_check_order(verify, &work.original, is_trusted));
    return verify->is_of_one ? LEDGER_DONE : work_add_up(&work);
}
