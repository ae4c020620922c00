/* The members of what evidence is made of. */
#include "integrity/evidence_members.h"

#include "base/quote.h"
#include "base/text.h"
#include "base/time.h"
#include "base/uuid.h"
#include "domain/amount.h"

#define EVIDENCE_END                                                                                                   \
    {                                                                                                                  \
        NULL, EVIDENCE_TEXT, true                                                                                      \
    }

const struct evidence_member evidence_of_bundle[] = {
    {"checkpoint", EVIDENCE_TEXT, false},   {"events", EVIDENCE_ARRAY, false},       {"format", EVIDENCE_TEXT, false},
    {"reversed_by", EVIDENCE_OBJECT, true}, {"transaction", EVIDENCE_OBJECT, false}, EVIDENCE_END,
};

const struct evidence_member evidence_of_consistency[] = {
    {"checkpoint", EVIDENCE_TEXT, false},
    {"format", EVIDENCE_TEXT, false},
    {"old_checkpoint", EVIDENCE_TEXT, false},
    {"proof", EVIDENCE_TEXT, false},
    EVIDENCE_END,
};

const struct evidence_member evidence_of_transaction[] = {
    {"content", EVIDENCE_OBJECT, false},        {"entries", EVIDENCE_ARRAY, false},
    {"event", EVIDENCE_OBJECT, false},          {"proof", EVIDENCE_TEXT, false},
    {"record", EVIDENCE_OBJECT, false},         {"texts", EVIDENCE_OBJECT, true},
    {"texts_hash", EVIDENCE_HASH, true},        {"texts_salt", EVIDENCE_SALT, true},
    {"transaction_hash", EVIDENCE_HASH, false}, EVIDENCE_END,
};

const struct evidence_member evidence_of_proven_event[] = {
    {"event", EVIDENCE_OBJECT, false},
    {"proof", EVIDENCE_TEXT, false},
    EVIDENCE_END,
};

const struct evidence_member evidence_of_texts[] = {
    {"description", EVIDENCE_TEXT, true},
    {"memos", EVIDENCE_ARRAY, true},
    {"reversal_reason", EVIDENCE_TEXT, true},
    EVIDENCE_END,
};

const struct evidence_member evidence_of_entry_form[] = {
    {"account_code", EVIDENCE_TEXT, false},
    {"amount", EVIDENCE_AMOUNT, false},
    {"business_unit", EVIDENCE_TEXT, true},
    {"cost_center", EVIDENCE_TEXT, true},
    {"currency", EVIDENCE_TEXT, false},
    {"entry_number", EVIDENCE_COUNT, false},
    {"entry_type", EVIDENCE_TEXT, false},
    {"form", EVIDENCE_TEXT, false},
    {"project_code", EVIDENCE_TEXT, true},
    {"transaction_id", EVIDENCE_ID, false},
    EVIDENCE_END,
};

const struct evidence_member evidence_of_content_form[] = {
    {"business_event_type", EVIDENCE_TEXT, false},
    {"business_key", EVIDENCE_TEXT, true},
    {"created_by", EVIDENCE_TEXT, true},
    {"entry_hashes", EVIDENCE_ARRAY, false},
    {"form", EVIDENCE_TEXT, false},
    {"idempotency_fingerprint", EVIDENCE_HASH, true},
    {"idempotency_key", EVIDENCE_TEXT, true},
    {"principal", EVIDENCE_TEXT, true},
    {"reverses_transaction_id", EVIDENCE_ID, true},
    {"source_ip", EVIDENCE_TEXT, true},
    {"source_system", EVIDENCE_TEXT, true},
    {"texts_hash", EVIDENCE_HASH, false},
    {"transaction_date", EVIDENCE_TIME, false},
    {"transaction_day", EVIDENCE_DAY, false},
    {"transaction_id", EVIDENCE_ID, false},
    EVIDENCE_END,
};

const struct evidence_member evidence_of_record_form[] = {
    {"content_hash", EVIDENCE_HASH, false},       {"form", EVIDENCE_TEXT, false},
    {"log_index", EVIDENCE_COUNT, false},         {"posting_date", EVIDENCE_TIME, false},
    {"transaction_number", EVIDENCE_TEXT, false}, EVIDENCE_END,
};

