/* Writes as text: the statement of the query with literals in place of its parameters. */
#include "store/mysql_deferred.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "domain/amount.h"
#include "store/mysql_statement.h"
#include "store/mysql_values.h"

enum {
    LITERAL_BYTES = 48,   /* of anything but a text or blob, at most, and of what stands around those */
    STATEMENT_BYTES = 32, /* kept free for a statement without values */
};

bool mysql_deferred_init(struct mysql_deferred *deferred)
{
    *deferred = (struct mysql_deferred){.text = malloc(MYSQL_DEFERRED_BYTES)};
    return deferred->text != NULL;
}

void mysql_deferred_done(struct mysql_deferred *deferred)
{
    free(deferred->text);
}

void mysql_deferred_clear(struct mysql_deferred *deferred)
{
    deferred->size = 0;
    deferred->statements_count = 0;
}

static void deferred_put(struct mysql_deferred *deferred, const char *text, size_t size)
{
    assert(size <= MYSQL_DEFERRED_BYTES - deferred->size);
    memcpy(deferred->text + deferred->size, text, size);
    deferred->size += size;
}

static void deferred_put_hex(struct mysql_deferred *deferred, struct ledger_text bytes)
{
    static const char digits[] = "0123456789abcdef";
    deferred_put(deferred, "x'", 2);
    assert(2 * bytes.size <= MYSQL_DEFERRED_BYTES - deferred->size);
    for (size_t i = 0; i < bytes.size; i++) {
        unsigned byte = (unsigned char)bytes.data[i];
        deferred->text[deferred->size++] = digits[byte >> 4];
        deferred->text[deferred->size++] = digits[byte & 15];
    }
    deferred_put(deferred, "'", 1);
}

static void deferred_put_time(struct mysql_deferred *deferred, const MYSQL_TIME *time, bool is_day)
{
    char text[LITERAL_BYTES];
    int size = is_day ? snprintf(text, sizeof text, "'%04u-%02u-%02u'", time->year, time->month, time->day)
                      : snprintf(text, sizeof text, "'%04u-%02u-%02u %02u:%02u:%02u.%06lu'", time->year, time->month,
                                 time->day, time->hour, time->minute, time->second, time->second_part);
    deferred_put(deferred, text, (size_t)size);
}

static void deferred_put_value(struct mysql_deferred *deferred, const struct value *value)
{
    char text[LITERAL_BYTES];
    char amount[AMOUNT_TEXT_SIZE];
    MYSQL_TIME time;
    switch (value->type) {
    case VALUE_INTEGER:
        deferred_put(deferred, text, (size_t)snprintf(text, sizeof text, "%lld", (long long)value->integer));
        return;
    case VALUE_AMOUNT:
        deferred_put(deferred, amount, amount_format(value->integer, amount));
        return;
    case VALUE_TIME:
        time = mysql_time_of_us(value->integer);
        deferred_put_time(deferred, &time, false);
        return;
    case VALUE_DAY:
        time = mysql_time_of_day(value->integer);
        deferred_put_time(deferred, &time, true);
        return;
    case VALUE_TEXT:
    case VALUE_SYMBOL:
        deferred_put(deferred, "_utf8mb4 ", strlen("_utf8mb4 "));
        deferred_put_hex(deferred, value->text);
        return;
    case VALUE_BLOB:
        deferred_put_hex(deferred, value->text);
        return;
    case VALUE_NULL:
        break;
    }
    deferred_put(deferred, "NULL", strlen("NULL"));
}

/* The piece of the statement that has its parameters, with a row's values. */
static void deferred_put_piece(struct mysql_deferred *deferred, const struct query_definition *definition,
                               struct ledger_text piece, const struct value *row)
{
    unsigned parameter = 0;
    const char *end = piece.data + piece.size;
    for (const char *from = piece.data; from < end;) {
        const char *mark = memchr(from, '?', (size_t)(end - from));
        deferred_put(deferred, from, (size_t)((mark == NULL ? end : mark) - from));
        if (mark == NULL) {
            return;
        }
        assert(parameter < definition->parameters_count && row != NULL);
        deferred_put_value(deferred, &row[definition->parameters[parameter++]]);
        from = mark + 1;
    }
}

static size_t deferred_row_bytes(const struct query_definition *definition, size_t sql_size, const struct value *row)
{
    size_t bytes = sql_size + 2;
    for (unsigned i = 0; i < definition->parameters_count; i++) {
        const struct value *value = &row[definition->parameters[i]];
        bytes += LITERAL_BYTES + (value_has_bytes(value) ? 2 * value->text.size : 0);
        if (bytes > MYSQL_DEFERRED_BYTES) {
            break; /* however large the others are */
        }
    }
    return bytes;
}

static bool deferred_has_room(const struct mysql_deferred *deferred, const struct query_definition *definition,
                              size_t sql_size, const struct value *rows, size_t rows_count)
{
    size_t room = MYSQL_DEFERRED_BYTES - STATEMENT_BYTES - deferred->size;
    size_t needed = 0;
    for (size_t i = 0; i < rows_count && needed <= room; i++) {
        needed += deferred_row_bytes(definition, sql_size, rows + i * definition->inputs_count);
    }
    return needed <= room;
}

static void deferred_end_statement(struct mysql_deferred *deferred)
{
    deferred_put(deferred, ";", 1);
    deferred->statements_count++;
}

/* All rows in one INSERT. */
static void deferred_add_insert(struct mysql_deferred *deferred, const struct query_definition *definition,
                                struct ledger_text values, const struct value *rows, size_t rows_count)
{
    deferred_put(deferred, definition->sql, (size_t)(values.data - definition->sql));
    for (size_t i = 0; i < rows_count; i++) {
        deferred_put(deferred, ", ", i == 0 ? 0 : 2);
        deferred_put_piece(deferred, definition, values, rows + i * definition->inputs_count);
    }
    const char *rest = values.data + values.size;
    deferred_put(deferred, rest, strlen(rest));
    deferred_end_statement(deferred);
}

bool mysql_deferred_add(struct mysql_deferred *deferred, const struct query_definition *definition,
                        const struct value *rows, size_t rows_count)
{
    struct ledger_text sql = ledger_text_of(definition->sql);
    if (rows_count > MYSQL_DEFERRED_ROWS_MAX || !deferred_has_room(deferred, definition, sql.size, rows, rows_count)) {
        return false;
    }
    struct ledger_text values;
    if (definition->parameters_count > 0 && mysql_sql_find_values(definition->sql, &values)) {
        deferred_add_insert(deferred, definition, values, rows, rows_count);
        return true;
    }
    for (size_t i = 0; i < rows_count; i++) {
        const struct value *row = definition->inputs_count == 0 ? NULL : rows + i * definition->inputs_count;
        deferred_put_piece(deferred, definition, sql, row);
        deferred_end_statement(deferred);
    }
    return true;
}

void mysql_deferred_add_statement(struct mysql_deferred *deferred, const char *sql)
{
    deferred_put(deferred, sql, strlen(sql));
    deferred_end_statement(deferred);
}
