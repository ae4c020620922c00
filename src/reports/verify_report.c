/* A saved report held against the ledger: its own hash, then the same report made again, row by row.
 *
 * I1 A row of the file is found by its key and taken once: what is left when its table ends, the ledger does not have.
 * I2 What differs is counted among the differences, whatever the hashes say: a member that no hash covers too.
 * I3 A text of the file is not held against the mark of a redaction that came after the report: nobody can tell any
 * more what stood there. All else has to be the same, and the file's own hash tells that it was not changed by itself.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/json_write.h"
#include "domain/redaction_mark.h"
#include "reports/report.h"
#include "reports/report_hash.h"

enum {
    DIFFERENCES_MAX = 1000, /* that are told one by one */
    SAVED_DEPTH_MAX = 8,    /* twice what a report has, and far less than can be written again */
};

/* A row of the file by the hash of its key. */
struct saved_row {
    const struct json_value *row;
    struct saved_row *next; /* of the same bucket, in the order of the file */
    bool is_taken;
};

struct comparison {
    struct report_sink sink;
    struct ledger_call *memory;
    const struct json_value *saved;
    struct ledger_text *differences;
    size_t differences_count;
    size_t further_count;                                 /* not told one by one */
    const struct report_table *tables[REPORT_TABLES_MAX]; /* as the ledger gives them */
    size_t tables_count;
    const char *values[REPORT_TABLES_MAX];
    size_t values_count;
    struct saved_row *rows; /* of the table at hand, in the order of the file */
    size_t rows_count;
    struct saved_row **buckets;
    size_t buckets_count; /* a power of two */
    size_t expected;      /* where the next row should stand */
    struct text_builder key;
    struct text_builder left;
    struct text_builder right;
    struct session *session;
    struct ledger_text *marks; /* of redactions that came after the report */
    size_t marks_count;
    size_t redacted_count;
};

/* The members of a saved report that are neither a table nor a value. */
static const char *const members[] = {
    "report_id",    "report_type",  "report_name", "parameters", "log_position", "time_zone_data_version",
    "generated_at", "generated_by", "report_hash", "recorded",   "tables",       "values",
};

static ledger_status comparison_finish(struct ledger_call *call, struct comparison *comparison,
                                       struct text_builder *builder, struct ledger_text *ret_text)
{
    return text_builder_finish(comparison->memory, builder, ret_text) == LEDGER_DONE ? LEDGER_DONE
                                                                                     : ledger_fail_out_of_memory(call);
}

LEDGER_PRINTF(3, 4)
static ledger_status comparison_add(struct ledger_call *call, struct comparison *comparison, const char *format, ...)
{
    if (comparison->differences_count == DIFFERENCES_MAX) {
        comparison->further_count++;
        return LEDGER_DONE;
    }
    char *data = NULL;
    va_list arguments;
    va_start(arguments, format);
    int length = vasprintf(&data, format, arguments);
    va_end(arguments);
    ledger_status status = LEDGER_OUT_OF_MEMORY;
    if (length >= 0) {
        status = ledger_call_copy_text(comparison->memory, (struct ledger_text){data, (size_t)length},
                                       &comparison->differences[comparison->differences_count]);
        free(data);
    }
    if (status != LEDGER_DONE) {
        return ledger_fail_out_of_memory(call);
    }
    comparison->differences_count++;
    return LEDGER_DONE;
}

/* A value of the file as canonical JSON; null where there is none. */
static void comparison_write_saved(struct text_builder *builder, const struct json_value *value)
{
    struct json_writer writer;
    text_builder_reset(builder);
    json_writer_init(&writer, builder);
    if (value == NULL) {
        json_write_null(&writer);
    } else {
        json_write_value(&writer, value);
    }
}

