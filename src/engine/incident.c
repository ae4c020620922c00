/* Incidents as events of the log: nothing but events is written.
 *
 * I1 An incident is named by the audit_id of the event that opened it, which says where in the log that stands.
 * I2 Nothing is added to a closed incident: that is looked at before the lock up to where the log then was, and under
 *    the lock from there on. */
#include "ledger/incident.h"
#include "base/json.h"
#include "base/quote.h"
#include "base/text.h"
#include "domain/names.h"
#include "engine/event_facts.h"
#include "engine/refusal.h"
#include "engine/texts.h"
#include "engine/transactions.h"

static const struct {
    const char *name;
    const char *event_type;
    const char *action;
} step_kinds[] = {
    [LEDGER_INCIDENT_OPENED] = {"OPENED", "INCIDENT_OPENED", "OPEN_INCIDENT"},
    [LEDGER_INCIDENT_NOTED] = {"NOTED", "INCIDENT_NOTED", "NOTE_INCIDENT"},
    [LEDGER_INCIDENT_CORRECTION_ATTACHED] = {"CORRECTION_ATTACHED", "INCIDENT_CORRECTION_ATTACHED",
                                             "ATTACH_CORRECTION"},
    [LEDGER_INCIDENT_CLOSED] = {"CLOSED", "INCIDENT_CLOSED", "CLOSE_INCIDENT"},
};

enum { STEP_KINDS_COUNT = sizeof step_kinds / sizeof step_kinds[0] };

const char *ledger_incident_step_name(enum ledger_incident_step_kind kind)
{
    return (unsigned)kind < STEP_KINDS_COUNT ? step_kinds[kind].name : "UNKNOWN";
}

/* A step as it is read: what it says, and of which incident. */
struct incident_step {
    struct ledger_incident_step step;
    enum ledger_severity severity;
    struct ledger_text incident_id;
};

static bool step_kind_of(struct ledger_text event_type, enum ledger_incident_step_kind *ret_kind)
{
    for (unsigned kind = 0; kind < STEP_KINDS_COUNT; kind++) {
        if (text_equals_string(event_type, step_kinds[kind].event_type)) {
            *ret_kind = (enum ledger_incident_step_kind)kind;
            return true;
        }
    }
    return false;
}

static uint64_t json_count(const struct json_value *number)
{
    uint64_t count = 0;
    if (number == NULL || number->type != JSON_NUMBER || number->text.size > 18) {
        return 0;
    }
    for (size_t i = 0; i < number->text.size; i++) {
        char digit = number->text.data[i];
        if (digit < '0' || digit > '9') {
            return 0;
        }
        count = count * 10 + (uint64_t)(digit - '0');
    }
    return count;
}

static struct ledger_text json_text(const struct json_value *value)
{
    return value == NULL || value->type != JSON_STRING ? TEXT_ABSENT : value->text;
}

static ledger_status step_read_evidence(struct ledger_call *call, const struct json_value *list,
                                        struct ledger_incident_step *step)
{
    if (list == NULL || list->type != JSON_ARRAY) {
        return LEDGER_DONE;
    }
    struct ledger_evidence *evidence = NULL;
    LEDGER_ALLOCATE(call, evidence, list->count);
    for (const struct json_value *item = list->first; item != NULL; item = item->next) {
        struct ledger_evidence *file = &evidence[step->evidence_count++];
        struct ledger_text sha256 = json_text(json_find(item, "sha256"));
        file->name = json_text(json_find(item, "name"));
        file->size_bytes = (int64_t)json_count(json_find(item, "size_bytes"));
        if (sha256.size < sizeof file->sha256) {
            memcpy(file->sha256, sha256.data == NULL ? "" : sha256.data, sha256.size);
        }
    }
    step->evidence = evidence;
    return LEDGER_DONE;
}

