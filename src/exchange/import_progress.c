/* The events of an import, written and found again. */
#include "exchange/import_progress.h"

#include <inttypes.h>

#include "base/json.h"
#include "base/json_write.h"
#include "base/text.h"

static const char event_type[] = "IMPORT_PROGRESSED";

static ledger_status progress_format(struct ledger_call *call, const struct import_progress *progress,
                                     struct ledger_text *ret_metadata)
{
    struct text_builder builder;
    struct json_writer writer;
    text_builder_init(&builder, &call->arena, 256);
    json_writer_init(&writer, &builder);
    writer.canonical = true;
    json_write_object_begin(&writer);
    json_write_member_integer(&writer, "bytes", (int64_t)progress->bytes);
    json_write_member_hex(&writer, "digest", progress->digest.bytes, sizeof progress->digest.bytes);
    json_write_member_text(&writer, "import_id", progress->import_id);
    json_write_member_boolean(&writer, "is_complete", progress->is_complete);
    json_write_member_integer(&writer, "line", (int64_t)progress->line);
    json_write_member_integer(&writer, "posted", (int64_t)progress->posted);
    json_write_member_integer(&writer, "rejected", (int64_t)progress->rejected);
    json_write_object_end(&writer);
    return text_builder_finish(call, &builder, ret_metadata);
}

ledger_status import_progress_add(struct ledger_call *call, struct write_unit *unit,
                                  const struct import_progress *progress)
{
    struct ledger_text description;
    struct ledger_text metadata;
    LEDGER_TRY(ledger_call_format(call, &description,
                                  "import \"%.*s\" %s line %" PRIu64 ": %" PRIu64 " posted, %" PRIu64 " rejected",
                                  TEXT_ARGUMENTS(progress->import_id), progress->is_complete ? "ended at" : "reached",
                                  progress->line, progress->posted, progress->rejected));
    LEDGER_TRY(progress_format(call, progress, &metadata));
    struct ledger_event_record event =
        write_unit_event(call, event_type, LEDGER_INFO, true, "IMPORT", description, metadata);
    return write_unit_add_event(call, unit, &event);
}

static uint64_t member_number(const struct json_value *facts, const char *key)
{
    const struct json_value *member = json_find(facts, key);
    uint64_t number = 0;
    for (size_t i = 0; member != NULL && member->type == JSON_NUMBER && i < member->text.size; i++) {
        unsigned digit = (unsigned)(member->text.data[i] - '0');
        number = digit > 9 || number > UINT64_MAX / 10 - 1 ? 0 : number * 10 + digit;
    }
    return number;
}

/* False where the facts are none of that import. */
static bool progress_parse(struct ledger_call *scratch, struct ledger_text metadata, struct ledger_text import_id,
                           struct import_progress *ret_progress)
{
    const struct json_value *facts = NULL;
    if (text_is_absent(metadata) || json_read(scratch, metadata, event_type, &facts) != LEDGER_DONE) {
        return false;
    }
    const struct json_value *id = json_find(facts, "import_id");
    const struct json_value *digest = json_find(facts, "digest");
    const struct json_value *complete = json_find(facts, "is_complete");
    if (id == NULL || !text_equals(id->text, import_id) || digest == NULL) {
        return false;
    }
    *ret_progress = (struct import_progress){
        .import_id = import_id,
        .line = member_number(facts, "line"),
        .bytes = member_number(facts, "bytes"),
        .posted = member_number(facts, "posted"),
        .rejected = member_number(facts, "rejected"),
        .is_complete = complete != NULL && complete->type == JSON_TRUE,
    };
    return sha256_parse(digest->text, &ret_progress->digest);
}

ledger_status import_progress_find(struct ledger_call *call, struct store *store, struct ledger_text import_id,
                                   int64_t from_log_index, bool *ret_found, struct import_progress *ret_progress,
                                   int64_t *ret_log_index)
{
    STORE_SCAN(scan);
    LEDGER_TRY(
        store_event_scan_by_type(call, store, ledger_text_of(event_type), from_log_index, STORE_POSITION_MAX, &scan));
    struct ledger_call scratch;
    struct ledger_event_record event;
    bool has_event = false;
    ledger_status status = LEDGER_DONE;
    *ret_found = false;
    call_init(&scratch);
    while ((status = store_event_next(call, &scan, &has_event, &event)) == LEDGER_DONE && has_event) {
        if (progress_parse(&scratch, event.event_metadata, import_id, ret_progress)) {
            *ret_found = true;
            *ret_log_index = event.log_index;
        }
        ledger_call_reset(&scratch);
    }
    call_done(&scratch);
    return status;
}