/* Compares what the file has with what the ledger gives, both as canonical JSON in `left` and `right`. */
static ledger_status comparison_check(struct ledger_call *call, struct comparison *comparison, const char *prefix,
                                      struct ledger_text key, const char *name)
{
    struct ledger_text left;
    struct ledger_text right;
    LEDGER_TRY(comparison_finish(call, comparison, &comparison->left, &left));
    LEDGER_TRY(comparison_finish(call, comparison, &comparison->right, &right));
    if (text_equals(left, right)) {
        return LEDGER_DONE;
    }
    return comparison_add(call, comparison, "%s%.*s%s: %.*s in the file, %.*s in the ledger", prefix,
                          TEXT_ARGUMENTS(key), name, TEXT_ARGUMENTS(left), TEXT_ARGUMENTS(right));
}

static ledger_status comparison_check_member(struct ledger_call *call, struct comparison *comparison, const char *name,
                                             struct ledger_text json)
{
    comparison_write_saved(&comparison->left, json_find(comparison->saved, name));
    text_builder_reset(&comparison->right);
    text_builder_add_text(&comparison->right, json);
    return comparison_check(call, comparison, "", TEXT_ABSENT, name);
}

static ledger_status comparison_check_string(struct ledger_call *call, struct comparison *comparison, const char *name,
                                             const char *string)
{
    comparison_write_saved(&comparison->left, json_find(comparison->saved, name));
    text_builder_reset(&comparison->right);
    json_add_quoted(&comparison->right, ledger_text_of(string));
    return comparison_check(call, comparison, "", TEXT_ABSENT, name);
}

/* I3. The marks of redactions at or behind a position of the log. */
static ledger_status comparison_read_marks(struct ledger_call *call, struct comparison *comparison,
                                           int64_t log_position)
{
    struct store_redaction *redactions = NULL;
    size_t count = 0;
    LEDGER_TRY(store_redaction_list(call, &comparison->session->store, &redactions, &count));
    comparison->marks = arena_allocate_array(&comparison->memory->arena, count, sizeof *comparison->marks);
    if (comparison->marks == NULL) {
        return ledger_fail_out_of_memory(call);
    }
    for (size_t i = 0; i < count; i++) {
        char mark[REDACTION_MARK_SIZE];
        if (redactions[i].log_index >= log_position && redactions[i].has_event) {
            redaction_mark_format(redactions[i].event_timestamp_us, redactions[i].log_index, mark);
            if (ledger_call_copy_text(comparison->memory, ledger_text_of(mark),
                                      &comparison->marks[comparison->marks_count++]) != LEDGER_DONE) {
                return ledger_fail_out_of_memory(call);
            }
        }
    }
    return LEDGER_DONE;
}

/* I3. */
static bool comparison_is_redacted(const struct comparison *comparison, const struct json_value *saved,
                                   const struct report_value *value)
{
    if (saved == NULL || saved->type != JSON_STRING || value->type != REPORT_TEXT ||
        text_equals(saved->text, value->text)) {
        return false;
    }
    for (size_t i = 0; i < comparison->marks_count; i++) {
        if (text_equals(value->text, comparison->marks[i])) {
            return true;
        }
    }
    return false;
}

static ledger_status comparison_begin(struct ledger_call *call, struct report_sink *sink,
                                      const struct report_head *head)
{
    struct comparison *comparison = (struct comparison *)sink;
    LEDGER_TRY(comparison_read_marks(call, comparison, head->log_position));
    LEDGER_TRY(comparison_check_member(call, comparison, "parameters", head->parameters));
    LEDGER_TRY(comparison_check_string(call, comparison, "report_name", head->report_name));
    return comparison_check_string(call, comparison, "time_zone_data_version", head->time_zone_data_version);
}

/* The key of a row: the JSON of its key columns, with blanks between. */
static void comparison_add_key(struct text_builder *key, const struct report_table *table,
                               const struct json_value *saved, const struct report_row *row)
{
    text_builder_reset(key);
    for (size_t i = 0; i < table->columns_count; i++) {
        const struct json_value *value = saved == NULL ? NULL : json_find(saved, table->columns[i].name);
        bool is_absent = row == NULL ? value == NULL || value->type == JSON_NULL : row->values[i].type == REPORT_ABSENT;
        if (!table->columns[i].is_key || is_absent) {
            continue;
        }
        text_builder_add_string(key, key->size == 0 ? "" : " ");
        if (row != NULL) {
            report_value_add_json(key, &row->values[i]);
        } else {
            struct json_writer writer;
            json_writer_init(&writer, key);
            json_write_value(&writer, value);
        }
    }
}

