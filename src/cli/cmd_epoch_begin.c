/* epoch begin: after a restore, the log goes on from an older state and says so. */
#include "base/text.h"
#include "cli/checkpoint_result.h"
#include "cli/commands.h"
#include "cli/input.h"
#include "cli/results.h"
#include "cli/session.h"

enum { OPTION_ABANDONS, OPTION_KEY, OPTION_REASON, OPTION_USER, OPTIONS_COUNT };

enum { NOTE_FILE_BYTES_MAX = 1 << 20 };

static const struct command_option options[OPTIONS_COUNT] = {
    [OPTION_ABANDONS] = {.name = "abandons",
                         .argument = "FILE",
                         .is_required = true,
                         .hint = HINT_FILE,
                         .help = "the last checkpoint that was signed before the restore"},
    [OPTION_KEY] = {.name = "key",
                    .argument = "KEY",
                    .is_required = true,
                    .hint = HINT_FILE,
                    .help = "the public key that it is verified with, or a file that holds it"},
    [OPTION_REASON] = {.name = "reason",
                       .argument = "TEXT",
                       .is_required = true,
                       .help = "what happened, up to 1,000 characters"},
    [OPTION_USER] = OPTION_USER_ROW,
};

static ledger_status epoch_begin_run(struct cli *cli)
{
    struct ledger_text note;
    struct ledger_text verifier_key;
    const char *name = NULL;
    struct ledger_epoch epoch;
    LEDGER_TRY(input_read(cli, cli_value(cli, OPTION_ABANDONS), NOTE_FILE_BYTES_MAX, &note, &name));
    LEDGER_TRY(checkpoint_read_key(cli, cli_value(cli, OPTION_KEY), &verifier_key));
    LEDGER_TRY(session_set_actor(cli, cli_value(cli, OPTION_USER), TEXT_ABSENT));
    LEDGER_TRY(session_open(cli, SESSION_WRITES));
    LEDGER_TRY(ledger_epoch_begin(cli->call, cli->ledger, note, verifier_key, cli->settings.checkpoint_directory,
                                  cli_value(cli, OPTION_REASON), &epoch));
    if (cli->output.wants_json) {
        struct json_writer *writer = output_json_begin(cli->call, &cli->output);
        json_write_member_integer(writer, "epoch", epoch.epoch);
        json_write_member_integer(writer, "log_index", epoch.log_index);
        json_write_member_text(writer, "abandoned_origin", epoch.abandoned_origin);
        json_write_member_integer(writer, "abandoned_log_size", epoch.abandoned_log_size);
        json_write_member_text(writer, "abandoned_root_hash", ledger_text_of(epoch.abandoned_root_hash));
        return output_json_end(cli->call, &cli->output);
    }
    output_print(&cli->output, "Epoch %lld began at log position %lld\n", (long long)epoch.epoch,
                 (long long)epoch.log_index);
    output_add(&cli->output, "  It gives up %.*s of %lld events. Sign a checkpoint now: ledger-admin checkpoint\n",
               TEXT_ARGUMENTS(epoch.abandoned_origin), (long long)epoch.abandoned_log_size);
    return LEDGER_DONE;
}

const struct command command_epoch_begin = {
    .name = "epoch begin",
    .summary = "Say that the log goes on from an older state, after a restore",
    .details =
        "A database that was restored is no continuation of what was signed since its backup, so no checkpoint of it "
        "is made any more. A new epoch begins with an event that names the checkpoint which is given up: what was lost "
        "is on record, and auditors see that it was said.\n"
        "Where a directory of checkpoints is configured, its last one has to be named. A ledger that was frozen stays "
        "so until a second person unfreezes it.",
    .options = options,
    .options_count = OPTIONS_COUNT,
    .examples =
        {"ledger-admin epoch begin --abandons 1-000000000004711.checkpoint --key signing.pub --reason 'Restored "
         "the backup of Monday after the disk failed' --user ana"},
    .run = epoch_begin_run,
};
