/* Writes put off, as copies of their rows; as text, the statement of the query with literals in place of its
 * parameters. */
#include "store/mysql_deferred.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "domain/amount.h"
#include "store/mysql_statement.h"
#include "store/mysql_values.h"

enum {
    LITERAL_BYTES = 48, /* of anything but a text or blob, at most, and of what stands around those */
    FRAME_BYTES = 256,  /* kept free, for COMMIT and for what stands around one statement */
};

bool mysql_deferred_init(struct mysql_deferred *deferred)
{
    *deferred = (struct mysql_deferred){
        .values = calloc(MYSQL_DEFERRED_VALUES_MAX, sizeof *deferred->values),
        .bytes = malloc(MYSQL_DEFERRED_BYTES),
        .text = malloc(MYSQL_DEFERRED_BYTES),
    };
    return deferred->values != NULL && deferred->bytes != NULL && deferred->text != NULL;
}

void mysql_deferred_done(struct mysql_deferred *deferred)
{
    free(deferred->values);
    free(deferred->bytes);
    free(deferred->text);
}

void mysql_deferred_clear(struct mysql_deferred *deferred)
{
    deferred->writes_count = 0;
    deferred->values_count = 0;
    deferred->bytes_count = 0;
    deferred->text_bytes_max = 0;
}

static void deferred_put(struct mysql_deferred *deferred, const char *text, size_t size)
{
    assert(size <= MYSQL_DEFERRED_BYTES - deferred->text_size);
    memcpy(deferred->text + deferred->text_size, text, size);
    deferred->text_size += size;
}

static void deferred_put_hex(struct mysql_deferred *deferred, struct ledger_text bytes)
{
    static const char digits[] = "0123456789abcdef";
    deferred_put(deferred, "x'", 2);
    assert(2 * bytes.size <= MYSQL_DEFERRED_BYTES - deferred->text_size);
    for (size_t i = 0; i < bytes.size; i++) {
        unsigned byte = (unsigned char)bytes.data[i];
        deferred->text[deferred->text_size++] = digits[byte >> 4];
        deferred->text[deferred->text_size++] = digits[byte & 15];
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

/* How much more there would be as text; more than there is room for at all where that is so. */
static size_t deferred_bytes(const struct query_definition *definition, const struct value *rows, size_t rows_count)
{
    size_t sql_size = strlen(definition->sql);
    size_t bytes = 0;
    for (size_t i = 0; i < rows_count && bytes <= MYSQL_DEFERRED_BYTES; i++) {
        bytes += deferred_row_bytes(definition, sql_size, rows + i * definition->inputs_count);
    }
    return bytes;
}

/* The rows with their texts, which are the caller's, copied. */
static const struct value *deferred_copy(struct mysql_deferred *deferred, const struct value *rows, size_t values_count)
{
    struct value *copies = deferred->values + deferred->values_count;
    deferred->values_count += values_count;
    for (size_t i = 0; i < values_count; i++) {
        copies[i] = rows[i];
        if (value_has_bytes(&rows[i]) && rows[i].text.size > 0) {
            char *bytes = deferred->bytes + deferred->bytes_count;
            assert(rows[i].text.size <= MYSQL_DEFERRED_BYTES - deferred->bytes_count);
            memcpy(bytes, rows[i].text.data, rows[i].text.size);
            copies[i].text.data = bytes;
            deferred->bytes_count += rows[i].text.size;
        }
    }
    return copies;
}

bool mysql_deferred_add(struct mysql_deferred *deferred, const struct query_definition *definition,
                        const struct value *rows, size_t rows_count)
{
    size_t values_count = definition->inputs_count * rows_count;
    if (rows_count > MYSQL_DEFERRED_ROWS_MAX || deferred->writes_count == MYSQL_DEFERRED_WRITES_MAX ||
        values_count > MYSQL_DEFERRED_VALUES_MAX - deferred->values_count) {
        return false;
    }
    size_t bytes = deferred_bytes(definition, rows, rows_count);
    if (bytes > MYSQL_DEFERRED_BYTES - FRAME_BYTES - deferred->text_bytes_max) {
        return false;
    }
    deferred->text_bytes_max += bytes;
    deferred->writes[deferred->writes_count++] = (struct mysql_deferred_write){
        .definition = definition,
        .rows = deferred_copy(deferred, rows, values_count),
        .rows_count = rows_count,
    };
    return true;
}

bool mysql_deferred_add_first(struct mysql_deferred *deferred, const struct query_definition *definition,
                              const struct value *row)
{
    if (!mysql_deferred_add(deferred, definition, row, 1)) {
        return false;
    }
    size_t others_count = deferred->writes_count - 1;
    struct mysql_deferred_write added = deferred->writes[others_count];
    memmove(deferred->writes + 1, deferred->writes, others_count * sizeof added);
    deferred->writes[0] = added;
    return true;
}

/* All rows in one INSERT. */
static unsigned deferred_put_insert(struct mysql_deferred *deferred, const struct mysql_deferred_write *write,
                                    struct ledger_text values)
{
    const struct query_definition *definition = write->definition;
    deferred_put(deferred, definition->sql, (size_t)(values.data - definition->sql));
    for (size_t i = 0; i < write->rows_count; i++) {
        deferred_put(deferred, ", ", i == 0 ? 0 : 2);
        deferred_put_piece(deferred, definition, values, write->rows + i * definition->inputs_count);
    }
    const char *rest = values.data + values.size;
    deferred_put(deferred, rest, strlen(rest));
    deferred_put(deferred, ";", 1);
    return 1;
}

static unsigned deferred_put_write(struct mysql_deferred *deferred, const struct mysql_deferred_write *write)
{
    const struct query_definition *definition = write->definition;
    struct ledger_text values;
    if (definition->parameters_count > 0 && driver_sql_find_values(definition->sql, &values)) {
        return deferred_put_insert(deferred, write, values);
    }
    for (size_t i = 0; i < write->rows_count; i++) {
        deferred_put_piece(deferred, definition, ledger_text_of(definition->sql),
                           write->rows + i * definition->inputs_count);
        deferred_put(deferred, ";", 1);
    }
    return (unsigned)write->rows_count;
}

unsigned mysql_deferred_make_text(struct mysql_deferred *deferred, bool commits, struct ledger_text *ret_text)
{
    unsigned statements_count = 0;
    deferred->text_size = 0;
    for (size_t i = 0; i < deferred->writes_count; i++) {
        statements_count += deferred_put_write(deferred, &deferred->writes[i]);
    }
    if (commits) {
        deferred_put(deferred, "COMMIT", strlen("COMMIT"));
        statements_count++;
    }
    *ret_text = (struct ledger_text){deferred->text, deferred->text_size};
    return statements_count;
}

static void deferred_put_string(struct mysql_deferred *deferred, const char *text)
{
    deferred_put(deferred, text, strlen(text));
}

void mysql_deferred_make_framed_text(struct mysql_deferred *deferred, const struct mysql_frame *frame,
                                     struct ledger_text *ret_text)
{
    deferred->text_size = 0;
    deferred_put_string(deferred, frame->before);
    for (size_t i = 0; i < deferred->writes_count; i++) {
        (void)deferred_put_write(deferred, &deferred->writes[i]);
        deferred_put_string(deferred, i == 0 ? frame->behind_first : "");
    }
    deferred_put_string(deferred, frame->behind);
    *ret_text = (struct ledger_text){deferred->text, deferred->text_size};
}
