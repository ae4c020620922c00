/* prove-consistency: the log of an old checkpoint is the beginning of today's. */
#include "base/file.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/input.h"
#include "cli/proof_result.h"
#include "cli/session.h"
#include "ledger/proof.h"

enum { OPTION_OUTPUT, OPTION_CHECKPOINT, OPTIONS_COUNT };

static const struct command_option options[OPTIONS_COUNT] = {
    [OPTION_OUTPUT] = {.name = "output",
                       .argument = "FILE",
                       .hint = HINT_FILE,
                       .help = "where the proof goes; else it is only tried"},
    [OPTION_CHECKPOINT] = {.name = "checkpoint",
                           .argument = "FILE",
                           .hint = HINT_FILE,
                           .help = "the newer checkpoint; else the newest in the database"},
};

static ledger_status prove_consistency_run(struct cli *cli)
{
    struct ledger_text old_checkpoint;
    struct ledger_text checkpoint = TEXT_ABSENT;
    struct ledger_text output = cli_value(cli, OPTION_OUTPUT);
    const char *name;
    LEDGER_TRY(input_read(cli, cli->line.argument, PROOF_CHECKPOINT_BYTES_MAX, &old_checkpoint, &name));
    if (cli_has(cli, OPTION_CHECKPOINT)) {
        LEDGER_TRY(input_read(cli, cli_value(cli, OPTION_CHECKPOINT), PROOF_CHECKPOINT_BYTES_MAX, &checkpoint, &name));
    }
    LEDGER_TRY(session_open(cli, SESSION_READS));
    struct ledger_consistency consistency;
    LEDGER_TRY(ledger_prove_consistency(cli->call, cli->ledger, old_checkpoint, checkpoint, &consistency));
    if (text_equals_string(output, "-")) {
        return proof_result_print(cli, consistency.proof);
    }
    if (!text_is_absent(output)) {
        LEDGER_TRY(file_write(cli->call, output.data, consistency.proof));
    }
    if (cli->output.wants_json) {
        struct json_writer *writer = output_json_begin(cli->call, &cli->output);
        json_write_member_text(writer, "old_origin", consistency.old_origin);
        json_write_member_integer(writer, "old_log_size", consistency.old_log_size);
        json_write_member_text(writer, "origin", consistency.origin);
        json_write_member_integer(writer, "log_size", consistency.log_size);
        json_write_key(writer, "output");
        json_write_text(writer, output);
        return output_json_end(cli->call, &cli->output);
    }
    output_print(&cli->output, "The log of %lld events is the beginning of the log of %lld events.\n",
                 (long long)consistency.old_log_size, (long long)consistency.log_size);
    if (!text_is_absent(output)) {
        output_add(&cli->output, "Wrote the proof to %.*s\n", TEXT_ARGUMENTS(output));
    }
    return LEDGER_DONE;
}

const struct command command_prove_consistency = {
    .name = "prove-consistency",
    .summary = "Prove that the log of an old checkpoint is the beginning of today's",
    .details =
        "Nothing that the old checkpoint covers was altered, removed or put in between: today's log only goes on "
        "from there. Who brought the old checkpoint checks the proof with check-proof, without a database.\n"
        "Where the log does not continue the checkpoint, the exit status is 3.",
    .options = options,
    .options_count = OPTIONS_COUNT,
    .argument = {.name = "OLD_CHECKPOINT",
                 .hint = HINT_FILE,
                 .help = "the file of the old checkpoint; - reads standard "
                         "input"},
    .examples = {"ledger-admin prove-consistency 2025-12-31.checkpoint --output since-2025.proof"},
    .run = prove_consistency_run,
};
