/* Values bound to parameters, unless they are bound already. */
#include "store/sqlite_values.h"

#include <assert.h>

static int bind_integer(sqlite3_stmt *statement, int parameter, struct sqlite_bound *bound, int64_t integer)
{
    if (bound->holds == SQLITE_HOLDS_INTEGER && bound->integer == integer) {
        return SQLITE_OK;
    }
    int code = sqlite3_bind_int64(statement, parameter, integer);
    bound->holds = code == SQLITE_OK ? SQLITE_HOLDS_INTEGER : SQLITE_HOLDS_BYTES;
    bound->integer = integer;
    return code;
}

static int bind_null(sqlite3_stmt *statement, int parameter, struct sqlite_bound *bound)
{
    if (bound->holds == SQLITE_HOLDS_NULL) {
        return SQLITE_OK;
    }
    int code = sqlite3_bind_null(statement, parameter);
    bound->holds = code == SQLITE_OK ? SQLITE_HOLDS_NULL : SQLITE_HOLDS_BYTES;
    return code;
}

static int bind_symbol(struct sqlite_driver *driver, sqlite3_stmt *statement, int parameter, struct sqlite_bound *bound,
                       struct ledger_text text)
{
    int64_t text_id = 0;
    int code = sqlite_symbols_intern(&driver->symbols, text, &text_id);
    return code == SQLITE_OK ? bind_integer(statement, parameter, bound, text_id) : code;
}

static int bind_value(struct sqlite_driver *driver, sqlite3_stmt *statement, int parameter, struct sqlite_bound *bound,
                      const struct value *value)
{
    switch (value->type) {
    case VALUE_INTEGER:
    case VALUE_AMOUNT:
    case VALUE_TIME:
    case VALUE_DAY:
        return bind_integer(statement, parameter, bound, value->integer);
    case VALUE_TEXT:
        bound->holds = SQLITE_HOLDS_BYTES;
        return sqlite3_bind_text64(statement, parameter, value->text.data, value->text.size, SQLITE_STATIC,
                                   SQLITE_UTF8);
    case VALUE_BLOB:
        bound->holds = SQLITE_HOLDS_BYTES;
        return sqlite3_bind_blob64(statement, parameter, value->text.data == NULL ? "" : value->text.data,
                                   value->text.size, SQLITE_STATIC);
    case VALUE_SYMBOL:
        return bind_symbol(driver, statement, parameter, bound, value->text);
    case VALUE_NULL:
        break;
    }
    return bind_null(statement, parameter, bound);
}

static ledger_status bind_input(struct ledger_call *call, struct sqlite_driver *driver, sqlite3_stmt *statement,
                                unsigned place, struct sqlite_bound *bound, const struct value *value)
{
    int code = bind_value(driver, statement, (int)place + 1, bound, value);
    return code == SQLITE_OK ? LEDGER_DONE : sqlite_fail(call, driver, code, "bind a value for");
}

ledger_status sqlite_bind(struct ledger_call *call, struct sqlite_driver *driver, sqlite3_stmt *statement,
                          const struct query_definition *definition, const struct value *inputs)
{
    for (unsigned i = 0; i < definition->inputs_used; i++) {
        struct sqlite_bound unknown = {.holds = SQLITE_HOLDS_BYTES};
        assert(inputs[i].type == VALUE_NULL || inputs[i].type == definition->inputs[i]);
        LEDGER_TRY(bind_input(call, driver, statement, i, &unknown, &inputs[i]));
    }
    return LEDGER_DONE;
}

/* Whether two rows have one symbol, at one place in memory: then its number need not be looked for again. */
static bool is_same_symbol(const struct value *left, const struct value *right)
{
    return left->type == VALUE_SYMBOL && right->type == VALUE_SYMBOL && left->text.data == right->text.data &&
           left->text.size == right->text.size;
}

ledger_status sqlite_bind_rows(struct ledger_call *call, struct sqlite_driver *driver, sqlite3_stmt *statement,
                               struct sqlite_bound *bound, const struct query_definition *definition,
                               const struct value *rows, unsigned rows_count)
{
    for (unsigned row = 0; row < rows_count; row++) {
        const struct value *inputs = rows + (size_t)row * definition->inputs_count;
        for (unsigned i = 0; i < definition->inputs_used; i++) {
            unsigned place = row * definition->inputs_used + i;
            assert(inputs[i].type == VALUE_NULL || inputs[i].type == definition->inputs[i]);
            const struct value *input = &inputs[i];
            struct value number;
            if (row > 0 && is_same_symbol(input, input - definition->inputs_count)) {
                number = value_integer(bound[place - definition->inputs_used].integer);
                input = &number;
            }
            LEDGER_TRY(bind_input(call, driver, statement, place, &bound[place], input));
        }
    }
    return LEDGER_DONE;
}
