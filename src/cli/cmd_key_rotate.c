/* key rotate: a new key, introduced by the old one. */
#include "base/text.h"
#include "cli/checkpoint_result.h"
#include "cli/commands.h"
#include "cli/results.h"
#include "cli/session.h"

enum { OPTION_OUTPUT, OPTION_USER, OPTIONS_COUNT };

static const struct command_option options[OPTIONS_COUNT] = {
    [OPTION_OUTPUT] = {.name = "output",
                       .argument = "FILE",
                       .is_required = true,
                       .hint = HINT_FILE,
                       .help = "the file of the new private key; it must not exist"},
    [OPTION_USER] = OPTION_USER_ROW,
};

static ledger_status key_rotate_run(struct cli *cli)
{
    LEDGER_TRY(session_set_actor(cli, cli_value(cli, OPTION_USER), TEXT_ABSENT));
    LEDGER_TRY(session_open(cli, SESSION_WRITES));
    struct ledger_checkpoint_options how = checkpoint_settings(cli);
    struct ledger_key key;
    struct ledger_checkpoint checkpoint;
    LEDGER_TRY(ledger_key_rotate(cli->call, cli->ledger, &how, cli_value(cli, OPTION_OUTPUT), &key, &checkpoint));
    checkpoint_warn_of_database(cli, &checkpoint);
    if (cli->output.wants_json) {
        struct json_writer *writer = output_json_begin(cli->call, &cli->output);
        checkpoint_write_key(writer, &key);
        json_write_member_text(writer, "path", cli_value(cli, OPTION_OUTPUT));
        json_write_key(writer, "checkpoint");
        json_write_object_begin(writer);
        checkpoint_write(writer, &checkpoint);
        json_write_member_boolean(writer, "is_new", checkpoint.is_new);
        json_write_member_text(writer, "note", checkpoint.note);
        json_write_object_end(writer);
        return output_json_end(cli->call, &cli->output);
    }
    output_add(&cli->output,
               "The private key in %.*s signs from now on: set LEDGER_CHECKPOINT_KEY_FILE to it.\n"
               "Both keys signed %.*s\nThe new public key, for auditors:\n",
               TEXT_ARGUMENTS(cli_value(cli, OPTION_OUTPUT)), TEXT_ARGUMENTS(checkpoint.path));
    output_print(&cli->output, "%.*s\n", TEXT_ARGUMENTS(key.verifier_key));
    return LEDGER_DONE;
}

const struct command command_key_rotate = {
    .name = "key rotate",
    .summary = "Replace the key that signs the ledger's checkpoints",
    .details =
        "Makes a new private key, records in the log that it replaces the one that is configured, and signs a "
        "checkpoint with both: whoever trusts the old key is led to the new one. Where that was interrupted, the same "
        "command again goes on from there.\n"
        "Then set LEDGER_CHECKPOINT_KEY_FILE to the new file, give auditors the new public key, and destroy the old "
        "private key.",
    .options = options,
    .options_count = OPTIONS_COUNT,
    .examples = {"ledger-admin key rotate --output /etc/ledger/signing-2027.key --user ana"},
    .run = key_rotate_run,
};
