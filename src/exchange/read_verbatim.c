/* Lines of the verbatim form taken apart. */
#include "exchange/read_verbatim.h"

#include <inttypes.h>

#include "base/text.h"
#include "base/time.h"
#include "domain/amount.h"
#include "domain/names.h"

enum { BYTES_MAX = 32, DIGITS_MAX = 18 };

static void line_add_problem(const struct json_place *place, const char *field, const char *what)
{
    ledger_call_add_problem(place->call, LEDGER_INPUT_IS_MALFORMED, place->entry_number,
                            "%s line %" PRIu64 ": \"%s\" is not %s", place->source_name, place->first_line, field,
                            what);
}

/* Each leaves an absent text alone: whether it has to be there, the members say. */

static void take_integer(const struct json_place *place, const char *field, struct ledger_text text,
                         int64_t *ret_integer)
{
    int64_t integer = 0;
    bool is_good = text.size > 0 && text.size <= DIGITS_MAX;
    for (size_t i = 0; i < text.size && is_good; i++) {
        is_good = text.data[i] >= '0' && text.data[i] <= '9';
        integer = integer * 10 + (text.data[i] - '0');
    }
    if (!text_is_absent(text) && !is_good) {
        line_add_problem(place, field, "a count");
    }
    *ret_integer = is_good ? integer : 0;
}

static bool hex_read(struct ledger_text text, uint8_t *bytes, size_t size)
{
    static const char digits[] = "0123456789abcdef";
    if (text.size != 2 * size) {
        return false;
    }
    for (size_t i = 0; i < text.size; i++) {
        const char *digit = text.data[i] == '\0' ? NULL : strchr(digits, text.data[i]);
        if (digit == NULL) {
            return false;
        }
        bytes[i / 2] = (uint8_t)(bytes[i / 2] << 4 | (digit - digits));
    }
    return true;
}

static void take_bytes(const struct json_place *place, const char *field, struct ledger_text text, uint8_t *bytes,
                       size_t size)
{
    if (!text_is_absent(text) && !hex_read(text, bytes, size)) {
        line_add_problem(place, field, size == SHA256_SIZE ? "64 hexadecimal digits" : "32 hexadecimal digits");
    }
}

static void take_hash(const struct json_place *place, const char *field, struct ledger_text text,
                      struct sha256_hash *hash)
{
    take_bytes(place, field, text, hash->bytes, sizeof hash->bytes);
}

/* In the one form that we write: another would not come back the same. */
static void take_id(const struct json_place *place, const char *field, struct ledger_text text, uint8_t id[UUID_SIZE])
{
    struct uuid uuid;
    char again[UUID_TEXT_SIZE + 1];
    if (text_is_absent(text)) {
        return;
    }
    if (!uuid_parse(text, &uuid)) {
        line_add_problem(place, field, "an id (a UUID)");
        return;
    }
    uuid_format(&uuid, again);
    if (!text_equals_string(text, again)) {
        line_add_problem(place, field, "an id in lower case");
    }
    memcpy(id, uuid.bytes, UUID_SIZE);
}

static void take_time(const struct json_place *place, const char *field, struct ledger_text text, int64_t *time_us)
{
    if (!text_is_absent(text) && !time_read(text, time_us)) {
        line_add_problem(place, field, "an instant as 2026-01-31T09:30:45.000123Z");
    }
}

static void take_day(const struct json_place *place, const char *field, struct ledger_text text, int32_t *day)
{
    size_t problems_before = ledger_call_problems_count(place->call);
    if (!text_is_absent(text) && day_parse(place->call, text, day) != LEDGER_DONE) {
        ledger_call_drop_problems(place->call, problems_before);
        line_add_problem(place, field, "a day as 2026-01-31");
    }
}

static void check_known(const struct json_place *place, const char *field, struct ledger_text text, bool is_known)
{
    if (!text_is_absent(text) && !is_known) {
        line_add_problem(place, field, "known");
    }
}

#define TAKE_MEMBERS(place, what, object, members)                                                                     \
    json_members_take((place), (what), (object), (members), sizeof(members) / sizeof(members)[0])

