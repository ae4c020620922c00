/* Reads an entries file. The shape alone is judged here, each problem with its line and its entry's number; amounts,
 * codes and texts are judged by the rules of posting, which know the ledger.
 *
 * I1 Nothing that was written is dropped: a key that is not known is a problem, never ignored. */
#include "exchange/read_entries.h"

#include "base/json.h"
#include "base/quote.h"
#include "base/text.h"

/* The keys of an entry, and where each is kept. */
enum entry_key {
    KEY_ACCOUNT_CODE,
    KEY_ENTRY_TYPE,
    KEY_AMOUNT,
    KEY_MEMO,
    KEY_COST_CENTER,
    KEY_BUSINESS_UNIT,
    KEY_PROJECT_CODE,
    KEY_CURRENCY,
    ENTRY_KEYS_COUNT,
    ENTRY_KEYS_REQUIRED_COUNT = KEY_MEMO,
};

static const char *const entry_keys[ENTRY_KEYS_COUNT] = {
    [KEY_ACCOUNT_CODE] = "account_code",
    [KEY_ENTRY_TYPE] = "entry_type",
    [KEY_AMOUNT] = "amount",
    [KEY_MEMO] = "memo",
    [KEY_COST_CENTER] = "cost_center",
    [KEY_BUSINESS_UNIT] = "business_unit",
    [KEY_PROJECT_CODE] = "project_code",
    [KEY_CURRENCY] = "currency",
};

static struct ledger_text *entry_place(struct ledger_entry *entry, enum entry_key key)
{
    switch (key) {
    case KEY_ACCOUNT_CODE:
        return &entry->account_code;
    case KEY_ENTRY_TYPE:
        return &entry->entry_type_text;
    case KEY_AMOUNT:
        return &entry->amount;
    case KEY_MEMO:
        return &entry->memo;
    case KEY_COST_CENTER:
        return &entry->cost_center;
    case KEY_BUSINESS_UNIT:
        return &entry->business_unit;
    case KEY_PROJECT_CODE:
        return &entry->project_code;
    case KEY_CURRENCY:
        return &entry->currency;
    default:
        return NULL;
    }
}

/* The reading of one file. */
struct entries_reader {
    struct ledger_call *call;
    const char *source_name;
    uint32_t entry_number; /* of the entry that is being read, from 1 */
};

static void entries_report_unknown_key(struct entries_reader *reader, const struct json_value *member)
{
    char quoted[QUOTE_SIZE];
    const char *nearest = text_nearest(member->key, entry_keys, ENTRY_KEYS_COUNT);
    ledger_call_add_problem(reader->call, LEDGER_INPUT_IS_MALFORMED, reader->entry_number,
                            "%s line %u: unknown key %s%s%s%s", reader->source_name, member->line,
                            text_quote(member->key, quoted), nearest == NULL ? "" : " (did you mean \"",
                            nearest == NULL ? "" : nearest, nearest == NULL ? "" : "\"?)");
}

/* Takes one member of an entry. An optional key may be null, which is the same as leaving it out. */
static void entries_read_member(struct entries_reader *reader, const struct json_value *member,
                                struct ledger_entry *entry)
{
    size_t key = 0;
    while (key < ENTRY_KEYS_COUNT && !text_equals_string(member->key, entry_keys[key])) {
        key++;
    }
    if (key == ENTRY_KEYS_COUNT) {
        entries_report_unknown_key(reader, member);
        return;
    }
    bool is_optional = key >= ENTRY_KEYS_REQUIRED_COUNT;
    if (member->type == JSON_NULL && is_optional) {
        return;
    }
    if (member->type == JSON_STRING || (member->type == JSON_NUMBER && key == KEY_AMOUNT)) {
        *entry_place(entry, (enum entry_key)key) = member->text;
        return;
    }
    /* Marked as present, so that it is not said to be missing as well. */
    *entry_place(entry, (enum entry_key)key) = TEXT("");
    ledger_call_add_problem(reader->call, LEDGER_INPUT_IS_MALFORMED, reader->entry_number,
                            "%s line %u: \"%s\" has to be %s, but is %s", reader->source_name, member->line,
                            entry_keys[key], key == KEY_AMOUNT ? "a number or a string" : "a string",
                            json_type_name(member->type));
}

static void entries_read_entry(struct entries_reader *reader, const struct json_value *value,
                               struct ledger_entry *entry)
{
    if (value->type != JSON_OBJECT) {
        ledger_call_add_problem(reader->call, LEDGER_INPUT_IS_MALFORMED, reader->entry_number,
                                "%s line %u: an entry has to be an object, but is %s", reader->source_name, value->line,
                                json_type_name(value->type));
        return;
    }
    for (const struct json_value *member = value->first; member != NULL; member = member->next) {
        entries_read_member(reader, member, entry);
    }
    for (size_t key = 0; key < ENTRY_KEYS_REQUIRED_COUNT; key++) {
        if (text_is_absent(*entry_place(entry, (enum entry_key)key))) {
            ledger_call_add_problem(reader->call, LEDGER_INPUT_IS_MALFORMED, reader->entry_number,
                                    "%s line %u: \"%s\" is missing", reader->source_name, value->line, entry_keys[key]);
        }
    }
}

/* Whether there is nothing but white space. */
static bool entries_source_is_blank(struct ledger_text source)
{
    for (size_t index = 0; index < source.size; index++) {
        if (strchr(" \t\r\n", source.data[index]) == NULL || source.data[index] == '\0') {
            return false;
        }
    }
    return true;
}

ledger_status read_entries(struct ledger_call *call, struct ledger_text source, const char *source_name,
                           const struct ledger_entry **ret_entries, uint32_t *ret_entries_count)
{
    if (entries_source_is_blank(source)) {
        return ledger_fail(call, LEDGER_INPUT_IS_MALFORMED, "%s is empty: an array of entries was expected",
                           source_name);
    }
    const struct json_value *document;
    LEDGER_TRY(json_read(call, source, source_name, &document));
    if (document->type != JSON_ARRAY) {
        return ledger_fail(call, LEDGER_INPUT_IS_MALFORMED,
                           "%s line %u: an array of entries was expected, but it is %s", source_name, document->line,
                           json_type_name(document->type));
    }
    if (document->count > LEDGER_ENTRIES_MAX) {
        return ledger_fail(call, LEDGER_TOO_MANY_ENTRIES, "%s has %u entries: a transaction has at most %d",
                           source_name, document->count, LEDGER_ENTRIES_MAX);
    }
    size_t first_problem = ledger_call_problems_count(call);
    struct ledger_entry *entries;
    LEDGER_ALLOCATE(call, entries, document->count);
    struct entries_reader reader = {.call = call, .source_name = source_name};
    for (const struct json_value *value = document->first; value != NULL; value = value->next) {
        reader.entry_number++;
        entries_read_entry(&reader, value, &entries[reader.entry_number - 1]);
    }
    LEDGER_TRY(ledger_call_worst(call, first_problem));
    *ret_entries = entries;
    *ret_entries_count = document->count;
    return LEDGER_DONE;
}