/* In the call's memory. Metadata that somebody altered tells nothing, and verify tells of it. */
static ledger_status step_read(struct ledger_call *call, const struct ledger_event_record *event,
                               enum ledger_incident_step_kind kind, struct incident_step *ret_step)
{
    const struct json_value *facts = NULL;
    struct ledger_text metadata;
    struct incident_step read = {.severity = event->severity};
    struct ledger_incident_step *step = &read.step;
    size_t problems_before = ledger_call_problems_count(call);
    *step = (struct ledger_incident_step){
        .kind = kind,
        .log_index = event->log_index,
        .recorded_at_us = event->event_timestamp_us,
        .has_transaction = event->has_transaction,
    };
    memcpy(step->transaction_id, event->transaction_id, sizeof step->transaction_id);
    LEDGER_TRY(ledger_call_copy_text(call, event->user_id, &step->user));
    LEDGER_TRY(ledger_call_copy_text(call, event->principal, &step->principal));
    LEDGER_TRY(ledger_call_copy_text(call, event->description, &step->text));
    LEDGER_TRY(ledger_call_copy_text(call, event->event_metadata, &metadata));
    if (!text_is_absent(metadata) && json_read(call, metadata, "event_metadata", &facts) == LEDGER_DONE) {
        read.incident_id = json_text(json_find(facts, "incident_id"));
        step->violations_count = json_count(json_find(facts, "violations_count"));
        LEDGER_TRY(step_read_evidence(call, json_find(facts, "evidence"), step));
    }
    ledger_call_drop_problems(call, problems_before);
    *ret_step = read;
    return LEDGER_DONE;
}

typedef ledger_status step_found(struct ledger_call *call, void *context, const struct incident_step *step);

/* Calls `found` for each step of any incident from one position on. */
static ledger_status steps_scan(struct ledger_call *call, struct store *store, int64_t from_log_index,
                                step_found *found, void *context)
{
    STORE_SCAN(scan);
    LEDGER_TRY(store_event_scan(call, store, from_log_index, STORE_POSITION_MAX, &scan));
    for (;;) {
        bool has_event = false;
        struct ledger_event_record event;
        enum ledger_incident_step_kind kind;
        LEDGER_TRY(store_event_next(call, &scan, &has_event, &event));
        if (!has_event) {
            return LEDGER_DONE;
        }
        if (step_kind_of(event.event_type, &kind)) {
            struct incident_step step;
            LEDGER_TRY(step_read(call, &event, kind, &step));
            LEDGER_TRY(found(call, context, &step));
        }
    }
}

/* Steps that are put together to incidents, as they come. */
struct incident_builder {
    struct ledger_incident *incidents;
    size_t count;
    size_t capacity;
    struct ledger_text only; /* this one; absent: all of them */
    bool with_all_steps;     /* else those that opened and closed it */
};

static ledger_status builder_add_step(struct ledger_call *call, struct ledger_incident *incident,
                                      const struct ledger_incident_step *step)
{
    struct ledger_incident_step *steps = (struct ledger_incident_step *)incident->steps;
    size_t count = incident->steps_count;
    if ((count & (count - 1)) == 0) { /* full: the room doubles */
        struct ledger_incident_step *grown = NULL;
        LEDGER_ALLOCATE(call, grown, count == 0 ? 1 : count * 2);
        if (count > 0) {
            memcpy(grown, steps, count * sizeof *grown);
        }
        steps = grown;
    }
    steps[count] = *step;
    incident->steps = steps;
    incident->steps_count = count + 1;
    return LEDGER_DONE;
}

static ledger_status builder_open(struct ledger_call *call, struct incident_builder *builder,
                                  const struct incident_step *step)
{
    if (builder->count == builder->capacity) {
        struct ledger_incident *grown = NULL;
        builder->capacity = builder->capacity == 0 ? 16 : builder->capacity * 2;
        LEDGER_ALLOCATE(call, grown, builder->capacity);
        if (builder->count > 0) {
            memcpy(grown, builder->incidents, builder->count * sizeof *grown);
        }
        builder->incidents = grown;
    }
    struct ledger_incident *incident = &builder->incidents[builder->count++];
    *incident = (struct ledger_incident){.severity = step->severity};
    event_id_format(step->step.recorded_at_us, step->step.log_index, incident->incident_id);
    return builder_add_step(call, incident, &step->step);
}