static void read_head(const struct json_place *place, const struct json_value *object, struct verbatim_line *line)
{
    struct verbatim_head *head = &line->head;
    struct ledger_text format = TEXT_ABSENT;
    struct ledger_text hash_version = TEXT_ABSENT;
    struct ledger_text log_size = TEXT_ABSENT;
    struct ledger_text manual_rows = TEXT_ABSENT;
    const struct json_member members[] = {
        {"line", MEMBER_TEXT, true, &line->kind},
        {"format", MEMBER_TEXT, true, &format},
        {"ledger_id", MEMBER_TEXT, true, &head->settings.ledger_id},
        {"time_zone", MEMBER_TEXT, true, &head->settings.time_zone},
        {"default_currency", MEMBER_TEXT, true, &head->settings.default_currency},
        {"fiscal_year_start", MEMBER_TEXT, true, &head->settings.fiscal_year_start},
        {"hash_version", MEMBER_NUMBER, true, &hash_version},
        {"schema_applied_at", MEMBER_TEXT, true, &head->schema_applied_at},
        {"log_size", MEMBER_NUMBER, true, &log_size},
        {"manual_rows", MEMBER_NUMBER, true, &manual_rows},
    };
    int64_t version = 0;
    TAKE_MEMBERS(place, "the head", object, members);
    check_known(place, "format", format, text_equals_string(format, VERBATIM_FORMAT));
    take_integer(place, "hash_version", hash_version, &version);
    check_known(place, "hash_version", hash_version, version == RECORD_HASH_VERSION);
    head->settings.hash_version = RECORD_HASH_VERSION;
    take_integer(place, "log_size", log_size, &head->log_size);
    take_integer(place, "manual_rows", manual_rows, &head->manual_rows_count);
}

static void read_entry(const struct json_place *place, const struct json_value *object,
                       struct ledger_entry_record *entry)
{
    struct ledger_text type = TEXT_ABSENT;
    struct ledger_text amount = TEXT_ABSENT;
    struct ledger_text hash = TEXT_ABSENT;
    const struct json_member members[] = {
        {"account_code", MEMBER_TEXT, true, &entry->account_code},
        {"entry_type", MEMBER_TEXT, true, &type},
        {"amount", MEMBER_TEXT, true, &amount},
        {"currency", MEMBER_TEXT, true, &entry->currency},
        {"memo", MEMBER_TEXT, false, &entry->memo},
        {"cost_center", MEMBER_TEXT, false, &entry->cost_center},
        {"business_unit", MEMBER_TEXT, false, &entry->business_unit},
        {"project_code", MEMBER_TEXT, false, &entry->project_code},
        {"entry_hash", MEMBER_TEXT, true, &hash},
    };
    TAKE_MEMBERS(place, "an entry", object, members);
    check_known(place, "entry_type", type, entry_type_parse(type, &entry->entry_type));
    if (!text_is_absent(amount) && amount_parse(amount, 2, &entry->amount_minor) != AMOUNT_IS_GOOD) {
        line_add_problem(place, "amount", "an amount as 1000.50");
    }
    take_bytes(place, "entry_hash", hash, entry->entry_hash, sizeof entry->entry_hash);
}

static ledger_status read_entries_of(const struct json_place *place, const struct json_value *array,
                                     struct draft *draft)
{
    struct json_place entry_place = *place;
    if (array == NULL) {
        return LEDGER_DONE; /* told already */
    }
    if (array->type != JSON_ARRAY || array->count < 2 || array->count > LEDGER_ENTRIES_MAX) {
        line_add_problem(place, "entries", "an array of 2 to 65,535 entries");
        return LEDGER_DONE;
    }
    LEDGER_ALLOCATE(place->call, draft->entries, array->count);
    draft->record.entries = draft->entries;
    draft->record.entries_count = array->count;
    uint32_t count = 0;
    for (const struct json_value *object = array->first; object != NULL; object = object->next) {
        struct ledger_entry_record *entry = &draft->entries[count++];
        entry->entry_number = count;
        entry_place.entry_number = count;
        read_entry(&entry_place, object, entry);
    }
    return LEDGER_DONE;
}

