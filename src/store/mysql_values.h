/* Values between our types and the client library's: what is bound to a statement, and what is read from its rows.
 *
 * An amount travels as decimal text, an instant and a day as MYSQL_TIME. Instants and days beyond the years 0000 to
 * 9999 become the nearest that a column can hold: such are only used as "no bound". */
#ifndef LEDGER_STORE_MYSQL_VALUES_H
#define LEDGER_STORE_MYSQL_VALUES_H

#include <mysql.h>

#include "domain/amount.h"
#include "store/driver.h"

enum { MYSQL_AMOUNT_SIZE = 72 }; /* room for any DECIMAL, whose digits are at most 65 */

/* What one parameter points at while its statement runs. */
struct mysql_input {
    MYSQL_TIME time;
    char amount[AMOUNT_TEXT_SIZE];
    unsigned long size;
    my_bool is_null;
    char indicator; /* the same for an array of rows */
};

/* Where one column of a row is read to. */
struct mysql_output {
    int64_t integer;
    MYSQL_TIME time;
    char amount[MYSQL_AMOUNT_SIZE];
    char *bytes;
    size_t capacity;
    unsigned long size;
    my_bool is_null;
    my_bool is_truncated;
};

MYSQL_TIME mysql_time_of_us(int64_t time_us);
MYSQL_TIME mysql_time_of_day(int64_t day);

/* The reverse; a month or day of the month that does not exist reads as the nearest that does. */
int64_t mysql_time_to_us(const MYSQL_TIME *time);
int32_t mysql_time_to_day(const MYSQL_TIME *time);

/* Reads what the database wrote of a DECIMAL, with any number of decimals, into hundredths: exact, but for what is
 * beyond an int64_t, which reads as the nearest, and for a third decimal, which no amount has. */
int64_t mysql_amount_parse(const char *digits, size_t size);

/* Once for each parameter of a statement: its type, and where its size and nullness are read from. */
void mysql_input_prepare(struct mysql_input *input, enum value_type type, MYSQL_BIND *bind);

/* Points a parameter at a value, which stays where it is until the statement has run. */
void mysql_input_set(struct mysql_input *input, const struct value *value, MYSQL_BIND *bind);

/* Once for each column of a statement: its type, and where it goes. */
void mysql_output_prepare(struct mysql_output *output, enum value_type type, MYSQL_BIND *bind);

/* Where a text or blob did not fit, makes room for it; false where memory ran out. */
bool mysql_output_grow(struct mysql_output *output, MYSQL_BIND *bind);

/* The value of a column as declared, which lives in the output. */
struct value mysql_output_get(const struct mysql_output *output, enum value_type type);

#endif
