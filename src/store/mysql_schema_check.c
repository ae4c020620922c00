/* The shape of a ledger on MariaDB, against what was shipped.
 *
 * Of tables and views the server's own description (SHOW CREATE …) is compared, line by line, with what it was when the
 * shipped migrations were applied; of triggers what they were made from. Who made an object, and how a table is
 * partitioned, is no difference.
 *
 * What MySQL says was never recorded, so there the descriptions are compared in what both servers word alike: which
 * columns there are, in which order, of which type and collation, generated, NULL and visible or not; indexes and
 * foreign keys whole; that each other constraint is there and enforced; the engine and collation of a table; that each
 * view is there. Triggers are compared as everywhere. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "base/text_builder.h"
#include "store/mysql_driver.h"

struct schema_check {
    struct mysql_driver *driver;
    mysql_schema_found *found;
    void *context;
};

/* One line of a table's description: a column, an index, a constraint, or what stands behind them all. */
struct schema_line {
    const char *type;
    struct ledger_text name;
    struct ledger_text text;
};

static bool schema_begins_with(struct ledger_text text, const char *prefix)
{
    size_t size = strlen(prefix);
    return text.size >= size && memcmp(text.data, prefix, size) == 0;
}

static struct ledger_text schema_skip(struct ledger_text text, size_t size)
{
    return (struct ledger_text){text.data + size, text.size - size};
}

/* Cuts the text at the first `separator`, which goes. */
static struct ledger_text schema_take_until(struct ledger_text *rest, const char *separator)
{
    const char *found = memmem(rest->data, rest->size, separator, strlen(separator));
    size_t size = found == NULL ? rest->size : (size_t)(found - rest->data);
    struct ledger_text taken = {rest->data, size};
    *rest = schema_skip(*rest, found == NULL ? size : size + strlen(separator));
    return taken;
}

/* The name that stands in the first backquotes of a line. */
static struct ledger_text schema_quoted_name(struct ledger_text line)
{
    (void)schema_take_until(&line, "`");
    return schema_take_until(&line, "`");
}

/* The next line of a description: false after the last. What stands behind the options, the partitions, is none. */
static bool schema_next_line(struct ledger_text *rest, struct schema_line *ret_line)
{
    struct ledger_text line = schema_take_until(rest, "\n");
    if (schema_begins_with(line, "CREATE ")) {
        line = schema_take_until(rest, "\n");
    }
    if (line.size == 0) {
        return false;
    }
    if (line.data[0] == ')') {
        *rest = TEXT("");
        *ret_line = (struct schema_line){"table", TEXT_ABSENT, line};
        return true;
    }
    line = schema_begins_with(line, "  ") ? schema_skip(line, 2) : line;
    line.size -= line.size > 0 && line.data[line.size - 1] == ',' ? 1 : 0;
    *ret_line = (struct schema_line){"index", schema_quoted_name(line), line};
    if (schema_begins_with(line, "`")) {
        ret_line->type = "column";
    } else if (schema_begins_with(line, "CONSTRAINT ")) {
        ret_line->type = "constraint";
    } else if (schema_begins_with(line, "PRIMARY KEY ")) {
        ret_line->name = TEXT("PRIMARY");
    }
    return true;
}

static bool schema_find_line(struct ledger_text definition, const struct schema_line *like,
                             struct schema_line *ret_line)
{
    while (schema_next_line(&definition, ret_line)) {
        if (strcmp(ret_line->type, like->type) == 0 && text_equals(ret_line->name, like->name)) {
            return true;
        }
    }
    return false;
}

/* The options of a table without the counter that rows move. */
static bool schema_options_are_equal(struct ledger_text left, struct ledger_text right)
{
    struct ledger_text left_head = schema_take_until(&left, " AUTO_INCREMENT=");
    struct ledger_text right_head = schema_take_until(&right, " AUTO_INCREMENT=");
    (void)schema_take_until(&left, " ");
    (void)schema_take_until(&right, " ");
    return text_equals(left_head, right_head) && left.size == right.size &&
           memcmp(left.data, right.data, left.size) == 0;
}

static bool schema_contains(struct ledger_text text, const char *part)
{
    return memmem(text.data, text.size, part, strlen(part)) != NULL;
}

