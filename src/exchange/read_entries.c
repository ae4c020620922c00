/* Reads an entries file. The shape alone is judged here, each problem with its line and its entry's number; amounts,
 * codes and texts are judged by the rules of posting, which know the ledger. */
#include "exchange/read_entries.h"

#include "base/text.h"

static void entry_read(const struct json_place *place, const struct json_value *value, struct ledger_entry *entry)
{
    const struct json_member members[] = {
        {"account_code", MEMBER_TEXT, true, &entry->account_code},
        {"entry_type", MEMBER_TEXT, true, &entry->entry_type_text},
        {"amount", MEMBER_NUMBER, true, &entry->amount},
        {"memo", MEMBER_TEXT, false, &entry->memo},
        {"cost_center", MEMBER_TEXT, false, &entry->cost_center},
        {"business_unit", MEMBER_TEXT, false, &entry->business_unit},
        {"project_code", MEMBER_TEXT, false, &entry->project_code},
        {"currency", MEMBER_TEXT, false, &entry->currency},
    };
    json_members_take(place, "an entry", value, members, sizeof members / sizeof members[0]);
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
    return read_entries_array(&(struct json_place){.call = call, .source_name = source_name, .first_line = 1}, document,
                              ret_entries, ret_entries_count);
}

ledger_status read_entries_array(const struct json_place *place, const struct json_value *array,
                                 const struct ledger_entry **ret_entries, uint32_t *ret_entries_count)
{
    struct ledger_call *call = place->call;
    unsigned long long line = place->first_line + array->line - 1;
    if (array->type != JSON_ARRAY) {
        return ledger_fail(call, LEDGER_INPUT_IS_MALFORMED,
                           "%s line %llu: an array of entries was expected, but it is %s", place->source_name, line,
                           json_type_name(array->type));
    }
    if (array->count > LEDGER_ENTRIES_MAX) {
        return ledger_fail(call, LEDGER_TOO_MANY_ENTRIES, "%s has %u entries: a transaction has at most %d",
                           place->source_name, array->count, LEDGER_ENTRIES_MAX);
    }
    size_t first_problem = ledger_call_problems_count(call);
    struct ledger_entry *entries;
    LEDGER_ALLOCATE(call, entries, array->count);
    struct json_place entry_place = *place;
    for (const struct json_value *value = array->first; value != NULL; value = value->next) {
        entry_place.entry_number++;
        entry_read(&entry_place, value, &entries[entry_place.entry_number - 1]);
    }
    LEDGER_TRY(ledger_call_worst(call, first_problem));
    *ret_entries = entries;
    *ret_entries_count = array->count;
    return LEDGER_DONE;
}
