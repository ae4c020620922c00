/* Judging a posting by the rules in memory, gathering every problem, and hashing what is good. */
#include "engine/draft.h"

#include <assert.h>
#include <string.h>

#include "base/quote.h"
#include "base/text.h"
#include "domain/amount.h"
#include "domain/currency.h"
#include "domain/names.h"
#include "engine/texts.h"

enum {
    CURRENCIES_MAX = 32, /* that one transaction can touch */
    HASH_SHARE_MIN = 64, /* drafts from which on a second thread pays */
};

enum { SALT_BYTES = sizeof((struct ledger_transaction_record *)0)->texts_salt, DRAFTS_AT_ONCE = 256 };

/* At most DRAFTS_AT_ONCE: their random bytes are asked for together, and their ids taken in one turn. */
static ledger_status drafts_init_some(struct ledger_call *call, struct ledger *ledger, int64_t now_us,
                                      struct draft *drafts, size_t first_item, size_t count)
{
    uint8_t random[DRAFTS_AT_ONCE * (LEDGER_ID_RANDOM_BYTES + SALT_BYTES)];
    const uint8_t *salts = random + count * LEDGER_ID_RANDOM_BYTES;
    struct uuid ids[DRAFTS_AT_ONCE];
    if (!random_bytes(random, count * (LEDGER_ID_RANDOM_BYTES + SALT_BYTES))) {
        return ledger_fail(call, LEDGER_DEFECT, "the operating system gave no random bytes");
    }
    ledger_new_ids(ledger, now_us, random, ids, count);
    for (size_t i = 0; i < count; i++) {
        drafts[i] = (struct draft){.call = call, .item_index = first_item + i};
        memcpy(drafts[i].record.transaction_id, ids[i].bytes, sizeof ids[i].bytes);
        memcpy(drafts[i].record.texts_salt, salts + i * SALT_BYTES, SALT_BYTES);
    }
    return LEDGER_DONE;
}

ledger_status draft_init(struct ledger_call *call, struct ledger *ledger, struct draft *drafts, size_t count)
{
    int64_t now_us = ledger_call_now_us(call);
    for (size_t done = 0; done < count; done += DRAFTS_AT_ONCE) {
        size_t now = count - done < DRAFTS_AT_ONCE ? count - done : DRAFTS_AT_ONCE;
        LEDGER_TRY(drafts_init_some(call, ledger, now_us, drafts + done, done, now));
    }
    return LEDGER_DONE;
}

/* Whether there is an idempotency key that can be one. */
static bool draft_take_fields(struct ledger_call *call, const struct ledger_posting *posting, struct draft *draft)
{
    (void)texts_check_required_name(call, "business_event_type", posting->business_event_type, LEDGER_NAME_MAX);
    (void)texts_check_name(call, "business_key", posting->business_key, LEDGER_NAME_MAX);
    bool has_key = texts_check_name(call, "idempotency_key", posting->idempotency_key, LEDGER_IDEMPOTENCY_KEY_MAX) &&
                   !text_is_empty(posting->idempotency_key);
    if (text_is_empty(posting->description)) {
        ledger_call_add_problem(call, LEDGER_TEXT_IS_INVALID, 0, "description is missing or empty");
    }
    (void)texts_check_free(call, "description", posting->description, LEDGER_DESCRIPTION_MAX, 0);
    if (!text_is_absent(posting->idempotency_key) && text_is_empty(posting->idempotency_key)) {
        ledger_call_add_problem(call, LEDGER_TEXT_IS_INVALID, 0, "idempotency_key is empty");
    }
    struct ledger_transaction_record *record = &draft->record;
    record->business_event_type = posting->business_event_type;
    record->business_key = posting->business_key;
    record->description = posting->description;
    record->idempotency_key = posting->idempotency_key;
    record->created_by = call->actor.user;
    record->principal = call->actor.principal;
    record->source_system = call->actor.source_system;
    record->source_ip = call->actor.source_ip;
    return has_key;
}