/* The type of a column as both servers word it: an id has its own on MariaDB alone, which also gives integers a width.
 */
static struct ledger_text schema_column_type(struct ledger_text column)
{
    (void)schema_take_until(&column, "` ");
    struct ledger_text type = schema_take_until(&column, " ");
    struct ledger_text rest = type;
    struct ledger_text name = schema_take_until(&rest, "(");
    if (text_equals_string(name, "uuid")) {
        return TEXT("char(36)");
    }
    bool is_integer = name.size >= 3 && memcmp(name.data + name.size - 3, "int", 3) == 0;
    return is_integer ? name : type;
}

/* The collation that a column is said to have, "" where none is: that is its table's. */
static struct ledger_text schema_column_collation(struct ledger_text column)
{
    bool is_uuid = text_equals_string(schema_column_type(column), "char(36)");
    (void)schema_take_until(&column, " COLLATE ");
    struct ledger_text collation = schema_take_until(&column, " ");
    return is_uuid && collation.size == 0 ? TEXT("ascii_bin") : collation;
}

/* MySQL names the table's collation with each column. */
static bool schema_collations_are_alike(struct ledger_text shipped, struct ledger_text actual, const char *collation)
{
    struct ledger_text expected = schema_column_collation(shipped);
    struct ledger_text found = schema_column_collation(actual);
    return text_equals(expected, found) || (expected.size == 0 && text_equals_string(found, collation));
}

static bool schema_columns_are_alike(struct ledger_text shipped, struct ledger_text actual, const char *collation)
{
    static const char *const traits[] = {" unsigned", " NOT NULL", " GENERATED ALWAYS AS ", " INVISIBLE"};
    bool is_alike = text_equals(schema_column_type(shipped), schema_column_type(actual)) &&
                    schema_collations_are_alike(shipped, actual, collation);
    for (size_t i = 0; i < sizeof traits / sizeof traits[0]; i++) {
        is_alike = is_alike && schema_contains(shipped, traits[i]) == schema_contains(actual, traits[i]);
    }
    return is_alike;
}

/* Of the condition of a CHECK only that it is enforced; MySQL names the RESTRICT of a foreign key. */
static bool schema_constraints_are_alike(struct ledger_text shipped, struct ledger_text actual)
{
    if (schema_contains(shipped, " CHECK (")) {
        return schema_contains(actual, " CHECK (") && !schema_contains(actual, " NOT ENFORCED");
    }
    if (actual.size < shipped.size || memcmp(actual.data, shipped.data, shipped.size) != 0) {
        return false;
    }
    struct ledger_text rest = schema_skip(actual, shipped.size);
    return rest.size == 0 || text_equals_string(rest, " ON DELETE RESTRICT ON UPDATE RESTRICT");
}

static bool schema_options_are_alike(struct ledger_text shipped, struct ledger_text actual, const char *collation)
{
    bool is_alike = text_equals(schema_take_until(&shipped, " DEFAULT "), schema_take_until(&actual, " DEFAULT "));
    (void)schema_take_until(&actual, " COLLATE=");
    return is_alike && text_equals_string(schema_take_until(&actual, " "), collation);
}

static bool schema_lines_are_alike(const struct schema_line *shipped, const struct schema_line *actual,
                                   const char *collation)
{
    if (text_is_absent(shipped->name)) {
        return schema_options_are_alike(shipped->text, actual->text, collation);
    }
    if (strcmp(shipped->type, "column") == 0) {
        return schema_columns_are_alike(shipped->text, actual->text, collation);
    }
    return strcmp(shipped->type, "constraint") == 0 ? schema_constraints_are_alike(shipped->text, actual->text)
                                                    : text_equals(shipped->text, actual->text);
}

static bool schema_lines_are_equal(const struct mysql_dialect *dialect, const struct schema_line *shipped,
                                   const struct schema_line *actual)
{
    if (!dialect->is_described) {
        return schema_lines_are_alike(shipped, actual, dialect->collation);
    }
    return text_is_absent(shipped->name) ? schema_options_are_equal(shipped->text, actual->text)
                                         : text_equals(shipped->text, actual->text);
}