const struct evidence_member evidence_of_event_form[] = {
    {"action", EVIDENCE_TEXT, false},          {"description", EVIDENCE_TEXT, true},
    {"event_metadata", EVIDENCE_OBJECT, true}, {"event_timestamp", EVIDENCE_TIME, false},
    {"event_type", EVIDENCE_TEXT, false},      {"form", EVIDENCE_TEXT, false},
    {"log_index", EVIDENCE_COUNT, false},      {"outcome", EVIDENCE_TEXT, false},
    {"principal", EVIDENCE_TEXT, true},        {"record_hash", EVIDENCE_HASH, true},
    {"severity", EVIDENCE_TEXT, false},        {"source_ip", EVIDENCE_TEXT, true},
    {"source_system", EVIDENCE_TEXT, true},    {"transaction_id", EVIDENCE_ID, true},
    {"user_id", EVIDENCE_TEXT, true},          EVIDENCE_END,
};

#define EVIDENCE_NUMBER_MAX ((INT64_C(1) << 53) - 1)
enum { EVIDENCE_NUMBER_DIGITS_MAX = 16 };

/* A whole number below 2^53 in its one form. */
static bool evidence_read_number(struct ledger_text text, int64_t *ret_number)
{
    bool is_negative = text.size > 0 && text.data[0] == '-';
    size_t begin = is_negative ? 1 : 0;
    int64_t number = 0;
    if (text.size == begin || text.size - begin > EVIDENCE_NUMBER_DIGITS_MAX) {
        return false;
    }
    for (size_t i = begin; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') {
            return false;
        }
        number = number * 10 + (text.data[i] - '0');
    }
    bool has_zero_first = text.data[begin] == '0' && (is_negative || text.size > 1);
    *ret_number = is_negative ? -number : number;
    return !has_zero_first && number <= EVIDENCE_NUMBER_MAX;
}

bool evidence_read_hex(struct ledger_text text, uint8_t *out, size_t size)
{
    if (text.size != 2 * size) {
        return false;
    }
    for (size_t i = 0; i < text.size; i++) {
        char digit = text.data[i];
        bool is_letter = digit >= 'a' && digit <= 'f';
        if (!is_letter && (digit < '0' || digit > '9')) {
            return false;
        }
        uint8_t value = (uint8_t)(is_letter ? digit - 'a' + 10 : digit - '0');
        out[i / 2] = i % 2 == 0 ? value : (uint8_t)(out[i / 2] << 4 | value);
    }
    return true;
}

static bool evidence_is_id(struct ledger_text text)
{
    struct uuid id;
    char canonical[UUID_TEXT_SIZE + 1];
    if (!uuid_parse(text, &id)) {
        return false;
    }
    uuid_format(&id, canonical);
    return text_equals_string(text, canonical);
}

static bool evidence_is_time(struct ledger_text text)
{
    int64_t time_us = 0;
    return time_read(text, &time_us);
}

static bool evidence_is_day(struct ledger_text text)
{
    char time[] = "YYYY-MM-DDT00:00:00.000000Z";
    if (text.size != 10) {
        return false;
    }
    memcpy(time, text.data, text.size);
    return evidence_is_time(ledger_text_of(time));
}

static bool evidence_is_amount(struct ledger_text text)
{
    char canonical[AMOUNT_TEXT_SIZE];
    int64_t amount_minor = 0;
    if (amount_parse(text, 2, &amount_minor) != AMOUNT_IS_GOOD) {
        return false;
    }
    amount_format(amount_minor, canonical);
    return text_equals_string(text, canonical);
}

/* What a value of a type is called, where it is none; NULL where it is one. */
static const char *evidence_type_fault(const struct json_value *value, enum evidence_type type)
{
    uint8_t bytes[SHA256_SIZE];
    int64_t number = 0;
    bool is_text = value->type == JSON_STRING;
    switch (type) {
    case EVIDENCE_TEXT:
        return is_text ? NULL : "a text";
    case EVIDENCE_COUNT:
        return value->type == JSON_NUMBER && evidence_read_number(value->text, &number) && number >= 0
                   ? NULL
                   : "a number from 0 on";
    case EVIDENCE_HASH:
        return is_text && evidence_read_hex(value->text, bytes, SHA256_SIZE) ? NULL : "64 hexadecimal digits";
    case EVIDENCE_SALT:
        return is_text && evidence_read_hex(value->text, bytes, 16) ? NULL : "32 hexadecimal digits";
    case EVIDENCE_ID:
        return is_text && evidence_is_id(value->text) ? NULL : "a UUID in lower case";
    case EVIDENCE_TIME:
        return is_text && evidence_is_time(value->text) ? NULL : "an instant like 2026-01-31T23:59:59.000000Z";
    case EVIDENCE_DAY:
        return is_text && evidence_is_day(value->text) ? NULL : "a day like 2026-01-31";
    case EVIDENCE_AMOUNT:
        return is_text && evidence_is_amount(value->text) ? NULL : "an amount above zero with two decimals";
    case EVIDENCE_ARRAY:
        return value->type == JSON_ARRAY ? NULL : "a list";
    case EVIDENCE_OBJECT:
        return value->type == JSON_OBJECT ? NULL : "an object";
    }
    return "known";
}

