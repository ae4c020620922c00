/* The members of JSON objects taken into the texts of a record, each problem with its place. */
#ifndef LEDGER_EXCHANGE_JSON_MEMBERS_H
#define LEDGER_EXCHANGE_JSON_MEMBERS_H

#include "base/json.h"

enum json_member_kind {
    MEMBER_TEXT,   /* a string */
    MEMBER_NUMBER, /* a number, or a string with one */
    MEMBER_TRUTH,  /* true or false */
    MEMBER_VALUE,  /* for the caller to look at */
};

/* A member that an object may have. */
struct json_member {
    const char *key;
    enum json_member_kind kind;
    bool is_required;
    void *place; /* struct ledger_text, bool or const struct json_value *; set where the member is there and not null */
};

/* Where problems are. */
struct json_place {
    struct ledger_call *call;
    const char *source_name;
    uint64_t first_line;   /* of the text that the JSON was read from, in its file; from 1 */
    uint32_t entry_number; /* 0 where none is meant */
};

/* Takes the members of an object: adds a problem (LEDGER_INPUT_IS_MALFORMED) for each that is unknown, of another type
 * or missing, and for a value that is no object, which `what` names ("an entry"). */
void json_members_take(const struct json_place *place, const char *what, const struct json_value *object,
                       const struct json_member *members, size_t members_count);

#endif
