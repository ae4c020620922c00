/* Units of work of one shape, each prepared as one statement. */
#include "store/mysql_compound.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/text_builder.h"
#include "store/mysql_statement.h"

enum { COMPOUND_SQL_BYTES = 4096 }; /* of most; longer ones grow */

#define COMPOUND_DIGITS(number) COMPOUND_DIGITS_OF(number)
#define COMPOUND_DIGITS_OF(number) #number
#define HEAD_HAS_MOVED 20001
_Static_assert(HEAD_HAS_MOVED == MYSQL_ERROR_HEAD_HAS_MOVED, "the same number");

const struct mysql_frame mysql_frame_under_lock = {"BEGIN NOT ATOMIC ", "", "COMMIT; END"};
const struct mysql_frame mysql_frame_ahead = {
    "BEGIN NOT ATOMIC START TRANSACTION; ",
    "IF ROW_COUNT() = 0 THEN ROLLBACK; SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = " COMPOUND_DIGITS(
        HEAD_HAS_MOVED) ", MESSAGE_TEXT = 'another writer came first'; END IF; ",
    "COMMIT; END",
};

static void compound_free(struct mysql_compound *compound)
{
    if (compound->handle != NULL) {
        (void)mysql_stmt_close(compound->handle);
    }
    free(compound->inputs);
    free(compound->parameters);
    *compound = (struct mysql_compound){0};
}

void mysql_compounds_forget(struct mysql_compounds *compounds)
{
    for (size_t i = 0; i < MYSQL_COMPOUNDS_MAX; i++) {
        compound_free(&compounds->all[i]);
    }
}

static bool compound_fits(const struct mysql_compound *compound, const struct mysql_deferred *deferred)
{
    if (compound->parts_count != deferred->writes_count) {
        return false;
    }
    for (size_t i = 0; i < compound->parts_count; i++) {
        if (compound->parts[i].definition != deferred->writes[i].definition ||
            compound->parts[i].rows_count != deferred->writes[i].rows_count) {
            return false;
        }
    }
    return true;
}

/* I2. */
static void compound_take_shape(struct mysql_compound *compound, const struct mysql_deferred *deferred)
{
    compound_free(compound);
    compound->parts_count = deferred->writes_count;
    for (size_t i = 0; i < deferred->writes_count; i++) {
        compound->parts[i] =
            (struct mysql_compound_part){deferred->writes[i].definition, deferred->writes[i].rows_count};
    }
}

struct mysql_compound *mysql_compound_find(struct mysql_compounds *compounds, const struct mysql_deferred *deferred)
{
    struct mysql_compound *oldest = &compounds->all[0];
    compounds->uses++;
    for (size_t i = 0; i < MYSQL_COMPOUNDS_MAX; i++) {
        struct mysql_compound *compound = &compounds->all[i];
        if (compound_fits(compound, deferred)) {
            compound->used = compounds->uses;
            return compound;
        }
        oldest = compound->used < oldest->used ? compound : oldest;
    }
    compound_take_shape(oldest, deferred);
    oldest->used = compounds->uses;
    return NULL;
}

static void compound_add_sql(struct text_builder *sql, const struct mysql_compound_part *part)
{
    const char *text = part->definition->sql;
    struct ledger_text values;
    if (part->definition->parameters_count == 0 || !driver_sql_find_values(text, &values)) {
        for (size_t i = 0; i < part->rows_count; i++) {
            text_builder_add_string(sql, text);
            text_builder_add_string(sql, ";");
        }
        return;
    }
    text_builder_add(sql, text, (size_t)(values.data - text));
    for (size_t i = 0; i < part->rows_count; i++) {
        text_builder_add_string(sql, i == 0 ? "" : ", ");
        text_builder_add_text(sql, values);
    }
    text_builder_add_string(sql, values.data + values.size);
    text_builder_add_string(sql, ";");
}