static ledger_status schema_found_line(struct ledger_call *call, const struct schema_check *check,
                                       struct ledger_text table, const struct schema_line *line, const char *difference)
{
    if (text_is_absent(line->name)) {
        return check->found(call, check->context, line->type, table, difference);
    }
    struct ledger_text name;
    LEDGER_TRY(ledger_call_format(call, &name, "%.*s.%.*s", TEXT_ARGUMENTS(table), TEXT_ARGUMENTS(line->name)));
    return check->found(call, check->context, line->type, name, difference);
}

/* Whether the columns stand in the same order: SELECT * and a dump depend on it. Both have the same columns. */
static bool schema_columns_are_in_order(struct ledger_text shipped, struct ledger_text actual)
{
    struct schema_line left = {.type = ""};
    struct schema_line right = {.type = ""};
    while (schema_next_line(&shipped, &left) && schema_next_line(&actual, &right) && strcmp(left.type, "column") == 0) {
        if (!text_equals(left.name, right.name)) {
            return false;
        }
    }
    return true;
}

static ledger_status schema_compare_table(struct ledger_call *call, const struct schema_check *check,
                                          struct ledger_text table, struct ledger_text shipped,
                                          struct ledger_text actual)
{
    struct schema_line line;
    struct schema_line other;
    bool has_same_columns = true;
    for (struct ledger_text rest = shipped; schema_next_line(&rest, &line);) {
        bool is_there = schema_find_line(actual, &line, &other);
        has_same_columns = has_same_columns && (is_there || strcmp(line.type, "column") != 0);
        if (!is_there || !schema_lines_are_equal(check->driver->dialect, &line, &other)) {
            LEDGER_TRY(schema_found_line(call, check, table, &line,
                                         is_there ? MYSQL_SCHEMA_DIFFERS : MYSQL_SCHEMA_IS_MISSING));
        }
    }
    for (struct ledger_text rest = actual; schema_next_line(&rest, &line);) {
        if (!schema_find_line(shipped, &line, &other)) {
            has_same_columns = has_same_columns && strcmp(line.type, "column") != 0;
            LEDGER_TRY(schema_found_line(call, check, table, &line, MYSQL_SCHEMA_IS_FOREIGN));
        }
    }
    if (has_same_columns && !schema_columns_are_in_order(shipped, actual)) {
        return check->found(call, check->context, "table", table, MYSQL_SCHEMA_DIFFERS);
    }
    return LEDGER_DONE;
}

/* Equal but for who made them. */
static ledger_status schema_compare_view(struct ledger_call *call, const struct schema_check *check,
                                         struct ledger_text view, struct ledger_text shipped, struct ledger_text actual)
{
    struct ledger_text shipped_head = schema_take_until(&shipped, " DEFINER=");
    struct ledger_text actual_head = schema_take_until(&actual, " DEFINER=");
    (void)schema_take_until(&shipped, " SQL SECURITY ");
    (void)schema_take_until(&actual, " SQL SECURITY ");
    return text_equals(shipped_head, actual_head) && text_equals(shipped, actual)
               ? LEDGER_DONE
               : check->found(call, check->context, "view", view, MYSQL_SCHEMA_DIFFERS);
}

static const struct schema_object *schema_find_shipped(const char *type, const char *name, size_t *ret_index)
{
    for (size_t i = 0; i < SCHEMA_MARIADB_COUNT; i++) {
        if (strcmp(schema_mariadb[i].type, type) == 0 && strcmp(schema_mariadb[i].name, name) == 0) {
            *ret_index = i;
            return &schema_mariadb[i];
        }
    }
    return NULL;
}

static ledger_status schema_check_object(struct ledger_call *call, const struct schema_check *check,
                                         const struct schema_object *shipped)
{
    bool is_view = strcmp(shipped->type, "view") == 0;
    if (is_view && !check->driver->dialect->is_described) {
        return LEDGER_DONE;
    }
    struct ledger_text sql;
    LEDGER_TRY(ledger_call_format(call, &sql, "SHOW CREATE %s `%s`", shipped->type, shipped->name));
    MYSQL_ROWS(rows);
    LEDGER_TRY(mysql_run_rows(call, &check->driver->connection, sql.data, "reading the schema", &rows));
    MYSQL_ROW row = mysql_fetch_row(rows);
    struct ledger_text actual = row == NULL || row[1] == NULL ? TEXT("") : ledger_text_of(row[1]);
    return (is_view ? schema_compare_view : schema_compare_table)(call, check, ledger_text_of(shipped->name),
                                                                  ledger_text_of(shipped->definition), actual);
}