static ledger_status builder_take(struct ledger_call *call, void *context, const struct incident_step *step)
{
    struct incident_builder *builder = context;
    if (!text_is_absent(builder->only) && !text_equals(builder->only, step->incident_id)) {
        return LEDGER_DONE;
    }
    if (step->step.kind == LEDGER_INCIDENT_OPENED) {
        return builder_open(call, builder, step);
    }
    struct ledger_incident *incident = NULL;
    for (size_t i = builder->count; i > 0 && incident == NULL; i--) {
        if (text_equals_string(step->incident_id, builder->incidents[i - 1].incident_id)) {
            incident = &builder->incidents[i - 1];
        }
    }
    if (incident == NULL) {
        return LEDGER_DONE;
    }
    bool is_closing = step->step.kind == LEDGER_INCIDENT_CLOSED;
    incident->is_closed = incident->is_closed || is_closing;
    return is_closing || builder->with_all_steps ? builder_add_step(call, incident, &step->step) : LEDGER_DONE;
}

/* I1. The position that an id names: it has to be read there. */
static bool id_parse(struct ledger_text incident_id, struct ledger_text *ret_id, char id_text[UUID_TEXT_SIZE + 1],
                     int64_t *ret_log_index)
{
    struct uuid id;
    if (!uuid_parse(incident_id, &id)) {
        return false;
    }
    uint64_t position = 0;
    for (size_t i = UUID_SIZE - 6; i < UUID_SIZE; i++) {
        position = position << 8 | id.bytes[i];
    }
    uuid_format(&id, id_text);
    *ret_id = ledger_text_of(id_text);
    *ret_log_index = (int64_t)position;
    return true;
}

static ledger_status incident_fail_not_found(struct ledger_call *call, struct ledger_text incident_id)
{
    char quoted[QUOTE_SIZE];
    return ledger_fail(call, LEDGER_INCIDENT_NOT_FOUND, "incident not found: %s", text_quote(incident_id, quoted));
}

/* Inside a unit of work. */
static ledger_status incident_load(struct ledger_call *call, struct store *store, struct ledger_text incident_id,
                                   struct ledger_incident *ret_incident)
{
    char id_text[UUID_TEXT_SIZE + 1];
    int64_t log_index = 0;
    struct incident_builder builder = {.with_all_steps = true};
    if (!id_parse(incident_id, &builder.only, id_text, &log_index)) {
        return incident_fail_not_found(call, incident_id);
    }
    LEDGER_TRY(steps_scan(call, store, log_index, builder_take, &builder));
    if (builder.count == 0 || builder.incidents[0].steps[0].log_index != log_index) {
        return incident_fail_not_found(call, incident_id);
    }
    *ret_incident = builder.incidents[0];
    return LEDGER_DONE;
}

/* A step that is to be recorded. */
struct incident_change {
    enum ledger_incident_step_kind kind;
    struct session *session;
    struct incident_facts facts;
    struct ledger_text text;
    struct ledger_text transaction; /* as it was named */
    enum ledger_severity severity;
    int64_t log_size; /* when it was looked at before the lock */
    bool has_transaction;
    uint8_t transaction_id[16];
    char incident_id[LEDGER_ID_TEXT_SIZE];
};

static ledger_status change_check_step(struct ledger_call *call, void *context, const struct incident_step *step)
{
    const struct incident_change *change = context;
    if (step->step.kind != LEDGER_INCIDENT_CLOSED || !text_equals_string(step->incident_id, change->incident_id)) {
        return LEDGER_DONE;
    }
    char time[TIME_TEXT_SIZE];
    (void)time_format(step->step.recorded_at_us, time);
    return ledger_fail(call, LEDGER_INCIDENT_IS_CLOSED, "the incident was closed %s by %.*s", time,
                       TEXT_ARGUMENTS(step->step.user));
}

