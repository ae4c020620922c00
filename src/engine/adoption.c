/* Adoption: the log takes note of what somebody wrote into audit_log by hand. The rows stay what they are, no part of
 * the log; what is hashed is a digest of each. */
#include "engine/adoption.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "engine/event_facts.h"
#include "engine/write_unit.h"

static const char adopted_type[] = "AUDIT_ROWS_ADOPTED";

/* Room for one row more of an array in the call's memory: it doubles. */
static ledger_status array_grow(struct ledger_call *call, void **array, size_t count, size_t item_size)
{
    if ((count & (count - 1)) != 0) {
        return LEDGER_DONE;
    }
    void *grown = arena_allocate_array(&call->arena, count == 0 ? 1 : count * 2, item_size);
    if (grown == NULL) {
        return ledger_fail_out_of_memory(call);
    }
    if (count > 0) {
        memcpy(grown, *array, count * item_size);
    }
    *array = grown;
    return LEDGER_DONE;
}

static bool digest_parse(struct ledger_text hex, struct sha256_hash *ret_digest)
{
    static const char digits[] = "0123456789abcdef";
    if (hex.size != 2 * sizeof ret_digest->bytes) {
        return false;
    }
    memset(ret_digest, 0, sizeof *ret_digest);
    for (size_t i = 0; i < hex.size; i++) {
        const char *digit = hex.data[i] == '\0' ? NULL : strchr(digits, hex.data[i]);
        if (digit == NULL) {
            return false;
        }
        ret_digest->bytes[i / 2] = (uint8_t)(ret_digest->bytes[i / 2] << 4 | (digit - digits));
    }
    return true;
}

static bool adopted_row_read(const struct json_value *item, int64_t log_index, struct adopted_row *ret_row)
{
    const struct json_value *audit_id = json_find(item, "audit_id");
    const struct json_value *digest = json_find(item, "digest");
    struct uuid id;
    if (audit_id == NULL || audit_id->type != JSON_STRING || !uuid_parse(audit_id->text, &id) || digest == NULL ||
        digest->type != JSON_STRING || !digest_parse(digest->text, &ret_row->digest)) {
        return false;
    }
    memcpy(ret_row->audit_id, id.bytes, sizeof ret_row->audit_id);
    ret_row->log_index = log_index;
    ret_row->is_there = false;
    return true;
}

/* Adds the rows that one event names; `scratch` reads its metadata. */
static ledger_status adoption_take(struct ledger_call *call, struct ledger_call *scratch,
                                   const struct ledger_event_record *event, struct adopted_rows *adopted)
{
    const struct json_value *facts = NULL;
    if (text_is_absent(event->event_metadata) ||
        json_read(scratch, event->event_metadata, "event_metadata", &facts) != LEDGER_DONE) {
        return LEDGER_DONE;
    }
    const struct json_value *list = json_find(facts, "rows");
    if (list == NULL || list->type != JSON_ARRAY) {
        return LEDGER_DONE;
    }
    for (const struct json_value *item = list->first; item != NULL; item = item->next) {
        void *rows = adopted->rows;
        LEDGER_TRY(array_grow(call, &rows, adopted->count, sizeof *adopted->rows));
        adopted->rows = rows;
        adopted->count += adopted_row_read(item, event->log_index, &adopted->rows[adopted->count]);
    }
    return LEDGER_DONE;
}

static int adopted_row_compare(const void *left, const void *right)
{
    const struct adopted_row *left_row = left;
    const struct adopted_row *right_row = right;
    int order = memcmp(left_row->audit_id, right_row->audit_id, sizeof left_row->audit_id);
    order = order == 0 ? memcmp(&left_row->digest, &right_row->digest, sizeof left_row->digest) : order;
    return order != 0 ? order
                      : (left_row->log_index > right_row->log_index) - (left_row->log_index < right_row->log_index);
}

/* Two who adopt at the same time may adopt one row twice: the first counts. */
static void adoption_sort(struct adopted_rows *adopted)
{
    size_t kept = 0;
    if (adopted->count > 0) {
        qsort(adopted->rows, adopted->count, sizeof *adopted->rows, adopted_row_compare);
    }
    for (size_t i = 0; i < adopted->count; i++) {
        const struct adopted_row *row = &adopted->rows[i];
        if (kept == 0 || memcmp(row->audit_id, adopted->rows[kept - 1].audit_id, sizeof row->audit_id) != 0 ||
            memcmp(&row->digest, &adopted->rows[kept - 1].digest, sizeof row->digest) != 0) {
            adopted->rows[kept++] = *row;
        }
    }
    adopted->count = kept;
}

