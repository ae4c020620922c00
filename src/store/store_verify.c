/* What verify alone asks of the store. */
#include "base/json_write.h"
#include "base/text.h"
#include "store/row.h"

ledger_status store_schema_check(struct ledger_call *call, struct store *store,
                                 ledger_status (*found)(struct ledger_call *call, void *context,
                                                        const char *object_type, struct ledger_text object_name,
                                                        const char *difference),
                                 void *context)
{
    return store->driver->operations->check_schema(call, store->driver, found, context);
}

/* Objects of the database, hashed as they are described: together they are as long as the schema. */
struct objects_digest {
    struct sha256 *sha256;
    struct text_builder object; /* each in the same memory */
    bool has_objects;
};

static void objects_digest_begin(struct ledger_call *call, struct sha256 *sha256, const char *form,
                                 struct objects_digest *digest)
{
    static const char head[] = "{\"form\":\"";
    static const char objects[] = "\",\"objects\":[";
    *digest = (struct objects_digest){.sha256 = sha256};
    text_builder_init(&digest->object, &call->arena, 4096);
    sha256_begin(sha256);
    sha256_add(sha256, head, sizeof head - 1);
    sha256_add(sha256, form, strlen(form));
    sha256_add(sha256, objects, sizeof objects - 1);
}

static struct sha256_hash objects_digest_finish(struct objects_digest *digest)
{
    sha256_add(digest->sha256, "]}", 2);
    return sha256_finish(digest->sha256);
}

static ledger_status objects_digest_add(struct ledger_call *call, struct objects_digest *digest,
                                        struct ledger_text object_type, struct ledger_text object_name,
                                        struct ledger_text definition)
{
    struct json_writer writer;
    struct ledger_text object;
    text_builder_reset(&digest->object);
    json_writer_init(&writer, &digest->object);
    writer.canonical = true;
    json_write_object_begin(&writer);
    json_write_member_text(&writer, "definition", definition);
    json_write_member_text(&writer, "name", object_name);
    json_write_member_text(&writer, "type", object_type);
    json_write_object_end(&writer);
    LEDGER_TRY(text_builder_finish(call, &digest->object, &object));
    sha256_add(digest->sha256, ",", digest->has_objects ? 1 : 0);
    sha256_add(digest->sha256, object.data, object.size);
    digest->has_objects = true;
    return LEDGER_DONE;
}

static ledger_status guards_digest_add(struct ledger_call *call, void *context, const char *object_type,
                                       struct ledger_text object_name, struct ledger_text definition)
{
    return objects_digest_add(call, context, ledger_text_of(object_type), object_name, definition);
}

ledger_status store_guards_digest(struct ledger_call *call, struct store *store, struct sha256 *sha256,
                                  struct sha256_hash *ret_digest, struct ledger_text *ret_mark)
{
    struct objects_digest digest;
    objects_digest_begin(call, sha256, "guards/1", &digest);
    LEDGER_TRY(store->driver->operations->describe_guards(call, store->driver, guards_digest_add, &digest, ret_mark));
    *ret_digest = objects_digest_finish(&digest);
    return LEDGER_DONE;
}

static ledger_status grants_digest_add_all(struct ledger_call *call, struct store *store, struct objects_digest *digest)
{
    STORE_SCAN(scan);
    LEDGER_TRY(row_scan(call, store, QUERY_PRIVILEGE_SCAN, NULL, &scan));
    for (;;) {
        const struct value *row = NULL;
        LEDGER_TRY(row_next(call, &scan, &row));
        if (row == NULL) {
            return LEDGER_DONE;
        }
        LEDGER_TRY(objects_digest_add(call, digest, row_text(&row[PRIVILEGE_SCAN_OUT_TYPE]),
                                      row_text(&row[PRIVILEGE_SCAN_OUT_NAME]),
                                      row_text(&row[PRIVILEGE_SCAN_OUT_DEFINITION])));
    }
}

/* A site may keep the tables of privileges from our account: that is no fault of the ledger. */
ledger_status store_grants_digest(struct ledger_call *call, struct store *store, struct sha256 *sha256,
                                  enum store_grants *ret_grants, struct sha256_hash *ret_digest)
{
    struct objects_digest digest;
    size_t problems_before = ledger_call_problems_count(call);
    if (!row_is_kept(store, QUERY_PRIVILEGE_SCAN)) {
        *ret_grants = STORE_GRANTS_ARE_UNKNOWN;
        return LEDGER_DONE;
    }
    objects_digest_begin(call, sha256, "grants/1", &digest);
    ledger_status status = grants_digest_add_all(call, store, &digest);
    if (status == LEDGER_ACCESS_IS_DENIED) {
        ledger_call_drop_problems(call, problems_before);
        *ret_grants = STORE_GRANTS_ARE_HIDDEN;
        return LEDGER_DONE;
    }
    LEDGER_TRY(status);
    *ret_digest = objects_digest_finish(&digest);
    *ret_grants = STORE_GRANTS_ARE_READ;
    return LEDGER_DONE;
}