static ledger_status comparison_index_row(struct ledger_call *call, struct comparison *comparison,
                                          const struct report_table *table, struct saved_row *row)
{
    struct ledger_text key;
    comparison_add_key(&comparison->key, table, row->row, NULL);
    LEDGER_TRY(comparison_finish(call, comparison, &comparison->key, &key));
    struct saved_row **place = &comparison->buckets[text_hash(key) & (comparison->buckets_count - 1)];
    row->next = *place;
    *place = row;
    return LEDGER_DONE;
}

static ledger_status comparison_begin_table(struct ledger_call *call, struct report_sink *sink,
                                            const struct report_table *table)
{
    struct comparison *comparison = (struct comparison *)sink;
    const struct json_value *array = json_find(comparison->saved, table->name);
    bool is_array = array != NULL && array->type == JSON_ARRAY;
    size_t count = is_array ? array->count : 0;
    size_t place = 0;
    assert(comparison->tables_count < REPORT_TABLES_MAX);
    comparison->tables[comparison->tables_count++] = table;
    comparison->buckets_count = 16;
    while (comparison->buckets_count < count) {
        comparison->buckets_count *= 2;
    }
    struct arena *arena = &comparison->memory->arena;
    comparison->rows = arena_allocate_array(arena, count, sizeof *comparison->rows);
    comparison->buckets = arena_allocate_array(arena, comparison->buckets_count, sizeof(struct saved_row *));
    if (comparison->rows == NULL || comparison->buckets == NULL) {
        return ledger_fail_out_of_memory(call);
    }
    for (const struct json_value *row = is_array ? array->first : NULL; row != NULL; row = row->next) {
        comparison->rows[place++].row = row;
    }
    comparison->rows_count = place;
    comparison->expected = 0;
    while (place > 0) { /* backwards, since each goes to the front of its bucket */
        LEDGER_TRY(comparison_index_row(call, comparison, table, &comparison->rows[--place]));
    }
    return is_array ? LEDGER_DONE : comparison_add(call, comparison, "%s: not in the file", table->name);
}

/* I1. The row of that key that is not taken yet, NULL where the file has none. */
static ledger_status comparison_take(struct ledger_call *call, struct comparison *comparison,
                                     const struct report_table *table, struct ledger_text key,
                                     struct saved_row **ret_row)
{
    struct saved_row *row = comparison->buckets[text_hash(key) & (comparison->buckets_count - 1)];
    for (; row != NULL; row = row->next) {
        struct ledger_text row_key;
        if (row->is_taken) {
            continue;
        }
        comparison_add_key(&comparison->left, table, row->row, NULL);
        LEDGER_TRY(comparison_finish(call, comparison, &comparison->left, &row_key));
        if (text_equals(row_key, key)) {
            row->is_taken = true;
            break;
        }
    }
    *ret_row = row;
    return LEDGER_DONE;
}

static bool comparison_has_column(const struct report_table *table, struct ledger_text name)
{
    for (size_t i = 0; i < table->columns_count; i++) {
        if (text_equals_string(name, table->columns[i].name)) {
            return true;
        }
    }
    return false;
}

/* The cells of a row, then what the file's row has beside them. */
static ledger_status comparison_check_row(struct ledger_call *call, struct comparison *comparison,
                                          const struct report_table *table, const struct report_row *row,
                                          const struct json_value *saved, struct ledger_text key)
{
    char prefix[64];
    char name[64];
    (void)snprintf(prefix, sizeof prefix, "%s[", table->name);
    for (size_t i = 0; i < table->columns_count; i++) {
        if (comparison_is_redacted(comparison, json_find(saved, table->columns[i].name), &row->values[i])) {
            comparison->redacted_count++;
            continue;
        }
        (void)snprintf(name, sizeof name, "].%s", table->columns[i].name);
        comparison_write_saved(&comparison->left, json_find(saved, table->columns[i].name));
        text_builder_reset(&comparison->right);
        report_value_add_json(&comparison->right, &row->values[i]);
        LEDGER_TRY(comparison_check(call, comparison, prefix, key, name));
    }
    for (const struct json_value *member = saved->type == JSON_OBJECT ? saved->first : NULL; member != NULL;
         member = member->next) {
        if (!comparison_has_column(table, member->key)) {
            LEDGER_TRY(comparison_add(call, comparison, "%s%.*s].%.*s: not in the ledger", prefix, TEXT_ARGUMENTS(key),
                                      TEXT_ARGUMENTS(member->key)));
        }
    }
    return LEDGER_DONE;
}