static ledger_status adoption_scan(struct ledger_call *call, struct ledger_call *scratch, struct store *store,
                                   struct adopted_rows *adopted)
{
    STORE_SCAN(scan);
    LEDGER_TRY(store_event_scan_by_type(call, store, ledger_text_of(adopted_type), 0, STORE_POSITION_MAX, &scan));
    for (;;) {
        bool has_event = false;
        struct ledger_event_record event;
        LEDGER_TRY(store_event_next(call, &scan, &has_event, &event));
        if (!has_event) {
            return LEDGER_DONE;
        }
        LEDGER_TRY(adoption_take(call, scratch, &event, adopted));
        ledger_call_reset(scratch);
    }
}

ledger_status adoption_load(struct ledger_call *call, struct store *store, struct adopted_rows *ret_adopted)
{
    struct ledger_call scratch;
    struct adopted_rows adopted = {.count = 0};
    call_init(&scratch);
    ledger_status status = adoption_scan(call, &scratch, store, &adopted);
    call_done(&scratch);
    adoption_sort(&adopted);
    *ret_adopted = adopted;
    return status;
}

struct adopted_row *adoption_find(const struct adopted_rows *adopted, const uint8_t audit_id[UUID_SIZE])
{
    size_t low = 0;
    size_t high = adopted->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (memcmp(adopted->rows[middle].audit_id, audit_id, UUID_SIZE) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    bool is_found = low < adopted->count && memcmp(adopted->rows[low].audit_id, audit_id, UUID_SIZE) == 0;
    return is_found ? &adopted->rows[low] : NULL;
}

struct adopted_row *adoption_find_exact(const struct adopted_rows *adopted, const uint8_t audit_id[UUID_SIZE],
                                        const struct sha256_hash *digest)
{
    struct adopted_row *row = adoption_find(adopted, audit_id);
    for (; row != NULL && row < adopted->rows + adopted->count; row++) {
        if (memcmp(row->audit_id, audit_id, UUID_SIZE) != 0) {
            return NULL;
        }
        if (memcmp(&row->digest, digest, sizeof *digest) == 0) {
            return row;
        }
    }
    return NULL;
}

static ledger_status manual_copy_texts(struct ledger_call *call, struct ledger_manual_event *event)
{
    struct ledger_text *const texts[] = {&event->event_type,  &event->severity,      &event->outcome,   &event->user_id,
                                         &event->principal,   &event->source_system, &event->source_ip, &event->action,
                                         &event->description, &event->event_metadata};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        LEDGER_TRY(ledger_call_copy_text(call, *texts[i], texts[i]));
    }
    return LEDGER_DONE;
}

ledger_status ledger_audit_list_manual(struct ledger_call *call, struct ledger *ledger,
                                       const struct ledger_manual_event **ret_events, size_t *ret_events_count)
{
    SESSION_TAKE(call, ledger, session);
    READ_UNIT(reading);
    struct store_head head;
    struct adopted_rows adopted;
    LEDGER_TRY(read_unit_begin(call, session, &reading, &head));
    LEDGER_TRY(adoption_load(call, &session->store, &adopted));
    STORE_SCAN(scan);
    LEDGER_TRY(store_manual_event_scan(call, &session->store, &scan));
    void *events = NULL;
    for (size_t count = 0;; count++) {
        bool has_event = false;
        struct ledger_manual_event event;
        LEDGER_TRY(store_manual_event_next(call, &scan, &has_event, &event));
        if (!has_event) {
            *ret_events = events;
            *ret_events_count = count;
            return LEDGER_DONE;
        }
        struct sha256_hash digest = record_manual_event_hash(&session->hasher, &event);
        const struct adopted_row *row = adoption_find_exact(&adopted, event.audit_id, &digest);
        event.is_adopted = row != NULL;
        event.adopted_log_index = row == NULL ? 0 : row->log_index;
        LEDGER_TRY(manual_copy_texts(call, &event));
        LEDGER_TRY(array_grow(call, &events, count, sizeof event));
        ((struct ledger_manual_event *)events)[count] = event;
    }
}

