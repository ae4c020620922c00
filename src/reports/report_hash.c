/* The report_hash, of a report that passes and of one that was saved: one form, two sources. */
#include "reports/report_hash.h"

#include "base/json_write.h"

enum { PIECE_BYTES = 32 * 1024 }; /* of rows, gathered before they are hashed */

/* Feeds the piece and forgets it. */
static ledger_status hash_flush(struct ledger_call *call, struct report_hash *hash)
{
    if (hash->piece.failed) {
        return ledger_fail_out_of_memory(call);
    }
    sha256_add(hash->sha256, hash->piece.data, hash->piece.size);
    text_builder_reset(&hash->piece);
    return LEDGER_DONE;
}

static void hash_add_comma(struct report_hash *hash, bool *has_before)
{
    if (*has_before) {
        text_builder_add_char(&hash->piece, ',');
    }
    *has_before = true;
}

static ledger_status hash_begin(struct ledger_call *call, struct report_sink *sink, const struct report_head *head)
{
    struct report_hash *hash = (struct report_hash *)sink;
    sha256_begin(hash->sha256);
    hash->time_zone_data_version = ledger_text_of(head->time_zone_data_version);
    text_builder_add_format(
        &hash->piece, "{\"form\":\"report/1\",\"log_position\":%lld,\"parameters\":", (long long)head->log_position);
    text_builder_add_text(&hash->piece, head->parameters);
    text_builder_add_format(&hash->piece, ",\"report_type\":\"%s\",\"tables\":[", head->report_type);
    return hash_flush(call, hash);
}

static ledger_status hash_begin_table(struct ledger_call *call, struct report_sink *sink,
                                      const struct report_table *table)
{
    struct report_hash *hash = (struct report_hash *)sink;
    hash_add_comma(hash, &hash->has_table);
    text_builder_add_string(&hash->piece, "{\"columns\":[");
    for (size_t i = 0; i < table->columns_count; i++) {
        text_builder_add_format(&hash->piece, "%s\"%s\"", i == 0 ? "" : ",", table->columns[i].name);
    }
    text_builder_add_format(&hash->piece, "],\"name\":\"%s\",\"rows\":[", table->name);
    hash->has_row = false;
    return hash_flush(call, hash);
}

static ledger_status hash_row(struct ledger_call *call, struct report_sink *sink, const struct report_table *table,
                              const struct report_row *row)
{
    struct report_hash *hash = (struct report_hash *)sink;
    hash_add_comma(hash, &hash->has_row);
    for (size_t i = 0; i < table->columns_count; i++) {
        text_builder_add_char(&hash->piece, i == 0 ? '[' : ',');
        report_value_add_json_of(&hash->piece, &row->values[i], row->texts[i]);
    }
    text_builder_add_char(&hash->piece, ']');
    return hash->piece.size < PIECE_BYTES ? LEDGER_DONE : hash_flush(call, hash);
}

static ledger_status hash_end_table(struct ledger_call *call, struct report_sink *sink,
                                    const struct report_table *table)
{
    struct report_hash *hash = (struct report_hash *)sink;
    (void)table;
    text_builder_add_string(&hash->piece, "]}");
    return hash_flush(call, hash);
}

/* Behind the last table and before the first value. */
static void hash_add_middle(struct report_hash *hash)
{
    text_builder_add_string(&hash->piece, "],\"time_zone_data_version\":");
    json_add_quoted(&hash->piece, hash->time_zone_data_version);
    text_builder_add_string(&hash->piece, ",\"values\":{");
}

static ledger_status hash_value(struct ledger_call *call, struct report_sink *sink, const char *name,
                                const struct report_value *value)
{
    struct report_hash *hash = (struct report_hash *)sink;
    if (!hash->has_value) {
        hash_add_middle(hash);
    }
    hash_add_comma(hash, &hash->has_value);
    text_builder_add_format(&hash->piece, "\"%s\":", name);
    report_value_add_json(&hash->piece, value);
    return hash_flush(call, hash);
}

/* What is said about the content follows from it. */
static ledger_status hash_note(struct ledger_call *call, struct report_sink *sink, struct ledger_text note)
{
    (void)call;
    (void)sink;
    (void)note;
    return LEDGER_DONE;
}

static const struct report_sink_operations hash_operations = {
    .begin = hash_begin,
    .begin_table = hash_begin_table,
    .row = hash_row,
    .end_table = hash_end_table,
    .value = hash_value,
    .note = hash_note,
};

