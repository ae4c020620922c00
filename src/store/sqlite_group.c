/* INSERT … VALUES (?1, ?2), (?3, ?4), … made of INSERT … VALUES (?1, ?2). */
#include "store/sqlite_group.h"

#include <stdlib.h>
#include <string.h>

#include "base/text_builder.h"

/* The values of one row, with the numbers of its parameters behind those of the rows before it. */
static void group_add_row(struct text_builder *sql, struct ledger_text values, unsigned parameters_before)
{
    const char *at = values.data;
    const char *end = values.data + values.size;
    while (at < end) {
        const char *parameter = memchr(at, '?', (size_t)(end - at));
        if (parameter == NULL) {
            break;
        }
        char *behind = NULL;
        unsigned long number = strtoul(parameter + 1, &behind, 10);
        text_builder_add(sql, at, (size_t)(parameter + 1 - at));
        text_builder_add_integer(sql, (int64_t)(number + parameters_before));
        at = behind;
    }
    text_builder_add(sql, at, (size_t)(end - at));
}

static ledger_status group_text(struct ledger_call *call, const char *sql, struct ledger_text values,
                                unsigned parameters_count, struct ledger_text *ret_text)
{
    struct text_builder group;
    text_builder_init(&group, &call->arena, strlen(sql) + values.size * SQLITE_GROUP_ROWS * 2);
    text_builder_add(&group, sql, (size_t)(values.data - sql));
    for (unsigned i = 0; i < SQLITE_GROUP_ROWS; i++) {
        text_builder_add_string(&group, i == 0 ? "" : ", ");
        group_add_row(&group, values, i * parameters_count);
    }
    text_builder_add_string(&group, values.data + values.size);
    return text_builder_finish(call, &group, ret_text);
}

ledger_status sqlite_group_prepare(struct ledger_call *call, struct sqlite_driver *driver, enum query_id query,
                                   unsigned parameters_count, sqlite3_stmt **ret_statement)
{
    const char *sql = queries_sqlite[query].sql;
    struct ledger_text values;
    if (driver->groups[query] == NULL && parameters_count > 0 && driver_sql_find_values(sql, &values)) {
        struct arena_mark mark = arena_mark(&call->arena);
        struct ledger_text text;
        LEDGER_TRY(group_text(call, sql, values, parameters_count, &text));
        LEDGER_TRY(sqlite_prepare(call, driver, text.data, &driver->groups[query]));
        arena_rewind(&call->arena, mark);
    }
    *ret_statement = driver->groups[query];
    return LEDGER_DONE;
}