static const struct evidence_member *evidence_find_member(const struct evidence_member *members, struct ledger_text key)
{
    for (const struct evidence_member *member = members; member->key != NULL; member++) {
        if (text_equals_string(key, member->key)) {
            return member;
        }
    }
    return NULL;
}

static ledger_status evidence_check_form(struct ledger_call *call, const struct json_value *object, const char *place,
                                         const char *form)
{
    struct ledger_text said = evidence_text(object, "form");
    said = text_is_absent(said) ? evidence_text(object, "format") : said;
    if (!text_equals_string(said, form)) {
        char quoted[QUOTE_SIZE];
        return ledger_fail(call, LEDGER_PROOF_IS_INVALID, "%s: it is of the form %s, where %s has to be", place,
                           text_quote(said, quoted), form);
    }
    return LEDGER_DONE;
}

ledger_status evidence_check_members(struct ledger_call *call, const struct json_value *object, const char *place,
                                     const struct evidence_member *members, const char *form)
{
    char quoted[QUOTE_SIZE];
    if (object->type != JSON_OBJECT) {
        return ledger_fail(call, LEDGER_PROOF_IS_INVALID, "%s: is %s, not an object", place,
                           json_type_name(object->type));
    }
    for (const struct json_value *value = object->first; value != NULL; value = value->next) {
        const struct evidence_member *member = evidence_find_member(members, value->key);
        if (member == NULL) {
            return ledger_fail(call, LEDGER_PROOF_IS_INVALID, "%s: has the superfluous member %s, which nothing proves",
                               place, text_quote(value->key, quoted));
        }
        const char *fault = evidence_type_fault(value, member->type);
        if (fault != NULL) {
            return ledger_fail(call, LEDGER_PROOF_IS_INVALID, "%s.%s: is not %s", place, member->key, fault);
        }
    }
    for (const struct evidence_member *member = members; member->key != NULL; member++) {
        if (!member->is_optional && json_find(object, member->key) == NULL) {
            return ledger_fail(call, LEDGER_PROOF_IS_INVALID, "%s: lacks the member %s", place, member->key);
        }
    }
    return form == NULL ? LEDGER_DONE : evidence_check_form(call, object, place, form);
}

ledger_status evidence_check_values(struct ledger_call *call, const struct json_value *value)
{
    char quoted[QUOTE_SIZE];
    int64_t number = 0;
    if (value->type == JSON_NUMBER && !evidence_read_number(value->text, &number)) {
        return ledger_fail(call, LEDGER_PROOF_IS_INVALID,
                           "line %u, column %u: the number %s is not whole and below 2^53", value->line, value->column,
                           text_quote(value->text, quoted));
    }
    for (size_t i = 0; i < value->key.size; i++) {
        if ((uint8_t)value->key.data[i] >= 0x80) {
            return ledger_fail(call, LEDGER_PROOF_IS_INVALID, "line %u, column %u: the name %s is not ASCII",
                               value->line, value->column, text_quote(value->key, quoted));
        }
    }
    if (value->type == JSON_ARRAY || value->type == JSON_OBJECT) {
        for (const struct json_value *child = value->first; child != NULL; child = child->next) {
            LEDGER_TRY(evidence_check_values(call, child));
        }
    }
    return LEDGER_DONE;
}

struct ledger_text evidence_text(const struct json_value *object, const char *key)
{
    const struct json_value *value = json_find(object, key);
    return value == NULL || value->type != JSON_STRING ? TEXT_ABSENT : value->text;
}

int64_t evidence_count(const struct json_value *object, const char *key)
{
    const struct json_value *value = json_find(object, key);
    int64_t number = -1;
    if (value != NULL && value->type == JSON_NUMBER && !evidence_read_number(value->text, &number)) {
        return -1;
    }
    return number;
}

bool evidence_hash_is(const struct json_value *object, const char *key, const struct sha256_hash *hash)
{
    char text[2 * SHA256_SIZE + 1];
    sha256_format(hash, text);
    return text_equals_string(evidence_text(object, key), text);
}
