/* Grants of roles: names by default, and their limits. */
#include "ledger/grants.h"

#include <assert.h>

#include "base/quote.h"
#include "base/utf8.h"
#include "store/grants.h"

/* The limits of MariaDB, in characters. */
enum { USER_LENGTH_MAX = 128, HOST_LENGTH_MAX = 255, DATABASE_LENGTH_MAX = 64 };

static const char *const role_names[LEDGER_SERVER_ROLES_COUNT] = {
    [LEDGER_SERVER_ROLE_APP] = "app",
    [LEDGER_SERVER_ROLE_AUDITOR] = "auditor",
    [LEDGER_SERVER_ROLE_BACKUP] = "backup",
    [LEDGER_SERVER_ROLE_MIGRATOR] = "migrator",
};

const char *ledger_server_role_name(enum ledger_server_role role)
{
    assert(role < LEDGER_SERVER_ROLES_COUNT);
    return role_names[role];
}

/* What is wrong with a name, NULL where nothing is. */
static const char *name_fault(struct ledger_text name, size_t length_max)
{
    if (text_is_empty(name)) {
        return "is empty";
    }
    if (utf8_first_invalid(name) < name.size || utf8_has_control(name)) {
        return "is not UTF-8, or has a control character";
    }
    if (name.data[name.size - 1] == ' ') {
        return "ends with a blank";
    }
    for (size_t offset = 0; offset < name.size;) {
        if (utf8_next(name, &offset) > 0xffff) {
            return "has a character beyond U+FFFF, which no name on a server may have";
        }
    }
    return utf8_length(name) > length_max ? "is too long" : NULL;
}

static void names_check(struct ledger_call *call, const char *what, struct ledger_text name, size_t length_max)
{
    const char *fault = name_fault(name, length_max);
    char quoted[QUOTE_SIZE];
    if (fault != NULL) {
        ledger_call_add_problem(call, LEDGER_USAGE_IS_WRONG, 0, "the %s %s %s: 1 to %zu characters can stand there",
                                what, text_quote(name, quoted), fault, length_max);
    }
}

static LEDGER_MUST_CHECK ledger_status names_take(struct ledger_call *call, const struct ledger_grants_options *options,
                                                  struct grants_names *ret_names)
{
    struct grants_names names = {.user = options->user, .host = options->host, .database = TEXT_ABSENT};
    if (text_is_absent(names.user)) {
        LEDGER_TRY(ledger_call_format(call, &names.user, "ledger_%s", ledger_server_role_name(options->role)));
    }
    if (text_is_absent(names.host)) {
        names.host = TEXT("localhost");
    }
    if (!text_is_absent(options->uri)) {
        LEDGER_TRY(grants_find_database(call, options->uri, &names.database));
    }
    if (!text_is_absent(options->database)) {
        names.database = options->database;
    } else if (text_is_absent(names.database)) {
        names.database = TEXT("ledger_db");
    }
    size_t first_problem = ledger_call_problems_count(call);
    names_check(call, "user", names.user, USER_LENGTH_MAX);
    names_check(call, "host", names.host, HOST_LENGTH_MAX);
    names_check(call, "database", names.database, DATABASE_LENGTH_MAX);
    LEDGER_TRY(ledger_call_worst(call, first_problem));
    *ret_names = names;
    return LEDGER_DONE;
}

ledger_status ledger_grants_make(struct ledger_call *call, const struct ledger_grants_options *options,
                                 struct ledger_grants *ret_grants)
{
    if (options->struct_size != sizeof *options) {
        return ledger_fail(call, LEDGER_USAGE_IS_WRONG,
                           "struct_size of the options is %zu, not %zu: clear them and set it to their size",
                           options->struct_size, sizeof *options);
    }
    if ((unsigned)options->role >= LEDGER_SERVER_ROLES_COUNT) {
        return ledger_fail(call, LEDGER_USAGE_IS_WRONG, "%u is no role", (unsigned)options->role);
    }
    struct grants_names names;
    LEDGER_TRY(names_take(call, options, &names));
    struct grants_text text;
    LEDGER_TRY(grants_write(call, ledger_server_role_name(options->role), &names, &text));
    *ret_grants = (struct ledger_grants){
        .create_user = text.statements[0],
        .statements = text.statements + 1,
        .statements_count = text.statements_count - 1,
        .script = text.script,
    };
    LEDGER_TRY(ledger_call_copy_text(call, names.user, &ret_grants->user));
    LEDGER_TRY(ledger_call_copy_text(call, names.host, &ret_grants->host));
    return ledger_call_copy_text(call, names.database, &ret_grants->database);
}
