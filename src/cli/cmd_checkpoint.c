/* checkpoint: signs the head of the log. */
#include "base/file.h"
#include "base/text.h"
#include "cli/checkpoint_result.h"
#include "cli/commands.h"
#include "cli/session.h"

enum { OPTION_OUTPUT, OPTION_USER, OPTIONS_COUNT };

static const struct command_option options[OPTIONS_COUNT] = {
    [OPTION_OUTPUT] = {.name = "output",
                       .argument = "FILE",
                       .hint = HINT_FILE,
                       .help = "write the signed checkpoint to this file as well, for whoever keeps it elsewhere; - is "
                               "standard output"},
    [OPTION_USER] = {.name = "user", .argument = "USER", .help = "who acts, for the audit log; else your login"},
};

static LEDGER_MUST_CHECK ledger_status checkpoint_tell(struct cli *cli, const struct ledger_checkpoint *checkpoint)
{
    checkpoint_warn_of_database(cli, checkpoint);
    if (cli->output.wants_json) {
        struct json_writer *writer = output_json_begin(cli->call, &cli->output);
        checkpoint_write(writer, checkpoint);
        json_write_member_boolean(writer, "is_new", checkpoint->is_new);
        json_write_member_text(writer, "note", checkpoint->note);
        return output_json_end(cli->call, &cli->output);
    }
    if (text_equals_string(cli_value(cli, OPTION_OUTPUT), "-")) {
        output_raw(&cli->output, checkpoint->note);
        return LEDGER_DONE;
    }
    output_print(&cli->output, "%s of %lld events, root %s\n",
                 checkpoint->is_new ? "Signed a checkpoint" : "Nothing new since the checkpoint",
                 (long long)checkpoint->log_size, checkpoint->root_hash);
    output_add(&cli->output, "  %.*s\n", TEXT_ARGUMENTS(checkpoint->path));
    return LEDGER_DONE;
}

static ledger_status checkpoint_run(struct cli *cli)
{
    struct ledger_text output = cli_value(cli, OPTION_OUTPUT);
    LEDGER_TRY(session_set_actor(cli, cli_value(cli, OPTION_USER), TEXT_ABSENT));
    LEDGER_TRY(session_open(cli, SESSION_WRITES));
    struct ledger_checkpoint_options how = checkpoint_settings(cli);
    struct ledger_checkpoint checkpoint;
    LEDGER_TRY(ledger_checkpoint_make(cli->call, cli->ledger, &how, &checkpoint));
    if (cli_has(cli, OPTION_OUTPUT) && !text_equals_string(output, "-")) {
        LEDGER_TRY(file_write(cli->call, output.data, checkpoint.note));
    }
    return checkpoint_tell(cli, &checkpoint);
}

const struct command command_checkpoint = {
    .name = "checkpoint",
    .summary = "Sign the head of the log, for those who keep it elsewhere",
    .details =
        "The checkpoint is a signed note (C2SP tlog-checkpoint) in LEDGER_CHECKPOINT_DIR and in the table checkpoints. "
        "Where the log did not grow since the last one, that is given again.\n"
        "Before anything is signed, the log is proved to continue the last checkpoint of the directory. Where it does "
        "not, nothing is signed, an event of severity CRITICAL is recorded, and the ledger is frozen: the history was "
        "rewritten, or an older state of the database was put in place.\n"
        "A checkpoint also has a digest of what guards the database, and a mark that changes with every change of a "
        "guard; on MariaDB also a digest of what lets accounts reach the database, where the user may read that (see "
        "grants). A warning tells where they are not what they were.",
    .options = options,
    .options_count = OPTIONS_COUNT,
    .examples = {"ledger-admin checkpoint", "ledger-admin checkpoint --output /mnt/auditor/today.checkpoint"},
    .run = checkpoint_run,
};
