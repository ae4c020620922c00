/* incident close: what came of it. */
#include "base/text.h"
#include "cli/commands.h"
#include "cli/incident_result.h"
#include "cli/results.h"
#include "cli/session.h"

enum { OPTION_INCIDENT_ID, OPTION_OUTCOME, OPTION_USER, OPTIONS_COUNT };

static const struct command_option options[OPTIONS_COUNT] = {
    [OPTION_INCIDENT_ID] = OPTION_INCIDENT_ID_ROW,
    [OPTION_OUTCOME] = {.name = "outcome",
                        .argument = "TEXT",
                        .is_required = true,
                        .help = "the cause, and what was done about it, up to 1,000 characters"},
    [OPTION_USER] = OPTION_USER_ROW,
};

static ledger_status incident_close_run(struct cli *cli)
{
    struct ledger_text incident_id = cli_value(cli, OPTION_INCIDENT_ID);
    LEDGER_TRY(session_set_actor(cli, cli_value(cli, OPTION_USER), TEXT_ABSENT));
    LEDGER_TRY(session_open(cli, SESSION_WRITES));
    LEDGER_TRY(ledger_incident_close(cli->call, cli->ledger, incident_id, cli_value(cli, OPTION_OUTCOME)));
    return incident_result_recorded(cli, "Closed", incident_id, LEDGER_INCIDENT_CLOSED);
}

const struct command command_incident_close = {
    .name = "incident close",
    .summary = "Close an incident with its outcome; nothing is added to it afterwards",
    .options = options,
    .options_count = OPTIONS_COUNT,
    .examples =
        {"ledger-admin incident close --incident-id 0198c0de-0000-7000-8000-00000000002a --outcome 'An entry was "
         "changed by hand; reversed and posted anew' --user bela"},
    .run = incident_close_run,
};