ledger_status mysql_schema_check_tables(struct ledger_call *call, struct mysql_driver *driver,
                                        mysql_schema_found *found, void *context)
{
    const struct schema_check check = {driver, found, context};
    bool is_present[SCHEMA_MARIADB_COUNT] = {false};
    MYSQL_ROWS(rows);
    LEDGER_TRY(mysql_run_rows(call, &driver->connection, "SHOW FULL TABLES", "reading the schema", &rows));
    for (MYSQL_ROW row = mysql_fetch_row(rows); row != NULL; row = mysql_fetch_row(rows)) {
        const char *type = strcmp(row[1], "VIEW") == 0 ? "view" : "table";
        size_t index = 0;
        const struct schema_object *shipped = schema_find_shipped(type, row[0], &index);
        if (shipped == NULL) {
            LEDGER_TRY(found(call, context, type, ledger_text_of(row[0]), MYSQL_SCHEMA_IS_FOREIGN));
        } else {
            is_present[index] = true;
            LEDGER_TRY(schema_check_object(call, &check, shipped));
        }
    }
    for (size_t i = 0; i < SCHEMA_MARIADB_COUNT; i++) {
        if (!is_present[i]) {
            LEDGER_TRY(found(call, context, schema_mariadb[i].type, ledger_text_of(schema_mariadb[i].name),
                             MYSQL_SCHEMA_IS_MISSING));
        }
    }
    return LEDGER_DONE;
}

/* The next word of a statement, without the white space around it. */
static struct ledger_text schema_next_word(struct ledger_text *rest)
{
    static const char blanks[] = " \n\t";
    size_t begin = 0;
    while (begin < rest->size && strchr(blanks, rest->data[begin]) != NULL) {
        begin++;
    }
    size_t end = begin;
    while (end < rest->size && strchr(blanks, rest->data[end]) == NULL) {
        end++;
    }
    struct ledger_text word = {rest->data + begin, end - begin};
    *rest = schema_skip(*rest, end);
    return word;
}

static bool schema_word_is(struct ledger_text word, const char *column)
{
    return column != NULL && word.size == strlen(column) && strncasecmp(word.data, column, word.size) == 0;
}

static struct ledger_text schema_trim(struct ledger_text text)
{
    while (text.size > 0 && strchr(" \n\t", text.data[0]) != NULL) {
        text = schema_skip(text, 1);
    }
    while (text.size > 0 && strchr(" \n\t", text.data[text.size - 1]) != NULL) {
        text.size--;
    }
    return text;
}

/* The columns of ledger_guards. */
enum { GUARD_NAME, GUARD_TABLE, GUARD_TIMING, GUARD_EVENT, GUARD_STATEMENT, GUARD_SQL_MODE, GUARD_CREATED };

/* CREATE TRIGGER name timing event ON table FOR EACH ROW statement. */
static bool schema_guard_is_as_shipped(const char *sql, MYSQL_ROW row)
{
    struct ledger_text rest = ledger_text_of(sql);
    for (unsigned i = 0; i < 3; i++) {
        (void)schema_next_word(&rest);
    }
    bool is_same = schema_word_is(schema_next_word(&rest), row[GUARD_TIMING]);
    is_same = schema_word_is(schema_next_word(&rest), row[GUARD_EVENT]) && is_same;
    (void)schema_next_word(&rest);
    struct ledger_text table = schema_next_word(&rest);
    is_same = row[GUARD_TABLE] != NULL && text_equals_string(table, row[GUARD_TABLE]) && is_same;
    for (unsigned i = 0; i < 3; i++) {
        (void)schema_next_word(&rest);
    }
    return is_same && row[GUARD_STATEMENT] != NULL &&
           text_equals(schema_trim(rest), schema_trim(ledger_text_of(row[GUARD_STATEMENT])));
}