static size_t compound_parameters_count(const struct mysql_compound *compound)
{
    size_t count = 0;
    for (size_t i = 0; i < compound->parts_count; i++) {
        count += compound->parts[i].definition->parameters_count * compound->parts[i].rows_count;
    }
    return count;
}

static ledger_status compound_allocate(struct ledger_call *call, struct mysql_compound *compound)
{
    size_t count = compound_parameters_count(compound);
    /* One more than needed, since calloc may answer NULL where nothing is asked for. */
    compound->inputs = calloc(count + 1, sizeof *compound->inputs);
    compound->parameters = calloc(count + 1, sizeof *compound->parameters);
    if (compound->inputs == NULL || compound->parameters == NULL) {
        return ledger_fail_out_of_memory(call);
    }
    size_t next = 0;
    for (size_t p = 0; p < compound->parts_count; p++) {
        const struct query_definition *definition = compound->parts[p].definition;
        for (size_t i = 0; i < definition->parameters_count * compound->parts[p].rows_count; i++, next++) {
            unsigned input = definition->parameters[i % definition->parameters_count];
            mysql_input_prepare(&compound->inputs[next], (enum value_type)definition->inputs[input],
                                &compound->parameters[next]);
        }
    }
    return LEDGER_DONE;
}

static ledger_status compound_prepare_sql(struct ledger_call *call, struct mysql_connection *connection,
                                          const struct mysql_frame *frame, struct mysql_compound *compound)
{
    struct text_builder builder;
    struct ledger_text sql;
    text_builder_init(&builder, &call->arena, COMPOUND_SQL_BYTES);
    text_builder_add_string(&builder, frame->before);
    for (size_t i = 0; i < compound->parts_count; i++) {
        compound_add_sql(&builder, &compound->parts[i]);
        text_builder_add_string(&builder, i == 0 ? frame->behind_first : "");
    }
    text_builder_add_string(&builder, frame->behind);
    LEDGER_TRY(text_builder_finish(call, &builder, &sql));
    compound->handle = mysql_stmt_init(connection->handle);
    if (compound->handle == NULL) {
        return ledger_fail_out_of_memory(call);
    }
    if (mysql_stmt_prepare(compound->handle, sql.data, (unsigned long)sql.size) != 0) {
        return mysql_fail(call, connection, MYSQL_PHASE_STATEMENT, mysql_stmt_errno(compound->handle),
                          mysql_stmt_error(compound->handle), "preparing a statement");
    }
    assert(mysql_stmt_param_count(compound->handle) == compound_parameters_count(compound));
    return LEDGER_DONE;
}

ledger_status mysql_compound_prepare(struct ledger_call *call, struct mysql_connection *connection,
                                     const struct mysql_frame *frame, struct mysql_compound *compound)
{
    if (compound->handle != NULL) {
        return LEDGER_DONE;
    }
    struct arena_mark mark = arena_mark(&call->arena);
    ledger_status status = compound_allocate(call, compound);
    if (status == LEDGER_DONE) {
        status = compound_prepare_sql(call, connection, frame, compound);
    }
    if (status != LEDGER_DONE) {
        compound_free(compound);
        return status;
    }
    arena_rewind(&call->arena, mark);
    return LEDGER_DONE;
}

bool mysql_compound_run(struct mysql_compound *compound, const struct mysql_deferred *deferred)
{
    size_t next = 0;
    for (size_t w = 0; w < deferred->writes_count; w++) {
        const struct query_definition *definition = deferred->writes[w].definition;
        for (size_t row = 0; row < deferred->writes[w].rows_count; row++) {
            const struct value *values = deferred->writes[w].rows + row * definition->inputs_count;
            for (unsigned i = 0; i < definition->parameters_count; i++, next++) {
                mysql_input_set(&compound->inputs[next], &values[definition->parameters[i]],
                                &compound->parameters[next]);
            }
        }
    }
    return mysql_stmt_bind_param(compound->handle, compound->parameters) == 0 &&
           mysql_stmt_execute(compound->handle) == 0;
}