static ledger_status change_find_transaction(struct ledger_call *call, struct incident_change *change, int64_t log_size)
{
    if (text_is_absent(change->transaction)) {
        return LEDGER_DONE;
    }
    struct ledger_transaction_record record;
    char number[LEDGER_NUMBER_TEXT_SIZE];
    LEDGER_TRY(transactions_get(call, change->session, change->transaction, log_size, &record));
    ledger_transaction_number(record.posting_date_us, record.number_in_day, number);
    memcpy(change->transaction_id, record.transaction_id, sizeof change->transaction_id);
    change->has_transaction = true;
    return ledger_call_copy_text(call, ledger_text_of(number), &change->facts.transaction_number);
}

/* Before the lock: the incident and the transaction that are named. */
static ledger_status change_prepare(struct ledger_call *call, void *context)
{
    struct incident_change *change = context;
    struct store_head head;
    READ_UNIT(reading);
    LEDGER_TRY(read_unit_begin(call, change->session, &reading, &head));
    if (change->kind != LEDGER_INCIDENT_OPENED) {
        struct ledger_incident incident;
        LEDGER_TRY(incident_load(call, &change->session->store, change->facts.incident_id, &incident));
        memcpy(change->incident_id, incident.incident_id, sizeof change->incident_id);
        change->facts.incident_id = ledger_text_of(change->incident_id);
        struct incident_step last = {.step = incident.steps[incident.steps_count - 1],
                                     .incident_id = change->facts.incident_id};
        LEDGER_TRY(change_check_step(call, change, &last));
    }
    change->log_size = store_head_log_size(&head);
    return change_find_transaction(call, change, change->log_size);
}

static ledger_status change_body(struct ledger_call *call, struct write_unit *unit, void *context)
{
    struct incident_change *change = context;
    struct ledger_text metadata;
    struct ledger_text description = change->text;
    if (change->kind == LEDGER_INCIDENT_OPENED) {
        event_id_format(unit->now_us, store_head_log_size(&unit->head), change->incident_id);
        change->facts.incident_id = ledger_text_of(change->incident_id);
    } else {
        LEDGER_TRY(steps_scan(call, &unit->session->store, change->log_size, change_check_step, change));
    }
    if (change->kind == LEDGER_INCIDENT_CORRECTION_ATTACHED) {
        LEDGER_TRY(ledger_call_format(call, &description, "Corrected by transaction %.*s",
                                      TEXT_ARGUMENTS(change->facts.transaction_number)));
    }
    LEDGER_TRY(event_facts_of_incident(call, &change->facts, &metadata));
    struct ledger_event_record event = write_unit_event(call, step_kinds[change->kind].event_type, change->severity,
                                                        true, step_kinds[change->kind].action, description, metadata);
    event.has_transaction = change->has_transaction;
    memcpy(event.transaction_id, change->transaction_id, sizeof event.transaction_id);
    return write_unit_add_event(call, unit, &event);
}

static ledger_status change_check(struct ledger_call *call, const struct incident_change *change, const char *text_name)
{
    size_t problems_before = ledger_call_problems_count(call);
    if (text_name != NULL && text_is_empty(change->text)) {
        ledger_call_add_problem(call, LEDGER_TEXT_IS_INVALID, 0, "%s is missing or empty", text_name);
    } else if (text_name != NULL) {
        (void)texts_check_free(call, text_name, change->text, LEDGER_DESCRIPTION_MAX, 0);
    }
    if (change->facts.evidence_count > LEDGER_EVIDENCE_MAX) {
        return ledger_fail(call, LEDGER_INPUT_IS_TOO_LARGE, "%zu files are named as evidence, at most %d are taken",
                           change->facts.evidence_count, LEDGER_EVIDENCE_MAX);
    }
    for (size_t i = 0; i < change->facts.evidence_count; i++) {
        (void)texts_check_required_name(call, "the name of the evidence", change->facts.evidence[i].name,
                                        LEDGER_NAME_MAX);
    }
    return ledger_call_worst(call, problems_before);
}