ledger_status store_storage_check(struct ledger_call *call, struct store *store,
                                  ledger_status (*found)(struct ledger_call *call, void *context,
                                                         struct ledger_text fault),
                                  void *context)
{
    return store->driver->operations->check_storage(call, store->driver, found, context);
}

ledger_status store_server_check(struct ledger_call *call, struct store *store,
                                 ledger_status (*found)(struct ledger_call *call, void *context,
                                                        struct ledger_text warning),
                                 void *context)
{
    return store->driver->operations->check_server(call, store->driver, found, context);
}

ledger_status store_migration_check(struct ledger_call *call, struct store *store,
                                    ledger_status (*found)(struct ledger_call *call, void *context, int64_t version,
                                                           const char *difference),
                                    void *context)
{
    STORE_SCAN(scan);
    LEDGER_TRY(row_scan(call, store, QUERY_MIGRATION_LIST, NULL, &scan));
    int64_t expected = 1;
    for (;;) {
        const struct value *row = NULL;
        LEDGER_TRY(row_next(call, &scan, &row));
        if (row == NULL) {
            break;
        }
        int64_t version = row_integer(&row[MIGRATION_LIST_OUT_VERSION]);
        for (; expected < version && expected <= MIGRATIONS_COUNT; expected++) {
            LEDGER_TRY(found(call, context, expected, "is missing"));
        }
        if (version < 1 || version > MIGRATIONS_COUNT) {
            LEDGER_TRY(found(call, context, version, "is none that was shipped"));
        } else {
            expected = version + 1;
            if (!text_equals_string(row_text(&row[MIGRATION_LIST_OUT_NAME]), migration_names[version - 1])) {
                LEDGER_TRY(found(call, context, version, "does not have the name that it was shipped with"));
            }
        }
    }
    for (; expected <= MIGRATIONS_COUNT; expected++) {
        LEDGER_TRY(found(call, context, expected, "is missing"));
    }
    return LEDGER_DONE;
}

ledger_status store_migration_applied_at(struct ledger_call *call, struct store *store,
                                         struct ledger_text *ret_applied_at)
{
    STORE_SCAN(scan);
    const struct value *row = NULL;
    LEDGER_TRY(row_scan(call, store, QUERY_MIGRATION_LIST, NULL, &scan));
    LEDGER_TRY(row_next(call, &scan, &row));
    struct ledger_text applied_at = row == NULL ? TEXT_ABSENT : row_text(&row[MIGRATION_LIST_OUT_APPLIED_AT]);
    struct ledger_text *const texts[] = {&applied_at};
    LEDGER_TRY(row_keep_texts(call, texts, 1));
    *ret_applied_at = applied_at;
    return LEDGER_DONE;
}

ledger_status store_settings_count(struct ledger_call *call, struct store *store, int64_t *ret_count)
{
    STORE_SCAN(scan);
    const struct value *row = NULL;
    LEDGER_TRY(row_get(call, store, QUERY_SETTINGS_COUNT, NULL, &scan, &row));
    *ret_count = row == NULL ? 0 : row_integer(&row[0]);
    return LEDGER_DONE;
}

static ledger_status account_row_read(struct ledger_call *call, const struct value *row, void *out)
{
    struct store_account_row *kept = out;
    *kept = (struct store_account_row){
        .account_id = row_integer(&row[ACCOUNT_ROW_SCAN_OUT_ACCOUNT_ID]),
        .account_code = row_text(&row[ACCOUNT_ROW_SCAN_OUT_ACCOUNT_CODE]),
        .currency = row_text(&row[ACCOUNT_ROW_SCAN_OUT_CURRENCY]),
        .has_parent = row_integer(&row[ACCOUNT_ROW_SCAN_OUT_HAS_PARENT]) != 0,
    };
    struct ledger_text *const texts[] = {&kept->account_code, &kept->currency};
    LEDGER_TRY(row_keep_texts(call, texts, sizeof texts / sizeof texts[0]));
    return LEDGER_DONE;
}

