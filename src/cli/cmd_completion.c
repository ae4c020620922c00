/* completion: prints a completion script for a shell. */
#include "base/text.h"
#include "cli/commands.h"
#include "cli/completion.h"
#include "cli/options.h"

/* In the order of enum completion_shell. */
static const char *const shells[] = {"bash", "zsh", "fish", NULL};

static ledger_status completion_run(struct cli *cli)
{
    size_t shell;
    LEDGER_TRY(options_choose(cli->call, "SHELL", shells, cli->line.argument, &shell));
    struct text_builder builder;
    text_builder_init(&builder, &cli->call->arena, 16384);
    completion_write(&builder, (enum completion_shell)shell);
    struct ledger_text script;
    LEDGER_TRY(text_builder_finish(cli->call, &builder, &script));
    if (cli->output.wants_json) {
        struct json_writer *writer = output_json_begin(cli->call, &cli->output);
        json_write_member_text(writer, "shell", cli->line.argument);
        json_write_member_text(writer, "script", script);
        return output_json_end(cli->call, &cli->output);
    }
    output_raw(&cli->output, script);
    return LEDGER_DONE;
}

const struct command command_completion = {
    .name = "completion",
    .summary = "Print a completion script for a shell",
    .argument = {.name = "SHELL", .hint = HINT_CHOICE, .choices = shells, .help = "bash, zsh or fish"},
    .examples = {"source <(ledger-admin completion bash)", "ledger-admin completion fish | source"},
    .run = completion_run,
};