/* What of a posting is no text of its own. */
struct posting_words {
    struct ledger_text log_index;
    struct ledger_text transaction_id;
    struct ledger_text transaction_date;
    struct ledger_text transaction_day;
    struct ledger_text posting_date;
    struct ledger_text texts_salt;
    struct ledger_text texts_hash;
    struct ledger_text reverses;
    struct ledger_text fingerprint;
    struct ledger_text transaction_hash;
    struct ledger_text record_hash;
    struct ledger_text leaf_hash;
};

static void take_posting_words(const struct json_place *place, const struct posting_words *words,
                               struct verbatim_line *line)
{
    struct ledger_transaction_record *record = &line->item.draft.record;
    take_integer(place, "log_index", words->log_index, &record->log_index);
    take_id(place, "transaction_id", words->transaction_id, record->transaction_id);
    take_time(place, "transaction_date", words->transaction_date, &record->transaction_date_us);
    take_day(place, "transaction_day", words->transaction_day, &record->transaction_day);
    take_time(place, "posting_date", words->posting_date, &record->posting_date_us);
    take_bytes(place, "texts_salt", words->texts_salt, record->texts_salt, sizeof record->texts_salt);
    take_hash(place, "texts_hash", words->texts_hash, &line->texts_hash);
    take_id(place, "reverses_transaction_id", words->reverses, record->reverses_transaction_id);
    take_bytes(place, "idempotency_fingerprint", words->fingerprint, record->idempotency_fingerprint, SHA256_SIZE);
    take_bytes(place, "transaction_hash", words->transaction_hash, record->transaction_hash, SHA256_SIZE);
    take_bytes(place, "record_hash", words->record_hash, record->record_hash, SHA256_SIZE);
    take_hash(place, "leaf_hash", words->leaf_hash, &line->item.leaf);
    line->has_texts_hash = !text_is_absent(words->texts_hash);
    record->is_redacted = line->has_texts_hash;
    record->is_reversal = !text_is_absent(words->reverses);
    if (line->has_texts_hash != text_is_absent(words->texts_salt)) {
        line_add_problem(place, "texts_salt",
                         "there alone: a transaction has it, or where its texts were erased "
                         "their texts_hash");
    }
    if (text_is_absent(words->fingerprint) != text_is_absent(record->idempotency_key)) {
        line_add_problem(place, "idempotency_fingerprint", "there with an idempotency_key, and only so");
    }
}

static ledger_status read_posting(const struct json_place *place, const struct json_value *object,
                                  struct verbatim_line *line)
{
    struct ledger_transaction_record *record = &line->item.draft.record;
    struct posting_words words = {.log_index = TEXT_ABSENT};
    const struct json_value *entries = NULL;
    const struct json_member members[] = {
        {"line", MEMBER_TEXT, true, &line->kind},
        {"log_index", MEMBER_NUMBER, true, &words.log_index},
        {"transaction_id", MEMBER_TEXT, true, &words.transaction_id},
        {"transaction_number", MEMBER_TEXT, true, &line->transaction_number},
        {"transaction_date", MEMBER_TEXT, true, &words.transaction_date},
        {"transaction_day", MEMBER_TEXT, true, &words.transaction_day},
        {"posting_date", MEMBER_TEXT, true, &words.posting_date},
        {"business_event_type", MEMBER_TEXT, true, &record->business_event_type},
        {"business_key", MEMBER_TEXT, false, &record->business_key},
        {"description", MEMBER_TEXT, true, &record->description},
        {"reversal_reason", MEMBER_TEXT, false, &record->reversal_reason},
        {"texts_hash", MEMBER_TEXT, false, &words.texts_hash},
        {"texts_salt", MEMBER_TEXT, false, &words.texts_salt},
        {"reverses_transaction_id", MEMBER_TEXT, false, &words.reverses},
        {"idempotency_key", MEMBER_TEXT, false, &record->idempotency_key},
        {"idempotency_fingerprint", MEMBER_TEXT, false, &words.fingerprint},
        {"created_by", MEMBER_TEXT, true, &record->created_by},
        {"principal", MEMBER_TEXT, false, &record->principal},
        {"source_system", MEMBER_TEXT, false, &record->source_system},
        {"source_ip", MEMBER_TEXT, false, &record->source_ip},
        {"entries", MEMBER_VALUE, true, (void *)&entries},
        {"transaction_hash", MEMBER_TEXT, true, &words.transaction_hash},
        {"record_hash", MEMBER_TEXT, true, &words.record_hash},
        {"leaf_hash", MEMBER_TEXT, true, &words.leaf_hash},
    };
    line->item.kind = RESTORED_POSTING;
    TAKE_MEMBERS(place, "a posting", object, members);
    take_posting_words(place, &words, line);
    return read_entries_of(place, entries, &line->item.draft);
}

