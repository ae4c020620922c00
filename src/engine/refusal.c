/* Refused attempts recorded as events, one by one or counted together. */
#include "engine/refusal.h"

#include "base/json_write.h"
#include "base/text.h"

enum { PROBLEMS_TOLD_MAX = 20 };

static void metadata_write_problems(struct ledger_call *call, const struct refusal *refusal, struct json_writer *writer)
{
    size_t told = 0;
    size_t found = 0;
    json_write_key(writer, "problems");
    json_write_array_begin(writer);
    for (size_t i = refusal->first_problem; i < ledger_call_problems_count(call); i++) {
        const struct ledger_problem *problem = ledger_call_problem(call, i);
        if (problem->item_index != refusal->item_index) {
            continue;
        }
        found++;
        if (told < PROBLEMS_TOLD_MAX) {
            told++;
            json_write_object_begin(writer);
            json_write_member_text(writer, "message", problem->message);
            json_write_member_text(writer, "status", ledger_text_of(ledger_status_name(problem->status)));
            json_write_object_end(writer);
        }
    }
    json_write_array_end(writer);
    json_write_member_integer(writer, "problems_count", (int64_t)found);
}

static ledger_status refusal_metadata(struct ledger_call *call, const struct refusal *refusal,
                                      struct ledger_text *ret_metadata)
{
    struct text_builder builder;
    struct json_writer writer;
    text_builder_init(&builder, &call->arena, 256);
    json_writer_init(&writer, &builder);
    writer.canonical = true;
    json_write_object_begin(&writer);
    metadata_write_problems(call, refusal, &writer);
    json_write_member_text(&writer, "status", ledger_text_of(ledger_status_name(refusal->status)));
    json_write_member_text(&writer, "subject", refusal->subject);
    json_write_object_end(&writer);
    return text_builder_finish(call, &builder, ret_metadata);
}

/* The message of the item's first problem: what the one who was refused read. */
static struct ledger_text refusal_message(const struct ledger_call *call, const struct refusal *refusal)
{
    for (size_t i = refusal->first_problem; i < ledger_call_problems_count(call); i++) {
        const struct ledger_problem *problem = ledger_call_problem(call, i);
        if (problem->item_index == refusal->item_index && problem->status == refusal->status) {
            return problem->message;
        }
    }
    return ledger_text_of(ledger_status_sentence(refusal->status));
}

ledger_status refusal_add(struct ledger_call *call, struct write_unit *unit, const struct refusal *refusal,
                          struct refusal_count *counted)
{
    if (!ledger_admits_refusal(unit->session->ledger, text_hash(call->actor.source_system), REFUSALS_A_SECOND_MAX)) {
        counted->count++;
        counted->event_type = refusal->event_type;
        counted->action = refusal->action;
        return LEDGER_DONE;
    }
    struct ledger_text metadata;
    LEDGER_TRY(refusal_metadata(call, refusal, &metadata));
    struct ledger_event_record event = write_unit_event(call, refusal->event_type, LEDGER_WARNING, false,
                                                        refusal->action, refusal_message(call, refusal), metadata);
    if (refusal->transaction_id != NULL) {
        event.has_transaction = true;
        memcpy(event.transaction_id, refusal->transaction_id, sizeof event.transaction_id);
    }
    return write_unit_add_event(call, unit, &event);
}

ledger_status refusal_add_counted(struct ledger_call *call, struct write_unit *unit,
                                  const struct refusal_count *counted)
{
    if (counted->count == 0) {
        return LEDGER_DONE;
    }
    struct ledger_text description;
    struct ledger_text metadata;
    LEDGER_TRY(ledger_call_format(call, &description, "%zu further attempts refused within a second", counted->count));
    LEDGER_TRY(ledger_call_format(call, &metadata, "{\"refused_count\":%zu}", counted->count));
    struct ledger_event_record event =
        write_unit_event(call, counted->event_type, LEDGER_WARNING, false, counted->action, description, metadata);
    return write_unit_add_event(call, unit, &event);
}

static ledger_status refusal_body(struct ledger_call *call, struct write_unit *unit, void *context)
{
    struct refusal_count counted = {.count = 0};
    LEDGER_TRY(refusal_add(call, unit, context, &counted));
    return refusal_add_counted(call, unit, &counted);
}

ledger_status refusal_record(struct ledger_call *call, struct session *session, const struct refusal *refusal)
{
    if (ledger_status_exit(refusal->status) != 1) {
        return refusal->status;
    }
    struct refusal copy = *refusal;
    size_t problems_before = ledger_call_problems_count(call);
    ledger_status status = write_unit_run_by_any_clock(call, session, refusal_body, &copy);
    ledger_call_drop_problems(call, problems_before);
    call->refusal_is_recorded = status == LEDGER_DONE;
    return refusal->status;
}
