/* INSERT … VALUES (?1, ?2), (?3, ?4), … made of INSERT … VALUES (?1, ?2). */
#include "store/sqlite_group.h"

#include <stdlib.h>
#include <string.h>

#include "base/text_builder.h"
#include "store/sqlite_values.h"

/* Rows of a statement, the largest first: beyond them little more is won. */
static const unsigned group_sizes[SQLITE_GROUP_SIZES] = {64, 8};

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

static ledger_status group_text(struct ledger_call *call, const struct query_definition *definition,
                                struct ledger_text values, unsigned rows_count, struct ledger_text *ret_text)
{
    const char *sql = definition->sql;
    struct text_builder group;
    text_builder_init(&group, &call->arena, strlen(sql) + values.size * rows_count * 2);
    text_builder_add(&group, sql, (size_t)(values.data - sql));
    for (unsigned i = 0; i < rows_count; i++) {
        text_builder_add_string(&group, i == 0 ? "" : ", ");
        group_add_row(&group, values, i * definition->inputs_used);
    }
    text_builder_add_string(&group, values.data + values.size);
    return text_builder_finish(call, &group, ret_text);
}

static ledger_status group_prepare(struct ledger_call *call, struct sqlite_driver *driver,
                                   const struct query_definition *definition, struct ledger_text values,
                                   unsigned rows_count, struct sqlite_group *group)
{
    struct arena_mark mark = arena_mark(&call->arena);
    struct ledger_text text;
    if (group->statement != NULL) {
        return LEDGER_DONE;
    }
    if (group->bound == NULL) {
        group->bound = calloc((size_t)definition->inputs_used * rows_count, sizeof *group->bound);
    }
    if (group->bound == NULL) {
        return ledger_fail_out_of_memory(call);
    }
    LEDGER_TRY(group_text(call, definition, values, rows_count, &text));
    LEDGER_TRY(sqlite_prepare(call, driver, text.data, &group->statement));
    arena_rewind(&call->arena, mark);
    return LEDGER_DONE;
}

static ledger_status group_write(struct ledger_call *call, struct sqlite_driver *driver,
                                 const struct sqlite_group *group, const struct query_definition *definition,
                                 const struct value *rows, unsigned rows_count)
{
    LEDGER_TRY(sqlite_bind_rows(call, driver, group->statement, group->bound, definition, rows, rows_count));
    int code = sqlite3_step(group->statement);
    (void)sqlite3_reset(group->statement);
    return code == SQLITE_DONE ? LEDGER_DONE : sqlite_fail(call, driver, code, "write to");
}

ledger_status sqlite_group_write(struct ledger_call *call, struct sqlite_driver *driver, enum query_id query,
                                 const struct value *rows, size_t rows_count, size_t *ret_written)
{
    const struct query_definition *definition = &queries_sqlite[query];
    bool is_of_few = rows_count < group_sizes[SQLITE_GROUP_SIZES - 1];
    struct ledger_text values;
    *ret_written = 0;
    if (is_of_few || definition->inputs_used == 0 || !driver_sql_find_values(definition->sql, &values)) {
        return LEDGER_DONE;
    }
    for (unsigned i = 0; i < SQLITE_GROUP_SIZES; i++) {
        struct sqlite_group *group = &driver->groups[query][i];
        unsigned size = group_sizes[i];
        if (rows_count - *ret_written >= size) {
            LEDGER_TRY(group_prepare(call, driver, definition, values, size, group));
        }
        while (rows_count - *ret_written >= size) {
            LEDGER_TRY(
                group_write(call, driver, group, definition, rows + *ret_written * definition->inputs_count, size));
            *ret_written += size;
        }
    }
    return LEDGER_DONE;
}

void sqlite_group_done(struct sqlite_group groups[SQLITE_GROUP_SIZES])
{
    for (unsigned i = 0; i < SQLITE_GROUP_SIZES; i++) {
        (void)sqlite3_finalize(groups[i].statement);
        free(groups[i].bound);
        groups[i] = (struct sqlite_group){.statement = NULL};
    }
}
