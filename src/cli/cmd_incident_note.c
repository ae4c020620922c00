/* incident note: what was learned since. */
#include "base/text.h"
#include "cli/commands.h"
#include "cli/evidence.h"
#include "cli/incident_result.h"
#include "cli/results.h"
#include "cli/session.h"

enum { OPTION_INCIDENT_ID, OPTION_TEXT, OPTION_EVIDENCE, OPTION_USER, OPTIONS_COUNT };

static const struct command_option options[OPTIONS_COUNT] = {
    [OPTION_INCIDENT_ID] = OPTION_INCIDENT_ID_ROW,
    [OPTION_TEXT] = {.name = "text",
                     .argument = "TEXT",
                     .is_required = true,
                     .help = "what was learned or done, up to 1,000 characters"},
    [OPTION_EVIDENCE] = {.name = "evidence",
                         .argument = "FILE",
                         .hint = HINT_FILE,
                         .help = "a file that is kept elsewhere: its name, size and SHA-256 are recorded"},
    [OPTION_USER] = OPTION_USER_ROW,
};

static ledger_status incident_note_run(struct cli *cli)
{
    struct ledger_text incident_id = cli_value(cli, OPTION_INCIDENT_ID);
    struct ledger_evidence evidence[LEDGER_EVIDENCE_MAX] = {0};
    size_t evidence_count = 0;
    LEDGER_TRY(evidence_add_file(cli, cli_value(cli, OPTION_EVIDENCE), evidence, &evidence_count));
    LEDGER_TRY(session_set_actor(cli, cli_value(cli, OPTION_USER), TEXT_ABSENT));
    LEDGER_TRY(session_open(cli, SESSION_WRITES));
    LEDGER_TRY(ledger_incident_note(cli->call, cli->ledger, incident_id, cli_value(cli, OPTION_TEXT), evidence,
                                    evidence_count));
    return incident_result_recorded(cli, "Noted to", incident_id, LEDGER_INCIDENT_NOTED);
}

const struct command command_incident_note = {
    .name = "incident note",
    .summary = "Add a note, or further evidence, to an open incident",
    .options = options,
    .options_count = OPTIONS_COUNT,
    .examples = {"ledger-admin incident note --incident-id 0198c0de-0000-7000-8000-00000000002a --text 'The disk was "
                 "imaged' --evidence disk.img.sha256 --user ana"},
    .run = incident_note_run,
};