/* The trigger of a name as its last migration made it, NULL where none did. */
static const struct migration_statement *schema_find_guard(const struct mysql_driver *driver, const char *name)
{
    const struct migration_statement *guard = NULL;
    for (size_t m = 0; m < MIGRATIONS_COUNT; m++) {
        for (unsigned i = 0; i < driver->dialect->migrations[m].statements_count; i++) {
            const struct migration_statement *statement = &driver->dialect->migrations[m].statements[i];
            if (statement->object_name != NULL && strcmp(statement->object_type, "trigger") == 0 &&
                strcmp(statement->object_name, name) == 0) {
                guard = statement;
            }
        }
    }
    return guard;
}

static bool schema_has_guard(MYSQL_RES *rows, const char *name)
{
    mysql_data_seek(rows, 0);
    for (MYSQL_ROW row = mysql_fetch_row(rows); row != NULL; row = mysql_fetch_row(rows)) {
        if (row[GUARD_NAME] != NULL && strcmp(row[GUARD_NAME], name) == 0) {
            return true;
        }
    }
    return false;
}

static ledger_status schema_check_missing_guards(struct ledger_call *call, const struct mysql_driver *driver,
                                                 MYSQL_RES *rows, mysql_schema_found *found, void *context)
{
    for (size_t m = 0; m < MIGRATIONS_COUNT; m++) {
        for (unsigned i = 0; i < driver->dialect->migrations[m].statements_count; i++) {
            const struct migration_statement *statement = &driver->dialect->migrations[m].statements[i];
            if (statement->object_name != NULL && strcmp(statement->object_type, "trigger") == 0 &&
                !schema_has_guard(rows, statement->object_name)) {
                LEDGER_TRY(
                    found(call, context, "trigger", ledger_text_of(statement->object_name), MYSQL_SCHEMA_IS_MISSING));
            }
        }
    }
    return LEDGER_DONE;
}

/* The guards that the view shows, which sees what its definer may see, and those that we may see ourselves: in a copy
 * that was restored into another database its definer may have no privileges. `ret_rows` stays NULL where the view is
 * gone. */
static ledger_status schema_read_guards(struct ledger_call *call, struct mysql_driver *driver, MYSQL_RES **ret_rows)
{
    MYSQL *handle = driver->connection.handle;
    MYSQL_RES *rows = NULL;
    if (mysql_query(handle,
                    "SELECT trigger_name, table_name, action_timing, event, action_statement, sql_mode, created "
                    "FROM ledger_guards UNION "
                    "SELECT TRIGGER_NAME, EVENT_OBJECT_TABLE, ACTION_TIMING, EVENT_MANIPULATION, "
                    "ACTION_STATEMENT, SQL_MODE, CREATED FROM information_schema.TRIGGERS "
                    "WHERE TRIGGER_SCHEMA = database() AND ACTION_STATEMENT IS NOT NULL UNION "
                    "SELECT ROUTINE_NAME, '', '', ROUTINE_TYPE, ROUTINE_DEFINITION, SQL_MODE, CREATED "
                    "FROM information_schema.ROUTINES "
                    "WHERE ROUTINE_SCHEMA = database() AND ROUTINE_DEFINITION IS NOT NULL UNION "
                    "SELECT EVENT_NAME, '', '', 'EVENT', EVENT_DEFINITION, SQL_MODE, CREATED "
                    "FROM information_schema.EVENTS WHERE EVENT_SCHEMA = database() "
                    "ORDER BY trigger_name") == 0) {
        rows = mysql_store_result(handle);
    }
    if (rows == NULL && mysql_errno(handle) != MYSQL_ERROR_TABLE_IS_MISSING) {
        return mysql_fail_last(call, &driver->connection, MYSQL_PHASE_STATEMENT, "reading the guards");
    }
    *ret_rows = rows;
    return LEDGER_DONE;
}

/* What has no timing is no trigger. */
static bool schema_is_trigger(MYSQL_ROW row)
{
    return row[GUARD_TIMING] == NULL || row[GUARD_TIMING][0] != '\0';
}

