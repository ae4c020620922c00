/* incident open: what was found becomes an event of the log. */
#include "base/text.h"
#include "cli/choices.h"
#include "cli/commands.h"
#include "cli/evidence.h"
#include "cli/options.h"
#include "cli/results.h"
#include "cli/session.h"

enum {
    OPTION_SUMMARY,
    OPTION_TRANSACTION_ID,
    OPTION_SEVERITY,
    OPTION_VIOLATIONS,
    OPTION_EVIDENCE,
    OPTION_USER,
    OPTIONS_COUNT,
};

static const struct command_option options[OPTIONS_COUNT] = {
    [OPTION_SUMMARY] = {.name = "summary",
                        .argument = "TEXT",
                        .is_required = true,
                        .help = "what happened, up to 1,000 characters"},
    [OPTION_TRANSACTION_ID] = {.name = "transaction-id",
                               .argument = "ID|NUMBER",
                               .help = "the transaction that it is about, if it is about one"},
    [OPTION_SEVERITY] = {.name = "severity",
                         .argument = "SEVERITY",
                         .hint = HINT_CHOICE,
                         .choices = choices_severity,
                         .help = "how grave it is, CRITICAL unless named"},
    [OPTION_VIOLATIONS] = {.name = "violations",
                           .argument = "FILE",
                           .hint = HINT_FILE,
                           .help = "what ledger-admin --json verify printed: the first 20 violations are recorded, and "
                                   "the file as evidence"},
    [OPTION_EVIDENCE] = {.name = "evidence",
                         .argument = "FILE",
                         .hint = HINT_FILE,
                         .help = "a file that is kept elsewhere: its name, size and SHA-256 are recorded"},
    [OPTION_USER] = OPTION_USER_ROW,
};

static ledger_status incident_read_severity(struct cli *cli, enum ledger_severity *ret_severity)
{
    struct ledger_text severity = cli_value(cli, OPTION_SEVERITY);
    size_t unused = 0;
    *ret_severity = LEDGER_CRITICAL;
    if (text_is_absent(severity) || ledger_severity_parse(severity, ret_severity)) {
        return LEDGER_DONE;
    }
    return options_choose(cli->call, "--severity", choices_severity, severity, &unused);
}

static ledger_status incident_open_run(struct cli *cli)
{
    struct ledger_evidence evidence[LEDGER_EVIDENCE_MAX] = {0};
    struct ledger_incident_opening opening = {
        .summary = cli_value(cli, OPTION_SUMMARY),
        .transaction = cli_value(cli, OPTION_TRANSACTION_ID),
        .evidence = evidence,
    };
    LEDGER_TRY(incident_read_severity(cli, &opening.severity));
    LEDGER_TRY(evidence_add_file(cli, cli_value(cli, OPTION_VIOLATIONS), evidence, &opening.evidence_count));
    LEDGER_TRY(evidence_add_file(cli, cli_value(cli, OPTION_EVIDENCE), evidence, &opening.evidence_count));
    if (cli_has(cli, OPTION_VIOLATIONS)) {
        LEDGER_TRY(evidence_read_violations(cli, cli_value(cli, OPTION_VIOLATIONS), &opening));
    }
    LEDGER_TRY(session_set_actor(cli, cli_value(cli, OPTION_USER), TEXT_ABSENT));
    LEDGER_TRY(session_open(cli, SESSION_WRITES));
    char incident_id[LEDGER_ID_TEXT_SIZE];
    LEDGER_TRY(ledger_incident_open(cli->call, cli->ledger, &opening, incident_id));
    if (cli->output.wants_json) {
        struct json_writer *writer = output_json_begin(cli->call, &cli->output);
        json_write_member_text(writer, "incident_id", ledger_text_of(incident_id));
        json_write_member_text(writer, "severity", ledger_text_of(ledger_severity_name(opening.severity)));
        json_write_member_integer(writer, "evidence_count", (int64_t)opening.evidence_count);
        json_write_member_integer(writer, "violations_count", (int64_t)opening.violations_count);
        return output_json_end(cli->call, &cli->output);
    }
    output_add(&cli->output, "Opened the incident ");
    output_print(&cli->output, "%s\n", incident_id);
    for (size_t i = 0; i < opening.evidence_count; i++) {
        output_add(&cli->output, "  evidence:  %.*s, %lld bytes, SHA-256 %s\n", TEXT_ARGUMENTS(evidence[i].name),
                   (long long)evidence[i].size_bytes, evidence[i].sha256);
    }
    return LEDGER_DONE;
}

const struct command command_incident_open = {
    .name = "incident open",
    .summary = "Record that something is wrong, with evidence, as an event of the log",
    .details = "Nothing else is changed. Keep the files that are named as evidence where nobody who could have done it "
               "reaches them: the log proves that they are the same ones.\n"
               "It works on a frozen ledger too.",
    .options = options,
    .options_count = OPTIONS_COUNT,
    .examples = {"ledger-admin incident open --summary 'verify finds an altered entry' --transaction-id "
                 "20260331-000042 --violations verify.json --user ana"},
    .run = incident_open_run,
};
