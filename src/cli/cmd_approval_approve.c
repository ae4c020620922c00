/* approval approve: the second person lets a reversal or a redaction happen. */
#include "base/text.h"
#include "cli/commands.h"
#include "cli/results.h"
#include "cli/session.h"
#include "ledger/approval.h"

enum { OPTION_REQUEST_ID, OPTION_USER, OPTIONS_COUNT };

static const struct command_option options[OPTIONS_COUNT] = {
    [OPTION_REQUEST_ID] = {.name = "request-id",
                           .argument = "ID",
                           .is_required = true,
                           .help = "the request, as approval list shows it"},
    [OPTION_USER] = OPTION_USER_ROW,
};

/* On the standard error, since the result is that it was done. */
static void redaction_warn(struct cli *cli)
{
    output_message(&cli->output,
                   "warning: somebody reads, so the database's own log still has the texts; when that is over, "
                   "run redact for the transaction again");
}

static LEDGER_MUST_CHECK ledger_status redaction_write(struct cli *cli, const struct ledger_approved *approved)
{
    struct json_writer *writer = output_json_begin(cli->call, &cli->output);
    json_write_member_text(writer, "request_id", cli_value(cli, OPTION_REQUEST_ID));
    json_write_member_text(writer, "kind", ledger_text_of(ledger_approval_kind_name(approved->kind)));
    json_write_key(writer, "redacted");
    json_write_array_begin(writer);
    for (size_t index = 0; index < approved->redacted_count; index++) {
        const struct ledger_redacted *redacted = &approved->redacted[index];
        json_write_object_begin(writer);
        json_write_member_text(writer, "transaction_id", ledger_text_of(redacted->transaction_id));
        json_write_member_text(writer, "transaction_number", ledger_text_of(redacted->transaction_number));
        json_write_member_text(writer, "redacted_by", ledger_text_of(redacted->redacted_by));
        json_write_object_end(writer);
    }
    json_write_array_end(writer);
    json_write_member_boolean(writer, "traces_remain", approved->traces_remain);
    return output_json_end(cli->call, &cli->output);
}

static LEDGER_MUST_CHECK ledger_status redaction_tell(struct cli *cli, const struct ledger_approved *approved)
{
    if (cli->output.wants_json) {
        return redaction_write(cli, approved);
    }
    for (size_t index = 0; index < approved->redacted_count; index++) {
        const struct ledger_redacted *redacted = &approved->redacted[index];
        if (cli->output.wants_quiet) {
            output_print(&cli->output, "%s\n", redacted->transaction_number);
            continue;
        }
        output_print(&cli->output, "Redacted the texts of transaction %s\n", redacted->transaction_number);
        output_print(&cli->output, "  id:       %s\n", redacted->transaction_id);
        output_print(&cli->output, "  by event: %s\n", redacted->redacted_by);
    }
    if (approved->traces_remain) {
        redaction_warn(cli);
    }
    return LEDGER_DONE;
}

static ledger_status approval_approve_run(struct cli *cli)
{
    LEDGER_TRY(session_set_actor(cli, cli_value(cli, OPTION_USER), TEXT_ABSENT));
    LEDGER_TRY(session_open(cli, SESSION_WRITES));
    struct ledger_approved approved = {.redacted_count = 0};
    ledger_status status =
        ledger_approval_approve(cli->call, cli->ledger, cli_value(cli, OPTION_REQUEST_ID), &approved);
    bool is_redacted = status == LEDGER_DONE && approved.kind == LEDGER_APPROVAL_OF_REDACTION;
    return is_redacted ? redaction_tell(cli, &approved) : results_posted(cli, status, &approved.posted);
}

const struct command command_approval_approve = {
    .name = "approval approve",
    .summary = "Approve a reversal or redaction that waits, and do it",
    .details = "Whoever approves must not be who requested it: neither the same user nor, where both are known, the "
               "same principal. Every rule of what was asked for is checked again. A redaction cannot be undone.",
    .options = options,
    .options_count = OPTIONS_COUNT,
    .examples = {"ledger-admin approval approve --request-id 0198c0de-0000-7000-8000-000000000001 --user bento"},
    .run = approval_approve_run,
};