static void read_event(const struct json_place *place, const struct json_value *object, struct verbatim_line *line)
{
    struct ledger_event_record *event = &line->item.event;
    struct ledger_text log_index = TEXT_ABSENT;
    struct ledger_text timestamp = TEXT_ABSENT;
    struct ledger_text severity = TEXT_ABSENT;
    struct ledger_text outcome = TEXT_ABSENT;
    struct ledger_text transaction_id = TEXT_ABSENT;
    struct ledger_text reason = TEXT_ABSENT;
    struct ledger_text reason_salt = TEXT_ABSENT;
    struct ledger_text leaf_hash = TEXT_ABSENT;
    const struct json_member members[] = {
        {"line", MEMBER_TEXT, true, &line->kind},
        {"log_index", MEMBER_NUMBER, true, &log_index},
        {"event_timestamp", MEMBER_TEXT, true, &timestamp},
        {"event_type", MEMBER_TEXT, true, &event->event_type},
        {"severity", MEMBER_TEXT, true, &severity},
        {"outcome", MEMBER_TEXT, true, &outcome},
        {"transaction_id", MEMBER_TEXT, false, &transaction_id},
        {"user_id", MEMBER_TEXT, false, &event->user_id},
        {"principal", MEMBER_TEXT, false, &event->principal},
        {"source_system", MEMBER_TEXT, false, &event->source_system},
        {"source_ip", MEMBER_TEXT, false, &event->source_ip},
        {"action", MEMBER_TEXT, true, &event->action},
        {"description", MEMBER_TEXT, true, &event->description},
        {"event_metadata", MEMBER_TEXT, false, &event->event_metadata},
        {"reason", MEMBER_TEXT, false, &reason},
        {"reason_salt", MEMBER_TEXT, false, &reason_salt},
        {"leaf_hash", MEMBER_TEXT, true, &leaf_hash},
    };
    TAKE_MEMBERS(place, "an event", object, members);
    line->item.kind = verbatim_kind_of(event->event_type);
    take_integer(place, "log_index", log_index, &event->log_index);
    take_time(place, "event_timestamp", timestamp, &event->event_timestamp_us);
    check_known(place, "severity", severity, ledger_severity_parse(severity, &event->severity));
    event->is_success = text_equals_string(outcome, "SUCCESS");
    check_known(place, "outcome", outcome, event->is_success || text_equals_string(outcome, "FAILED"));
    take_id(place, "transaction_id", transaction_id, event->transaction_id);
    event->has_transaction = !text_is_absent(transaction_id);
    take_hash(place, "leaf_hash", leaf_hash, &line->item.leaf);
    if (line->item.kind == RESTORED_APPROVAL) {
        struct store_approval_change *approval = &line->item.approval;
        *approval = (struct store_approval_change){.reason = reason};
        take_bytes(place, "reason_salt", reason_salt, approval->reason_salt, sizeof approval->reason_salt);
        line->has_reason_salt = !text_is_absent(reason_salt);
    } else {
        check_known(place, "reason", reason, false);
    }
    if (text_is_absent(reason)) {
        check_known(place, "reason_salt", reason_salt, false);
    }
}

