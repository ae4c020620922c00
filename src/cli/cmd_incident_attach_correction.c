/* incident attach-correction: the transaction that puts the books right. */
#include "base/text.h"
#include "cli/commands.h"
#include "cli/incident_result.h"
#include "cli/results.h"
#include "cli/session.h"

enum { OPTION_INCIDENT_ID, OPTION_TRANSACTION_ID, OPTION_USER, OPTIONS_COUNT };

static const struct command_option options[OPTIONS_COUNT] = {
    [OPTION_INCIDENT_ID] = OPTION_INCIDENT_ID_ROW,
    [OPTION_TRANSACTION_ID] = {.name = "transaction-id",
                               .argument = "ID|NUMBER",
                               .is_required = true,
                               .help = "the reversal or posting that corrects it; it has to be there"},
    [OPTION_USER] = OPTION_USER_ROW,
};

static ledger_status incident_attach_correction_run(struct cli *cli)
{
    struct ledger_text incident_id = cli_value(cli, OPTION_INCIDENT_ID);
    LEDGER_TRY(session_set_actor(cli, cli_value(cli, OPTION_USER), TEXT_ABSENT));
    LEDGER_TRY(session_open(cli, SESSION_WRITES));
    LEDGER_TRY(
        ledger_incident_attach_correction(cli->call, cli->ledger, incident_id, cli_value(cli, OPTION_TRANSACTION_ID)));
    return incident_result_recorded(cli, "Attached the correction to", incident_id,
                                    LEDGER_INCIDENT_CORRECTION_ATTACHED);
}

const struct command command_incident_attach_correction = {
    .name = "incident attach-correction",
    .summary = "Name the transaction that corrects what an open incident is about",
    .options = options,
    .options_count = OPTIONS_COUNT,
    .examples = {"ledger-admin incident attach-correction --incident-id 0198c0de-0000-7000-8000-00000000002a "
                 "--transaction-id 20260331-000043 --user ana"},
    .run = incident_attach_correction_run,
};
