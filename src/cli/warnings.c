/* Warnings of the database server, gathered, then told. */
#include "cli/warnings.h"

#include "base/text.h"

static void warnings_add(void *context, struct ledger_text warning)
{
    struct warnings *warnings = context;
    if (warnings->count < WARNINGS_MAX &&
        ledger_call_copy_text(warnings->call, warning, &warnings->texts[warnings->count]) == LEDGER_DONE) {
        warnings->count++;
    }
}

void warnings_gather(struct cli *cli, struct warnings *ret_warnings)
{
    *ret_warnings = (struct warnings){.call = cli->call};
    size_t first_problem = ledger_call_problems_count(cli->call);
    struct ledger_text warning;
    if (ledger_server_warnings(cli->call, cli->ledger, warnings_add, ret_warnings) != LEDGER_DONE &&
        ledger_call_format(cli->call, &warning, "the settings of the server could not be looked at: %s",
                           ledger_call_message(cli->call)) == LEDGER_DONE) {
        warnings_add(ret_warnings, warning);
    }
    ledger_call_drop_problems(cli->call, first_problem);
}

void warnings_print(struct output *output, const struct warnings *warnings)
{
    if (output->wants_json || output->wants_quiet) {
        return;
    }
    for (size_t index = 0; index < warnings->count; index++) {
        output_message(output, "ledger-admin: warning: %.*s\n", TEXT_ARGUMENTS(warnings->texts[index]));
    }
}

void warnings_write_json(struct json_writer *writer, const struct warnings *warnings)
{
    json_write_key(writer, "warnings");
    json_write_array_begin(writer);
    for (size_t index = 0; index < warnings->count; index++) {
        json_write_text(writer, warnings->texts[index]);
    }
    json_write_array_end(writer);
}