void draft_check_day(struct ledger_call *call, struct session *session, int32_t transaction_day, int64_t now_us,
                     bool allow_future)
{
    char day_text[TIME_TEXT_SIZE];
    if (period_index_is_closed(&session->rules.periods, transaction_day)) {
        (void)day_format(transaction_day, day_text);
        ledger_call_add_problem(call, LEDGER_PERIOD_IS_CLOSED, 0, "the period of %s is closed", day_text);
    }
    int32_t today = time_zone_day(session->ledger->zone, now_us);
    if (!allow_future && transaction_day > today + 1) {
        char today_text[TIME_TEXT_SIZE];
        (void)day_format(transaction_day, day_text);
        (void)day_format(today, today_text);
        ledger_call_add_problem(call, LEDGER_DATE_IS_IN_THE_FUTURE, 0,
                                "transaction_date: %s is more than a day ahead of %s", day_text, today_text);
    }
}

static bool session_knows_date(const struct session *session, struct ledger_text text)
{
    const struct session_date *last = &session->last_date;
    return last->size > 0 && text_equals(text, (struct ledger_text){last->text, last->size});
}

/* A text that no date is as long as is not remembered. */
static void session_keep_date(struct session *session, struct ledger_text text, int64_t time_us, int32_t day)
{
    struct session_date *last = &session->last_date;
    if (text.size > 0 && text.size <= sizeof last->text) {
        *last = (struct session_date){.size = text.size, .time_us = time_us, .day = day};
        memcpy(last->text, text.data, text.size);
    }
}

/* Adds the problem of a date that cannot be read; only a lack of memory ends the call. */
static ledger_status draft_take_date(struct ledger_call *call, struct session *session,
                                     const struct ledger_posting *posting, int64_t now_us, struct draft *draft)
{
    struct ledger_text text = posting->transaction_date;
    int64_t date_us = posting->has_transaction_date_us ? posting->transaction_date_us : now_us;
    bool is_known = session_knows_date(session, text);
    if (is_known) {
        date_us = session->last_date.time_us;
    } else if (!text_is_absent(text)) {
        ledger_status status = time_parse(call, text, session->ledger->zone, &date_us);
        if (status != LEDGER_DONE) {
            return status == LEDGER_DATE_IS_INVALID ? LEDGER_DONE : status;
        }
    }
    if (date_us < TIME_DAY_FIRST * TIME_US_PER_DAY || date_us >= TIME_DAY_LAST * TIME_US_PER_DAY) {
        ledger_call_add_problem(call, LEDGER_DATE_IS_INVALID, 0,
                                "transaction_date is outside 0001-01-01 to 9999-12-30");
        return LEDGER_DONE;
    }
    draft->record.transaction_date_us = date_us;
    draft->record.transaction_day = is_known ? session->last_date.day : time_zone_day(session->ledger->zone, date_us);
    if (!is_known) {
        session_keep_date(session, text, date_us, draft->record.transaction_day);
    }
    draft_check_day(call, session, draft->record.transaction_day, now_us, posting->allow_future);
    return LEDGER_DONE;
}

static void entry_take_type(struct ledger_call *call, const struct ledger_entry *entry,
                            struct ledger_entry_record *record)
{
    record->entry_type = entry->entry_type;
    if (!text_is_absent(entry->entry_type_text) && !entry_type_parse(entry->entry_type_text, &record->entry_type)) {
        char quoted[QUOTE_SIZE];
        ledger_call_add_problem(call, LEDGER_ENTRY_TYPE_IS_INVALID, record->entry_number,
                                "entry_type is %s, not DEBIT or CREDIT", text_quote(entry->entry_type_text, quoted));
    } else if (record->entry_type != LEDGER_DEBIT && record->entry_type != LEDGER_CREDIT) {
        ledger_call_add_problem(call, LEDGER_ENTRY_TYPE_IS_INVALID, record->entry_number,
                                "entry_type is neither DEBIT nor CREDIT");
    }
}

