/* Prepared statements. */
#include "store/mysql_statement.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/text_builder.h"

enum {
    CURSOR_ROWS = 1024,          /* of a long result, fetched at once */
    STRETCH_BYTES_MAX = 1 << 20, /* of rows sent at once, where the server takes that */
    STRETCH_ROWS_MAX = 1 << 16,
    PARAMETER_BYTES = 24, /* of any parameter but a text, at most */
    GROUP_ROWS = 64,
    PARAMETERS_MAX = 65535, /* of one statement, as its protocol has it */
};

static ledger_status statement_fail(struct ledger_call *call, struct mysql_connection *connection,
                                    const struct mysql_statement *statement, const char *doing)
{
    return mysql_fail(call, connection, MYSQL_PHASE_STATEMENT, mysql_stmt_errno(statement->handle),
                      mysql_stmt_error(statement->handle), doing);
}

/* `times` as many parameters as the query has: for a group of rows. Kept over reconnections. */
static ledger_status statement_allocate(struct ledger_call *call, const struct query_definition *definition,
                                        size_t times, struct mysql_statement *statement)
{
    if (statement->inputs != NULL) {
        return LEDGER_DONE;
    }
    size_t parameters_count = definition->parameters_count * times;
    size_t columns_count = definition->outputs_count;
    /* One more than needed, since calloc may answer NULL where nothing is asked for. */
    statement->parameters = calloc(parameters_count + 1, sizeof *statement->parameters);
    statement->outputs = calloc(columns_count + 1, sizeof *statement->outputs);
    statement->columns = calloc(columns_count + 1, sizeof *statement->columns);
    statement->inputs = calloc(parameters_count + 1, sizeof *statement->inputs);
    if (statement->parameters == NULL || statement->outputs == NULL || statement->columns == NULL ||
        statement->inputs == NULL) {
        mysql_statement_done(statement);
        return ledger_fail_out_of_memory(call);
    }
    statement->parameters_count = (unsigned)parameters_count;
    statement->columns_count = (unsigned)columns_count;
    for (size_t i = 0; i < parameters_count; i++) {
        unsigned input = definition->parameters[i % definition->parameters_count];
        mysql_input_prepare(&statement->inputs[i], (enum value_type)definition->inputs[input],
                            &statement->parameters[i]);
    }
    for (size_t i = 0; i < columns_count; i++) {
        mysql_output_prepare(&statement->outputs[i], (enum value_type)definition->outputs[i], &statement->columns[i]);
    }
    return LEDGER_DONE;
}

static ledger_status statement_prepare_sql(struct ledger_call *call, struct mysql_connection *connection,
                                           struct ledger_text sql, bool is_long, struct mysql_statement *statement)
{
    statement->handle = mysql_stmt_init(connection->handle);
    if (statement->handle == NULL) {
        return ledger_fail_out_of_memory(call);
    }
    unsigned long cursor_type = CURSOR_TYPE_READ_ONLY;
    unsigned long cursor_rows = CURSOR_ROWS;
    if (is_long) {
        (void)mysql_stmt_attr_set(statement->handle, STMT_ATTR_CURSOR_TYPE, &cursor_type);
        (void)mysql_stmt_attr_set(statement->handle, STMT_ATTR_PREFETCH_ROWS, &cursor_rows);
    }
    if (mysql_stmt_prepare(statement->handle, sql.data, (unsigned long)sql.size) != 0) {
        ledger_status status = statement_fail(call, connection, statement, "preparing a statement");
        mysql_statement_forget(statement);
        return status;
    }
    assert(mysql_stmt_param_count(statement->handle) == statement->parameters_count);
    assert(mysql_stmt_field_count(statement->handle) == statement->columns_count);
    return LEDGER_DONE;
}

ledger_status mysql_statement_prepare(struct ledger_call *call, struct mysql_connection *connection,
                                      const struct query_definition *definition, struct mysql_statement *statement)
{
    if (statement->handle != NULL) {
        return LEDGER_DONE;
    }
    LEDGER_TRY(statement_allocate(call, definition, 1, statement));
    return statement_prepare_sql(call, connection, ledger_text_of(definition->sql), definition->is_long, statement);
}

ledger_status mysql_statement_prepare_locking(struct ledger_call *call, struct mysql_connection *connection,
                                              const struct query_definition *definition,
                                              struct mysql_statement *statement)
{
    if (statement->handle != NULL) {
        return LEDGER_DONE;
    }
    struct ledger_text sql;
    LEDGER_TRY(statement_allocate(call, definition, 1, statement));
    LEDGER_TRY(ledger_call_format(call, &sql, "%s FOR UPDATE", definition->sql));
    return statement_prepare_sql(call, connection, sql, false, statement);
}

