/* One run of the command line: reads it, runs its command, tells the outcome. */
#include "cli/admin.h"

#include "base/text.h"
#include "cli/commands.h"
#include "cli/help.h"
#include "cli/options.h"

static LEDGER_MUST_CHECK ledger_status admin_print_version(struct cli *cli)
{
    if (cli->output.wants_json) {
        struct json_writer *writer = output_json_begin(cli->call, &cli->output);
        json_write_member_text(writer, "version", ledger_text_of(ledger_version()));
        return output_json_end(cli->call, &cli->output);
    }
    output_print(&cli->output, "ledger-admin %s\n", ledger_version());
    return LEDGER_DONE;
}

static LEDGER_MUST_CHECK ledger_status admin_dispatch(struct cli *cli)
{
    if (cli->line.wants_help) {
        return help_print(cli);
    }
    return cli->line.wants_version ? admin_print_version(cli) : cli->line.command->run(cli);
}

/* The exit status: that of the outcome, unless what went well could not be told. */
static int admin_finish(struct cli *cli, ledger_status status)
{
    if (status != LEDGER_DONE && !cli->output.has_result) {
        output_error(cli->call, &cli->output, status);
    }
    bool is_written = output_finish(&cli->output);
    return ledger_status_exit(status == LEDGER_DONE && !is_written ? LEDGER_FILE_IS_UNREADABLE : status);
}

int ledger_admin_run(int argc, char *const *argv, FILE *in, FILE *out, FILE *err)
{
    struct ledger_call call;
    call_init(&call);
    struct cli cli = {.call = &call, .in = in};
    output_init(&cli.output, out, err, options_have_flag(argc, argv, "--json"),
                options_have_flag(argc, argv, "--quiet"), options_have_flag(argc, argv, "--no-color"));
    ledger_status status = options_parse(&call, argc, argv, &cli.line);
    if (status == LEDGER_DONE) {
        status = admin_dispatch(&cli);
    }
    int exit_status = admin_finish(&cli, status);
    ledger_free(cli.ledger);
    call_done(&call);
    return exit_status;
}