static void read_checkpoint(const struct json_place *place, const struct json_value *object, struct verbatim_line *line)
{
    struct ledger_text log_size = TEXT_ABSENT;
    struct ledger_text epoch = TEXT_ABSENT;
    struct ledger_text root_hash = TEXT_ABSENT;
    struct ledger_text created_at = TEXT_ABSENT;
    const struct json_member members[] = {
        {"line", MEMBER_TEXT, true, &line->kind},       {"log_size", MEMBER_NUMBER, true, &log_size},
        {"epoch", MEMBER_NUMBER, true, &epoch},         {"root_hash", MEMBER_TEXT, true, &root_hash},
        {"created_at", MEMBER_TEXT, true, &created_at}, {"note", MEMBER_TEXT, true, &line->checkpoint.note},
    };
    TAKE_MEMBERS(place, "a checkpoint", object, members);
    take_integer(place, "log_size", log_size, &line->checkpoint.log_size);
    take_integer(place, "epoch", epoch, &line->checkpoint.epoch);
    take_hash(place, "root_hash", root_hash, &line->checkpoint.root);
    take_time(place, "created_at", created_at, &line->checkpoint.created_at_us);
}

static void read_end(const struct json_place *place, const struct json_value *object, struct verbatim_line *line)
{
    struct verbatim_end *end = &line->end;
    struct ledger_text log_size = TEXT_ABSENT;
    struct ledger_text root_hash = TEXT_ABSENT;
    struct ledger_text transactions = TEXT_ABSENT;
    struct ledger_text entries = TEXT_ABSENT;
    struct ledger_text events = TEXT_ABSENT;
    struct ledger_text checkpoints = TEXT_ABSENT;
    struct ledger_text manual_rows = TEXT_ABSENT;
    struct ledger_text sha256 = TEXT_ABSENT;
    const struct json_member members[] = {
        {"line", MEMBER_TEXT, true, &line->kind},
        {"log_size", MEMBER_NUMBER, true, &log_size},
        {"root_hash", MEMBER_TEXT, true, &root_hash},
        {"transactions", MEMBER_NUMBER, true, &transactions},
        {"entries", MEMBER_NUMBER, true, &entries},
        {"events", MEMBER_NUMBER, true, &events},
        {"checkpoints", MEMBER_NUMBER, true, &checkpoints},
        {"manual_rows", MEMBER_NUMBER, true, &manual_rows},
        {"sha256", MEMBER_TEXT, true, &sha256},
    };
    TAKE_MEMBERS(place, "the end", object, members);
    take_integer(place, "log_size", log_size, &end->log_size);
    take_hash(place, "root_hash", root_hash, &end->root);
    take_integer(place, "transactions", transactions, &end->transactions_count);
    take_integer(place, "entries", entries, &end->entries_count);
    take_integer(place, "events", events, &end->events_count);
    take_integer(place, "checkpoints", checkpoints, &end->checkpoints_count);
    take_integer(place, "manual_rows", manual_rows, &end->manual_rows_count);
    take_hash(place, "sha256", sha256, &end->sha256);
}

static ledger_status read_object(const struct json_place *place, const struct json_value *object,
                                 struct verbatim_line *line)
{
    const struct json_value *kind = json_find(object, "line");
    struct ledger_text name = kind == NULL ? TEXT_ABSENT : kind->text;
    if (text_equals_string(name, VERBATIM_POSTING)) {
        return read_posting(place, object, line);
    }
    if (text_equals_string(name, VERBATIM_EVENT)) {
        read_event(place, object, line);
    } else if (text_equals_string(name, VERBATIM_CHECKPOINT)) {
        read_checkpoint(place, object, line);
    } else if (text_equals_string(name, VERBATIM_HEAD)) {
        read_head(place, object, line);
    } else if (text_equals_string(name, VERBATIM_END)) {
        read_end(place, object, line);
    } else if (!text_equals_string(name, VERBATIM_MANUAL_ROW)) {
        line_add_problem(place, "line",
                         "ledger, posting, event, checkpoint, manual_row or end: this is no verbatim export");
    }
    return LEDGER_DONE;
}

