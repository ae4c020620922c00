/* What the commands about incidents share. */
#include "cli/incident_result.h"

#include "base/text.h"
#include "base/uuid.h"
#include "cli/results.h"

ledger_status incident_result_recorded(struct cli *cli, const char *done, struct ledger_text incident_id,
                                       enum ledger_incident_step_kind kind)
{
    if (cli->output.wants_json) {
        struct json_writer *writer = output_json_begin(cli->call, &cli->output);
        json_write_member_text(writer, "incident_id", incident_id);
        json_write_member_text(writer, "recorded", ledger_text_of(ledger_incident_step_name(kind)));
        return output_json_end(cli->call, &cli->output);
    }
    output_add(&cli->output, "%s the incident %.*s\n", done, TEXT_ARGUMENTS(incident_id));
    return LEDGER_DONE;
}

static void incident_write_transaction(struct json_writer *writer, const struct ledger_incident_step *step)
{
    struct uuid id;
    char text[UUID_TEXT_SIZE + 1];
    memcpy(id.bytes, step->transaction_id, sizeof id.bytes);
    uuid_format(&id, text);
    results_write_text_or_null(writer, "transaction_id", step->has_transaction ? ledger_text_of(text) : TEXT_ABSENT);
}

static void incident_write_step(struct json_writer *writer, const struct ledger_incident_step *step)
{
    json_write_object_begin(writer);
    json_write_member_text(writer, "step", ledger_text_of(ledger_incident_step_name(step->kind)));
    json_write_member_integer(writer, "log_index", step->log_index);
    results_write_time(writer, "recorded_at", step->recorded_at_us);
    results_write_text_or_null(writer, "user", step->user);
    results_write_text_or_null(writer, "principal", step->principal);
    results_write_text_or_null(writer, "text", step->text);
    incident_write_transaction(writer, step);
    json_write_member_integer(writer, "violations_count", (int64_t)step->violations_count);
    json_write_key(writer, "evidence");
    json_write_array_begin(writer);
    for (size_t i = 0; i < step->evidence_count; i++) {
        json_write_object_begin(writer);
        results_write_text_or_null(writer, "name", step->evidence[i].name);
        json_write_member_text(writer, "sha256", ledger_text_of(step->evidence[i].sha256));
        json_write_member_integer(writer, "size_bytes", step->evidence[i].size_bytes);
        json_write_object_end(writer);
    }
    json_write_array_end(writer);
    json_write_object_end(writer);
}

void incident_result_write(struct json_writer *writer, const struct ledger_incident *incident, bool with_steps)
{
    const struct ledger_incident_step *opening = &incident->steps[0];
    json_write_member_text(writer, "incident_id", ledger_text_of(incident->incident_id));
    json_write_member_text(writer, "state", incident->is_closed ? TEXT("CLOSED") : TEXT("OPEN"));
    json_write_member_text(writer, "severity", ledger_text_of(ledger_severity_name(incident->severity)));
    results_write_text_or_null(writer, "summary", opening->text);
    incident_write_transaction(writer, opening);
    results_write_time(writer, "opened_at", opening->recorded_at_us);
    results_write_text_or_null(writer, "opened_by", opening->user);
    const struct ledger_incident_step *closing = &incident->steps[incident->steps_count - 1];
    results_write_text_or_null(writer, "outcome", incident->is_closed ? closing->text : TEXT_ABSENT);
    if (!with_steps) {
        return;
    }
    json_write_key(writer, "steps");
    json_write_array_begin(writer);
    for (size_t i = 0; i < incident->steps_count; i++) {
        incident_write_step(writer, &incident->steps[i]);
    }
    json_write_array_end(writer);
}