ledger_status adoption_count(struct ledger_call *call, struct session *session, size_t *ret_manual_count,
                             size_t *ret_adopted_count)
{
    struct adopted_rows adopted;
    size_t adopted_count = 0;
    LEDGER_TRY(adoption_load(call, &session->store, &adopted));
    STORE_SCAN(scan);
    LEDGER_TRY(store_manual_event_scan(call, &session->store, &scan));
    for (size_t count = 0;; count++) {
        bool has_event = false;
        struct ledger_manual_event event;
        LEDGER_TRY(store_manual_event_next(call, &scan, &has_event, &event));
        if (!has_event) {
            *ret_manual_count = count;
            *ret_adopted_count = adopted_count;
            return LEDGER_DONE;
        }
        struct sha256_hash digest = record_manual_event_hash(&session->hasher, &event);
        adopted_count += adoption_find_exact(&adopted, event.audit_id, &digest) != NULL;
    }
}

/* What is to be adopted, as it was read before the lock: rows cannot change, and what does all the same is a matter for
 * verify. */
struct adoption_work {
    struct session *session;
    struct adopted_row *rows;
    size_t rows_count;
    size_t rows_done;
    size_t adopted_before_count;
    struct ledger_text database_user;
};

static ledger_status adoption_read(struct ledger_call *call, void *context)
{
    struct adoption_work *work = context;
    struct store *store = &work->session->store;
    struct store_head head;
    struct adopted_rows adopted;
    READ_UNIT(reading);
    LEDGER_TRY(read_unit_begin(call, work->session, &reading, &head));
    LEDGER_TRY(adoption_load(call, store, &adopted));
    LEDGER_TRY(store_database_user(call, store, &work->database_user));
    work->rows_count = 0;
    work->adopted_before_count = 0;
    STORE_SCAN(scan);
    LEDGER_TRY(store_manual_event_scan(call, store, &scan));
    for (;;) {
        bool has_event = false;
        struct ledger_manual_event event;
        void *rows = work->rows;
        LEDGER_TRY(store_manual_event_next(call, &scan, &has_event, &event));
        if (!has_event) {
            return LEDGER_DONE;
        }
        if (adoption_find(&adopted, event.audit_id) != NULL) {
            work->adopted_before_count++;
            continue;
        }
        struct adopted_row row = {.digest = record_manual_event_hash(&work->session->hasher, &event)};
        memcpy(row.audit_id, event.audit_id, sizeof row.audit_id);
        LEDGER_TRY(array_grow(call, &rows, work->rows_count, sizeof row));
        work->rows = rows;
        work->rows[work->rows_count++] = row;
    }
}

/* The rows of the next event. */
static size_t adoption_share(const struct adoption_work *work)
{
    size_t left = work->rows_count - work->rows_done;
    return left < LEDGER_ADOPTED_ROWS_MAX ? left : LEDGER_ADOPTED_ROWS_MAX;
}

static ledger_status adoption_body(struct ledger_call *call, struct write_unit *unit, void *context)
{
    const struct adoption_work *work = context;
    size_t count = adoption_share(work);
    struct ledger_text metadata;
    struct ledger_text description;
    LEDGER_TRY(event_facts_of_adoption(call, unit->session->hasher.sha256, work->database_user,
                                       work->rows + work->rows_done, count, &metadata));
    LEDGER_TRY(ledger_call_format(call, &description, "Took note of %zu row%s that %s written into audit_log by hand",
                                  count, count == 1 ? "" : "s", count == 1 ? "was" : "were"));
    struct ledger_event_record event =
        write_unit_event(call, adopted_type, LEDGER_WARNING, true, "ADOPT_ROWS", description, metadata);
    return write_unit_add_event(call, unit, &event);
}

ledger_status ledger_audit_adopt(struct ledger_call *call, struct ledger *ledger, struct ledger_adoption *ret_adoption)
{
    SESSION_TAKE(call, ledger, session);
    LEDGER_TRY(write_unit_check_actor(call));
    struct adoption_work work = {.session = session};
    LEDGER_TRY(session_read(call, adoption_read, &work));
    while (work.rows_done < work.rows_count) {
        LEDGER_TRY(write_unit_run(call, session, adoption_body, &work));
        work.rows_done += adoption_share(&work);
    }
    *ret_adoption =
        (struct ledger_adoption){.adopted_count = work.rows_count, .adopted_before_count = work.adopted_before_count};
    return LEDGER_DONE;
}