static ledger_status entry_take_account(struct ledger_call *call, const struct rules *rules,
                                        const struct ledger_entry *entry, struct ledger_entry_record *record,
                                        const struct rules_account **ret_account)
{
    bool is_good = false;
    struct ledger_text code;
    *ret_account = NULL;
    LEDGER_TRY(texts_normalise_code(call, "account_code", entry->account_code, LEDGER_ACCOUNT_CODE_IS_INVALID,
                                    record->entry_number, &is_good, &code));
    if (!is_good) {
        return LEDGER_DONE;
    }
    const struct rules_account *account = rules_find_account(rules, code);
    if (account == NULL) {
        ledger_call_add_problem(call, LEDGER_ACCOUNT_NOT_FOUND, record->entry_number, "account not found: %.*s",
                                TEXT_ARGUMENTS(code));
        return LEDGER_DONE;
    }
    if (!account->account.is_active) {
        ledger_call_add_problem(call, LEDGER_ACCOUNT_IS_INACTIVE, record->entry_number, "account %.*s is inactive",
                                TEXT_ARGUMENTS(code));
    }
    if (account->account.account_role == LEDGER_ROLE_HEADER) {
        ledger_call_add_problem(call, LEDGER_ACCOUNT_IS_A_HEADER, record->entry_number,
                                "account %.*s is a header and takes no entries", TEXT_ARGUMENTS(code));
    }
    if (!text_is_absent(entry->currency) && !text_equals(entry->currency, account->account.currency)) {
        char quoted[QUOTE_SIZE];
        ledger_call_add_problem(call, LEDGER_CURRENCY_DIFFERS_FROM_ACCOUNT, record->entry_number,
                                "account %.*s is kept in %.*s, the entry is in %s", TEXT_ARGUMENTS(code),
                                TEXT_ARGUMENTS(account->account.currency), text_quote(entry->currency, quoted));
    }
    record->account_id = account->account.account_id;
    record->account_code = account->account.account_code;
    record->currency = account->account.currency;
    *ret_account = account;
    return LEDGER_DONE;
}

/* The amount is read from its digits; without an account its currency is not known, and two decimals are allowed. */
static void entry_take_amount(struct ledger_call *call, const struct ledger_entry *entry,
                              const struct rules_account *account, struct ledger_entry_record *record)
{
    unsigned decimals = account == NULL ? 2 : account->currency_decimals;
    if (!text_is_absent(entry->amount)) {
        enum amount_fault fault = amount_parse(entry->amount, decimals, &record->amount_minor);
        if (fault != AMOUNT_IS_GOOD) {
            char quoted[QUOTE_SIZE];
            ledger_call_add_problem(call, LEDGER_AMOUNT_IS_INVALID, record->entry_number, "amount %s %s",
                                    text_quote(entry->amount, quoted), amount_fault_sentence(fault, decimals));
        }
        return;
    }
    record->amount_minor = entry->amount_minor;
    if (entry->amount_minor <= 0) {
        ledger_call_add_problem(call, LEDGER_AMOUNT_IS_INVALID, record->entry_number, "amount %s",
                                entry->amount_minor < 0 ? amount_fault_sentence(AMOUNT_HAS_A_SIGN, decimals)
                                                        : amount_fault_sentence(AMOUNT_IS_ZERO, decimals));
    } else if ((decimals == 0 && entry->amount_minor % 100 != 0) || (decimals == 1 && entry->amount_minor % 10 != 0)) {
        ledger_call_add_problem(call, LEDGER_AMOUNT_IS_INVALID, record->entry_number, "amount %s",
                                amount_fault_sentence(AMOUNT_HAS_TOO_MANY_DECIMALS, decimals));
    }
}

static ledger_status entry_take_dimension(struct ledger_call *call, const char *field, struct ledger_text text,
                                          uint32_t entry_number, struct ledger_text *ret_code)
{
    *ret_code = TEXT_ABSENT;
    if (text_is_absent(text)) {
        return LEDGER_DONE;
    }
    bool is_good = false;
    return texts_normalise_code(call, field, text, LEDGER_TEXT_IS_INVALID, entry_number, &is_good, ret_code);
}

static ledger_status draft_take_entry(struct ledger_call *call, const struct rules *rules,
                                      const struct ledger_entry *entry, struct ledger_entry_record *record)
{
    const struct rules_account *account = NULL;
    LEDGER_TRY(entry_take_account(call, rules, entry, record, &account));
    entry_take_type(call, entry, record);
    entry_take_amount(call, entry, account, record);
    (void)texts_check_free(call, "memo", entry->memo, LEDGER_DESCRIPTION_MAX, record->entry_number);
    record->memo = entry->memo;
    LEDGER_TRY(
        entry_take_dimension(call, "cost_center", entry->cost_center, record->entry_number, &record->cost_center));
    LEDGER_TRY(entry_take_dimension(call, "business_unit", entry->business_unit, record->entry_number,
                                    &record->business_unit));
    return entry_take_dimension(call, "project_code", entry->project_code, record->entry_number, &record->project_code);
}