static ledger_status comparison_row(struct ledger_call *call, struct report_sink *sink,
                                    const struct report_table *table, const struct report_row *row)
{
    struct comparison *comparison = (struct comparison *)sink;
    struct ledger_text key;
    struct saved_row *found = NULL;
    comparison_add_key(&comparison->key, table, NULL, row);
    LEDGER_TRY(comparison_finish(call, comparison, &comparison->key, &key));
    LEDGER_TRY(comparison_take(call, comparison, table, key, &found));
    if (found == NULL) {
        return comparison_add(call, comparison, "%s[%.*s]: not in the file", table->name, TEXT_ARGUMENTS(key));
    }
    size_t place = (size_t)(found - comparison->rows);
    if (place < comparison->expected) {
        LEDGER_TRY(comparison_add(call, comparison, "%s[%.*s]: stands elsewhere in the file", table->name,
                                  TEXT_ARGUMENTS(key)));
    } else {
        comparison->expected = place + 1;
    }
    return comparison_check_row(call, comparison, table, row, found->row, key);
}

static ledger_status comparison_end_table(struct ledger_call *call, struct report_sink *sink,
                                          const struct report_table *table)
{
    struct comparison *comparison = (struct comparison *)sink;
    for (size_t i = 0; i < comparison->rows_count; i++) {
        struct ledger_text key;
        if (!comparison->rows[i].is_taken) {
            comparison_add_key(&comparison->key, table, comparison->rows[i].row, NULL);
            LEDGER_TRY(comparison_finish(call, comparison, &comparison->key, &key));
            LEDGER_TRY(
                comparison_add(call, comparison, "%s[%.*s]: not in the ledger", table->name, TEXT_ARGUMENTS(key)));
        }
    }
    return LEDGER_DONE;
}

static ledger_status comparison_value(struct ledger_call *call, struct report_sink *sink, const char *name,
                                      const struct report_value *value)
{
    struct comparison *comparison = (struct comparison *)sink;
    assert(comparison->values_count < REPORT_TABLES_MAX);
    comparison->values[comparison->values_count++] = name;
    comparison_write_saved(&comparison->left, json_find(comparison->saved, name));
    text_builder_reset(&comparison->right);
    report_value_add_json(&comparison->right, value);
    return comparison_check(call, comparison, "", TEXT_ABSENT, name);
}

static ledger_status comparison_note(struct ledger_call *call, struct report_sink *sink, struct ledger_text note)
{
    (void)call;
    (void)sink;
    (void)note;
    return LEDGER_DONE;
}

static const struct report_sink_operations comparison_operations = {
    .begin = comparison_begin,
    .begin_table = comparison_begin_table,
    .row = comparison_row,
    .end_table = comparison_end_table,
    .value = comparison_value,
    .note = comparison_note,
};

static ledger_status comparison_init(struct ledger_call *call, struct comparison *comparison, struct session *session,
                                     struct ledger_call *memory, const struct json_value *saved)
{
    *comparison =
        (struct comparison){.sink = {&comparison_operations}, .session = session, .memory = memory, .saved = saved};
    /* One more than is told, for how many are not. */
    comparison->differences =
        arena_allocate_array(&memory->arena, DIFFERENCES_MAX + 1, sizeof *comparison->differences);
    if (comparison->differences == NULL) {
        return ledger_fail_out_of_memory(call);
    }
    text_builder_init(&comparison->key, &memory->arena, 256);
    text_builder_init(&comparison->left, &memory->arena, 256);
    text_builder_init(&comparison->right, &memory->arena, 256);
    return LEDGER_DONE;
}