ledger_status store_account_row_list(struct ledger_call *call, struct store *store, struct store_account_row **ret_rows,
                                     size_t *ret_count)
{
    void *rows = NULL;
    LEDGER_TRY(
        row_collect(call, store, QUERY_ACCOUNT_ROW_SCAN, NULL, sizeof **ret_rows, account_row_read, &rows, ret_count));
    *ret_rows = rows;
    return LEDGER_DONE;
}

ledger_status store_rule_row_scan(struct ledger_call *call, struct store *store,
                                  ledger_status (*each)(struct ledger_call *call, void *context,
                                                        enum store_rule_kind kind, int64_t log_index,
                                                        struct ledger_text event_type),
                                  void *context)
{
    STORE_SCAN(scan);
    LEDGER_TRY(row_scan(call, store, QUERY_RULE_ROW_SCAN, NULL, &scan));
    for (;;) {
        const struct value *row = NULL;
        LEDGER_TRY(row_next(call, &scan, &row));
        if (row == NULL) {
            return LEDGER_DONE;
        }
        LEDGER_TRY(each(call, context, (enum store_rule_kind)row_int32(&row[RULE_ROW_SCAN_OUT_KIND]),
                        row_integer(&row[RULE_ROW_SCAN_OUT_LOG_INDEX]), row_text(&row[RULE_ROW_SCAN_OUT_EVENT_TYPE])));
    }
}

ledger_status store_stray_row_scan(struct ledger_call *call, struct store *store, bool with_entries,
                                   ledger_status (*each)(struct ledger_call *call, void *context,
                                                         enum store_stray_kind kind, int64_t position),
                                   void *context)
{
    STORE_SCAN(scan);
    const struct value inputs[] = {value_integer(STORE_POSITION_MAX), value_integer(with_entries)};
    LEDGER_TRY(row_scan(call, store, QUERY_STRAY_ROW_SCAN, inputs, &scan));
    for (;;) {
        const struct value *row = NULL;
        LEDGER_TRY(row_next(call, &scan, &row));
        if (row == NULL) {
            return LEDGER_DONE;
        }
        LEDGER_TRY(each(call, context, (enum store_stray_kind)row_int32(&row[STRAY_ROW_SCAN_OUT_KIND]),
                        row_integer(&row[STRAY_ROW_SCAN_OUT_POSITION])));
    }
}

ledger_status store_truth_fault_scan(struct ledger_call *call, struct store *store,
                                     ledger_status (*each)(struct ledger_call *call, void *context,
                                                           struct ledger_text field, int64_t log_index),
                                     void *context)
{
    STORE_SCAN(scan);
    LEDGER_TRY(row_scan(call, store, QUERY_TRUTH_FAULT_SCAN, NULL, &scan));
    for (;;) {
        const struct value *row = NULL;
        LEDGER_TRY(row_next(call, &scan, &row));
        if (row == NULL) {
            return LEDGER_DONE;
        }
        LEDGER_TRY(each(call, context, row_text(&row[TRUTH_FAULT_SCAN_OUT_FIELD]),
                        row_integer(&row[TRUTH_FAULT_SCAN_OUT_LOG_INDEX])));
    }
}

ledger_status store_log_end(struct ledger_call *call, struct store *store, int64_t position_max, int64_t *ret_rows_end,
                            int64_t *ret_tiles_end)
{
    STORE_SCAN(scan);
    const struct value inputs[] = {value_integer(position_max)};
    const struct value *row = NULL;
    LEDGER_TRY(row_get(call, store, QUERY_LOG_END, inputs, &scan, &row));
    *ret_rows_end = row == NULL ? 0 : row_integer(&row[LOG_END_OUT_ROWS_END]);
    *ret_tiles_end = row == NULL ? 0 : row_integer(&row[LOG_END_OUT_TILES_END]);
    return LEDGER_DONE;
}

ledger_status store_tile_scan(struct ledger_call *call, struct store *store,
                              ledger_status (*each)(struct ledger_call *call, void *context, int64_t level,
                                                    int64_t tile_index),
                              void *context)
{
    STORE_SCAN(scan);
    LEDGER_TRY(row_scan(call, store, QUERY_TILE_LIST, NULL, &scan));
    for (;;) {
        const struct value *row = NULL;
        LEDGER_TRY(row_next(call, &scan, &row));
        if (row == NULL) {
            return LEDGER_DONE;
        }
        LEDGER_TRY(
            each(call, context, row_integer(&row[TILE_LIST_OUT_LEVEL]), row_integer(&row[TILE_LIST_OUT_TILE_INDEX])));
    }
}