struct currency_sum {
    struct ledger_text currency;
    int128 debit_minor;
    int128 credit_minor;
};

static struct currency_sum *sum_of(struct currency_sum *sums, size_t *count, struct ledger_text currency)
{
    for (size_t i = 0; i < *count; i++) {
        if (text_equals(sums[i].currency, currency)) {
            return &sums[i];
        }
    }
    if (*count == CURRENCIES_MAX) {
        return NULL;
    }
    sums[*count] = (struct currency_sum){.currency = currency};
    return &sums[(*count)++];
}

static void draft_report_imbalance(struct ledger_call *call, const struct currency_sum *sum, bool name_currency)
{
    char debits[AMOUNT_TEXT_SIZE];
    char credits[AMOUNT_TEXT_SIZE];
    (void)amount_format(sum->debit_minor, debits);
    (void)amount_format(sum->credit_minor, credits);
    ledger_call_add_problem(call, LEDGER_DEBITS_DIFFER_FROM_CREDITS, 0, "not balanced%s%.*s: Debits=%s, Credits=%s",
                            name_currency ? " in " : "", name_currency ? (int)sum->currency.size : 0,
                            sum->currency.data, debits, credits);
}

/* Only where every entry could be read: a sum without one of them says nothing. */
static void draft_check_balance(struct ledger_call *call, const struct draft *draft)
{
    struct currency_sum sums[CURRENCIES_MAX];
    size_t count = 0;
    for (uint32_t i = 0; i < draft->record.entries_count; i++) {
        const struct ledger_entry_record *entry = &draft->entries[i];
        struct currency_sum *sum = sum_of(sums, &count, entry->currency);
        if (sum == NULL) {
            ledger_call_add_problem(call, LEDGER_CURRENCY_IS_INVALID, entry->entry_number,
                                    "the transaction touches more than %d currencies", CURRENCIES_MAX);
            return;
        }
        *(entry->entry_type == LEDGER_DEBIT ? &sum->debit_minor : &sum->credit_minor) += entry->amount_minor;
    }
    for (size_t i = 0; i < count; i++) {
        if (sums[i].debit_minor != sums[i].credit_minor) {
            draft_report_imbalance(call, &sums[i], count > 1);
        }
    }
}

/* The sums of what can be read, for a transaction that has other faults too: debits of amounts that are good. */
static bool draft_entries_are_good(const struct ledger_call *call, size_t first_problem)
{
    for (size_t i = first_problem; i < ledger_call_problems_count(call); i++) {
        ledger_status status = ledger_call_problem(call, i)->status;
        if (status == LEDGER_AMOUNT_IS_INVALID || status == LEDGER_ENTRY_TYPE_IS_INVALID ||
            status == LEDGER_ACCOUNT_NOT_FOUND || status == LEDGER_ACCOUNT_CODE_IS_INVALID) {
            return false;
        }
    }
    return true;
}

static ledger_status draft_take_entries(struct ledger_call *call, struct session *session,
                                        const struct ledger_posting *posting, struct draft *draft)
{
    if (posting->entries_count < 2) {
        ledger_call_add_problem(call, LEDGER_TOO_FEW_ENTRIES, 0,
                                "a transaction needs at least two entries; this one has %u", posting->entries_count);
    }
    if (posting->entries_count > LEDGER_ENTRIES_MAX) {
        ledger_call_add_problem(call, LEDGER_TOO_MANY_ENTRIES, 0,
                                "the transaction has %u entries, at most %d are taken", posting->entries_count,
                                LEDGER_ENTRIES_MAX);
        return LEDGER_DONE;
    }
    if (draft->entries == NULL) {
        LEDGER_RESERVE(call, draft->entries, posting->entries_count);
    }
    draft->record.entries = draft->entries;
    draft->record.entries_count = posting->entries_count;
    size_t first_problem = ledger_call_problems_count(call);
    for (uint32_t i = 0; i < posting->entries_count; i++) {
        draft->entries[i] = (struct ledger_entry_record){.entry_number = i + 1};
        LEDGER_TRY(draft_take_entry(call, &session->rules, &posting->entries[i], &draft->entries[i]));
    }
    if (draft_entries_are_good(call, first_problem)) {
        draft_check_balance(call, draft);
    }
    return LEDGER_DONE;
}