/* Points the parameters from `first` on, as many as the query has, at a row. */
static void statement_bind_row(const struct query_definition *definition, struct mysql_input *inputs,
                               const struct value *row, MYSQL_BIND *parameters)
{
    for (unsigned i = 0; i < definition->parameters_count; i++) {
        const struct value *value = &row[definition->parameters[i]];
        assert(value->type == VALUE_NULL || value->type == definition->inputs[definition->parameters[i]]);
        mysql_input_set(&inputs[i], value, &parameters[i]);
    }
}

/* Sends what is bound, `array_size` rows of it; 0 for one that is no array. */
static bool statement_execute(struct mysql_statement *statement, unsigned array_size)
{
    return mysql_stmt_attr_set(statement->handle, STMT_ATTR_ARRAY_SIZE, &array_size) == 0 &&
           mysql_stmt_bind_param(statement->handle, statement->parameters) == 0 &&
           mysql_stmt_execute(statement->handle) == 0;
}

ledger_status mysql_statement_run(struct ledger_call *call, struct mysql_connection *connection,
                                  const struct query_definition *definition, struct mysql_statement *statement,
                                  const struct value *inputs)
{
    assert(!statement->is_open);
    statement_bind_row(definition, statement->inputs, inputs, statement->parameters);
    return statement_execute(statement, 0) ? LEDGER_DONE : statement_fail(call, connection, statement, "writing");
}

/* What the client library asks for, row by row, while it makes the message. */
struct array_source {
    const struct query_definition *definition;
    struct mysql_statement *statement;
    const struct value *rows;
};

static my_bool array_give_row(void *context, MYSQL_BIND *parameters, unsigned row)
{
    const struct array_source *source = context;
    statement_bind_row(source->definition, source->statement->inputs,
                       source->rows + (size_t)row * source->definition->inputs_count, parameters);
    return 0;
}

static size_t row_bytes_max(const struct query_definition *definition, const struct value *row)
{
    size_t bytes = 0;
    for (unsigned i = 0; i < definition->parameters_count; i++) {
        const struct value *value = &row[definition->parameters[i]];
        bytes += PARAMETER_BYTES + (value_has_bytes(value) ? value->text.size : 0);
    }
    return bytes;
}

size_t mysql_statement_stretch(const struct mysql_connection *connection, const struct query_definition *definition,
                               const struct value *rows, size_t rows_count)
{
    uint64_t packet_bytes = connection->packet_bytes_max / 2;
    size_t limit = packet_bytes < STRETCH_BYTES_MAX ? (size_t)packet_bytes : STRETCH_BYTES_MAX;
    size_t bytes = 0;
    size_t count = 0;
    for (; count < rows_count && count < STRETCH_ROWS_MAX; count++) {
        bytes += row_bytes_max(definition, rows + count * definition->inputs_count);
        if (bytes > limit) {
            break;
        }
    }
    return count == 0 ? 1 : count; /* what is too large for any message the server refuses */
}

ledger_status mysql_statement_run_array(struct ledger_call *call, struct mysql_connection *connection,
                                        const struct query_definition *definition, struct mysql_statement *statement,
                                        const struct value *rows, size_t rows_count)
{
    assert(!statement->is_open);
    struct array_source source = {definition, statement, rows};
    /* Not by mysql_stmt_attr_set, since no function is a `const void *`. */
    statement->handle->user_data = &source;
    statement->handle->param_callback = array_give_row;
    ledger_status status = LEDGER_DONE;
    for (size_t done = 0; status == LEDGER_DONE && done < rows_count;) {
        source.rows = rows + done * definition->inputs_count;
        size_t count = mysql_statement_stretch(connection, definition, source.rows, rows_count - done);
        if (!statement_execute(statement, (unsigned)count)) {
            status = statement_fail(call, connection, statement, "writing");
        }
        done += count;
    }
    statement->handle->param_callback = NULL;
    statement->handle->user_data = NULL;
    return status;
}

static ledger_status group_prepare(struct ledger_call *call, struct mysql_connection *connection,
                                   const struct query_definition *definition, struct ledger_text values,
                                   size_t group_rows, struct mysql_statement *group)
{
    struct arena_mark mark = arena_mark(&call->arena);
    struct text_builder sql;
    text_builder_init(&sql, &call->arena, (values.size + 2) * group_rows + strlen(definition->sql));
    text_builder_add(&sql, definition->sql, (size_t)(values.data - definition->sql));
    for (size_t i = 0; i < group_rows; i++) {
        text_builder_add_string(&sql, i == 0 ? "" : ", ");
        text_builder_add_text(&sql, values);
    }
    text_builder_add_string(&sql, values.data + values.size);
    struct ledger_text text;
    LEDGER_TRY(text_builder_finish(call, &sql, &text));
    LEDGER_TRY(statement_allocate(call, definition, group_rows, group));
    LEDGER_TRY(statement_prepare_sql(call, connection, text, false, group));
    arena_rewind(&call->arena, mark);
    return LEDGER_DONE;
}

