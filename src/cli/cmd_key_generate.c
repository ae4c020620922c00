/* key generate: the first key of the ledger's checkpoints. */
#include "base/text.h"
#include "cli/checkpoint_result.h"
#include "cli/commands.h"
#include "cli/results.h"
#include "cli/session.h"

enum { OPTION_OUTPUT, OPTION_NAME, OPTION_ONLY_FILE, OPTION_USER, OPTIONS_COUNT };

static const struct command_option options[OPTIONS_COUNT] = {
    [OPTION_OUTPUT] = {.name = "output",
                       .argument = "FILE",
                       .is_required = true,
                       .hint = HINT_FILE,
                       .help = "the file of the private key; it must not exist, and nobody but you can read it"},
    [OPTION_NAME] = {.name = "name",
                     .argument = "NAME",
                     .help = "what the key is called in signatures, without blanks and +; else ledger/ and the "
                             "ledger's id"},
    [OPTION_ONLY_FILE] = {.name = "only-file",
                          .help = "make the file alone, on a machine that has no ledger; key register enters its "
                                  "public part there; needs --name"},
    [OPTION_USER] = OPTION_USER_ROW,
};

static LEDGER_MUST_CHECK ledger_status key_generate_make(struct cli *cli, struct ledger_key *ret_key)
{
    struct ledger_text path = cli_value(cli, OPTION_OUTPUT);
    struct ledger_text name = cli_value(cli, OPTION_NAME);
    if (cli_has(cli, OPTION_ONLY_FILE)) {
        if (text_is_absent(name)) {
            return ledger_fail(cli->call, LEDGER_USAGE_IS_WRONG, "--only-file needs --name NAME: no ledger gives one");
        }
        return ledger_key_create_file(cli->call, name, path, ret_key);
    }
    LEDGER_TRY(session_set_actor(cli, cli_value(cli, OPTION_USER), TEXT_ABSENT));
    LEDGER_TRY(session_open(cli, SESSION_WRITES));
    return ledger_key_generate(cli->call, cli->ledger, name, path, ret_key);
}

static ledger_status key_generate_run(struct cli *cli)
{
    struct ledger_key key;
    LEDGER_TRY(key_generate_make(cli, &key));
    if (cli->output.wants_json) {
        struct json_writer *writer = output_json_begin(cli->call, &cli->output);
        checkpoint_write_key(writer, &key);
        json_write_member_text(writer, "path", cli_value(cli, OPTION_OUTPUT));
        return output_json_end(cli->call, &cli->output);
    }
    output_add(&cli->output, "Made the private key in %.*s. Its public key, for auditors:\n",
               TEXT_ARGUMENTS(cli_value(cli, OPTION_OUTPUT)));
    output_print(&cli->output, "%.*s\n", TEXT_ARGUMENTS(key.verifier_key));
    return LEDGER_DONE;
}

const struct command command_key_generate = {
    .name = "key generate",
    .summary = "Make the key that signs the ledger's checkpoints",
    .details =
        "The private key (Ed25519) is in the file alone; the ledger knows the public one, by an event. Give that to "
        "auditors, on a way that the ledger's administrators cannot change: it is what they verify by.\n"
        "A ledger has one key at a time: key rotate replaces it.",
    .options = options,
    .options_count = OPTIONS_COUNT,
    .examples = {"ledger-admin key generate --output /etc/ledger/signing.key --user ana",
                 "ledger-admin key generate --only-file --name books.example.com --output signing.key --user ana"},
    .run = key_generate_run,
};
