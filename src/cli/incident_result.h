/* What the commands about incidents share. */
#ifndef LEDGER_CLI_INCIDENT_RESULT_H
#define LEDGER_CLI_INCIDENT_RESULT_H

#include "cli/command.h"
#include "ledger/incident.h"

/* The option that names an incident. */
#define OPTION_INCIDENT_ID_ROW                                                                                         \
    {                                                                                                                  \
        .name = "incident-id", .argument = "ID", .is_required = true,                                                  \
        .help = "the incident, as incident list shows it"                                                              \
    }

/* Says what was recorded of an incident ("Noted"). */
LEDGER_MUST_CHECK ledger_status incident_result_recorded(struct cli *cli, const char *done,
                                                         struct ledger_text incident_id,
                                                         enum ledger_incident_step_kind kind);

/* The members of an incident, its steps among them where they are wanted. */
void incident_result_write(struct json_writer *writer, const struct ledger_incident *incident, bool with_steps);

#endif