static bool comparison_knows(const struct comparison *comparison, struct ledger_text name)
{
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        if (text_equals_string(name, members[i])) {
            return true;
        }
    }
    for (size_t i = 0; i < comparison->tables_count; i++) {
        if (text_equals_string(name, comparison->tables[i]->name)) {
            return true;
        }
    }
    for (size_t i = 0; i < comparison->values_count; i++) {
        if (text_equals_string(name, comparison->values[i])) {
            return true;
        }
    }
    return false;
}

/* What the file says of its tables and values, and I2. */
static ledger_status comparison_check_rest(struct ledger_call *call, struct comparison *comparison)
{
    comparison_write_saved(&comparison->left, json_find(comparison->saved, "tables"));
    text_builder_reset(&comparison->right);
    text_builder_add_char(&comparison->right, '[');
    for (size_t t = 0; t < comparison->tables_count; t++) {
        const struct report_table *table = comparison->tables[t];
        text_builder_add_string(&comparison->right, t == 0 ? "{\"columns\":[" : ",{\"columns\":[");
        for (size_t i = 0; i < table->columns_count; i++) {
            text_builder_add_format(&comparison->right, "%s\"%s\"", i == 0 ? "" : ",", table->columns[i].name);
        }
        text_builder_add_format(&comparison->right, "],\"name\":\"%s\"}", table->name);
    }
    text_builder_add_char(&comparison->right, ']');
    LEDGER_TRY(comparison_check(call, comparison, "", TEXT_ABSENT, "tables"));
    comparison_write_saved(&comparison->left, json_find(comparison->saved, "values"));
    text_builder_reset(&comparison->right);
    for (size_t i = 0; i < comparison->values_count; i++) {
        text_builder_add_format(&comparison->right, "%s\"%s\"", i == 0 ? "[" : ",", comparison->values[i]);
    }
    text_builder_add_string(&comparison->right, comparison->values_count == 0 ? "[]" : "]");
    LEDGER_TRY(comparison_check(call, comparison, "", TEXT_ABSENT, "values"));
    for (const struct json_value *member = comparison->saved->first; member != NULL; member = member->next) {
        if (!comparison_knows(comparison, member->key)) {
            LEDGER_TRY(comparison_add(call, comparison, "%.*s: not in the ledger", TEXT_ARGUMENTS(member->key)));
        }
    }
    return LEDGER_DONE;
}

/* A member that every report has, of its type. */
static ledger_status saved_get(struct ledger_call *call, const struct json_value *saved, const char *name,
                               enum json_type type, const struct json_value **ret_value)
{
    const struct json_value *value = json_find(saved, name);
    if (value == NULL || value->type != type) {
        return ledger_fail(call, LEDGER_INPUT_IS_MALFORMED, "the file is no report of ours: %s is %s", name,
                           value == NULL ? "missing" : json_type_name(value->type));
    }
    *ret_value = value;
    return LEDGER_DONE;
}

static bool saved_parse_position(struct ledger_text text, int64_t *ret_position)
{
    int64_t position = 0;
    if (text.size == 0 || text.size > 15) {
        return false;
    }
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') {
            return false;
        }
        position = position * 10 + (text.data[i] - '0');
    }
    *ret_position = position;
    return true;
}

static struct ledger_text saved_text(const struct json_value *object, const char *name)
{
    const struct json_value *value = json_find(object, name);
    return value == NULL || value->type != JSON_STRING ? TEXT_ABSENT : value->text;
}

/* How deep a value is nested; the reader of JSON limits it. */
static unsigned saved_depth(const struct json_value *value)
{
    unsigned deepest = 0;
    bool is_nested = value->type == JSON_ARRAY || value->type == JSON_OBJECT;
    for (const struct json_value *inner = is_nested ? value->first : NULL; inner != NULL; inner = inner->next) {
        unsigned depth = saved_depth(inner);
        deepest = depth > deepest ? depth : deepest;
    }
    return deepest + 1;
}

