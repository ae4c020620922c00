/* approval deny: a reversal or redaction that waits will not happen. */
#include "base/text.h"
#include "cli/commands.h"
#include "cli/results.h"
#include "cli/session.h"
#include "ledger/approval.h"

enum { OPTION_REQUEST_ID, OPTION_REASON, OPTION_USER, OPTIONS_COUNT };

static const struct command_option options[OPTIONS_COUNT] = {
    [OPTION_REQUEST_ID] = {.name = "request-id",
                           .argument = "ID",
                           .is_required = true,
                           .help = "the request, as approval list shows it"},
    [OPTION_REASON] = {.name = "reason",
                       .argument = "TEXT",
                       .is_required = true,
                       .help = "why, up to 1,000 characters"},
    [OPTION_USER] = OPTION_USER_ROW,
};

static ledger_status approval_deny_run(struct cli *cli)
{
    struct ledger_text request_id = cli_value(cli, OPTION_REQUEST_ID);
    LEDGER_TRY(session_set_actor(cli, cli_value(cli, OPTION_USER), TEXT_ABSENT));
    LEDGER_TRY(session_open(cli, SESSION_WRITES));
    LEDGER_TRY(ledger_approval_deny(cli->call, cli->ledger, request_id, cli_value(cli, OPTION_REASON)));
    if (cli->output.wants_json) {
        struct json_writer *writer = output_json_begin(cli->call, &cli->output);
        json_write_member_text(writer, "request_id", request_id);
        json_write_member_text(writer, "state", ledger_text_of(ledger_approval_state_name(LEDGER_APPROVAL_DENIED)));
        return output_json_end(cli->call, &cli->output);
    }
    output_add(&cli->output, "Denied the request %.*s\n", TEXT_ARGUMENTS(request_id));
    return LEDGER_DONE;
}

const struct command command_approval_deny = {
    .name = "approval deny",
    .summary = "Deny a reversal or redaction that waits; who requested it may withdraw it so",
    .options = options,
    .options_count = OPTIONS_COUNT,
    .examples = {"ledger-admin approval deny --request-id 0198c0de-0000-7000-8000-000000000001 "
                 "--reason 'The original is right' --user bento"},
    .run = approval_deny_run,
};