/* `text_name` is what the step's text is called, NULL where it has none. */
static ledger_status change_run(struct ledger_call *call, struct ledger *ledger, struct incident_change *change,
                                const char *text_name)
{
    SESSION_TAKE(call, ledger, session);
    LEDGER_TRY(write_unit_check_actor(call));
    change->session = session;
    ledger_status status = change_check(call, change, text_name);
    if (status == LEDGER_DONE) {
        status = session_read(call, change_prepare, change);
    }
    if (status == LEDGER_DONE) {
        status = write_unit_run_by_any_clock(call, session, change_body, change);
    }
    if (status == LEDGER_DONE) {
        return LEDGER_DONE;
    }
    struct refusal refusal = {
        .event_type = "INCIDENT_REFUSED", .action = step_kinds[change->kind].action, .status = status};
    return refusal_record(call, session, &refusal);
}

ledger_status ledger_incident_open(struct ledger_call *call, struct ledger *ledger,
                                   const struct ledger_incident_opening *opening,
                                   char ret_incident_id[LEDGER_ID_TEXT_SIZE])
{
    struct incident_change change = {
        .kind = LEDGER_INCIDENT_OPENED,
        .facts = {.evidence = opening->evidence,
                  .evidence_count = opening->evidence_count,
                  .violations = opening->violations,
                  .violations_kept = opening->violations_kept,
                  .violations_count = opening->violations_count},
        .text = opening->summary,
        .transaction = opening->transaction,
        .severity = opening->severity,
    };
    LEDGER_TRY(change_run(call, ledger, &change, "summary"));
    memcpy(ret_incident_id, change.incident_id, sizeof change.incident_id);
    return LEDGER_DONE;
}

ledger_status ledger_incident_note(struct ledger_call *call, struct ledger *ledger, struct ledger_text incident_id,
                                   struct ledger_text note, const struct ledger_evidence *evidence,
                                   size_t evidence_count)
{
    struct incident_change change = {
        .kind = LEDGER_INCIDENT_NOTED,
        .facts = {.incident_id = incident_id, .evidence = evidence, .evidence_count = evidence_count},
        .text = note,
    };
    return change_run(call, ledger, &change, "note");
}

ledger_status ledger_incident_attach_correction(struct ledger_call *call, struct ledger *ledger,
                                                struct ledger_text incident_id, struct ledger_text transaction)
{
    struct incident_change change = {
        .kind = LEDGER_INCIDENT_CORRECTION_ATTACHED,
        .facts = {.incident_id = incident_id},
        .transaction = text_is_absent(transaction) ? TEXT("") : transaction,
    };
    return change_run(call, ledger, &change, NULL);
}

ledger_status ledger_incident_close(struct ledger_call *call, struct ledger *ledger, struct ledger_text incident_id,
                                    struct ledger_text outcome)
{
    struct incident_change change = {
        .kind = LEDGER_INCIDENT_CLOSED,
        .facts = {.incident_id = incident_id},
        .text = outcome,
    };
    return change_run(call, ledger, &change, "outcome");
}

ledger_status ledger_incident_get(struct ledger_call *call, struct ledger *ledger, struct ledger_text incident_id,
                                  struct ledger_incident *ret_incident)
{
    SESSION_TAKE(call, ledger, session);
    READ_UNIT(reading);
    struct store_head head;
    LEDGER_TRY(read_unit_begin(call, session, &reading, &head));
    return incident_load(call, &session->store, incident_id, ret_incident);
}

ledger_status ledger_incident_list(struct ledger_call *call, struct ledger *ledger, bool only_open,
                                   const struct ledger_incident **ret_incidents, size_t *ret_incidents_count)
{
    SESSION_TAKE(call, ledger, session);
    READ_UNIT(reading);
    struct store_head head;
    LEDGER_TRY(read_unit_begin(call, session, &reading, &head));
    struct incident_builder builder = {.count = 0};
    LEDGER_TRY(steps_scan(call, &session->store, 0, builder_take, &builder));
    size_t kept = 0;
    for (size_t i = 0; i < builder.count; i++) {
        if (!only_open || !builder.incidents[i].is_closed) {
            builder.incidents[kept++] = builder.incidents[i];
        }
    }
    *ret_incidents = builder.incidents;
    *ret_incidents_count = kept;
    return LEDGER_DONE;
}