ledger_status mysql_statement_prepare_group(struct ledger_call *call, struct mysql_connection *connection,
                                            const struct query_definition *definition, struct mysql_statement *group,
                                            size_t *ret_group_rows)
{
    struct ledger_text values;
    if (definition->parameters_count == 0 || !driver_sql_find_values(definition->sql, &values)) {
        *ret_group_rows = 0;
        return LEDGER_DONE;
    }
    size_t rows_max = PARAMETERS_MAX / definition->parameters_count;
    size_t group_rows = rows_max < GROUP_ROWS ? rows_max : GROUP_ROWS;
    if (group->handle == NULL) {
        LEDGER_TRY(group_prepare(call, connection, definition, values, group_rows, group));
    }
    *ret_group_rows = group_rows;
    return LEDGER_DONE;
}

ledger_status mysql_statement_run_group(struct ledger_call *call, struct mysql_connection *connection,
                                        const struct query_definition *definition, struct mysql_statement *group,
                                        const struct value *rows)
{
    for (size_t i = 0; i < group->parameters_count / definition->parameters_count; i++) {
        size_t first = i * definition->parameters_count;
        statement_bind_row(definition, group->inputs + first, rows + i * definition->inputs_count,
                           group->parameters + first);
    }
    return statement_execute(group, 0) ? LEDGER_DONE : statement_fail(call, connection, group, "writing");
}

bool mysql_statement_try_open(const struct query_definition *definition, struct mysql_statement *statement,
                              const struct value *inputs)
{
    assert(!statement->is_open);
    statement_bind_row(definition, statement->inputs, inputs, statement->parameters);
    /* Deadlocks and failed certifications come where a result is stored as well as where a statement runs. */
    statement->is_open = statement_execute(statement, 0) &&
                         mysql_stmt_bind_result(statement->handle, statement->columns) == 0 &&
                         (definition->is_long || mysql_stmt_store_result(statement->handle) == 0);
    return statement->is_open;
}

ledger_status mysql_statement_open(struct ledger_call *call, struct mysql_connection *connection,
                                   const struct query_definition *definition, struct mysql_statement *statement,
                                   const struct value *inputs)
{
    if (mysql_statement_try_open(definition, statement, inputs)) {
        return LEDGER_DONE;
    }
    ledger_status status = statement_fail(call, connection, statement, "reading");
    mysql_statement_close(statement);
    return status;
}

/* Reads the texts of a row that had no room, after room was made. */
static ledger_status statement_fetch_long(struct ledger_call *call, struct mysql_connection *connection,
                                          struct mysql_statement *statement)
{
    for (unsigned i = 0; i < statement->columns_count; i++) {
        struct mysql_output *output = &statement->outputs[i];
        if (output->is_null || statement->columns[i].buffer != output->bytes || output->size <= output->capacity) {
            continue;
        }
        if (!mysql_output_grow(output, &statement->columns[i])) {
            return ledger_fail_out_of_memory(call);
        }
        if (mysql_stmt_fetch_column(statement->handle, &statement->columns[i], i, 0) != 0) {
            return statement_fail(call, connection, statement, "reading");
        }
    }
    /* The rows that follow go to the new places. */
    return mysql_stmt_bind_result(statement->handle, statement->columns) == 0
               ? LEDGER_DONE
               : statement_fail(call, connection, statement, "reading");
}

ledger_status mysql_statement_step(struct ledger_call *call, struct mysql_connection *connection,
                                   const struct query_definition *definition, struct mysql_statement *statement,
                                   struct value *values, bool *ret_has_row)
{
    assert(statement->is_open);
    int code = mysql_stmt_fetch(statement->handle);
    if (code == MYSQL_NO_DATA) {
        *ret_has_row = false;
        return LEDGER_DONE;
    }
    if (code == MYSQL_DATA_TRUNCATED) {
        LEDGER_TRY(statement_fetch_long(call, connection, statement));
    } else if (code != 0) {
        return statement_fail(call, connection, statement, "reading");
    }
    for (unsigned i = 0; i < statement->columns_count; i++) {
        values[i] = mysql_output_get(&statement->outputs[i], (enum value_type)definition->outputs[i]);
    }
    *ret_has_row = true;
    return LEDGER_DONE;
}

void mysql_statement_close(struct mysql_statement *statement)
{
    if (statement->handle != NULL) {
        (void)mysql_stmt_free_result(statement->handle);
    }
    statement->is_open = false;
}

void mysql_statement_forget(struct mysql_statement *statement)
{
    if (statement->handle != NULL) {
        (void)mysql_stmt_close(statement->handle);
        statement->handle = NULL;
    }
    statement->is_open = false;
}

void mysql_statement_done(struct mysql_statement *statement)
{
    mysql_statement_forget(statement);
    for (unsigned i = 0; statement->outputs != NULL && i < statement->columns_count; i++) {
        free(statement->outputs[i].bytes);
    }
    free(statement->inputs);
    free(statement->parameters);
    free(statement->outputs);
    free(statement->columns);
    *statement = (struct mysql_statement){0};
}