void report_hash_init(struct report_hash *hash, struct sha256 *sha256, struct ledger_call *memory)
{
    *hash = (struct report_hash){.sink = {&hash_operations}, .sha256 = sha256};
    text_builder_init(&hash->piece, &memory->arena, (size_t)2 * PIECE_BYTES);
}

ledger_status report_hash_finish(struct ledger_call *call, struct report_hash *hash, struct sha256_hash *ret_hash)
{
    if (!hash->has_value) {
        hash_add_middle(hash);
    }
    text_builder_add_string(&hash->piece, "}}");
    LEDGER_TRY(hash_flush(call, hash));
    *ret_hash = sha256_finish(hash->sha256);
    return LEDGER_DONE;
}

/* A value that was read, or null where there is none. */
static void hash_add_saved(struct report_hash *hash, const struct json_value *value)
{
    struct json_writer writer;
    json_writer_init(&writer, &hash->piece);
    if (value == NULL) {
        json_write_null(&writer);
    } else {
        json_write_value(&writer, value);
    }
}

static const struct json_value *saved_first(const struct json_value *value, enum json_type type)
{
    return value != NULL && value->type == type ? value->first : NULL;
}

/* The member whose key is a text of the file. */
static const struct json_value *saved_find(const struct json_value *object, const struct json_value *key)
{
    const struct json_value *member = saved_first(object, JSON_OBJECT);
    while (member != NULL && (key == NULL || key->type != JSON_STRING || !text_equals(member->key, key->text))) {
        member = member->next;
    }
    return member;
}

static ledger_status hash_saved_table(struct ledger_call *call, struct report_hash *hash,
                                      const struct json_value *saved, const struct json_value *table)
{
    const struct json_value *columns = json_find(table, "columns");
    const struct json_value *name = json_find(table, "name");
    hash_add_comma(hash, &hash->has_table);
    text_builder_add_string(&hash->piece, "{\"columns\":");
    hash_add_saved(hash, columns);
    text_builder_add_string(&hash->piece, ",\"name\":");
    hash_add_saved(hash, name);
    text_builder_add_string(&hash->piece, ",\"rows\":[");
    hash->has_row = false;
    for (const struct json_value *row = saved_first(saved_find(saved, name), JSON_ARRAY); row != NULL;
         row = row->next) {
        bool has_cell = false;
        hash_add_comma(hash, &hash->has_row);
        text_builder_add_char(&hash->piece, '[');
        for (const struct json_value *column = saved_first(columns, JSON_ARRAY); column != NULL;
             column = column->next) {
            hash_add_comma(hash, &has_cell);
            hash_add_saved(hash, saved_find(row, column));
        }
        text_builder_add_char(&hash->piece, ']');
        LEDGER_TRY(hash_flush(call, hash));
    }
    text_builder_add_string(&hash->piece, "]}");
    return hash_flush(call, hash);
}

static void hash_add_saved_member(struct report_hash *hash, const struct json_value *saved, const char *key)
{
    text_builder_add_format(&hash->piece, ",\"%s\":", key);
    hash_add_saved(hash, json_find(saved, key));
}

ledger_status report_hash_of_saved(struct ledger_call *call, struct sha256 *sha256, const struct json_value *saved,
                                   struct sha256_hash *ret_hash)
{
    struct report_hash hash;
    report_hash_init(&hash, sha256, call);
    sha256_begin(sha256);
    text_builder_add_string(&hash.piece, "{\"form\":\"report/1\"");
    hash_add_saved_member(&hash, saved, "log_position");
    hash_add_saved_member(&hash, saved, "parameters");
    hash_add_saved_member(&hash, saved, "report_type");
    text_builder_add_string(&hash.piece, ",\"tables\":[");
    for (const struct json_value *table = saved_first(json_find(saved, "tables"), JSON_ARRAY); table != NULL;
         table = table->next) {
        LEDGER_TRY(hash_saved_table(call, &hash, saved, table));
    }
    text_builder_add_char(&hash.piece, ']');
    hash_add_saved_member(&hash, saved, "time_zone_data_version");
    text_builder_add_string(&hash.piece, ",\"values\":{");
    for (const struct json_value *name = saved_first(json_find(saved, "values"), JSON_ARRAY); name != NULL;
         name = name->next) {
        hash_add_comma(&hash, &hash.has_value);
        hash_add_saved(&hash, name);
        text_builder_add_char(&hash.piece, ':');
        hash_add_saved(&hash, saved_find(saved, name));
    }
    text_builder_add_string(&hash.piece, "}}");
    LEDGER_TRY(hash_flush(call, &hash));
    *ret_hash = sha256_finish(sha256);
    return LEDGER_DONE;
}