/* Which values the report set side by side. */
static ledger_status saved_read_columns(struct ledger_call *call, const struct json_value *parameters,
                                        struct ledger_report_request *request)
{
    struct ledger_text compare = saved_text(parameters, "compare");
    struct ledger_text columns = saved_text(parameters, "columns");
    bool is_known = (text_is_absent(compare) || ledger_report_compare_parse(compare, &request->compare)) &&
                    (text_is_absent(columns) || ledger_report_columns_parse(columns, &request->columns));
    return is_known ? LEDGER_DONE
                    : ledger_fail(call, LEDGER_INPUT_IS_MALFORMED,
                                  "the file is no report of ours: compare or columns in its parameters is unknown");
}

/* What the file asks the ledger for again, and the hash that stands in it. */
static ledger_status saved_read(struct ledger_call *call, const struct json_value *saved,
                                struct ledger_report_request *request, char file_report_hash[65])
{
    const struct json_value *type = NULL;
    const struct json_value *parameters = NULL;
    const struct json_value *position = NULL;
    const struct json_value *hash = NULL;
    if (saved->type != JSON_OBJECT) {
        return ledger_fail(call, LEDGER_INPUT_IS_MALFORMED, "the file is no report of ours: it is %s, not an object",
                           json_type_name(saved->type));
    }
    if (saved_depth(saved) > SAVED_DEPTH_MAX) {
        return ledger_fail(call, LEDGER_INPUT_IS_MALFORMED,
                           "the file is no report of ours: it is nested more than %d deep", (int)SAVED_DEPTH_MAX);
    }
    LEDGER_TRY(saved_get(call, saved, "report_type", JSON_STRING, &type));
    LEDGER_TRY(saved_get(call, saved, "parameters", JSON_OBJECT, &parameters));
    LEDGER_TRY(saved_get(call, saved, "log_position", JSON_NUMBER, &position));
    LEDGER_TRY(saved_get(call, saved, "report_hash", JSON_STRING, &hash));
    const struct json_value *non_zero = json_find(parameters, "non_zero_only");
    const struct json_value *with_children = json_find(parameters, "with_children");
    *request = (struct ledger_report_request){
        .struct_size = sizeof *request,
        .start_date = saved_text(parameters, "start_date"),
        .end_date = saved_text(parameters, "end_date"),
        .account_code = saved_text(parameters, "account_code"),
        .non_zero_only = non_zero != NULL && non_zero->type == JSON_TRUE,
        .with_children = with_children != NULL && with_children->type == JSON_TRUE,
        .has_log_position = true,
        .do_not_record = true,
    };
    LEDGER_TRY(saved_read_columns(call, parameters, request));
    if (!ledger_report_type_parse(type->text, &request->type)) {
        return ledger_fail(call, LEDGER_INPUT_IS_MALFORMED, "the file is no report of ours: report_type is unknown");
    }
    struct ledger_text interval = saved_text(parameters, "interval");
    if (!text_is_absent(interval) && !ledger_interval_parse(interval, &request->interval)) {
        return ledger_fail(call, LEDGER_INPUT_IS_MALFORMED, "the file is no report of ours: interval is unknown");
    }
    if (!saved_parse_position(position->text, &request->log_position)) {
        return ledger_fail(call, LEDGER_INPUT_IS_MALFORMED,
                           "the file is no report of ours: log_position is no whole number");
    }
    if (hash->text.size != (size_t)2 * SHA256_SIZE || memchr(hash->text.data, '\0', hash->text.size) != NULL) {
        return ledger_fail(call, LEDGER_INPUT_IS_MALFORMED,
                           "the file is no report of ours: report_hash has not 64 digits");
    }
    memcpy(file_report_hash, hash->text.data, hash->text.size);
    file_report_hash[hash->text.size] = '\0';
    return LEDGER_DONE;
}