static const char *schema_guard_type(MYSQL_ROW row)
{
    if (schema_is_trigger(row)) {
        return "trigger";
    }
    return row[GUARD_EVENT] != NULL && strcmp(row[GUARD_EVENT], "EVENT") == 0 ? "scheduled event"
                                                                              : "procedure or function";
}

static ledger_status schema_compare_guards(struct ledger_call *call, const struct mysql_driver *driver, MYSQL_RES *rows,
                                           bool wants_triggers_only, mysql_schema_found *found, void *context)
{
    for (MYSQL_ROW row = mysql_fetch_row(rows); row != NULL; row = mysql_fetch_row(rows)) {
        const char *name = row[GUARD_NAME] == NULL ? "" : row[GUARD_NAME];
        const struct migration_statement *shipped = schema_is_trigger(row) ? schema_find_guard(driver, name) : NULL;
        bool is_sound = shipped == NULL ? wants_triggers_only && !schema_is_trigger(row)
                                        : schema_guard_is_as_shipped(shipped->sql, row);
        if (!is_sound) {
            LEDGER_TRY(found(call, context, schema_guard_type(row), ledger_text_of(name),
                             shipped == NULL ? MYSQL_SCHEMA_IS_FOREIGN : MYSQL_SCHEMA_DIFFERS));
        }
    }
    return schema_check_missing_guards(call, driver, rows, found, context);
}

/* What else is kept in the database and could be run stops no writer: verify tells it. */
ledger_status mysql_schema_check_guards(struct ledger_call *call, struct mysql_driver *driver,
                                        mysql_schema_found *found, void *context)
{
    MYSQL_ROWS(rows);
    LEDGER_TRY(schema_read_guards(call, driver, &rows));
    if (rows == NULL) {
        return found(call, context, "view", TEXT("ledger_guards"), MYSQL_SCHEMA_IS_MISSING);
    }
    return schema_compare_guards(call, driver, rows, true, found, context);
}

ledger_status mysql_schema_check(struct ledger_call *call, struct driver *base, mysql_schema_found *found,
                                 void *context)
{
    struct mysql_driver *driver = (struct mysql_driver *)base;
    if (!driver->in_unit) {
        LEDGER_TRY(mysql_driver_ready(call, driver, UNIT_READ));
    }
    LEDGER_TRY(mysql_schema_check_tables(call, driver, found, context));
    MYSQL_ROWS(rows);
    LEDGER_TRY(schema_read_guards(call, driver, &rows));
    return rows == NULL ? LEDGER_DONE : schema_compare_guards(call, driver, rows, false, found, context);
}

struct guard_description {
    struct mysql_driver *driver;
    mysql_guard_described *described;
    void *context;
};

/* What a table is, without the counter that rows move and without its partitions, which maintenance adds. */
static ledger_status schema_describe_table(struct ledger_call *call, const struct guard_description *description,
                                           struct ledger_text table, struct ledger_text definition)
{
    struct text_builder builder;
    struct schema_line line;
    text_builder_init(&builder, &call->arena, definition.size);
    while (schema_next_line(&definition, &line)) {
        if (text_is_absent(line.name)) {
            text_builder_add_text(&builder, schema_take_until(&line.text, " AUTO_INCREMENT="));
            (void)schema_take_until(&line.text, " ");
            text_builder_add_char(&builder, ' ');
        }
        text_builder_add_text(&builder, line.text);
        text_builder_add_char(&builder, '\n');
    }
    struct ledger_text described;
    LEDGER_TRY(text_builder_finish(call, &builder, &described));
    return description->described(call, description->context, "table", table, described);
}