ledger_status read_verbatim_line(const struct json_place *place, struct ledger_text line,
                                 struct verbatim_line *ret_line)
{
    struct ledger_text name;
    const struct json_value *object = NULL;
    size_t first_problem = ledger_call_problems_count(place->call);
    LEDGER_TRY(ledger_call_format(place->call, &name, "%s line %" PRIu64, place->source_name, place->first_line));
    LEDGER_TRY(json_read(place->call, line, name.data, &object));
    memset(ret_line, 0, sizeof *ret_line);
    ret_line->item.line = place->first_line;
    LEDGER_TRY(read_object(place, object, ret_line));
    return ledger_call_worst(place->call, first_problem);
}

/* What the metadata of events says. */

static void read_account_facts(const struct json_place *place, const struct json_value *object,
                               struct ledger_account *account)
{
    struct ledger_text account_id = TEXT_ABSENT;
    struct ledger_text role = TEXT_ABSENT;
    struct ledger_text type = TEXT_ABSENT;
    struct ledger_text level = TEXT_ABSENT;
    struct ledger_text version = TEXT_ABSENT;
    int64_t number = 0;
    *account = (struct ledger_account){.account_id = 0};
    const struct json_member members[] = {
        {"account_code", MEMBER_TEXT, true, &account->account_code},
        {"account_id", MEMBER_NUMBER, true, &account_id},
        {"account_name", MEMBER_TEXT, true, &account->account_name},
        {"account_role", MEMBER_TEXT, true, &role},
        {"account_type", MEMBER_TEXT, true, &type},
        {"currency", MEMBER_TEXT, true, &account->currency},
        {"description", MEMBER_TEXT, false, &account->description},
        {"is_active", MEMBER_TRUTH, true, &account->is_active},
        {"level", MEMBER_NUMBER, true, &level},
        {"parent_account_code", MEMBER_TEXT, false, &account->parent_account_code},
        {"version", MEMBER_NUMBER, true, &version},
    };
    TAKE_MEMBERS(place, "event_metadata", object, members);
    take_integer(place, "account_id", account_id, &account->account_id);
    check_known(place, "account_id", account_id, account->account_id >= 1 && account->account_id <= UINT32_MAX);
    check_known(place, "account_role", role, ledger_account_role_parse(role, &account->account_role));
    check_known(place, "account_type", type, ledger_account_type_parse(type, &account->account_type));
    take_integer(place, "level", level, &number);
    check_known(place, "level", level, number >= 1 && number <= INT32_MAX);
    account->level = (int32_t)number;
    take_integer(place, "version", version, &number);
    check_known(place, "version", version, number >= 1 && number <= INT32_MAX);
    account->version = (int32_t)number;
}

static void read_period_facts(const struct json_place *place, const struct json_value *object,
                              struct ledger_period *period)
{
    struct ledger_text end = TEXT_ABSENT;
    struct ledger_text start = TEXT_ABSENT;
    struct ledger_text state = TEXT_ABSENT;
    *period = (struct ledger_period){.log_index = 0};
    const struct json_member members[] = {
        {"end_date", MEMBER_TEXT, true, &end},
        {"reason", MEMBER_TEXT, false, &period->reason},
        {"start_date", MEMBER_TEXT, true, &start},
        {"state", MEMBER_TEXT, true, &state},
    };
    TAKE_MEMBERS(place, "event_metadata", object, members);
    take_day(place, "start_date", start, &period->start_day);
    take_day(place, "end_date", end, &period->end_day);
    period->end_day++;
    period->is_closed = text_equals_string(state, "CLOSED");
    check_known(place, "state", state, period->is_closed || text_equals_string(state, "OPEN"));
    check_known(place, "end_date", end, period->start_day < period->end_day);
}

static bool approval_read_kind(struct ledger_text text, enum ledger_approval_kind *ret_kind)
{
    for (int kind = LEDGER_APPROVAL_OF_REVERSAL; kind <= LEDGER_APPROVAL_OF_REDACTION; kind++) {
        *ret_kind = (enum ledger_approval_kind)kind;
        if (text_equals_string(text, ledger_approval_kind_name(*ret_kind))) {
            return true;
        }
    }
    return false;
}

