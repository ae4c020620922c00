/* incident show: everything that was recorded of an incident. */
#include "base/text.h"
#include "base/time.h"
#include "base/uuid.h"
#include "cli/commands.h"
#include "cli/incident_result.h"
#include "cli/session.h"

static void incident_print_step(struct output *output, const struct ledger_incident_step *step)
{
    char time[TIME_TEXT_SIZE];
    time_format(step->recorded_at_us, time);
    output_print(output, "%s  %s by %.*s (log position %lld)\n", time, ledger_incident_step_name(step->kind),
                 TEXT_ARGUMENTS(step->user), (long long)step->log_index);
    output_print(output, "  %.*s\n", TEXT_ARGUMENTS(step->text));
    if (step->has_transaction) {
        struct uuid id;
        char text[UUID_TEXT_SIZE + 1];
        memcpy(id.bytes, step->transaction_id, sizeof id.bytes);
        uuid_format(&id, text);
        output_print(output, "  transaction:  %s\n", text);
    }
    if (step->violations_count > 0) {
        output_print(output, "  violations:   %llu\n", (unsigned long long)step->violations_count);
    }
    for (size_t i = 0; i < step->evidence_count; i++) {
        output_print(output, "  evidence:     %.*s, %lld bytes, SHA-256 %s\n", TEXT_ARGUMENTS(step->evidence[i].name),
                     (long long)step->evidence[i].size_bytes, step->evidence[i].sha256);
    }
}

static ledger_status incident_show_run(struct cli *cli)
{
    LEDGER_TRY(session_open(cli, SESSION_READS));
    struct ledger_incident incident;
    LEDGER_TRY(ledger_incident_get(cli->call, cli->ledger, cli->line.argument, &incident));
    if (cli->output.wants_json) {
        struct json_writer *writer = output_json_begin(cli->call, &cli->output);
        incident_result_write(writer, &incident, true);
        return output_json_end(cli->call, &cli->output);
    }
    output_print(&cli->output, "Incident %s, %s, %s\n", incident.incident_id, ledger_severity_name(incident.severity),
                 incident.is_closed ? "closed" : "open");
    for (size_t i = 0; i < incident.steps_count; i++) {
        incident_print_step(&cli->output, &incident.steps[i]);
    }
    return LEDGER_DONE;
}

const struct command command_incident_show = {
    .name = "incident show",
    .summary = "Show everything that was recorded of an incident",
    .argument = {.name = "INCIDENT", .help = "its id, as incident list shows it"},
    .examples = {"ledger-admin incident show 0198c0de-0000-7000-8000-00000000002a"},
    .run = incident_show_run,
};