_Static_assert((int)CHECKPOINT_SCAN_OUTS == (int)CHECKPOINT_LIST_OUTS &&
                   (int)CHECKPOINT_FIND_LAST_OUTS == (int)CHECKPOINT_LIST_OUTS,
               "checkpoint_fill reads all three");

static void checkpoint_fill(const struct value *row, struct store_checkpoint *checkpoint)
{
    checkpoint->log_size = row_integer(&row[CHECKPOINT_LIST_OUT_LOG_SIZE]);
    checkpoint->epoch = row_integer(&row[CHECKPOINT_LIST_OUT_EPOCH]);
    row_bytes(&row[CHECKPOINT_LIST_OUT_ROOT_HASH], &checkpoint->root, SHA256_SIZE);
    checkpoint->created_at_us = row_integer(&row[CHECKPOINT_LIST_OUT_CREATED_AT]);
    checkpoint->note = row_text(&row[CHECKPOINT_LIST_OUT_NOTE]);
}

static ledger_status checkpoint_read(struct ledger_call *call, const struct value *row, void *out)
{
    struct store_checkpoint *checkpoint = out;
    checkpoint_fill(row, checkpoint);
    return ledger_call_copy_text(call, checkpoint->note, &checkpoint->note);
}

ledger_status store_checkpoint_list(struct ledger_call *call, struct store *store,
                                    struct store_checkpoint **ret_checkpoints, size_t *ret_count)
{
    void *checkpoints = NULL;
    LEDGER_TRY(row_collect(call, store, QUERY_CHECKPOINT_LIST, NULL, sizeof **ret_checkpoints, checkpoint_read,
                           &checkpoints, ret_count));
    *ret_checkpoints = checkpoints;
    return LEDGER_DONE;
}

ledger_status store_checkpoint_scan(struct ledger_call *call, struct store *store, int64_t from_log_size,
                                    struct store_scan *scan)
{
    const struct value inputs[] = {value_integer(from_log_size)};
    return row_scan(call, store, QUERY_CHECKPOINT_SCAN, inputs, scan);
}

ledger_status store_checkpoint_next(struct ledger_call *call, struct store_scan *scan, bool *ret_has_checkpoint,
                                    struct store_checkpoint *ret_checkpoint)
{
    const struct value *row = NULL;
    LEDGER_TRY(row_next(call, scan, &row));
    *ret_has_checkpoint = row != NULL;
    if (row != NULL) {
        checkpoint_fill(row, ret_checkpoint);
    }
    return LEDGER_DONE;
}

ledger_status store_checkpoint_find_last(struct ledger_call *call, struct store *store, int64_t epoch, bool *ret_found,
                                         struct store_checkpoint *ret_checkpoint)
{
    STORE_SCAN(scan);
    const struct value inputs[] = {value_integer(epoch)};
    const struct value *row = NULL;
    LEDGER_TRY(row_get(call, store, QUERY_CHECKPOINT_FIND_LAST, inputs, &scan, &row));
    *ret_found = row != NULL;
    return row == NULL ? LEDGER_DONE : checkpoint_read(call, row, ret_checkpoint);
}

ledger_status store_checkpoint_find_newest(struct ledger_call *call, struct store *store, bool *ret_found,
                                           struct store_checkpoint *ret_checkpoint)
{
    STORE_SCAN(scan);
    const struct value *row = NULL;
    LEDGER_TRY(row_get(call, store, QUERY_CHECKPOINT_FIND_NEWEST, NULL, &scan, &row));
    *ret_found = row != NULL;
    return row == NULL ? LEDGER_DONE : checkpoint_read(call, row, ret_checkpoint);
}

ledger_status store_symbol_list(struct ledger_call *call, struct store *store, int64_t limit,
                                struct ledger_text **ret_texts, size_t *ret_count)
{
    STORE_SCAN(scan);
    const struct value inputs[] = {value_integer(LEDGER_NAME_MAX), value_integer(limit)};
    LEDGER_TRY(row_scan(call, store, QUERY_SYMBOL_LIST, inputs, &scan));
    struct ledger_text *texts = NULL;
    size_t count = 0;
    size_t capacity = 0;
    for (;;) {
        const struct value *row = NULL;
        LEDGER_TRY(row_next(call, &scan, &row));
        if (row == NULL) {
            break;
        }
        void *array = texts;
        LEDGER_TRY(row_array_grow(call, &array, count, &capacity, sizeof *texts));
        texts = array;
        LEDGER_TRY(ledger_call_copy_text(call, row_text(&row[SYMBOL_LIST_OUT_TEXT]), &texts[count++]));
    }
    *ret_texts = texts;
    *ret_count = count;
    return LEDGER_DONE;
}
