/* Grants: the templates filled with quoted names. See grants.h for the invariant. */
#include "store/grants.h"

#include <assert.h>

#include "base/text.h"
#include "base/text_builder.h"
#include "queries.h"
#include "store/mysql_uri.h"

ledger_status grants_find_database(struct ledger_call *call, struct ledger_text uri, struct ledger_text *ret_database)
{
    static const char sqlite[] = "sqlite:";
    if (uri.size >= sizeof sqlite - 1 && memcmp(uri.data, sqlite, sizeof sqlite - 1) == 0) {
        return ledger_fail(
            call, LEDGER_USAGE_IS_WRONG,
            "grants are of a server, and a ledger on SQLite is a file: there the permissions of the file "
            "and its directory do the same; name a server with --db mysql://…");
    }
    struct mysql_uri parts;
    LEDGER_TRY(mysql_uri_parse(call, uri, &call->arena, &parts));
    *ret_database = parts.database == NULL ? TEXT_ABSENT : ledger_text_of(parts.database);
    return LEDGER_DONE;
}

/* Adds a name as an identifier between backticks, in which only the backtick itself has a meaning, whatever the mode of
 * the session; the user and host of an account may stand so too. In a pattern, which is what the server takes a
 * database for that is not followed by a table, _ and % would stand for any letters. */
static void grants_add_name(struct text_builder *builder, struct ledger_text name, bool is_pattern)
{
    text_builder_add_char(builder, '`');
    for (size_t index = 0; index < name.size; index++) {
        char letter = name.data[index];
        if (letter == '`') {
            text_builder_add_char(builder, '`');
        } else if (is_pattern && (letter == '_' || letter == '%' || letter == '\\')) {
            text_builder_add_char(builder, '\\');
        }
        text_builder_add_char(builder, letter);
    }
    text_builder_add_char(builder, '`');
}

/* Adds what stands at a `{` of a template; returns where the template goes on. */
static const char *grants_add_placeholder(struct text_builder *builder, const char *place,
                                          const struct grants_names *names)
{
    static const char account[] = "{account}";
    static const char database[] = "{database}";
    static const char pattern[] = "{pattern}";
    if (strncmp(place, account, sizeof account - 1) == 0) {
        grants_add_name(builder, names->user, false);
        text_builder_add_char(builder, '@');
        grants_add_name(builder, names->host, false);
        return place + sizeof account - 1;
    }
    bool is_pattern = strncmp(place, pattern, sizeof pattern - 1) == 0;
    assert(is_pattern || strncmp(place, database, sizeof database - 1) == 0);
    grants_add_name(builder, names->database, is_pattern);
    return place + (is_pattern ? sizeof pattern : sizeof database) - 1;
}

static void grants_fill(struct text_builder *builder, const char *template, const struct grants_names *names)
{
    while (*template != '\0') {
        if (*template == '{') {
            template = grants_add_placeholder(builder, template, names);
        } else {
            text_builder_add_char(builder, *template ++);
        }
    }
}

static const struct role_grants *grants_find_role(const char *role)
{
    for (size_t index = 0; index < ROLES_MARIADB_COUNT; index++) {
        if (strcmp(grants_mariadb[index].role, role) == 0) {
            return &grants_mariadb[index];
        }
    }
    return NULL;
}

ledger_status grants_write(struct ledger_call *call, const char *role, const struct grants_names *names,
                           struct grants_text *ret_text)
{
    const struct role_grants *grants = grants_find_role(role);
    assert(grants != NULL);
    struct ledger_text *statements;
    LEDGER_ALLOCATE(call, statements, grants->statements_count);
    struct text_builder script;
    text_builder_init(&script, &call->arena, 4096);
    for (size_t index = 0; index < grants->statements_count; index++) {
        const struct grant_statement *statement = &grants->statements[index];
        struct text_builder sql;
        text_builder_init(&sql, &call->arena, 256);
        grants_fill(&sql, statement->sql, names);
        LEDGER_TRY(text_builder_finish(call, &sql, &statements[index]));
        bool is_first = index == 0;
        text_builder_add_string(&script, is_first || statement->comment[0] == '\0' ? "" : "\n");
        grants_fill(&script, statement->comment, names);
        text_builder_add_string(&script, is_first ? "-- " : "");
        text_builder_add_text(&script, statements[index]);
        text_builder_add_string(&script, ";\n");
    }
    LEDGER_TRY(text_builder_finish(call, &script, &ret_text->script));
    ret_text->statements = statements;
    ret_text->statements_count = grants->statements_count;
    return LEDGER_DONE;
}
