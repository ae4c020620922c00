/* Members of JSON objects.
 *
 * I1 Nothing that was written is dropped: a key that is not known is a problem, never ignored. */
#include "exchange/json_members.h"

#include <assert.h>
#include <inttypes.h>

#include "base/quote.h"
#include "base/text.h"

enum { MEMBERS_MAX = 32 };

static uint64_t place_line(const struct json_place *place, const struct json_value *value)
{
    return place->first_line + value->line - 1;
}

static void report_unknown_key(const struct json_place *place, const struct json_value *member,
                               const struct json_member *members, size_t members_count)
{
    char quoted[QUOTE_SIZE];
    const char *keys[MEMBERS_MAX];
    for (size_t i = 0; i < members_count; i++) {
        keys[i] = members[i].key;
    }
    const char *nearest = text_nearest(member->key, keys, members_count);
    ledger_call_add_problem(place->call, LEDGER_INPUT_IS_MALFORMED, place->entry_number,
                            "%s line %" PRIu64 ": unknown key %s%s%s%s", place->source_name, place_line(place, member),
                            text_quote(member->key, quoted), nearest == NULL ? "" : " (did you mean \"",
                            nearest == NULL ? "" : nearest, nearest == NULL ? "" : "\"?)");
}

static const char *kind_name(enum json_member_kind kind)
{
    switch (kind) {
    case MEMBER_TEXT:
        return "a string";
    case MEMBER_NUMBER:
        return "a number or a string";
    default:
        return "true or false";
    }
}

/* False where the value is of another type. */
static bool member_take(const struct json_member *member, const struct json_value *value)
{
    bool is_truth = value->type == JSON_TRUE || value->type == JSON_FALSE;
    if (member->kind == MEMBER_VALUE) {
        *(const struct json_value **)member->place = value;
        return true;
    }
    if (member->kind == MEMBER_TRUTH && is_truth) {
        *(bool *)member->place = value->type == JSON_TRUE;
        return true;
    }
    if (member->kind != MEMBER_TRUTH &&
        (value->type == JSON_STRING || (value->type == JSON_NUMBER && member->kind == MEMBER_NUMBER))) {
        *(struct ledger_text *)member->place = value->text;
        return true;
    }
    return false;
}

/* An optional member may be null, which is the same as leaving it out. */
static void take_one(const struct json_place *place, const struct json_value *value, const struct json_member *members,
                     size_t members_count, bool *is_there)
{
    size_t i = 0;
    while (i < members_count && !text_equals_string(value->key, members[i].key)) {
        i++;
    }
    if (i == members_count) {
        report_unknown_key(place, value, members, members_count);
        return;
    }
    is_there[i] = true;
    if ((value->type == JSON_NULL && !members[i].is_required) || member_take(&members[i], value)) {
        return;
    }
    ledger_call_add_problem(place->call, LEDGER_INPUT_IS_MALFORMED, place->entry_number,
                            "%s line %" PRIu64 ": \"%s\" has to be %s, but is %s", place->source_name,
                            place_line(place, value), members[i].key, kind_name(members[i].kind),
                            json_type_name(value->type));
}

void json_members_take(const struct json_place *place, const char *what, const struct json_value *object,
                       const struct json_member *members, size_t members_count)
{
    bool is_there[MEMBERS_MAX] = {false};
    assert(members_count <= MEMBERS_MAX);
    if (object->type != JSON_OBJECT) {
        ledger_call_add_problem(place->call, LEDGER_INPUT_IS_MALFORMED, place->entry_number,
                                "%s line %" PRIu64 ": %s has to be an object, but is %s", place->source_name,
                                place_line(place, object), what, json_type_name(object->type));
        return;
    }
    for (const struct json_value *member = object->first; member != NULL; member = member->next) {
        take_one(place, member, members, members_count, is_there);
    }
    for (size_t i = 0; i < members_count; i++) {
        if (members[i].is_required && !is_there[i]) {
            ledger_call_add_problem(place->call, LEDGER_INPUT_IS_MALFORMED, place->entry_number,
                                    "%s line %" PRIu64 ": \"%s\" is missing", place->source_name,
                                    place_line(place, object), members[i].key);
        }
    }
}
