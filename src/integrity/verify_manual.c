/* Rows of audit_log that somebody wrote by hand. They are no events, so nothing in the log commits to them until they
 * are adopted; from then on they have to be there and be the same. */
#include "base/text.h"
#include "engine/adoption.h"
#include "integrity/verify_state.h"

/* A row that is not what was adopted of its audit_id. */
struct changed_row {
    uint8_t audit_id[UUID_SIZE];
    struct sha256_hash digest;
};

struct manual_rows {
    struct adopted_rows adopted;
    struct changed_row *changed;
    size_t changed_count;
    uint64_t unadopted_count;
};

static ledger_status manual_add_changed(struct verify *verify, struct manual_rows *manual,
                                        const struct ledger_manual_event *event, const struct sha256_hash *digest)
{
    size_t count = manual->changed_count;
    if ((count & (count - 1)) == 0) { /* full: the room doubles */
        struct changed_row *grown = NULL;
        LEDGER_ALLOCATE(verify->call, grown, count == 0 ? 1 : count * 2);
        if (count > 0) {
            memcpy(grown, manual->changed, count * sizeof *grown);
        }
        manual->changed = grown;
    }
    struct changed_row *changed = &manual->changed[manual->changed_count++];
    memcpy(changed->audit_id, event->audit_id, sizeof changed->audit_id);
    changed->digest = *digest;
    return LEDGER_DONE;
}

static ledger_status manual_take(struct verify *verify, struct manual_rows *manual,
                                 const struct ledger_manual_event *event)
{
    struct sha256_hash digest = record_manual_event_hash(verify->hasher, event);
    struct adopted_row *row = adoption_find_exact(&manual->adopted, event->audit_id, &digest);
    verify->sums.checked_counts[CHECK_MANUAL_ROWS]++;
    if (row != NULL) {
        row->is_there = true;
        return LEDGER_DONE;
    }
    if (adoption_find(&manual->adopted, event->audit_id) != NULL) {
        return manual_add_changed(verify, manual, event, &digest);
    }
    manual->unadopted_count++;
    return LEDGER_DONE;
}

static ledger_status manual_scan(struct verify *verify, struct manual_rows *manual)
{
    STORE_SCAN(scan);
    LEDGER_TRY(store_manual_event_scan(verify->call, verify->store, &scan));
    for (;;) {
        bool has_event = false;
        struct ledger_manual_event event;
        LEDGER_TRY(store_manual_event_next(verify->call, &scan, &has_event, &event));
        if (!has_event) {
            return LEDGER_DONE;
        }
        LEDGER_TRY(manual_take(verify, manual, &event));
    }
}

/* Takes a changed row of that audit_id out of the list; NULL where there is none. */
static const struct changed_row *manual_take_changed(struct manual_rows *manual, const uint8_t audit_id[UUID_SIZE])
{
    for (size_t i = 0; i < manual->changed_count; i++) {
        if (memcmp(manual->changed[i].audit_id, audit_id, UUID_SIZE) == 0) {
            struct changed_row taken = manual->changed[i];
            size_t last = --manual->changed_count;
            manual->changed[i] = manual->changed[last];
            manual->changed[last] = taken;
            return &manual->changed[last];
        }
    }
    return NULL;
}

static ledger_status manual_report(struct verify *verify, struct manual_rows *manual, const struct adopted_row *row)
{
    char audit_id[UUID_TEXT_SIZE + 1];
    struct uuid id;
    memcpy(id.bytes, row->audit_id, sizeof id.bytes);
    uuid_format(&id, audit_id);
    const struct changed_row *changed = manual_take_changed(manual, row->audit_id);
    struct ledger_violation about = {
        .field = TEXT("audit_log.*"),
        .stored = changed == NULL ? TEXT_ABSENT : verify_text_of_hash(verify->stored_text, changed->digest.bytes),
        .computed = verify_text_of_hash(verify->computed_text, row->digest.bytes),
    };
    return verify_found(verify, CHECK_MANUAL_ROWS, &about,
                        "the row of audit_log with audit_id %s, written by hand and adopted at log position %lld, was "
                        "%s since",
                        audit_id, (long long)row->log_index, changed == NULL ? "removed" : "changed");
}

ledger_status verify_check_manual_rows(struct verify *verify)
{
    struct manual_rows manual = {.changed_count = 0};
    LEDGER_TRY(adoption_load(verify->call, verify->store, &manual.adopted));
    if (!verify->has_no_manual_rows) {
        LEDGER_TRY(manual_scan(verify, &manual));
    }
    for (size_t i = 0; i < manual.adopted.count; i++) {
        if (!manual.adopted.rows[i].is_there) {
            LEDGER_TRY(manual_report(verify, &manual, &manual.adopted.rows[i]));
        }
    }
    manual.unadopted_count += manual.changed_count; /* further rows of an audit_id whose own row is as it was */
    if (manual.unadopted_count == 0) {
        return LEDGER_DONE;
    }
    struct ledger_violation about = {
        .field = TEXT("audit_log.log_index"),
        .stored = verify_text_of_integer(verify->stored_text, (int64_t)manual.unadopted_count),
        .computed = TEXT("0"),
    };
    return verify_warn(verify, CHECK_MANUAL_ROWS, &about,
                       "rows of audit_log that were written by hand: %llu. They are no events of the log and nothing "
                       "proves them; audit --manual shows them, audit adopt takes note of them",
                       (unsigned long long)manual.unadopted_count);
}
