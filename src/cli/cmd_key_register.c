/* key register: a key that was made elsewhere becomes the ledger's. */
#include "base/text.h"
#include "cli/checkpoint_result.h"
#include "cli/commands.h"
#include "cli/results.h"
#include "cli/session.h"

enum { OPTION_KEY, OPTION_REPLACES_LOST, OPTION_USER, OPTIONS_COUNT };

static const struct command_option options[OPTIONS_COUNT] = {
    [OPTION_KEY] = {.name = "key",
                    .argument = "KEY",
                    .is_required = true,
                    .hint = HINT_FILE,
                    .help = "the public key as key show prints it, or a file that holds it"},
    [OPTION_REPLACES_LOST] = {.name = "replaces-lost",
                              .help = "the private key of the ledger is lost, or the ledger was restored to a state "
                                      "before its last rotation: no checkpoint will lead from the old key to this one"},
    [OPTION_USER] = OPTION_USER_ROW,
};

static ledger_status key_register_run(struct cli *cli)
{
    struct ledger_text verifier_key;
    struct ledger_key key;
    LEDGER_TRY(checkpoint_read_key(cli, cli_value(cli, OPTION_KEY), &verifier_key));
    LEDGER_TRY(session_set_actor(cli, cli_value(cli, OPTION_USER), TEXT_ABSENT));
    LEDGER_TRY(session_open(cli, SESSION_WRITES));
    LEDGER_TRY(ledger_key_register(cli->call, cli->ledger, verifier_key, cli_has(cli, OPTION_REPLACES_LOST), &key));
    if (cli->output.wants_json) {
        struct json_writer *writer = output_json_begin(cli->call, &cli->output);
        checkpoint_write_key(writer, &key);
        return output_json_end(cli->call, &cli->output);
    }
    output_add(&cli->output, "From log position %lld on, checkpoints are verified with\n", (long long)key.log_index);
    output_print(&cli->output, "%.*s\n", TEXT_ARGUMENTS(key.verifier_key));
    return LEDGER_DONE;
}

const struct command command_key_register = {
    .name = "key register",
    .summary = "Enter the public key that the ledger's checkpoints are verified with",
    .details =
        "For a private key that was made elsewhere: on another machine by key generate --only-file, or kept where "
        "only LEDGER_CHECKPOINT_KEY_COMMAND gets it.\n"
        "A key that is at hand is replaced by key rotate: then the checkpoint after it has both signatures. Where "
        "it is lost, auditors must be told of the new key on another way, and the event says so.",
    .options = options,
    .options_count = OPTIONS_COUNT,
    .examples = {"ledger-admin key register --key signing.pub --user ana",
                 "ledger-admin key register --key signing.pub --replaces-lost --user ana"},
    .run = key_register_run,
};