static void draft_hash_one(struct record_hasher *hasher, struct draft *draft)
{
    struct ledger_transaction_record *record = &draft->record;
    for (uint32_t i = 0; i < record->entries_count; i++) {
        struct sha256_hash hash = record_entry_hash(hasher, record->transaction_id, &draft->entries[i]);
        memcpy(draft->entries[i].entry_hash, hash.bytes, sizeof hash.bytes);
    }
    struct sha256_hash transaction_hash = record_transaction_hash(hasher, record);
    memcpy(record->transaction_hash, transaction_hash.bytes, sizeof transaction_hash.bytes);
    struct sha256_hash texts_hash = record_texts_hash(hasher, record);
    draft->content_hash = record_content_hash(hasher, record, &texts_hash);
    draft->is_placed = false;
}

/* Drafts that one thread hashes. */
struct hash_share {
    struct record_hasher *hasher;
    struct draft *drafts;
    size_t count;
};

static void *hash_share_run(void *context)
{
    const struct hash_share *share = context;
    for (size_t i = 0; i < share->count; i++) {
        if (share->drafts[i].status == LEDGER_DONE) {
            draft_hash_one(share->hasher, &share->drafts[i]);
        }
    }
    return NULL;
}

/* Where no second thread is to be had, this one does all. */
void draft_hash(struct session *session, struct draft *drafts, size_t count, bool alone)
{
    size_t half = count >= HASH_SHARE_MIN && !alone ? count / 2 : 0;
    struct hash_share here = {&session->hasher, drafts, count - half};
    struct hash_share there = {&session->second_hasher, drafts + (count - half), half};
    pthread_t thread;
    bool is_shared = half > 0 && pthread_create(&thread, NULL, hash_share_run, &there) == 0;
    (void)hash_share_run(&here);
    if (is_shared) {
        (void)pthread_join(thread, NULL);
    } else {
        (void)hash_share_run(&there);
    }
}

ledger_status draft_prepare(struct ledger_call *call, struct session *session, const struct ledger_posting *posting,
                            int64_t now_us, struct draft *draft)
{
    call->item_index = draft->item_index;
    draft->first_problem = ledger_call_problems_count(call);
    bool has_key = draft_take_fields(call, posting, draft);
    LEDGER_TRY(draft_take_date(call, session, posting, now_us, draft));
    LEDGER_TRY(draft_take_entries(call, session, posting, draft));
    draft->status = ledger_call_worst(call, draft->first_problem);
    /* A repeated request gets its first result also where today's rules would refuse it, so it is known by its
     * fingerprint even then. */
    draft->has_fingerprint = has_key && draft->entries != NULL && draft_entries_are_good(call, draft->first_problem);
    if (draft->has_fingerprint) {
        struct sha256_hash fingerprint =
            record_posting_fingerprint(&session->hasher, draft->record.texts_salt, posting, draft->entries);
        memcpy(draft->record.idempotency_fingerprint, fingerprint.bytes, sizeof fingerprint.bytes);
    }
    return draft->status == LEDGER_OUT_OF_MEMORY ? draft->status : LEDGER_DONE;
}

void draft_place(struct record_hasher *hasher, struct draft *draft, const struct draft_place *place)
{
    struct ledger_transaction_record *record = &draft->record;
    if (draft->is_placed && record->log_index == place->log_index &&
        record->posting_date_us == place->posting_date_us && record->number_in_day == place->number_in_day) {
        return;
    }
    record->log_index = place->log_index;
    record->posting_date_us = place->posting_date_us;
    record->number_in_day = place->number_in_day;
    struct sha256_hash hash = record_record_hash(hasher, &draft->content_hash, place->log_index, place->posting_date_us,
                                                 place->number_in_day);
    memcpy(record->record_hash, hash.bytes, sizeof hash.bytes);
    draft->leaf = record_transaction_leaf_hash(hasher, record);
    draft->is_placed = true;
}
