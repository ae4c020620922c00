/* prove: writes an evidence bundle of a transaction. */
#include "base/file.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/input.h"
#include "cli/proof_result.h"
#include "cli/session.h"
#include "ledger/proof.h"

enum { OPTION_TRANSACTION_ID, OPTION_OUTPUT, OPTION_CHECKPOINT, OPTIONS_COUNT };

static const struct command_option options[OPTIONS_COUNT] = {
    [OPTION_TRANSACTION_ID] = {.name = "transaction-id",
                               .argument = "ID|NUMBER",
                               .is_required = true,
                               .help = "the transaction to prove"},
    [OPTION_OUTPUT] = {.name = "output",
                       .argument = "FILE",
                       .is_required = true,
                       .hint = HINT_FILE,
                       .help = "where the bundle goes; - writes it to standard output"},
    [OPTION_CHECKPOINT] = {.name = "checkpoint",
                           .argument = "FILE",
                           .hint = HINT_FILE,
                           .help = "prove it by the checkpoint in this file, and leave out what happened later; "
                                   "else by the newest in the database, which has to cover everything"},
};

static LEDGER_MUST_CHECK ledger_status prove_tell(struct cli *cli, const struct ledger_evidence *evidence)
{
    struct ledger_text output = cli_value(cli, OPTION_OUTPUT);
    if (cli->output.wants_json) {
        struct json_writer *writer = output_json_begin(cli->call, &cli->output);
        json_write_member_text(writer, "transaction_id", evidence->transaction_id);
        json_write_member_text(writer, "transaction_number", evidence->transaction_number);
        json_write_member_text(writer, "origin", evidence->origin);
        json_write_member_integer(writer, "log_size", evidence->log_size);
        json_write_member_integer(writer, "events_count", (int64_t)evidence->events_count);
        json_write_member_boolean(writer, "has_reversal", evidence->has_reversal);
        json_write_member_text(writer, "output", output);
        return output_json_end(cli->call, &cli->output);
    }
    output_print(&cli->output, "Wrote the evidence of transaction %.*s to %.*s\n",
                 TEXT_ARGUMENTS(evidence->transaction_number), TEXT_ARGUMENTS(output));
    output_add(&cli->output, "  proved by:  the checkpoint of %lld events of %.*s\n", (long long)evidence->log_size,
               TEXT_ARGUMENTS(evidence->origin));
    output_add(&cli->output, "  with it:    %zu other event%s that name%s it%s\n", evidence->events_count,
               evidence->events_count == 1 ? "" : "s", evidence->events_count == 1 ? "s" : "",
               evidence->has_reversal ? ", and its reversal" : "");
    output_add(&cli->output, "Anybody can check it with check-proof or tools/verify_evidence.py and the ledger's "
                             "public key.\n");
    return LEDGER_DONE;
}

static ledger_status prove_run(struct cli *cli)
{
    struct ledger_prove_options prove_options = {
        .struct_size = sizeof prove_options,
        .transaction = cli_value(cli, OPTION_TRANSACTION_ID),
    };
    const char *name;
    if (cli_has(cli, OPTION_CHECKPOINT)) {
        LEDGER_TRY(input_read(cli, cli_value(cli, OPTION_CHECKPOINT), PROOF_CHECKPOINT_BYTES_MAX,
                              &prove_options.checkpoint, &name));
    }
    LEDGER_TRY(session_open(cli, SESSION_READS));
    struct ledger_evidence evidence;
    LEDGER_TRY(ledger_prove(cli->call, cli->ledger, &prove_options, &evidence));
    if (text_equals_string(cli_value(cli, OPTION_OUTPUT), "-")) {
        return proof_result_print(cli, evidence.bundle);
    }
    LEDGER_TRY(file_write(cli->call, cli_value(cli, OPTION_OUTPUT).data, evidence.bundle));
    return prove_tell(cli, &evidence);
}

const struct command command_prove = {
    .name = "prove",
    .summary = "Write the evidence that a transaction stands in the log",
    .details =
        "The file has all that an auditor needs, and no trust in us: the transaction with its entries and texts, every "
        "event that names it, its reversal, proofs that lead from each of them to a checkpoint, and the checkpoint. "
        "docs/PROOFS.md says what it proves and what not.\n"
        "Where no checkpoint covers it yet, make one first with checkpoint.",
    .options = options,
    .options_count = OPTIONS_COUNT,
    .examples = {"ledger-admin prove --transaction-id 20260331-000042 --output 20260331-000042.evidence"},
    .run = prove_run,
};