static bool approval_read_state(struct ledger_text text, enum ledger_approval_state *ret_state)
{
    for (int state = LEDGER_APPROVAL_WAITING; state <= LEDGER_APPROVAL_DENIED; state++) {
        *ret_state = (enum ledger_approval_state)state;
        if (text_equals_string(text, ledger_approval_state_name(*ret_state))) {
            return true;
        }
    }
    return false;
}

static void read_approval_facts(const struct json_place *place, const struct json_value *object,
                                struct store_approval_change *approval, struct ledger_text *ret_compared,
                                struct ledger_text *ret_reason_hash)
{
    struct ledger_text kind = TEXT_ABSENT;
    struct ledger_text request_id = TEXT_ABSENT;
    struct ledger_text state = TEXT_ABSENT;
    struct ledger_text transaction_id = TEXT_ABSENT;
    const struct json_member members[] = {
        {"compared", MEMBER_TEXT, false, ret_compared},
        {"idempotency_key", MEMBER_TEXT, false, &approval->idempotency_key},
        {"kind", MEMBER_TEXT, true, &kind},
        {"reason_hash", MEMBER_TEXT, false, ret_reason_hash},
        {"request_id", MEMBER_TEXT, true, &request_id},
        {"state", MEMBER_TEXT, true, &state},
        {"transaction_date", MEMBER_TEXT, false, &approval->transaction_date},
        {"transaction_id", MEMBER_TEXT, true, &transaction_id},
    };
    TAKE_MEMBERS(place, "event_metadata", object, members);
    check_known(place, "kind", kind, approval_read_kind(kind, &approval->kind));
    check_known(place, "state", state, approval_read_state(state, &approval->state));
    take_id(place, "request_id", request_id, approval->request_id.bytes);
    take_id(place, "transaction_id", transaction_id, approval->transaction_id);
}

static void read_redaction_facts(const struct json_place *place, const struct json_value *object,
                                 struct sha256_hash *texts_hash)
{
    struct ledger_text ignored = TEXT_ABSENT;
    struct ledger_text hash = TEXT_ABSENT;
    const struct json_member members[] = {
        {"memos_count", MEMBER_NUMBER, true, &ignored},  {"reason", MEMBER_TEXT, false, &ignored},
        {"request_id", MEMBER_TEXT, true, &ignored},     {"texts_hash", MEMBER_TEXT, true, &hash},
        {"transaction_id", MEMBER_TEXT, true, &ignored},
    };
    TAKE_MEMBERS(place, "event_metadata", object, members);
    take_hash(place, "texts_hash", hash, texts_hash);
}

ledger_status read_verbatim_facts(const struct json_place *place, struct restored *item,
                                  struct ledger_text *ret_compared, struct ledger_text *ret_reason_hash)
{
    struct ledger_text name;
    const struct json_value *object = NULL;
    size_t first_problem = ledger_call_problems_count(place->call);
    *ret_compared = TEXT_ABSENT;
    *ret_reason_hash = TEXT_ABSENT;
    LEDGER_TRY(ledger_call_format(place->call, &name, "%s line %" PRIu64 ": event_metadata", place->source_name,
                                  place->first_line));
    if (text_is_absent(item->event.event_metadata)) {
        line_add_problem(place, "event_metadata", "there");
        return LEDGER_INPUT_IS_MALFORMED;
    }
    LEDGER_TRY(json_read(place->call, item->event.event_metadata, name.data, &object));
    if (item->kind == RESTORED_ACCOUNT) {
        read_account_facts(place, object, &item->account);
    } else if (item->kind == RESTORED_PERIOD) {
        read_period_facts(place, object, &item->period);
    } else if (item->kind == RESTORED_APPROVAL) {
        read_approval_facts(place, object, &item->approval, ret_compared, ret_reason_hash);
    } else if (item->kind == RESTORED_REDACTION) {
        read_redaction_facts(place, object, &item->texts_hash);
    }
    return ledger_call_worst(place->call, first_problem);
}