/* Makes the report again. Where the ledger refuses to, that is a difference, and there is no hash. */
static ledger_status comparison_make(struct ledger_call *call, struct session *session,
                                     const struct ledger_report_request *request, struct comparison *comparison,
                                     char ledger_report_hash[65])
{
    struct report_hash hash;
    struct sha256_hash made;
    struct report_head head = {.report_id = ""};
    struct report report = {.session = session};
    size_t problems_before = ledger_call_problems_count(call);
    report_hash_init(&hash, session->hasher.sha256, comparison->memory);
    report.sinks[0] = &hash.sink;
    report.sinks[1] = &comparison->sink;
    report.sinks_count = 2;
    ledger_status status = report_make(call, &report, request, &head);
    if (ledger_status_exit(status) == 1 || status == LEDGER_USAGE_IS_WRONG || status == LEDGER_INPUT_IS_TOO_LARGE) {
        LEDGER_TRY(comparison_add(call, comparison, "parameters: the ledger cannot make this report: %s",
                                  ledger_call_message(call)));
        ledger_call_drop_problems(call, problems_before);
        ledger_report_hash[0] = '\0';
        return LEDGER_DONE;
    }
    LEDGER_TRY(status);
    LEDGER_TRY(comparison_check_rest(call, comparison));
    LEDGER_TRY(report_hash_finish(call, &hash, &made));
    sha256_format(&made, ledger_report_hash);
    return LEDGER_DONE;
}

/* Copies the differences into the call's memory, the last of them how many more there are. */
static ledger_status comparison_tell(struct ledger_call *call, const struct comparison *comparison,
                                     struct ledger_report_comparison *told)
{
    struct ledger_text *differences = NULL;
    size_t count = comparison->differences_count;
    LEDGER_ALLOCATE(call, differences, count + 1);
    for (size_t i = 0; i < count; i++) {
        LEDGER_TRY(ledger_call_copy_text(call, comparison->differences[i], &differences[i]));
    }
    if (comparison->further_count > 0) {
        LEDGER_TRY(
            ledger_call_format(call, &differences[count++], "and %zu further differences", comparison->further_count));
    }
    told->differences = differences;
    told->differences_count = count;
    told->redacted_count = comparison->redacted_count;
    told->is_same =
        count == 0 && (told->redacted_count > 0 || strcmp(told->file_report_hash, told->ledger_report_hash) == 0);
    return LEDGER_DONE;
}

static ledger_status comparison_run(struct ledger_call *call, struct session *session, struct ledger_call *memory,
                                    const struct json_value *saved, struct ledger_report_comparison *told)
{
    struct comparison comparison;
    struct ledger_report_request request;
    struct sha256_hash own;
    char own_text[2 * SHA256_SIZE + 1];
    LEDGER_TRY(saved_read(call, saved, &request, told->file_report_hash));
    LEDGER_TRY(report_hash_of_saved(call, session->hasher.sha256, saved, &own));
    sha256_format(&own, own_text);
    told->file_hash_is_right = strcmp(own_text, told->file_report_hash) == 0;
    LEDGER_TRY(comparison_init(call, &comparison, session, memory, saved));
    LEDGER_TRY(comparison_make(call, session, &request, &comparison, told->ledger_report_hash));
    if (comparison.differences_count == 0 && comparison.redacted_count == 0 &&
        strcmp(told->file_report_hash, told->ledger_report_hash) != 0) {
        LEDGER_TRY(comparison_add(call, &comparison, "report_hash: \"%s\" in the file, \"%s\" in the ledger",
                                  told->file_report_hash, told->ledger_report_hash));
    }
    return comparison_tell(call, &comparison, told);
}

ledger_status ledger_report_verify(struct ledger_call *call, struct ledger *ledger, struct ledger_text json,
                                   struct ledger_report_comparison *ret_comparison)
{
    SESSION_TAKE(call, ledger, session);
    const struct json_value *saved = NULL;
    struct ledger_report_comparison comparison = {.is_same = false};
    LEDGER_TRY(json_read(call, json, "the report", &saved));
    struct ledger_call memory;
    call_init(&memory);
    ledger_status status = comparison_run(call, session, &memory, saved, &comparison);
    call_done(&memory);
    LEDGER_TRY(status);
    *ret_comparison = comparison;
    return LEDGER_DONE;
}