static ledger_status schema_describe_objects(struct ledger_call *call, const struct guard_description *description)
{
    MYSQL_ROWS(objects);
    LEDGER_TRY(mysql_run_rows(call, &description->driver->connection,
                              "SELECT TABLE_NAME, TABLE_TYPE FROM information_schema.TABLES "
                              "WHERE TABLE_SCHEMA = database() ORDER BY TABLE_TYPE = 'VIEW', BINARY TABLE_NAME",
                              "reading the schema", &objects));
    for (MYSQL_ROW object = mysql_fetch_row(objects); object != NULL; object = mysql_fetch_row(objects)) {
        bool is_view = strcmp(object[1], "VIEW") == 0;
        struct ledger_text sql;
        LEDGER_TRY(ledger_call_format(call, &sql, "SHOW CREATE %s `%s`", is_view ? "VIEW" : "TABLE", object[0]));
        MYSQL_ROWS(rows);
        LEDGER_TRY(mysql_run_rows(call, &description->driver->connection, sql.data, "reading the schema", &rows));
        MYSQL_ROW row = mysql_fetch_row(rows);
        struct ledger_text definition = row == NULL || row[1] == NULL ? TEXT("") : ledger_text_of(row[1]);
        LEDGER_TRY(
            is_view ? description->described(call, description->context, "view", ledger_text_of(object[0]), definition)
                    : schema_describe_table(call, description, ledger_text_of(object[0]), definition));
    }
    return LEDGER_DONE;
}

/* The mark: how many guards there are, and when the newest of them was made. */
static ledger_status schema_describe_guards(struct ledger_call *call, const struct guard_description *description,
                                            MYSQL_RES *rows, struct ledger_text *ret_mark)
{
    char newest[64] = "";
    for (MYSQL_ROW row = mysql_fetch_row(rows); row != NULL; row = mysql_fetch_row(rows)) {
        struct ledger_text definition;
        LEDGER_TRY(ledger_call_format(
            call, &definition, "%s %s ON %s, sql_mode %s: %s", row[GUARD_TIMING] == NULL ? "" : row[GUARD_TIMING],
            row[GUARD_EVENT] == NULL ? "" : row[GUARD_EVENT], row[GUARD_TABLE] == NULL ? "" : row[GUARD_TABLE],
            row[GUARD_SQL_MODE] == NULL ? "" : row[GUARD_SQL_MODE],
            row[GUARD_STATEMENT] == NULL ? "" : row[GUARD_STATEMENT]));
        LEDGER_TRY(description->described(call, description->context, schema_guard_type(row),
                                          ledger_text_of(row[GUARD_NAME] == NULL ? "" : row[GUARD_NAME]), definition));
        if (row[GUARD_CREATED] != NULL && strcmp(row[GUARD_CREATED], newest) > 0) {
            (void)snprintf(newest, sizeof newest, "%s", row[GUARD_CREATED]);
        }
    }
    char *blank = strchr(newest, ' ');
    if (blank != NULL) {
        *blank = 'T';
    }
    return ledger_call_format(call, ret_mark, "%llu@%s", (unsigned long long)mysql_num_rows(rows), newest);
}

/* What else bends values or lets them pass: the modes that new sessions of other programs begin with. */
static ledger_status schema_describe_modes(struct ledger_call *call, const struct guard_description *description)
{
    static const char *const modes[] = {"sql_mode", "foreign_key_checks", "unique_checks", "check_constraint_checks"};
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        struct ledger_text sql;
        LEDGER_TRY(ledger_call_format(call, &sql, "SHOW GLOBAL VARIABLES LIKE '%s'", modes[i]));
        MYSQL_ROWS(rows);
        LEDGER_TRY(mysql_run_rows(call, &description->driver->connection, sql.data, "reading the modes", &rows));
        MYSQL_ROW row = mysql_fetch_row(rows);
        if (row != NULL && row[1] != NULL) {
            LEDGER_TRY(description->described(call, description->context, "mode", ledger_text_of(modes[i]),
                                              ledger_text_of(row[1])));
        }
    }
    return LEDGER_DONE;
}

ledger_status mysql_describe_guards(struct ledger_call *call, struct driver *base, mysql_guard_described *described,
                                    void *context, struct ledger_text *ret_mark)
{
    struct mysql_driver *driver = (struct mysql_driver *)base;
    const struct guard_description description = {driver, described, context};
    struct ledger_text mark = TEXT("0@");
    LEDGER_TRY(schema_describe_modes(call, &description));
    LEDGER_TRY(schema_describe_objects(call, &description));
    MYSQL_ROWS(rows);
    LEDGER_TRY(schema_read_guards(call, driver, &rows));
    if (rows != NULL) {
        LEDGER_TRY(schema_describe_guards(call, &description, rows, &mark));
    }
    *ret_mark = mark;
    return LEDGER_DONE;
}
