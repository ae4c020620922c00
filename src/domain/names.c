/* Names of the enumerations, and their reverse; transaction numbers. */
#include "domain/names.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/uuid.h"
#include "domain/form_writer.h"
#include "ledger/account.h"
#include "ledger/audit.h"

#define NAMES_COUNT(names) (sizeof(names) / sizeof((names)[0]))

static const char *const entry_type_names[] = {[LEDGER_DEBIT] = "DEBIT", [LEDGER_CREDIT] = "CREDIT"};

static const char *const account_type_names[] = {
    [LEDGER_ASSET] = "ASSET",     [LEDGER_LIABILITY] = "LIABILITY", [LEDGER_EQUITY] = "EQUITY",
    [LEDGER_REVENUE] = "REVENUE", [LEDGER_EXPENSE] = "EXPENSE",
};

static const char *const account_role_names[] = {
    [LEDGER_ROLE_NORMAL] = "NORMAL",
    [LEDGER_ROLE_CONTRA] = "CONTRA",
    [LEDGER_ROLE_HEADER] = "HEADER",
    [LEDGER_ROLE_RETAINED_EARNINGS] = "RETAINED_EARNINGS",
};

static const char *const severity_names[] = {
    [LEDGER_INFO] = "INFO",
    [LEDGER_WARNING] = "WARNING",
    [LEDGER_ERROR] = "ERROR",
    [LEDGER_CRITICAL] = "CRITICAL",
};

/* A value that is none of the enumeration's, which only a caller's mistake or a damaged row gives, still has a text. */
static const char *names_get(const char *const *names, size_t names_count, unsigned value)
{
    return value < names_count ? names[value] : "UNKNOWN";
}

/* ASCII alone: what a locale calls a capital plays no part. */
static char names_to_capital(char character)
{
    return character >= 'a' && character <= 'z' ? (char)(character - 'a' + 'A') : character;
}

static bool names_are_alike(struct ledger_text text, const char *name)
{
    if (text.size != strlen(name)) {
        return false;
    }
    for (size_t index = 0; index < text.size; index++) {
        if (names_to_capital(text.data[index]) != name[index]) {
            return false;
        }
    }
    return true;
}

/* The index of the name that the text is, in capitals or not; `names_count` where it is none. */
static unsigned names_find(const char *const *names, size_t names_count, struct ledger_text text)
{
    unsigned index = 0;
    while (index < names_count && !names_are_alike(text, names[index])) {
        index++;
    }
    return index;
}

const char *entry_type_name(enum ledger_entry_type type)
{
    return names_get(entry_type_names, NAMES_COUNT(entry_type_names), (unsigned)type);
}

bool entry_type_parse(struct ledger_text text, enum ledger_entry_type *ret_type)
{
    if (text.size == 5 && memcmp(text.data, "DEBIT", 5) == 0) {
        *ret_type = LEDGER_DEBIT;
        return true;
    }
    if (text.size == 6 && memcmp(text.data, "CREDIT", 6) == 0) {
        *ret_type = LEDGER_CREDIT;
        return true;
    }
    return false;
}

const char *ledger_account_type_name(enum ledger_account_type type)
{
    return names_get(account_type_names, NAMES_COUNT(account_type_names), (unsigned)type);
}

bool ledger_account_type_parse(struct ledger_text text, enum ledger_account_type *ret_type)
{
    unsigned found = names_find(account_type_names, NAMES_COUNT(account_type_names), text);
    if (found == NAMES_COUNT(account_type_names)) {
        return false;
    }
    *ret_type = (enum ledger_account_type)found;
    return true;
}

const char *ledger_account_role_name(enum ledger_account_role role)
{
    return names_get(account_role_names, NAMES_COUNT(account_role_names), (unsigned)role);
}

bool ledger_account_role_parse(struct ledger_text text, enum ledger_account_role *ret_role)
{
    unsigned found = names_find(account_role_names, NAMES_COUNT(account_role_names), text);
    if (found == NAMES_COUNT(account_role_names)) {
        return false;
    }
    *ret_role = (enum ledger_account_role)found;
    return true;
}

const char *ledger_severity_name(enum ledger_severity severity)
{
    return names_get(severity_names, NAMES_COUNT(severity_names), (unsigned)severity);
}

bool ledger_severity_parse(struct ledger_text text, enum ledger_severity *ret_severity)
{
    unsigned found = names_find(severity_names, NAMES_COUNT(severity_names), text);
    if (found == NAMES_COUNT(severity_names)) {
        return false;
    }
    *ret_severity = (enum ledger_severity)found;
    return true;
}

void ledger_transaction_number(int64_t posting_date_us, int64_t number_in_day, char out[LEDGER_NUMBER_TEXT_SIZE])
{
    int32_t day = time_to_utc_day(posting_date_us);
    if (!form_day_is_in_range(day) || number_in_day < 0) {
        /* No posting has these; a damaged row may. */
        struct civil_date date = day_to_civil(day);
        snprintf(out, LEDGER_NUMBER_TEXT_SIZE, "%04" PRId32 "%02" PRId32 "%02" PRId32 "-%06" PRId64, date.year,
                 date.month, date.day, number_in_day);
        return;
    }
    struct form_date date;
    form_make_date(&date, day);
    out[form_write_transaction_number(out, date.text, (uint64_t)number_in_day)] = '\0';
}

void event_id_make(int64_t event_timestamp_us, int64_t log_index, struct uuid *ret_id)
{
    uint64_t time_ms = (uint64_t)(event_timestamp_us / 1000);
    uint64_t position = (uint64_t)log_index;
    const uint64_t high = time_ms << 16 | 0x7000 | (position >> 60 & 0xfff);
    const uint64_t low = (UINT64_C(0x8000) | (position >> 48 & 0xfff)) << 48 | (position & UINT64_C(0xffffffffffff));
    for (size_t i = 0; i < UUID_SIZE / 2; i++) {
        ret_id->bytes[i] = (uint8_t)(high >> (56 - 8 * i));
        ret_id->bytes[UUID_SIZE / 2 + i] = (uint8_t)(low >> (56 - 8 * i));
    }
}

void event_id_format(int64_t event_timestamp_us, int64_t log_index, char out[EVENT_ID_TEXT_SIZE])
{
    _Static_assert((int)EVENT_ID_TEXT_SIZE == UUID_TEXT_SIZE + 1, "an event's id is a UUID");
    struct uuid id;
    event_id_make(event_timestamp_us, log_index, &id);
    uuid_format(&id, out);
}

void event_describe_posting(int64_t posting_date_us, int64_t number_in_day, bool is_reversal,
                            char out[EVENT_DESCRIPTION_SIZE])
{
    struct ledger_text words = is_reversal ? TEXT("Posted reversal ") : TEXT("Posted transaction ");
    _Static_assert((int)EVENT_DESCRIPTION_SIZE >= (int)sizeof "Posted transaction " + LEDGER_NUMBER_TEXT_SIZE,
                   "it fits");
    memcpy(out, words.data, words.size);
    ledger_transaction_number(posting_date_us, number_in_day, out + words.size);
}
